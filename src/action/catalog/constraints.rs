//! Constraints that were left behind, removed each by its exact id.

use super::super::command::native;
use super::{Draft, Expect, Level, Plan, Refusal, Text, Undo};
use crate::model::LeftOver;

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
            Some(LeftOver::DrbdHandler) => draft.remark(
                Level::Raise,
                format!("{id} was put there by DRBD's own handler: it keeps an old copy from being promoted"),
                "it goes by itself at the end of the resync",
            ),
            Some(_) => {}
            None => draft.remark(
                Level::Raise,
                format!("{id} was not left by a move: somebody wants it"),
                "ask who put it there",
            ),
        }
        if let Some(resource) = &location.resource {
            draft.about.push(resource.clone());
            draft.keys.extend(situation.keys(&[resource]));
        }
        let gone = Expect::Constraint(id.clone(), false);
        until.push(gone.clone());
        draft.expected.push(gone.clone());
        draft.change(format!("remove {id}"), native::remove_constraint(id), vec![gone]);
    }
    draft.wait("until it is gone, and what it held has settled", until, "what was removed stays removed");
    draft.request = draft.simulated();
    let words = "the command log (@) and the audit have what is needed to put it back by hand";
    draft.finish(Undo::Words(words.to_owned()))
}
