//! The action that is on its way: what would happen, how it is confirmed, how far it is, and what came of it.

use super::{Line, Page, Sheet, Tone, padded};
use crate::action::{Course, Danger, Level, Outcome, Plan, Preview, Request, Undo, Verdict, preview::phrase};
use crate::app::clock::{span, time};
use crate::app::{App, Current, Stage};
use crate::model::{ChangeKind, FindingKey, Simulation};
use crate::wire::Stamp;

/// What can be pressed on the page.
type Keys = &'static [(&'static str, &'static str)];

const COPY: Keys = &[("Y", "copy")];

/// How commands are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Commands {
    /// In the width of the page.
    Folded,
    /// Each on a line of its own, however long: to be copied.
    Whole,
}

/// The page.
pub(super) fn page(app: &App, width: usize, how: Commands) -> Page {
    let mut sheet = Sheet::new(width);
    let Some(current) = app.acts().current() else {
        sheet.put(Line::of(Tone::Dim, "no action is on its way"));
        return Page { title: "action".to_owned(), lines: sheet.into_lines(), fixed: 0, keys: &[] };
    };
    let mut fixed = 0;
    let (title, keys): (String, Keys) = match &current.stage {
        Stage::Refused { refusal, .. } => {
            sheet.put(Line::of(Tone::Bad, format!("Cannot {} now", refusal.title)));
            for reason in &refusal.reasons {
                remark(&mut sheet, Tone::Bad, "✗", &reason.words, reason.helps.as_deref());
            }
            (refusal.title.clone(), &[])
        }
        Stage::Previewing { plan, since } => {
            let asks = format!("asking {} what the cluster would do … {}", plan.asked.1, span(app.now().since(*since)));
            sheet.put(Line::of(Tone::Accent, asks));
            commands(&mut sheet, plan, None, how);
            (plan.title.clone(), COPY)
        }
        Stage::Ready { plan, preview } => {
            fixed = confirmation(&mut sheet, current, plan);
            ready(app, current, (plan, preview), &mut sheet, how);
            (plan.title.clone(), ready_keys(plan))
        }
        Stage::Running { execution, preview } => {
            let plan = execution.plan();
            let progress = execution.progress(app.now());
            let of = plan.steps.len();
            let step = (progress.step + 1).min(of);
            sheet.put(
                Line::of(Tone::Accent, format!("Step {step} of {of}: {}", progress.words))
                    .and(Tone::Dim, format!("  {}", span(app.now().since(execution.began())))),
            );
            let left = progress.until.since(app.now());
            sheet.note(&format!("{} at most", span(left)));
            if let Some(course) = app.acts().stopwatch().running() {
                stopwatch(&mut sheet, course, app.now(), app.utc_offset_s());
            }
            commands(&mut sheet, plan, Some(progress.step), how);
            changes(&mut sheet, "Predicted", preview.simulation.as_ref());
            let keys: Keys = match &progress.cancel_leaves {
                Some(leaves) => {
                    sheet.heading("If it is cancelled");
                    sheet.note(leaves);
                    &[("x", "cancel it"), ("Y", "copy")]
                }
                None => COPY,
            };
            (plan.title.clone(), keys)
        }
        Stage::Over { plan, verdict, course } => {
            over(plan, verdict, course.as_ref(), app, &mut sheet);
            commands(&mut sheet, plan, None, how);
            let back = matches!(plan.undo, Undo::By(_));
            let keys: Keys = if back { &[("u", "take it back"), ("Y", "copy")] } else { COPY };
            (plan.title.clone(), keys)
        }
    };
    Page { title, lines: sheet.into_lines(), fixed, keys }
}

fn remark(sheet: &mut Sheet, tone: Tone, sign: &str, words: &str, helps: Option<&str>) {
    sheet.hung(Line::of(tone, format!("  {sign} ")), Line::plain(words));
    if let Some(helps) = helps.filter(|helps| !helps.is_empty()) {
        sheet.hung(Line::plain("    "), Line::of(Tone::Dim, helps));
    }
}

