//! The Unix side; Linux is where it is run, the rest of Unix shares the calls.
//!
//! Not for policy: what to do about a full disk is decided in `output`.

use super::{FileId, Leads, StandardStream};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::stat::{SFlag, fstat};
use std::fs::{File, Metadata, OpenOptions, Permissions, TryLockError};
use std::io::{self, IsTerminal};
use std::net::TcpListener;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::{FileExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;

/// Opens a file for appending; a named pipe without a reader is an error rather than a wait. A file that is made has
/// the permissions `mode`; without them the umask decides.
///
/// # Errors
/// Whatever the operating system says.
pub fn open_append(path: &Path, mode: Option<u32>) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).custom_flags(OFlag::O_NONBLOCK.bits());
    let Some(mode) = mode else { return options.create(true).open(path) };
    match options.clone().create_new(true).mode(mode).open(path) {
        Ok(file) => {
            // Exactly so, whatever the umask took away.
            file.set_permissions(Permissions::from_mode(mode))?;
            Ok(file)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => options.open(path),
        Err(error) => Err(error),
    }
}

/// Whether each stream was closed when it was last looked at.
static OUTPUT_WAS_CLOSED: AtomicBool = AtomicBool::new(false);
static ERROR_WAS_CLOSED: AtomicBool = AtomicBool::new(false);

impl StandardStream {
    fn with<T>(self, use_it: impl FnOnce(BorrowedFd<'_>) -> T) -> T {
        match self {
            Self::Output => use_it(io::stdout().as_fd()),
            Self::Error => use_it(io::stderr().as_fd()),
        }
    }

    /// What it leads to now. A stream that was found closed is taken as closed until something is there that the
    /// programs which this one starts inherit: a file that a program opens for itself may get the number, and is not
    /// inherited; what is put in the stream's place on purpose is.
    pub fn leads(self) -> Leads {
        let leads = self.seen();
        let was_closed = match self {
            Self::Output => &OUTPUT_WAS_CLOSED,
            Self::Error => &ERROR_WAS_CLOSED,
        };
        if leads == Leads::Nowhere {
            was_closed.store(true, Ordering::Relaxed);
        } else if was_closed.load(Ordering::Relaxed) {
            if !self.is_inherited() {
                return Leads::Nowhere;
            }
            was_closed.store(false, Ordering::Relaxed);
        }
        leads
    }

    fn seen(self) -> Leads {
        self.with(|fd| {
            let Ok(stat) = fstat(fd) else { return Leads::Nowhere };
            match SFlag::from_bits_truncate(stat.st_mode & SFlag::S_IFMT.bits()) {
                SFlag::S_IFCHR if fd.is_terminal() => Leads::ToTerminal,
                SFlag::S_IFREG | SFlag::S_IFCHR | SFlag::S_IFBLK => Leads::ToFile,
                _ => Leads::ToReader,
            }
        })
    }

    /// Takes the pipe that it leads to for this process alone, until [`Self::give_back`]; false while another process
    /// that asks has it. Where there is nothing to take, nobody has it. The system gives back what a process leaves.
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn try_take(self) -> bool {
        // A lock of the process: `flock` would not tell processes apart that inherited one pipe from their parent.
        !matches!(self.lock(TO_WRITE), Err(nix::Error::EAGAIN | nix::Error::EACCES))
    }

    /// Ends what [`Self::try_take`] began.
    #[cfg(target_os = "linux")]
    pub fn give_back(self) {
        // It fails where there was nothing to take.
        let _ = self.lock(NOT_LOCKED);
    }

    #[cfg(target_os = "linux")]
    fn lock(self, kind: std::ffi::c_short) -> nix::Result<std::ffi::c_int> {
        self.with(|fd| fcntl(fd, FcntlArg::F_SETLK(&whole(kind))))
    }

    /// Elsewhere it was not tried: lines longer than the system writes at once may be mixed there.
    #[cfg(not(target_os = "linux"))]
    #[must_use]
    pub fn try_take(self) -> bool {
        true
    }

    /// Nothing was taken.
    #[cfg(not(target_os = "linux"))]
    pub fn give_back(self) {}

    fn is_inherited(self) -> bool {
        self.with(|fd| fcntl(fd, FcntlArg::F_GETFD))
            .is_ok_and(|flags| !FdFlag::from_bits_truncate(flags).contains(FdFlag::FD_CLOEXEC))
    }

    /// Writes what it takes at once, directly: other buffers of the process are passed by.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn write(self, bytes: &[u8]) -> io::Result<usize> {
        Ok(self.with(|fd| nix::unistd::write(fd, bytes))?)
    }

