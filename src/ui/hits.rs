//! What the mouse points at, by the same layout that is drawn.

use ratatui::layout::{Position, Rect};

use super::{Look, Regions, Scene, footer, layout, overlays};
use crate::app::{App, Hit, Overlay};

/// What is at a column and row of the terminal, both counted from 0.
pub fn hit(app: &App, look: &Look, column: u16, row: u16) -> Hit {
    let regions = layout(app.screen().size, app);
    if regions.too_small {
        return Hit::Nothing;
    }
    let at = Position { x: column, y: row };
    let scene = Scene::new(app, *look);
    if let Some(command) = footer::command_at(&regions, &scene, at) {
        return Hit::Footer(command);
    }
    match app.screen().overlays.last() {
        None | Some(Overlay::FilterInput { .. }) => on_panes(app, &regions, &scene, at),
        Some(overlay) => {
            let area = overlays::area(overlay, &regions, &scene);
            if area.contains(at) { Hit::Overlay } else { Hit::Nothing }
        }
    }
}

fn on_panes(app: &App, regions: &Regions, scene: &Scene<'_>, at: Position) -> Hit {
    if let Some(pane) = footer::strip_at(regions, scene, at) {
        return Hit::Pane(pane, None);
    }
    let Some(pane) = regions.panes.iter().find(|pane| pane.area.contains(at)) else { return Hit::Nothing };
    let inside = pane.inner.contains(at);
    let row = pane.places(app).find(|(_, _, place): &(_, _, Rect)| inside && place.contains(at));
    Hit::Pane(pane.pane, row.map(|(at, ..)| at))
}
