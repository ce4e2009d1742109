//! Moves that go well.

use super::hand::Hand;
use super::lab::Lab;
use super::places::{Places, foretold};

/// The group takes the promoted copy that it needs along.
pub(super) fn group(lab: &Lab) {
    let to = Places::settled(lab).elsewhere("web-ip");
    let foretold = foretold(lab, &["resource", "move", "web", to]);
    let mut hand = Hand::on(lab);
    let title = format!("move web to {to}");
    hand.select(2, "web");
    hand.choose("f", &format!("move web on {to}"));
    hand.ready(&title);
    foretold.is_shown(&hand.terminal.screen());
    hand.confirm();
    let verdict = hand.verdict(&title, super::hand::VERDICT);
    eprintln!("       {}", verdict.first);
    assert!(verdict.first.contains(": done in") && verdict.first.contains("away for"), "{}", verdict.page);
    foretold.came(lab);
    assert_eq!(Places::now(lab).serves("store"), to, "its promoted copy goes with it");
    let audit = hand.audit();
    assert!(audit.len() == 2 && audit[0].contains("--create") && audit[1].contains("--delete"), "{audit:?}");
}

/// From the clone, and back from a node: by the key for promotion.
pub(super) fn promoted_role(lab: &Lab) {
    let from = Places::settled(lab).serves("store").to_owned();
    let to = Places::now(lab).elsewhere("store");
    let there = foretold(lab, &["resource", "promote", "store-clone", to]);
    let mut hand = Hand::on(lab);
    hand.act((2, "store-clone"), "p", &format!("promote store-clone on {to}"), &format!("move store-clone to {to}"));
    there.came(lab);
    hand.leave();
    let back = foretold(lab, &["resource", "promote", "store-clone", &from]);
    hand.act((1, &from), "p", "", &format!("move store-clone to {from}"));
    back.came(lab);
    assert_eq!(Places::now(lab).serves("web-ip"), from);
}
