//! The real binary on a real cluster: three nodes of Corosync, Pacemaker and sshd in namespaces (`tests/lab`).
//!
//! One cluster serves all scenes, one after the other; a scene that fails does not hide the others.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stderr, reason = "a test with real processes")]

#[path = "cluster/absent.rs"]
mod absent;
#[path = "cluster/leaving.rs"]
mod leaving;
#[path = "cluster/logins.rs"]
mod logins;
#[path = "support/terminal.rs"]
#[expect(dead_code, reason = "shared with the tests of the demo")]
mod terminal;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use terminal::Terminal;

const NODES: [&str; 3] = ["ha-node-1", "ha-node-2", "ha-node-3"];

/// Whether the pane of the nodes, which is at the left, has a line with the node and the words: one that begins with a
/// sign, as no line of the details of another node does.
fn row(screen: &str, node: &str, words: &str) -> bool {
    screen.lines().any(|line| {
        let left: String = line.chars().take(70).collect();
        let left = left.trim_start_matches(['│', '┃', '▸', ' ']);
        let of_node = left.split_once(' ').is_some_and(|(sign, rest)| {
            ["●", "✗", "▲", "↻", "?"].contains(&sign) && rest.split(' ').next() == Some(node)
        });
        of_node && left.contains(words)
    })
}

/// A lab that is taken down when dropped, and also when this test is killed: by a process that waits for its end.
struct Lab {
    directory: PathBuf,
    guard: Child,
}

fn script() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/lab/lab")
}

impl Lab {
    fn up() -> Self {
        let directory = std::env::temp_dir().join(format!("hatui-cluster-{}", std::process::id()));
        // A session of its own: what ends the group of this process must not end it.
        let mut guard = Command::new("setsid");
        guard.args(["sh", "-c", "trap '' HUP INT TERM; read -r _; exec \"$0\" down"]).arg(script());
        let guard = guard.env("HATUI_LAB_DIR", &directory).stdin(Stdio::piped()).spawn().unwrap();
        let lab = Self { directory, guard };
        lab.run(&["up", "--nodes", "3", "--set", "demo"]);
        lab
    }

    fn output(&self, words: &[&str]) -> Output {
        Command::new(script()).args(words).env("HATUI_LAB_DIR", &self.directory).output().unwrap()
    }

    /// Runs a verb that has to work; what it prints comes back.
    fn run(&self, words: &[&str]) -> String {
        let output = self.output(words);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "lab {words:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
        text
    }

    fn ssh_config(&self) -> String {
        self.run(&["ssh-config"]).trim().to_owned()
    }

    /// hatui within the network of the lab.
    fn hatui(&self, arguments: &[&str], columns: u16, rows: u16) -> Terminal {
        let script = script();
        let config = self.ssh_config();
        let mut words = vec![script.to_str().unwrap(), "enter", env!("CARGO_BIN_EXE_hatui"), "--ssh-config", &config];
        words.extend(arguments);
        let directory = self.directory.to_str().unwrap();
        let home = self.directory.join("home");
        std::fs::create_dir_all(&home).unwrap();
        let home = home.to_str().unwrap();
        let environment = [("HATUI_LAB_DIR", directory), ("HOME", home), ("XDG_CONFIG_HOME", home)];
        Terminal::start(&words, columns, rows, &environment)
    }

    fn watching(&self) -> Terminal {
        let terminal = self.hatui(&["-n", NODES[0], "-n", NODES[1], "-n", NODES[2]], 140, 60);
        terminal.wait("three live nodes", Duration::from_secs(20), |screen| {
            screen.contains("●●●") && NODES.iter().all(|node| screen.contains(node))
        });
        terminal
    }

    fn status(&self, arguments: &[&str]) -> (i32, String) {
        self.status_by(&self.ssh_config(), arguments)
    }

