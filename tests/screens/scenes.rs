//! The clusters that are drawn.

use std::sync::Arc;

use std::time::Duration;

use hatui::app::{App, CommandLine, Event, FaultOffer, Key, Source};
use hatui::model::{Feed, Item, NodeName, PacemakerStatus, Primitive, Role, Seen, Text, Trouble, TroubleKind};
use hatui::wire::{Exit, NodeKey};

use crate::situations::named;

/// The situations of the golden screens, each by the start of its name.
pub(crate) const SCENES: [(&str, &str); 9] = [
    ("healthy", "two nodes with DRBD 9, all well"),
    ("resync", "a resync with the time"),
    ("lost", "a lost node is UNCLEAN"),
    ("split", "a split that both sides tell of"),
    ("standalone", "Pacemaker is all green while both ends"),
    ("silent", "a node that the cluster holds for well"),
    ("blind", "all nodes fall silent"),
    ("unheard", "nobody has said a word yet"),
    ("failed", "left over, unmanaged, in maintenance"),
];

/// A situation, shown.
pub(crate) fn scene(start: &str) -> App {
    named(start).app()
}

/// A situation, shown as if it were the demo's.
pub(crate) fn demo(start: &str) -> App {
    let situation = named(start);
    let app = App::new(Source::Simulated("two-nodes".to_owned()), Some("my_cluster"), &[], situation.now);
    let mut app = app.with_cluster(situation.cluster);
    let offer = |key, words: &str, mends| FaultOffer { key, words: Text::new(words), mends };
    let offers = vec![
        offer('k', "power off ha-node-1", false),
        offer('l', "cut link 0 of ha-node-2", false),
        offer('h', "heal the network", true),
    ];
    app.update(Event::Faults(offers), situation.now);
    app
}

/// A cluster that is watched by a user without any right on its nodes.
pub(crate) fn denied() -> App {
    let mut situation = named("a status that nobody may read");
    for node in ["ha-node-1", "ha-node-2", "ha-node-3"] {
        let refused = |feed, tool: &str, kind: &str, cause: &str| {
            let trouble = Trouble { kind: TroubleKind::Denied, cause: cause.into(), hint: Text::new("") };
            Seen::ToolFailed(feed, tool.into(), kind.into(), trouble)
        };
        let cib = "Signon to CIB failed: Transport endpoint is not connected";
        let cfg = "Could not initialize corosync configuration API error 11";
        situation.hear(
            node,
            [
                refused(Feed::Pacemaker, "cibadmin", "cib", cib),
                refused(Feed::Corosync, "corosync-quorumtool", "quorum", "Cannot initialize QUORUM service"),
                refused(Feed::Corosync, "corosync-cfgtool", "links", cfg),
                refused(Feed::Corosync, "corosync-cfgtool", "reach", cfg),
            ],
        );
    }
    situation.app()
}

/// hatui that ran commands, one of which failed and one of which runs, and kept what one of them printed.
pub(crate) fn talkative(mut app: App) -> App {
    let now = app.now();
    let node = NodeKey::new("ha-node-2");
    let ended = |exit, millis| Some((exit, Duration::from_millis(millis)));
    for (words, ended) in [
        ("sh hatui-watch pacemaker", None),
        ("sh hatui-watch drbd", ended(Exit::Code(20), 5200)),
        ("crm_node -n", ended(Exit::Code(0), 140)),
    ] {
        let line = CommandLine { node: node.clone(), words: words.into(), ended };
        app.update(Event::Logged(line), now);
    }
    let nonce = "0123456789abcdef".to_owned();
    app.update(Event::FeedStarted { node: node.clone(), feed: Feed::Pacemaker, nonce: nonce.clone() }, now);
    let printed = include_bytes!(
        "../../parsers/fixtures/pacemaker-2.1.5-namespaces/banned-cli-ban/node-1/cibadmin-constraints.xml"
    );
    let head = format!("@hatui {nonce} constraints rc=0 bytes={}\n", printed.len());
    let bytes = [head.as_bytes(), printed, b"\n"].concat();
    app.update(Event::FeedBytes { node, feed: Feed::Pacemaker, bytes }, now);
    app
}

/// A cluster of three nodes with so many resources, one of them failed.
pub(crate) fn many(resources: usize) -> App {
    let mut situation = named("three nodes, all well");
    let witness = situation.cluster.picture().status.clone().expect("a status");
    let primitive = |number: usize| {
        let mut primitive = Primitive::named(&format!("service-{number:04}"), "ocf:heartbeat:Dummy");
        primitive.role = Role::Started;
        primitive.on = vec![NodeName::new(&format!("ha-node-{}", number % 3 + 1))];
        primitive.failed = Some(number == 7);
        Item::Primitive(primitive)
    };
    let status = PacemakerStatus { resources: (0..resources).map(primitive).collect(), ..(*witness).clone() };
    let status = Arc::new(status);
    for node in ["ha-node-1", "ha-node-2", "ha-node-3"] {
        situation.hear(node, [Seen::Pacemaker(Arc::clone(&status))]);
    }
    situation.app()
}

/// Presses keys.
pub(crate) fn press(app: &mut App, keys: &[Key]) {
    for key in keys {
        let now = app.now();
        app.update(Event::Key(*key), now);
    }
}
