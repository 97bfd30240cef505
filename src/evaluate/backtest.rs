//! A projection made without later months, against what came in them.
//!
//! For every line and month after the cut, the projection and the methods it must beat are
//! quantiles at [`LEVELS`]; what came is scored against them with [`super::scores`]. Only counted
//! months are scored, never months derived from longer periods. Horizons count from the cut, and
//! are pooled in bands. A point forecast has the same value at every level, so its weighted
//! interval score is its absolute error; it has no coverage.
//!
//! The hindcast is conditional: waves and restrictions are those of the scenario.

use std::collections::BTreeMap;

use super::scores::{self, Quantiles};
use crate::model::underlying::{self, Forecast, History, Method};
use crate::month::Month;
use crate::projection::case;
use crate::projection::draws::Drawn;
use crate::study::Study;
use crate::study::area::Series;

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
    /// Its underlying forecast alone: as if there had been no pandemic.
    Underlying,
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
            Self::Underlying => "underlying",
            Self::SeasonalNaive => "seasonal_naive",
            Self::Trend => "trend",
            Self::Year2019 => "same_month_of_2019",
        }
    }

    /// Its name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Projection => "projection",
            Self::Underlying => "underlying alone",
            Self::SeasonalNaive => "seasonal naive",
            Self::Trend => "trend and season",
            Self::Year2019 => "same month of 2019",
        }
    }
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
    /// Index of the area.
    pub area: usize,
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

/// Holds every drawn line against what came after `as_of`; lines with no such month are left out.
pub fn hindcasts(study: &Study, drawn: &[Drawn], as_of: Month) -> Vec<Hindcast> {
    drawn.iter().filter_map(|drawn| hindcast(study, drawn, as_of)).collect()
}

fn hindcast(study: &Study, drawn: &Drawn, as_of: Month) -> Option<Hindcast> {
    let (scenario, area) = (&study.scenarios[drawn.scenario], &study.areas[drawn.area]);
    let series = area.series.iter().find(|series| series.service == drawn.service)?;
    let end = scenario.start.plus(scenario.months as i32);
    let counted = |(month, value, derived): (Month, Option<f64>, bool)| {
        let is_later = month > as_of && month >= scenario.start && month < end;
        value.filter(|_| is_later && !derived).map(|value| (month, value))
    };
    let truth: Vec<(Month, f64)> = series.months().filter_map(counted).collect();
    if truth.is_empty() {
        return None;
    }
    let months: Vec<Month> = truth.iter().map(|(month, _)| *month).collect();
    let position = |month: &Month| month.since(scenario.start) as usize;
    let mut forecasts = Vec::new();
    let mut add = |by, quantiles: Option<Vec<Quantiles>>| {
        forecasts.extend(quantiles.map(|quantiles| (by, quantiles)));
    };
    let projected = months.iter().map(|month| of_draws(&drawn.referrals[position(month)]));
    add(Forecaster::Projection, projected.collect());
    let underlying = case::history(&study.pack, scenario, area, series)
        .and_then(|history| underlying::forecast(&history, scenario.start, scenario.months).ok());
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
        scenario: drawn.scenario,
        area: drawn.area,
        service: drawn.service,
        as_of,
        truth,
        naive_error: scores::naive_error(&seen, 12),
        forecasts,
    })
}

/// The counted months a planner had at the cut.
fn known(series: &Series, as_of: Month) -> Option<History> {
    let seen = |(month, value, derived): (Month, Option<f64>, bool)| {
        value.filter(|_| month <= as_of && !derived)
    };
    let values: Vec<Option<f64>> = series.months().map(seen).collect();
    History::new(series.start, &values).ok()
}

/// The quantiles of draws (Hyndman and Fan 1996, definition 7).
pub fn of_draws(draws: &[f64]) -> Option<Quantiles> {
    let mut sorted = draws.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let values = LEVELS.map(|level| {
        let at = level * last as f64;
        let (low, high) = (sorted[at as usize], sorted[(at as usize + 1).min(last)]);
        low + (high - low) * at.fract()
    });
    Quantiles::new(&LEVELS, &values).ok()
}

