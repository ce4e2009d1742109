//! Words → intents: crmsh's and pcs's own, and a few shorter ones.

mod verbs;

use super::intent::{FenceHow, Intent, Of, Switch};
use super::situation::Situation;
use crate::model::{DrbdName, LeftOver, Location, NodeName, ResourceId, Text};

use verbs::Arg::{Constraints, Maybe, Nodes};
use verbs::{Arg, Entry, VERBS, Verb};

/// Why words are no action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WordsError {
    /// They begin with no verb of an action.
    NoAction,
    /// A verb, but what it is told is missing or wrong: what, and how it is used.
    Wrong {
        /// What is wrong: a sentence without a full stop.
        what: String,
        /// How the verb is used.
        usage: String,
    },
}

impl core::fmt::Display for WordsError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::NoAction => f.write_str("these words are no action"),
            Self::Wrong { what, usage } => write!(f, "{what}; it is: {usage}"),
        }
    }
}

impl Arg {
    fn label(self) -> String {
        match self {
            Self::Resource => "RESOURCE".to_owned(),
            Self::Node => "NODE".to_owned(),
            Self::Nodes => "NODE…".to_owned(),
            Self::Constraints => "ID…".to_owned(),
            Self::Drbd => "DRBD-RESOURCE".to_owned(),
            Self::OnOff => "on|off".to_owned(),
            Self::How => "reboot|off|on".to_owned(),
            Self::Maybe(inner) => format!("[{}]", inner.label()),
        }
    }

    /// What can stand for it.
    fn known(self, situation: Situation<'_>) -> Vec<String> {
        match self {
            Self::Resource => {
                let mut ids: Vec<String> = Vec::new();
                for item in situation.status().into_iter().flat_map(|status| &status.resources) {
                    ids.push(item.id().to_string());
                    item.each_primitive(&mut |primitive| {
                        let id = primitive.id.to_string();
                        if !ids.contains(&id) {
                            ids.push(id);
                        }
                    });
                }
                ids
            }
            Self::Node | Self::Nodes => situation.nodes().into_iter().map(ToString::to_string).collect(),
            Self::Constraints => {
                let all = situation.locations().into_iter().flatten();
                all.filter(|location| location.left_by_move().is_some())
                    .map(|location| location.id.to_string())
                    .collect()
            }
            Self::Drbd => situation.cluster.picture().replicas.iter().map(|replica| replica.name.to_string()).collect(),
            Self::OnOff => vec!["on".to_owned(), "off".to_owned()],
            Self::How => vec!["reboot".to_owned(), "off".to_owned(), "on".to_owned()],
            Self::Maybe(inner) => inner.known(situation),
        }
    }
}

fn usage(words: &str, args: &[Arg]) -> String {
    let mut usage = words.to_owned();
    for arg in args {
        usage.push(' ');
        usage.push_str(&arg.label());
    }
    usage
}

/// The verb that the words begin with, and the rest of them.
fn verb<'a>(words: &'a [&'a str]) -> Option<(&'static Entry, &'a [&'a str])> {
    let best = VERBS.iter().filter_map(|entry| {
        let own: Vec<&str> = entry.0.split(' ').collect();
        let rest = words.get(own.len()..)?;
        let begins = words.iter().zip(&own).all(|(word, own)| word.eq_ignore_ascii_case(own));
        begins.then_some((own.len(), entry, rest))
    });
    best.max_by_key(|(length, ..)| *length).map(|(_, entry, rest)| (entry, rest))
}

