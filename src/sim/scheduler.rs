//! Where every resource should be, and which operations may run now to get there. Pure: it changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::config::{Config, INFINITY, Kind, NoQuorum, Primitive, Resource};
use super::status::{Ix, Role, Status, Task};

/// What the scheduler must know besides configuration and status.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) members: &'a BTreeSet<Ix>,
    pub(super) quorate: bool,
}

/// The role that each primitive should have on each node; what is not there should be stopped.
pub(super) type Placement = BTreeMap<(String, Ix), Role>;

/// An operation that may be started now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) node: Ix,
    pub(super) rsc: String,
    pub(super) task: Task,
}

/// Where every resource should be.
pub(super) fn ideal(config: &Config, status: &Status, scene: Scene<'_>) -> Placement {
    let mut placement = Placement::new();
    if !scene.quorate {
        match config.options.no_quorum {
            NoQuorum::Stop => return placement,
            NoQuorum::Freeze => {
                for (node, state) in &status.nodes {
                    for (rsc, instance) in &state.instances {
                        placement.insert((rsc.clone(), *node), instance.role);
                    }
                }
                return placement;
            }
            NoQuorum::Ignore => {}
        }
    }
    let nodes: Vec<Ix> = scene.members.iter().copied().filter(|node| usable(config, status, *node)).collect();
    for top in in_order(config) {
        if top.disabled() {
            continue;
        }
        if top.is_clone() {
            place_clone(config, status, &nodes, top, &mut placement);
        } else if let Some(node) = choose(config, status, &nodes, top, &placement) {
            for member in &top.member {
                placement.insert((member.id.clone(), node), Role::Started);
            }
        }
    }
    placement
}

/// Whether resources may run on the node at all.
fn usable(config: &Config, status: &Status, node: Ix) -> bool {
    let Some(state) = status.nodes.get(&node) else { return false };
    let standby = config.nodes.get(node).is_some_and(|node| node.flag("standby"));
    status.is_member(node) && !state.unclean && !state.shutdown && !standby
}

/// Top-level resources, those first that others are colocated with.
fn in_order(config: &Config) -> Vec<&Resource> {
    let mut open: Vec<&Resource> = config.resources.iter().collect();
    let mut sorted: Vec<&Resource> = Vec::new();
    while !open.is_empty() {
        let ready = |top: &&Resource| {
            let mut needs = config.colocations.iter().filter(|rule| rule.rsc == top.name());
            needs.all(|rule| sorted.iter().any(|done| done.name() == rule.with))
        };
        // A circle of colocations is broken at its first resource.
        let next = open.iter().position(ready).unwrap_or(0);
        sorted.push(open.remove(next));
    }
    sorted
}

fn name_of(config: &Config, node: Ix) -> &str {
    config.nodes.get(node).map_or("", |node| &node.name)
}

/// Whether a node was ruled out for a primitive by its failures.
fn worn_out(status: &Status, node: Ix, member: &Primitive) -> bool {
    let threshold = member.migration_threshold.unwrap_or(INFINITY as u32);
    let count = status.nodes.get(&node).and_then(|s| s.instances.get(&member.id)).map_or(0, |i| i.fail_count);
    threshold > 0 && count >= threshold
}

fn allowed(config: &Config, status: &Status, node: Ix, top: &Resource) -> bool {
    config.preference(top.name(), name_of(config, node)) > -INFINITY
        && !top.member.iter().any(|member| worn_out(status, node, member))
}

