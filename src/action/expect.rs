//! What should be so: asked of the model, never of exit codes.

use std::collections::BTreeSet;

use super::intent::Of;
use super::lease::Lease;
use super::situation::{Found, Situation};
use crate::model::{
    ConnectionState, DrbdName, DrbdRole, FenceStatus, Item, Member, NodeName, NodeState, Replication, ResourceId, Role,
    Text,
};

/// Something that should be so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// A primitive is just there, in these roles: what the preview said.
    Placed(ResourceId, BTreeSet<(NodeName, Role)>),
    /// A resource serves on a node: all its parts run there.
    Serves(ResourceId, NodeName),
    /// A copy of a promotable clone is promoted on a node, or not.
    Promoted(ResourceId, NodeName, bool),
    /// No part of a resource runs anywhere.
    Stopped(ResourceId),
    /// A resource, group or clone runs somewhere.
    Runs(ResourceId),
    /// A resource is not on a node.
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
    /// A promotable clone is told to promote no copy, or not.
    ToldToDemote(ResourceId, bool),
    /// Nothing is known to have failed.
    NoFailures(Of),
    /// A node was fenced, later than the fencing whose end is given as its history tells it.
    Fenced(NodeName, Option<Text>),
    /// A node is not waited for any more: it is not UNCLEAN.
    NotUnclean(NodeName),
    /// Nothing that the cluster manages runs on a node.
    Idle(NodeName),
    /// A location constraint is there, or not.
    Constraint(Text, bool),
    /// The constraint of a move of hatui's is there: this one, and not one with the same id that someone else put there.
    Leased(Lease),
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
            Self::Promoted(id, node, on) => format!("{id} {} on {node}", not(*on, "promoted")),
            Self::Stopped(id) => format!("{id} is stopped"),
            Self::Runs(id) => format!("{id} runs"),
            Self::NotOn(id, node) => format!("{id} is not on {node}"),
            Self::Standby(node, on) => format!("{node} {}", not(*on, "in standby")),
            Self::NodeMaintenance(node, on) => format!("{node} {}", not(*on, "in maintenance")),
            Self::ClusterMaintenance(on) => format!("the cluster {}", not(*on, "in maintenance")),
            Self::ResourceMaintenance(id, on) => format!("{id} {}", not(*on, "in maintenance")),
            Self::Managed(id, on) => format!("{id} {}", not(*on, "managed")),
            Self::ToldToStop(id, on) => format!("{id} {}", not(*on, "told to stop")),
            Self::ToldToDemote(id, on) => format!("{id} {}", not(*on, "told to be demoted")),
            Self::NoFailures(of) => format!("no failure of {of} is left"),
            Self::Fenced(node, _) => format!("the fencing of {node} is done"),
            Self::NotUnclean(node) => format!("{node} is not waited for any more"),
            Self::Idle(node) => format!("nothing runs on {node}"),
            Self::Leased(lease) => format!("the constraint {} is there", lease.id),
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
                // What was found dead is told to be where it was, until the cluster has dealt with it.
                if situation.primitives().any(|primitive| primitive.id == *id && primitive.has_failed()) {
                    return Held::No(format!("{id} has failed, {}", words(&found)));
                }
                Held::of(found == *places, || format!("{id} is {}", words(&found)))
            }
            Self::Serves(..) | Self::Promoted(..) | Self::Stopped(_) | Self::Runs(_) | Self::NotOn(..) => {
                self.runs_hold(situation)
            }
            Self::Standby(node, _) | Self::NodeMaintenance(node, _) | Self::NotUnclean(node) => {
                self.node_holds(node, situation)
            }
            Self::ClusterMaintenance(on) => match situation.status().and_then(|status| status.options.maintenance_mode)
            {
                Some(is) => Held::of(is == *on, || format!("maintenance-mode is {is}")),
                None => Held::Unknown("the status does not tell maintenance-mode".to_owned()),
            },
            Self::ResourceMaintenance(id, on) => in_maintenance(situation, id, *on),
            Self::Managed(id, on) => managed(situation, id, *on),
            Self::ToldToStop(id, on) => told(situation, id, *on, "stop", is_told_to_stop),
            Self::ToldToDemote(id, on) => told(situation, id, *on, "be demoted", is_told_to_demote),
            Self::NoFailures(of) => no_failures(situation, of),
            Self::Fenced(node, before) => fenced(situation, node, before.as_ref()),
            Self::Idle(node) => {
                let still = situation.still_on(node);
                let left: BTreeSet<&ResourceId> =
                    still.iter().filter(|still| still.managed).map(|still| still.id).collect();
                let names = left.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(", ");
                Held::of(left.is_empty(), || format!("{names} still on {node}"))
            }
            Self::Constraint(id, there) => match situation.locations() {
                Some(locations) => {
                    let is = locations.iter().any(|location| location.id == *id);
                    Held::of(is == *there, || format!("{id} is {}there", if is { "" } else { "not " }))
                }
                None => Held::Unknown("no node tells the constraints".to_owned()),
            },
            Self::Leased(lease) => match situation.locations() {
                Some(locations) => match locations.iter().find(|location| location.id == lease.id) {
                    Some(location) => Held::of(lease.is(location), || format!("{} is someone else's", lease.id)),
                    None => Held::No(format!("{} is not there", lease.id)),
                },
                None => Held::Unknown("no node tells the constraints".to_owned()),
            },
        }
    }

    fn runs_hold(&self, situation: Situation<'_>) -> Held {
        let (Self::Serves(id, _) | Self::Promoted(id, ..) | Self::Stopped(id) | Self::Runs(id) | Self::NotOn(id, _)) =
            self
        else {
            return Held::Yes;
        };
        let Some(found) = situation.find(id) else { return Held::No(format!("there is no {id}")) };
        let serves = found.serves_on();
        let now = || {
            let mut on = BTreeSet::new();
            for primitive in found.parts() {
                on.extend(primitive.on.iter().map(|node| (node.clone(), primitive.role.clone())));
            }
            format!("{id} is {}", words(&on))
        };
        match self {
            Self::Serves(_, node) => {
                let there = |primitive: &&crate::model::Primitive| {
                    primitive.on.as_slice() == core::slice::from_ref(node) && primitive.role == Role::Started
                };
                let wanted = found.wanted();
                let bundle = matches!(found.root, Item::Bundle(_));
                let all = !wanted.is_empty() && wanted.iter().all(there);
                Held::of(if bundle { serves.contains(node) } else { all }, now)
            }
            Self::Promoted(_, node, on) => Held::of(serves.contains(node) == *on, now),
            Self::NotOn(_, node) => Held::of(!found.runs_on().contains(node), now),
            Self::Stopped(_) => {
                let stopped =
                    |primitive: &&crate::model::Primitive| primitive.on.is_empty() && primitive.role == Role::Stopped;
                Held::of(found.parts().iter().all(stopped), now)
            }
            _ => {
                let well =
                    |primitive: &&crate::model::Primitive| !primitive.on.is_empty() && !primitive.role.is_moving();
                let wanted = found.wanted();
                let whole = match found.root {
                    Item::Group(_) => !wanted.is_empty() && wanted.iter().all(well),
                    _ => wanted.iter().any(well),
                };
                let promoted = !found.is_promotable() || !serves.is_empty() || is_told_to_demote(&found);
                Held::of(whole && promoted, now)
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

fn fenced(situation: Situation<'_>, node: &NodeName, before: Option<&Text>) -> Held {
    let Some(history) = situation.status().and_then(|status| status.fencing.as_ref()) else {
        // A version that tells no history of fencing: it shows by the node being off, and not waited for.
        let off = situation.state(node).is_some_and(|state| !state.is_unclean() && !state.is_up());
        return if off { Held::Yes } else { Held::Unknown(format!("it is not told whether {node} was fenced")) };
    };
    let last = situation.last_fenced(node);
    if last.is_some() && last.as_ref() != before {
        return Held::Yes;
    }
    match history.iter().find(|event| event.target == *node).map(|event| &event.status) {
        Some(FenceStatus::Pending) => Held::No(format!("the fencing of {node} is pending")),
        Some(FenceStatus::Failed) => Held::No(format!("the last fencing of {node} failed")),
        _ => Held::No(format!("{node} was not fenced")),
    }
}

/// Whether a resource is in maintenance; where versions do not tell, whether it is not managed.
fn in_maintenance(situation: Situation<'_>, id: &ResourceId, wanted: bool) -> Held {
    let Some(found) = situation.find(id) else { return Held::No(format!("there is no {id}")) };
    let own = match found.root {
        Item::Group(group) => group.maintenance,
        Item::Clone(set) => set.maintenance,
        Item::Bundle(bundle) => bundle.maintenance,
        Item::Primitive(_) => None,
    };
    let told: Vec<bool> = found.parts().iter().filter_map(|primitive| primitive.maintenance).collect();
    let is = if own == Some(true) || told.contains(&true) {
        true
    } else if own.is_some() || !told.is_empty() {
        false
    } else {
        return managed(situation, id, !wanted);
    };
    Held::of(is == wanted, || format!("{id} is {}in maintenance", if is { "" } else { "not " }))
}

fn managed(situation: Situation<'_>, id: &ResourceId, wanted: bool) -> Held {
    let Some(found) = situation.find(id) else { return Held::No(format!("there is no {id}")) };
    let parts = found.parts();
    let told: Vec<bool> = parts.iter().filter_map(|primitive| primitive.managed).collect();
    if told.is_empty() {
        return Held::Unknown(format!("the status does not tell whether {id} is managed"));
    }
    let word = if wanted { "not managed" } else { "managed" };
    Held::of(told.iter().all(|is| *is == wanted), || format!("{id} is {word}"))
}

/// Whether a resource is told something, in `words`, or not.
fn told(situation: Situation<'_>, id: &ResourceId, wanted: bool, words: &str, is: fn(&Found<'_>) -> bool) -> Held {
    let Some(found) = situation.find(id) else { return Held::No(format!("there is no {id}")) };
    let told = is(&found);
    Held::of(told == wanted, || format!("{id} is {}told to {words}", if told { "" } else { "not " }))
}

/// Whether a promotable clone is told to promote no copy, by itself or by what is in it.
pub(super) fn is_told_to_demote(found: &Found<'_>) -> bool {
    let root = matches!(found.root, Item::Clone(set) if set.target == Some(Role::Unpromoted));
    let parts = found.parts();
    let all = !parts.is_empty() && parts.iter().all(|primitive| primitive.target == Some(Role::Unpromoted));
    found.is_promotable() && (root || all)
}

/// Whether a resource is told to stop, by itself or by what it is in.
pub(super) fn is_told_to_stop(found: &Found<'_>) -> bool {
    let root = found.root.is_told_to_stop();
    let parts = found.parts();
    root || (!parts.is_empty() && parts.iter().all(|primitive| primitive.target == Some(Role::Stopped)))
}

fn no_failures(situation: Situation<'_>, of: &Of) -> Held {
    let Some(status) = situation.status() else { return Held::Unknown("no status".to_owned()) };
    let failure = status.failures.iter().find(|failure| is_of(of, &failure.resource, &failure.node, situation));
    let count = status
        .fail_counts
        .iter()
        .find(|count| is_of(of, &count.resource, &count.node, situation) && count.count != crate::model::Count::Of(0));
    match (failure, count) {
        (Some(failure), _) => Held::No(format!("{} failed on {}", failure.resource, failure.node)),
        (None, Some(count)) => Held::No(format!("{} still counts failures on {}", count.resource, count.node)),
        (None, None) => Held::Yes,
    }
}

/// Whether what failed on a node is of what is meant.
pub(super) fn is_of(of: &Of, failed: &ResourceId, on: &NodeName, situation: Situation<'_>) -> bool {
    match of {
        Of::Cluster => true,
        Of::Node(node) => on == node,
        Of::Resource(id) => concerns(situation, id, failed),
        Of::ResourceOn(id, node) => on == node && concerns(situation, id, failed),
    }
}

/// Whether what failed is a part of `id`.
pub(super) fn concerns(situation: Situation<'_>, id: &ResourceId, failed: &ResourceId) -> bool {
    id == failed
        || situation.find(id).is_some_and(|found| found.parts().iter().any(|primitive| primitive.id == *failed))
}
