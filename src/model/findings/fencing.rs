//! Fencing: whether it is there, whether it works, what it did.

use super::look::{Look, brews, fires, list};
use super::{Finding, Judgement, Severity};
use crate::model::{FenceEvent, FenceStatus, NodeName, Role};

/// Whether anything would fence a node that is lost.
pub(super) fn available(look: &Look<'_>) -> Vec<Judgement> {
    let Some(options) = look.told_options() else { return Vec::new() };
    let Some(enabled) = options.fencing_enabled else {
        let key = Finding::new("fencing-disabled", "cluster", Severity::Warning, "", look.now).key;
        return vec![Judgement::Unknown(key, "the status does not tell stonith-enabled".into())];
    };
    let by_watchdog = look.option("stonith-watchdog-timeout").is_some_and(|value| !is_zero(value));
    let (missing, why, help) = if !enabled {
        (
            "fencing is disabled",
            "stonith-enabled=false",
            "crm_attribute -n stonith-enabled -v true, once devices are there",
        )
    } else if look.fence_devices().is_empty() && !by_watchdog && look.full_members().count() > 1 {
        (
            "no fence device",
            "no stonith resource",
            "configure a fence device for each node, then: stonith_admin --list-registered",
        )
    } else {
        return Vec::new();
    };
    let two = look.full_members().count() == 2;
    let finding = if two {
        let severity = if look.replicates() { Severity::Critical } else { Severity::Warning };
        let danger = if look.replicates() { ": both may promote and diverge" } else { ": both may run everything" };
        Finding::new("two-without-fencing", "cluster", severity, format!("two nodes and {missing}{danger}"), look.now)
            .meaning("When two nodes lose sight of each other, only fencing makes sure that one of them has stopped")
    } else {
        let rule = if enabled { "no-fence-device" } else { "fencing-disabled" };
        Finding::new(
            rule,
            "cluster",
            Severity::Warning,
            format!("{missing}: a lost node cannot be made safe"),
            look.now,
        )
        .meaning("Services of a node that is lost may go on there while others start them anew")
    };
    vec![fires(look.by_witness(finding.help(help), why))]
}

fn is_zero(value: &str) -> bool {
    value.trim_start_matches('0').trim_start_matches(|c: char| c.is_ascii_alphabetic()).is_empty()
}

/// Watchdog fencing that has no watchdog.
pub(super) fn watchdog(look: &Look<'_>) -> Vec<Judgement> {
    let Some((key, _)) = look.options() else { return Vec::new() };
    let Some(timeout) = look.option("stonith-watchdog-timeout").filter(|value| !is_zero(value)) else {
        return Vec::new();
    };
    match look.option("have-watchdog").map(crate::model::Text::as_str) {
        Some("true") => Vec::new(),
        None => {
            let key = Finding::new("no-watchdog", "cluster", Severity::Warning, "", look.now).key;
            vec![Judgement::Unknown(key, "the configuration does not tell have-watchdog".into())]
        }
        Some(_) => vec![fires(
            Finding::new(
                "no-watchdog",
                "cluster",
                Severity::Warning,
                "watchdog fencing is set up but no watchdog runs",
                look.now,
            )
            .said(key, look.now, format!("stonith-watchdog-timeout={timeout}, have-watchdog=false"))
            .meaning("A node that should reset itself would not; the cluster would take it for fenced all the same")
            .help("systemctl status sbd on every node; ls -l /dev/watchdog"),
        )],
    }
}

/// Fence devices that failed, do not run or are not watched.
pub(super) fn devices(look: &Look<'_>) -> Vec<Judgement> {
    // All resources being told to stop, or left alone, is a finding of its own.
    let Some(options) = look.told_options() else { return Vec::new() };
    let quiet = options.fencing_enabled == Some(false) || options.stop_all_resources == Some(true);
    if quiet || look.has_quorum() == Some(false) {
        return Vec::new();
    }
    let failures = look.status().map(|status| status.failures.as_slice()).unwrap_or_default();
    let mut judgements = Vec::new();
    for device in look.fence_devices() {
        let id = device.id.as_str();
        let new = |rule, severity, words: String| Finding::new(rule, id, severity, words, look.now);
        let stopped = device.role == Role::Stopped || device.on.is_empty();
        let failure = failures.iter().find(|failure| failure.resource == device.id);
        if device.failed == Some(true) || (failure.is_some() && stopped) {
            let what = failure.map_or_else(String::new, |failure| {
                let task = failure.task.as_deref().unwrap_or("operation");
                let code = failure.code.map_or_else(String::new, |code| format!(", rc {code}"));
                format!(": {task} failed on {}{code}", failure.node)
            });
            judgements.push(fires(
                look.by_witness(
                    new("fence-device-failed", Severity::Warning, format!("fence device {id} failed{what}"))
                        .meaning("A node that only this device can fence could not be fenced now")
                        .help(format!("repair the cause, then: crm_resource --cleanup -r {id}")),
                    format!("{} {}", device.role, if device.failed == Some(true) { "failed" } else { "" }),
                ),
            ));
        } else if let Some(failure) = failure {
            let what = failure.task.as_deref().unwrap_or("operation");
            let words = format!("fence device {id} failed earlier ({what} on {}); it runs", failure.node);
            judgements.push(fires(look.by_witness(
                new("fence-device-failed", Severity::Warning, words).help(format!("crm_resource --cleanup -r {id}")),
                "failure not cleaned up",
            )));
        } else if stopped && device.target == Some(Role::Stopped) {
            judgements.push(fires(
                look.by_witness(
                    new(
                        "fence-device-stopped",
                        Severity::Warning,
                        format!("fence device {id} is disabled (target-role=Stopped)"),
                    )
                    .meaning("A disabled device is not used for fencing at all")
                    .help(format!("crm_resource -r {id} --meta -p target-role -d")),
                    "Stopped, target-role Stopped",
                ),
            ));
        } else if stopped {
            judgements.push(brews(
                look.by_witness(
                    new(
                        "fence-device-stopped",
                        Severity::Warning,
                        format!("fence device {id} is not started: it is not watched"),
                    )
                    .help(format!("crm_resource --why -r {id}")),
                    "Stopped",
                ),
                5,
            ));
        } else if device.managed == Some(false)
            && options.maintenance_mode != Some(true)
            && !in_maintenance(look, &device.on)
        {
            judgements.push(fires(
                look.by_witness(
                    new(
                        "fence-device-unwatched",
                        Severity::Warning,
                        format!("fence device {id} is unmanaged: its failure would stay unnoticed"),
                    )
                    .help(format!("crm_resource -r {id} --meta -p is-managed -d")),
                    "unmanaged",
                ),
            ));
        }
    }
    judgements
}

