//! A node made of stub tools, and a watcher run on it. It waits for conditions, never for a time.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) const NONCE: &str = "0123456789abcdef";
/// Seconds: keepalive, the longest run of a tool, and a tenth of the pace of what is looked at seldom.
pub(crate) const FIGURES: &str = "2,2,1";
const DEADLINE: Duration = Duration::from_secs(15);
const STUBS: [&str; 11] = [
    "crm_mon",
    "cibadmin",
    "crm_node",
    "corosync",
    "corosync-cfgtool",
    "corosync-quorumtool",
    "corosync-cmapctl",
    "pacemakerd",
    "drbdadm",
    "drbdsetup",
    "systemctl",
];
/// All that the watcher may need of a node besides the cluster's own tools.
const REAL: [&str; 15] = [
    "timeout", "sleep", "sed", "grep", "dd", "id", "uname", "cat", "env", "stdbuf", "script", "date", "mkdir", "rm",
    "tee",
];

const COMMON: &str = include_str!("../../src/observe/watch/common.sh");

fn script(feed: &str) -> String {
    let own = match feed {
        "pacemaker" => include_str!("../../src/observe/watch/pacemaker.sh"),
        "corosync" => include_str!("../../src/observe/watch/corosync.sh"),
        _ => include_str!("../../src/observe/watch/drbd.sh"),
    };
    format!("{COMMON}{own}")
}

/// Runs a case under each shell that is installed, at the same time, and says which are not: under dash on a node that
/// has no bash, and on one that has.
pub(crate) fn under_each_shell(case: impl Fn(&Node) + Sync) {
    thread::scope(|scope| {
        for (shell, has_bash) in [("dash", false), ("dash", true), ("bash", true)] {
            let Some(path) = which(shell) else {
                eprintln!("SKIPPED: {shell} is not installed, so the watcher was not tried under it");
                continue;
            };
            let case = &case;
            scope.spawn(move || case(&Node::new(&path, has_bash)));
        }
    });
}

fn which(tool: &str) -> Option<PathBuf> {
    ["/usr/bin", "/bin"].iter().map(|dir| Path::new(dir).join(tool)).find(|path| path.exists())
}

/// Waits until `met`, or fails and says what was awaited.
pub(crate) fn until(awaited: &str, met: impl FnMut() -> bool) {
    until_seen(|| awaited.to_owned(), met);
}

/// The same, with words on how things are when it fails.
fn until_seen(awaited: impl Fn() -> String, mut met: impl FnMut() -> bool) {
    let started = Instant::now();
    while !met() {
        assert!(started.elapsed() < DEADLINE, "awaited in vain: {}", awaited());
        thread::sleep(Duration::from_millis(10));
    }
}

