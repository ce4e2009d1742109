//! Names and values: the cluster's options and the attributes of nodes, without secrets.

use crate::xml::walk::Walker;
use crate::xml::{Fault, Text};

/// `cluster_property_set`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PropertySet<'a> {
    /// Its id; that of the set that the tools change is `cib-bootstrap-options`.
    pub id: Option<Text<'a>>,
    /// Which set wins where two have the same name: the higher.
    pub score: Option<Text<'a>>,
    /// Its options.
    pub properties: Vec<Property<'a>>,
}

/// `nvpair`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Property<'a> {
    /// Its id, unique in the CIB.
    pub id: Option<Text<'a>>,
    /// Its name.
    pub name: Option<Text<'a>>,
    /// Its value.
    pub value: Option<Value<'a>>,
}

/// The value of a [`Property`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// As written.
    Plain(Text<'a>),
    /// There is one, and by its name it is a secret: it is not kept.
    Redacted,
}

impl Value<'_> {
    /// The value, unless it is a secret.
    pub fn plain(&self) -> Option<&str> {
        match self {
            Self::Plain(text) => Some(text),
            Self::Redacted => None,
        }
    }
}

/// `node` of `nodes`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeEntry<'a> {
    /// Its id.
    pub id: Option<Text<'a>>,
    /// Its name.
    pub name: Option<Text<'a>>,
    /// `member` (which is not written) or `remote`.
    pub kind: Option<Text<'a>>,
    /// Its attributes, such as `standby`, `maintenance` and `#health-…`, for good.
    pub attributes: Vec<NodeAttribute<'a>>,
}

/// How long an attribute of a node lasts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lifetime {
    /// Until it is taken back: it is part of the configuration.
    #[default]
    Forever,
    /// Until the node leaves the cluster.
    Reboot,
}

/// An attribute of a node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeAttribute<'a> {
    /// The node's id.
    pub node_id: Option<Text<'a>>,
    /// The node's name.
    pub node_name: Option<Text<'a>>,
    /// How long it lasts.
    pub lifetime: Lifetime,
    /// Its id, name and value.
    pub property: Property<'a>,
}

/// Parts of names of secrets, as fence agents and resource agents have them (`passwd`, `secret_key`, `community`, …).
const SECRET: &[&str] = &["pass", "pwd", "secret", "key", "token", "credential", "community", "auth"];

/// Words that contain such a part and tell of no secret; what is left of a name without them is looked at.
const PUBLIC: &[&str] = &["bypass", "passive", "operation_key", "op_key", "transition_key"];

/// Whether a name, of a parameter, option or attribute, is that of a secret. It may err on the side of secrecy.
pub fn is_secret(name: &str) -> bool {
    let mut name = name.to_ascii_lowercase().replace('-', "_");
    for word in PUBLIC {
        name = name.replace(word, "");
    }
    name == "pin" || SECRET.iter().any(|part| name.contains(part))
}

fn property<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Property<'a>, Fault> {
    let mut it = Property::default();
    let mut value = None;
    w.attributes(name, |a| match a.name {
        "id" => a.text_into(&mut it.id),
        "name" => a.text_into(&mut it.name),
        "value" => a.text_into(&mut value),
        // A reference to another nvpair; that one is listed by itself.
        "id-ref" => Ok(true),
        _ => Ok(false),
    })?;
    w.no_children(name)?;
    // Without a name nothing says that it is no secret.
    let secret = it.name.as_deref().is_none_or(is_secret);
    it.value = value.map(|text| if secret { Value::Redacted } else { Value::Plain(text) });
    Ok(it)
}

pub(super) fn crm_config<'a>(w: &mut Walker<'a>, section: &'a str) -> Result<Vec<PropertySet<'a>>, Fault> {
    let mut sets = Vec::new();
    w.children(section, |w, name| {
        if name != "cluster_property_set" {
            return Ok(false);
        }
        let mut set = PropertySet::default();
        w.attributes(name, |a| match a.name {
            "id" => a.text_into(&mut set.id),
            "score" => a.text_into(&mut set.score),
            _ => Ok(false),
        })?;
        w.children(name, |w, child| {
            if child != "nvpair" {
                return Ok(false);
            }
            set.properties.push(property(w, child)?);
            Ok(true)
        })?;
        sets.push(set);
        Ok(true)
    })?;
    Ok(sets)
}

pub(super) fn nodes<'a>(w: &mut Walker<'a>, section: &'a str) -> Result<Vec<NodeEntry<'a>>, Fault> {
    let mut nodes = Vec::new();
    w.children(section, |w, name| {
        if name != "node" {
            return Ok(false);
        }
        let mut node = NodeEntry::default();
        w.attributes(name, |a| match a.name {
            "id" => a.text_into(&mut node.id),
            "uname" => a.text_into(&mut node.name),
            "type" => a.text_into(&mut node.kind),
            "description" | "score" => Ok(true),
            _ => Ok(false),
        })?;
        let of = NodeAttribute {
            node_id: node.id.clone(),
            node_name: node.name.clone(),
            lifetime: Lifetime::Forever,
            property: Property::default(),
        };
        w.children(name, |w, child| match child {
            "instance_attributes" => {
                attributes(w, child, &of, &mut node.attributes)?;
                Ok(true)
            }
            "utilization" => {
                w.pass_over()?;
                Ok(true)
            }
            _ => Ok(false),
        })?;
        nodes.push(node);
        Ok(true)
    })?;
    Ok(nodes)
}

/// The nvpairs of `instance_attributes`, each an attribute of the node of `of`.
fn attributes<'a>(
    w: &mut Walker<'a>,
    element: &'a str,
    of: &NodeAttribute<'a>,
    into: &mut Vec<NodeAttribute<'a>>,
) -> Result<(), Fault> {
    w.children(element, |w, name| {
        if name != "nvpair" {
            return Ok(false);
        }
        into.push(NodeAttribute { property: property(w, name)?, ..of.clone() });
        Ok(true)
    })
}

pub(super) fn transient<'a>(w: &mut Walker<'a>, section: &'a str) -> Result<Vec<NodeAttribute<'a>>, Fault> {
    let mut all = Vec::new();
    w.children(section, |w, name| {
        // Tickets are told by crm_mon.
        if name == "tickets" {
            w.pass_over()?;
            return Ok(true);
        }
        if name != "node_state" {
            return Ok(false);
        }
        let mut of = NodeAttribute { lifetime: Lifetime::Reboot, ..NodeAttribute::default() };
        w.attributes(name, |a| match a.name {
            "id" => a.text_into(&mut of.node_id),
            "uname" => a.text_into(&mut of.node_name),
            // The state of the node is crm_mon's to tell.
            _ => Ok(true),
        })?;
        w.children(name, |w, child| match child {
            "transient_attributes" => {
                w.children(child, |w, set| {
                    if set != "instance_attributes" {
                        return Ok(false);
                    }
                    attributes(w, set, &of, &mut all)?;
                    Ok(true)
                })?;
                Ok(true)
            }
            "lrm" => {
                w.pass_over()?;
                Ok(true)
            }
            _ => Ok(false),
        })?;
        Ok(true)
    })?;
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_in_any_case() {
        for name in [
            "password",
            "passwd",
            "PASSWD_script",
            "secret",
            "ssh-key",
            "identity_file_key",
            "pin",
            "snmp_auth",
            "bypass_pwd",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in
            ["stonith-enabled", "cluster-name", "standby", "ip", "no-quorum-policy", "ping", "op_key", "transition-key"]
        {
            assert!(!is_secret(name), "{name}");
        }
    }
}
