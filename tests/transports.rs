//! One contract for the ways to a node: SSH (a throw-away sshd on loopback), this host, and the simulator.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stderr, reason = "a test with real processes")]

#[path = "transports/sshd.rs"]
mod sshd;
#[path = "support/terminal.rs"]
#[expect(dead_code, reason = "shared with the tests of the screen")]
mod terminal;

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hatui::app::Event;
use hatui::model::{Contact, Feed, TroubleKind};
use hatui::observe::{FeedOptions, connection_trouble, watch_argv};
use hatui::runtime::keeper::{Order, Watched};
use hatui::runtime::{Clock, Crew};
use hatui::sim::{Scenario, Sim};
use hatui::transport::{Connection, Lane, SimulatedCluster, SshOptions, SshTarget, Transport};
use hatui::wire::{Argv, Exit, NodeKey, Output, RunId};
use hatui_parsers::frame::Nonce;
use sshd::{Sshd, command, processes_with};
use tokio::time::{Instant, sleep, timeout};

const LIMIT: Duration = Duration::from_secs(20);

async fn until(what: &str, limit: Duration, mut wanted: impl FnMut() -> bool) {
    let start = Instant::now();
    while !wanted() {
        assert!(start.elapsed() < limit, "waited {limit:?} for: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}

fn shell(script: &str) -> Argv {
    Argv::new("sh").args(["-c", script])
}

/// What holds for every way that runs real programs.
async fn contract(connection: &Connection) {
    // Arguments arrive as they are.
    let odd = ["a b", "$HOME", "it's", "*", "!x", "é;rm", "", "\\", "\"", "-n", "a\nb", "`id`", "$(id)"];
    let run = connection.run(&Argv::new("printf").arg("<%s>").args(odd), Lane::Command, LIMIT).await;
    assert_eq!(String::from_utf8_lossy(&run.stdout), odd.map(|word| format!("<{word}>")).concat());
    // Bytes come unchanged, whatever and however many they are.
    let run = connection
        .run(
            &shell("i=0; while [ $i -lt 256 ]; do printf \"\\\\$(printf %o $i)\"; i=$((i+1)); done"),
            Lane::Command,
            LIMIT,
        )
        .await;
    assert_eq!(run.stdout, (0..=255).collect::<Vec<u8>>());
    let run = connection.run(&Argv::new("head").args(["-c", "1000000", "/dev/zero"]), Lane::Command, LIMIT).await;
    assert_eq!((run.stdout.len(), run.exit), (1_000_000, Exit::Code(0)));
    // Exits are told.
    for code in [0, 3, 126] {
        assert_eq!(connection.run(&shell(&format!("exit {code}")), Lane::Command, LIMIT).await.exit, Exit::Code(code));
    }
    assert_eq!(connection.run(&Argv::new("hatui-no-such-program"), Lane::Command, LIMIT).await.exit, Exit::Code(127));
    assert_eq!(connection.run(&shell("kill -9 $$"), Lane::Command, LIMIT).await.exit, Exit::Lost);
    // Both outputs are told apart.
    let run = connection.run(&shell("echo out; echo err >&2"), Lane::Command, LIMIT).await;
    assert_eq!((run.stdout.as_slice(), run.stderr.as_slice()), (&b"out\n"[..], &b"err\n"[..]));
    // A deadline is one.
    let start = Instant::now();
    assert_eq!(
        connection.run(&Argv::new("sleep").arg("30"), Lane::Command, Duration::from_millis(300)).await.exit,
        Exit::TimedOut
    );
    assert!(start.elapsed() < Duration::from_secs(5));
    // Input arrives, and its end ends.
    let mut cat = connection.start(&Argv::new("cat"), Lane::Stream).await.unwrap();
    assert!(cat.write(b"one\n"));
    assert_eq!(cat.next().await, Output::Stdout(b"one\n".to_vec()));
    cat.close_input();
    assert_eq!(cat.next().await, Output::Exit(Exit::Code(0)));
    drop(cat);
    // Streams, commands and actions do not wait for each other.
    let mut streams = Vec::new();
    for _ in 0..3 {
        streams.push(connection.start(&Argv::new("cat"), Lane::Stream).await.unwrap());
    }
    let fourth = timeout(Duration::from_millis(200), connection.start(&Argv::new("cat"), Lane::Stream)).await;
    assert!(fourth.is_err(), "a fourth stream must wait");
    assert_eq!(connection.run(&Argv::new("true"), Lane::Command, LIMIT).await.exit, Exit::Code(0));
    let mut action = connection.start(&Argv::new("true"), Lane::Action).await.unwrap();
    assert_eq!(action.next().await, Output::Exit(Exit::Code(0)));
}

/// Programs that were given up keep their places until they end, and never one of another lane.
async fn given_up_programs_take_nobody_elses_place(connection: &Connection) {
    // More than sshd allows at once on a connection: ten.
    let (mut given_up, mut full) = (0, 0);
    for _ in 0..12 {
        let soon = Duration::from_millis(150);
        match connection.run(&shell("trap '' TERM PIPE; sleep 3"), Lane::Command, soon).await.exit {
            Exit::TimedOut => given_up += 1,
            Exit::NotStarted(words) if words.starts_with("three commands run there already") => full += 1,
            other => panic!("a command that does not end: {other}"),
        }
        assert_eq!(connection.run(&Argv::new("true"), Lane::Action, LIMIT).await.exit, Exit::Code(0));
    }
    assert!(given_up >= 3 && full >= 3, "{given_up} given up, {full} without a place");
    for _ in 0..12 {
        drop(connection.start(&shell("sleep 0.2"), Lane::Stream).await.unwrap());
        assert_eq!(connection.run(&Argv::new("true"), Lane::Action, LIMIT).await.exit, Exit::Code(0));
    }
    // When they have ended their places are free again.
    for _ in 0..3 {
        assert_eq!(connection.run(&Argv::new("true"), Lane::Command, LIMIT).await.exit, Exit::Code(0));
    }
}

/// A watcher that is given up is gone soon, with all it started.
async fn watcher_dies_with_its_stream(connection: &Connection, nonce: &str) {
    let argv = watch_argv(Feed::Corosync, &Nonce::new(nonce).unwrap(), FeedOptions::default());
    let mut watcher = connection.start(&argv, Lane::Stream).await.unwrap();
    let mut text = Vec::new();
    while !String::from_utf8_lossy(&text).contains("hello") {
        match timeout(LIMIT, watcher.next()).await.unwrap() {
            Output::Stdout(bytes) => text.extend(bytes),
            Output::Stderr(_) => {}
            Output::Exit(exit) => panic!("the watcher ended: {exit}"),
        }
    }
    assert!(!processes_with(nonce).is_empty());
    drop(watcher);
    until("no process of the watcher", Duration::from_secs(10), || processes_with(nonce).is_empty()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn this_host_keeps_the_contract() {
    let connection = Transport::Local.connect(LIMIT).await.unwrap();
    contract(&connection).await;
    let connection = Transport::Local.connect(LIMIT).await.unwrap();
    watcher_dies_with_its_stream(&connection, "a0a0a0a0a0a0a0a1").await;
    given_up_programs_take_nobody_elses_place(&connection).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_of_this_host_that_is_given_up_is_killed_after_two_seconds() {
    let connection = Transport::Local.connect(LIMIT).await.unwrap();
    let hangs = |marker: &str| shell(&format!("trap '' PIPE; while :; do sleep 1; done; : {marker}"));
    for lane in [Lane::Stream, Lane::Command] {
        let program = connection.start(&hangs("hatui-given-up"), lane).await.unwrap();
        until("the program to run", LIMIT, || !processes_with("hatui-given-up").is_empty()).await;
        let start = Instant::now();
        drop(program);
        until("the program killed", LIMIT, || processes_with("hatui-given-up").is_empty()).await;
        assert!((2..4).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    }
    // What changes something runs to its end, whoever still waits for it.
    let done = std::env::temp_dir().join(format!("hatui-done-{}", std::process::id()));
    let begun = done.with_extension("begun");
    let change = format!("touch {}; sleep 3; touch {}", begun.display(), done.display());
    let program = connection.start(&shell(&change), Lane::Action).await.unwrap();
    until("the change to begin", LIMIT, || begun.exists()).await;
    drop(program);
    until("the change done", LIMIT, || done.exists()).await;
    for file in [done, begun] {
        std::fs::remove_file(file).unwrap();
    }
    // With its connection it goes at once, unless it changes something.
    let command = connection.start(&hangs("hatui-a-command"), Lane::Command).await.unwrap();
    let action = connection.start(&shell("read -r word; : hatui-an-action"), Lane::Action).await.unwrap();
    until("the command to run", LIMIT, || !processes_with("hatui-a-command").is_empty()).await;
    connection.close().await;
    until("the command killed", LIMIT, || processes_with("hatui-a-command").is_empty()).await;
    for mut program in [command, action] {
        assert_eq!(program.next().await, Output::Exit(Exit::Lost));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ssh_keeps_the_contract_and_leaves_no_master() {
    let Some(sshd) = Sshd::start("contract") else { return };
    let connection = sshd.transport("user", "known").connect(LIMIT).await.unwrap();
    contract(&connection).await;
    connection.close().await;
    until("no ssh master", LIMIT, || sshd.masters() == 0).await;
    let connection = sshd.transport("user", "known").connect(LIMIT).await.unwrap();
    given_up_programs_take_nobody_elses_place(&connection).await;
    connection.close().await;
    let connection = sshd.transport("user", "known").connect(LIMIT).await.unwrap();
    watcher_dies_with_its_stream(&connection, "a0a0a0a0a0a0a0a2").await;
    // Also with a stream that still runs.
    let stream = connection.start(&Argv::new("cat"), Lane::Stream).await.unwrap();
    connection.close().await;
    until("no ssh master", LIMIT, || sshd.masters() == 0).await;
    drop(stream);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ssh_never_accepts_a_host_key_by_itself_and_tells_what_is_wrong() {
    let Some(sshd) = Sshd::start("refused") else { return };
    let fails = async |key: &str, known: &str| {
        let start = Instant::now();
        let error = sshd.transport(key, known).connect(LIMIT).await.unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(10), "{error}");
        connection_trouble("127.0.0.1", &error.0).kind
    };
    assert_eq!(fails("user", "empty").await, TroubleKind::HostKey);
    assert_eq!(std::fs::read_to_string(sshd.folder.join("empty")).unwrap(), "", "a host key was written down");
    assert_eq!(fails("stranger", "known").await, TroubleKind::Login);
    let Transport::Ssh(target) = sshd.transport("user", "known") else { unreachable!() };
    let nobody = Transport::Ssh(SshTarget { port: Some(1), ..target.clone() });
    let error = nobody.connect(LIMIT).await.unwrap_err();
    assert_eq!(connection_trouble("127.0.0.1", &error.0).kind, TroubleKind::Unreachable, "{error}");
    let option = Transport::Ssh(SshTarget { host: "-oProxyCommand=true".to_owned(), ..target });
    assert!(option.connect(LIMIT).await.is_err());
}

/// As a peer does that hatui found by itself, and where the user has no login.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_refuses_the_login_is_told_as_such_and_not_asked_again_and_again() {
    let Some(sshd) = Sshd::start("login-refused") else { return };
    let key = NodeKey::new("ha-node-2");
    let watched =
        Watched { key: key.clone(), transport: sshd.transport("stranger", "known"), options: FeedOptions::default() };
    let (crew, _, mut seen) = Crew::start(vec![watched], Clock::start());
    assert_eq!(seen.recv().await, Some(Event::Contact(key.clone(), Contact::Connecting)));
    let Some(Event::Contact(_, Contact::Refused(trouble))) = timeout(LIMIT, seen.recv()).await.unwrap() else {
        panic!("no refusal")
    };
    assert_eq!(trouble.kind, TroubleKind::Login);
    assert!(trouble.hint.contains("hatui connect ha-node-2"), "{}", trouble.hint);
    assert!(timeout(Duration::from_secs(3), seen.recv()).await.is_err(), "it asks again");
    crew.stop(seen).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_on_demand_hold_up_neither_feeds_nor_each_other_and_are_lost_with_their_connection() {
    let Some(sshd) = Sshd::start("demand") else { return };
    let key = NodeKey::new("ha-node-1");
    let watched =
        Watched { key: key.clone(), transport: sshd.transport("user", "known"), options: FeedOptions::default() };
    let (crew, _, mut seen) = Crew::start(vec![watched], Clock::start());
    let (told, mut contacts) = tokio::sync::mpsc::unbounded_channel();
    let beats = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&beats);
    let reader = tokio::spawn(async move {
        while let Some(event) = seen.recv().await {
            match event {
                Event::Contact(_, contact) => told.send(contact).unwrap(),
                Event::FeedBytes { .. } => _ = counted.fetch_add(1, Ordering::Relaxed),
                _ => {}
            }
        }
        seen
    });
    while timeout(LIMIT, contacts.recv()).await.unwrap() != Some(Contact::Connected) {}
    let ask = |run: u64, script: &str, lane: Lane, limit: Duration| {
        crew.start_run(&key, RunId(run), shell(script), lane, limit)
    };
    let three = [1, 2, 3].map(|run| ask(run, "sleep 30", Lane::Command, LIMIT));
    until("three commands", LIMIT, || {
        sshd.processes().iter().filter(|(_, line)| line.starts_with("sleep 30")).count() == 3
    })
    .await;
    // Changes go on, and the feeds.
    let (start, before) = (Instant::now(), beats.load(Ordering::Relaxed));
    for run in 10..20 {
        let finished = ask(run, "echo done", Lane::Action, LIMIT).await.unwrap();
        assert_eq!((finished.exit, finished.stdout.as_slice()), (Exit::Code(0), &b"done\n"[..]));
    }
    eprintln!("ten changes in {:.2?} while three commands hang", start.elapsed());
    assert!(start.elapsed() < Duration::from_secs(5));
    let fourth = ask(4, "true", Lane::Command, Duration::from_millis(300)).await.unwrap();
    assert_eq!(fourth.exit, Exit::NotStarted("three commands run there already, and none ended in 0.3 s".to_owned()));
    until("beats of all feeds", LIMIT, || beats.load(Ordering::Relaxed) > before + 6).await;
    // One is given up: it is answered at once, and its place stays taken until it ends.
    let [first, second, third] = three;
    let start = Instant::now();
    crew.order(&key, Order::Cancel(RunId(1)));
    assert_eq!(first.await.unwrap().exit, Exit::Cancelled);
    assert!(start.elapsed() < Duration::from_secs(1));
    // The connection breaks in the middle.
    sshd.break_connections();
    for told in [second, third] {
        assert_eq!(timeout(LIMIT, told).await.unwrap().unwrap().exit, Exit::Lost);
    }
    let lost = timeout(LIMIT, contacts.recv()).await.unwrap().unwrap();
    assert!(matches!(lost, Contact::Lost { .. }), "{lost:?}");
    let finished = ask(5, "true", Lane::Action, LIMIT).await.unwrap();
    assert_eq!(finished.exit, Exit::NotStarted("not connected".to_owned()));
    // And comes again.
    assert_eq!(timeout(LIMIT, contacts.recv()).await.unwrap(), Some(Contact::Connected));
    assert_eq!(ask(6, "true", Lane::Action, LIMIT).await.unwrap().exit, Exit::Code(0));
    let (_, closed) = tokio::sync::mpsc::channel(1);
    crew.stop(closed).await;
    drop(reader);
    until("no ssh master", LIMIT, || sshd.masters() == 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hung_sshd_is_lost_in_bounded_time_and_leaves_no_master() {
    let Some(sshd) = Sshd::start("hung") else { return };
    let mut connections = Vec::new();
    for _ in 0..2 {
        connections.push(sshd.transport("user", "known").connect(LIMIT).await.unwrap());
    }
    let mut stream = connections[0].start(&Argv::new("cat"), Lane::Stream).await.unwrap();
    assert_eq!(sshd.masters(), 2);
    sshd.signal("-STOP");
    let start = Instant::now();
    let lost = async {
        assert_eq!(timeout(LIMIT, stream.next()).await.unwrap(), Output::Exit(Exit::Lost));
        start.elapsed()
    };
    let again = async {
        let error = sshd.transport("user", "known").connect(LIMIT).await.unwrap_err();
        assert_eq!(connection_trouble("127.0.0.1", &error.0).kind, TroubleKind::Unreachable, "{error}");
        start.elapsed()
    };
    let left = async {
        connections[1].close().await;
        start.elapsed()
    };
    let (lost, again, left) = tokio::join!(lost, again, left);
    eprintln!("lost after {lost:.1?}, a new connection given up after {again:.1?}, one closed in {left:.1?}");
    // Three questions without an answer, 3 s each, and what is open of the fourth.
    assert!(lost < Duration::from_secs(14) && again < Duration::from_secs(14), "{lost:?} {again:?}");
    assert!(left < Duration::from_secs(2), "{left:?}");
    connections[0].close().await;
    until("no ssh master", LIMIT, || sshd.masters() == 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_that_hangs_is_given_up_and_leaves_no_ssh() {
    let hangs = "AuthorizedKeysFile none\nAuthorizedKeysCommand /bin/sleep 60\nAuthorizedKeysCommandUser root\n";
    let Some(sshd) = Sshd::start_with("login", hangs) else { return };
    let transport = sshd.transport("user", "known");
    let connect = tokio::spawn(async move { transport.connect(Duration::from_secs(3)).await });
    until("ssh at the login", LIMIT, || sshd.processes().iter().any(|(_, line)| line.contains("sleep 60"))).await;
    assert_eq!(sshd.masters(), 1);
    let error = connect.await.unwrap().unwrap_err();
    assert_eq!(error.0, "timed out after 3 s");
    until("no ssh", LIMIT, || sshd.masters() == 0).await;
}

/// A master that nobody can end ends itself after 10 s without a program; the watchers end with their input; the folder
/// of sockets goes when the next hatui begins.
#[test]
fn nothing_stays_after_hatui_was_killed() {
    let Some(sshd) = Sshd::start("killed") else { return };
    let _ = sshd.transport("user", "known");
    let (node, config) = (format!("127.0.0.1:{}", sshd.port), sshd.folder.join("config-user-known"));
    let program = [env!("CARGO_BIN_EXE_hatui"), "-n", &node, "--ssh-config", config.to_str().unwrap()];
    let environment = [("XDG_RUNTIME_DIR", sshd.folder.to_str().unwrap())];
    let mut terminal = terminal::Terminal::start(&program, 80, 24, &environment);
    let wait = |what: &str, limit: Duration, wanted: &dyn Fn() -> bool| {
        let start = std::time::Instant::now();
        while !wanted() {
            assert!(start.elapsed() < limit, "waited {limit:?} for: {what}\n{:#?}", sshd.processes());
            std::thread::sleep(Duration::from_millis(20));
        }
        start.elapsed()
    };
    let watchers = || sshd.processes().iter().filter(|(_, line)| line.contains("hatui-watch")).count();
    wait("three watchers over one master", LIMIT, &|| watchers() >= 3 && sshd.masters() == 1);
    assert!(sshd.programs() >= 3);
    command("kill", &["-KILL", &terminal.pid().to_string()]);
    terminal.child.wait().unwrap();
    let watchers = wait("no watcher there", Duration::from_secs(10), &|| sshd.programs() == 0);
    let master = watchers + wait("no ssh master", Duration::from_secs(14), &|| sshd.masters() == 0);
    wait("no session there", LIMIT, &|| sshd.processes().len() == 1);
    let folders = || std::fs::read_dir(sshd.folder.join("hatui")).unwrap().count();
    assert_eq!(folders(), 1, "the folder that was left");
    let mut next = Command::new(program[0]);
    next.args(["status", "--wait", "1"]).args(&program[1..]).env("XDG_RUNTIME_DIR", &sshd.folder);
    assert!(!next.output().unwrap().stdout.is_empty());
    assert_eq!(folders(), 0, "also what the next one made itself");
    eprintln!("the watchers gone after {watchers:.1?}, the master after {master:.1?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_jump_host_whose_key_is_not_known_asks_nothing() {
    let Some(sshd) = Sshd::start("jump") else { return };
    let Transport::Ssh(target) = sshd.transport("user", "empty") else { unreachable!() };
    let options = [("ProxyJump".to_owned(), format!("127.0.0.1:{}", sshd.port))];
    let config = sshd.folder.join("config-user-empty");
    let options = SshOptions::prepare(&sshd.folder.join("j"), Some(&config), &options).unwrap();
    let through = Transport::Ssh(SshTarget {
        host: "beyond.invalid".to_owned(),
        port: None,
        options: Arc::new(options),
        ..target
    });
    let start = Instant::now();
    let error = through.connect(LIMIT).await.unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(10), "{error}");
    let kind = connection_trouble("beyond.invalid", &error.0).kind;
    assert!(matches!(kind, TroubleKind::Jump | TroubleKind::HostKey), "{kind:?}: {error}");
}

#[tokio::test(start_paused = true)]
async fn the_simulator_keeps_what_of_the_contract_it_can() {
    let clock = Clock::start();
    let sim = Sim::new(&Scenario::named("two-nodes").unwrap(), 1, clock.now());
    let cluster = SimulatedCluster::new(sim, move || clock.now());
    let node = cluster.nodes().into_iter().next().unwrap();
    let connection = Transport::Simulated(cluster, node).connect(LIMIT).await.unwrap();
    let run = connection.run(&Argv::new("crm_node").arg("-n"), Lane::Command, LIMIT).await;
    assert_eq!((run.exit, run.stdout.as_slice()), (Exit::Code(0), &b"ha-node-1\n"[..]));
    assert_eq!(connection.run(&Argv::new("hatui-no-such-program"), Lane::Command, LIMIT).await.exit, Exit::Code(127));
    let nonce = Nonce::new("a0a0a0a0a0a0a0a3").unwrap();
    let argv = watch_argv(Feed::Pacemaker, &nonce, FeedOptions::default());
    let mut watcher = connection.start(&argv, Lane::Stream).await.unwrap();
    let Output::Stdout(bytes) = watcher.next().await else { panic!("no greeting") };
    assert!(String::from_utf8_lossy(&bytes).contains("hello"));
    watcher.close_input();
    let ended = async { while !matches!(watcher.next().await, Output::Exit(_)) {} };
    timeout(LIMIT, ended).await.unwrap();
    drop(watcher);
    let mut streams = Vec::new();
    for _ in 0..3 {
        streams.push(connection.start(&argv, Lane::Stream).await.unwrap());
    }
    let start = Instant::now();
    let Err(Exit::NotStarted(words)) = connection.start(&argv, Lane::Stream).await else { panic!("a fourth stream") };
    assert_eq!(words, "three feeds run there already, and none ended in 8 s");
    assert!((8..9).contains(&start.elapsed().as_secs()));
    drop(streams);
    connection.start(&argv, Lane::Stream).await.unwrap();
    connection.close().await;
}
