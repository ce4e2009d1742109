//! Secrets out of what tools print: values of XML attributes, name-value pairs and options whose name tells of a password.

use core::ops::Range;

use hatui_parsers::cib::is_secret;

/// What stands for a secret.
const HIDDEN: &str = "•••";

/// Lines of commands with the values of secret options hidden: `--shared-secret=x`, `--shared-secret x`. A value in quotes ends
/// with them.
pub fn redact_options(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("--") {
        let (before, from) = rest.split_at_checked(at + 2).unwrap_or((rest, ""));
        clean.push_str(before);
        let end = from.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(from.len());
        let (name, after) = from.split_at_checked(end).unwrap_or((from, ""));
        clean.push_str(name);
        let value = after.strip_prefix(['=', ' ']).filter(|value| is_secret(name) && !value.starts_with("--"));
        rest = match value.map(|value| (value, value_end(value))) {
            Some((value, end)) if end > 0 => {
                clean.extend(after.chars().next());
                clean.push_str(HIDDEN);
                value.get(end..).unwrap_or("")
            }
            _ => after,
        };
    }
    clean.push_str(rest);
    clean
}

/// Where a value ends, as a shell would read it: at white space outside quotes.
fn value_end(value: &str) -> usize {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in value.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (None | Some('"'), '\\') => escaped = true,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, c) if c.is_whitespace() => return at,
            _ => {}
        }
    }
    value.len()
}

/// The text with secrets hidden. A tag that is cut off counts as going to the end.
pub(super) fn redact(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut from = 0;
    for secret in secrets(text) {
        clean.push_str(text.get(from..secret.start).unwrap_or(""));
        clean.push_str(HIDDEN);
        from = secret.end;
    }
    clean.push_str(text.get(from..).unwrap_or(""));
    clean
}

/// Where the secrets of a text stand, in order.
fn secrets(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text.get(from..).and_then(|rest| rest.find('<')).map(|at| from + at) {
        let rest = text.get(open..).unwrap_or("");
        let end = open + tag_end(rest).unwrap_or(rest.len());
        let tag = text.get(open..end).unwrap_or("");
        found.extend(secrets_of_tag(tag).into_iter().map(|range| open + range.start..open + range.end));
        from = end;
    }
    found
}

/// Hides the secrets of a stream that comes in pieces: each secret byte becomes a `*`, so that what tells lengths stays true.
#[derive(Debug, Default)]
pub struct Mask {
    /// A tag that is not whole yet.
    open: Vec<u8>,
}

impl Mask {
    /// The longest tag that is waited for, in bytes.
    const LONGEST: usize = 64 * 1024;

    /// What may be kept of the stream so far, without what was given before. A tag that is cut off is held back until
    /// the rest of it comes: its name may tell that its value is a secret.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut all = core::mem::take(&mut self.open);
        all.extend_from_slice(bytes);
        let cut = open_tag(&all).filter(|at| all.len() - at <= Self::LONGEST);
        if let Some(at) = cut {
            self.open = all.split_off(at);
        }
        masked(all)
    }

    /// What is left at the end of the stream.
    pub fn finish(&mut self) -> Vec<u8> {
        masked(core::mem::take(&mut self.open))
    }
}

/// A character for each byte, so that places stay the same; bytes above ASCII are no part of what is looked for.
fn one_for_each(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| if byte.is_ascii() { char::from(byte) } else { '?' }).collect()
}

/// Where the last tag begins, if it does not end.
fn open_tag(bytes: &[u8]) -> Option<usize> {
    let text = one_for_each(bytes);
    let mut from = 0;
    while let Some(open) = text.get(from..).and_then(|rest| rest.find('<')).map(|at| from + at) {
        let Some(end) = tag_end(text.get(open..).unwrap_or("")) else { return Some(open) };
        from = open + end;
    }
    None
}

/// The bytes with secrets hidden, and of the same length.
pub fn masked(mut bytes: Vec<u8>) -> Vec<u8> {
    if !bytes.contains(&b'<') {
        return bytes;
    }
    let text = one_for_each(&bytes);
    for secret in secrets(&text) {
        if let Some(secret) = bytes.get_mut(secret) {
            secret.fill(b'*');
        }
    }
    bytes
}

/// Where a tag ends that begins the text: behind a `>` outside quotes; `None`: it is cut off.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

/// An attribute of a tag: where its value stands.
struct Attribute<'a> {
    name: &'a str,
    value: Range<usize>,
}

fn secrets_of_tag(tag: &str) -> Vec<Range<usize>> {
    let attributes = attributes(tag);
    let text = |attribute: &Attribute<'_>| tag.get(attribute.value.clone()).unwrap_or("").to_owned();
    let named_secret = attributes.iter().any(|attribute| attribute.name == "name" && is_secret(&text(attribute)));
    let hidden = |attribute: &Attribute<'_>| is_secret(attribute.name) || (named_secret && attribute.name == "value");
    attributes.iter().filter(|attribute| hidden(attribute)).map(|attribute| attribute.value.clone()).collect()
}

