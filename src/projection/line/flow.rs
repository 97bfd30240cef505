//! A line in every draw: underlying demand through suppression, return, levers, the waiting list
//! and treatment.

use rayon::prelude::*;

use super::lever_effect::Effect;
use super::{Stage, applicable};
use crate::lane::Lane;
use crate::model::demand::{self, Demand};
use crate::model::pathway::Table;
use crate::model::suppression::{Restrictions, Suppression};
use crate::model::treatment::{Asking, Treatment, cost, steady_caseload};
use crate::model::waiting::{Capacity, Spread, Waited};
use crate::projection::block::{Block, Prepared};
use crate::projection::buffer::{BlockBuffer, Buffer, Factor, Layout};
use crate::projection::case::{Case, Line, Underlying};
use crate::projection::line_figures::LineFigures;
use crate::projection::measure::Measure;
use crate::projection::severe_share::severe_of_line;
use crate::projection::spare::Spare;
use crate::projection::waits::given::WaitDraws;
use crate::projection::waits::{Months, Surroundings, Waiting};
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
    let buffer =
        Stage { study, case, prepared, entries, draws, spare: &spare, door: None }.run(line, None);
    (0..case.months()).map(|t| buffer.draws(Measure::Referrals, t)).collect()
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
    let stage = Stage { study, case, prepared, entries, draws, spare: &spare, door: None };
    let buffer = stage.run(line, waiting.as_ref());
    let mut sums = vec![0.0; draws];
    for t in months {
        buffer.add_to_sums(measure, t, &mut sums);
    }
    Some(sums)
}

