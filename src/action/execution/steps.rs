//! From step to step: what is run, and what became of it.

use super::super::basis::Moved;
use super::super::command::native;
use super::super::expect::{Expect, Held};
use super::super::intent::list;
use super::super::journal::Left;
use super::super::plan::{At, Guard, Step};
use super::super::situation::Situation;
use super::super::verdict::Outcome;
use super::{Execution, LOST, NEWS, Order, PAUSE, Stage, TRIES};
use crate::model::Text;
use crate::observe::read_revision;
use crate::wire::Exit;

/// The exit codes by which `cibadmin --create` tells that the id is there already (1.1: errno; 2.0 and later: its own).
const EXISTS: [u8; 3] = [17, 76, 108];

impl Execution {
    /// Begins the step that is due.
    pub(super) fn begin(&mut self, situation: Situation<'_>, orders: &mut Vec<Order>) {
        self.tries = 0;
        self.reaching = None;
        let Some(step) = self.plan.steps.get(self.step).cloned() else {
            if self.stopped() {
                self.conclude(situation, orders);
            } else {
                self.stage = Stage::Settling { since: situation.now };
                self.settle(situation, orders);
            }
            return;
        };
        match &step.guard {
            Guard::Unchanged(_) if self.stopped() => self.next(situation, orders),
            // Nothing is to be taken back if what would leave it was never begun.
            Guard::Always if step.releases && self.left.is_empty() => self.next(situation, orders),
            Guard::Always if step.releases && self.lease_is_foreign(situation) => {
                self.notes.push("the constraint that is there now is someone else's: it is left alone".to_owned());
                self.forget(orders);
                self.next(situation, orders);
            }
            Guard::Always => self.run(&step, situation, orders),
            Guard::Unchanged(keys) => {
                let moved = self.plan.basis.moved(keys, situation);
                if !moved.is_empty() {
                    self.moved(moved, situation, orders);
                } else if self.plan.basis.revision.is_some() {
                    self.check(situation, orders);
                } else {
                    self.run(&step, situation, orders);
                }
            }
        }
    }

    pub(super) fn next(&mut self, situation: Situation<'_>, orders: &mut Vec<Order>) {
        self.step += 1;
        self.begin(situation, orders);
    }

    /// It goes no further: what was left is taken back, then it ends.
    pub(super) fn fail(&mut self, words: &str, situation: Situation<'_>, orders: &mut Vec<Order>) {
        self.failed.get_or_insert_with(|| words.to_owned());
        self.next(situation, orders);
    }

    fn check(&mut self, situation: Situation<'_>, orders: &mut Vec<Order>) {
        if !self.ask_anew(situation) {
            self.fail("no node with a live Pacemaker is connected", situation, orders);
            return;
        }
        let tag = self.order(native::revision(), self.asked.clone(), super::super::catalog::QUICK, false, orders);
        self.stage = Stage::Checking { tag, since: situation.now };
    }

    fn moved(&mut self, moved: Vec<Moved>, situation: Situation<'_>, orders: &mut Vec<Order>) {
        if self.touched {
            let what = list(&moved);
            self.fail(&format!("something else moved in the middle: {what}"), situation, orders);
        } else {
            self.end(Outcome::Moved(moved), situation.now);
        }
    }

    fn run(&mut self, step: &Step, situation: Situation<'_>, orders: &mut Vec<Order>) {
        let node = match &step.at {
            At::Asked => {
                self.ask_anew(situation);
                Some(self.asked.clone())
            }
            At::Node(name) => situation.key_of(name),
        };
        let Some(node) = node else {
            self.fail("the node is not connected", situation, orders);
            return;
        };
        if let Some(left) = &step.leaves {
            orders.push(Order::Remember(left.clone()));
            self.left.push(left.clone());
        }
        self.held_before = step.effect.iter().all(|effect| effect.holds(situation) == Held::Yes);
        self.touched = true;
        let tag = self.order(step.argv.clone(), node, step.deadline, true, orders);
        self.stage = Stage::Running { tag, since: situation.now };
    }

    /// What was left is taken back, or was never there.
    fn forget(&mut self, orders: &mut Vec<Order>) {
        orders.extend(core::mem::take(&mut self.left).into_iter().map(Order::Forget));
    }

