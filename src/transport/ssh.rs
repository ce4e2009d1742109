//! Over the user's own SSH: one master a node, commands as channels of it.

use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use openssh::{ControlPersist, KnownHosts, Session, SessionBuilder, Stdio};
use tokio::sync::mpsc;

use super::local::{feed, pump};
use super::{ConnectError, WAITING};
use crate::wire::{Argv, Exit, Output};

/// The host to connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshTarget {
    /// The host, or an alias of the user's ssh configuration.
    pub host: String,
    /// The user, if not the configuration's.
    pub user: Option<String>,
    /// The port, if not the configuration's.
    pub port: Option<u16>,
    /// What holds for all hosts.
    pub options: Arc<SshOptions>,
}

/// What holds for all hosts of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshOptions {
    /// The file for `ssh -F`; see [`super::ssh_config()`].
    pub config_file: PathBuf,
    /// Where control sockets are kept: 0700, and short, since a socket's path may not be long.
    pub control_directory: PathBuf,
}

impl SshOptions {
    /// Writes the configuration and makes the folder for control sockets, below `directory`.
    pub fn prepare(
        directory: &Path,
        user_config: Option<&Path>,
        options: &[(String, String)],
    ) -> std::io::Result<Self> {
        let own = directory.join(format!("{}", std::process::id()));
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&own)?;
        let config_file = own.join("config");
        let mut file = std::fs::OpenOptions::new();
        let mut file = file.write(true).create(true).truncate(true).mode(0o600).open(&config_file)?;
        std::io::Write::write_all(&mut file, super::ssh_config(user_config, options).as_bytes())?;
        Ok(Self { config_file, control_directory: own })
    }

    /// Removes what [`prepare`](Self::prepare) made.
    pub fn remove(&self) {
        let _ = std::fs::remove_dir_all(&self.control_directory);
    }
}

/// The folder for what lives as long as hatui runs: `$XDG_RUNTIME_DIR/hatui`, else `/tmp/hatui-UID`; only the user may
/// enter it.
pub fn runtime_directory(xdg_runtime: Option<&Path>) -> std::io::Result<PathBuf> {
    let uid = std::fs::metadata("/proc/self")?.uid();
    let directory = match xdg_runtime {
        Some(runtime) if runtime.is_dir() && runtime.as_os_str().len() < 60 => runtime.join("hatui"),
        _ => PathBuf::from(format!("/tmp/hatui-{uid}")),
    };
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&directory)?;
    let found = std::fs::symlink_metadata(&directory)?;
    if !found.is_dir() || found.uid() != uid || found.mode() & 0o077 != 0 {
        let words = format!("{} is not a folder that only this user may enter", directory.display());
        return Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, words));
    }
    Ok(directory)
}

#[derive(Debug)]
pub(super) struct SshConnection {
    session: Arc<Session>,
}

impl SshConnection {
    pub(super) async fn open(target: &SshTarget) -> Result<Self, ConnectError> {
        let mut builder = SessionBuilder::default();
        builder
            .known_hosts_check(KnownHosts::Strict)
            .config_file(&target.options.config_file)
            .control_directory(&target.options.control_directory)
            // A master that hatui cannot end any more ends itself.
            .control_persist(ControlPersist::IdleFor(core::num::NonZeroUsize::MIN.saturating_add(9)))
            .connect_timeout(Duration::from_secs(10))
            .server_alive_interval(Duration::from_secs(3));
        if let Some(user) = &target.user {
            builder.user(user.clone());
        }
        if let Some(port) = target.port {
            builder.port(port);
        }
        // A host that begins with a dash would be an option.
        if target.host.starts_with('-') {
            return Err(ConnectError(format!("`{}` is no host name", target.host)));
        }
        let session = builder.connect_mux(&target.host).await.map_err(|error| ConnectError(words(&error)))?;
        Ok(Self { session: Arc::new(session) })
    }

    pub(super) async fn start(&self, argv: &Argv) -> Result<(mpsc::Receiver<Output>, mpsc::Sender<Vec<u8>>), Exit> {
        let mut command = Arc::clone(&self.session).arc_command(argv.program().to_owned());
        command.args(argv.arguments()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().await.map_err(|error| not_started(&error))?;
        let (stdin, stdout, stderr) = (child.stdin().take(), child.stdout().take(), child.stderr().take());
        let (sender, output) = mpsc::channel(WAITING);
        let (input, words) = mpsc::channel(WAITING);
        tokio::spawn(feed(stdin, words));
        tokio::spawn(async move {
            let out = pump(stdout, sender.clone(), Output::Stdout);
            let err = pump(stderr, sender.clone(), Output::Stderr);
            tokio::join!(out, err);
            // Nobody waits for a process that was given up: its end on the node is the watcher's own business.
            let exit = tokio::select! {
                ended = child.wait() => ended.map_or_else(|error| not_started(&error), |status| {
                    status.code().and_then(|code| u8::try_from(code).ok()).map_or(Exit::Lost, Exit::Code)
                }),
                () = sender.closed() => return,
            };
            let _ = sender.send(Output::Exit(exit)).await;
        });
        Ok((output, input))
    }

    /// Ends the master. The multiplexing client only tells it to stop listening; the process client's exit ends it, with
    /// whatever still runs over it.
    pub(super) async fn close(self) {
        let socket = self.session.control_socket().to_owned();
        let log = socket.parent().map(|parent| parent.join("log").into_boxed_path());
        if let Some(session) = Arc::into_inner(self.session) {
            let (control, log) = session.detach();
            let _ = Session::resume(control, log).close().await;
        } else {
            let _ = Session::resume(socket.clone().into_boxed_path(), log).close().await;
        }
        if let Some(folder) = socket.parent() {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

fn not_started(error: &openssh::Error) -> Exit {
    match error {
        // 127: the shell there did not find the program.
        openssh::Error::Remote(cause) if cause.kind() == std::io::ErrorKind::NotFound => Exit::Code(127),
        openssh::Error::RemoteProcessTerminated | openssh::Error::Disconnected => Exit::Lost,
        other => Exit::NotStarted(words(other)),
    }
}

/// An error with all its causes, each once.
fn words(error: &openssh::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(deeper) = cause {
        let more = deeper.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = deeper.source();
    }
    text.trim_start_matches("failed to connect to the remote host: ").trim().to_owned()
}
