//! A scheduler of a few lines that answers the preview program's words: what is lost or in standby moves to the first node that is
//! left; fence devices do not run on their own target; without quorum all stops.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use hatui::app::{App, Effect, Event, Job};
use hatui::model::{Item, NodeName, PacemakerStatus, Primitive, Role};
use hatui::wire::{Exit, RunId};

pub(crate) const NONCE: &str = "0123456789abcdef";

/// What is asked of a node: the run, and the program's words.
pub(crate) fn run_of(effects: &[Effect]) -> Option<(RunId, Vec<String>)> {
    let mut runs = effects.iter().filter_map(|effect| match effect {
        Effect::Run { run, job: Job::Preview(words), .. } => Some((*run, words.clone())),
        _ => None,
    });
    let run = runs.next();
    assert!(runs.next().is_none(), "more than one at a time: {effects:?}");
    run
}

/// Answers until nothing more is asked; what was asked.
pub(crate) fn answer_all(app: &mut App, effects: Vec<Effect>) -> Vec<Vec<String>> {
    answer_with(app, effects, reply)
}

pub(crate) fn answer_with(
    app: &mut App,
    mut effects: Vec<Effect>,
    reply: impl Fn(&App, &[String]) -> Vec<u8>,
) -> Vec<Vec<String>> {
    let mut asked = Vec::new();
    while let Some((run, words)) = run_of(&effects) {
        let stdout = reply(app, &words);
        asked.push(words);
        effects = ran(app, run, stdout);
    }
    asked
}

pub(crate) fn ran(app: &mut App, run: RunId, stdout: Vec<u8>) -> Vec<Effect> {
    let event = Event::Ran { run, exit: Exit::Code(0), stdout, stderr: Vec::new(), nonce: Some(NONCE.to_owned()) };
    let now = app.now();
    app.update(event, now)
}

pub(crate) fn frame(head: &str, payload: &str) -> String {
    format!("@hatui {NONCE} {head} bytes={}\n{payload}\n", payload.len())
}

/// What the program prints for words.
pub(crate) fn reply(app: &App, words: &[String]) -> Vec<u8> {
    let status = app.live().picture().status.clone().expect("a status");
    let mut out = format!("@hatui {NONCE} hello v=1 node=ha-node-1\n");
    out += &frame("cib rc=0", "<cib admin_epoch=\"0\" epoch=\"12\" num_updates=\"30\"/>");
    out += &frame("skeleton", &skeleton(&status));
    let mut wanted = Wanted::default();
    let mut rest = words.iter().map(String::as_str).peekable();
    while let Some(word) = rest.next() {
        match word {
            "--node-fail" => wanted.lost.push(rest.next().expect("a node").to_owned()),
            "--quorum" => wanted.quorum = rest.next() == Some("1"),
            "--op-inject" => wanted.fails = rest.next().map(ToOwned::to_owned),
            "crm_standby" => wanted.standby = rest.nth(1).map(ToOwned::to_owned),
            _ => {}
        }
    }
    let plans = words.iter().filter(|word| *word == "plan").count();
    assert_eq!(plans, 1, "{words:?}");
    if words[0] == "try" {
        out += &frame("tried n=1 rc=0", "");
    }
    out +=
        &frame(&format!("plan n={} how=simulate rc=0", usize::from(words[0] == "try") + 1), &wanted.simulate(&status));
    let _ = writeln!(out, "@hatui {NONCE} bye why=done");
    out.into_bytes()
}

/// Every primitive with the monitors that it needs in its roles.
fn skeleton(status: &PacemakerStatus) -> String {
    let mut out = String::new();
    let mut known = BTreeSet::new();
    let mut primitive = |out: &mut String, id: &str, promotable: bool| {
        if !known.insert(id.to_owned()) {
            return;
        }
        let _ = writeln!(out, "<primitive id=\"{id}\" class=\"ocf\" provider=\"x\" type=\"y\">");
        let ops: &[(&str, &str)] = match (promotable, id) {
            (true, _) => &[("10s", " role=\"Promoted\""), ("11s", " role=\"Unpromoted\"")],
            (false, "web-ip") => &[],
            _ => &[("10s", "")],
        };
        for (interval, role) in ops {
            let _ = writeln!(
                out,
                "<op name=\"monitor\" interval=\"{interval}\" timeout=\"20s\"{role} id=\"{id}-{interval}\"/>"
            );
        }
        let _ = writeln!(out, "</primitive>");
    };
    out += "<resources>\n";
    for item in &status.resources {
        let promotable = matches!(item, Item::Clone(set) if set.promotable);
        item.each_primitive(&mut |one| primitive(&mut out, one.id.as_str(), promotable));
    }
    out += "</resources>\n";
    out
}

#[derive(Default)]
struct Wanted {
    lost: Vec<String>,
    quorum: bool,
    fails: Option<String>,
    standby: Option<String>,
}

