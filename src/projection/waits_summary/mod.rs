//! What a waiting list comes to over the horizon: overload, clearing, standards missed, and how
//! much more capacity would meet them.

mod needed;

use crate::lane::Lane;
use crate::model::waiting::{Limit, Whose};
use crate::month::FinancialYear;
use crate::month::Month;
use crate::projection::buffer::Buffer;
use crate::projection::case::{Case, Line};
use crate::projection::course::Course;
use crate::projection::line_figures::central_shares;
use crate::projection::measure::Measure;
use crate::projection::quantiles::{Stats, Summariser};
use crate::projection::waits::{Basis, Shares, Surroundings, Waiting};
use crate::study::Study;
use crate::study::capacity::Kind;
use crate::study::figures::{FigureId, Sample};
use crate::study::pack::{Standard, WaitEnds};
use crate::study::waits::Told;
pub(super) use needed::BLOCKS_SEARCHED;
use needed::needed;

/// The waiting list of a line over the horizon.
#[derive(Debug)]
pub struct WaitsResult {
    /// The access standards in force in the area, at their central values, the main one first.
    pub standards: Vec<AccessStandard>,
    /// Whether anything published can be held against them; otherwise they are said only when
    /// asked for.
    pub is_checked: bool,
    /// The months in which nobody starts in half of the draws: they have no wait.
    pub closed: Vec<bool>,
    /// What the pandemic changes, by measure and month.
    pub against: Vec<(Measure, Vec<Against>)>,
    /// Shares published for financial years within the horizon, for the main standard.
    pub published: Vec<(FinancialYear, f64)>,
    /// The median wait, in weeks, at which the first standard is just met.
    pub median_that_meets: Option<f64>,
    /// Where capacity comes from.
    pub capacity: CapacityBasis,
    /// Starts a month that capacity allows in the first month, at central values.
    pub capacity_first: f64,
    /// The first month in which arrivals exceed capacity, counted from the start.
    pub first_overload: When,
    /// Months from the longest list until it is no longer than at the end of the first month, of
    /// the draws in which that happens within the horizon.
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
    /// Its place in the list of its service.
    pub place: u8,
    /// Whose waits it is about.
    pub whose: Whose,
    /// In force from this month on; none was always.
    pub from: Option<Month>,
    /// In force up to this month; none still is.
    pub to: Option<Month>,
    /// Weeks from referral to what ends the wait.
    pub weeks: f64,
    /// What ends it, where that is said.
    pub until: Option<WaitEnds>,
    /// The share that should start within them; none of one that is only proposed.
    pub share: Option<f64>,
}

impl AccessStandard {
    /// Whether it is in force in a month.
    pub fn holds(&self, month: Month) -> bool {
        self.from.is_none_or(|from| from <= month) && self.to.is_none_or(|to| month <= to)
    }
}

/// A wait without the pandemic, and what the pandemic adds to it draw by draw.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Against {
    /// Without.
    pub without: Stats,
    /// With, less without.
    pub difference: Stats,
}

/// Where capacity comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CapacityBasis {
    /// It follows underlying demand and the list.
    Responds,
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
    /// By standard: the share that started within it in the months it is in force; none where
    /// nobody starts.
    pub within: Vec<Option<Stats>>,
    /// By standard: the share of draws that miss it; none of one that names no share.
    pub missed: Vec<Option<f64>>,
}

/// Extra capacity that would meet the standard in every month, of the first 128 draws of a run (in
/// blocks of 64). Against all draws that leaves a standard error of an eleventh of the spread over
/// draws in the mean, and about a ninth in the median.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Needed {
    /// From which month of the scenario on the standard is met.
    pub from: usize,
    /// In how many draws it was searched for.
    pub draws: usize,
    /// Extra starts a month (or places), of the draws in which any capacity can.
    pub extra: Option<Stats>,
    /// The share of draws in which capacity can: not where people wait too long already.
    pub share_of_draws: f64,
    /// Whether `extra` counts starts or places.
    pub kind: Kind,
    /// Extra staff in whole-time equivalents, where a figure tells the caseload of one.
    pub staff: Option<Stats>,
}

