//! One task a node: connects, runs its feeds, keeps them alive, tears down what went silent, and tries again.
//!
//! Nodes share nothing here but the channel to the app, so that none can hold up another.

use core::time::Duration;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use futures_util::future::select_all;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::backoff::{REFUSED, pause};
use super::clock::{Clock, instant};
use super::runs::{Ask, Runs};
use crate::app::{CommandLine, Event};
use crate::model::{Contact, Feed, Text, Trouble, TroubleKind};
use crate::observe::{FeedOptions, STREAM_DEADLINE, connection_trouble, keepalive, watch_argv};
use crate::transport::{Connection, Lane, Process, Transport};
use crate::wire::{Exit, NodeKey, Output, RunId};

/// The longest an attempt to connect may take.
const CONNECT: Duration = Duration::from_secs(20);

/// How many connections may be made at once: sshd, and jump hosts, refuse more.
pub const CONNECTING: usize = 5;

/// What a node is watched with.
#[derive(Debug, Clone)]
pub struct Watched {
    /// How hatui addresses it.
    pub key: NodeKey,
    /// How it is reached.
    pub transport: Transport,
    /// How its feeds are run.
    pub options: FeedOptions,
}

/// What can be asked of a keeper.
#[derive(Debug)]
pub enum Order {
    /// Run a command.
    Run(Ask),
    /// Give a command up.
    Cancel(RunId),
    /// Documents, or headers only.
    Pace(bool),
}

impl Order {
    /// Answers what waits for an answer: that it is not done, and why.
    pub fn refuse(self, why: &str) {
        if let Self::Run(ask) = self {
            ask.refuse(why);
        }
    }
}

impl Watched {
    /// From 0 to 1: at random, so that many do not come back at the same moment; but a demo is the same each time.
    fn jitter(&self, failures: u32) -> f64 {
        let bits = if matches!(self.transport, Transport::Simulated(..)) {
            std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default().hash_one((self.key.as_str(), failures))
        } else {
            random()
        };
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The events of a node go here, stamped by whoever takes them.
pub type Events = mpsc::Sender<Event>;

/// Watches a node until `stop` says so.
pub async fn keep(
    watched: Watched,
    events: Events,
    mut orders: mpsc::Receiver<Order>,
    mut stop: watch::Receiver<bool>,
    connecting: Arc<Semaphore>,
    clock: Clock,
) {
    let mut failures = 0;
    // Told of the first attempt only: later ones go on beside the reason why they are needed.
    if events.send(Event::Contact(watched.key.clone(), Contact::Connecting)).await.is_err() {
        return;
    }
    loop {
        let outcome = attempt(&watched, &events, &mut orders, &mut stop, &connecting, &mut failures).await;
        let (contact, wait) = match outcome {
            Ended::Closed => return,
            Ended::Failed(trouble) => {
                let no = matches!(trouble.kind, TroubleKind::HostKey | TroubleKind::Login);
                failures += 1;
                let wait = if no { REFUSED } else { pause(failures, watched.jitter(failures)) };
                let retry_at = clock.now() + wait;
                (if no { Contact::Refused(trouble) } else { Contact::Lost { trouble, retry_at } }, wait)
            }
        };
        tracing::info!(node = %watched.key, ?contact, "connection");
        if events.send(Event::Contact(watched.key.clone(), contact)).await.is_err() {
            return;
        }
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return,
            () = sleep(wait) => {}
            () = refuse_all(&mut orders) => {}
        }
    }
}

/// Orders that come while there is no connection are answered, not left hanging; never ends.
async fn refuse_all(orders: &mut mpsc::Receiver<Order>) {
    while let Some(order) = orders.recv().await {
        order.refuse("not connected");
    }
    core::future::pending::<()>().await;
}

enum Ended {
    /// Nobody listens any more, or the keeper is told to stop.
    Closed,
    /// The connection failed or broke.
    Failed(Trouble),
}

/// One connection, from its beginning to its end.
async fn attempt(
    watched: &Watched,
    events: &Events,
    orders: &mut mpsc::Receiver<Order>,
    stop: &mut watch::Receiver<bool>,
    connecting: &Semaphore,
    failures: &mut u32,
) -> Ended {
    let key = &watched.key;
    let connect = async {
        let _turn = connecting.acquire().await;
        watched.transport.connect(CONNECT).await
    };
    let connected = tokio::select! {
        biased;
        _ = stop.wait_for(|stop| *stop) => return Ended::Closed,
        connected = connect => connected,
        () = refuse_all(orders) => return Ended::Closed,
    };
    let connection = match connected {
        Ok(connection) => Arc::new(connection),
        Err(error) => return Ended::Failed(connection_trouble(key.as_str(), &error.0)),
    };
    tracing::info!(node = %key, "connected");
    let runs = Runs::new(Arc::clone(&connection));
    let mut feeds =
        Feeds { watched, connection: &connection, events, running: BTreeMap::new(), runs, heard: instant(), failures };
    let ended = tokio::select! {
        biased;
        _ = stop.wait_for(|stop| *stop) => Ended::Closed,
        ended = feeds.run(orders) => ended,
    };
    drop(feeds);
    // Whoever ended it, the master ends with it, and every command that still runs is answered; and a dead connection
    // must not hold up the next one.
    let _ = timeout(Duration::from_secs(3), connection.close()).await;
    ended
}

/// A feed that runs, or waits to be started again.
struct Running {
    process: Option<Process>,
    next_keepalive: Instant,
    start_at: Instant,
    failures: u32,
    began: Instant,
}

struct Feeds<'a> {
    watched: &'a Watched,
    connection: &'a Connection,
    events: &'a Events,
    running: BTreeMap<Feed, Running>,
    runs: Runs,
    heard: Instant,
    failures: &'a mut u32,
}

