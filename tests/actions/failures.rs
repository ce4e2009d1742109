//! Failures that are cleaned up, and one that an action runs into.

use std::process::Stdio;
use std::time::Duration;

use super::hand::{Hand, VERDICT};
use super::lab::{Lab, NODES};
use super::left::{constraints, witness};
use super::places::{Places, foretold, says};
use super::shown::instances;

/// Whether the screen shows a resource as failed.
fn failed(screen: &str, id: &str) -> bool {
    let nodes = NODES.map(str::to_owned);
    instances(screen, &[id.to_owned()], &nodes).iter().any(|one| one.word == "FAILED")
}

pub(super) fn cleanup(lab: &Lab) {
    let node = Places::settled(lab).serves("batch").to_owned();
    let mut hand = Hand::on(lab);
    // It stays failed, as one that an administrator looks at would.
    lab.run(&["exec", NODES[0], "crm_attribute", "-t", "op_defaults", "-n", "on-fail", "-v", "block"]);
    lab.run(&["kill-resource", "batch", &node]);
    hand.terminal.wait("the failure of batch", Duration::from_secs(30), |screen| failed(screen, "batch"));
    let foretold = foretold(lab, &["resource", "cleanup", "batch"]);
    let title = "clean up the failures of batch";
    hand.select(2, "batch");
    hand.choose("c", "clean up batch");
    hand.ready(title);
    foretold.is_shown(&hand.terminal.screen());
    hand.confirm();
    let verdict = hand.verdict(title, VERDICT);
    eprintln!("       {}; foretold: {:?}", verdict.first, foretold.words);
    assert!(verdict.first.contains(": done"), "{}", verdict.page);
    foretold.came(lab);
    assert_eq!(says(lab, "resource", "batch", "failed").as_deref(), Some("false"));
}

fn feed(lab: &Lab, words: &[&str], xml: &str) {
    let words = [&["exec", witness(lab), "cibadmin"], words, &["--xml-text", xml]].concat();
    lab.run(&words);
}

/// The verdict tells what is blocked and why, and the constraint of the move is gone all the same.
pub(super) fn stop_fails(lab: &Lab) {
    const STUBBORN: &str = r#"<primitive id="stubborn" class="ocf" provider="lab" type="Stubborn"><operations>
        <op id="stubborn-stop" name="stop" interval="0" timeout="20s" on-fail="block"/>
        <op id="stubborn-monitor" name="monitor" interval="10s" timeout="20s"/></operations></primitive>"#;
    feed(lab, &["--create", "--scope", "resources"], STUBBORN);
    let on = Places::settled(lab).serves("stubborn").to_owned();
    lab.feed(&on, &["touch", "/run/Stubborn-stubborn.holds"], Stdio::null());
    let to = Places::now(lab).elsewhere("stubborn");
    let title = format!("move stubborn to {to}");
    let mut hand = Hand::on(lab);
    hand.select(2, "stubborn");
    hand.choose("f", &format!("move stubborn on {to}"));
    hand.ready(&title);
    hand.confirm();
    let verdict = hand.verdict(&title, VERDICT);
    eprintln!("       {}", verdict.first);
    let wanted = [
        "not done".to_owned(),
        "stubborn is blocked".to_owned(),
        format!("stop of stubborn failed on {on}"),
        "it is held and does not let go".to_owned(),
        "what was left behind was taken back".to_owned(),
    ];
    for words in wanted {
        assert!(verdict.says(&words), "{words:?} is not told:\n{}", verdict.page);
    }
    assert_eq!(constraints(lab), Vec::<String>::new());
    let audit = hand.audit();
    assert!(audit.len() == 2 && audit[1].contains("--delete"), "{audit:?}");
    // A script is told by the exit code.
    let nodes = ["-n", NODES[0], "-n", NODES[1], "-n", NODES[2]];
    let (code, text) = lab.status(&[&["run", "--yes", "resource", "move", "stubborn", to], &nodes[..]].concat());
    assert!(code == 2 && text.contains("stubborn is blocked"), "exit {code}\n{text}");
    drop(hand);
    lab.run(&["exec", &on, "rm", "/run/Stubborn-stubborn.holds"]);
    lab.run(&["exec", &on, "crm_resource", "--cleanup", "-r", "stubborn"]);
    lab.run(&["settle", "60"]);
    feed(lab, &["--delete", "--scope", "resources"], r#"<primitive id="stubborn"/>"#);
    lab.run(&["settle", "60"]);
}
