//! The pages that lie over the overview, as words: what they say in situations, and that they fit.

#![expect(clippy::expect_used, reason = "a situation that is not as it should be ends the test")]

#[path = "support/hostile.rs"]
mod hostile;
#[path = "support/situations.rs"]
mod situations;

use std::sync::Arc;
use std::time::Duration;

use hatui::app::{App, CommandLine, Event, Overlay, Page, ResourcePath, Source, Subject, Tone, page};
use hatui::model::*;
use hatui::wire::{Exit, NodeKey, Stamp};
use situations::{Situation, all, named};
use unicode_width::UnicodeWidthStr;

fn show(app: &App, overlay: &Overlay, width: usize) -> Page {
    page(app, overlay, width).expect("a page")
}

fn written(page: &Page) -> String {
    let keys: Vec<String> = page.keys.iter().map(|(key, word)| format!("{key} {word}")).collect();
    let mut text = format!("[{}]  fixed {}  keys: {}\n", page.title, page.fixed, keys.join(", "));
    for line in &page.lines {
        text += &line.words();
        text.push('\n');
    }
    text
}

fn details(subject: Subject) -> Overlay {
    Overlay::Details { subject, scroll: 0 }
}

fn truth(only_different: bool) -> Overlay {
    Overlay::Truth { scroll: 0, only_different }
}

macro_rules! golden {
    ($name:expr, $page:expr) => {
        insta::with_settings!({ snapshot_path => "../snapshots/pages", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!($name, written(&$page));
        });
    };
}

fn node(name: &str) -> Subject {
    Subject::Node(NodeName::new(name))
}

fn resource(situation: &Situation, id: &str) -> Subject {
    let mut found = situation.subjects().into_iter().filter(|subject| match subject {
        Subject::Resource(path) => path.id.as_str() == id,
        _ => false,
    });
    found.next().unwrap_or_else(|| panic!("no resource {id}"))
}

fn finding(situation: &Situation, rule: &str) -> Subject {
    let finding = situation.cluster.findings().iter().find(|finding| finding.key.rule == rule);
    Subject::Finding(finding.unwrap_or_else(|| panic!("no finding {rule}")).key.clone())
}

/// What one node says beyond the situation: the sources that situations leave out.
fn measured(situation: &mut Situation) {
    let latency = |average| Latency {
        average_us: Some(average),
        max_us: Some(2140),
        samples: Some(1200),
        connected: Some(true),
        down_count: Some(1),
    };
    let path = ReachedLink { number: 0, from: Some("10.0.0.1".into()), to: Some("10.0.0.2".into()), mtu: Some(1397) };
    let reach = Reach { links: [(NodeId(2), vec![path])].into() };
    situation.hear(
        "ha-node-1",
        [
            Seen::Latency([((NodeId(2), 0), latency(214))].into()),
            Seen::Latency([((NodeId(2), 0), latency(380))].into()),
            Seen::Reach(reach),
            Seen::NodeAttributes(vec![(NodeName::new("ha-node-1"), "site".into(), "north".into())]),
        ],
    );
}

#[test]
fn a_node_that_is_well() {
    let mut situation = named("two nodes with DRBD 9, all well");
    measured(&mut situation);
    golden!("node-well", show(&situation.app(), &details(node("ha-node-1")), 78));
}

#[test]
fn a_node_that_is_lost() {
    let situation = named("a lost node is UNCLEAN");
    golden!("node-lost", show(&situation.app(), &details(node("ha-node-1")), 78));
    golden!("node-lost-narrow", show(&situation.app(), &details(node("ha-node-1")), 36));
}

#[test]
fn a_node_that_refuses_the_login_and_a_node_whose_tools_fail() {
    let situation = named("a node refuses the login");
    golden!("node-refused", show(&situation.app(), &details(node("ha-node-2")), 78));
    let situation = named("a tool is missing, another does not answer");
    golden!("node-tools-fail", show(&situation.app(), &details(node("ha-node-1")), 78));
}

