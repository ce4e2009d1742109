//! The preview: what is asked of the cluster before anything is changed, and what it says.

mod budget;
mod copies;

use core::time::Duration;
use std::collections::BTreeSet;

use super::plan::Plan;
use super::remark::{Level, Remark};
use super::situation::Situation;
use super::whatif::moved;
use crate::model::{
    Afterwards, Change, ChangeKind, CibVersion, NodeName, Places, Previewed, ResourceId, Role, SimulatedStep,
    Simulation, Skeleton, Text,
};
use crate::wire::Argv;

pub(super) use copies::{copy_remark, promotions};

/// The program that runs on a node; its contract is `PROTOCOL.md` beside it.
pub const PROGRAM: &str = include_str!("preview.sh");

/// How a preview is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// On a copy of the CIB: what is done to it, in order.
    Copy(Vec<Item>),
    /// By a tool that only says what it would do.
    DryRun(Argv),
    /// Not at all: why there is none.
    None(String),
}

/// Something that is done to the copy of the CIB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A command is run on it.
    Try(Argv),
    /// Failures are taken out of its status: of a resource or of all, on a node or on all.
    Forget(Option<ResourceId>, Option<NodeName>),
    /// All that is remembered of a resource on a node is taken out of its status: it does not run there any more.
    Lose(ResourceId, NodeName),
    /// The cluster is simulated, with more words for `crm_simulate`; the copy is then what would come of it.
    Plan(Vec<String>),
}

impl Item {
    /// Its words, as the program takes them.
    pub fn words(&self) -> Vec<String> {
        let counted = |name: &str, words: &[String]| {
            let mut all = vec![name.to_owned(), words.len().to_string()];
            all.extend(words.iter().cloned());
            all
        };
        match self {
            Self::Try(argv) => counted("try", argv.words()),
            Self::Plan(words) => counted("plan", words),
            Self::Forget(resource, node) => {
                let resource = resource.as_ref().map_or("*", ResourceId::as_str);
                let node = node.as_ref().map_or("*", NodeName::as_str);
                vec!["forget".to_owned(), resource.to_owned(), node.to_owned()]
            }
            Self::Lose(resource, node) => vec!["lose".to_owned(), resource.to_string(), node.to_string()],
        }
    }
}

/// What would happen, as far as anyone can tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preview {
    /// The version of the CIB that it holds for.
    pub revision: Option<CibVersion>,
    /// What the cluster says it would do; `None`: it could not be asked.
    pub simulation: Option<Simulation>,
    /// What it would do when the constraint of a move is removed again, or what was stopped may run again; `None`: nothing of
    /// that kind was asked, or it is not known.
    pub cleared: Option<Simulation>,
    /// Why what comes after the first stage is not known, though it was asked.
    pub then_unknown: Option<Text>,
    /// What is configured.
    pub skeleton: Skeleton,
    /// Lines of a tool that says what it would do.
    pub dry_run: Vec<Text>,
    /// Why there is no preview, or not all of it.
    pub missing: Option<Text>,
}

impl Preview {
    /// What a node's preview program said.
    pub fn of(previewed: Previewed) -> Self {
        let mut simulations = previewed.simulations.into_iter();
        let simulation = simulations.next();
        let second = simulations.next();
        let then_unknown = match (&simulation, &second) {
            (Some(first), Some(_)) if first.status_stays => {
                Some(Text::new("crm_simulate tells what it would do, not what comes of it"))
            }
            (_, Some(second)) if second.changes.is_none() => {
                Some(second.troubles.first().cloned().unwrap_or_else(|| Text::new("crm_simulate told no plan")))
            }
            (Some(_), None) => previewed.failed.clone(),
            _ => None,
        };
        let cleared = second.filter(|_| then_unknown.is_none());
        Self {
            revision: previewed.revision,
            missing: previewed.failed.or_else(|| match &simulation {
                Some(simulation) if simulation.changes.is_none() => {
                    Some(simulation.troubles.first().cloned().unwrap_or_else(|| Text::new("crm_simulate told no plan")))
                }
                Some(_) => None,
                None => Some(Text::new("crm_simulate said nothing")),
            }),
            simulation,
            cleared,
            then_unknown,
            skeleton: previewed.skeleton,
            dry_run: Vec::new(),
        }
    }

