//! What holds for a resource, by Pacemaker's own rules of precedence.

use super::{Kind, Operation, Resource, Set, Skeleton, milliseconds};
use crate::crm_mon::Score;

/// How long an operation may take if nothing says otherwise, in ms.
const DEFAULT_TIMEOUT_MS: u64 = 20_000;

/// How long an operation may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeout {
    /// In ms.
    pub ms: u64,
    /// What says so.
    pub from: TimeoutFrom,
}

/// What says how long an operation may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeoutFrom {
    /// The primitive's own operation.
    Operation,
    /// The operation of its template.
    Template,
    /// `op_defaults`.
    Defaults,
    /// Nothing: it is Pacemaker's default of 20 s.
    BuiltIn,
}

impl Skeleton {
    /// A resource or template by its id, wherever it is nested. `web:1`, an instance, is found as `web`.
    pub fn resource(&self, id: &str) -> Option<&Resource> {
        self.path(id).pop()
    }

    /// What a resource is nested in, the outermost first; empty if it is at the top, or not there.
    pub fn parents(&self, id: &str) -> Vec<&Resource> {
        let mut path = self.path(id);
        path.pop();
        path
    }

    /// How long an operation of a primitive may take: what its own operation says, else its template's, else
    /// `op_defaults`, else 20 s. `interval_ms` is 0 for one that does not recur. `None` if there is no such primitive.
    ///
    /// Sets that have a rule are left out: whether they hold is not known here.
    pub fn timeout(&self, primitive: &str, operation: &str, interval_ms: u64) -> Option<Timeout> {
        let it = self.resource(primitive).filter(|it| it.kind == Kind::Primitive)?;
        let own = self.operation(it, operation, interval_ms).or_else(|| match operation {
            // As Pacemaker looks for them.
            "migrate_to" | "migrate_from" => self.operation(it, "migrate", 0),
            _ => None,
        });
        // A probe may take as long as the most frequent monitor.
        let monitor = || match (operation, interval_ms) {
            ("monitor", 0) => self.most_frequent_monitor(it),
            _ => None,
        };
        let said = own.and_then(|found| self.said(found)).or_else(|| monitor().and_then(|found| self.said(found)));
        let defaults = || self.value(&self.op_defaults, "timeout").and_then(milliseconds);
        Some(said.unwrap_or_else(|| match defaults() {
            Some(ms) => Timeout { ms, from: TimeoutFrom::Defaults },
            None => Timeout { ms: DEFAULT_TIMEOUT_MS, from: TimeoutFrom::BuiltIn },
        }))
    }

    /// A meta attribute that holds for a resource: its own, else its template's, else that of what it is nested in,
    /// else `rsc_defaults`. Sets that have a rule are left out.
    pub fn meta(&self, resource: &str, name: &str) -> Option<&str> {
        let path = self.path(resource);
        let inherited = path
            .iter()
            .rev()
            .find_map(|it| self.value(&it.meta, name).or_else(|| self.value(&self.template_of(it)?.meta, name)));
        inherited.or_else(|| self.value(&self.rsc_defaults, name))
    }

    /// A meta attribute that a resource has itself.
    pub fn own_meta(&self, resource: &str, name: &str) -> Option<&str> {
        self.value(&self.resource(resource)?.meta, name)
    }

    /// The resource with what it is nested in, the outermost first.
    fn path(&self, id: &str) -> Vec<&Resource> {
        let all = || self.resources.iter().chain(&self.templates);
        let mut path = Vec::new();
        let without_instance = id.rsplit_once(':').map_or(id, |(id, _)| id);
        for id in [id, without_instance] {
            if all().any(|it| descend(it, id, &mut path)) {
                break;
            }
        }
        path
    }

    fn template_of(&self, it: &Resource) -> Option<&Resource> {
        let wanted = it.template.as_deref()?;
        self.templates.iter().find(|template| template.id.as_deref() == Some(wanted))
    }

