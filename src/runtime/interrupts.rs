//! The signals by which hatui is told to end.

use std::io::Result;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Listens to them: from now on none of them ends the process by itself.
#[derive(Debug)]
pub struct Interrupts {
    terminate: Signal,
    hangup: Signal,
    interrupt: Signal,
}

/// Which one came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interrupt {
    /// SIGTERM or SIGINT.
    End,
    /// SIGHUP: the terminal is gone.
    Gone,
}

impl Interrupts {
    /// Begins to listen.
    ///
    /// # Errors
    ///
    /// Signals cannot be listened to.
    pub fn listen() -> Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next.
    pub async fn next(&mut self) -> Interrupt {
        tokio::select! {
            _ = self.terminate.recv() => Interrupt::End,
            _ = self.interrupt.recv() => Interrupt::End,
            _ = self.hangup.recv() => Interrupt::Gone,
        }
    }
}