fn attributes(tag: &str) -> Vec<Attribute<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(equals) = tag.get(from..).and_then(|rest| rest.find('=')).map(|at| at + from) {
        let head = tag.get(from..equals).unwrap_or("").trim_end();
        let name = head.rsplit(|c: char| c.is_whitespace() || matches!(c, '<' | '"' | '\'')).next().unwrap_or("");
        let value = tag.get(equals + 1..).unwrap_or("");
        let skipped = value.len() - value.trim_start().len();
        let open = value.trim_start().chars().next();
        let Some(quote @ ('"' | '\'')) = open else {
            from = equals + 1;
            continue;
        };
        let start = equals + 1 + skipped + 1;
        let end = tag.get(start..).and_then(|rest| rest.find(quote)).map_or(tag.len(), |at| start + at);
        found.push(Attribute { name, value: start.min(tag.len())..end });
        from = (end + 1).min(tag.len());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_hidden_wherever_they_stand() {
        let cases = [
            (
                r#"<nvpair id="a-passwd" name="passwd" value="hunter2"/>"#,
                r#"<nvpair id="a-passwd" name="passwd" value="•••"/>"#,
            ),
            (r#"<nvpair value="hunter>2" name='Login-Password'/>x"#, r#"<nvpair value="•••" name='Login-Password'/>x"#),
            (r#"<fence secret_key = 'k' ip="1"/>"#, r#"<fence secret_key = '•••' ip="1"/>"#),
            ("<nvpair name=\"passwd\"\n value=\"hunt", "<nvpair name=\"passwd\"\n value=\"•••"),
        ];
        for (raw, clean) in cases {
            assert_eq!(redact(raw), clean);
        }
        // The one list is the parser's.
        for name in ["bypass_password", "authkey", "pin", "snmp-priv-key", "login_pwd"] {
            let raw = format!("<nvpair name=\"{name}\" value=\"hunter2\"/>");
            assert!(!redact(&raw).contains("hunter2"), "{name}");
        }
    }

    #[test]
    fn a_stream_keeps_its_length_and_loses_its_secrets_wherever_it_is_cut() {
        let stream =
            "@hatui 0 options rc=0 bytes=60\n<é><nvpair id=\"a\" value=\"hunter>2é\" name=\"passwd\"/> a < b\nx";
        let hidden = stream.replace("hunter>2é", "**********");
        for size in 1..=stream.len() {
            let mut mask = Mask::default();
            let mut told: Vec<u8> = stream.as_bytes().chunks(size).flat_map(|piece| mask.push(piece)).collect();
            assert!(told.len() < stream.len(), "the tag at the end is not whole");
            told.extend(mask.finish());
            assert_eq!(String::from_utf8_lossy(&told), hidden, "in pieces of {size}");
        }
        // What never ends is not waited for.
        let mut mask = Mask::default();
        let told = mask.push(&[&b"<"[..], &b"x".repeat(Mask::LONGEST)].concat());
        assert_eq!(told.len(), Mask::LONGEST + 1);
    }

    #[test]
    fn values_of_secret_options_are_hidden_to_their_end() {
        let cases = [
            (
                "drbdsetup net-options store 1 --shared-secret=hunter2 --cram-hmac-alg=sha1",
                "drbdsetup net-options store 1 --shared-secret=••• --cram-hmac-alg=sha1",
            ),
            ("--shared-secret='hunter 2' --protocol=C", "--shared-secret=••• --protocol=C"),
            ("--shared-secret=\"hun\\\"ter 2\"\nnext", "--shared-secret=•••\nnext"),
            ("--shared-secret=hunter\\ 2 x", "--shared-secret=••• x"),
            ("--shared-secret hunter2", "--shared-secret •••"),
            ("--set-defaults --tls-password=ä", "--set-defaults --tls-password=•••"),
        ];
        for (raw, clean) in cases {
            assert_eq!(redact_options(raw), clean);
        }
        for raw in ["drbdsetup primary store", "--", "--shared-secret", "--shared-secret --force", "a--b"] {
            assert_eq!(redact_options(raw), raw);
        }
    }

    #[test]
    fn what_is_no_secret_stays_as_it_is() {
        for raw in [
            "a < b = \"c\"",
            r#"<nvpair name="ip" value="10.0.0.1"/>"#,
            "<",
            "<a =",
            "<a b=",
            "<日 本=\"語\"/>",
            "<lrm_rsc_op operation_key=\"a\" transition-key=\"b\" op_key=\"c\"/>",
        ] {
            assert_eq!(redact(raw), raw);
            assert_eq!(masked(raw.as_bytes().to_vec()), raw.as_bytes());
        }
    }
}
