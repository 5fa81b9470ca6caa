//! Does a payment answer a promise? Shares of moved orders, promised sums, parts that add up.

/// What a payment fits; `less` is the tax kept back from it, in parts per million.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// The sum that was promised.
    Sum { less: u32 },
    /// This share (parts per million) of one or more moved orders.
    Share { ppm: u32, orders: usize, less: u32 },
}

impl Fit {
    pub fn less(self) -> u32 {
        match self {
            Self::Sum { less } | Self::Share { less, .. } => less,
        }
    }
}

/// 代开发票的税点: what payers commonly keep back for the invoice, parts per million (value added tax of small and of
/// general tax payers on services).
const KEPT_BACK: &[u32] = &[30_000, 60_000];

/// Whether `paid` is `expected`, whole or less a usual tax; answers the tax kept back. Less a tax it must be exact, to
/// a yuan or a full ten or hundred: every tolerance more is a chance for money that has nothing to do with it.
pub fn fits(paid: i64, expected: i64) -> Option<u32> {
    if close(paid, expected) {
        return Some(0);
    }
    KEPT_BACK.iter().copied().find(|rate| {
        let net = expected - share_of(*rate, expected);
        let off = (paid - net).abs();
        let rounded = |step: i64| net >= step * 10 && paid % step == 0 && off < step && off * 200 <= net;
        paid > 0 && (off <= 100 || rounded(1_000) || rounded(10_000))
    })
}

/// Whether `paid` is `expected`, allowing for what happens to money on its way: fees up to one per cent, rounding to
/// a full ten, hundred or thousand (never by more than 3 %), and a yuan either way. All in minor units.
pub fn close(paid: i64, expected: i64) -> bool {
    if paid <= 0 || expected <= 0 {
        return false;
    }
    // A hostile or mistaken sum may be near the limit of 64 bits.
    let (paid, expected) = (i128::from(paid), i128::from(expected));
    let off = (paid - expected).abs();
    if off <= 100 || (paid < expected && off * 100 <= expected) {
        return true;
    }
    let rounded = [1_000, 10_000, 100_000]
        .into_iter()
        .any(|step| expected >= step * 10 && paid % step == 0 && (paid == expected / step * step || paid == (expected + step - 1) / step * step));
    rounded && off * 100 <= expected * 3
}

pub fn share_of(ppm: u32, amount: i64) -> i64 {
    let exact = i128::from(ppm) * i128::from(amount) / 1_000_000;
    i64::try_from(exact).unwrap_or(i64::MAX)
}

/// The first promise that `paid` answers. `orders` are the amounts moved before it, oldest first; runs of them are
/// tried because one payment often settles several.
pub fn fit(paid: i64, shares: &[u32], sums: &[i64], orders: &[i64]) -> Option<Fit> {
    // What fits whole says more than what fits less a tax.
    std::iter::once(&0).chain(KEPT_BACK).find_map(|less| {
        let hits = |expected: i64| fits(paid, expected) == Some(*less);
        for ppm in shares {
            for (from, _) in orders.iter().enumerate() {
                let mut total = 0_i64;
                for (count, amount) in orders[from..].iter().enumerate() {
                    total = total.saturating_add(*amount);
                    if hits(share_of(*ppm, total)) {
                        return Some(Fit::Share { ppm: *ppm, orders: count + 1, less: *less });
                    }
                }
            }
        }
        sums.iter().any(|s| hits(*s)).then_some(Fit::Sum { less: *less })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tolerances() {
        let cases = [
            (864_300, 864_300, true),  // exact
            (864_000, 864_300, true),  // to a full ten
            (860_000, 864_300, true),  // to a full hundred
            (855_657, 864_300, true),  // one per cent fee
            (870_000, 864_300, true),  // rounded up
            (900_000, 864_300, false), // 4 % more is not rounding
            (800_000, 864_300, false),
            (950_000, 1_000_000, false), // a round sum needs no rounding
            (990_000, 1_000_000, true),
            (0, 0, false),
            (-5, 5, false),
            (i64::MAX, i64::MAX - 100_000, false), // no sum is too large to compare
            (1_000, i64::MAX, false),
            (i64::MAX - i64::MAX / 200, i64::MAX, true),
        ];
        for (paid, expected, want) in cases {
            assert_eq!(close(paid, expected), want, "{paid} for {expected}");
        }
    }

    #[test]
    fn less_a_tax() {
        let cases = [
            (838_371, Some(30_000)), // 3 % kept back, to the fen
            (838_400, Some(30_000)), // to a yuan
            (838_000, Some(30_000)), // to a full ten
            (840_000, Some(30_000)), // to a full hundred
            (812_442, Some(60_000)),
            (830_000, None), // the hundred below is too far off
            (825_000, None),
            (864_300, Some(0)),
        ];
        for (paid, want) in cases {
            assert_eq!(fits(paid, 864_300), want, "{paid}");
        }
    }

    #[test]
    fn one_payment_for_several_orders() {
        let orders = [1_000_000, 2_000_000, 500_000];
        assert_eq!(fit(300_000, &[100_000], &[], &orders), Some(Fit::Share { ppm: 100_000, orders: 2, less: 0 }));
        assert_eq!(fit(350_000, &[100_000], &[], &orders), Some(Fit::Share { ppm: 100_000, orders: 3, less: 0 }));
        assert_eq!(fit(200_000, &[], &[200_000], &[]), Some(Fit::Sum { less: 0 }));
        assert_eq!(fit(123_400, &[100_000], &[200_000], &orders), None);
    }
}
