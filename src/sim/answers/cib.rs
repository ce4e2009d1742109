//! `cibadmin -Q`, whole, its header alone, or one section, of Pacemaker 2.1.5.

use core::fmt::Display;

use super::super::config::{Config, INFINITY, Kind, Primitive, Resource};
use super::super::status::{Done, Ix, Join, NodeStatus, Role, Task};
use super::super::world::{Side, World};
use super::super::xml::Element;
use super::Answer;
use super::crm_mon::VERSION;
use super::pacemaker;
use super::time::ctime;
use super::xml::Xml;
use crate::wire::Stamp;

/// What `cibadmin -Q …` prints.
pub(super) fn answer(world: &World, node: Ix, words: &[&str]) -> Answer {
    let Some(side) = pacemaker(world, node) else {
        let err = "Could not connect to the CIB: Transport endpoint is not connected\n\
                   Init failed, could not perform requested operations\n";
        return Answer::error(err, 102, 14);
    };
    let scope = words.iter().position(|word| *word == "-o").and_then(|at| words.get(at + 1)).copied();
    let mut xml = Xml::default();
    match scope {
        None if words.contains(&"-n") => header(&mut xml, side, true),
        None => whole(&mut xml, side),
        Some("crm_config") => options(&mut xml, &side.config),
        Some("nodes") => nodes(&mut xml, &side.config),
        Some("constraints") => constraints(&mut xml, &side.config),
        Some("resources") => resources(&mut xml, &side.config),
        Some("status") => status(&mut xml, side),
        Some(other) => return Answer::error(&format!("cibadmin: Invalid value {other} for -o\n"), 64, 12),
    }
    Answer::text(xml.finish(), 14)
}

/// The whole CIB of a partition.
pub(in super::super) fn document(side: &Side) -> Element {
    let mut xml = Xml::default();
    whole(&mut xml, side);
    Element::parse(&xml.finish()).unwrap_or_default()
}

fn whole(xml: &mut Xml, side: &Side) {
    header(xml, side, false);
    xml.start("configuration", &[]);
    options(xml, &side.config);
    nodes(xml, &side.config);
    resources(xml, &side.config);
    constraints(xml, &side.config);
    xml.start("rsc_defaults", &[]);
    let stickiness = [("resource-stickiness".to_owned(), side.config.options.stickiness.to_string())];
    set(xml, "meta_attributes", "rsc-options", &stickiness);
    xml.end();
    xml.end();
    status(xml, side);
}

fn header(xml: &mut Xml, side: &Side, alone: bool) {
    let (written, origin) = (ctime(side.change.at), super::crm_mon::name(side, side.change.origin));
    let quorum = i32::from(side.quorate);
    let dc = side.dc.and_then(|dc| side.config.nodes.get(dc)).map(|node| node.id);
    let mut attributes: Vec<(&str, &dyn Display)> = vec![
        ("validate-with", &"pacemaker-3.9"),
        ("admin_epoch", &0),
        ("epoch", &side.epoch),
        ("num_updates", &side.updates),
        ("cib-last-written", &written),
        ("update-origin", &origin),
        ("update-client", &side.change.client),
        ("update-user", &side.change.user),
        ("crm_feature_set", &"3.16.1"),
        ("have-quorum", &quorum),
    ];
    if let Some(dc) = &dc {
        attributes.push(("dc-uuid", dc));
    }
    if alone { xml.empty("cib", &attributes) } else { xml.start("cib", &attributes) }
}

/// A set of name-value pairs.
fn set(xml: &mut Xml, kind: &'static str, id: &str, pairs: &[(String, String)]) {
    xml.start(kind, &[("id", &id)]);
    for (name, value) in pairs {
        let pair = format!("{id}-{name}");
        xml.empty("nvpair", &[("id", &pair), ("name", name), ("value", value)]);
    }
    xml.end();
}

fn options(xml: &mut Xml, config: &Config) {
    let options = &config.options;
    let mut pairs = vec![
        ("have-watchdog", "false".to_owned()),
        ("dc-version", VERSION.to_owned()),
        ("cluster-infrastructure", "corosync".to_owned()),
        ("cluster-name", config.cluster.clone()),
        ("stonith-enabled", options.stonith.to_string()),
        ("stonith-timeout", format!("{}s", options.stonith_timeout_s)),
        ("no-quorum-policy", options.no_quorum.word().to_owned()),
    ];
    if options.maintenance {
        pairs.push(("maintenance-mode", "true".to_owned()));
    }
    let pairs: Vec<(String, String)> = pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    xml.start("crm_config", &[]);
    set(xml, "cluster_property_set", "cib-bootstrap-options", &pairs);
    xml.end();
}

fn nodes(xml: &mut Xml, config: &Config) {
    xml.start("nodes", &[]);
    for node in &config.nodes {
        if node.attributes.is_empty() {
            xml.empty("node", &[("id", &node.id), ("uname", &node.name)]);
        } else {
            let pairs: Vec<(String, String)> = node.attributes.clone().into_iter().collect();
            xml.start("node", &[("id", &node.id), ("uname", &node.name)]);
            set(xml, "instance_attributes", &format!("nodes-{}", node.id), &pairs);
            xml.end();
        }
    }
    xml.end();
}

