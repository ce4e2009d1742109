//! What crosses the door between hatui and the nodes: node keys, commands, their output, and stamps.
//!
//! A leaf that every layer may import; it imports nothing and does nothing.

mod argv;
mod stamp;

use core::fmt;
use std::sync::Arc;

pub use argv::Argv;
pub use stamp::{Stamp, civil};

/// How hatui addresses a node: the host as the user, the clusters file or the node list names it.
///
/// Not the cluster's own name of the node: that is what `crm_node -n` says there, the model's `NodeName`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeKey(Arc<str>);

impl NodeKey {
    /// The key of the host `host`.
    pub fn new(host: &str) -> Self {
        Self(Arc::from(host))
    }

    /// The host as it was named.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for NodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

/// One run of a command on a node; never given twice in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub u64);

/// Something a run printed, or its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Bytes of its standard output, cut anywhere.
    Stdout(Vec<u8>),
    /// Bytes of its standard error, cut anywhere.
    Stderr(Vec<u8>),
    /// It ended; nothing follows.
    Exit(Exit),
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exit {
    /// The program ended with this exit code, 0 to 255.
    Code(u8),
    /// The program was killed, or the connection broke: the two cannot be told apart over SSH.
    Lost,
    /// The program was not started: the reason.
    NotStarted(String),
    /// It took longer than its deadline and was given up.
    TimedOut,
    /// It was cancelled by hatui.
    Cancelled,
}

impl Exit {
    /// Whether the program ended with exit code 0.
    pub fn success(&self) -> bool {
        matches!(self, Self::Code(0))
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit {code}"),
            Self::Lost => f.write_str("killed or connection lost"),
            Self::NotStarted(why) => write!(f, "not started: {why}"),
            Self::TimedOut => f.write_str("timed out"),
            Self::Cancelled => f.write_str("cancelled"),
        }
    }
}
