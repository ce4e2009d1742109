//! The wire between two copies of a disk: who notices that it broke, whose data is newer, and the resync.

use core::time::Duration;

use super::replication::{Connection, Data, Disk, Resync};
use super::status::Ix;
use super::world::{Event, World};

impl World {
    /// DRBD's own wire between the ends of a disk.
    fn replication_wire(&self, disk: &Disk) -> bool {
        let [a, b] = &disk.copies;
        let alive = |node: Ix| self.machines.get(node).is_some_and(|machine| machine.powered && !machine.frozen);
        let near = self.far.contains(&a.node) == self.far.contains(&b.node);
        a.up && b.up && alive(a.node) && alive(b.node) && near
    }

    /// The ends of a disk find out whether they can talk, and compare their data.
    pub(super) fn look_at_wire(&mut self, index: usize) {
        let (now, fresh) = (self.now, self.fresh());
        let Some(works) = self.disks.get(index).map(|disk| self.replication_wire(disk)) else { return };
        let frozen: Vec<bool> = self.machines.iter().map(|machine| machine.frozen).collect();
        let Some(disk) = self.disks.get_mut(index) else { return };
        disk.account(now);
        let ends = [disk.copies[0].connection, disk.copies[1].connection];
        let mut changed = false;
        if works && ends == [Connection::Connecting; 2] {
            self.shake_hands(index);
            return;
        }
        let broken = !works || ends != [Connection::Connected; 2];
        for end in 0..2 {
            let copy = &disk.copies[end];
            let awake = frozen.get(copy.node) != Some(&true);
            if broken && copy.up && awake && copy.connection == Connection::Connected {
                // What a resync had not brought over is still missing.
                let left = disk.break_off();
                disk.copies[end].ahead = disk.copies[end].ahead.max(left);
                disk.copies[end].connection = Connection::Connecting;
                if disk.copies[end].primary {
                    disk.diverge(end, fresh);
                }
                changed = true;
            }
        }
        if changed {
            if works {
                self.soon(1000, Event::Wire(index));
            }
            self.helper(index, "disconnected");
            self.tell_drbd(index);
            self.drbd_scores(index);
        }
    }

    /// Two ends that can talk: equal data connect, older data is resynced, diverged data is a split brain.
    fn shake_hands(&mut self, index: usize) {
        let Some(disk) = self.disks.get_mut(index) else { return };
        let [a, b] = &disk.copies;
        let crashed = a.crashed || b.crashed;
        let source = if a.generation == b.generation {
            let unequal = crashed || a.data != b.data || a.ahead + b.ahead > 0;
            let first = a.primary || (a.data == Data::UpToDate && (b.data != Data::UpToDate || a.crashed));
            Ok(unequal.then_some(usize::from(!first)))
        } else if a.past.contains(&b.generation) && !b.primary {
            Ok(Some(0))
        } else if b.past.contains(&a.generation) && !a.primary {
            Ok(Some(1))
        } else {
            Err(())
        };
        let missing = a.ahead + b.ahead + if crashed { disk.activity_log } else { 0 };
        match source {
            Err(()) => {
                for copy in &mut disk.copies {
                    copy.connection = Connection::StandAlone;
                }
                self.helper(index, "split-brain");
            }
            Ok(source) => {
                for copy in &mut disk.copies {
                    copy.connection = Connection::Connected;
                    (copy.sent, copy.received) = (0, 0);
                    copy.crashed = false;
                }
                if let Some(source) = source {
                    let total = missing.clamp(4, disk.size);
                    disk.copies[1 - source].data = Data::Outdated;
                    disk.copies[0].ahead = 0;
                    disk.copies[1].ahead = 0;
                    disk.resync = Some(Resync { source, exchanging: true, verify: false, total, left: total, rate: 0 });
                    self.soon(240, Event::Resync(index));
                }
            }
        }
        self.tell_drbd(index);
        self.drbd_scores(index);
    }

    pub(super) fn resync_step(&mut self, index: usize) {
        let now = self.now;
        let Some(disk) = self.disks.get_mut(index) else { return };
        disk.account(now);
        if !disk.connected() {
            return;
        }
        if disk.is_paused() {
            self.tell_drbd(index);
            return;
        }
        let rate = disk.next_rate(&mut self.rng);
        let Some(resync) = disk.resync.as_mut() else { return };
        let (source, begins) = (resync.source, resync.exchanging);
        let (ends, verify) = (resync.left == 0, resync.verify);
        if begins {
            resync.exchanging = false;
            disk.copies[1 - source].data = Data::Inconsistent;
        }
        resync.rate = rate;
        let wait = if ends {
            None
        } else {
            let rest = resync.left.saturating_mul(1_000_000) / rate + 1000;
            Some(Duration::from_micros(rest.min(3_000_000)))
        };
        if ends {
            disk.resync = None;
        }
        if ends && !verify {
            let (generation, past) = (disk.copies[source].generation, disk.copies[source].past.clone());
            let target = &mut disk.copies[1 - source];
            (target.generation, target.past, target.data) = (generation, past, Data::UpToDate);
        }
        if begins {
            self.helper(index, "before-resync");
        } else if ends && !verify {
            self.helper(index, "after-resync");
        }
        if let Some(wait) = wait {
            self.after(wait, Event::Resync(index));
        }
        self.tell_drbd(index);
        if begins || ends {
            self.drbd_scores(index);
        }
    }
}
