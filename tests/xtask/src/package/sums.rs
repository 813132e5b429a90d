//! What stands beside the packages: the list of their parts, and the checksums of all files.
//! Not for what is wrong with a part: see .cargo/deny.toml.

use std::path::PathBuf;

use crate::Outcome;

use super::work::{VERSION, Work};

/// The crates that packages carry, each with all that is linked into it.
const PUBLISHED: [&str; 4] = ["vigie-c", "vigie-cli", "vigie-node", "vigie-python"];

pub fn parts(work: &Work<'_>) -> Outcome<PathBuf> {
    let file = work.artefacts().join(format!("vigie-{VERSION}.cdx.json"));
    let path = file.to_string_lossy().into_owned();
    work.quiet("sbom", work.script("sbom.py", &[&[path.as_str()], &PUBLISHED[..]].concat()))?;
    Ok(file)
}

/// Of everything that is there by then.
pub fn checksums(work: &Work<'_>) -> Outcome<PathBuf> {
    let file = work.artefacts().join("SHA256SUMS");
    work.quiet("checksums", work.script("checksums.py", &[&file.to_string_lossy()]))?;
    Ok(file)
}
