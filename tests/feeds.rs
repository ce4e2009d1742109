//! From a feed's bytes to a picture: real output in the watcher's frames, cut anywhere, gives the cluster it came from.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that reads fixtures")]

use std::path::Path;
use std::time::Duration;

use hatui::model::{
    Cluster, ConnectionState, DiskState, DrbdStatus, Feed, LinkState, NodeName, NodeState, Observation, PeerVolume,
    Seen, Sight, Text, TroubleKind, Verdict,
};
use hatui::observe::{Decoded, FeedDecoder, RawOutput};
use hatui::wire::{NodeKey, Stamp};

const NONCE: &str = "0123456789abcdef";

fn fixture(path: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("parsers/fixtures").join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn frame(kind: &str, keys: &str, payload: Option<&[u8]>) -> Vec<u8> {
    let mut bytes = format!("@hatui {NONCE} {kind}{}{keys}", if keys.is_empty() { "" } else { " " }).into_bytes();
    if let Some(payload) = payload {
        bytes.extend(format!(" bytes={}\n", payload.len()).bytes());
        bytes.extend_from_slice(payload);
    }
    bytes.push(b'\n');
    bytes
}

fn hello(feed: Feed, node: &str) -> Vec<u8> {
    frame("hello", &format!("v=1 feed={feed} uid=0 host={node} node={node} pid=7"), None)
}

/// What a feed's bytes give, cut into pieces of `piece` bytes.
fn decode(feed: Feed, node: &str, bytes: &[u8], piece: usize) -> (Vec<Observation>, Vec<RawOutput>) {
    let mut decoder = FeedDecoder::new(NodeKey::new(node), feed, NONCE).unwrap();
    let (mut seen, mut raw) = (Vec::new(), Vec::new());
    let mut each = |decoded| match decoded {
        Decoded::Observed(observation) => seen.push(observation),
        Decoded::Raw(output) => raw.push(output),
    };
    for part in bytes.chunks(piece) {
        decoder.push(part, at(10), &mut each);
    }
    decoder.finish(at(10), &mut each);
    (seen, raw)
}

fn at(seconds: u64) -> Stamp {
    Stamp::from_secs(1_000_000 + seconds)
}

fn pacemaker(situation: &str, node: &str) -> Vec<u8> {
    let file = |name: &str| fixture(&format!("pacemaker-2.1.5/{situation}/{node}/{name}"));
    let mut bytes = b"Last login: never\r\n".to_vec();
    bytes.extend(hello(Feed::Pacemaker, node));
    bytes.extend(frame("cib", "rc=0", Some(&file("cibadmin-header.xml"))));
    bytes.extend(frame("document", "rc=0 ms=20", Some(&file("crm_mon.xml"))));
    bytes.extend(frame("constraints", "rc=0", Some(&file("cibadmin-constraints.xml"))));
    bytes.extend(frame("options", "rc=0", Some(&file("cibadmin-crm_config.xml"))));
    bytes
}

fn corosync(situation: &str, node: &str) -> Vec<u8> {
    let file = |name: &str| fixture(&format!("pacemaker-2.1.5/{situation}/{node}/{name}"));
    let mut bytes = hello(Feed::Corosync, node);
    bytes.extend(frame("units", "rc=0", Some(b"corosync Corosync Cluster Engine, version '3.1.7'\ntoken 1650")));
    bytes.extend(frame("quorum", "rc=0", Some(&file("corosync-quorumtool-s.txt"))));
    bytes.extend(frame("links", "rc=0", Some(&file("corosync-cfgtool-s.txt"))));
    bytes.extend(frame("reach", "rc=0", Some(&file("corosync-cfgtool-n.txt"))));
    bytes.extend(frame("latency", "rc=0", Some(&file("corosync-cmapctl-knet.txt"))));
    bytes
}

/// A node and what its feeds print.
type Told<'a> = (&'a str, Vec<(Feed, Vec<u8>)>);