impl Feeds<'_> {
    async fn run(&mut self, orders: &mut mpsc::Receiver<Order>) -> Ended {
        if let Err(ended) = self.send(Event::Contact(self.watched.key.clone(), Contact::Connected)).await {
            return ended;
        }
        let now = instant();
        for feed in Feed::ALL {
            let running = Running { process: None, next_keepalive: now, start_at: now, failures: 0, began: now };
            self.running.insert(feed, running);
        }
        self.heard = now;
        loop {
            if let Err(ended) = self.start_due().await {
                return ended;
            }
            self.keep_alive();
            let next = self.next_deadline();
            let silent = self.heard + STREAM_DEADLINE;
            // In this order: no flood of output holds up an order, and no output that waits counts as silence (after
            // hatui itself was stopped for a while, say).
            tokio::select! {
                biased;
                order = orders.recv() => match order {
                    Some(order) => self.order(order),
                    None => return Ended::Closed,
                },
                (feed, output) = next_output(&mut self.running) => {
                    if let Err(ended) = self.output(feed, output).await {
                        return ended;
                    }
                }
                () = sleep_until(next.min(silent)) => {
                    if instant() >= silent && self.running.values().any(|running| running.process.is_some()) {
                        let words = format!("silent for {} s", STREAM_DEADLINE.as_secs());
                        return Ended::Failed(connection_trouble(self.watched.key.as_str(), &words));
                    }
                }
            }
        }
    }

    /// Starts the feeds whose time has come.
    async fn start_due(&mut self) -> Result<(), Ended> {
        let now = instant();
        for feed in Feed::ALL {
            let due =
                self.running.get(&feed).is_some_and(|running| running.process.is_none() && running.start_at <= now);
            if due {
                self.start(feed).await?;
            }
        }
        Ok(())
    }

    async fn start(&mut self, feed: Feed) -> Result<(), Ended> {
        let nonce = nonce();
        let Ok(parsed) = hatui_parsers::frame::Nonce::new(&nonce) else { return Ok(()) };
        let argv = watch_argv(feed, &parsed, self.watched.options);
        let node = self.watched.key.clone();
        self.send(Event::FeedStarted { node: node.clone(), feed, nonce }).await?;
        let words = Text::from(format!("sh -c '…' hatui-watch {feed}"));
        self.send(Event::Logged(CommandLine { node, words, ended: None })).await?;
        let started = timeout(Duration::from_secs(10), self.connection.start(&argv, Lane::Stream)).await;
        let now = instant();
        match started {
            Ok(Ok(process)) => {
                if let Some(running) = self.running.get_mut(&feed) {
                    (running.process, running.began, running.next_keepalive) = (Some(process), now, now);
                }
                Ok(())
            }
            Ok(Err(exit)) => self.feed_ended(feed, exit).await,
            Err(_) => Err(Ended::Failed(connection_trouble(self.watched.key.as_str(), "timed out starting a feed"))),
        }
    }

    fn keep_alive(&mut self) {
        let now = instant();
        for (feed, running) in &mut self.running {
            let Some(process) = &running.process else { continue };
            if running.next_keepalive <= now {
                let (word, interval) = keepalive(*feed);
                process.write(word);
                running.next_keepalive = now + interval;
            }
        }
    }

    fn next_deadline(&self) -> Instant {
        let far = instant() + STREAM_DEADLINE;
        self.running
            .values()
            .map(|running| if running.process.is_some() { running.next_keepalive } else { running.start_at })
            .min()
            .map_or(far, |next| next.min(far))
    }

    async fn output(&mut self, feed: Feed, output: Output) -> Result<(), Ended> {
        let node = self.watched.key.clone();
        match output {
            Output::Stdout(bytes) => {
                self.heard = instant();
                // A connection that has carried something was good: the next failure is a first one again.
                *self.failures = 0;
                self.send(Event::FeedBytes { node, feed, bytes }).await
            }
            // Noise of login scripts and of tools that say it on their standard output as well.
            Output::Stderr(bytes) => {
                tracing::debug!(%node, %feed, words = %Text::from_bytes(&bytes), "standard error");
                Ok(())
            }
            Output::Exit(exit) => self.feed_ended(feed, exit).await,
        }
    }

    /// A feed ended: it is started again, later each time it ends soon. When all are gone, so is the connection.
    async fn feed_ended(&mut self, feed: Feed, exit: Exit) -> Result<(), Ended> {
        let node = self.watched.key.clone();
        let now = instant();
        if let Some(running) = self.running.get_mut(&feed) {
            running.process = None;
            running.failures = if now - running.began > Duration::from_mins(1) { 1 } else { running.failures + 1 };
            running.start_at = now + pause(running.failures + 1, self.watched.jitter(running.failures));
        }
        let lost = exit == Exit::Lost || matches!(exit, Exit::NotStarted(_));
        let words = exit.to_string();
        tracing::info!(%node, %feed, %words, "feed ended");
        self.send(Event::FeedEnded { node, feed, exit }).await?;
        if lost && self.running.values().all(|running| running.process.is_none()) {
            return Err(Ended::Failed(connection_trouble(self.watched.key.as_str(), &words)));
        }
        Ok(())
    }

    fn order(&mut self, order: Order) {
        match order {
            Order::Pace(headers_only) => {
                if let Some(process) = self.running.get(&Feed::Pacemaker).and_then(|running| running.process.as_ref()) {
                    process.write(if headers_only { b"h\n" } else { b"d\n" });
                }
            }
            Order::Run(ask) => self.runs.start(ask),
            Order::Cancel(run) => self.runs.cancel(run),
        }
    }

    async fn send(&self, event: Event) -> Result<(), Ended> {
        self.events.send(event).await.map_err(|_| Ended::Closed)
    }
}

/// The next piece of output of any feed that runs; never, while none does.
async fn next_output(running: &mut BTreeMap<Feed, Running>) -> (Feed, Output) {
    let waiting: Vec<_> = running
        .iter_mut()
        .filter_map(|(feed, running)| Some((*feed, running.process.as_mut()?)))
        .map(|(feed, process)| Box::pin(async move { (feed, process.next().await) }))
        .collect();
    if waiting.is_empty() {
        return core::future::pending().await;
    }
    select_all(waiting).await.0
}

/// Random bits, from what the standard library seeds its hash maps with.
fn random() -> u64 {
    std::hash::RandomState::new().build_hasher().finish()
}

/// A nonce: 16 hexadecimal digits that no tool on a node can guess.
pub(super) fn nonce() -> String {
    format!("{:016x}", random())
}
