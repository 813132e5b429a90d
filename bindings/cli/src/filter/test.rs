//! What a term asks of the value that stands under its key.

use std::cmp::Ordering;

use memchr::memmem::Finder;
use vigie_core::Severity;

use super::bounds;
use super::number::Number;
use crate::members::{Elements, text};

/// How two values have to stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Equal,
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Order {
    pub(super) fn holds(self, found: Ordering) -> bool {
        match self {
            Self::Equal => found.is_eq(),
            Self::Less => found.is_lt(),
            Self::AtMost => found.is_le(),
            Self::More => found.is_gt(),
            Self::AtLeast => found.is_ge(),
        }
    }

    /// The names of the levels that stand so to `level`, as lines have them.
    pub(super) fn levels(self, level: Severity) -> impl Iterator<Item = &'static str> {
        let ranks = [1, 5, 9, 13, 17, 21].into_iter().filter_map(Severity::from_number);
        ranks.filter(move |found| self.holds(rank(*found).cmp(&rank(level)))).map(Severity::text)
    }
}

/// The kinds of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Log,
    Span,
    Metric,
}

pub(super) enum Test {
    /// It is this text, or this number however it is written.
    Is(String, Option<Number>),
    /// It has these pieces one behind the other, the first at its begin and the last at its end, with anything between them.
    Like(Vec<String>),
    Contains(Box<Finder<'static>>),
    Begins(String),
    Compares(Order, Number),
    Level(Order, Severity),
    Time(Order, i64),
    Kind(Kind),
}

impl Test {
    /// Whether the value under the key passes; of a list any element.
    pub(super) fn passes(&self, value: Option<&[u8]>) -> bool {
        if let Self::Kind(kind) = self {
            // A line without the key is a log record.
            return value.map_or(Some(Kind::Log), kind_of) == Some(*kind);
        }
        let Some(value) = value else { return false };
        match self {
            Self::Contains(finder) => finder.find(&text(value)).is_some(),
            _ if value.starts_with(b"[") => Elements::of(value).any(|element| self.passes(Some(element))),
            _ => self.passes_one(value),
        }
    }

    fn passes_one(&self, value: &[u8]) -> bool {
        match self {
            Self::Is(wanted, number) => {
                let found = text(value);
                let is_number = || number.zip(Number::read(&found)).and_then(|(one, two)| one.compare(two));
                *found == *wanted.as_bytes() || is_number().is_some_and(Ordering::is_eq)
            }
            Self::Like(pieces) => is_like(&text(value), pieces),
            Self::Begins(begin) => text(value).starts_with(begin.as_bytes()),
            Self::Compares(order, number) => {
                let found = Number::read(&text(value)).and_then(|found| found.compare(*number));
                found.is_some_and(|found| order.holds(found))
            }
            Self::Level(order, level) => {
                let found = text(value);
                order.levels(*level).any(|name| *found == *name.as_bytes())
            }
            Self::Time(order, us) => bounds::of_value(value).is_some_and(|found| order.holds(found.cmp(us))),
            Self::Contains(_) | Self::Kind(_) => false,
        }
    }
}

/// The six levels in order: a line tells no finer ones apart.
fn rank(level: Severity) -> u8 {
    level.number().saturating_sub(1) / 4
}

fn kind_of(value: &[u8]) -> Option<Kind> {
    match &*text(value) {
        b"span" => Some(Kind::Span),
        b"metric" => Some(Kind::Metric),
        _ => None,
    }
}

fn is_like(text: &[u8], pieces: &[String]) -> bool {
    let [first, middle @ .., last] = pieces else { return false };
    let Some(mut rest) =
        text.strip_prefix(first.as_bytes()).and_then(|rest| rest.strip_suffix(last.as_bytes()))
    else {
        return false;
    };
    middle.iter().all(|piece| match memchr::memmem::find(rest, piece.as_bytes()) {
        Some(at) => {
            rest = rest.get(at + piece.len()..).unwrap_or_default();
            true
        }
        None => false,
    })
}