    /// There is none.
    pub fn missing(why: impl Into<Text>) -> Self {
        Self { missing: Some(why.into()), ..Self::default() }
    }

    /// What would happen to resources.
    pub fn changes(&self) -> &[Change] {
        self.simulation.as_ref().and_then(|simulation| simulation.changes.as_deref()).unwrap_or_default()
    }

    /// Where everything would be in the end: what the last simulation says.
    pub fn places(&self) -> Option<Places> {
        self.afterwards().map(Afterwards::places)
    }

    /// The cluster in the end; `None`: it is not known.
    fn afterwards(&self) -> Option<&Afterwards> {
        if self.then_unknown.is_some() {
            return None;
        }
        match &self.cleared {
            Some(cleared) if cleared.after.is_some() => cleared.after.as_ref(),
            // Something would move, and it is not told where to.
            Some(cleared) if !cleared.is_nothing() => None,
            _ => self.simulation.as_ref()?.after.as_ref(),
        }
    }

    /// Where everything would be before the constraint of a move is removed again.
    pub fn places_at_first(&self) -> Option<Places> {
        Some(self.simulation.as_ref()?.after.as_ref()?.places())
    }

    /// Primitives that run now, or should, and would not afterwards.
    pub fn stays_down(&self, situation: Situation<'_>) -> Vec<ResourceId> {
        let (gone, absent) = self.down(situation);
        let mut down = [gone, absent].concat();
        down.sort();
        down
    }

    /// Primitives that would run nowhere: those that run now, and those that should, and do not run now either.
    fn down(&self, situation: Situation<'_>) -> (Vec<ResourceId>, Vec<ResourceId>) {
        let now = situation.places();
        let told = self.cleared.as_ref().is_none_or(Simulation::is_nothing) && self.then_unknown.is_none();
        let (after, kept) = match (self.afterwards(), &self.simulation) {
            (Some(after), _) => (after.places(), Some(kept_down(after))),
            // What comes of it is not told, but what would be done: what does not run yet is then not known of.
            (None, Some(simulation)) if told => (moved(&now, simulation.changes.as_deref().unwrap_or_default()), None),
            (None, _) => return Default::default(),
        };
        let runs = |id: &ResourceId| now.get(id).is_some_and(|places| !places.is_empty());
        let nowhere = after.into_iter().filter(|(_, places)| places.is_empty()).map(|(id, _)| id);
        let (gone, mut absent): (Vec<_>, Vec<_>) = nowhere.partition(runs);
        absent.retain(|id| kept.as_ref().is_some_and(|kept| !kept.contains(id)));
        (gone, absent)
    }

    /// The steps that move something, in the order of the cluster, as one says them: `stop web-ip on ha-node-1`.
    pub fn order(&self) -> Vec<String> {
        const TOLD: [&str; 6] = ["start", "stop", "promote", "demote", "migrate_to", "migrate_from"];
        let steps = self.simulation.as_ref().and_then(|simulation| simulation.steps.as_ref());
        let words = |step: &SimulatedStep| match step {
            SimulatedStep::Operation { task, resource, node, interval_ms: 0 } if TOLD.contains(&task.as_str()) => {
                let node = node.as_ref().map_or_else(String::new, |node| format!(" on {node}"));
                Some(format!("{task} {resource}{node}"))
            }
            SimulatedStep::Operation { .. } => None,
            SimulatedStep::Fence(how, node) => Some(format!("{how} {node}")),
        };
        steps.into_iter().flatten().filter_map(words).collect()
    }