fn place_clone(config: &Config, status: &Status, nodes: &[Ix], top: &Resource, placement: &mut Placement) {
    let Some(member) = top.member.first() else { return };
    let plain = if top.kind == Kind::Promotable { Role::Unpromoted } else { Role::Started };
    let mut places: Vec<Ix> = nodes.iter().copied().filter(|node| allowed(config, status, *node, top)).collect();
    // Nodes where it runs keep it; then by preference.
    places.sort_by_key(|node| {
        let runs = status.role(&member.id, *node) != Role::Stopped;
        (!runs, -config.preference(top.name(), name_of(config, *node)), *node)
    });
    places.truncate(top.clone_max.unwrap_or(usize::MAX));
    for node in &places {
        placement.insert((member.id.clone(), *node), plain);
    }
    if top.kind == Kind::Promotable {
        let running = places.iter().copied().filter(|node| status.role(&member.id, *node) != Role::Stopped);
        let best = running
            .filter_map(|node| promotion(config, status, node, top, member).map(|score| (score, node)))
            .max_by_key(|(score, node)| (*score, core::cmp::Reverse(*node)));
        if let Some((_, node)) = best {
            placement.insert((member.id.clone(), node), Role::Promoted);
        }
    }
}

/// The score of promotion on a node; `None` if its agent does not offer it.
fn promotion(config: &Config, status: &Status, node: Ix, top: &Resource, member: &Primitive) -> Option<i32> {
    let state = status.nodes.get(&node)?;
    let offered: i32 = state.attributes.get(&format!("master-{}", member.id))?.parse().ok()?;
    let promoted = state.role(&member.id) == Role::Promoted;
    let mut score = offered + config.preference(top.name(), name_of(config, node));
    if promoted {
        score = score.saturating_add(config.options.stickiness.max(1));
    }
    // What must run with the promoted copy has a say in where it is.
    for rule in config.colocations.iter().filter(|rule| rule.with == top.name() && rule.with_promoted()) {
        score = score.saturating_add(config.preference(&rule.rsc, name_of(config, node)));
        let wears = config.resources.iter().find(|other| other.name() == rule.rsc);
        if wears.is_some_and(|other| other.member.iter().any(|member| worn_out(status, node, member))) {
            score = score.saturating_sub(INFINITY);
        }
    }
    (offered > 0 && score > -INFINITY / 2).then_some(score)
}

/// The node for a primitive or a group.
fn choose(config: &Config, status: &Status, nodes: &[Ix], top: &Resource, placement: &Placement) -> Option<Ix> {
    let name = top.name();
    let together = |node: Ix| {
        config.colocations.iter().filter(|rule| rule.rsc == name).all(|rule| {
            let Some(with) = config.resources.iter().find(|other| other.name() == rule.with) else { return true };
            with.member.last().is_some_and(|member| {
                let role = placement.get(&(member.id.clone(), node));
                if rule.with_promoted() { role == Some(&Role::Promoted) } else { role.is_some() }
            })
        })
    };
    let load = |node: Ix| placement.keys().filter(|(_, at)| *at == node).count();
    let score = |node: Ix| {
        let active = top.member.iter().filter(|member| status.role(&member.id, node) != Role::Stopped).count();
        let stays = config.options.stickiness.saturating_mul(i32::try_from(active).unwrap_or(0));
        config.preference(name, name_of(config, node)).saturating_add(stays)
    };
    let fit = nodes.iter().copied().filter(|node| allowed(config, status, *node, top) && together(*node));
    fit.max_by_key(|node| (score(*node), core::cmp::Reverse((load(*node), *node))))
}

/// The operations that may run now. Called again after each that ends, until there are none.
pub(super) fn steps(config: &Config, status: &Status, scene: Scene<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    if config.options.maintenance {
        return steps;
    }
    let placement = ideal(config, status, scene);
    let unclean = status.nodes.values().any(|state| state.unclean);
    let waits_for_fencing = config.options.stonith && unclean;
    for (top, member) in config.primitives() {
        for node in scene.members.iter().copied().filter(|node| status.is_member(*node)) {
            let Some(state) = status.nodes.get(&node) else { continue };
            if config.nodes.get(node).is_some_and(|node| node.flag("maintenance")) {
                continue;
            }
            let instance = state.instances.get(&member.id);
            if instance.is_some_and(|instance| instance.pending.is_some()) {
                continue;
            }
            let now = state.role(&member.id);
            let failed = instance.is_some_and(|instance| instance.failed);
            let wanted = match placement.get(&(member.id.clone(), node)) {
                // A failed resource is stopped first, then started again.
                Some(_) if failed && now != Role::Stopped => Role::Stopped,
                Some(role) => *role,
                None => Role::Stopped,
            };
            let task = match (now, wanted) {
                (Role::Promoted, Role::Unpromoted | Role::Stopped) => Task::Demote,
                (Role::Started | Role::Unpromoted, Role::Stopped) => Task::Stop,
                (Role::Stopped, Role::Started | Role::Unpromoted | Role::Promoted) => Task::Start,
                (Role::Unpromoted, Role::Promoted) => Task::Promote,
                _ => continue,
            };
            let may = match task {
                Task::Stop | Task::Demote => may_stop(config, status, scene, node, top, member),
                // Fence devices are what fencing needs: they wait for nothing.
                Task::Start | Task::Promote if waits_for_fencing && !member.is_fencing() => false,
                _ => may_start(config, status, node, top, member, task),
            };
            if may {
                steps.push(Step { node, rsc: member.id.clone(), task });
            }
        }
    }
    steps
}

