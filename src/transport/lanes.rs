//! Channels are few: sshd allows ten a connection by default. Streams, commands and actions each have their own, so
//! that one kind never waits for another: seven at most. A place is taken until its program has ended on the node, also
//! when nobody waits for it any more, since its channel is taken as long.

use std::sync::Arc;

use core::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::streams::Gone;
use crate::wire::Exit;

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

/// A place in a lane, given back when dropped.
#[derive(Debug)]
pub(super) struct Place(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

impl Lanes {
    /// A place, once there is one within `limit` and while there is a connection.
    pub(super) async fn enter(&self, lane: Lane, limit: Duration, mut gone: Gone) -> Result<Place, Exit> {
        let (semaphore, full) = match lane {
            Lane::Stream => (&self.streams, "three feeds run there already"),
            Lane::Command => (&self.commands, "three commands run there already"),
            Lane::Action => (&self.actions, "another change runs there already"),
        };
        let place = tokio::select! {
            biased;
            () = gone.wait() => return Err(Exit::NotStarted("the connection is lost".to_owned())),
            place = timeout(limit, Arc::clone(semaphore).acquire_owned()) => place,
        };
        match place {
            Ok(Ok(place)) => Ok(Place(place)),
            // A lane is closed by nobody.
            Ok(Err(_)) | Err(_) => {
                Err(Exit::NotStarted(format!("{full}, and none ended in {} s", limit.as_secs_f32())))
            }
        }
    }
}
