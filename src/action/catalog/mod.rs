//! The actions: for each, what it runs, what it relies on, what should come of it, and what refuses it.

mod cleanup;
mod constraints;
mod drbd;
mod fence;
mod maintenance;
mod moving;
mod nodes;
mod running;

use core::time::Duration;
use std::collections::BTreeMap;

use super::basis::Basis;
use super::danger::{Confirmation, Danger};
use super::expect::Expect;
use super::intent::Intent;
use super::plan::{At, Guard, Plan, Step, Undo, Wait};
use super::preview::{Item, Request};
use super::remark::{Level, Refusal, Remark};
use super::situation::{Found, Situation};
use crate::model::{Dc, FactKey, Item as Resource, NodeName, NodeState, ResourceId, Score, Text};
use crate::wire::Argv;

/// How long a command that only changes the CIB may take.
pub(super) const QUICK: Duration = Duration::from_secs(20);

/// How long is waited where no preview tells.
const WAIT: Duration = Duration::from_mins(3);

/// The plan for what is wanted, or why it cannot be done now.
///
/// # Errors
///
/// A [`Refusal`] with every reason, each with what would allow it.
pub fn plan(intent: &Intent, situation: Situation<'_>) -> Result<Plan, Refusal> {
    let title = intent.title();
    if situation.status().is_none() {
        let helps = "wait until a node tells its Pacemaker's status; `:nodes` shows why none does";
        return Err(Refusal::because(title, "nothing is known of the cluster", helps));
    }
    let draft = Draft::new(intent, situation);
    match intent {
        Intent::Move { resource, to, keep } => moving::plan(draft, resource, to, *keep),
        Intent::Ban { resource, node, promoted_only } => moving::ban(draft, resource, node, *promoted_only),
        Intent::Standby(nodes, on) => nodes::standby(draft, nodes, *on),
        Intent::Fence(node, how) => fence::plan(draft, node, *how),
        Intent::Maintenance(of, on) => maintenance::plan(draft, of, *on),
        Intent::Manage(resource, on) => maintenance::manage(draft, resource, *on),
        Intent::Cleanup(of) => cleanup::cleanup(draft, of),
        Intent::Refresh(of) => cleanup::refresh(draft, of),
        Intent::Start(resource) => running::start(draft, resource),
        Intent::Stop(resource) => running::stop(draft, resource),
        Intent::Restart(resource) => running::restart(draft, resource),
        Intent::Demote(resource) => running::demote(draft, resource),
        Intent::PutBack { resource, role } => running::put_back(draft, resource, role.as_ref()),
        Intent::Clear(ids) => constraints::clear(draft, ids),
        Intent::Drbd { resource, node, task } => drbd::plan(draft, resource, node, *task),
    }
}

/// A plan in the making.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    situation: Situation<'a>,
    intent: Intent,
    steps: Vec<Step>,
    expected: Vec<Expect>,
    about: Vec<ResourceId>,
    remarks: Vec<Remark>,
    danger: Danger,
    name: String,
    statement: String,
    keys: Vec<FactKey>,
    /// What the steps so far change themselves: later ones do not rely on it.
    own: Vec<FactKey>,
    request: Request,
    not_asked: Vec<NodeName>,
}

impl<'a> Draft<'a> {
    fn new(intent: &Intent, situation: Situation<'a>) -> Self {
        Self {
            situation,
            intent: intent.clone(),
            steps: Vec::new(),
            expected: Vec::new(),
            about: Vec::new(),
            remarks: Vec::new(),
            danger: Danger::Confirm,
            name: String::new(),
            statement: String::new(),
            keys: situation.keys(&[]),
            own: Vec::new(),
            request: Request::Copy(Vec::new()),
            not_asked: Vec::new(),
        }
    }

    fn remark(&mut self, level: Level, words: impl Into<String>, helps: impl Into<String>) {
        let mut remark = Remark::new(level, words);
        let helps = helps.into();
        if !helps.is_empty() {
            remark = remark.help(helps);
        }
        self.remarks.push(remark);
    }

