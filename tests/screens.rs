//! What is drawn: golden screens of situations, and what must hold on every screen.

#![expect(clippy::expect_used, reason = "a situation that is not as it should be ends the test")]

#[path = "screens/paint.rs"]
mod paint;
#[path = "support/situations.rs"]
mod situations;

use hatui::app::*;
use hatui::model::*;
use hatui::ui::{Look, Symbols, Theme};
use paint::*;
use situations::named;

#[test]
fn show() {
    let names = std::env::var("SHOW").unwrap_or_default();
    for part in names.split(';').filter(|p| !p.is_empty()) {
        let bits: Vec<&str> = part.split('@').collect();
        let (c, r) = bits[1].split_once('x').unwrap();
        let situation = named(bits[0]);
        let mut app = situation.app();
        for key in bits.get(2).unwrap_or(&"").chars() {
            let key = match key { '^' => Key::Enter, '_' => Key::Down, '~' => Key::Esc, c => Key::Char(c) };
            app.update(Event::Key(key), situation.now);
        }
        let look = Look { symbols: if bits.get(3) == Some(&"a") { Symbols::Ascii } else { Symbols::Unicode }, theme: Theme::Dark, clock: 0 };
        println!("=== {part}\n{}", words(&painted(&mut app, &look, c.parse().unwrap(), r.parse().unwrap())));
    }
    let _ = Severity::Info;
}
