//! What would happen if a constraint that was left behind were removed: asked when someone looks at it.

use super::Purpose;
use crate::action::{Intent, Preview, Request, plan, preview};
use crate::app::{App, Effect, Job, Overlay, Subject};
use crate::model::{CibVersion, Simulation, Text};
use crate::observe::PREVIEW_LIMIT;
use crate::wire::RunId;

/// What the cluster said of removing a constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfCleared {
    /// The version of the CIB that it holds for.
    pub revision: Option<CibVersion>,
    /// What would happen; or why that is not known.
    pub outcome: Result<Simulation, Text>,
}

impl App {
    /// What the cluster said of removing a constraint; `None`: it was not asked, or has not answered.
    pub fn if_cleared(&self, id: &Text) -> Option<&IfCleared> {
        self.acts.cleared.get(id)
    }

    /// Details of a left-over constraint were opened: the cluster is asked what would happen without it.
    pub(in crate::app) fn ask_if_cleared(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        let Some(Overlay::Details { subject: Subject::Finding(key), .. }) = self.screen.overlays.last() else {
            return effects;
        };
        if key.rule != "left-over" || self.read_only {
            return effects;
        }
        let id = key.subject.clone();
        self.ask_of(id, &mut effects);
        effects
    }

    /// The details stay open while the configuration changes: what was told holds no longer.
    pub(super) fn ask_anew_if_cleared(&mut self, effects: &mut Vec<Effect>) {
        let Some(Overlay::Details { subject: Subject::Finding(key), .. }) = self.screen.overlays.last() else { return };
        let Some(told) = self.acts.cleared.get(&key.subject) else { return };
        let now = self.cluster.picture().partitions.first().and_then(|partition| partition.cib);
        let epoch = |version: CibVersion| (version.admin_epoch, version.epoch);
        let old = now.zip(told.revision).is_some_and(|(now, then)| epoch(now) > epoch(then));
        let id = key.subject.clone();
        if old && !self.acts.cleared_asked.values().any(|asked| *asked == id) {
            self.ask_of(id, effects);
        }
    }

    fn ask_of(&mut self, id: Text, effects: &mut Vec<Effect>) {
        let Ok(plan) = plan(&Intent::Clear(vec![id.clone()]), self.situation()) else { return };
        let Request::Copy(items) = plan.request else { return };
        self.acts.cleared.remove(&id);
        let words: Vec<String> = items.iter().flat_map(preview::Item::words).collect();
        let run = self.ask(0, Purpose::IfCleared, plan.asked.0, Job::Preview(words), None, PREVIEW_LIMIT, effects);
        // Others may still be out: each answer is of its own question.
        self.acts.cleared_asked.insert(run, id);
    }

    /// It answered.
    pub(super) fn told_if_cleared(&mut self, run: RunId, preview: Preview) {
        let Some(id) = self.acts.cleared_asked.remove(&run) else { return };
        let outcome = match (preview.missing, preview.simulation) {
            (None, Some(simulation)) => Ok(simulation),
            (Some(why), _) => Err(why),
            (None, None) => Err(Text::new("it said nothing")),
        };
        self.acts.cleared.insert(id, IfCleared { revision: preview.revision, outcome });
    }
}
