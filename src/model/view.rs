//! What one node said, kept apart from what the others said.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::bounds::TOOLS;
use super::{
    CibHeader, ClusterOption, Contact, DrbdChange, DrbdMode, DrbdStatus, Feed, Freshness, Identity, Latencies, Link,
    Location, NodeAttribute, NodeName, Observation, PacemakerStatus, QuorumStatus, Reach, Seen, Text, Trouble,
    TroubleKind,
};
use crate::wire::Stamp;

/// A value with the moment it was first seen to be so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said<T> {
    /// The value.
    pub value: T,
    /// Since when it is what it is, by hatui's clock.
    pub since: Stamp,
}

/// Everything one node said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The connection, and since when it is so.
    pub contact: Said<Contact>,
    /// Who the node is.
    pub identity: Option<Identity>,
    /// When each feed was last heard.
    pub heard: BTreeMap<Feed, Stamp>,
    /// Feeds that do not run, and why.
    pub ended: BTreeMap<Feed, Said<Text>>,
    /// Tools that fail.
    pub failing: BTreeMap<(Feed, Text), Said<Trouble>>,
    /// What each of them fails to bring. One may fail to bring one thing, and bring another.
    wanting: BTreeMap<(Feed, Text), BTreeSet<Text>>,
    /// Output that could not be read; one a feed, the newest.
    pub unreadable: BTreeMap<Feed, Said<Text>>,
    /// The status of the cluster, or why there is none.
    pub pacemaker: Option<Said<Result<Arc<PacemakerStatus>, Trouble>>>,
    /// Whether it sends only the version of its CIB, since another node of its partition sends the status.
    pub headers_only: bool,
    /// When the look began that first told what the document on Pacemaker tells, by hatui's clock.
    pub looked: Option<Stamp>,
    /// How long the look took whose document comes next.
    took: Option<core::time::Duration>,
    /// The version of the CIB.
    pub cib: Option<Said<CibHeader>>,
    /// Location constraints.
    pub locations: Option<Said<Vec<Location>>>,
    /// Options set in the configuration.
    pub options: Option<Said<Vec<ClusterOption>>>,
    /// Permanent node attributes.
    pub node_attributes: Option<Said<Vec<NodeAttribute>>>,
    /// Quorum and membership.
    pub quorum: Option<Said<QuorumStatus>>,
    /// Links.
    pub links: Option<Said<Vec<Link>>>,
    /// Reachability of peers.
    pub reach: Option<Said<Reach>>,
    /// Latency of the links.
    pub latency: Option<Said<Latencies>>,
    /// Averages seen, oldest first, by peer and link: for a chart.
    pub latency_trail: BTreeMap<(super::NodeId, u32), Vec<u32>>,
    /// How long Corosync waits for its token; `None`: not told.
    pub token: Option<core::time::Duration>,
    /// How far ahead of hatui's its clock is, in milliseconds: of the last two times that it told, the one that was less
    /// long on its way.
    pub clock_ahead_ms: Option<i64>,
    /// How far ahead it seemed to be the last time, and when that was.
    last_ahead: Option<(Stamp, i64)>,
    /// What systemd says of `drbd.service`; `None`: not told.
    pub drbd_service: Option<Text>,
    /// Replication; `None`: not told yet.
    pub drbd: Option<Said<DrbdStatus>>,
    /// How replication is watched.
    pub drbd_mode: Option<DrbdMode>,
    /// The course of each running resync, by resource, peer and volume.
    pub resyncs: BTreeMap<(super::DrbdName, u32, u32), ResyncCourse>,
    /// Versions of components.
    pub versions: Vec<(Text, Text)>,
    /// A dump being collected: it replaces `drbd` when complete.
    dump: Option<DrbdStatus>,
}

/// How a resync went so far, as hatui itself saw it: DRBD 8.4 tells no rate, and none tells of a stall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResyncCourse {
    /// What was out of sync, in KiB, oldest first, at most ten seconds old but for the newest two.
    points: Vec<(Stamp, u64)>,
    /// Since when it has not moved.
    pub still_since: Stamp,
}

impl ResyncCourse {
    /// What the rate is measured over.
    const SPAN: core::time::Duration = core::time::Duration::from_secs(10);

    fn new(left: u64, at: Stamp) -> Self {
        Self { points: vec![(at, left)], still_since: at }
    }

