//! Plans carried out, with a fault at each step: what is run, what is left, and how the verdict reads.

#![expect(clippy::expect_used, reason = "a situation that is written wrongly ends the test")]

#[path = "plans/deeds.rs"]
mod deeds;
#[path = "plans/driver.rs"]
mod driver;
#[path = "plans/faults.rs"]
mod faults;
#[path = "plans/watch.rs"]
mod watch;
#[path = "plans/world.rs"]
mod world;

use std::fmt::Write as _;

use deeds::DEEDS;
use driver::{Report, drive};
use faults::{FAULTS, Fault};

/// A line or more on how it went.
fn told(report: &Report) -> String {
    let mut text = format!("  {} after {} s", report.verdict.outcome.word(), report.verdict.took.as_secs());
    if let hatui::action::Outcome::Moved(moved) = &report.verdict.outcome {
        for one in moved {
            let _ = write!(text, "; {one}");
        }
    }
    text.push('\n');
    for note in &report.verdict.notes {
        let _ = writeln!(text, "    - {note}");
    }
    let mut ran: Vec<String> = Vec::new();
    for same in report.ran.chunk_by(|a, b| a == b) {
        let times = if same.len() == 1 { String::new() } else { format!(" ({} times)", same.len()) };
        ran.push(format!("{} {}{times}", same[0].0 + 1, same[0].1));
    }
    let _ = writeln!(text, "    ran: {}", if ran.is_empty() { "nothing".to_owned() } else { ran.join(", ") });
    if !report.left.is_empty() {
        let left: Vec<String> = report.left.iter().map(hatui::action::Left::words).collect();
        let _ = writeln!(text, "    left: {}", left.join(", "));
    }
    text
}

/// Whatever goes wrong: what must never be, and what must always be.
fn holds(deed: &str, fault: Fault, step: usize, report: &Report) {
    let what = format!("{deed}: {fault:?} at step {}: {:?}", step + 1, report.verdict);
    // A command that may have run is never ordered again.
    for (at, (number, _)) in report.ran.iter().enumerate() {
        let mut before = report.ran[..at].iter().filter(|(other, _)| other == number);
        assert!(before.all(|(_, exit)| exit.starts_with("not started")), "ordered again: {what}");
    }
    // It ends.
    assert!(report.verdict.took.as_secs() < 20 * 60, "it takes too long: {what}");
    // What was remembered is forgotten, or it is said that it was not taken back.
    let said = report.verdict.notes.iter().any(|note| note.starts_with("not taken back: "));
    assert_eq!(report.left.is_empty(), !said, "the journal and the notes differ: {what}");
    // What the cluster still has is written down.
    assert!(!report.lease_there || said || deed == "move-for-good", "a constraint is forgotten: {what}");
    // Where something had moved, nothing was run.
    if matches!(report.verdict.outcome, hatui::action::Outcome::Moved(_)) {
        assert!(report.ran.is_empty(), "it had moved, and something was run: {what}");
    }
    // Every verdict but the best says something.
    let moved = matches!(report.verdict.outcome, hatui::action::Outcome::Moved(_));
    let done = report.verdict.outcome == hatui::action::Outcome::Done;
    assert!(done || moved || !report.verdict.notes.is_empty(), "no word on why: {what}");
    assert!(!report.asked_the_victim, "asked of its own victim: {what}");
}

#[test]
fn every_step_of_every_plan_survives_every_fault() {
    for deed in DEEDS {
        let mut text = format!("{}\n", deed.words);
        for fault in FAULTS {
            for step in 0..deed.steps.len() {
                if fault.once && step > 0 {
                    continue;
                }
                let report = drive(deed, fault.fault, step);
                holds(deed.name, fault.fault, step, &report);
                let at =
                    if deed.steps.len() == 1 || fault.once { String::new() } else { format!(", step {}", step + 1) };
                let _ = write!(text, "\n> {}{at}\n{}", fault.words, told(&report));
            }
        }
        insta::with_settings!({ snapshot_path => "../snapshots/plans", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("executions-{}", deed.name), text);
        });
    }
}

#[test]
fn all_goes_well_without_a_fault() {
    for deed in DEEDS {
        if matches!(deed.name, "move-back" | "drbd-connect") {
            continue;
        }
        let report = drive(deed, Fault::None, 0);
        assert_eq!(report.verdict.outcome, hatui::action::Outcome::Done, "{}: {:?}", deed.name, report.verdict);
        assert_eq!(report.ran.len(), deed.steps.len(), "{}", deed.name);
        assert!(report.left.is_empty(), "{}", deed.name);
    }
}
