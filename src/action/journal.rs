//! What an action leaves behind until it takes it back: written down before, so that it can be taken back after a crash.

use serde::{Deserialize, Serialize};

use super::command::native;
use super::expect::{Expect, Held};
use super::situation::Situation;
use crate::model::{NodeName, ResourceId, Text};
use crate::wire::Argv;

/// Something that has to be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// A location constraint of hatui's own.
    Constraint {
        /// Its id.
        id: Text,
    },
    /// A resource that was told to stop, for a restart.
    TargetRole {
        /// Which.
        resource: ResourceId,
        /// Its own target role before; `None`: it had none.
        before: Option<Text>,
    },
}

impl Left {
    /// The command that takes it back.
    pub fn take_back(&self) -> Argv {
        match self {
            Self::Constraint { id } => native::remove_constraint(id),
            Self::TargetRole { resource, before } => {
                native::meta(resource, super::plan::TARGET_ROLE, before.as_deref())
            }
        }
    }

    /// Whether it is not there any more: someone else took it back. What nobody tells is there.
    pub fn is_gone(&self, situation: Situation<'_>) -> bool {
        match self {
            Self::Constraint { id } => situation.location_ids().is_some_and(|ids| !ids.contains(id)),
            Self::TargetRole { resource, .. } => {
                matches!(Expect::ToldToStop(resource.clone(), true).holds(situation), Held::No(_))
            }
        }
    }

    /// What it is, as one would say it.
    pub fn words(&self) -> String {
        match self {
            Self::Constraint { id } => format!("the constraint {id} of a move"),
            Self::TargetRole { resource, .. } => format!("{resource} told to stop, for a restart"),
        }
    }
}

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The cluster, as it is named; empty if it has no name.
    pub cluster: String,
    /// Its nodes: many clusters have the same name. Empty: they were not told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<String>,
    /// What was being done.
    pub title: String,
    /// When, in microseconds since 1970.
    pub at: u64,
    /// The constraint's id, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraint: Option<String>,
    /// The resource that was told to stop, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Its own target role before, if it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
}

impl Entry {
    /// The line for something left.
    pub fn new(cluster: (&str, Vec<String>), title: &str, at: u64, left: &Left) -> Self {
        let mut entry = Self {
            cluster: cluster.0.to_owned(),
            nodes: cluster.1,
            title: title.to_owned(),
            at,
            constraint: None,
            resource: None,
            before: None,
        };
        match left {
            Left::Constraint { id } => entry.constraint = Some(id.to_string()),
            Left::TargetRole { resource, before } => {
                entry.resource = Some(resource.to_string());
                entry.before = before.as_ref().map(ToString::to_string);
            }
        }
        entry
    }

    /// Whether it was left in the cluster of this name that has these members. Its name may come to be known only after an
    /// action has begun: where one of them is missing, the members alone tell.
    pub fn is_of<'a>(&self, cluster: &str, members: impl IntoIterator<Item = &'a NodeName>) -> bool {
        let known = |member: &NodeName| self.nodes.iter().any(|node| node == member.as_str());
        let nameless = (self.cluster.is_empty() || cluster.is_empty()) && !self.nodes.is_empty();
        (self.cluster == cluster || nameless) && (self.nodes.is_empty() || members.into_iter().any(known))
    }

    /// What is left; `None`: the line tells of nothing.
    pub fn left(&self) -> Option<Left> {
        if let Some(id) = &self.constraint {
            return Some(Left::Constraint { id: Text::new(id) });
        }
        let resource = ResourceId::new(self.resource.as_ref()?);
        Some(Left::TargetRole { resource, before: self.before.as_deref().map(Text::new) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_is_read_back() {
        let lefts = [
            Left::Constraint { id: Text::new("hatui-move-web") },
            Left::TargetRole { resource: ResourceId::new("web"), before: Some(Text::new("Started")) },
            Left::TargetRole { resource: ResourceId::new("web"), before: None },
        ];
        for left in lefts {
            let line = serde_json::to_string(&Entry::new(("shop", vec!["ha-node-1".to_owned()]), "move web", 5, &left))
                .unwrap();
            let read: Entry = serde_json::from_str(&line).unwrap();
            assert_eq!(read.left(), Some(left));
        }
    }

    #[test]
    fn a_cluster_is_known_by_its_name_and_a_node() {
        let left = Left::Constraint { id: Text::new("hatui-move-web") };
        let told =
            Entry::new(("hacluster", vec!["ha-node-1".to_owned(), "ha-node-2".to_owned()]), "move web", 5, &left);
        let untold = Entry::new(("hacluster", Vec::new()), "move web", 5, &left);
        let (ours, others) = ([NodeName::new("ha-node-2"), NodeName::new("ha-node-3")], [NodeName::new("db-1")]);
        assert!(told.is_of("hacluster", &ours) && untold.is_of("hacluster", &others));
        assert!(!told.is_of("hacluster", &others) && !told.is_of("shop", &ours) && !told.is_of("hacluster", []));
        let early = Entry::new(("", vec!["ha-node-1".to_owned(), "ha-node-2".to_owned()]), "move web", 5, &left);
        assert!(early.is_of("hacluster", &ours) && !early.is_of("hacluster", &others));
        assert!(told.is_of("", &ours) && !untold.is_of("", &ours));
    }
}
