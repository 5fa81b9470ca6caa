//! Long texts take time in proportion to their length, whatever stands in them.

use std::time::{Duration, Instant};

use probity_lexicon::{Audience, Lexicon};

/// What somebody may fill a text with who wants the reader to be slow.
const FILLINGS: &[&str] = &[
    "一",
    "1",
    "\u{200B}",
    " ",
    "返",
    "返点",
    "返 点\u{200B}",
    "公司禁止返点",
    "不是不能返点别人禁止我给",
    "返1%",
    "返\u{200B}10%给你500块",
    "禾厶",
    "女子处",
    "hk",
    "f d ",
    "k i c k b a c k ",
    "《返点",
    "1,000",
    "百分之",
    "¥",
    "丶返丶点",
    "这单",
    "反",
    "零一",
    "my cut but ",
    "虽然但是返点",
    "给你",
];

/// Time this thread was given, where Linux tells: a busy machine hands long texts out in many slices.
fn on_cpu() -> Option<Duration> {
    let all = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = all.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

#[test]
fn four_times_the_text_takes_some_four_times_the_time() {
    let lexicon = Lexicon::shipped();
    let time = |text: &str, times: usize| -> Duration {
        let started = (on_cpu(), Instant::now());
        for _ in 0..times {
            std::hint::black_box(lexicon.read(text, Audience::External));
        }
        match (started.0, on_cpu()) {
            (Some(before), Some(after)) => after - before,
            _ => started.1.elapsed(),
        }
    };
    for filling in FILLINGS {
        let short = filling.repeat(12_000 / filling.len());
        let long = short.repeat(4);
        // The same bytes in four times as many texts: as long for a linear reader, a quarter for a quadratic one. The clock
        // ticks in milliseconds, and a machine that is busy is so once, not every time.
        let slow = (0..4).all(|_| time(&long, 2) > time(&short, 8) * 2 + Duration::from_millis(12));
        assert!(!slow, "{filling:?}: {:?} for 8 × {} bytes, {:?} for 2 × {}", time(&short, 8), short.len(), time(&long, 2), long.len());
    }
}

#[test]
fn a_megabyte_is_read() {
    let lexicon = Lexicon::shipped();
    for filling in ["一", "1", "\u{200B}", "返", "女子处"] {
        let text = filling.repeat(1_000_000 / filling.len());
        let n = text.chars().count();
        let reading = lexicon.read(&text, Audience::External);
        assert!(reading.hits.iter().all(|h| h.start < h.end && h.end <= n), "{filling:?}");
    }
}
