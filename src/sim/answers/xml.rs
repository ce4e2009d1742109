//! XML as libxml2 writes it for Pacemaker: two spaces a level, one element a line, no declaration.

use core::fmt::{Display, Write as _};

/// A document that is being written.
#[derive(Debug, Default)]
pub(super) struct Xml {
    text: String,
    open: Vec<String>,
}

impl Xml {
    fn tag(&mut self, name: &str, attributes: &[(&str, &dyn Display)]) {
        for _ in 0..self.open.len() {
            self.text.push_str("  ");
        }
        let _ = write!(self.text, "<{name}");
        for (key, value) in attributes {
            let _ = write!(self.text, " {key}=\"{}\"", escaped(&value.to_string()));
        }
    }

    /// An element with children, until [`Self::end`].
    pub(super) fn start(&mut self, name: impl Into<String>, attributes: &[(&str, &dyn Display)]) {
        let name = name.into();
        self.tag(&name, attributes);
        self.text.push_str(">\n");
        self.open.push(name);
    }

    /// An element without children.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &dyn Display)]) {
        self.tag(name, attributes);
        self.text.push_str("/>\n");
    }

    /// An element with text.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.tag(name, &[]);
        let _ = writeln!(self.text, ">{}</{name}>", escaped(text));
    }

    pub(super) fn end(&mut self) {
        if let Some(name) = self.open.pop() {
            for _ in 0..self.open.len() {
                self.text.push_str("  ");
            }
            let _ = writeln!(self.text, "</{name}>");
        }
    }

    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.end();
        }
        self.text
    }
}

/// Escaped once, as in an attribute.
pub(in super::super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_ascii() => out.push(c),
            c => {
                let _ = write!(out, "&#x{:X};", u32::from(c));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_nested_and_values_escaped() {
        let mut xml = Xml::default();
        xml.start("a", &[("b", &"1 < 2 & \"ü\"")]);
        xml.empty("c", &[("d", &7)]);
        xml.text("e", "<");
        let expected = "<a b=\"1 &lt; 2 &amp; &quot;&#xFC;&quot;\">\n  <c d=\"7\"/>\n  <e>&lt;</e>\n</a>\n";
        assert_eq!(xml.finish(), expected);
    }
}