    /// How long it may take at most: the sum of the time-outs of all operations on the way, and of the fencing. `None`: it is
    /// not known.
    pub fn budget(&self, situation: Situation<'_>) -> Option<Duration> {
        let first = self.simulation.as_ref()?;
        let fencing = situation.fencing_limit();
        let mut sum = budget::of(first, &self.skeleton, fencing)?;
        if let Some(cleared) = &self.cleared {
            sum += budget::of(cleared, &self.skeleton, fencing)?;
        } else if self.then_unknown.is_some() {
            sum += budget::back(first, &self.skeleton);
        }
        Some(sum)
    }

    /// What the preview itself gives to remark.
    pub fn remarks(&self, plan: &Plan, situation: Situation<'_>) -> Vec<Remark> {
        let mut remarks = Vec::new();
        if let Some(why) = &self.missing {
            remarks.push(
                Remark::new(Level::Raise, format!("the cluster could not be asked what it would do: {why}"))
                    .help("what is below is by hatui's own rules only"),
            );
            return remarks;
        }
        let Some(simulation) = &self.simulation else { return remarks };
        for (node, task, reason) in &simulation.nodes {
            let meant = plan.intent.victim() == Some(node);
            if !meant {
                let why = reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
                remarks.push(Remark::new(Level::Raise, format!("{node} would get {task}{why}")));
            }
        }
        let (down, absent) = self.down(situation);
        let meant = |id: &ResourceId| matches!(plan.intent, super::Intent::Stop(_)) && plan.is_about(id, situation);
        let is_device = |id: &&ResourceId| situation.primitives().any(|one| one.id == **id && one.is_fence_device());
        let (devices, unmeant): (Vec<&ResourceId>, Vec<&ResourceId>) =
            down.iter().filter(|id| !meant(id)).partition(is_device);
        if !devices.is_empty() {
            // A device that may not run on the node it fences has nowhere to be where that node is the only one left.
            let names = super::intent::list(&devices);
            remarks.push(Remark::new(Level::Note, format!("{names}: no node is left for it to run on")));
        }
        if !unmeant.is_empty() {
            let names = super::intent::list(&unmeant);
            remarks.push(Remark::new(Level::Raise, format!("{names} would stay down")));
        }
        let absent: Vec<&ResourceId> = absent.iter().filter(|id| plan.is_about(id, situation)).collect();
        if !absent.is_empty() && plan.lets_run() {
            let names = super::intent::list(&absent);
            let words = format!("{names} would not run afterwards either");
            remarks
                .push(Remark::new(Level::Warn, words).help("its details tell of failures, and of what keeps it away"));
        }
        for change in self.changes().iter().filter(|change| change.blocked) {
            remarks.push(Remark::new(
                Level::Warn,
                format!("{} of {} is blocked: it would not happen", change.kind.word(), change.resource),
            ));
        }
        let moves = matches!(plan.intent, super::Intent::Move { .. });
        if let Some(cleared) = self.cleared.as_ref().filter(|cleared| moves && !cleared.is_nothing()) {
            let back: Vec<String> = cleared.changes.iter().flatten().map(phrase).collect();
            if !back.is_empty() {
                remarks.push(
                    Remark::new(Level::Warn, format!("when the constraint is removed: {}", back.join(", ")))
                        .help("k keeps the constraint; or put the other node in standby"),
                );
            }
        }
        if let Some(why) = &self.then_unknown {
            remarks.push(then_unknown(plan, why));
        }
        // What is put back in the second stage of a restart is promoted there.
        let cleared = self.cleared.as_ref().filter(|_| !moves).and_then(|cleared| cleared.changes.as_deref());
        let changes: Vec<&Change> = self.changes().iter().chain(cleared.unwrap_or_default()).collect();
        remarks.extend(copies::remarks(plan, changes, situation));
        if simulation.is_nothing() && matches!(plan.request, Request::Copy(_)) && plan.intent_moves_something() {
            remarks.push(
                Remark::new(Level::Refuse, "the cluster would do nothing: something else holds it where it is")
                    .help("constraints and scores hold it: see its details, or move what it is kept with"),
            );
        }
        remarks
    }
}

