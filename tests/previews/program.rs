//! `hatui plan` and `hatui run` as programs, over the demo.

use std::path::PathBuf;
use std::process::{Command, Output};

fn hatui(words: &[&str]) -> Output {
    let home: PathBuf = std::env::temp_dir().join(format!("hatui-plan-{}", std::process::id()));
    Command::new(env!("CARGO_BIN_EXE_hatui"))
        .args(words)
        .env("HOME", &home)
        .env_remove("XDG_STATE_HOME")
        .env_remove("XDG_CONFIG_HOME")
        .output()
        .unwrap()
}

fn said(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn each_command_of_a_plan_stands_on_a_line_of_its_own_to_be_copied() {
    let (code, text, _) = said(&hatui(&["plan", "--demo", "two-nodes", "resource move web ha-node-2"]));
    assert_eq!(code, 0, "{text}");
    let (_, json, _) = said(&hatui(&["plan", "--json", "--demo", "two-nodes", "resource move web ha-node-2"]));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let commands = json["commands"].as_array().unwrap();
    assert_eq!(commands.len(), 2, "{json}");
    for command in commands {
        let argv = command["argv"].as_array().unwrap().iter().map(|word| word.as_str().unwrap());
        let mut argv: Vec<&str> = argv.collect();
        // The end of the lease is another in each run: what is before it is enough.
        let last = argv.pop().unwrap().split("end=").next().unwrap();
        let line = text.lines().find(|line| line.contains(last)).unwrap_or_else(|| panic!("{last}\n{text}"));
        assert!(line.trim_start().starts_with(&argv.join(" ")), "{line}");
        assert!(!line.contains("-1# "), "no prompt before it: {line}");
    }
}

#[test]
fn what_drbd_would_run_is_in_the_plan_for_machines_too() {
    let (code, json, _) = said(&hatui(&["plan", "--json", "--demo", "two-nodes", "drbd verify store ha-node-1"]));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(code, 0, "{json}");
    assert_eq!(json["preview"]["dry_run"][0], "drbdsetup verify store 1 0", "{json}");
}

/// A wrong name tells that the caller means something else, whatever the danger.
#[test]
fn a_wrong_name_is_always_refused() {
    let run = |confirm: &[&str], words: &str| {
        said(&hatui(&[&["run", "--demo", "two-nodes", "--yes"], confirm, &[words]].concat()))
    };
    for (confirm, words, about) in [
        (&["--confirm", "ha-node-2"][..], "node standby ha-node-1", "this is about ha-node-1, not ha-node-2"),
        (
            &["--confirm", "ha-node-1"],
            "node standby ha-node-1 ha-node-2",
            "this is about ha-node-1 ha-node-2, not ha-node-1",
        ),
        (&[], "node standby ha-node-1 ha-node-2", "this asks for the name ha-node-1 ha-node-2"),
        (&["--confirm", "ha-node-2"], "node fence ha-node-1", "this is about ha-node-1, not ha-node-2"),
        (&[], "node fence ha-node-1", "this asks for the name ha-node-1"),
    ] {
        let (code, text, error) = run(confirm, words);
        assert_eq!(code, 64, "{words}: {text}{error}");
        assert!(error.contains(about), "{words}: {error}");
    }
}
