//! Pacemaker's documents → the model's words.

use hatui_parsers::{cib, crm_mon};

use crate::model::{
    Ban, Bundle, CibHeader, CibVersion, CloneSet, ClusterOption, ClusterOptions, Count, Dc, FailCount, Failure,
    FenceEvent, FenceStatus, Group, Health, Item, LastChange, Location, Member, NodeAttribute, NodeId, NodeKind,
    NodeName, PacemakerStatus, Primitive, Replica, ResourceId, Role, Score, Text,
};

type RawText<'a> = hatui_parsers::xml::Text<'a>;

fn text(text: Option<&RawText<'_>>) -> Option<Text> {
    text.filter(|text| !text.is_empty()).map(|text| Text::new(text))
}

fn name(text: Option<&RawText<'_>>) -> Option<NodeName> {
    text.filter(|text| !text.is_empty()).map(|text| NodeName::new(text))
}

/// The model's status of a document.
pub(super) fn status(status: &crm_mon::Status<'_>) -> PacemakerStatus {
    let summary = &status.summary;
    let (dc, version, mixed_version) = match &summary.current_dc {
        None | Some(crm_mon::CurrentDc::Unsaid) => (Dc::Unknown, None, None),
        Some(crm_mon::CurrentDc::Absent) => (Dc::None, None, None),
        Some(crm_mon::CurrentDc::Present(dc)) => {
            let who = name(dc.name.as_ref()).map_or(Dc::Unknown, |name| Dc::Node { name, with_quorum: dc.with_quorum });
            (who, text(dc.version.as_ref()), dc.mixed_version)
        }
    };
    PacemakerStatus {
        dc,
        version,
        mixed_version,
        last_change: summary.last_change.as_ref().map(|change| LastChange {
            time: change.time.as_ref().and_then(|time| text(Some(&time.text))),
            user: text(change.user.as_ref()),
            client: text(change.client.as_ref()),
            origin: text(change.origin.as_ref()),
        }),
        options: summary.cluster_options.as_ref().map_or_else(ClusterOptions::default, options),
        members: status.nodes.iter().flatten().filter_map(member).collect(),
        resources: status.resources.iter().flatten().filter_map(item).collect(),
        failures: status.failures.iter().flatten().filter_map(failure).collect(),
        fail_counts: status.node_history.iter().flatten().flat_map(fail_counts).collect(),
        fencing: Some(
            status.fence_history.iter().flat_map(|history| &history.events).filter_map(fence_event).collect(),
        ),
        bans: status.bans.iter().flatten().filter_map(ban).collect(),
        attributes: status.node_attributes.iter().flatten().flat_map(attributes).collect(),
        monitored: status.node_history.iter().flatten().flat_map(monitored).collect(),
    }
}

/// Where the last recurring monitor found a resource well: 0, or 8 for a promoted copy.
fn monitored<'a>(history: &'a crm_mon::NodeHistory<'_>) -> impl Iterator<Item = (ResourceId, NodeName)> + use<'a> {
    let well = |operation: &crm_mon::Operation<'_>| {
        operation.task.as_deref() == Some("monitor")
            && operation.interval_ms.is_some_and(|interval| interval > 0)
            && matches!(operation.rc, Some(0 | 8))
    };
    history.resources.iter().filter_map(move |resource| {
        let id = resource.id.as_ref()?;
        resource.operations.iter().any(well).then_some(())?;
        Some((ResourceId::new(id), name(history.node.as_ref())?))
    })
}

fn options(options: &crm_mon::ClusterOptions<'_>) -> ClusterOptions {
    ClusterOptions {
        fencing_enabled: options.fencing_enabled,
        symmetric: options.symmetric_cluster,
        no_quorum_policy: options.no_quorum_policy.as_ref().map(|policy| Text::new(policy.as_str())),
        maintenance_mode: options.maintenance_mode,
        stop_all_resources: options.stop_all_resources,
    }
}