    /// Waits until something can be written or `patience` is over; false then.
    #[must_use]
    pub fn wait_writable(self, patience: Duration) -> bool {
        self.with(|fd| writable(fd, patience)).is_some()
    }
}

/// Says something in one line on standard error, unless that is closed, its reader has gone or would make this wait.
pub fn complain(text: &str) {
    let stream = StandardStream::Error;
    let ready = match stream.leads() {
        Leads::Nowhere => false,
        Leads::ToFile => true,
        _ => stream.with(|fd| writable(fd, Duration::ZERO)) == Some(PollFlags::POLLOUT),
    };
    if ready {
        let text = text.replace('\n', "; ");
        // Nobody is there to be told that it failed.
        let _ = stream.write(format!("vigie: {text}\n").as_bytes());
    }
}

/// Whether writing to it never waits for a reader.
#[must_use]
pub fn is_prompt(file: &File) -> bool {
    file.metadata().is_ok_and(|meta| {
        let kind = meta.file_type();
        kind.is_file() || (kind.is_char_device() && !file.is_terminal())
    })
}

/// Which file it is, whatever it is called. The description is of this file.
#[must_use]
pub fn file_id(_file: &File, meta: &Metadata) -> Option<FileId> {
    Some((meta.dev(), meta.ino()))
}

/// The same for the file that a path names.
#[must_use]
pub fn file_id_at(path: &Path) -> Option<FileId> {
    std::fs::metadata(path).ok().map(|meta| (meta.dev(), meta.ino()))
}

/// Takes the file for this process alone; false when another one has it open.
#[must_use]
pub fn try_own_file(file: &File) -> bool {
    file.try_lock().is_ok()
}

/// Shares the file with other processes again; false while one of them has it for itself. Advisory: other programs are not hindered.
#[must_use]
pub fn try_share_file(file: &File) -> bool {
    // Without locks a torn tail is closed by a newline instead of being cut: no reason to fail.
    !matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// Whether it is this descriptor's turn to write to the file, until [`end_turn`] or the end of all processes that have the descriptor;
/// false while it is another one's.
///
/// # Errors
/// Where the file cannot be locked at all, as on some file systems.
pub fn try_take_turn(file: &File) -> io::Result<bool> {
    match fcntl(file, turn(&whole(TO_WRITE))) {
        Ok(_) => Ok(true),
        Err(Errno::EAGAIN | Errno::EACCES) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The next one's turn.
pub fn end_turn(file: &File) {
    // It was taken, so that there is nothing to fail.
    let _ = fcntl(file, turn(&whole(NOT_LOCKED)));
}

/// A lock of the descriptor, not of the process, which may have the file open twice.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn turn(lock: &nix::libc::flock) -> FcntlArg<'_> {
    FcntlArg::F_OFD_SETLK(lock)
}

/// A lock of the process: the others are not there everywhere.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn turn(lock: &nix::libc::flock) -> FcntlArg<'_> {
    FcntlArg::F_SETLK(lock)
}

/// Gives up what this descriptor has locked, also for whoever has inherited it.
pub fn disown_file(file: &File) {
    // A file system without locks has none to give up.
    let _ = file.unlock();
}

/// Brings the names of a file and of the folders that it is in to the disk.
///
/// # Errors
/// Whatever the operating system says of the folder that the file is in. Those above it may not be for everybody to read.
pub fn sync_folders(path: &Path) -> io::Result<()> {
    let sync = |folder: &Path| File::open(folder).and_then(|folder| folder.sync_all());
    let mut folders = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
    let nearest = folders.next().map_or(Ok(()), sync);
    // They were there before, as a rule.
    folders.for_each(|folder| _ = sync(folder));
    nearest
}

/// Writes all of it at a place in the file.
///
/// # Errors
/// Whatever the operating system says; a part may be written then.
pub fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    file.write_all_at(bytes, offset)
}

