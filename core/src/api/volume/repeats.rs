//! What is kept of records that repeat one that was written: how many there were and when, and the line that says so.

use super::weight::put_weight;
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::target::Target;
use crate::encode::attributes::writer::AttributeWriter;
use crate::encode::json::is_plain;
use crate::encode::record::{Log, Name};
use crate::encode::timestamp::rfc3339_of_data;
use crate::model::attributes::{Attributes, CORRELATION_KEYS, Role};
use crate::model::context::Context;
use crate::model::severity::Severity;
use crate::stats::Counts;

static NOWHERE: Context = Context::root();

/// Records that repeat one that was written.
#[derive(Debug)]
pub(super) struct Repeats {
    severity: Severity,
    logger: String,
    message: String,
    template: String,
    attributes: Attributes,
    count: u64,
    weight: f64,
    first_ns: i64,
    last_ns: i64,
}

impl Repeats {
    /// None so far.
    pub(super) fn new(severity: Severity, logger: &str, message: &str, template: &str) -> Self {
        let texts = [logger, message, template].map(str::to_owned);
        let [logger, message, template] = texts;
        let (attributes, count, weight) = (Attributes::default(), 0, 0.0);
        Self {
            severity,
            logger,
            message,
            template,
            attributes,
            count,
            weight,
            first_ns: i64::MAX,
            last_ns: i64::MIN,
        }
    }

    /// The same of records such as `log`. What tells one request from another is no part of it.
    pub(super) fn of(log: &Log<'_>, rules: &Rules) -> Self {
        let body = log.body(&rules.limits);
        let mut repeats = Self::new(log.severity, log.logger.text, &body, log.template());
        let all = log.attributes();
        for set in [&all.well_known, &all.plain] {
            for entry in set.entries.iter().filter(|entry| !is_of_a_request(entry.role)) {
                repeats.attributes.push_copy(set, entry);
                repeats.attributes.has_well_known |= matches!(entry.role, Role::WellKnown(_));
            }
        }
        repeats
    }

    /// One more, which stands for so many.
    pub(super) fn add(&mut self, at_ns: i64, weight: f64) {
        self.count += 1;
        self.weight += weight;
        (self.first_ns, self.last_ns) = (self.first_ns.min(at_ns), self.last_ns.max(at_ns));
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// What they are told by: the one that ended first, first.
    pub(super) fn order(&self) -> (i64, &str, &str) {
        (self.last_ns, &self.logger, &self.message)
    }

    /// Shows the record that tells of them.
    pub(super) fn tell(&self, rules: &Rules, counts: &Counts, show: impl FnOnce(&Log<'_>)) {
        let mut own = Attributes::default();
        // Before the others, so that no limit on attributes takes them.
        let mut writer = AttributeWriter::new(&mut own, rules, counts, Target::Log);
        writer.key("repeated");
        writer.uint(self.count);
        for (key, at_ns) in [("repeated_first", self.first_ns), ("repeated_last", self.last_ns)] {
            writer.key(key);
            writer.str(&String::from_utf8_lossy(&rfc3339_of_data(at_ns)));
        }
        drop(writer);
        put_weight(rules, counts, &mut own, self.weight);
        own.append(&self.attributes);
        let times = if self.count == 1 { "time" } else { "times" };
        let message = format!("{} (repeated {} {times})", self.message, self.count);
        show(&Log {
            timestamp_ns: self.last_ns,
            severity: self.severity,
            message: &message,
            is_template: false,
            filled_from: Some(&self.template),
            logger: Name { text: &self.logger, is_plain: is_plain(&self.logger) },
            context: &NOWHERE,
            // They came from whatever threads; what they hold stands in the first one's line.
            thread: None,
            bound: None,
            own: &own,
            entities: None,
            error: None,
        });
    }
}

/// Whether a key joins the records of one request, so that records of different requests are equal but for it.
pub(super) fn is_of_a_request(role: Role) -> bool {
    matches!(role, Role::WellKnown(place) if usize::from(place) < CORRELATION_KEYS)
}
