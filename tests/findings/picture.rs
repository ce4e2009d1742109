//! The picture put together from what the nodes say, its witnesses, and the age of what is known.

use std::sync::Arc;
use std::time::Duration;

use super::play::{Order, Outcome, play};
use super::situation::{Case, File};
use hatui::model::{
    ConnectionState, DiskState, FactKey, Freshness, NodeName, NodeState, Observation, RingId, Seen, Sight,
};
use hatui::wire::{NodeKey, Stamp};

/// The outcome of the situation written in `toml`, of which only the fields of a case are given.
fn after(toml: &str) -> Outcome {
    let text = format!("[[case]]\nname = \"here\"\nfindings = []\n{toml}");
    let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{error}"));
    let case: Case = file.case.into_iter().next().expect("a case");
    play(&case, Order::Named)
}

const SPLIT: &str = r#"
at = 9
[[case.step]]
at = 1
by = ["ha-node-1", "ha-node-2"]
nodes = { ha-node-3 = "unclean" }
quorum = { ring = "1.4b", members = ["ha-node-1", "ha-node-2"] }
[[case.step]]
at = 1
by = ["ha-node-3"]
dc = "ha-node-3"
with_quorum = false
nodes = { ha-node-1 = "unclean", ha-node-2 = "unclean" }
quorum = { ring = "3.4b", members = ["ha-node-3"], quorate = false, flags = [], blocked = true }
"#;

fn node(name: &str) -> NodeName {
    NodeName::new(name)
}

#[test]
fn a_split_is_two_partitions_the_quorate_one_shown() {
    let seen = after(SPLIT);
    let picture = seen.cluster.picture();
    assert!(picture.is_partitioned());
    let rings: Vec<_> = picture.partitions.iter().map(|partition| partition.ring.clone()).collect();
    assert_eq!(rings, [Some(RingId::new("1.4b")), Some(RingId::new("3.4b"))]);
    let quorate: Vec<_> = picture.partitions.iter().map(|partition| partition.quorate).collect();
    assert_eq!(quorate, [Some(true), Some(false)]);
    let dcs: Vec<_> = picture.partitions.iter().map(|partition| partition.dc.clone()).collect();
    assert_eq!(dcs, [Some(node("ha-node-1")), Some(node("ha-node-3"))]);
    let side = |name: &str| picture.node(&node(name)).and_then(|row| row.partition);
    assert_eq!([side("ha-node-1"), side("ha-node-2"), side("ha-node-3")], [Some(0), Some(0), Some(1)]);
}

#[test]
fn in_a_split_the_lost_node_is_unclean_and_yet_speaks() {
    let seen = after(SPLIT);
    let row = seen.cluster.picture().node(&node("ha-node-3")).expect("the node");
    assert_eq!(row.state, NodeState::UncleanOffline);
    assert!(matches!(row.sight, Sight::Speaking(Freshness::Live, _)), "{:?}", row.sight);
}

#[test]
fn a_split_is_a_disagreement_at_once() {
    let seen = after(&SPLIT.replace("at = 9", "at = 1"));
    let keys: Vec<&FactKey> = seen.cluster.disagreements(seen.now).map(|(key, _)| key).collect();
    assert!(keys.contains(&&FactKey::Ring) && keys.contains(&&FactKey::Members), "{keys:?}");
    assert!(!keys.contains(&&FactKey::Dc), "news that may be on its way counts only after a while: {keys:?}");
    let later = after(SPLIT);
    assert!(later.cluster.disagreements(later.now).any(|(key, _)| *key == FactKey::Dc));
}

#[test]
fn a_silent_witness_is_replaced() {
    let seen = after("at = 1");
    assert_eq!(seen.cluster.picture().witness.as_ref().map(|(key, _)| key.as_str()), Some("ha-node-1"));
    let later = after("at = 9\n[[case.step]]\nat = 1\nby = [\"ha-node-1\"]\nsilent = true");
    let (key, freshness) = later.cluster.picture().witness.clone().expect("a witness");
    assert_ne!(key.as_str(), "ha-node-1");
    assert_eq!(freshness, Freshness::Live);
}

