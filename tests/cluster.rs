//! The real binary on a real cluster: three nodes of Corosync, Pacemaker and sshd in namespaces (`tests/lab`).
//!
//! One cluster serves all scenes, one after the other; a scene that fails does not hide the others.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stderr, reason = "a test with real processes")]

#[path = "cluster/absent.rs"]
mod absent;
#[path = "cluster/agreement.rs"]
mod agreement;
#[path = "cluster/belonging.rs"]
mod belonging;
#[path = "cluster/faults.rs"]
mod faults;
#[path = "cluster/lab.rs"]
mod lab;
#[path = "cluster/leaving.rs"]
mod leaving;
#[path = "cluster/logins.rs"]
mod logins;
#[path = "cluster/scenes.rs"]
mod scenes;
#[path = "cluster/shown.rs"]
mod shown;
#[path = "support/terminal.rs"]
#[expect(dead_code, reason = "shared with the tests of the demo")]
mod terminal;

use std::time::Duration;

use lab::{Lab, NODES};
use scenes::After::{AsBefore, Changed};
use scenes::Scene;

const SCENES: &[Scene] = &[
    ("all nodes and resources appear, as crm_mon tells them", AsBefore, everything_appears),
    ("one look tells the verdict", AsBefore, one_look),
    ("standby, and back", AsBefore, faults::standby),
    ("a resource that dies", Changed, faults::resource_dies),
    ("a link that is cut", AsBefore, faults::link_cut),
    ("a frozen sshd: late, then silent, and the others go on", AsBefore, faults::frozen_sshd),
    ("a clean stop of a node", Changed, faults::clean_stop),
    ("a power-off is fenced and recovered", Changed, faults::power_off),
    ("a split, seen from both sides", Changed, faults::split),
    ("exit codes of one look, and a start while a node is off", Changed, absent::exit_codes_and_late_start),
    ("a node frozen as a whole: late, silent, fenced, back", Changed, absent::frozen_node),
    ("a member of haclient, and Corosync not asked in vain again and again", AsBefore, logins::operator),
    ("a user who may sudo sees everything", AsBefore, logins::sudoer),
    ("a plain user is told what helps, and nothing false", AsBefore, logins::plain),
    ("an unknown host key is never accepted", AsBefore, logins::unknown_host_key),
    ("hatui on a node finds its cluster by itself", AsBefore, belonging::found_on_a_node),
    ("two clusters in one call", Changed, belonging::two_clusters),
    ("nothing stays behind after q, SIGTERM and SIGKILL", AsBefore, leaving::nothing_stays),
    ("nothing stays behind without a network", Changed, leaving::nothing_stays_without_a_network),
];

#[test]
fn hatui_on_a_real_cluster() {
    scenes::play(SCENES, |_| (), Lab::heal);
}

fn everything_appears(lab: &Lab) {
    let terminal = lab.watching();
    agreement::agrees(lab, &terminal, NODES[0], "store Promoted");
    terminal.wait("how many resources each node runs", Duration::from_secs(20), |screen| {
        screen.contains("HEALTHY") && NODES.iter().all(|node| shown::row(screen, node, " res "))
    });
    // crm_mon is believed to tell them all; these are what the lab is known to have.
    for id in ["fence-1", "fence-2", "fence-3", "web-fs", "web-ip", "web-app", "store", "ping", "batch", "slow"] {
        assert!(terminal.screen().contains(id), "no {id}:\n{}", terminal.screen());
    }
    assert!(!String::from_utf8_lossy(&terminal.bytes()).contains("lab-fence-password"));
}

fn one_look(lab: &Lab) {
    let nodes = ["-n", NODES[0], "-n", NODES[1], "-n", NODES[2]];
    let (code, text) = lab.status(&[&["status"], &nodes[..]].concat());
    assert!(code == 0 && text.contains("HEALTHY"), "exit {code}\n{text}");
    let (code, json) = lab.status(&[&["status", "--json"], &nodes[..]].concat());
    let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, parsed["verdict"].as_str()), (0, Some("healthy")));
    assert_eq!(parsed["nodes"].as_array().unwrap().len(), 3);
    let (code, text) = lab.status(&["status", "-n", "no-such-host.invalid"]);
    assert!(code == 3, "exit {code}\n{text}");
}
