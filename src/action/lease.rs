//! hatui's own constraint of a move: one id, one end, removed by that id and no other way.
//!
//! `crm_resource --move` deletes the resource's other `cli-prefer` constraints and `--clear` everyone's; a lease touches nobody's.

use super::command::native;
use crate::model::{LEASE_LASTS, LEASE_PREFIX, Location, NodeName, ResourceId, Text};
use crate::wire::{Argv, Stamp};

/// A location constraint that draws a resource to a node for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Its id in the CIB.
    pub id: Text,
    /// What it draws.
    pub resource: ResourceId,
    /// Where to.
    pub node: NodeName,
    /// The role that is drawn, in the words of the cluster's version; `None`: whatever role.
    pub role: Option<&'static str>,
    /// When it ends by itself, by the nodes' clocks; `None`: it stays until removed.
    pub ends: Option<Stamp>,
}

impl Lease {
    /// The lease of a move that begins `now`, by the nodes' clocks.
    pub fn new(resource: &ResourceId, node: &NodeName, role: Option<&'static str>, keep: bool, now: Stamp) -> Self {
        // An id of XML may not hold everything that a name may; what it may not hold becomes `_`.
        let id: String = format!("{LEASE_PREFIX}{resource}")
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' })
            .collect();
        let ends = (!keep).then(|| now + LEASE_LASTS);
        Self { id: Text::from(id), resource: resource.clone(), node: node.clone(), role, ends }
    }

    /// Whether a constraint that is there is this one: the same id put there by another move ends at another moment.
    pub fn is(&self, location: &Location) -> bool {
        let ends = self.ends.map(|ends| Text::from(ends.utc()));
        location.id == self.id
            && location.ends == ends
            && location.node.as_ref().is_none_or(|node| *node == self.node)
            && location.resource.as_ref().is_none_or(|resource| *resource == self.resource)
    }

    /// The constraint.
    pub fn xml(&self) -> String {
        let (id, resource, node) =
            (&self.id, native::escaped(self.resource.as_str()), native::escaped(self.node.as_str()));
        let role = self.role.map_or_else(String::new, |role| format!(" role=\"{role}\""));
        let until = self.ends.map_or_else(String::new, |ends| {
            format!("<date_expression id=\"{id}-until\" operation=\"lt\" end=\"{}\"/>", ends.utc())
        });
        format!(
            "<rsc_location id=\"{id}\" rsc=\"{resource}\"><rule id=\"{id}-rule\" score=\"INFINITY\" boolean-op=\"and\"{role}>\
             <expression id=\"{id}-node\" attribute=\"#uname\" operation=\"eq\" value=\"{node}\"/>{until}</rule></rsc_location>"
        )
    }

    /// The command that adds it.
    pub fn add(&self) -> Argv {
        native::add_constraint(&self.xml())
    }

    /// The command that removes it.
    pub fn remove(&self) -> Argv {
        native::remove_constraint(&self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_has_an_id_of_its_own_and_ends_by_itself() {
        let now = Stamp::from_secs(1_800_000_000);
        let lease =
            Lease::new(&ResourceId::new("store clone"), &NodeName::new("ha-node-2"), Some("Promoted"), false, now);
        assert_eq!(lease.id, "hatui-move-store_clone");
        assert_eq!(
            lease.xml(),
            "<rsc_location id=\"hatui-move-store_clone\" rsc=\"store clone\"><rule id=\"hatui-move-store_clone-rule\" \
             score=\"INFINITY\" boolean-op=\"and\" role=\"Promoted\"><expression id=\"hatui-move-store_clone-node\" \
             attribute=\"#uname\" operation=\"eq\" value=\"ha-node-2\"/><date_expression id=\"hatui-move-store_clone-until\" \
             operation=\"lt\" end=\"2027-01-15 09:00:00Z\"/></rule></rsc_location>"
        );
        assert!(!Lease::new(&lease.resource, &lease.node, None, true, now).xml().contains("date_expression"));
    }
}
