//! Votes and membership: whether there is quorum, whether it would survive another loss, who decides.

use core::time::Duration;

use super::look::{Look, brews, count, fires, list};
use super::{Finding, Judgement, Severity};
use crate::model::{Dc, FactKey, Feed, NodeName, Partition, QuorumStatus};

/// The nodes form two clusters that do not see each other.
pub(super) fn partitioned(look: &Look<'_>) -> Vec<Judgement> {
    let rings: Vec<&Partition> = look.picture.partitions.iter().filter(|partition| partition.ring.is_some()).collect();
    if rings.len() < 2 {
        return Vec::new();
    }
    let sides: Vec<String> = rings.iter().map(|partition| side(look, partition)).collect();
    let since = rings
        .iter()
        .flat_map(|partition| &partition.speakers)
        .filter_map(|key| look.cluster.views().get(key)?.quorum.as_ref().map(|said| said.since));
    let words = format!("cluster split: {}", sides.join(" | "));
    let meaning = "Each side holds the other for lost; only a side with quorum may run services, and only fencing makes \
                   sure that the other has stopped";
    let mut finding =
        Finding::new("split-cluster", "cluster", Severity::Critical, words, since.max().unwrap_or(look.now))
            .meaning(meaning)
            .help("find what cut the network (links below); the sides join by themselves once they see each other");
    for partition in &rings {
        for key in &partition.speakers {
            let Some(said) = look.cluster.views().get(key).and_then(|view| view.quorum.as_ref()) else { continue };
            let ring = said.value.ring.as_ref().map_or("not told", |ring| ring.as_str());
            finding = finding.said(key, said.since, format!("ring {ring}: {}", members(&said.value)));
        }
    }
    for row in look.picture.links.iter().filter(|row| row.state().is_some_and(|state| state.word() != "connected")) {
        let Some((key, _)) = look.fresh(Feed::Corosync).find(|(_, view)| view.name() == Some(&row.a)) else { continue };
        finding = finding.said(key, look.now, format!("link {} {} to {} down", row.number, row.a, row.b));
    }
    // A ring that one node has left and another has not yet heard of is no split: there the members overlap.
    let overlap = rings.iter().enumerate().any(|(at, one)| {
        rings.iter().skip(at + 1).any(|other| one.members.intersection(&other.members).next().is_some())
    });
    // Nor is one a node alone whose Pacemaker is not up: it boots, and will join the others in a moment.
    let boots = rings.iter().any(|partition| {
        let mut views = partition.speakers.iter().filter_map(|key| look.cluster.views().get(key));
        partition.members.len() == 1 && views.all(|view| view.status().is_none())
    });
    vec![if overlap || boots { brews(finding, 3) } else { fires(finding) }]
}

fn members(quorum: &QuorumStatus) -> String {
    let names: Vec<&str> = quorum.members.iter().map(|voter| voter.name.as_str()).collect();
    names.join(" ")
}

fn side(look: &Look<'_>, partition: &Partition) -> String {
    let names: Vec<&str> = if partition.members.is_empty() {
        partition.speakers.iter().map(|key| look.called(key)).collect()
    } else {
        partition.members.iter().map(NodeName::as_str).collect()
    };
    let quorum = match partition.quorate {
        Some(true) => "quorum",
        Some(false) => "no quorum",
        None => "quorum unknown",
    };
    format!("{} ({quorum})", names.join(" "))
}

/// Nodes of one membership that tell different things for longer than news takes.
pub(super) fn views_differ(look: &Look<'_>) -> Vec<Judgement> {
    if look.picture.is_partitioned() {
        return Vec::new();
    }
    let differing: Vec<(&FactKey, _)> =
        look.cluster.disagreements(look.now).filter(|(key, _)| !key.is_membership()).collect();
    let Some((first, since)) = differing.iter().min_by_key(|(_, since)| *since) else { return Vec::new() };
    let more = match differing.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let mut finding =
        Finding::new("views-differ", "cluster", Severity::Warning, format!("nodes disagree on {first}{more}"), *since)
            .meaning("Nodes that see each other tell different things: one of them is not up to date")
            .help("the truth matrix (w) shows who says what");
    let truth = look.cluster.truth(look.now);
    if let Some(row) = truth.rows.iter().find(|row| row.key == **first) {
        for ((node, _), cell) in truth.nodes.iter().zip(&row.cells) {
            if let Some(fact) = cell {
                finding = finding.said(node, *since, fact.to_string());
            }
        }
    }
    vec![fires(finding)]
}

