//! Resources as a tree, as one node's Pacemaker tells them.

use core::fmt;

use serde::Serialize;

use super::{NodeName, ResourceId, Text};

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

    /// Whether it is told to stop as a whole; of a primitive that is told with the primitive itself.
    pub fn is_told_to_stop(&self) -> bool {
        match self {
            Self::Clone(set) => set.target == Some(Role::Stopped) || set.disabled == Some(true),
            Self::Group(group) => group.disabled == Some(true),
            Self::Primitive(_) | Self::Bundle(_) => false,
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

    /// What is wrong with it, in the words that every view uses.
    pub fn troubles(&self) -> impl Iterator<Item = &'static str> + use<> {
        [
            (self.failed, true, "FAILED"),
            (self.blocked, true, "blocked"),
            (self.managed, false, "unmanaged"),
            (self.orphaned, true, "orphaned"),
        ]
        .into_iter()
        .filter_map(|(flag, wrong, word)| (flag == Some(wrong)).then_some(word))
    }

    /// Whether it was found failed, and that counts.
    pub fn has_failed(&self) -> bool {
        self.failed == Some(true) && self.failure_ignored != Some(true)
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
