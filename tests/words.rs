//! Words of crmsh and pcs → intents, what is offered while they are typed, and that no words whatever do harm.

#![expect(clippy::expect_used, reason = "a situation that is written wrongly ends the test")]

#[path = "plans/world.rs"]
mod world;

use std::sync::OnceLock;

use hatui::action::{DrbdTask, FenceHow, Intent, Of, Switch, WordsError, completions, parse, plan};
use hatui::model::{DrbdName, NodeName, ResourceId, Text};
use proptest::prelude::*;
use world::World;

fn id(id: &str) -> ResourceId {
    ResourceId::new(id)
}

fn node(name: &str) -> NodeName {
    NodeName::new(name)
}

fn moved(resource: &str, to: &str) -> Intent {
    Intent::Move { resource: id(resource), to: node(to), keep: false }
}

fn ban(resource: &str, from: &str, promoted_only: bool) -> Intent {
    Intent::Ban { resource: id(resource), node: node(from), promoted_only }
}

fn drbd(task: DrbdTask) -> Intent {
    Intent::Drbd { resource: DrbdName::new("store"), node: node("ha-node-1"), task }
}

/// Every verb, as it is typed, and what it means among two well nodes.
fn table() -> Vec<(&'static str, Intent)> {
    let (on, off) = (Switch::On, Switch::Off);
    let one = || vec![node("ha-node-1")];
    vec![
        ("resource move web ha-node-2", moved("web", "ha-node-2")),
        ("resource move web", moved("web", "ha-node-2")),
        ("resource migrate web ha-node-2", moved("web", "ha-node-2")),
        ("crm resource move web ha-node-2 force", moved("web", "ha-node-2")),
        ("pcs resource move web ha-node-2 --wait", moved("web", "ha-node-2")),
        ("pcs resource move store-clone ha-node-2 --promoted", moved("store-clone", "ha-node-2")),
        ("Resource Move web ha-node-2", moved("web", "ha-node-2")),
        ("resource promote store-clone ha-node-2", moved("store-clone", "ha-node-2")),
        ("promote store-clone on ha-node-2", moved("store-clone", "ha-node-2")),
        ("failover web", moved("web", "ha-node-2")),
        ("failover web to ha-node-2", moved("web", "ha-node-2")),
        ("resource ban web ha-node-2", ban("web", "ha-node-2", false)),
        ("resource ban web", ban("web", "ha-node-1", false)),
        ("pcs resource ban store-clone ha-node-2 --promoted", ban("store-clone", "ha-node-2", true)),
        ("resource start web", Intent::Start(id("web"))),
        ("resource enable web", Intent::Start(id("web"))),
        ("resource stop web", Intent::Stop(id("web"))),
        ("resource disable web", Intent::Stop(id("web"))),
        ("resource restart web", Intent::Restart(id("web"))),
        ("resource cleanup", Intent::Cleanup(vec![Of::Cluster])),
        ("resource cleanup web", Intent::Cleanup(vec![Of::Resource(id("web"))])),
        ("resource cleanup ha-node-1", Intent::Cleanup(vec![Of::Node(node("ha-node-1"))])),
        ("resource cleanup web ha-node-1", Intent::Cleanup(vec![Of::ResourceOn(id("web"), node("ha-node-1"))])),
        ("resource refresh", Intent::Refresh(Of::Cluster)),
        ("resource refresh web ha-node-1", Intent::Refresh(Of::ResourceOn(id("web"), node("ha-node-1")))),
        ("resource demote store-clone", Intent::Demote(id("store-clone"))),
        ("demote store-clone", Intent::Demote(id("store-clone"))),
        ("resource manage web", Intent::Manage(id("web"), on)),
        ("resource unmanage web", Intent::Manage(id("web"), off)),
        ("resource maintenance web", Intent::Maintenance(vec![Of::Resource(id("web"))], on)),
        ("resource maintenance web off", Intent::Maintenance(vec![Of::Resource(id("web"))], off)),
        ("node standby ha-node-1", Intent::Standby(one(), on)),
        ("standby ha-node-1 ha-node-2", Intent::Standby(vec![node("ha-node-1"), node("ha-node-2")], on)),
        ("node online ha-node-1", Intent::Standby(one(), off)),
        ("node unstandby ha-node-1", Intent::Standby(one(), off)),
        ("online ha-node-1", Intent::Standby(one(), off)),
        ("node maintenance ha-node-1", Intent::Maintenance(vec![Of::Node(node("ha-node-1"))], on)),
        ("node ready ha-node-1", Intent::Maintenance(vec![Of::Node(node("ha-node-1"))], off)),
        ("node unmaintenance ha-node-1", Intent::Maintenance(vec![Of::Node(node("ha-node-1"))], off)),
        ("cluster maintenance on", Intent::Maintenance(vec![Of::Cluster], on)),
        ("cluster maintenance off", Intent::Maintenance(vec![Of::Cluster], off)),
        ("property set maintenance-mode=true", Intent::Maintenance(vec![Of::Cluster], on)),
        ("property set maintenance-mode=false", Intent::Maintenance(vec![Of::Cluster], off)),
        ("crm configure property maintenance-mode=true", Intent::Maintenance(vec![Of::Cluster], on)),
        ("crm configure property maintenance-mode=false", Intent::Maintenance(vec![Of::Cluster], off)),
        ("node fence ha-node-1", Intent::Fence(node("ha-node-1"), FenceHow::Reboot)),
        ("pcs stonith fence ha-node-1", Intent::Fence(node("ha-node-1"), FenceHow::Reboot)),
        ("pcs stonith fence ha-node-1 --off", Intent::Fence(node("ha-node-1"), FenceHow::Off)),
        ("fence ha-node-1 off", Intent::Fence(node("ha-node-1"), FenceHow::Off)),
        ("fence ha-node-1 on", Intent::Fence(node("ha-node-1"), FenceHow::On)),
        ("stonith confirm ha-node-1", Intent::Fence(node("ha-node-1"), FenceHow::Confirm)),
        ("crm node clearstate ha-node-1", Intent::Fence(node("ha-node-1"), FenceHow::Confirm)),
        ("constraint remove a b", Intent::Clear(vec![Text::new("a"), Text::new("b")])),
        ("constraint delete a", Intent::Clear(vec![Text::new("a")])),
        ("drbd connect store ha-node-1", drbd(DrbdTask::Connect)),
        ("drbd disconnect store ha-node-1", drbd(DrbdTask::Disconnect)),
        ("drbd primary store ha-node-1", drbd(DrbdTask::Primary)),
        ("drbd secondary store ha-node-1", drbd(DrbdTask::Secondary)),
        ("drbd pause-sync store on ha-node-1", drbd(DrbdTask::PauseSync)),
        ("drbd resume-sync store ha-node-1", drbd(DrbdTask::ResumeSync)),
        ("drbd verify store ha-node-1", drbd(DrbdTask::Verify)),
        ("drbd invalidate store ha-node-1", drbd(DrbdTask::Invalidate)),
    ]
}