    fn note(&mut self, left: u64, at: Stamp) {
        if self.points.last().is_some_and(|&(_, before)| before == left) {
            return;
        }
        self.still_since = at;
        self.points.push((at, left));
        while self.points.len() > 2 && self.points.first().is_some_and(|&(from, _)| at.since(from) > Self::SPAN) {
            self.points.remove(0);
        }
    }

    /// The rate measured, in KiB/s; `None`: not yet, or it does not shrink.
    pub fn rate_kib_s(&self) -> Option<u64> {
        let (&(from, before), &(to, now)) = (self.points.first()?, self.points.last()?);
        let millis = u64::try_from(to.since(from).as_millis()).ok()?;
        let synced = before.checked_sub(now)?;
        (millis >= 500 && synced > 0).then(|| synced.saturating_mul(1000) / millis)
    }
}

/// After how long without another a piece of unreadable output among several tools is past.
const PAST: core::time::Duration = core::time::Duration::from_secs(10);

/// How many averages a latency trail keeps.
const TRAIL: usize = 60;

impl View {
    /// A node nothing is known of.
    pub fn new(contact: Contact, at: Stamp) -> Self {
        Self {
            contact: Said { value: contact, since: at },
            identity: None,
            heard: BTreeMap::new(),
            ended: BTreeMap::new(),
            failing: BTreeMap::new(),
            wanting: BTreeMap::new(),
            unreadable: BTreeMap::new(),
            pacemaker: None,
            headers_only: false,
            looked: None,
            took: None,
            cib: None,
            locations: None,
            options: None,
            node_attributes: None,
            quorum: None,
            links: None,
            reach: None,
            latency: None,
            latency_trail: BTreeMap::new(),
            token: None,
            clock_ahead_ms: None,
            last_ahead: None,
            drbd_service: None,
            drbd: None,
            drbd_mode: None,
            resyncs: BTreeMap::new(),
            versions: Vec::new(),
            dump: None,
        }
    }

    /// The name the cluster has for it, as far as it said: Pacemaker's word, or Corosync's where that does not run.
    pub fn name(&self) -> Option<&NodeName> {
        let by_corosync = || {
            let quorum = &self.quorum.as_ref()?.value;
            quorum.members.iter().find(|voter| Some(voter.id) == quorum.local).map(|voter| &voter.name)
        };
        self.identity.as_ref().and_then(|identity| identity.name.as_ref()).or_else(by_corosync)
    }

    /// The moment anything was last heard from it.
    pub fn last_heard(&self) -> Option<Stamp> {
        self.heard.values().max().copied()
    }

    /// How fresh what it says is.
    pub fn freshness(&self, now: Stamp) -> Freshness {
        Freshness::of(self.last_heard(), now)
    }

    /// How fresh what one feed says is.
    pub fn feed_freshness(&self, feed: Feed, now: Stamp) -> Freshness {
        Freshness::of(self.heard.get(&feed).copied(), now)
    }

    /// The status of the cluster, if it has one.
    pub fn status(&self) -> Option<&Arc<PacemakerStatus>> {
        self.pacemaker.as_ref().and_then(|said| said.value.as_ref().ok())
    }

    /// Notes whether it sends headers only from now on. Its status would grow old unseen: it is forgotten.
    pub fn pace(&mut self, headers_only: bool) {
        self.headers_only = headers_only;
        if headers_only {
            self.pacemaker = None;
        }
    }

