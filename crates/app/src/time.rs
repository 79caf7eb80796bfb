//! Reads the points in time that people type.

use holdfast_model::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::UserError;

/// A point in time: RFC 3339, a local date and time, or a local date, which means the end of that day.
pub fn parse_at(text: &str, zone: &TimeZone) -> Result<Timestamp, UserError> {
    let text = text.trim();
    let wrong = || UserError::of("input.time", format!("'{text}' is no point in time"));
    // A date and time with an offset is one point in time; without one it is meant locally.
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    if let Ok(date) = text.parse::<Date>()
        && text.len() <= "2026-05-01".len()
    {
        let next = date.tomorrow().map_err(|_| wrong())?;
        let end = zone.to_ambiguous_zoned(next.to_datetime(jiff::civil::Time::midnight())).later();
        let end = end.map_err(|_| wrong())?.timestamp();
        return end.checked_sub(jiff::SignedDuration::from_micros(1)).map_err(|_| wrong());
    }
    let local = text.parse::<DateTime>().map_err(|_| wrong())?;
    Ok(zone.to_ambiguous_zoned(local).compatible().map_err(|_| wrong())?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_may_type_dates_local_times_and_rfc_3339() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let rows = [
            ("2026-05-01", "2026-05-01T21:59:59.999999Z"),
            ("2026-05-01T14:20", "2026-05-01T12:20:00Z"),
            ("2026-05-01 14:20:30", "2026-05-01T12:20:30Z"),
            ("2026-05-01T14:20:00Z", "2026-05-01T14:20:00Z"),
            ("2026-05-01T14:20:00-03:00", "2026-05-01T17:20:00Z"),
        ];
        for (text, expected) in rows {
            assert_eq!(parse_at(text, &zone).unwrap(), expected.parse().unwrap(), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "yesterday", "2026-13-01", "2026-02-30", "14:20", "9999-12-31", "-9999-01-01"] {
            assert_eq!(parse_at(text, &TimeZone::UTC).unwrap_err().code, "input.time", "{text}");
        }
    }
}
