//! `constraints`: where resources may run, together with what, and after what.

use super::rules::{Rule, Weight, rule};
use crate::crm_mon::{Role, Time};
use crate::xml::walk::Walker;
use crate::xml::{Attribute, Fault, Text};

/// All constraints, each kind in the order of the CIB.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Constraints<'a> {
    /// `rsc_location`.
    pub locations: Vec<Location<'a>>,
    /// `rsc_colocation`.
    pub colocations: Vec<Colocation<'a>>,
    /// `rsc_order`.
    pub orders: Vec<Order<'a>>,
    /// `rsc_ticket`.
    pub tickets: Vec<TicketConstraint<'a>>,
}

/// What a location constraint is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum What<'a> {
    /// It does not say, or by sets: see [`Location::sets`].
    #[default]
    Unsaid,
    /// One resource, by its id.
    Resource(Text<'a>),
    /// Every resource whose id a regular expression matches.
    Pattern(Text<'a>),
}

/// `rsc_location`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location<'a> {
    /// Its id: `cli-prefer-…` and `cli-ban-…` are those of `crm_resource --move` and `--ban`.
    pub id: Option<Text<'a>>,
    /// What it is about.
    pub what: What<'a>,
    /// The node, if it names one itself; see [`Location::single_node`].
    pub node: Option<Text<'a>>,
    /// The score, if it has one itself.
    pub score: Option<Weight<'a>>,
    /// The role that it is about, if it says so itself; see [`Location::single_role`].
    pub role: Option<Role<'a>>,
    /// `always`, `never` or `exclusive`.
    pub discovery: Option<Text<'a>>,
    /// Its rules, and those of its `lifetime` (an older form).
    pub rules: Vec<Rule<'a>>,
    /// The sets of resources that it is about.
    pub sets: Vec<ResourceSet<'a>>,
}

impl<'a> Location<'a> {
    /// The one node that it is about, whether it or its only rule says so.
    pub fn single_node(&self) -> Option<&str> {
        match (&self.node, self.rules.as_slice()) {
            (Some(node), _) => Some(node),
            (None, [rule]) => rule.node(),
            (None, _) => None,
        }
    }

    /// The role that it is about, whether it or its only rule says so; absent means all.
    pub fn single_role(&self) -> Option<&Role<'a>> {
        match (&self.role, self.rules.as_slice()) {
            (Some(role), _) => Some(role),
            (None, [rule]) => rule.role.as_ref(),
            (None, _) => None,
        }
    }

    /// When it stops to hold for good, if every rule of it says so: the end that its first rule gives.
    pub fn ends(&self) -> Option<&Time<'a>> {
        if self.rules.iter().all(|rule| rule.ends().is_some()) { self.rules.first()?.ends() } else { None }
    }

    /// The score that it gives, whether it or its only rule says so.
    pub fn weight(&self) -> Option<&Weight<'a>> {
        match (&self.score, self.rules.as_slice()) {
            (Some(score), _) => Some(score),
            (None, [rule]) => rule.score.as_ref(),
            (None, _) => None,
        }
    }
}

/// `rsc_colocation`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Colocation<'a> {
    /// Its id.
    pub id: Option<Text<'a>>,
    /// The resource that follows.
    pub rsc: Option<Text<'a>>,
    /// Its role.
    pub rsc_role: Option<Role<'a>>,
    /// The resource that is followed.
    pub with_rsc: Option<Text<'a>>,
    /// Its role.
    pub with_rsc_role: Option<Role<'a>>,
    /// The score; absent means INFINITY.
    pub score: Option<Weight<'a>>,
    /// The attribute whose value must be the same instead of the node's name.
    pub node_attribute: Option<Text<'a>>,
    /// Whether the first also has a say in where the second runs.
    pub influence: Option<bool>,
    /// The sets of resources that it is about.
    pub sets: Vec<ResourceSet<'a>>,
}

/// `rsc_order`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order<'a> {
    /// Its id.
    pub id: Option<Text<'a>>,
    /// The resource that goes first.
    pub first: Option<Text<'a>>,
    /// What is done to it; absent means start.
    pub first_action: Option<Text<'a>>,
    /// The resource that goes then.
    pub then: Option<Text<'a>>,
    /// What is done to it; absent means the same as to the first.
    pub then_action: Option<Text<'a>>,
    /// `Mandatory`, `Optional` or `Serialize`.
    pub kind: Option<Text<'a>>,
    /// The score, which older CIBs have instead of a kind.
    pub score: Option<Weight<'a>>,
    /// Whether stopping goes the other way round; absent means yes.
    pub symmetrical: Option<bool>,
    /// The sets of resources that it is about.
    pub sets: Vec<ResourceSet<'a>>,
}

/// `rsc_ticket`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketConstraint<'a> {
    /// Its id.
    pub id: Option<Text<'a>>,
    /// The resource.
    pub rsc: Option<Text<'a>>,
    /// Its role.
    pub rsc_role: Option<Role<'a>>,
    /// The ticket.
    pub ticket: Option<Text<'a>>,
    /// What happens when the ticket is lost: `stop`, `demote`, `fence` or `freeze`.
    pub loss_policy: Option<Text<'a>>,
    /// The sets of resources that it is about.
    pub sets: Vec<ResourceSet<'a>>,
}

