//! The summary, and what stands in its place when there is no cluster to summarise.

use super::time::Time;
use super::words::{DaemonState, NoQuorumPolicy};
use crate::xml::walk::Walker;
use crate::xml::{Fault, Text};

/// `pacemakerd` (2.1.5 and later).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pacemakerd<'a> {
    /// Which daemon says so.
    pub sys_from: Option<Text<'a>>,
    /// Its state.
    pub state: Option<DaemonState<'a>>,
    /// When it last said so.
    pub last_updated: Option<Time<'a>>,
}

/// `crm-mon-disconnected` (2.1.6 and later).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Disconnected<'a> {
    /// Why, in words.
    pub description: Option<Text<'a>>,
    /// The state of Pacemaker's daemon.
    pub pacemakerd_state: Option<DaemonState<'a>>,
}

/// `summary`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary<'a> {
    /// `stack`.
    pub stack: Option<Stack<'a>>,
    /// `current_dc`.
    pub current_dc: Option<CurrentDc<'a>>,
    /// `last_update`.
    pub last_update: Option<LastUpdate<'a>>,
    /// `last_change`.
    pub last_change: Option<LastChange<'a>>,
    /// `nodes_configured`: how many.
    pub nodes_configured: Option<u32>,
    /// `nodes_configured`: the votes that quorum is counted from, as text (legacy 1.1 only).
    pub expected_votes: Option<Text<'a>>,
    /// `resources_configured`.
    pub resources_configured: Option<ResourceCount>,
    /// `cluster_options`.
    pub cluster_options: Option<ClusterOptions<'a>>,
}

/// `stack`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stack<'a> {
    /// `corosync` nearly always; the CIB's `cluster-infrastructure`, or `unknown`.
    pub kind: Option<Text<'a>>,
    /// The state of Pacemaker's daemon (2.1.6 and later).
    pub pacemakerd_state: Option<DaemonState<'a>>,
}

/// `current_dc`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CurrentDc<'a> {
    /// `present="false"`: the partition has no designated controller.
    Absent,
    /// `present="true"`.
    Present(Dc<'a>),
    /// It does not say whether there is one.
    Unsaid,
}

/// The designated controller, and what only it knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dc<'a> {
    /// The version of Pacemaker on it; may be empty.
    pub version: Option<Text<'a>>,
    /// Its name.
    pub name: Option<Text<'a>>,
    /// Its id.
    pub id: Option<Text<'a>>,
    /// Whether its partition has quorum.
    pub with_quorum: Option<bool>,
    /// Whether nodes have different feature sets (2.1.5 and later).
    pub mixed_version: Option<bool>,
}

/// `last_update`: when the status was computed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastUpdate<'a> {
    /// The time, by the clock and in the zone of the tool.
    pub time: Option<Time<'a>>,
    /// The node that the tool ran on (2.1.6 and later).
    pub origin: Option<Text<'a>>,
}

/// `last_change`: who changed the CIB last; any of it may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastChange<'a> {
    /// The time, by the clock and in the zone of the one who changed it.
    pub time: Option<Time<'a>>,
    /// The user.
    pub user: Option<Text<'a>>,
    /// The program.
    pub client: Option<Text<'a>>,
    /// The node.
    pub origin: Option<Text<'a>>,
}

/// `resources_configured`: instances, not what the CIB names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ResourceCount {
    /// All instances.
    pub number: Option<u32>,
    /// Those with the target role Stopped (1.1.16 and later).
    pub disabled: Option<u32>,
    /// Those that the cluster may not touch after a failure (1.1.16 and later).
    pub blocked: Option<u32>,
}

/// `cluster_options` (1.1.14 and later).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClusterOptions<'a> {
    /// Whether fencing is enabled: `fencing-enabled` (3.0.2 and later), else `stonith-enabled`.
    pub fencing_enabled: Option<bool>,
    /// Whether resources may run anywhere unless forbidden.
    pub symmetric_cluster: Option<bool>,
    /// What a partition without quorum does.
    pub no_quorum_policy: Option<NoQuorumPolicy<'a>>,
    /// Whether the cluster keeps its hands off everything.
    pub maintenance_mode: Option<bool>,
    /// Whether everything is to be stopped (2.0.5 and later).
    pub stop_all_resources: Option<bool>,
    /// How long fencing may take, in ms: `fencing-timeout-ms` (3.0.2), else `stonith-timeout-ms` (2.1.1 and later).
    pub fencing_timeout_ms: Option<i64>,
    /// How long the more important node's fencing is delayed, in ms (2.1.1 and later).
    pub priority_fencing_delay_ms: Option<i64>,
}

pub(super) fn pacemakerd<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Pacemakerd<'a>, Fault> {
    let mut it = Pacemakerd::default();
    w.attributes(name, |a| match a.name {
        "sys_from" => a.text_into(&mut it.sys_from),
        "state" => a.word_into(&mut it.state),
        "last_updated" => a.word_into(&mut it.last_updated),
        _ => Ok(false),
    })?;
    w.no_children(name)?;
    Ok(it)
}

