//! The terminal is given back whatever happens: its settings, its screen, its cursor. In a real shell on a real pty.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test with real processes")]

#[path = "support/terminal.rs"]
#[expect(dead_code, reason = "shared with the other tests of the screen")]
mod terminal;

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::{CommandFactory as _, Parser as _};
use hatui::cli::Cli;
use terminal::Terminal;

const HATUI: &str = env!("CARGO_BIN_EXE_hatui");
const LIMIT: Duration = Duration::from_secs(20);

/// hatui between two looks at the settings of the terminal.
fn between_looks(environment: &[(&str, &str)]) -> Terminal {
    let script = format!("stty -g; {HATUI} demo; echo \"exit=$?\"; stty -g");
    Terminal::start(&["sh", "-c", &script], 80, 24, environment)
}

/// The settings of the terminal that were printed, in order.
fn settings(terminal: &Terminal) -> Vec<String> {
    let text = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    let words = text.split(|c: char| !c.is_ascii_hexdigit() && c != ':');
    words.filter(|word| word.matches(':').count() > 20).map(str::to_owned).collect()
}

/// Waits for the end; how hatui ended, after the terminal was found as it was before.
fn given_back(mut terminal: Terminal, how: &str) -> (String, String) {
    assert_eq!(terminal.wait_given_back(15), 0, "{how}");
    let settings = settings(&terminal);
    assert_eq!(settings.len(), 2, "{how}: {}", terminal.screen());
    assert_eq!(settings[0], settings[1], "{how}");
    let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    let after = bytes.rsplit("\x1b[?1049l").next().unwrap_or_default().to_owned();
    for mode in ["1000", "1002", "1003", "1006"] {
        let (on, off) = (format!("\x1b[?{mode}h"), format!("\x1b[?{mode}l"));
        assert!(bytes.rfind(&on) <= bytes.rfind(&off), "{how}: the mouse is still listened to ({mode})");
    }
    let code = after.split("exit=").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
    (code.to_owned(), after)
}

/// The only child of a shell.
fn child_of(shell: u32) -> u32 {
    let children = format!("/proc/{shell}/task/{shell}/children");
    std::fs::read_to_string(children).unwrap().trim().parse().unwrap()
}

fn signal(name: &str, pid: u32) {
    assert!(Command::new("kill").args([name, &pid.to_string()]).status().unwrap().success());
}

#[test]
fn the_settings_are_given_back_on_keys_and_signals() {
    for keys in ["q", "\x03", "?\x03", ":fen\x03"] {
        let mut terminal = between_looks(&[]);
        terminal.wait_for("HEALTHY", 20);
        terminal.keys(keys);
        assert_eq!(given_back(terminal, keys).0, "0", "{keys:?}");
    }
    for name in ["-TERM", "-HUP", "-INT"] {
        let terminal = between_looks(&[]);
        terminal.wait_for("HEALTHY", 20);
        signal(name, child_of(terminal.pid()));
        assert_eq!(given_back(terminal, name).0, "0", "{name}");
    }
}

#[test]
fn a_panic_while_drawing_gives_the_terminal_back_and_is_reported() {
    let terminal = between_looks(&[("HATUI_TEST_PANIC", "drawing")]);
    let (code, after) = given_back(terminal, "a panic while drawing");
    assert_eq!(code, "101", "{after}");
    assert!(after.contains("a panic on purpose"), "{after}");
}

#[test]
fn a_panic_in_a_task_is_told_on_the_screen_which_goes_on() {
    let mut terminal = between_looks(&[("HATUI_TEST_PANIC", "task")]);
    terminal.wait_for("a panic on purpose", 10);
    terminal.wait_for("SIMULATED", 5);
    terminal.moment();
    terminal.keys("\x1b");
    terminal.wait("the message closed", LIMIT, |screen| !screen.contains("a panic on purpose"));
    terminal.keys("w");
    terminal.wait_for("truth", 5);
    terminal.keys("q");
    terminal.wait("the truth closed", LIMIT, |screen| screen.contains("HEALTHY") && screen.contains("Nodes"));
    terminal.keys("q");
    assert_eq!(given_back(terminal, "a panic in a task").0, "0");
}

