//! `crm_mon -1` as text, of Pacemaker 2.1.5.

use core::fmt::Write as _;

use super::super::config::{Kind, Resource};
use super::super::status::{FenceState, Instance, Ix, Join, Role, Task};
use super::super::world::{Side, World};
use super::crm_mon::{VERSION, active, disabled_count, failed, instance_count, name};
use super::time::{ctime, iso};
use super::{Answer, pacemaker};

/// What `crm_mon -1` prints.
pub(super) fn text(world: &World, node: Ix) -> Answer {
    let Some(side) = pacemaker(world, node) else {
        let err = "error: Could not connect to launcher: Connection refused\n\
                   crm_mon: Connection to cluster failed: Connection refused\n";
        return Answer::error(err, 102, 30);
    };
    let mut out = String::new();
    let updated = iso(world.now);
    let _ = writeln!(out, "Status of pacemakerd: 'Pacemaker is running' (last updated {updated})");
    summary(&mut out, world, side);
    nodes(&mut out, side);
    out.push_str("\nActive Resources:\n");
    for top in &side.config.resources {
        resource(&mut out, side, top);
    }
    failures(&mut out, side);
    fencing(&mut out, side);
    Answer::text(out, 22)
}

fn summary(out: &mut String, world: &World, side: &Side) {
    let quorum = if side.quorate { "with" } else { "WITHOUT" };
    out.push_str("Cluster Summary:\n  * Stack: corosync\n");
    let _ = match side.dc {
        Some(dc) => writeln!(out, "  * Current DC: {} (version {VERSION}) - partition {quorum} quorum", name(side, dc)),
        None => writeln!(out, "  * Current DC: NONE"),
    };
    let _ = writeln!(out, "  * Last updated: {}", ctime(world.now));
    let change = &side.change;
    let (at, origin) = (ctime(change.at), name(side, change.origin));
    let _ = writeln!(out, "  * Last change:  {at} by {} via {} on {origin}", change.user, change.client);
    let _ = writeln!(out, "  * {} nodes configured", side.config.nodes.len());
    let off = match disabled_count(side) {
        0 => String::new(),
        count => format!(" ({count} DISABLED)"),
    };
    let _ = writeln!(out, "  * {} resource instances configured{off}", instance_count(side));
    if side.config.options.maintenance {
        out.push_str("\n              *** Resource management is DISABLED ***\n");
        out.push_str("  The cluster will not attempt to start, stop or recover services\n");
    }
}

fn nodes(out: &mut String, side: &Side) {
    out.push_str("\nNode List:\n");
    let (mut online, mut offline) = (Vec::new(), Vec::new());
    for (place, node) in side.config.nodes.iter().enumerate() {
        let status = side.status.nodes.get(&place).cloned().unwrap_or_default();
        let standby = node.flag("standby");
        let state = match status.join {
            Join::Down if status.unclean => Some("UNCLEAN (offline)"),
            Join::Pending => Some("pending"),
            Join::Member if standby && status.active() > 0 => Some("standby (with active resources)"),
            Join::Member if standby => Some("standby"),
            Join::Down if standby => Some("OFFLINE (standby)"),
            _ => None,
        };
        match (state, status.join) {
            (Some(state), _) => {
                let _ = writeln!(out, "  * Node {}: {state}", node.name);
            }
            (None, Join::Down) => offline.push(node.name.as_str()),
            (None, _) => online.push(node.name.as_str()),
        }
    }
    for (word, names) in [("Online", online), ("OFFLINE", offline)] {
        if !names.is_empty() {
            let _ = writeln!(out, "  * {word}: [ {} ]", names.join(" "));
        }
    }
}

fn place(side: &Side, node: Ix) -> String {
    let unclean = if side.unclean(node) { " (UNCLEAN)" } else { "" };
    format!("{}{unclean}", name(side, node))
}

fn line(out: &mut String, side: &Side, indent: &str, id: &str, agent: &str) {
    let running: Vec<(Ix, &Instance)> = active(side, id).collect();
    let unmanaged = if side.config.options.maintenance { " (unmanaged)" } else { "" };
    let _ = match running.as_slice() {
        [] => writeln!(out, "{indent}* {id}\t({agent}):\t Stopped{unmanaged}"),
        [(node, instance)] => {
            let role = instance.pending.and_then(Task::pending_role).unwrap_or(instance.role.word());
            let failed = if instance.failed { " FAILED" } else { "" };
            let node = place(side, *node);
            writeln!(out, "{indent}* {id}\t({agent}):\t{failed} {role} {node}{unmanaged}")
        }
        many => {
            let names: Vec<&str> = many.iter().map(|(node, _)| name(side, *node)).collect();
            writeln!(out, "{indent}* {id}\t({agent}):\t Started [ {} ]{unmanaged}", names.join(" "))
        }
    };
}

