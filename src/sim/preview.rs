//! The preview program as a whole: a copy of the CIB, what is tried on it, what the cluster would do about it.

use core::time::Duration;

use super::answers::{self, cib};
use super::edit::edit;
use super::policy;
use super::status::Ix;
use super::world::{Event, World};
use super::xml::Element;
use crate::wire::{Argv, Exit, Output, RunId};

/// How long the program takes to begin, a tool to work on the copy, and a simulation.
const BEGUN_MS: u64 = 60;
const TOOL_MS: u64 = 14;
const SIMULATION_MS: u64 = 40;

/// What the program says, and how long each takes, in milliseconds.
type Said = Vec<(u64, Vec<u8>)>;

struct Talk {
    nonce: String,
    said: Said,
}

impl Talk {
    fn say(&mut self, ms: u64, head: &str) {
        self.said.push((ms, format!("@hatui {} {head}\n", self.nonce).into_bytes()));
    }

    fn frame(&mut self, ms: u64, head: &str, payload: &str) {
        let text = format!("@hatui {} {head} bytes={}\n{payload}\n", self.nonce, payload.len());
        self.said.push((ms, text.into_bytes()));
    }
}

/// The first 2000 bytes.
fn cut(text: &str) -> &str {
    text.get(..2000).unwrap_or(text)
}

/// COUNT and as many words, taken off the front.
fn counted<'a>(words: &mut &'a [String]) -> Option<&'a [String]> {
    let (count, rest) = words.split_first()?;
    let count: usize = count.parse().ok()?;
    let taken = rest.get(..count)?;
    *words = rest.get(count..)?;
    Some(taken)
}

impl World {
    /// Starts the preview program; whether the command is one.
    pub(super) fn preview(&mut self, id: RunId, node: Ix, argv: &Argv) -> bool {
        let words = argv.words();
        let Some(place) = words.iter().position(|word| word == "hatui-preview") else { return false };
        let rest = words.get(place + 1..).unwrap_or(&[]);
        let (Some(nonce), Some(items)) = (rest.first(), rest.get(2..)) else { return false };
        let mut talk = Talk { nonce: nonce.clone(), said: Vec::new() };
        let refused = self.talk(node, items, &mut talk).is_none();
        let mut wait = Duration::ZERO;
        for (ms, text) in talk.said {
            wait += self.rng.about(ms);
            self.after(wait, Event::Say(id, Output::Stdout(text)));
        }
        if refused {
            self.after(wait, Event::Say(id, Output::Stderr(b"hatui-preview: an item that is none\n".to_vec())));
        }
        let code = if refused { 64 } else { 0 };
        self.after(wait + Duration::from_millis(2), Event::Say(id, Output::Exit(Exit::Code(code))));
        true
    }

    fn talk(&self, node: Ix, items: &[String], talk: &mut Talk) -> Option<()> {
        talk.say(BEGUN_MS, &format!("hello v=1 node={}", self.name(node)));
        let Some(side) = answers::pacemaker(self, node) else {
            let words = "Could not connect to the CIB: Transport endpoint is not connected\n\
                         Init failed, could not perform requested operations\n";
            talk.frame(TOOL_MS, "cib rc=102", words);
            talk.say(0, "bye why=failed");
            return Some(());
        };
        let mut copy = cib::document(side);
        let header = Element { children: Vec::new(), ..copy.clone() };
        talk.frame(TOOL_MS, "cib rc=0", &header.to_string());
        talk.frame(2, "skeleton", &skeleton(&copy));
        let (mut rest, mut number) = (items, 0);
        while let Some((item, words)) = rest.split_first() {
            number += 1;
            rest = words;
            let failed = match item.as_str() {
                "try" => tried(&mut copy, counted(&mut rest)?, number, talk),
                "forget" => {
                    let (rsc, node) = (rest.first()?, rest.get(1)?);
                    forget(&mut copy, rsc, node);
                    rest = rest.get(2..)?;
                    talk.frame(2 * TOOL_MS, &format!("tried n={number} rc=0"), "");
                    false
                }
                "lose" => {
                    let (rsc, node) = (rest.first()?, rest.get(1)?);
                    lose(&mut copy, rsc, node);
                    rest = rest.get(2..)?;
                    talk.frame(TOOL_MS, &format!("tried n={number} rc=0"), "");
                    false
                }
                "plan" => self.planned(&mut copy, counted(&mut rest)?, number, talk),
                _ => return None,
            };
            if failed {
                talk.say(0, "bye why=failed");
                return Some(());
            }
        }
        talk.say(0, "bye why=done");
        Some(())
    }

