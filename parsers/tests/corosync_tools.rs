//! What Corosync's tools print, in every layout since 2.3.

mod support_lines;

use hatui_parsers::cfgtool::{self, LinkState, LinkStatus, NodeRef, RingStatus};
use hatui_parsers::cmap::{self, Micros, Value};
use hatui_parsers::quorumtool::{self, Flag, Member, MemberQdevice, Provider, Qdevice, RingId};
use support_lines::{compact, fixture, fixtures, golden};

#[test]
fn the_facts_of_every_recording_are_those_of_the_goldens() {
    for (name, input) in fixtures(|name| name.contains("cfgtool-s") || name.contains("cfgtool_s")) {
        golden(&format!("{name}.facts"), &compact(&format!("{:#?}", cfgtool::status(&input).unwrap())));
    }
    for (name, input) in fixtures(|name| name.contains("cfgtool-n") || name.contains("cfgtool_n")) {
        golden(&format!("{name}.facts"), &compact(&format!("{:#?}", cfgtool::neighbours(&input).unwrap())));
    }
    for (name, input) in fixtures(|name| name.contains("quorumtool")) {
        golden(&format!("{name}.facts"), &compact(&format!("{:#?}", quorumtool::status(&input).unwrap())));
    }
    for (name, input) in fixtures(|name| name.contains("cmapctl")) {
        golden(&format!("{name}.facts"), &compact(&format!("{:#?}", cmap::parse(&input).unwrap().link_stats())));
    }
}

#[test]
fn nothing_of_a_recording_is_unread() {
    for (name, input) in fixtures(|name| name.contains("corosync-3.1.7/") || name.contains("tool-")) {
        let unread = match name.as_str() {
            name if name.contains("cfgtool_s") || name.contains("cfgtool-s") => cfgtool::status(&input).unwrap().unread,
            name if name.contains("cfgtool") => cfgtool::neighbours(&input).unwrap().unread,
            name if name.contains("quorumtool") => quorumtool::status(&input).unwrap().unread,
            name if name.contains("cmapctl") => cmap::parse(&input).unwrap().unread,
            _ => Vec::new(),
        };
        assert!(unread.is_empty(), "{name}: {unread:?}");
    }
}

#[test]
fn a_cut_link_is_seen_by_both_forms_of_cfgtool() {
    let status = cfgtool::status(&fixture("corosync-3.1.7/knet-link0-down/node-1/corosync-cfgtool_s.txt")).unwrap();
    let LinkStatus::PerNode(nodes) = &status.links[0].status else { panic!("{status:?}") };
    assert_eq!((nodes[1].node, &nodes[1].state), (NodeRef::Id(2), &LinkState::Disconnected));
    let seen = cfgtool::neighbours(&fixture("corosync-3.1.7/knet-link0-down/node-2/corosync-cfgtool_n.txt")).unwrap();
    let links = seen.nodes[0].links.iter().map(|link| (link.id, link.enabled, link.connected, link.mtu));
    assert_eq!(links.collect::<Vec<_>>(), [(0, true, false, Some(1397)), (1, true, true, Some(1397))]);
}

#[test]
fn a_ring_of_corosync_2_is_active_has_problems_or_is_faulty() {
    let status = cfgtool::status(&fixture("hand-made/cfgtool-s-2.4-rrp.txt")).unwrap();
    assert_eq!((status.local_node, status.transport), (16_777_226, None));
    assert_eq!(status.links[0].status, LinkStatus::Whole(RingStatus::Active));
    assert!(
        matches!(&status.links[1].status, LinkStatus::Whole(RingStatus::Faulty(words)) if words.contains("FAULTY"))
    );
    assert!(matches!(&status.links[2].status, LinkStatus::Whole(RingStatus::Problems(_))));
    assert_eq!(status.links[2].addr.as_deref(), Some("172.17.0.1"));
}

#[test]
fn the_layouts_of_corosync_3_0_are_told_per_place_or_per_node_id() {
    let states = |name: &str| {
        let status = cfgtool::status(&fixture(name)).unwrap();
        let LinkStatus::PerNode(nodes) = status.links[0].status.clone() else { panic!("{status:?}") };
        nodes.into_iter().map(|node| (node.node, node.state)).collect::<Vec<_>>()
    };
    let disabled = LinkState::NotEnabled { connected: false };
    assert_eq!(
        states("hand-made/cfgtool-s-3.0.2.txt"),
        [
            (NodeRef::Place(0), LinkState::Connected),
            (NodeRef::Place(1), LinkState::Disconnected),
            (NodeRef::Place(2), disabled.clone()),
        ]
    );
    assert_eq!(
        states("hand-made/cfgtool-s-3.0.4.txt"),
        [
            (NodeRef::Id(1), LinkState::Connected),
            (NodeRef::Id(2), LinkState::Localhost),
            (NodeRef::Id(3), LinkState::Disconnected),
            (NodeRef::Id(4), disabled),
            (NodeRef::Id(5), LinkState::KnetError),
            (NodeRef::Id(6), LinkState::Other("can't decode status character 'x'".to_owned())),
        ]
    );
    assert_eq!(
        states("corosync-3.1.7/split-2-1-nostonith/node-3/corosync-cfgtool_sb.txt"),
        [
            (NodeRef::Place(0), LinkState::Disconnected),
            (NodeRef::Place(1), LinkState::Disconnected),
            (NodeRef::Place(2), LinkState::Localhost),
        ]
    );
}

