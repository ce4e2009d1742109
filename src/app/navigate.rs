//! Moving: focus, selection, branches, scrolling.

use super::subject::{self, Branch, Pane, ResourcePath, Row, Subject};
use super::{App, Command, Overlay};

/// How far a page goes, in rows.
const PAGE: usize = 10;

impl App {
    /// The rows of a pane that are shown: those that the filter lets through, with the branches above them.
    pub fn rows(&self, pane: Pane) -> Vec<Row> {
        let closed = |path: &ResourcePath| self.screen.closed.contains(path) && self.screen.filter.is_empty();
        let rows = subject::rows(self.cluster(), pane, &closed);
        if self.screen.filter.is_empty() {
            return rows;
        }
        let wanted = self.screen.filter.to_lowercase();
        let hits: Vec<bool> =
            rows.iter().map(|row| self.words(&row.subject).to_lowercase().contains(&wanted)).collect();
        let mut keep = hits.clone();
        for at in 0..rows.len() {
            // What contains a match stays, so that it is seen where the match belongs.
            if hits.get(at) == Some(&true) {
                let mut depth = rows.get(at).map_or(0, |row| row.depth);
                for above in (0..at).rev() {
                    let Some(row) = rows.get(above) else { continue };
                    if row.depth < depth {
                        depth = row.depth;
                        if let Some(kept) = keep.get_mut(above) {
                            *kept = true;
                        }
                    }
                }
            }
        }
        rows.into_iter().zip(keep).filter_map(|(row, keep)| keep.then_some(row)).collect()
    }

    /// The place of the selected row among the rows of a pane; `None`: the pane is empty.
    pub fn selected_row(&self, pane: Pane, rows: &[Row]) -> Option<usize> {
        if rows.is_empty() {
            return None;
        }
        let wanted = self.screen.selected.get(&pane);
        Some(wanted.and_then(|wanted| place(rows, wanted)).unwrap_or(0))
    }

    /// What is selected in the pane that has the focus.
    pub fn selected(&self) -> Option<Subject> {
        // Asked for each word of the footer, in each frame: where nothing hides a resource, it has its row, which need not
        // be looked for among all.
        if let Some(Subject::Resource(path)) = self.screen.selected.get(&self.screen.focus)
            && self.screen.focus == Pane::Resources
            && self.screen.filter.is_empty()
            && self.screen.closed.is_empty()
            && let Some(status) = self.cluster().picture().status.as_deref()
            && Branch::at(&status.resources, &path.place).is_some_and(|branch| *branch.id() == path.id)
        {
            return Some(Subject::Resource(path.clone()));
        }
        let rows = self.rows(self.screen.focus);
        let at = self.selected_row(self.screen.focus, &rows)?;
        rows.get(at).map(|row| row.subject.clone())
    }

    /// Notes whether the row under the cursor is another than before, though nobody moved it. A resource is the same wherever it
    /// stands in the tree.
    pub(super) fn note_slide(&mut self, before: Option<Subject>) {
        let Some(before) = before else { return };
        let same = match (&before, self.selected()) {
            (Subject::Resource(before), Some(Subject::Resource(now))) => before.id == now.id,
            (before, now) => now.as_ref() == Some(before),
        };
        if !same {
            self.screen.slid = Some(self.now);
        }
    }

    pub(super) fn focus(&mut self, pane: Pane) {
        self.screen.focus = pane;
    }

    pub(super) fn focus_next(&mut self, step: isize) {
        let at = Pane::ALL.iter().position(|pane| *pane == self.screen.focus).unwrap_or(0);
        let next = at.cast_signed().saturating_add(step).rem_euclid(Pane::ALL.len().cast_signed());
        if let Some(pane) = Pane::ALL.get(next.cast_unsigned()) {
            self.screen.focus = *pane;
        }
    }

    /// Moves the selection, or scrolls what lies on top.
    pub(super) fn step(&mut self, command: Command) {
        let delta: isize = match command {
            Command::Up => -1,
            Command::Down => 1,
            Command::PageUp => -PAGE.cast_signed(),
            Command::PageDown => PAGE.cast_signed(),
            Command::First => isize::MIN / 2,
            _ => isize::MAX / 2,
        };
        if !self.scroll_overlay(delta) {
            self.move_selection(self.screen.focus, delta);
        }
    }

    /// Scrolls what lies on top; `false`: nothing there scrolls.
    pub(super) fn scroll_overlay(&mut self, delta: isize) -> bool {
        let last = self.furthest_scroll();
        let Some(scroll) = self.screen.overlays.last_mut().and_then(Overlay::scroll_mut) else { return false };
        *scroll = scroll.saturating_add_signed(delta).min(last);
        true
    }

    pub(super) fn move_selection(&mut self, pane: Pane, delta: isize) {
        let rows = self.rows(pane);
        let Some(at) = self.selected_row(pane, &rows) else { return };
        let to = at.saturating_add_signed(delta).min(rows.len() - 1);
        self.select(pane, rows.get(to).map(|row| row.subject.clone()));
    }

    pub(super) fn select(&mut self, pane: Pane, subject: Option<Subject>) {
        if let Some(subject) = subject {
            self.screen.selected.insert(pane, subject);
        }
    }

    /// Goes to the next row that the filter's word stands in, round and round.
    pub(super) fn match_step(&mut self, forward: bool) {
        if self.screen.filter.is_empty() {
            self.screen.notice = Some("no filter: / sets one".to_owned());
            return;
        }
        let pane = self.screen.focus;
        let rows = self.rows(pane);
        let Some(at) = self.selected_row(pane, &rows) else { return };
        let wanted = self.screen.filter.to_lowercase();
        let count = rows.len();
        let hit = (1..=count)
            .map(|step| if forward { (at + step) % count } else { (at + count - step % count) % count })
            .find(|&at| rows.get(at).is_some_and(|row| self.words(&row.subject).to_lowercase().contains(&wanted)));
        self.select(pane, hit.and_then(|at| rows.get(at)).map(|row| row.subject.clone()));
    }

    /// Closes the selected branch, or goes to the branch that holds what is selected.
    pub(super) fn fold(&mut self, open: bool) {
        let pane = self.screen.focus;
        let rows = self.rows(pane);
        let Some(at) = self.selected_row(pane, &rows) else { return };
        let Some(row) = rows.get(at) else { return };
        match (&row.subject, row.open, open) {
            (Subject::Resource(path), Some(_), true) => {
                self.screen.closed.remove(path);
            }
            (Subject::Resource(path), Some(true), false) => {
                self.screen.closed.insert(path.clone());
            }
            (_, _, false) => {
                let parent = rows.iter().take(at).rev().find(|above| above.depth < row.depth);
                self.select(pane, parent.map(|row| row.subject.clone()));
            }
            _ => {}
        }
    }
}

/// The place of a subject; of a resource that moved in the tree, the place of its id.
fn place(rows: &[Row], wanted: &Subject) -> Option<usize> {
    rows.iter().position(|row| row.subject == *wanted).or_else(|| {
        let Subject::Resource(wanted) = wanted else { return None };
        rows.iter().position(|row| matches!(&row.subject, Subject::Resource(path) if path.id == wanted.id))
    })
}
