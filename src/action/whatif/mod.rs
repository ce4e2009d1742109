//! What would happen if …: questions that change nothing. The cluster's own scheduler is asked on a copy of the CIB; votes, links
//! and copies of data, of which it knows nothing, hatui counts itself.

mod answer;
pub(super) mod data;
mod fate;
mod links;
mod matrix;
mod reasons;
mod votes;

use std::collections::BTreeSet;

pub use answer::{Answer, Fate, Outlook, Reason, Service};
pub(super) use fate::moved;
pub use matrix::{Matrix, Row};
pub(super) use votes::Votes;

use super::command::native;
use super::intent::list;
use super::preview::Item;
use super::situation::Situation;
use crate::model::{Item as Resource, NodeKind, NodeName, Previewed, Primitive, ResourceId, Role, Skeleton};
use crate::wire::NodeKey;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// These nodes are lost at once, without a goodbye.
    NodesDown(Vec<NodeName>),
    /// A link of Corosync is lost between all nodes.
    LinkDown(u32),
    /// The monitor of a primitive finds it dead on a node.
    ResourceFails(ResourceId, NodeName),
    /// A node is put in standby and rebooted: is that safe?
    Reboot(NodeName),
}

/// How a question is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    /// By what the preview program says to this.
    Simulated(Vec<Item>),
    /// At once.
    Known(Box<Answer>),
}

impl Question {
    /// What is asked, as one would say it: `ha-node-1 is lost`.
    pub fn title(&self) -> String {
        match self {
            Self::NodesDown(nodes) if nodes.len() > 1 => format!("{} are lost", list(nodes)),
            Self::NodesDown(nodes) => format!("{} is lost", list(nodes)),
            Self::LinkDown(number) => format!("link {number} is down"),
            Self::ResourceFails(resource, node) => format!("{resource} fails on {node}"),
            Self::Reboot(node) => format!("{node} is rebooted"),
        }
    }

    /// The nodes that would be gone.
    pub fn lost(&self) -> &[NodeName] {
        match self {
            Self::NodesDown(nodes) => nodes,
            Self::Reboot(node) => core::slice::from_ref(node),
            Self::LinkDown(_) | Self::ResourceFails(..) => &[],
        }
    }

    /// How it is answered; `skeleton` is what the CIB configures.
    pub(super) fn way(&self, situation: Situation<'_>, skeleton: &Skeleton) -> Way {
        match self {
            Self::NodesDown(nodes) => {
                let mut words: Vec<String> = Vec::new();
                for node in nodes {
                    words.extend(["--node-fail".to_owned(), node.to_string()]);
                }
                // Corosync's part: the scheduler cannot know it, and takes for given what the CIB says of now.
                if let Some(kept) = Votes::without(situation, nodes).kept {
                    words.extend(["--quorum".to_owned(), if kept { "1" } else { "0" }.to_owned()]);
                }
                Way::Simulated(vec![Item::Plan(words)])
            }
            Self::LinkDown(number) => Way::Known(Box::new(links::answer(*number, situation))),
            Self::ResourceFails(resource, node) => match monitor(situation, skeleton, resource, node) {
                Ok(ms) => {
                    let spec = format!("{resource}_monitor_{ms}@{node}=7");
                    Way::Simulated(vec![Item::Plan(vec!["--op-inject".to_owned(), spec])])
                }
                Err(reason) => Way::Known(Box::new(Answer::unnoticed(self.clone(), resource, reason, situation))),
            },
            Self::Reboot(node) => Way::Simulated(vec![Item::Try(native::standby(node)), Item::Plan(Vec::new())]),
        }
    }
}

/// The interval, in milliseconds, of the monitor that would find a primitive dead on a node.
fn monitor(
    situation: Situation<'_>,
    skeleton: &Skeleton,
    resource: &ResourceId,
    node: &NodeName,
) -> Result<u128, Reason> {
    let here = situation.primitives().find(|primitive| primitive.id == *resource && primitive.on.contains(node));
    let Some(here) = here else {
        return Err(Reason::new(Outlook::Unknown, format!("{resource} does not run on {node}")));
    };
    let Some(configured) = skeleton.resources.get(resource) else {
        let words = format!("what is configured of {resource} was not told: its monitor is not known");
        return Err(Reason::new(Outlook::Unknown, words));
    };
    // A monitor without a role watches any role that has none of its own.
    let exact = |role: &Option<Role>| role.as_ref().is_some_and(|role| same_role(role, &here.role));
    let of_role = configured.monitors.iter().find(|(_, role)| exact(role));
    let any = || configured.monitors.iter().find(|(_, role)| role.is_none());
    if let Some((interval, _)) = of_role.or_else(any) {
        return Ok(interval.as_millis());
    }
    let weight = if here.is_fence_device() { Outlook::Degraded } else { Outlook::Down };
    let words = format!("nobody would notice: no monitor watches {resource} in the role {}", here.role);
    Err(Reason::new(weight, words).help("configure a recurring monitor for that role"))
}

/// Whether a role of the configuration is the one that the status tells: what is not promoted is `Started` to some versions.
fn same_role(configured: &Role, told: &Role) -> bool {
    let plain = |role: &Role| matches!(role, Role::Started | Role::Unpromoted);
    configured == told || (plain(configured) && plain(told))
}

