//! Which actions each resource needs to get from what it does to what it should do, and the orders between them.

use super::cluster::{Cluster, Kind, NodeIx, Role, RscIx};
use super::graph::{Bond, Graph, Task};

const ORDERED: Bond = Bond {
    implies_then: false,
    implies_first: false,
    promoted_implies_first: false,
    runnable_left: false,
    restart: false,
};

/// All actions of a placed cluster, with their flags settled.
pub(super) fn plan(cluster: &mut Cluster) -> Graph {
    let mut graph = Graph::default();
    for top in cluster.tops.clone() {
        create(&mut graph, cluster, top);
    }
    for top in cluster.tops.clone() {
        bind(&mut graph, cluster, top);
    }
    fence(&mut graph, cluster);
    constraints(&mut graph, cluster);
    graph.propagate(cluster);
    graph
}

fn create(graph: &mut Graph, cluster: &mut Cluster, rsc: RscIx) {
    if cluster.rscs[rsc].kind == Kind::Primitive {
        create_primitive(graph, cluster, rsc);
        return;
    }
    for child in cluster.rscs[rsc].children.clone() {
        create(graph, cluster, child);
    }
    let mut tasks = vec![Task::Start, Task::Started, Task::Stop, Task::Stopped];
    if cluster.promotable(rsc) {
        tasks.extend([Task::Promote, Task::Promoted, Task::Demote, Task::Demoted]);
    }
    for task in tasks {
        graph.mark(Some(rsc), task, None);
    }
}

/// The role one step nearer to `to`.
fn step(from: Role, to: Role) -> (Role, Task) {
    match (from, to) {
        (Role::Promoted, _) => (Role::Unpromoted, Task::Demote),
        (Role::Unpromoted, Role::Promoted) => (Role::Promoted, Task::Promote),
        (Role::Started | Role::Unpromoted, _) => (Role::Stopped, Task::Stop),
        (_, Role::Started) => (Role::Started, Task::Start),
        (_, _) => (Role::Unpromoted, Task::Start),
    }
}

fn create_primitive(graph: &mut Graph, cluster: &mut Cluster, rsc: RscIx) {
    let one = &mut cluster.rscs[rsc];
    if one.next == Role::Unknown {
        one.next = if one.place.is_some() { Role::Started } else { Role::Stopped };
    }
    let (role, next, place) = (one.role, one.next, one.place);
    let current = one.running.first().copied();
    let mut stops = one.failed && !one.blocked;
    stops |= one.running.len() > 1 || one.blocked;
    stops |= current.is_some() && place.is_some() && current != place;
    let one = &cluster.rscs[rsc];
    if !one.failed && !one.blocked && role > Role::Started && current.is_some() && place.is_some() {
        let start = graph.action(cluster, rsc, Task::Start, place, true);
        stops |= !graph.actions[start].optional;
    }
    let blocked = cluster.rscs[rsc].blocked;
    let mut at = role;
    while at > Role::Stopped {
        let (lower, task) = step(at, Role::Stopped);
        perform(graph, cluster, rsc, task, !stops);
        at = lower;
    }
    while role <= next && at != role && !blocked {
        let (higher, task) = step(at, role);
        perform(graph, cluster, rsc, task, !stops);
        at = higher;
    }
    at = role;
    while at != next {
        let (nearer, task) = step(at, next);
        perform(graph, cluster, rsc, task, false);
        if nearer == at {
            break;
        }
        at = nearer;
    }
}

fn perform(graph: &mut Graph, cluster: &mut Cluster, rsc: RscIx, task: Task, optional: bool) {
    let place = cluster.rscs[rsc].place;
    match task {
        Task::Start => {
            graph.action(cluster, rsc, task, place, optional);
        }
        Task::Promote => {
            let start = graph.first_of(rsc, Task::Start, place);
            let runnable = start.is_none_or(|start| graph.actions[start].runnable);
            let at = graph.action(cluster, rsc, task, place, optional);
            graph.actions[at].runnable &= runnable;
        }
        _ => {
            for node in cluster.rscs[rsc].running.clone() {
                let at = graph.action(cluster, rsc, task, Some(node), optional);
                if task == Task::Stop && place.is_none() && graph.actions[at].reason.is_none() {
                    graph.actions[at].reason = Some("node availability".to_owned());
                }
                if task == Task::Stop && !cluster.rscs[rsc].managed {
                    graph.actions[at].runnable = false;
                }
            }
        }
    }
}

