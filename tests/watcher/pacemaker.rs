//! The feed `pacemaker`.

use super::bench::{FIGURES, Node, Watcher, under_each_shell, until};
use std::time::Duration;

const LOOK: &str = "crm_mon -1_--output-as=xml_-r_-R_--fence-history=3";
const HEADER: &str = "cibadmin -Q_-n";

/// The file that drives looks: `hang`, `out`, `rc`.
fn of_look(what: &str) -> String {
    format!("{}.{what}", LOOK.replace(' ', "."))
}

#[test]
fn hello_comes_first_and_says_who_speaks() {
    under_each_shell(|node| {
        let watcher = node.watch("pacemaker");
        watcher.nth("document", 1);
        let hello = watcher.frames()[0].clone();
        assert_eq!(hello.kind, "hello");
        for key in ["v=1 ", "feed=pacemaker ", "uid=", "host=", "node=ha-node-1 ", "pid="] {
            assert!(hello.keys.contains(key), "{key} in {}", hello.keys);
        }
    });
}

#[test]
fn a_node_name_that_is_no_name_is_not_said() {
    under_each_shell(|node| {
        node.put("crm_node.out", "x pid=1\u{1b}[2J\n");
        let watcher = node.watch("pacemaker");
        assert!(watcher.nth("hello", 1).keys.contains("node= pid="));
    });
}

#[test]
fn a_document_is_sent_once_and_again_only_when_it_differs() {
    under_each_shell(|node| {
        let watcher = node.watch("pacemaker");
        assert!(watcher.nth("document", 1).text().contains("first"));
        until("the waker", || node.wakers() == 1);
        until("its first word", || node.calls("brought") == 1);
        let looks = node.calls(LOOK);
        let text = std::fs::read_to_string(node.dir.join("crm_mon.out")).unwrap();
        node.put("crm_mon.out", &text.replace("now", "later"));
        watcher.say("w");
        until("another look", || node.calls(LOOK) > looks);
        let text = text.replace("now", "then").replace("crm_mon -1\">\n", "crm_mon -d\">\n");
        assert!(text.contains("then") && text.contains("-d"));
        node.put("crm_mon.out", &text);
        node.nudge("draw");
        until("another word", || node.calls("brought") == 2);
        watcher.beats(2);
        assert_eq!(watcher.of("document").len(), 1, "only its last_update and the request differ");
        node.document("second");
        node.nudge("draw");
        assert!(watcher.nth("document", 2).text().contains("second"));
    });
}

#[test]
fn a_payload_is_what_the_tool_printed_byte_for_byte() {
    under_each_shell(|node| {
        let odd = "<a>\n é ☃ %s %n \\n \\0 \\\\ $(id) `id` \"'\t*\n@hatui 0123456789abcdef beat\n</a>\n\n\n";
        node.put("crm_mon.out", odd);
        let watcher = node.watch("pacemaker");
        assert_eq!(watcher.nth("document", 1).text(), odd);
        node.put("crm_mon.out", &odd.repeat(3000));
        watcher.say("w");
        assert_eq!(watcher.nth("document", 2).text(), odd.repeat(3000));
    });
}

#[test]
fn what_the_daemon_brings_is_sent_at_once_though_the_header_did_not_move() {
    under_each_shell(|node| {
        // Nothing is looked at without a reason within this test.
        let watcher = node.watch_as("pacemaker", "-", "document", "2,2,100");
        until("its first word", || node.calls("brought") == 1);
        watcher.beats(4);
        let odd =
            "<a>\n é ☃ %s %n \\n \\0 \\\\ $(id) `id` \"'\t*\n@hatui 0123456789abcdef beat\n12:</a>\n\n".repeat(3000);
        let second = format!("<pacemaker-result >\n{odd}<status code=\"0\"/>\n</pacemaker-result>\n");
        node.put("crm_mon.out", &second);
        let looks = node.calls(LOOK);
        watcher.beats(1);
        assert_eq!((node.calls(LOOK), watcher.of("document").len()), (looks, 1), "quiet");
        // No look comes to an end meanwhile.
        node.put(&of_look("hang"), "");
        node.nudge("draw");
        assert!(watcher.nth("document", 2).text() == second, "byte for byte");
        node.remove(&of_look("hang"));
        for (count, what) in (3..).zip(["third", "fourth"]) {
            node.document(what);
            node.nudge("draw");
            assert!(watcher.nth("document", count).text().contains(what));
        }
        let files = node.wakers_files();
        assert!(files.len() == 1 && !files[0].parent().unwrap().exists(), "left: {files:?}");
    });
}

