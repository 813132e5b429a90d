//! What the sampler is told of a span, and what it says.

use super::threshold::Threshold;
use crate::model::attributes::Attributes;
use crate::model::context::{Carried, Context};
use crate::model::ids::TraceId;
use crate::model::propagation::ot;
use crate::model::span::SpanKind;
use std::sync::Arc;

/// A span that is about to begin (OpenTelemetry trace SDK, "ShouldSample").
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The context it is started in.
    pub parent: Option<&'a Context>,
    /// Its trace.
    pub trace_id: TraceId,
    /// What it is called.
    pub name: &'a str,
    /// Its role.
    pub kind: SpanKind,
    /// The attributes that it is started with, where the sampler reads them.
    pub attributes: Option<&'a Attributes>,
}

impl Asked<'_> {
    /// Whether its trace begins with it.
    pub(super) fn is_new(&self) -> bool {
        self.parent.is_none_or(|context| context.span.is_none())
    }

    pub(super) fn trace_state(&self) -> Option<&str> {
        self.parent.and_then(Context::trace_state)
    }
}

/// What was decided.
#[derive(Debug, Clone, Copy)]
pub struct Sampled<'s> {
    /// The flag *sampled* of the span.
    pub is_sampled: bool,
    /// What its `tracestate` says of that.
    pub mark: Mark<'s>,
}

/// What becomes of the threshold in the `ot` member of a `tracestate`.
#[derive(Debug, Clone, Copy)]
pub enum Mark<'s> {
    /// The list goes on as it came.
    Kept,
    /// The span was not sampled, or with a probability that nobody knows.
    Erased,
    /// It was sampled with the probability of this threshold.
    Set(&'s Threshold),
}

impl Mark<'_> {
    /// What a span carries that was marked so, of what its context carries.
    #[must_use]
    pub fn on(&self, carried: Option<Arc<Carried>>) -> Option<Arc<Carried>> {
        let before = carried.as_deref().and_then(|carried| carried.trace_state.as_deref());
        match self {
            Self::Set(threshold) if carried.is_none() => return Some(threshold.alone()),
            Self::Erased if before.is_none() => return carried,
            _ => {}
        }
        let Some(trace_state) = self.written(before) else { return carried };
        Some(Arc::new(Carried { trace_state, ..carried.as_deref().cloned().unwrap_or_default() }))
    }

    /// The `tracestate` that follows `before`, where it is another one: none where no member is left.
    #[must_use]
    pub fn written(&self, before: Option<&str>) -> Option<Option<Box<str>>> {
        match self {
            Self::Kept => None,
            Self::Erased => ot::with_threshold(before, None),
            Self::Set(threshold) => ot::with_threshold(before, Some(threshold.digits())),
        }
    }
}