    /// Takes an observation of this node in.
    pub fn apply(&mut self, observation: &Observation) {
        let at = observation.at;
        if let Some(feed) = speaks(&observation.seen) {
            self.heard.insert(feed, at);
        }
        self.clear_unreadable(&observation.seen, at);
        match &observation.seen {
            Seen::Contact(contact) => say(&mut self.contact, contact.clone(), at),
            Seen::Hello(feed, identity) => {
                self.ended.remove(feed);
                self.unreadable.remove(feed);
                self.works(*feed, |_, _| true);
                if *feed == Feed::Drbd {
                    self.dump = None;
                }
                self.identity = Some(self.identity.take().map_or_else(
                    || identity.clone(),
                    |old| Identity { name: identity.name.clone().or(old.name), ..identity.clone() },
                ));
            }
            Seen::Beat(_) => {}
            Seen::Ended(feed, why) => {
                let said = self.ended.entry(*feed).or_insert_with(|| Said { value: why.clone(), since: at });
                say(said, why.clone(), at);
            }
            // It was on its way before the node heard that headers are enough.
            Seen::Pacemaker(_) | Seen::NoPacemaker(_) if self.headers_only => {}
            Seen::Pacemaker(status) => {
                self.works(Feed::Pacemaker, |tool, _| tool == "crm_mon");
                let took = self.took.take().unwrap_or_default();
                say_new(&mut self.pacemaker, Ok(Arc::clone(status)), at);
                if self.pacemaker.as_ref().is_some_and(|said| said.since == at) {
                    self.looked = Some(at.before(took));
                }
            }
            Seen::Took(took) => self.took = Some(*took),
            Seen::NoPacemaker(trouble) => say_new(&mut self.pacemaker, Err(trouble.clone()), at),
            Seen::Cib(header) => say_new(&mut self.cib, *header, at),
            Seen::Locations(locations) => say_new(&mut self.locations, locations.clone(), at),
            Seen::Options(options) => say_new(&mut self.options, options.clone(), at),
            Seen::NodeAttributes(attributes) => say_new(&mut self.node_attributes, attributes.clone(), at),
            Seen::Quorum(quorum) => say_new(&mut self.quorum, (**quorum).clone(), at),
            Seen::Links(links) => say_new(&mut self.links, links.clone(), at),
            Seen::Reach(reach) => say_new(&mut self.reach, reach.clone(), at),
            Seen::Latency(latencies) => self.apply_latency(latencies, at),
            Seen::Token(token) => self.token = Some(*token),
            Seen::Clock(ahead) => {
                let before = self.last_ahead.filter(|(told, _)| *told != at).map(|(_, before)| before);
                self.clock_ahead_ms = match before {
                    None => Some(self.clock_ahead_ms.map_or(*ahead, |known| known.max(*ahead))),
                    Some(before) => Some(before.max(*ahead)),
                };
                self.last_ahead = Some((at, *ahead));
            }
            Seen::DrbdService(word) => self.drbd_service = Some(word.clone()),
            Seen::Drbd(change) => self.apply_drbd(change, at),
            Seen::DrbdMode(mode) => {
                self.drbd_mode = Some(*mode);
                // It is asked in another way now.
                self.works(Feed::Drbd, |tool, _| tool == "drbdsetup");
                if *mode == DrbdMode::Absent {
                    self.drbd = None;
                }
            }
            Seen::Versions(versions) => self.versions.clone_from(versions),
            Seen::ToolFailed(feed, tool, _, _)
                if self.failing.len() >= TOOLS && !self.failing.contains_key(&(*feed, tool.clone())) =>
            {
                let words = format!("more than {TOOLS} tools are told to fail: the rest is left out");
                self.unreadable.insert(*feed, Said { value: Text::from(words), since: at });
            }
            Seen::ToolFailed(feed, tool, kind, trouble) => {
                let key = (*feed, tool.clone());
                let kinds = self.wanting.entry(key.clone()).or_default();
                if kinds.len() < TOOLS {
                    kinds.insert(kind.clone());
                }
                let said = self.failing.entry(key).or_insert_with(|| Said { value: trouble.clone(), since: at });
                say(said, trouble.clone(), at);
                self.forget(kind);
                self.believe_refusals();
            }
            Seen::ToolWorks(feed, tool, kind) => self.works(*feed, |of, what| of == &**tool && what == &**kind),
            Seen::Unreadable(feed, what) => {
                self.unreadable.insert(*feed, Said { value: what.clone(), since: at });
            }
        }
    }

    /// Where `crm_mon` is refused, `cibadmin` is as well, but it only speaks of no connection (102), as it does where
    /// Pacemaker is stopped.
    fn believe_refusals(&mut self) {
        let refused = |said: &Said<Trouble>| said.value.kind == TroubleKind::Denied;
        let told = self.failing.iter().find(|((feed, _), said)| *feed == Feed::Pacemaker && refused(said));
        let Some(hint) = told.map(|(_, said)| said.value.hint.clone()) else { return };
        for ((feed, _), said) in &mut self.failing {
            if *feed == Feed::Pacemaker && said.value.kind == TroubleKind::NotRunning {
                said.value.kind = TroubleKind::Denied;
                said.value.hint.clone_from(&hint);
            }
        }
    }

