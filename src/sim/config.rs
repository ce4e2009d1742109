//! What is configured in the cluster: the half of a CIB that people write, in a form the scheduler can read.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::xml::Element;

/// The score that Pacemaker calls INFINITY.
pub(super) const INFINITY: i32 = 1_000_000;

/// The cluster options that the simulator knows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Options {
    #[serde(default = "yes")]
    pub(super) stonith: bool,
    #[serde(default)]
    pub(super) maintenance: bool,
    #[serde(default)]
    pub(super) stickiness: i32,
    #[serde(default = "minute")]
    pub(super) stonith_timeout_s: u32,
    #[serde(default)]
    pub(super) no_quorum: NoQuorum,
}

const fn yes() -> bool {
    true
}

const fn minute() -> u32 {
    60
}

/// `no-quorum-policy`, as far as it is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum NoQuorum {
    #[default]
    Stop,
    Freeze,
    Ignore,
}

impl NoQuorum {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Freeze => "freeze",
            Self::Ignore => "ignore",
        }
    }
}

/// What kind of thing a top-level resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Primitive,
    Group,
    Clone,
    Promotable,
}

/// A top-level resource: a primitive, or a collection of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Resource {
    pub(super) kind: Kind,
    /// The id of the collection; that of a primitive is its member's.
    #[serde(default)]
    pub(super) id: String,
    #[serde(default)]
    pub(super) clone_max: Option<usize>,
    /// `target-role`, where it is set.
    #[serde(default)]
    pub(super) target_role: Option<String>,
    /// `is-managed` and `maintenance`, where they are set.
    #[serde(skip)]
    pub(super) meta: BTreeMap<String, String>,
    pub(super) member: Vec<Primitive>,
}

impl Resource {
    pub(super) fn name(&self) -> &str {
        match (self.kind, self.member.first()) {
            (Kind::Primitive, Some(member)) => &member.id,
            _ => &self.id,
        }
    }

    pub(super) const fn is_clone(&self) -> bool {
        matches!(self.kind, Kind::Clone | Kind::Promotable)
    }

    pub(super) fn disabled(&self) -> bool {
        self.target_role.as_deref().is_some_and(|role| role.eq_ignore_ascii_case("stopped"))
    }
}

/// A primitive resource.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Primitive {
    pub(super) id: String,
    /// As `crm_mon` prints it: `ocf:heartbeat:IPaddr2`, `stonith:fence_virsh`, `systemd:nginx`.
    pub(super) agent: String,
    /// Seconds between monitors (of an unpromoted copy, where there are roles).
    #[serde(default = "ten")]
    pub(super) monitor_s: u32,
    #[serde(default = "nine")]
    pub(super) monitor_promoted_s: u32,
    #[serde(default)]
    pub(super) migration_threshold: Option<u32>,
    /// What the agent says when the monitor fails in a demo.
    #[serde(default)]
    pub(super) fails_with: Option<String>,
    #[serde(default)]
    pub(super) params: BTreeMap<String, String>,
    /// `target-role`, `is-managed` and `maintenance` of a member of a group, where they are set.
    #[serde(skip)]
    pub(super) meta: BTreeMap<String, String>,
}

const fn ten() -> u32 {
    10
}

const fn nine() -> u32 {
    9
}

impl Primitive {
    pub(super) fn is_fencing(&self) -> bool {
        self.agent.starts_with("stonith:")
    }

    /// The DRBD resource that it manages, if it is DRBD's agent.
    pub(super) fn drbd(&self) -> Option<&str> {
        (self.agent == "ocf:linbit:drbd").then(|| self.params.get("drbd_resource").map(String::as_str)).flatten()
    }

    /// Class, provider (none outside ocf) and type.
    pub(super) fn agent_parts(&self) -> (&str, Option<&str>, &str) {
        let mut parts = self.agent.splitn(3, ':');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(class), Some(provider), Some(kind)) => (class, Some(provider), kind),
            (Some(class), Some(kind), None) => (class, None, kind),
            _ => ("ocf", None, &self.agent),
        }
    }
}

/// A preference of a resource for a node.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Location {
    pub(super) id: String,
    pub(super) rsc: String,
    pub(super) node: String,
    /// −1000000 is −INFINITY.
    pub(super) score: i32,
    /// It limits the promoted role only.
    #[serde(skip)]
    pub(super) promoted: bool,
    /// The element as it was created, if it has a rule or a role.
    #[serde(skip)]
    pub(super) element: Option<Element>,
}