#[test]
fn what_the_daemon_brings_is_kept_before_it_is_told_of() {
    under_each_shell(|node| {
        // As on a busy node: some time passes between what `tee` writes to one and to the other.
        node.instead("tee", include_str!("bin/slow-tee"));
        let watcher = node.watch_as("pacemaker", "-", "document", "2,2,100");
        until("its first word", || node.calls("brought") == 1);
        watcher.beats(5);
        let looks = node.calls(LOOK);
        node.put(&of_look("hang"), "");
        node.document("second");
        node.nudge("draw");
        assert!(watcher.nth("document", 2).text().contains("second"));
        assert!(node.calls(LOOK) <= looks + 1, "not by a look: {}", node.calls(LOOK));
        node.remove(&of_look("hang"));
    });
}

#[test]
fn a_daemon_that_brings_much_at_short_intervals_rests_until_nothing_moves() {
    under_each_shell(|node| {
        let watcher = node.watch_as("pacemaker", "-", "document", "2,2,100");
        until("its first word", || node.calls("brought") == 1);
        watcher.beats(5);
        let daemon = || node.processes().iter().any(|(_, line)| line.contains("tee ") || line.contains("crm_mon -d"));
        for (count, what) in (2..).zip(["second", "third"]) {
            assert!(daemon(), "before the {what}");
            node.document(&format!("{what}\"/>\n{}<x what=\"", "<resource id=\"web\"/>\n".repeat(6000)));
            node.nudge("draw");
            assert!(watcher.nth("document", count).text().contains(what));
        }
        until("the end of the daemon", || {
            node.nudge("draw");
            !daemon()
        });
        for updates in 2..6 {
            node.cib(updates);
            watcher.nth("cib", updates as usize);
            watcher.beats(2);
            assert_eq!(node.wakers(), 1, "while it moves");
        }
        until("another daemon", || node.wakers() == 2);
    });
}

#[test]
fn what_the_daemon_brings_is_followed_by_a_look() {
    under_each_shell(|node| {
        let document = |what: &str| {
            let status = "<status code=\"0\"/>\n</pacemaker-result>\n";
            format!("<pacemaker-result >\n<x what=\"{what}\"/>\n{status}")
        };
        node.put(&of_look("out"), &document("so it is"));
        node.put("crm_mon.out", &document("so it is"));
        let watcher = node.watch_as("pacemaker", "-", "document", "2,2,100");
        until("its first word", || node.calls("brought") == 1);
        watcher.beats(5);
        // Computed before what a look told, and late.
        node.put("crm_mon.out", &document("so it was"));
        node.nudge("draw");
        assert!(watcher.nth("document", 2).text().contains("so it was"));
        assert!(watcher.nth("document", 3).text().contains("so it is"));
    });
}

#[test]
fn what_the_daemon_brings_of_a_cluster_that_is_not_well_is_looked_at() {
    under_each_shell(|node| {
        let watcher = node.watch_as("pacemaker", "-", "document", "2,2,100");
        until("its first word", || node.calls("brought") == 1);
        watcher.beats(4);
        let looks = node.calls(LOOK);
        let gone = "<pacemaker-result>\n<crm-mon-disconnected/>\n<status code=\"107\"/>\n</pacemaker-result>\n";
        node.put("crm_mon.out", gone);
        node.nudge("draw");
        until("a look", || node.calls(LOOK) > looks);
    });
}

#[test]
fn a_daemon_that_has_said_much_is_replaced() {
    under_each_shell(|node| {
        let document = |what: u32| {
            let much = "<x/>\n".repeat(500_000);
            let text = format!("<pacemaker-result >\n{what}{much}<status code=\"0\"/>\n</pacemaker-result>\n");
            node.put("crm_mon.out", &text);
        };
        let watcher = node.watch_as("pacemaker", "-", "document", "2,15,100");
        until("its first word", || node.calls("brought") == 1);
        for what in 2..6 {
            let said = node.calls("brought");
            document(what);
            node.nudge("draw");
            until("another word", || node.calls("brought") > said);
            if node.wakers() > 1 {
                break;
            }
            watcher.nth("document", usize::try_from(what).unwrap());
        }
        until("another waker", || {
            node.nudge("draw");
            node.wakers() == 2
        });
    });
}

