//! What a span is told when it starts.

use crate::model::context::Context;
use crate::model::span::{Link, SpanKind};

/// How a span starts.
#[derive(Debug, Clone, Copy, Default)]
pub struct SpanStart<'a> {
    /// Its role.
    pub kind: SpanKind,
    /// The context it is started in; a new trace without one or without a span in it.
    pub parent: Option<&'a Context>,
    /// Start in nanoseconds since 1970-01-01 UTC; now unless given.
    pub start_time_ns: Option<i64>,
    /// The emitting library's name.
    pub scope: &'a str,
    /// Other spans it relates to.
    pub links: &'a [Link],
}
