//! How fast a preview is there, and how right the stopwatch is: figures for BENCHMARKS.md, by hand:
//! `cargo test --test actions -- --ignored --nocapture`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::hand::Hand;
use super::lab::{Lab, NODES};
use super::places::Places;

/// The value below which this part of all is.
fn part(sorted: &[i64], per_cent: usize) -> i64 {
    sorted[(sorted.len() - 1) * per_cent / 100]
}

fn load() -> String {
    std::fs::read_to_string("/proc/loadavg").unwrap().split(' ').next().unwrap_or_default().to_owned()
}

/// From the last key of an action to the whole preview on the screen.
pub(super) fn previews(lab: &Lab) {
    let places = Places::settled(lab);
    let (web, store, slow) = (places.elsewhere("web-ip"), places.elsewhere("store"), places.elsewhere("slow"));
    let node = places.serves("web-ip").to_owned();
    let actions: [((u8, &str), &str, String, String); 7] = [
        ((2, "web"), "f", format!("move web on {web}"), format!("move web to {web}")),
        ((2, "store-clone"), "p", format!("promote store-clone on {store}"), format!("move store-clone to {store}")),
        ((2, "slow"), "f", format!("move slow on {slow}"), format!("move slow to {slow}")),
        ((1, &node), "s", String::new(), format!("standby {node}")),
        ((1, &node), "F", format!("reboot {node}"), format!("fence {node} (reboot)")),
        ((2, "slow"), "m", "maintenance of slow".to_owned(), "maintenance of slow".to_owned()),
        ((2, "batch"), "t", "restart batch".to_owned(), "restart batch".to_owned()),
    ];
    let mut all = Vec::new();
    let mut hand = Hand::on(lab);
    for ((pane, name), key, offer, title) in &actions {
        let mut took = Vec::new();
        hand.select(*pane, name);
        for _ in 0..6 {
            let last = hand.offered(key, offer);
            hand.terminal.keys(&last);
            took.push(i64::try_from(hand.ready(title).as_millis()).unwrap());
            hand.leave();
        }
        took.sort_unstable();
        eprintln!("       {title}: {took:?}");
        all.extend(took);
    }
    all.sort_unstable();
    let (n, median, p90, load) = (all.len(), part(&all, 50), part(&all, 90), load());
    eprintln!("key to preview: n {n}, median {median} ms, p90 {p90} ms, worst {} ms, load {load}", all[n - 1]);
}

/// When a line of Pacemaker's log was written, in milliseconds of the day, and its words.
fn line(text: &str) -> Option<(i64, &str)> {
    let mut words = text.splitn(4, ' ').filter(|word| !word.is_empty());
    let (_, _, time, rest) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let mut parts = time.split([':', '.']).map(|part| part.parse::<i64>().ok());
    let mut next = || parts.next().flatten();
    Some((((next()? * 60 + next()?) * 60 + next()?) * 1000 + next()?, rest))
}

/// The nodes' logs from a moment on.
struct Logs(BTreeMap<String, usize>);

impl Logs {
    fn read(lab: &Lab) -> Vec<(String, String)> {
        let path = |node: &str| lab.run(&["log", node]).lines().nth(1).unwrap().to_owned();
        NODES
            .iter()
            .map(|node| (*node).to_owned())
            .map(|node| {
                let text = std::fs::read(path(&node)).unwrap_or_default();
                (node, String::from_utf8_lossy(&text).into_owned())
            })
            .collect()
    }

    fn from_now(lab: &Lab) -> Self {
        Self(Self::read(lab).into_iter().map(|(node, text)| (node, text.len())).collect())
    }

