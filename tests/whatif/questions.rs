//! Questions and their answers.

use hatui::action::whatif::{self, Answer, Fate, Outlook, Question};
use std::time::Duration;

use hatui::app::{App, Asked, Event};
use hatui::model::{Feed, NodeName, Seen, Text, Trouble, TroubleKind};

use crate::asked::{NONCE, answer_all, answer_with, frame, ran, run_of};
use crate::situations::{Situation, named};

const THREE: &str = "three nodes, all well";
const TWO: &str = "two nodes with DRBD 9, all well";

fn node(name: &str) -> NodeName {
    NodeName::new(name)
}

fn lost(nodes: &[&str]) -> Question {
    Question::NodesDown(nodes.iter().map(|name| node(name)).collect())
}

fn one(app: &mut App, question: Question) -> Answer {
    let effects = app.inquire(Asked::Matrix, vec![question]);
    answer_all(app, effects);
    app.inquiries().of(Asked::Matrix).unwrap().matrix.rows()[0].answer.clone().expect("an answer")
}

fn fate<'a>(answer: &'a Answer, id: &str) -> &'a Fate {
    &answer.services.iter().find(|service| service.id.as_str() == id).expect("the service").fate
}

fn says(answer: &Answer, words: &str) -> bool {
    answer.reasons.iter().any(|reason| reason.words.contains(words))
}

#[test]
fn a_lost_node_is_fenced_and_its_services_are_recovered() {
    let mut app = named(THREE).app();
    let effects = app.inquire(Asked::Matrix, vec![lost(&["ha-node-1"])]);
    let asked = answer_all(&mut app, effects);
    assert_eq!(asked[0], ["plan", "0"], "first what it does anyway");
    assert_eq!(asked[1], ["plan", "4", "--node-fail", "ha-node-1", "--quorum", "1"]);
    assert_eq!(asked.len(), 2);
    let inquiry = app.inquiries().of(Asked::Matrix).unwrap();
    let answer = inquiry.matrix.rows()[0].answer.as_ref().unwrap();
    assert_eq!(answer.outlook, Outlook::Fine, "{:?}", answer.reasons);
    assert_eq!(*fate(answer, "web"), Fate::Recovered([node("ha-node-2")].into()));
    assert_eq!(*fate(answer, "db-clone"), Fate::Recovered([node("ha-node-2")].into()), "promoted elsewhere");
    assert_eq!(answer.quorum, Some(true));
    assert_eq!(answer.fences[0].0, node("ha-node-1"));
    assert!(says(answer, "quorum is kept (2 votes are left, 2 needed)"), "{:?}", answer.reasons);
    assert!(answer.budget.unwrap().as_secs() >= 60, "the fencing counts: {:?}", answer.budget);
}

#[test]
fn two_of_three_lost_lose_quorum_and_all_stays_down() {
    let mut app = named(THREE).app();
    let effects = app.inquire(Asked::Matrix, vec![lost(&["ha-node-1", "ha-node-2"])]);
    let asked = answer_all(&mut app, effects);
    assert_eq!(asked[1], ["plan", "6", "--node-fail", "ha-node-1", "--node-fail", "ha-node-2", "--quorum", "0"]);
    let answer = app.inquiries().of(Asked::Matrix).unwrap().matrix.rows()[0].answer.clone().unwrap();
    assert_eq!((answer.outlook, answer.quorum), (Outlook::Down, Some(false)));
    // What only seems to run on a node that could not be fenced does not count.
    assert_eq!(*fate(&answer, "web"), Fate::Down);
    assert!(says(&answer, "quorum is lost (1 vote is left, 2 needed)"), "{:?}", answer.reasons);
}

#[test]
fn one_of_two_is_enough_with_two_node_and_not_without() {
    let mut app = named(TWO).app();
    let answer = one(&mut app, lost(&["ha-node-1"]));
    assert_eq!(answer.outlook, Outlook::Fine, "{:?}", answer.reasons);
    assert!(says(&answer, "two_node") && says(&answer, "one up-to-date copy of store is left, on ha-node-2"));
    assert_eq!(*fate(&answer, "store-clone"), Fate::Recovered([node("ha-node-2")].into()));
    let mut app = named("two nodes without two_node lose quorum with either").app();
    let answer = one(&mut app, lost(&["ha-node-2"]));
    assert_eq!((answer.outlook, answer.quorum), (Outlook::Down, Some(false)), "{:?}", answer.reasons);
    let mut app = named(TWO).app();
    let answer = one(&mut app, lost(&["ha-node-1", "ha-node-2"]));
    assert!(says(&answer, "no node is left") && says(&answer, "no copy of store is left"), "{:?}", answer.reasons);
    assert_eq!(answer.outlook, Outlook::Down);
}

