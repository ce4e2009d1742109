//! What may come between: a node dies, someone else changes something, the connection or hatui itself ends.

use std::process::Command;
use std::time::{Duration, Instant};

use super::hand::{Hand, VERDICT, folder};
use super::lab::{Lab, NODES};
use super::left::{constraints, witness};
use super::places::{Places, foretold, says};

/// The preview of a move of `slow`, which takes two seconds to stop and two to start.
struct Prepared {
    hand: Hand,
    to: &'static str,
    title: String,
}

fn prepared(lab: &Lab) -> Prepared {
    let to = Places::settled(lab).elsewhere("slow");
    let title = format!("move slow to {to}");
    let mut hand = Hand::on(lab);
    hand.select(2, "slow");
    hand.choose("f", &format!("move slow on {to}"));
    hand.ready(&title);
    Prepared { hand, to, title }
}

/// Waits until the constraint of the move is there.
fn leased(lab: &Lab) {
    let start = Instant::now();
    while constraints(lab) != ["hatui-move-slow"] {
        assert!(start.elapsed() < Duration::from_secs(30), "waited 30 s for hatui-move-slow");
    }
}

/// The node where it should go loses its power. It is told, and the constraint goes.
pub(super) fn target_dies(lab: &Lab) {
    let Prepared { mut hand, to, title } = prepared(lab);
    hand.confirm();
    leased(lab);
    lab.run(&["power", "off", to]);
    let verdict = hand.verdict(&title, VERDICT);
    eprintln!("       {}", verdict.first);
    assert!(verdict.first.contains("not done"), "{}", verdict.page);
    assert!(verdict.says(&format!("{to}, where it should go, is ")), "{}", verdict.page);
    assert!(verdict.says("what was left behind was taken back"), "{}", verdict.page);
    let audit = hand.audit();
    assert!(audit.len() == 2 && audit[1].contains("--delete"), "{audit:?}");
    hand.terminal.wait("the verdict to stay", VERDICT, |screen| screen.contains("not done"));
    lab.run(&["wait-online", to, "90"]);
    lab.run(&["settle", "60"]);
    assert_eq!(constraints(lab), Vec::<String>::new());
    assert_eq!(says(lab, "resource", "slow", "role").as_deref(), Some("Started"));
}

/// Nothing runs; the preview is made anew, says so, and can be carried out.
pub(super) fn changed_meanwhile(lab: &Lab) {
    let Prepared { mut hand, to, title } = prepared(lab);
    let before = Places::settled(lab);
    hand.press("\t", "\"do it\" chosen", |screen| screen.contains("▸[ Do it ]"));
    let change = ["crm_attribute", "-t", "crm_config", "-n", "cluster-recheck-interval"];
    lab.run(&[&["exec", witness(lab)], &change[..], &["-v", "14min"]].concat());
    // At once: whatever hatui has heard of it by now, it must not go on, and must say so.
    // (Where the page shows it already, Enter would mean "cancel" once that can have been seen.)
    if hand.terminal.screen().contains("▸[ Do it ]") {
        hand.terminal.keys("\r");
    }
    hand.terminal.wait("that something moved", VERDICT, |screen| {
        screen.contains("since something moved") && screen.contains("▸[ Cancel ]")
    });
    assert!(hand.audit().is_empty() && constraints(lab).is_empty(), "something was run");
    assert_eq!(Places::settled(lab), before);
    // Another time, without a key: it is told by itself.
    hand.press("\x1b", "the page left", |screen| !screen.contains("[ Do it ]"));
    hand.choose("f", &format!("move slow on {to}"));
    hand.ready(&title);
    lab.run(&[&["exec", witness(lab)], &change[..], &["-D"]].concat());
    hand.terminal.wait("the preview made anew", VERDICT, |screen| {
        screen.contains("made anew, since something moved: someone changed the configuration")
            && screen.contains("▸[ Cancel ]")
    });
    hand.confirm();
    let verdict = hand.verdict(&title, VERDICT);
    assert!(verdict.first.contains(": done"), "{}", verdict.page);
    assert_eq!(Places::settled(lab).serves("slow"), to);
}

/// Ends all of sshd's processes on a node but the one that listens.
const CUT: &str = r#"main=$(cat /run/sshd.pid)
for p in /proc/[0-9]*; do
  pid=${p#/proc/}
  read -r name <"$p/comm" || continue
  case $name in sshd*) [ "$pid" = "$main" ] || kill -KILL "$pid" ;; esac
done 2>/dev/null
true"#;

