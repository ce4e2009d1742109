//! The status half of a CIB: which nodes can be relied on, and what each resource does by the history of its operations.

use super::super::xml::Element;
use super::cluster::{Cluster, Kind, NodeIx, Role, RscIx, add, score};
use super::read::{pairs, truth};

/// Reads the states of the nodes.
pub(super) fn nodes(cluster: &mut Cluster, status: &Element) -> Result<(), String> {
    let stonith = cluster.options.stonith;
    for state in status.all("node_state") {
        let Some(at) = cluster.node(state.get("uname").unwrap_or_default()) else {
            return Err(format!("{} has a state but is not configured", state.id()));
        };
        let transient = state.child("transient_attributes").map(|set| pairs(set, "instance_attributes")).transpose()?;
        let node = &mut cluster.nodes[at];
        node.seen = true;
        node.unclean = false;
        node.attributes.extend(transient.unwrap_or_default());
        let flag = |name: &str| node.attributes.get(name).is_some_and(|value| truth(value));
        node.standby = flag("standby");
        node.maintenance = flag("maintenance");
        node.shutdown = node.attributes.get("shutdown").is_some_and(|since| since != "0");
        node.feature_set = node.attributes.get("#feature-set").cloned();
        if node.attributes.contains_key("terminate") {
            return Err(format!("{} is asked to terminate", node.name));
        }
        let in_ccm = state.get("in_ccm").map(truth);
        let crmd = state.get("crmd") == Some("online");
        let join = state.get("join").unwrap_or("down");
        let expected = state.get("expected").unwrap_or("down");
        node.expected_up = expected == "member" && !node.shutdown;
        let mut fence = None;
        match in_ccm {
            None if !stonith => {}
            None => fence = Some("peer has not been seen by the cluster"),
            _ if node.shutdown && stonith => node.online = crmd && in_ccm == Some(true),
            Some(true) if !stonith => {
                node.online = crmd && join == "member";
                if !crmd && expected == "member" {
                    fence = Some("peer process is no longer available");
                }
            }
            Some(false) if !stonith => {}
            Some(in_ccm) => {
                node.online = in_ccm;
                if join == "nack" {
                    fence = Some("peer failed Pacemaker membership criteria");
                } else if expected == "down" {
                    node.pending = in_ccm || crmd;
                    node.standby |= node.pending;
                } else if !in_ccm {
                    fence = Some("peer is no longer part of the cluster");
                } else if !crmd {
                    fence = Some("peer process is no longer available");
                } else if join != "member" {
                    node.pending = true;
                    node.standby = true;
                }
            }
        }
        if let Some(why) = fence {
            node.unclean = true;
            node.fence = Some(why.to_owned());
        }
    }
    Ok(())
}

/// Reads what resources do.
pub(super) fn resources(cluster: &mut Cluster, status: &Element) -> Result<(), String> {
    for rsc in 0..cluster.rscs.len() {
        cluster.rscs[rsc].next = target_role(cluster, rsc).unwrap_or_default();
    }
    for state in status.all("node_state") {
        let Some(node) = cluster.node(state.get("uname").unwrap_or_default()) else { continue };
        fail_counts(cluster, node);
        if !cluster.nodes[node].online && !cluster.options.stonith {
            continue;
        }
        let Some(list) = state.child("lrm").and_then(|lrm| lrm.child("lrm_resources")) else { continue };
        for history in list.all("lrm_resource") {
            resource(cluster, node, history)?;
        }
    }
    Ok(())
}

fn target_role(cluster: &Cluster, rsc: RscIx) -> Option<Role> {
    match cluster.rscs[rsc].meta.target_role? {
        Role::Stopped => Some(Role::Stopped),
        Role::Unpromoted if cluster.promotable(cluster.top_of(rsc)) => Some(Role::Unpromoted),
        _ => None,
    }
}

fn fail_counts(cluster: &mut Cluster, node: NodeIx) {
    let counts: Vec<(String, i32)> = cluster.nodes[node]
        .attributes
        .iter()
        .filter_map(|(name, value)| {
            let name = name.strip_prefix("fail-count-")?;
            Some((name.split_once('#').map_or(name, |(rsc, _)| rsc).to_owned(), score(value)))
        })
        .collect();
    for (name, count) in counts {
        for rsc in cluster.rscs.iter_mut().filter(|rsc| rsc.kind == Kind::Primitive && rsc.name == name) {
            let sum = rsc.fail_counts.entry(node).or_insert(0);
            *sum = add(*sum, count);
        }
    }
}

/// The resource, or the instance of a clone, whose history a node keeps under this name.
fn instance(cluster: &Cluster, node: NodeIx, name: &str) -> Option<RscIx> {
    let of_name = |rsc: &RscIx| cluster.rscs[*rsc].kind == Kind::Primitive && cluster.rscs[*rsc].name == name;
    let all: Vec<RscIx> = (0..cluster.rscs.len()).filter(of_name).collect();
    let here = all.iter().find(|rsc| cluster.rscs[**rsc].running.first() == Some(&node));
    let idle = || all.iter().find(|rsc| cluster.rscs[**rsc].running.is_empty());
    match all.as_slice() {
        [only] if cluster.clone_of(*only).is_none() => Some(*only),
        _ => here.or_else(idle).copied(),
    }
}

/// What a failed operation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OnFail {
    Ignore,
    Recover,
    Block,
    Fence,
}

