//! What each node holds to be true, side by side; what differs first.

use super::sheet::{columns, cut, cut_front, cut_middle};
use super::{Context, Line, Page, Sheet, Tone, padded};
use crate::app::say::freshness;
use crate::app::units::count;
use crate::model::{Fact, FactKey, Freshness};

/// No column of a node is narrower, as long as there is any room.
const NARROW: usize = 6;

/// The page.
pub(super) fn page(context: &Context<'_>, only_different: bool, width: usize) -> Page {
    let truth = context.cluster.truth(context.now);
    let differing = truth.rows.iter().filter(|row| row.differs).count();
    let mut rows: Vec<_> = truth
        .rows
        .iter()
        .filter(|row| row.differs || !only_different)
        .filter(|row| {
            let cells = || row.cells.iter().flatten().any(|fact| context.matches(&fact.to_string()));
            context.matches(&row.key.to_string()) || cells()
        })
        .collect();
    rows.sort_by_key(|row| !row.differs);
    let names: Vec<&str> = context.cluster.picture().nodes.iter().map(|row| row.name.as_str()).collect();
    let label_of = |prefix: &str| {
        let widest = rows.iter().map(|row| columns(&label(&row.key, prefix))).max();
        widest.unwrap_or(4).clamp(4, (width * 2 / 5).max(4))
    };
    let natural = |prefix: &str| -> Vec<usize> {
        let column = |(at, (key, fresh)): (usize, &(crate::wire::NodeKey, Freshness))| {
            let cells = rows.iter().filter_map(|row| Some(columns(&short(row.cells.get(at)?.as_ref()?, prefix))));
            cells.chain([columns(context.called(key)), columns(freshness(*fresh))]).max().unwrap_or(1)
        };
        truth.nodes.iter().enumerate().map(column).collect()
    };
    // Where there is too little room, what all names of nodes begin with is left out.
    let full = natural("");
    let fits = full.iter().sum::<usize>() + full.len() + label_of("") <= width;
    let prefix = if fits { "" } else { common_prefix(&names) };
    let labels = label_of(prefix);
    let widths = shared(if fits { full } else { natural(prefix) }, width.saturating_sub(labels));
    let mut sheet = Sheet::new(width);
    let mut head = Line::of(Tone::Title, padded("fact", labels));
    let mut ages = Line::of(Tone::Dim, padded("", labels));
    for ((key, fresh), width) in truth.nodes.iter().zip(&widths) {
        let stale = *fresh > Freshness::Late;
        let tone = if stale { Tone::Dim } else { Tone::Title };
        head = head.then(" ").and(tone, padded(&cut_middle(context.called(key), *width), *width));
        let tone = if stale { Tone::Bad } else { Tone::Dim };
        ages = ages.then(" ").and(tone, padded(freshness(*fresh), *width));
    }
    sheet.verbatim(head);
    sheet.verbatim(ages);
    for row in &rows {
        let tone = if row.differs { Tone::Differs } else { Tone::Plain };
        let mut line = Line::of(tone, padded(&cut_middle(&label(&row.key, prefix), labels), labels));
        let alike = row.differs && cut_alike(&row.cells, &widths);
        for ((cell, (_, fresh)), width) in row.cells.iter().zip(&truth.nodes).zip(&widths) {
            let (cell_tone, words) = match cell {
                None => (Tone::Dim, "-".to_owned()),
                Some(fact) if *fresh > Freshness::Late => (Tone::Dim, short(fact, prefix)),
                Some(fact) if fact.is_ignorance() => (Tone::Dim, short(fact, prefix)),
                Some(fact) => (tone, short(fact, prefix)),
            };
            let words = if alike { cut_front(&words, *width) } else { words };
            line = line.then(" ").and(cell_tone, padded(&words, *width));
        }
        sheet.verbatim(line);
    }
    if truth.nodes.is_empty() {
        sheet.put(Line::of(Tone::Dim, "no node has said anything yet"));
    } else if rows.is_empty() && !context.filter.is_empty() {
        sheet.put(Line::of(Tone::Dim, context.no_match()));
    } else if rows.is_empty() {
        sheet.put(Line::of(Tone::Good, "no fresh node contradicts another"));
    }
    let speaking = truth.nodes.iter().filter(|(_, fresh)| *fresh <= Freshness::Late).count();
    let title = match differing {
        0 if speaking < truth.nodes.len() => {
            format!("truth: what each node says; nothing differs, {speaking} of {} speak", truth.nodes.len())
        }
        0 => "truth: what each node says; nothing differs".to_owned(),
        _ => format!("truth: what each node says; {}", differ(differing)),
    };
    let title = title + &context.only();
    let keys: &[(&str, &str)] = if only_different { &[("d", "show all")] } else { &[("d", "only what differs")] };
    Page { title, lines: sheet.into_lines(), fixed: 2, keys }
}

