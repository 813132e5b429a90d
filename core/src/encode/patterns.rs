//! The user's patterns: regular expressions, all found in one pass, in time linear in the length of the text.
//!
//! A lazy automaton runs them. What a search may cost is bounded, also where many short matches each need a long look
//! ahead (`a+b|a` on a row of `a`), and so is the memory of the automata, for each thread that searches.
//! Not for what becomes of a match: redaction masks it, and entities tell it.

use crate::model::cut::prefix;
use regex_automata::hybrid::dfa::DFA;
use regex_automata::hybrid::regex::{Cache, Regex};
use regex_automata::nfa::thompson;
use regex_automata::util::{prefilter::Prefilter, syntax};
use regex_automata::{Anchored, Input, MatchKind};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The most patterns that there may be.
pub const MOST_PATTERNS: usize = 64;

/// How large the program of all patterns may become, and what a thread keeps of the automaton's states.
const PROGRAM_BYTES: usize = 512 * 1024;
const CACHE_BYTES: usize = 256 * 1024;

/// So many sets of patterns are searched for in turn: those of redaction and of entities.
const SETS: usize = 2;

/// Patterns that were compiled.
#[derive(Clone)]
pub struct Patterns {
    given: BTreeMap<String, String>,
    names: Arc<[String]>,
    regex: Arc<Regex>,
    /// No match is shorter, in bytes.
    shortest: usize,
    /// Differs between any two sets of a process: caches belong to one.
    id: u64,
}

impl fmt::Debug for Patterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.given.fmt(f)
    }
}

impl PartialEq for Patterns {
    fn eq(&self, other: &Self) -> bool {
        self.given == other.given
    }
}

impl Patterns {
    /// Says why `pattern` cannot be one.
    ///
    /// # Errors
    /// The reason, in a few words.
    pub fn check(pattern: &str) -> Result<(), String> {
        let parsed = syntax::parse_with(pattern, &syntax_rules()).map_err(|error| reason(&error))?;
        if parsed.properties().minimum_len() == Some(0) {
            return Err("it would match an empty text".to_owned());
        }
        Self::new(BTreeMap::from([(String::new(), pattern.to_owned())])).map(|_| ())
    }

    /// Compiles patterns by their names, each of which was checked.
    ///
    /// # Errors
    /// When they are too large together.
    pub fn new(given: BTreeMap<String, String>) -> Result<Self, String> {
        static IDS: AtomicU64 = AtomicU64::new(1);
        let rules = syntax_rules();
        let texts: Vec<&str> = given.values().map(String::as_str).collect();
        let parsed = syntax::parse_many_with(&texts, &rules).map_err(|error| reason(&error))?;
        let prefilter = Prefilter::from_hirs_prefix(MatchKind::LeftmostFirst, &parsed);
        let shortest =
            parsed.iter().map(|hir| hir.properties().minimum_len().unwrap_or(1)).min().unwrap_or(1);
        let regex = Regex::builder()
            .syntax(rules)
            .thompson(thompson::Config::new().utf8(false).nfa_size_limit(Some(PROGRAM_BYTES)))
            .dfa(
                DFA::config()
                    .prefilter(prefilter)
                    .cache_capacity(CACHE_BYTES)
                    .skip_cache_capacity_check(true),
            )
            .build_many(&texts)
            .map_err(|error| reason(&error))?;
        Ok(Self {
            names: given.keys().cloned().collect(),
            given,
            regex: Arc::new(regex),
            shortest: shortest.max(1),
            id: IDS.fetch_add(1, Ordering::Relaxed),
        })
    }

    /// The patterns as they were given, by their names.
    #[must_use]
    pub fn given(&self) -> &BTreeMap<String, String> {
        &self.given
    }

    /// The name of the pattern at a place.
    #[must_use]
    pub fn name(&self, place: usize) -> &str {
        self.names.get(place).map_or("", String::as_str)
    }

    /// The names of all, in the order of their places.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// No match is shorter, in bytes.
    #[must_use]
    pub fn shortest(&self) -> usize {
        self.shortest
    }