/// The node that is asked: its key, and its name; `None`: none with a live Pacemaker is connected.
pub fn asked(situation: Situation<'_>) -> Option<(NodeKey, NodeName)> {
    situation.asked(&[])
}

/// The full members that take part in the cluster now: those that can be lost.
pub fn members(situation: Situation<'_>) -> Vec<NodeName> {
    let members = situation.status().into_iter().flat_map(|status| &status.members);
    let full = members.filter(|member| matches!(member.kind, NodeKind::Member | NodeKind::Other(_)));
    full.filter(|member| member.state().is_up()).map(|member| member.name.clone()).collect()
}

/// Every node lost, every pair of nodes (of three or more), every resource failing where it runs.
pub fn everything(situation: Situation<'_>) -> Vec<Question> {
    let nodes = members(situation);
    let mut questions: Vec<Question> = nodes.iter().map(|node| Question::NodesDown(vec![node.clone()])).collect();
    if nodes.len() >= 3 {
        for (at, one) in nodes.iter().enumerate() {
            let others = nodes.iter().skip(at + 1);
            questions.extend(others.map(|other| Question::NodesDown(vec![one.clone(), other.clone()])));
        }
    }
    let roots = situation.status().into_iter().flat_map(|status| &status.resources);
    for root in roots {
        questions.extend(failures_of(root, &|_| true, None));
    }
    questions
}

/// Each primitive of a root that is looked for, failing on each node where it runs, or on one.
fn failures_of(root: &Resource, wanted: &dyn Fn(&Primitive) -> bool, on: Option<&NodeName>) -> Vec<Question> {
    let mut found = BTreeSet::new();
    let mut questions = Vec::new();
    // What a bundle consists of is not configured as resources of their own.
    if matches!(root, Resource::Bundle(_)) {
        return questions;
    }
    root.each_primitive(&mut |primitive| {
        let watched = primitive.orphaned != Some(true) && wanted(primitive);
        for node in primitive.on.iter().filter(|node| watched && on.is_none_or(|on| on == *node)) {
            if found.insert((primitive.id.clone(), node.clone())) {
                questions.push(Question::ResourceFails(primitive.id.clone(), node.clone()));
            }
        }
    });
    questions
}

/// The questions for a resource that fails: a primitive where it runs, or each part of a group or clone.
///
/// # Errors
///
/// There is none of that name, or it runs nowhere (on that node): in words.
pub fn failures(situation: Situation<'_>, id: &ResourceId, on: Option<&NodeName>) -> Result<Vec<Question>, String> {
    let found = situation.find(id).ok_or_else(|| format!("there is no resource {id}"))?;
    let is_part = found.member.is_some() && found.root.id() != id;
    let questions = failures_of(found.root, &|primitive| !is_part || primitive.id == *id, on);
    if questions.is_empty() {
        let place = on.map_or_else(|| "anywhere".to_owned(), |node| format!("on {node}"));
        return Err(format!("{id} does not run {place}: it cannot fail there"));
    }
    Ok(questions)
}

/// The question for nodes that are lost at once.
///
/// # Errors
///
/// One of them is no member that is up: in words.
pub fn nodes_down(situation: Situation<'_>, nodes: &[NodeName]) -> Result<Question, String> {
    let known = members(situation);
    let mut lost: Vec<NodeName> = Vec::new();
    for node in nodes {
        if !known.contains(node) {
            return Err(match situation.state(node) {
                None => format!("there is no node {node}"),
                Some(state) => format!("{node} is no member that can be lost: it is {}", state.word()),
            });
        }
        if !lost.contains(node) {
            lost.push(node.clone());
        }
    }
    Ok(Question::NodesDown(lost))
}

/// The questions for a reboot of a node, or of each.
///
/// # Errors
///
/// There is no such node: in words.
pub fn reboots(situation: Situation<'_>, node: Option<&NodeName>) -> Result<Vec<Question>, String> {
    let members = situation.status().into_iter().flat_map(|status| &status.members);
    let full = members.filter(|member| situation.is_member(&member.name));
    let wanted = full.filter(|member| node.is_none_or(|node| member.name == *node));
    let questions: Vec<Question> = wanted.map(|member| Question::Reboot(member.name.clone())).collect();
    match node {
        Some(node) if questions.is_empty() => Err(format!("there is no full member {node}")),
        _ => Ok(questions),
    }
}

/// The question for a link that is lost.
///
/// # Errors
///
/// There is no such link: in words.
pub fn link_down(situation: Situation<'_>, number: u32) -> Result<Question, String> {
    let links = &situation.cluster.picture().links;
    if !links.is_empty() && links.iter().all(|row| row.number != number) {
        return Err(format!("there is no link {number}"));
    }
    Ok(Question::LinkDown(number))
}

/// What the preview program's word means for a question.
fn answered(question: &Question, previewed: Previewed, skeleton: &Skeleton, situation: Situation<'_>) -> Answer {
    let answer = Answer::of(question.clone(), previewed, skeleton, situation);
    match question {
        Question::Reboot(node) => super::reboot::judged(answer, node, situation),
        _ => answer,
    }
}
