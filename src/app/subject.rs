//! What can be selected, and the rows of each pane.

use crate::model::{Cluster, DrbdName, EventLog, FindingKey, Item, LinkRow, NodeName, Picture, Primitive, ResourceId};

/// A pane of the overview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pane {
    /// The nodes.
    Nodes,
    /// The resources, as a tree.
    Resources,
    /// Replication.
    Replication,
    /// Quorum and links.
    Quorum,
    /// What happened.
    Events,
    /// What an expert would notice.
    Findings,
}

impl Pane {
    /// All, in the order of Tab.
    pub const ALL: [Self; 6] =
        [Self::Nodes, Self::Resources, Self::Findings, Self::Replication, Self::Quorum, Self::Events];

    /// The title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Nodes => "Nodes",
            Self::Resources => "Resources",
            Self::Replication => "Replication",
            Self::Quorum => "Quorum & links",
            Self::Events => "Events",
            Self::Findings => "Findings",
        }
    }

    /// The key that focuses it.
    pub fn number(self) -> char {
        match self {
            Self::Nodes => '1',
            Self::Resources => '2',
            Self::Replication => '3',
            Self::Quorum => '4',
            Self::Events => '5',
            Self::Findings => '6',
        }
    }
}

/// Something on the screen that can be selected.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A node.
    Node(NodeName),
    /// A resource or set of resources, by its place in the tree.
    Resource(ResourcePath),
    /// A replicated resource.
    Replica(DrbdName),
    /// One copy of a volume of it.
    Copy(DrbdName, u32, NodeName),
    /// A resync or verify that runs: resource, volume, from, to.
    Sync(DrbdName, u32, NodeName, NodeName),
    /// A connection of it: resource and ends.
    Tie(DrbdName, NodeName, NodeName),
    /// The votes.
    Quorum,
    /// A partition, by its place in the picture.
    Partition(usize),
    /// A link: number and ends.
    Link(u32, NodeName, NodeName),
    /// A happening, counted from the oldest.
    Happening(usize),
    /// A finding.
    Finding(FindingKey),
}

/// The place of a resource in the tree: indexes from the root down, and its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourcePath {
    /// Indexes from the root down.
    pub place: Vec<usize>,
    /// Its id.
    pub id: ResourceId,
}

impl ResourcePath {
    /// What it is about: what stands at its place if that has its id, else, since it moved in the tree, what has its id; with
    /// the place. `None`: it is not there any more.
    pub fn find<'a>(&self, resources: &'a [Item]) -> Option<(Vec<usize>, Branch<'a>)> {
        fn search<'a>(branch: Branch<'a>, id: &ResourceId, place: &mut Vec<usize>) -> Option<Branch<'a>> {
            if branch.id() == id {
                return Some(branch);
            }
            for (at, child) in branch.children().into_iter().enumerate() {
                place.push(at);
                if let Some(found) = search(child, id, place) {
                    return Some(found);
                }
                place.pop();
            }
            None
        }
        if let Some(branch) = Branch::at(resources, &self.place).filter(|branch| *branch.id() == self.id) {
            return Some((self.place.clone(), branch));
        }
        resources.iter().enumerate().find_map(|(at, item)| {
            let mut place = vec![at];
            search(Branch::Item(item), &self.id, &mut place).map(|branch| (place, branch))
        })
    }
}

/// What stands at a place in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Branch<'a> {
    /// A primitive, group, clone or bundle.
    Item(&'a Item),
    /// A member of a group or bundle.
    Member(&'a Primitive),
}

impl<'a> Branch<'a> {
    /// What stands below it, in order.
    pub fn children(self) -> Vec<Branch<'a>> {
        match self {
            Self::Member(_) | Self::Item(Item::Primitive(_)) => Vec::new(),
            Self::Item(Item::Group(group)) => group.members.iter().map(Branch::Member).collect(),
            Self::Item(Item::Clone(clone)) => clone.instances.iter().map(Branch::Item).collect(),
            Self::Item(Item::Bundle(bundle)) => {
                bundle.replicas.iter().flat_map(|replica| &replica.members).map(Branch::Member).collect()
            }
        }
    }

    /// Its id.
    pub fn id(self) -> &'a ResourceId {
        match self {
            Self::Item(item) => item.id(),
            Self::Member(primitive) => &primitive.id,
        }
    }

    /// The primitive, if it is one.
    pub fn primitive(self) -> Option<&'a Primitive> {
        match self {
            Self::Member(primitive) | Self::Item(Item::Primitive(primitive)) => Some(primitive),
            Self::Item(_) => None,
        }
    }

    /// What stands at `place` in `resources`.
    pub fn at(resources: &'a [Item], place: &[usize]) -> Option<Self> {
        let (first, rest) = place.split_first()?;
        let mut branch = Self::Item(resources.get(*first)?);
        for index in rest {
            branch = *branch.children().get(*index)?;
        }
        Some(branch)
    }
}

