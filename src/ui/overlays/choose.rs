//! What an action key can mean for what is selected.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::boxes;
use crate::app::{Line, Offer, Tone};
use crate::ui::layout::Regions;
use crate::ui::scene::Scene;
use crate::ui::widgets::line::{put_line, width};

fn lines(offers: &[Offer], chosen: usize, scene: &Scene<'_>) -> Vec<Line> {
    let widest = offers.iter().map(|offer| width(&offer.words)).max().unwrap_or(0);
    let mut lines = Vec::new();
    for (at, offer) in offers.iter().enumerate() {
        let cursor = if at == chosen { scene.signs.cursor } else { " " };
        let key = if at < 9 { (at + 1).to_string() } else { " ".to_owned() };
        let gap = " ".repeat(widest.saturating_sub(width(&offer.words)));
        let tone = if at == chosen { Tone::Title } else { Tone::Plain };
        let line = Line::of(Tone::Accent, cursor).and(Tone::Key, format!("{key} ")).and(tone, offer.words.as_str());
        lines.push(line.and(Tone::Dim, format!("{gap}  {}", offer.doc)));
    }
    lines
}

/// Where the menu lies.
pub(super) fn area(regions: &Regions, offers: &[Offer], scene: &Scene<'_>) -> Rect {
    let lines = lines(offers, 0, scene);
    let wide = lines.iter().map(|line| line.0.iter().map(|(_, text)| width(text)).sum::<usize>()).max().unwrap_or(0);
    boxes::middle(regions.body, wide.max(36) + 4, lines.len() + 2)
}

/// Draws the menu; where it is too long, the part around what is chosen.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, of: (&str, &[Offer], usize), scene: &Scene<'_>) {
    let (title, offers, chosen) = of;
    let title = Line::of(Tone::Key, format!(" {title} "));
    let inner = boxes::draw(buffer, area, (&title, &Line::default()), scene);
    let room = usize::from(inner.height);
    let skip = (chosen + 1).saturating_sub(room);
    for (y, line) in (inner.y..inner.y + inner.height).zip(lines(offers, chosen, scene).into_iter().skip(skip)) {
        put_line(buffer, Rect { y, height: 1, ..inner }, &line, scene);
    }
}