fn resources(xml: &mut Xml, config: &Config) {
    xml.start("resources", &[]);
    for top in &config.resources {
        match top.kind {
            Kind::Primitive => {}
            Kind::Group => xml.start("group", &[("id", &top.id)]),
            Kind::Clone | Kind::Promotable => xml.start("clone", &[("id", &top.id)]),
        }
        let meta = meta(top);
        if top.kind != Kind::Primitive && !meta.is_empty() {
            set(xml, "meta_attributes", &format!("{}-meta_attributes", top.id), &meta);
        }
        for member in &top.member {
            primitive(xml, top, member);
        }
        if top.kind != Kind::Primitive {
            xml.end();
        }
    }
    xml.end();
}

fn meta(top: &Resource) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = top.meta.clone().into_iter().collect();
    if let Some(role) = &top.target_role {
        pairs.push(("target-role".to_owned(), role.clone()));
    }
    if let Some(max) = top.clone_max {
        pairs.push(("clone-max".to_owned(), max.to_string()));
    }
    if top.kind == Kind::Promotable {
        pairs.push(("promotable".to_owned(), "true".to_owned()));
        pairs.push(("promoted-max".to_owned(), "1".to_owned()));
        pairs.push(("notify".to_owned(), "true".to_owned()));
    }
    pairs
}

fn primitive(xml: &mut Xml, top: &Resource, member: &Primitive) {
    let id = &member.id;
    let (class, provider, kind) = member.agent_parts();
    let mut attributes: Vec<(&str, &dyn Display)> = vec![("id", id), ("class", &class)];
    if let Some(provider) = &provider {
        attributes.push(("provider", provider));
    }
    attributes.push(("type", &kind));
    xml.start("primitive", &attributes);
    if !member.params.is_empty() {
        let pairs: Vec<(String, String)> = member.params.clone().into_iter().collect();
        set(xml, "instance_attributes", &format!("{id}-instance_attributes"), &pairs);
    }
    xml.start("operations", &[]);
    let mut op = |seconds: u32, role: Option<&str>| {
        let (op_id, interval) = (format!("{id}-monitor-{seconds}s"), format!("{seconds}s"));
        let mut attributes: Vec<(&str, &dyn Display)> = vec![("name", &"monitor"), ("interval", &interval)];
        if let Some(role) = &role {
            attributes.push(("role", role));
        }
        attributes.push(("id", &op_id));
        xml.empty("op", &attributes);
    };
    if top.kind == Kind::Promotable {
        op(member.monitor_promoted_s, Some("Promoted"));
        op(member.monitor_s, Some("Unpromoted"));
    } else {
        op(member.monitor_s, None);
    }
    xml.end();
    let mut pairs: Vec<(String, String)> = member.meta.clone().into_iter().collect();
    if top.kind == Kind::Primitive {
        pairs.extend(top.meta.clone());
    }
    if let Some(threshold) = member.migration_threshold {
        pairs.push(("migration-threshold".to_owned(), threshold.to_string()));
    }
    if let (Kind::Primitive, Some(role)) = (top.kind, &top.target_role) {
        pairs.push(("target-role".to_owned(), role.clone()));
    }
    if !pairs.is_empty() {
        set(xml, "meta_attributes", &format!("{id}-meta_attributes"), &pairs);
    }
    xml.end();
}

fn constraints(xml: &mut Xml, config: &Config) {
    xml.start("constraints", &[]);
    for rule in &config.locations {
        if let Some(element) = &rule.element {
            raw(xml, element);
            continue;
        }
        let score = match rule.score {
            score if score <= -INFINITY => "-INFINITY".to_owned(),
            score if score >= INFINITY => "INFINITY".to_owned(),
            score => score.to_string(),
        };
        let location: [(&str, &dyn Display); 4] =
            [("id", &rule.id), ("rsc", &rule.rsc), ("score", &score), ("node", &rule.node)];
        xml.empty("rsc_location", &location);
    }
    for rule in &config.colocations {
        let mut attributes: Vec<(&str, &dyn Display)> =
            vec![("id", &rule.id), ("score", &"INFINITY"), ("rsc", &rule.rsc), ("with-rsc", &rule.with)];
        if let Some(role) = &rule.with_role {
            attributes.push(("with-rsc-role", role));
        }
        xml.empty("rsc_colocation", &attributes);
    }
    for rule in &config.orders {
        let first_action = rule.first_action.as_deref().unwrap_or("start");
        let order: [(&str, &dyn Display); 6] = [
            ("id", &rule.id),
            ("kind", &"Mandatory"),
            ("first", &rule.first),
            ("first-action", &first_action),
            ("then", &rule.then),
            ("then-action", &"start"),
        ];
        xml.empty("rsc_order", &order);
    }
    xml.end();
}

