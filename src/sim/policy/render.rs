//! What `crm_simulate --output-as=xml` of Pacemaker 2.1.5 prints.

use super::super::xml::Element;
use super::cluster::{Cluster, Kind, NodeIx, Role, RscIx};
use super::graph::{Graph, Task};
use super::summary::{Change, changes};

/// The nodes and resources as they are.
pub(super) fn status(cluster: &Cluster, name: &str) -> Element {
    let mut nodes = Element::new("nodes", &[]);
    for (at, node) in cluster.nodes.iter().enumerate() {
        let primitives = cluster.rscs.iter().filter(|rsc| rsc.kind == Kind::Primitive);
        let running = primitives.filter(|rsc| rsc.running.contains(&at)).count();
        let word = |flag: bool| if flag { "true" } else { "false" };
        let mut element = Element::new(
            "node",
            &[
                ("name", &node.name),
                ("id", &node.id),
                ("online", word(node.online)),
                ("standby", word(node.standby)),
                ("standby_onfail", "false"),
                ("maintenance", word(node.maintenance)),
                ("pending", word(node.pending)),
                ("unclean", word(node.unclean)),
                ("health", "green"),
            ],
        );
        if node.online {
            element.set("feature_set", node.feature_set.as_deref().unwrap_or("<3.15.1"));
        }
        for (key, value) in [
            ("shutdown", word(node.shutdown)),
            ("expected_up", word(node.expected_up)),
            ("is_dc", word(node.dc)),
            ("resources_running", running.to_string().as_str()),
            ("type", "member"),
        ] {
            element.set(key, value);
        }
        nodes.children.push(element);
    }
    let mut resources = Element::new("resources", &[]);
    let seen = cluster.tops.iter().filter(|top| !hidden(cluster, **top));
    resources.children = seen.map(|top| resource(cluster, *top)).collect();
    Element::new(name, &[]).with(nodes).with(resources)
}

/// A collection of which only unmanaged members are active, on nodes that are gone, is not shown.
fn hidden(cluster: &Cluster, top: RscIx) -> bool {
    let members = cluster.rscs[top].children.iter().map(|member| &cluster.rscs[*member]);
    let mut active = members.filter(|member| !member.running.is_empty()).peekable();
    let gone = |node: &NodeIx| !cluster.nodes[*node].online;
    cluster.rscs[top].kind != Kind::Primitive
        && active.peek().is_some()
        && active.all(|member| !member.managed && member.running.iter().all(gone))
}

fn resource(cluster: &Cluster, rsc: RscIx) -> Element {
    let one = &cluster.rscs[rsc];
    let word = |flag: bool| if flag { "true" } else { "false" };
    let disabled = match one.meta.target_role {
        Some(Role::Stopped) => true,
        Some(Role::Unpromoted) => cluster.promotable(cluster.top_of(rsc)),
        _ => false,
    };
    let disabled = word(disabled);
    let count = one.children.len().to_string();
    let mut children = one.children.clone();
    children.sort_unstable();
    let mut element = match one.kind {
        Kind::Primitive => return primitive(cluster, rsc),
        Kind::Group => Element::new(
            "group",
            &[("id", &one.id), ("number_resources", &count), ("managed", word(one.managed)), ("disabled", disabled)],
        ),
        Kind::Clone => Element::new(
            "clone",
            &[
                ("id", &one.id),
                ("multi_state", word(one.meta.promotable)),
                ("unique", "false"),
                ("managed", word(one.managed)),
                ("disabled", disabled),
                ("failed", "false"),
                ("failure_ignored", "false"),
            ],
        ),
    };
    if let (Kind::Clone, Some(role)) = (one.kind, &one.meta.target_word) {
        element.set("target_role", role);
    }
    element.children = children.iter().map(|child| resource(cluster, *child)).collect();
    if let Some(copy) = children.first().filter(|_| one.surplus) {
        let mut left = primitive(cluster, *copy);
        left.children.clear();
        let stopped = [("role", "Stopped"), ("active", "false"), ("orphaned", "true"), ("blocked", "false")];
        let stopped = stopped.into_iter().chain([("failed", "false"), ("nodes_running_on", "0")]);
        for (key, value) in stopped {
            left.set(key, value);
        }
        left.set("managed", word(one.managed));
        element.children.push(left);
    }
    element
}

