//! What the preview program prints → the model's words.

use core::time::Duration;

use hatui_parsers::frame::{Bounds, Item as Told, Nonce, PlanHow, PreviewFrame, WatchFrames};
use hatui_parsers::{cib, simulate, skeleton};

use super::pacemaker;
use super::sources::tool_path;
use crate::model::{
    Afterwards, Change, ChangeKind, Configured, NodeName, Previewed, ResourceId, Role, SimulatedStep, Simulation,
    Skeleton, Text,
};
use crate::wire::Argv;

/// How long the whole program may take on the node; then it is ended there.
pub const PREVIEW_LIMIT: Duration = Duration::from_mins(1);

/// The command that runs the preview program, whose words are `items`.
pub fn preview_argv(program: &str, nonce: &str, sudo: bool, items: &[String]) -> Argv {
    let sudo = if sudo { "sudo" } else { "-" };
    let limit = PREVIEW_LIMIT.as_secs().to_string();
    tool_path("timeout")
        .args([limit.as_str(), "sh", "-c", program, "hatui-preview", nonce, sudo])
        .args(items.iter().cloned())
}

/// What the program printed, whole; `ended` tells how it ended, where that was not well.
/// `nonce` is the one that the program was given; with one that is none, nothing is believed.
pub fn read_preview(nonce: &str, output: &[u8], ended: Option<&str>) -> Previewed {
    let mut told = Previewed::default();
    let Ok(nonce) = Nonce::new(nonce) else {
        told.failed = Some(Text::from(ended.unwrap_or("it was not started")));
        return told;
    };
    let mut done = false;
    let fail = |told: &mut Previewed, words: String| {
        told.failed.get_or_insert_with(|| Text::from(words));
    };
    let mut frames = WatchFrames::new(&nonce, Bounds::default());
    frames.push(output);
    while let Some(item) = frames.next() {
        let frame = match item {
            Told::Frame(frame) => frame,
            // Noise of login scripts.
            Told::Noise(_) | Told::Raw(_) => continue,
            Told::Error(error) => {
                fail(&mut told, format!("its answer cannot be read: {error:?}"));
                continue;
            }
        };
        match PreviewFrame::read(frame) {
            Err(error) => fail(&mut told, format!("its answer cannot be read: {error}")),
            Ok(PreviewFrame::Cib { rc: 0, payload }) => match cib::parse(&payload) {
                Ok(document) => {
                    let header = document.header.as_ref().and_then(pacemaker::cib_header);
                    told.revision = header.map(|header| header.version);
                }
                Err(error) => fail(&mut told, format!("the CIB's header cannot be read: {error}")),
            },
            Ok(PreviewFrame::Cib { rc, payload }) => {
                fail(&mut told, format!("cibadmin could not read the CIB (exit {rc}): {}", Text::from_bytes(&payload)));
            }
            Ok(PreviewFrame::Skeleton { payload }) => match skeleton::parse(&payload) {
                Ok(found) => told.skeleton = configured(&found),
                Err(error) => fail(&mut told, format!("the configuration cannot be read: {error}")),
            },
            Ok(PreviewFrame::Tried { rc: 0, .. }) => {}
            Ok(PreviewFrame::Tried { rc, output, .. }) => {
                fail(&mut told, format!("the change failed on a copy (exit {rc}): {}", Text::from_bytes(&output)));
            }
            Ok(PreviewFrame::Plan { rc: 0, document, how, .. }) => match simulate::parse(&document) {
                Ok(found) => told.simulations.push(simulation(&found, how)),
                Err(error) => fail(&mut told, format!("what crm_simulate printed cannot be read: {error}")),
            },
            Ok(PreviewFrame::Plan { rc, document, .. }) => {
                fail(&mut told, format!("crm_simulate failed (exit {rc}): {}", Text::from_bytes(&document)));
            }
            Ok(PreviewFrame::Bye { .. }) => done = true,
            Ok(PreviewFrame::Hello { .. } | PreviewFrame::Other(_)) => {}
        }
    }
    if !done {
        fail(&mut told, ended.map_or_else(|| "it ended before it was done".to_owned(), ToOwned::to_owned));
    }
    told
}

/// The primitive of an instance: `store:1` is one of `store`.
fn base(id: &str) -> ResourceId {
    match id.rsplit_once(':') {
        Some((name, number)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            ResourceId::new(name)
        }
        _ => ResourceId::new(id),
    }
}

