//! The ssh that holds a connection: started in the foreground until the login is done, then in the background.
#![expect(clippy::disallowed_methods, reason = "this starts ssh itself")]

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::{ConnectError, SshOptions, SshTarget};

/// How long a master without a program goes on, in seconds: one that hatui cannot end any more ends itself.
const PERSIST: u8 = 10;

/// Numbers of masters: each has a folder of its own, never used twice.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// A master, or one that is being started. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Master {
    folder: PathBuf,
    /// The folder above must not be taken for one that was left, as long as there is a master.
    _options: Arc<SshOptions>,
    ended: AtomicBool,
}

impl Master {
    /// Logs in. An ssh that is not through with it is killed when this is given up.
    pub(super) async fn start(target: &SshTarget) -> Result<Self, ConnectError> {
        // A host that begins with a dash would be an option.
        if target.host.starts_with('-') {
            return Err(ConnectError(format!("`{}` is no host name", target.host)));
        }
        let folder = target.options.control_directory.join(NEXT.fetch_add(1, Ordering::Relaxed).to_string());
        std::fs::DirBuilder::new().mode(0o700).create(&folder).map_err(|error| {
            ConnectError(format!("the folder {} for ssh's control socket: {error}", folder.display()))
        })?;
        let master = Self { folder, _options: Arc::clone(&target.options), ended: AtomicBool::new(false) };
        let log = master.folder.join("log");
        let mut command = tokio::process::Command::new("ssh");
        command.args(["-M", "-f", "-N", "-S"]).arg(master.socket()).arg("-E").arg(&log);
        command.arg("-F").arg(&target.options.config_file).arg("-o").arg(format!("ControlPersist={PERSIST}s"));
        if let Some(user) = &target.user {
            command.arg("-l").arg(user);
        }
        if let Some(port) = target.port {
            command.arg("-p").arg(port.to_string());
        }
        command.arg("--").arg(&target.host);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let status = match command.status().await {
            Ok(status) => status,
            Err(error) => {
                master.ended.store(true, Ordering::Relaxed);
                return Err(ConnectError(format!("ssh cannot be started here: {error}")));
            }
        };
        if status.success() {
            return Ok(master);
        }
        let said = tokio::fs::read(&log).await.unwrap_or_default();
        master.ended.store(true, Ordering::Relaxed);
        let _ = std::fs::remove_dir_all(&master.folder);
        let words = said_words(&String::from_utf8_lossy(&said));
        Err(ConnectError(if words.is_empty() { format!("ssh failed: {status}") } else { words }))
    }

    /// The socket by which it is asked for programs.
    pub(super) fn socket(&self) -> PathBuf {
        self.folder.join("master")
    }

    /// Ends it, with whatever still runs over it.
    pub(super) async fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
        let mut command = tokio::process::Command::from(exit(&self.socket()));
        let _ = command.kill_on_drop(true).status().await;
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Drop for Master {
    fn drop(&mut self) {
        // Nobody can be waited for here; the folder stays for ssh to find the socket, and goes with all others.
        if !*self.ended.get_mut() {
            let _ = exit(&self.socket()).spawn();
        }
    }
}

/// The command that tells a master to exit.
fn exit(socket: &Path) -> std::process::Command {
    let mut command = std::process::Command::new("ssh");
    command.args(["-F", "/dev/null", "-O", "exit", "-S"]).arg(socket).arg("master");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// What ssh said when it failed. It may have shown a banner before: the last 2000 characters tell.
fn said_words(log: &str) -> String {
    let log = log.trim();
    let start = log.char_indices().rev().nth(1999).map_or(0, |(at, _)| at);
    let log = log.get(start..).unwrap_or(log);
    log.strip_prefix("ssh: ").unwrap_or(log).to_owned()
}
