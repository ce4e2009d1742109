//! What was seen, by whom, when: the only thing that changes the model.

use core::time::Duration;
use std::sync::Arc;

use super::{
    CibVersion, ClusterOption, Contact, DrbdChange, Feed, Latencies, Link, Location, NodeAttribute, NodeName,
    PacemakerStatus, QuorumStatus, Reach, Text, Trouble,
};
use crate::wire::{NodeKey, Stamp};

/// A fact with its witness and the moment hatui received it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// Who said it.
    pub node: NodeKey,
    /// When it was received, by hatui's clock.
    pub at: Stamp,
    /// What was said.
    pub seen: Seen,
}

/// What can be seen of a node, or from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// The connection changed.
    Contact(Contact),
    /// A feed began: what the feed said before is void once it says something new.
    Hello(Feed, Identity),
    /// A feed is alive.
    Beat(Feed),
    /// A feed ended, and why.
    Ended(Feed, Text),
    /// The status of the cluster.
    Pacemaker(Arc<PacemakerStatus>),
    /// Pacemaker answers, but has no status to tell: why.
    NoPacemaker(Trouble),
    /// The version of the CIB.
    Cib(CibHeader),
    /// The location constraints, all of them.
    Locations(Vec<Location>),
    /// The options set in the configuration, all of them.
    Options(Vec<ClusterOption>),
    /// Permanent attributes of nodes, all of them.
    NodeAttributes(Vec<NodeAttribute>),
    /// Quorum and membership.
    Quorum(Box<QuorumStatus>),
    /// The links, as this node sees them.
    Links(Vec<Link>),
    /// Addresses and reachability of peers.
    Reach(Reach),
    /// Latency of the links.
    Latency(Latencies),
    /// How long Corosync waits for its token before it holds a node for lost (`runtime.config.totem.token`).
    Token(Duration),
    /// A change of replication.
    Drbd(DrbdChange),
    /// How DRBD is watched here.
    DrbdMode(DrbdMode),
    /// How far ahead of hatui's the node's clock is, in milliseconds, by when its word was received: what was long on its
    /// way seems behind.
    Clock(i64),
    /// How long the look at Pacemaker took whose document comes next: what that tells is as of its beginning.
    Took(core::time::Duration),
    /// Whether systemd starts `drbd.service` at boot, in its own word (`enabled`, `disabled`, `masked`, …).
    DrbdService(Text),
    /// Versions of what runs there: component (`corosync`, `pacemaker`, `drbd`), version.
    Versions(Vec<(Text, Text)>),
    /// A tool failed to bring something: feed, tool, the kind of frame it should have brought.
    ToolFailed(Feed, Text, Text, Trouble),
    /// A tool that failed to bring this brings it again.
    ToolWorks(Feed, Text, Text),
    /// Something could not be read: of which tool, and where it stopped making sense.
    Unreadable(Feed, Text),
}

/// Who a feed speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// `uname -n`.
    pub host: Text,
    /// What the cluster calls the node (`crm_node -n`); `None`: it could not say.
    pub name: Option<NodeName>,
    /// The numeric user id the tools run as.
    pub uid: Option<u32>,
}

/// What the header of a CIB tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CibHeader {
    /// The version.
    pub version: CibVersion,
    /// Whether the partition has quorum.
    pub have_quorum: Option<bool>,
}

/// How a node's replication is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrbdMode {
    /// By events, with statistics on demand.
    Events,
    /// By looking now and then: this version has no better.
    Polled,
    /// There is no DRBD.
    Absent,
}
