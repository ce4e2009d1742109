//! A plan with its preview, and what came of it, for machines (`docs/plan-json.md`) and people.

use serde::Serialize;

use super::Failed;
use crate::action::{At, Course, Danger, Level, Plan, Preview, Refusal, Undo, Verdict, preview::phrase};
use crate::app::{App, PastTime, Stage, action_to_copy};
use crate::model::{Change, Simulation};

/// The version of the shape; it grows only when something is removed or changes its meaning.
const VERSION: u32 = 1;

#[derive(Debug, Default, Serialize)]
struct Told<'a> {
    hatui_plan: u32,
    simulated: bool,
    cluster: Option<&'a str>,
    title: &'a str,
    /// `refused`, `ready`, `over`, …
    state: &'static str,
    refused: Vec<Reason<'a>>,
    danger: Option<&'static str>,
    confirm: Option<&'a str>,
    remarks: Vec<Remark<'a>>,
    commands: Vec<Command<'a>>,
    preview: Option<Foreseen>,
    undo: Option<String>,
    verdict: Option<Ended<'a>>,
    error: Option<Failed<'a>>,
}

#[derive(Debug, Serialize)]
struct Reason<'a> {
    words: &'a str,
    helps: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Remark<'a> {
    level: &'static str,
    words: &'a str,
    helps: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Command<'a> {
    words: &'a str,
    node: String,
    argv: &'a [String],
}

#[derive(Debug, Serialize)]
struct Foreseen {
    /// `admin_epoch.epoch.num_updates` of the CIB that it holds for.
    cib: Option<String>,
    missing: Option<String>,
    nodes: Vec<(String, String)>,
    changes: Vec<Moves>,
    /// What would happen when what a move adds is removed again.
    then: Option<Vec<Moves>>,
    /// Why that is not known, though it was asked.
    then_unknown: Option<String>,
    stays_down: Vec<String>,
    /// What is done, in order.
    order: Vec<String>,
    /// What a tool says it would run.
    dry_run: Vec<String>,
    budget_ms: Option<u128>,
    last: Option<Last>,
}

/// How long the last action of the kind took.
#[derive(Debug, Serialize)]
struct Last {
    took_ms: u64,
    away_ms: Option<u64>,
    service: Option<String>,
}

fn last(past: &PastTime) -> Last {
    Last { took_ms: past.took_ms, away_ms: past.away_ms, service: past.service.clone() }
}

#[derive(Debug, Serialize)]
pub(super) struct Moves {
    action: String,
    resource: String,
    from: Option<String>,
    to: Option<String>,
    blocked: bool,
    words: String,
}

#[derive(Debug, Serialize)]
struct Ended<'a> {
    outcome: &'static str,
    took_ms: u128,
    notes: &'a [String],
    away: Vec<(String, u128)>,
    phases: Vec<(&'static str, String, u128)>,
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Note => "note",
        Level::Warn => "warning",
        Level::Raise => "danger",
        Level::Refuse => "refusal",
    }
}

pub(super) fn moves(changes: &[Change]) -> Vec<Moves> {
    let one = |change: &Change| Moves {
        action: change.kind.word().to_owned(),
        resource: change.resource.to_string(),
        from: change.from.as_ref().map(ToString::to_string),
        to: change.to.as_ref().map(ToString::to_string),
        blocked: change.blocked,
        words: phrase(change),
    };
    changes.iter().map(one).collect()
}

fn foreseen(app: &App, plan: Option<&Plan>, preview: &Preview) -> Foreseen {
    let of = |simulation: &Simulation| moves(simulation.changes.as_deref().unwrap_or_default());
    let nodes = preview.simulation.iter().flat_map(|simulation| &simulation.nodes);
    Foreseen {
        cib: preview.revision.map(|version| version.to_string()),
        missing: preview.missing.as_ref().map(ToString::to_string),
        nodes: nodes.map(|(node, task, _)| (node.to_string(), task.to_string())).collect(),
        changes: preview.simulation.as_ref().map(of).unwrap_or_default(),
        then: preview.cleared.as_ref().map(of),
        then_unknown: preview.then_unknown.as_ref().map(ToString::to_string),
        order: preview.order(),
        dry_run: preview.dry_run.iter().map(ToString::to_string).collect(),
        last: plan.and_then(|plan| app.last_like(&plan.intent)).map(last),
        stays_down: preview.stays_down(app.situation()).iter().map(ToString::to_string).collect(),
        budget_ms: preview.budget(app.situation()).map(|budget| budget.as_millis()),
    }
}

fn undo(undo: &Undo) -> Option<String> {
    match undo {
        Undo::By(intent) => Some(intent.title()),
        Undo::Words(words) => Some(words.clone()),
        Undo::No(_) => None,
    }
}

