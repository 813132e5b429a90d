//! Python values on their way into attributes: exact built-in scalars at once, everything else
//! in cold functions. Not for limits, redaction or escaping: `AttributeWriter` settles those.

mod arrays;
mod destination;
mod guarded;
mod keys;
mod kinds;
mod objects;
mod origin;
mod scalars;
mod tape;
mod text;
mod walk;

pub(crate) use guarded::Guarded;
pub(crate) use objects::type_name;
pub(crate) use origin::loaded;
pub(crate) use scalars::{is_scalar, nanoseconds, number, scalar};
pub(crate) use tape::Tape;
pub(crate) use text::{is_text, text_key, text_of, text_of_error, utf8, utf16, with_text, with_text_of};
pub(crate) use walk::{error_data, member, members_of, tape_of, value};
