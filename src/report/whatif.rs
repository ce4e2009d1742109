//! What would happen if …, for machines (`docs/what-if-json.md`) and people.

use serde::Serialize;

use super::Failed;
use super::plan::{Moves, moves};
use crate::action::whatif::{Answer, Fate, Matrix, Outlook, Question};
use crate::app::{App, Asked, Overlay, page};
use crate::model::NodeName;

/// The version of the shape; it grows only when something is removed or changes its meaning.
pub const WHAT_IF_VERSION: u32 = 1;

/// No more answers than this are told in full without being asked for one by one.
const FEW: usize = 3;

#[derive(Debug, Serialize)]
struct Told<'a> {
    #[serde(rename = "hatui-what-if")]
    version: u32,
    title: Option<&'a str>,
    simulated: bool,
    outlook: &'static str,
    exit_code: u8,
    complete: bool,
    asked: Option<String>,
    cib: Option<String>,
    configuration_changed: bool,
    busy: &'a [String],
    answers: Vec<One<'a>>,
    error: Option<Failed<'a>>,
}

#[derive(Debug, Serialize)]
struct One<'a> {
    question: Asks,
    words: String,
    outlook: &'static str,
    quorum_kept: Option<bool>,
    fences: Vec<Fence>,
    services: Vec<Service>,
    stays_down: Vec<String>,
    reasons: Vec<Reason<'a>>,
    changes: Vec<Moves>,
    budget_ms: Option<u128>,
    cib: Option<String>,
}

#[derive(Debug, Serialize)]
struct Asks {
    kind: &'static str,
    nodes: Vec<String>,
    link: Option<u32>,
    resource: Option<String>,
}

#[derive(Debug, Serialize)]
struct Fence {
    node: String,
    how: String,
    why: Option<String>,
}

#[derive(Debug, Serialize)]
struct Service {
    id: String,
    fence_device: bool,
    now: Vec<String>,
    fate: &'static str,
    then: Option<Vec<String>>,
}

#[derive(Debug, Serialize)]
struct Reason<'a> {
    weight: &'static str,
    words: &'a str,
    helps: Option<&'a str>,
}

fn asks(question: &Question) -> Asks {
    let names = |nodes: &[NodeName]| nodes.iter().map(ToString::to_string).collect();
    match question {
        Question::NodesDown(nodes) => Asks { kind: "node-down", nodes: names(nodes), link: None, resource: None },
        Question::LinkDown(number) => {
            Asks { kind: "link-down", nodes: Vec::new(), link: Some(*number), resource: None }
        }
        Question::ResourceFails(id, node) => Asks {
            kind: "resource-fail",
            nodes: names(core::slice::from_ref(node)),
            link: None,
            resource: Some(id.to_string()),
        },
        Question::Reboot(node) => {
            Asks { kind: "reboot", nodes: names(core::slice::from_ref(node)), link: None, resource: None }
        }
    }
}

fn one<'a>(question: &Question, answer: Option<&'a Answer>) -> One<'a> {
    let service = |service: &crate::action::whatif::Service| {
        let names = |nodes: &std::collections::BTreeSet<NodeName>| -> Vec<String> {
            nodes.iter().map(ToString::to_string).collect()
        };
        let (fate, then) = match &service.fate {
            Fate::Unchanged => ("unchanged", Some(names(&service.now))),
            Fate::Recovered(nodes) => ("recovered", Some(names(nodes))),
            Fate::Fewer(nodes) => ("fewer", Some(names(nodes))),
            Fate::Down => ("down", Some(Vec::new())),
            Fate::Unknown => ("unknown", None),
        };
        Service { id: service.id.to_string(), fence_device: service.fence_device, now: names(&service.now), fate, then }
    };
    One {
        question: asks(question),
        words: question.title(),
        outlook: answer.map_or(Outlook::Unknown, |answer| answer.outlook).word(),
        quorum_kept: answer.and_then(|answer| answer.quorum),
        fences: answer
            .into_iter()
            .flat_map(|answer| &answer.fences)
            .map(|(node, how, why)| Fence {
                node: node.to_string(),
                how: how.to_string(),
                why: why.as_ref().map(ToString::to_string),
            })
            .collect(),
        services: answer.into_iter().flat_map(|answer| &answer.services).map(service).collect(),
        stays_down: answer.map(Answer::stays_down).unwrap_or_default().iter().map(ToString::to_string).collect(),
        reasons: answer
            .into_iter()
            .flat_map(|answer| &answer.reasons)
            .map(|reason| Reason { weight: reason.weight.word(), words: &reason.words, helps: reason.helps.as_deref() })
            .collect(),
        changes: answer.map(|answer| moves(&answer.changes)).unwrap_or_default(),
        budget_ms: answer.and_then(|answer| answer.budget).map(|budget| budget.as_millis()),
        cib: answer.and_then(|answer| answer.revision).map(|version| version.to_string()),
    }
}

