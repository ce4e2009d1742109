//! Copies of clones: how many, on which nodes, and which are promoted.

use core::cmp::Ordering;

use super::cluster::{Cluster, INFINITY, NoQuorum, NodeIx, Role, RscIx, add, score};
use super::place::Merge;

impl Cluster {
    pub(super) fn assign_clone(&mut self, clone: RscIx) {
        let one = &mut self.rscs[clone];
        if one.settled || one.busy {
            return;
        }
        one.busy = true;
        let promotable = one.meta.promotable;
        if promotable {
            self.offer_promotions(clone);
        }
        for at in self.rscs[clone].withs.clone() {
            let how = Merge { rollback: true, positive: true };
            self.merge_into(clone, at, how);
        }
        let mut copies = self.rscs[clone].children.clone();
        copies.sort_by(|a, b| self.by_need(*a, *b));
        self.rscs[clone].children.clone_from(&copies);
        self.distribute(clone, &copies);
        if promotable {
            self.choose_promoted(clone);
        }
        let one = &mut self.rscs[clone];
        (one.busy, one.settled) = (false, true);
    }

    fn merge_into(&mut self, clone: RscIx, colocation: usize, how: Merge) {
        let (dependent, score) = (self.colocations[colocation].rsc, self.colocations[colocation].score);
        let mut scores = self.rscs[clone].scores.clone();
        self.merge(dependent, &mut scores, score as f32 / INFINITY as f32, how);
        self.rscs[clone].scores = scores;
    }

