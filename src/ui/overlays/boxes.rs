//! A box over the panes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::Line;
use crate::ui::scene::Scene;
use crate::ui::theme::Part;
use crate::ui::widgets::frame::{boxed, clear};

/// A rectangle of at most `columns` by `rows` in the middle of `room`.
pub(super) fn middle(room: Rect, columns: usize, rows: usize) -> Rect {
    let width = u16::try_from(columns).unwrap_or(u16::MAX).min(room.width);
    let height = u16::try_from(rows).unwrap_or(u16::MAX).min(room.height);
    Rect { x: room.x + (room.width - width) / 2, y: room.y + (room.height - height) / 2, width, height }
}

/// Draws an empty box; the part inside, a column from its edges.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, titles: (&Line, &Line), scene: &Scene<'_>) -> Rect {
    clear(buffer, area);
    boxed(buffer, area, &scene.signs.focus, scene.part(Part::Focus), titles, scene);
    Rect { x: area.x + 2, y: area.y + 1, width: area.width.saturating_sub(4), height: area.height.saturating_sub(2) }
}
