//! Words of spans: kind, status, parent, link.
//!
//! Not for recording them: see `api::tracer`.

use super::context::SpanContext;
use super::ids::SpanId;
use crate::error::{Error, Result};

/// The role of a span in its trace (OpenTelemetry SpanKind).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SpanKind {
    /// Inside one application.
    #[default]
    Internal,
    /// Handles a request from elsewhere.
    Server,
    /// Asks elsewhere and waits.
    Client,
    /// Hands a message over.
    Producer,
    /// Takes a message up.
    Consumer,
}

/// How a span ended (OpenTelemetry StatusCode).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Status {
    /// Nobody said.
    #[default]
    Unset,
    /// Somebody said that it went well.
    Ok,
    /// It failed.
    Error,
}

impl SpanKind {
    const ALL: [Self; 5] = [Self::Internal, Self::Server, Self::Client, Self::Producer, Self::Consumer];

    /// What [`SpanKind::parse`] accepts, for messages of others.
    pub(crate) const ACCEPTED: &str = "internal, server, client, producer or consumer";

    /// The kind's name in a span line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::Server => "server",
            Self::Client => "client",
            Self::Producer => "producer",
            Self::Consumer => "consumer",
        }
    }

    /// The kind of that name, in any case.
    ///
    /// # Errors
    /// For any other word, with the five that are accepted.
    pub fn parse(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| Error::argument("kind", text, Self::ACCEPTED))
    }
}

impl Status {
    const ALL: [Self; 3] = [Self::Unset, Self::Ok, Self::Error];

    /// The status' name in a span line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unset => "unset",
            Self::Ok => "ok",
            Self::Error => "error",
        }
    }

    /// The status of that name, in any case.
    ///
    /// # Errors
    /// For any other word, with the three that are accepted.
    pub fn parse(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| Error::argument("status", text, "unset, ok or error"))
    }
}

/// The span that another one was started in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parent {
    /// Its identifier.
    pub span_id: SpanId,
    /// Whether it is a span of another process; nothing where that is not known.
    pub is_remote: Option<bool>,
}

/// A relation to a span that is not the parent.
#[derive(Debug, Clone)]
pub struct Link {
    /// The other span.
    pub span: SpanContext,
}
