//! What the cluster says it would do (`crm_simulate`), and what is configured of its operations (the CIB's skeleton).

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{CibVersion, Item, Member, NodeName, ResourceId, Role, Text};

/// Where each primitive is active, and in which role; one that is nowhere has an empty set.
pub type Places = BTreeMap<ResourceId, BTreeSet<(NodeName, Role)>>;

/// Where the primitives of these resources are active.
pub fn places_of(resources: &[Item]) -> Places {
    let mut places = Places::new();
    for item in resources {
        item.each_primitive(&mut |primitive| {
            let on = primitive.on.iter().map(|node| (node.clone(), primitive.role.clone()));
            places.entry(primitive.id.clone()).or_default().extend(on);
        });
    }
    places
}

/// What one run of `crm_simulate` says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Simulation {
    /// Nodes that would be fenced or shut down, in order: node, what (`Fence (reboot)`), why.
    pub nodes: Vec<(NodeName, Text, Option<Text>)>,
    /// What would happen to resources, in the order in which it is told. `None`: not told.
    pub changes: Option<Vec<Change>>,
    /// The steps in the order in which they would run; `None` where only the plan was asked for.
    pub steps: Option<Vec<SimulatedStep>>,
    /// The cluster afterwards; `None` where only the plan was asked for.
    pub after: Option<Afterwards>,
    /// The copy is not what would come of it: its status is still the one before. What is simulated on it after that begins
    /// at the wrong place, and tells nothing.
    pub status_stays: bool,
    /// What could not be read, and what the tool complained of.
    pub troubles: Vec<Text>,
}

impl Simulation {
    /// Whether it is known that nothing would happen.
    pub fn is_nothing(&self) -> bool {
        self.nodes.is_empty() && self.changes.as_ref().is_some_and(Vec::is_empty)
    }
}

/// The cluster after a simulated transition.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Afterwards {
    /// Its nodes.
    pub members: Vec<Member>,
    /// Its resources.
    pub resources: Vec<Item>,
}

impl Afterwards {
    /// Where each primitive would be.
    pub fn places(&self) -> Places {
        places_of(&self.resources)
    }
}

/// What would happen to a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What.
    pub kind: ChangeKind,
    /// The primitive; without the number of an instance.
    pub resource: ResourceId,
    /// Where it is.
    pub from: Option<NodeName>,
    /// Where it would be.
    pub to: Option<NodeName>,
    /// Its role before and after, where roles change.
    pub roles: Option<(Role, Role)>,
    /// Why, in Pacemaker's words.
    pub reason: Option<Text>,
    /// It should happen, but something keeps it from it.
    pub blocked: bool,
}

/// Kinds of change, in Pacemaker's words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Started where it was nowhere.
    Start,
    /// Stopped, and not started elsewhere.
    Stop,
    /// Stopped here, started there.
    Move,
    /// Moved alive.
    Migrate,
    /// Stopped and started because it failed.
    Recover,
    /// Stopped and started where it is.
    Restart,
    /// Told to read its parameters anew.
    Reload,
    /// Promoted.
    Promote,
    /// Demoted.
    Demote,
    /// Demoted and promoted where it is.
    RePromote,
    /// Something that this version of hatui does not know.
    Other(Text),
}

impl ChangeKind {
    /// The word shown.
    pub fn word(&self) -> &str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Move => "move",
            Self::Migrate => "migrate",
            Self::Recover => "recover",
            Self::Restart => "restart",
            Self::Reload => "reload",
            Self::Promote => "promote",
            Self::Demote => "demote",
            Self::RePromote => "re-promote",
            Self::Other(word) => word,
        }
    }

    /// Whether the resource does not serve while it is done.
    pub fn interrupts(&self) -> bool {
        !matches!(self, Self::Start | Self::Reload | Self::Promote | Self::Migrate)
    }
}

/// A step of a simulated transition that does something; those that only mark points are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SimulatedStep {
    /// An operation of a resource agent.
    Operation {
        /// `start`, `stop`, `promote`, `demote`, `monitor`, …
        task: Text,
        /// The primitive; without the number of an instance.
        resource: ResourceId,
        /// Where.
        node: Option<NodeName>,
        /// Milliseconds between runs; 0 for one that does not recur.
        interval_ms: u64,
    },
    /// Fencing: what, whom.
    Fence(Text, NodeName),
}

/// What the CIB configures of resources: nesting, operations and meta attributes; no parameters, since those may be secret.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Skeleton {
    /// Every resource by its id.
    pub resources: BTreeMap<ResourceId, Configured>,
}

/// What is configured of one resource.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Configured {
    /// The group, clone or bundle that it is directly in.
    pub parent: Option<ResourceId>,
    /// Own meta attributes: name, value.
    pub meta: BTreeMap<Text, Text>,
    /// How long operations may take: by task; where the recurring monitors differ, the longest.
    pub timeouts: BTreeMap<Text, Duration>,
    /// The intervals of its monitors: interval, and the role that it is for.
    pub monitors: Vec<(Duration, Option<Role>)>,
}

/// How long an operation may take where nothing is configured: Pacemaker's own default.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(20);

impl Skeleton {
    /// How long an operation of a primitive may take.
    pub fn timeout(&self, resource: &ResourceId, task: &str) -> Duration {
        let configured = self.resources.get(resource).and_then(|resource| resource.timeouts.get(task));
        configured.copied().unwrap_or(DEFAULT_TIMEOUT)
    }

    /// The value of a meta attribute that the resource itself has.
    pub fn own_meta(&self, resource: &ResourceId, name: &str) -> Option<&Text> {
        self.resources.get(resource)?.meta.get(name)
    }
}

/// What the preview program on a node said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Previewed {
    /// The version of the CIB that was copied.
    pub revision: Option<CibVersion>,
    /// What it configures.
    pub skeleton: Skeleton,
    /// What came of each simulation, in order: by `crm_simulate`'s own word.
    pub simulations: Vec<Simulation>,
    /// What kept it from going on: which part, and the words of whoever said it.
    pub failed: Option<Text>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Primitive;

    #[test]
    fn places_of_all_instances_are_put_together() {
        let on = |node: &str, role: Role| {
            Item::Primitive(Primitive { role, on: vec![NodeName::new(node)], ..Primitive::named("store", "ocf:x:y") })
        };
        let places = places_of(&[on("a", Role::Promoted), on("b", Role::Unpromoted)]);
        let store = &places[&ResourceId::new("store")];
        assert!(store.contains(&(NodeName::new("a"), Role::Promoted)) && store.len() == 2);
    }

    #[test]
    fn an_operation_without_a_timeout_has_pacemakers() {
        assert_eq!(Skeleton::default().timeout(&ResourceId::new("x"), "stop"), DEFAULT_TIMEOUT);
    }
}
