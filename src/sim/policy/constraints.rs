//! The constraints of a CIB: location with rules, colocation, order.

use super::super::xml::Element;
use super::cluster::{Cluster, Colocation, INFINITY, Kind, Location, NodeIx, Order, Role, RscIx, score};
use super::read::truth;
use super::time;

pub(super) fn read(cluster: &mut Cluster, constraints: &Element, now: u64) -> Result<(), String> {
    for element in &constraints.children {
        if element.child("resource_set").is_some() || element.get("rsc-pattern").is_some() {
            return Err(format!("{}: a set or a pattern of resources", element.id()));
        }
        if ["lifetime", "node-attribute", "influence", "require-all", "rsc-instance", "with-rsc-instance"]
            .iter()
            .any(|name| element.get(name).is_some())
            || element.child("lifetime").is_some()
        {
            return Err(format!("{}: a constraint with a word outside of the subset", element.id()));
        }
        match element.name.as_str() {
            "rsc_location" => location(cluster, element, now)?,
            "rsc_colocation" => colocation(cluster, element)?,
            "rsc_order" => order(cluster, element)?,
            other => return Err(format!("{}: a constraint of kind {other}", element.id())),
        }
    }
    Ok(())
}

/// The resource that a constraint names; members of clones stand for their clone.
fn named(cluster: &Cluster, id: Option<&str>) -> Option<RscIx> {
    let found = cluster.find(id?)?;
    Some(cluster.clone_of(found).unwrap_or(found))
}

/// A role that limits a constraint; started and unpromoted do not.
fn limit(text: Option<&str>) -> Option<Role> {
    text.and_then(Role::read).filter(|role| *role == Role::Promoted)
}

fn location(cluster: &mut Cluster, element: &Element, now: u64) -> Result<(), String> {
    // One that names nothing has no effect.
    let Some(rsc) = named(cluster, element.get("rsc")) else { return Ok(()) };
    if let Some(node) = element.get("node") {
        let role = limit(element.get("role"));
        if let (Some(node), Some(value)) = (cluster.node(node), element.get("score")) {
            cluster.locations.push(Location { rsc, role, scores: vec![(node, score(value))] });
        }
        return Ok(());
    }
    for rule in element.all("rule") {
        let Some(value) = rule.get("score") else { return Err(format!("{}: a rule without a score", rule.id())) };
        let role = limit(rule.get("role").or_else(|| element.get("role")));
        let mut scores = Vec::new();
        for node in 0..cluster.nodes.len() {
            if holds(cluster, rule, node, now)? {
                scores.push((node, score(value)));
            }
        }
        cluster.locations.push(Location { rsc, role, scores });
    }
    Ok(())
}

fn holds(cluster: &Cluster, rule: &Element, node: NodeIx, now: u64) -> Result<bool, String> {
    let any = rule.get("boolean-op") == Some("or");
    let mut result = !any;
    for part in &rule.children {
        let one = match part.name.as_str() {
            "rule" => holds(cluster, part, node, now)?,
            "expression" => expression(cluster, part, node)?,
            "date_expression" => date(part, now)?,
            other => return Err(format!("{}: an expression of kind {other}", rule.id())),
        };
        result = if any { result || one } else { result && one };
    }
    Ok(result)
}

