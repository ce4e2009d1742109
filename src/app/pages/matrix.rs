//! What would happen if …: the grid of all questions, one answer in full, and which nodes are safe to reboot.

use std::collections::BTreeSet;

use super::sheet::{columns, cut_middle};
use super::truth::{common_prefix, shared};
use super::{Context, Line, Page, Sheet, Tone, padded};
use crate::action::preview::phrase;
use crate::action::whatif::{Answer, Fate, Outlook, Question, Reason, Row};
use crate::app::clock::span;
use crate::app::units::count;
use crate::app::{App, Asked, Inquiry};
use crate::model::{ChangeKind, NodeName, ResourceId};

/// The column of the verdict: a sign and the longest word.
const VERDICT: usize = 10;

/// No column of a service is narrower.
const NARROW: usize = 4;

/// How an outlook looks: tone and sign.
fn sign(outlook: Outlook) -> (Tone, &'static str) {
    match outlook {
        Outlook::Fine => (Tone::Good, "●"),
        Outlook::Degraded => (Tone::Warn, "▲"),
        Outlook::Unknown => (Tone::Dim, "?"),
        Outlook::Down => (Tone::Bad, "✗"),
    }
}

/// The grid: rows are questions, columns are services. Where there is too little room for columns, each row has its summary.
pub(super) fn page(app: &App, context: &Context<'_>, chosen: usize, width: usize) -> Page {
    let mut sheet = Sheet::new(width);
    let title = "what if: nodes lost, resources failing".to_owned();
    let Some(inquiry) = app.inquiries().of(Asked::Matrix) else {
        sheet.put(Line::of(Tone::Dim, "nothing was asked yet"));
        return Page { title, lines: sheet.into_lines(), fixed: 0, keys: &[] };
    };
    state(app, context, inquiry, &mut sheet);
    let rows = inquiry.matrix.rows();
    if rows.is_empty() {
        sheet.put(Line::of(Tone::Dim, "no node and no resource is known of which something could be asked"));
        return Page { title, lines: sheet.into_lines(), fixed: 0, keys: &[] };
    }
    let names: Vec<&str> = context.cluster.picture().nodes.iter().map(|row| row.name.as_str()).collect();
    let grid = Grid::fitting(rows, &names, width);
    sheet.verbatim(grid.head());
    let head = sheet.into_lines();
    let fixed = head.len();
    let mut sheet = Sheet::new(width);
    for (at, row) in rows.iter().enumerate() {
        let asking = inquiry.matrix.asking() == Some(&row.question);
        sheet.verbatim(grid.line(row, at == chosen, asking));
    }
    let lines = head.into_iter().chain(sheet.into_lines()).collect();
    let keys: &[(&str, &str)] = if inquiry.matrix.is_over() {
        &[("Enter", "in full"), ("r", "ask anew")]
    } else {
        &[("Enter", "in full"), ("x", "cancel")]
    };
    Page { title, lines, fixed, keys }
}

