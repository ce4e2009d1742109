//! What a transition does to each resource, in the words of `crm_simulate`.

use super::cluster::{Cluster, NodeIx, Role, RscIx};
use super::graph::{Graph, Task};

/// One line of the summary: a `move` of a resource from a node to a node.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) action: &'static str,
    pub(super) rsc: RscIx,
    pub(super) from: Option<NodeIx>,
    pub(super) to: Option<NodeIx>,
    pub(super) reason: Option<String>,
    pub(super) blocked: bool,
}

/// What happens to each primitive, in the order in which they were placed.
pub(super) fn changes(graph: &Graph, cluster: &Cluster) -> Vec<Change> {
    let all = cluster.tops.iter().flat_map(|top| cluster.primitives(*top));
    all.flat_map(|rsc| of(graph, cluster, rsc)).collect()
}

/// The parts of a change that are found in the graph.
struct Found<'a> {
    graph: &'a Graph,
    rsc: RscIx,
}

impl Found<'_> {
    fn say(
        &self,
        action: &'static str,
        (from, to): (Option<NodeIx>, Option<NodeIx>),
        cause: Option<usize>,
        source: Option<usize>,
    ) -> Change {
        let reason = source.or(cause).and_then(|at| self.graph.actions[at].reason.clone());
        let blocked = cause.is_some_and(|at| !self.graph.actions[at].runnable);
        Change { action, rsc: self.rsc, from, to, reason, blocked }
    }

    fn must(&self, at: Option<usize>) -> bool {
        at.is_some_and(|at| !self.graph.actions[at].optional)
    }

    /// Of two, the one that tells why.
    fn telling(&self, one: Option<usize>, other: Option<usize>) -> Option<usize> {
        one.filter(|at| self.graph.actions[*at].reason.is_some()).or(other)
    }
}

fn of(graph: &Graph, cluster: &Cluster, rsc: RscIx) -> Vec<Change> {
    let one = &cluster.rscs[rsc];
    let (current, next) = (one.running.first().copied(), one.place);
    if !one.managed || (current.is_none() && next.is_none()) {
        return Vec::new();
    }
    let found = Found { graph, rsc };
    let moving = current.is_some() && next.is_some() && current != next;
    let start = graph.first_of(rsc, Task::Start, next);
    let can_start = start.is_some_and(|start| graph.actions[start].runnable);
    let stop = graph.first_of(rsc, Task::Stop, if can_start { current } else { None });
    let (promote, demote) = (graph.first_of(rsc, Task::Promote, next), graph.first_of(rsc, Task::Demote, next));
    if one.role == one.next {
        let begin = start.filter(|start| !graph.actions[*start].optional);
        let dead = start.is_some_and(|start| !graph.actions[start].runnable) && found.must(stop);
        let change = if begin.is_none() && !dead {
            if !(found.must(demote) && found.must(promote)) {
                return Vec::new();
            }
            found.say("re-promote", (current, next), promote, demote)
        } else if !can_start {
            found.say("stop", (current, None), stop, found.telling(stop, start))
        } else if moving {
            found.say(if one.failed { "recover" } else { "move" }, (current, next), stop, None)
        } else if one.failed {
            found.say("recover", (current, None), stop, None)
        } else {
            found.say("restart", (current, next), start, None)
        };
        return vec![change];
    }
    if stop.is_some() && (one.next == Role::Stopped || (start.is_some() && !can_start)) {
        let stops = one.running.iter().map(|node| {
            let stop = graph.first_of(rsc, Task::Stop, Some(*node));
            found.say("stop", (Some(*node), None), stop, found.telling(stop, start))
        });
        return stops.collect();
    }
    let change = if stop.is_some() && one.failed {
        found.say("recover", (current, next), stop, start)
    } else if moving {
        found.say("move", (current, next), stop, None)
    } else if found.must(stop) {
        found.say("restart", (current, next), start, None)
    } else if one.role == Role::Promoted {
        found.say("demote", (current, next), demote, None)
    } else if one.next == Role::Promoted {
        found.say("promote", (current, next), promote, None)
    } else if one.role == Role::Stopped && one.next > Role::Stopped {
        found.say("start", (current, next), start, None)
    } else {
        return Vec::new();
    };
    vec![change]
}
