//! What DRBD itself is told: by hatui's own rules, since the cluster cannot simulate it.

use super::super::command::native;
use super::super::danger::Danger;
use super::super::intent::DrbdTask;
use super::{At, Draft, Expect, Guard, Level, NodeName, Plan, QUICK, Refusal, Request, Step, Undo};
use crate::model::{ConnectionState, DiskState, DrbdName, DrbdRole, FactKey, ReplicaSet};

/// DRBD is told something on a node.
pub(super) fn plan(mut draft: Draft<'_>, name: &DrbdName, node: &NodeName, task: DrbdTask) -> Result<Plan, Refusal> {
    let situation = draft.situation;
    draft.name = node.to_string();
    let Some(replica) = situation.replica(name) else {
        draft.refuse(format!("nobody tells of a DRBD resource {name}"), "connect to the nodes that have it");
        return draft.finish(Undo::No(String::new()));
    };
    if situation.key_of(node).is_none() {
        draft.refuse(format!("{node} is not connected: DRBD is told on the node itself"), format!("`:watch {node}`"));
    }
    draft.keys = situation.disk_keys();
    draft.keys.push(FactKey::Node(node.clone()));
    let undo = match task {
        DrbdTask::Connect => connect(&mut draft, replica, node),
        DrbdTask::Disconnect => disconnect(&mut draft, replica, node),
        DrbdTask::Primary => primary(&mut draft, replica, node),
        DrbdTask::Secondary => secondary(&mut draft, replica, node),
        DrbdTask::PauseSync | DrbdTask::ResumeSync => pause(&mut draft, replica, node, task == DrbdTask::PauseSync),
        DrbdTask::Verify => verify(&mut draft, replica, node),
        DrbdTask::Invalidate => invalidate(&mut draft, replica, node),
    };
    let expect = match task {
        DrbdTask::Connect => Expect::DrbdConnected(name.clone(), node.clone(), true),
        DrbdTask::Disconnect => Expect::DrbdConnected(name.clone(), node.clone(), false),
        DrbdTask::Primary => Expect::DrbdRole(name.clone(), node.clone(), DrbdRole::Primary),
        DrbdTask::Secondary => Expect::DrbdRole(name.clone(), node.clone(), DrbdRole::Secondary),
        DrbdTask::PauseSync => Expect::DrbdPaused(name.clone(), node.clone(), true),
        DrbdTask::ResumeSync => Expect::DrbdPaused(name.clone(), node.clone(), false),
        DrbdTask::Verify => Expect::DrbdVerifies(name.clone(), node.clone()),
        DrbdTask::Invalidate => Expect::DrbdFetches(name.clone(), node.clone()),
    };
    draft.steps.push(Step {
        words: format!("tell DRBD on {node}: {} {name}", task.word()),
        argv: native::drbd(task, name),
        at: At::Node(node.clone()),
        deadline: QUICK * 2,
        guard: Guard::Unchanged(draft.relied_on()),
        bumps: 0,
        effect: vec![expect.clone()],
        wait: None,
        leaves: None,
        releases: false,
    });
    draft.wait(format!("until {}", expect.words()), vec![expect.clone()], "DRBD goes on by itself");
    draft.expected.push(expect);
    draft.request = Request::DryRun(crate::wire::Argv::new("drbdadm").args(["-d", task.word(), name.as_str()]));
    draft.finish(undo)
}

fn back(replica: &ReplicaSet, node: &NodeName, task: DrbdTask) -> Undo {
    Undo::By(super::Intent::Drbd { resource: replica.name.clone(), node: node.clone(), task })
}

/// The states of the connections of a node, as it tells them.
fn ends<'a>(replica: &'a ReplicaSet, node: &NodeName) -> Vec<&'a ConnectionState> {
    let own = replica.ties.iter().filter_map(|tie| {
        if tie.a == *node {
            tie.a_says.as_ref()
        } else if tie.b == *node {
            tie.b_says.as_ref()
        } else {
            None
        }
    });
    own.collect()
}

