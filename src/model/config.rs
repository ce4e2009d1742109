//! The parts of the configuration (CIB) that findings need.

use core::time::Duration;

use serde::Serialize;

use super::{Count, NodeName, ResourceId, Text};
use crate::wire::Stamp;

/// What the id of every constraint of a move of hatui's begins with.
pub const LEASE_PREFIX: &str = "hatui-move-";

/// How long such a constraint lasts if nobody removes it: the backstop for a workstation that is lost.
pub const LEASE_LASTS: Duration = Duration::from_hours(1);

/// How long such a constraint may be there before nobody takes its move for one that is under way.
const UNDER_WAY: Duration = Duration::from_mins(10);

/// A location constraint with one node, as far as findings need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Location {
    /// Its id.
    pub id: Text,
    /// The resource it bears on; `None`: a pattern or a set.
    pub resource: Option<ResourceId>,
    /// The node; `None`: by rule.
    pub node: Option<NodeName>,
    /// The score; `None`: not told, or by rule.
    pub score: Option<Score>,
    /// The role it is limited to, as written.
    pub role: Option<Text>,
    /// When its rule ends, as written (ISO 8601); `None`: never, or not told.
    pub ends: Option<Text>,
}

impl Location {
    /// When the constraint of a move of hatui's ends; `None`: it is none, it was kept for good, or its end cannot be read.
    pub fn lease_ends(&self) -> Option<Stamp> {
        let ends = self.ends.as_ref().filter(|_| self.left_by_move() == Some(LeftOver::Lease))?;
        Stamp::from_utc(ends)
    }

    /// When the constraint of a move of hatui's was put there.
    pub fn lease_began(&self) -> Option<Stamp> {
        Some(self.lease_ends()?.before(LEASE_LASTS))
    }

    /// Whether it is of a move of hatui's that is over by itself: it draws nothing any more.
    pub fn is_over(&self, now: Stamp) -> bool {
        self.lease_ends().is_some_and(|ends| ends <= now)
    }

    /// Whether it is of a move of hatui's that may be under way: it is not left behind yet.
    pub fn is_under_way(&self, now: Stamp) -> bool {
        self.lease_began().is_some_and(|began| now.since(began) < UNDER_WAY)
    }

    /// Whether it was left behind by a move, by now.
    pub fn is_left_over(&self, now: Stamp) -> bool {
        self.left_by_move().is_some() && !self.is_under_way(now)
    }

    /// Whose constraint it is by its id, if a move or a handler put it there: `crm_resource` gives such ids, and hatui its own.
    pub fn left_by_move(&self) -> Option<LeftOver> {
        if self.id.starts_with("cli-ban-") {
            Some(LeftOver::Ban)
        } else if self.id.starts_with("cli-prefer-") {
            Some(LeftOver::Prefer)
        } else if self.id.starts_with("drbd-fence-by-handler-") {
            Some(LeftOver::DrbdHandler)
        } else if self.id.starts_with(LEASE_PREFIX) {
            Some(LeftOver::Lease)
        } else {
            None
        }
    }
}

/// Who leaves constraints behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOver {
    /// `crm_resource --ban`, or a move without a node.
    Ban,
    /// `crm_resource --move`.
    Prefer,
    /// DRBD's fence-peer handler: there until the peer is up to date again.
    DrbdHandler,
    /// A move of hatui's: there for an hour at most, unless it was kept.
    Lease,
}

/// A score of Pacemaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Score {
    /// Never.
    MinusInfinity,
    /// So much.
    Of(i32),
    /// Always.
    Infinity,
}

impl Score {
    /// The score written as `text`; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "INFINITY" | "+INFINITY" => Some(Self::Infinity),
            "-INFINITY" => Some(Self::MinusInfinity),
            number => {
                let number: i64 = number.trim_start_matches('+').parse().ok()?;
                let limit = i64::try_from(Count::INFINITY).ok()?;
                Some(if number >= limit {
                    Self::Infinity
                } else if number <= -limit {
                    Self::MinusInfinity
                } else {
                    Self::Of(i32::try_from(number).ok()?)
                })
            }
        }
    }
}

/// An option of the cluster, as written in the CIB: name and value.
pub type ClusterOption = (Text, Text);

/// Attributes of nodes that the configuration holds: node, name, value.
pub type NodeAttribute = (NodeName, Text, Text);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_under_way_then_left_over_then_over() {
        let lease = |ends: Option<&str>| Location {
            id: Text::new("hatui-move-web"),
            resource: Some(ResourceId::new("web")),
            node: None,
            score: None,
            role: None,
            ends: ends.map(Text::new),
        };
        let began = Stamp::from_secs(1_800_000_000);
        let ends = (began + LEASE_LASTS).utc();
        let one = lease(Some(&ends));
        assert_eq!(one.lease_began(), Some(began));
        let at = |minutes: u64| began + Duration::from_mins(minutes);
        for (minutes, under_way, over) in [(0, true, false), (9, true, false), (10, false, false), (60, false, true)] {
            let now = at(minutes);
            assert_eq!((one.is_under_way(now), one.is_over(now)), (under_way, over), "{minutes} min");
            assert_eq!(one.is_left_over(now), !under_way, "{minutes} min");
        }
        for kept in [lease(None), lease(Some("some day"))] {
            assert!(kept.is_left_over(began) && !kept.is_over(at(600)));
        }
    }

    #[test]
    fn scores_are_read_as_pacemaker_does() {
        assert_eq!(Score::parse("INFINITY"), Some(Score::Infinity));
        assert_eq!(Score::parse("-1000000"), Some(Score::MinusInfinity));
        assert_eq!(Score::parse("+200"), Some(Score::Of(200)));
        assert_eq!(Score::parse("many"), None);
    }
}
