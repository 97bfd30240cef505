//! What a waiting list comes to over the horizon: overload, clearing, standards missed, and how
//! much more capacity would meet them.

use super::case::{Case, Line};
use super::line::{Buffer, central_shares};
use super::measure::Measure;
use super::quantiles::{Stats, Summariser};
use super::waits::Waiting;
use crate::model::waiting::{Capacity, Limit, Standard as Spread, capacity_needed};
use crate::month::FinancialYear;
use crate::study::Study;
use crate::study::capacity::Kind;
use crate::study::figures::FigureId;

/// Months after which a service may be asked to meet its standard.
const LATER: usize = 12;

/// The waiting list of a line over the horizon.
#[derive(Debug)]
pub struct WaitsResult {
    /// The access standards, at their central values.
    pub standards: [Option<AccessStandard>; 2],
    /// Where capacity comes from.
    pub capacity: CapacityBasis,
    /// Starts a month that capacity allows in the first month, at central values.
    pub capacity_first: f64,
    /// The first month in which arrivals exceed capacity, counted from the start.
    pub first_overload: When,
    /// Months from the longest list until it is back to its opening length, of the draws in which
    /// that happens within the horizon.
    pub months_to_clear: When,
    /// The month in which the median wait is longest, and that wait by draw.
    pub longest: (usize, Stats),
    /// Financial years, as far as the horizon covers them.
    pub years: Vec<WaitsYear>,
    /// The extra capacity that would meet the standard.
    pub needed: Vec<Needed>,
    /// Per draw, what is compared between scenarios.
    pub draws: Vec<(&'static str, Vec<f64>)>,
}

/// An access standard at its central values.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct AccessStandard {
    /// Weeks from referral to start.
    pub weeks: f64,
    /// The share that should start within them; none where a proposal names none.
    pub share: Option<f64>,
}

/// Where capacity comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CapacityBasis {
    /// The baseline's mean accepted referrals over the load, held.
    Held,
    /// A capacity file.
    Given {
        /// Its name.
        file: String,
        /// What it counts.
        kind: Kind,
    },
}

/// Something that happens in some of the draws.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct When {
    /// In which share of the draws it happens.
    pub share_of_draws: f64,
    /// When, or after how many months, of those draws.
    pub months: Option<Stats>,
}

/// A financial year of waits.
#[derive(Clone, Debug)]
pub struct WaitsYear {
    /// The year.
    pub year: FinancialYear,
    /// How many of its months the horizon covers.
    pub months: usize,
    /// By standard: the share that started within it.
    pub within: [Option<Stats>; 2],
    /// By standard: the share of draws that miss it.
    pub missed: [Option<f64>; 2],
}

/// Extra capacity that would meet the standard in every month, at the mean arrivals of the draws
/// and central values.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Needed {
    /// From which month of the scenario on the standard is met.
    pub from: usize,
    /// Extra starts a month (or places); none where no capacity can, because people already wait
    /// too long.
    pub extra: Option<f64>,
    /// Whether `extra` counts starts or places.
    pub kind: Kind,
    /// Extra staff in whole-time equivalents, where a figure tells the caseload of one.
    pub staff: Option<f64>,
}

/// Sums up the list of a line from its draws.
pub(super) fn summarise<const L: usize>(
    study: &Study,
    case: &Case<'_>,
    line: &Line<'_>,
    waiting: &Waiting<'_>,
    buffer: &Buffer<L>,
    draws: usize,
) -> WaitsResult {
    let central = |id: FigureId| study.figures.get(id).number.at(0.0);
    let standards = waiting.standards.map(|standard| {
        standard.map(|s| AccessStandard { weeks: central(s.weeks), share: s.share.map(central) })
    });
    let mut summary = Summary {
        buffer,
        draws,
        months: case.months(),
        summariser: Summariser::default(),
    };
    let (capacity_first, needed) = planning(study, line, waiting, &mut summary, standards[0]);
    let (years, shares) = summary.years(case, standards);
    let (longest, waits) = summary.longest();
    let mut compared = vec![
        ("waiting_end", summary.at(Measure::Waiting, summary.months.saturating_sub(1))),
        ("wait_longest", waits),
    ];
    compared.extend(shares.map(|shares| ("within_standard", shares)));
    WaitsResult {
        standards,
        capacity: waiting.plan.map_or(CapacityBasis::Held, |plan| CapacityBasis::Given {
            file: plan.file.clone(),
            kind: plan.kind,
        }),
        capacity_first,
        first_overload: summary.first_overload(),
        months_to_clear: summary.months_to_clear(),
        longest,
        years,
        needed,
        draws: compared,
    }
}

/// Capacity at central values: what it is, and what would meet the standard.
fn planning<const L: usize>(
    study: &Study,
    line: &Line<'_>,
    waiting: &Waiting<'_>,
    summary: &mut Summary<'_, L>,
    standard: Option<AccessStandard>,
) -> (f64, Vec<Needed>) {
    let (sample, shares) = central_shares(study, line);
    let capacity = waiting.capacity(&sample, &shares);
    let first = capacity.first().map_or(0.0, |capacity| capacity.sustained(0));
    let limit = standard.and_then(|s| Some(Limit { weeks: s.weeks, share: s.share? }));
    let Some(limit) = limit else { return (first, Vec::new()) };
    let caseload = waiting.throughput(shares.accepted[0]) / shares.leave[0].max(1e-12);
    let (queue, list) = waiting.opening(&sample, &shares, [caseload], &capacity);
    let queue = crate::model::waiting::Queue { threshold: None, ..queue };
    let arrivals: Vec<f64> =
        (0..summary.months).map(|t| summary.mean(Measure::Accepted, t).max(0.0)).collect();
    let spread = Spread { sigma: waiting.spread(&sample)[0] };
    let kind = match capacity.last() {
        Some(Capacity::Places { .. }) => Kind::Places,
        _ => Kind::Starts,
    };
    let staff = |extra: f64| {
        let per_wte = sample[waiting.figures.caseload_per_wte?][0];
        let people = if kind == Kind::Places { extra } else { extra / shares.leave[0].max(1e-12) };
        Some(people / per_wte)
    };
    let question = |from: usize| {
        let extra = capacity_needed(&queue, list, &arrivals, &capacity, (spread, limit), from);
        Needed { from, extra, kind, staff: extra.and_then(staff) }
    };
    let from = [0, LATER].into_iter().filter(|from| *from < summary.months);
    (first, from.map(question).collect())
}

