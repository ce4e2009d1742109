//! The status half of a made-up cluster: nodes in all states, and what their histories say.

use std::fmt::Write as _;

use super::generate::{Cluster, Dice, State, pairs};

fn operation(node: usize, rsc: &str, call: usize, task: &str, interval: u32, rc: i32, expected: i32) -> String {
    let id = match (task, interval) {
        _ if rc != expected => format!("{rsc}_last_failure_0"),
        ("monitor", interval) if interval > 0 => format!("{rsc}_monitor_{interval}"),
        _ => format!("{rsc}_last_0"),
    };
    // What the real tools compute of no parameters; with another, the scheduler would take the parameters for changed.
    let digest = if interval > 0 { "4811cef7f7f94e3a35a70be7916cb2fd" } else { "f2317cad3d54cec5d7d7aa7d0bf35cf8" };
    format!(
        "<lrm_rsc_op id=\"{id}\" operation_key=\"{rsc}_{task}_{interval}\" operation=\"{task}\" crm_feature_set=\"3.16.1\" op-digest=\"{digest}\" \
         transition-key=\"{call}:1:{expected}:1b33b4ed-77a7-4618-aba1-893113ed2973\" transition-magic=\"0:{rc};{call}:1:{expected}:1b33b4ed-77a7-4618-aba1-893113ed2973\" exit-reason=\"\" \
         on_node=\"node-{node}\" call-id=\"{call}\" rc-code=\"{rc}\" op-status=\"0\" interval=\"{interval}\" \
         last-rc-change=\"1795416095\" exec-time=\"20\" queue-time=\"0\"/>"
    )
}

fn history(node: usize, rsc: &str, promotable: bool, state: State, call: usize) -> String {
    let op = |at: usize, task, interval, rc, expected| operation(node, rsc, call + at, task, interval, rc, expected);
    let interval = if rsc.starts_with("fence") { 60_000 } else { 10_000 };
    match state {
        State::Unknown => String::new(),
        State::Stopped => op(0, "monitor", 0, 7, 7),
        State::Started => op(1, "start", 0, 0, 0) + &op(2, "monitor", interval, 0, 0),
        State::Promoted => op(1, "promote", 0, 0, 0) + &op(2, "monitor", 9000, 8, 8),
        State::MonitorFailed => {
            op(1, "start", 0, 0, 0) + &op(2, "monitor", interval, 0, 0) + &op(3, "monitor", interval, 7, 0)
        }
        State::StartFailed => op(1, "start", 0, 1, 0).replace("last_failure_0", "last_0") + &op(1, "start", 0, 1, 0),
        State::StopFailed => {
            let _ = promotable;
            op(1, "monitor", interval, 0, 0)
                + &op(2, "stop", 0, 1, 0).replace("last_failure_0", "last_0")
                + &op(2, "stop", 0, 1, 0)
        }
    }
}

pub(crate) fn status(dice: &mut Dice, cluster: &Cluster, trouble: usize) -> (String, String) {
    let (mut nodes, mut text) = (String::new(), String::new());
    for node in 1..=cluster.nodes {
        let online = ("true", "online", "member", "member");
        let mut state = online;
        let mut permanent = Vec::new();
        let mut transient = vec![("#feature-set", "3.16.1".to_owned())];
        let mut forgotten = false;
        if trouble > 0 && dice.once_in(trouble) {
            match dice.below(7) {
                0 | 1 => permanent.push(("standby", "on".to_owned())),
                2 => permanent.push(("maintenance", "true".to_owned())),
                3 => state = ("false", "offline", "down", "member"),
                4 => {
                    state = ("false", "offline", "down", "down");
                    forgotten = true;
                }
                5 => state = ("true", "offline", "down", "member"),
                _ => transient.push(("shutdown", "1795416090".to_owned())),
            }
        }
        let mut histories = String::new();
        for (place, (rsc, promotable, row)) in cluster.states.iter().enumerate() {
            let state = row[node - 1];
            let lines = history(node, rsc, *promotable, state, 10 * place + 1);
            if lines.is_empty() {
                continue;
            }
            let (class, kind) = match rsc.split_once('-') {
                Some(("fence", _)) => ("class=\"stonith\"", "fence_dummy"),
                _ if *promotable => ("class=\"ocf\" provider=\"pacemaker\"", "Stateful"),
                _ => ("class=\"ocf\" provider=\"pacemaker\"", "Dummy"),
            };
            let _ = write!(histories, "<lrm_resource id=\"{rsc}\" type=\"{kind}\" {class}>{lines}</lrm_resource>");
            if *promotable && state != State::Stopped && dice.below(8) > 0 {
                let score = if state == State::Promoted { "10" } else { dice.pick(&["5", "5", "10", "100"]) };
                transient.push(("master", format!("{rsc}={score}")));
            }
            match state {
                State::MonitorFailed => transient.push(("fail", format!("{rsc}#monitor_10000=1"))),
                State::StartFailed => transient.push(("fail", format!("{rsc}#start_0=INFINITY"))),
                State::StopFailed => transient.push(("fail", format!("{rsc}#stop_0=INFINITY"))),
                _ => {}
            }
        }
        let transient: Vec<(String, String)> = transient
            .into_iter()
            .map(|(kind, value)| match (kind, value.split_once('=')) {
                ("master", Some((rsc, score))) => (format!("master-{rsc}"), score.to_owned()),
                ("fail", Some((key, count))) => (format!("fail-count-{key}"), count.to_owned()),
                (kind, _) => (kind.to_owned(), value.clone()),
            })
            .collect();
        let transient: Vec<(&str, String)> =
            transient.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let permanent = pairs("instance_attributes", &format!("nodes-{node}"), &permanent);
        let _ = writeln!(nodes, "<node id=\"{node}\" uname=\"node-{node}\">{permanent}</node>");
        let (ccm, crmd, join, expected) = state;
        let _ = write!(
            text,
            "<node_state id=\"{node}\" uname=\"node-{node}\" in_ccm=\"{ccm}\" crmd=\"{crmd}\" crm-debug-origin=\"made-up\" join=\"{join}\" expected=\"{expected}\">"
        );
        if !forgotten {
            let transient = pairs("instance_attributes", &format!("status-{node}"), &transient);
            let _ = write!(
                text,
                "<lrm id=\"{node}\"><lrm_resources>{histories}</lrm_resources></lrm><transient_attributes id=\"{node}\">{transient}</transient_attributes>"
            );
        }
        text.push_str("</node_state>\n");
    }
    (nodes, text)
}
