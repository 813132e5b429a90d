//! Rows of digits that may be a card's or an account's: which are worth a check, and what the checks find.
//!
//! Not for the checks: see `cards` and `ibans`.

use super::blocks::{Block, ahead};
use super::findings::Findings;
use super::shapes::run;
use super::{cards, ibans};
use crate::stats::RedactionRule;

/// Where rows of digits begin in a block that may be a card's number or an account's.
#[inline]
pub(super) fn rows(block: Block) -> u64 {
    cards(block) | block.digits.starts() & block.words.behind()
}

/// Those that have the length of a card's number, or of its first group with more digits behind it.
#[inline]
fn cards(block: Block) -> u64 {
    let digits = block.digits;
    let grouped = digits.exact_rows(cards::GROUP) & ahead(digits.rows(cards::GROUP), cards::GROUP + 1);
    grouped | digits.starts() & digits.rows(cards::FEWEST_DIGITS)
}

/// Whether a row is worth a check; of those behind a letter few have a country before them.
#[inline]
pub(super) fn may_be_at(text: &[u8], block: Block, row: usize) -> bool {
    block.has(cards(block), row) || ibans::may_be_around(text, row)
}

/// Finds numbers, block by block.
#[derive(Debug)]
pub(super) struct Numbers {
    cards: bool,
    ibans: bool,
    /// What begins before is a part of what was found.
    from: usize,
}

impl Numbers {
    /// Finds `cards` and `ibans`, if these rules are on.
    pub(super) fn new(cards: bool, ibans: bool) -> Self {
        Self { cards, ibans, from: 0 }
    }

    /// Finds every number whose digits begin in a block.
    #[inline]
    pub(super) fn look(&mut self, text: &[u8], block: Block, findings: &mut Findings) {
        for start in block.places(rows(block)) {
            if start < self.from || !may_be_at(text, block, start) {
                continue;
            }
            let row = run(text.get(start..).unwrap_or_default(), |byte| byte.is_ascii_digit());
            if self.cards
                && let Some(end) = cards::end(text, start, start + row)
            {
                findings.add(start, end, RedactionRule::Card);
                self.from = end;
            } else if self.ibans
                && let Some((from, end)) = ibans::around(text, start)
            {
                findings.add(from, end, RedactionRule::Iban);
                self.from = end;
            }
        }
    }
}
