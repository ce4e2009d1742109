//! What an action key can mean for what is selected or marked.

use super::super::{App, Command, Pane, Subject};
use crate::action::{DrbdTask, Expect, FenceHow, Held, Intent, Of, Situation, Switch};
use crate::model::{DrbdName, DrbdRole, Item, NodeName, NodeState, Replication, ResourceId, Role};

/// Something that is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What would be done.
    pub intent: Intent,
    /// What it is, in a word or two.
    pub words: String,
    /// What it means, where that needs saying.
    pub doc: String,
}

fn offer(intent: Intent, words: impl Into<String>, doc: impl Into<String>) -> Offer {
    Offer { intent, words: words.into(), doc: doc.into() }
}

impl App {
    /// What a key offers for what is selected. Nothing where nothing can be changed, or the key means nothing there.
    pub fn offers(&self, command: Command) -> Vec<Offer> {
        if self.is_read_only() || self.situation().cluster.picture().status.is_none() {
            return Vec::new();
        }
        let one = self.acted_on();
        let of_one =
            |offers: fn(&Self, &Subject) -> Vec<Offer>| one.as_ref().map_or_else(Vec::new, |one| offers(self, one));
        match command {
            Command::Failover if self.marks_of(command).is_some() => vacated(&nodes_of(&self.meant())),
            Command::Failover => of_one(Self::failovers),
            Command::Promote => of_one(Self::promotions),
            Command::Fence => of_one(Self::fencings),
            Command::Standby => standbys(&nodes_of(&self.meant()), self.situation()),
            Command::Maintenance => self.maintenances(&self.meant()),
            Command::Cleanup => self.cleanups(&self.meant()),
            Command::StartStop => of_one(Self::start_stops),
            Command::Unmove => self.clearings(one.as_ref()),
            Command::Drbd => of_one(Self::drbd),
            _ => Vec::new(),
        }
    }

    fn failovers(&self, subject: &Subject) -> Vec<Offer> {
        match subject {
            Subject::Node(node) => vacated(core::slice::from_ref(node)),
            Subject::Resource(_) => {
                let Some((root, _)) = self.resource_of(subject) else { return Vec::new() };
                self.moves(root)
            }
            Subject::Replica(name) | Subject::Copy(name, ..) | Subject::Sync(name, ..) | Subject::Tie(name, ..) => {
                self.clone_of(name).map_or_else(Vec::new, |root| self.moves(root))
            }
            _ => Vec::new(),
        }
    }

    fn moves(&self, root: &Item) -> Vec<Offer> {
        let promotable = matches!(root, Item::Clone(set) if set.promotable);
        let mut on: Vec<NodeName> = Vec::new();
        root.each_primitive(&mut |primitive| {
            if !promotable || primitive.role == Role::Promoted {
                on.extend(primitive.on.iter().cloned());
            }
        });
        let status = self.cluster().picture().status.as_deref();
        let members = status.into_iter().flat_map(|status| &status.members);
        members
            .filter(|member| !on.contains(&member.name))
            .map(|member| {
                let state = member.state();
                let doc = if state == NodeState::Online { String::new() } else { state.word().to_owned() };
                let intent = Intent::Move { resource: root.id().clone(), to: member.name.clone(), keep: false };
                let word = if promotable { "promote" } else { "move" };
                offer(intent, format!("{word} {} on {}", root.id(), member.name), doc)
            })
            .collect()
    }

    /// The promotable clone that manages a DRBD resource.
    fn clone_of(&self, name: &DrbdName) -> Option<&Item> {
        let status = self.cluster().picture().status.as_deref()?;
        let promotables = || status.resources.iter().filter(|item| matches!(item, Item::Clone(set) if set.promotable));
        let drbd = |item: &&Item| {
            let mut is = false;
            item.each_primitive(&mut |primitive| is |= primitive.agent == "ocf:linbit:drbd");
            is
        };
        let named = |item: &&Item| {
            let mut is = false;
            item.each_primitive(&mut |primitive| is |= primitive.id.as_str() == name.as_str());
            is
        };
        promotables().filter(drbd).find(named).or_else(|| {
            let mut all = promotables().filter(drbd);
            all.next().filter(|_| all.next().is_none())
        })
    }