    /// The operations of a primitive; one of its template counts if it has none of the same name and interval itself.
    fn operations<'s>(&'s self, it: &'s Resource) -> impl Iterator<Item = (&'s Operation, TimeoutFrom)> {
        let own = it.operations.iter().map(|op| (op, TimeoutFrom::Operation));
        let template = self.template_of(it).into_iter().flat_map(|template| &template.operations);
        let inherited = template.filter(|op| !it.operations.iter().any(|own| key(own) == key(op)));
        own.chain(inherited.map(|op| (op, TimeoutFrom::Template)))
    }

    fn operation<'s>(&'s self, it: &'s Resource, name: &str, interval_ms: u64) -> Option<(&'s Operation, TimeoutFrom)> {
        self.operations(it).find(|(op, _)| op.enabled != Some(false) && key(op) == (Some(name), interval_ms))
    }

    fn most_frequent_monitor<'s>(&'s self, it: &'s Resource) -> Option<(&'s Operation, TimeoutFrom)> {
        let monitors = self.operations(it).filter(|(op, _)| op.enabled != Some(false) && key(op).0 == Some("monitor"));
        monitors.filter(|(op, _)| key(op).1 > 0).min_by_key(|(op, _)| key(op).1)
    }

    /// What an operation itself says: its attribute, else its meta attributes.
    fn said(&self, (op, from): (&Operation, TimeoutFrom)) -> Option<Timeout> {
        let attribute = op.timeout.as_ref().map(|timeout| timeout.ms);
        let meta = || self.value(&op.meta, "timeout").map(milliseconds);
        // One that cannot be read counts as none.
        let ms = attribute.or_else(meta)??;
        Some(Timeout { ms, from })
    }

    /// A value of the sets that always hold: of the highest score, else of the first.
    fn value<'s>(&'s self, sets: &'s [Set], name: &str) -> Option<&'s str> {
        let mut best: Option<(i64, &str)> = None;
        for set in sets {
            let set = set.id_ref.as_deref().and_then(|id| self.set(id)).unwrap_or(set);
            let pair = set.pairs.iter().find(|pair| pair.name.as_deref() == Some(name));
            let (false, Some(value)) = (set.conditional, pair.and_then(|pair| pair.value.as_deref())) else { continue };
            let score = set.score.as_deref().and_then(Score::parse).map_or(0, |score| match score {
                Score::Finite(number) => i64::from(number),
                Score::Infinity => i64::MAX,
                Score::MinusInfinity => i64::MIN,
            });
            if best.is_none_or(|(highest, _)| score > highest) {
                best = Some((score, value));
            }
        }
        best.map(|(_, value)| value)
    }

    /// A set by its id.
    fn set(&self, id: &str) -> Option<&Set> {
        fn within<'s>(it: &'s Resource, id: &str) -> Option<&'s Set> {
            let own = it.meta.iter().chain(it.operations.iter().flat_map(|op| &op.meta));
            own.into_iter()
                .find(|set| set.id.as_deref() == Some(id))
                .or_else(|| it.children.iter().find_map(|it| within(it, id)))
        }
        let defaults = self.rsc_defaults.iter().chain(&self.op_defaults).find(|set| set.id.as_deref() == Some(id));
        defaults.or_else(|| self.resources.iter().chain(&self.templates).find_map(|it| within(it, id)))
    }
}

/// By what an operation is told from the others: its name and its interval in ms.
fn key(op: &Operation) -> (Option<&str>, u64) {
    (op.name.as_deref(), op.interval.as_ref().and_then(|interval| interval.ms).unwrap_or(0))
}

/// Puts the way to the resource into `path` and says whether it is there.
fn descend<'s>(it: &'s Resource, id: &str, path: &mut Vec<&'s Resource>) -> bool {
    path.push(it);
    if it.id.as_deref() == Some(id) || it.children.iter().any(|child| descend(child, id, path)) {
        return true;
    }
    path.pop();
    false
}
