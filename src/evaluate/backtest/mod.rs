//! A projection made without later months, against what came in them.
//!
//! For every line and month after the cut, the projection and the methods it must beat are
//! quantiles at [`LEVELS`]; what came is scored against them with [`super::scores`]. Only counted
//! months are scored, never months derived from longer periods. Horizons count from the cut, and
//! are pooled in bands. A point forecast has the same value at every level, so its weighted
//! interval score is its absolute error; it has no coverage.
//!
//! The hindcast is conditional: waves and restrictions are those of the scenario.

mod sum;
mod table;

pub use table::{Row, tabulate};

use rayon::prelude::*;

use super::scores::{self, Quantiles};
use crate::draw::quantile;
use crate::model::level::{self, Seen};
use crate::model::underlying::{self, Forecast, History, Method};
use crate::month::Month;
use crate::projection::case;
use crate::projection::draws::Drawn;
use crate::study::Study;
use crate::study::area::{Area, Series};
use crate::study::scenario::Scenario;

/// The probabilities of the quantiles scored: those of the forecast hubs.
pub const LEVELS: [f64; 23] = [
    0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75,
    0.8, 0.85, 0.9, 0.95, 0.975, 0.99,
];

/// The standard normal quantiles of the levels from 0.55 up.
const UPPER: [f64; 11] = [
    0.125_661_346_855_074,
    0.253_347_103_135_8,
    0.385_320_466_407_568,
    0.524_400_512_708_041,
    0.674_489_750_196_082,
    0.841_621_233_572_914,
    1.036_433_389_493_79,
    1.281_551_565_544_6,
    1.644_853_626_951_47,
    1.959_963_984_540_05,
    2.326_347_874_040_84,
];

/// The central intervals whose coverage is counted.
pub const INTERVALS: [f64; 3] = [0.5, 0.8, 0.95];

/// What made a forecast.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Forecaster {
    /// The projection.
    Projection,
    /// The projection as it would be if nobody came because of the pandemic.
    NoSurge,
    /// The projection without the months known since its start.
    Unfitted,
    /// Its underlying forecast alone: as if there had been no pandemic.
    Underlying,
    /// The same at the level of the last months known since the start.
    UnderlyingLevel,
    /// The same month of the last year before the cut.
    SeasonalNaive,
    /// A trend with a monthly profile, fitted to the months before the cut.
    Trend,
    /// The same month of 2019.
    Year2019,
}

impl Forecaster {
    /// Its name in files.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Projection => "projection",
            Self::NoSurge => "no_surge",
            Self::Unfitted => "unfitted",
            Self::Underlying => "underlying",
            Self::UnderlyingLevel => "underlying_level",
            Self::SeasonalNaive => "seasonal_naive",
            Self::Trend => "trend",
            Self::Year2019 => "same_month_of_2019",
        }
    }

    /// Its name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Projection => "projection",
            Self::NoSurge => "no surge",
            Self::Unfitted => "unfitted",
            Self::Underlying => "underlying alone",
            Self::UnderlyingLevel => "underlying + level",
            Self::SeasonalNaive => "seasonal naive",
            Self::Trend => "trend and season",
            Self::Year2019 => "same month of 2019",
        }
    }
}

impl Forecaster {
    /// Whether it depends on the pack.
    pub const fn is_of_pack(self) -> bool {
        matches!(self, Self::Projection | Self::NoSurge | Self::Unfitted)
    }
}

/// Where something was forecast.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Place {
    /// Every area pooled: the months of all of them, side by side.
    Pool,
    /// The sum over the areas counted in every month scored.
    Sum,
    /// One area, by its index.
    Area(usize),
}

/// A span of months ahead of the cut.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Horizon {
    /// All of them.
    All,
    /// From, to, both counted in.
    Months(usize, usize),
}

impl Horizon {
    /// The bands that scores are pooled in.
    pub const BANDS: [Self; 6] = [
        Self::All,
        Self::Months(1, 3),
        Self::Months(4, 6),
        Self::Months(7, 12),
        Self::Months(13, 24),
        Self::Months(25, usize::MAX),
    ];

    fn holds(self, months_ahead: usize) -> bool {
        match self {
            Self::All => true,
            Self::Months(from, to) => (from..=to).contains(&months_ahead),
        }
    }

    /// Its name: `1-3`, `25+`, `all`.
    pub fn name(self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Months(from, usize::MAX) => format!("{from}+"),
            Self::Months(from, to) => format!("{from}-{to}"),
        }
    }
}

