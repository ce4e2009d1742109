//! What an action must not leave: constraints, files and processes on the nodes, lines in the journal.

use std::time::Duration;

use super::lab::{Lab, NODES};
use super::trouble::no_dawdling;

/// The first node that is on.
pub(super) fn witness(lab: &Lab) -> &'static str {
    NODES.into_iter().find(|node| lab.output(&["exec", node, "crmadmin", "-q", "-D"]).status.success()).unwrap()
}

/// The ids of the constraints that a move or a ban leaves.
pub(super) fn constraints(lab: &Lab) -> Vec<String> {
    let text = lab.run(&["exec", witness(lab), "cibadmin", "-Q", "--scope", "constraints"]);
    let document = roxmltree::Document::parse(&text).unwrap();
    let ids = document.descendants().filter(|node| node.has_tag_name("rsc_location"));
    let ids =
        ids.filter_map(|node| node.attribute("id")).filter(|id| id.starts_with("cli-") || id.starts_with("hatui-"));
    ids.map(str::to_owned).collect()
}

/// Looks at everything that may be left.
pub(super) fn nothing(lab: &Lab) {
    assert_eq!(constraints(lab), Vec::<String>::new(), "constraints are left");
    for entry in std::fs::read_dir(lab.home()).unwrap().flatten() {
        let journal = entry.path().join("hatui/journal.jsonl");
        let text = std::fs::read_to_string(&journal).unwrap_or_default();
        assert_eq!(text, "", "{} is not empty", journal.display());
    }
    let on: Vec<&str> = NODES.into_iter().filter(|node| lab.output(&["exec", node, "true"]).status.success()).collect();
    if on.len() == NODES.len() {
        lab.wait_no_strays(Duration::from_secs(30));
    }
    // The nodes are bare: nothing else puts a file there. libqb's own are about the cluster's connections.
    for node in on {
        let look = "find /tmp /var/tmp /dev/shm /root -mindepth 1; find /home -type f; find /run -name '*hatui-*'";
        let found = lab.run(&["exec", node, "sh", "-c", look]);
        let files: Vec<&str> =
            found.lines().filter(|path| !path.contains("/qb-") && *path != "/run/hatui-lab").collect();
        assert!(files.is_empty(), "files are left on {node}: {files:?}");
    }
}

/// Brings the cluster back to where every scene begins, whatever a scene that failed left.
pub(super) fn heal(lab: &Lab) {
    lab.heal();
    no_dawdling(lab);
    let on = witness(lab);
    let exec = |words: &[&str]| drop(lab.output(&[&["exec", on], words].concat()));
    exec(&["crm_attribute", "-t", "crm_config", "-n", "maintenance-mode", "-D"]);
    exec(&["crm_resource", "-r", "slow", "--meta", "-d", "maintenance"]);
    exec(&["cibadmin", "--delete", "--scope", "resources", "--xml-text", "<primitive id=\"stubborn\"/>"]);
    for node in NODES {
        exec(&["crm_attribute", "-N", node, "-n", "maintenance", "-D"]);
        drop(lab.output(&["exec", node, "rm", "-f", "/run/Stubborn-stubborn.holds", "/etc/sudoers.d/hatui-act"]));
    }
    for id in constraints(lab) {
        let xml = format!("<rsc_location id=\"{id}\"/>");
        let _ = lab.output(&["exec", on, "cibadmin", "--delete", "--scope", "constraints", "--xml-text", &xml]);
    }
    for entry in std::fs::read_dir(lab.home()).unwrap().flatten() {
        let _ = std::fs::remove_file(entry.path().join("hatui/journal.jsonl"));
    }
    lab.run(&["settle", "90"]);
}
