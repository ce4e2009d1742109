//! The keys, from the table of commands, and what the signs mean.

use super::{Line, Page, Sheet, Tone, padded};
use crate::app::{COMMANDS, Command, Entry, Group, Key, Source};

/// From how many columns on two stand beside each other.
const TWO: usize = 100;

/// The room for the keys of a command.
const KEYS: usize = 12;

/// The signs of the overview, and what they say.
const SIGNS: &[(&str, Tone, &str)] = &[
    ("●", Tone::Good, "well; beside a time: heard just now"),
    ("▲", Tone::Warn, "worth attention: nothing is lost yet"),
    ("✗", Tone::Bad, "bad: a service is down, or data are in danger"),
    ("·", Tone::Plain, "worth knowing"),
    ("?", Tone::Dim, "not known"),
    ("↻", Tone::Accent, "on its way"),
    ("○", Tone::Dim, "off, and meant to be; beside a time: not heard any more"),
    ("◐", Tone::Warn, "heard a little late"),
    ("▸ ▾", Tone::Plain, "a branch that is closed, one that is open; ▸ at the left: the selected row"),
    ("◆ ◈", Tone::Accent, "marked; marked and selected"),
    ("⇔", Tone::Plain, "a link, or a connection of DRBD, between the two"),
    ("⇒", Tone::Accent, "data flows from the first to the second (resync)"),
    ("▓ ░", Tone::Plain, "done; still to do"),
    ("…", Tone::Plain, "cut off: the details have all of it"),
    ("▁▃█", Tone::Plain, "latency of a link, the newest at the right"),
];

/// Keys that mean something else, or something only, in what lies over the panes.
const LAID: &[(&str, &str)] = &[
    ("Up Down", "scroll, as all keys do that move"),
    ("d", "truth: only what differs, or all"),
    ("h l", "raw output: the tool before, the next one"),
    ("Tab", "raw output: the next node (Shift-Tab: the node before)"),
    ("/", "truth, events, commands, raw output: only what contains a word"),
    ("Tab Enter", "palette: complete, do it"),
    ("Esc q", "close it"),
];

/// What the mouse does.
const MOUSE: &[(&str, &str)] = &[
    ("click", "go to a pane, select a row, press a key of the footer"),
    ("wheel", "move the selection, scroll a page"),
];

/// What the words stand for that are used everywhere.
const WORDS: &[(&str, &str)] = &[
    ("witness", "the node whose word is shown; what the others say stands in its details and in the truth"),
    ("age", "how long ago a node last confirmed what it says: late after 3 s, silent after 6 s"),
    ("since", "since when it is so, by the clock of this machine"),
    ("unknown", "nobody who speaks can tell; never the same as no"),
];

/// The page.
pub(super) fn page(source: &Source, read_only: bool, width: usize) -> Page {
    let demo = matches!(source, Source::Simulated(_));
    let mut sheet = Sheet::new(width);
    for group in [Group::Act, Group::Look, Group::Move, Group::Program] {
        let entries: Vec<&Entry> = COMMANDS
            .iter()
            .filter(|entry| entry.group == group && (demo || entry.command != Command::Faults))
            .filter(|_| group != Group::Act || !read_only)
            .collect();
        if entries.is_empty() {
            continue;
        }
        sheet.heading(group.title());
        if width >= TWO {
            side_by_side(&mut sheet, &entries);
        } else {
            for entry in entries {
                row(&mut sheet, &keys(entry), entry.doc);
            }
        }
    }
    sheet.heading("In what lies over the panes");
    for (keys, doc) in LAID {
        row(&mut sheet, keys, doc);
    }
    sheet.heading("Mouse");
    for (what, doc) in MOUSE {
        row(&mut sheet, what, doc);
    }
    sheet.heading("Signs");
    for (sign, tone, words) in SIGNS {
        let line = Line::plain("  ").and(*tone, padded(sign, KEYS));
        fixed(&mut sheet, line, words);
    }
    sheet.heading("Words");
    for (word, meaning) in WORDS {
        let line = Line::plain("  ").and(Tone::Accent, padded(word, KEYS));
        fixed(&mut sheet, line, meaning);
    }
    Page { title: "keys, signs and words".to_owned(), lines: sheet.into_lines(), fixed: 0, keys: &[] }
}

/// The keys of a command, as many as there is room for.
fn keys(entry: &Entry) -> String {
    let mut words = String::new();
    for label in entry.keys.iter().copied().map(Key::label) {
        if !words.is_empty() && words.len() + 1 + label.len() >= KEYS {
            break;
        }
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(&label);
    }
    words
}

fn row(sheet: &mut Sheet, keys: &str, doc: &str) {
    let line = Line::plain("  ").and(Tone::Key, padded(keys, KEYS));
    fixed(sheet, line, doc);
}

fn fixed(sheet: &mut Sheet, start: Line, doc: &str) {
    sheet.hung(start, Line::plain(doc));
}

/// The first half at the left, the second at the right.
fn side_by_side(sheet: &mut Sheet, entries: &[&Entry]) {
    let half = sheet.width() / 2;
    let rows = entries.len().div_ceil(2);
    for at in 0..rows {
        let [left, right] = [entries.get(at), entries.get(at + rows)].map(|entry| {
            let mut side = Sheet::new(half - 2);
            if let Some(entry) = entry {
                row(&mut side, &keys(entry), entry.doc);
            }
            side.into_lines()
        });
        for line in 0..left.len().max(right.len()) {
            let mut whole = left.get(line).cloned().unwrap_or_default();
            let room = half.saturating_sub(whole.columns());
            if let Some(other) = right.get(line) {
                whole = whole.then(" ".repeat(room));
                whole.0.extend(other.0.iter().cloned());
            }
            sheet.verbatim(whole);
        }
    }
}
