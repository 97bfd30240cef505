//! Rolling-origin comparison of forecasting methods.
//!
//! From every origin each method sees the months before it and forecasts the months from it on;
//! what came is set against that. Errors are pooled by method and horizon over series and origins:
//!
//! * MASE: the absolute error over the mean absolute error of the seasonal naive forecast within
//!   the history seen (Hyndman and Koehler 2006, *Another look at measures of forecast accuracy*,
//!   International Journal of Forecasting 22);
//! * MAPE: the absolute error over what came, months with none left out;
//! * coverage: the share of months inside the central interval of that probability.
//!
//! Tashman (2000), *Out-of-sample tests of forecasting accuracy*, International Journal of
//! Forecasting 16, describes the design.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rayon::prelude::*;

use super::scores;
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
    /// Mean absolute percentage error, per cent.
    pub mape: f64,
    /// Share of months inside the 50, 80 and 95% intervals.
    pub coverage: [f64; 3],
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
    let rows = groups.into_iter().map(|((method, horizon), scored)| Row {
        method,
        horizon: (horizon != usize::MAX).then_some(horizon),
        forecasts: scored.len(),
        mase: mean(scored.iter().map(|s| (s.observed - s.central).abs() / s.naive_error)),
        mape: 100.0
            * mean(
                scored
                    .iter()
                    .filter(|s| s.observed > 0.0)
                    .map(|s| (s.observed - s.central).abs() / s.observed),
            ),
        coverage: HALF_WIDTHS.map(|half| {
            mean(scored.iter().map(|s| f64::from(u8::from(s.standardised.abs() <= half))))
        }),
    });
    RollingTable { series, origins: origins.len(), rows: rows.collect() }
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

    /// The method with the least MASE over all horizons.
    pub fn best(&self) -> Option<Method> {
        self.rows
            .iter()
            .filter(|row| row.horizon.is_none())
            .min_by(|a, b| a.mase.total_cmp(&b.mase))
            .map(|row| row.method)
    }

    /// As CSV, one row per method and horizon (`all`: over all horizons).
    pub fn csv(&self) -> String {
        let mut text =
            "method,horizon,forecasts,mase,mape,coverage_50,coverage_80,coverage_95\n".to_owned();
        for row in &self.rows {
            let [c50, c80, c95] = row.coverage;
            let horizon = row.horizon.map_or("all".to_owned(), |h| h.to_string());
            // Writing to a String can't fail.
            let _ = writeln!(
                text,
                "{},{horizon},{},{},{},{c50},{c80},{c95}",
                row.method.id(),
                row.forecasts,
                row.mase,
                row.mape
            );
        }
        text
    }

    /// As a table to read: every method over all horizons, and at 1, 3, 6, 12 and 24 months.
    pub fn text(&self) -> String {
        let mut text = format!(
            "{} series, {} origins\n{:<28} {:>7} {:>6} {:>7} {:>6} {:>6} {:>6} {:>9}\n",
            self.series,
            self.origins,
            "method",
            "horizon",
            "MASE",
            "MAPE",
            "50%",
            "80%",
            "95%",
            "forecasts"
        );
        let shown = |row: &&Row| row.horizon.is_none_or(|h| [1, 3, 6, 12, 18, 24].contains(&h));
        for row in self.rows.iter().filter(shown) {
            let [c50, c80, c95] = row.coverage.map(|c| 100.0 * c);
            let horizon = row.horizon.map_or("all".to_owned(), |h| h.to_string());
            let _ = writeln!(
                text,
                "{:<28} {horizon:>7} {:>6.2} {:>6.1}% {c50:>5.0}% {c80:>5.0}% {c95:>5.0}% {:>9}",
                row.method.label(),
                row.mase,
                row.mape,
                row.forecasts
            );
        }
        text
    }
}
