//! The mouse: a click focuses and selects, the wheel scrolls.

use super::{App, Effect, Hit, Mouse};

impl App {
    /// Takes what the mouse did.
    pub(super) fn mouse(&mut self, mouse: Mouse) -> Vec<Effect> {
        match mouse {
            Mouse::Click(Hit::Footer(command)) => return self.run(command),
            Mouse::Click(Hit::Pane(pane, row)) => {
                self.focus(pane);
                if let Some(at) = row {
                    let rows = self.rows(pane);
                    self.select(pane, rows.get(at).map(|row| row.subject.clone()));
                }
            }
            Mouse::Wheel(Hit::Pane(pane, _), delta) => self.move_selection(pane, isize::from(delta)),
            Mouse::Wheel(Hit::Overlay, delta) => {
                self.scroll_overlay(isize::from(delta));
            }
            Mouse::Click(Hit::Overlay | Hit::Nothing) | Mouse::Wheel(Hit::Footer(_) | Hit::Nothing, _) => {}
        }
        Vec::new()
    }
}
