//! Golden previews: what is wanted in a situation, and what the cluster says it would do → what hatui makes of it.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what is written wrongly ends the test")]
#![expect(clippy::disallowed_methods, reason = "the real programs are run, on files, at the real time")]

#[path = "previews/copied.rs"]
mod copied;
#[path = "previews/foreseen.rs"]
mod foreseen;
#[path = "previews/program.rs"]
mod program;
#[path = "previews/real.rs"]
mod real;
#[path = "previews/rows.rs"]
mod rows;
#[path = "previews/time.rs"]
mod time;
#[path = "plans/world.rs"]
mod world;

use std::fmt::Write as _;

use hatui::action::preview::phrase;
use hatui::action::{Danger, Level, Plan, Preview, Situation, parse, plan};
use world::World;

/// What is said of a plan after its preview.
fn said(plan: &Plan, preview: &Preview, situation: Situation<'_>) -> String {
    let mut text = String::new();
    let danger = match plan.confirmation.danger {
        _ if plan.refused() => "refused".to_owned(),
        Danger::Confirm => "confirm".to_owned(),
        Danger::Name => format!("type {}", plan.confirmation.name),
        Danger::Statement => format!("type {}, and state: {}", plan.confirmation.name, plan.confirmation.statement),
    };
    let _ = writeln!(text, "  {} [{danger}]", plan.title);
    for remark in &plan.remarks {
        let level = match remark.level {
            Level::Note => "note",
            Level::Warn => "warn",
            Level::Raise => "raise",
            Level::Refuse => "refuse",
        };
        let helps = remark.helps.as_ref().map_or_else(String::new, |helps| format!(" ({helps})"));
        let _ = writeln!(text, "    {level}: {}{helps}", remark.words);
    }
    let phrases = |changes: &[hatui::model::Change]| changes.iter().map(phrase).collect::<Vec<_>>().join("; ");
    let _ = writeln!(text, "  first: {}", phrases(preview.changes()));
    if let Some(cleared) = &preview.cleared {
        let _ = writeln!(text, "  then: {}", phrases(cleared.changes.as_deref().unwrap_or_default()));
    }
    if let Some(why) = &preview.then_unknown {
        let _ = writeln!(text, "  then: not known: {why}");
    }
    let down: Vec<String> = preview.stays_down(situation).iter().map(ToString::to_string).collect();
    if !down.is_empty() {
        let _ = writeln!(text, "  stays down: {}", down.join(", "));
    }
    let budget = preview.budget(situation).map_or_else(|| "not known".to_owned(), |it| format!("{} s", it.as_secs()));
    let _ = writeln!(text, "  at most: {budget}");
    text
}

fn row(words: &str, stages: &str, world: &World) -> String {
    let situation = world.situation();
    let intent = parse(words, situation).unwrap_or_else(|error| panic!("{words}: {error}"));
    let outcome = match plan(&intent, situation) {
        Err(refusal) => format!("  REFUSED WITHOUT ASKING: {refusal}\n"),
        Ok(plan) => {
            let preview = Preview::of(foreseen::told(stages, world));
            said(&plan.previewed(&preview, situation), &preview, situation)
        }
    };
    format!("> {words}\n  cluster: {stages}\n{outcome}")
}

#[test]
fn every_preview_is_taken_as_written() {
    for (name, situation, rows) in rows::ROWS {
        let world = World::named(situation);
        let mut text = format!("{}\n", world.name.trim_start_matches("plans: "));
        for (words, stages) in *rows {
            text.push('\n');
            text.push_str(&row(words, stages, &world));
        }
        insta::with_settings!({ snapshot_path => "../snapshots/previews", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(*name, text);
        });
    }
}
