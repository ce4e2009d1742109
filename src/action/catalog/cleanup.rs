//! Failures forgotten, and states looked up anew.

use super::super::command::native;
use super::super::expect::{Held, is_of};
use super::super::intent::Of;
use super::super::preview::Item;
use super::{At, Draft, Expect, Guard, Level, NodeName, Plan, QUICK, Refusal, Request, ResourceId, Step, Undo};
use crate::model::Primitive;

/// A resource that an action is about is there, and its facts are relied on.
fn rely(draft: &mut Draft<'_>, of: &Of) -> Result<(), Refusal> {
    let situation = draft.situation;
    match of {
        Of::Cluster => {}
        Of::Node(node) => {
            if situation.state(node).is_none() {
                draft.refuse(format!("there is no node {node}"), "`:nodes` shows what there is");
            }
        }
        Of::Resource(id) | Of::ResourceOn(id, _) => {
            draft.find(id)?;
            if let Of::ResourceOn(_, node) = of
                && situation.state(node).is_none()
            {
                draft.refuse(format!("there is no node {node}"), "`:nodes` shows what there is");
            }
            draft.about.push(id.clone());
            draft.keys.extend(situation.keys(&[id]));
        }
    }
    Ok(())
}

/// What is typed to confirm it.
fn name(of: &Of) -> String {
    match of {
        Of::Cluster => "cluster".to_owned(),
        Of::ResourceOn(id, _) => id.to_string(),
        other => other.to_string(),
    }
}

/// Failures are forgotten, so that the cluster tries again.
pub(super) fn cleanup(mut draft: Draft<'_>, of: &[Of]) -> Result<Plan, Refusal> {
    let situation = draft.situation;
    if of.is_empty() {
        draft.refuse("nothing is named", "name a resource, a node, or nothing for all");
    }
    draft.name = of.iter().map(name).collect::<Vec<_>>().join(" ");
    let mut items = Vec::new();
    let mut until = Vec::new();
    for one in of {
        rely(&mut draft, one)?;
        let expect = Expect::NoFailures(one.clone());
        match expect.holds(situation) {
            Held::Yes => draft.refuse(format!("nothing of {one} has failed"), "nothing is to be done"),
            Held::Unknown(why) => draft.refuse(why, "wait until it is known"),
            Held::No(_) => {}
        }
        let status = situation.status();
        for failure in status.into_iter().flat_map(|status| &status.failures) {
            if is_of(one, &failure.resource, &failure.node, situation)
                && let Some(reason) = failure.reason.as_ref().filter(|reason| !reason.is_empty())
            {
                draft.note(format!("{} on {}: {reason}", failure.resource, failure.node));
            }
        }
        items.extend(forgotten(situation, one));
        items.extend(found_dead(situation, one));
        draft.steps.push(step(
            format!("forget the failures of {one}"),
            native::cleanup(one),
            &draft,
            vec![expect.clone()],
        ));
        until.push(expect.clone());
        draft.expected.push(expect);
    }
    draft.warn("if the cause is not mended, it fails again");
    items.push(Item::Plan(Vec::new()));
    draft.wait("until no failure is left and it is tried again", until, "the cluster goes on trying");
    draft.request = Request::Copy(items);
    draft.finish(Undo::No("failures are forgotten; the log on the nodes still has them".to_owned()))
}

/// What an agent says of a resource that does not run (`OCF_NOT_RUNNING`).
const NOT_RUNNING: u32 = 7;

/// What was found dead and is counted as running there still, since nothing was done about it: once the failure is
/// forgotten the cluster looks it up anew, and starts it where it then belongs.
fn found_dead(situation: super::Situation<'_>, of: &Of) -> Vec<Item> {
    let failures = situation.status().into_iter().flat_map(|status| &status.failures);
    let dead = failures.filter(|failure| {
        let here = |primitive: &Primitive| {
            primitive.id == failure.resource && primitive.failed == Some(true) && primitive.on.contains(&failure.node)
        };
        let ours = is_of(of, &failure.resource, &failure.node, situation);
        failure.code == Some(NOT_RUNNING) && ours && situation.primitives().any(here)
    });
    let mut all: Vec<(&ResourceId, &NodeName)> = dead.map(|failure| (&failure.resource, &failure.node)).collect();
    all.sort();
    all.dedup();
    all.into_iter().map(|(id, node)| Item::Lose(id.clone(), node.clone())).collect()
}

/// What is taken out of the copy: of a group or clone, each part.
fn forgotten(situation: super::Situation<'_>, of: &Of) -> Vec<Item> {
    let parts = |id: &ResourceId| -> Vec<ResourceId> {
        let found = situation.find(id);
        let parts = found.iter().flat_map(super::Found::parts);
        let mut ids: Vec<ResourceId> = parts.map(|primitive| primitive.id.clone()).collect();
        ids.sort();
        ids.dedup();
        ids
    };
    match of {
        Of::Cluster => vec![Item::Forget(None, None)],
        Of::Node(node) => vec![Item::Forget(None, Some(node.clone()))],
        Of::Resource(id) => parts(id).into_iter().map(|id| Item::Forget(Some(id), None)).collect(),
        Of::ResourceOn(id, node) => {
            parts(id).into_iter().map(|id| Item::Forget(Some(id), Some(node.clone()))).collect()
        }
    }
}

fn step(words: String, argv: super::Argv, draft: &Draft<'_>, effect: Vec<Expect>) -> Step {
    Step {
        words,
        argv,
        at: At::Asked,
        deadline: QUICK * 3,
        guard: Guard::Unchanged(draft.relied_on()),
        // Only the status changes, not the configuration.
        bumps: 0,
        effect,
        wait: None,
        leaves: None,
        releases: false,
    }
}

/// All history is forgotten, and the state looked up anew.
pub(super) fn refresh(mut draft: Draft<'_>, of: &Of) -> Result<Plan, Refusal> {
    let situation = draft.situation;
    rely(&mut draft, of)?;
    draft.name = name(of);
    let all = matches!(of, Of::Cluster);
    let level = if all { Level::Raise } else { Level::Warn };
    let words = "every agent is asked anew where it runs: on a loaded cluster monitors may time out";
    draft.remark(level, words, "cleanup forgets failures only");
    let expect = Expect::NoFailures(of.clone());
    draft.steps.push(step(
        format!("look up the state of {of} anew"),
        native::refresh(of),
        &draft,
        vec![expect.clone()],
    ));
    draft.wait("until no failure is left", vec![expect.clone()], "the cluster goes on looking");
    draft.expected.push(expect);
    let mut items = forgotten(situation, of);
    items.extend(found_dead(situation, of));
    items.push(Item::Plan(Vec::new()));
    draft.request = Request::Copy(items);
    draft.finish(Undo::No("nothing is changed but what is remembered".to_owned()))
}
