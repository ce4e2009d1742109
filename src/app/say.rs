//! What the words of Pacemaker, Corosync, DRBD and hatui mean, in one sentence each, and how good or bad they are.

use super::clock::{span, time};
use super::pages::Tone;
use crate::model::{
    ConnectionState, DiskState, DrbdRole, Feed, Freshness, LeftOver, LinkState, NodeState, Replication, Role, Score,
    Severity, Sight, View,
};
use crate::wire::Stamp;

/// `yes`, `no`, or that it is not known.
pub(crate) fn yes_no(flag: Option<bool>) -> &'static str {
    match flag {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    }
}

/// A number, or that it is not known.
pub(crate) fn known(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "unknown".to_owned(), |value| value.to_string())
}

/// How bad a finding or happening is.
pub(crate) fn severity_tone(severity: Severity) -> Tone {
    match severity {
        Severity::Info => Tone::Plain,
        Severity::Warning => Tone::Warn,
        Severity::Critical => Tone::Bad,
    }
}

/// How good the state of a node is.
pub(crate) fn node_tone(state: NodeState) -> Tone {
    match state {
        NodeState::Online => Tone::Good,
        NodeState::UncleanOnline | NodeState::UncleanPending | NodeState::UncleanOffline | NodeState::Offline => {
            Tone::Bad
        }
        NodeState::Unknown => Tone::Dim,
        _ => Tone::Warn,
    }
}

/// What the state of a node means.
pub(crate) fn node_means(state: NodeState) -> &'static str {
    match state {
        NodeState::UncleanOnline => {
            "a member whose state cannot be trusted; it is to be fenced before its resources may run elsewhere"
        }
        NodeState::UncleanPending => "it has not finished joining and cannot be trusted; it is to be fenced",
        NodeState::UncleanOffline => "gone without leaving; its resources stay where they are until it is fenced",
        NodeState::Pending => "its Corosync is there, its Pacemaker is not part of the cluster (yet)",
        NodeState::StandbyOnFail => "it runs nothing, because an operation with on-fail=standby failed there",
        NodeState::Standby => "a member that is told to run nothing",
        NodeState::OfflineStandby => "gone; when it comes back it runs nothing",
        NodeState::Maintenance => "its resources are left alone: not started, stopped or watched",
        NodeState::OfflineMaintenance => "gone; when it comes back its resources are left alone",
        NodeState::Online => "a member that may run resources",
        NodeState::Offline => "gone, and known to be: what it ran may run elsewhere",
        NodeState::Unknown => "no node tells its state",
    }
}

/// How good a role of a resource is: neutral words have no tone.
pub(crate) fn role_tone(role: &Role) -> Tone {
    match role {
        Role::Promoted => Tone::Accent,
        Role::Started | Role::Unpromoted => Tone::Plain,
        Role::Stopped | Role::Unknown | Role::Other(_) => Tone::Dim,
        _ => Tone::Warn,
    }
}

/// How good a DRBD role is.
pub(crate) fn drbd_role_tone(role: &DrbdRole) -> Tone {
    match role {
        DrbdRole::Primary => Tone::Accent,
        DrbdRole::Secondary => Tone::Plain,
        DrbdRole::Unknown | DrbdRole::Other(_) => Tone::Dim,
    }
}

/// How good a copy is.
pub(crate) fn disk_tone(disk: &DiskState) -> Tone {
    match disk {
        DiskState::UpToDate => Tone::Good,
        DiskState::Diskless | DiskState::Failed => Tone::Bad,
        DiskState::DUnknown => Tone::Dim,
        _ => Tone::Warn,
    }
}

/// What the state of a copy means.
pub(crate) fn disk_means(disk: &DiskState) -> &'static str {
    match disk {
        DiskState::Diskless => "there is no disk below it: reads and writes go to the peer, if there is one",
        DiskState::Attaching => "the disk is being attached",
        DiskState::Detaching => "the disk is being detached",
        DiskState::Failed => "the disk reported errors and is being given up",
        DiskState::Negotiating => "the two copies are being compared to tell which is newer",
        DiskState::Inconsistent => "partly old, partly new: useless alone until the resync ends",
        DiskState::Outdated => "whole, but known to be older than the peer's: not used until it is synced",
        DiskState::DUnknown => "nobody who speaks can tell, because there is no connection",
        DiskState::Consistent => "whole; whether it is the newest is told once the peer is reached",
        DiskState::UpToDate => "whole, and the newest there is",
        DiskState::Other(_) => "a word that hatui does not know, as DRBD wrote it",
    }
}

/// How good a connection of DRBD is.
pub(crate) fn connection_tone(state: &ConnectionState) -> Tone {
    match state {
        ConnectionState::Connected => Tone::Good,
        ConnectionState::StandAlone => Tone::Bad,
        _ => Tone::Warn,
    }
}

/// What the state of a connection of DRBD means.
pub(crate) fn connection_means(state: &ConnectionState) -> &'static str {
    match state {
        ConnectionState::StandAlone => {
            "given up: after a split brain, or by an administrator; it does not come back by itself"
        }
        ConnectionState::Disconnecting => "being taken down here",
        ConnectionState::Unconnected => "about to try again",
        ConnectionState::Timeout => "the peer did not answer in time",
        ConnectionState::BrokenPipe => "the transport broke",
        ConnectionState::NetworkFailure => "the network between the two failed",
        ConnectionState::ProtocolError => "the peer said something that cannot be: are the versions alike?",
        ConnectionState::TearDown => "the peer takes it down",
        ConnectionState::Connecting => "waits for the peer: it tries until the peer answers",
        ConnectionState::Connected => "each write goes to both",
        ConnectionState::Other(_) => "a word that hatui does not know, as DRBD wrote it",
    }
}

