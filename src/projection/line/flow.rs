//! A line in every draw: underlying demand through suppression, return, levers, the waiting list
//! and treatment.

use rayon::prelude::*;

use super::buffer::{BlockBuffer, Factor, Layout};
use super::figures::LineFigures;
use super::{Buffer, Stage, applicable};
use crate::model::severity::{Demand, Mix};
use crate::model::suppression::{Restrictions, Suppression};
use crate::model::waiting::{Standard as Spread, Waited};
use crate::projection::case::{Case, Line, Underlying};
use crate::projection::entries::{Block, Prepared};
use crate::projection::learnt;
use crate::projection::measure::Measure;
use crate::projection::mix::severe_of_line;
use crate::projection::spare::Spare;
use crate::projection::waits::{Months, Shares, Waiting};
use crate::study::Study;
use crate::study::figures::Sample;

/// All draws of one line's referrals by month.
pub fn draws<const L: usize>(
    study: &Study,
    case: &Case<'_>,
    line: &Line<'_>,
    (prepared, entries): (&[&Prepared<L>], &[&Block<L>]),
    draws: usize,
) -> Vec<Vec<f64>> {
    let spare = Spare::default();
    let buffer = Stage { study, case, prepared, entries, draws, spare: &spare }.run(line, None);
    (0..case.months()).map(|t| buffer.draws(Measure::Referrals, t)).collect()
}

/// One block of a line's referrals by month with its underlying demand given, nothing else kept:
/// for conditioning, which asks for them many times.
pub fn referrals<const L: usize>(
    study: &Study,
    case: &Case<'_>,
    line: &Line<'_>,
    (prepared, entries): (&Prepared<L>, &Block<L>),
    underlying: &[[f64; L]],
) -> Vec<[f64; L]> {
    let spare = Spare::default();
    let stage =
        Stage { study, case, prepared: &[prepared], entries: &[entries], draws: L, spare: &spare };
    let (early, late) = stage.surge(line, prepared, entries);
    let presented = |t: usize| -> [f64; L] {
        std::array::from_fn(|i| underlying[t][i] + early[t][i] + late[t][i])
    };
    let restrictions = Restrictions {
        first: &entries.first_restrictions,
        later: &entries.later_restrictions,
        gain: prepared.sample[case.scenario.response.suppression_gain],
    };
    let mut referrals: Vec<[f64; L]> = (0..case.months()).map(presented).collect();
    let suppression = LineFigures::new(study, line, &prepared.sample).suppression;
    suppression.run(&restrictions, presented, |t, held| {
        for (i, referrals) in referrals[t].iter_mut().enumerate() {
            *referrals += held.returning[i] - held.suppressed[i];
        }
    });
    if let Some(effect) = stage.lever_effect(line, prepared, entries) {
        for (referrals, levers) in referrals.iter_mut().zip(&effect.referrals) {
            for i in 0..L {
                referrals[i] += levers[i];
            }
        }
    }
    referrals
}

/// The draws of one measure of one line, summed over `months`.
pub fn draws_of<const L: usize>(
    study: &Study,
    case: &Case<'_>,
    prepared: &[&Prepared<L>],
    entries: &[&Block<L>],
    (service, measure): (usize, Measure),
    months: std::ops::Range<usize>,
) -> Option<Vec<f64>> {
    let line = case.lines.iter().find(|line| line.service == service)?;
    let draws = study.draws.count.max(1);
    let waiting = Waiting::of(study, case, line).filter(|_| measure.is_after_acceptance());
    let spare = Spare::default();
    let stage = Stage { study, case, prepared, entries, draws, spare: &spare };
    let buffer = stage.run(line, waiting.as_ref());
    let mut sums = vec![0.0; draws];
    for t in months {
        buffer.add_to_sums(measure, t, &mut sums);
    }
    Some(sums)
}

/// What referrals of a line are made of, in a block of draws.
#[derive(Debug)]
pub struct Ingredients<const L: usize> {
    /// Underlying demand by month.
    pub underlying: Vec<[f64; L]>,
    /// Surge by month, for each first stage it was asked of.
    pub surges: Vec<Vec<[f64; L]>>,
    /// The figures of suppression and return.
    pub suppression: Suppression<L>,
}

