//! Points in time, as the host writes them.

use serde::de::{Deserialize, Deserializer, Error};
use std::time::Duration;

/// A point in time, UTC, in whole milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(i64);

impl Time {
    /// The time so many milliseconds after 1970 began.
    pub const fn from_unix_millis(millis: i64) -> Time {
        Time(millis)
    }

    /// Milliseconds since 1970 began.
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// How long after `earlier` this is; none at all when it is before.
    pub fn since(self, earlier: Time) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0).max(0) as u64)
    }

    /// Reads a time of RFC 3339 in UTC, such as `2026-11-23T07:00:00.123Z`.
    pub fn parse(text: &str) -> Option<Time> {
        let text = text.strip_suffix('Z')?.as_bytes();
        let moment = text.get(..19)?;
        let fits = |(c, form): (&u8, &u8)| if *form == b'0' { c.is_ascii_digit() } else { c == form };
        if !moment.iter().zip(b"0000-00-00T00:00:00").all(fits) {
            return None;
        }
        let millis = match &text[19..] {
            [] => 0,
            [b'.', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => number(digits.iter().chain(b"00").take(3)),
            _ => return None,
        };
        let days = days(number(&moment[..4]), number(&moment[5..7]), number(&moment[8..10]))?;
        let seconds = (number(&moment[11..13]) * 60 + number(&moment[14..16])) * 60 + number(&moment[17..]);
        Some(Time((days * 86_400 + seconds) * 1_000 + millis))
    }
}

fn number<'a>(digits: impl IntoIterator<Item = &'a u8>) -> i64 {
    digits.into_iter().fold(0, |n, digit| n * 10 + i64::from(digit - b'0'))
}

/// Days from 1970 on, in the Gregorian calendar: years are counted from March, so that
/// the leap day is the last one.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (years, months) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap = years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400);
    Some(years * 365 + leap + (months * 153 + 2) / 5 + day - 719_469)
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Time, D::Error> {
        let text = String::deserialize(from)?;
        Time::parse(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is no time such as 2026-11-23T07:00:00Z")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_host_writes() {
        for (text, want) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2000-02-29T12:00:00Z", Some(951_825_600_000)),
            ("2026-11-23T07:00:00.123Z", Some(1_795_417_200_123)),
            ("2026-11-23T07:00:00.5Z", Some(1_795_417_200_500)),
            ("2026-11-23T07:00:00.123456789Z", Some(1_795_417_200_123)),
            ("2026-11-23T07:00:00", None),
            ("2026-11-23T07:00:00.Z", None),
            ("2026-13-23T07:00:00Z", None),
            ("2026-11-23 07:00:00Z", None),
            ("2026-11-2+T07:00:00Z", None),
            ("ééééééééééZ", None),
            ("", None),
        ] {
            assert_eq!(Time::parse(text).map(Time::unix_millis), want, "{text}");
        }
    }
}
