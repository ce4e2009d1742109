//! What each node of a made-up cluster would say, and how a step changes it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use hatui::model::*;
use hatui::wire::{NodeKey, Stamp};

use super::situation::{Base, Case, Drbd, Step};
use super::{replication, words};

/// Everything a node says.
#[derive(Debug, Clone)]
pub(crate) struct Voice {
    pub(crate) name: String,
    pub(crate) status: PacemakerStatus,
    pub(crate) cib: CibVersion,
    pub(crate) options: Option<Vec<(Text, Text)>>,
    pub(crate) locations: Option<Vec<Location>>,
    pub(crate) quorum: QuorumStatus,
    pub(crate) links: Vec<Link>,
    pub(crate) latency: Latencies,
    pub(crate) token: Option<Duration>,
    pub(crate) drbd: Option<DrbdStatus>,
    pub(crate) versions: BTreeMap<String, String>,
    pub(crate) ahead_ms: Option<i64>,
    pub(crate) drbd_service: Option<String>,
    pub(crate) silent: BTreeSet<Feed>,
    pub(crate) named: bool,
    pub(crate) old_drbd: bool,
}

/// The nodes' names with their numbers.
pub(crate) fn numbers(base: Base) -> Vec<(u32, &'static str)> {
    match base {
        Base::Three | Base::Unheard => vec![(1, "ha-node-1"), (2, "ha-node-2"), (3, "ha-node-3")],
        Base::Two | Base::Two84 => vec![(1, "ha-node-1"), (2, "ha-node-2")],
    }
}

fn text(words: &str) -> Text {
    Text::new(words)
}

/// What the nodes of a healthy cluster say.
pub(crate) fn voices(case: &Case) -> BTreeMap<String, Voice> {
    let nodes = numbers(case.base);
    let watched = nodes.iter().filter(|(_, name)| !case.unwatched.iter().any(|node| node == name));
    watched.map(|(id, name)| ((*name).to_owned(), voice(case, *id, name, &nodes))).collect()
}

fn voice(case: &Case, id: u32, name: &str, nodes: &[(u32, &str)]) -> Voice {
    let member = |(id, name): &(u32, &str)| Member {
        id: Some(NodeId(*id)),
        online: Some(true),
        unclean: Some(false),
        pending: Some(false),
        standby: Some(false),
        standby_on_fail: Some(false),
        maintenance: Some(false),
        shutdown: Some(false),
        feature_set: Some(text("3.16.2")),
        is_dc: Some(*name == "ha-node-1"),
        ..Member::named(name)
    };
    let two = nodes.len() == 2;
    let mut status = PacemakerStatus {
        dc: Dc::Node { name: NodeName::new("ha-node-1"), with_quorum: Some(true) },
        version: Some(text("2.1.8")),
        mixed_version: Some(false),
        options: ClusterOptions {
            fencing_enabled: Some(true),
            symmetric: Some(true),
            no_quorum_policy: Some(text("stop")),
            maintenance_mode: Some(false),
            stop_all_resources: Some(false),
        },
        members: nodes.iter().map(member).collect(),
        fencing: Some(Vec::new()),
        ..PacemakerStatus::default()
    };
    for (at, (_, node)) in nodes.iter().enumerate() {
        let (_, host) = nodes[(at + 1) % nodes.len()];
        words::resource(&mut status, &format!("fence-{node}"), &[&format!("Started {host}")]);
    }
    words::resource(&mut status, "web/web-fs", &["Started ha-node-1"]);
    words::resource(&mut status, "web/web-ip", &["Started ha-node-1"]);
    let copies = ["Promoted ha-node-1", "Unpromoted ha-node-2", "Unpromoted ha-node-3"];
    let clone = if two { "store-clone+/store" } else { "db-clone+/db" };
    words::resource(&mut status, clone, &copies[..nodes.len()]);
    let voters = nodes.iter().map(|(id, name)| Voter { id: NodeId(*id), votes: Some(1), name: NodeName::new(name) });
    let count = u32::try_from(nodes.len()).unwrap();
    let quorum = QuorumStatus {
        local: Some(NodeId(id)),
        ring: Some(RingId::new("1.2f")),
        quorate: Some(true),
        expected_votes: Some(count),
        highest_expected: Some(count),
        total_votes: Some(count),
        quorum: Some(if two { 1 } else { 2 }),
        flags: if two { vec![text("2Node"), text("Quorate"), text("WaitForAll")] } else { vec![text("Quorate")] },
        members: voters.collect(),
        ..QuorumStatus::default()
    };
    let link = |number: u32| Link {
        number,
        address: Some(text(&format!("10.{number}.0.{id}"))),
        peers: nodes
            .iter()
            .filter(|(peer, _)| *peer != id)
            .map(|(peer, _)| (NodeId(*peer), LinkState::Connected))
            .collect(),
        whole: None,
    };
    let old_drbd = case.base == Base::Two84;
    Voice {
        name: name.to_owned(),
        status,
        cib: CibVersion { admin_epoch: 0, epoch: 12, num_updates: 30 },
        options: (!case.untold)
            .then(|| vec![(text("stonith-enabled"), text("true")), (text("have-watchdog"), text("false"))]),
        locations: (!case.untold).then(Vec::new),
        quorum,
        links: vec![link(0), link(1)],
        latency: Latencies::new(),
        token: None,
        drbd: two.then(|| healthy_drbd(id, old_drbd)),
        versions: BTreeMap::from([("corosync".to_owned(), "3.1.7".to_owned())]),
        ahead_ms: Some(0),
        drbd_service: (two && !case.untold).then(|| "disabled".to_owned()),
        silent: if case.mute.iter().any(|node| node == name) { Feed::ALL.into() } else { BTreeSet::new() },
        named: !case.nameless.iter().any(|node| node == name),
        old_drbd,
    }
}

