//! The words for states, as drbd-utils prints them. It must not judge them beyond their order.

use crate::text::words;

words! {
    /// What a line tells of its object.
    Kind {
        /// Part of the first dump, or of a dump that was asked for.
        Exists = "exists",
        /// The object is new.
        Create = "create",
        /// Some values are new; only those are printed, with `--full` all.
        Change = "change",
        /// The object is gone. Connections take their peer devices and paths along without lines of their own.
        Destroy = "destroy",
        /// The kernel calls a helper program and waits.
        Call = "call",
        /// The helper program has ended.
        Response = "response",
        /// A resource has a new name (drbd-utils ≥ 9.16).
        Rename = "rename",
    }
}

words! {
    /// What a node may do with a resource.
    Role {
        /// Of a peer that is not connected.
        Unknown = "Unknown",
        /// May write.
        Primary = "Primary",
        /// Follows.
        Secondary = "Secondary",
    }
}

words! {
    /// The state of a copy of the data, in ascending order of quality.
    Disk {
        /// No disk: on purpose if `client:yes`, otherwise lost or detached.
        Diskless = "Diskless",
        /// Being attached, metadata being read.
        Attaching = "Attaching",
        /// Being detached (DRBD 9).
        Detaching = "Detaching",
        /// I/O errors; becomes `Diskless`.
        Failed = "Failed",
        /// Attached while connected; the peers agree what it is.
        Negotiating = "Negotiating",
        /// Data not usable as such: a sync is due or runs.
        Inconsistent = "Inconsistent",
        /// Usable but old.
        Outdated = "Outdated",
        /// Unknown, of a peer that is not connected.
        DUnknown = "DUnknown",
        /// Usable; old or not is not known without the peer.
        Consistent = "Consistent",
        /// Good.
        UpToDate = "UpToDate",
    }
}

words! {
    /// The state of a connection to a peer, ascending from given up to connected.
    ConnectionState {
        /// Gave up: split brain, or an administrator's `disconnect`. Does not try again by itself.
        StandAlone = "StandAlone",
        /// On the way to `StandAlone`.
        Disconnecting = "Disconnecting",
        /// Between two attempts.
        Unconnected = "Unconnected",
        /// The peer did not answer in time. Transient.
        Timeout = "Timeout",
        /// The connection was lost. Transient.
        BrokenPipe = "BrokenPipe",
        /// The connection was lost. Transient.
        NetworkFailure = "NetworkFailure",
        /// The peer said something not understood. Transient.
        ProtocolError = "ProtocolError",
        /// The peer closes the connection. Transient.
        TearDown = "TearDown",
        /// Tries to reach the peer.
        Connecting = "Connecting",
        /// Connected.
        Connected = "Connected",
    }
}

words! {
    /// What replication to a peer does, in the kernel's numeric order.
    Replication {
        /// Not connected, or no disk to replicate.
        Off = "Off",
        /// Writes are replicated.
        Established = "Established",
        /// A full sync from here was asked for.
        StartingSyncS = "StartingSyncS",
        /// A full sync to here was asked for.
        StartingSyncT = "StartingSyncT",
        /// The bitmap is exchanged, this is the source.
        WFBitMapS = "WFBitMapS",
        /// The bitmap is exchanged, this is the target.
        WFBitMapT = "WFBitMapT",
        /// Waits for the source to begin.
        WFSyncUUID = "WFSyncUUID",
        /// A sync from here runs.
        SyncSource = "SyncSource",
        /// A sync to here runs.
        SyncTarget = "SyncTarget",
        /// An online verify runs, this side began it.
        VerifyS = "VerifyS",
        /// An online verify runs, the peer began it.
        VerifyT = "VerifyT",
        /// A sync from here is paused; see [`super::ResyncSuspended`].
        PausedSyncS = "PausedSyncS",
        /// A sync to here is paused; see [`super::ResyncSuspended`].
        PausedSyncT = "PausedSyncT",
        /// The peer is congested and falls behind on purpose.
        Ahead = "Ahead",
        /// This node falls behind on purpose.
        Behind = "Behind",
    }
}

impl<T> Replication<T> {
    /// A sync is on its way: it runs or is paused.
    pub fn is_sync(&self) -> bool {
        matches!(self, Self::SyncSource | Self::SyncTarget | Self::PausedSyncS | Self::PausedSyncT)
    }

    /// An online verify runs.
    pub fn is_verify(&self) -> bool {
        matches!(self, Self::VerifyS | Self::VerifyT)
    }

    /// A sync is paused.
    pub fn is_paused(&self) -> bool {
        matches!(self, Self::PausedSyncS | Self::PausedSyncT)
    }
}

words! {
    /// How writes are ordered on the backing device.
    WriteOrdering {
        /// Not at all.
        None = "none",
        /// By waiting.
        Drain = "drain",
        /// By waiting and flushing.
        Flush = "flush",
        /// By barriers (old kernels).
        Barrier = "barrier",
    }
}

words! {
    /// A yes or no that old kernels cannot answer.
    Answer {
        /// The kernel does not tell.
        Unknown = "unknown",
        /// No.
        No = "no",
        /// Yes.
        Yes = "yes",
    }
}
