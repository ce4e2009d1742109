//! The sections about nodes, fencing, tickets and bans.

use super::resources::{Item, item};
use super::time::{Score, Time};
use super::words::{FenceStatus, Health, NodeType, RoleWords, TicketStatus};
use crate::xml::walk::Walker;
use crate::xml::{Fault, Text};

/// `node` of `nodes`. The truths are independent: a node can be in standby, in maintenance and unclean at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node<'a> {
    /// Its name.
    pub name: Option<Text<'a>>,
    /// Its id: Corosync's for a member, the name again for a remote or guest node.
    pub id: Option<Text<'a>>,
    /// Whether it takes part in the cluster.
    pub online: Option<bool>,
    /// Whether it may run nothing.
    pub standby: Option<bool>,
    /// Whether it is in standby because of a failure.
    pub standby_onfail: Option<bool>,
    /// Whether the cluster keeps its hands off it (1.1.10 and later).
    pub maintenance: Option<bool>,
    /// Whether it is joining.
    pub pending: Option<bool>,
    /// Whether it must be fenced before it can be trusted.
    pub unclean: Option<bool>,
    /// Its health (2.1.3 and later).
    pub health: Option<Health<'a>>,
    /// Its feature set (2.1.5 and later; only of members that are online), or `<3.15.1` if it is older than that.
    pub feature_set: Option<Text<'a>>,
    /// Whether it is shutting down.
    pub shutdown: Option<bool>,
    /// Whether it should be online.
    pub expected_up: Option<bool>,
    /// Whether it is the designated controller.
    pub is_dc: Option<bool>,
    /// How many resource instances run on it.
    pub resources_running: Option<u32>,
    /// What kind of node it is.
    pub kind: Option<NodeType<'a>>,
    /// The resource that makes it, if it is a guest or a bundle's node (`container_id` in 1.1.13).
    pub id_as_resource: Option<Text<'a>>,
    /// What runs on it; only with `--group-by-node`.
    pub resources: Vec<Item<'a>>,
}

/// `node` of `node_attributes`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes<'a> {
    /// The node's name.
    pub node: Option<Text<'a>>,
    /// Its attributes.
    pub attributes: Vec<NodeAttribute<'a>>,
}

/// `attribute` of a node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeAttribute<'a> {
    /// Its name.
    pub name: Option<Text<'a>>,
    /// Its value.
    pub value: Option<Text<'a>>,
    /// What a connectivity attribute should be at least; may be negative.
    pub expected: Option<i64>,
}

/// `fence_history`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FenceHistory<'a> {
    /// Other than 0: the fencer did not answer, and that there are no events means nothing.
    pub status: Option<i32>,
    /// The events, latest first.
    pub events: Vec<FenceEvent<'a>>,
}

/// `fence_event`, of `crm_mon` and `stonith_admin`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FenceEvent<'a> {
    /// How it ended (`state` in 1.1.20, 2.0.1 and 2.0.2).
    pub status: Option<FenceStatus<'a>>,
    /// A code, as text.
    pub extended_status: Option<Text<'a>>,
    /// Why it failed (2.1.3 and later).
    pub exit_reason: Option<Text<'a>>,
    /// The node that did it; absent while it is not decided.
    pub delegate: Option<Text<'a>>,
    /// `reboot`, `off` or `on`.
    pub action: Option<Text<'a>>,
    /// The node that was to be fenced.
    pub target: Option<Text<'a>>,
    /// The program that asked for it.
    pub client: Option<Text<'a>>,
    /// The node it was asked on.
    pub origin: Option<Text<'a>>,
    /// When it ended.
    pub completed: Option<Time<'a>>,
}

/// `ticket`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ticket<'a> {
    /// Its id.
    pub id: Option<Text<'a>>,
    /// Whether it is held.
    pub status: Option<TicketStatus<'a>>,
    /// Whether it is in standby.
    pub standby: Option<bool>,
    /// When it was granted last.
    pub last_granted: Option<Time<'a>>,
    /// Whatever else it has (2.1.8 and later): names are an administrator's own.
    pub attributes: Vec<TicketAttribute<'a>>,
    /// The constraints that depend on it (2.1.8 and later).
    pub constraints: Vec<Constraint<'a>>,
}

