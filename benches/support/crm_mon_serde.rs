//! What hatui's parser reads from a document of `crm_mon`, read by serde and quick-xml: the same fields, the same types.
//!
//! Texts are borrowed where nothing is escaped, which is the fastest that serde can do. It keeps no account of what it
//! does not know, and does not take off the second layer of references of an exit reason.

#![expect(
    dead_code,
    clippy::struct_field_names,
    reason = "that the fields are read is what costs; they are the document's"
)]

use core::marker::PhantomData;
use std::borrow::Cow;

use hatui_parsers::crm_mon::{
    DaemonState, FenceStatus, Health, NoQuorumPolicy, NodeType, OperationStatus, Role, Score, TicketStatus, Time,
};
use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// A text, borrowed if it can be.
#[derive(Debug, Deserialize)]
pub(crate) struct Str<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

/// A word or a time: anything that is made of a text.
#[derive(Debug)]
pub(crate) struct Word<'a, W>(pub(crate) W, PhantomData<&'a ()>);

impl<'de: 'a, 'a, W: From<Cow<'a, str>>> Deserialize<'de> for Word<'a, W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(W::from(Str::<'a>::deserialize(deserializer)?.0), PhantomData))
    }
}

/// Milliseconds such as `26ms`, or a bare number.
#[derive(Debug)]
pub(crate) struct Ms(u64);

impl<'de> Deserialize<'de> for Ms {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Str::deserialize(deserializer)?.0;
        let digits = text.strip_suffix("ms").unwrap_or(&text);
        digits.parse().map(Self).map_err(D::Error::custom)
    }
}

/// A score.
#[derive(Debug)]
pub(crate) struct Weight(Score);

impl<'de> Deserialize<'de> for Weight {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Str::deserialize(deserializer)?.0;
        Score::parse(&text).map(Self).ok_or_else(|| D::Error::custom("a score"))
    }
}

