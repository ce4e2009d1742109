//! What a plan was made for: if any of it has moved when a step is due, nothing runs.

use std::collections::BTreeMap;

use super::situation::Situation;
use crate::model::{CibVersion, Fact, FactKey, Text};

/// The version of the configuration, and the facts that the plan relies on.
///
/// Both, since the loss of a node moves only `num_updates`, not the epoch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Basis {
    /// `admin_epoch` and `epoch` of the CIB that the preview was made on; `None`: no preview could be had.
    pub revision: Option<(u64, u64)>,
    /// What was held to be true; `None` of a fact: nobody spoke of it.
    pub facts: BTreeMap<FactKey, Option<Fact>>,
}

/// Something that moved since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// What: `the configuration`, or a fact.
    pub what: Text,
    /// What it was.
    pub before: Text,
    /// What it is.
    pub after: Text,
}

impl core::fmt::Display for Moved {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: {} → {}", self.what, self.before, self.after)
    }
}

impl Basis {
    /// The facts that moved, of those that a step relies on.
    pub fn moved(&self, relies_on: &[FactKey], situation: Situation<'_>) -> Vec<Moved> {
        let now = situation.facts(relies_on);
        let word = |fact: Option<&Fact>| Text::from(fact.map_or_else(|| "not told".to_owned(), ToString::to_string));
        relies_on
            .iter()
            .filter_map(|key| {
                let (before, after) = (self.facts.get(key)?.as_ref(), now.get(key).and_then(Option::as_ref));
                (before != after).then(|| Moved {
                    what: Text::from(key.to_string()),
                    before: word(before),
                    after: word(after),
                })
            })
            .collect()
    }

    /// Whether the configuration is another one, after `own` changes of the plan's own.
    pub(super) fn outdated(&self, found: CibVersion, own: u64) -> Option<Moved> {
        let (admin_epoch, epoch) = self.revision?;
        (found.admin_epoch != admin_epoch || found.epoch != epoch + own).then(|| Moved {
            what: Text::new("the configuration was changed by someone else"),
            before: Text::from(format!("version {admin_epoch}.{}", epoch + own)),
            after: Text::from(format!("version {}.{}", found.admin_epoch, found.epoch)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_changes_are_expected_and_others_are_not() {
        let basis = Basis { revision: Some((0, 7)), facts: BTreeMap::new() };
        let version = |epoch| CibVersion { admin_epoch: 0, epoch, num_updates: 3 };
        assert_eq!(basis.outdated(version(7), 0), None);
        assert_eq!(basis.outdated(version(8), 1), None);
        assert!(basis.outdated(version(8), 0).is_some() && basis.outdated(version(7), 1).is_some());
        let reloaded = CibVersion { admin_epoch: 1, epoch: 7, num_updates: 0 };
        assert!(basis.outdated(reloaded, 0).is_some());
    }
}