#[test]
fn an_error_before_the_screen_leaves_the_terminal_alone() {
    let script = format!("stty -g; {HATUI} demo no-such-scenario; echo \"exit=$?\"; stty -g");
    let mut terminal = Terminal::start(&["sh", "-c", &script], 80, 24, &[]);
    assert_eq!(terminal.wait_given_back(15), 0);
    let seen = settings(&terminal);
    assert!(seen.len() == 2 && seen[0] == seen[1], "{}", terminal.screen());
    assert!(terminal.screen().contains("exit=64"), "{}", terminal.screen());
    assert!(!terminal.bytes().windows(8).any(|part| part == b"\x1b[?1049h"), "the screen was taken");
}

#[test]
fn ctrl_z_stops_it_like_any_job_and_fg_goes_on() {
    let mut terminal = Terminal::start(&["bash", "--norc", "--noprofile", "-i"], 80, 24, &[("PS1", "ready> ")]);
    terminal.wait_for("ready> ", 10);
    terminal.keys(&format!("stty -g; {HATUI} demo\r"));
    terminal.wait_for("HEALTHY", 20);
    // Drawing everything anew must not need an answer of the terminal, which this one does not give.
    terminal.keys("\x0c");
    for _ in 0..2 {
        terminal.keys("\x1a");
        terminal.wait("the shell's prompt, hatui stopped", LIMIT, |screen| {
            screen.contains("Stopped") && !screen.contains("SIMULATED")
        });
        terminal.keys("fg\r");
        terminal.wait("the whole screen again", LIMIT, |screen| {
            screen.contains("SIMULATED") && screen.contains("HEALTHY") && screen.contains("quit")
        });
    }
    terminal.keys("q");
    terminal.wait("the shell again", LIMIT, |screen| !screen.contains("SIMULATED") && screen.contains("ready> "));
    terminal.keys("stty -g; exit\r");
    assert_eq!(terminal.wait_given_back(10), 0);
    let seen = settings(&terminal);
    assert!(seen.len() == 2 && seen[0] == seen[1], "{seen:?}");
}

fn printed(arguments: &[&str]) -> String {
    let output = Command::new(HATUI).args(arguments).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn completions_and_manual_name_every_option() {
    let root = Cli::command();
    let mut options = BTreeSet::new();
    for command in root.get_subcommands().chain([&root]) {
        options.extend(command.get_arguments().filter_map(|one| one.get_long()).map(str::to_owned));
    }
    assert!(options.len() >= 15, "{options:?}");
    for arguments in [&["completions", "bash"][..], &["completions", "zsh"], &["completions", "fish"], &["man"]] {
        let text = printed(arguments).replace("\\-", "-");
        for option in &options {
            // Fish names long options without their dashes.
            let wanted = if arguments.contains(&"fish") { option.clone() } else { format!("--{option}") };
            assert!(text.contains(&wanted), "{arguments:?} does not name {wanted}");
        }
    }
}

#[test]
fn every_command_takes_the_nodes_before_and_after_it() {
    for command in Cli::command().get_subcommands() {
        let name = command.get_name();
        if name == "help" {
            continue;
        }
        let more: &[&str] = match name {
            "completions" => &["bash"],
            "plan" | "run" => &["node standby ha-node-1"],
            "what-if" => &["matrix"],
            _ => &[],
        };
        let node = ["--node", "root@ha-node-1:22"];
        for words in [[&["hatui"][..], &node, &[name], more].concat(), [&["hatui", name][..], more, &node].concat()] {
            let cli = Cli::try_parse_from(&words).unwrap_or_else(|error| panic!("{words:?}: {error}"));
            assert_eq!(cli.options.node, ["root@ha-node-1:22"], "{words:?}");
        }
    }
}
