//! Which nodes are one's own: found by hatui on a node of the cluster, and told apart from those of another cluster.

use std::process::Stdio;
use std::time::Duration;

use super::agreement::agrees;
use super::lab::{Lab, NODES};
use super::shown::row;

/// Where hatui lies on the node: gone with the next boot.
const PROGRAM: &str = "/run/hatui";

fn install(lab: &Lab) {
    let program = std::fs::File::open(env!("CARGO_BIN_EXE_hatui")).unwrap();
    lab.feed(NODES[0], &["sh", "-c", "cat >\"$1\" && chmod 755 \"$1\"", "sh", PROGRAM], Stdio::from(program));
    // What an administrator's home on the node has: the peers are known hosts, and there may be a key.
    let ssh = lab.directory.join("ssh");
    for (name, mode) in [("known_hosts", "644"), ("id", "600")] {
        let file = std::fs::File::open(ssh.join(name)).unwrap();
        let to = format!("/root/.ssh/{}", if name == "id" { "id_ed25519" } else { name });
        lab.feed(NODES[0], &["install", "-D", "-m", mode, "/dev/stdin", &to], Stdio::from(file));
    }
}

/// The masters of ssh on the first node, one a line.
fn masters(lab: &Lab) -> String {
    let all = lab.run(&["exec", NODES[0], "ps", "-e", "-o", "args"]);
    all.lines().filter(|line| line.starts_with("ssh ") && line.contains("hatui")).collect::<Vec<_>>().join("\n")
}

pub(super) fn found_on_a_node(lab: &Lab) {
    install(lab);
    let mut terminal = lab.hatui_on(NODES[0], PROGRAM);
    terminal.wait("this host and the peers it found", Duration::from_secs(30), |screen| {
        screen.contains("●●●") && NODES.iter().all(|node| row(screen, node, "online")) && screen.contains("HEALTHY")
    });
    agrees(lab, &terminal, NODES[0], "ha-node-3 online");
    let ssh = masters(lab);
    assert!(ssh.contains(NODES[1]) && ssh.contains(NODES[2]) && !ssh.contains(NODES[0]), "{ssh}");
    terminal.keys("q");
    assert_eq!(terminal.wait_given_back(10), 0);
    lab.wait_no_strays(Duration::from_secs(30));

    lab.run(&["exec", NODES[0], "rm", "/root/.ssh/id_ed25519"]);
    let terminal = lab.hatui_on(NODES[0], PROGRAM);
    terminal.wait("the peers refuse the login, this host is seen", Duration::from_secs(30), |screen| {
        row(screen, NODES[0], "● ")
            && NODES[1..].iter().all(|node| row(screen, node, "online") && row(screen, node, "login refused"))
    });
    let (code, text) = {
        let output = lab.output(&["exec", NODES[0], PROGRAM, "status"]);
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    assert!(code == Some(1) && text.contains("login refused"), "exit {code:?}\n{text}");
}

/// The third node founds a cluster of its own, and is then named beside the others.
pub(super) fn two_clusters(lab: &Lab) {
    lab.run(&["secede", "ha-node-3", "lone"]);
    let terminal = lab.hatui(&["-n", NODES[0], "-n", NODES[1], "-n", NODES[2]], 160, 60);
    terminal.wait(
        "the stranger is left out, and the cluster that was named first is shown",
        Duration::from_secs(40),
        |screen| {
            screen.contains("belongs to another cluster: it is left out")
                && row(screen, NODES[0], "online")
                && row(screen, NODES[1], "online")
                && row(screen, NODES[0], "● ")
                && row(screen, NODES[1], "● ")
        },
    );
    agrees(lab, &terminal, NODES[0], "ha-node-3 OFFLINE");
    let alone = lab.hatui(&["-n", NODES[2]], 160, 60);
    alone.wait("the other cluster, alone", Duration::from_secs(30), |screen| {
        row(screen, "lone", "online") && !screen.contains(NODES[0])
    });
    lab.run(&["rejoin", "ha-node-3"]);
    drop(terminal);
    lab.run(&["wait-online", "ha-node-3", "90"]);
}
