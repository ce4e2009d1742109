//! What one node's Pacemaker says of the cluster (`crm_mon`), in the words of Pacemaker 2.1.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Count, Item, Member, NodeName, ResourceId, Text};

/// The status of the cluster as one node tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct PacemakerStatus {
    /// The designated controller.
    pub dc: Dc,
    /// The version of Pacemaker on the DC, with its build (`2.1.5-a3f44794f94`).
    pub version: Option<Text>,
    /// Whether the nodes run different versions (2.1.5 and later say so).
    pub mixed_version: Option<bool>,
    /// Who changed the configuration last.
    pub last_change: Option<LastChange>,
    /// The options of the cluster that the status repeats.
    pub options: ClusterOptions,
    /// The nodes, in the order of the status.
    pub members: Vec<Member>,
    /// The resources as a tree, in the order of the configuration.
    pub resources: Vec<Item>,
    /// Operations that failed and were not cleaned up.
    pub failures: Vec<Failure>,
    /// Fail counts and thresholds by node and resource.
    pub fail_counts: Vec<FailCount>,
    /// Fencing, newest first as told; `None`: this version or this call does not say.
    pub fencing: Option<Vec<FenceEvent>>,
    /// Location constraints that forbid or discourage.
    pub bans: Vec<Ban>,
    /// Node attributes: node, name, value.
    pub attributes: Vec<(NodeName, Text, Text)>,
    /// Where the last recurring monitor of a resource found it well (its exit code was 0 or 8).
    pub monitored: BTreeSet<(ResourceId, NodeName)>,
}

/// The designated controller: the node that decides.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dc {
    /// The status does not say.
    #[default]
    Unknown,
    /// There is none: an election runs, or nobody can be elected.
    None,
    /// This node.
    Node {
        /// Its name.
        name: NodeName,
        /// Whether its partition has quorum.
        with_quorum: Option<bool>,
    },
}

impl Dc {
    /// The name of the DC, if there is one.
    pub fn name(&self) -> Option<&NodeName> {
        match self {
            Self::Node { name, .. } => Some(name),
            Self::Unknown | Self::None => None,
        }
    }
}

/// The last change of the configuration, as the CIB records it; any part may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct LastChange {
    /// When, as written by the node that wrote it.
    pub time: Option<Text>,
    /// The user.
    pub user: Option<Text>,
    /// The program.
    pub client: Option<Text>,
    /// The node.
    pub origin: Option<Text>,
}

/// Options of the cluster; `None`: not told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ClusterOptions {
    /// Whether fencing is enabled (`stonith-enabled`).
    pub fencing_enabled: Option<bool>,
    /// Whether resources may run anywhere unless told otherwise.
    pub symmetric: Option<bool>,
    /// What a partition without quorum does (`stop`, `freeze`, `ignore`, `demote`, `fence`).
    pub no_quorum_policy: Option<Text>,
    /// Whether the whole cluster is in maintenance mode.
    pub maintenance_mode: Option<bool>,
    /// Whether all resources are told to stop.
    pub stop_all_resources: Option<bool>,
}

/// An operation that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The resource, as far as the operation's key tells.
    pub resource: ResourceId,
    /// The operation (`monitor`, `start`).
    pub task: Option<Text>,
    /// Its interval in milliseconds; 0 for one that does not recur.
    pub interval_ms: Option<u64>,
    /// Where.
    pub node: NodeName,
    /// The agent's exit code.
    pub code: Option<u32>,
    /// What that code means, in this version's words.
    pub code_words: Option<Text>,
    /// What became of the operation (`complete`, `Timed Out`).
    pub status: Option<Text>,
    /// The agent's own reason.
    pub reason: Option<Text>,
    /// When it changed to this result, by the node's clock, as written.
    pub last_change: Option<Text>,
    /// The same in seconds since 1970 by the node's clock, where the text tells.
    pub last_change_epoch: Option<u64>,
}

/// How often a resource failed on a node, and how often it may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailCount {
    /// The resource.
    pub resource: ResourceId,
    /// Where.
    pub node: NodeName,
    /// How often it failed there.
    pub count: Count,
    /// At how many it must leave (`migration-threshold`).
    pub threshold: Option<Count>,
    /// When last, by the node's clock, as written.
    pub last_failure: Option<Text>,
}

/// One fencing, done, failed or under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FenceEvent {
    /// The node that was to be fenced.
    pub target: NodeName,
    /// What was asked for.
    pub action: Text,
    /// What became of it.
    pub status: FenceStatus,
    /// The node that carried it out, if any did (yet).
    pub delegate: Option<NodeName>,
    /// The program that asked.
    pub client: Option<Text>,
    /// The node that asked.
    pub origin: Option<NodeName>,
    /// When it ended, by that node's clock, as written.
    pub completed: Option<Text>,
    /// The same in seconds since 1970 by that node's clock, where the text tells.
    pub completed_epoch: Option<u64>,
    /// Why it failed, where the version tells.
    pub reason: Option<Text>,
}

/// What became of a fencing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FenceStatus {
    /// It goes on.
    Pending,
    /// The node was fenced.
    Success,
    /// It was not.
    Failed,
    /// Another word, as written.
    Other(Text),
}

/// A location constraint with a negative score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ban {
    /// Its id.
    pub id: Text,
    /// The resource kept away.
    pub resource: ResourceId,
    /// From where.
    pub node: NodeName,
    /// How strongly: negative, −1000000 is never.
    pub weight: i64,
    /// Whether only the promoted role is kept away.
    pub promoted_only: bool,
}
