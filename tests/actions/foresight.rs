//! What would happen if …: asked by keys and by the program, and then it happens.

use std::time::Duration;

use super::hand::Hand;
use super::lab::{Lab, NODES};
use super::places::Places;

/// The matrix is asked to its end; nothing changes by that. Then the node that has the services is lost: they go where the
/// matrix said.
pub(super) fn node_lost(lab: &Lab) {
    let before = Places::settled(lab);
    let node = before.serves("store").to_owned();
    let mut hand = Hand::on(lab);
    hand.terminal.keys("W");
    hand.terminal.wait("all questions answered", Duration::from_mins(1), |screen| {
        screen.contains(" questions: ") && screen.contains("· asked of ha-node-")
    });
    let screen = hand.terminal.screen();
    let row =
        |words: &str| screen.lines().find(|line| line.contains(words)).unwrap_or_else(|| panic!("{words}\n{screen}"));
    assert!(row(&format!("{node} lost")).contains("fine"), "{screen}");
    assert!(row("ha-node-1 + ha-node-2 lost").contains("down"), "two of three have no quorum\n{screen}");
    hand.leave();
    assert_eq!(Places::settled(lab), before, "asking moved something");
    assert!(hand.audit().is_empty(), "asking changed something");

    let nodes = ["-n", NODES[0], "-n", NODES[1], "-n", NODES[2]];
    let (code, text) = lab.status(&[&["what-if", "node-down", &node, "--json"][..], &nodes].concat());
    let told: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, told["outlook"].as_str()), (0, Some("fine")), "{text}");
    let answer = &told["answers"][0];
    assert_eq!(answer["fences"][0]["node"].as_str(), Some(node.as_str()), "{text}");
    // Its power stays off, so that what was foretold can be looked at.
    lab.run(&["fence-fault", &node, "noboot"]);
    lab.run(&["power", "off", &node]);
    hand.terminal.wait("the node fenced, and off", Duration::from_mins(1), |screen| {
        screen.contains(&format!("{node} OFFLINE: fenced by"))
    });
    let after = Places::settled(lab);
    for service in answer["services"].as_array().unwrap() {
        let id = match service["id"].as_str().unwrap() {
            "web" => "web-app",
            "store-clone" => "store",
            "ping-clone" => "ping",
            id => id,
        };
        let then: Vec<&str> = service["then"].as_array().unwrap().iter().filter_map(|node| node.as_str()).collect();
        assert_eq!(after.all_that_serve(id), then, "{id}: {text}");
    }
}

/// One turn of rolling maintenance: safe, standby, idle, the work, online, whole again.
pub(super) fn rolling(lab: &Lab) {
    let mut hand = Hand::on(lab);
    hand.press("R", "the first node safe to take away", |screen| {
        screen.contains("rolling maintenance") && screen.contains("[x] safe to take away")
    });
    let screen = hand.terminal.screen();
    let node = NODES.into_iter().find(|node| screen.contains(&format!("▸ {node}  can be taken away"))).unwrap();
    let title = format!("standby {node}");
    hand.terminal.keys("\r");
    hand.ready(&title);
    hand.confirm();
    hand.verdict(&title, Duration::from_mins(1));
    hand.terminal.keys("\x1b");
    hand.terminal.wait("the node idle", Duration::from_secs(30), |screen| {
        screen.contains("[x] idle: nothing runs there") && screen.contains("[ ] your work")
    });
    let places = Places::now(lab);
    assert!(!places.any_on(node), "{node} is not idle: {places:?}");
    let title = format!("bring {node} back from standby");
    hand.terminal.keys("\r");
    hand.ready(&title);
    hand.confirm();
    hand.verdict(&title, Duration::from_mins(1));
    hand.terminal.keys("\x1b");
    hand.terminal.wait("the next node's turn", Duration::from_mins(1), |screen| {
        screen.contains(&format!("{node}  done")) && screen.contains("can be taken away")
    });
    // Nothing more is wanted.
    hand.terminal.keys("x");
    assert_eq!(hand.audit().len(), 2, "{:?}", hand.audit());
}
