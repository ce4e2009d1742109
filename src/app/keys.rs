//! Keys → commands → changes of the screen, or effects.

use super::screen::has_stood;
use super::{App, Command, Effect, Group, Key, LineEdit, Overlay, Pane, Source, Subject, completions};
use crate::wire::{NodeKey, Stamp};

impl App {
    /// Takes a key.
    pub(super) fn press(&mut self, key: Key) -> Vec<Effect> {
        self.screen.notice = None;
        if key == Key::Ctrl('c') {
            return self.leave();
        }
        if key != Key::Char('q') {
            self.stay();
        }
        match self.screen.overlays.last_mut() {
            Some(Overlay::Palette { .. }) => return self.press_palette(key),
            Some(Overlay::FilterInput { .. }) => {
                self.press_filter(key);
                return Vec::new();
            }
            Some(Overlay::Faults) => return self.press_faults(key),
            Some(Overlay::Action { .. }) => return self.press_action(key),
            Some(Overlay::Choose { .. }) => return self.press_choose(key),
            Some(Overlay::Failure { .. }) => {
                self.press_failure(key);
                return Vec::new();
            }
            Some(Overlay::Matrix { .. }) => {
                if let Some(effects) = self.press_matrix(key) {
                    return effects;
                }
            }
            Some(Overlay::Reboots { .. }) => {
                if let Some(effects) = self.press_reboots(key) {
                    return effects;
                }
            }
            Some(Overlay::Rolling { .. }) => {
                if let Some(effects) = self.press_rolling(key) {
                    return effects;
                }
            }
            Some(Overlay::Raw { .. })
                if matches!(key, Key::Left | Key::Right | Key::Char('h' | 'l') | Key::Tab | Key::BackTab) =>
            {
                self.next_raw(key);
                return Vec::new();
            }
            Some(Overlay::Truth { only_different, scroll }) if key == Key::Char('d') => {
                *only_different = !*only_different;
                *scroll = 0;
                return Vec::new();
            }
            _ => {}
        }
        match Command::of_key(key) {
            // What cannot be seen is not changed.
            Some(command) if self.is_covered() && acts_on_rows(command) => Vec::new(),
            Some(command) => self.run(command),
            None => Vec::new(),
        }
    }

    /// Whether a page of words covers the panes.
    fn is_covered(&self) -> bool {
        !self.screen.overlays.is_empty()
    }