#[test]
fn the_votes_of_a_quorum_device_and_a_tie_breaker() {
    let with = |change: &dyn Fn(&mut hatui::model::QuorumStatus)| {
        let mut situation = named(THREE);
        let mut quorum = situation.cluster.picture().quorum.clone().unwrap();
        change(&mut quorum);
        for name in ["ha-node-1", "ha-node-2", "ha-node-3"] {
            situation.hear(name, [Seen::Quorum(Box::new(quorum.clone()))]);
        }
        situation
    };
    let two_lost = |situation: &Situation| one(&mut situation.app(), lost(&["ha-node-1", "ha-node-2"]));
    let device = with(&|quorum| {
        (quorum.total_votes, quorum.quorum, quorum.qdevice_votes) = (Some(5), Some(3), Some(2));
    });
    let answer = two_lost(&device);
    assert_eq!(answer.quorum, Some(true), "{:?}", answer.reasons);
    assert!(says(&answer, "quorum device"), "{:?}", answer.reasons);
    let heavy = with(&|quorum| {
        (quorum.total_votes, quorum.quorum) = (Some(4), Some(3));
        quorum.members[2].votes = Some(2);
        quorum.flags.push("AutoTieBreaker".into());
    });
    let answer = two_lost(&heavy);
    assert_eq!((answer.quorum, answer.outlook), (None, Outlook::Down), "{:?}", answer.reasons);
    assert!(says(&answer, "the tie breaker decides"), "{:?}", answer.reasons);
}

#[test]
fn the_last_up_to_date_copy_is_missed() {
    let mut app = named("a resync with the time to redundancy").app();
    let nodes: Vec<NodeName> = whatif::members(app.situation());
    let outlooks: Vec<(NodeName, Answer)> =
        nodes.iter().map(|name| (name.clone(), one(&mut app, Question::NodesDown(vec![name.clone()])))).collect();
    let bad: Vec<_> =
        outlooks.iter().filter(|(_, answer)| says(answer, "no up-to-date copy of store is left")).collect();
    assert_eq!(bad.len(), 1, "{outlooks:?}");
    assert_eq!(bad[0].1.outlook, Outlook::Down);
    let mut cut = named("the connection is lost and being tried").app();
    let answer = one(&mut cut, lost(&["ha-node-1"]));
    assert!(says(&answer, "ha-node-2 may be old") && answer.outlook == Outlook::Down, "{:?}", answer.reasons);
    let other = outlooks.iter().find(|(name, _)| *name != bad[0].0).unwrap();
    assert!(says(&other.1, "would stop"), "the resync: {:?}", other.1.reasons);
}

#[test]
fn a_resource_that_fails_is_found_by_the_monitor_of_its_role() {
    let mut app = named(THREE).app();
    let questions = whatif::failures(app.situation(), &"db-clone".into(), None).unwrap();
    assert_eq!(questions.len(), 3, "each copy");
    let effects = app.inquire(Asked::Matrix, questions);
    let asked = answer_all(&mut app, effects);
    let specs: Vec<&str> = asked.iter().filter_map(|words| words.get(3)).map(String::as_str).collect();
    assert_eq!(
        specs,
        ["db_monitor_10000@ha-node-1=7", "db_monitor_11000@ha-node-2=7", "db_monitor_11000@ha-node-3=7"],
        "the promoted copy by the monitor of that role"
    );
    let matrix = &app.inquiries().of(Asked::Matrix).unwrap().matrix;
    assert_eq!(matrix.outlook(), Outlook::Fine, "{matrix:?}");
    let answer = matrix.rows()[1].answer.as_ref().unwrap();
    assert_eq!(*fate(answer, "db-clone"), Fate::Recovered([node("ha-node-2")].into()), "mended where it is");
}

