//! DRBD: whether the copies are whole and as many as wanted, and how those that are not become so.

use std::collections::BTreeSet;

use super::look::{Look, brews, fires, list, size, span};
use super::replication::{by, new};
use super::{Judgement, Severity};
use crate::model::{Copy, DiskState, DrbdRole, Feed, NodeName, ReplicaSet, ReplicaVolume, Sync};

/// How long a resync may stand still.
const STALL: u64 = 30;

fn subject(replica: &ReplicaSet, volume: &ReplicaVolume) -> String {
    if replica.volumes.len() > 1 { format!("{}/{}", replica.name, volume.number) } else { replica.name.to_string() }
}

/// Copies that are not whole, and those out of reach.
pub(super) fn copies(look: &Look<'_>, replica: &ReplicaSet, volume: &ReplicaVolume) -> Vec<Judgement> {
    let id = subject(replica, volume);
    let (good, wanted) = (volume.up_to_date(), volume.wanted());
    let synced: BTreeSet<&NodeName> =
        volume.syncs.iter().filter(|sync| !sync.verify).map(|sync| &sync.target).collect();
    // Where it is used, a copy that is not whole lives on what others send it.
    let used = |node: &NodeName| {
        let primary = replica.roles.get(node) == Some(&DrbdRole::Primary);
        if primary { Severity::Critical } else { Severity::Warning }
    };
    let mut judgements = Vec::new();
    let mut told = 0_usize;
    let mut out_of_reach: Vec<&Copy> = Vec::new();
    for copy in volume.copies.iter().filter(|copy| !copy.client && copy.disk != Some(DiskState::UpToDate)) {
        if synced.contains(&copy.node) {
            told += 1;
            continue;
        }
        let Some(disk) = &copy.disk else {
            out_of_reach.push(copy);
            continue;
        };
        let node = &copy.node;
        let (rule, severity, what, help) = match disk {
            DiskState::Diskless | DiskState::Failed => (
                "drbd-diskless",
                used(node),
                "has lost its disk",
                format!("look for disk errors on {node}; then: drbdadm attach {}", replica.name),
            ),
            DiskState::Inconsistent => (
                "drbd-inconsistent",
                used(node),
                "is Inconsistent and no resync runs",
                format!("drbdadm connect {} on both nodes", replica.name),
            ),
            DiskState::Outdated => (
                "drbd-outdated",
                Severity::Warning,
                "is Outdated",
                format!("it is brought up to date once it is connected: drbdadm status {}", replica.name),
            ),
            _ => (
                "drbd-not-up-to-date",
                Severity::Warning,
                "is not up to date",
                format!("drbdadm status {}", replica.name),
            ),
        };
        told += 1;
        let finding =
            new(look, rule, &format!("{id} {node}"), severity, format!("{id}: the copy on {node} {what}")).help(help);
        let witness = if copy.own_word { vec![(node, format!("disk: {}", disk.word()))] } else { Vec::new() };
        // Attaching and negotiating pass by.
        let passing = matches!(
            disk,
            DiskState::Attaching | DiskState::Detaching | DiskState::Negotiating | DiskState::Consistent
        );
        judgements.push(brews(by(look, finding, witness), if passing { 10 } else { 0 }));
    }
    let unheard = || out_of_reach.iter().map(|copy| copy.node.as_str()).collect::<Vec<_>>();
    if good == 0 && wanted > 0 {
        let words = format!("{id}: none of {wanted} copies is known to be up to date");
        judgements.push(fires(
            new(look, "drbd-no-good-copy", &id, Severity::Critical, words)
                .meaning("No copy may be used as it is")
                .help(format!(
                    "drbdadm status {} on all nodes; bring the node with the newest data back first",
                    replica.name
                )),
        ));
    } else if good + told < wanted {
        let nodes = unheard();
        let down = out_of_reach.iter().all(|copy| is_down(look, replica, &copy.node));
        let how = if down { "not running on" } else { "no word of" };
        let words = format!("{id}: {good} of {wanted} copies up to date, {how} {}", list(&nodes));
        let witness: Vec<_> = volume.copies.iter().filter(|copy| copy.own_word).collect();
        let said = witness.into_iter().map(|copy| {
            let disk = copy.disk.as_ref().map_or("not told", DiskState::word);
            (&copy.node, format!("disk: {disk}"))
        });
        let finding = new(look, "drbd-copies-missing", &id, Severity::Warning, words)
            .meaning("The loss of one more node would lose the service and perhaps the data")
            .help(format!("bring {} back", list(&nodes)));
        judgements.push(brews(by(look, finding, said.collect::<Vec<_>>()), 1));
    }
    judgements
}

