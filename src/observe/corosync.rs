//! Corosync's tools → the model's words.

use std::collections::BTreeMap;

use hatui_parsers::{cfgtool, cmap, quorumtool};

use crate::model::{
    Latencies, Latency, Link, LinkState, NodeId, NodeName, QuorumStatus, Reach, ReachedLink, RingId, Text, Voter,
};

/// What `corosync-quorumtool -s` says.
pub(super) fn quorum(status: &quorumtool::Status) -> QuorumStatus {
    let votes = status.votes.as_ref();
    QuorumStatus {
        local: Some(NodeId(status.node)),
        ring: Some(RingId::new(&status.ring.text)),
        quorate: Some(status.quorate),
        expected_votes: votes.map(|votes| votes.expected),
        highest_expected: votes.and_then(|votes| votes.highest_expected),
        total_votes: votes.map(|votes| votes.total),
        quorum: votes.map(|votes| votes.quorum),
        blocked: votes.is_some_and(|votes| votes.blocked),
        flags: votes.iter().flat_map(|votes| &votes.flags).map(|flag| Text::new(flag.as_str())).collect(),
        members: status
            .members
            .iter()
            .map(|member| Voter { id: NodeId(member.node), votes: member.votes, name: NodeName::new(&member.name) })
            .collect(),
        qdevice_votes: status.qdevice.map(|qdevice| qdevice.votes),
    }
}

/// What `corosync-cfgtool -s` says. `ids` are the known node ids in order: old layouts tell places, not ids.
pub(super) fn links(status: &cfgtool::Status, ids: &[NodeId]) -> Vec<Link> {
    let local = NodeId(status.local_node);
    let link = |link: &cfgtool::Link| {
        let mut peers = BTreeMap::new();
        let mut whole = None;
        match &link.status {
            cfgtool::LinkStatus::NotTold => {}
            cfgtool::LinkStatus::Whole(ring) => {
                whole = Some(match ring {
                    cfgtool::RingStatus::Active => LinkState::Connected,
                    cfgtool::RingStatus::Problems(words)
                    | cfgtool::RingStatus::Faulty(words)
                    | cfgtool::RingStatus::Other(words) => LinkState::Other(Text::new(words)),
                });
            }
            cfgtool::LinkStatus::PerNode(nodes) => {
                for node in nodes {
                    let id = match node.node {
                        cfgtool::NodeRef::Id(id) => Some(NodeId(id)),
                        cfgtool::NodeRef::Place(place) => {
                            usize::try_from(place).ok().and_then(|place| ids.get(place)).copied()
                        }
                    };
                    let state = match &node.state {
                        cfgtool::LinkState::Localhost => continue,
                        cfgtool::LinkState::Connected => LinkState::Connected,
                        cfgtool::LinkState::Disconnected => LinkState::Disconnected,
                        cfgtool::LinkState::NotEnabled { .. } => LinkState::Other(Text::new("not enabled")),
                        cfgtool::LinkState::KnetError => LinkState::Other(Text::new("knet error")),
                        cfgtool::LinkState::ConfigError => LinkState::Other(Text::new("config error")),
                        cfgtool::LinkState::Other(words) => LinkState::Other(Text::new(words)),
                    };
                    if let Some(id) = id.filter(|id| *id != local) {
                        peers.insert(id, state);
                    }
                }
            }
        }
        Link { number: link.id, address: link.addr.as_deref().map(Text::new), peers, whole }
    };
    status.links.iter().map(link).collect()
}

/// What `corosync-cfgtool -n` says.
pub(super) fn reach(neighbours: &cfgtool::Neighbours) -> Reach {
    let of = |link: &cfgtool::NeighbourLink| ReachedLink {
        number: link.id,
        from: Some(Text::new(&link.from)),
        to: link.to.as_deref().map(Text::new),
        mtu: link.mtu,
    };
    let reachable = neighbours.nodes.iter().filter(|node| node.reachable);
    Reach { links: reachable.map(|node| (NodeId(node.node), node.links.iter().map(of).collect())).collect() }
}

/// What the statistics of knet say; the node's own entry is left out.
pub(super) fn latencies(map: &cmap::Map<'_>, local: Option<NodeId>) -> Latencies {
    map.link_stats()
        .into_iter()
        .filter(|stats| Some(NodeId(stats.node)) != local)
        .map(|stats| {
            let latency = Latency {
                average_us: stats.latency_ave.map(|us| us.0),
                max_us: stats.latency_max.map(|us| us.0),
                samples: stats.latency_samples,
                connected: stats.connected,
                down_count: stats.down_count,
            };
            ((NodeId(stats.node), stats.link), latency)
        })
        .collect()
}
