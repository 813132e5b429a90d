//! Datagrams to sockets that are paths, on Unix.

use nix::errno::Errno;
use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::Path;

/// A socket that sends datagrams to sockets that are paths, and never waits.
#[derive(Debug)]
pub struct PathSocket(UnixDatagram);

impl PathSocket {
    /// A socket without a name of its own.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn new() -> io::Result<Self> {
        let socket = UnixDatagram::unbound()?;
        socket.set_nonblocking(true)?;
        Ok(Self(socket))
    }

    /// Sends to whatever listens at `path` now.
    ///
    /// # Errors
    /// Whatever the operating system says, also that the other side has no room at the moment.
    pub fn send_to(&self, bytes: &[u8], path: &Path) -> io::Result<()> {
        self.0.send_to(bytes, path).map(drop)
    }

    /// Sends what no datagram holds: a file in memory, which nobody can change any more.
    ///
    /// # Errors
    /// Whatever the operating system says.
    #[cfg(target_os = "linux")]
    pub fn send_sealed(&self, bytes: &[u8], path: &Path) -> io::Result<()> {
        use nix::fcntl::{FcntlArg, SealFlag, fcntl};
        use nix::sys::socket::{ControlMessage, MsgFlags, UnixAddr, sendmsg};
        use rustix::fs::{MemfdFlags, memfd_create};
        use std::fs::File;
        use std::io::Write as _;
        use std::os::fd::AsRawFd;
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let mut file = File::from(memfd_create(c"vigie", flags)?);
        file.write_all(bytes)?;
        let seals =
            [SealFlag::F_SEAL_SHRINK, SealFlag::F_SEAL_GROW, SealFlag::F_SEAL_WRITE, SealFlag::F_SEAL_SEAL];
        fcntl(&file, FcntlArg::F_ADD_SEALS(seals.into_iter().collect()))?;
        let (file, to) = ([file.as_raw_fd()], UnixAddr::new(path)?);
        let with = [ControlMessage::ScmRights(&file)];
        sendmsg(self.0.as_raw_fd(), &[], &with, MsgFlags::empty(), Some(&to))?;
        Ok(())
    }

    /// Nobody elsewhere takes such files.
    ///
    /// # Errors
    /// Always.
    #[cfg(not(target_os = "linux"))]
    pub fn send_sealed(&self, _: &[u8], _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Whether a datagram was too large for the far side.
#[must_use]
pub fn is_too_large(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::EMSGSIZE as i32)
}
