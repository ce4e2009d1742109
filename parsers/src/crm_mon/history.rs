//! `node_history` and `failures`: what was done, and what went wrong.

use super::time::{Score, Time};
use super::words::OperationStatus;
use crate::xml::walk::Walker;
use crate::xml::{Fault, Text, decode_leniently};

/// `node` of `node_history`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeHistory<'a> {
    /// The node's name.
    pub node: Option<Text<'a>>,
    /// What was done there, by resource.
    pub resources: Vec<ResourceHistory<'a>>,
}

/// `resource_history`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResourceHistory<'a> {
    /// The resource's id.
    pub id: Option<Text<'a>>,
    /// Whether it is no longer configured: `removed` (3.0.2), else `orphan`.
    pub orphan: Option<bool>,
    /// After how many failures it must leave the node.
    pub migration_threshold: Option<Score>,
    /// How many there were; absent when none.
    pub fail_count: Option<Score>,
    /// When the last was.
    pub last_failure: Option<Time<'a>>,
    /// The last operation of each kind.
    pub operations: Vec<Operation<'a>>,
}

/// `operation_history`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operation<'a> {
    /// Its number on that node; −1 if it never ran.
    pub call: Option<i64>,
    /// `start`, `stop`, `monitor`, `probe` (a monitor that runs once) and so on.
    pub task: Option<Text<'a>>,
    /// What the agent returned (OCF); 193 if nothing yet.
    pub rc: Option<i32>,
    /// The same in words, which differ by release.
    pub rc_text: Option<Text<'a>>,
    /// How often it recurs, in ms; absent if it does not.
    pub interval_ms: Option<u64>,
    /// When it returned something else than the time before.
    pub last_rc_change: Option<Time<'a>>,
    /// When it ran (up to 2.0.5).
    pub last_run: Option<Time<'a>>,
    /// How long it took, in ms.
    pub exec_ms: Option<u64>,
    /// How long it waited to be run, in ms.
    pub queue_ms: Option<u64>,
}

/// `failure`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure<'a> {
    /// `resource_task_interval`.
    pub op_key: Option<Text<'a>>,
    /// The id of the history's entry, if that has no key.
    pub id: Option<Text<'a>>,
    /// The node.
    pub node: Option<Text<'a>>,
    /// What the agent returned in words, which differ by release.
    pub exit_status: Option<Text<'a>>,
    /// What the agent said, with the second layer of references that all releases put on it taken off, and `\n` a
    /// line feed.
    pub exit_reason: Option<Text<'a>>,
    /// What the agent returned (OCF).
    pub exit_code: Option<i32>,
    /// The operation's number on that node; −1 is possible.
    pub call: Option<i64>,
    /// How the execution ended.
    pub status: Option<OperationStatus<'a>>,
    /// When.
    pub last_rc_change: Option<Time<'a>>,
    /// How long it waited to be run, in ms.
    pub queued_ms: Option<u64>,
    /// How long it took, in ms.
    pub exec_ms: Option<u64>,
    /// How often it recurs, in ms; 0 if it does not.
    pub interval_ms: Option<u64>,
    /// The operation.
    pub task: Option<Text<'a>>,
}

pub(crate) fn node_history<'a>(w: &mut Walker<'a>, element: &'a str) -> Result<Vec<NodeHistory<'a>>, Fault> {
    let mut nodes = Vec::new();
    w.children(element, |w, name| {
        if name != "node" {
            return Ok(false);
        }
        let mut it = NodeHistory::default();
        w.attributes(name, |a| match a.name {
            "name" => a.text_into(&mut it.node),
            _ => Ok(false),
        })?;
        w.children(name, |w, child| {
            if child != "resource_history" {
                return Ok(false);
            }
            it.resources.push(resource_history(w, child)?);
            Ok(true)
        })?;
        nodes.push(it);
        Ok(true)
    })?;
    Ok(nodes)
}

fn resource_history<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<ResourceHistory<'a>, Fault> {
    let (mut it, mut removed) = (ResourceHistory::default(), None);
    w.attributes(name, |a| match a.name {
        "id" => a.text_into(&mut it.id),
        "orphan" => a.boolean_into(&mut it.orphan),
        "removed" => a.boolean_into(&mut removed),
        "migration-threshold" => a.score_into(&mut it.migration_threshold),
        "fail-count" => a.score_into(&mut it.fail_count),
        "last-failure" => a.word_into(&mut it.last_failure),
        _ => Ok(false),
    })?;
    it.orphan = removed.or(it.orphan);
    w.children(name, |w, child| {
        if child != "operation_history" {
            return Ok(false);
        }
        it.operations.push(operation(w, child)?);
        Ok(true)
    })?;
    Ok(it)
}

fn operation<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Operation<'a>, Fault> {
    let mut it = Operation::default();
    w.attributes(name, |a| match a.name {
        "call" => a.number_into(&mut it.call),
        "task" => a.text_into(&mut it.task),
        "rc" => a.number_into(&mut it.rc),
        "rc_text" => a.text_into(&mut it.rc_text),
        "interval" => a.milliseconds_into(&mut it.interval_ms),
        "last-rc-change" => a.word_into(&mut it.last_rc_change),
        "last-run" => a.word_into(&mut it.last_run),
        "exec-time" => a.milliseconds_into(&mut it.exec_ms),
        "queue-time" => a.milliseconds_into(&mut it.queue_ms),
        _ => Ok(false),
    })?;
    w.no_children(name)?;
    Ok(it)
}

pub(crate) fn failures<'a>(w: &mut Walker<'a>, element: &'a str) -> Result<Vec<Failure<'a>>, Fault> {
    let mut failures = Vec::new();
    w.children(element, |w, name| {
        if name != "failure" {
            return Ok(false);
        }
        failures.push(failure(w, name)?);
        Ok(true)
    })?;
    Ok(failures)
}

fn failure<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Failure<'a>, Fault> {
    let mut it = Failure::default();
    w.attributes(name, |a| match a.name {
        "op_key" => a.text_into(&mut it.op_key),
        "id" => a.text_into(&mut it.id),
        "node" => a.text_into(&mut it.node),
        "exitstatus" => a.text_into(&mut it.exit_status),
        "exitreason" => {
            it.exit_reason = Some(exit_reason(a.text()));
            Ok(true)
        }
        "exitcode" => a.number_into(&mut it.exit_code),
        "call" => a.number_into(&mut it.call),
        "status" => a.word_into(&mut it.status),
        "last-rc-change" => a.word_into(&mut it.last_rc_change),
        "queued" => a.milliseconds_into(&mut it.queued_ms),
        "exec" => a.milliseconds_into(&mut it.exec_ms),
        "interval" => a.milliseconds_into(&mut it.interval_ms),
        "task" => a.text_into(&mut it.task),
        _ => Ok(false),
    })?;
    w.no_children(name)?;
    Ok(it)
}

/// Takes off the second layer of escaping.
fn exit_reason(text: Text<'_>) -> Text<'_> {
    let text = decode_leniently(text);
    if text.contains("\\n") { text.replace("\\n", "\n").into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exit_reason_is_unescaped_once_more() {
        assert_eq!(exit_reason("no &quot;db&quot; &amp; &lt;x&gt;\\nline 2".into()), "no \"db\" & <x>\nline 2");
        assert_eq!(exit_reason("plain".into()), "plain");
        assert_eq!(exit_reason("a & b".into()), "a & b");
    }
}
