//! The one encoding of attributes that all formats share, and everything that settles what may stand in it.
//!
//! Members are kept as JSON text, since most outputs write exactly that; values that JSON cannot tell from a text
//! are marked, so that a format with types of its own loses none (see `encode::values`).

mod containers;
mod draft;
mod frames;
pub(crate) mod key;
pub(crate) mod limits;
mod member;
pub(crate) mod redact;
mod scalars;
pub(crate) mod target;
pub(crate) mod text;
pub(crate) mod truncate;
mod well_known;
pub(crate) mod writer;