/// What a fact is about, with `…` for what all names of nodes begin with; names of resources stay whole.
fn label(key: &FactKey, prefix: &str) -> String {
    let words = key.to_string();
    let of_resource = matches!(key, FactKey::Resource(_) | FactKey::Failure(..));
    if prefix.is_empty() || of_resource { words } else { words.replace(prefix, "…") }
}

/// The words of a fact, with `…` for what all names of nodes begin with.
fn short(fact: &Fact, prefix: &str) -> String {
    let words = fact.to_string();
    if prefix.is_empty() { words } else { words.replace(prefix, "…") }
}

/// What all of several names begin with, if leaving it out saves anything and leaves something of each.
pub(super) fn common_prefix<'a>(names: &[&'a str]) -> &'a str {
    let Some((first, rest)) = names.split_first() else { return "" };
    let shared = |name: &&str| first.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count();
    let length = rest.iter().map(shared).min().unwrap_or(0);
    let prefix = first.get(..length).unwrap_or("");
    let whole = names.iter().any(|name| name.len() == length);
    if length < 3 || whole { "" } else { prefix }
}

/// Whether words that differ would look alike once they are cut.
fn cut_alike(cells: &[Option<Fact>], widths: &[usize]) -> bool {
    let narrowest = widths.iter().copied().min().unwrap_or(0);
    let told: Vec<(String, String)> =
        cells.iter().flatten().map(|fact| (fact.to_string(), cut(&fact.to_string(), narrowest))).collect();
    told.iter().enumerate().any(|(at, (words, shown))| {
        told.iter().skip(at + 1).any(|(other, other_shown)| words != other && shown == other_shown)
    })
}

fn differ(number: usize) -> String {
    let verb = if number == 1 { "differs" } else { "differ" };
    format!("{} {verb}", count(number, "fact"))
}

/// Columns as wide as their widest word, shared fairly where there is too little room.
pub(super) fn shared(mut widths: Vec<usize>, room: usize) -> Vec<usize> {
    // A space stands before each.
    let room = room.saturating_sub(widths.len());
    while widths.iter().sum::<usize>() > room {
        let Some(widest) = widths.iter_mut().max().filter(|widest| **widest > NARROW) else { break };
        *widest -= 1;
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_names_begin_with_is_found() {
        assert_eq!(common_prefix(&["ha-node-1", "ha-node-2"]), "ha-node-");
        assert_eq!(common_prefix(&["alpha", "beta"]), "");
        assert_eq!(common_prefix(&["node", "node-2"]), "");
        assert_eq!(common_prefix(&["alone"]), "");
    }

    #[test]
    fn the_widest_give_way_first() {
        assert_eq!(shared(vec![8, 40, 8], 40), [8, 21, 8]);
        assert_eq!(shared(vec![8, 8], 80), [8, 8]);
        assert_eq!(shared(vec![4096, 4096], 3), [NARROW, NARROW]);
    }
}
