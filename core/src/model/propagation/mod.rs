//! The text formats in which context crosses process borders: W3C Trace Context and W3C Baggage.
//! Not for carriers and settings: `telemetry::propagate` decides what is read and written.
//!
//! All headers are untrusted: limits are checked before anything is allocated, and what cannot be read is
//! left out without an error.

pub mod baggage;
pub mod correlation;
pub mod traceparent;
pub mod tracestate;

/// Header names, lower-case as carriers are asked for them, and the environment variables of the same meaning.
pub mod names {
    /// W3C Trace Context: version, trace, parent span, flags.
    pub const TRACEPARENT: &str = "traceparent";
    /// W3C Trace Context: what tracing systems add for themselves.
    pub const TRACESTATE: &str = "tracestate";
    /// W3C Baggage.
    pub const BAGGAGE: &str = "baggage";
    /// The correlation id, in lower case for reading.
    pub const CORRELATION_ID: &str = "x-correlation-id";
    /// The same as it is written.
    pub const CORRELATION_ID_WRITTEN: &str = "X-Correlation-ID";
    /// [`TRACEPARENT`] for a child process (OpenTelemetry, environment variables as context carriers).
    pub const ENVIRONMENT_TRACEPARENT: &str = "TRACEPARENT";
    /// [`TRACESTATE`] for a child process.
    pub const ENVIRONMENT_TRACESTATE: &str = "TRACESTATE";
    /// [`BAGGAGE`] for a child process.
    pub const ENVIRONMENT_BAGGAGE: &str = "BAGGAGE";
}

/// The values that arrived, in order: a header that occurs twice has two.
#[derive(Clone, Copy, Debug, Default)]
pub struct Headers<'h> {
    /// Values of `traceparent`.
    pub traceparent: &'h [&'h str],
    /// Values of `tracestate`.
    pub tracestate: &'h [&'h str],
    /// Values of `baggage`.
    pub baggage: &'h [&'h str],
    /// Values of `x-correlation-id`.
    pub correlation_id: &'h [&'h str],
}

/// Optional white space around a header's value or a list member (RFC 9110).
fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// A character of an HTTP token (RFC 9110).
const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

/// `%` and two upper-case digits.
fn push_percent(out: &mut String, byte: u8) {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase();
    out.extend(['%', digit(byte >> 4), digit(byte & 0xf)]);
}

#[cfg(test)]
mod tests;
