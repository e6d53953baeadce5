//! Amounts with a unit, as `resource.Quantity` (apimachinery) reads them: `500m`, `1.5Gi`, `2e3`.

use crate::object::Field;
use crate::yaml::Value;
use std::cmp::Ordering;

const NANO: i128 = 1_000_000_000;
const DECIMAL: [(&str, i32); 10] =
    [("", 0), ("n", -9), ("u", -6), ("m", -3), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18)];
const BINARY: [(&str, u32); 6] = [("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];

/// An amount, exact to a billionth; smaller parts are rounded away from zero, as upstream does. Amounts beyond 1.7e29
/// count as that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity {
    nano: i128,
}

impl std::fmt::Display for Quantity {
    /// A plain decimal number, or one in thousandths, millionths or billionths.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (unit, size) in [("", NANO), ("m", 1_000_000), ("u", 1_000)] {
            if self.nano % size == 0 {
                return write!(f, "{}{unit}", self.nano / size);
            }
        }
        write!(f, "{}n", self.nano)
    }
}

/// Why a text is not a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuantityError {
    /// The number before the unit is missing or misspelt.
    Format,
    /// The unit is none that a quantity can have.
    Suffix,
}

impl std::fmt::Display for QuantityError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            QuantityError::Format => "a quantity is a number with an optional unit, such as 500m, 0.5, 2 or 1.5Gi",
            QuantityError::Suffix => {
                "the unit of a quantity is one of n, u, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei or an exponent such as e3"
            }
        })
    }
}

impl std::error::Error for QuantityError {}

impl Quantity {
    /// Nothing.
    pub const ZERO: Quantity = Quantity { nano: 0 };

    /// A whole amount.
    pub fn whole(value: i64) -> Quantity {
        Quantity { nano: i128::from(value) * NANO }
    }

    /// Reads a quantity: `ParseQuantity` of upstream, its leniency included (no digits count as 0: `m` is nothing).
    pub fn parse(text: &str) -> Result<Quantity, QuantityError> {
        if text.is_empty() {
            return Err(QuantityError::Format);
        }
        let (negative, rest) = match text.as_bytes() {
            [b'-', ..] => (true, &text[1..]),
            [b'+', ..] => (false, &text[1..]),
            _ => (false, text),
        };
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, rest) = rest.split_at(digits(rest));
        let (fraction, suffix) = match rest.strip_prefix('.') {
            Some(rest) => rest.split_at(digits(rest)),
            None => ("", rest),
        };
        check_suffix_form(suffix)?;
        let (exponent, shift) = unit(suffix).ok_or(QuantityError::Suffix)?;
        let nano = scaled(whole, fraction, exponent, shift);
        Ok(Quantity { nano: if negative { -nano } else { nano } })
    }

    /// The quantity at a field, which may be written as a text or as a number; zero if there is none or it cannot be read.
    pub fn of(field: &Field<'_>) -> Quantity {
        Quantity::opt(field).unwrap_or_default()
    }

    /// The quantity at a field, which may be written as a text or as a number.
    pub fn opt(field: &Field<'_>) -> Option<Quantity> {
        Quantity::of_value(field.value()?)?.ok()
    }

    /// The quantity that a value writes; `None` if it is neither text nor number.
    pub fn of_value(value: &Value) -> Option<Result<Quantity, QuantityError>> {
        match value {
            // `UnmarshalJSON` trims the text.
            Value::String(text) => Some(Quantity::parse(text.trim())),
            Value::Int(i) => Some(Ok(Quantity { nano: i.saturating_mul(NANO) })),
            Value::Float(f) => Some(Quantity::parse(&f.to_string())),
            _ => None,
        }
    }

    /// The amount in billionths, exact.
    pub fn nano(self) -> i128 {
        self.nano
    }

    /// -1, 0 or 1.
    pub fn sign(self) -> i32 {
        match self.nano.cmp(&0) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        }
    }

    /// Whether nothing is asked for.
    pub fn is_zero(self) -> bool {
        self.nano == 0
    }

    /// Whether the amount, rounded up to a thousandth as upstream's `MilliValue` does, is a whole number.
    pub fn is_whole(self) -> bool {
        // Negative amounts round away from zero.
        Quantity { nano: self.nano.saturating_abs() }.milli_value() % 1_000 == 0
    }

    /// The amount in whole units, rounded up: upstream's `Value`.
    pub fn value(self) -> i128 {
        self.nano.div_euclid(NANO) + i128::from(self.nano.rem_euclid(NANO) != 0)
    }

    /// The amount in thousandths, rounded up: upstream's `MilliValue`.
    pub fn milli_value(self) -> i128 {
        let milli = NANO / 1_000;
        self.nano.div_euclid(milli) + i128::from(self.nano.rem_euclid(milli) != 0)
    }

    /// The amount rounded up to a thousandth, as the server rounds the amounts of resource lists
    /// (`SetDefaults_ResourceList`).
    #[must_use]
    pub fn rounded_to_milli(self) -> Quantity {
        Quantity { nano: self.milli_value().saturating_mul(NANO / 1_000) }
    }

    /// The unit of which a value is exactly one, as upstream's `String` spells it: `Mi` of `1024Ki`, `k` of `1000`, the
    /// empty text of `1`. An amount in exponent form has none but 1, and a decimal amount no binary one.
    pub fn unit(value: &Value) -> Option<&'static str> {
        let nano = Quantity::of_value(value)?.ok()?.nano;
        let last = |text: &str| text.trim().bytes().next_back();
        let (binary, exponent) = match value {
            Value::String(text) => (
                last(text) == Some(b'i'),
                text.contains(['e', 'E']) && last(text).is_some_and(|b| b.is_ascii_digit()),
            ),
            _ => (false, false),
        };
        if nano == NANO {
            return Some("");
        }
        if binary {
            return BINARY.iter().find(|(_, shift)| nano == NANO << shift).map(|(name, _)| *name);
        }
        let power =
            |exponent: i32| u32::try_from(exponent + 9).ok().and_then(|power| 10_i128.checked_pow(power));
        DECIMAL.iter().filter(|_| !exponent).find(|(_, e)| Some(nano) == power(*e)).map(|(name, _)| *name)
    }

    /// The sum.
    #[must_use]
    pub fn plus(self, other: Quantity) -> Quantity {
        Quantity { nano: self.nano.saturating_add(other.nano) }
    }
}