/// Sums up the list of a line from its draws.
pub(super) fn summarise<const L: usize>(
    study: &Study,
    case: &Case<'_>,
    line: &Line<'_>,
    waiting: &Waiting<'_>,
    (buffer, course): (&Buffer<L>, &Course),
    draws: usize,
    blocks: &[OfBlock<'_, L>],
) -> WaitsResult {
    let central = |id: FigureId| study.figures.get(id).number.at(0.0);
    let standard = |(place, s): (u8, &Standard)| AccessStandard {
        place,
        whose: s.whose,
        from: s.from,
        to: s.to,
        weeks: central(s.weeks),
        until: s.until,
        share: s.share.filter(|_| !s.is_proposed).map(central),
    };
    let standards: Vec<AccessStandard> = waiting.in_force().map(standard).collect();
    let main = standards.first().copied();
    let mut summary =
        Summary { buffer, draws, months: case.months(), summariser: Summariser::default() };
    let needed = needed(waiting, blocks, &mut summary, main);
    let (central_sample, central_shares) = central_shares(study, line);
    let opening = waiting.opening_of(&central_sample, &central_shares);
    let usual = vec![Lane::all(line.baseline_year.unwrap_or(0.0) / 12.0); case.months()];
    let open = vec![Lane::ZERO; case.months()];
    let around = Surroundings { underlying: &usual, lockdown: &open };
    let capacity = waiting.capacity(&central_sample, &central_shares, &opening, around);
    let capacity_first = capacity.first().map_or(0.0, |capacity| capacity.sustained(0));
    let spreads = waiting.spreads(&central_sample);
    let median_that_meets = |standard: AccessStandard| {
        let limit = Limit { weeks: standard.weeks, share: standard.share? };
        spreads.at(0).wait_that_meets(limit)
    };
    let closed = summary.closed();
    let against = summary.against(&standards, waiting);
    let published = published_years(case, waiting, main);
    let (years, shares) = summary.years(case, &standards);
    let (longest, waits) = summary.longest(course);
    let mut compared = vec![
        ("waiting_end", summary.values(Measure::Waiting, summary.months.saturating_sub(1))),
        ("wait_longest", waits),
    ];
    compared.extend(shares.map(|shares| ("within_standard", shares)));
    WaitsResult {
        standards,
        is_checked: waiting.is_checked(),
        closed,
        against,
        published,
        median_that_meets: main.and_then(median_that_meets),
        capacity: match (waiting.basis, waiting.plan) {
            (Basis::Given, Some(plan)) => {
                CapacityBasis::Given { file: plan.file.clone(), kind: plan.kind }
            }
            (Basis::Responds, _) => CapacityBasis::Responds,
            (Basis::Held | Basis::Given, _) => CapacityBasis::Held,
        },
        capacity_first,
        first_overload: summary.first_overload(),
        months_to_clear: summary.months_to_clear(),
        longest,
        years,
        needed,
        draws: compared,
    }
}

/// The sample and shares of a block of draws, and what its capacity follows.
pub(super) struct OfBlock<'a, const L: usize> {
    pub(super) sample: &'a Sample<L>,
    pub(super) shares: Shares<L>,
    /// Stringency of the first lockdown by month.
    pub(super) lockdown: &'a [Lane<L>],
}

/// Shares published for whole financial years of the horizon, for the main standard: the mean of
/// those whose period begins in the year.
fn published_years(
    case: &Case<'_>,
    waiting: &Waiting<'_>,
    main: Option<AccessStandard>,
) -> Vec<(FinancialYear, f64)> {
    let Some((own, main)) = waiting.published[0].zip(main) else { return Vec::new() };
    let mut years: Vec<(FinancialYear, f64, f64)> = Vec::new();
    let (first, last) = (case.scenario.start, case.scenario.last());
    for figure in own.figures.iter().filter(|f| f.told == Told::Within) {
        let is_of_it = figure.weeks.is_some_and(|weeks| (weeks - main.weeks).abs() < 0.5);
        if !is_of_it || figure.first < first || figure.last > last {
            continue;
        }
        let year = figure.last.financial_year();
        match years.iter_mut().find(|(own, ..)| *own == year) {
            Some((_, sum, count)) => {
                *sum += figure.value;
                *count += 1.0;
            }
            None => years.push((year, figure.value, 1.0)),
        }
    }
    years.into_iter().map(|(year, sum, count)| (year, sum / count)).collect()
}

/// Reads a line's draws.
struct Summary<'a, const L: usize> {
    buffer: &'a Buffer<L>,
    draws: usize,
    months: usize,
    summariser: Summariser,
}

