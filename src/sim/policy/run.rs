//! A transition carried out: which actions of the graph really happen, in which order, and what they leave in the status.

use super::super::xml::Element;
use super::cluster::{Cluster, Kind, Role, RscIx};
use super::graph::{Action, Bond, Graph, Task};

/// Adds what the summary does not tell: probes, recurring monitors, and marks of collections.
pub(super) fn complete(graph: &mut Graph, cluster: &Cluster) {
    for rsc in 0..cluster.rscs.len() {
        if cluster.rscs[rsc].kind == Kind::Primitive {
            probes(graph, cluster, rsc);
            monitors(graph, cluster, rsc);
        }
    }
    for at in 0..graph.actions.len() {
        let Some(rsc) = graph.actions[at].rsc.filter(|rsc| cluster.rscs[*rsc].kind != Kind::Primitive) else {
            continue;
        };
        let task = graph.actions[at].task.single();
        let part = |child: &RscIx| graph.of(*child, task, None).iter().any(|part| happens(&graph.actions[*part]));
        let needed = cluster.rscs[rsc].children.iter().any(part);
        graph.actions[at].optional = !needed;
        graph.actions[at].runnable = needed;
    }
}

fn add(graph: &mut Graph, action: Action) -> usize {
    graph.actions.push(action);
    graph.actions.len() - 1
}

fn probes(graph: &mut Graph, cluster: &Cluster, rsc: RscIx) {
    // One copy of a clone probes for all.
    let family: Vec<RscIx> = match cluster.clone_of(rsc) {
        Some(clone) => {
            let mut copies = cluster.rscs[clone].children.clone();
            copies.sort_unstable();
            copies
        }
        None => vec![rsc],
    };
    if family.first() != Some(&rsc) {
        return;
    }
    for (node, place) in cluster.nodes.iter().enumerate() {
        let clone = cluster.clone_of(rsc).is_some_and(|clone| cluster.rscs[clone].known.contains(&node));
        let known = clone || family.iter().any(|copy| cluster.rscs[*copy].known.contains(&node));
        if known || !place.online || place.pending || place.unclean {
            continue;
        }
        let prober = family.iter().find(|copy| cluster.rscs[**copy].place == Some(node)).copied().unwrap_or(rsc);
        let probe = add(
            graph,
            Action {
                rsc: Some(prober),
                node: Some(node),
                task: Task::Probe,
                interval_ms: 0,
                optional: false,
                runnable: true,
                pseudo: false,
                reason: None,
            },
        );
        for copy in &family {
            for start in graph.of(*copy, Task::Start, None) {
                graph.order(probe, start, Bond::default());
            }
        }
    }
}

fn monitors(graph: &mut Graph, cluster: &Cluster, rsc: RscIx) {
    let one = &cluster.rscs[rsc];
    let Some(node) = one.place.filter(|_| one.managed && one.next > Role::Stopped) else { return };
    let before: Vec<usize> = [Task::Start, Task::Promote, Task::Demote]
        .into_iter()
        .filter_map(|task| graph.first_of(rsc, task, Some(node)))
        .filter(|at| happens(&graph.actions[*at]))
        .collect();
    let restarted = before.iter().any(|at| graph.actions[*at].task == Task::Start);
    let started = graph.first_of(rsc, Task::Start, Some(node)).is_none_or(|start| graph.actions[start].runnable);
    for monitor in &one.monitors {
        let fits = match monitor.role {
            None => true,
            Some(Role::Started) => one.next != Role::Promoted,
            Some(role) => role == one.next,
        };
        let runs = one.recurring.contains(&(node, monitor.interval_ms)) && one.running.contains(&node) && !restarted;
        if fits == runs || !started {
            continue;
        }
        let task = if fits { Task::Monitor } else { Task::Cancel };
        let at = add(
            graph,
            Action {
                rsc: Some(rsc),
                node: Some(node),
                task,
                interval_ms: monitor.interval_ms,
                optional: false,
                runnable: true,
                pseudo: false,
                reason: None,
            },
        );
        for other in &before {
            let (first, then) = if fits { (*other, at) } else { (at, *other) };
            graph.order(first, then, Bond::default());
        }
    }
}

/// Whether an action is part of the transition.
pub(super) const fn happens(action: &Action) -> bool {
    !action.optional && action.runnable
}

/// The actions that happen, each after all that it comes after.
pub(super) fn order(graph: &Graph) -> Vec<usize> {
    let mut open: Vec<usize> = (0..graph.actions.len()).filter(|at| happens(&graph.actions[*at])).collect();
    let mut done = Vec::new();
    while !open.is_empty() {
        let waits = |at: &usize| graph.edges.iter().any(|edge| edge.then == *at && open.contains(&edge.first));
        let (later, now): (Vec<usize>, Vec<usize>) = open.iter().partition(|at| waits(at));
        // A circle of orders is broken at its first action.
        let now = if now.is_empty() { vec![later[0]] } else { now };
        open.retain(|at| !now.contains(at));
        done.extend(now);
    }
    done
}

