//! A page of words: help, details, raw output, the truth, logs.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Keys, boxes};
use crate::app::{Line, Overlay, Page, Tone, page};
use crate::ui::scene::Scene;
use crate::ui::widgets::line::put_line;

/// The page of an overlay as wide as `area` allows.
fn lay_out(area: Rect, overlay: &Overlay, scene: &Scene<'_>) -> Page {
    page(scene.app, overlay, usize::from(area.width.saturating_sub(4))).unwrap_or_default()
}

/// Draws a page; the keys that mean something on it.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, overlay: &Overlay, scene: &Scene<'_>) -> Keys {
    let page = lay_out(area, overlay, scene);
    let height = usize::from(area.height.saturating_sub(2));
    let fixed = page.fixed.min(page.lines.len()).min(height);
    let (head, rest) = page.lines.split_at(fixed);
    let room = height - fixed;
    // The last page is shown full.
    let from = scrolled(overlay).min(rest.len().saturating_sub(room));
    let to = (from + room).min(rest.len());
    let title = Line::of(Tone::Key, format!(" {} ", page.title));
    let place = if rest.len() > room {
        Line::of(Tone::Dim, format!(" lines {}-{} of {} ", from + 1, to, rest.len()))
    } else {
        Line::default()
    };
    let inner = boxes::draw(buffer, area, (&title, &place), scene);
    for (index, line) in head.iter().chain(rest.iter().take(to).skip(from)).enumerate() {
        let Ok(down) = u16::try_from(index) else { break };
        if down < inner.height {
            put_line(buffer, Rect { y: inner.y + down, height: 1, ..inner }, line, scene);
        }
    }
    let scrolls = (rest.len() > room).then_some(("Up Down", "scroll"));
    scrolls.into_iter().chain(page.keys.iter().copied()).chain([("Esc", "back")]).collect()
}

/// How far a page is scrolled.
fn scrolled(overlay: &Overlay) -> usize {
    overlay.clone().scroll_mut().map_or(0, |scroll| *scroll)
}
