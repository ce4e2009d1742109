//! What `crm_mon` prints as XML: `pacemaker-result` of Pacemaker 2.0.3 to 3.0, and the older `crm_mon` root.
//!
//! Every section and attribute is optional, because every one is absent in some release or situation; absent is
//! `None`, never a default. `(null)` of the legacy writer and an empty truth or number are absent too.
//! What is not understood is told in [`Document::unknown`]. Nothing here judges: a cluster's health is not a format.

mod history;
mod resources;
mod sections;
mod summary;
mod time;
mod words;

use crate::ParseError;
use crate::xml::walk::Walker;
use crate::xml::{Fault, Text, Unknowns};

pub use history::{Failure, NodeHistory, Operation, ResourceHistory};
pub use resources::{Bundle, Cloned, Group, Instance, Item, Placement, Primitive, Replica};
pub use sections::{
    Attributes, Ban, Constraint, FenceEvent, FenceHistory, Node, NodeAttribute, Ticket, TicketAttribute,
};
pub use summary::{
    ClusterOptions, CurrentDc, Dc, Disconnected, LastChange, LastUpdate, Pacemakerd, ResourceCount, Stack, Summary,
};
pub use time::{Instant, Score, Time, Zone};
pub use words::{
    DaemonState, FenceStatus, Health, NoQuorumPolicy, NodeType, OperationStatus, Role, RoleWords, TicketStatus,
};

pub(crate) use history::{failures, node_history};
pub(crate) use resources::items;
pub(crate) use sections::{fence_event, node_attributes, nodes};
pub(crate) use words::words;

/// The name of the format in errors.
const FORMAT: &str = "crm_mon";

/// One document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document<'a> {
    /// Which writer made it.
    pub writer: Writer<'a>,
    /// How the tool says it ended; never there in a legacy document.
    pub status: Option<ToolStatus<'a>>,
    /// What it tells of the cluster.
    pub body: Body<'a>,
    /// Which words it uses for the roles of promotable clones; commands must use the same.
    pub role_words: RoleWords,
    /// What was not understood.
    pub unknown: Unknowns<'a>,
}

impl<'a> Document<'a> {
    /// The cluster's status if the document has one and the tool did not fail.
    ///
    /// An exit code of 0 proves nothing: `crm_mon` 2.1.5 gives it with a CIB that it cannot read.
    pub fn cluster(&self) -> Option<&Status<'a>> {
        match &self.body {
            Body::Status(status) if self.status.as_ref().is_none_or(|end| end.code.is_none_or(|code| code == 0)) => {
                Some(status)
            }
            _ => None,
        }
    }
}

/// The root element, by which the two families are told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Writer<'a> {
    /// `pacemaker-result`: `--output-as=xml`, Pacemaker 2.0.3 and later.
    Result {
        /// The version of the schemas, such as `2.25`; moves with any tool's schema: for display only.
        api_version: Option<Text<'a>>,
        /// The command line.
        request: Option<Text<'a>>,
    },
    /// `crm_mon`: `--as-xml`, Pacemaker 1.1.7 and later (with the attributes of its time).
    Legacy {
        /// The version of Pacemaker, such as `1.1.24`.
        version: Option<Text<'a>>,
    },
}

/// How a tool says that it ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToolStatus<'a> {
    /// Its exit code (`crm_exit_t`); 102 is not connected.
    pub code: Option<i32>,
    /// The code in words.
    pub message: Option<Text<'a>>,
    /// What it complained of; also with code 0.
    pub errors: Vec<Text<'a>>,
}

/// What a document tells of the cluster. Only one with a summary is a status, so that one that says nothing can not
/// be taken for a cluster without nodes, resources and failures.
#[derive(Debug, Clone, PartialEq)]
pub enum Body<'a> {
    /// A summary was there.
    Status(Box<Status<'a>>),
    /// The tool reached the node, but not its cluster (Pacemaker 2.1.6 and later).
    Disconnected(Disconnected<'a>),
    /// Neither: [`Document::status`] may say why.
    Nothing {
        /// The state of Pacemaker's daemon, if told.
        pacemakerd: Option<Pacemakerd<'a>>,
        /// Sections that were there without a summary, by name; their content is not to be trusted and not kept.
        sections: Vec<&'static str>,
    },
}

/// The status of a cluster as one node sees it. A section that is not printed when it is empty is `None` both when
/// it is empty and when the tool left it out.
#[derive(Debug, Clone, PartialEq)]
pub struct Status<'a> {
    /// `pacemakerd`: 2.1.5 and later, if asked for.
    pub pacemakerd: Option<Pacemakerd<'a>>,
    /// `summary`.
    pub summary: Summary<'a>,
    /// `nodes`.
    pub nodes: Option<Vec<Node<'a>>>,
    /// `resources`, in the order of the CIB.
    pub resources: Option<Vec<Item<'a>>>,
    /// `node_attributes`; absent when there are none.
    pub node_attributes: Option<Vec<Attributes<'a>>>,
    /// `node_history`.
    pub node_history: Option<Vec<NodeHistory<'a>>>,
    /// `failures`; absent when there are none.
    pub failures: Option<Vec<Failure<'a>>>,
    /// `fence_history`; absent when empty, and since 2.1.3 unless asked for.
    pub fence_history: Option<FenceHistory<'a>>,
    /// `tickets`; absent when there are none.
    pub tickets: Option<Vec<Ticket<'a>>>,
    /// `bans`: negative location scores; absent when there are none.
    pub bans: Option<Vec<Ban<'a>>>,
}

/// Reads one document.
pub fn parse(document: &[u8]) -> Result<Document<'_>, ParseError> {
    read(document).map_err(|fault| fault.in_document(FORMAT, document))
}

