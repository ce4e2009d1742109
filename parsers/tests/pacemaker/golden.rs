//! Every fixture gives the facts that are written down beside it. `HATUI_BLESS=1` writes them anew.

use std::fmt::Write as _;
use std::fs;

use crate::fixtures::{all, crate_root, texts};

/// What fits on a line is put on one.
const WIDTH: usize = 300;

#[test]
fn every_fixture_gives_its_golden_facts() {
    let bless = std::env::var_os("HATUI_BLESS").is_some();
    let mut wrong = Vec::new();
    for fixture in all().into_iter().chain(texts()) {
        let facts = fixture.facts().unwrap_or_else(|error| panic!("{}: {error}", fixture.name));
        let facts = compact(&facts);
        let golden = crate_root()
            .join("tests/golden")
            .join(fixture.name.replace(".xml", ".facts").replace(".txt", ".txt.facts"));
        if bless {
            fs::create_dir_all(golden.parent().unwrap()).unwrap();
            fs::write(&golden, &facts).unwrap();
            continue;
        }
        match fs::read_to_string(&golden) {
            Err(error) => wrong.push(format!("{}: no golden facts: {error}", fixture.name)),
            Ok(expected) if expected != facts => {
                let line = expected.lines().zip(facts.lines()).position(|(was, is)| was != is);
                let at = line.unwrap_or_else(|| expected.lines().count().min(facts.lines().count()));
                wrong.push(format!(
                    "{} line {}:\n  expected {}\n  found    {}",
                    fixture.name,
                    at + 1,
                    expected.lines().nth(at).unwrap_or("the end"),
                    facts.lines().nth(at).unwrap_or("the end"),
                ));
            }
            Ok(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{} fixtures differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_fixture_is_understood_completely() {
    for fixture in all() {
        assert_eq!(fixture.unknown(), Vec::<String>::new(), "{}", fixture.name);
    }
}

#[test]
fn no_golden_facts_hold_a_password() {
    for fixture in all().iter().filter(|fixture| fixture.name.contains("cibadmin")) {
        assert!(!fixture.facts().unwrap().contains("S3cret"), "{}", fixture.name);
    }
}

/// Pretty `Debug` output without what is absent, and with short things on one line.
fn compact(pretty: &str) -> String {
    let mut lines =
        pretty.lines().map(str::trim).filter(|line| !line.ends_with(": None,") && !line.ends_with(": [],")).peekable();
    let mut out = String::new();
    while lines.peek().is_some() {
        render(&node(&mut lines), 0, &mut out);
    }
    out
}

struct Node {
    open: String,
    children: Vec<Node>,
    close: String,
}

fn node<'a>(lines: &mut impl Iterator<Item = &'a str>) -> Node {
    let open = lines.next().unwrap_or_default().to_owned();
    let mut it = Node { open, children: Vec::new(), close: String::new() };
    if !it.open.ends_with(['{', '(', '[']) {
        return it;
    }
    loop {
        let child = node(lines);
        if child.children.is_empty() && child.close.is_empty() && child.open.starts_with(['}', ')', ']']) {
            it.close = child.open;
            return it;
        }
        assert!(!child.open.is_empty(), "Debug output ends within {}", it.open);
        it.children.push(child);
    }
}

fn flat(node: &Node) -> String {
    let mut line = node.open.clone();
    for child in &node.children {
        let child = flat(child);
        write!(line, "{}{child}", if line.ends_with(['(', '[']) { "" } else { " " }).unwrap();
    }
    if !node.close.is_empty() {
        if line.ends_with(',') {
            line.pop();
        }
        if node.close.starts_with('}') {
            line.push(' ');
        }
        line.push_str(&node.close);
    }
    // `Some` says nothing where what is absent is left out.
    if let Some((name, inner)) = line.split_once("Some(")
        && (name.is_empty() || name.ends_with(": "))
        && let Some(inner) = inner.strip_suffix("),").or_else(|| inner.strip_suffix(')'))
    {
        line = format!("{name}{inner},");
    }
    line
}

fn render(node: &Node, depth: usize, out: &mut String) {
    let indent = " ".repeat(depth);
    let line = flat(node);
    if node.children.is_empty() || line.len() + indent.len() <= WIDTH {
        writeln!(out, "{indent}{line}").unwrap();
        return;
    }
    writeln!(out, "{indent}{}", node.open).unwrap();
    for child in &node.children {
        render(child, depth + 1, out);
    }
    writeln!(out, "{indent}{}", node.close).unwrap();
}