fn ready(app: &App, current: &Current, (plan, preview): (&Plan, &Preview), sheet: &mut Sheet, how: Commands) {
    if let Some(anew) = &current.anew {
        sheet.put(Line::of(Tone::Warn, format!("▲ {anew}")));
    }
    for one in &plan.remarks {
        let (tone, sign) = match one.level {
            Level::Refuse => (Tone::Bad, "✗"),
            Level::Raise => (Tone::Bad, "▲"),
            Level::Warn => (Tone::Warn, "▲"),
            Level::Note => (Tone::Dim, "·"),
        };
        remark(sheet, tone, sign, &one.words, one.helps.as_deref());
    }
    match &plan.request {
        Request::Copy(_) => changes(sheet, "The cluster says", preview.simulation.as_ref()),
        Request::DryRun(_) => {
            sheet.heading("drbdadm says it would run");
            for line in &preview.dry_run {
                sheet.note(line);
            }
        }
        Request::None(why) => sheet.note(why),
    }
    if let Some(cleared) = &preview.cleared {
        sheet.heading("Then, with that taken back");
        lines_of(sheet, cleared, "nothing moves any more");
    }
    let down = preview.stays_down(app.situation());
    if !down.is_empty() {
        let names = down.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        sheet.heading("Stays down");
        sheet.item(2, Line::of(Tone::Bad, names));
    }
    let order = preview.order();
    if order.len() > 1 {
        sheet.heading("In this order");
        sheet.item(2, Line::plain(order.join(" → ")));
    }
    commands(sheet, plan, None, how);
    if let Some(budget) = preview.budget(app.situation()).filter(|budget| !budget.is_zero()) {
        let mut words = format!("at most {} by the time-outs of the operations on the way", span(budget));
        if let Some(last) = app.last_like(&plan.intent) {
            let took = span(core::time::Duration::from_millis(last.took_ms));
            words = format!("{words}; the last one took {took}");
            if let (Some(away), Some(service)) = (last.away_ms, &last.service) {
                words = format!("{words}, with {service} away for {}", span(core::time::Duration::from_millis(away)));
            }
        }
        sheet.heading("Time");
        sheet.item(2, Line::plain(words));
    }
    sheet.heading(undo_heading(&plan.undo));
    match &plan.undo {
        Undo::By(intent) => sheet.item(2, Line::plain(intent.title())),
        Undo::Words(words) => sheet.item(2, Line::plain(words.as_str())),
        Undo::No(why) => sheet.item(2, Line::of(Tone::Warn, why.as_str())),
    }
}

/// How it is confirmed, always in sight; how many lines that takes.
fn confirmation(sheet: &mut Sheet, current: &Current, plan: &Plan) -> usize {
    if plan.refused() {
        return 0;
    }
    let confirmation = &plan.confirmation;
    match confirmation.danger {
        Danger::Confirm => {
            let (no, yes) = if current.chosen { (Tone::Dim, Tone::Bad) } else { (Tone::Title, Tone::Dim) };
            let mark =
                |chosen: bool, words: &str| if chosen { format!("▸[ {words} ]") } else { format!(" [ {words} ]") };
            let line = Line::plain("  ").and(no, mark(!current.chosen, "Cancel")).then("   ");
            sheet.verbatim(line.and(yes, mark(current.chosen, "Do it")));
        }
        Danger::Name | Danger::Statement => {
            let typed = current.typed.text();
            let good = confirmation.is_named(typed);
            let line = Line::plain("  type ").and(Tone::Key, confirmation.name.as_str()).then(" to do it: ");
            let tone = if good { Tone::Good } else { Tone::Plain };
            sheet.verbatim(line.and(tone, format!("{typed}▏")));
            if confirmation.danger == Danger::Statement {
                let (tone, mark) = if current.stated { (Tone::Good, "[x]") } else { (Tone::Warn, "[ ]") };
                sheet.verbatim(
                    Line::plain("  ").and(tone, format!("{mark} {}", confirmation.statement)).and(Tone::Dim, "  (Tab)"),
                );
            }
        }
    }
    match confirmation.danger {
        Danger::Confirm | Danger::Name => 1,
        Danger::Statement => 2,
    }
}

