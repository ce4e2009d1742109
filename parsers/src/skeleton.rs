//! The skeleton of a CIB: its resources as they are nested, their operations and meta attributes, and the defaults.
//!
//! hatui's preview cuts it out of `cibadmin -Q` (all releases), one element a line, on the node: the lines of other
//! elements are gone, and with them the instance attributes, which hold passwords. So this is a fragment without a root.
//! Elements around it (`configuration`, `resources`, `operations`) may be there or not, and if instance attributes
//! are, they are passed over.
//!
//! [`Skeleton::timeout`] says how long an operation may take, by Pacemaker's own rules.

mod duration;
mod lookup;

use crate::ParseError;
use crate::cib::{NOT_SHOWN, is_secret};
use crate::xml::walk::Walker;
use crate::xml::{Attribute, Fault};

pub use duration::{Duration, milliseconds};
pub use lookup::{Timeout, TimeoutFrom};

/// The name of the format in errors.
const FORMAT: &str = "skeleton of the CIB";

/// What is put around the fragment, so that it is a document.
const ROOT: &str = "<skeleton>";
const END: &str = "</skeleton>";

/// A CIB's resources and defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skeleton {
    /// The resources at the top, in the order of the CIB.
    pub resources: Vec<Resource>,
    /// `template`: what primitives can be made after.
    pub templates: Vec<Resource>,
    /// `op_defaults`.
    pub op_defaults: Vec<Set>,
    /// `rsc_defaults`.
    pub rsc_defaults: Vec<Set>,
    /// The first 16 different things that were not understood, by name.
    pub unknown: Vec<String>,
    /// How often something was not understood.
    pub unknown_count: usize,
}

/// What kind of resource it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    /// `primitive`.
    #[default]
    Primitive,
    /// `group`.
    Group,
    /// `clone`.
    Clone,
    /// `master`: a promotable clone, as it was written before 2.0.
    Master,
    /// `bundle`.
    Bundle,
    /// `template`.
    Template,
}

/// A resource.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resource {
    /// Its id.
    pub id: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// `ocf`, `systemd`, `stonith`, …
    pub class: Option<String>,
    /// Whose agent it is, if its class is `ocf`.
    pub provider: Option<String>,
    /// The agent (the attribute is `type`).
    pub agent: Option<String>,
    /// The template that it is made after.
    pub template: Option<String>,
    /// Its own operations.
    pub operations: Vec<Operation>,
    /// Its own meta attributes.
    pub meta: Vec<Set>,
    /// What it is made of.
    pub children: Vec<Resource>,
}

/// `op`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operation {
    /// Its id.
    pub id: Option<String>,
    /// `monitor`, `start`, `stop`, …
    pub name: Option<String>,
    /// How often; absent means once.
    pub interval: Option<Duration>,
    /// How long it may take. See [`Skeleton::timeout`].
    pub timeout: Option<Duration>,
    /// The role that it is for.
    pub role: Option<String>,
    /// What is done if it fails: `restart`, `block`, `fence`, …
    pub on_fail: Option<String>,
    /// Whether it is used; absent means yes.
    pub enabled: Option<bool>,
    /// Its meta attributes, which its attributes override.
    pub meta: Vec<Set>,
}

/// `meta_attributes`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Set {
    /// Its id.
    pub id: Option<String>,
    /// The set that stands in its place.
    pub id_ref: Option<String>,
    /// Of two sets that have the same name the one with the higher score wins, else the first.
    pub score: Option<String>,
    /// Whether it has a rule, so that it does not hold always.
    pub conditional: bool,
    /// Its names and values.
    pub pairs: Vec<Pair>,
}

/// `nvpair`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pair {
    /// Its id.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its value; absent also if it is a secret by its name.
    pub value: Option<String>,
}

/// Reads a fragment. An error tells the place, not what stands there.
pub fn parse(fragment: &[u8]) -> Result<Skeleton, ParseError> {
    let document = [ROOT.as_bytes(), fragment, END.as_bytes()].concat();
    read(&document).map_err(|fault| {
        let offset = fault.offset.saturating_sub(ROOT.len());
        let mut error = ParseError::at(FORMAT, fragment, offset, fault.expected);
        if !error.excerpt.is_empty() {
            NOT_SHOWN.clone_into(&mut error.excerpt);
        }
        error
    })
}

fn read(document: &[u8]) -> Result<Skeleton, Fault> {
    let mut walker = Walker::new(document)?;
    let root = walker.root()?;
    let mut it = Skeleton::default();
    walker.children(root, |w, name| it.element(w, name))?;
    walker.finish()?;
    it.unknown = walker.unknown.first.iter().map(ToString::to_string).collect();
    it.unknown_count = walker.unknown.count;
    Ok(it)
}

/// The kind of resource that an element is.
fn kind(element: &str) -> Option<Kind> {
    Some(match element {
        "primitive" => Kind::Primitive,
        "group" => Kind::Group,
        "clone" => Kind::Clone,
        "master" => Kind::Master,
        "bundle" => Kind::Bundle,
        "template" => Kind::Template,
        _ => return None,
    })
}