/// What comes after the first stage could not be asked.
fn then_unknown(plan: &Plan, why: &Text) -> Remark {
    if matches!(plan.intent, super::Intent::Move { .. }) {
        let words = format!("whether it goes back when the constraint is removed could not be asked: {why}");
        Remark::new(Level::Raise, words).help("k keeps the constraint")
    } else {
        Remark::new(Level::Warn, format!("where it runs again could not be asked: {why}"))
    }
}

/// Primitives that something or somebody keeps from running on purpose. A device that is not needed is nowhere either.
fn kept_down(after: &Afterwards) -> BTreeSet<ResourceId> {
    let mut kept = BTreeSet::new();
    for root in &after.resources {
        let whole = root.is_told_to_stop();
        root.each_primitive(&mut |one| {
            let told = one.managed == Some(false) || one.target == Some(Role::Stopped);
            if whole || told || one.is_fence_device() {
                kept.insert(one.id.clone());
            }
        });
    }
    kept
}

/// A change as one says it: `web-ip moves from ha-node-1 to ha-node-2`.
pub fn phrase(change: &Change) -> String {
    let id = &change.resource;
    let place = |node: Option<&NodeName>| node.map_or_else(|| "?".to_owned(), ToString::to_string);
    let (from, to) = (place(change.from.as_ref()), place(change.to.as_ref()));
    let here = change.to.as_ref().or(change.from.as_ref()).map_or_else(|| "?".to_owned(), ToString::to_string);
    match &change.kind {
        ChangeKind::Start => format!("{id} starts on {here}"),
        ChangeKind::Stop => format!("{id} stops on {from}"),
        ChangeKind::Move => format!("{id} moves from {from} to {to}"),
        ChangeKind::Migrate => format!("{id} migrates from {from} to {to}"),
        ChangeKind::Recover if change.to.is_some() && change.from != change.to => format!("{id} recovers on {to}"),
        ChangeKind::Recover => format!("{id} recovers on {here}"),
        ChangeKind::Restart => format!("{id} restarts on {here}"),
        ChangeKind::Reload => format!("{id} reloads on {here}"),
        ChangeKind::Promote => format!("{id} is promoted on {here}"),
        ChangeKind::Demote => format!("{id} is demoted on {from}"),
        ChangeKind::RePromote => format!("{id} is demoted and promoted on {here}"),
        ChangeKind::Other(word) => format!("{id}: {word}"),
    }
}

impl Plan {
    /// Whether something may run after it that does not, or does elsewhere.
    fn lets_run(&self) -> bool {
        use super::{Intent, Switch};
        match &self.intent {
            Intent::Move { .. } | Intent::Start(_) | Intent::Restart(_) | Intent::PutBack { .. } => true,
            Intent::Cleanup(_) | Intent::Refresh(_) | Intent::Clear(_) | Intent::Manage(_, Switch::On) => true,
            Intent::Standby(_, on) | Intent::Maintenance(_, on) => *on == Switch::Off,
            _ => false,
        }
    }

    /// Whether it makes no sense if the cluster would do nothing.
    fn intent_moves_something(&self) -> bool {
        use super::Intent;
        matches!(self.intent, Intent::Move { .. })
    }

    /// The plan with its preview: bound to the version that it was made on, informed by the configuration, with its remarks.
    #[must_use]
    pub fn previewed(self, preview: &Preview, situation: Situation<'_>) -> Self {
        let mut plan = self.informed(&preview.skeleton);
        // Without a preview, the version that the nodes tell is what it was made for.
        let told = situation.cluster.picture().partitions.first().and_then(|partition| partition.cib);
        let version = preview.revision.or(told.filter(|_| matches!(plan.request, Request::Copy(_))));
        plan.basis.revision = version.map(|version| (version.admin_epoch, version.epoch));
        // Where there is no preview by design, that is no reason for more care.
        let remarks =
            if matches!(plan.request, Request::None(_)) { Vec::new() } else { preview.remarks(&plan, situation) };
        remarks.into_iter().fold(plan, Plan::with)
    }

    /// Whether something speaks against it altogether.
    pub fn refused(&self) -> bool {
        self.remarks.iter().any(|remark| remark.level == Level::Refuse)
    }
}
