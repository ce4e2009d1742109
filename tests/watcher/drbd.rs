//! The feed `drbd`.

use super::bench::{FIGURES, Node, under_each_shell, until};

const POLL: &str = "drbdsetup events2_--full_--poll";
const NOW: &str = "drbdsetup events2_--now_--statistics";

fn drbd(node: &Node, module: &str, tools: &str) {
    node.put("proc-drbd", &format!("version: {module} (api:2/proto:118-124)\n"));
    node.put(
        "drbdadm.out",
        &format!("DRBDADM_API_VERSION=2\nDRBDADM_VERSION_CODE=0x091600\nDRBDADM_VERSION={tools}\n"),
    );
    node.put("drbdsetup.out", "exists resource name:r0 role:Primary\nexists -\n");
}

fn lines(watcher: &super::bench::Watcher) -> Vec<String> {
    watcher.of("").into_iter().map(|line| line.keys).collect()
}

#[test]
fn events_come_as_lines_and_statistics_when_asked_for() {
    under_each_shell(|node| {
        drbd(node, "9.2.18", "9.22.0");
        let watcher = node.watch("drbd");
        let mode = watcher.nth("mode", 1);
        assert!(mode.keys.starts_with("mode=poll ") && mode.text().contains("9.22.0"));
        watcher.nth("", 2);
        assert_eq!(lines(&watcher), ["exists resource name:r0 role:Primary", "exists -"]);
        watcher.say("n");
        watcher.say("n");
        watcher.say("k");
        watcher.nth("", 4);
        assert_eq!(lines(&watcher)[2..], ["change statistics n", "change statistics n"]);
        watcher.beats(2);
        assert_eq!((node.calls(POLL), lines(&watcher).len()), (1, 4));
    });
}

#[test]
fn each_line_of_the_keepalive_is_a_beat() {
    under_each_shell(|node| {
        drbd(node, "9.2.18", "9.22.0");
        let watcher = node.watch("drbd");
        watcher.nth("", 2);
        watcher.stop_keepalive();
        for word in ["n", "k", "some other word", "n"] {
            let before = watcher.of("beat").len();
            watcher.say(word);
            watcher.nth("beat", before + 1);
        }
    });
}

#[test]
fn a_drbdsetup_that_ends_is_told_with_its_exit_code_and_begun_again() {
    under_each_shell(|node| {
        drbd(node, "9.2.18", "9.22.0");
        node.put("drbdsetup.rc", "20");
        node.put("drbdsetup.err", "could not connect to 'drbd' generic netlink family\n");
        let watcher = node.watch("drbd");
        watcher.nth("", 2);
        node.put("drbd.end", "");
        watcher.say("n");
        let fail = watcher.nth("fail", 1);
        assert!(fail.keys.starts_with("tool=drbdsetup kind=poll rc=20 "), "{}", fail.keys);
        assert!(fail.text().starts_with("could not connect to"));
        node.remove("drbd.end");
        until("drbdsetup again", || node.calls(POLL) == 2);
        watcher.nth("", 5);
        watcher.beats(1);
    });
}

#[test]
fn without_drbd_nothing_is_called_until_the_module_is_there() {
    under_each_shell(|node| {
        let watcher = node.watch("drbd");
        assert!(watcher.nth("mode", 1).keys.starts_with("mode=absent "));
        watcher.beats(4);
        assert_eq!((node.calls(POLL), node.calls(NOW)), (0, 0), "drbdsetup would load the module");
        drbd(node, "9.2.18", "9.22.0");
        assert!(watcher.nth("mode", 2).keys.starts_with("mode=poll "));
        watcher.nth("", 2);
    });
}

#[test]
fn older_tools_or_an_older_module_are_looked_at() {
    for (module, tools) in [("8.4.11", "9.22.0"), ("8.4.3", "8.9.2")] {
        under_each_shell(|node| {
            drbd(node, module, tools);
            let watcher = node.watch("drbd");
            assert!(watcher.nth("mode", 1).keys.starts_with("mode=now "));
            assert!(watcher.nth("now", 1).text().ends_with("exists -\n"));
            assert!(watcher.nth("proc", 1).text().starts_with("version: "));
            assert_eq!((node.calls(POLL), lines(&watcher).len()), (0, 0));
            node.put("drbdsetup.out", "exists resource name:r0 role:Secondary\nexists -\n");
            watcher.say("w");
            assert!(watcher.nth("now", 2).text().contains("Secondary"));
        });
    }
}

#[test]
fn tools_that_cannot_be_polled_are_asked_for_json() {
    for tools in ["9.16.0", "8.9.8"] {
        under_each_shell(|node| {
            drbd(node, "9.0.32", tools);
            node.put("drbdsetup.status_--json.out", "[\n]\n\n");
            let watcher = node.watch("drbd");
            assert!(watcher.nth("mode", 1).keys.starts_with("mode=status "));
            assert_eq!(watcher.nth("status", 1).text(), "[\n]\n\n");
            node.put("drbdsetup.status_--json.out", "[\n{}\n]\n\n");
            watcher.say("w");
            assert!(watcher.nth("status", 2).text().contains("{}"));
            assert_eq!((node.calls(POLL), node.calls(NOW), watcher.of("proc").len()), (0, 0, 0));
        });
    }
}

#[test]
fn tools_that_know_no_json_are_told_once_and_looked_at_by_their_events() {
    under_each_shell(|node| {
        drbd(node, "9.0.32", "8.9.8");
        node.put("drbdsetup.status_--json.out", "");
        node.put("drbdsetup.status_--json.err", "drbdsetup: unrecognized option '--json'\n");
        node.put("drbdsetup.status_--json.rc", "20");
        let watcher = node.watch("drbd");
        assert!(watcher.nth("mode", 2).keys.starts_with("mode=now "));
        assert!(watcher.nth("now", 1).text().ends_with("exists -\n"));
        watcher.say("w");
        watcher.beats(4);
        assert_eq!((node.calls("drbdsetup status_--json"), watcher.of("fail").len()), (1, 1));
    });
}

#[test]
fn a_module_that_refuses_is_not_asked_again_soon() {
    under_each_shell(|node| {
        drbd(node, "9.2.18", "9.22.0");
        node.put("drbdsetup.out", "");
        node.put("drbdsetup.err", "drbdsetup: Operation not permitted\n");
        node.put("drbdsetup.rc", "20");
        node.put("drbd.end", "");
        let watcher = node.watch("drbd");
        watcher.nth("mode", 1);
        watcher.say("n");
        assert!(watcher.nth("fail", 1).text().contains("not permitted"));
        watcher.beats(8);
        assert_eq!((node.calls(POLL), watcher.of("fail").len()), (1, 1));
    });
}

#[test]
fn with_sudo_drbdsetup_is_a_fixed_command() {
    under_each_shell(|node| {
        drbd(node, "9.2.18", "9.22.0");
        let watcher = node.watch_as("drbd", "sudo", "document", FIGURES);
        watcher.nth("", 2);
        assert_eq!(node.calls("sudo -n /usr/sbin/drbdsetup events2 --full --poll"), 1);
    });
}