pub(super) fn member(node: &crm_mon::Node<'_>) -> Option<Member> {
    let name = name(node.name.as_ref())?;
    let guest = node.id_as_resource.as_ref().filter(|id| !id.is_empty());
    let kind = match (&node.kind, guest) {
        (_, Some(resource)) => NodeKind::Guest(ResourceId::new(resource)),
        (Some(crm_mon::NodeType::Remote), None) => NodeKind::Remote,
        (Some(crm_mon::NodeType::Member) | None, None) => NodeKind::Member,
        (Some(other), None) => NodeKind::Other(Text::new(other.as_str())),
    };
    Some(Member {
        id: node.id.as_ref().and_then(|id| id.parse().ok()).map(NodeId),
        kind,
        online: node.online,
        standby: node.standby,
        standby_on_fail: node.standby_onfail,
        maintenance: node.maintenance,
        pending: node.pending,
        unclean: node.unclean,
        health: node.health.as_ref().and_then(|health| match health {
            crm_mon::Health::Green => Some(Health::Green),
            crm_mon::Health::Yellow => Some(Health::Yellow),
            crm_mon::Health::Red => Some(Health::Red),
            crm_mon::Health::Other(_) => None,
        }),
        shutdown: node.shutdown,
        is_dc: node.is_dc,
        resources_running: node.resources_running,
        feature_set: text(node.feature_set.as_ref()),
        name,
    })
}

pub(super) fn role(role: &crm_mon::Role<'_>) -> Role {
    match role {
        crm_mon::Role::Unknown => Role::Unknown,
        crm_mon::Role::Stopped => Role::Stopped,
        crm_mon::Role::Started => Role::Started,
        crm_mon::Role::Promoted => Role::Promoted,
        crm_mon::Role::Unpromoted => Role::Unpromoted,
        crm_mon::Role::Starting => Role::Starting,
        crm_mon::Role::Stopping => Role::Stopping,
        crm_mon::Role::Migrating => Role::Migrating,
        crm_mon::Role::Promoting => Role::Promoting,
        crm_mon::Role::Demoting => Role::Demoting,
        crm_mon::Role::Other(word) => Role::Other(Text::new(word)),
    }
}

pub(super) fn item(item: &crm_mon::Item<'_>) -> Option<Item> {
    match item {
        crm_mon::Item::Primitive(resource) => primitive(resource).map(Item::Primitive),
        crm_mon::Item::Group(members) => group(members).map(Item::Group),
        crm_mon::Item::Clone(cloned) => Some(Item::Clone(CloneSet {
            id: ResourceId::new(cloned.id.as_ref()?),
            promotable: cloned.multi_state.unwrap_or_default(),
            instances: cloned
                .instances
                .iter()
                .filter_map(|instance| match instance {
                    crm_mon::Instance::Primitive(resource) => primitive(resource).map(Item::Primitive),
                    crm_mon::Instance::Group(members) => group(members).map(Item::Group),
                })
                .collect(),
            managed: cloned.managed,
            disabled: cloned.disabled,
            failed: cloned.failed,
            maintenance: cloned.maintenance,
            target: cloned.target_role.as_ref().map(role),
        })),
        crm_mon::Item::Bundle(bundle) => Some(Item::Bundle(Bundle {
            id: ResourceId::new(bundle.id.as_ref()?),
            kind: text(bundle.kind.as_ref()).unwrap_or_else(|| Text::new("container")),
            image: text(bundle.image.as_ref()).unwrap_or_else(|| Text::new("")),
            replicas: bundle
                .replicas
                .iter()
                .zip(0..)
                .map(|(replica, place)| Replica {
                    number: replica.id.unwrap_or(place),
                    members: replica.members.iter().filter_map(primitive).collect(),
                })
                .collect(),
            managed: bundle.managed,
            failed: bundle.failed,
            maintenance: bundle.maintenance,
        })),
    }
}

fn group(group: &crm_mon::Group<'_>) -> Option<Group> {
    Some(Group {
        id: ResourceId::new(group.id.as_ref()?),
        members: group.members.iter().filter_map(primitive).collect(),
        managed: group.managed,
        disabled: group.disabled,
        maintenance: group.maintenance,
    })
}

