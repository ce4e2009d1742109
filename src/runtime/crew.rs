//! The keepers of all nodes, started and stopped together.

use std::collections::BTreeMap;
use std::sync::Arc;

use core::time::Duration;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::clock::Clock;
use super::keeper::{CONNECTING, Order, Watched, keep};
use crate::app::Event;
use crate::transport::{SshTarget, Transport};
use crate::wire::NodeKey;

/// How many events may wait to be taken in: a node that floods waits, while keys go another way.
const WAITING: usize = 64;

/// The tasks that keep the connections.
#[derive(Debug)]
pub struct Crew {
    orders: BTreeMap<NodeKey, mpsc::Sender<Order>>,
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

    /// Asks the keeper of a node for something; an order that finds its keeper busy is dropped.
    pub fn order(&self, node: &NodeKey, order: Order) {
        if let Some(orders) = self.orders.get(node) {
            let _ = orders.try_send(order);
        }
    }

    /// TEMP
    pub fn run(&self, _run: crate::wire::RunId, _node: &NodeKey, _job: crate::app::Job, _deadline: Duration) {}

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
