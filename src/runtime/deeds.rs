//! What the app asks for, done: the part that the screen and scripts share.

use super::crew::Crew;
use super::keeper::Order;
use super::state::State;
use crate::app::{Effect, Event};
use crate::model::Text;
use crate::wire::Exit;

/// Does what is asked for; what is about the terminal or the demo is left to whoever has them, and given back.
///
/// What went wrong comes back as events for the app.
pub fn perform(effect: Effect, crew: &mut Crew, state: &State) -> Result<Option<Event>, Box<Effect>> {
    let kept = |outcome: std::io::Result<()>| {
        outcome.err().map(|error| {
            let words = format!("{} cannot be written: {error}", state.place());
            tracing::error!("{words}");
            Event::Failed(Text::from(words))
        })
    };
    Ok(match effect {
        Effect::Pace { node, headers_only } => {
            crew.order(&node, Order::Pace(headers_only));
            None
        }
        Effect::Watch(node) => {
            let watched = crew.watch(&node);
            let words = "no other node tells how to reach it: name it with --node";
            (!watched).then(|| Event::Failed(Text::new(words)))
        }
        Effect::Dismiss(node, _) => {
            crew.dismiss(&node);
            None
        }
        Effect::Run { run, node, job, deadline, first } => match first.map(|entry| state.remember(&entry)) {
            None | Some(Ok(())) => {
                crew.run(run, &node, job, deadline);
                None
            }
            // What would have to be taken back after a crash, and by nobody known, is not begun.
            Some(Err(error)) => {
                let words = format!("the journal in {} cannot be written: {error}", state.place());
                tracing::error!("{words}");
                let exit = Exit::NotStarted(words);
                Some(Event::Ran { run, exit, stdout: Vec::new(), stderr: Vec::new(), nonce: None })
            }
        },
        Effect::Forget(entry) => kept(state.forget(&entry)),
        Effect::Audit(audit) => kept(state.audit(&audit)),
        Effect::KeepTime(time) => kept(state.keep_time(&time)),
        effect @ (Effect::Quit | Effect::Suspend | Effect::Redraw | Effect::Copy(_) | Effect::Inject(_)) => {
            return Err(Box::new(effect));
        }
    })
}