/// A row of a pane: what it is, how deep it stands, and whether what is below it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub subject: Subject,
    /// 0 for a root.
    pub depth: u16,
    /// `Some(true)`: it has something below that is shown; `Some(false)`: that is hidden; `None`: nothing below.
    pub open: Option<bool>,
}

impl Row {
    fn flat(subject: Subject) -> Self {
        Self { subject, depth: 0, open: None }
    }

    fn deep(subject: Subject, depth: u16) -> Self {
        Self { subject, depth, open: None }
    }
}

/// The rows of a pane, before any filter. `closed` holds the branches of the resource tree that are closed.
pub(super) fn rows(cluster: &Cluster, pane: Pane, closed: &dyn Fn(&ResourcePath) -> bool) -> Vec<Row> {
    let picture = cluster.picture();
    match pane {
        Pane::Nodes => picture.nodes.iter().map(|row| Row::flat(Subject::Node(row.name.clone()))).collect(),
        Pane::Resources => resource_rows(picture, closed),
        Pane::Replication => replication_rows(picture),
        Pane::Quorum => quorum_rows(picture),
        Pane::Events => event_rows(cluster.log()),
        Pane::Findings => {
            cluster.findings().iter().map(|finding| Row::flat(Subject::Finding(finding.key.clone()))).collect()
        }
    }
}

fn resource_rows(picture: &Picture, closed: &dyn Fn(&ResourcePath) -> bool) -> Vec<Row> {
    fn walk(branch: Branch<'_>, place: Vec<usize>, closed: &dyn Fn(&ResourcePath) -> bool, rows: &mut Vec<Row>) {
        let path = ResourcePath { place, id: branch.id().clone() };
        let children = branch.children();
        let open = (!children.is_empty()).then(|| !closed(&path));
        let depth = u16::try_from(path.place.len() - 1).unwrap_or(u16::MAX);
        let place = path.place.clone();
        rows.push(Row { subject: Subject::Resource(path), depth, open });
        if open == Some(true) {
            for (index, child) in children.into_iter().enumerate() {
                let mut place = place.clone();
                place.push(index);
                walk(child, place, closed, rows);
            }
        }
    }
    let mut rows = Vec::new();
    for (index, item) in picture.status.iter().flat_map(|status| &status.resources).enumerate() {
        walk(Branch::Item(item), vec![index], closed, &mut rows);
    }
    rows
}

fn replication_rows(picture: &Picture) -> Vec<Row> {
    let mut rows = Vec::new();
    for replica in &picture.replicas {
        rows.push(Row { subject: Subject::Replica(replica.name.clone()), depth: 0, open: Some(true) });
        for volume in &replica.volumes {
            for copy in &volume.copies {
                let subject = Subject::Copy(replica.name.clone(), volume.number, copy.node.clone());
                rows.push(Row::deep(subject, 1));
            }
            for sync in &volume.syncs {
                let ends = (sync.source.clone(), sync.target.clone());
                rows.push(Row::deep(Subject::Sync(replica.name.clone(), volume.number, ends.0, ends.1), 1));
            }
        }
        for tie in &replica.ties {
            rows.push(Row::deep(Subject::Tie(replica.name.clone(), tie.a.clone(), tie.b.clone()), 1));
        }
    }
    rows
}

fn quorum_rows(picture: &Picture) -> Vec<Row> {
    let mut rows = Vec::new();
    if picture.is_partitioned() {
        rows.extend((0..picture.partitions.len()).map(|at| Row::flat(Subject::Partition(at))));
    } else if picture.quorum.is_some() {
        rows.push(Row::flat(Subject::Quorum));
    }
    let link = |row: &LinkRow| Row::flat(Subject::Link(row.number, row.a.clone(), row.b.clone()));
    rows.extend(picture.links.iter().map(link));
    rows
}

fn event_rows(log: &EventLog) -> Vec<Row> {
    (0..log.len()).rev().map(|at| Row::flat(Subject::Happening(at))).collect()
}
