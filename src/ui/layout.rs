//! Where everything is: from the size and the app alone, for drawing and for the mouse alike.

use ratatui::layout::Rect;

use super::panes;
use crate::app::{App, Pane, Row};

/// The columns and rows that hatui needs.
pub const NEEDED: (u16, u16) = (60, 16);

/// From how many columns on panes stand side by side.
const SIDE_BY_SIDE: u16 = 100;

/// From how many rows on that no pane needs they tell of what is selected.
const SPARE: u16 = 8;

/// How many panes, by rank, are shown wherever there is any room for them.
const ALWAYS: usize = 3;

/// Where everything is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regions {
    /// Whether the terminal has too few columns or rows: nothing else holds then.
    pub too_small: bool,
    /// The two lines of the header.
    pub header: Rect,
    /// Everything between the header and the footer: where overlays lie.
    pub body: Rect,
    /// The panes that are shown.
    pub panes: Vec<PaneArea>,
    /// Where the details of what is selected begin, where rows are to spare.
    pub aside: Option<Aside>,
    /// The line that names the panes that have no room.
    pub strip: Option<Rect>,
    /// The panes that have no room, in the order in which the strip names them.
    pub hidden: Vec<Pane>,
    /// The line that tells of a filter, or that the picture is held still.
    pub status: Option<Rect>,
    /// The line of keys.
    pub footer: Rect,
}

/// A pane that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaneArea {
    /// Which.
    pub pane: Pane,
    /// All of it.
    pub area: Rect,
    /// The part inside its frame.
    pub inner: Rect,
    /// Whether it has a box around it; else a rule above it.
    pub boxed: bool,
    /// Its rows, those that are scrolled away too.
    pub rows: Vec<Row>,
    /// Which rows are drawn: from, to, counted among all.
    pub shown: (usize, usize),
}

/// Where the details of what is selected lie beside the panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aside {
    /// All of it.
    pub area: Rect,
    /// Whether it has a box around it; else a rule above it.
    pub boxed: bool,
}

impl PaneArea {
    /// The rows that are drawn, each with its place.
    pub fn places<'a>(&'a self, app: &'a App) -> impl Iterator<Item = (usize, &'a Row, Rect)> {
        let mut y = self.inner.y;
        let bottom = self.inner.y + self.inner.height;
        let (from, to) = self.shown;
        self.rows.iter().enumerate().take(to).skip(from).map(move |(at, row)| {
            let wanted = panes::height(app, self.pane, row, self.inner.width);
            let height = wanted.min(bottom.saturating_sub(y));
            let place = Rect { y, height, ..self.inner };
            y += height;
            (at, row, place)
        })
    }
}

/// What a pane would like to have, in rows inside its frame.
struct Need {
    pane: Pane,
    rows: Vec<Row>,
    least: u16,
    /// With so many it does its work, though not all is seen.
    fair: u16,
    wanted: u16,
}

/// Tells where everything is on a terminal of `size` columns and rows.
pub fn layout(size: (u16, u16), app: &App) -> Regions {
    let (columns, rows) = size;
    let line = |y: u16| Rect { x: 0, y, width: columns, height: 1 };
    let mut regions = Regions {
        too_small: columns < NEEDED.0 || rows < NEEDED.1,
        header: Rect { height: 2.min(rows), ..line(0) },
        body: Rect { y: 2.min(rows), height: rows.saturating_sub(3), ..line(0) },
        panes: Vec::new(),
        aside: None,
        strip: None,
        hidden: Vec::new(),
        status: None,
        footer: Rect { height: rows.min(1), ..line(rows.saturating_sub(1)) },
    };
    if regions.too_small {
        return regions;
    }
    let mut room = regions.body;
    if app.frozen_since().is_some() || !app.screen().filter.is_empty() || app.aside().is_some() {
        room.height -= 1;
        regions.status = Some(line(room.y + room.height));
    }
    let focus = app.screen().focus;
    if app.screen().zoomed {
        place_column(app, &mut regions, room, vec![need(app, focus, columns - 2)], true);
        return regions;
    }
    if columns >= SIDE_BY_SIDE {
        let half = columns / 2;
        let left = Rect { width: half, ..room };
        let right = Rect { x: half, width: columns - half, ..room };
        let needs = |panes: [Pane; 3], width: u16| panes.map(|pane| need(app, pane, width - 2)).into();
        let needs_left = needs([Pane::Nodes, Pane::Resources, Pane::Findings], left.width);
        let needs_right = needs([Pane::Replication, Pane::Quorum, Pane::Events], right.width);
        place_column(app, &mut regions, left, needs_left, true);
        place_column(app, &mut regions, right, needs_right, true);
    } else {
        let order = [Pane::Nodes, Pane::Findings, Pane::Resources, Pane::Replication, Pane::Quorum, Pane::Events];
        let needs = order.map(|pane| need(app, pane, columns)).into();
        // Whether a strip is needed shows when the panes are placed; it then has the last line.
        let strip = Rect { y: room.y + room.height - 1, height: 1, ..room };
        let above = Rect { height: room.height - 1, ..room };
        place_column(app, &mut regions, above, needs, false);
        regions.strip = Some(strip);
    }
    regions
}

fn need(app: &App, pane: Pane, width: u16) -> Need {
    let rows = app.rows(pane);
    // Beyond this many rows it does not matter how many there are.
    let wanted: u16 = rows.iter().take(300).map(|row| panes::height(app, pane, row, width)).sum();
    let (least, fair) = match pane {
        Pane::Resources => (4, 6),
        Pane::Nodes => (3, 5),
        Pane::Replication => (3, 7),
        Pane::Findings => (2, 4),
        Pane::Quorum => (2, 3),
        Pane::Events => (2, 3),
    };
    let wanted = if rows.is_empty() { panes::empty_height(app, pane, width).max(1) } else { wanted };
    Need { pane, rows, least: wanted.min(least), fair: wanted.min(fair), wanted }
}

