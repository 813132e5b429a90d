//! The loggers by the names that records bring along.
//! Not for those that a program holds: see `logger`.

use std::sync::LazyLock;
use vigie_core::host::{self, global};

/// One for each name.
pub(super) static LOGGERS: LazyLock<host::Loggers> = LazyLock::new(|| global().loggers());
