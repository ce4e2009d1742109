//! The real preview program and the real scheduler on a real CIB: only the live `cibadmin -Q` is a stub.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hatui::action::preview::PROGRAM;
use hatui::action::whatif::{self, Fate, Outlook, Question};
use hatui::app::{App, Asked, Event, Source};
use hatui::model::{Feed, NodeName};
use hatui::wire::{NodeKey, Stamp};

use crate::asked::{NONCE, answer_with, frame};

const SITUATION: &str = "parsers/fixtures/pacemaker-2.1.5-namespaces/promotable-swapped/node-2";

fn fixture(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(SITUATION).join(name)).unwrap()
}

/// Whether the tools are there; without them the test says so, and fails where nothing may be skipped.
fn tools() -> bool {
    let there = ["crm_simulate", "cibadmin"]
        .iter()
        .all(|tool| Command::new(tool).arg("--version").stdout(Stdio::null()).status().is_ok());
    if !there {
        assert!(std::env::var_os("CI").is_none(), "crm_simulate and cibadmin are missing");
        let _ = writeln!(std::io::stderr(), "skipped: crm_simulate and cibadmin are missing");
    }
    there
}

/// A `cibadmin` that has a file for the live CIB, in a folder of its own.
fn stub() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("hatui-what-if-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let real = ["/usr/sbin/cibadmin", "/sbin/cibadmin"].into_iter().find(|path| Path::new(path).exists());
    let real = real.unwrap_or("cibadmin");
    let cib = Path::new(env!("CARGO_MANIFEST_DIR")).join(SITUATION).join("cibadmin-Q.xml");
    let script =
        format!("#!/bin/sh\nif [ -z \"$CIB_file\" ]; then exec cat '{}'; fi\nexec {real} \"$@\"\n", cib.display());
    let path = folder.join("cibadmin");
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn run(folder: &Path, words: &[String]) -> Vec<u8> {
    let path = format!("{}:{}:/usr/sbin:/sbin", folder.display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new("sh")
        .args(["-c", PROGRAM, "hatui-preview", NONCE, "-"])
        .args(words)
        .env("PATH", path)
        .env_remove("CIB_file")
        .output()
        .unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// hatui that heard a node of that cluster.
fn app() -> App {
    let node = NodeKey::new("node-2");
    let now = Stamp::from_secs(1_767_621_600);
    let mut app = App::new(Source::Real, None, core::slice::from_ref(&node), now);
    let quorum = "Quorum information\n------------------\nDate:             Wed Nov 25 17:09:03 2026\nQuorum provider:  \
                  corosync_votequorum\nNodes:            3\nNode ID:          2\nRing ID:          1.9\nQuorate:          Yes\n\n\
                  Votequorum information\n----------------------\nExpected votes:   3\nHighest expected: 3\nTotal votes:      3\n\
                  Quorum:           2  \nFlags:            Quorate \n\nMembership information\n----------------------\n    Nodeid      \
                  Votes    Qdevice Name\n         1          1         NR node-1\n         2          1         NR node-2 (local)\n         \
                  3          1         NR node-3\n";
    let hello = |feed: Feed| format!("@hatui {NONCE} hello v=1 feed={feed} uid=0 host=node-2 node=node-2 pid=7\n");
    let pacemaker = [hello(Feed::Pacemaker), frame("document rc=0 ms=20", &fixture("crm_mon.xml"))].concat();
    let corosync = [hello(Feed::Corosync), frame("quorum rc=0", quorum)].concat();
    for (feed, bytes) in [(Feed::Pacemaker, pacemaker), (Feed::Corosync, corosync)] {
        app.update(Event::FeedStarted { node: node.clone(), feed, nonce: NONCE.to_owned() }, now);
        app.update(Event::FeedBytes { node: node.clone(), feed, bytes: bytes.into_bytes() }, now);
    }
    app.update(Event::Tick, now);
    app
}

fn node(name: &str) -> NodeName {
    NodeName::new(name)
}

#[test]
fn the_real_scheduler_answers_every_question() {
    if !tools() {
        return;
    }
    let folder = stub();
    let mut app = app();
    assert_eq!(whatif::members(app.situation()).len(), 3, "{:?}", app.live().picture());
    let questions = whatif::everything(app.situation());
    let of = questions.len();
    let effects = app.inquire(Asked::Matrix, questions);
    let asked = answer_with(&mut app, effects, |_, words| run(&folder, words));
    assert_eq!(asked.len(), of + 1, "each once, after what it does anyway");
    let matrix = &app.inquiries().of(Asked::Matrix).unwrap().matrix;
    assert!(matrix.is_over() && matrix.busy().is_empty(), "{:?}", matrix.busy());
    let answer = |question: &Question| {
        let row = matrix.rows().iter().find(|row| row.question == *question).unwrap_or_else(|| panic!("{question:?}"));
        row.answer.as_ref().unwrap()
    };
    for row in matrix.rows() {
        let answer = row.answer.as_ref().unwrap();
        assert_ne!(answer.outlook, Outlook::Unknown, "{}: {:?}", row.question.title(), answer.reasons);
        assert!(answer.revision.is_some() && answer.budget.is_some());
    }
    let fate = |question: &Question, id: &str| {
        let answer = answer(question);
        answer.services.iter().find(|service| service.id.as_str() == id).unwrap().fate.clone()
    };
    let lost = |names: &[&str]| Question::NodesDown(names.iter().map(|name| node(name)).collect());
    // The promoted copy is on node-3, the group on node-1.
    let one = lost(&["node-3"]);
    assert!(matches!(fate(&one, "ms-db"), Fate::Recovered(_)), "{:?}", fate(&one, "ms-db"));
    assert_eq!(fate(&one, "g-web"), Fate::Unchanged);
    assert_eq!(answer(&one).fences.len(), 1);
    assert_ne!(answer(&one).outlook, Outlook::Down, "{:?}", answer(&one).reasons);
    assert!(matches!(fate(&lost(&["node-1"]), "g-web"), Fate::Recovered(_)));
    let two = lost(&["node-1", "node-2"]);
    assert_eq!((answer(&two).outlook, answer(&two).quorum), (Outlook::Down, Some(false)));
    assert_eq!(fate(&two, "g-web"), Fate::Down, "what seems to run on a node that cannot be fenced does not count");
    // A failure is mended where it is: of the promoted copy, and of one that is not.
    let failed = |id: &str, on: &str| Question::ResourceFails(id.into(), node(on));
    for question in
        [failed("db", "node-3"), failed("db", "node-1"), failed("ping", "node-2"), failed("web-app", "node-1")]
    {
        assert_eq!(answer(&question).outlook, Outlook::Fine, "{}: {:?}", question.title(), answer(&question).reasons);
        assert!(!answer(&question).changes.is_empty());
    }
    assert_eq!(fate(&failed("web-app", "node-1"), "g-web"), Fate::Recovered([node("node-1")].into()));
    // And a reboot.
    let questions = whatif::reboots(app.situation(), Some(&node("node-1"))).unwrap();
    let effects = app.inquire(Asked::Reboots, questions);
    let asked = answer_with(&mut app, effects, |_, words| run(&folder, words));
    assert_eq!(asked[1][..5], ["try", "5", "crm_standby", "-N", "node-1"]);
    let reboot = app.inquiries().of(Asked::Reboots).unwrap().matrix.rows()[0].answer.clone().unwrap();
    assert_eq!(reboot.outlook, Outlook::Fine, "{:?}", reboot.reasons);
    assert!(reboot.reasons.iter().any(|reason| reason.words.contains("web-app moves from node-1")), "{reboot:?}");
    std::fs::remove_dir_all(&folder).unwrap();
}
