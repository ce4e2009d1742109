//! `transition`: the steps of a plan, in the order in which they were simulated.

use core::fmt;

use super::actions::FenceOperation;
use super::changes::{InjectedAttribute, attribute, pair};
use crate::crm_mon::words;
use crate::xml::walk::Walker;
use crate::xml::{Fault, Text};

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<'a> {
    /// `rsc_action`: an operation of an agent.
    Resource {
        /// The resource; without `:N` if its clone is anonymous.
        resource: Option<Text<'a>>,
        /// The operation.
        operation: Option<Operation<'a>>,
        /// The node that it is run on.
        node: Option<Text<'a>>,
        /// How often it is run, in ms; absent if once.
        interval_ms: Option<u64>,
    },
    /// `pseudo_action`: a mark in the order of things; nothing is run.
    Pseudo {
        /// Its name, such as `g-web_start_0`.
        task: Option<Text<'a>>,
        /// The node that it is about, if one.
        node: Option<Text<'a>>,
    },
    /// `fencing_action`.
    Fencing {
        /// How.
        operation: Option<FenceOperation<'a>>,
        /// The node that is fenced.
        target: Option<Text<'a>>,
    },
    /// `cluster_action`: something that the controller of a node does, such as `do_shutdown`, `clear_failcount`.
    Cluster {
        /// What.
        task: Option<Text<'a>>,
        /// The node.
        node: Option<Text<'a>>,
        /// The resource that it is about, if one.
        resource: Option<Text<'a>>,
    },
    /// `inject_attr`: what an operation leaves behind that is made to fail (`--op-fail`).
    Attribute(InjectedAttribute<'a>),
}

words! {
    /// An operation of an agent.
    Operation, "A word that is not known here, as written." {
        /// Start it.
        Start = "start",
        /// Stop it.
        Stop = "stop",
        /// Look at it: once (a probe), or again and again.
        Monitor = "monitor",
        /// Promote it.
        Promote = "promote",
        /// Demote it.
        Demote = "demote",
        /// Tell it what is done to the other instances.
        Notify = "notify",
        /// Migrate it away.
        MigrateTo = "migrate_to",
        /// Migrate it here.
        MigrateFrom = "migrate_from",
        /// End a recurring monitor.
        Cancel = "cancel",
        /// Forget what is known of it.
        Delete = "delete",
        /// Give it new parameters (before 2.1.0).
        Reload = "reload",
        /// Give it new parameters.
        ReloadAgent = "reload-agent",
    }
}

pub(super) fn transition<'a>(w: &mut Walker<'a>, element: &'a str) -> Result<Vec<Step<'a>>, Fault> {
    let mut steps = Vec::new();
    w.attributes(element, |_| Ok(false))?;
    w.children(element, |w, name| {
        steps.push(match name {
            "rsc_action" => resource(w, name)?,
            "pseudo_action" => {
                let (task, node) = pair(w, name, "task", "node")?;
                Step::Pseudo { task, node }
            }
            "fencing_action" => {
                let (operation, target) = pair(w, name, "op", "target")?;
                Step::Fencing { operation: operation.map(FenceOperation::from), target }
            }
            "cluster_action" => cluster(w, name)?,
            "inject_attr" => Step::Attribute(attribute(w, name)?),
            _ => return Ok(false),
        });
        Ok(true)
    })?;
    Ok(steps)
}

fn resource<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Step<'a>, Fault> {
    let (mut resource, mut operation, mut node, mut interval_ms) = (None, None, None, None);
    w.attributes(name, |a| match a.name {
        "resource" => a.text_into(&mut resource),
        "op" => a.word_into(&mut operation),
        "node" => a.text_into(&mut node),
        "interval" => a.milliseconds_into(&mut interval_ms),
        _ => Ok(false),
    })?;
    w.no_children(name)?;
    Ok(Step::Resource { resource, operation, node, interval_ms })
}

fn cluster<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Step<'a>, Fault> {
    let (mut task, mut node, mut resource) = (None, None, None);
    w.attributes(name, |a| match a.name {
        "task" => a.text_into(&mut task),
        "node" => a.text_into(&mut node),
        "id" => a.text_into(&mut resource),
        _ => Ok(false),
    })?;
    w.no_children(name)?;
    Ok(Step::Cluster { task, node, resource })
}
