//! How an action is confirmed: by how much can go wrong.

use std::collections::BTreeSet;

/// How much can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Danger {
    /// It can be undone: Enter, where Cancel is chosen at first.
    Confirm,
    /// It hits a node or service hard: its name is typed.
    Name,
    /// It can destroy data if what is said is not true: the name is typed, and the statement made.
    Statement,
}

impl Danger {
    /// One step more.
    #[must_use]
    pub fn raised(self) -> Self {
        match self {
            Self::Confirm => Self::Name,
            Self::Name | Self::Statement => Self::Statement,
        }
    }
}

/// What has to be done to confirm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// How much can go wrong.
    pub danger: Danger,
    /// The name that is typed where the danger asks for one: of the node, else of what is acted on; of several all, with spaces.
    pub name: String,
    /// The statement that is made where the danger asks for it.
    pub statement: String,
}

impl Confirmation {
    /// Whether what was typed and stated is enough; `None` of `typed`: nothing was asked for yet.
    pub fn is_given(&self, typed: &str, stated: bool) -> bool {
        match self.danger {
            Danger::Confirm => true,
            Danger::Name => self.is_named(typed),
            Danger::Statement => self.is_named(typed) && stated,
        }
    }

    /// Whether that is the name; of several all of them, in any order.
    pub fn is_named(&self, typed: &str) -> bool {
        let names = |words: &str| -> BTreeSet<String> {
            words.split([' ', ',']).filter(|name| !name.is_empty()).map(ToOwned::to_owned).collect()
        };
        !self.name.is_empty() && names(typed) == names(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_nodes_all_are_named() {
        let both = Confirmation {
            danger: Danger::Name,
            name: "ha-node-1 ha-node-2".to_owned(),
            statement: "I saw it".to_owned(),
        };
        for typed in ["ha-node-1 ha-node-2", "ha-node-2, ha-node-1", " ha-node-1  ha-node-2 "] {
            assert!(both.is_given(typed, false), "{typed}");
        }
        for typed in ["", " ", "ha-node-1", "ha-node-2", "ha-node-1 ha-node-2 ha-node-3", "ha-node-1ha-node-2"] {
            assert!(!both.is_given(typed, true), "{typed}");
        }
        let none = Confirmation { name: String::new(), ..both };
        assert!(!none.is_given("", true), "where there is no name, nothing is confirmed by it");
    }

    #[test]
    fn a_wrong_name_confirms_nothing() {
        let of = |danger| Confirmation { danger, name: "ha-node-1".to_owned(), statement: "I saw it".to_owned() };
        assert!(of(Danger::Confirm).is_given("", false));
        assert!(!of(Danger::Name).is_given("ha-node-2", true) && of(Danger::Name).is_given("ha-node-1", false));
        assert!(
            !of(Danger::Statement).is_given("ha-node-1", false) && of(Danger::Statement).is_given("ha-node-1", true)
        );
    }
}
