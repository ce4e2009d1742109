//! How long a service was away, by phase, from what was observed: for actions and for what happens by itself.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use super::situation::{Situation, fenced_at};
use crate::model::{FenceStatus, Item, NodeName, NodeState, ResourceId, Role, Text};
use crate::wire::Stamp;

/// Something that was seen while a service was away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// The command was given.
    Command,
    /// A node was lost.
    Lost,
    /// A resource failed.
    Failed,
    /// A resource was demoted or stopped.
    Stopped,
    /// A node was fenced.
    Fenced,
    /// A copy was promoted.
    Promoted,
    /// A resource was started.
    Started,
    /// The first monitor after it found all well.
    Healthy,
}

impl Phase {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Lost => "lost",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
            Self::Fenced => "fenced",
            Self::Promoted => "promoted",
            Self::Started => "started",
            Self::Healthy => "healthy",
        }
    }
}

/// A moment that was noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What.
    pub phase: Phase,
    /// Of what: a node or resource.
    pub of: Text,
    /// When it was seen, by the clock of the machine hatui runs on.
    pub at: Stamp,
}

/// A service that was, or is, away: once, or several times in the same course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Away {
    /// Since when, the last time.
    pub from: Stamp,
    /// When it was back; `None`: it is away.
    pub back: Option<Stamp>,
    /// For how long it was away the times before.
    pub before: Duration,
}

impl Away {
    fn since(from: Stamp) -> Self {
        Self { from, back: None, before: Duration::ZERO }
    }

    /// For how long in all, as of `now`; what lay between its absences is no absence.
    pub fn span(&self, now: Stamp) -> Duration {
        self.before + self.back.unwrap_or(now).since(self.from)
    }

    /// It went away again; at once, and it was never back.
    fn again(&mut self, at: Stamp) {
        if self.back.is_some_and(|back| at.since(back) <= FLICKER) {
            self.back = None;
        } else if let Some(back) = self.back {
            *self = Self { before: self.before + back.since(self.from), ..Self::since(at) };
        }
    }
}

/// One interruption, from the command or the first thing that was seen, to the last that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// What it was: the action's title, or what was seen first.
    pub title: Text,
    /// Whether an action of hatui's began it.
    pub by_action: bool,
    /// When it began.
    pub began: Stamp,
    /// What was seen, in order; of a long course the beginning.
    pub marks: Vec<Mark>,
    /// How many moments more were seen, and not noted.
    pub more: usize,
    /// When something was seen last.
    pub last: Stamp,
    /// The services that were away.
    pub away: BTreeMap<ResourceId, Away>,
    /// When all was back and healthy; `None`: it goes on.
    pub ended: Option<Stamp>,
}

impl Course {
    fn new(title: Text, by_action: bool, began: Stamp) -> Self {
        let (marks, away) = (Vec::new(), BTreeMap::new());
        Self { title, by_action, began, marks, more: 0, last: began, away, ended: None }
    }

    /// The longest that any service was away.
    pub fn longest(&self, now: Stamp) -> Option<(&ResourceId, Duration)> {
        self.away.iter().map(|(id, away)| (id, away.span(now))).max_by_key(|(_, span)| *span)
    }

    /// Whether anything is away.
    pub fn is_away(&self) -> bool {
        self.away.values().any(|away| away.back.is_none())
    }

    fn mark(&mut self, phase: Phase, of: &str, at: Stamp) {
        self.last = at;
        // The first healthy monitor is noted once, whatever was seen before it.
        if self.marks.len() < MARKS || phase == Phase::Healthy {
            self.marks.push(Mark { phase, of: Text::new(of), at });
        } else {
            self.more += 1;
        }
    }

    fn has(&self, phase: Phase) -> bool {
        self.marks.iter().any(|mark| mark.phase == phase)
    }

    /// When the last service came back.
    fn last_back(&self) -> Option<Stamp> {
        self.away.values().filter_map(|away| away.back).max()
    }

