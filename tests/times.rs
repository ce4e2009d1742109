//! How long actions took is kept for the cluster they were in, and only what was done tells how long such an action takes.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test with files")]

#[path = "support/session.rs"]
#[expect(dead_code, reason = "shared with the tests of what is left")]
mod played;

use std::path::PathBuf;
use std::time::Duration;

use hatui::action::Intent;
use hatui::app::{App, Key, PastTime, Stage};
use hatui::model::{NodeName, ResourceId};
use hatui::runtime::state::State;

use played::{Session, stage};

const MINUTE: Duration = Duration::from_mins(1);

/// A folder for what is kept, away when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn state(&self) -> State {
        State::within(&self.0, "night", "desk").unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn to(node: &str) -> Intent {
    Intent::Move { resource: ResourceId::new("web"), to: NodeName::new(node), keep: false }
}

async fn begin(session: &mut Session, intent: &Intent) {
    for effect in session.app.intend(intent) {
        session.perform(effect);
    }
    session.confirm(&intent.title()).await;
}

fn told(session: &Session) -> Vec<(String, Option<String>)> {
    session.app.times().map(|time| (time.title.clone(), time.outcome.clone())).collect()
}

#[tokio::test(start_paused = true)]
async fn only_what_was_done_in_this_cluster_tells_how_long_it_takes() {
    let folder = Folder(std::env::temp_dir().join(format!("hatui-times-{}", std::process::id())));
    let elsewhere = PastTime {
        cluster: "other".to_owned(),
        at: 5,
        title: "move web to ha-node-2".to_owned(),
        kind: "move web".to_owned(),
        took_ms: 7,
        away_ms: None,
        service: None,
        still_away: false,
        outcome: None,
        phases: Vec::new(),
    };
    folder.state().keep_time(&elsewhere).unwrap();
    let mut session = Session::start("two-nodes").await;
    session.state = folder.state();
    let past = session.state.read().unwrap();
    session.take(past);
    assert!(told(&session).is_empty() && session.app.last_like(&to("ha-node-2")).is_none());
    begin(&mut session, &to("ha-node-2")).await;
    session.until("the verdict", 5 * MINUTE, |app| matches!(stage(app), Some(Stage::Over { .. }))).await;
    session.press(&[Key::Esc]);
    let took = session.app.last_like(&to("ha-node-1")).unwrap().took_ms;
    assert!(took > 7);
    let done = ("move web to ha-node-2".to_owned(), Some("done".to_owned()));
    assert_eq!(told(&session), core::slice::from_ref(&done));
    let told_gone = |app: &App| {
        let mut told = app.live().views().values().filter_map(|view| view.locations.as_ref());
        told.all(|told| told.value.iter().all(|location| !location.id.starts_with("hatui-")))
    };
    session.until("no constraint", MINUTE, told_gone).await;
    // One that is cancelled is told, and is no measure.
    begin(&mut session, &to("ha-node-1")).await;
    session.press(&[Key::Char('x')]);
    session.until("the verdict", 5 * MINUTE, |app| matches!(stage(app), Some(Stage::Over { .. }))).await;
    session.until("its time", 5 * MINUTE, |app| app.times().count() == 2).await;
    let cancelled = ("move web to ha-node-1".to_owned(), Some("cancelled".to_owned()));
    assert_eq!(told(&session), [cancelled.clone(), done.clone()]);
    assert_eq!(session.app.last_like(&to("ha-node-1")).unwrap().took_ms, took);
    // The next session reads the same.
    let mut next = session.killed_and_started(folder.state());
    next.until_heard().await;
    assert_eq!(told(&next), [cancelled, done]);
}