#[test]
fn what_nobody_watches_fails_unnoticed() {
    let mut app = named(THREE).app();
    let questions = whatif::failures(app.situation(), &"web-ip".into(), None).unwrap();
    let effects = app.inquire(Asked::Matrix, questions);
    let asked = answer_all(&mut app, effects);
    assert_eq!(asked.len(), 1, "only what is configured was asked for");
    let answer = app.inquiries().of(Asked::Matrix).unwrap().matrix.rows()[0].answer.clone().unwrap();
    assert_eq!(answer.outlook, Outlook::Down);
    assert!(says(&answer, "nobody would notice"), "{:?}", answer.reasons);
}

#[test]
fn a_failure_that_the_scheduler_does_not_see_is_not_taken_for_well() {
    let mut app = named(THREE).app();
    let questions = whatif::failures(app.situation(), &"web-fs".into(), None).unwrap();
    let effects = app.inquire(Asked::Matrix, questions);
    // It answers as if nothing had been asked.
    answer_with(&mut app, effects, |app, _| crate::asked::reply(app, &["plan".into(), "0".into()]));
    let answer = app.inquiries().of(Asked::Matrix).unwrap().matrix.rows()[0].answer.clone().unwrap();
    assert_eq!(answer.outlook, Outlook::Unknown, "{:?}", answer.reasons);
}

#[test]
fn a_link_is_answered_without_asking_anyone() {
    let mut app = named(THREE).app();
    let effects = app.inquire(Asked::Matrix, vec![Question::LinkDown(0)]);
    assert!(effects.is_empty());
    let answer = app.inquiries().of(Asked::Matrix).unwrap().matrix.rows()[0].answer.clone().unwrap();
    assert_eq!((answer.outlook, answer.quorum), (Outlook::Fine, Some(true)));
    assert!(says(&answer, "ha-node-1 and ha-node-2 are left with link 1 only"), "{:?}", answer.reasons);
    assert!(whatif::link_down(app.situation(), 7).is_err());
    // The cable of ha-node-3 on link 0 is out already.
    let mut app = named("the cable of one node").app();
    let links = |app: &App| {
        let rows = &app.live().picture().links;
        let down = rows.iter().filter(|row| row.state().is_some_and(|state| state.word() != "connected"));
        down.map(|row| row.number).collect::<std::collections::BTreeSet<u32>>()
    };
    let out = *links(&app).first().expect("a link that is down");
    let other = 1 - out;
    app.inquire(Asked::Matrix, vec![Question::LinkDown(other)]);
    let answer = app.inquiries().of(Asked::Matrix).unwrap().matrix.rows()[0].answer.clone().unwrap();
    assert_eq!((answer.outlook, answer.quorum), (Outlook::Degraded, Some(true)), "{:?}", answer.reasons);
    assert!(
        says(&answer, "would be a partition without quorum")
            && says(&answer, "ha-node-1, ha-node-2 would fence ha-node-3"),
        "{:?}",
        answer.reasons
    );
}

#[test]
fn everything_is_every_node_every_pair_and_every_resource_where_it_runs() {
    let app = named(THREE).app();
    let questions: Vec<String> = whatif::everything(app.situation()).iter().map(Question::title).collect();
    assert_eq!(
        questions,
        [
            "ha-node-1 is lost",
            "ha-node-2 is lost",
            "ha-node-3 is lost",
            "ha-node-1, ha-node-2 are lost",
            "ha-node-1, ha-node-3 are lost",
            "ha-node-2, ha-node-3 are lost",
            "fence-ha-node-1 fails on ha-node-2",
            "fence-ha-node-2 fails on ha-node-3",
            "fence-ha-node-3 fails on ha-node-1",
            "web-fs fails on ha-node-1",
            "web-ip fails on ha-node-1",
            "db fails on ha-node-1",
            "db fails on ha-node-2",
            "db fails on ha-node-3",
        ]
    );
    let two = whatif::everything(named(TWO).app().situation());
    let lost = two.iter().filter(|question| matches!(question, Question::NodesDown(_))).count();
    assert_eq!(lost, 2, "both of two is no question");
}

