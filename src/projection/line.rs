//! The second stage: service lines through suppression, return and treatment, and their summary.
//!
//! ```text
//! referrals  = underlying - suppressed + returning + surge + levers
//! accepted   = referrals x accepted(s)
//! caseload  += starts - discharges,   discharges = caseload x leave(s)
//! ```
//!
//! The caseload opens at the steady state of the first month's underlying demand; that of the
//! surge opens empty.

mod buffer;
mod levers;
mod mix;

pub use levers::LeverTotals;
use rayon::prelude::*;

use super::burden::Burden;
use buffer::BlockBuffer;
pub(super) use buffer::Buffer;

use super::case::{Case, Line, Underlying};
use super::entries::{Block, Prepared, leaving};
use super::equity::{self, EquityResult, FamilyTotals};
use super::measure::Measure;
use super::quantiles::{Stats, Summariser};
use super::waits::{Months, Shares, Waiting};
use super::waits_summary::{self, WaitsResult};
use crate::model::severity::{Demand, Mix, Severity};
use crate::model::suppression::{Restrictions, Suppression};
use crate::model::waiting::{Standard as Spread, Waited};
use crate::month::{FinancialYear, Month};
use crate::study::figures::{FigureId, Sample};
use crate::study::pack::{Refused, ServiceFigures, Unit};
use crate::study::{Study, Summaries};

/// The result of one service line.
#[derive(Debug)]
pub struct LineResult {
    /// The service.
    pub service: usize,
    /// How its underlying demand was forecast, and why so; none without a baseline.
    pub method: Option<String>,
    /// Mean referrals a year before the start.
    pub baseline_year: Option<f64>,
    /// What its surge takes.
    pub burden: Burden,
    /// What levers change about it, by draw; none for totals and without levers.
    pub levers: Option<LeverTotals>,
    /// Its course and totals.
    pub course: Course,
    /// Its waiting list, if it has one.
    pub waits: Option<WaitsResult>,
}

/// The result of one family of service lines.
#[derive(Debug)]
pub struct FamilyResult {
    /// The family.
    pub family: usize,
    /// The unit it sums.
    pub unit: Unit,
    /// The services it sums.
    pub services: Vec<usize>,
    /// Those of them without a baseline: only their surge is in the sum.
    pub without_baseline: Vec<usize>,
    /// Mean referrals a year before the start, of those with a baseline.
    pub baseline_year: Option<f64>,
    /// Its referrals by strata of the population, where the pack knows gradients of it.
    pub equity: Vec<EquityResult>,
    /// Its course and totals.
    pub course: Course,
}

/// A line or family over time, summarised.
#[derive(Clone, Debug)]
pub struct Course {
    /// Statistics by measure and month; measures that do not apply are absent.
    pub measures: Vec<(Measure, Vec<Stats>)>,
    /// Referrals above underlying (or, without a baseline, above nothing) by period.
    pub periods: Vec<PeriodTotal>,
    /// Totals over the horizon, by measure.
    pub totals: Vec<(Measure, Stats)>,
    /// The month with the greatest median addition to underlying demand.
    pub peak: Peak,
    /// Per draw, totals over the horizon, for comparing scenarios draw by draw.
    pub draws: Vec<(Measure, Vec<f64>)>,
}

impl Course {
    /// The statistics of a measure by month.
    pub fn measure(&self, measure: Measure) -> Option<&[Stats]> {
        self.measures.iter().find(|(m, _)| *m == measure).map(|(_, stats)| stats.as_slice())
    }

    /// The total of a measure over the horizon.
    pub fn total(&self, measure: Measure) -> Option<&Stats> {
        self.totals.iter().find(|(m, _)| *m == measure).map(|(_, stats)| stats)
    }

    /// The total over a period.
    pub fn period(&self, period: Period) -> Option<&PeriodTotal> {
        self.periods.iter().find(|total| total.period == period)
    }
}

/// A span of months that totals are given for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Period {
    /// The whole horizon.
    Horizon,
    /// A year of the scenario, from 1.
    Year(usize),
    /// A financial year, as far as the horizon covers it.
    Financial(FinancialYear),
}

