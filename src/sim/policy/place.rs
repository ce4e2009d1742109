//! Where each primitive is placed: the best of the nodes that colocations leave.

use super::cluster::{Cluster, INFINITY, Kind, NodeIx, Role, RscIx, add, by_name};

impl Cluster {
    /// Places everything, in the order of the configuration; what others are colocated with comes before them.
    pub(super) fn place_all(&mut self) {
        for top in self.tops.clone() {
            self.assign(top, None);
        }
    }

    /// Places a resource if it is not placed yet.
    pub(super) fn assign(&mut self, rsc: RscIx, prefer: Option<NodeIx>) -> Option<NodeIx> {
        match self.rscs[rsc].kind {
            Kind::Group => self.assign_group(rsc, prefer),
            Kind::Clone => {
                self.assign_clone(rsc);
                None
            }
            Kind::Primitive => self.assign_primitive(rsc, prefer),
        }
    }

    fn assign_group(&mut self, rsc: RscIx, prefer: Option<NodeIx>) -> Option<NodeIx> {
        let group = &mut self.rscs[rsc];
        if group.settled || group.busy {
            return group.children.first().copied().and_then(|first| self.rscs[first].place);
        }
        group.busy = true;
        let members = group.children.clone();
        // From now on, who is with the group is with its last member.
        let withs = core::mem::take(&mut group.withs);
        if let Some(last) = members.last() {
            self.rscs[*last].withs.extend(withs);
        }
        let places: Vec<Option<NodeIx>> = members.iter().map(|member| self.assign(*member, prefer)).collect();
        let group = &mut self.rscs[rsc];
        (group.busy, group.settled) = (false, true);
        places.first().copied().flatten()
    }

    fn assign_primitive(&mut self, rsc: RscIx, prefer: Option<NodeIx>) -> Option<NodeIx> {
        // A member of a collection is placed with it.
        let parent = self.rscs[rsc].parent.filter(|parent| !self.rscs[*parent].busy);
        if let Some(parent) = parent.filter(|_| !self.rscs[rsc].settled) {
            self.assign(parent, prefer);
        }
        let one = &mut self.rscs[rsc];
        if one.settled {
            return one.place;
        }
        if one.busy {
            return None;
        }
        one.busy = true;
        let (with, withs) = (one.with.clone(), one.withs.clone());
        for at in with {
            let primary = self.colocations[at].with;
            self.assign(primary, None);
            self.draw_to(rsc, at);
        }
        for at in withs {
            let (dependent, score) = (self.colocations[at].rsc, self.colocations[at].score);
            let mut scores = self.rscs[rsc].scores.clone();
            let factor = score as f32 / INFINITY as f32;
            self.merge(dependent, &mut scores, factor, Merge { rollback: true, positive: false });
            self.rscs[rsc].scores = scores;
        }
        let one = &mut self.rscs[rsc];
        if one.next == Role::Stopped {
            one.scores.fill(-INFINITY);
        }
        one.busy = false;
        if !one.managed {
            one.next = one.role;
            let place = one.running.first().copied();
            self.settle(rsc, place, true)
        } else if self.options.stop_all {
            self.settle(rsc, None, true)
        } else {
            let best = self.best(rsc, prefer);
            self.settle(rsc, best, false)
        }
    }

    /// Makes a choice final.
    fn settle(&mut self, rsc: RscIx, chosen: Option<NodeIx>, force: bool) -> Option<NodeIx> {
        let score = chosen.map_or(0, |node| self.rscs[rsc].scores[node]);
        let good = chosen.filter(|node| force || (score >= 0 && self.nodes[*node].available()));
        let one = &mut self.rscs[rsc];
        one.settled = true;
        one.place = good;
        one.place_score = score;
        match good {
            Some(node) => self.nodes[node].load += 1,
            None if force && !one.managed => {}
            None => one.next = Role::Stopped,
        }
        good
    }

    /// Takes a choice back.
    pub(super) fn unsettle(&mut self, rsc: RscIx, next: Role) {
        let one = &mut self.rscs[rsc];
        one.settled = false;
        one.next = next;
        if let Some(node) = one.place.take() {
            self.nodes[node].load -= 1;
        }
    }

    /// The best node by score; of equals the one where it runs, then the one with the fewest resources, then by name.
    fn best(&self, rsc: RscIx, prefer: Option<NodeIx>) -> Option<NodeIx> {
        let one = &self.rscs[rsc];
        let weight = |node: NodeIx| if self.nodes[node].available() { one.scores[node] } else { -INFINITY };
        let running = one.running.first().copied();
        let mut nodes: Vec<NodeIx> = (0..self.nodes.len()).collect();
        nodes.sort_by(|a, b| {
            let weights = weight(*b).cmp(&weight(*a));
            let loads = self.nodes[*a].load.cmp(&self.nodes[*b].load);
            let active = (running == Some(*b)).cmp(&(running == Some(*a)));
            weights.then(loads).then(active).then_with(|| by_name(&self.nodes[*a].name, &self.nodes[*b].name))
        });
        let best = nodes.first().copied()?;
        if let Some(node) = prefer.filter(|node| one.scores[*node] >= one.scores[best] && self.nodes[*node].available())
        {
            return Some(node);
        }
        let stays =
            running.filter(|node| weight(*node) == weight(best) && weight(best) > 0 && self.nodes[*node].available());
        Some(stays.unwrap_or(best))
    }

