//! How long a simulated stage may take at most, by the time-outs of its operations.

use core::time::Duration;

use crate::model::{Change, ChangeKind, SimulatedStep, Simulation, Skeleton};

/// The sum of the time-outs of all operations of a stage, and of its fencing; `None`: it is not told what would be done.
pub(super) fn of(simulation: &Simulation, skeleton: &Skeleton, fencing: Duration) -> Option<Duration> {
    let fencing = fencing * u32::try_from(simulation.nodes.len()).unwrap_or(u32::MAX);
    if let Some(steps) = &simulation.steps {
        let operations = steps.iter().filter_map(|step| match step {
            SimulatedStep::Operation { task, resource, interval_ms: 0, .. }
                if !matches!(task.as_str(), "monitor" | "notify" | "cancel" | "delete") =>
            {
                Some(skeleton.timeout(resource, task))
            }
            _ => None,
        });
        return Some(fencing + operations.sum::<Duration>());
    }
    Some(fencing + changes(simulation.changes.as_ref()?, skeleton, tasks))
}

/// The same for a stage that undoes this one, where it could not be asked: what stops starts, what is demoted is promoted.
pub(super) fn back(simulation: &Simulation, skeleton: &Skeleton) -> Duration {
    changes(simulation.changes.as_deref().unwrap_or_default(), skeleton, |kind| match kind {
        ChangeKind::Stop => &["start", "promote"],
        ChangeKind::Demote => &["promote"],
        kind => tasks(kind),
    })
}

fn changes(
    changes: &[Change],
    skeleton: &Skeleton,
    tasks: impl Fn(&ChangeKind) -> &'static [&'static str],
) -> Duration {
    let time = |change: &Change| -> Duration {
        tasks(&change.kind).iter().map(|task| skeleton.timeout(&change.resource, task)).sum()
    };
    changes.iter().map(time).sum()
}

/// The operations of a change.
fn tasks(kind: &ChangeKind) -> &'static [&'static str] {
    match kind {
        ChangeKind::Start => &["start"],
        ChangeKind::Stop => &["stop"],
        ChangeKind::Promote => &["promote"],
        ChangeKind::Demote => &["demote"],
        ChangeKind::RePromote => &["demote", "promote"],
        ChangeKind::Reload => &["reload"],
        ChangeKind::Migrate => &["migrate_to", "migrate_from"],
        _ => &["stop", "start"],
    }
}
