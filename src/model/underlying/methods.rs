//! The methods that compete for the underlying forecast, each in a few lines.

use super::combination::{self, HOLT_WINTERS};
use super::history::History;
use super::own_errors::{Own, Past};
use super::profile::Profile;
use super::smoothing::{self, ErrorKind, Kind, Season};
use super::spread::Memory;
use super::{MODEL_FROM, SEASONAL_FROM};

/// How a series is forecast.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Method {
    /// The mean of what was observed.
    Mean,
    /// The same month of the last year.
    SeasonalNaive,
    /// Damped exponential smoothing with a seasonal profile, on the log scale where it can.
    HoltWinters,
    /// The exponential smoothing model with the least corrected Akaike criterion.
    Ets,
    /// A log-linear trend with a monthly profile, recent months counting more.
    Trend,
    /// The mean of four: two that smooth, and for later months seasonal naive and the trend.
    Combination,
}

/// Why the default is the default. By horizon of 1, 3, 6 and 12 months its MASE is 0.72, 0.81,
/// 0.97 and 1.19, against 1.11, 1.14, 1.18 and 1.21 of seasonal naive; damped Holt-Winters has 0.96
/// over all, exponential smoothing by `AICc` 1.00, the trend 1.03, the mean 1.42.
pub(super) const EVIDENCE: &str = "had the least scaled error in forecasts of 190 referral series \
     from 4,070 origins before March 2020 (MASE 0.94 up to a year ahead, seasonal naive 1.17)";

/// How the months' errors hang together, as measured there: a month's error correlates by 0.39
/// with the next one's at the start and by 0.68 after half a year (told by these: 0.40, 0.67).
pub(super) const MEMORY: Memory = Memory { carry: 0.43, keep: 1.0 };

/// A method fitted to a history.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    /// What was fitted: seasonal naive where a model could not be.
    pub(super) method: Method,
    /// The name of what was fitted.
    pub(super) name: String,
    /// The forecast from the month after the history's last.
    pub(super) central: Vec<f64>,
    /// The standard deviation of one step within the history: of the logarithm where every month
    /// has referrals, of the number itself otherwise.
    pub(super) one_step: f64,
    /// The spread of its own past forecasts beside what other series had.
    pub(super) own: Own,
    /// The smoothing models in it, and where their fits ended.
    ends: Vec<End>,
}

/// A smoothing model, and where the search for its numbers ended.
type End = (Kind, Vec<f64>);

impl Method {
    /// The default where there is history enough.
    pub const DEFAULT: Self = Self::Combination;

    /// All of them, simplest first.
    pub const ALL: [Self; 6] = [
        Self::Mean,
        Self::SeasonalNaive,
        Self::HoltWinters,
        Self::Ets,
        Self::Trend,
        Self::Combination,
    ];

    /// Its name in words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Mean => "the mean",
            Self::SeasonalNaive => "seasonal naive",
            Self::HoltWinters => "damped Holt-Winters",
            Self::Ets => "exponential smoothing by AICc",
            Self::Trend => "trend with monthly profile",
            Self::Combination => "mean of four methods",
        }
    }

    /// Its name in tables.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::SeasonalNaive => "seasonal_naive",
            Self::HoltWinters => "holt_winters",
            Self::Ets => "ets",
            Self::Trend => "trend",
            Self::Combination => "combination",
        }
    }

    /// The observed months it needs.
    pub const fn months_needed(self) -> usize {
        match self {
            Self::Mean => 1,
            Self::SeasonalNaive => SEASONAL_FROM,
            Self::HoltWinters | Self::Ets | Self::Trend | Self::Combination => MODEL_FROM,
        }
    }

    /// The standard deviation of the error of month `h` (0 is the first) over that of one step
    /// within the fit.
    ///
    /// Theory knows nothing of changing models, so the growth is measured: the 80th percentile of
    /// the absolute errors at each horizon, over that of the normal, in the rolling-origin
    /// forecasts of 190 series (MHS32 of CCGs; every origin with 25 months before it, all before
    /// March 2020). Its square is close to a straight line in the horizon. Squared, measured for
    /// the mean of four at 1, 6, 12 and 18 months: 1.01, 1.67, 2.47, 3.99; by the line: 1.00, 1.70,
    /// 2.54, 3.38. For Holt-Winters: 1.02, 1.69, 2.62, 4.01; by the line: 1.00, 1.75, 2.65, 3.55.
    pub(super) fn growth(self, h: usize) -> f64 {
        let line = |first: f64, slope: f64| (first + slope * h as f64).sqrt();
        match self {
            Self::Mean => line(1.5, 0.16),
            // Whole years: the last year's own noise, and one more of them with each year.
            Self::SeasonalNaive => 1.06 * (1.0 + 0.6 * (h / 12) as f64),
            Self::HoltWinters => line(1.0, 0.15),
            Self::Ets => line(0.9, 0.125),
            Self::Trend => line(1.35, 0.23),
            Self::Combination => line(1.0, 0.14),
        }
    }

    /// Fits it and forecasts `months` months from the end of the history.
    pub(super) fn fit(self, history: &History, months: usize) -> Fit {
        let fit = match self {
            Self::Mean => Some(mean(history, months)),
            Self::SeasonalNaive => Some(seasonal_naive(history, months)),
            Self::HoltWinters => holt_winters(history, months, None),
            Self::Ets => ets(history, months),
            Self::Trend => Some(trend(history, months)),
            Self::Combination => combination(history, months, None),
        };
        let fit = fit.unwrap_or_else(|| seasonal_naive(history, months));
        let again = |seen: &History, months| {
            fit.again(seen, months)
                .map(|again| Past { central: again.central, one_step: again.one_step })
        };
        let own = Own::learn(history, &|h| fit.method.growth(h), again);
        Fit { own, ..fit }
    }
}

