//! What becomes of a resource at the root of the tree: where it serves now, and where it would.

use std::collections::BTreeSet;

use super::Fate;
use crate::model::{Change, ChangeKind, Item, NodeName, Places, ResourceId, Role, Simulation};

/// The primitives of a root, each id once.
fn parts(root: &Item) -> BTreeSet<&ResourceId> {
    let mut parts = BTreeSet::new();
    root.each_primitive(&mut |primitive| {
        parts.insert(&primitive.id);
    });
    parts
}

/// The nodes on which any part of a root is active.
pub(super) fn active(root: &Item, places: &Places) -> BTreeSet<NodeName> {
    let of = parts(root).into_iter().filter_map(|id| places.get(id)).flatten();
    of.map(|(node, _)| node.clone()).collect()
}

/// The nodes on which a root serves: of a promotable one, where it is promoted.
pub(super) fn serving(root: &Item, places: &Places) -> BTreeSet<NodeName> {
    if !matches!(root, Item::Clone(set) if set.promotable) {
        return active(root, places);
    }
    let of = parts(root).into_iter().filter_map(|id| places.get(id)).flatten();
    of.filter(|(_, role)| *role == Role::Promoted).map(|(node, _)| node.clone()).collect()
}

/// Where each primitive would be, without what only seems to be on lost nodes since they could not be fenced.
pub(super) fn places_after(simulation: &Simulation, now: &Places, lost: &[NodeName]) -> Places {
    let mut places = match &simulation.after {
        Some(after) => after.places(),
        None => moved(now, simulation.changes.as_deref().unwrap_or_default()),
    };
    for on in places.values_mut() {
        on.retain(|(node, _)| !lost.contains(node));
    }
    places
}

/// Where each primitive would be after these changes: for versions that do not tell.
pub(in crate::action) fn moved(now: &Places, changes: &[Change]) -> Places {
    let mut places = now.clone();
    for change in changes.iter().filter(|change| !change.blocked) {
        let on = places.entry(change.resource.clone()).or_default();
        let role_on = |on: &BTreeSet<(NodeName, Role)>, node: &NodeName| {
            on.iter().find(|(place, _)| place == node).map(|(_, role)| role.clone())
        };
        let before = change.from.as_ref().and_then(|from| role_on(on, from));
        let role = change.roles.as_ref().map(|(_, after)| after.clone()).or(before).unwrap_or(Role::Started);
        let (from, to) = (change.from.as_ref(), change.to.as_ref());
        match change.kind {
            ChangeKind::Stop => on.retain(|(node, _)| Some(node) != from),
            ChangeKind::Start => on.extend(to.or(from).map(|node| (node.clone(), role))),
            ChangeKind::Move | ChangeKind::Migrate | ChangeKind::Recover => {
                on.retain(|(node, _)| Some(node) != from);
                on.extend(to.or(from).map(|node| (node.clone(), role)));
            }
            ChangeKind::Promote | ChangeKind::Demote | ChangeKind::RePromote => {
                let node = to.or(from);
                on.retain(|(place, _)| Some(place) != node);
                let role = if change.kind == ChangeKind::Demote { Role::Unpromoted } else { Role::Promoted };
                on.extend(node.map(|node| (node.clone(), role)));
            }
            ChangeKind::Restart | ChangeKind::Reload | ChangeKind::Other(_) => {}
        }
    }
    places
}

/// What becomes of a root.
pub(super) fn fate(root: &Item, now: &Places, after: &Places, changes: &[Change]) -> Fate {
    let parts = parts(root);
    let (was, is) = (serving(root, now), serving(root, after));
    if was.is_empty() {
        return if is.is_empty() { Fate::Unchanged } else { Fate::Recovered(is) };
    }
    let empty = |places: &Places, id: &ResourceId| places.get(id).is_none_or(BTreeSet::is_empty);
    let part_down = parts.iter().any(|id| !empty(now, id) && empty(after, id));
    if is.is_empty() || (matches!(root, Item::Group(_)) && part_down) {
        return Fate::Down;
    }
    let touched: Vec<&Change> =
        changes.iter().filter(|change| parts.contains(&change.resource) && change.kind.interrupts()).collect();
    if !matches!(root, Item::Clone(_) | Item::Bundle(_)) {
        return if is == was && touched.is_empty() { Fate::Unchanged } else { Fate::Recovered(is) };
    }
    let (all_were, all_are) = (active(root, now), active(root, after));
    if is.difference(&was).next().is_some() {
        return Fate::Recovered(is);
    }
    if all_are.difference(&all_were).next().is_none() && all_are != all_were {
        return Fate::Fewer(all_are);
    }
    // A copy that is mended where it is, or comes up elsewhere.
    let here = |change: &&Change| change.to.clone().or_else(|| change.from.clone());
    let mended: BTreeSet<NodeName> = touched.iter().filter_map(here).filter(|node| all_are.contains(node)).collect();
    if mended.is_empty() { Fate::Unchanged } else { Fate::Recovered(mended) }
}
