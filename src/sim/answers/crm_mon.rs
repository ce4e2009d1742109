//! `crm_mon -1 --output-as=xml` of Pacemaker 2.1.5 (API schema 2.25).

use core::fmt::Display;

use super::super::config::{INFINITY, Kind, Primitive, Resource};
use super::super::status::{Done, Instance, Ix, Join, Role, Task};
use super::super::world::{Side, World};
use super::stonith::fence_events;
use super::time::{ctime, iso};
use super::xml::{Xml, escaped};
use super::{Answer, pacemaker};

/// The version that the simulated Pacemaker bears.
pub(super) const VERSION: &str = "2.1.5-a3f44794f94";

/// The document, or what is printed where the cluster is not running.
pub(in super::super) fn xml(world: &World, node: Ix, request: &str) -> Answer {
    let mut xml = Xml::default();
    xml.start("pacemaker-result", &[("api-version", &"2.25"), ("request", &request)]);
    let Some(side) = pacemaker(world, node) else {
        xml.start("status", &[("code", &102), ("message", &"Not connected")]);
        xml.start("errors", &[]);
        xml.text("error", "error: Could not connect to launcher: Connection refused");
        xml.text("error", "crm_mon: Connection to cluster failed: Connection refused");
        return Answer { out: xml.finish().into_bytes(), err: Vec::new(), code: 102, ms: 30 };
    };
    let updated = iso(world.now);
    xml.empty("pacemakerd", &[("sys_from", &"pacemakerd"), ("state", &"running"), ("last_updated", &updated)]);
    summary(&mut xml, world, side);
    nodes(&mut xml, side);
    xml.start("resources", &[]);
    for top in &side.config.resources {
        resource(&mut xml, side, top);
    }
    xml.end();
    attributes(&mut xml, side);
    history(&mut xml, side);
    failures(&mut xml, side);
    fence_history(&mut xml, node, side);
    bans(&mut xml, side);
    xml.empty("status", &[("code", &0), ("message", &"OK")]);
    Answer::text(xml.finish(), 20)
}

/// The name of a node.
pub(super) fn name(side: &Side, node: Ix) -> &str {
    side.config.nodes.get(node).map_or("", |node| &node.name)
}

/// How many instances a top-level resource can have: all members, or one for each place of a clone.
pub(super) fn places(side: &Side, top: &Resource) -> usize {
    if top.is_clone() { top.clone_max.unwrap_or(side.config.nodes.len()) } else { 1 }
}

pub(super) fn instance_count(side: &Side) -> usize {
    side.config.resources.iter().map(|top| places(side, top) * top.member.len()).sum()
}

pub(super) fn disabled_count(side: &Side) -> usize {
    let off = side.config.resources.iter().filter(|top| top.disabled());
    off.map(|top| places(side, top) * top.member.len()).sum()
}

fn summary(xml: &mut Xml, world: &World, side: &Side) {
    xml.start("summary", &[]);
    xml.empty("stack", &[("type", &"corosync")]);
    match side.dc {
        None => xml.empty("current_dc", &[("present", &false)]),
        Some(dc) => {
            let id = side.config.nodes.get(dc).map_or(0, |node| node.id);
            let (name, quorum) = (name(side, dc), side.quorate);
            let attributes: [(&str, &dyn Display); 6] = [
                ("present", &true),
                ("version", &VERSION),
                ("name", &name),
                ("id", &id),
                ("with_quorum", &quorum),
                ("mixed_version", &false),
            ];
            xml.empty("current_dc", &attributes);
        }
    }
    xml.empty("last_update", &[("time", &ctime(world.now))]);
    let (at, origin) = (ctime(side.change.at), name(side, side.change.origin));
    let change: [(&str, &dyn Display); 4] =
        [("time", &at), ("user", &side.change.user), ("client", &side.change.client), ("origin", &origin)];
    xml.empty("last_change", &change);
    xml.empty("nodes_configured", &[("number", &side.config.nodes.len())]);
    let (number, disabled) = (instance_count(side), disabled_count(side));
    xml.empty("resources_configured", &[("number", &number), ("disabled", &disabled), ("blocked", &0)]);
    let options = &side.config.options;
    let cluster: [(&str, &dyn Display); 7] = [
        ("stonith-enabled", &options.stonith),
        ("symmetric-cluster", &true),
        ("no-quorum-policy", &options.no_quorum.word()),
        ("maintenance-mode", &options.maintenance),
        ("stop-all-resources", &false),
        ("stonith-timeout-ms", &(options.stonith_timeout_s * 1000)),
        ("priority-fencing-delay-ms", &0),
    ];
    xml.empty("cluster_options", &cluster);
    xml.end();
}

