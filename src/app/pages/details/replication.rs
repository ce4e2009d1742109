//! A replicated resource: both ends' words, and how long until it is redundant again.

use super::{Context, Line, Sheet, Tone, findings_about, names, what_nodes_say};
use crate::app::clock::span;
use crate::app::{say, units};
use crate::model::{
    ConnectionState, Copy, DiskState, DrbdName, FactKey, NodeName, PeerVolume, ReplicaSet, ReplicaVolume, Replication,
    Sync, Text, Tie,
};
use core::time::Duration;

/// What of it was asked for: that stands first.
pub(super) enum Part<'a> {
    /// All.
    Whole,
    /// A copy: volume and node.
    Copy(u32, &'a NodeName),
    /// A resync or verify: volume, from, to.
    Sync(u32, &'a NodeName, &'a NodeName),
    /// A connection.
    Tie(&'a NodeName, &'a NodeName),
}

/// From how long on a resync that does not move is told to stand still.
const STILL: Duration = Duration::from_secs(10);

/// Writes all that is known of it.
pub(super) fn write(context: &Context<'_>, name: &DrbdName, part: &Part<'_>, sheet: &mut Sheet) {
    let Some(replica) = context.cluster.picture().replicas.iter().find(|replica| replica.name == *name) else {
        super::gone(&format!("replication {name}"), sheet);
        return;
    };
    focus(context, replica, part, sheet);
    findings_about(context, |subject| names(subject, name.as_str()), sheet);
    for volume in &replica.volumes {
        let told = matches!(part, Part::Sync(number, ..) if *number == volume.number && volume.syncs.len() == 1);
        self::volume(context, replica, volume, told, sheet);
    }
    if !replica.ties.is_empty() {
        sheet.heading("connections");
        for tie in &replica.ties {
            self::tie(tie, sheet);
        }
    }
    for (node, why) in &replica.suspended {
        let why: Vec<_> = why.iter().map(Text::as_str).collect();
        let words = format!("I/O is suspended on {node}: {}", why.join(", "));
        sheet.item(2, Line::of(Tone::Bad, words));
    }
    ends(context, name, sheet);
    contradictions(context, replica, sheet);
}

/// What was asked for, with what its word means.
fn focus(context: &Context<'_>, replica: &ReplicaSet, part: &Part<'_>, sheet: &mut Sheet) {
    let volume = |number: u32| replica.volumes.iter().find(|volume| volume.number == number);
    match part {
        Part::Whole => {
            for row in &replica.volumes {
                let (good, wanted) = (row.up_to_date(), row.wanted());
                let tone = if good >= wanted && good > 1 { Tone::Good } else { Tone::Warn };
                let words = format!(
                    "volume {}: {good} of {} up to date",
                    row.number,
                    units::count(wanted, "copy").replace("copys", "copies")
                );
                sheet.put(Line::of(tone, words));
            }
        }
        Part::Copy(number, node) => {
            match volume(*number).and_then(|row| row.copies.iter().find(|copy| copy.node == **node)) {
                Some(copy) => {
                    let (tone, word) = disk(copy);
                    sheet.put(Line::plain(format!("the copy on {node} is ")).and(tone, word));
                    copy_means(replica, copy, sheet);
                }
                None => super::gone("the copy", sheet),
            }
        }
        Part::Sync(number, from, to) => {
            let found = volume(*number)
                .and_then(|row| row.syncs.iter().find(|sync| sync.source == **from && sync.target == **to));
            match found {
                Some(found) => sync(context, found, 0, sheet),
                None => sheet.put(Line::of(Tone::Dim, "it ended, or nobody speaks of it any more")),
            }
        }
        Part::Tie(a, b) => match replica.ties.iter().find(|tie| tie.a == **a && tie.b == **b) {
            Some(found) => {
                let (tone, word) = connection(found.state());
                sheet.put(Line::of(tone, word));
                if let Some(state) = found.state() {
                    sheet.note(say::connection_means(state));
                }
            }
            None => super::gone("the connection", sheet),
        },
    }
}

