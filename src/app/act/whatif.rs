//! Questions to the cluster that change nothing: asked one at a time, wherever the answers are shown.

use super::Purpose;
use super::flow::told;
use crate::action::preview::Item;
use crate::action::whatif::{self, Matrix, Question};
use crate::app::{App, Effect, Job, Key, Overlay, page};
use crate::model::{NodeName, Text};
use crate::observe::PREVIEW_LIMIT;
use crate::wire::{Exit, RunId, Stamp};

/// How long a node that can be asked is waited for.
const PATIENCE: core::time::Duration = core::time::Duration::from_secs(5);

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asked {
    /// Whether the node whose turn it is in a rolling maintenance can go.
    Check,
    /// Whether each node is safe to reboot.
    Reboots,
    /// Every node and pair of nodes lost, every resource failing; for scripts, whatever they ask.
    Matrix,
}

impl Asked {
    /// In the order in which they have their turn.
    const ALL: [Self; 3] = [Self::Check, Self::Reboots, Self::Matrix];
}

/// Questions, and when they were asked.
#[derive(Debug, Clone)]
pub struct Inquiry {
    /// The questions, with their answers.
    pub matrix: Matrix,
    /// When it began.
    pub since: Stamp,
    /// The node that was asked last; `None`: none could be.
    pub node: Option<NodeName>,
}

/// All that is asked.
#[derive(Debug, Default)]
pub struct Inquiries {
    all: std::collections::BTreeMap<Asked, Inquiry>,
    /// The run that is out, and for whom; nobody wants its answer any more where that is `None`.
    out: Option<(RunId, Option<Asked>)>,
}

impl Inquiries {
    /// What was asked of a kind.
    pub fn of(&self, asked: Asked) -> Option<&Inquiry> {
        self.all.get(&asked)
    }

    /// Whether nothing is out and nothing of this kind will be asked.
    pub fn is_over(&self, asked: Asked) -> bool {
        self.all.get(&asked).is_none_or(|inquiry| inquiry.matrix.is_over())
    }
}

impl App {
    /// What is asked of the cluster that changes nothing.
    pub fn inquiries(&self) -> &Inquiries {
        &self.inquiries
    }

    /// Asks these questions, one after the other.
    pub fn inquire(&mut self, asked: Asked, questions: Vec<Question>) -> Vec<Effect> {
        if let Some((_, of)) = &mut self.inquiries.out
            && *of == Some(asked)
        {
            *of = None;
        }
        let inquiry = Inquiry { matrix: Matrix::new(questions), since: self.now, node: None };
        self.inquiries.all.insert(asked, inquiry);
        let mut effects = Vec::new();
        self.ask_next(&mut effects);
        effects
    }

    /// Asks no more of a kind; what is out goes on to its end.
    pub fn stop_inquiring(&mut self, asked: Asked) {
        if let Some(inquiry) = self.inquiries.all.get_mut(&asked) {
            inquiry.matrix.cancel();
        }
    }

    fn ask_next(&mut self, effects: &mut Vec<Effect>) {
        if self.inquiries.out.is_some() {
            return;
        }
        for asked in Asked::ALL {
            let situation = crate::action::Situation { cluster: &self.cluster, now: self.now };
            let Some(inquiry) = self.inquiries.all.get_mut(&asked) else { continue };
            let live = whatif::asked(situation);
            // Whoever asks at the start, or while a connection is lost, is not told at once that nothing is known.
            if live.is_none() && inquiry.matrix.needs_a_node() && self.now.since(inquiry.since) < PATIENCE {
                continue;
            }
            let Some(items) = inquiry.matrix.next(situation) else { continue };
            let Some((key, name)) = live else {
                let why = Text::new("no node with a live Pacemaker is connected");
                inquiry.matrix.give_up(&why, situation);
                continue;
            };
            inquiry.node = Some(name);
            let words = items.iter().flat_map(Item::words).collect();
            let run = self.ask(0, Purpose::Inquiry, key, Job::Preview(words), None, PREVIEW_LIMIT, effects);
            self.inquiries.out = Some((run, Some(asked)));
            return;
        }
    }

    /// The model has news, or time has passed: what waits for a node that can be asked may go on.
    pub(super) fn look_at_inquiries(&mut self, effects: &mut Vec<Effect>) {
        let waits = |inquiry: &Inquiry| !inquiry.matrix.is_over() && inquiry.matrix.needs_a_node();
        if self.inquiries.out.is_none() && self.inquiries.all.values().any(waits) {
            self.ask_next(effects);
        }
    }

