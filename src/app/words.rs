//! The words of a row, for the filter: everything that its line may show.

use super::{App, Branch, Subject, say};
use crate::model::{Cluster, ConnectionState, Item, Picture, Primitive, Role, Sight};

impl App {
    /// The words that belong to a subject.
    pub(super) fn words(&self, subject: &Subject) -> String {
        words(self.cluster(), subject)
    }
}

fn words(cluster: &Cluster, subject: &Subject) -> String {
    let picture: &Picture = cluster.picture();
    match subject {
        Subject::Node(name) => {
            let Some(row) = picture.node(name) else { return name.to_string() };
            let dc = if row.is_dc { "DC" } else { "" };
            let seen = match &row.sight {
                Sight::NotWatched => "not watched",
                Sight::ModelOnly => "remote guest",
                Sight::Connecting(_) => "connecting",
                Sight::Refused(trouble) | Sight::Lost { trouble, .. } => trouble.kind.word(),
                Sight::Speaking(freshness, _) => say::freshness(*freshness),
            };
            format!("{name} {} {dc} {seen}", row.state.word())
        }
        Subject::Resource(path) => {
            let resources = picture.status.as_ref().map_or(&[][..], |status| &status.resources);
            let Some(branch) = Branch::at(resources, &path.place) else { return path.id.to_string() };
            branch.primitive().map_or_else(|| format!("{} {}", path.id, kind(branch)), primitive)
        }
        Subject::Replica(name) => name.to_string(),
        Subject::Copy(name, volume, node) => {
            let replica = picture.replicas.iter().find(|replica| replica.name == *name);
            let role = replica.and_then(|replica| replica.roles.get(node)).map_or("", |role| role.word());
            let disk = replica
                .and_then(|replica| replica.volumes.iter().find(|row| row.number == *volume))
                .and_then(|row| row.copies.iter().find(|copy| copy.node == *node))
                .and_then(|copy| copy.disk.as_ref())
                .map_or("", |disk| disk.word());
            format!("{name} {node} {role} {disk}")
        }
        Subject::Sync(name, _, from, to) => format!("{name} {from} {to} resync"),
        Subject::Tie(name, a, b) => {
            let replica = picture.replicas.iter().find(|replica| replica.name == *name);
            let tie = replica.and_then(|replica| replica.ties.iter().find(|tie| tie.a == *a && tie.b == *b));
            let says = tie.into_iter().flat_map(|tie| [&tie.a_says, &tie.b_says]).flatten();
            let says: Vec<_> = says.map(ConnectionState::word).collect();
            format!("{name} {a} {b} {}", says.join(" "))
        }
        Subject::Quorum => "quorum votes ring".to_owned(),
        Subject::Partition(at) => picture.partitions.get(*at).map_or_else(String::new, |partition| {
            let members: Vec<_> = partition.members.iter().map(ToString::to_string).collect();
            format!("partition {}", members.join(" "))
        }),
        Subject::Link(number, a, b) => {
            let row = picture.links.iter().find(|row| row.number == *number && row.a == *a && row.b == *b);
            let state = row.and_then(|row| row.state()).map_or("", |state| state.word());
            format!("link {number} {a} {b} {state}")
        }
        Subject::Happening(at) => cluster.log().get(*at).map_or_else(String::new, |happening| {
            format!("{} {} {}", happening.witness, happening.subject, happening.words)
        }),
        Subject::Finding(key) => {
            cluster.findings().iter().find(|finding| finding.key == *key).map_or_else(String::new, |finding| {
                format!("{} {} {}", finding.severity.word(), finding.key.subject, finding.words)
            })
        }
    }
}

fn primitive(primitive: &Primitive) -> String {
    let on: Vec<_> = primitive.on.iter().map(ToString::to_string).collect();
    let mut words = format!("{} {} {} {}", primitive.id, primitive.agent, primitive.role, on.join(" "));
    let disabled = (primitive.target == Some(Role::Stopped)).then_some("disabled");
    let maintenance = (primitive.maintenance == Some(true)).then_some("maintenance");
    for word in primitive.troubles().chain(disabled).chain(maintenance) {
        words.push(' ');
        words.push_str(word);
    }
    words
}

fn kind(branch: Branch<'_>) -> &'static str {
    match branch {
        Branch::Member(_) | Branch::Item(Item::Primitive(_)) => "",
        Branch::Item(Item::Group(_)) => "group",
        Branch::Item(Item::Clone(clone)) if clone.promotable => "promotable",
        Branch::Item(Item::Clone(_)) => "clone",
        Branch::Item(Item::Bundle(_)) => "bundle",
    }
}
