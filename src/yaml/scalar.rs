//! What kubectl reads in a plain scalar: go-yaml v2 `resolve` (YAML 1.1, without base 60) as sigs.k8s.io/yaml uses it.

/// What a plain scalar means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Resolved {
    /// `~`, `null` or nothing.
    Null,
    /// `true`, `yes`, `on`, `y` and their opposites, in lower case, upper case or capitalised.
    Bool(bool),
    /// An integer in any of Go's spellings (`0x1F`, `0644`, `0o644`, `0b1`, `1_000`) that fits 64 bits.
    Int(i128),
    /// A decimal number; `.inf` and `.nan` too, which JSON cannot carry.
    Float(f64),
    /// A date or date with time. kubectl keeps its text, as if it were a string.
    Timestamp,
    /// `<<`, the merge key. As a value kubectl keeps its text.
    Merge,
    /// Anything else: the text itself.
    String,
}

/// What kubectl makes of `text` when it stands unquoted and untagged (go-yaml v2 `resolve("", text)`).
pub fn resolve(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Resolved::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Resolved::Bool(false);
        }
        "<<" => return Resolved::Merge,
        _ => {}
    }
    match text.as_bytes()[0] {
        b'.' => match text {
            ".nan" | ".NaN" | ".NAN" => Resolved::Float(f64::NAN),
            ".inf" | ".Inf" | ".INF" => Resolved::Float(f64::INFINITY),
            _ => dotted(text).map_or(Resolved::String, Resolved::Float),
        },
        b'+' | b'-' | b'0'..=b'9' => match text {
            "+.inf" | "+.Inf" | "+.INF" => Resolved::Float(f64::INFINITY),
            "-.inf" | "-.Inf" | "-.INF" => Resolved::Float(f64::NEG_INFINITY),
            _ if is_timestamp(text) => Resolved::Timestamp,
            _ if text.contains('_') => number(&text.replace('_', "")),
            _ => number(text),
        },
        _ => Resolved::String,
    }
}

/// A number that begins with a dot, which Go reads by its own rule: an underscore must stand between digits.
fn dotted(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let well_placed = |at: usize| at > 0 && is_digit(at - 1) && is_digit(at + 1);
    if bytes.iter().enumerate().any(|(at, b)| *b == b'_' && !well_placed(at)) {
        return None;
    }
    float(&text.replace('_', ""))
}

/// A number without underscores: an integer, else a float, else one of go-yaml's own binary spellings.
fn number(text: &str) -> Resolved {
    if let Some(value) = integer(text) {
        return Resolved::Int(value);
    }
    if let Some(value) = float(text) {
        return Resolved::Float(value);
    }
    // go-yaml cuts `0b` off and lets Go read the rest, which may bring a sign of its own: `0b-01` is -1.
    match text.strip_prefix("0b") {
        Some(rest) if rest.starts_with(['+', '-']) => digits(rest, 2).map_or(Resolved::String, Resolved::Int),
        _ => Resolved::String,
    }
}

/// Go's `strconv.ParseInt(text, 0, 64)`, and `ParseUint` for what only fits unsigned.
fn integer(text: &str) -> Option<i128> {
    let unsigned = text.trim_start_matches(['+', '-']);
    let sign = &text[..text.len() - unsigned.len()];
    let (radix, prefix) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, 2),
        [b'0', b'o' | b'O', ..] => (8, 2),
        [b'0', b'b' | b'B', ..] => (2, 2),
        [b'0', _, ..] => (8, 1),
        _ => (10, 0),
    };
    let rest = &unsigned[prefix..];
    match sign {
        "" => digits(rest, radix),
        "+" | "-" if rest.starts_with(|c: char| c.is_digit(radix)) => digits(&format!("{sign}{rest}"), radix),
        _ => None,
    }
}

/// Digits with an optional sign, in the range of `i64`, or of `u64` where there is no sign.
fn digits(text: &str, radix: u32) -> Option<i128> {
    let bare = text.strip_prefix(['+', '-']).unwrap_or(text);
    if bare.is_empty() || !bare.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let value = i128::from_str_radix(text, radix).ok()?;
    let most = if bare.len() == text.len() { i128::from(u64::MAX) } else { i128::from(i64::MAX) };
    (i128::from(i64::MIN)..=most).contains(&value).then_some(value)
}

