//! The stopwatch, in played situations.

use hatui::action::{Course, Phase, Stopwatch};
use hatui::model::{NodeName, PacemakerStatus, ResourceId};

use super::world::World;

/// Time passes, and the watch looks each second; returns whether there is news of an interruption that ended.
fn watch(watch: &mut Stopwatch, world: &mut World, seconds: u64) -> bool {
    for _ in 0..seconds {
        world.pass(1);
        watch.observe(world.situation());
    }
    !watch.take_news().is_empty()
}

fn monitored(status: &mut PacemakerStatus, ids: &[&str], node: &str) {
    for id in ids {
        status.monitored.retain(|(of, _)| of.as_str() != *id);
        status.monitored.insert((ResourceId::new(id), NodeName::new(node)));
    }
}

/// The course as words: each mark with its second, and who was away for how long.
fn told(course: &Course) -> String {
    let mut marks: Vec<String> = Vec::new();
    for mark in &course.marks {
        marks.push(format!("{} {} {}", mark.at.since(course.began).as_secs(), mark.phase.word(), mark.of));
    }
    let end = course.ended.expect("a course that is over");
    let away = course.away.iter().map(|(id, away)| format!("{id} {} s", away.span(end).as_secs()));
    let away: Vec<String> = away.collect();
    let took = end.since(course.began).as_secs();
    format!("{}: {}; away: {}; took {took} s", course.title, marks.join(", "), away.join(", "))
}

const WEB_ON_2: &str = "resources = { \"web/web-fs\" = \"Started ha-node-2\", \"web/web-ip\" = \"Started ha-node-2\" }";

#[test]
fn a_move_is_timed_from_the_command_to_the_first_healthy_monitor() {
    let (mut world, mut it) = (World::named("three nodes, all well"), Stopwatch::default());
    watch(&mut it, &mut world, 1);
    it.begin("move web to ha-node-2", world.now);
    watch(&mut it, &mut world, 1);
    world.happens("resources = { \"web/web-ip\" = \"Stopped\" }");
    watch(&mut it, &mut world, 1);
    world.happens("resources = { \"web/web-fs\" = \"Stopped\" }");
    watch(&mut it, &mut world, 2);
    world.happens("resources = { \"web/web-fs\" = \"Started ha-node-2\" }");
    watch(&mut it, &mut world, 1);
    world.happens(WEB_ON_2);
    watch(&mut it, &mut world, 1);
    it.settle(world.now);
    assert!(it.running().is_none(), "nothing is away");
    assert_eq!(it.take_news().len(), 1, "it is over");
    assert!(!watch(&mut it, &mut world, 1), "nothing more is seen");
    // The monitor comes after the verdict, and still counts: it is news once more, and only once.
    world.status(|status| monitored(status, &["web-fs", "web-ip"], "ha-node-2"));
    assert!(watch(&mut it, &mut world, 1));
    assert!(!watch(&mut it, &mut world, 1));
    assert_eq!(
        told(it.latest().expect("a course")),
        "move web to ha-node-2: 0 command move web to ha-node-2, 1 stopped web-ip, 2 stopped web-fs, \
         4 started web-fs, 5 started web-ip, 7 healthy web-ip; away: web-fs 2 s, web-ip 4 s; took 6 s"
    );
}

#[test]
fn an_action_that_is_not_begun_after_all_is_no_time() {
    let (mut world, mut it) = (World::named("three nodes, all well"), Stopwatch::default());
    watch(&mut it, &mut world, 1);
    it.begin("move web to ha-node-2", world.now);
    watch(&mut it, &mut world, 1);
    it.abandon();
    assert!(it.take_news().is_empty());
    assert_eq!((it.running(), it.over().len()), (None, 0));
    // What went away meanwhile went by itself, and is timed so.
    it.begin("move web to ha-node-2", world.now);
    world.happens("resources = { \"web/web-ip\" = \"Stopped\" }");
    watch(&mut it, &mut world, 2);
    it.abandon();
    world.happens("resources = { \"web/web-ip\" = \"Started ha-node-1\" }");
    watch(&mut it, &mut world, 1);
    world.status(|status| monitored(status, &["web-ip"], "ha-node-1"));
    watch(&mut it, &mut world, 1);
    let course = it.latest().expect("a course");
    assert!(!course.by_action, "{course:?}");
    assert!(told(course).starts_with("web-ip stopped: 0 stopped web-ip, 2 started web-ip"), "{}", told(course));
}