fn resource(cluster: &mut Cluster, node: NodeIx, history: &Element) -> Result<(), String> {
    let name = history.id();
    let configured = cluster.rscs.iter().any(|rsc| rsc.name == name && rsc.kind == Kind::Primitive);
    let mut operations: Vec<&Element> = history.all("lrm_rsc_op").collect();
    let call = |op: &Element| op.get("call-id").and_then(|call| call.parse::<i64>().ok()).unwrap_or(0);
    operations.sort_by_key(|op| call(op));
    if operations.is_empty() {
        return Ok(());
    }
    if !configured {
        return Err(format!("{name} is in the status but not configured"));
    }
    let Some(rsc) = instance(cluster, node, name) else { return surplus(cluster, node, name, &operations) };
    for copy in cluster.rscs.iter_mut().filter(|copy| copy.name == name) {
        copy.seen = true;
    }
    let active = if cluster.promotable(cluster.top_of(rsc)) { Role::Unpromoted } else { Role::Started };
    let managed = cluster.rscs[rsc].managed;
    let before = cluster.rscs[rsc].role;
    let mut state = State { role: Role::Unknown, active, on_fail: OnFail::Ignore, banned: false };
    for op in operations {
        let interval = op.get("interval").and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        let task = op.get("operation").unwrap_or_default();
        if task == "monitor" && interval > 0 {
            cluster.rscs[rsc].recurring.insert((node, interval));
        }
        state.take_in(op, task, interval, managed, cluster.options.stonith)?;
    }
    if state.banned {
        cluster.rscs[rsc].scores[node] = -super::cluster::INFINITY;
    }
    let running = !matches!(state.role, Role::Unknown | Role::Stopped);
    if state.role != Role::Unknown {
        cluster.rscs[rsc].known.insert(node);
    }
    let place = &mut cluster.nodes[node];
    if running && managed && !place.online && !place.maintenance && !place.unclean {
        place.unclean = true;
        place.fence = Some(format!("{} is thought to be active there", cluster.rscs[rsc].id));
    }
    let on_fail = if place.unclean { OnFail::Ignore } else { state.on_fail };
    let target = &mut cluster.rscs[rsc];
    target.role = state.role.max(before).max(Role::Stopped);
    match on_fail {
        OnFail::Ignore => {}
        OnFail::Recover => target.failed |= running,
        OnFail::Block => {
            target.managed = false;
            target.blocked = true;
            target.failed = true;
        }
        OnFail::Fence => {
            target.failed = true;
            place.unclean = true;
            place.fence = Some(format!("{} failed there", target.id));
        }
    }
    if running {
        target.running.push(node);
        if place.maintenance {
            target.managed = false;
        }
    }
    Ok(())
}

/// A history that no copy of a clone is left for: nothing runs there, or the clone has shrunk.
fn surplus(cluster: &mut Cluster, node: NodeIx, name: &str, operations: &[&Element]) -> Result<(), String> {
    let idle = |op: &&&Element| op.get("operation") == Some("stop") || op.get("rc-code") == Some("7");
    if !operations.last().is_some_and(|op| idle(&op)) {
        return Err(format!("more copies of {name} than configured"));
    }
    let clone = cluster.find(name).and_then(|rsc| cluster.clone_of(rsc));
    if let Some(clone) = clone {
        cluster.rscs[clone].known.insert(node);
        cluster.rscs[clone].surplus = true;
    }
    Ok(())
}

/// What is known of a resource on a node after each of its operations.
struct State {
    role: Role,
    active: Role,
    on_fail: OnFail,
    banned: bool,
}

impl State {
    fn take_in(&mut self, op: &Element, task: &str, interval: u64, managed: bool, stonith: bool) -> Result<(), String> {
        let rc: i32 = op.get("rc-code").and_then(|rc| rc.parse().ok()).unwrap_or(0);
        let done = op.get("op-status").unwrap_or("0");
        if done == "-1" || op.get("call-id") == Some("-1") {
            return Err(format!("{} is under way", op.id()));
        }
        let expected = op.get("transition-key").and_then(|key| key.split(':').nth(2)?.parse::<i32>().ok());
        let probe = task == "monitor" && interval == 0;
        let expected = expected.unwrap_or(if probe { 7 } else { 0 });
        let good = match rc {
            0 => rc == expected || probe,
            7 => rc == expected || probe || !managed,
            8 => rc == expected || probe,
            _ => rc == expected,
        };
        if !good && !matches!(rc, 1 | 7 | 0 | 8) {
            return Err(format!("{} ended with {rc}", op.id()));
        }
        if good {
            self.succeeded(task, rc);
        } else {
            self.failed(task, stonith);
        }
        Ok(())
    }

    fn succeeded(&mut self, task: &str, rc: i32) {
        let mut forgotten = true;
        match (task, rc) {
            ("monitor", 7) | ("stop", _) => self.role = Role::Stopped,
            ("monitor", 8) | ("promote", _) => self.role = Role::Promoted,
            ("monitor", _) => self.role = self.role.max(self.active),
            ("start", _) => self.role = self.active,
            ("demote", _) => {
                self.role = Role::Unpromoted;
                forgotten = false;
            }
            _ => forgotten = false,
        }
        if forgotten && self.on_fail == OnFail::Recover {
            self.on_fail = OnFail::Ignore;
        }
    }

    fn failed(&mut self, task: &str, stonith: bool) {
        let leads_to = match task {
            "stop" => {
                self.banned = true;
                if stonith { OnFail::Fence } else { OnFail::Block }
            }
            _ => OnFail::Recover,
        };
        match task {
            "promote" => self.role = Role::Promoted,
            "demote" => self.role = Role::Unpromoted,
            _ => {}
        }
        self.role = self.role.max(self.active);
        if leads_to as u8 > self.on_fail as u8 {
            self.on_fail = leads_to;
        }
    }
}
