//! Start, stop and restart of a resource.

use super::super::command::native;
use super::super::expect::{Held, is_told_to_demote, is_told_to_stop};
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
    if id != root && found.root.is_told_to_stop() {
        draft.refuse(format!("the whole of {root} is told to be stopped"), format!("resource start {root}"));
    } else if !stopped && let Some(first) = held.first() {
        draft.refuse(
            format!("not {id}, but {} in it is told to be stopped", super::super::intent::list(&held)),
            format!("resource start {first}"),
        );
    } else if !stopped {
        let runs = Expect::Runs(id.clone()).holds(draft.situation) == Held::Yes;
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

/// Its own target role, as the model knows it; the preview knows it exactly.
fn own_role(found: &Found<'_>, situation: super::Situation<'_>) -> Option<Text> {
    let own = match found.root {
        Resource::Clone(set) => set.target.as_ref(),
        _ => found.member.and_then(|member| member.target.as_ref()),
    };
    own.map(|role| Text::from(told_role(role, situation)))
}

/// The copies of a promotable clone go on running, and none is promoted.
pub(super) fn demote(mut draft: Draft<'_>, resource: &ResourceId) -> Result<Plan, Refusal> {
    let (id, stopped) = begin(&mut draft, resource)?;
    let situation = draft.situation;
    let found = draft.find(&id)?;
    let promoted = found.serves_on();
    if !found.is_promotable() {
        draft.refuse(format!("{id} has no promoted role"), format!("resource stop {id}"));
    } else if stopped {
        draft.refuse(format!("{id} is told to be stopped"), "nothing is to be done");
    } else if is_told_to_demote(&found) {
        draft.refuse(format!("{id} is told to be demoted already"), "nothing is to be done");
    } else if promoted.is_empty() {
        draft.refuse(format!("no copy of {id} is promoted"), "nothing is to be done");
    }
    draft.warn(format!("no copy of {id} is promoted until that is allowed again: resource promote {id}"));
    let told = Expect::ToldToDemote(id.clone(), true);
    let word = told_role(&Role::Unpromoted, situation);
    draft.change(format!("tell {id} to promote no copy"), native::meta(&id, TARGET_ROLE, Some(&word)), vec![told]);
    let gone: Vec<Expect> = promoted.into_iter().map(|node| Expect::Promoted(id.clone(), node, false)).collect();
    draft.wait(
        format!("until no copy of {id} is promoted"),
        gone.clone(),
        format!("{id} goes on being demoted, and stays so"),
    );
    draft.expected.extend(gone);
    draft.request = draft.simulated();
    let role = own_role(&found, situation);
    draft.finish(Undo::By(Intent::PutBack { resource: id, role }))
}

/// A resource's own target role is again what it was.
pub(super) fn put_back(mut draft: Draft<'_>, resource: &ResourceId, role: Option<&Text>) -> Result<Plan, Refusal> {
    let (id, stopped) = begin(&mut draft, resource)?;
    let situation = draft.situation;
    let found = draft.find(&id)?;
    let is = |word: &str, role: &Role| word.eq_ignore_ascii_case(&told_role(role, situation));
    let to_stop = role.is_some_and(|word| is(word, &Role::Stopped));
    let to_demote = role.is_some_and(|word| is(word, &Role::Unpromoted));
    if id != root_id(&found) && found.root.is_told_to_stop() {
        draft.refuse(
            format!("the whole of {} is told to be stopped", root_id(&found)),
            format!("resource start {}", root_id(&found)),
        );
    } else if stopped == to_stop && is_told_to_demote(&found) == to_demote {
        draft.refuse(format!("{id} is told nothing else than before"), "nothing is to be done");
    }
    let mut told = vec![Expect::ToldToStop(id.clone(), to_stop)];
    if found.is_promotable() {
        told.push(Expect::ToldToDemote(id.clone(), to_demote));
    }
    let after = if to_stop { Expect::Stopped(id.clone()) } else { Expect::Runs(id.clone()) };
    let words = role.map_or_else(
        || format!("take the target role of {id} away"),
        |role| format!("tell {id} again what it was told before: {role}"),
    );
    draft.change(words, native::meta(&id, TARGET_ROLE, role.map(|role| &**role)), told.clone());
    told.push(after.clone());
    draft.wait(format!("until {}", after.words()), told, format!("{id} goes on as it is told"));
    draft.expected.push(after);
    draft.request = draft.simulated();
    let undo = match (stopped, is_told_to_demote(&found)) {
        (true, _) => Undo::By(Intent::Stop(id)),
        (false, true) => Undo::By(Intent::Demote(id)),
        (false, false) => Undo::No("nothing was told before that could be told again".to_owned()),
    };
    draft.finish(undo)
}

/// A resource is stopped, and told to do again what it did before.
pub(super) fn restart(mut draft: Draft<'_>, resource: &ResourceId) -> Result<Plan, Refusal> {
    let (id, stopped) = begin(&mut draft, resource)?;
    let situation = draft.situation;
    if stopped {
        draft.refuse(format!("{id} is told to be stopped"), format!("resource start {id}"));
    } else if Expect::Stopped(id.clone()).holds(situation) == Held::Yes {
        draft.refuse(format!("{id} does not run"), format!("see its failures, then: resource cleanup {id}"));
    }
    let gone = Expect::Stopped(id.clone());
    let runs = Expect::Runs(id.clone());
    let found = draft.find(&id)?;
    let before = own_role(&found, situation);
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