/// Every draw of a line's list by month; none where waits spread otherwise in each draw.
pub fn wait_draws<const L: usize>(
    study: &Study,
    case: &Case<'_>,
    line: &Line<'_>,
    (prepared, entries): (&[&Prepared<L>], &[&Block<L>]),
    (draws, waiting): (usize, &Waiting<'_>),
) -> Option<WaitDraws> {
    let spare = Spare::default();
    let stage = Stage { study, case, prepared, entries, draws, spare: &spare, door: None };
    let spread = waiting.usual.spread()?;
    let buffer = stage.run(line, Some(waiting));
    let months = |measure| (0..case.months()).map(|t| buffer.draws(measure, t)).collect::<Vec<_>>();
    Some(WaitDraws {
        first: case.scenario.start,
        starts: months(Measure::Starts),
        list: months(Measure::Waiting),
        median: months(Measure::WaitMedian),
        spreads: vec![spread; draws],
    })
}

/// What referrals of a line are made of, in a block of draws.
#[derive(Debug)]
pub struct Ingredients<const L: usize> {
    /// Underlying demand by month.
    pub underlying: Vec<Lane<L>>,
    /// Surge by month, for each first stage it was asked of.
    pub surges: Vec<Vec<Lane<L>>>,
    /// The figures of suppression and return.
    pub suppression: Suppression<L>,
    /// What its list is made of, where it was asked for.
    pub list: Option<ListIngredients<L>>,
}

/// Accepted, response, lost in lockdown, rate of leaving, people on the opening list, starts a month
/// before the start, weeks of a median wait for each month in the fluid.
pub const LIST_FIGURES: usize = 7;

/// What a list whose capacity responds is made of beside the referrals.
#[derive(Debug)]
pub struct ListIngredients<const L: usize> {
    /// Starts a month at the usual wait, before a lockdown takes any.
    pub starts: Vec<Lane<L>>,
    /// The usual wait, in months.
    pub waits: Vec<Lane<L>>,
    /// Accepted, response, lost in lockdown, rate of leaving, opening list, starts before it, weeks
    /// of a median wait for each month in the fluid.
    pub figures: [Lane<L>; LIST_FIGURES],
    /// How individual waits spread, alike in every draw.
    pub spread: Spread,
}

/// One block of a line's ingredients, its surge in each of `entries`, with those of its list.
pub fn ingredients<const L: usize>(
    study: &Study,
    case: &Case<'_>,
    line: &Line<'_>,
    (prepared, entries): (&Prepared<L>, &[Block<L>]),
    waiting: Option<&Waiting<'_>>,
) -> Ingredients<L> {
    let spare = Spare::default();
    let stage =
        Stage { study, case, prepared: &[], entries: &[], draws: L, spare: &spare, door: None };
    let surge = |block: &Block<L>| stage.surge(line, prepared, block).all;
    let figures = LineFigures::new(study, line, &prepared.sample);
    let underlying = stage.underlying(line, prepared, None, &figures);
    let list = waiting.and_then(|own| list_ingredients(own, prepared, &figures, &underlying));
    Ingredients {
        surges: entries.iter().map(surge).collect(),
        suppression: figures.suppression,
        list,
        underlying,
    }
}

fn list_ingredients<const L: usize>(
    waiting: &Waiting<'_>,
    prepared: &Prepared<L>,
    figures: &LineFigures<L>,
    underlying: &[Lane<L>],
) -> Option<ListIngredients<L>> {
    let spread = waiting.usual.spread()?;
    let (sample, shares) = (&prepared.sample, figures.shares());
    let opening = waiting.opening_of(sample, &shares);
    let open = vec![Lane::ZERO; underlying.len()];
    let around = Surroundings { underlying, lockdown: &open };
    let (mut starts, mut waits, mut response) = (Vec::new(), Vec::new(), Lane::ZERO);
    for capacity in waiting.capacity(sample, &shares, &opening, around) {
        if let Capacity::Responds { usual, more, wait, response: own } = capacity {
            starts.push(usual + more);
            waits.push(wait);
            response = own;
        }
    }
    let lost = sample[waiting.figures.lockdown_starts];
    let list = [opening.renege, opening.list, opening.starts, opening.weeks_a_month];
    let [renege, people, before, weeks] = list;
    let figures = [figures.accepted, response, lost, renege, people, before, weeks];
    Some(ListIngredients { starts, waits, figures, spread })
}

impl<const L: usize> Stage<'_, L> {
    /// All draws of one line.
    pub(super) fn run(&self, line: &Line<'_>, waiting: Option<&Waiting<'_>>) -> Buffer<L> {
        let mut measures = applicable(self.study, line, waiting);
        let without = waiting.map_or(&[] as &[Measure], |_| &Measure::WITHOUT);
        let needed = Measure::OF_FAMILY.into_iter().chain(Measure::OF_BURDEN);
        for needed in needed.chain(without.iter().copied()) {
            if !measures.contains(&needed) {
                measures.push(needed);
            }
        }
        let layout = Layout::new(&measures, self.has_levers(), waiting.is_some());
        let mut buffer = Buffer::new(self.spare, layout, self.case.months(), self.draws);
        let room = || Room {
            queue: waiting.map(|waiting| (waiting, Months::new(self.case.months()))),
            presented: Vec::new(),
            asking: Vec::new(),
        };
        let inputs = self.prepared.par_iter().zip(self.entries);
        buffer.blocks().zip(inputs).for_each_init(room, |room, (mut block, inputs)| {
            let (prepared, entries) = inputs;
            self.run_block(line, prepared, entries, &mut block, room);
        });
        buffer
    }

    fn run_block(
        &self,
        line: &Line<'_>,
        prepared: &Prepared<L>,
        entries: &Block<L>,
        buffer: &mut BlockBuffer<'_, L>,
        Room { queue, presented, asking }: &mut Room<'_, L>,
    ) {
        let figures = LineFigures::new(self.study, line, &prepared.sample);
        let underlying = self.underlying(line, prepared, Some(entries), &figures);
        let surge = self.surge(line, prepared, entries);
        let levers = self.lever_effect(line, prepared, entries);
        let restrictions = self.restrictions(prepared, entries);
        demand::presenting(&figures.suppression, &restrictions, &surge.all, presented);
        asking.clear();
        let parts = (&*underlying, &*surge.all);
        let given = given_returning(line);
        demand::each_month(&figures.suppression, &restrictions, parts, given, |t, demand| {
            write_demand(buffer, t, demand, &surge, levers.as_ref());
            let severe = severe_of_line(&self.study.pack, line, prepared, entries, t);
            asking.push(ask(&figures, t, (demand, &presented[t]), levers.as_ref(), severe));
        });
        let caseload = steady_caseload(underlying[0], figures.accepted, figures.leave);
        let waited = queue.as_mut().map(|(waiting, months)| {
            let around =
                Surroundings { underlying: &underlying, lockdown: &entries.first_restrictions };
            let opening =
                wait(waiting, &prepared.sample, &figures, (caseload, asking, around), months);
            write_waits(buffer, waiting, &prepared.sample, months);
            (opening, months.waited.as_slice())
        });
        write_treatment(buffer, &figures, (caseload, asking), waited);
    }

    /// Demand of a line by month, by the rule of [`crate::model::demand`].
    pub(super) fn demand(
        &self,
        line: &Line<'_>,
        (prepared, entries): (&Prepared<L>, &Block<L>),
        figures: &LineFigures<L>,
        underlying: &[Lane<L>],
        surge: &[Lane<L>],
    ) -> Vec<Demand<L>> {
        let restrictions = self.restrictions(prepared, entries);
        let given = given_returning(line);
        demand::by_month(&figures.suppression, &restrictions, underlying, surge, given)
    }

    /// The restrictions of the scenario in a block.
    pub(super) fn restrictions<'b>(
        &self,
        prepared: &Prepared<L>,
        entries: &'b Block<L>,
    ) -> Restrictions<'b, L> {
        Restrictions {
            first: &entries.first_restrictions,
            later: &entries.later_restrictions,
            gain: prepared.sample[self.case.scenario.response.suppression_gain],
        }
    }

    /// The surge of a line by month: its service's, or the sum of its members'.
    pub(super) fn surge(
        &self,
        line: &Line<'_>,
        prepared: &Prepared<L>,
        entries: &Block<L>,
    ) -> Surge<L> {
        let sum = |table: &Table<L>| {
            let mut months = vec![Lane::ZERO; self.case.months()];
            for (member, _) in &line.members {
                let share = self.share_of_member(line, *member, prepared);
                for (month, referred) in months.iter_mut().zip(table.row(*member)) {
                    *month += *referred * share;
                }
            }
            months
        };
        let (immediate, longitudinal) = (sum(&entries.immediate), sum(&entries.longitudinal));
        let all = immediate.iter().zip(&longitudinal).map(|(early, late)| *early + *late).collect();
        Surge { immediate, longitudinal, all }
    }

    /// How much of a member's referrals counts in a line: where nothing says how many come with a
    /// referral, those accepted.
    pub(super) fn share_of_member(
        &self,
        line: &Line<'_>,
        member: usize,
        prepared: &Prepared<L>,
    ) -> Lane<L> {
        let accepted = self.study.pack.services[member].figures.accepted;
        line.per_member.map_or_else(|| prepared.sample[accepted], Lane::all)
    }
}

