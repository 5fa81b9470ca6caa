//! Sealing: the only code that encrypts and decrypts.
//!
//! Sealed content = version ‖ AES-256-GCM(record key, seed ‖ zstd with a fixed dictionary (canonical event)); the leaf is the additional data,
//! so a row's content cannot be put under another leaf. The record key is random and used once, hence the fixed nonce.
//! A wrap = nonce ‖ AES-256-GCM(subject key, record key), again bound to the leaf.

use crate::error::Result;
use anyhow::{anyhow, bail};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    rand,
};
use std::{cell::RefCell, sync::LazyLock};
use zeroize::{Zeroize, Zeroizing};
use zstd::{
    bulk::{Compressor, Decompressor},
    dict::{DecoderDictionary, EncoderDictionary},
};

pub type Key = [u8; 32];
pub type Leaf = [u8; 33];
const VERSION: u8 = 1;
const NONCE: usize = 12;
const TAG: usize = 16;
pub const WRAP_LEN: usize = NONCE + 32 + TAG;
/// No record is larger than the 32 MiB a request may carry; a forged frame must not make us allocate more.
const MAX_CONTENT: usize = 40 << 20;

const POOLED: usize = 1024;

/// Bytes that were drawn ahead. A record needs four or more short draws, and a draw of the operating system's generator
/// costs nearly the same whatever its length. What was given out is wiped here, and a thread's rest goes with it.
struct Pool {
    bytes: Zeroizing<[u8; POOLED]>,
    left: usize,
}

thread_local! {
    static POOL: RefCell<Pool> = RefCell::new(Pool { bytes: Zeroizing::new([0; POOLED]), left: 0 });
}

pub fn random<const N: usize>() -> [u8; N] {
    const { assert!(N <= POOLED, "drawn from the pool in one piece") }
    POOL.with_borrow_mut(|pool| {
        if pool.left < N {
            rand::fill(&mut *pool.bytes).expect("the operating system gives randomness");
            pool.left = pool.bytes.len();
        }
        let from = pool.left - N;
        let taken = &mut pool.bytes[from..pool.left];
        let out = (&*taken).try_into().expect("as many as were asked for");
        taken.zeroize();
        pool.left = from;
        out
    })
}

fn cipher(key: &Key) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("32 bytes are an AES-256 key"))
}

/// What events have in common: names of members, forms of times and identifiers, phrases of sales talk. A record is too
/// short to show such things twice, so with this a third of the bytes and half of the work go. Sealed content of version 1
/// needs exactly these bytes for ever: another dictionary is another version. Made once by `zstd --train --maxdict=8192 -1`
/// of the canonical events of a simulated company (`probity simulate --people 120 --months 4 --seed 7`), 2,500 messages and
/// up to 400 of each other kind.
const DICTIONARY: &[u8] = include_bytes!("dictionary-1");
static PACKING: LazyLock<EncoderDictionary<'static>> = LazyLock::new(|| EncoderDictionary::copy(DICTIONARY, 1));
static UNPACKING: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(DICTIONARY));

thread_local! {
    static COMPRESSOR: RefCell<(Compressor<'static>, Vec<u8>)> =
        RefCell::new((Compressor::with_prepared_dictionary(&PACKING).expect("the dictionary fits"), Vec::new()));
    static DECOMPRESSOR: RefCell<Decompressor<'static>> =
        RefCell::new(Decompressor::with_prepared_dictionary(&UNPACKING).expect("the dictionary fits"));
}

/// Seals the canonical event with its seed.
pub fn seal(canonical: &[u8], seed: &[u8; 32], key: &Key, leaf: &Leaf) -> Vec<u8> {
    let mut out = COMPRESSOR.with_borrow_mut(|(compressor, packed)| {
        packed.clear();
        packed.reserve(zstd::zstd_safe::compress_bound(canonical.len()));
        compressor.compress_to_buffer(canonical, packed).expect("compressing memory to memory");
        let mut out = Vec::with_capacity(1 + 32 + packed.len() + TAG);
        out.push(VERSION);
        out.extend_from_slice(seed);
        out.extend_from_slice(packed);
        // People's words are not left lying about, and the room of a large record is given back.
        packed.zeroize();
        packed.shrink_to(16 << 10);
        out
    });
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

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::digest;

    /// What was sealed in version 1 opens only with the very dictionary it was packed with.
    #[test]
    fn the_dictionary_never_changes() {
        let sum = digest::digest(&digest::SHA256, DICTIONARY);
        assert_eq!(hex::encode(sum), "c7f66bfef1f11ee8dfd8dfb317a48cb928fa7a01a15aeeef10f7fcd6ab0d4fdb");
    }

    #[test]
    fn content_of_any_size_comes_back_and_nothing_else_opens() {
        for size in [0, 1, 200, 70_000, 3 << 20] {
            let content: Vec<u8> = (0..size).map(|i: u32| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
            let (seed, key, leaf) = (random(), random(), [1; 33]);
            let sealed = seal(&content, &seed, &key, &leaf);
            let (seed_again, again) = unseal(&sealed, &key, &leaf).expect("what was sealed opens");
            assert!(seed_again == seed && again == content);
            assert!(unseal(&sealed, &random(), &leaf).is_err() && unseal(&sealed, &key, &[2; 33]).is_err());
        }
    }

    #[test]
    fn random_bytes_are_never_given_twice() {
        let drawn: std::collections::HashSet<[u8; 12]> = (0..10_000).map(|_| random()).collect();
        assert_eq!(drawn.len(), 10_000);
    }
}