    pub(super) fn checked(
        &mut self,
        exit: &Exit,
        stdout: &[u8],
        stderr: &[u8],
        situation: Situation<'_>,
        orders: &mut Vec<Order>,
    ) {
        if self.stopped() {
            self.next(situation, orders);
            return;
        }
        if exit.success()
            && let Some(found) = read_revision(stdout)
        {
            let Some(step) = self.plan.steps.get(self.step).cloned() else { return };
            // The facts may have moved while the question was out.
            let mut moved = match &step.guard {
                Guard::Unchanged(keys) => self.plan.basis.moved(keys, situation),
                Guard::Always => Vec::new(),
            };
            moved.extend(self.plan.basis.outdated(found, self.own));
            if moved.is_empty() {
                self.run(&step, situation, orders);
            } else {
                self.moved(moved, situation, orders);
            }
            return;
        }
        self.tries += 1;
        if self.tries < TRIES {
            self.check(situation, orders);
        } else {
            let words = complaint(exit, stdout, stderr);
            self.fail(&format!("the version of the configuration cannot be asked: {words}"), situation, orders);
        }
    }

    pub(super) fn ended(
        &mut self,
        exit: &Exit,
        stdout: &[u8],
        stderr: &[u8],
        situation: Situation<'_>,
        orders: &mut Vec<Order>,
    ) {
        let (Stage::Running { tag, .. } | Stage::Unsure { tag, .. }) = self.stage else { return };
        let Some(step) = self.plan.steps.get(self.step).cloned() else { return };
        match exit {
            Exit::Code(0) => self.took_effect(&step, situation, orders),
            Exit::NotStarted(why) => self.not_started(&step, why, situation, orders),
            Exit::Code(code) if EXISTS.contains(code) && step.leaves.is_some() && self.lease().is_some() => {
                self.forget(orders);
                let said = complaint(exit, stdout, stderr);
                let words = format!("someone else has just put such a constraint there, which is left alone: {said}");
                self.fail(&words, situation, orders);
            }
            Exit::Code(_) => {
                let why = complaint(exit, stdout, stderr);
                let since = situation.now;
                self.stage = Stage::Unsure { tag, since, heard: None, why, patience: NEWS, lost: false };
                self.find_out(situation, orders);
            }
            Exit::Lost | Exit::TimedOut | Exit::Cancelled => {
                let patience = if step.bumps == 0 { LOST.max(step.deadline) } else { LOST };
                let why = exit.to_string();
                self.stage = Stage::Unsure { tag, since: situation.now, heard: None, why, patience, lost: true };
                self.find_out(situation, orders);
            }
        }
    }

    /// The command surely did not begin: it may be given to another node.
    fn not_started(&mut self, step: &Step, why: &str, situation: Situation<'_>, orders: &mut Vec<Order>) {
        self.tries += 1;
        if self.tries < TRIES && step.at == At::Asked && self.ask_anew(situation) {
            let tag = self.order(step.argv.clone(), self.asked.clone(), step.deadline, true, orders);
            self.stage = Stage::Running { tag, since: situation.now };
        } else if step.releases {
            self.reaching.get_or_insert(situation.now);
            self.stage = Stage::Reaching { next: situation.now + PAUSE, why: why.to_owned() };
            self.reach(situation, orders);
        } else {
            self.touched = !self.done.is_empty();
            if step.leaves.is_some() {
                self.forget(orders);
            }
            self.fail(&format!("\"{}\" was not started: {why}", step.words), situation, orders);
        }
    }

    /// What takes something back is tried again, as soon as a node is there: it never began.
    pub(super) fn reach(&mut self, situation: Situation<'_>, orders: &mut Vec<Order>) {
        let Stage::Reaching { next, why } = &self.stage else { return };
        let Some(step) = self.plan.steps.get(self.step).cloned() else { return };
        let (next, why, now) = (*next, why.clone(), situation.now);
        if self.reaching.is_some_and(|since| now.since(since) >= LOST) {
            self.step_failed(&step, &format!("the command was not started: {why}"), situation, orders);
        } else if now >= next && self.ask_anew(situation) {
            self.tries = TRIES;
            let tag = self.order(step.argv.clone(), self.asked.clone(), step.deadline, true, orders);
            self.stage = Stage::Running { tag, since: now };
        }
    }

