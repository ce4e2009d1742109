//! Rules: when a score holds, and until when.

use crate::crm_mon::{Role, Score, Time};
use crate::xml::walk::Walker;
use crate::xml::{Fault, Text};

/// A score as the CIB has it: it may also be a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weight<'a> {
    /// A number or an infinity.
    Score(Score),
    /// Something else, as written.
    Other(Text<'a>),
}

impl<'a> From<Text<'a>> for Weight<'a> {
    fn from(text: Text<'a>) -> Self {
        Score::parse(&text).map_or(Self::Other(text), Self::Score)
    }
}

/// `rule`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule<'a> {
    /// Its id.
    pub id: Option<Text<'a>>,
    /// The role that it is about.
    pub role: Option<Role<'a>>,
    /// The score that it gives.
    pub score: Option<Weight<'a>>,
    /// The node attribute whose value is the score that it gives.
    pub score_attribute: Option<Text<'a>>,
    /// `and` (also if absent) or `or`.
    pub boolean_op: Option<Text<'a>>,
    /// What it asks.
    pub expressions: Vec<Expression<'a>>,
}

/// What a rule asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression<'a> {
    /// `expression`: about an attribute of a node.
    Attribute {
        /// Its id.
        id: Option<Text<'a>>,
        /// The attribute; `#uname` is the node's name.
        attribute: Option<Text<'a>>,
        /// `eq`, `ne`, `lt`, `gt`, `lte`, `gte`, `defined` or `not_defined`.
        operation: Option<Text<'a>>,
        /// What it is compared with.
        value: Option<Text<'a>>,
    },
    /// `date_expression`.
    Date(Date<'a>),
    /// A rule in a rule.
    Rule(Rule<'a>),
    /// Another kind, by its element: `rsc_expression`, `op_expression`.
    Other(Text<'a>),
}

/// `date_expression`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Date<'a> {
    /// Its id.
    pub id: Option<Text<'a>>,
    /// `lt` (before the end), `gt` (after the start), `in_range` (also if absent) or `date_spec`.
    pub operation: Option<Text<'a>>,
    /// The start.
    pub start: Option<Time<'a>>,
    /// The end.
    pub end: Option<Time<'a>>,
    /// Whether it has a `duration` or a `date_spec`, which are not read further.
    pub recurs_or_lasts: bool,
}

impl<'a> Rule<'a> {
    /// When it stops to hold for good, if it says so: the end of a range of dates that it asks for with `and`.
    pub fn ends(&self) -> Option<&Time<'a>> {
        if self.boolean_op.as_deref().is_some_and(|op| op.eq_ignore_ascii_case("or")) && self.expressions.len() > 1 {
            return None;
        }
        self.expressions.iter().find_map(|expression| match expression {
            Expression::Date(date) => match date.operation.as_deref() {
                None | Some("lt" | "in_range") => date.end.as_ref(),
                Some(_) => None,
            },
            Expression::Rule(rule) => rule.ends(),
            Expression::Attribute { .. } | Expression::Other(_) => None,
        })
    }

    /// The one node that it holds for, if it says so by `#uname` and asks all with `and`.
    pub fn node(&self) -> Option<&str> {
        if self.boolean_op.as_deref().is_some_and(|op| op.eq_ignore_ascii_case("or")) && self.expressions.len() > 1 {
            return None;
        }
        self.expressions.iter().find_map(|expression| match expression {
            Expression::Attribute { attribute, operation, value, .. }
                if attribute.as_deref() == Some("#uname") && operation.as_deref() == Some("eq") =>
            {
                value.as_deref()
            }
            _ => None,
        })
    }
}

pub(super) fn rule<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Rule<'a>, Fault> {
    let mut it = Rule::default();
    w.attributes(name, |a| match a.name {
        "id" => a.text_into(&mut it.id),
        "role" => {
            it.role = Some(Role::of_any_case(a.text()));
            Ok(true)
        }
        "score" => a.word_into(&mut it.score),
        "score-attribute" => a.text_into(&mut it.score_attribute),
        "boolean-op" => a.text_into(&mut it.boolean_op),
        "id-ref" => Ok(true),
        _ => Ok(false),
    })?;
    w.children(name, |w, child| {
        it.expressions.push(match child {
            "expression" => attribute_expression(w, child)?,
            "date_expression" => Expression::Date(date(w, child)?),
            "rule" => Expression::Rule(rule(w, child)?),
            "rsc_expression" | "op_expression" => {
                w.pass_over()?;
                Expression::Other(child.into())
            }
            _ => return Ok(false),
        });
        Ok(true)
    })?;
    Ok(it)
}

fn attribute_expression<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Expression<'a>, Fault> {
    let (mut id, mut attribute, mut operation, mut value) = (None, None, None, None);
    w.attributes(name, |a| match a.name {
        "id" => a.text_into(&mut id),
        "attribute" => a.text_into(&mut attribute),
        "operation" => a.text_into(&mut operation),
        "value" => a.text_into(&mut value),
        // How the values are compared, and where the right one comes from: of no interest here.
        "type" | "value-source" => Ok(true),
        _ => Ok(false),
    })?;
    w.no_children(name)?;
    Ok(Expression::Attribute { id, attribute, operation, value })
}

fn date<'a>(w: &mut Walker<'a>, name: &'a str) -> Result<Date<'a>, Fault> {
    let mut it = Date::default();
    w.attributes(name, |a| match a.name {
        "id" => a.text_into(&mut it.id),
        "operation" => a.text_into(&mut it.operation),
        "start" => a.word_into(&mut it.start),
        "end" => a.word_into(&mut it.end),
        _ => Ok(false),
    })?;
    w.children(name, |w, child| match child {
        "duration" | "date_spec" => {
            it.recurs_or_lasts = true;
            w.pass_over()?;
            Ok(true)
        }
        _ => Ok(false),
    })?;
    Ok(it)
}
