//! How it looks: the app drawn into a terminal, and nothing else. Drawing changes nothing and reads no clock.
//!
//! One pure [`layout()`] tells where everything is; drawing and the mouse both ask it.

mod aside;
mod footer;
mod header;
mod hits;
mod layout;
mod overlays;
mod panes;
mod scene;
mod symbols;
mod theme;
mod widgets;

use ratatui::Frame;

pub use hits::hit;
pub use layout::{Aside, NEEDED, PaneArea, Regions, layout};
pub use symbols::Symbols;
pub use theme::Theme;

use crate::app::App;
use scene::Scene;

/// How the user's terminal is to be drawn on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// The colours.
    pub theme: Theme,
    /// The signs.
    pub symbols: Symbols,
    /// How far local time is ahead of UTC, in seconds.
    pub clock: i32,
}

/// Draws the app into a frame.
pub fn draw(frame: &mut Frame<'_>, app: &App, look: &Look) {
    let area = frame.area();
    let scene = Scene::new(app, *look);
    let regions = layout((area.width, area.height), app);
    let buffer = frame.buffer_mut();
    if regions.too_small {
        overlays::too_small::draw(buffer, area, &scene);
        return;
    }
    header::draw(buffer, regions.header, &scene);
    if !overlays::hide_overview(&scene) {
        for pane in &regions.panes {
            panes::draw(buffer, pane, &scene);
        }
        if let Some(aside) = regions.aside {
            aside::draw(buffer, aside, &scene);
        }
    }
    footer::draw(buffer, &regions, &scene);
    if let Some(cursor) = overlays::draw(buffer, &regions, &scene) {
        frame.set_cursor_position(cursor);
    }
}
