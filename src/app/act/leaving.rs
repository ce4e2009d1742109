//! Leaving in the middle of an action: what it has left is taken back first, as far as that can be done.

use core::time::Duration;

use super::{Audit, Purpose, Run, Stage};
use crate::action::{Execution, JournalEntry};
use crate::app::{App, Effect, Overlay};
use crate::model::Text;
use crate::wire::{Exit, Stamp};

/// How long taking back may take once hatui is told to end: who ends a session waits no longer before killing.
pub(super) const AT_MOST: Duration = Duration::from_secs(10);

/// How much of what a command complained of is kept in the audit, in bytes.
const SAID: usize = 400;

/// Whether hatui is being left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::app) enum Leaving {
    /// Nobody wants to.
    #[default]
    No,
    /// It was said that an action is not over; who wants to leave all the same says so once more.
    Asked,
    /// The action is being cancelled, since then.
    Since(Stamp),
}

impl App {
    fn is_carrying_out(&self) -> bool {
        self.acts.current.as_ref().is_some_and(|current| current.stage.is_running())
    }

    /// Whether the page of the action is laid anywhere.
    pub(super) fn is_acting_shown(&self) -> bool {
        self.screen.overlays.iter().any(|overlay| matches!(overlay, Overlay::Action { .. }))
    }

    /// The user wants to leave: at once where nothing is under way, else only when that is said again.
    pub(in crate::app) fn leave(&mut self) -> Vec<Effect> {
        if !self.is_carrying_out() {
            return self.quit();
        }
        match self.acts.leaving {
            Leaving::No => {
                self.acts.leaving = Leaving::Asked;
                self.lay(Overlay::Action { scroll: 0 });
                let words = "this is not over: once more cancels it, takes back what it left, and leaves";
                self.screen.notice = Some(words.to_owned());
                Vec::new()
            }
            Leaving::Asked => self.wind_up(),
            Leaving::Since(_) => self.quit(),
        }
    }

    /// Someone who is not asked anything, as a signal, wants hatui to end.
    pub(in crate::app) fn terminate(&mut self) -> Vec<Effect> {
        match self.acts.leaving {
            _ if !self.is_carrying_out() => self.quit(),
            Leaving::Since(_) => Vec::new(),
            Leaving::No | Leaving::Asked => self.wind_up(),
        }
    }

    /// Any other key: it goes on.
    pub(in crate::app) fn stay(&mut self) {
        if self.acts.leaving == Leaving::Asked {
            self.acts.leaving = Leaving::No;
        }
    }

    fn wind_up(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.acts.leaving = Leaving::Since(self.now);
        self.carry(&mut effects, Execution::cancel);
        let seconds = AT_MOST.as_secs();
        let words =
            format!("being cancelled; then hatui leaves, in {seconds} s at the latest; once more leaves at once");
        self.screen.notice = Some(words);
        effects
    }

    /// Leaves now. What is out is written into the audit without its end.
    pub(super) fn quit(&mut self) -> Vec<Effect> {
        let out: Vec<Run> = core::mem::take(&mut self.acts.runs).into_values().collect();
        let audits = out.iter().filter_map(|run| self.audit_of(run, None, b""));
        let mut effects: Vec<Effect> = audits.map(Effect::Audit).collect();
        effects.push(Effect::Quit);
        effects
    }

    /// The line of the audit for a command, if it changes something; without an end where that was not seen.
    pub(super) fn audit_of(&self, run: &Run, exit: Option<&Exit>, stderr: &[u8]) -> Option<Audit> {
        let Purpose::Change(_) = run.purpose else { return None };
        let said = stderr.trim_ascii();
        Some(Audit {
            at: run.at,
            cluster: self.cluster_name(),
            node: run.node.clone(),
            argv: run.argv.clone()?,
            exit: exit.cloned(),
            said: Text::from_bytes(said.get(..said.len().min(SAID)).unwrap_or_default()),
            took: self.now.since(run.at),
            plan: format!("{:x}-{}", self.began.micros(), run.plan),
            title: run.title.clone(),
        })
    }

    /// Whether nothing more can be done for what was begun: what it left is taken back, or took too long.
    pub(super) fn is_done_leaving(&self) -> bool {
        let Leaving::Since(since) = self.acts.leaving else { return false };
        let changing = self.acts.runs.values().any(|run| matches!(run.purpose, Purpose::Change(_)));
        (self.acts.own.is_empty() && !changing) || self.now.since(since) >= AT_MOST
    }

    /// What whoever leaves has to be told: how the action on the screen ended, and what it left, each with what takes it back.
    pub fn parting(&self) -> Vec<String> {
        let Leaving::Since(_) = self.acts.leaving else { return Vec::new() };
        let mut words = Vec::new();
        if let Some(current) = &self.acts.current {
            let title = current.stage.plan().map(|plan| plan.title.clone()).unwrap_or_default();
            words.push(match &current.stage {
                Stage::Over { verdict, .. } => {
                    let notes: Vec<String> = verdict.notes.iter().map(|note| format!("; {note}")).collect();
                    format!("{title}: {}{}", verdict.outcome.word(), notes.concat())
                }
                Stage::Running { .. } if self.acts.own.is_empty() => {
                    format!("{title}: cancelled; nothing has to be taken back, and what came of it was not waited for")
                }
                Stage::Running { .. } => format!("{title}: left in the middle"),
                _ => format!("{title}: nothing was run"),
            });
        }
        for left in self.acts.own.iter().filter_map(JournalEntry::left) {
            words.push(format!(
                "left behind: {}; by hand: {}; or start hatui again, which offers it",
                left.words(),
                left.take_back()
            ));
        }
        words
    }
}
