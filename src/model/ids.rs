//! Names and numbers that must not be mixed up.

use core::fmt;
use core::str::FromStr;

use serde::Serialize;

use super::Text;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(Text);

        impl $name {
            /// The name, cleaned.
            pub fn new(raw: &str) -> Self {
                Self(Text::new(raw))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl From<&str> for $name {
            fn from(raw: &str) -> Self {
                Self::new(raw)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.0.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }
    };
}

name! {
    /// The cluster's own name of a node: what `crm_node -n` says there, and `crm_mon` shows.
    NodeName
}
name! {
    /// The id of a Pacemaker resource, group, clone or bundle. Instances of an anonymous clone share one.
    ResourceId
}
name! {
    /// The name of a DRBD resource.
    DrbdName
}

/// A node's number in Corosync (`nodeid`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct NodeId(pub u32);

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The version of a CIB: the same on all nodes of a partition once a change has gone round.
///
/// `epoch` moves with the configuration, `num_updates` with every change of status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct CibVersion {
    /// Set by administrators when they restore a configuration.
    pub admin_epoch: u64,
    /// One more with each change of the configuration.
    pub epoch: u64,
    /// One more with each change of status; starts again at 0 when `epoch` moves.
    pub num_updates: u64,
}

impl fmt::Display for CibVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.admin_epoch, self.epoch, self.num_updates)
    }
}

/// A membership of Corosync, as `corosync-quorumtool` writes it (`1.4b`): equal within a partition, different across.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RingId(Text);

impl RingId {
    /// The ring id as it was written.
    pub fn new(raw: &str) -> Self {
        Self(Text::new(raw))
    }

    /// The ring id as it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for RingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0.as_str())
    }
}

impl fmt::Debug for RingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// A count in which Pacemaker's `INFINITY` (1000000) is a word of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// So many.
    Of(u32),
    /// `INFINITY`: no limit, or more than can be counted.
    Infinity,
}

impl Count {
    /// Pacemaker's number for infinity.
    pub const INFINITY: u64 = 1_000_000;

    /// The count that Pacemaker writes as `number`.
    pub fn new(number: u64) -> Self {
        match u32::try_from(number) {
            Ok(small) if number < Self::INFINITY => Self::Of(small),
            _ => Self::Infinity,
        }
    }
}

impl FromStr for Count {
    type Err = core::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().trim_start_matches('+') {
            "INFINITY" => Ok(Self::Infinity),
            number => number.parse().map(Self::new),
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(number) => fmt::Display::fmt(number, f),
            Self::Infinity => f.pad("INFINITY"),
        }
    }
}
