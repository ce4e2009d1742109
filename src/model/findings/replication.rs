//! DRBD: whether the nodes are connected, and who may write. Split brain is inferred: DRBD does not tell it.

use super::look::{Look, brews, count, fires, list, size};
use super::{Finding, Judgement, Severity, copies};
use crate::model::{ConnectionState, DiskState, DrbdName, DrbdRole, Feed, NodeName, ReplicaSet, Replication, Tie};

/// All findings of replication.
pub(super) fn replication(look: &Look<'_>) -> Vec<Judgement> {
    let mut judgements = Vec::new();
    for replica in &look.picture.replicas {
        judgements.extend(replica.ties.iter().filter_map(|tie| connection(look, replica, tie)));
        judgements.extend(unconnected(look, replica));
        judgements.extend(primaries(look, replica));
        judgements.extend(suspended(look, replica));
        for volume in &replica.volumes {
            judgements.extend(copies::copies(look, replica, volume));
            judgements.extend(volume.syncs.iter().map(|sync| copies::resync(look, replica, volume, sync)));
        }
    }
    judgements.extend(own_words(look));
    judgements
}

pub(super) fn new(
    look: &Look<'_>,
    rule: &'static str,
    subject: &str,
    severity: Severity,
    words: impl AsRef<str>,
) -> Finding {
    Finding::new(rule, subject, severity, words, look.now)
}

/// The finding with the words of the nodes concerned, as their DRBD tells them.
pub(super) fn by<'a>(
    look: &Look<'_>,
    mut finding: Finding,
    said: impl IntoIterator<Item = (&'a NodeName, String)>,
) -> Finding {
    for (name, words) in said {
        let Some((key, view)) = look.fresh(Feed::Drbd).find(|(_, view)| view.name() == Some(name)) else { continue };
        let at = view.drbd.as_ref().map_or(look.now, |said| said.since);
        finding = finding.said(key, at, words);
    }
    finding
}

fn tie_words(tie: &Tie) -> Vec<(&NodeName, String)> {
    let said = [(&tie.a, &tie.b, &tie.a_says), (&tie.b, &tie.a, &tie.b_says)];
    let told = said.into_iter().filter_map(|(from, to, says)| Some((from, to, says.as_ref()?)));
    told.map(|(from, to, state)| (from, format!("connection to {to}: {}", state.word()))).collect()
}

/// What Pacemaker makes of it, for people who look there first.
fn pacemaker_green(look: &Look<'_>) -> bool {
    look.status_is_fresh()
        && look.status().is_some_and(|status| {
            let mut fault = !status.failures.is_empty();
            for item in &status.resources {
                item.each_primitive(&mut |part| fault |= part.failed == Some(true) || part.blocked == Some(true));
            }
            !fault && look.full_members().all(|member| member.state().is_up())
        })
}

/// The words with a hint for those who look at Pacemaker first, where there is room.
fn with_pacemaker(look: &Look<'_>, words: String) -> String {
    let hint = "; Pacemaker shows no fault";
    if pacemaker_green(look) && words.chars().count() + hint.len() <= 78 { words + hint } else { words }
}