fn disk<'a>(replica: &'a ReplicaSet, node: &NodeName) -> Vec<Option<&'a DiskState>> {
    let copies = replica.volumes.iter().flat_map(|volume| &volume.copies);
    copies.filter(|copy| copy.node == *node).map(|copy| copy.disk.as_ref()).collect()
}

fn resyncs(replica: &ReplicaSet, node: &NodeName) -> bool {
    let syncs = replica.volumes.iter().flat_map(|volume| &volume.syncs);
    syncs.into_iter().any(|sync| !sync.verify && (sync.source == *node || sync.target == *node))
}

fn connect(draft: &mut Draft<'_>, replica: &ReplicaSet, node: &NodeName) -> Undo {
    let states = ends(replica, node);
    if !states.is_empty() && states.iter().all(|state| **state == ConnectionState::Connected) {
        draft.refuse(format!("{} is connected on {node} already", replica.name), "nothing is to be done");
    } else if !states.is_empty() && states.iter().all(|state| **state != ConnectionState::StandAlone) {
        draft.refuse(
            format!("{} is looking for its peers on {node} already", replica.name),
            "see the link between the nodes",
        );
    }
    if super::super::situation::is_split(replica) {
        draft.warn("the copies may differ (split brain): DRBD then gives up again at once");
    }
    for tie in &replica.ties {
        let other = if tie.a == *node { (&tie.b, tie.b_says.as_ref()) } else { (&tie.a, tie.a_says.as_ref()) };
        if (tie.a == *node || tie.b == *node) && other.1 == Some(&ConnectionState::StandAlone) {
            let peer = other.0;
            let helps = format!("afterwards: drbd connect {} {peer}", replica.name);
            draft.remark(Level::Warn, format!("{peer} is StandAlone too: it has to be connected there as well"), helps);
        }
    }
    back(replica, node, DrbdTask::Disconnect)
}

fn disconnect(draft: &mut Draft<'_>, replica: &ReplicaSet, node: &NodeName) -> Undo {
    let states = ends(replica, node);
    if !states.is_empty() && states.iter().all(|state| **state == ConnectionState::StandAlone) {
        draft.refuse(format!("{} is disconnected on {node} already", replica.name), "nothing is to be done");
    }
    let local = disk(replica, node);
    let in_use = replica.roles.get(node) == Some(&DrbdRole::Primary);
    if in_use && local.iter().any(|disk| *disk != Some(&DiskState::UpToDate)) {
        draft.refuse(
            format!("{} is Primary on {node} without an UpToDate disk: it works on the peer's data", replica.name),
            "move it to another node first, or wait for the resync",
        );
    }
    draft.remark(Level::Raise, format!("{} is not redundant until it is connected and resynced", replica.name), "");
    if resyncs(replica, node) {
        draft.remark(Level::Raise, "a resync runs: its target stays Inconsistent", "wait for its end");
    }
    back(replica, node, DrbdTask::Connect)
}

fn managed(draft: &mut Draft<'_>, name: &DrbdName) {
    if let Some(manager) = draft.situation.manager_of(name) {
        draft.refuse(
            format!("Pacemaker manages DRBD here ({manager}): it would be at odds about {name}"),
            "move the promoted role instead (p)",
        );
    }
}

fn primary(draft: &mut Draft<'_>, replica: &ReplicaSet, node: &NodeName) -> Undo {
    managed(draft, &replica.name);
    if replica.roles.get(node) == Some(&DrbdRole::Primary) {
        draft.refuse(format!("{} is Primary on {node} already", replica.name), "nothing is to be done");
    }
    if let Some((other, _)) = replica.roles.iter().find(|(other, role)| *other != node && **role == DrbdRole::Primary) {
        draft.refuse(
            format!("{} is Primary on {other}", replica.name),
            format!("drbd secondary {} {other}", replica.name),
        );
    }
    draft.remarks.extend(super::super::preview::copy_remark(replica, node));
    if ends(replica, node).iter().any(|state| **state != ConnectionState::Connected) {
        draft.remark(
            Level::Raise,
            "a peer is not connected: it may be Primary too, and the copies diverge",
            "connect it first",
        );
    }
    back(replica, node, DrbdTask::Secondary)
}

