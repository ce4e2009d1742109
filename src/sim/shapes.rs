//! The shapes of what the simulated tools print, against those of real ones; and the frames of the watcher.

use std::collections::BTreeMap;

use super::tests::Bench;
use super::{Fault, Scenario};
use crate::wire::{Exit, RunId};

/// Elements of `crm_mon --output-as=xml` with the attributes they were seen with, in this order; `?` may be absent.
/// From documents of a three-node cluster with Pacemaker 2.1.5 on Debian 12, healthy and in 34 kinds of trouble.
const CRM_MON: [(&str, &str); 27] = [
    ("pacemaker-result", "api-version request"),
    ("pacemakerd", "sys_from state last_updated"),
    ("stack", "type"),
    ("current_dc", "present version? name? id? with_quorum? mixed_version?"),
    ("last_update", "time"),
    ("last_change", "time user client origin"),
    ("nodes_configured", "number"),
    ("resources_configured", "number disabled blocked"),
    (
        "cluster_options",
        "stonith-enabled symmetric-cluster no-quorum-policy maintenance-mode stop-all-resources stonith-timeout-ms \
         priority-fencing-delay-ms",
    ),
    (
        "nodes/node",
        "name id online standby standby_onfail maintenance pending unclean health feature_set? shutdown expected_up is_dc \
         resources_running type",
    ),
    ("group", "id number_resources managed disabled"),
    ("clone", "id multi_state unique managed disabled failed failure_ignored"),
    (
        "resource",
        "id resource_agent role target_role? active orphaned blocked managed failed failure_ignored nodes_running_on",
    ),
    ("resource/node", "name id cached"),
    ("node_attributes/node", "name"),
    ("attribute", "name value expected?"),
    ("node_history/node", "name"),
    ("resource_history", "id orphan migration-threshold fail-count? last-failure?"),
    ("operation_history", "call task rc rc_text interval? last-rc-change exec-time queue-time"),
    ("failure", "op_key node exitstatus exitreason exitcode call status last-rc-change queued exec interval task"),
    ("fence_event", "action target client origin status extended-status? delegate? completed?"),
    ("ban", "id resource node weight promoted-only master_only"),
    ("status", "code message"),
    ("error", ""),
    ("nodes", ""),
    ("resources", ""),
    ("summary", ""),
];

/// The sections of the document in the order in which they are emitted.
const SECTIONS: [&str; 10] = [
    "pacemakerd",
    "summary",
    "nodes",
    "resources",
    "node_attributes",
    "node_history",
    "failures",
    "fence_history",
    "bans",
    "status",
];

/// Checks that XML is well formed, and calls back with each element: its path and its attributes in order.
fn walk(text: &str, mut see: impl FnMut(&[&str], &[&str])) {
    let mut open: Vec<&str> = Vec::new();
    for line in text.lines() {
        let body = line.trim_start();
        assert_eq!(line.len() - body.len(), 2 * (open.len() - usize::from(body.starts_with("</"))), "{line}");
        if let Some(name) = body.strip_prefix("</") {
            assert_eq!(open.pop(), name.strip_suffix('>'), "{line}");
            continue;
        }
        let inner = body.strip_prefix('<').unwrap_or_else(|| panic!("no element: {line}"));
        let (tag, rest) = inner.split_once('>').unwrap_or_else(|| panic!("no end: {line}"));
        let empty = tag.ends_with('/');
        let tag = tag.trim_end_matches('/');
        let name = tag.split(' ').next().unwrap();
        let mut attributes = Vec::new();
        let mut quoted = tag.strip_prefix(name).unwrap().split('"');
        while let (Some(key), Some(value)) = (quoted.next(), quoted.next()) {
            assert!(!value.contains(['<', '>']), "{line}");
            let entities = value.split('&').skip(1);
            for entity in entities {
                assert!(["amp;", "lt;", "gt;", "quot;", "#x"].iter().any(|known| entity.starts_with(known)), "{line}");
            }
            attributes.push(key.strip_prefix(' ').unwrap().strip_suffix('=').unwrap());
        }
        open.push(name);
        see(&open, &attributes);
        if empty || rest.ends_with(&format!("</{name}>")) {
            open.pop();
        }
    }
    assert!(open.is_empty(), "not closed: {open:?}");
}