/// A connection that is not there.
fn connection(look: &Look<'_>, replica: &ReplicaSet, tie: &Tie) -> Option<Judgement> {
    let name = &replica.name;
    let subject = if replica.ties.len() > 1 { format!("{name} {}-{}", tie.a, tie.b) } else { name.to_string() };
    let state = tie.state()?;
    if *state == ConnectionState::Connected {
        return None;
    }
    let pair = format!("{} and {}", tie.a, tie.b);
    if tie.given_up() {
        let both = tie.a_says == tie.b_says;
        let old = behind(replica, tie);
        if tie.looks_split() && old.is_none() {
            let words = if both {
                format!("{name}: split brain likely, both ends StandAlone")
            } else {
                let alone = alone(tie);
                format!("{name}: split brain or disconnected by hand: {alone} is StandAlone")
            };
            let finding = new(look, "drbd-split-brain", &subject, Severity::Critical, with_pacemaker(look, words))
                .meaning(
                    "The copies are no longer replicated and both are taken for the newest: each write makes them differ \
                     more. Inferred, since DRBD does not tell a split brain: a disconnect by hand looks the same",
                )
                .help(format!(
                    "decide whose data is kept; on the other: drbdadm disconnect {name}; drbdadm secondary {name}; \
                     drbdadm connect --discard-my-data {name}; on the kept one: drbdadm connect {name}"
                ));
            return Some(fires(by(look, finding, tie_words(tie))));
        }
        let who = if both { "both ends".to_owned() } else { alone(tie).to_string() };
        let why = old.map_or_else(String::new, |(node, disk)| format!(", {node} is {}", disk.word()));
        let words = format!("{name}: StandAlone on {who}{why}: not replicated");
        let finding = new(look, "drbd-standalone", &subject, Severity::Critical, with_pacemaker(look, words))
            .meaning("That end has given up: it does not come back by itself. An outdated end is not a split brain")
            .help(format!(
                "drbdadm connect {name} on the StandAlone end; journalctl -k | grep drbd tells why it gave up"
            ));
        return Some(fires(by(look, finding, tie_words(tie))));
    }
    // A peer that is gone is told as a node; of one that is not heard, or has the resource down, the copy is told.
    if look.is_gone(&tie.a) || look.is_gone(&tie.b) || told_as_copy(replica, tie) {
        return None;
    }
    let finding =
        new(look, "drbd-disconnected", &subject, Severity::Warning, format!("{name}: {} between {pair}", state.word()))
            .meaning("Writes go to one copy only; it goes on by itself when the network is back")
            .help(format!("drbdadm status {name}; look at the network between the two and at port and firewall"));
    Some(brews(by(look, finding, tie_words(tie)), 2))
}

/// Whether one end says nothing, and its copy is not taken for good either.
fn told_as_copy(replica: &ReplicaSet, tie: &Tie) -> bool {
    let silent = match (&tie.a_says, &tie.b_says) {
        (None, Some(_)) => &tie.a,
        (Some(_), None) => &tie.b,
        _ => return false,
    };
    let mut copies = replica.volumes.iter().flat_map(|volume| &volume.copies).filter(|copy| copy.node == *silent);
    copies.any(|copy| copy.disk != Some(DiskState::UpToDate))
}

fn alone(tie: &Tie) -> &NodeName {
    if tie.a_says == Some(ConnectionState::StandAlone) { &tie.a } else { &tie.b }
}

/// An end whose copy is known to be old or not whole: with it there is no split brain.
fn behind<'a>(replica: &'a ReplicaSet, tie: &Tie) -> Option<(&'a NodeName, &'a DiskState)> {
    let copies = replica.volumes.iter().flat_map(|volume| &volume.copies);
    let ends = copies.filter(|copy| (copy.node == tie.a || copy.node == tie.b) && copy.own_word);
    ends.filter_map(|copy| Some((&copy.node, copy.disk.as_ref()?))).find(|(_, disk)| {
        matches!(disk, DiskState::Outdated | DiskState::Inconsistent | DiskState::Diskless | DiskState::Failed)
    })
}

/// Nodes whose resource has no connection at all: so DRBD 8.4 leaves it when it gives up.
fn unconnected(look: &Look<'_>, replica: &ReplicaSet) -> Option<Judgement> {
    let lonely: Vec<&NodeName> = look
        .fresh(Feed::Drbd)
        .filter_map(|(_, view)| {
            let resource = view.drbd.as_ref()?.value.resources.get(&replica.name)?;
            (resource.peers.is_empty() && !resource.volumes.is_empty()).then_some(view.name()?)
        })
        .collect();
    let words: Vec<&str> = lonely.iter().map(|node| node.as_str()).collect();
    let first = *lonely.first()?;
    let name = &replica.name;
    let words = with_pacemaker(look, format!("{name}: no connection on {}", list(&words)));
    let finding = new(look, "drbd-standalone", name.as_str(), Severity::Critical, words)
        .meaning("It was disconnected or has given up (StandAlone); it does not come back by itself")
        .help(format!("drbdadm connect {name}; journalctl -k | grep drbd tells why it gave up"));
    Some(fires(by(look, finding, [(first, "no connection".to_owned())])))
}

