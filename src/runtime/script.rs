//! An action for scripts: the same way as on the screen, from the words to the verdict.

use core::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, interval, timeout_at};

use super::clock::{Clock, instant};
use super::crew::Crew;
use super::deeds::perform;
use super::interrupts::Interrupts;
use super::once;
use super::state::State;
use crate::action::{Intent, WordsError, parse};
use crate::app::{App, Effect, Event, Stage};

/// How long a script waits for a verdict at most; executions end by themselves before.
const LONGEST: Duration = Duration::from_hours(1);

async fn asked_to_end(interrupts: &mut Option<Interrupts>) {
    match interrupts {
        Some(interrupts) => {
            interrupts.next().await;
        }
        None => core::future::pending().await,
    }
}

/// A session without a screen.
#[derive(Debug)]
pub struct Script {
    /// What is known.
    pub app: App,
    /// The keepers of the nodes.
    pub crew: Crew,
    /// What they see.
    pub seen: mpsc::Receiver<Event>,
    /// The clock.
    pub clock: Clock,
    /// What is kept from session to session.
    pub state: State,
    /// The signals that are listened to, once something is asked or done.
    pub interrupts: Option<Interrupts>,
}

impl Script {
    /// Takes events in until the picture is complete, or `wait` is over.
    pub async fn gather(&mut self, wait: Duration) {
        if let Some(past) = self.state.read() {
            self.tell(past);
        }
        let Self { app, crew, seen, clock, state, .. } = self;
        once::gather(app, seen, *clock, wait, |effect| perform(effect, crew, state).ok().flatten()).await;
        self.tell(Event::Tick);
    }

    /// What the words want.
    ///
    /// # Errors
    ///
    /// What is wrong with the words.
    pub fn read(&self, words: &str) -> Result<Intent, WordsError> {
        parse(words, self.app.situation())
    }

    /// Plans and previews it; the app's current action then is refused or ready.
    pub async fn plan(&mut self, intent: &Intent) {
        let effects = self.app.intend(intent);
        self.perform(effects);
        self.until(LONGEST, |stage| !matches!(stage, Some(Stage::Previewing { .. })), |_| ()).await;
    }

    /// Confirms what is ready, and goes on to the verdict; `tell` hears of each new step.
    pub async fn carry_out(&mut self, typed: &str, tell: impl FnMut(&str)) {
        let effects = self.app.confirm_with(typed);
        self.perform(effects);
        self.until(LONGEST, |stage| !stage.is_some_and(Stage::is_running), tell).await;
    }

    /// Takes events in until the stage is as wanted.
    ///
    /// The first interrupt cancels an action, which goes on until what it left is taken back; a second one does not wait.
    async fn until(&mut self, limit: Duration, wanted: impl Fn(Option<&Stage>) -> bool, mut tell: impl FnMut(&str)) {
        let deadline: Instant = instant() + limit;
        let mut tick = interval(Duration::from_millis(500));
        let mut told = String::new();
        // Where they cannot be listened to they end the process, as ever.
        let mut interrupts = self.interrupts.take().or_else(|| Interrupts::listen().ok());
        let mut interrupted = false;
        loop {
            let stage = self.app.acts().current().map(|current| &current.stage);
            if wanted(stage) || instant() >= deadline {
                break;
            }
            if let Some(Stage::Running { execution, .. }) = stage {
                let words = execution.progress(self.app.now()).words;
                if words != told {
                    tell(&words);
                    told = words;
                }
            }
            tokio::select! {
                () = asked_to_end(&mut interrupts) => {
                    let running = stage.is_some_and(Stage::is_running);
                    self.tell(Event::Terminate);
                    if interrupted || !running {
                        break;
                    }
                    interrupted = true;
                    tell("interrupted: it is cancelled, and what it left is taken back (once more leaves at once)");
                }
                event = timeout_at(deadline, self.seen.recv()) => match event {
                    Ok(Some(event)) => self.tell(event),
                    Ok(None) | Err(_) => break,
                },
                _ = tick.tick() => self.tell(Event::Tick),
            }
        }
        self.interrupts = interrupts;
    }

    pub(super) fn tell(&mut self, event: Event) {
        let effects = self.app.update(event, self.clock.now());
        self.perform(effects);
    }

    pub(super) fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Ok(Some(event)) = perform(effect, &mut self.crew, &self.state) {
                let effects = self.app.update(event, self.clock.now());
                self.perform(effects);
            }
        }
    }

    /// Ends the connections.
    pub async fn stop(self) {
        self.crew.stop(self.seen).await;
    }
}
