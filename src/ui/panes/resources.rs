//! The resources as a tree: what each does, where, and what is wrong with it.

use super::widest;
use crate::app::{Branch, Line, ResourcePath, Row, Subject, Tone};
use crate::model::{Item, NodeState, Primitive, Role};
use crate::ui::scene::Scene;
use crate::ui::widgets::line::{Cells, width};

/// The widths of the columns.
pub(super) struct Columns {
    name: usize,
    role: usize,
    node: usize,
    agent: usize,
}

/// The columns that the longest of the usual roles takes, with a mark of doubt.
const ROLE: usize = 11;

impl Columns {
    pub(super) fn of(rows: &[Row], scene: &Scene<'_>, room: usize) -> Self {
        let names = rows.iter().filter_map(|row| match &row.subject {
            Subject::Resource(path) => Some(usize::from(row.depth) * 2 + width(path.id.as_str())),
            _ => None,
        });
        let name = names.max().unwrap_or(0).min(room / 2);
        let nodes = scene.picture.nodes.iter().map(|row| row.name.as_str());
        let node = widest(nodes, room / 4);
        // The agent is told where there is room to spare for the words that matter more.
        let rest = room.saturating_sub(2 + name + 2 + ROLE + 2 + node + 2);
        let agent = if rest >= 52 { 26 } else { 0 };
        Self { name, role: ROLE, node, agent }
    }
}

/// How the note begins that names the other nodes of a resource that is active on several.
const ALSO: &str = "also on ";

/// The line of a resource.
pub(super) fn line(path: &ResourcePath, row: &Row, columns: &Columns, room: usize, scene: &Scene<'_>) -> Line {
    let resources = scene.picture.status.as_ref().map_or(&[][..], |status| &status.resources);
    let Some(branch) = Branch::at(resources, &path.place) else { return Line::of(Tone::Dim, path.id.as_str()) };
    let indent = usize::from(row.depth) * 2;
    let cut = scene.signs.cut;
    let name_room = columns.name.saturating_sub(indent);
    if let Some(primitive) = branch.primitive() {
        let state = State::of(primitive, scene);
        let name = if state.tone == Tone::Good { Tone::Plain } else { state.tone };
        let on: Vec<&str> = primitive.on.iter().map(crate::model::NodeName::as_str).collect();
        let mut cells = Cells::new()
            .space(indent)
            .text(state.tone, format!("{} ", state.sign))
            .cell(name_room, name, primitive.id.as_str(), cut)
            .space(2)
            .cell(columns.role, state.tone, &state.word, cut)
            .space(2)
            .cell(columns.node, Tone::Plain, on.first().copied().unwrap_or_default(), cut)
            .space(2);
        if columns.agent > 0 {
            cells = cells.cell(columns.agent, Tone::Dim, &primitive.agent, cut).space(2);
        }
        let left = room.saturating_sub(cells.columns());
        let wanted: usize = state.notes.iter().map(|(_, words)| width(words) + 2).sum();
        for (at, (tone, words)) in state.notes.into_iter().enumerate() {
            // A name that is cut says less than a number.
            let cut = wanted > left + 2 && words.starts_with(ALSO);
            let words = if cut { format!("on {} nodes", on.len()) } else { words };
            cells = cells.text(Tone::Plain, if at > 0 { ", " } else { "" }).text(tone, words);
        }
        return cells.line();
    }
    let sign = if row.open == Some(false) { scene.signs.closed } else { scene.signs.open };
    let sign = if row.open.is_none() { " " } else { sign };
    let mut cells = Cells::new()
        .space(indent)
        .text(Tone::Key, format!("{sign} "))
        .cell(name_room, Tone::Title, branch.id().as_str(), cut)
        .space(2)
        .text(Tone::Dim, kind(branch))
        .space(1);
    for (at, (tone, words)) in summary(branch, row.open != Some(true), scene).into_iter().enumerate() {
        cells = cells.text(Tone::Plain, if at > 0 { ", " } else { " " }).text(tone, words);
    }
    cells.line()
}

fn kind(branch: Branch<'_>) -> String {
    match branch {
        Branch::Member(_) | Branch::Item(Item::Primitive(_)) => String::new(),
        Branch::Item(Item::Group(_)) => "group".to_owned(),
        Branch::Item(Item::Clone(clone)) if clone.promotable => "promotable".to_owned(),
        Branch::Item(Item::Clone(_)) => "clone".to_owned(),
        Branch::Item(Item::Bundle(bundle)) => format!("bundle {}", bundle.kind),
    }
}

/// What a resource does, as it is to be shown.
struct State {
    tone: Tone,
    sign: &'static str,
    word: String,
    notes: Vec<(Tone, String)>,
}

fn yes(flag: Option<bool>) -> bool {
    flag == Some(true)
}

