//! Commands on demand on a node that is connected: each runs by itself, beside the feeds.

use core::time::Duration;
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::transport::{Connection, Finished, Lane};
use crate::wire::{Argv, Exit, RunId};

/// A command to be run on a node.
#[derive(Debug)]
pub struct Ask {
    /// Its number.
    pub run: RunId,
    /// What.
    pub argv: Argv,
    /// As what it runs: a command, or a change of the cluster.
    pub lane: Lane,
    /// How long it may take before it is given up.
    pub limit: Duration,
    /// Where its end is told, once, whatever happens. Who drops the other end gives it up.
    pub answer: oneshot::Sender<Finished>,
}

impl Ask {
    /// Answers that it was not started, and why.
    pub fn refuse(self, why: &str) {
        let _ = self.answer.send(ended(Exit::NotStarted(why.to_owned())));
    }
}

/// The commands that run over one connection.
#[derive(Debug)]
pub(super) struct Runs {
    connection: Arc<Connection>,
    cancels: Vec<(RunId, oneshot::Sender<()>)>,
}

impl Runs {
    pub(super) fn new(connection: Arc<Connection>) -> Self {
        Self { connection, cancels: Vec::new() }
    }

    /// Starts a command; returns at once.
    pub(super) fn start(&mut self, ask: Ask) {
        let (cancel, cancelled) = oneshot::channel();
        self.cancels.retain(|(_, cancel)| !cancel.is_closed());
        self.cancels.push((ask.run, cancel));
        let connection = Arc::clone(&self.connection);
        tokio::spawn(async move {
            let Ask { run: _, argv, lane, limit, mut answer } = ask;
            let cancelled = async {
                // Only a word cancels: the keeper's end is that of the connection, which answers for itself.
                if cancelled.await.is_err() {
                    core::future::pending::<()>().await;
                }
            };
            let finished = tokio::select! {
                finished = connection.run(&argv, lane, limit) => finished,
                () = cancelled => ended(Exit::Cancelled),
                () = answer.closed() => ended(Exit::Cancelled),
            };
            let _ = answer.send(finished);
        });
    }

    /// Gives a command up; it is answered as cancelled. One that has ended already is left alone.
    pub(super) fn cancel(&mut self, run: RunId) {
        if let Some(at) = self.cancels.iter().position(|(of, _)| *of == run) {
            let _ = self.cancels.swap_remove(at).1.send(());
        }
    }
}

fn ended(exit: Exit) -> Finished {
    Finished { exit, stdout: Vec::new(), stderr: Vec::new() }
}