#[test]
fn every_verb_is_understood() {
    let world = World::named("two nodes with DRBD 9, all well");
    for (words, intent) in table() {
        assert_eq!(parse(words, world.situation()), Ok(intent), "{words}");
    }
}

#[test]
fn every_verb_that_is_offered_is_in_the_table() {
    let world = World::named("two nodes with DRBD 9, all well");
    // `clear` and `unmove` need something that was left: they are tested below.
    let known = |verb: &str| {
        verb == "resource clear"
            || verb == "resource unmove"
            || table()
                .iter()
                .any(|(words, _)| words.trim_start_matches("crm ").trim_start_matches("pcs ").starts_with(verb))
    };
    for (verb, doc) in completions("", world.situation()) {
        assert!(known(&verb), "`{verb}` is not tested");
        assert!(!doc.is_empty(), "`{verb}` says nothing of itself");
    }
}

#[test]
fn what_is_left_of_a_resource_is_cleared() {
    let world = World::named("plans: constraints of all kinds");
    let cleared = |words: &str| match parse(words, world.situation()) {
        Ok(Intent::Clear(ids)) => ids.iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>(),
        other => panic!("{words}: {other:?}"),
    };
    assert_eq!(cleared("resource clear web"), ["cli-ban-web-on-ha-node-2"]);
    assert_eq!(cleared("resource clear web-ip ha-node-2"), ["cli-ban-web-on-ha-node-2"]);
    assert_eq!(cleared("resource unmove db"), ["cli-prefer-db", "hatui-move-db-clone"]);
    assert!(matches!(parse("resource clear web ha-node-1", world.situation()), Err(WordsError::Wrong { .. })));
}

