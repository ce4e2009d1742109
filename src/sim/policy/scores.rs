//! Scores of resources for nodes before any is placed: preferences, stickiness, failures.

use super::cluster::{Cluster, INFINITY, Kind, NodeIx, RscIx, add};

impl Cluster {
    /// Adds all that speaks for or against nodes, as far as it does not depend on where other resources are.
    pub(super) fn weigh(&mut self) {
        for at in 0..self.locations.len() {
            let location = self.locations[at].clone();
            if location.role.is_none() {
                self.prefer(location.rsc, &location.scores);
            }
        }
        for rsc in 0..self.rscs.len() {
            if self.rscs[rsc].kind == Kind::Primitive {
                self.stick(rsc);
                self.wear(rsc);
            }
        }
        for rsc in 0..self.rscs.len() {
            // Members of a group are where the one before them is.
            if self.rscs[rsc].kind == Kind::Group {
                let members = self.rscs[rsc].children.clone();
                for pair in members.windows(2) {
                    self.colocations.push(super::cluster::Colocation {
                        id: "#group-members".to_owned(),
                        rsc: pair[1],
                        with: pair[0],
                        with_role: None,
                        score: INFINITY,
                    });
                }
            }
        }
        self.list_colocations();
    }

    /// Applies scores of a location constraint. Those for a group are its first member's.
    fn prefer(&mut self, rsc: RscIx, scores: &[(NodeIx, i32)]) {
        for (node, value) in scores {
            let own = &mut self.rscs[rsc].scores[*node];
            *own = add(*own, *value);
        }
        let children = self.rscs[rsc].children.clone();
        let group = self.rscs[rsc].kind == Kind::Group;
        for child in children.into_iter().take(if group { 1 } else { usize::MAX }) {
            self.prefer(child, scores);
        }
    }

    fn stick(&mut self, rsc: RscIx) {
        let one = &self.rscs[rsc];
        if !one.managed {
            let here: Vec<(NodeIx, i32)> = one.running.iter().map(|node| (*node, INFINITY)).collect();
            self.prefer(rsc, &here);
            return;
        }
        let [node] = one.running[..] else { return };
        if one.meta.stickiness != 0 {
            let stickiness = one.meta.stickiness;
            self.prefer(rsc, &[(node, stickiness)]);
        }
    }

    /// Bans a primitive, or its clone, from nodes where it failed too often.
    fn wear(&mut self, rsc: RscIx) {
        let one = &self.rscs[rsc];
        let threshold = one.meta.threshold;
        let worn = one.fail_counts.iter().filter(|(_, count)| threshold > 0 && **count >= threshold);
        let worn: Vec<(NodeIx, i32)> = worn.map(|(node, _)| (*node, -INFINITY)).collect();
        if !worn.is_empty() {
            let whole = self.clone_of(rsc).unwrap_or(rsc);
            self.prefer(whole, &worn);
        }
    }

    /// Gives each primitive and clone the colocations that it takes part in, in the order in which they count.
    fn list_colocations(&mut self) {
        for at in 0..self.colocations.len() {
            let rule = &self.colocations[at];
            let (rsc, with) = (rule.rsc, rule.with);
            let first = if self.rscs[rsc].kind == Kind::Group { self.rscs[rsc].children.first() } else { Some(&rsc) };
            let first = first.copied();
            if let Some(rsc) = first {
                self.rscs[rsc].with.push(at);
            }
            self.rscs[with].withs.push(at);
        }
        for rsc in 0..self.rscs.len() {
            let mut with = core::mem::take(&mut self.rscs[rsc].with);
            with.sort_by_key(|at| self.rank(*at, self.colocations[*at].with));
            let mut withs = core::mem::take(&mut self.rscs[rsc].withs);
            withs.sort_by_key(|at| self.rank(*at, self.colocations[*at].rsc));
            (self.rscs[rsc].with, self.rscs[rsc].withs) = (with, withs);
        }
    }

    fn rank(&self, colocation: usize, other: RscIx) -> (i32, u8, bool, String) {
        let other = &self.rscs[other];
        let kind = match other.kind {
            Kind::Clone => 0,
            Kind::Group => 1,
            Kind::Primitive => 2,
        };
        (-other.priority, kind, !other.meta.promotable, self.colocations[colocation].id.clone())
    }
}
