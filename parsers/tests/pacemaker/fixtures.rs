//! The fixtures of Pacemaker, and which grammar reads which.

use std::fmt::Debug;
use std::path::{Path, PathBuf};

use hatui_parsers::{ParseError, cib, crm_mon, fence_history, simulate, skeleton, why};

/// One file of a tool's verbatim output.
pub(crate) struct Fixture {
    /// Relative to `fixtures`.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// The root of the crate.
pub(crate) fn crate_root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All fixtures of Pacemaker, in the order of their names.
pub(crate) fn all() -> Vec<Fixture> {
    let root = crate_root().join("fixtures");
    let mut found = Vec::new();
    for family in std::fs::read_dir(&root).unwrap() {
        let family = family.unwrap().path();
        if family.file_name().is_some_and(|name| name.to_string_lossy().starts_with("pacemaker-")) {
            collect(&root, &family, "", "xml", &mut found);
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(found.len() > 40, "only {} fixtures found under {}", found.len(), root.display());
    found
}

/// Text of `crm_simulate` and skeletons of CIBs, in the order of the names: a part of one may be whole.
pub(crate) fn texts() -> Vec<Fixture> {
    let root = crate_root().join("fixtures");
    let mut found = Vec::new();
    collect(&root, &root, "crm_simulate", "txt", &mut found);
    collect(&root, &root, "skeleton", "txt", &mut found);
    found.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(found.len() > 15, "only {} texts found under {}", found.len(), root.display());
    found
}

fn collect(root: &Path, folder: &Path, prefix: &str, extension: &str, into: &mut Vec<Fixture>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, prefix, extension, into);
        } else if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix))
            && path.extension().is_some_and(|is| is == extension)
        {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            into.push(Fixture { name, bytes: std::fs::read(&path).unwrap() });
        }
    }
}

impl Fixture {
    fn file(&self) -> &str {
        self.name.rsplit('/').next().unwrap()
    }

    /// Reads it with the grammar of its tool and gives what was read to be looked at.
    pub(crate) fn facts(&self) -> Result<String, ParseError> {
        read_as(self.file(), &self.bytes)
    }

    /// What of it was not understood.
    pub(crate) fn unknown(&self) -> Vec<String> {
        let unknown = match self.file() {
            file if file.starts_with("cibadmin") => cib::parse(&self.bytes).unwrap().unknown,
            file if file.starts_with("crm_simulate") => simulate::parse(&self.bytes).unwrap().unknown,
            "crm_resource_why.xml" => why::parse(&self.bytes).unwrap().unknown,
            "stonith_history.xml" => fence_history::parse(&self.bytes).unwrap().unknown,
            _ => crm_mon::parse(&self.bytes).unwrap().unknown,
        };
        assert!(unknown.count >= unknown.first.len());
        unknown.first.iter().map(ToString::to_string).collect()
    }

    /// Whether other bytes can be read as if they were in this file.
    pub(crate) fn reads(&self, bytes: &[u8]) -> bool {
        read_quietly(self.file(), bytes).is_ok()
    }

    /// Reads other bytes as if they were in this file; only that it ends matters.
    pub(crate) fn survives(&self, bytes: &[u8]) {
        drop(read_quietly(self.file(), bytes));
    }
}

fn read_as(file: &str, bytes: &[u8]) -> Result<String, ParseError> {
    fn show(facts: impl Debug) -> String {
        format!("{facts:#?}")
    }
    if file.starts_with("cibadmin") {
        cib::parse(bytes).map(show)
    } else if file == "stonith_history.xml" {
        fence_history::parse(bytes).map(show)
    } else if file.starts_with("crm_simulate") {
        simulate::parse(bytes).map(show)
    } else if file.starts_with("skeleton") {
        skeleton::parse(bytes).map(show)
    } else if file == "crm_resource_why.xml" {
        why::parse(bytes).map(show)
    } else {
        crm_mon::parse(bytes).map(show)
    }
}

fn read_quietly(file: &str, bytes: &[u8]) -> Result<(), ParseError> {
    if file.starts_with("cibadmin") {
        cib::parse(bytes).map(drop)
    } else if file == "stonith_history.xml" {
        fence_history::parse(bytes).map(drop)
    } else if file.starts_with("crm_simulate") {
        simulate::parse(bytes).map(drop)
    } else if file.starts_with("skeleton") {
        skeleton::parse(bytes).map(drop)
    } else if file == "crm_resource_why.xml" {
        why::parse(bytes).map(drop)
    } else {
        crm_mon::parse(bytes).map(drop)
    }
}
