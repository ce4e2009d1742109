//! hatui in front of a cluster of 1,000 resource instances on four nodes, by what a watcher sends.

use hatui::app::{App, Event, Key, Source};
use hatui::model::{Contact, Feed};
use hatui::wire::{NodeKey, Stamp};

const NONCE: &str = "0123456789abcdef";
const NODES: [&str; 4] = ["db-north-1", "db-north-2", "db-south-1", "db-south-2"];
const DOCUMENT: &str = include_str!("../../parsers/fixtures/pacemaker-2.1.5-rendered/500-resources/crm_mon.xml");

/// The document of 500 resources with as many again of other names.
pub(crate) fn document() -> String {
    let (head, rest) = DOCUMENT.split_once("<resources>").expect("resources");
    let (resources, rest) = rest.split_once("</resources>").expect("the end of resources");
    let (middle, rest) = rest.split_once("<node_history>").expect("history");
    let (history, tail) = rest.split_once("</node_history>").expect("the end of history");
    let head = head.replace("number=\"500\"", "number=\"1000\"");
    // Each node's part of the history ends with `    </node>`; the first line of it names the node.
    let history: String = history
        .split_inclusive("    </node>\n")
        .map(|node| match node.rsplit_once("    </node>\n") {
            Some((node, _)) => {
                let operations = node.find("<resource_history").and_then(|at| node.get(at..)).unwrap_or_default();
                format!("{node}{}</node>\n", renamed(operations))
            }
            None => node.to_owned(),
        })
        .collect();
    let again = renamed(resources);
    format!("{head}<resources>{resources}{again}</resources>{middle}<node_history>{history}</node_history>{tail}")
}

fn renamed(part: &str) -> String {
    [
        ("\"fence-", "\"power-"),
        ("-tenant-", "-client-"),
        ("\"shop-", "\"mall-"),
        ("\"cache-", "\"proxy-"),
        ("\"store-", "\"vault-"),
    ]
    .iter()
    .fold(part.to_owned(), |part, (from, to)| part.replace(from, to))
}

/// A frame with a document, as bytes of a feed.
pub(crate) fn said(node: &str, kind: &str, payload: &str) -> Event {
    let bytes = format!("@hatui {NONCE} {kind} bytes={}\n{payload}\n", payload.len()).into_bytes();
    Event::FeedBytes { node: NodeKey::new(node), feed: Feed::Pacemaker, bytes }
}

/// hatui on a screen of this size, which has heard the document from the first node.
pub(crate) fn app(columns: u16, rows: u16, now: Stamp) -> App {
    let keys = NODES.map(NodeKey::new);
    let mut app = App::new(Source::Real, Some("shops"), &keys, now);
    app.update(Event::Resize { columns, rows }, now);
    for key in &keys {
        app.update(Event::Contact(key.clone(), Contact::Connected), now);
        let (node, nonce) = (key.clone(), NONCE.to_owned());
        app.update(Event::FeedStarted { node, feed: Feed::Pacemaker, nonce }, now);
        let hello = format!("@hatui {NONCE} hello v=1 feed=pacemaker uid=0 host={key} node={key} pid=1\n");
        app.update(Event::FeedBytes { node: key.clone(), feed: Feed::Pacemaker, bytes: hello.into_bytes() }, now);
    }
    app.update(said("db-north-1", "document rc=0 ms=250", &document()), now);
    app.update(Event::Tick, now);
    app.update(Event::Key(Key::Char('2')), now);
    app
}
