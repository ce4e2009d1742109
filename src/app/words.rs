//! The words of a row, for the filter: everything that its line may show.

use super::{App, Branch, Subject};
use crate::model::{Cluster, Picture};

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
            let state = picture.node(name).map_or("", |row| row.state.word());
            format!("{name} {state}")
        }
        Subject::Resource(path) => {
            let resources = picture.status.as_ref().map_or(&[][..], |status| &status.resources);
            let Some(branch) = Branch::at(resources, &path.place) else { return path.id.to_string() };
            branch.primitive().map_or_else(
                || path.id.to_string(),
                |primitive| {
                    let on: Vec<_> = primitive.on.iter().map(ToString::to_string).collect();
                    let failed = if primitive.failed == Some(true) { " FAILED" } else { "" };
                    let blocked = if primitive.blocked == Some(true) { " blocked" } else { "" };
                    format!("{} {} {} {}{failed}{blocked}", path.id, primitive.agent, primitive.role, on.join(" "))
                },
            )
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
        Subject::Tie(name, a, b) => format!("{name} {a} {b}"),
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