fn check_crm_mon(text: &str) {
    let mut sections = Vec::new();
    walk(text, |path, attributes| {
        let name = *path.last().unwrap();
        let parent = path.iter().rev().nth(1).copied().unwrap_or("");
        if path.len() == 2 {
            sections.push(SECTIONS.iter().position(|section| *section == name).unwrap_or_else(|| panic!("{name}")));
        }
        let long = format!("{parent}/{name}");
        let Some((_, known)) = CRM_MON.iter().find(|(element, _)| *element == long || *element == name) else {
            assert!(attributes.is_empty(), "{name} {attributes:?}");
            return;
        };
        let mut given = attributes.iter().copied().peekable();
        for key in known.split_whitespace() {
            let (key, optional) = key.strip_suffix('?').map_or((key, false), |key| (key, true));
            let there = given.next_if_eq(&key).is_some();
            assert!(there || optional, "{long}: {key} missing or out of place in {attributes:?}");
        }
        assert_eq!(given.next(), None, "{long}: {attributes:?}");
    });
    assert!(sections.is_sorted(), "{sections:?}\n{text}");
}

#[test]
fn documents_have_the_elements_and_attributes_of_the_real_ones_in_every_trouble() {
    for name in Scenario::names() {
        for keys in ["", "k", "s", "zs", "a", "1k", "2a", "3s", "x", "l", "d", "b"] {
            let mut bench = Bench::new(name, 4);
            for key in keys.chars() {
                if bench.sim.faults().iter().any(|offer| offer.key == key) {
                    bench.fault(key);
                }
                bench.wait(300);
            }
            for _ in 0..12 {
                for node in bench.sim.nodes() {
                    let asked = bench
                        .start(node.as_str(), &["crm_mon", "-1", "--output-as=xml", "-r", "-R", "--fence-history=3"]);
                    let cib = bench.start(node.as_str(), &["cibadmin", "-Q"]);
                    let fences = bench.start(node.as_str(), &["stonith_admin", "--history", "*", "--output-as=xml"]);
                    bench.wait(150);
                    check_crm_mon(&bench.printed(asked));
                    walk(&bench.printed(cib), |_, _| {});
                    walk(&bench.printed(fences), |_, _| {});
                }
                bench.wait(2600);
            }
        }
    }
}

#[test]
fn the_document_where_the_cluster_is_not_running_is_that_of_pacemaker() {
    let mut bench = Bench::new("two-nodes", 1);
    bench.sim.inject(&Fault::StopStack { node: "ha-node-2".to_owned() });
    bench.wait(10_000);
    let (text, exit) = bench.ask("ha-node-2", &["crm_mon", "-1", "--output-as=xml"]);
    assert_eq!(exit, Exit::Code(102));
    let expected = "<pacemaker-result api-version=\"2.25\" request=\"crm_mon -1 --output-as=xml\">\n  \
        <status code=\"102\" message=\"Not connected\">\n    <errors>\n      \
        <error>error: Could not connect to launcher: Connection refused</error>\n      \
        <error>crm_mon: Connection to cluster failed: Connection refused</error>\n    \
        </errors>\n  </status>\n</pacemaker-result>\n";
    assert_eq!(text, expected);
    assert_eq!(bench.ask("ha-node-2", &["corosync-cfgtool", "-s"]).1, Exit::Code(1));
    assert_eq!(bench.ask("ha-node-2", &["cibadmin", "-Q", "-n"]).1, Exit::Code(102));
}

