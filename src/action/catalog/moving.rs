//! Failover and promotion of what Pacemaker manages, and keeping a resource off a node.

use super::super::command::native;
use super::super::expect::{is_told_to_demote, is_told_to_stop};
use super::super::journal::Left;
use super::super::lease::Lease;
use super::super::preview::copy_remark;
use super::{
    At, Draft, Expect, Found, Guard, Intent, Item, Level, NodeName, Plan, QUICK, Refusal, Request, ResourceId, Step,
    Text, Undo, cannot_take, could_have, kind, left_alone, others_constraints, root_id,
};
use crate::model::{DrbdRole, Location, NodeState, Role};

/// A resource, group or clone is to run on `to`; of a promotable its promoted role.
pub(super) fn plan(mut draft: Draft<'_>, resource: &ResourceId, to: &NodeName, keep: bool) -> Result<Plan, Refusal> {
    let situation = draft.situation;
    let root = root_id(&draft.find(resource)?);
    let found = draft.find(&root)?;
    draft.about.push(root.clone());
    draft.keys = situation.keys(&[&root]);
    draft.name = root.to_string();
    draft.needs_a_working_cluster();
    if root != *resource {
        draft.note(format!("{resource} is part of {root}: the whole {} moves", kind(&found)));
    }
    if found.is_plain_clone() {
        draft.refuse(
            format!("{root} is a clone: it runs on every node that may have it"),
            format!("keep it off a node: resource ban {root} NODE"),
        );
    }
    if found.primitives().iter().all(|primitive| primitive.is_fence_device()) {
        draft.warn(format!("{root} is a fence device: any node can use it wherever it runs"));
    }
    if let Some((words, helps)) = cannot_take(situation, to) {
        draft.refuse(words, helps);
    }
    let from = found.serves_on();
    if from.contains(to) {
        draft.refuse(format!("{root} is on {to} already"), "nothing is to be done");
    }
    for node in from.iter().filter(|node| situation.state(node).is_some_and(NodeState::is_unclean)) {
        draft.refuse(
            format!("{root} was last seen on {node}, which is UNCLEAN: it is recovered by itself once that is fenced"),
            format!("fence {node}; or stonith confirm {node}, when you have seen it powered off"),
        );
    }
    obstacles(&mut draft, &found, to);
    disks(&mut draft, &found, to);
    let role = found.is_promotable().then(|| situation.promoted_word());
    let lease = Lease::new(&root, to, role, keep, situation.now_on_nodes());
    let over = left_before(&mut draft, &lease);
    others(&mut draft, &found, to, over.map(|over| &over.id));
    let relies_on = draft.relied_on();
    if over.is_some() {
        let gone = Expect::Constraint(lease.id.clone(), false);
        draft.change(format!("remove what an earlier move left: {}", lease.id), lease.remove(), vec![gone]);
    }
    let there = Expect::Leased(lease.clone());
    let (serves, what, runs) = if found.is_promotable() {
        let promoted = Expect::Promoted(root.clone(), to.clone(), true);
        (promoted, format!("the promoted role of {root}"), "is promoted")
    } else {
        (Expect::Serves(root.clone(), to.clone()), root.to_string(), "runs")
    };
    let lasts = if keep { "for good" } else { "for an hour at most" };
    draft.change(
        format!("draw {what} to {to}, {lasts}, by a constraint of its own: {}", lease.id),
        lease.add(),
        vec![there.clone()],
    );
    if let Some(step) = draft.steps.last_mut() {
        // What is over draws nothing: nothing moves when it goes.
        step.guard = Guard::Unchanged(relies_on);
    }
    // What tells of the earlier one is not to be taken for someone else's.
    let until = if over.is_some() { vec![there, serves.clone()] } else { vec![serves.clone()] };
    draft.wait(
        format!("until {root} {runs} on {to}"),
        until,
        if keep {
            format!("the constraint {} stays", lease.id)
        } else {
            format!(
                "the constraint {} is removed; what has moved by then stays or goes back as the cluster decides",
                lease.id
            )
        },
    );
    draft.expected.push(serves);
    if keep {
        draft.request = draft.simulated();
        let undo = Undo::By(Intent::Clear(vec![lease.id]));
        return draft.finish(undo);
    }
    if let Some(step) = draft.steps.last_mut() {
        step.leaves = Some(Left::Constraint { id: lease.id.clone() });
    }
    let mut items = if over.is_some() { vec![Item::Try(lease.remove())] } else { Vec::new() };
    items.extend([Item::Try(lease.add()), Item::Plan(Vec::new()), Item::Try(lease.remove()), Item::Plan(Vec::new())]);
    draft.request = Request::Copy(items);
    draft.steps.push(release(&lease));
    let undo = from.iter().next().map_or_else(
        || Undo::Words("it ran nowhere before".to_owned()),
        |from| Undo::By(Intent::Move { resource: root.clone(), to: from.clone(), keep: false }),
    );
    draft.finish(undo)
}

