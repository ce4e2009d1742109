//! What can be broken and mended in the demo.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::boxes;
use crate::app::{Line, Tone};
use crate::ui::layout::Regions;
use crate::ui::scene::Scene;
use crate::ui::widgets::line::{put_line, width};

fn lines(scene: &Scene<'_>) -> Vec<Line> {
    let offers = scene.app.faults();
    let mut lines = Vec::new();
    for (mends, heading) in [(false, "break"), (true, "mend")] {
        let of_kind = || offers.iter().filter(move |offer| offer.mends == mends);
        if of_kind().next().is_none() {
            continue;
        }
        lines.push(Line::of(Tone::Title, heading));
        for offer in of_kind() {
            let (tone, sign) = if mends { (Tone::Good, scene.signs.good) } else { (Tone::Bad, scene.signs.bad) };
            let line = Line::of(Tone::Key, format!("  {}  ", offer.key)).and(tone, format!("{sign} "));
            lines.push(line.and(Tone::Plain, offer.words.as_str()));
        }
    }
    if lines.is_empty() {
        lines.push(Line::of(Tone::Dim, "nothing can be broken now"));
    }
    lines
}

/// Where the menu lies.
pub(super) fn area(regions: &Regions, scene: &Scene<'_>) -> Rect {
    let lines = lines(scene);
    let wide = lines.iter().map(|line| line.0.iter().map(|(_, text)| width(text)).sum::<usize>()).max().unwrap_or(0);
    boxes::middle(regions.body, wide.max(40) + 4, lines.len() + 2)
}

/// Draws the menu.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, scene: &Scene<'_>) {
    let title = Line::of(Tone::Key, " Break or mend the simulated cluster ");
    let inner = boxes::draw(buffer, area, (&title, &Line::default()), scene);
    let mut lines = lines(scene);
    let room = usize::from(inner.height);
    if lines.len() > room {
        lines.truncate(room.saturating_sub(1));
        lines.push(Line::of(Tone::Warn, "more than fits: a taller terminal shows all"));
    }
    for (y, line) in (inner.y..inner.y + inner.height).zip(lines) {
        put_line(buffer, Rect { y, height: 1, ..inner }, &line, scene);
    }
}
