//! Links of Corosync: down, seen differently from both ends, slow.

use std::collections::BTreeMap;

use super::look::{Look, brews, count, fires, list};
use super::{Finding, Judgement, Severity};
use crate::model::{Feed, LinkRow, LinkState, NodeName};

/// The rows of links between nodes that are there: that nobody reaches a node that is gone is no news, nor is it
/// that the sides of a split do not see each other.
fn between_present<'a>(look: &Look<'a>) -> impl Iterator<Item = &'a LinkRow> {
    let side = |name: &NodeName| look.picture.node(name).and_then(|row| row.partition);
    look.picture.links.iter().filter(move |row| {
        let apart = look.picture.is_partitioned() && side(&row.a) != side(&row.b);
        !apart && !look.is_gone(&row.a) && !look.is_gone(&row.b)
    })
}

fn is_down(row: &LinkRow) -> bool {
    row.state().is_some_and(|state| *state != LinkState::Connected)
}

fn said(look: &Look<'_>, mut finding: Finding, row: &LinkRow) -> Finding {
    for (from, to, says) in [(&row.a, &row.b, &row.a_says), (&row.b, &row.a, &row.b_says)] {
        let Some(state) = says else { continue };
        let Some((key, view)) = look.fresh(Feed::Corosync).find(|(_, view)| view.name() == Some(from)) else {
            continue;
        };
        let at = view.links.as_ref().map_or(look.now, |said| said.since);
        finding = finding.said(key, at, format!("link {} to {to}: {}", row.number, state.word()));
    }
    finding
}

/// Links that are down, one finding a link; and pairs of nodes that no link joins any more.
pub(super) fn down(look: &Look<'_>) -> Vec<Judgement> {
    let mut pairs: BTreeMap<(&NodeName, &NodeName), Vec<&LinkRow>> = BTreeMap::new();
    for row in between_present(look) {
        pairs.entry((&row.a, &row.b)).or_default().push(row);
    }
    let mut judgements = Vec::new();
    let mut by_number: BTreeMap<u32, Vec<&LinkRow>> = BTreeMap::new();
    for ((a, b), rows) in pairs {
        if rows.iter().all(|row| is_down(row)) {
            let what = if rows.len() == 1 { "the link is down" } else { "all links are down" };
            let words = format!("{a} and {b}: {what}, the cluster is about to split");
            let mut finding = Finding::new("links-down", &format!("{a} {b}"), Severity::Critical, words, look.now)
                .help("corosync-cfgtool -n on both; look at cables, switch and firewall between them");
            for row in rows {
                finding = said(look, finding, row);
            }
            judgements.push(fires(finding));
            continue;
        }
        for row in rows.into_iter().filter(|row| is_down(row) && !row.disputed()) {
            by_number.entry(row.number).or_default().push(row);
        }
    }
    for (number, rows) in by_number {
        let everywhere = |name: &NodeName| rows.iter().all(|row| row.a == *name || row.b == *name);
        let common = rows.first().and_then(|row| [&row.a, &row.b].into_iter().find(|name| everywhere(name)));
        let what = match (rows.as_slice(), common) {
            ([row], _) => format!("between {} and {}", row.a, row.b),
            (_, Some(node)) => format!("to {node}"),
            (rows, None) => format!("between {} of nodes", count(rows.len(), "pair")),
        };
        let words = format!("link {number} down {what}: redundancy lost");
        let mut finding = Finding::new("link-down", &format!("link {number}"), Severity::Warning, words, look.now)
            .meaning("The cluster goes on over the other links; the next fault may split it")
            .help("corosync-cfgtool -s on both ends; look at cable, switch and addresses of that network");
        for row in rows {
            finding = said(look, finding, row);
        }
        judgements.push(fires(finding));
    }
    judgements.extend(faulty(look));
    judgements
}

/// Links of Corosync 2, of which it tells no peers.
fn faulty(look: &Look<'_>) -> Vec<Judgement> {
    let mut by_number: BTreeMap<u32, Vec<(&crate::wire::NodeKey, &LinkState)>> = BTreeMap::new();
    for (key, view) in look.fresh(Feed::Corosync) {
        for link in view.links.iter().flat_map(|said| &said.value) {
            if let Some(state) = link.whole.as_ref().filter(|state| **state != LinkState::Connected) {
                by_number.entry(link.number).or_default().push((key, state));
            }
        }
    }
    by_number
        .into_iter()
        .map(|(number, told)| {
            let nodes: Vec<&str> = told.iter().map(|(key, _)| look.called(key)).collect();
            let words = format!("link {number} is faulty on {}: redundancy lost", list(&nodes));
            let mut finding = Finding::new("link-down", &format!("link {number}"), Severity::Warning, words, look.now)
                .help("corosync-cfgtool -s; once repaired: corosync-cfgtool -r");
            for (key, state) in told {
                finding = finding.said(key, look.now, format!("link {number}: {}", state.word()));
            }
            fires(finding)
        })
        .collect()
}

/// Links whose two ends contradict each other for longer than news takes.
pub(super) fn disputed(look: &Look<'_>) -> Vec<Judgement> {
    between_present(look)
        .filter(|row| row.disputed())
        .map(|row| {
            let word = |says: &Option<LinkState>| says.as_ref().map_or("nothing", LinkState::word).to_owned();
            let words = format!(
                "link {}: {} says {}, {} says {}",
                row.number,
                row.a,
                word(&row.a_says),
                row.b,
                word(&row.b_says)
            );
            let subject = format!("link {} {} {}", row.number, row.a, row.b);
            let finding = Finding::new("link-disputed", &subject, Severity::Warning, words, look.now)
                .meaning(
                    "Packets pass one way only: the cluster may lose the node though the link looks up from one end",
                )
                .help("look at firewall, addresses and MTU of that network on both ends");
            brews(said(look, finding, row), 3)
        })
        .collect()
}

/// From which part of the token timeout on a link is slow: knet holds a link for down when a round trip takes
/// half of it (`knet_ping_timeout` is token / `knet_pong_count`, 2 by default).
const SLOW_PART: u64 = 4;

/// Latency near the token timeout.
pub(super) fn slow(look: &Look<'_>) -> Vec<Judgement> {
    let mut judgements = Vec::new();
    let measured: Vec<(&LinkRow, u64)> =
        between_present(look).filter_map(|row| Some((row, u64::from(row.latency.as_ref()?.average_us?)))).collect();
    if measured.is_empty() {
        return judgements;
    }
    let token_us = look.fresh(Feed::Corosync).filter_map(|(_, view)| view.token).min();
    let Some(token_us) = token_us.and_then(|token| u64::try_from(token.as_micros()).ok()) else {
        let key = Finding::new("link-slow", "cluster", Severity::Warning, "", look.now).key;
        return vec![Judgement::Unknown(key, "no node tells its token timeout".into())];
    };
    for (row, average) in measured.into_iter().filter(|(_, average)| average.saturating_mul(SLOW_PART) >= token_us) {
        let (ms, token) = (average / 1000, token_us / 1000);
        let words = format!("link {} {} to {}: {ms} ms, near the token timeout ({token} ms)", row.number, row.a, row.b);
        let subject = format!("link {} {} {}", row.number, row.a, row.b);
        judgements.push(fires(
            Finding::new("link-slow", &subject, Severity::Warning, words, look.now)
                .meaning("A link this slow is soon held for down, and then the node for lost")
                .help("look at the load of network and hosts; a longer token in corosync.conf buys time"),
        ));
    }
    judgements
}