#[test]
fn a_service_that_goes_again_at_once_was_never_back() {
    let (mut world, mut it) = (World::named("three nodes, all well"), Stopwatch::default());
    world.status(|status| monitored(status, &["web-fs", "web-ip"], "ha-node-1"));
    watch(&mut it, &mut world, 1);
    it.begin("move web to ha-node-2", world.now);
    let began = world.now;
    // A node tells that it is stopped, and then another one what was so before.
    for resources in
        ["\"web/web-ip\" = \"Stopped\"", "\"web/web-ip\" = \"Started ha-node-1\"", "\"web/web-ip\" = \"Stopped\""]
    {
        world.happens(&format!("resources = {{ {resources} }}"));
        watch(&mut it, &mut world, 1);
    }
    world.happens("resources = { \"web/web-ip\" = \"Started ha-node-2\" }");
    world.status(|status| monitored(status, &["web-ip"], "ha-node-2"));
    watch(&mut it, &mut world, 1);
    assert_eq!((it.over().len(), it.running()), (1, None), "one course, and it is over");
    assert_eq!(
        told(it.of_action(began).expect("the action's")),
        "move web to ha-node-2: 0 command move web to ha-node-2, 0 stopped web-ip, 1 started web-ip, 2 stopped web-ip, \
         3 started web-ip, 3 healthy web-ip; away: web-ip 3 s; took 3 s"
    );
}

#[test]
fn a_lost_node_is_timed_by_phase() {
    let (mut world, mut it) = (World::named("two nodes with DRBD 9, all well"), Stopwatch::default());
    watch(&mut it, &mut world, 1);
    world.happens(
        "dc = \"ha-node-2\"\nnodes = { ha-node-1 = \"unclean\" }\nfencing = [\"reboot ha-node-1 pending from ha-node-2\"]",
    );
    watch(&mut it, &mut world, 4);
    world.happens(
        "nodes = { ha-node-1 = \"offline\" }\nfencing = [\"reboot ha-node-1 success by ha-node-2 at 1800000005\"]",
    );
    watch(&mut it, &mut world, 1);
    world.happens("resources = { \"store-clone+/store\" = [\"Stopped\", \"Promoted ha-node-2\"] }");
    watch(&mut it, &mut world, 2);
    world.happens(WEB_ON_2);
    assert!(!watch(&mut it, &mut world, 3), "it is not over before a monitor found it well");
    world.status(|status| monitored(status, &["web-fs", "web-ip", "store"], "ha-node-2"));
    assert!(watch(&mut it, &mut world, 1));
    assert_eq!(
        told(&it.over()[0]),
        "ha-node-1 lost: 0 lost ha-node-1, 4 fenced ha-node-1, 5 promoted store, 7 started web-fs, 7 started web-ip, \
         10 healthy web-ip; away: store 5 s, web-fs 7 s, web-ip 7 s; took 10 s"
    );
    assert!(!it.over()[0].by_action);
    // The node comes back: nothing goes away with that.
    world.happens("nodes = { ha-node-1 = \"online\" }\nresources = { \"store-clone+/store\" = [\"Unpromoted ha-node-1\", \"Promoted ha-node-2\"] }");
    watch(&mut it, &mut world, 5);
    assert_eq!((it.running(), it.over().len()), (None, 1));
}

#[test]
fn a_failure_that_is_recovered_in_place_counts_from_the_failure() {
    let (mut world, mut it) = (World::named("three nodes, all well"), Stopwatch::default());
    watch(&mut it, &mut world, 1);
    world.happens(
        "resources = { \"web/web-ip\" = \"Started ha-node-1 failed\" }\nfailures = [\"web-ip ha-node-1 monitor 7 not running\"]",
    );
    watch(&mut it, &mut world, 1);
    world.happens("resources = { \"web/web-ip\" = \"Stopped\" }");
    watch(&mut it, &mut world, 1);
    world.happens("resources = { \"web/web-ip\" = \"Started ha-node-1\" }");
    world.status(|status| monitored(status, &["web-ip"], "ha-node-1"));
    assert!(watch(&mut it, &mut world, 1));
    assert_eq!(
        told(&it.over()[0]),
        "web-ip failed: 0 failed web-ip, 0 stopped web-ip, 2 started web-ip, 2 healthy web-ip; away: web-ip 2 s; took 2 s"
    );
}