impl Period {
    /// All periods of a horizon.
    pub fn all(start: Month, months: usize) -> Vec<Self> {
        let years = (1..=months.div_ceil(12)).map(Self::Year);
        let first = start.financial_year().0;
        let last = start.plus(months as i32 - 1).financial_year().0;
        let financial = (first..=last).map(|year| Self::Financial(FinancialYear(year)));
        std::iter::once(Self::Horizon).chain(years).chain(financial).collect()
    }

    fn holds(self, start: Month, t: usize) -> bool {
        match self {
            Self::Horizon => true,
            Self::Year(year) => t / 12 + 1 == year,
            Self::Financial(year) => start.plus(t as i32).financial_year() == year,
        }
    }

    /// Its name in columns.
    pub fn name(self) -> String {
        match self {
            Self::Horizon => "total".to_owned(),
            Self::Year(year) => format!("year_{year}"),
            Self::Financial(year) => format!("fy_{year}"),
        }
    }
}

/// Referrals above underlying over a period.
#[derive(Clone, Debug)]
pub struct PeriodTotal {
    /// The period.
    pub period: Period,
    /// All referrals; none without a baseline.
    pub referrals: Option<Stats>,
    /// Referrals minus underlying.
    pub extra: Stats,
    /// That as a share of underlying; none without a baseline.
    pub extra_share: Option<Stats>,
    /// The surge as a share of underlying; none without a baseline.
    pub surge_share: Option<Stats>,
}

/// The month in which demand is furthest above underlying.
#[derive(Clone, Debug)]
pub struct Peak {
    /// Months from the start.
    pub t: usize,
    /// Referrals above underlying in that month.
    pub extra: Stats,
    /// That as a share of underlying; none without a baseline.
    pub uplift: Option<Stats>,
}

/// Runs and summarises every line and family of a case.
pub fn summarise<const L: usize>(
    study: &Study,
    case: &Case<'_>,
    prepared: &[&Prepared<L>],
    entries: &[&Block<L>],
    draws: usize,
) -> (Vec<LineResult>, Vec<FamilyResult>) {
    let stage = Stage { study, case, prepared, entries, draws };
    let mut lines = Vec::new();
    let mut family_results = Vec::new();
    // One line after another, so that the draws of one alone are held; inside, blocks and then
    // series are shared among the threads.
    for family in 0..study.pack.families.len() {
        let (family_lines, result) = stage.family(family);
        lines.extend(family_lines);
        family_results.extend(result);
    }
    lines.sort_by_key(|line| line.service);
    (lines, family_results)
}

/// All draws of one line's referrals by month.
pub fn draws<const L: usize>(
    study: &Study,
    case: &Case<'_>,
    line: &Line<'_>,
    (prepared, entries): (&[&Prepared<L>], &[&Block<L>]),
    draws: usize,
) -> Vec<Vec<f64>> {
    let buffer = Stage { study, case, prepared, entries, draws }.run(line, None);
    (0..case.months()).map(|t| buffer.draws(Measure::Referrals, t, draws).collect()).collect()
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
    let stage = Stage { study, case, prepared: &[prepared], entries: &[entries], draws: L };
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
    let stage = Stage { study, case, prepared, entries, draws };
    let buffer = stage.run(line, waiting.as_ref());
    let mut sums = vec![0.0; draws];
    for t in months {
        buffer.add_to_sums(measure, t, &mut sums);
    }
    Some(sums)
}

struct Stage<'a, const L: usize> {
    study: &'a Study,
    case: &'a Case<'a>,
    prepared: &'a [&'a Prepared<L>],
    entries: &'a [&'a Block<L>],
    draws: usize,
}