fn write_program(path: &Path, script: &str) {
    fs::write(path, script).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A node: a directory with stub tools and the files that drive them.
pub(crate) struct Node {
    pub(crate) dir: PathBuf,
    shell: PathBuf,
    has_bash: bool,
}

impl Node {
    fn new(shell: &Path, has_bash: bool) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("hatui-watcher-{}-{count}-", std::process::id()));
        let bin = dir.join("bin");
        fs::create_dir_all(&bin).unwrap();
        fs::create_dir(dir.join("shm")).unwrap();
        for stub in STUBS.iter().chain(&["sudo"]) {
            write_program(&bin.join(stub), include_str!("bin/tool"));
        }
        for real in REAL.iter().chain(has_bash.then_some(&"bash")) {
            if let Some(path) = which(real) {
                symlink(path, bin.join(real)).unwrap();
            }
        }
        symlink(shell, bin.join("sh")).unwrap();
        for fifo in ["draw", "membership"] {
            assert!(Command::new("mkfifo").arg(dir.join(fifo)).status().unwrap().success());
        }
        let node = Self { dir, shell: shell.to_owned(), has_bash };
        node.put("crm_node.out", "ha-node-1\n");
        node.put("calls", "");
        node.cib(1);
        node.document("first");
        node
    }

    /// Another node with the same shell.
    pub(crate) fn like(&self) -> Self {
        Self::new(&self.shell, self.has_bash)
    }

    /// Writes a file that drives a stub, at once and whole.
    pub(crate) fn put(&self, name: &str, content: &str) {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let part = self.dir.join(format!("part-{}", COUNT.fetch_add(1, Ordering::Relaxed)));
        fs::write(&part, content).unwrap();
        fs::rename(part, self.dir.join(name)).unwrap();
    }

    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.dir.join(name)).unwrap();
    }

    pub(crate) fn without(&self, tool: &str) {
        fs::remove_file(self.dir.join("bin").join(tool)).unwrap();
    }

    /// Puts another program in the place of one that the watcher needs.
    pub(crate) fn instead(&self, tool: &str, script: &str) {
        self.without(tool);
        write_program(&self.dir.join("bin").join(tool), script);
    }

    pub(crate) fn document(&self, what: &str) {
        self.put(
            "crm_mon.out",
            &format!(
                "<pacemaker-result request=\"crm_mon -1\">\n  <last_update time=\"now\"/>\n  <x what=\"{what}\"/>\n  <status code=\"0\"/>\n</pacemaker-result>\n"
            ),
        );
    }

    pub(crate) fn cib(&self, updates: u32) {
        self.cib_version(5, updates);
    }

    pub(crate) fn cib_version(&self, epoch: u32, updates: u32) {
        self.put(
            "cibadmin.-Q_-n.out",
            &format!("<cib admin_epoch=\"0\" epoch=\"{epoch}\" num_updates=\"{updates}\" have-quorum=\"1\"/>\n"),
        );
    }

    /// How often the daemon was started that brings documents.
    pub(crate) fn wakers(&self) -> usize {
        self.wakers_files().len()
    }

    /// What each of them was told to keep its pid in.
    pub(crate) fn wakers_files(&self) -> Vec<PathBuf> {
        let calls = fs::read_to_string(self.dir.join("calls")).unwrap();
        let wakers = calls.lines().filter_map(|line| line.strip_prefix("begin crm_mon -d_"));
        wakers.map(|words| words.split('_').find_map(|word| word.strip_prefix("--pid-file=")).unwrap().into()).collect()
    }

    /// Makes the daemon `crm_mon` print, interactive `crm_mon` draw, or `corosync-quorumtool -m` print.
    pub(crate) fn nudge(&self, fifo: &str) {
        // Opened for both, so that it never blocks.
        let mut pipe = fs::OpenOptions::new().read(true).write(true).open(self.dir.join(fifo)).unwrap();
        pipe.write_all(b"now\n").unwrap();
        // Kept open until somebody has read it: a FIFO forgets what is in it with its last end.
        std::mem::forget(pipe);
    }

    /// How often a tool was started with these words.
    pub(crate) fn calls(&self, call: &str) -> usize {
        let calls = fs::read_to_string(self.dir.join("calls")).unwrap();
        calls.lines().filter(|line| line.strip_prefix("begin ").unwrap_or(line) == call).count()
    }

    pub(crate) fn watch(&self, feed: &str) -> Watcher {
        self.watch_as(feed, "-", "document", FIGURES)
    }

    pub(crate) fn command(&self, feed: &str) -> Command {
        let mut command = Command::new("env");
        command.arg("-i").arg("LC_ALL=C").arg("TZ=UTC");
        command.arg(format!("PATH={}", self.dir.join("bin").display()));
        command.arg(format!("STUB={}", self.dir.display()));
        command.args(["timeout", "0"]).arg(&self.shell).arg("-c");
        let dir = self.dir.display();
        let script = script(feed).replace("/proc/drbd", &format!("{dir}/proc-drbd"));
        command.arg(script.replace("in /dev/shm /tmp;", &format!("in {dir}/none {dir}/shm;")));
        command.arg("hatui-watch");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }

    pub(crate) fn watch_as(&self, feed: &str, sudo: &str, pace: &str, figures: &str) -> Watcher {
        let mut command = self.command(feed);
        command.args([NONCE, feed, sudo, pace, figures]);
        Watcher::new(command.spawn().unwrap(), self.dir.clone())
    }

    /// The script run as it must not be: in a process group that is not its own.
    pub(crate) fn run_in_our_group(&self) -> std::process::Output {
        let mut command = Command::new(&self.shell);
        command.arg("-c").arg(script("pacemaker")).args(["hatui-watch", NONCE, "pacemaker", "-", "document"]);
        command.stdin(Stdio::null()).output().unwrap()
    }

    /// What still runs on this node, zombies aside: pid and command line.
    pub(crate) fn processes(&self) -> Vec<(u32, String)> {
        processes(&self.dir)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Whatever a failed case left.
        for (pid, _) in self.processes() {
            kill(pid, "KILL");
        }
        let _ = fs::remove_dir_all(&self.dir);
    }
}

fn processes(dir: &Path) -> Vec<(u32, String)> {
    let marker = format!("STUB={}\0", dir.display());
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let read = |name: &str| fs::read(entry.path().join(name)).unwrap_or_default();
        let environment = read("environ");
        if environment.windows(marker.len()).any(|window| window == marker.as_bytes()) {
            let line = String::from_utf8_lossy(&read("cmdline")).replace('\0', " ");
            found.push((pid, line.chars().rev().take(80).collect::<String>().chars().rev().collect()));
        }
    }
    found
}

pub(crate) fn kill(pid: u32, signal: &str) {
    let _ = Command::new("kill").args([&format!("-{signal}"), &pid.to_string()]).stderr(Stdio::null()).status();
}

#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// The kind, then its keys; a line that is no frame is told by an empty kind.
    pub(crate) kind: String,
    pub(crate) keys: String,
    pub(crate) payload: Vec<u8>,
    pub(crate) at: Instant,
}

impl Frame {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.payload).into_owned()
    }
}

