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

mod flow;
mod level;
mod lever_effect;
mod once;
mod summary;

pub use flow::{
    Ingredients, LIST_FIGURES, ListIngredients, draws, draws_of, ingredients, wait_draws,
};
pub use level::{Parts, levels_and_held, parts};
pub use lever_effect::LeverTotals;
pub use once::{Door, LineOnce, OfVariant};
use rayon::prelude::*;

use summary::Totals;

use super::block::{Block, Prepared};
use super::buffer::{Buffer, Layout};
use super::burden::Burden;
use super::case::{Case, Line, Underlying};
use super::course::{Course, Period};
use super::equity::{self, EquityResult, FamilyTotals};
use super::line_figures::LineFigures;
use super::measure::Measure;
use super::quantiles::Summariser;
use super::spare::Spare;
use super::wait_totals::WaitTotals;
use super::waits::Waiting;
use super::waits_summary::{self, BLOCKS_SEARCHED, OfBlock, WaitsResult};
use crate::lane::Lane;
use crate::model::pathway::Layout as Pathways;
use crate::study::Study;
use crate::study::pack::{Refused, Unit};

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
    /// The same in a run of totals alone.
    pub waited: Option<WaitTotals>,
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

/// Memory that lines in work may hold at once, in bytes.
const SECOND_STAGE_BYTES: usize = 256 << 20;

/// Runs and summarises every line and family of a case.
pub fn summarise<const L: usize>(
    study: &Study,
    case: &Case<'_>,
    (prepared, entries): (&[&Prepared<L>], &[&Block<L>]),
    draws: usize,
    spare: &Spare<L>,
) -> (Vec<LineResult>, Vec<FamilyResult>) {
    let stage = Stage { study, case, prepared, entries, draws, spare, door: None };
    let lines_of = |family: usize| case.lines.iter().filter(move |l| stage.family_of(l) == family);
    let mut families: Vec<usize> = (0..study.pack.families.len()).collect();
    // The longest first, so that no thread is left alone with it at the end.
    families.sort_by_key(|family| std::cmp::Reverse(lines_of(*family).count()));
    let measures = Measure::ALL.len();
    let bytes = measures * case.months() * entries.len() * size_of::<Lane<L>>();
    let mut results = Vec::new();
    for some in families.chunks((SECOND_STAGE_BYTES / bytes.max(1)).max(1)) {
        results.par_extend(some.par_iter().map(|&family| stage.family(family)));
    }
    let (lines, families): (Vec<_>, Vec<_>) = results.into_iter().unzip();
    let mut lines: Vec<LineResult> = lines.into_iter().flatten().collect();
    let mut families: Vec<FamilyResult> = families.into_iter().flatten().collect();
    lines.sort_by_key(|line| line.service);
    families.sort_by_key(|result| result.family);
    (lines, families)
}

/// The lines of an area, for many variants of its study at the door.
pub fn once<const L: usize>(
    study: &Study,
    case: &Case<'_>,
    prepared: &[&Prepared<L>],
    flows: (&Pathways, &[Vec<Lane<L>>]),
) -> Vec<LineOnce<L>> {
    let spare = Spare::default();
    let draws = study.draws.count;
    let stage = Stage { study, case, prepared, entries: &[], draws, spare: &spare, door: None };
    case.lines.par_iter().map(|line| stage.once(line, flows.0, flows.1)).collect()
}

/// Runs and summarises every line and family of a variant at the door.
pub fn at_door<const L: usize>(
    study: &Study,
    case: &Case<'_>,
    door: Door<'_, L>,
    draws: usize,
    spare: &Spare<L>,
) -> (Vec<LineResult>, Vec<FamilyResult>) {
    let door = Some(&door);
    let stage = Stage { study, case, prepared: &[], entries: &[], draws, spare, door };
    let families = (0..study.pack.families.len()).map(|family| stage.family(family));
    let (lines, families): (Vec<_>, Vec<_>) = families.unzip();
    let mut lines: Vec<LineResult> = lines.into_iter().flatten().collect();
    lines.sort_by_key(|line| line.service);
    (lines, families.into_iter().flatten().collect())
}

