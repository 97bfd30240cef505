//! Who is hit: need against access by strata of the population.

use super::series::source;
use crate::output::charts::{Chart, Equity, Stratum, Words};
use crate::projection::Projection;
use crate::projection::equity::{EquityMeasure, EquityResult};
use crate::study::Study;

/// Every stratification of a projection with a chart: its id, how far access falls behind need in
/// its worst stratum, and the chart.
fn charts(study: &Study, projection: &Projection) -> Vec<(String, f64, Chart)> {
    let chart = |result: &EquityResult| {
        let stratification = &study.pack.stratifications[result.stratification];
        let of = |k, measure| result.horizon(k, measure);
        let strata: Vec<Stratum> = (0..stratification.strata.len())
            .filter_map(|k| {
                let ratio = of(k, EquityMeasure::AccessRatio);
                Some(Stratum {
                    name: stratification.strata[k].label.clone(),
                    need: of(k, EquityMeasure::NeedShare)?.median() * 100.0,
                    referrals: of(k, EquityMeasure::AccessShare)?.median() * 100.0,
                    ratio: ratio.map(|stats| (stats.q05(), stats.median(), stats.q95())),
                })
            })
            .collect();
        let behind = |s: &Stratum| s.referrals - s.need;
        let widest = strata.iter().min_by(|a, b| behind(a).total_cmp(&behind(b)))?;
        let title = format!(
            "{}: {:.0}% of the need and {:.0}% of those who ask for help",
            widest.name, widest.need, widest.referrals
        );
        let subtitle = format!(
            "Need caused by the pandemic and people who ask any service for help, {}, if {}",
            study.areas[projection.area].name,
            study.scenarios[projection.scenario].name.to_lowercase()
        );
        let words = Words::new(title, subtitle, source(study));
        let unit = "Share of the whole, %".to_owned();
        let gap = behind(widest);
        Some((stratification.id.clone(), gap, Equity { words, unit, strata }.into()))
    };
    projection.needs.equity.iter().filter_map(chart).collect()
}

/// Every chart, by the id of its stratification.
pub(super) fn all(study: &Study, projection: &Projection) -> Vec<(String, Chart)> {
    charts(study, projection).into_iter().map(|(id, _, chart)| (id, chart)).collect()
}

/// The one in which access falls furthest behind need.
pub(super) fn widest(study: &Study, projection: &Projection) -> Option<(String, Chart)> {
    let list = charts(study, projection).into_iter();
    list.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(id, _, chart)| (id, chart))
}