#[test]
fn where_crm_mon_is_no_such_daemon_what_it_draws_is_looked_at() {
    under_each_shell(|node| {
        for without_folder in [false, true] {
            let node = node.like();
            if without_folder {
                node.without("mkdir");
            } else {
                node.put("crm_mon.old", "");
            }
            // Nothing is looked at without a reason within this test.
            let watcher = node.watch_as("pacemaker", "-", "document", "2,2,100");
            until("interactive crm_mon", || node.calls("crm_mon ") == 1);
            watcher.beats(4);
            node.document("second");
            let looks = node.calls(LOOK);
            watcher.beats(1);
            assert_eq!((node.calls(LOOK), watcher.of("document").len()), (looks, 1), "quiet");
            node.nudge("draw");
            assert!(watcher.nth("document", 2).text().contains("second"));
            assert_eq!(node.wakers(), usize::from(!without_folder), "not tried again");
        }
    });
}

/// Three nodes, of which ha-node-2 is offline; `dc` is the DC.
fn three_nodes(node: &Node, dc: &str, nodes: u32, what: &str) {
    let rows: String = ["ha-node-1", "ha-node-2", "ha-node-3"]
        .map(|name| format!("<node name=\"{name}\" id=\"1\" online=\"{}\"/>\n", name != "ha-node-2"))
        .concat();
    let dc = format!("<current_dc present=\"true\" version=\"2.1.5\" name=\"{dc}\" id=\"2\"/>");
    let text = format!(
        "<summary>\n{dc}\n<nodes_configured number=\"{nodes}\"/>\n</summary>\n<nodes>\n{rows}</nodes>\n<x what=\"{what}\"/>\n"
    );
    node.put("crm_mon.out", &format!("<pacemaker-result >\n{text}<status code=\"0\"/>\n</pacemaker-result>\n"));
}

#[test]
fn the_first_node_that_is_not_the_dc_looks_before_the_others() {
    under_each_shell(|node| {
        // This is the DC: ha-node-3 precedes it.
        three_nodes(node, "ha-node-1", 3, "first");
        node.put("crm_mon.old", "");
        let watcher = node.watch_as("pacemaker", "-", "document", "2,2,100");
        until("the waker", || node.calls("crm_mon ") == 1);
        watcher.beats(4);
        three_nodes(node, "ha-node-1", 3, "second");
        let woken = std::time::Instant::now();
        node.nudge("draw");
        let second = watcher.nth("document", 2);
        assert!(second.text().contains("second"));
        // Ticks of the clock are of 10 ms.
        assert!(second.at - woken >= Duration::from_millis(60), "{:?}", second.at - woken);
    });
}

#[test]
fn what_the_daemon_brings_is_not_sent_by_the_dc_of_more_than_two_nodes() {
    under_each_shell(|node| {
        for (dc, nodes, sent) in [("ha-node-1", 3, false), ("ha-node-1", 2, true), ("ha-node-3", 3, true)] {
            let node = node.like();
            three_nodes(&node, dc, nodes, "first");
            let watcher = node.watch_as("pacemaker", "-", "document", "2,2,100");
            until("its first word", || node.calls("brought") == 1);
            // For 3 s the header is polled: what is brought in the middle of that is looked at instead.
            watcher.beats(5);
            // No look comes to an end.
            node.put(&of_look("hang"), "");
            let looks = node.calls(LOOK);
            three_nodes(&node, dc, nodes, "second");
            node.nudge("draw");
            if sent {
                assert!(watcher.nth("document", 2).text().contains("second"));
            } else {
                until("a look", || node.calls(LOOK) > looks);
                assert_eq!(watcher.of("document").len(), 1, "{dc} of {nodes}");
            }
        }
    });
}