/// A cluster without quorum stops or freezes its services.
pub(super) fn no_quorum(look: &Look<'_>) -> Vec<Judgement> {
    // The split tells it of the side without quorum already, if another side has it.
    let quorate_side = look.picture.partitions.iter().any(|partition| partition.quorate == Some(true));
    if (look.picture.is_partitioned() && quorate_side) || look.has_quorum() != Some(false) {
        return Vec::new();
    }
    let policy = look.told_options().and_then(|options| options.no_quorum_policy.as_deref());
    let effect = match policy {
        Some("ignore") => "services run on regardless",
        Some("freeze") => "services that run go on, nothing starts or moves",
        Some("stop") | None => "services stop",
        Some("demote") => "promoted copies are demoted, others stop",
        Some("fence" | "suicide") => "its nodes fence themselves",
        Some(_) => "services may stop",
    };
    let told = look.fresh(Feed::Corosync).find_map(|(key, view)| {
        let said = view.quorum.as_ref().filter(|said| said.value.quorate == Some(false))?;
        Some((key, said))
    });
    let Some((key, said)) = told else {
        let finding =
            Finding::new("no-quorum", "cluster", Severity::Critical, format!("no quorum: {effect}"), look.now)
                .help("corosync-quorumtool -s on each node; bring the missing nodes back");
        return vec![fires(look.by_witness(finding, "DC with_quorum=false"))];
    };
    let quorum = &said.value;
    let enough = matches!((quorum.total_votes, quorum.quorum), (Some(total), Some(needed)) if total >= needed);
    if quorum.has_flag("WaitForAll") && enough {
        let seen = quorum.total_votes.unwrap_or_default();
        let expected = quorum.expected_votes.map_or_else(String::new, |votes| format!(" of {votes}"));
        let words = format!("waits for all nodes before it starts anything: {seen}{expected} votes so far");
        let finding = Finding::new("waits-for-all", "cluster", Severity::Critical, words, said.since)
            .said(key, said.since, "Flags: WaitForAll, not quorate")
            .meaning("With wait_for_all a cluster that was stopped runs nothing until it has seen every node once")
            .help("start the missing nodes; only if they are surely off: corosync-cmapctl -s quorum.cancel_wait_for_all u8 1");
        return vec![fires(finding)];
    }
    let votes = match (quorum.total_votes, quorum.quorum) {
        (Some(total), Some(needed)) => format!(" ({total} of {needed} votes needed)"),
        _ => String::new(),
    };
    let blocked = if quorum.blocked { "Quorate: No, activity blocked" } else { "Quorate: No" };
    vec![fires(
        Finding::new("no-quorum", "cluster", Severity::Critical, format!("no quorum{votes}: {effect}"), said.since)
            .said(key, said.since, blocked)
            .help("corosync-quorumtool -s on each node; bring the missing nodes back"),
    )]
}

/// Quorum that the loss of one more node would end.
pub(super) fn fragile(look: &Look<'_>) -> Vec<Judgement> {
    let Some((key, said)) = look.fresh(Feed::Corosync).find_map(|(key, view)| {
        let shown = look.picture.partitions.first().is_none_or(|partition| partition.speakers.contains(key));
        Some((key, view.quorum.as_ref().filter(|_| shown)?))
    }) else {
        return Vec::new();
    };
    let quorum = &said.value;
    let (Some(true), Some(total), Some(needed)) = (quorum.quorate, quorum.total_votes, quorum.quorum) else {
        return Vec::new();
    };
    let heaviest = quorum.members.iter().filter_map(|voter| voter.votes).max().unwrap_or(1);
    let expected = quorum.expected_votes.unwrap_or(total);
    let pair = quorum.has_flag("2Node");
    // A lone node, and a pair that is meant to live on with one, have nothing to lose here that another finding
    // would not tell.
    if pair || expected <= 1 || total.saturating_sub(heaviest) >= needed {
        return Vec::new();
    }
    let missing = expected.saturating_sub(total);
    let words = if missing > 0 {
        format!("quorum would be lost with one more node: {total} of {expected} votes, {needed} needed")
    } else {
        format!("quorum would be lost with any node: {total} votes, {needed} needed")
    };
    vec![fires(
        Finding::new("quorum-fragile", "cluster", Severity::Warning, words, said.since)
            .said(key, said.since, format!("Total votes: {total}, Quorum: {needed}"))
            .help("bring the missing nodes back; for two nodes set two_node: 1 in corosync.conf"),
    )]
}

/// Nobody decides.
pub(super) fn no_dc(look: &Look<'_>) -> Vec<Judgement> {
    let Some(status) = look.status().filter(|_| look.status_is_fresh()) else { return Vec::new() };
    if status.dc != Dc::None {
        return Vec::new();
    }
    let finding =
        Finding::new("no-dc", "cluster", Severity::Warning, "no DC: nothing is started, moved or fenced", look.now)
            .meaning("An election normally takes a second or two")
            .help("crmadmin -D; journalctl -u pacemaker on the nodes");
    vec![brews(look.by_witness(finding, "current_dc present=false"), 5)]
}

/// What a DC that changes often is measured over, and how often is often.
const DC_SPAN: Duration = Duration::from_mins(10);
const DC_OFTEN: usize = 3;

/// A DC that changes again and again.
pub(super) fn dc_restless(look: &Look<'_>) -> Vec<Judgement> {
    let recent: Vec<_> = look.cluster.dc_changes().filter(|(at, _)| look.now.since(*at) <= DC_SPAN).collect();
    let Some((first, _)) = recent.first().filter(|_| recent.len() >= DC_OFTEN) else { return Vec::new() };
    let mut names: Vec<&str> = recent.iter().map(|(_, name)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let words = format!("the DC changed {} in 10 min: {}", count(recent.len(), "time"), list(&names));
    let finding = Finding::new("dc-restless", "cluster", Severity::Warning, words, *first)
        .meaning("Elections again and again point to a node that is overloaded or a network that loses messages")
        .help("journalctl -u corosync -u pacemaker on the DCs; look at load and link latency");
    vec![fires(finding)]
}