    /// Shows every match with the place of its pattern: the leftmost first, of several there the pattern with the first name.
    ///
    /// # Errors
    /// When that would take too long: the match that is the rest of the text, for whoever must not miss one.
    pub fn search(&self, text: &str, tell: &mut dyn FnMut(Range<usize>, usize)) -> Result<(), Unsearched> {
        if text.len() < self.shortest {
            return Ok(());
        }
        with_cache(self, |cache| {
            // Most texts hold no match, and this is the faster loop.
            let forward = (self.regex.forward(), cache.as_parts_mut().0);
            if matches!(forward.0.try_search_fwd(forward.1, &Input::new(text)), Ok(None)) {
                return Ok(());
            }
            Search { patterns: self, cache, text, steps_left: 8 * text.len() + 1024 }.run(tell)
        })
    }
}

/// What nobody could look at in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsearched {
    /// Where it begins.
    pub from: usize,
    /// The place of the pattern that was found last.
    pub place: usize,
}

/// What is wrong, from the cause of all and the end of what it says; what comes before repeats the pattern.
fn reason(error: &dyn Error) -> String {
    if let Some(cause) = error.source() {
        return reason(cause);
    }
    let said = error.to_string();
    let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    last.trim().trim_start_matches("error: ").to_owned()
}

/// Bytes are matched, so that no tables of Unicode are needed: `\w`, `\d` and `\b` mean ASCII.
fn syntax_rules() -> syntax::Config {
    syntax::Config::new().unicode(false).utf8(false)
}

thread_local! {
    /// States of the automata of the sets that were searched for last, the last one first.
    static CACHES: RefCell<Vec<(u64, Box<Cache>)>> = const { RefCell::new(Vec::new()) };
}

/// Calls `search` with the thread's states of the automaton.
fn with_cache<T>(patterns: &Patterns, search: impl FnOnce(&mut Cache) -> T) -> T {
    let take = |caches: &mut Vec<(u64, Box<Cache>)>| {
        let at = caches.iter().position(|(id, _)| *id == patterns.id)?;
        Some(caches.remove(at).1)
    };
    // While the thread ends its slot is gone.
    let taken = CACHES.try_with(|caches| take(&mut *caches.try_borrow_mut().ok()?)).ok().flatten();
    let mut cache = taken.unwrap_or_else(|| Box::new(patterns.regex.create_cache()));
    let result = search(&mut cache);
    let _gone = CACHES.try_with(|caches| {
        if let Ok(mut caches) = caches.try_borrow_mut() {
            caches.insert(0, (patterns.id, cache));
            caches.truncate(SETS);
        }
    });
    result
}

/// A match, with the place of its pattern.
struct Match {
    end: usize,
    place: usize,
}

struct Search<'s> {
    patterns: &'s Patterns,
    cache: &'s mut Cache,
    text: &'s str,
    /// How many bytes may still be read.
    steps_left: usize,
}