/// What a state of replication means.
pub(crate) fn replication_means(state: &Replication) -> &'static str {
    match state {
        Replication::Off => "nothing is replicated: there is no connection",
        Replication::Established => "each write goes to both",
        Replication::StartingSyncS | Replication::StartingSyncT => "a full sync is about to begin",
        Replication::WFBitMapS | Replication::WFBitMapT => "the two tell each other which blocks differ",
        Replication::WFSyncUUID => "waits for the other's generation",
        Replication::SyncSource => "data flows from here to the peer",
        Replication::SyncTarget => "data flows from the peer to here: this copy is useless alone until it ends",
        Replication::VerifyS | Replication::VerifyT => "the copies are compared; nothing is written",
        Replication::PausedSyncS | Replication::PausedSyncT => "a resync is needed, and held back",
        Replication::Ahead => "writes are ahead of what was sent, since the network is too slow: the peer falls behind",
        Replication::Behind => "the peer is ahead; a resync follows",
        Replication::Other(_) => "a word that hatui does not know, as DRBD wrote it",
    }
}

/// How good a link is.
pub(crate) fn link_tone(state: &LinkState) -> Tone {
    match state {
        LinkState::Connected => Tone::Good,
        LinkState::Disconnected => Tone::Bad,
        LinkState::Other(_) => Tone::Warn,
    }
}

/// How good a freshness is.
pub(crate) fn freshness_tone(freshness: Freshness) -> Tone {
    match freshness {
        Freshness::Live => Tone::Good,
        Freshness::Late => Tone::Warn,
        Freshness::Silent => Tone::Bad,
        Freshness::Never => Tone::Dim,
    }
}

/// A freshness in one word.
pub(crate) fn freshness(freshness: Freshness) -> &'static str {
    match freshness {
        Freshness::Live => "live",
        Freshness::Late => "late",
        Freshness::Silent => "silent",
        Freshness::Never => "never heard",
    }
}

/// How fresh one feed of a node is: `live, heard 0.4 s ago`.
pub(crate) fn feed_age(view: &View, feed: Feed, now: Stamp) -> (Tone, String) {
    let fresh = view.feed_freshness(feed, now);
    let words = match view.heard.get(&feed) {
        Some(heard) => format!("{}, heard {} ago", freshness(fresh), span(now.since(*heard))),
        None => freshness(fresh).to_owned(),
    };
    (freshness_tone(fresh), words)
}

/// How hatui sees a node, in one line, and what helps if it does not.
pub(crate) fn sight(sight: &Sight, now: Stamp, utc_offset_s: i32) -> (Tone, String, Option<String>) {
    match sight {
        Sight::NotWatched => {
            let help = "name it with --node, or in the clusters file, so that its own word is heard";
            (Tone::Dim, "not watched: nobody connects to it".to_owned(), Some(help.to_owned()))
        }
        Sight::ModelOnly => {
            (Tone::Dim, "a remote or guest node: it has no Corosync, and others speak for it".to_owned(), None)
        }
        Sight::Connecting(since) => (Tone::Dim, format!("connecting for {}", span(now.since(*since))), None),
        Sight::Speaking(fresh, heard) => {
            let words = format!("{}, heard {} ago", freshness(*fresh), span(now.since(*heard)));
            let help = (*fresh == Freshness::Silent)
                .then(|| "what it said last may not be so any more: is it up, is it overloaded?".to_owned());
            (freshness_tone(*fresh), words, help)
        }
        Sight::Refused(trouble) => {
            let words = format!("{}: {}", trouble.kind.word(), trouble.cause);
            (Tone::Bad, words, (!trouble.hint.is_empty()).then(|| trouble.hint.to_string()))
        }
        Sight::Lost { trouble, heard, retry_at } => {
            let heard = heard.map_or_else(
                || "never heard".to_owned(),
                |heard| format!("last heard {} ago, at {}", span(now.since(heard)), time(heard, utc_offset_s)),
            );
            let next = if *retry_at > now {
                format!("tried again in {}", span(retry_at.since(now)))
            } else {
                "tried again now".to_owned()
            };
            let words = format!("{}: {}; {heard}; {next}", trouble.kind.word(), trouble.cause);
            (Tone::Bad, words, (!trouble.hint.is_empty()).then(|| trouble.hint.to_string()))
        }
    }
}

/// A score as Pacemaker writes it.
pub(crate) fn score(score: Option<Score>) -> String {
    match score {
        Some(Score::Infinity) => "INFINITY".to_owned(),
        Some(Score::MinusInfinity) => "-INFINITY".to_owned(),
        Some(Score::Of(number)) => number.to_string(),
        None => "by rule, or not told".to_owned(),
    }
}

/// Who left a constraint behind.
pub(crate) fn left_over(left: LeftOver) -> &'static str {
    match left {
        LeftOver::Ban => "left behind by a move or ban",
        LeftOver::Prefer => "left behind by a move",
        LeftOver::Lease => "put there by a move of hatui's",
        LeftOver::DrbdHandler => "set by DRBD's fence-peer handler until the peer is up to date again",
    }
}

/// What a flag of votequorum means; `None`: not known to hatui.
pub(crate) fn quorum_flag(flag: &str) -> Option<&'static str> {
    Some(match flag {
        "2Node" => "with two nodes one vote is enough; fencing decides who stays",
        "Quorate" => "this partition has enough votes",
        "WaitForAll" => "after a start there is no quorum until all nodes were seen once",
        "LastManStanding" => "expected votes fall when nodes leave, so that fewer and fewer may go on",
        "AutoTieBreaker" => "in an even split the partition with a chosen node (the lowest number by default) goes on",
        "AllowDowngrade" => "expected votes fall when nodes leave in order",
        "Qdevice" => "a quorum device has votes too",
        _ => return None,
    })
}