    /// What was stopped on purpose, or is not there any more, is not away.
    fn drop_unwanted(&mut self, seen: &Seen) {
        self.away.retain(|id, away| away.back.is_some() || seen.wanted.contains(id));
    }

    /// Marks the first monitor that found all well after everything came back; returns whether it just did.
    fn note_health(&mut self, seen: &Seen, at: Stamp) -> bool {
        let monitored = |resource: &ResourceId| {
            let mut on = seen.serving.get(resource).into_iter().flatten();
            on.any(|node| seen.monitored.contains(&(resource.clone(), node.clone())))
        };
        let back = !self.away.is_empty() && !self.is_away();
        let first = back && !self.has(Phase::Healthy) && self.away.keys().all(monitored);
        if first {
            let of = self.away.keys().next_back().map_or("all", ResourceId::as_str).to_owned();
            self.mark(Phase::Healthy, &of, at);
        }
        first
    }

    /// The first moment of a phase, counted from the beginning.
    pub fn phase(&self, phase: Phase) -> Option<Duration> {
        self.marks.iter().find(|mark| mark.phase == phase).map(|mark| mark.at.since(self.began))
    }
}

/// How many interruptions are kept.
const KEPT: usize = 50;

/// How many moments of an interruption are noted.
const MARKS: usize = 200;

/// How long nothing may have been seen before a course in which something stays away is over: longer than any step of an
/// action is waited for. What happens later is another interruption.
const LONG: Duration = Duration::from_mins(31);

/// How soon after the end of a course a service that goes again was never back: nodes tell one after the other, and what
/// one tells may be older than what another has told.
const FLICKER: Duration = Duration::from_secs(1);

/// How long a course waits for the first healthy monitor after the last service came back.
const PATIENCE: Duration = Duration::from_mins(2);

/// What a look saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Seen {
    /// The services that are there, and where: promoted copies of a promotable, else what is started.
    serving: BTreeMap<ResourceId, BTreeSet<NodeName>>,
    /// The services that are told to be.
    wanted: BTreeSet<ResourceId>,
    lost: BTreeSet<NodeName>,
    fenced: BTreeMap<NodeName, Text>,
    failed: BTreeSet<(ResourceId, NodeName, Option<Text>)>,
    monitored: BTreeSet<(ResourceId, NodeName)>,
    promotable: BTreeSet<ResourceId>,
}

/// Watches services go and come.
#[derive(Debug, Clone, Default)]
pub struct Stopwatch {
    before: Option<Seen>,
    /// As of when that is.
    seen_at: Stamp,
    running: Option<Course>,
    over: Vec<Course>,
    /// Those that ended, or of which more was seen since, and that nobody took yet.
    news: Vec<Course>,
}

impl Stopwatch {
    /// The interruption that goes on.
    pub fn running(&self) -> Option<&Course> {
        self.running.as_ref()
    }

    /// Those that are over, oldest first.
    pub fn over(&self) -> &[Course] {
        &self.over
    }

    /// The one that goes on, else the last.
    pub fn latest(&self) -> Option<&Course> {
        self.running.as_ref().or_else(|| self.over.last())
    }

    /// The one of an action that began then.
    pub fn of_action(&self, began: Stamp) -> Option<&Course> {
        let mut all = self.running.iter().chain(self.over.iter().rev());
        all.find(|course| course.by_action && course.began >= began)
    }

    /// An action begins: what is seen from now on belongs to it.
    pub fn begin(&mut self, title: &str, at: Stamp) {
        if let Some(course) = self.running.take() {
            self.end(course, at);
        }
        let mut course = Course::new(Text::new(title), true, at);
        course.mark(Phase::Command, title, at);
        self.running = Some(course);
    }