/// One line held against what came.
#[derive(Clone, Debug)]
pub struct Hindcast {
    /// Index of the scenario.
    pub scenario: usize,
    /// An area, or the sum of some.
    pub place: Place,
    /// How many areas it holds.
    pub areas: usize,
    /// The service.
    pub service: usize,
    /// The last month known.
    pub as_of: Month,
    /// What came, in the counted months after it.
    pub truth: Vec<(Month, f64)>,
    /// The mean absolute error of seasonal naive in the months known.
    pub naive_error: Option<f64>,
    /// Forecasts of the same months; a forecaster that could make none is absent.
    pub forecasts: Vec<(Forecaster, Vec<Quantiles>)>,
}

impl Hindcast {
    /// How far ahead of the cut a month lies.
    pub fn horizon(&self, month: Month) -> usize {
        month.since(self.as_of).max(0) as usize
    }
}

/// Draws of a line by month of the scenario.
#[derive(Clone, Copy)]
struct Draws<'a> {
    referrals: &'a [Vec<f64>],
    without_surge: &'a [Vec<f64>],
    unfitted: Option<&'a [Vec<f64>]>,
    held: &'a [f64],
}

/// Holds every drawn line against what came after `as_of`, and the sums over areas of those that
/// have several; lines with no such month are left out. `unfitted` are the same lines without the
/// months known since the scenario's start, where `drawn` carries on from such months.
pub fn hindcasts(
    study: &Study,
    drawn: &[Drawn],
    unfitted: Option<&[Drawn]>,
    as_of: Month,
) -> Vec<Hindcast> {
    let of_line = |(index, drawn): (usize, &Drawn)| {
        let area = &study.areas[drawn.area];
        let series = area.series.iter().find(|series| series.service == drawn.service)?;
        let unfitted = unfitted.and_then(|list| list.get(index));
        let draws = Draws {
            referrals: &drawn.referrals,
            without_surge: &drawn.without_surge,
            unfitted: unfitted.map(|drawn| &*drawn.referrals),
            held: &drawn.held,
        };
        hindcast(study, (Place::Area(drawn.area), drawn.scenario), area, series, draws, as_of)
    };
    let mut list: Vec<Hindcast> = drawn.par_iter().enumerate().filter_map(of_line).collect();
    let sums = sum::sums(study, drawn, unfitted, as_of);
    list.extend(sums.iter().filter_map(|sum| {
        let area = &study.areas[sum.first_area];
        let place = (Place::Sum, sum.scenario);
        let hindcast = hindcast(study, place, area, &sum.series, sum.draws(), as_of)?;
        Some(Hindcast { areas: sum.areas, ..hindcast })
    }));
    list
}

fn hindcast(
    study: &Study,
    (place, scenario_index): (Place, usize),
    area: &Area,
    series: &Series,
    draws: Draws<'_>,
    as_of: Month,
) -> Option<Hindcast> {
    let scenario = &study.scenarios[scenario_index];
    let truth = truth(scenario, series, as_of);
    if truth.is_empty() {
        return None;
    }
    let months: Vec<Month> = truth.iter().map(|(month, _)| *month).collect();
    let position = |month: &Month| month.since(scenario.start) as usize;
    let mut forecasts = Vec::new();
    let mut add = |by, quantiles: Option<Vec<Quantiles>>| {
        forecasts.extend(quantiles.map(|quantiles| (by, quantiles)));
    };
    let of = |draws: &[Vec<f64>]| {
        months.iter().map(|month| of_draws(draws.get(position(month))?)).collect()
    };
    add(Forecaster::Projection, of(draws.referrals));
    add(Forecaster::NoSurge, of(draws.without_surge));
    add(Forecaster::Unfitted, draws.unfitted.and_then(of));
    let underlying = case::history(&study.pack, scenario, area, series)
        .and_then(|history| underlying::forecast(&history, scenario.start, scenario.months).ok());
    let at_level =
        underlying.as_ref().and_then(|forecast| at_level(forecast, series, draws.held, as_of));
    add(Forecaster::UnderlyingLevel, at_level.and_then(|forecast| of_forecast(&forecast, &months)));
    add(Forecaster::Underlying, underlying.and_then(|forecast| of_forecast(&forecast, &months)));
    let known = known(series, as_of);
    let last = months.last().copied().unwrap_or(as_of);
    for (by, method) in
        [(Forecaster::SeasonalNaive, Method::SeasonalNaive), (Forecaster::Trend, Method::Trend)]
    {
        let ahead = last.since(as_of).max(0) as usize;
        let forecast = known.as_ref().filter(|h| h.observed() >= method.months_needed());
        let forecast =
            forecast.and_then(|h| underlying::forecast_by(method, h, as_of.plus(1), ahead).ok());
        add(by, forecast.and_then(|forecast| of_forecast(&forecast, &months)));
    }
    let year_2019 = |month: &Month| {
        let same = Month::new(2019, month.month())?;
        (same <= as_of).then(|| series.at(same)).flatten().and_then(of_point)
    };
    add(Forecaster::Year2019, months.iter().map(year_2019).collect());
    let seen: Vec<Option<f64>> =
        series.months().take_while(|(month, ..)| *month <= as_of).map(|(_, v, _)| v).collect();
    Some(Hindcast {
        scenario: scenario_index,
        place,
        areas: 1,
        service: series.service,
        as_of,
        truth,
        naive_error: scores::naive_error(&seen, 12),
        forecasts,
    })
}

