//! A part of hatui failed: what it said.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::boxes;
use crate::app::{Line, Tone};
use crate::ui::layout::Regions;
use crate::ui::scene::Scene;
use crate::ui::widgets::line::{put_line, wrap};

/// How wide the box is at most.
const WIDE: usize = 76;

fn lines(words: &str, columns: usize, scene: &Scene<'_>) -> Vec<Line> {
    let mut lines: Vec<Line> =
        wrap(words, columns, 10, scene.signs.cut).into_iter().map(|line| Line::of(Tone::Plain, line)).collect();
    lines.push(Line::default());
    lines.push(Line::of(Tone::Dim, "The rest of hatui goes on; the cluster is not touched."));
    lines
}

/// Where the box lies.
pub(super) fn area(regions: &Regions, words: &str, scene: &Scene<'_>) -> Rect {
    let wide = WIDE.min(usize::from(regions.body.width));
    boxes::middle(regions.body, wide, lines(words, wide.saturating_sub(4), scene).len() + 2)
}

/// Draws the box.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, words: &str, scene: &Scene<'_>) {
    let title = Line::of(Tone::Bad, format!(" {} A part of hatui failed ", scene.signs.bad));
    let inner = boxes::draw(buffer, area, (&title, &Line::default()), scene);
    let lines = lines(words, usize::from(inner.width), scene);
    for (y, line) in (inner.y..inner.y + inner.height).zip(lines) {
        put_line(buffer, Rect { y, height: 1, ..inner }, &line, scene);
    }
}
