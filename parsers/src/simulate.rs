//! What `crm_simulate` prints: what the cluster would do, and what it would be then.
//!
//! Read are the XML of `--output-as=xml` (Pacemaker 2.1.0 to 3.0) and the text that every release prints. The text
//! tells of the plan and its steps; the states before and after are read from XML only.
//!
//! Nothing to do is a plan without actions; a plan that was not told is `None`: see [`Simulation::plan`].

mod actions;
mod changes;
mod steps;
mod text;

use crate::ParseError;
use crate::crm_mon::{
    Attributes, Failure, Item, Node, NodeHistory, RoleWords, ToolStatus, failures, items, node_attributes,
    node_history, nodes, result_attributes, tool_status,
};
use crate::xml::walk::Walker;
use crate::xml::{Fault, Text, Unknowns};

pub use actions::{Action, FenceOperation, NodeAction, NodeTask, Planned, ResourceAction};
pub use changes::{InjectedAttribute, Modification, Modifications};
pub use steps::{Operation, Step};

/// The name of the format in errors.
const FORMAT: &str = "crm_simulate";

/// One run of the tool.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation<'a> {
    /// In which form it was printed.
    pub form: Form<'a>,
    /// How the tool says it ended; never there in text.
    pub status: Option<ToolStatus<'a>>,
    /// The cluster as it is; never there in text.
    pub current: Option<ClusterStatus<'a>>,
    /// What was changed before, by options such as `--node-fail` and `--op-inject`.
    pub modifications: Option<Modifications<'a>>,
    /// What would be done; empty if nothing would. See [`plan`](Self::plan).
    pub actions: Option<Vec<Action<'a>>>,
    /// The steps of it in the order in which they were simulated; only with `--simulate`.
    pub transition: Option<Vec<Step<'a>>>,
    /// The cluster as it would be then; only with `--simulate`, and never there in text.
    pub revised: Option<ClusterStatus<'a>>,
    /// Which words it uses for the roles of promotable clones.
    pub role_words: RoleWords,
    /// In text: lines about the plan and its steps that are not understood, safe to show.
    pub unread: Vec<String>,
    /// In XML: what was not understood.
    pub unknown: Unknowns<'a>,
}

/// In which form the tool printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form<'a> {
    /// `--output-as=xml`, Pacemaker 2.1.0 and later.
    Xml {
        /// The version of the schemas, such as `2.25`; for display only.
        api_version: Option<Text<'a>>,
        /// The command line.
        request: Option<Text<'a>>,
    },
    /// Text, of any release.
    Text,
}

/// `cluster_status`, `revised_cluster_status`: in the same words as `crm_mon`'s.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClusterStatus<'a> {
    /// `nodes`.
    pub nodes: Option<Vec<Node<'a>>>,
    /// `resources`, in the order of the CIB.
    pub resources: Option<Vec<Item<'a>>>,
    /// `node_attributes`; absent when there are none.
    pub node_attributes: Option<Vec<Attributes<'a>>>,
    /// `node_history`; only if asked for.
    pub node_history: Option<Vec<NodeHistory<'a>>>,
    /// `failures`; absent when there are none.
    pub failures: Option<Vec<Failure<'a>>>,
}

impl<'a> Simulation<'a> {
    /// The plan: empty if the cluster would do nothing. `None` if the tool failed, or did not say.
    pub fn plan(&self) -> Option<&[Action<'a>]> {
        let failed = self.status.as_ref().is_some_and(|end| end.code.is_some_and(|code| code != 0));
        if failed { None } else { self.actions.as_deref() }
    }

    fn new(form: Form<'a>) -> Self {
        Self {
            form,
            status: None,
            current: None,
            modifications: None,
            actions: None,
            transition: None,
            revised: None,
            role_words: RoleWords::default(),
            unread: Vec::new(),
            unknown: Unknowns::default(),
        }
    }
}

/// Reads what one run printed: XML if it begins with `<`, else text.
pub fn parse(output: &[u8]) -> Result<Simulation<'_>, ParseError> {
    let begin = output.iter().find(|byte| !byte.is_ascii_whitespace());
    let read =
        if begin == Some(&b'<') || output.starts_with(b"\xef\xbb\xbf<") { xml(output) } else { text::read(output) };
    read.map_err(|fault| fault.in_document(FORMAT, output))
}

fn xml(document: &[u8]) -> Result<Simulation<'_>, Fault> {
    let mut walker = Walker::new(document)?;
    let root = walker.root()?;
    if root != "pacemaker-result" {
        return Err(Fault { offset: 0, expected: "the root pacemaker-result" });
    }
    let (api_version, request) = result_attributes(&mut walker, root)?;
    let mut it = Simulation::new(Form::Xml { api_version, request });
    walker.children(root, |w, name| it.section(w, name))?;
    walker.finish()?;
    it.unknown = walker.unknown;
    Ok(it)
}

impl<'a> Simulation<'a> {
    fn section(&mut self, w: &mut Walker<'a>, name: &'a str) -> Result<bool, Fault> {
        let words = &mut self.role_words;
        match name {
            "status" if self.status.is_none() => self.status = Some(tool_status(w, name)?),
            "cluster_status" if self.current.is_none() => self.current = Some(cluster_status(w, name, words)?),
            "modifications" if self.modifications.is_none() => {
                self.modifications = Some(changes::modifications(w, name)?);
            }
            "actions" if self.actions.is_none() => self.actions = Some(actions::actions(w, name, words)?),
            "transition" if self.transition.is_none() => self.transition = Some(steps::transition(w, name)?),
            "revised_cluster_status" if self.revised.is_none() => self.revised = Some(cluster_status(w, name, words)?),
            // Scores, utilization and timings are printed only if asked for, for the study of a scheduler.
            "allocations" | "utilizations" | "allocations_utilizations" | "timings" => w.pass_over()?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn cluster_status<'a>(w: &mut Walker<'a>, name: &'a str, words: &mut RoleWords) -> Result<ClusterStatus<'a>, Fault> {
    let mut it = ClusterStatus::default();
    w.attributes(name, |_| Ok(false))?;
    w.children(name, |w, child| {
        match child {
            "nodes" if it.nodes.is_none() => it.nodes = Some(nodes(w, child, words)?),
            "resources" if it.resources.is_none() => it.resources = Some(items(w, child, words)?),
            "node_attributes" if it.node_attributes.is_none() => it.node_attributes = Some(node_attributes(w, child)?),
            "node_history" if it.node_history.is_none() => it.node_history = Some(node_history(w, child)?),
            "failures" if it.failures.is_none() => it.failures = Some(failures(w, child)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(it)
}