/// `rsc` runs only where `with` runs (in the role `with_role`, where given).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Colocation {
    pub(super) id: String,
    pub(super) rsc: String,
    pub(super) with: String,
    #[serde(default)]
    pub(super) with_role: Option<String>,
}

/// `then` starts after `first` has started, or was promoted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) first: String,
    #[serde(default)]
    pub(super) first_action: Option<String>,
    pub(super) then: String,
}

/// A configured node with its permanent attributes (`standby`, `maintenance`).
#[derive(Debug, Clone)]
pub(super) struct NodeConfig {
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) attributes: BTreeMap<String, String>,
}

impl NodeConfig {
    pub(super) fn flag(&self, name: &str) -> bool {
        self.attributes.get(name).is_some_and(|value| matches!(value.as_str(), "on" | "true"))
    }
}

/// The whole configuration.
#[derive(Debug, Clone)]
pub(super) struct Config {
    pub(super) cluster: String,
    pub(super) options: Options,
    pub(super) nodes: Vec<NodeConfig>,
    pub(super) resources: Vec<Resource>,
    pub(super) locations: Vec<Location>,
    pub(super) colocations: Vec<Colocation>,
    pub(super) orders: Vec<Order>,
}

impl Config {
    /// Every primitive with the top-level resource it belongs to.
    pub(super) fn primitives(&self) -> impl Iterator<Item = (&Resource, &Primitive)> {
        self.resources.iter().flat_map(|top| top.member.iter().map(move |member| (top, member)))
    }

    pub(super) fn primitive(&self, id: &str) -> Option<(&Resource, &Primitive)> {
        self.primitives().find(|(_, member)| member.id == id)
    }

    /// The score of all plain location constraints of `rsc` for the node.
    pub(super) fn preference(&self, rsc: &str, node: &str) -> i32 {
        let plain = self.locations.iter().filter(|rule| !rule.promoted && rule.rsc == rsc && rule.node == node);
        plain.fold(0, |sum: i32, rule| sum.saturating_add(rule.score).clamp(-INFINITY, INFINITY))
    }

    /// Takes in what a command changed in the configuration half of a CIB.
    pub(super) fn take_in(&mut self, configuration: &Element) {
        let empty = Element::default();
        let section = |name: &str| configuration.child(name).unwrap_or(&empty);
        let options = pairs(section("crm_config"), "cluster_property_set");
        self.options.maintenance = options.get("maintenance-mode").is_some_and(|value| value == "true");
        for node in &mut self.nodes {
            let found = section("nodes").children.iter().find(|found| found.get("uname") == Some(&node.name));
            node.attributes = found.map(|found| pairs(found, "instance_attributes")).unwrap_or_default();
        }
        let kept = |name: &String| matches!(name.as_str(), "target-role" | "is-managed" | "maintenance");
        for top in &mut self.resources {
            let Some(found) = section("resources").find_id(top.name()) else { continue };
            top.meta = pairs(found, "meta_attributes").into_iter().filter(|(name, _)| kept(name)).collect();
            top.target_role = top.meta.remove("target-role");
            if top.kind == Kind::Group {
                for member in &mut top.member {
                    let own = found.find_id(&member.id).map(|own| pairs(own, "meta_attributes")).unwrap_or_default();
                    member.meta = own.into_iter().filter(|(name, _)| kept(name)).collect();
                }
            }
        }
        self.locations = section("constraints").all("rsc_location").map(Location::read).collect();
    }
}

/// The pairs of the first set of this kind.
fn pairs(element: &Element, kind: &str) -> BTreeMap<String, String> {
    let set = element.child(kind).map_or(&[][..], |set| &set.children);
    let pair = |pair: &Element| Some((pair.get("name")?.to_owned(), pair.get("value")?.to_owned()));
    set.iter().filter_map(pair).collect()
}

impl Location {
    /// Reads a constraint; what is more than a node and a score is kept as it is.
    fn read(element: &Element) -> Self {
        let rule = element.child("rule");
        let score = match rule.unwrap_or(element).get("score").unwrap_or("0") {
            "INFINITY" => INFINITY,
            "-INFINITY" => -INFINITY,
            other => other.parse().unwrap_or(0),
        };
        let limit = rule.unwrap_or(element).get("role");
        let word = |name: &str| element.get(name).unwrap_or_default().to_owned();
        Self {
            id: word("id"),
            rsc: word("rsc"),
            node: word("node"),
            score,
            promoted: limit.is_some_and(|role| role == "Promoted" || role == "Master"),
            element: (rule.is_some() || limit.is_some()).then(|| element.clone()),
        }
    }
}
