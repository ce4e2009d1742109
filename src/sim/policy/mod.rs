//! The policy engine: a CIB in, what Pacemaker's scheduler would do about it out, as `crm_simulate` of 2.1.5 prints it.
//!
//! It decides for a stated subset of Pacemaker. `tests/scheduler.rs` holds it against the real tool over hundreds of CIBs;
//! what lies outside of the subset is refused with the reason ([`Outside`]), never guessed.
//!
//! | within | outside |
//! |---|---|
//! | primitives, groups, anonymous clones and promotable clones of a primitive, fence devices | bundles, templates, clones of groups, unique or ordered clones, remote nodes |
//! | `priority`, `target-role`, `is-managed`, `maintenance`, `resource-stickiness`, `migration-threshold`, `clone-max`, `promoted-max` | `allow-migrate`, `failure-timeout`, `requires`, `multiple-active`, meta attributes by rule, utilization |
//! | location by node, by rules with `#uname`, node attributes, `date_expression` (`lt`, `gt`, `in_range`), roles | resource sets and patterns, tickets, date specifications |
//! | colocation of primitives and groups with anything, of any score; with the promoted role | colocation of a clone with another resource, by node attribute, of a promoted role with another |
//! | order of starts and promotions, mandatory or optional, symmetrical | order of two clones, of stops, serialize, asymmetrical |
//! | failed monitors, starts and stops; fencing, `stonith-enabled=false`; standby, maintenance, shutdown, unclean and pending nodes | operations under way, `on-fail`, other exit codes than 0, 1, 7 and 8, changed parameters |
//! | `no-quorum-policy` stop, freeze, ignore; `maintenance-mode`; `stop-all-resources`; `start-failure-is-fatal` by fail counts | opt-in clusters, node health, fencing enabled without a fence device |
//!
//! Known to differ now and then (5 of 2000 made-up clusters): what is printed for groups of which a member is unmanaged or
//! blocked while another must stop, and which of two copies goes where when a clone leaves two nodes at once. A transition
//! bears no notifications and no `clear_failcount`.

mod actions;
mod clones;
mod cluster;
mod constraints;
mod graph;
mod history;
mod place;
mod read;
mod render;
mod run;
mod scores;
mod summary;
mod time;
mod whatif;

use super::xml::Element;
use graph::Task;

/// What `crm_simulate` answers.
#[derive(Debug, Clone)]
pub struct Simulated {
    /// Its document.
    pub out: String,
    /// Its exit code.
    pub code: u8,
    /// The CIB as it would be afterwards, where the transition was carried out.
    pub next: Option<String>,
}

/// Why a transition cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside(
    /// What is outside of the subset.
    pub String,
);

/// Computes the transition for a CIB at `now`, seconds since 1970, after what the words of `crm_simulate` assume.
/// With `simulate` it is carried out, too.
pub fn simulate(cib: &str, words: &[&str], simulate: bool, now: u64) -> Result<Simulated, Outside> {
    let outside = |why: String| Outside(why);
    let mut cib = Element::parse(cib).map_err(|error| Outside(error.0))?;
    let mut root = Element::new("pacemaker-result", &[("api-version", "2.25")]);
    let request = format!("crm_simulate {}", words.join(" "));
    root.set("request", &request);
    let before = read::cluster(&cib, now).map_err(outside)?;
    root.children.push(render::status(&before, "cluster_status"));
    if !words.is_empty() {
        match whatif::assume(&mut cib, words, now) {
            Ok(told) if told.children.is_empty() => {}
            Ok(told) => root.children.push(told),
            Err(whatif::Refused::NoSuchNode) => {
                return Ok(Simulated { out: String::new(), code: 134, next: None });
            }
            Err(whatif::Refused::Word(word)) => return Err(Outside(format!("crm_simulate {word}"))),
        }
    }
    let mut cluster = read::cluster(&cib, now).map_err(outside)?;
    cluster.weigh();
    cluster.place_all();
    let mut graph = actions::plan(&mut cluster);
    root.children.push(render::actions(&graph, &cluster));
    if simulate {
        run::complete(&mut graph, &cluster);
        let order = run::order(&graph);
        root.children.push(render::transition(&graph, &cluster, &order));
        run::apply(&mut cib, &graph, &cluster, &order, now);
        let after = read::cluster(&cib, now).map_err(outside)?;
        root.children.push(render::status(&after, "revised_cluster_status"));
    }
    root.children.push(Element::new("status", &[("code", "0"), ("message", "OK")]));
    Ok(Simulated { out: root.to_string(), code: 0, next: simulate.then(|| cib.to_string()) })
}

/// What an agent is asked to do, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) node: String,
    pub(super) rsc: String,
    pub(super) task: &'static str,
    /// The steps that have to be over before it, by their places.
    pub(super) after: Vec<usize>,
    /// A node has to be fenced before it.
    pub(super) fenced: bool,
}

/// The operations of the transition for a CIB.
pub(super) fn steps(cib: &Element, now: u64) -> Result<Vec<Step>, Outside> {
    let mut cluster = read::cluster(cib, now).map_err(Outside)?;
    cluster.weigh();
    cluster.place_all();
    let mut graph = actions::plan(&mut cluster);
    run::complete(&mut graph, &cluster);
    let order = run::order(&graph);
    let operation = |at: &usize| {
        let action = &graph.actions[*at];
        let task = matches!(action.task, Task::Start | Task::Stop | Task::Promote | Task::Demote);
        task && !action.pseudo
    };
    let operations: Vec<usize> = order.iter().copied().filter(operation).collect();
    let step = |at: &usize| {
        let action = &graph.actions[*at];
        // All that comes before it, through marks and probes as well.
        let (mut open, mut before) = (vec![*at], Vec::new());
        while let Some(then) = open.pop() {
            for edge in graph.edges.iter().filter(|edge| edge.then == then) {
                if order.contains(&edge.first) && !before.contains(&edge.first) {
                    before.push(edge.first);
                    open.push(edge.first);
                }
            }
        }
        let place = |first: &usize| operations.iter().position(|operation| operation == first);
        Some(Step {
            node: cluster.nodes[action.node?].name.clone(),
            rsc: cluster.rscs[action.rsc?].name.clone(),
            task: action.task.word(),
            after: before.iter().filter_map(place).collect(),
            fenced: before.iter().any(|first| graph.actions[*first].task == Task::Fence),
        })
    };
    Ok(operations.iter().filter_map(step).collect())
}