#[test]
fn news_is_shown_before_the_dc_tells_it_but_a_lasting_difference_by_the_dc() {
    let news = "[[case.step]]\nat = 5\nby = [\"ha-node-2\"]\nnodes = { ha-node-3 = \"standby\" }";
    let witness = |toml: &str| {
        let seen = after(toml);
        seen.cluster.picture().witness.clone().map(|(key, _)| key.as_str().to_owned())
    };
    assert_eq!(witness(&format!("at = 6\n{news}")).as_deref(), Some("ha-node-2"), "the DC still tells the old");
    assert_eq!(witness(&format!("at = 7\n{news}")).as_deref(), Some("ha-node-1"), "two seconds later the DC is right");
    let both = news.replace("[\"ha-node-2\"]", "[\"ha-node-1\", \"ha-node-2\"]");
    assert_eq!(witness(&format!("at = 6\n{both}")).as_deref(), Some("ha-node-1"), "an echo is no news");
    let old = "[[case.step]]\nat = 2\nby = [\"ha-node-1\"]\nupdates = 31\n";
    assert_eq!(witness(&format!("at = 6\n{old}{news}")).as_deref(), Some("ha-node-1"), "what an older CIB says is old");
}

#[test]
fn what_is_shown_is_not_followed_by_what_was_seen_before_it() {
    let mut seen = after("at = 6\n[[case.step]]\nat = 5\nby = [\"ha-node-2\"]\nnodes = { ha-node-3 = \"standby\" }");
    let at = |ms: u64| seen.now + Duration::from_millis(ms);
    let times = [at(0), at(100), at(200), at(300)];
    let node_3 = |cluster: &hatui::model::Cluster| {
        let members = &cluster.picture().status.as_ref().expect("a status").members;
        members.iter().find(|member| member.name.as_str() == "ha-node-3").expect("a member").state()
    };
    assert_eq!(node_3(&seen.cluster), NodeState::Standby, "the news of the second node");
    // The DC's own look: how long it took, and a change that the second node has told long since.
    let tells = |cluster: &mut hatui::model::Cluster, at: Stamp, took: u64, running: u32| {
        let key = NodeKey::new("ha-node-1");
        let mut status =
            (**cluster.views()[&key].pacemaker.as_ref().expect("said").value.as_ref().expect("a status")).clone();
        for member in &mut status.members {
            if member.name.as_str() == "ha-node-3" {
                member.standby = Some(false);
                member.resources_running = Some(running);
            }
        }
        for seen in [Seen::Took(Duration::from_millis(took)), Seen::Pacemaker(Arc::new(status))] {
            cluster.apply(&Observation { node: key.clone(), at, seen });
        }
        cluster.refresh(at);
    };
    // Its look began before the second node's: it is older, though it came later.
    tells(&mut seen.cluster, times[1], 2000, 7);
    assert_eq!(node_3(&seen.cluster), NodeState::Standby, "what was before comes late");
    // The header of what is shown may come after the DC's.
    let key = NodeKey::new("ha-node-1");
    let mut header = seen.cluster.views()[&key].cib.as_ref().expect("a header").value;
    header.version.num_updates += 1;
    seen.cluster.apply(&Observation { node: key, at: times[2], seen: Seen::Cib(header) });
    seen.cluster.refresh(times[2]);
    assert_eq!(node_3(&seen.cluster), NodeState::Standby, "a newer header comes first");
    // A look that began later is the truth, whatever it tells.
    tells(&mut seen.cluster, times[3], 100, 8);
    assert_eq!(node_3(&seen.cluster), NodeState::Online, "the DC has looked since");
}

#[test]
fn the_last_witness_of_a_silent_cluster_is_told_with_its_age() {
    let seen = after("at = 30\n[[case.step]]\nat = 1\nsilent = true");
    let (_, freshness) = seen.cluster.picture().witness.clone().expect("a witness");
    assert_eq!(freshness, Freshness::Silent);
    assert!(!seen.cluster.picture().nodes.is_empty(), "what was known last stays in sight");
}