/// Whether a node tells of its DRBD and does not have the resource.
fn is_down(look: &Look<'_>, replica: &ReplicaSet, node: &NodeName) -> bool {
    look.fresh(Feed::Drbd)
        .filter(|(_, view)| view.name() == Some(node))
        .any(|(_, view)| view.drbd.as_ref().is_some_and(|said| !said.value.resources.contains_key(&replica.name)))
}

/// A resync or verify that runs, is held back, or stands still.
pub(super) fn resync(look: &Look<'_>, replica: &ReplicaSet, volume: &ReplicaVolume, sync: &Sync) -> Judgement {
    let id = subject(replica, volume);
    let key = if volume.syncs.len() > 1 { format!("{id} {}", sync.target) } else { id.clone() };
    let percent = sync.done.map(|done| format!("{}.{} %", done / 100, done % 100 / 10));
    let at = percent.as_deref().map_or_else(String::new, |percent| format!(" at {percent}"));
    let evidence = [(&sync.witness, format!("replication: {}{at}", sync.state.word()))];
    if sync.verify {
        let finding = new(look, "drbd-verify", &key, Severity::Info, format!("{id}: copies are being compared{at}"));
        return fires(by(look, finding, evidence));
    }
    let node = &sync.target;
    let held: Vec<&str> = sync.held_back.iter().map(crate::model::Text::as_str).collect();
    if sync.state.is_paused() || !held.is_empty() {
        let who = if held.is_empty() { "somebody".to_owned() } else { held.join(", ") };
        let words = format!("{id}: resync to {node} paused by {who}{at}");
        let finding = new(look, "drbd-resync-paused", &key, Severity::Warning, words)
            .meaning("The copy that is being synced is useless until the resync ends")
            .help(match held.first() {
                Some(&"dependency") => "it waits for another resync (resync-after)".to_owned(),
                _ => format!("drbdadm resume-sync {} on {} and {node}", replica.name, sync.source),
            });
        return fires(by(look, finding, evidence));
    }
    let still = sync.still_since.map(|since| look.now.since(since).as_secs()).filter(|still| *still >= STALL);
    if still.is_some() && sync.left_kib.is_some() {
        let words = format!("{id}: resync to {node} stalled{at}: nothing moved for {STALL} s");
        let finding = new(look, "drbd-resync-stalled", &key, Severity::Warning, words)
            .help(format!("drbdadm status {} on both nodes; disconnect and connect it again", replica.name));
        return fires(by(look, finding, evidence));
    }
    let left = match (sync.eta_s, sync.left_kib) {
        (Some(eta), _) => format!(", redundant in {}", span(eta)),
        (None, Some(left)) => format!(", {} to go", size(left)),
        (None, None) => String::new(),
    };
    let (good, wanted) = (volume.up_to_date(), volume.wanted());
    let words = format!("{id}: {good} of {wanted} up to date, resync to {node}{at}{left}");
    let finding = new(look, "drbd-resync", &key, Severity::Warning, words)
        .meaning("Until it ends the copy that is being synced is useless alone");
    fires(by(look, finding, evidence))
}