/// Reads as much as there is room for from a place in the file.
///
/// # Errors
/// Whatever the operating system says, or that there is less.
pub fn read_exact_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    file.read_exact_at(bytes, offset)
}

/// Waits until something can be written or `patience` is over.
pub fn wait_writable(file: &File, patience: Duration) {
    // Whether it may be written shows when it is.
    let _ = writable(file.as_fd(), patience);
}

/// What a poll for room says, errors of the far side included; nothing when `patience` was over first.
fn writable(fd: BorrowedFd<'_>, patience: Duration) -> Option<PollFlags> {
    let timeout = PollTimeout::try_from(patience).unwrap_or(PollTimeout::MAX);
    let mut fds = [PollFd::new(fd, PollFlags::POLLOUT)];
    match poll(&mut fds, timeout) {
        Ok(0) => None,
        Ok(_) => fds.first().and_then(PollFd::revents),
        // A failed poll only makes the caller try again sooner.
        Err(_) => None,
    }
}

/// Descriptors that forked children close.
static NOT_INHERITED: [AtomicI32; 16] = [const { AtomicI32::new(-1) }; 16];

/// Has forked children close what they inherit of this listener: its address would stay taken for as long as one of them
/// lives, and nobody would answer there. For the first sixteen of a process.
pub fn keep_from_children(listener: &TcpListener) {
    replace_not_inherited(-1, listener.as_raw_fd());
}

/// Ends what [`keep_from_children`] began: the number may soon be somebody else's.
pub fn inherit(listener: &TcpListener) {
    replace_not_inherited(listener.as_raw_fd(), -1);
}

fn replace_not_inherited(before: i32, after: i32) {
    let taken =
        |slot: &AtomicI32| slot.compare_exchange(before, after, Ordering::AcqRel, Ordering::Relaxed).is_ok();
    // Where all are taken, children inherit it.
    let _ = NOT_INHERITED.iter().any(taken);
}

/// What a forked child does with them. Async-signal-safe.
pub fn close_inherited() {
    for slot in &NOT_INHERITED {
        let number = slot.swap(-1, Ordering::AcqRel);
        if number >= 0 {
            // It fails only where there is nothing to close.
            let _ = nix::unistd::close(number);
        }
    }
}

/// Takes the file for this process until it ends or closes any descriptor of the file; false while another process has it.
/// A forked child does not inherit it.
#[must_use]
pub fn hold(file: &File) -> bool {
    fcntl(file, FcntlArg::F_SETLK(&whole(TO_WRITE))).is_ok()
}

/// Whether another process holds the file.
#[must_use]
pub fn is_held(file: &File) -> bool {
    let mut answer = whole(TO_WRITE);
    fcntl(file, FcntlArg::F_GETLK(&mut answer)).is_ok() && answer.l_type != NOT_LOCKED
}

/// The kinds of a lock, whose constants have the type of the member on some systems and a wider one on others.
const TO_WRITE: std::ffi::c_short = nix::libc::F_WRLCK as std::ffi::c_short;
const NOT_LOCKED: std::ffi::c_short = nix::libc::F_UNLCK as std::ffi::c_short;

fn whole(kind: std::ffi::c_short) -> nix::libc::flock {
    nix::libc::flock {
        l_type: kind,
        l_whence: nix::libc::SEEK_SET as std::ffi::c_short,
        l_start: 0,
        l_len: 0,
        l_pid: 0,
    }
}

/// Whether no folder names the file any more.
#[must_use]
pub fn is_unlinked(file: &File) -> bool {
    file.metadata().is_ok_and(|meta| has_no_name(&meta))
}

/// The same of what is known of a file.
#[must_use]
pub fn has_no_name(meta: &Metadata) -> bool {
    meta.nlink() == 0
}

/// Keeps the host's signal handlers off this thread, and SIGPIPE from ending the process.
pub fn block_signals() {
    // Fails only for an invalid set.
    let _ = nix::sys::signal::SigSet::all().thread_block();
}

/// The machine's name.
#[must_use]
pub fn host_name() -> Option<String> {
    nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok()).filter(|name| !name.is_empty())
}