    /// How long each service was away: from the request to stop or demote it, or the monitor that found it dead, to the
    /// result of its start or promotion.
    fn away(&self, lab: &Lab) -> BTreeMap<String, i64> {
        let mut gone: BTreeMap<String, i64> = BTreeMap::new();
        let mut back: BTreeMap<String, i64> = BTreeMap::new();
        for (node, text) in Self::read(lab) {
            let from = self.0.get(&node).copied().unwrap_or(0);
            for (at, words) in text.get(from..).unwrap_or_default().lines().filter_map(line) {
                let of = |begins: &str| {
                    let rest = words.split_once(begins)?.1;
                    rest.split([' ', ':']).next().map(str::to_owned)
                };
                let first = |map: &mut BTreeMap<String, i64>, id: String| {
                    map.entry(id).and_modify(|known| *known = at.min(*known)).or_insert(at);
                };
                let last = |map: &mut BTreeMap<String, i64>, id: String| {
                    map.entry(id).and_modify(|known| *known = at.max(*known)).or_insert(at);
                };
                if let Some(id) = of("Requesting local execution of stop operation for ").filter(|id| id != "store") {
                    first(&mut gone, id);
                } else if let Some(id) = of("Requesting local execution of demote operation for ") {
                    first(&mut gone, id);
                } else if let Some(id) =
                    of("Result of monitor operation for ").filter(|_| words.contains(": not running"))
                {
                    first(&mut gone, id);
                } else if let Some(id) = of("Result of start operation for ").filter(|id| id != "store") {
                    last(&mut back, id);
                } else if let Some(id) = of("Result of promote operation for ") {
                    last(&mut back, id);
                }
            }
        }
        gone.into_iter().filter_map(|(id, from)| Some((id.clone(), back.get(&id)? - from))).collect()
    }
}

/// Service by service: what hatui says, less what the nodes' logs say.
pub(super) fn stopwatch(lab: &Lab) {
    let mut differences: Vec<i64> = Vec::new();
    let mut compare = |what: &str, told: &[(String, i64)], logged: &BTreeMap<String, i64>| {
        let mut words = Vec::new();
        for (id, away) in told {
            let Some(truth) = logged.get(id) else { continue };
            differences.push(away - truth);
            words.push(format!("{id} {away} (log {truth})"));
        }
        eprintln!("       {what}: {}", words.join(", "));
    };
    let nodes = ["-n", NODES[0], "-n", NODES[1], "-n", NODES[2]];
    for round in 0..4 {
        for id in ["web", "slow", "store-clone"] {
            let part = if id == "web" { "web-ip" } else { id.trim_end_matches("-clone") };
            let to = Places::settled(lab).elsewhere(part);
            let logs = Logs::from_now(lab);
            let words = ["run", "--yes", "--json", "resource", "move", id, to];
            let (code, text) = lab.status(&[&words, &nodes[..]].concat());
            assert_eq!(code, 0, "{text}");
            lab.run(&["settle", "60"]);
            let told: serde_json::Value = serde_json::from_str(&text).unwrap();
            let away = told["verdict"]["away"].as_array().unwrap().iter();
            let away: Vec<(String, i64)> =
                away.map(|one| (one[0].as_str().unwrap().to_owned(), one[1].as_i64().unwrap())).collect();
            if away.is_empty() {
                eprintln!("       {round} move {id}: not timed (log {:?}): {}", logs.away(lab), told["verdict"]);
            }
            compare(&format!("{round} move {id}"), &away, &logs.away(lab));
        }
    }
    let hand = Hand::on(lab);
    for id in ["batch", "web-app", "slow", "batch", "web-app", "slow"] {
        let node = Places::settled(lab).serves(id).to_owned();
        let before = hand.lines("times.jsonl").len();
        let logs = Logs::from_now(lab);
        lab.run(&["kill-resource", id, &node]);
        // A time is kept after the first healthy monitor; nothing is, where it was back before anybody looked.
        let start = Instant::now();
        let news = loop {
            lab.run(&["settle", "60"]);
            let lines = hand.lines("times.jsonl");
            if lines.len() > before || start.elapsed() > Duration::from_secs(25) {
                break lines;
            }
        };
        if news.len() == before {
            eprintln!("       {id} died: not timed (log {:?})", logs.away(lab).get(id));
            continue;
        }
        let last = news.last().unwrap();
        let away = (last["service"].as_str().unwrap_or_default().to_owned(), last["away_ms"].as_i64().unwrap_or(-1));
        compare(&format!("{id} died"), &[away], &logs.away(lab));
    }
    let mut sizes: Vec<i64> = differences.iter().map(|one| one.abs()).collect();
    sizes.sort_unstable();
    differences.sort_unstable();
    let n = sizes.len();
    eprintln!(
        "stopwatch less log: n {n}, median {} ms, from {} to {} ms; size: median {} ms, p90 {} ms, worst {} ms, load {}",
        part(&differences, 50),
        differences[0],
        differences[n - 1],
        part(&sizes, 50),
        part(&sizes, 90),
        sizes[n - 1],
        load()
    );
}
