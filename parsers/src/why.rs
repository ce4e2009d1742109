//! `crm_resource --why --output-as=xml` (Pacemaker 2.1.0 and later): which settings keep a resource from running.
//!
//! Only settings are looked at, not constraints or failures: no reason does not mean that there is none.

use crate::ParseError;
use crate::crm_mon::{ToolStatus, result_attributes, tool_status};
use crate::xml::walk::Walker;
use crate::xml::{Fault, Text, Unknowns};

/// The name of the format in errors.
const FORMAT: &str = "crm_resource";

/// One document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Why<'a> {
    /// The version of the schemas, such as `2.25`; for display only.
    pub api_version: Option<Text<'a>>,
    /// The command line.
    pub request: Option<Text<'a>>,
    /// How the tool says it ended.
    pub status: Option<ToolStatus<'a>>,
    /// The answer; `None` if there is none: then `status` says why.
    pub reason: Option<Reason<'a>>,
    /// What was not understood.
    pub unknown: Unknowns<'a>,
}

/// `reason`: the answer about one resource, or about all of a node or of the cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reason<'a> {
    /// Whether the resource runs somewhere; only if it was asked for without a node.
    pub running: Option<bool>,
    /// The node that it runs on; only if that is the node that was asked for.
    pub running_on: Option<Text<'a>>,
    /// The resource that was asked for.
    pub check: Option<Check<'a>>,
    /// Each resource, if none was asked for.
    pub resources: Option<Vec<ResourceReason<'a>>>,
}

/// `resource`: one of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResourceReason<'a> {
    /// Its id, with `:N` if it is an instance of a clone.
    pub id: Option<Text<'a>>,
    /// Whether it runs: on the node that was asked for, else somewhere.
    pub running: Option<bool>,
    /// The node that was asked for.
    pub host: Option<Text<'a>>,
    /// What was found.
    pub check: Option<Check<'a>>,
}

/// `check`: what was found. An attribute that is not there was not found to be so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Check<'a> {
    /// What it is about: the outermost group, clone or bundle of the resource, or itself.
    pub id: Option<Text<'a>>,
    /// Whether its target role is Stopped.
    pub remain_stopped: Option<bool>,
    /// `false` if its target role forbids a promotion.
    pub promotable: Option<bool>,
    /// Whether it is unmanaged: the cluster neither starts nor stops it.
    pub unmanaged: Option<bool>,
    /// Whether the health of the node, or of all nodes, forbids it (2.1.5 and later).
    pub unhealthy: Option<bool>,
    /// The node that it waits for, because that was shut down cleanly (2.1.0 and later).
    pub locked_to: Option<Text<'a>>,
}

impl Check<'_> {
    /// Whether no setting was found that keeps it from running.
    pub fn is_silent(&self) -> bool {
        self.remain_stopped != Some(true)
            && self.promotable != Some(false)
            && self.unmanaged != Some(true)
            && self.unhealthy != Some(true)
            && self.locked_to.is_none()
    }
}

/// Reads one document.
pub fn parse(document: &[u8]) -> Result<Why<'_>, ParseError> {
    read(document).map_err(|fault| fault.in_document(FORMAT, document))
}

fn read(document: &[u8]) -> Result<Why<'_>, Fault> {
    let mut walker = Walker::new(document)?;
    let root = walker.root()?;
    if root != "pacemaker-result" {
        return Err(Fault { offset: 0, expected: "the root pacemaker-result" });
    }
    let (api_version, request) = result_attributes(&mut walker, root)?;
    let mut it = Why { api_version, request, ..Why::default() };
    walker.children(root, |w, name| {
        match name {
            "status" if it.status.is_none() => it.status = Some(tool_status(w, name)?),
            "reason" if it.reason.is_none() => it.reason = Some(reason(w, name)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    walker.finish()?;
    it.unknown = walker.unknown;
    Ok(it)
}

fn reason<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Reason<'a>, Fault> {
    let mut it = Reason::default();
    w.attributes(name, |a| match a.name {
        "running" => a.boolean_into(&mut it.running),
        "running_on" => a.text_into(&mut it.running_on),
        _ => Ok(false),
    })?;
    w.children(name, |w, child| {
        match child {
            "check" if it.check.is_none() => it.check = Some(check(w, child)?),
            "resources" => resources(w, child, it.resources.get_or_insert_default())?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(it)
}

fn resources<'a>(w: &mut Walker<'a>, name: &'a str, into: &mut Vec<ResourceReason<'a>>) -> Result<(), Fault> {
    w.attributes(name, |_| Ok(false))?;
    w.children(name, |w, child| {
        if child != "resource" {
            return Ok(false);
        }
        into.push(resource(w, child)?);
        Ok(true)
    })
}

fn resource<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<ResourceReason<'a>, Fault> {
    let mut it = ResourceReason::default();
    w.attributes(name, |a| match a.name {
        "id" => a.text_into(&mut it.id),
        "running" => a.boolean_into(&mut it.running),
        "host" => a.text_into(&mut it.host),
        _ => Ok(false),
    })?;
    w.children(name, |w, child| {
        if child != "check" || it.check.is_some() {
            return Ok(false);
        }
        it.check = Some(check(w, child)?);
        Ok(true)
    })?;
    Ok(it)
}

fn check<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Check<'a>, Fault> {
    let mut it = Check::default();
    w.attributes(name, |a| match a.name {
        "id" => a.text_into(&mut it.id),
        "remain_stopped" => a.boolean_into(&mut it.remain_stopped),
        "promotable" => a.boolean_into(&mut it.promotable),
        "unmanaged" => a.boolean_into(&mut it.unmanaged),
        "unhealthy" => a.boolean_into(&mut it.unhealthy),
        "locked-to" => a.text_into(&mut it.locked_to),
        _ => Ok(false),
    })?;
    w.no_children(name)?;
    Ok(it)
}
