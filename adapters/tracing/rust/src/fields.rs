//! Fields of spans and events: attributes, and what has a place of its own.
//!
//! Not for where they go: see `layer`.

use std::error::Error;
use std::fmt::Debug;
use tracing::field::{Field, Visit};
use vigie_core::host::{guard, show, with_text};
use vigie_core::model::attributes::{CORRELATION_KEYS, WELL_KNOWN};
use vigie_core::{AttributeWriter, ErrorInfo};

/// What the fields belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Span,
    Event,
    /// An event that `tracing-log` made of a record of `log`.
    LogEvent,
}

/// What fields say beside attributes.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) message: String,
    pub(crate) error: Option<ErrorInfo>,
    /// The fields by which programs tell a bridge to OpenTelemetry what `tracing` has no place for.
    pub(crate) name: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) status_message: Option<String>,
}

/// Whether a field of a span has to be known before it starts.
pub(crate) fn is_needed_at_start(name: &str) -> bool {
    matches!(name, "otel.name" | "otel.kind") || is_correlation(name)
}

/// Whether it is a key that goes along with the context to all that happens inside of the span.
fn is_correlation(name: &str) -> bool {
    WELL_KNOWN.iter().take(CORRELATION_KEYS).any(|key| *key == name)
}

/// The place in `said` of a text, when its name has one.
fn place<'s>(of: Of, said: &'s mut Said, name: &str) -> Option<&'s mut Option<String>> {
    match name {
        _ if of != Of::Span => None,
        "otel.name" => Some(&mut said.name),
        "otel.kind" => Some(&mut said.kind),
        "otel.status_code" => Some(&mut said.status),
        "otel.status_description" | "otel.status_message" => Some(&mut said.status_message),
        _ => None,
    }
}

/// Writes fields as attributes and keeps the rest.
pub(crate) struct Fields<'w, 'a> {
    pub(crate) of: Of,
    pub(crate) writer: &'w mut AttributeWriter<'a>,
    pub(crate) said: &'w mut Said,
    pub(crate) keys: Keys,
}

/// Which fields of a span become attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keys {
    All,
    /// Those that go along to what is below.
    Correlation,
    /// The others.
    Own,
}

impl<'a> Fields<'_, 'a> {
    /// The writer behind the key, for fields that are attributes.
    fn attribute(&mut self, field: &Field) -> Option<&mut AttributeWriter<'a>> {
        let name = field.name();
        let is_logs_own = self.of == Of::LogEvent && name.starts_with("log.");
        if is_logs_own || !self.wants(name) {
            return None;
        }
        self.writer.key(name.strip_prefix("r#").unwrap_or(name));
        Some(self.writer)
    }

    fn wants(&self, name: &str) -> bool {
        match self.keys {
            Keys::All => true,
            Keys::Correlation => is_correlation(name),
            Keys::Own => !is_correlation(name),
        }
    }

    fn text(&mut self, field: &Field, text: &str) {
        let name = field.name();
        if let Some(place) = place(self.of, self.said, name) {
            *place = Some(text.to_owned());
        } else if name == "message" && self.of != Of::Span {
            self.said.message.push_str(text);
        } else if name == "error" && self.wants(name) {
            let told = ErrorInfo { message: text.to_owned(), ..ErrorInfo::default() };
            self.said.error.get_or_insert(told);
        } else if let Some(writer) = self.attribute(field) {
            writer.str(text);
        }
    }
}

impl Visit for Fields<'_, '_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        if let Some(writer) = self.attribute(field) {
            writer.float(value);
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        if let Some(writer) = self.attribute(field) {
            writer.int(value);
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if let Some(writer) = self.attribute(field) {
            writer.uint(value);
        }
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        if let Some(writer) = self.attribute(field) {
            writer.big_int(&value.to_string());
        }
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        if let Some(writer) = self.attribute(field) {
            writer.big_int(&value.to_string());
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        if let Some(writer) = self.attribute(field) {
            writer.bool(value);
        }
    }

    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        if let Some(writer) = self.attribute(field) {
            writer.bytes(value);
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        if self.said.error.is_none() && self.wants(field.name()) {
            self.said.error = guard(None, || Some(ErrorInfo::of(value)));
        } else {
            // A record tells of one error; further ones are attributes.
            self.record_debug(field, &format_args!("{value}"));
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" && self.of != Of::Span {
            show(&format_args!("{value:?}"), &mut self.said.message);
            return;
        }
        with_text(|text| {
            show(&format_args!("{value:?}"), text);
            self.text(field, text);
        });
    }
}
