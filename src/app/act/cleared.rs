//! What would happen if a constraint that was left behind were removed: asked when someone looks at it.

use super::{Purpose, Run};
use crate::action::{Intent, Preview, Request, plan, preview};
use crate::app::{App, Effect, Job, Overlay, Subject};
use crate::model::{CibVersion, Simulation, Text};
use crate::observe::PREVIEW_LIMIT;

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
        let Ok(plan) = plan(&Intent::Clear(vec![id.clone()]), self.situation()) else { return effects };
        let Request::Copy(items) = plan.request else { return effects };
        self.acts.cleared.remove(&id);
        self.acts.cleared_asked = Some(id);
        let words: Vec<String> = items.iter().flat_map(preview::Item::words).collect();
        self.ask(0, Purpose::IfCleared, plan.asked.0, Job::Preview(words), None, PREVIEW_LIMIT, &mut effects);
        effects
    }

    /// It answered.
    pub(super) fn told_if_cleared(&mut self, preview: Preview) {
        let Some(id) = self.acts.cleared_asked.take() else { return };
        let outcome = match (preview.missing, preview.simulation) {
            (None, Some(simulation)) => Ok(simulation),
            (Some(why), _) => Err(why),
            (None, None) => Err(Text::new("it said nothing")),
        };
        self.acts.cleared.insert(id, IfCleared { revision: preview.revision, outcome });
    }
}

impl Run {
    /// Whether it is about the action on the screen.
    pub(super) fn is_of_the_action(&self) -> bool {
        self.purpose != Purpose::IfCleared
    }
}
