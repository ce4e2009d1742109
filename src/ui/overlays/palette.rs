//! The palette: what is typed, and what could be meant.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::boxes;
use crate::app::{Line, LineEdit, OFFERED, Tone, completions};
use crate::ui::layout::Regions;
use crate::ui::scene::Scene;
use crate::ui::theme::Part;
use crate::ui::widgets::frame::highlight;
use crate::ui::widgets::line::{Cells, put, put_line, width};

/// How many completions are seen at once.
const SEEN: usize = 10;

/// Where the palette lies: at the top of the body, so that what is below can still be read.
pub(super) fn area(regions: &Regions, scene: &Scene<'_>) -> Rect {
    let body = regions.body;
    let width = body.width.min(90);
    let offered = completions(scene.app).len().clamp(1, SEEN);
    let rows = u16::try_from(offered + 3).unwrap_or(u16::MAX);
    Rect { x: body.x + (body.width - width) / 2, y: body.y, width, height: rows.min(body.height) }
}

/// Draws the palette; where the cursor is.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    line: &LineEdit,
    chosen: usize,
    scene: &Scene<'_>,
) -> Option<Position> {
    let title = Line::of(Tone::Key, " Command ");
    let offered = completions(scene.app);
    let room = usize::from(area.height.saturating_sub(3));
    let from = chosen.saturating_sub(room.saturating_sub(1)).min(offered.len().saturating_sub(room));
    let place = if offered.len() > room {
        let all = if offered.len() == OFFERED { format!("the best {OFFERED}") } else { offered.len().to_string() };
        Line::of(Tone::Dim, format!(" {}-{} of {all} ", from + 1, from + room))
    } else {
        Line::default()
    };
    let inner = boxes::draw(buffer, area, (&title, &place), scene);
    let cursor = typed(buffer, Rect { height: 1, ..inner }, ":", line, scene);
    let words = offered.iter().map(|offer| width(&offer.words)).max().unwrap_or(0).min(usize::from(inner.width) / 2);
    for (index, offer) in offered.iter().enumerate().skip(from).take(room) {
        let Ok(down) = u16::try_from(index - from) else { break };
        let place = Rect { y: inner.y + 1 + down, height: 1, ..inner };
        let sign = if index == chosen { scene.signs.cursor } else { " " };
        let line = Cells::new()
            .text(Tone::Key, format!("{sign} "))
            .cell(words, Tone::Plain, &offer.words, scene.signs.cut)
            .space(2)
            .text(Tone::Dim, offer.doc.as_str())
            .line();
        put_line(buffer, place, &line, scene);
        if index == chosen {
            highlight(buffer, place, scene.part(Part::Selected));
        }
    }
    if offered.is_empty() && room > 0 {
        let place = Rect { y: inner.y + 1, height: 1, ..inner };
        put(buffer, place, "nothing is called so", scene.tone(Tone::Warn), scene);
    }
    cursor
}

/// Draws a line that is typed, scrolled so that the cursor is seen; where the cursor is.
pub(super) fn typed(
    buffer: &mut Buffer,
    area: Rect,
    prompt: &str,
    line: &LineEdit,
    scene: &Scene<'_>,
) -> Option<Position> {
    let took = put(buffer, area, &format!("{prompt} "), scene.tone(Tone::Key), scene);
    let room = Rect { x: area.x + took, width: area.width.saturating_sub(took), ..area };
    // One column is kept for the cursor behind the last character.
    let columns = usize::from(room.width.saturating_sub(1));
    let before: Vec<char> = line.text().chars().take(line.cursor()).collect();
    let mut from = before.len();
    let mut used = 0;
    while from > 0 {
        let wide = before.get(from - 1).map_or(0, |c| width(&c.to_string()));
        if used + wide > columns {
            break;
        }
        used += wide;
        from -= 1;
    }
    let shown: String = line.text().chars().skip(from).collect();
    put(buffer, room, &shown, scene.tone(Tone::Plain), scene);
    let x = room.x + u16::try_from(used).unwrap_or(0);
    (room.width > 0).then_some(Position { x: x.min(room.x + room.width - 1), y: room.y })
}
