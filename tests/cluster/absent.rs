//! Nodes that are not there: off before hatui starts, frozen as a whole; and the verdicts of one look meanwhile.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::agreement::agrees;
use super::lab::{Lab, NODES};
use super::shown::{age, row};

/// Looks once, again and again, until the exit code is the one awaited.
fn status_becomes(lab: &Lab, wanted: i32, words: &str) {
    let start = Instant::now();
    loop {
        let (code, text) = lab.status(&["status", "--wait", "6", "-n", NODES[0], "-n", NODES[1], "-n", NODES[2]]);
        if code == wanted && text.contains(words) {
            return;
        }
        let in_time = start.elapsed() < Duration::from_secs(40);
        assert!(in_time, "waited for exit {wanted} and {words}; it was {code}:\n{text}");
    }
}

pub(super) fn exit_codes_and_late_start(lab: &Lab) {
    lab.run(&["exec", NODES[0], "crm_standby", "-N", "ha-node-2", "-v", "on"]);
    status_becomes(lab, 1, "DEGRADED");
    lab.run(&["exec", NODES[0], "crm_standby", "-N", "ha-node-2", "-D"]);
    lab.run(&["settle", "60"]);

    // It stays lost: its power switch does not do what it is told.
    lab.run(&["fence-fault", "ha-node-3", "fail"]);
    lab.run(&["power", "off", "ha-node-3"]);
    status_becomes(lab, 2, "CRITICAL");

    let terminal = lab.hatui(&["-n", NODES[0], "-n", NODES[1], "-n", NODES[2]], 160, 60);
    let seen = terminal.wait("the others, while one is off", Duration::from_secs(20), |screen| {
        row(screen, NODES[0], "online") && row(screen, NODES[1], "online") && row(screen, NODES[2], "UNCLEAN")
    });
    let told = terminal.wait("that the third cannot be reached", Duration::from_secs(30), |screen| {
        row(screen, NODES[2], "unreachable")
    });
    let told = seen + told;
    agrees(lab, &terminal, NODES[0], "ha-node-3 UNCLEAN (offline)");
    lab.run(&["fence-fault", "ha-node-3", "ok"]);
    lab.run(&["power", "on", "ha-node-3"]);
    let back = terminal.wait("the late one, live", Duration::from_secs(90), |screen| {
        screen.contains("●●●") && row(screen, NODES[2], "online")
    });
    eprintln!("       others seen after {seen:.1?}, unreachable after {told:.1?}, back {back:.1?} after its boot");
}

pub(super) fn frozen_node(lab: &Lab) {
    let terminal = lab.watching();
    let fenced = |screen: &str| screen.lines().any(|line| line.contains("ha-node-3 fencing: reboot done by"));
    assert!(!fenced(&terminal.screen()), "{}", terminal.screen());
    // The cluster would fence it before it is silent.
    lab.run(&["fence-fault", "ha-node-3", "delay=8"]);
    lab.run(&["freeze", "ha-node-3"]);
    let seen = |word: &str, limit: u64| {
        let first = Cell::new(None);
        terminal.wait(&format!("ha-node-3 {word}, the others not"), Duration::from_secs(20), |screen| {
            for node in &NODES[..2] {
                assert!(!row(screen, node, "silent"), "{node} is held up:\n{screen}");
            }
            first.set(age(screen, NODES[2], word));
            first.get().is_some()
        });
        let first = first.get().unwrap();
        assert!(first <= limit, "ha-node-3 was {word} only at an age of {first} s:\n{}", terminal.screen());
    };
    seen("late", 4);
    seen("silent", 7);
    let start = Instant::now();
    terminal.wait("ha-node-3 fenced", Duration::from_mins(1), fenced);
    let after = start.elapsed();
    let back = after
        + terminal.wait("ha-node-3 back", Duration::from_mins(2), |screen| {
            screen.contains("●●●") && row(screen, NODES[2], "online")
        });
    eprintln!("       fenced {after:.1?}, back {back:.1?} after it was silent");
    agrees(lab, &terminal, NODES[0], "ha-node-3 online");
}