#[test]
fn a_neighbour_tells_its_onwire_versions_and_how_it_is_reached() {
    let seen = cfgtool::neighbours(&fixture("hand-made/cfgtool-n-3.1.8-onwire.txt")).unwrap();
    let versions = seen.nodes[0].onwire.unwrap();
    assert_eq!((versions.min, versions.max, versions.current), (0, 1, 1));
    assert_eq!(seen.nodes[0].links[1].to.as_deref(), Some("fe80::2"));
    assert_eq!(seen.nodes[0].links[1].mtu, None);
    let other = &seen.nodes[1];
    assert_eq!((other.reachable, other.remote, other.external, other.onwire), (true, true, true, None));
    assert_eq!(
        (other.links[0].transport.as_deref(), other.links[0].to.as_deref(), other.links[0].dynamic),
        (None, None, true)
    );
}

#[test]
fn the_two_sides_of_a_split_have_different_rings_and_only_one_is_quorate() {
    let side = |node| {
        quorumtool::status(&fixture(&format!("corosync-3.1.7/split-2-1-nostonith/{node}/corosync-quorumtool_s.txt")))
            .unwrap()
    };
    let (majority, minority) = (side("node-1"), side("node-3"));
    assert_ne!(majority.ring, minority.ring);
    assert_eq!(minority.ring, RingId { text: "3.5d".to_owned(), leader: Some(3), sequence: Some(0x5d) });
    assert_eq!((majority.quorate, minority.quorate), (true, false));
    let blocked = |status: &quorumtool::Status| status.votes.as_ref().map(|votes| votes.blocked);
    assert_eq!((blocked(&majority), blocked(&minority)), (Some(false), Some(true)));
    assert_eq!(minority.members.iter().map(|member| (member.node, member.local)).collect::<Vec<_>>(), [(3, true)]);
}

#[test]
fn ring_ids_are_read_in_the_form_of_their_version() {
    let ring = |name: &str| quorumtool::status(&fixture(name)).unwrap().ring;
    assert_eq!(
        ring("hand-made/quorumtool-s-2.3.txt"),
        RingId { text: "100".to_owned(), leader: None, sequence: Some(100) }
    );
    let ring_24 = RingId { text: "1084783375/40".to_owned(), leader: Some(1_084_783_375), sequence: Some(40) };
    assert_eq!(ring("hand-made/quorumtool-s-2.4.txt"), ring_24);
    let healthy = ring("corosync-3.1.7/healthy/node-2/corosync-quorumtool_s.txt");
    assert_eq!(healthy, RingId { text: "1.d".to_owned(), leader: Some(1), sequence: Some(13) });
}