    fn refuse(&mut self, words: impl Into<String>, helps: impl Into<String>) {
        self.remark(Level::Refuse, words, helps);
    }

    fn warn(&mut self, words: impl Into<String>) {
        self.remark(Level::Warn, words, "");
    }

    fn note(&mut self, words: impl Into<String>) {
        self.remark(Level::Note, words, "");
    }

    /// The resource, or the refusal that there is none.
    fn find(&self, id: &ResourceId) -> Result<Found<'a>, Refusal> {
        self.situation.find(id).ok_or_else(|| {
            Refusal::because(
                self.intent.title(),
                format!("there is no resource {id}"),
                "`:resources` shows what there is",
            )
        })
    }

    /// What refuses every change that moves resources: no quorum, maintenance of the whole, nothing fresh.
    fn needs_a_working_cluster(&mut self) {
        let situation = self.situation;
        if !situation.is_fresh() {
            self.refuse("what is known of Pacemaker is old", "wait until a node is heard again");
        }
        let options = situation.status().map(|status| &status.options);
        let ignored = options.and_then(|options| options.no_quorum_policy.as_deref()) == Some("ignore");
        match situation.has_quorum() {
            Some(true) => {}
            Some(false) if ignored => self.remark(
                Level::Raise,
                "there is no quorum, and the cluster ignores that: the other side may run the services too",
                "see the truth (w) first",
            ),
            Some(false) => self.refuse(
                "there is no quorum: the cluster starts and moves nothing",
                "bring more nodes back, or see `:quorum`",
            ),
            None => self.warn("nobody tells whether there is quorum"),
        }
        self.needs_a_dc();
        if options.and_then(|options| options.maintenance_mode) == Some(true) {
            self.refuse(
                "the cluster is in maintenance mode: it moves nothing",
                "end it first: cluster maintenance off",
            );
        }
        if options.and_then(|options| options.stop_all_resources) == Some(true) {
            self.refuse("all resources are told to stop (stop-all-resources)", "set stop-all-resources=false first");
        }
        if options.and_then(|options| options.fencing_enabled) == Some(false) {
            self.warn("fencing is disabled: a stop that fails can leave a service running twice");
        }
        for node in situation.unclean() {
            let helps = format!("fence {node}, or see why its fencing does not come to an end");
            self.remark(Level::Warn, format!("{node} is UNCLEAN: what needs it fenced waits for that"), helps);
        }
        if situation.cluster.picture().is_partitioned() {
            self.remark(Level::Warn, "the nodes do not all see each other: the cluster is split", "see the truth (w)");
        }
        if situation.quorum_hangs_on_one() == Some(true) && situation.has_quorum() != Some(false) {
            self.warn("quorum would be lost with one more node");
        }
    }

    /// What refuses every change of the configuration: nobody who takes it.
    fn needs_a_dc(&mut self) {
        if matches!(self.situation.status().map(|status| &status.dc), Some(Dc::None)) {
            self.refuse(
                "no DC is elected: nobody takes changes, or decides what runs where",
                "wait until one is elected",
            );
        }
    }

    /// What a step relies on: all that the plan does, except for what earlier steps of its own set in motion.
    fn relied_on(&self) -> Vec<FactKey> {
        let reacts = |key: &FactKey| {
            matches!(key, FactKey::Resource(_) | FactKey::Disk(..) | FactKey::DrbdRole(..) | FactKey::Connection(..))
        };
        let mut keys = self.keys.clone();
        if !self.steps.is_empty() {
            keys.retain(|key| !reacts(key) && !self.own.contains(key));
        }
        keys.sort();
        keys.dedup();
        keys
    }

    /// A step that changes the CIB, guarded by all the plan relies on.
    fn change(&mut self, words: impl Into<String>, argv: Argv, effect: Vec<Expect>) {
        let keys = self.relied_on();
        self.own.extend(effect.iter().filter_map(|expect| match expect {
            Expect::Standby(node, _) | Expect::NodeMaintenance(node, _) => Some(FactKey::Node(node.clone())),
            Expect::ClusterMaintenance(_) => Some(FactKey::Maintenance),
            _ => None,
        }));
        self.steps.push(Step {
            words: words.into(),
            argv,
            at: At::Asked,
            deadline: QUICK,
            guard: Guard::Unchanged(keys),
            bumps: 1,
            effect,
            wait: None,
            leaves: None,
            releases: false,
        });
    }

    /// What is waited for after the last step.
    fn wait(&mut self, words: impl Into<String>, until: Vec<Expect>, cancel_leaves: impl Into<String>) {
        if let Some(step) = self.steps.last_mut() {
            step.wait = Some(Wait { words: words.into(), until, at_most: WAIT, cancel_leaves: cancel_leaves.into() });
        }
    }

    /// The copy of the CIB gets all the steps so far, and is then simulated.
    fn simulated(&self) -> Request {
        let mut items: Vec<Item> = self.steps.iter().map(|step| Item::Try(step.argv.clone())).collect();
        items.push(Item::Plan(Vec::new()));
        Request::Copy(items)
    }

    /// Done: a plan, or every reason why not.
    fn finish(mut self, undo: Undo) -> Result<Plan, Refusal> {
        let title = self.intent.title();
        let not: Vec<&NodeName> = self.not_asked.iter().collect();
        let asked = self.situation.asked(&not);
        if asked.is_none() {
            let words = if not.is_empty() {
                "no node with a live Pacemaker is connected".to_owned()
            } else {
                format!("no other node than {} with a live Pacemaker is connected", super::intent::list(&not))
            };
            self.refuse(words, "connect to one: `:watch NODE`, or see `:nodes` for what keeps them away");
        }
        self.remarks.sort_by_key(|remark| core::cmp::Reverse(remark.level));
        let (reasons, remarks): (Vec<_>, Vec<_>) =
            self.remarks.into_iter().partition(|remark| remark.level == Level::Refuse);
        let (true, Some(asked)) = (reasons.is_empty(), asked) else { return Err(Refusal { title, reasons }) };
        let raised = remarks.iter().filter(|remark| remark.level == Level::Raise).count();
        let danger = (0..raised).fold(self.danger, |danger, _| danger.raised());
        let name = if self.name.is_empty() { asked.1.to_string() } else { self.name };
        let statement = if self.statement.is_empty() { "I know what this does".to_owned() } else { self.statement };
        let facts = self.situation.facts(&self.keys);
        Ok(Plan {
            title,
            basis: Basis { revision: None, facts },
            steps: self.steps,
            expected: self.expected,
            about: self.about,
            undo,
            confirmation: Confirmation { danger, name, statement },
            remarks,
            request: self.request,
            asked,
            not_asked: self.not_asked,
            intent: self.intent,
        })
    }
}