    /// Applies a colocation to the scores of the resource that is to be with another, which is placed.
    fn draw_to(&mut self, rsc: RscIx, at: usize) {
        let rule = self.colocations[at].clone();
        let primary = &self.rscs[rule.with];
        match primary.kind {
            Kind::Group => {
                let member = if rule.score >= INFINITY { primary.children.last() } else { primary.children.first() };
                if let Some(member) = member.copied() {
                    self.draw_to_primitive(rsc, member, rule.score);
                }
            }
            Kind::Primitive => {
                if rule.with_role.is_none_or(|role| (role == primary.next) == (rule.score > 0)) {
                    self.draw_to_primitive(rsc, rule.with, rule.score);
                }
            }
            Kind::Clone if !primary.settled => {}
            Kind::Clone => {
                let copies = primary.children.clone();
                let promoted = self.promotable(rule.with) && rule.with_role.is_some();
                let counts = |copy: &RscIx| {
                    let copy = &self.rscs[*copy];
                    if promoted { copy.next == Role::Promoted } else { !copy.blocked }
                };
                if rule.score >= INFINITY {
                    let places = copies.iter().filter(|copy| counts(copy)).filter_map(|copy| {
                        let copy = &self.rscs[*copy];
                        Some((copy.place?, if promoted { copy.place_score } else { 0 }))
                    });
                    let places: Vec<(NodeIx, i32)> = places.collect();
                    for (node, own) in self.rscs[rsc].scores.iter_mut().enumerate() {
                        let there = places.iter().find(|(place, _)| *place == node);
                        *own = there.map_or(-INFINITY, |(_, score)| add(*own, *score));
                    }
                } else if promoted {
                    let places: Vec<NodeIx> =
                        copies.iter().filter(|copy| counts(copy)).filter_map(|copy| self.rscs[*copy].place).collect();
                    for node in places {
                        let own = &mut self.rscs[rsc].scores[node];
                        *own = add(*own, rule.score);
                    }
                } else {
                    for copy in copies {
                        self.draw_to_primitive(rsc, copy, rule.score);
                    }
                }
            }
        }
    }

    fn draw_to_primitive(&mut self, rsc: RscIx, primary: RscIx, score: i32) {
        let (place, settled) = (self.rscs[primary].place, self.rscs[primary].settled);
        if !settled || (place.is_none() && score < 0) {
            return;
        }
        let before = self.rscs[rsc].scores.clone();
        let changed = before.iter().enumerate().map(|(node, own)| match place {
            None => add(*own, -score),
            Some(place) if place == node && score < INFINITY => add(*own, score),
            Some(place) if place != node && score >= INFINITY => add(*own, -score),
            Some(_) => *own,
        });
        let changed: Vec<i32> = changed.collect();
        let any = changed.iter().enumerate().any(|(node, own)| *own >= 0 && self.nodes[node].available());
        if score.abs() >= INFINITY || any {
            self.rscs[rsc].scores = changed;
        }
    }

    /// Adds to `scores` what a resource that will be placed by them prefers, and all that depends on it in turn.
    pub(super) fn merge(&mut self, rsc: RscIx, scores: &mut Vec<i32>, factor: f32, how: Merge) {
        if self.rscs[rsc].kind == Kind::Group {
            if let Some(first) = self.rscs[rsc].children.first().copied() {
                self.merge(first, scores, factor, how);
            }
            return;
        }
        if self.rscs[rsc].merging {
            return;
        }
        self.rscs[rsc].merging = true;
        let mut work = scores.clone();
        for (node, sum) in work.iter_mut().enumerate() {
            let own = if self.nodes[node].available() { self.rscs[rsc].scores[node] } else { -INFINITY };
            if (factor < 0.0 && own < 0) || *sum == SPENT {
                continue;
            }
            let exact = factor * own as f32;
            let mut part = (if exact < 0.0 { exact - 0.5 } else { exact + 0.5 }) as i32;
            if part == 0 && own != 0 {
                part = if factor > 0.0 { 1 } else { -1 };
            }
            let new = add(part, *sum);
            if how.positive && new < 0 && *sum > 0 {
                *sum = SPENT;
            } else if !(how.positive && new < 0) {
                *sum = new;
            }
        }
        let any = work.iter().enumerate().any(|(node, own)| *own >= 0 && self.nodes[node].available());
        if any {
            for at in self.rscs[rsc].withs.clone() {
                let (dependent, score) = (self.colocations[at].rsc, self.colocations[at].score);
                let next = Merge { rollback: true, ..how };
                let sign = if factor < 0.0 { -1.0 } else { 1.0 };
                self.merge(dependent, &mut work, sign * score as f32 / INFINITY as f32, next);
            }
        } else if how.rollback {
            self.rscs[rsc].merging = false;
            return;
        }
        if how.positive {
            work.iter_mut().filter(|sum| **sum == SPENT).for_each(|sum| *sum = 1);
        }
        *scores = work;
        self.rscs[rsc].merging = false;
    }
}

/// Stands for a score that would have become negative.
const SPENT: i32 = -(INFINITY + 1);

/// How preferences of others are taken in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Merge {
    /// Not at all, if no node would be left.
    pub(super) rollback: bool,
    /// Only as far as scores do not become negative.
    pub(super) positive: bool,
}
