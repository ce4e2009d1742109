//! Frames: a box, or, where rows are few, a rule with a title.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::symbols::border;

use super::line::{put, put_line, width};
use crate::app::Line;
use crate::ui::scene::Scene;

/// Draws a box around the edge of `area`, with a title and something at the right of its upper edge.
pub(in crate::ui) fn boxed(
    buffer: &mut Buffer,
    area: Rect,
    set: &border::Set<'_>,
    style: Style,
    titles: (&Line, &Line),
    scene: &Scene<'_>,
) {
    if area.width < 2 || area.height < 2 {
        return;
    }
    let (left, right) = (area.x, area.x + area.width - 1);
    let (top, bottom) = (area.y, area.y + area.height - 1);
    for x in left..=right {
        set_cell(buffer, x, top, set.horizontal_top, style);
        set_cell(buffer, x, bottom, set.horizontal_bottom, style);
    }
    for y in top..=bottom {
        set_cell(buffer, left, y, set.vertical_left, style);
        set_cell(buffer, right, y, set.vertical_right, style);
    }
    set_cell(buffer, left, top, set.top_left, style);
    set_cell(buffer, right, top, set.top_right, style);
    set_cell(buffer, left, bottom, set.bottom_left, style);
    set_cell(buffer, right, bottom, set.bottom_right, style);
    title(buffer, Rect { x: area.x + 1, y: area.y, width: area.width - 2, height: 1 }, titles, scene);
}

/// Draws a rule over the first row of `area`, with a title.
pub(in crate::ui) fn rule(
    buffer: &mut Buffer,
    area: Rect,
    set: &border::Set<'_>,
    style: Style,
    titles: (&Line, &Line),
    scene: &Scene<'_>,
) {
    if area.height == 0 {
        return;
    }
    for x in area.x..area.x + area.width {
        set_cell(buffer, x, area.y, set.horizontal_top, style);
    }
    title(buffer, Rect { x: area.x + 1, height: 1, width: area.width.saturating_sub(2), ..area }, titles, scene);
}

fn title(buffer: &mut Buffer, area: Rect, (left, right): (&Line, &Line), scene: &Scene<'_>) {
    let wide = |line: &Line| -> u16 {
        line.0.iter().map(|(_, text)| width(text)).sum::<usize>().try_into().unwrap_or(u16::MAX)
    };
    let left_width = wide(left).min(area.width);
    put_line(buffer, Rect { width: left_width, ..area }, left, scene);
    let room = area.width.saturating_sub(left_width + 1);
    let right_width = wide(right).min(room);
    if right_width > 0 {
        let x = area.x + area.width - right_width;
        put_line(buffer, Rect { x, width: right_width, ..area }, right, scene);
    }
}

fn set_cell(buffer: &mut Buffer, x: u16, y: u16, symbol: &str, style: Style) {
    if let Some(cell) = buffer.cell_mut((x, y)) {
        cell.set_symbol(symbol).set_style(style);
    }
}

/// Empties `area`.
pub(in crate::ui) fn clear(buffer: &mut Buffer, area: Rect) {
    for y in area.y..area.y + area.height {
        for x in area.x..area.x + area.width {
            if let Some(cell) = buffer.cell_mut((x, y)) {
                cell.reset();
            }
        }
    }
}

/// Lays a style over a row.
pub(in crate::ui) fn highlight(buffer: &mut Buffer, area: Rect, style: Style) {
    buffer.set_style(area.intersection(buffer.area), style);
}

/// Writes words in the middle of a row.
pub(in crate::ui) fn centred(buffer: &mut Buffer, area: Rect, words: &str, style: Style, scene: &Scene<'_>) {
    let wide = u16::try_from(width(words)).unwrap_or(u16::MAX).min(area.width);
    let x = area.x + (area.width - wide) / 2;
    put(buffer, Rect { x, width: area.width - (x - area.x), ..area }, words, style, scene);
}
