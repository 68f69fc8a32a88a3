//! Calendar times, as HTTP archives write them (ISO 8601).

/// Nanoseconds since 1970 of a time such as `2024-05-01T12:34:56.789Z` or `...+02:00`.
pub(crate) fn parse_iso8601(text: &str) -> Option<u64> {
    let (date, rest) = text.split_once(['T', ' '])?;
    let mut date = date.splitn(3, '-').map(|part| part.parse::<u32>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let zone_at = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(zone_at);
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut time = time.splitn(3, ':').map(|part| part.parse::<u64>().ok());
    let (hour, minute, second) = (time.next()??, time.next()??, time.next()??);
    if year > 9999
        || !(1..=12).contains(&month)
        || !(1..=31).contains(&day)
        || hour > 24
        || minute > 59
        || second > 60
        || !fraction.bytes().all(|c| c.is_ascii_digit())
    {
        return None;
    }
    let digits = &fraction[..fraction.len().min(9)];
    let nanos = match digits {
        "" => 0,
        digits => digits.parse::<u64>().ok()? * 10_u64.pow(9 - digits.len() as u32),
    };
    let offset_minutes = match zone.as_bytes() {
        [] | [b'Z' | b'z'] => 0,
        [sign, ..] => {
            let (hours, minutes) = zone[1..].split_once(':').unwrap_or((&zone[1..], "0"));
            let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
            if *sign == b'-' { -minutes } else { minutes }
        }
    };
    let seconds = days_since_1970(year, month, day) * 86_400
        + (hour * 3600 + minute * 60 + second) as i64
        - offset_minutes * 60;
    u64::try_from(seconds).ok()?.checked_mul(1_000_000_000)?.checked_add(nanos)
}

/// A time in milliseconds, as JavaScript writes it: `2024-05-01T12:34:56.789Z`.
pub(crate) fn format_iso8601(time_ns: u64) -> String {
    let millis = time_ns / 1_000_000;
    let (days, of_day) = (millis / 86_400_000, millis % 86_400_000);
    let (year, month, day) = date_of(days as i64);
    let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (second, milli) = (of_day / 1000 % 60, of_day % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, by counting years that begin in March, so that
/// the leap day is a year's last.
fn days_since_1970(year: u32, month: u32, day: u32) -> i64 {
    let year = i64::from(year) - i64::from(month <= 2);
    let month = (i64::from(month) + 9) % 12;
    let of_year = (153 * month + 2) / 5 + i64::from(day) - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year
        - 719_468
}

fn date_of(days: i64) -> (i64, i64, i64) {
    const ERA_DAYS: i64 = 146_097;
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(ERA_DAYS), days.rem_euclid(ERA_DAYS));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / (ERA_DAYS - 1)) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_tools_write() {
        let noon = 1_714_566_896_789_000_000;
        for text in [
            "2024-05-01T12:34:56.789Z",
            "2024-05-01T14:34:56.789+02:00",
            "2024-05-01T07:04:56.789-05:30",
            "2024-05-01 12:34:56.789000",
        ] {
            assert_eq!(parse_iso8601(text), Some(noon), "{text}");
        }
        assert_eq!(format_iso8601(noon), "2024-05-01T12:34:56.789Z");
        for text in [
            "",
            "2024",
            "2024-13-01T00:00:00Z",
            "2024-05-01T99:00:00Z",
            "x-y-zT1:2:3",
            "1-1-1T1:1:1.éZ",
        ] {
            assert_eq!(parse_iso8601(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn round_trips(millis in 0..18_446_744_073_709_u64) {
            let time_ns = millis * 1_000_000;
            prop_assert_eq!(parse_iso8601(&format_iso8601(time_ns)), Some(time_ns));
        }

        #[test]
        fn never_panics(text in "\\PC{0,40}") {
            let _ = parse_iso8601(&text);
        }
    }
}