    fn status_by(&self, config: &str, arguments: &[&str]) -> (i32, String) {
        let mut words = vec!["enter", env!("CARGO_BIN_EXE_hatui"), "--ssh-config", config];
        words.extend(arguments);
        let output = self.output(&words);
        (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Waits until nothing of hatui's runs on any node.
    fn wait_no_strays(&self, limit: Duration) -> Duration {
        let start = Instant::now();
        loop {
            let strays: String = NODES.iter().map(|node| self.run(&["strays", node])).collect();
            if strays.trim().is_empty() {
                return start.elapsed();
            }
            assert!(start.elapsed() < limit, "waited {limit:?} for no process on the nodes; left:\n{strays}");
        }
    }

    /// Brings the cluster back to where every scene begins.
    fn heal(&self) {
        for node in NODES {
            let _ = self.output(&["thaw", node]);
            let _ = self.output(&["unhang-sshd", node]);
            let _ = self.output(&["fence-fault", node, "ok"]);
            for link in ["0", "1", "mgmt"] {
                let _ = self.output(&["link", "up", node, link]);
            }
        }
        let _ = self.output(&["heal"]);
        for node in NODES {
            let _ = self.output(&["power", "on", node]);
            let _ = self.output(&["stack", "start", node]);
            let _ = self.output(&["exec", NODES[0], "crm_standby", "-N", node, "-D"]);
        }
        for node in NODES {
            self.run(&["wait-online", node, "90"]);
        }
        let _ = self.output(&["exec", NODES[0], "crm_resource", "--cleanup"]);
        self.run(&["settle", "90"]);
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // The guard sees the end of its input, and takes the lab down.
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

/// Why there can be no lab here, if so.
fn cannot() -> Option<String> {
    let output = Command::new(script()).arg("check").output().unwrap();
    (output.status.code() == Some(77)).then(|| String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

/// What a scene leaves behind.
#[derive(Clone, Copy, PartialEq)]
enum After {
    /// The cluster as it was.
    AsBefore,
    /// Something to be mended.
    Changed,
}
use After::{AsBefore, Changed};

/// Its name, what it leaves behind, and what is done.
type Scene = (&'static str, After, fn(&Lab));

const SCENES: &[Scene] = &[
    ("all nodes and resources appear, as crm_mon tells them", AsBefore, everything_appears),
    ("one look tells the verdict", AsBefore, one_look),
    ("standby, and back", Changed, standby),
    ("a resource that dies", Changed, resource_dies),
    ("a link that is cut", Changed, link_cut),
    ("a frozen node is late, then silent, and the others go on", AsBefore, frozen),
    ("a clean stop of a node", Changed, clean_stop),
    ("a power-off is fenced and recovered", Changed, power_off),
    ("a split, seen from both sides", Changed, split),
    ("exit codes of one look, and a start while a node is off", Changed, absent::exit_codes_and_late_start),
    ("a node frozen as a whole: late, silent, fenced", Changed, absent::frozen_node),
    ("a member of haclient, and Corosync not asked in vain again and again", AsBefore, logins::operator),
    ("a user who may sudo sees everything", AsBefore, logins::sudoer),
    ("a plain user is told what helps, and nothing false", AsBefore, logins::plain),
    ("an unknown host key is never accepted", AsBefore, unknown_host_key),
    ("nothing stays behind after q, SIGTERM and SIGKILL", AsBefore, leaving::nothing_stays),
    ("nothing stays behind without a network", Changed, leaving::nothing_stays_without_a_network),
];

#[test]
fn hatui_on_a_real_cluster() {
    if let Some(why) = cannot() {
        assert!(std::env::var_os("HATUI_REQUIRE_LAB").is_none(), "the lab is required here: {why}");
        eprintln!("{why}");
        return;
    }
    let lab = Lab::up();
    let only = std::env::var("HATUI_SCENE").unwrap_or_default();
    let mut failed = Vec::new();
    for (name, after, scene) in SCENES.iter().filter(|(name, ..)| name.contains(&only)) {
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| scene(&lab)));
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        eprintln!("scene: {name} … {word} ({:.1} s)", start.elapsed().as_secs_f64());
        if outcome.is_err() {
            failed.push(*name);
        }
        if outcome.is_ok() && *after == AsBefore {
            continue;
        }
        let start = Instant::now();
        lab.heal();
        eprintln!("       healed in {:.1} s", start.elapsed().as_secs_f64());
    }
    assert!(failed.is_empty(), "scenes that failed: {failed:?}");
}

fn everything_appears(lab: &Lab) {
    let terminal = lab.watching();
    let document = lab.run(&["exec", NODES[0], "crm_mon", "-1", "--output-as=xml", "-r"]);
    let ids: Vec<&str> = document
        .lines()
        .filter_map(|line| line.trim().strip_prefix("<resource id=\""))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(ids.len() >= 10, "{document}");
    for id in ids {
        terminal.wait_for(id, 10);
    }
    terminal.wait_for("HEALTHY", 10);
    terminal.wait_for("Promoted", 10);
    assert!(!String::from_utf8_lossy(&terminal.bytes()).contains("lab-fence-password"));
}

fn one_look(lab: &Lab) {
    let nodes = ["-n", NODES[0], "-n", NODES[1], "-n", NODES[2]];
    let (code, text) = lab.status(&[&["status"], &nodes[..]].concat());
    assert!(code == 0 && text.contains("HEALTHY"), "exit {code}\n{text}");
    let (code, json) = lab.status(&[&["status", "--json"], &nodes[..]].concat());
    let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, parsed["verdict"].as_str()), (0, Some("healthy")));
    assert_eq!(parsed["nodes"].as_array().unwrap().len(), 3);
    let (code, text) = lab.status(&["status", "-n", "no-such-host.invalid"]);
    assert!(code == 3, "exit {code}\n{text}");
}

fn standby(lab: &Lab) {
    let terminal = lab.watching();
    lab.run(&["exec", NODES[0], "crm_standby", "-N", "ha-node-2", "-v", "on"]);
    let took =
        terminal.wait("ha-node-2 in standby", Duration::from_secs(10), |screen| row(screen, "ha-node-2", "standby"));
    eprintln!("       shown after {took:?}");
    lab.run(&["exec", NODES[0], "crm_standby", "-N", "ha-node-2", "-D"]);
    terminal.wait("all well again", Duration::from_secs(20), |screen| screen.contains("HEALTHY"));
}

fn resource_dies(lab: &Lab) {
    let terminal = lab.watching();
    let place = lab.run(&["exec", NODES[0], "crm_resource", "-W", "-r", "batch", "-Q"]);
    let node = NODES.iter().find(|node| place.contains(**node)).unwrap();
    lab.run(&["kill-resource", "batch", node]);
    terminal.wait("the failure of batch", Duration::from_secs(30), |screen| {
        screen.lines().any(|line| line.contains("batch") && (line.contains("fail") || line.contains("FAIL")))
    });
}

fn link_cut(lab: &Lab) {
    let terminal = lab.watching();
    lab.run(&["link", "down", "ha-node-3", "1"]);
    terminal.wait_for("disconnected", 15);
    terminal.wait_for("DEGRADED", 15);
    lab.run(&["link", "up", "ha-node-3", "1"]);
    terminal.wait("the link back", Duration::from_secs(30), |screen| {
        screen.contains("again") && screen.contains("HEALTHY")
    });
}

fn frozen(lab: &Lab) {
    let terminal = lab.watching();
    lab.run(&["hang-sshd", "ha-node-3"]);
    let late = terminal.wait("ha-node-3 late", Duration::from_secs(8), |screen| row(screen, "ha-node-3", "late"));
    let silent =
        late + terminal.wait("ha-node-3 silent", Duration::from_secs(8), |screen| row(screen, "ha-node-3", "silent"));
    eprintln!("       late after {late:?}, silent after {silent:?}");
    assert!(late < Duration::from_secs(5) && silent < Duration::from_secs(9), "late {late:?}, silent {silent:?}");
    for node in ["ha-node-1", "ha-node-2"] {
        terminal.wait(&format!("{node} live all the while"), Duration::from_secs(3), |screen| {
            row(screen, node, "online") && !row(screen, node, "late") && !row(screen, node, "silent")
        });
    }
    lab.run(&["unhang-sshd", "ha-node-3"]);
    terminal.wait("ha-node-3 back", Duration::from_mins(1), |screen| screen.contains("●●●"));
}

fn clean_stop(lab: &Lab) {
    let terminal = lab.watching();
    lab.run(&["stack", "stop", "ha-node-3"]);
    terminal.wait("ha-node-3 OFFLINE", Duration::from_secs(20), |screen| row(screen, "ha-node-3", "OFFLINE"));
    lab.run(&["stack", "start", "ha-node-3"]);
    terminal.wait("ha-node-3 online", Duration::from_mins(1), |screen| row(screen, "ha-node-3", "online"));
}

fn power_off(lab: &Lab) {
    let terminal = lab.watching();
    lab.run(&["power", "off", "ha-node-2"]);
    terminal.wait("ha-node-2 UNCLEAN or fenced", Duration::from_secs(30), |screen| {
        screen.contains("UNCLEAN") || screen.contains("fenc")
    });
    terminal.wait("ha-node-2 fenced", Duration::from_mins(1), |screen| {
        screen.contains("reboot done by") || screen.contains("fenced by")
    });
    terminal.wait("ha-node-2 online again", Duration::from_secs(90), |screen| {
        screen.contains("●●●") && row(screen, "ha-node-2", "online")
    });
}

fn split(lab: &Lab) {
    let mut terminal = lab.watching();
    for node in NODES {
        lab.run(&["fence-fault", node, "fail"]);
    }
    lab.run(&["split", "ha-node-1,ha-node-2|ha-node-3"]);
    terminal.wait_for("SPLIT", 30);
    terminal.wait_for("NO QUORUM", 10);
    terminal.keys("w");
    terminal.wait("the truth matrix, with differences", Duration::from_secs(10), |screen| {
        let row = |fact: &str| screen.lines().any(|line| line.contains(fact));
        screen.contains("facts differ") && row("ring") && row("quorate")
    });
    terminal.keys("q");
}

fn unknown_host_key(lab: &Lab) {
    let known = lab.directory.join("home/known_hosts");
    std::fs::write(&known, "").unwrap();
    let config = std::fs::read_to_string(lab.ssh_config()).unwrap();
    let keeps = |line: &&str| !line.trim_start().to_lowercase().starts_with("userknownhostsfile");
    let other: Vec<&str> = config.lines().filter(keeps).collect();
    let path = lab.directory.join("home/other_config");
    std::fs::write(&path, format!("UserKnownHostsFile {}\n{}\n", known.display(), other.join("\n"))).unwrap();
    let (code, text) = lab.status_by(path.to_str().unwrap(), &["status", "-n", "ha-node-1"]);
    assert!(code == 3 && text.contains("hatui connect ha-node-1"), "exit {code}\n{text}");
    assert_eq!(std::fs::read_to_string(&known).unwrap(), "", "a host key was written down");
}
