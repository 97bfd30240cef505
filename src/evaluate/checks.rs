//! Results held against published figures, said plainly where they disagree.

use crate::projection::Projection;
use crate::projection::equity::{EquityMeasure, EquityResult};
use crate::projection::measure::NeedMeasure;
use crate::projection::quantiles::Stats;
use crate::study::Study;
use crate::study::checks::{PublishedFigure, Quantity, Relation};
use crate::study::pack::GroupKind;

/// A published figure beside ours.
#[derive(Clone, Debug)]
pub struct Finding<'a> {
    /// The published figure.
    pub check: &'a PublishedFigure,
    /// The figure scaled to the area, where it counts people.
    pub published: f64,
    /// From where to where ours agrees with it; from `-inf` where it is to be below.
    pub band: (f64, f64),
    /// Ours.
    pub ours: Stats,
    /// Whether the two agree.
    pub verdict: Verdict,
}

/// How far a result and a published figure agree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The median is as published.
    Agrees,
    /// The median is not, but its range from the 5th to the 95th percentile reaches there.
    InRange,
    /// Not even the range reaches there.
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
}

/// The checks that a projection has an answer to.
pub fn findings<'a>(study: &'a Study, projection: &Projection) -> Vec<Finding<'a>> {
    let finding = |check: &'a PublishedFigure| {
        let ours = ours(study, projection, &check.quantity)?;
        let scale = match check.population {
            Some(of) => study.pack.population? * people(study, projection) / of,
            None => 1.0,
        };
        let (low, high) = match check.relation {
            Relation::About { low, high } => (low * scale, high * scale),
            Relation::Below => (f64::NEG_INFINITY, check.value * scale),
        };
        let verdict = if (low..=high).contains(&ours.median()) {
            Verdict::Agrees
        } else if ours.q05() <= high && ours.q95() >= low {
            Verdict::InRange
        } else {
            Verdict::Differs
        };
        Some(Finding { check, published: check.value * scale, band: (low, high), ours, verdict })
    };
    study.checks.iter().filter_map(finding).collect()
}

/// Our answer; none where the pack does not know the group or stratum.
fn ours(study: &Study, projection: &Projection, quantity: &Quantity) -> Option<Stats> {
    let needs = &projection.needs;
    let group = |id: &String| study.pack.groups.iter().position(|group| group.id == *id);
    let of = |list: &[(usize, Stats)], id: &String| {
        let group = group(id)?;
        list.iter().find(|(of, _)| *of == group).map(|(_, stats)| *stats)
    };
    match quantity {
        Quantity::Need(None) => Some(needs.total),
        Quantity::Need(Some(id)) => of(&needs.by_group, id),
        Quantity::Care(id) => of(&needs.care, id),
        Quantity::Rise(id) => {
            let index = group(id)?;
            let months = needs.months(Some(index), None, NeedMeasure::InNeed)?;
            let worst = months.iter().max_by(|a, b| a.median().total_cmp(&b.median()))?;
            let people = size(study, projection, index);
            (people > 0.0).then(|| worst.over(people))
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
