//! Standby of nodes, and its end.

use super::super::command::native;
use super::super::intent::Switch;
use super::{Draft, Expect, Intent, Level, NodeName, Plan, Refusal, Undo};
use crate::model::NodeState;

/// Nodes give up all their resources, or may have some again.
pub(super) fn standby(mut draft: Draft<'_>, nodes: &[NodeName], on: Switch) -> Result<Plan, Refusal> {
    let situation = draft.situation;
    let wanted = on == Switch::On;
    draft.name = nodes.first().map(ToString::to_string).unwrap_or_default();
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
            (false, false) if member.standby_on_fail == Some(true) => {
                draft.note(format!("{node} is in standby since a failure: see that it is mended"));
            }
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
            for (name, why) in situation.hangs_on(node) {
                draft.remark(Level::Raise, format!("{node}: {why} of {name}"), "wait for the resync");
            }
        }
    }
    let left: Vec<&NodeName> = situation.able().into_iter().filter(|node| !nodes.contains(node)).collect();
    if wanted && left.is_empty() {
        draft.remark(Level::Raise, "no node is left that could run anything: all services stop", "leave one online");
    }
    let mut until = Vec::new();
    for node in nodes {
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
    let leaves = if wanted { format!("{all} stays in standby") } else { format!("{all} stays online") };
    draft.wait(
        if wanted { format!("until {all} has given up its resources") } else { format!("until {all} takes part") },
        until,
        leaves,
    );
    draft.request = draft.simulated();
    let back = if wanted { Switch::Off } else { Switch::On };
    draft.finish(Undo::By(Intent::Standby(nodes.to_vec(), back)))
}
