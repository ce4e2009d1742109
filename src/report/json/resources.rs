//! The state that Pacemaker tells: options, resources, failures, fencing, constraints.

use serde::Serialize;

use super::words;
use crate::app::say;
use crate::model::{Cluster, Dc, FenceStatus, Item, LeftOver, PacemakerStatus, Primitive, Role, Text};

#[derive(Serialize)]
pub(super) struct ClusterState {
    dc: Option<String>,
    dc_known: bool,
    dc_with_quorum: Option<bool>,
    pacemaker: Option<String>,
    versions_mixed: Option<bool>,
    fencing_enabled: Option<bool>,
    symmetric: Option<bool>,
    no_quorum_policy: Option<String>,
    maintenance_mode: Option<bool>,
    stop_all_resources: Option<bool>,
    last_change: Option<LastChange>,
}

#[derive(Serialize)]
struct LastChange {
    time: Option<String>,
    user: Option<String>,
    client: Option<String>,
    origin: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Resource {
    id: String,
    kind: &'static str,
    agent: Option<String>,
    role: Option<String>,
    target: Option<String>,
    nodes: Vec<String>,
    pending: Option<String>,
    managed: Option<bool>,
    blocked: Option<bool>,
    failed: Option<bool>,
    failure_ignored: Option<bool>,
    orphaned: Option<bool>,
    maintenance: Option<bool>,
    disabled: Option<bool>,
    locked_to: Option<String>,
    promotable: Option<bool>,
    members: Vec<Resource>,
}

#[derive(Serialize)]
pub(super) struct Failure {
    resource: String,
    node: String,
    task: Option<String>,
    interval_ms: Option<u64>,
    code: Option<u32>,
    code_words: Option<String>,
    status: Option<String>,
    reason: Option<String>,
    node_time: Option<String>,
}

#[derive(Serialize)]
pub(super) struct FailCount {
    resource: String,
    node: String,
    count: String,
    threshold: Option<String>,
    node_time: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Fencing {
    target: String,
    action: String,
    status: String,
    delegate: Option<String>,
    client: Option<String>,
    origin: Option<String>,
    node_time: Option<String>,
    reason: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Constraint {
    id: String,
    resource: Option<String>,
    node: Option<String>,
    score: Option<String>,
    role: Option<String>,
    ends: Option<String>,
    left_over: Option<LeftOver>,
}

fn word(text: Option<&Text>) -> Option<String> {
    text.map(ToString::to_string)
}

pub(super) fn cluster_state(status: &PacemakerStatus) -> ClusterState {
    let with_quorum = match &status.dc {
        Dc::Node { with_quorum, .. } => *with_quorum,
        Dc::Unknown | Dc::None => None,
    };
    ClusterState {
        dc: status.dc.name().map(ToString::to_string),
        dc_known: status.dc != Dc::Unknown,
        dc_with_quorum: with_quorum,
        pacemaker: word(status.version.as_ref()),
        versions_mixed: status.mixed_version,
        fencing_enabled: status.options.fencing_enabled,
        symmetric: status.options.symmetric,
        no_quorum_policy: word(status.options.no_quorum_policy.as_ref()),
        maintenance_mode: status.options.maintenance_mode,
        stop_all_resources: status.options.stop_all_resources,
        last_change: status.last_change.as_ref().map(|change| LastChange {
            time: word(change.time.as_ref()),
            user: word(change.user.as_ref()),
            client: word(change.client.as_ref()),
            origin: word(change.origin.as_ref()),
        }),
    }
}

pub(super) fn resources(status: &PacemakerStatus) -> Vec<Resource> {
    status.resources.iter().map(resource).collect()
}

fn resource(item: &Item) -> Resource {
    match item {
        Item::Primitive(primitive) => self::primitive(primitive),
        Item::Group(group) => Resource {
            managed: group.managed,
            disabled: group.disabled,
            maintenance: group.maintenance,
            members: group.members.iter().map(primitive).collect(),
            ..set(item, "group")
        },
        Item::Clone(clone) => Resource {
            managed: clone.managed,
            disabled: clone.disabled,
            failed: clone.failed,
            maintenance: clone.maintenance,
            target: clone.target.as_ref().map(Role::to_string),
            promotable: Some(clone.promotable),
            members: clone.instances.iter().map(resource).collect(),
            ..set(item, "clone")
        },
        Item::Bundle(bundle) => Resource {
            managed: bundle.managed,
            failed: bundle.failed,
            maintenance: bundle.maintenance,
            members: bundle.replicas.iter().flat_map(|replica| &replica.members).map(primitive).collect(),
            ..set(item, "bundle")
        },
    }
}

/// A set of which nothing but its id and kind is told.
fn set(item: &Item, kind: &'static str) -> Resource {
    Resource {
        id: item.id().to_string(),
        kind,
        agent: None,
        role: None,
        target: None,
        nodes: Vec::new(),
        pending: None,
        managed: None,
        blocked: None,
        failed: None,
        failure_ignored: None,
        orphaned: None,
        maintenance: None,
        disabled: None,
        locked_to: None,
        promotable: None,
        members: Vec::new(),
    }
}

fn primitive(primitive: &Primitive) -> Resource {
    Resource {
        id: primitive.id.to_string(),
        kind: "primitive",
        agent: Some(primitive.agent.to_string()),
        role: (primitive.role != Role::Unknown).then(|| primitive.role.to_string()),
        target: primitive.target.as_ref().map(Role::to_string),
        nodes: words(&primitive.on),
        pending: word(primitive.pending.as_ref()),
        managed: primitive.managed,
        blocked: primitive.blocked,
        failed: primitive.failed,
        failure_ignored: primitive.failure_ignored,
        orphaned: primitive.orphaned,
        maintenance: primitive.maintenance,
        disabled: primitive.target.as_ref().map(|target| *target == Role::Stopped),
        locked_to: primitive.locked_to.as_ref().map(ToString::to_string),
        promotable: None,
        members: Vec::new(),
    }
}

pub(super) fn failures(status: &PacemakerStatus) -> Vec<Failure> {
    let one = |failure: &crate::model::Failure| Failure {
        resource: failure.resource.to_string(),
        node: failure.node.to_string(),
        task: word(failure.task.as_ref()),
        interval_ms: failure.interval_ms,
        code: failure.code,
        code_words: word(failure.code_words.as_ref()),
        status: word(failure.status.as_ref()),
        reason: word(failure.reason.as_ref()),
        node_time: word(failure.last_change.as_ref()),
    };
    status.failures.iter().map(one).collect()
}

pub(super) fn fail_counts(status: &PacemakerStatus) -> Vec<FailCount> {
    let one = |count: &crate::model::FailCount| FailCount {
        resource: count.resource.to_string(),
        node: count.node.to_string(),
        count: count.count.to_string(),
        threshold: count.threshold.map(|threshold| threshold.to_string()),
        node_time: word(count.last_failure.as_ref()),
    };
    status.fail_counts.iter().map(one).collect()
}

pub(super) fn fencing(status: &PacemakerStatus) -> Option<Vec<Fencing>> {
    let one = |event: &crate::model::FenceEvent| Fencing {
        target: event.target.to_string(),
        action: event.action.to_string(),
        status: match &event.status {
            FenceStatus::Pending => "pending".to_owned(),
            FenceStatus::Success => "success".to_owned(),
            FenceStatus::Failed => "failed".to_owned(),
            FenceStatus::Other(word) => word.to_string(),
        },
        delegate: event.delegate.as_ref().map(ToString::to_string),
        client: word(event.client.as_ref()),
        origin: event.origin.as_ref().map(ToString::to_string),
        node_time: word(event.completed.as_ref()),
        reason: word(event.reason.as_ref()),
    };
    Some(status.fencing.as_ref()?.iter().map(one).collect())
}

/// The location constraints by the witness of the status, else by whoever told them.
pub(super) fn constraints(cluster: &Cluster) -> Option<Vec<Constraint>> {
    let told =
        cluster.witness().into_iter().chain(cluster.views().values()).find_map(|view| view.locations.as_ref())?;
    let one = |location: &crate::model::Location| Constraint {
        id: location.id.to_string(),
        resource: location.resource.as_ref().map(ToString::to_string),
        node: location.node.as_ref().map(ToString::to_string),
        score: location.score.map(|score| say::score(Some(score))),
        role: word(location.role.as_ref()),
        ends: word(location.ends.as_ref()),
        left_over: location.left_by_move(),
    };
    Some(told.value.iter().map(one).collect())
}
