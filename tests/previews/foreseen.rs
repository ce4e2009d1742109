//! What the cluster would say, in words: the stages of a simulation.
//!
//! A stage is a list of changes, `; ` between them: `move web-ip ha-node-1 ha-node-2`, `stop web-ip ha-node-1`,
//! `promote store ha-node-2`, `fence ha-node-1`, with ` blocked` or ` because WORDS` at the end. `nothing`: nothing would
//! happen. `untold`: no plan is told.
//! A stage that begins with `only ` tells what would happen, not what comes of it; one that begins with `may WEB, `, that WEB
//! is not told to stop any more.

use hatui::model::{
    Afterwards, Change, ChangeKind, Item, NodeName, Previewed, Primitive, ResourceId, Role, Simulation, Text,
};

use crate::world::World;

fn change(words: &str) -> Change {
    let (words, reason) = match words.split_once(" because ") {
        Some((words, reason)) => (words, Some(Text::new(reason))),
        None => (words, None),
    };
    let (words, blocked) = words.strip_suffix(" blocked").map_or((words, false), |words| (words, true));
    let words: Vec<&str> = words.split(' ').collect();
    let [kind, resource, nodes @ ..] = words.as_slice() else { panic!("no change: {words:?}") };
    let kind = match *kind {
        "start" => ChangeKind::Start,
        "stop" => ChangeKind::Stop,
        "move" => ChangeKind::Move,
        "recover" => ChangeKind::Recover,
        "promote" => ChangeKind::Promote,
        "demote" => ChangeKind::Demote,
        other => panic!("no change: {other}"),
    };
    let node = |at: usize| nodes.get(at).map(|name| NodeName::new(name));
    let (from, to) = if kind == ChangeKind::Start { (None, node(0)) } else { (node(0), node(1).or_else(|| node(0))) };
    let to = if kind == ChangeKind::Stop { None } else { to };
    Change { kind, resource: ResourceId::new(resource), from, to, roles: None, reason, blocked }
}

fn instances<'a>(item: &'a mut Item, found: &mut Vec<&'a mut Primitive>) {
    match item {
        Item::Primitive(primitive) => found.push(primitive),
        Item::Group(group) => found.extend(&mut group.members),
        Item::Clone(set) => set.instances.iter_mut().for_each(|instance| instances(instance, found)),
        Item::Bundle(_) => {}
    }
}

/// The resources as they are after a change that comes true.
fn comes_true(resources: &mut [Item], change: &Change) {
    if change.blocked {
        return;
    }
    let mut all = Vec::new();
    for item in resources.iter_mut() {
        instances(item, &mut all);
    }
    all.retain(|primitive| primitive.id == change.resource);
    let to = change.to.clone();
    let at = all.iter().position(|primitive| match &change.from {
        Some(from) => primitive.on.contains(from),
        None => primitive.on.is_empty(),
    });
    let Some(primitive) = at.map(|at| &mut all[at]) else { return };
    match change.kind {
        ChangeKind::Promote => primitive.role = Role::Promoted,
        ChangeKind::Demote => primitive.role = Role::Unpromoted,
        _ => {
            primitive.role = if to.is_some() { Role::Started } else { Role::Stopped };
            primitive.on = to.into_iter().collect();
        }
    }
}

/// Nobody tells it to stop any more.
fn may_run(resources: &mut [Item], id: &str) {
    let mut all = Vec::new();
    for item in resources.iter_mut() {
        instances(item, &mut all);
    }
    all.into_iter().filter(|primitive| primitive.id.as_str() == id).for_each(|primitive| primitive.target = None);
}

/// What the preview program would have told, played on from how the resources are.
pub(crate) fn told(stages: &str, world: &World) -> Previewed {
    let revision = world.voices.values().map(|voice| voice.cib).max();
    let mut resources = world.situation().cluster.picture().status.as_ref().expect("a status").resources.clone();
    let mut told = Previewed { revision, ..Previewed::default() };
    if let Some(why) = stages.strip_prefix("failed: ") {
        told.failed = Some(Text::new(why));
        return told;
    }
    for stage in stages.split(" | ") {
        let only = stage.strip_prefix("only ");
        let mut simulation = Simulation { status_stays: only.is_some(), ..Simulation::default() };
        let stage = only.unwrap_or(stage);
        if stage != "untold" {
            let mut changes = Vec::new();
            let stage =
                stage.strip_prefix("may ").and_then(|rest| rest.split_once(", ")).map_or(stage, |(id, rest)| {
                    may_run(&mut resources, id);
                    rest
                });
            for one in stage.split("; ").filter(|one| *one != "nothing") {
                if let Some(node) = one.strip_prefix("fence ") {
                    simulation.nodes.push((NodeName::new(node), Text::new("fencing (reboot)"), None));
                } else {
                    changes.push(change(one));
                }
            }
            if only.is_none() {
                for change in &changes {
                    comes_true(&mut resources, change);
                }
                simulation.after = Some(Afterwards { members: Vec::new(), resources: resources.clone() });
            }
            simulation.changes = Some(changes);
        }
        told.simulations.push(simulation);
    }
    told
}