/// A `cibadmin` that takes its time when it creates something: before it does so, or after. On each node: which of them is
/// told is decided when the action begins.
fn dawdling(lab: &Lab, before: bool) {
    let (first, second) = if before { ("wait_here; exit 1", "") } else { ("", "wait_here") };
    let script = format!(
        "#!/bin/sh\nwait_here() {{ : >/run/dawdles; while [ -e /run/dawdles ]; do sleep 0.1; done; }}\n\
         case \" $* \" in *' --create '*) create=yes ;; *) create=no ;; esac\n\
         if [ $create = yes ]; then :; {first}\nfi\n/usr/local/sbin/cibadmin \"$@\"\nrc=$?\n\
         if [ $create = yes ]; then :; {second}\nfi\nexit $rc\n"
    );
    let path = lab.home().join("dawdling");
    std::fs::write(&path, script).unwrap();
    for node in NODES {
        lab.run(&["exec", node, "cp", "-p", "/usr/sbin/cibadmin", "/usr/local/sbin/cibadmin"]);
        lab.feed(
            node,
            &["install", "-m", "755", "/dev/stdin", "/usr/sbin/cibadmin.new"],
            std::fs::File::open(&path).unwrap().into(),
        );
        lab.run(&["exec", node, "mv", "/usr/sbin/cibadmin.new", "/usr/sbin/cibadmin"]);
    }
}

/// Ends that, also after a scene that failed.
pub(super) fn no_dawdling(lab: &Lab) {
    for node in NODES {
        let undo =
            "rm -f /run/dawdles; ! [ -e /usr/local/sbin/cibadmin ] || mv /usr/local/sbin/cibadmin /usr/sbin/cibadmin";
        lab.run(&["exec", node, "sh", "-c", undo]);
    }
}

/// The node on which it is told to create something, awaited.
fn dawdles(lab: &Lab) -> &'static str {
    let start = Instant::now();
    loop {
        let told = |node: &&str| lab.output(&["exec", node, "test", "-e", "/run/dawdles"]).status.success();
        if let Some(node) = NODES.into_iter().find(told) {
            return node;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "waited 30 s for the command to run on any node");
    }
}

/// In the middle of the command that had done its work: that is found out, and it is not run again.
pub(super) fn connection_lost(lab: &Lab) {
    let Prepared { mut hand, to, title } = prepared(lab);
    dawdling(lab, false);
    hand.confirm();
    let asked = dawdles(lab);
    lab.run(&["exec", asked, "sh", "-c", CUT]);
    let verdict = hand.verdict(&title, VERDICT);
    no_dawdling(lab);
    eprintln!("       {}", verdict.first);
    assert!(verdict.first.contains(": done, with warnings"), "{}", verdict.page);
    assert!(verdict.says("it did take effect"), "{}", verdict.page);
    assert_eq!(Places::settled(lab).serves("slow"), to);
    let audit = hand.audit();
    let count = |word: &str| audit.iter().filter(|line| line.contains(word)).count();
    assert_eq!((count("--create"), count("--delete")), (1, 1), "{audit:?}");
}

/// In the middle of the command that then did nothing: it is not run again either.
pub(super) fn connection_lost_in_vain(lab: &Lab) {
    let Prepared { mut hand, title, .. } = prepared(lab);
    let before = Places::settled(lab);
    dawdling(lab, true);
    hand.confirm();
    let asked = dawdles(lab);
    lab.run(&["link", "down", asked, "mgmt"]);
    no_dawdling(lab);
    let verdict = hand.verdict(&title, VERDICT);
    lab.run(&["link", "up", asked, "mgmt"]);
    eprintln!("       {}", verdict.first);
    assert!(verdict.first.contains("not done"), "{}", verdict.page);
    assert!(verdict.says("it did not take effect, and was not run again"), "{}", verdict.page);
    assert_eq!(Places::settled(lab), before);
    let audit = hand.audit();
    assert_eq!(audit.iter().filter(|line| line.contains("--create")).count(), 1, "{audit:?}");
}

/// Killed while its constraint is there: the next hatui offers to take it back.
pub(super) fn killed(lab: &Lab) {
    let state = folder(lab);
    let to = Places::settled(lab).elsewhere("slow");
    let title = format!("move slow to {to}");
    let mut hand = Hand::with(lab, &state, &[]);
    hand.select(2, "slow");
    hand.choose("f", &format!("move slow on {to}"));
    hand.ready(&title);
    hand.confirm();
    leased(lab);
    let pid = hand.terminal.pid().to_string();
    assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
    hand.terminal.child.wait().unwrap();
    assert_eq!(hand.lines("journal.jsonl").len(), 1, "the journal tells of what is left");
    drop(hand);
    lab.run(&["settle", "60"]);
    assert_eq!(constraints(lab), ["hatui-move-slow"]);
    let foretold = foretold(lab, &["constraint", "remove", "hatui-move-slow"]);
    let mut hand = Hand::with(lab, &state, &[]);
    hand.terminal.wait("the offer to take back what is left", VERDICT, |screen| {
        screen.contains("remove hatui-move-slow") && screen.contains(&title)
    });
    hand.terminal.moment();
    hand.terminal.keys("\r");
    hand.ready("remove hatui-move-slow");
    foretold.is_shown(&hand.terminal.screen());
    hand.confirm();
    let verdict = hand.verdict("remove hatui-move-slow", VERDICT);
    assert!(verdict.first.contains(": done"), "{}", verdict.page);
    foretold.came(lab);
    assert_eq!(constraints(lab), Vec::<String>::new());
    assert!(hand.lines("journal.jsonl").is_empty());
}
