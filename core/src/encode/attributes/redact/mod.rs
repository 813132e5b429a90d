//! Redaction: which keys are masked, what is masked inside of texts, and what stands in its place.
//!
//! Not for where masks are written: the attribute writer and `attributes::text` ask here and write.

mod assignments;
mod blocks;
mod cards;
mod classes;
mod emails;
mod extents;
mod findings;
mod hints;
mod ibans;
mod keys;
mod mode;
mod numbers;
mod redactor;
mod shapes;
mod tokens;
mod urls;

pub use findings::{Found, Masked};
pub use keys::Mask;
pub use mode::{HashKey, MASK, Mode};
pub use redactor::{Redaction, Redactor};
