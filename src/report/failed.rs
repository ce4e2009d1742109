//! Why there is no answer at all, for machines.

use serde::Serialize;

/// What kept an answer from being given.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Failed<'a> {
    what: &'a str,
    why: Option<&'a str>,
    helps: Option<&'a str>,
}

impl<'a> Failed<'a> {
    /// What failed, why, and what helps; empty: no more is known.
    pub fn of(what: &'a str, why: &'a str, helps: &'a str) -> Self {
        let some = |words: &'a str| (!words.is_empty()).then_some(words);
        Self { what, why: some(why), helps: some(helps) }
    }
}
