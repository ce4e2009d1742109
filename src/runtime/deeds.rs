//! What the app asks for, done: the part that the screen and scripts share.

use super::crew::Crew;
use super::keeper::Order;
use super::state::State;
use crate::app::{Effect, Event};
use crate::model::Text;

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
        Effect::Run { run, node, job, deadline } => {
            crew.run(run, &node, job, deadline);
            None
        }
        Effect::Remember(entry) => kept(state.remember(&entry)),
        Effect::Forget(entry) => kept(state.forget(&entry)),
        Effect::Audit(audit) => kept(state.audit(&audit)),
        Effect::KeepTime(time) => kept(state.keep_time(&time)),
        effect @ (Effect::Quit | Effect::Suspend | Effect::Redraw | Effect::Inject(_)) => return Err(Box::new(effect)),
    })
}
