//! The real binary in a real terminal: `hatui demo`, and that the terminal is always given back.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test with real processes")]

#[path = "support/terminal.rs"]
#[expect(dead_code, reason = "shared with the player of tapes")]
mod terminal;

use std::process::{Command, Stdio};
use std::time::Duration;

use terminal::Terminal;

const HATUI: &str = env!("CARGO_BIN_EXE_hatui");

fn demo(columns: u16, rows: u16, environment: &[(&str, &str)]) -> Terminal {
    let terminal = Terminal::start(&[HATUI, "demo"], columns, rows, environment);
    terminal.wait_for("HEALTHY", 20);
    terminal
}

fn signal(name: &str, terminal: &Terminal) {
    let status = Command::new("kill").args([name, &terminal.pid().to_string()]).status().unwrap();
    assert!(status.success());
}

#[test]
fn a_node_that_dies_is_fenced_and_its_service_promoted_elsewhere() {
    let mut terminal = demo(140, 50, &[]);
    terminal.keys("!");
    terminal.wait_for("kill ha-node-1", 5);
    terminal.keys("k");
    terminal.wait_for("UNCLEAN", 20);
    terminal.wait("the promotion on ha-node-2", Duration::from_secs(30), |screen| {
        screen.lines().any(|line| line.contains("Promoted") && line.contains("ha-node-2"))
    });
    terminal.wait_for("fenced by ha-node-2", 20);
    assert!(terminal.screen().contains("SIMULATED"));
}

#[test]
fn simulated_is_always_on_the_screen() {
    for (columns, rows) in [(80, 24), (120, 30), (200, 60)] {
        let mut terminal = demo(columns, rows, &[]);
        for keys in ["?", "w", "e", "@", "y", ":", "\x1b", "!", "\x1b", "z", "P", "\r"] {
            terminal.keys(keys);
            terminal.wait_for("SIMULATED", 5);
        }
    }
}

#[test]
fn keys_open_and_close_what_they_say() {
    let mut terminal = demo(120, 40, &[]);
    for (keys, shown) in [
        ("?", "show details of what is selected"),
        ("w", "truth"),
        ("e", "events"),
        ("@", "hatui-watch"),
        ("y", "raw output of ha-node-1"),
    ] {
        terminal.keys(keys);
        terminal.wait_for(shown, 5);
        terminal.keys("q");
    }
    terminal.keys("/web\r");
    terminal.wait("only what matches", Duration::from_secs(5), |screen| {
        screen.contains("web-ip") && !screen.contains("store-clone")
    });
    terminal.keys("\x1b");
    terminal.wait_for("store-clone", 5);
    terminal.keys(":show web-ip\r");
    terminal.wait_for("IPaddr2", 5);
    terminal.keys("q");
    terminal.keys("P");
    terminal.wait_for("FROZEN", 5);
}

#[test]
fn the_screen_follows_the_terminals_size() {
    let mut terminal = demo(120, 40, &[]);
    terminal.resize(40, 10);
    terminal.wait_for("hatui needs", 5);
    terminal.resize(100, 30);
    terminal.wait_for("Resources", 5);
}

#[test]
fn the_terminal_is_given_back_however_it_ends() {
    for end in ["q", "\x03"] {
        let mut terminal = demo(80, 24, &[]);
        terminal.keys(end);
        assert_eq!(terminal.wait_given_back(10), 0, "{end:?}");
    }
    for name in ["-TERM", "-HUP", "-INT"] {
        let mut terminal = demo(80, 24, &[]);
        signal(name, &terminal);
        assert_eq!(terminal.wait_given_back(10), 0, "{name}");
    }
}

#[test]
fn no_color_means_none_and_a_plain_locale_plain_signs() {
    let terminal = demo(80, 24, &[("NO_COLOR", "1")]);
    let text = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    let coloured = |code: &str| text.contains(&format!("\x1b[{code}")) || text.contains(&format!(";{code}"));
    assert!(!coloured("38;") && !coloured("48;") && !coloured("31m"), "{text:?}");
    let terminal = demo(80, 24, &[("LANG", "C")]);
    assert!(terminal.bytes().is_ascii(), "{}", terminal.screen());
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(HATUI).args(arguments).env("LANG", "C.UTF-8").stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn without_a_terminal_there_is_a_hint() {
    let (code, _, words) = run(&["demo"]);
    assert!(code == 64 && words.contains("hatui status"), "{code} {words}");
}

#[test]
fn one_look_at_a_scenario_is_text_or_json() {
    let (code, text, _) = run(&["status", "--demo", "two-nodes"]);
    assert!(code == 0 && text.contains("HEALTHY") && text.contains("SIMULATED"), "{code} {text}");
    let (code, json, _) = run(&["status", "--demo", "three-nodes", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, json["hatui-status"].as_u64(), json["simulated"].as_bool()), (0, Some(1), Some(true)));
}

#[test]
fn what_is_wrong_is_told_with_cause_and_hint() {
    let file = std::env::temp_dir().join(format!("hatui-bad-{}.toml", std::process::id()));
    std::fs::write(&file, "[cluster.a]\nnodez = []\n").unwrap();
    let (code, _, words) = run(&["status", "--config", file.to_str().unwrap(), "--cluster", "a"]);
    std::fs::remove_file(&file).unwrap();
    assert!(code == 78 && words.contains("line 2") && words.contains("hint:"), "{code} {words}");
    for (arguments, wanted) in [
        (&["demo", "no-such-scenario"][..], "two-nodes"),
        (&["status", "--node", "a:99999"], "port"),
        (&["status", "--cluster", "nowhere", "--config", "/dev/null"], "nowhere"),
        (&["sudoers", "--user", "a b"], "plain"),
    ] {
        let (code, _, words) = run(arguments);
        assert!(code == 64 && words.contains(wanted) && words.contains("hint:"), "{arguments:?}: {code} {words}");
    }
}

#[test]
fn the_selection_stands_before_or_after_the_command() {
    for arguments in
        [["--node", "nowhere.invalid", "status", "--wait=3"], ["status", "--node", "nowhere.invalid", "--wait=3"]]
    {
        let (code, text, words) = run(&arguments);
        assert!(code == 3 && text.contains("nowhere.invalid"), "{code} {text} {words}");
    }
}

#[test]
fn completions_and_manual_name_every_command() {
    for arguments in [&["completions", "bash"][..], &["man"], &["--help"]] {
        let (code, text, _) = run(arguments);
        assert_eq!(code, 0);
        for word in ["demo", "status", "connect", "sudoers"] {
            assert!(text.contains(word), "{arguments:?} does not name {word}");
        }
    }
}