#[test]
fn a_service_that_goes_twice_was_away_for_both_times_and_not_for_what_lay_between() {
    let (mut world, mut it) = (World::named("three nodes, all well"), Stopwatch::default());
    let stopped = "resources = { \"web/web-ip\" = \"Stopped\" }";
    let started = "resources = { \"web/web-ip\" = \"Started ha-node-1\" }";
    watch(&mut it, &mut world, 1);
    for (toml, seconds) in [(stopped, 2), (started, 60), (stopped, 3), (started, 1)] {
        world.happens(toml);
        watch(&mut it, &mut world, seconds);
    }
    world.status(|status| monitored(status, &["web-ip"], "ha-node-1"));
    assert!(watch(&mut it, &mut world, 1));
    assert_eq!(
        told(it.latest().expect("a course")),
        "web-ip stopped: 0 stopped web-ip, 2 started web-ip, 62 stopped web-ip, 65 started web-ip, 66 healthy web-ip; \
         away: web-ip 5 s; took 66 s"
    );
}

#[test]
fn what_stays_away_for_long_is_an_interruption_of_its_own() {
    let (mut world, mut it) = (World::named("three nodes, all well"), Stopwatch::default());
    watch(&mut it, &mut world, 1);
    world.happens(
        "resources = { \"web/web-ip\" = \"Stopped\" }\nfailures = [\"web-ip ha-node-1 start 1 no such address\"]",
    );
    assert!(!watch(&mut it, &mut world, 30 * 60), "it is away");
    assert!(watch(&mut it, &mut world, 2 * 60), "it is away for good");
    assert!(it.running().is_none() && it.over()[0].is_away());
    // The next is another one, and does not bear its name.
    world.happens("resources = { fence-ha-node-1 = \"Stopped\", \"web/web-fs\" = \"Stopped\" }");
    watch(&mut it, &mut world, 1);
    assert_eq!(it.running().map(|course| course.title.to_string()).as_deref(), Some("web-fs stopped"));
}

#[test]
fn a_long_course_notes_its_beginning_and_counts_the_rest() {
    let (mut world, mut it) = (World::named("three nodes, all well"), Stopwatch::default());
    watch(&mut it, &mut world, 1);
    world.happens("resources = { \"web/web-fs\" = \"Stopped\" }");
    for _ in 0..150 {
        for toml in ["Stopped", "Started ha-node-1"] {
            world.happens(&format!("resources = {{ \"web/web-ip\" = \"{toml}\" }}"));
            watch(&mut it, &mut world, 1);
        }
    }
    let course = it.running().expect("a course");
    assert_eq!((course.marks.len(), course.more), (200, 101));
}

#[test]
fn a_failure_that_is_ignored_interrupts_nothing() {
    let (mut world, mut it) = (World::named("three nodes, all well"), Stopwatch::default());
    watch(&mut it, &mut world, 1);
    world.happens(
        "resources = { \"web/web-ip\" = \"Started ha-node-1 failed ignored\" }\nfailures = [\"web-ip ha-node-1 monitor 7 not running\"]",
    );
    watch(&mut it, &mut world, 3);
    assert_eq!((it.running(), it.over().len()), (None, 0));
}

