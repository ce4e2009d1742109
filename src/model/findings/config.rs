//! What the configuration says: modes that hold the cluster back, policies that are dangerous, constraints left behind.

use super::look::{Look, fires};
use super::{Finding, Judgement, Severity};
use crate::model::{Dc, Feed, LeftOver, Location, NodeName, ResourceId, Score, Text};
use crate::wire::{NodeKey, Stamp};

/// Options of the whole cluster that someone should know of.
pub(super) fn modes(look: &Look<'_>) -> Vec<Judgement> {
    let Some(options) = look.told_options() else { return Vec::new() };
    let mut judgements = Vec::new();
    if options.maintenance_mode == Some(true) {
        let words = "maintenance mode: the cluster watches and repairs nothing";
        let finding = Finding::new("maintenance-mode", "cluster", Severity::Warning, words, look.now)
            .help("crm_attribute -n maintenance-mode -v false");
        judgements.push(fires(look.by_witness(finding, "maintenance-mode=true")));
    }
    if options.stop_all_resources == Some(true) {
        let words = "stop-all-resources is set: every service is told to stop";
        let finding = Finding::new("stop-all-resources", "cluster", Severity::Critical, words, look.now)
            .help("crm_attribute -n stop-all-resources -D");
        judgements.push(fires(look.by_witness(finding, "stop-all-resources=true")));
    }
    match options.no_quorum_policy.as_deref() {
        Some("ignore") => {
            let words = "no-quorum-policy=ignore: a split runs every service twice";
            let finding = Finding::new("quorum-ignored", "cluster", Severity::Warning, words, look.now)
                .meaning("Each side of a split goes on by itself; with DRBD that is a split brain")
                .help("crm_attribute -n no-quorum-policy -D; for two nodes use two_node: 1 in corosync.conf");
            judgements.push(fires(look.by_witness(finding, "no-quorum-policy=ignore")));
        }
        None => {
            let key = Finding::new("quorum-ignored", "cluster", Severity::Warning, "", look.now).key;
            judgements.push(Judgement::Unknown(key, "the status does not tell no-quorum-policy".into()));
        }
        Some(_) => {}
    }
    judgements
}

/// Constraints that a move or a DRBD handler left behind.
pub(super) fn left_over(look: &Look<'_>) -> Vec<Judgement> {
    let told = look.witness().and_then(|(key, view)| Some((key, view.locations.as_ref()?)));
    let told =
        told.or_else(|| look.fresh(Feed::Pacemaker).find_map(|(key, view)| Some((key, view.locations.as_ref()?))));
    if let Some((key, said)) = told {
        return said.value.iter().filter_map(|location| left(look, location, key, said.since)).collect();
    }
    // Only the bans are repeated in the status.
    let bans = look.status().map(|status| status.bans.as_slice()).unwrap_or_default();
    let Some((key, view)) = look.witness() else { return Vec::new() };
    let at = view.pacemaker.as_ref().map_or(look.now, |said| said.since);
    let locations = bans.iter().map(|ban| Location {
        id: ban.id.clone(),
        resource: Some(ban.resource.clone()),
        node: Some(ban.node.clone()),
        score: Score::parse(&ban.weight.to_string()),
        role: ban.promoted_only.then(|| Text::new("Promoted")),
        ends: None,
    });
    let mut judgements: Vec<Judgement> = locations.filter_map(|location| left(look, &location, key, at)).collect();
    let key = Finding::new("left-over", "cluster", Severity::Info, "", look.now).key;
    judgements.push(Judgement::Unknown(key, "the constraints are not told, only the bans are known".into()));
    judgements
}