/// A watcher that runs, kept alive until told otherwise. All of it is gone when this is dropped, or the test fails.
pub(crate) struct Watcher {
    child: Child,
    dir: PathBuf,
    stdin: Arc<Mutex<Option<ChildStdin>>>,
    frames: Arc<Mutex<Vec<Frame>>>,
    keepalive: Arc<AtomicBool>,
    reading: Arc<AtomicBool>,
}

impl Watcher {
    fn new(mut child: Child, dir: PathBuf) -> Self {
        let stdin = Arc::new(Mutex::new(child.stdin.take()));
        let frames = Arc::new(Mutex::new(Vec::new()));
        let (keepalive, reading) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(true)));
        let mut stdout = child.stdout.take().unwrap();
        thread::spawn({
            let (frames, reading) = (Arc::clone(&frames), Arc::clone(&reading));
            move || {
                let (mut buffer, mut chunk) = (Vec::new(), vec![0; 65536]);
                while let Ok(count @ 1..) = stdout.read(&mut chunk) {
                    if !reading.load(Ordering::Relaxed) {
                        return;
                    }
                    buffer.extend_from_slice(&chunk[..count]);
                    while let Some(frame) = take_frame(&mut buffer) {
                        frames.lock().unwrap().push(frame);
                    }
                }
            }
        });
        thread::spawn({
            let (stdin, keepalive) = (Arc::clone(&stdin), Arc::clone(&keepalive));
            move || {
                while keepalive.load(Ordering::Relaxed) {
                    if let Some(pipe) = stdin.lock().unwrap().as_mut() {
                        let _ = pipe.write_all(b"k\n");
                    }
                    thread::sleep(Duration::from_millis(250));
                }
            }
        });
        Self { child, dir, stdin, frames, keepalive, reading }
    }

    pub(crate) fn say(&self, line: &str) {
        let mut stdin = self.stdin.lock().unwrap();
        stdin.as_mut().unwrap().write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    pub(crate) fn close_stdin(&self) {
        *self.stdin.lock().unwrap() = None;
    }

    pub(crate) fn stop_keepalive(&self) {
        self.keepalive.store(false, Ordering::Relaxed);
    }

    /// Closes our end of its output at its next word.
    pub(crate) fn close_stdout(&self) {
        self.reading.store(false, Ordering::Relaxed);
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn frames(&self) -> Vec<Frame> {
        self.frames.lock().unwrap().clone()
    }

    pub(crate) fn of(&self, kind: &str) -> Vec<Frame> {
        self.frames().into_iter().filter(|frame| frame.kind == kind).collect()
    }

    /// The frame number `count` (from 1) of a kind, awaited.
    pub(crate) fn nth(&self, kind: &str, count: usize) -> Frame {
        let awaited = || format!("frame {count} of kind {kind:?}; got {:?}", self.kinds());
        until_seen(awaited, || self.of(kind).len() >= count);
        self.of(kind)[count - 1].clone()
    }

    fn kinds(&self) -> Vec<String> {
        self.frames().into_iter().map(|frame| format!("{} {}", frame.kind, frame.keys)).collect()
    }

    /// Some beats more, for what must not happen meanwhile.
    pub(crate) fn beats(&self, count: usize) {
        let before = self.of("beat").len();
        self.nth("beat", before + count);
    }

    pub(crate) fn nothing_is_left(&mut self, why: &str) {
        let dir = self.dir.clone();
        let folders = || fs::read_dir(dir.join("shm")).map_or(0, Iterator::count);
        let left = || format!("an empty node after {why}; left: {} folders, {:?}", folders(), processes(&dir));
        until_seen(left, || {
            let _ = self.child.try_wait();
            processes(&dir).is_empty() && folders() == 0
        });
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.keepalive.store(false, Ordering::Relaxed);
        self.close_stdin();
        if !thread::panicking() {
            self.nothing_is_left("the end of its input");
        }
        let _ = self.child.wait();
    }
}

/// The next frame, or line that is none, out of what came.
fn take_frame(buffer: &mut Vec<u8>) -> Option<Frame> {
    let end = buffer.iter().position(|byte| *byte == b'\n')?;
    let line = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let at = Instant::now();
    let Some(frame) = line.strip_prefix(&format!("@hatui {NONCE} ")) else {
        buffer.drain(..=end);
        return Some(Frame { kind: String::new(), keys: line, payload: Vec::new(), at });
    };
    let (kind, keys) = frame.split_once(' ').unwrap_or((frame, ""));
    let (kind, keys) = (kind.to_owned(), keys.to_owned());
    let Some((_, bytes)) = keys.rsplit_once("bytes=") else {
        buffer.drain(..=end);
        return Some(Frame { kind, keys, payload: Vec::new(), at });
    };
    let length: usize = bytes.parse().unwrap();
    let stop = end + 1 + length;
    if buffer.len() <= stop {
        return None;
    }
    assert_eq!(buffer[stop], b'\n', "a payload of {length} bytes is followed by a line feed: {line}");
    let payload = buffer[end + 1..stop].to_vec();
    buffer.drain(..=stop);
    Some(Frame { kind, keys, payload, at })
}
