//! Numbers of six significant figures at most, the same on every machine.

use std::fmt::Write as _;

/// The most significant figures of a number in a table.
pub const FIGURES: usize = 6;

/// Appends a number, without an exponent where that is short enough to read.
pub fn push(value: f64, to: &mut String) {
    if value == 0.0 || !value.is_finite() {
        to.push('0');
        return;
    }
    // Scientific notation is rounded right by the standard library: `d.ddddde-12`.
    let mut text = String::with_capacity(16);
    let _ = write!(text, "{value:.places$e}", places = FIGURES - 1);
    let Some((mantissa, exponent)) = text.split_once('e') else { return };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    to.push_str(sign);
    match usize::try_from(exponent) {
        // Digits, then zeros up to the decimal point.
        Ok(whole) if whole < 16 => {
            let before = digits.len().min(whole + 1);
            to.push_str(&digits[..before]);
            to.extend(std::iter::repeat_n('0', whole + 1 - before));
            if digits.len() > before {
                to.push('.');
                to.push_str(&digits[before..]);
            }
        }
        Err(_) if exponent > -6 => {
            to.push_str("0.");
            to.extend(std::iter::repeat_n('0', exponent.unsigned_abs() as usize - 1));
            to.push_str(digits);
        }
        _ => {
            let (first, rest) = digits.split_at(1.min(digits.len()));
            let point = if rest.is_empty() { "" } else { "." };
            let _ = write!(to, "{first}{point}{rest}e{exponent}");
        }
    }
}

/// The number that [`push`] writes.
pub fn rounded(value: f64) -> f64 {
    let mut text = String::new();
    push(value, &mut text);
    text.parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_have_six_figures() {
        let read = [
            147_700.258_564_189,
            0.1 + 0.2,
            -0.0,
            2_619_594.196,
            0.000_175_496_591,
            1e-7,
            1.234_567_89e-9,
            -12.5,
            999_999.5,
            1e20,
            f64::NAN,
        ];
        let written = [
            "147700",
            "0.3",
            "0",
            "2619590",
            "0.000175497",
            "1e-7",
            "1.23457e-9",
            "-12.5",
            "1000000",
            "1e20",
            "0",
        ];
        for (value, text) in read.into_iter().zip(written) {
            let mut own = String::new();
            push(value, &mut own);
            assert_eq!(own, text);
        }
    }

    proptest! {
        #[test]
        fn rounding_is_within_half_a_unit_of_the_last_figure(value in -1e12_f64..1e12) {
            let rounded = rounded(value);
            prop_assert!((rounded - value).abs() <= value.abs() * 5.000_1e-6);
            prop_assert_eq!(super::rounded(rounded), rounded);
        }
    }
}
