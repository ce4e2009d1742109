//! What goes wrong in a cluster, and what hatui shows of it: the same as `crm_mon`, and more.

use std::time::Duration;

use super::agreement::agrees;
use super::lab::{Lab, NODES};
use super::shown::{age, row, truth};

pub(super) fn standby(lab: &Lab) {
    let terminal = lab.watching();
    lab.run(&["exec", NODES[0], "crm_standby", "-N", "ha-node-2", "-v", "on"]);
    let took = terminal.wait("ha-node-2 in standby", Duration::from_secs(20), |screen| {
        row(screen, "ha-node-2", "standby") && screen.contains("DEGRADED")
    });
    eprintln!("       shown after {took:.1?}");
    lab.run(&["settle", "60"]);
    agrees(lab, &terminal, NODES[0], "ha-node-2 standby");
    lab.run(&["exec", NODES[0], "crm_standby", "-N", "ha-node-2", "-D"]);
    terminal.wait("all well again", Duration::from_secs(40), |screen| {
        screen.contains("HEALTHY") && row(screen, "ha-node-2", "online")
    });
    agrees(lab, &terminal, NODES[0], "ha-node-2 online");
}

pub(super) fn resource_dies(lab: &Lab) {
    let terminal = lab.watching();
    let place = lab.run(&["exec", NODES[0], "crm_resource", "-W", "-r", "batch", "-Q"]);
    let node = NODES.iter().find(|node| place.contains(**node)).unwrap();
    let failed =
        |screen: &str| screen.lines().any(|line| line.contains("batch") && line.to_lowercase().contains("fail"));
    assert!(!failed(&terminal.screen()), "{}", terminal.screen());
    // It stays failed, as one that an administrator looks at would.
    lab.run(&["exec", NODES[0], "crm_attribute", "-t", "op_defaults", "-n", "on-fail", "-v", "block"]);
    lab.run(&["kill-resource", "batch", node]);
    terminal.wait("the failure of batch", Duration::from_secs(40), failed);
    agrees(lab, &terminal, NODES[0], "batch FAILED");
    lab.run(&["exec", NODES[0], "crm_attribute", "-t", "op_defaults", "-n", "on-fail", "-D"]);
    lab.run(&["exec", NODES[0], "crm_resource", "--cleanup", "-r", "batch"]);
    agrees(lab, &terminal, NODES[0], "batch Started");
}

pub(super) fn link_cut(lab: &Lab) {
    let terminal = lab.watching();
    let link = |screen: &str, number: u8, word: &str| {
        screen.lines().any(|line| line.contains(&format!("link {number}  ha-node-1 ⇔ ha-node-3  {word}")))
    };
    terminal.wait("link 1 connected", Duration::from_secs(20), |screen| link(screen, 1, "connected"));
    lab.run(&["link", "down", "ha-node-3", "1"]);
    terminal.wait("link 1 disconnected, and link 0 not", Duration::from_secs(30), |screen| {
        link(screen, 1, "disconnected") && link(screen, 0, "connected") && screen.contains("DEGRADED")
    });
    agrees(lab, &terminal, NODES[0], "ha-node-3 online");
    lab.run(&["link", "up", "ha-node-3", "1"]);
    terminal.wait("the link back", Duration::from_secs(40), |screen| {
        link(screen, 1, "connected") && screen.contains("again") && screen.contains("HEALTHY")
    });
}

pub(super) fn frozen_sshd(lab: &Lab) {
    let terminal = lab.watching();
    lab.run(&["hang-sshd", "ha-node-3"]);
    let at_first = |word: &str, limit: u64| {
        let first = std::cell::Cell::new(None);
        terminal.wait(&format!("ha-node-3 {word}"), Duration::from_secs(20), |screen| {
            first.set(age(screen, "ha-node-3", word));
            first.get().is_some()
        });
        // By hatui's own clock: whoever waits here may be late himself.
        let first = first.get().unwrap();
        assert!(first <= limit, "ha-node-3 was {word} only at an age of {first} s:\n{}", terminal.screen());
    };
    at_first("late", 4);
    at_first("silent", 7);
    for node in ["ha-node-1", "ha-node-2"] {
        terminal.wait(&format!("{node} live all the while"), Duration::from_secs(3), |screen| {
            row(screen, node, "online") && row(screen, node, "● ")
        });
    }
    agrees(lab, &terminal, NODES[0], "ha-node-3 online");
    lab.run(&["unhang-sshd", "ha-node-3"]);
    terminal.wait("ha-node-3 back", Duration::from_mins(1), |screen| screen.contains("●●●"));
}