#[test]
fn details_doubt_what_nobody_can_know() {
    let situation = named("a lost node is UNCLEAN");
    for subject in [node("ha-node-1"), resource(&situation, "web-fs"), resource(&situation, "web")] {
        let text = written(&show(&situation.app(), &details(subject.clone()), 78));
        let told = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains("whether it runs there nobody knows until that is fenced"), "{subject:?}: {text}");
        assert!(text.contains("Started?"), "{subject:?}: {text}");
    }
    let situation = named("all nodes fall silent");
    let text = written(&show(&situation.app(), &details(node("ha-node-1")), 78));
    assert!(text.contains("was online") && text.contains("Started?"), "{text}");
}

#[test]
fn a_copy_that_is_cut_off_is_not_told_to_be_the_newest() {
    let situation = named("Pacemaker is all green while both ends are StandAlone");
    let text = written(&show(&situation.app(), &details(Subject::Replica(DrbdName::new("store"))), 78));
    assert!(!text.contains("the newest there is") && text.contains("nobody can tell"), "{text}");
}

#[test]
fn a_command_whose_connection_is_gone_does_not_run() {
    let mut app = named("all nodes fall silent").app();
    let line =
        |words: &str| Event::Logged(CommandLine { node: NodeKey::new("ha-node-1"), words: words.into(), ended: None });
    for words in ["sh hatui-watch drbd", "sh hatui-watch pacemaker", "sh hatui-watch pacemaker"] {
        app.update(line(words), app.now());
    }
    let text = written(&show(&app, &Overlay::CommandLog { scroll: 0 }, 78));
    assert!(text.contains("pacemaker (over: started anew)"), "{text}");
    assert!(text.contains("drbd (over: the connection is gone)") && !text.contains("runs for"), "{text}");
}

#[test]
fn resources_with_what_keeps_them_from_running() {
    let situation = named("two nodes with DRBD 9, all well");
    golden!("resource-promotable", show(&situation.app(), &details(resource(&situation, "store-clone")), 78));
    let situation = named("constraints that moves left behind");
    golden!("resource-left-over", show(&situation.app(), &details(resource(&situation, "web-ip")), 78));
    let situation = named("fail counts: reached");
    golden!("resource-fail-counts", show(&situation.app(), &details(resource(&situation, "web")), 78));
    let situation = named("a resource that is blocked after a failed stop");
    golden!("resource-blocked", show(&situation.app(), &details(resource(&situation, "web-fs")), 78));
}

#[test]
fn replication_while_it_comes_together_and_when_it_does_not() {
    let situation = named("a resync with the time to redundancy");
    let (one, two) = (NodeName::new("ha-node-1"), NodeName::new("ha-node-2"));
    let name = DrbdName::new("store");
    golden!("replication-resync", show(&situation.app(), &details(Subject::Replica(name.clone())), 78));
    let subject = Subject::Sync(name.clone(), 0, one.clone(), two.clone());
    golden!("replication-sync", show(&situation.app(), &details(subject), 78));
    golden!("replication-copy", show(&situation.app(), &details(Subject::Copy(name.clone(), 0, two.clone())), 78));
    let situation = named("Pacemaker is all green while both ends are StandAlone");
    golden!("replication-split-brain", show(&situation.app(), &details(Subject::Tie(name, one, two)), 78));
}

#[test]
fn a_link_with_both_ends_and_one_whose_ends_disagree() {
    let mut situation = named("two nodes with DRBD 9, all well");
    measured(&mut situation);
    let link = Subject::Link(0, NodeName::new("ha-node-1"), NodeName::new("ha-node-2"));
    golden!("link-well", show(&situation.app(), &details(link), 78));
    let situation = named("the two ends disagree");
    let disputed = situation.cluster.picture().links.iter().find(|row| row.disputed()).expect("a disputed link");
    let link = Subject::Link(disputed.number, disputed.a.clone(), disputed.b.clone());
    golden!("link-disputed", show(&situation.app(), &details(link), 78));
}