fn primitive(cluster: &Cluster, rsc: RscIx) -> Element {
    let one = &cluster.rscs[rsc];
    let word = |flag: bool| if flag { "true" } else { "false" };
    let mut element =
        Element::new("resource", &[("id", &one.name), ("resource_agent", &one.agent), ("role", one.role.word())]);
    if let Some(role) = &one.meta.target_word {
        element.set("target_role", role);
    }
    let count = one.running.len().to_string();
    for (key, value) in [
        ("active", word(!one.running.is_empty())),
        ("orphaned", "false"),
        ("blocked", word(one.blocked)),
        ("managed", word(one.managed)),
        ("failed", word(one.failed)),
        ("failure_ignored", "false"),
        ("nodes_running_on", &count),
    ] {
        element.set(key, value);
    }
    for node in &one.running {
        let node = &cluster.nodes[*node];
        let cached = word(node.online);
        element.children.push(Element::new("node", &[("name", &node.name), ("id", &node.id), ("cached", cached)]));
    }
    element
}

/// The summary of a transition.
pub(super) fn actions(graph: &Graph, cluster: &Cluster) -> Element {
    let mut list = Element::new("actions", &[]);
    for action in graph.actions.iter().filter(|action| !action.optional) {
        let fence = if cluster.options.fence_off { "Fence (off)" } else { "Fence (reboot)" };
        let task = match action.task {
            Task::Fence => fence,
            _ => continue,
        };
        let name = action.node.map_or("", |node| cluster.nodes[node].name.as_str());
        let mut element = Element::new("node_action", &[("task", task), ("node", name)]);
        if let Some(reason) = &action.reason {
            element.set("reason", reason);
        }
        list.children.push(element);
    }
    list.children.extend(changes(graph, cluster).iter().map(|change| line(cluster, change)));
    list
}

fn line(cluster: &Cluster, change: &Change) -> Element {
    let one = &cluster.rscs[change.rsc];
    let name = |node: NodeIx| cluster.nodes[node].name.as_str();
    let (role, next) = (one.role.word(), one.next.word());
    let roles = one.role > Role::Started || one.next > Role::Unpromoted;
    let same = one.role == one.next;
    let mut element = Element::new("rsc_action", &[("action", change.action), ("resource", &one.id)]);
    let words: Vec<(&str, &str)> = match (change.from, change.to) {
        (None, None) => vec![],
        (None, Some(to)) if roles => vec![("role", role), ("next-role", next), ("dest", name(to))],
        (None, Some(node)) => vec![("node", name(node))],
        (Some(node), None) if roles => vec![("role", role), ("node", name(node))],
        (Some(node), None) => vec![("node", name(node))],
        (Some(from), Some(to)) if same && from == to && roles => vec![("role", role), ("source", name(from))],
        (Some(from), Some(to)) if same && from == to => vec![("source", name(from))],
        (Some(from), Some(to)) if same && roles => {
            vec![("source", name(from)), ("dest", name(to)), ("role", role)]
        }
        (Some(from), Some(to)) if same => vec![("source", name(from)), ("dest", name(to))],
        (Some(from), Some(to)) if from == to => {
            vec![("role", role), ("next-role", next), ("source", name(from))]
        }
        (Some(from), Some(to)) => {
            vec![("role", role), ("source", name(from)), ("next-role", next), ("dest", name(to))]
        }
    };
    for (key, value) in words {
        element.set(key, value);
    }
    if let Some(reason) = &change.reason {
        element.set("reason", reason);
    }
    if change.blocked {
        element.set("blocked", "true");
    }
    element
}

/// The actions of a transition in an order in which they can happen.
pub(super) fn transition(graph: &Graph, cluster: &Cluster, order: &[usize]) -> Element {
    let mut list = Element::new("transition", &[]);
    list.children = order.iter().map(|at| element(graph, cluster, *at)).collect();
    list
}

fn element(graph: &Graph, cluster: &Cluster, at: usize) -> Element {
    let action = &graph.actions[at];
    let node = action.node.map_or("", |node| cluster.nodes[node].name.as_str());
    let name = action.rsc.map_or("", |rsc| {
        let one = &cluster.rscs[rsc];
        if one.seen || one.kind != Kind::Primitive { one.name.as_str() } else { one.id.as_str() }
    });
    match action.task {
        Task::Fence => {
            let op = if cluster.options.fence_off { "off" } else { "reboot" };
            Element::new("fencing_action", &[("target", node), ("op", op)])
        }
        Task::Shutdown => Element::new("cluster_action", &[("task", "do_shutdown"), ("node", node)]),
        task if action.pseudo => Element::new("pseudo_action", &[("task", &format!("{name}_{}_0", task.word()))]),
        task => {
            let mut element = Element::new("rsc_action", &[("resource", name), ("op", task.word()), ("node", node)]);
            if action.interval_ms > 0 {
                element.set("interval", &action.interval_ms.to_string());
            }
            element
        }
    }
}
