//! The CSV tables of a run: projections, families, need, summary, comparison, observations.

use rayon::prelude::*;

use super::csv_rows::{Rows, range_header, stats_header};
use super::waits;
use crate::month::Month;
use crate::projection::Projection;
use crate::projection::course::{Course, Period};
use crate::projection::detail::CaseDetail;
use crate::projection::line::LineResult;
use crate::projection::measure::Measure;
use crate::projection::quantiles::{Stats, Summariser};
use crate::study::Study;
use crate::study::scenario::Scenario;

/// Rows of every projection, written side by side and joined in order.
pub(super) fn each(
    header: &str,
    projections: &[Projection],
    write: impl Fn(&mut Rows, &Projection) + Sync,
) -> String {
    let parts: Vec<Rows> = projections
        .par_iter()
        .map(|projection| {
            let mut rows = Rows::headless();
            write(&mut rows, projection);
            rows
        })
        .collect();
    let mut rows = Rows::new(header);
    rows.append(&parts);
    rows.into_text()
}

pub(super) struct Names<'a> {
    pub(super) scenario: &'a str,
    pub(super) area: &'a str,
    pub(super) start: Month,
}

pub(super) fn names<'a>(study: &'a Study, projection: &Projection) -> Names<'a> {
    let scenario = &study.scenarios[projection.scenario];
    Names { scenario: &scenario.id, area: &study.areas[projection.area].id, start: scenario.start }
}

fn course_rows(rows: &mut Rows, names: &Names<'_>, id: &str, course: &Course) {
    let elsewhere = |measure: &Measure| waits::has_own_table(*measure);
    for (measure, months) in course.measures.iter().filter(|(measure, _)| !elsewhere(measure)) {
        for (t, stats) in (0..).zip(months) {
            let month = names.start.plus(t);
            rows.text(names.scenario).text(names.area).text(id).text(&month.first_day());
            rows.text(measure.name()).stats(stats).year_and_quarter(month).end();
        }
    }
}

/// `projection.csv`.
pub fn projection(study: &Study, projections: &[Projection]) -> String {
    let header =
        format!("scenario,area,service,month,measure,{},financial_year,quarter", stats_header());
    each(&header, projections, |rows, projection| {
        let names = names(study, projection);
        for line in &projection.lines {
            course_rows(rows, &names, &study.pack.services[line.service].id, &line.course);
        }
    })
}

/// `families.csv`.
pub fn families(study: &Study, projections: &[Projection]) -> String {
    let header =
        format!("scenario,area,family,month,measure,{},financial_year,quarter", stats_header());
    each(&header, projections, |rows, projection| {
        let names = names(study, projection);
        for family in &projection.families {
            course_rows(rows, &names, &study.pack.families[family.family].id, &family.course);
        }
    })
}

/// `need.csv`; `all` stands for every group or condition.
pub fn need(study: &Study, projections: &[Projection]) -> String {
    let header = format!(
        "scenario,area,group,condition,month,measure,{},financial_year,quarter",
        stats_header()
    );
    each(&header, projections, |rows, projection| {
        let names = names(study, projection);
        for row in &projection.needs.rows {
            let group = row.group.map_or("all", |g| &study.pack.groups[g].id);
            let condition = row.condition.map_or("all", |c| &study.pack.conditions[c].id);
            for (measure, months) in &row.measures {
                for (t, stats) in (0..).zip(months) {
                    let month = names.start.plus(t);
                    rows.text(names.scenario).text(names.area).text(group).text(condition);
                    rows.text(&month.first_day()).text(measure.name());
                    rows.stats(stats).year_and_quarter(month).end();
                }
            }
        }
    })
}