impl State {
    fn of(primitive: &Primitive, scene: &Scene<'_>) -> Self {
        let signs = scene.signs;
        let role = &primitive.role;
        let disabled = primitive.target == Some(Role::Stopped);
        let (mut tone, mut sign) = match role {
            Role::Stopped if disabled => (Tone::Dim, signs.rest),
            Role::Stopped => (Tone::Warn, signs.warn),
            role if role.is_moving() => (Tone::Accent, signs.moving),
            Role::Promoted => (Tone::Accent, signs.good),
            Role::Unknown | Role::Other(_) => (Tone::Warn, signs.unknown),
            _ => (Tone::Good, signs.good),
        };
        let mut word = role.word().to_owned();
        let mut notes: Vec<(Tone, String)> = Vec::new();
        if !scene.status_is_fresh() && tone != Tone::Warn {
            (tone, sign) = (Tone::Dim, signs.unknown);
            word.push('?');
        }
        if yes(primitive.orphaned) {
            (tone, sign) = (Tone::Warn, signs.warn);
            notes.push((Tone::Warn, "orphaned".to_owned()));
        }
        if primitive.on.len() > 1 && *role != Role::Migrating {
            (tone, sign) = (Tone::Bad, signs.bad);
            let others: Vec<&str> = primitive.on.iter().skip(1).map(crate::model::NodeName::as_str).collect();
            notes.push((Tone::Bad, format!("{ALSO}{}", others.join(" and "))));
        }
        // Nobody knows what runs on a node that is lost, whatever the status repeats.
        if let Some(lost) = primitive.on.iter().find(|node| !can_be_believed(scene.state(node))) {
            (tone, sign) = (Tone::Bad, signs.unknown);
            let state = short(scene.state(lost));
            let note = if primitive.on.len() > 1 { format!("{lost} {state}") } else { format!("{state} node") };
            notes.insert(0, (Tone::Bad, note));
            if !word.ends_with('?') {
                word.push('?');
            }
        }
        if yes(primitive.failed) {
            (tone, sign) = (Tone::Bad, signs.bad);
            if *role != Role::Started {
                notes.insert(0, (Tone::Plain, role.word().to_owned()));
            }
            "FAILED".clone_into(&mut word);
            if yes(primitive.failure_ignored) {
                notes.push((Tone::Dim, "failure ignored".to_owned()));
            }
        }
        if yes(primitive.blocked) {
            (tone, sign) = (Tone::Bad, signs.bad);
            notes.push((Tone::Bad, "blocked".to_owned()));
        }
        if yes(primitive.maintenance) {
            notes.push((Tone::Warn, "maintenance".to_owned()));
        } else if primitive.managed == Some(false) {
            notes.push((Tone::Warn, "unmanaged".to_owned()));
        }
        if primitive.managed == Some(false) && matches!(tone, Tone::Good | Tone::Accent) {
            (tone, sign) = (Tone::Warn, signs.warn);
        }
        if disabled {
            notes.push((Tone::Dim, "disabled".to_owned()));
        }
        if let Some(pending) = &primitive.pending
            && *pending.as_str() != word
        {
            notes.push((Tone::Accent, format!("{pending}{}", signs.cut)));
        }
        if let Some(node) = &primitive.locked_to {
            notes.push((Tone::Warn, format!("locked to {node}")));
        }
        Self { tone, sign, word, notes }
    }
}

/// Whether what the status says of a node's resources can be so.
fn can_be_believed(state: NodeState) -> bool {
    state.is_up() || state == NodeState::Unknown
}

fn short(state: NodeState) -> &'static str {
    if state.is_unclean() { "UNCLEAN" } else { state.word() }
}

/// How many of a branch's resources do what they should; where they are, if the branch is closed.
fn summary(branch: Branch<'_>, closed: bool, scene: &Scene<'_>) -> Vec<(Tone, String)> {
    let mut primitives: Vec<&Primitive> = Vec::new();
    match branch {
        Branch::Item(item) => item.each_primitive(&mut |primitive| primitives.push(primitive)),
        Branch::Member(primitive) => primitives.push(primitive),
    }
    let mut notes = flags(branch);
    let states: Vec<State> = primitives.iter().map(|primitive| State::of(primitive, scene)).collect();
    let bad = states.iter().filter(|state| state.tone == Tone::Bad).count();
    let warn = states.iter().filter(|state| state.tone == Tone::Warn).count();
    let runs = |primitive: &&&Primitive| !matches!(primitive.role, Role::Stopped | Role::Unknown);
    let running = primitives.iter().filter(runs).count();
    if closed {
        let all = primitives.len();
        let well = running == all && bad == 0 && warn == 0 && scene.status_is_fresh();
        notes.push((if well { Tone::Good } else { Tone::Plain }, format!("{running}/{all} started")));
        let promoted: Vec<&str> = primitives
            .iter()
            .filter(|primitive| primitive.role == Role::Promoted)
            .flat_map(|primitive| &primitive.on)
            .map(crate::model::NodeName::as_str)
            .collect();
        if !promoted.is_empty() {
            notes.push((Tone::Accent, format!("Promoted {}", promoted.join(" "))));
        } else if let Branch::Item(Item::Group(_)) = branch {
            let mut on: Vec<&str> =
                primitives.iter().flat_map(|primitive| &primitive.on).map(crate::model::NodeName::as_str).collect();
            on.sort_unstable();
            on.dedup();
            if !on.is_empty() {
                notes.push((Tone::Plain, on.join(" ")));
            }
        }
        if bad > 0 {
            notes.push((Tone::Bad, format!("{} {bad} bad", scene.signs.bad)));
        } else if warn > 0 {
            notes.push((Tone::Warn, format!("{} {warn} not well", scene.signs.warn)));
        }
    }
    notes
}

/// What is said of the branch itself.
fn flags(branch: Branch<'_>) -> Vec<(Tone, String)> {
    let (managed, disabled, maintenance) = match branch {
        Branch::Item(Item::Group(group)) => (group.managed, group.disabled, group.maintenance),
        Branch::Item(Item::Clone(clone)) => (clone.managed, clone.disabled, clone.maintenance),
        Branch::Item(Item::Bundle(bundle)) => (bundle.managed, None, bundle.maintenance),
        Branch::Member(_) | Branch::Item(Item::Primitive(_)) => (None, None, None),
    };
    let mut flags = Vec::new();
    if yes(maintenance) {
        flags.push((Tone::Warn, "maintenance".to_owned()));
    } else if managed == Some(false) {
        flags.push((Tone::Warn, "unmanaged".to_owned()));
    }
    if yes(disabled) {
        flags.push((Tone::Dim, "disabled".to_owned()));
    }
    flags
}