/// One block of a line's ingredients, its surge in each of `entries`.
pub fn ingredients<const L: usize>(
    study: &Study,
    case: &Case<'_>,
    line: &Line<'_>,
    prepared: &Prepared<L>,
    entries: &[Block<L>],
) -> Ingredients<L> {
    let spare = Spare::default();
    let stage = Stage { study, case, prepared: &[], entries: &[], draws: L, spare: &spare };
    let surge = |block: &Block<L>| {
        let (early, late) = stage.surge(line, prepared, block);
        early.iter().zip(&late).map(|(a, b)| sum(a, b)).collect()
    };
    Ingredients {
        underlying: stage.underlying(line, prepared.block),
        surges: entries.iter().map(surge).collect(),
        suppression: LineFigures::new(study, line, &prepared.sample).suppression,
    }
}

impl<const L: usize> Stage<'_, L> {
    /// All draws of one line.
    pub(super) fn run(&self, line: &Line<'_>, waiting: Option<&Waiting<'_>>) -> Buffer<L> {
        let mut measures = applicable(self.study, line, waiting);
        for needed in Measure::OF_FAMILY.into_iter().chain(Measure::OF_BURDEN) {
            if !measures.contains(&needed) {
                measures.push(needed);
            }
        }
        let layout = Layout::new(&measures, self.has_levers(), waiting.is_some());
        let mut buffer = Buffer::new(self.spare, layout, self.case.months(), self.draws);
        let queue = || waiting.map(|waiting| (waiting, Months::new(self.case.months())));
        let inputs = self.prepared.par_iter().zip(self.entries);
        buffer.blocks().zip(inputs).for_each_init(queue, |queue, (mut block, inputs)| {
            let (prepared, entries) = inputs;
            self.run_block(line, prepared, entries, &mut block, queue.as_mut());
        });
        buffer
    }

    fn run_block(
        &self,
        line: &Line<'_>,
        prepared: &Prepared<L>,
        entries: &Block<L>,
        buffer: &mut BlockBuffer<'_, L>,
        queue: Option<&mut (&Waiting<'_>, Months<L>)>,
    ) {
        let months = self.case.months();
        let figures = LineFigures::new(self.study, line, &prepared.sample);
        let (early, late) = self.surge(line, prepared, entries);
        let underlying = self.underlying(line, prepared.block);
        let given = match &line.underlying {
            Underlying::Given { returning, .. } => Some(returning),
            _ => None,
        };
        let surges: Vec<[f64; L]> = early.iter().zip(&late).map(|(a, b)| sum(a, b)).collect();
        let restrictions = Restrictions {
            first: &entries.first_restrictions,
            later: &entries.later_restrictions,
            gain: prepared.sample[self.case.scenario.response.suppression_gain],
        };
        figures.suppression.run(
            &restrictions,
            |t| sum(&underlying[t], &surges[t]),
            |t, held| {
                *buffer.at(Measure::Suppressed, t) = held.suppressed;
                *buffer.at(Measure::Returning, t) =
                    given.map_or(held.returning, |given| [given[t]; L]);
                buffer.set(Measure::Unmet, t, &held.lost);
            },
        );
        // What of the surge presents: suppression is linear, so its own part is that of it alone.
        let mut presented = surges.clone();
        figures.suppression.run(
            &restrictions,
            |t| surges[t],
            |t, held| {
                for (i, presented) in presented[t].iter_mut().enumerate() {
                    *presented += held.returning[i] - held.suppressed[i];
                }
            },
        );
        buffer.set_factor(Factor::Contacts, &figures.contacts);
        buffer.set_factor(Factor::BedDays, &figures.bed_days);
        let effect = self.lever_effect(line, prepared, entries);
        let mut mixes = vec![[Mix::USUAL; L]; months];
        let mut caseload = figures.steady_caseload(&underlying[0]);
        for t in 0..months {
            let surge = &surges[t];
            let (suppressed, returning) =
                (*buffer.at(Measure::Suppressed, t), *buffer.at(Measure::Returning, t));
            let levers = effect.as_ref().map_or([0.0; L], |effect| effect.referrals[t]);
            let accepted_share = effect.as_ref().map_or(figures.accepted, |e| e.accepted[t]);
            if let Some(effect) = &effect {
                let unmet = buffer.at(Measure::Unmet, t);
                *unmet = std::array::from_fn(|i| unmet[i] + effect.lost[t][i]);
            }
            let referrals: [f64; L] = std::array::from_fn(|i| {
                underlying[t][i] - suppressed[i] + returning[i] + surge[i] + levers[i]
            });
            let severe = severe_of_line(&self.study.pack, line, prepared, entries, t);
            mixes[t] = std::array::from_fn(|i| {
                let demand = Demand {
                    underlying: underlying[t][i],
                    referrals: referrals[i],
                    returning: returning[i],
                    surge: surge[i],
                    severe: severe.map(|severe| severe[i]),
                };
                figures.severity.mix(i, &demand)
            });
            let mut set = |measure, value: &[f64; L]| buffer.set(measure, t, value);
            set(Measure::Underlying, &underlying[t]);
            set(Measure::SurgeImmediate, &early[t]);
            set(Measure::SurgeLongitudinal, &late[t]);
            set(Measure::Levers, &levers);
            set(Measure::Referrals, &referrals);
            set(Measure::Accepted, &product(&referrals, &accepted_share));
        }
        let waited = queue.map(|(waiting, months)| {
            let sample = &prepared.sample;
            let shares = figures.shares();
            for (stay, mix) in months.stay.iter_mut().zip(&mixes) {
                *stay = mix.map(|mix| mix.load);
            }
            waits(waiting, sample, &shares, caseload, months, buffer)
        });
        let mut surge_caseload = [0.0; L];
        let mut surge_waiting = [0.0; L];
        let mut surge_places = [0.0; L];
        let mut list = waited.map_or([0.0; L], |(opening, _)| opening);
        for t in 0..months {
            let accepted = *buffer.at(Measure::Accepted, t);
            let mix = &mixes[t];
            let (accepted_share, leave) = effect
                .as_ref()
                .map_or((figures.accepted, figures.leave), |e| (e.accepted[t], e.leave[t]));
            // A more severe mix stays longer.
            let surge_leave: [f64; L] = std::array::from_fn(|i| leave[i] / mix[i].surge_load);
            let leave: [f64; L] = std::array::from_fn(|i| leave[i] / mix[i].load);
            let discharges = product(&caseload, &leave);
            let surge_accepted = product(&presented[t], &accepted_share);
            let mut surge_starts = surge_accepted;
            let starts = match waited {
                None => accepted,
                Some((_, months)) => {
                    let month = &months[t];
                    for i in 0..L {
                        // Those of the surge wait among the others, and start as they do.
                        let all = list[i] + accepted[i] + month.turned_away[i];
                        let waiting = surge_waiting[i] + surge_starts[i];
                        let share = if all > 0.0 { (waiting / all).min(1.0) } else { 0.0 };
                        surge_starts[i] = month.starts[i] * share;
                        surge_waiting[i] = month.list[i] * share;
                    }
                    list = month.list;
                    month.starts
                }
            };
            let mut set = |measure, value: &[f64; L]| buffer.set(measure, t, value);
            set(Measure::Starts, &starts);
            set(Measure::Caseload, &caseload);
            set(Measure::Discharges, &discharges);
            set(Measure::SurgeCaseload, &surge_caseload);
            let cost = |accepted: &[f64; L], load: fn(&Mix) -> f64| {
                std::array::from_fn(|i| accepted[i] * figures.unit_cost[i] * load(&mix[i]))
            };
            set(Measure::Cost, &cost(&accepted, |mix| mix.load));
            set(Measure::SurgeCost, &cost(&surge_accepted, |mix| mix.surge_load));
            set(Measure::SurgePlaces, &surge_places);
            set(Measure::Severe, &mix.map(|mix| mix.severe));
            for i in 0..L {
                caseload[i] += starts[i] - discharges[i];
                surge_caseload[i] += surge_starts[i] - surge_caseload[i] * surge_leave[i];
                surge_places[i] += surge_accepted[i] - surge_places[i] * surge_leave[i];
            }
        }
    }

    /// The surge of a line by month: its service's, or the sum of its members'.
    pub(super) fn surge(
        &self,
        line: &Line<'_>,
        prepared: &Prepared<L>,
        entries: &Block<L>,
    ) -> (Vec<[f64; L]>, Vec<[f64; L]>) {
        let services = &self.study.pack.services;
        let sum = |table: &crate::model::pathway::Table<L>| {
            let mut months = vec![[0.0; L]; self.case.months()];
            for (member, _) in &line.members {
                // Where nothing says how many come with a referral: those accepted.
                let share = line.per_member.map_or_else(
                    || prepared.sample[services[*member].figures.accepted],
                    |ratio| [ratio; L],
                );
                for (month, referred) in months.iter_mut().zip(table.row(*member)) {
                    for i in 0..L {
                        month[i] += referred[i] * share[i];
                    }
                }
            }
            months
        };
        (sum(&entries.immediate), sum(&entries.longitudinal))
    }

    /// Underlying demand by month; zeros where it is not known.
    pub(super) fn underlying(&self, line: &Line<'_>, block: u64) -> Vec<[f64; L]> {
        let months = self.case.months();
        match &line.underlying {
            Underlying::Unknown | Underlying::Given { underlying: None, .. } => {
                vec![[0.0; L]; months]
            }
            Underlying::Given { underlying: Some(values), .. } => {
                values.iter().map(|value| [*value; L]).collect()
            }
            Underlying::Forecast(forecast) => {
                let block = (self.study.draws.count > 0).then_some(block);
                learnt::underlying(forecast, &line.noise, line.learnt.as_ref(), block)
            }
        }
    }
}

