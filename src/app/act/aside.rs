//! What is told of an action whose page was left: it goes on, asks to be confirmed anew, or has ended.

use super::Stage;
use crate::action::Outcome;
use crate::app::{App, Tone};
use crate::wire::Stamp;

/// An action, in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// How it is.
    pub tone: Tone,
    /// What it is.
    pub title: String,
    /// How far it is, or how it ended.
    pub words: String,
    /// Since when it goes on; `None`: it does not.
    pub since: Option<Stamp>,
}

impl App {
    /// The action whose page was left; `None`: there is none, or its page is there.
    pub fn aside(&self) -> Option<Aside> {
        let current = self.acts.current.as_ref().filter(|_| !self.is_acting_shown())?;
        let title = current.stage.plan().map_or_else(String::new, |plan| plan.title.clone());
        let (tone, words, since) = match &current.stage {
            Stage::Running { execution, .. } => {
                (Tone::Key, execution.progress(self.now).words, Some(execution.began()))
            }
            Stage::Over { verdict, .. } => {
                let tone = if verdict.outcome == Outcome::Done { Tone::Good } else { Tone::Warn };
                let note = verdict.notes.first().map_or_else(String::new, |note| format!(": {note}"));
                (tone, format!("{}{note}", verdict.outcome.word()), None)
            }
            Stage::Refused { refusal, .. } => {
                let why = refusal.reasons.first().map_or_else(String::new, |remark| format!(": {}", remark.words));
                (Tone::Warn, format!("refused{why}"), None)
            }
            Stage::Previewing { since, .. } => (Tone::Key, "is previewed".to_owned(), Some(*since)),
            Stage::Ready { .. } => (Tone::Warn, "waits to be confirmed anew".to_owned(), None),
        };
        Some(Aside { tone, title, words, since })
    }
}