/// Primary on more than one node.
fn primaries(look: &Look<'_>, replica: &ReplicaSet) -> Option<Judgement> {
    let primary: Vec<&NodeName> =
        replica.roles.iter().filter(|(_, role)| **role == DrbdRole::Primary).map(|(node, _)| node).collect();
    if primary.len() < 2 {
        return None;
    }
    let name = &replica.name;
    let between = |tie: &&Tie| primary.contains(&&tie.a) && primary.contains(&&tie.b);
    let apart = replica.ties.iter().filter(between).any(|tie| tie.state() != Some(&ConnectionState::Connected))
        || !replica.ties.iter().any(|tie| between(&tie));
    let words: Vec<&str> = primary.iter().map(|node| node.as_str()).collect();
    let (severity, what) = if apart {
        (Severity::Critical, "unconnected: copies diverge")
    } else {
        (Severity::Warning, "needs a cluster file system")
    };
    let finding = new(
        look,
        "drbd-two-primaries",
        name.as_str(),
        severity,
        format!("{name}: Primary on {}, {what}", list(&words)),
    )
    .help(format!("umount where it should not be used, then there: drbdadm secondary {name}"));
    Some(fires(by(look, finding, primary.into_iter().map(|node| (node, "role: Primary".to_owned())))))
}

/// I/O that hangs.
fn suspended(look: &Look<'_>, replica: &ReplicaSet) -> Option<Judgement> {
    let (first, why) = replica.suspended.iter().next()?;
    let name = &replica.name;
    let nodes: Vec<&str> = replica.suspended.keys().map(NodeName::as_str).collect();
    let why: Vec<&str> = why.iter().map(crate::model::Text::as_str).collect();
    let words = format!("{name}: I/O suspended on {} ({})", list(&nodes), why.join(", "));
    let help = match why.first() {
        Some(&"user") => format!("drbdadm resume-io {name}"),
        Some(&"fencing") => "it goes on when the peer is fenced or outdated; see the fencing above".to_owned(),
        Some(&"quorum") => "it goes on when enough peers are connected again".to_owned(),
        _ => format!("drbdadm status {name}; journalctl -k | grep drbd"),
    };
    let finding = new(look, "drbd-suspended", name.as_str(), Severity::Critical, words)
        .meaning("Every process that reads or writes it hangs until this ends")
        .help(help);
    Some(fires(by(look, finding, [(first, format!("suspended: {}", why.join(",")))])))
}

/// What only a node's own words tell: DRBD's quorum, and blocks that differ.
fn own_words(look: &Look<'_>) -> Vec<Judgement> {
    let mut judgements = Vec::new();
    let mut differing: Vec<(DrbdName, u32, u64)> = Vec::new();
    for (_, view) in look.fresh(Feed::Drbd) {
        let (Some(me), Some(drbd)) = (view.name(), &view.drbd) else { continue };
        for (name, resource) in &drbd.value.resources {
            let suspended = resource.suspended.iter().flatten().any(|why| *why == "quorum");
            let lost = resource.volumes.values().filter(|volume| volume.quorum == Some(false)).count();
            if lost > 0 && !suspended {
                let primary = resource.role == Some(DrbdRole::Primary);
                let severity = if primary { Severity::Critical } else { Severity::Warning };
                let what = if primary { "its I/O fails or hangs" } else { "it cannot be promoted" };
                let words = format!("{name}: no DRBD quorum on {me}: {what}");
                let finding = new(look, "drbd-no-quorum", &format!("{name} {me}"), severity, words)
                    .help(format!("drbdadm status {name}; bring the missing peers back"));
                judgements.push(fires(by(look, finding, [(me, format!("quorum: no ({})", count(lost, "volume")))])));
            }
            for peer in resource.peers.values() {
                for (&number, volume) in &peer.volumes {
                    let whole = volume.replication == Some(Replication::Established)
                        && volume.disk == Some(DiskState::UpToDate)
                        && resource.volumes.get(&number).is_some_and(|own| own.disk == Some(DiskState::UpToDate));
                    let Some(kib) = volume.out_of_sync_kib.filter(|kib| whole && *kib > 0) else { continue };
                    match differing.iter_mut().find(|(known, at, _)| known == name && *at == number) {
                        Some((_, _, known)) => *known = kib.max(*known),
                        None => differing.push((name.clone(), number, kib)),
                    }
                }
            }
        }
    }
    for (name, number, kib) in differing {
        let words = format!("{name}: {} differ between copies that say UpToDate (volume {number})", size(kib));
        let finding = new(look, "drbd-differs", &format!("{name}/{number}"), Severity::Warning, words)
            .meaning("A verify found blocks that are not the same; they stay so until the resource is connected anew")
            .help(format!(
                "drbdadm disconnect {name}; drbdadm connect {name} on the node whose data is to be replaced"
            ));
        judgements.push(brews(finding, 10));
    }
    judgements
}
