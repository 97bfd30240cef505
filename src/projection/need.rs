//! Need by group and condition, over all draws: who newly develops a condition, who has it now,
//! and whom no service reaches.
//!
//! ```text
//! need(g,c)(t)    = inflow(g)(t) x rate(g,c)
//! in_need(g,c)(t) = in_need(g,c)(t-1) x 2^(-1 / duration(c)) + need(g,c)(t)
//! ```

use std::ops::Range;

use rayon::prelude::*;

use super::block::{Block, Prepared};
use super::case::Case;
use super::course::Period;
use super::equity::{self, EquityResult, NeedTotals};
use super::lever_block::LeverBlock;
use super::measure::NeedMeasure;
use super::parameters::Layouts;
use super::quantiles::{Stats, Summariser};
use super::spare::Spare;
use crate::lane::Lane;
use crate::model::pathway::Fate;
use crate::study::Study;
use crate::study::figures::Sample;
use crate::study::lever::{Acts, On};

/// Memory that groups in work may hold at once, in bytes.
const GROUPS_BYTES: usize = 128 << 20;

/// Need of a case.
#[derive(Debug, Default)]
pub struct NeedResult {
    /// By group and condition; `None` stands for all of them.
    pub rows: Vec<NeedRow>,
    /// People who newly develop a condition over the horizon, all groups together.
    pub total: Stats,
    /// The same by group.
    pub by_group: Vec<(usize, Stats)>,
    /// By group, the share of people in need that is seen and accepted.
    pub care: Vec<(usize, Stats)>,
    /// Need by strata of the population.
    pub equity: Vec<EquityResult>,
    /// Per draw, need and unmet need over the horizon, all groups together.
    pub draws: Vec<(NeedMeasure, Vec<f64>)>,
    /// Per draw, the people whom levers reach before they come to a service, of those there would be
    /// without levers; somebody reached by two counts twice.
    pub reached: Vec<f64>,
}

impl NeedResult {
    /// A measure by month of a group and condition.
    pub fn months(
        &self,
        group: Option<usize>,
        condition: Option<usize>,
        measure: NeedMeasure,
    ) -> Option<&[Stats]> {
        let row = self.rows.iter().find(|row| row.group == group && row.condition == condition)?;
        row.measures.iter().find(|(m, _)| *m == measure).map(|(_, months)| months.as_slice())
    }
}

/// Need of a group with a condition by month.
#[derive(Debug)]
pub struct NeedRow {
    /// The group, or all.
    pub group: Option<usize>,
    /// The condition, or all.
    pub condition: Option<usize>,
    /// Statistics by measure and month.
    pub measures: Vec<(NeedMeasure, Vec<Stats>)>,
}

/// All draws of one group and condition, or of a sum of them.
#[derive(Clone)]
struct Buffer<const L: usize> {
    blocks: usize,
    months: usize,
    values: Vec<Lane<L>>,
}

impl<const L: usize> Buffer<L> {
    fn bytes(&self) -> usize {
        size_of_val(self.values.as_slice())
    }

    fn at(&mut self, measure: NeedMeasure, t: usize, block: usize) -> &mut Lane<L> {
        &mut self.values[(measure as usize * self.months + t) * self.blocks + block]
    }

    /// The draws of a measure in a month, block by block: a slice at once, for an iterator over all
    /// of them takes several times as long.
    fn draws(&self, measure: NeedMeasure, t: usize) -> &[Lane<L>] {
        &self.values[(measure as usize * self.months + t) * self.blocks..][..self.blocks]
    }

    /// Puts the draws of a measure in a month in place of `draws`.
    fn fill(&self, measure: NeedMeasure, t: usize, count: usize, draws: &mut Vec<f64>) {
        draws.clear();
        for block in self.draws(measure, t) {
            draws.extend_from_slice(&block.0);
        }
        draws.truncate(count);
    }

    fn add(&mut self, other: &Self) {
        let some = self.months * self.blocks;
        let parts = other.values.par_chunks(some);
        self.values.par_chunks_mut(some).zip(parts).for_each(|(sums, parts)| {
            for (sum, part) in sums.iter_mut().zip(parts) {
                *sum += *part;
            }
        });
    }

    fn total(&self, measure: NeedMeasure, draws: usize) -> Vec<f64> {
        self.sum(measure, 0..self.months, draws)
    }

