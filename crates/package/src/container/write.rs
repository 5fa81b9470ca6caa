//! Deterministic zip: the caller's paths in byte order, no time, no attributes, deflate at a fixed level.

use std::io::{self, Write};

use flate2::{Compression, write::DeflateEncoder};

use super::{CENTRAL, DATE, END, LOCAL, MAX_ENTRIES, MAX_FILE, MAX_TOTAL, UTF8};

/// A file ready to be written.
pub struct Packed {
    pub path: String,
    pub size: u64,
    pub sha256: [u8; 32],
    crc: u32,
    method: u16,
    body: Vec<u8>,
}

/// Compresses one file. Stored instead when deflate gains nothing (pictures, PDFs).
pub fn pack(path: String, bytes: &[u8]) -> Packed {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(bytes.len() / 2 + 64), Compression::new(3));
    let deflated = encoder.write_all(bytes).and_then(|()| encoder.finish()).ok().filter(|d| d.len() < bytes.len());
    let (method, body) = deflated.map_or_else(|| (0, bytes.to_vec()), |d| (8, d));
    Packed { path, size: bytes.len() as u64, sha256: probity_ledger::sha256(bytes), crc: crc.sum(), method, body }
}

/// Why files make no archive that [`super::Archive`] and the verifiers would read.
pub fn check_limits<'a>(files: impl IntoIterator<Item = (&'a str, u64)>) -> Result<(), String> {
    let (mut count, mut total) = (0_usize, 0_u64);
    for (path, size) in files {
        count += 1;
        total = total.saturating_add(size);
        if size > MAX_FILE {
            return Err(format!("{path} has {size} bytes; a file in a package has at most {MAX_FILE}"));
        }
    }
    if count > MAX_ENTRIES {
        return Err(format!("{count} files; a package holds at most {MAX_ENTRIES}"));
    }
    if total > MAX_TOTAL {
        return Err(format!("{total} bytes; a package holds at most {MAX_TOTAL}"));
    }
    Ok(())
}

/// Writes the archive; `files` are put in the byte order of their paths.
pub fn write(mut files: Vec<Packed>, out: &mut impl Write) -> io::Result<u64> {
    check_limits(files.iter().map(|f| (f.path.as_str(), f.size))).map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
    files.sort_by(|a, b| a.path.as_bytes().cmp(b.path.as_bytes()));
    let mut central = Vec::new();
    let mut offset = 0_u64;
    let too_big = |_| io::Error::new(io::ErrorKind::InvalidInput, "a package holds at most 4 GiB");
    for file in &files {
        let at = u32::try_from(offset).map_err(too_big)?;
        let packed = u32::try_from(file.body.len()).map_err(too_big)?;
        let size = u32::try_from(file.size).map_err(too_big)?;
        let name = file.path.as_bytes();
        let name_len = u16::try_from(name.len()).map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "a path in the package is too long"))?;

        let mut head = Vec::with_capacity(30 + name.len());
        head.extend_from_slice(&LOCAL.to_le_bytes());
        let mut shared = Vec::with_capacity(26);
        for half in [20, UTF8, file.method, 0, DATE] {
            shared.extend_from_slice(&half.to_le_bytes());
        }
        for word in [file.crc, packed, size] {
            shared.extend_from_slice(&word.to_le_bytes());
        }
        shared.extend_from_slice(&name_len.to_le_bytes());
        shared.extend_from_slice(&0_u16.to_le_bytes());
        head.extend_from_slice(&shared);
        head.extend_from_slice(name);
        out.write_all(&head)?;
        out.write_all(&file.body)?;
        offset += (head.len() + file.body.len()) as u64;

        central.extend_from_slice(&CENTRAL.to_le_bytes());
        central.extend_from_slice(&20_u16.to_le_bytes());
        central.extend_from_slice(&shared);
        // comment length, disk, internal attributes, external attributes
        central.extend_from_slice(&[0; 10]);
        central.extend_from_slice(&at.to_le_bytes());
        central.extend_from_slice(name);
    }
    let count = u16::try_from(files.len()).map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "a package holds at most 65,000 files"))?;
    let start = u32::try_from(offset).map_err(too_big)?;
    let length = u32::try_from(central.len()).map_err(too_big)?;
    out.write_all(&central)?;
    let mut end = Vec::with_capacity(22);
    end.extend_from_slice(&END.to_le_bytes());
    for half in [0, 0, count, count] {
        end.extend_from_slice(&half.to_le_bytes());
    }
    end.extend_from_slice(&length.to_le_bytes());
    end.extend_from_slice(&start.to_le_bytes());
    end.extend_from_slice(&0_u16.to_le_bytes());
    out.write_all(&end)?;
    Ok(offset + (central.len() + end.len()) as u64)
}
