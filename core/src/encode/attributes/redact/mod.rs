//! Redaction: which keys are masked and which tokens are masked inside strings.
//!
//! Not for where masks are written: `attributes::writer` asks here and writes.

mod keys;
mod tokens;

pub use keys::{KeyRedactor, Mask};
pub use tokens::{mask_tokens, mask_tokens_before, may_hold_token};

/// What stands in the place of a masked value.
pub const MASK: &str = "[redacted]";
