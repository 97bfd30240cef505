//! Underlying demand: what would have been referred without Covid, forecast from the months before.
//!
//! A [`History`] becomes a [`Forecast`]: a central path, how far it may err by horizon and how its
//! errors hang together, and the sentence that says which method was chosen and why. The methods
//! are compared by `evaluate::rolling` on real series before March 2020; the default and the
//! spread below are taken from there.

mod history;
mod methods;
mod profile;
mod simplex;
mod smoothing;
mod spread;

pub use history::{Extent, History, HistoryError, Origin};
pub use methods::Method;
pub use spread::{Memory, Spread};

use crate::draw::Scale;
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
    pub fn draw<const L: usize>(&self, normals: &mut [[f64; L]]) {
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
    let spread = if history.observed() < MODEL_FROM || history.origin == Origin::Derived {
        between_areas(history.extent, months)
    } else {
        measured(method, &fit, history.is_positive(), gap, months)
    };
    let why = format!("{}: {reason}", fit.name);
    Forecast { method, why, first: start, central: fit.central[gap..].to_vec(), spread }
}

/// The spread of the logarithm of local referrals over a year, and over two, between the 78
/// clinical commissioning groups with unbroken codes (Talking Therapies annual statistics, 2018-19
/// to 2021-22): 0.14 after one year of the pandemic, 0.165 after two; half of it for a nation.
/// A year without a pandemic had 0.11, which stands for months before the projection begins.
/// The whole year shares its error, so months keep nearly all of it.
fn between_areas(extent: Extent, months: usize) -> Spread {
    let share = if extent == Extent::Nation { 0.5 } else { 1.0 };
    let sd = (0..months).map(|h| share * if h < 12 { 0.14 } else { 0.165 }).collect();
    Spread { scale: Scale::Log, sd, memory: Memory { carry: 0.95, keep: 0.95 } }
}

/// The spread of a fitted model: its own one-step error times the growth by horizon measured in
/// rolling-origin forecasts of real series.
fn measured(
    method: Method,
    fit: &methods::Fit,
    positive: bool,
    gap: usize,
    months: usize,
) -> Spread {
    let sd = (gap..gap + months).map(|h| fit.one_step * method.growth(h)).collect();
    let scale = if positive { Scale::Log } else { Scale::Linear };
    Spread { scale, sd, memory: methods::MEMORY }
}