fn raw(xml: &mut Xml, element: &Element) {
    let attributes: Vec<(&str, &dyn Display)> =
        element.attributes.iter().map(|(name, value)| (name.as_str(), value as &dyn Display)).collect();
    if element.children.is_empty() {
        return xml.empty(&element.name, &attributes);
    }
    xml.start(element.name.clone(), &attributes);
    element.children.iter().for_each(|child| raw(xml, child));
    xml.end();
}

fn status(xml: &mut Xml, side: &Side) {
    xml.start("status", &[]);
    for (place, state) in &side.status.nodes {
        let Some(node) = side.config.nodes.get(*place) else { continue };
        // Of a node that nobody has seen yet there is no state.
        if state.unclean && !state.expected_up && state.instances.is_empty() {
            continue;
        }
        let in_ccm = side.members.contains(place);
        let (crmd, join) = match state.join {
            Join::Member => ("online", "member"),
            Join::Pending => ("offline", "down"),
            Join::Down => ("offline", "down"),
        };
        let expected = if state.expected_up { "member" } else { "down" };
        let attributes: [(&str, &dyn Display); 7] = [
            ("id", &node.id),
            ("uname", &node.name),
            ("in_ccm", &in_ccm),
            ("crmd", &crmd),
            ("crm-debug-origin", &"do_update_resource"),
            ("join", &join),
            ("expected", &expected),
        ];
        xml.start("node_state", &attributes);
        xml.start("lrm", &[("id", &node.id)]);
        xml.start("lrm_resources", &[]);
        for (_, member) in side.config.primitives() {
            let Some(instance) = state.instances.get(&member.id) else { continue };
            let (class, provider, kind) = member.agent_parts();
            let mut attributes: Vec<(&str, &dyn Display)> =
                vec![("id", &member.id), ("type", &kind), ("class", &class)];
            if let Some(provider) = &provider {
                attributes.push(("provider", provider));
            }
            xml.start("lrm_resource", &attributes);
            if instance.role != Role::Stopped || instance.last.is_some() {
                instance.last.iter().for_each(|done| operation(xml, &member.id, &node.name, done, "last_0"));
                instance.failure.iter().for_each(|done| operation(xml, &member.id, &node.name, done, "last_failure_0"));
                if let Some(done) = &instance.monitor {
                    operation(xml, &member.id, &node.name, done, &format!("monitor_{}", done.interval_ms));
                }
            }
            xml.end();
        }
        xml.end();
        xml.end();
        let pairs = transient(state);
        if !pairs.is_empty() {
            xml.start("transient_attributes", &[("id", &node.id)]);
            set(xml, "instance_attributes", &format!("status-{}", node.id), &pairs);
            xml.end();
        }
        xml.end();
    }
    xml.end();
}

/// Attributes until the next boot, those of failures and of a shutdown among them.
fn transient(state: &NodeStatus) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = state.attributes.clone().into_iter().collect();
    for (rsc, instance) in state.instances.iter().filter(|(_, instance)| instance.fail_count > 0) {
        let count = if instance.fail_count >= INFINITY as u32 {
            "INFINITY".to_owned()
        } else {
            instance.fail_count.to_string()
        };
        let (task, interval) =
            instance.failure.as_ref().map_or(("monitor", 10_000), |f| (f.task.word(), f.interval_ms));
        let at = instance.last_failure.map_or(0, Stamp::secs);
        pairs.push((format!("fail-count-{rsc}#{task}_{interval}"), count));
        pairs.push((format!("last-failure-{rsc}#{task}_{interval}"), at.to_string()));
    }
    if state.shutdown {
        pairs.push(("shutdown".to_owned(), "1".to_owned()));
    }
    if state.join == Join::Member {
        pairs.push(("#feature-set".to_owned(), "3.16.1".to_owned()));
    }
    pairs
}

fn operation(xml: &mut Xml, rsc: &str, node: &str, done: &Done, suffix: &str) {
    let (task, at) = (done.task.word(), done.at.secs());
    let (id, key) = (format!("{rsc}_{suffix}"), format!("{rsc}_{task}_{}", done.interval_ms));
    // The exit code that was expected: a monitor of a promoted copy wants 8.
    let expected = if done.task == Task::Monitor && done.rc == 8 { 8 } else { 0 };
    let transition = format!("1:1:{expected}:1b33b4ed-77a7-4618-aba1-893113ed2973");
    let magic = format!("0:{};{transition}", done.rc);
    let attributes: [(&str, &dyn Display); 15] = [
        ("id", &id),
        ("operation_key", &key),
        ("operation", &task),
        ("crm_feature_set", &"3.16.1"),
        ("transition-key", &transition),
        ("transition-magic", &magic),
        ("exit-reason", &done.reason),
        ("on_node", &node),
        ("call-id", &done.call),
        ("rc-code", &done.rc),
        ("op-status", &0),
        ("interval", &done.interval_ms),
        ("last-rc-change", &at),
        ("exec-time", &done.exec_ms),
        ("queue-time", &done.queue_ms),
    ];
    xml.empty("lrm_rsc_op", &attributes);
}
