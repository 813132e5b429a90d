//! Files and folders that belong to one user, and those that may be trusted to.
//! Not for what they hold.

use nix::fcntl::OFlag;
use nix::unistd::Uid;
use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Makes a file that only this user can read; where something stands already, a link too, it is an error.
///
/// # Errors
/// Whatever the operating system says.
pub fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true).mode(0o600).custom_flags(OFlag::O_NOFOLLOW.bits());
    options.open(path)
}

/// Opens such a file again; one of another user, or behind a link, is an error.
///
/// # Errors
/// Whatever the operating system says.
pub fn open_private(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().read(true).write(true).custom_flags(OFlag::O_NOFOLLOW.bits()).open(path)?;
    let meta = file.metadata()?;
    if meta.is_file() && meta.uid() == Uid::effective().as_raw() { Ok(file) } else { Err(foreign(path)) }
}

/// Makes a folder that only this user can use, with those above it; where it stands already, it has to be one.
///
/// # Errors
/// Whatever the operating system says, or that others may write in it.
pub fn private_folder(path: &Path) -> io::Result<()> {
    let meta = made_folder(path)?;
    let is_private = meta.uid() == Uid::effective().as_raw() && meta.mode() & 0o022 == 0;
    if meta.is_dir() && is_private { Ok(()) } else { Err(foreign(path)) }
}

/// Likewise, but for a folder that the system's user has made.
///
/// # Errors
/// Whatever the operating system says, or that others may write in it.
pub fn trusted_folder(path: &Path) -> io::Result<()> {
    let meta = made_folder(path)?;
    if meta.is_dir() && is_trusted(&meta) { Ok(()) } else { Err(foreign(path)) }
}

fn made_folder(path: &Path) -> io::Result<Metadata> {
    if let Some(above) = path.parent() {
        std::fs::create_dir_all(above)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    std::fs::symlink_metadata(path)
}

/// Opens a file to read it; one that others than this user and the system's may write, or behind a link, is an error.
///
/// # Errors
/// Whatever the operating system says.
pub fn open_trusted(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().read(true).custom_flags(OFlag::O_NOFOLLOW.bits()).open(path)?;
    // Whoever may write in the folder may put another file there.
    let folder = std::fs::metadata(path.parent().unwrap_or(Path::new(".")))?;
    let meta = file.metadata()?;
    if meta.is_file() && is_trusted(&meta) && is_trusted(&folder) { Ok(file) } else { Err(foreign(path)) }
}

fn is_trusted(meta: &Metadata) -> bool {
    let is_ours = meta.uid() == Uid::effective().as_raw() || meta.uid() == 0;
    is_ours && meta.mode() & 0o022 == 0
}

/// Makes a file that everybody can read; where something stands already, a link too, it is an error.
///
/// # Errors
/// Whatever the operating system says.
pub fn create_public(path: &Path) -> io::Result<File> {
    let file = create_private(path)?;
    file.set_permissions(Permissions::from_mode(0o644))?;
    Ok(file)
}

fn foreign(path: &Path) -> io::Error {
    io::Error::other(format!(
        "{} is a link, belongs to another user, or others may write in it",
        path.display()
    ))
}
