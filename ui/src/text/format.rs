//! Sizes, numbers and times in words.

use std::sync::OnceLock;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::{Language, fl, language};

static ZONE: OnceLock<TimeZone> = OnceLock::new();

/// Fixes the time zone that times are told in, if none has been told yet. For tests; a program
/// leaves it to the machine.
pub fn set_zone(zone: TimeZone) {
    let _already_told = ZONE.set(zone);
}

/// An instant on the clock of the person.
pub fn local(time: Timestamp) -> Zoned {
    time.to_zoned(ZONE.get_or_init(TimeZone::system).clone())
}

/// An instant as one says it on the same day (`14:03:07`) or on another (`22 Nov 2026, 14:03`).
pub fn moment(time: Timestamp, now: Timestamp) -> String {
    let (time, now) = (local(time), local(now));
    if time.date() == now.date() {
        time_of_day(&time)
    } else {
        date_time(&time)
    }
}

/// A number of bytes, in decimal units as disks are sold: `0 B`, `1.5 MB`, `12 GB`.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    if count < 1000 {
        return format!("{count} B");
    }
    let mut value = count as f64;
    let mut unit = 0;
    // 999.95 is where one decimal would round up to four digits.
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if value < 9.95 {
        format!("{value:.1} {}", UNITS[unit])
    } else {
        format!("{value:.0} {}", UNITS[unit])
    }
}

/// A whole number with its thousands set apart: `12,345`.
pub fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A share from 0 to 1 as whole per cents; never `0 %` or `100 %` for what is only nearly so.
pub fn percent(share: f64) -> String {
    let share = share.clamp(0.0, 1.0);
    let mut rounded = (share * 100.0).round();
    if rounded < 1.0 && share > 0.0 {
        rounded = 1.0;
    }
    if rounded > 99.0 && share < 1.0 {
        rounded = 99.0;
    }
    format!("{rounded:.0}%")
}

/// How long before `now` something was: `just now`, `5 min ago`, `3 h ago`, else the date.
///
/// What lies in the future (clocks differ) counts as just now.
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(then.as_second()).max(0);
    match seconds {
        0..=9 => fl!("just-now"),
        10..=59 => fl!("seconds-ago", count = seconds),
        60..=3599 => fl!("minutes-ago", count = (seconds / 60)),
        3600..=86_399 => fl!("hours-ago", count = (seconds / 3600)),
        86_400..=604_799 => fl!("days-ago", count = (seconds / 86_400)),
        _ => date_time(&local(then)),
    }
}

/// Hour, minute and second: `14:03:07`.
pub fn time_of_day(time: &Zoned) -> String {
    time.strftime("%H:%M:%S").to_string()
}

/// Day and minute: `22 Nov 2026, 14:03` or `2026年11月22日 14:03`.
pub fn date_time(time: &Zoned) -> String {
    match language() {
        Language::English => time.strftime("%-d %b %Y, %H:%M").to_string(),
        Language::Chinese => time.strftime("%Y年%-m月%-d日 %H:%M").to_string(),
    }
}

/// The clock of the bar: `Sun 22 Nov  14:03` or `11月22日 周日  14:03`.
pub fn clock(time: &Zoned) -> String {
    match language() {
        Language::English => time.strftime("%a %-d %b  %H:%M").to_string(),
        Language::Chinese => {
            let day = ["一", "二", "三", "四", "五", "六", "日"]
                [usize::from(time.weekday().to_monday_zero_offset().unsigned_abs())];
            format!(
                "{} 周{day}  {}",
                time.strftime("%-m月%-d日"),
                time.strftime("%H:%M")
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::with_language;
    use jiff::SignedDuration;

    #[test]
    fn bytes_never_show_four_digits() {
        for (count, said) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (1_500_000, "1.5 MB"),
            (9_994, "10 kB"),
            (12_345_678_901, "12 GB"),
            (999_960_000, "1.0 GB"),
            (u64::MAX, "18 EB"),
        ] {
            assert_eq!(bytes(count), said, "{count}");
        }
    }

    #[test]
    fn numbers_are_grouped() {
        for (count, said) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(number(count), said);
        }
    }

    #[test]
    fn percents_do_not_overstate() {
        for (share, said) in [
            (0.0, "0%"),
            (0.001, "1%"),
            (0.5, "50%"),
            (0.9999, "99%"),
            (1.0, "100%"),
        ] {
            assert_eq!(percent(share), said);
        }
    }

    #[test]
    fn times_are_told_in_both_languages() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let before = |seconds| now - SignedDuration::from_secs(seconds);
        let both = |seconds| {
            (
                with_language(Language::English, || ago(before(seconds), now)),
                with_language(Language::Chinese, || ago(before(seconds), now)),
            )
        };
        assert_eq!(both(3), ("just now".into(), "刚刚".into()));
        assert_eq!(both(-30), ("just now".into(), "刚刚".into()));
        assert_eq!(both(42), ("42 s ago".into(), "42 秒前".into()));
        assert_eq!(both(300), ("5 min ago".into(), "5 分钟前".into()));
        assert_eq!(both(3 * 3600), ("3 h ago".into(), "3 小时前".into()));
        assert_eq!(both(86_400), ("1 day ago".into(), "1 天前".into()));
        assert_eq!(both(2 * 86_400), ("2 days ago".into(), "2 天前".into()));
        let (_, chinese) = both(30 * 86_400);
        assert!(chinese.contains('年'), "{chinese}");
    }

    #[test]
    fn the_clock_names_the_day() {
        let time: Zoned = "2026-11-22T14:03:07[UTC]".parse().unwrap();
        let english = with_language(Language::English, || clock(&time));
        let chinese = with_language(Language::Chinese, || clock(&time));
        assert_eq!(english, "Sun 22 Nov  14:03");
        assert_eq!(chinese, "11月22日 周日  14:03");
    }
}
