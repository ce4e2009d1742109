//! A sheet of lines in the making: wraps words to a width, in columns as a terminal counts them.
//!
//! Whatever is put on it is cleaned, so that no page can carry what steers a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Line, Tone};
use crate::model::Text;

/// The columns of the labels of fields, where there is room.
const LABEL: usize = 15;

/// No more characters than this many times the width stand on a line: invisible ones have no width of their own.
const DENSEST: usize = 4;

/// The columns that words take on a terminal.
pub(crate) fn columns(words: &str) -> usize {
    UnicodeWidthStr::width(words)
}

impl Line {
    /// The columns it takes on a terminal.
    pub fn columns(&self) -> usize {
        self.0.iter().map(|(_, words)| columns(words)).sum()
    }

    /// Its words without their tones.
    pub fn words(&self) -> String {
        self.0.iter().map(|(_, words)| words.as_str()).collect()
    }

    /// A line with one plain piece.
    pub(crate) fn plain(words: impl Into<String>) -> Self {
        Self::of(Tone::Plain, words)
    }

    /// The line with a plain piece more.
    #[must_use]
    pub(crate) fn then(self, words: impl Into<String>) -> Self {
        self.and(Tone::Plain, words)
    }

    fn push(&mut self, tone: Tone, words: &str) {
        match self.0.last_mut() {
            Some((last, text)) if *last == tone => text.push_str(words),
            _ => self.0.push((tone, words.to_owned())),
        }
    }

    fn clean(self) -> Self {
        Self(self.0.into_iter().map(|(tone, words)| (tone, Text::new(&words).to_string())).collect())
    }
}

/// The longest start of `words` that takes at most `width` columns, and the rest.
pub(crate) fn split(words: &str, width: usize) -> (&str, &str) {
    let (mut end, mut used) = (0, 0);
    for (count, (at, c)) in words.char_indices().enumerate() {
        let own = UnicodeWidthChar::width(c).unwrap_or(0);
        let next = at + c.len_utf8();
        // What follows may change how wide a character is: the piece is measured as a whole where that can be.
        let whole = if own == 0 { words.get(..next).map_or(used, columns) } else { used + own };
        if whole > width || count >= width.max(1) * DENSEST {
            break;
        }
        (end, used) = (next, whole);
    }
    words.split_at_checked(end).unwrap_or((words, ""))
}

/// `words` in at most `width` columns, `…` standing for what is cut.
pub(crate) fn cut(words: &str, width: usize) -> String {
    let (all, rest) = split(words, width);
    if rest.is_empty() {
        return all.to_owned();
    }
    let (start, _) = split(words, width.saturating_sub(1));
    if width == 0 { String::new() } else { format!("{start}…") }
}

/// `words` in at most `width` columns with `…` in the middle: for names that begin alike.
pub(crate) fn cut_middle(words: &str, width: usize) -> String {
    if split(words, width).1.is_empty() || width < 3 {
        return cut(words, width);
    }
    let (start, rest) = split(words, width / 2);
    format!("{start}…{}", tail(rest, width - 1 - columns(start)))
}

/// `words` in at most `width` columns with `…` at the front where it does not fit.
pub(crate) fn cut_front(words: &str, width: usize) -> String {
    if split(words, width).1.is_empty() || width == 0 {
        return cut(words, width);
    }
    format!("…{}", tail(words, width - 1))
}

/// The longest end of `words` that takes at most `width` columns.
fn tail(words: &str, width: usize) -> &str {
    let starts = words.char_indices().rev().take(width.max(1) * DENSEST).map(|(at, _)| at);
    let fitting = starts.take_while(|at| words.get(*at..).is_some_and(|end| columns(end) <= width));
    fitting.last().and_then(|at| words.get(at..)).unwrap_or("")
}

/// `words` in exactly `width` columns: cut, or filled with spaces.
pub(crate) fn padded(words: &str, width: usize) -> String {
    let mut text = cut(words, width);
    text.extend(core::iter::repeat_n(' ', width.saturating_sub(columns(&text))));
    text
}

/// Lines in the making.
#[derive(Debug)]
pub(crate) struct Sheet {
    width: usize,
    lines: Vec<Line>,
}

impl Sheet {
    /// An empty sheet of `width` columns; there is no sheet without a column.
    pub(crate) fn new(width: usize) -> Self {
        Self { width: width.max(1), lines: Vec::new() }
    }