/// An attribute of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketAttribute<'a> {
    /// Its name.
    pub name: Text<'a>,
    /// Its value.
    pub value: Option<Text<'a>>,
}

/// A constraint of a ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Constraint<'a> {
    /// Its id.
    pub id: Option<Text<'a>>,
    /// The resource that depends on the ticket.
    pub resource: Option<Text<'a>>,
}

/// `ban`: a negative score of a resource on a node, whoever made it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ban<'a> {
    /// The id of the constraint, or of its rule.
    pub id: Option<Text<'a>>,
    /// The resource.
    pub resource: Option<Text<'a>>,
    /// The node.
    pub node: Option<Text<'a>>,
    /// Below zero.
    pub weight: Option<Score>,
    /// Whether it keeps only the promoted role away: `promoted-only` (2.1.0), else `master_only`.
    pub promoted_only: Option<bool>,
}

pub(crate) fn nodes<'a>(w: &mut Walker<'a>, element: &'a str, words: &mut RoleWords) -> Result<Vec<Node<'a>>, Fault> {
    let mut nodes = Vec::new();
    w.children(element, |w, name| {
        if name != "node" {
            return Ok(false);
        }
        nodes.push(node(w, name, words)?);
        Ok(true)
    })?;
    Ok(nodes)
}

fn node<'a>(w: &mut Walker<'a>, name: &'a str, words: &mut RoleWords) -> Result<Node<'a>, Fault> {
    let mut it = Node::default();
    w.attributes(name, |a| match a.name {
        "name" => a.text_into(&mut it.name),
        "id" => a.text_into(&mut it.id),
        "online" => a.boolean_into(&mut it.online),
        "standby" => a.boolean_into(&mut it.standby),
        "standby_onfail" => a.boolean_into(&mut it.standby_onfail),
        "maintenance" => a.boolean_into(&mut it.maintenance),
        "pending" => a.boolean_into(&mut it.pending),
        "unclean" => a.boolean_into(&mut it.unclean),
        "health" => a.word_into(&mut it.health),
        "feature_set" => a.text_into(&mut it.feature_set),
        "shutdown" => a.boolean_into(&mut it.shutdown),
        "expected_up" => a.boolean_into(&mut it.expected_up),
        "is_dc" => a.boolean_into(&mut it.is_dc),
        "resources_running" => a.number_into(&mut it.resources_running),
        "type" => a.word_into(&mut it.kind),
        "id_as_resource" | "container_id" => a.text_into(&mut it.id_as_resource),
        _ => Ok(false),
    })?;
    w.children(name, |w, child| {
        it.resources.extend(match item(w, child, words)? {
            Some(item) => Some(item),
            None => return Ok(false),
        });
        Ok(true)
    })?;
    Ok(it)
}

pub(crate) fn node_attributes<'a>(w: &mut Walker<'a>, element: &'a str) -> Result<Vec<Attributes<'a>>, Fault> {
    let mut nodes = Vec::new();
    w.children(element, |w, name| {
        if name != "node" {
            return Ok(false);
        }
        let mut it = Attributes::default();
        w.attributes(name, |a| match a.name {
            "name" => a.text_into(&mut it.node),
            _ => Ok(false),
        })?;
        w.children(name, |w, child| {
            if child != "attribute" {
                return Ok(false);
            }
            it.attributes.push(node_attribute(w, child)?);
            Ok(true)
        })?;
        nodes.push(it);
        Ok(true)
    })?;
    Ok(nodes)
}

fn node_attribute<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<NodeAttribute<'a>, Fault> {
    let mut it = NodeAttribute::default();
    w.attributes(name, |a| match a.name {
        "name" => a.text_into(&mut it.name),
        "value" => a.text_into(&mut it.value),
        "expected" => a.number_into(&mut it.expected),
        _ => Ok(false),
    })?;
    w.no_children(name)?;
    Ok(it)
}

