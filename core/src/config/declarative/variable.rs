//! The variable that names a declarative file.

use crate::document::setting::Takes;
use crate::document::variable::Variable;

/// The variable, and its former name.
pub(in crate::config) static VARIABLE: Variable = Variable {
    names: &["OTEL_CONFIG_FILE", "OTEL_EXPERIMENTAL_CONFIG_FILE"],
    keys: &[],
    takes: Takes::Other(ACCEPTED),
    example: "/etc/shop/otel.yaml",
};
/// What it may be.
pub(super) const ACCEPTED: &str = "a readable file whose name ends in .yaml, .yml or .json";