    /// The action is over: a course in which nothing is away ends; the first healthy monitor may still be added to it.
    pub fn settle(&mut self, at: Stamp) {
        if let (Some(course), Some(seen)) = (&mut self.running, &self.before) {
            course.drop_unwanted(seen);
        }
        if self.running.as_ref().is_some_and(|course| !course.is_away())
            && let Some(course) = self.running.take()
        {
            self.end(course, at);
        }
    }

    /// The action was not begun after all: it is no time. What went away meanwhile went by itself.
    pub fn abandon(&mut self) {
        let Some(mut course) = self.running.take_if(|course| course.by_action) else { return };
        course.marks.retain(|mark| mark.phase != Phase::Command);
        if let (Some(first), false) = (course.marks.first(), course.away.is_empty()) {
            course.began = first.at;
            course.title = Text::from(format!("{} {}", first.of, first.phase.word()));
            course.by_action = false;
            self.running = Some(course);
        }
    }

    /// Those that ended since this was last asked; once more with its first healthy monitor, where that came later.
    pub fn take_news(&mut self) -> Vec<Course> {
        core::mem::take(&mut self.news)
    }

    fn end(&mut self, mut course: Course, at: Stamp) {
        course.ended.get_or_insert(at);
        self.news.push(course.clone());
        if self.over.len() >= KEPT {
            self.over.remove(0);
        }
        self.over.push(course);
    }

    /// Looks at the cluster.
    pub fn observe(&mut self, situation: Situation<'_>) {
        // What is old says nothing of now; what was seen before it stays the standard.
        if !situation.is_fresh() {
            return;
        }
        let Some(seen) = look(situation) else { return };
        // What is told now was so when the look began; how long that took, and the way here, is no part of any time.
        let (now, at) = (situation.now, situation.told_at().max(self.seen_at));
        self.seen_at = at;
        let Some(before) = self.before.replace(seen.clone()) else { return };
        self.note(&before, &seen, at);
        if let Some(last) = self.over.last_mut().filter(|_| self.running.is_none())
            && last.ended.is_some_and(|ended| now.since(ended) < PATIENCE)
            && last.note_health(&seen, at)
        {
            self.news.push(last.clone());
        }
        let Some(course) = &mut self.running else { return };
        let quiet = now.since(course.last) >= PATIENCE;
        let given_up = course.is_away() && now.since(course.last) >= LONG;
        if quiet && !course.by_action {
            course.drop_unwanted(&seen);
        }
        let healthy = course.has(Phase::Healthy);
        let back = course.last_back();
        let waited = back.is_some_and(|back| now.since(back) >= PATIENCE);
        let over = !course.is_away() && !course.away.is_empty() && (healthy || waited);
        let nothing = quiet && !course.by_action && course.away.is_empty();
        // A node was lost, and no service with it: that is no interruption.
        if nothing {
            self.running = None;
        } else if given_up && let Some(course) = self.running.take() {
            self.end(course, now);
        } else if over && let Some(course) = self.running.take() {
            self.end(course, if healthy { at } else { back.unwrap_or(at) });
        }
    }

    /// A course that seemed to be over goes on.
    fn reopen(&mut self, gone: &[&ResourceId], at: Stamp) {
        let flickers = |course: &mut Course| {
            let just = course.ended.is_some_and(|ended| at.since(ended) <= FLICKER);
            just && gone.iter().any(|id| course.away.contains_key(*id))
        };
        if self.running.is_none()
            && let Some(mut course) = self.over.pop_if(flickers)
        {
            course.ended = None;
            course.marks.retain(|mark| mark.phase != Phase::Healthy);
            self.running = Some(course);
        }
    }

