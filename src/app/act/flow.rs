//! From the intent to the verdict: events in, effects out.

use super::leaving::Leaving;
use super::{Current, Purpose, Run, Stage};
use crate::action::{
    Danger, Execution, Intent, JournalEntry, Level, Order, Outcome, Plan, Preview, Remark, Request, Situation, plan,
    preview,
};
use crate::app::{App, CommandLine, Effect, Job, Key, LineEdit, Overlay};
use crate::model::{Previewed, Text};
use crate::observe::{PREVIEW_LIMIT, read_preview, redact_options};
use crate::wire::{Argv, Exit, NodeKey, RunId};

impl App {
    /// What the user calls the cluster; empty where it has no name.
    pub(super) fn cluster_name(&self) -> String {
        self.title().map(ToString::to_string).unwrap_or_default()
    }

    /// Something is wanted: it is planned, and the cluster is asked what it would do.
    pub fn intend(&mut self, intent: &Intent) -> Vec<Effect> {
        if self.read_only {
            self.screen.notice = Some("read-only: nothing can be changed".to_owned());
            return Vec::new();
        }
        if self.acts.current.as_ref().is_some_and(|current| current.stage.is_running()) {
            self.lay(Overlay::Action { scroll: 0 });
            self.screen.notice = Some("one action at a time: this one is not over".to_owned());
            return Vec::new();
        }
        // Nobody acts on a picture that stands still.
        self.frozen = None;
        self.acts.plans += 1;
        let id = self.acts.plans;
        self.plan_anew(id, intent, None)
    }

    fn plan_anew(&mut self, id: u64, intent: &Intent, anew: Option<Text>) -> Vec<Effect> {
        let mut effects = Vec::new();
        let planned = plan(intent, self.situation());
        let stage = match planned {
            Err(refusal) => Stage::Refused { intent: Box::new(intent.clone()), refusal },
            Ok(plan) => match plan.request.clone() {
                Request::Copy(items) => {
                    let words: Vec<String> = items.iter().flat_map(preview::Item::words).collect();
                    let node = plan.asked.0.clone();
                    let job = Job::Preview(words);
                    self.ask(id, Purpose::Preview, node, job, None, PREVIEW_LIMIT, &mut effects);
                    Stage::Previewing { plan: Box::new(plan), since: self.now }
                }
                Request::DryRun(argv) => {
                    let node = plan.steps.first().map(|step| step.at.clone());
                    let node = match node {
                        Some(crate::action::At::Node(name)) => {
                            self.key_of(&name).unwrap_or_else(|| plan.asked.0.clone())
                        }
                        _ => plan.asked.0.clone(),
                    };
                    let limit = core::time::Duration::from_secs(10);
                    self.ask(id, Purpose::DryRun, node, Job::Ask(argv), None, limit, &mut effects);
                    Stage::Previewing { plan: Box::new(plan), since: self.now }
                }
                Request::None(_) => self.ready(plan, Preview::default()),
            },
        };
        // What is made anew while its page is left does not come up by itself, under what is being typed elsewhere.
        let left = anew.is_some() && !self.is_acting_shown();
        let (typed, turned) = (LineEdit::default(), anew.as_ref().map(|_| self.now));
        self.acts.current = Some(Current { id, stage, typed, stated: false, chosen: false, anew, turned });
        if !left {
            self.lay(Overlay::Action { scroll: 0 });
        }
        effects
    }

    fn key_of(&self, name: &crate::model::NodeName) -> Option<NodeKey> {
        self.cluster.picture().node(name).and_then(|row| row.key.clone())
    }

    fn ready(&self, plan: Plan, preview: Preview) -> Stage {
        let plan = plan.previewed(&preview, self.situation());
        Stage::Ready { plan: Box::new(plan), preview: Box::new(preview) }
    }

    #[expect(clippy::too_many_arguments, reason = "a command has that many sides")]
    pub(super) fn ask(
        &mut self,
        plan: u64,
        purpose: Purpose,
        node: NodeKey,
        job: Job,
        argv: Option<Argv>,
        deadline: core::time::Duration,
        effects: &mut Vec<Effect>,
    ) -> RunId {
        self.acts.next_run += 1;
        let run = RunId(self.acts.next_run);
        let words = Text::from(job.to_string());
        self.log_command(CommandLine { node: node.clone(), words: words.clone(), ended: None });
        let first = if matches!(purpose, Purpose::Change(_)) { self.acts.unwritten.take() } else { None };
        let title = self.acts.current.as_ref().and_then(|current| current.stage.plan()).map(|plan| plan.title.clone());
        let title = title.unwrap_or_default();
        let noted = Run { purpose, node: node.clone(), words, argv, plan, title, at: self.now, first: first.clone() };
        self.acts.runs.insert(run, noted);
        effects.push(Effect::Run { run, node, job, deadline, first });
        run
    }

