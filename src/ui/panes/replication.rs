//! Replication: each copy by its own node's word, what flows between copies, and connections by both ends' words.

use super::widest;
use crate::app::{Line, Subject, Tone};
use crate::model::{
    ConnectionState, Copy, DiskState, DrbdName, DrbdRole, NodeName, ReplicaSet, ReplicaVolume, Sync, Tie,
};
use crate::ui::scene::Scene;
use crate::ui::widgets::line::{Cells, width};
use crate::ui::widgets::progress::{bar, percent, size};
use crate::ui::widgets::time;

/// From how many columns on a resync takes one line.
pub(super) const ONE_LINE: usize = 110;

/// After how many seconds without progress a resync is said to stand still.
const STILL: u64 = 5;

/// The widths of the columns.
pub(super) struct Columns {
    node: usize,
    role: usize,
    bar: usize,
}

impl Columns {
    pub(super) fn of(scene: &Scene<'_>, room: usize) -> Self {
        let copies = scene.picture.replicas.iter().flat_map(|replica| &replica.volumes).flat_map(|row| &row.copies);
        let node = widest(copies.map(|copy| copy.node.as_str()), room / 3);
        Self { node, role: 9, bar: room.saturating_sub(2 * node + 15).clamp(8, 30) }
    }
}

/// The lines of a row.
pub(super) fn lines(subject: &Subject, columns: &Columns, room: usize, scene: &Scene<'_>) -> Vec<Line> {
    let replica = |name: &DrbdName| scene.picture.replicas.iter().find(|replica| replica.name == *name);
    let volume = |name: &DrbdName, number: u32| {
        let replica = replica(name)?;
        Some((replica, replica.volumes.iter().find(|row| row.number == number)?))
    };
    match subject {
        Subject::Replica(name) => replica(name).map(|replica| vec![head(replica, scene)]),
        Subject::Copy(name, number, node) => volume(name, *number).and_then(|(replica, volume)| {
            let one = volume.copies.iter().find(|one| one.node == *node)?;
            Some(vec![copy(replica, volume, one, columns, scene)])
        }),
        Subject::Sync(name, number, from, to) => volume(name, *number).and_then(|(_, volume)| {
            let found = volume.syncs.iter().find(|sync| sync.source == *from && sync.target == *to)?;
            Some(sync(found, columns, room, scene))
        }),
        Subject::Tie(name, a, b) => replica(name).and_then(|replica| {
            let found = replica.ties.iter().find(|tie| tie.a == *a && tie.b == *b)?;
            Some(vec![tie(found, room, scene)])
        }),
        _ => None,
    }
    .unwrap_or_default()
}

/// The name, the size, how many copies are whole, and whether writing is held up.
fn head(replica: &ReplicaSet, scene: &Scene<'_>) -> Line {
    let mut line = Line::of(Tone::Title, replica.name.as_str());
    let known: Option<u64> = replica.volumes.iter().map(|volume| volume.size_kib).sum();
    if let Some(kib) = known.filter(|_| !replica.volumes.is_empty()) {
        line = line.and(Tone::Dim, format!("  {}", size(kib)));
    }
    if replica.volumes.len() > 1 {
        line = line.and(Tone::Dim, format!("  {} volumes", replica.volumes.len()));
    }
    let whole = replica.volumes.iter().map(ReplicaVolume::up_to_date).min().unwrap_or(0);
    let wanted = replica.volumes.iter().map(ReplicaVolume::wanted).max().unwrap_or(0);
    let tone = match whole {
        0 => Tone::Bad,
        whole if whole < wanted => Tone::Warn,
        _ => Tone::Good,
    };
    let apart = replica.ties.iter().any(|tie| tie.state().is_some_and(|state| *state != ConnectionState::Connected));
    // Copies that are apart can each be up to date by their own word, and differ.
    line = if replica.ties.iter().any(Tie::given_up) {
        line.and(Tone::Bad, format!("  NOT REPLICATED, {whole} of {wanted} UpToDate"))
    } else if apart {
        line.and(Tone::Warn, format!("  not connected, {whole} of {wanted} UpToDate"))
    } else {
        line.and(tone, format!("  {whole} of {wanted} copies up to date"))
    };
    for (node, why) in &replica.suspended {
        let why: Vec<&str> = why.iter().map(crate::model::Text::as_str).collect();
        let words = format!("  {} I/O suspended on {node}: {}", scene.signs.bad, why.join(", "));
        line = line.and(Tone::Bad, words);
    }
    line
}

