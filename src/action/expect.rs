//! What should be so: asked of the model, never of exit codes.

use std::collections::BTreeSet;

use super::intent::Of;
use super::situation::Situation;
use crate::model::{
    ConnectionState, DrbdName, DrbdRole, FenceStatus, Item, Member, NodeName, NodeState, Replication, ResourceId, Role,
    Text,
};

/// Something that should be so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// A primitive is just there, in these roles: what the preview said.
    Placed(ResourceId, BTreeSet<(NodeName, Role)>),
    /// A resource serves on a node: all its parts run there; of a promotable a copy is promoted there.
    Serves(ResourceId, NodeName),
    /// No part of a resource runs anywhere.
    Stopped(ResourceId),
    /// A resource, group or clone runs somewhere.
    Runs(ResourceId),
    /// A resource is not on a node; of a promotable: not promoted there.
    NotOn(ResourceId, NodeName),
    /// A node is in standby, or not.
    Standby(NodeName, bool),
    /// A node is in maintenance, or not.
    NodeMaintenance(NodeName, bool),
    /// The whole cluster is in maintenance, or not.
    ClusterMaintenance(bool),
    /// A resource is in maintenance, or not: then it is not managed.
    ResourceMaintenance(ResourceId, bool),
    /// A resource is managed, or not.
    Managed(ResourceId, bool),
    /// A resource is told to stop, or not.
    ToldToStop(ResourceId, bool),
    /// Nothing is known to have failed.
    NoFailures(Of),
    /// A node was fenced, later than the fencing whose end is given as its history tells it.
    Fenced(NodeName, Option<Text>),
    /// A node is not waited for any more: it is not UNCLEAN.
    NotUnclean(NodeName),
    /// A location constraint is there, or not.
    Constraint(Text, bool),
    /// A DRBD resource has its connections on a node, or gave them up.
    DrbdConnected(DrbdName, NodeName, bool),
    /// A DRBD resource has this role on a node.
    DrbdRole(DrbdName, NodeName, DrbdRole),
    /// A resync that a node takes part in is held, or goes on.
    DrbdPaused(DrbdName, NodeName, bool),
    /// A verify runs.
    DrbdVerifies(DrbdName, NodeName),
    /// A node fetches its copy.
    DrbdFetches(DrbdName, NodeName),
}

/// Whether it is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// It is.
    Yes,
    /// It is not: what is instead.
    No(String),
    /// It cannot be told: what is missing.
    Unknown(String),
}

impl Held {
    fn of(yes: bool, instead: impl FnOnce() -> String) -> Self {
        if yes { Self::Yes } else { Self::No(instead()) }
    }
}

/// Places as words: `Started ha-node-1`.
fn words(places: &BTreeSet<(NodeName, Role)>) -> String {
    if places.is_empty() {
        return "stopped".to_owned();
    }
    places.iter().map(|(node, role)| format!("{role} on {node}")).collect::<Vec<_>>().join(", ")
}

