//! The Rust face of logging: `log.info("…").attr("k", 1).emit()`.
//!
//! Not for bindings: they walk their own values, see `api::log_record`.

use super::log_record::LogRecord;
use super::logger::Logger;
use crate::encode::attributes::writer::AttributeWriter;
use crate::model::context::Context;
use crate::model::error_info::ErrorInfo;
use crate::model::severity::Severity;

/// A value that an attribute can have.
pub trait AttributeValue {
    /// Writes itself; the key was written before.
    fn write(&self, writer: &mut AttributeWriter<'_>);
}

/// A record that is being described; nothing happens when its severity is filtered.
#[derive(Debug)]
#[must_use = "a record is recorded by `emit`"]
pub struct RecordBuilder<'a>(Option<LogRecord<'a>>);

impl<'a> RecordBuilder<'a> {
    /// Adds an attribute; the last value of a key wins at its first place.
    #[inline]
    pub fn attr(mut self, key: &str, value: impl AttributeValue) -> Self {
        if let Some(record) = &mut self.0 {
            let mut writer = record.attributes();
            writer.key(key);
            value.write(&mut writer);
        }
        self
    }

    /// The context that the record belongs to.
    #[inline]
    pub fn context(mut self, context: &'a Context) -> Self {
        if let Some(record) = &mut self.0 {
            record.set_context(context);
        }
        self
    }

    /// The error that the record tells of, with its causes.
    pub fn error(mut self, error: &dyn std::error::Error) -> Self {
        if let Some(record) = &mut self.0 {
            record.error(ErrorInfo::of(error));
        }
        self
    }

    /// Hands the record to the outputs.
    #[inline]
    pub fn emit(self) {
        if let Some(record) = self.0 {
            record.emit();
        }
    }
}

impl AttributeWriter<'_> {
    /// Adds an attribute: a key and a Rust value at once.
    #[inline(always)]
    pub fn attr(&mut self, key: &str, value: impl AttributeValue) {
        self.key(key);
        value.write(self);
    }
}

impl Logger {
    /// A record of any severity with a message template.
    #[inline]
    pub fn log<'a>(&'a self, severity: Severity, template: &'a str) -> RecordBuilder<'a> {
        let mut record = self.record(severity);
        if let Some(record) = &mut record {
            record.template(template);
        }
        RecordBuilder(record)
    }

    /// A TRACE record.
    #[inline]
    pub fn trace<'a>(&'a self, template: &'a str) -> RecordBuilder<'a> {
        self.log(Severity::TRACE, template)
    }

    /// A DEBUG record.
    #[inline]
    pub fn debug<'a>(&'a self, template: &'a str) -> RecordBuilder<'a> {
        self.log(Severity::DEBUG, template)
    }

    /// An INFO record.
    #[inline]
    pub fn info<'a>(&'a self, template: &'a str) -> RecordBuilder<'a> {
        self.log(Severity::INFO, template)
    }

    /// A WARN record.
    #[inline]
    pub fn warn<'a>(&'a self, template: &'a str) -> RecordBuilder<'a> {
        self.log(Severity::WARN, template)
    }

    /// An ERROR record.
    #[inline]
    pub fn error<'a>(&'a self, template: &'a str) -> RecordBuilder<'a> {
        self.log(Severity::ERROR, template)
    }

    /// A FATAL record. Ends nothing.
    #[inline]
    pub fn fatal<'a>(&'a self, template: &'a str) -> RecordBuilder<'a> {
        self.log(Severity::FATAL, template)
    }
}

macro_rules! values {
    ($($type:ty => |$writer:ident, $value:ident| $write:expr;)*) => {$(
        impl AttributeValue for $type {
            #[inline]
            fn write(&self, $writer: &mut AttributeWriter<'_>) {
                let $value = self;
                $write
            }
        }
    )*};
}

values! {
    &str => |writer, value| writer.str(value);
    String => |writer, value| writer.str(value);
    &String => |writer, value| writer.str(value);
    bool => |writer, value| writer.bool(*value);
    i8 => |writer, value| writer.int(i64::from(*value));
    i16 => |writer, value| writer.int(i64::from(*value));
    i32 => |writer, value| writer.int(i64::from(*value));
    i64 => |writer, value| writer.int(*value);
    u8 => |writer, value| writer.int(i64::from(*value));
    u16 => |writer, value| writer.int(i64::from(*value));
    u32 => |writer, value| writer.int(i64::from(*value));
    u64 => |writer, value| writer.uint(*value);
    usize => |writer, value| writer.uint(*value as u64);
    f32 => |writer, value| writer.float(f64::from(*value));
    f64 => |writer, value| writer.float(*value);
    &[u8] => |writer, value| writer.bytes(value);
    () => |writer, _value| writer.null();
}

impl<T: AttributeValue> AttributeValue for Option<T> {
    #[inline]
    fn write(&self, writer: &mut AttributeWriter<'_>) {
        match self {
            Some(value) => value.write(writer),
            None => writer.null(),
        }
    }
}

impl<T: AttributeValue> AttributeValue for Vec<T> {
    fn write(&self, writer: &mut AttributeWriter<'_>) {
        if writer.begin_list() {
            for item in self {
                if !writer.more() {
                    break;
                }
                item.write(writer);
            }
            writer.end_list();
        }
    }
}
