//! The pictures of waits: list and wait as fans with the standard drawn in, and load by service
//! and month.

use super::series::fan;
use crate::output::charts::{Heatmap, Series, Strip, Waiting, Words};
use crate::output::waits::limit;
use crate::output::words::{capital, percent};
use crate::projection::Projection;
use crate::projection::line::LineResult;
use crate::projection::measure::Measure;
use crate::projection::quantiles::Stats;
use crate::projection::waits_summary::CapacityBasis;
use crate::study::Study;

/// Standards shorter than this, in weeks, are no line in a picture of weeks.
const SHORTEST: f64 = 1.0;

/// The list and the wait of a service with a standard of a week or more.
pub(super) fn waiting(
    study: &Study,
    projection: &Projection,
    line: &LineResult,
    source: String,
) -> Option<Waiting> {
    let waits = line.waits.as_ref().filter(|w| w.is_checked || study.says_unchecked)?;
    let standard = waits.standards.first().filter(|standard| standard.weeks >= SHORTEST)?;
    let scenario = &study.scenarios[projection.scenario];
    let service = &study.pack.services[line.service];
    let list = line.course.measure(Measure::Waiting)?;
    let wait = line.course.measure(Measure::WaitMedian)?;
    let (t, longest) = waits.longest;
    let finding = format!(
        "{}: half wait longer than {:.1} weeks in {}",
        service.label,
        longest.median(),
        scenario.month(t).short()
    );
    let name = match standard.share {
        Some(share) => format!("{:.0}% within {:.0} weeks", share * 100.0, standard.weeks),
        None => format!("{} (proposed)", limit(standard.weeks)),
    };
    let capacity = match &waits.capacity {
        CapacityBasis::Responds => "capacity responds".to_owned(),
        CapacityBasis::Held => "capacity held".to_owned(),
        CapacityBasis::Given { .. } => "capacity as given".to_owned(),
    };
    // The line stands below the standard's weeks: at the median wait of people who just meet it.
    let dashed = waits.median_that_meets.map_or_else(String::new, |weeks| {
        format!("; dashed: at a median of {weeks:.1} weeks, {name}")
    });
    let without = |measure: Measure| {
        let (_, months) = waits.against.iter().find(|(own, _)| *own == measure)?;
        let values = months.iter().map(|month| month.without.median()).collect();
        Some(Series { start: scenario.start, values })
    };
    Some(Waiting {
        words: Words::new(
            finding,
            format!(
                "{}, if {}; {capacity}{dashed}",
                study.areas[projection.area].name,
                scenario.name.to_lowercase()
            ),
            source,
        ),
        list: Strip {
            label: "People waiting at the end of the month".to_owned(),
            fan: fan(scenario.start, list),
            observed: None,
            without: without(Measure::Waiting),
            standard: None,
        },
        wait: Strip {
            label: "Median wait of those who start, weeks".to_owned(),
            fan: fan(scenario.start, wait),
            observed: None,
            without: without(Measure::WaitMedian),
            standard: Some((waits.median_that_meets.unwrap_or(standard.weeks), name)),
        },
    })
}

/// Median load by service and month.
pub(super) fn load(study: &Study, projection: &Projection, source: String) -> Option<Heatmap> {
    let scenario = &study.scenarios[projection.scenario];
    let mut rows: Vec<(String, Vec<f64>)> = projection
        .lines
        .iter()
        .filter(|line| {
            line.waits.as_ref().is_some_and(|waits| waits.is_checked || study.says_unchecked)
        })
        .filter_map(|line| {
            let months = line.course.measure(Measure::Load)?;
            let label = study.pack.services[line.service].label.clone();
            Some((label, months.iter().map(Stats::median).collect()))
        })
        .collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    rows.sort_by(|a, b| mean(&b.1).total_cmp(&mean(&a.1)));
    let highest = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
    let (name, values) = rows.iter().max_by(|a, b| highest(&a.1).total_cmp(&highest(&b.1)))?;
    let most = highest(values);
    let at = values.iter().position(|value| *value == most).unwrap_or(0);
    let title = if most > 1.0 {
        let above = percent(most - 1.0).trim_start_matches('+').to_owned();
        format!(
            "{}: {above} more accepted than capacity in {}",
            capital(name),
            scenario.month(at).short()
        )
    } else {
        "No service is asked for more than its capacity".to_owned()
    };
    Some(Heatmap {
        words: Words::new(
            title,
            format!(
                "Load (accepted referrals over capacity), median of draws, {}, if {}",
                study.areas[projection.area].name,
                scenario.name.to_lowercase()
            ),
            source,
        ),
        columns: (0..scenario.months).map(|t| scenario.month(t).short()).collect(),
        rows,
        mark: Some(1.0),
        mark_label: "above 1: more accepted than capacity".to_owned(),
    })
}