impl Expect {
    /// What should be so, as words.
    pub fn words(&self) -> String {
        let not = |on: bool, words: &str| if on { format!("is {words}") } else { format!("is not {words}") };
        match self {
            Self::Placed(id, places) => format!("{id} is {}", words(places)),
            Self::Serves(id, node) => format!("{id} runs on {node}"),
            Self::Stopped(id) => format!("{id} is stopped"),
            Self::Runs(id) => format!("{id} runs"),
            Self::NotOn(id, node) => format!("{id} is not on {node}"),
            Self::Standby(node, on) => format!("{node} {}", not(*on, "in standby")),
            Self::NodeMaintenance(node, on) => format!("{node} {}", not(*on, "in maintenance")),
            Self::ClusterMaintenance(on) => format!("the cluster {}", not(*on, "in maintenance")),
            Self::ResourceMaintenance(id, on) => format!("{id} {}", not(*on, "in maintenance")),
            Self::Managed(id, on) => format!("{id} {}", not(*on, "managed")),
            Self::ToldToStop(id, on) => format!("{id} {}", not(*on, "told to stop")),
            Self::NoFailures(of) => format!("no failure of {of} is left"),
            Self::Fenced(node, _) => format!("{node} is fenced"),
            Self::NotUnclean(node) => format!("{node} is not waited for any more"),
            Self::Constraint(id, true) => format!("the constraint {id} is there"),
            Self::Constraint(id, false) => format!("the constraint {id} is gone"),
            Self::DrbdConnected(name, node, true) => format!("{name} is connected on {node}"),
            Self::DrbdConnected(name, node, false) => format!("{name} is disconnected on {node}"),
            Self::DrbdRole(name, node, role) => format!("{name} is {} on {node}", role.word()),
            Self::DrbdPaused(name, node, true) => format!("the resync of {name} on {node} is held"),
            Self::DrbdPaused(name, node, false) => format!("the resync of {name} on {node} goes on"),
            Self::DrbdVerifies(name, _) => format!("a verify of {name} runs"),
            Self::DrbdFetches(name, node) => format!("{node} fetches {name} anew"),
        }
    }

    /// Whether it is so in this situation.
    pub fn holds(&self, situation: Situation<'_>) -> Held {
        match self {
            Self::DrbdConnected(..)
            | Self::DrbdRole(..)
            | Self::DrbdPaused(..)
            | Self::DrbdVerifies(..)
            | Self::DrbdFetches(..) => self.drbd_holds(situation),
            _ if !situation.is_fresh() || situation.status().is_none() => {
                Held::Unknown("no node tells how Pacemaker is".to_owned())
            }
            Self::Placed(id, places) => {
                let found = situation.places().remove(id).unwrap_or_default();
                Held::of(found == *places, || format!("{id} is {}", words(&found)))
            }
            Self::Serves(..) | Self::Stopped(_) | Self::Runs(_) | Self::NotOn(..) => self.runs_hold(situation),
            Self::Standby(node, _) | Self::NodeMaintenance(node, _) | Self::NotUnclean(node) => {
                self.node_holds(node, situation)
            }
            Self::ClusterMaintenance(on) => match situation.status().and_then(|status| status.options.maintenance_mode)
            {
                Some(is) => Held::of(is == *on, || format!("maintenance-mode is {is}")),
                None => Held::Unknown("the status does not tell maintenance-mode".to_owned()),
            },
            Self::ResourceMaintenance(id, on) => managed(situation, id, !*on),
            Self::Managed(id, on) => managed(situation, id, *on),
            Self::ToldToStop(id, on) => told_to_stop(situation, id, *on),
            Self::NoFailures(of) => no_failures(situation, of),
            Self::Fenced(node, before) => {
                let last = situation.last_fenced(node);
                if last.is_some() && last != *before {
                    return Held::Yes;
                }
                let events = situation.status().and_then(|status| status.fencing.as_ref()).into_iter().flatten();
                let newest = events.into_iter().find(|event| event.target == *node);
                match newest.map(|event| &event.status) {
                    Some(FenceStatus::Pending) => Held::No(format!("the fencing of {node} is pending")),
                    Some(FenceStatus::Failed) => Held::No(format!("the last fencing of {node} failed")),
                    _ => Held::No(format!("{node} was not fenced")),
                }
            }
            Self::Constraint(id, there) => match situation.locations() {
                Some(locations) => {
                    let is = locations.iter().any(|location| location.id == *id);
                    Held::of(is == *there, || format!("{id} is {}there", if is { "" } else { "not " }))
                }
                None => Held::Unknown("no node tells the constraints".to_owned()),
            },
        }
    }