/// The orders within a resource.
fn bind(graph: &mut Graph, cluster: &mut Cluster, rsc: RscIx) {
    let pairs = |graph: &mut Graph, (a, first): (RscIx, Task), (b, then): (RscIx, Task), bond: Bond| {
        for from in graph.of(a, first, None) {
            for to in graph.of(b, then, None) {
                graph.order(from, to, bond);
            }
        }
    };
    let runnable = Bond { runnable_left: true, ..ORDERED };
    let promotable = cluster.promotable(cluster.top_of(rsc));
    match cluster.rscs[rsc].kind {
        Kind::Primitive => {
            let restart = Bond { implies_then: true, restart: true, ..ORDERED };
            pairs(graph, (rsc, Task::Stop), (rsc, Task::Start), restart);
            if promotable || cluster.rscs[rsc].role > Role::Unpromoted {
                let demoted = Bond { promoted_implies_first: true, ..ORDERED };
                pairs(graph, (rsc, Task::Demote), (rsc, Task::Stop), demoted);
                pairs(graph, (rsc, Task::Start), (rsc, Task::Promote), runnable);
                pairs(graph, (rsc, Task::Demote), (rsc, Task::Promote), ORDERED);
            }
            return;
        }
        Kind::Group => {
            let members = cluster.rscs[rsc].children.clone();
            for pair in members.windows(2) {
                // A member that is not to be started holds up those after it.
                if graph.of(pair[0], Task::Start, None).is_empty() {
                    graph.action(cluster, pair[0], Task::Start, None, true);
                }
                let starts = Bond { implies_then: true, runnable_left: true, ..ORDERED };
                pairs(graph, (pair[0], Task::Start), (pair[1], Task::Start), starts);
                let stops = Bond { implies_first: true, runnable_left: true, ..ORDERED };
                pairs(graph, (pair[1], Task::Stop), (pair[0], Task::Stop), stops);
            }
        }
        Kind::Clone => {
            pairs(graph, (rsc, Task::Stopped), (rsc, Task::Start), ORDERED);
            if promotable {
                let later = [
                    (Task::Stopped, Task::Promote),
                    (Task::Demoted, Task::Stop),
                    (Task::Demoted, Task::Start),
                    (Task::Demoted, Task::Promote),
                    (Task::Started, Task::Promote),
                ];
                for (first, then) in later {
                    let bond = if first == Task::Started { runnable } else { ORDERED };
                    pairs(graph, (rsc, first), (rsc, then), bond);
                }
            }
        }
    }
    for child in cluster.rscs[rsc].children.clone() {
        bind(graph, cluster, child);
        for task in [Task::Start, Task::Stop, Task::Promote, Task::Demote] {
            let clone = cluster.rscs[rsc].kind == Kind::Clone;
            let bond = if task == Task::Start && clone { runnable } else { ORDERED };
            pairs(graph, (rsc, task), (child, task), bond);
            pairs(graph, (child, task), (rsc, task.ended()), ORDERED);
        }
    }
    for task in [Task::Start, Task::Stop, Task::Promote, Task::Demote] {
        let bond = if matches!(task, Task::Start | Task::Stop) { runnable } else { ORDERED };
        pairs(graph, (rsc, task), (rsc, task.ended()), bond);
    }
    if cluster.rscs[rsc].kind == Kind::Group {
        pairs(graph, (rsc, Task::Stopped), (rsc, Task::Start), ORDERED);
    }
}

/// Whether a node that is unclean can be fenced.
pub(super) fn can_fence(cluster: &Cluster, node: NodeIx) -> bool {
    let options = &cluster.options;
    let device = cluster.rscs.iter().any(super::cluster::Rsc::fencing);
    let allowed = options.quorum || options.no_quorum == super::cluster::NoQuorum::Ignore || cluster.nodes[node].online;
    options.stonith && device && allowed
}

