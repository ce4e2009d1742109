//! Lines: pieces of text in columns. The only door to the screen for words: what passes it is clean and fits.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::app::{Line, Tone};
use crate::model::Text;
use crate::ui::scene::Scene;
use crate::ui::symbols::twin;

/// The columns that a text takes.
pub(in crate::ui) fn width(text: &str) -> usize {
    text.width()
}

/// The start of `text` that fits into `room` columns; `cut` stands where something is missing.
pub(in crate::ui) fn fit<'a>(text: &'a str, room: usize, cut: &str) -> Cow<'a, str> {
    if width(text) <= room {
        return Cow::Borrowed(text);
    }
    let Some(room) = room.checked_sub(width(cut)) else { return Cow::Borrowed("") };
    let mut used = 0;
    let mut kept = String::new();
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > room {
            break;
        }
        kept.push(c);
    }
    // A gap before the mark would look like a word of its own.
    kept.truncate(kept.trim_end().len());
    kept.push_str(cut);
    Cow::Owned(kept)
}

/// Breaks `text` between words into lines of at most `room` columns, the last cut where `most` lines do not hold it.
pub(in crate::ui) fn wrap(text: &str, room: usize, most: usize, cut: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let room = room.max(1);
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(last) if width(last) + 1 + width(word) <= room => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    if lines.len() > most {
        let rest = lines.split_off(most.saturating_sub(1)).join(" ");
        lines.push(rest);
    }
    lines.into_iter().map(|line| fit(&line, room, cut).into_owned()).collect()
}

/// A line with columns: each cell takes its width and a gap, whatever stands in it.
#[derive(Debug, Default)]
pub(in crate::ui) struct Cells {
    line: Line,
}

impl Cells {
    pub(in crate::ui) fn new() -> Self {
        Self::default()
    }

    /// Text as it is.
    pub(in crate::ui) fn text(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.line.0.push((tone, text.into()));
        self
    }

    /// Text in a column of a width, cut with `cut` where it is longer.
    pub(in crate::ui) fn cell(self, room: usize, tone: Tone, text: &str, cut: &str) -> Self {
        let fitted = fit(text, room, cut).into_owned();
        let pad = room.saturating_sub(width(&fitted));
        self.text(tone, fitted).space(pad)
    }

    /// Text at the right of a column.
    pub(in crate::ui) fn right(self, room: usize, tone: Tone, text: &str, cut: &str) -> Self {
        let fitted = fit(text, room, cut).into_owned();
        let pad = room.saturating_sub(width(&fitted));
        self.space(pad).text(tone, fitted)
    }

    /// How many columns it takes so far.
    pub(in crate::ui) fn columns(&self) -> usize {
        self.line.columns()
    }

    /// Columns left free.
    pub(in crate::ui) fn space(self, columns: usize) -> Self {
        if columns == 0 { self } else { self.text(Tone::Plain, " ".repeat(columns)) }
    }

    /// The line.
    pub(in crate::ui) fn line(self) -> Line {
        self.line
    }
}

/// What may stand on the screen of a text: no control characters, and ASCII only where the terminal can no more.
pub(in crate::ui) fn clean<'a>(text: &'a str, scene: &Scene<'_>) -> Cow<'a, str> {
    if text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_control()) {
        return Cow::Borrowed(text);
    }
    let safe = Text::new(text);
    if scene.ascii { Cow::Owned(safe.chars().map(twin).collect()) } else { Cow::Owned(safe.to_string()) }
}

/// Writes one text into the first row of `area`, cut where it ends; the columns it took.
pub(in crate::ui) fn put(buffer: &mut Buffer, area: Rect, text: &str, style: Style, scene: &Scene<'_>) -> u16 {
    if area.width == 0 || area.height == 0 {
        return 0;
    }
    let text = clean(text, scene);
    let fitted = fit(&text, usize::from(area.width), scene.signs.cut);
    let (end, _) = buffer.set_stringn(area.x, area.y, &fitted, usize::from(area.width), style);
    end.saturating_sub(area.x)
}

/// Writes a line into the first row of `area`, cut where it ends.
pub(in crate::ui) fn put_line(buffer: &mut Buffer, area: Rect, line: &Line, scene: &Scene<'_>) {
    let mut rest = area;
    for (at, (tone, text)) in line.0.iter().enumerate() {
        let later = line.0.iter().skip(at + 1).any(|(_, text)| !text.trim_end().is_empty());
        // Where words follow that have no room left, this piece bears the mark of the cut.
        let over = later && width(text) >= usize::from(rest.width);
        let text = if over { Cow::Owned(format!("{text} ")) } else { Cow::Borrowed(text.as_str()) };
        let took = put(buffer, rest, &text, scene.tone(*tone), scene);
        rest = Rect { x: rest.x + took, width: rest.width.saturating_sub(took), ..rest };
        if rest.width == 0 {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_says_so_and_fits() {
        assert_eq!(fit("ha-node-1", 9, "…"), "ha-node-1");
        assert_eq!(fit("ha-node-1", 5, "…"), "ha-n…");
        assert_eq!(fit("so long", 4, "…"), "so…");
        assert_eq!(fit("日本語", 5, "…"), "日本…");
        assert_eq!(fit("x", 0, "…"), "");
    }

    #[test]
    fn words_wrap_and_the_last_line_is_cut() {
        assert_eq!(wrap("one two three four", 9, 3, "…"), ["one two", "three", "four"]);
        assert_eq!(wrap("one two three four", 9, 2, "…"), ["one two", "three fo…"]);
        assert_eq!(wrap("unbreakable", 5, 2, "…"), ["unbr…"]);
        assert_eq!(wrap("", 5, 2, "…"), [""]);
    }

    #[test]
    fn columns_stand_under_each_other() {
        let row = |name: &str| {
            let cells = Cells::new().cell(6, Tone::Plain, name, "…").right(4, Tone::Plain, "7", "…").space(1);
            cells.line().0.into_iter().map(|(_, text)| text).collect::<String>()
        };
        assert_eq!([row("a"), row("much longer")], ["a        7 ", "much…    7 "]);
    }
}