    fn planned(&self, copy: &mut Element, words: &[String], number: usize, talk: &mut Talk) -> bool {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match policy::simulate(&copy.to_string(), &words, true, self.now.secs()) {
            Ok(simulated) if simulated.code == 0 => {
                talk.frame(SIMULATION_MS, &format!("plan n={number} how=simulate rc=0"), &simulated.out);
                if let Some(next) = simulated.next.and_then(|next| Element::parse(&next).ok()) {
                    *copy = next;
                }
                false
            }
            // A node that is none ends the real tool by an assertion, each way it is asked.
            Ok(simulated) => {
                talk.frame(3 * SIMULATION_MS, &format!("plan n={number} how=text rc={}", simulated.code), "");
                true
            }
            Err(outside) => {
                let words = format!("crm_simulate: the simulator cannot tell: {}\n", outside.0);
                talk.frame(3 * SIMULATION_MS, &format!("plan n={number} how=text rc=70"), &words);
                true
            }
        }
    }
}

/// Runs a tool on the copy; whether it failed.
fn tried(copy: &mut Element, words: &[String], number: usize, talk: &mut Talk) -> bool {
    let argv = words.split_first().map(|(program, rest)| Argv::new(program).args(rest.iter().map(String::as_str)));
    let (program, words) = argv.as_ref().map_or(("", Vec::new()), answers::bare);
    let (code, text) = match edit(copy, program, &words) {
        Some(edited) => (edited.code, edited.out + &edited.err),
        None => (127, format!("{program}: not found\n")),
    };
    talk.frame(TOOL_MS, &format!("tried n={number} rc={code}"), cut(&text));
    code != 0
}

/// Takes failures out of the status: each may be `*`, all.
pub(super) fn forget(copy: &mut Element, rsc: &str, node: &str) {
    let states = &mut copy.child_mut("status").children;
    for state in states.iter_mut().filter(|state| node == "*" || state.get("uname") == Some(node)) {
        for child in &mut state.children {
            let lists = child.children.iter_mut();
            match child.name.as_str() {
                "lrm" => lists.flat_map(|list| &mut list.children).for_each(|history| {
                    if rsc == "*" || history.id() == rsc {
                        history.children.retain(|op| !op.id().contains("_last_failure_"));
                    }
                }),
                "transient_attributes" => lists.for_each(|set| {
                    set.children.retain(|pair| {
                        let name = pair.get("name").unwrap_or_default();
                        let of = name.strip_prefix("fail-count-").or_else(|| name.strip_prefix("last-failure-"));
                        !of.is_some_and(|of| rsc == "*" || of.split('#').next() == Some(rsc))
                    });
                }),
                _ => {}
            }
        }
    }
}

/// Takes all that is remembered of a resource on a node out of the status.
fn lose(copy: &mut Element, rsc: &str, node: &str) {
    let states = &mut copy.child_mut("status").children;
    let histories =
        states.iter_mut().filter(|state| state.get("uname") == Some(node)).flat_map(|state| &mut state.children);
    for list in histories.filter(|child| child.name == "lrm").flat_map(|lrm| &mut lrm.children) {
        list.children.retain(|history| history.id() != rsc);
    }
}

/// The resources and defaults, an element a line, without what may be secret.
fn skeleton(copy: &Element) -> String {
    const SHOWN: [&str; 8] = ["resources", "primitive", "group", "clone", "master", "bundle", "template", "op"];
    let text = copy.child("configuration").map(ToString::to_string).unwrap_or_default();
    let (mut out, mut inside, mut whole) = (String::new(), false, None);
    for line in text.lines() {
        let body = line.trim_start();
        let name = body.trim_start_matches('<').trim_start_matches('/');
        let name = name.split([' ', '>', '/']).next().unwrap_or_default();
        let (opens, closed) = (!body.starts_with("</"), body.ends_with("/>"));
        inside |= name == "resources" && opens && !closed;
        let begins = matches!(name, "op_defaults" | "rsc_defaults") || (inside && name == "meta_attributes");
        if whole.is_none() && begins && opens && !closed {
            whole = Some(name.to_owned());
        }
        if whole.is_some() || (inside && SHOWN.contains(&name)) {
            out.push_str(line);
            out.push('\n');
        }
        if !opens && whole.as_deref() == Some(name) {
            whole = None;
        }
        inside &= name != "resources" || opens;
    }
    out
}
