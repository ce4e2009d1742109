//! DRBD's word on the copies that the cluster would promote: Pacemaker does not know it.
//!
//! How much that weighs is a table by what is wanted:
//!
//! | what is wanted | weight | because |
//! |---|---|---|
//! | move, promote; DRBD's own `primary` | refuse | that very copy is picked, and nothing is lost by waiting |
//! | fence, confirm | raise | a node that hangs has to be dealt with, whatever its peer's copy is |
//! | standby and its end, maintenance and its end, manage | raise | it may be the way out, and the cluster picks the copy |
//! | cleanup, refresh, start, restart, put back, clear | raise | so the cluster is let go on; it picks the copy |
//! | stop, demote, ban, unmanage, what DRBD is told besides | raise | it takes something away; what is promoted is a side effect |
//!
//! It raises the danger by one step in all: not once for each copy, and not where the plan was raised for that resource
//! already, since the node that goes has the good copy. In an answer to what-if it is a reason only.

use std::collections::BTreeSet;

use crate::action::intent::{DrbdTask, Intent, Switch};
use crate::action::plan::Plan;
use crate::action::remark::{Level, Remark};
use crate::action::situation::{Situation, are_connected, done, is_drbd, is_split};
use crate::model::{Change, ChangeKind, DiskState, DrbdName, DrbdRole, NodeName, ReplicaSet};

/// What speaks against promotions weighs so much.
fn weight(intent: &Intent) -> Level {
    match intent {
        Intent::Move { .. } | Intent::Drbd { task: DrbdTask::Primary, .. } => Level::Refuse,
        Intent::Fence(..)
        | Intent::Standby(..)
        | Intent::Maintenance(..)
        | Intent::Manage(..)
        | Intent::Cleanup(_)
        | Intent::Refresh(_)
        | Intent::Start(_)
        | Intent::Restart(_)
        | Intent::PutBack { .. }
        | Intent::Clear(_)
        | Intent::Stop(_)
        | Intent::Demote(_)
        | Intent::Ban { .. }
        | Intent::Drbd { .. } => Level::Raise,
    }
}

/// The nodes whose good copies the plan has told of by itself.
fn leaving(intent: &Intent) -> &[NodeName] {
    match intent {
        Intent::Fence(node, _) | Intent::Ban { node, .. } => core::slice::from_ref(node),
        Intent::Standby(nodes, Switch::On) => nodes,
        _ => &[],
    }
}

/// What DRBD says against the promotions among these changes, as it weighs for what is wanted.
pub(super) fn remarks<'a>(
    plan: &Plan,
    changes: impl IntoIterator<Item = &'a Change>,
    situation: Situation<'_>,
) -> Vec<Remark> {
    let weight = weight(&plan.intent);
    let was_raised = plan.remarks.iter().any(|remark| remark.level == Level::Raise);
    let leaving = leaving(&plan.intent).iter().filter(|_| was_raised);
    let told: BTreeSet<&DrbdName> = leaving.flat_map(|node| situation.hangs_on(node)).map(|(name, ..)| name).collect();
    let mut raised = false;
    let weigh = |(name, mut remark): (Option<DrbdName>, Remark)| {
        if remark.level == Level::Refuse {
            remark.level = weight;
        }
        if remark.level == Level::Raise {
            let again = raised || name.is_some_and(|name| told.contains(&name));
            remark.level = if again { Level::Warn } else { Level::Raise };
            raised = true;
        }
        remark
    };
    promotions(changes, situation).into_iter().map(weigh).collect()
}

/// What DRBD says against the promotions among these changes, with the replicated resource where that can be told: as if
/// that very copy had been picked.
pub(in crate::action) fn promotions<'a>(
    changes: impl IntoIterator<Item = &'a Change>,
    situation: Situation<'_>,
) -> Vec<(Option<DrbdName>, Remark)> {
    let mut remarks = Vec::new();
    for change in changes.into_iter().filter(|change| change.kind == ChangeKind::Promote) {
        let Some(node) = change.to.as_ref().or(change.from.as_ref()) else { continue };
        let Some(primitive) = situation.primitives().find(|primitive| primitive.id == change.resource) else {
            continue;
        };
        if let Some(replica) = situation.replica_of(primitive) {
            remarks.extend(copy_remark(replica, node).map(|remark| (Some(replica.name.clone()), remark)));
        } else if is_drbd(primitive) {
            let words =
                format!("{} would be promoted on {node}; which DRBD resource that is cannot be told", change.resource);
            remarks.push((None, Remark::new(Level::Warn, words)));
        }
    }
    remarks
}

/// What speaks against making the copy on `node` the primary one.
pub(in crate::action) fn copy_remark(replica: &ReplicaSet, node: &NodeName) -> Option<Remark> {
    for volume in &replica.volumes {
        let copy = volume.copies.iter().find(|copy| copy.node == *node);
        let disk = copy.and_then(|copy| copy.disk.as_ref());
        if disk == Some(&DiskState::UpToDate) {
            continue;
        }
        let syncs = volume.syncs.iter().find(|sync| !sync.verify && sync.target == *node);
        let how = syncs.map_or_else(String::new, |sync| format!(", a SyncTarget{}", done(sync)));
        let word = disk.map_or("not told", DiskState::word);
        return Some(
            Remark::new(Level::Refuse, format!("the copy of {} on {node} is {word}{how}", replica.name))
                .help("wait until it is UpToDate"),
        );
    }
    if is_split(replica) {
        let words = format!("the copies of {} differ (split brain)", replica.name);
        let helps = "resolve the split brain first: which copy is kept is a decision of its own";
        return Some(Remark::new(Level::Refuse, words).help(helps));
    }
    let mut in_use = replica.roles.iter().filter(|(other, role)| *other != node && **role == DrbdRole::Primary);
    in_use.find(|(other, _)| !are_connected(replica, other, node)).map(|(other, _)| {
        let words = format!(
            "the copy of {} on {node} is not connected to the one in use on {other}: it may be old",
            replica.name
        );
        Remark::new(Level::Refuse, words)
            .help(format!("connect it, and wait until it is UpToDate: drbd connect {} {node}", replica.name))
    })
}
