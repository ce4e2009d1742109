//! What hatui's screen shows, taken apart as an eye does: a pane at the left, a row of it, words.

/// The words of each line of a pane at the left that begins with a sign, the selection's mark aside: details of what is
/// selected may stand below, and they name other nodes too.
fn pane<'s>(screen: &'s str, title: &str) -> Vec<Vec<&'s str>> {
    let from = screen.lines().skip_while(|line| !line.split(['╮', '┓']).next().unwrap_or_default().contains(title));
    let rows = from.skip(1).take_while(|line| !line.starts_with(['╰', '┗']));
    let inside = rows.filter_map(|line| line.split(['│', '┃']).nth(1));
    let words = inside.map(|line| line.trim_start_matches('▸').split_whitespace().collect());
    words
        .filter(|words: &Vec<&str>| words.first().is_some_and(|sign| !sign.chars().any(char::is_alphanumeric)))
        .collect()
}

/// The row of a node in the nodes' pane: from its name on, with single spaces.
pub(super) fn node_row(screen: &str, node: &str) -> Option<String> {
    pane(screen, "1 Nodes").into_iter().find_map(|words| (words.get(1) == Some(&node)).then(|| words[1..].join(" ")))
}

/// Whether the nodes' pane says these words of a node.
pub(super) fn row(screen: &str, node: &str, words: &str) -> bool {
    node_row(screen, node).is_some_and(|row| row.contains(words))
}

/// How old, in whole seconds, what a node said is: the number before the word `late` or `silent` in its row.
pub(super) fn age(screen: &str, node: &str, word: &str) -> Option<u64> {
    let row = node_row(screen, node)?;
    let words: Vec<&str> = row.split_whitespace().collect();
    let at = words.iter().position(|one| *one == word)?;
    words.get(at.checked_sub(2)?)?.parse().ok()
}

/// A resource as the resources' pane shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Instance {
    pub(super) id: String,
    pub(super) word: String,
    /// Nobody knows whether it is so: the word has a question mark.
    pub(super) doubtful: bool,
    pub(super) node: Option<String>,
}

/// All of these ids in the resources' pane, sorted.
pub(super) fn instances(screen: &str, ids: &[String], nodes: &[String]) -> Vec<Instance> {
    let rows = pane(screen, "2 Resources").into_iter();
    let rows = rows.filter(|words| words.get(1).is_some_and(|id| ids.iter().any(|known| known == id)));
    let mut all: Vec<Instance> = rows
        .map(|words| {
            let word = words.get(2).copied().unwrap_or_default();
            let node = words.get(3).filter(|word| nodes.iter().any(|node| node == *word));
            Instance {
                id: words[1].to_owned(),
                word: word.trim_end_matches('?').to_owned(),
                doubtful: word.ends_with('?'),
                node: node.map(|node| (*node).to_owned()),
            }
        })
        .collect();
    all.sort();
    all
}

/// What is in the row of a fact in the truth matrix, a cell a node. Where there is little room the names of nodes begin
/// with dots for what all have in common.
pub(super) fn truth(screen: &str, fact: &str) -> Vec<String> {
    let short = fact.replace("ha-node-", "…");
    let inside = screen.lines().filter_map(|line| line.split(['│', '┃']).nth(1).map(str::trim_start));
    let cells =
        inside.filter_map(|line| line.strip_prefix(fact).or_else(|| line.strip_prefix(&short))?.strip_prefix(' '));
    cells.flat_map(|cells| cells.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
}
