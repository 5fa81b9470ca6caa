//! A filter over pairs of numbers: “may stand one after the other”. Never a false no; a false yes now and then.

use std::collections::HashSet;

const LEAST_BITS: usize = 1 << 12;

pub(crate) struct Pairs {
    bits: Vec<u64>,
    mask: usize,
}

impl Pairs {
    pub(crate) fn of(pairs: HashSet<(u64, u64)>) -> Pairs {
        // Sixteen bits a pair: fewer than one stranger in sixteen passes.
        let size = (pairs.len() * 16).next_power_of_two().max(LEAST_BITS);
        let mut out = Pairs { bits: vec![0; size / 64], mask: size - 1 };
        for (a, b) in pairs {
            let slot = out.slot(a, b);
            out.bits[slot >> 6] |= 1 << (slot & 63);
        }
        out
    }

    #[inline]
    pub(crate) fn has(&self, a: u64, b: u64) -> bool {
        let slot = self.slot(a, b);
        self.bits[slot >> 6] >> (slot & 63) & 1 == 1
    }

    #[inline]
    fn slot(&self, a: u64, b: u64) -> usize {
        let mixed = a.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ b.wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
        (mixed >> 36) as usize & self.mask
    }
}