/// Reads a line's draws.
struct Summary<'a, const L: usize> {
    buffer: &'a Buffer<L>,
    draws: usize,
    months: usize,
    summariser: Summariser,
}

impl<const L: usize> Summary<'_, L> {
    fn values(&self, measure: Measure, t: usize) -> impl Iterator<Item = f64> + '_ {
        self.buffer.draws(measure, t, self.draws)
    }

    fn at(&self, measure: Measure, t: usize) -> Vec<f64> {
        self.values(measure, t).collect()
    }

    fn mean(&self, measure: Measure, t: usize) -> f64 {
        self.values(measure, t).sum::<f64>() / self.draws.max(1) as f64
    }

    fn when(&mut self, months: &[Option<f64>]) -> When {
        let known: Vec<f64> = months.iter().copied().flatten().collect();
        When {
            share_of_draws: known.len() as f64 / months.len().max(1) as f64,
            months: (!known.is_empty()).then(|| self.summariser.stats(known.into_iter())),
        }
    }

    fn first_overload(&mut self) -> When {
        let mut first = vec![None; self.draws];
        for t in 0..self.months {
            for (first, load) in first.iter_mut().zip(self.values(Measure::Load, t)) {
                if load > 1.0 && first.is_none() {
                    *first = Some(t as f64);
                }
            }
        }
        self.when(&first)
    }

    /// From the longest list of a draw until it is no longer than at the end of the first month.
    fn months_to_clear(&mut self) -> When {
        let opening = self.at(Measure::Waiting, 0);
        let mut longest: Vec<(f64, usize)> = opening.iter().map(|list| (*list, 0)).collect();
        let mut cleared = vec![None; self.draws];
        for t in 1..self.months {
            for (draw, list) in self.values(Measure::Waiting, t).enumerate() {
                if list > longest[draw].0 {
                    longest[draw] = (list, t);
                    cleared[draw] = None;
                } else if cleared[draw].is_none() && list <= opening[draw] {
                    cleared[draw] = Some((t - longest[draw].1) as f64);
                }
            }
        }
        for (cleared, (_, at)) in cleared.iter_mut().zip(&longest) {
            // A list that was never longer than at first has nothing to clear.
            if *at == 0 {
                *cleared = Some(0.0);
            }
        }
        self.when(&cleared)
    }

    /// The month with the longest median wait, and per draw the longest wait of any month.
    fn longest(&mut self) -> ((usize, Stats), Vec<f64>) {
        let mut longest = (0, Stats::default());
        let mut waits = vec![0.0_f64; self.draws];
        for t in 0..self.months {
            let stats = self.summariser.stats(self.buffer.draws(Measure::WaitMedian, t, self.draws));
            if stats.median() > longest.1.median() {
                longest = (t, stats);
            }
            for (most, wait) in waits.iter_mut().zip(self.values(Measure::WaitMedian, t)) {
                *most = most.max(wait);
            }
        }
        (longest, waits)
    }

    /// Financial years, and the share within the first standard over the whole horizon by draw.
    fn years(
        &mut self,
        case: &Case<'_>,
        standards: [Option<AccessStandard>; 2],
    ) -> (Vec<WaitsYear>, Option<Vec<f64>>) {
        let measures = [Measure::WithinStandard, Measure::WithinStandard2];
        let year = |t: usize| case.scenario.month(t).financial_year();
        let mut years: Vec<FinancialYear> = (0..self.months).map(year).collect();
        years.dedup();
        let of_year = |year_of: FinancialYear| (0..self.months).filter(move |t| year(*t) == year_of);
        let mut results = Vec::new();
        for own in years {
            let mut result = WaitsYear {
                year: own,
                months: of_year(own).count(),
                within: [None; 2],
                missed: [None; 2],
            };
            for (s, measure) in measures.into_iter().enumerate() {
                let Some(standard) = standards[s] else { continue };
                let shares = self.within(measure, of_year(own));
                result.missed[s] = standard.share.map(|share| {
                    let missed = shares.iter().filter(|within| **within < share).count();
                    missed as f64 / shares.len().max(1) as f64
                });
                result.within[s] = Some(self.summariser.stats(shares.into_iter()));
            }
            results.push(result);
        }
        let whole = standards[0].map(|_| self.within(measures[0], 0..self.months));
        (results, whole)
    }

    /// Per draw, the share of those who started in `months` who did so within the standard.
    fn within(&self, measure: Measure, months: impl Iterator<Item = usize>) -> Vec<f64> {
        let mut sums = vec![(0.0, 0.0); self.draws];
        for t in months {
            let pairs = self.values(Measure::Starts, t).zip(self.values(measure, t));
            for ((started, within), (starts, share)) in sums.iter_mut().zip(pairs) {
                *started += starts;
                *within += starts * share;
            }
        }
        let share = |(started, within)| if started > 0.0 { within / started } else { 1.0 };
        sums.into_iter().map(share).collect()
    }
}