impl<const L: usize> Summary<'_, L> {
    fn values(&self, measure: Measure, t: usize) -> Vec<f64> {
        self.buffer.draws(measure, t)
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
        let opening = self.values(Measure::Waiting, 0);
        let mut longest: Vec<(f64, usize)> = opening.iter().map(|list| (*list, 0)).collect();
        let mut cleared = vec![None; self.draws];
        for t in 1..self.months {
            for (draw, list) in self.values(Measure::Waiting, t).into_iter().enumerate() {
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
    fn longest(&self, course: &Course) -> ((usize, Stats), Vec<f64>) {
        let mut longest = (0, Stats::default());
        for (t, stats) in course.measure(Measure::WaitMedian).into_iter().flatten().enumerate() {
            if stats.median() > longest.1.median() {
                longest = (t, *stats);
            }
        }
        let mut waits = vec![0.0_f64; self.draws];
        for t in 0..self.months {
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
        standards: &[AccessStandard],
    ) -> (Vec<WaitsYear>, Option<Vec<f64>>) {
        let year = |t: usize| case.scenario.month(t).financial_year();
        let mut years: Vec<FinancialYear> = (0..self.months).map(year).collect();
        years.dedup();
        let of_year =
            |year_of: FinancialYear| (0..self.months).filter(move |t| year(*t) == year_of);
        let mut results = Vec::new();
        for own in years {
            let mut result = WaitsYear {
                year: own,
                months: of_year(own).count(),
                within: Vec::new(),
                missed: Vec::new(),
            };
            for standard in standards {
                let in_force = of_year(own).filter(|t| standard.holds(case.scenario.month(*t)));
                let shares = self.within(Measure::WithinStandard(standard.place), in_force);
                let known = !shares.is_empty();
                result.missed.push(standard.share.filter(|_| known).map(|share| {
                    let missed = shares.iter().filter(|within| **within < share).count();
                    missed as f64 / shares.len() as f64
                }));
                result.within.push(known.then(|| self.summariser.stats(shares.into_iter())));
            }
            results.push(result);
        }
        let whole = standards.first().map(|main| {
            let all = 0..self.months;
            let in_force = all.filter(|t| main.holds(case.scenario.month(*t)));
            self.within(Measure::WithinStandard(main.place), in_force)
        });
        // A draw in which nobody starts has no share; the others could not be compared by draw.
        (results, whole.filter(|draws| draws.len() == self.draws))
    }

    /// The months in which nobody starts in half of the draws or more.
    fn closed(&self) -> Vec<bool> {
        let is_closed = |t: usize| {
            let starts = self.values(Measure::Starts, t);
            2 * starts.iter().filter(|starts| **starts <= 0.0).count() >= starts.len().max(1)
        };
        (0..self.months).map(is_closed).collect()
    }

    /// What the pandemic changes, by measure and month.
    fn against(
        &mut self,
        standards: &[AccessStandard],
        waiting: &Waiting<'_>,
    ) -> Vec<(Measure, Vec<Against>)> {
        type Of<'f> = Box<dyn Fn(f64) -> f64 + 'f>;
        let plain = || -> Of<'_> { Box::new(|value| value) };
        let mut measures: Vec<(Measure, Measure, Measure, Of<'_>)> = vec![
            (Measure::Waiting, Measure::Waiting, Measure::WaitingWithout, plain()),
            (Measure::WaitMedian, Measure::WaitMedian, Measure::WaitMedianWithout, plain()),
        ];
        if let Some(spread) = waiting.usual.spread() {
            for standard in standards {
                let (weeks, whose) = (standard.weeks, standard.whose);
                let within = Measure::WithinStandard(standard.place);
                let of = move |median| spread.within_of(whose, median, weeks);
                measures.push((within, within, Measure::WaitMedianWithout, Box::new(of)));
            }
        }
        let mut result = Vec::new();
        for (measure, with, without, of_without) in measures {
            let mut months = Vec::new();
            for t in 0..self.months {
                let without = self.values(without, t).into_iter().map(&of_without);
                let without: Vec<f64> = without.collect();
                let with = self.values(with, t).into_iter();
                let difference: Vec<f64> = with.zip(&without).map(|(a, b)| a - b).collect();
                months.push(Against {
                    without: self.summariser.stats(without.into_iter()),
                    difference: self.summariser.stats(difference.into_iter()),
                });
            }
            result.push((measure, months));
        }
        result
    }

    /// Per draw, the share of those who started in `months` who did so within the standard; draws
    /// in which nobody starts have none.
    fn within(&self, measure: Measure, months: impl Iterator<Item = usize>) -> Vec<f64> {
        let mut sums = vec![(0.0, 0.0); self.draws];
        for t in months {
            let starts = self.values(Measure::Starts, t).into_iter();
            let pairs = starts.zip(self.values(measure, t));
            for ((started, within), (starts, share)) in sums.iter_mut().zip(pairs) {
                *started += starts;
                *within += starts * share;
            }
        }
        let known = sums.into_iter().filter(|(started, _)| *started > 0.0);
        known.map(|(started, within): (f64, f64)| within / started).collect()
    }
}
