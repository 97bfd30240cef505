//! What a page's script is given of waits: the months of each list against its standard, with what
//! was published, and what it needs to work a list out again.

use serde::Serialize;

use super::Shown;
use crate::month::Month;
use crate::projection::Projection;
use crate::projection::line::LineResult;
use crate::projection::measure::Measure;
use crate::projection::quantiles::Quantile;
use crate::projection::response::ListResponse;
use crate::projection::waits_summary::{AccessStandard, WaitsResult};
use crate::study::Study;
use crate::study::waits::{Published, Told};

/// Half of the range of the table of shares, in the logarithm of limit over median.
const LOG: f64 = 6.0;
/// Steps of the table: within 1 in 10,000 by straight lines.
const STEPS: u32 = 480;

/// A list that something published can be held against, with its main standard.
pub(super) fn shown_list(line: &LineResult) -> Option<(&WaitsResult, AccessStandard)> {
    let waits = line.waits.as_ref().filter(|waits| waits.is_checked)?;
    Some((waits, *waits.standards.first()?))
}

/// What a list is held against in the page, and the shares that start within it.
#[derive(Serialize)]
pub(super) struct ListData {
    weeks: Option<f64>,
    share: Option<f64>,
    from: Option<Month>,
    to: Option<Month>,
    /// The share within the standard, by even steps of the logarithm of limit over median.
    within: Option<Vec<f64>>,
}

/// The months of a list against its standard.
#[derive(Serialize)]
pub(super) struct WaitsData<'a> {
    service: &'a str,
    label: &'a str,
    weeks: f64,
    share: Option<f64>,
    /// Quantiles of the share by month; none where the standard is not in force.
    within: Vec<Option<[f64; 5]>>,
    /// Months since the start, and the share published.
    published: Vec<[f64; 2]>,
}

/// What the script needs of a list; a list without a standard moves too.
pub(super) fn list(shown: &Shown<'_>, service: usize, list: &ListResponse) -> Option<ListData> {
    let first = shown.projections.first()?;
    let line = first.lines.iter().find(|line| line.service == service)?;
    let standard = shown_list(line).map(|(_, standard)| standard);
    let table = standard.map(|standard| {
        let share = |step: u32| {
            let log = LOG * (2.0 * f64::from(step) / f64::from(STEPS) - 1.0);
            let share = list.spread.within_of(standard.whose, (-log).exp(), 1.0);
            (share * 1e5).round() / 1e5
        };
        (0..=STEPS).map(share).collect::<Vec<f64>>()
    });
    Some(ListData {
        weeks: standard.map(|standard| standard.weeks),
        share: standard.and_then(|standard| standard.share),
        from: standard.and_then(|standard| standard.from),
        to: standard.and_then(|standard| standard.to),
        within: table,
    })
}

/// The months of every list with a standard: the share that starts within it, and what was published.
pub(super) fn waits<'a>(study: &'a Study, projection: &Projection) -> Vec<WaitsData<'a>> {
    let scenario = &study.scenarios[projection.scenario];
    let of = |line: &LineResult| {
        let (_, standard) = shown_list(line)?;
        let months = line.course.measure(Measure::WithinStandard(standard.place))?;
        let service = &study.pack.services[line.service];
        let area = &study.areas[projection.area].id;
        let published = Published::find(&study.published, line.service, area);
        let figures = published.map_or(&[][..], |own| &own.figures).iter();
        let is_of_it = |weeks: f64| (weeks - standard.weeks).abs() < 0.5;
        let seen = figures
            .filter(|own| own.told == Told::Within && own.weeks.is_some_and(is_of_it))
            .filter(|own| own.first >= scenario.start && own.last <= scenario.last())
            .map(|own| {
                let at = |month: Month| f64::from(month.since(scenario.start));
                [f64::midpoint(at(own.first), at(own.last)), own.value]
            });
        let rounded = |value: f64| (value * 1e3).round() / 1e3;
        let band = [Quantile::Q05, Quantile::Q25, Quantile::Q50, Quantile::Q75, Quantile::Q95];
        let in_force = |t: usize| standard.holds(scenario.month(t));
        let month = |(t, stats): (usize, &crate::projection::quantiles::Stats)| {
            in_force(t).then(|| band.map(|quantile| rounded(stats.at(quantile))))
        };
        Some(WaitsData {
            service: &service.id,
            label: &service.label,
            weeks: standard.weeks,
            share: standard.share,
            within: months.iter().enumerate().map(month).collect(),
            published: seen.collect(),
        })
    };
    projection.lines.iter().filter_map(of).collect()
}