/// The sections as they come; which of them may be shown is known only at the end.
#[derive(Default)]
struct Sections<'a> {
    status: Option<ToolStatus<'a>>,
    disconnected: Option<Disconnected<'a>>,
    pacemakerd: Option<Pacemakerd<'a>>,
    summary: Option<Summary<'a>>,
    nodes: Option<Vec<Node<'a>>>,
    resources: Option<Vec<Item<'a>>>,
    node_attributes: Option<Vec<Attributes<'a>>>,
    node_history: Option<Vec<NodeHistory<'a>>>,
    failures: Option<Vec<Failure<'a>>>,
    fence_history: Option<FenceHistory<'a>>,
    tickets: Option<Vec<Ticket<'a>>>,
    bans: Option<Vec<Ban<'a>>>,
    role_words: RoleWords,
}

fn read(document: &[u8]) -> Result<Document<'_>, Fault> {
    let mut walker = Walker::new(document)?;
    let root = walker.root()?;
    let writer = match root {
        "pacemaker-result" => {
            let (api_version, request) = result_attributes(&mut walker, root)?;
            Writer::Result { api_version, request }
        }
        "crm_mon" => {
            walker.null_is_absent = true;
            let mut version = None;
            walker.attributes(root, |a| match a.name {
                "version" => a.text_into(&mut version),
                _ => Ok(false),
            })?;
            Writer::Legacy { version }
        }
        _ => return Err(Fault { offset: 0, expected: "the root pacemaker-result or crm_mon" }),
    };
    let mut s = Sections::default();
    walker.children(root, |w, name| s.section(w, name))?;
    walker.finish()?;
    let (status, role_words) = (s.status.take(), s.role_words);
    Ok(Document { writer, status, body: s.into_body(), role_words, unknown: walker.unknown })
}

/// `api-version` and `request` of `pacemaker-result`, which all tools share.
pub(crate) fn result_attributes<'a>(
    walker: &mut Walker<'a>,
    root: &'a str,
) -> Result<(Option<Text<'a>>, Option<Text<'a>>), Fault> {
    let (mut api_version, mut request) = (None, None);
    walker.attributes(root, |a| match a.name {
        "api-version" => a.text_into(&mut api_version),
        "request" => a.text_into(&mut request),
        _ => Ok(false),
    })?;
    Ok((api_version, request))
}

/// `status`, which all tools share.
pub(crate) fn tool_status<'a>(walker: &mut Walker<'a>, name: &'a str) -> Result<ToolStatus<'a>, Fault> {
    let mut status = ToolStatus::default();
    walker.attributes(name, |a| match a.name {
        "code" => a.number_into(&mut status.code),
        "message" => a.text_into(&mut status.message),
        _ => Ok(false),
    })?;
    walker.children(name, |w, child| match child {
        "errors" => {
            w.children(child, |w, error| match error {
                "error" => {
                    status.errors.push(w.text(error)?);
                    Ok(true)
                }
                _ => Ok(false),
            })?;
            Ok(true)
        }
        _ => Ok(false),
    })?;
    Ok(status)
}

/// Reads a section; a second one of the same name, which no release prints, is not understood.
macro_rules! once {
    ($place:expr, $read:expr) => {{
        if $place.is_some() {
            return Ok(false);
        }
        $place = Some($read);
    }};
}

impl<'a> Sections<'a> {
    fn section(&mut self, w: &mut Walker<'a>, name: &'a str) -> Result<bool, Fault> {
        match name {
            "status" => once!(self.status, tool_status(w, name)?),
            "crm-mon-disconnected" => once!(self.disconnected, summary::disconnected(w, name)?),
            "pacemakerd" => once!(self.pacemakerd, summary::pacemakerd(w, name)?),
            "summary" => once!(self.summary, summary::summary(w, name)?),
            "nodes" => once!(self.nodes, sections::nodes(w, name, &mut self.role_words)?),
            "resources" => once!(self.resources, resources::items(w, name, &mut self.role_words)?),
            "node_attributes" => once!(self.node_attributes, sections::node_attributes(w, name)?),
            "node_history" => once!(self.node_history, history::node_history(w, name)?),
            "failures" => once!(self.failures, history::failures(w, name)?),
            "fence_history" => once!(self.fence_history, sections::fence_history(w, name)?),
            "tickets" => once!(self.tickets, sections::tickets(w, name)?),
            "bans" => once!(self.bans, sections::bans(w, name)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The names of the sections that are there and mean nothing without a summary.
    fn names(&self) -> Vec<&'static str> {
        [
            (self.nodes.is_some(), "nodes"),
            (self.resources.is_some(), "resources"),
            (self.node_attributes.is_some(), "node_attributes"),
            (self.node_history.is_some(), "node_history"),
            (self.failures.is_some(), "failures"),
            (self.fence_history.is_some(), "fence_history"),
            (self.tickets.is_some(), "tickets"),
            (self.bans.is_some(), "bans"),
        ]
        .into_iter()
        .filter_map(|(there, name)| there.then_some(name))
        .collect()
    }

    fn into_body(self) -> Body<'a> {
        let sections = if self.summary.is_none() { self.names() } else { Vec::new() };
        match (self.summary, self.disconnected) {
            (_, Some(disconnected)) => Body::Disconnected(disconnected),
            (Some(summary), None) => Body::Status(Box::new(Status {
                pacemakerd: self.pacemakerd,
                summary,
                nodes: self.nodes,
                resources: self.resources,
                node_attributes: self.node_attributes,
                node_history: self.node_history,
                failures: self.failures,
                fence_history: self.fence_history,
                tickets: self.tickets,
                bans: self.bans,
            })),
            (None, None) => Body::Nothing { pacemakerd: self.pacemakerd, sections },
        }
    }
}