fn primitive(resource: &crm_mon::Primitive<'_>) -> Option<Primitive> {
    // Pacemaker 1.1 and 2.0 write a double colon after `ocf`.
    let agent = resource.agent.as_ref().map_or_else(String::new, |agent| agent.replace("::", ":"));
    Some(Primitive {
        id: ResourceId::new(resource.id.as_ref()?),
        agent: Text::new(&agent),
        role: resource.role.as_ref().map_or(Role::Unknown, role),
        target: resource.target_role.as_ref().map(role),
        on: resource.nodes.iter().filter_map(|place| name(place.name.as_ref())).collect(),
        pending: text(resource.pending.as_ref()),
        managed: resource.managed,
        blocked: resource.blocked,
        failed: resource.failed,
        failure_ignored: resource.failure_ignored,
        orphaned: resource.orphaned,
        maintenance: resource.maintenance,
        locked_to: name(resource.locked_to.as_ref()),
    })
}

/// Resource, task and interval of an operation key such as `web-app_monitor_10000`.
fn operation_key(key: &str) -> Option<(&str, &str, u64)> {
    let (rest, interval) = key.rsplit_once('_')?;
    let interval = interval.parse().ok()?;
    let tasks = ["migrate_to", "migrate_from"];
    if let Some(task) = tasks.iter().find(|task| rest.ends_with(&format!("_{task}"))) {
        return Some((rest.strip_suffix(task)?.strip_suffix('_')?, task, interval));
    }
    let (resource, task) = rest.rsplit_once('_')?;
    Some((resource, task, interval))
}

fn failure(failure: &crm_mon::Failure<'_>) -> Option<Failure> {
    let key = failure.op_key.as_ref().or(failure.id.as_ref())?;
    let parts = operation_key(key);
    let resource = parts.map_or(key.as_ref(), |(resource, ..)| resource);
    Some(Failure {
        resource: ResourceId::new(resource),
        task: text(failure.task.as_ref()).or_else(|| parts.map(|(_, task, _)| Text::new(task))),
        interval_ms: failure.interval_ms.or_else(|| parts.map(|(.., interval)| interval)),
        node: name(failure.node.as_ref())?,
        code: failure.exit_code.and_then(|code| u32::try_from(code).ok()),
        code_words: text(failure.exit_status.as_ref()),
        status: failure.status.as_ref().map(|status| Text::new(status.as_str())),
        reason: text(failure.exit_reason.as_ref()),
        last_change: failure.last_rc_change.as_ref().and_then(|time| text(Some(&time.text))),
        last_change_epoch: failure.last_rc_change.as_ref().and_then(epoch),
    })
}

fn epoch(time: &crm_mon::Time<'_>) -> Option<u64> {
    u64::try_from(time.at?.seconds).ok()
}

fn count(score: crm_mon::Score) -> Count {
    match score {
        crm_mon::Score::Finite(number) => Count::new(u64::try_from(number).unwrap_or_default()),
        crm_mon::Score::Infinity => Count::Infinity,
        crm_mon::Score::MinusInfinity => Count::Of(0),
    }
}

fn fail_counts<'a>(history: &'a crm_mon::NodeHistory<'_>) -> impl Iterator<Item = FailCount> + use<'a> {
    history.resources.iter().filter_map(|resource| {
        Some(FailCount {
            resource: ResourceId::new(resource.id.as_ref()?),
            node: name(history.node.as_ref())?,
            count: count(resource.fail_count?),
            threshold: resource.migration_threshold.map(count),
            last_failure: resource.last_failure.as_ref().and_then(|time| text(Some(&time.text))),
        })
    })
}

fn fence_event(event: &crm_mon::FenceEvent<'_>) -> Option<FenceEvent> {
    Some(FenceEvent {
        target: name(event.target.as_ref())?,
        action: text(event.action.as_ref()).unwrap_or_else(|| Text::new("fencing")),
        status: match &event.status {
            Some(crm_mon::FenceStatus::Success) => FenceStatus::Success,
            Some(crm_mon::FenceStatus::Failed) => FenceStatus::Failed,
            Some(crm_mon::FenceStatus::Pending) => FenceStatus::Pending,
            Some(crm_mon::FenceStatus::Other(word)) => FenceStatus::Other(Text::new(word)),
            None => FenceStatus::Other(Text::new("unknown")),
        },
        delegate: name(event.delegate.as_ref()),
        client: text(event.client.as_ref()),
        origin: name(event.origin.as_ref()),
        completed: event.completed.as_ref().and_then(|time| text(Some(&time.text))),
        completed_epoch: event.completed.as_ref().and_then(epoch),
        reason: text(event.exit_reason.as_ref()),
    })
}