/// The cluster that several nodes tell of, looked at right away.
fn cluster(told: &[Told<'_>]) -> Cluster {
    let keys = told.iter().map(|(node, _)| NodeKey::new(node));
    let mut cluster = Cluster::new(keys, at(9));
    for (node, feeds) in told {
        for (feed, bytes) in feeds {
            for observation in decode(*feed, node, bytes, 1000).0 {
                assert!(!matches!(observation.seen, Seen::Unreadable(..)), "{node} {feed}: {:?}", observation.seen);
                cluster.apply(&observation);
            }
        }
    }
    cluster.refresh(at(10));
    cluster
}

fn both<'a>(situation: &str, node: &'a str) -> Told<'a> {
    let absent = [hello(Feed::Drbd, node), frame("mode", "mode=absent", Some(b""))].concat();
    let feeds = vec![
        (Feed::Pacemaker, pacemaker(situation, node)),
        (Feed::Corosync, corosync(situation, node)),
        (Feed::Drbd, absent),
    ];
    (node, feeds)
}

#[test]
fn a_healthy_cluster_is_healthy() {
    let cluster = cluster(&[both("healthy", "ha-node-1"), both("healthy", "ha-node-3")]);
    let picture = cluster.picture();
    let names: Vec<_> = picture.nodes.iter().map(|row| (row.name.as_str(), row.state)).collect();
    let online = NodeState::Online;
    assert_eq!(names, [("ha-node-1", online), ("ha-node-2", online), ("ha-node-3", online)]);
    assert_eq!(picture.node(&NodeName::new("ha-node-2")).unwrap().sight, Sight::NotWatched);
    assert!(!picture.is_partitioned());
    assert_eq!(picture.links.len(), 6, "two links, three pairs: {:?}", picture.links);
    assert!(picture.links.iter().all(|link| link.state() == Some(&LinkState::Connected)));
    assert_eq!(cluster.verdict(), Verdict::Healthy, "{:?}", cluster.findings());
}

#[test]
fn both_sides_of_a_split_are_told_apart() {
    let cluster = cluster(&[both("split-2-1", "ha-node-1"), both("split-2-1", "ha-node-3")]);
    let picture = cluster.picture();
    assert!(picture.is_partitioned());
    assert_eq!(picture.partitions.len(), 2);
    let quorate: Vec<_> = picture.partitions.iter().map(|partition| partition.quorate).collect();
    assert_eq!(quorate, [Some(true), Some(false)], "the side with quorum is shown first");
    assert_eq!(cluster.verdict(), Verdict::Critical);
    let differing: Vec<_> =
        cluster.truth(at(10)).rows.into_iter().filter(|row| row.differs).map(|row| row.key.to_string()).collect();
    for fact in ["ring", "members", "quorate", "DC"] {
        assert!(differing.iter().any(|key| key == fact), "{fact} does not differ: {differing:?}");
    }
}

#[test]
fn a_link_that_is_down_is_told_though_nothing_else_is_wrong() {
    let cluster = cluster(&[both("link1-down", "ha-node-1")]);
    let down: Vec<_> =
        cluster.picture().links.iter().filter(|link| link.state() == Some(&LinkState::Disconnected)).collect();
    assert!(!down.is_empty() && down.iter().all(|link| link.number == 1), "{down:?}");
    assert_eq!(cluster.verdict(), Verdict::Degraded, "{:?}", cluster.findings());
}

#[test]
fn the_cuts_of_a_stream_do_not_matter() {
    for (feed, bytes) in
        [(Feed::Pacemaker, pacemaker("healthy", "ha-node-1")), (Feed::Corosync, corosync("healthy", "ha-node-1"))]
    {
        let whole = decode(feed, "ha-node-1", &bytes, usize::MAX);
        for piece in [1, 7, 100, 4096] {
            assert_eq!(decode(feed, "ha-node-1", &bytes, piece), whole, "{feed} in pieces of {piece}");
        }
    }
}