/// Fencing of nodes that are unclean, and nodes that shut down.
fn fence(graph: &mut Graph, cluster: &mut Cluster) {
    let managed = cluster.rscs.iter().any(|rsc| rsc.kind == Kind::Primitive && rsc.managed);
    for node in 0..cluster.nodes.len() {
        let place = &cluster.nodes[node];
        if place.unclean && managed && can_fence(cluster, node) {
            let at = graph.mark(None, Task::Fence, Some(node));
            graph.actions[at].optional = false;
            let why = place.fence.clone().unwrap_or_else(|| "node is unclean".to_owned());
            graph.actions[at].reason = Some(why);
            order_by_fencing(graph, cluster, at, node);
        } else if place.online && place.shutdown {
            let at = graph.mark(None, Task::Shutdown, Some(node));
            graph.actions[at].optional = false;
            for stop in 0..at {
                if graph.actions[stop].node == Some(node) && graph.actions[stop].task == Task::Stop {
                    let bond = Bond { runnable_left: false, ..ORDERED };
                    graph.order(stop, at, bond);
                }
            }
        }
    }
}

fn order_by_fencing(graph: &mut Graph, cluster: &Cluster, fencing: usize, node: NodeIx) {
    for at in 0..graph.actions.len() {
        let action = &graph.actions[at];
        let Some(rsc) = action.rsc.filter(|rsc| cluster.rscs[*rsc].kind == Kind::Primitive) else { continue };
        let one = &cluster.rscs[rsc];
        match action.task {
            Task::Stop | Task::Demote if action.node == Some(node) => {
                graph.actions[at].pseudo = true;
                graph.actions[at].runnable = one.managed;
                if one.place.is_some() {
                    graph.actions[at].reason = None;
                }
                if !one.fencing() {
                    graph.order(fencing, at, ORDERED);
                }
            }
            // A device may be started meanwhile, but where it might still run.
            Task::Start if one.fencing() && !one.known.contains(&node) => {
                graph.order(fencing, at, Bond { runnable_left: true, ..ORDERED });
            }
            Task::Start | Task::Promote if one.fencing() => {}
            Task::Start | Task::Promote => graph.order(fencing, at, ORDERED),
            _ => {}
        }
    }
}

fn task(word: &str) -> Task {
    match word {
        "promote" => Task::Promote,
        "demote" => Task::Demote,
        "stop" => Task::Stop,
        _ => Task::Start,
    }
}

/// The orders between resources.
fn constraints(graph: &mut Graph, cluster: &mut Cluster) {
    for order in cluster.orders.clone() {
        let (first_task, then_task) = (task(order.first_task), task(order.then_task));
        let bond = if order.mandatory { Bond { implies_then: true, runnable_left: true, ..ORDERED } } else { ORDERED };
        between(graph, cluster, (order.first, first_task), (order.then, then_task), bond);
        if order.symmetrical {
            let bond = if order.mandatory { Bond { implies_first: true, ..ORDERED } } else { ORDERED };
            let (first, then) = ((order.then, then_task.inverse()), (order.first, first_task.inverse()));
            between(graph, cluster, first, then, bond);
        }
    }
}

fn between(graph: &mut Graph, cluster: &mut Cluster, first: (RscIx, Task), then: (RscIx, Task), bond: Bond) {
    let (rsc, wanted) = first;
    let collection = cluster.rscs[rsc].kind != Kind::Primitive;
    let mut firsts = graph.of(rsc, if collection { wanted.ended() } else { wanted }, None);
    if firsts.is_empty() {
        let stopped = cluster.rscs[rsc].role == Role::Stopped && wanted == Task::Stop;
        let unpromoted = cluster.rscs[rsc].role <= Role::Unpromoted && wanted == Task::Demote;
        if !stopped && !unpromoted {
            firsts.push(graph.action(cluster, rsc, wanted, None, true));
        }
    }
    let mut thens = graph.of(then.0, then.1, None);
    for child in cluster.rscs[then.0].children.clone() {
        thens.extend(graph.of(child, then.1, None));
    }
    for first in firsts {
        for then in thens.iter().copied() {
            graph.order(first, then, bond);
        }
    }
}
