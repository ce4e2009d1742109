//! A cluster to simulate, read from TOML: nodes, links, resources, agents' durations, fencing, DRBD, and a script of faults.

use core::fmt;

use serde::Deserialize;

use super::config::{Colocation, Config, Kind, Location, NodeConfig, Options, Order, Resource};
use super::faults::Fault;

const TWO_NODES: &str = include_str!("scenarios/two-nodes.toml");
const THREE_NODES: &str = include_str!("scenarios/three-nodes.toml");

/// A scenario; made by [`Scenario::from_toml`] or [`Scenario::named`], which check it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) cluster: String,
    /// `two_node` of votequorum: one node alone is quorate once it has seen the other.
    #[serde(default)]
    pub(super) two_node: bool,
    #[serde(default = "token")]
    pub(super) token_ms: u64,
    #[serde(default = "consensus")]
    pub(super) consensus_ms: u64,
    /// From power-on to the start of Corosync.
    #[serde(default = "boot")]
    pub(super) boot_seconds: u64,
    /// Between a failed attempt to fence and the next.
    #[serde(default = "retry")]
    pub(super) fence_retry_seconds: u64,
    pub(super) options: Options,
    pub(super) node: Vec<NodeSpec>,
    #[serde(default)]
    pub(super) agent: Vec<AgentSpec>,
    pub(super) resource: Vec<Resource>,
    #[serde(default)]
    pub(super) location: Vec<Location>,
    #[serde(default)]
    pub(super) colocation: Vec<Colocation>,
    #[serde(default)]
    pub(super) order: Vec<Order>,
    #[serde(default)]
    pub(super) fence: Vec<FenceSpec>,
    #[serde(default)]
    pub(super) drbd: Vec<DrbdSpec>,
    #[serde(default)]
    pub(super) at: Vec<At>,
}

const fn token() -> u64 {
    1650
}

const fn consensus() -> u64 {
    1980
}

const fn boot() -> u64 {
    25
}

const fn retry() -> u64 {
    5
}

/// A node; its Corosync node id is its place, from 1.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NodeSpec {
    pub(super) name: String,
    /// One address per knet link.
    pub(super) addresses: Vec<String>,
    /// The address that DRBD uses; that of link 0 if there is no wire of its own.
    #[serde(default)]
    pub(super) replication: Option<String>,
}

/// How long an agent takes, in milliseconds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgentSpec {
    pub(super) name: String,
    pub(super) start_ms: u64,
    pub(super) stop_ms: u64,
    #[serde(default)]
    pub(super) promote_ms: u64,
    #[serde(default)]
    pub(super) demote_ms: u64,
    #[serde(default)]
    pub(super) monitor_ms: u64,
}

/// A fence device and the node that it can fence.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FenceSpec {
    pub(super) device: String,
    pub(super) target: String,
    /// How long the device takes, milliseconds.
    pub(super) takes_ms: u64,
    /// `pcmk_delay_base`: the head start of this target in a fence race, milliseconds.
    #[serde(default)]
    pub(super) delay_ms: u64,
}

/// A DRBD resource with one volume.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DrbdSpec {
    pub(super) name: String,
    pub(super) nodes: Vec<String>,
    pub(super) minor: u32,
    pub(super) port: u16,
    pub(super) backing: String,
    pub(super) size_mib: u64,
    /// Resync rate, MiB/s.
    pub(super) rate_mib: u64,
    /// What the primary writes, KiB/s.
    pub(super) writes_kib: u64,
    /// What is resynced at least after a primary was lost with its activity log, MiB.
    #[serde(default)]
    pub(super) activity_log_mib: u64,
}

/// A fault of the script, some time after the start.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct At {
    pub(super) seconds: u64,
    pub(super) fault: Fault,
}

/// Why a scenario cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioError(String);

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for ScenarioError {}

