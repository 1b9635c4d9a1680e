//! Decimals: numbers as monitoring systems print them, read exactly and fast.

/// 10ⁿ, exact in an `f64` up to n = 22.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// Digits that always fit a `u64`: 10¹⁹ < 2⁶⁴.
const DIGITS: usize = 19;

/// Integers below this are exact in an `f64`.
const EXACT: u64 = 1 << 53;

/// Reads a plain decimal, such as `-12.345`, that begins at `start`; returns its value and where it ends.
///
/// Nearly all numbers of an export are of this kind. One division of two exact numbers rounds once, so the
/// result is the nearest `f64` (Clinger, "How to read floating point numbers accurately", PLDI 1990).
/// Everything else (exponents, more digits than are exact, leading zeros, words) is `None`, for
/// `str::parse`, which is exact as well and slower.
#[inline(always)]
pub(super) fn plain(bytes: &[u8], start: usize) -> Option<(f64, usize)> {
    let mut at = start;
    let negative = bytes.get(at) == Some(&b'-');
    at += usize::from(negative);
    let mut mantissa: u64 = 0;
    let integer = at;
    while let Some(digit) = digit(bytes, at) {
        mantissa = mantissa.wrapping_mul(10).wrapping_add(digit);
        at += 1;
    }
    let mut digits = at - integer;
    if digits == 0 || (digits > 1 && bytes.get(integer) == Some(&b'0')) {
        return None;
    }
    let mut decimals = 0;
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        let fraction = at;
        while let Some(digit) = digit(bytes, at) {
            mantissa = mantissa.wrapping_mul(10).wrapping_add(digit);
            at += 1;
        }
        decimals = at - fraction;
        digits += decimals;
        if decimals == 0 {
            return None;
        }
    }
    if digits > DIGITS || mantissa >= EXACT || matches!(bytes.get(at), Some(b'e' | b'E')) {
        return None;
    }
    let mut value = mantissa as f64;
    if decimals > 0 {
        value /= POWERS.get(decimals)?;
    }
    Some((if negative { -value } else { value }, at))
}

#[inline(always)]
fn digit(bytes: &[u8], at: usize) -> Option<u64> {
    let digit = bytes.get(at)?.wrapping_sub(b'0');
    (digit < 10).then_some(u64::from(digit))
}

/// Reads a whole token as a number. `NaN`, `+Inf`, `-Inf` and numbers too large for an `f64` are not finite.
pub(super) fn parse(token: &str) -> Option<f64> {
    match plain(token.as_bytes(), 0) {
        Some((value, end)) if end == token.len() => Some(value),
        _ => token.parse().ok(),
    }
}

/// The whole second in which a time in seconds lies; far too large ones saturate.
#[inline]
pub(super) fn whole_seconds(seconds: f64) -> i64 {
    let truncated = seconds as i64;
    if (truncated as f64) > seconds { truncated.saturating_sub(1) } else { truncated }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn leaves_what_is_not_plain_to_the_slow_path() {
        for token in ["", "-", ".5", "5.", "007", "1e3", "12345678901234567890", "NaN", "+1"] {
            assert_eq!(plain(token.as_bytes(), 0), None, "{token}");
        }
        assert_eq!(plain(b"[17.25,", 1), Some((17.25, 6)));
    }

    #[test]
    fn words_and_enormous_numbers_are_not_finite() {
        assert!(parse("NaN").unwrap().is_nan());
        assert_eq!(parse("+Inf"), Some(f64::INFINITY));
        assert_eq!(parse("-Inf"), Some(f64::NEG_INFINITY));
        assert_eq!(parse("1e9999"), Some(f64::INFINITY));
        assert_eq!(parse(&"9".repeat(400)), Some(f64::INFINITY));
        assert_eq!(parse("12a"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn seconds_are_floored() {
        assert_eq!(whole_seconds(1_529_193_650.999), 1_529_193_650);
        assert_eq!(whole_seconds(-0.5), -1);
        assert_eq!(whole_seconds(-3.0), -3);
        assert_eq!(whole_seconds(f64::INFINITY), i64::MAX);
        assert_eq!(whole_seconds(-1e300), i64::MIN);
    }

    proptest! {
        #[test]
        fn agrees_with_the_standard_library_to_the_bit(value: f64) {
            prop_assume!(value.is_finite());
            for token in [format!("{value}"), format!("{value:.3}"), format!("{value:e}")] {
                let expected: f64 = token.parse().unwrap();
                prop_assert_eq!(parse(&token).map(f64::to_bits), Some(expected.to_bits()), "{}", token);
            }
        }

        #[test]
        fn plain_decimals_agree_too(whole in 0u64..10_000_000_000_000, decimals in 0usize..9, negative: bool) {
            let digits = format!("{whole:0>width$}", width = decimals + 1);
            let (integer, fraction) = digits.split_at(digits.len() - decimals);
            let sign = if negative { "-" } else { "" };
            let point = if decimals == 0 { "" } else { "." };
            let token = format!("{sign}{integer}{point}{fraction}");
            let (value, end) = plain(token.as_bytes(), 0).expect("plain");
            prop_assert_eq!(end, token.len());
            prop_assert_eq!(value.to_bits(), token.parse::<f64>().unwrap().to_bits());
        }
    }
}
