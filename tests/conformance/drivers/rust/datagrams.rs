//! A socket in the place of a vector's file, for outputs that send datagrams: what arrives is the file in the end.
//! Not for drivers, which know nothing of it: whoever compares opens it before a vector is played.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// A socket that somebody reads all the time.
pub struct Listener {
    path: PathBuf,
    ended: Arc<AtomicBool>,
    reader: JoinHandle<Vec<u8>>,
}

impl Listener {
    /// Opens the socket.
    #[cfg(unix)]
    pub fn at(path: &Path) -> io::Result<Self> {
        let socket = std::os::unix::net::UnixDatagram::bind(path)?;
        socket.set_read_timeout(Some(std::time::Duration::from_millis(10)))?;
        let ended = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&ended);
        let reader = std::thread::spawn(move || {
            let (mut lines, mut buffer) = (Vec::new(), vec![0; 65_536]);
            loop {
                // What was sent before the end was told is there already.
                let is_last = told.load(Ordering::SeqCst);
                while let Ok(size) = socket.recv(&mut buffer) {
                    lines.extend_from_slice(buffer.get(..size).unwrap_or_default());
                    lines.push(b'\n');
                }
                if is_last {
                    return lines;
                }
            }
        });
        Ok(Self { path: path.to_owned(), ended, reader })
    }

    /// There are no such sockets here.
    #[cfg(not(unix))]
    pub fn at(_: &Path) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Puts a file with what arrived in the place of the socket.
    pub fn close(self) -> io::Result<()> {
        self.ended.store(true, Ordering::SeqCst);
        let lines = self.reader.join().map_err(|_| io::Error::other("the reader has panicked"))?;
        std::fs::remove_file(&self.path)?;
        std::fs::write(&self.path, lines)
    }
}
