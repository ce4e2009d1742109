//! What can go wrong while a plan is carried out.

/// Something that goes wrong at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// The command fails, and did nothing.
    Fails,
    /// The command fails, and did what it should.
    FailsButWorks,
    /// The connection is lost: the command did what it should.
    LostButWorks,
    /// The connection is lost: the command did nothing.
    LostForNothing,
    /// The connection is lost, and no node is heard any more.
    LostAndSilent,
    /// The only node that is heard is lost for half a minute; the command did what it should.
    LostForAWhile,
    /// It takes too long, and did nothing.
    TimesOut,
    /// Its end is never told.
    NeverTold,
    /// It is not started the first time.
    NotStartedOnce,
    /// It is not started, whoever is asked.
    NeverStarted,
    /// It is cancelled while the command runs.
    CancelledWhileRunning,
    /// It is cancelled while it is waited for what comes of it.
    CancelledWhileWaiting,
    /// The services do not follow.
    NothingFollows,
    /// Someone changed the configuration since the preview.
    ConfigurationMoved,
    /// A node was lost since the preview.
    NodeMoved,
    /// Someone changes the configuration before this step.
    ConfigurationMovesBefore,
    /// The node where it should go dies after the command.
    TargetDies,
    /// A stop fails after the command, and blocks the resource.
    StopBlocks,
    /// A start fails after the command, for good.
    StartFails,
    /// Quorum is lost after the command.
    QuorumLost,
    /// Someone else put a constraint of the same id there meanwhile: the command says so.
    LeaseOfAnother,
    /// The same, and the connection is lost.
    LeaseOfAnotherLost,
}

/// A fault, whether it is the same at every step, and how it is called.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named {
    pub(crate) fault: Fault,
    pub(crate) once: bool,
    pub(crate) words: &'static str,
}

const fn each(fault: Fault, words: &'static str) -> Named {
    Named { fault, once: false, words }
}

const fn once(fault: Fault, words: &'static str) -> Named {
    Named { fault, once: true, words }
}

pub(crate) const FAULTS: &[Named] = &[
    once(Fault::None, "all goes well"),
    each(Fault::Fails, "the command fails"),
    each(Fault::FailsButWorks, "the command fails, but did it"),
    each(Fault::LostButWorks, "the connection is lost, it was done"),
    each(Fault::LostForNothing, "the connection is lost, nothing was done"),
    each(Fault::LostAndSilent, "the connection is lost, and nobody is heard any more"),
    each(Fault::LostForAWhile, "all connections are lost for half a minute, it was done"),
    each(Fault::TimesOut, "the command takes too long"),
    each(Fault::NeverTold, "the end of the command is never told, it was done"),
    each(Fault::NotStartedOnce, "the command is not started the first time"),
    each(Fault::NeverStarted, "the command is never started"),
    each(Fault::CancelledWhileRunning, "cancelled while the command runs"),
    each(Fault::CancelledWhileWaiting, "cancelled while it is waited"),
    each(Fault::NothingFollows, "the services do not follow"),
    once(Fault::ConfigurationMoved, "the configuration was changed since the preview"),
    once(Fault::NodeMoved, "a node was lost since the preview"),
    each(Fault::ConfigurationMovesBefore, "someone changes the configuration before the step"),
    each(Fault::TargetDies, "the second node dies after the command"),
    each(Fault::StopBlocks, "a stop fails and blocks"),
    each(Fault::StartFails, "a start fails for good on the second node"),
    each(Fault::QuorumLost, "quorum is lost"),
    once(Fault::LeaseOfAnother, "someone else's constraint of that id is there already"),
    once(Fault::LeaseOfAnotherLost, "the same, and the connection is lost"),
];