/// Why a node cannot take a resource, with what would allow it; `None`: it can.
fn cannot_take(situation: Situation<'_>, node: &NodeName) -> Option<(String, String)> {
    if situation.member(node).is_some_and(|member| member.shutdown == Some(true) && member.state().is_up()) {
        return Some((format!("{node} is shutting down"), format!("start {node} again first")));
    }
    let (words, helps) = match situation.state(node) {
        None => return Some((format!("there is no node {node}"), "`:nodes` shows what there is".to_owned())),
        Some(NodeState::Online) => return None,
        Some(NodeState::Standby) => ("in standby", format!("node online {node}")),
        Some(NodeState::StandbyOnFail) => {
            ("in standby since something failed there", format!("see that it is mended, then: resource cleanup {node}"))
        }
        Some(NodeState::OfflineStandby | NodeState::Offline | NodeState::OfflineMaintenance) => {
            ("offline", format!("start {node} first"))
        }
        Some(NodeState::Maintenance) => ("in maintenance", format!("node ready {node}")),
        Some(NodeState::Pending) => ("not a member yet (pending)", "wait until it is online".to_owned()),
        Some(state) if state.is_unclean() => {
            return Some((format!("{node} is {}", state.word()), "it has to be fenced first".to_owned()));
        }
        Some(_) => ("in an unknown state", "wait until a node tells".to_owned()),
    };
    Some((format!("{node} is {words}"), helps))
}