#[test]
fn what_is_wrong_is_said_with_the_usage() {
    let world = World::named("three nodes, all well");
    let said = |words: &str| parse(words, world.situation()).expect_err(words).to_string();
    assert_eq!(said("make coffee"), "these words are no action");
    assert_eq!(said(""), "these words are no action");
    assert_eq!(said("resource move"), "RESOURCE is missing; it is: resource move RESOURCE [NODE]");
    assert_eq!(
        said("resource move web"),
        "there are several nodes: ha-node-2, ha-node-3; it is: resource move RESOURCE [NODE]"
    );
    assert_eq!(said("resource move web a b"), "`b` is one word too many; it is: resource move RESOURCE [NODE]");
    assert_eq!(
        said("resource move web --lifetime=5"),
        "`--lifetime=5` is not known here; it is: resource move RESOURCE [NODE]"
    );
    assert_eq!(said("fence ha-node-1 hard"), "`hard` is no way of fencing; it is: fence NODE [reboot|off|on]");
    assert_eq!(said("cluster maintenance maybe"), "`maybe` is neither on nor off; it is: cluster maintenance on|off");
    assert_eq!(said("drbd connect store"), "NODE is missing; it is: drbd connect DRBD-RESOURCE NODE");
    assert!(said("promote web ha-node-2").starts_with("web has no promoted role"));
}

/// Words that are understood to mean less than they say would do something else than was meant.
#[test]
fn options_that_would_change_what_is_done_are_not_dropped() {
    let world = World::named("two nodes with DRBD 9, all well");
    for words in [
        "node standby --all",
        "fence ha-node-1 --force-off",
        "resource stop web --simulate",
        "fence ha-node-1 on --off",
    ] {
        assert!(matches!(parse(words, world.situation()), Err(WordsError::Wrong { .. })), "{words}");
    }
    for words in ["resource stop web --off", "stonith confirm ha-node-1 --off", "stonith confirm ha-node-1 off"] {
        assert!(matches!(parse(words, world.situation()), Err(WordsError::Wrong { .. })), "{words}");
    }
}

#[test]
fn what_is_offered_is_understood_or_wants_one_more_word() {
    for situation in ["two nodes with DRBD 9, all well", "plans: constraints of all kinds", "plans: a resync runs"] {
        let world = World::named(situation);
        let mut typed: Vec<String> = vec![String::new()];
        typed.extend(completions("", world.situation()).into_iter().map(|(words, _)| format!("{words} ")));
        let second: Vec<String> = typed
            .iter()
            .flat_map(|typed| completions(typed, world.situation()))
            .map(|(words, _)| format!("{words} "))
            .collect();
        typed.extend(second);
        typed.sort();
        typed.dedup();
        for typed in typed {
            for (words, _) in completions(&typed, world.situation()) {
                match parse(&words, world.situation()) {
                    Ok(_) => {}
                    Err(WordsError::Wrong { what, .. }) => {
                        let open = what.ends_with("is missing")
                            || what.starts_with("no move or ban of")
                            || what.contains("nodes: ")
                            || what.contains("runs nowhere")
                            || what.contains("no other node")
                            || what.contains("no promoted role");
                        assert!(open, "`{words}`, offered for `{typed}`: {what}");
                    }
                    Err(WordsError::NoAction) => panic!("`{words}`, offered for `{typed}`, is no action"),
                }
            }
        }
    }
}

