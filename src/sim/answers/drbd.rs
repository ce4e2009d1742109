//! `drbdsetup events2`, `status` and `drbdadm --version` of DRBD 9.2.18 with utils 9.22.

use core::fmt::Write as _;

use super::super::replication::{Connection, Data, Disk};
use super::super::status::Ix;
use super::super::world::World;

/// `drbdadm --version`.
pub(in super::super) const VERSION: &str = "DRBDADM_BUILDTAG=GIT-hash:\\ 409097fe02187f83790b88ac3e0d94f3c167adab\\ reproducible\\ build\\,\\ 2023-01-09\\ 14:51:18\n\
     DRBDADM_API_VERSION=2\n\
     DRBD_KERNEL_VERSION_CODE=0x090212\n\
     DRBD_KERNEL_VERSION=9.2.18\n\
     DRBDADM_VERSION_CODE=0x091600\n\
     DRBDADM_VERSION=9.22.0\n";

/// When a part of a line is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// On every line but `destroy`.
    Always,
    /// On `exists` and `create`, and on `change` if it changed.
    Changed,
    /// On every `change` line too.
    Statistics,
    /// On `exists` and `create` only.
    Whole,
}

/// An object of events2: what it is, its key fields, and the parts of its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Object {
    kind: &'static str,
    key: String,
    parts: Vec<(When, String)>,
    /// Its statistics move by themselves and are told without being asked for.
    syncing: bool,
}

impl Object {
    fn whole(&self, word: &str) -> String {
        let parts = self.parts.iter().filter(|(_, part)| !part.is_empty());
        let parts: String = parts.flat_map(|(_, part)| [" ", part]).collect();
        format!("{word} {} {}{parts}\n", self.kind, self.key)
    }

    fn change(&self, before: &Self, asked: bool) -> Option<String> {
        let differs = |when: When| {
            self.parts.iter().zip(&before.parts).any(|((kind, now), (_, then))| *kind == when && now != then)
        };
        let statistics = differs(When::Statistics) && (asked || self.syncing);
        if !differs(When::Changed) && !statistics {
            return None;
        }
        let mut line = format!("change {} {}", self.kind, self.key);
        for ((when, now), (_, then)) in self.parts.iter().zip(&before.parts) {
            let shown = match when {
                When::Always | When::Statistics => true,
                When::Changed => now != then,
                When::Whole => false,
            };
            if shown && !now.is_empty() {
                let _ = write!(line, " {now}");
            }
        }
        line.push('\n');
        Some(line)
    }
}

/// Replication as one end sees it.
fn replication(disk: &Disk, end: usize) -> &'static str {
    if !disk.connected() {
        return "Off";
    }
    match &disk.resync {
        None => "Established",
        Some(resync) if resync.verify => {
            if resync.source == end {
                "VerifyS"
            } else {
                "VerifyT"
            }
        }
        Some(resync) if disk.is_paused() && !resync.exchanging => {
            if resync.source == end {
                "PausedSyncS"
            } else {
                "PausedSyncT"
            }
        }
        Some(resync) => match (resync.source == end, resync.exchanging) {
            (true, true) => "WFBitMapS",
            (false, true) => "WFBitMapT",
            (true, false) => "SyncSource",
            (false, false) => "SyncTarget",
        },
    }
}

/// Who paused the resync, as one end sees it.
fn suspended(disk: &Disk, end: usize) -> &'static str {
    match (disk.paused[end], disk.paused[1 - end]) {
        (false, false) => "no",
        (true, false) => "user",
        (false, true) => "peer",
        (true, true) => "user,peer",
    }
}

fn connection(disk: &Disk, end: usize) -> &'static str {
    disk.copies.get(end).map_or("Unconnected", |copy| copy.connection.word())
}

/// Whether this end holds the other for connected; a frozen peer is, until the wire is looked at.
fn peer_known(disk: &Disk, end: usize) -> bool {
    disk.copies.get(end).is_some_and(|copy| copy.connection == Connection::Connected)
}

