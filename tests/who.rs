//! Who is who: names, clusters and members, on simulated clusters in paused time.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test")]

use std::sync::Arc;
use std::time::Duration;

use hatui::app::{App, Effect, Event, Key, Source, completions};
use hatui::model::{
    Cluster, Contact, Freshness, Member, NodeKind, NodeName, Observation, PacemakerStatus, ResourceId, Seen, Sight,
    TroubleKind,
};
use hatui::observe::FeedOptions;
use hatui::runtime::keeper::Watched;
use hatui::runtime::{Clock, Crew};
use hatui::sim::{Scenario, Sim};
use hatui::transport::{SimulatedCluster, Transport};
use hatui::wire::{NodeKey, Stamp};
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, timeout_at};

const TWO_NODES: &str = include_str!("../src/sim/scenarios/two-nodes.toml");

/// A session with nodes of any simulated cluster, under any address.
struct Session {
    app: App,
    crew: Crew,
    seen: Receiver<Event>,
    clock: Clock,
}

fn clock() -> Clock {
    Clock::starting_at(Stamp::from_secs(1_767_621_600))
}

fn simulated(scenario: &str, clock: Clock) -> SimulatedCluster {
    let sim = Sim::new(&Scenario::from_toml(scenario).unwrap(), 7, clock.now());
    SimulatedCluster::new(sim, move || clock.now())
}

impl Session {
    /// Each node by the address that hatui has for it, its cluster, and the name that the cluster has for it.
    fn start(nodes: &[(&str, &SimulatedCluster, &str)], clock: Clock) -> Self {
        let watched: Vec<_> = nodes
            .iter()
            .map(|(address, cluster, name)| Watched {
                key: NodeKey::new(address),
                transport: Transport::Simulated((*cluster).clone(), NodeKey::new(name)),
                options: FeedOptions::default(),
            })
            .collect();
        let keys: Vec<_> = watched.iter().map(|node| node.key.clone()).collect();
        let app = App::new(Source::Real, None, &keys, clock.now());
        let (crew, _, seen) = Crew::start(watched, clock);
        Self { app, crew, seen, clock }
    }

    /// Takes in what comes for as long as `more` says so, and at most for `limit`; whether `more` ended it.
    async fn go_on(&mut self, limit: Duration, more: impl Fn(&App) -> bool) -> bool {
        let start = Instant::now();
        let mut tick = start;
        while start.elapsed() < limit {
            let event = if let Ok(event) = timeout_at(tick, self.seen.recv()).await {
                event.unwrap()
            } else {
                tick += Duration::from_millis(500);
                Event::Tick
            };
            for effect in self.app.update(event, self.clock.now()) {
                if let Effect::Dismiss(node, _) = effect {
                    self.crew.dismiss(&node);
                }
            }
            if !more(&self.app) {
                return true;
            }
        }
        false
    }

    async fn until(&mut self, what: &str, limit: Duration, wanted: impl Fn(&App) -> bool) {
        let came = self.go_on(limit, |app| !wanted(app)).await;
        assert!(came, "waited {limit:?} for: {what}\n{:#?}", self.app.live().picture().nodes);
    }
}

/// The nodes that are left out because they are of another cluster, and why.
fn left_out(app: &App) -> Vec<(String, String)> {
    let views = app.live().views().iter();
    let others = views.filter_map(|(key, view)| match &view.contact.value {
        Contact::Refused(trouble) if trouble.kind == TroubleKind::OtherCluster => {
            Some((key.to_string(), trouble.cause.to_string()))
        }
        _ => None,
    });
    others.collect()
}

fn live(app: &App, name: &str) -> bool {
    let row = app.live().picture().node(&NodeName::new(name));
    row.is_some_and(|row| matches!(row.sight, Sight::Speaking(Freshness::Live, _)))
}

