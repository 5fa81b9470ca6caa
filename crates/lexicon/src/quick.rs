//! A fast hash for small numeric keys. The keys are our own words, so nobody can choose them to collide.

use std::hash::{BuildHasherDefault, Hasher};

#[derive(Default)]
pub(crate) struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
    fn write(&mut self, bytes: &[u8]) {
        for &b in bytes {
            self.write_u64(u64::from(b));
        }
    }
    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(26) ^ n).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

pub(crate) type QuickMap<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<Mix>>;
pub(crate) type QuickSet<K> = std::collections::HashSet<K, BuildHasherDefault<Mix>>;
