//! The pictures of families: a fan each, the parts of demand, and scenarios side by side.

use super::series::{fan, of_months, source, values};
use crate::evaluate::observed::months;
use crate::month::{FinancialYear, Month};
use crate::output::charts::{Band, FanChart, Parts, Scenario, Scenarios, Series, Words};
use crate::output::words::{capital, count, percent, percent_range};
use crate::projection::Projection;
use crate::projection::course::{Period, PeriodTotal};
use crate::projection::line::FamilyResult;
use crate::projection::measure::Measure;
use crate::projection::quantiles::Stats;
use crate::study::Study;

/// The pictures of one area.
pub(super) struct Pictures<'a> {
    pub(super) study: &'a Study,
    pub(super) area: usize,
}

impl Pictures<'_> {
    fn area_name(&self) -> &str {
        &self.study.areas[self.area].name
    }

    pub(super) fn fan(&self, projection: &Projection, family: &FamilyResult) -> Option<FanChart> {
        let scenario = &self.study.scenarios[projection.scenario];
        let referrals = family.course.measure(Measure::Referrals)?;
        let underlying = family.course.measure(Measure::Underlying)?;
        let observed: Vec<(Month, f64)> = months(self.study, self.area, family)
            .into_iter()
            .map(|(month, value, _)| (month, value))
            .collect();
        let (history, later): (Vec<_>, Vec<_>) =
            observed.into_iter().partition(|(month, _)| *month < scenario.start);
        let end = scenario.month(scenario.months);
        let later: Vec<_> = later.into_iter().filter(|(month, _)| *month < end).collect();
        Some(FanChart {
            words: Words::new(
                self.finding(projection, family),
                format!(
                    "{} a month, {}, if {}",
                    capital(&family.unit.plural()),
                    self.area_name(),
                    scenario.name.to_lowercase()
                ),
                source(self.study),
            ),
            history: of_months(&history),
            underlying: Some(Series::new(scenario.start, values(underlying, Stats::median))),
            projection: fan(scenario.start, referrals),
            observed: of_months(&later),
            known_until: None,
        })
    }

    /// The finding of a family in a scenario, for a title.
    fn finding(&self, projection: &Projection, family: &FamilyResult) -> String {
        let label = &self.study.pack.families[family.family].label;
        let Some((year, share)) = furthest_year(family) else {
            let scenario = &self.study.scenarios[projection.scenario];
            let peak = scenario.start.plus(family.course.peak.t as i32).short();
            return format!("{label}: most additional demand in {peak}");
        };
        let median = share.median();
        format!(
            "{label}: {} {} in {year}",
            percent(median).trim_start_matches(['+', '-']),
            if median < 0.0 { "fewer" } else { "more" },
        )
    }

    pub(super) fn parts(&self, projection: &Projection, family: &FamilyResult) -> Option<Parts> {
        let scenario = &self.study.scenarios[projection.scenario];
        let label = &self.study.pack.families[family.family].label;
        // Means: parts add up to the whole.
        let part = |measure| Some(values(family.course.measure(measure)?, |stats| stats.mean));
        let (suppressed, surge) =
            (family.course.total(Measure::Suppressed)?, family.course.total(Measure::Surge)?);
        Some(Parts {
            words: Words::new(
                format!(
                    "{label}: {} held back, {} of new need",
                    count(suppressed.median()),
                    count(surge.median())
                ),
                format!(
                    "Difference from the usual {} a month by its parts, {}, if {}",
                    family.unit.plural(),
                    self.area_name(),
                    scenario.name.to_lowercase()
                ),
                source(self.study),
            ),
            start: scenario.start,
            underlying: part(Measure::Underlying)?,
            suppressed: part(Measure::Suppressed)?,
            returning: part(Measure::Returning)?,
            surge_immediate: part(Measure::SurgeImmediate)?,
            surge_longitudinal: part(Measure::SurgeLongitudinal)?,
            levers: part(Measure::Levers)?,
        })
    }

    pub(super) fn scenarios(
        &self,
        projections: &[&Projection],
        family: usize,
    ) -> Option<Scenarios> {
        let results: Vec<(&Projection, &FamilyResult)> = projections
            .iter()
            .filter_map(|p| Some((*p, p.families.iter().find(|f| f.family == family)?)))
            .collect();
        let (first, of_first) = results.first()?;
        let underlying = of_first.course.measure(Measure::Underlying)?;
        let scenario = |projection: &Projection, result: &FamilyResult| {
            let own = &self.study.scenarios[projection.scenario];
            let months = result.course.measure(Measure::Referrals)?;
            Some(Scenario {
                name: own.name.clone(),
                note: furthest_year(result).map_or_else(String::new, |(year, share)| {
                    format!("{year}: {}", percent_range(share))
                }),
                start: own.start,
                median: values(months, Stats::median),
                band: Band::new(values(months, Stats::q05), values(months, Stats::q95)),
            })
        };
        let label = &self.study.pack.families[family].label;
        let highest = results
            .iter()
            .filter_map(|(p, r)| Some((p, furthest_year(r)?)))
            .max_by(|a, b| a.1.1.median().total_cmp(&b.1.1.median()))?;
        let (most, (year, share)) = (highest.0, highest.1);
        let said = |share: &Stats| percent(share.median());
        // As many as the printed precision can't tell apart share the first place.
        let first_place: Vec<String> = results
            .iter()
            .filter(|(p, r)| {
                let own = furthest_year(r).filter(|(own, _)| *own == year);
                p.scenario == most.scenario || own.is_some_and(|(_, own)| said(own) == said(share))
            })
            .map(|(p, _)| self.study.scenarios[p.scenario].name.to_lowercase())
            .collect();
        let side = if share.median() < 0.0 { "below" } else { "above" };
        Some(Scenarios {
            words: Words::new(
                format!(
                    "{label}: most demand if {}, {} {side} the usual in {year}",
                    first_place.join(" or "),
                    said(share).trim_start_matches(['+', '-'])
                ),
                format!(
                    "{} a month, {}, median and 90% of draws",
                    capital(&of_first.unit.plural()),
                    self.area_name()
                ),
                source(self.study),
            ),
            underlying: Some(Series::new(
                self.study.scenarios[first.scenario].start,
                values(underlying, Stats::median),
            )),
            scenarios: results.iter().filter_map(|(p, r)| scenario(p, r)).collect(),
        })
    }
}

/// The financial year in which a family is furthest above the usual, or least below it.
fn furthest_year(family: &FamilyResult) -> Option<(FinancialYear, &Stats)> {
    let of_year = |total: &'_ PeriodTotal| match total.period {
        Period::Financial(year) => Some(year),
        Period::Horizon | Period::Year(_) => None,
    };
    let shares = family
        .course
        .periods
        .iter()
        .filter_map(|total| Some((of_year(total)?, total.extra_share.as_ref()?)));
    shares.max_by(|a, b| a.1.median().total_cmp(&b.1.median()))
}
