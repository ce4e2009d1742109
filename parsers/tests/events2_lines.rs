//! Lines of `drbdsetup events2`: everything that real kernels and tools printed is read, and read exactly.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support_lines;

use hatui_parsers::events2::*;
use std::fmt::Write as _;
use support_lines::{fixtures, golden, without_none};

fn event(line: &str) -> Event<'_> {
    match parse_line(line.as_bytes()).unwrap().what {
        What::Event(event) => event,
        other => panic!("{other:?}"),
    }
}

fn streams() -> Vec<(String, Vec<u8>)> {
    fixtures(|name| name.contains("events2"))
}

/// Writes the event as the tool does; the keys that a line carries come in the tool's own order.
#[expect(clippy::too_many_lines, reason = "one line a key")]
fn printed(event: &Event<'_>) -> String {
    let yes_no = |yes: bool| if yes { "yes" } else { "no" };
    let list = |any: bool, words: Vec<&str>| if any { words.join(",") } else { "no".to_owned() };
    let mut out = String::new();
    macro_rules! put {
        ($key:literal, $value:expr) => {
            if let Some(value) = $value {
                write!(out, concat!(" ", $key, ":{}"), value).unwrap();
            }
        };
    }
    let object = match &event.object {
        Object::Resource(it) => {
            put!("name", Some(it.name));
            put!("new_name", it.new_name);
            put!("role", it.role.as_ref().map(Role::as_str));
            put!("suspended", it.suspended.map(|set| list(set.any(), set.words().collect())));
            put!("force-io-failures", it.force_io_failures.map(yes_no));
            put!("write-ordering", it.write_ordering.as_ref().map(WriteOrdering::as_str));
            put!("may_promote", it.may_promote.map(yes_no));
            put!("promotion_score", it.promotion_score);
            "resource"
        }
        Object::Device(it) => {
            put!("name", Some(it.name));
            put!("volume", Some(it.volume));
            put!("minor", it.minor);
            put!(
                "backing_dev",
                it.backing_dev.map(|dev| match dev {
                    BackingDev::None => "none",
                    BackingDev::Path(path) => path,
                })
            );
            put!("disk", it.disk.as_ref().map(Disk::as_str));
            put!("client", it.client.as_ref().map(Answer::as_str));
            put!("open", it.open.as_ref().map(Answer::as_str));
            put!("quorum", it.quorum.map(yes_no));
            put!("size", it.size.map(|n| n.0));
            put!("read", it.read.map(|n| n.0));
            put!("written", it.written.map(|n| n.0));
            put!("al-writes", it.al_writes.map(|n| n.0));
            put!("bm-writes", it.bm_writes.map(|n| n.0));
            put!("upper-pending", it.upper_pending.map(|n| n.0));
            put!("lower-pending", it.lower_pending.map(|n| n.0));
            put!("al-suspended", it.al_suspended.map(yes_no));
            put!("blocked", it.blocked.map(|set| list(set.any(), set.words().collect())));
            "device"
        }
        Object::Connection(it) => {
            put!("name", Some(it.name));
            put!("peer-node-id", it.peer_node_id);
            put!("conn-name", it.conn_name);
            put!("connection", it.connection.as_ref().map(ConnectionState::as_str));
            put!("role", it.role.as_ref().map(Role::as_str));
            put!("congested", it.congested.map(yes_no));
            put!("ap-in-flight", it.ap_in_flight.map(|n| n.0));
            put!("rs-in-flight", it.rs_in_flight.map(|n| n.0));
            "connection"
        }
        Object::PeerDevice(it) => {
            put!("name", Some(it.name));
            put!("peer-node-id", it.peer_node_id);
            put!("conn-name", it.conn_name);
            put!("volume", Some(it.volume));
            put!("replication", it.replication.as_ref().map(Replication::as_str));
            put!("peer-disk", it.peer_disk.as_ref().map(Disk::as_str));
            put!("peer-client", it.peer_client.as_ref().map(Answer::as_str));
            put!("resync-suspended", it.resync_suspended.map(|set| list(set.any(), set.words().collect())));
            let hundredths = |n: u64| format!("{}.{:02}", n / 100, n % 100);
            put!("done", it.done.map(|n| hundredths(n.hundredths().into())));
            put!("received", it.received.map(|n| n.0));
            put!("sent", it.sent.map(|n| n.0));
            put!("out-of-sync", it.out_of_sync.map(|n| n.0));
            put!("pending", it.pending.map(|n| n.0));
            put!("unacked", it.unacked.map(|n| n.0));
            put!("dbdt1", it.dbdt1.map(|n| hundredths(n.hundredths)));
            put!(
                "eta",
                it.eta.map(|eta| match eta {
                    Eta::Seconds(seconds) => seconds.to_string(),
                    Eta::Unknown => "nan".to_owned(),
                })
            );
            "peer-device"
        }
        Object::Path(it) => {
            put!("name", Some(it.name));
            put!("peer-node-id", it.peer_node_id);
            put!("conn-name", it.conn_name);
            put!("local", it.local.map(|end| end.0));
            put!("peer", it.peer.map(|end| end.0));
            put!("established", it.established.map(yes_no));
            "path"
        }
        Object::Helper(it) => {
            put!("name", Some(it.name));
            put!("peer-node-id", it.peer_node_id);
            put!("conn-name", it.conn_name);
            put!("volume", it.volume);
            put!("minor", it.minor);
            put!("helper", it.helper);
            put!("status", it.status);
            "helper"
        }
        Object::Other(other) => other,
    };
    format!("{} {object}{out}", event.kind.as_str())
}