    fn note(&mut self, before: &Seen, seen: &Seen, at: Stamp) {
        let mut marks: Vec<(Phase, Text)> = Vec::new();
        let name = |node: &NodeName| Text::new(node.as_str());
        let id = |resource: &ResourceId| Text::new(resource.as_str());
        let failed: BTreeSet<&ResourceId> = seen.failed.difference(&before.failed).map(|(id, ..)| id).collect();
        marks.extend(failed.into_iter().map(|resource| (Phase::Failed, id(resource))));
        marks.extend(seen.lost.difference(&before.lost).map(|node| (Phase::Lost, name(node))));
        let mut gone: Vec<&ResourceId> = Vec::new();
        for (resource, on) in &before.serving {
            let now = seen.serving.get(resource);
            if !on.is_empty() && now.is_some_and(BTreeSet::is_empty) {
                gone.push(resource);
            }
            if on.iter().any(|node| now.is_none_or(|now| !now.contains(node)) && !seen.lost.contains(node)) {
                marks.push((Phase::Stopped, id(resource)));
            }
        }
        for (node, done) in &seen.fenced {
            if before.fenced.get(node) != Some(done) {
                marks.push((Phase::Fenced, name(node)));
            }
        }
        let mut back: Vec<&ResourceId> = Vec::new();
        for (resource, on) in &seen.serving {
            let was = before.serving.get(resource);
            if on.iter().any(|node| was.is_none_or(|was| !was.contains(node))) {
                let phase = if seen.promotable.contains(resource) { Phase::Promoted } else { Phase::Started };
                marks.push((phase, id(resource)));
                back.push(resource);
            }
        }
        let begins = !gone.is_empty() || marks.iter().any(|(phase, _)| matches!(phase, Phase::Lost));
        self.reopen(&gone, at);
        if self.running.is_none() && begins {
            let title = marks.first().map_or_else(
                || Text::new("a service went away"),
                |(phase, of)| Text::from(format!("{of} {}", phase.word())),
            );
            self.running = Some(Course::new(title, false, at));
        }
        let Some(course) = &mut self.running else { return };
        for (phase, of) in marks {
            course.mark(phase, &of, at);
        }
        for resource in gone {
            course.away.entry(resource.clone()).or_insert_with(|| Away::since(at)).again(at);
        }
        // A move between two looks: it was away for less than can be told.
        for resource in back {
            if let Some(away) = course.away.get_mut(resource) {
                away.back.get_or_insert(at);
            }
        }
        course.note_health(seen, at);
    }
}

fn look(situation: Situation<'_>) -> Option<Seen> {
    let status = situation.status()?;
    let mut seen = Seen::default();
    for member in &status.members {
        let state = member.state();
        if state.is_unclean()
            || matches!(state, NodeState::Offline | NodeState::OfflineStandby | NodeState::OfflineMaintenance)
        {
            seen.lost.insert(member.name.clone());
        }
    }
    for item in &status.resources {
        let promotable = matches!(item, Item::Clone(set) if set.promotable);
        let stopped = item.is_told_to_stop();
        // A clone without roles serves everywhere; one copy less is no interruption.
        if matches!(item, Item::Clone(set) if !set.promotable) {
            continue;
        }
        item.each_primitive(&mut |primitive| {
            if primitive.is_fence_device() {
                return;
            }
            // What failed does not serve, though its role says so until it is recovered.
            let role = if promotable { Role::Promoted } else { Role::Started };
            let serves = primitive.role == role && !primitive.has_failed();
            let on = primitive.on.iter().filter(|node| serves && !seen.lost.contains(*node)).cloned();
            seen.serving.entry(primitive.id.clone()).or_default().extend(on);
            if promotable {
                seen.promotable.insert(primitive.id.clone());
            }
            if !stopped && primitive.target != Some(Role::Stopped) {
                seen.wanted.insert(primitive.id.clone());
            }
        });
    }
    for event in status.fencing.iter().flatten() {
        // Newest first.
        if event.status == FenceStatus::Success {
            seen.fenced.entry(event.target.clone()).or_insert_with(|| fenced_at(event));
        }
    }
    let failures = status.failures.iter();
    seen.failed =
        failures.map(|failure| (failure.resource.clone(), failure.node.clone(), failure.last_change.clone())).collect();
    seen.monitored.clone_from(&status.monitored);
    Some(seen)
}
