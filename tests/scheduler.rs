//! The simulator's scheduler against the real one: the same CIBs to both, and what they answer compared.
//!
//! Needs `crm_simulate` and its companions of Pacemaker 2.1.5. Without them the tests say so and pass, unless
//! `HATUI_REQUIRE_LAB` is set. `HATUI_SEEDS=2000` compares that many made-up clusters instead of 400.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stderr, reason = "a test with real processes")]

#[path = "scheduler/compare.rs"]
mod compare;
#[path = "scheduler/generate.rs"]
mod generate;
#[path = "scheduler/histories.rs"]
mod histories;

use std::path::{Path, PathBuf};
use std::process::Command;

use compare::{Depth, Outcome, compare};
pub(crate) use hatui::sim::simulate;
use hatui::sim::{Scenario, Sim};
use hatui::wire::{Argv, Exit, NodeKey, Output, RunId, Stamp};

/// Made-up clusters for which the real scheduler is known to answer otherwise; what they have in common stands in the
/// documentation of `sim::policy`.
const KNOWN: [u64; 5] = [926, 1095, 1126, 1230, 1848];

const ALL: Depth = Depth { reasons: false, transition: true };

/// Whether the real tools are there.
fn real_tools() -> bool {
    let version = Command::new("crm_simulate").arg("--version").output();
    let there = version.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("2.1.5"));
    if !there {
        assert!(std::env::var_os("HATUI_REQUIRE_LAB").is_none(), "there is no crm_simulate of Pacemaker 2.1.5");
        eprintln!("skipped: there is no crm_simulate of Pacemaker 2.1.5");
    }
    there
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("hatui-scheduler-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Answers that were compared, and what differed.
#[derive(Default)]
struct Tally {
    same: usize,
    outside: Vec<String>,
    unanswered: Vec<String>,
    different: Vec<String>,
}

impl Tally {
    fn take(&mut self, name: &str, cib: &str, words: &[&str], folder: &Path) {
        match compare(cib, words, folder, ALL) {
            Outcome::Same => self.same += 1,
            Outcome::Outside(why) => self.outside.push(format!("{name}: {why}")),
            Outcome::NoAnswer(why) => self.unanswered.push(format!("{name}: {why}")),
            Outcome::Different(text) => self.different.push(format!("{name} {words:?}\n{text}")),
        }
    }
}

#[test]
fn made_up_clusters_are_scheduled_as_pacemaker_does() {
    if !real_tools() {
        return;
    }
    let count = std::env::var("HATUI_SEEDS").ok().and_then(|count| count.parse().ok()).unwrap_or(400);
    let folder = folder("made-up");
    let mut tally = Tally::default();
    for seed in (1..=count).filter(|seed| !KNOWN.contains(seed)) {
        tally.take(&format!("seed {seed}"), &generate::cib(seed), &[], &folder);
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(tally.different.is_empty(), "{} differ:\n{}", tally.different.len(), tally.different.join("\n"));
    assert!(tally.outside.is_empty() && tally.unanswered.is_empty(), "{:?}{:?}", tally.outside, tally.unanswered);
    assert!(tally.same + KNOWN.len() >= usize::try_from(count).unwrap());
}

/// A tool of Pacemaker at work on a copy of a CIB.
fn edit(folder: &Path, cib: &str, words: &[&str]) -> String {
    let file = folder.join("edited.xml");
    std::fs::write(&file, cib).unwrap();
    let output = Command::new(words[0]).args(&words[1..]).env("CIB_file", &file).env("LC_ALL", "C").output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    std::fs::read_to_string(&file).unwrap()
}

/// A cluster as it is, and after each of what an operator does to it.
fn with_variations(tally: &mut Tally, name: &str, cib: &str, folder: &Path) {
    let document = roxmltree::Document::parse(cib).unwrap();
    let named = |tag: &str, key: &str| -> Vec<String> {
        let found = document.descendants().filter(|node| node.has_tag_name(tag));
        found.filter_map(|node| node.attribute(key)).map(ToOwned::to_owned).collect()
    };
    let nodes: Vec<String> = {
        let list = document.descendants().find(|node| node.has_tag_name("nodes")).unwrap();
        list.children().filter_map(|node| node.attribute("uname")).map(ToOwned::to_owned).collect()
    };
    tally.take(name, cib, &[], folder);
    for node in &nodes {
        tally.take(name, cib, &["--node-down", node], folder);
        tally.take(name, cib, &["--node-fail", node], folder);
        tally.take(name, cib, &["--node-fail", node, "--quorum", "0"], folder);
        let standby = edit(folder, cib, &["crm_standby", "-N", node, "-v", "on"]);
        tally.take(&format!("{name}, {node} standby"), &standby, &[], folder);
        let kept = edit(folder, cib, &["crm_attribute", "-N", node, "-n", "maintenance", "-v", "true"]);
        tally.take(&format!("{name}, {node} in maintenance"), &kept, &["--node-fail", &nodes[0]], folder);
    }
    let maintained = edit(folder, cib, &["crm_attribute", "-t", "crm_config", "-n", "maintenance-mode", "-v", "true"]);
    tally.take(&format!("{name} in maintenance"), &maintained, &[], folder);
    let clones = [named("clone", "id"), named("master", "id")].concat();
    let tops: Vec<String> = {
        let list = document.descendants().find(|node| node.has_tag_name("resources")).unwrap();
        list.children().filter_map(|node| node.attribute("id")).map(ToOwned::to_owned).collect()
    };
    for rsc in &tops {
        for (meta, value) in [("target-role", "Stopped"), ("is-managed", "false"), ("maintenance", "true")] {
            let edited = edit(folder, cib, &["crm_resource", "-r", rsc, "--meta", "-p", meta, "-v", value]);
            tally.take(&format!("{name}, {rsc} {meta}={value}"), &edited, &[], folder);
        }
        for node in &nodes {
            let banned = edit(folder, cib, &["crm_resource", "--ban", "-r", rsc, "-N", node]);
            tally.take(&format!("{name}, {rsc} banned from {node}"), &banned, &[], folder);
            for (role, end) in
                [("", "2099-11-25 22:00:00Z"), (" role=\"Promoted\"", "2099-11-25 22:00:00Z"), ("", "2001-01-01")]
            {
                if (!role.is_empty() && !clones.contains(rsc)) || (end == "2001-01-01" && *node != nodes[0]) {
                    continue;
                }
                let lease = lease(rsc, node, role, end);
                let moved =
                    edit(folder, cib, &["cibadmin", "--create", "--scope", "constraints", "--xml-text", &lease]);
                tally.take(&format!("{name}, {rsc}{role} moved to {node} until {end}"), &moved, &[], folder);
            }
        }
    }
    for rsc in named("primitive", "id") {
        for interval in [3000, 4000, 5000, 10_000, 11_000, 60_000] {
            for node in &nodes {
                let history = format!("{rsc}_monitor_{interval}\" operation_key");
                if cib.contains(&history) {
                    let failure = format!("{rsc}_monitor_{interval}@{node}=7");
                    tally.take(name, cib, &["--op-inject", &failure], folder);
                }
            }
        }
    }
}

fn lease(rsc: &str, node: &str, role: &str, end: &str) -> String {
    format!(
        "<rsc_location id=\"hatui-move-{rsc}\" rsc=\"{rsc}\"><rule id=\"hatui-move-{rsc}-rule\" score=\"INFINITY\" \
         boolean-op=\"and\"{role}><expression id=\"hatui-move-{rsc}-node\" attribute=\"#uname\" operation=\"eq\" value=\"{node}\"/>\
         <date_expression id=\"hatui-move-{rsc}-until\" operation=\"lt\" end=\"{end}\"/></rule></rsc_location>"
    )
}

#[test]
fn recorded_clusters_and_what_is_done_to_them_are_scheduled_as_pacemaker_does() {
    if !real_tools() {
        return;
    }
    let folder = folder("recorded");
    let mut tally = Tally::default();
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("parsers/fixtures");
    for file in cibs(&fixtures) {
        let name = file.strip_prefix(&fixtures).unwrap().display().to_string();
        let cib = std::fs::read_to_string(&file).unwrap();
        if simulate(&cib, &[], true, 0).is_err() {
            tally.take(&name, &cib, &[], &folder);
        } else {
            with_variations(&mut tally, &name, &cib, &folder);
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(tally.different.is_empty(), "{} differ:\n{}", tally.different.len(), tally.different.join("\n"));
    assert!(tally.unanswered.is_empty(), "{:?}", tally.unanswered);
    // A bundle; and a failure assumed where no copy of a clone is, on top of all copies.
    let stated =
        |why: &String| why.ends_with(": httpd: a bundle") || why.contains("more copies of cache than configured");
    assert!(tally.outside.iter().all(stated), "{:?}", tally.outside);
    assert!(tally.same > 500, "{}", tally.same);
}

fn cibs(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(cibs(&path));
        } else if path.ends_with("cibadmin-Q.xml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The CIB that the lab loads its set `demo` into, with three nodes that have just joined.
fn lab_cib() -> String {
    let script = "node_count() { echo 3; }; . tests/lab/lib/config.sh; set_demo";
    let output = Command::new("bash").args(["-c", script]).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let set = String::from_utf8(output.stdout).unwrap();
    let list: Vec<String> = (1..=3).map(|id| format!("<node id=\"{id}\" uname=\"ha-node-{id}\"/>")).collect();
    let set = set.replace("<resources>", &format!("<nodes>{}</nodes><resources>", list.concat()));
    let state = |id: u8| {
        format!(
            "<node_state id=\"{id}\" uname=\"ha-node-{id}\" in_ccm=\"true\" crmd=\"online\" join=\"member\" expected=\"member\">\
             <lrm id=\"{id}\"><lrm_resources/></lrm><transient_attributes id=\"{id}\"><instance_attributes id=\"status-{id}\">\
             <nvpair id=\"status-{id}-master-store\" name=\"master-store\" value=\"5\"/></instance_attributes>\
             </transient_attributes></node_state>"
        )
    };
    let states: String = (1..=3).map(state).collect();
    format!(
        "<cib crm_feature_set=\"3.16.1\" validate-with=\"pacemaker-3.9\" epoch=\"1\" num_updates=\"0\" admin_epoch=\"0\" \
         have-quorum=\"1\" dc-uuid=\"1\">{set}<status>{states}</status></cib>"
    )
}

#[test]
fn the_set_of_the_lab_and_what_is_done_to_it_are_scheduled_as_pacemaker_does() {
    if !real_tools() {
        return;
    }
    let folder = folder("lab");
    let mut tally = Tally::default();
    let fresh = lab_cib();
    tally.take("the set demo, fresh", &fresh, &[], &folder);
    // Started by the real tool: it leaves digests of the parameters in the histories.
    let (before, after) = (folder.join("fresh.xml"), folder.join("running.xml"));
    std::fs::write(&before, &fresh).unwrap();
    let mut command = Command::new("crm_simulate");
    command.arg("--simulate").arg("--xml-file").arg(before).arg("--save-output").arg(&after);
    assert!(command.env("CIB_shadow_dir", &folder).output().unwrap().status.success());
    let running = std::fs::read_to_string(after).unwrap();
    with_variations(&mut tally, "the set demo", &running, &folder);
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(tally.different.is_empty(), "{} differ:\n{}", tally.different.len(), tally.different.join("\n"));
    assert!(tally.outside.is_empty() && tally.unanswered.is_empty(), "{:?}{:?}", tally.outside, tally.unanswered);
    assert!(tally.same > 100, "{}", tally.same);
}

/// What a simulated node answers to a command: its output, what it says of errors, its exit code.
fn ask(sim: &mut Sim, now: &mut Stamp, words: &[&str]) -> (String, String, Exit) {
    let run = RunId(now.secs());
    sim.start(run, &NodeKey::new("ha-node-1"), &Argv::new(words[0]).args(words[1..].iter().copied()));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    for _ in 0..60 {
        *now = *now + std::time::Duration::from_millis(500);
        for (_, id, output) in sim.advance(*now) {
            match output {
                Output::Stdout(bytes) if id == run => out.extend(bytes),
                Output::Stderr(bytes) if id == run => err.extend(bytes),
                Output::Exit(exit) if id == run => {
                    *now = *now + std::time::Duration::from_secs(1);
                    return (String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap(), exit);
                }
                _ => {}
            }
        }
    }
    panic!("{words:?} does not end");
}

/// The configuration, an element a line; empty sets are left out.
fn configuration(cib: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(cib).unwrap();
    let root = document.descendants().find(|node| node.has_tag_name("configuration")).unwrap();
    let all = root
        .descendants()
        .filter(|node| node.is_element() && (node.has_children() || !node.tag_name().name().ends_with("attributes")));
    let line = |node: roxmltree::Node<'_, '_>| {
        let mut attributes: Vec<String> = node.attributes().map(|a| format!("{}={}", a.name(), a.value())).collect();
        attributes.sort();
        format!("{} {}", node.tag_name().name(), attributes.join(" "))
    };
    let mut lines: Vec<String> = all.map(line).collect();
    lines.sort();
    lines
}

#[test]
fn commands_change_the_simulated_cluster_as_they_change_a_real_cib() {
    if !real_tools() {
        return;
    }
    let folder = folder("commands");
    let (web, files) = (
        lease("nfs", "ha-node-2", "", "2099-11-25 22:00:00Z"),
        lease("files-clone", "ha-node-2", " role=\"Promoted\"", "2099-01-01"),
    );
    let scope = ["--scope", "constraints", "--xml-text"];
    let commands: Vec<Vec<&str>> = vec![
        [&["cibadmin", "--create"], &scope[..], &[&web]].concat(),
        [&["cibadmin", "--create"], &scope[..], &[&web]].concat(),
        [&["cibadmin", "--create"], &scope[..], &[&files]].concat(),
        [&["cibadmin", "--delete"], &scope[..], &["<rsc_location id=\"hatui-move-nfs\"/>"]].concat(),
        [&["cibadmin", "--delete"], &scope[..], &["<rsc_location id=\"no-such\"/>"]].concat(),
        vec!["crm_standby", "-N", "ha-node-3", "-v", "on"],
        vec!["crm_standby", "-N", "ha-node-3", "-D"],
        vec!["crm_standby", "-N", "ha-node-3", "-D"],
        vec!["crm_standby", "-N", "nope", "-v", "on"],
        vec!["crm_attribute", "-N", "ha-node-2", "-n", "maintenance", "-v", "true"],
        vec!["crm_attribute", "-N", "ha-node-2", "-n", "maintenance", "-D"],
        vec!["crm_attribute", "-t", "crm_config", "-n", "maintenance-mode", "-v", "true"],
        vec!["crm_attribute", "-t", "crm_config", "-n", "maintenance-mode", "-D"],
        vec!["crm_resource", "-r", "nfs", "--meta", "-p", "target-role", "-v", "Stopped"],
        vec!["crm_resource", "-r", "nfs", "--meta", "-d", "target-role"],
        vec!["crm_resource", "-r", "nfs-ip", "--meta", "-p", "is-managed", "-v", "false"],
        vec!["crm_resource", "-r", "nfs-ip", "--meta", "-d", "is-managed"],
        vec!["crm_resource", "-r", "batch", "--meta", "-p", "maintenance", "-v", "true"],
        vec!["crm_resource", "-r", "batch", "--meta", "-d", "maintenance"],
        vec!["crm_resource", "-r", "db", "--meta", "-p", "is-managed", "-v", "false"],
        vec!["crm_resource", "-r", "db-clone", "--meta", "-d", "is-managed"],
        vec!["crm_resource", "-r", "nope", "--meta", "-p", "is-managed", "-v", "false"],
        vec!["crm_resource", "--ban", "-r", "batch", "-N", "ha-node-3"],
        vec!["crm_resource", "--ban", "-r", "db-clone", "-N", "ha-node-2", "--promoted"],
        vec!["crm_resource", "--ban", "-r", "batch", "-N", "nope"],
        vec!["crm_resource", "--ban", "-r", "nope", "-N", "ha-node-1"],
    ];
    let mut now = Stamp::from_secs(1_795_418_384);
    let mut sim = Sim::new(&Scenario::named("three-nodes").unwrap(), 3, now);
    for words in &commands {
        let before = ask(&mut sim, &mut now, &["cibadmin", "-Q"]).0;
        let file = folder.join("cib.xml");
        let _ = std::fs::remove_file(folder.join("cib.xml.sig"));
        std::fs::write(&file, &before).unwrap();
        let real = Command::new(words[0]).args(&words[1..]).env("CIB_file", &file).env("LC_ALL", "C").output().unwrap();
        let (out, err, exit) = ask(&mut sim, &mut now, words);
        let after = ask(&mut sim, &mut now, &["cibadmin", "-Q"]).0;
        assert_eq!(exit, Exit::Code(u8::try_from(real.status.code().unwrap()).unwrap()), "{words:?}");
        assert_eq!(out, String::from_utf8_lossy(&real.stdout), "{words:?}");
        assert_eq!(err, String::from_utf8_lossy(&real.stderr), "{words:?}");
        assert_eq!(configuration(&after), configuration(&std::fs::read_to_string(&file).unwrap()), "{words:?}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
