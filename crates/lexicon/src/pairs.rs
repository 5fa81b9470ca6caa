//! A filter over pairs of small numbers: “may be the first two of a word”. Small enough to stay in the nearest cache.

const BITS: usize = 1 << 17;

pub(crate) struct Pairs {
    bits: Vec<u64>,
}

impl Default for Pairs {
    fn default() -> Self {
        Pairs {
            bits: vec![0; BITS / 64],
        }
    }
}

impl Pairs {
    pub(crate) fn key(a: u32, b: u32) -> u32 {
        a << 14 | b
    }

    pub(crate) fn of(keys: impl Iterator<Item = u32>) -> Pairs {
        let mut pairs = Pairs::default();
        for key in keys {
            let slot = slot(key >> 14, key & 0x3FFF);
            pairs.bits[slot >> 6] |= 1 << (slot & 63);
        }
        pairs
    }

    #[inline]
    pub(crate) fn has(&self, a: u32, b: u32) -> bool {
        let slot = slot(a, b);
        self.bits[slot >> 6] >> (slot & 63) & 1 == 1
    }
}

#[inline]
fn slot(a: u32, b: u32) -> usize {
    (a.wrapping_mul(0x9E37_79B1) ^ b.wrapping_mul(0x85EB_CA6B)) as usize >> 5 & (BITS - 1)
}