    fn sum(&self, measure: NeedMeasure, months: Range<usize>, draws: usize) -> Vec<f64> {
        let mut sums = vec![0.0; draws];
        for t in months {
            for (sums, block) in sums.chunks_mut(L).zip(self.draws(measure, t)) {
                for (sum, value) in sums.iter_mut().zip(block) {
                    *sum += value;
                }
            }
        }
        sums
    }
}

/// One group's part of [`NeedResult`], and its draws.
struct GroupNeed<const L: usize> {
    rows: Vec<NeedRow>,
    total: Stats,
    care: Option<Stats>,
    sum: Buffer<L>,
}

struct Stage<'a, const L: usize> {
    study: &'a Study,
    layouts: &'a Layouts,
    case: &'a Case<'a>,
    prepared: &'a [&'a Prepared<L>],
    entries: &'a [&'a Block<L>],
    draws: usize,
    spare: &'a Spare<L>,
}

/// Runs and summarises the need of every group and condition.
pub fn summarise<const L: usize>(
    study: &Study,
    layouts: &Layouts,
    case: &Case<'_>,
    (prepared, entries): (&[&Prepared<L>], &[&Block<L>]),
    draws: usize,
    spare: &Spare<L>,
) -> NeedResult {
    let stage = Stage { study, layouts, case, prepared, entries, draws, spare };
    let mut all = stage.buffer();
    all.values.fill(Lane::ZERO);
    let mut rows = Vec::new();
    let mut by_group = Vec::new();
    let mut care = Vec::new();
    // Some groups at once, so that the draws of those alone are held; added up in their order.
    let most = GROUPS_BYTES / (2 * all.bytes()).max(1);
    let at_once = most.min(2 * rayon::current_num_threads()).max(1);
    let groups: Vec<usize> = (0..study.pack.groups.len()).collect();
    for some in groups.chunks(at_once) {
        let results: Vec<_> = some.par_iter().map(|group| stage.group(*group)).collect();
        for (group, result) in some.iter().zip(results) {
            all.add(&result.sum);
            spare.keep(result.sum.values);
            by_group.push((*group, result.total));
            care.extend(result.care.map(|stats| (*group, stats)));
            rows.extend(result.rows);
        }
    }
    let compared = [NeedMeasure::Need, NeedMeasure::Unmet];
    let totals: Vec<_> = compared.into_iter().map(|m| (m, all.total(m, draws))).collect();
    let total = Summariser::default().stats(totals[0].1.iter().copied());
    let (whole, equity) = rayon::join(
        || stage.row(None, None, &all),
        || equity::of_need(study, case, prepared, &stage.totals(&all)),
    );
    rows.push(whole);
    spare.keep(all.values);
    let reached = stage.reached();
    NeedResult { rows, total, by_group, care, equity, draws: totals, reached }
}

impl<'a, const L: usize> Stage<'a, L> {
    /// The share of people in need that is seen and accepted, over the horizon.
    fn care(&self, sum: &Buffer<L>, summariser: &mut Summariser) -> Option<Stats> {
        let total = |measure| sum.total(measure, self.draws);
        let (seen, unmet) = (total(NeedMeasure::Seen), total(NeedMeasure::Unmet));
        let refused = total(NeedMeasure::BelowThreshold);
        let shares: Vec<f64> = seen
            .iter()
            .zip(&unmet)
            .zip(&refused)
            .filter(|((seen, unmet), _)| *seen + *unmet > 0.0)
            .map(|((seen, unmet), refused)| (seen - refused) / (seen + unmet))
            .collect();
        (!shares.is_empty()).then(|| summariser.stats(shares.into_iter()))
    }

    /// Need by period, draw by draw.
    fn totals(&self, all: &Buffer<L>) -> Vec<NeedTotals> {
        if self.study.pack.stratifications.is_empty() || !self.study.summaries.has_splits() {
            return Vec::new();
        }
        let months = self.case.months();
        let span = |period| match period {
            Period::Year(year) => (year - 1) * 12..(year * 12).min(months),
            Period::Horizon | Period::Financial(_) => 0..months,
        };
        let of_period = |buffer: &Buffer<L>, period| {
            let sum = |measure| buffer.sum(measure, span(period), self.draws);
            let (need, seen) = (sum(NeedMeasure::Need), sum(NeedMeasure::Seen));
            NeedTotals { period, need, seen, unmet: sum(NeedMeasure::Unmet), without: None }
        };
        let without = self.without_levers();
        equity::periods(months)
            .map(|period| NeedTotals {
                without: without.as_ref().map(|buffer| Box::new(of_period(buffer, period))),
                ..of_period(all, period)
            })
            .collect()
    }

