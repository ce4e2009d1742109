//! How well hatui sees a node: its connection, its feeds, and the age of what they said.

use core::fmt;
use core::time::Duration;

use serde::Serialize;

use super::Text;
use crate::wire::Stamp;

/// A stream of facts from a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feed {
    /// Status and configuration (`crm_mon`, `cibadmin`).
    Pacemaker,
    /// Replication (`drbdsetup events2`).
    Drbd,
    /// Quorum, links and latency (`corosync-quorumtool`, `corosync-cfgtool`, `corosync-cmapctl`).
    Corosync,
}

impl Feed {
    /// All feeds.
    pub const ALL: [Self; 3] = [Self::Pacemaker, Self::Drbd, Self::Corosync];

    /// Its name, as the watcher knows it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pacemaker => "pacemaker",
            Self::Drbd => "drbd",
            Self::Corosync => "corosync",
        }
    }
}

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The state of the connection to a node, as the runtime tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contact {
    /// Nobody tried: a member that was not named.
    NotWatched,
    /// The first attempt runs, and nothing is known yet.
    Connecting,
    /// Connected.
    Connected,
    /// The node, or something before it, said no: trying again soon would not help.
    Refused(Trouble),
    /// The connection failed or broke. So it stays while the next attempt runs, until that one ends.
    Lost {
        /// Why.
        trouble: Trouble,
        /// When the next attempt comes; in the past: it runs.
        retry_at: Stamp,
    },
}

/// What is wrong with a connection or a tool, why, and what helps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// What kind of trouble.
    pub kind: TroubleKind,
    /// The cause, in the words of whoever said it.
    pub cause: Text,
    /// What to do about it.
    pub hint: Text,
}

/// Kinds of trouble with a connection or a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// The host key is not known, or another one than before.
    HostKey,
    /// The login was refused.
    Login,
    /// The name cannot be resolved.
    Name,
    /// Nobody answers.
    Unreachable,
    /// The connection broke.
    Broken,
    /// A host on the way failed.
    Jump,
    /// The node belongs to another cluster than the others.
    OtherCluster,
    /// A tool may not be used by this user.
    Denied,
    /// A tool is not installed.
    Missing,
    /// The service behind a tool does not run.
    NotRunning,
    /// A tool did not answer in time.
    TimedOut,
    /// A tool failed otherwise.
    Failed,
}

impl TroubleKind {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::HostKey => "host key",
            Self::Login => "login refused",
            Self::Name => "name unknown",
            Self::Unreachable => "unreachable",
            Self::Broken => "connection lost",
            Self::Jump => "jump host",
            Self::OtherCluster => "other cluster",
            Self::Denied => "not permitted",
            Self::Missing => "not installed",
            Self::NotRunning => "not running",
            Self::TimedOut => "timed out",
            Self::Failed => "failed",
        }
    }
}

/// How fresh what a node or feed says is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// Confirmed less than 3 s ago.
    Live,
    /// Confirmed 3 to 6 s ago.
    Late,
    /// Not confirmed for 6 s or more.
    Silent,
    /// Never heard.
    Never,
}

impl Freshness {
    /// From this age on, a feed is late.
    pub const LATE: Duration = Duration::from_secs(3);
    /// From this age on, a feed is silent.
    pub const SILENT: Duration = Duration::from_secs(6);

    /// The freshness at `now` of what was last confirmed at `confirmed`.
    pub fn of(confirmed: Option<Stamp>, now: Stamp) -> Self {
        match confirmed.map(|at| now.since(at)) {
            None => Self::Never,
            Some(age) if age >= Self::SILENT => Self::Silent,
            Some(age) if age >= Self::LATE => Self::Late,
            Some(_) => Self::Live,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_after_three_seconds_silent_after_six() {
        let heard = Some(Stamp::from_secs(100));
        let at = |ms: u64| Freshness::of(heard, Stamp::from_micros(100_000_000 + ms * 1000));
        assert_eq!(
            [at(0), at(2999), at(3000), at(5999), at(6000)],
            [Freshness::Live, Freshness::Live, Freshness::Late, Freshness::Late, Freshness::Silent]
        );
        assert_eq!(Freshness::of(None, Stamp::from_secs(1)), Freshness::Never);
    }
}
