//! The rules of a time zone as a `VTIMEZONE`: each change of its offset from 1970 to 2037, then the last one for ever.
//! <https://www.rfc-editor.org/rfc/rfc5545#section-3.6.5>

use jiff::tz::{Dst, Offset, TimeZone};
use jiff::{Timestamp, Zoned};

use super::text::{escaped, line};

/// Changes after this are not written out: 1 January 2038.
const LAST: i64 = 2_145_916_800;

/// The component; empty for a zone that nobody knows.
pub(super) fn component(name: &str) -> String {
    let Ok(zone) = TimeZone::get(name) else { return String::new() };
    let mut out = String::new();
    line(&mut out, "BEGIN:VTIMEZONE");
    line(&mut out, &format!("TZID:{}", escaped(name)));
    let first = zone.to_offset_info(Timestamp::UNIX_EPOCH);
    let mut before = first.offset();
    observance(&mut out, first.dst(), "19700101T000000", before, before, first.abbreviation());
    for change in zone.following(Timestamp::UNIX_EPOCH) {
        if change.timestamp().as_second() >= LAST {
            break;
        }
        // "The onset is local time before the change."
        let onset = Zoned::new(change.timestamp(), TimeZone::fixed(before));
        let onset = onset.strftime("%Y%m%dT%H%M%S").to_string();
        observance(&mut out, change.dst(), &onset, before, change.offset(), change.abbreviation());
        before = change.offset();
    }
    line(&mut out, "END:VTIMEZONE");
    out
}

fn observance(out: &mut String, dst: Dst, onset: &str, from: Offset, to: Offset, name: &str) {
    let kind = if dst == Dst::Yes { "DAYLIGHT" } else { "STANDARD" };
    line(out, &format!("BEGIN:{kind}"));
    line(out, &format!("DTSTART:{onset}"));
    line(out, &format!("TZOFFSETFROM:{}", written(from)));
    line(out, &format!("TZOFFSETTO:{}", written(to)));
    line(out, &format!("TZNAME:{}", escaped(name)));
    line(out, &format!("END:{kind}"));
}

fn written(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes, rest) = (seconds.abs() / 3600, seconds.abs() / 60 % 60, seconds.abs() % 60);
    let rest = if rest == 0 { String::new() } else { format!("{rest:02}") };
    format!("{sign}{hours:02}{minutes:02}{rest}")
}
