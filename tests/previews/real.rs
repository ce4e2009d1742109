//! Real output of `crm_simulate` taken for real clusters' actions; and, where the tools are there, the real preview program with
//! a `crm_simulate` that aborts where it is asked what would come of it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hatui::action::preview::PROGRAM;
use hatui::action::{Preview, parse};
use hatui::app::{App, Effect, Event, Job, Source, Stage};
use hatui::model::Feed;
use hatui::observe::read_preview;
use hatui::report::plan_text;
use hatui::wire::{Exit, NodeKey, RunId, Stamp};

const NONCE: &str = "0123456789abcdef";

/// A snapshot's name, the cluster, what is wanted, and what `crm_simulate` printed to it.
type Row = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

/// The name of the snapshot, the cluster, what is wanted, and what `crm_simulate` printed: `how` and the situation.
const ROWS: &[Row] = &[
    (
        "real-move",
        "banned-cli-ban/node-1",
        "resource move g-web node-2",
        &[("simulate", "lease-moves"), ("simulate", "lease-ends")],
    ),
    (
        "real-move-told-only",
        "banned-cli-ban/node-1",
        "resource move g-web node-2",
        &[("run", "lease-moves"), ("run", "nothing-to-do")],
    ),
    (
        "real-move-and-nothing-read",
        "banned-cli-ban/node-1",
        "resource move g-web node-2",
        &[("simulate", "lease-moves"), ("simulate", "no-cib")],
    ),
    (
        "real-promotion",
        "promotable-swapped/node-2",
        "resource promote ms-db node-1",
        &[("simulate", "lease-promotes"), ("simulate", "nothing-to-do")],
    ),
    ("real-standby", "moved-cli-prefer/node-1", "node standby node-2", &[("simulate", "standby")]),
    ("real-fence", "moved-cli-prefer/node-1", "fence node-3", &[("simulate", "node-fails-and-is-fenced")]),
    ("real-stop", "moved-cli-prefer/node-1", "resource stop slow", &[("run", "disabled")]),
    ("real-nowhere", "moved-cli-prefer/node-1", "node standby node-1 node-2", &[("run", "failed-nowhere-to-go")]),
];

fn fixture(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("parsers/fixtures").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn frame(head: &str, payload: &str) -> String {
    format!("@hatui {NONCE} {head} bytes={}\n{payload}\n", payload.len())
}

/// hatui that heard the node of that cluster.
pub(crate) fn app(cluster: &str) -> App {
    app_at(cluster, Stamp::from_secs(1_795_000_000))
}

fn app_at(cluster: &str, now: Stamp) -> App {
    let name = cluster.rsplit('/').next().unwrap();
    let node = NodeKey::new(name);
    let mut app = App::new(Source::Real, None, core::slice::from_ref(&node), now);
    let quorum = "Quorum information\n------------------\nQuorum provider:  corosync_votequorum\nNodes:            3\nNode ID:          1\n\
                  Ring ID:          1.9\nQuorate:          Yes\n\nVotequorum information\n----------------------\nExpected votes:   3\n\
                  Highest expected: 3\nTotal votes:      3\nQuorum:           2  \nFlags:            Quorate \n\n\
                  Membership information\n----------------------\n    Nodeid      Votes    Qdevice Name\n         1          1         NR node-1\n         \
                  2          1         NR node-2\n         3          1         NR node-3\n";
    let hello = |feed: Feed| format!("@hatui {NONCE} hello v=1 feed={feed} uid=0 host={name} node={name} pid=7\n");
    let told = |file: &str| fixture(&format!("pacemaker-2.1.5-namespaces/{cluster}/{file}"));
    let pacemaker = [
        hello(Feed::Pacemaker),
        frame("document rc=0 ms=20", &told("crm_mon.xml")),
        frame("constraints rc=0", &told("cibadmin-constraints.xml")),
        frame("options rc=0", &told("cibadmin-crm_config.xml")),
    ];
    let corosync = [hello(Feed::Corosync), frame("quorum rc=0", quorum)];
    for (feed, bytes) in [(Feed::Pacemaker, pacemaker.concat()), (Feed::Corosync, corosync.concat())] {
        app.update(Event::FeedStarted { node: node.clone(), feed, nonce: NONCE.to_owned() }, now);
        app.update(Event::FeedBytes { node: node.clone(), feed, bytes: bytes.into_bytes() }, now);
    }
    app.update(Event::Tick, now);
    app
}

fn asked(effects: &[Effect]) -> (RunId, Vec<String>) {
    let asked = effects.iter().find_map(|effect| match effect {
        Effect::Run { run, job: Job::Preview(words), .. } => Some((*run, words.clone())),
        _ => None,
    });
    asked.unwrap_or_else(|| panic!("the cluster is not asked: {effects:?}"))
}

/// What the program would have printed, had `crm_simulate` printed this.
fn printed(cluster: &str, words: &[String], simulations: &[(&str, &str)]) -> String {
    let cib = fixture(&format!("pacemaker-2.1.5-namespaces/{cluster}/cibadmin-Q.xml"));
    let head = cib.lines().find(|line| line.starts_with("<cib ")).unwrap().replace('>', "/>");
    let mut out = format!("@hatui {NONCE} hello v=1 node=node-1\n") + &frame("cib rc=0", &head);
    let skeleton = cluster.split('/').next().unwrap();
    let skeleton = format!("parsers/fixtures/pacemaker-2.1.5-skeletons/{skeleton}/skeleton.txt");
    if let Ok(skeleton) = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(skeleton)) {
        out += &frame("skeleton", &skeleton);
    }
    let mut left = simulations.iter();
    let (mut number, mut words) = (0, words.iter());
    while let Some(word) = words.next() {
        number += 1;
        let count: usize = words.next().unwrap().parse().unwrap();
        for _ in 0..count {
            words.next();
        }
        if word == "try" {
            out += &frame(&format!("tried n={number} rc=0"), "");
        } else {
            let (how, what) = left.next().unwrap();
            let document = fixture(&format!("pacemaker-2.1.5-simulated/{what}/crm_simulate.xml"));
            out += &frame(&format!("plan n={number} how={how} rc=0"), &document);
        }
    }
    out + &format!("@hatui {NONCE} bye why=done\n")
}