impl Fit {
    /// The same method, and the same smoothing model, fitted to a part of the history.
    pub(super) fn again(&self, history: &History, months: usize) -> Option<Self> {
        match (self.method, self.ends.as_slice()) {
            (Method::Mean, _) => Some(mean(history, months)),
            (Method::SeasonalNaive, _) => Some(seasonal_naive(history, months)),
            (Method::Trend, _) => Some(trend(history, months)),
            (Method::HoltWinters, [end]) => holt_winters(history, months, Some(end)),
            (Method::Combination, ends) => combination(history, months, Some(ends)),
            (Method::Ets, [end]) => {
                let fit = smoothed(end.0, history, history.values(), Some(end))?;
                Some(of_ets(fit, history, months))
            }
            _ => None,
        }
    }

    /// The standard deviation of the error of month `h` (0 is the first): the error of one step
    /// within the fit, and its growth by horizon, the series' own as far as its past tells.
    pub(super) fn sd(&self, h: usize) -> f64 {
        self.one_step * self.own.variance(&|h| self.method.growth(h), h).sqrt()
    }
}

/// The error of one step on the scale of the history's spread, its degrees of freedom corrected
/// for `estimated` numbers.
fn one_step(history: &History, fitted: impl Fn(usize) -> Option<f64>, estimated: f64) -> f64 {
    let log = history.is_positive();
    let errors: Vec<f64> = (history.values().iter().enumerate())
        .filter_map(|(t, y)| {
            let (y, mu) = ((*y)?, fitted(t)?);
            Some(if log { (y / mu.max(1e-3 * y)).ln() } else { y - mu })
        })
        .collect();
    let n = errors.len() as f64;
    (errors.iter().map(|e| e * e).sum::<f64>() / (n - estimated).max(1.0)).sqrt()
}

fn mean(history: &History, months: usize) -> Fit {
    let mean = history.mean();
    Fit {
        method: Method::Mean,
        name: Method::Mean.label().to_owned(),
        central: vec![mean; months],
        one_step: one_step(history, |_| Some(mean), 1.0),
        own: Own::POOL,
        ends: Vec::new(),
    }
}

/// The same month of the last year that has it; the mean for a month of the year never seen.
fn seasonal_naive(history: &History, months: usize) -> Fit {
    let values = history.values();
    let n = values.len();
    let before = |t: usize| (1..).map_while(move |years: usize| t.checked_sub(12 * years));
    let last = |t: usize| before(t).filter(|&s| s < n).find_map(|s| values[s]);
    let mean = history.mean();
    Fit {
        method: Method::SeasonalNaive,
        name: Method::SeasonalNaive.label().to_owned(),
        central: (n..n + months).map(|t| last(t).unwrap_or(mean)).collect(),
        one_step: one_step(history, last, 0.0),
        own: Own::POOL,
        ends: Vec::new(),
    }
}

/// A series on the scale of the models, and the way back.
type Scaled = (Vec<Option<f64>>, fn(f64) -> f64);

/// The logarithm of the history; the numbers where some month has none.
fn scaled(history: &History) -> Scaled {
    if history.is_positive() {
        (history.values().iter().map(|y| y.map(f64::ln)).collect(), f64::exp)
    } else {
        (history.values().to_vec(), |x| x.max(0.0))
    }
}

/// A smoothing model fitted to `x`, the history on some scale. `end` is where a fit to a longer
/// history ended.
fn smoothed(
    kind: Kind,
    history: &History,
    x: &[Option<f64>],
    end: Option<&End>,
) -> Option<smoothing::Fitted> {
    let month_of_year = |t| history.month_of_year(t);
    match end {
        Some((_, at)) => smoothing::fit_from(kind, [at.clone()], x, &month_of_year),
        None => smoothing::fit(kind, x, &month_of_year),
    }
}

