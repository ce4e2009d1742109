//! `corosync-cfgtool`, `corosync-quorumtool` and `corosync-cmapctl -m stats` of Corosync 3.1.7 with knet.

use core::fmt::Write as _;
use std::collections::BTreeSet;

use super::super::status::Ix;
use super::super::world::World;
use super::Answer;
use super::time::ctime;

const NO_CONFIGURATION: &str = "Could not initialize corosync configuration API error 2\n";
const NO_CMAP: &str = "Cannot initialize CMAP service\n";

fn runs(world: &World, node: Ix) -> bool {
    world.machines.get(node).is_some_and(|machine| machine.corosync)
}

fn id(world: &World, node: Ix) -> u32 {
    world.machines.get(node).map_or(0, |machine| machine.id)
}

fn address(world: &World, node: Ix, link: usize) -> &str {
    world.scenario.node.get(node).and_then(|node| node.addresses.get(link)).map_or("", String::as_str)
}

/// `corosync-cfgtool -s`.
pub(super) fn status(world: &World, node: Ix) -> Answer {
    if !runs(world, node) {
        return Answer::error(NO_CONFIGURATION, 1, 13);
    }
    let mut out = format!("Local node ID {}, transport knet\n", id(world, node));
    for link in 0..world.link_count() {
        let _ = writeln!(out, "LINK ID {link} udp\n\taddr\t= {}\n\tstatus:", address(world, node, link));
        for peer in 0..world.machines.len() {
            let state = match (peer == node, world.link_seen(node, peer, link)) {
                (true, _) => "localhost",
                (false, true) => "connected",
                (false, false) => "disconnected",
            };
            let _ = writeln!(out, "\t\tnodeid: {:>10}:\t{state}", id(world, peer));
        }
    }
    Answer::text(out, 13)
}

/// `corosync-cfgtool -n`.
pub(super) fn reach(world: &World, node: Ix) -> Answer {
    if !runs(world, node) {
        return Answer::error(NO_CONFIGURATION, 1, 12);
    }
    let mut out = format!("Local node ID {}, transport knet\n", id(world, node));
    for peer in (0..world.machines.len()).filter(|peer| *peer != node) {
        if !(0..world.link_count()).any(|link| world.link_seen(node, peer, link)) {
            continue;
        }
        let _ = writeln!(out, "nodeid: {} reachable", id(world, peer));
        for link in 0..world.link_count() {
            let (from, to) = (address(world, node, link), address(world, peer, link));
            let connected = if world.link_seen(node, peer, link) { " connected" } else { "" };
            let _ = writeln!(out, "   LINK: {link} udp ({from}->{to}) enabled{connected} mtu: 1397");
        }
        out.push('\n');
    }
    Answer::text(out, 12)
}

/// `corosync-quorumtool -s`: exits 2 without quorum.
pub(super) fn quorum(world: &World, node: Ix) -> Answer {
    if !runs(world, node) {
        return Answer::error(NO_CMAP, 1, 20);
    }
    let alone = BTreeSet::from([node]);
    let side = world.side_of(node);
    let members = side.map_or(&alone, |side| &side.members);
    let (seq, quorate) = side.map_or((0, false), |side| (side.seq, side.quorate));
    let (expected, total, needed) = (world.machines.len(), members.len(), world.quorum());
    let first = members.first().map_or(0, |node| id(world, *node));
    let mut out = String::from("Quorum information\n------------------\n");
    let _ = writeln!(out, "Date:             {}", ctime(world.now));
    out.push_str("Quorum provider:  corosync_votequorum\n");
    let _ = writeln!(out, "Nodes:            {total}\nNode ID:          {}", id(world, node));
    let _ = writeln!(out, "Ring ID:          {first:x}.{seq:x}");
    let _ = writeln!(out, "Quorate:          {}", if quorate { "Yes" } else { "No" });
    out.push_str("\nVotequorum information\n----------------------\n");
    let _ = writeln!(out, "Expected votes:   {expected}\nHighest expected: {expected}\nTotal votes:      {total}");
    let _ = writeln!(out, "Quorum:           {needed} {}", if quorate { " " } else { "Activity blocked" });
    let two = if world.scenario.two_node { "2Node " } else { "" };
    let has = if quorate { "Quorate " } else { "" };
    let waits = if world.scenario.two_node { "WaitForAll " } else { "" };
    let _ = writeln!(out, "Flags:            {two}{has}{waits}");
    out.push_str("\nMembership information\n----------------------\n    Nodeid      Votes Name\n");
    for member in members {
        let local = if *member == node { " (local)" } else { "" };
        let _ = writeln!(out, "{:>10} {:>10} {}{local}", id(world, *member), 1, world.name(*member));
    }
    Answer { out: out.into_bytes(), err: Vec::new(), code: if quorate { 0 } else { 2 }, ms: 20 }
}

