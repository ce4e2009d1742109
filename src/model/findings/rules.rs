//! The table of rules, causes before their consequences: that order is also the order of findings of one severity.

use super::look::Look;
use super::{
    Finding, Judgement, Rule, Severity, config, feeds, fencing, hosts, links, nodes, operations, quorum, replication,
    resources,
};
use crate::model::{Cluster, DrbdMode, Feed, View};
use crate::wire::Stamp;

/// What a rule cannot do without: while nobody fresh tells it, the rule can only repeat what was last known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// The status of the cluster.
    Status,
    /// Votes and membership.
    Quorum,
    /// Links.
    Links,
    /// Replication, or the word that there is none.
    Drbd,
    /// The options of the configuration.
    Options,
    /// Nothing: it speaks of what hatui itself sees.
    Nothing,
}

impl Need {
    fn is_met(self, look: &Look<'_>) -> bool {
        let told = |feed: Feed, by: &dyn Fn(&View) -> bool| look.fresh(feed).any(|(_, view)| by(view));
        match self {
            Self::Status => look.status_is_fresh(),
            Self::Quorum => look.status_is_fresh() || told(Feed::Corosync, &|view| view.quorum.is_some()),
            Self::Links => told(Feed::Corosync, &|view| view.links.is_some()),
            Self::Drbd => told(Feed::Drbd, &|view| view.drbd.is_some() || view.drbd_mode == Some(DrbdMode::Absent)),
            Self::Options => told(Feed::Pacemaker, &|view| view.options.is_some()),
            Self::Nothing => true,
        }
    }

    fn missing(self) -> &'static str {
        match self {
            Self::Status => "no node tells the status of the cluster now",
            Self::Quorum => "no node tells its quorum now",
            Self::Links => "no node tells its links now",
            Self::Drbd => "no node tells its replication now",
            Self::Options => "no node tells the options of the cluster now",
            Self::Nothing => "nothing",
        }
    }
}

/// The rules: the names of the findings they make, what they need, and how they judge.
const RULES: &[(&[&str], Need, Rule)] = &[
    (&["cluster-down", "blind"], Need::Nothing, feeds::blind),
    (&["split-cluster"], Need::Quorum, quorum::partitioned),
    (&["waits-for-all", "no-quorum"], Need::Quorum, quorum::no_quorum),
    (&["drbd-split-brain", "drbd-standalone", "drbd-two-primaries"], Need::Drbd, replication::replication),
    (
        &["node-unclean", "node-offline", "node-pending", "node-standby-on-fail", "node-standby", "node-maintenance"],
        Need::Status,
        nodes::states,
    ),
    (&["fencing-failed", "fencing-pending"], Need::Status, fencing::history),
    (&["two-without-fencing", "fencing-disabled", "no-fence-device"], Need::Status, fencing::available),
    (&["stop-all-resources", "maintenance-mode", "quorum-ignored"], Need::Status, config::modes),
    (&["no-dc"], Need::Status, quorum::no_dc),
    (&["resource-blocked", "resource-failed"], Need::Status, resources::failed),
    (&["resource-stopped"], Need::Status, resources::stopped),
    (&["resource-twice", "resource-orphaned", "resource-unmanaged"], Need::Status, resources::strange),
    (
        &[
            "drbd-suspended",
            "drbd-no-good-copy",
            "drbd-diskless",
            "drbd-inconsistent",
            "drbd-no-quorum",
            "drbd-resync-stalled",
            "drbd-resync-paused",
            "drbd-resync",
            "drbd-disconnected",
            "drbd-outdated",
            "drbd-not-up-to-date",
            "drbd-copies-missing",
            "drbd-differs",
            "drbd-verify",
        ],
        Need::Drbd,
        // Judged together with the connections above.
        |_| Vec::new(),
    ),
    (&["links-down", "link-down"], Need::Links, links::down),
    (&["link-disputed"], Need::Links, links::disputed),
    (&["link-slow"], Need::Links, links::slow),
    (&["quorum-fragile"], Need::Quorum, quorum::fragile),
    (&["quorum-disputed"], Need::Quorum, config::quorum_disputed),
    (&["fence-device-failed", "fence-device-stopped", "fence-device-unwatched"], Need::Status, fencing::devices),
    (&["no-watchdog"], Need::Options, fencing::watchdog),
    (&["no-pacemaker"], Need::Status, nodes::corosync_only),
    (&["fail-count"], Need::Status, operations::fail_counts),
    (&["operation-slow"], Need::Status, operations::slow),
    (&["shutdown-lock"], Need::Status, config::shutdown_lock),
    (&["left-over", "handler-constraint"], Need::Status, config::left_over),
    (&["node-health"], Need::Status, nodes::health),
    (&["node-shutdown"], Need::Status, nodes::shutdown),
    (&["dc-restless"], Need::Status, quorum::dc_restless),
    (&["versions-mixed"], Need::Status, nodes::versions),
    (&["drbd-service"], Need::Status, hosts::drbd_service),
    (&["clocks-apart", "own-clock"], Need::Nothing, hosts::clocks),
    (&["views-differ"], Need::Nothing, quorum::views_differ),
    (&["other-cluster", "node-refused", "node-silent", "feed-stale"], Need::Nothing, feeds::sight),
    (&["not-permitted", "tool-missing", "service-down", "tool-failed"], Need::Nothing, feeds::tools),
    (&["unreadable"], Need::Nothing, feeds::unreadable),
    (&["nameless", "not-watched"], Need::Nothing, feeds::unknown_nodes),
    (&["resource-disabled"], Need::Status, resources::disabled),
];

/// The names of all findings that there can be, causes first.
pub fn names() -> impl Iterator<Item = &'static str> {
    RULES.iter().flat_map(|(names, ..)| names.iter().copied())
}

/// Where a finding of a rule stands among those of its severity.
pub(in crate::model) fn rank(rule: &str) -> usize {
    names().position(|name| name == rule).unwrap_or(usize::MAX)
}

/// Everything the rules say of a cluster.
pub(in crate::model) fn judge(cluster: &Cluster, now: Stamp) -> Vec<Judgement> {
    let look = Look { cluster, picture: cluster.picture(), now };
    let mut judgements = Vec::new();
    for (names, need, rule) in RULES {
        if !need.is_met(&look) {
            judgements.extend(names.iter().map(|name| {
                let key = Finding::new(name, "cluster", Severity::Info, "", now).key;
                Judgement::Unknown(key, need.missing().into())
            }));
        }
        judgements.extend(rule(&look));
    }
    judgements
}
