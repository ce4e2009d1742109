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

/// Draws all that lies over the overview; where the cursor is, if something is typed.
pub(super) fn draw(buffer: &mut Buffer, regions: &Regions, scene: &Scene<'_>) -> Option<Position> {
    let mut cursor = None;
    for overlay in &scene.app.screen().overlays {
        let place = area(overlay, regions, scene);
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
                page::draw(buffer, place, page, scene);
                None
            }
        };
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

/// The footer while an overlay is on top: the keys that mean something there.
pub(super) fn hint(overlay: &Overlay, regions: &Regions, scene: &Scene<'_>) -> Line {
    let keys: Vec<(&str, &str)> = match overlay {
        Overlay::FilterInput { .. } => vec![],
        Overlay::Palette { .. } => {
            vec![("Enter", "do it"), ("Tab", "complete"), ("Up Down", "choose"), ("Esc", "back")]
        }
        Overlay::Choose { .. } => vec![("1-9", "do it"), ("Up Down", "choose"), ("Enter", "do it"), ("Esc", "back")],
        Overlay::Faults => vec![("a letter", "breaks or mends"), ("Esc", "back")],
        Overlay::Failure { .. } => vec![("Enter", "goes on")],
        page => return page::hint(page, regions, scene),
    };
    let mut line = Line::of(Tone::Plain, " ");
    for (key, word) in keys {
        line = line.and(Tone::Key, key).and(Tone::Plain, format!(" {word}  "));
    }
    line
}
