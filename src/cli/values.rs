//! Values of options, refused with what is allowed and not in the words of a parser.

use crate::input::table;
use crate::month::{MONTH_FORMS, Month};

/// More draws move no percentile that is told, and take tens of gigabytes.
const MOST_DRAWS: u32 = 100_000;

/// From `least` to as many draws as make sense.
pub(super) fn draws(least: u32) -> impl Fn(&str) -> Result<u32, String> + Clone {
    move |text| {
        let number = table::number(text).ok().flatten().filter(|number| number.fract() == 0.0);
        let draws = number.filter(|n| (f64::from(least)..=f64::from(MOST_DRAWS)).contains(n));
        draws.map(|draws| draws as u32).ok_or_else(|| format!("allowed: {least} to {MOST_DRAWS}"))
    }
}

/// A range in percent.
pub(super) fn percent(text: &str) -> Result<f64, String> {
    let number = table::number(text.trim_end_matches('%')).ok().flatten();
    number.ok_or_else(|| "allowed: 0 to 100".to_owned())
}

/// A month in any of its forms.
pub(super) fn month(text: &str) -> Result<Month, String> {
    // Each on a line of its own: together they are longer than one.
    text.parse().map_err(|error| format!("\n  {error}\n  allowed: {MONTH_FORMS}"))
}

/// Pounds, none or more.
pub(super) fn pounds(text: &str) -> Result<f64, String> {
    let number = table::number(text.trim_start_matches('£')).ok().flatten();
    let pounds = number.filter(|pounds| *pounds >= 0.0 && pounds.is_finite());
    pounds.ok_or_else(|| "allowed: pounds, such as 5000000".to_owned())
}