/// A finite decimal number as YAML writes it: `1.5`, `.5`, `1.`, `1e3`; no hexadecimal, no `inf`.
fn float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mantissa_ok = all_digits(whole) && all_digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    let exponent_ok = exponent.is_none_or(|part| {
        let part = part.strip_prefix(['+', '-']).unwrap_or(part);
        !part.is_empty() && all_digits(part)
    });
    if !mantissa_ok || !exponent_ok {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Whether the text has the shape of go-yaml's timestamps. It only decides the label and the writer's quotes: a
/// timestamp keeps its text.
fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 8
        && bytes[..4].iter().all(u8::is_ascii_digit)
        && bytes[4] == b'-'
        && bytes[5..].iter().all(|b| b.is_ascii_digit() || b"-:.tTzZ+ ".contains(b))
        && bytes[5..].contains(&b'-')
}

/// A number as kubectl spells it when it is a mapping key (sigs.k8s.io/yaml: Go's `FormatFloat(value, 'g', -1, 32)`).
pub(super) fn float_key(value: f64) -> String {
    let narrow = value as f32;
    if narrow == 0.0 {
        return if narrow.is_sign_negative() { "-0".to_owned() } else { "0".to_owned() };
    }
    let scientific = format!("{narrow:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    // Go's %g with the shortest precision switches to an exponent below 1e-4 and from 1e6 on.
    if (-4..6).contains(&exponent) {
        return format!("{narrow}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_plain_scalars_as_kubectl_does() {
        use Resolved::{Bool, Float, Int, Merge, Null, String, Timestamp};
        for (text, meaning) in [
            ("", Null),
            ("~", Null),
            ("NULL", Null),
            ("nULL", String),
            ("y", Bool(true)),
            ("On", Bool(true)),
            ("N", Bool(false)),
            ("tRUE", String),
            ("0644", Int(420)),
            ("0o644", Int(420)),
            ("08", Float(8.0)),
            ("0x1F", Int(31)),
            ("0X_1f", Int(31)),
            ("0x", String),
            ("-0x10", Int(-16)),
            ("0b101", Int(5)),
            ("0b-01", Int(-1)),
            ("-0b-01", String),
            ("1_000", Int(1000)),
            ("1_", Int(1)),
            ("_1", String),
            ("+1", Int(1)),
            ("--1", String),
            ("18446744073709551615", Int(18_446_744_073_709_551_615)),
            ("+18446744073709551615", Float(18_446_744_073_709_551_615.0)),
            ("18446744073709551616", Float(18_446_744_073_709_551_616.0)),
            ("1:20", String),
            ("1e3", Float(1000.0)),
            ("1.e3", Float(1000.0)),
            ("1e400", String),
            ("1e", String),
            (".", String),
            (".5", Float(0.5)),
            (".5_0", Float(0.5)),
            (".5_", String),
            ("._5", String),
            ("1_0.5_0", Float(10.5)),
            ("1.", Float(1.0)),
            ("-.5", Float(-0.5)),
            ("-", String),
            ("0x1p3", String),
            ("1.2.3", String),
            ("2026-01-01", Timestamp),
            ("<<", Merge),
            ("=", String),
            ("inf", String),
            ("-.inf", Float(f64::NEG_INFINITY)),
        ] {
            assert_eq!(resolve(text), meaning, "{text:?}");
        }
        assert!(matches!(resolve(".NaN"), Float(f) if f.is_nan()));
    }

    #[test]
    fn spells_float_keys_as_go_does() {
        for (value, key) in [
            (1.5, "1.5"),
            (1e21, "1e+21"),
            (0.00001, "1e-05"),
            (1e6, "1e+06"),
            (1e5, "100000"),
            (1234567.5, "1.2345675e+06"),
            (-0.0, "-0"),
        ] {
            assert_eq!(float_key(value), key);
        }
    }
}
