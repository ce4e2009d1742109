//! The reader of XML sees what an independent one sees.

use hatui_parsers::xml::{Event, Fault, Reader};

use crate::fixtures::all;

/// One line an event; text without the white space around it, which the reader under test may pass over.
fn ours(document: &[u8]) -> Result<Vec<String>, Fault> {
    let mut reader = Reader::new(document)?;
    let (mut seen, mut text) = (Vec::new(), String::new());
    loop {
        let event = reader.next_event()?;
        if let Event::Text(piece) = &event {
            text.push_str(piece);
            continue;
        }
        flush(&mut text, &mut seen);
        match event {
            Event::Start(name) => {
                seen.push(format!("<{name}"));
                seen.extend(reader.attributes().iter().map(|a| format!("@{}={:?}", a.name, a.value)));
            }
            Event::End(name) => seen.push(format!(">{name}")),
            Event::Text(_) => {}
            Event::Eof => return Ok(seen),
        }
    }
}

fn flush(text: &mut String, seen: &mut Vec<String>) {
    if !text.trim().is_empty() {
        seen.push(format!("{:?}", text.trim()));
    }
    text.clear();
}

fn theirs(document: &str) -> Result<Vec<String>, roxmltree::Error> {
    fn visit(node: roxmltree::Node<'_, '_>, text: &mut String, seen: &mut Vec<String>) {
        if node.is_text() {
            text.push_str(node.text().unwrap_or_default());
        }
        if node.is_element() {
            flush(text, seen);
            seen.push(format!("<{}", node.tag_name().name()));
            seen.extend(node.attributes().map(|a| format!("@{}={:?}", a.name(), a.value())));
        }
        for child in node.children() {
            visit(child, text, seen);
        }
        if node.is_element() {
            flush(text, seen);
            seen.push(format!(">{}", node.tag_name().name()));
        }
    }
    let tree = roxmltree::Document::parse(document)?;
    let (mut text, mut seen) = (String::new(), Vec::new());
    visit(tree.root(), &mut text, &mut seen);
    Ok(seen)
}

#[test]
fn every_fixture_reads_as_an_independent_reader_reads_it() {
    for fixture in all() {
        let text = core::str::from_utf8(&fixture.bytes).unwrap();
        let theirs = theirs(text).unwrap_or_else(|error| panic!("{}: {error}", fixture.name));
        assert!(!theirs.is_empty());
        assert_eq!(ours(&fixture.bytes).unwrap(), theirs, "{}", fixture.name);
    }
}

/// Documents that Pacemaker does not write, and that are well-formed.
const UNUSUAL: [&str; 10] = [
    "<a/>",
    "<?xml version=\"1.0\"?>\n<!-- c --><a b='1' c = \"2\" ></a ><!-- d -->\n<?pi x?>\n",
    "<a b='\"' c=\"'\"/>",
    "<a b='&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#xfc;'>x&lt;y<![CDATA[<raw>&amp;]]>z</a>",
    "<a b='one\ntwo\tthree\r\nfour\rfive'>one\r\ntwo\rthree\tfour</a>",
    "<a><!-- one -->text<!-- two -->more<b/>after</a>",
    "<a b='>'>x > y</a>",
    "\u{feff}<a>\u{fc}\u{1F600}</a>",
    "<gr\u{fc}n \u{e4}='1'/>",
    "<a-b.c_1><a-b.c_1/></a-b.c_1>",
];

/// Documents that are not well-formed, or that are refused.
const REFUSED: [&str; 39] = [
    "",
    " ",
    "text",
    "<",
    "<a",
    "<a>",
    "</a>",
    "<a></b>",
    "<a></ab>",
    "<ab></a>",
    "<a><b></a></b>",
    "<a/><b/>",
    "<a/>text",
    "<a/></a>",
    "text<a/>",
    "<a b/>",
    "<a b=/>",
    "<a b=1/>",
    "<a b='1\"/>",
    "<a b='1' b='2'/>",
    "<a b='1'c='2'/>",
    "<a b='<'/>",
    "<a b='&'/>",
    "<a b='&nope;'/>",
    "<a b='&#0;'/>",
    "<a b='&#27;'/>",
    "<a>&</a>",
    "<a>]]></a>",
    "<a>\u{1b}</a>",
    "<a b='\0'/>",
    "<1/>",
    "<-a/>",
    "< a/>",
    "<a / >",
    "<!DOCTYPE a><a/>",
    "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
    "<a><!-- -- --></a>",
    "<a><![CDATA[</a>",
    "<![CDATA[x]]><a/>",
];

#[test]
fn unusual_documents_read_as_an_independent_reader_reads_them() {
    for document in UNUSUAL {
        assert_eq!(ours(document.as_bytes()), Ok(theirs(document).unwrap()), "{document:?}");
    }
}

#[test]
fn what_is_not_well_formed_is_refused_with_a_place() {
    for document in REFUSED {
        let Err(fault) = ours(document.as_bytes()) else { panic!("{document:?} was read") };
        assert!(fault.offset <= document.len(), "{document:?}");
        let strict = theirs(document).is_err() || document.contains("DOCTYPE");
        assert!(strict, "the independent reader reads {document:?}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_refused_where_they_stand() {
    let fault = ours(b"<a b='\xff'/>").unwrap_err();
    assert_eq!((fault.offset, fault.expected), (6, "UTF-8"));
}

#[test]
fn nesting_attributes_and_size_have_bounds() {
    let deep = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    assert!(ours(deep(64).as_bytes()).is_ok());
    assert!(ours(deep(65).as_bytes()).unwrap_err().expected.contains("nested"));

    let wide = |count: usize| {
        let attributes: Vec<String> = (0..count).map(|number| format!("a{number}=''")).collect();
        format!("<a {}/>", attributes.join(" "))
    };
    assert!(ours(wide(256).as_bytes()).is_ok());
    assert!(ours(wide(257).as_bytes()).unwrap_err().expected.contains("attributes"));

    let large = vec![b' '; hatui_parsers::xml::MAX_DOCUMENT_BYTES + 1];
    assert!(Reader::new(&large).is_err_and(|fault| fault.expected.contains("64 MiB")));
}

#[test]
fn what_is_not_escaped_is_borrowed() {
    let document = b"<a b='plain' c='&lt;'>text</a>";
    let mut reader = Reader::new(document).unwrap();
    reader.next_event().unwrap();
    let borrowed: Vec<bool> =
        reader.attributes().iter().map(|a| matches!(a.value, std::borrow::Cow::Borrowed(_))).collect();
    assert_eq!(borrowed, [true, false]);
    assert!(matches!(reader.next_event(), Ok(Event::Text(std::borrow::Cow::Borrowed("text")))));
}
