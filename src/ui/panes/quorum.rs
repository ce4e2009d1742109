//! Quorum and links: who votes with whom, and over which wires.

use crate::app::{Line, Subject, Tone};
use crate::model::{Latency, LinkRow, LinkState, NodeName, Partition, QuorumStatus};
use crate::ui::scene::Scene;
use crate::ui::widgets::line::{Cells, fit, width};
use crate::ui::widgets::sparkline::sparkline;

/// From how many columns on the votes take one line.
pub(super) const ONE_LINE: usize = 90;

/// The columns of a chart.
const CHART: usize = 16;

/// The latency in microseconds at which a chart is full: what is below a millisecond is no mountain.
const FULL: u32 = 1000;

/// The lines of a row.
pub(super) fn lines(subject: &Subject, room: usize, scene: &Scene<'_>) -> Vec<Line> {
    match subject {
        Subject::Quorum => scene.picture.quorum.as_ref().map(|quorum| votes(quorum, room, scene)),
        Subject::Partition(at) => scene.picture.partitions.get(*at).map(|part| partition(*at, part, scene)),
        Subject::Link(number, a, b) => {
            let found = scene.picture.links.iter().find(|row| row.number == *number && row.a == *a && row.b == *b);
            found.map(|row| vec![link(row, room, scene)])
        }
        _ => None,
    }
    .unwrap_or_default()
}

/// Whether there is quorum, in a word, and how that looks.
pub(super) fn word(quorate: Option<bool>, scene: &Scene<'_>) -> (Tone, &'static str, &'static str) {
    match quorate {
        Some(true) => (Tone::Good, scene.signs.good, "has quorum"),
        Some(false) => (Tone::Bad, scene.signs.bad, "NO QUORUM"),
        None => (Tone::Warn, scene.signs.unknown, "quorum not known"),
    }
}

fn votes(quorum: &QuorumStatus, room: usize, scene: &Scene<'_>) -> Vec<Line> {
    let old = !scene.cluster.hears(crate::model::Feed::Corosync, scene.now);
    let (tone, sign, word) = word(if old { None } else { quorum.quorate }, scene);
    let number = |value: Option<u32>| value.map_or_else(|| "?".to_owned(), |value| value.to_string());
    let mut first = Line::of(tone, format!("{sign} {word}"))
        .and(Tone::Plain, format!("  votes {}", number(quorum.total_votes)))
        .and(Tone::Plain, format!("  expected {}", number(quorum.expected_votes)))
        .and(Tone::Plain, format!("  needed {}", number(quorum.quorum)));
    if quorum.blocked {
        first = first.and(Tone::Bad, "  activity blocked");
    }
    let ring = quorum.ring.as_ref().map_or("?", |ring| ring.as_str());
    let mut second = Line::of(Tone::Dim, format!("ring {ring}"));
    if let Some(device) = quorum.qdevice_votes {
        second = second.and(Tone::Plain, format!("  qdevice {device}"));
    }
    let flags: Vec<&str> =
        quorum.flags.iter().map(crate::model::Text::as_str).filter(|flag| *flag != "Quorate").collect();
    if !flags.is_empty() {
        second = second.and(Tone::Dim, format!("  {}", flags.join(" ")));
    }
    if room + 1 >= ONE_LINE {
        first = first.and(Tone::Plain, "  ");
        first.0.extend(second.0);
        return vec![first];
    }
    let mut indented = Line::of(Tone::Plain, "  ");
    indented.0.extend(second.0);
    vec![first, indented]
}

fn partition(at: usize, partition: &Partition, scene: &Scene<'_>) -> Vec<Line> {
    let (tone, sign, word) = word(partition.quorate, scene);
    let members: Vec<&str> = partition.members.iter().map(NodeName::as_str).collect();
    let first = Line::of(tone, format!("{sign} "))
        .and(Tone::Title, format!("partition {}", at + 1))
        .and(tone, format!("  {word}"))
        .and(Tone::Plain, "  ")
        .and(Tone::Differs, members.join(" "));
    let ring = partition.ring.as_ref().map_or("?", |ring| ring.as_str());
    let dc = partition.dc.as_ref().map_or("none known", NodeName::as_str);
    let mut second = Line::of(Tone::Dim, format!("  ring {ring}  DC {dc}"));
    if let Some(cib) = partition.cib {
        second = second.and(Tone::Dim, format!("  CIB {cib}"));
    }
    vec![first, second]
}

fn link(row: &LinkRow, room: usize, scene: &Scene<'_>) -> Line {
    let signs = scene.signs;
    let (tone, sign) = match row.state() {
        None => (Tone::Warn, signs.unknown),
        Some(LinkState::Connected) => (Tone::Good, signs.good),
        Some(LinkState::Disconnected) => (Tone::Bad, signs.bad),
        Some(LinkState::Other(_)) => (Tone::Warn, signs.warn),
    };
    let ends = format!("{} {} {}", row.a, signs.pair, row.b);
    let line = Line::of(tone, format!("{sign} ")).and(Tone::Plain, format!("link {}  ", row.number));
    if row.disputed() {
        let says = |name: &NodeName, state: Option<&LinkState>| {
            format!("{name}: {}", state.map_or("says nothing", LinkState::word))
        };
        return line.and(
            Tone::Differs,
            format!("{}, {}", says(&row.a, row.a_says.as_ref()), says(&row.b, row.b_says.as_ref())),
        );
    }
    let state = row.state().map_or("not known", LinkState::word);
    // What was measured before a link went down is no latency of now.
    let up = row.state() == Some(&LinkState::Connected);
    let latency = latency(row.latency.filter(|_| up));
    let trail: &[u32] = if up { &row.trail } else { &[] };
    let state_room = width(state).max(9);
    let fixed = 2 + 8 + 2 + state_room + if latency.is_empty() { 0 } else { 1 + 9 + 1 };
    let ends_room = width(&ends).min(room.saturating_sub(fixed).max(12));
    let chart = room.saturating_sub(fixed + ends_room).min(CHART);
    let mut cells = Cells::new();
    for (tone, text) in line.0 {
        cells = cells.text(tone, text);
    }
    cells
        .cell(ends_room, Tone::Plain, &fit(&ends, ends_room, signs.cut), signs.cut)
        .space(2)
        .cell(state_room, tone, state, signs.cut)
        .space(1)
        .right(9, Tone::Plain, &latency, signs.cut)
        .space(1)
        .text(Tone::Accent, sparkline(trail, chart, FULL, signs))
        .line()
}

/// An average latency in milliseconds.
fn latency(latency: Option<Latency>) -> String {
    match latency.and_then(|latency| latency.average_us) {
        None => String::new(),
        Some(micros) if micros < 10_000 => format!("{:.2} ms", f64::from(micros) / 1000.0),
        Some(micros) => format!("{} ms", micros / 1000),
    }
}
