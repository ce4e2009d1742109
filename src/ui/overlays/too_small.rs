//! A terminal that is too small: what is needed, what there is, and the one thing that must be known all the same.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::Tone;
use crate::ui::header;
use crate::ui::layout::NEEDED;
use crate::ui::scene::Scene;
use crate::ui::widgets::frame::centred;
use crate::ui::widgets::line::put;

/// Draws what fits, the most important first.
pub(in crate::ui) fn draw(buffer: &mut Buffer, area: Rect, scene: &Scene<'_>) {
    let mut lines = (area.y..area.y + area.height).map(|y| Rect { y, height: 1, ..area });
    let verdict = scene.cluster.verdict();
    let (tone, sign) = scene.verdict(verdict);
    if let Some(line) = lines.next() {
        let mut rest = line;
        for (part, words) in header::banners(scene, true) {
            let took = put(buffer, rest, &words, scene.part(part), scene);
            rest = Rect { x: rest.x + took, width: rest.width.saturating_sub(took), ..rest };
        }
        put(buffer, rest, &format!(" {sign} {verdict}"), scene.tone(tone), scene);
    }
    let words = [
        (Tone::Title, format!("hatui needs {} x {}", NEEDED.0, NEEDED.1)),
        (Tone::Plain, format!("this terminal has {} x {}", area.width, area.height)),
        (Tone::Dim, "columns x rows; q leaves".to_owned()),
    ];
    for ((tone, words), line) in words.into_iter().zip(lines) {
        centred(buffer, line, &words, scene.tone(tone), scene);
    }
}