/// The meta attributes' id: a member of a group or clone stands for the whole.
fn root_id(found: &Found<'_>) -> ResourceId {
    found.root.id().clone()
}

/// What happens to data when a node goes.
fn data(draft: &mut Draft<'_>, node: &NodeName) {
    let situation = draft.situation;
    for (name, why, helps) in situation.hangs_on(node) {
        draft.remark(Level::Raise, format!("{name} on {node}: {why}"), helps);
    }
    for (name, done) in situation.fetches(node) {
        let words = format!("{name} on {node}: it is the target of a resync{done}, which goes on when it is back");
        draft.remark(Level::Warn, words, "wait for the resync");
    }
}

/// Why the cluster leaves a resource as it is, with what would change that; `None`: it looks after it. Maintenance of the
/// whole cluster is told by itself.
fn left_alone(situation: Situation<'_>, found: &Found<'_>, id: &ResourceId) -> Option<(String, String)> {
    let parts = found.parts();
    if !parts.iter().any(|part| part.managed == Some(false) || part.maintenance == Some(true)) {
        return None;
    }
    let maintained = |node: &&NodeName| {
        matches!(situation.state(node), Some(NodeState::Maintenance | NodeState::OfflineMaintenance))
    };
    if let Some(node) = parts.iter().flat_map(|part| &part.on).find(maintained) {
        return Some((
            format!("{node} is in maintenance: {id} is left as it is there"),
            format!("end that first: node ready {node}"),
        ));
    }
    let whole = situation.status().and_then(|status| status.options.maintenance_mode) == Some(true);
    if whole {
        return None;
    }
    let of_root = match found.root {
        Resource::Group(group) => group.maintenance,
        Resource::Clone(set) => set.maintenance,
        Resource::Bundle(bundle) => bundle.maintenance,
        Resource::Primitive(_) => None,
    };
    if of_root == Some(true) || parts.iter().any(|part| part.maintenance == Some(true)) {
        let root = found.root.id();
        return Some((format!("{root} is in maintenance"), format!("end that first: resource maintenance {root} off")));
    }
    Some((format!("{id} is not managed: the cluster leaves it as it is"), format!("resource manage {id}")))
}

/// Whether a node could have a resource: it is online, and nothing that is known keeps the resource off it.
fn could_have(situation: Situation<'_>, found: &Found<'_>, node: &NodeName) -> bool {
    cannot_take(situation, node).is_none()
        && situation.bans(found, node).is_empty()
        && situation.failed_out(found, node).is_none()
}

/// The words for what a resource is.
fn kind(found: &Found<'_>) -> &'static str {
    match found.root {
        Resource::Primitive(_) => "resource",
        Resource::Group(_) => "group",
        Resource::Clone(set) if set.promotable => "promotable clone",
        Resource::Clone(_) => "clone",
        Resource::Bundle(_) => "bundle",
    }
}

/// What others have put on a resource, to be known before something is added: what each does, and the node that it draws
/// it to for good.
fn others_constraints(situation: Situation<'_>, found: &Found<'_>) -> BTreeMap<Text, (String, Option<NodeName>)> {
    let parts: Vec<&ResourceId> = found.primitives().into_iter().map(|primitive| &primitive.id).collect();
    let bears = |id: &ResourceId| id == found.root.id() || parts.contains(&id);
    let all = situation.locations().into_iter().flatten();
    all.filter(|location| location.resource.as_ref().is_some_and(bears))
        .map(|location| {
            let node = location.node.as_ref().map_or_else(|| "some nodes".to_owned(), ToString::to_string);
            let how = match location.score {
                Some(Score::MinusInfinity) => "keeps it off",
                Some(Score::Of(score)) if score < 0 => "draws it away from",
                Some(_) => "draws it to",
                None => "has a rule on",
            };
            let pulls = location.node.clone().filter(|_| location.score == Some(Score::Infinity));
            (location.id.clone(), (format!("{how} {node}"), pulls))
        })
        .collect()
}