/// The cluster answers what it is asked.
pub(crate) fn answered(app: &mut App, cluster: &str, effects: &[Effect], simulations: &[(&str, &str)]) {
    let (run, asked) = asked(effects);
    let stdout = printed(cluster, &asked, simulations).into_bytes();
    let now = app.now();
    let nonce = Some(NONCE.to_owned());
    app.update(Event::Ran { run, exit: Exit::Code(0), stdout, stderr: Vec::new(), nonce }, now);
}

#[test]
fn what_the_real_scheduler_printed_is_told_as_written() {
    for (name, cluster, words, simulations) in ROWS {
        let mut app = app(cluster);
        let intent = parse(words, app.situation()).unwrap_or_else(|error| panic!("{words}: {error}"));
        let effects = app.intend(&intent);
        if let Some(Stage::Refused { refusal, .. }) = app.acts().current().map(|current| &current.stage) {
            panic!("{words}: {refusal}");
        }
        answered(&mut app, cluster, &effects, simulations);
        let text = format!("> {words}\n\n{}", plan_text(&app, 100, false));
        insta::with_settings!({ snapshot_path => "../../snapshots/previews", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(*name, text);
        });
    }
}

/// Stubs before the real tools: the live CIB is a file, and `crm_simulate` aborts on `--simulate`, as some versions do on some
/// CIBs.
fn stubs(folder: &Path, cluster: &str, aborts: bool) {
    let real = |tool: &str| -> PathBuf {
        let places = ["/usr/sbin", "/sbin", "/usr/bin"].map(|place| Path::new(place).join(tool));
        places.into_iter().find(|path| path.exists()).unwrap()
    };
    let cib = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cib = cib.join(format!("parsers/fixtures/pacemaker-2.1.5-namespaces/{cluster}/cibadmin-Q.xml"));
    let live = format!(
        "#!/bin/sh\n[ -n \"$CIB_file\" ] || exec cat '{}'\nexec {} \"$@\"\n",
        cib.display(),
        real("cibadmin").display()
    );
    let abort = if aborts { "for word; do [ \"$word\" != --simulate ] || exit 134; done\n" } else { "" };
    let simulate = format!("#!/bin/sh\n{abort}exec {} \"$@\"\n", real("crm_simulate").display());
    for (name, script) in [("cibadmin", live), ("crm_simulate", simulate)] {
        let path = folder.join(name);
        std::fs::write(&path, script).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[test]
fn where_the_scheduler_aborts_nobody_says_that_nothing_moves_any_more() {
    let there = |tool: &str| Command::new(tool).arg("--version").stdout(Stdio::null()).status().is_ok();
    if !there("crm_simulate") || !there("cibadmin") {
        assert!(std::env::var_os("CI").is_none(), "crm_simulate and cibadmin are missing");
        return;
    }
    let cluster = "promotable-swapped/node-2";
    // The scheduler goes by the real time: a lease that has ended moves nothing.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let mut app = app_at(cluster, Stamp::from_secs(now.as_secs()));
    let intent = parse("resource move g-web node-3", app.situation()).unwrap();
    let (_, words) = asked(&app.intend(&intent));
    for aborts in [false, true] {
        let folder = std::env::temp_dir().join(format!("hatui-previews-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        stubs(&folder, cluster, aborts);
        let path = format!("{}:{}:/usr/sbin:/sbin", folder.display(), std::env::var("PATH").unwrap_or_default());
        let output = Command::new("sh")
            .args(["-c", PROGRAM, "hatui-preview", NONCE, "-"])
            .args(&words)
            .env("PATH", path)
            .env_remove("CIB_file")
            .output()
            .unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        let preview = Preview::of(read_preview(NONCE, &output.stdout, None));
        assert_eq!(preview.missing, None, "{aborts}");
        assert!(!preview.changes().is_empty(), "{aborts}");
        if aborts {
            assert!(preview.cleared.is_none() && preview.then_unknown.is_some(), "{preview:?}");
            assert_eq!(preview.places(), None, "where everything is in the end is not known");
        } else {
            let cleared = preview.cleared.as_ref().unwrap().changes.as_ref().unwrap();
            assert!(!cleared.is_empty(), "it goes back to node-1");
            assert!(preview.then_unknown.is_none() && preview.places().is_some());
        }
    }
}