    fn promotions(&self, subject: &Subject) -> Vec<Offer> {
        let here = match subject {
            Subject::Node(node) | Subject::Copy(_, _, node) => Some(node),
            _ => None,
        };
        let roots: Vec<&Item> = match subject {
            Subject::Node(_) => {
                let status = self.cluster().picture().status.as_deref();
                let items = status.into_iter().flat_map(|status| &status.resources);
                items.filter(|item| matches!(item, Item::Clone(set) if set.promotable)).collect()
            }
            Subject::Resource(_) => self.resource_of(subject).map(|(root, _)| root).into_iter().collect(),
            Subject::Replica(name) | Subject::Copy(name, ..) => self.clone_of(name).into_iter().collect(),
            _ => Vec::new(),
        };
        let promotable = roots.into_iter().filter(|item| matches!(item, Item::Clone(set) if set.promotable));
        let mut offers: Vec<Offer> = promotable.flat_map(|root| self.moves(root)).collect();
        if let Some(here) = here {
            offers.retain(|offer| matches!(&offer.intent, Intent::Move { to, .. } if to == here));
        }
        if let (true, Subject::Copy(name, _, node)) = (offers.is_empty(), subject)
            && self.clone_of(name).is_none()
        {
            let intent = Intent::Drbd { resource: name.clone(), node: node.clone(), task: DrbdTask::Primary };
            offers.push(offer(
                intent,
                format!("primary {name} on {node}"),
                "DRBD itself: Pacemaker does not manage it",
            ));
        }
        offers
    }

    fn fencings(&self, subject: &Subject) -> Vec<Offer> {
        let Subject::Node(node) = subject else { return Vec::new() };
        let unclean = self.cluster().picture().node(node).is_some_and(|row| row.state.is_unclean());
        let fence = |how| Intent::Fence(node.clone(), how);
        let mut offers = vec![
            offer(fence(FenceHow::Reboot), format!("reboot {node}"), "its power goes off and on"),
            offer(fence(FenceHow::Off), format!("turn {node} off"), "it stays off"),
            offer(fence(FenceHow::On), format!("turn {node} on"), ""),
        ];
        if unclean {
            let doc = "nothing is done: the cluster is told that someone saw it";
            offers.push(offer(fence(FenceHow::Confirm), format!("confirm that {node} is powered off"), doc));
        }
        offers
    }

    fn maintenances(&self, meant: &[Subject]) -> Vec<Offer> {
        let mut of: Vec<Of> = nodes_of(meant).into_iter().map(Of::Node).collect();
        for subject in meant {
            if let Some((root, _)) = self.resource_of(subject) {
                let one = Of::Resource(root.id().clone());
                if !of.contains(&one) {
                    of.push(one);
                }
            }
        }
        let situation = self.situation();
        let mut offers = Vec::new();
        if !of.is_empty() {
            let words = of.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let is = |one: &Of| is_in_maintenance(one, situation);
            let (inside, outside): (Vec<Of>, Vec<Of>) = of.into_iter().partition(is);
            if !outside.is_empty() {
                offers.push(offer(
                    Intent::Maintenance(outside, Switch::On),
                    format!("maintenance of {words}"),
                    "left alone until it is ended",
                ));
            }
            if !inside.is_empty() {
                offers.push(offer(
                    Intent::Maintenance(inside, Switch::Off),
                    format!("end the maintenance of {words}"),
                    "",
                ));
            }
        }
        let on = situation.cluster.picture().status.as_deref().and_then(|status| status.options.maintenance_mode);
        let (switch, words) = if on == Some(true) {
            (Switch::Off, "end the maintenance of the cluster")
        } else {
            (Switch::On, "maintenance of the whole cluster")
        };
        offers.push(offer(Intent::Maintenance(vec![Of::Cluster], switch), words, ""));
        offers
    }