impl Scenario {
    /// The names of the scenarios that come with hatui.
    pub const fn names() -> &'static [&'static str] {
        &["two-nodes", "three-nodes"]
    }

    /// A scenario that comes with hatui; `None` if there is none of this name.
    pub fn named(name: &str) -> Option<Self> {
        let text = match name {
            "two-nodes" => TWO_NODES,
            "three-nodes" => THREE_NODES,
            _ => return None,
        };
        Self::from_toml(text).ok()
    }

    /// A scenario from TOML. Unknown keys are refused, as are names that nothing bears.
    pub fn from_toml(text: &str) -> Result<Self, ScenarioError> {
        let scenario: Self = toml::from_str(text).map_err(|error| ScenarioError(error.to_string()))?;
        scenario.check().map_err(ScenarioError)?;
        Ok(scenario)
    }

    /// The name of the scenario.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it shows, in one sentence.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// The name of the cluster.
    pub fn cluster(&self) -> &str {
        &self.cluster
    }

    fn check(&self) -> Result<(), String> {
        if self.node.is_empty() || self.node.len() > 32 {
            return Err("a cluster has 1 to 32 nodes".to_owned());
        }
        let links = self.node.first().map_or(0, |node| node.addresses.len());
        if links == 0 || self.node.iter().any(|node| node.addresses.len() != links) {
            return Err("every node has an address on each link, and there is at least one link".to_owned());
        }
        for (place, node) in self.node.iter().enumerate() {
            if self.node.iter().skip(place + 1).any(|other| other.name == node.name) {
                return Err(format!("there are two nodes named {}", node.name));
            }
        }
        let node = |name: &str| {
            let known = self.node.iter().any(|node| node.name == name);
            if known { Ok(()) } else { Err(format!("there is no node {name}")) }
        };
        for top in &self.resource {
            let one = top.member.len() == 1;
            if top.member.is_empty() || (top.kind != Kind::Group && !one) || top.name().is_empty() {
                return Err(format!("{}: a group has an id and members, all else exactly one member", top.name()));
            }
            for member in &top.member {
                let Some(name) = member.drbd() else { continue };
                if !self.drbd.iter().any(|drbd| drbd.name == name) {
                    return Err(format!("{}: there is no DRBD resource {name}", member.id));
                }
            }
        }
        let ids: Vec<&str> = self.resource.iter().map(Resource::name).collect();
        let top = |id: &str| {
            let known = ids.contains(&id);
            if known { Ok(()) } else { Err(format!("there is no top-level resource {id}")) }
        };
        for rule in &self.location {
            top(&rule.rsc)?;
            node(&rule.node)?;
        }
        for rule in &self.colocation {
            top(&rule.rsc)?;
            top(&rule.with)?;
        }
        for rule in &self.order {
            top(&rule.first)?;
            top(&rule.then)?;
        }
        for device in &self.fence {
            top(&device.device)?;
            node(&device.target)?;
        }
        for drbd in &self.drbd {
            if drbd.nodes.len() != 2 || drbd.size_mib == 0 || drbd.rate_mib == 0 {
                return Err(format!("{}: a DRBD resource has two nodes, a size and a rate", drbd.name));
            }
            drbd.nodes.iter().try_for_each(|name| node(name))?;
        }
        Ok(())
    }

    /// The configuration that the cluster starts with.
    pub(super) fn config(&self) -> Config {
        let nodes = self.node.iter().zip(1..).map(|(node, id)| NodeConfig {
            id,
            name: node.name.clone(),
            attributes: std::collections::BTreeMap::new(),
        });
        Config {
            cluster: self.cluster.clone(),
            options: self.options.clone(),
            nodes: nodes.collect(),
            resources: self.resource.clone(),
            locations: self.location.clone(),
            colocations: self.colocation.clone(),
            orders: self.order.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_that_comes_with_hatui_can_be_read() {
        for name in Scenario::names() {
            let text = if *name == "two-nodes" { TWO_NODES } else { THREE_NODES };
            let scenario = Scenario::from_toml(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(scenario.name(), *name);
            assert!(Scenario::named(name).is_some());
        }
        assert!(Scenario::named("no-such").is_none());
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let text = format!("colour = \"red\"\n{TWO_NODES}");
        assert!(Scenario::from_toml(&text).unwrap_err().to_string().contains("colour"));
    }

    #[test]
    fn a_fence_device_for_a_node_that_is_not_there_is_refused() {
        let text = TWO_NODES.replace("target = \"ha-node-2\"", "target = \"ha-node-9\"");
        assert_eq!(Scenario::from_toml(&text).unwrap_err().to_string(), "there is no node ha-node-9");
    }

    #[test]
    fn a_script_of_faults_is_read_from_toml() {
        let script = "\n[[at]]\nseconds = 4\nfault = { power-off = { node = \"ha-node-1\" } }\n\n\
            [[at]]\nseconds = 9\nfault = \"heal\"\n";
        let scenario = Scenario::from_toml(&format!("{TWO_NODES}{script}")).unwrap();
        let faults: Vec<(u64, &Fault)> = scenario.at.iter().map(|at| (at.seconds, &at.fault)).collect();
        assert_eq!(faults, [(4, &Fault::PowerOff { node: "ha-node-1".to_owned() }), (9, &Fault::Heal)]);
    }
}
