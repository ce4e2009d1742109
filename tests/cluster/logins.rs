//! Who logs in: a member of haclient, a user who may sudo, a plain one.

use std::time::{Duration, Instant};

use super::lab::{Lab, NODES};
use super::shown::row;

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
    let mut terminal = lab.hatui(&["-n", &nodes[0], "-n", &nodes[1], "-n", &nodes[2]], 160, 60);
    terminal.wait_for("web-app", 20);
    terminal.wait("the refusal by Corosync", Duration::from_secs(20), |screen| {
        screen.contains("may not run corosync-cfgtool")
    });
    terminal.keys("6\r");
    terminal.wait_for("hatui sudoers", 10);
    terminal.keys("q");
    terminal.wait_for("web-app", 10);
    // Every look of the feed would be a line: the fast ones are a second apart, the slow ones half a minute.
    let passed = Duration::from_secs(35);
    terminal.wait("time to pass with Pacemaker's facts", passed + Duration::from_secs(20), |screen| {
        assert!(screen.contains("web-app"), "{screen}");
        start.elapsed() > passed
    });
    let more = refusals(lab) - before;
    eprintln!("       {more} refusals in {:.0} s", start.elapsed().as_secs_f64());
    assert!((1..=2).contains(&more), "Corosync on {} was asked {more} times in {passed:?}", NODES[0]);
}

pub(super) fn sudoer(lab: &Lab) {
    let nodes = NODES.map(|node| format!("{node}.sudoer"));
    let terminal = lab.hatui(&["--sudo", "-n", &nodes[0], "-n", &nodes[1], "-n", &nodes[2]], 160, 60);
    terminal.wait("everything, by sudo", Duration::from_secs(30), |screen| {
        ["HEALTHY", "web-app", "connected", "●●●"].iter().all(|word| screen.contains(word))
            // By the names that the cluster gives them, not by those of ssh.
            && NODES.iter().all(|node| row(screen, node, "online") && !row(screen, node, "not watched"))
    });
}

pub(super) fn plain(lab: &Lab) {
    let terminal = lab.hatui(&["-n", "ha-node-1.plain"], 160, 60);
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

pub(super) fn unknown_host_key(lab: &Lab) {
    let known = lab.home().join("known_hosts");
    std::fs::write(&known, "").unwrap();
    let config = std::fs::read_to_string(lab.ssh_config()).unwrap();
    let keeps = |line: &&str| !line.trim_start().to_lowercase().starts_with("userknownhostsfile");
    let other: Vec<&str> = config.lines().filter(keeps).collect();
    let path = lab.home().join("other_config");
    std::fs::write(&path, format!("UserKnownHostsFile {}\n{}\n", known.display(), other.join("\n"))).unwrap();
    let (code, text) = lab.status_by(path.to_str().unwrap(), &["status", "-n", "ha-node-1"]);
    assert!(code == 3 && text.contains("hatui connect ha-node-1"), "exit {code}\n{text}");
    assert_eq!(std::fs::read_to_string(&known).unwrap(), "", "a host key was written down");
    let mut terminal = lab.hatui_by(path.to_str().unwrap(), &["-n", "ha-node-1"], 160, 60);
    terminal.wait("that the host key is not known", Duration::from_secs(20), |screen| {
        row(screen, "ha-node-1", "unknown ✗ host key") && screen.contains("ha-node-1 refuses hatui: host key")
    });
    terminal.keys("6j\r");
    terminal.wait_for("hatui connect ha-node-1", 10);
    assert_eq!(std::fs::read_to_string(&known).unwrap(), "", "a host key was written down");
}
