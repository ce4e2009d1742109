//! Whether two nodes can be of one cluster.
//!
//! Only what a split of one cluster cannot show counts against it: both halves of a split go on with the names, the node
//! list and the numbers that they had together. Where nothing tells, nothing is said.

use core::time::Duration;

use super::{Feed, Freshness, NodeId, NodeKind, NodeName, RingId, Text, View};
use crate::wire::Stamp;

/// How long a difference must have stood before it is no news on its way: more than three slow looks.
const STANDS: Duration = Duration::from_mins(1);

/// Why `node` is not of the cluster that `other` is of, as said of `node`; `None`: it may be.
pub fn strangers(node: &View, other: &View, now: Stamp) -> Option<Text> {
    let speaks = |view: &View, feed: Feed| view.feed_freshness(feed, now) <= Freshness::Late;
    if !speaks(node, Feed::Pacemaker) || !speaks(other, Feed::Pacemaker) {
        return None;
    }
    let (me, peer) = (node.name()?, other.name()?);
    if node.status().is_some() && other.status().is_some() && !knows(node, peer) && !knows(other, me) {
        let words = format!("its cluster does not know {peer}, and that of {peer} does not know it");
        return Some(Text::from(words));
    }
    let rings = match (ring(node), ring(other)) {
        _ if !speaks(node, Feed::Corosync) || !speaks(other, Feed::Corosync) => None,
        (Some((mine, since)), Some((theirs, others_since))) => Some((mine == theirs, since.max(others_since))),
        _ => None,
    };
    let apart = rings.is_some_and(|(same, _)| !same);
    if let (Some((mine, since)), Some((theirs, others_since))) = (cluster_name(node), cluster_name(other))
        && mine != theirs
        // A new name takes a moment to go round within a membership.
        && (apart || now.since(since.max(others_since)) >= STANDS)
    {
        return Some(Text::from(format!("its cluster is named {mine}, that of {peer} is named {theirs}")));
    }
    if apart && let Some((name, mine, theirs)) = other_number(node, other) {
        let words = format!("{name} is number {mine} in its cluster, and number {theirs} in that of {peer}");
        return Some(Text::from(words));
    }
    // One node reached in two ways is in one membership, whichever way it tells of it.
    if apart && me == peer && rings.is_some_and(|(_, since)| now.since(since) >= STANDS) {
        let words = format!("it is named {me} as another node is, and is in another membership");
        return Some(Text::from(words));
    }
    None
}

/// Whether a node's Pacemaker or Corosync knows a name.
fn knows(view: &View, name: &NodeName) -> bool {
    let pacemaker = view.status().is_some_and(|status| status.members.iter().any(|member| member.name == *name));
    let members = view.quorum.as_ref().map(|said| said.value.members.as_slice()).unwrap_or_default();
    pacemaker || members.iter().any(|voter| voter.name == *name)
}

/// The membership that a node is in, and since when it says just this.
fn ring(view: &View) -> Option<(&RingId, Stamp)> {
    let said = view.quorum.as_ref()?;
    Some((said.value.ring.as_ref()?, said.since))
}

/// The name that a node's configuration gives the cluster, and since when.
fn cluster_name(view: &View) -> Option<(&Text, Stamp)> {
    let said = view.options.as_ref()?;
    let (_, name) = said.value.iter().find(|(option, value)| *option == "cluster-name" && !value.is_empty())?;
    Some((name, said.since))
}

