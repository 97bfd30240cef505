//! Headline families, and waits against standards, in all scenarios at once.

use super::series::{of_months, source, values};
use crate::evaluate::observed::months;
use crate::month::Month;
use crate::output::charts::{Band, Course, Multiple, Multiples, Series, Words};
use crate::output::waits::limit;
use crate::output::words::{capital, percent};
use crate::projection::Projection;
use crate::projection::course::Period;
use crate::projection::line::{FamilyResult, LineResult};
use crate::projection::measure::Measure;
use crate::projection::quantiles::Stats;
use crate::study::Study;

/// Scenarios that can be told apart in one small picture.
const SCENARIOS: usize = 4;
/// Small pictures on one sheet.
const PANELS: usize = 4;

fn names(study: &Study, projections: &[&Projection]) -> Vec<String> {
    let shown = projections.iter().take(SCENARIOS);
    shown.map(|p| study.scenarios[p.scenario].name.clone()).collect()
}

/// The headline families by month.
pub(super) fn families(study: &Study, projections: &[&Projection]) -> Option<Multiples> {
    let first = projections.first()?;
    let headline = |family: &&FamilyResult| study.pack.families[family.family].headline;
    let panels: Vec<Multiple> = first
        .families
        .iter()
        .filter(headline)
        .take(PANELS)
        .filter_map(|family| family_panel(study, projections, family))
        .collect();
    if panels.is_empty() {
        return None;
    }
    Some(Multiples {
        words: Words::new(
            furthest(study, projections)?,
            format!(
                "A month, {}; lines are medians, bands the 5th to 95th percentile of draws",
                study.areas[first.area].name
            ),
            source(study),
        ),
        scenarios: names(study, projections),
        mark: "without the pandemic".to_owned(),
        panels,
    })
}

/// The headline family and financial year furthest above the usual, as a title.
fn furthest(study: &Study, projections: &[&Projection]) -> Option<String> {
    let mut most: Option<(f64, String)> = None;
    for projection in projections {
        let headline = |family: &&FamilyResult| study.pack.families[family.family].headline;
        for family in projection.families.iter().filter(headline) {
            for total in &family.course.periods {
                let Period::Financial(year) = total.period else { continue };
                let Some(share) = total.extra_share.as_ref().map(Stats::median) else { continue };
                if most.as_ref().is_none_or(|(known, _)| share > *known) {
                    let label = &study.pack.families[family.family].label;
                    let name = study.scenarios[projection.scenario].name.to_lowercase();
                    let share_text = percent(share);
                    let text = if share >= 0.0 {
                        let share_text = share_text.trim_start_matches('+');
                        format!(
                            "{label} furthest above the usual: {share_text} in {year}, if {name}"
                        )
                    } else {
                        format!("All stay below the usual: {label} by {share_text} in {year}")
                    };
                    most = Some((share, text));
                }
            }
        }
    }
    most.map(|(_, text)| text)
}

fn family_panel(
    study: &Study,
    projections: &[&Projection],
    family: &FamilyResult,
) -> Option<Multiple> {
    let of = |projection: &&&Projection| {
        let own = projection.families.iter().find(|own| own.family == family.family)?;
        let months = own.course.measure(Measure::Referrals)?;
        Some(course(study, projection, months, 1.0))
    };
    let lines: Option<Vec<Course>> = projections.iter().take(SCENARIOS).map(|p| of(&p)).collect();
    let first = projections.first()?;
    let start = study.scenarios[first.scenario].start;
    let underlying = family.course.measure(Measure::Underlying)?;
    let from = start.plus(-12);
    let end = study.scenarios[first.scenario].month(study.scenarios[first.scenario].months);
    let counted: Vec<_> = months(study, first.area, family)
        .into_iter()
        .filter(|(month, _, derived)| *month >= from && *month < end && !derived)
        .map(|(month, value, _)| (month, value))
        .collect();
    let note = if counted.is_empty() { ", months spread from years" } else { "" };
    Some(Multiple {
        name: study.pack.families[family.family].label.clone(),
        note: format!("{}{note}", family.unit.plural()),
        lines: lines?,
        mark: Some(Series::new(start, values(underlying, Stats::median))),
        observed: of_months(&counted),
    })
}

fn course(study: &Study, projection: &Projection, months: &[Stats], scale: f64) -> Course {
    Course {
        start: study.scenarios[projection.scenario].start,
        median: values(months, |stats| stats.median() * scale),
        band: Band::new(
            values(months, |stats| stats.q05() * scale),
            values(months, |stats| stats.q95() * scale),
        ),
    }
}

/// The share within the standard as published for financial years, in percent.
fn published(line: &LineResult) -> Vec<(Month, f64)> {
    let years = line.waits.iter().flat_map(|waits| &waits.published);
    years.map(|(year, share)| (year.first().plus(6), share * 100.0)).collect()
}

/// The share who start within the standard, by month, for headline services; those whose standard
/// names a share first.
pub(super) fn waits(study: &Study, projections: &[&Projection]) -> Option<Multiples> {
    let first = projections.first()?;
    let standard = |line: &LineResult| {
        line.waits.as_ref().filter(|w| w.is_checked)?.standards.first().copied()
    };
    let is_headline =
        |line: &&LineResult| study.pack.families[study.pack.services[line.service].family].headline;
    let mut lines: Vec<&LineResult> =
        first.lines.iter().filter(is_headline).filter(|line| standard(line).is_some()).collect();
    lines.sort_by_key(|line| standard(line).is_none_or(|standard| standard.share.is_none()));
    let panel = |line: &&LineResult| {
        let own = standard(line)?;
        let of = |projection: &&Projection| {
            let line = projection.lines.iter().find(|other| other.service == line.service)?;
            let months = line.course.measure(Measure::WithinStandard(0))?;
            Some(course(study, projection, months, 100.0))
        };
        let courses: Option<Vec<Course>> = projections.iter().take(SCENARIOS).map(of).collect();
        let courses = courses?;
        let months = courses.first()?.median.len();
        let start = courses.first()?.start;
        let limit = limit(own.weeks).replace('-', " ");
        let proposed = if own.share.is_none() { " (proposed)" } else { "" };
        Some(Multiple {
            name: capital(&study.pack.services[line.service].label),
            note: format!("% within {limit}s{proposed}"),
            lines: courses,
            mark: own.share.map(|share| Series::new(start, vec![share * 100.0; months])),
            // What was published of a year, in the middle of it.
            observed: of_months(&published(line)),
        })
    };
    let panels: Vec<Multiple> = lines.iter().filter_map(panel).take(PANELS).collect();
    // A standard that is in force before one that is proposed.
    let in_force = panels.iter().any(|panel| panel.mark.is_some());
    let worst = panels
        .iter()
        .filter(|panel| panel.mark.is_some() == in_force)
        .filter_map(|panel| {
            let least = panel.lines.iter().flat_map(|line| line.median.iter().copied());
            let least = least.fold(f64::INFINITY, f64::min);
            least.is_finite().then_some((least, panel))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(Multiples {
        words: Words::new(
            format!("{}: at worst {:.0}% of those who start do so in time", worst.1.name, worst.0),
            format!(
                "Of those who start treatment in a month, {}; medians with 5th to 95th percentile; \
                 rings: a year as published",
                study.areas[first.area].name
            ),
            source(study),
        ),
        scenarios: names(study, projections),
        mark: "the standard".to_owned(),
        panels,
    })
}
