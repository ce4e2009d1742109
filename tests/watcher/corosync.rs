//! The feed `corosync`.

use super::bench::{FIGURES, Node, under_each_shell, until};

const STATS: &str = "stats.knet.node2.link0.connected (u8) = 1
stats.knet.node2.link0.latency_ave (u32) = 100
stats.knet.node2.link0.rx_ping_packets (u64) = 4711
stats.knet.node2.link0.mtu (u32) = 1446
";

fn quorum(node: &Node, date: &str, rest: &str) {
    node.put(
        "corosync-quorumtool.out",
        &format!("Quorum information\n------------------\nDate:             {date}\nRing ID: {rest}\n"),
    );
}

fn healthy(node: &Node) {
    node.put("corosync.out", "Corosync Cluster Engine, version '3.1.7'\nCopyright\n");
    node.put("pacemakerd.out", "Pacemaker 2.1.5\n");
    node.put("drbdadm.out", "DRBDADM_API_VERSION=2\nDRBDADM_VERSION=9.22.0\n");
    node.put("corosync-cfgtool.-s.out", "LINK ID 0 udp\n");
    node.put("corosync-cfgtool.-n.out", "nodeid: 2 reachable\n\n");
    node.put("corosync-cmapctl.out", STATS);
    quorum(node, "Mon", "1.d");
}

#[test]
fn each_source_is_sent_when_it_differs() {
    under_each_shell(|node| {
        healthy(node);
        node.put("corosync-cmapctl.-g_runtime.config.totem.token.out", "runtime.config.totem.token (u32) = 1650\n");
        let watcher = node.watch("corosync");
        let units = watcher.nth("units", 1).text();
        assert!(units.starts_with("corosync Corosync Cluster Engine, version '3.1.7'\npacemakerd Pacemaker 2.1.5\n"));
        assert!(units.contains("\ndrbdadm DRBDADM_VERSION=9.22.0"), "{units}");
        // Only root is asked for the token: others would be refused.
        let root = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0;
        assert_eq!(units.contains("\ntoken 1650"), root, "{units}");
        assert_eq!(watcher.nth("links", 1).text(), "LINK ID 0 udp\n");
        assert_eq!(watcher.nth("reach", 1).text(), "nodeid: 2 reachable\n\n");
        assert!(watcher.nth("quorum", 1).text().contains("1.d"));
        let latency = watcher.nth("latency", 1).text();
        assert!(latency.contains("latency_ave") && latency.contains("mtu") && !latency.contains("rx_ping"));
        node.put("corosync-cfgtool.-s.out", "LINK ID 0 udp disconnected\n");
        assert!(watcher.nth("links", 2).text().contains("disconnected"));
    });
}

#[test]
fn the_clock_is_told_now_and_then_and_what_is_started_at_boot_when_it_differs() {
    under_each_shell(|node| {
        healthy(node);
        node.put("systemctl.out", "disabled\n");
        node.put("systemctl.rc", "1");
        let watcher = node.watch("corosync");
        let units = watcher.nth("units", 1).text();
        assert!(units.contains("\nsystemctl disabled"), "{units}");
        assert_eq!(node.calls("systemctl is-enabled_drbd.service"), 1);
        let now = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        // Each minute with intervals of ten seconds: here each 6 s.
        for told in 1..=2 {
            let clock = watcher.nth("clock", told);
            let s: u64 = clock.keys.trim().strip_prefix("s=").unwrap().parse().unwrap();
            assert!(now() - s < 5, "{s}");
        }
        assert!(watcher.of("units").len() == 1 && watcher.of("fail").is_empty());
    });
}

#[test]
fn the_date_of_the_quorum_is_no_difference() {
    under_each_shell(|node| {
        healthy(node);
        let watcher = node.watch("corosync");
        watcher.nth("quorum", 1);
        until("the waker", || node.calls("corosync-quorumtool -m") == 1);
        quorum(node, "Tue", "1.d");
        let looks = node.calls("corosync-quorumtool -s");
        node.nudge("membership");
        until("another look", || node.calls("corosync-quorumtool -s") > looks);
        watcher.beats(1);
        assert_eq!(watcher.of("quorum").len(), 1);
        quorum(node, "Wed", "1.e");
        node.nudge("membership");
        assert!(watcher.nth("quorum", 2).text().contains("1.e"));
    });
}

#[test]
fn no_quorum_is_an_answer_and_no_failure() {
    under_each_shell(|node| {
        healthy(node);
        node.put("corosync-quorumtool.rc", "2");
        let watcher = node.watch("corosync");
        let quorum = watcher.nth("quorum", 1);
        assert!(quorum.keys.starts_with("rc=2 ") && quorum.text().contains("1.d"));
        assert!(watcher.of("fail").is_empty());
    });
}

#[test]
fn refused_permission_is_told_once_and_not_asked_again_soon() {
    under_each_shell(|node| {
        node.put("corosync-cfgtool.err", "Could not initialize corosync configuration API error 11\n");
        node.put("corosync-cfgtool.rc", "1");
        let watcher = node.watch("corosync");
        let fail = watcher.nth("fail", 1);
        assert!(fail.keys.starts_with("tool=corosync-cfgtool kind=links rc=1 "));
        assert!(fail.text().contains("API error 11"));
        watcher.say("w");
        watcher.beats(4);
        let asked =
            ["corosync-cfgtool -s", "corosync-quorumtool -s", "corosync-quorumtool -m"].map(|call| node.calls(call));
        assert_eq!((asked, watcher.of("fail").len()), ([1, 0, 0], 1));
    });
}

#[test]
fn with_sudo_each_tool_is_a_fixed_command_and_nothing_stays() {
    under_each_shell(|node| {
        healthy(node);
        let watcher = node.watch_as("corosync", "sudo", "document", FIGURES);
        watcher.nth("latency", 1);
        assert_eq!(node.calls("sudo -n /usr/sbin/corosync-quorumtool -s"), 1);
        assert_eq!(node.calls("corosync-quorumtool -m"), 0);
    });
}
