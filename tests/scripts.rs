//! `hatui plan`, `run` and `what-if` as a script calls them: exit codes, what they print, and where.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test with real processes")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hatui::action::Outcome;
use serde_json::Value;

/// A home of its own, away when the test is over.
struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("hatui-scripts-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a call came to.
struct Told {
    code: i32,
    out: String,
    err: String,
}

impl Told {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// Calls hatui with what is divided by `|`.
fn hatui(home: &Home, call: &str) -> Told {
    let output = Command::new(env!("CARGO_BIN_EXE_hatui"))
        .args(call.split('|'))
        .env("HOME", &home.0)
        .env("XDG_STATE_HOME", home.0.join("state"))
        .env_remove("HATUI_CONFIG")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Told { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// What a call comes to: its exit code, and words of its standard output and of its standard error.
const CALLS: &[(&str, i32, &str, &str)] = &[
    ("plan|--demo|two-nodes|resource|move|web|ha-node-2", 0, "web-app moves from ha-node-1 to ha-node-2", ""),
    ("plan|--demo|two-nodes|node standby ha-node-1", 0, "fence-ha-node-2: no node is left for it to run on", ""),
    ("plan|--demo|two-nodes|node online ha-node-1", 2, "✗ ha-node-1 is not in standby", ""),
    ("plan|--demo|two-nodes|--ascii|node online ha-node-1", 2, "x ha-node-1 is not in standby", ""),
    ("plan|--demo|two-nodes|node fly ha-node-1", 64, "", "hatui: these words are no action\n  hint: hatui plan"),
    ("plan|--demo|nowhere|node standby ha-node-1", 64, "", "there is no scenario `nowhere`"),
    (
        "run|--demo|two-nodes|--yes|node standby ha-node-2",
        0,
        "● standby ha-node-2: done in",
        "put ha-node-2 in standby …",
    ),
    ("run|--demo|two-nodes|--yes|node online ha-node-1", 2, "✗ ha-node-1 is not in standby", ""),
    // Shown, and not done.
    (
        "run|--demo|two-nodes|node standby ha-node-2",
        64,
        "store stops on ha-node-2",
        "nothing was done\n  hint: add --yes",
    ),
    ("run|--demo|two-nodes|--yes|node fence ha-node-2", 64, "ha-node-2 gets fencing", "hint: add --confirm ha-node-2"),
    (
        "run|--demo|two-nodes|--yes|--confirm|ha-node-1|node fence ha-node-2",
        64,
        "ha-node-2 gets fencing",
        "this is about ha-node-2, not ha-node-1",
    ),
    (
        "run|--demo|two-nodes|--yes|--confirm|ha-node-2|node fence ha-node-2",
        0,
        "● fence ha-node-2 (reboot): done in",
        "turn the power of ha-node-2 off and on …",
    ),
];

#[test]
fn the_exit_code_tells_what_came_of_it() {
    let home = Home::new("calls");
    for (call, code, out, err) in CALLS {
        let told = hatui(&home, call);
        assert_eq!(told.code, *code, "{call}\n{}{}", told.out, told.err);
        assert!(told.out.contains(out), "{call}\n{}", told.out);
        assert!(told.err.contains(err), "{call}\n{}", told.err);
        assert!(told.out.is_empty() == out.is_empty(), "{call}\n{}", told.out);
        assert!(!call.contains("--ascii") || told.out.is_ascii(), "{call}");
    }
    assert!(!home.0.join("state").exists(), "what is done to a simulated cluster is kept nowhere");
}

#[test]
fn every_outcome_has_its_exit_code() {
    for (outcome, code) in [
        (Outcome::Done, 0),
        (Outcome::DoneWithWarnings, 1),
        (Outcome::NotDone, 2),
        (Outcome::Cancelled, 2),
        (Outcome::Unknown, 3),
        (Outcome::Moved(Vec::new()), 4),
    ] {
        assert_eq!(outcome.exit_code(), code, "{outcome:?}");
    }
}

#[test]
fn where_nothing_is_known_the_exit_code_is_3_and_json_tells_why() {
    let home = Home::new("nothing");
    // Nobody listens there.
    for call in ["plan|node standby x", "run|--yes|node standby x", "what-if|matrix"] {
        let plain = hatui(&home, &format!("{call}|--node|127.0.0.1:1|--wait|2"));
        assert_eq!((plain.code, plain.out.as_str()), (3, ""), "{call}\n{}", plain.err);
        assert!(plain.err.starts_with("hatui: nothing is known of the cluster\n  why:  no node"), "{}", plain.err);
        let told = hatui(&home, &format!("{call}|--json|--node|127.0.0.1:1|--wait|2"));
        assert_eq!((told.code, &told.err), (3, &plain.err), "{call}");
        let json = told.json();
        assert_eq!(json["error"]["what"], "nothing is known of the cluster", "{call}");
        assert!(json["error"]["helps"].as_str().is_some_and(|helps| helps.contains("hatui status")), "{call}");
        assert!(json["simulated"] == false && (json["state"] == "unknown" || json["outlook"] == "unknown"), "{json}");
    }
}

/// Every key of a value, as `commands[].argv`.
fn keys(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                found.insert(path.clone());
                keys(value, &path, found);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| keys(value, &format!("{path}[]"), found)),
        _ => {}
    }
}

fn documented(document: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(document)).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|line| line.split('`').next()).map(ToOwned::to_owned).collect()
}

#[test]
fn the_document_of_a_plan_names_every_key_and_no_other() {
    let home = Home::new("keys");
    let mut written = BTreeSet::new();
    let mut tops: Option<BTreeSet<String>> = None;
    for (call, state) in [
        ("plan|--demo|two-nodes|resource move web ha-node-2", "ready"),
        ("plan|--demo|two-nodes|node online ha-node-1", "refused"),
        ("run|--demo|two-nodes|--yes|node standby ha-node-1", "over"),
        ("plan|--node|127.0.0.1:1|--wait|2|node standby x", "unknown"),
    ] {
        let json = hatui(&home, &format!("{call}|--json")).json();
        assert_eq!((json["hatui_plan"].as_u64(), json["state"].as_str()), (Some(1), Some(state)), "{call}");
        let top: BTreeSet<String> = json.as_object().unwrap().keys().cloned().collect();
        assert_eq!(tops.get_or_insert(top.clone()), &top, "{call}: every key is always there");
        keys(&json, "", &mut written);
    }
    let told = documented("docs/plan-json.md");
    let missing: Vec<_> = written.difference(&told).collect();
    assert!(missing.is_empty(), "not in docs/plan-json.md: {missing:#?}");
    let stale: Vec<_> = told.difference(&written).collect();
    assert!(stale.is_empty(), "only in docs/plan-json.md: {stale:#?}");
    let what_if = hatui(&home, "what-if|matrix|--json|--node|127.0.0.1:1|--wait|2").json();
    let mut written = BTreeSet::new();
    keys(&what_if, "", &mut written);
    let missing: Vec<_> = written.difference(&documented("docs/what-if-json.md")).cloned().collect();
    assert!(missing.is_empty(), "not in docs/what-if-json.md: {missing:#?}");
}