fn disk(copy: &Copy) -> (Tone, String) {
    copy.disk.as_ref().map_or((Tone::Dim, "unknown".to_owned()), |disk| (say::disk_tone(disk), disk.word().to_owned()))
}

fn copy_means(replica: &ReplicaSet, copy: &Copy, sheet: &mut Sheet) {
    sheet.note(means(replica, copy));
    sheet.note(if copy.own_word { "by its own node's word" } else { "by a peer's word: its own node does not speak" });
}

/// What the state of a copy means. A copy that is cut off is up to date by its own word only.
fn means(replica: &ReplicaSet, copy: &Copy) -> &'static str {
    let apart = |tie: &Tie| {
        (tie.a == copy.node || tie.b == copy.node) && tie.state().is_some_and(|it| *it != ConnectionState::Connected)
    };
    match &copy.disk {
        Some(DiskState::Diskless) if copy.client => "meant to have no disk: it reads and writes over the network",
        Some(DiskState::UpToDate) if replica.ties.iter().any(apart) => {
            "whole by its own word; not connected, so that nobody can tell which copy is the newest"
        }
        Some(disk) => say::disk_means(disk),
        None => "nobody who speaks now can tell",
    }
}

/// A volume and its copies; `told`: its resync stands above already.
fn volume(context: &Context<'_>, replica: &ReplicaSet, volume: &ReplicaVolume, told: bool, sheet: &mut Sheet) {
    let size = volume.size_kib.map_or_else(|| "size unknown".to_owned(), units::size);
    sheet.heading(&format!("volume {}, {size}", volume.number));
    for copy in &volume.copies {
        let role = replica.roles.get(&copy.node);
        let (role_tone, role) =
            role.map_or((Tone::Dim, "role unknown"), |role| (say::drbd_role_tone(role), role.word()));
        let (tone, disk) = disk(copy);
        let line =
            Line::of(Tone::Accent, copy.node.to_string()).then(" ").and(role_tone, role).then(" ").and(tone, disk);
        sheet.item(2, line);
        let means = means(replica, copy);
        let word = if copy.own_word { "" } else { "; by a peer's word" };
        sheet.item(4, Line::of(Tone::Dim, format!("{means}{word}")));
    }
    if !told {
        for it in &volume.syncs {
            sync(context, it, 2, sheet);
        }
    }
}

/// A resync or verify: how far, how fast, how long, and who says so.
fn sync(context: &Context<'_>, sync: &Sync, indent: usize, sheet: &mut Sheet) {
    let what = if sync.verify { "verify" } else { "resync" };
    let done = sync.done.map_or_else(|| "progress unknown".to_owned(), |done| format!("{} done", units::percent(done)));
    let line = Line::plain(format!("{what} from "))
        .and(Tone::Accent, sync.source.to_string())
        .then(" to ")
        .and(Tone::Accent, format!("{}:", sync.target))
        .then(format!(" {done}"));
    sheet.item(indent, line);
    let left = sync.left_kib.map_or_else(|| "unknown".to_owned(), units::size);
    sheet.field("left", Line::plain(left));
    sheet.field("rate", Line::plain(sync.rate_kib_s.map_or_else(|| "unknown".to_owned(), units::rate)));
    let end = match sync.eta_s {
        Some(eta) if !sync.verify => format!("redundant again in {}", span(Duration::from_secs(eta))),
        Some(eta) => format!("done in {}", span(Duration::from_secs(eta))),
        None if sync.state.is_paused() => "unknown while it is held back".to_owned(),
        None => "unknown".to_owned(),
    };
    sheet.field("end", Line::plain(end));
    sheet.field("measured by", Line::plain(sync.witness.to_string()));
    sheet.field(
        "state",
        Line::plain(sync.state.word()).and(Tone::Dim, format!(": {}", say::replication_means(&sync.state))),
    );
    if !sync.held_back.is_empty() {
        let who: Vec<_> = sync.held_back.iter().map(Text::as_str).collect();
        sheet.item(2, Line::of(Tone::Warn, format!("held back by: {}", who.join(", "))));
    }
    if let Some(still) = sync.still_since.filter(|still| context.now.since(*still) >= STILL) {
        sheet.item(2, Line::of(Tone::Bad, format!("it does not move {}", context.since(still))));
    }
}

