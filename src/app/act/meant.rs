//! What an action key is about: what is under the cursor, what is marked, what the page on top shows; never what is hidden.

use super::Asked;
use crate::app::{App, Command, Overlay, Subject};
use crate::model::{Item, ResourceId};

impl App {
    /// What an action on one thing is about: what the page on top shows, else what is selected. Nothing where a page that
    /// shows no such thing covers the selection.
    pub(super) fn acted_on(&self) -> Option<Subject> {
        match self.screen().overlays.last() {
            None => self.selected(),
            Some(Overlay::Details { subject, .. }) => Some(subject.clone()),
            Some(_) => match self.questioned().as_slice() {
                [only] => Some(only.clone()),
                _ => None,
            },
        }
    }

    /// What an action on several things is about: all that is marked in the focused pane, where that is in sight, else what
    /// an action on one thing is about.
    pub(super) fn meant(&self) -> Vec<Subject> {
        let marked = self.marked();
        let questioned = self.questioned();
        if !marked.is_empty() {
            marked
        } else if !questioned.is_empty() {
            questioned
        } else {
            self.acted_on().into_iter().collect()
        }
    }

    /// What is marked in the focused pane, in sight.
    fn marked(&self) -> Vec<Subject> {
        // Asked for each word of the footer, in each frame: without marks no row needs to be made.
        if self.screen().marked.is_empty() || !self.screen().overlays.is_empty() {
            return Vec::new();
        }
        let rows = self.rows(self.screen().focus).into_iter().map(|row| row.subject);
        rows.filter(|subject| self.screen().marked.contains(subject)).collect()
    }

    /// The nodes that the chosen row of the matrix, or its answer, takes away.
    fn questioned(&self) -> Vec<Subject> {
        let row = match self.screen().overlays.last() {
            Some(Overlay::Matrix { chosen, .. }) => *chosen,
            Some(Overlay::Answer { row, .. }) => *row,
            _ => return Vec::new(),
        };
        let rows = self.inquiries().of(Asked::Matrix).map_or(&[][..], |inquiry| inquiry.matrix.rows());
        let lost = rows.get(row).map_or(&[][..], |row| row.question.lost());
        lost.iter().cloned().map(Subject::Node).collect()
    }

    /// Whether what an action would be about is hidden by the page on top.
    pub(in crate::app) fn hides_what_is_meant(&self) -> bool {
        !self.screen().overlays.is_empty() && self.meant().is_empty()
    }

    /// How many marks an action is about; `None`: not about marks.
    pub(in crate::app) fn marks_of(&self, command: Command) -> Option<usize> {
        let marked = self.marked();
        let nodes = marked.iter().all(|subject| matches!(subject, Subject::Node(_)));
        let several = match command {
            Command::Standby | Command::Maintenance | Command::Cleanup => true,
            Command::Failover => nodes,
            _ => false,
        };
        (several && !marked.is_empty()).then_some(marked.len())
    }

    /// The root that a row of the resources belongs to, and the row's own id.
    pub(super) fn resource_of(&self, subject: &Subject) -> Option<(&Item, ResourceId)> {
        let Subject::Resource(path) = subject else { return None };
        let status = self.cluster().picture().status.as_deref()?;
        let (place, _) = path.find(&status.resources)?;
        let root = place.first().and_then(|at| status.resources.get(*at))?;
        Some((root, path.id.clone()))
    }

    /// What an action would be about and is not there any more, while the page that shows it is still open.
    pub(in crate::app) fn is_over(&self) -> Option<String> {
        let picture = self.cluster().picture();
        let status = picture.status.as_deref()?;
        match self.screen().overlays.last() {
            Some(Overlay::Details { subject: Subject::Resource(path), .. }) => {
                path.find(&status.resources).is_none().then(|| path.id.to_string())
            }
            Some(Overlay::Details { subject: Subject::Node(name), .. }) => {
                picture.node(name).is_none().then(|| name.to_string())
            }
            Some(Overlay::Details { subject: Subject::Finding(key), .. }) => {
                let stands = self.cluster().findings().iter().any(|finding| finding.key == *key);
                (!stands).then(|| format!("{} of {}", key.rule, key.subject))
            }
            _ => None,
        }
    }
}