/// The intent that the words tell.
///
/// # Errors
///
/// [`WordsError::NoAction`] where they begin with no verb of an action; else what is wrong with what the verb is told.
pub fn parse(words: &str, situation: Situation<'_>) -> Result<Intent, WordsError> {
    let mut all: Vec<&str> = words.split_whitespace().collect();
    if matches!(all.first(), Some(&("crm" | "pcs"))) {
        all.remove(0);
    }
    let Some(((name, verb, args, _), rest)) = verb(&all) else { return Err(WordsError::NoAction) };
    let wrong = |what: String| WordsError::Wrong { what, usage: usage(name, args) };
    // Options of pcs and crmsh that change nothing here, and one that does.
    let (mut off, mut promoted) = (false, false);
    let mut told: Vec<&str> = Vec::new();
    for word in rest {
        match *word {
            "--off" if *verb == Verb::Fence(None) => off = true,
            "--promoted" | "--master" => promoted = true,
            "--force" | "--wait" | "force" => {}
            option if option.starts_with("--") => return Err(wrong(format!("`{option}` is not known here"))),
            "to" | "on" if matches!(verb, Verb::Move | Verb::Promote | Verb::Drbd(_)) => {}
            word => told.push(word.strip_prefix("node=").unwrap_or(word)),
        }
    }
    let needed = args.iter().filter(|arg| !matches!(arg, Maybe(_))).count();
    let several = args.iter().any(|arg| matches!(arg, Nodes | Constraints));
    if told.len() < needed {
        let missing = args.get(told.len()).map_or_else(String::new, |arg| arg.label());
        return Err(wrong(format!("{missing} is missing")));
    }
    if told.len() > args.len() && !several {
        let more = told.get(args.len()).copied().unwrap_or_default();
        return Err(wrong(format!("`{more}` is one word too many")));
    }
    let resource = |at: usize| told.get(at).map(|word| ResourceId::new(word));
    let node = |at: usize| told.get(at).map(|word| NodeName::new(word));
    let on_off = |at: usize| match told.get(at).copied() {
        Some("on" | "true" | "yes") => Ok(Some(Switch::On)),
        Some("off" | "false" | "no") => Ok(Some(Switch::Off)),
        Some(other) => Err(wrong(format!("`{other}` is neither on nor off"))),
        None => Ok(None),
    };
    let missing = || wrong("something is missing".to_owned());
    let nodes = || told.iter().map(|word| NodeName::new(word)).collect::<Vec<_>>();
    Ok(match *verb {
        Verb::Move | Verb::Promote | Verb::Ban | Verb::ClearOf => {
            placing(*verb, resource(0).ok_or_else(missing)?, node(1), promoted, situation).map_err(wrong)?
        }
        Verb::Start => Intent::Start(resource(0).ok_or_else(missing)?),
        Verb::Demote => Intent::Demote(resource(0).ok_or_else(missing)?),
        Verb::Stop => Intent::Stop(resource(0).ok_or_else(missing)?),
        Verb::Restart => Intent::Restart(resource(0).ok_or_else(missing)?),
        Verb::Cleanup => Intent::Cleanup(vec![of(resource(0), node(1), situation)]),
        Verb::Refresh => Intent::Refresh(of(resource(0), node(1), situation)),
        Verb::Manage(on) => Intent::Manage(resource(0).ok_or_else(missing)?, on),
        Verb::ResourceMaintenance(_) => {
            let on = on_off(1)?.unwrap_or(Switch::On);
            Intent::Maintenance(vec![Of::Resource(resource(0).ok_or_else(missing)?)], on)
        }
        Verb::Standby(on) => Intent::Standby(nodes(), on),
        Verb::NodeMaintenance(on) => Intent::Maintenance(nodes().into_iter().map(Of::Node).collect(), on),
        Verb::ClusterMaintenance(on) => {
            let on = match on {
                Some(on) => on,
                None => on_off(0)?.ok_or_else(missing)?,
            };
            Intent::Maintenance(vec![Of::Cluster], on)
        }
        Verb::Fence(how) => {
            let told_how = match told.get(1).copied() {
                None if off => FenceHow::Off,
                Some(other) if off && other != "off" => {
                    return Err(wrong(format!("`{other}` and `--off` are two ways of fencing")));
                }
                None | Some("reboot") => FenceHow::Reboot,
                Some("off") => FenceHow::Off,
                Some("on") => FenceHow::On,
                Some(other) => return Err(wrong(format!("`{other}` is no way of fencing"))),
            };
            Intent::Fence(node(0).ok_or_else(missing)?, how.unwrap_or(told_how))
        }
        Verb::Remove => Intent::Clear(told.iter().map(|word| Text::new(word)).collect()),
        Verb::Drbd(task) => Intent::Drbd {
            resource: told.first().map(|word| DrbdName::new(word)).ok_or_else(missing)?,
            node: node(1).ok_or_else(missing)?,
            task,
        },
    })
}

/// Where a resource is to be, or not.
fn placing(
    verb: Verb,
    resource: ResourceId,
    node: Option<NodeName>,
    promoted_only: bool,
    situation: Situation<'_>,
) -> Result<Intent, String> {
    match verb {
        Verb::Ban => {
            let node = match node {
                Some(node) => node,
                None => only_one(&resource, situation)?,
            };
            Ok(Intent::Ban { resource, node, promoted_only })
        }
        Verb::ClearOf => {
            let ids = left_of(&resource, node.as_ref(), situation);
            if ids.is_empty() {
                return Err(format!("no move or ban of {resource} left a constraint"));
            }
            Ok(Intent::Clear(ids))
        }
        Verb::Promote if node.is_none() && is_held_back(&resource, situation) => {
            Ok(Intent::PutBack { resource, role: None })
        }
        _ => {
            let to = match node {
                Some(node) => node,
                None => only_other(&resource, situation)?,
            };
            let promotes = verb == Verb::Promote;
            if promotes && situation.find(&resource).is_some_and(|found| !found.is_promotable()) {
                return Err(format!("{resource} has no promoted role: `resource move {resource} {to}` moves it"));
            }
            Ok(Intent::Move { resource, to, keep: false })
        }
    }
}