/// Runs the list of a block over its accepted referrals and stores what it brings; the list it
/// opened with, and its months.
fn waits<'m, const L: usize>(
    waiting: &Waiting<'_>,
    sample: &Sample<L>,
    shares: &Shares<L>,
    caseload: [f64; L],
    months: &'m mut Months<L>,
    buffer: &mut BlockBuffer<'_, L>,
) -> ([f64; L], &'m [Waited<L>]) {
    for (t, arrivals) in months.arrivals.iter_mut().enumerate() {
        *arrivals = buffer.at(Measure::Accepted, t).map(|accepted| accepted.max(0.0));
    }
    let opening = waiting.run(sample, shares, caseload, months);
    let spread = waiting.spread(sample);
    let limits = waiting.standards.map(|standard| standard.map(|s| sample[s.weeks]));
    let p90 = spread.map(|sigma| Spread { sigma }.percentile_90(1.0));
    buffer.set_factor(Factor::Percentile90, &p90);
    for (t, month) in months.waited.iter().enumerate() {
        for i in 0..L {
            buffer.at(Measure::Accepted, t)[i] -= month.turned_away[i];
        }
        let mut set = |measure, value: &[f64; L]| buffer.set(measure, t, value);
        set(Measure::Waiting, &month.list);
        set(Measure::Reneged, &month.reneged);
        set(Measure::WaitMedian, &month.wait);
        set(Measure::Load, &month.load);
        for (measure, limit) in
            [Measure::WithinStandard, Measure::WithinStandard2].into_iter().zip(&limits)
        {
            let Some(limit) = limit else { continue };
            set(
                measure,
                &std::array::from_fn(|i| {
                    Spread { sigma: spread[i] }.within(month.wait[i], limit[i])
                }),
            );
        }
    }
    (opening, &months.waited)
}

fn sum<const L: usize>(a: &[f64; L], b: &[f64; L]) -> [f64; L] {
    std::array::from_fn(|i| a[i] + b[i])
}

fn product<const L: usize>(a: &[f64; L], b: &[f64; L]) -> [f64; L] {
    std::array::from_fn(|i| a[i] * b[i])
}