    /// A run for a question ended.
    pub(super) fn inquired(
        &mut self,
        run: RunId,
        exit: &Exit,
        (stdout, stderr): (&[u8], &[u8]),
        nonce: Option<&str>,
        effects: &mut Vec<Effect>,
    ) {
        let Some((_, asked)) = self.inquiries.out.take_if(|(out, _)| *out == run) else { return };
        let situation = crate::action::Situation { cluster: &self.cluster, now: self.now };
        if let Some(inquiry) = asked.and_then(|asked| self.inquiries.all.get_mut(&asked)) {
            inquiry.matrix.answered(told(exit, stdout, stderr, nonce), situation);
        }
        self.ask_next(effects);
        self.look_at_rolling(effects);
    }

    /// The matrix is opened: asked where it was not yet, else as it is.
    pub(in crate::app) fn open_matrix(&mut self) -> Vec<Effect> {
        self.lay(Overlay::Matrix { chosen: 0, scroll: 0 });
        // One that was begun before anything was known is worth nothing.
        let stands = |inquiry: &Inquiry| !inquiry.matrix.is_cancelled() && !inquiry.matrix.rows().is_empty();
        if self.inquiries.of(Asked::Matrix).is_some_and(stands) {
            return Vec::new();
        }
        self.ask_matrix()
    }

    /// How many lines of the matrix stay when it scrolls.
    fn matrix_head(&self) -> usize {
        let width = usize::from(self.screen.size.0.saturating_sub(4));
        page(self, &Overlay::Matrix { chosen: 0, scroll: 0 }, width).map_or(0, |page| page.fixed)
    }

    fn ask_matrix(&mut self) -> Vec<Effect> {
        let questions = whatif::everything(self.situation());
        self.inquire(Asked::Matrix, questions)
    }

    /// Which nodes are safe to reboot is asked, always anew.
    pub(in crate::app) fn open_reboots(&mut self) -> Vec<Effect> {
        self.lay(Overlay::Reboots { scroll: 0 });
        let questions = whatif::reboots(self.situation(), None).unwrap_or_default();
        self.inquire(Asked::Reboots, questions)
    }

    /// A key while the matrix is on top; `None`: it means there what it means everywhere.
    pub(in crate::app) fn press_matrix(&mut self, key: Key) -> Option<Vec<Effect>> {
        let rows = self.inquiries.of(Asked::Matrix).map_or(0, |inquiry| inquiry.matrix.rows().len());
        let (_, height) = self.screen.size;
        // Two lines of the header, two of the frame, one of the footer, and what stays on top.
        let room = usize::from(height.saturating_sub(5)).saturating_sub(self.matrix_head()).max(1);
        let Some(Overlay::Matrix { chosen, scroll }) = self.screen.overlays.last_mut() else { return None };
        let last = rows.saturating_sub(1);
        match key {
            Key::Up | Key::Char('k') => *chosen = chosen.saturating_sub(1),
            Key::Down | Key::Char('j') => *chosen = (*chosen + 1).min(last),
            Key::PageUp | Key::Ctrl('b') => *chosen = chosen.saturating_sub(room),
            Key::PageDown | Key::Ctrl('f') => *chosen = (*chosen + room).min(last),
            Key::Home | Key::Char('g') => *chosen = 0,
            Key::End | Key::Char('G') => *chosen = last,
            Key::Enter => {
                let row = *chosen;
                if rows > 0 {
                    self.lay(Overlay::Answer { row, scroll: 0 });
                }
                return Some(Vec::new());
            }
            Key::Char('x') => {
                self.stop_inquiring(Asked::Matrix);
                return Some(Vec::new());
            }
            Key::Char('r') => return Some(self.ask_matrix()),
            _ => return None,
        }
        *scroll = (*scroll).clamp((*chosen + 1).saturating_sub(room), *chosen);
        Some(Vec::new())
    }

    /// A key while the list of reboots is on top; `None`: it means there what it means everywhere.
    pub(in crate::app) fn press_reboots(&mut self, key: Key) -> Option<Vec<Effect>> {
        match key {
            Key::Char('r') => Some(self.open_reboots()),
            Key::Char('x') => {
                self.stop_inquiring(Asked::Reboots);
                Some(Vec::new())
            }
            _ => None,
        }
    }
}
