//! The preview: what is asked of the cluster before anything is changed, and what it says.

mod copies;

use core::time::Duration;
use std::collections::BTreeSet;

use super::plan::Plan;
use super::remark::{Level, Remark};
use super::situation::Situation;
use crate::model::{
    Change, ChangeKind, CibVersion, NodeName, Places, Previewed, ResourceId, Role, SimulatedStep, Simulation, Skeleton,
    Text,
};
use crate::wire::Argv;

pub(super) use copies::{copy_remark, promotions};

/// The program that runs on a node; its contract is `PROTOCOL.md` beside it.
pub const PROGRAM: &str = include_str!("preview.sh");

/// How long fencing may take where nothing else is known: Pacemaker's own `stonith-timeout`.
const FENCING: Duration = Duration::from_mins(1);

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
    /// What it would do when the constraint of a move is removed again; `None`: nothing of that kind is asked.
    pub cleared: Option<Simulation>,
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
        let cleared = simulations.next();
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
        let last = self.cleared.as_ref().or(self.simulation.as_ref())?;
        let after = last.after.as_ref().or_else(|| self.simulation.as_ref()?.after.as_ref())?;
        Some(after.places())
    }

    /// Where everything would be before the constraint of a move is removed again.
    pub fn places_at_first(&self) -> Option<Places> {
        Some(self.simulation.as_ref()?.after.as_ref()?.places())
    }

    /// Primitives that run now, or should, and would not afterwards.
    pub fn stays_down(&self, situation: Situation<'_>) -> Vec<ResourceId> {
        let Some(after) = self.places() else { return Vec::new() };
        let now = situation.places();
        let down = |(id, places): (&ResourceId, &BTreeSet<(NodeName, Role)>)| {
            let was = now.get(id).is_some_and(|places| !places.is_empty());
            (places.is_empty() && was).then(|| id.clone())
        };
        after.iter().filter_map(down).collect()
    }

    /// How long it may take at most: the sum of the time-outs of all operations on the way, and of the fencing.
    pub fn budget(&self) -> Option<Duration> {
        let simulation = self.simulation.as_ref()?;
        let fencing = FENCING * u32::try_from(simulation.nodes.len()).unwrap_or(u32::MAX);
        let mut sum = fencing;
        if let Some(steps) = &simulation.steps {
            for step in steps {
                if let SimulatedStep::Operation { task, resource, interval_ms: 0, .. } = step
                    && !matches!(task.as_str(), "monitor" | "notify" | "cancel" | "delete")
                {
                    sum += self.skeleton.timeout(resource, task);
                }
            }
            return Some(sum);
        }
        for change in simulation.changes.as_ref()? {
            let tasks: &[&str] = match change.kind {
                ChangeKind::Start => &["start"],
                ChangeKind::Stop => &["stop"],
                ChangeKind::Promote => &["promote"],
                ChangeKind::Demote => &["demote"],
                ChangeKind::RePromote => &["demote", "promote"],
                ChangeKind::Reload => &["reload"],
                ChangeKind::Migrate => &["migrate_to", "migrate_from"],
                _ => &["stop", "start"],
            };
            sum += tasks.iter().map(|task| self.skeleton.timeout(&change.resource, task)).sum::<Duration>();
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
        let down = self.stays_down(situation);
        let meant = |id: &ResourceId| {
            plan.about.iter().any(|about| super::expect::concerns(situation, about, id))
                && matches!(plan.intent, super::Intent::Stop(_))
        };
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
