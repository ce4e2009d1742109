//! hatui beside `crm_mon`: what each says of every node and every resource is the same, or this says where it differs.
//!
//! The document is read by another reader than hatui's, and the words are put together anew, as `crm_mon`'s text has them.

use std::time::{Duration, Instant};

use super::lab::Lab;
use super::shown::{Instance, instances, node_row};
use super::terminal::Terminal;

/// What `crm_mon` told.
struct Told {
    /// Each node, and how its row begins.
    nodes: Vec<(String, String)>,
    resources: Vec<Instance>,
}

fn is(node: roxmltree::Node<'_, '_>, flag: &str) -> bool {
    node.attribute(flag) == Some("true")
}

/// A node's state, in the order in which `crm_mon` decides.
fn state(node: roxmltree::Node<'_, '_>) -> &'static str {
    let up = is(node, "online");
    match () {
        () if is(node, "unclean") && up => "UNCLEAN (online)",
        () if is(node, "unclean") && is(node, "pending") => "UNCLEAN (pending)",
        () if is(node, "unclean") => "UNCLEAN (offline)",
        () if is(node, "pending") => "pending",
        () if is(node, "standby_onfail") && up => "standby (on-fail)",
        () if is(node, "standby") && up => "standby",
        () if is(node, "standby") => "OFFLINE (standby)",
        () if is(node, "maintenance") && up => "maintenance",
        () if is(node, "maintenance") => "OFFLINE (maintenance)",
        () if up => "online",
        () => "OFFLINE",
    }
}

impl Told {
    fn by(lab: &Lab, witness: &str) -> Self {
        let text = lab.run(&["exec", witness, "crm_mon", "-1", "--output-as=xml", "-r"]);
        let document = roxmltree::Document::parse(&text).unwrap();
        let dc = document.descendants().find(|node| node.has_tag_name("current_dc"));
        let dc = dc.and_then(|dc| dc.attribute("name")).unwrap_or_default();
        let list = document.descendants().find(|node| node.has_tag_name("nodes")).unwrap();
        let members: Vec<_> = list.children().filter(|node| node.has_tag_name("node")).collect();
        let nodes = members.iter().map(|node| {
            let name = node.attribute("name").unwrap();
            let number = if is(*node, "unclean") { "?" } else { node.attribute("resources_running").unwrap() };
            let dc = if name == dc { " DC" } else { "" };
            (name.to_owned(), format!("{name} {}{dc} {number} res ", state(*node)))
        });
        let nodes: Vec<_> = nodes.collect();
        let gone = |name: &str| {
            members
                .iter()
                .any(|node| node.attribute("name") == Some(name) && (is(*node, "unclean") || !is(*node, "online")))
        };
        let list = document.descendants().filter(|node| node.has_tag_name("resource"));
        let resources = list.map(|resource| {
            // A fence device may be told on two nodes, while one of them is lost.
            let on = resource.children().filter(|node| node.has_tag_name("node"));
            let on: Vec<&str> = on.filter_map(|node| node.attribute("name")).collect();
            let word = if is(resource, "failed") { "FAILED" } else { resource.attribute("role").unwrap() };
            Instance {
                id: resource.attribute("id").unwrap().to_owned(),
                word: word.to_owned(),
                doubtful: word != "FAILED" && on.iter().any(|node| gone(node)),
                node: on.first().map(|node| (*node).to_owned()),
            }
        });
        let mut resources: Vec<Instance> = resources.collect();
        resources.sort();
        Self { nodes, resources }
    }

    /// Where the screen says something else; empty where it agrees.
    fn differences(&self, screen: &str) -> Vec<String> {
        let mut differences = Vec::new();
        for (name, begins) in &self.nodes {
            let shown = node_row(screen, name).unwrap_or_default();
            // The number of resources is the first that gives way to longer words about how a node is seen.
            let short = begins.trim_end_matches(" res ").rsplit_once(' ').map_or(begins.as_str(), |(start, _)| start);
            let wanted = if shown.contains(" res ") { begins.as_str() } else { short };
            if !shown.starts_with(wanted) {
                differences.push(format!("crm_mon: {begins:?}, hatui: {shown:?}"));
            }
        }
        let names: Vec<String> = self.nodes.iter().map(|(name, _)| name.clone()).collect();
        let mut ids: Vec<String> = self.resources.iter().map(|resource| resource.id.clone()).collect();
        ids.dedup();
        let shown = instances(screen, &ids, &names);
        differences.extend(
            self.resources.iter().filter(|one| !shown.contains(one)).map(|one| format!("only crm_mon: {one:?}")),
        );
        differences
            .extend(shown.iter().filter(|one| !self.resources.contains(one)).map(|one| format!("only hatui: {one:?}")));
        if differences.is_empty() && shown.len() != self.resources.len() {
            differences.push(format!("{} instances by crm_mon, {} by hatui", self.resources.len(), shown.len()));
        }
        differences
    }
}

/// Waits until hatui shows all that `crm_mon` on the witness shows, and that `wanted` is in both.
///
/// While the cluster moves the two are never asked at the same moment: so they are asked again until they agree.
pub(super) fn agrees(lab: &Lab, terminal: &Terminal, witness: &str, wanted: &str) {
    let start = Instant::now();
    let mut last = format!("crm_mon never told {wanted:?}");
    loop {
        let told = Told::by(lab, witness);
        let has = told.nodes.iter().any(|(_, begins)| begins.contains(wanted))
            || told
                .resources
                .iter()
                .any(|one| format!("{} {} {}", one.id, one.word, one.node.as_deref().unwrap_or("-")).contains(wanted));
        let mut differences = told.differences(&terminal.screen());
        // News takes a moment: the screen is looked at again before anybody is asked again.
        let looked = Instant::now();
        while !differences.is_empty() && looked.elapsed() < Duration::from_millis(1500) {
            std::thread::sleep(Duration::from_millis(50));
            differences = told.differences(&terminal.screen());
        }
        if has && differences.is_empty() {
            return;
        }
        if has {
            last = differences.join("\n");
        }
        assert!(
            start.elapsed() < Duration::from_secs(40),
            "hatui and crm_mon on {witness} did not agree while {wanted:?} was so:\n{last}"
        );
    }
}
