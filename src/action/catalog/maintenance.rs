//! Maintenance of nodes, resources and the whole; management of a resource.

use super::super::command::native;
use super::super::intent::{Of, Switch};
use super::{Draft, Expect, Found, Intent, Level, NodeName, Plan, Refusal, ResourceId, Undo, root_id};
use crate::model::NodeState;

/// The cluster leaves something alone, or looks after it again.
pub(super) fn plan(mut draft: Draft<'_>, of: &[Of], on: Switch) -> Result<Plan, Refusal> {
    let situation = draft.situation;
    let wanted = on == Switch::On;
    if of.is_empty() {
        draft.refuse("nothing is named", "name a node, a resource, or the cluster");
    }
    draft.name = of.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let mut until = Vec::new();
    for one in of {
        let (expect, words, argv) = match one {
            Of::Cluster => {
                "cluster".clone_into(&mut draft.name);
                let words = if wanted { "leave everything alone" } else { "look after everything again" };
                (Expect::ClusterMaintenance(wanted), words.to_owned(), native::cluster_maintenance(wanted))
            }
            Of::Node(node) => {
                if situation.state(node).is_none() {
                    draft.refuse(format!("there is no node {node}"), "`:nodes` shows what there is");
                }
                let words = if wanted { format!("leave {node} alone") } else { format!("look after {node} again") };
                (Expect::NodeMaintenance(node.clone(), wanted), words, native::node_maintenance(node, wanted))
            }
            Of::Resource(id) | Of::ResourceOn(id, _) => {
                let root = root_id(&draft.find(id)?);
                let found = draft.find(&root)?;
                if !wanted {
                    above(&mut draft, &found);
                }
                if root != *id {
                    draft.note(format!("{id} is part of {root}: it is about the whole"));
                }
                draft.about.push(root.clone());
                draft.keys.extend(situation.keys(&[&root]));
                let words = if wanted { format!("leave {root} alone") } else { format!("look after {root} again") };
                let argv = native::meta(&root, "maintenance", wanted.then_some("true"));
                (Expect::ResourceMaintenance(root, wanted), words, argv)
            }
        };
        if expect.holds(situation) == super::super::expect::Held::Yes {
            draft.refuse(
                format!("{one} {} in maintenance", if wanted { "is already" } else { "is not" }),
                "nothing is to be done",
            );
        }
        until.push(expect.clone());
        draft.expected.push(expect.clone());
        draft.change(words, argv, vec![expect]);
    }
    draft.needs_a_dc();
    if situation.has_quorum() == Some(false) {
        let words = "there is no quorum: what is written now may be refused, or lost when the others come back";
        draft.remark(Level::Warn, words, "bring more nodes back");
    }
    if wanted {
        draft.warn("what fails there meanwhile is not repaired, and not moved");
    } else if situation.status().is_some_and(|status| !status.failures.is_empty()) {
        draft.warn("there are failures: the cluster acts on them at once");
    }
    draft.wait("until it is known", until, if wanted { "maintenance goes on" } else { "maintenance has ended" });
    draft.request = draft.simulated();
    let back = if wanted { Switch::Off } else { Switch::On };
    let undo = Undo::By(Intent::Maintenance(of.to_vec(), back));
    draft.finish(undo)
}

/// What keeps a resource unmanaged beside its own settings.
fn above(draft: &mut Draft<'_>, found: &Found<'_>) {
    let situation = draft.situation;
    let options = situation.status().map(|status| &status.options);
    if options.and_then(|options| options.maintenance_mode) == Some(true) {
        draft.refuse("the whole cluster is in maintenance mode", "end that: cluster maintenance off");
    }
    let on = found.parts().iter().flat_map(|primitive| &primitive.on);
    let nodes: std::collections::BTreeSet<&NodeName> =
        on.filter(|node| situation.state(node) == Some(NodeState::Maintenance)).collect();
    for node in nodes {
        draft.refuse(format!("{node}, where it runs, is in maintenance"), format!("end that: node ready {node}"));
    }
}

/// The cluster manages a resource, or does not.
pub(super) fn manage(mut draft: Draft<'_>, resource: &ResourceId, on: Switch) -> Result<Plan, Refusal> {
    let situation = draft.situation;
    let root = root_id(&draft.find(resource)?);
    let found = draft.find(&root)?;
    if root != *resource {
        draft.note(format!("{resource} is part of {root}: it is about the whole"));
    }
    draft.needs_a_dc();
    let wanted = on == Switch::On;
    draft.name = root.to_string();
    draft.about.push(root.clone());
    draft.keys = situation.keys(&[&root]);
    let expect = Expect::Managed(root.clone(), wanted);
    if expect.holds(situation) == super::super::expect::Held::Yes {
        draft.refuse(
            format!("{root} is {} already", if wanted { "managed" } else { "unmanaged" }),
            "nothing is to be done",
        );
    }
    if wanted {
        above(&mut draft, &found);
        let own = Expect::ResourceMaintenance(root.clone(), true);
        let told = found.parts().iter().any(|primitive| primitive.maintenance == Some(true));
        if told && own.holds(situation) == super::super::expect::Held::Yes {
            draft.refuse(format!("{root} is in maintenance"), format!("resource maintenance {root} off"));
        }
    }
    if !wanted {
        draft.warn(format!("{root} is not repaired and not moved while nobody manages it"));
    }
    let failed = found.primitives().iter().any(|primitive| primitive.failed == Some(true));
    if wanted && failed {
        draft.remark(
            Level::Warn,
            format!("{root} has failed: the cluster acts on it at once"),
            format!("resource cleanup {root}"),
        );
    }
    let words = if wanted { format!("manage {root} again") } else { format!("stop managing {root}") };
    draft.change(words, native::meta(&root, "is-managed", (!wanted).then_some("false")), vec![expect.clone()]);
    draft.wait("until it is known", vec![expect.clone()], "it stays so");
    draft.expected.push(expect);
    draft.request = draft.simulated();
    let back = if wanted { Switch::Off } else { Switch::On };
    draft.finish(Undo::By(Intent::Manage(root, back)))
}
