//! One look: waits until every node has said what there is to say, or cannot.

use core::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::clock::{Clock, instant};
use super::crew::Crew;
use crate::app::{App, Event};
use crate::model::{Contact, DrbdMode, Feed, View};

/// How long a node that has told most may take for the rest.
const REST: Duration = Duration::from_millis(1500);

/// Takes events in until the picture is complete, or `wait` is over.
pub async fn look(app: &mut App, crew: Crew, mut seen: mpsc::Receiver<Event>, clock: Clock, wait: Duration) {
    gather(app, &mut seen, clock, wait).await;
    app.update(Event::Tick, clock.now());
    crew.stop(seen).await;
}

/// Takes events in until the picture is complete, or `wait` is over; the connections go on.
pub async fn gather(app: &mut App, seen: &mut mpsc::Receiver<Event>, clock: Clock, wait: Duration) {
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
                app.update(event, clock.now());
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
    is_out(view) || view.pacemaker.is_some()
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
    is_out(view) || (view.pacemaker.is_some() && corosync && drbd && configuration)
}
