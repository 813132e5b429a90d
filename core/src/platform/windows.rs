//! The Windows side, written beside the Unix one; it has been run under Wine alone.
//!
//! Not for policy: what to do about a full disk is decided in `output`.

use super::{FileId, Leads, StandardStream};
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::net::TcpListener;
use std::os::windows::fs::{FileExt, OpenOptionsExt};
use std::os::windows::io::AsHandle;
use std::path::Path;
use std::time::Duration;

/// Opens a file for appending. Access follows the folder's permissions, as is usual there.
///
/// # Errors
/// Whatever the operating system says.
pub fn open_append(path: &Path, _mode: Option<u32>) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

impl StandardStream {
    /// A handle for this one call: `std` writes whole lines only to its own standard output.
    fn file(self) -> io::Result<File> {
        let handle = match self {
            Self::Output => io::stdout().as_handle().try_clone_to_owned()?,
            Self::Error => io::stderr().as_handle().try_clone_to_owned()?,
        };
        Ok(File::from(handle))
    }

    /// What it leads to now. Standard handles are set on purpose there: no file gets the number of a closed one.
    pub fn leads(self) -> Leads {
        match self.file() {
            Err(_) => Leads::Nowhere,
            Ok(file) if file.is_terminal() => Leads::ToTerminal,
            Ok(file) if is_prompt(&file) => Leads::ToFile,
            Ok(_) => Leads::ToReader,
        }
    }

    /// Writes what it takes at once.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn write(self, bytes: &[u8]) -> io::Result<usize> {
        self.file()?.write(bytes)
    }

    /// Nothing is to be taken: a write is not split between processes on Windows.
    #[must_use]
    pub fn try_take(self) -> bool {
        true
    }

    /// Nothing was taken.
    pub fn give_back(self) {}

    /// Windows has no readiness of pipes: the write waits instead.
    #[must_use]
    pub fn wait_writable(self, _patience: Duration) -> bool {
        true
    }
}

/// Says something in one line on standard error.
pub fn complain(text: &str) {
    let text = text.replace('\n', "; ");
    // Nobody is there to be told that it failed.
    let _ = StandardStream::Error.write(format!("vigie: {text}\n").as_bytes());
}

/// Whether writing to it never waits for a reader.
#[must_use]
pub fn is_prompt(file: &File) -> bool {
    file.metadata().is_ok_and(|meta| meta.file_type().is_file())
}

/// Which file it is, whatever it is called; std does not tell it on stable.
#[must_use]
pub fn file_id(file: &File, _meta: &Metadata) -> Option<FileId> {
    let told = winapi_util::file::information(file).ok()?;
    Some((told.volume_serial_number(), told.file_index()))
}

/// The same for the file that a path names. To ask it takes no right to read.
#[must_use]
pub fn file_id_at(path: &Path) -> Option<FileId> {
    let file = OpenOptions::new().access_mode(0).open(path).ok()?;
    let told = winapi_util::file::information(&file).ok()?;
    Some((told.volume_serial_number(), told.file_index()))
}

/// Never: locks are mandatory on Windows and would keep readers out, so a torn tail is closed by
/// a newline there instead of being cut.
#[must_use]
pub fn try_own_file(_file: &File) -> bool {
    false
}

/// Nothing to do, see [`try_own_file`].
#[must_use]
pub fn try_share_file(_file: &File) -> bool {
    true
}

/// There are no turns: a locked file could not be read by others.
///
/// # Errors
/// Always.
pub fn try_take_turn(_file: &File) -> io::Result<bool> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Nothing to do, see [`try_take_turn`].
pub fn end_turn(_file: &File) {}

/// Nothing to do, see [`try_own_file`].
pub fn disown_file(_file: &File) {}

/// Who may make links there is the system's affair.
///
/// # Errors
/// Never.
pub fn refuse_foreign_links(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Folders cannot be brought to the disk there; the file system sees to names.
///
/// # Errors
/// Never.
pub fn sync_folders(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes a file; where something stands already it is an error. Its folder decides who may read it.
///
/// # Errors
/// Whatever the operating system says.
pub fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

/// Opens such a file again.
///
/// # Errors
/// Whatever the operating system says.
pub fn open_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open(path)
}

/// Opens a file to read it. Its folder decides who may write there.
///
/// # Errors
/// Whatever the operating system says.
pub fn open_trusted(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Makes a file; where something stands already it is an error. Its folder decides who may read it.
///
/// # Errors
/// Whatever the operating system says.
pub fn create_public(path: &Path) -> io::Result<File> {
    create_private(path)
}

/// Makes a folder, with those above it. It inherits its permissions from them.
///
/// # Errors
/// Whatever the operating system says.
pub fn private_folder(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

/// The same.
///
/// # Errors
/// Whatever the operating system says.
pub fn trusted_folder(path: &Path) -> io::Result<()> {
    private_folder(path)
}

/// Writes all of it at a place in the file.
///
/// # Errors
/// Whatever the operating system says; a part may be written then.
pub fn write_all_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = file.seek_write(bytes, offset)?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = bytes.get(written..).unwrap_or_default();
        offset += written as u64;
    }
    Ok(())
}

/// Reads as much as there is room for from a place in the file.
///
/// # Errors
/// Whatever the operating system says, or that there is less.
pub fn read_exact_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    let mut done = 0;
    while let Some(rest) = bytes.get_mut(done..).filter(|rest| !rest.is_empty()) {
        let read = file.seek_read(rest, offset + done as u64)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        done += read;
    }
    Ok(())
}

/// Windows has no readiness of pipes; a short sleep stands in.
pub fn wait_writable(_file: &File, patience: Duration) {
    std::thread::sleep(patience.min(Duration::from_millis(5)));
}

/// Nothing is inherited where there is no fork.
pub fn keep_from_children(_listener: &TcpListener) {}

/// Nothing to end, see [`keep_from_children`].
pub fn inherit(_listener: &TcpListener) {}

/// Nothing to close, see [`keep_from_children`].
pub fn close_inherited() {}

/// Takes the file for this process until it ends or closes it; false while another process has it.
#[must_use]
pub fn hold(file: &File) -> bool {
    file.try_lock().is_ok()
}

/// Never: nobody maps files for core there.
#[must_use]
pub fn is_held(_file: &File) -> bool {
    false
}

/// Never, see [`is_held`].
#[must_use]
pub fn is_unlinked(_file: &File) -> bool {
    false
}

/// Never: std does not tell there.
#[must_use]
pub fn has_no_name(_meta: &Metadata) -> bool {
    false
}

/// Windows has no datagrams to paths.
#[derive(Debug)]
pub struct PathSocket;

impl PathSocket {
    /// Never.
    ///
    /// # Errors
    /// Always.
    pub fn new() -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Never.
    ///
    /// # Errors
    /// Always.
    pub fn send_to(&self, _bytes: &[u8], _path: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Never.
    ///
    /// # Errors
    /// Always.
    pub fn send_sealed(&self, _bytes: &[u8], _path: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Whether a datagram was too large for the far side (WSAEMSGSIZE).
#[must_use]
pub fn is_too_large(error: &io::Error) -> bool {
    error.raw_os_error() == Some(10_040)
}

/// Windows threads take no signals.
pub fn block_signals() {}

/// The machine's name, from the variable that the system sets for every process.
#[must_use]
pub fn host_name() -> Option<String> {
    std::env::var("COMPUTERNAME").ok().filter(|name| !name.is_empty())
}