    /// Does what a command says.
    pub(super) fn run(&mut self, command: Command) -> Vec<Effect> {
        if self.is_read_only() && command.entry().is_some_and(|entry| entry.group == Group::Act) {
            self.screen.notice = Some("read-only: nothing can be changed".to_owned());
            return Vec::new();
        }
        match command {
            Command::FocusNodes => self.go(Pane::Nodes),
            Command::FocusResources => self.go(Pane::Resources),
            Command::FocusReplication => self.go(Pane::Replication),
            Command::FocusQuorum => self.go(Pane::Quorum),
            Command::FocusEvents => self.go(Pane::Events),
            Command::FocusFindings => self.go(Pane::Findings),
            Command::NextPane | Command::PreviousPane => {
                self.screen.overlays.clear();
                self.focus_next(if command == Command::NextPane { 1 } else { -1 });
            }
            Command::Up | Command::Down | Command::PageUp | Command::PageDown | Command::First | Command::Last => {
                self.step(command);
            }
            Command::Left => self.fold(false),
            Command::Right => self.fold(true),
            Command::Open => {
                self.open();
                return self.ask_if_cleared();
            }
            Command::Back => self.back(),
            Command::Zoom => self.screen.zoomed = !self.screen.zoomed,
            Command::Filter => {
                let line = LineEdit::new(&self.screen.filter);
                if !self.screen.overlays.last().is_some_and(Overlay::is_filtered) {
                    self.screen.overlays.clear();
                }
                self.lay(Overlay::FilterInput { line });
            }
            Command::NextMatch => self.match_step(true),
            Command::PreviousMatch => self.match_step(false),
            Command::Palette => self.lay(Overlay::Palette { line: LineEdit::default(), chosen: 0 }),
            Command::Help => self.lay(Overlay::Help { scroll: 0 }),
            Command::Mark => self.mark(),
            Command::Freeze => self.freeze(),
            Command::Raw => self.open_raw(),
            Command::CommandLog => self.lay(Overlay::CommandLog { scroll: 0 }),
            Command::Truth => self.lay(Overlay::Truth { scroll: 0, only_different: false }),
            Command::Events => self.lay(Overlay::Events { scroll: 0 }),
            Command::Faults => {
                if matches!(self.source, Source::Simulated(_)) {
                    self.lay(Overlay::Faults);
                } else {
                    self.screen.notice = Some("nothing is broken on purpose outside the demo".to_owned());
                }
            }
            Command::Failover
            | Command::Promote
            | Command::Fence
            | Command::Standby
            | Command::Maintenance
            | Command::Cleanup
            | Command::StartStop
            | Command::Unmove
            | Command::Drbd => return self.act(command),
            Command::Action => {
                if self.acts().current().is_some() {
                    self.lay(Overlay::Action { scroll: 0 });
                } else {
                    self.screen.notice = Some("no action is on its way".to_owned());
                }
            }
            Command::Times => self.lay(Overlay::Times { scroll: 0 }),
            Command::Matrix => return self.open_matrix(),
            Command::Reboots => return self.open_reboots(),
            Command::Rolling => return self.open_rolling(),
            Command::TakeBack => return self.take_back(),
            Command::Redraw => return vec![Effect::Redraw],
            Command::Suspend => return vec![Effect::Suspend],
            Command::Quit => {
                if self.screen.overlays.pop().is_none() {
                    return self.leave();
                }
            }
        }
        Vec::new()
    }

    /// An action key: what it can mean is done, or offered.
    fn act(&mut self, command: Command) -> Vec<Effect> {
        if self.situation().cluster.picture().status.is_none() {
            self.screen.notice = Some("nothing is known of the cluster yet".to_owned());
            return Vec::new();
        }
        if self.hides_what_is_meant() {
            self.screen.notice = Some("what it would act on is out of sight: close this first (Esc)".to_owned());
            return Vec::new();
        }
        if self.frozen.take().is_some() {
            self.screen.notice = Some("the picture stood still: this is how it is now; press it again".to_owned());
            return Vec::new();
        }
        if let Some(what) = self.is_over() {
            self.screen.notice = Some(format!("{what} is not there any more: nothing to be done"));
            return Vec::new();
        }
        if self.screen.overlays.is_empty() && self.has_slid() {
            return Vec::new();
        }
        let offers = self.offers(command);
        match offers.as_slice() {
            [] => {
                let what = command.entry().map_or("that", |entry| entry.doc);
                self.screen.notice = Some(format!("nothing to be done here: {what}"));
                Vec::new()
            }
            // What is about all of the cluster is chosen, though nothing else is offered.
            [only] if !only.intent.is_about_the_whole_cluster() => {
                let intent = only.intent.clone();
                self.intend(&intent)
            }
            _ => {
                let mut title = command.entry().map_or("", |entry| entry.footer).to_owned();
                if let Some(marks) = self.marks_of(command) {
                    title = format!("{title}, {marks} marked");
                }
                self.lay(Overlay::Choose { title, offers, chosen: 0 });
                Vec::new()
            }
        }
    }