/// How far the questions are, and what makes the answers doubtful.
fn state(app: &App, context: &Context<'_>, inquiry: &Inquiry, sheet: &mut Sheet) {
    let matrix = &inquiry.matrix;
    let (done, of) = matrix.progress();
    let node = inquiry.node.as_ref().map_or_else(String::new, |node| format!(" of {node}"));
    if matrix.is_cancelled() {
        let words = format!("▲ cancelled: {done} of {of} questions were asked{node}");
        sheet.put(Line::of(Tone::Warn, words));
    } else if matrix.is_over() {
        // Only nodes are asked whether they are safe.
        let reboots = matrix.rows().iter().all(|row| matches!(row.question, Question::Reboot(_)));
        let number = |outlook: Outlook| {
            matrix
                .rows()
                .iter()
                .filter(|row| row.answer.as_ref().is_some_and(|answer| answer.outlook == outlook))
                .count()
        };
        let mut line = Line::of(Tone::Title, format!("{}:", count(of, if reboots { "node" } else { "question" })));
        let mut comma = " ";
        for outlook in [Outlook::Down, Outlook::Unknown, Outlook::Degraded, Outlook::Fine] {
            let (tone, _) = sign(outlook);
            if number(outlook) > 0 {
                let word = if reboots { outlook.safe() } else { outlook.word() };
                line = line.then(comma).and(tone, format!("{} {word}", number(outlook)));
                comma = ", ";
            }
        }
        let cib = matrix.revision().map_or_else(String::new, |version| format!(", CIB {version}"));
        let when = format!(" · asked{node} at {}{cib}", context.time(inquiry.since));
        sheet.put(line.and(Tone::Dim, when));
    } else {
        let asking = matrix.asking().map_or_else(|| "what it does now".to_owned(), Question::title);
        let words = format!("{done} of {of} asked{node}: {asking} …");
        let since = span(app.now().since(inquiry.since));
        sheet.put(Line::of(Tone::Accent, words).and(Tone::Dim, format!(" {since}")));
    }
    let newest = app.live().picture().partitions.first().and_then(|partition| partition.cib);
    let of_another = match (newest, matrix.revision()) {
        (Some(now), Some(then)) => (now.admin_epoch, now.epoch) > (then.admin_epoch, then.epoch),
        _ => false,
    };
    if matrix.has_moved() || of_another {
        sheet.put(Line::of(Tone::Warn, "▲ the configuration was changed since it was asked: r asks anew"));
    }
    if let [first, rest @ ..] = matrix.busy() {
        let more = if rest.is_empty() { String::new() } else { format!(", and {} more", rest.len()) };
        sheet.put(Line::of(Tone::Warn, format!("▲ the cluster is not idle, and does this anyway: {first}{more}")));
    }
}

/// The widths of the columns, and how names are shortened.
struct Grid<'a> {
    prefix: &'a str,
    title: usize,
    services: Vec<(ResourceId, usize)>,
}

