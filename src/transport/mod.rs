//! The only door to the nodes: argv in, bytes and an exit out.
//!
//! Three ways behind one narrow type: over SSH, on this host, and in the simulator. A run ends by itself, or is given up
//! when its [`Process`] is dropped: the watcher on the node dies with its standard input, other programs end when they do.

mod folder;
mod lanes;
mod local;
mod master;
mod simulated;
mod ssh;
mod ssh_config;
mod streams;

use core::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

pub use folder::runtime_directory;
pub use lanes::Lane;
pub use simulated::{Broken, SimulatedCluster};
pub use ssh::{SshOptions, SshTarget};
pub use ssh_config::ssh_config;

use crate::wire::{Argv, Exit, Output};
use lanes::{Lanes, Place};
use local::LocalConnection;
use simulated::SimulatedConnection;
use ssh::SshConnection;
use streams::Gone;

/// How many pieces of output may wait to be taken: a node that floods waits, and no other with it.
const WAITING: usize = 16;

/// The largest piece of output handed on at once, in bytes.
const PIECE: usize = 32 * 1024;

/// The most that one command's output may be, in bytes; what is more is cut.
const LONGEST_OUTPUT: usize = 16 * 1024 * 1024;

/// The longest that a program waits for its lane. What was forgotten in a lane must not block it without a word.
const LANE: Duration = Duration::from_secs(8);

/// How a node is reached.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Over the user's own SSH.
    Ssh(SshTarget),
    /// It is this host.
    Local,
    /// In the simulator.
    Simulated(SimulatedCluster, crate::wire::NodeKey),
}

/// A connection to a node.
#[derive(Debug)]
pub struct Connection {
    way: Way,
    lanes: Lanes,
    closed: watch::Sender<bool>,
    gone: Gone,
}

#[derive(Debug)]
enum Way {
    Ssh(SshConnection),
    Local(LocalConnection),
    Simulated(SimulatedConnection),
}

/// A program that runs on a node.
#[derive(Debug)]
pub struct Process {
    /// What it prints, and its end as the last.
    output: mpsc::Receiver<Output>,
    /// Its standard input; dropping it is its end.
    input: Option<mpsc::Sender<Vec<u8>>>,
}

/// Why a connection could not be made: the words of whoever said it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConnectError(pub String);

impl Transport {
    /// Connects, within `limit`.
    pub async fn connect(&self, limit: Duration) -> Result<Connection, ConnectError> {
        let way = async {
            match self {
                Self::Ssh(target) => SshConnection::open(target).await.map(Way::Ssh),
                Self::Local => Ok(Way::Local(LocalConnection)),
                Self::Simulated(cluster, node) => {
                    SimulatedConnection::open(cluster.clone(), node.clone()).await.map(Way::Simulated)
                }
            }
        };
        let way =
            timeout(limit, way).await.map_err(|_| ConnectError(format!("timed out after {} s", limit.as_secs())))??;
        let (closed, gone) = Gone::sign();
        Ok(Connection { way, lanes: Lanes::default(), closed, gone })
    }
}

impl Connection {
    /// Starts a program in a lane; waits while the lane is full, for at most eight seconds.
    pub async fn start(&self, argv: &Argv, lane: Lane) -> Result<Process, Exit> {
        let place = self.lanes.enter(lane, LANE, self.gone.clone()).await?;
        self.start_at(argv, lane, place).await
    }

    async fn start_at(&self, argv: &Argv, lane: Lane, place: Place) -> Result<Process, Exit> {
        let gone = self.gone.clone();
        let (output, input) = match &self.way {
            Way::Ssh(connection) => connection.start(argv, place, gone).await?,
            Way::Local(connection) => connection.start(argv, lane, place, gone)?,
            Way::Simulated(connection) => connection.start(argv, place, gone),
        };
        Ok(Process { output, input: Some(input) })
    }

    /// Runs a command in a lane to its end, and collects what it prints (up to 16 MiB). It is given up `limit` after its
    /// start; one that finds its lane full for so long, or for eight seconds, was not started.
    pub async fn run(&self, argv: &Argv, lane: Lane, limit: Duration) -> Finished {
        let mut finished = Finished { exit: Exit::TimedOut, stdout: Vec::new(), stderr: Vec::new() };
        let place = match self.lanes.enter(lane, limit.min(LANE), self.gone.clone()).await {
            Ok(place) => place,
            Err(exit) => return Finished { exit, ..finished },
        };
        let work = async {
            let mut process = match self.start_at(argv, lane, place).await {
                Ok(process) => process,
                Err(exit) => return exit,
            };
            process.close_input();
            loop {
                match process.next().await {
                    Output::Stdout(bytes) => append(&mut finished.stdout, &bytes),
                    Output::Stderr(bytes) => append(&mut finished.stderr, &bytes),
                    Output::Exit(exit) => return exit,
                }
            }
        };
        if let Ok(exit) = timeout(limit, work).await {
            finished.exit = exit;
        }
        finished
    }

    /// Ends the connection, and what ran over it. Takes at most two seconds.
    pub async fn close(&self) {
        let _ = self.closed.send(true);
        if let Way::Ssh(connection) = &self.way {
            // What cannot be closed in time closes itself: the master does not persist for long.
            let _ = timeout(Duration::from_secs(2), connection.close()).await;
        }
    }
}

fn append(all: &mut Vec<u8>, bytes: &[u8]) {
    let room = LONGEST_OUTPUT.saturating_sub(all.len()).min(bytes.len());
    all.extend_from_slice(bytes.get(..room).unwrap_or_default());
}

/// A command that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// How.
    pub exit: Exit,
    /// What it printed.
    pub stdout: Vec<u8>,
    /// What it complained of.
    pub stderr: Vec<u8>,
}

impl Process {
    /// The next piece of output, or the exit; after the exit [`Exit::Lost`] for ever.
    pub async fn next(&mut self) -> Output {
        self.output.recv().await.unwrap_or(Output::Exit(Exit::Lost))
    }

    /// Writes to its standard input; `false` if it does not listen (any more), or does not keep up.
    pub fn write(&self, bytes: &[u8]) -> bool {
        self.input.as_ref().is_some_and(|input| input.try_send(bytes.to_vec()).is_ok())
    }

    /// Ends its standard input.
    pub fn close_input(&mut self) {
        self.input = None;
    }
}
