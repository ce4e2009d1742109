//! What `cibadmin -Q` prints: with `-n` the header, with `-o SECTION` one section, else the whole CIB.
//!
//! Read are the header, the cluster's options, the attributes of nodes and the constraints. Resources, operations
//! and alerts are passed over: `crm_mon` tells of them, and they hold passwords. A value whose name is like that of a
//! secret is never in what is given back, nor is any of the document in an error.

mod constraints;
mod properties;
mod rules;

use crate::ParseError;
use crate::crm_mon::Time;
use crate::xml::walk::Walker;
use crate::xml::{Fault, Text, Unknowns};

pub use constraints::{Colocation, Constraints, Location, Order, ResourceSet, TicketConstraint, What};
pub use properties::{Lifetime, NodeAttribute, NodeEntry, Property, PropertySet, Value, is_secret};
pub use rules::{Date, Expression, Rule, Weight};

/// The name of the format in errors.
const FORMAT: &str = "cibadmin";

/// What stands in an error instead of the place itself.
pub(crate) const NOT_SHOWN: &str = "(not shown: a CIB may hold passwords)";

/// A CIB, or the section that was asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cib<'a> {
    /// The attributes of `cib`; `None` if only a section was asked for.
    pub header: Option<Header<'a>>,
    /// `crm_config`: the cluster's options.
    pub crm_config: Option<Vec<PropertySet<'a>>>,
    /// `nodes`, as configured.
    pub nodes: Option<Vec<NodeEntry<'a>>>,
    /// `constraints`.
    pub constraints: Option<Constraints<'a>>,
    /// `status`: attributes of nodes that last until they restart.
    pub transient: Option<Vec<NodeAttribute<'a>>>,
    /// What was not understood.
    pub unknown: Unknowns<'a>,
}

/// The attributes of `cib`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header<'a> {
    /// The version, of three numbers.
    pub version: Version,
    /// Whether the partition has quorum.
    pub have_quorum: Option<bool>,
    /// The id of the designated controller.
    pub dc_uuid: Option<Text<'a>>,
    /// The schema.
    pub validate_with: Option<Text<'a>>,
    /// The feature set of the cluster.
    pub crm_feature_set: Option<Text<'a>>,
    /// When its configuration was changed last, by the clock and in the zone of the one who did.
    pub last_written: Option<Time<'a>>,
    /// The node where it was changed last.
    pub update_origin: Option<Text<'a>>,
    /// The program that did.
    pub update_client: Option<Text<'a>>,
    /// The user who did.
    pub update_user: Option<Text<'a>>,
}

/// The version of a CIB; a later one is greater, number by number, and one that lacks a number is not comparable.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Version {
    /// Changed by an administrator only.
    pub admin_epoch: Option<u64>,
    /// Changed with the configuration.
    pub epoch: Option<u64>,
    /// Changed with anything.
    pub num_updates: Option<u64>,
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.numbers()?.cmp(&other.numbers()?))
    }
}

impl Version {
    /// The three numbers, the weightiest first, if all are there.
    pub fn numbers(&self) -> Option<[u64; 3]> {
        Some([self.admin_epoch?, self.epoch?, self.num_updates?])
    }
}

/// Reads what `cibadmin` printed: the root is `cib`, `crm_config`, `nodes`, `constraints` or `status`.
pub fn parse(document: &[u8]) -> Result<Cib<'_>, ParseError> {
    read(document).map_err(|fault| {
        let mut error = fault.in_document(FORMAT, document);
        if !error.excerpt.is_empty() {
            NOT_SHOWN.clone_into(&mut error.excerpt);
        }
        error
    })
}

fn read(document: &[u8]) -> Result<Cib<'_>, Fault> {
    let mut walker = Walker::new(document)?;
    let mut it = Cib::default();
    let root = walker.root()?;
    if root == "cib" {
        it.header = Some(header(&mut walker, root)?);
        walker.children(root, |w, name| match name {
            "configuration" => {
                w.children(name, |w, section| it.section(w, section))?;
                Ok(true)
            }
            _ => it.section(w, name),
        })?;
    } else if !it.section(&mut walker, root)? {
        return Err(Fault { offset: 0, expected: "the root cib, or one of its sections" });
    }
    walker.finish()?;
    it.unknown = walker.unknown;
    Ok(it)
}

impl<'a> Cib<'a> {
    fn section(&mut self, w: &mut Walker<'a>, name: &'a str) -> Result<bool, Fault> {
        match name {
            "crm_config" => self.crm_config = Some(properties::crm_config(w, name)?),
            "nodes" => self.nodes = Some(properties::nodes(w, name)?),
            "constraints" => self.constraints = Some(constraints::constraints(w, name)?),
            "status" => self.transient = Some(properties::transient(w, name)?),
            // Known, of no interest here, and full of secrets.
            "resources" | "op_defaults" | "rsc_defaults" | "template_defaults" | "tags" | "acls" | "alerts"
            | "fencing-topology" | "tickets" => w.pass_over()?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn header<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Header<'a>, Fault> {
    let mut it = Header::default();
    w.attributes(name, |a| match a.name {
        "admin_epoch" => a.number_into(&mut it.version.admin_epoch),
        "epoch" => a.number_into(&mut it.version.epoch),
        "num_updates" => a.number_into(&mut it.version.num_updates),
        "have-quorum" => a.boolean_into(&mut it.have_quorum),
        "dc-uuid" => a.text_into(&mut it.dc_uuid),
        "validate-with" => a.text_into(&mut it.validate_with),
        "crm_feature_set" => a.text_into(&mut it.crm_feature_set),
        "cib-last-written" => a.word_into(&mut it.last_written),
        "update-origin" => a.text_into(&mut it.update_origin),
        "update-client" => a.text_into(&mut it.update_client),
        "update-user" => a.text_into(&mut it.update_user),
        _ => Ok(false),
    })?;
    Ok(it)
}