#[test]
fn nameless_peers_of_drbd_8_4_are_each_other() {
    let seen = after("base = \"two84\"\nat = 2");
    let replica = &seen.cluster.picture().replicas[0];
    assert_eq!(replica.ties.len(), 1);
    let tie = &replica.ties[0];
    assert_eq!((tie.a.as_str(), tie.b.as_str()), ("ha-node-1", "ha-node-2"));
    assert_eq!((&tie.a_says, &tie.b_says), (&Some(ConnectionState::Connected), &Some(ConnectionState::Connected)));
    assert_eq!((replica.volumes[0].up_to_date(), replica.volumes[0].wanted()), (2, 2));
}

#[test]
fn a_nameless_peer_that_never_spoke_is_still_a_copy() {
    let seen = after("base = \"two84\"\nunwatched = [\"ha-node-2\"]\nat = 2");
    let volume = &seen.cluster.picture().replicas[0].volumes[0];
    let copies: Vec<_> =
        volume.copies.iter().map(|copy| (copy.node.as_str(), copy.disk.clone(), copy.own_word)).collect();
    let good = Some(DiskState::UpToDate);
    assert_eq!(copies, [("ha-node-1", good.clone(), true), ("ha-node-2", good, false)]);
}

#[test]
fn a_peer_that_is_not_known_contradicts_nobody() {
    let seen = after(
        "base = \"two\"\nat = 9\n[[case.step]]\nat = 1\ndrbd.store = { connection = \"Connecting\", peer_disk = \"DUnknown\", \
         peer_role = \"Unknown\", replication = \"Off\" }",
    );
    assert_eq!(seen.cluster.disagreements(seen.now).count(), 0);
}

const STANDBY: &str = "[[case.step]]\nat = 3\nnodes = { ha-node-2 = \"standby\" }\n";

#[test]
fn a_finding_keeps_the_moment_it_began_while_other_things_change() {
    let first = after(&format!("at = 3\n{STANDBY}"));
    let later =
        after(&format!("at = 40\n{STANDBY}[[case.step]]\nat = 20\nfail_counts = [\"db ha-node-3 1/INFINITY\"]"));
    let of = |seen: &Outcome| {
        let found = seen.raw.iter().find(|finding| finding.key.rule == "node-standby").expect("standby").clone();
        (found.since, found.evidence[0].at)
    };
    assert_eq!(of(&first), of(&later));
}

#[test]
fn a_finding_that_comes_back_begins_anew() {
    let again = format!(
        "at = 30\n{STANDBY}[[case.step]]\nat = 10\nnodes = {{ ha-node-2 = \"online\" }}\n[[case.step]]\nat = 20\nnodes = {{ ha-node-2 = \"standby\" }}"
    );
    let (first, again) = (after(&format!("at = 3\n{STANDBY}")), after(&again));
    assert_eq!(again.since[0], first.since[0] + Duration::from_secs(17));
}

#[test]
fn output_that_could_not_be_read_is_past_when_the_whole_is_told_anew() {
    let unreadable = "[[case.step]]\nat = 1\nby = [\"ha-node-2\"]\nunreadable = { pacemaker = \"line 3\" }\n";
    let seen = after(&format!("at = 2\n{unreadable}"));
    assert_eq!(seen.findings.len(), 1, "{:?}", seen.findings);
    let later = after(&format!(
        "at = 4\n{unreadable}[[case.step]]\nat = 3\nby = [\"ha-node-2\"]\nfail_counts = []\nmixed = true"
    ));
    assert!(!later.findings.iter().any(|line| line.contains("unreadable")), "{:?}", later.findings);
}

#[test]
fn a_silent_node_is_silent_since_it_was_last_heard() {
    let seen = after("at = 12\n[[case.step]]\nat = 3\nby = [\"ha-node-3\"]\nsilent = true");
    let found = seen.raw.iter().find(|finding| finding.key.rule == "node-silent").expect("silence");
    assert_eq!(seen.now.since(found.since), Duration::from_secs(9));
}
