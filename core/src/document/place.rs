//! A path in the file system, and what it means whatever the working directory becomes.

use super::report::{Found, Report};
use std::path::PathBuf;

/// A path.
#[derive(Clone, Debug)]
pub struct Place {
    /// As it was given.
    pub given: PathBuf,
    /// From the root on.
    pub absolute: PathBuf,
}

/// As it was given: the same settings are the same ones after a change of the working directory.
impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.given == other.given
    }
}

impl Place {
    /// Reads the path of a folder.
    pub fn read(report: &mut Report, found: &Found<'_>) -> Option<Self> {
        report.read(found, |value, _| value.as_str().and_then(Self::of))
    }

    /// Reads the path of a file, which a path that ends like a folder's is not.
    pub fn read_file(report: &mut Report, found: &Found<'_>) -> Option<Self> {
        report.read(found, |value, _| {
            let path = value.as_str()?;
            let is_folder = path.ends_with(['/', std::path::MAIN_SEPARATOR]);
            if is_folder { None } else { Self::of(path) }
        })
    }

    fn of(path: &str) -> Option<Self> {
        // No operating system opens such a path; refusing here names the key.
        if path.trim().is_empty() || path.contains('\0') {
            return None;
        }
        let given = PathBuf::from(path);
        // It fails where there is no working directory any more; then there is nothing better than what was given.
        let absolute = std::path::absolute(&given).unwrap_or_else(|_| given.clone());
        Some(Self { given, absolute })
    }
}
