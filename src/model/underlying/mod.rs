//! Underlying demand: what would have been referred without Covid, forecast from the months before.
//!
//! A [`History`] becomes a [`Forecast`]: a central path, how far it may err by horizon and how its
//! errors hang together, and the sentence that says which method was chosen and why. The methods
//! are compared by `evaluate::rolling` on real series before March 2020; the default and the
//! spread below are taken from there.

mod combination;
mod history;
mod methods;
mod own_errors;
mod profile;
mod smoothing;
mod spread;

pub use history::{Extent, History, HistoryError, Origin};
pub use methods::Method;
pub use spread::{Memory, Spread};

use std::ops::Range;

use crate::draw::Scale;
use crate::lane::Lane;
use crate::month::Month;

/// The months of history a season can first be repeated from.
pub const SEASONAL_FROM: usize = 12;
/// The months of history a model with level, trend and season is fitted from.
pub const MODEL_FROM: usize = 25;

/// A forecast of monthly referrals.
#[derive(Clone, PartialEq, Debug)]
pub struct Forecast {
    /// How it was made.
    pub method: Method,
    /// Which method, and why, in a sentence.
    pub why: String,
    /// The first month.
    pub first: Month,
    /// Referrals a month: the median.
    pub central: Vec<f64>,
    /// How far it may err.
    pub spread: Spread,
}

impl Forecast {
    /// Referrals `u` standard deviations from the central path in month `h` (0 is the first).
    pub fn at(&self, h: usize, u: f64) -> f64 {
        self.spread.at(h, self.central[h], u)
    }

    /// Turns independent standard normals, a block of draws for each month from the first, into
    /// referrals, in place: the central path with the forecast's own spread and memory.
    pub fn draw<const L: usize>(&self, normals: &mut [Lane<L>]) {
        self.spread.draw(&self.central, normals);
    }
}

/// The default forecast of the `months` months from `start`. Only history before `start` is used,
/// and if it ends early, the months between are bridged.
///
/// # Errors
/// If nothing was observed before `start`.
pub fn forecast(history: &History, start: Month, months: usize) -> Result<Forecast, HistoryError> {
    let history = history.before(start)?;
    let observed = history.observed();
    let (method, reason) = if history.origin == Origin::Derived && observed >= SEASONAL_FROM {
        (
            Method::SeasonalNaive,
            "months derived from longer periods hold no season of their own to fit".to_owned(),
        )
    } else if observed < SEASONAL_FROM {
        (
            Method::Mean,
            format!("{observed} months are fewer than the {SEASONAL_FROM} of a full season"),
        )
    } else if observed < MODEL_FROM {
        (
            Method::SeasonalNaive,
            format!("{observed} months show the season once, not a trend beside it"),
        )
    } else {
        (Method::DEFAULT, format!("{observed} months; it {}", methods::EVIDENCE))
    };
    Ok(made(&history, method, &reason, start, months))
}

/// The forecast by a method of the caller's choice; where the history is too short for it, by the
/// best that it allows.
///
/// # Errors
/// If nothing was observed before `start`.
pub fn forecast_by(
    method: Method,
    history: &History,
    start: Month,
    months: usize,
) -> Result<Forecast, HistoryError> {
    let history = history.before(start)?;
    let observed = history.observed();
    let least = method.months_needed();
    if observed >= least {
        return Ok(made(&history, method, "as asked for", start, months));
    }
    let instead = if observed < SEASONAL_FROM { Method::Mean } else { Method::SeasonalNaive };
    let reason = format!("{} needs {least} months and {observed} are there", method.label());
    Ok(made(&history, instead, &reason, start, months))
}

fn made(history: &History, method: Method, reason: &str, start: Month, months: usize) -> Forecast {
    let gap = start.since(history.end()).max(0) as usize;
    let fit = method.fit(history, gap + months);
    let (least, is_smooth) = chance(history, &fit);
    let mut why = format!("{}: {reason}", fit.name);
    let is_short = history.observed() < MODEL_FROM || history.origin == Origin::Derived;
    if is_smooth && !is_short {
        why.push_str("; smoother than counts can be, so its range is that between areas");
    }
    let mut spread = if is_short || is_smooth {
        between_areas(history.extent, gap..gap + months)
    } else {
        measured(&fit, history.is_positive(), gap, months)
    };
    if spread.scale == Scale::Log && !history.is_positive() {
        // A share of nothing is nothing.
        spread.scale = Scale::Linear;
        spread.sd.iter_mut().for_each(|sd| *sd *= level(history));
    }
    spread.sd.iter_mut().for_each(|sd| *sd = sd.max(least));
    Forecast { method: fit.method, why, first: start, central: fit.central[gap..].to_vec(), spread }
}