/// A number that wanders slowly and is the same for the same place and moment.
fn wander(seed: u64, node: Ix, peer: Ix, link: usize, moment: u64) -> u64 {
    let mut rng = super::super::rng::Rng::new(
        seed ^ (node as u64) << 40 ^ (peer as u64) << 32 ^ (link as u64) << 24 ^ moment.wrapping_mul(0x9e37_79b9),
    );
    rng.next()
}

/// `corosync-cmapctl -m stats [PREFIX]`: the keys of the links; other keys are left out.
pub(super) fn stats(world: &World, node: Ix, prefix: &str) -> Answer {
    if !runs(world, node) {
        return Answer::error("Failed to initialize the cmap API. Error CS_ERR_LIBRARY\n", 1, 14);
    }
    let mut out = String::new();
    let up = world.now.secs() % 100_000;
    for peer in 0..world.machines.len() {
        for link in 0..world.link_count() {
            if peer == node && link > 0 {
                continue;
            }
            let local = peer == node;
            let connected = u8::from(local || world.link_seen(node, peer, link));
            let flaps = world.flaps.get(&(node.min(peer), node.max(peer), link)).copied().unwrap_or(0);
            let moment = world.now.secs() / 5;
            let base = 150 + wander(7, node.min(peer), node.max(peer), link, 0) % 60;
            let average = base + wander(11, node, peer, link, moment) % 41;
            let highest = base + 170 + wander(13, node, peer, link, 0) % 90;
            let (average, highest) = if local { (0, 0) } else { (average, highest) };
            let (lowest, samples) = if local { (4_294_967_295, 0) } else { (base - 20, 2048) };
            let mtu = if local { 65_535 } else { 1397 };
            let pings = if local { 0 } else { up };
            let key = format!("stats.knet.node{}.link{link}", id(world, peer));
            let values: [(&str, &str, u64); 18] = [
                ("connected", "u8", connected.into()),
                ("down_count", "u32", flaps.into()),
                ("enabled", "u8", 1),
                ("latency_ave", "u32", average),
                ("latency_max", "u32", highest),
                ("latency_min", "u32", lowest),
                ("latency_samples", "u32", samples),
                ("mtu", "u32", mtu),
                ("rx_ping_bytes", "u64", pings * 26),
                ("rx_ping_packets", "u64", pings),
                ("rx_pong_bytes", "u64", pings * 26),
                ("rx_pong_packets", "u64", pings),
                ("tx_ping_bytes", "u64", pings * 80),
                ("tx_ping_errors", "u32", 0),
                ("tx_ping_packets", "u64", pings),
                ("tx_pong_bytes", "u64", pings * 80),
                ("tx_pong_packets", "u64", pings),
                ("up_count", "u32", u64::from(flaps) + 1),
            ];
            for (name, kind, value) in values {
                let line = format!("{key}.{name} ({kind}) = {value}\n");
                if line.starts_with(prefix) {
                    out.push_str(&line);
                }
            }
        }
    }
    Answer::text(out, 14)
}

/// The lines that the watcher lets through.
pub(in super::super) fn only_latency(stats: &[u8]) -> Vec<u8> {
    const KEYS: [&str; 6] = ["connected", "latency_ave", "latency_max", "latency_samples", "down_count", "mtu"];
    let wanted = |line: &&str| {
        let key = line.split(' ').next().and_then(|key| key.rsplit('.').next());
        key.is_some_and(|key| KEYS.contains(&key))
    };
    let text = String::from_utf8_lossy(stats);
    text.lines().filter(wanted).flat_map(|line| [line, "\n"]).collect::<String>().into_bytes()
}