/// Whether all that needs this copy has been stopped on the partition's nodes.
fn may_stop(config: &Config, status: &Status, scene: Scene<'_>, node: Ix, top: &Resource, member: &Primitive) -> bool {
    let idle = |id: &str, node: Ix| {
        let state = status.nodes.get(&node);
        let busy = state.and_then(|s| s.instances.get(id)).is_some_and(|instance| instance.pending.is_some());
        !busy && status.role(id, node) == Role::Stopped
    };
    if top.kind == Kind::Group {
        let later = top.member.iter().skip_while(|other| other.id != member.id).skip(1);
        if !later.into_iter().all(|other| idle(&other.id, node)) {
            return false;
        }
    }
    let promoted = status.role(&member.id, node) == Role::Promoted;
    let last = top.member.last().is_some_and(|last| last.id == member.id);
    let needed = config.orders.iter().filter(|rule| rule.first == top.name());
    needed.filter(|rule| promoted || (last && !rule.after_promote())).all(|rule| {
        let Some(then) = config.resources.iter().find(|other| other.name() == rule.then) else { return true };
        let here: Vec<Ix> = if top.is_clone() { vec![node] } else { scene.members.iter().copied().collect() };
        then.member.iter().all(|member| here.iter().all(|node| idle(&member.id, *node)))
    })
}

/// Whether all that this copy needs is there, and no other copy is in its way.
fn may_start(config: &Config, status: &Status, node: Ix, top: &Resource, member: &Primitive, task: Task) -> bool {
    let ready = |id: &str, node: Ix| {
        let instance = status.nodes.get(&node).and_then(|state| state.instances.get(id));
        instance.is_some_and(|i| i.role != Role::Stopped && i.pending.is_none() && !i.failed)
    };
    if task == Task::Promote {
        // One promoted copy at most, and not while copies are still being started or stopped.
        return status.nodes.values().all(|state| {
            let busy = state.instances.get(&member.id).is_some_and(|i| i.pending.is_some());
            state.role(&member.id) != Role::Promoted && !busy
        });
    }
    // A fence device may be started although a node that cannot be asked may have it too.
    let lost = |node: &Ix| member.is_fencing() && status.nodes.get(node).is_some_and(|state| state.unclean);
    if !top.is_clone() && status.active_on(&member.id).any(|node| !lost(&node)) {
        return false;
    }
    if top.kind == Kind::Group {
        let mut earlier = top.member.iter().take_while(|other| other.id != member.id);
        if !earlier.all(|other| ready(&other.id, node)) {
            return false;
        }
    }
    config.orders.iter().filter(|rule| rule.then == top.name()).all(|rule| {
        let Some(first) = config.resources.iter().find(|other| other.name() == rule.first) else { return true };
        let together = config.colocations.iter().any(|with| with.rsc == top.name() && with.with == first.name());
        first.member.iter().all(|member| {
            let mut places =
                status.nodes.keys().copied().filter(|n| ready(&member.id, *n) && (!together || *n == node));
            places.any(|n| !rule.after_promote() || status.role(&member.id, n) == Role::Promoted)
        })
    })
}