fn healthy_drbd(id: u32, old: bool) -> DrbdStatus {
    let (role, peer_role) = if id == 1 { ("Primary", "Secondary") } else { ("Secondary", "Primary") };
    let mut status = DrbdStatus::default();
    let set = Drbd {
        role: Some(role.into()),
        disk: Some("UpToDate".into()),
        client: Some(false),
        quorum: Some(true),
        suspended: Some(Vec::new()),
        connection: Some("Connected".into()),
        peer_role: Some(peer_role.into()),
        peer_disk: Some("UpToDate".into()),
        replication: Some("Established".into()),
        out_of_sync: Some(0),
        held_by: Some(Vec::new()),
        ..Drbd::default()
    };
    replication::change(&mut status, "store", &set, id, old);
    if let Some(volume) = status.resources.values_mut().flat_map(|resource| resource.volumes.values_mut()).next() {
        volume.size_kib = Some(4 * 1024 * 1024);
    }
    status
}

impl Voice {
    pub(crate) fn key(&self) -> NodeKey {
        NodeKey::new(&self.name)
    }

    /// Everything it says when it is connected anew.
    pub(crate) fn all(&self, at: Stamp) -> Vec<Observation> {
        let name = self.named.then(|| NodeName::new(&self.name));
        let identity = Identity { host: text(&self.name), name, uid: Some(0) };
        let mut seen = vec![Seen::Contact(Contact::Connected)];
        seen.extend(Feed::ALL.map(|feed| Seen::Hello(feed, identity.clone())));
        seen.extend(self.facts());
        self.say(seen, at)
    }

    /// What it says of the cluster.
    pub(crate) fn facts(&self) -> Vec<Seen> {
        let versions = self.versions.iter().map(|(component, version)| (text(component), text(version))).collect();
        let mut seen = vec![
            Seen::Pacemaker(Arc::new(self.status.clone())),
            Seen::Cib(CibHeader { version: self.cib, have_quorum: self.quorum.quorate }),
            Seen::Quorum(Box::new(self.quorum.clone())),
            Seen::Links(self.links.clone()),
            Seen::Versions(versions),
        ];
        seen.extend(self.options.clone().map(Seen::Options));
        seen.extend(self.locations.clone().map(Seen::Locations));
        seen.extend(self.token.map(Seen::Token));
        seen.extend(self.ahead_ms.map(Seen::Clock));
        seen.extend(self.drbd_service.as_deref().map(|word| Seen::DrbdService(text(word))));
        if !self.latency.is_empty() {
            seen.push(Seen::Latency(self.latency.clone()));
        }
        match &self.drbd {
            None => seen.push(Seen::DrbdMode(DrbdMode::Absent)),
            Some(status) => {
                seen.push(Seen::DrbdMode(if self.old_drbd { DrbdMode::Polled } else { DrbdMode::Events }));
                seen.push(Seen::Drbd(DrbdChange::DumpBegin));
                seen.extend(replication::changes(status).into_iter().map(Seen::Drbd));
                seen.push(Seen::Drbd(DrbdChange::DumpEnd));
            }
        }
        seen
    }