#[test]
fn noise_before_the_greeting_says_nothing_and_foreign_frames_neither() {
    let mut bytes = b"Welcome!\n@hatui ffffffffffffffff beat\n\x1b]0;title\x07\n".to_vec();
    bytes.extend(hello(Feed::Corosync, "a"));
    bytes.extend(b"@hatui ffffffffffffffff fail tool=x rc=1\n");
    let (seen, _) = decode(Feed::Corosync, "a", &bytes, 5);
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert!(matches!(seen[0].seen, Seen::Hello(Feed::Corosync, _)));
}

#[test]
fn what_cannot_be_read_is_told() {
    let mut bytes = hello(Feed::Pacemaker, "a");
    bytes.extend(frame("document", "rc=0", Some(b"<pacemaker-result><oops")));
    bytes.extend(frame("surprise", "rc=0", None));
    bytes.extend(frame("cib", "rc=0", Some(b"<cib epoch='x'/>")));
    let (seen, _) = decode(Feed::Pacemaker, "a", &bytes, 9);
    let unreadable = seen.iter().filter(|one| matches!(one.seen, Seen::Unreadable(..))).count();
    assert_eq!(unreadable, 3, "{seen:?}");
}

#[test]
fn a_stream_that_ends_within_a_document_says_so() {
    let mut bytes = hello(Feed::Pacemaker, "a");
    bytes.extend(format!("@hatui {NONCE} document rc=0 bytes=1000\n<pacemaker").bytes());
    let (seen, _) = decode(Feed::Pacemaker, "a", &bytes, 9);
    assert!(
        matches!(&seen.last().unwrap().seen, Seen::Unreadable(_, words) if words.contains("10 of 1000")),
        "{seen:?}"
    );
}

#[test]
fn pacemaker_that_does_not_run_is_no_empty_cluster() {
    let document = fixture("pacemaker-2.1.5/corosync-without-pacemaker/ha-node-3/crm_mon.xml");
    let bytes = [hello(Feed::Pacemaker, "a"), frame("document", "rc=102", Some(&document))].concat();
    let (seen, _) = decode(Feed::Pacemaker, "a", &bytes, 50);
    assert!(matches!(&seen[1].seen, Seen::NoPacemaker(trouble) if trouble.kind == TroubleKind::NotRunning), "{seen:?}");
}

#[test]
fn secrets_go_before_output_is_kept() {
    let options = br#"<crm_config><cluster_property_set id="a"><nvpair id="b" name="passwd" value="lab-fence-password"/></cluster_property_set></crm_config>"#;
    let bytes = [hello(Feed::Pacemaker, "a"), frame("options", "rc=0", Some(options))].concat();
    let (seen, raw) = decode(Feed::Pacemaker, "a", &bytes, 50);
    assert!(!format!("{seen:?}").contains("lab-fence-password"));
    assert_eq!(raw.len(), 1);
    assert!(!String::from_utf8_lossy(&raw[0].bytes).contains("lab-fence-password"));
}

#[test]
fn of_a_long_output_the_beginning_is_kept_and_its_length_is_told() {
    let long = format!("<crm_config>{}<nvpair name=\"passwd\" value=\"hunter2\"/>", " ".repeat(256 * 1024 - 40));
    let bytes = [hello(Feed::Pacemaker, "a"), frame("options", "rc=0", Some(long.as_bytes()))].concat();
    let (_, raw) = decode(Feed::Pacemaker, "a", &bytes, 4000);
    assert_eq!((raw.len(), raw[0].printed), (1, long.len()));
    let kept = String::from_utf8_lossy(&raw[0].bytes).into_owned();
    assert!(kept.len() < 257 * 1024 && kept.contains("<nvpair") && !kept.contains("hunter"), "{} bytes", kept.len());
}

#[test]
fn more_drbd_resources_than_are_kept_are_told_as_such() {
    let mut bytes = hello(Feed::Drbd, "a");
    bytes.extend(frame("mode", "mode=poll", Some(b"DRBDADM_VERSION=9.22.0")));
    for number in 0..4100 {
        bytes.extend(format!("exists resource name:r{number} role:Primary suspended:no\n").into_bytes());
    }
    bytes.extend_from_slice(b"exists -\n");
    let mut cluster = Cluster::new([NodeKey::new("a")], at(0));
    for observation in decode(Feed::Drbd, "a", &bytes, 5000).0 {
        cluster.apply(&observation);
    }
    let view = &cluster.views()[&NodeKey::new("a")];
    assert_eq!(view.drbd.as_ref().unwrap().value.resources.len(), 4096);
    assert!(view.unreadable[&Feed::Drbd].value.contains("more than 4096 DRBD resources"));
}

