//! This host, for the node that hatui itself runs on.
#![expect(clippy::disallowed_methods, reason = "this is the transport that starts programs here")]

use core::time::Duration;
use std::process::Stdio;

use tokio::time::sleep;

use super::Lane;
use super::lanes::Place;
use super::streams::{Gone, Streams, carry, exit_of, streams};
use crate::wire::{Argv, Exit};

/// How long a program that was given up may take to end by itself. A watcher does, with its standard input.
const GRACE: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(super) struct LocalConnection;

impl LocalConnection {
    /// Starts a program. One that is given up is killed soon after; when the connection closes, at once. What changes
    /// something runs to its end in either case: half a change is worse than a late one.
    pub(super) fn start(&self, argv: &Argv, lane: Lane, place: Place, gone: Gone) -> Result<Streams, Exit> {
        let Self = self;
        let mut child = tokio::process::Command::new(argv.program())
            .args(argv.arguments())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(lane != Lane::Action)
            .spawn()
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => Exit::Code(127),
                _ => Exit::NotStarted(error.to_string()),
            })?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (streams, ends) = streams();
        let sender = ends.0.clone();
        let end = async move {
            let given_up = async {
                sender.closed().await;
                if lane == Lane::Action {
                    core::future::pending::<()>().await;
                }
                sleep(GRACE).await;
            };
            let status = tokio::select! {
                status = child.wait() => status,
                () = given_up => {
                    let _ = child.start_kill();
                    child.wait().await
                }
            };
            status.map_or(Exit::Lost, exit_of)
        };
        tokio::spawn(carry(pipes, ends, end, place, gone));
        Ok(streams)
    }
}
