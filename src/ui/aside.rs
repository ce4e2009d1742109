//! The beginning of the details of what is selected, where rows are to spare: a large screen tells more at a glance.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::layout::Aside;
use super::scene::Scene;
use super::theme::Part;
use super::widgets::frame::{boxed, rule};
use super::widgets::line::put_line;
use crate::app::{Line, Overlay, Tone, page};

/// Draws them.
pub(super) fn draw(buffer: &mut Buffer, aside: Aside, scene: &Scene<'_>) {
    let Some(subject) = scene.app.selected() else { return };
    let area = aside.area;
    let (sides, below) = if aside.boxed { (2, 1) } else { (1, 0) };
    let inner = Rect {
        x: area.x + sides,
        y: area.y + 1,
        width: area.width.saturating_sub(2 * sides),
        height: area.height.saturating_sub(1 + below),
    };
    let overlay = Overlay::Details { subject, scroll: 0 };
    let Some(page) = page(scene.app, &overlay, usize::from(inner.width)) else { return };
    let title = Line::of(Tone::Title, format!(" {} ", page.title));
    let rest = page.lines.len().saturating_sub(usize::from(inner.height));
    let more = match rest {
        0 => Line::default(),
        1 => Line::of(Tone::Dim, " Enter: 1 line more "),
        rest => Line::of(Tone::Dim, format!(" Enter: {rest} lines more ")),
    };
    let set = if scene.app.frozen_since().is_some() { &scene.signs.frozen } else { &scene.signs.frame };
    let frame = if aside.boxed { boxed } else { rule };
    frame(buffer, area, set, scene.part(Part::Frame), (&title, &more), scene);
    for (y, line) in (inner.y..inner.y + inner.height).zip(&page.lines) {
        put_line(buffer, Rect { y, height: 1, ..inner }, line, scene);
    }
}