fn ready_keys(plan: &Plan) -> Keys {
    let moves = matches!(plan.intent, crate::action::Intent::Move { .. });
    match plan.confirmation.danger {
        _ if plan.refused() => COPY,
        Danger::Confirm if moves => &[("Tab", "choose"), ("Enter", "take it"), ("k", "keep it or not"), ("Y", "copy")],
        Danger::Confirm => &[("Tab", "choose"), ("Enter", "take it"), ("Y", "copy")],
        Danger::Name => &[("Enter", "do it, once the name is there"), ("Ctrl-Y", "copy")],
        Danger::Statement => &[("Tab", "state"), ("Enter", "do it, once both are there"), ("Ctrl-Y", "copy")],
    }
}

/// What would happen, by the cluster's own word.
fn changes(sheet: &mut Sheet, heading: &str, simulation: Option<&Simulation>) {
    let Some(simulation) = simulation else { return };
    sheet.heading(heading);
    lines_of(sheet, simulation, "nothing would move");
}

fn lines_of(sheet: &mut Sheet, simulation: &Simulation, nothing: &str) {
    for (node, task, reason) in &simulation.nodes {
        let reason = reason.as_ref().map_or_else(String::new, |reason| format!(" ({reason})"));
        sheet.item(2, Line::of(Tone::Bad, format!("{node} gets {task}{reason}")));
    }
    match &simulation.changes {
        None => sheet.item(2, Line::of(Tone::Warn, "it told no plan")),
        Some(changes) if changes.is_empty() && simulation.nodes.is_empty() => {
            sheet.item(2, Line::of(Tone::Good, nothing));
        }
        Some(changes) => {
            for change in changes {
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
                    line = line.and(Tone::Bad, ", which is blocked");
                }
                sheet.item(2, line);
            }
        }
    }
    for trouble in &simulation.troubles {
        sheet.item(2, Line::of(Tone::Warn, trouble.as_str()));
    }
}

/// What would happen if a constraint that was left behind were removed.
pub(super) fn if_cleared(app: &App, key: &FindingKey, width: usize) -> Vec<Line> {
    if key.rule != "left-over" {
        return Vec::new();
    }
    let mut sheet = Sheet::new(width);
    // A sheet has no empty line at its top.
    sheet.put(Line::of(Tone::Title, "if it is removed now (u)"));
    match app.if_cleared(&key.subject).map(|told| &told.outcome) {
        None if app.is_read_only() => return Vec::new(),
        None => sheet.note("the cluster was not asked yet, or has not answered"),
        Some(Ok(simulation)) => lines_of(&mut sheet, simulation, "nothing moves"),
        Some(Err(why)) => sheet.note(&format!("the cluster could not say: {why}")),
    }
    let mut lines = vec![Line::default()];
    lines.extend(sheet.into_lines());
    lines
}

