//! The known word nearest to a mistyped one.
//! Not for guessing: the caller reports it, nothing is corrected silently.

/// The word of `known` with the smallest edit distance to `given`, unless even that one is far off.
pub(super) fn nearest<'k>(given: &str, known: &[&'k str]) -> Option<&'k str> {
    let given: Vec<char> = given.chars().take(64).flat_map(char::to_lowercase).collect();
    let (distance, word) =
        known.iter().map(|word| (distance(&given, word), *word)).min_by_key(|(d, _)| *d)?;
    let most = given.len().max(word.len()).div_ceil(2);
    (distance <= most).then_some(word)
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn one into the other.
fn distance(given: &[char], word: &str) -> usize {
    let word: Vec<char> = word.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=word.len()).collect();
    for (row, from) in given.iter().enumerate() {
        let mut line = vec![row + 1];
        for (column, to) in word.iter().enumerate() {
            let at = |cells: &[usize], index: usize| cells.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut best = at(&last, column) + usize::from(from != to);
            best = best.min(at(&last, column + 1) + 1).min(at(&line, column) + 1);
            let swapped =
                row > 0 && column > 0 && given.get(row - 1) == Some(to) && word.get(column - 1) == Some(from);
            if swapped {
                best = best.min(at(&before, column - 1) + 1);
            }
            line.push(best);
        }
        before = std::mem::replace(&mut last, line);
    }
    last.last().copied().unwrap_or(given.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let cases =
            [("", "", 0), ("abc", "", 3), ("", "abc", 3), ("kitten", "sitting", 3), ("levle", "level", 1)];
        for (given, word, expected) in cases {
            assert_eq!(distance(&given.chars().collect::<Vec<_>>(), word), expected, "{given} {word}");
        }
    }

    #[test]
    fn a_typo_finds_its_word_and_noise_finds_none() {
        let known = ["service", "version", "level", "levels", "sample"];
        let cases = [
            ("servce", Some("service")),
            ("SERVICE", Some("service")),
            ("sampel", Some("sample")),
            ("levl", Some("level")),
            ("x", None),
            ("qqqqqqqqqqqq", None),
            ("", None),
        ];
        for (given, expected) in cases {
            assert_eq!(nearest(given, &known), expected, "{given}");
        }
    }
}
