//! One look: waits until every node has said what there is to say, or cannot.

use core::time::Duration;
use std::collections::VecDeque;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::clock::{Clock, instant};
use super::crew::Crew;
use super::deeds::perform;
use super::state::State;
use crate::app::{App, Effect, Event};
use crate::model::{Contact, DrbdMode, Feed, View};

/// How long a node that has told most may take for the rest.
const REST: Duration = Duration::from_millis(1500);

/// Takes events in until the picture is complete, or `wait` is over.
pub async fn look(app: &mut App, mut crew: Crew, mut seen: mpsc::Receiver<Event>, clock: Clock, wait: Duration) {
    // Nodes are told what the app wants of them; there is nothing to keep.
    gather(app, &mut seen, clock, wait, |effect| perform(effect, &mut crew, &State::nowhere()).ok().flatten()).await;
    app.update(Event::Tick, clock.now());
    crew.stop(seen).await;
}

/// Takes events in until the picture is complete, or `wait` is over; the connections go on. What the app asks for
/// meanwhile is done by `perform`.
pub async fn gather(
    app: &mut App,
    seen: &mut mpsc::Receiver<Event>,
    clock: Clock,
    wait: Duration,
    mut perform: impl FnMut(Effect) -> Option<Event>,
) {
    let deadline = instant() + wait;
    let mut status_since: Option<Instant> = None;
    loop {
        if app.live().views().values().all(is_complete) {
            break;
        }
        if app.live().views().values().all(has_status) {
            let since = *status_since.get_or_insert_with(instant);
            if since.elapsed() > REST {
                break;
            }
        }
        let next = status_since.map_or(deadline, |since| deadline.min(since + REST + Duration::from_millis(1)));
        match timeout_at(next, seen.recv()).await {
            Ok(Some(event)) => {
                let mut effects = VecDeque::from(app.update(event, clock.now()));
                while let Some(effect) = effects.pop_front() {
                    if let Some(event) = perform(effect) {
                        effects.extend(app.update(event, clock.now()));
                    }
                }
            }
            Ok(None) => break,
            Err(_) if instant() >= deadline => break,
            Err(_) => {}
        }
    }
}

/// Whether a node cannot be asked: it said no, or is not there.
fn is_out(view: &View) -> bool {
    matches!(view.contact.value, Contact::Refused(_) | Contact::Lost { .. } | Contact::NotWatched)
}

fn has_status(view: &View) -> bool {
    is_out(view) || view.pacemaker.is_some() || leaves_status(view)
}

/// Whether another node of its partition sends the status in its place (large clusters).
fn leaves_status(view: &View) -> bool {
    view.headers_only && view.cib.is_some()
}

fn is_complete(view: &View) -> bool {
    let fails = |feed: Feed| view.failing.keys().any(|(of, _)| *of == feed) || view.ended.contains_key(&feed);
    let corosync = (view.quorum.is_some() && view.links.is_some()) || fails(Feed::Corosync);
    let drbd = match view.drbd_mode {
        None => fails(Feed::Drbd),
        Some(DrbdMode::Absent) => true,
        Some(DrbdMode::Events | DrbdMode::Polled) => view.drbd.is_some() || fails(Feed::Drbd),
    };
    let configuration = view.locations.is_some() || view.pacemaker.as_ref().is_some_and(|said| said.value.is_err());
    is_out(view) || (corosync && drbd && (leaves_status(view) || (view.pacemaker.is_some() && configuration)))
}
