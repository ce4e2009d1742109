//! `stonith_admin --history '*' --output-as=xml` (Pacemaker 2.0.2 and later): what was fenced, by whom, and how it
//! ended. Besides `crm_mon`'s section, because some releases print that only if asked for.

use crate::ParseError;
use crate::crm_mon::{FenceEvent, ToolStatus, fence_event, result_attributes, tool_status};
use crate::xml::walk::Walker;
use crate::xml::{Fault, Text, Unknowns};

/// The name of the format in errors.
const FORMAT: &str = "stonith_admin";

/// One document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FencingHistory<'a> {
    /// The version of the schemas, such as `2.25`; for display only.
    pub api_version: Option<Text<'a>>,
    /// The command line.
    pub request: Option<Text<'a>>,
    /// How the tool says it ended.
    pub status: Option<ToolStatus<'a>>,
    /// How many events it says there are; absent before 2.0.5, or when the fencer did not answer.
    pub count: Option<u64>,
    /// The events, latest first; `None` if there was no list: then nothing is known.
    pub events: Option<Vec<FenceEvent<'a>>>,
    /// What was not understood.
    pub unknown: Unknowns<'a>,
}

/// Reads one document.
pub fn parse(document: &[u8]) -> Result<FencingHistory<'_>, ParseError> {
    read(document).map_err(|fault| fault.in_document(FORMAT, document))
}

fn read(document: &[u8]) -> Result<FencingHistory<'_>, Fault> {
    let mut walker = Walker::new(document)?;
    let root = walker.root()?;
    if root != "pacemaker-result" {
        return Err(Fault { offset: 0, expected: "the root pacemaker-result" });
    }
    let (api_version, request) = result_attributes(&mut walker, root)?;
    let mut it = FencingHistory { api_version, request, ..FencingHistory::default() };
    walker.children(root, |w, name| {
        match name {
            "status" if it.status.is_none() => it.status = Some(tool_status(w, name)?),
            "list" => list(w, name, &mut it)?,
            "fence_event" => it.events.get_or_insert_default().push(fence_event(w, name)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    walker.finish()?;
    it.unknown = walker.unknown;
    Ok(it)
}

fn list<'a>(w: &mut Walker<'a>, name: &'a str, it: &mut FencingHistory<'a>) -> Result<(), Fault> {
    w.attributes(name, |a| match a.name {
        // Its title, in words.
        "name" => Ok(true),
        "count" => a.number_into(&mut it.count),
        _ => Ok(false),
    })?;
    let events = it.events.get_or_insert_default();
    w.children(name, |w, child| {
        if child != "fence_event" {
            return Ok(false);
        }
        events.push(fence_event(w, child)?);
        Ok(true)
    })
}