/// Leaves in the status of a CIB what a transition does.
pub(super) fn apply(cib: &mut Element, graph: &Graph, cluster: &Cluster, order: &[usize], now: u64) {
    let status = cib.child_mut("status");
    for at in order {
        let action = &graph.actions[*at];
        let Some(node) = action.node else { continue };
        let name = &cluster.nodes[node].name;
        let Some(state) = status.children.iter_mut().find(|state| state.get("uname") == Some(name)) else { continue };
        if action.task == Task::Fence {
            gone(state);
            continue;
        }
        let Some(rsc) = action.rsc else { continue };
        let one = &cluster.rscs[rsc];
        let (rc, expected) = match action.task {
            Task::Probe => (7, 7),
            Task::Monitor if one.next == Role::Promoted => (8, 8),
            _ => (0, 0),
        };
        let key = (action.task.word(), action.interval_ms);
        if action.task == Task::Cancel {
            forget_monitor(state, &one.name, action.interval_ms);
        } else {
            record(state, (&one.name, &one.agent), key, (rc, expected), now);
        }
    }
}

/// A node that is off, and known to be.
pub(super) fn gone(state: &mut Element) {
    for (key, value) in [("in_ccm", "false"), ("crmd", "offline"), ("join", "down"), ("expected", "down")] {
        state.set(key, value);
    }
    state.children.retain(|child| child.name != "lrm" && child.name != "transient_attributes");
}

fn history<'a>(state: &'a mut Element, name: &str, agent: &str) -> &'a mut Element {
    let id = state.id().to_owned();
    let lrm = state.child_mut("lrm");
    lrm.set("id", &id);
    let list = lrm.child_mut("lrm_resources");
    let place = list.children.iter().position(|history| history.id() == name).unwrap_or_else(|| {
        let mut parts = agent.splitn(3, ':');
        let (class, kind, rest) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next());
        let mut element = Element::new("lrm_resource", &[("id", name), ("class", class)]);
        if rest.is_some() {
            element.set("provider", kind);
        }
        element.set("type", rest.unwrap_or(kind));
        list.children.push(element);
        list.children.len() - 1
    });
    &mut list.children[place]
}

fn forget_monitor(state: &mut Element, name: &str, interval_ms: u64) {
    let list = state.child_mut("lrm").child_mut("lrm_resources");
    let interval = interval_ms.to_string();
    if let Some(history) = list.children.iter_mut().find(|history| history.id() == name) {
        history.children.retain(|op| op.get("interval") != Some(&interval) || interval_ms == 0);
    }
}

/// The record of an operation on a node; `expected` is the exit code that it should have ended with.
pub(super) fn record(
    state: &mut Element,
    (name, agent): (&str, &str),
    (task, interval_ms): (&str, u64),
    (rc, expected): (i32, i32),
    now: u64,
) {
    let node = state.get("uname").unwrap_or_default().to_owned();
    let history = history(state, name, agent);
    let calls = history.children.iter().filter_map(|op| op.get("call-id")?.parse::<u64>().ok());
    let call = (calls.max().unwrap_or(0) + 1).to_string();
    let failed = rc != expected && interval_ms > 0;
    let id = match (failed, interval_ms) {
        (true, _) => format!("{name}_last_failure_0"),
        (_, 0) => format!("{name}_last_0"),
        (_, interval) => format!("{name}_monitor_{interval}"),
    };
    if task == "stop" {
        history.children.retain(|op| op.get("interval") == Some("0"));
    }
    history.children.retain(|op| op.id() != id);
    let key = format!("1:0:{expected}:00000000-0000-0000-0000-000000000000");
    let magic = format!("0:{rc};{key}");
    let (interval, rc, now) = (interval_ms.to_string(), rc.to_string(), now.to_string());
    history.children.push(Element::new(
        "lrm_rsc_op",
        &[
            ("id", &id),
            ("operation_key", &format!("{name}_{task}_{interval}")),
            ("operation", task),
            ("crm-debug-origin", "crm_simulate"),
            ("crm_feature_set", "3.16.1"),
            ("transition-key", &key),
            ("transition-magic", &magic),
            ("exit-reason", ""),
            ("on_node", &node),
            ("call-id", &call),
            ("rc-code", &rc),
            ("op-status", "0"),
            ("interval", &interval),
            ("last-rc-change", &now),
            ("exec-time", "0"),
            ("queue-time", "0"),
        ],
    ));
}
