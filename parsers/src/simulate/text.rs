//! The text that `crm_simulate` prints without `--output-as=xml`, and that releases before 2.1.0 only print.
//!
//! ```text
//! Transition Summary:
//!  * Fence (reboot) n3 'peer is no longer part of the cluster'
//!  * Move       web      (       n1 -> n2 )   due to no quorum (blocked)
//!  * Promote    db:0     ( Slave -> Master n1 )
//!  * Move    old        (Started n1 -> n2)       1.1.17 and earlier
//!
//! Executing cluster transition:
//!  * Resource action: web             monitor=10000 on n2
//!  * Pseudo action:   g_stop_0
//!  * Fencing n3 (reboot)
//!  * Cluster action:  do_shutdown on n1
//! ```

use super::actions::{Action, FenceOperation, NodeAction, NodeTask, Planned, ResourceAction};
use super::changes::{InjectedAttribute, Modification};
use super::steps::{Operation, Step};
use super::{Form, Simulation};
use crate::crm_mon::{Role, RoleWords};
use crate::text::{keep_unread, lines, number};
use crate::xml::{Fault, Text};

/// The sections, by what their headings say in any release, in lower case and without a colon.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    /// States and scores: not read.
    Other,
    Modifications,
    Summary,
    Transition,
}

/// The section that a line begins.
fn heading(line: &str) -> Option<Section> {
    let is = |word: &str| line.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
    let known = [
        ("current cluster status", Section::Other),
        ("performing requested modifications", Section::Modifications),
        ("transition summary", Section::Summary),
        ("executing cluster transition", Section::Transition),
        ("revised cluster status", Section::Other),
        ("allocation scores", Section::Other),
        ("assignment scores", Section::Other),
        ("utilization information", Section::Other),
        ("original: ", Section::Other),
        ("using the original execution date", Section::Other),
    ];
    known.into_iter().find(|(words, _)| is(words)).map(|(_, section)| section)
}

pub(super) fn read(output: &[u8]) -> Result<Simulation<'_>, Fault> {
    let mut it = Simulation::new(Form::Text);
    if let Err(error) = core::str::from_utf8(output) {
        return Err(Fault { offset: error.valid_up_to(), expected: "UTF-8" });
    }
    let mut section = None;
    for (_, line) in lines(output) {
        let Ok(line) = core::str::from_utf8(line) else { continue };
        if let Some(begins) = heading(line) {
            section = Some(begins);
            match begins {
                Section::Other => {}
                Section::Modifications => drop(it.modifications.get_or_insert_default()),
                Section::Summary => drop(it.actions.get_or_insert_default()),
                Section::Transition => drop(it.transition.get_or_insert_default()),
            }
            continue;
        }
        let Some(body) = bullet(line) else { continue };
        // A step that is made to fail; what it leaves behind follows.
        let passed = section == Some(Section::Transition) && body.starts_with("Pretending action ");
        let read = match section {
            _ if passed => true,
            None | Some(Section::Other) => true,
            Some(Section::Modifications) => {
                it.modifications.get_or_insert_default().changes.push(change(body));
                true
            }
            Some(Section::Summary) => {
                action(body, &mut it.role_words).map(|a| it.actions.get_or_insert_default().push(a)).is_some()
            }
            Some(Section::Transition) => step(body).map(|s| it.transition.get_or_insert_default().push(s)).is_some(),
        };
        if !read {
            keep_unread(&mut it.unread, line.as_bytes());
        }
    }
    if section.is_none() {
        return Err(Fault { offset: 0, expected: "Current cluster status, or another section" });
    }
    Ok(it)
}

/// A line without its mark; `None` if it is empty.
fn bullet(line: &str) -> Option<&str> {
    let line = line.trim();
    let body = line.strip_prefix("* ").or_else(|| line.strip_prefix("+ ")).unwrap_or(line).trim();
    (!body.is_empty()).then_some(body)
}

