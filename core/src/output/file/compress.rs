//! How a file that was put aside is compressed.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

/// What is compressed but not whole yet.
const UNFINISHED: &str = "new";

/// A format that tools of every system read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
}

impl Compression {
    pub(super) const ALL: [Self; 2] = [Self::Gzip, Self::Zstd];

    /// The extension of a file in it.
    pub(super) const fn extension(self) -> &'static str {
        match self {
            Self::Gzip => "gz",
            Self::Zstd => "zst",
        }
    }

    /// The compressed file's path for that of the plain one.
    pub(super) fn of(self, plain: &Path) -> PathBuf {
        added(plain, self.extension())
    }

    /// Makes the compressed file of `from`, with its permissions, on the disk before it bears its name.
    ///
    /// # Errors
    /// Whatever the operating system says; then there is no such file.
    pub(super) fn compress(self, from: &File, plain: &Path) -> io::Result<()> {
        let done = self.of(plain);
        let unfinished = added(&done, UNFINISHED);
        let made = self.write(from, &unfinished).and_then(|()| fs::rename(&unfinished, &done));
        if made.is_err() {
            // One that stays is written over by the next attempt.
            let _ = fs::remove_file(&unfinished);
        }
        made
    }

    fn write(self, mut from: &File, to: &Path) -> io::Result<()> {
        from.rewind()?;
        let file = File::create(to)?;
        file.set_permissions(from.metadata()?.permissions())?;
        let mut reader = BufReader::with_capacity(64 * 1024, from);
        let out = BufWriter::with_capacity(64 * 1024, file);
        let out = match self {
            Self::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(out, flate2::Compression::default());
                io::copy(&mut reader, &mut encoder)?;
                encoder.finish()?
            }
            Self::Zstd => {
                let mut encoder = zstd::Encoder::new(out, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                encoder.include_checksum(true)?;
                io::copy(&mut reader, &mut encoder)?;
                encoder.finish()?
            }
        };
        let mut file = out;
        file.flush()?;
        file.get_ref().sync_all()
    }
}

fn added(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}