    /// A command ended.
    pub(in crate::app) fn ran(
        &mut self,
        run: RunId,
        exit: &Exit,
        stdout: &[u8],
        stderr: &[u8],
        nonce: Option<&str>,
    ) -> Vec<Effect> {
        let mut effects = Vec::new();
        let Some(asked) = self.acts.runs.remove(&run) else { return effects };
        self.end_command(&asked.node, &asked.words, exit, asked.at);
        if let Some(audit) = self.audit_of(&asked, Some(exit), stderr) {
            effects.push(Effect::Audit(audit));
        }
        if let (Exit::NotStarted(_), Some(first)) = (exit, &asked.first) {
            // It may not have been written down either: whoever is asked next does that first.
            self.acts.unwritten = Some(first.clone());
        }
        if asked.purpose == Purpose::IfCleared {
            self.told_if_cleared(run, previewed(exit, stdout, stderr, nonce));
            return effects;
        }
        if asked.purpose == Purpose::Inquiry {
            self.inquired(run, exit, (stdout, stderr), nonce, &mut effects);
            return effects;
        }
        let Some(current) = self.acts.current.as_ref().filter(|current| current.id == asked.plan) else {
            return effects;
        };
        match (asked.purpose, &current.stage) {
            (Purpose::Preview, Stage::Previewing { plan, .. }) => {
                let plan = (**plan).clone();
                let preview = previewed(exit, stdout, stderr, nonce);
                let stage = self.ready(plan, preview);
                self.set(stage);
            }
            (Purpose::DryRun, Stage::Previewing { plan, .. }) => {
                let plan = (**plan).clone();
                let mut preview = Preview::default();
                let said = Text::from_bytes(if exit.success() { stdout } else { stderr });
                let said = redact_options(&said);
                let lines = redact_options(&String::from_utf8_lossy(stdout));
                if exit.success() {
                    preview.dry_run = lines.lines().take(40).map(Text::new).collect();
                } else {
                    preview.missing = Some(Text::from(format!("drbdadm cannot say what it would do ({exit}): {said}")));
                }
                let stage = self.ready(plan, preview);
                self.set(stage);
            }
            (Purpose::Question(tag) | Purpose::Change(tag), Stage::Running { .. }) => {
                self.carry(&mut effects, |execution, situation| execution.ran(tag, exit, stdout, stderr, situation));
            }
            _ => {}
        }
        effects
    }

    fn set(&mut self, stage: Stage) {
        let Some(current) = &mut self.acts.current else { return };
        let turns = match (&current.stage, &stage) {
            (Stage::Ready { .. }, Stage::Refused { .. }) | (Stage::Running { .. }, Stage::Over { .. }) => true,
            (Stage::Previewing { .. }, Stage::Ready { .. } | Stage::Refused { .. }) => current.anew.is_some(),
            _ => false,
        };
        if turns {
            current.turned = Some(self.now);
        }
        current.stage = stage;
    }