    /// Its columns.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// What stands on it.
    pub(crate) fn into_lines(self) -> Vec<Line> {
        self.lines
    }

    /// An empty line, but not two, and not at the top.
    pub(crate) fn blank(&mut self) {
        if self.lines.last().is_some_and(|line| !line.0.is_empty()) {
            self.lines.push(Line::default());
        }
    }

    /// A heading, with room above it.
    pub(crate) fn heading(&mut self, words: &str) {
        self.blank();
        self.put(Line::of(Tone::Title, words));
    }

    /// Words from the left edge.
    pub(crate) fn put(&mut self, line: Line) {
        self.wrap(Line::default(), 0, line);
    }

    /// Words that stand `indent` columns to the right, with what does not fit two columns further.
    pub(crate) fn item(&mut self, indent: usize, line: Line) {
        let indent = indent.min(self.width / 4);
        self.wrap(Line::plain(" ".repeat(indent)), indent + 2, line);
    }

    /// A start that keeps its spaces, and words beside it that wrap below each other.
    pub(crate) fn hung(&mut self, start: Line, body: Line) {
        let hang = start.columns();
        if hang > self.width / 2 {
            let mut whole = start;
            whole.0.extend(body.0);
            self.item(0, whole);
        } else {
            self.wrap(start, hang, body);
        }
    }

    /// An item two columns in, dim.
    pub(crate) fn note(&mut self, words: &str) {
        self.item(2, Line::of(Tone::Dim, words));
    }

    /// A label and what stands for it.
    pub(crate) fn field(&mut self, label: &str, line: Line) {
        let room = if self.width >= 3 * LABEL { LABEL } else { 0 };
        if columns(label) + 2 > room || room == 0 {
            let mut whole = Line::of(Tone::Dim, format!("{label}:")).then(" ");
            whole.0.extend(line.0);
            self.item(2, whole);
        } else {
            let label = Line::of(Tone::Dim, format!("  {}", padded(label, room)));
            self.wrap(label, room + 2, line);
        }
    }

    /// A line that is cut where it does not fit, and keeps its spaces.
    pub(crate) fn verbatim(&mut self, line: Line) {
        let mut rest = self.width;
        let mut kept = Line::default();
        let line = line.clean();
        let whole = line.columns();
        for (tone, words) in &line.0 {
            let room = if whole > self.width { rest.saturating_sub(1) } else { rest };
            let (start, more) = split(words, room);
            kept.push(*tone, start);
            rest = rest.saturating_sub(columns(start));
            if !more.is_empty() {
                if rest > 0 {
                    kept.push(*tone, "…");
                }
                break;
            }
        }
        self.lines.push(kept);
    }

    /// A line that is as long as it is, wider than the sheet or not: to be copied.
    pub(crate) fn whole(&mut self, line: Line) {
        self.lines.push(line.clean());
    }

    /// Rows whose columns stand below each other where they fit, and flow where they do not.
    pub(crate) fn table(&mut self, indent: usize, rows: Vec<Vec<(Tone, String)>>) {
        let mut widths: Vec<usize> = Vec::new();
        for row in &rows {
            for (at, (_, words)) in row.iter().enumerate() {
                if widths.len() <= at {
                    widths.push(0);
                }
                if let Some(widest) = widths.get_mut(at) {
                    *widest = (*widest).max(columns(words));
                }
            }
        }
        let last = widths.pop().unwrap_or(0);
        let before = indent + widths.iter().map(|width| width + 2).sum::<usize>();
        let aligned = before + last.min(16) <= self.width && before <= self.width * 2 / 3;
        for row in rows {
            if !aligned {
                let mut line = Line::default();
                for (tone, words) in row.into_iter().filter(|(_, words)| !words.is_empty()) {
                    line = line.and(tone, words).then(" ");
                }
                self.item(indent, line);
                continue;
            }
            let mut prefix = Line::plain(" ".repeat(indent));
            let mut rest = Line::default();
            for (at, (tone, words)) in row.into_iter().enumerate() {
                match widths.get(at) {
                    Some(width) => prefix = prefix.and(tone, format!("{}  ", padded(&words, *width))),
                    None => rest = rest.and(tone, words),
                }
            }
            self.wrap(prefix, before, rest);
        }
    }