    fn press_choose(&mut self, key: Key) -> Vec<Effect> {
        if self.has_popped_up() && !matches!(key, Key::Esc) {
            return Vec::new();
        }
        let Some(Overlay::Choose { offers, chosen, .. }) = self.screen.overlays.last_mut() else { return Vec::new() };
        let last = offers.len().saturating_sub(1);
        let mut picked = None;
        match key {
            Key::Up | Key::Char('k') => *chosen = chosen.saturating_sub(1),
            Key::Down | Key::Char('j') | Key::Tab => *chosen = if *chosen >= last { 0 } else { *chosen + 1 },
            Key::Char(digit) if digit.is_ascii_digit() => {
                let at = digit.to_digit(10).and_then(|digit| usize::try_from(digit).ok()).unwrap_or(0);
                picked = at.checked_sub(1).filter(|at| *at <= last);
            }
            Key::Enter => picked = Some(*chosen),
            _ => {}
        }
        if matches!(key, Key::Esc | Key::Char('q')) {
            self.screen.overlays.pop();
            return Vec::new();
        }
        let Some(intent) = picked.and_then(|at| offers.get(at)).map(|offer| offer.intent.clone()) else {
            return Vec::new();
        };
        self.screen.overlays.pop();
        self.intend(&intent)
    }

    /// Focuses a pane, away from whatever lies over it.
    fn go(&mut self, pane: Pane) {
        self.screen.overlays.clear();
        self.focus(pane);
    }

    /// Lays something on top; the same kind of thing is not laid over itself.
    pub(super) fn lay(&mut self, overlay: Overlay) {
        let kind = core::mem::discriminant(&overlay);
        self.screen.overlays.retain(|laid| core::mem::discriminant(laid) != kind);
        self.screen.overlays.push(overlay);
        self.screen.popped = None;
    }

    /// Lays something on top that nobody asked for just now.
    pub(super) fn pop_up(&mut self, overlay: Overlay) {
        // Of the same kind too: each failure is read.
        self.screen.overlays.push(overlay);
        self.screen.popped = Some(self.now);
    }

    /// Whether what lies on top came up by itself just now: a key may have been meant for what was there before.
    fn has_popped_up(&mut self) -> bool {
        self.is_too_soon(self.screen.popped, "this has just come up")
    }

    /// The same of the row under the cursor.
    fn has_slid(&mut self) -> bool {
        self.is_too_soon(self.screen.slid, "the row under the cursor has just changed")
    }

    /// Whether what happened by itself then can have been seen by now; else that is told.
    fn is_too_soon(&mut self, since: Option<Stamp>, what: &str) -> bool {
        let soon = !has_stood(since, self.now);
        if soon {
            self.screen.notice = Some(format!("{what}: look at it first"));
        }
        soon
    }

    /// A part of hatui failed: that is read before anything else is done.
    fn press_failure(&mut self, key: Key) {
        if matches!(key, Key::Enter | Key::Esc | Key::Char('q')) && !self.has_popped_up() {
            self.screen.overlays.pop();
        }
    }

    fn open(&mut self) {
        if self.screen.overlays.is_empty()
            && let Some(subject) = self.selected()
        {
            self.lay(Overlay::Details { subject, scroll: 0 });
        }
    }

    fn back(&mut self) {
        if self.screen.overlays.pop().is_some() {
        } else if !self.screen.filter.is_empty() {
            self.screen.filter.clear();
        } else if !self.screen.marked.is_empty() {
            self.screen.marked.clear();
        } else {
            self.screen.zoomed = false;
        }
    }

    fn mark(&mut self) {
        if self.has_slid() {
            return;
        }
        let Some(subject) = self.selected() else { return };
        if !self.screen.marked.remove(&subject) {
            self.screen.marked.insert(subject);
            self.step(Command::Down);
        }
    }

    fn freeze(&mut self) {
        self.frozen = match self.frozen.take() {
            Some(_) => None,
            None => Some((Box::new(self.cluster.clone()), self.now)),
        };
    }

    /// The node whose output the raw view shows first: the selected one, or the witness.
    fn open_raw(&mut self) {
        let selected = match self.selected() {
            Some(Subject::Node(name)) => {
                self.cluster().picture().nodes.iter().find(|row| row.name == name).and_then(|row| row.key.clone())
            }
            _ => None,
        };
        let witness = || self.cluster().picture().witness.as_ref().map(|(key, _)| key.clone());
        let has_any = |key: &NodeKey| self.raw_of(key).next().is_some();
        let node = selected
            .filter(has_any)
            .or_else(|| witness().filter(has_any))
            .or_else(|| self.raw_nodes().first().map(|key| (*key).clone()));
        match node {
            Some(node) => self.lay(Overlay::Raw { node, which: 0, scroll: 0 }),
            None => self.screen.notice = Some("no node has said anything yet".to_owned()),
        }
    }

