//! A link that is lost: answered from the model, since the scheduler knows nothing of links.

use std::collections::{BTreeMap, BTreeSet};

use super::super::intent::list;
use super::super::situation::Situation;
use super::{Answer, Outlook, Question, Reason, votes};
use crate::model::{LinkState, NodeName};

/// What would be if a link were down between all nodes.
pub(super) fn answer(number: u32, situation: Situation<'_>) -> Answer {
    let question = Question::LinkDown(number);
    let rows = &situation.cluster.picture().links;
    if rows.is_empty() {
        let words = "no node tells its links now";
        return Answer::of_reasons(question, situation, vec![Reason::new(Outlook::Unknown, words)]);
    }
    let mut left: BTreeMap<(&NodeName, &NodeName), Vec<u32>> = BTreeMap::new();
    for row in rows {
        let connected = left.entry((&row.a, &row.b)).or_default();
        if row.number != number && row.state() == Some(&LinkState::Connected) {
            connected.push(row.number);
        }
    }
    let mut reasons = Vec::new();
    let mut broken = Vec::new();
    for ((a, b), connected) in &left {
        match connected.as_slice() {
            [] => broken.push((*a, *b)),
            [one] => {
                reasons.push(Reason::new(Outlook::Fine, format!("{a} and {b} are left with link {one} only")));
            }
            more => reasons.push(Reason::new(Outlook::Fine, format!("{a} and {b} keep links {}", list(more)))),
        }
    }
    let mut kept = Some(true);
    if !broken.is_empty() {
        for (a, b) in &broken {
            let words = format!("{a} and {b} have no link left");
            reasons.push(Reason::new(Outlook::Degraded, words).help("bring another link up first: `:quorum`"));
        }
        let nodes: BTreeSet<&NodeName> = left.keys().flat_map(|(a, b)| [*a, *b]).collect();
        let joined: Vec<(&NodeName, &NodeName)> =
            left.iter().filter(|(_, connected)| !connected.is_empty()).map(|(pair, _)| *pair).collect();
        let parts = parts(&nodes, &joined);
        let (reason, quorum) = partitioned(&parts, situation);
        reasons.extend(reason);
        kept = quorum;
    }
    let mut answer = Answer::of_reasons(question, situation, reasons);
    answer.quorum = kept;
    answer
}

/// The nodes that still reach each other, each set once.
fn parts(nodes: &BTreeSet<&NodeName>, joined: &[(&NodeName, &NodeName)]) -> Vec<Vec<NodeName>> {
    let mut parts: Vec<BTreeSet<&NodeName>> = nodes.iter().map(|node| BTreeSet::from([*node])).collect();
    for (a, b) in joined {
        let (with, without): (Vec<_>, Vec<_>) =
            parts.into_iter().partition(|part: &BTreeSet<&NodeName>| part.contains(a) || part.contains(b));
        parts = without;
        parts.push(with.into_iter().flatten().collect());
    }
    parts.sort();
    parts.into_iter().map(|part| part.into_iter().cloned().collect()).collect()
}

/// What comes of it when some pairs do not reach each other; whether any side keeps quorum.
fn partitioned(parts: &[Vec<NodeName>], situation: Situation<'_>) -> (Vec<Reason>, Option<bool>) {
    if parts.len() < 2 {
        let words = "Corosync needs every pair to reach each other: which nodes would stay together is not known";
        return (vec![Reason::new(Outlook::Unknown, words)], None);
    }
    let mut reasons = Vec::new();
    let sides = votes::sides(situation, parts);
    for (side, votes) in &sides {
        let words = match votes.kept {
            Some(true) => format!("{side} would be a partition with quorum"),
            Some(false) => format!("{side} would be a partition without quorum: it stops its services, or is fenced"),
            None => format!("{side} would be a partition, whether with quorum is not known: {}", votes.why),
        };
        reasons.push(Reason::new(Outlook::Degraded, words));
    }
    let with = sides.iter().filter(|(_, votes)| votes.kept == Some(true)).count();
    let unknown = sides.iter().any(|(_, votes)| votes.kept.is_none());
    let kept = match with {
        0 if unknown => {
            reasons.push(Reason::new(Outlook::Unknown, "whether any side keeps quorum is not known"));
            None
        }
        0 => {
            reasons.push(Reason::new(Outlook::Down, "no side keeps quorum: all services stop"));
            Some(false)
        }
        1 => {
            let winner = sides.iter().find(|(_, votes)| votes.kept == Some(true)).map_or("", |(side, _)| side.as_str());
            let losers: Vec<&NodeName> = parts.iter().filter(|part| list(part) != winner).flatten().collect();
            let words = format!("{winner} would fence {}, and take over what runs there", list(&losers));
            reasons.push(Reason::new(Outlook::Degraded, words).help("hatui what-if node-down NODE… tells where"));
            Some(true)
        }
        _ => {
            let words = "more than one side keeps quorum: they fence each other, and whoever is first goes on";
            reasons.push(Reason::new(Outlook::Degraded, words));
            Some(true)
        }
    };
    (reasons, kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_that_reach_each_other_over_others_are_one_part() {
        let names: Vec<NodeName> = ["a", "b", "c", "d"].map(NodeName::new).to_vec();
        let [a, b, c, d] = &names[..] else { panic!() };
        let nodes = names.iter().collect();
        assert_eq!(parts(&nodes, &[(a, b), (c, b)]), [vec![a.clone(), b.clone(), c.clone()], vec![d.clone()]]);
        assert_eq!(parts(&nodes, &[]).len(), 4);
    }
}
