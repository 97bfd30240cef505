//! Charts of a backtest: the fan with what came on it, and coverage beside.

use rayon::prelude::*;

use crate::evaluate::backtest::{Forecaster, Hindcast, Horizon, INTERVALS, Place, Row};
use crate::evaluate::scores::Quantiles;
use crate::month::Month;
use crate::output::charts::{Band, Chart, Coverage, Fan, Format, Score, Series, Words, render};
use crate::output::scores::Backtest;
use crate::output::words::{capital, percent};
use crate::study::area::Area;

/// How many areas have charts of their own.
const MOST_AREAS: usize = 6;
/// Months before the cut that are shown.
const MONTHS_BEFORE: i32 = 36;

/// Every chart of a backtest as files: name and bytes.
pub fn charts(backtest: &Backtest, formats: &[Format]) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let mut list: Vec<(String, Chart)> = Vec::new();
    for hindcast in &backtest.hindcasts {
        let Place::Area(index @ 0..MOST_AREAS) = hindcast.place else { continue };
        let area = &backtest.study.areas[index];
        if let Some(chart) = score(backtest, hindcast, area) {
            list.push((name(backtest, hindcast, area), chart.into()));
        }
    }
    let jobs: Vec<(&(String, Chart), Format)> =
        list.iter().flat_map(|chart| formats.iter().map(move |format| (chart, *format))).collect();
    jobs.into_par_iter()
        .map(|((name, chart), format)| {
            Ok((format!("{name}.{}", format.extension()), render(chart, format)?))
        })
        .collect()
}

fn name(backtest: &Backtest, hindcast: &Hindcast, area: &Area) -> String {
    let study = &backtest.study;
    let parts = [
        study.pack.name.as_str(),
        &study.scenarios[hindcast.scenario].id,
        &area.id,
        &study.pack.services[hindcast.service].id,
    ];
    let safe = |c: char| if c.is_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
    format!("score-{}", parts.join("-")).to_lowercase().chars().map(safe).collect()
}

fn score(backtest: &Backtest, hindcast: &Hindcast, area: &Area) -> Option<Score> {
    let row = backtest.rows.iter().find(|row| {
        row.forecaster == Forecaster::Projection
            && row.horizon == Horizon::All
            && row.place == hindcast.place
            && (row.scenario, row.service) == (hindcast.scenario, hindcast.service)
    })?;
    let (_, quantiles) = hindcast.forecasts.iter().find(|(by, _)| *by == Forecaster::Projection)?;
    let (start, months) = extent(hindcast)?;
    let at = |value: &dyn Fn(usize) -> Option<f64>| -> Vec<f64> {
        let place =
            |t: usize| hindcast.truth.iter().position(|(month, _)| *month == start.plus(t as i32));
        (0..months).map(|t| place(t).and_then(value).unwrap_or(f64::NAN)).collect()
    };
    let level = |level: f64| at(&|i| quantiles.get(i).and_then(|q: &Quantiles| q.at(level)));
    Some(Score {
        words: words(backtest, hindcast, area, row),
        history: history(hindcast, area),
        projection: Fan {
            start,
            median: level(0.5),
            band50: Band::new(level(0.25), level(0.75)),
            band80: Band::new(level(0.1), level(0.9)),
            outer: Band::new(level(0.025), level(0.975)),
        },
        truth: Series::new(start, at(&|i| hindcast.truth.get(i).map(|(_, value)| *value))),
        coverage: row
            .coverage
            .iter()
            .flat_map(|observed| INTERVALS.iter().zip(observed))
            .map(|(nominal, observed)| Coverage { nominal: *nominal, observed: *observed })
            .collect(),
    })
}

/// The first month scored and how many there are to the last.
fn extent(hindcast: &Hindcast) -> Option<(Month, usize)> {
    let (first, last) = (hindcast.truth.first()?.0, hindcast.truth.last()?.0);
    Some((first, last.since(first).max(0) as usize + 1))
}

fn words(backtest: &Backtest, hindcast: &Hindcast, area: &Area, row: &Row) -> Words {
    let study = &backtest.study;
    let service = &study.pack.services[hindcast.service];
    let finding = row.coverage.map_or(String::new(), |coverage| {
        format!("the 80% range held {:.0}% of months", 100.0 * coverage[1])
    });
    let hindsight = if backtest.has_hindsight() {
        " Its figures were measured in these very months: not a fair test."
    } else {
        ""
    };
    Words::new(
        format!("{}: {finding}, {}", service.label, ran(row.bias_share)),
        format!(
            "{} a month, {}, known to {}; scenario {}, pack {}",
            capital(&service.unit.plural()),
            area.name,
            hindcast.as_of.short(),
            study.scenarios[hindcast.scenario].id,
            study.pack.name
        ),
        format!(
            "Source: afterwave {}, {} draws, seed {}. A conditional hindcast: waves and \
             restrictions of the scenario, later referrals hidden.{hindsight}",
            env!("CARGO_PKG_VERSION"),
            study.draws.count,
            study.draws.seed
        ),
    )
}

/// How far the median was off, as a share of what came, where anything did.
fn ran(bias: f64) -> String {
    if !bias.is_finite() {
        return "and nothing came".to_owned();
    }
    let size = percent(bias.abs());
    let side = if bias < 0.0 { "low" } else { "high" };
    format!("the median ran {} {side}", size.trim_start_matches('+'))
}

/// What was known at the cut.
fn history(hindcast: &Hindcast, area: &Area) -> Option<Series> {
    let series = area.series.iter().find(|series| series.service == hindcast.service)?;
    let from = series.start.max(hindcast.as_of.plus(1 - MONTHS_BEFORE));
    let months = hindcast.as_of.since(from) + 1;
    let values = (0..months).map(|t| series.at(from.plus(t)).unwrap_or(f64::NAN));
    Some(Series::new(from, values.collect::<Vec<f64>>())).filter(|s| !s.values.is_empty())
}