fn simulation(found: &simulate::Simulation<'_>, how: PlanHow) -> Simulation {
    let mut told = Simulation { status_stays: how != PlanHow::Simulate, ..Simulation::default() };
    if how == PlanHow::Text {
        told.troubles.push(Text::new(
            "this version of crm_simulate tells its plan as text only: the state after it is not known",
        ));
    }
    if let Some(status) = &found.status {
        told.troubles.extend(status.errors.iter().map(|error| Text::new(error)));
    }
    told.troubles.extend(found.unread.iter().map(|line| Text::new(line)));
    told.changes = found.plan().map(|plan| {
        let mut changes = Vec::new();
        for action in plan {
            match action {
                simulate::Action::Node(action) => {
                    let Some(node) = &action.node else { continue };
                    let task = match &action.task {
                        Some(simulate::NodeTask::Fence(Some(how))) => Text::from(format!("fencing ({how})")),
                        Some(simulate::NodeTask::Fence(None)) => Text::new("fencing"),
                        Some(simulate::NodeTask::Shutdown) => Text::new("a shutdown"),
                        Some(simulate::NodeTask::Other(word)) => Text::new(word),
                        None => Text::new("something"),
                    };
                    let reason = action.reason.as_ref().map(|reason| Text::new(reason));
                    told.nodes.push((NodeName::new(node), task, reason));
                }
                simulate::Action::Resource(action) => changes.extend(change(action)),
            }
        }
        changes
    });
    told.steps = found.transition.as_ref().map(|steps| steps.iter().filter_map(step).collect());
    told.after = found.revised.as_ref().map(|after| Afterwards {
        members: after.nodes.iter().flatten().filter_map(pacemaker::member).collect(),
        resources: after.resources.iter().flatten().filter_map(pacemaker::item).collect(),
    });
    told
}

fn change(action: &simulate::ResourceAction<'_>) -> Option<Change> {
    use simulate::Planned;
    let kind = match action.action.as_ref()? {
        Planned::Start => ChangeKind::Start,
        Planned::Stop => ChangeKind::Stop,
        Planned::Move => ChangeKind::Move,
        Planned::Migrate => ChangeKind::Migrate,
        Planned::Recover => ChangeKind::Recover,
        Planned::Restart => ChangeKind::Restart,
        Planned::Reload => ChangeKind::Reload,
        Planned::Promote => ChangeKind::Promote,
        Planned::Demote => ChangeKind::Demote,
        Planned::RePromote => ChangeKind::RePromote,
        Planned::Other(word) => ChangeKind::Other(Text::new(word)),
    };
    let node = |name: Option<&str>| name.map(NodeName::new);
    let roles = match (&action.role, &action.next_role) {
        (Some(before), Some(after)) => Some((pacemaker::role(before), pacemaker::role(after))),
        _ => None,
    };
    Some(Change {
        kind,
        resource: base(action.resource.as_ref()?),
        from: node(action.from()),
        to: node(action.to()),
        roles,
        reason: action.reason.as_ref().map(|reason| Text::new(reason)),
        blocked: action.is_blocked(),
    })
}

fn step(step: &simulate::Step<'_>) -> Option<SimulatedStep> {
    match step {
        simulate::Step::Resource { resource, operation, node, interval_ms } => Some(SimulatedStep::Operation {
            task: Text::new(operation.as_ref()?.as_str()),
            resource: base(resource.as_ref()?),
            node: node.as_ref().map(|node| NodeName::new(node)),
            interval_ms: interval_ms.unwrap_or(0),
        }),
        simulate::Step::Fencing { operation, target } => {
            let how = operation.as_ref().map_or("fence", simulate::FenceOperation::as_str);
            Some(SimulatedStep::Fence(Text::new(how), NodeName::new(target.as_ref()?)))
        }
        simulate::Step::Pseudo { .. } | simulate::Step::Cluster { .. } | simulate::Step::Attribute(_) => None,
    }
}

fn configured(found: &skeleton::Skeleton) -> Skeleton {
    let mut told = Skeleton::default();
    for resource in &found.resources {
        gather(found, resource, None, &mut told);
    }
    told
}

fn gather(all: &skeleton::Skeleton, resource: &skeleton::Resource, parent: Option<&ResourceId>, told: &mut Skeleton) {
    let Some(id) = &resource.id else { return };
    let own = ResourceId::new(id);
    let mut configured = Configured { parent: parent.cloned(), ..Configured::default() };
    for pair in resource.meta.iter().filter(|set| !set.conditional).flat_map(|set| &set.pairs) {
        if let (Some(name), Some(value)) = (&pair.name, &pair.value) {
            configured.meta.entry(Text::new(name)).or_insert_with(|| Text::new(value));
        }
    }
    if resource.kind == skeleton::Kind::Primitive {
        for task in ["start", "stop", "promote", "demote", "migrate_to", "migrate_from", "reload"] {
            if let Some(timeout) = all.timeout(id, task, 0) {
                configured.timeouts.insert(Text::new(task), Duration::from_millis(timeout.ms));
            }
        }
        for operation in &resource.operations {
            let interval = operation.interval.as_ref().and_then(|interval| interval.ms).unwrap_or(0);
            if operation.name.as_deref() != Some("monitor") || interval == 0 || operation.enabled == Some(false) {
                continue;
            }
            if let Some(timeout) = all.timeout(id, "monitor", interval) {
                let longest = configured.timeouts.entry(Text::new("monitor")).or_default();
                *longest = (*longest).max(Duration::from_millis(timeout.ms));
            }
            let role = operation.role.as_deref().map(|role| match role {
                "Promoted" | "Master" => Role::Promoted,
                "Unpromoted" | "Slave" => Role::Unpromoted,
                "Started" => Role::Started,
                "Stopped" => Role::Stopped,
                other => Role::Other(Text::new(other)),
            });
            configured.monitors.push((Duration::from_millis(interval), role));
        }
    }
    told.resources.insert(own.clone(), configured);
    for child in &resource.children {
        gather(all, child, Some(&own), told);
    }
}