/// `resource_set`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResourceSet<'a> {
    /// Its id.
    pub id: Option<Text<'a>>,
    /// The role that it is about.
    pub role: Option<Role<'a>>,
    /// The ids of its resources.
    pub resources: Vec<Text<'a>>,
}

pub(super) fn constraints<'a>(w: &mut Walker<'a>, section: &'a str) -> Result<Constraints<'a>, Fault> {
    let mut all = Constraints::default();
    w.children(section, |w, name| {
        match name {
            "rsc_location" => all.locations.push(location(w, name)?),
            "rsc_colocation" => all.colocations.push(colocation(w, name)?),
            "rsc_order" => all.orders.push(order(w, name)?),
            "rsc_ticket" => all.tickets.push(ticket(w, name)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(all)
}

/// A role as an administrator wrote it.
fn role_into<'a>(a: &Attribute<'a>, place: &mut Option<Role<'a>>) -> bool {
    *place = Some(Role::of_any_case(a.text()));
    true
}

fn location<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Location<'a>, Fault> {
    let mut it = Location::default();
    w.attributes(name, |a| match a.name {
        "id" => a.text_into(&mut it.id),
        "rsc" => {
            it.what = What::Resource(a.text());
            Ok(true)
        }
        "rsc-pattern" => {
            it.what = What::Pattern(a.text());
            Ok(true)
        }
        "node" => a.text_into(&mut it.node),
        "score" => a.word_into(&mut it.score),
        "role" => Ok(role_into(a, &mut it.role)),
        "resource-discovery" => a.text_into(&mut it.discovery),
        _ => Ok(false),
    })?;
    w.children(name, |w, child| {
        match child {
            "rule" => it.rules.push(rule(w, child)?),
            "lifetime" => w.children(child, |w, inner| {
                if inner != "rule" {
                    return Ok(false);
                }
                it.rules.push(rule(w, inner)?);
                Ok(true)
            })?,
            "resource_set" => it.sets.push(set(w, child)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(it)
}

fn colocation<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Colocation<'a>, Fault> {
    let mut it = Colocation::default();
    w.attributes(name, |a| match a.name {
        "id" => a.text_into(&mut it.id),
        "rsc" => a.text_into(&mut it.rsc),
        "rsc-role" => Ok(role_into(a, &mut it.rsc_role)),
        "with-rsc" => a.text_into(&mut it.with_rsc),
        "with-rsc-role" => Ok(role_into(a, &mut it.with_rsc_role)),
        "score" => a.word_into(&mut it.score),
        "node-attribute" => a.text_into(&mut it.node_attribute),
        "influence" => a.boolean_into(&mut it.influence),
        _ => Ok(false),
    })?;
    w.children(name, |w, child| sets(w, child, &mut it.sets))?;
    Ok(it)
}

fn order<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Order<'a>, Fault> {
    let mut it = Order::default();
    w.attributes(name, |a| match a.name {
        "id" => a.text_into(&mut it.id),
        "first" => a.text_into(&mut it.first),
        "first-action" => a.text_into(&mut it.first_action),
        "then" => a.text_into(&mut it.then),
        "then-action" => a.text_into(&mut it.then_action),
        "kind" => a.text_into(&mut it.kind),
        "score" => a.word_into(&mut it.score),
        "symmetrical" => a.boolean_into(&mut it.symmetrical),
        "require-all" => Ok(true),
        _ => Ok(false),
    })?;
    w.children(name, |w, child| sets(w, child, &mut it.sets))?;
    Ok(it)
}

fn ticket<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<TicketConstraint<'a>, Fault> {
    let mut it = TicketConstraint::default();
    w.attributes(name, |a| match a.name {
        "id" => a.text_into(&mut it.id),
        "rsc" => a.text_into(&mut it.rsc),
        "rsc-role" => Ok(role_into(a, &mut it.rsc_role)),
        "ticket" => a.text_into(&mut it.ticket),
        "loss-policy" => a.text_into(&mut it.loss_policy),
        _ => Ok(false),
    })?;
    w.children(name, |w, child| sets(w, child, &mut it.sets))?;
    Ok(it)
}

/// Puts a `resource_set` where it belongs and says whether the element is one.
fn sets<'a>(w: &mut Walker<'a>, name: &'a str, into: &mut Vec<ResourceSet<'a>>) -> Result<bool, Fault> {
    if name != "resource_set" {
        return Ok(false);
    }
    into.push(set(w, name)?);
    Ok(true)
}

fn set<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<ResourceSet<'a>, Fault> {
    let mut it = ResourceSet::default();
    w.attributes(name, |a| match a.name {
        "id" => a.text_into(&mut it.id),
        "role" => Ok(role_into(a, &mut it.role)),
        "sequential" | "require-all" | "action" | "score" | "kind" | "ordering" | "id-ref" => Ok(true),
        _ => Ok(false),
    })?;
    w.children(name, |w, child| {
        if child != "resource_ref" {
            return Ok(false);
        }
        w.attributes(child, |a| {
            if a.name == "id" {
                it.resources.push(a.text());
            }
            Ok(a.name == "id")
        })?;
        w.no_children(child)?;
        Ok(true)
    })?;
    Ok(it)
}