/// A member that has one number by the one's word and another by the other's.
fn other_number<'a>(node: &'a View, other: &View) -> Option<(&'a NodeName, NodeId, NodeId)> {
    let theirs = &other.status()?.members;
    node.status()?.members.iter().filter(|member| member.kind == NodeKind::Member).find_map(|member| {
        let same = theirs.iter().find(|their| their.name == member.name && their.kind == NodeKind::Member)?;
        let (mine, their) = (member.id?, same.id?);
        (mine != their).then_some((&member.name, mine, their))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Contact, Identity, Member, Observation, PacemakerStatus, QuorumStatus, Seen, Voter};
    use crate::wire::NodeKey;

    /// What a node says: its name, its node list with numbers, its ring, the name of its cluster.
    struct Says<'a> {
        name: &'a str,
        list: &'a [(&'a str, u32)],
        ring: &'a str,
        cluster: Option<&'a str>,
    }

    const TWO: &[(&str, u32)] = &[("ha-node-1", 1), ("ha-node-2", 2)];

    fn says<'a>(name: &'a str, list: &'a [(&'a str, u32)], ring: &'a str, cluster: &'a str) -> Says<'a> {
        Says { name, list, ring, cluster: Some(cluster) }
    }

    fn second(second: u64) -> Stamp {
        Stamp::from_secs(1000 + second)
    }

    /// A view of it that is fresh at `now` and has said so since `since`.
    fn view(says: &Says<'_>, since: Stamp, now: Stamp) -> View {
        let mut view = View::new(Contact::Connected, since);
        let member = |(name, id): &(&str, u32)| Member { id: Some(NodeId(*id)), ..Member::named(name) };
        let members = says.list.iter().map(member).collect();
        let voters =
            says.list.iter().map(|(name, id)| Voter { id: NodeId(*id), votes: None, name: NodeName::new(name) });
        let quorum =
            QuorumStatus { ring: Some(RingId::new(says.ring)), members: voters.collect(), ..QuorumStatus::default() };
        let identity = Identity { host: Text::new("host"), name: Some(NodeName::new(says.name)), uid: Some(0) };
        let mut seen = vec![
            Seen::Hello(Feed::Pacemaker, identity),
            Seen::Pacemaker(Arc::new(PacemakerStatus { members, ..PacemakerStatus::default() })),
        ];
        if !says.ring.is_empty() {
            seen.push(Seen::Quorum(Box::new(quorum)));
        }
        seen.extend(says.cluster.map(|name| Seen::Options(vec![(Text::new("cluster-name"), Text::new(name))])));
        let mut hear = |seen: Seen, at: Stamp| view.apply(&Observation { node: NodeKey::new("x"), at, seen });
        for seen in seen {
            hear(seen, since);
        }
        for feed in [Feed::Pacemaker, Feed::Corosync] {
            hear(Seen::Beat(feed), now);
        }
        view
    }

    /// The verdict on two nodes that have said so for `stood` seconds.
    fn judged(a: &Says<'_>, b: &Says<'_>, stood: u64) -> Option<String> {
        let now = second(stood);
        strangers(&view(a, second(0), now), &view(b, second(0), now), now).map(|why| why.to_string())
    }

    #[test]
    fn halves_of_a_split_are_of_one_cluster() {
        let split = |ring| says("ha-node-2", TWO, ring, "shop");
        assert_eq!(judged(&says("ha-node-1", TWO, "1.4", "shop"), &split("2.8"), 600), None);
        assert_eq!(judged(&says("ha-node-1", TWO, "1.4", "shop"), &split("1.4"), 600), None);
        // A node that was removed on one half is still known by the other way round.
        let removed = says("ha-node-1", &TWO[..1], "1.c", "shop");
        assert_eq!(judged(&removed, &split("2.8"), 600), None);
        // One that joins for the first time knows only itself; Corosync knows it already.
        let new = says("ha-node-3", &[("ha-node-3", 3)], "1.10", "shop");
        let three: &[(&str, u32)] = &[("ha-node-1", 1), ("ha-node-2", 2), ("ha-node-3", 3)];
        assert_eq!(judged(&new, &says("ha-node-1", three, "1.10", "shop"), 0), None);
    }

    #[test]
    fn clusters_that_do_not_know_each_other_are_two() {
        let other = says("db-1", &[("db-1", 1), ("db-2", 2)], "1.4", "base");
        let why = judged(&other, &says("ha-node-1", TWO, "1.4", "shop"), 0).unwrap();
        assert_eq!(why, "its cluster does not know ha-node-1, and that of ha-node-1 does not know it");
    }

    #[test]
    fn two_clusters_with_the_same_names_of_nodes_are_told_apart_by_their_own() {
        let (shop, base) = (says("ha-node-1", TWO, "1.4", "shop"), says("ha-node-2", TWO, "1.8", "base"));
        let why = judged(&base, &shop, 0).unwrap();
        assert_eq!(why, "its cluster is named base, that of ha-node-1 is named shop");
        // Within a membership, or where none is told, a new name may be on its way.
        for ring in ["1.4", ""] {
            let base = says("ha-node-2", TWO, ring, "base");
            assert_eq!(judged(&base, &shop, 59), None, "{ring:?}");
            assert!(judged(&base, &shop, 60).is_some(), "{ring:?}");
        }
        // A cluster without a name tells nothing.
        let nameless = Says { name: "ha-node-2", list: TWO, ring: "1.8", cluster: None };
        assert_eq!(judged(&nameless, &shop, 600), None);
    }

    #[test]
    fn one_name_with_two_numbers_is_two_nodes() {
        let swapped: &[(&str, u32)] = &[("ha-node-1", 2), ("ha-node-2", 1)];
        let (a, b) = (says("ha-node-1", TWO, "1.4", "shop"), says("ha-node-2", swapped, "1.8", "shop"));
        let why = judged(&b, &a, 0).unwrap();
        assert_eq!(why, "ha-node-1 is number 2 in its cluster, and number 1 in that of ha-node-1");
        assert_eq!(judged(&says("ha-node-2", swapped, "1.4", "shop"), &a, 600), None, "one membership");
    }

    #[test]
    fn one_name_in_two_memberships_is_two_nodes() {
        let (a, b) = (says("ha-node-1", TWO, "1.4", "shop"), says("ha-node-1", TWO, "1.8", "shop"));
        assert_eq!(judged(&b, &a, 59), None, "a node reached in two ways, between two looks");
        let why = judged(&b, &a, 60).unwrap();
        assert_eq!(why, "it is named ha-node-1 as another node is, and is in another membership");
        assert_eq!(judged(&a, &a, 600), None);
    }

    #[test]
    fn what_was_said_long_ago_counts_for_nothing() {
        let other = says("db-1", &[("db-1", 1)], "1.4", "base");
        let (now, then) = (second(100), second(0));
        let (old, fresh) = (view(&other, then, then), view(&says("ha-node-1", TWO, "1.4", "shop"), now, now));
        assert_eq!(strangers(&old, &fresh, now), None);
        assert_eq!(strangers(&fresh, &old, now), None);
    }
}