    fn runs_hold(&self, situation: Situation<'_>) -> Held {
        let (Self::Serves(id, _) | Self::Stopped(id) | Self::Runs(id) | Self::NotOn(id, _)) = self else {
            return Held::Yes;
        };
        let Some(found) = situation.find(id) else { return Held::No(format!("there is no {id}")) };
        let serves = found.serves_on();
        let now = || {
            let mut on = BTreeSet::new();
            for primitive in found.primitives() {
                on.extend(primitive.on.iter().map(|node| (node.clone(), primitive.role.clone())));
            }
            format!("{id} is {}", words(&on))
        };
        match self {
            Self::Serves(_, node) => {
                let mut good = serves.contains(node);
                if let Item::Group(group) = found.root {
                    good = group.members.iter().all(|member| member.on.contains(node) && member.role == Role::Started);
                } else if let Item::Primitive(primitive) = found.root {
                    good = primitive.on.as_slice() == core::slice::from_ref(node) && primitive.role == Role::Started;
                }
                Held::of(good, now)
            }
            Self::NotOn(_, node) => Held::of(!serves.contains(node), now),
            Self::Stopped(_) => {
                let none = found
                    .primitives()
                    .iter()
                    .all(|primitive| primitive.on.is_empty() && primitive.role == Role::Stopped);
                Held::of(none, now)
            }
            _ => {
                let well =
                    |primitive: &&crate::model::Primitive| !primitive.on.is_empty() && !primitive.role.is_moving();
                let whole = match found.root {
                    Item::Group(group) => group.members.iter().all(|member| well(&member)),
                    _ => found.primitives().iter().any(well),
                };
                Held::of(whole && (!found.is_promotable() || !serves.is_empty()), now)
            }
        }
    }

    fn node_holds(&self, node: &NodeName, situation: Situation<'_>) -> Held {
        let members = situation.status().into_iter().flat_map(|status| &status.members);
        let Some(member): Option<&Member> = members.into_iter().find(|member| member.name == *node) else {
            return Held::No(format!("there is no node {node}"));
        };
        let state = member.state();
        let flag = |flag: Option<bool>, wanted: bool, what: &str| match flag {
            Some(is) => Held::of(is == wanted, || format!("{node} is {}", state.word())),
            None => Held::Unknown(format!("the status does not tell whether {node} is in {what}")),
        };
        match self {
            Self::Standby(_, on) => flag(member.standby, *on, "standby"),
            Self::NodeMaintenance(_, on) => flag(member.maintenance, *on, "maintenance"),
            _ => Held::of(!state.is_unclean() && state != NodeState::Unknown, || format!("{node} is {}", state.word())),
        }
    }

    fn drbd_holds(&self, situation: Situation<'_>) -> Held {
        let (Self::DrbdConnected(name, node, _)
        | Self::DrbdRole(name, node, _)
        | Self::DrbdPaused(name, node, _)
        | Self::DrbdVerifies(name, node)
        | Self::DrbdFetches(name, node)) = self
        else {
            return Held::Yes;
        };
        let Some(replica) = situation.replica(name) else {
            return Held::Unknown(format!("no node tells of {name}"));
        };
        let ends = replica.ties.iter().filter_map(|tie| match node {
            node if tie.a == *node => tie.a_says.as_ref(),
            node if tie.b == *node => tie.b_says.as_ref(),
            _ => None,
        });
        let syncs = || replica.volumes.iter().flat_map(|volume| &volume.syncs);
        let of_node = |sync: &&crate::model::Sync| sync.source == *node || sync.target == *node;
        match self {
            Self::DrbdConnected(_, _, true) => {
                let states: Vec<&ConnectionState> = ends.collect();
                let all = !states.is_empty() && states.iter().all(|state| **state == ConnectionState::Connected);
                Held::of(all, || format!("{name} is {}", list(&states)))
            }
            Self::DrbdConnected(_, _, false) => {
                let states: Vec<&ConnectionState> = ends.collect();
                // DRBD 8.4 forgets a connection that it gave up.
                let all = states.iter().all(|state| **state == ConnectionState::StandAlone);
                Held::of(all, || format!("{name} is {}", list(&states)))
            }
            Self::DrbdRole(_, _, role) => {
                let is = replica.roles.get(node);
                let word = is.map_or("not told", DrbdRole::word);
                Held::of(is == Some(role), || format!("{name} is {word} on {node}"))
            }
            Self::DrbdPaused(_, _, on) => {
                let mut of = syncs().filter(|sync| !sync.verify).filter(of_node).peekable();
                if of.peek().is_none() {
                    return Held::of(!*on, || format!("no resync of {name} runs on {node}"));
                }
                Held::of(of.all(|sync| sync.state.is_paused() == *on), || format!("the resync of {name} is as it was"))
            }
            Self::DrbdVerifies(..) => {
                Held::of(syncs().filter(of_node).any(|sync| sync.verify), || format!("no verify of {name} runs"))
            }
            _ => {
                let fetches =
                    syncs().any(|sync| !sync.verify && sync.target == *node && sync.state != Replication::Established);
                Held::of(fetches, || format!("{node} does not fetch {name}"))
            }
        }
    }
}

