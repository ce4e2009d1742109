//! Details of one thing: all that is known of it, by whom, and since when.

use super::{Context, Line, Page, Sheet, Tone};
use crate::app::say::severity_tone;
use crate::app::{Subject, say};
use crate::model::{FactKey, Freshness};

mod finding;
mod happening;
mod link;
mod node;
mod quorum;
mod replication;
mod resource;

use replication::Part;

/// The page of a subject.
pub(super) fn page(context: &Context<'_>, subject: &Subject, width: usize) -> Page {
    let mut sheet = Sheet::new(width);
    let title = match subject {
        Subject::Node(name) => {
            node::write(context, name, &mut sheet);
            format!("node {name}")
        }
        Subject::Resource(path) => {
            resource::write(context, path, &mut sheet);
            format!("resource {}", path.id)
        }
        Subject::Replica(name) => {
            replication::write(context, name, &Part::Whole, &mut sheet);
            format!("replication {name}")
        }
        Subject::Copy(name, volume, node) => {
            replication::write(context, name, &Part::Copy(*volume, node), &mut sheet);
            format!("replication {name}/{volume} on {node}")
        }
        Subject::Sync(name, volume, from, to) => {
            replication::write(context, name, &Part::Sync(*volume, from, to), &mut sheet);
            format!("replication {name}/{volume} from {from} to {to}")
        }
        Subject::Tie(name, a, b) => {
            replication::write(context, name, &Part::Tie(a, b), &mut sheet);
            format!("replication {name} between {a} and {b}")
        }
        Subject::Quorum => {
            quorum::write(context, &mut sheet);
            "quorum".to_owned()
        }
        Subject::Partition(at) => {
            quorum::partition(context, *at, &mut sheet);
            format!("partition {}", at + 1)
        }
        Subject::Link(number, a, b) => {
            link::write(context, *number, a, b, &mut sheet);
            format!("link {number} between {a} and {b}")
        }
        Subject::Happening(at) => {
            happening::write(context, *at, &mut sheet);
            "event".to_owned()
        }
        Subject::Finding(key) => {
            finding::write(context, key, &mut sheet);
            format!("{} {}", key.rule, key.subject)
        }
    };
    Page { title, lines: sheet.into_lines(), fixed: 0, keys: &[] }
}

/// What each node says of a fact, where any does: a heading, and a line a node.
fn what_nodes_say(context: &Context<'_>, keys: &[FactKey], sheet: &mut Sheet) {
    let truth = context.cluster.truth(context.now);
    let rows: Vec<_> = truth.rows.iter().filter(|row| keys.contains(&row.key)).collect();
    if rows.is_empty() {
        return;
    }
    sheet.heading("what each node says");
    for row in rows {
        if row.differs {
            sheet.item(2, Line::of(Tone::Differs, format!("{}: they contradict each other", row.key)));
        } else if keys.len() > 1 {
            sheet.item(2, Line::of(Tone::Dim, row.key.to_string()));
        }
        let mut lines = Vec::new();
        for (cell, (key, fresh)) in row.cells.iter().zip(&truth.nodes) {
            let view = context.cluster.views().get(key);
            let (age_tone, age) = view
                .map_or((Tone::Dim, "never heard".to_owned()), |view| say::feed_age(view, row.key.feed(), context.now));
            let (tone, words) = match cell {
                None => (Tone::Dim, "says nothing of it".to_owned()),
                Some(fact) if *fresh > Freshness::Late => (Tone::Dim, fact.to_string()),
                Some(fact) if row.differs => (Tone::Differs, fact.to_string()),
                Some(fact) => (Tone::Plain, fact.to_string()),
            };
            let age_tone = if age_tone == Tone::Good { Tone::Dim } else { age_tone };
            lines.push(vec![(Tone::Accent, context.called(key).to_owned()), (tone, words), (age_tone, age)]);
        }
        sheet.table(4, lines);
    }
}

/// Whether a finding's subject names something.
fn names(subject: &str, name: &str) -> bool {
    subject == name || subject.split(' ').any(|word| word == name)
}

/// The findings about something, where there are any.
fn findings_about(context: &Context<'_>, about: impl Fn(&str) -> bool, sheet: &mut Sheet) {
    let findings: Vec<_> =
        context.cluster.findings().iter().filter(|finding| about(finding.key.subject.as_str())).collect();
    if findings.is_empty() {
        return;
    }
    sheet.heading("findings");
    for finding in findings {
        let line = Line::of(severity_tone(finding.severity), format!("{}: ", finding.severity.word()))
            .then(format!("{},", finding.words))
            .and(Tone::Dim, format!(" {}", context.since(finding.since)));
        sheet.item(2, line);
        if let Some(help) = &finding.help {
            sheet.item(4, Line::of(Tone::Dim, "helps: ").and(Tone::Accent, help.to_string()));
        }
    }
}

/// Something that was selected and is not there any more.
fn gone(what: &str, sheet: &mut Sheet) {
    sheet.put(Line::of(Tone::Dim, format!("{what} is not there any more, or nobody speaks of it")));
}
