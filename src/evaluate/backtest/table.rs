//! Scores pooled by line, forecaster and span of months.

use std::collections::BTreeMap;

use super::{Forecaster, Hindcast, Horizon, INTERVALS, Place};
use crate::evaluate::scores::{self, Quantiles};

/// How good one forecaster was over the months of one band.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Row {
    /// Index of the scenario.
    pub scenario: usize,
    /// An area, all of them pooled, or their sum.
    pub place: Place,
    /// How many areas that is.
    pub areas: usize,
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

/// Scores by scenario, service, place, forecaster and horizon; with several areas, their pool too.
pub fn tabulate(hindcasts: &[Hindcast]) -> Vec<Row> {
    type Key = (usize, usize, Place, Forecaster, Horizon);
    let mut groups: BTreeMap<Key, Vec<Scored<'_>>> = BTreeMap::new();
    let mut areas: BTreeMap<(usize, usize, Place), usize> = BTreeMap::new();
    for hindcast in hindcasts {
        let (scenario, service, place) = (hindcast.scenario, hindcast.service, hindcast.place);
        areas.insert((scenario, service, place), hindcast.areas);
        if let Place::Area(_) = place {
            *areas.entry((scenario, service, Place::Pool)).or_default() += 1;
        }
    }
    let held = |key| areas.get(&key).copied().unwrap_or(1);
    let several = hindcasts.iter().any(|hindcast| hindcast.place != hindcasts[0].place);
    for hindcast in hindcasts {
        let pool = (several && hindcast.place != Place::Sum).then_some(Place::Pool);
        for (by, quantiles) in &hindcast.forecasts {
            for (quantiles, (month, truth)) in quantiles.iter().zip(&hindcast.truth) {
                let naive_error = hindcast.naive_error;
                let scored = Scored { quantiles, truth: *truth, naive_error };
                let ahead = hindcast.horizon(*month);
                for horizon in Horizon::BANDS.into_iter().filter(|band| band.holds(ahead)) {
                    for place in pool.into_iter().chain([hindcast.place]) {
                        let key = (hindcast.scenario, hindcast.service, place, *by, horizon);
                        groups.entry(key).or_default().push(scored);
                    }
                }
            }
        }
    }
    let row = |((scenario, service, place, forecaster, horizon), scored): (Key, Vec<_>)| {
        pooled(
            &scored,
            Row {
                scenario,
                place,
                areas: held((scenario, service, place)),
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
    use crate::evaluate::backtest::of_point;
    use crate::month::Month;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    fn hindcast(area: usize, values: &[f64], truth: &[f64]) -> Hindcast {
        let start = month("2020-03");
        Hindcast {
            scenario: 0,
            place: Place::Area(area),
            areas: 1,
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
        let all =
            |place| rows.iter().find(|r| r.place == place && r.horizon == Horizon::All).unwrap();
        assert_eq!(all(Place::Pool).months, 2);
        assert_eq!(all(Place::Pool).mape, Some(100.0));
        assert_eq!(all(Place::Area(0)).mape, Some(0.0));
    }
}
