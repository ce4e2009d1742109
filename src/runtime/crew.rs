//! The keepers of all nodes, started and stopped together.

use std::collections::BTreeMap;
use std::sync::Arc;

use core::time::Duration;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::clock::Clock;
use super::keeper::{CONNECTING, Order, Watched, keep, nonce};
use super::runs::Ask;
use crate::action::preview::PROGRAM;
use crate::app::{Event, Job};
use crate::observe::{FeedOptions, preview_argv, tool_argv};
use crate::transport::{Finished, Lane, SshTarget, Transport};
use crate::wire::{Argv, Exit, NodeKey, RunId};

/// How many events may wait to be taken in: a node that floods waits, while keys go another way.
const WAITING: usize = 64;

/// The tasks that keep the connections.
#[derive(Debug)]
pub struct Crew {
    orders: BTreeMap<NodeKey, mpsc::Sender<Order>>,
    options: BTreeMap<NodeKey, FeedOptions>,
    stops: BTreeMap<NodeKey, watch::Sender<bool>>,
    tasks: Vec<JoinHandle<()>>,
    events: mpsc::Sender<Event>,
    connecting: Arc<Semaphore>,
    clock: Clock,
    /// How a member that was not named would be reached: as the first node that is not this host.
    pattern: Option<Watched>,
}

impl Crew {
    /// Starts a keeper for each node; what they see comes out of the channel.
    pub fn start(nodes: Vec<Watched>, clock: Clock) -> (Self, mpsc::Sender<Event>, mpsc::Receiver<Event>) {
        let (events, seen) = mpsc::channel(WAITING);
        let pattern = nodes.iter().find(|node| !matches!(node.transport, Transport::Local)).cloned();
        let mut crew = Self {
            orders: BTreeMap::new(),
            options: BTreeMap::new(),
            stops: BTreeMap::new(),
            tasks: Vec::new(),
            events: events.clone(),
            connecting: Arc::new(Semaphore::new(CONNECTING)),
            clock,
            pattern,
        };
        for node in nodes {
            crew.add(node);
        }
        (crew, events, seen)
    }

    fn add(&mut self, node: Watched) {
        let (orders, waiting) = mpsc::channel(16);
        let (stop, stopped) = watch::channel(false);
        self.orders.insert(node.key.clone(), orders);
        self.options.insert(node.key.clone(), node.options);
        self.stops.insert(node.key.clone(), stop);
        let keeper = keep(node, self.events.clone(), waiting, stopped, Arc::clone(&self.connecting), self.clock);
        self.tasks.push(tokio::spawn(keeper));
    }

    /// Watches a member that was not named, by its name and as the others are reached; `false`: there is no other.
    pub fn watch(&mut self, key: &NodeKey) -> bool {
        let Some(pattern) = &self.pattern else { return false };
        if self.orders.contains_key(key) || key.as_str().starts_with('-') {
            return true;
        }
        let transport = match &pattern.transport {
            Transport::Ssh(target) => Transport::Ssh(SshTarget { host: key.to_string(), ..target.clone() }),
            Transport::Simulated(cluster, _) => Transport::Simulated(cluster.clone(), key.clone()),
            Transport::Local => return false,
        };
        let node = Watched { key: key.clone(), transport, options: pattern.options };
        self.add(node);
        true
    }

    /// Asks the keeper of a node for something. An order that cannot be taken is refused: a command is answered so.
    pub fn order(&self, node: &NodeKey, order: Order) {
        let Some(orders) = self.orders.get(node) else {
            order.refuse("the node is not watched");
            return;
        };
        match orders.try_send(order) {
            Ok(()) => {}
            Err(TrySendError::Full(order)) => order.refuse("too much is asked of the node at once"),
            Err(TrySendError::Closed(order)) => order.refuse("the node is not watched any more"),
        }
    }

    /// Runs what the app asks for on a node; its end goes to the app as an event, whatever happens.
    pub fn run(&self, run: RunId, node: &NodeKey, job: Job, limit: Duration) {
        let sudo = self.options.get(node).is_some_and(|options| options.sudo);
        // A change whose end nobody told of may have run; what only asks may be asked again.
        let untold = match &job {
            Job::Change(_) => Exit::Lost,
            Job::Ask(_) | Job::Preview(_) => Exit::NotStarted("not connected".to_owned()),
        };
        let (argv, lane, nonce) = match job {
            Job::Ask(argv) => (tool_argv(&argv, sudo), Lane::Command, None),
            Job::Change(argv) => (tool_argv(&argv, sudo), Lane::Action, None),
            Job::Preview(words) => {
                let nonce = nonce();
                (preview_argv(PROGRAM, &nonce, sudo, &words), Lane::Command, Some(nonce))
            }
        };
        let answer = self.start_run(node, run, argv, lane, limit);
        let events = self.events.clone();
        tokio::spawn(async move {
            let untold = Finished { exit: untold, stdout: Vec::new(), stderr: Vec::new() };
            let Finished { exit, stdout, stderr } = answer.await.unwrap_or(untold);
            let _ = events.send(Event::Ran { run, exit, stdout, stderr, nonce }).await;
        });
    }

    /// Runs a command on a node; its end comes out of the channel. It is given up when it has not ended within `limit`,
    /// by [`Order::Cancel`], or when nobody waits for it any more.
    pub fn start_run(
        &self,
        node: &NodeKey,
        run: RunId,
        argv: Argv,
        lane: Lane,
        limit: Duration,
    ) -> oneshot::Receiver<Finished> {
        let (answer, told) = oneshot::channel();
        self.order(node, Order::Run(Ask { run, argv, lane, limit, answer }));
        told
    }

    /// Stops watching one node.
    pub fn dismiss(&self, node: &NodeKey) {
        if let Some(stop) = self.stops.get(node) {
            let _ = stop.send(true);
        }
    }

    /// Stops all keepers and waits for them, for at most three seconds.
    ///
    /// Their streams end with them: each watcher loses its standard input and ends, and each master is told to.
    pub async fn stop(self, mut seen: mpsc::Receiver<Event>) {
        for stop in self.stops.values() {
            let _ = stop.send(true);
        }
        seen.close();
        let all = async {
            for task in self.tasks {
                let _ = task.await;
            }
        };
        let _ = timeout(Duration::from_secs(3), all).await;
    }
}
