//! Golden plans: what is wanted, in words of crmsh and pcs, in a situation → what would be done, or why it is refused.

#![expect(clippy::expect_used, reason = "a situation that is written wrongly ends the test")]

#[path = "plans/rows.rs"]
mod rows;
#[path = "plans/world.rs"]
mod world;

use std::fmt::Write as _;

use hatui::action::preview::Item;
use hatui::action::{At, Danger, Guard, Left, Level, Plan, Refusal, Request, Step, Undo, parse, plan};
use hatui::model::{Cluster, Seen};
use hatui::wire::NodeKey;
use world::World;

fn level(level: Level) -> &'static str {
    match level {
        Level::Note => "note",
        Level::Warn => "warn",
        Level::Raise => "raise",
        Level::Refuse => "refuse",
    }
}

fn remark(text: &mut String, remark: &hatui::action::Remark) {
    let helps = remark.helps.as_ref().map_or_else(String::new, |helps| format!(" ({helps})"));
    let _ = writeln!(text, "    {}: {}{helps}", level(remark.level), remark.words);
}

fn step(text: &mut String, number: usize, step: &Step, plan: &Plan) {
    let _ = writeln!(text, "  {number}. {}", step.words);
    let _ = writeln!(text, "       {}", step.argv);
    let at = match &step.at {
        At::Asked => format!("asked of {}", plan.asked.1),
        At::Node(node) => format!("on {node}"),
    };
    let guard = match &step.guard {
        Guard::Unchanged(facts) => format!("if {} facts hold", facts.len()),
        Guard::Always => "always".to_owned(),
    };
    let bumps = if step.bumps == 0 { String::new() } else { format!(", epoch +{}", step.bumps) };
    let _ = writeln!(text, "       {at}, {guard}, within {} s{bumps}", step.deadline.as_secs());
    let effect: Vec<String> = step.effect.iter().map(hatui::action::Expect::words).collect();
    let _ = writeln!(text, "       shows by: {}", effect.join("; "));
    if let Some(left) = &step.leaves {
        let before = match left {
            Left::TargetRole { before, .. } => format!(" (before: {})", before.as_deref().unwrap_or("nothing")),
            Left::Constraint { .. } => String::new(),
        };
        let _ = writeln!(text, "       leaves: {}{before}; taken back by: {}", left.words(), left.take_back());
    }
    if step.releases {
        let _ = writeln!(text, "       takes back");
    }
    if let Some(wait) = &step.wait {
        let until: Vec<String> = wait.until.iter().map(hatui::action::Expect::words).collect();
        let _ = writeln!(text, "       waits {} ({} s): {}", wait.words, wait.at_most.as_secs(), until.join("; "));
        let _ = writeln!(text, "       a cancel leaves: {}", wait.cancel_leaves);
    }
}

fn preview(request: &Request) -> String {
    match request {
        Request::DryRun(argv) => format!("asks {argv}"),
        Request::None(why) => format!("none: {why}"),
        Request::Copy(items) => {
            let item = |item: &Item| match item {
                Item::Try(argv) => format!("try {argv}"),
                Item::Forget(..) | Item::Lose(..) => item.words().join(" "),
                Item::Plan(words) if words.is_empty() => "plan".to_owned(),
                Item::Plan(words) => format!("plan {}", words.join(" ")),
            };
            items.iter().map(item).collect::<Vec<_>>().join("; ")
        }
    }
}

fn planned(plan: &Plan) -> String {
    let confirmation = &plan.confirmation;
    let typed = match confirmation.danger {
        Danger::Confirm => "confirm".to_owned(),
        Danger::Name => format!("type {}", confirmation.name),
        Danger::Statement => format!("type {}, and state: {}", confirmation.name, confirmation.statement),
    };
    let mut text = format!("  {} [{typed}]\n", plan.title);
    for one in &plan.remarks {
        remark(&mut text, one);
    }
    for (at, one) in plan.steps.iter().enumerate() {
        step(&mut text, at + 1, one, plan);
    }
    let expected: Vec<String> = plan.expected.iter().map(hatui::action::Expect::words).collect();
    let _ = writeln!(text, "  expected: {}", expected.join("; "));
    let _ = writeln!(text, "  preview: {}", preview(&plan.request));
    let undo = match &plan.undo {
        Undo::By(intent) => intent.title(),
        Undo::Words(words) => words.clone(),
        Undo::No(why) => format!("none: {why}"),
    };
    let _ = writeln!(text, "  undo: {undo}");
    text
}

fn refused(refusal: &Refusal) -> String {
    let mut text = format!("  REFUSED: {}\n", refusal.title);
    for reason in &refusal.reasons {
        remark(&mut text, reason);
    }
    text
}

/// What comes of the words.
fn row(words: &str, world: &World) -> String {
    let situation = world.situation();
    let outcome = match parse(words, situation) {
        Err(error) => format!("  NOT UNDERSTOOD: {error}\n"),
        Ok(intent) => match plan(&intent, situation) {
            Ok(plan) => planned(&plan),
            Err(refusal) => refused(&refusal),
        },
    };
    format!("> {words}\n{outcome}")
}

