//! Nodes: what the cluster says of each, and how hatui sees it.

use serde::Serialize;

use super::{age_ms, clean};
use crate::app::clock::rfc3339;
use crate::model::{Cluster, Feed, Freshness, Health, NodeKind, NodeRow, Sight, Trouble, TroubleKind, View};
use crate::wire::Stamp;

#[derive(Serialize)]
pub(super) struct Node {
    name: String,
    address: Option<String>,
    id: Option<u32>,
    kind: Option<String>,
    state: String,
    dc: bool,
    online: Option<bool>,
    standby: Option<bool>,
    maintenance: Option<bool>,
    pending: Option<bool>,
    unclean: Option<bool>,
    shutdown: Option<bool>,
    health: Option<Health>,
    resources: Option<u32>,
    partition: Option<usize>,
    cib: Option<String>,
    sight: SightOf,
    feeds: Vec<FeedOf>,
    versions: Vec<Version>,
}

#[derive(Serialize)]
struct SightOf {
    word: &'static str,
    freshness: Freshness,
    last_heard: Option<String>,
    age_ms: Option<u64>,
    trouble: Option<TroubleOf>,
}

#[derive(Serialize)]
struct TroubleOf {
    kind: TroubleKind,
    cause: String,
    help: String,
}

#[derive(Serialize)]
struct FeedOf {
    feed: Feed,
    freshness: Freshness,
    last_heard: Option<String>,
    ended: Option<String>,
    unreadable: Option<String>,
    failing: Vec<Failing>,
}

#[derive(Serialize)]
struct Failing {
    tool: String,
    since: String,
    kind: TroubleKind,
    cause: String,
    help: String,
}

#[derive(Serialize)]
struct Version {
    component: String,
    version: String,
}

pub(super) fn nodes(cluster: &Cluster, now: Stamp) -> Vec<Node> {
    cluster.picture().nodes.iter().map(|row| node(cluster, row, now)).collect()
}

fn node(cluster: &Cluster, row: &NodeRow, now: Stamp) -> Node {
    let view = row.key.as_ref().and_then(|key| cluster.views().get(key));
    let member = row.member.as_ref();
    Node {
        name: row.name.to_string(),
        address: row.key.as_ref().map(|key| clean(key.as_str())),
        id: row.id.map(|id| id.0),
        kind: member.map(|member| match &member.kind {
            NodeKind::Member => "member".to_owned(),
            NodeKind::Remote => "remote".to_owned(),
            NodeKind::Guest(_) => "guest".to_owned(),
            NodeKind::Other(word) => word.to_string(),
        }),
        state: row.state.word().to_owned(),
        dc: row.is_dc,
        online: member.and_then(|member| member.online),
        standby: member.and_then(|member| member.standby),
        maintenance: member.and_then(|member| member.maintenance),
        pending: member.and_then(|member| member.pending),
        unclean: member.and_then(|member| member.unclean),
        shutdown: member.and_then(|member| member.shutdown),
        health: member.and_then(|member| member.health),
        resources: row.running,
        partition: row.partition,
        cib: view.and_then(|view| view.cib.as_ref()).map(|said| said.value.version.to_string()),
        sight: sight(&row.sight, view, now),
        feeds: view.map(|view| feeds(view, now)).unwrap_or_default(),
        versions: view
            .map(|view| view.versions.as_slice())
            .unwrap_or_default()
            .iter()
            .map(|(component, version)| Version { component: component.to_string(), version: version.to_string() })
            .collect(),
    }
}

fn sight(sight: &Sight, view: Option<&View>, now: Stamp) -> SightOf {
    let (word, trouble) = match sight {
        Sight::NotWatched => ("not watched", None),
        Sight::ModelOnly => ("model only", None),
        Sight::Connecting(_) => ("connecting", None),
        Sight::Speaking(..) => ("speaking", None),
        Sight::Refused(trouble) => ("refused", Some(trouble)),
        Sight::Lost { trouble, .. } => ("lost", Some(trouble)),
    };
    let heard = view.and_then(View::last_heard);
    SightOf {
        word,
        freshness: Freshness::of(heard, now),
        last_heard: heard.map(rfc3339),
        age_ms: heard.map(|heard| age_ms(heard, now)),
        trouble: trouble.map(trouble_of),
    }
}

fn trouble_of(trouble: &Trouble) -> TroubleOf {
    TroubleOf { kind: trouble.kind, cause: trouble.cause.to_string(), help: trouble.hint.to_string() }
}

fn feeds(view: &View, now: Stamp) -> Vec<FeedOf> {
    let one = |feed: Feed| FeedOf {
        feed,
        freshness: view.feed_freshness(feed, now),
        last_heard: view.heard.get(&feed).copied().map(rfc3339),
        ended: view.ended.get(&feed).map(|said| said.value.to_string()),
        unreadable: view.unreadable.get(&feed).map(|said| said.value.to_string()),
        failing: view
            .failing
            .iter()
            .filter(|((of, _), _)| *of == feed)
            .map(|((_, tool), said)| Failing {
                tool: tool.to_string(),
                since: rfc3339(said.since),
                kind: said.value.kind,
                cause: said.value.cause.to_string(),
                help: said.value.hint.to_string(),
            })
            .collect(),
    };
    Feed::ALL.map(one).into()
}