/// Splits off the first word.
fn word(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let end = line.find(char::is_whitespace).unwrap_or(line.len());
    let (word, rest) = line.split_at_checked(end)?;
    (!word.is_empty()).then_some((word, rest.trim()))
}

fn action<'a>(line: &'a str, words: &mut RoleWords) -> Option<Action<'a>> {
    let (first, rest) = word(line)?;
    if matches!(first, "Fence" | "Shutdown") {
        node_action(first, rest).map(Action::Node)
    } else {
        resource_action(first, rest, words).map(Action::Resource)
    }
}

/// `(reboot) n3 'reason'`, `g1 (resource: vm) 'reason'`, `n1`.
fn node_action<'a>(task: &'a str, rest: &'a str) -> Option<NodeAction<'a>> {
    let mut it = NodeAction::default();
    let (how, rest) = match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((how, rest)) => (Some(FenceOperation::from(Text::from(how))), rest.trim()),
        None => (None, rest),
    };
    it.task = Some(if task == "Fence" { NodeTask::Fence(how) } else { NodeTask::Shutdown });
    let (node, reason) = match rest.split_once(" '") {
        Some((node, reason)) => (node.trim(), Some(reason.strip_suffix('\'').unwrap_or(reason))),
        None => (rest, None),
    };
    let guest = node.contains(" (resource: ");
    if node.is_empty() || (!guest && node.contains(char::is_whitespace)) {
        return None;
    }
    it.set_node(node.into());
    it.reason = reason.map(Text::from);
    Some(it)
}

/// `web ( n1 -> n2 ) due to …`, after the word for what is done.
fn resource_action<'a>(change: &'a str, rest: &'a str, words: &mut RoleWords) -> Option<ResourceAction<'a>> {
    let planned = Planned::from(Text::from(change.to_ascii_lowercase()));
    if matches!(planned, Planned::Other(_)) {
        return None;
    }
    let (resource, rest) = rest.split_once('(')?;
    let (details, tail) = rest.split_once(')')?;
    let resource = resource.trim();
    if resource.is_empty() || resource.contains(char::is_whitespace) {
        return None;
    }
    let (details, blocked_within) = match details.trim().strip_suffix("- blocked") {
        Some(details) => (details, true),
        None => (details, false),
    };
    let mut it = ResourceAction { resource: Some(resource.into()), ..ResourceAction::default() };
    places(details, &planned, &mut it, words)?;
    let tail = tail.trim();
    let (tail, blocked_after) = match tail.strip_suffix("blocked)").map(|tail| tail.trim_end().strip_suffix('(')) {
        Some(Some(tail)) => (tail.trim_end(), true),
        _ if tail == "blocked" => ("", true),
        _ => (tail, false),
    };
    it.reason = Some(tail.strip_prefix("due to ").unwrap_or(tail)).filter(|reason| !reason.is_empty()).map(Text::from);
    it.blocked = (blocked_within || blocked_after).then_some(true);
    it.action = Some(planned);
    Some(it)
}

/// Whether a word is a role; no node is likely to be named so.
fn role(word: &str) -> Option<Role<'_>> {
    match Role::from(Text::from(word)) {
        Role::Other(_) => None,
        role => Some(role),
    }
}

