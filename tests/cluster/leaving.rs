//! Left as it was found: no process on the nodes, no ssh here, the terminal given back.

use std::process::Command;
use std::time::{Duration, Instant};

use super::lab::{Lab, NODES};

/// The ssh masters that the hatui of this process number started.
fn masters(pid: u32) -> Vec<String> {
    let mine = format!("/{pid}/");
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|process| std::fs::read_to_string(process.path().join("cmdline")).ok())
        .filter(|line| line.starts_with("ssh") && line.contains("hatui") && line.contains(&mine))
        .collect()
}

fn wait_no_masters(pid: u32, limit: Duration) -> Duration {
    let start = Instant::now();
    loop {
        let left = masters(pid);
        if left.is_empty() {
            return start.elapsed();
        }
        assert!(start.elapsed() < limit, "waited {limit:?} for ssh to end here; left: {left:?}");
    }
}

fn kill(signal: &str, pid: u32) {
    assert!(Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
}

pub(super) fn nothing_stays(lab: &Lab) {
    for way in ["q", "SIGTERM", "SIGKILL"] {
        let mut terminal = lab.watching();
        let pid = terminal.pid();
        assert!(masters(pid).len() >= NODES.len(), "no ssh is seen at work: the count would tell nothing");
        match way {
            "q" => terminal.keys("q"),
            "SIGTERM" => kill("-TERM", pid),
            _ => kill("-KILL", pid),
        }
        if way == "SIGKILL" {
            let _ = terminal.child.wait();
        } else {
            assert_eq!(terminal.wait_given_back(10), 0);
        }
        let nodes = lab.wait_no_strays(Duration::from_secs(30));
        // A master that nobody could end, or not within the 2 s that hatui gives it, ends itself after 10 s without a use.
        let here = nodes + wait_no_masters(pid, Duration::from_secs(20));
        eprintln!("       after {way}: gone from the nodes in {nodes:.1?}, here in {here:.1?}");
    }
}

pub(super) fn nothing_stays_without_a_network(lab: &Lab) {
    let terminal = lab.watching();
    let start = Instant::now();
    lab.run(&["link", "down", "ha-node-3", "mgmt"]);
    loop {
        let left = lab.run(&["strays", "ha-node-3"]);
        if left.trim().is_empty() {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "left on ha-node-3 after 30 s without a network:\n{left}");
    }
    eprintln!("       without a network: gone in {:.1?}", start.elapsed());
    lab.run(&["link", "up", "ha-node-3", "mgmt"]);
    terminal.wait("ha-node-3 live again", Duration::from_mins(1), |screen| screen.contains("●●●"));
    drop(terminal);
    lab.wait_no_strays(Duration::from_secs(30));
}
