//! What is assumed to happen before a transition is computed: `--node-down`, `--node-fail`, `--op-inject`, `--quorum`.

use super::super::xml::Element;
use super::cluster::{add, score};
use super::run::{gone, record};

/// Why an assumption cannot be made.
#[derive(Debug)]
pub(super) enum Refused {
    /// The real tool ends with a failed assertion.
    NoSuchNode,
    /// A word that the simulator does not know.
    Word(String),
}

/// Makes the assumptions that the words ask for; the element that tells them.
pub(super) fn assume(cib: &mut Element, words: &[&str], now: u64) -> Result<Element, Refused> {
    let mut told = Element::new("modifications", &[]);
    let mut words = words.iter().copied();
    let (mut operations, mut quorum) = (Vec::new(), None);
    while let Some(word) = words.next() {
        match word {
            "--node-down" | "-d" => {
                let name = words.next().unwrap_or_default();
                gone(state(cib, name).ok_or(Refused::NoSuchNode)?);
                told.children.push(Element::new("modify_node", &[("action", "Offline"), ("node", name)]));
            }
            "--node-fail" | "-f" => {
                let name = words.next().unwrap_or_default();
                let state = state(cib, name).ok_or(Refused::NoSuchNode)?;
                for (key, value) in [("in_ccm", "false"), ("crmd", "offline"), ("join", "down"), ("expected", "member")]
                {
                    state.set(key, value);
                }
                told.children.push(Element::new("modify_node", &[("action", "Failing"), ("node", name)]));
            }
            "--op-inject" | "-i" => operations.push(words.next().unwrap_or_default()),
            "--quorum" | "-q" => {
                quorum = words.next();
            }
            other => return Err(Refused::Word(other.to_owned())),
        }
    }
    // The real tool forgets about quorum where nothing else is assumed.
    if let Some(quorum) = quorum.filter(|_| !(told.children.is_empty() && operations.is_empty())) {
        cib.set("have-quorum", quorum);
        told.set("quorum", quorum);
    }
    for spec in operations {
        inject(cib, spec, now, &mut told)?;
    }
    Ok(told)
}

fn state<'a>(cib: &'a mut Element, name: &str) -> Option<&'a mut Element> {
    let states = cib.child_mut("status");
    states.children.iter_mut().find(|state| state.get("uname") == Some(name))
}

/// Puts a failed operation into the history: `RESOURCE_TASK_INTERVAL@NODE=RC`.
fn inject(cib: &mut Element, spec: &str, now: u64, told: &mut Element) -> Result<(), Refused> {
    let bad = || Refused::Word(spec.to_owned());
    let (key, rest) = spec.split_once('@').ok_or_else(bad)?;
    let (node, rc) = rest.split_once('=').ok_or_else(bad)?;
    let mut parts = key.rsplitn(3, '_');
    let interval: u64 = parts.next().and_then(|text| text.parse().ok()).ok_or_else(bad)?;
    let (task, rsc) = (parts.next().ok_or_else(bad)?, parts.next().ok_or_else(bad)?);
    let rc: i32 = rc.parse().map_err(|_| bad())?;
    told.children.push(Element::new("inject_spec", &[("spec", spec)]));
    let agent = cib.find_id(rsc).map(|primitive| {
        let part = |name: &str| primitive.get(name).unwrap_or_default().to_owned();
        let provider = primitive.get("provider").map_or_else(String::new, |provider| format!(":{provider}"));
        format!("{}{provider}:{}", part("class"), part("type"))
    });
    let agent = agent.unwrap_or_default();
    let state = state(cib, node).ok_or(Refused::NoSuchNode)?;
    let id = state.id().to_owned();
    let attributes = [
        (format!("fail-count-{rsc}#{task}_{interval}"), "value++".to_owned()),
        (format!("last-failure-{rsc}#{task}_{interval}"), now.to_string()),
    ];
    let transient = state.child_mut("transient_attributes");
    transient.set("id", &id);
    let set = transient.child_mut("instance_attributes");
    if set.get("id").is_none() {
        set.set("id", &format!("status-{id}"));
    }
    for (name, value) in attributes {
        told.children.push(Element::new(
            "inject_attr",
            &[("name", &name), ("value", &value), ("node_path", "/node_state"), ("cib_node", &id)],
        ));
        let known = set.children.iter_mut().find(|pair| pair.get("name") == Some(&name));
        let old = known.as_ref().and_then(|pair| pair.get("value")).map_or(0, score);
        let value = if value == "value++" { add(old, 1).to_string() } else { value };
        if let Some(pair) = known {
            pair.set("value", &value);
        } else {
            let pair = format!("status-{id}-{name}");
            set.children.push(Element::new("nvpair", &[("id", &pair), ("name", &name), ("value", &value)]));
        }
    }
    record(state, (rsc, &agent), (task, interval), (rc, 0), now);
    Ok(())
}
