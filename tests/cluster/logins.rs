//! Who logs in: a member of haclient, a user who may sudo, a plain one.

use std::time::{Duration, Instant};

use super::{Lab, NODES};

/// How often Corosync on the first node has turned the lab's user `operator` away.
fn refusals(lab: &Lab) -> usize {
    let files = lab.run(&["log", NODES[0]]);
    let log = std::fs::read_to_string(files.lines().next().unwrap()).unwrap();
    log.lines().filter(|line| line.contains("Denied connection attempt from 4101")).count()
}

/// Every refusal is a line in the node's log: once a minute is often enough.
pub(super) fn operator(lab: &Lab) {
    let before = refusals(lab);
    let start = Instant::now();
    let nodes = NODES.map(|node| format!("{node}.operator"));
    let mut terminal = lab.hatui(&["-n", &nodes[0], "-n", &nodes[1], "-n", &nodes[2]], 140, 60);
    terminal.wait_for("web-app", 20);
    terminal.wait("the refusal by Corosync", Duration::from_secs(20), |screen| {
        screen.contains("may not run corosync-cfgtool")
    });
    terminal.keys("6\r");
    terminal.wait_for("hatui sudoers", 10);
    terminal.keys("q");
    terminal.wait_for("web-app", 10);
    let minute = Duration::from_secs(63);
    terminal.wait("a minute to pass with Pacemaker's facts", minute + Duration::from_secs(10), |screen| {
        assert!(screen.contains("web-app"), "{screen}");
        start.elapsed() > minute
    });
    let more = refusals(lab) - before;
    eprintln!("       {more} refusals in {:.0} s", start.elapsed().as_secs_f64());
    assert!((1..=2).contains(&more), "Corosync on {} was asked {more} times in a minute", NODES[0]);
}

pub(super) fn sudoer(lab: &Lab) {
    let nodes = NODES.map(|node| format!("{node}.sudoer"));
    let terminal = lab.hatui(&["--sudo", "-n", &nodes[0], "-n", &nodes[1], "-n", &nodes[2]], 140, 60);
    terminal.wait("everything, by sudo", Duration::from_secs(30), |screen| {
        ["HEALTHY", "web-app", "connected", "●●●"].iter().all(|word| screen.contains(word))
            && !screen.contains(".sudoer")
            && !screen.contains("not watched")
    });
}

pub(super) fn plain(lab: &Lab) {
    let terminal = lab.hatui(&["-n", "ha-node-1.plain"], 140, 50);
    // Its cibadmin speaks of no connection, as it does where Pacemaker is stopped. hatui must not believe that.
    terminal.wait("what is refused, and nothing told as stopped", Duration::from_secs(20), |screen| {
        ["UNKNOWN", "may not run", "cibadmin", "crm_mon"].iter().all(|word| screen.contains(word))
            && !screen.contains("does not run")
            && !screen.contains("not running")
    });
    drop(terminal);
    let (code, text) = lab.status(&["status", "-n", "ha-node-1.plain"]);
    assert!(code == 3 && text.contains("haclient"), "exit {code}\n{text}");
}