/// The suffix must be letters of units, then at most one sign, then digits: the scan of upstream's
/// `parseQuantityString`, before the unit is looked up.
fn check_suffix_form(suffix: &str) -> Result<(), QuantityError> {
    let rest = suffix.trim_start_matches(|c| "eEinumkKMGTP".contains(c));
    let rest = rest.strip_prefix(['-', '+']).unwrap_or(rest);
    if rest.bytes().all(|b| b.is_ascii_digit()) { Ok(()) } else { Err(QuantityError::Format) }
}

/// The power of ten and of two that a unit stands for.
fn unit(suffix: &str) -> Option<(i32, u32)> {
    if let Some((_, exponent)) = DECIMAL.iter().find(|(name, _)| *name == suffix) {
        return Some((*exponent, 0));
    }
    if let Some((_, shift)) = BINARY.iter().find(|(name, _)| *name == suffix) {
        return Some((0, *shift));
    }
    let exponent = suffix.strip_prefix(['e', 'E'])?;
    let exponent: i64 = exponent.parse().ok()?;
    Some((i32::try_from(exponent).unwrap_or(if exponent < 0 { i32::MIN } else { i32::MAX }), 0))
}

/// `whole.fraction × 10^exponent × 2^shift` in billionths, rounded up, at most `i128::MAX`.
fn scaled(whole: &str, fraction: &str, exponent: i32, shift: u32) -> i128 {
    let digits =
        || whole.bytes().chain(fraction.bytes()).map(|b| i128::from(b - b'0')).skip_while(|d| *d == 0);
    // Digits before the decimal point once the value is in billionths.
    let point = i64::from(exponent) + 9 - i64::try_from(fraction.len()).unwrap_or(i64::MAX);
    let count = i64::try_from(digits().count()).unwrap_or(i64::MAX);
    if count == 0 {
        return 0;
    }
    if count.saturating_add(point) > 39 {
        return i128::MAX;
    }
    // Below 10^-9 before the binary unit, which multiplies by less than 10^19, only the leading digits can matter.
    let keep = count.saturating_add(point).saturating_add(20);
    if keep <= 0 {
        return 1;
    }
    let kept = count.min(keep).min(38);
    let dropped = count - kept;
    let mut rest = digits();
    let mut value =
        rest.by_ref().take(usize::try_from(kept).unwrap_or(0)).fold(0_i128, |value, d| value * 10 + d);
    let mut inexact = rest.any(|d| d != 0);
    let mut power = point.saturating_add(dropped);
    for _ in 0..shift {
        match value.checked_mul(2) {
            Some(double) => value = double,
            // Shed decimal places to make room; what is shed lies far below a billionth or the cap is reached anyway.
            None if power < 0 => {
                inexact |= value % 10 != 0;
                value = (value / 10) * 2;
                power += 1;
            }
            None => return i128::MAX,
        }
    }
    while power > 0 {
        let Some(ten) = value.checked_mul(10) else { return i128::MAX };
        value = ten;
        power -= 1;
    }
    while power < 0 && value != 0 {
        inexact |= value % 10 != 0;
        value /= 10;
        power += 1;
    }
    value.saturating_add(i128::from(inexact))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nano(text: &str) -> i128 {
        Quantity::parse(text).expect(text).nano
    }

    #[test]
    fn reads_every_spelling_of_an_amount() {
        for (text, value) in [
            ("1", NANO),
            ("+1", NANO),
            ("-1", -NANO),
            ("0.5", NANO / 2),
            (".5", NANO / 2),
            ("5.", 5 * NANO),
            ("500m", NANO / 2),
            ("1Ki", 1024 * NANO),
            ("1.5Gi", 1_610_612_736 * NANO),
            ("2e3", 2000 * NANO),
            ("2E-3", NANO / 500),
            ("1E", NANO * 1_000_000_000_000_000_000),
            ("7Ei", 7 * NANO * (1 << 60)),
            ("0.0000000001", 1),
            ("-0.0000000001", -1),
            ("1.5n", 2),
            ("00012", 12 * NANO),
            ("m", 0),
            ("+", 0),
            ("0e99", 0),
            ("0.1Ki", 102_400_000_000),
        ] {
            assert_eq!(nano(text), value, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_amount() {
        for (text, error) in [
            ("", QuantityError::Format),
            ("1 Gi", QuantityError::Format),
            ("1,5", QuantityError::Format),
            ("12MB", QuantityError::Format),
            ("1mi", QuantityError::Suffix),
            ("1Mii", QuantityError::Suffix),
            ("1e", QuantityError::Suffix),
            ("1K", QuantityError::Suffix),
            ("1i", QuantityError::Suffix),
            ("--1", QuantityError::Suffix),
            ("1e99999999999999999999", QuantityError::Suffix),
            ("x", QuantityError::Format),
        ] {
            assert_eq!(Quantity::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn rounds_up_to_whole_and_milli() {
        assert!(!Quantity::parse("1.0001").expect("quantity").is_whole());
        assert!(Quantity::parse("1000m").expect("quantity").is_whole());
        assert_eq!(Quantity::parse("1.2").expect("quantity").value(), 2);
        assert_eq!(Quantity::parse("0.0001").expect("quantity").milli_value(), 1);
    }

    #[test]
    fn names_the_unit_of_which_an_amount_is_one() {
        for (text, unit) in [
            ("1", Some("")),
            ("1000m", Some("")),
            ("0.001", Some("m")),
            ("1000", Some("k")),
            ("1024Ki", Some("Mi")),
            ("1024", None),
            ("1e3", None),
            ("2", None),
        ] {
            assert_eq!(Quantity::unit(&Value::String(text.to_owned())), unit, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[-+]?[0-9]{0,45}\\.?[0-9]{0,45}[a-zA-Z]{0,3}[-+]?[0-9]{0,12}") {
            let _ = Quantity::parse(&text);
        }

        #[test]
        fn units_agree_with_their_factors(n in 0_i64..1_000_000_000) {
            prop_assert_eq!(Quantity::parse(&format!("{n}k")), Quantity::parse(&format!("{n}000")));
            prop_assert_eq!(Quantity::parse(&format!("{n}Mi")), Quantity::parse(&format!("{}Ki", n * 1024)));
            prop_assert_eq!(Quantity::parse(&format!("{n}m")), Quantity::parse(&format!("{n}e-3")));
        }
    }
}
