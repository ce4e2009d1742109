//! A link between two nodes: both ends' words, addresses, latency.

use super::{Context, Line, Sheet, Tone, findings_about, names};
use crate::app::say::{self, known};
use crate::app::units::{count, latency};
use crate::model::{LinkState, NodeId, NodeName, ReachedLink, View};

/// Writes all that is known of it.
pub(super) fn write(context: &Context<'_>, number: u32, a: &NodeName, b: &NodeName, sheet: &mut Sheet) {
    let rows = &context.cluster.picture().links;
    let Some(row) = rows.iter().find(|row| row.number == number && row.a == *a && row.b == *b) else {
        super::gone(&format!("link {number} between {a} and {b}"), sheet);
        return;
    };
    let (tone, word) = said(row.state());
    sheet.put(Line::of(tone, word));
    if row.disputed() {
        sheet
            .item(2, Line::of(Tone::Differs, "its ends contradict each other: traffic may pass in one direction only"));
    }
    for (node, says, address) in [(a, &row.a_says, &row.addresses.0), (b, &row.b_says, &row.addresses.1)] {
        let (tone, word) = said(says.as_ref());
        let address =
            address.as_ref().map_or_else(|| "address unknown".to_owned(), |address| format!("address {address}"));
        let word = if says.is_none() { "nothing".to_owned() } else { word };
        let line = Line::of(Tone::Accent, node.to_string()).then(" says ").and(tone, word);
        sheet.item(2, line.and(Tone::Dim, format!(", {address}")));
    }
    findings_about(context, |subject| is_about(subject, number, a, b), sheet);
    let up = row.state() == Some(&LinkState::Connected);
    sheet.heading(if up { "latency, as each end measures it" } else { "latency while it was connected" });
    for (here, there) in [(a, b), (b, a)] {
        measured(context, number, here, there, sheet);
    }
    trail(&row.trail, sheet);
    others(context, number, a, b, sheet);
}

/// Whether a finding's subject is this link, or all links between these nodes.
fn is_about(subject: &str, number: u32, a: &NodeName, b: &NodeName) -> bool {
    let ends = names(subject, a.as_str()) && names(subject, b.as_str());
    let this = format!("link {number}");
    subject == this || (ends && (!subject.starts_with("link ") || subject.starts_with(&format!("{this} "))))
}

fn said(state: Option<&LinkState>) -> (Tone, String) {
    state.map_or((Tone::Dim, "unknown".to_owned()), |state| (say::link_tone(state), state.word().to_owned()))
}

/// The view of a node, and the number of another as it knows it.
fn end<'a>(context: &Context<'a>, here: &NodeName, there: &NodeName) -> Option<(&'a View, NodeId)> {
    let view = context.cluster.views().values().find(|view| view.name() == Some(here))?;
    let by_quorum = || {
        let quorum = &view.quorum.as_ref()?.value;
        quorum.members.iter().find(|voter| voter.name == *there).map(|voter| voter.id)
    };
    let id = context.cluster.picture().node(there).and_then(|row| row.id).or_else(by_quorum)?;
    Some((view, id))
}

fn measured(context: &Context<'_>, number: u32, here: &NodeName, there: &NodeName, sheet: &mut Sheet) {
    let told = end(context, here, there).and_then(|(view, id)| view.latency.as_ref()?.value.get(&(id, number)));
    let start = Line::of(Tone::Accent, here.to_string()).then(" ");
    let Some(told) = told else {
        sheet.item(2, start.and(Tone::Dim, "does not tell"));
        return;
    };
    let of = |micros: Option<u32>| micros.map_or_else(|| "unknown".to_owned(), latency);
    let words = format!(
        "average {}, highest average {}, {} samples, went down {} since Corosync started",
        of(told.average_us),
        of(told.max_us),
        known(told.samples),
        told.down_count.map_or_else(|| "unknown times".to_owned(), |times| count(times as usize, "time")),
    );
    sheet.item(2, start.then(words));
}

/// The averages seen since hatui started.
fn trail(trail: &[u32], sheet: &mut Sheet) {
    let (Some(least), Some(most)) = (trail.iter().min(), trail.iter().max()) else { return };
    let words = format!(
        "{} since hatui started, from {} to {}",
        count(trail.len(), "average"),
        latency(*least),
        latency(*most)
    );
    sheet.item(2, Line::of(Tone::Dim, words));
}

/// Addresses and MTU by `corosync-cfgtool -n`.
fn others(context: &Context<'_>, number: u32, a: &NodeName, b: &NodeName, sheet: &mut Sheet) {
    let reached = |here: &NodeName, there: &NodeName| -> Option<ReachedLink> {
        let (view, id) = end(context, here, there)?;
        let links = view.reach.as_ref()?.value.links.get(&id)?;
        links.iter().find(|link| link.number == number).cloned()
    };
    sheet.heading("path");
    for (here, there) in [(a, b), (b, a)] {
        let words = match reached(here, there) {
            Some(link) => {
                let mtu = link.mtu.map_or_else(|| "unknown".to_owned(), |mtu| format!("{mtu} bytes"));
                format!("from {} to {}, MTU {mtu}", known(link.from), known(link.to))
            }
            None => "not told".to_owned(),
        };
        sheet.item(2, Line::of(Tone::Accent, here.to_string()).then(format!(" {words}")));
    }
}