#[test]
fn names_are_completed() {
    let world = World::named("two nodes with DRBD 9, all well");
    let offers =
        |typed: &str| completions(typed, world.situation()).into_iter().map(|(words, _)| words).collect::<Vec<_>>();
    let has =
        |typed: &str, words: &str| assert!(offers(typed).iter().any(|it| it == words), "{typed}: {:?}", offers(typed));
    has("resource move ", "resource move web");
    has("resource move web ", "resource move web ha-node-2");
    has("resource move web", "resource move web");
    has("node standby ha-node-1 ", "node standby ha-node-1 ha-node-2");
    has("fence ha-node-1 ", "fence ha-node-1 off");
    has("fence ha-node-1 ", "fence ha-node-1");
    has("drbd connect ", "drbd connect store");
    has("crm resource st", "crm resource stop");
}

/// Situations in which whatever is wanted has to be planned or refused.
fn worlds() -> &'static [World] {
    static WORLDS: OnceLock<Vec<World>> = OnceLock::new();
    WORLDS.get_or_init(World::all)
}

/// Every intent that the words can have, in every situation there is: planned, or refused with a way out.
#[test]
fn whatever_is_wanted_is_planned_or_refused_wherever() {
    for world in worlds() {
        for (words, _) in table() {
            let Ok(intent) = parse(words, world.situation()) else { continue };
            match plan(&intent, world.situation()) {
                Ok(plan) => assert!(!plan.refused() && !plan.steps.is_empty(), "{}: {words}", world.name),
                Err(refusal) => {
                    for reason in &refusal.reasons {
                        assert!(
                            reason.helps.as_deref().is_some_and(|helps| !helps.is_empty()),
                            "{}: {words}: {}",
                            world.name,
                            reason.words
                        );
                    }
                }
            }
        }
    }
}

fn word() -> impl Strategy<Value = String> {
    let known = vec![
        "resource",
        "move",
        "ban",
        "clear",
        "promote",
        "start",
        "stop",
        "restart",
        "cleanup",
        "refresh",
        "manage",
        "unmanage",
        "maintenance",
        "node",
        "standby",
        "online",
        "ready",
        "fence",
        "stonith",
        "confirm",
        "cluster",
        "on",
        "off",
        "to",
        "force",
        "constraint",
        "remove",
        "drbd",
        "connect",
        "disconnect",
        "primary",
        "secondary",
        "pause-sync",
        "resume-sync",
        "verify",
        "invalidate",
        "web",
        "web-ip",
        "web-fs",
        "store",
        "store-clone",
        "db",
        "db-clone",
        "fence-ha-node-1",
        "ha-node-1",
        "ha-node-2",
        "ha-node-3",
        "crm",
        "pcs",
        "--off",
        "--force",
        "--",
        "reboot",
        "cli-ban-web-on-ha-node-2",
        "hatui-move-web",
        "property",
        "set",
        "maintenance-mode=true",
        "failover",
        "unmove",
    ];
    prop_oneof![
        8 => proptest::sample::select(known).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
        1 => any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_words_do_harm(words in proptest::collection::vec(word(), 0..6), which in any::<proptest::sample::Index>()) {
        let world = which.get(worlds());
        let words = words.join(" ");
        let _ = completions(&words, world.situation());
        if let Ok(intent) = parse(&words, world.situation()) {
            match plan(&intent, world.situation()) {
                Ok(plan) => {
                    prop_assert!(!plan.refused());
                    prop_assert!(!plan.steps.is_empty());
                    // Whatever was typed is one word of a command, and none that a tool takes for an option of its own.
                    for step in &plan.steps {
                        prop_assert!(step.argv.words().iter().all(|word| !word.contains('\n') && !word.contains('\0')));
                    }
                }
                Err(refusal) => prop_assert!(!refusal.reasons.is_empty()),
            }
        }
    }
}
