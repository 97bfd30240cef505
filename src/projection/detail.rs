//! Every pathway by month, on request: means over draws of people at risk, referred, started, in
//! treatment and in contact, all of the surge and so without levers.

use rayon::prelude::*;

use super::block::Prepared;
use super::case::Case;
use super::parameters::{Layouts, parameters};
use crate::draw::LANES;
use crate::lane::Lane;
use crate::model::pathway::{Detail, Outcome, System, Table};
use crate::study::Study;

/// What a row of the detail counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DetailMeasure {
    /// People of a group who enter the stock at risk.
    AtRiskInflow,
    /// People of a group at risk at the start of the month.
    AtRisk,
    /// People referred along a pathway.
    Referrals,
    /// People who start treatment.
    Starts,
    /// People in treatment at the start of the month.
    Caseload,
    /// Contacts with them.
    Contacts,
}

impl DetailMeasure {
    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AtRiskInflow => "at_risk_inflow",
            Self::AtRisk => "at_risk",
            Self::Referrals => "referrals",
            Self::Starts => "starts",
            Self::Caseload => "caseload",
            Self::Contacts => "contacts",
        }
    }
}

/// One group or pathway over the months.
#[derive(Clone, Debug)]
pub struct DetailRow {
    /// The group.
    pub group: usize,
    /// The condition and service, or none for the group as a whole.
    pub pathway: Option<(usize, usize)>,
    /// What is counted.
    pub measure: DetailMeasure,
    /// The mean over draws by month.
    pub months: Vec<f64>,
}

/// The detail of one scenario in one area.
pub fn of_case(study: &Study, scenario: usize, area: usize) -> Vec<DetailRow> {
    let layouts = Layouts::new(&study.pack);
    let case = Case::new(study, scenario, area);
    let sums = if study.draws.count == 0 {
        sums::<1>(study, &layouts, &case, 1)
    } else {
        sums::<LANES>(study, &layouts, &case, study.draws.count)
    };
    rows(&layouts, &case, &sums)
}

/// The measures of groups and of pathways, in the order of the sums.
const OF_GROUPS: [DetailMeasure; 2] = [DetailMeasure::AtRiskInflow, DetailMeasure::AtRisk];
const OF_PATHWAYS: [DetailMeasure; 4] = [
    DetailMeasure::Referrals,
    DetailMeasure::Starts,
    DetailMeasure::Caseload,
    DetailMeasure::Contacts,
];

/// Means over draws, a value a row and month; blocks are added in their order, so that the number
/// of threads does not matter.
fn sums<const L: usize>(
    study: &Study,
    layouts: &Layouts,
    case: &Case<'_>,
    draws: usize,
) -> Vec<f64> {
    let streams = study.figures.streams(study.draws.seed);
    let blocks: Vec<Vec<f64>> = (0..draws.div_ceil(L))
        .into_par_iter()
        .map(|block| {
            let prepared = Prepared::<L>::new(study, &streams, block as u64);
            let prepared = prepared.in_area(study, &streams, &case.area.id);
            block_sums(study, layouts, case, &prepared, L.min(draws - block * L))
        })
        .collect();
    let mut total = vec![0.0; blocks.first().map_or(0, Vec::len)];
    for block in blocks {
        for (total, value) in total.iter_mut().zip(block) {
            *total += value;
        }
    }
    for value in &mut total {
        *value /= draws as f64;
    }
    total
}

fn block_sums<const L: usize>(
    study: &Study,
    layouts: &Layouts,
    case: &Case<'_>,
    prepared: &Prepared<L>,
    lanes: usize,
) -> Vec<f64> {
    let (pack, layout, months) = (&study.pack, &layouts.pathway, case.months());
    let Some(entries) = prepared.run(study, layouts, std::slice::from_ref(case)).pop() else {
        return Vec::new();
    };
    let mut inflow = Table::new(pack.groups.len(), months);
    for group in 0..pack.groups.len() {
        let parts = entries.entering_immediate.row(group).iter();
        let parts = parts.zip(entries.entering_longitudinal.row(group));
        for (sum, (early, late)) in inflow.row_mut(group).iter_mut().zip(parts) {
            *sum = *early + *late;
        }
    }
    let mut system = System::new(layout, pack.refused, months);
    system.set(&parameters(pack, layouts, &prepared.sample));
    let mut outcome = Outcome::new(layout, months);
    system.run(&inflow, &mut outcome);
    let mut detail = Detail::new(layout, months);
    detail.fill(&system, &outcome);
    let sum = |values: &Lane<L>| values[..lanes].iter().sum::<f64>();
    let sized = |service: usize, values: &Lane<L>| case.services[service] * sum(values);
    let mut sums = Vec::new();
    for group in 0..pack.groups.len() {
        sums.extend(inflow.row(group).iter().map(sum));
        sums.extend(outcome.at_risk.row(group).iter().map(sum));
    }
    for (index, pathway) in layout.pathways().iter().enumerate() {
        let figures = &pack.services[pathway.service].figures;
        let (factor, contacts) =
            (prepared.sample[figures.surge], prepared.sample[figures.contacts]);
        let sum = |values: Lane<L>| sized(pathway.service, &(values * factor));
        sums.extend((0..months).map(|t| sum(*detail.referrals(index, t))));
        sums.extend((0..months).map(|t| sum(*detail.starts(index, t))));
        sums.extend((0..months).map(|t| sum(*detail.caseload(index, t))));
        sums.extend((0..months).map(|t| sum(*detail.caseload(index, t) * contacts)));
    }
    sums
}

fn rows(layouts: &Layouts, case: &Case<'_>, sums: &[f64]) -> Vec<DetailRow> {
    let layout = &layouts.pathway;
    let groups =
        (0..layout.groups()).flat_map(|group| OF_GROUPS.map(|measure| (group, None, measure)));
    let pathways = layout.pathways().iter().flat_map(|p| {
        OF_PATHWAYS.map(|measure| (p.group, Some((p.condition, p.service)), measure))
    });
    groups
        .chain(pathways)
        .zip(sums.chunks(case.months()))
        .map(|((group, pathway, measure), months)| DetailRow {
            group,
            pathway,
            measure,
            months: months.to_vec(),
        })
        .collect()
}
