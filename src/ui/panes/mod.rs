//! The panes of the overview: each turns one row of the app into lines; this draws them.

mod empty;
mod events;
mod findings;
mod nodes;
mod quorum;
mod replication;
mod resources;
pub(super) mod summary;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Look;
use super::layout::PaneArea;
use super::scene::Scene;
use super::theme::Part;
use super::widgets::frame::{boxed, highlight, rule};
use super::widgets::line::{put, put_line, width};
use super::widgets::time;
use crate::app::{App, Line, Pane, Row, Subject, Tone};
use crate::model::Feed;

/// How many lines a row takes where `width` columns are free.
pub(super) fn height(app: &App, pane: Pane, row: &Row, width: u16) -> u16 {
    match (pane, &row.subject) {
        (Pane::Findings, Subject::Finding(key)) => findings::height(app.cluster(), key, usize::from(width)),
        (Pane::Replication, Subject::Sync(..)) if usize::from(width) < replication::ONE_LINE => 2,
        (Pane::Quorum, Subject::Quorum) if usize::from(width) < quorum::ONE_LINE => 2,
        (Pane::Quorum, Subject::Partition(_)) => 2,
        _ => 1,
    }
}

/// How many lines say why a pane of `width` columns is empty.
pub(super) fn empty_height(app: &App, pane: Pane, width: u16) -> u16 {
    let lines = empty::lines(pane, empty_room(width), &Scene::new(app, Look::default()));
    u16::try_from(lines.len()).unwrap_or(u16::MAX)
}

/// The columns for why a pane is empty, in a pane of `width` columns.
fn empty_room(width: u16) -> usize {
    usize::from(width.saturating_sub(2))
}

/// Draws a pane.
pub(super) fn draw(buffer: &mut Buffer, pane: &PaneArea, scene: &Scene<'_>) {
    let focused = scene.app.screen().focus == pane.pane;
    let signs = scene.signs;
    let set = match (focused, scene.app.frozen_since().is_some()) {
        (false, false) => &signs.frame,
        (true, false) => &signs.focus,
        (false, true) => &signs.frozen,
        (true, true) => &signs.frozen_focus,
    };
    let style = scene.part(if focused { Part::Focus } else { Part::Frame });
    let title = title(pane, focused, scene);
    let right = age(pane.pane, scene);
    let frame = if pane.boxed { boxed } else { rule };
    frame(buffer, pane.area, set, style, (&title, &right), scene);
    if pane.rows.is_empty() {
        draw_empty(buffer, pane, scene);
        return;
    }
    let selected = scene.app.selected_row(pane.pane, &pane.rows);
    let columns = Columns::of(pane, scene);
    for (at, row, place) in pane.places(scene.app) {
        let chosen = focused && selected == Some(at);
        let marked = scene.app.screen().marked.contains(&row.subject);
        let sign = match (chosen, marked) {
            (true, true) => signs.both,
            (true, false) => signs.cursor,
            (false, true) => signs.mark,
            (false, false) => " ",
        };
        let room = Rect { x: place.x + 1, width: place.width.saturating_sub(1), height: 1, ..place };
        for (index, line) in
            columns.lines(row, (usize::from(room.width), usize::from(place.height)), scene).iter().enumerate()
        {
            let Ok(down) = u16::try_from(index) else { break };
            if down < place.height {
                put_line(buffer, Rect { y: place.y + down, ..room }, line, scene);
            }
        }
        put(buffer, Rect { height: 1, width: 1, ..place }, sign, scene.tone(Tone::Key), scene);
        if chosen {
            highlight(buffer, place, scene.part(Part::Selected));
        }
    }
}

fn draw_empty(buffer: &mut Buffer, pane: &PaneArea, scene: &Scene<'_>) {
    let lines = empty::lines(pane.pane, empty_room(pane.inner.width), scene);
    for (index, (tone, line)) in lines.iter().enumerate() {
        let Ok(down) = u16::try_from(index) else { break };
        if down < pane.inner.height {
            let place = Rect { x: pane.inner.x + 1, y: pane.inner.y + down, width: pane.inner.width - 1, height: 1 };
            put(buffer, place, line, scene.tone(*tone), scene);
        }
    }
}

/// The title: the key, the name, how many of how many rows are seen, and what matters most of the whole.
fn title(pane: &PaneArea, focused: bool, scene: &Scene<'_>) -> Line {
    let tone = if focused { Tone::Key } else { Tone::Title };
    let cursor = if focused { scene.signs.cursor } else { " " };
    let mut line = Line::of(tone, format!("{cursor}{} {} ", pane.pane.number(), pane.pane.title()));
    let count = pane.rows.len();
    let (from, to) = pane.shown;
    if to - from < count {
        line = line.and(Tone::Dim, format!("{}-{to} of {count} ", from + 1));
    }
    if pane.pane == Pane::Findings {
        line.0.extend(findings::counts(scene).0);
    }
    line
}

/// Since when what a pane shows is old: at the right of its title.
fn age(pane: Pane, scene: &Scene<'_>) -> Line {
    let feed = match pane {
        Pane::Nodes | Pane::Resources => Feed::Pacemaker,
        Pane::Replication => Feed::Drbd,
        Pane::Quorum => Feed::Corosync,
        Pane::Events | Pane::Findings => return Line::default(),
    };
    match scene.old_since(feed) {
        Some(since) => {
            let span = time::span(scene.now.since(since));
            Line::of(Tone::Bad, format!(" {} OLD: as of {} ago ", scene.signs.silent, span))
        }
        None => Line::default(),
    }
}

/// How wide the columns of a pane are: by all its rows, so that scrolling moves none.
enum Columns {
    Nodes(nodes::Columns),
    Resources(resources::Columns),
    Replication(replication::Columns),
    Quorum,
    Events(events::Columns),
    Findings,
}

impl Columns {
    fn of(pane: &PaneArea, scene: &Scene<'_>) -> Self {
        let room = usize::from(pane.inner.width.saturating_sub(1));
        match pane.pane {
            Pane::Nodes => Self::Nodes(nodes::Columns::of(scene, room)),
            Pane::Resources => Self::Resources(resources::Columns::of(&pane.rows, scene, room)),
            Pane::Replication => Self::Replication(replication::Columns::of(scene, room)),
            Pane::Quorum => Self::Quorum,
            Pane::Events => Self::Events(events::Columns::of(pane, scene, room)),
            Pane::Findings => Self::Findings,
        }
    }

    /// The lines of a row where there is room for so many columns and lines.
    fn lines(&self, row: &Row, (room, most): (usize, usize), scene: &Scene<'_>) -> Vec<Line> {
        match (self, &row.subject) {
            (Self::Nodes(columns), Subject::Node(name)) => vec![nodes::line(name, columns, scene)],
            (Self::Resources(columns), Subject::Resource(path)) => {
                vec![resources::line(path, row, columns, room, scene)]
            }
            (Self::Replication(columns), subject) => replication::lines(subject, columns, room, scene),
            (Self::Quorum, subject) => quorum::lines(subject, room, scene),
            (Self::Events(columns), Subject::Happening(at)) => vec![events::line(*at, columns, scene)],
            (Self::Findings, Subject::Finding(key)) => findings::lines(key, room, most, scene),
            _ => Vec::new(),
        }
    }
}

/// The widest of some words, at most `most` columns.
fn widest<'a>(words: impl Iterator<Item = &'a str>, most: usize) -> usize {
    words.map(width).max().unwrap_or(0).min(most)
}
