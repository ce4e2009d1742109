//! A Pacemaker, Corosync and DRBD cluster in memory: it takes commands as argv and answers with bytes.
//!
//! For `hatui demo` and for tests. It knows how such a cluster behaves and what its tools print, and shares nothing with
//! the code that reads them: it must not import the parsers, the model, or anything else but [`crate::wire`].
//! It has no clock and no randomness of its own: the same scenario, seed and calls give the same bytes.

mod acts;
mod answers;
mod config;
#[cfg(test)]
mod deeds;
mod drbdadm;
mod edit;
mod faults;
mod feeds;
mod fencing;
mod membership;
mod policy;
mod preview;
mod replication;
mod resync;
mod rng;
mod scenario;
#[cfg(test)]
mod shapes;
mod status;
#[cfg(test)]
mod tests;
mod transition;
mod watcher;
mod world;
mod xml;

pub use faults::{Fault, FaultOffer};
pub use policy::{Outside, Simulated, simulate};
pub use scenario::{Scenario, ScenarioError};

use crate::wire::{Argv, NodeKey, Output, RunId, Stamp};
use world::World;

/// A simulated cluster.
#[derive(Debug)]
pub struct Sim {
    world: World,
}

impl Sim {
    /// The cluster of `scenario`, healthy for a day at the moment `start`; its script counts from then.
    pub fn new(scenario: &Scenario, seed: u64, start: Stamp) -> Self {
        Self { world: World::new(scenario, seed, start) }
    }

    /// The nodes, in the order of the scenario.
    pub fn nodes(&self) -> Vec<NodeKey> {
        self.world.machines.iter().map(|machine| machine.key.clone()).collect()
    }

    /// Starts a command or a stream on a node, at the moment that was last advanced to. What it prints, and its end,
    /// come out of [`Self::advance`].
    pub fn start(&mut self, run: RunId, node: &NodeKey, argv: &Argv) {
        self.world.start(run, node, argv);
    }

    /// Writes to the standard input of a run.
    pub fn stdin(&mut self, run: RunId, bytes: &[u8]) {
        self.world.stdin(run, bytes);
    }

    /// Ends the standard input of a run; a watcher then ends too.
    pub fn close_stdin(&mut self, run: RunId) {
        self.world.close_stdin(run);
    }

    /// Gives a run up: it ends as cancelled, and nothing follows.
    pub fn cancel(&mut self, run: RunId) {
        self.world.cancel(run);
    }

    /// Breaks or mends something, now. What makes no sense now, or names nothing, does nothing.
    pub fn inject(&mut self, fault: &Fault) {
        self.world.inject(fault);
    }

    /// Lets everything happen up to `to`: what runs printed and how they ended, in order.
    pub fn advance(&mut self, to: Stamp) -> Vec<(Stamp, RunId, Output)> {
        self.world.run_until(to);
        core::mem::take(&mut self.world.said)
    }

    /// When something happens next; `None` if nothing will by itself.
    pub fn next_event(&self) -> Option<Stamp> {
        if self.world.said.is_empty() { self.world.next_event() } else { Some(self.world.now) }
    }

    /// What can be broken or mended now, each with a key of its own.
    pub fn faults(&self) -> Vec<FaultOffer> {
        self.world.offers()
    }
}