impl<const L: usize> Stage<'_, L> {
    fn family(&self, family: usize) -> (Vec<LineResult>, Option<FamilyResult>) {
        let lines: Vec<&Line<'_>> = self
            .case
            .lines
            .iter()
            .filter(|line| self.study.pack.services[line.service].family == family)
            .collect();
        let Some((unit, members)) = self.members(&lines) else { return (Vec::new(), None) };
        let mut sum = Buffer::new(&Measure::OF_FAMILY, self.case.months(), self.entries.len());
        let mut results = Vec::new();
        for line in &lines {
            let waiting = Waiting::of(self.study, self.case, line);
            let buffer = self.run(line, waiting.as_ref());
            if members.contains(&line.service) {
                sum.add(&buffer, &Measure::OF_FAMILY);
            }
            let measures = applicable(self.study, line, waiting.as_ref());
            let course = self.course(&buffer, &measures, is_known(line));
            results.push(LineResult {
                service: line.service,
                method: match &line.underlying {
                    Underlying::Forecast(forecast) => Some(forecast.why.clone()),
                    Underlying::Given { .. } => Some("given by the pack".to_owned()),
                    Underlying::Unknown => None,
                },
                baseline_year: line.baseline_year,
                levers: self.lever_totals(line),
                waits: self.waits(line, waiting.as_ref(), &buffer),
                burden: self.burden(line, &buffer, course.peak.t),
                course,
            });
        }
        let summed = || lines.iter().filter(|line| members.contains(&line.service));
        let known = summed().any(|line| is_known(line));
        let measures: Vec<Measure> = Measure::OF_FAMILY
            .into_iter()
            .filter(|measure| known || !needs_baseline(*measure))
            .collect();
        let course = match members.as_slice() {
            // A family of one line is that line: its quantiles are there already.
            [only] => results.iter().find(|line| line.service == *only).map(|line| Course {
                measures: only_measures(&line.course.measures, &measures),
                totals: only_measures(&line.course.totals, &measures),
                ..line.course.clone()
            }),
            _ => None,
        };
        let result = FamilyResult {
            family,
            unit,
            without_baseline: summed().filter(|l| !is_known(l)).map(|l| l.service).collect(),
            baseline_year: summed().filter_map(|l| l.baseline_year).reduce(|a, b| a + b),
            equity: if known && self.study.summaries == Summaries::All {
                self.equity(family, &members, &sum)
            } else {
                Vec::new()
            },
            course: course.unwrap_or_else(|| self.course(&sum, &measures, known)),
            services: members,
        };
        (results, Some(result))
    }

    /// What the surge of a line takes, whose demand peaks in month `peak`.
    fn burden(&self, line: &Line<'_>, buffer: &Buffer<L>, peak: usize) -> Burden {
        let service = &self.study.pack.services[line.service];
        if service.is_total() {
            return Burden::default();
        }
        let (figures, totals) = (&service.figures, Totals::new(self, buffer));
        let mut summariser = Summariser::default();
        let mut burden = Burden::default();
        if figures.unit_cost.is_some() {
            let periods = Period::all(self.case.scenario.start, self.case.months());
            let cost = |period| totals.over(Measure::SurgeCost, period);
            burden.costs =
                periods.into_iter().map(|p| (p, summariser.stats(cost(p).into_iter()))).collect();
            burden.cost_draws = cost(Period::Horizon);
            burden.treatment_cost_draws = totals.over(Measure::Cost, Period::Horizon);
        }
        let by_caseload = figures.waits.caseload_per_wte.map(|id| (id, Measure::SurgePlaces));
        let by_contacts = figures.contacts_per_wte.map(|id| (id, Measure::Surge));
        if let Some((id, measure)) = by_caseload.or(by_contacts) {
            let busiest = totals.most(measure);
            let per_wte = |d: usize| self.prepared[d / L].sample[id][d % L];
            burden.staff_draws =
                busiest.iter().enumerate().map(|(d, people)| people / per_wte(d)).collect();
            burden.staff = Some(summariser.stats(burden.staff_draws.iter().copied()));
        }
        let severe = buffer.draws(Measure::Severe, peak, self.draws);
        burden.severe_at_peak = Some(summariser.stats(severe));
        burden
    }

    /// The referrals of a family by strata.
    fn equity(&self, family: usize, members: &[usize], sum: &Buffer<L>) -> Vec<EquityResult> {
        let totals = Totals::new(self, sum);
        let of_period = |period| {
            let over = |measure| totals.over(measure, period);
            let surge = over(Measure::Surge);
            let presenting =
                over(Measure::Underlying).iter().zip(&surge).map(|(u, surge)| u + surge).collect();
            let levers = over(Measure::Levers);
            let (suppressed, returning) = (over(Measure::Suppressed), over(Measure::Returning));
            FamilyTotals { period, presenting, levers, surge, suppressed, returning }
        };
        equity::of_family(self.study, self.case, self.prepared, (family, members), of_period)
    }

    /// What the waiting list of a line comes to.
    fn waits(
        &self,
        line: &Line<'_>,
        waiting: Option<&Waiting<'_>>,
        buffer: &Buffer<L>,
    ) -> Option<WaitsResult> {
        let waiting = waiting.filter(|_| self.study.summaries == Summaries::All)?;
        let sample = &self.prepared.first()?.sample;
        let shares = LineFigures::new(self.study, line, sample).shares();
        let first = (sample, &shares);
        Some(waits_summary::summarise(
            self.study, self.case, line, waiting, buffer, self.draws, first,
        ))
    }

    /// Which lines a family sums: those of one unit, and totals only where no part is known.
    fn members(&self, lines: &[&Line<'_>]) -> Option<(Unit, Vec<usize>)> {
        let service = |line: &Line<'_>| &self.study.pack.services[line.service];
        let parts = || lines.iter().filter(|line| !service(line).is_total());
        let total = lines.iter().find(|line| service(line).is_total() && is_known(line));
        if let Some(total) = total
            && !parts().any(|part| is_known(part))
        {
            return Some((service(total).unit, vec![total.service]));
        }
        let main = parts().find(|line| is_known(line)).or_else(|| parts().next())?;
        let unit = service(main).unit;
        let members = parts().filter(|line| service(line).unit == unit).map(|l| l.service);
        Some((unit, members.collect()))
    }

    /// All draws of one line.
    fn run(&self, line: &Line<'_>, waiting: Option<&Waiting<'_>>) -> Buffer<L> {
        let mut measures = applicable(self.study, line, waiting);
        for needed in Measure::OF_FAMILY.into_iter().chain(Measure::OF_BURDEN) {
            if !measures.contains(&needed) {
                measures.push(needed);
            }
        }
        let mut buffer = Buffer::new(&measures, self.case.months(), self.entries.len());
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
        let surge = |t: usize| -> [f64; L] { std::array::from_fn(|i| early[t][i] + late[t][i]) };
        let restrictions = Restrictions {
            first: &entries.first_restrictions,
            later: &entries.later_restrictions,
            gain: prepared.sample[self.case.scenario.response.suppression_gain],
        };
        figures.suppression.run(
            &restrictions,
            |t| {
                let surge = surge(t);
                std::array::from_fn(|i| underlying[t][i] + surge[i])
            },
            |t, held| {
                *buffer.at(Measure::Suppressed, t) = held.suppressed;
                *buffer.at(Measure::Returning, t) =
                    given.map_or(held.returning, |given| [given[t]; L]);
                buffer.set(Measure::Unmet, t, held.lost);
            },
        );
        let effect = self.lever_effect(line, prepared, entries);
        let conditions = self.conditions(line, &prepared.sample);
        let at_risk = |group: usize, t: usize| &entries.at_risk[(group, t)];
        let mut caseload = figures.steady_caseload(&underlying[0]);
        for t in 0..months {
            let surge = surge(t);
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
            let accepted = product(&referrals, &accepted_share);
            let mut set = |measure, value| buffer.set(measure, t, value);
            set(Measure::Underlying, underlying[t]);
            set(Measure::Surge, surge);
            set(Measure::SurgeImmediate, early[t]);
            set(Measure::SurgeLongitudinal, late[t]);
            set(Measure::Levers, levers);
            set(Measure::Referrals, referrals);
            set(Measure::Accepted, accepted);
            set(Measure::BelowThreshold, std::array::from_fn(|i| referrals[i] - accepted[i]));
        }
        let waited = queue.map(|(waiting, months)| {
            let sample = &prepared.sample;
            let shares = figures.shares();
            waits(waiting, sample, &shares, caseload, months, buffer)
        });
        let mut surge_caseload = [0.0; L];
        let mut surge_waiting = [0.0; L];
        let mut surge_places = [0.0; L];
        let mut list = waited.map_or([0.0; L], |(opening, _)| opening);
        for t in 0..months {
            let surge = surge(t);
            let accepted = *buffer.at(Measure::Accepted, t);
            let (referrals, returning) =
                (*buffer.at(Measure::Referrals, t), *buffer.at(Measure::Returning, t));
            let severe = conditions.as_ref().map_or([None; L], |c| c.severe(|g| at_risk(g, t)));
            let mix: [Mix; L] = std::array::from_fn(|i| {
                let demand = Demand {
                    underlying: underlying[t][i],
                    referrals: referrals[i],
                    returning: returning[i],
                    surge: surge[i],
                    severe: severe[i],
                };
                figures.severity.mix(i, &demand)
            });
            let (accepted_share, leave) = effect
                .as_ref()
                .map_or((figures.accepted, figures.leave), |e| (e.accepted[t], e.leave[t]));
            // A more severe mix stays longer.
            let surge_leave: [f64; L] = std::array::from_fn(|i| leave[i] / mix[i].surge_load);
            let leave: [f64; L] = std::array::from_fn(|i| leave[i] / mix[i].load);
            let discharges = product(&caseload, &leave);
            let surge_accepted = product(&surge, &accepted_share);
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
            let mut set = |measure, value| buffer.set(measure, t, value);
            set(Measure::Starts, starts);
            set(Measure::Caseload, caseload);
            set(Measure::Contacts, product(&caseload, &figures.contacts));
            set(Measure::BedDays, product(&caseload, &figures.bed_days));
            set(Measure::Discharges, discharges);
            set(Measure::SurgeCaseload, surge_caseload);
            set(Measure::SurgeContacts, product(&surge_caseload, &figures.contacts));
            let cost = |accepted: &[f64; L], load: fn(&Mix) -> f64| {
                std::array::from_fn(|i| accepted[i] * figures.unit_cost[i] * load(&mix[i]))
            };
            set(Measure::Cost, cost(&accepted, |mix| mix.load));
            set(Measure::SurgeCost, cost(&surge_accepted, |mix| mix.surge_load));
            set(Measure::SurgePlaces, surge_places);
            set(Measure::Severe, mix.map(|mix| mix.severe));
            for i in 0..L {
                caseload[i] += starts[i] - discharges[i];
                surge_caseload[i] += surge_starts[i] - surge_caseload[i] * surge_leave[i];
                surge_places[i] += surge_accepted[i] - surge_places[i] * surge_leave[i];
            }
        }
    }

    /// The surge of a line by month: its service's, or the sum of its members'.
    fn surge(
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
    fn underlying(&self, line: &Line<'_>, block: u64) -> Vec<[f64; L]> {
        let months = self.case.months();
        match &line.underlying {
            Underlying::Unknown | Underlying::Given { underlying: None, .. } => {
                vec![[0.0; L]; months]
            }
            Underlying::Given { underlying: Some(values), .. } => {
                values.iter().map(|value| [*value; L]).collect()
            }
            Underlying::Forecast(forecast) if self.study.draws.count == 0 => {
                forecast.central.iter().map(|value| [*value; L]).collect()
            }
            Underlying::Forecast(forecast) => {
                let mut paths = vec![[0.0; L]; months];
                for (path, stream) in paths.iter_mut().zip(&line.noise) {
                    stream.normals(block, path);
                }
                forecast.draw(&mut paths);
                paths
            }
        }
    }

    fn course(&self, buffer: &Buffer<L>, measures: &[Measure], known: bool) -> Course {
        let mut summariser = Summariser::default();
        let months = self.case.months();
        let monthly = if self.study.summaries == Summaries::All { measures } else { &[] };
        let by_month: Vec<(Measure, Vec<Stats>)> = monthly
            .par_iter()
            .map_init(Summariser::default, |summariser, &measure| {
                let month = |t| summariser.stats(buffer.draws(measure, t, self.draws));
                (measure, (0..months).map(month).collect())
            })
            .collect();
        let totals = Totals::new(self, buffer);
        let horizon: Vec<(Measure, Vec<f64>)> = measures
            .par_iter()
            .map(|&measure| (measure, totals.over(measure, Period::Horizon)))
            .collect();
        Course {
            peak: totals.peak(known, &mut summariser),
            periods: Period::all(self.case.scenario.start, months)
                .into_par_iter()
                .map_init(Summariser::default, |summariser, period| {
                    totals.period(period, known, summariser)
                })
                .collect(),
            totals: horizon
                .iter()
                .filter(|(measure, _)| !Measure::OF_WAITS.contains(measure))
                .map(|(measure, draws)| (*measure, summariser.stats(draws.iter().copied())))
                .collect(),
            measures: by_month,
            draws: horizon.into_iter().filter(|(m, _)| Measure::COMPARED.contains(m)).collect(),
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
    for (t, month) in months.waited.iter().enumerate() {
        for i in 0..L {
            buffer.at(Measure::Accepted, t)[i] -= month.turned_away[i];
        }
        let mut set = |measure, value| buffer.set(measure, t, value);
        set(Measure::Waiting, month.list);
        set(Measure::Reneged, month.reneged);
        set(Measure::WaitMedian, month.wait);
        set(Measure::WaitP90, product(&month.wait, &p90));
        set(Measure::Load, month.load);
        for (measure, limit) in
            [Measure::WithinStandard, Measure::WithinStandard2].into_iter().zip(&limits)
        {
            let Some(limit) = limit else { continue };
            set(
                measure,
                std::array::from_fn(|i| {
                    Spread { sigma: spread[i] }.within(month.wait[i], limit[i])
                }),
            );
        }
        buffer.add_to(Measure::BelowThreshold, t, &month.turned_away);
    }
    (opening, &months.waited)
}

/// Totals over periods, draw by draw.
struct Totals<'a, const L: usize> {
    buffer: &'a Buffer<L>,
    start: Month,
    draws: usize,
}

impl<'a, const L: usize> Totals<'a, L> {
    fn new(stage: &Stage<'_, L>, buffer: &'a Buffer<L>) -> Self {
        Self { buffer, start: stage.case.scenario.start, draws: stage.draws }
    }

    fn over(&self, measure: Measure, period: Period) -> Vec<f64> {
        let mut sums = vec![0.0; self.draws];
        for t in (0..self.buffer.months).filter(|t| period.holds(self.start, *t)) {
            self.buffer.add_to_sums(measure, t, &mut sums);
        }
        sums
    }

    /// The most of a measure in any month.
    fn most(&self, measure: Measure) -> Vec<f64> {
        let mut most = vec![0.0f64; self.draws];
        for t in 0..self.buffer.months {
            for (most, value) in most.iter_mut().zip(self.buffer.draws(measure, t, self.draws)) {
                *most = most.max(value);
            }
        }
        most
    }

    fn period(&self, period: Period, known: bool, summariser: &mut Summariser) -> PeriodTotal {
        let referrals = self.over(Measure::Referrals, period);
        let underlying = self.over(Measure::Underlying, period);
        let surge = self.over(Measure::Surge, period);
        let extra = || referrals.iter().zip(&underlying).map(|(r, u)| r - u);
        let mut share = |parts: &mut dyn Iterator<Item = f64>| {
            // A percentage of nothing is not a number: those draws have none.
            let shares: Vec<f64> =
                parts.zip(&underlying).filter(|(_, u)| **u > 0.0).map(|(p, u)| p / u).collect();
            (known && !shares.is_empty()).then(|| summariser.stats(shares.into_iter()))
        };
        let extra_share = share(&mut extra());
        let surge_share = share(&mut surge.iter().copied());
        PeriodTotal {
            period,
            extra: summariser.stats(extra()),
            referrals: known.then(|| summariser.stats(referrals.iter().copied())),
            extra_share,
            surge_share,
        }
    }

    fn peak(&self, known: bool, summariser: &mut Summariser) -> Peak {
        let extra = |t| {
            self.buffer.draws(Measure::Referrals, t, self.draws).zip(self.buffer.draws(
                Measure::Underlying,
                t,
                self.draws,
            ))
        };
        let medians: Vec<Stats> = (0..self.buffer.months)
            .into_par_iter()
            .map_init(Summariser::default, |summariser, t| {
                summariser.stats(extra(t).map(|(referrals, underlying)| referrals - underlying))
            })
            .collect();
        let t = (0..medians.len())
            .reduce(|a, b| if medians[b].median() > medians[a].median() { b } else { a })
            .unwrap_or(0);
        let uplifts: Vec<f64> =
            extra(t).filter(|(_, u)| *u > 0.0).map(|(r, u)| r / u - 1.0).collect();
        Peak {
            t,
            extra: medians.get(t).copied().unwrap_or_default(),
            uplift: (known && !uplifts.is_empty()).then(|| summariser.stats(uplifts.into_iter())),
        }
    }
}

/// A line's figures for a block of draws, weighted over its members.
struct LineFigures<const L: usize> {
    accepted: [f64; L],
    leave: [f64; L],
    contacts: [f64; L],
    bed_days: [f64; L],
    severity: Severity<L>,
    unit_cost: [f64; L],
    suppression: Suppression<L>,
}

impl<const L: usize> LineFigures<L> {
    fn new(study: &Study, line: &Line<'_>, sample: &Sample<L>) -> Self {
        let services = &study.pack.services;
        let mean = |value: &dyn Fn(&ServiceFigures) -> [f64; L]| {
            let mut mean = [0.0; L];
            for (member, weight) in &line.members {
                let value = value(&services[*member].figures);
                for i in 0..L {
                    mean[i] += weight * value[i];
                }
            }
            mean
        };
        let figure = |id: fn(&ServiceFigures) -> FigureId| mean(&|figures| sample[id(figures)]);
        let counts_starts = services[line.service].unit == Unit::Start;
        Self {
            // Treatment starts were accepted already.
            accepted: if counts_starts { [1.0; L] } else { figure(|f| f.accepted) },
            leave: mean(&|f| leaving(&sample[f.decay], &sample[f.months])),
            contacts: figure(|f| f.contacts),
            bed_days: mean(&|f| f.bed_days.map_or([0.0; L], |id| sample[id])),
            severity: Severity {
                severe_share: figure(|f| f.severity.severe_share),
                severity_shift: figure(|f| f.severity.severity_shift),
                severe_stay: figure(|f| f.severity.severe_stay),
            },
            unit_cost: mean(&|f| f.unit_cost.map_or([0.0; L], |id| sample[id])),
            suppression: Suppression {
                loss: figure(|f| f.loss),
                returns: figure(|f| f.returns),
                return_half_life: figure(|f| f.return_half_life),
            },
        }
    }

    fn shares(&self) -> Shares<L> {
        Shares { accepted: self.accepted, leave: self.leave }
    }

    /// The caseload that starts at the rate of `underlying` keep up.
    fn steady_caseload(&self, underlying: &[f64; L]) -> [f64; L] {
        std::array::from_fn(|i| {
            if self.leave[i] > 0.0 { underlying[i] * self.accepted[i] / self.leave[i] } else { 0.0 }
        })
    }
}

/// The central values of every figure, and a line's shares at them.
pub(super) fn central_shares(study: &Study, line: &Line<'_>) -> (Sample<1>, Shares<1>) {
    let sample = study.figures.central();
    let figures = LineFigures::new(study, line, &sample);
    (sample, figures.shares())
}

fn product<const L: usize>(a: &[f64; L], b: &[f64; L]) -> [f64; L] {
    std::array::from_fn(|i| a[i] * b[i])
}

/// Whether a line's underlying demand is known.
pub fn is_known(line: &Line<'_>) -> bool {
    match &line.underlying {
        Underlying::Unknown => false,
        Underlying::Forecast(_) => true,
        Underlying::Given { underlying, .. } => underlying.is_some(),
    }
}

fn only_measures<T: Clone>(list: &[(Measure, T)], wanted: &[Measure]) -> Vec<(Measure, T)> {
    list.iter().filter(|(measure, _)| wanted.contains(measure)).cloned().collect()
}

/// Measures that mean nothing without a baseline.
fn needs_baseline(measure: Measure) -> bool {
    !matches!(
        measure,
        Measure::Suppressed
            | Measure::Returning
            | Measure::Surge
            | Measure::SurgeImmediate
            | Measure::SurgeLongitudinal
            | Measure::Levers
            | Measure::Unmet
            | Measure::SurgeCaseload
            | Measure::SurgeContacts
            | Measure::SurgeCost
    )
}

/// The measures of a line.
fn applicable(study: &Study, line: &Line<'_>, waiting: Option<&Waiting<'_>>) -> Vec<Measure> {
    let known = is_known(line);
    let beds = line.members.iter().any(|(m, _)| study.pack.services[*m].figures.bed_days.is_some());
    let refused_leave = study.pack.refused == Refused::Leave;
    Measure::ALL
        .into_iter()
        .filter(|measure| known || !needs_baseline(*measure))
        .filter(|measure| match measure {
            Measure::BedDays => beds,
            Measure::BelowThreshold => refused_leave,
            own if Measure::OF_WAITS.contains(own) => {
                waiting.is_some_and(|waiting| waiting.has(*own, study))
            }
            own if Measure::OF_BURDEN.contains(own) => false,
            _ => true,
        })
        .collect()
}