#[test]
fn every_intent_in_every_situation_is_planned_or_refused_as_written() {
    for (name, situation, intents) in rows::ROWS {
        let world = World::named(situation);
        let mut text = format!("{}\n", world.name.trim_start_matches("plans: "));
        for words in *intents {
            text.push('\n');
            text.push_str(&row(words, &world));
        }
        insta::with_settings!({ snapshot_path => "../snapshots/plans", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(*name, text);
        });
    }
}

#[test]
fn there_are_rows_enough_and_none_is_there_twice() {
    let mut all: Vec<(&str, &str)> = Vec::new();
    for (_, situation, intents) in rows::ROWS {
        all.extend(intents.iter().map(|words| (*situation, *words)));
    }
    let before = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), before, "a row is there twice");
    assert!(before >= 150, "{before} rows");
}

/// Every refusal names a reason and what would allow it, and nothing that is planned carries a reason to refuse it.
#[test]
fn every_refusal_says_what_would_allow_it() {
    for (_, situation, intents) in rows::ROWS {
        let world = World::named(situation);
        for words in *intents {
            let Ok(intent) = parse(words, world.situation()) else { continue };
            match plan(&intent, world.situation()) {
                Ok(plan) => {
                    assert!(!plan.refused(), "{situation}: {words}");
                    assert!(!plan.steps.is_empty() && !plan.expected.is_empty(), "{situation}: {words}");
                    assert!(!plan.not_asked.contains(&plan.asked.1), "{situation}: {words}: asks its own victim");
                }
                Err(refusal) => {
                    assert!(!refusal.reasons.is_empty(), "{situation}: {words}");
                    for reason in &refusal.reasons {
                        let helps = reason.helps.as_deref().unwrap_or_default();
                        assert!(!helps.is_empty(), "{situation}: {words}: {} says no way out", reason.words);
                    }
                }
            }
        }
    }
}

/// When a lease that is planned ends.
fn lease_ends(world: &World) -> String {
    let intent = parse("resource move db-clone ha-node-2", world.situation()).expect("an action");
    let plan = plan(&intent, world.situation()).expect("a plan");
    let command =
        plan.steps.iter().map(|step| step.argv.to_string()).find(|argv| argv.contains("end=")).expect("a lease");
    command.split("end=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an end").to_owned()
}

#[test]
fn a_lease_ends_by_the_clocks_of_the_nodes() {
    let mut world = World::named("three nodes, all well");
    let plain = lease_ends(&world);
    // What differs little is the way that the words took.
    world.happens("ahead_ms = 20000");
    assert_eq!(lease_ends(&world), plain);
    // Two hours: an end an hour from now by this clock would have passed there.
    world.happens("by = [\"ha-node-3\"]\nahead_ms = 7200000");
    let ahead = lease_ends(&world);
    assert_eq!((&plain[..10], &plain[13..]), (&ahead[..10], &ahead[13..]));
    let hour = |ends: &str| ends[11..13].parse::<u32>().expect("an hour");
    assert_eq!(hour(&ahead), hour(&plain) + 2, "{plain} {ahead}");
}

/// What is known before all feeds of all nodes told all: some Pacemaker's, others Corosync's.
fn half_heard(pacemaker: &[&str], corosync: &[&str]) -> Result<Plan, Refusal> {
    let mut world = World::named("three nodes, all well");
    world.cluster = Cluster::new(world.voices.keys().map(|name| NodeKey::new(name)), world.now);
    for (name, voice) in &world.voices {
        let hears = |nodes: &[&str]| nodes.contains(&name.as_str());
        let told = voice.all(world.now).into_iter().filter(|told| match told.seen {
            Seen::Hello(..) | Seen::Contact(_) => true,
            Seen::Quorum(_) | Seen::Links(_) | Seen::Latency(_) => hears(corosync),
            _ => hears(pacemaker),
        });
        told.for_each(|told| world.cluster.apply(&told));
    }
    world.cluster.refresh(world.now);
    plan(&parse("node standby ha-node-2", world.situation()).expect("words that are understood"), world.situation())
}

#[test]
fn a_node_whose_ring_is_not_told_yet_can_be_asked() {
    let asked =
        |pacemaker: &[&str], corosync: &[&str]| half_heard(pacemaker, corosync).map(|plan| plan.asked.1.to_string());
    assert_eq!(asked(&["ha-node-1"], &["ha-node-2", "ha-node-3"]), Ok("ha-node-1".to_owned()));
    assert_eq!(asked(&["ha-node-1"], &[]), Ok("ha-node-1".to_owned()));
    assert_eq!(asked(&["ha-node-1", "ha-node-3"], &["ha-node-2", "ha-node-3"]), Ok("ha-node-3".to_owned()));
}
