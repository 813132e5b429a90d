//! One file of a spool: a head that names whose records it has and how far they were sent, and the records.

use super::frame::{self, Read};
use super::id::SegmentId;
use crate::output::own_files;
use crate::platform;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Names the layout; another one is another file.
const MAGIC: &[u8] = b"vigie spool 1\n";
/// Where the offset stands up to which everything was sent, with its checksum.
const SENT_AT: u64 = MAGIC.len() as u64;
const SENT_BYTES: usize = 8 + 4;

/// What is read at once.
const PIECE_BYTES: usize = 1024 * 1024;

/// An open segment, owned by this process.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) path: PathBuf,
    pub(super) file: Arc<File>,
    /// What its records need beside their bytes.
    pub(super) origin: Arc<[u8]>,
    /// What the ids of its records have in common.
    pub(super) id: SegmentId,
    /// Where the next record goes.
    pub(super) end: u64,
    /// Up to here everything was sent, or is lost.
    pub(super) sent: u64,
    /// How many records lie between the two.
    pub(super) waiting: u64,
    /// No record comes any more.
    pub(super) is_full: bool,
}

/// Why a file is not taken over.
#[derive(Debug)]
pub(super) enum Refused {
    /// Its owner lives, or it belongs to another output.
    Foreign,
    /// It is none of ours, or damaged in its head.
    Damaged,
}

impl Segment {
    /// Makes a new one.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub(super) fn create(path: PathBuf, key: &str, origin: &[u8]) -> io::Result<Self> {
        let id = SegmentId::new();
        let head = head(key, origin, &id);
        // Where the file system knows no locks, another process may send its records too.
        let file = Arc::new(own_files::create_held(&path, &head)?);
        let (end, origin) = (head.len() as u64, origin.into());
        Ok(Self { path, file, origin, id, end, sent: end, waiting: 0, is_full: false })
    }

    /// Takes over the file of a process that is gone, with how many damaged places it has.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn adopt(path: &Path, key: &str) -> Result<(Self, u64), Refused> {
        let file = platform::open_private(path).map_err(|_| Refused::Foreign)?;
        if !platform::hold(&file) {
            return Err(Refused::Foreign);
        }
        let length = file.metadata().map_err(|_| Refused::Foreign)?.len();
        let mut head = vec![0; usize::try_from(length.min(64 * 1024)).unwrap_or(0)];
        platform::read_exact_at(&file, &mut head, 0).map_err(|_| Refused::Foreign)?;
        let Head { sent, start, origin, id } = Head::read(&head, key)?;
        let sent = sent.clamp(start, length.max(start));
        let mut segment = Self {
            path: path.to_owned(),
            file: Arc::new(file),
            origin,
            id,
            end: length.max(start),
            sent,
            waiting: 0,
            is_full: true,
        };
        let damages = segment.count();
        Ok((segment, damages))
    }

    /// Counts what has to be sent, a piece at a time.
    fn count(&mut self) -> u64 {
        let (mut at, mut damages) = (self.sent, 0);
        while at < self.end {
            let Ok(read) = read_from(&self.file, at, self.end, u64::MAX) else { break };
            if read.bytes == 0 {
                break;
            }
            at += read.bytes as u64;
            self.waiting += read.records.batch().len();
            damages += read.damages;
        }
        // Behind the last whole record there is nothing that could be sent.
        self.end = at;
        damages
    }

    /// Appends encoded frames.
    ///
    /// # Errors
    /// When the disk takes none; what it took in part is written over by the next ones.
    pub(super) fn append(&mut self, frames: &[u8], records: u64) -> io::Result<()> {
        platform::write_all_at(&self.file, frames, self.end)?;
        self.end += frames.len() as u64;
        self.waiting += records;
        Ok(())
    }

    /// Notes that everything before `offset` is done with. A note that cannot be written costs a repetition.
    pub(super) fn note_sent(&mut self, offset: u64, records: u64) {
        self.sent = offset;
        self.waiting = self.waiting.saturating_sub(records);
        let _ = platform::write_all_at(&self.file, &sent_note(offset), SENT_AT);
    }

    /// Whether nothing is left to send and nothing comes.
    pub(super) fn is_done(&self) -> bool {
        self.is_full && self.sent >= self.end
    }
}

/// Reads at most `most` whole records from `from` on, not beyond `end`.
///
/// # Errors
/// Whatever the operating system says.
pub(super) fn read_from(file: &File, from: u64, end: u64, most: u64) -> io::Result<Read> {
    let mut length = PIECE_BYTES;
    loop {
        let available = usize::try_from(end.saturating_sub(from)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; length.min(available)];
        platform::read_exact_at(file, &mut bytes, from)?;
        let read = frame::read(&bytes, most);
        // A record may be larger than a piece, or stand across its end where no other is before it.
        if read.bytes > 0 || length >= available {
            return Ok(read);
        }
        length *= 2;
    }
}

/// The head of a segment with this id of which nothing was sent.
pub(super) fn head(key: &str, origin: &[u8], id: &SegmentId) -> Vec<u8> {
    let mut head = MAGIC.to_vec();
    head.extend_from_slice(&[0; SENT_BYTES]);
    let body = head.len();
    for part in [key.as_bytes(), origin, &id.to_bytes()] {
        head.extend_from_slice(&(part.len() as u32).to_le_bytes());
        head.extend_from_slice(part);
    }
    let sum = crc32fast::hash(head.get(body..).unwrap_or_default());
    head.extend_from_slice(&sum.to_le_bytes());
    let start = head.len() as u64;
    head.splice(MAGIC.len()..body, sent_note(start));
    head
}

fn sent_note(offset: u64) -> [u8; SENT_BYTES] {
    let mut note = [0; SENT_BYTES];
    let offset = offset.to_le_bytes();
    let sum = crc32fast::hash(&offset).to_le_bytes();
    note.iter_mut().zip(offset.iter().chain(&sum)).for_each(|(slot, byte)| *slot = *byte);
    note
}

/// What the head of a file says.
struct Head {
    sent: u64,
    start: u64,
    origin: Arc<[u8]>,
    id: SegmentId,
}

impl Head {
    fn read(bytes: &[u8], key: &str) -> Result<Self, Refused> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(Refused::Damaged)?;
        let (note, rest) = rest.split_at_checked(SENT_BYTES).ok_or(Refused::Damaged)?;
        let parse = |rest| {
            let (own, rest) = part(rest)?;
            let (origin, rest) = part(rest)?;
            let (id, behind) = part(rest)?;
            Some((own, origin, SegmentId::read(id)?, behind))
        };
        let (own, origin, id, behind) = parse(rest).ok_or(Refused::Damaged)?;
        let summed = rest.get(..rest.len() - behind.len()).unwrap_or_default();
        if behind.get(..4) != Some(&crc32fast::hash(summed).to_le_bytes()[..]) {
            return Err(Refused::Damaged);
        }
        if own != key.as_bytes() {
            return Err(Refused::Foreign);
        }
        let start = (bytes.len() - behind.len() + 4) as u64;
        let offset = note.get(..8).and_then(|offset| Some(u64::from_le_bytes(offset.try_into().ok()?)));
        // A note that was torn is none: everything is sent again.
        let sent = offset.filter(|offset| sent_note(*offset) == note).unwrap_or(start);
        Ok(Self { sent, start, origin: origin.into(), id })
    }
}

fn part(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_at_checked(4)?;
    rest.split_at_checked(u32::from_le_bytes(length.try_into().ok()?) as usize)
}
