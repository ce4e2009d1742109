//! What one node's Pacemaker says of the cluster (`crm_mon`), in the words of Pacemaker 2.1.

use core::fmt;

use serde::Serialize;

use super::{Count, NodeId, NodeName, ResourceId, Text};

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

/// A node as the cluster sees it. The flags are independent and can combine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// Its name.
    pub name: NodeName,
    /// Its number in Corosync; remote and guest nodes have none.
    pub id: Option<NodeId>,
    /// What kind of node it is.
    pub kind: NodeKind,
    /// Whether it is a member and its Pacemaker runs.
    pub online: Option<bool>,
    /// Told to run nothing.
    pub standby: Option<bool>,
    /// In standby because an operation with `on-fail=standby` failed.
    pub standby_on_fail: Option<bool>,
    /// Its resources are left alone.
    pub maintenance: Option<bool>,
    /// It joined Corosync, but its Pacemaker is not (yet) part of the cluster.
    pub pending: Option<bool>,
    /// Its state is not known and it must be fenced before its resources may run elsewhere.
    pub unclean: Option<bool>,
    /// Its health, where node health is used.
    pub health: Option<Health>,
    /// It is shutting down.
    pub shutdown: Option<bool>,
    /// Whether it is the DC.
    pub is_dc: Option<bool>,
    /// How many resource instances run there.
    pub resources_running: Option<u32>,
    /// The feature set it publishes; `<3.15.1` for one that publishes none.
    pub feature_set: Option<Text>,
}

/// What kind of node a member is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// A full member, with Corosync.
    Member,
    /// A remote node: `pacemaker_remote`, no Corosync.
    Remote,
    /// A guest node (in a bundle or a virtual machine): the resource it is.
    Guest(ResourceId),
    /// Another word, as written.
    Other(Text),
}

/// Health of a node, where node health is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Well.
    Green,
    /// Not quite.
    Yellow,
    /// Unwell: resources may be kept away.
    Red,
}

/// The state of a node in one word, with the precedence that `crm_mon` uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeState {
    /// Unclean; the cluster still sees its Corosync.
    UncleanOnline,
    /// Unclean, and it has not finished joining.
    UncleanPending,
    /// Unclean and gone.
    UncleanOffline,
    /// Joining, or Corosync without Pacemaker.
    Pending,
    /// In standby after a failure.
    StandbyOnFail,
    /// In standby.
    Standby,
    /// In standby and gone.
    OfflineStandby,
    /// In maintenance.
    Maintenance,
    /// In maintenance and gone.
    OfflineMaintenance,
    /// Well.
    Online,
    /// Gone, and known to be.
    Offline,
    /// The status does not say.
    Unknown,
}

impl NodeState {
    /// The word shown, as `crm_mon` spells it.
    pub fn word(self) -> &'static str {
        match self {
            Self::UncleanOnline => "UNCLEAN (online)",
            Self::UncleanPending => "UNCLEAN (pending)",
            Self::UncleanOffline => "UNCLEAN (offline)",
            Self::Pending => "pending",
            Self::StandbyOnFail => "standby (on-fail)",
            Self::Standby => "standby",
            Self::OfflineStandby => "OFFLINE (standby)",
            Self::Maintenance => "maintenance",
            Self::OfflineMaintenance => "OFFLINE (maintenance)",
            Self::Online => "online",
            Self::Offline => "OFFLINE",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the node takes part in the cluster now.
    pub fn is_up(self) -> bool {
        matches!(self, Self::Online | Self::Standby | Self::StandbyOnFail | Self::Maintenance)
    }

    /// Whether the node waits to be fenced.
    pub fn is_unclean(self) -> bool {
        matches!(self, Self::UncleanOnline | Self::UncleanPending | Self::UncleanOffline)
    }
}

impl Member {
    /// A member of which nothing but the name is known.
    pub fn named(name: &str) -> Self {
        Self {
            name: NodeName::new(name),
            id: None,
            kind: NodeKind::Member,
            online: None,
            standby: None,
            standby_on_fail: None,
            maintenance: None,
            pending: None,
            unclean: None,
            health: None,
            shutdown: None,
            is_dc: None,
            resources_running: None,
            feature_set: None,
        }
    }