#[test]
fn quorum_in_one_piece_and_in_two() {
    let situation = named("two nodes with DRBD 9, all well");
    golden!("quorum-well", show(&situation.app(), &details(Subject::Quorum), 78));
    let situation = named("a split that both sides tell of");
    golden!("partition", show(&situation.app(), &details(Subject::Partition(1)), 78));
    golden!("quorum-split", show(&situation.app(), &details(Subject::Quorum), 78));
}

#[test]
fn votes_that_nobody_tells_now_are_told_as_old() {
    let situation = named("all nodes fall silent");
    let text = written(&show(&situation.app(), &details(Subject::Quorum), 78));
    assert!(text.contains("no node tells its quorum now"), "{text}");
    let situation = named("two nodes with DRBD 9, all well");
    assert!(!written(&show(&situation.app(), &details(Subject::Quorum), 78)).contains("now"));
}

#[test]
fn a_finding_with_its_evidence_and_an_event_with_what_was_around_it() {
    let situation = named("a lost node is UNCLEAN");
    golden!("finding", show(&situation.app(), &details(finding(&situation, "node-unclean")), 78));
    let last = situation.cluster.log().len() - 1;
    golden!("event", show(&situation.app(), &details(Subject::Happening(last)), 78));
    golden!("events", show(&situation.app().utc_offset(3 * 3600), &Overlay::Events { scroll: 0 }, 78));
}

#[test]
fn the_truth_tells_what_differs_first_and_lit() {
    let situation = named("a split that both sides tell of");
    let app = situation.app();
    golden!("truth-split", show(&app, &truth(false), 78));
    golden!("truth-split-narrow", show(&app, &truth(true), 40));
    let whole = show(&app, &truth(false), 78);
    let rows = &whole.lines[whole.fixed..];
    let lit = |line: &hatui::app::Line| line.0.first().is_some_and(|(tone, _)| *tone == Tone::Differs);
    let number = rows.iter().filter(|line| lit(line)).count();
    assert!(number > 0 && rows.iter().take(number).all(lit), "what differs stands first");
    let only = show(&app, &truth(true), 78);
    assert_eq!(only.lines.len() - only.fixed, number, "d leaves what differs");
}

#[test]
fn the_help_names_every_command_in_one_column_and_in_two() {
    let app = named("three nodes, all well").app();
    for width in [78, 120] {
        let page = show(&app, &Overlay::Help { scroll: 0 }, width);
        golden!(format!("help-{width}"), page);
        let text = written(&page);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for entry in hatui::app::COMMANDS.iter().filter(|entry| entry.word != "break") {
            assert!(text.contains(entry.doc) || width >= 100, "{}", entry.word);
            for key in entry.keys {
                assert!(text.contains(&key.label()), "{} of {}", key.label(), entry.word);
            }
        }
        assert!(!text.contains("break or mend"), "nothing is broken on purpose outside the demo");
    }
    let demo = App::new(Source::Simulated("x".into()), None, &[], Stamp::from_secs(1));
    assert!(written(&show(&demo, &Overlay::Help { scroll: 0 }, 78)).contains("break or mend"));
}

#[test]
fn commands_tell_how_they_ended() {
    let mut app = named("three nodes, all well").app();
    let now = app.now();
    let log = |words: &str, ended| {
        let line = CommandLine { node: NodeKey::new("ha-node-1"), words: words.into(), ended };
        Event::Logged(line)
    };
    app.update(log("sh hatui-watch pacemaker", None), now);
    app.update(log("crm_node -n", Some((Exit::Code(0), Duration::from_millis(140)))), now + Duration::from_secs(2));
    app.update(log("drbdadm status", Some((Exit::TimedOut, Duration::from_secs(20)))), now + Duration::from_secs(75));
    golden!("commands", show(&app, &Overlay::CommandLog { scroll: 0 }, 78));
}