fn nodes(xml: &mut Xml, side: &Side) {
    xml.start("nodes", &[]);
    for (place, node) in side.config.nodes.iter().enumerate() {
        let status = side.status.nodes.get(&place).cloned().unwrap_or_default();
        let online = status.join != Join::Down;
        let pending = status.join == Join::Pending;
        let standby = node.flag("standby") || pending;
        let (maintenance, dc, running) = (node.flag("maintenance"), side.dc == Some(place), status.active());
        let mut attributes: Vec<(&str, &dyn Display)> = vec![
            ("name", &node.name),
            ("id", &node.id),
            ("online", &online),
            ("standby", &standby),
            ("standby_onfail", &false),
            ("maintenance", &maintenance),
            ("pending", &pending),
            ("unclean", &status.unclean),
            ("health", &"green"),
        ];
        match status.join {
            Join::Member => attributes.push(("feature_set", &"3.16.1")),
            Join::Pending => attributes.push(("feature_set", &"<3.15.1")),
            Join::Down => {}
        }
        attributes.push(("shutdown", &status.shutdown));
        attributes.push(("expected_up", &status.expected_up));
        attributes.push(("is_dc", &dc));
        attributes.push(("resources_running", &running));
        attributes.push(("type", &"member"));
        xml.empty("node", &attributes);
    }
    xml.end();
}

/// The nodes where a primitive is active, and what it does there.
pub(super) fn active<'a>(side: &'a Side, id: &'a str) -> impl Iterator<Item = (Ix, &'a Instance)> + 'a {
    side.status.nodes.iter().filter_map(move |(node, status)| {
        let instance = status.instances.get(id)?;
        (instance.role != Role::Stopped || instance.pending == Some(Task::Start)).then_some((*node, instance))
    })
}

/// Whether the cluster may touch a resource, by what is configured.
fn managed(side: &Side, top: &Resource, member: Option<&Primitive>) -> bool {
    let word = |name: &str| member.and_then(|member| member.meta.get(name)).or_else(|| top.meta.get(name));
    let is = |name: &str, value: &str| word(name).is_some_and(|word| word == value);
    !side.config.options.maintenance && !is("is-managed", "false") && !is("maintenance", "true")
}

fn resource(xml: &mut Xml, side: &Side, top: &Resource) {
    let (managed, disabled) = (managed(side, top, None), top.disabled());
    match top.kind {
        Kind::Primitive => members(xml, side, top),
        Kind::Group => {
            let count = top.member.len();
            let group: [(&str, &dyn Display); 4] =
                [("id", &top.id), ("number_resources", &count), ("managed", &managed), ("disabled", &disabled)];
            xml.start("group", &group);
            members(xml, side, top);
            xml.end();
        }
        Kind::Clone | Kind::Promotable => {
            let promotable = top.kind == Kind::Promotable;
            let mut clone: Vec<(&str, &dyn Display)> = vec![
                ("id", &top.id),
                ("multi_state", &promotable),
                ("unique", &false),
                ("managed", &managed),
                ("disabled", &disabled),
                ("failed", &false),
                ("failure_ignored", &false),
            ];
            if let Some(role) = &top.target_role {
                clone.push(("target_role", role));
            }
            xml.start("clone", &clone);
            for member in &top.member {
                let mut running: Vec<(Ix, &Instance)> = active(side, &member.id).collect();
                running.sort_by_key(|(node, instance)| (core::cmp::Reverse(instance.role), *node));
                for (node, instance) in &running {
                    primitive(xml, side, top, member, &[(*node, instance)]);
                }
                for _ in running.len()..places(side, top) {
                    primitive(xml, side, top, member, &[]);
                }
            }
            xml.end();
        }
    }
}

