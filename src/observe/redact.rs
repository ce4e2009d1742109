//! Secrets out of what tools print: values of XML attributes, name-value pairs and options whose name tells of a password.

/// What stands for a secret.
const HIDDEN: &str = "•••";

/// Parts of names of secrets, as fence agents and resource agents have them (`passwd`, `secret_key`, `community`, …).
const SECRET: &[&str] =
    &["pass", "pwd", "secret", "credential", "community", "token", "apikey", "api_key", "access_key", "private_key"];

/// Names that contain such a part and are none.
const PUBLIC: &[&str] = &["bypass", "passive", "password_file", "passwd_script", "token_timeout"];

/// Whether a name tells of a secret.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    SECRET.iter().any(|part| name.contains(part)) && !PUBLIC.iter().any(|known| name.contains(known))
}

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
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        clean.push_str(before);
        let (tag, after) = from.split_at_checked(tag_end(from)).unwrap_or((from, ""));
        redact_tag(tag, &mut clean);
        rest = after;
    }
    clean.push_str(rest);
    clean
}

/// Where a tag ends that begins the text: `>` outside quotes, or the end.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    tag.len()
}

/// An attribute of a tag: where its value stands.
struct Attribute<'a> {
    name: &'a str,
    value: core::ops::Range<usize>,
}

fn redact_tag(tag: &str, clean: &mut String) {
    let attributes = attributes(tag);
    let text = |attribute: &Attribute<'_>| tag.get(attribute.value.clone()).unwrap_or("").to_owned();
    let named_secret = attributes.iter().any(|attribute| attribute.name == "name" && is_secret(&text(attribute)));
    let mut from = 0;
    for attribute in &attributes {
        if is_secret(attribute.name) || (named_secret && attribute.name == "value") {
            clean.push_str(tag.get(from..attribute.value.start).unwrap_or(""));
            clean.push_str(HIDDEN);
            from = attribute.value.end;
        }
    }
    clean.push_str(tag.get(from..).unwrap_or(""));
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
        for raw in
            ["drbdsetup primary store", "--", "--shared-secret", "--shared-secret --force", "--token-timeout=3", "a--b"]
        {
            assert_eq!(redact_options(raw), raw);
        }
    }

    #[test]
    fn what_is_no_secret_stays_as_it_is() {
        for raw in ["a < b = \"c\"", r#"<nvpair name="ip" value="10.0.0.1"/>"#, "<", "<a =", "<a b=", "<日 本=\"語\"/>"]
        {
            assert_eq!(redact(raw), raw);
        }
    }
}
