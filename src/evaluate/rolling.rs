//! Rolling-origin comparison of forecasting methods.
//!
//! From every origin each method sees the months before it and forecasts the months from it on;
//! what came is set against that. Errors are pooled by method and horizon over series and origins:
//!
//! * MASE: the absolute error over the mean absolute error of the seasonal naive forecast within
//!   the history seen (Hyndman and Koehler 2006, *Another look at measures of forecast accuracy*,
//!   International Journal of Forecasting 22);
//! * WIS: the weighted interval score ([`scores`]) over the same, so that ranges count too;
//! * MAPE: the absolute error over what came, months with none left out;
//! * coverage: the share of months inside the central interval of that probability, that of the
//!   80% interval with its standard error. Forecasts of one series from neighbouring origins share
//!   their months, so they are no independent trials:
//!
//! ```text
//! d(o)   = forecasts from origin o inside - coverage x forecasts from origin o
//! error^2 = sum over series of (g(0) + 2 sum over lags k < H of (1 - k/H) g(k)) / forecasts^2
//! g(k)   = sum over o of d(o) x d(o+k)
//! H      = the most months ahead: so far apart, two origins share no month
//! ```
//!
//!   (Newey and West 1987, *A simple, positive semi-definite, heteroskedasticity and
//!   autocorrelation consistent covariance matrix*, Econometrica 55). With under three years of
//!   origins even that is a rough figure, and likely too small.
//!
//! Tashman (2000), *Out-of-sample tests of forecasting accuracy*, International Journal of
//! Forecasting 16, describes the design.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{backtest, scores};
use crate::model::underlying::{self, Forecast, History, Method};
use crate::month::Month;

/// A series to forecast from its own past.
#[derive(Clone, PartialEq, Debug)]
pub struct Series {
    /// What it is, for reading.
    pub name: String,
    /// The whole of it; each origin sees a part.
    pub history: History,
}

/// Which origins are tried. An origin is the first month forecast.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Origins {
    /// The least number of observed months before an origin.
    pub least_history: usize,
    /// No month from this one on is used, neither as history nor as truth.
    pub until: Month,
    /// An origin every so many months (1: each).
    pub every: usize,
}

impl Origins {
    /// Every month with 25 observed months before it, all before March 2020.
    pub const BEFORE_COVID: Self = Self {
        least_history: underlying::MODEL_FROM,
        until: match Month::new(2020, 3) {
            Some(month) => month,
            None => unreachable!(),
        },
        every: 1,
    };
}

/// One month forecast from one origin, and what came.
#[derive(Clone, PartialEq, Debug)]
pub struct Scored {
    /// The position of the series.
    pub series: usize,
    /// The method asked for.
    pub method: Method,
    /// The first month forecast.
    pub origin: Month,
    /// Months ahead, 1 for the origin itself.
    pub horizon: usize,
    /// What came.
    pub observed: f64,
    /// What was forecast.
    pub central: f64,
    /// The error in standard deviations of the forecast, on its scale.
    pub standardised: f64,
    /// The weighted interval score of the forecast.
    pub weighted_interval: f64,
    /// The mean absolute error of seasonal naive in the history seen.
    pub naive_error: f64,
}

/// One row of the comparison.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// The method.
    pub method: Method,
    /// Months ahead; `None` for all of them together.
    pub horizon: Option<usize>,
    /// Forecasts scored.
    pub forecasts: usize,
    /// Mean absolute scaled error.
    pub mase: f64,
    /// Mean weighted interval score, scaled alike.
    pub wis: f64,
    /// Mean absolute percentage error, per cent.
    pub mape: f64,
    /// Share of months inside the 50, 80 and 95% intervals.
    pub coverage: [f64; 3],
    /// Standard error of the share inside the 80% interval.
    pub coverage_error: f64,
}

/// Method by horizon.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RollingTable {
    /// How many series.
    pub series: usize,
    /// How many origins, over all series.
    pub origins: usize,
    /// Rows by method, then horizon, the row over all horizons last.
    pub rows: Vec<Row>,
}

/// Half widths of the central 50, 80 and 95% intervals of the standard normal.
const HALF_WIDTHS: [f64; 3] = [0.674_489_750_196_082, 1.281_551_565_544_6, 1.959_963_984_540_054];

