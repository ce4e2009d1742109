//! The simulator behind the same door: commands go in as argv, bytes come out when their time has come.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, mpsc};
use tokio::time::{Duration, sleep};

use super::ConnectError;
use super::lanes::Place;
use super::streams::{Gone, Streams, streams};
use crate::sim::{FaultOffer, Sim};
use crate::wire::{Argv, Exit, NodeKey, Output, RunId, Stamp};

/// A simulated cluster that several connections share. Its time is that of the clock it was given.
#[derive(Clone)]
pub struct SimulatedCluster {
    shared: Arc<Shared>,
}

struct Shared {
    inside: Mutex<Inside>,
    changed: Notify,
    now: Box<dyn Fn() -> Stamp + Send + std::marker::Sync>,
}

struct Inside {
    sim: Sim,
    next_run: u64,
    outputs: BTreeMap<RunId, mpsc::UnboundedSender<Output>>,
}

/// Nothing can be broken that way now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl core::fmt::Debug for SimulatedCluster {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SimulatedCluster").finish_non_exhaustive()
    }
}

impl SimulatedCluster {
    /// A cluster whose time is that of `now`. It moves while a task on the current runtime drives it: until the last
    /// copy of it is dropped.
    pub fn new(sim: Sim, now: impl Fn() -> Stamp + Send + std::marker::Sync + 'static) -> Self {
        let inside = Inside { sim, next_run: 0, outputs: BTreeMap::new() };
        let shared = Arc::new(Shared { inside: Mutex::new(inside), changed: Notify::new(), now: Box::new(now) });
        let weak = Arc::downgrade(&shared);
        tokio::spawn(async move {
            loop {
                let Some(shared) = weak.upgrade() else { return };
                let next = shared.advance();
                let wait = next.map_or(Duration::from_millis(50), |next| next.since((shared.now)()));
                // Woken at least now and then, so that the task ends with its cluster.
                let wait = wait.clamp(Duration::from_millis(1), Duration::from_millis(250));
                tokio::select! {
                    biased;
                    () = sleep(wait) => {}
                    () = shared.changed.notified() => {}
                }
            }
        });
        Self { shared }
    }

    /// The nodes.
    pub fn nodes(&self) -> Vec<NodeKey> {
        self.shared.lock().sim.nodes()
    }

    /// What can be broken or mended now.
    pub fn faults(&self) -> Vec<FaultOffer> {
        self.shared.lock().sim.faults()
    }

    /// Breaks or mends what the key stands for.
    pub fn inject(&self, key: char) -> Result<FaultOffer, Broken> {
        self.shared.advance();
        let offer = {
            let mut inside = self.shared.lock();
            let offer = inside.sim.faults().into_iter().find(|offer| offer.key == key).ok_or(Broken)?;
            inside.sim.inject(&offer.fault);
            offer
        };
        self.shared.changed.notify_one();
        Ok(offer)
    }

    fn start(&self, node: &NodeKey, argv: &Argv) -> (mpsc::UnboundedReceiver<Output>, RunId) {
        self.shared.advance();
        let (sender, output) = mpsc::unbounded_channel();
        let mut inside = self.shared.lock();
        inside.next_run += 1;
        let run = RunId(inside.next_run);
        inside.outputs.insert(run, sender);
        inside.sim.start(run, node, argv);
        drop(inside);
        self.shared.changed.notify_one();
        (output, run)
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings the cluster up to now; when it has something to do next comes back.
    fn advance(&self) -> Option<Stamp> {
        let now = (self.now)();
        let mut inside = self.lock();
        for (_, run, output) in inside.sim.advance(now) {
            let over = matches!(output, Output::Exit(_));
            if let Some(sender) = inside.outputs.get(&run) {
                let _ = sender.send(output);
            }
            if over {
                inside.outputs.remove(&run);
            }
        }
        inside.sim.next_event()
    }
}

#[derive(Debug)]
pub(super) struct SimulatedConnection {
    cluster: SimulatedCluster,
    node: NodeKey,
}

impl SimulatedConnection {
    pub(super) async fn open(cluster: SimulatedCluster, node: NodeKey) -> Result<Self, ConnectError> {
        let (mut output, run) = cluster.start(&node, &Argv::new("true"));
        let guard = CancelOnDrop { cluster: cluster.clone(), run };
        while let Some(piece) = output.recv().await {
            match piece {
                Output::Exit(Exit::Code(_)) => return Ok(Self { cluster, node }),
                Output::Exit(exit) => {
                    let words = if let Exit::NotStarted(why) = exit { why } else { exit.to_string() };
                    return Err(ConnectError(words));
                }
                Output::Stdout(_) | Output::Stderr(_) => {}
            }
        }
        drop(guard);
        Err(ConnectError("connection lost".to_owned()))
    }

    pub(super) fn start(&self, argv: &Argv, place: Place, mut gone: Gone) -> Streams {
        let (mut from_sim, run) = self.cluster.start(&self.node, argv);
        let (streams, (sender, mut words)) = streams();
        let cluster = self.cluster.clone();
        tokio::spawn(async move {
            let guard = CancelOnDrop { cluster: cluster.clone(), run };
            let mut place = Some(place);
            let mut listening = true;
            loop {
                tokio::select! {
                    biased;
                    piece = from_sim.recv() => {
                        let Some(piece) = piece else { break };
                        // The simulator tells of a node that is gone as if each program had a connection of its own.
                        let piece = match piece {
                            Output::Exit(Exit::NotStarted(_)) => Output::Exit(Exit::Lost),
                            piece => piece,
                        };
                        if matches!(piece, Output::Exit(_)) {
                            drop(place.take());
                        }
                        if sender.send(piece).await.is_err() {
                            break;
                        }
                    }
                    bytes = words.recv(), if listening => {
                        cluster.shared.advance();
                        if let Some(bytes) = bytes {
                            cluster.shared.lock().sim.stdin(run, &bytes);
                        } else {
                            listening = false;
                            cluster.shared.lock().sim.close_stdin(run);
                        }
                        cluster.shared.changed.notify_one();
                    }
                    () = sender.closed() => break,
                    () = gone.wait() => break,
                }
            }
            drop((guard, place));
        });
        streams
    }
}

/// Ends a run that nobody waits for any more.
struct CancelOnDrop {
    cluster: SimulatedCluster,
    run: RunId,
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        let mut inside = self.cluster.shared.lock();
        inside.outputs.remove(&self.run);
        inside.sim.cancel(self.run);
    }
}
