//! When a watcher ends, everything that it started ends too.

use super::bench::{Node, Watcher, kill, under_each_shell, until};
use std::path::Path;

/// A feed with all that it may have running at the same time.
fn busy(node: &Node, feed: &str) -> Watcher {
    let watcher = match feed {
        "drbd" => {
            node.put("proc-drbd", "version: 9.2.18 (api:2/proto:118-124)\n");
            node.put("drbdadm.out", "DRBDADM_VERSION=9.22.0\n");
            let watcher = node.watch("drbd");
            until("drbdsetup", || node.calls("drbdsetup events2_--full_--poll") == 1);
            watcher
        }
        "corosync" => {
            node.put("corosync-cfgtool.out", "LINK ID 0 udp\n");
            let watcher = node.watch("corosync");
            until("the waker", || node.calls("corosync-quorumtool -m") == 1);
            watcher
        }
        "hung" => {
            node.put("crm_mon.hang", "");
            let watcher = node.watch_as("pacemaker", "-", "document", "2,15,10");
            until("a look", || node.calls("crm_mon -1_--output-as=xml_-r_-R_--fence-history=3") == 1);
            watcher
        }
        "starting" => {
            node.put("crm_mon.late", "");
            let watcher = node.watch("pacemaker");
            until("the waker", || node.wakers() == 1);
            assert!(node.wakers_files()[0].parent().unwrap().exists());
            watcher
        }
        _ => {
            let watcher = node.watch("pacemaker");
            until("the waker", || node.wakers() == 1);
            watcher
        }
    };
    watcher.nth("beat", 1);
    watcher
}

fn nothing_is_left_after(why: &str, act: impl Fn(&Node, &mut Watcher) + Sync) {
    std::thread::scope(|scope| {
        for feed in ["pacemaker", "starting", "hung", "corosync", "drbd"] {
            let act = &act;
            scope.spawn(move || {
                under_each_shell(|node| {
                    let mut watcher = busy(node, feed);
                    act(node, &mut watcher);
                    watcher.nothing_is_left(&format!("{why}, feed {feed}"));
                });
            });
        }
    });
}

/// The shells of a watcher: the one at the top, and the only one below it that holds its output as descriptor 5.
fn top_and_main(node: &Node, watcher: &Watcher) -> (u32, u32) {
    let hello = watcher.nth("hello", 1).keys;
    let top: u32 = hello.rsplit_once("pid=").unwrap().1.parse().unwrap();
    let parent = format!(" {top} ");
    let main = node.processes().into_iter().find(|(pid, _)| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        Path::new(&format!("/proc/{pid}/fd/5")).exists()
            && stat.rsplit_once(')').is_some_and(|(_, rest)| rest[2..].starts_with(&parent))
    });
    (top, main.unwrap().0)
}

#[test]
fn nothing_is_left_when_the_input_ends() {
    nothing_is_left_after("the end of its input", |_, watcher| {
        watcher.close_stdin();
        assert_eq!(watcher.nth("bye", 1).keys, "why=input");
    });
}

#[test]
fn nothing_is_left_when_the_keepalive_is_missing() {
    nothing_is_left_after("a missing keepalive", |_, watcher| {
        watcher.stop_keepalive();
        assert_eq!(watcher.nth("bye", 1).keys, "why=keepalive");
    });
}

#[test]
fn nothing_is_left_when_nobody_reads_any_more() {
    nothing_is_left_after("a closed output", |_, watcher| watcher.close_stdout());
}

#[test]
fn nothing_is_left_after_a_signal() {
    nothing_is_left_after("SIGTERM", |_, watcher| {
        kill(watcher.pid(), "TERM");
        assert_eq!(watcher.nth("bye", 1).keys, "why=signal");
    });
    nothing_is_left_after("SIGHUP", |_, watcher| {
        kill(watcher.pid(), "HUP");
        assert_eq!(watcher.nth("bye", 1).keys, "why=hangup");
    });
}

#[test]
fn nothing_is_left_when_the_main_shell_is_killed() {
    nothing_is_left_after("SIGKILL of the shell at the top", |node, watcher| {
        let (top, _) = top_and_main(node, watcher);
        kill(top, "KILL");
    });
    nothing_is_left_after("SIGKILL of the main loop", |node, watcher| {
        let (_, main) = top_and_main(node, watcher);
        kill(main, "KILL");
    });
    nothing_is_left_after("SIGKILL of timeout", |_, watcher| kill(watcher.pid(), "KILL"));
}

#[test]
fn nothing_is_left_when_any_of_its_processes_was_killed_and_the_connection_ends() {
    under_each_shell(|node| {
        let processes = |node: &Node| {
            let mut found = node.processes();
            found.sort_unstable();
            found
        };
        let first = busy(node, "pacemaker");
        let count = processes(node).len();
        assert!(count >= 6, "{:?}", processes(node));
        drop(first);
        // Each one's victim is the next of its processes, in the order of their birth.
        std::thread::scope(|scope| {
            for victim in 0..count {
                scope.spawn(move || {
                    let node = node.like();
                    let mut watcher = busy(&node, "pacemaker");
                    let Some((pid, line)) = processes(&node).get(victim).cloned() else { return };
                    kill(pid, "KILL");
                    watcher.close_stdin();
                    watcher.nothing_is_left(&format!("SIGKILL of {line:?}"));
                });
            }
        });
    });
}

#[test]
fn a_full_pipe_does_not_keep_it_alive() {
    under_each_shell(|node| {
        node.put("crm_mon.out", &"x".repeat(300_000));
        let mut command = node.command("pacemaker");
        command.args([super::bench::NONCE, "pacemaker", "-", "document", super::bench::FIGURES]);
        // Nobody reads, nobody writes, nothing is closed.
        let mut child = command.spawn().unwrap();
        until("a look", || node.calls("crm_mon -1_--output-as=xml_-r_-R_--fence-history=3") == 1);
        until("an empty node", || {
            let _ = child.try_wait();
            node.processes().is_empty()
        });
    });
}

#[test]
fn it_refuses_to_run_where_it_would_end_others_with_itself() {
    under_each_shell(|node| {
        let output = node.run_in_our_group();
        assert_eq!(output.status.code(), Some(64));
        assert!(String::from_utf8_lossy(&output.stderr).contains("no process group of its own"));
    });
}

#[test]
fn arguments_that_are_none_are_refused() {
    under_each_shell(|node| {
        for bad in [
            ["0123456789abcde", "pacemaker", "-", "document", "2,2,1"],
            ["0123456789abcdeF", "pacemaker", "-", "document", "2,2,1"],
            ["0123456789abcdef", "drbd", "-", "document", "2,2,1"],
            ["0123456789abcdef", "pacemaker", "sh", "document", "2,2,1"],
            ["0123456789abcdef", "pacemaker", "-", "all", "2,2,1"],
            ["0123456789abcdef", "pacemaker", "-", "document", "2,2,1;id"],
            ["0123456789abcdef", "pacemaker", "-", "document", "2,2"],
        ] {
            let output = node.command("pacemaker").args(bad).output().unwrap();
            assert_eq!(output.status.code(), Some(64), "{bad:?}");
            assert!(output.stdout.is_empty());
        }
    });
}