/// Compares the methods on `series`, for 1 to `horizons` months ahead.
pub fn compare(
    series: &[Series],
    methods: &[Method],
    origins: Origins,
    horizons: usize,
) -> RollingTable {
    tabulate(&score(series, methods, origins, horizons), series.len())
}

/// Every month forecast by every method from every origin, in the order of series, origin, method
/// and horizon.
pub fn score(
    series: &[Series],
    methods: &[Method],
    origins: Origins,
    horizons: usize,
) -> Vec<Scored> {
    let jobs: Vec<(usize, Month)> = series
        .iter()
        .enumerate()
        .flat_map(|(i, s)| origins_of(&s.history, origins).map(move |origin| (i, origin)))
        .collect();
    jobs.par_iter()
        .flat_map_iter(|&(i, origin)| {
            let history = &series[i].history;
            methods
                .iter()
                .flat_map(move |&method| score_one(history, method, origin, origins, horizons))
                .map(move |scored| Scored { series: i, ..scored })
        })
        .collect()
}

fn origins_of(history: &History, origins: Origins) -> impl Iterator<Item = Month> {
    let first = history.first();
    let last = origins.until.since(first).min(history.values().len() as i32);
    (0..last).step_by(origins.every.max(1)).map(move |t| first.plus(t)).filter(move |&origin| {
        history.before(origin).is_ok_and(|seen| seen.observed() >= origins.least_history)
    })
}

fn score_one(
    history: &History,
    method: Method,
    origin: Month,
    origins: Origins,
    horizons: usize,
) -> Vec<Scored> {
    let Ok(forecast) = underlying::forecast_by(method, history, origin, horizons) else {
        return Vec::new();
    };
    let from = origin.since(history.first()) as usize;
    let Some(naive_error) = scores::naive_error(&history.values()[..from], 12) else {
        return Vec::new();
    };
    let known = origins.until.since(origin).clamp(0, horizons as i32) as usize;
    history.values()[from..]
        .iter()
        .take(known)
        .enumerate()
        .filter_map(|(h, observed)| {
            let observed = (*observed)?;
            Some(Scored {
                series: 0,
                method,
                origin,
                horizon: h + 1,
                observed,
                central: forecast.central[h],
                standardised: standardised(&forecast, h, observed),
                weighted_interval: backtest::of_month(&forecast, h)?
                    .weighted_interval(observed)
                    .score,
                naive_error,
            })
        })
        .collect()
}

fn standardised(forecast: &Forecast, h: usize, observed: f64) -> f64 {
    let error = match forecast.spread.scale {
        crate::draw::Scale::Log => (observed / forecast.central[h]).ln(),
        _ => observed - forecast.central[h],
    };
    if error == 0.0 { 0.0 } else { error / forecast.spread.sd[h] }
}

/// The comparison from its scored months.
pub fn tabulate(scored: &[Scored], series: usize) -> RollingTable {
    let mut groups: BTreeMap<(Method, usize), Vec<&Scored>> = BTreeMap::new();
    for s in scored {
        groups.entry((s.method, s.horizon)).or_default().push(s);
        groups.entry((s.method, usize::MAX)).or_default().push(s);
    }
    let mut origins: Vec<_> = scored.iter().map(|s| (s.series, s.origin)).collect();
    origins.sort_unstable();
    origins.dedup();
    let horizons = scored.iter().map(|s| s.horizon).max().unwrap_or(0);
    let rows = groups.into_iter().map(|((method, horizon), scored)| Row {
        method,
        horizon: (horizon != usize::MAX).then_some(horizon),
        forecasts: scored.len(),
        mase: mean(scored.iter().map(|s| (s.observed - s.central).abs() / s.naive_error)),
        wis: mean(scored.iter().map(|s| s.weighted_interval / s.naive_error)),
        mape: 100.0
            * mean(
                scored
                    .iter()
                    .filter(|s| s.observed > 0.0)
                    .map(|s| (s.observed - s.central).abs() / s.observed),
            ),
        coverage: HALF_WIDTHS.map(|half| mean(scored.iter().map(|s| inside(s, half)))),
        coverage_error: coverage_error(&scored, horizons),
    });
    RollingTable { series, origins: origins.len(), rows: rows.collect() }
}