impl Skeleton {
    fn element<'a>(&mut self, w: &mut Walker<'a>, name: &'a str) -> Result<bool, Fault> {
        if let Some(kind) = kind(name) {
            let resource = resource(w, name, kind)?;
            if kind == Kind::Template {
                self.templates.push(resource);
            } else {
                self.resources.push(resource);
            }
            return Ok(true);
        }
        match name {
            "op_defaults" => sets(w, name, &mut self.op_defaults)?,
            "rsc_defaults" => sets(w, name, &mut self.rsc_defaults)?,
            // Around what is meant.
            "cib" | "configuration" | "resources" => w.children(name, |w, child| self.element(w, child))?,
            "crm_config" | "nodes" | "constraints" | "status" | "tags" | "acls" | "alerts" | "fencing-topology"
            | "tickets" => w.pass_over()?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the same shape as its neighbours, so that the arms of a match agree")]
fn owned(a: &Attribute<'_>, place: &mut Option<String>) -> Result<bool, Fault> {
    *place = Some(a.value.as_ref().to_owned());
    Ok(true)
}

fn resource<'a>(w: &mut Walker<'a>, name: &'a str, kind_of_it: Kind) -> Result<Resource, Fault> {
    let mut it = Resource { kind: kind_of_it, ..Resource::default() };
    w.attributes(name, |a| match a.name {
        "id" => owned(a, &mut it.id),
        "class" => owned(a, &mut it.class),
        "provider" => owned(a, &mut it.provider),
        "type" => owned(a, &mut it.agent),
        "template" => owned(a, &mut it.template),
        "description" => Ok(true),
        _ => Ok(false),
    })?;
    w.children(name, |w, child| part(w, child, &mut it))?;
    Ok(it)
}

/// What stands within a resource.
fn part<'a>(w: &mut Walker<'a>, name: &'a str, it: &mut Resource) -> Result<bool, Fault> {
    if let Some(kind) = kind(name) {
        it.children.push(resource(w, name, kind)?);
        return Ok(true);
    }
    match name {
        "op" => it.operations.push(operation(w, name)?),
        "operations" => w.children(name, |w, child| part(w, child, it))?,
        "meta_attributes" => it.meta.push(set(w, name)?),
        // Of no interest here, and full of secrets.
        "instance_attributes" | "utilization" | "docker" | "podman" | "rkt" | "network" | "storage" => w.pass_over()?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn operation<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Operation, Fault> {
    let mut it = Operation::default();
    w.attributes(name, |a| {
        match a.name {
            "id" => return owned(a, &mut it.id),
            "name" => return owned(a, &mut it.name),
            "interval" => it.interval = Some(Duration::new(&a.value)),
            "timeout" => it.timeout = Some(Duration::new(&a.value)),
            "role" => return owned(a, &mut it.role),
            "on-fail" => return owned(a, &mut it.on_fail),
            // In any case and any of Pacemaker's words for it.
            "enabled" => it.enabled = truth(&a.value),
            "description" | "id-ref" | "interval-origin" | "record-pending" | "requires" | "start-delay"
            | "failure-timeout" => {}
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    w.children(name, |w, child| {
        match child {
            "meta_attributes" => it.meta.push(set(w, child)?),
            "instance_attributes" => w.pass_over()?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(it)
}

/// A truth as an administrator may write it.
fn truth(word: &str) -> Option<bool> {
    let is = |words: [&str; 5]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    match (is(["true", "yes", "on", "y", "1"]), is(["false", "no", "off", "n", "0"])) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

fn sets<'a>(w: &mut Walker<'a>, name: &'a str, into: &mut Vec<Set>) -> Result<(), Fault> {
    w.attributes(name, |_| Ok(false))?;
    w.children(name, |w, child| {
        if child != "meta_attributes" {
            return Ok(false);
        }
        into.push(set(w, child)?);
        Ok(true)
    })
}

fn set<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Set, Fault> {
    let mut it = Set::default();
    w.attributes(name, |a| match a.name {
        "id" => owned(a, &mut it.id),
        "id-ref" => owned(a, &mut it.id_ref),
        "score" => owned(a, &mut it.score),
        _ => Ok(false),
    })?;
    w.children(name, |w, child| {
        match child {
            "nvpair" => it.pairs.push(pair(w, child)?),
            "rule" => {
                it.conditional = true;
                w.pass_over()?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(it)
}

fn pair<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Pair, Fault> {
    let mut it = Pair::default();
    w.attributes(name, |a| match a.name {
        "id" => owned(a, &mut it.id),
        "name" => owned(a, &mut it.name),
        "value" => owned(a, &mut it.value),
        "id-ref" => Ok(true),
        _ => Ok(false),
    })?;
    w.no_children(name)?;
    // Without a name nothing says that it is no secret.
    if it.name.as_deref().is_none_or(is_secret) {
        it.value = None;
    }
    Ok(it)
}