fn promotion(disk: &Disk, end: usize) -> (bool, u32) {
    let Some((own, peer)) = disk.copies.get(end).zip(disk.copies.get(1 - end)) else { return (false, 0) };
    let peer_good = peer_known(disk, end) && peer.data == Data::UpToDate;
    let own_good = own.data == Data::UpToDate;
    let good = u32::from(own_good) + u32::from(peer_good);
    let score = match (own_good || own.data == Data::Inconsistent, good) {
        (_, 0) => 0,
        (true, good) => 10_000 + 100 * u32::from(own_good) + good,
        (false, good) => good,
    };
    let primary = own.primary || (peer_known(disk, end) && peer.primary);
    (!primary && good > 0 && (own_good || peer_known(disk, end)), score)
}

fn local_score(disk: &Disk, end: usize) -> u32 {
    promotion(disk, end).1
}

fn yes(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

fn wire_address(world: &World, node: Ix) -> &str {
    let Some(node) = world.scenario.node.get(node) else { return "" };
    node.replication.as_deref().or(node.addresses.first().map(String::as_str)).unwrap_or("")
}

/// The objects that DRBD on a node knows.
pub(in super::super) fn objects(world: &World, node: Ix) -> Vec<Object> {
    let up = |disk: &&Disk| disk.end(node).is_some_and(|end| disk.copies.get(end).is_some_and(|copy| copy.up));
    world.disks.iter().filter(up).flat_map(|disk| of_disk(world, disk, node)).collect()
}

fn of_disk(world: &World, disk: &Disk, node: Ix) -> Vec<Object> {
    let Some(end) = disk.end(node) else { return Vec::new() };
    let [own, peer] = [&disk.copies[end], &disk.copies[1 - end]];
    let known = peer_known(disk, end);
    let peer_name = world.name(peer.node);
    let (may, _) = promotion(disk, end);
    let score = local_score(disk, end);
    let name = format!("name:{}", disk.name);
    let peer_key = format!("{name} peer-node-id:{} conn-name:{peer_name}", 1 - end);
    let role = |primary| if primary { "Primary" } else { "Secondary" };
    let syncing = disk.resync.as_ref().filter(|resync| !resync.exchanging && disk.connected());
    let missing = match &disk.resync {
        Some(resync) if disk.connected() && resync.verify => 0,
        Some(resync) if disk.connected() => resync.left,
        _ if known => 0,
        _ => own.ahead,
    };
    let done = syncing
        .map(|resync| format!("done:{:.2}", 100.0 * (resync.total - resync.left) as f64 / resync.total.max(1) as f64));
    let speed = syncing.map(|resync| match (resync.left < resync.total, resync.rate) {
        (true, rate) if rate > 0 => format!("dbdt1:{:.2} eta:{}", rate as f64 / 1024.0, resync.left / rate),
        _ => "dbdt1:0.00 eta:nan".to_owned(),
    });
    let peer_data = if known { peer.data.word() } else { "DUnknown" };
    let path = |node: Ix| format!("ipv4:{}:{}", wire_address(world, node), disk.port);
    let suspended = suspended(disk, end);
    let object = |kind, key, parts| Object { kind, key, parts, syncing: false };
    vec![
        object(
            "resource",
            name.clone(),
            vec![
                (When::Changed, format!("role:{}", role(own.primary))),
                (When::Changed, "suspended:no".to_owned()),
                (When::Whole, "force-io-failures:no write-ordering:flush".to_owned()),
                (When::Changed, format!("may_promote:{} promotion_score:{score}", yes(may))),
            ],
        ),
        object(
            "connection",
            peer_key.clone(),
            vec![
                (When::Changed, format!("connection:{}", connection(disk, end))),
                (When::Changed, format!("role:{}", if known { role(peer.primary) } else { "Unknown" })),
                (When::Whole, "congested:no ap-in-flight:0 rs-in-flight:0".to_owned()),
            ],
        ),
        object(
            "device",
            format!("{name} volume:0"),
            vec![
                (When::Always, format!("minor:{}", disk.minor)),
                (When::Changed, format!("backing_dev:{} disk:{} client:no quorum:yes", disk.backing, own.data.word())),
                (
                    When::Statistics,
                    format!(
                        "size:{} read:{} written:{} al-writes:{} bm-writes:{} upper-pending:0 lower-pending:0",
                        disk.size,
                        own.read,
                        own.written,
                        21 + own.written / 262_144,
                        43 + own.received / 65_536
                    ),
                ),
                (When::Whole, "al-suspended:no blocked:no".to_owned()),
            ],
        ),
        Object {
            kind: "peer-device",
            key: format!("{peer_key} volume:0"),
            parts: vec![
                (When::Changed, format!("replication:{}", replication(disk, end))),
                (When::Changed, format!("peer-disk:{peer_data} peer-client:no")),
                (When::Changed, format!("resync-suspended:{suspended}")),
                (When::Statistics, done.unwrap_or_default()),
                (
                    When::Statistics,
                    format!("received:{} sent:{} out-of-sync:{missing} pending:0 unacked:0", own.received, own.sent),
                ),
                (When::Statistics, speed.unwrap_or_default()),
            ],
            syncing: syncing.is_some(),
        },
        object(
            "path",
            format!("{peer_key} local:{} peer:{}", path(own.node), path(peer.node)),
            vec![(When::Changed, format!("established:{}", yes(known)))],
        ),
    ]
}

/// `exists` lines of everything, and the end of the dump.
pub(in super::super) fn dump(objects: &[Object]) -> String {
    let lines: String = objects.iter().map(|object| object.whole("exists")).collect();
    lines + "exists -\n"
}

/// The lines that tell what changed; statistics alone are told only if asked for, or while a resync moves them.
pub(in super::super) fn changes(before: &[Object], now: &[Object], asked: bool) -> String {
    let mut out = String::new();
    for object in now {
        match before.iter().find(|old| old.kind == object.kind && old.key == object.key) {
            None => out.push_str(&object.whole("create")),
            Some(old) => out.push_str(&object.change(old, asked).unwrap_or_default()),
        }
    }
    for old in before.iter().rev() {
        if !now.iter().any(|object| object.kind == old.kind && object.key == old.key) {
            let _ = writeln!(out, "destroy {} {}", old.kind, old.key);
        }
    }
    out
}

/// What events2 tells when the kernel calls a helper on this end.
pub(in super::super) fn helper_lines(world: &World, index: usize, node: Ix, what: &str) -> String {
    let Some((disk, end)) = world.disks.get(index).and_then(|disk| Some((disk, disk.end(node)?))) else {
        return String::new();
    };
    if !disk.copies.get(end).is_some_and(|copy| copy.up) {
        return String::new();
    }
    let source = disk.resync.as_ref().map(|resync| resync.source == end);
    let peer = disk.copies.get(1 - end).map_or(0, |copy| copy.node);
    let conn = format!("name:{} peer-node-id:{} conn-name:{}", disk.name, 1 - end, world.name(peer));
    let (key, helper) = match (what, source) {
        ("before-resync", Some(true)) => (format!("{conn} volume:0 minor:{}", disk.minor), "before-resync-source"),
        ("before-resync", _) => (format!("{conn} volume:0 minor:{}", disk.minor), "before-resync-target"),
        ("after-resync", _) if disk.copies.get(end).is_some_and(|copy| !copy.primary) => {
            (format!("{conn} volume:0 minor:{}", disk.minor), "after-resync-target")
        }
        ("after-resync", _) => return String::new(),
        (other, _) => (conn, other),
    };
    format!("call helper {key} helper:{helper}\nresponse helper {key} helper:{helper} status:0\n")
}

/// `drbdadm status`.
pub(super) fn status(world: &World, node: Ix) -> String {
    let mut out = String::new();
    for disk in &world.disks {
        let Some(end) = disk.end(node).filter(|end| disk.copies[*end].up) else { continue };
        let [own, peer] = [&disk.copies[end], &disk.copies[1 - end]];
        let role = |primary| if primary { "Primary" } else { "Secondary" };
        let _ = writeln!(out, "{} role:{}\n  disk:{}", disk.name, role(own.primary), own.data.word());
        let name = world.name(peer.node);
        if peer_known(disk, end) {
            let _ = writeln!(out, "  {name} role:{}", role(peer.primary));
            let done = disk.resync.as_ref().map(|r| 100.0 * (r.total - r.left) as f64 / r.total.max(1) as f64);
            let _ = match done {
                Some(done) => {
                    let state = replication(disk, end);
                    writeln!(out, "    replication:{state} peer-disk:{} done:{done:.2}", peer.data.word())
                }
                None => writeln!(out, "    peer-disk:{}", peer.data.word()),
            };
        } else {
            let _ = writeln!(out, "  {name} connection:{}", own.connection.word());
        }
        out.push('\n');
    }
    if out.is_empty() { "# No currently configured DRBD found.\n".to_owned() } else { out }
}

/// `drbdsetup status --json --statistics`, with its odd layout.
pub(super) fn json(world: &World, node: Ix) -> String {
    let mut all = Vec::new();
    for disk in &world.disks {
        let Some(end) = disk.end(node).filter(|end| disk.copies[*end].up) else { continue };
        let [own, peer] = [&disk.copies[end], &disk.copies[1 - end]];
        let known = peer_known(disk, end);
        let role = |primary| if primary { "Primary" } else { "Secondary" };
        let mut text = format!(
            "{{\n  \"name\": \"{}\",\n  \"node-id\": {end},\n  \"role\": \"{}\",\n  \"suspended\": false,\n  \
             \"suspended-user\": false,\n  \"suspended-no-data\": false,\n  \"suspended-fencing\": false,\n  \
             \"suspended-quorum\": false,\n  \"force-io-failures\": false,\n  \"write-ordering\": \"flush\",\n  \
             \"devices\": [\n    {{\n      \"volume\": 0,\n      \"minor\": {},\n      \"disk-state\": \"{}\",\n      \
             \"client\": false,\n      \"quorum\": true,\n      \"size\": {},\n      \"read\": {},\n      \
             \"written\": {},\n      \"al-writes\": 21,\n      \"bm-writes\": 43,\n      \"upper-pending\": 0,\n      \
             \"lower-pending\": 0\n    }} ],\n",
            disk.name,
            role(own.primary),
            disk.minor,
            own.data.word(),
            disk.size,
            own.read,
            own.written
        );
        let left = disk.resync.as_ref().map(|resync| if resync.verify { 0 } else { resync.left });
        let missing = left.unwrap_or(if known { 0 } else { own.ahead });
        let (peer_role, peer_data) =
            if known { (role(peer.primary), peer.data.word()) } else { ("Unknown", "DUnknown") };
        let in_sync = 100.0 * (disk.size - missing.min(disk.size)) as f64 / disk.size.max(1) as f64;
        let _ = write!(
            text,
            "  \"connections\": [\n    {{\n      \"peer-node-id\": {},\n      \"name\": \"{}\",\n      \
             \"connection-state\": \"{}\", \n      \"congested\": false,\n      \"peer-role\": \"{peer_role}\",\n      \
             \"ap-in-flight\": 0,\n      \"rs-in-flight\": 0,\n      \"peer_devices\": [\n        {{\n          \
             \"volume\": 0,\n          \"replication-state\": \"{}\",\n          \"peer-disk-state\": \"{peer_data}\",\n          \
             \"peer-client\": false,\n          \"resync-suspended\": \"{}\",\n          \"received\": {},\n          \
             \"sent\": {},\n          \"out-of-sync\": {missing},\n          \"pending\": 0,\n          \"unacked\": 0,\n          \
             \"has-sync-details\": false,\n          \"has-online-verify-details\": false,\n          \
             \"percent-in-sync\": {in_sync:.2}\n        }} ]\n    }} ]\n}}\n",
            1 - end,
            world.name(peer.node),
            own.connection.word(),
            replication(disk, end),
            suspended(disk, end),
            own.received,
            own.sent
        );
        all.push(text);
    }
    format!("[\n{}]\n\n", all.join(","))
}
