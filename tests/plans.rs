//! Golden plans: what is wanted, in words of crmsh and pcs, in a situation → what would be done, or why it is refused.

#![expect(clippy::expect_used, reason = "a situation that is written wrongly ends the test")]

#[path = "plans/rows.rs"]
mod rows;
#[path = "plans/world.rs"]
mod world;

use std::fmt::Write as _;
use std::time::Duration;

use hatui::action::preview::Item;
use hatui::action::{At, Danger, Guard, Left, Level, Plan, Refusal, Request, Step, Undo, parse, plan};
use hatui::app::{App, Effect, Event, Key, Source, Stage};
use hatui::model::{Cluster, Contact, Dc, Feed, RingId, Seen};
use hatui::wire::{Exit, NodeKey};
use world::{Voice, World};

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

/// What is known where one node tells of Pacemaker only, and the others of Corosync; `change` makes that node's words others.
fn half_heard(teller: &str, change: impl Fn(&mut Voice)) -> Result<Plan, Refusal> {
    let mut world = World::named("three nodes, all well");
    world.cluster = Cluster::new(world.voices.keys().map(|name| NodeKey::new(name)), world.now);
    for (name, voice) in &mut world.voices {
        let ring = voice.quorum.ring.clone();
        if name == teller {
            change(voice);
        }
        // Where it was in another ring it said so before, and is silent on that now.
        let before = world.now.before(Duration::from_secs(20));
        for mut told in voice.all(world.now) {
            let pacemaker = matches!(
                told.seen,
                Seen::Hello(Feed::Pacemaker, _) | Seen::Contact(_) | Seen::Pacemaker(_) | Seen::Cib(_)
            );
            if name == teller && !pacemaker {
                if !matches!(told.seen, Seen::Quorum(_)) || voice.quorum.ring == ring {
                    continue;
                }
                told.at = before;
            }
            if name == teller || !matches!(told.seen, Seen::Pacemaker(_) | Seen::Cib(_)) {
                world.cluster.apply(&told);
            }
        }
    }
    world.cluster.refresh(world.now);
    plan(&parse("node standby ha-node-2", world.situation()).expect("words that are understood"), world.situation())
}

#[test]
fn who_has_not_told_its_ring_yet_can_be_asked_if_it_has_quorum_and_was_in_no_other_ring() {
    let planned = half_heard("ha-node-1", |_| ()).expect("a plan");
    assert_eq!(planned.asked.1.as_str(), "ha-node-1");
    let nobody = |change: fn(&mut Voice)| {
        let refusal = half_heard("ha-node-1", change).expect_err("a refusal");
        assert_eq!(refusal.reasons[0].words, "no node with a live Pacemaker is connected");
    };
    nobody(|voice| {
        if let Dc::Node { with_quorum, .. } = &mut voice.status.dc {
            *with_quorum = Some(false);
        }
    });
    nobody(|voice| voice.quorum.ring = Some(RingId::new("9.99")));
}

#[test]
fn a_plan_that_waits_is_refused_once_something_stands_against_it() {
    let mut world = World::named("three nodes, all well");
    world.happens("by = [\"ha-node-1\"]\nsilent = true\ncontact = \"lost Broken\"");
    world.happens(
        "by = [\"ha-node-2\", \"ha-node-3\"]\ndc = \"ha-node-2\"\nnodes = { ha-node-1 = \"unclean\" }\nupdates = 99",
    );
    let key = NodeKey::new("ha-node-1");
    let keys: Vec<NodeKey> = world.voices.keys().map(|name| NodeKey::new(name)).collect();
    let (now, cluster) = (world.now, world.cluster.clone());
    let lost = cluster.views()[&key].contact.value.clone();
    let mut app = App::new(Source::Simulated("test".to_owned()), None, &keys, now).with_cluster(cluster);
    let intent = parse("stonith confirm ha-node-1", app.situation()).expect("words that are understood");
    // No node can say what would happen.
    let unanswered = |app: &mut App, effects: Vec<Effect>| {
        for effect in effects {
            if let Effect::Run { run, .. } = effect {
                let (exit, stdout, stderr) = (Exit::Code(1), Vec::new(), b"no".to_vec());
                app.update(Event::Ran { run, exit, stdout, stderr, nonce: None }, now);
            }
        }
    };
    let effects = app.intend(&intent);
    unanswered(&mut app, effects);
    for key in "ha-node-1".chars() {
        app.update(Event::Key(Key::Char(key)), now);
    }
    let stage = |app: &App| app.acts().current().map(|current| current.stage.clone());
    let ready = |app: &App| matches!(stage(app), Some(Stage::Ready { plan, .. }) if !plan.refused());
    assert!(ready(&app), "{:?}", stage(&app));
    // It is heard again: no fact that the cluster tells differs.
    app.update(Event::Contact(key.clone(), Contact::Connected), now);
    let Some(Stage::Refused { refusal, .. }) = stage(&app) else { panic!("{:?}", stage(&app)) };
    assert_eq!(refusal.reasons[0].words, "hatui hears ha-node-1 right now: it is not powered off");
    // Whoever was about to confirm meant what stood there before.
    for key in [Key::Enter, Key::Char('q')] {
        app.update(Event::Key(key), now);
        assert!(matches!(stage(&app), Some(Stage::Refused { .. })), "{:?}", stage(&app));
    }
    // And is gone again.
    let effects = app.update(Event::Contact(key, lost), now);
    unanswered(&mut app, effects);
    assert!(ready(&app), "{:?}", stage(&app));
    let current = app.acts().current().expect("an action");
    assert_eq!((current.typed.text(), current.stated), ("ha-node-1", false));
    assert!(current.anew.as_ref().is_some_and(|anew| anew.contains("can be done now")), "{:?}", current.anew);
    // Not before it can have been seen.
    app.update(Event::Key(Key::Tab), now);
    app.update(Event::Key(Key::Enter), now + Duration::from_millis(999));
    assert!(ready(&app), "{:?}", stage(&app));
    app.update(Event::Key(Key::Enter), now + Duration::from_secs(1));
    assert!(matches!(stage(&app), Some(Stage::Running { .. })), "{:?}", stage(&app));
}
