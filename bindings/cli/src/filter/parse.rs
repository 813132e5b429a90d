//! Reads the text of a filter, and says of every mistake what is accepted.

use std::time::SystemTime;

use memchr::memmem::Finder;
use vigie_core::Severity;

use super::bounds;
use super::number::Number;
use super::term::{Term, Word};
use super::test::{Kind, Order, Test};

const OPERATORS: [&str; 8] = ["!=", "!~", ">=", "<=", "=", "~", ">", "<"];
const LEVELS: &str = "trace, debug, info, warn, error, fatal";

/// The terms of `text`; what is wrong with it is added to `problems`.
pub(super) fn terms(text: &str, problems: &mut Vec<String>) -> Vec<Term> {
    let mut rest = text.trim_start();
    let mut found = Vec::new();
    while !rest.is_empty() {
        match next(&mut rest) {
            Ok(Piece::Word(word)) => found.push(Term::Word(Box::new(Word::new(word)))),
            Ok(Piece::Keyed { written, key, operator, value }) => match test(&key, operator, value) {
                Ok(test) => found.push(Term::Keyed {
                    key: if key == "trace" { "trace_id".to_owned() } else { key },
                    negated: operator.starts_with('!'),
                    test,
                }),
                Err(problem) => problems.push(format!("filter {written}: {problem}")),
            },
            Err(problem) => problems.push(format!("filter {problem}")),
        }
        rest = rest.trim_start();
    }
    found
}

/// A term as it is written.
enum Piece {
    Word(String),
    Keyed { written: String, key: String, operator: &'static str, value: String },
}

/// Takes one term off the text.
fn next(rest: &mut &str) -> Result<Piece, String> {
    let whole = *rest;
    if whole.starts_with(['"', '\'']) {
        return quoted(rest).map(Piece::Word);
    }
    let end = whole.find(char::is_whitespace).unwrap_or(whole.len());
    let (word, _) = whole.split_at(end);
    let operator_in = |from: &str| OPERATORS.into_iter().find(|operator| from.starts_with(operator));
    let at = word.char_indices().find_map(|(at, _)| word.get(at..).and_then(operator_in).map(|op| (at, op)));
    let Some((at, operator)) = at else {
        *rest = whole.get(end..).unwrap_or_default();
        return Ok(Piece::Word(word.to_owned()));
    };
    let key = whole.get(..at).unwrap_or_default().to_owned();
    *rest = whole.get(at + operator.len()..).unwrap_or_default();
    let value = if rest.starts_with(['"', '\'']) { quoted(rest) } else { Ok(bare(rest)) };
    let written = whole.get(..whole.len() - rest.len()).unwrap_or_default().to_owned();
    let value = value?;
    if key.is_empty() {
        return Err(format!(
            "{written}: no key in front of {operator}; text with operators in it stands in quotes"
        ));
    }
    if value.is_empty() && !written.ends_with(['"', '\'']) {
        return Err(format!("{written}: no value behind {operator}; accepted: a word or a text in quotes"));
    }
    if value.starts_with('=') && !written.ends_with(['"', '\'']) {
        return Err(format!("{written}: {operator}= is no operator; accepted: {}", OPERATORS.join(" ")));
    }
    Ok(Piece::Keyed { written, key, operator, value })
}

fn bare(rest: &mut &str) -> String {
    let (value, behind) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
    *rest = behind;
    value.to_owned()
}

/// A text in quotes, in which a backslash stands before a quote or a backslash that is meant as such.
fn quoted(rest: &mut &str) -> Result<String, String> {
    let (whole, mut letters) = (*rest, rest.chars());
    let quote = letters.next();
    let mut text = String::new();
    loop {
        match letters.next() {
            None => {
                *rest = "";
                return Err(format!("{whole}: the quote is not closed"));
            }
            letter if letter == quote => break,
            Some('\\') => match letters.clone().next() {
                Some(next) if next == '\\' || Some(next) == quote => {
                    text.push(next);
                    letters.next();
                }
                _ => text.push('\\'),
            },
            Some(letter) => text.push(letter),
        }
    }
    *rest = letters.as_str();
    if rest.starts_with(|next: char| !next.is_whitespace()) {
        let written = whole.split_at(whole.len() - rest.len()).0;
        bare(rest);
        return Err(format!("{written}: text behind the closing quote; terms have spaces between them"));
    }
    Ok(text)
}

fn test(key: &str, operator: &str, value: String) -> Result<Test, String> {
    let order = match operator {
        ">" => Order::More,
        ">=" => Order::AtLeast,
        "<" => Order::Less,
        "<=" => Order::AtMost,
        "=" | "!=" => Order::Equal,
        _ => return Ok(Test::Contains(Box::new(Finder::new(&value).into_owned()))),
    };
    match key {
        "level" if value != "*" => match Severity::parse(&value) {
            Ok(level) => Ok(Test::Level(order, level)),
            Err(_) => Err(format!("`{value}` is no level; accepted: {LEVELS}")),
        },
        "kind" => kind(order, &value).map(Test::Kind),
        "trace" | "trace_id" if order == Order::Equal && value != "*" => {
            Ok(Test::Begins(value.trim_end_matches('*').to_ascii_lowercase()))
        }
        "timestamp" if order != Order::Equal => {
            bounds::time_us(&value, SystemTime::now()).map(|us| Test::Time(order, us)).ok_or_else(|| {
                format!("`{value}` is no time; accepted: one such as 2026-11-30T10:00Z, or 10m back from now")
            })
        }
        _ if order != Order::Equal => {
            Number::read(value.as_bytes()).map(|number| Test::Compares(order, number)).ok_or_else(|| {
                format!("`{value}` is no number; {operator} compares numbers, level and timestamp")
            })
        }
        _ if value.contains('*') => Ok(Test::Like(value.split('*').map(str::to_owned).collect())),
        _ => {
            let number = Number::read(value.as_bytes());
            Ok(Test::Is(value, number))
        }
    }
}

fn kind(order: Order, value: &str) -> Result<Kind, String> {
    match value {
        _ if order != Order::Equal => Err("a kind is compared with = and !=".to_owned()),
        "log" => Ok(Kind::Log),
        "span" => Ok(Kind::Span),
        "metric" => Ok(Kind::Metric),
        _ => Err(format!("`{value}` is no kind; accepted: log, span, metric")),
    }
}
