//! What stands behind a path: standard input, a file, a compressed file.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::outcome::{Failure, unreadable};

/// Bytes that a file in a format begins with, by which it is known whatever its name is.
const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// How much of a compressed file is read at once.
const PACKED_BYTES: usize = 128 * 1024;

/// The bytes behind a path, unpacked; `-` is standard input.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Read>, Failure> {
    let packed: Box<dyn Read> = match path.as_os_str() == "-" {
        true => Box::new(io::stdin()),
        false => Box::new(file(path).map_err(|error| unreadable(path, &error))?),
    };
    let mut packed = BufReader::with_capacity(PACKED_BYTES, packed);
    // The first bytes tell the format. They may come in pieces only from a terminal or a pipe, whose text is no format.
    let begin = packed.fill_buf().map_err(|error| unreadable(path, &error))?;
    if begin.starts_with(&GZIP) {
        return Ok(Box::new(flate2::bufread::MultiGzDecoder::new(packed)));
    }
    if begin.starts_with(&ZSTD) {
        let decoder = zstd::Decoder::with_buffer(packed).map_err(|error| unreadable(path, &error))?;
        return Ok(Box::new(decoder));
    }
    Ok(Box::new(packed))
}

/// The names that the file has once it is packed.
pub(crate) fn packed(path: &Path) -> impl Iterator<Item = PathBuf> {
    let name = path.as_os_str().to_owned();
    ["gz", "zst"].into_iter().map(move |ending| {
        let mut packed = name.clone();
        packed.push(".");
        packed.push(ending);
        packed.into()
    })
}

/// Opens a file, or what it was packed into since its name was read.
fn file(path: &Path) -> io::Result<File> {
    let opened = File::open(path);
    match &opened {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            packed(path).find_map(|packed| File::open(packed).ok()).map_or(opened, Ok)
        }
        _ => opened,
    }
}

/// Whether it is a file that can be read from any place on: neither compressed nor a pipe.
pub(crate) fn is_plain(path: &Path) -> bool {
    let begin = |file: File| {
        let mut begin = Vec::with_capacity(ZSTD.len());
        file.take(ZSTD.len() as u64).read_to_end(&mut begin).ok().map(|_| begin)
    };
    let is_file = std::fs::metadata(path).is_ok_and(|meta| meta.is_file());
    let begin = is_file.then(|| File::open(path).ok()).flatten().and_then(begin);
    begin.is_some_and(|begin| !begin.starts_with(&GZIP) && !begin.starts_with(&ZSTD))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn the_format_is_known_by_the_content() {
        let folder = std::env::temp_dir().join(format!("vigie-source-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(b"text\n").unwrap();
        let twice = [gzip.finish().unwrap(), b"".to_vec()].concat().repeat(2);
        let zstd = zstd::encode_all(&b"text\n"[..], 1).unwrap().repeat(2);
        for (name, bytes, plain) in
            [("a", b"text\ntext\n".to_vec(), true), ("b", twice, false), ("c", zstd, false)]
        {
            let path = folder.join(name);
            std::fs::write(&path, bytes).unwrap();
            let mut text = String::new();
            open(&path).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!((text.as_str(), is_plain(&path)), ("text\ntext\n", plain), "{name}");
        }
        // It was packed while its name was known already.
        let gone = folder.join("d.jsonl");
        std::fs::rename(folder.join("b"), folder.join("d.jsonl.gz")).unwrap();
        let mut text = String::new();
        open(&gone).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "text\ntext\n");
        assert!(open(&folder.join("e.jsonl")).is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
