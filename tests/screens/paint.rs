//! A screen as words and as a map of styles, so that a colour that changes is seen as well as a word.

use std::collections::BTreeMap;

use hatui::app::{App, Event};
use hatui::ui::{self, Look};
use hatui::wire::Stamp;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};

/// The screen of an app at a size; the app is told the size, as the terminal tells it.
pub(crate) fn painted(app: &mut App, look: Look, columns: u16, rows: u16) -> Buffer {
    let now: Stamp = app.now();
    app.update(Event::Resize { columns, rows }, now);
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a terminal in memory");
    terminal.draw(|frame| ui::draw(frame, app, &look)).expect("a frame");
    terminal.backend().buffer().clone()
}

/// The words of a row.
pub(crate) fn row(buffer: &Buffer, y: u16) -> String {
    (0..buffer.area.width).filter_map(|x| buffer.cell((x, y))).map(ratatui::buffer::Cell::symbol).collect()
}

/// All rows, without the blanks at their ends.
pub(crate) fn words(buffer: &Buffer) -> String {
    (0..buffer.area.height).map(|y| row(buffer, y).trim_end().to_owned() + "\n").collect()
}

fn colour(colour: Option<Color>) -> Option<String> {
    colour.filter(|colour| *colour != Color::Reset).map(|colour| colour.to_string())
}

fn told(style: Style) -> String {
    let mut told = Vec::new();
    told.extend(colour(style.fg).map(|fg| format!("colour {fg}")));
    told.extend(colour(style.bg).map(|bg| format!("on {bg}")));
    let modifiers = [
        (Modifier::BOLD, "bold"),
        (Modifier::DIM, "dim"),
        (Modifier::UNDERLINED, "underlined"),
        (Modifier::REVERSED, "reversed"),
    ];
    told.extend(
        modifiers.iter().filter(|(on, _)| style.add_modifier.contains(*on)).map(|(_, word)| (*word).to_owned()),
    );
    told.join(" ")
}

/// Words, styles as one letter a cell, and what the letters mean.
pub(crate) fn golden(buffer: &Buffer) -> String {
    let mut legend: BTreeMap<String, char> = BTreeMap::new();
    let mut letters = ('a'..='z').chain('A'..='Z');
    let mut map = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        for x in 0..buffer.area.width {
            let Some(cell) = buffer.cell((x, y)) else { continue };
            let style = told(cell.style());
            if style.is_empty() {
                line.push('.');
                continue;
            }
            let letter = *legend.entry(style).or_insert_with(|| letters.next().expect("fewer styles than letters"));
            line.push(letter);
        }
        map += line.trim_end_matches('.');
        map.push('\n');
    }
    let mut meanings: Vec<_> = legend.into_iter().map(|(style, letter)| format!("{letter} {style}")).collect();
    meanings.sort();
    format!("{}---\n{map}---\n. plain\n{}\n", words(buffer), meanings.join("\n"))
}