#[test]
fn corosync_tools_print_as_the_real_ones() {
    let mut bench = Bench::new("two-nodes", 1);
    // Corosync 3.1.7, two_node, knet with two links; names, addresses and ring are the scenario's.
    let quorum = "Quorum information\n------------------\nDate:             Mon Nov 23 07:19:44 2026\n\
        Quorum provider:  corosync_votequorum\nNodes:            2\nNode ID:          1\nRing ID:          1.1f\n\
        Quorate:          Yes\n\nVotequorum information\n----------------------\nExpected votes:   2\n\
        Highest expected: 2\nTotal votes:      2\nQuorum:           1  \nFlags:            2Node Quorate WaitForAll \n\n\
        Membership information\n----------------------\n    Nodeid      Votes Name\n         1          1 ha-node-1 (local)\n         \
        2          1 ha-node-2\n";
    assert_eq!(bench.ask("ha-node-1", &["corosync-quorumtool", "-s"]).0, quorum);
    let links = "Local node ID 1, transport knet\nLINK ID 0 udp\n\taddr\t= 10.10.1.11\n\tstatus:\n\t\tnodeid:          1:\tlocalhost\n\
        \t\tnodeid:          2:\tconnected\nLINK ID 1 udp\n\taddr\t= 10.10.2.11\n\tstatus:\n\t\tnodeid:          1:\tlocalhost\n\
        \t\tnodeid:          2:\tconnected\n";
    assert_eq!(bench.ask("ha-node-1", &["corosync-cfgtool", "-s"]).0, links);
    let reach = "Local node ID 1, transport knet\nnodeid: 2 reachable\n   \
        LINK: 0 udp (10.10.1.11->10.10.1.12) enabled connected mtu: 1397\n   \
        LINK: 1 udp (10.10.2.11->10.10.2.12) enabled connected mtu: 1397\n\n";
    assert_eq!(bench.ask("ha-node-1", &["corosync-cfgtool", "-n"]).0, reach);
    let stats = bench.ask("ha-node-1", &["corosync-cmapctl", "-m", "stats", "stats.knet.node2.link0.latency_"]).0;
    let keys: Vec<&str> = stats.lines().map(|line| line.split(" = ").next().unwrap()).collect();
    let prefix = "stats.knet.node2.link0.latency_";
    assert_eq!(keys, ["ave", "max", "min", "samples"].map(|key| format!("{prefix}{key} (u32)")));
}

#[test]
fn events2_has_the_keys_of_drbd_9() {
    let mut bench = Bench::new("two-nodes", 1);
    let text = bench.ask("ha-node-1", &["sudo", "-n", "/usr/sbin/drbdsetup", "events2", "--now", "--statistics"]).0;
    let keys = |line: &str| {
        line.split(' ').skip(2).map(|field| field.split(':').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // DRBD 9.2.18 with drbd-utils 9.22, one volume, established.
    let known = [
        "name role suspended force-io-failures write-ordering may_promote promotion_score",
        "name peer-node-id conn-name connection role congested ap-in-flight rs-in-flight",
        "name volume minor backing_dev disk client quorum size read written al-writes bm-writes upper-pending lower-pending \
         al-suspended blocked",
        "name peer-node-id conn-name volume replication peer-disk peer-client resync-suspended received sent out-of-sync \
         pending unacked",
        "name peer-node-id conn-name local peer established",
    ];
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.last(), Some(&"exists -"));
    for (line, known) in lines.iter().zip(known) {
        assert_eq!(keys(line), known.split(' ').collect::<Vec<_>>(), "{line}");
    }
}

/// The frames of a feed in order: kind and payload; lines between frames are of the kind `""`.
fn frames(text: &str) -> Vec<(String, String)> {
    let mut frames = Vec::new();
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\n') {
        rest = after;
        let Some(head) = line.strip_prefix("@hatui 0123456789abcdef ") else {
            frames.push((String::new(), line.to_owned()));
            continue;
        };
        let mut payload = String::new();
        if let Some((_, bytes)) = head.split_once(" bytes=") {
            let (body, after) = rest.split_at(bytes.parse().unwrap());
            payload = body.to_owned();
            rest = after.strip_prefix('\n').unwrap();
        }
        frames.push((head.split(' ').next().unwrap().to_owned(), payload));
    }
    assert_eq!(rest, "");
    frames
}

fn counts(text: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (kind, _) in frames(text) {
        *counts.entry(kind).or_insert(0) += 1;
    }
    counts
}

fn keep(bench: &mut Bench, run: RunId, word: &str, seconds: u64) {
    for _ in 0..seconds {
        bench.wait(1000);
        bench.sim.stdin(run, format!("{word}\n").as_bytes());
    }
}

#[test]
fn a_quiet_cluster_sends_one_document_and_then_only_beats() {
    let mut bench = Bench::new("three-nodes", 1);
    let run = bench.watch("ha-node-2", "pacemaker");
    keep(&mut bench, run, "k", 60);
    let counts = counts(&bench.printed(run));
    for kind in ["hello", "cib", "document", "constraints", "options", "attributes"] {
        assert_eq!(counts.get(kind), Some(&1), "{kind}: {counts:?}");
    }
    assert!(counts["beat"] >= 58, "{counts:?}");
    assert_eq!(counts.len(), 7, "{counts:?}");
}