#[tokio::test(start_paused = true)]
async fn a_node_is_called_what_its_cluster_calls_it_whatever_its_address() {
    let clock = clock();
    let cluster = simulated(TWO_NODES, clock);
    // The addresses even cross: each is the other's name.
    let nodes = [("ha-node-2", &cluster, "ha-node-1"), ("192.0.2.7", &cluster, "ha-node-2")];
    let mut session = Session::start(&nodes, clock);
    session
        .until("both nodes and their copies", Duration::from_secs(20), |app| {
            let copies = app.live().picture().replicas.first().map(|replica| replica.volumes[0].copies.len());
            live(app, "ha-node-1") && live(app, "ha-node-2") && copies == Some(2)
        })
        .await;
    let rows: Vec<_> = session.app.live().picture().nodes.iter().collect();
    let told: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.key.as_ref().unwrap().as_str())).collect();
    assert_eq!(told, [("ha-node-1", "ha-node-2"), ("ha-node-2", "192.0.2.7")]);
    // What a node says is put down under its name: its own copy, of which only it can speak.
    let copies = &session.app.live().picture().replicas[0].volumes[0].copies;
    let words: Vec<_> = copies.iter().map(|copy| copy.node.as_str()).collect();
    assert_eq!(words, ["ha-node-1", "ha-node-2"]);
}

