//! Strict reading of a zip held in memory: what the central directory says, what the local headers say, and
//! what lies between them.
//!
//! A zip that somebody unpacked and packed again with another tool is readable (other times, extra fields,
//! directories, data descriptors); one that hides something is not.

use std::collections::HashMap;
use std::io::Read as _;

use flate2::read::DeflateDecoder;

use super::{CENTRAL, DESCRIPTOR, END, LOCAL, MAX_ENTRIES, MAX_FILE, MAX_TOTAL, unsafe_path};

/// Something wrong with the container itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error("not a zip file: {0}")]
    NotZip(&'static str),
    #[error("duplicate path")]
    Duplicate,
    #[error("path differs from another one only by upper and lower case")]
    CaseTwin,
    #[error("unsafe path ({0})")]
    Unsafe(&'static str),
    #[error("in the zip but not in its directory")]
    Hidden,
    #[error("local header and central directory disagree")]
    Disagree,
    #[error("too large")]
    TooLarge,
    #[error("overlaps another file")]
    Overlaps,
    #[error("damaged: {0}")]
    Damaged(&'static str),
}

impl Flaw {
    /// A bomb: inflating anything of such an archive could cost more than a check is worth.
    pub fn forbids_reading(&self) -> bool {
        matches!(self, Self::TooLarge | Self::Overlaps)
    }
}

/// One file as the central directory lists it.
#[derive(Debug, Clone)]
pub struct Entry {
    pub path: String,
    pub size: u64,
    method: u16,
    crc: u32,
    header: usize,
    body: usize,
    packed: usize,
    descriptor: bool,
}

pub struct Archive<'a> {
    bytes: &'a [u8],
    pub entries: Vec<Entry>,
    /// Path and what is wrong with it. The path is empty when the fault is the archive's own.
    pub flaws: Vec<(String, Flaw)>,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?).and_then(|b| b.try_into().ok()).map(u16::from_le_bytes)
}
fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes)
}
fn name_of(raw: &[u8]) -> (String, bool) {
    match std::str::from_utf8(raw) {
        Ok(name) => (name.to_owned(), true),
        Err(_) => (String::from_utf8_lossy(raw).into_owned(), false),
    }
}