/// Whether what keeps a clone from being promoted is its target role.
fn is_held_back(resource: &ResourceId, situation: Situation<'_>) -> bool {
    situation.find(resource).is_some_and(|found| super::expect::is_told_to_demote(&found))
}

/// What a cleanup is about: a lone word may be a node as well.
fn of(resource: Option<ResourceId>, node: Option<NodeName>, situation: Situation<'_>) -> Of {
    match (resource, node) {
        (None, _) => Of::Cluster,
        (Some(resource), Some(node)) => Of::ResourceOn(resource, node),
        (Some(resource), None) => {
            let node = NodeName::new(resource.as_str());
            if situation.find(&resource).is_none() && situation.state(&node).is_some() {
                Of::Node(node)
            } else {
                Of::Resource(resource)
            }
        }
    }
}

/// The only node that a resource could be moved to.
fn only_other(resource: &ResourceId, situation: Situation<'_>) -> Result<NodeName, String> {
    let Some(found) = situation.find(resource) else { return Err(format!("there is no resource {resource}")) };
    let on = found.serves_on();
    let others: Vec<&NodeName> = situation.able().into_iter().filter(|node| !on.contains(*node)).collect();
    match others.as_slice() {
        [only] => Ok((*only).clone()),
        [] => Err("no other node is online".to_owned()),
        several => Err(format!("there are several nodes: {}", super::intent::list(several))),
    }
}

/// The only node that a resource is on.
fn only_one(resource: &ResourceId, situation: Situation<'_>) -> Result<NodeName, String> {
    let Some(found) = situation.find(resource) else { return Err(format!("there is no resource {resource}")) };
    let on: Vec<NodeName> = found.serves_on().into_iter().collect();
    match on.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(format!("{resource} runs nowhere")),
        several => Err(format!("{resource} is on several nodes: {}", super::intent::list(several))),
    }
}

/// The constraints that moves and bans of a resource left, on a node or on all; of a part of a group or clone, those of
/// the whole.
fn left_of(resource: &ResourceId, node: Option<&NodeName>, situation: Situation<'_>) -> Vec<Text> {
    let root = situation.find(resource).map(|found| found.root.id());
    let left = |location: &Location| location.left_by_move().is_some_and(|kind| kind != LeftOver::DrbdHandler);
    let all = situation.locations().into_iter().flatten().filter(|location| left(location));
    all.filter(|location| {
        let of = location.resource.as_ref();
        (of == Some(resource) || (of.is_some() && of == root))
            && node.is_none_or(|node| location.node.as_ref().is_none_or(|its| its == node))
    })
    .map(|location| location.id.clone())
    .collect()
}

/// What the words can go on to: whole phrases with what each does. As long as no verb stands there whole, the verbs.
pub fn completions(typed: &str, situation: Situation<'_>) -> Vec<(String, &'static str)> {
    let typed = typed.trim_start();
    let words: Vec<&str> = typed.split_whitespace().collect();
    let (prefix, own): (&str, &[&str]) = match words.split_first() {
        Some((&"crm", rest)) => ("crm ", rest),
        Some((&"pcs", rest)) => ("pcs ", rest),
        _ => ("", &words),
    };
    let mut offers = Vec::new();
    for (name, _, args, doc) in VERBS {
        let own_name: Vec<&str> = name.split(' ').collect();
        let whole = own.len() >= own_name.len() && own.iter().zip(&own_name).all(|(a, b)| a.eq_ignore_ascii_case(b));
        if !whole || args.is_empty() {
            offers.push((format!("{prefix}{name}"), *doc));
            continue;
        }
        let told = own.get(own_name.len()..).unwrap_or_default();
        // The word that is being typed is still open; after a space the next one is.
        let open = if typed.ends_with(' ') || told.is_empty() { told.len() } else { told.len() - 1 };
        let last = args.len().saturating_sub(1);
        let Some(arg) = args.get(open.min(last)).filter(|arg| open <= last || matches!(arg, Nodes | Constraints))
        else {
            offers.push((format!("{prefix}{name} {}", told.join(" ")), *doc));
            continue;
        };
        let before = told.get(..open).unwrap_or_default().join(" ");
        let space = if before.is_empty() { "" } else { " " };
        if matches!(arg, Maybe(_)) && open == told.len() && !before.is_empty() {
            offers.push((format!("{prefix}{name} {before}"), *doc));
        }
        for known in arg.known(situation) {
            offers.push((format!("{prefix}{name} {before}{space}{known}"), *doc));
        }
    }
    offers
}