/// `summary.csv`: a row per scenario, area and service; ranges are 5th and 95th percentiles.
pub fn summary(study: &Study, projections: &[Projection]) -> String {
    let mut periods: Vec<String> = Vec::new();
    for scenario in &study.scenarios {
        for period in Period::all(scenario.start, scenario.months) {
            let name = period.name();
            if !periods.contains(&name) {
                periods.push(name);
            }
        }
    }
    let mut header =
        "scenario,area,service,label,family,unit,basis,baseline_a_year,peak_month".to_owned();
    let ranged = ["peak_extra", "peak_uplift", "referrals", "suppressed", "returned", "surge"];
    for name in ranged.iter().map(|name| (*name).to_owned()) {
        header = format!("{header},{}", range_header(&name));
    }
    let (staff, severe) = (range_header("extra_staff"), range_header("severe_at_peak"));
    header = format!("{header},{staff},{severe},unit_cost,unit_cost_unit,unit_cost_grade");
    for name in &periods {
        let extra = range_header(&format!("extra_{name}"));
        let share = range_header(&format!("extra_share_{name}"));
        let surge = range_header(&format!("surge_share_{name}"));
        let cost = range_header(&format!("surge_cost_{name}"));
        header = format!("{header},{extra},{share},{surge},{cost}");
    }
    each(&header, projections, |rows, projection| {
        let names = names(study, projection);
        let pack = &study.pack;
        for line in &projection.lines {
            let service = &pack.services[line.service];
            rows.text(names.scenario).text(names.area).text(&service.id).text(&service.label);
            rows.text(&pack.families[service.family].id).text(service.unit.name());
            rows.text(&study.areas[projection.area].scale.words()).maybe(line.baseline_year);
            let course = &line.course;
            rows.text(&names.start.plus(course.peak.t as i32).first_day());
            rows.range(Some(&course.peak.extra)).range(course.peak.uplift.as_ref());
            for measure in
                [Measure::Referrals, Measure::Suppressed, Measure::Returning, Measure::Surge]
            {
                rows.range(course.total(measure));
            }
            rows.range(line.burden.staff.as_ref()).range(line.burden.severe_at_peak.as_ref());
            let unit_cost = service.figures.unit_cost.filter(|_| !line.burden.costs.is_empty());
            let unit_cost = unit_cost.map(|id| study.figures.get(id));
            rows.maybe(unit_cost.map(|figure| figure.number.central));
            rows.text(unit_cost.map_or("", |figure| &figure.origin.unit));
            rows.text(&unit_cost.map_or_else(String::new, |f| f.origin.grade.to_string()));
            for name in &periods {
                let cost = line.burden.costs.iter().find(|(period, _)| period.name() == *name);
                let total = course.periods.iter().find(|total| total.period.name() == *name);
                rows.range(total.map(|total| &total.extra));
                rows.range(total.and_then(|total| total.extra_share.as_ref()));
                rows.range(total.and_then(|total| total.surge_share.as_ref()));
                rows.range(cost.map(|(_, stats)| stats));
            }
            rows.end();
        }
    })
}

/// The difference of one scenario from the first, draw by draw.
#[derive(Debug)]
pub struct Difference {
    /// Index of the scenario.
    pub scenario: usize,
    /// Index of the area.
    pub area: usize,
    /// Index of the service.
    pub service: usize,
    /// The measure: a total over the horizon, or what a waiting list comes to.
    pub measure: &'static str,
    /// The total of the first scenario.
    pub first: Stats,
    /// The difference from it.
    pub difference: Stats,
    /// In which share of the draws the scenario has more.
    pub share_of_draws_above: f64,
}

