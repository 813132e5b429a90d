//! Which lines are wanted: the filter that all commands share, `level>=warn service=shop "timed out"`.

mod bounds;
mod needle;
mod number;
mod parse;
mod term;
mod test;

pub(crate) use needle::Needle;

use std::time::SystemTime;

use crate::members::{Members, is_json};
use crate::outcome::Failure;
use bounds::Bounds;
use term::Term;

/// Terms that all have to hold, and bounds of time.
pub(crate) struct Filter {
    terms: Vec<Term>,
    bounds: Bounds,
}

/// The bounds of time of a command.
#[derive(clap::Args)]
pub(crate) struct Times {
    /// Only lines from then on: a length of time back from now such as 10m, 2h or 1d, or a time such as
    /// 2026-11-30T10:00Z; without a zone it is UTC
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    since: Option<String>,
    /// Only lines before then
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    until: Option<String>,
}

/// Which lines a command takes, for those that take all unless they are told.
#[derive(clap::Args)]
pub(crate) struct Wanted {
    /// Only lines that pass: `level>=warn service=shop logger=shop.* user_id!=7 message~"timed out"`
    #[arg(short = 'w', long = "where", value_name = "FILTER", default_value = "", hide_default_value = true)]
    filter: String,
    #[command(flatten)]
    times: Times,
}

impl Wanted {
    pub(crate) fn read(&self) -> Result<Filter, Failure> {
        Filter::read(&self.filter, &self.times)
    }
}

impl Filter {
    /// Reads it.
    ///
    /// # Errors
    /// All mistakes at once, each with what is accepted.
    pub(crate) fn read(text: &str, times: &Times) -> Result<Self, Failure> {
        let mut problems = Vec::new();
        let terms = parse::terms(text, &mut problems);
        let bounds =
            Bounds::read(times.since.as_deref(), times.until.as_deref(), SystemTime::now(), &mut problems);
        match problems.is_empty() {
            true => Ok(Self { terms, bounds }),
            false => Err(Failure::Message(problems.join("\nvigie: "))),
        }
    }

    /// Whether the line passes. One that is no object of JSON has no keys: only words can be found in it.
    pub(crate) fn passes(&self, line: &[u8]) -> bool {
        let words = |term: &Term| term.is_word();
        if !self.terms.iter().filter(|term| words(term)).all(|term| term.is_in(line)) {
            return false;
        }
        if self.bounds.are_open() && self.terms.iter().all(words) {
            return true;
        }
        let Some(members) = Members::of(line) else { return false };
        let keyed = || self.terms.iter().filter(|term| !words(term)).all(|term| term.holds(&members));
        keyed() && self.bounds.hold(&members) && is_json(line)
    }

    /// What every line has that passes.
    pub(crate) fn needle(&self) -> Option<Needle> {
        Needle::of(&self.terms)
    }
}

#[cfg(test)]
mod tests;
