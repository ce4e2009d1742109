//! Whole sessions on the simulator, in paused time: keepers, faults, recording and replay.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test with files")]

use std::path::PathBuf;
use std::time::Duration;

use hatui::app::{App, Effect, Event, Key, Source};
use hatui::model::{Contact, Feed, Freshness, Sight, TroubleKind};
use hatui::observe::FeedOptions;
use hatui::runtime::keeper::{Order, Watched};
use hatui::runtime::once;
use hatui::runtime::record::{Recorder, read};
use hatui::runtime::{Clock, Crew, fault_offers};
use hatui::sim::{Scenario, Sim};
use hatui::transport::{Finished, Lane, SimulatedCluster, Transport};
use hatui::ui::{Look, Symbols, Theme, draw};
use hatui::wire::{Argv, Exit, NodeKey, RunId, Stamp};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tokio::sync::mpsc::Receiver;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

/// A session whose time is tokio's paused time.
struct Session {
    app: App,
    crew: Crew,
    seen: Receiver<Event>,
    demo: SimulatedCluster,
    clock: Clock,
    recorder: Option<Recorder>,
}

fn nodes(demo: &SimulatedCluster) -> Vec<NodeKey> {
    demo.nodes()
}

impl Session {
    fn start(scenario: &str, record: Option<&PathBuf>) -> Self {
        let clock = Clock::starting_at(Stamp::from_secs(1_767_621_600));
        let sim = Sim::new(&Scenario::named(scenario).unwrap(), 7, clock.now());
        let demo = SimulatedCluster::new(sim, move || clock.now());
        let watched = nodes(&demo)
            .into_iter()
            .map(|key| Watched {
                transport: Transport::Simulated(demo.clone(), key.clone()),
                key,
                options: FeedOptions::default(),
            })
            .collect();
        let app = App::new(Source::Simulated(scenario.to_owned()), Some("test"), &nodes(&demo), clock.now());
        let (crew, _, seen) = Crew::start(watched, clock);
        let recorder = record.map(|path| Recorder::create(path).unwrap());
        Self { app, crew, seen, demo, clock, recorder }
    }

    fn take(&mut self, event: Event) {
        let at = self.clock.now();
        if let Some(recorder) = &mut self.recorder {
            recorder.write(&event, at);
        }
        for effect in self.app.update(event, at) {
            if let Effect::Inject(key) = effect {
                self.demo.inject(key).unwrap();
            }
        }
    }

    fn keys(&mut self, keys: &str) {
        for key in keys.chars() {
            self.take(Event::Faults(fault_offers(&self.demo.faults())));
            self.take(Event::Key(Key::Char(key)));
        }
    }

    /// Lets time pass until the app is as wanted; says what it waited for when it never is.
    async fn until(&mut self, what: &str, limit: Duration, wanted: impl Fn(&App) -> bool) -> Duration {
        let start = Instant::now();
        let mut tick = start;
        while !wanted(&self.app) {
            assert!(start.elapsed() < limit, "waited {limit:?} for: {what}\n{}", screen(&self.app, 120, 40));
            if let Ok(event) = timeout_at(tick, self.seen.recv()).await {
                self.take(event.unwrap());
            } else {
                tick += Duration::from_millis(500);
                self.take(Event::Tick);
            }
        }
        start.elapsed()
    }

    async fn all_live(&mut self) {
        self.until("all nodes live", Duration::from_secs(10), |app| {
            app.live().picture().nodes.iter().all(|row| matches!(row.sight, Sight::Speaking(Freshness::Live, _)))
                && app.live().picture().status.is_some()
        })
        .await;
    }
}

fn screen(app: &App, columns: u16, rows: u16) -> String {
    let look = Look { theme: Theme::Dark, symbols: Symbols::Unicode, clock: 0 };
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| draw(frame, app, &look)).unwrap();
    format!("{:?}", terminal.backend().buffer())
}