/// The exact commands; `at`: the step that is on its way.
fn commands(sheet: &mut Sheet, plan: &Plan, at: Option<usize>, how: Commands) {
    sheet.heading("Commands");
    for (number, step) in plan.steps.iter().enumerate() {
        let (tone, sign) = match at {
            Some(at) if number < at => (Tone::Good, "●"),
            Some(at) if number == at => (Tone::Accent, "↻"),
            _ => (Tone::Dim, "·"),
        };
        let place = match &step.at {
            crate::action::At::Asked => plan.asked.1.to_string(),
            crate::action::At::Node(node) => node.to_string(),
        };
        let sign = Line::of(tone, format!("  {sign} "));
        match how {
            Commands::Folded => {
                sheet.hung(sign, Line::plain(step.words.as_str()));
                let prompt = Line::plain("    ").and(Tone::Dim, format!("{place}# "));
                sheet.hung(prompt, Line::of(Tone::Key, step.argv.to_string()));
            }
            Commands::Whole => {
                sheet.hung(sign, Line::plain(format!("{}, on {place}:", step.words)));
                sheet.whole(Line::plain("    ").and(Tone::Key, step.argv.to_string()));
            }
        }
        if let Some(wait) = &step.wait {
            sheet.hung(Line::plain("    "), Line::of(Tone::Dim, format!("wait {}", wait.words)));
        }
    }
}

fn over(plan: &Plan, verdict: &Verdict, course: Option<&Course>, app: &App, sheet: &mut Sheet) {
    let (tone, sign) = match verdict.outcome {
        Outcome::Done => (Tone::Good, "●"),
        Outcome::DoneWithWarnings => (Tone::Warn, "▲"),
        Outcome::Cancelled => (Tone::Dim, "○"),
        Outcome::NotDone | Outcome::Unknown | Outcome::Moved(_) => (Tone::Bad, "✗"),
    };
    let mut line = Line::of(tone, format!("{sign} {}: {}", plan.title, verdict.outcome.word()));
    line = line.and(Tone::Plain, format!(" in {}", span(verdict.took)));
    // More may have been seen of it since the verdict.
    let course = course.map(|told| app.acts().stopwatch().of_action(told.began).unwrap_or(told));
    if let Some((id, away)) = course.and_then(|course| course.longest(app.now())) {
        let back = course.is_some_and(|course| course.away.get(id).is_some_and(|away| away.back.is_some()));
        let (tone, word) = if back { (Tone::Accent, "away") } else { (Tone::Bad, "still away,") };
        line = line.and(tone, format!(", {id} {word} for {}", exact(away)));
    }
    sheet.put(line);
    for note in &verdict.notes {
        remark(sheet, tone, "·", note, None);
    }
    if let Some(course) = course {
        stopwatch(sheet, course, app.now(), app.utc_offset_s());
    }
    sheet.heading(undo_heading(&plan.undo));
    match &plan.undo {
        Undo::By(intent) => sheet.item(2, Line::plain(intent.title()).and(Tone::Key, "  u")),
        Undo::Words(words) | Undo::No(words) => sheet.item(2, Line::plain(words.as_str())),
    }
}

fn undo_heading(undo: &Undo) -> &'static str {
    match undo {
        Undo::By(_) | Undo::Words(_) => "Taken back by",
        Undo::No(_) => "Cannot be taken back",
    }
}

/// A span to the tenth of a second, however long.
pub(super) fn exact(length: core::time::Duration) -> String {
    let tenths = length.as_millis() / 100;
    match tenths {
        0..=1199 => format!("{}.{} s", tenths / 10, tenths % 10),
        _ => span(length),
    }
}

/// What was seen, by phase, with the time since the beginning.
pub(super) fn stopwatch(sheet: &mut Sheet, course: &Course, now: Stamp, utc_offset_s: i32) {
    sheet.heading("Stopwatch");
    for mark in &course.marks {
        let since = exact(mark.at.since(course.began));
        let start = Line::of(Tone::Dim, format!("  {} ", time(mark.at, utc_offset_s)))
            .and(Tone::Accent, format!("{since:>8}  "))
            .and(Tone::Plain, padded(mark.phase.word(), 10));
        sheet.hung(start, Line::plain(mark.of.as_str()));
    }
    for (id, away) in &course.away {
        let words = match away.back {
            Some(_) => Line::plain(format!("{id} was away for ")).and(Tone::Accent, exact(away.span(now))),
            None => Line::of(Tone::Bad, format!("{id} is away for {}", exact(away.span(now)))),
        };
        sheet.item(2, words);
    }
}
