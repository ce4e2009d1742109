//! Safe to reboot? What the scheduler says to a standby of the node, and what it cannot know: the state of the others, votes, copies.

use super::intent::list;
use super::situation::{Situation, is_split};
use super::whatif::{Answer, Outlook, Reason};
use crate::model::{NodeName, NodeState};

/// The answer with what speaks against a reboot besides.
pub(super) fn judged(answer: Answer, node: &NodeName, situation: Situation<'_>) -> Answer {
    let mut reasons = Vec::new();
    own_state(node, situation, &mut reasons);
    others(node, situation, &mut reasons);
    left_alone(node, situation, &mut reasons);
    replication(node, situation, &mut reasons);
    let moved: Vec<String> = answer.changes.iter().map(super::preview::phrase).collect();
    if moved.is_empty() && answer.outlook != Outlook::Unknown {
        reasons.push(Reason::new(Outlook::Fine, "nothing would move"));
    } else if !moved.is_empty() {
        reasons.push(Reason::new(Outlook::Fine, moved.join(", ")));
    }
    answer.with(reasons)
}

fn own_state(node: &NodeName, situation: Situation<'_>, reasons: &mut Vec<Reason>) {
    if !situation.is_fresh() {
        let words = "what is known of Pacemaker is old";
        reasons.push(Reason::new(Outlook::Unknown, words).help("wait until a node is heard again"));
    }
    match situation.state(node) {
        None | Some(NodeState::Unknown) => {
            reasons.push(Reason::new(Outlook::Unknown, format!("how {node} is is not known")));
        }
        Some(state) if state.is_unclean() => {
            let words = format!("{node} is {}: the cluster waits for its fencing", state.word());
            reasons.push(Reason::new(Outlook::Down, words));
        }
        Some(state) if !state.is_up() => {
            reasons.push(
                Reason::new(Outlook::Down, format!("{node} is {}: it is missing already", state.word()))
                    .help("bring it back first"),
            );
        }
        Some(_) => {}
    }
}

fn others(node: &NodeName, situation: Situation<'_>, reasons: &mut Vec<Reason>) {
    for other in situation.nodes().into_iter().filter(|other| *other != node) {
        match situation.state(other) {
            Some(state) if state.is_unclean() => {
                let words = format!("{other} is {}: a fencing is due", state.word());
                reasons.push(Reason::new(Outlook::Down, words).help("wait until that is over"));
            }
            Some(NodeState::Online) => {}
            Some(state) => {
                let words = format!("{other} is {}: fewer nodes are left than there could be", state.word());
                reasons.push(Reason::new(Outlook::Degraded, words).help("bring it back first"));
            }
            None => {}
        }
    }
    let pending = situation.being_fenced();
    if !pending.is_empty() {
        reasons.push(Reason::new(Outlook::Down, format!("a fencing of {} is under way", list(&pending))));
    }
}

/// What the cluster would leave on the node when it goes down.
fn left_alone(node: &NodeName, situation: Situation<'_>, reasons: &mut Vec<Reason>) {
    let here: Vec<_> = situation.primitives().filter(|primitive| primitive.on.contains(node)).collect();
    let whole = situation.status().and_then(|status| status.options.maintenance_mode) == Some(true);
    let own = situation.state(node) == Some(NodeState::Maintenance);
    if here.is_empty() {
        return;
    }
    if whole || own {
        let what = if whole { "the cluster".to_owned() } else { node.to_string() };
        let words = format!("{what} is in maintenance: what runs on {node} goes down with it, and is not recovered");
        reasons.push(Reason::new(Outlook::Down, words).help("end the maintenance first"));
        return;
    }
    let mut unmanaged: Vec<_> =
        here.iter().filter(|primitive| primitive.managed == Some(false)).map(|primitive| &primitive.id).collect();
    unmanaged.dedup();
    if !unmanaged.is_empty() {
        let words = format!("not managed, and therefore not moved away: {}", list(&unmanaged));
        reasons.push(Reason::new(Outlook::Down, words).help("manage it again, or stop it yourself"));
    }
}

/// What of DRBD is not as it should be, beyond the copies that are left.
fn replication(node: &NodeName, situation: Situation<'_>, reasons: &mut Vec<Reason>) {
    for replica in &situation.cluster.picture().replicas {
        if is_split(replica) {
            let words = format!("the copies of {} differ (split brain)", replica.name);
            reasons.push(Reason::new(Outlook::Down, words).help("resolve the split brain first"));
        }
        let elsewhere = replica
            .volumes
            .iter()
            .flat_map(|volume| &volume.syncs)
            .find(|sync| !sync.verify && sync.source != *node && sync.target != *node);
        if let Some(sync) = elsewhere {
            let words = format!(
                "a resync of {} runs from {} to {}{}",
                replica.name,
                sync.source,
                sync.target,
                super::situation::done(sync)
            );
            reasons.push(Reason::new(Outlook::Degraded, words).help("wait until it is done"));
        }
    }
}