fn connection(state: Option<&ConnectionState>) -> (Tone, String) {
    state.map_or((Tone::Dim, "unknown".to_owned()), |state| (say::connection_tone(state), state.word().to_owned()))
}

/// A connection with both ends' words.
fn tie(tie: &Tie, sheet: &mut Sheet) {
    let (a_tone, a) = connection(tie.a_says.as_ref());
    let (b_tone, b) = connection(tie.b_says.as_ref());
    let line = Line::of(Tone::Accent, tie.a.to_string())
        .then(" says ")
        .and(a_tone, a)
        .then(", ")
        .and(Tone::Accent, tie.b.to_string())
        .then(" says ")
        .and(b_tone, b);
    sheet.item(2, line);
    if let Some(state) = tie.state() {
        sheet.item(4, Line::of(Tone::Dim, format!("{}: {}", state.word(), say::connection_means(state))));
    }
    if tie.looks_split() {
        sheet.item(4, Line::of(Tone::Bad, "this looks like a split brain: each may have data that the other lacks"));
    }
}

/// What each end says of the other, volume by volume.
fn ends(context: &Context<'_>, name: &DrbdName, sheet: &mut Sheet) {
    let mut lines: Vec<Line> = Vec::new();
    for (key, view) in context.cluster.views() {
        let Some(resource) = view.drbd.as_ref().and_then(|said| said.value.resources.get(name)) else { continue };
        for peer in resource.peers.values() {
            let other = peer.name.as_ref().map_or_else(|| "its peer".to_owned(), ToString::to_string);
            for (number, volume) in &peer.volumes {
                let mut line =
                    Line::of(Tone::Accent, context.called(key)).then(format!(" of volume {number} on {other}: "));
                line = line.then(volume_words(volume));
                lines.push(line);
                lines.extend(out_of_sync(volume).map(|words| Line::of(Tone::Dim, words)));
            }
        }
    }
    if lines.is_empty() {
        return;
    }
    sheet.heading("what each end says of the other");
    for line in lines {
        let indent = if matches!(line.0.first(), Some((Tone::Dim, _))) { 4 } else { 2 };
        sheet.item(indent, line);
    }
}

fn volume_words(volume: &PeerVolume) -> String {
    let state = volume.replication.as_ref().map_or("replication unknown", |state| state.word());
    let disk = volume.disk.as_ref().map_or("disk unknown", |disk| disk.word());
    let out = volume
        .out_of_sync_kib
        .map_or_else(|| "out of sync unknown".to_owned(), |kib| format!("{} out of sync", units::size(kib)));
    format!("{state}, {disk}, {out}")
}

/// What blocks that are out of sync mean; `None`: there are none, or it is not told.
fn out_of_sync(volume: &PeerVolume) -> Option<String> {
    let kib = volume.out_of_sync_kib.filter(|kib| *kib > 0)?;
    let words = match &volume.replication {
        Some(state) if state.is_resync() => "what the resync has still to bring over",
        Some(state) if state.is_verify() => "what the comparison found to differ so far",
        Some(Replication::Established) => {
            "found to differ while connected (by a verify, or written during one): it is not synced by itself; \
             disconnect and connect brings it over"
        }
        _ => "written here since the connection was lost: the next resync brings it over",
    };
    Some(format!("{}: {words}", units::size(kib)))
}

/// Where nodes contradict each other about it.
fn contradictions(context: &Context<'_>, replica: &ReplicaSet, sheet: &mut Sheet) {
    let truth = context.cluster.truth(context.now);
    let about = |key: &FactKey| match key {
        FactKey::DrbdRole(name, _) | FactKey::Disk(name, _, _) => *name == replica.name,
        _ => false,
    };
    let keys: Vec<FactKey> =
        truth.rows.iter().filter(|row| row.differs && about(&row.key)).map(|row| row.key.clone()).collect();
    if !keys.is_empty() {
        what_nodes_say(context, &keys, sheet);
    }
}
