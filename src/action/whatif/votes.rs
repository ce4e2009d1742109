//! Votes that are left when nodes are lost: Corosync's arithmetic.

use super::super::intent::list;
use super::super::situation::Situation;
use super::{Outlook, Reason};
use crate::model::NodeName;

/// The votes without some nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::action) struct Votes {
    /// Votes that are left; `None`: not known.
    pub(in crate::action) left: Option<u32>,
    /// Votes that are needed; `None`: not known.
    pub(in crate::action) needed: Option<u32>,
    /// Whether those that are left keep quorum; `None`: it cannot be told.
    pub(in crate::action) kept: Option<bool>,
    /// Why it cannot be told, or what decides besides the count; empty: the count alone.
    pub(in crate::action) why: String,
}

impl Votes {
    fn unknown(why: impl Into<String>) -> Self {
        Self { left: None, needed: None, kept: None, why: why.into() }
    }

    /// The votes of the partition that is shown, without these nodes.
    pub(in crate::action) fn without(situation: Situation<'_>, lost: &[NodeName]) -> Self {
        if situation.has_quorum() == Some(false) {
            return Self { kept: Some(false), ..Self::unknown("there is no quorum even now") };
        }
        let picture = situation.cluster.picture();
        let Some(quorum) = picture.quorum.as_ref().filter(|_| !picture.partitions.is_empty()) else {
            return Self::unknown("no node tells its Corosync's votes now");
        };
        let (Some(total), Some(needed)) = (quorum.total_votes, quorum.quorum) else {
            return Self::unknown("Corosync does not tell how many votes there are and are needed");
        };
        let mut gone = 0_u32;
        for node in lost {
            let id = picture.node(node).and_then(|row| row.id);
            let voter = quorum.members.iter().find(|voter| voter.name == *node || Some(voter.id) == id);
            match voter.map(|voter| voter.votes) {
                Some(Some(own)) => gone = gone.saturating_add(own),
                Some(None) => return Self::unknown(format!("the votes of {node} are not told")),
                // Who is no member now has no vote that could be lost.
                None => {}
            }
        }
        let left = total.saturating_sub(gone);
        let present = quorum.members.iter().filter(|voter| {
            let row = picture.nodes.iter().find(|row| row.id == Some(voter.id));
            !lost.contains(&voter.name) && row.is_none_or(|row| !lost.contains(&row.name))
        });
        if present.count() == 0 {
            let why = "no node is left".to_owned();
            return Self { left: Some(left), needed: Some(needed), kept: Some(false), why };
        }
        let mut votes = Self { left: Some(left), needed: Some(needed), kept: Some(left >= needed), why: String::new() };
        if quorum.has_flag("2Node") {
            "one of two is enough (two_node)".clone_into(&mut votes.why);
        } else if left >= needed && quorum.qdevice_votes.is_some_and(|device| left.saturating_sub(device) < needed) {
            "with the votes of the quorum device, if it gives them to the nodes that are left"
                .clone_into(&mut votes.why);
        } else if left < needed && quorum.has_flag("AutoTieBreaker") && left.saturating_mul(2) >= total {
            votes.kept = None;
            "half of the votes are left: the tie breaker decides".clone_into(&mut votes.why);
        }
        votes
    }

    /// What is to be said of it.
    pub(in crate::action) fn reason(&self) -> Reason {
        let besides = if self.why.is_empty() { String::new() } else { format!(": {}", self.why) };
        let count = match (self.left, self.needed) {
            (Some(1), Some(needed)) => format!(" (1 vote is left, {needed} needed)"),
            (Some(left), Some(needed)) => format!(" ({left} votes are left, {needed} needed)"),
            _ => String::new(),
        };
        match self.kept {
            Some(true) => Reason::new(Outlook::Fine, format!("quorum is kept{count}{besides}")),
            Some(false) => Reason::new(Outlook::Down, format!("quorum is lost{count}{besides}"))
                .help("bring more nodes back first"),
            None => {
                let reason =
                    Reason::new(Outlook::Unknown, format!("whether quorum is kept is not known{count}{besides}"));
                let untold = self.left.is_none();
                if untold { reason.help("`hatui status` tells what keeps Corosync from being read") } else { reason }
            }
        }
    }
}

/// Both sides of a partition: the members of each, and whether it keeps quorum.
pub(super) fn sides(situation: Situation<'_>, sides: &[Vec<NodeName>]) -> Vec<(String, Votes)> {
    let all: Vec<&NodeName> = sides.iter().flatten().collect();
    let others = |side: &Vec<NodeName>| -> Vec<NodeName> {
        all.iter().filter(|node| !side.contains(node)).map(|node| (*node).clone()).collect()
    };
    sides.iter().map(|side| (list(side), Votes::without(situation, &others(side)))).collect()
}
