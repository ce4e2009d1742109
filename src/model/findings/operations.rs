//! Operations: how often they failed, and those that do not come to an end.

use super::look::{Look, brews, fires};
use super::resources::{instances, names};
use super::{Finding, Judgement, Severity};
use crate::model::{Count, NodeName, Primitive};

/// Fail counts: at their threshold, one below it, or left behind.
pub(super) fn fail_counts(look: &Look<'_>) -> Vec<Judgement> {
    let Some(status) = look.status() else { return Vec::new() };
    let mut judgements = Vec::new();
    for told in status.fail_counts.iter().filter(|told| told.count > Count::Of(0)) {
        let (id, node) = (&told.resource, &told.node);
        let failure = status.failures.iter().any(|failure| failure.resource == *id && failure.node == *node);
        let (severity, words) = match (told.count, told.threshold) {
            (count, Some(threshold)) if count >= threshold => {
                (Severity::Warning, format!("{id} may not run on {node}: failed {count} times of {threshold}"))
            }
            (Count::Of(count), Some(Count::Of(threshold))) if count + 1 == threshold => {
                (Severity::Warning, format!("one more failure and {id} must leave {node} ({count} of {threshold})"))
            }
            (count, _) if !failure => {
                (Severity::Info, format!("{id} has failed on {node} before (fail count {count})"))
            }
            _ => continue,
        };
        let threshold = told.threshold.map_or_else(|| "not told".to_owned(), |threshold| threshold.to_string());
        let finding = Finding::new("fail-count", &format!("{id} on {node}"), severity, words, look.now)
            .help(format!("crm_resource --cleanup -r {id} --node {node}"));
        judgements.push(fires(
            look.by_witness(finding, format!("fail-count {}, migration-threshold {threshold}", told.count)),
        ));
    }
    judgements
}

/// How long an operation may be under way before it is worth telling: no time-outs are known here.
const LONG: u64 = 60;

/// Operations that do not come to an end.
pub(super) fn slow(look: &Look<'_>) -> Vec<Judgement> {
    let mut judgements = Vec::new();
    for (id, instances) in instances(look) {
        let moving = |instance: &&&Primitive| {
            let recurring = instance.pending.as_ref().is_some_and(|pending| *pending == "Monitoring");
            instance.role.is_moving() || (instance.pending.is_some() && !recurring)
        };
        let Some(instance) = instances.iter().find(moving) else { continue };
        let doing = instance.pending.as_ref().map_or_else(|| instance.role.to_string(), ToString::to_string);
        let on: Vec<&NodeName> = instance.on.iter().collect();
        let on = if on.is_empty() { String::new() } else { format!(" on {}", names(&on)) };
        let words = format!("{id} has been {}{on} for more than {LONG} s", doing.to_lowercase());
        let finding = Finding::new("operation-slow", id.as_str(), Severity::Warning, words, look.now)
            .help(format!("crm_resource --list-all-operations -r {id}; look into the log of the node"));
        judgements.push(brews(look.by_witness(finding, doing.clone()), LONG));
    }
    judgements
}
