//! The loop: events in, effects out, a frame when something changed.

use core::time::Duration;
use std::collections::VecDeque;
use std::io::Write as _;

use color_eyre::Result;
use crossterm::event::EventStream;
use futures_util::StreamExt;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::clock::{Clock, instant};
use super::crew::Crew;
use super::deeds::perform;
use super::interrupts::{Interrupt, Interrupts};
use super::record::Recorder;
use super::state::State;
use super::terminal::Guard;
use super::{fault_offers, input};
use crate::app::{App, Effect, Event};
use crate::model::Text;
use crate::transport::SimulatedCluster;
use crate::ui::{self, Look};

/// The shortest time between two frames: a change that comes in a burst is seen at once too. Only what differs is sent, so that
/// a slow line has little more to carry than with fewer frames.
const FRAME: Duration = Duration::from_millis(33);

/// Everything that a session on the screen needs.
#[derive(Debug)]
pub struct Session {
    /// What is known and shown.
    pub app: App,
    /// The keepers of the nodes.
    pub crew: Crew,
    /// What they see.
    pub seen: mpsc::Receiver<Event>,
    /// The simulator, in the demo.
    pub demo: Option<SimulatedCluster>,
    /// How it looks.
    pub look: Look,
    /// The clock.
    pub clock: Clock,
    /// Whether the mouse is listened to.
    pub mouse: bool,
    /// What is kept from session to session.
    pub state: State,
    /// Where the inputs are written down, if anywhere.
    pub recorder: Option<Recorder>,
}

/// Runs a session until it is left.
pub async fn run(mut session: Session) -> Result<()> {
    let mut guard = Guard::take(session.mouse)?;
    let outcome = event_loop(&mut session, &mut guard).await;
    drop(guard);
    for words in session.app.parting() {
        let _ = writeln!(std::io::stderr(), "hatui: {words}");
    }
    session.crew.stop(session.seen).await;
    outcome
}

async fn event_loop(session: &mut Session, guard: &mut Guard) -> Result<()> {
    let mut keys = EventStream::new();
    let mut interrupts = Interrupts::listen()?;
    // Without a terminal there is nobody to show anything to: what was begun is still brought to an end.
    let mut gone = false;
    let mut continued = signal(SignalKind::from_raw(CONTINUED))?;
    let mut tick = interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let size = guard.terminal.size()?;
    let mut changed = session.take(Event::Resize { columns: size.width, rows: size.height }, guard)?;
    if let Some(past) = session.state.read() {
        session.take(past, guard)?;
    }
    let mut last_frame: Option<Instant> = None;
    while !changed.quit {
        let due = last_frame.map_or_else(instant, |last| last + FRAME);
        if changed.draw && !gone && instant() >= due {
            guard.terminal.draw(|frame| ui::draw(frame, &session.app, &session.look))?;
            last_frame = Some(instant());
            changed.draw = false;
        }
        let more = tokio::select! {
            biased;
            interrupt = interrupts.next() => {
                gone |= interrupt == Interrupt::Gone;
                session.take(Event::Terminate, guard)?
            }
            _ = continued.recv() => session.take(Event::Key(crate::app::Key::Ctrl('l')), guard)?,
            raw = keys.next(), if !gone => if let Some(Ok(raw)) = raw {
                match input::event(&raw, &session.app, &session.look) {
                    Some(event) => session.take(event, guard)?,
                    None => Changed::default(),
                }
            } else {
                gone = true;
                session.take(Event::Terminate, guard)?
            },
            () = sleep_until(due), if changed.draw && !gone => Changed::default(),
            event = session.seen.recv() => match event {
                Some(event) => session.take(event, guard)?,
                None => Changed { quit: true, draw: false },
            },
            _ = tick.tick() => {
                if let Some(demo) = &session.demo {
                    let offers = fault_offers(&demo.faults());
                    if offers != session.app.faults() {
                        session.take(Event::Faults(offers), guard)?;
                    }
                }
                session.take(Event::Tick, guard)?
            }
        };
        changed = Changed { quit: more.quit, draw: changed.draw || more.draw };
    }
    Ok(())
}

/// SIGCONT on Linux: someone let a stopped hatui go on.
const CONTINUED: i32 = 18;

/// What an event asks of the loop.
#[derive(Debug, Clone, Copy, Default)]
struct Changed {
    quit: bool,
    draw: bool,
}

impl Session {
    /// Tells the app something; all that it is told is written down, so that a recording has it.
    fn tell(&mut self, event: Event) -> Vec<Effect> {
        let at = self.clock.now();
        if let Some(recorder) = &mut self.recorder {
            recorder.write(&event, at);
        }
        self.app.update(event, at)
    }

    /// Takes an event in and does what comes of it.
    fn take(&mut self, event: Event, guard: &mut Guard) -> Result<Changed> {
        let mut changed = Changed { quit: false, draw: false };
        let mut effects = VecDeque::from(self.tell(event));
        while let Some(effect) = effects.pop_front() {
            match effect {
                Effect::Quit => changed.quit = true,
                Effect::Suspend => {
                    guard.suspend()?;
                    changed.draw = true;
                }
                Effect::Redraw => {
                    guard.clear()?;
                    changed.draw = true;
                }
                Effect::Copy(text) => guard.copy(&text)?,
                Effect::Inject(key) => {
                    if let Some(demo) = self.demo.clone() {
                        if demo.inject(key).is_err() {
                            self.tell(Event::Failed(Text::new("that cannot be broken now")));
                        }
                        let offers = fault_offers(&demo.faults());
                        self.tell(Event::Faults(offers));
                    }
                    changed.draw = true;
                }
                effect => {
                    if let Ok(Some(event)) = perform(effect, &mut self.crew, &self.state) {
                        effects.extend(self.tell(event));
                    }
                }
            }
        }
        changed.draw |= self.app.take_changed();
        Ok(changed)
    }
}