/// A forecast from the month after `as_of` on, at the level of the months counted since its first,
/// by the rule that a fit uses; none where there is no such month.
fn at_level(forecast: &Forecast, series: &Series, held: &[f64], as_of: Month) -> Option<Forecast> {
    let known = usize::try_from(as_of.since(forecast.first) + 1).ok().filter(|known| *known > 0)?;
    let first = series.months_before(forecast.first);
    let counted = series.months().skip(first).filter_map(|(month, value, derived)| {
        let t = usize::try_from(month.since(forecast.first)).ok().filter(|t| *t < known)?;
        let (held, usual) = (*held.get(t)?, *forecast.central.get(t)?);
        let counted = value.filter(|_| !derived)?;
        Some(Seen { counted, usual, surge: 0.0, held })
    });
    let seen: Vec<Seen> = counted.collect();
    let last = &seen[seen.len().saturating_sub(level::MONTHS)..];
    let factor = (!last.is_empty()).then(|| level::level(last).exp())?;
    let central = forecast.central.get(known..)?.iter().map(|value| factor * value).collect();
    Some(Forecast { first: as_of.plus(1), central, ..forecast.clone() })
}

/// The counted months of a scenario after `as_of`.
fn truth(scenario: &Scenario, series: &Series, as_of: Month) -> Vec<(Month, f64)> {
    let end = scenario.start.plus(scenario.months as i32);
    let counted = |(month, value, derived): (Month, Option<f64>, bool)| {
        let is_later = month > as_of && month >= scenario.start && month < end;
        value.filter(|_| is_later && !derived).map(|value| (month, value))
    };
    series.months().filter_map(counted).collect()
}

/// The counted months a planner had at the cut.
fn known(series: &Series, as_of: Month) -> Option<History> {
    let seen = |(month, value, derived): (Month, Option<f64>, bool)| {
        value.filter(|_| month <= as_of && !derived)
    };
    let values: Vec<Option<f64>> = series.months().map(seen).collect();
    History::new(series.start, &values).ok()
}

/// The quantiles of draws.
pub fn of_draws(draws: &[f64]) -> Option<Quantiles> {
    let mut sorted = draws.to_vec();
    sorted.sort_by(f64::total_cmp);
    Quantiles::new(&LEVELS, &LEVELS.map(|level| quantile(&sorted, level))).ok()
}

/// The quantiles of a forecast with a spread in the `months` it covers.
fn of_forecast(forecast: &Forecast, months: &[Month]) -> Option<Vec<Quantiles>> {
    let ahead = |month: &Month| usize::try_from(month.since(forecast.first)).ok();
    months.iter().map(|month| of_month(forecast, ahead(month)?)).collect()
}

/// The quantiles of a forecast with a spread in month `h` (0 is its first); none beyond its last.
pub fn of_month(forecast: &Forecast, h: usize) -> Option<Quantiles> {
    forecast.central.get(h)?;
    let below = UPPER.iter().rev().map(|z| -z);
    let normals = below.chain([0.0]).chain(UPPER);
    let values: Vec<f64> = normals.map(|z| forecast.at(h, z)).collect();
    Quantiles::new(&LEVELS, &values).ok()
}

/// A forecast that claims to be exact.
fn of_point(value: f64) -> Option<Quantiles> {
    Quantiles::new(&LEVELS, &[value; LEVELS.len()]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_give_the_quantiles_of_a_sorted_list() {
        let draws: Vec<f64> = (0..=1000).rev().map(f64::from).collect();
        let quantiles = of_draws(&draws).unwrap();
        assert_eq!(quantiles.median(), 500.0);
        assert_eq!(quantiles.covers(0.8, 900.0), Some(true));
        assert_eq!(quantiles.covers(0.8, 901.0), Some(false));
        assert!(of_draws(&[]).is_none());
    }
}