/// The surge of a line by month.
pub(super) struct Surge<const L: usize> {
    immediate: Vec<Lane<L>>,
    longitudinal: Vec<Lane<L>>,
    /// Both together.
    pub(super) all: Vec<Lane<L>>,
}

/// What of a block of a line is kept from month to month, in memory that blocks share.
struct Room<'a, const L: usize> {
    queue: Option<(&'a Waiting<'a>, Months<L>)>,
    /// The surge as it presents.
    presented: Vec<Lane<L>>,
    asking: Vec<Asking<L>>,
}

/// What returns to a line, where the pack gives it by month.
fn given_returning<'a>(line: &'a Line<'_>) -> Option<&'a [f64]> {
    match &line.underlying {
        Underlying::Given { returning, .. } => Some(returning),
        Underlying::Unknown | Underlying::Forecast(_) => None,
    }
}

/// Who asks for treatment in month `t`, of all and of the surge that presents.
fn ask<const L: usize>(
    figures: &LineFigures<L>,
    t: usize,
    (demand, presented): (&Demand<L>, &Lane<L>),
    levers: Option<&Effect<L>>,
    severe: Option<Lane<L>>,
) -> Asking<L> {
    let Some(levers) = levers else {
        let referrals = demand.before_levers();
        return Asking {
            accepted: referrals * figures.accepted,
            surge: *presented * figures.accepted,
            leave: figures.leave,
            stay: Lane::ONE,
            mix: figures.severity.mix(demand, referrals, severe),
        };
    };
    let referrals = demand.referrals(levers.referrals[t]);
    let (accepted, leave) = (levers.accepted[t], levers.leave[t]);
    Asking {
        accepted: referrals * accepted,
        surge: levers.surge_of(t, *presented, demand.surge) * accepted,
        leave,
        stay: figures.leave.share_where(leave, &Lane::ONE),
        mix: figures.severity.mix(&levers.on(t, demand), referrals, severe),
    }
}

