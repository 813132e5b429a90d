//! Writes what errors say of themselves beside type, message and stack.

use super::pipeline::Pipeline;
use crate::encode::attributes::target::Target;
use crate::encode::attributes::writer::AttributeWriter;
use crate::model::error_info::ErrorInfo;

/// Writes the attributes of errors under the rules in force.
#[derive(Debug, Clone, Copy)]
pub struct ErrorScribe<'a>(&'a Pipeline);

impl<'a> ErrorScribe<'a> {
    pub(crate) const fn under(pipeline: &'a Pipeline) -> Self {
        Self(pipeline)
    }

    /// Writes the attributes of an error, of a cause or a member of it.
    #[cold]
    pub fn attributes<'e>(&'e self, error: &'e mut ErrorInfo) -> AttributeWriter<'e> {
        AttributeWriter::new(&mut error.attributes, &self.0.rules, &self.0.counts, Target::Nested)
    }
}
