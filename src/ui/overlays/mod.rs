//! What lies over the overview: pages of words, and small boxes that ask or offer something.

mod boxes;
mod choose;
mod failure;
mod faults;
mod filter;
mod page;
mod palette;
pub(super) mod too_small;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::layout::Regions;
use super::scene::Scene;
use crate::app::{Line, Overlay, Tone};
use crate::ui::widgets::line::put_line;

/// Which overlay covers all that lies below it: the last page of words.
fn cover(scene: &Scene<'_>) -> Option<usize> {
    scene.app.screen().overlays.iter().rposition(is_page)
}

fn is_page(overlay: &Overlay) -> bool {
    !matches!(
        overlay,
        Overlay::FilterInput { .. } | Overlay::Palette { .. } | Overlay::Faults | Overlay::Failure { .. }
    )
}

/// Whether nothing of the overview can be seen.
pub(super) fn hide_overview(scene: &Scene<'_>) -> bool {
    cover(scene).is_some()
}

/// Draws all that lies over the overview, and its keys; where the cursor is, if something is typed.
pub(super) fn draw(buffer: &mut Buffer, regions: &Regions, scene: &Scene<'_>) -> Option<Position> {
    let mut cursor = None;
    let mut keys = None;
    for overlay in scene.app.screen().overlays.iter().skip(cover(scene).unwrap_or(0)) {
        let place = area(overlay, regions, scene);
        keys = keys_of(overlay);
        cursor = match overlay {
            Overlay::FilterInput { line } => filter::draw(buffer, place, line, scene),
            Overlay::Palette { line, chosen } => palette::draw(buffer, place, line, *chosen, scene),
            Overlay::Choose { title, offers, chosen } => {
                choose::draw(buffer, place, (title, offers, *chosen), scene);
                None
            }
            Overlay::Faults => {
                faults::draw(buffer, place, scene);
                None
            }
            Overlay::Failure { words } => {
                failure::draw(buffer, place, words, scene);
                None
            }
            page => {
                keys = Some(page::draw(buffer, place, page, scene));
                None
            }
        };
    }
    if let Some(keys) = keys.filter(|_| scene.app.screen().notice.is_none()) {
        let mut line = Line::of(Tone::Plain, " ");
        for (key, word) in keys {
            line = line.and(Tone::Key, key).and(Tone::Plain, format!(" {word}  "));
        }
        put_line(buffer, regions.footer, &line, scene);
    }
    cursor
}

/// Where an overlay lies. The header is never covered: it says what is not real and what is not live.
pub(super) fn area(overlay: &Overlay, regions: &Regions, scene: &Scene<'_>) -> Rect {
    match overlay {
        Overlay::FilterInput { .. } => regions.footer,
        Overlay::Palette { .. } => palette::area(regions, scene),
        Overlay::Choose { offers, .. } => choose::area(regions, offers, scene),
        Overlay::Faults => faults::area(regions, scene),
        Overlay::Failure { words } => failure::area(regions, words, scene),
        _ => regions.body,
    }
}

/// Keys, and what they do.
type Keys = Vec<(&'static str, &'static str)>;

/// The keys that mean something in an overlay; `None`: it has the footer for itself, or tells them when it is drawn.
fn keys_of(overlay: &Overlay) -> Option<Keys> {
    match overlay {
        Overlay::Palette { .. } => {
            Some(vec![("Enter", "do it"), ("Tab", "complete"), ("Up Down", "choose"), ("Esc", "back")])
        }
        Overlay::Choose { .. } => Some(vec![("1-9 Enter", "do it"), ("Up Down", "choose"), ("Esc", "back")]),
        Overlay::Faults => Some(vec![("a letter", "breaks or mends"), ("Esc", "back")]),
        Overlay::Failure { .. } => Some(vec![("Enter", "go on")]),
        _ => None,
    }
}
