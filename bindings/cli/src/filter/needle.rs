//! Finds the lines that can pass a filter by what every such line has, without reading the others as JSON.

use memchr::memmem::Finder;

use super::number::Number;
use super::term::Term;
use super::test::{Kind, Order, Test};

/// What a line has that passes.
pub(crate) struct Needle {
    /// What is looked for in all bytes.
    rarest: Clue,
    /// What is looked for in the lines that were found by that.
    others: Vec<Clue>,
    spelled: Spelled,
}

impl Needle {
    /// What the terms tell; of each line is asked the least likely first.
    pub(super) fn of(terms: &[Term]) -> Option<Self> {
        let mut clues: Vec<Clue> = terms.iter().flat_map(clues).collect();
        let (rarest, _) = clues.iter().enumerate().max_by_key(|(_, clue)| clue.worth)?;
        let spelled = Spelled::of(clues.iter().flat_map(|clue| &clue.marks));
        Some(Self { rarest: clues.swap_remove(rarest), others: clues, spelled })
    }

    /// Calls `each` with every line of the block that may pass.
    pub(crate) fn lines<'b>(&self, block: &'b [u8], mut each: impl FnMut(&'b [u8])) {
        let mut spelled = Ahead::default();
        let mut marks: Vec<_> = self.rarest.marks.iter().map(|mark| (mark, Ahead::default())).collect();
        let mut at = 0;
        loop {
            let spelled = spelled.from(at, block, |bytes| self.spelled.find(bytes));
            let found = marks.iter_mut().filter_map(|(mark, ahead)| ahead.from(at, block, |b| mark.find(b)));
            let Some(hit) = found.chain(spelled).min() else { return };
            let (before, behind) = block.split_at_checked(hit).unwrap_or((block, &[]));
            let begin = memchr::memrchr(b'\n', before).map_or(0, |feed| feed + 1);
            let end = memchr::memchr(b'\n', behind).map_or(block.len(), |feed| hit + feed);
            let line = block.get(begin..end).unwrap_or_default();
            let is_spelled = spelled.is_some_and(|spelled| spelled < end);
            if is_spelled || self.others.iter().all(|clue| clue.is_in(line)) {
                each(line);
            }
            at = end + 1;
        }
    }
}

/// The next place in a block where something stands: it is looked for again when it has been passed.
#[derive(Default)]
enum Ahead {
    #[default]
    Unknown,
    At(usize),
    Nowhere,
}

impl Ahead {
    fn from(&mut self, begin: usize, block: &[u8], find: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
        match *self {
            Self::Nowhere => return None,
            Self::At(at) if at >= begin => return Some(at),
            Self::At(_) | Self::Unknown => {}
        }
        let found = find(block.get(begin..).unwrap_or_default()).map(|found| begin + found);
        *self = found.map_or(Self::Nowhere, Self::At);
        found
    }
}

/// Of these marks a line has at least one if it passes.
struct Clue {
    worth: usize,
    marks: Vec<Mark>,
}

impl Clue {
    fn is_in(&self, line: &[u8]) -> bool {
        self.marks.iter().any(|mark| mark.find(line).is_some())
    }

    fn of_values<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut shortest = usize::MAX;
        let texts = texts.into_iter().inspect(|text| shortest = shortest.min(text.len()));
        let marks: Vec<Mark> = texts.map(Mark::text).collect();
        Self { worth: shortest.saturating_mul(4) / marks.len().max(1), marks }
    }

    /// A key is in many lines, so it is worth little.
    fn of_key(key: &str) -> Self {
        Self { worth: key.len() / 4, marks: vec![Mark::text(key)] }
    }
}

/// Something that stands in a line.
enum Mark {
    Text(Box<Finder<'static>>),
    Number(Box<NumberMark>),
}

impl Mark {
    fn text(text: &str) -> Self {
        Self::Text(Box::new(Finder::new(text).into_owned()))
    }

    fn find(&self, bytes: &[u8]) -> Option<usize> {
        match self {
            Self::Text(finder) => finder.find(bytes),
            Self::Number(number) => number.find(bytes),
        }
    }

    /// The text that is looked for.
    fn needle(&self) -> &[u8] {
        match self {
            Self::Text(finder) => finder.needle(),
            Self::Number(number) => number.key.needle(),
        }
    }
}

/// A value that may pass a comparison with a number, wherever in the line its key is.
struct NumberMark {
    /// The end of the key as a line has it.
    key: Finder<'static>,
    order: Order,
    number: Number,
}

impl NumberMark {
    fn of(key: &str, test: &Test) -> Option<Self> {
        let (order, number) = match test {
            Test::Compares(order, number) => (*order, *number),
            Test::Is(_, Some(number)) => (Order::Equal, *number),
            _ => return None,
        };
        // Whichever objects the path leads through, the key of the value ends in its last part.
        let last = key.rsplit('.').next().filter(|last| longest(last) == *last)?;
        Some(Self { key: Finder::new(&format!("{last}\"")).into_owned(), order, number })
    }

