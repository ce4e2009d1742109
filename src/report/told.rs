//! What any node tells now: a list that is empty because nobody speaks is not a list that is told to be empty.

use crate::model::{Cluster, DrbdMode, Feed, Freshness, View};
use crate::wire::Stamp;

fn any(cluster: &Cluster, feed: Feed, now: Stamp, tells: impl Fn(&View) -> bool) -> bool {
    cluster.views().values().any(|view| view.feed_freshness(feed, now) <= Freshness::Late && tells(view))
}

/// Whether any node tells its votes now.
pub(super) fn quorum(cluster: &Cluster, now: Stamp) -> bool {
    any(cluster, Feed::Corosync, now, |view| view.quorum.is_some())
}

/// Whether any node tells its links now.
pub(super) fn links(cluster: &Cluster, now: Stamp) -> bool {
    any(cluster, Feed::Corosync, now, |view| view.links.is_some())
}

/// Whether any node tells its replication now, or that there is none.
pub(super) fn replication(cluster: &Cluster, now: Stamp) -> bool {
    any(cluster, Feed::Drbd, now, |view| view.drbd.is_some() || view.drbd_mode == Some(DrbdMode::Absent))
}