#[test]
fn without_any_waker_the_header_tells_what_moved() {
    under_each_shell(|node| {
        node.without("script");
        node.put("crm_mon.old", "");
        let watcher = node.watch("pacemaker");
        watcher.nth("document", 1);
        node.document("second");
        node.cib(2);
        assert!(watcher.nth("document", 2).text().contains("second"));
        assert!(watcher.nth("cib", 2).text().contains("num_updates=\"2\""));
        assert_eq!(node.calls("crm_mon "), 0);
    });
}

#[test]
fn a_slow_tool_does_not_hold_up_beats() {
    under_each_shell(|node| {
        node.put("crm_mon.delay", "3");
        let watcher = node.watch_as("pacemaker", "-", "document", "20,15,10");
        let sent = watcher.nth("document", 1);
        let beats: Vec<_> = watcher.of("beat").into_iter().filter(|beat| beat.at < sent.at).collect();
        assert!(beats.len() >= 2, "{} beats while crm_mon worked for 3 s", beats.len());
    });
}

#[test]
fn a_hung_tool_is_killed_and_told_and_its_return_too() {
    under_each_shell(|node| {
        node.put("crm_mon.hang", "");
        let watcher = node.watch("pacemaker");
        let fail = watcher.nth("fail", 1);
        assert!(fail.keys.starts_with("tool=crm_mon kind=document rc=124 "), "{}", fail.keys);
        assert!(!watcher.of("beat").is_empty(), "beats went on");
        node.remove("crm_mon.hang");
        watcher.nth("ok", 1);
        assert!(watcher.nth("document", 1).text().contains("first"));
        assert_eq!(watcher.of("fail").len(), 1, "told once");
    });
}

#[test]
fn a_tool_that_heeds_no_signal_is_killed_for_good() {
    under_each_shell(|node| {
        node.put("crm_mon.stubborn", "");
        let watcher = node.watch("pacemaker");
        let fail = watcher.nth("fail", 1);
        assert!(fail.keys.starts_with("tool=crm_mon kind=document rc=124 "), "{}", fail.keys);
    });
}

#[test]
fn a_stopped_cluster_is_a_document_of_its_own_and_its_return_is_seen() {
    under_each_shell(|node| {
        node.put("crm_mon.out", "<pacemaker-result><status code=\"102\"/></pacemaker-result>\n");
        node.put("crm_mon.rc", "102");
        node.put("cibadmin.rc", "102");
        node.put("cibadmin.-Q_-n.out", "");
        node.put("cibadmin.err", "Could not connect to the CIB: Transport endpoint is not connected\n");
        let watcher = node.watch("pacemaker");
        assert!(watcher.nth("document", 1).keys.starts_with("rc=102 "));
        assert!(watcher.nth("fail", 1).text().starts_with("Could not connect to the CIB"));
        watcher.beats(4);
        assert_eq!(watcher.of("document").len(), 1, "told once");
        assert_eq!(watcher.of("fail").len(), 1, "told once");
        node.document("back");
        node.cib(1);
        node.remove("crm_mon.rc");
        node.remove("cibadmin.rc");
        assert!(watcher.nth("document", 2).text().contains("back"));
        assert_eq!(watcher.nth("ok", 1).keys, "tool=cibadmin kind=cib");
        watcher.nth("cib", 1);
    });
}

#[test]
fn refused_permission_is_told_once_and_not_asked_again_soon() {
    under_each_shell(|node| {
        node.put("crm_mon.rc", "4");
        node.put("crm_mon.out", "<status code=\"4\" message=\"Insufficient privileges\"/>\n");
        node.put("cibadmin.-Q_-n.out", "");
        node.put("cibadmin.rc", "102");
        let watcher = node.watch("pacemaker");
        let fail = watcher.nth("fail", 2);
        assert!(fail.keys.starts_with("tool=crm_mon kind=document rc=4 "), "{}", fail.keys);
        assert!(fail.text().contains("Insufficient privileges"), "what it said instead of its standard error");
        watcher.beats(4);
        assert_eq!((node.calls(LOOK), node.calls(HEADER), watcher.of("fail").len()), (1, 1, 2));
        assert!(watcher.of("document").is_empty());
    });
}

