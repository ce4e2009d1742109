//! A small reader of XML, for the documents that Pacemaker's tools exchange: elements and attributes, no text of meaning.
//!
//! The simulator's own: it shares nothing with the grammars that hatui reads real clusters with.

use core::fmt;

use super::answers::escaped;

/// An element with its attributes in order and its children.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Self>,
}

impl Element {
    pub(super) fn new(name: &str, attributes: &[(&str, &str)]) -> Self {
        let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        Self { name: name.to_owned(), attributes: attributes.iter().map(own).collect(), children: Vec::new() }
    }

    pub(super) fn with(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    /// The value of an attribute.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    pub(super) fn id(&self) -> &str {
        self.get("id").unwrap_or("")
    }

    pub(super) fn set(&mut self, key: &str, value: &str) {
        match self.attributes.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => value.clone_into(old),
            None => self.attributes.push((key.to_owned(), value.to_owned())),
        }
    }

    /// The first child of this name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first child of this name, made if it is not there.
    pub(super) fn child_mut(&mut self, name: &str) -> &mut Self {
        let place = self.children.iter().position(|child| child.name == name).unwrap_or_else(|| {
            self.children.push(Self::new(name, &[]));
            self.children.len() - 1
        });
        &mut self.children[place]
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> + 'a {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The element with this id in the tree, this one included.
    pub(super) fn find_id(&self, id: &str) -> Option<&Self> {
        if self.get("id") == Some(id) {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find_id(id))
    }

    /// Reads a document of one element.
    pub(super) fn parse(text: &str) -> Result<Self, XmlError> {
        let mut reader = Reader { rest: text, depth: 0 };
        reader.skip_prolog()?;
        let root = reader.element()?;
        reader.skip_prolog()?;
        if reader.rest.is_empty() { Ok(root) } else { Err(reader.error("something after the document")) }
    }

    fn write(&self, text: &mut String, level: usize) {
        text.extend(core::iter::repeat_n("  ", level));
        text.push('<');
        text.push_str(&self.name);
        for (key, value) in &self.attributes {
            text.push(' ');
            text.push_str(key);
            text.push_str("=\"");
            text.push_str(&escaped(value));
            text.push('"');
        }
        if self.children.is_empty() {
            text.push_str("/>\n");
            return;
        }
        text.push_str(">\n");
        for child in &self.children {
            child.write(text, level + 1);
        }
        text.extend(core::iter::repeat_n("  ", level));
        text.push_str("</");
        text.push_str(&self.name);
        text.push_str(">\n");
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text, 0);
        f.write_str(&text)
    }
}

/// Why a document cannot be read: what was found, and what followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct XmlError(pub(super) String);

/// Deeper than any document of Pacemaker's.
const DEPTH: usize = 64;

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn error(&self, what: &str) -> XmlError {
        let near: String = self.rest.chars().take(40).collect();
        XmlError(format!("{what}, near: {near}"))
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, token: &str) -> bool {
        self.rest.strip_prefix(token).inspect(|rest| self.rest = rest).is_some()
    }

    fn until(&mut self, token: &str) -> Result<&'a str, XmlError> {
        let (before, after) = self.rest.split_once(token).ok_or_else(|| self.error("no end of something begun"))?;
        self.rest = after;
        Ok(before)
    }

    /// White space, comments and declarations.
    fn skip_prolog(&mut self) -> Result<(), XmlError> {
        loop {
            self.skip_space();
            if self.eat("<!--") {
                self.until("-->")?;
            } else if self.eat("<?") {
                self.until("?>")?;
            } else {
                return Ok(());
            }
        }
    }

    fn name(&mut self) -> Result<String, XmlError> {
        let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
        let end = self.rest.find(|c| !part(c)).unwrap_or(self.rest.len());
        if end == 0 {
            return Err(self.error("a name expected"));
        }
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(name.to_owned())
    }

    fn element(&mut self) -> Result<Element, XmlError> {
        if self.depth >= DEPTH {
            return Err(self.error("too deep"));
        }
        if !self.eat("<") {
            return Err(self.error("an element expected"));
        }
        let mut element = Element { name: self.name()?, ..Element::default() };
        loop {
            self.skip_space();
            if self.eat("/>") {
                return Ok(element);
            }
            if self.eat(">") {
                break;
            }
            let key = self.name()?;
            self.skip_space();
            if !self.eat("=") {
                return Err(self.error("= expected"));
            }
            self.skip_space();
            let quote = if self.eat("\"") { "\"" } else { "'" };
            if quote == "'" && !self.eat("'") {
                return Err(self.error("a quoted value expected"));
            }
            let value = unescaped(self.until(quote)?);
            element.attributes.push((key, value));
        }
        self.depth += 1;
        loop {
            let text = self.rest.find('<').ok_or_else(|| self.error("an element is not closed"))?;
            self.rest = &self.rest[text..];
            self.skip_prolog()?;
            if self.eat("</") {
                let name = self.until(">")?.trim();
                self.depth -= 1;
                return if name == element.name { Ok(element) } else { Err(self.error("closed by another name")) };
            }
            if self.rest.starts_with('<') {
                element.children.push(self.element()?);
            }
        }
    }
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let Some((entity, after)) = after.split_once(';') else {
            out.push('&');
            rest = after;
            continue;
        };
        let number = entity.strip_prefix("#x").map(|hex| u32::from_str_radix(hex, 16));
        let number = number.or_else(|| entity.strip_prefix('#').map(str::parse::<u32>));
        match (entity, number) {
            ("amp", _) => out.push('&'),
            ("lt", _) => out.push('<'),
            ("gt", _) => out.push('>'),
            ("quot", _) => out.push('"'),
            ("apos", _) => out.push('\''),
            (_, Some(Ok(code))) => out.push(char::from_u32(code).unwrap_or('\u{fffd}')),
            _ => out.push('\u{fffd}'),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let text = "<a x=\"1 &lt; &quot;2&quot; &#xFC;\">\n  <b/>\n  <c id=\"7\">\n    <d/>\n  </c>\n</a>\n";
        let root = Element::parse(text).unwrap();
        assert_eq!(root.get("x"), Some("1 < \"2\" ü"));
        assert_eq!(root.find_id("7").unwrap().children.len(), 1);
        assert_eq!(root.to_string(), text);
    }

    #[test]
    fn comments_and_text_are_passed_over_and_broken_documents_refused() {
        let root = Element::parse("<?xml version='1.0'?>\n<!-- a -->\n<a>text<!-- b --><b k='v'></b></a>\n").unwrap();
        assert_eq!(root.child("b").unwrap().get("k"), Some("v"));
        for bad in ["", "<a>", "<a></b>", "<a b></a>", "<a/><b/>", "text", "<a b=\"></a>"] {
            assert!(Element::parse(bad).is_err(), "{bad}");
        }
        assert!(Element::parse(&"<a>".repeat(100)).is_err());
    }
}
