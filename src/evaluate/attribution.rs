//! Where a surge comes from: its referrals by driver, group and condition.
//!
//! The pathway is linear in who enters, so the referrals of a service are the sum over exposures
//! (a driver acting on a group) of what each alone would send; within an exposure, pathways share
//! them by condition. All at central values, so the parts add up to the central surge.

use crate::model::pathway::{Detail, Outcome, System, Table};
use crate::projection::block::Prepared;
use crate::projection::case::Case;
use crate::projection::parameters::{Layouts, parameters};
use crate::study::Study;

/// One source of a service's surge.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Part {
    /// The driver; none for a group that follows a curve.
    pub driver: Option<usize>,
    /// The group.
    pub group: usize,
    /// The condition.
    pub condition: usize,
    /// Referrals.
    pub referrals: f64,
}

/// The central surge of `service` by its sources, over `months` of the scenario.
pub fn attribute(
    study: &Study,
    case: &Case<'_>,
    service: usize,
    months: std::ops::Range<usize>,
) -> Vec<Part> {
    let pack = &study.pack;
    let layouts = Layouts::new(pack);
    let layout = &layouts.pathway;
    let prepared = Prepared::<1> { block: 0, sample: study.figures.central() };
    let line = case.lines.iter().find(|line| line.service == service);
    let members: Vec<usize> =
        line.map_or_else(|| vec![service], |line| line.members.iter().map(|(m, _)| *m).collect());
    let ratio = |member: usize| {
        let figures = &pack.services[member].figures;
        let [accepted, surge] =
            [figures.accepted, figures.surge].map(|id| study.figures.get(id).number.central);
        surge * line.map_or(1.0, |line| line.per_member.unwrap_or(accepted)) * case.services[member]
    };
    let mut system = System::new(layout, pack.refused, case.months());
    system.set(&parameters(pack, &layouts, &prepared.sample));
    let mut outcome = Outcome::new(layout, case.months());
    let mut parts = Vec::new();
    for (driver, group, entering) in prepared.entering_by_source(pack, case) {
        let mut inflow = Table::new(pack.groups.len(), case.months());
        inflow.row_mut(group).copy_from_slice(&entering);
        system.run(&inflow, &mut outcome);
        let mut detail = Detail::new(layout, case.months());
        detail.fill(&system, &outcome);
        for need in layout.needs_of_group(group) {
            let referrals: f64 = layout
                .pathways_of_need(need)
                .filter(|pathway| members.contains(&layout.pathways()[*pathway].service))
                .map(|pathway| {
                    let sum: f64 = months.clone().map(|t| detail.referrals(pathway, t)[0]).sum();
                    sum * ratio(layout.pathways()[pathway].service)
                })
                .sum();
            if referrals > 0.0 {
                let condition = layout.needs()[need].condition;
                parts.push(Part { driver, group, condition, referrals });
            }
        }
    }
    parts
}

/// Sums of parts by one of their properties, the greatest first.
pub fn by<K: PartialEq + Copy>(parts: &[Part], key: impl Fn(&Part) -> K) -> Vec<(K, f64)> {
    let mut sums: Vec<(K, f64)> = Vec::new();
    for part in parts {
        let key = key(part);
        match sums.iter_mut().find(|(own, _)| *own == key) {
            Some((_, sum)) => *sum += part.referrals,
            None => sums.push((key, part.referrals)),
        }
    }
    sums.sort_by(|a, b| b.1.total_cmp(&a.1));
    sums
}