#[test]
fn a_dump_of_drbd_replaces_and_events_change() {
    let dump = b"exists resource name:store role:Primary suspended:no\n\
        exists connection name:store peer-node-id:1 conn-name:beta connection:Connected role:Secondary\n\
        exists device name:store volume:0 minor:0 disk:UpToDate size:1048576\n\
        exists peer-device name:store peer-node-id:1 conn-name:beta volume:0 replication:Established peer-disk:UpToDate\n\
        exists -\n";
    let change = b"change connection name:store peer-node-id:1 conn-name:beta connection:StandAlone\n";
    let mut bytes = hello(Feed::Drbd, "alpha");
    bytes.extend(frame("mode", "mode=poll", Some(b"DRBDADM_VERSION=9.22.0")));
    bytes.extend_from_slice(dump);
    bytes.extend(frame("beat", "", None));
    bytes.extend_from_slice(change);
    let mut cluster = cluster(&[("alpha", vec![(Feed::Drbd, bytes)])]);
    let replica = &cluster.picture().replicas[0];
    assert_eq!(replica.name.as_str(), "store");
    assert_eq!(replica.ties[0].a_says, Some(ConnectionState::StandAlone));
    assert_eq!(replica.volumes[0].copies[0].disk, Some(DiskState::UpToDate));
    // A new stream begins: until its dump is whole the old picture stands, then only the new one.
    let again = [hello(Feed::Drbd, "alpha"), frame("mode", "mode=poll", Some(b"")), b"exists -\n".to_vec()].concat();
    for observation in decode(Feed::Drbd, "alpha", &again, 30).0 {
        cluster.apply(&observation);
    }
    cluster.refresh(at(11));
    assert!(cluster.picture().replicas.is_empty());
}

/// What a node's DRBD is held to be after a frame of one kind.
fn drbd_of(mode: &str, kind: &str, payload: &[u8], piece: usize) -> DrbdStatus {
    let mut bytes = hello(Feed::Drbd, "alpha");
    bytes.extend(frame("mode", &format!("mode={mode}"), Some(b"DRBDADM_VERSION=9.15.0")));
    bytes.extend(frame(kind, "rc=0", Some(payload)));
    let mut cluster = Cluster::new([NodeKey::new("alpha")], at(0));
    for observation in decode(Feed::Drbd, "alpha", &bytes, piece).0 {
        assert!(!matches!(observation.seen, Seen::Unreadable(..)), "{:?}", observation.seen);
        cluster.apply(&observation);
    }
    cluster.views()[&NodeKey::new("alpha")].drbd.as_ref().unwrap().value.clone()
}