/// hatui that was told `payload` as the constraints of a node.
fn told(payload: &[u8]) -> App {
    let node = NodeKey::new("ha-node-1");
    let at = Stamp::from_secs(1_800_000_000);
    let mut app = App::new(Source::Real, None, std::slice::from_ref(&node), at);
    let nonce = "0123456789abcdef".to_owned();
    app.update(Event::FeedStarted { node: node.clone(), feed: Feed::Pacemaker, nonce: nonce.clone() }, at);
    let mut bytes =
        format!("@hatui {nonce} hello v=1 feed=pacemaker uid=0 host=ha-node-1 node=ha-node-1 pid=1\n").into_bytes();
    bytes.extend(format!("@hatui {nonce} constraints rc=0 bytes={}\n", payload.len()).into_bytes());
    bytes.extend(payload);
    bytes.push(b'\n');
    app.update(Event::FeedBytes { node, feed: Feed::Pacemaker, bytes }, at);
    app.update(Event::Tick, at + Duration::from_millis(1500));
    app
}

fn raw() -> Overlay {
    Overlay::Raw { node: NodeKey::new("ha-node-1"), which: 0, scroll: 0 }
}

#[test]
fn raw_output_hides_passwords_and_shows_control_characters() {
    let payload =
        b"<constraints>\n\t<nvpair id=\"x\" name=\"passwd\" value=\"hunter2\"/>\x1b[2J\r\n</constraints>\xff\n";
    let page = show(&told(payload), &raw(), 78);
    golden!("raw", page);
    assert!(!written(&page).contains("hunter2"));
}

#[test]
fn raw_output_is_bounded() {
    let many = "<a/>\n".repeat(100_000);
    let long = format!("<a b=\"{}\"/>\n<after/>", "x".repeat(1_000_000));
    for payload in [many, long] {
        let page = show(&told(payload.as_bytes()), &raw(), 78);
        assert!(page.lines.len() < 5000, "{}", page.lines.len());
        assert!(written(&page).contains("cut here") && !written(&page).contains("after"));
    }
}

#[test]
fn raw_output_of_a_node_that_is_gone_is_that_of_the_first_that_has_any() {
    let app = told(b"<constraints/>");
    let other = Overlay::Raw { node: NodeKey::new("other"), which: 7, scroll: 0 };
    assert!(written(&show(&app, &other, 78)).contains("<constraints/>"));
    let silent = named("nobody has said a word yet").app();
    assert!(written(&show(&silent, &raw(), 78)).contains("no node has said anything yet"));
}

fn overlays(subjects: Vec<Subject>) -> Vec<Overlay> {
    let mut overlays: Vec<Overlay> = subjects.into_iter().map(details).collect();
    overlays.extend([
        Overlay::Help { scroll: 0 },
        truth(false),
        truth(true),
        Overlay::Events { scroll: 0 },
        Overlay::CommandLog { scroll: 0 },
        raw(),
    ]);
    overlays
}

/// Panics if a line is too wide or could steer a terminal.
fn check(app: &App, overlay: &Overlay, width: usize, of: &str) {
    let page = show(app, overlay, width);
    assert!(page.fixed <= page.lines.len());
    for line in &page.lines {
        let words = line.words();
        assert!(words.width() <= width && line.columns() <= width, "{of}: {overlay:?}: {width}: {words:?}");
        let steers = |c: char| {
            c.is_control() || ('\u{200b}'..='\u{200f}').contains(&c) || ('\u{202a}'..='\u{202e}').contains(&c)
        };
        assert!(!words.contains(steers), "{of}: {overlay:?}: {words:?}");
    }
}

#[test]
fn every_page_of_every_situation_fits_and_has_words() {
    for situation in all() {
        let app = situation.app();
        for overlay in overlays(situation.subjects()) {
            for width in [20, 38, 78, 120] {
                check(&app, &overlay, width, &situation.name);
            }
            let page = show(&app, &overlay, 78);
            assert!(!page.title.is_empty() && !page.lines.is_empty(), "{}: {overlay:?}", situation.name);
        }
    }
}