/// The answers as JSON; `None`: nothing of that kind was asked.
pub fn what_if_json(app: &App, asked: Asked, title: Option<&str>, simulated: bool) -> Option<String> {
    let inquiry = app.inquiries().of(asked)?;
    let matrix: &Matrix = &inquiry.matrix;
    let (done, of) = matrix.progress();
    let told = Told {
        version: WHAT_IF_VERSION,
        title,
        simulated,
        outlook: matrix.outlook().word(),
        exit_code: matrix.outlook().exit_code(),
        complete: done == of,
        asked: inquiry.node.as_ref().map(ToString::to_string),
        cib: matrix.revision().map(|version| version.to_string()),
        configuration_changed: matrix.has_moved(),
        busy: matrix.busy(),
        answers: matrix.rows().iter().map(|row| one(&row.question, row.answer.as_ref())).collect(),
        error: None,
    };
    serde_json::to_string_pretty(&told).ok().map(|text| text + "\n")
}

/// The same shape where nothing could be asked, and why.
pub fn what_if_error_json(title: Option<&str>, simulated: bool, failed: Failed<'_>) -> String {
    let told = Told {
        version: WHAT_IF_VERSION,
        title,
        simulated,
        outlook: Outlook::Unknown.word(),
        exit_code: Outlook::Unknown.exit_code(),
        complete: false,
        asked: None,
        cib: None,
        configuration_changed: false,
        busy: &[],
        answers: Vec::new(),
        error: Some(failed),
    };
    serde_json::to_string_pretty(&told).unwrap_or_default() + "\n"
}

/// The answers as text of at most `width` columns; empty where nothing of that kind was asked.
///
/// A few are told in full; of many the grid, and of those that are not fine the reasons.
pub fn what_if_text(app: &App, asked: Asked, width: usize, ascii: bool) -> String {
    let Some(inquiry) = app.inquiries().of(asked) else { return String::new() };
    let rows = inquiry.matrix.rows();
    let mut text = String::new();
    let mut put = |line: &str| {
        let line = line.trim_end();
        if ascii {
            text.extend(line.chars().map(crate::app::ascii::to_ascii));
        } else {
            text.push_str(line);
        }
        text.push('\n');
    };
    let mut pages: Vec<Overlay> = Vec::new();
    if asked == Asked::Reboots {
        pages.push(Overlay::Reboots { scroll: 0 });
    } else if rows.len() <= FEW {
        pages.extend((0..rows.len()).map(|row| Overlay::Answer { row, scroll: 0 }));
    } else {
        // Nothing is chosen: no row has that number.
        pages.push(Overlay::Matrix { chosen: usize::MAX, scroll: 0 });
    }
    for (at, overlay) in pages.iter().enumerate() {
        if at > 0 {
            put("");
        }
        for line in page(app, overlay, width).into_iter().flat_map(|page| page.lines) {
            put(&line.words());
        }
    }
    if asked == Asked::Matrix && rows.len() > FEW {
        for answer in rows.iter().filter_map(|row| row.answer.as_ref()).filter(|answer| answer.outlook > Outlook::Fine)
        {
            put("");
            put(&format!("{}: {}", answer.question.title(), answer.outlook.word()));
            for reason in answer.reasons.iter().filter(|reason| reason.weight > Outlook::Fine) {
                put(&format!("  {}", reason.words));
            }
        }
    }
    text
}