impl Wanted {
    fn simulate(&self, status: &PacemakerStatus) -> String {
        let gone: Vec<&str> = self.lost.iter().chain(&self.standby).map(String::as_str).collect();
        let left: Vec<&str> =
            status.members.iter().map(|member| member.name.as_str()).filter(|name| !gone.contains(name)).collect();
        let quorate = self.lost.is_empty() || self.quorum;
        let mut actions = String::new();
        if quorate {
            for node in &self.lost {
                let _ = write!(
                    actions,
                    "<node_action task=\"Fence (reboot)\" node=\"{node}\" reason=\"peer is no longer part of the cluster\"/>"
                );
            }
        }
        if let Some((resource, rest)) = self.fails.as_ref().and_then(|spec| spec.split_once("_monitor_")) {
            let node = rest.split_once('@').and_then(|(_, node)| node.split_once('=')).expect("a node").0;
            let _ = write!(actions, "<rsc_action action=\"recover\" resource=\"{resource}\" node=\"{node}\"/>");
        }
        let mut resources = String::new();
        for item in &status.resources {
            let mut inner = String::new();
            let mut promoted_lost = false;
            let mut promoted_kept = false;
            item.each_primitive(&mut |one| {
                let away = one.on.iter().any(|node| gone.contains(&node.as_str()));
                promoted_lost |= away && one.role == Role::Promoted;
                promoted_kept |= !away && one.role == Role::Promoted;
            });
            let in_clone = matches!(item, Item::Clone(_));
            let mut promote = promoted_lost && !promoted_kept;
            item.each_primitive(&mut |one| {
                let (next, role) = placed(one, (&gone, &left), quorate, in_clone, &mut promote);
                let id = &one.id;
                match (one.on.first().map(NodeName::as_str), next) {
                    (Some(from), Some(to)) if from != to => {
                        let _ = write!(actions, "<rsc_action action=\"move\" resource=\"{id}\" source=\"{from}\" dest=\"{to}\"/>");
                    }
                    (Some(from), None) => {
                        let _ = write!(actions, "<rsc_action action=\"stop\" resource=\"{id}\" node=\"{from}\"/>");
                    }
                    (Some(from), Some(_)) if role == Role::Promoted && one.role != Role::Promoted => {
                        let _ = write!(
                            actions,
                            "<rsc_action action=\"promote\" resource=\"{id}\" node=\"{from}\" role=\"Unpromoted\" next-role=\"Promoted\"/>"
                        );
                    }
                    _ => {}
                }
                inner += &primitive_xml(one, next, &role);
            });
            let id = item.id();
            let inner = match item {
                Item::Group(_) => format!(
                    "<group id=\"{id}\" number_resources=\"2\" managed=\"true\" disabled=\"false\">{inner}</group>"
                ),
                Item::Clone(set) => format!(
                    "<clone id=\"{id}\" multi_state=\"{}\" unique=\"false\" managed=\"true\" disabled=\"false\" failed=\"false\" failure_ignored=\"false\">{inner}</clone>",
                    set.promotable
                ),
                _ => inner,
            };
            resources += &inner;
        }
        format!(
            "<pacemaker-result api-version=\"2.25\"><actions>{actions}</actions><transition/><revised_cluster_status>\
             <nodes/><resources>{resources}</resources></revised_cluster_status><status code=\"0\" message=\"OK\"/></pacemaker-result>"
        )
    }
}

/// Where a primitive would be, and in which role.
fn placed<'a>(
    one: &'a Primitive,
    (gone, left): (&[&str], &[&'a str]),
    quorate: bool,
    in_clone: bool,
    promote: &mut bool,
) -> (Option<&'a str>, Role) {
    let Some(on) = one.on.first().map(NodeName::as_str) else { return (None, one.role.clone()) };
    if !quorate {
        // What runs on nodes that cannot be fenced seems to go on there.
        return if gone.contains(&on) { (Some(on), one.role.clone()) } else { (None, Role::Stopped) };
    }
    if gone.contains(&on) {
        if in_clone {
            return (None, Role::Stopped);
        }
        let own_target = |node: &&&str| one.id.as_str().strip_prefix("fence-") != Some(**node);
        return (left.iter().find(own_target).copied(), Role::Started);
    }
    if *promote && one.role == Role::Unpromoted {
        *promote = false;
        return (Some(on), Role::Promoted);
    }
    (Some(on), one.role.clone())
}

fn primitive_xml(one: &Primitive, on: Option<&str>, role: &Role) -> String {
    let role = if on.is_none() { &Role::Stopped } else { role };
    let node = on.map_or_else(String::new, |on| format!("<node name=\"{on}\" id=\"1\" cached=\"true\"/>"));
    format!(
        "<resource id=\"{}\" resource_agent=\"{}\" role=\"{role}\" active=\"{}\" orphaned=\"false\" blocked=\"false\" managed=\"true\" \
         failed=\"false\" failure_ignored=\"false\" nodes_running_on=\"{}\">{node}</resource>",
        one.id,
        one.agent.replace(':', "::").replace("stonith::", "stonith:"),
        on.is_some(),
        u8::from(on.is_some())
    )
}
