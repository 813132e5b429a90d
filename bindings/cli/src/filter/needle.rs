//! Finds the lines that can pass a filter by texts which every such line has, without reading the others as JSON.

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem::Finder;

use super::number::Number;
use super::term::Term;
use super::test::{Kind, Order, Test};

/// Texts of which a line has at least one if it passes.
pub(crate) struct Needle {
    texts: Texts,
    probe: Option<Probe>,
}

enum Texts {
    One(Box<Finder<'static>>),
    Several(Box<AhoCorasick>),
}

/// A first look at the numbers that stand under a key, wherever in the line that is: most lines are done with by it.
struct Probe {
    /// The end of the key as a line has it.
    key: Finder<'static>,
    order: Order,
    number: Number,
}

impl Needle {
    /// The best one that the terms give: of each line is asked the least likely.
    pub(super) fn of(terms: &[Term]) -> Option<Self> {
        let candidates = terms.iter().flat_map(candidates);
        let best = candidates.max_by_key(|candidate| candidate.worth)?;
        let texts = match best.texts.as_slice() {
            [] => return None,
            [only] => Texts::One(Box::new(Finder::new(only.as_bytes()).into_owned())),
            several => {
                let built = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(several);
                Texts::Several(Box::new(built.ok()?))
            }
        };
        Some(Self { texts, probe: terms.iter().find_map(Probe::of) })
    }

    /// Calls `each` with every line of the block that may pass, and stops when it says so. Whether it went through.
    pub(crate) fn lines<'b>(&self, block: &'b [u8], mut each: impl FnMut(&'b [u8]) -> bool) -> bool {
        if spells_letters(block) {
            // JSON may write any letter by its number. Nobody does that; if somebody does, every line is read.
            let mut lines = block.split(|byte| *byte == b'\n');
            return lines.all(|line| line.is_empty() || each(line));
        }
        let mut at = 0;
        while let Some(found) = self.find(block.get(at..).unwrap_or_default()) {
            let found = at + found;
            let (before, behind) = block.split_at_checked(found).unwrap_or((block, &[]));
            let begin = memchr::memrchr(b'\n', before).map_or(0, |feed| feed + 1);
            let end = memchr::memchr(b'\n', behind).map_or(block.len(), |feed| found + feed);
            let line = block.get(begin..end).unwrap_or_default();
            if self.probe.as_ref().is_none_or(|probe| probe.may_pass(line)) && !each(line) {
                return false;
            }
            at = end + 1;
        }
        true
    }

    fn find(&self, bytes: &[u8]) -> Option<usize> {
        match &self.texts {
            Texts::One(finder) => finder.find(bytes),
            Texts::Several(several) => several.find(bytes).map(|found| found.start()),
        }
    }
}

impl Probe {
    fn of(term: &Term) -> Option<Self> {
        let (key, order, number) = match term {
            Term::Keyed { negated: false, key, test: Test::Compares(order, number) } => {
                (key, *order, *number)
            }
            Term::Keyed { negated: false, key, test: Test::Is(_, Some(number)) } => {
                (key, Order::Equal, *number)
            }
            _ => return None,
        };
        // Whichever objects the path leads through, the key of the value ends in its last part.
        let last = key.rsplit('.').next().filter(|last| longest(last) == *last)?;
        Some(Self { key: Finder::new(&format!("{last}\"")).into_owned(), order, number })
    }

    /// Whether something stands under such a key that is no number, or a number that passes.
    fn may_pass(&self, line: &[u8]) -> bool {
        let mut rest = line;
        while let Some(at) = self.key.find(rest) {
            rest = rest.get(at + self.key.needle().len()..).unwrap_or_default();
            let Some(value) = rest.trim_ascii_start().strip_prefix(b":") else { continue };
            let value = value.trim_ascii_start();
            let length = value.iter().position(|byte| matches!(byte, b',' | b'}' | b' ' | b'\t' | b'\r'));
            let number = value.get(..length.unwrap_or(value.len())).and_then(Number::read);
            if number
                .is_none_or(|number| number.compare(self.number).is_none_or(|found| self.order.holds(found)))
            {
                return true;
            }
        }
        false
    }
}

/// Whether letters, digits and the like stand there as `\u0041`.
fn spells_letters(block: &[u8]) -> bool {
    let mut found = memchr::memmem::find_iter(block, b"\\u00");
    found.any(|at| block.get(at + 4).is_some_and(|digit| (b'2'..=b'7').contains(digit)))
}

struct Candidate {
    worth: usize,
    texts: Vec<String>,
}

/// What the term says of each line that passes.
fn candidates(term: &Term) -> Vec<Candidate> {
    let (key, test) = match term {
        Term::Word(word) => return vec![value(vec![longest(&word.text)])],
        Term::Keyed { negated: true, .. } => return Vec::new(),
        Term::Keyed { key, test, .. } => (key, test),
    };
    // The parts of a path may stand in objects of their own. A key is in many lines, so it is worth little.
    let part = key.split('.').max_by_key(|part| longest(part).len()).unwrap_or_default();
    let by_key = Candidate { worth: longest(part).len() / 4, texts: vec![longest(part).to_owned()] };
    match test {
        Test::Kind(Kind::Log) => Vec::new(),
        Test::Kind(Kind::Span) => vec![value(vec!["\"span\""])],
        Test::Kind(Kind::Metric) => vec![value(vec!["\"metric\""])],
        _ => {
            let by_value = by_value(test).filter(|texts| texts.iter().all(|text| !text.is_empty()));
            let by_value = by_value.map(|texts| value(texts.iter().map(String::as_str).collect()));
            by_value.into_iter().chain((!part.is_empty()).then_some(by_key)).collect()
        }
    }
}

fn value(texts: Vec<&str>) -> Candidate {
    let shortest = texts.iter().map(|text| text.len()).min().unwrap_or_default();
    Candidate {
        worth: shortest * 4 / texts.len().max(1),
        texts: texts.into_iter().map(str::to_owned).collect(),
    }
}

fn by_value(test: &Test) -> Option<Vec<String>> {
    let one = |text: &str| Some(vec![longest(text).to_owned()]);
    match test {
        // A number has many forms.
        Test::Is(_, Some(_)) => None,
        Test::Is(text, None) if matches!(text.as_str(), "true" | "false" | "null") => one(text),
        Test::Is(text, None) if text.starts_with(['{', '[']) => one(text),
        Test::Is(text, None) if longest(text) == text => Some(vec![format!("\"{text}\"")]),
        Test::Is(text, None) => one(text),
        Test::Like(pieces) => {
            one(pieces.iter().map(|piece| longest(piece)).max_by_key(|piece| piece.len())?)
        }
        Test::Contains(finder) => one(std::str::from_utf8(finder.needle()).ok()?),
        Test::Begins(begin) if longest(begin) == begin => Some(vec![format!("\"{begin}")]),
        Test::Begins(begin) => one(begin),
        Test::Level(order, level) => Some(order.levels(*level).map(|name| format!("\"{name}\"")).collect()),
        Test::Compares(..) | Test::Time(..) | Test::Kind(_) => None,
    }
}

/// The longest run of letters that every writer of JSON writes as they are.
fn longest(text: &str) -> &str {
    let is_plain = |letter: char| (' '..='~').contains(&letter) && !matches!(letter, '"' | '\\' | '/');
    text.split(|letter| !is_plain(letter)).max_by_key(|run| run.len()).unwrap_or_default()
}