    /// Output that could not be read is past once the whole is told anew.
    fn clear_unreadable(&mut self, seen: &Seen, at: Stamp) {
        match seen {
            Seen::Pacemaker(_) => self.unreadable.remove(&Feed::Pacemaker),
            Seen::Drbd(DrbdChange::DumpEnd) => self.unreadable.remove(&Feed::Drbd),
            // Several tools share this feed: the one that failed has spoken again by then, or failed again.
            Seen::Quorum(_) | Seen::Links(_)
                if self.unreadable.get(&Feed::Corosync).is_some_and(|said| at.since(said.since) >= PAST) =>
            {
                self.unreadable.remove(&Feed::Corosync)
            }
            _ => None,
        };
    }

    /// Tools of a feed bring again what this says of a tool and a kind of frame.
    fn works(&mut self, feed: Feed, again: impl Fn(&str, &str) -> bool) {
        self.wanting.retain(|(of, tool), kinds| {
            kinds.retain(|kind| *of != feed || !again(tool, kind));
            !kinds.is_empty()
        });
        self.failing.retain(|key, _| self.wanting.contains_key(key));
    }

    /// What was brought is void once its tool fails to bring it: it must not go on looking fresh.
    fn forget(&mut self, kind: &str) {
        match kind {
            "quorum" => self.quorum = None,
            "links" => self.links = None,
            "reach" => self.reach = None,
            "latency" => self.latency = None,
            "poll" | "status" | "now" => self.drbd = None,
            _ => {}
        }
    }

    fn apply_latency(&mut self, latencies: &Latencies, at: Stamp) {
        for (key, latency) in latencies {
            let Some(average) = latency.average_us else { continue };
            let trail = self.latency_trail.entry(*key).or_default();
            if trail.len() >= TRAIL {
                trail.remove(0);
            }
            trail.push(average);
        }
        self.latency_trail.retain(|key, _| latencies.contains_key(key));
        say_new(&mut self.latency, latencies.clone(), at);
    }

    fn apply_drbd(&mut self, change: &DrbdChange, at: Stamp) {
        match change {
            DrbdChange::DumpBegin => self.dump = Some(DrbdStatus::default()),
            DrbdChange::Lost => (self.dump, self.drbd) = (None, None),
            DrbdChange::DumpEnd => {
                self.works(Feed::Drbd, |_, kind| kind == "poll");
                if let Some(dump) = self.dump.take() {
                    say_new(&mut self.drbd, dump, at);
                    self.mark_progress(at);
                }
            }
            change => {
                if let Some(dump) = &mut self.dump {
                    dump.apply(change.clone());
                    return;
                }
                let mut status = self.drbd.as_ref().map(|said| said.value.clone()).unwrap_or_default();
                status.apply(change.clone());
                say_new(&mut self.drbd, status, at);
                self.mark_progress(at);
            }
        }
    }

    /// Notes since when each running resync has not moved.
    fn mark_progress(&mut self, at: Stamp) {
        let Some(Said { value: status, .. }) = &self.drbd else { return };
        let mut running = BTreeMap::new();
        for (name, resource) in &status.resources {
            for (&id, peer) in &resource.peers {
                for (&number, volume) in &peer.volumes {
                    if volume.replication.as_ref().is_some_and(super::Replication::is_resync) {
                        let left = volume.out_of_sync_kib.unwrap_or_default();
                        running.insert((name.clone(), id, number), left);
                    }
                }
            }
        }
        self.resyncs.retain(|key, _| running.contains_key(key));
        for (key, left) in running {
            self.resyncs.entry(key).or_insert_with(|| ResyncCourse::new(left, at)).note(left, at);
        }
    }
}

/// The feed that an observation proves to be alive.
fn speaks(seen: &Seen) -> Option<Feed> {
    match seen {
        Seen::Contact(_) | Seen::Ended(..) => None,
        Seen::Hello(feed, _)
        | Seen::Beat(feed)
        | Seen::ToolFailed(feed, ..)
        | Seen::ToolWorks(feed, _, _)
        | Seen::Unreadable(feed, _) => Some(*feed),
        Seen::Pacemaker(_)
        | Seen::NoPacemaker(_)
        | Seen::Took(_)
        | Seen::Cib(_)
        | Seen::Locations(_)
        | Seen::Options(_)
        | Seen::NodeAttributes(_) => Some(Feed::Pacemaker),
        Seen::Quorum(_)
        | Seen::Links(_)
        | Seen::Reach(_)
        | Seen::Latency(_)
        | Seen::Token(_)
        | Seen::Clock(_)
        | Seen::DrbdService(_)
        | Seen::Versions(_) => Some(Feed::Corosync),
        Seen::Drbd(_) | Seen::DrbdMode(_) => Some(Feed::Drbd),
    }
}

