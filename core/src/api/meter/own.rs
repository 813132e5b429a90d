//! Metrics of Vigie itself: what the books of the outputs say, brought into the registry when it is collected from.
//!
//! Not for the books: outputs keep those. While records are made nothing is done here.

use super::across::{Across, Rulebook};
use super::definition::{Definition, InstrumentOptions};
use super::last::LastCell;
use super::registry::Registry;
use super::sum::SumCell;
use crate::model::metric::{InstrumentKind, Number};
use crate::output::running::Output;
use crate::stats::{Books, DropReason};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

/// What brings the books of one configuration's outputs into a registry.
#[derive(Debug)]
pub struct OwnMetrics {
    accepted: Arc<Definition>,
    delivered: Arc<Definition>,
    dropped: Arc<Definition>,
    failed_attempts: Arc<Definition>,
    queued: Arc<Definition>,
    spooled: Arc<Definition>,
    oldest_queued: Arc<Definition>,
    told: Mutex<Vec<Told>>,
}

const OLDEST_QUEUED: &str = "vigie.output.oldest_queued";

/// What was told of one output. The weak pointer keeps its place in memory from being another one's.
#[derive(Debug)]
struct Told {
    output: Weak<Output>,
    books: Books,
    failed_attempts: u64,
}

/// What waits in the outputs of one name.
#[derive(Default)]
struct Waiting {
    queued: u64,
    spooled: u64,
    oldest: Duration,
}

impl OwnMetrics {
    /// Nothing is told yet. Nothing where a name of an instrument is not accepted, which no name here is.
    #[must_use]
    pub fn new() -> Option<Self> {
        let define = |kind, name: &str, unit: &str, description: &str| {
            let (unit, description) = (unit.to_owned(), description.to_owned());
            let options = InstrumentOptions { unit, description, buckets: None };
            Definition::new(kind, name, options).ok().map(Arc::new)
        };
        let counter = |name, description| define(InstrumentKind::Counter, name, "{record}", description);
        let gauge = |name, unit, description| define(InstrumentKind::Gauge, name, unit, description);
        Some(Self {
            accepted: counter("vigie.output.accepted", "Records that were offered to the output.")?,
            delivered: counter("vigie.output.delivered", "Records that the output has written or sent.")?,
            dropped: counter("vigie.output.dropped", "Records that the output has lost, by reason.")?,
            failed_attempts: define(
                InstrumentKind::Counter,
                "vigie.output.failed_attempts",
                "{attempt}",
                "Attempts to write or send records that did not succeed, or in part only.",
            )?,
            queued: gauge("vigie.output.queued", "{record}", "Records that wait in memory.")?,
            spooled: gauge("vigie.output.spooled", "{record}", "Records that wait on the disk.")?,
            oldest_queued: gauge(
                OLDEST_QUEUED,
                "s",
                "How long the oldest record in memory has been waiting.",
            )?,
            told: Mutex::default(),
        })
    }

    /// How the values of several processes become one, where the default is not it and nobody asked for another.
    pub fn add_rules(rulebook: &mut Rulebook) {
        rulebook.entry(OLDEST_QUEUED.to_owned()).or_insert(Across::Max);
    }

    /// Tells the registry what the books of `outputs` say by now.
    pub fn tell(&self, outputs: &[Arc<Output>], registry: &Registry) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.retain(|told| told.output.strong_count() > 0);
        let mut waiting: BTreeMap<&str, Waiting> = BTreeMap::new();
        for output in outputs {
            let books = output.books();
            let waiting = waiting.entry(output.label()).or_default();
            waiting.queued += books.queued;
            waiting.spooled += books.spooled;
            waiting.oldest = waiting.oldest.max(output.oldest_queued().unwrap_or_default());
            self.count(registry, output, books, Told::of(&mut told, output));
        }
        for (label, Waiting { queued, spooled, oldest }) in waiting {
            set(registry, &self.queued, label, queued);
            set(registry, &self.spooled, label, spooled);
            set(registry, &self.oldest_queued, label, oldest.as_secs_f64());
        }
    }

    /// Counts what is new in the books of an output.
    fn count(&self, registry: &Registry, output: &Output, books: Books, told: Option<&mut Told>) {
        let Some(told) = told else { return };
        let label = output.label();
        let gain = |definition, reason, now: u64, told: &mut u64| {
            add(registry, definition, label, reason, now.saturating_sub(*told));
            // Where books go back for a moment, as those of a spool may, nothing is told twice.
            *told = now.max(*told);
        };
        gain(&self.accepted, None, books.accepted, &mut told.books.accepted);
        gain(&self.delivered, None, books.delivered, &mut told.books.delivered);
        for ((reason, now), told) in DropReason::ALL.iter().zip(books.dropped).zip(&mut told.books.dropped) {
            gain(&self.dropped, Some(*reason), now, told);
        }
        gain(&self.failed_attempts, None, output.failed_attempts(), &mut told.failed_attempts);
    }
}

impl Told {
    /// What was told of an output so far.
    fn of<'t>(all: &'t mut Vec<Self>, output: &Arc<Output>) -> Option<&'t mut Self> {
        let is_it = |told: &Self| std::ptr::eq(told.output.as_ptr(), Arc::as_ptr(output));
        let place = all.iter().position(is_it).unwrap_or(all.len());
        if place == all.len() {
            let output = Arc::downgrade(output);
            all.push(Self { output, books: Books::default(), failed_attempts: 0 });
        }
        all.get_mut(place)
    }
}

/// Adds to a counter, also nothing, so that there is a series. Where a user's instrument has the name, it stays as it is.
fn add(
    registry: &Registry,
    definition: &Arc<Definition>,
    output: &str,
    reason: Option<DropReason>,
    records: u64,
) {
    let Ok(counter) = registry.instrument::<SumCell>(definition) else { return };
    counter.measure(
        |writer| {
            writer.key("output");
            writer.str(output);
            if let Some(reason) = reason {
                writer.key("reason");
                writer.str(reason.as_str());
            }
        },
        |cell| cell.add(Number::from(records)),
    );
}

fn set(registry: &Registry, definition: &Arc<Definition>, output: &str, value: impl Into<Number>) {
    let value = value.into();
    let Ok(gauge) = registry.instrument::<LastCell>(definition) else { return };
    gauge.measure(
        |writer| {
            writer.key("output");
            writer.str(output);
        },
        |cell| cell.set(value),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_processes_the_longest_wait_counts_unless_users_say_otherwise() {
        let mut rulebook = Rulebook::new();
        OwnMetrics::add_rules(&mut rulebook);
        assert_eq!(rulebook.get("vigie.output.oldest_queued"), Some(&Across::Max));
        rulebook.insert(OLDEST_QUEUED.to_owned(), Across::Min);
        OwnMetrics::add_rules(&mut rulebook);
        assert_eq!(rulebook.get("vigie.output.oldest_queued"), Some(&Across::Min));
    }
}
