//! In a large cluster one node of a partition sends documents, the others the versions of their CIBs only.

use hatui::app::{App, Effect, Event, Source};
use hatui::model::{Cluster, Feed};
use hatui::wire::{Exit, NodeKey, Stamp};

const NONCE: &str = "0123456789abcdef";
/// 500 instances on four nodes.
const DOCUMENT: &str = include_str!("../parsers/fixtures/pacemaker-2.1.5-rendered/500-resources/crm_mon.xml");
/// Of other nodes, but only the ring counts here.
const QUORUM: &str =
    include_str!("../parsers/fixtures/corosync-3.1.7/node-offline-clean/node-1/corosync-quorumtool_s.txt");
const NODES: [&str; 4] = ["db-north-1", "db-north-2", "db-south-1", "db-south-2"];

struct Session {
    app: App,
    at: Stamp,
    /// What the nodes were told, in order.
    told: Vec<(String, bool)>,
}

impl Session {
    fn new() -> Self {
        let at = Stamp::from_secs(1_767_621_600);
        let keys = NODES.map(NodeKey::new);
        let app = App::new(Source::Simulated("test".to_owned()), None, &keys, at);
        let mut session = Self { app, at, told: Vec::new() };
        for node in NODES {
            session.start(node);
        }
        session.update(Event::Tick);
        session
    }

    fn update(&mut self, event: Event) {
        for effect in self.app.update(event, self.at) {
            if let Effect::Pace { node, headers_only } = effect {
                self.told.push((node.as_str().to_owned(), headers_only));
            }
        }
    }

    fn say(&mut self, node: &str, feed: Feed, frame: &str, payload: Option<&str>) {
        let bytes = match payload {
            Some(payload) => format!("@hatui {NONCE} {frame} bytes={}\n{payload}\n", payload.len()),
            None => format!("@hatui {NONCE} {frame}\n"),
        };
        self.update(Event::FeedBytes { node: NodeKey::new(node), feed, bytes: bytes.into_bytes() });
    }

    /// The feeds of a node begin: with a document.
    fn start(&mut self, node: &str) {
        for feed in [Feed::Corosync, Feed::Pacemaker] {
            self.update(Event::FeedStarted { node: NodeKey::new(node), feed, nonce: NONCE.to_owned() });
            self.say(node, feed, &format!("hello v=1 feed={feed} uid=0 host={node} node={node} pid=1"), None);
        }
        self.say(node, Feed::Corosync, "quorum rc=0", Some(QUORUM));
        self.document(node, DOCUMENT);
    }

    fn document(&mut self, node: &str, document: &str) {
        self.say(node, Feed::Pacemaker, "document rc=0 ms=10", Some(document));
    }

    fn cluster(&self) -> &Cluster {
        self.app.cluster()
    }

    fn have_status(&self) -> Vec<&str> {
        let views = self.cluster().views().iter();
        views.filter(|(_, view)| view.status().is_some()).map(|(key, _)| key.as_str()).collect()
    }

    /// Seconds in which all feeds but those of one node beat.
    fn pass(&mut self, seconds: u64, silent: &str) {
        for _ in 0..seconds {
            self.at = self.at + std::time::Duration::from_secs(1);
            for node in NODES.into_iter().filter(|node| *node != silent) {
                self.say(node, Feed::Corosync, "beat", None);
                self.say(node, Feed::Pacemaker, "beat", None);
            }
            self.update(Event::Tick);
        }
    }
}

#[test]
fn one_node_sends_documents_and_what_the_others_said_does_not_grow_old() {
    let mut session = Session::new();
    let sender = session.have_status();
    assert_eq!(sender.len(), 1, "{sender:?}");
    let sender = sender[0].to_owned();
    // The others' documents that were on their way, and news from the sender, who is not the DC perhaps.
    let other = NODES.into_iter().find(|node| *node != sender).expect("another");
    session.document(other, DOCUMENT);
    session.document(&sender, &DOCUMENT.replace("standby=\"false\"", "standby=\"true\""));
    session.pass(5, "");
    assert_eq!(session.have_status(), [sender.as_str()]);
    let picture = session.cluster().picture();
    assert_eq!(picture.witness.as_ref().map(|(key, _)| key.as_str()), Some(sender.as_str()));
    assert_eq!(session.cluster().disagreements(session.at).count(), 0);
}

#[test]
fn when_the_sender_falls_silent_another_takes_its_place() {
    let mut session = Session::new();
    let sender = session.have_status()[0].to_owned();
    session.told.clear();
    session.pass(8, &sender);
    let next: Vec<_> = session.told.iter().filter(|(_, headers_only)| !headers_only).cloned().collect();
    assert!(!next.is_empty() && next.iter().all(|(node, _)| *node != sender), "{:?}", session.told);
    session.document(&next[0].0, DOCUMENT);
    session.pass(1, &sender);
    let witness = session.cluster().picture().witness.as_ref().map(|(key, _)| key.as_str().to_owned());
    assert_eq!(witness.as_deref(), Some(next[0].0.as_str()));
}

#[test]
fn a_feed_that_begins_anew_is_told_its_pace_again() {
    let mut session = Session::new();
    let (node, _) = session.told.iter().find(|(_, headers_only)| *headers_only).cloned().expect("one told so");
    session.told.clear();
    session.update(Event::FeedEnded { node: NodeKey::new(&node), feed: Feed::Pacemaker, exit: Exit::Code(0) });
    session.start(&node);
    session.update(Event::Tick);
    assert!(session.told.contains(&(node, true)), "{:?}", session.told);
}