    /// Its sign of life.
    pub(crate) fn beat(&self, at: Stamp) -> Vec<Observation> {
        let feeds = Feed::ALL.into_iter().filter(|feed| !self.silent.contains(feed));
        self.say(feeds.map(Seen::Beat), at)
    }

    /// What it says, as observations.
    pub(crate) fn say(&self, seen: impl IntoIterator<Item = Seen>, at: Stamp) -> Vec<Observation> {
        seen.into_iter().map(|seen| Observation { node: self.key(), at, seen }).collect()
    }

    /// Takes a step in; what is seen of it then.
    pub(crate) fn step(&mut self, step: &Step, base: Base, at: Stamp) -> Vec<Observation> {
        let before: Vec<Seen> = self.facts();
        words::pacemaker(&mut self.status, step);
        self.cib.num_updates = step.updates.unwrap_or(self.cib.num_updates);
        words::corosync(self, step, &numbers(base));
        for (option, value) in &step.options {
            let options = self.options.get_or_insert_default();
            options.retain(|(known, _)| *known != option.as_str());
            options.push((text(option), text(value)));
        }
        if let Some(lines) = &step.locations {
            self.locations = Some(lines.iter().map(|line| words::location(line)).collect());
        }
        let id = self.quorum.local.map_or(0, |id| id.0);
        for (resource, change) in &step.drbd {
            let status = self.drbd.get_or_insert_default();
            replication::change(status, resource, change, id, self.old_drbd);
        }
        self.versions.extend(step.versions.clone());
        self.ahead_ms = step.ahead_ms.or(self.ahead_ms);
        self.drbd_service = step.drbd_service.clone().or(self.drbd_service.take());
        if let Some(silent) = step.silent {
            self.silent = if silent { Feed::ALL.into() } else { BTreeSet::new() };
        }
        if let Some(feeds) = &step.silent_feeds {
            self.silent = feeds.iter().map(|feed| words::feed(feed)).collect();
        }
        let mut seen: Vec<Seen> = Vec::new();
        if let Some(contact) = &step.contact {
            seen.push(Seen::Contact(words::contact(contact, at)));
        }
        for (tool, kind) in &step.tools {
            let (feed, tool) = tool.split_once(' ').expect("feed and tool");
            seen.push(match kind.as_str() {
                "works" => Seen::ToolWorks(words::feed(feed), text(tool), text(brings(tool))),
                kind => Seen::ToolFailed(words::feed(feed), text(tool), text(brings(tool)), words::trouble(kind)),
            });
        }
        seen.extend(step.ended.iter().map(|(feed, why)| Seen::Ended(words::feed(feed), text(why))));
        seen.extend(step.unreadable.iter().map(|(feed, why)| Seen::Unreadable(words::feed(feed), text(why))));
        if let Some(kind) = &step.no_status {
            seen.push(Seen::NoPacemaker(words::trouble(kind)));
        }
        // A whole dump is sent as one, else only what changed.
        let after = self.facts();
        let dump =
            |facts: &[Seen]| facts.iter().filter(|seen| matches!(seen, Seen::Drbd(_))).cloned().collect::<Vec<_>>();
        if dump(&before) != dump(&after) {
            seen.extend(dump(&after));
        }
        seen.extend(after.into_iter().filter(|seen| !matches!(seen, Seen::Drbd(_)) && !before.contains(seen)));
        self.say(seen, at)
    }
}

/// What a tool brings, if it brings one thing.
fn brings(tool: &str) -> &'static str {
    match tool {
        "corosync-quorumtool" => "quorum",
        "corosync-cfgtool" => "links",
        "drbdsetup" => "poll",
        _ => "",
    }
}