/// Damped additive Holt-Winters on the logarithm; on the numbers where some month has none.
fn holt_winters(history: &History, months: usize, end: Option<&End>) -> Option<Fit> {
    let n = history.values().len();
    let (x, back) = scaled(history);
    let fit = smoothed(HOLT_WINTERS, history, &x, end)?;
    let ahead = |h| back(fit.ahead(h, history.month_of_year(n + h)));
    Some(Fit {
        method: Method::HoltWinters,
        name: Method::HoltWinters.label().to_owned(),
        central: (0..months).map(ahead).collect(),
        // The first level, the growth and twelve seasons are estimated: with them counted, the
        // errors of the first month ahead are those within the fit.
        one_step: one_step(history, |t| Some(back(fit.one_step[t])), 14.0),
        own: Own::POOL,
        ends: vec![(HOLT_WINTERS, fit.end)],
    })
}

/// The mean of four forecasts, as `combination.rs` has it. `ends` is where fits to a longer history
/// ended.
fn combination(history: &History, months: usize, ends: Option<&[End]>) -> Option<Fit> {
    let n = history.values().len();
    let (x, back) = scaled(history);
    let on_scale = |y: f64| if history.is_positive() { y.ln() } else { y };
    let fit = |i: usize| {
        let kind = combination::SMOOTHED[i];
        smoothed(kind, history, &x, ends.and_then(|ends| ends.get(i)))
    };
    let fits = [fit(0)?, fit(1)?];
    let (naive, trend) = (seasonal_naive(history, months), trend(history, months));
    let at = |h: usize| {
        let smoothed = fits.each_ref().map(|fit| fit.ahead(h, history.month_of_year(n + h)));
        back(combination::mean(h, smoothed, on_scale(naive.central[h]), on_scale(trend.central[h])))
    };
    // The first month ahead is of the members that smooth alone, and so are the steps within.
    let within = |t: usize| {
        let smoothed = fits.each_ref().map(|fit| fit.one_step[t]);
        back(combination::mean(0, smoothed, 0.0, 0.0))
    };
    Some(Fit {
        method: Method::Combination,
        name: Method::Combination.label().to_owned(),
        central: (0..months).map(at).collect(),
        one_step: one_step(history, |t| Some(within(t)), combination::ESTIMATED),
        own: Own::POOL,
        ends: fits.map(|fit| (fit.kind, fit.end)).to_vec(),
    })
}

fn ets(history: &History, months: usize) -> Option<Fit> {
    let y = history.values();
    let relative_too = history.is_positive();
    let mut best: Option<smoothing::Fitted> = None;
    for error in [ErrorKind::Additive, ErrorKind::Relative] {
        for damped_trend in [false, true] {
            for season in [Season::None, Season::Additive, Season::Multiplicative] {
                let relative = error == ErrorKind::Relative || season == Season::Multiplicative;
                if relative && !relative_too {
                    continue;
                }
                let kind = Kind { error, damped_trend, season };
                if let Some(fit) = smoothed(kind, history, y, None)
                    && best.as_ref().is_none_or(|best| fit.aicc < best.aicc)
                {
                    best = Some(fit);
                }
            }
        }
    }
    Some(of_ets(best?, history, months))
}

fn of_ets(fit: smoothing::Fitted, history: &History, months: usize) -> Fit {
    let n = history.values().len();
    let ahead = |h| fit.ahead(h, history.month_of_year(n + h)).max(0.0);
    Fit {
        method: Method::Ets,
        name: format!("{}, {}", Method::Ets.label(), fit.kind.name()),
        central: (0..months).map(ahead).collect(),
        one_step: one_step(history, |t| Some(fit.one_step[t]), 4.0),
        own: Own::POOL,
        ends: vec![(fit.kind, fit.end)],
    }
}

/// The log-linear trend with monthly profile; on the numbers where some month has none.
fn trend(history: &History, months: usize) -> Fit {
    let month_of_year = |t| history.month_of_year(t);
    let n = history.values().len();
    let (x, back) = scaled(history);
    let profile = Profile::fit(&x, month_of_year);
    let at = |t: usize| back(profile.at(t, month_of_year(t)));
    Fit {
        method: Method::Trend,
        name: Method::Trend.label().to_owned(),
        central: (n..n + months).map(at).collect(),
        one_step: one_step(history, |t| Some(at(t)), 8.0),
        own: Own::POOL,
        ends: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::month::Month;

    fn history(f: impl Fn(usize) -> f64, n: usize) -> History {
        let values: Vec<_> = (0..n).map(|t| Some(f(t))).collect();
        History::new(Month::new(2016, 4).unwrap(), &values).unwrap()
    }

    #[test]
    fn seasonal_naive_repeats_the_last_year() {
        let fit = Method::SeasonalNaive.fit(&history(|t| t as f64, 24), 30);
        assert_eq!(
            fit.central[..13],
            [12., 13., 14., 15., 16., 17., 18., 19., 20., 21., 22., 23., 12.]
        );
        assert_eq!(fit.central[29], 17.0);
    }

    #[test]
    fn every_method_keeps_a_constant_series() {
        for method in Method::ALL {
            for level in [0.0, 3.0, 4_000.0] {
                for value in method.fit(&history(|_| level, 40), 36).central {
                    assert!((value - level).abs() <= 1e-3 * level + 1e-6, "{method:?}: {value}");
                }
            }
        }
    }
}
