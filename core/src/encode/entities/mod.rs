//! What stands in a message that tools look for: addresses, identifiers, paths, amounts.
//!
//! Not for secrets: those are masked before anything is looked for.

mod address;
mod amount;
mod found;
mod kind;
mod name;
mod words;

pub use found::Entities;
pub use kind::Kind;

#[cfg(test)]
mod tests;