/// The quantiles of a forecast with a spread in the `months` it covers.
fn of_forecast(forecast: &Forecast, months: &[Month]) -> Option<Vec<Quantiles>> {
    let quantiles = |month: &Month| {
        let h = usize::try_from(month.since(forecast.first)).ok()?;
        forecast.central.get(h)?;
        let below = UPPER.iter().rev().map(|z| -z);
        let normals = below.chain([0.0]).chain(UPPER);
        let values: Vec<f64> = normals.map(|z| forecast.at(h, z)).collect();
        Quantiles::new(&LEVELS, &values).ok()
    };
    months.iter().map(quantiles).collect()
}

/// A forecast that claims to be exact.
fn of_point(value: f64) -> Option<Quantiles> {
    Quantiles::new(&LEVELS, &[value; LEVELS.len()]).ok()
}

/// How good one forecaster was over the months of one band.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Row {
    /// Index of the scenario.
    pub scenario: usize,
    /// Index of the area; none for all of them pooled.
    pub area: Option<usize>,
    /// The service.
    pub service: usize,
    /// What forecast.
    pub forecaster: Forecaster,
    /// How far ahead.
    pub horizon: Horizon,
    /// Months scored.
    pub months: usize,
    /// Mean weighted interval score and its parts, in referrals.
    pub wis: scores::WeightedInterval,
    /// The score as a share of what came.
    pub wis_share: f64,
    /// Share of months inside [`INTERVALS`]; none for a point forecast.
    pub coverage: Option<[f64; 3]>,
    /// Mean of median less truth, in referrals.
    pub bias: f64,
    /// That as a share of what came.
    pub bias_share: f64,
    /// Mean absolute percentage error of the median; none where nothing came.
    pub mape: Option<f64>,
    /// Mean absolute scaled error of the median; none with under thirteen months known.
    pub mase: Option<f64>,
}

/// One month of one forecaster.
#[derive(Clone, Copy)]
struct Scored<'a> {
    quantiles: &'a Quantiles,
    truth: f64,
    naive_error: Option<f64>,
}

/// Scores by scenario, service, area, forecaster and horizon; with several areas, their pool too.
pub fn tabulate(hindcasts: &[Hindcast]) -> Vec<Row> {
    type Key = (usize, usize, Option<usize>, Forecaster, Horizon);
    let mut groups: BTreeMap<Key, Vec<Scored<'_>>> = BTreeMap::new();
    let several = hindcasts.iter().any(|hindcast| hindcast.area != hindcasts[0].area);
    for hindcast in hindcasts {
        for (by, quantiles) in &hindcast.forecasts {
            for (quantiles, (month, truth)) in quantiles.iter().zip(&hindcast.truth) {
                let naive_error = hindcast.naive_error;
                let scored = Scored { quantiles, truth: *truth, naive_error };
                let ahead = hindcast.horizon(*month);
                for horizon in Horizon::BANDS.into_iter().filter(|band| band.holds(ahead)) {
                    let pool = several.then_some(None);
                    for area in pool.into_iter().chain([Some(hindcast.area)]) {
                        let key = (hindcast.scenario, hindcast.service, area, *by, horizon);
                        groups.entry(key).or_default().push(scored);
                    }
                }
            }
        }
    }
    let row = |((scenario, service, area, forecaster, horizon), scored): (Key, Vec<_>)| {
        pooled(
            &scored,
            Row {
                scenario,
                area,
                service,
                forecaster,
                horizon,
                months: scored.len(),
                wis: scores::WeightedInterval::default(),
                wis_share: 0.0,
                coverage: None,
                bias: 0.0,
                bias_share: 0.0,
                mape: None,
                mase: None,
            },
        )
    };
    groups.into_iter().map(row).collect()
}