#[test]
fn json_of_drbdsetup_tells_what_its_events_tell() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("parsers/fixtures/drbd-9.2.18");
    let mut compared = 0;
    for situation in std::fs::read_dir(folder).unwrap() {
        for node in std::fs::read_dir(situation.unwrap().path()).into_iter().flatten() {
            let node = node.unwrap().path();
            let Ok(json) = std::fs::read(node.join("drbdsetup-status-json.out")) else { continue };
            let events = std::fs::read(node.join("events2-now-full-timestamps.out")).unwrap();
            let (mut by_json, mut by_events) =
                (drbd_of("status", "status", &json, 7), drbd_of("now", "now", &events, 7));
            for (json, events) in by_json.resources.values_mut().zip(by_events.resources.values_mut()) {
                for (json, events) in json.peers.values_mut().zip(events.peers.values_mut()) {
                    for (json, events) in json.volumes.values_mut().zip(events.volumes.values_mut()) {
                        // They were asked one after the other: what moves during a resync is near, not the same.
                        assert_eq!(json.done.is_some(), events.done.is_some(), "{}", node.display());
                        assert_eq!(json.rate_kib_s.is_some(), events.rate_kib_s.is_some(), "{}", node.display());
                        assert_eq!(json.eta_s.is_some(), events.eta_s.is_some(), "{}", node.display());
                        let near = |a: u64, b: u64| a.abs_diff(b) * 5 <= a.max(b) * 2;
                        for (a, b) in [(json.rate_kib_s, events.rate_kib_s), (json.eta_s, events.eta_s)] {
                            assert!(
                                near(a.unwrap_or_default(), b.unwrap_or_default()),
                                "{a:?} {b:?} {}",
                                node.display()
                            );
                        }
                        let done = |one: &PeerVolume| u64::from(one.done.unwrap_or_default());
                        assert!(done(json).abs_diff(done(events)) <= 500, "{}", node.display());
                        if events.done.is_some() {
                            (json.done, json.rate_kib_s, json.eta_s) = (events.done, events.rate_kib_s, events.eta_s);
                            json.out_of_sync_kib = events.out_of_sync_kib;
                        }
                    }
                }
            }
            assert_eq!(by_json, by_events, "{}", node.display());
            compared += 1;
        }
    }
    assert!(compared >= 8, "{compared} situations");
}

#[test]
fn json_that_leaves_out_or_adds_keys_is_read_and_what_is_none_is_told() {
    let text = br#"[{"name":"r0","new-key":{"a":[1]},"suspended":true,"suspended-quorum":true,
        "devices":[{"volume":3,"disk-state":"Gone"}],
        "connections":[{"peer-node-id":1,"peer_devices":[{"volume":3,"replication-state":"SyncTarget","resync-suspended":"user,peer",
        "estimated-seconds-to-finish":987654321,"percent-resync-done":100.03,"db1/dt1 [MiB/s]":-1.5}]}]}]"#;
    let status = drbd_of("status", "status", text, 1000);
    let resource = status.resources.values().next().unwrap();
    assert_eq!((resource.role.as_ref(), resource.suspended.as_deref()), (None, Some(&[Text::new("quorum")][..])));
    assert_eq!(resource.volumes[&3].disk, Some(DiskState::Other(Text::new("Gone"))));
    let peer = &resource.peers[&1].volumes[&3];
    assert_eq!(peer.resync_suspended, Some(vec![Text::new("user"), Text::new("peer")]));
    assert_eq!((peer.done, peer.eta_s, peer.rate_kib_s, peer.out_of_sync_kib), (Some(10_000), None, Some(0), None));

    for bad in ["[{\"name\":1}]", "{", "", "[{\"name\":\"a\u{1b}[2J\"}]", "[\"\u{9b}31m\"]"] {
        let mut bytes = hello(Feed::Drbd, "alpha");
        bytes.extend(frame("status", "rc=0", Some(bad.as_bytes())));
        let seen = decode(Feed::Drbd, "alpha", &bytes, 1000).0;
        let words = seen.iter().find_map(|one| match &one.seen {
            Seen::Unreadable(_, words) => Some(words.to_string()),
            _ => None,
        });
        let words = words.unwrap_or_else(|| panic!("{bad:?} was read"));
        assert!(words.starts_with("drbdsetup status --json: ") && words.contains("line"), "{words}");
        assert!(!words.contains(|c: char| c.is_control()), "{words:?}");
    }
}

#[test]
fn the_age_of_a_feed_is_that_of_its_last_word() {
    let mut cluster = cluster(&[both("healthy", "ha-node-1")]);
    let fresh = |cluster: &Cluster| cluster.picture().nodes[0].sight.is_fresh();
    assert!(fresh(&cluster));
    cluster.refresh(at(10) + Duration::from_secs(7));
    assert!(!fresh(&cluster));
    assert_eq!(cluster.verdict(), Verdict::Unknown, "what is stale is never healthy");
    assert!(cluster.views().values().all(|view| view.versions.contains(&(Text::new("corosync"), Text::new("3.1.7")))));
}