#[test]
fn one_question_is_out_at_a_time_and_cancel_asks_no_more() {
    let mut app = named(THREE).app();
    let questions = whatif::everything(app.situation());
    let of = questions.len();
    let first = app.inquire(Asked::Matrix, questions);
    let (run, words) = run_of(&first).unwrap();
    assert_eq!(words, ["plan", "0"]);
    // Another inquiry waits for what is out.
    let reboots = whatif::reboots(app.situation(), None).unwrap();
    assert_eq!(app.inquire(Asked::Reboots, reboots), [], "one at a time");
    let stdout = crate::asked::reply(&app, &words);
    let next = ran(&mut app, run, stdout);
    let (run, words) = run_of(&next).unwrap();
    app.stop_inquiring(Asked::Matrix);
    app.stop_inquiring(Asked::Reboots);
    assert!(!app.inquiries().is_over(Asked::Matrix) || words == ["plan", "0"]);
    let stdout = crate::asked::reply(&app, &words);
    assert_eq!(ran(&mut app, run, stdout), [], "nothing more");
    let matrix = &app.inquiries().of(Asked::Matrix).unwrap().matrix;
    assert!(matrix.is_over() && matrix.is_cancelled());
    assert!(matrix.progress().0 < of && matrix.outlook() == Outlook::Unknown);
}

#[test]
fn an_answer_to_a_question_that_was_asked_anew_is_not_credited() {
    let mut app = named(THREE).app();
    let old = app.inquire(Asked::Matrix, vec![lost(&["ha-node-1"])]);
    let (run, words) = run_of(&old).unwrap();
    assert_eq!(app.inquire(Asked::Matrix, vec![lost(&["ha-node-2"])]), []);
    let stdout = crate::asked::reply(&app, &words);
    let next = ran(&mut app, run, stdout);
    assert_eq!(run_of(&next).unwrap().1, ["plan", "0"], "asked from the start");
}

#[test]
fn a_cluster_that_cannot_be_asked_is_not_known_and_the_count_is_told_all_the_same() {
    let mut app = named(THREE).app();
    let effects = app.inquire(Asked::Matrix, vec![lost(&["ha-node-1"]), lost(&["ha-node-2"]), Question::LinkDown(0)]);
    let asked = answer_with(&mut app, effects, |_, _| {
        let mut out = format!("@hatui {NONCE} hello v=1 node=ha-node-1\n");
        out += &frame("cib rc=77", "cibadmin: permission denied");
        out.push_str(&["@hatui ", NONCE, " bye why=failed\n"].concat());
        out.into_bytes()
    });
    assert_eq!(asked.len(), 1, "not asked again and again");
    let matrix = &app.inquiries().of(Asked::Matrix).unwrap().matrix;
    let answer = matrix.rows()[0].answer.as_ref().unwrap();
    assert_eq!((answer.outlook, answer.quorum), (Outlook::Unknown, Some(true)));
    assert!(says(answer, "permission denied") && says(answer, "quorum is kept"), "{:?}", answer.reasons);
    assert_eq!(matrix.rows()[2].answer.as_ref().unwrap().outlook, Outlook::Fine, "a link needs nobody");
}

#[test]
fn without_a_live_node_nothing_is_asked() {
    let mut app = named("all nodes fall silent").app();
    let effects = app.inquire(Asked::Matrix, vec![lost(&["ha-node-1"])]);
    assert_eq!(effects, []);
    let is_over = |app: &App| app.inquiries().of(Asked::Matrix).unwrap().matrix.is_over();
    assert!(!is_over(&app), "one may be about to connect");
    let later = |seconds: u64| app.now() + Duration::from_secs(seconds);
    let (soon, late) = (later(4), later(5));
    assert_eq!(app.update(Event::Tick, soon), []);
    assert!(!is_over(&app));
    assert_eq!(app.update(Event::Tick, late), []);
    let matrix = &app.inquiries().of(Asked::Matrix).unwrap().matrix;
    assert!(matrix.is_over() && matrix.outlook() == Outlook::Unknown);
}