/// What stands between the parentheses, put where the XML has it:
/// `n1`, `ROLE n1`, `n1 -> n2`, `n1 -> n2 ROLE`, `ROLE -> ROLE n1`, `ROLE n1 -> ROLE n2`, and `ROLE n1 -> n2` of 1.1.17.
fn places<'a>(
    details: &'a str,
    planned: &Planned<'a>,
    it: &mut ResourceAction<'a>,
    words: &mut RoleWords,
) -> Option<()> {
    let parts: Vec<&str> = details.split_whitespace().collect();
    let mut see = |word: &'a str| {
        words.see(word);
        role(word)
    };
    let one = |it: &mut ResourceAction<'a>, node: &'a str| {
        // As the scheduler calls it: these are not about two nodes.
        if matches!(planned, Planned::Start | Planned::Stop | Planned::Recover) {
            it.node = Some(node.into());
        } else {
            it.source = Some(node.into());
        }
    };
    match *parts.as_slice() {
        [node] => one(it, node),
        [now, node] => {
            it.role = Some(see(now)?);
            one(it, node);
        }
        [from, "->", to] => (it.source, it.dest) = (Some(from.into()), Some(to.into())),
        [now, "->", then, node] if role(now).is_some() && role(then).is_some() => {
            (it.role, it.next_role) = (see(now), see(then));
            // What does not run has no node that it is on.
            if it.role == Some(Role::Stopped) { it.dest = Some(node.into()) } else { it.source = Some(node.into()) }
        }
        [now, from, "->", to] => {
            it.role = Some(see(now)?);
            (it.source, it.dest) = (Some(from.into()), Some(to.into()));
        }
        [from, "->", to, now] => {
            it.role = Some(see(now)?);
            (it.source, it.dest) = (Some(from.into()), Some(to.into()));
        }
        [now, from, "->", then, to] => {
            (it.role, it.next_role) = (Some(see(now)?), Some(see(then)?));
            (it.source, it.dest) = (Some(from.into()), Some(to.into()));
        }
        _ => return None,
    }
    Some(())
}

/// A change, as far as it is taken apart.
fn change(line: &str) -> Modification<'_> {
    if let Some(attribute) = injected(line) {
        return Modification::Attribute(attribute);
    }
    match line.strip_prefix("Injecting ").and_then(|rest| rest.strip_suffix(" into the configuration")) {
        Some(spec) => Modification::Operation { spec: Some(spec.into()) },
        None => Modification::Words(line.into()),
    }
}

/// `Injecting attribute NAME=VALUE into PATH 'ID'`.
fn injected(line: &str) -> Option<InjectedAttribute<'_>> {
    let (name, rest) = line.strip_prefix("Injecting attribute ")?.split_once('=')?;
    let (value, place) = rest.rsplit_once(" into ")?;
    let (path, node) = place.split_once(" '")?;
    Some(InjectedAttribute {
        name: Some(name.into()),
        value: Some(value.into()),
        node_path: Some(path.into()),
        cib_node: Some(node.strip_suffix('\'')?.into()),
    })
}

fn step(line: &str) -> Option<Step<'_>> {
    let rest = |prefix: &str| line.strip_prefix(prefix).map(|rest| rest.split_whitespace().collect::<Vec<_>>());
    if let Some(parts) = rest("Resource action:") {
        let [resource, operation, "on", node] = *parts.as_slice() else { return None };
        let (operation, interval) = match operation.split_once('=') {
            Some((operation, interval)) => (operation, Some(number(interval.as_bytes())?)),
            None => (operation, None),
        };
        let operation = Some(Operation::from(Text::from(operation)));
        return Some(Step::Resource {
            resource: Some(resource.into()),
            operation,
            node: Some(node.into()),
            interval_ms: interval,
        });
    }
    if let Some(parts) = rest("Pseudo action:") {
        return match *parts.as_slice() {
            [task] => Some(Step::Pseudo { task: Some(task.into()), node: None }),
            [task, "on", node] => Some(Step::Pseudo { task: Some(task.into()), node: Some(node.into()) }),
            _ => None,
        };
    }
    if let Some(parts) = rest("Cluster action:") {
        return match *parts.as_slice() {
            [task, "on", node] => {
                Some(Step::Cluster { task: Some(task.into()), node: Some(node.into()), resource: None })
            }
            [task, "for", resource, "on", node] => Some(Step::Cluster {
                task: Some(task.into()),
                node: Some(node.into()),
                resource: Some(resource.into()),
            }),
            _ => None,
        };
    }
    if let Some(attribute) = injected(line) {
        return Some(Step::Attribute(attribute));
    }
    let parts = rest("Fencing ")?;
    let [target, how] = *parts.as_slice() else { return None };
    let how = how.strip_prefix('(')?.strip_suffix(')')?;
    Some(Step::Fencing { operation: Some(FenceOperation::from(Text::from(how))), target: Some(target.into()) })
}