fn left(look: &Look<'_>, location: &Location, key: &NodeKey, at: Stamp) -> Option<Judgement> {
    let kind = location.left_by_move()?;
    if location.is_under_way(look.now) {
        return None;
    }
    let id = &location.id;
    let resource = location.resource.as_ref().map_or("a resource", ResourceId::as_str);
    let node = location.node.as_ref().map_or_else(|| "some nodes".to_owned(), ToString::to_string);
    let ends = location.ends.as_ref().map_or_else(String::new, |ends| format!(" until {ends}"));
    let role = location.role.as_ref().map_or_else(String::new, |role| format!(" ({role})"));
    // `crm_resource --clear` would remove what others put on the resource, too.
    let by_id = || format!("remove it by its id: u, or cibadmin --delete --xpath \"//rsc_location[@id='{id}']\"");
    let (severity, words, meaning, help) = match kind {
        LeftOver::Ban => (
            Severity::Warning,
            format!("{resource}{role} is kept off {node}{ends}: {id}"),
            "A move or ban left it behind; until it is removed the resource cannot fail over there",
            by_id(),
        ),
        LeftOver::Prefer => (
            Severity::Info,
            format!("{resource}{role} is drawn to {node}{ends}: {id}"),
            "A move left it behind; the resource goes back there whenever it can",
            by_id(),
        ),
        LeftOver::Lease if location.is_over(look.now) => (
            Severity::Info,
            format!("{resource}{role}: the constraint of a move is over and still there: {id}"),
            "A move of hatui's put it there and nobody removed it: whoever moved it was cut off. It draws nothing any more",
            by_id(),
        ),
        LeftOver::Lease => (
            Severity::Info,
            format!("{resource}{role} is drawn to {node}{ends}: {id}"),
            if location.ends.is_some() {
                "A move of hatui's put it there and did not remove it in time: whoever moved it may have been cut off"
            } else {
                "A move of hatui's put it there and was told to keep it; the resource goes back there whenever it can"
            },
            by_id(),
        ),
        LeftOver::DrbdHandler if whole(look) => (
            Severity::Warning,
            format!("{resource}: DRBD's handler still limits promotion though all copies are whole"),
            "DRBD's handler put it there while a copy was old; the handler that removes it did not",
            format!("after a look at drbdadm status, {}", by_id()),
        ),
        LeftOver::DrbdHandler => (
            Severity::Info,
            format!("{resource}: DRBD's handler limits promotion until the copies are whole"),
            "DRBD's handler put it there and removes it when the copies are whole again",
            "it goes by itself at the end of the resync".to_owned(),
        ),
    };
    let weight = match location.score {
        Some(Score::MinusInfinity) => "-INFINITY".to_owned(),
        Some(Score::Infinity) => "INFINITY".to_owned(),
        Some(Score::Of(score)) => score.to_string(),
        None => "by rule".to_owned(),
    };
    let in_force = kind == LeftOver::DrbdHandler && severity == Severity::Info;
    let name = if in_force { "handler-constraint" } else { "left-over" };
    // What hatui put there tells itself since when it is there.
    let since = location.lease_began().map_or(look.now, |began| began.min(look.now));
    let finding = Finding::new(name, id, severity, words, since).meaning(meaning).help(help).said(
        key,
        at,
        format!("rsc_location {id}, score {weight}"),
    );
    Some(if kind == LeftOver::DrbdHandler { super::look::brews(finding, 5) } else { fires(finding) })
}

/// Whether every copy that DRBD tells of is up to date and connected.
fn whole(look: &Look<'_>) -> bool {
    use crate::model::ConnectionState;
    look.replicates()
        && look.picture.replicas.iter().all(|replica| {
            replica.ties.iter().all(|tie| tie.state() == Some(&ConnectionState::Connected))
                && replica.volumes.iter().all(|volume| volume.up_to_date() >= volume.wanted())
        })
}

/// Resources kept for a node that was shut down.
pub(super) fn shutdown_lock(look: &Look<'_>) -> Vec<Judgement> {
    let mut waiting: Vec<(&NodeName, &ResourceId)> = Vec::new();
    for item in look.status().into_iter().flat_map(|status| &status.resources) {
        item.each_primitive(&mut |primitive| {
            if let Some(node) = &primitive.locked_to {
                waiting.push((node, &primitive.id));
            }
        });
    }
    waiting.sort_unstable();
    waiting.dedup();
    let mut nodes: Vec<&NodeName> = waiting.iter().map(|(node, _)| *node).collect();
    nodes.dedup();
    nodes
        .into_iter()
        .map(|node| {
            let held: Vec<&str> = waiting.iter().filter(|(on, _)| *on == node).map(|(_, id)| id.as_str()).collect();
            let words = format!("{} kept for {node}, which was shut down (shutdown-lock)", super::look::list(&held));
            let finding = Finding::new("shutdown-lock", node.as_str(), Severity::Critical, words, look.now)
                .help(format!("start {node}, or free them: crm_resource --refresh -r RESOURCE --node {node}"));
            fires(look.by_witness(finding, format!("locked_to {node}")))
        })
        .collect()
}

/// A partition whose DC says that it has no quorum while Corosync says it has.
pub(super) fn quorum_disputed(look: &Look<'_>) -> Vec<Judgement> {
    let Some((key, view)) = look.witness().filter(|_| look.status_is_fresh()) else { return Vec::new() };
    let Some(Dc::Node { with_quorum: Some(by_pacemaker), .. }) = look.status().map(|status| &status.dc) else {
        return Vec::new();
    };
    let Some(by_corosync) = view.quorum.as_ref().and_then(|said| said.value.quorate) else { return Vec::new() };
    if by_corosync == *by_pacemaker {
        return Vec::new();
    }
    let yes = |quorate: bool| if quorate { "quorum" } else { "no quorum" };
    let words = format!("Corosync says {}, Pacemaker says {}", yes(by_corosync), yes(*by_pacemaker));
    let finding = Finding::new("quorum-disputed", "cluster", Severity::Warning, words, look.now)
        .said(key, look.now, format!("quorumtool: {}, crm_mon: {}", yes(by_corosync), yes(*by_pacemaker)))
        .help("journalctl -u pacemaker on the DC; the two should agree within seconds");
    vec![super::look::brews(finding, 5)]
}