/// Runs the list of a block over those accepted; the list it opened with.
fn wait<const L: usize>(
    waiting: &Waiting<'_>,
    sample: &Sample<L>,
    figures: &LineFigures<L>,
    (caseload, asking, around): (Lane<L>, &[Asking<L>], Surroundings<'_, L>),
    months: &mut Months<L>,
) -> Lane<L> {
    let rooms = months.arrivals.iter_mut().zip(&mut months.stay);
    for ((arrivals, stay), asking) in rooms.zip(asking) {
        *arrivals = asking.accepted.max(0.0);
        *stay = asking.mix.load;
    }
    waiting.run(sample, &figures.shares(), caseload, around, months)
}

fn write_demand<const L: usize>(
    buffer: &mut BlockBuffer<'_, L>,
    t: usize,
    month: &Demand<L>,
    surge: &Surge<L>,
    levers: Option<&Effect<L>>,
) {
    let (change, with_levers) =
        levers.map_or((Lane::ZERO, *month), |levers| (levers.referrals[t], levers.on(t, month)));
    let mut set = |measure, value: Lane<L>| buffer.set(measure, t, &value);
    set(Measure::Underlying, month.underlying);
    set(Measure::Suppressed, month.suppressed);
    set(Measure::Returning, month.returning);
    set(Measure::Unmet, with_levers.lost);
    set(Measure::SurgeWithLevers, with_levers.surge);
    set(Measure::SurgeImmediate, surge.immediate[t]);
    set(Measure::SurgeLongitudinal, surge.longitudinal[t]);
    set(Measure::Levers, change);
    set(Measure::Referrals, month.referrals(change));
}

/// Treats those who ask, by the rule of [`crate::model::treatment`].
fn write_treatment<const L: usize>(
    buffer: &mut BlockBuffer<'_, L>,
    figures: &LineFigures<L>,
    (caseload, asking): (Lane<L>, &[Asking<L>]),
    waited: Option<(Lane<L>, &[Waited<L>])>,
) {
    buffer.set_factor(Factor::Contacts, &figures.contacts);
    buffer.set_factor(Factor::BedDays, &figures.bed_days);
    let opening = waited.map_or(Lane::ZERO, |(opening, _)| opening);
    let mut treatment = Treatment::opening(caseload, opening);
    for (t, asking) in asking.iter().enumerate() {
        let month = treatment.month(asking, waited.map(|(_, months)| &months[t]));
        let mix = &asking.mix;
        let mut set = |measure, value: Lane<L>| buffer.set(measure, t, &value);
        set(Measure::Accepted, month.accepted);
        set(Measure::Starts, month.starts);
        set(Measure::Caseload, month.caseload);
        set(Measure::Discharges, month.discharges);
        set(Measure::SurgeCaseload, month.surge_caseload);
        set(Measure::SurgePlaces, month.surge_places);
        let cost = |people, load: Lane<L>| cost(people, figures.unit_cost, load * asking.stay);
        set(Measure::Cost, cost(month.starts, mix.load));
        set(Measure::SurgeCost, cost(asking.surge, mix.surge_load));
        set(Measure::Severe, mix.severe);
    }
}

fn write_waits<const L: usize>(
    buffer: &mut BlockBuffer<'_, L>,
    waiting: &Waiting<'_>,
    sample: &Sample<L>,
    months: &Months<L>,
) {
    let spreads = waiting.spreads(sample);
    buffer.set_factor(Factor::Percentile90, &Lane::from_fn(|i| spreads.at(i).percentile_90(1.0)));
    buffer.set_factor(Factor::SoFar, &waiting.so_far(&spreads));
    for (t, month) in months.waited.iter().enumerate() {
        let mut set = |measure, value: &Lane<L>| buffer.set(measure, t, value);
        let median = month.wait * months.weeks_a_month;
        set(Measure::Waiting, &month.list);
        set(Measure::Reneged, &month.reneged);
        set(Measure::WaitMedian, &median);
        set(Measure::Load, &month.load);
        for (n, standard) in waiting.in_force() {
            let limit = &sample[standard.weeks];
            let within = |i: usize| spreads.at(i).within_of(standard.whose, median[i], limit[i]);
            set(Measure::WithinStandard(n), &Lane::from_fn(within));
        }
    }
    for (t, month) in months.without.iter().enumerate() {
        buffer.set(Measure::WaitingWithout, t, &month.list);
        buffer.set(Measure::WaitMedianWithout, t, &(month.wait * months.weeks_a_month));
    }
}
