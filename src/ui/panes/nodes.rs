//! The nodes: what the cluster says of each, and how well hatui sees it.

use super::widest;
use crate::app::{Line, Tone};
use crate::model::{Feed, Freshness, NodeKind, NodeName, NodeRow, NodeState, Sight};
use crate::ui::scene::Scene;
use crate::ui::widgets::line::{Cells, width};
use crate::ui::widgets::time;

/// The widths of the columns.
pub(super) struct Columns {
    name: usize,
    state: usize,
    gap: usize,
    running: bool,
    /// Whether there is room for no more of a lost connection than that it is.
    brief: bool,
}

impl Columns {
    pub(super) fn of(scene: &Scene<'_>, room: usize) -> Self {
        let rows = &scene.picture.nodes;
        let name = widest(rows.iter().map(|row| row.name.as_str()), room / 3);
        let states: Vec<String> = rows.iter().map(|row| state(row, scene).1).collect();
        let state = widest(states.iter().map(String::as_str), room / 2);
        let seen = |brief| rows.iter().map(|row| width(&sight(row, brief, scene).1)).max().unwrap_or(0);
        let fits = |gap: usize, running: bool, brief: bool| {
            let running = if running { 7 + gap } else { 0 };
            2 + name + gap + state + gap + 2 + running + gap + seen(brief) <= room
        };
        let told = rows.iter().any(|row| row.running.is_some());
        let all = [(2, true, false), (1, true, false), (2, false, false), (1, false, false), (1, false, true)];
        let (gap, running, brief) = all
            .into_iter()
            .filter(|(_, running, _)| told || !running)
            .find(|(gap, running, brief)| fits(*gap, *running, *brief))
            .unwrap_or((1, false, true));
        Self { name, state, gap, running, brief }
    }
}

/// The line of a node.
pub(super) fn line(name: &NodeName, columns: &Columns, scene: &Scene<'_>) -> Line {
    let cut = scene.signs.cut;
    let Some(row) = scene.picture.node(name) else { return Line::of(Tone::Dim, name.as_str()) };
    let (tone, word, sign) = state(row, scene);
    let name_tone = if tone == Tone::Good || tone == Tone::Dim { Tone::Plain } else { tone };
    let cells = Cells::new()
        .text(tone, format!("{sign} "))
        .cell(columns.name, name_tone, name.as_str(), cut)
        .space(columns.gap)
        .cell(columns.state, tone, &word, cut)
        .space(columns.gap)
        .cell(2, Tone::Accent, if row.is_dc { "DC" } else { "" }, cut);
    let cells = if columns.running {
        let (tone, running) = running(row, scene);
        cells.space(columns.gap).right(7, tone, &running, cut)
    } else {
        cells
    };
    let (tone, seen) = sight(row, columns.brief, scene);
    cells.space(columns.gap).text(tone, seen).line()
}

/// The state by the status that is shown: how it looks, its words, its sign.
fn state(row: &NodeRow, scene: &Scene<'_>) -> (Tone, String, &'static str) {
    let signs = scene.signs;
    let (tone, sign) = match row.state {
        NodeState::Online => (Tone::Good, signs.good),
        state if state.is_unclean() => (Tone::Bad, signs.bad),
        NodeState::Offline | NodeState::OfflineStandby | NodeState::OfflineMaintenance => (Tone::Bad, signs.bad),
        NodeState::Pending => (Tone::Warn, signs.moving),
        NodeState::StandbyOnFail | NodeState::Standby | NodeState::Maintenance => (Tone::Warn, signs.warn),
        _ => (Tone::Warn, signs.unknown),
    };
    let leaving = row.member.as_ref().is_some_and(|member| member.shutdown == Some(true));
    let word = if leaving && row.state.is_up() { "shutting down" } else { row.state.word() };
    let (tone, sign) =
        if leaving && row.state == NodeState::Online { (Tone::Warn, signs.moving) } else { (tone, sign) };
    if scene.status_is_fresh() || row.state == NodeState::Unknown {
        return (tone, word.to_owned(), sign);
    }
    // What was so once is told as such: nobody knows whether it still is.
    let tone = if tone == Tone::Good { Tone::Dim } else { tone };
    (tone, format!("was {word}"), signs.unknown)
}

/// How many resources run there: of a node whose state is not known nobody can say.
fn running(row: &NodeRow, scene: &Scene<'_>) -> (Tone, String) {
    match row.running {
        Some(_) if row.state.is_unclean() => (Tone::Bad, "? res".to_owned()),
        Some(number) if scene.status_is_fresh() => (Tone::Plain, format!("{number} res")),
        Some(number) => (Tone::Dim, format!("{number}? res")),
        None => (Tone::Dim, String::new()),
    }
}

/// How well hatui sees it; `brief`: without when it is tried again.
fn sight(row: &NodeRow, brief: bool, scene: &Scene<'_>) -> (Tone, String) {
    let signs = scene.signs;
    match &row.sight {
        Sight::NotWatched => (Tone::Dim, format!("{} not watched", signs.dot)),
        Sight::ModelOnly => {
            let kind = row.member.as_ref().map(|member| &member.kind);
            let word = if matches!(kind, Some(NodeKind::Guest(_))) { "guest" } else { "remote" };
            (Tone::Dim, format!("{} {word} node", signs.dot))
        }
        Sight::Connecting(since) => {
            let span = time::whole(scene.now.since(*since).as_secs());
            (Tone::Warn, format!("{} connecting, {span}", signs.moving))
        }
        Sight::Refused(trouble) => (Tone::Bad, format!("{} {}", signs.bad, trouble.kind.word())),
        Sight::Lost { trouble, retry_at, .. } => {
            let left = retry_at.since(scene.now).as_secs();
            let word = trouble.kind.word();
            if brief {
                return (Tone::Bad, format!("{} {word}", signs.silent));
            }
            let retry = if left == 0 { "trying again".to_owned() } else { format!("again in {left} s") };
            (Tone::Bad, format!("{} {word}, {retry}", signs.silent))
        }
        Sight::Speaking(freshness, heard) => {
            let span = time::span(scene.now.since(*heard));
            match freshness {
                Freshness::Live => {
                    silent_feed(row, scene).unwrap_or_else(|| (Tone::Good, format!("{} {span}", signs.live)))
                }
                Freshness::Late => (Tone::Warn, format!("{} {span} late", signs.late)),
                Freshness::Silent | Freshness::Never => (Tone::Bad, format!("{} {span} silent", signs.silent)),
            }
        }
    }
}

/// A feed that is silent while the node speaks otherwise.
fn silent_feed(row: &NodeRow, scene: &Scene<'_>) -> Option<(Tone, String)> {
    let view = scene.cluster.views().get(row.key.as_ref()?)?;
    let (feed, heard) = Feed::ALL.into_iter().find_map(|feed| {
        let heard = view.heard.get(&feed)?;
        (view.feed_freshness(feed, scene.now) >= Freshness::Silent).then_some((feed, *heard))
    })?;
    let span = time::span(scene.now.since(heard));
    Some((Tone::Warn, format!("{} {feed} {span} silent", scene.signs.late)))
}
