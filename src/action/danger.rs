//! How an action is confirmed: by how much can go wrong.

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
    /// The name that is typed where the danger asks for one: of the node, else of what is acted on.
    pub name: String,
    /// The statement that is made where the danger asks for it.
    pub statement: String,
}

impl Confirmation {
    /// Whether what was typed and stated is enough; `None` of `typed`: nothing was asked for yet.
    pub fn is_given(&self, typed: &str, stated: bool) -> bool {
        match self.danger {
            Danger::Confirm => true,
            Danger::Name => typed == self.name,
            Danger::Statement => typed == self.name && stated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
