//! What a tool printed, as it came: secrets hidden, control characters made visible, bounded.

use super::sheet::columns;
use super::{Context, Line, Page, Sheet, Tone, padded};
use crate::app::App;
use crate::app::clock::span;
use crate::app::units::count;
use crate::wire::NodeKey;

/// How many lines are shown at most.
const LINES: usize = 4000;

/// How many rows a line may take.
const FOLDS: usize = 8;

/// How far apart tabs stand.
const TAB: usize = 8;

/// The page: the output counted `which` of `node`, or of the first node that has any.
pub(super) fn page(app: &App, context: &Context<'_>, node: &NodeKey, which: usize, width: usize) -> Page {
    let keys = &[("h l", "other tool"), ("Tab", "other node")];
    let nodes = app.raw_nodes();
    let node = if nodes.contains(&node) { Some(node) } else { nodes.first().copied() };
    let Some(node) = node else {
        let lines = vec![Line::of(Tone::Dim, super::sheet::cut("no node has said anything yet", width))];
        return Page { title: "raw output".to_owned(), lines, fixed: 0, keys: &[] };
    };
    let number = app.raw_of(node).count();
    let Some(raw) = app.raw_of(node).nth(which % number.max(1)) else { return Page::default() };
    let text = String::from_utf8_lossy(&raw.bytes);
    let lines =
        || text.strip_suffix('\n').unwrap_or(&text).split('\n').take(if text.is_empty() { 0 } else { usize::MAX });
    let total = lines().count();
    let mut sheet = Sheet::new(width);
    let head = Line::of(Tone::Accent, raw.tool)
        .and(Tone::Dim, format!("  {} of {number}", which % number.max(1) + 1))
        .and(Tone::Dim, format!("  {} old", span(context.now.since(raw.at))))
        .and(Tone::Dim, format!("  {}", count(total, "line")));
    sheet.verbatim(head);
    let mut rows = 0;
    for line in lines().filter(|line| context.matches(line)) {
        rows += 1 + folded(line, &mut sheet);
        if rows >= LINES {
            break;
        }
    }
    if raw.bytes.is_empty() {
        sheet.verbatim(Line::of(Tone::Dim, "it printed nothing"));
    } else if rows == 0 {
        sheet.verbatim(Line::of(Tone::Dim, context.no_match()));
    }
    if rows >= LINES || raw.printed > raw.bytes.len() {
        let words = format!("cut here: it printed {} bytes", raw.printed);
        sheet.verbatim(Line::of(Tone::Warn, words));
    }
    Page {
        title: format!("raw output of {}{}", context.called(node), context.only()),
        lines: sheet.into_lines(),
        fixed: 1,
        keys,
    }
}

/// Puts a line on the sheet, what does not fit below it: `\` at the edge where it goes on. How many rows more it took.
fn folded(line: &str, sheet: &mut Sheet) -> usize {
    let width = sheet.width().saturating_sub(1).max(1);
    let shown = visible(line, FOLDS * width);
    let mut rest = shown.as_str();
    for fold in 0..FOLDS {
        if columns(rest) <= sheet.width() || fold + 1 == FOLDS {
            sheet.verbatim(Line::plain(rest));
            return fold;
        }
        let (start, more) = super::sheet::split(rest, width);
        if start.is_empty() {
            sheet.verbatim(Line::plain(rest));
            return fold;
        }
        sheet.verbatim(Line::plain(padded(start, width)).and(Tone::Dim, "\\"));
        rest = more;
    }
    FOLDS
}

/// A line with its control characters as `^X`, and its tabs as spaces; not much longer than is shown.
fn visible(line: &str, width: usize) -> String {
    let mut shown = String::new();
    for c in line.chars().take(4 * width + 4) {
        match c {
            '\t' => {
                let to = TAB - shown.chars().count() % TAB;
                shown.extend(core::iter::repeat_n(' ', to));
            }
            '\0'..='\x1f' | '\x7f' => {
                shown.push('^');
                shown.push(char::from((c as u32 as u8) ^ 0x40));
            }
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_made_visible() {
        assert_eq!(visible("a\x1b[31m\tb\r\x7f\0", 80), "a^[[31m b^M^?^@");
    }
}