pub(super) fn clean_stop(lab: &Lab) {
    let terminal = lab.watching();
    lab.run(&["stack", "stop", "ha-node-3"]);
    terminal.wait("ha-node-3 OFFLINE", Duration::from_secs(30), |screen| row(screen, "ha-node-3", "OFFLINE"));
    agrees(lab, &terminal, NODES[0], "ha-node-3 OFFLINE");
    assert!(!terminal.screen().contains("UNCLEAN"), "a clean stop is no loss:\n{}", terminal.screen());
    lab.run(&["stack", "start", "ha-node-3"]);
    terminal.wait("ha-node-3 online", Duration::from_secs(90), |screen| row(screen, "ha-node-3", "online"));
    agrees(lab, &terminal, NODES[0], "ha-node-3 online");
}

pub(super) fn power_off(lab: &Lab) {
    let terminal = lab.watching();
    let fenced = |screen: &str| screen.lines().any(|line| line.contains("ha-node-2 fencing: reboot done by"));
    assert!(!fenced(&terminal.screen()), "{}", terminal.screen());
    // Time to look at it between its loss and its fencing.
    lab.run(&["fence-fault", "ha-node-2", "delay=12"]);
    lab.run(&["power", "off", "ha-node-2"]);
    terminal.wait("ha-node-2 UNCLEAN", Duration::from_secs(40), |screen| row(screen, "ha-node-2", "UNCLEAN"));
    agrees(lab, &terminal, NODES[0], "ha-node-2 UNCLEAN (offline)");
    terminal.wait("ha-node-2 fenced", Duration::from_mins(1), fenced);
    terminal.wait("ha-node-2 online again", Duration::from_mins(2), |screen| {
        screen.contains("●●●") && row(screen, "ha-node-2", "online")
    });
    agrees(lab, &terminal, NODES[0], "ha-node-2 online");
}

/// Each side holds itself for well and the other for lost: hatui shows both words, and believes the side with quorum.
pub(super) fn split(lab: &Lab) {
    let mut terminal = lab.watching();
    for node in NODES {
        lab.run(&["fence-fault", node, "fail"]);
    }
    lab.run(&["split", "ha-node-1,ha-node-2|ha-node-3"]);
    terminal.wait_for("SPLIT", 40);
    terminal.wait("who is lost, by the side with quorum", Duration::from_secs(20), |screen| {
        row(screen, "ha-node-3", "UNCLEAN") && row(screen, "ha-node-1", "online") && row(screen, "ha-node-2", "online")
    });
    agrees(lab, &terminal, NODES[0], "ha-node-3 UNCLEAN (offline)");
    terminal.keys("w");
    terminal.wait("both sides in the truth matrix", Duration::from_secs(20), |screen| {
        let ring = truth(screen, "ring");
        screen.contains("facts differ")
            && truth(screen, "quorate") == ["yes", "yes", "no"]
            && ring.len() == 3
            && ring[0] == ring[1]
            && ring[1] != ring[2]
            && truth(screen, "node ha-node-3").last().map(String::as_str) == Some("online")
    });
    terminal.keys("q");
    let other = lab.hatui(&["-n", "ha-node-3"], 160, 60);
    other.wait_for("NO QUORUM", 20);
    other.wait("the others, lost as the lesser side has it", Duration::from_secs(20), |screen| {
        row(screen, "ha-node-1", "UNCLEAN") && row(screen, "ha-node-2", "UNCLEAN") && row(screen, "ha-node-3", "online")
    });
    agrees(lab, &other, NODES[2], "ha-node-1 UNCLEAN (offline)");
}