#[test]
fn no_width_is_exceeded() {
    for name in ["two nodes with DRBD 9, all well", "a split that both sides tell of", "nobody has said a word yet"] {
        let situation = named(name);
        let app = situation.app();
        for overlay in overlays(situation.subjects()) {
            for width in (20..=200).chain([1, 2, 3, 7]) {
                check(&app, &overlay, width, name);
            }
        }
    }
}

#[test]
fn hostile_words_neither_steer_nor_overflow() {
    let situation = hostile::cluster();
    let mut app = situation.app();
    let line = CommandLine {
        node: NodeKey::new("\x1b[2J"),
        words: "x\x1b[2J".into(),
        ended: Some((Exit::NotStarted("\x1b[2J\n".into()), Duration::MAX)),
    };
    app.update(Event::Logged(line), situation.now);
    for overlay in overlays(situation.subjects()) {
        for width in [1, 2, 20, 21, 33, 78, 100, 200] {
            check(&app, &overlay, width, "hostile");
        }
    }
}

#[test]
fn what_is_gone_says_so() {
    let app = named("three nodes, all well").app();
    let nowhere = NodeName::new("nowhere");
    let name = DrbdName::new("nothing");
    let path = ResourcePath { place: vec![7, 7], id: ResourceId::new("nothing") };
    let subjects = [
        node("nowhere"),
        Subject::Resource(path),
        Subject::Replica(name.clone()),
        Subject::Copy(name.clone(), 0, nowhere.clone()),
        Subject::Sync(name.clone(), 0, nowhere.clone(), nowhere.clone()),
        Subject::Tie(name, nowhere.clone(), nowhere.clone()),
        Subject::Partition(9),
        Subject::Link(9, nowhere.clone(), nowhere),
        Subject::Happening(9999),
        Subject::Finding(FindingKey { rule: "no-quorum", subject: "cluster".into() }),
    ];
    for subject in subjects {
        let text = written(&show(&app, &details(subject.clone()), 78));
        assert!(text.contains("not there any more") || text.contains("is over"), "{subject:?}: {text}");
    }
}

#[test]
fn a_resource_that_moved_in_the_tree_is_found_by_its_id() {
    let situation = named("three nodes, all well");
    let moved = Subject::Resource(ResourcePath { place: vec![0], id: ResourceId::new("web-ip") });
    let there = details(resource(&situation, "web-ip"));
    let app = situation.app();
    assert_eq!(show(&app, &details(moved), 78), show(&app, &there, 78));
}

#[test]
fn what_nobody_tells_is_unknown() {
    let mut situation = named("three nodes, all well");
    let status = PacemakerStatus {
        members: vec![Member::named("ha-node-1")],
        resources: vec![Item::Primitive(Primitive {
            managed: None,
            blocked: None,
            failed: None,
            role: Role::Unknown,
            ..Primitive::named("ip", "ocf:heartbeat:IPaddr2")
        })],
        ..PacemakerStatus::default()
    };
    for node in ["ha-node-1", "ha-node-2", "ha-node-3"] {
        situation.hear(node, [Seen::Pacemaker(Arc::new(status.clone())), Seen::Quorum(Box::default())]);
    }
    let app = situation.app();
    let page = |subject: Subject| written(&show(&app, &details(subject), 78));
    let text = page(resource(&situation, "ip"));
    for field in ["managed", "blocked", "failed"] {
        let line = text.lines().find(|line| line.trim_start().starts_with(field)).expect("the field");
        assert!(line.ends_with("unknown"), "{line}");
    }
    let text = page(node("ha-node-1"));
    assert!(text.contains("no node tells its state") && text.contains("the history is not told"), "{text}");
    let text = page(Subject::Quorum);
    assert!(text.contains("whether it has quorum is unknown") && !text.contains("votes needed  0"), "{text}");
}
