//! What is done to nodes, and maintenance: fencing, standby, hands off.

use super::hand::{Hand, VERDICT};
use super::lab::{Lab, NODES};
use super::places::{Places, foretold, says};

fn power_log(lab: &Lab) -> String {
    std::fs::read_to_string(lab.directory.join("log/power.log")).unwrap_or_default()
}

/// The promoted copy and the group are on it: they are taken over as foretold. A wrong name does nothing.
pub(super) fn fence(lab: &Lab) {
    let node = Places::settled(lab).serves("store").to_owned();
    let foretold = foretold(lab, &["stonith", "fence", &node]);
    assert_eq!(foretold.plan["confirm"].as_str(), Some(node.as_str()));
    // Its power stays off, so that what was foretold can be looked at.
    lab.run(&["fence-fault", &node, "noboot"]);
    let before = power_log(lab);
    let title = format!("fence {node} (reboot)");
    let mut hand = Hand::on(lab);
    hand.select(1, &node);
    hand.choose("F", &format!("reboot {node}"));
    hand.ready(&title);
    foretold.is_shown(&hand.terminal.screen());
    hand.press("ha-node-9", "what is typed", |screen| screen.contains("to do it: ha-node-9"));
    hand.press("\r", "the refusal", |screen| screen.contains("that is not the name: nothing is done"));
    hand.press("\x15", "nothing typed", |screen| screen.contains("to do it: ▏"));
    hand.press("\r", "the refusal of no name", |screen| screen.contains("that is not the name: nothing is done"));
    assert!(hand.audit().is_empty() && power_log(lab) == before, "a wrong name did something");
    hand.press(&node, "the name", |screen| screen.contains(&format!("to do it: {node}")));
    hand.press("\r", "the fencing begun", |screen| !screen.contains("to do it: "));
    let verdict = hand.verdict(&title, VERDICT);
    eprintln!("       {}", verdict.first);
    assert!(verdict.first.contains(": done in"), "{}", verdict.page);
    let log = power_log(lab);
    let asked = log[before.len()..].lines().filter(|line| line.contains(&format!("reboot {node}: asked"))).count();
    assert_eq!(asked, 1, "{log}");
    foretold.came(lab);
    let audit = hand.audit();
    assert!(audit.len() == 1 && audit[0].contains("stonith_admin --reboot"), "{audit:?}");
}

/// Taken back by the key that the verdict offers.
pub(super) fn standby(lab: &Lab) {
    let node = Places::settled(lab).serves("web-ip").to_owned();
    let away = foretold(lab, &["node", "standby", &node]);
    let mut hand = Hand::on(lab);
    let verdict = hand.act((1, &node), "s", "", &format!("standby {node}"));
    eprintln!("       {}", verdict.first);
    away.came(lab);
    assert_eq!(says(lab, "node", &node, "standby").as_deref(), Some("true"));
    let back = foretold(lab, &["node", "online", &node]);
    let title = format!("bring {node} back from standby");
    hand.terminal.keys("u");
    hand.ready(&title);
    back.is_shown(&hand.terminal.screen());
    hand.confirm();
    let verdict = hand.verdict(&title, VERDICT);
    assert!(verdict.first.contains(": done"), "{}", verdict.page);
    back.came(lab);
    assert_eq!(says(lab, "node", &node, "standby").as_deref(), Some("false"));
}

/// Of each, begun and ended; nothing moves.
pub(super) fn maintenance(lab: &Lab) {
    let before = Places::settled(lab);
    let mut hand = Hand::on(lab);
    let node = NODES[1];
    let told = |kind: &str, name: &str, attribute: &str, wanted: &str, what: &str| {
        assert_eq!(says(lab, kind, name, attribute).as_deref(), Some(wanted), "{what}");
    };
    let title = format!("maintenance of {node}");
    hand.act((1, node), "m", &title, &title);
    told("node", node, "maintenance", "true", "the node is left alone");
    hand.leave();
    let title = format!("end the maintenance of {node}");
    hand.act((1, node), "m", &title, &title);
    told("node", node, "maintenance", "false", "the node is looked after");
    hand.leave();
    hand.act((2, "slow"), "m", "maintenance of slow", "maintenance of slow");
    told("resource", "slow", "managed", "false", "slow is left alone");
    hand.leave();
    hand.act((2, "slow"), "m", "end the maintenance of slow", "end the maintenance of slow");
    told("resource", "slow", "managed", "true", "slow is looked after");
    hand.leave();
    hand.act((2, "slow"), "m", "maintenance of the whole cluster", "maintenance of the cluster");
    told("cluster_options", "", "maintenance-mode", "true", "all is left alone");
    hand.leave();
    let title = "end the maintenance of the cluster";
    hand.act((2, "slow"), "m", title, title);
    told("cluster_options", "", "maintenance-mode", "false", "all is looked after");
    assert_eq!(Places::settled(lab), before, "something moved");
    assert_eq!(hand.audit().len(), 6);
}