#[test]
fn each_document_that_is_sent_differs_from_the_one_before() {
    let mut bench = Bench::new("two-nodes", 1);
    let run = bench.watch("ha-node-2", "pacemaker");
    keep(&mut bench, run, "k", 3);
    bench.fault('k');
    keep(&mut bench, run, "k", 60);
    let documents: Vec<String> =
        frames(&bench.printed(run)).into_iter().filter(|(kind, _)| kind == "document").map(|(_, text)| text).collect();
    assert!(documents.len() > 10, "{}", documents.len());
    let lasting = |text: &str| {
        let lines = text.lines().filter(|line| !line.contains("<last_update") && !line.contains("<pacemakerd"));
        lines.collect::<String>()
    };
    assert!(documents.windows(2).all(|pair| lasting(&pair[0]) != lasting(&pair[1])));
}

#[test]
fn a_feed_of_headers_sends_documents_when_asked_to() {
    let mut bench = Bench::new("two-nodes", 1);
    let words = ["env", "sh", "-c", "…", "hatui-watch", "0123456789abcdef", "pacemaker", "-", "header"];
    let run = bench.start("ha-node-1", &words);
    keep(&mut bench, run, "k", 3);
    assert_eq!(counts(&bench.printed(run)).get("document"), None);
    keep(&mut bench, run, "d", 1);
    bench.wait(500);
    assert_eq!(counts(&bench.printed(run)).get("document"), Some(&1));
}

#[test]
fn a_watcher_without_keepalive_says_bye_after_twenty_seconds() {
    for feed in ["pacemaker", "corosync", "drbd"] {
        let mut bench = Bench::new("two-nodes", 1);
        let run = bench.watch("ha-node-1", feed);
        bench.wait(10_000);
        bench.sim.stdin(run, b"k\n");
        bench.wait(19_900);
        assert_eq!(bench.exit(run), None);
        bench.wait(200);
        assert_eq!(bench.exit(run), Some(Exit::Code(0)));
        assert!(bench.printed(run).ends_with("bye why=keepalive\n"));
    }
}

#[test]
fn the_corosync_feed_tells_a_cut_link_once() {
    let mut bench = Bench::new("two-nodes", 1);
    let run = bench.watch("ha-node-1", "corosync");
    keep(&mut bench, run, "k", 3);
    bench.fault('l');
    keep(&mut bench, run, "k", 10);
    let counts = counts(&bench.printed(run));
    assert_eq!((counts["links"], counts["reach"], counts["quorum"]), (2, 2, 1), "{counts:?}");
}

#[test]
fn the_drbd_feed_tells_statistics_only_when_asked() {
    let mut bench = Bench::new("two-nodes", 1);
    let run = bench.watch("ha-node-1", "drbd");
    keep(&mut bench, run, "k", 5);
    keep(&mut bench, run, "w", 2);
    let text = bench.printed(run);
    assert!(!text.contains("change "), "{text}");
    assert_eq!(counts(&text)["mode"], 1);
    keep(&mut bench, run, "n", 1);
    bench.wait(100);
    let text = bench.printed(run);
    assert!(text.contains("change device name:store volume:0 minor:0 size:4194304 read:"), "{text}");
}

#[test]
fn a_node_without_drbd_says_so() {
    let mut bench = Bench::new("three-nodes", 1);
    let run = bench.watch("ha-node-3", "drbd");
    keep(&mut bench, run, "k", 2);
    assert!(bench.printed(run).contains(" mode mode=absent bytes=0\n"));
}

#[test]
fn an_unknown_program_ends_with_127() {
    let mut bench = Bench::new("two-nodes", 1);
    assert_eq!(bench.ask("ha-node-1", &["no-such-tool", "-x"]).1, Exit::Code(127));
    assert_eq!(bench.ask("ha-node-1", &["env", "LC_ALL=C", "uname", "-n"]).0, "ha-node-1\n");
    assert_eq!(bench.ask("ha-node-1", &["crm_node", "-l"]).0, "1 ha-node-1 member\n2 ha-node-2 member\n");
}