#[test]
fn an_older_crm_mon_is_asked_in_its_own_words() {
    under_each_shell(|node| {
        node.put("crm_mon.-1_--output-as=xml_-r_-R_--fence-history=3.rc", "64");
        node.put("crm_mon.-1_--output-as=xml_-r_-R_--fence-history=3.out", "usage: crm_mon\n");
        let watcher = node.watch("pacemaker");
        assert!(watcher.nth("document", 1).text().contains("first"));
        node.document("second");
        node.cib(2);
        assert!(watcher.nth("document", 2).text().contains("second"));
        assert_eq!(node.calls(LOOK), 1, "remembered");
    });
}

#[test]
fn a_hundred_changes_in_two_seconds_are_a_few_looks_and_the_last_is_sent() {
    under_each_shell(|node| {
        // Some 50 to 150 ms of CPU.
        node.put("crm_mon.burn", "90000");
        let watcher = node.watch("pacemaker");
        until("the waker", || node.wakers() == 1);
        watcher.beats(4);
        let before = node.calls(LOOK);
        let start = std::time::Instant::now();
        for change in 2..=101 {
            node.document(&format!("change {change}"));
            node.cib(change);
            if change % 5 == 0 {
                node.nudge("draw");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        until("the last change", || {
            watcher.of("document").last().is_some_and(|last| last.text().contains("change 101"))
        });
        watcher.beats(1);
        let looks = node.calls(LOOK) - before;
        // Five times a look's CPU lies between two looks, but for the credit of a second: however long it all took.
        let took = usize::try_from(start.elapsed().as_millis()).unwrap();
        assert!((2..=8 + took / 200).contains(&looks), "{looks} looks in {took} ms");
        let calls = std::fs::read_to_string(node.dir.join("calls")).unwrap();
        let mut at_once = 0;
        for line in calls.lines().filter(|line| line.ends_with(LOOK)) {
            at_once = if line.starts_with("begin") { at_once + 1 } else { at_once - 1 };
            assert!(at_once <= 1, "two at once");
        }
    });
}

#[test]
fn the_configuration_is_sent_when_the_epoch_moved_and_it_differs() {
    under_each_shell(|node| {
        node.put("cibadmin.-Q_-o_constraints.out", "<constraints/>\n");
        node.put("cibadmin.-Q_-o_crm_config.out", "<crm_config/>\n");
        node.put("cibadmin.-Q_-o_nodes.out", "<nodes/>\n");
        let watcher = node.watch("pacemaker");
        assert_eq!(watcher.nth("constraints", 1).text(), "<constraints/>\n");
        assert_eq!(watcher.nth("options", 1).text(), "<crm_config/>\n");
        assert_eq!(watcher.nth("attributes", 1).text(), "<nodes/>\n");
        node.put("cibadmin.-Q_-o_constraints.out", "<constraints><a/></constraints>\n");
        node.cib(2);
        watcher.say("w");
        watcher.nth("cib", 2);
        watcher.beats(2);
        assert_eq!(watcher.of("constraints").len(), 1, "only num_updates moved");
        node.cib_version(6, 0);
        watcher.say("w");
        assert!(watcher.nth("constraints", 2).text().contains("<a/>"));
        watcher.beats(1);
        assert_eq!(watcher.of("options").len(), 1, "it does not differ");
    });
}

#[test]
fn at_the_pace_of_headers_no_status_is_computed() {
    under_each_shell(|node| {
        let watcher = node.watch_as("pacemaker", "-", "header", FIGURES);
        watcher.nth("cib", 1);
        node.cib(2);
        watcher.nth("cib", 2);
        assert!(watcher.of("document").is_empty());
        assert_eq!((node.calls(LOOK), node.wakers(), node.calls("cibadmin -Q_-o_nodes")), (0, 0, 0));
        watcher.say("d");
        watcher.nth("document", 1);
        until("the waker", || node.wakers() == 1);
        watcher.say("h");
        // It ends when it speaks next.
        until("the end of the daemon", || {
            node.nudge("draw");
            !node.processes().iter().any(|(_, line)| line.contains("tee ") || line.contains("crm_mon -d"))
        });
        watcher.say("d");
        assert!(watcher.nth("document", 2).text().contains("first"), "sent anew, though it is the same");
    });
}

/// A `sleep` that is counted, as calls of `slept`.
const SLEEP: &str = "#!/bin/sh\necho slept >>\"$STUB/calls\"\nexec /bin/sleep \"$@\"\n";

/// Once all is done that a start brings, it sleeps, and is woken by nothing but its ticks.
fn rests(node: &Node, watcher: &Watcher) {
    watcher.beats(5);
    let slept = node.calls("slept");
    watcher.beats(4);
    let slept = node.calls("slept") - slept;
    assert!(slept <= 12, "woke {slept} times in some 4 s for nothing");
}

#[test]
fn told_to_send_headers_before_it_asked_for_all_it_rests() {
    under_each_shell(|node| {
        node.instead("sleep", SLEEP);
        let watcher = node.watch_as("pacemaker", "-", "document", "2,2,100");
        watcher.nth("document", 1);
        watcher.say("h");
        rests(node, &watcher);
        assert_eq!(node.calls("cibadmin -Q_-o_nodes"), 0, "asked for, after all");
        watcher.say("d");
        watcher.nth("attributes", 1);
    });
}

#[test]
fn an_epoch_that_comes_back_leaves_nothing_due() {
    under_each_shell(|node| {
        node.instead("sleep", SLEEP);
        let watcher = node.watch_as("pacemaker", "-", "document", "2,2,100");
        watcher.nth("attributes", 1);
        for (count, epoch) in [(2, 6), (3, 5)] {
            node.cib_version(epoch, 1);
            watcher.nth("cib", count);
        }
        rests(node, &watcher);
        assert_eq!(node.calls("cibadmin -Q_-o_nodes"), 1, "it is the same again");
    });
}

#[test]
fn a_part_of_the_configuration_that_could_not_be_had_is_asked_for_again() {
    under_each_shell(|node| {
        let part = "cibadmin.-Q_-o_crm_config";
        node.put(&format!("{part}.rc"), "107");
        let watcher = node.watch("pacemaker");
        assert!(watcher.nth("fail", 1).keys.contains("kind=options rc=107"));
        watcher.nth("attributes", 1);
        node.remove(&format!("{part}.rc"));
        watcher.nth("options", 1);
        assert_eq!(watcher.of("attributes").len(), 1, "what is the same is sent once");
    });
}

#[test]
fn a_daemon_that_was_ended_before_its_first_word_is_no_reason_for_another_waker() {
    under_each_shell(|node| {
        node.put("crm_mon.late", "");
        let watcher = node.watch("pacemaker");
        until("the waker", || node.wakers() == 1);
        watcher.say("h");
        until("the end of the daemon", || !node.processes().iter().any(|(_, line)| line.contains("tee ")));
        node.remove("crm_mon.late");
        watcher.beats(2);
        watcher.say("d");
        until("another daemon", || node.wakers() == 2);
        assert_eq!(node.calls("crm_mon "), 0, "interactive");
    });
}

#[test]
fn headers_and_then_documents_asked_for_during_a_look_bring_a_document_anew() {
    under_each_shell(|node| {
        let watcher = node.watch_as("pacemaker", "-", "document", "2,2,100");
        watcher.nth("attributes", 1);
        watcher.beats(5);
        let looks = node.calls(LOOK);
        node.put("crm_mon.delay", "1");
        watcher.say("w");
        until("a look", || node.calls(LOOK) > looks);
        watcher.say("h");
        watcher.say("d");
        assert_eq!(watcher.nth("document", 2).payload, watcher.nth("document", 1).payload);
    });
}

#[test]
fn a_look_that_failed_makes_no_header_seem_changed() {
    under_each_shell(|node| {
        let watcher = node.watch_as("pacemaker", "-", "document", "2,2,100");
        watcher.nth("attributes", 1);
        node.put(&of_look("rc"), "124");
        watcher.say("w");
        watcher.nth("fail", 1);
        watcher.beats(5);
        assert_eq!(watcher.of("cib").len(), 1);
    });
}

#[test]
fn with_sudo_each_tool_is_a_fixed_command() {
    under_each_shell(|node| {
        let watcher = node.watch_as("pacemaker", "sudo", "document", FIGURES);
        watcher.nth("document", 1);
        assert!(node.calls("sudo -n /usr/sbin/crm_mon -1 --output-as=xml -r -R --fence-history=3") >= 1);
        assert!(node.calls("sudo -n /usr/sbin/cibadmin -Q -n") >= 1);
        watcher.beats(2);
        assert_eq!((node.wakers(), node.calls("crm_mon ")), (0, 0), "what cannot be ended is not begun");
    });
}
