//! Counters of what recording changed or refused, and the books of an output.
//!
//! Not for users' metrics: those live in `api::meter`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// A count that many threads add to and `stats()` reads.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// Adds one.
    #[inline]
    pub fn one(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Adds `n`.
    #[inline]
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    /// Adds one, and says whether it is the first.
    pub fn is_first(&self) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed) == 0
    }

    /// Takes `n` away again.
    #[inline]
    pub fn sub(&self, n: u64) {
        self.0.fetch_sub(n, Ordering::Relaxed);
    }

    /// The value now.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What happened to values on their way into a record; shown by `stats()`, never in the record.
#[derive(Debug, Default)]
pub struct Counts {
    /// Strings in which an ill-formed sequence became U+FFFD.
    pub sanitized_utf8: Count,
    /// Strings and containers that a limit cut.
    pub truncated: Count,
    /// Values masked because of their key or something in them.
    pub redacted: Count,
    /// The same by [`RedactionRule`], in the order of [`RedactionRule::ALL`]; a value may count under several.
    pub redacted_by_rule: [Count; RedactionRule::ALL.len()],
    /// The same by the names of the user's patterns.
    pub redacted_by_pattern: NamedCounts,
    /// Attributes that bore a reserved name and got a trailing underscore.
    pub reserved_keys: Count,
    /// Values that the host replaced by a marker, `[circular]` for one.
    pub markers: Count,
    /// Spans that started and did not end yet.
    pub open_spans: Count,
    /// Spans dropped by their owner without an end.
    pub leaked_spans: Count,
    /// Spans not recorded because `limits.open_spans` were open.
    pub refused_spans: Count,
    /// Spans whose kind was none that there is.
    pub unknown_span_kinds: Count,
    /// Measurements that went to an overflow series.
    pub series_overflow: Count,
    /// Measurements that are not numbers of their instrument's domain.
    pub invalid_measurements: Count,
    /// Values that a format has no way to say, such as NaN in InfluxDB, and points of nothing but such values.
    pub left_out: Count,
    /// Spans that waited for the end of their trace and had to go before, since too many waited.
    pub undecided_spans: Count,
    /// Log records that their share left out.
    pub logs_by_share: Count,
    /// Log records beyond how many of their kind a second has.
    pub logs_by_rate: Count,
    /// Log records that are counted in the line of their repeats.
    pub logs_folded: Count,
    /// Log records that waited for their trace to fail, in vain.
    pub logs_let_go: Count,
    /// Span attributes, events and links beyond their limits.
    pub span_items_dropped: Count,
}

impl Counts {
    /// Counts a value that a rule of ours masked.
    pub fn redacted_by(&self, rule: RedactionRule) {
        if let Some(count) = self.redacted_by_rule.get(rule as usize) {
            count.one();
        }
    }
}

/// Counts by names that the configuration decides.
// A lock, because names come and go with the configuration; it is taken when something was found, which is rare.
#[derive(Debug, Default)]
pub struct NamedCounts(Mutex<BTreeMap<String, u64>>);

impl NamedCounts {
    /// Adds one to the count of that name.
    pub fn one(&self, name: &str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.get_mut(name) {
            Some(count) => *count += 1,
            None => {
                counts.insert(name.to_owned(), 1);
            }
        }
    }

    /// All of them, by name.
    #[must_use]
    pub fn all(&self) -> BTreeMap<String, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A rule of redaction, for what is masked without a pattern of the user's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedactionRule {
    /// The value's key is a listed name.
    Key,
    /// A token that begins as its issuer's do.
    Token,
    /// A JSON web token.
    Jwt,
    /// A private key in PEM.
    Pem,
    /// A password in an address.
    Url,
    /// What is assigned to a listed name inside of a text.
    Assignment,
    /// A payment card's number.
    Card,
    /// A bank account's number.
    Iban,
    /// An e-mail address.
    Email,
}

impl RedactionRule {
    /// All rules, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::Key,
        Self::Token,
        Self::Jwt,
        Self::Pem,
        Self::Url,
        Self::Assignment,
        Self::Card,
        Self::Iban,
        Self::Email,
    ];

    /// Whether it holds unless the configuration says otherwise.
    #[must_use]
    pub const fn is_default(self) -> bool {
        // Many logs are about people on purpose.
        !matches!(self, Self::Email)
    }

    /// The rule's name in the configuration and in `stats()`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Token => "token",
            Self::Jwt => "jwt",
            Self::Pem => "pem",
            Self::Url => "url",
            Self::Assignment => "assignment",
            Self::Card => "card",
            Self::Iban => "iban",
            Self::Email => "email",
        }
    }
}

/// Why a record that was accepted will not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropReason {
    /// The buffer was full and the wait for room over.
    Full,
    /// The record came after shutdown.
    Shutdown,
    /// The operating system refused the write.
    Io,
    /// The reader of the output went away.
    Closed,
    /// The far side understood the record and does not take it.
    Rejected,
    /// The far side takes no record of this size.
    TooLarge,
    /// The far side could not be reached for as long as it is tried.
    Expired,
    /// The far side could not prove who it is, or this side could not.
    Tls,
    /// What was kept on the disk can no longer be read.
    Damaged,
}

impl DropReason {
    /// All reasons, in the order in which the books print them.
    pub const ALL: [Self; 9] = [
        Self::Full,
        Self::Shutdown,
        Self::Io,
        Self::Closed,
        Self::Rejected,
        Self::TooLarge,
        Self::Expired,
        Self::Tls,
        Self::Damaged,
    ];

    /// The reason's name in the books.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Shutdown => "shutdown",
            Self::Io => "io",
            Self::Closed => "closed",
            Self::Rejected => "rejected",
            Self::TooLarge => "too_large",
            Self::Expired => "expired",
            Self::Tls => "tls",
            Self::Damaged => "damaged",
        }
    }
}

/// One output's books: `accepted = delivered + dropped + queued + spooled`, exactly.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Books {
    /// Records that were offered to the output.
    pub accepted: u64,
    /// Records that were written.
    pub delivered: u64,
    /// Records lost, by [`DropReason`] in the order of [`DropReason::ALL`].
    pub dropped: [u64; DropReason::ALL.len()],
    /// Records waiting in memory.
    pub queued: u64,
    /// Records that the exporter keeps for later, for example on a disk.
    pub spooled: u64,
}

impl Books {
    /// Books a loss of `n` records.
    pub fn drop_records(&mut self, reason: DropReason, n: u64) {
        if let Some(slot) = self.dropped.get_mut(reason as usize) {
            *slot += n;
        }
    }

    /// All losses together.
    #[must_use]
    pub fn dropped_total(&self) -> u64 {
        self.dropped.iter().sum()
    }
}
