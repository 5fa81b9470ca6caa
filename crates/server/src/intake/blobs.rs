//! Files that records and cases name by their digest: photos, signed papers, recordings. Sealed where they lie.
//!
//! What is *not* here: showing one to a person, which is a look at the record that names it (`browse`).

use super::{attached, kinds};
use crate::{
    company::Company,
    error::{Problem, Result},
};
use aws_lc_rs::digest;
use serde_json::{Map, Value};

/// Largest file.
pub const MOST: usize = 32 << 20;

/// Where a file lies.
pub fn place(sha256: &str) -> String {
    format!("blobs/{}/{sha256}", &sha256[..2])
}

fn context(sha256: &str) -> String {
    format!("blob/{sha256}")
}

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes))
}

/// Keeps a file under the digest it was announced with; false if the same caller sent it before. Whether somebody else
/// did is not told: that a firm holds a certain paper is itself a secret.
pub async fn put(company: &Company, by: &str, name: &str, bytes: &[u8]) -> Result<bool> {
    if !kinds::is_sha256(name) {
        return Err(Problem::bad_request(
            "bad_digest",
            "地址应以文件 SHA-256 的 64 位小写十六进制结尾。",
            "The address ends in the file's SHA-256, 64 lowercase hexadecimal digits.",
        )
        .into());
    }
    if sha256(bytes) != name {
        return Err(Problem::new(
            422,
            "digest_mismatch",
            "内容的 SHA-256 与地址不符，文件可能在传输中损坏。请重新计算后重发。",
            "The content's SHA-256 is not the one in the address; it may have been damaged on the way. Compute it again and resend.",
        )
        .into());
    }
    if bytes.len() > MOST {
        return Err(Problem::new(413, "too_large", "文件最大 32 MiB，请压缩或拆分后重发。", "A file may have 32 MiB at most; compress or split it.").into());
    }
    if kind_of(bytes).is_none() {
        return Err(Problem::new(
            415,
            "file_type",
            "不接受这种文件。可以上传图片、PDF、Office 文档、录音、视频、压缩包和纯文本；网页、脚本和程序不行。",
            "Files of this type are not accepted. Images, PDF, office documents, sound, video, archives and plain text are; pages, scripts and programs are not.",
        )
        .into());
    }
    // Noted before it lies there: a file nobody knows of could never be removed.
    let fresh = attached::uploaded(company, by, name).await?;
    if !company.blobs.exists(&place(name)).await? {
        company.blobs.put(&place(name), company.keys.seal_loose(bytes, &context(name))).await?;
    }
    Ok(fresh)
}

/// Keeps a file under its own digest and answers it.
pub async fn keep(company: &Company, bytes: &[u8]) -> Result<String> {
    let name = sha256(bytes);
    put(company, "", &name, bytes).await?;
    Ok(name)
}

/// For the product's own work (building a package); a person's look goes through `browse`.
pub async fn read(company: &Company, sha256: &str) -> Result<Option<Vec<u8>>> {
    if !kinds::is_sha256(sha256) {
        return Ok(None);
    }
    let Some(sealed) = company.blobs.get(&place(sha256)).await? else { return Ok(None) };
    Ok(Some(company.keys.open_loose(&sealed, &context(sha256))?))
}

/// The files that a record's data names: values of members called `sha256`, however deep, each once.
pub fn named_in<'a>(data: &'a Map<String, Value>) -> Vec<&'a str> {
    fn walk<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("sha256").and_then(Value::as_str).filter(|d| kinds::is_sha256(d)));
                members.values().for_each(|v| walk(v, found));
            }
            Value::Array(items) => items.iter().for_each(|v| walk(v, found)),
            _ => {}
        }
    }
    let mut found: Vec<&str> = data.get("sha256").and_then(Value::as_str).filter(|d| kinds::is_sha256(d)).into_iter().collect();
    data.values().for_each(|value| walk(value, &mut found));
    found.sort_unstable();
    found.dedup();
    found
}

/// The media type by what the file begins with, for the types that are accepted.
pub fn kind_of(bytes: &[u8]) -> Option<&'static str> {
    let at = |offset: usize, magic: &[u8]| bytes.get(offset..).is_some_and(|b| b.starts_with(magic));
    let found = match () {
        () if at(0, b"\xFF\xD8\xFF") => "image/jpeg",
        () if at(0, b"\x89PNG\r\n\x1a\n") => "image/png",
        () if at(0, b"GIF8") => "image/gif",
        () if at(0, b"RIFF") && at(8, b"WEBP") => "image/webp",
        () if at(0, b"RIFF") && at(8, b"WAVE") => "audio/wav",
        () if at(0, b"BM") && bytes.len() > 26 => "image/bmp",
        () if at(0, b"II*\0") || at(0, b"MM\0*") => "image/tiff",
        () if at(4, b"ftyphei") || at(4, b"ftypmif1") => "image/heic",
        () if at(4, b"ftyp") => "video/mp4",
        () if at(0, b"%PDF-") => "application/pdf",
        () if at(0, b"%!PS") => return None,
        () if at(0, b"PK\x03\x04") => "application/zip",
        () if at(0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") => "application/x-ole-storage",
        () if at(0, b"#!AMR") => "audio/amr",
        () if at(0, b"#!SILK") || at(1, b"#!SILK") => "audio/silk",
        () if at(0, b"ID3") || at(0, b"\xFF\xFB") || at(0, b"\xFF\xF3") => "audio/mpeg",
        () if at(0, b"OggS") => "audio/ogg",
        () if at(0, b"fLaC") => "audio/flac",
        () if at(0, b"\x1A\x45\xDF\xA3") => "video/webm",
        () if at(0, b"\x1F\x8B") => "application/gzip",
        () => return plain_text(bytes).then_some("text/plain"),
    };
    Some(found)
}

/// How a file of that type is usually called.
pub fn extension_of(bytes: &[u8]) -> &'static str {
    match kind_of(bytes) {
        Some("image/jpeg") => "jpg",
        Some("image/tiff") => "tif",
        Some("application/x-ole-storage") => "doc",
        Some("audio/mpeg") => "mp3",
        Some("application/gzip") => "gz",
        Some("text/plain") => "txt",
        Some(media) => media.rsplit('/').next().unwrap_or("bin"),
        None => "bin",
    }
}

/// Text that no program would run and no browser would draw.
fn plain_text(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return false;
    }
    let head: String = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']).chars().take(512).collect::<String>().to_lowercase();
    !head.starts_with("#!") && !["<!doctype", "<html", "<script", "<svg", "<?xml", "<?php"].iter().any(|t| head.contains(t))
}

#[cfg(test)]
mod tests {
    use super::kind_of;

    #[test]
    fn programs_and_pages_are_not_accepted() {
        for bad in [&b"\x7fELF\x02\x01"[..], b"MZ\x90\x00\x03", b"#!/bin/sh\nrm", b"<svg onload=alert(1)>", b"  <HTML>", b"a\x00b", b"\xFE\xFFx"] {
            assert_eq!(kind_of(bad), None);
        }
        assert_eq!(kind_of(b"\xFF\xD8\xFF\xE0"), Some("image/jpeg"));
        assert_eq!(kind_of("谈话笔录".as_bytes()), Some("text/plain"));
        assert_eq!(kind_of(b""), Some("text/plain"));
    }
}