    /// Left and right go through the outputs of a node, Tab through the nodes.
    fn next_raw(&mut self, key: Key) {
        let nodes: Vec<NodeKey> = self.raw_nodes().into_iter().cloned().collect();
        let Some(Overlay::Raw { node, which, .. }) = self.screen.overlays.last() else { return };
        let (mut node, mut which) = (node.clone(), *which);
        let outputs = self.raw_of(&node).count().max(1);
        match key {
            Key::Left | Key::Char('h') => which = (which + outputs - 1) % outputs,
            Key::Right | Key::Char('l') => which = (which + 1) % outputs,
            _ => {
                let at = nodes.iter().position(|known| *known == node).unwrap_or(0);
                let step = if key == Key::BackTab { nodes.len().saturating_sub(1) } else { 1 };
                if let Some(next) = nodes.get((at + step) % nodes.len().max(1)) {
                    node = next.clone();
                }
            }
        }
        if let Some(laid) = self.screen.overlays.last_mut() {
            *laid = Overlay::Raw { node, which, scroll: 0 };
        }
    }

    fn press_filter(&mut self, key: Key) {
        let Some(Overlay::FilterInput { line }) = self.screen.overlays.last_mut() else { return };
        match key {
            Key::Enter => {
                self.screen.overlays.pop();
            }
            Key::Esc => {
                self.screen.overlays.pop();
                self.screen.filter.clear();
            }
            key => {
                line.press(key);
                // What is typed takes effect at once.
                self.screen.filter = line.text().to_owned();
            }
        }
    }

    fn press_faults(&mut self, key: Key) -> Vec<Effect> {
        if let Key::Char(letter) = key {
            if self.faults.iter().any(|offer| offer.key == letter) {
                self.screen.overlays.pop();
                return vec![Effect::Inject(letter)];
            }
            if letter != 'q' {
                self.screen.notice = Some(format!("`{letter}` breaks nothing here"));
            }
        }
        if matches!(key, Key::Esc | Key::Char('q' | '!')) {
            self.screen.overlays.pop();
        }
        Vec::new()
    }

    fn press_palette(&mut self, key: Key) -> Vec<Effect> {
        let offered = completions(self);
        let Some(Overlay::Palette { line, chosen }) = self.screen.overlays.last_mut() else { return Vec::new() };
        match key {
            Key::Esc => {
                self.screen.overlays.pop();
            }
            Key::Up => *chosen = chosen.saturating_sub(1),
            Key::Down => *chosen = (*chosen + 1).min(offered.len().saturating_sub(1)),
            Key::Tab => {
                if let Some(completion) = offered.get(*chosen) {
                    *line = LineEdit::new(&completion.words);
                    *chosen = 0;
                }
            }
            Key::Enter => {
                let typed = line.text().trim().to_owned();
                let picked = offered.get(*chosen).map(|completion| completion.words.trim().to_owned());
                // A verb that wants to be told more is completed, not done.
                if let Some(verb) = picked.as_ref().filter(|words| **words != typed && self.wants_more(&typed, words)) {
                    let line = LineEdit::new(&format!("{verb} "));
                    self.lay(Overlay::Palette { line, chosen: 0 });
                    return Vec::new();
                }
                self.screen.overlays.pop();
                return self.run_words(&typed, picked.as_deref());
            }
            key => {
                line.press(key);
                *chosen = 0;
            }
        }
        Vec::new()
    }
}

/// Whether a command changes what is selected, marked or open in the panes, or how much of them is seen.
fn acts_on_rows(command: Command) -> bool {
    matches!(
        command,
        Command::Left | Command::Right | Command::Mark | Command::Zoom | Command::NextMatch | Command::PreviousMatch
    )
}
