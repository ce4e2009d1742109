//! Rolling maintenance on the screen: what the sequence asks for is done as if the operator had asked for it.

use super::Stage;
use super::whatif::Asked;
use crate::action::rolling::{Next, Phase, Rolling};
use crate::action::whatif::Question;
use crate::app::{App, Effect, Key, Overlay};

impl App {
    /// The maintenance that is on its way, or was the last.
    pub fn rolling(&self) -> Option<&Rolling> {
        self.rolling.as_ref()
    }

    /// The maintenance is begun, or shown again.
    pub(in crate::app) fn open_rolling(&mut self) -> Vec<Effect> {
        if self.is_read_only() {
            self.screen.notice = Some("read-only: nothing can be changed".to_owned());
            return Vec::new();
        }
        if self.situation().cluster.picture().status.is_none() {
            self.screen.notice = Some("nothing is known of the cluster yet".to_owned());
            return Vec::new();
        }
        if self.rolling.as_ref().is_none_or(Rolling::is_over) {
            self.rolling = Some(Rolling::new(self.situation()));
        }
        self.lay(Overlay::Rolling { scroll: 0 });
        let mut effects = Vec::new();
        self.look_at_rolling(&mut effects);
        effects
    }

    /// Whether an action is on its way, or waits to be confirmed, or to be possible.
    fn is_acting(&self) -> bool {
        let stage = self.acts.current.as_ref().map(|current| &current.stage);
        matches!(
            stage,
            Some(Stage::Refused { .. } | Stage::Previewing { .. } | Stage::Ready { .. } | Stage::Running { .. })
        )
    }

    /// The model has news: the sequence goes on where it can.
    pub(in crate::app) fn look_at_rolling(&mut self, effects: &mut Vec<Effect>) {
        let Some(mut rolling) = self.rolling.take() else { return };
        if *rolling.phase() == Phase::Checking
            && let Some(inquiry) = self.inquiries.of(Asked::Check)
            && let Some(row) = inquiry.matrix.rows().first()
            && let Some(answer) = row.answer.clone()
            && rolling.node().is_some_and(|node| row.question == Question::Reboot(node.clone()))
        {
            rolling.answered(answer);
        }
        let next = rolling.look(self.situation(), self.is_acting());
        self.rolling = Some(rolling);
        self.follow(next, effects);
    }

    fn follow(&mut self, next: Next, effects: &mut Vec<Effect>) {
        match next {
            Next::Nothing => {}
            Next::Check(node) => effects.extend(self.inquire(Asked::Check, vec![Question::Reboot(node)])),
            Next::Do(intent) => effects.extend(self.intend(&intent)),
            Next::Refuse(why) => self.screen.notice = Some(why),
        }
    }

    /// A key while the sequence is on top; `None`: it means there what it means everywhere.
    pub(in crate::app) fn press_rolling(&mut self, key: Key) -> Option<Vec<Effect>> {
        if !matches!(key, Key::Enter | Key::Char('n' | 'x')) {
            return None;
        }
        let acting = self.is_acting();
        let mut rolling = self.rolling.take()?;
        let situation = crate::action::Situation { cluster: &self.cluster, now: self.now };
        let next = match key {
            Key::Enter => rolling.go_on(situation),
            Key::Char('n') => rolling.skip(situation),
            _ => rolling.abort(situation, acting),
        };
        self.rolling = Some(rolling);
        let mut effects = Vec::new();
        self.follow(next, &mut effects);
        Some(effects)
    }
}
