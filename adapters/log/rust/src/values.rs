//! Key-values of records: attributes, and the error.

use log::kv::{Error, Key, Source, Value, VisitSource, VisitValue};
use vigie_core::host::{guard, show, with_text};
use vigie_core::{AttributeWriter, ErrorInfo};

/// Keys that an error is given under as a text.
const ERROR_KEYS: [&str; 2] = ["error", "err"];

/// Writes key-values as attributes and keeps the first error among them.
pub(crate) struct Values<'a> {
    writer: AttributeWriter<'a>,
    error: Option<ErrorInfo>,
}

impl<'a> Values<'a> {
    pub(crate) fn new(writer: AttributeWriter<'a>) -> Self {
        Self { writer, error: None }
    }

    /// Writes all of them, up to where the source fails or panics.
    pub(crate) fn visit(&mut self, source: &dyn Source) {
        let _ = guard(Ok(()), || source.visit(self));
    }

    /// The error, when there was one.
    pub(crate) fn into_error(self) -> Option<ErrorInfo> {
        self.error
    }
}

impl<'kvs> VisitSource<'kvs> for Values<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let is_error = self.error.is_none() && ERROR_KEYS.contains(&key.as_str());
        let mut one = One { key: key.as_str(), is_error, values: self };
        // A value that cannot be visited is left out, and those behind it are not.
        let _ = value.visit(&mut one);
        Ok(())
    }
}

/// One value on its way to its place.
struct One<'k, 'v, 'a> {
    key: &'k str,
    is_error: bool,
    values: &'v mut Values<'a>,
}

impl<'a> One<'_, '_, 'a> {
    /// The writer behind the key.
    fn attribute(&mut self) -> &mut AttributeWriter<'a> {
        self.values.writer.key(self.key);
        &mut self.values.writer
    }

    fn text(&mut self, text: &str) {
        if self.is_error {
            self.values.error = Some(ErrorInfo { message: text.to_owned(), ..ErrorInfo::default() });
        } else {
            self.attribute().str(text);
        }
    }
}

impl<'v> VisitValue<'v> for One<'_, '_, '_> {
    fn visit_any(&mut self, value: Value<'_>) -> Result<(), Error> {
        with_text(|text| {
            show(&value, text);
            self.text(text);
        });
        Ok(())
    }

    fn visit_null(&mut self) -> Result<(), Error> {
        self.attribute().null();
        Ok(())
    }

    fn visit_u64(&mut self, value: u64) -> Result<(), Error> {
        self.attribute().uint(value);
        Ok(())
    }

    fn visit_i64(&mut self, value: i64) -> Result<(), Error> {
        self.attribute().int(value);
        Ok(())
    }

    fn visit_u128(&mut self, value: u128) -> Result<(), Error> {
        self.attribute().big_int(&value.to_string());
        Ok(())
    }

    fn visit_i128(&mut self, value: i128) -> Result<(), Error> {
        self.attribute().big_int(&value.to_string());
        Ok(())
    }

    fn visit_f64(&mut self, value: f64) -> Result<(), Error> {
        self.attribute().float(value);
        Ok(())
    }

    fn visit_bool(&mut self, value: bool) -> Result<(), Error> {
        self.attribute().bool(value);
        Ok(())
    }

    fn visit_str(&mut self, value: &str) -> Result<(), Error> {
        self.text(value);
        Ok(())
    }

    // One that lives as long as the record does not come by the other way on its own.
    fn visit_borrowed_error(&mut self, error: &'v (dyn std::error::Error + 'static)) -> Result<(), Error> {
        self.visit_error(error)
    }

    fn visit_error(&mut self, error: &(dyn std::error::Error + 'static)) -> Result<(), Error> {
        if self.values.error.is_none() {
            self.values.error = guard(None, || Some(ErrorInfo::of(error)));
        } else {
            // A record tells of one error; further ones are attributes.
            with_text(|text| {
                show(&error, text);
                self.attribute().str(text);
            });
        }
        Ok(())
    }
}