    /// Its state in one word.
    pub fn state(&self) -> NodeState {
        let yes = |flag: Option<bool>| flag == Some(true);
        let Some(online) = self.online else { return NodeState::Unknown };
        if yes(self.unclean) {
            if online {
                NodeState::UncleanOnline
            } else if yes(self.pending) {
                NodeState::UncleanPending
            } else {
                NodeState::UncleanOffline
            }
        } else if yes(self.pending) {
            NodeState::Pending
        } else if yes(self.standby_on_fail) && online {
            NodeState::StandbyOnFail
        } else if yes(self.standby) {
            if online { NodeState::Standby } else { NodeState::OfflineStandby }
        } else if yes(self.maintenance) {
            if online { NodeState::Maintenance } else { NodeState::OfflineMaintenance }
        } else if online {
            NodeState::Online
        } else {
            NodeState::Offline
        }
    }
}

/// What an instance of a resource does, or is told to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Not known (yet).
    Unknown,
    /// Not running.
    Stopped,
    /// Running.
    Started,
    /// Running, and promoted (older: Master).
    Promoted,
    /// Running, and not promoted (older: Slave).
    Unpromoted,
    /// On its way up.
    Starting,
    /// On its way down.
    Stopping,
    /// On its way to another node.
    Migrating,
    /// On its way to promoted.
    Promoting,
    /// On its way from promoted.
    Demoting,
    /// Another word, as written.
    Other(Text),
}

impl Role {
    /// The word shown.
    pub fn word(&self) -> &str {
        match self {
            Self::Unknown => "Unknown",
            Self::Stopped => "Stopped",
            Self::Started => "Started",
            Self::Promoted => "Promoted",
            Self::Unpromoted => "Unpromoted",
            Self::Starting => "Starting",
            Self::Stopping => "Stopping",
            Self::Migrating => "Migrating",
            Self::Promoting => "Promoting",
            Self::Demoting => "Demoting",
            Self::Other(word) => word,
        }
    }

    /// Whether an operation is under way.
    pub fn is_moving(&self) -> bool {
        matches!(self, Self::Starting | Self::Stopping | Self::Migrating | Self::Promoting | Self::Demoting)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A resource, or a set of resources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// A single resource, or one instance in a clone.
    Primitive(Primitive),
    /// Resources that run together, in order.
    Group(Group),
    /// Copies of a resource or group on several nodes.
    Clone(CloneSet),
    /// Containers with what they need.
    Bundle(Bundle),
}

impl Item {
    /// Its id.
    pub fn id(&self) -> &ResourceId {
        match self {
            Self::Primitive(primitive) => &primitive.id,
            Self::Group(group) => &group.id,
            Self::Clone(clone) => &clone.id,
            Self::Bundle(bundle) => &bundle.id,
        }
    }

    /// Calls `visit` for every primitive in it, in order.
    pub fn each_primitive<'a>(&'a self, visit: &mut impl FnMut(&'a Primitive)) {
        match self {
            Self::Primitive(primitive) => visit(primitive),
            Self::Group(Group { members, .. }) => members.iter().for_each(&mut *visit),
            Self::Clone(CloneSet { instances, .. }) => {
                for instance in instances {
                    instance.each_primitive(visit);
                }
            }
            Self::Bundle(Bundle { replicas, .. }) => {
                for replica in replicas {
                    replica.members.iter().for_each(&mut *visit);
                }
            }
        }
    }
}

/// One resource, or one instance of a cloned resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Primitive {
    /// Its id; the instances of an anonymous clone share one.
    pub id: ResourceId,
    /// Its agent (`ocf:heartbeat:IPaddr2`), with single colons.
    pub agent: Text,
    /// What it does.
    pub role: Role,
    /// What it is told to do (`target-role`), if anything.
    pub target: Option<Role>,
    /// Where it is active: none, one, or several nodes.
    pub on: Vec<NodeName>,
    /// The operation under way, as Pacemaker names it (`Starting`, `Monitoring`).
    pub pending: Option<Text>,
    /// Whether the cluster may start and stop it.
    pub managed: Option<bool>,
    /// Whether it may not be touched until someone looks (a stop failed and could not be fenced away).
    pub blocked: Option<bool>,
    /// Whether an operation of it failed.
    pub failed: Option<bool>,
    /// Whether its failures are ignored.
    pub failure_ignored: Option<bool>,
    /// Whether it runs though it is not configured any more.
    pub orphaned: Option<bool>,
    /// Whether it is in maintenance itself.
    pub maintenance: Option<bool>,
    /// The node it is kept for while that node is down (`shutdown-lock`).
    pub locked_to: Option<NodeName>,
}

