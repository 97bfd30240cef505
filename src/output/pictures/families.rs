//! The pictures of families: a fan each, the parts of demand, and scenarios side by side.

use super::series::{fan, of_months, source, values};
use crate::evaluate::observed::months;
use crate::month::Month;
use crate::output::charts::{Band, FanChart, Parts, Scenario, Scenarios, Series, Words};
use crate::output::words::{capital, count, percent, percent_range};
use crate::projection::Projection;
use crate::projection::course::Period;
use crate::projection::line::FamilyResult;
use crate::projection::measure::Measure;
use crate::projection::quantiles::{Quantile, Stats};
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
        let scenario = &self.study.scenarios[projection.scenario];
        let label = &self.study.pack.families[family.family].label;
        let share = |year| {
            let total = family.course.period(Period::Year(year))?;
            total.extra_share.as_ref().map(Stats::median)
        };
        let peak = scenario.start.plus(family.course.peak.t as i32).short();
        match (share(1), family.course.peak.uplift.as_ref()) {
            (Some(first), Some(uplift)) => format!(
                "{label}: {} {} in the first year, up to {} more in {peak}",
                percent(first).trim_start_matches(['+', '-']),
                if first < 0.0 { "fewer" } else { "more" },
                percent(uplift.median()).trim_start_matches('+')
            ),
            _ => format!("{label}: most additional demand in {peak}"),
        }
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
            let peak = result.course.peak.uplift.as_ref();
            Some(Scenario {
                name: own.name.clone(),
                note: peak.map_or_else(String::new, |uplift| {
                    let month = own.start.plus(result.course.peak.t as i32).short();
                    format!("peak {month}: {}", percent_range(uplift))
                }),
                start: own.start,
                median: values(months, Stats::median),
                band80: Band::new(
                    values(months, |stats| stats.at(Quantile::Q10)),
                    values(months, |stats| stats.at(Quantile::Q90)),
                ),
            })
        };
        let label = &self.study.pack.families[family].label;
        let (highest, uplift) = results
            .iter()
            .filter_map(|(p, r)| Some((p, r.course.peak.uplift.as_ref()?.median())))
            .max_by(|a, b| a.1.total_cmp(&b.1))?;
        // As many as the printed precision can't tell apart share the first place.
        let first_place: Vec<String> = results
            .iter()
            .filter(|(p, r)| {
                let own = r.course.peak.uplift.as_ref().map(|own| percent(own.median()));
                p.scenario == highest.scenario || own.as_deref() == Some(&percent(uplift))
            })
            .map(|(p, _)| self.study.scenarios[p.scenario].name.to_lowercase())
            .collect();
        Some(Scenarios {
            words: Words::new(
                format!(
                    "{label}: most demand if {}, {} above the usual",
                    first_place.join(" or "),
                    percent(uplift).trim_start_matches('+')
                ),
                format!(
                    "{} a month, {}, median and 80% of draws",
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