fn sight<'a>(app: &'a App, node: &str) -> &'a Sight {
    let rows = &app.live().picture().nodes;
    &rows.iter().find(|row| row.key.as_ref().is_some_and(|key| key.as_str() == node)).unwrap().sight
}

#[tokio::test(start_paused = true)]
async fn a_frozen_node_is_late_silent_torn_down_and_comes_back_while_the_others_go_on() {
    let mut session = Session::start("three-nodes", None);
    session.all_live().await;
    session.keys("!z");
    let frozen = ["ha-node-1", "ha-node-2", "ha-node-3"];
    let gone = |app: &App, wanted: fn(&Sight) -> bool| frozen.iter().any(|node| wanted(sight(app, node)));
    let late = session
        .until("a node late", Duration::from_secs(5), |app| {
            gone(app, |sight| matches!(sight, Sight::Speaking(Freshness::Late, _)))
        })
        .await;
    let silent = session
        .until("a node silent", Duration::from_secs(5), |app| {
            gone(app, |sight| matches!(sight, Sight::Speaking(Freshness::Silent, _)))
        })
        .await;
    assert!(late <= Duration::from_secs(4) && late + silent <= Duration::from_secs(7), "{late:?} {silent:?}");
    session
        .until("the connection torn down", Duration::from_secs(20), |app| {
            gone(app, |sight| matches!(sight, Sight::Lost { .. }))
        })
        .await;
    let live = frozen.iter().filter(|node| sight(&session.app, node).is_fresh()).count();
    assert_eq!(live, 2, "{}", screen(&session.app, 120, 40));
}

#[tokio::test(start_paused = true)]
async fn a_dead_node_is_lost_with_a_reason_and_returns() {
    let mut session = Session::start("two-nodes", None);
    session.all_live().await;
    session.keys("!k");
    session
        .until("the connection lost", Duration::from_secs(40), |app| {
            let contact = &app.live().views()[&NodeKey::new("ha-node-1")].contact.value;
            matches!(contact, Contact::Lost { trouble, .. } if trouble.kind == TroubleKind::Unreachable)
        })
        .await;
    // While it is tried again the screen goes on saying why; "connecting" is for the first attempt only.
    session
        .until("an attempt that runs", Duration::from_secs(30), |app| screen(app, 120, 40).contains("trying again"))
        .await;
    session
        .until("the attempt ended", Duration::from_secs(30), |app| {
            let shown = screen(app, 120, 40);
            assert!(matches!(sight(app, "ha-node-1"), Sight::Lost { .. }) && !shown.contains("connecting"), "{shown}");
            assert!(shown.contains("unreachable, "), "{shown}");
            !shown.contains("trying again")
        })
        .await;
    session.until("the node back and live", Duration::from_mins(2), |app| sight(app, "ha-node-1").is_fresh()).await;
    session
        .until("all well again", Duration::from_secs(200), |app| app.live().verdict() == hatui::model::Verdict::Healthy)
        .await;
    let log: Vec<String> =
        session.app.live().log().newest_first().map(|one| format!("{} {}", one.subject, one.words)).collect();
    for happened in ["ha-node-1 UNCLEAN (offline)", "store Promoted on ha-node-2", "ha-node-1 online"] {
        assert!(log.iter().any(|line| line == happened), "{happened} is not in {log:#?}");
    }
}