impl Primitive {
    /// A stopped resource of which nothing but its id and agent is known.
    pub fn named(id: &str, agent: &str) -> Self {
        Self {
            id: ResourceId::new(id),
            agent: Text::new(agent),
            role: Role::Stopped,
            target: None,
            on: Vec::new(),
            pending: None,
            managed: Some(true),
            blocked: Some(false),
            failed: Some(false),
            failure_ignored: Some(false),
            orphaned: Some(false),
            maintenance: None,
            locked_to: None,
        }
    }

    /// Whether it is a fence device.
    pub fn is_fence_device(&self) -> bool {
        self.agent.starts_with("stonith:")
    }
}

/// Resources that run together on one node, started in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Its id.
    pub id: ResourceId,
    /// Its members, in start order.
    pub members: Vec<Primitive>,
    /// Whether the cluster may start and stop it.
    pub managed: Option<bool>,
    /// Whether it is told to stop.
    pub disabled: Option<bool>,
    /// Whether it is in maintenance.
    pub maintenance: Option<bool>,
}

/// Copies of a resource or group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CloneSet {
    /// Its id.
    pub id: ResourceId,
    /// Whether copies can be promoted.
    pub promotable: bool,
    /// Its copies: primitives or groups.
    pub instances: Vec<Item>,
    /// Whether the cluster may start and stop it.
    pub managed: Option<bool>,
    /// Whether it is told to stop.
    pub disabled: Option<bool>,
    /// Whether an operation of it failed.
    pub failed: Option<bool>,
    /// Whether it is in maintenance.
    pub maintenance: Option<bool>,
    /// What it is told to do, if anything.
    pub target: Option<Role>,
}

/// Containers, with their addresses and what runs inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bundle {
    /// Its id.
    pub id: ResourceId,
    /// The container technology (`podman`, `docker`).
    pub kind: Text,
    /// The image.
    pub image: Text,
    /// Its replicas.
    pub replicas: Vec<Replica>,
    /// Whether the cluster may start and stop it.
    pub managed: Option<bool>,
    /// Whether an operation of it failed.
    pub failed: Option<bool>,
    /// Whether it is in maintenance.
    pub maintenance: Option<bool>,
}

/// One container of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replica {
    /// Its number, from 0.
    pub number: u32,
    /// Address, service, container and remote node: those that exist.
    pub members: Vec<Primitive>,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn member(set: impl Fn(&mut Member)) -> NodeState {
        let mut member = Member { online: Some(true), ..Member::named("a") };
        set(&mut member);
        member.state()
    }

    #[test]
    fn states_have_the_precedence_of_crm_mon() {
        assert_eq!(member(|_| ()), NodeState::Online);
        assert_eq!(member(|m| m.online = None), NodeState::Unknown);
        assert_eq!(member(|m| m.online = Some(false)), NodeState::Offline);
        assert_eq!(
            member(|m| {
                m.unclean = Some(true);
                m.standby = Some(true);
            }),
            NodeState::UncleanOnline
        );
        assert_eq!(
            member(|m| {
                m.unclean = Some(true);
                m.online = Some(false);
            }),
            NodeState::UncleanOffline
        );
        assert_eq!(
            member(|m| {
                m.pending = Some(true);
                m.standby = Some(true);
            }),
            NodeState::Pending
        );
        assert_eq!(
            member(|m| {
                m.standby_on_fail = Some(true);
                m.standby = Some(true);
            }),
            NodeState::StandbyOnFail
        );
        assert_eq!(
            member(|m| {
                m.standby = Some(true);
                m.online = Some(false);
            }),
            NodeState::OfflineStandby
        );
        assert_eq!(member(|m| { m.maintenance = Some(true) }), NodeState::Maintenance);
    }
}
