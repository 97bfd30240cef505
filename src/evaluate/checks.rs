//! Results held against published figures, said plainly where they disagree.

use crate::month::Month;
use crate::projection::course::Period;
use crate::projection::equity::{EquityMeasure, EquityResult};
use crate::projection::measure::NeedMeasure;
use crate::projection::quantiles::{Quantile, Stats};
use crate::projection::{FamilyResult, LineResult, Projection};
use crate::study::Study;
use crate::study::checks::{PublishedFigure, Quantity, Relation};
use crate::study::pack::{GroupKind, same_name};

/// A published figure beside ours.
#[derive(Clone, Debug)]
pub struct Finding<'a> {
    /// The published figure.
    pub check: &'a PublishedFigure,
    /// Its range; from `-inf` where ours is to be below.
    pub band: (f64, f64),
    /// Ours.
    pub ours: Stats,
    /// Whether the two agree.
    pub verdict: Verdict,
}

/// How far a result and a published figure agree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Their central halves overlap.
    Agrees,
    /// Their ranges from the 5th to the 95th percentile do, their central halves do not.
    InRange,
    /// Not even the ranges overlap.
    Differs,
}

impl Verdict {
    /// In a word or two.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::InRange => "in range",
            Self::Differs => "differs",
        }
    }

    fn of(ours: &Stats, check: &PublishedFigure) -> Self {
        /// The quartile of a normal over its 95th percentile.
        const QUARTILE: f64 = 0.41;
        let [q05, q25, q75, q95] =
            [Quantile::Q05, Quantile::Q25, Quantile::Q75, Quantile::Q95].map(|q| ours.at(q));
        match check.relation {
            Relation::Below if q75 <= check.value => Self::Agrees,
            Relation::Below if q05 <= check.value => Self::InRange,
            Relation::Below => Self::Differs,
            Relation::About { low, high } => {
                let value = check.value;
                let half = (value - QUARTILE * (value - low), value + QUARTILE * (high - value));
                let overlaps =
                    |from: f64, to: f64, band: (f64, f64)| from <= band.1 && to >= band.0;
                if overlaps(q25, q75, half) {
                    Self::Agrees
                } else if overlaps(q05, q95, (low, high)) {
                    Self::InRange
                } else {
                    Self::Differs
                }
            }
        }
    }
}

/// The checks that speak of what a projection is of, and that it has an answer to.
pub fn findings<'a>(study: &'a Study, projection: &Projection) -> Vec<Finding<'a>> {
    let finding = |check: &'a PublishedFigure| {
        if !speaks_of(study, projection, check) {
            return None;
        }
        let ours = ours(study, projection, check)?;
        let band = match check.relation {
            Relation::About { low, high } => (low, high),
            Relation::Below => (f64::NEG_INFINITY, check.value),
        };
        Some(Finding { check, band, verdict: Verdict::of(&ours, check), ours })
    };
    study.checks.iter().filter_map(finding).collect()
}

/// Whether a figure is of the area, the months and the course of the epidemic of a projection: what
/// came in 2021 says nothing of a scenario of other years, or of one without its waves.
fn speaks_of(study: &Study, projection: &Projection, check: &PublishedFigure) -> bool {
    let (scenario, area) = (&study.scenarios[projection.scenario], &study.areas[projection.area]);
    let is_of_area = check.area.is_empty() || same_name(&check.area, &area.id);
    let is_of_months = check.months.is_none_or(|(from, to)| {
        let peaks = scenario.waves.iter().map(|wave| Month::of(wave.peak));
        let came = peaks.filter(|peak| *peak <= to && peak.plus(24) >= from).count();
        scenario.start <= from && scenario.last() >= to && came >= check.waves
    });
    is_of_area && is_of_months && scenario.curve.is_none()
}

/// Our answer; none where the pack does not know the group, service or stratum.
fn ours(study: &Study, projection: &Projection, check: &PublishedFigure) -> Option<Stats> {
    let needs = &projection.needs;
    let group = |id: &String| study.pack.groups.iter().position(|group| group.id == *id);
    let of = |list: &[(usize, Stats)], id: &String| {
        let group = group(id)?;
        list.iter().find(|(of, _)| *of == group).map(|(_, stats)| *stats)
    };
    match &check.quantity {
        Quantity::Need(None) => Some(needs.total),
        Quantity::Need(Some(id)) => of(&needs.by_group, id),
        Quantity::Care(id) => of(&needs.care, id),
        Quantity::Rise(id) => {
            let index = group(id)?;
            let months = needs.months(Some(index), None, NeedMeasure::InNeed)?;
            let start = study.scenarios[projection.scenario].start;
            let at = |month: Month| usize::try_from(month.since(start)).ok();
            let people = size(study, projection, index);
            let stats = match check.months {
                Some((from, to)) => mean(months.get(at(from)?..=at(to)?)?)?,
                None => *months.iter().max_by(|a, b| a.median().total_cmp(&b.median()))?,
            };
            (people > 0.0).then(|| stats.over(people))
        }
        Quantity::Referrals(id) => year(study, projection, check, id).map(|(stats, _)| stats),
        Quantity::Growth(id) => {
            let (stats, baseline) = year(study, projection, check, id)?;
            let baseline = baseline.filter(|year| *year > 0.0)?;
            let share = stats.over(baseline);
            Some(Stats::new(share.mean - 1.0, |quantile| share.at(quantile) - 1.0))
        }
        Quantity::NeedRatio { stratification, over, under, family } => {
            let index = study.pack.stratifications.iter().position(|s| s.id == *stratification)?;
            let family = match family {
                Some(id) => Some(study.pack.families.iter().position(|f| f.id == *id)?),
                None => None,
            };
            let result = split(projection, index, family)?;
            let per_head = |id: &String| {
                let strata = &study.pack.stratifications[index].strata;
                let stratum = strata.iter().position(|s| s.id == *id)?;
                let need = result.horizon(stratum, EquityMeasure::NeedShare)?.median();
                let people = result.horizon(stratum, EquityMeasure::PopulationShare)?.median();
                (people > 0.0).then_some(need / people)
            };
            let under = per_head(under).filter(|under| *under > 0.0)?;
            Some(Stats::point(per_head(over)? / under))
        }
    }
}

