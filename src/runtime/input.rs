//! What the terminal sends → events.

use crossterm::event::{Event as Raw, KeyCode, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind};

use crate::app::{App, Event, Key, Mouse};
use crate::ui::{self, Look};

/// The event that the terminal's means; `None`: nothing that hatui listens to.
pub fn event(raw: &Raw, app: &App, look: &Look) -> Option<Event> {
    match raw {
        Raw::Key(key) if key.kind != KeyEventKind::Release => key_of(key.code, key.modifiers).map(Event::Key),
        Raw::Mouse(mouse) => {
            let hit = ui::hit(app, look, mouse.column, mouse.row);
            match mouse.kind {
                MouseEventKind::Down(MouseButton::Left) => Some(Event::Mouse(Mouse::Click(hit))),
                MouseEventKind::ScrollUp => Some(Event::Mouse(Mouse::Wheel(hit, -3))),
                MouseEventKind::ScrollDown => Some(Event::Mouse(Mouse::Wheel(hit, 3))),
                _ => None,
            }
        }
        Raw::Resize(columns, rows) => Some(Event::Resize { columns: *columns, rows: *rows }),
        _ => None,
    }
}

fn key_of(code: KeyCode, modifiers: KeyModifiers) -> Option<Key> {
    Some(match code {
        KeyCode::Char(c) if modifiers.contains(KeyModifiers::CONTROL) => Key::Ctrl(c.to_ascii_lowercase()),
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        _ => return None,
    })
}