fn resource(out: &mut String, side: &Side, top: &Resource) {
    let members = || top.member.iter().filter(|member| active(side, &member.id).next().is_some());
    // Without -r, what is stopped is not shown.
    if members().next().is_none() {
        return;
    }
    match top.kind {
        Kind::Primitive => members().for_each(|member| line(out, side, "  ", &member.id, &member.agent)),
        Kind::Group => {
            let _ = writeln!(out, "  * Resource Group: {}:", top.id);
            for member in &top.member {
                line(out, side, "    ", &member.id, &member.agent);
            }
        }
        Kind::Clone | Kind::Promotable => {
            let Some(member) = top.member.first() else { return };
            let promotable = if top.kind == Kind::Promotable { " (promotable)" } else { "" };
            let _ = writeln!(out, "  * Clone Set: {} [{}]{promotable}:", top.id, member.id);
            let odd = |node: Ix, instance: &Instance| {
                side.unclean(node)
                    || instance.failed
                    || instance.pending.is_some_and(|task| task.pending_role().is_some())
            };
            for (node, instance) in active(side, &member.id).filter(|(node, instance)| odd(*node, instance)) {
                let role = instance.pending.and_then(Task::pending_role).unwrap_or(instance.role.word());
                let failed = if instance.failed { " FAILED" } else { "" };
                let node = place(side, node);
                let _ = writeln!(out, "    * {}\t({}):\t{failed} {role} {node}", member.id, member.agent);
            }
            for role in [Role::Promoted, Role::Unpromoted, Role::Started] {
                let even =
                    active(side, &member.id).filter(|(node, instance)| !odd(*node, instance) && instance.role == role);
                let names: Vec<&str> = even.map(|(node, _)| name(side, node)).collect();
                if !names.is_empty() {
                    let _ = writeln!(out, "    * {}: [ {} ]", role.word(), names.join(" "));
                }
            }
        }
    }
}

fn failures(out: &mut String, side: &Side) {
    let mut head = "\nFailed Resource Actions:\n";
    for (node, id, done) in failed(side) {
        out.push_str(head);
        head = "";
        let task = match done.interval_ms {
            0 => done.task.word().to_owned(),
            interval => format!("{}s-interval {}", interval / 1000, done.task.word()),
        };
        let text = if done.rc == 7 { "not running" } else { "error" };
        let reason = if done.reason.is_empty() { String::new() } else { format!(" ({})", done.reason) };
        let (node, at) = (name(side, node), ctime(done.at));
        let _ = writeln!(out, "  * {id} {task} on {node} returned '{text}'{reason} at {at} after {}ms", done.exec_ms);
    }
}

fn fencing(out: &mut String, side: &Side) {
    let mut head = "\nFailed Fencing Actions:\n";
    for event in side.fences.iter().rev().filter(|event| event.state == FenceState::Failed) {
        out.push_str(head);
        head = "";
        let (target, origin, at) = (name(side, event.target), name(side, event.origin), iso(event.at));
        let by = event.delegate.map(|delegate| format!(" by {}", name(side, delegate))).unwrap_or_default();
        let later = side
            .fences
            .iter()
            .any(|other| other.target == event.target && other.state == FenceState::Success && other.at > event.at);
        let later = if later { format!(" (a later attempt from {origin} succeeded)") } else { String::new() };
        let (action, client) = (event.action, &event.client);
        let _ = writeln!(out, "  * {action} of {target}{by} for {client}@{origin} last failed at {at}{later}");
    }
    head = "\nPending Fencing Actions:\n";
    for event in side.fences.iter().filter(|event| event.state == FenceState::Pending) {
        out.push_str(head);
        head = "";
        let (target, origin) = (name(side, event.target), name(side, event.origin));
        let _ = writeln!(out, "  * {} of {target} for {}@{origin} last pending", event.action, event.client);
    }
}