#[test]
fn names_that_mean_nothing_are_refused() {
    let app = named(THREE).app();
    let situation = app.situation();
    assert_eq!(whatif::nodes_down(situation, &[node("x")]), Err("there is no node x".to_owned()));
    assert_eq!(whatif::failures(situation, &"x".into(), None), Err("there is no resource x".to_owned()));
    assert_eq!(
        whatif::failures(situation, &"web".into(), Some(&node("ha-node-2"))),
        Err("web does not run on ha-node-2: it cannot fail there".to_owned())
    );
    assert!(whatif::reboots(situation, Some(&node("x"))).is_err());
    let gone = named("a node that left cleanly").app();
    let names = gone.live().picture().nodes.iter().find(|row| !row.state.is_up()).unwrap().name.clone();
    assert!(whatif::nodes_down(gone.situation(), &[names]).unwrap_err().contains("OFFLINE"));
}

#[test]
fn without_corosyncs_word_quorum_is_not_known() {
    let mut situation = named(THREE);
    let denied = Trouble { kind: TroubleKind::Denied, cause: "no".into(), hint: Text::new("") };
    for name in ["ha-node-1", "ha-node-2", "ha-node-3"] {
        situation.hear(
            name,
            [Seen::ToolFailed(Feed::Corosync, "corosync-quorumtool".into(), "quorum".into(), denied.clone())],
        );
    }
    let mut app = situation.app();
    let effects = app.inquire(Asked::Matrix, vec![lost(&["ha-node-1"])]);
    let asked = answer_all(&mut app, effects);
    assert_eq!(asked[1], ["plan", "2", "--node-fail", "ha-node-1"], "what is not known is not claimed");
    let answer = app.inquiries().of(Asked::Matrix).unwrap().matrix.rows()[0].answer.clone().unwrap();
    assert_eq!((answer.quorum, answer.outlook >= Outlook::Unknown), (None, true), "{:?}", answer.reasons);
    let answer = rebooted(&mut app, "ha-node-1");
    assert_eq!((answer.quorum, answer.outlook), (None, Outlook::Unknown), "{:?}", answer.reasons);
    assert!(says(&answer, "whether quorum is kept is not known"), "{:?}", answer.reasons);
}

fn reboot(start: &str, name: &str) -> Answer {
    rebooted(&mut named(start).app(), name)
}

fn rebooted(app: &mut App, name: &str) -> Answer {
    let questions = whatif::reboots(app.situation(), Some(&node(name))).unwrap();
    let effects = app.inquire(Asked::Reboots, questions);
    answer_all(app, effects);
    app.inquiries().of(Asked::Reboots).unwrap().matrix.rows()[0].answer.clone().unwrap()
}

#[test]
fn safe_to_reboot_or_not_with_every_reason() {
    let answer = reboot(THREE, "ha-node-1");
    assert_eq!(answer.outlook, Outlook::Fine, "{:?}", answer.reasons);
    assert!(says(&answer, "web-fs moves from ha-node-1 to ha-node-2"), "what would move: {:?}", answer.reasons);
    let table: &[(&str, &str, Outlook, &str)] = &[
        (TWO, "ha-node-2", Outlook::Fine, "one up-to-date copy of store is left, on ha-node-1"),
        ("two nodes without two_node lose quorum with either", "ha-node-2", Outlook::Down, "quorum is lost"),
        ("a lost node is UNCLEAN", "ha-node-2", Outlook::Down, "a fencing is due"),
        ("a lost node is UNCLEAN", "ha-node-1", Outlook::Down, "the cluster waits for its fencing"),
        ("a node that left cleanly", "ha-node-1", Outlook::Degraded, "fewer nodes are left than there could be"),
        ("maintenance mode: everything is unmanaged", "ha-node-1", Outlook::Down, "goes down with it"),
        ("a node in maintenance", "ha-node-1", Outlook::Down, "ha-node-1 is in maintenance"),
        ("Pacemaker is all green while both ends", "ha-node-1", Outlook::Down, "split brain"),
        ("a resync with the time", "ha-node-1", Outlook::Down, "no up-to-date copy of store is left"),
        ("no quorum anywhere", "ha-node-1", Outlook::Down, "there is no quorum even now"),
    ];
    let mut wrong = Vec::new();
    for (start, name, outlook, words) in table {
        let answer = reboot(start, name);
        if answer.outlook != *outlook || !says(&answer, words) {
            wrong.push(format!("{start}, {name}: {:?}\n  {:#?}", answer.outlook, answer.reasons));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