/// Referrals of the financial year that a figure begins with, and those of a year of the baseline.
fn year(
    study: &Study,
    projection: &Projection,
    check: &PublishedFigure,
    id: &str,
) -> Option<(Stats, Option<f64>)> {
    let period = Period::Financial(check.months?.0.financial_year());
    let service = |line: &&LineResult| study.pack.services[line.service].id == id;
    let family = |family: &&FamilyResult| study.pack.families[family.family].id == id;
    let (course, baseline) = match projection.families.iter().find(family) {
        Some(found) => (&found.course, found.baseline_year),
        None => {
            let found = projection.lines.iter().find(service)?;
            (&found.course, found.baseline_year)
        }
    };
    Some((course.period(period)?.referrals?, baseline))
}

/// The mean over months of each quantile: months in need go up and down together.
fn mean(months: &[Stats]) -> Option<Stats> {
    let count = months.len() as f64;
    let of = |of: &dyn Fn(&Stats) -> f64| months.iter().map(of).sum::<f64>() / count;
    (count > 0.0)
        .then(|| Stats::new(of(&|stats| stats.mean), |quantile| of(&|stats| stats.at(quantile))))
}

/// The split of need, or of a family.
pub fn split(
    projection: &Projection,
    stratification: usize,
    family: Option<usize>,
) -> Option<&EquityResult> {
    let results = projection.needs.equity.iter();
    let mut results = results.chain(projection.families.iter().flat_map(|f| &f.equity));
    results.find(|r| r.stratification == stratification && r.family == family)
}

/// People of a group in the area, as the model counts them.
fn size(study: &Study, projection: &Projection, index: usize) -> f64 {
    let (area, group) = (&study.areas[projection.area], &study.pack.groups[index]);
    let central = |id| study.figures.get(id).number.central;
    let own = area.sizes.iter().find(|(of, _)| *of == index).map(|(_, size)| *size);
    let overlap =
        if group.kind == GroupKind::Population { central(study.pack.overlap.factor) } else { 1.0 };
    own.unwrap_or_else(|| central(group.size) * people(study, projection)) * overlap
}

/// The area's people beside the reference area's.
fn people(study: &Study, projection: &Projection) -> f64 {
    let (scenario, area) = (&study.scenarios[projection.scenario], &study.areas[projection.area]);
    study.sizing(scenario, area).people
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::figures::Grade;

    fn published(relation: Relation, value: f64) -> PublishedFigure {
        PublishedFigure {
            id: String::new(),
            label: String::new(),
            quantity: Quantity::Need(None),
            relation,
            value,
            months: None,
            waves: 0,
            area: String::new(),
            source: String::new(),
            grade: Grade::A,
            as_of: String::new(),
            note: String::new(),
        }
    }

    #[test]
    fn central_halves_must_overlap_and_not_ends() {
        let about = published(Relation::About { low: 90.0, high: 110.0 }, 100.0);
        // Quantiles at 2.5, 5, 10, 25, 50, 75, 90, 95 and 97.5%.
        let ours = |middle: f64| {
            let away = [-12.0, -10.0, -8.0, -4.0, 0.0, 4.0, 8.0, 10.0, 12.0];
            Stats::new(middle, |quantile| middle + away[quantile as usize])
        };
        for (middle, verdict) in [
            (100.0, Verdict::Agrees),
            (107.0, Verdict::Agrees),
            (109.0, Verdict::InRange),
            (119.0, Verdict::InRange),
            (121.0, Verdict::Differs),
        ] {
            assert_eq!(Verdict::of(&ours(middle), &about), verdict, "{middle}");
        }
        let below = published(Relation::Below, 100.0);
        for (middle, verdict) in
            [(96.0, Verdict::Agrees), (97.0, Verdict::InRange), (111.0, Verdict::Differs)]
        {
            assert_eq!(Verdict::of(&ours(middle), &below), verdict, "{middle}");
        }
    }
}
