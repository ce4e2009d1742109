//! The lab that all scenes share, and what it tells when one fails.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::shown::node_row;
use super::terminal::Terminal;

pub(super) const NODES: [&str; 3] = ["ha-node-1", "ha-node-2", "ha-node-3"];

/// A lab that is taken down when dropped, and also when this test is killed: by a process that waits for its end.
pub(super) struct Lab {
    pub(super) directory: PathBuf,
    guard: Child,
    started: Cell<u32>,
}

fn script() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/lab/lab")
}

impl Lab {
    pub(super) fn up() -> Self {
        let directory = std::env::temp_dir().join(format!("hatui-cluster-{}", std::process::id()));
        // A session of its own: what ends the group of this process must not end it.
        let mut guard = Command::new("setsid");
        guard.args(["sh", "-c", "trap '' HUP INT TERM; read -r _; exec \"$0\" down"]).arg(script());
        let guard = guard.env("HATUI_LAB_DIR", &directory).stdin(Stdio::piped()).spawn().unwrap();
        let lab = Self { directory, guard, started: Cell::new(0) };
        lab.run(&["up", "--nodes", "3", "--set", "demo"]);
        lab
    }

    pub(super) fn output(&self, words: &[&str]) -> Output {
        Command::new(script()).args(words).env("HATUI_LAB_DIR", &self.directory).output().unwrap()
    }

    /// Runs a verb that has to work; what it prints comes back.
    pub(super) fn run(&self, words: &[&str]) -> String {
        let output = self.output(words);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "lab {words:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
        text
    }

    pub(super) fn ssh_config(&self) -> String {
        self.run(&["ssh-config"]).trim().to_owned()
    }

    /// hatui within the network of the lab.
    pub(super) fn hatui(&self, arguments: &[&str], columns: u16, rows: u16) -> Terminal {
        self.hatui_by(&self.ssh_config(), arguments, columns, rows)
    }

    /// The same, by another configuration of ssh.
    pub(super) fn hatui_by(&self, config: &str, arguments: &[&str], columns: u16, rows: u16) -> Terminal {
        self.hatui_keeping(&self.home().join("state"), config, arguments, columns, rows)
    }

    /// The same, which keeps its journal, audit and times in a folder of its own.
    pub(super) fn hatui_keeping(
        &self,
        state: &Path,
        config: &str,
        arguments: &[&str],
        columns: u16,
        rows: u16,
    ) -> Terminal {
        let script = script();
        let home = self.home();
        self.started.set(self.started.get() + 1);
        let log = home.join(format!("hatui-{:03}.log", self.started.get()));
        let mut words = vec![script.to_str().unwrap(), "enter", env!("CARGO_BIN_EXE_hatui"), "--ssh-config", config];
        words.extend(["--log", log.to_str().unwrap()]);
        words.extend(arguments);
        let directory = self.directory.to_str().unwrap();
        let home = home.to_str().unwrap();
        let state = state.to_str().unwrap();
        let environment =
            [("HATUI_LAB_DIR", directory), ("HOME", home), ("XDG_CONFIG_HOME", home), ("XDG_STATE_HOME", state)];
        Terminal::start(&words, columns, rows, &environment)
    }

    /// hatui on a node, as an administrator starts it there: nothing is named, and it has no file of this host's.
    pub(super) fn hatui_on(&self, node: &str, program: &str) -> Terminal {
        let script = script();
        let words = [script.to_str().unwrap(), "exec", node, program, "--log", "/root/hatui.log"];
        Terminal::start(&words, 160, 60, &[("HATUI_LAB_DIR", self.directory.to_str().unwrap())])
    }

    /// The home of the hatui that runs in this lab.
    pub(super) fn home(&self) -> PathBuf {
        let home = self.directory.join("home");
        std::fs::create_dir_all(&home).unwrap();
        home
    }

    /// Runs a command on a node, with something to read.
    pub(super) fn feed(&self, node: &str, command: &[&str], input: Stdio) {
        let mut words = vec!["exec", node];
        words.extend(command);
        let mut run = Command::new(script());
        let status = run.args(&words).env("HATUI_LAB_DIR", &self.directory).stdin(input).status().unwrap();
        assert!(status.success(), "lab {words:?}");
    }

    pub(super) fn watching(&self) -> Terminal {
        let terminal = self.hatui(&["-n", NODES[0], "-n", NODES[1], "-n", NODES[2]], 160, 60);
        terminal.wait("three live nodes", Duration::from_secs(20), |screen| {
            screen.contains("●●●") && NODES.iter().all(|node| node_row(screen, node).is_some())
        });
        terminal
    }

    pub(super) fn status(&self, arguments: &[&str]) -> (i32, String) {
        self.status_by(&self.ssh_config(), arguments)
    }

    pub(super) fn status_by(&self, config: &str, arguments: &[&str]) -> (i32, String) {
        let home = self.home();
        let (home, state) = (format!("HOME={}", home.display()), format!("XDG_STATE_HOME={}/state", home.display()));
        let mut words = vec!["enter", "env", &home, &state, env!("CARGO_BIN_EXE_hatui"), "--ssh-config", config];
        words.extend(arguments);
        let output = self.output(&words);
        (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Waits until nothing of hatui's runs on any node.
    pub(super) fn wait_no_strays(&self, limit: Duration) -> Duration {
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
    pub(super) fn heal(&self) {
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
            let _ = self.output(&["rejoin", node]);
            let _ = self.output(&["stack", "start", node]);
            let _ = self.output(&["exec", NODES[0], "crm_standby", "-N", node, "-D"]);
        }
        for node in NODES {
            self.run(&["wait-online", node, "90"]);
        }
        let _ = self.output(&["exec", NODES[0], "crm_attribute", "-t", "op_defaults", "-n", "on-fail", "-D"]);
        let _ = self.output(&["exec", NODES[0], "crm_resource", "--cleanup"]);
        // What was fenced in one scene must not be taken for what the next one waits for.
        let _ = self.output(&["exec", NODES[0], "stonith_admin", "--cleanup", "--history", "*"]);
        self.run(&["settle", "90"]);
    }

    /// How many times hatui was started so far.
    pub(super) fn started(&self) -> u32 {
        self.started.get()
    }

    /// Shows what there is to know about a failure: how the lab is, the ends of the nodes' logs, and of the logs of every
    /// hatui that was started since.
    pub(super) fn tell(&self, since: u32) {
        for words in [&["status"][..], &["tails", "40"][..]] {
            let output = self.output(words);
            let text = [output.stdout, output.stderr].concat();
            eprintln!("--- lab {}\n{}", words[0], String::from_utf8_lossy(&text));
        }
        for number in since + 1..=self.started.get() {
            let text = std::fs::read(self.home().join(format!("hatui-{number:03}.log"))).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            let lines: Vec<&str> = text.lines().collect();
            eprintln!("--- the log of hatui {number}, {} lines", lines.len());
            for line in &lines[lines.len().saturating_sub(60)..] {
                eprintln!("{}", line.chars().take(300).collect::<String>());
            }
        }
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
pub(super) fn cannot() -> Option<String> {
    let output = Command::new(script()).arg("check").output().unwrap();
    (output.status.code() == Some(77)).then(|| String::from_utf8_lossy(&output.stderr).trim().to_owned())
}