/// The constraint of an earlier move of hatui's that is over, which is removed first; one that is not over refuses another.
fn left_before<'a>(draft: &mut Draft<'a>, lease: &Lease) -> Option<&'a Location> {
    let situation = draft.situation;
    let before = situation.locations().into_iter().flatten().find(|location| location.id == lease.id)?;
    if before.is_over(situation.now_on_nodes()) && before.resource.as_ref() == Some(&lease.resource) {
        draft.note(format!("{} of an earlier move is still there, and is over: it is removed first", lease.id));
        return Some(before);
    }
    let helps = format!("remove it first: constraint remove {}", lease.id);
    draft.refuse(format!("{} is there already: a move of hatui's that is not over, or was kept", lease.id), helps);
    None
}

/// The last step of a move that is not to be kept.
fn release(lease: &Lease) -> Step {
    Step {
        words: format!("remove that constraint by its id: {}", lease.id),
        argv: lease.remove(),
        at: At::Asked,
        deadline: QUICK,
        guard: Guard::Always,
        bumps: 1,
        effect: vec![Expect::Constraint(lease.id.clone(), false)],
        wait: None,
        leaves: None,
        releases: true,
    }
}

/// What others have put on the resource: it stays, and may draw it back; `own`: what is removed.
fn others(draft: &mut Draft<'_>, found: &Found<'_>, to: &NodeName, own: Option<&Text>) {
    let situation = draft.situation;
    if situation.locations().is_none() {
        draft.warn("no node tells the constraints: what else draws it somewhere is not known");
    }
    for (id, (what, pulls)) in &others_constraints(situation, found) {
        if own.is_some_and(|own| own == id) {
            continue;
        }
        if pulls.as_ref().is_some_and(|node| node != to) && native::is_id(id) {
            let helps = format!("remove it first: constraint remove {id}");
            draft.remark(Level::Warn, format!("{id} {what} for good: it may go back there"), helps);
        } else {
            draft.note(format!("{id} {what}; it stays"));
        }
    }
}

/// What keeps a resource from running on a node, as far as the model knows.
fn obstacles(draft: &mut Draft<'_>, found: &Found<'_>, to: &NodeName) {
    let situation = draft.situation;
    let root = found.root.id();
    let parts = found.primitives();
    if let Some((words, helps)) = left_alone(situation, found, root) {
        draft.refuse(words, helps);
    }
    if is_told_to_stop(found) {
        draft.refuse(format!("{root} is told to be stopped"), format!("resource start {root}"));
    }
    if is_told_to_demote(found) {
        draft.refuse(format!("{root} is told to promote no copy"), format!("resource promote {root}"));
    }
    if let Some(stuck) = parts.iter().find(|primitive| primitive.blocked == Some(true)) {
        let helps = format!("see why it failed, then: resource cleanup {}", stuck.id);
        draft.refuse(format!("{} is blocked", stuck.id), helps);
    }
    for (id, promoted_only) in situation.bans(found, to) {
        if promoted_only && !found.is_promotable() {
            continue;
        }
        let helps = if native::is_id(id) {
            format!("constraint remove {id}")
        } else {
            "remove that constraint first".to_owned()
        };
        draft.refuse(format!("{id} keeps it off {to}"), helps);
    }
    if let Some((id, count)) = situation.failed_out(found, to) {
        draft.refuse(format!("{id} failed on {to} too often ({count})"), format!("resource cleanup {id} {to}"));
    }
    if parts.iter().any(|primitive| primitive.role.is_moving()) {
        draft.warn(format!("{root} is just being moved"));
    }
    for stopped in parts.iter().filter(|primitive| primitive.target == Some(Role::Stopped)) {
        if !is_told_to_stop(found) {
            draft.note(format!("{} in it is told to be stopped, and stays so", stopped.id));
        }
    }
    if let Some((id, node)) = parts.iter().find_map(|part| Some((&part.id, part.locked_to.as_ref()?))) {
        draft.refuse(
            format!("{id} is kept for {node}, which was shut down (shutdown lock)"),
            format!("start {node}; or give the lock up: resource refresh {id} {node}"),
        );
    }
    let members = situation.status().into_iter().flat_map(|status| &status.members);
    if members.filter(|member| member.name == *to).any(|member| member.health == Some(crate::model::Health::Red)) {
        draft.warn(format!("the health of {to} is red"));
    }
}

