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
        let digits = |from: usize, to: usize| -> Option<i64> {
            let part = text.get(from..to)?;
            part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())?
        };
        let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
        if !separators.iter().all(|&(at, want)| text.as_bytes().get(at) == Some(&want)) {
            return None;
        }
        let fraction = text.get(19..)?.strip_suffix('Z')?;
        let millis = match fraction.strip_prefix('.') {
            Some(part) if !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) => format!("{part:0<3}")[..3].parse().ok()?,
            None if fraction.is_empty() => 0,
            _ => return None,
        };
        let days = days(digits(0, 4)?, digits(5, 7)?, digits(8, 10)?)?;
        let seconds = (digits(11, 13)? * 60 + digits(14, 16)?) * 60 + digits(17, 19)?;
        Some(Time((days * 86_400 + seconds) * 1_000 + millis))
    }
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