    /// Lets the execution go on, and does what it asks for.
    pub(super) fn carry(
        &mut self,
        effects: &mut Vec<Effect>,
        go: impl FnOnce(&mut Execution, Situation<'_>) -> Vec<Order>,
    ) {
        let Some(mut current) = self.acts.current.take() else { return };
        let mut orders = Vec::new();
        if let Stage::Running { execution, .. } = &mut current.stage {
            orders = go(execution, Situation { cluster: &self.cluster, now: self.now });
        }
        let (id, title) = (current.id, current.stage.plan().map(|plan| plan.title.clone()).unwrap_or_default());
        self.acts.current = Some(current);
        self.obey(id, &title, orders, effects);
        self.look_at_end(effects);
    }

    fn obey(&mut self, id: u64, title: &str, orders: Vec<Order>, effects: &mut Vec<Effect>) {
        for order in orders {
            match order {
                Order::Run { tag, node, argv, deadline, changes } => {
                    let (purpose, job) = if changes {
                        (Purpose::Change(tag), Job::Change(argv.clone()))
                    } else {
                        (Purpose::Question(tag), Job::Ask(argv.clone()))
                    };
                    self.ask(id, purpose, node, job, Some(argv), deadline, effects);
                }
                Order::Remember(left) => {
                    let nodes = self.members().into_iter().map(ToString::to_string).collect();
                    let entry = JournalEntry::new((&self.cluster_name(), nodes), title, self.now.micros(), &left);
                    self.acts.own.push(entry.clone());
                    // It goes with the command that leaves it, which is not run if it cannot be written down.
                    self.acts.unwritten = Some(entry);
                }
                Order::Forget(left) => {
                    self.acts.unwritten = None;
                    self.forget(&[left], effects);
                }
            }
        }
    }

    /// An execution that ended becomes a verdict; one that found something moved, a new preview.
    fn look_at_end(&mut self, effects: &mut Vec<Effect>) {
        let Some(Current { stage: Stage::Running { execution, .. }, id, .. }) = &self.acts.current else { return };
        let Some(verdict) = execution.verdict().cloned() else { return };
        let (id, plan, begun) = (*id, execution.plan().clone(), execution.has_begun());
        if let Outcome::Moved(moved) = &verdict.outcome {
            let what = moved.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            self.acts.stopwatch.abandon();
            if let Leaving::Since(_) = self.acts.leaving {
                effects.extend(self.quit());
                return;
            }
            let anew = Text::from(format!("nothing was run, since something moved: {what}"));
            effects.extend(self.plan_anew(id, &plan.intent, Some(anew)));
            return;
        }
        self.forget_what_was_taken_back(&plan, &verdict.outcome, effects);
        if begun {
            self.acts.stopwatch.settle(self.now);
        } else {
            self.acts.stopwatch.abandon();
        }
        let course = self.acts.stopwatch.of_action(execution_began(&self.acts)).cloned();
        self.set(Stage::Over { plan: Box::new(plan), verdict, course });
        self.keep_outcome(effects);
        if let Leaving::Since(_) = self.acts.leaving {
            effects.extend(self.quit());
        }
    }

    /// A script confirms what is ready: `typed` is the name it gave, and it stands for the statement too.
    pub fn confirm_with(&mut self, typed: &str) -> Vec<Effect> {
        if let Some(current) = &mut self.acts.current {
            current.typed = LineEdit::new(typed);
            current.stated = !typed.is_empty();
        }
        self.confirm()
    }

    /// It is confirmed: it begins, unless something has moved.
    pub(in crate::app) fn confirm(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        let Some(current) = &self.acts.current else { return effects };
        let Stage::Ready { plan, preview } = &current.stage else { return effects };
        if plan.refused() || !plan.confirmation.is_given(current.typed.text(), current.stated) {
            return effects;
        }
        let (id, plan, preview) = (current.id, (**plan).clone(), (**preview).clone());
        let title = plan.title.clone();
        self.acts.stopwatch.begin(&title, self.now);
        let (execution, orders) = Execution::start(plan, &preview, self.situation());
        self.set(Stage::Running { execution: Box::new(execution), preview: Box::new(preview) });
        // What was marked was marked for this.
        self.screen.marked.clear();
        self.obey(id, &title, orders, &mut effects);
        self.look_at_end(&mut effects);
        effects
    }

    /// The model has news: executions go on, and a preview that does not hold any more is made anew.
    pub(in crate::app) fn look_at_acts(&mut self, effects: &mut Vec<Effect>) {
        self.acts.stopwatch.observe(Situation { cluster: &self.cluster, now: self.now });
        self.keep_times(effects);
        self.offer_to_take_back(effects);
        self.ask_anew_if_cleared(effects);
        self.look_at_inquiries(effects);
        if self.is_done_leaving() {
            effects.extend(self.quit());
            return;
        }
        let situation = Situation { cluster: &self.cluster, now: self.now };
        let Some(current) = &self.acts.current else { return };
        match &current.stage {
            Stage::Running { .. } => self.carry(effects, Execution::look),
            Stage::Ready { plan, preview } => {
                let moved = what_moved(plan, preview, situation);
                if moved.is_empty() {
                    self.keep_true(effects);
                } else {
                    let intent = plan.intent.clone();
                    let why = format!("made anew, since something moved: {}", moved.join("; "));
                    effects.extend(self.make_anew(&intent, why));
                }
            }
            Stage::Refused { intent, refusal } => {
                let intent = intent.clone();
                if let Err(refusal) = plan(&intent, situation) {
                    self.set(Stage::Refused { intent, refusal });
                } else {
                    let before = refusal.reasons.first().map_or_else(String::new, |reason| reason.words.clone());
                    let why = format!("can be done now; before: {before}");
                    effects.extend(self.make_anew(&intent, why));
                }
            }
            Stage::Previewing { .. } | Stage::Over { .. } => {}
        }
    }

    /// Lets what is said of the plan that waits to be confirmed be true: how far a resync is, and what speaks for or against it
    /// beside the facts that it relies on.
    fn keep_true(&mut self, effects: &mut Vec<Effect>) {
        let situation = Situation { cluster: &self.cluster, now: self.now };
        let Some(Current { stage: Stage::Ready { plan: shown, preview }, .. }) = &mut self.acts.current else {
            return;
        };
        match plan(&shown.intent, situation) {
            Ok(fresh) => {
                let fresh = fresh.previewed(preview, situation);
                // What only informs comes and goes without another preview.
                let weight = |plan: &Plan| {
                    let weighs = |remark: &&Remark| matches!(remark.level, Level::Raise | Level::Refuse);
                    let levels: Vec<Level> = plan.remarks.iter().filter(weighs).map(|remark| remark.level).collect();
                    (plan.confirmation.danger, levels)
                };
                if weight(&fresh) == weight(shown) {
                    shown.remarks = fresh.remarks;
                    return;
                }
                let intent = shown.intent.clone();
                let why = "made anew, since something else speaks for or against it now".to_owned();
                effects.extend(self.make_anew(&intent, why));
            }
            // A node whose beats are late for a moment takes no page away: whoever confirms meanwhile is told.
            Err(_) if crate::action::whatif::asked(situation).is_none() => {}
            Err(refusal) => {
                let intent = Box::new(shown.intent.clone());
                self.set(Stage::Refused { intent, refusal });
            }
        }
    }

    /// What waits on the page is planned and previewed once more; what was typed to confirm it stays typed.
    fn make_anew(&mut self, intent: &Intent, why: String) -> Vec<Effect> {
        let Some(current) = &self.acts.current else { return Vec::new() };
        let (id, typed) = (current.id, current.typed.clone());
        let effects = self.plan_anew(id, intent, Some(Text::from(why)));
        if let Some(current) = &mut self.acts.current {
            current.typed = typed;
        }
        effects
    }

    /// A key while an action is on top.
    pub(in crate::app) fn press_action(&mut self, key: Key) -> Vec<Effect> {
        if self.asks_for_commands(key) {
            return self.copy_commands();
        }
        let Some(current) = &mut self.acts.current else {
            self.screen.overlays.pop();
            return Vec::new();
        };
        if !current.has_stood(self.now) {
            match (&current.stage, key) {
                (Stage::Running { .. }, _) => {}
                // A line says how it ended, and which key shows more.
                (Stage::Over { .. }, Key::Esc | Key::Char('q')) => {
                    self.screen.overlays.pop();
                    return Vec::new();
                }
                // A name goes on being typed.
                (Stage::Ready { plan, .. }, Key::Char(_))
                    if !plan.refused() && plan.confirmation.danger != Danger::Confirm => {}
                (_, Key::Enter | Key::Char(_)) => {
                    // As long as somebody types what was asked for before.
                    if key != Key::Enter {
                        current.turned = Some(self.now);
                    }
                    self.screen.notice =
                        Some("this page has just changed: nothing is done; look at it first".to_owned());
                    return Vec::new();
                }
                _ => {}
            }
        }
        match &current.stage {
            Stage::Ready { plan, .. } if !plan.refused() => {
                let (danger, intent) = (plan.confirmation.danger, plan.intent.clone());
                let given = plan.confirmation.is_given(current.typed.text(), current.stated);
                match (danger, key) {
                    (_, Key::Esc) => return self.leave_action(),
                    (Danger::Confirm, Key::Left | Key::Right | Key::Tab | Key::BackTab | Key::Char('h' | 'l')) => {
                        current.chosen = !current.chosen;
                    }
                    (Danger::Confirm, Key::Char('y')) => current.chosen = true,
                    (Danger::Confirm, Key::Char('n' | 'q')) => return self.leave_action(),
                    (Danger::Confirm, Key::Enter) => {
                        return if current.chosen { self.confirm() } else { self.leave_action() };
                    }
                    (Danger::Confirm, Key::Char('k')) => return self.toggle_keep(&intent),
                    (Danger::Statement, Key::Tab | Key::BackTab) => current.stated = !current.stated,
                    (Danger::Name | Danger::Statement, Key::Enter) => {
                        if given {
                            return self.confirm();
                        }
                        self.screen.notice = Some(if danger == Danger::Statement && !current.stated {
                            "type the name, and make the statement with Tab".to_owned()
                        } else {
                            "that is not the name: nothing is done".to_owned()
                        });
                    }
                    (Danger::Confirm, _) => self.scroll_page(key),
                    (_, Key::Up | Key::Down | Key::PageUp | Key::PageDown) => self.scroll_page(key),
                    (_, key) => {
                        current.typed.press(key);
                    }
                }
            }
            Stage::Running { .. } => match key {
                Key::Char('q') if self.acts.leaving != Leaving::No => return self.leave(),
                Key::Esc | Key::Char('q') => {
                    self.screen.overlays.pop();
                    self.screen.notice = Some("it goes on: a shows it".to_owned());
                }
                Key::Char('x') => {
                    let mut effects = Vec::new();
                    self.carry(&mut effects, Execution::cancel);
                    return effects;
                }
                key => self.scroll_page(key),
            },
            Stage::Previewing { .. } if key == Key::Enter => {
                self.screen.notice = Some("there is nothing to confirm yet: Esc leaves".to_owned());
            }
            Stage::Ready { .. } | Stage::Refused { .. } | Stage::Previewing { .. } | Stage::Over { .. } => match key {
                Key::Esc | Key::Char('q') | Key::Enter => return self.leave_action(),
                Key::Char('u') => {
                    if let Stage::Over { plan, .. } = &current.stage
                        && let crate::action::Undo::By(intent) = plan.undo.clone()
                    {
                        return self.intend(&intent);
                    }
                }
                key => self.scroll_page(key),
            },
        }
        Vec::new()
    }

    fn scroll_page(&mut self, key: Key) {
        if let Some(command) = crate::app::Command::of_key(key) {
            use crate::app::Command as C;
            if matches!(command, C::Up | C::Down | C::PageUp | C::PageDown | C::First | C::Last) {
                self.step(command);
            }
        }
    }

    /// A move's constraint is to stay, or not.
    fn toggle_keep(&mut self, intent: &Intent) -> Vec<Effect> {
        let Intent::Move { resource, to, keep } = intent else { return Vec::new() };
        let intent = Intent::Move { resource: resource.clone(), to: to.clone(), keep: !keep };
        let anew = self.acts.current.as_ref().and_then(|current| current.anew.clone());
        self.acts.plans += 1;
        let id = self.acts.plans;
        self.plan_anew(id, &intent, anew)
    }

    fn leave_action(&mut self) -> Vec<Effect> {
        self.screen.overlays.retain(|overlay| !matches!(overlay, Overlay::Action { .. }));
        self.acts.current = None;
        Vec::new()
    }
}

/// What a plan relies on and is not as it was when it was previewed.
fn what_moved(plan: &Plan, preview: &Preview, situation: Situation<'_>) -> Vec<String> {
    let keys: Vec<_> = plan.basis.facts.keys().cloned().collect();
    let mut moved: Vec<String> = plan.basis.moved(&keys, situation).iter().map(ToString::to_string).collect();
    let version = situation.cluster.picture().partitions.first().and_then(|partition| partition.cib);
    if let (Some(version), Some(seen)) = (version, preview.revision)
        && (version.admin_epoch, version.epoch) > (seen.admin_epoch, seen.epoch)
    {
        moved.push("someone changed the configuration".to_owned());
    }
    moved
}

fn execution_began(acts: &super::Acts) -> crate::wire::Stamp {
    match acts.current.as_ref().map(|current| &current.stage) {
        Some(Stage::Running { execution, .. }) => execution.began(),
        _ => crate::wire::Stamp::default(),
    }
}

fn previewed(exit: &Exit, stdout: &[u8], stderr: &[u8], nonce: Option<&str>) -> Preview {
    Preview::of(told(exit, stdout, stderr, nonce))
}

/// What the preview program said, and how it ended.
pub(super) fn told(exit: &Exit, stdout: &[u8], stderr: &[u8], nonce: Option<&str>) -> Previewed {
    let ended = match exit {
        Exit::Code(0) => None,
        Exit::Code(124) => Some("it took too long, and was ended".to_owned()),
        other => {
            let said = Text::from_bytes(stderr.trim_ascii());
            Some(if said.is_empty() { other.to_string() } else { format!("{other}: {said}") })
        }
    };
    read_preview(nonce.unwrap_or_default(), stdout, ended.as_deref())
}
