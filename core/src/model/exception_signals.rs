//! As which signals an exception that a span records is told.

/// Span events are what tracing back ends know; OpenTelemetry is moving to log records with the span's context.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ExceptionSignals {
    /// An event `exception` of the span.
    #[default]
    Events,
    /// A log record of severity ERROR whose `event` is `exception`.
    Logs,
    /// Both.
    Both,
}

impl ExceptionSignals {
    /// Whether there is an event of the span.
    #[must_use]
    pub const fn has_event(self) -> bool {
        matches!(self, Self::Events | Self::Both)
    }

    /// Whether there is a log record.
    #[must_use]
    pub const fn has_log(self) -> bool {
        matches!(self, Self::Logs | Self::Both)
    }
}