/// Replaces what was said; its age starts anew only if it differs.
fn say<T: PartialEq>(old: &mut Said<T>, value: T, at: Stamp) {
    if old.value != value {
        *old = Said { value, since: at };
    }
}

fn say_new<T: PartialEq>(old: &mut Option<Said<T>>, value: T, at: Stamp) {
    match old {
        Some(old) => say(old, value, at),
        None => *old = Some(Said { value, since: at }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_node_that_sends_headers_only_no_status_grows_old() {
        let at = Stamp::from_secs(1);
        let seen = Seen::Pacemaker(Arc::new(PacemakerStatus::default()));
        let told = Observation { node: crate::wire::NodeKey::new("a"), at, seen };
        let mut view = View::new(Contact::Connected, at);
        view.apply(&told);
        assert!(view.status().is_some());
        view.pace(true);
        assert!(view.status().is_none(), "it would stay as it is, and contradict");
        view.apply(&told);
        assert!(view.status().is_none(), "it was on its way");
        view.pace(false);
        view.apply(&told);
        assert!(view.status().is_some());
    }

    #[test]
    fn where_crm_mon_is_refused_cibadmin_is_too_whichever_speaks_first() {
        let at = Stamp::from_secs(1);
        let failed = |tool: &str, kind: TroubleKind| {
            let trouble = Trouble { kind, cause: Text::new(tool), hint: Text::new("haclient") };
            let seen = Seen::ToolFailed(Feed::Pacemaker, Text::new(tool), Text::new("cib"), trouble);
            Observation { node: crate::wire::NodeKey::new("a"), at, seen }
        };
        let mut said = [failed("cibadmin", TroubleKind::NotRunning), failed("crm_mon", TroubleKind::Denied)];
        for _ in 0..2 {
            let mut view = View::new(Contact::Connected, at);
            for observation in &said {
                view.apply(observation);
            }
            assert!(view.failing.values().all(|said| said.value.kind == TroubleKind::Denied), "{:?}", view.failing);
            said.reverse();
        }
        // Without a refusal it stays what it says.
        let mut view = View::new(Contact::Connected, at);
        view.apply(&failed("cibadmin", TroubleKind::NotRunning));
        assert!(view.failing.values().all(|said| said.value.kind == TroubleKind::NotRunning));
    }

    #[test]
    fn a_tool_may_fail_to_bring_one_thing_and_bring_another() {
        let at = Stamp::from_secs(1);
        let mut view = View::new(Contact::Connected, at);
        let tell =
            |view: &mut View, seen: Seen| view.apply(&Observation { node: crate::wire::NodeKey::new("a"), at, seen });
        let failed = |feed: Feed, tool: &str, kind: &str| {
            let trouble = Trouble { kind: TroubleKind::Failed, cause: Text::new(kind), hint: Text::new("") };
            Seen::ToolFailed(feed, Text::new(tool), Text::new(kind), trouble)
        };
        let works = |feed: Feed, tool: &str, kind: &str| Seen::ToolWorks(feed, Text::new(tool), Text::new(kind));
        tell(&mut view, Seen::Links(Vec::new()));
        tell(&mut view, Seen::Reach(Reach::default()));
        tell(&mut view, failed(Feed::Corosync, "corosync-cfgtool", "links"));
        assert!(view.links.is_none() && view.reach.is_some(), "of what is still brought nothing is lost");
        tell(&mut view, failed(Feed::Corosync, "corosync-cfgtool", "reach"));
        tell(&mut view, works(Feed::Corosync, "corosync-cfgtool", "links"));
        assert!(view.reach.is_none() && view.failing.len() == 1, "one of two works again: {:?}", view.failing);
        tell(&mut view, works(Feed::Corosync, "corosync-cfgtool", "reach"));
        assert!(view.failing.is_empty(), "{:?}", view.failing);
        // DRBD is asked in another way, or speaks again.
        for again in [Seen::DrbdMode(DrbdMode::Polled), Seen::Drbd(DrbdChange::DumpEnd)] {
            tell(&mut view, failed(Feed::Drbd, "drbdsetup", "poll"));
            assert_eq!(view.failing.len(), 1);
            tell(&mut view, again);
            assert!(view.failing.is_empty(), "{:?}", view.failing);
        }
    }
}