/// A struct of optional attributes and lists of children, each with the name that it has in the document.
macro_rules! element {
    ($name:ident { $($field:ident: $kind:ident $(<$of:ident>)? = $key:literal),+ $(,)? }) => {
        element! { @fields $name [] $($field: $kind $(<$of>)? = $key,)+ }
    };
    (@fields $name:ident [$($done:tt)*] $field:ident: text = $key:literal, $($rest:tt)*) => {
        element! { @fields $name [$($done)* #[serde(borrow, default, rename = $key)] pub(crate) $field: Option<Str<'a>>,] $($rest)* }
    };
    (@fields $name:ident [$($done:tt)*] $field:ident: word<$of:ident> = $key:literal, $($rest:tt)*) => {
        element! { @fields $name [$($done)* #[serde(borrow, default, rename = $key)] pub(crate) $field: Option<Word<'a, $of<'a>>>,] $($rest)* }
    };
    (@fields $name:ident [$($done:tt)*] $field:ident: value<$of:ident> = $key:literal, $($rest:tt)*) => {
        element! { @fields $name [$($done)* #[serde(default, rename = $key)] pub(crate) $field: Option<$of>,] $($rest)* }
    };
    (@fields $name:ident [$($done:tt)*] $field:ident: many<$of:ident> = $key:literal, $($rest:tt)*) => {
        element! { @fields $name [$($done)* #[serde(borrow, default, rename = $key)] pub(crate) $field: Vec<$of<'a>>,] $($rest)* }
    };
    (@fields $name:ident [$($done:tt)*] $field:ident: one<$of:ident> = $key:literal, $($rest:tt)*) => {
        element! { @fields $name [$($done)* #[serde(borrow, default, rename = $key)] pub(crate) $field: Option<$of<'a>>,] $($rest)* }
    };
    (@fields $name:ident [$($done:tt)*]) => {
        #[derive(Debug, Deserialize)]
        pub(crate) struct $name<'a> { $($done)* #[serde(skip)] nothing: PhantomData<&'a ()> }
    };
}

element! { Document {
    api_version: text = "@api-version", request: text = "@request", version: text = "@version", pacemakerd: one<Pacemakerd> = "pacemakerd",
    summary: one<Summary> = "summary", nodes: one<Nodes> = "nodes", resources: one<Resources> = "resources",
    node_attributes: one<NodeAttributes> = "node_attributes", node_history: one<NodeHistories> = "node_history",
    failures: one<Failures> = "failures", fence_history: one<FenceHistory> = "fence_history", tickets: one<Tickets> = "tickets",
    bans: one<Bans> = "bans", status: one<Status> = "status",
} }
element! { Pacemakerd { sys_from: text = "@sys_from", state: word<DaemonState> = "@state", last_updated: word<Time> = "@last_updated" } }
element! { Status { code: value<i32> = "@code", message: text = "@message", errors: one<Errors> = "errors" } }
element! { Errors { error: many<Str> = "error" } }
element! { Summary {
    stack: one<Stack> = "stack", current_dc: one<Dc> = "current_dc", last_update: one<LastUpdate> = "last_update",
    last_change: one<LastChange> = "last_change", nodes_configured: one<Configured> = "nodes_configured",
    resources_configured: one<Configured> = "resources_configured", cluster_options: one<Options> = "cluster_options",
} }
element! { Stack { kind: text = "@type", pacemakerd_state: word<DaemonState> = "@pacemakerd-state" } }
element! { Dc {
    present: value<bool> = "@present", version: text = "@version", name: text = "@name", id: text = "@id",
    with_quorum: value<bool> = "@with_quorum", mixed_version: value<bool> = "@mixed_version",
} }
element! { LastUpdate { time: word<Time> = "@time", origin: text = "@origin" } }
element! { LastChange { time: word<Time> = "@time", user: text = "@user", client: text = "@client", origin: text = "@origin" } }
element! { Configured {
    number: value<u32> = "@number", expected_votes: text = "@expected_votes", disabled: value<u32> = "@disabled", blocked: value<u32> = "@blocked",
} }
element! { Options {
    fencing_enabled: value<bool> = "@fencing-enabled", stonith_enabled: value<bool> = "@stonith-enabled",
    symmetric_cluster: value<bool> = "@symmetric-cluster", no_quorum_policy: word<NoQuorumPolicy> = "@no-quorum-policy",
    maintenance_mode: value<bool> = "@maintenance-mode", stop_all_resources: value<bool> = "@stop-all-resources",
    fencing_timeout_ms: value<i64> = "@fencing-timeout-ms", stonith_timeout_ms: value<i64> = "@stonith-timeout-ms",
    priority_fencing_delay_ms: value<i64> = "@priority-fencing-delay-ms",
} }
element! { Nodes { node: many<Node> = "node" } }
element! { Node {
    name: text = "@name", id: text = "@id", online: value<bool> = "@online", standby: value<bool> = "@standby",
    standby_onfail: value<bool> = "@standby_onfail", maintenance: value<bool> = "@maintenance", pending: value<bool> = "@pending",
    unclean: value<bool> = "@unclean", health: word<Health> = "@health", feature_set: text = "@feature_set", shutdown: value<bool> = "@shutdown",
    expected_up: value<bool> = "@expected_up", is_dc: value<bool> = "@is_dc", resources_running: value<u32> = "@resources_running",
    kind: word<NodeType> = "@type", id_as_resource: text = "@id_as_resource", resources: many<Item> = "$value",
} }
element! { Resources { items: many<Item> = "$value" } }

/// One of the resources.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Item<'a> {
    Resource(#[serde(borrow)] Primitive<'a>),
    Group(#[serde(borrow)] Group<'a>),
    Clone(#[serde(borrow)] Cloned<'a>),
    Bundle(#[serde(borrow)] Bundle<'a>),
}

element! { Primitive {
    id: text = "@id", agent: text = "@resource_agent", role: word<Role> = "@role", target_role: word<Role> = "@target_role",
    active: value<bool> = "@active", orphaned: value<bool> = "@orphaned", removed: value<bool> = "@removed", blocked: value<bool> = "@blocked",
    maintenance: value<bool> = "@maintenance", managed: value<bool> = "@managed", failed: value<bool> = "@failed",
    failure_ignored: value<bool> = "@failure_ignored", running_on: value<u32> = "@nodes_running_on", pending: text = "@pending",
    locked_to: text = "@locked_to", description: text = "@description", nodes: many<Placement> = "node",
} }
element! { Placement { name: text = "@name", id: text = "@id", online: value<bool> = "@cached" } }
element! { Group {
    id: text = "@id", number_resources: value<u32> = "@number_resources", maintenance: value<bool> = "@maintenance",
    managed: value<bool> = "@managed", disabled: value<bool> = "@disabled", description: text = "@description", members: many<Primitive> = "resource",
} }
element! { Cloned {
    id: text = "@id", multi_state: value<bool> = "@multi_state", unique: value<bool> = "@unique", maintenance: value<bool> = "@maintenance",
    managed: value<bool> = "@managed", disabled: value<bool> = "@disabled", failed: value<bool> = "@failed",
    failure_ignored: value<bool> = "@failure_ignored", target_role: word<Role> = "@target_role", description: text = "@description",
    instances: many<Instance> = "$value",
} }

/// An instance of a clone.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Instance<'a> {
    Resource(#[serde(borrow)] Primitive<'a>),
    Group(#[serde(borrow)] Group<'a>),
}

element! { Bundle {
    id: text = "@id", kind: text = "@type", image: text = "@image", unique: value<bool> = "@unique", maintenance: value<bool> = "@maintenance",
    managed: value<bool> = "@managed", failed: value<bool> = "@failed", description: text = "@description", replicas: many<Replica> = "replica",
} }
element! { Replica { id: value<u32> = "@id", members: many<Primitive> = "resource" } }
element! { NodeAttributes { nodes: many<Attributes> = "node" } }
element! { Attributes { node: text = "@name", attributes: many<Attribute> = "attribute" } }
element! { Attribute { name: text = "@name", value: text = "@value", expected: value<i64> = "@expected" } }
element! { NodeHistories { nodes: many<NodeHistory> = "node" } }
element! { NodeHistory { node: text = "@name", resources: many<ResourceHistory> = "resource_history" } }
element! { ResourceHistory {
    id: text = "@id", orphan: value<bool> = "@orphan", removed: value<bool> = "@removed", migration_threshold: value<Weight> = "@migration-threshold",
    fail_count: value<Weight> = "@fail-count", last_failure: word<Time> = "@last-failure", operations: many<Operation> = "operation_history",
} }
element! { Operation {
    call: value<i64> = "@call", task: text = "@task", rc: value<i32> = "@rc", rc_text: text = "@rc_text", interval: value<Ms> = "@interval",
    last_rc_change: word<Time> = "@last-rc-change", last_run: word<Time> = "@last-run", exec: value<Ms> = "@exec-time", queue: value<Ms> = "@queue-time",
} }
element! { Failures { failure: many<Failure> = "failure" } }
element! { Failure {
    op_key: text = "@op_key", id: text = "@id", node: text = "@node", exit_status: text = "@exitstatus", exit_reason: text = "@exitreason",
    exit_code: value<i32> = "@exitcode", call: value<i64> = "@call", status: word<OperationStatus> = "@status",
    last_rc_change: word<Time> = "@last-rc-change", queued: value<Ms> = "@queued", exec: value<Ms> = "@exec", interval: value<Ms> = "@interval",
    task: text = "@task",
} }
element! { FenceHistory { status: value<i32> = "@status", events: many<FenceEvent> = "fence_event" } }
element! { FenceEvent {
    status: word<FenceStatus> = "@status", extended_status: text = "@extended-status", exit_reason: text = "@exit-reason",
    delegate: text = "@delegate", action: text = "@action", target: text = "@target", client: text = "@client", origin: text = "@origin",
    completed: word<Time> = "@completed",
} }
element! { Tickets { ticket: many<Ticket> = "ticket" } }
element! { Ticket {
    id: text = "@id", status: word<TicketStatus> = "@status", standby: value<bool> = "@standby", last_granted: word<Time> = "@last-granted",
} }
element! { Bans { ban: many<Ban> = "ban" } }
element! { Ban {
    id: text = "@id", resource: text = "@resource", node: text = "@node", weight: value<Weight> = "@weight",
    promoted_only: value<bool> = "@promoted-only", master_only: value<bool> = "@master_only",
} }
