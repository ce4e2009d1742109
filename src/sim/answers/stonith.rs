//! `stonith_admin --history '*'`, as XML and as text, of Pacemaker 2.1.5.

use core::fmt::{Display, Write as _};

use super::super::status::{FenceState, Ix};
use super::super::world::{Side, World};
use super::crm_mon::name;
use super::time::iso;
use super::xml::Xml;
use super::{Answer, not_connected, pacemaker};

/// The fencing history. The XML form leaves failed attempts out, as 2.1.5 does.
pub(super) fn history(world: &World, node: Ix, words: &[&str]) -> Answer {
    let Some(side) = pacemaker(world, node) else { return not_connected("stonith_admin") };
    if words.contains(&"--output-as=xml") {
        let request = format!("stonith_admin {}", words.join(" "));
        let shown = |state| state != FenceState::Failed;
        let count = side.fences.iter().filter(|event| shown(event.state)).count();
        let mut xml = Xml::default();
        xml.start("pacemaker-result", &[("api-version", &"2.25"), ("request", &request)]);
        if count == 0 {
            xml.empty("list", &[("name", &"fencing history"), ("count", &0)]);
        } else {
            xml.start("list", &[("name", &"fencing history"), ("count", &count)]);
            fence_events(&mut xml, node, side, shown);
            xml.end();
        }
        xml.empty("status", &[("code", &0), ("message", &"OK")]);
        return Answer::text(xml.finish(), 24);
    }
    let mut out = String::new();
    for event in side.fences.iter().rev() {
        let (target, origin, at) = (name(side, event.target), name(side, event.origin), iso(event.at));
        let delegate = event.delegate.map(|delegate| name(side, delegate)).unwrap_or_default();
        let client = &event.client;
        let _ = match event.state {
            FenceState::Pending => {
                writeln!(out, "{} of {target} pending: client={client}, origin={origin}", event.action)
            }
            FenceState::Success | FenceState::Failed => {
                let outcome = if event.state == FenceState::Success { "successful" } else { "failed" };
                let who = format!("delegate={delegate}, client={client}, origin={origin}");
                writeln!(out, "{} of {target} {outcome}: {who}, completed='{at}'", event.action)
            }
        };
    }
    let _ = writeln!(out, "{} events found", side.fences.len());
    Answer::text(out, 24)
}

/// The fence events, the newest first, of the states that `wanted` lets through.
pub(super) fn fence_events(xml: &mut Xml, node: Ix, side: &Side, wanted: impl Fn(FenceState) -> bool) {
    let mut events: Vec<_> = side.fences.iter().filter(|event| wanted(event.state)).collect();
    events.sort_by_key(|event| (event.state != FenceState::Pending, core::cmp::Reverse(event.at)));
    for event in events {
        let completed = World::fence_completed(event).map(iso).unwrap_or_default();
        let (target, origin, state) = (name(side, event.target), name(side, event.origin), event.state.word());
        let delegate = event.delegate.map(|delegate| name(side, delegate));
        // The node that asked knows that the device is at it; the others know that it was asked for.
        let extended = i32::from(event.origin == node);
        let mut attributes: Vec<(&str, &dyn Display)> = vec![
            ("action", &event.action),
            ("target", &target),
            ("client", &event.client),
            ("origin", &origin),
            ("status", &state),
        ];
        if event.state == FenceState::Pending {
            attributes.push(("extended-status", &extended));
        } else {
            if let Some(delegate) = &delegate {
                attributes.push(("delegate", delegate));
            }
            attributes.push(("completed", &completed));
        }
        xml.empty("fence_event", &attributes);
    }
}