fn pooled(scored: &[Scored<'_>], row: Row) -> Row {
    let count = scored.len() as f64;
    let mut wis = scores::WeightedInterval::default();
    for month in scored {
        let own = month.quantiles.weighted_interval(month.truth);
        wis.score += own.score / count;
        wis.dispersion += own.dispersion / count;
        wis.overprediction += own.overprediction / count;
        wis.underprediction += own.underprediction / count;
    }
    let pairs: Vec<(f64, f64)> = scored.iter().map(|s| (s.quantiles.median(), s.truth)).collect();
    let mean_truth = scored.iter().map(|s| s.truth).sum::<f64>() / count;
    let bias = scores::bias(&pairs).unwrap_or(0.0);
    let covered = |probability: f64| {
        let inside = |s: &Scored<'_>| s.quantiles.covers(probability, s.truth).unwrap_or(false);
        scored.iter().filter(|s| inside(s)).count() as f64 / count
    };
    let scaled = scored
        .iter()
        .map(|s| s.naive_error.map(|error| (s.quantiles.median() - s.truth).abs() / error));
    let scaled: Option<Vec<f64>> = scaled.collect();
    let is_point = row.forecaster == Forecaster::Year2019;
    Row {
        wis_share: if mean_truth > 0.0 { wis.score / mean_truth } else { f64::NAN },
        wis,
        coverage: (!is_point).then(|| INTERVALS.map(covered)),
        bias,
        bias_share: if mean_truth > 0.0 { bias / mean_truth } else { f64::NAN },
        mape: scores::mape(&pairs),
        mase: scaled.and_then(|scaled| scores::mean(scaled.into_iter())),
        ..row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    fn hindcast(area: usize, values: &[f64], truth: &[f64]) -> Hindcast {
        let start = month("2020-03");
        Hindcast {
            scenario: 0,
            area,
            service: 0,
            as_of: month("2020-02"),
            truth: (0..).map(|t| start.plus(t)).zip(truth.iter().copied()).collect(),
            naive_error: Some(10.0),
            forecasts: vec![(
                Forecaster::Projection,
                values.iter().map(|value| of_point(*value).unwrap()).collect(),
            )],
        }
    }

    #[test]
    fn a_perfect_forecast_scores_nothing_and_covers_all() {
        let rows = tabulate(&[hindcast(0, &[5.0, 7.0, 9.0, 8.0], &[5.0, 7.0, 9.0, 8.0])]);
        assert_eq!(rows.len(), 3, "all, 1-3 and 4-6 months ahead");
        for row in &rows {
            assert_eq!(row.wis, scores::WeightedInterval::default());
            assert_eq!((row.bias, row.mape, row.mase), (0.0, Some(0.0), Some(0.0)));
            assert_eq!(row.coverage, Some([1.0; 3]));
        }
        assert_eq!(rows.iter().map(|row| row.months).collect::<Vec<_>>(), [4, 3, 1]);
    }

    #[test]
    fn an_exact_claim_is_scored_by_its_absolute_error() {
        let rows = tabulate(&[hindcast(0, &[110.0, 80.0], &[100.0, 100.0])]);
        let all = &rows[0];
        assert!((all.wis.score - 15.0).abs() < 1e-9, "{all:?}");
        assert!((all.bias + 5.0).abs() < 1e-9 && (all.bias_share + 0.05).abs() < 1e-9);
        assert!((all.mase.unwrap() - 1.5).abs() < 1e-9);
        assert_eq!(all.coverage, Some([0.0; 3]));
    }

    #[test]
    fn areas_are_pooled_beside_their_own_rows() {
        let rows = tabulate(&[hindcast(0, &[1.0], &[1.0]), hindcast(1, &[3.0], &[1.0])]);
        let all = |area| rows.iter().find(|r| r.area == area && r.horizon == Horizon::All).unwrap();
        assert_eq!(all(None).months, 2);
        assert_eq!(all(None).mape, Some(100.0));
        assert_eq!(all(Some(0)).mape, Some(0.0));
    }

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