fn ended<'a>(verdict: &'a Verdict, course: Option<&Course>) -> Ended<'a> {
    let now = course.and_then(|course| course.ended).unwrap_or_default();
    let away = course.into_iter().flat_map(|course| &course.away);
    let marks = course.into_iter().flat_map(|course| course.marks.iter().map(move |mark| (mark, course.began)));
    Ended {
        outcome: verdict.outcome.word(),
        took_ms: verdict.took.as_millis(),
        notes: &verdict.notes,
        away: away.map(|(id, away)| (id.to_string(), away.span(now.max(away.from)).as_millis())).collect(),
        phases: marks
            .map(|(mark, began)| (mark.phase.word(), mark.of.to_string(), mark.at.since(began).as_millis()))
            .collect(),
    }
}

/// The current action as JSON; `None`: there is none.
pub fn plan_json(app: &App, title: Option<&str>, simulated: bool) -> Option<String> {
    let stage = &app.acts().current()?.stage;
    let plan: Option<&Plan> = stage.plan();
    let refusal: Option<&Refusal> = if let Stage::Refused { refusal, .. } = stage { Some(refusal) } else { None };
    let preview = match stage {
        Stage::Ready { preview, .. } | Stage::Running { preview, .. } => Some(foreseen(app, plan, preview)),
        _ => None,
    };
    let by_preview = plan.into_iter().flat_map(|plan| &plan.remarks).filter(|remark| remark.level == Level::Refuse);
    let reasons = refusal.into_iter().flat_map(|refusal| &refusal.reasons).chain(by_preview);
    let refused: Vec<Reason<'_>> =
        reasons.map(|reason| Reason { words: &reason.words, helps: reason.helps.as_deref() }).collect();
    let told = Told {
        hatui_plan: VERSION,
        simulated,
        cluster: title,
        title: plan.map_or_else(|| refusal.map_or("", |refusal| &refusal.title), |plan| &plan.title),
        state: match stage {
            _ if !refused.is_empty() => "refused",
            Stage::Refused { .. } => "refused",
            Stage::Previewing { .. } => "previewing",
            Stage::Ready { .. } => "ready",
            Stage::Running { .. } => "running",
            Stage::Over { .. } => "over",
        },
        refused,
        danger: plan.map(|plan| match plan.confirmation.danger {
            Danger::Confirm => "confirm",
            Danger::Name => "name",
            Danger::Statement => "statement",
        }),
        confirm: plan
            .filter(|plan| plan.confirmation.danger > Danger::Confirm)
            .map(|plan| plan.confirmation.name.as_str()),
        remarks: plan
            .into_iter()
            .flat_map(|plan| &plan.remarks)
            .map(|remark| Remark { level: level(remark.level), words: &remark.words, helps: remark.helps.as_deref() })
            .collect(),
        commands: plan
            .into_iter()
            .flat_map(|plan| plan.steps.iter().map(move |step| (plan, step)))
            .map(|(plan, step)| Command {
                words: &step.words,
                node: match &step.at {
                    At::Asked => plan.asked.1.to_string(),
                    At::Node(node) => node.to_string(),
                },
                argv: step.argv.words(),
            })
            .collect(),
        preview,
        undo: plan.and_then(|plan| undo(&plan.undo)),
        verdict: match stage {
            Stage::Over { verdict, course, .. } => Some(ended(verdict, course.as_ref())),
            _ => None,
        },
        error: None,
    };
    serde_json::to_string_pretty(&told).ok().map(|text| text + "\n")
}

/// The same shape where nothing could be planned, and why.
pub fn plan_error_json(title: Option<&str>, simulated: bool, failed: Failed<'_>) -> String {
    let told = Told {
        hatui_plan: VERSION,
        simulated,
        cluster: title,
        state: "unknown",
        error: Some(failed),
        ..Told::default()
    };
    serde_json::to_string_pretty(&told).unwrap_or_default() + "\n"
}

/// The current action as text of at most `width` columns; its commands are whole, a line each.
pub fn plan_text(app: &App, width: usize, ascii: bool) -> String {
    let page = action_to_copy(app, width);
    let mut text = String::new();
    // The lines that stay in sight are what is pressed to confirm: of no use here.
    for line in page.lines.into_iter().skip(page.fixed).skip_while(|line| line.0.is_empty()) {
        let words: String = line.0.iter().map(|(_, words)| words.as_str()).collect();
        let words = words.trim_end();
        if ascii {
            text.extend(words.chars().map(crate::app::ascii::to_ascii));
        } else {
            text.push_str(words);
        }
        text.push('\n');
    }
    text
}
