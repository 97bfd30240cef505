//! How ill the people of the surge are, by service and month: the conditions that bring them, for
//! the severity mix of [`crate::model::severity`].

use super::case::Line;
use super::entries::{Block, Prepared};
use crate::model::pathway::Table;
use crate::model::severity::Conditions;
use crate::study::figures::Sample;
use crate::study::pack::{Need, Pack};

/// The ways to a service at which some conditions are severer than others.
#[derive(Debug)]
pub struct Ways<const L: usize> {
    service: usize,
    conditions: Conditions<L>,
}

/// The services at which some conditions are severer than others.
pub fn services(pack: &Pack) -> impl Iterator<Item = usize> + '_ {
    (0..pack.services.len()).filter(|s| !pack.services[*s].severe_by_condition.is_empty())
}

/// The ways to each of those services: `referred = rate x help_seeking x weight / sum of weights`,
/// as in the pathway, with the severe share of each.
pub fn ways<const L: usize>(pack: &Pack, sample: &Sample<L>) -> Vec<Ways<L>> {
    let to = |service: usize| {
        let mut conditions = Conditions::default();
        for route in pack.routes.iter().filter(|route| route.service == service) {
            let same =
                |need: &&Need| need.group == route.group && need.condition == route.condition;
            let Some(need) = pack.needs.iter().find(same) else { continue };
            let mut rates = [0.0; L];
            for other in pack.needs.iter().filter(|other| other.group == route.group) {
                add(&mut rates, &sample[other.rate]);
            }
            let mut weights = [0.0; L];
            for other in &pack.routes {
                if other.group == route.group && other.condition == route.condition {
                    add(&mut weights, &sample[other.weight]);
                }
            }
            let (rate, help) = (&sample[need.rate], &sample[need.help_seeking]);
            let weight = &sample[route.weight];
            let referred = std::array::from_fn(|i| {
                let share = if weights[i] > 0.0 { weight[i] / weights[i] } else { 0.0 };
                rate[i] / rates[i].max(1.0) * help[i] * share
            });
            let severe = pack.services[service].severe_share(route.condition);
            conditions.add(route.group, &referred, &sample[severe]);
        }
        Ways { service, conditions }
    };
    services(pack).map(to).collect()
}

/// The severe share of the surge by month, for each of those services; in a month without anyone,
/// the service's own.
pub fn severe_shares<const L: usize>(
    ways: &[Ways<L>],
    (pack, sample): (&Pack, &Sample<L>),
    at_risk: &Table<L>,
) -> Vec<(usize, Vec<[f64; L]>)> {
    let of = |ways: &Ways<L>| {
        let own = &sample[pack.services[ways.service].figures.severity.severe_share];
        let month = |t: usize| -> [f64; L] {
            let severe = ways.conditions.severe(|group| &at_risk[(group, t)]);
            std::array::from_fn(|i| severe[i].unwrap_or(own[i]))
        };
        (ways.service, (0..at_risk.months()).map(month).collect())
    };
    ways.iter().map(of).collect()
}

/// The severe share of a line's surge in month `t`; none where its conditions say nothing. Members
/// of a total count by their surge.
pub fn severe_of_line<const L: usize>(
    pack: &Pack,
    line: &Line<'_>,
    prepared: &Prepared<L>,
    entries: &Block<L>,
    t: usize,
) -> Option<[f64; L]> {
    let known = |service: usize| entries.severe.iter().find(|(own, _)| *own == service);
    if let [(only, _)] = line.members.as_slice() {
        return known(*only).map(|(_, months)| months[t]);
    }
    line.members.iter().find(|(member, _)| known(*member).is_some())?;
    let (mut all, mut ill) = ([0.0; L], [0.0; L]);
    let mut usual = [0.0; L];
    for (member, weight) in &line.members {
        let own = &prepared.sample[pack.services[*member].figures.severity.severe_share];
        let severe = known(*member).map_or(own, |(_, months)| &months[t]);
        let (early, late) = (entries.immediate[(*member, t)], entries.longitudinal[(*member, t)]);
        for i in 0..L {
            usual[i] += weight * own[i];
            all[i] += early[i] + late[i];
            ill[i] += (early[i] + late[i]) * severe[i];
        }
    }
    Some(std::array::from_fn(|i| if all[i] > 0.0 { ill[i] / all[i] } else { usual[i] }))
}

fn add<const L: usize>(sum: &mut [f64; L], part: &[f64; L]) {
    for i in 0..L {
        sum[i] += part[i];
    }
}
