//! The configuration half of a CIB: options, nodes, resources with their meta attributes.

use std::collections::BTreeMap;

use super::super::xml::Element;
use super::cluster::{
    Cluster, INFINITY, Kind, Meta, Monitor, NoQuorum, Node, Options, Role, Rsc, RscIx, by_name, score,
};
use super::{constraints, history};

/// Reads a CIB as it is at a moment, in seconds since 1970. The reason, if it is outside of the subset that is simulated.
pub(super) fn cluster(cib: &Element, now: u64) -> Result<Cluster, String> {
    let empty = Element::default();
    let configuration = cib.child("configuration").unwrap_or(&empty);
    let status = cib.child("status").unwrap_or(&empty);
    let mut cluster = Cluster { options: options(configuration, cib)?, ..Cluster::default() };
    nodes(&mut cluster, configuration, cib)?;
    let defaults = meta_of(configuration.child("rsc_defaults").unwrap_or(&empty))?;
    for element in configuration.child("resources").map_or(&[][..], |resources| &resources.children) {
        let top = resource(&mut cluster, element, None, &BTreeMap::new(), &defaults)?;
        cluster.tops.push(top);
    }
    if cluster.options.stonith && !cluster.rscs.iter().any(Rsc::fencing) {
        return Err("fencing is enabled without a fence device".to_owned());
    }
    history::nodes(&mut cluster, status)?;
    history::resources(&mut cluster, status)?;
    let rscs = &cluster.rscs;
    let mut tops = cluster.tops.clone();
    tops.sort_by_key(|top| -rscs[*top].meta.priority);
    cluster.tops = tops;
    constraints::read(&mut cluster, configuration.child("constraints").unwrap_or(&empty), now)?;
    Ok(cluster)
}

pub(super) fn truth(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "true" | "on" | "yes" | "y" | "1")
}

/// The pairs of all sets of this kind below an element; the first set that names one wins.
pub(super) fn pairs(element: &Element, kind: &str) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    for set in element.all(kind) {
        if set.child("rule").is_some() || set.get("id-ref").is_some() {
            return Err(format!("{} has a rule or a reference", set.id()));
        }
        for pair in set.all("nvpair") {
            if let (Some(name), Some(value)) = (pair.get("name"), pair.get("value")) {
                found.entry(name.to_owned()).or_insert_with(|| value.to_owned());
            }
        }
    }
    Ok(found)
}

fn meta_of(element: &Element) -> Result<BTreeMap<String, String>, String> {
    pairs(element, "meta_attributes")
}

fn options(configuration: &Element, cib: &Element) -> Result<Options, String> {
    let given = configuration.child("crm_config").map(|config| pairs(config, "cluster_property_set")).transpose()?;
    let given = given.unwrap_or_default();
    let flag = |name: &str, otherwise: bool| given.get(name).map_or(otherwise, |value| truth(value));
    let no_quorum = match given.get("no-quorum-policy").map_or("stop", String::as_str) {
        "stop" => NoQuorum::Stop,
        "freeze" => NoQuorum::Freeze,
        "ignore" => NoQuorum::Ignore,
        other => return Err(format!("no-quorum-policy={other}")),
    };
    for name in ["node-health-strategy", "placement-strategy"] {
        if given.get(name).is_some_and(|value| !matches!(value.as_str(), "none" | "default")) {
            return Err(format!("the option {name}"));
        }
    }
    for (name, usual) in [("symmetric-cluster", true), ("enable-startup-probes", true), ("stop-orphan-resources", true)]
    {
        if flag(name, usual) != usual {
            return Err(format!("the option {name}"));
        }
    }
    Ok(Options {
        stonith: flag("stonith-enabled", true),
        maintenance: flag("maintenance-mode", false),
        stop_all: flag("stop-all-resources", false),
        startup_fencing: flag("startup-fencing", true),
        fence_off: given.get("stonith-action").is_some_and(|action| action == "off" || action == "poweroff"),
        no_quorum,
        quorum: cib.get("have-quorum").is_none_or(truth),
    })
}

fn nodes(cluster: &mut Cluster, configuration: &Element, cib: &Element) -> Result<(), String> {
    let list = configuration.child("nodes").map_or(&[][..], |nodes| &nodes.children);
    for element in list {
        if element.get("type").is_some_and(|kind| kind != "member") {
            return Err(format!("{} is not a full member of the cluster", element.id()));
        }
        let attributes = pairs(element, "instance_attributes")?;
        let flag = |name: &str| attributes.get(name).is_some_and(|value| truth(value));
        cluster.nodes.push(Node {
            id: element.id().to_owned(),
            name: element.get("uname").unwrap_or_default().to_owned(),
            standby: flag("standby"),
            maintenance: flag("maintenance"),
            dc: cib.get("dc-uuid") == Some(element.id()),
            unclean: cluster.options.startup_fencing && cluster.options.stonith,
            attributes,
            ..Node::default()
        });
    }
    cluster.nodes.sort_by(|a, b| by_name(&a.name, &b.name));
    Ok(())
}

