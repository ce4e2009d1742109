//! Channels are few: sshd allows ten a connection by default. Streams, commands and actions each have their own, so
//! that one kind never waits for another.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What a channel is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// A feed: it lasts. Three a node.
    Stream,
    /// A short command. Three at once.
    Command,
    /// A change of the cluster: always free.
    Action,
}

#[derive(Debug)]
pub(super) struct Lanes {
    streams: Arc<Semaphore>,
    commands: Arc<Semaphore>,
    actions: Arc<Semaphore>,
}

impl Default for Lanes {
    fn default() -> Self {
        Self {
            streams: Arc::new(Semaphore::new(3)),
            commands: Arc::new(Semaphore::new(3)),
            actions: Arc::new(Semaphore::new(1)),
        }
    }
}

/// A place in a lane, given back when dropped. `None` only if the lane is closed, which it never is.
#[derive(Debug)]
pub(super) struct Place(#[expect(dead_code, reason = "held for its drop")] Option<OwnedSemaphorePermit>);

impl Lanes {
    pub(super) async fn enter(&self, lane: Lane) -> Place {
        let semaphore = match lane {
            Lane::Stream => &self.streams,
            Lane::Command => &self.commands,
            Lane::Action => &self.actions,
        };
        Place(Arc::clone(semaphore).acquire_owned().await.ok())
    }
}
