//! What the operator wants.

use crate::model::{DrbdName, NodeName, ResourceId, Text};

/// What the operator wants, in the field's own words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Intent {
    /// A resource, group or clone is to run on a node; of a promotable one its promoted role.
    Move {
        /// What: a primitive, group or clone.
        resource: ResourceId,
        /// Where to.
        to: NodeName,
        /// Whether the constraint stays: where clearing it would send the service back, and that is not wanted.
        keep: bool,
    },
    /// Nodes give up all their resources, or may have some again.
    Standby(Vec<NodeName>, Switch),
    /// A node is fenced.
    Fence(NodeName, FenceHow),
    /// The cluster leaves something alone, or looks after it again.
    Maintenance(Vec<Of>, Switch),
    /// Failures are forgotten, so that the cluster tries again.
    Cleanup(Vec<Of>),
    /// All history is forgotten and the state looked up anew.
    Refresh(Of),
    /// A resource may run.
    Start(ResourceId),
    /// A resource must not run.
    Stop(ResourceId),
    /// A resource is stopped, and then told to do what it did before.
    Restart(ResourceId),
    /// The copies of a promotable clone run, and none is promoted.
    Demote(ResourceId),
    /// A resource's own target role is what it was before: after a demotion, or a restart that was cut off.
    PutBack {
        /// Which.
        resource: ResourceId,
        /// Its own target role before, in the words of its cluster; `None`: it had none.
        role: Option<Text>,
    },
    /// The cluster manages a resource, or does not.
    Manage(ResourceId, Switch),
    /// A resource is kept off a node.
    Ban {
        /// What.
        resource: ResourceId,
        /// From where.
        node: NodeName,
        /// Of a promotable, whether its promoted role only is kept off; else every copy of it.
        promoted_only: bool,
    },
    /// Constraints are removed, each by its exact id.
    Clear(Vec<Text>),
    /// DRBD itself is told something.
    Drbd {
        /// The replicated resource.
        resource: DrbdName,
        /// Where it is told.
        node: NodeName,
        /// What.
        task: DrbdTask,
    },
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// How a node is fenced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FenceHow {
    /// Its power goes off and on again.
    Reboot,
    /// Its power goes off and stays off.
    Off,
    /// Its power goes on.
    On,
    /// Nothing is done to it: the cluster is told that someone saw it powered off.
    Confirm,
}

impl FenceHow {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reboot => "reboot",
            Self::Off => "off",
            Self::On => "on",
            Self::Confirm => "confirm",
        }
    }
}

/// What an action is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Of {
    /// Everything.
    Cluster,
    /// A node.
    Node(NodeName),
    /// A resource.
    Resource(ResourceId),
    /// A resource on one node.
    ResourceOn(ResourceId, NodeName),
}

impl core::fmt::Display for Of {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Cluster => f.write_str("the cluster"),
            Self::Node(node) => write!(f, "{node}"),
            Self::Resource(resource) => write!(f, "{resource}"),
            Self::ResourceOn(resource, node) => write!(f, "{resource} on {node}"),
        }
    }
}

/// What DRBD can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DrbdTask {
    /// Look for the peers.
    Connect,
    /// Leave the peers.
    Disconnect,
    /// Take the primary role; never by force.
    Primary,
    /// Give the primary role back.
    Secondary,
    /// Hold the resync.
    PauseSync,
    /// Let the resync go on.
    ResumeSync,
    /// Compare the copies.
    Verify,
    /// Discard the local copy and fetch all of it from a peer.
    Invalidate,
}

impl DrbdTask {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 8] = [
        Self::Connect,
        Self::Disconnect,
        Self::Primary,
        Self::Secondary,
        Self::PauseSync,
        Self::ResumeSync,
        Self::Verify,
        Self::Invalidate,
    ];

    /// The word of `drbdadm`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Disconnect => "disconnect",
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::PauseSync => "pause-sync",
            Self::ResumeSync => "resume-sync",
            Self::Verify => "verify",
            Self::Invalidate => "invalidate",
        }
    }
}

/// Names with commas.
pub(super) fn list<T: ToString>(names: &[T]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl Intent {
    /// Whether it is about all of the cluster, not about something in it.
    pub fn is_about_the_whole_cluster(&self) -> bool {
        matches!(self, Self::Maintenance(of, _) | Self::Cleanup(of) if of.contains(&Of::Cluster))
    }

    /// What is wanted, as one would say it: no full stop, no capital.
    pub fn title(&self) -> String {
        match self {
            Self::Move { resource, to, keep } => {
                format!("move {resource} to {to}{}", if *keep { ", and keep it there" } else { "" })
            }
            Self::Standby(nodes, Switch::On) => format!("standby {}", list(nodes)),
            Self::Standby(nodes, Switch::Off) => format!("bring {} back from standby", list(nodes)),
            Self::Fence(node, FenceHow::Confirm) => format!("confirm that {node} is powered off"),
            Self::Fence(node, how) => format!("fence {node} ({})", how.word()),
            Self::Maintenance(of, Switch::On) => format!("maintenance of {}", list(of)),
            Self::Maintenance(of, Switch::Off) => format!("end the maintenance of {}", list(of)),
            Self::Cleanup(of) => format!("clean up the failures of {}", list(of)),
            Self::Refresh(of) => format!("look up the state of {of} anew"),
            Self::Start(resource) => format!("start {resource}"),
            Self::Stop(resource) => format!("stop {resource}"),
            Self::Restart(resource) => format!("restart {resource}"),
            Self::Demote(resource) => format!("demote {resource}"),
            Self::PutBack { resource, role: None } => format!("take the target role of {resource} away again"),
            Self::PutBack { resource, role: Some(role) } => {
                format!("put the target role of {resource} back: {role}")
            }
            Self::Manage(resource, Switch::On) => format!("manage {resource}"),
            Self::Manage(resource, Switch::Off) => format!("unmanage {resource}"),
            Self::Ban { resource, node, promoted_only: true } => {
                format!("keep the promoted role of {resource} off {node}")
            }
            Self::Ban { resource, node, promoted_only: false } => format!("keep {resource} off {node}"),
            Self::Clear(ids) => format!("remove {}", list(ids)),
            Self::Drbd { resource, node, task } => format!("drbd {} {resource} on {node}", task.word()),
        }
    }

    /// The node that would be fenced, or whose data would be discarded: scripts must name it besides.
    pub fn victim(&self) -> Option<&NodeName> {
        match self {
            Self::Fence(node, FenceHow::Reboot | FenceHow::Off | FenceHow::Confirm) => Some(node),
            Self::Drbd { node, task: DrbdTask::Invalidate, .. } => Some(node),
            _ => None,
        }
    }
}
