//! Fencing, and the word of a person that stands for it.

use core::time::Duration;

use super::super::command::native;
use super::super::danger::Danger;
use super::super::intent::FenceHow;
use super::super::preview::Item;
use super::{At, Draft, Expect, Guard, Level, NodeName, Plan, Refusal, Request, Step, Undo, data};
use crate::model::{NodeState, Role};

/// A node is fenced.
pub(super) fn plan(mut draft: Draft<'_>, node: &NodeName, how: FenceHow) -> Result<Plan, Refusal> {
    let situation = draft.situation;
    draft.name = node.to_string();
    draft.danger = Danger::Name;
    draft.keys.extend(situation.disk_keys());
    draft.not_asked = vec![node.clone()];
    let state = situation.state(node);
    let Some(state) = state else {
        draft.refuse(format!("there is no node {node}"), "`:nodes` shows what there is");
        return draft.finish(Undo::No(String::new()));
    };
    if !situation.is_fresh() {
        draft.refuse("what is known of Pacemaker is old", "wait until a node is heard again");
    }
    if !situation.is_member(node) {
        draft.warn(format!("{node} is a remote or guest node: its resource is recovered with it"));
    }
    if how == FenceHow::Confirm {
        return confirm(draft, node, state);
    }
    let options = situation.status().map(|status| &status.options);
    if options.and_then(|options| options.fencing_enabled) == Some(false) {
        draft.refuse(
            "fencing is disabled (stonith-enabled=false)",
            "turn the node off by hand; or set stonith-enabled=true first, once its devices were tried",
        );
    }
    devices(&mut draft, node);
    if how == FenceHow::On && state.is_up() {
        draft.refuse(format!("{node} is {}: its power is on", state.word()), "nothing is to be done");
    }
    if pending(situation, node) {
        draft.warn(format!("{node} is being fenced just now"));
    }
    let others: Vec<&NodeName> = situation.able().into_iter().filter(|other| *other != node).collect();
    if how != FenceHow::On && others.is_empty() {
        draft.remark(
            Level::Raise,
            format!("no other node can take over what runs on {node}"),
            "bring one online first",
        );
    }
    if how != FenceHow::On {
        data(&mut draft, node);
        if situation.has_quorum() == Some(false) {
            draft.remark(
                Level::Raise,
                "this side has no quorum: the other may run the services",
                "see the truth (w) first",
            );
        } else if situation.quorum_hangs_on_one() == Some(true) && state.is_up() {
            draft.remark(Level::Raise, "quorum is lost with this node", "bring more nodes back first");
        }
        if matches!(state, NodeState::Offline | NodeState::OfflineStandby) {
            draft.warn(format!("{node} is offline already, and clean"));
        }
        if how == FenceHow::Off {
            draft.note(format!("{node} stays off until someone turns it on"));
        }
    }
    let expect = Expect::Fenced(node.clone(), situation.last_fenced(node));
    let limit = situation.fencing_limit();
    let words = match how {
        FenceHow::Reboot => format!("turn the power of {node} off and on"),
        FenceHow::Off => format!("turn the power of {node} off"),
        _ => format!("turn the power of {node} on"),
    };
    draft.steps.push(Step {
        words,
        argv: native::fence(node, how, limit),
        at: At::Asked,
        deadline: limit + Duration::from_secs(20),
        guard: Guard::Unchanged(draft.keys.clone()),
        bumps: 0,
        effect: vec![expect.clone()],
        wait: None,
        leaves: None,
        releases: false,
    });
    let leaves = "fencing cannot be taken back";
    let words = match how {
        FenceHow::On => format!("until the history of fencing tells that {node} was turned on"),
        _ => format!("until {node} is fenced and its services are taken over"),
    };
    draft.wait(words, vec![expect.clone()], leaves);
    draft.expected.push(expect);
    draft.request = match how {
        FenceHow::On => Request::None("nothing is simulated for turning a node on".to_owned()),
        _ => Request::Copy(vec![Item::Plan(vec!["--node-fail".to_owned(), node.to_string()])]),
    };
    let undo = match how {
        FenceHow::Off => Undo::By(super::Intent::Fence(node.clone(), FenceHow::On)),
        FenceHow::On => Undo::By(super::Intent::Fence(node.clone(), FenceHow::Off)),
        _ => Undo::No("what was not written to disk is lost".to_owned()),
    };
    draft.finish(undo)
}

/// What there is to fence with.
fn devices(draft: &mut Draft<'_>, node: &NodeName) {
    let by_watchdog = draft
        .situation
        .option(&["stonith-watchdog-timeout", "fencing-watchdog-timeout"])
        .is_some_and(|value| value.chars().any(|c| c.is_ascii_digit() && c != '0'));
    let devices: Vec<_> = draft.situation.primitives().filter(|primitive| primitive.is_fence_device()).collect();
    let enabled = |primitive: &&crate::model::Primitive| primitive.target != Some(Role::Stopped);
    if by_watchdog {
        draft.note("fencing by watchdog is set up: the node then resets itself");
    } else if devices.is_empty() {
        draft.refuse("there is no fence device", "configure one for each node");
    } else if let (Some(first), None) = (devices.first(), devices.iter().copied().find(enabled)) {
        draft.refuse("every fence device is told to be stopped", format!("resource start {}", first.id));
    } else if !devices.iter().any(|device| device.failed != Some(true) && device.on.iter().any(|on| on != node)) {
        draft.remark(
            Level::Raise,
            format!("no fence device runs well on another node than {node}: the fencing may fail"),
            "see what is wrong with the devices first",
        );
    }
}

/// Whether a fencing of the node is on its way.
fn pending(situation: super::Situation<'_>, node: &NodeName) -> bool {
    situation.being_fenced().contains(&node)
}

/// Someone saw a node powered off.
fn confirm(mut draft: Draft<'_>, node: &NodeName, state: NodeState) -> Result<Plan, Refusal> {
    draft.danger = Danger::Statement;
    draft.statement = format!("I have seen {node} powered off");
    if !state.is_unclean() {
        draft.refuse(
            format!("{node} is {}: the cluster does not wait for its fencing", state.word()),
            "nothing is to be done; only what is UNCLEAN is waited for",
        );
    }
    if pending(draft.situation, node) {
        draft.remark(Level::Warn, format!("{node} is being fenced just now"), "wait for its end");
    }
    if draft.situation.cluster.picture().node(node).is_some_and(|row| row.sight.is_fresh()) {
        draft.refuse(format!("hatui hears {node} right now: it is not powered off"), "fence it instead");
    }
    draft.remark(
        Level::Warn,
        format!("if {node} still runs, its services run twice, and data are destroyed"),
        "go and look, or turn its power off by hand",
    );
    let expect = Expect::NotUnclean(node.clone());
    draft.steps.push(Step {
        words: format!("tell the cluster that {node} is off"),
        argv: native::fence(node, FenceHow::Confirm, Duration::ZERO),
        at: At::Asked,
        deadline: super::QUICK,
        guard: Guard::Unchanged(draft.keys.clone()),
        bumps: 0,
        effect: vec![expect.clone()],
        wait: None,
        leaves: None,
        releases: false,
    });
    draft.wait(
        format!("until {node} is not waited for any more"),
        vec![expect.clone()],
        "the cluster goes on by itself",
    );
    draft.expected.push(expect);
    draft.request = Request::Copy(vec![Item::Plan(vec!["--node-down".to_owned(), node.to_string()])]);
    draft.finish(Undo::No("the cluster starts its services elsewhere at once".to_owned()))
}