    /// `prefix`, then the words of `body`; lines after the first begin `hang` columns in.
    fn wrap(&mut self, prefix: Line, hang: usize, body: Line) {
        let hang = hang.min(self.width / 2);
        let mut line = prefix.clean();
        let mut used = line.columns();
        if used >= self.width {
            (line, used) = (Line::default(), 0);
        }
        let mut bare = true;
        let mut spaced = false;
        for (tone, words) in body.clean().0 {
            for (at, word) in words.split(' ').enumerate() {
                spaced |= at > 0;
                if word.is_empty() {
                    continue;
                }
                let mut gap = usize::from(spaced && !bare);
                spaced = false;
                if !bare && used + gap + columns(word) > self.width {
                    self.flush(&mut line, &mut used, hang);
                    gap = 0;
                }
                if gap > 0 {
                    line.push(tone, " ");
                }
                used += gap;
                let mut rest = word;
                while !rest.is_empty() {
                    let (mut start, mut more) = split(rest, self.width - used);
                    if start.is_empty() {
                        if used > hang {
                            self.flush(&mut line, &mut used, hang);
                            continue;
                        }
                        // Not even one character fits: a sign stands for it.
                        let next = rest.chars().next().map_or(rest.len(), char::len_utf8);
                        (start, more) = ("·", rest.get(next..).unwrap_or(""));
                    }
                    line.push(tone, start);
                    used += columns(start);
                    rest = more;
                    if !rest.is_empty() {
                        self.flush(&mut line, &mut used, hang);
                    }
                }
                bare = false;
            }
        }
        self.lines.push(trimmed(line));
    }

    fn flush(&mut self, line: &mut Line, used: &mut usize, hang: usize) {
        let next = if hang > 0 { Line::plain(" ".repeat(hang)) } else { Line::default() };
        self.lines.push(trimmed(core::mem::replace(line, next)));
        *used = hang;
    }
}

/// The line without spaces at its end.
fn trimmed(mut line: Line) -> Line {
    while let Some((_, words)) = line.0.last_mut() {
        words.truncate(words.trim_end_matches(' ').len());
        if !words.is_empty() {
            break;
        }
        line.0.pop();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(width: usize, words: &str) -> Vec<String> {
        let mut sheet = Sheet::new(width);
        sheet.item(2, Line::plain(words));
        sheet.into_lines().iter().map(Line::words).collect()
    }

    #[test]
    fn words_wrap_below_each_other() {
        assert_eq!(wrapped(12, "one two three four"), ["  one two", "    three", "    four"]);
    }

    #[test]
    fn a_word_that_is_too_long_is_broken_and_a_glyph_that_is_too_wide_gets_a_sign() {
        assert_eq!(wrapped(8, "abcdefghijkl"), ["  abcdef", "    ghij", "    kl"]);
        assert_eq!(wrapped(1, "日本"), ["·", "·"]);
        assert_eq!(wrapped(6, "日本語日本"), [" 日本", "   語", "   日", "   本"]);
    }

    #[test]
    fn what_is_cut_ends_in_a_sign_and_fits() {
        assert_eq!([cut("abcdef", 6), cut("abcdef", 4), cut("日本語", 4), cut("x", 0)], ["abcdef", "abc…", "日…", ""]);
        assert_eq!(padded("日", 4), "日  ");
        assert_eq!(
            [cut_middle("ha-node-1", 6), cut_middle("ha-node-1", 9), cut_middle("日本語", 5)],
            ["ha-…-1", "ha-node-1", "日…語"]
        );
        assert_eq!([cut_front("ha-node-1", 6), cut_front("日本語", 4), cut_front("x", 0)], ["…ode-1", "…語", ""]);
    }

    #[test]
    fn a_pair_that_grows_by_what_follows_is_measured_as_a_whole() {
        let heart = "\u{2764}\u{fe0f}".repeat(20);
        for width in 1..20 {
            let mut rest = heart.as_str();
            while !rest.is_empty() {
                let (start, more) = split(rest, width);
                assert!(columns(start) <= width);
                if start.is_empty() {
                    break;
                }
                rest = more;
            }
        }
    }

    #[test]
    fn what_steers_a_terminal_never_stands_on_a_sheet() {
        assert_eq!(wrapped(40, "a\x1b[2Jb\nc"), ["  a·[2Jb·c"]);
    }
}