/// Places panes below each other: those that have room, the focused one always, the rest by rank.
fn place_column(app: &App, regions: &mut Regions, room: Rect, needs: Vec<Need>, boxed: bool) {
    let frame: u16 = if boxed { 2 } else { 1 };
    let focus = app.screen().focus;
    let mut order: Vec<usize> = (0..needs.len()).collect();
    order.sort_by_key(|at| (needs.get(*at).map(|need| need.pane) != Some(focus), rank(needs.get(*at))));
    let mut free = room.height;
    let mut heights: Vec<Option<u16>> = vec![None; needs.len()];
    let mut kept = 0;
    for (place, at) in order.iter().enumerate() {
        let (Some(need), Some(height)) = (needs.get(*at), heights.get_mut(*at)) else { continue };
        let least = (need.least + frame).min(room.height);
        // What comes later gets room only beside what came before, not at its cost; replication is no luxury.
        let luxury = place >= ALWAYS && (need.pane != Pane::Replication || need.rows.is_empty());
        let costs = !boxed && luxury && kept + least > room.height;
        if free >= least && !costs {
            *height = Some(least);
            free -= least;
            kept += need.wanted.min(2 * need.fair) + frame;
        }
    }
    // First to what is fair, then to what is wanted; what then is left goes to those that can always use it.
    for fair in [true, false] {
        for at in &order {
            let (Some(need), Some(Some(height))) = (needs.get(*at), heights.get_mut(*at)) else { continue };
            let most = if fair { need.fair } else { need.wanted };
            let more = (most + frame).saturating_sub(*height).min(free);
            *height += more;
            free -= more;
        }
    }
    // What no pane of the column can use tells more of what is selected.
    let right = needs.iter().any(|need| need.pane == Pane::Events) && boxed && needs.len() > 1;
    let aside = if free >= SPARE && !right && app.selected().is_some() { core::mem::take(&mut free) } else { 0 };
    let filler = [Pane::Events, Pane::Resources].into_iter().find_map(|pane| {
        let at = needs.iter().position(|need| need.pane == pane)?;
        heights.get(at).copied().flatten().map(|_| at)
    });
    let last = || heights.iter().rposition(Option::is_some);
    if let Some(height) = filler.or_else(last).and_then(|at| heights.get_mut(at)) {
        *height = height.map(|height| height + free);
    }
    let mut y = room.y;
    for (need, height) in needs.into_iter().zip(heights) {
        let Some(height) = height else {
            regions.hidden.push(need.pane);
            continue;
        };
        let area = Rect { y, height, ..room };
        let inner = if boxed {
            Rect { x: area.x + 1, y: y + 1, width: area.width - 2, height: height.saturating_sub(2) }
        } else {
            Rect { y: y + 1, height: height.saturating_sub(1), ..area }
        };
        y += height;
        let selected = app.selected_row(need.pane, &need.rows).unwrap_or(0);
        let tall = |at: usize| need.rows.get(at).map_or(1, |row| panes::height(app, need.pane, row, inner.width));
        let shown = window(need.rows.len(), selected, inner.height, tall);
        regions.panes.push(PaneArea { pane: need.pane, area, inner, boxed, rows: need.rows, shown });
    }
    if aside > 0 {
        regions.aside = Some(Aside { area: Rect { y, height: aside, ..room }, boxed });
    }
}

/// Who gets room first.
fn rank(need: Option<&Need>) -> usize {
    let order = [Pane::Nodes, Pane::Findings, Pane::Resources, Pane::Replication, Pane::Quorum, Pane::Events];
    need.and_then(|need| order.iter().position(|pane| *pane == need.pane)).unwrap_or(order.len())
}

/// Which of `count` rows are seen through `room` lines so that the selected one is among them, in the middle if it can.
fn window(count: usize, selected: usize, room: u16, tall: impl Fn(usize) -> u16) -> (usize, usize) {
    if count == 0 || room == 0 {
        return (0, 0);
    }
    let selected = selected.min(count - 1);
    let (mut from, mut to) = (selected, selected + 1);
    let mut used = tall(selected);
    while from > 0 && used + tall(from - 1) <= room / 2 {
        from -= 1;
        used += tall(from);
    }
    while to < count && used + tall(to) <= room {
        used += tall(to);
        to += 1;
    }
    while from > 0 && used + tall(from - 1) <= room {
        from -= 1;
        used += tall(from);
    }
    // Of a tall row that does not fit as a whole its beginning is better than nothing.
    if to < count && used < room {
        to += 1;
    }
    (from, to)
}

#[cfg(test)]
mod tests {
    use super::window;

    #[test]
    fn all_rows_are_seen_where_there_is_room() {
        assert_eq!(window(5, 0, 5, |_| 1), (0, 5));
        assert_eq!(window(5, 4, 9, |_| 1), (0, 5));
        assert_eq!(window(0, 0, 9, |_| 1), (0, 0));
    }

    #[test]
    fn the_selected_row_is_always_seen() {
        for count in 1..30 {
            for selected in 0..count {
                for room in 1..12 {
                    let tall = |at: usize| if at.is_multiple_of(3) { 2 } else { 1 };
                    let (from, to) = window(count, selected, room, tall);
                    assert!(from <= selected && selected < to && to <= count, "{count} {selected} {room}");
                    let before: u16 = (from..to - 1).map(tall).sum();
                    assert!(before < room, "{count} {selected} {room}: a row without a line");
                }
            }
        }
    }
}
