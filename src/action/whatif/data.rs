//! Copies of data that are left when nodes are lost: what the scheduler cannot know.

use super::super::intent::list;
use super::super::situation::{Situation, are_connected, done, is_drbd};
use super::{Outlook, Reason};
use crate::model::{DiskState, DrbdRole, NodeName, ReplicaSet, ReplicaVolume};

/// What is to be said of the data when these nodes are lost.
pub(in crate::action) fn without(situation: Situation<'_>, lost: &[NodeName]) -> Vec<Reason> {
    let replicas = &situation.cluster.picture().replicas;
    if replicas.is_empty() && situation.primitives().any(is_drbd) {
        let words = "no node tells of DRBD's copies: whether the data would be there is not known";
        return vec![Reason::new(Outlook::Unknown, words)];
    }
    replicas.iter().flat_map(|replica| of_replica(replica, lost)).collect()
}

fn of_replica(replica: &ReplicaSet, lost: &[NodeName]) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    let many = replica.volumes.len() > 1;
    for volume in &replica.volumes {
        let name = if many { format!("{}/{}", replica.name, volume.number) } else { replica.name.to_string() };
        reasons.extend(of_volume(&name, replica, volume, lost));
    }
    reasons
}

fn of_volume(name: &str, replica: &ReplicaSet, volume: &ReplicaVolume, lost: &[NodeName]) -> Vec<Reason> {
    let copies = || volume.copies.iter().filter(|copy| !copy.client);
    if !copies().any(|copy| lost.contains(&copy.node)) {
        return Vec::new();
    }
    let good = |copy: &&crate::model::Copy| copy.disk == Some(DiskState::UpToDate);
    let rest: Vec<_> = copies().filter(|copy| !lost.contains(&copy.node)).collect();
    // What is not connected to the copy in use does not get what is written to it.
    let in_use = || lost.iter().filter(|node| replica.roles.get(*node) == Some(&DrbdRole::Primary));
    let current = |node: &NodeName| in_use().all(|used| are_connected(replica, used, node));
    let (left, old): (Vec<&NodeName>, Vec<&NodeName>) =
        rest.iter().filter(|copy| good(copy)).map(|copy| &copy.node).partition(|node| current(node));
    let mut reasons = Vec::new();
    match left.as_slice() {
        [] if rest.iter().any(|copy| copy.disk.is_none()) => {
            let words = format!("how the copies of {name} that are left are is not known");
            reasons.push(Reason::new(Outlook::Unknown, words));
        }
        [] if !old.is_empty() => {
            let words =
                format!("no copy of {name} that is left is connected to the one in use: {} may be old", list(&old));
            reasons
                .push(Reason::new(Outlook::Down, words).help("connect them first, and wait until they are UpToDate"));
        }
        [] if rest.is_empty() => {
            reasons.push(Reason::new(Outlook::Down, format!("no copy of {name} is left")));
        }
        [] => {
            let is = |copy: &&crate::model::Copy| {
                format!("{} is {}", copy.node, copy.disk.as_ref().map_or("not told", DiskState::word))
            };
            let states: Vec<String> = rest.iter().map(is).collect();
            let words = format!("no up-to-date copy of {name} is left: {}", list(&states));
            reasons.push(Reason::new(Outlook::Down, words).help("wait until another copy is UpToDate"));
        }
        [one] => {
            reasons.push(Reason::new(Outlook::Fine, format!("one up-to-date copy of {name} is left, on {one}")));
        }
        more => {
            let words = format!("{} up-to-date copies of {name} are left, on {}", more.len(), list(more));
            reasons.push(Reason::new(Outlook::Fine, words));
        }
    }
    for sync in volume.syncs.iter().filter(|sync| !sync.verify) {
        let (source, target) = (lost.contains(&sync.source), lost.contains(&sync.target));
        if source || target {
            let words =
                format!("the resync of {name} from {} to {} would stop{}", sync.source, sync.target, done(sync));
            reasons.push(Reason::new(Outlook::Degraded, words).help("wait until it is done"));
        }
    }
    reasons
}