fn keys(left_out: &[(String, String)]) -> Vec<&str> {
    left_out.iter().map(|(key, _)| key.as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn of_two_clusters_that_of_the_first_named_node_is_shown() {
    let clock = clock();
    let shop = simulated(TWO_NODES, clock);
    let base = simulated(&TWO_NODES.replace("ha-node-", "db-").replace("my_cluster", "base"), clock);
    let nodes = [
        ("z-shop-1", &shop, "ha-node-1"),
        ("a-base-1", &base, "db-1"),
        ("b-base-2", &base, "db-2"),
        ("y-shop-2", &shop, "ha-node-2"),
    ];
    let mut session = Session::start(&nodes, clock);
    session.until("two nodes left out", Duration::from_secs(20), |app| left_out(app).len() == 2).await;
    session.go_on(Duration::from_secs(30), |_| true).await;
    let out = left_out(&session.app);
    assert_eq!(keys(&out), ["a-base-1", "b-base-2"]);
    assert!(out[0].1.contains("does not know it"), "{out:?}");
    // Nothing of what they said is left.
    let picture = session.app.live().picture();
    assert_eq!(picture.status.as_ref().unwrap().members.len(), 2);
    assert!(live(&session.app, "ha-node-1") && live(&session.app, "ha-node-2"));
    let findings: Vec<_> = session.app.live().findings().iter().map(|finding| finding.words.to_string()).collect();
    assert!(
        findings.iter().any(|words| words == "a-base-1 belongs to another cluster: it is left out"),
        "{findings:?}"
    );
    assert!(session.app.raw_of(&NodeKey::new("a-base-1")).next().is_none());
}

#[tokio::test(start_paused = true)]
async fn of_two_clusters_whose_first_node_does_not_speak_the_next_decides() {
    let clock = clock();
    let shop = simulated(TWO_NODES, clock);
    let base = simulated(&TWO_NODES.replace("ha-node-", "db-").replace("my_cluster", "base"), clock);
    shop.inject('k').unwrap();
    let nodes = [("shop-1", &shop, "ha-node-1"), ("x-base-1", &base, "db-1"), ("a-shop-2", &shop, "ha-node-2")];
    let mut session = Session::start(&nodes, clock);
    session.until("a node left out", Duration::from_secs(20), |app| left_out(app).len() == 1).await;
    assert_eq!(keys(&left_out(&session.app)), ["a-shop-2"]);
}

#[tokio::test(start_paused = true)]
async fn two_clusters_whose_nodes_have_the_same_names_are_told_apart() {
    let clock = clock();
    let shop = simulated(TWO_NODES, clock);
    let base = simulated(&TWO_NODES.replace("my_cluster", "base"), clock);
    let nodes = [("shop-1", &shop, "ha-node-1"), ("base-1", &base, "ha-node-1"), ("base-2", &base, "ha-node-2")];
    let mut session = Session::start(&nodes, clock);
    session.until("the other cluster left out", Duration::from_secs(80), |app| left_out(app).len() == 2).await;
    let out = left_out(&session.app);
    assert_eq!(keys(&out), ["base-1", "base-2"]);
    assert!(out.iter().all(|(_, why)| why.contains("named base") || why.contains("another membership")), "{out:?}");
}

#[tokio::test(start_paused = true)]
async fn both_halves_of_a_split_are_of_one_cluster() {
    for scenario in [TWO_NODES, include_str!("../src/sim/scenarios/three-nodes.toml")] {
        let clock = clock();
        // Without fencing the halves go on side by side.
        let cluster = simulated(&scenario.replace("stonith = true", "stonith = false"), clock);
        let keys = cluster.nodes();
        let nodes: Vec<_> = keys.iter().map(|key| (key.as_str(), &cluster, key.as_str())).collect();
        let mut session = Session::start(&nodes, clock);
        session.until("all nodes", Duration::from_secs(20), |app| keys.iter().all(|key| live(app, key.as_str()))).await;
        cluster.inject('s').unwrap();
        session.until("the split", Duration::from_secs(20), |app| app.live().picture().is_partitioned()).await;
        session.go_on(Duration::from_mins(3), |app| left_out(app).is_empty()).await;
        assert_eq!(left_out(&session.app), []);
        assert!(session.app.live().picture().is_partitioned());
    }
}

#[test]
fn a_member_may_be_connected_to_but_no_remote_or_guest_node() {
    let now = Stamp::from_secs(1000);
    let kinds = [
        ("ha-node-1", NodeKind::Member),
        ("ha-node-2", NodeKind::Member),
        ("far", NodeKind::Remote),
        ("box", NodeKind::Guest(ResourceId::new("vm"))),
    ];
    let members = kinds.map(|(name, kind)| Member { kind, online: Some(true), ..Member::named(name) });
    let status = PacemakerStatus { members: members.into(), ..PacemakerStatus::default() };
    let mut cluster = Cluster::new([NodeKey::new("ha-node-1")], now);
    for seen in [Seen::Contact(Contact::Connected), Seen::Pacemaker(Arc::new(status))] {
        cluster.apply(&Observation { node: NodeKey::new("ha-node-1"), at: now, seen });
    }
    cluster.refresh(now);
    assert_eq!(cluster.picture().node(&NodeName::new("ha-node-2")).unwrap().sight, Sight::NotWatched);
    for name in ["far", "box"] {
        assert_eq!(cluster.picture().node(&NodeName::new(name)).unwrap().sight, Sight::ModelOnly);
    }
    let told: Vec<_> = cluster.findings().iter().filter(|finding| finding.key.rule == "not-watched").collect();
    assert_eq!(told.len(), 1, "{told:?}");
    let mut app = App::new(Source::Real, None, &[], now).with_cluster(cluster);
    let mut typed = |words: &str| -> Vec<Effect> {
        words.chars().map(Key::Char).flat_map(|key| app.update(Event::Key(key), now)).collect()
    };
    typed(":watch");
    let offers: Vec<_> = completions(&app).into_iter().map(|offer| offer.words).collect();
    assert_eq!(offers.iter().filter(|words| words.starts_with("watch ")).collect::<Vec<_>>(), ["watch ha-node-2"]);
    let mut asks = |words: &str| -> Vec<Effect> {
        let mut effects = app.update(Event::Key(Key::Esc), now);
        effects.extend(words.chars().flat_map(|key| app.update(Event::Key(Key::Char(key)), now)));
        effects.extend(app.update(Event::Key(Key::Enter), now));
        effects
    };
    assert_eq!(asks(":watch far"), []);
    assert_eq!(asks(":watch box"), []);
    assert_eq!(asks(":watch ha-node-2"), [Effect::Watch(NodeKey::new("ha-node-2"))]);
}