    fn find(&self, bytes: &[u8]) -> Option<usize> {
        let behind = |at: usize| bytes.get(at + self.key.needle().len()..).unwrap_or_default();
        self.key.find_iter(bytes).find(|at| self.may_pass(behind(*at)))
    }

    /// Whether behind the key stands a value that may pass. What is no JSON passes nowhere, so that it does not matter how it
    /// is taken, nor that a line without a value is read on into the next one.
    fn may_pass(&self, behind: &[u8]) -> bool {
        let Some(value) = behind.trim_ascii_start().strip_prefix(b":") else { return false };
        let value = value.trim_ascii_start();
        let number = match value.split_first() {
            // Any element of a list may do.
            Some((b'[', _)) => return true,
            Some((b'"', inside)) => {
                let length = memchr::memchr2(b'"', b'\\', inside).unwrap_or(inside.len());
                if inside.get(length) == Some(&b'\\') {
                    return true;
                }
                inside.get(..length)
            }
            _ => {
                let ends = |byte: &u8| !matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
                value.get(..value.iter().position(ends).unwrap_or(value.len()))
            }
        };
        let found = number.and_then(Number::read).and_then(|found| found.compare(self.number));
        found.is_some_and(|found| self.order.holds(found))
    }
}

/// Letters that JSON may write by their numbers, as `\u0041`. No known writer does that with letters and digits, some do it with
/// signs such as `<`. A line in which one of those stands that are looked for may pass without what is looked for.
struct Spelled {
    begin: Finder<'static>,
    letters: Vec<u8>,
}

impl Spelled {
    fn of<'m>(marks: impl Iterator<Item = &'m Mark>) -> Self {
        // Quotes in what is looked for stand around texts and are no letters of theirs.
        let mut letters: Vec<u8> =
            marks.flat_map(Mark::needle).copied().filter(|letter| *letter != b'"').collect();
        letters.sort_unstable();
        letters.dedup();
        Self { begin: Finder::new(b"\\u00"), letters }
    }

    fn find(&self, bytes: &[u8]) -> Option<usize> {
        // Most bytes have no backslash at all, which is known in a fraction of the time that a text takes.
        let first = memchr::memchr(b'\\', bytes)?;
        let bytes = bytes.get(first..).unwrap_or_default();
        let is_wanted = |at: &usize| {
            let digits = bytes.get(at + 4..at + 6).and_then(|digits| std::str::from_utf8(digits).ok());
            let letter = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
            letter.is_some_and(|letter| self.letters.contains(&letter))
        };
        self.begin.find_iter(bytes).find(is_wanted).map(|at| first + at)
    }
}

/// What the term says of each line that passes.
fn clues(term: &Term) -> Vec<Clue> {
    let (key, test) = match term {
        Term::Word(word) => return clue_of(longest(&word.text), |text| Clue::of_values([text])),
        Term::Keyed { negated: true, .. } => return Vec::new(),
        Term::Keyed { key, test, .. } => (key, test),
    };
    match test {
        Test::Kind(Kind::Log) => return Vec::new(),
        Test::Kind(Kind::Span) => return vec![Clue::of_values(["\"span\""])],
        Test::Kind(Kind::Metric) => return vec![Clue::of_values(["\"metric\""])],
        _ => {}
    }
    if let Some(texts) = by_value(test).filter(|texts| texts.iter().all(|text| !text.is_empty())) {
        return vec![Clue::of_values(texts.iter().map(String::as_str))];
    }
    // The parts of a path may stand in objects of their own.
    let part = key.split('.').map(longest).max_by_key(|part| part.len()).unwrap_or_default();
    let mut clues = clue_of(part, Clue::of_key);
    if let Some(mark) = NumberMark::of(key, test) {
        // Most lines are done with by it where it is found.
        let worth = Clue::of_key(&String::from_utf8_lossy(mark.key.needle())).worth + 1;
        clues.push(Clue { worth, marks: vec![Mark::Number(Box::new(mark))] });
    }
    clues
}

fn clue_of(text: &str, clue: impl Fn(&str) -> Clue) -> Vec<Clue> {
    if text.is_empty() { Vec::new() } else { vec![clue(text)] }
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
        Test::Begins(begin) if longest(begin) == begin && !begins_without_quotes(begin) => {
            Some(vec![format!("\"{begin}")])
        }
        Test::Begins(begin) => one(begin),
        Test::Level(order, level) => Some(order.levels(*level).map(|name| format!("\"{name}\"")).collect()),
        Test::Compares(..) | Test::Time(..) | Test::Kind(_) => None,
    }
}

/// Whether what is no text in JSON may begin so.
fn begins_without_quotes(begin: &str) -> bool {
    let is_of_number = |byte: u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e');
    begin.bytes().all(is_of_number)
        || begin.starts_with('{')
        || ["true", "false", "null"].iter().any(|word| word.starts_with(begin))
}

/// The longest run of letters that every writer of JSON writes as they are.
fn longest(text: &str) -> &str {
    let is_plain = |letter: char| (' '..='~').contains(&letter) && !matches!(letter, '"' | '\\' | '/');
    text.split(|letter| !is_plain(letter)).max_by_key(|run| run.len()).unwrap_or_default()
}
