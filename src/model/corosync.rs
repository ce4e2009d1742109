//! What one node's Corosync says: quorum, membership, links and their latency.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{NodeId, NodeName, RingId, Text};

/// The quorum as one node sees it (`corosync-quorumtool -s`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct QuorumStatus {
    /// The number of the node that tells.
    pub local: Option<NodeId>,
    /// Its membership.
    pub ring: Option<RingId>,
    /// Whether its partition has quorum.
    pub quorate: Option<bool>,
    /// Votes the configuration expects.
    pub expected_votes: Option<u32>,
    /// The most votes ever expected since the start.
    pub highest_expected: Option<u32>,
    /// Votes present.
    pub total_votes: Option<u32>,
    /// Votes needed.
    pub quorum: Option<u32>,
    /// Whether activity is blocked for want of votes.
    pub blocked: bool,
    /// Flags as written (`2Node`, `Quorate`, `WaitForAll`, …).
    pub flags: Vec<Text>,
    /// The members of the partition.
    pub members: Vec<Voter>,
    /// Votes of a quorum device; `None`: there is none.
    pub qdevice_votes: Option<u32>,
}

impl QuorumStatus {
    /// Whether a flag is set.
    pub fn has_flag(&self, name: &str) -> bool {
        self.flags.iter().any(|flag| *flag == name)
    }
}

/// A member of a partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Voter {
    /// Its number.
    pub id: NodeId,
    /// Its votes.
    pub votes: Option<u32>,
    /// Its name, or an address where names are not known.
    pub name: NodeName,
}

/// One node's end of a link (a ring, in older words).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Its number, from 0.
    pub number: u32,
    /// The node's address on it.
    pub address: Option<Text>,
    /// How it reaches each other node; the node itself is left out.
    pub peers: BTreeMap<NodeId, LinkState>,
    /// What is said of the link as a whole, where nothing is said of peers (Corosync 2, udpu).
    pub whole: Option<LinkState>,
}

/// How a link reaches a node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// It does.
    Connected,
    /// It does not.
    Disconnected,
    /// Another word, as written (`not enabled`, `FAULTY`, …).
    Other(Text),
}

impl LinkState {
    /// The word shown.
    pub fn word(&self) -> &str {
        match self {
            Self::Connected => "connected",
            Self::Disconnected => "disconnected",
            Self::Other(word) => word,
        }
    }
}

/// What knet measured between this node and another on one link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Latency {
    /// Running average, in microseconds; `None`: no sample yet.
    pub average_us: Option<u32>,
    /// The highest average so far, in microseconds.
    pub max_us: Option<u32>,
    /// How many samples the average holds.
    pub samples: Option<u32>,
    /// Whether knet holds the link for connected.
    pub connected: Option<bool>,
    /// How often it went down since the start of Corosync.
    pub down_count: Option<u32>,
}

/// Latency by peer and link number.
pub type Latencies = BTreeMap<(NodeId, u32), Latency>;

/// What `corosync-cfgtool -n` says: the addresses of each link by peer; peers that are missing cannot be reached.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Reach {
    /// By peer and link number: from, to, MTU in bytes.
    pub links: BTreeMap<NodeId, Vec<ReachedLink>>,
}

/// One link to a peer that can be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReachedLink {
    /// Its number.
    pub number: u32,
    /// The address here.
    pub from: Option<Text>,
    /// The address there.
    pub to: Option<Text>,
    /// Path MTU in bytes.
    pub mtu: Option<u32>,
}