/// Takes events in until a command is answered.
async fn answered(session: &mut Session, mut told: oneshot::Receiver<Finished>) -> (Exit, Duration) {
    let start = Instant::now();
    loop {
        tokio::select! {
            biased;
            finished = &mut told => return (finished.unwrap().exit, start.elapsed()),
            event = session.seen.recv() => session.take(event.unwrap()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_command_on_demand_is_always_answered() {
    let mut session = Session::start("two-nodes", None);
    let (first, other) = (NodeKey::new("ha-node-1"), NodeKey::new("ha-node-2"));
    let ask = |session: &Session, node: &NodeKey, run: u64, limit: u64| {
        let name = Argv::new("crm_node").arg("-n");
        session.crew.start_run(node, RunId(run), name, Lane::Command, Duration::from_secs(limit))
    };
    let not_connected = Exit::NotStarted("not connected".to_owned());
    // While the first attempt to connect runs.
    let told = ask(&session, &first, 1, 5);
    assert_eq!(answered(&mut session, told).await, (not_connected.clone(), Duration::ZERO));
    session.all_live().await;
    let told = ask(&session, &first, 2, 5);
    let (exit, took) = answered(&mut session, told).await;
    assert!(exit == Exit::Code(0) && took < Duration::from_secs(1), "{exit} {took:?}");
    let told =
        session.crew.start_run(&NodeKey::new("x"), RunId(3), Argv::new("true"), Lane::Action, Duration::from_secs(1));
    assert_eq!(answered(&mut session, told).await.0, Exit::NotStarted("the node is not watched".to_owned()));
    // The promoted node freezes: nothing answers there any more.
    session.keys("!z");
    let (late, cancelled, dropped, lost) = (
        ask(&session, &first, 4, 2),
        ask(&session, &first, 5, 60),
        ask(&session, &first, 6, 60),
        ask(&session, &first, 7, 60),
    );
    drop(dropped);
    session.crew.order(&first, Order::Cancel(RunId(5)));
    assert_eq!(answered(&mut session, cancelled).await, (Exit::Cancelled, Duration::ZERO));
    assert_eq!(answered(&mut session, late).await, (Exit::TimedOut, Duration::from_secs(2)));
    // What is silent for 15 s is torn down: a command in the middle of its way is lost then at the latest.
    let (exit, took) = answered(&mut session, lost).await;
    assert!(exit == Exit::Lost && (1..=15).contains(&took.as_secs()), "{exit} {took:?}");
    assert!(matches!(session.app.live().views()[&other].contact.value, Contact::Connected));
    session
        .until("the loss told", Duration::from_secs(15), |app| matches!(sight(app, "ha-node-1"), Sight::Lost { .. }))
        .await;
    let told = ask(&session, &first, 8, 5);
    assert_eq!(answered(&mut session, told).await, (not_connected, Duration::ZERO));
    let told = ask(&session, &other, 9, 5);
    assert_eq!(answered(&mut session, told).await.0, Exit::Code(0));
}

#[tokio::test(start_paused = true)]
async fn stopping_takes_no_time_to_speak_of() {
    let mut session = Session::start("three-nodes", None);
    session.all_live().await;
    let start = Instant::now();
    session.crew.stop(session.seen).await;
    assert!(start.elapsed() <= Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn a_recording_plays_to_the_same_screen() {
    let path = std::env::temp_dir().join(format!("hatui-recording-{}.jsonl", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let mut session = Session::start("two-nodes", Some(&path));
    session.take(Event::Resize { columns: 120, rows: 40 });
    session.all_live().await;
    session.keys("2jj!k");
    session
        .until("the promotion elsewhere", Duration::from_mins(1), |app| {
            app.live().log().newest_first().any(|one| one.words == "Promoted on ha-node-2")
        })
        .await;
    session.keys("w");
    session.take(Event::Tick);
    let nodes = nodes(&session.demo);
    let (end, shown) =
        (session.clock.now(), [(120, 40), (80, 24)].map(|(columns, rows)| screen(&session.app, columns, rows)));
    drop(session.recorder.take());
    let events = read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let source = Source::Simulated("two-nodes".to_owned());
    let mut again = App::new(source, Some("test"), &nodes, Stamp::from_secs(1_767_621_600));
    assert!(events.len() > 100 && events.last().unwrap().0 <= end, "{} events", events.len());
    for (at, event) in events {
        again.update(event, at);
    }
    assert_eq!([(120, 40), (80, 24)].map(|(columns, rows)| screen(&again, columns, rows)), shown);
}

#[test]
fn a_recording_holds_no_secrets() {
    let path = std::env::temp_dir().join(format!("hatui-secret-{}.jsonl", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let mut recorder = Recorder::create(&path).unwrap();
    let (node, feed, at) = (NodeKey::new("ha-node-1"), Feed::Pacemaker, Stamp::from_secs(9));
    let pair = "<nvpair id=\"b\" name=\"passwd\" value=\"hunter2\"/>";
    let stream = format!("@hatui 0 options rc=0 bytes={}\n{pair}\n<nvpair name=\"pin\" value=\"hunter2", pair.len());
    recorder.write(&Event::FeedStarted { node: node.clone(), feed, nonce: "0".repeat(16) }, at);
    for piece in stream.as_bytes().chunks(7) {
        recorder.write(&Event::FeedBytes { node: node.clone(), feed, bytes: piece.to_vec() }, at);
    }
    recorder.write(&Event::FeedEnded { node, feed, exit: Exit::Lost }, at);
    let (run, stdout) = (RunId(1), pair.as_bytes().to_vec());
    recorder.write(&Event::Ran { run, exit: Exit::Code(0), stdout, stderr: Vec::new(), nonce: None }, at);
    drop(recorder);
    let (mut told, mut answered) = (Vec::new(), Vec::new());
    for (_, event) in read(&path).unwrap() {
        match event {
            Event::FeedBytes { bytes, .. } => told.extend(bytes),
            Event::Ran { stdout, .. } => answered = stdout,
            _ => {}
        }
    }
    std::fs::remove_file(&path).unwrap();
    assert_eq!(String::from_utf8(told).unwrap(), stream.replace("hunter2", "*******"), "every frame keeps its length");
    assert_eq!(String::from_utf8(answered).unwrap(), pair.replace("hunter2", "*******"));
}

#[tokio::test(start_paused = true)]
async fn who_looks_once_tells_the_nodes_what_the_app_wants_of_them() {
    let many = "\n[[resource]]\nkind = \"primitive\"\n[[resource.member]]\nid = \"many-N\"\nagent = \"ocf:heartbeat:IPaddr2\"\n";
    let mut scenario = include_str!("../src/sim/scenarios/three-nodes.toml").to_owned();
    for number in 0..120 {
        scenario.push_str(&many.replace('N', &number.to_string()));
    }
    let clock = Clock::starting_at(Stamp::from_secs(1_767_621_600));
    let sim = Sim::new(&Scenario::from_toml(&scenario).unwrap(), 7, clock.now());
    let demo = SimulatedCluster::new(sim, move || clock.now());
    let watched = nodes(&demo).into_iter().map(|key| Watched {
        transport: Transport::Simulated(demo.clone(), key.clone()),
        key,
        options: FeedOptions::default(),
    });
    let mut app = App::new(Source::Real, None, &nodes(&demo), clock.now());
    let (crew, _, mut seen) = Crew::start(watched.collect(), clock);
    let (mut paced, start) = (Vec::new(), Instant::now());
    once::gather(&mut app, &mut seen, clock, Duration::from_mins(1), |effect| {
        if let Effect::Pace { node, headers_only } = effect {
            paced.push((node, headers_only));
        }
        None
    })
    .await;
    assert!(start.elapsed() < Duration::from_secs(10), "who sends no status of its own is not waited for");
    assert_eq!(paced.iter().filter(|(_, headers_only)| *headers_only).count(), 2, "{paced:?}");
    crew.stop(seen).await;
}

#[test]
fn a_recording_that_cannot_be_read_names_the_line() {
    let path = std::env::temp_dir().join(format!("hatui-broken-{}.jsonl", std::process::id()));
    for (text, wanted) in [
        ("", "line 1"),
        ("{\"hatui_recording\":99}\n", "newer"),
        ("{\"hatui_recording\":1}\n{\"at\":1,\"event\":\"tick\"}\nnonsense\n", "line 3"),
        ("{\"hatui_recording\":1}\n{\"at\":1,\"event\":\"key\",\"name\":\"hyper\"}\n", "line 2"),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = read(&path).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}");
    }
    std::fs::remove_file(&path).unwrap();
}
