//! How much of what a node says is kept: what names it chooses, and how many, is up to the node.

use super::{DrbdChange, DrbdName, DrbdStatus};

/// The most tools of a node that are kept as failing.
pub const TOOLS: usize = 64;

/// The most DRBD resources of a node.
pub const RESOURCES: usize = 4096;

/// The most volumes of a DRBD resource on one node.
pub const VOLUMES: usize = 4096;

/// The most peers of a DRBD resource; DRBD 9 itself knows 31.
pub const PEERS: usize = 64;

impl DrbdStatus {
    /// Whether there is room for what a change tells: it is of something known, or not too many are known.
    pub fn fits(&self, change: &DrbdChange) -> bool {
        let name: &DrbdName = match change {
            DrbdChange::Resource(name, ..)
            | DrbdChange::Volume(name, ..)
            | DrbdChange::Peer(name, ..)
            | DrbdChange::PeerVolume(name, ..) => name,
            _ => return true,
        };
        let Some(resource) = self.resources.get(name) else { return self.resources.len() < RESOURCES };
        let peer = |id: &u32| resource.peers.contains_key(id) || resource.peers.len() < PEERS;
        match change {
            DrbdChange::Volume(_, number, _) => {
                resource.volumes.contains_key(number) || resource.volumes.len() < VOLUMES
            }
            DrbdChange::Peer(_, id, _) => peer(id),
            DrbdChange::PeerVolume(_, id, number, _) => {
                let volumes = resource.peers.get(id).map(|peer| &peer.volumes);
                peer(id) && volumes.is_none_or(|volumes| volumes.contains_key(number) || volumes.len() < VOLUMES)
            }
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Contact, Feed, Observation, Peer, Seen, Text, Trouble, TroubleKind, View, Volume};
    use crate::wire::{NodeKey, Stamp};

    #[test]
    fn names_of_a_nodes_choice_do_not_fill_the_memory() {
        let mut status = DrbdStatus::default();
        for number in 0..RESOURCES + 10 {
            status.apply(DrbdChange::Resource(DrbdName::new(&format!("r{number}")), None, None));
        }
        assert_eq!(status.resources.len(), RESOURCES);
        let (known, new) = (DrbdName::new("r7"), DrbdName::new("new"));
        assert!(status.fits(&DrbdChange::Resource(known.clone(), None, None)));
        assert!(!status.fits(&DrbdChange::Volume(new.clone(), 0, Volume::default())));
        for number in 0..10_000 {
            status.apply(DrbdChange::Volume(known.clone(), number, Volume::default()));
            status.apply(DrbdChange::Peer(known.clone(), number, Peer::default()));
        }
        let resource = &status.resources[&known];
        assert_eq!((resource.volumes.len(), resource.peers.len()), (VOLUMES, PEERS));
        // One that is gone makes room for another.
        status.apply(DrbdChange::ResourceGone(known));
        assert!(status.fits(&DrbdChange::Volume(new, 0, Volume::default())));
    }

    #[test]
    fn only_so_many_tools_fail_and_more_are_told_as_unreadable() {
        let at = Stamp::from_secs(9);
        let mut view = View::new(Contact::Connected, at);
        let trouble = Trouble { kind: TroubleKind::Failed, cause: Text::new("x"), hint: Text::new("y") };
        for number in 0..TOOLS + 5 {
            let seen = Seen::ToolFailed(
                Feed::Corosync,
                Text::from(format!("tool-{number}")),
                Text::new("links"),
                trouble.clone(),
            );
            view.apply(&Observation { node: NodeKey::new("ha-node-1"), at, seen });
        }
        assert_eq!(view.failing.len(), TOOLS);
        assert!(view.unreadable[&Feed::Corosync].value.contains("more than 64 tools"));
    }
}
