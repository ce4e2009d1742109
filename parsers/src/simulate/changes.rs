//! `modifications`: what was changed in the copy of the cluster before it was simulated.

use crate::xml::walk::Walker;
use crate::xml::{Fault, Text};

/// `modifications`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Modifications<'a> {
    /// The quorum that was set, as given: `0`, `1`, `true`, …
    pub quorum: Option<Text<'a>>,
    /// Whether a watchdog was set, as given.
    pub watchdog: Option<Text<'a>>,
    /// The changes, in order.
    pub changes: Vec<Modification<'a>>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Modification<'a> {
    /// `modify_node`.
    Node {
        /// The node.
        node: Option<Text<'a>>,
        /// `Online`, `Offline` or `Failing`.
        action: Option<Text<'a>>,
    },
    /// `modify_ticket`.
    Ticket {
        /// The ticket.
        ticket: Option<Text<'a>>,
        /// `Granting`, `Revoking`, `Standby` or `Activating`.
        action: Option<Text<'a>>,
    },
    /// `inject_spec`: an operation is taken to have ended so.
    Operation {
        /// `RESOURCE_OPERATION_INTERVAL@NODE=CODE`, the interval in ms.
        spec: Option<Text<'a>>,
    },
    /// `inject_attr`: what a failure leaves behind.
    Attribute(InjectedAttribute<'a>),
    /// A line of text, which is not taken apart.
    Words(Text<'a>),
}

/// `inject_attr`: a node's attribute that is set, such as a fail count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InjectedAttribute<'a> {
    /// Its name: `fail-count-R#OPERATION_INTERVAL`, `last-failure-…`, `standby`, …
    pub name: Option<Text<'a>>,
    /// Its value; `value++` counts up.
    pub value: Option<Text<'a>>,
    /// Where in the CIB.
    pub node_path: Option<Text<'a>>,
    /// The node's id.
    pub cib_node: Option<Text<'a>>,
}

pub(super) fn modifications<'a>(w: &mut Walker<'a>, element: &'a str) -> Result<Modifications<'a>, Fault> {
    let mut it = Modifications::default();
    w.attributes(element, |a| match a.name {
        "quorum" => a.text_into(&mut it.quorum),
        "watchdog" => a.text_into(&mut it.watchdog),
        _ => Ok(false),
    })?;
    w.children(element, |w, name| {
        it.changes.push(match name {
            "modify_node" => {
                let (node, action) = pair(w, name, "node", "action")?;
                Modification::Node { node, action }
            }
            "modify_ticket" => {
                let (ticket, action) = pair(w, name, "ticket", "action")?;
                Modification::Ticket { ticket, action }
            }
            "inject_spec" => {
                let mut spec = None;
                w.attributes(name, |a| if a.name == "spec" { a.text_into(&mut spec) } else { Ok(false) })?;
                w.no_children(name)?;
                Modification::Operation { spec }
            }
            "inject_attr" => Modification::Attribute(attribute(w, name)?),
            _ => return Ok(false),
        });
        Ok(true)
    })?;
    Ok(it)
}

type Two<'a> = (Option<Text<'a>>, Option<Text<'a>>);

/// The values of the two attributes that an element has.
pub(super) fn pair<'a>(w: &mut Walker<'a>, name: &'a str, one: &str, other: &str) -> Result<Two<'a>, Fault> {
    let mut both: Two<'a> = (None, None);
    w.attributes(name, |a| match a.name {
        key if key == one => a.text_into(&mut both.0),
        key if key == other => a.text_into(&mut both.1),
        _ => Ok(false),
    })?;
    w.no_children(name)?;
    Ok(both)
}

pub(super) fn attribute<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<InjectedAttribute<'a>, Fault> {
    let mut it = InjectedAttribute::default();
    w.attributes(name, |a| match a.name {
        "name" => a.text_into(&mut it.name),
        "value" => a.text_into(&mut it.value),
        "node_path" => a.text_into(&mut it.node_path),
        "cib_node" => a.text_into(&mut it.cib_node),
        _ => Ok(false),
    })?;
    w.no_children(name)?;
    Ok(it)
}
