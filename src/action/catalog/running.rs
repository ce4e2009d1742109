//! Start, stop and restart of a resource.

use super::super::command::native;
use super::super::expect::{is_root_told_to_stop, is_told_to_stop};
use super::super::journal::Left;
use super::super::plan::TARGET_ROLE;
use super::super::preview::Item;
use super::{
    At, Draft, Expect, Found, Guard, Intent, Level, Plan, QUICK, Refusal, Request, ResourceId, Step, Text, Undo,
    left_alone, root_id,
};
use crate::model::{Item as Resource, Role};

/// What is told to run or stop: the root, unless a member of a group is meant by itself.
fn told(found: &Found<'_>, resource: &ResourceId) -> ResourceId {
    match found.root {
        Resource::Group(_) if found.member.is_some() => resource.clone(),
        _ => root_id(found),
    }
}

fn begin(draft: &mut Draft<'_>, resource: &ResourceId) -> Result<(ResourceId, bool), Refusal> {
    let found = draft.find(resource)?;
    let situation = draft.situation;
    let id = told(&found, resource);
    draft.name = id.to_string();
    draft.about.push(id.clone());
    draft.keys = situation.keys(&[&id]);
    draft.needs_a_working_cluster();
    let part = id != root_id(&found);
    let found = if part { found } else { draft.find(&id)? };
    if let Some((words, helps)) = left_alone(situation, &found, &id) {
        draft.refuse(words, helps);
    }
    if let Some(stuck) = found.parts().iter().find(|primitive| primitive.blocked == Some(true)) {
        let helps = format!("see why it failed, then: resource cleanup {}", stuck.id);
        draft.refuse(format!("{} is blocked: the cluster does nothing with it", stuck.id), helps);
    }
    let stopped = is_told_to_stop(&found);
    if part {
        draft.note(format!("{id} is part of {}: what stands behind it there goes with it", root_id(&found)));
    }
    Ok((id, stopped))
}

/// A role in the words of the cluster's version, as `target-role` takes it.
fn told_role(role: &Role, situation: super::Situation<'_>) -> String {
    match role {
        Role::Promoted => situation.promoted_word().to_owned(),
        Role::Unpromoted if situation.promoted_word() == "Master" => "Slave".to_owned(),
        role => role.word().to_owned(),
    }
}

/// A resource may run.
pub(super) fn start(mut draft: Draft<'_>, resource: &ResourceId) -> Result<Plan, Refusal> {
    let (id, stopped) = begin(&mut draft, resource)?;
    let found = draft.find(&id)?;
    let root = root_id(&found);
    let held: Vec<&ResourceId> =
        found.parts().iter().filter(|part| part.target == Some(Role::Stopped)).map(|part| &part.id).collect();
    if id != root && is_root_told_to_stop(&found) {
        draft.refuse(format!("the whole of {root} is told to be stopped"), format!("resource start {root}"));
    } else if !stopped && let Some(first) = held.first() {
        draft.refuse(
            format!("not {id}, but {} in it is told to be stopped", super::super::intent::list(&held)),
            format!("resource start {first}"),
        );
    } else if !stopped {
        let runs = Expect::Runs(id.clone()).holds(draft.situation) == super::super::expect::Held::Yes;
        let helps = if runs {
            "nothing is to be done".to_owned()
        } else {
            format!("see its failures, then: resource cleanup {id}")
        };
        draft.refuse(format!("{id} is not told to be stopped"), helps);
    }
    let free = Expect::ToldToStop(id.clone(), false);
    let runs = Expect::Runs(id.clone());
    draft.change(format!("let {id} run"), native::meta(&id, TARGET_ROLE, None), vec![free.clone()]);
    draft.wait(format!("until {id} runs"), vec![free, runs.clone()], format!("{id} may run"));
    draft.expected.push(runs);
    draft.request = draft.simulated();
    draft.finish(Undo::By(Intent::Stop(id)))
}

/// A resource must not run.
pub(super) fn stop(mut draft: Draft<'_>, resource: &ResourceId) -> Result<Plan, Refusal> {
    let (id, stopped) = begin(&mut draft, resource)?;
    if stopped {
        draft.refuse(format!("{id} is told to be stopped already"), "nothing is to be done");
    }
    let found = draft.find(&id)?;
    if found.parts().iter().any(|primitive| primitive.is_fence_device()) {
        let words = format!("{id} is a fence device: what it fences cannot be fenced without it");
        draft.remark(Level::Raise, words, "put the node in standby or maintenance instead");
    }
    draft.warn(format!("{id} stays away until it is started"));
    let told = Expect::ToldToStop(id.clone(), true);
    let gone = Expect::Stopped(id.clone());
    draft.change(format!("tell {id} to stop"), native::meta(&id, TARGET_ROLE, Some("Stopped")), vec![told]);
    draft.wait(
        format!("until {id} is stopped"),
        vec![gone.clone()],
        format!("{id} goes on stopping, and stays stopped"),
    );
    draft.expected.push(gone);
    draft.request = draft.simulated();
    draft.finish(Undo::By(Intent::Start(id)))
}

/// A resource is stopped, and told to do again what it did before.
pub(super) fn restart(mut draft: Draft<'_>, resource: &ResourceId) -> Result<Plan, Refusal> {
    let (id, stopped) = begin(&mut draft, resource)?;
    let situation = draft.situation;
    if stopped {
        draft.refuse(format!("{id} is told to be stopped"), format!("resource start {id}"));
    } else if Expect::Stopped(id.clone()).holds(situation) == super::super::expect::Held::Yes {
        draft.refuse(format!("{id} does not run"), format!("see its failures, then: resource cleanup {id}"));
    }
    let gone = Expect::Stopped(id.clone());
    let runs = Expect::Runs(id.clone());
    // What it was told before, as the model knows it; the preview knows it exactly.
    let found = draft.find(&id)?;
    let own = match found.root {
        Resource::Clone(set) => set.target.as_ref(),
        _ => found.member.and_then(|member| member.target.as_ref()),
    };
    let before = own.map(|role| Text::from(told_role(role, situation)));
    if found.parts().iter().any(|primitive| primitive.is_fence_device()) {
        draft.warn(format!("{id} is a fence device: what it fences cannot be fenced meanwhile"));
    }
    draft.change(
        format!("tell {id} to stop"),
        native::meta(&id, TARGET_ROLE, Some("Stopped")),
        vec![Expect::ToldToStop(id.clone(), true)],
    );
    draft.wait(format!("until {id} is stopped"), vec![gone], format!("{id} is told to run again at once"));
    if let Some(step) = draft.steps.last_mut() {
        step.leaves = Some(Left::TargetRole { resource: id.clone(), before: before.clone() });
    }
    draft.steps.push(Step {
        words: format!("tell {id} again what it was told before"),
        argv: native::meta(&id, TARGET_ROLE, before.as_deref()),
        at: At::Asked,
        deadline: QUICK,
        guard: Guard::Always,
        bumps: 1,
        effect: vec![Expect::ToldToStop(id.clone(), false)],
        wait: None,
        leaves: None,
        releases: true,
    });
    draft.wait(format!("until {id} runs again"), vec![runs.clone()], format!("{id} may run"));
    draft.expected.push(runs);
    draft.request = Request::Copy(vec![
        Item::Try(native::meta(&id, TARGET_ROLE, Some("Stopped"))),
        Item::Plan(Vec::new()),
        Item::Try(native::meta(&id, TARGET_ROLE, before.as_deref())),
        Item::Plan(Vec::new()),
    ]);
    draft.finish(Undo::No(format!("{id} was away for a moment")))
}
