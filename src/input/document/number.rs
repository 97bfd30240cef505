//! Numbers and ranges of a document, within their bounds.

use std::ops::Range;

use toml::de::DeValue;

use super::{Keys, Read};
use crate::diagnostics::Problem;
use crate::draw::{Scale, Uncertain};

impl Keys<'_> {
    /// A whole number within `allowed`.
    pub fn whole(&self, key: &'static str, allowed: Range<usize>) -> Option<Read<usize>> {
        let value = self.value(key)?;
        let DeValue::Integer(number) = value.get_ref() else {
            return self.wrong(value, "a whole number");
        };
        match usize::from_str_radix(number.as_str(), number.radix()) {
            Ok(n) if allowed.contains(&n) => Some(self.read(value, n)),
            _ => {
                let text = format!("{} to {}", allowed.start, allowed.end - 1);
                self.problem(
                    Problem::error(
                        self.source.at(value.span()),
                        format!("`{key}` is out of range"),
                    )
                    .read(number.as_str())
                    .allowed(text),
                );
                None
            }
        }
    }

    /// A number within `least..=most`.
    pub fn number(&self, key: &'static str, least: f64, most: f64) -> Option<Read<f64>> {
        let value = self.value(key)?;
        let number = plain_number(value.get_ref());
        let Some(number) = number else { return self.wrong(value, "a number") };
        let read = self.read(value, number);
        self.in_bounds(key, &read, least, most).then_some(read)
    }

    fn in_bounds(&self, key: &str, read: &Read<f64>, least: f64, most: f64) -> bool {
        let fits = (least..=most).contains(&read.value);
        if !fits {
            let mut problem =
                Problem::error(read.place.clone(), format!("`{key}` is out of range"))
                    .read(number_text(read.value))
                    .allowed(bounds_text(least, most));
            if let Some(share) = share_of_percent(read.value, most).filter(|s| *s >= least) {
                problem = problem.suggest(format!("{share}, if {} is a percentage", read.value));
            }
            self.problem(problem);
        }
        fits
    }

    /// A number or a range `{ low, central, high, scale }`, each value within `least..=most`.
    pub fn uncertain(&self, key: &'static str, least: f64, most: f64) -> Option<Read<Uncertain>> {
        let value = self.value(key)?;
        if let Some(number) = plain_number(value.get_ref()) {
            let read = self.read(value, number);
            return self.in_bounds(key, &read, least, most).then(|| Read {
                value: Uncertain::point(number).within(least, most),
                place: read.place,
            });
        }
        let DeValue::Table(table) = value.get_ref() else {
            return self.wrong(value, "a number or { low = …, central = …, high = … }");
        };
        let keys = Keys::new(self.source, table, value.span(), self.problems);
        let part = |name| keys.number(name, least, most);
        let (low, central, high) = (part("low"), part("central"), part("high"));
        let scale = keys.choice(
            "scale",
            &[("linear", Scale::Linear), ("log", Scale::Log), ("logit", Scale::Logit)],
        );
        for name in ["low", "central", "high"] {
            if !keys.has(name) {
                keys.missing(name, "{ low = 0.6, central = 0.8, high = 0.9 }");
            }
        }
        keys.finish();
        let (low, central, high) = (low?.value, central?.value, high?.value);
        let place = self.source.at(value.span());
        match ordered(low, central, high) {
            Ok(()) => {
                let range = Uncertain::range(low, central, high)
                    .within(least, most)
                    .on(scale.map_or(Scale::Linear, |s| s.value));
                Some(Read { value: range, place })
            }
            Err((message, allowed)) => {
                self.problem(
                    Problem::error(place, message)
                        .read(format!(
                            "low {}, central {}, high {}",
                            number_text(low),
                            number_text(central),
                            number_text(high)
                        ))
                        .allowed(allowed),
                );
                None
            }
        }
    }
}

fn plain_number(value: &DeValue<'_>) -> Option<f64> {
    let number = match value {
        DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix()).ok()? as f64,
        DeValue::Float(n) => n.as_str().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// `low <= central <= high`, or what is wrong and what is allowed.
pub fn ordered(low: f64, central: f64, high: f64) -> Result<(), (&'static str, &'static str)> {
    const RULE: &str = "low <= central <= high";
    if low > high {
        Err(("low is above high", RULE))
    } else if !(low..=high).contains(&central) {
        Err(("central is not between low and high", RULE))
    } else {
        Ok(())
    }
}

/// The share that `value` is as a percentage, where it is likely to be one.
pub fn share_of_percent(value: f64, most: f64) -> Option<f64> {
    /// From here on; a little above 1 is a share too large.
    const LEAST: f64 = 2.0;
    let is_percent = value >= LEAST && (most..=100.0).contains(&value);
    // Rounded to what was typed: 7 / 100 is not quite 0.07.
    let share = (value * 1e10).round() / 1e12;
    (is_percent && share <= most).then_some(share)
}

/// A number as one would write it: `0.5`, `1e300`.
pub fn number_text(value: f64) -> String {
    /// From here on digits say nothing.
    const LONG: f64 = 1e15;
    if value.abs() < LONG { value.to_string() } else { format!("{value:e}") }
}

/// `0 to 1`, `0 or more`, …
pub fn bounds_text(least: f64, most: f64) -> String {
    match (least.is_finite(), most.is_finite()) {
        (true, true) => format!("{least} to {most}"),
        (true, false) => format!("{least} or more"),
        (false, true) => format!("up to {most}"),
        (false, false) => "any number".to_owned(),
    }
}