    /// Need of everyone without levers, where some levers are for strata.
    fn without_levers(&self) -> Option<Buffer<L>> {
        self.case.scenario.levers.iter().find(|lever| lever.target.is_some())?;
        let (mut all, mut one) = (self.buffer(), self.buffer());
        all.values.fill(Lane::ZERO);
        for (need, own) in self.layouts.pathway.needs().iter().enumerate() {
            self.run((own.group, need, own.condition), |_| None, &mut one, &mut all);
        }
        Some(all)
    }

    /// Room for the draws of one need, every one of which is to be set.
    fn buffer(&self) -> Buffer<L> {
        let (months, blocks) = (self.case.months(), self.entries.len());
        let values = self.spare.take(NeedMeasure::ALL.len() * months * blocks);
        Buffer { blocks, months, values }
    }

    fn group(&self, group: usize) -> GroupNeed<L> {
        let layout = &self.layouts.pathway;
        let (mut sum, mut buffer) = (self.buffer(), self.buffer());
        sum.values.fill(Lane::ZERO);
        let mut rows = Vec::new();
        for need in layout.needs_of_group(group) {
            let condition = layout.needs()[need].condition;
            let levers = |block: &'a Block<L>| block.levers.as_ref();
            self.run((group, need, condition), levers, &mut buffer, &mut sum);
            rows.push(self.row(Some(group), Some(condition), &buffer));
        }
        self.spare.keep(buffer.values);
        if !rows.is_empty() {
            rows.push(self.row(Some(group), None, &sum));
        }
        let mut summariser = Summariser::default();
        let total = summariser.stats(sum.total(NeedMeasure::Need, self.draws).into_iter());
        let care = self.care(&sum, &mut summariser);
        GroupNeed { rows, total, care, sum }
    }

    fn row(&self, group: Option<usize>, condition: Option<usize>, buffer: &Buffer<L>) -> NeedRow {
        let mut summariser = Summariser::default();
        let has_duration =
            condition.is_none_or(|c| self.study.pack.conditions[c].duration.is_some());
        let measures = NeedMeasure::ALL
            .into_iter()
            .filter(|_| self.study.summaries.has_months())
            .filter(|measure| has_duration || !is_stock(*measure))
            .filter(|measure| is_shown(*measure, condition))
            .map(|measure| {
                let month =
                    |t| summariser.stats_of(|draws| buffer.fill(measure, t, self.draws, draws));
                (measure, (0..self.case.months()).map(month).collect())
            })
            .collect();
        NeedRow { group, condition, measures }
    }