impl<'a> Archive<'a> {
    /// Reads the directory; never inflates anything.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Flaw> {
        let end = find_end(bytes).ok_or(Flaw::NotZip("no end of central directory"))?;
        let half = |at| u16_at(bytes, end + at).ok_or(Flaw::NotZip("cut short"));
        let word = |at| u32_at(bytes, end + at).ok_or(Flaw::NotZip("cut short"));
        let count = usize::from(half(10)?);
        let (length, start) = (word(12)? as usize, word(16)? as usize);
        if half(4)? != 0 || half(6)? != 0 || usize::from(half(8)?) != count {
            return Err(Flaw::NotZip("split over several disks"));
        }
        if count > MAX_ENTRIES {
            return Err(Flaw::TooLarge);
        }
        if start.checked_add(length) != Some(end) {
            return Err(Flaw::NotZip("central directory is not where the end record says"));
        }
        let mut archive = Self { bytes, entries: Vec::with_capacity(count), flaws: Vec::new() };
        if half(20)? != 0 {
            archive.flaws.push((String::new(), Flaw::Damaged("archive comment")));
        }
        let mut at = start;
        for _ in 0..count {
            at = archive.central(at, end).ok_or(Flaw::NotZip("central directory is damaged"))?;
        }
        if at != end {
            archive.flaws.push((String::new(), Flaw::Damaged("bytes after the last directory entry")));
        }
        archive.paths();
        archive.layout(start);
        Ok(archive)
    }

    /// One central directory record; returns where the next one starts.
    fn central(&mut self, at: usize, end: usize) -> Option<usize> {
        let bytes = self.bytes;
        if u32_at(bytes, at)? != CENTRAL {
            return None;
        }
        let flags = u16_at(bytes, at + 8)?;
        let method = u16_at(bytes, at + 10)?;
        let crc = u32_at(bytes, at + 16)?;
        let packed = u32_at(bytes, at + 20)?;
        let size = u32_at(bytes, at + 24)?;
        let (name_len, extra, comment) = (u16_at(bytes, at + 28)? as usize, u16_at(bytes, at + 30)? as usize, u16_at(bytes, at + 32)? as usize);
        let mode = u32_at(bytes, at + 38)? >> 16;
        let header = u32_at(bytes, at + 42)?;
        let next = at + 46 + name_len + extra + comment;
        if next > end {
            return None;
        }
        let (path, utf8) = name_of(&bytes[at + 46..at + 46 + name_len]);
        let mut flaw = |flaw| self.flaws.push((path.clone(), flaw));
        if !utf8 {
            flaw(Flaw::Unsafe("not UTF-8"));
        }
        if mode & 0o170_000 == 0o120_000 {
            flaw(Flaw::Unsafe("link"));
        }
        if flags & 0x2041 != 0 {
            flaw(Flaw::Damaged("encrypted"));
        }
        if method != 0 && method != 8 {
            flaw(Flaw::Damaged("unknown compression"));
        }
        if packed == u32::MAX || size == u32::MAX || header == u32::MAX || u64::from(size) > MAX_FILE {
            flaw(Flaw::TooLarge);
        }
        self.entries.push(Entry {
            path,
            size: u64::from(size),
            method,
            crc,
            header: header as usize,
            body: 0,
            packed: packed as usize,
            descriptor: flags & 8 != 0,
        });
        Some(next)
    }

    /// Duplicates, twins by case, unsafe names, directories, total size.
    fn paths(&mut self) {
        let mut seen: HashMap<String, String> = HashMap::with_capacity(self.entries.len());
        let mut total = 0_u64;
        for entry in &self.entries {
            total = total.saturating_add(entry.size);
            let plain = entry.path.strip_suffix('/').unwrap_or(&entry.path);
            if let Some(why) = unsafe_path(plain) {
                self.flaws.push((entry.path.clone(), Flaw::Unsafe(why)));
            }
            if let Some(other) = seen.insert(plain.to_lowercase(), entry.path.clone()) {
                if other == entry.path {
                    self.flaws.push((other, Flaw::Duplicate));
                } else {
                    self.flaws.push((other, Flaw::CaseTwin));
                    self.flaws.push((entry.path.clone(), Flaw::CaseTwin));
                }
            }
        }
        if total > MAX_TOTAL {
            self.flaws.push((String::new(), Flaw::TooLarge));
        }
    }

    /// Every byte before the central directory belongs to exactly one listed entry whose local header agrees.
    fn layout(&mut self, start: usize) {
        let bytes = self.bytes;
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by_key(|i| self.entries[*i].header);
        let mut at = 0;
        for i in order {
            let entry = &mut self.entries[i];
            if entry.header > at {
                hidden(bytes, at, &mut self.flaws);
            } else if entry.header < at {
                self.flaws.push((entry.path.clone(), Flaw::Overlaps));
            }
            let header = entry.header;
            let local = (|| {
                let name_len = u16_at(bytes, header + 26)? as usize;
                let extra = u16_at(bytes, header + 28)? as usize;
                let name = bytes.get(header + 30..header + 30 + name_len)?;
                Some((name, header + 30 + name_len + extra))
            })();
            let Some((name, body)) = local.filter(|_| u32_at(bytes, header) == Some(LOCAL)) else {
                self.flaws.push((entry.path.clone(), Flaw::Damaged("no local header")));
                at = at.max(header);
                continue;
            };
            let (local_name, _) = name_of(name);
            if local_name != entry.path {
                // Both names are told: one of them is what a careless reader would have shown.
                self.flaws.push((entry.path.clone(), Flaw::Disagree));
                self.flaws.push((local_name, Flaw::Hidden));
            }
            let same = |offset, value| u32_at(bytes, header + offset) == Some(value);
            let sizes = same(14, entry.crc) && same(18, entry.packed as u32) && same(22, entry.size as u32);
            let local_descriptor = u16_at(bytes, header + 6).is_some_and(|flags| flags & 8 != 0);
            if u16_at(bytes, header + 8) != Some(entry.method) || local_descriptor != entry.descriptor || !(sizes || entry.descriptor) {
                self.flaws.push((entry.path.clone(), Flaw::Disagree));
            }
            entry.body = body;
            let mut next = body.saturating_add(entry.packed);
            if next > start {
                self.flaws.push((entry.path.clone(), Flaw::Damaged("runs past the end")));
                entry.packed = 0;
                next = body.min(start);
            }
            if entry.descriptor {
                next += if u32_at(bytes, next) == Some(DESCRIPTOR) { 16 } else { 12 };
            }
            at = at.max(next);
        }
        if at < start {
            hidden(bytes, at, &mut self.flaws);
        }
        self.entries.retain(|entry| !(entry.path.ends_with('/') && entry.size == 0));
    }

    /// Inflates one file, never beyond the size its directory entry states.
    pub fn read(&self, entry: &Entry) -> Result<Vec<u8>, Flaw> {
        let packed = self.bytes.get(entry.body..entry.body + entry.packed).filter(|_| entry.body != 0).ok_or(Flaw::Damaged("runs past the end"))?;
        if entry.size > MAX_FILE {
            return Err(Flaw::TooLarge);
        }
        let bytes = if entry.method == 0 {
            packed.to_vec()
        } else {
            // Deflate expands at most about 1,032 times: a larger claim is a lie and reserves nothing.
            let room = entry.size.min(packed.len() as u64 * 1_040) as usize;
            let mut out = Vec::with_capacity(room);
            let mut decoder = DeflateDecoder::new(packed).take(entry.size + 1);
            decoder.read_to_end(&mut out).map_err(|_| Flaw::Damaged("compressed data"))?;
            if decoder.into_inner().total_in() != packed.len() as u64 {
                return Err(Flaw::Damaged("bytes after the compressed data"));
            }
            out
        };
        if bytes.len() as u64 != entry.size {
            return Err(Flaw::Damaged("size"));
        }
        let mut crc = flate2::Crc::new();
        crc.update(&bytes);
        if crc.sum() != entry.crc {
            return Err(Flaw::Damaged("CRC-32"));
        }
        Ok(bytes)
    }
}

/// Names what lies between listed files.
fn hidden(bytes: &[u8], at: usize, flaws: &mut Vec<(String, Flaw)>) {
    let name = (u32_at(bytes, at) == Some(LOCAL))
        .then(|| {
            let length = u16_at(bytes, at + 26)? as usize;
            bytes.get(at + 30..at + 30 + length).map(|raw| name_of(raw).0)
        })
        .flatten();
    match name {
        Some(name) => flaws.push((name, Flaw::Hidden)),
        None => flaws.push((String::new(), Flaw::Damaged("bytes that belong to no file"))),
    }
}

/// The end record: at the very end, or before an archive comment.
fn find_end(bytes: &[u8]) -> Option<usize> {
    let last = bytes.len().checked_sub(22)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    (first..=last)
        .rev()
        .find(|at| u32_at(bytes, *at) == Some(END) && u16_at(bytes, at + 20).is_some_and(|comment| at + 22 + usize::from(comment) == bytes.len()))
}