#[derive(Clone, Copy)]
struct Stage<'a, const L: usize> {
    study: &'a Study,
    case: &'a Case<'a>,
    prepared: &'a [&'a Prepared<L>],
    entries: &'a [&'a Block<L>],
    draws: usize,
    spare: &'a Spare<L>,
    /// Where only demand at the door is asked for.
    door: Option<&'a Door<'a, L>>,
}

impl<const L: usize> Stage<'_, L> {
    fn family_of(&self, line: &Line<'_>) -> usize {
        self.study.pack.services[line.service].family
    }

    fn family(&self, family: usize) -> (Vec<LineResult>, Option<FamilyResult>) {
        let lines: Vec<&Line<'_>> =
            self.case.lines.iter().filter(|line| self.family_of(line) == family).collect();
        let Some((unit, members)) = self.members(&lines) else { return (Vec::new(), None) };
        let mut sum: Option<Buffer<L>> = None;
        let in_sum = |line: &&&Line<'_>| members.contains(&line.service);
        let is_sum_known = lines.iter().filter(in_sum).any(|line| is_known(line));
        let is_mixed = is_sum_known && !lines.iter().filter(in_sum).all(|line| is_known(line));
        // What is set over underlying demand is of the services that have one.
        let mut comparable: Option<Buffer<L>> = None;
        let layout = || match self.door {
            Some(door) => Layout::of_rows(&door.asked.rows()),
            None => Layout::new(&Measure::OF_FAMILY, self.has_levers(), true),
        };
        let room = || Buffer::new(self.spare, layout(), self.case.months(), self.draws);
        let mut results = Vec::new();
        // Of a service that nobody counted only the surge is known: an answer, or part of a sum.
        let is_sum_asked = self.door.is_none_or(|door| door.asked.families);
        let is_asked = |line: &&Line<'_>| {
            self.door.is_none_or(|door| {
                let is_part = is_sum_asked && is_sum_known && in_sum(&line);
                is_known(line) || door.asked.has_unknown() || is_part
            })
        };
        let asked: Vec<&Line<'_>> = lines.iter().copied().filter(is_asked).collect();
        let mut at_door = self.door.map(|door| self.at_door(door, &asked)).unwrap_or_default();
        for line in asked {
            let waiting = match self.door {
                Some(_) => None,
                None => Waiting::of(self.study, self.case, line),
            };
            let buffer = at_door.pop_front().unwrap_or_else(|| self.run(line, waiting.as_ref()));
            let measures = applicable(self.study, line, waiting.as_ref());
            let course =
                self.course(&buffer, &measures, (is_known(line), &buffer), waiting.as_ref());
            results.push(LineResult {
                service: line.service,
                method: match &line.underlying {
                    Underlying::Forecast(forecast) => Some(forecast.why.clone()),
                    Underlying::Given { .. } => Some("given by the pack".to_owned()),
                    Underlying::Unknown => None,
                },
                baseline_year: line.baseline_year,
                levers: self.lever_totals(line),
                waits: self.waits(line, waiting.as_ref(), &buffer, &course),
                waited: self.waited(waiting.as_ref(), &buffer),
                burden: self.burden(line, &buffer, course.peak.t),
                course,
            });
            if is_mixed && is_sum_asked && is_known(line) && members.contains(&line.service) {
                let is_first = comparable.is_none();
                comparable.get_or_insert_with(room).add(&buffer, is_first);
            }
            match &mut sum {
                _ if !is_sum_asked || !members.contains(&line.service) => buffer.give(self.spare),
                Some(sum) => {
                    sum.add(&buffer, false);
                    buffer.give(self.spare);
                }
                // A family of one line is that line.
                None if members.len() == 1 => sum = Some(buffer),
                None => {
                    let mut first = room();
                    first.add(&buffer, true);
                    buffer.give(self.spare);
                    sum = Some(first);
                }
            }
        }
        let Some(sum) = sum else { return (results, None) };
        let summed = || lines.iter().filter(|line| members.contains(&line.service));
        let known = summed().any(|line| is_known(line));
        let measures: Vec<Measure> = Measure::OF_FAMILY
            .into_iter()
            .filter(|measure| known || !needs_baseline(*measure))
            .collect();
        let course = match members.as_slice() {
            // Its quantiles are there already.
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
            equity: if known && self.door.is_none() && self.study.summaries.has_splits() {
                self.equity(family, &members, &sum)
            } else {
                Vec::new()
            },
            course: course.unwrap_or_else(|| {
                let comparable = comparable.as_ref().unwrap_or(&sum);
                self.course(&sum, &measures, (known, comparable), None)
            }),
            services: members,
        };
        sum.give(self.spare);
        if let Some(comparable) = comparable {
            comparable.give(self.spare);
        }
        (results, Some(result))
    }

    /// What the surge of a line takes, whose demand peaks in month `peak`.
    fn burden(&self, line: &Line<'_>, buffer: &Buffer<L>, peak: usize) -> Burden {
        let service = &self.study.pack.services[line.service];
        if service.is_total() || self.door.is_some() {
            return Burden::default();
        }
        let (figures, totals) = (&service.figures, Totals::new(self, buffer));
        let mut summariser = Summariser::default();
        let mut burden = Burden::default();
        if figures.unit_cost.is_some() {
            let periods = Period::all(self.case.scenario.start, self.case.months());
            let cost = totals.of(Measure::SurgeCost);
            let stats = |p| (p, summariser.stats(cost.over(p).into_iter()));
            burden.costs = periods.into_iter().map(stats).collect();
            burden.cost_draws = cost.over(Period::Horizon);
            burden.treatment_cost_draws = totals.whole(Measure::Cost);
        }
        let by_caseload = figures.waits.caseload_per_wte.map(|id| (id, Measure::SurgePlaces));
        let by_contacts = figures.contacts_per_wte.map(|id| (id, Measure::SurgeWithLevers));
        if let Some((id, measure)) = by_caseload.or(by_contacts) {
            let busiest = totals.most(measure);
            let per_wte = |d: usize| self.prepared[d / L].sample[id][d % L];
            burden.staff_draws =
                busiest.iter().enumerate().map(|(d, people)| people / per_wte(d)).collect();
            burden.staff = Some(summariser.stats(burden.staff_draws.iter().copied()));
        }
        let severe = |values: &mut Vec<f64>| buffer.fill(Measure::Severe, peak, values);
        burden.severe_at_peak = Some(summariser.stats_of(severe));
        burden
    }

    /// The referrals of a family by strata.
    fn equity(&self, family: usize, members: &[usize], sum: &Buffer<L>) -> Vec<EquityResult> {
        let totals = Totals::new(self, sum);
        let [underlying, surge, levers, suppressed, returning] = [
            Measure::Underlying,
            Measure::Surge,
            Measure::Levers,
            Measure::Suppressed,
            Measure::Returning,
        ]
        .map(|measure| totals.of(measure));
        let of_period = |period| {
            let (underlying, surge) = (underlying.over(period), surge.over(period));
            FamilyTotals {
                period,
                presenting: underlying.iter().zip(&surge).map(|(u, surge)| u + surge).collect(),
                levers: levers.over(period),
                surge,
                suppressed: suppressed.over(period),
                returning: returning.over(period),
            }
        };
        equity::of_family(self.study, self.case, self.prepared, (family, members), of_period)
    }

    /// What the waiting list of a line comes to by draw, where totals alone are asked for.
    fn waited(&self, waiting: Option<&Waiting<'_>>, buffer: &Buffer<L>) -> Option<WaitTotals> {
        let waiting = waiting.filter(|_| !self.study.summaries.has_months())?;
        WaitTotals::new(waiting, &self.study.figures, buffer, self.draws)
    }

    /// What the waiting list of a line comes to.
    fn waits(
        &self,
        line: &Line<'_>,
        waiting: Option<&Waiting<'_>>,
        buffer: &Buffer<L>,
        course: &Course,
    ) -> Option<WaitsResult> {
        let waiting = waiting.filter(|_| self.study.summaries.has_months())?;
        let searched = self.prepared.iter().zip(self.entries).take(BLOCKS_SEARCHED);
        let blocks: Vec<OfBlock<'_, L>> = searched
            .map(|(prepared, entries)| OfBlock {
                sample: &prepared.sample,
                shares: LineFigures::new(self.study, line, &prepared.sample).shares(),
                lockdown: &entries.first_restrictions,
            })
            .collect();
        Some(waits_summary::summarise(
            self.study,
            self.case,
            line,
            waiting,
            (buffer, course),
            self.draws,
            &blocks,
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
            own if Measure::OF_BURDEN.contains(own) || Measure::WITHOUT.contains(own) => false,
            _ => true,
        })
        .collect()
}