    /// Every draw of the need of a group with a condition, in place of what `buffer` held, and
    /// added to `sum`. Of `buffer`, only what its rows show is set.
    fn run(
        &self,
        (group, need, condition): (usize, usize, usize),
        levers: impl Fn(&'a Block<L>) -> Option<&'a LeverBlock<L>>,
        buffer: &mut Buffer<L>,
        sum: &mut Buffer<L>,
    ) {
        let months = self.case.months();
        let duration = self.layouts.duration[need];
        for (block, (prepared, entries)) in self.prepared.iter().zip(self.entries).enumerate() {
            let sample = &prepared.sample;
            let levers = levers(entries);
            let at_risk = levers.and_then(|own| own.at_risk.as_ref()).unwrap_or(&entries.at_risk);
            let entering = levers.and_then(|own| own.entering.as_ref());
            let [soon, later] = entering.map_or(
                [&entries.entering_immediate, &entries.entering_longitudinal],
                |[soon, later]| [soon, later],
            );
            let without_levers = self.fate(need, sample, None);
            let stay = duration.map_or(Lane::ZERO, |id| sample[id].map(|d| (-1.0 / d).exp2()));
            let (mut early, mut late) = (Lane::<L>::ZERO, Lane::<L>::ZERO);
            for t in 0..months {
                let fate =
                    levers.map_or(without_levers, |own| self.fate(need, sample, Some((own, t))));
                let at_risk = at_risk[(group, t)];
                let (new_early, new_late) =
                    (soon[(group, t)] * fate.need, later[(group, t)] * fate.need);
                early = early * stay + new_early;
                late = late * stay + new_late;
                for (measure, value) in [
                    (NeedMeasure::Need, new_early + new_late),
                    (NeedMeasure::InNeed, early + late),
                    (NeedMeasure::InNeedImmediate, early),
                    (NeedMeasure::InNeedLongitudinal, late),
                    (NeedMeasure::BelowThreshold, at_risk * fate.refused),
                    (NeedMeasure::Unmet, at_risk * fate.unseen),
                    (NeedMeasure::Seen, at_risk * fate.seen),
                ] {
                    if is_shown(measure, Some(condition)) {
                        *buffer.at(measure, t, block) = value;
                    }
                    *sum.at(measure, t, block) += value;
                }
            }
        }
    }

    /// The people whom levers reach before they come to a service, over the horizon.
    fn reached(&self) -> Vec<f64> {
        let levers = &self.case.scenario.levers;
        let needs = self.layouts.pathway.needs();
        let mut draws = Vec::with_capacity(self.draws.next_multiple_of(L));
        for (prepared, entries) in self.prepared.iter().zip(self.entries) {
            let mut sum = Lane::<L>::ZERO;
            let Some(own) = &entries.levers else { break };
            for (index, lever) in levers.iter().enumerate() {
                let named = |group: usize| {
                    let people = lever.action.people();
                    needs.iter().any(|need| {
                        need.group == group && people.is_some_and(|p| p.has(group, need.condition))
                    })
                };
                for group in 0..self.study.pack.groups.len() {
                    let on = On::Entering(group);
                    if !lever.action.reaches(on) || !named(group) {
                        continue;
                    }
                    for t in 0..self.case.months() {
                        let at = (group, t);
                        let entering =
                            entries.entering_immediate[at] + entries.entering_longitudinal[at];
                        sum += entering * own.reached(index, on, t);
                    }
                }
                for (n, need) in needs.iter().enumerate() {
                    let on = On::HelpSeeking(need.group, need.condition);
                    if !lever.action.reaches(on) {
                        continue;
                    }
                    let unseen = self.fate(n, &prepared.sample, None).unseen;
                    for t in 0..self.case.months() {
                        let people = entries.at_risk[(need.group, t)] * unseen;
                        sum += people * own.reached(index, on, t);
                    }
                }
            }
            draws.extend(sum);
        }
        draws.truncate(self.draws);
        draws
    }

    /// What becomes of those with a need, in a month with levers or without.
    fn fate(
        &self,
        need: usize,
        sample: &Sample<L>,
        with_levers: Option<(&LeverBlock<L>, usize)>,
    ) -> Fate<Lane<L>> {
        let Layouts { pathway, rate, help_seeking, .. } = self.layouts;
        let levers = &self.case.scenario.levers;
        let at = |need: usize| (pathway.needs()[need].group, pathway.needs()[need].condition);
        let rate = |need: usize| {
            let base = sample[rate[need]];
            with_levers.map_or(base, |(own, t)| own.rate(levers, at(need), t, &base))
        };
        let help_seeking = sample[help_seeking[need]];
        let help_seeking = with_levers
            .map_or(help_seeking, |(own, t)| own.help_seeking(levers, at(need), t, &help_seeking));
        let accepted = |service: usize| {
            let base = sample[self.study.pack.services[service].figures.accepted];
            with_levers.map_or(base, |(own, t)| own.accepted(levers, service, t, &base))
        };
        let refused = self.study.pack.refused;
        self.layouts.fate((sample, refused), need, rate, help_seeking, accepted)
    }
}

/// Whether a row of a condition, or of all together, shows a measure.
fn is_shown(measure: NeedMeasure, condition: Option<usize>) -> bool {
    match measure {
        // The split by lag is for groups and the whole: by condition it would double the file.
        measure if is_split(measure) => condition.is_none(),
        // Who presents stands in projection.csv, in each service's own unit.
        NeedMeasure::Seen => false,
        _ => true,
    }
}

fn is_split(measure: NeedMeasure) -> bool {
    matches!(measure, NeedMeasure::InNeedImmediate | NeedMeasure::InNeedLongitudinal)
}

fn is_stock(measure: NeedMeasure) -> bool {
    matches!(
        measure,
        NeedMeasure::InNeed | NeedMeasure::InNeedImmediate | NeedMeasure::InNeedLongitudinal
    )
}
