//! The user's patterns: regular expressions, all found in one pass, in time linear in the length of the text.
//!
//! A lazy automaton runs them. What a search may cost is bounded, also where many short matches each need a long look
//! ahead (`a+b|a` on a row of `a`), and so is the memory of the automaton, for each thread that searches.

use super::findings::Findings;
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
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The most patterns that there may be.
pub const MOST_PATTERNS: usize = 64;

/// How large the program of all patterns may become, and what a thread keeps of the automaton's states.
const PROGRAM_BYTES: usize = 512 * 1024;
const CACHE_BYTES: usize = 256 * 1024;

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
    pub(super) fn name(&self, place: usize) -> &str {
        self.names.get(place).map_or("", String::as_str)
    }

    /// No match is shorter, in bytes.
    pub(super) fn shortest(&self) -> usize {
        self.shortest
    }

    /// Finds every match, the leftmost first, the pattern with the first name where several match.
    pub(super) fn search(&self, text: &str, findings: &mut Findings) {
        with_cache(self, |cache| {
            // Most texts hold no match, and this is the faster loop.
            let forward = (self.regex.forward(), cache.as_parts_mut().0);
            if matches!(forward.0.try_search_fwd(forward.1, &Input::new(text)), Ok(None)) {
                return;
            }
            Search { patterns: self, cache, text, steps_left: 8 * text.len() + 1024 }.run(findings);
        });
    }
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
    static CACHE: RefCell<Option<(u64, Cache)>> = const { RefCell::new(None) };
}

/// Calls `search` with the thread's states of the automaton.
fn with_cache(patterns: &Patterns, search: impl FnOnce(&mut Cache)) {
    let mut search = Some(search);
    let mut with = |cached: &mut Option<(u64, Cache)>| {
        let fresh = || (patterns.id, patterns.regex.create_cache());
        if cached.as_ref().is_none_or(|(id, _)| *id != patterns.id) {
            *cached = Some(fresh());
        }
        let (_, cache) = cached.get_or_insert_with(fresh);
        if let Some(search) = search.take() {
            search(cache);
        }
    };
    let done = CACHE.try_with(|cached| cached.try_borrow_mut().map(|mut cached| with(&mut cached)));
    if !matches!(done, Ok(Ok(()))) {
        // While the thread ends its slot is gone.
        with(&mut None);
    }
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
    fn run(&mut self, findings: &mut Findings) {
        let mut from = 0;
        let mut place = 0;
        loop {
            match self.next(from) {
                Ok(None) => return,
                Ok(Some(found)) => {
                    place = found.place;
                    let start = self.start_of(from, &found);
                    findings.add_match(prefix(self.text, start).len(), self.ceil(found.end), place);
                    from = found.end;
                }
                // What nobody can look at in time is not shown.
                Err(()) => return findings.add_match(prefix(self.text, from).len(), self.text.len(), place),
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
    use super::super::mode::Mode;
    use super::*;

    fn patterns(given: &[(&str, &str)]) -> Patterns {
        let given = given.iter().map(|(name, pattern)| ((*name).to_owned(), (*pattern).to_owned()));
        Patterns::new(given.collect()).unwrap()
    }

    fn masked(given: &[(&str, &str)], text: &str) -> Option<String> {
        let patterns = patterns(given);
        let mut findings = Findings::default();
        patterns.search(text, &mut findings);
        findings.replaced(text, text.len(), &Mode::Mask).map(|masked| masked.text)
    }

    #[test]
    fn every_match_of_every_pattern_is_found() {
        let given = [("badge", "B-[0-9]{6}"), ("tail", "(?i)secret$"), ("word", r"\bx\d+\b")];
        assert_eq!(
            masked(&given, "B-123456 and B-654321 x12 x1y SeCret").unwrap(),
            "[redacted] and [redacted] [redacted] x1y [redacted]"
        );
        assert_eq!(masked(&given, "B-12345 secret no"), None);
        assert_eq!(masked(&[("a", "^a"), ("b", "a")], "aa").unwrap(), "[redacted][redacted]");
    }

    #[test]
    fn characters_stay_whole() {
        assert_eq!(masked(&[("one", "x.")], "axéb").unwrap(), "a[redacted]b");
        assert_eq!(masked(&[("all", "(?u:é)[^ ]+")], "a éèè b").unwrap(), "a [redacted] b");
        assert_eq!(masked(&[("second", r"\xa9")], "aéb").unwrap(), "a[redacted]b");
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
    fn a_search_ends_in_time_and_shows_nothing_that_it_did_not_look_at() {
        let text = "q".repeat(64 * 1024);
        let masked = masked(&[("far", "q+b|q")], &text).unwrap();
        assert!(masked.starts_with("[redacted]") && !masked.contains('q'), "{}", masked.len());
        assert!(masked.len() < 1000, "{}", masked.len());
    }
}