fn secondary(draft: &mut Draft<'_>, replica: &ReplicaSet, node: &NodeName) -> Undo {
    managed(draft, &replica.name);
    if replica.roles.get(node) != Some(&DrbdRole::Primary) {
        draft.refuse(format!("{} is not Primary on {node}", replica.name), "nothing is to be done");
    }
    draft.warn("it fails while the device is in use: unmount it first");
    back(replica, node, DrbdTask::Primary)
}

fn pause(draft: &mut Draft<'_>, replica: &ReplicaSet, node: &NodeName, pause: bool) -> Undo {
    let syncs = || replica.volumes.iter().flat_map(|volume| &volume.syncs).filter(|sync| !sync.verify);
    let of_node = |sync: &&crate::model::Sync| sync.source == *node || sync.target == *node;
    let held = syncs().filter(of_node).any(|sync| sync.state.is_paused());
    if !resyncs(replica, node) {
        draft.refuse(format!("no resync of {} runs on {node}", replica.name), "nothing is to be done");
    } else if pause == held {
        let words = if held { "held already" } else { "not held" };
        draft.refuse(format!("the resync of {} is {words}", replica.name), "nothing is to be done");
    }
    if pause {
        draft.warn(format!("{} stays without its full redundancy meanwhile", replica.name));
    }
    back(replica, node, if pause { DrbdTask::ResumeSync } else { DrbdTask::PauseSync })
}

fn verify(draft: &mut Draft<'_>, replica: &ReplicaSet, node: &NodeName) -> Undo {
    if ends(replica, node).iter().any(|state| **state != ConnectionState::Connected) || ends(replica, node).is_empty() {
        draft.refuse(format!("{} is not connected on {node}", replica.name), "connect it first");
    }
    if resyncs(replica, node) {
        draft.refuse("a resync runs", "wait for its end");
    }
    let syncs = replica.volumes.iter().flat_map(|volume| &volume.syncs);
    if syncs.into_iter().any(|sync| sync.verify) {
        draft.refuse("a verify runs already", "wait for its end");
    }
    draft.warn(
        "it reads both disks whole: services may be slower; what differs is marked, and resynced at the next connect",
    );
    Undo::Words("it ends with a disconnect and connect".to_owned())
}

fn invalidate(draft: &mut Draft<'_>, replica: &ReplicaSet, node: &NodeName) -> Undo {
    draft.danger = Danger::Name;
    if replica.roles.get(node) == Some(&DrbdRole::Primary) {
        draft.refuse(
            format!("{} is Primary on {node}: its data are in use", replica.name),
            "move it to another node first",
        );
    }
    if ends(replica, node).iter().any(|state| **state != ConnectionState::Connected) || ends(replica, node).is_empty() {
        draft.refuse(
            format!("{} is not connected on {node}: there is nobody to fetch the data from", replica.name),
            "connect it first",
        );
    }
    let local = disk(replica, node);
    if local.is_empty() || local.iter().any(|disk| matches!(disk, None | Some(DiskState::Diskless))) {
        draft.refuse(format!("{node} has no copy of {} that is told", replica.name), "name a node that has one");
    }
    for volume in &replica.volumes {
        let good = volume.copies.iter().any(|copy| copy.node != *node && copy.disk == Some(DiskState::UpToDate));
        if !good {
            draft.refuse(
                format!(
                    "no other copy of {}/{} is UpToDate: it would destroy the last one",
                    replica.name, volume.number
                ),
                "wait until another copy is UpToDate",
            );
        }
    }
    if resyncs(replica, node) {
        draft.refuse("a resync runs", "wait for its end");
    }
    if disk(replica, node).iter().all(|disk| *disk == Some(&DiskState::UpToDate)) {
        draft.warn(format!("the copy on {node} is UpToDate: all of it is thrown away and fetched anew"));
    }
    draft.warn(format!("{} is not redundant until the full resync ends", replica.name));
    Undo::No("the local copy is thrown away".to_owned())
}
