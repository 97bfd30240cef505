//! How ill the people of the surge are, by service and month: the conditions that bring them, for
//! the severity mix of [`crate::model::severity`].

use super::block::{Block, Prepared};
use super::case::Line;
use super::parameters::Layouts;
use crate::lane::Lane;
use crate::model::pathway::Table;
use crate::model::severity::Conditions;
use crate::study::figures::Sample;
use crate::study::pack::Pack;

/// The ways to a service at which some conditions are severer than others.
#[derive(Debug)]
pub struct Ways<const L: usize> {
    service: usize,
    conditions: Conditions<L>,
}

/// The ways to each service at which some conditions are severer, by the pathway's rule, with the
/// severe share of each.
pub fn ways<const L: usize>(
    (pack, layouts): (&Pack, &Layouts),
    sample: &Sample<L>,
) -> Vec<Ways<L>> {
    let accepted = |service: usize| sample[pack.services[service].figures.accepted];
    let rate = |need: usize| sample[layouts.rate[need]];
    let help_seeking = |need: usize| sample[layouts.help_seeking[need]];
    ways_by((pack, layouts), sample, rate, help_seeking, accepted)
}

/// The same with rates and help-seeking by need, and acceptance by service, as levers leave them.
pub fn ways_by<const L: usize>(
    (pack, layouts): (&Pack, &Layouts),
    sample: &Sample<L>,
    rate: impl Fn(usize) -> Lane<L>,
    help_seeking: impl Fn(usize) -> Lane<L>,
    accepted: impl Fn(usize) -> Lane<L>,
) -> Vec<Ways<L>> {
    let layout = &layouts.pathway;
    let to = |service: usize| {
        let mut conditions = Conditions::default();
        for (need, of) in layout.needs().iter().enumerate() {
            let mut pathways = layout.pathways_of_need(need);
            let to_here = |pathway: &usize| layout.pathways()[*pathway].service == service;
            let Some(pathway) = pathways.find(to_here) else { continue };
            let of_pack = (sample, pack.refused);
            let fate = layouts.fate(of_pack, need, &rate, help_seeking(need), &accepted);
            let referred = fate.referred(sample[layouts.weight[pathway]]);
            let severe = pack.services[service].severe_share(of.condition);
            conditions.add(of.group, &referred, &sample[severe]);
        }
        Ways { service, conditions }
    };
    pack.services_by_condition().map(to).collect()
}

/// The severe share of the surge by month, for each of those services; in a month without anyone,
/// the service's own.
pub fn severe_shares<const L: usize>(
    ways: &[Ways<L>],
    (pack, sample): (&Pack, &Sample<L>),
    at_risk: &Table<L>,
) -> Vec<(usize, Vec<Lane<L>>)> {
    let of = |ways: &Ways<L>| {
        let month = |t: usize| ways.severe((pack, sample), at_risk, t);
        (ways.service, (0..at_risk.months()).map(month).collect())
    };
    ways.iter().map(of).collect()
}

impl<const L: usize> Ways<L> {
    /// The severe share of the surge of its service in a month.
    pub fn severe(
        &self,
        (pack, sample): (&Pack, &Sample<L>),
        at_risk: &Table<L>,
        t: usize,
    ) -> Lane<L> {
        let own = &sample[pack.services[self.service].figures.severity.severe_share];
        self.conditions.severe(|group| &at_risk[(group, t)], own)
    }
}

/// The severe share of a line's surge in month `t`; none where its conditions say nothing. Members
/// of a total count by their surge.
pub fn severe_of_line<const L: usize>(
    pack: &Pack,
    line: &Line<'_>,
    prepared: &Prepared<L>,
    entries: &Block<L>,
    t: usize,
) -> Option<Lane<L>> {
    let levers = entries.levers.as_ref();
    let by_service = levers.and_then(|own| own.severe.as_ref()).unwrap_or(&entries.severe);
    let changed = levers.and_then(|own| own.surge.as_ref());
    let known = |service: usize| by_service.iter().find(|(own, _)| *own == service);
    if let [(only, _)] = line.members.as_slice() {
        return known(*only).map(|(_, months)| months[t]);
    }
    line.members.iter().find(|(member, _)| known(*member).is_some())?;
    let (mut all, mut ill) = (Lane::<L>::ZERO, Lane::<L>::ZERO);
    let mut usual = Lane::<L>::ZERO;
    for (member, weight) in &line.members {
        let own = &prepared.sample[pack.services[*member].figures.severity.severe_share];
        let severe = known(*member).map_or(own, |(_, months)| &months[t]);
        let (early, late) = (entries.immediate[(*member, t)], entries.longitudinal[(*member, t)]);
        let come = changed.map_or(early + late, |own| (early + late + own[(*member, t)]).max(0.0));
        usual += *weight * *own;
        all += come;
        ill += come * *severe;
    }
    Some(ill.share_where(all, &usual))
}
