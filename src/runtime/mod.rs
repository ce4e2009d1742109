//! The impure rest: the loop, the clock, the terminal, the tasks that keep connections.
//!
//! The only place that awaits or reads a clock. It carries events to the app and does what the app asks for.

pub mod backoff;
mod clipboard;
pub mod clock;
pub mod connect;
mod crew;
pub mod deeds;
pub mod input;
pub mod interrupts;
pub mod keeper;
mod look;
pub mod once;
pub mod record;
pub mod runs;
mod screen;
pub mod script;
pub mod select;
pub mod state;
pub mod sudoers;
pub mod terminal;
pub mod whatif;

pub use clock::Clock;
pub use crew::Crew;
pub use look::{Environment, look_of};
pub use screen::{Session, run};

use crate::app::FaultOffer;
use crate::model::Text;
use crate::sim;

/// The simulator's offers in the app's words: neither knows the other.
pub fn fault_offers(offers: &[sim::FaultOffer]) -> Vec<FaultOffer> {
    let mends = |fault: &sim::Fault| {
        matches!(
            fault,
            sim::Fault::PowerOn { .. }
                | sim::Fault::Thaw { .. }
                | sim::Fault::MendLink { .. }
                | sim::Fault::Heal
                | sim::Fault::MendFencing { .. }
                | sim::Fault::Reconnect { .. }
                | sim::Fault::FullResync { .. }
                | sim::Fault::Online { .. }
                | sim::Fault::StartStack { .. }
        )
    };
    let offer = |offer: &sim::FaultOffer| FaultOffer {
        key: offer.key,
        words: Text::new(&offer.words),
        mends: mends(&offer.fault),
    };
    offers.iter().map(offer).collect()
}