    fn cleanups(&self, meant: &[Subject]) -> Vec<Offer> {
        let mut of: Vec<Of> = nodes_of(meant).into_iter().map(Of::Node).collect();
        for subject in meant {
            if let Some((root, id)) = self.resource_of(subject) {
                let one = Of::Resource(if matches!(root, Item::Group(_)) { id } else { root.id().clone() });
                if !of.contains(&one) {
                    of.push(one);
                }
            } else if let Subject::Finding(key) = subject {
                let id = ResourceId::new(key.subject.split_whitespace().next().unwrap_or_default());
                let known = self
                    .cluster()
                    .picture()
                    .status
                    .as_deref()
                    .is_some_and(|status| status.failures.iter().any(|failure| failure.resource == id));
                if known {
                    of.push(Of::Resource(id));
                }
            }
        }
        let mut offers = Vec::new();
        if !of.is_empty() {
            let words = of.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            offers.push(offer(Intent::Cleanup(of.clone()), format!("clean up {words}"), "forget its failures"));
        }
        if self.cluster().picture().status.as_deref().is_some_and(|status| !status.failures.is_empty()) {
            offers.push(offer(Intent::Cleanup(vec![Of::Cluster]), "clean up everything", "forget all failures"));
        }
        if let [one] = of.as_slice() {
            offers.push(offer(Intent::Refresh(one.clone()), format!("refresh {one}"), "look up its state anew"));
        }
        offers
    }

    fn start_stops(&self, subject: &Subject) -> Vec<Offer> {
        let Some((root, id)) = self.resource_of(subject) else { return Vec::new() };
        let id = if matches!(root, Item::Group(_)) { id } else { root.id().clone() };
        let mut parts = Vec::new();
        root.each_primitive(&mut |primitive| parts.push(primitive));
        let own = parts.iter().filter(|primitive| primitive.id == id || id == *root.id());
        let stopped = own.clone().all(|primitive| primitive.target == Some(Role::Stopped));
        let unmanaged = own.clone().any(|primitive| primitive.managed == Some(false));
        let mut offers = Vec::new();
        if stopped {
            offers.push(offer(Intent::Start(id.clone()), format!("start {id}"), ""));
        } else {
            offers.push(offer(Intent::Stop(id.clone()), format!("stop {id}"), "until it is started"));
            offers.push(offer(Intent::Restart(id.clone()), format!("restart {id}"), "stop it, then let it run again"));
            if matches!(root, Item::Clone(set) if set.promotable) {
                let held = Expect::ToldToDemote(id.clone(), true).holds(self.situation()) == Held::Yes;
                offers.push(if held {
                    let intent = Intent::PutBack { resource: id.clone(), role: None };
                    offer(intent, format!("let {id} be promoted again"), "")
                } else {
                    offer(Intent::Demote(id.clone()), format!("demote {id}"), "promote no copy until that is allowed")
                });
            }
        }
        let switch = if unmanaged { Switch::On } else { Switch::Off };
        let words = if unmanaged { "manage" } else { "unmanage" };
        offers.push(offer(Intent::Manage(root.id().clone(), switch), format!("{words} {}", root.id()), ""));
        offers
    }

    fn clearings(&self, subject: Option<&Subject>) -> Vec<Offer> {
        let situation = self.situation();
        let Some(told) = situation.cluster.witness().and_then(|view| view.locations.as_ref()) else {
            return Vec::new();
        };
        let left = told.value.iter().filter(|location| location.is_left_over(situation.now));
        let left: Vec<_> = left.collect();
        let of: Option<ResourceId> =
            subject.and_then(|subject| self.resource_of(subject)).map(|(root, _)| root.id().clone());
        // Findings of other rules name no constraint.
        let named = match subject {
            Some(Subject::Finding(key)) if ["left-over", "handler-constraint"].contains(&key.rule) => {
                Some(&key.subject)
            }
            _ => None,
        };
        let mut offers: Vec<Offer> = Vec::new();
        for location in &left {
            let bears = of.is_none() || location.resource == of;
            let is = named.is_none_or(|id| *id == location.id);
            if bears && is {
                let resource = location.resource.as_ref().map_or_else(String::new, ToString::to_string);
                offers.push(offer(
                    Intent::Clear(vec![location.id.clone()]),
                    format!("remove {}", location.id),
                    resource,
                ));
            }
        }
        if offers.len() > 1 {
            let ids = offers.iter().filter_map(|offer| match &offer.intent {
                Intent::Clear(ids) => ids.first().cloned(),
                _ => None,
            });
            let all = Intent::Clear(ids.collect());
            offers.push(offer(all, "remove them all", ""));
        }
        offers
    }

