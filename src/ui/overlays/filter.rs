//! A filter that is being typed, in the place of the footer, so that what it leaves can be seen.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::palette::typed;
use crate::app::{Line, LineEdit, Tone};
use crate::ui::scene::Scene;
use crate::ui::widgets::frame::clear;
use crate::ui::widgets::line::put_line;

/// Draws the line; where the cursor is.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, line: &LineEdit, scene: &Scene<'_>) -> Option<Position> {
    clear(buffer, area);
    let hint =
        Line::of(Tone::Key, "Enter").and(Tone::Plain, " keep  ").and(Tone::Key, "Esc").and(Tone::Plain, " clear ");
    let wide = 23.min(area.width / 2);
    let left = Rect { x: area.x + 1, width: area.width.saturating_sub(wide + 2), ..area };
    put_line(buffer, Rect { x: area.x + area.width - wide, width: wide, ..area }, &hint, scene);
    typed(buffer, left, "/", line, scene)
}
