//! Maintenance of one node after the other: the nodes, and for the one whose turn it is what is done and what comes next.

use super::matrix::put_reason;
use super::{Line, Page, Sheet, Tone, padded};
use crate::action::Situation;
use crate::action::rolling::{Phase, Rolling, StopState};
use crate::action::whatif::Answer;
use crate::app::App;
use crate::model::NodeState;

/// What can be pressed on the page.
type Keys = &'static [(&'static str, &'static str)];

/// What is done for each node, in order, with what is still to come of it.
const STEPS: [&str; 6] = [
    "safe to take away",
    "in standby",
    "idle: nothing runs there",
    "your work: press Enter when it is done",
    "out of standby",
    "a member again, its copies UpToDate",
];

/// The page.
pub(super) fn page(app: &App, width: usize) -> Page {
    let mut sheet = Sheet::new(width);
    let title = "rolling maintenance".to_owned();
    let Some(rolling) = app.rolling() else {
        sheet.put(Line::of(Tone::Dim, "no maintenance is on its way"));
        return Page { title, lines: sheet.into_lines(), fixed: 0, keys: &[] };
    };
    nodes(rolling, &mut sheet);
    let keys = phase(rolling, app.situation(), &mut sheet);
    Page { title, lines: sheet.into_lines(), fixed: 0, keys }
}

fn nodes(rolling: &Rolling, sheet: &mut Sheet) {
    let widest = rolling.stops().iter().map(|stop| super::sheet::columns(stop.node.as_str())).max().unwrap_or(0);
    for stop in rolling.stops() {
        let (tone, sign, words) = match stop.state {
            StopState::Waiting => (Tone::Dim, "·", "its turn comes"),
            StopState::Now => (Tone::Accent, "▸", now(rolling.phase())),
            StopState::Done => (Tone::Good, "●", "done"),
            StopState::Skipped => (Tone::Dim, "○", "left out"),
        };
        let start = Line::of(tone, format!("  {sign} ")).then(padded(stop.node.as_str(), widest + 2));
        sheet.hung(start, Line::of(tone, words));
    }
}

/// What is done with the node whose turn it is, in a few words.
fn now(phase: &Phase) -> &'static str {
    match phase {
        Phase::Checking => "is it safe?",
        Phase::Held(_) => "not safe to take away now",
        Phase::Ready(_) => "can be taken away",
        Phase::Leaving => "on its way to standby",
        Phase::Work => "your work",
        Phase::Returning => "on its way back",
        Phase::Settling(_) => "waited for, until it is whole",
        Phase::Done | Phase::Aborted(_) => "",
    }
}

fn phase(rolling: &Rolling, situation: Situation<'_>, sheet: &mut Sheet) -> Keys {
    let node = rolling.node().map(ToString::to_string).unwrap_or_default();
    match rolling.phase() {
        Phase::Done => {
            sheet.heading("Done");
            sheet.item(2, Line::of(Tone::Good, "every node had its turn"));
            &[]
        }
        Phase::Aborted(None) => {
            sheet.heading("Given up");
            sheet.item(2, Line::plain("nothing of it is left: no node is in standby because of it"));
            &[]
        }
        Phase::Aborted(Some(left)) => {
            sheet.heading("Given up");
            sheet.item(2, Line::of(Tone::Warn, format!("▲ {left} is left in standby")));
            sheet.note("Enter brings it back; so does `node online` at any time");
            &[("Enter", "bring it back")]
        }
        Phase::Checking => {
            steps(&node, 0, sheet);
            sheet.note("the cluster is asked what it would do");
            &[("n", "leave it out"), ("x", "give up")]
        }
        Phase::Held(answer) => {
            steps(&node, 0, sheet);
            reasons("Why it does not go on", answer, sheet);
            &[("Enter", "ask again"), ("n", "leave it out"), ("x", "give up")]
        }
        Phase::Ready(answer) => {
            steps(&node, 1, sheet);
            reasons(&format!("Safe to reboot {node}: {}", answer.outlook.safe()), answer, sheet);
            &[("Enter", "standby"), ("n", "leave it out"), ("x", "give up")]
        }
        Phase::Leaving => {
            steps(&node, if is_standby(rolling, situation) { 2 } else { 1 }, sheet);
            still(rolling, situation, sheet);
            &[("a", "the action"), ("x", "give up")]
        }
        Phase::Work => {
            steps(&node, 3, sheet);
            still(rolling, situation, sheet);
            &[("Enter", "it is done"), ("x", "give up")]
        }
        Phase::Returning => {
            steps(&node, 4, sheet);
            &[("a", "the action"), ("x", "give up")]
        }
        Phase::Settling(missing) => {
            steps(&node, 5, sheet);
            for one in missing {
                sheet.item(6, Line::of(Tone::Warn, one.as_str()));
            }
            &[("x", "give up")]
        }
    }
}

fn is_standby(rolling: &Rolling, situation: Situation<'_>) -> bool {
    let row = rolling.node().and_then(|node| situation.cluster.picture().node(node));
    row.is_some_and(|row| matches!(row.state, NodeState::Standby | NodeState::StandbyOnFail))
}

/// What still runs on a node in standby, and why it may stay there.
fn still(rolling: &Rolling, situation: Situation<'_>, sheet: &mut Sheet) {
    let Some(node) = rolling.node().filter(|_| is_standby(rolling, situation)) else { return };
    for still in situation.still_on(node) {
        let why = still.why.map_or_else(String::new, |why| format!(": {why}"));
        let tone = if still.why.is_some() { Tone::Warn } else { Tone::Dim };
        sheet.item(6, Line::of(tone, format!("{} still runs there{why}", still.id)));
    }
}

fn steps(node: &str, at: usize, sheet: &mut Sheet) {
    sheet.heading(node);
    for (number, words) in STEPS.iter().enumerate() {
        let (tone, sign, of_words) = match number.cmp(&at) {
            core::cmp::Ordering::Less => (Tone::Good, "[x]", Tone::Plain),
            core::cmp::Ordering::Equal => (Tone::Accent, "[ ]", Tone::Title),
            core::cmp::Ordering::Greater => (Tone::Dim, "[ ]", Tone::Dim),
        };
        sheet.hung(Line::of(tone, format!("  {sign} ")), Line::of(of_words, *words));
    }
}

fn reasons(heading: &str, answer: &Answer, sheet: &mut Sheet) {
    sheet.heading(heading);
    for reason in &answer.reasons {
        put_reason(reason, 2, sheet);
    }
}