fn inside(scored: &Scored, half_width: f64) -> f64 {
    f64::from(u8::from(scored.standardised.abs() <= half_width))
}

/// The standard error of the share of months inside the 80% interval, over series and the origins
/// less than `horizons` months apart, which share months.
///
/// Around its own mean a short series hides how far that mean may lie off, so an origin counts as
/// no more than one trial: at the least `sqrt(0.8 x 0.2 / origins)`.
fn coverage_error(scored: &[&Scored], horizons: usize) -> f64 {
    let coverage = mean(scored.iter().map(|s| inside(s, HALF_WIDTHS[1])));
    let mut deviations: BTreeMap<usize, BTreeMap<Month, f64>> = BTreeMap::new();
    for s in scored {
        let own = deviations.entry(s.series).or_default();
        *own.entry(s.origin).or_default() += inside(s, HALF_WIDTHS[1]) - coverage;
    }
    let of_series = |own: &BTreeMap<Month, f64>| -> f64 {
        let product = |lag: usize| -> f64 {
            own.iter().filter_map(|(o, d)| Some(d * own.get(&o.plus(lag as i32))?)).sum()
        };
        let weight = |lag: usize| 2.0 * (1.0 - lag as f64 / horizons as f64);
        product(0) + (1..horizons).map(|lag| weight(lag) * product(lag)).sum::<f64>()
    };
    let seen =
        deviations.values().map(of_series).sum::<f64>().max(0.0).sqrt() / scored.len() as f64;
    let trials = deviations.values().map(BTreeMap::len).sum::<usize>();
    seen.max((0.8 * 0.2 / trials as f64).sqrt())
}

/// Every group of the table holds a forecast, if perhaps none with referrals to take a share of.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    scores::mean(values).unwrap_or(f64::NAN)
}

impl RollingTable {
    /// The row of a method at a horizon (`None`: over all).
    pub fn row(&self, method: Method, horizon: Option<usize>) -> Option<&Row> {
        self.rows.iter().find(|row| row.method == method && row.horizon == horizon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(series: usize, horizon: usize, standardised: f64) -> Scored {
        Scored {
            series,
            method: Method::DEFAULT,
            origin: Origins::BEFORE_COVID.until,
            horizon,
            observed: 1.0,
            central: 1.0,
            standardised,
            weighted_interval: 0.0,
            naive_error: 1.0,
        }
    }

    fn error(series: usize, horizons: usize) -> f64 {
        // Four of five series inside, with all their months.
        let z = |series: usize| if series.is_multiple_of(5) { 2.0 } else { 0.0 };
        let months = |s| (1..=horizons).map(move |h| scored(s, h, z(s)));
        let all: Vec<Scored> = (0..series).flat_map(months).collect();
        tabulate(&all, series).row(Method::DEFAULT, None).unwrap().coverage_error
    }

    #[test]
    fn origins_share_as_many_months_as_are_forecast() {
        // Origins inside and outside by turns of four years.
        let error = |horizons: usize| {
            let of_origin = |o: usize| {
                let z = if (o / 48).is_multiple_of(2) { 0.0 } else { 2.0 };
                let origin = Origins::BEFORE_COVID.until.plus(o as i32);
                (1..=horizons).map(move |h| Scored { origin, ..scored(0, h, z) })
            };
            let all: Vec<Scored> = (0..288).flat_map(of_origin).collect();
            tabulate(&all, 1).row(Method::DEFAULT, None).unwrap().coverage_error
        };
        assert!(error(24) > 1.2 * error(12), "{} {}", error(24), error(12));
        assert!(error(12) > 1.2 * error(6), "{} {}", error(12), error(6));
    }

    #[test]
    fn months_that_stand_and_fall_together_are_one_trial() {
        let of_trials = |n: f64| (0.8 * 0.2 / n).sqrt();
        assert!((error(100, 1) - of_trials(100.0)).abs() < 1e-12);
        assert!((error(10, 12) - of_trials(10.0)).abs() < 1e-12);
    }
}
