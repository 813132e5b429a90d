//! Writing attributes into memory that each thread keeps for it.
//!
//! Not for finding the series that they name: see `table`.

use super::recent::Recent;
use super::shared::Shared;
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::target::Target;
use crate::encode::attributes::writer::AttributeWriter;
use crate::model::attributes::Attributes;
use std::cell::Cell;
use std::sync::Arc;

/// Memory that grew beyond this is not kept: one huge attribute must not hold it for ever.
const KEPT_BYTES: usize = 16 * 1024;

/// What one thread needs to write attributes.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    attributes: Attributes,
    /// The rules used last, so that their count of owners stays untouched.
    rules: Option<Arc<Rules>>,
    recent: Recent,
}

thread_local! {
    static SPARE: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

impl Scratch {
    /// Notes attributes down with `fill` and hands them to `then`, with the rules to encode them by and the series
    /// that the thread met last.
    ///
    /// The memory is taken out of its place meanwhile: `fill` runs users' code, which may measure too.
    #[inline]
    pub(crate) fn with<R>(
        shared: &Shared,
        fill: impl FnOnce(&mut AttributeWriter<'_>),
        then: impl FnOnce(&mut Attributes, &Rules, &mut Recent) -> R,
    ) -> R {
        // While a thread ends its memory is gone already; then each call pays for its own.
        let mut scratch = SPARE.try_with(Cell::take).ok().flatten().unwrap_or_default();
        let Scratch { attributes, rules, recent } = &mut *scratch;
        attributes.clear();
        let rules = match rules {
            Some(known) if known.epoch == shared.rules_epoch() => known,
            _ => rules.insert(shared.rules()),
        };
        fill(&mut AttributeWriter::new(attributes, rules, shared.counts(), Target::Draft));
        let result = then(attributes, rules, recent);
        if scratch.attributes.bytes.capacity() <= KEPT_BYTES {
            let _ = SPARE.try_with(|spare| spare.set(Some(scratch)));
        }
        result
    }
}
