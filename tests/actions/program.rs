//! Without a screen, and without any rights to change something.

use std::fs::File;
use std::process::Command;

use super::hand::{Hand, folder};
use super::lab::{Lab, NODES};
use super::left::witness;
use super::places::{Places, foretold, says};

const EVERYONE: [&str; 6] = ["-n", NODES[0], "-n", NODES[1], "-n", NODES[2]];

/// The CIB's `admin_epoch.epoch`.
fn epoch(lab: &Lab) -> String {
    let text = lab.run(&["exec", witness(lab), "cibadmin", "-Q", "--scope", "crm_config", "-n"]);
    assert!(!text.is_empty());
    let header = lab.run(&["exec", witness(lab), "cibadmin", "-Q", "-n"]);
    let value = |name: &str| header.split(&format!(" {name}=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned();
    format!("{}.{}", value("admin_epoch"), value("epoch"))
}

/// No key acts, and nothing tells of one.
pub(super) fn read_only(lab: &Lab) {
    let before = epoch(lab);
    let mut hand = Hand::with(lab, &folder(lab), &["--read-only"]);
    for (pane, name) in [(1, NODES[0]), (2, "web"), (2, "store-clone")] {
        hand.select(pane, name);
        let screen = hand.terminal.screen();
        let footer = screen.trim_end().lines().last().unwrap_or_default();
        assert!(footer.contains("help"), "{screen}");
        for word in ["failover", "promote", "fence", "standby", "maintenance", "cleanup", "start/stop", "unmove"] {
            assert!(!footer.contains(word), "{word} is in the footer:\n{screen}");
        }
        for key in ["f", "p", "F", "s", "m", "c", "t", "u", "d", "R", "U"] {
            hand.press(key, &format!("what {key} may not do"), |screen| {
                screen.contains("read-only: nothing can be changed")
                    || (key == "U" && screen.contains("nothing is left"))
            });
            // Away with the notice, so that the next key has to bring its own.
            hand.press("\x1b", "no notice", |screen| !screen.contains("read-only: nothing can be changed"));
        }
    }
    hand.press("?", "the help", |screen| screen.contains("Look") && screen.contains("Move"));
    let help = hand.terminal.screen();
    for words in ["fence the selected node", "move what is selected to another node", "standby of nodes"] {
        assert!(!help.contains(words), "{words} is in the help:\n{help}");
    }
    hand.press("\x1b", "the panes", |screen| screen.contains("1 Nodes"));
    for words in ["resource move slow", "node standby", "stonith fence", "fence-node"] {
        hand.press(&format!(":{words}"), "what is typed", |screen| screen.contains(words));
        let screen = hand.terminal.screen();
        for doc in
            ["move a resource to a node", "let a node give up its resources", "fence a node", "fence the selected node"]
        {
            assert!(!screen.contains(doc), "{doc} is offered:\n{screen}");
        }
        hand.press("\r", "the palette gone", |screen| !screen.contains(" Command "));
        let screen = hand.terminal.screen();
        assert!(!screen.contains("Do it") && !screen.contains("to do it"), "{screen}");
        hand.press("\x1b", "the panes", |screen| screen.contains("1 Nodes"));
    }
    assert!(hand.audit().is_empty() && hand.lines("journal.jsonl").is_empty());
    let (code, text) =
        lab.status(&[&["run", "--read-only", "--yes", "node", "standby", NODES[0]], &EVERYONE[..]].concat());
    assert!(code != 0 && code != 1, "exit {code}: {text}");
    assert_eq!(epoch(lab), before, "something was changed");
}

/// By what came of it; a plan changes nothing.
pub(super) fn exit_codes(lab: &Lab) {
    let run = |words: &[&str]| lab.status(&[words, &EVERYONE].concat());
    let places = Places::settled(lab);
    let (to, from) = (places.elsewhere("slow"), places.serves("slow").to_owned());
    let before = epoch(lab);
    let foretold = foretold(lab, &["resource", "move", "slow", to]);
    let (code, text) = run(&["plan", "node", "standby", &from]);
    assert!(code == 0 && text.contains("crm_standby"), "exit {code}\n{text}");
    let (code, text) = run(&["plan", "resource", "move", "slow", &from]);
    assert!(code == 2 && text.contains("already"), "exit {code}\n{text}");
    let (code, _) = run(&["run", "resource", "move", "slow", to]);
    assert_eq!(code, 64, "without --yes");
    let (code, _) = run(&["run", "--yes", "stonith", "fence", &from]);
    assert_eq!(code, 64, "without --confirm");
    let (code, _) = run(&["run", "--yes", "--confirm", "ha-node-9", "stonith", "fence", &from]);
    assert_eq!(code, 64, "with the wrong name");
    let (code, text) = run(&["run", "--yes", "resource", "move", "slow", &from]);
    assert!(code == 2 && text.contains("already"), "exit {code}\n{text}");
    assert_eq!(epoch(lab), before, "something was changed");
    let (code, text) = run(&["run", "--yes", "--json", "resource", "move", "slow", to]);
    assert_eq!(code, 0, "{text}");
    let told: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(told["verdict"]["outcome"].as_str(), Some("done"), "{text}");
    foretold.came(lab);
    assert_eq!(says(lab, "node", &from, "online").as_deref(), Some("true"));
}

/// A member of haclient needs no more; a user who may sudo needs the rules that `hatui sudoers --act` prints, and no others.
pub(super) fn without_root(lab: &Lab) {
    let rules =
        Command::new(env!("CARGO_BIN_EXE_hatui")).args(["sudoers", "--act", "--user", "sudoer"]).output().unwrap();
    let file = lab.home().join("sudoers");
    std::fs::write(&file, &rules.stdout).unwrap();
    let place = "install -m 440 /dev/stdin /etc/sudoers.d/hatui-act && visudo -qcf /etc/sudoers.d/hatui-act";
    for node in NODES {
        lab.feed(node, &["sh", "-c", place], File::open(&file).unwrap().into());
    }
    for (user, more) in [("operator", &[][..]), ("sudoer", &["--sudo"][..])] {
        let nodes = NODES.map(|node| format!("{node}.{user}"));
        let named = ["-n", &nodes[0], "-n", &nodes[1], "-n", &nodes[2]];
        let outcome = |words: &[&str]| lab.status(&[&["run", "--yes"], more, words, &named].concat());
        let run = |words: &[&str]| {
            let (code, text) = outcome(words);
            assert_eq!(code, 0, "{user}, {words:?}: {text}");
        };
        let places = Places::settled(lab);
        let (to, node) = (places.elsewhere("slow"), places.serves("slow").to_owned());
        let moved = foretold(lab, &["resource", "move", "slow", to]);
        run(&["resource", "move", "slow", to]);
        moved.came(lab);
        run(&["node", "standby", &node]);
        assert_eq!(says(lab, "node", &node, "standby").as_deref(), Some("true"), "{user}");
        run(&["node", "online", &node]);
        assert_eq!(says(lab, "node", &node, "standby").as_deref(), Some("false"), "{user}");
        run(&["resource", "maintenance", "slow", "on"]);
        run(&["resource", "maintenance", "slow", "off"]);
        run(&["resource", "restart", "slow"]);
        run(&["resource", "refresh", "batch"]);
        // Fencing asks the fencer, which knows root and haclient.
        // It is back in seconds, and may have its services again: that is no prediction that came true, and is said.
        let (code, text) = outcome(&["--confirm", NODES[2], "stonith", "fence", NODES[2]]);
        assert!(code <= 1 && text.contains("fence ha-node-3 (reboot): done"), "{user}, exit {code}: {text}");
        lab.run(&["wait-online", NODES[2], "60"]);
        lab.run(&["settle", "60"]);
    }
    for node in NODES {
        lab.run(&["exec", node, "rm", "/etc/sudoers.d/hatui-act"]);
    }
}