/// Each scenario against the first, in the same area. Totals of other months are no comparison:
/// a scenario that has them is left out.
pub fn differences(study: &Study, projections: &[Projection]) -> Vec<Difference> {
    let mut list = Vec::new();
    let mut summariser = Summariser::default();
    for projection in projections {
        let first = projections.iter().find(|p| p.area == projection.area);
        let is_compared = |first: &&Projection| {
            let [own, other] = [projection, first].map(|p| &study.scenarios[p.scenario]);
            first.scenario != projection.scenario && own.has_months_of(other)
        };
        let Some(first) = first.filter(is_compared) else { continue };
        for line in &projection.lines {
            let Some(before) = first.lines.iter().find(|l| l.service == line.service) else {
                continue;
            };
            for measure in compared() {
                let (Some(own), Some(other)) = (draws(line, measure), draws(before, measure))
                else {
                    continue;
                };
                let difference: Vec<f64> = own.iter().zip(other).map(|(a, b)| a - b).collect();
                let above = difference.iter().filter(|d| **d > 0.0).count();
                list.push(Difference {
                    scenario: projection.scenario,
                    area: projection.area,
                    service: line.service,
                    measure,
                    first: summariser.stats(other.iter().copied()),
                    share_of_draws_above: above as f64 / difference.len().max(1) as f64,
                    difference: summariser.stats(difference.into_iter()),
                });
            }
        }
    }
    list
}

/// What scenarios are compared by.
fn compared() -> impl Iterator<Item = &'static str> {
    Measure::COMPARED.into_iter().map(Measure::name).chain(waits::COMPARED)
}

/// A line's draws of one of them.
fn draws<'a>(line: &'a LineResult, name: &str) -> Option<&'a [f64]> {
    let course = line.course.draws.iter().map(|(measure, draws)| (measure.name(), draws));
    let waits = line.waits.iter().flat_map(|waits| waits.draws.iter().map(|(n, d)| (*n, d)));
    course.chain(waits).find(|(own, _)| *own == name).map(|(_, draws)| draws.as_slice())
}

/// `comparison.csv`.
pub fn comparison(study: &Study, projections: &[Projection]) -> String {
    let mut rows = Rows::new(&format!(
        "scenario,against,area,service,measure,against_mean,{},share_of_draws_above",
        stats_header()
    ));
    let against = study.scenarios.first().map_or("", |scenario| scenario.id.as_str());
    for difference in differences(study, projections) {
        rows.text(&study.scenarios[difference.scenario].id).text(against);
        rows.text(&study.areas[difference.area].id);
        rows.text(&study.pack.services[difference.service].id);
        rows.text(difference.measure).number(difference.first.mean);
        rows.stats(&difference.difference).number(difference.share_of_draws_above).end();
    }
    rows.into_text()
}

/// `pathways.csv`: every group, condition and service by month, means over draws.
pub fn pathways(study: &Study, details: &[CaseDetail]) -> String {
    let mut rows = Rows::new("scenario,area,month,group,condition,service,measure,value");
    let pack = &study.pack;
    for detail in details {
        let scenario = &study.scenarios[detail.scenario];
        let area = &study.areas[detail.area].id;
        for row in &detail.rows {
            let (condition, service) = row.pathway.map_or(("", ""), |(condition, service)| {
                (pack.conditions[condition].id.as_str(), pack.services[service].id.as_str())
            });
            for (t, value) in row.months.iter().enumerate() {
                rows.text(&scenario.id).text(area).text(&scenario.month(t).first_day());
                rows.text(&pack.groups[row.group].id).text(condition).text(service);
                rows.text(row.measure.name()).number(*value).end();
            }
        }
    }
    rows.into_text()
}

/// `observed.csv`: the baseline as read; months from a scenario's start on, or hidden by its
/// `as_of`, are observations of what came, not history.
pub fn observed(study: &Study) -> String {
    let mut rows =
        Rows::new("area,service,month,measure,referrals,derived,used_as,financial_year,quarter");
    let end = study.scenarios.iter().map(Scenario::learns_before).min();
    for area in &study.areas {
        for series in &area.series {
            for (month, value, derived) in series.months() {
                rows.text(&area.id).text(&study.pack.services[series.service].id);
                rows.text(&month.first_day()).text(&series.measure).maybe(value);
                rows.text(if derived { "yes" } else { "" });
                let is_history = end.is_some_and(|end| month < end);
                rows.text(if is_history { "history" } else { "observation" });
                rows.year_and_quarter(month).end();
            }
        }
    }
    rows.into_text()
}
