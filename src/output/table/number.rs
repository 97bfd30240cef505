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
    let (figures, exponent) = quickly(value.abs()).unwrap_or_else(|| rightly(value.abs()));
    let mut room = [b'0'; FIGURES];
    let mut rest = figures;
    for digit in room.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    let digits = std::str::from_utf8(&room).unwrap_or_default().trim_end_matches('0');
    to.push_str(if value < 0.0 { "-" } else { "" });
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

/// The figures of a positive number as a whole number, and its exponent; none where it lies so near
/// the middle of two that the error of one product might round it to the other.
fn quickly(value: f64) -> Option<(u32, i32)> {
    /// Powers of ten that are exact.
    const EXACT: i32 = 22;
    /// From here to the middle of two numbers of six figures no product strays.
    const NEAR: f64 = 1e-6;
    const LEAST: f64 = 1e5;
    let scaled = |exponent: i32| {
        let places = FIGURES as i32 - 1 - exponent;
        let power = 10_f64.powi(places.abs());
        let is_exact = places.abs() <= EXACT;
        is_exact.then(|| if places < 0 { value / power } else { value * power })
    };
    let mut exponent = value.log10().floor() as i32;
    let mut whole = scaled(exponent)?;
    if whole < LEAST {
        exponent -= 1;
        whole = scaled(exponent)?;
    } else if whole >= 10.0 * LEAST {
        exponent += 1;
        whole = scaled(exponent)?;
    }
    if (whole.fract() - 0.5).abs() < NEAR || !(LEAST..10.0 * LEAST).contains(&whole) {
        return None;
    }
    match whole.round() {
        rounded if rounded >= 10.0 * LEAST => Some((LEAST as u32, exponent + 1)),
        rounded => Some((rounded as u32, exponent)),
    }
}

/// The same of any positive number, by the standard library: `d.ddddde-12` is rounded right.
fn rightly(value: f64) -> (u32, i32) {
    let text = format!("{value:.places$e}", places = FIGURES - 1);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    (digits.parse().unwrap_or(0), exponent.parse().unwrap_or(0))
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

    #[test]
    fn the_quick_way_is_the_right_one() {
        let mut state = 1_u64;
        let mut quick = 0;
        for _ in 0..200_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let mantissa = 1.0 + (state >> 12) as f64 / (1_u64 << 52) as f64;
            let value = mantissa * 2_f64.powi((state % 80) as i32 - 40);
            // Numbers of few figures, and halves between two of six, are where a slip would show.
            for value in [value, (value * 2e3).round() / 2e3, rounded(value) * (1.0 + 5e-7)] {
                if value > 0.0
                    && let Some(own) = quickly(value)
                {
                    quick += 1;
                    assert_eq!(own, rightly(value), "{value:e}");
                }
            }
        }
        assert!(quick > 400_000, "{quick}");
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