fn expression(cluster: &Cluster, part: &Element, node: NodeIx) -> Result<bool, String> {
    if part.get("value-source").is_some_and(|source| source != "literal") {
        return Err(format!("{}: value-source", part.id()));
    }
    let node = &cluster.nodes[node];
    let attribute = part.get("attribute").unwrap_or_default();
    let have = match attribute {
        "#uname" => Some(node.name.as_str()),
        "#id" => Some(node.id.as_str()),
        name => node.attributes.get(name).map(String::as_str),
    };
    let operation = part.get("operation").unwrap_or_default();
    let ordered = matches!(operation, "lt" | "lte" | "gt" | "gte");
    let (have, wanted) = match (operation, have, part.get("value")) {
        ("defined", have, _) => return Ok(have.is_some()),
        ("not_defined", have, _) => return Ok(have.is_none()),
        ("ne", None, Some(_)) => return Ok(true),
        (_, None, _) | (_, _, None) => return Ok(false),
        (_, Some(have), Some(wanted)) => (have, wanted),
    };
    let numbers = part.get("type").map_or(ordered, |kind| matches!(kind, "number" | "integer"));
    let order = if numbers {
        let number = |text: &str| text.trim().parse::<f64>().unwrap_or(0.0);
        number(have).total_cmp(&number(wanted))
    } else {
        have.to_ascii_lowercase().cmp(&wanted.to_ascii_lowercase())
    };
    Ok(match operation {
        "eq" => order.is_eq(),
        "ne" => order.is_ne(),
        "lt" => order.is_lt(),
        "lte" => order.is_le(),
        "gt" => order.is_gt(),
        "gte" => order.is_ge(),
        other => return Err(format!("{}: the operation {other}", part.id())),
    })
}

fn date(part: &Element, now: u64) -> Result<bool, String> {
    let moment = |name: &str| {
        let text = part.get(name).ok_or_else(|| format!("{}: no {name}", part.id()))?;
        time::moment(text).ok_or_else(|| format!("{}: the moment {text}", part.id()))
    };
    match part.get("operation").unwrap_or("in_range") {
        "lt" => Ok(now < moment("end")?),
        "gt" => Ok(now > moment("start")?),
        "in_range" => {
            let begun = part.get("start").is_none() || now >= moment("start")?;
            Ok(begun && (part.get("end").is_none() || now <= moment("end")?))
        }
        other => Err(format!("{}: the operation {other} on dates", part.id())),
    }
}

fn colocation(cluster: &mut Cluster, element: &Element) -> Result<(), String> {
    let id = element.id().to_owned();
    let (rsc, with) = (named(cluster, element.get("rsc")), named(cluster, element.get("with-rsc")));
    let (Some(rsc), Some(with)) = (rsc, with) else { return Ok(()) };
    let score = element.get("score").map_or(INFINITY, score);
    if limit(element.get("rsc-role")).is_some() {
        return Err(format!("{id}: the promoted role of a resource with another"));
    }
    if cluster.rscs[rsc].kind == Kind::Clone {
        return Err(format!("{id}: a clone with another resource"));
    }
    if score == 0 {
        return Ok(());
    }
    let with_role = limit(element.get("with-rsc-role"));
    cluster.colocations.push(Colocation { id, rsc, with, with_role, score });
    Ok(())
}

fn task(text: Option<&str>, element: &Element) -> Result<&'static str, String> {
    match text.unwrap_or("start") {
        "start" => Ok("start"),
        "stop" => Ok("stop"),
        "promote" => Ok("promote"),
        "demote" => Ok("demote"),
        other => Err(format!("{}: the action {other}", element.id())),
    }
}

fn order(cluster: &mut Cluster, element: &Element) -> Result<(), String> {
    let (first, then) = (named(cluster, element.get("first")), named(cluster, element.get("then")));
    let (Some(first), Some(then)) = (first, then) else { return Ok(()) };
    let mandatory = match (element.get("kind"), element.get("score").map(score)) {
        (Some("Mandatory"), _) | (None, None) => true,
        (Some("Optional"), _) => false,
        (None, Some(score)) => score > 0,
        (Some(other), _) => return Err(format!("{}: an order of kind {other}", element.id())),
    };
    let first_task = task(element.get("first-action"), element)?;
    let then_task = task(element.get("then-action").or(element.get("first-action")), element)?;
    let symmetrical = element.get("symmetrical").is_none_or(truth);
    if !symmetrical && mandatory {
        return Err(format!("{}: an order that is not symmetrical", element.id()));
    }
    if cluster.rscs[then].kind == Kind::Clone && cluster.rscs[first].kind == Kind::Clone {
        return Err(format!("{}: an order of two clones", element.id()));
    }
    if matches!(first_task, "stop" | "demote") || matches!(then_task, "stop" | "demote") {
        return Err(format!("{}: an order of stops", element.id()));
    }
    cluster.orders.push(Order { first, first_task, then, then_task, mandatory, symmetrical });
    Ok(())
}