/// DRBD's word, where the resource is DRBD's.
fn disks(draft: &mut Draft<'_>, found: &Found<'_>, to: &NodeName) {
    let situation = draft.situation;
    if !found.is_promotable() {
        // What it is kept together with is known to the cluster only: the preview tells.
        let from = found.serves_on();
        for replica in &situation.cluster.picture().replicas {
            let with_it = from.iter().any(|node| replica.roles.get(node) == Some(&DrbdRole::Primary));
            let has_one = replica.volumes.iter().any(|volume| volume.copies.iter().any(|copy| copy.node == *to));
            if let (true, true, Some(remark)) = (with_it, has_one, copy_remark(replica, to)) {
                draft.remark(
                    Level::Warn,
                    format!("{}: what needs it cannot run there", remark.words),
                    remark.helps.unwrap_or_default(),
                );
            }
        }
        return;
    }
    let mut seen: Vec<&ResourceId> = Vec::new();
    for primitive in found.primitives() {
        if seen.contains(&&primitive.id) || !super::super::situation::is_drbd(primitive) {
            continue;
        }
        seen.push(&primitive.id);
        match situation.replica_of(primitive) {
            Some(replica) => {
                draft.remarks.extend(copy_remark(replica, to));
                if !replica.volumes.iter().any(|volume| volume.copies.iter().any(|copy| copy.node == *to)) {
                    draft.refuse(format!("{to} has no copy of {}", replica.name), "name a node that has one");
                }
                for from in found.serves_on() {
                    let resyncs = replica.volumes.iter().flat_map(|volume| &volume.syncs);
                    if resyncs.into_iter().any(|sync| !sync.verify && sync.source == from) {
                        draft.warn(format!("{from} is the source of a resync of {} that still runs", replica.name));
                    }
                }
            }
            None => draft.remark(
                Level::Raise,
                format!("nobody tells how the copies of {} are", primitive.id),
                "connect to the nodes that have them",
            ),
        }
    }
}

/// A resource is kept off a node.
pub(super) fn ban(
    mut draft: Draft<'_>,
    resource: &ResourceId,
    node: &NodeName,
    promoted_only: bool,
) -> Result<Plan, Refusal> {
    let situation = draft.situation;
    let root = root_id(&draft.find(resource)?);
    let found = draft.find(&root)?;
    draft.about.push(root.clone());
    draft.keys = situation.keys(&[&root]);
    draft.name = root.to_string();
    draft.needs_a_working_cluster();
    if root != *resource {
        draft.note(format!("{resource} is part of {root}: the whole {} is kept off", kind(&found)));
    }
    if situation.state(node).is_none() {
        draft.refuse(format!("there is no node {node}"), "`:nodes` shows what there is");
    }
    if promoted_only && !found.is_promotable() {
        draft.refuse(format!("{root} has no promoted role"), format!("resource ban {root} {node}"));
    }
    let role = promoted_only.then(|| situation.promoted_word());
    let id = Text::from(format!("cli-ban-{root}-on-{node}"));
    if situation.locations().into_iter().flatten().any(|location| location.id == id) {
        draft.refuse(format!("{id} keeps it off {node} already"), format!("constraint remove {id}"));
    }
    let on = if promoted_only { found.serves_on() } else { found.runs_on() };
    if on.contains(node)
        && let Some((words, helps)) = left_alone(situation, &found, &root)
    {
        draft.refuse(words, helps);
    }
    if found.is_promotable() && found.primitives().iter().any(|primitive| super::super::situation::is_drbd(primitive)) {
        for (name, why, helps) in situation.hangs_on(node) {
            draft.remark(Level::Raise, format!("{name}: {why}: no other copy can be promoted"), helps);
        }
    }
    let mut others = situation.nodes().into_iter().filter(|other| *other != node);
    if on.contains(node) && on.len() == 1 && !others.any(|other| could_have(situation, &found, other)) {
        draft.remark(
            Level::Raise,
            format!("no other node can have {root}: it would stop"),
            "bring another node online first",
        );
    }
    let there = Expect::Constraint(id.clone(), true);
    let (off, what, is) = if promoted_only {
        let off = Expect::Promoted(root.clone(), node.clone(), false);
        (off, format!("the promoted role of {root}"), "is not promoted")
    } else {
        (Expect::NotOn(root.clone(), node.clone()), root.to_string(), "is not")
    };
    draft.change(
        format!("keep {what} off {node} until that is taken back"),
        native::ban(&root, node, role),
        vec![there.clone()],
    );
    draft.wait(format!("until {root} {is} on {node}"), vec![there, off.clone()], format!("{id} stays; `u` removes it"));
    draft.expected.push(off);
    draft.request = draft.simulated();
    draft.finish(Undo::By(Intent::Clear(vec![id])))
}