    /// The step's command ran, and did what it should.
    fn took_effect(&mut self, step: &Step, situation: Situation<'_>, orders: &mut Vec<Order>) {
        self.own += step.bumps;
        self.done.push(self.step);
        if step.releases {
            self.forget(orders);
        }
        let waits = step.wait.is_some() && self.failed.is_none() && (self.cancelled.is_none() || step.releases);
        if waits {
            self.stage = Stage::Waiting { since: situation.now };
            self.waited(situation, orders);
        } else {
            self.next(situation, orders);
        }
    }

    fn step_failed(&mut self, step: &Step, words: &str, situation: Situation<'_>, orders: &mut Vec<Order>) {
        if !step.releases {
            self.fail(words, situation, orders);
            return;
        }
        let left = list(&self.left.iter().map(Left::words).collect::<Vec<_>>());
        self.notes.push(format!("not taken back: {left}: {words}; by hand: {}", step.argv));
        // A constraint that stays for a while does not undo a move; a resource that is told to stop stays away.
        if self.left.iter().any(|left| matches!(left, Left::TargetRole { .. })) {
            self.failed.get_or_insert_with(|| words.to_owned());
        }
        self.next(situation, orders);
    }

    /// The model tells what became of a command, or nobody does.
    pub(super) fn find_out(&mut self, situation: Situation<'_>, orders: &mut Vec<Order>) {
        let Stage::Unsure { tag, since, heard, why, patience, lost } = self.stage.clone() else { return };
        let Some(step) = self.plan.steps.get(self.step).cloned() else { return };
        let now = situation.now;
        let held: Vec<Held> = step.effect.iter().map(|expect| expect.holds(situation)).collect();
        let all = held.iter().all(|held| *held == Held::Yes);
        // What was so before shows nothing; where something is taken back, that it is gone is all that is wanted.
        if all && (!self.held_before || step.releases) {
            if !self.held_before && lost {
                self.notes.push(format!("{why} in the middle of \"{}\"; it did take effect", step.words));
            } else if !self.held_before {
                self.notes.push(format!("\"{}\" ended with {why}, but it took effect", step.words));
            }
            self.took_effect(&step, situation, orders);
            return;
        }
        if all && !lost {
            self.step_failed(&step, &format!("\"{}\" failed: {why}", step.words), situation, orders);
            return;
        }
        let tells = situation.is_fresh() && !all && held.iter().all(|held| !matches!(held, Held::Unknown(_)));
        let heard = if tells { heard.or(Some(now)) } else { None };
        let waited = now.since(since);
        // Who has been heard for a while tells whether it took effect: news had their time. What does not change the
        // configuration may still be under way.
        let settled = if step.bumps == 0 && lost { patience } else { NEWS };
        if waited >= settled && heard.is_some_and(|heard| now.since(heard) >= NEWS) {
            if lost && step.leaves.is_some() && self.lease_is_foreign(situation) {
                self.notes.push("the constraint of that id is someone else's: it is left alone".to_owned());
                self.forget(orders);
            }
            let words = if lost {
                format!("{why} in the middle of \"{}\": it did not take effect, and was not run again", step.words)
            } else {
                format!("\"{}\" failed: {why}", step.words)
            };
            self.step_failed(&step, &words, situation, orders);
        } else if waited >= patience * 2 || (waited >= patience.max(LOST) && heard.is_none()) {
            self.unknown = true;
            let words = format!("{why} in the middle of \"{}\": nobody tells whether it took effect", step.words);
            self.step_failed(&step, &words, situation, orders);
        } else {
            self.stage = Stage::Unsure { tag, since, heard, why, patience, lost };
        }
    }
}

/// What is not so, or cannot be told.
pub(super) fn missing(expected: &[Expect], situation: Situation<'_>) -> Vec<String> {
    let instead = |expect: &Expect| match expect.holds(situation) {
        Held::Yes => None,
        Held::No(instead) | Held::Unknown(instead) => Some(instead),
    };
    expected.iter().filter_map(instead).collect()
}

/// What a command complained of, in one line.
fn complaint(exit: &Exit, stdout: &[u8], stderr: &[u8]) -> String {
    let said = if stderr.iter().any(|byte| !byte.is_ascii_whitespace()) { stderr } else { stdout };
    let said = Text::from_bytes(said.trim_ascii().get(..said.trim_ascii().len().min(400)).unwrap_or_default());
    if said.is_empty() { exit.to_string() } else { format!("{exit}: {said}") }
}