fn members(xml: &mut Xml, side: &Side, top: &Resource) {
    for member in &top.member {
        let running: Vec<(Ix, &Instance)> = active(side, &member.id).collect();
        primitive(xml, side, top, member, &running);
    }
}

fn primitive(xml: &mut Xml, side: &Side, top: &Resource, member: &Primitive, running: &[(Ix, &Instance)]) {
    let pending = running.iter().find_map(|(_, instance)| instance.pending?.pending_role());
    let role = running.iter().map(|(_, instance)| instance.role).max().unwrap_or_default();
    let role = pending.unwrap_or(role.word());
    let failed = running.iter().any(|(_, instance)| instance.failed);
    let kept = |node: &Ix| side.config.nodes.get(*node).is_some_and(|node| node.flag("maintenance"));
    // Where it failed to stop and there is no fencing, it is left alone.
    let stuck =
        |instance: &Instance| instance.failure.as_ref().is_some_and(|f| f.task == Task::Stop) && instance.failed;
    let blocked = !side.config.options.stonith && running.iter().any(|(_, instance)| stuck(instance));
    let managed = managed(side, top, Some(member)) && !blocked && !running.iter().any(|(node, _)| kept(node));
    let (count, active) = (running.len(), !running.is_empty());
    let mut attributes: Vec<(&str, &dyn Display)> =
        vec![("id", &member.id), ("resource_agent", &member.agent), ("role", &role)];
    if let Some(target) = member.meta.get("target-role").or(top.target_role.as_ref()) {
        attributes.push(("target_role", target));
    }
    attributes.extend_from_slice(&[
        ("active", &active as &dyn Display),
        ("orphaned", &false),
        ("blocked", &blocked),
        ("managed", &managed),
        ("failed", &failed),
        ("failure_ignored", &false),
        ("nodes_running_on", &count),
    ]);
    if running.is_empty() {
        return xml.empty("resource", &attributes);
    }
    xml.start("resource", &attributes);
    for (node, _) in running {
        let id = side.config.nodes.get(*node).map_or(0, |node| node.id);
        let online = side.status.nodes.get(node).is_some_and(|status| status.join != Join::Down);
        xml.empty("node", &[("name", &name(side, *node)), ("id", &id), ("cached", &online)]);
    }
    xml.end();
}

fn attributes(xml: &mut Xml, side: &Side) {
    let with =
        side.status.nodes.iter().filter(|(_, status)| status.join != Join::Down && !status.attributes.is_empty());
    let with: Vec<_> = with.collect();
    if with.is_empty() {
        return;
    }
    xml.start("node_attributes", &[]);
    for (node, status) in with {
        xml.start("node", &[("name", &name(side, *node))]);
        for (key, value) in &status.attributes {
            let mut attribute: Vec<(&str, &dyn Display)> = vec![("name", key), ("value", value)];
            if key == "pingd" {
                attribute.push(("expected", &"100"));
            }
            xml.empty("attribute", &attribute);
        }
        xml.end();
    }
    xml.end();
}

fn rc_text(rc: u8) -> &'static str {
    match rc {
        0 => "ok",
        1 => "error",
        5 => "not installed",
        7 => "not running",
        8 => "promoted",
        _ => "unknown",
    }
}