impl<'a> Grid<'a> {
    fn fitting(rows: &[Row], names: &[&'a str], width: usize) -> Self {
        let mut services: Vec<ResourceId> = Vec::new();
        for answer in rows.iter().filter_map(|row| row.answer.as_ref()) {
            let of = answer.services.iter().filter(|service| !service.fence_device).map(|service| &service.id);
            services.extend(of.filter(|id| !services.contains(id)).cloned().collect::<Vec<_>>());
        }
        let widest =
            |prefix: &str| rows.iter().map(|row| columns(&short_title(&row.question, prefix))).max().unwrap_or(0);
        let natural = |prefix: &str| -> Vec<usize> {
            let column = |id: &ResourceId| {
                let answers = rows.iter().filter_map(|row| row.answer.as_ref());
                let cells = answers.map(|answer| columns(&cell(answer, id, prefix).1));
                cells.chain([columns(id.as_str()).min(14)]).max().unwrap_or(NARROW).max(NARROW)
            };
            services.iter().map(column).collect()
        };
        let room = |title: usize| width.saturating_sub(2 + title + 2 + VERDICT);
        for prefix in ["", common_prefix(names)] {
            let (title, widths) = (widest(prefix), natural(prefix));
            if widths.iter().sum::<usize>() + widths.len() <= room(title) {
                return Self { prefix, title, services: services.into_iter().zip(widths).collect() };
            }
        }
        let prefix = common_prefix(names);
        let title = widest(prefix).min(width / 3);
        // Cut, but no column so far that its nodes cannot be told apart.
        let cells = |id: &ResourceId| {
            let answers = rows.iter().filter_map(|row| row.answer.as_ref());
            answers.map(|answer| columns(&cell(answer, id, prefix).1)).max().unwrap_or(NARROW).clamp(NARROW, 9)
        };
        let least: Vec<usize> = services.iter().map(cells).collect();
        if least.iter().sum::<usize>() + least.len() <= room(title) {
            let mut widths = shared(natural(prefix), room(title));
            if widths.iter().zip(&least).any(|(width, least)| width < least)
                || widths.iter().sum::<usize>() + widths.len() > room(title)
            {
                widths = least;
            }
            return Self { prefix, title, services: services.into_iter().zip(widths).collect() };
        }
        Self { prefix, title, services: Vec::new() }
    }

    fn head(&self) -> Line {
        let line = Line::plain("  ").and(Tone::Title, padded("what if", self.title)).then("  ");
        let mut line = line.and(Tone::Title, padded("", VERDICT));
        if self.services.is_empty() {
            return line.and(Tone::Title, " what comes of it");
        }
        for (id, width) in &self.services {
            line = line.then(" ").and(Tone::Title, padded(&cut_middle(id.as_str(), *width), *width));
        }
        line
    }

    fn line(&self, row: &Row, chosen: bool, asking: bool) -> Line {
        let cursor = if chosen { "▸ " } else { "  " };
        let tone = if chosen { Tone::Title } else { Tone::Plain };
        let title = padded(&cut_middle(&short_title(&row.question, self.prefix), self.title), self.title);
        let line = Line::of(Tone::Accent, cursor).and(tone, title).then("  ");
        let Some(answer) = &row.answer else {
            let words = if asking { "asking …" } else { "" };
            return line.and(Tone::Accent, words);
        };
        let (tone, sign) = sign(answer.outlook);
        let mut line = line.and(tone, padded(&format!("{sign} {}", answer.outlook.word()), VERDICT));
        if self.services.is_empty() {
            return line.then(" ").and(Tone::Plain, shortened(&answer.summary(), self.prefix));
        }
        for (id, width) in &self.services {
            let (tone, words) = cell(answer, id, self.prefix);
            line = line.then(" ").and(tone, padded(&cut_middle(&words, *width), *width));
        }
        line
    }
}

fn shortened(words: &str, prefix: &str) -> String {
    if prefix.is_empty() { words.to_owned() } else { words.replace(prefix, "…") }
}

fn short_title(question: &Question, prefix: &str) -> String {
    let short = |node: &NodeName| shortened(node.as_str(), prefix);
    match question {
        Question::NodesDown(nodes) => format!("{} lost", nodes.iter().map(short).collect::<Vec<_>>().join(" + ")),
        Question::LinkDown(number) => format!("link {number} down"),
        Question::ResourceFails(id, node) => format!("{id} fails on {}", short(node)),
        Question::Reboot(node) => format!("{} rebooted", short(node)),
    }
}

fn joined(nodes: &BTreeSet<NodeName>, prefix: &str) -> String {
    nodes.iter().map(|node| shortened(node.as_str(), prefix)).collect::<Vec<_>>().join("+")
}

/// What becomes of a service: where it is recovered, `down`, or `·` where nothing changes.
fn cell(answer: &Answer, id: &ResourceId, prefix: &str) -> (Tone, String) {
    let fate = answer.services.iter().find(|service| service.id == *id).map(|service| &service.fate);
    match fate {
        Some(Fate::Unchanged) => (Tone::Dim, "·".to_owned()),
        Some(Fate::Recovered(nodes)) => (Tone::Accent, joined(nodes, prefix)),
        Some(Fate::Fewer(_)) => (Tone::Dim, "fewer".to_owned()),
        Some(Fate::Down) => (Tone::Bad, "down".to_owned()),
        Some(Fate::Unknown) | None => (Tone::Dim, "?".to_owned()),
    }
}

/// One answer of the matrix, in full.
pub(super) fn answer(app: &App, row: usize, width: usize) -> Page {
    let mut sheet = Sheet::new(width);
    let row = app.inquiries().of(Asked::Matrix).and_then(|inquiry| inquiry.matrix.rows().get(row));
    let Some(row) = row else {
        sheet.put(Line::of(Tone::Dim, "it is not asked any more"));
        return Page { title: "what if".to_owned(), lines: sheet.into_lines(), fixed: 0, keys: &[] };
    };
    match &row.answer {
        None => sheet.put(Line::of(Tone::Dim, "it was not asked yet")),
        Some(answer) => in_full(answer, &mut sheet),
    }
    Page { title: format!("what if {}", row.question.title()), lines: sheet.into_lines(), fixed: 0, keys: &[] }
}

fn in_full(answer: &Answer, sheet: &mut Sheet) {
    let (tone, sign) = sign(answer.outlook);
    let meaning = match answer.outlook {
        Outlook::Fine => "all services go on",
        Outlook::Degraded => "the services go on, but not all is as it could be",
        Outlook::Unknown => "it cannot be told",
        Outlook::Down => "not all services go on",
    };
    sheet.put(
        Line::of(tone, format!("{sign} If {}: {}", answer.question.title(), answer.outlook.word()))
            .then(format!(": {meaning}")),
    );
    for reason in &answer.reasons {
        put_reason(reason, 2, sheet);
    }
    if !answer.services.is_empty() && answer.revision.is_some() {
        sheet.heading("Services");
        let nodes = |nodes: &BTreeSet<NodeName>| {
            if nodes.is_empty() {
                "nowhere".to_owned()
            } else {
                nodes.iter().map(NodeName::as_str).collect::<Vec<_>>().join(", ")
            }
        };
        let row = |service: &crate::action::whatif::Service| {
            let (tone, then) = match &service.fate {
                Fate::Unchanged => (Tone::Dim, "unchanged".to_owned()),
                Fate::Recovered(on) => (Tone::Good, format!("recovered on {}", nodes(on))),
                Fate::Fewer(on) => (Tone::Plain, format!("goes on with fewer copies, on {}", nodes(on))),
                Fate::Down => (Tone::Bad, "stays down".to_owned()),
                Fate::Unknown => (Tone::Dim, "not known".to_owned()),
            };
            vec![(Tone::Plain, service.id.to_string()), (Tone::Dim, nodes(&service.now)), (tone, then)]
        };
        sheet.table(2, answer.services.iter().map(row).collect());
    }
    if !answer.fences.is_empty() || !answer.changes.is_empty() {
        sheet.heading("The cluster says");
    }
    for (node, task, reason) in &answer.fences {
        let reason = reason.as_ref().map_or_else(String::new, |reason| format!(" ({reason})"));
        sheet.item(2, Line::of(Tone::Bad, format!("{node} gets {task}{reason}")));
    }
    for change in &answer.changes {
        let tone = match change.kind {
            ChangeKind::Stop => Tone::Bad,
            ChangeKind::Promote | ChangeKind::Start => Tone::Good,
            ChangeKind::Recover => Tone::Warn,
            _ => Tone::Plain,
        };
        let mut line = Line::of(tone, phrase(change));
        if let Some(reason) = &change.reason {
            line = line.and(Tone::Dim, format!(" ({reason})"));
        }
        if change.blocked {
            line = line.and(Tone::Bad, ", but something keeps it from happening");
        }
        sheet.item(2, line);
    }
    if let Some(budget) = answer.budget.filter(|budget| !budget.is_zero()) {
        sheet.heading("Time");
        let words = format!("at most {} by the time-outs of the operations and fencings on the way", span(budget));
        sheet.item(2, Line::plain(words));
    }
}

/// A reason with its sign, and what helps below it.
pub(super) fn put_reason(reason: &Reason, indent: usize, sheet: &mut Sheet) {
    let (tone, sign) = if reason.weight == Outlook::Fine { (Tone::Dim, "·") } else { sign(reason.weight) };
    let space = " ".repeat(indent);
    sheet.hung(Line::plain(space.as_str()).and(tone, format!("{sign} ")), Line::plain(reason.words.as_str()));
    if let Some(helps) = reason.helps.as_deref().filter(|helps| !helps.is_empty()) {
        sheet.hung(Line::plain(format!("{space}  ")), Line::of(Tone::Dim, helps));
    }
}

/// Which nodes are safe to reboot, and why.
pub(super) fn reboots(app: &App, context: &Context<'_>, width: usize) -> Page {
    let mut sheet = Sheet::new(width);
    let title = "safe to reboot?".to_owned();
    let Some(inquiry) = app.inquiries().of(Asked::Reboots) else {
        sheet.put(Line::of(Tone::Dim, "nothing was asked yet"));
        return Page { title, lines: sheet.into_lines(), fixed: 0, keys: &[] };
    };
    state(app, context, inquiry, &mut sheet);
    for row in inquiry.matrix.rows() {
        let Question::Reboot(node) = &row.question else { continue };
        sheet.blank();
        let Some(answer) = &row.answer else {
            sheet.put(Line::of(Tone::Dim, format!("· {node}: not asked yet")));
            continue;
        };
        let (tone, sign) = sign(answer.outlook);
        sheet.put(Line::of(tone, format!("{sign} {node}: {}", answer.outlook.safe())));
        for reason in &answer.reasons {
            put_reason(reason, 4, &mut sheet);
        }
    }
    if inquiry.matrix.rows().is_empty() {
        sheet.put(Line::of(Tone::Dim, "no node is known"));
    }
    let keys: &[(&str, &str)] = if inquiry.matrix.is_over() { &[("r", "ask anew")] } else { &[("x", "cancel")] };
    Page { title, lines: sheet.into_lines(), fixed: 0, keys }
}