pub(super) fn disconnected<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Disconnected<'a>, Fault> {
    let mut it = Disconnected::default();
    w.attributes(name, |a| match a.name {
        "description" => a.text_into(&mut it.description),
        "pacemakerd-state" => a.word_into(&mut it.pacemakerd_state),
        _ => Ok(false),
    })?;
    w.no_children(name)?;
    Ok(it)
}

pub(super) fn summary<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Summary<'a>, Fault> {
    let mut it = Summary::default();
    w.attributes(name, |_| Ok(false))?;
    w.children(name, |w, child| {
        match child {
            "stack" => it.stack = Some(stack(w, child)?),
            "current_dc" => it.current_dc = Some(current_dc(w, child)?),
            "last_update" => it.last_update = Some(last_update(w, child)?),
            "last_change" => it.last_change = Some(last_change(w, child)?),
            "nodes_configured" => w.attributes(child, |a| match a.name {
                "number" => a.number_into(&mut it.nodes_configured),
                "expected_votes" => a.text_into(&mut it.expected_votes),
                _ => Ok(false),
            })?,
            "resources_configured" => it.resources_configured = Some(resource_count(w, child)?),
            "cluster_options" => it.cluster_options = Some(cluster_options(w, child)?),
            _ => return Ok(false),
        }
        w.no_children(child)?;
        Ok(true)
    })?;
    Ok(it)
}

fn stack<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Stack<'a>, Fault> {
    let mut it = Stack::default();
    w.attributes(name, |a| match a.name {
        "type" => a.text_into(&mut it.kind),
        "pacemakerd-state" => a.word_into(&mut it.pacemakerd_state),
        _ => Ok(false),
    })?;
    Ok(it)
}

fn current_dc<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<CurrentDc<'a>, Fault> {
    let (mut present, mut dc) = (None, Dc::default());
    w.attributes(name, |a| match a.name {
        "present" => a.boolean_into(&mut present),
        "version" => a.text_into(&mut dc.version),
        "name" => a.text_into(&mut dc.name),
        "id" => a.text_into(&mut dc.id),
        "with_quorum" => a.boolean_into(&mut dc.with_quorum),
        "mixed_version" => a.boolean_into(&mut dc.mixed_version),
        _ => Ok(false),
    })?;
    Ok(match present {
        Some(true) => CurrentDc::Present(dc),
        Some(false) => CurrentDc::Absent,
        None => CurrentDc::Unsaid,
    })
}

fn last_update<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<LastUpdate<'a>, Fault> {
    let mut it = LastUpdate::default();
    w.attributes(name, |a| match a.name {
        "time" => a.word_into(&mut it.time),
        "origin" => a.text_into(&mut it.origin),
        _ => Ok(false),
    })?;
    Ok(it)
}

fn last_change<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<LastChange<'a>, Fault> {
    let mut it = LastChange::default();
    w.attributes(name, |a| match a.name {
        "time" => a.word_into(&mut it.time),
        "user" => a.text_into(&mut it.user),
        "client" => a.text_into(&mut it.client),
        "origin" => a.text_into(&mut it.origin),
        _ => Ok(false),
    })?;
    Ok(it)
}

fn resource_count<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<ResourceCount, Fault> {
    let mut it = ResourceCount::default();
    w.attributes(name, |a| match a.name {
        "number" => a.number_into(&mut it.number),
        "disabled" => a.number_into(&mut it.disabled),
        "blocked" => a.number_into(&mut it.blocked),
        _ => Ok(false),
    })?;
    Ok(it)
}

fn cluster_options<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<ClusterOptions<'a>, Fault> {
    let mut it = ClusterOptions::default();
    // The twins of 3.0.2 say the same; the newer name wins, wherever it stands.
    let (mut stonith_enabled, mut stonith_timeout_ms) = (None, None);
    w.attributes(name, |a| match a.name {
        "fencing-enabled" => a.boolean_into(&mut it.fencing_enabled),
        "stonith-enabled" => a.boolean_into(&mut stonith_enabled),
        "symmetric-cluster" => a.boolean_into(&mut it.symmetric_cluster),
        "no-quorum-policy" => a.word_into(&mut it.no_quorum_policy),
        "maintenance-mode" => a.boolean_into(&mut it.maintenance_mode),
        "stop-all-resources" => a.boolean_into(&mut it.stop_all_resources),
        "fencing-timeout-ms" => a.number_into(&mut it.fencing_timeout_ms),
        "stonith-timeout-ms" => a.number_into(&mut stonith_timeout_ms),
        "priority-fencing-delay-ms" => a.number_into(&mut it.priority_fencing_delay_ms),
        _ => Ok(false),
    })?;
    it.fencing_enabled = it.fencing_enabled.or(stonith_enabled);
    it.fencing_timeout_ms = it.fencing_timeout_ms.or(stonith_timeout_ms);
    Ok(it)
}