fn in_maintenance(look: &Look<'_>, on: &[NodeName]) -> bool {
    use crate::model::NodeState;
    on.iter().any(|node| matches!(look.state(node), NodeState::Maintenance | NodeState::OfflineMaintenance))
}

/// What became of the fencing of each node.
pub(super) fn history(look: &Look<'_>) -> Vec<Judgement> {
    let Some(status) = look.status() else { return Vec::new() };
    let Some(events) = &status.fencing else {
        let key = Finding::new("fencing-failed", "cluster", Severity::Critical, "", look.now).key;
        return vec![Judgement::Unknown(key, "the status does not tell the fencing history".into())];
    };
    let mut targets: Vec<&NodeName> = events.iter().map(|event| &event.target).collect();
    targets.sort_unstable();
    targets.dedup();
    targets.into_iter().filter_map(|target| of_target(look, target, events)).collect()
}

fn of_target(look: &Look<'_>, target: &NodeName, events: &[FenceEvent]) -> Option<Judgement> {
    let of_it = || events.iter().filter(|event| event.target == *target);
    let state = look.state(target);
    let failed = of_it().find(|event| event.status == FenceStatus::Failed);
    if let Some(event) = of_it().find(|event| event.status == FenceStatus::Pending) {
        let again =
            failed.filter(|failed| !succeeded_after(of_it(), failed)).map_or("", |_| "; the last attempt failed");
        let by = event.origin.as_ref().map_or_else(String::new, |origin| format!(", asked by {origin}"));
        let words = format!("fencing of {target} under way ({}{by}){again}", event.action);
        let severity = if again.is_empty() { Severity::Warning } else { Severity::Critical };
        let finding = Finding::new("fencing-pending", target.as_str(), severity, words, look.now)
            .meaning("Services that may still run on the node wait until it is done")
            .help(format!(
                "stonith_admin --history {target}; if it stays for good: stonith_admin --cleanup --history {target}"
            ));
        return Some(fires(look.by_witness(finding, format!("{} pending", event.action))));
    }
    let failed = failed.filter(|failed| !succeeded_after(of_it(), failed))?;
    let why = failed.reason.as_ref().map_or_else(String::new, |why| format!(": {why}"));
    let up = state.is_up();
    let severity = if up { Severity::Info } else { Severity::Critical };
    let words = if up {
        format!("an earlier fencing of {target} failed{why}; the node is back")
    } else {
        format!("fencing of {target} failed ({}){why}", failed.action)
    };
    let by: Vec<&str> = failed.delegate.iter().map(NodeName::as_str).collect();
    let evidence =
        format!("{} failed{}", failed.action, if by.is_empty() { String::new() } else { format!(" by {}", list(&by)) });
    let help = if up {
        format!("stonith_admin --cleanup --history {target}")
    } else {
        format!(
            "try again: stonith_admin --reboot {target}; or see that it is off, then: stonith_admin --confirm {target}"
        )
    };
    let finding = Finding::new("fencing-failed", target.as_str(), severity, words, look.now)
        .meaning("As long as the node is not fenced, nothing that may run there is started elsewhere")
        .help(help);
    Some(fires(look.by_witness(finding, evidence)))
}

/// Whether a fencing of the same node succeeded after a failed one: by the times told, else by the order (newest first).
fn succeeded_after<'a>(of_it: impl Iterator<Item = &'a FenceEvent>, failed: &FenceEvent) -> bool {
    let mut before_failed = true;
    for event in of_it {
        if core::ptr::eq(event, failed) {
            before_failed = false;
            continue;
        }
        if event.status != FenceStatus::Success {
            continue;
        }
        let later = match (event.completed_epoch, failed.completed_epoch) {
            (Some(done), Some(failed)) if done != failed => done > failed,
            _ => before_failed,
        };
        if later {
            return true;
        }
    }
    false
}
