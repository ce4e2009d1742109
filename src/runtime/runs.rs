//! Commands on demand on a node that is connected: each runs by itself, beside the feeds.

use core::time::Duration;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::clock::instant;
use crate::app::{CommandLine, Event};
use crate::model::Text;
use crate::transport::{Connection, Finished, Lane};
use crate::wire::{Argv, Exit, NodeKey, RunId};

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
    node: NodeKey,
    connection: Arc<Connection>,
    events: mpsc::Sender<Event>,
    cancels: Vec<(RunId, oneshot::Sender<()>)>,
}

impl Runs {
    pub(super) fn new(node: NodeKey, connection: Arc<Connection>, events: mpsc::Sender<Event>) -> Self {
        Self { node, connection, events, cancels: Vec::new() }
    }

    /// Starts a command; returns at once.
    pub(super) fn start(&mut self, ask: Ask) {
        let (cancel, cancelled) = oneshot::channel();
        self.cancels.retain(|(_, cancel)| !cancel.is_closed());
        self.cancels.push((ask.run, cancel));
        let (node, connection, events) = (self.node.clone(), Arc::clone(&self.connection), self.events.clone());
        tokio::spawn(async move {
            let Ask { run: _, argv, lane, limit, mut answer } = ask;
            let began = instant();
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
            let line = CommandLine {
                node,
                words: Text::from(typed(&argv).to_string()),
                ended: Some((finished.exit.clone(), instant() - began)),
            };
            let _ = answer.send(finished);
            let _ = events.send(Event::Logged(line)).await;
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

/// The command as one would type it, without the environment that is set for it.
fn typed(argv: &Argv) -> Argv {
    let mut words = argv.words().iter().skip_while(|word| *word == "env" || word.contains('='));
    match words.next().filter(|_| argv.program() == "env") {
        Some(tool) => Argv::new(tool).args(words.cloned()),
        None => argv.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_logged_as_one_would_type_it() {
        let typed = |argv: &Argv| super::typed(argv).to_string();
        assert_eq!(typed(&crate::observe::tool_path("crm_node").arg("-n")), "crm_node -n");
        assert_eq!(typed(&Argv::new("drbdadm").arg("a=b")), "drbdadm a=b");
        assert_eq!(typed(&Argv::new("env").arg("A=b")), "env A=b");
    }
}
