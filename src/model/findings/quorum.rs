//! Votes: whether there is quorum, and whether it would survive another loss.

use super::{Finding, FindingKey, Judgement, Look, Severity};
use crate::model::{Freshness, Text};

/// A partition without quorum stops or freezes its services.
pub(super) fn no_quorum(look: &Look<'_>) -> Vec<Judgement> {
    let mut judgements = Vec::new();
    let mut told = false;
    for (key, view) in look.cluster.views() {
        let Some(quorum) = view.quorum.as_ref() else { continue };
        if view.freshness(look.now) > Freshness::Late {
            continue;
        }
        match quorum.value.quorate {
            Some(true) => told = true,
            Some(false) => {
                told = true;
                let votes = match (quorum.value.total_votes, quorum.value.quorum) {
                    (Some(total), Some(needed)) => format!("{total} of {needed} votes needed"),
                    _ => "not enough votes".to_owned(),
                };
                let words = format!("no quorum on {key}: {votes}; its services stop or freeze");
                judgements.push(Judgement::Fires(
                    Finding::new("no-quorum", key.as_str(), Severity::Critical, words, quorum.since)
                        .said(key, quorum.since, "Quorate: No")
                        .help("corosync-quorumtool -s on each node; bring the missing nodes back"),
                ));
            }
            None => {}
        }
    }
    if !told {
        let key = FindingKey { rule: "no-quorum", subject: Text::new("cluster") };
        judgements.push(Judgement::Unknown(key, Text::new("no node tells its quorum")));
    }
    judgements
}
