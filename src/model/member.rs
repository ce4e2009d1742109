//! A node of the cluster, as one node's Pacemaker tells it.

use serde::Serialize;

use super::{NodeId, NodeName, ResourceId, Text};

/// A node as the cluster sees it. The flags are independent and can combine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// Its name.
    pub name: NodeName,
    /// Its number in Corosync; remote and guest nodes have none.
    pub id: Option<NodeId>,
    /// What kind of node it is.
    pub kind: NodeKind,
    /// Whether it is a member and its Pacemaker runs.
    pub online: Option<bool>,
    /// Told to run nothing.
    pub standby: Option<bool>,
    /// In standby because an operation with `on-fail=standby` failed.
    pub standby_on_fail: Option<bool>,
    /// Its resources are left alone.
    pub maintenance: Option<bool>,
    /// It joined Corosync, but its Pacemaker is not (yet) part of the cluster.
    pub pending: Option<bool>,
    /// Its state is not known and it must be fenced before its resources may run elsewhere.
    pub unclean: Option<bool>,
    /// Its health, where node health is used.
    pub health: Option<Health>,
    /// It is shutting down.
    pub shutdown: Option<bool>,
    /// Whether it is the DC.
    pub is_dc: Option<bool>,
    /// How many resource instances run there.
    pub resources_running: Option<u32>,
    /// The feature set it publishes; `<3.15.1` for one that publishes none.
    pub feature_set: Option<Text>,
}

/// What kind of node a member is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// A full member, with Corosync.
    Member,
    /// A remote node: `pacemaker_remote`, no Corosync.
    Remote,
    /// A guest node (in a bundle or a virtual machine): the resource it is.
    Guest(ResourceId),
    /// Another word, as written.
    Other(Text),
}

/// Health of a node, where node health is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Well.
    Green,
    /// Not quite.
    Yellow,
    /// Unwell: resources may be kept away.
    Red,
}

/// The state of a node in one word, with the precedence that `crm_mon` uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeState {
    /// Unclean; the cluster still sees its Corosync.
    UncleanOnline,
    /// Unclean, and it has not finished joining.
    UncleanPending,
    /// Unclean and gone.
    UncleanOffline,
    /// Joining, or Corosync without Pacemaker.
    Pending,
    /// In standby after a failure.
    StandbyOnFail,
    /// In standby.
    Standby,
    /// In standby and gone.
    OfflineStandby,
    /// In maintenance.
    Maintenance,
    /// In maintenance and gone.
    OfflineMaintenance,
    /// Well.
    Online,
    /// Gone, and known to be.
    Offline,
    /// The status does not say.
    Unknown,
}

impl NodeState {
    /// The word shown, as `crm_mon` spells it.
    pub fn word(self) -> &'static str {
        match self {
            Self::UncleanOnline => "UNCLEAN (online)",
            Self::UncleanPending => "UNCLEAN (pending)",
            Self::UncleanOffline => "UNCLEAN (offline)",
            Self::Pending => "pending",
            Self::StandbyOnFail => "standby (on-fail)",
            Self::Standby => "standby",
            Self::OfflineStandby => "OFFLINE (standby)",
            Self::Maintenance => "maintenance",
            Self::OfflineMaintenance => "OFFLINE (maintenance)",
            Self::Online => "online",
            Self::Offline => "OFFLINE",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the node takes part in the cluster now.
    pub fn is_up(self) -> bool {
        matches!(self, Self::Online | Self::Standby | Self::StandbyOnFail | Self::Maintenance)
    }

    /// Whether the node waits to be fenced.
    pub fn is_unclean(self) -> bool {
        matches!(self, Self::UncleanOnline | Self::UncleanPending | Self::UncleanOffline)
    }
}

impl Member {
    /// A member of which nothing but the name is known.
    pub fn named(name: &str) -> Self {
        Self {
            name: NodeName::new(name),
            id: None,
            kind: NodeKind::Member,
            online: None,
            standby: None,
            standby_on_fail: None,
            maintenance: None,
            pending: None,
            unclean: None,
            health: None,
            shutdown: None,
            is_dc: None,
            resources_running: None,
            feature_set: None,
        }
    }

    /// Its state in one word.
    pub fn state(&self) -> NodeState {
        let yes = |flag: Option<bool>| flag == Some(true);
        let Some(online) = self.online else { return NodeState::Unknown };
        if yes(self.unclean) {
            if online {
                NodeState::UncleanOnline
            } else if yes(self.pending) {
                NodeState::UncleanPending
            } else {
                NodeState::UncleanOffline
            }
        } else if yes(self.pending) {
            NodeState::Pending
        } else if yes(self.standby_on_fail) && online {
            NodeState::StandbyOnFail
        } else if yes(self.standby) {
            if online { NodeState::Standby } else { NodeState::OfflineStandby }
        } else if yes(self.maintenance) {
            if online { NodeState::Maintenance } else { NodeState::OfflineMaintenance }
        } else if online {
            NodeState::Online
        } else {
            NodeState::Offline
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(set: impl Fn(&mut Member)) -> NodeState {
        let mut member = Member { online: Some(true), ..Member::named("a") };
        set(&mut member);
        member.state()
    }

    #[test]
    fn states_have_the_precedence_of_crm_mon() {
        assert_eq!(member(|_| ()), NodeState::Online);
        assert_eq!(member(|m| m.online = None), NodeState::Unknown);
        assert_eq!(member(|m| m.online = Some(false)), NodeState::Offline);
        assert_eq!(
            member(|m| {
                m.unclean = Some(true);
                m.standby = Some(true);
            }),
            NodeState::UncleanOnline
        );
        assert_eq!(
            member(|m| {
                m.unclean = Some(true);
                m.online = Some(false);
            }),
            NodeState::UncleanOffline
        );
        assert_eq!(
            member(|m| {
                m.pending = Some(true);
                m.standby = Some(true);
            }),
            NodeState::Pending
        );
        assert_eq!(
            member(|m| {
                m.standby_on_fail = Some(true);
                m.standby = Some(true);
            }),
            NodeState::StandbyOnFail
        );
        assert_eq!(
            member(|m| {
                m.standby = Some(true);
                m.online = Some(false);
            }),
            NodeState::OfflineStandby
        );
        assert_eq!(member(|m| { m.maintenance = Some(true) }), NodeState::Maintenance);
    }
}