#[test]
fn every_recorded_line_is_read_so_exactly_that_it_can_be_printed_again() {
    let mut lines = 0;
    for (name, stream) in streams() {
        for line in String::from_utf8(stream).unwrap().lines() {
            let read = parse_line(line.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
            let without_time = line.get(33..).filter(|_| read.timestamp.is_some()).unwrap_or(line);
            let again = match &read.what {
                What::DumpEnd => "exists -".to_owned(),
                What::Skipped(count) => format!("- skipped {count}"),
                What::Event(event) => {
                    assert!(event.unknown.is_empty(), "{name}: {line}: {:?}", event.unknown);
                    printed(event)
                }
            };
            assert_eq!(again, without_time, "{name}");
            lines += 1;
        }
    }
    assert!(lines > 1000, "only {lines} lines");
}

#[test]
fn the_facts_of_telling_streams_are_those_of_the_goldens() {
    let telling = [
        "drbd-9.2.18/sc11-initial-sync/node-1/events2-stream.txt",
        "drbd-9.2.18/sc26-outdated-peer-NOT-a-split-brain/node-1/events2-stream.txt",
        "drbd-8.4.11/sc26-split-brain/node-1/events2-stream.txt",
        "hand-made/events2-full-9.34.txt",
    ];
    for name in telling {
        let stream = String::from_utf8(support_lines::fixture(name)).unwrap();
        let mut facts = String::new();
        for line in stream.lines() {
            let read = parse_line(line.as_bytes()).unwrap();
            writeln!(facts, "{line}\n    {}", without_none(&format!("{read:?}"))).unwrap();
        }
        golden(&format!("{name}.facts"), &facts);
    }
}

#[test]
fn a_timestamp_is_a_point_in_time_whatever_its_zone() {
    let at = |text: &str| parse_line(format!("{text} exists -").as_bytes()).unwrap().timestamp.unwrap();
    let time = at("2026-11-23T06:46:14.125793+00:00");
    assert_eq!((time.unix_micros, time.offset_minutes), (1_795_416_374_125_793, 0));
    let east = at("2026-11-23T08:16:14.125793+01:30");
    assert_eq!((east.unix_micros, east.offset_minutes), (time.unix_micros, 90));
    let west = at("2026-11-22T23:46:14.125793-07:00");
    assert_eq!((west.unix_micros, west.offset_minutes), (time.unix_micros, -420));
    assert_eq!(at("1970-01-01T00:00:00.000000+00:00").unix_micros, 0);
    assert_eq!(at("2000-03-01T00:00:00.000000+00:00").unix_micros, 951_868_800_000_000);
    assert_eq!(at("2024-02-29T00:00:00.000000+00:00").unix_micros, 1_709_164_800_000_000);
}

#[test]
fn a_backing_device_may_hold_spaces_and_colons() {
    let path = |line| match event(line).object {
        Object::Device(device) => (device.backing_dev, device.disk),
        other => panic!("{other:?}"),
    };
    let line = "exists device name:r volume:0 minor:1 backing_dev:/dev/a b c:d disk:UpToDate client:no";
    assert_eq!(path(line), (Some(BackingDev::Path("/dev/a b c:d")), Some(Disk::UpToDate)));
    let line = "exists device name:r volume:0 backing_dev:/dev/a  b ";
    assert_eq!(path(line), (Some(BackingDev::Path("/dev/a  b ")), None));
    assert_eq!(path("exists device name:r volume:0 backing_dev:none"), (Some(BackingDev::None), None));
}

#[test]
fn a_statistic_that_the_kernel_does_not_send_is_absent() {
    let line =
        "change device name:r volume:0 size:9223372036854775807 read:4611686018427387904 written:4611686018427387903";
    let Object::Device(device) = event(line).object else { panic!() };
    assert_eq!((device.size, device.read, device.written), (None, None, Some(Kib(4_611_686_018_427_387_903))));
    assert!(event(line).unknown.is_empty());
}

#[test]
fn how_far_a_sync_is_stays_between_nothing_and_all() {
    let done = |text: &str| match event(&format!("change peer-device name:r volume:0 done:{text}")).object {
        Object::PeerDevice(peer) => peer.done.map(Percent::hundredths),
        other => panic!("{other:?}"),
    };
    let shares =
        ["0.00", "12.34", "100.00", "100.01", "1844674407370955.16", "99999999999999999999999", "-3.00", "7", "7.5"];
    let expected = [0, 1234, 10_000, 10_000, 10_000, 10_000, 0, 700, 750].map(Some);
    assert_eq!(shares.map(done), expected);
    assert_eq!([done("nan"), done(""), done("1.2.3"), done(".5")], [None; 4]);
}

#[test]
fn words_and_keys_and_objects_of_other_versions_are_kept() {
    let it = event(
        "change peer-device name:r volume:0 replication:? peer-disk:TOO_LARGE pending:->3 tls:yes resync-suspended:user,moon",
    );
    let Object::PeerDevice(peer) = &it.object else { panic!() };
    assert_eq!((peer.replication, peer.peer_disk), (Some(Replication::Other("?")), Some(Disk::Other("TOO_LARGE"))));
    assert!(peer.resync_suspended.is_some_and(|set| set.user() && set.unknown() && !set.peer()));
    assert_eq!(it.unknown.pairs, [("pending", "->3"), ("tls", "yes"), ("resync-suspended", "user,moon")]);
    let it = event("change resource name:r suspended:no-data,moon role:Sun promotion_score:-1");
    let Object::Resource(resource) = &it.object else { panic!() };
    assert!(resource.suspended.is_some_and(|set| set.no_data() && set.unknown() && set.words().eq(["no-data"])));
    assert_eq!((resource.role, resource.promotion_score), (Some(Role::Other("Sun")), None));
    assert_eq!(it.unknown.pairs, [("suspended", "no-data,moon"), ("promotion_score", "-1")]);
    let it = event("change device name:r volume:0 blocked:upper,moon quorum:?");
    assert_eq!(it.unknown.pairs, [("blocked", "upper,moon"), ("quorum", "?")]);
    let it = event("melt peer-group name:x colour:a:b");
    assert_eq!((it.kind, it.object), (Kind::Other("melt"), Object::Other("peer-group")));
    assert_eq!(it.unknown.get("colour"), Some("a:b"));
    let many = format!("exists moon{}", " k:v".repeat(100));
    assert_eq!((event(&many).unknown.pairs.len(), event(&many).unknown.more), (32, 68));
}

#[test]
fn lines_that_do_not_say_what_they_are_about_are_errors() {
    let expected =
        |line: &str| parse_line(line.as_bytes()).map_err(|error| (error.offset, error.expected)).unwrap_err();
    assert_eq!(expected(""), (0, "a kind and an object"));
    assert_eq!(expected("exists"), (0, "a kind and an object"));
    assert_eq!(expected("exists device minor:1"), (21, "name:"));
    assert_eq!(expected("exists device name:r minor:1"), (28, "volume:"));
    assert_eq!(expected("exists resource name:r word"), (23, "key:value"));
    assert_eq!(expected("- skipped x"), (10, "a number of events"));
    assert_eq!(parse_line(b"exists resource name:\xff").unwrap_err().offset, 21);
}

#[test]
fn endpoints_are_taken_apart() {
    let six = Endpoint("ipv6:[fe80::1%eth0]:7789");
    assert_eq!((six.family(), six.host(), six.port()), (Some("ipv6"), "fe80::1%eth0", Some(7789)));
    let four = Endpoint("ipv4:10.0.0.1:7788");
    assert_eq!((four.family(), four.host(), four.port()), (Some("ipv4"), "10.0.0.1", Some(7788)));
}

#[test]
fn states_are_ordered_from_bad_to_good_and_what_is_unknown_ranks_lowest() {
    let words = "? Diskless Attaching Detaching Failed Negotiating Inconsistent Outdated DUnknown Consistent UpToDate";
    assert!(words.split(' ').map(Disk::from_word).is_sorted_by(|a, b| a < b));
    let words = "? StandAlone Disconnecting Unconnected Timeout BrokenPipe NetworkFailure ProtocolError TearDown Connecting Connected";
    assert!(words.split(' ').map(ConnectionState::from_word).is_sorted_by(|a, b| a < b));
    assert_eq!(Disk::from_word("odd").into_owned(), Disk::Other("odd".to_owned()));
}
