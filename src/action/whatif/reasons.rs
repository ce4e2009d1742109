//! What a simulation gives to say, beyond where things would be.

use std::collections::BTreeSet;

use super::super::intent::list;
use super::super::preview::phrase;
use super::super::situation::Situation;
use super::fate::active;
use super::{Fate, Outlook, Question, Reason, Service, Votes};
use crate::model::{Change, Item, NodeName, Places, Primitive, ResourceId, Role, Simulation};

/// Who would be fenced, and whether that can be relied on.
pub(super) fn fencing(
    question: &Question,
    simulation: &Simulation,
    votes: &Votes,
    situation: Situation<'_>,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let lost: &[NodeName] = if let Question::NodesDown(nodes) = question { nodes } else { &[] };
    for (node, task, why) in &simulation.nodes {
        if !lost.contains(node) {
            let why = why.as_ref().map_or_else(String::new, |why| format!(": {why}"));
            reasons.push(Reason::new(Outlook::Degraded, format!("{node} would get {task}{why}")));
        }
    }
    if lost.is_empty() {
        return reasons;
    }
    let enabled = situation.status().and_then(|status| status.options.fencing_enabled);
    if enabled == Some(false) {
        let words = "fencing is disabled: a node that only seems lost goes on, and services run twice";
        reasons.push(Reason::new(Outlook::Degraded, words).help("configure fencing"));
    } else if votes.kept != Some(false) {
        let spared: Vec<&NodeName> =
            lost.iter().filter(|node| !simulation.nodes.iter().any(|(fenced, ..)| fenced == *node)).collect();
        if !spared.is_empty() {
            let words = format!("{} would not be fenced", list(&spared));
            reasons.push(Reason::new(Outlook::Degraded, words));
        }
        let failed: BTreeSet<&ResourceId> = situation
            .primitives()
            .filter(|primitive| primitive.is_fence_device() && is_broken(primitive))
            .map(|primitive| &primitive.id)
            .collect();
        if !failed.is_empty() {
            let words = format!(
                "{} does not work now: the fencing may fail, and then nothing is recovered",
                list(&failed.into_iter().collect::<Vec<_>>())
            );
            reasons.push(Reason::new(Outlook::Degraded, words).help("mend it first"));
        }
    }
    reasons
}

fn is_broken(device: &Primitive) -> bool {
    device.failed == Some(true) || (device.on.is_empty() && device.target != Some(Role::Stopped))
}

/// What serves no more.
pub(super) fn services_down(question: &Question, services: &[Service], situation: Situation<'_>) -> Vec<Reason> {
    let down = |fence: bool| -> Vec<&ResourceId> {
        let of = services.iter().filter(|service| service.fate == Fate::Down && service.fence_device == fence);
        of.map(|service| &service.id).collect()
    };
    let mut reasons = Vec::new();
    let (services_down, devices) = (down(false), down(true));
    if !services_down.is_empty() {
        reasons.push(Reason::new(Outlook::Down, format!("stays down: {}", list(&services_down))));
    }
    if !devices.is_empty() {
        let left = super::members(situation).into_iter().filter(|node| !question.lost().contains(node)).count();
        // With one node left there is nobody that it could fence.
        let weight = if left > 1 { Outlook::Degraded } else { Outlook::Fine };
        reasons.push(Reason::new(weight, format!("fence devices that stay down: {}", list(&devices))));
    }
    reasons
}

/// Clones with fewer copies: that those on lost nodes are gone is only to be expected.
pub(super) fn fewer_copies(
    services: &[Service],
    now: &Places,
    after: &Places,
    question: &Question,
    situation: Situation<'_>,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let roots = situation.status().into_iter().flat_map(|status| &status.resources);
    for (root, service) in roots.zip(services) {
        if !matches!(root, Item::Clone(_) | Item::Bundle(_)) || service.fate == Fate::Down {
            continue;
        }
        let gone: Vec<NodeName> = active(root, now).difference(&active(root, after)).cloned().collect();
        let beyond: Vec<&NodeName> = gone.iter().filter(|node| !question.lost().contains(node)).collect();
        if !beyond.is_empty() {
            let words = format!("{} loses its copy on {}", service.id, list(&beyond));
            reasons.push(Reason::new(Outlook::Degraded, words));
        }
    }
    reasons
}

/// What the cluster would do, but cannot.
pub(super) fn blocked(changes: &[Change], lost: &[NodeName]) -> Vec<Reason> {
    let stuck = changes.iter().filter(|change| {
        let at_lost = change.from.as_ref().is_some_and(|node| lost.contains(node));
        change.blocked && !at_lost
    });
    stuck
        .map(|change| {
            Reason::new(Outlook::Degraded, format!("something keeps this from happening: {}", phrase(change)))
        })
        .collect()
}

/// What becomes of a primitive that failed.
pub(super) fn failed(id: &ResourceId, node: &NodeName, simulation: &Simulation) -> Option<Reason> {
    let touched = simulation.changes.iter().flatten().any(|change| change.resource == *id);
    let fenced = simulation.nodes.iter().any(|(fenced, ..)| fenced == node);
    if touched || fenced {
        return None;
    }
    let mut left = None;
    for root in simulation.after.iter().flat_map(|after| &after.resources) {
        root.each_primitive(&mut |primitive| {
            if primitive.id == *id && primitive.on.contains(node) {
                left = Some(primitive.failed == Some(true) || primitive.blocked == Some(true));
            }
        });
    }
    Some(match left {
        Some(true) => {
            let words = format!("the cluster would leave {id} as it is: failed");
            Reason::new(Outlook::Down, words)
                .help("on-fail, maintenance, or a resource that is not managed: see its details")
        }
        _ => Reason::new(
            Outlook::Unknown,
            format!("the cluster would do nothing: whether it took {id} for failed cannot be told"),
        ),
    })
}

/// What the cluster is about to do without any of it.
pub(super) fn busy(simulation: &Simulation) -> Vec<String> {
    let nodes = simulation.nodes.iter().map(|(node, task, _)| format!("{node} gets {task}"));
    nodes.chain(simulation.changes.iter().flatten().map(phrase)).collect()
}
