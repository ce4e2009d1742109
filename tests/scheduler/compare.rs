//! The engine and the real `crm_simulate` on one CIB: what differs, in words; empty if nothing does.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use super::simulate;

/// What became of one comparison.
pub(crate) enum Outcome {
    Same,
    /// Not within the stated subset, and why.
    Outside(String),
    /// The real tool gives none: it ended otherwise.
    NoAnswer(String),
    Different(String),
}

fn section<'a>(document: &'a str, name: &str) -> &'a str {
    let begin = document.find(&format!("<{name}>")).unwrap_or(document.len());
    let rest = &document[begin..];
    let end = rest.find(&format!("</{name}>")).unwrap_or(0);
    &rest[..end]
}

fn sorted(text: &str, keep: impl Fn(&str) -> bool) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(str::trim).filter(|line| keep(line)).map(ToOwned::to_owned).collect();
    lines.sort();
    lines
}

fn without_reason(line: &str) -> String {
    match line.split_once(" reason=\"") {
        Some((before, after)) => before.to_owned() + after.split_once('"').map_or("", |(_, rest)| rest),
        None => line.to_owned(),
    }
}

/// Starts, stops, promotions, demotions, probes and fencing are compared; recurring monitors depend on digests, which made-up
/// histories have not, and notifications, marks and the forgetting of failures change nothing that is seen.
fn told(line: &str) -> bool {
    let real = line.starts_with("<rsc_action") || line.starts_with("<fencing_action");
    real && !line.contains("interval=") && !line.contains("op=\"notify\"")
}

fn differences(what: &str, ours: &[String], real: &[String]) -> String {
    let only = |a: &[String], b: &[String], sign: &str| {
        let mut rest = b.to_vec();
        let mut text = String::new();
        for line in a {
            match rest.iter().position(|other| other == line) {
                Some(at) => {
                    rest.remove(at);
                }
                None => {
                    let _ = writeln!(text, "  {sign} {line}");
                }
            }
        }
        text
    };
    let text = only(ours, real, "ours") + &only(real, ours, "real");
    if text.is_empty() { text } else { format!("{what}:\n{text}") }
}

/// How far answers are compared.
#[derive(Clone, Copy)]
pub(crate) struct Depth {
    pub(crate) reasons: bool,
    pub(crate) transition: bool,
}

pub(crate) fn compare(cib: &str, words: &[&str], folder: &Path, depth: Depth) -> Outcome {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let ours = match simulate(cib, words, true, now) {
        Ok(simulated) => simulated,
        Err(outside) => return Outcome::Outside(outside.0),
    };
    let file = folder.join("cib.xml");
    std::fs::write(&file, cib).unwrap();
    let mut command = Command::new("crm_simulate");
    command.env("CIB_shadow_dir", folder).env("LC_ALL", "C").env("TZ", "UTC");
    command.args(["--simulate", "--output-as=xml", "--xml-file"]).arg(&file).args(words);
    let output = command.output().unwrap();
    let real = String::from_utf8_lossy(&output.stdout).into_owned();
    // The real tool finds its own transition impossible now and then: a circle of orders.
    let circle = real.contains("Transition failed");
    if !output.status.success() && !circle {
        return Outcome::NoAnswer(format!("{} {}", output.status, String::from_utf8_lossy(&output.stderr)));
    }
    let mut text = String::new();
    for name in ["cluster_status", "modifications"] {
        // The moment of a failure is that of the run.
        let kept = |line: &str| !line.contains("last-failure-");
        text += &differences(name, &sorted(section(&ours.out, name), kept), &sorted(section(&real, name), kept));
    }
    let actions = |document: &str| -> Vec<String> {
        let lines = sorted(section(document, "actions"), |line| line.contains("_action "));
        lines.iter().map(|line| if depth.reasons { line.clone() } else { without_reason(line) }).collect()
    };
    text += &differences("actions", &actions(&ours.out), &actions(&real));
    if circle {
        return if text.is_empty() { Outcome::Same } else { Outcome::Different(text) };
    }
    if depth.transition {
        let (a, b) = (section(&ours.out, "transition"), section(&real, "transition"));
        text += &differences("transition", &sorted(a, told), &sorted(b, told));
    }
    let (a, b) = (section(&ours.out, "revised_cluster_status"), section(&real, "revised_cluster_status"));
    let kept = |line: &str| !line.contains("orphaned=\"true\"");
    text += &differences("afterwards", &sorted(a, kept), &sorted(b, kept));
    if text.is_empty() { Outcome::Same } else { Outcome::Different(text) }
}
