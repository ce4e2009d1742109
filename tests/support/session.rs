//! A session by keys on the simulator, in paused time, with what is kept of it in a folder.

use std::time::Duration;

use hatui::action::Danger;
use hatui::app::{App, Effect, Event, Key, Source, Stage};
use hatui::model::{Freshness, Sight};
use hatui::observe::FeedOptions;
use hatui::runtime::deeds::perform;
use hatui::runtime::keeper::Watched;
use hatui::runtime::state::State;
use hatui::runtime::{Clock, Crew};
use hatui::sim::{Scenario, Sim};
use hatui::transport::{SimulatedCluster, Transport};
use hatui::wire::Stamp;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, timeout_at};

/// hatui on a simulated cluster, in tokio's paused time.
pub(crate) struct Session {
    pub(crate) app: App,
    pub(crate) demo: SimulatedCluster,
    crew: Crew,
    seen: Receiver<Event>,
    pub(crate) clock: Clock,
    pub(crate) state: State,
    /// Whether it wants to be left.
    pub(crate) quit: bool,
}

impl Session {
    /// On a cluster of its own, all of which is heard when this returns.
    pub(crate) async fn start(scenario: &str) -> Self {
        let clock = Clock::starting_at(Stamp::from_secs(1_767_621_600));
        let sim = Sim::new(&Scenario::named(scenario).unwrap(), 7, clock.now());
        let demo = SimulatedCluster::new(sim, move || clock.now());
        let mut session = Self::on(demo, clock, State::nowhere());
        session.until_heard().await;
        session
    }

    /// On a cluster that is there, with what is kept of earlier sessions: nothing is heard yet.
    pub(crate) fn on(demo: SimulatedCluster, clock: Clock, state: State) -> Self {
        let watched = demo.nodes().into_iter().map(|key| Watched {
            transport: Transport::Simulated(demo.clone(), key.clone()),
            key,
            options: FeedOptions::default(),
        });
        let source = Source::Simulated("a test's".to_owned());
        let app = App::new(source, Some("test"), &demo.nodes(), clock.now());
        let (crew, _, seen) = Crew::start(watched.collect(), clock);
        let past = state.read();
        let mut session = Self { app, demo, crew, seen, clock, state, quit: false };
        if let Some(past) = past {
            session.take(past);
        }
        session
    }

    /// The same cluster in a session that begins now; what this one was doing ends as by SIGKILL.
    pub(crate) fn killed_and_started(self, state: State) -> Self {
        let Self { demo, clock, crew, state: own, .. } = self;
        drop((crew, own));
        Self::on(demo, clock, state)
    }

    pub(crate) async fn until_heard(&mut self) {
        let live = |app: &App| {
            let picture = app.live().picture();
            let speaks = |sight: &Sight| matches!(sight, Sight::Speaking(Freshness::Live, _));
            picture.status.is_some()
                && picture.quorum.is_some()
                && !picture.replicas.is_empty()
                && picture.nodes.iter().all(|row| speaks(&row.sight))
        };
        self.until("all nodes live", Duration::from_secs(20), live).await;
    }

    pub(crate) fn take(&mut self, event: Event) {
        for effect in self.app.update(event, self.clock.now()) {
            self.perform(effect);
        }
    }

    pub(crate) fn perform(&mut self, effect: Effect) {
        match perform(effect, &mut self.crew, &self.state) {
            Ok(Some(event)) => self.take(event),
            Ok(None) => {}
            Err(effect) => self.quit |= matches!(*effect, Effect::Quit),
        }
    }

    pub(crate) fn press(&mut self, keys: &[Key]) {
        for key in keys {
            self.take(Event::Key(*key));
        }
    }

    /// Waits until hatui leaves.
    pub(crate) async fn until_quit(&mut self, limit: Duration) {
        let start = Instant::now();
        while !self.quit {
            assert!(start.elapsed() < limit, "waited {limit:?} for its end\n{:#?}", self.app.acts().current());
            if let Ok(event) = timeout_at(Instant::now() + Duration::from_millis(500), self.seen.recv()).await {
                self.take(event.unwrap());
            } else {
                self.take(Event::Tick);
            }
        }
    }

    pub(crate) async fn until(&mut self, what: &str, limit: Duration, wanted: impl Fn(&App) -> bool) {
        let start = Instant::now();
        let mut tick = start;
        while !wanted(&self.app) {
            let told = || self.app.rolling().map(|rolling| (rolling.node().cloned(), rolling.phase().clone()));
            let current = || self.app.acts().current();
            assert!(start.elapsed() < limit, "waited {limit:?} for: {what}\n{:?}\n{:#?}", told(), current());
            if let Ok(event) = timeout_at(tick, self.seen.recv()).await {
                self.take(event.unwrap());
            } else {
                tick += Duration::from_millis(500);
                self.take(Event::Tick);
            }
        }
    }

    /// Confirms the action that is previewed, as it asks to be, and waits for its verdict.
    pub(crate) async fn carry_out(&mut self, what: &str) {
        self.carry_out_until_over(what).await;
        self.press(&[Key::Esc]);
    }

    /// The same; its verdict stays on the screen.
    pub(crate) async fn carry_out_until_over(&mut self, what: &str) {
        self.confirm(what).await;
        let minutes = Duration::from_mins(5);
        let over = |app: &App| has_stood(app) && matches!(stage(app), Some(Stage::Over { .. }));
        self.until(&format!("the verdict of {what}"), minutes, over).await;
    }

    /// Confirms the action that is previewed, as it asks to be, and anew where something moved since its preview.
    pub(crate) async fn confirm(&mut self, what: &str) {
        let minute = Duration::from_mins(1);
        let ready = |app: &App| has_stood(app) && matches!(stage(app), Some(Stage::Ready { .. }));
        for _ in 0..10 {
            self.until(&format!("the preview of {what}"), minute, ready).await;
            let Some(Stage::Ready { plan, .. }) = stage(&self.app) else { panic!("no plan") };
            let (danger, name) = (plan.confirmation.danger, plan.confirmation.name.clone());
            if danger == Danger::Confirm {
                self.press(&[Key::Tab, Key::Enter]);
            } else {
                let typed: Vec<Key> = name.chars().map(Key::Char).collect();
                self.press(&typed);
                self.press(if danger == Danger::Statement { &[Key::Tab, Key::Enter] } else { &[Key::Enter] });
            }
            let checked = |app: &App| match stage(app) {
                Some(Stage::Running { execution, .. }) => execution.has_begun(),
                _ => true,
            };
            self.until(&format!("the check before {what}"), minute, checked).await;
            if !matches!(stage(&self.app), Some(Stage::Previewing { .. } | Stage::Ready { .. })) {
                return;
            }
        }
        panic!("something moves all the time: {what} never began");
    }
}

/// Whether the page of the action can have been seen as it is.
pub(crate) fn has_stood(app: &App) -> bool {
    app.acts().current().is_some_and(|current| current.has_stood(app.now()))
}

/// How far the action on the screen is.
pub(crate) fn stage(app: &App) -> Option<&Stage> {
    app.acts().current().map(|current| &current.stage)
}