#[test]
fn a_copy_of_a_clone_that_is_lost_is_no_interruption() {
    let (mut world, mut it) = (World::named("plans: a plain clone"), Stopwatch::default());
    watch(&mut it, &mut world, 1);
    world.happens("resources = { \"dlm-clone*/dlm\" = [\"Started ha-node-1\", \"Started ha-node-2\", \"Stopped\"], \"db-clone+/db\" = [\"Promoted ha-node-1\", \"Unpromoted ha-node-2\", \"Stopped\"] }");
    watch(&mut it, &mut world, 3);
    assert_eq!((it.running(), it.over().len()), (None, 0));
    // Nor when its node goes: that is watched for a while, and then forgotten.
    world.happens("nodes = { ha-node-3 = \"unclean\" }");
    watch(&mut it, &mut world, 1);
    assert_eq!(it.running().map(|course| course.title.as_str().to_owned()).as_deref(), Some("ha-node-3 lost"));
    world.happens("nodes = { ha-node-3 = \"offline\" }");
    watch(&mut it, &mut world, 150);
    assert_eq!((it.running(), it.over().len()), (None, 0));
}

#[test]
fn silence_of_hatui_is_no_interruption() {
    let (mut world, mut it) = (World::named("three nodes, all well"), Stopwatch::default());
    watch(&mut it, &mut world, 1);
    world.silence();
    watch(&mut it, &mut world, 30);
    world.speak();
    watch(&mut it, &mut world, 3);
    assert_eq!((it.running(), it.over().len()), (None, 0));
}

#[test]
fn standby_stops_and_starts_and_loses_nothing() {
    let (mut world, mut it) = (World::named("three nodes, all well"), Stopwatch::default());
    watch(&mut it, &mut world, 1);
    it.begin("standby ha-node-1", world.now);
    world.happens("nodes = { ha-node-1 = \"standby\" }");
    world.happens("resources = { \"web/web-fs\" = \"Stopped\", \"web/web-ip\" = \"Stopped\", \"db-clone+/db\" = [\"Stopped\", \"Promoted ha-node-2\", \"Unpromoted ha-node-3\"] }");
    watch(&mut it, &mut world, 2);
    world.happens(WEB_ON_2);
    world.status(|status| monitored(status, &["web-fs", "web-ip", "db"], "ha-node-2"));
    assert!(watch(&mut it, &mut world, 1));
    let course = &it.over()[0];
    assert_eq!(course.phase(Phase::Lost), None, "a node in standby is not lost");
    assert_eq!(
        told(course),
        "standby ha-node-1: 0 command standby ha-node-1, 0 stopped db, 0 stopped web-fs, 0 stopped web-ip, 0 promoted db, \
         2 started web-fs, 2 started web-ip, 2 healthy web-ip; away: web-fs 2 s, web-ip 2 s; took 2 s"
    );
}

#[test]
fn what_is_stopped_on_purpose_is_not_away() {
    let (mut world, mut it) = (World::named("three nodes, all well"), Stopwatch::default());
    watch(&mut it, &mut world, 1);
    it.begin("stop web", world.now);
    world.happens(
        "resources = { \"web/web-fs\" = \"Stopped target=Stopped\", \"web/web-ip\" = \"Stopped target=Stopped\" }",
    );
    watch(&mut it, &mut world, 2);
    it.settle(world.now);
    assert_eq!(it.running(), None);
    assert!(it.over()[0].away.is_empty());
    // The same by someone else: it is taken for an interruption at first, and given up.
    let (mut world, mut it) = (World::named("three nodes, all well"), Stopwatch::default());
    watch(&mut it, &mut world, 1);
    world.happens(
        "resources = { \"web/web-fs\" = \"Stopped target=Stopped\", \"web/web-ip\" = \"Stopped target=Stopped\" }",
    );
    watch(&mut it, &mut world, 150);
    assert_eq!((it.running(), it.over().len()), (None, 0));
}

#[test]
fn a_restart_is_away_though_it_is_told_to_stop() {
    let (mut world, mut it) = (World::named("three nodes, all well"), Stopwatch::default());
    watch(&mut it, &mut world, 1);
    it.begin("restart web", world.now);
    world.happens(
        "resources = { \"web/web-fs\" = \"Stopped target=Stopped\", \"web/web-ip\" = \"Stopped target=Stopped\" }",
    );
    watch(&mut it, &mut world, 3);
    world.happens("resources = { \"web/web-fs\" = \"Started ha-node-1\", \"web/web-ip\" = \"Started ha-node-1\" }");
    watch(&mut it, &mut world, 1);
    it.settle(world.now);
    assert_eq!(it.over()[0].longest(world.now).map(|(_, span)| span.as_secs()), Some(3));
}
