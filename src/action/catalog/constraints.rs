//! Constraints that were left behind, removed each by its exact id.

use super::super::command::native;
use super::{Draft, Expect, Level, NodeName, Plan, Refusal, ResourceId, Text, Undo};
use crate::model::{DiskState, LeftOver, Location, Score};

/// Constraints are removed.
pub(super) fn clear(mut draft: Draft<'_>, ids: &[Text]) -> Result<Plan, Refusal> {
    let situation = draft.situation;
    if ids.is_empty() {
        draft.refuse("no constraint is named", "name one by its id");
    }
    draft.name = ids.first().map(ToString::to_string).unwrap_or_default();
    let Some(locations) = situation.locations() else {
        draft.refuse("no node tells the constraints", "wait until one does");
        return draft.finish(Undo::No(String::new()));
    };
    draft.needs_a_dc();
    if situation.has_quorum() == Some(false) {
        draft.remark(
            Level::Warn,
            "there is no quorum: it may be refused, or come back with the others",
            "bring more nodes back",
        );
    }
    let mut until = Vec::new();
    for id in ids {
        if !native::is_id(id) {
            draft.refuse(format!("`{id}` cannot be the id of a constraint"), "name one that is there");
            continue;
        }
        let Some(location) = locations.iter().find(|location| location.id == *id) else {
            draft.refuse(format!("there is no location constraint {id}"), "`:findings` shows what was left behind");
            continue;
        };
        match location.left_by_move() {
            Some(LeftOver::DrbdHandler) if whole(situation) => {
                draft.note(format!("{id} was put there by DRBD's own handler; all copies are UpToDate again"));
            }
            Some(LeftOver::DrbdHandler) => draft.remark(
                Level::Raise,
                format!("{id} was put there by DRBD's own handler: it keeps an old copy from being promoted"),
                "it goes by itself at the end of the resync",
            ),
            Some(LeftOver::Lease) if location.lease_ends().is_none() => {
                draft.note(format!("{id} is of a move of hatui's that was kept"));
            }
            Some(LeftOver::Lease) if location.is_under_way(situation.now) => draft.remark(
                Level::Warn,
                format!("{id} is of a move of hatui's that may be under way"),
                "ask who moves it, or wait until it is removed",
            ),
            Some(LeftOver::Lease) if location.is_over(situation.now) => {
                draft.note(format!("{id} is of a move of hatui's, and over: it draws nothing any more"));
            }
            Some(LeftOver::Lease) => {
                draft.note(format!("{id} is of a move of hatui's that was not brought to its end"));
            }
            Some(LeftOver::Ban | LeftOver::Prefer) => {}
            None => draft.remark(
                Level::Raise,
                format!("{id} was not left by a move: somebody wants it"),
                "ask who put it there",
            ),
        }
        if let Some(resource) = &location.resource {
            draft.note(format!("{id} {}", told(location)));
            draft.about.push(resource.clone());
            draft.keys.extend(situation.keys(&[resource]));
        }
        let gone = Expect::Constraint(id.clone(), false);
        until.push(gone.clone());
        draft.expected.push(gone.clone());
        draft.change(format!("remove {id}"), native::remove_constraint(id), vec![gone]);
    }
    let them = if ids.len() == 1 { "it is" } else { "they are" };
    draft.wait(format!("until {them} gone"), until, "what was removed stays removed");
    draft.request = draft.simulated();
    draft.finish(Undo::Words("by hand: what it did is told above".to_owned()))
}

/// Whether all copies that are told are up to date: then nothing old can be promoted.
fn whole(situation: super::Situation<'_>) -> bool {
    let replicas = &situation.cluster.picture().replicas;
    let copies = replicas.iter().flat_map(|replica| &replica.volumes).flat_map(|volume| &volume.copies);
    !replicas.is_empty() && copies.filter(|copy| !copy.client).all(|copy| copy.disk == Some(DiskState::UpToDate))
}

/// What a constraint does, as one would say it.
fn told(location: &Location) -> String {
    let resource = location.resource.as_ref().map_or("something", ResourceId::as_str);
    let node = location.node.as_ref().map_or("some nodes", NodeName::as_str);
    let role = location.role.as_ref().map_or_else(String::new, |role| format!(" as {role}"));
    let until = location.ends.as_ref().map_or_else(|| " for good".to_owned(), |ends| format!(" until {ends}"));
    match location.score {
        Some(Score::MinusInfinity) => format!("keeps {resource}{role} off {node}{until}"),
        Some(Score::Infinity) => format!("draws {resource}{role} to {node}{until}"),
        Some(Score::Of(score)) => format!("gives {resource}{role} on {node} a score of {score}"),
        None => format!("has a rule for {resource}{role} on {node}"),
    }
}