pub(super) fn fence_history<'a>(w: &mut Walker<'a>, element: &'a str) -> Result<FenceHistory<'a>, Fault> {
    let mut it = FenceHistory::default();
    w.attributes(element, |a| match a.name {
        "status" => a.number_into(&mut it.status),
        _ => Ok(false),
    })?;
    w.children(element, |w, name| {
        if name != "fence_event" {
            return Ok(false);
        }
        it.events.push(fence_event(w, name)?);
        Ok(true)
    })?;
    Ok(it)
}

pub(crate) fn fence_event<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<FenceEvent<'a>, Fault> {
    let mut it = FenceEvent::default();
    w.attributes(name, |a| match a.name {
        "status" | "state" => a.word_into(&mut it.status),
        "extended-status" => a.text_into(&mut it.extended_status),
        "exit-reason" => a.text_into(&mut it.exit_reason),
        "delegate" => a.text_into(&mut it.delegate),
        "action" => a.text_into(&mut it.action),
        "target" => a.text_into(&mut it.target),
        "client" => a.text_into(&mut it.client),
        "origin" => a.text_into(&mut it.origin),
        "completed" => a.word_into(&mut it.completed),
        _ => Ok(false),
    })?;
    w.no_children(name)?;
    Ok(it)
}

pub(super) fn tickets<'a>(w: &mut Walker<'a>, element: &'a str) -> Result<Vec<Ticket<'a>>, Fault> {
    let mut tickets = Vec::new();
    w.children(element, |w, name| {
        if name != "ticket" {
            return Ok(false);
        }
        tickets.push(ticket(w, name)?);
        Ok(true)
    })?;
    Ok(tickets)
}

fn ticket<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Ticket<'a>, Fault> {
    let mut it = Ticket::default();
    w.attributes(name, |a| match a.name {
        "id" => a.text_into(&mut it.id),
        "status" => a.word_into(&mut it.status),
        "standby" => a.boolean_into(&mut it.standby),
        "last-granted" => a.word_into(&mut it.last_granted),
        other => {
            it.attributes.push(TicketAttribute { name: other.into(), value: Some(a.text()) });
            Ok(true)
        }
    })?;
    w.children(name, |w, child| {
        match child {
            "attribute" => {
                let (mut name, mut value) = (None, None);
                w.attributes(child, |a| match a.name {
                    "name" => a.text_into(&mut name),
                    "value" => a.text_into(&mut value),
                    _ => Ok(false),
                })?;
                w.no_children(child)?;
                it.attributes.extend(name.map(|name| TicketAttribute { name, value }));
            }
            "constraints" => w.children(child, |w, constraint| {
                if constraint != "rsc_ticket" {
                    return Ok(false);
                }
                let mut of_ticket = Constraint::default();
                w.attributes(constraint, |a| match a.name {
                    "id" => a.text_into(&mut of_ticket.id),
                    "rsc" => a.text_into(&mut of_ticket.resource),
                    _ => Ok(false),
                })?;
                w.no_children(constraint)?;
                it.constraints.push(of_ticket);
                Ok(true)
            })?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(it)
}

pub(super) fn bans<'a>(w: &mut Walker<'a>, element: &'a str) -> Result<Vec<Ban<'a>>, Fault> {
    let mut bans = Vec::new();
    w.children(element, |w, name| {
        if name != "ban" {
            return Ok(false);
        }
        let (mut it, mut master_only) = (Ban::default(), None);
        w.attributes(name, |a| match a.name {
            "id" => a.text_into(&mut it.id),
            "resource" => a.text_into(&mut it.resource),
            "node" => a.text_into(&mut it.node),
            "weight" => a.score_into(&mut it.weight),
            "promoted-only" => a.boolean_into(&mut it.promoted_only),
            "master_only" => a.boolean_into(&mut master_only),
            _ => Ok(false),
        })?;
        it.promoted_only = it.promoted_only.or(master_only);
        w.no_children(name)?;
        bans.push(it);
        Ok(true)
    })?;
    Ok(bans)
}