fn ban(ban: &crm_mon::Ban<'_>) -> Option<Ban> {
    let infinite = i64::try_from(Count::INFINITY).unwrap_or(i64::MAX);
    Some(Ban {
        id: text(ban.id.as_ref())?,
        resource: ResourceId::new(ban.resource.as_ref()?),
        node: name(ban.node.as_ref())?,
        weight: match ban.weight? {
            crm_mon::Score::Finite(weight) => i64::from(weight),
            crm_mon::Score::Infinity => infinite,
            crm_mon::Score::MinusInfinity => -infinite,
        },
        promoted_only: ban.promoted_only.unwrap_or_default(),
    })
}

fn attributes<'a>(of: &'a crm_mon::Attributes<'_>) -> impl Iterator<Item = NodeAttribute> + use<'a> {
    of.attributes.iter().filter_map(|attribute| {
        let value = attribute.value.as_ref().map_or("", |value| value);
        let attribute = attribute.name.as_ref()?;
        Some((name(of.node.as_ref())?, Text::new(attribute), Text::new(value)))
    })
}

/// The model's header of a CIB; `None` where the version is not told.
pub(super) fn cib_header(header: &cib::Header<'_>) -> Option<CibHeader> {
    let [admin_epoch, epoch, num_updates] = header.version.numbers()?;
    Some(CibHeader { version: CibVersion { admin_epoch, epoch, num_updates }, have_quorum: header.have_quorum })
}

/// The model's location constraints.
pub(super) fn locations(constraints: &cib::Constraints<'_>) -> Vec<Location> {
    let location = |location: &cib::Location<'_>| {
        Some(Location {
            id: text(location.id.as_ref())?,
            resource: match &location.what {
                cib::What::Resource(id) => Some(ResourceId::new(id)),
                cib::What::Pattern(_) | cib::What::Unsaid => None,
            },
            node: location.single_node().map(NodeName::new),
            score: location.weight().and_then(|weight| match weight {
                cib::Weight::Score(crm_mon::Score::Finite(score)) => Some(Score::Of(*score)),
                cib::Weight::Score(crm_mon::Score::Infinity) => Some(Score::Infinity),
                cib::Weight::Score(crm_mon::Score::MinusInfinity) => Some(Score::MinusInfinity),
                cib::Weight::Other(_) => None,
            }),
            role: location.role.as_ref().map(|role| Text::new(role.as_str())),
            ends: location.ends().and_then(|time| text(Some(&time.text))),
        })
    };
    constraints.locations.iter().filter_map(location).collect()
}

/// The options that the configuration sets.
pub(super) fn cluster_options(sets: &[cib::PropertySet<'_>]) -> Vec<ClusterOption> {
    let option = |property: &cib::Property<'_>| {
        let value = property.value.as_ref()?.plain().unwrap_or("•••");
        Some((text(property.name.as_ref())?, Text::new(value)))
    };
    sets.iter().flat_map(|set| &set.properties).filter_map(option).collect()
}

/// The permanent attributes of nodes.
pub(super) fn node_attributes(nodes: &[cib::NodeEntry<'_>]) -> Vec<NodeAttribute> {
    let mut all = Vec::new();
    for node in nodes {
        let Some(node_name) = name(node.name.as_ref()) else { continue };
        for attribute in &node.attributes {
            let Some(attribute_name) = text(attribute.property.name.as_ref()) else { continue };
            let value = attribute.property.value.as_ref().and_then(|value| value.plain()).unwrap_or("•••");
            all.push((node_name.clone(), attribute_name, Text::new(value)));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operation_keys_are_taken_apart() {
        assert_eq!(operation_key("web-app_monitor_10000"), Some(("web-app", "monitor", 10_000)));
        assert_eq!(operation_key("a_b_start_0"), Some(("a_b", "start", 0)));
        assert_eq!(operation_key("vm_migrate_to_0"), Some(("vm", "migrate_to", 0)));
        assert_eq!(operation_key("nothing"), None);
    }
}
