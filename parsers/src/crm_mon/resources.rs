//! `resources`: primitives, groups, clones and bundles, as a tree.

use super::words::{Role, RoleWords};
use crate::xml::walk::Walker;
use crate::xml::{Fault, Text};

/// One of the resources at the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item<'a> {
    /// `resource`.
    Primitive(Primitive<'a>),
    /// `group`.
    Group(Group<'a>),
    /// `clone`.
    Clone(Cloned<'a>),
    /// `bundle`.
    Bundle(Bundle<'a>),
}

/// `resource`: one instance of a primitive. Members of an anonymous clone share their id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Primitive<'a> {
    /// Its id; with `:N` in a unique clone.
    pub id: Option<Text<'a>>,
    /// Its agent: `ocf:heartbeat:IPaddr2`, with two colons first before 2.1; `stonith:…`, `systemd:…`.
    pub agent: Option<Text<'a>>,
    /// What it is doing.
    pub role: Option<Role<'a>>,
    /// What it is meant to be, as configured.
    pub target_role: Option<Role<'a>>,
    /// Whether it runs somewhere.
    pub active: Option<bool>,
    /// Whether it runs but is no longer configured: `removed` (3.0.2), else `orphaned`.
    pub orphaned: Option<bool>,
    /// Whether the cluster may not touch it after a failure (1.1.16 and later).
    pub blocked: Option<bool>,
    /// Whether it is in maintenance (2.1.6 and later).
    pub maintenance: Option<bool>,
    /// Whether the cluster manages it.
    pub managed: Option<bool>,
    /// Whether it has failed.
    pub failed: Option<bool>,
    /// Whether its failure is ignored.
    pub failure_ignored: Option<bool>,
    /// On how many nodes it runs; more than one is wrong for a primitive.
    pub running_on: Option<u32>,
    /// The operation under way, such as `Starting`, `Monitoring`.
    pub pending: Option<Text<'a>>,
    /// The node that it waits for, because that was shut down cleanly (2.1.5 and later).
    pub locked_to: Option<Text<'a>>,
    /// Its description (2.1.6 and later, if asked for).
    pub description: Option<Text<'a>>,
    /// Where it runs.
    pub nodes: Vec<Placement<'a>>,
}

/// `node` of a resource: a place where it runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placement<'a> {
    /// The node's name.
    pub name: Option<Text<'a>>,
    /// The node's id.
    pub id: Option<Text<'a>>,
    /// Whether the node is online (the attribute is `cached`): if not, this is where it was seen last.
    pub online: Option<bool>,
}

/// `group`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group<'a> {
    /// Its id; with `:N` in a clone.
    pub id: Option<Text<'a>>,
    /// How many members are configured, listed or not.
    pub number_resources: Option<u32>,
    /// Whether it is in maintenance (2.1.6 and later).
    pub maintenance: Option<bool>,
    /// Whether the cluster manages it (2.0.5 and later).
    pub managed: Option<bool>,
    /// Whether its target role is Stopped (2.0.5 and later).
    pub disabled: Option<bool>,
    /// Its description (2.1.6 and later, if asked for).
    pub description: Option<Text<'a>>,
    /// Its members, in order.
    pub members: Vec<Primitive<'a>>,
}

/// `clone`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cloned<'a> {
    /// Its id.
    pub id: Option<Text<'a>>,
    /// Whether it is promotable.
    pub multi_state: Option<bool>,
    /// Whether its instances differ.
    pub unique: Option<bool>,
    /// Whether it is in maintenance (2.1.6 and later).
    pub maintenance: Option<bool>,
    /// Whether the cluster manages it.
    pub managed: Option<bool>,
    /// Whether its target role is Stopped (2.0.5 and later).
    pub disabled: Option<bool>,
    /// Whether it has failed.
    pub failed: Option<bool>,
    /// Whether its failure is ignored.
    pub failure_ignored: Option<bool>,
    /// What it is meant to be, as configured.
    pub target_role: Option<Role<'a>>,
    /// Its description (2.1.6 and later, if asked for).
    pub description: Option<Text<'a>>,
    /// Its instances.
    pub instances: Vec<Instance<'a>>,
}

