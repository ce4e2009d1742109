//! Over the user's own SSH: one master a node, commands as channels of it.

use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use openssh::{Session, Stdio};
use tokio::sync::oneshot;

use super::ConnectError;
use super::folder::OwnFolder;
use super::lanes::Place;
use super::master::Master;
use super::streams::{Gone, Streams, carry, exit_of, streams};
use crate::wire::{Argv, Exit};

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
    _own: OwnFolder,
}

impl SshOptions {
    /// Writes the configuration and makes the folder for control sockets, below `directory`; what hatuis that were
    /// killed have left there is removed.
    pub fn prepare(
        directory: &Path,
        user_config: Option<&Path>,
        options: &[(String, String)],
    ) -> std::io::Result<Self> {
        let own = OwnFolder::create(directory)?;
        let config_file = own.path.join("config");
        let mut file = std::fs::OpenOptions::new();
        let mut file = file.write(true).create(true).truncate(true).mode(0o600).open(&config_file)?;
        std::io::Write::write_all(&mut file, super::ssh_config(user_config, options).as_bytes())?;
        Ok(Self { config_file, control_directory: own.path.clone(), _own: own })
    }

    /// Removes what [`prepare`](Self::prepare) made.
    pub fn remove(&self) {
        let _ = std::fs::remove_dir_all(&self.control_directory);
    }
}

#[derive(Debug)]
pub(super) struct SshConnection {
    master: Master,
    session: Arc<Session>,
}

impl SshConnection {
    pub(super) async fn open(target: &SshTarget) -> Result<Self, ConnectError> {
        let master = Master::start(target).await?;
        let session = Session::resume_mux(master.socket().into_boxed_path(), None);
        Ok(Self { master, session: Arc::new(session) })
    }

    /// Starts a program. Its channel is taken until it ends there, whether or not anybody still waits for it.
    pub(super) async fn start(&self, argv: &Argv, place: Place, mut gone: Gone) -> Result<Streams, Exit> {
        let mut command = Arc::clone(&self.session).arc_command(argv.program().to_owned());
        command.args(argv.arguments()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let (started, told) = oneshot::channel();
        // A task of its own from the start: who gives up waiting for the start does not know whether it happened.
        tokio::spawn(async move {
            let spawned = tokio::select! {
                spawned = command.spawn() => spawned,
                () = gone.wait() => return,
            };
            let mut child = match spawned {
                Ok(child) => child,
                Err(error) => {
                    drop(place);
                    let _ = started.send(Err(not_started(&error)));
                    return;
                }
            };
            let pipes = (child.stdin().take(), child.stdout().take(), child.stderr().take());
            let (streams, ends) = streams();
            let _ = started.send(Ok(streams));
            let end = async move { child.wait().await.map_or_else(|error| ended(&error), exit_of) };
            carry(pipes, ends, end, place, gone).await;
        });
        told.await.unwrap_or(Err(Exit::Lost))
    }

    /// Ends the master, and whatever still runs over it.
    pub(super) async fn close(&self) {
        self.master.end().await;
    }
}

/// Why a program was not started, or is not known to have been: only what failed before the master was asked, or what the
/// master refused, surely did not begin. It may be begun elsewhere, so that nothing else may pass for it.
fn not_started(error: &openssh::Error) -> Exit {
    use openssh::Error::{ChildIo, CommandHasCwd, CommandHasEnv, InvalidCommand, SshMux};
    use openssh_mux_client_error::Error::{PermissionDenied, RequestFailure};
    match error {
        InvalidCommand
        | CommandHasEnv
        | CommandHasCwd
        | ChildIo(_)
        | SshMux(RequestFailure(_) | PermissionDenied(_)) => Exit::NotStarted(words(error)),
        _ => Exit::Lost,
    }
}

/// How a program ended of which no exit code came.
fn ended(error: &openssh::Error) -> Exit {
    match error {
        // 127: the shell there did not find the program.
        openssh::Error::Remote(cause) if cause.kind() == std::io::ErrorKind::NotFound => Exit::Code(127),
        // It was started: whatever went wrong then, nobody knows how it ended.
        _ => Exit::Lost,
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
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn only_what_surely_did_not_begin_is_told_as_not_started() {
        use openssh::Error;
        use openssh_mux_client_error::Error as Mux;
        let sure = [
            Error::InvalidCommand,
            Error::from(Mux::RequestFailure("Session open refused by peer".into())),
            Error::from(Mux::PermissionDenied("Permission denied".into())),
        ];
        for error in sure {
            assert!(matches!(not_started(&error), Exit::NotStarted(_)), "{error:?}");
        }
        let kinds = [io::ErrorKind::UnexpectedEof, io::ErrorKind::BrokenPipe, io::ErrorKind::ConnectionReset];
        let mut unsure: Vec<_> = kinds.map(|kind| Error::from(Mux::IOError(kind.into()))).into();
        unsure.extend([Error::Disconnected, Error::from(Mux::UnmatchedRequestId), Error::from(Mux::InvalidPid)]);
        for error in unsure {
            assert_eq!(not_started(&error), Exit::Lost, "{error:?}");
        }
    }
}
