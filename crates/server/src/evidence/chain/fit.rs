//! Does a payment answer a promise? Shares of moved orders, promised sums, parts that add up.

/// What a payment fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// The sum that was promised.
    Sum,
    /// This share (parts per million) of one or more moved orders.
    Share { ppm: u32, orders: usize },
}

/// Whether `paid` is `expected`, allowing for what happens to money on its way: fees up to one per cent, rounding to
/// a full ten, hundred or thousand (never by more than 3 %), and a yuan either way. All in minor units.
pub fn close(paid: i64, expected: i64) -> bool {
    if paid <= 0 || expected <= 0 {
        return false;
    }
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
    for ppm in shares {
        for (from, _) in orders.iter().enumerate() {
            let mut total = 0_i64;
            for (count, amount) in orders[from..].iter().enumerate() {
                total = total.saturating_add(*amount);
                if close(paid, share_of(*ppm, total)) {
                    return Some(Fit::Share { ppm: *ppm, orders: count + 1 });
                }
            }
        }
    }
    sums.iter().any(|s| close(paid, *s)).then_some(Fit::Sum)
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
        ];
        for (paid, expected, want) in cases {
            assert_eq!(close(paid, expected), want, "{paid} for {expected}");
        }
    }

    #[test]
    fn one_payment_for_several_orders() {
        let orders = [1_000_000, 2_000_000, 500_000];
        assert_eq!(fit(300_000, &[100_000], &[], &orders), Some(Fit::Share { ppm: 100_000, orders: 2 }));
        assert_eq!(fit(350_000, &[100_000], &[], &orders), Some(Fit::Share { ppm: 100_000, orders: 3 }));
        assert_eq!(fit(200_000, &[], &[200_000], &[]), Some(Fit::Sum));
        assert_eq!(fit(123_400, &[100_000], &[200_000], &orders), None);
    }
}
