//! A real n8n for the suite that `cargo xtask test --n8n` asks for. Not a step of `setup`: it is larger than all else together.

use std::path::{Path, PathBuf};

use super::Note;
use crate::Outcome;
use crate::options::Options;
use crate::tree::Tree;
use crate::{process, stamp};

const INSTALL: &str = "adapters/n8n/hook/test/real/install.sh";

/// Where one is: as `VIGIE_N8N` says, or in `target/n8n` when it is asked for and has been installed there.
pub fn folder(tree: &Tree, options: &Options) -> Option<PathBuf> {
    let named = std::env::var_os("VIGIE_N8N").map(PathBuf::from);
    named.or_else(|| own_folder(tree, options))
}

fn own_folder(tree: &Tree, options: &Options) -> Option<PathBuf> {
    Some(own(tree)).filter(|folder| options.n8n && is_whole(folder))
}

/// Installs one into `target/n8n` when there is none, or another one than the script would install.
pub fn install(tree: &Tree, options: &Options) -> Outcome<Note> {
    let stamp = stamp::of(tree, "n8n", "", &[INSTALL])?;
    if !options.n8n || std::env::var_os("VIGIE_N8N").is_some() || (stamp.is_fresh() && is_whole(&own(tree))) {
        return Ok("unchanged");
    }
    if options.offline {
        return Ok("left out (--offline); the suite that needs it is skipped");
    }
    process::program(tree, "sh", &[INSTALL, &own(tree).to_string_lossy()]).show()?;
    stamp.write()?;
    Ok("done")
}

/// The user folder is what the script makes last.
fn is_whole(folder: &Path) -> bool {
    folder.join("base").exists()
}

fn own(tree: &Tree) -> PathBuf {
    tree.target.join("n8n")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_one_below_target_is_used_when_it_is_asked_for_and_whole() {
        let target = std::env::temp_dir().join(format!("vigie-n8n-{}", std::process::id()));
        let tree =
            Tree { root: target.clone(), built: target.clone(), target: target.clone(), profile: "release" };
        let options = |line: &str| Options::parse(line.split_whitespace().map(str::to_owned)).unwrap();
        let own = |line: &str| own_folder(&tree, &options(line));
        fs::create_dir_all(target.join("n8n/bin")).unwrap();
        assert_eq!(own("test --n8n"), None);
        fs::create_dir_all(target.join("n8n/base")).unwrap();
        assert_eq!(own("test --n8n"), Some(target.join("n8n")));
        assert_eq!(own("test"), None);
        fs::remove_dir_all(&target).unwrap();
    }
}
