//! Many questions, asked one after the other: a state machine without I/O.

use super::super::preview::Item;
use super::super::situation::Situation;
use super::reasons::busy;
use super::{Answer, Outlook, Question, Way};
use crate::model::{CibVersion, Previewed, Skeleton, Text};

/// A question, and its answer once there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What is asked.
    pub question: Question,
    /// What came of it; `None`: it was not asked yet.
    pub answer: Option<Answer>,
}

/// What is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Out {
    /// What the cluster does without any of it, and what is configured.
    Ground,
    /// The question of a row.
    Row(usize),
}

/// Questions and answers. At most one is out at a time: the cluster has other things to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    rows: Vec<Row>,
    out: Option<Out>,
    skeleton: Option<Skeleton>,
    /// What the cluster is about to do by itself.
    busy: Vec<String>,
    revision: Option<CibVersion>,
    /// Whether the configuration changed between questions.
    moved: bool,
    cancelled: bool,
}

impl Matrix {
    /// These questions.
    pub fn new(questions: Vec<Question>) -> Self {
        Self {
            rows: questions.into_iter().map(|question| Row { question, answer: None }).collect(),
            out: None,
            skeleton: None,
            busy: Vec::new(),
            revision: None,
            moved: false,
            cancelled: false,
        }
    }

    /// What the preview program is to do next; `None`: nothing, since something is out or all is over.
    ///
    /// Questions that need no program are answered on the way.
    pub fn next(&mut self, situation: Situation<'_>) -> Option<Vec<Item>> {
        if self.out.is_some() || self.cancelled {
            return None;
        }
        let needs_ground = self.rows.iter().any(|row| !matches!(row.question, Question::LinkDown(_)));
        let skeleton = match &self.skeleton {
            Some(skeleton) => skeleton,
            None if needs_ground => {
                self.out = Some(Out::Ground);
                return Some(vec![Item::Plan(Vec::new())]);
            }
            None => &Skeleton::default(),
        };
        for (at, row) in self.rows.iter_mut().enumerate().filter(|(_, row)| row.answer.is_none()) {
            match row.question.way(situation, skeleton) {
                Way::Known(answer) => row.answer = Some(*answer),
                Way::Simulated(items) => {
                    self.out = Some(Out::Row(at));
                    return Some(items);
                }
            }
        }
        None
    }

    /// What the preview program said to what was out.
    pub fn answered(&mut self, previewed: Previewed, situation: Situation<'_>) {
        let Some(out) = self.out.take() else { return };
        if let (Some(before), Some(now)) = (self.revision, previewed.revision) {
            self.moved |= (before.admin_epoch, before.epoch) != (now.admin_epoch, now.epoch);
        }
        self.revision = self.revision.or(previewed.revision);
        match out {
            Out::Ground => {
                if let (Some(why), None) = (&previewed.failed, previewed.simulations.first()) {
                    self.give_up(&why.clone(), situation);
                    return;
                }
                self.busy = previewed.simulations.first().map(busy).unwrap_or_default();
                self.skeleton = Some(previewed.skeleton);
            }
            Out::Row(at) => {
                let skeleton = self.skeleton.clone().unwrap_or_default();
                if let Some(row) = self.rows.get_mut(at) {
                    row.answer = Some(super::answered(&row.question, previewed, &skeleton, situation));
                }
            }
        }
    }

    /// Whether something is open that a node has to be asked for.
    pub fn needs_a_node(&self) -> bool {
        let mut open = self.rows.iter().filter(|row| row.answer.is_none());
        open.any(|row| !matches!(row.question, Question::LinkDown(_)))
    }

    /// Nobody can be asked: all that is open is not known, and why.
    pub fn give_up(&mut self, why: &Text, situation: Situation<'_>) {
        self.out = None;
        self.skeleton.get_or_insert_default();
        for row in self.rows.iter_mut().filter(|row| row.answer.is_none()) {
            row.answer = Some(match &row.question {
                // Needs nobody.
                Question::LinkDown(number) => super::links::answer(*number, situation),
                question => Answer::unknown(question.clone(), situation, why),
            });
        }
    }

    /// Asks no more. What is out goes on, and is answered all the same.
    pub fn cancel(&mut self) {
        self.cancelled = !self.rows.iter().all(|row| row.answer.is_some());
    }

    /// Whether it was cancelled before all was answered.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled
    }

    /// Whether nothing is out, and nothing more will be asked.
    pub fn is_over(&self) -> bool {
        self.out.is_none() && (self.cancelled || self.rows.iter().all(|row| row.answer.is_some()))
    }

    /// How many are answered, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.rows.iter().filter(|row| row.answer.is_some()).count(), self.rows.len())
    }

    /// The question that is out; `None`: none, or what the cluster does without any of it.
    pub fn asking(&self) -> Option<&Question> {
        match self.out? {
            Out::Ground => None,
            Out::Row(at) => self.rows.get(at).map(|row| &row.question),
        }
    }

    /// The questions in order, with their answers.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// What the cluster is about to do by itself: then what is answered may be of yesterday soon. Empty: nothing.
    pub fn busy(&self) -> &[String] {
        &self.busy
    }

    /// The version of the CIB at the first question; `None`: not known.
    pub fn revision(&self) -> Option<CibVersion> {
        self.revision
    }

    /// Whether the configuration changed between questions: the answers are not of one cluster.
    pub fn has_moved(&self) -> bool {
        self.moved
    }

    /// The worst of the answers; what was not answered is not known.
    pub fn outlook(&self) -> Outlook {
        let of = self.rows.iter().map(|row| row.answer.as_ref().map_or(Outlook::Unknown, |answer| answer.outlook));
        of.max().unwrap_or(Outlook::Unknown)
    }
}
