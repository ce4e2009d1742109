//! What actions left behind and did not take back: offered to be taken back at the next start, and by a key.

use super::Offer;
use crate::action::{Intent, JournalEntry, Left, Outcome, Plan, Situation};
use crate::app::{App, Effect, Overlay};

impl App {
    /// What was taken back, or is gone by itself, is nothing that is left here.
    pub(super) fn forget(&mut self, gone: &[Left], effects: &mut Vec<Effect>) {
        let is_gone = |entry: &&JournalEntry| entry.left().is_some_and(|left| gone.contains(&left));
        let void: Vec<JournalEntry> = self.left_behind().into_iter().filter(is_gone).cloned().collect();
        for list in [&mut self.acts.left, &mut self.acts.own] {
            list.retain(|entry| !void.contains(entry));
        }
        effects.extend(void.into_iter().map(Effect::Forget));
    }

    /// An action that removed what an earlier session left makes its line of the journal void.
    pub(super) fn forget_what_was_taken_back(&mut self, plan: &Plan, outcome: &Outcome, effects: &mut Vec<Effect>) {
        if !matches!(outcome, Outcome::Done | Outcome::DoneWithWarnings) {
            return;
        }
        let done = |left: &Left| match (left, &plan.intent) {
            (Left::Constraint { id }, Intent::Clear(ids)) => ids.contains(id),
            (
                Left::TargetRole { resource, .. },
                Intent::Start(told) | Intent::Stop(told) | Intent::PutBack { resource: told, .. },
            ) => resource == told,
            _ => false,
        };
        let void: Vec<Left> = self.left_behind().into_iter().filter_map(JournalEntry::left).filter(done).collect();
        self.forget(&void, effects);
    }

    /// What earlier sessions left behind, of all clusters.
    pub(in crate::app) fn take_journal(&mut self, entries: Vec<JournalEntry>) {
        self.acts.left = entries;
        self.acts.offered = false;
    }

    /// What earlier sessions left here is offered to be taken back, once its cluster is known; what is gone by itself, as a
    /// constraint that someone removed, is forgotten.
    pub(super) fn offer_to_take_back(&mut self, effects: &mut Vec<Effect>) {
        let situation = Situation { cluster: &self.cluster, now: self.now };
        // It is known by its name, its members and its constraints: they need not be told at the same time.
        let known = self.title.is_some() || self.cluster.tells_name();
        let known = known && self.cluster.picture().status.is_some() && situation.location_ids().is_some();
        // It does not come up over anything, or under what is being typed.
        let busy = !self.screen.overlays.is_empty() || self.acts.current.is_some();
        if self.acts.offered || self.acts.left.is_empty() || self.read_only || !known || busy {
            return;
        }
        self.acts.offered = true;
        let earlier = self.left_behind().into_iter().filter(|entry| self.acts.left.contains(entry));
        let gone: Vec<Left> = earlier.filter_map(JournalEntry::left).filter(|left| left.is_gone(situation)).collect();
        self.forget(&gone, effects);
        let offers = self.take_back_offers();
        if !offers.is_empty() {
            self.pop_up(Overlay::Choose { title: "left behind by an earlier session".to_owned(), offers, chosen: 0 });
        }
    }

    fn take_back_offers(&self) -> Vec<Offer> {
        let mut ids = Vec::new();
        let mut offers = Vec::new();
        for entry in self.left_behind() {
            match entry.left() {
                Some(Left::Constraint { id }) => ids.push((id, entry.title.clone())),
                Some(Left::TargetRole { resource, before }) => offers.push(Offer {
                    words: format!("let {resource} run again"),
                    intent: Intent::PutBack { resource, role: before },
                    doc: format!("from \"{}\"", entry.title),
                }),
                None => {}
            }
        }
        for (id, title) in ids {
            let doc = format!("from \"{title}\"");
            offers.push(Offer { words: format!("remove {id}"), intent: Intent::Clear(vec![id]), doc });
        }
        offers
    }

    /// What is left behind by earlier sessions is taken back, each by its exact command.
    pub(in crate::app) fn take_back(&mut self) -> Vec<Effect> {
        let offers = self.take_back_offers();
        if offers.is_empty() {
            self.screen.notice = Some("nothing is left behind".to_owned());
        } else {
            self.lay(Overlay::Choose { title: "left behind, and not taken back".to_owned(), offers, chosen: 0 });
        }
        Vec::new()
    }
}