impl Search<'_> {
    fn run(&mut self, tell: &mut dyn FnMut(Range<usize>, usize)) -> Result<(), Unsearched> {
        let (mut from, mut place) = (0, 0);
        loop {
            match self.next(from) {
                Ok(None) => return Ok(()),
                Ok(Some(found)) => {
                    place = found.place;
                    let start = self.start_of(from, &found);
                    tell(prefix(self.text, start).len()..self.ceil(found.end), place);
                    from = found.end;
                }
                Err(()) => return Err(Unsearched { from: prefix(self.text, from).len(), place }),
            }
        }
    }

    /// The next match from `from` on; an error when there are no steps left.
    fn next(&mut self, from: usize) -> Result<Option<Match>, ()> {
        let dfa = self.patterns.regex.forward();
        let cache = self.cache.as_parts_mut().0;
        let text = self.text.as_bytes();
        let mut last = None;
        let mut state = dfa.start_state_forward(cache, &Input::new(text).range(from..)).map_err(drop)?;
        for (at, byte) in text.iter().enumerate().skip(from) {
            self.steps_left = self.steps_left.checked_sub(1).ok_or(())?;
            state = dfa.next_state(cache, state, *byte).map_err(drop)?;
            // It tells of a match one byte late.
            if state.is_match() {
                last = Some(Match { end: at, place: dfa.match_pattern(cache, state, 0).as_usize() });
            } else if state.is_dead() {
                return Ok(last);
            }
        }
        state = dfa.next_eoi_state(cache, state).map_err(drop)?;
        if state.is_match() {
            last = Some(Match { end: text.len(), place: dfa.match_pattern(cache, state, 0).as_usize() });
        }
        Ok(last)
    }

    /// Where a match begins; it was looked for from `from` on.
    fn start_of(&mut self, from: usize, found: &Match) -> usize {
        let input = Input::new(self.text).range(from..found.end).anchored(Anchored::Yes);
        let cache = self.cache.as_parts_mut().1;
        let start = self.patterns.regex.reverse().try_search_rev(cache, &input);
        start.ok().flatten().map_or(from, |start| start.offset())
    }

    fn ceil(&self, at: usize) -> usize {
        (at..self.text.len()).find(|at| self.text.is_char_boundary(*at)).unwrap_or(self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(given: &[(&str, &str)]) -> Patterns {
        let given = given.iter().map(|(name, pattern)| ((*name).to_owned(), (*pattern).to_owned()));
        Patterns::new(given.collect()).unwrap()
    }

    fn found<'t>(given: &[(&str, &str)], text: &'t str) -> Vec<&'t str> {
        let mut found = Vec::new();
        patterns(given).search(text, &mut |range, _| found.push(&text[range])).unwrap();
        found
    }

    #[test]
    fn every_match_of_every_pattern_is_found() {
        let given = [("badge", "B-[0-9]{6}"), ("tail", "(?i)secret$"), ("word", r"\bx\d+\b")];
        assert_eq!(
            found(&given, "B-123456 and B-654321 x12 x1y SeCret"),
            ["B-123456", "B-654321", "x12", "SeCret"]
        );
        assert_eq!(found(&given, "B-12345 secret no"), [""; 0]);
        assert_eq!(found(&[("a", "^a"), ("b", "a")], "aa"), ["a", "a"]);
    }

    #[test]
    fn characters_stay_whole() {
        assert_eq!(found(&[("one", "x.")], "axéb"), ["xé"]);
        assert_eq!(found(&[("all", "(?u:é)[^ ]+")], "a éèè b"), ["éèè"]);
        assert_eq!(found(&[("second", r"\xa9")], "aéb"), ["é"]);
    }

    #[test]
    fn sets_that_are_searched_for_in_turn_find_each_their_own() {
        let sets: Vec<Patterns> =
            ["a", "b", "c"].iter().map(|pattern| patterns(&[("one", pattern)])).collect();
        for _ in 0..2 {
            for (set, start) in sets.iter().zip(0..) {
                let mut starts = Vec::new();
                set.search("abc", &mut |range, _| starts.push(range.start)).unwrap();
                assert_eq!(starts, [start]);
            }
        }
    }

    #[test]
    fn what_cannot_be_a_pattern_says_why() {
        for (pattern, why) in [
            ("a(b", "unclosed group"),
            ("a*", "it would match an empty text"),
            (r"\b", "it would match an empty text"),
            ("(?=a)b", "look-around, including look-ahead and look-behind, is not supported"),
            (r"(a)\1", "backreferences are not supported"),
        ] {
            assert_eq!(Patterns::check(pattern).unwrap_err(), why, "{pattern}");
        }
        assert!(Patterns::check(&format!("({}){{1000}}", "a?b".repeat(200))).unwrap_err().contains("limit"));
        Patterns::check(r"[A-Z]{2}\d{6}").unwrap();
    }

    #[test]
    fn a_search_ends_in_time_and_says_what_it_did_not_look_at() {
        let text = "q".repeat(64 * 1024);
        let mut last = 0;
        let ended = patterns(&[("far", "q+b|q")]).search(&text, &mut |range, _| last = range.end);
        assert_eq!(ended, Err(Unsearched { from: last, place: 0 }));
        assert!(0 < last && last < text.len() / 10, "{last}");
    }
}
