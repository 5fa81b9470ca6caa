//! 法定节假日与调休: the days on which offices in mainland China are closed, and the weekend days worked in exchange,
//! as the State Council announced them for 2023–2026. Outside these years only the fixed days are known.
//! Not here: leave of a person.

use jiff::civil::{Date, Weekday, date};

/// First and last day of each holiday.
const CLOSED: &[(Date, Date)] = &[
    (date(2022, 12, 31), date(2023, 1, 2)),
    (date(2023, 1, 21), date(2023, 1, 27)),
    (date(2023, 4, 5), date(2023, 4, 5)),
    (date(2023, 4, 29), date(2023, 5, 3)),
    (date(2023, 6, 22), date(2023, 6, 24)),
    (date(2023, 9, 29), date(2023, 10, 6)),
    (date(2024, 1, 1), date(2024, 1, 1)),
    (date(2024, 2, 10), date(2024, 2, 17)),
    (date(2024, 4, 4), date(2024, 4, 6)),
    (date(2024, 5, 1), date(2024, 5, 5)),
    (date(2024, 6, 10), date(2024, 6, 10)),
    (date(2024, 9, 15), date(2024, 9, 17)),
    (date(2024, 10, 1), date(2024, 10, 7)),
    (date(2025, 1, 1), date(2025, 1, 1)),
    (date(2025, 1, 28), date(2025, 2, 4)),
    (date(2025, 4, 4), date(2025, 4, 6)),
    (date(2025, 5, 1), date(2025, 5, 5)),
    (date(2025, 5, 31), date(2025, 6, 2)),
    (date(2025, 10, 1), date(2025, 10, 8)),
    (date(2026, 1, 1), date(2026, 1, 3)),
    (date(2026, 2, 15), date(2026, 2, 23)),
    (date(2026, 4, 4), date(2026, 4, 6)),
    (date(2026, 5, 1), date(2026, 5, 5)),
    (date(2026, 6, 19), date(2026, 6, 21)),
    (date(2026, 9, 25), date(2026, 9, 27)),
    (date(2026, 10, 1), date(2026, 10, 7)),
];

/// 调休上班: weekend days on which people work.
const WORKED: &[Date] = &[
    date(2023, 1, 28),
    date(2023, 1, 29),
    date(2023, 4, 23),
    date(2023, 5, 6),
    date(2023, 6, 25),
    date(2023, 10, 7),
    date(2023, 10, 8),
    date(2024, 2, 4),
    date(2024, 2, 18),
    date(2024, 4, 7),
    date(2024, 4, 28),
    date(2024, 5, 11),
    date(2024, 9, 14),
    date(2024, 9, 29),
    date(2024, 10, 12),
    date(2025, 1, 26),
    date(2025, 2, 8),
    date(2025, 4, 27),
    date(2025, 9, 28),
    date(2025, 10, 11),
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 5, 9),
    date(2026, 9, 20),
    date(2026, 10, 10),
];

/// Whether offices are open.
pub(crate) fn open(on: Date) -> bool {
    if WORKED.contains(&on) {
        return true;
    }
    let fixed = matches!((on.month(), on.day()), (1 | 5, 1) | (10, 1..=3));
    let closed = fixed || CLOSED.iter().any(|(from, until)| (*from..=*until).contains(&on));
    !closed && !matches!(on.weekday(), Weekday::Saturday | Weekday::Sunday)
}