fn history(xml: &mut Xml, side: &Side) {
    let with: Vec<_> = side.status.nodes.iter().filter(|(_, status)| !status.instances.is_empty()).collect();
    if with.is_empty() {
        return;
    }
    xml.start("node_history", &[]);
    for (node, status) in with {
        xml.start("node", &[("name", &name(side, *node))]);
        for (_, member) in side.config.primitives() {
            let Some(instance) = status.instances.get(&member.id) else { continue };
            let mut done: Vec<&Done> =
                [&instance.failure, &instance.last, &instance.monitor].into_iter().flatten().collect();
            done.sort_by_key(|done| done.call);
            done.dedup_by_key(|done| done.call);
            if done.is_empty() {
                continue;
            }
            let threshold = member.migration_threshold.unwrap_or(INFINITY as u32);
            let failed = instance.last_failure.map(ctime);
            let mut attributes: Vec<(&str, &dyn Display)> =
                vec![("id", &member.id), ("orphan", &false), ("migration-threshold", &threshold)];
            if let Some(failed) = failed.as_ref().filter(|_| instance.fail_count > 0) {
                attributes.push(("fail-count", &instance.fail_count));
                attributes.push(("last-failure", failed));
            }
            xml.start("resource_history", &attributes);
            for done in done {
                operation(xml, done);
            }
            xml.end();
        }
        xml.end();
    }
    xml.end();
}

fn operation(xml: &mut Xml, done: &Done) {
    let (task, at) = (done.task.word(), ctime(done.at));
    let (interval, exec, queue) =
        (format!("{}ms", done.interval_ms), format!("{}ms", done.exec_ms), format!("{}ms", done.queue_ms));
    let mut attributes: Vec<(&str, &dyn Display)> = vec![("call", &done.call), ("task", &task), ("rc", &done.rc)];
    let text = rc_text(done.rc);
    attributes.push(("rc_text", &text));
    if done.interval_ms > 0 {
        attributes.push(("interval", &interval));
    }
    attributes.extend_from_slice(&[
        ("last-rc-change", &at as &dyn Display),
        ("exec-time", &exec),
        ("queue-time", &queue),
    ]);
    xml.empty("operation_history", &attributes);
}

/// The failed operations of a partition: node, resource, operation.
pub(super) fn failed(side: &Side) -> impl Iterator<Item = (Ix, &str, &Done)> {
    side.status.nodes.iter().flat_map(|(node, status)| {
        let failed = status.instances.iter();
        failed.filter_map(move |(id, instance)| Some((*node, id.as_str(), instance.failure.as_ref()?)))
    })
}

fn failures(xml: &mut Xml, side: &Side) {
    if failed(side).next().is_none() {
        return;
    }
    xml.start("failures", &[]);
    for (node, id, done) in failed(side) {
        let key = format!("{id}_{}_{}", done.task.word(), done.interval_ms);
        // Pacemaker escapes the reason before libxml2 does so again.
        let (reason, at) = (escaped(&done.reason), iso(done.at));
        let (node, text, task) = (name(side, node), rc_text(done.rc), done.task.word());
        let failure: [(&str, &dyn Display); 12] = [
            ("op_key", &key),
            ("node", &node),
            ("exitstatus", &text),
            ("exitreason", &reason),
            ("exitcode", &done.rc),
            ("call", &done.call),
            ("status", &"complete"),
            ("last-rc-change", &at),
            ("queued", &done.queue_ms),
            ("exec", &done.exec_ms),
            ("interval", &done.interval_ms),
            ("task", &task),
        ];
        xml.empty("failure", &failure);
    }
    xml.end();
}

fn fence_history(xml: &mut Xml, node: Ix, side: &Side) {
    if !side.fences.is_empty() {
        xml.start("fence_history", &[]);
        fence_events(xml, node, side, |_| true);
        xml.end();
    }
}

fn bans(xml: &mut Xml, side: &Side) {
    let bans: Vec<_> =
        side.config.locations.iter().rev().filter(|rule| rule.score < 0 && !rule.node.is_empty()).collect();
    if bans.is_empty() {
        return;
    }
    xml.start("bans", &[]);
    for rule in bans {
        let ban: [(&str, &dyn Display); 6] = [
            ("id", &rule.id),
            ("resource", &rule.rsc),
            ("node", &rule.node),
            ("weight", &rule.score),
            ("promoted-only", &rule.promoted),
            ("master_only", &rule.promoted),
        ];
        xml.empty("ban", &ban);
    }
    xml.end();
}
