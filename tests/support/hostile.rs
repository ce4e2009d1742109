//! A cluster whose every word is hostile: what steers terminals, hides, is wide, or is long.

use std::sync::Arc;

use hatui::model::*;

use crate::situations::{Situation, named};

/// The cluster.
pub(crate) fn cluster() -> Situation {
    let mut situation = named("a resync with the time to redundancy");
    let evil = |salt: &str| {
        let heart = "\u{2764}\u{fe0f}".repeat(30);
        format!(
            "\x1b[2J\x1b]0;{salt}\x07\u{202e}日本語の名前{heart}e\u{301}\u{301}\u{200b}{}\r\n\u{9b}31m",
            "x".repeat(3000)
        )
    };
    let name = NodeName::new(&evil("node"));
    let id = ResourceId::new(&evil("resource"));
    let mut primitive = Primitive::named(id.as_str(), &evil("agent"));
    primitive.on = vec![name.clone(), NodeName::new("ha-node-1")];
    primitive.role = Role::Other(evil("role").into());
    primitive.pending = Some(evil("pending").into());
    let failure = Failure {
        resource: id.clone(),
        task: Some(evil("task").into()),
        interval_ms: Some(u64::MAX),
        node: NodeName::new("ha-node-1"),
        code: Some(u32::MAX),
        code_words: Some(evil("code").into()),
        status: Some(evil("status").into()),
        reason: Some(evil("reason").into()),
        last_change: Some(evil("time").into()),
        last_change_epoch: None,
    };
    let status = PacemakerStatus {
        dc: Dc::Node { name: name.clone(), with_quorum: None },
        version: Some(evil("version").into()),
        members: vec![Member::named(name.as_str()), Member::named("ha-node-1")],
        resources: vec![Item::Group(Group {
            id: ResourceId::new(&evil("group")),
            members: vec![primitive],
            managed: None,
            disabled: None,
            maintenance: None,
        })],
        failures: vec![failure],
        attributes: vec![(NodeName::new("ha-node-1"), evil("attribute").into(), evil("value").into())],
        ..PacemakerStatus::default()
    };
    let location = Location {
        id: evil("cli-ban-").into(),
        resource: Some(id),
        node: Some(name.clone()),
        score: None,
        role: Some(evil("as").into()),
        ends: Some(evil("ends").into()),
    };
    let quorum = QuorumStatus {
        local: Some(NodeId(1)),
        ring: Some(RingId::new(&evil("ring"))),
        flags: vec![evil("flag").into()],
        members: vec![Voter { id: NodeId(2), votes: None, name }],
        ..QuorumStatus::default()
    };
    let trouble = Trouble { kind: TroubleKind::Failed, cause: evil("cause").into(), hint: evil("hint").into() };
    let peer = Peer {
        name: Some(NodeName::new(&evil("peer"))),
        connection: Some(ConnectionState::Other(evil("state").into())),
        ..Peer::default()
    };
    let volume = PeerVolume {
        replication: Some(Replication::Other(evil("replication").into())),
        disk: Some(DiskState::Other(evil("disk").into())),
        out_of_sync_kib: Some(u64::MAX),
        ..PeerVolume::default()
    };
    let drbd = DrbdName::new(&evil("drbd"));
    situation.hear(
        "ha-node-1",
        [
            Seen::Pacemaker(Arc::new(status)),
            Seen::Locations(vec![location]),
            Seen::Quorum(Box::new(quorum)),
            Seen::Drbd(DrbdChange::Peer(drbd.clone(), 1, peer)),
            Seen::Drbd(DrbdChange::PeerVolume(drbd, 1, 0, volume)),
            Seen::ToolFailed(Feed::Drbd, evil("tool").into(), evil("kind").into(), trouble),
            Seen::Unreadable(Feed::Corosync, evil("unreadable").into()),
            Seen::Versions(vec![(evil("component").into(), evil("version").into())]),
        ],
    );
    situation.hear("\x1b[2Jevil host\x07", [Seen::Beat(Feed::Pacemaker)]);
    situation
}