fn resource(
    cluster: &mut Cluster,
    element: &Element,
    parent: Option<RscIx>,
    inherited: &BTreeMap<String, String>,
    defaults: &BTreeMap<String, String>,
) -> Result<RscIx, String> {
    let id = element.id();
    let kind = match element.name.as_str() {
        "primitive" => Kind::Primitive,
        "group" => Kind::Group,
        "clone" | "master" => Kind::Clone,
        other => return Err(format!("{id}: a {other}")),
    };
    let mut words = meta_of(element)?;
    for (name, value) in inherited {
        words.entry(name.clone()).or_insert_with(|| value.clone());
    }
    let mut handed_down = words.clone();
    // Copies of a clone stay where they are by default.
    let sticky = |words: &BTreeMap<String, String>| words.contains_key("resource-stickiness");
    if kind == Kind::Clone && !sticky(&words) && !sticky(defaults) {
        handed_down.insert("resource-stickiness".to_owned(), "1".to_owned());
    }
    for (name, value) in defaults {
        words.entry(name.clone()).or_insert_with(|| value.clone());
    }
    if element.name == "master" {
        words.insert("promotable".to_owned(), "true".to_owned());
    }
    let meta = meta(cluster, id, kind, &words)?;
    let nodes = cluster.nodes.len();
    let class = element.get("class").unwrap_or_default();
    let agent = match element.get("provider") {
        Some(provider) => format!("{class}:{provider}:{}", element.get("type").unwrap_or_default()),
        None => format!("{class}:{}", element.get("type").unwrap_or_default()),
    };
    let rsc = Rsc {
        id: id.to_owned(),
        name: id.to_owned(),
        agent,
        kind,
        parent,
        managed: meta.managed && !meta.maintenance && !cluster.options.maintenance,
        priority: meta.priority,
        role: Role::Stopped,
        monitors: monitors(id, element)?,
        scores: vec![0; nodes],
        counts: vec![0; nodes],
        meta,
        ..Rsc::default()
    };
    cluster.rscs.push(rsc);
    let at = cluster.rscs.len() - 1;
    let members = element.children.iter().filter(|child| matches!(child.name.as_str(), "primitive" | "group"));
    let members: Vec<&Element> = members.collect();
    if kind == Kind::Clone {
        let Some(member) = members.first().filter(|member| member.name == "primitive") else {
            return Err(format!("{id}: a clone of a group"));
        };
        for number in 0..cluster.rscs[at].meta.clone_max {
            let child = resource(cluster, member, Some(at), &handed_down, defaults)?;
            cluster.rscs[child].id = format!("{}:{number}", member.id());
            cluster.rscs[at].children.push(child);
        }
    } else {
        for member in members {
            let child = resource(cluster, member, Some(at), &handed_down, defaults)?;
            cluster.rscs[at].children.push(child);
        }
    }
    Ok(at)
}

fn meta(cluster: &Cluster, id: &str, kind: Kind, words: &BTreeMap<String, String>) -> Result<Meta, String> {
    let word = |name: &str| words.get(name).map(String::as_str);
    for name in ["allow-migrate", "globally-unique", "ordered", "critical"] {
        let wanted = name == "critical";
        if word(name).is_some_and(|value| truth(value) != wanted) {
            return Err(format!("{id}: {name}"));
        }
    }
    for name in ["multiple-active", "requires", "failure-timeout", "container", "remote-node", "clone-min"] {
        if words.contains_key(name) {
            return Err(format!("{id}: {name}"));
        }
    }
    let number = |name: &str| word(name).and_then(|value| value.parse::<usize>().ok());
    if number("clone-node-max").is_some_and(|max| max != 1) {
        return Err(format!("{id}: clone-node-max"));
    }
    let promoted_max = number("promoted-max").or_else(|| number("master-max")).unwrap_or(1);
    let own_stickiness = word("resource-stickiness").or_else(|| word("stickiness")).map(score);
    Ok(Meta {
        stickiness: own_stickiness.unwrap_or_else(|| i32::from(kind == Kind::Clone)),
        threshold: word("migration-threshold").map_or(INFINITY, score),
        priority: word("priority").map_or(0, score),
        managed: word("is-managed").is_none_or(truth),
        maintenance: word("maintenance").is_some_and(truth),
        target_role: word("target-role").and_then(Role::read),
        target_word: word("target-role").map(ToOwned::to_owned),
        promotable: word("promotable").is_some_and(truth),
        clone_max: number("clone-max").unwrap_or(cluster.nodes.len()),
        promoted_max,
    })
}

/// A duration of the CIB in milliseconds: `10s`, `10000ms`, `10`, `1min`.
pub(super) fn milliseconds(text: &str) -> u64 {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..end].parse().unwrap_or(0);
    match text[end..].trim() {
        "ms" | "msec" => number,
        "us" | "usec" => number / 1000,
        "m" | "min" => number * 60_000,
        "h" | "hr" => number * 3_600_000,
        _ => number * 1000,
    }
}

fn monitors(id: &str, element: &Element) -> Result<Vec<Monitor>, String> {
    let mut found = Vec::new();
    for op in element.all("operations").flat_map(|operations| operations.all("op")) {
        if op.get("on-fail").is_some() || op.child("meta_attributes").is_some() {
            return Err(format!("{id}: an operation with on-fail or meta attributes"));
        }
        let interval_ms = op.get("interval").map_or(0, milliseconds);
        if op.get("name") == Some("monitor") && interval_ms > 0 && op.get("enabled").is_none_or(truth) {
            let role = op.get("role").and_then(Role::read);
            found.push(Monitor { interval_ms, role });
        }
    }
    Ok(found)
}