    /// Which of two copies is placed first.
    fn by_need(&self, a: RscIx, b: RscIx) -> Ordering {
        let (one, two) = (&self.rscs[a], &self.rscs[b]);
        if !one.running.is_empty() && !two.running.is_empty() {
            let counts = one.running.len().cmp(&two.running.len());
            if counts.is_ne() {
                return counts;
            }
        }
        let allowed = |rsc: RscIx| {
            let node = self.rscs[rsc].running.first().copied();
            node.is_none_or(|node| self.rscs[rsc].scores[node] >= 0)
        };
        let (can_a, can_b) = (allowed(a), allowed(b));
        let at = |rsc: RscIx, can: bool| self.rscs[rsc].running.first().copied().filter(|_| can);
        let first = can_b.cmp(&can_a).then(two.priority.cmp(&one.priority));
        if first.is_ne() {
            return first;
        }
        let (node_a, node_b) = match (at(a, can_a), at(b, can_b)) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Greater,
            (Some(_), None) => return Ordering::Less,
            (Some(a), Some(b)) => (a, b),
        };
        let up = |node: NodeIx| self.nodes[node].available();
        let parent = one.parent.unwrap_or(a);
        let count = |node: NodeIx| self.rscs[parent].counts[node];
        let drawn = |rsc: RscIx, node: NodeIx| {
            let mut scratch = self.clone();
            let mut scores = vec![-INFINITY; self.nodes.len()];
            scores[node] = 0;
            for at in self.rscs[parent].withs.clone() {
                let rule = &self.colocations[at];
                let how = Merge { rollback: false, positive: true };
                scratch.merge(rule.rsc, &mut scores, rule.score as f32 / INFINITY as f32, how);
            }
            let _ = rsc;
            scores[node]
        };
        let number = |rsc: RscIx| self.rscs[rsc].id.rsplit(':').next().and_then(|n| n.parse::<usize>().ok());
        up(node_b)
            .cmp(&up(node_a))
            .then(count(node_a).cmp(&count(node_b)))
            .then(one.failed.cmp(&two.failed))
            .then_with(|| drawn(b, node_b).cmp(&drawn(a, node_a)))
            .then(number(a).cmp(&number(b)))
    }

    fn distribute(&mut self, clone: RscIx, copies: &[RscIx]) {
        let max = self.rscs[clone].meta.clone_max;
        self.rscs[clone].counts.fill(0);
        let available = self.nodes.iter().filter(|node| node.available()).count();
        let each = max.checked_div(available).unwrap_or(1).max(1);
        let all = max < available;
        let mut placed = 0;
        for copy in copies.iter().copied() {
            let one = &self.rscs[copy];
            let stays =
                one.running.first().copied().filter(|node| {
                    !one.settled && !one.failed && self.nodes[*node].available() && one.scores[*node] >= 0
                });
            let Some(node) = stays.filter(|node| placed < max && self.rscs[clone].counts[*node] < each) else {
                continue;
            };
            let (scores, next) = (one.scores.clone(), one.next);
            if self.assign_copy(clone, copy, Some(node), all) == Some(node) {
                self.rscs[clone].counts[node] += 1;
                placed += 1;
            } else {
                self.unsettle(copy, next);
                self.rscs[copy].scores = scores;
            }
        }
        for copy in copies.iter().copied() {
            if self.rscs[copy].settled {
                continue;
            }
            if placed >= max {
                self.rscs[copy].scores.fill(-INFINITY);
                self.assign(copy, None);
            } else if let Some(node) = self.assign_copy(clone, copy, None, all) {
                self.rscs[clone].counts[node] += 1;
                placed += 1;
            }
        }
    }

    fn assign_copy(&mut self, clone: RscIx, copy: RscIx, prefer: Option<NodeIx>, all: bool) -> Option<NodeIx> {
        let inherited = self.rscs[clone].withs.iter().copied();
        self.rscs[copy].withs = inherited.filter(|at| all || self.colocations[*at].score < 0).collect();
        for node in 0..self.nodes.len() {
            let parent = &self.rscs[clone];
            if !self.nodes[node].available() || parent.scores[node] < 0 || parent.counts[node] >= 1 {
                self.rscs[copy].scores[node] = -INFINITY;
            }
        }
        self.assign(copy, prefer)
    }

    /// The score that the agent of a copy offers for its promotion on a node, if that counts.
    fn offered(&self, copy: RscIx, node: NodeIx) -> Option<i32> {
        let one = &self.rscs[copy];
        let clone = &self.rscs[one.parent?];
        let siblings = &clone.children;
        let active = siblings.iter().find(|sibling| self.rscs[**sibling].running.contains(&node));
        let probed =
            clone.known.contains(&node) || siblings.iter().any(|sibling| self.rscs[*sibling].known.contains(&node));
        let unknown = one.running.is_empty() && one.known.is_empty();
        let here = one.known.contains(&node) || one.running.contains(&node);
        let counts = active == Some(&copy) || (active.is_none() && probed) || unknown || here;
        if !counts || one.scores[node] < 0 {
            return None;
        }
        self.nodes[node].attributes.get(&format!("master-{}", one.name)).map(|value| score(value))
    }

    fn offer_promotions(&mut self, clone: RscIx) {
        for copy in self.rscs[clone].children.clone() {
            for node in 0..self.nodes.len() {
                if !self.nodes[node].available() {
                    continue;
                }
                let offered = self.offered(copy, node).unwrap_or(0);
                let one = &mut self.rscs[copy];
                if offered > 0 {
                    one.scores[node] = add(one.scores[node], offered);
                }
                one.priority = one.priority.max(offered);
            }
        }
    }

    fn choose_promoted(&mut self, clone: RscIx) {
        let copies = self.rscs[clone].children.clone();
        self.rscs[clone].counts.fill(0);
        for copy in copies.iter().copied() {
            if self.rscs[copy].role == Role::Started {
                self.rscs[copy].role = Role::Unpromoted;
            }
            self.promotion_priority(clone, copy);
        }
        self.sort_promotable(clone);
        let mut promoted = 0;
        for copy in self.rscs[clone].children.clone() {
            let one = &self.rscs[copy];
            let able = one.sort_index >= 0
                && (promoted < self.rscs[clone].meta.promoted_max || !self.rscs[clone].managed)
                && self.may_be_promoted(clone, copy);
            let frozen =
                one.role < Role::Promoted && !self.options.quorum && self.options.no_quorum == NoQuorum::Freeze;
            let one = &mut self.rscs[copy];
            if able && !frozen {
                if one.next == Role::Unknown {
                    one.next = Role::Promoted;
                }
                promoted += 1;
                if let Some(node) = one.place {
                    self.rscs[clone].counts[node] += 1;
                }
            } else {
                one.next = if one.place.is_none() { Role::Stopped } else { Role::Unpromoted };
            }
        }
    }

    fn may_be_promoted(&self, clone: RscIx, copy: RscIx) -> bool {
        let one = &self.rscs[copy];
        let Some(node) = one.place else { return false };
        if !one.managed {
            return one.role == Role::Promoted;
        }
        one.priority >= 0 && self.nodes[node].available() && self.rscs[clone].counts[node] < 1
    }

    fn promotion_priority(&mut self, clone: RscIx, copy: RscIx) {
        let Some(node) = self.rscs[copy].place else { return };
        let next = self.rscs[copy].next;
        let mut priority = match next {
            Role::Unknown | Role::Started => self.offered(copy, node).unwrap_or(-1),
            Role::Stopped | Role::Unpromoted => -INFINITY,
            Role::Promoted => self.rscs[copy].priority,
        };
        for location in self.locations.iter().filter(|location| location.rsc == clone && location.role.is_some()) {
            let scores = location.scores.iter().filter(|(at, _)| *at == node);
            for (_, value) in scores {
                priority = add(priority, *value);
            }
        }
        let one = &mut self.rscs[copy];
        one.priority = priority;
        one.sort_index = if next == Role::Promoted { INFINITY } else { priority };
    }

    fn sort_promotable(&mut self, clone: RscIx) {
        let copies = self.rscs[clone].children.clone();
        self.rscs[clone].merging = true;
        for copy in copies.iter().copied() {
            let (index, place) = (self.rscs[copy].sort_index, self.rscs[copy].place);
            if let Some(node) = place.filter(|_| index >= 0) {
                let own = &mut self.rscs[clone].scores[node];
                *own = add(*own, index);
            }
        }
        for at in self.rscs[clone].withs.clone() {
            if self.colocations[at].with_role.is_some() {
                self.merge_into(clone, at, Merge { rollback: true, positive: true });
            }
        }
        for copy in copies.iter().copied() {
            let one = &self.rscs[copy];
            let index = match one.place {
                _ if !one.managed && one.next == Role::Promoted => INFINITY,
                Some(node) if one.sort_index >= 0 => self.rscs[clone].scores[node],
                _ => one.sort_index,
            };
            self.rscs[copy].sort_index = index;
        }
        let mut sorted = copies;
        sorted.sort_by(|a, b| {
            let (one, two) = (&self.rscs[*a], &self.rscs[*b]);
            let first = two.sort_index.cmp(&one.sort_index).then(two.role.cmp(&one.role));
            first.then_with(|| self.by_need(*a, *b))
        });
        self.rscs[clone].children = sorted;
        self.rscs[clone].merging = false;
    }
}