    fn drbd(&self, subject: &Subject) -> Vec<Offer> {
        let (name, only) = match subject {
            Subject::Replica(name) => (name, None),
            Subject::Copy(name, _, node) => (name, Some(node)),
            Subject::Sync(name, _, _, to) => (name, Some(to)),
            Subject::Tie(name, a, _) => (name, Some(a)),
            _ => return Vec::new(),
        };
        let replicas = &self.cluster().picture().replicas;
        let Some(replica) = replicas.iter().find(|replica| replica.name == *name) else { return Vec::new() };
        let mut nodes: Vec<&NodeName> =
            replica.volumes.iter().flat_map(|volume| &volume.copies).map(|copy| &copy.node).collect();
        nodes.sort();
        nodes.dedup();
        let managed = self.clone_of(name).is_some();
        let mut offers = Vec::new();
        for node in nodes.into_iter().filter(|node| only.is_none_or(|only| only == *node)) {
            let syncs: Vec<_> = replica.volumes.iter().flat_map(|volume| &volume.syncs).collect();
            let held =
                syncs.iter().any(|sync| matches!(sync.state, Replication::PausedSyncS | Replication::PausedSyncT));
            let runs = syncs.iter().any(|sync| !sync.verify);
            let alone = replica.ties.iter().any(crate::model::Tie::given_up);
            let primary = replica.roles.get(node) == Some(&DrbdRole::Primary);
            for task in DrbdTask::ALL {
                let sense = match task {
                    DrbdTask::Connect => alone || replica.ties.is_empty(),
                    DrbdTask::Disconnect => !alone,
                    DrbdTask::Primary => !managed && !primary,
                    DrbdTask::Secondary => !managed && primary,
                    DrbdTask::PauseSync => runs && !held,
                    DrbdTask::ResumeSync => held,
                    DrbdTask::Verify => !runs,
                    DrbdTask::Invalidate => !primary,
                };
                if sense {
                    let intent = Intent::Drbd { resource: name.clone(), node: node.clone(), task };
                    let doc =
                        if task == DrbdTask::Invalidate { "discards its data, and fetches them anew" } else { "" };
                    offers.push(offer(intent, format!("{} {name} on {node}", task.word()), doc));
                }
            }
        }
        offers
    }

    /// Whether an action key means anything for what is selected: only then is it in the footer.
    pub fn is_offered(&self, command: Command) -> bool {
        let pane = self.screen().focus;
        match command {
            // These mean something wherever the focus is; the footer shows them where they are about what is selected.
            Command::Maintenance => matches!(pane, Pane::Nodes | Pane::Resources) && !self.offers(command).is_empty(),
            _ => !self.offers(command).is_empty(),
        }
    }
}

fn nodes_of(meant: &[Subject]) -> Vec<NodeName> {
    let nodes =
        meant.iter().filter_map(|subject| if let Subject::Node(name) = subject { Some(name.clone()) } else { None });
    nodes.collect()
}

fn is_in_maintenance(of: &Of, situation: Situation<'_>) -> bool {
    let Some(status) = situation.cluster.picture().status.as_deref() else { return false };
    match of {
        Of::Cluster => status.options.maintenance_mode == Some(true),
        Of::Node(node) => status.members.iter().any(|member| member.name == *node && member.maintenance == Some(true)),
        // Older versions of crm_mon tell only that it is not managed.
        Of::Resource(id) | Of::ResourceOn(id, _) => {
            Expect::ResourceMaintenance(id.clone(), true).holds(situation) == Held::Yes
        }
    }
}

/// Nodes are left by everything that runs on them.
fn vacated(nodes: &[NodeName]) -> Vec<Offer> {
    let intent = Intent::Standby(nodes.to_vec(), Switch::On);
    let words = intent.title();
    vec![offer(intent, words, "everything on it goes elsewhere")]
}

fn standbys(nodes: &[NodeName], situation: Situation<'_>) -> Vec<Offer> {
    let status = situation.cluster.picture().status.as_deref();
    let is = |node: &NodeName| {
        status.is_some_and(|status| {
            status.members.iter().any(|member| member.name == *node && member.standby == Some(true))
        })
    };
    let (inside, outside): (Vec<NodeName>, Vec<NodeName>) = nodes.iter().cloned().partition(is);
    let mut offers = Vec::new();
    if !outside.is_empty() {
        let words = Intent::Standby(outside.clone(), Switch::On).title();
        offers.push(offer(
            Intent::Standby(outside, Switch::On),
            words,
            "resources go elsewhere, until it is brought back",
        ));
    }
    if !inside.is_empty() {
        let words = Intent::Standby(inside.clone(), Switch::Off).title();
        offers.push(offer(Intent::Standby(inside, Switch::Off), words, ""));
    }
    offers
}