fn copy(replica: &ReplicaSet, volume: &ReplicaVolume, copy: &Copy, columns: &Columns, scene: &Scene<'_>) -> Line {
    let signs = scene.signs;
    let cut = signs.cut;
    let (tone, sign, word) = match &copy.disk {
        None => (Tone::Warn, signs.unknown, "not known"),
        Some(DiskState::Diskless) if copy.client => (Tone::Dim, signs.rest, "Diskless"),
        Some(disk) => {
            let (tone, sign) = match disk {
                DiskState::UpToDate => (Tone::Good, signs.good),
                DiskState::Diskless | DiskState::Failed => (Tone::Bad, signs.bad),
                DiskState::Attaching | DiskState::Detaching | DiskState::Negotiating => (Tone::Accent, signs.moving),
                DiskState::DUnknown | DiskState::Other(_) => (Tone::Warn, signs.unknown),
                _ => (Tone::Warn, signs.warn),
            };
            (tone, sign, disk.word())
        }
    };
    let (role_tone, role) = match replica.roles.get(&copy.node) {
        Some(DrbdRole::Primary) => (Tone::Accent, "Primary"),
        // That its disk is not known says it all.
        Some(DrbdRole::Unknown) | None => (Tone::Dim, if copy.disk.is_none() { "" } else { "Unknown" }),
        Some(role) => (Tone::Plain, role.word()),
    };
    let mut cells = Cells::new().space(1).text(tone, format!("{sign} "));
    if replica.volumes.len() > 1 {
        cells = cells.text(Tone::Dim, format!("/{:<3}", volume.number));
    }
    cells = cells
        .cell(columns.node, Tone::Plain, copy.node.as_str(), cut)
        .space(1)
        .cell(columns.role, role_tone, role, cut)
        .space(1)
        .text(tone, word);
    if copy.client {
        cells = cells.text(Tone::Dim, ", meant to be");
    } else if !copy.own_word && copy.disk.is_some() {
        cells = cells.text(Tone::Dim, ", by its peer's word");
    }
    cells.line()
}

fn sync(sync: &Sync, columns: &Columns, room: usize, scene: &Scene<'_>) -> Vec<Line> {
    let signs = scene.signs;
    let still = sync.still_since.map(|since| scene.now.since(since).as_secs()).filter(|seconds| *seconds >= STILL);
    let held = sync.state.is_paused() || !sync.held_back.is_empty();
    let tone = if still.is_some() || held { Tone::Warn } else { Tone::Accent };
    let cells = Cells::new()
        .space(1)
        .text(tone, format!("{} ", signs.moving))
        .cell(columns.node, Tone::Plain, sync.source.as_str(), signs.cut)
        .text(Tone::Plain, format!(" {} ", signs.to))
        .cell(columns.node, Tone::Plain, sync.target.as_str(), signs.cut)
        .space(1);
    let first = match sync.done {
        Some(done) => {
            let (full, empty) = bar(done, columns.bar, signs);
            cells.text(tone, full).text(Tone::Dim, empty).space(1).text(tone, percent(done))
        }
        None => cells.text(tone, "progress not told"),
    };
    let mut words: Vec<(Tone, String)> = Vec::new();
    if held {
        let by: Vec<&str> = sync.held_back.iter().map(crate::model::Text::as_str).collect();
        let by = if by.is_empty() { String::new() } else { format!(" by {}", by.join(", ")) };
        words.push((Tone::Warn, format!("held back{by}")));
    } else if let Some(seconds) = still {
        words.push((Tone::Warn, format!("has not moved for {}", time::whole(seconds))));
    }
    if let Some(rate) = sync.rate_kib_s.filter(|_| !held && still.is_none()) {
        words.push((Tone::Plain, format!("{}/s", size(rate))));
    }
    if let Some(left) = sync.left_kib {
        words.push((Tone::Plain, format!("{} to go", size(left))));
    }
    if let Some(eta) = sync.eta_s.filter(|_| !held && still.is_none()) {
        words.push((Tone::Accent, format!("done in {}", time::whole(eta))));
    }
    let mut second = Line::of(Tone::Dim, sync.state.word());
    for (tone, word) in words {
        second = second.and(Tone::Plain, "  ").and(tone, word);
    }
    // The pane's height is reckoned by its own width, which is one column more.
    if room + 1 >= ONE_LINE {
        let mut line = first.space(2).line();
        line.0.extend(second.0);
        return vec![line];
    }
    let mut indented = Line::of(Tone::Plain, "   ");
    indented.0.extend(second.0);
    vec![first.line(), indented]
}

fn tie(tie: &Tie, room: usize, scene: &Scene<'_>) -> Line {
    let signs = scene.signs;
    let well = |says: Option<&ConnectionState>| says.is_none_or(|state| *state == ConnectionState::Connected);
    let both_silent = tie.a_says.is_none() && tie.b_says.is_none();
    let (tone, sign) = if both_silent {
        (Tone::Warn, signs.unknown)
    } else if tie.given_up() {
        (Tone::Bad, signs.bad)
    } else if well(tie.a_says.as_ref()) && well(tie.b_says.as_ref()) {
        (Tone::Good, signs.good)
    } else {
        (Tone::Warn, signs.warn)
    };
    let line = Line::of(Tone::Plain, " ").and(tone, format!("{sign} "));
    if tone == Tone::Good {
        return line.and(Tone::Plain, format!("{} {} {}  ", tie.a, signs.pair, tie.b)).and(Tone::Good, "Connected");
    }
    let end = |line: Line, name: &NodeName, says: Option<&ConnectionState>| {
        let (word_tone, word) = match says {
            None => (Tone::Dim, "says nothing"),
            Some(ConnectionState::Connected) => (Tone::Good, "Connected"),
            Some(ConnectionState::StandAlone) => (Tone::Bad, "StandAlone"),
            Some(state) => (Tone::Warn, state.word()),
        };
        line.and(Tone::Plain, format!("{name} ")).and(word_tone, word)
    };
    let line = end(line, &tie.a, tie.a_says.as_ref()).and(Tone::Plain, format!(" {} ", signs.pair));
    let line = end(line, &tie.b, tie.b_says.as_ref());
    let doubt = "  split brain?";
    let used: usize = line.0.iter().map(|(_, text)| width(text)).sum();
    if tie.looks_split() && used + width(doubt) <= room { line.and(Tone::Bad, doubt) } else { line }
}