#[test]
fn node_ids_are_the_same_in_hexadecimal_and_names_may_be_addresses() {
    let hex = quorumtool::status(&fixture("corosync-3.1.7/healthy/node-2/corosync-quorumtool_siH.txt")).unwrap();
    assert_eq!(hex.node, 2);
    assert_eq!(hex.members.iter().map(|member| member.node).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!((hex.members[1].name.as_str(), hex.members[1].local), ("10.88.1.12", true));
    let six = quorumtool::status(&fixture("hand-made/quorumtool-s-2.3.txt")).unwrap();
    assert_eq!((six.members[1].name.as_str(), six.members[1].node), ("fd00::125:16", 1_084_783_376));
}

#[test]
fn flags_that_this_version_does_not_know_are_kept() {
    let votes = quorumtool::status(&fixture("hand-made/quorumtool-s-2.4.txt")).unwrap().votes.unwrap();
    let known = [Flag::Quorate, Flag::WaitForAll, Flag::LastManStanding];
    assert_eq!((&votes.flags[..3], &votes.flags[3]), (&known[..], &Flag::Other("Downgraded".to_owned())));
    let two = quorumtool::status(&fixture("corosync-3.1.7/healthy-2node/node-1/corosync-quorumtool_s.txt")).unwrap();
    assert_eq!(two.votes.unwrap().flags, [Flag::TwoNode, Flag::Quorate, Flag::WaitForAll]);
}

#[test]
fn a_quorum_device_has_a_row_of_its_own_and_a_column() {
    let status = quorumtool::status(&fixture("hand-made/quorumtool-s-3.1-qdevice.txt")).unwrap();
    let column: Vec<_> = status.members.iter().map(|member| member.qdevice.clone().unwrap()).collect();
    assert_eq!(
        column,
        [
            MemberQdevice::Registered { alive: true, votes: true, master_wins: false },
            MemberQdevice::Registered { alive: false, votes: false, master_wins: true },
            MemberQdevice::NotRegistered,
        ]
    );
    assert_eq!(status.qdevice, Some(Qdevice { votes: 1, would_have: None }));
    let status = quorumtool::status(&fixture("hand-made/quorumtool-s-3.1-qdevice-no-vote.txt")).unwrap();
    assert_eq!(status.qdevice, Some(Qdevice { votes: 0, would_have: Some(1) }));
    assert_eq!(
        status.members,
        [Member {
            node: 1,
            votes: Some(1),
            qdevice: Some(MemberQdevice::Registered { alive: true, votes: false, master_wins: false }),
            name: "alpha".to_owned(),
            extra: Some("extra info".to_owned()),
            local: true,
        }]
    );
    let registered = quorumtool::status(&fixture("corosync-3.1.7/healthy/node-2/corosync-quorumtool_sp.txt")).unwrap();
    assert!(registered.members.iter().all(|member| member.qdevice == Some(MemberQdevice::NotRegistered)));
}

#[test]
fn without_votequorum_there_are_no_votes() {
    let status = quorumtool::status(&fixture("hand-made/quorumtool-s-3.1-no-votequorum.txt")).unwrap();
    assert_eq!((&status.provider, &status.votes, status.quorate), (&Provider::NotConfigured, &None, true));
    assert_eq!((status.members[1].name.as_str(), status.members[1].votes), ("beta", None));
}

#[test]
fn output_that_is_not_of_the_tool_or_not_whole_is_an_error() {
    assert!(cfgtool::status(b"").is_err() && cfgtool::neighbours(b"Could not initialize").is_err());
    assert!(cmap::parse(b"Failed to initialize the cmap API. Error CS_ERR_LIBRARY\n").is_err());
    let whole = fixture("corosync-3.1.7/healthy/node-2/corosync-quorumtool_s.txt");
    for key in ["Quorate:", "Ring ID:", "Node ID:", "Nodes:", "Quorum provider:", "Total votes:", "Quorum:  "] {
        let text = String::from_utf8(whole.clone()).unwrap();
        let without: String = text.split_inclusive('\n').filter(|line| !line.starts_with(key)).collect();
        let error = quorumtool::status(without.as_bytes()).unwrap_err();
        assert!(error.expected.contains(key.trim_end()), "{key}: {error}");
    }
}

#[test]
fn latency_without_a_sample_is_not_known() {
    let input = fixture("corosync-3.1.7/healthy/node-2/corosync-cmapctl_stats.txt");
    let links = cmap::parse(&input).unwrap().link_stats();
    let (peer, itself) = (&links[0], links.iter().find(|link| link.node == 2).unwrap());
    assert_eq!((peer.node, peer.link, peer.connected, peer.mtu), (1, 0, Some(true), Some(1397)));
    assert_eq!(
        (peer.latency_min, peer.latency_ave, peer.latency_max),
        (Some(Micros(126)), Some(Micros(131)), Some(Micros(277)))
    );
    assert_eq!((peer.down_count, peer.up_count, peer.latency_samples), (Some(1), Some(1), Some(354)));
    assert_eq!((itself.latency_min, itself.latency_ave, itself.latency_max), (None, None, None));
    let input =
        b"stats.knet.node1.link0.latency_min (u32) = 4294967295\nstats.knet.node1.link0.latency_ave (u32) = 5\n";
    let links = cmap::parse(input).unwrap().link_stats();
    assert_eq!((links[0].latency_min, links[0].latency_ave), (None, Some(Micros(5))));
}

#[test]
fn entries_have_the_type_that_the_tool_names() {
    let input = b"a (u8) = 1\nb (i32) = -2\nc (dbl) = 0.5\nd (str) = x = (y)\ne (bin) = ***\nf (u64) = many\ng (odd) = 1\nh (str) = \n";
    let map = cmap::parse(input).unwrap();
    let values: Vec<_> = map.entries.iter().map(|entry| entry.value).collect();
    assert_eq!(
        values,
        [
            Value::Unsigned(1),
            Value::Signed(-2),
            Value::Float(0.5),
            Value::Text("x = (y)"),
            Value::Binary("***"),
            Value::Other { kind: "u64", text: "many" },
            Value::Other { kind: "odd", text: "1" },
            Value::Text(""),
        ]
    );
    assert_eq!(map.get("b"), Some(Value::Signed(-2)));
}

#[test]
fn lines_that_nobody_knows_are_kept_bounded_and_harmless() {
    let mut input = b"Local node ID 1, transport knet\n**SCTP is deprecated \x1b[2J**\n".to_vec();
    input.extend_from_slice(&b"odd\n".repeat(100));
    let unread = cfgtool::status(&input).unwrap().unread;
    assert_eq!(
        (unread[0].as_str(), unread.len(), unread[16].as_str()),
        ("**SCTP is deprecated ·[2J**", 17, "… and more")
    );
}
