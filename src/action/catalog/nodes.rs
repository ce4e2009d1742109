//! Standby of nodes, and its end.

use super::super::command::native;
use super::super::intent::Switch;
use super::{Draft, Expect, Intent, Level, NodeName, Plan, Refusal, ResourceId, Undo, data};
use crate::model::{DiskState, NodeState};

/// Nodes give up all their resources, or may have some again.
pub(super) fn standby(mut draft: Draft<'_>, nodes: &[NodeName], on: Switch) -> Result<Plan, Refusal> {
    let situation = draft.situation;
    let wanted = on == Switch::On;
    draft.name = nodes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    draft.keys.extend(situation.disk_keys());
    if nodes.is_empty() {
        draft.refuse("no node is named", "name one");
    }
    if !situation.is_fresh() {
        draft.refuse("what is known of Pacemaker is old", "wait until a node is heard again");
    }
    if situation.has_quorum() == Some(false) {
        let words = "there is no quorum: the cluster moves nothing, and what is written here may be lost when it joins the others";
        draft.refuse(words, "bring more nodes back");
    }
    draft.needs_a_dc();
    let options = situation.status().map(|status| &status.options);
    if wanted && options.and_then(|options| options.maintenance_mode) == Some(true) {
        draft.warn("the cluster is in maintenance mode: nothing moves until that ends");
    }
    for node in nodes {
        let members = situation.status().into_iter().flat_map(|status| &status.members);
        let Some(member) = members.into_iter().find(|member| member.name == *node) else {
            draft.refuse(format!("there is no node {node}"), "`:nodes` shows what there is");
            continue;
        };
        let state = member.state();
        match (wanted, member.standby == Some(true)) {
            (true, true) => draft.refuse(format!("{node} is in standby already"), "nothing is to be done"),
            (false, _) if member.standby_on_fail == Some(true) => draft.refuse(
                format!("{node} is in standby since something failed there: that ends with the failure"),
                format!("see that it is mended, then: resource cleanup {node}"),
            ),
            (false, false) => draft.refuse(format!("{node} is not in standby"), "nothing is to be done"),
            (true, false) if !state.is_up() => {
                draft.warn(format!("{node} is {}: it counts when it comes back", state.word()));
            }
            _ => {}
        }
        if wanted && state == NodeState::Maintenance {
            draft.warn(format!("{node} is in maintenance: its resources stay until that ends"));
        }
        if wanted {
            data(&mut draft, node);
            stays(&mut draft, node);
        }
    }
    if wanted {
        withdrawn(&mut draft, nodes);
        for node in situation.unclean() {
            let helps = format!("fence {node}, or see why its fencing does not come to an end");
            draft.remark(Level::Warn, format!("{node} is UNCLEAN: what needs it fenced waits for that"), helps);
        }
    }
    let left: Vec<&NodeName> = situation.able().into_iter().filter(|node| !nodes.contains(node)).collect();
    if wanted && left.is_empty() {
        draft.remark(Level::Raise, "no node is left that could run anything: all services stop", "leave one online");
    }
    let maintained = options.and_then(|options| options.maintenance_mode) == Some(true);
    let mut until = Vec::new();
    for node in nodes {
        // What runs there has to leave; what nobody looks after stays.
        let up = matches!(situation.state(node), Some(NodeState::Online | NodeState::StandbyOnFail));
        if wanted && !maintained && up {
            let idle = Expect::Idle(node.clone());
            until.push(idle.clone());
            draft.expected.push(idle);
        }
        let is = Expect::Standby(node.clone(), wanted);
        until.push(is.clone());
        draft.expected.push(is.clone());
        let (words, argv) = if wanted {
            (format!("put {node} in standby"), native::standby(node))
        } else {
            (format!("let {node} run resources again"), native::online(node))
        };
        draft.change(words, argv, vec![is]);
    }
    let all = super::super::intent::list(nodes);
    let stay = if nodes.len() == 1 { "stays" } else { "stay" };
    let leaves = if wanted { format!("{all} {stay} in standby") } else { format!("{all} {stay} online") };
    draft.wait(
        if wanted { format!("until nothing runs on {all}") } else { format!("until {all} may run resources") },
        until,
        leaves,
    );
    draft.request = draft.simulated();
    let back = if wanted { Switch::Off } else { Switch::On };
    draft.finish(Undo::By(Intent::Standby(nodes.to_vec(), back)))
}

/// Copies of which none stays up to date when all these nodes go: each of them alone may look harmless.
fn withdrawn(draft: &mut Draft<'_>, nodes: &[NodeName]) {
    if nodes.len() < 2 {
        return;
    }
    let situation = draft.situation;
    for replica in &situation.cluster.picture().replicas {
        for volume in &replica.volumes {
            let mut good = volume.copies.iter().filter(|copy| copy.disk == Some(DiskState::UpToDate)).peekable();
            if good.peek().is_some() && good.all(|copy| nodes.contains(&copy.node)) {
                let words = format!("no up-to-date copy of {} is left online", replica.name);
                draft.remark(Level::Raise, words, "leave one online");
            }
        }
    }
}

/// What would stay on the node all the same.
fn stays(draft: &mut Draft<'_>, node: &NodeName) {
    let here = |primitive: &&crate::model::Primitive| primitive.on.contains(node);
    let ids = |wrong: fn(&crate::model::Primitive) -> bool| {
        let mut ids: Vec<&ResourceId> =
            draft.situation.primitives().filter(here).filter(|it| wrong(it)).map(|primitive| &primitive.id).collect();
        ids.sort();
        ids.dedup();
        ids
    };
    let (blocked, unmanaged) = (ids(|it| it.blocked == Some(true)), ids(|it| it.managed == Some(false)));
    let whole = draft.situation.status().and_then(|status| status.options.maintenance_mode) == Some(true);
    if let Some(first) = blocked.first() {
        let words = format!("blocked, and would stay on {node}: {}", super::super::intent::list(&blocked));
        draft.remark(Level::Warn, words, format!("see why it failed, then: resource cleanup {first}"));
    }
    if let Some(first) = unmanaged.first()
        && !whole
        && draft.situation.state(node) != Some(NodeState::Maintenance)
    {
        let words = format!("not managed, and would stay on {node}: {}", super::super::intent::list(&unmanaged));
        draft.remark(Level::Warn, words, format!("resource manage {first}"));
    }
}