/// An instance of a clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instance<'a> {
    /// Of a primitive.
    Primitive(Primitive<'a>),
    /// Of a group.
    Group(Group<'a>),
}

/// `bundle`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bundle<'a> {
    /// Its id.
    pub id: Option<Text<'a>>,
    /// `docker`, `podman` or `rkt`.
    pub kind: Option<Text<'a>>,
    /// The image of its containers.
    pub image: Option<Text<'a>>,
    /// Whether its replicas differ.
    pub unique: Option<bool>,
    /// Whether it is in maintenance (2.1.6 and later).
    pub maintenance: Option<bool>,
    /// Whether the cluster manages it.
    pub managed: Option<bool>,
    /// Whether it has failed.
    pub failed: Option<bool>,
    /// Its description (2.1.6 and later, if asked for).
    pub description: Option<Text<'a>>,
    /// Its replicas.
    pub replicas: Vec<Replica<'a>>,
}

/// `replica` of a bundle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replica<'a> {
    /// Its number, from 0.
    pub id: Option<u32>,
    /// In this order, each optional: address, contained resource, container, remote connection.
    pub members: Vec<Primitive<'a>>,
}

/// The children of `element`, which are resources.
pub(crate) fn items<'a>(w: &mut Walker<'a>, element: &'a str, words: &mut RoleWords) -> Result<Vec<Item<'a>>, Fault> {
    let mut items = Vec::new();
    w.children(element, |w, name| {
        match item(w, name, words)? {
            Some(item) => items.push(item),
            None => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(items)
}

/// The resource that began last, if it is one.
pub(super) fn item<'a>(w: &mut Walker<'a>, name: &'a str, words: &mut RoleWords) -> Result<Option<Item<'a>>, Fault> {
    Ok(Some(match name {
        "resource" => Item::Primitive(primitive(w, name, words)?),
        "group" => Item::Group(group(w, name, words)?),
        "clone" => Item::Clone(cloned(w, name, words)?),
        "bundle" => Item::Bundle(bundle(w, name, words)?),
        _ => return Ok(None),
    }))
}

fn primitive<'a>(w: &mut Walker<'a>, name: &'a str, words: &mut RoleWords) -> Result<Primitive<'a>, Fault> {
    let mut it = Primitive::default();
    let mut removed = None;
    w.attributes(name, |a| match a.name {
        "id" => a.text_into(&mut it.id),
        "resource_agent" => a.text_into(&mut it.agent),
        "role" => {
            words.see(&a.value);
            a.word_into(&mut it.role)
        }
        "target_role" => {
            it.target_role = Some(Role::of_any_case(a.text()));
            Ok(true)
        }
        "active" => a.boolean_into(&mut it.active),
        "orphaned" => a.boolean_into(&mut it.orphaned),
        "removed" => a.boolean_into(&mut removed),
        "blocked" => a.boolean_into(&mut it.blocked),
        "maintenance" => a.boolean_into(&mut it.maintenance),
        "managed" => a.boolean_into(&mut it.managed),
        "failed" => a.boolean_into(&mut it.failed),
        "failure_ignored" => a.boolean_into(&mut it.failure_ignored),
        "nodes_running_on" => a.number_into(&mut it.running_on),
        "pending" => a.text_into(&mut it.pending),
        "locked_to" => a.text_into(&mut it.locked_to),
        "description" => a.text_into(&mut it.description),
        _ => Ok(false),
    })?;
    it.orphaned = removed.or(it.orphaned);
    w.children(name, |w, child| {
        if child != "node" {
            return Ok(false);
        }
        it.nodes.push(placement(w, child)?);
        Ok(true)
    })?;
    Ok(it)
}

fn placement<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Placement<'a>, Fault> {
    let mut it = Placement::default();
    w.attributes(name, |a| match a.name {
        "name" => a.text_into(&mut it.name),
        "id" => a.text_into(&mut it.id),
        "cached" => a.boolean_into(&mut it.online),
        _ => Ok(false),
    })?;
    w.no_children(name)?;
    Ok(it)
}

fn group<'a>(w: &mut Walker<'a>, name: &'a str, words: &mut RoleWords) -> Result<Group<'a>, Fault> {
    let mut it = Group::default();
    w.attributes(name, |a| match a.name {
        "id" => a.text_into(&mut it.id),
        "number_resources" => a.number_into(&mut it.number_resources),
        "maintenance" => a.boolean_into(&mut it.maintenance),
        "managed" => a.boolean_into(&mut it.managed),
        "disabled" => a.boolean_into(&mut it.disabled),
        "description" => a.text_into(&mut it.description),
        _ => Ok(false),
    })?;
    w.children(name, |w, child| {
        if child != "resource" {
            return Ok(false);
        }
        it.members.push(primitive(w, child, words)?);
        Ok(true)
    })?;
    Ok(it)
}

fn cloned<'a>(w: &mut Walker<'a>, name: &'a str, words: &mut RoleWords) -> Result<Cloned<'a>, Fault> {
    let mut it = Cloned::default();
    w.attributes(name, |a| match a.name {
        "id" => a.text_into(&mut it.id),
        "multi_state" => a.boolean_into(&mut it.multi_state),
        "unique" => a.boolean_into(&mut it.unique),
        "maintenance" => a.boolean_into(&mut it.maintenance),
        "managed" => a.boolean_into(&mut it.managed),
        "disabled" => a.boolean_into(&mut it.disabled),
        "failed" => a.boolean_into(&mut it.failed),
        "failure_ignored" => a.boolean_into(&mut it.failure_ignored),
        "target_role" => {
            it.target_role = Some(Role::of_any_case(a.text()));
            Ok(true)
        }
        "description" => a.text_into(&mut it.description),
        _ => Ok(false),
    })?;
    w.children(name, |w, child| {
        it.instances.push(match child {
            "resource" => Instance::Primitive(primitive(w, child, words)?),
            "group" => Instance::Group(group(w, child, words)?),
            _ => return Ok(false),
        });
        Ok(true)
    })?;
    Ok(it)
}

fn bundle<'a>(w: &mut Walker<'a>, name: &'a str, words: &mut RoleWords) -> Result<Bundle<'a>, Fault> {
    let mut it = Bundle::default();
    w.attributes(name, |a| match a.name {
        "id" => a.text_into(&mut it.id),
        "type" => a.text_into(&mut it.kind),
        "image" => a.text_into(&mut it.image),
        "unique" => a.boolean_into(&mut it.unique),
        "maintenance" => a.boolean_into(&mut it.maintenance),
        "managed" => a.boolean_into(&mut it.managed),
        "failed" => a.boolean_into(&mut it.failed),
        "description" => a.text_into(&mut it.description),
        _ => Ok(false),
    })?;
    w.children(name, |w, child| {
        if child != "replica" {
            return Ok(false);
        }
        it.replicas.push(replica(w, child, words)?);
        Ok(true)
    })?;
    Ok(it)
}

fn replica<'a>(w: &mut Walker<'a>, name: &'a str, words: &mut RoleWords) -> Result<Replica<'a>, Fault> {
    let mut it = Replica::default();
    w.attributes(name, |a| match a.name {
        "id" => a.number_into(&mut it.id),
        _ => Ok(false),
    })?;
    w.children(name, |w, child| {
        if child != "resource" {
            return Ok(false);
        }
        it.members.push(primitive(w, child, words)?);
        Ok(true)
    })?;
    Ok(it)
}
