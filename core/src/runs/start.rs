//! What is told of runs: the rules of a table, how one starts, how it ends and what it was.

use super::chunks::ChunkTimes;
use super::id::RunId;
use super::state::RunState;
use crate::model::context::Context;
use crate::model::error_info::ErrorInfo;
use crate::model::span::{Link, SpanKind};
use std::any::Any;
use std::time::Duration;

/// What a table of runs is held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunRules {
    /// Runs that may be open at once. Those beyond it are not recorded, and counted.
    pub open: usize,
    /// A run that nothing was heard of for so long is ended as abandoned.
    pub idle: Duration,
    /// Spans below one outermost run. Those beyond it are left out, and the outermost run's span says how many.
    pub spans: u32,
}

impl Default for RunRules {
    /// 10 000 open runs, an hour, 1 000 spans.
    fn default() -> Self {
        Self { open: 10_000, idle: Duration::from_secs(3600), spans: 1000 }
    }
}

/// How a run starts.
#[derive(Debug, Clone, Copy)]
pub struct RunStart<'a> {
    /// The framework's identifier of it.
    pub id: RunId,
    /// The framework's identifier of the run that it is a part of.
    pub parent: Option<RunId>,
    /// Where it stands when the table does not know its parent.
    pub context: &'a Context,
    /// Where it stands when the table does know its parent and something was started inside of that run's body that
    /// this one is a part of.
    pub nearer: Option<&'a Context>,
    /// The name of its span.
    pub name: &'a str,
    /// The role of its span.
    pub kind: SpanKind,
    /// Whether it gets no span; the spans below it are then those of the run above it.
    pub is_hidden: bool,
    /// Attributes of its span and of those of all runs below it, as text.
    pub inherited: &'a [(&'a str, &'a str)],
    /// Attributes of log records written in its body and below, as text.
    pub logged: &'a [(&'a str, &'a str)],
    /// Other spans that its span relates to.
    pub links: &'a [Link],
}

/// How a run ends.
#[derive(Debug, Clone, Copy)]
pub struct RunEnd<'a> {
    /// How it went.
    pub state: RunState,
    /// What it failed with: recorded as the span's exception.
    pub error: Option<&'a ErrorInfo>,
}

/// What an adapter wants back when a run ends. It is let go with a run that nobody ends.
pub type Kept = Box<dyn Any + Send>;

/// What a run was, told when it ends.
#[derive(Debug)]
pub struct RunSummary {
    /// How it went. What was said to have gone well is interrupted when one right below it was, and abandoned when one
    /// below it was amid its chunks.
    pub state: RunState,
    /// From start to end.
    pub duration: Duration,
    /// When its chunks came.
    pub chunks: ChunkTimes,
    /// What was to be kept.
    pub kept: Option<Kept>,
}
