//! Resources: failed, blocked, stopped though wanted, run where or how they should not.

use std::collections::BTreeMap;

use super::look::{Look, brews, count, fires, list};
use super::{Finding, Judgement, Severity};
use crate::model::{CloneSet, Failure, Item, NodeName, NodeState, Primitive, ResourceId, Role};

/// All instances of the resources that are no fence devices, by id.
pub(super) fn instances<'a>(look: &Look<'a>) -> BTreeMap<&'a ResourceId, Vec<&'a Primitive>> {
    let mut by_id: BTreeMap<&ResourceId, Vec<&Primitive>> = BTreeMap::new();
    for item in look.status().into_iter().flat_map(|status| &status.resources) {
        item.each_primitive(&mut |primitive| {
            if !primitive.is_fence_device() {
                by_id.entry(&primitive.id).or_default().push(primitive);
            }
        });
    }
    by_id
}

fn is(flag: Option<bool>) -> bool {
    flag == Some(true)
}

/// Where instances are active, on nodes whose state is known.
fn places<'a>(look: &Look<'_>, instances: &[&'a Primitive]) -> Vec<&'a NodeName> {
    let mut nodes: Vec<&NodeName> = instances
        .iter()
        .filter(|instance| instance.role != Role::Stopped)
        .flat_map(|instance| &instance.on)
        .filter(|node| !look.state(node).is_unclean())
        .collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

pub(super) fn names(nodes: &[&NodeName]) -> String {
    let names: Vec<&str> = nodes.iter().map(|node| node.as_str()).collect();
    list(&names)
}

/// `monitor rc 7, not running`, as far as told.
fn what_failed(failure: &Failure) -> String {
    let task = failure.task.as_deref().unwrap_or("operation");
    let code = failure.code.map_or_else(String::new, |code| format!(" rc {code}"));
    let status = failure.status.as_deref().filter(|status| *status != "complete" && *status != "done");
    let reason = failure.reason.as_deref().filter(|reason| !reason.is_empty());
    let why = status.or(reason).or(failure.code_words.as_deref());
    why.map_or_else(|| format!("{task}{code}"), |why| format!("{task}{code}, {why}"))
}

/// Whether a failure is of a resource, or of a numbered instance of it (`db:0`).
fn is_of(failure: &Failure, id: &ResourceId) -> bool {
    let base = |id: &str| id.split_once(':').map_or_else(|| id.to_owned(), |(base, _)| base.to_owned());
    failure.resource == *id || base(failure.resource.as_str()) == id.as_str()
}

/// Failed operations, and resources that may not be touched because of one.
pub(super) fn failed(look: &Look<'_>) -> Vec<Judgement> {
    let failures = look.status().map(|status| status.failures.as_slice()).unwrap_or_default();
    let mut judgements = Vec::new();
    let instances = instances(look);
    let devices = look.fence_devices();
    let listed = |failure: &Failure| {
        instances.keys().any(|id| is_of(failure, id)) || devices.iter().any(|device| is_of(failure, &device.id))
    };
    for failure in failures.iter().filter(|failure| !listed(failure)) {
        let id = &failure.resource;
        let words = format!("{id} failed on {} ({})", failure.node, what_failed(failure));
        let finding = Finding::new("resource-failed", id.as_str(), Severity::Warning, words, look.now)
            .help(format!("crm_resource --cleanup -r {id}"));
        judgements.push(fires(look.by_witness(finding, "failure not cleaned up")));
    }
    for (id, instances) in instances {
        let of_it: Vec<&Failure> = failures.iter().filter(|failure| is_of(failure, id)).collect();
        let what = of_it
            .first()
            .map_or_else(String::new, |failure| format!(" on {} ({})", failure.node, what_failed(failure)));
        let places = places(look, &instances);
        let blocked = instances.iter().find(|instance| is(instance.blocked));
        let failed = instances.iter().any(|instance| is(instance.failed));
        let ignored = instances.iter().all(|instance| is(instance.failure_ignored) || !is(instance.failed));
        let cleanup = format!("repair the cause, then: crm_resource --cleanup -r {id}");
        let new = |rule, severity, words: String| Finding::new(rule, id.as_str(), severity, words, look.now);
        let (finding, evidence) = if let Some(blocked) = blocked {
            let on: Vec<&NodeName> = blocked.on.iter().collect();
            let on = if on.is_empty() || !what.is_empty() { what } else { format!(" on {}", names(&on)) };
            let finding = new("resource-blocked", Severity::Critical, format!("{id} blocked{on}"))
                .meaning("The cluster does not touch it until someone has looked: a stop failed and could not be fenced away")
                .help(cleanup);
            (finding, "blocked")
        } else if failed && ignored {
            (
                new("resource-failed", Severity::Info, format!("{id} failed{what}, which is ignored")).help(cleanup),
                "failure ignored",
            )
        } else if failed {
            let elsewhere = instances.iter().any(|instance| !is(instance.failed) && instance.role != Role::Stopped);
            let severity = if elsewhere { Severity::Warning } else { Severity::Critical };
            (new("resource-failed", severity, format!("{id} FAILED{what}")).help(cleanup), "failed")
        } else if !of_it.is_empty() {
            let (severity, now) = if places.is_empty() {
                (Severity::Critical, "it does not run".to_owned())
            } else {
                (Severity::Warning, format!("runs on {}", names(&places)))
            };
            (
                new("resource-failed", severity, format!("{id} failed{what}, {now}")).help(cleanup),
                "failure not cleaned up",
            )
        } else {
            continue;
        };
        let mut finding = look.by_witness(finding, evidence);
        for failure in of_it {
            finding = look.by_witness(finding, format!("{} on {}", what_failed(failure), failure.node));
        }
        judgements.push(fires(finding));
    }
    judgements
}

/// Resources that should run and do not.
pub(super) fn stopped(look: &Look<'_>) -> Vec<Judgement> {
    let Some(options) = look.told_options() else { return Vec::new() };
    // Why everything stands still is told once, by those findings.
    if options.stop_all_resources == Some(true) || look.has_quorum() == Some(false) {
        return Vec::new();
    }
    let items = look.status().into_iter().flat_map(|status| &status.resources);
    let stopped: Vec<Judgement> = items.filter_map(|item| item_stopped(look, item)).collect();
    // Where no node may run anything, that is the one thing to tell.
    let nowhere = !look.picture.nodes.iter().any(|row| matches!(row.state, NodeState::Online | NodeState::Unknown));
    if nowhere && stopped.len() > 1 {
        let words = format!("no node is there to run anything: {} stopped", count(stopped.len(), "service"));
        let finding = Finding::new("resource-stopped", "cluster", Severity::Critical, words, look.now)
            .help("crm_mon -1: bring a node back online (crm_standby -N NODE -v off)");
        return vec![brews(look.by_witness(finding, "no node online"), 3)];
    }
    stopped
}

fn item_stopped(look: &Look<'_>, item: &Item) -> Option<Judgement> {
    let finding = match item {
        Item::Primitive(primitive) if primitive.is_fence_device() => return None,
        Item::Primitive(primitive) => {
            (wanted(primitive) && is_down(look, primitive)).then(|| down(look, &primitive.id, primitive, ""))?
        }
        Item::Group(group) if is(group.disabled) => return None,
        Item::Group(group) => {
            // What stands after a member that does not run waits for it; if that one failed, its failure says it all.
            let member = group.members.iter().find(|member| wanted(member) && member.role == Role::Stopped)?;
            if !is_down(look, member) {
                return None;
            }
            down(look, &group.id, member, &format!("{}: ", group.id))
        }
        Item::Clone(clone) => return clone_stopped(look, clone),
        Item::Bundle(bundle) => {
            let stopped: Vec<_> = bundle
                .replicas
                .iter()
                .filter(|replica| replica.members.iter().any(|member| wanted(member) && is_down(look, member)))
                .collect();
            let first = stopped.first()?.members.iter().find(|member| is_down(look, member))?;
            let words = format!("{} of {} replicas of {} do not run", stopped.len(), bundle.replicas.len(), bundle.id);
            let severity = if stopped.len() == bundle.replicas.len() { Severity::Critical } else { Severity::Warning };
            Finding::new("resource-stopped", bundle.id.as_str(), severity, words, look.now)
                .help(format!("crm_resource --why -r {}", first.id))
        }
    };
    Some(brews(look.by_witness(finding, "Stopped"), 3))
}

fn down(look: &Look<'_>, subject: &ResourceId, primitive: &Primitive, group: &str) -> Finding {
    let id = &primitive.id;
    let words = format!("{group}{id} is stopped though it should run");
    Finding::new("resource-stopped", subject.as_str(), Severity::Critical, words, look.now)
        .help(format!("crm_resource --why -r {id}"))
}

fn wanted(primitive: &Primitive) -> bool {
    primitive.target != Some(Role::Stopped) && !is(primitive.orphaned)
}

/// Whether an instance does not run, and nothing else already says so.
fn is_down(look: &Look<'_>, primitive: &Primitive) -> bool {
    let failure = |primitive: &Primitive| {
        let failures = look.status().map(|status| status.failures.as_slice()).unwrap_or_default();
        is(primitive.failed) || is(primitive.blocked) || failures.iter().any(|failure| is_of(failure, &primitive.id))
    };
    // One that is being started, or waits for its node, is told elsewhere.
    let waits = primitive.pending.is_some() || primitive.locked_to.is_some();
    primitive.role == Role::Stopped && !waits && !failure(primitive)
}

fn clone_stopped(look: &Look<'_>, clone: &CloneSet) -> Option<Judgement> {
    if is(clone.disabled) || clone.target == Some(Role::Stopped) {
        return None;
    }
    let mut all = 0_usize;
    let mut running = 0_usize;
    let mut promoted = 0_usize;
    let mut moving = false;
    let mut unwanted = false;
    for instance in &clone.instances {
        let mut parts: Vec<&Primitive> = Vec::new();
        instance.each_primitive(&mut |primitive| parts.push(primitive));
        all += 1;
        running += usize::from(!parts.is_empty() && parts.iter().all(|part| part.role != Role::Stopped));
        promoted += usize::from(parts.iter().any(|part| part.role == Role::Promoted));
        moving |= parts.iter().any(|part| part.role.is_moving());
        unwanted |= parts.iter().any(|part| !wanted(part) || part.target == Some(Role::Unpromoted));
    }
    if all == 0 || unwanted {
        return None;
    }
    let id = &clone.id;
    let up = look.picture.nodes.iter().filter(|row| row.state == NodeState::Online).count();
    let banned = look.status().is_some_and(|status| {
        let part = |ban: &ResourceId| {
            let mut found = ban == id;
            clone.instances.iter().for_each(|item| item.each_primitive(&mut |part| found |= part.id == *ban));
            found
        };
        status.bans.iter().any(|ban| part(&ban.resource) && !ban.promoted_only)
    });
    let told = told_of(look, clone);
    let (severity, words) = if running == 0 && !told {
        (Severity::Critical, format!("{id}: none of {} runs", count(all, "copy").replace("copys", "copies")))
    } else if clone.promotable && promoted == 0 && running > 0 && !moving && clone.target != Some(Role::Unpromoted) {
        (Severity::Critical, format!("{id}: no copy is promoted"))
    } else if running < all.min(up) && !banned && !told {
        (Severity::Warning, format!("{id}: {running} of {all} copies run"))
    } else {
        return None;
    };
    let finding = Finding::new("resource-stopped", id.as_str(), severity, words, look.now)
        .help(format!("crm_resource --why -r {id}; crm_simulate -sL shows the scores"));
    Some(brews(look.by_witness(finding, format!("{running} of {all} run, {promoted} promoted")), 3))
}

/// Whether a failure of a copy is told already.
fn told_of(look: &Look<'_>, clone: &CloneSet) -> bool {
    let failures = look.status().map(|status| status.failures.as_slice()).unwrap_or_default();
    let mut told = false;
    for item in &clone.instances {
        item.each_primitive(&mut |part| {
            told |= is(part.failed) || is(part.blocked) || failures.iter().any(|failure| is_of(failure, &part.id));
        });
    }
    told
}

/// Resources that are told to stop: on purpose, but worth knowing.
pub(super) fn disabled(look: &Look<'_>) -> Vec<Judgement> {
    let items = look.status().into_iter().flat_map(|status| &status.resources);
    items
        .filter(|item| match item {
            Item::Primitive(primitive) => !primitive.is_fence_device() && primitive.target == Some(Role::Stopped),
            Item::Group(group) => {
                is(group.disabled) || group.members.iter().all(|member| member.target == Some(Role::Stopped))
            }
            Item::Clone(clone) => is(clone.disabled) || clone.target == Some(Role::Stopped),
            Item::Bundle(_) => false,
        })
        .map(|item| {
            let id = item.id();
            let words = format!("{id} is told to stop (target-role=Stopped)");
            let finding = Finding::new("resource-disabled", id.as_str(), Severity::Info, words, look.now)
                .help(format!("crm_resource -r {id} --meta -p target-role -d"));
            fires(look.by_witness(finding, "target-role Stopped"))
        })
        .collect()
}

/// Resources that run in a way they should not: not configured any more, not managed, on several nodes at once.
pub(super) fn strange(look: &Look<'_>) -> Vec<Judgement> {
    let mut judgements = Vec::new();
    // While a node waits for its fencing a device may be shown there and elsewhere.
    for device in look.fence_devices().into_iter().filter(|device| device.on.len() > 1 && !look.any_unclean()) {
        let on: Vec<&NodeName> = device.on.iter().collect();
        let words = format!("fence device {} is active on {} at once", device.id, names(&on));
        let finding = Finding::new("resource-twice", device.id.as_str(), Severity::Warning, words, look.now)
            .help(format!("crm_resource --refresh -r {}", device.id));
        judgements.push(fires(look.by_witness(finding, format!("active on {} nodes", on.len()))));
    }
    let all_unmanaged = look.told_options().and_then(|options| options.maintenance_mode) == Some(true);
    for (id, instances) in instances(look) {
        let new = |rule, severity, words: String| Finding::new(rule, id.as_str(), severity, words, look.now);
        let places = places(look, &instances);
        if instances.iter().any(|instance| is(instance.orphaned)) {
            let on = if places.is_empty() { String::new() } else { format!(" on {}", names(&places)) };
            let finding = new(
                "resource-orphaned",
                Severity::Warning,
                format!("{id} is left over{on}: it is not configured any more"),
            )
            .help(format!("crm_resource --cleanup -r {id}"));
            judgements.push(fires(look.by_witness(finding, "orphaned")));
        }
        let on_maintained = |instance: &Primitive| {
            instance
                .on
                .iter()
                .any(|node| matches!(look.state(node), NodeState::Maintenance | NodeState::OfflineMaintenance))
        };
        let unmanaged = instances.iter().any(|instance| {
            instance.managed == Some(false)
                && !is(instance.orphaned)
                && !is(instance.blocked)
                && !on_maintained(instance)
        });
        if unmanaged && !all_unmanaged {
            let maintenance = instances.iter().any(|instance| is(instance.maintenance));
            let (why, attribute) =
                if maintenance { ("in maintenance", "maintenance") } else { ("unmanaged", "is-managed") };
            let finding =
                new("resource-unmanaged", Severity::Warning, format!("{id} is {why}: the cluster leaves it alone"))
                    .help(format!("crm_resource -r {id} --meta -p {attribute} -d"));
            judgements.push(fires(look.by_witness(finding, why)));
        }
        for instance in &instances {
            let here: Vec<&NodeName> = instance.on.iter().filter(|node| !look.state(node).is_unclean()).collect();
            if here.len() > 1 && instance.role != Role::Migrating && !is(instance.orphaned) {
                let finding =
                    new("resource-twice", Severity::Critical, format!("{id} is active on {} at once", names(&here)))
                        .meaning("Two copies of what must run once can destroy data")
                        .help(format!("crm_resource --locate -r {id}; stop the copy that should not run"));
                judgements.push(fires(look.by_witness(finding, format!("active on {} nodes", here.len()))));
            }
        }
    }
    judgements
}
