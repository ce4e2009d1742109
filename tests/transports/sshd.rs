//! A throw-away sshd on loopback.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use hatui::transport::{SshOptions, SshTarget, Transport};

use super::LIMIT;

/// An sshd of the test's own on loopback, with keys of its own; ended when dropped.
pub(crate) struct Sshd {
    pub(crate) folder: PathBuf,
    pub(crate) port: u16,
    daemon: Child,
}

pub(crate) fn command(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Sshd {
    /// `None`, said aloud: there is no sshd here.
    pub(crate) fn start(name: &str) -> Option<Self> {
        Self::start_with(name, "")
    }

    /// One with more lines of configuration, which come first and so win.
    pub(crate) fn start_with(name: &str, more: &str) -> Option<Self> {
        if !Path::new("/usr/sbin/sshd").exists() {
            assert!(std::env::var_os("HATUI_REQUIRE_LAB").is_none(), "sshd is required here: run .ci/packages");
            eprintln!("skipped: there is no /usr/sbin/sshd; .ci/packages installs it");
            return None;
        }
        let folder = std::env::temp_dir().join(format!("hatui-sshd-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::create_dir_all("/run/sshd").unwrap_or_default();
        let at = |file: &str| folder.join(file).to_str().unwrap().to_owned();
        for key in ["host", "user", "stranger"] {
            command("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", &at(key)]);
        }
        std::fs::copy(at("user.pub"), at("authorized")).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = format!(
            "{more}Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nUsePAM no\n\
             StrictModes no\nPasswordAuthentication no\nPermitRootLogin yes\nSetEnv SHLVL=5 HATUI_SSHD={}\n",
            at("host"),
            at("authorized"),
            folder.display()
        );
        std::fs::write(at("sshd_config"), config).unwrap();
        let host_key = std::fs::read_to_string(at("host.pub")).unwrap();
        std::fs::write(at("known"), format!("[127.0.0.1]:{port} {host_key}")).unwrap();
        std::fs::write(at("empty"), "").unwrap();
        let daemon = Command::new("/usr/sbin/sshd")
            .args(["-D", "-e", "-f", &at("sshd_config")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(at("log")).unwrap())
            .spawn()
            .unwrap();
        let sshd = Self { folder, port, daemon };
        let start = std::time::Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < LIMIT, "waited {LIMIT:?} for sshd to listen");
        }
        Some(sshd)
    }

    pub(crate) fn transport(&self, key: &str, known: &str) -> Transport {
        let at = |file: &str| self.folder.join(file).display().to_string();
        let user_config = self.folder.join(format!("config-{key}-{known}"));
        let text = format!("IdentityFile {}\nIdentitiesOnly yes\nUserKnownHostsFile {}\n", at(key), at(known));
        std::fs::write(&user_config, text).unwrap();
        let options =
            SshOptions::prepare(&self.folder.join(format!("c-{key}-{known}")), Some(&user_config), &[]).unwrap();
        Transport::Ssh(SshTarget {
            host: "127.0.0.1".to_owned(),
            user: None,
            port: Some(self.port),
            options: Arc::new(options),
        })
    }

    /// The sshd with all it started, and their command lines.
    pub(crate) fn processes(&self) -> Vec<(u32, String)> {
        let mut found = vec![(self.daemon.id(), "sshd".to_owned())];
        let mut at = 0;
        while let Some((parent, _)) = found.get(at) {
            let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
            for child in children.unwrap_or_default().split_whitespace().map(|child| child.parse().unwrap()) {
                let line = std::fs::read(format!("/proc/{child}/cmdline")).unwrap_or_default();
                found.push((child, String::from_utf8_lossy(&line).replace('\0', " ")));
            }
            at += 1;
        }
        found
    }

    pub(crate) fn signal(&self, signal: &str) {
        let pids = self.processes().into_iter().map(|(pid, _)| pid.to_string());
        let _ = Command::new("kill").arg(signal).args(pids).stderr(Stdio::null()).status();
    }

    /// Ends every session, not the daemon.
    pub(crate) fn break_connections(&self) {
        let sessions =
            self.processes().into_iter().filter(|(pid, line)| *pid != self.daemon.id() && line.starts_with("sshd"));
        let _ = Command::new("kill").arg("-KILL").args(sessions.map(|(pid, _)| pid.to_string())).status();
    }

    /// What runs on the node of the programs that were started over this sshd, whoever their parent is now.
    pub(crate) fn programs(&self) -> usize {
        let mark = format!("HATUI_SSHD={}\0", self.folder.display());
        let environments = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path().join("environ"));
        let found = environments.filter_map(|path| std::fs::read(path).ok());
        found.filter(|all| String::from_utf8_lossy(all).contains(&mark)).count()
    }

    /// The ssh masters of this test that live.
    pub(crate) fn masters(&self) -> usize {
        processes_with(self.folder.to_str().unwrap())
            .iter()
            .filter(|line| line.starts_with("ssh") && !line.starts_with("sshd"))
            .count()
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.signal("-KILL");
        let _ = self.daemon.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The command lines of living processes that hold `marker`; zombies have none.
pub(crate) fn processes_with(marker: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if line.contains(marker) {
            found.push(line);
        }
    }
    found
}
