//! Small sets of reasons, printed as `no` or a comma list. It must not judge them.

/// Declares a set of flags over a comma list; `no` is the empty set.
macro_rules! flags {
    ($(#[$doc:meta])* $name:ident { $($(#[$flag_doc:meta])* $flag:ident = $word:literal @ $bit:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $name(u8);

        impl $name {
            const UNKNOWN: u8 = 1 << 7;

            /// Reads `no` or a comma list. A word that this version does not know sets [`unknown`](Self::unknown).
            pub fn from_words(words: &str) -> Self {
                if words == "no" {
                    return Self(0);
                }
                Self(words.split(',').fold(0, |set, word| {
                    set | match word {
                        $($word => 1 << $bit,)+
                        _ => Self::UNKNOWN,
                    }
                }))
            }

            /// At least one reason, known or not.
            pub fn any(self) -> bool {
                self.0 != 0
            }

            $($(#[$flag_doc])* pub fn $flag(self) -> bool {
                self.0 & (1 << $bit) != 0
            })+

            /// A reason that this version does not know; the text is then in [`super::Event::unknown`] too.
            pub fn unknown(self) -> bool {
                self.0 & Self::UNKNOWN != 0
            }

            /// The known reasons as the tool names them.
            pub fn words(self) -> impl Iterator<Item = &'static str> {
                [$(($word, 1_u8 << $bit)),+].into_iter().filter(move |(_, bit)| self.0 & bit != 0).map(|(word, _)| word)
            }
        }
    };
}

flags! {
    /// Why I/O of a resource is frozen.
    Suspended {
        /// By an administrator.
        user = "user" @ 0,
        /// No usable data is reachable.
        no_data = "no-data" @ 1,
        /// A fencing handler has not answered.
        fencing = "fencing" @ 2,
        /// Quorum of the resource is lost (drbd-utils ≥ 9.2 only).
        quorum = "quorum" @ 3,
    }
}

flags! {
    /// Why a sync is paused.
    ResyncSuspended {
        /// Here, by an administrator.
        user = "user" @ 0,
        /// By the peer.
        peer = "peer" @ 1,
        /// Another resource's sync goes first.
        dependency = "dependency" @ 2,
        /// Too many syncs run already (drbd-utils of 2026).
        max_parallel = "max-parallel" @ 3,
    }
}

flags! {
    /// Whether requests wait.
    Blocked {
        /// Above DRBD.
        upper = "upper" @ 0,
        /// In the backing device.
        lower = "lower" @ 1,
    }
}
