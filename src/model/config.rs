//! The parts of the configuration (CIB) that findings need.

use serde::Serialize;

use super::{Count, NodeName, ResourceId, Text};

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
    /// Whether a move left it behind: `crm_resource` gives such ids.
    pub fn left_by_move(&self) -> Option<LeftOver> {
        if self.id.starts_with("cli-ban-") {
            Some(LeftOver::Ban)
        } else if self.id.starts_with("cli-prefer-") {
            Some(LeftOver::Prefer)
        } else if self.id.starts_with("drbd-fence-by-handler-") {
            Some(LeftOver::DrbdHandler)
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
    fn scores_are_read_as_pacemaker_does() {
        assert_eq!(Score::parse("INFINITY"), Some(Score::Infinity));
        assert_eq!(Score::parse("-1000000"), Some(Score::MinusInfinity));
        assert_eq!(Score::parse("+200"), Some(Score::Of(200)));
        assert_eq!(Score::parse("many"), None);
    }
}
