//! The words that Pacemaker chooses from. One that is not known here is kept as written.

use core::fmt;

use crate::xml::Text;

/// An enum whose variants are words, several of which may mean the same; the first is the one it displays.
macro_rules! words {
    (
        $(#[$about:meta])*
        $name:ident, $other:literal { $( $(#[$doc:meta])* $variant:ident = $word:literal $(| $also:literal)* ),+ $(,)? }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name<'a> {
            $( $(#[$doc])* $variant, )+
            #[doc = $other]
            Other(Text<'a>),
        }

        impl $name<'_> {
            /// The word; of several for the same, today's.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $word, )+
                    Self::Other(word) => word,
                }
            }
        }

        impl<'a> From<Text<'a>> for $name<'a> {
            fn from(word: Text<'a>) -> Self {
                match word.as_ref() {
                    $( $word $(| $also)* => Self::$variant, )+
                    _ => Self::Other(word),
                }
            }
        }

        impl fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

pub(crate) use words;

words! {
    /// What a resource is doing. Pacemaker 2.1 renamed Master and Slave (builds for 2.0's sake still print them);
    /// [`RoleWords`] keeps which.
    Role, "A word that is not known here, as written." {
        /// Nothing is known, for example where its node is.
        Unknown = "Unknown",
        /// Not running.
        Stopped = "Stopped",
        /// Running.
        Started = "Started",
        /// Running in the promoted role.
        Promoted = "Promoted" | "Master",
        /// Running, and could be promoted.
        Unpromoted = "Unpromoted" | "Slave",
        /// A start is under way.
        Starting = "Starting",
        /// A stop is under way.
        Stopping = "Stopping",
        /// A live migration is under way.
        Migrating = "Migrating",
        /// A promotion is under way.
        Promoting = "Promoting",
        /// A demotion is under way.
        Demoting = "Demoting",
    }
}

impl<'a> Role<'a> {
    /// A role as an administrator wrote it into the CIB: any case counts, as it does for Pacemaker.
    pub fn of_any_case(word: Text<'a>) -> Self {
        let known: [(&str, Role<'static>); 6] = [
            ("Started", Role::Started),
            ("Stopped", Role::Stopped),
            ("Promoted", Role::Promoted),
            ("Unpromoted", Role::Unpromoted),
            ("Master", Role::Promoted),
            ("Slave", Role::Unpromoted),
        ];
        known.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(&word)).map_or(Self::Other(word), |(_, role)| role)
    }
}

/// Which words a document uses for the roles of promotable clones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RoleWords {
    /// It names neither role.
    #[default]
    Unseen,
    /// Promoted and Unpromoted: 2.1.0 and later; commands take `--promoted`.
    Promoted,
    /// Master and Slave: up to 2.0, and 2.1 built to be compatible with it; commands take `--master`.
    Master,
}

impl RoleWords {
    /// Takes note of a role as it is written.
    pub(crate) fn see(&mut self, word: &str) {
        match word {
            "Promoted" | "Unpromoted" => *self = Self::Promoted,
            "Master" | "Slave" => *self = Self::Master,
            _ => {}
        }
    }
}

words! {
    /// What kind of node it is.
    NodeType, "A word that is not known here, as written." {
        /// Not known to the cluster either.
        Unknown = "unknown",
        /// A full member, with Corosync.
        Member = "member",
        /// A remote or guest node, without Corosync.
        Remote = "remote",
        /// A ping node of Heartbeat.
        Ping = "ping",
    }
}

words! {
    /// A node's health by the cluster's own rules (Pacemaker 2.1.3 and later).
    Health, "A word that is not known here, as written." {
        /// Well.
        Green = "green",
        /// Impaired.
        Yellow = "yellow",
        /// To be left.
        Red = "red",
    }
}

words! {
    /// Whether a ticket is held.
    TicketStatus, "A word that is not known here, as written." {
        /// Held by this site.
        Granted = "granted",
        /// Not held by this site.
        Revoked = "revoked",
    }
}

words! {
    /// How a fencing ended.
    FenceStatus, "A word that is not known here, as written." {
        /// The target is fenced.
        Success = "success",
        /// It is not.
        Failed = "failed",
        /// It is still being tried.
        Pending = "pending",
    }
}

words! {
    /// What a partition without quorum does.
    NoQuorumPolicy, "A word that is not known here, as written." {
        /// Keeps what runs and starts nothing.
        Freeze = "freeze",
        /// Stops all resources.
        Stop = "stop",
        /// Carries on.
        Ignore = "ignore",
        /// Fences its own nodes; `suicide` before 3.0.
        Fence = "fence" | "suicide",
        /// Demotes what is promoted and stops the rest (2.0.4 and later).
        Demote = "demote",
    }
}

words! {
    /// How the execution of an operation ended, apart from what the agent returned.
    OperationStatus, "A word that is not known here, as written." {
        /// It has not ended.
        Pending = "pending",
        /// The agent returned.
        Complete = "complete",
        /// It was cancelled.
        Cancelled = "Cancelled",
        /// The agent did not return in time.
        TimedOut = "Timed Out",
        /// The agent does not have it.
        NotSupported = "NOT SUPPORTED",
        /// It failed.
        Error = "Error",
        /// It failed, and will on this node.
        HardError = "Hard error",
        /// It failed, and will on every node.
        FatalError = "Fatal error",
        /// There is no such agent.
        NotInstalled = "Not installed",
        /// The executor lost its connection.
        CommunicationFailure = "Internal communication failure",
        /// The executor could not run it now.
        CannotExecuteNow = "Cannot execute now",
        /// There is no such fence device.
        NoFenceDevice = "No fence device",
        /// Values kept outside of the CIB are missing.
        NoSecrets = "CIB secrets unavailable",
        /// The tool has no word for it.
        Unknown = "UNKNOWN!",
    }
}

words! {
    /// The state of Pacemaker's first daemon.
    DaemonState, "A word that is not known here, as written." {
        /// It begins.
        Init = "init",
        /// It starts the others.
        StartingDaemons = "starting_daemons",
        /// SBD has not yet answered.
        WaitForPing = "wait_for_ping",
        /// All run.
        Running = "running",
        /// It stops the others.
        ShuttingDown = "shutting_down",
        /// It has stopped them.
        ShutdownComplete = "shutdown_complete",
        /// It runs on a remote node.
        Remote = "remote",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_vocabularies_mean_the_same_role_and_are_told_apart() {
        assert_eq!(Role::from(Text::from("Master")), Role::Promoted);
        assert_eq!(Role::from(Text::from("Promoted")), Role::Promoted);
        let mut words = RoleWords::default();
        words.see("Started");
        assert_eq!(words, RoleWords::Unseen);
        words.see("Slave");
        assert_eq!(words, RoleWords::Master);
    }

    #[test]
    fn a_word_that_is_not_known_is_kept_as_written() {
        assert_eq!(Health::from(Text::from("Purple")), Health::Other("Purple".into()));
        assert_eq!(Health::from(Text::from("Purple")).to_string(), "Purple");
        assert_eq!(Role::of_any_case("sToPPed".into()), Role::Stopped);
        assert_eq!(Role::of_any_case("#default".into()), Role::Other("#default".into()));
    }
}
