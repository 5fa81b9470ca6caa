//! Sealing: the only code that encrypts and decrypts.
//!
//! Sealed content = version ‖ AES-256-GCM(record key, seed ‖ zstd(canonical event)); the leaf is the additional data,
//! so a row's content cannot be put under another leaf. The record key is random and used once, hence the fixed nonce.
//! A wrap = nonce ‖ AES-256-GCM(subject key, record key), again bound to the leaf.

use crate::error::Result;
use anyhow::{anyhow, bail};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    rand,
};
use std::cell::RefCell;

pub type Key = [u8; 32];
pub type Leaf = [u8; 33];
const VERSION: u8 = 1;
const NONCE: usize = 12;
const TAG: usize = 16;
pub const WRAP_LEN: usize = NONCE + 32 + TAG;
/// No record is larger than the 32 MiB a request may carry; a forged frame must not make us allocate more.
const MAX_CONTENT: usize = 40 << 20;

pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

fn cipher(key: &Key) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("32 bytes are an AES-256 key"))
}

thread_local! {
    static COMPRESSOR: RefCell<zstd::bulk::Compressor<'static>> =
        RefCell::new(zstd::bulk::Compressor::new(1).expect("level 1 exists"));
    static DECOMPRESSOR: RefCell<zstd::bulk::Decompressor<'static>> =
        RefCell::new(zstd::bulk::Decompressor::new().expect("a decompressor needs no option"));
}

/// Seals the canonical event with its seed.
pub fn seal(canonical: &[u8], seed: &[u8; 32], key: &Key, leaf: &Leaf) -> Vec<u8> {
    let bound = zstd::zstd_safe::compress_bound(canonical.len());
    let mut out = Vec::with_capacity(1 + 32 + bound + TAG);
    out.push(VERSION);
    out.extend_from_slice(seed);
    let compressed = COMPRESSOR.with_borrow_mut(|c| c.compress(canonical).expect("compressing memory to memory"));
    out.extend_from_slice(&compressed);
    let tag = cipher(key)
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key([0; NONCE]), Aad::from(leaf), &mut out[1..])
        .expect("content is far below the limit of the cipher");
    out.extend_from_slice(tag.as_ref());
    out
}

/// Opens sealed content: the seed and the canonical event.
pub fn unseal(sealed: &[u8], key: &Key, leaf: &[u8]) -> Result<([u8; 32], Vec<u8>)> {
    let Some((&VERSION, body)) = sealed.split_first() else { return Err(anyhow!("sealed content has an unknown version").into()) };
    let mut body = body.to_vec();
    let plain = cipher(key)
        .open_in_place(Nonce::assume_unique_for_key([0; NONCE]), Aad::from(leaf), &mut body)
        .map_err(|_| anyhow!("sealed content does not open: it was altered or belongs to another leaf"))?;
    let (seed, compressed) = plain.split_at_checked(32).ok_or_else(|| anyhow!("sealed content is cut short"))?;
    let size = zstd::zstd_safe::get_frame_content_size(compressed).ok().flatten().unwrap_or(0);
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    if size > MAX_CONTENT {
        return Err(anyhow!("sealed content claims an impossible size").into());
    }
    let event = DECOMPRESSOR.with_borrow_mut(|d| d.decompress(compressed, size)).map_err(|e| anyhow!("sealed content does not unpack: {e}"))?;
    Ok((seed.try_into().expect("split at 32"), event))
}

/// Wraps `inner` under `outer`, bound to `context`.
pub fn wrap(outer: &Key, inner: &Key, context: &[u8]) -> [u8; WRAP_LEN] {
    let mut out = [0; WRAP_LEN];
    let nonce = random::<NONCE>();
    out[..NONCE].copy_from_slice(&nonce);
    out[NONCE..NONCE + 32].copy_from_slice(inner);
    let tag = cipher(outer)
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut out[NONCE..NONCE + 32])
        .expect("32 bytes are below the limit of the cipher");
    out[NONCE + 32..].copy_from_slice(tag.as_ref());
    out
}

pub fn unwrap(outer: &Key, wrapped: &[u8], context: &[u8]) -> Result<Key> {
    let opened = (|| {
        if wrapped.len() != WRAP_LEN {
            bail!("a wrapped key has the wrong length");
        }
        let nonce: [u8; NONCE] = wrapped[..NONCE].try_into().expect("length checked");
        let mut body = wrapped[NONCE..].to_vec();
        let key = cipher(outer)
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut body)
            .map_err(|_| anyhow!("a wrapped key does not open: it was altered or the master key is another"))?;
        Ok(<Key>::try_from(&*key).expect("32 bytes without the tag"))
    })();
    Ok(opened?)
}

/// Seals bytes that are not a record (quarantined bodies, blobs) under a key of the ring.
pub fn seal_bytes(key: &Key, bytes: &[u8], context: &[u8]) -> Vec<u8> {
    let nonce = random::<NONCE>();
    let mut out = Vec::with_capacity(NONCE + bytes.len() + TAG);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(bytes);
    let tag = cipher(key)
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut out[NONCE..])
        .expect("blobs are below the limit of the cipher");
    out.extend_from_slice(tag.as_ref());
    out
}

pub fn open_bytes(key: &Key, sealed: &[u8], context: &[u8]) -> Result<Vec<u8>> {
    let Some((nonce, body)) = sealed.split_first_chunk::<NONCE>() else { return Err(anyhow!("sealed bytes are cut short").into()) };
    let mut body = body.to_vec();
    let len = cipher(key)
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(context), &mut body)
        .map_err(|_| anyhow!("sealed bytes do not open: they were altered or the key is another"))?
        .len();
    body.truncate(len);
    Ok(body)
}
