//! Numbers for people: two or three significant figures, thousands, percentages.

use crate::projection::quantiles::Stats;

/// `1.69m`, `43.9k`, `812`: three significant figures.
pub fn count(value: f64) -> String {
    let size = value.abs();
    let (scaled, unit) = if size >= 999_500.0 {
        (value / 1e6, "m")
    } else if size >= 9_995.0 {
        (value / 1e3, "k")
    } else {
        return thousands(value.round());
    };
    let digits = match scaled.abs() {
        s if s >= 99.95 => 0,
        s if s >= 9.995 => 1,
        _ => 2,
    };
    format!("{scaled:.digits$}{unit}")
}

/// A whole number with thousands commas.
pub fn thousands(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 && digits != "0" { format!("-{text}") } else { text }
}

/// `+12%`, `-3%`; one decimal below ten.
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value.abs() >= 9.95 { format!("{value:+.0}%") } else { format!("{value:+.1}%") }
}

/// `+12% (3 to 25)`.
pub fn percent_range(stats: &Stats) -> String {
    let bare = |share: f64| format!("{:.0}", share * 100.0).replace("-0", "0");
    format!("{} ({} to {})", percent(stats.median()), bare(stats.q05()), bare(stats.q95()))
}

/// `111k (43k to 200k)`: the range to two significant figures.
pub fn count_range(stats: &Stats) -> String {
    let end = |value: f64| {
        let size = value.abs().log10().floor() - 1.0;
        let step = if size > 0.0 { 10f64.powf(size) } else { 1.0 };
        let text = count((value / step).round() * step);
        match text.split_once('.') {
            Some((whole, rest)) if whole.trim_start_matches('-').len() > 1 => {
                format!("{whole}{}", rest.trim_start_matches(|c: char| c.is_ascii_digit()))
            }
            Some((whole, rest)) => format!("{whole}.{}{}", &rest[..1], &rest[rest.len() - 1..]),
            None => text,
        }
    };
    format!("{} ({} to {})", count(stats.median()), end(stats.q05()), end(stats.q95()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_significant_figures() {
        let read =
            [1_689_337.0, 43_878.0, 999_600.0, 812.4, 9_994.0, -120_400.0, 0.0, 12_345_678.0];
        let shown = ["1.69m", "43.9k", "1.00m", "812", "9,994", "-120k", "0", "12.3m"];
        for (value, text) in read.into_iter().zip(shown) {
            assert_eq!(count(value), text);
        }
    }

    #[test]
    fn percentages_keep_their_sign() {
        assert_eq!(percent(0.1234), "+12%");
        assert_eq!(percent(-0.0312), "-3.1%");
        assert_eq!(thousands(-0.3), "0");
    }
}
