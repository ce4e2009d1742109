//! `actions`: what the cluster would do with nodes and resources.

use core::fmt;

use crate::crm_mon::{Role, RoleWords, words};
use crate::xml::walk::Walker;
use crate::xml::{Attribute, Fault, Text};

/// One line of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action<'a> {
    /// `node_action`: a node is fenced or shut down.
    Node(NodeAction<'a>),
    /// `rsc_action`: an instance of a resource is started, stopped, moved, …
    Resource(ResourceAction<'a>),
}

/// `node_action`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeAction<'a> {
    /// The node's name.
    pub node: Option<Text<'a>>,
    /// The resource that makes the node, if it is a guest.
    pub guest_of: Option<Text<'a>>,
    /// What is done with it.
    pub task: Option<NodeTask<'a>>,
    /// Why.
    pub reason: Option<Text<'a>>,
}

/// What is done with a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeTask<'a> {
    /// It is fenced; old releases do not say how.
    Fence(Option<FenceOperation<'a>>),
    /// Its cluster software is shut down.
    Shutdown,
    /// Something else, as written.
    Other(Text<'a>),
}

words! {
    /// How a node is fenced.
    FenceOperation, "A word that is not known here, as written." {
        /// Power off, then on.
        Reboot = "reboot",
        /// Power off.
        Off = "off",
        /// Power on, or let back in.
        On = "on",
    }
}

words! {
    /// What is done with an instance of a resource.
    Planned, "A word that is not known here, as written." {
        /// Started.
        Start = "start",
        /// Stopped.
        Stop = "stop",
        /// Stopped on one node and started on another.
        Move = "move",
        /// Moved without being stopped.
        Migrate = "migrate",
        /// Stopped and started after a failure.
        Recover = "recover",
        /// Stopped and started, because of its parameters or of what it needs.
        Restart = "restart",
        /// Given new parameters without being stopped.
        Reload = "reload",
        /// Promoted.
        Promote = "promote",
        /// Demoted.
        Demote = "demote",
        /// Demoted and promoted.
        RePromote = "re-promote",
    }
}

/// `rsc_action`. Which of the three nodes are there depends on the action: see [`from`](Self::from), [`to`](Self::to).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResourceAction<'a> {
    /// What is done.
    pub action: Option<Planned<'a>>,
    /// The resource, with `:N` if it is an instance of a clone.
    pub resource: Option<Text<'a>>,
    /// The one node of an action that is not about two.
    pub node: Option<Text<'a>>,
    /// The node where it is.
    pub source: Option<Text<'a>>,
    /// The node where it will be.
    pub dest: Option<Text<'a>>,
    /// Its role now, if roles matter.
    pub role: Option<Role<'a>>,
    /// Its role then, if it changes.
    pub next_role: Option<Role<'a>>,
    /// Why.
    pub reason: Option<Text<'a>>,
    /// Whether it cannot be done: then nothing happens. Absent means it can.
    pub blocked: Option<bool>,
}

impl ResourceAction<'_> {
    /// The node where it is now; `None` if it is on none, or none is told.
    pub fn from(&self) -> Option<&str> {
        if self.action == Some(Planned::Start) {
            return None;
        }
        // Promoted on a node where it does not run yet.
        if self.source.is_none() && self.dest.is_some() {
            return None;
        }
        self.source.as_deref().or(self.node.as_deref())
    }

    /// The node where it will be, blocked or not; `None` if on none, or none is told.
    pub fn to(&self) -> Option<&str> {
        if self.dest.is_some() {
            return self.dest.as_deref();
        }
        if self.next_role == Some(Role::Stopped) {
            return None;
        }
        match self.action {
            None | Some(Planned::Stop | Planned::Move | Planned::Migrate | Planned::Other(_)) => None,
            Some(Planned::Start) => self.node.as_deref(),
            Some(_) => self.source.as_deref().or(self.node.as_deref()),
        }
    }

    /// Whether it cannot be done.
    pub fn is_blocked(&self) -> bool {
        self.blocked == Some(true)
    }
}

impl<'a> NodeAction<'a> {
    /// A node as the tool names it: a guest's with ` (resource: ID)`.
    pub(super) fn set_node(&mut self, named: Text<'a>) {
        let guest = named.split_once(" (resource: ").map(|(node, rest)| {
            (node.trim_end().to_owned(), rest.trim_end().strip_suffix(')').unwrap_or(rest).to_owned())
        });
        match guest {
            Some((node, resource)) => {
                self.node = Some(node.into());
                self.guest_of = Some(resource.into());
            }
            None => self.node = Some(named),
        }
    }
}

impl<'a> From<Text<'a>> for NodeTask<'a> {
    /// `Shutdown`, `Fence`, `Fence (reboot)`.
    fn from(task: Text<'a>) -> Self {
        let fence = task.strip_prefix("Fence").map(str::trim);
        match (task.as_ref(), fence) {
            ("Shutdown", _) => Self::Shutdown,
            (_, Some("")) => Self::Fence(None),
            (_, Some(how)) => match how.strip_prefix('(').and_then(|how| how.strip_suffix(')')) {
                Some(how) => Self::Fence(Some(FenceOperation::from(Text::Owned(how.to_owned())))),
                None => Self::Other(task),
            },
            (_, None) => Self::Other(task),
        }
    }
}

pub(super) fn actions<'a>(
    w: &mut Walker<'a>,
    element: &'a str,
    words: &mut RoleWords,
) -> Result<Vec<Action<'a>>, Fault> {
    let mut all = Vec::new();
    w.attributes(element, |_| Ok(false))?;
    w.children(element, |w, name| {
        all.push(match name {
            "node_action" => Action::Node(node_action(w, name)?),
            "rsc_action" => Action::Resource(resource_action(w, name, words)?),
            _ => return Ok(false),
        });
        Ok(true)
    })?;
    Ok(all)
}

fn node_action<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<NodeAction<'a>, Fault> {
    let mut it = NodeAction::default();
    w.attributes(name, |a| match a.name {
        "node" => {
            it.set_node(a.text());
            Ok(true)
        }
        "task" => a.word_into(&mut it.task),
        "reason" => a.text_into(&mut it.reason),
        _ => Ok(false),
    })?;
    w.no_children(name)?;
    Ok(it)
}

fn resource_action<'a>(w: &mut Walker<'a>, name: &'a str, words: &mut RoleWords) -> Result<ResourceAction<'a>, Fault> {
    let mut it = ResourceAction::default();
    let mut role = |a: &Attribute<'a>, place: &mut Option<Role<'a>>| {
        words.see(&a.value);
        a.word_into(place)
    };
    w.attributes(name, |a| match a.name {
        "action" => a.word_into(&mut it.action),
        "resource" => a.text_into(&mut it.resource),
        "node" => a.text_into(&mut it.node),
        "source" => a.text_into(&mut it.source),
        "dest" => a.text_into(&mut it.dest),
        "role" => role(a, &mut it.role),
        "next-role" => role(a, &mut it.next_role),
        "reason" => a.text_into(&mut it.reason),
        "blocked" => a.boolean_into(&mut it.blocked),
        _ => Ok(false),
    })?;
    w.no_children(name)?;
    Ok(it)
}
