//! What a partition believes about its nodes and resources: the half of a CIB that the cluster writes.

use std::collections::BTreeMap;

use crate::wire::Stamp;

/// A node, by its place in the scenario.
pub(super) type Ix = usize;

/// What a resource does on one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Role {
    #[default]
    Stopped,
    Started,
    Unpromoted,
    Promoted,
}

impl Role {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Stopped => "Stopped",
            Self::Started => "Started",
            Self::Unpromoted => "Unpromoted",
            Self::Promoted => "Promoted",
        }
    }
}

/// An operation of an agent that changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    Start,
    Stop,
    Promote,
    Demote,
    Monitor,
}

impl Task {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Promote => "promote",
            Self::Demote => "demote",
            Self::Monitor => "monitor",
        }
    }

    /// The role `crm_mon` shows while the operation runs.
    pub(super) const fn pending_role(self) -> Option<&'static str> {
        match self {
            Self::Start => Some("Starting"),
            Self::Stop => Some("Stopping"),
            Self::Promote => Some("Promoting"),
            Self::Demote => Some("Demoting"),
            Self::Monitor => None,
        }
    }
}

/// A finished operation.
#[derive(Debug, Clone)]
pub(super) struct Done {
    pub(super) call: u32,
    pub(super) task: Task,
    pub(super) rc: u8,
    /// Milliseconds between recurrences; 0 for an operation that does not recur.
    pub(super) interval_ms: u32,
    pub(super) at: Stamp,
    pub(super) exec_ms: u32,
    pub(super) queue_ms: u32,
    pub(super) reason: String,
}

/// A resource on a node.
#[derive(Debug, Clone, Default)]
pub(super) struct Instance {
    pub(super) role: Role,
    pub(super) failed: bool,
    /// The operation that runs now, if one does.
    pub(super) pending: Option<Task>,
    pub(super) last: Option<Done>,
    pub(super) monitor: Option<Done>,
    /// The last failed operation, until it is cleaned up.
    pub(super) failure: Option<Done>,
    pub(super) fail_count: u32,
    pub(super) last_failure: Option<Stamp>,
}

/// How far a node is in joining Pacemaker's membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Join {
    /// Not there.
    #[default]
    Down,
    /// In Corosync's membership, not (yet) in Pacemaker's.
    Pending,
    Member,
}

/// What the partition believes about a node.
#[derive(Debug, Clone, Default)]
pub(super) struct NodeStatus {
    pub(super) join: Join,
    pub(super) expected_up: bool,
    /// It may still run resources although it cannot be asked: fence it first.
    pub(super) unclean: bool,
    pub(super) shutdown: bool,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) instances: BTreeMap<String, Instance>,
}

impl NodeStatus {
    pub(super) fn role(&self, rsc: &str) -> Role {
        self.instances.get(rsc).map_or(Role::Stopped, |instance| instance.role)
    }

    pub(super) fn busy(&self) -> bool {
        self.instances.values().any(|instance| instance.pending.is_some())
    }

    pub(super) fn active(&self) -> usize {
        let active = |instance: &&Instance| instance.role != Role::Stopped || instance.pending == Some(Task::Start);
        self.instances.values().filter(active).count()
    }
}

/// The status of all nodes, by their place in the scenario.
#[derive(Debug, Clone, Default)]
pub(super) struct Status {
    pub(super) nodes: BTreeMap<Ix, NodeStatus>,
}

impl Status {
    pub(super) fn role(&self, rsc: &str, node: Ix) -> Role {
        self.nodes.get(&node).map_or(Role::Stopped, |status| status.role(rsc))
    }

    pub(super) fn node(&mut self, node: Ix) -> &mut NodeStatus {
        self.nodes.entry(node).or_default()
    }

    pub(super) fn is_member(&self, node: Ix) -> bool {
        self.nodes.get(&node).is_some_and(|status| status.join == Join::Member)
    }
}

/// How an attempt to fence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FenceState {
    Pending,
    Success,
    Failed,
}

impl FenceState {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Success => "success",
            Self::Failed => "failed",
        }
    }
}

/// One attempt to fence, as the fencing history tells it.
#[derive(Debug, Clone)]
pub(super) struct FenceEvent {
    pub(super) id: u64,
    pub(super) target: Ix,
    pub(super) origin: Ix,
    pub(super) delegate: Option<Ix>,
    pub(super) action: &'static str,
    pub(super) client: String,
    pub(super) state: FenceState,
    /// When it ended; the start while it is pending.
    pub(super) at: Stamp,
}