fn list(states: &[&ConnectionState]) -> String {
    if states.is_empty() {
        return "without a connection".to_owned();
    }
    states.iter().map(|state| state.word()).collect::<Vec<_>>().join(", ")
}

fn managed(situation: Situation<'_>, id: &ResourceId, wanted: bool) -> Held {
    let Some(found) = situation.find(id) else { return Held::No(format!("there is no {id}")) };
    let parts = found.primitives();
    let told: Vec<bool> = parts.iter().filter_map(|primitive| primitive.managed).collect();
    if told.is_empty() {
        return Held::Unknown(format!("the status does not tell whether {id} is managed"));
    }
    let word = if wanted { "not managed" } else { "managed" };
    Held::of(told.iter().all(|is| *is == wanted), || format!("{id} is {word}"))
}

fn told_to_stop(situation: Situation<'_>, id: &ResourceId, wanted: bool) -> Held {
    let Some(found) = situation.find(id) else { return Held::No(format!("there is no {id}")) };
    let told = is_told_to_stop(&found);
    Held::of(told == wanted, || format!("{id} is {}told to stop", if told { "" } else { "not " }))
}

/// Whether a resource is told to stop, by itself or by what it is in.
pub(super) fn is_told_to_stop(found: &super::situation::Found<'_>) -> bool {
    let root = match found.root {
        Item::Clone(set) => set.target == Some(Role::Stopped) || set.disabled == Some(true),
        Item::Group(group) => group.disabled == Some(true),
        Item::Primitive(_) | Item::Bundle(_) => false,
    };
    let parts = found.primitives();
    root || (!parts.is_empty() && parts.iter().all(|primitive| primitive.target == Some(Role::Stopped)))
}

fn no_failures(situation: Situation<'_>, of: &Of) -> Held {
    let Some(status) = situation.status() else { return Held::Unknown("no status".to_owned()) };
    let concerns = |resource: &ResourceId, node: &NodeName| match of {
        Of::Cluster => true,
        Of::Node(which) => which == node,
        Of::Resource(id) => concerns(situation, id, resource),
        Of::ResourceOn(id, which) => which == node && concerns(situation, id, resource),
    };
    let failure = status.failures.iter().find(|failure| concerns(&failure.resource, &failure.node));
    let count = status
        .fail_counts
        .iter()
        .find(|count| concerns(&count.resource, &count.node) && count.count != crate::model::Count::Of(0));
    match (failure, count) {
        (Some(failure), _) => Held::No(format!("{} failed on {}", failure.resource, failure.node)),
        (None, Some(count)) => Held::No(format!("{} still counts failures on {}", count.resource, count.node)),
        (None, None) => Held::Yes,
    }
}

/// Whether what failed is a part of `id`.
pub(super) fn concerns(situation: Situation<'_>, id: &ResourceId, failed: &ResourceId) -> bool {
    id == failed
        || situation.find(id).is_some_and(|found| found.primitives().iter().any(|primitive| primitive.id == *failed))
}
