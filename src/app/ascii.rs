//! Words where only ASCII can be shown.

/// What stands for a character in ASCII.
pub fn to_ascii(c: char) -> char {
    match c {
        ' '..='~' => c,
        '…' => '~',
        '·' => '.',
        '–' | '—' | '−' => '-',
        '×' => 'x',
        '‘' | '’' => '\'',
        '“' | '”' => '"',
        '✗' => 'x',
        '▲' => '!',
        '●' => '*',
        '○' => 'o',
        '→' | '▸' => '>',
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::to_ascii;

    #[test]
    fn what_has_no_ascii_twin_is_shown_as_unknown() {
        assert_eq!("wéb … ✗ a → b".chars().map(to_ascii).collect::<String>(), "w?b ~ x a > b");
    }
}