/// The mean of the last year of a history.
fn level(history: &History) -> f64 {
    let values: Vec<f64> = history.values().iter().rev().flatten().take(12).copied().collect();
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// How far counts of people stray by chance alone, on the scale of the forecast (as a Poisson
/// distribution, and of none at all by one), and whether the fit claims to know them much better:
/// months made by hand, all alike or nothing, are no record of how months differ.
fn chance(history: &History, fit: &methods::Fit) -> (f64, bool) {
    let root = level(history).max(1.0).sqrt();
    let least = if history.is_positive() { 1.0 / root } else { root };
    (least, fit.one_step < 0.5 * least)
}

/// The spread of the logarithm of local referrals over a year, and over two, between the 78
/// clinical commissioning groups with unbroken codes (Talking Therapies annual statistics, 2018-19
/// to 2021-22): 0.14 after one year of the pandemic, 0.165 after two; half of it for a nation.
/// It is the error of a whole year, so its months share nearly all of it. `months` are counted from
/// the end of the history: one that ends early is a year older sooner.
fn between_areas(extent: Extent, months: Range<usize>) -> Spread {
    let share = if extent == Extent::Nation { 0.5 } else { 1.0 };
    let sd = months.map(|h| share * if h < 12 { 0.14 } else { 0.165 }).collect();
    Spread { scale: Scale::Log, sd, memory: Memory { carry: 0.99, keep: 0.99 } }
}

/// The spread of a fitted model by month: measured in rolling-origin forecasts of real series and
/// corrected by what the series' own past forecasts say.
fn measured(fit: &methods::Fit, positive: bool, gap: usize, months: usize) -> Spread {
    let sd = (gap..gap + months).map(|h| fit.sd(h)).collect();
    let scale = if positive { Scale::Log } else { Scale::Linear };
    Spread { scale, sd, memory: methods::MEMORY }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(months: usize) -> History {
        let values: Vec<_> = (0..months)
            .map(|t| Some(1_000.0 + 10.0 * t as f64 + 40.0 * ((t * 7) % 5) as f64))
            .collect();
        History::new(Month::new(2016, 4).unwrap(), &values).unwrap()
    }

    #[test]
    fn the_length_of_the_history_chooses_the_method_and_the_sentence_says_so() {
        for (months, method, word) in [
            (11, Method::Mean, "11 months are fewer than the 12"),
            (12, Method::SeasonalNaive, "12 months show the season once"),
            (24, Method::SeasonalNaive, "24 months"),
            (25, Method::Combination, "25 months; it had the least scaled error"),
        ] {
            let history = history(months);
            let forecast = forecast(&history, history.end(), 36).unwrap();
            assert_eq!(forecast.method, method, "{months}");
            assert!(forecast.why.contains(word), "{}", forecast.why);
            assert_eq!((forecast.central.len(), forecast.spread.sd.len()), (36, 36));
        }
    }

    #[test]
    fn what_came_from_the_start_on_is_not_history() {
        let history = history(47);
        let start = history.end().plus(-10);
        let seen = history.before(start).unwrap();
        assert_eq!(forecast(&history, start, 12), forecast(&seen, start, 12));
        assert!(forecast(&history, history.first(), 12).is_err());
    }

    #[test]
    fn a_history_that_ends_early_is_bridged_with_the_wider_spread_of_later_months() {
        let history = history(40);
        let near = forecast(&history, history.end(), 24).unwrap();
        let far = forecast(&history, history.end().plus(6), 18).unwrap();
        assert_eq!(near.central[6..], far.central);
        assert_eq!(near.spread.sd[6..], far.spread.sd);
    }

    #[test]
    fn short_and_derived_series_take_the_spread_between_areas() {
        let sd = |history: History| {
            let forecast = forecast(&history, history.end(), 25).unwrap();
            (forecast.spread.sd[0], forecast.spread.sd[24])
        };
        assert_eq!(sd(history(24)), (0.14, 0.165));
        assert_eq!(sd(history(24).of(Extent::Nation)), (0.07, 0.0825));
        assert_eq!(sd(history(60).from(Origin::Derived)), (0.14, 0.165));
        let old = history(24);
        let late = forecast(&old, old.end().plus(30), 25).unwrap();
        assert_eq!((late.spread.sd[0], late.spread.sd[24]), (0.165, 0.165));
    }

    #[test]
    fn months_made_by_hand_widen_the_range() {
        let of = |values: &[f64]| {
            let values: Vec<_> = values.iter().map(|value| Some(*value)).collect();
            let history = History::new(Month::new(2018, 1).unwrap(), &values).unwrap();
            forecast(&history, history.end(), 12).unwrap()
        };
        let equal = of(&[1000.0; 26]);
        assert_eq!((equal.spread.scale, equal.spread.sd[0]), (Scale::Log, 0.14));
        assert!(equal.why.contains("smoother than counts can be"), "{}", equal.why);
        let none = of(&[0.0; 30]);
        assert!(none.at(0, 2.0) >= 2.0 && none.at(0, -2.0) == 0.0);
        // One month a million times the others: what it says of the next is little, and is told by
        // a wide range.
        let mut spike = [1000.0; 30];
        spike[12] = 1e9;
        let wide = of(&spike);
        assert!(wide.at(0, 1.6) > 1.5 * wide.at(0, 0.0), "{wide:?}");
    }

    #[test]
    fn no_error_drawn_is_the_central_path() {
        let history = history(40);
        let forecast = forecast(&history, history.end(), 12).unwrap();
        let mut z = [Lane::<2>::ZERO; 12];
        forecast.draw(&mut z);
        for (h, lanes) in z.iter().enumerate() {
            assert_eq!(lanes[0], forecast.central[h]);
            assert_eq!(forecast.at(h, 0.0), forecast.central[h]);
        }
    }
}
