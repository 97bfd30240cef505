//! The first stage: one block of draws through tracks, delays, exposure and pathway.

use std::borrow::Cow;

use crate::lane::Lane;
use crate::model::exposure::{cap, overlap};
use crate::model::kernel::{Delay, delay_track};
use crate::model::pathway::{System, Table};
use crate::projection::block::{Block, Prepared, size_services};
use crate::projection::case::Case;
use crate::projection::parameters::{Layouts, parameters};
use crate::projection::severe_share::{self, Ways};
use crate::projection::signals::Signals;
use crate::projection::with_levers;
use crate::study::Study;
use crate::study::figures::Sample;
use crate::study::pack::Pack;
use crate::study::scenario::CurveChoice;

impl<const L: usize> Prepared<L> {
    /// Runs every case.
    pub fn run(&self, study: &Study, layouts: &Layouts, cases: &[Case<'_>]) -> Vec<Block<L>> {
        let months = cases.iter().map(Case::months).max().unwrap_or(0);
        let mut solver = Solver::new(&study.pack, layouts, months);
        let mut shared = solver.share(self);
        let run = |case: &Case<'_>| {
            let mut block = Block::new(&study.pack, 0);
            shared.run(case, &mut block);
            block
        };
        cases.iter().map(run).collect()
    }

    /// Groups enter by a named curve, as it is.
    fn enter_by_curves(
        &self,
        pack: &Pack,
        case: &Case<'_>,
        choice: &CurveChoice,
        late: &mut Table<L>,
    ) {
        for (index, group) in pack.groups.iter().enumerate() {
            let Some(own) = group.curve else { continue };
            let curve = match choice {
                CurveChoice::Pack => own.curve,
                CurveChoice::One(curve) => *curve,
            };
            let size = self.sample[group.size] * case.scale[index];
            let susceptible = &self.sample[own.susceptible];
            let row = late.row_mut(index).iter_mut().take(case.months());
            for (entering, share) in row.zip(&pack.curves[curve].months) {
                *entering = *share * size * *susceptible;
            }
        }
    }

    /// Groups enter by their drivers: the rule of [`crate::model::exposure`].
    fn enter_by_drivers(
        &self,
        pack: &Pack,
        case: &Case<'_>,
        signals: &Signals<L>,
        delays: &[Vec<Lane<L>>],
        early: &mut Table<L>,
        late: &mut Table<L>,
    ) {
        let months = case.months();
        let delayed: Vec<Delayed<L>> = pack
            .drivers
            .iter()
            .zip(delays)
            .map(|(driver, weights)| {
                let (track, reference) = signals.track(&driver.track, pack, case.scenario);
                Delayed::new(&track, reference, weights)
            })
            .collect();
        for (index, group) in pack.groups.iter().enumerate() {
            let (size, exposed) = self.exposed(pack, case, index);
            let (early, late) =
                (&mut early.row_mut(index)[..months], &mut late.row_mut(index)[..months]);
            for (driver, people) in &exposed {
                delayed[*driver].add(people, early, late);
            }
            cap(group.kind, &size, early, late);
        }
    }

    /// The size of a group: of a population, less those counted in others.
    pub(super) fn size(&self, pack: &Pack, case: &Case<'_>, index: usize) -> Lane<L> {
        let group = &pack.groups[index];
        let mut size = self.sample[group.size] * case.scale[index];
        if group.kind == crate::study::pack::GroupKind::Population {
            size *= self.sample[pack.overlap.factor];
        }
        size
    }

    /// The size of a group, and the people of it who enter by each driver at its reference
    /// exposure.
    fn exposed(
        &self,
        pack: &Pack,
        case: &Case<'_>,
        index: usize,
    ) -> (Lane<L>, Vec<(usize, Lane<L>)>) {
        let group = &pack.groups[index];
        let own = pack.exposures.iter().filter(|exposure| exposure.group == index);
        let susceptible: Vec<Lane<L>> =
            own.clone().map(|exposure| self.sample[exposure.susceptible]).collect();
        let together = overlap(group.kind, &susceptible);
        let size = self.size(pack, case, index);
        let people = own
            .zip(&susceptible)
            .map(|(exposure, susceptible)| (exposure.driver, size * *susceptible * together));
        (size, people.collect())
    }

    /// Who enters by each driver (none for a curve) and group, both lags together and after the
    /// cap: the parts of [`Block::entering_immediate`] and [`Block::entering_longitudinal`].
    pub fn entering_by_source(
        &self,
        pack: &Pack,
        case: &Case<'_>,
    ) -> Vec<(Option<usize>, usize, Vec<Lane<L>>)> {
        let months = case.months();
        let (mut early, mut late) =
            (Table::new(pack.groups.len(), months), Table::new(pack.groups.len(), months));
        if let Some(choice) = &case.scenario.curve {
            self.enter_by_curves(pack, case, choice, &mut late);
            return (0..pack.groups.len()).map(|g| (None, g, late.row(g).to_vec())).collect();
        }
        let signals = Signals::new(case.scenario, pack, &self.sample);
        let delays = delays(pack, &self.sample, months);
        self.enter_by_drivers(pack, case, &signals, &delays, &mut early, &mut late);
        let mut sources = Vec::new();
        for group in 0..pack.groups.len() {
            let (_, exposed) = self.exposed(pack, case, group);
            let alone: Vec<(usize, Vec<Lane<L>>)> = exposed
                .into_iter()
                .map(|(driver, people)| {
                    let own = &pack.drivers[driver];
                    let (track, reference) = signals.track(&own.track, pack, case.scenario);
                    let delayed = Delayed::new(&track, reference, &delays[driver]);
                    let (mut a, mut b) = (vec![Lane::ZERO; months], vec![Lane::ZERO; months]);
                    delayed.add(&people, &mut a, &mut b);
                    let both = |(a, b): (Lane<L>, Lane<L>)| a + b;
                    (driver, a.into_iter().zip(b).map(both).collect())
                })
                .collect();
            for (driver, months) in &alone {
                let entering = |(t, own): (usize, &Lane<L>)| {
                    let (e, l) = (&early[(group, t)], &late[(group, t)]);
                    let all: Lane<L> = alone.iter().map(|(_, other)| other[t]).sum();
                    (*own * (*e + *l)).share_of(all)
                };
                sources.push((
                    Some(*driver),
                    group,
                    months.iter().enumerate().map(entering).collect(),
                ));
            }
        }
        sources
    }
}

/// The memory of the first stage, for block after block of draws.
pub struct Solver<'a, const L: usize> {
    pack: &'a Pack,
    layouts: &'a Layouts,
    system: System<'a, L>,
}

impl<'a, const L: usize> Solver<'a, L> {
    /// A solver of cases of at most `months` months.
    pub fn new(pack: &'a Pack, layouts: &'a Layouts, months: usize) -> Self {
        Self { pack, layouts, system: System::new(&layouts.pathway, pack.refused, months) }
    }

    /// What the scenarios of a block of draws share.
    pub fn share<'s>(&'s mut self, prepared: &'s Prepared<L>) -> Shared<'s, 'a, L> {
        let Self { pack, layouts, system } = self;
        system.set(&parameters(pack, layouts, &prepared.sample));
        system.respond();
        let delays = delays(pack, &prepared.sample, system.months());
        let ways = severe_share::ways((*pack, *layouts), &prepared.sample);
        Shared { solver: self, prepared, delays, ways }
    }
}

/// What the scenarios of a block of draws share: the parameters of the pathway, its response to one
/// person who enters, and the delays.
pub struct Shared<'s, 'a, const L: usize> {
    solver: &'s mut Solver<'a, L>,
    prepared: &'s Prepared<L>,
    delays: Vec<Vec<Lane<L>>>,
    ways: Vec<Ways<L>>,
}

impl<const L: usize> Shared<'_, '_, L> {
    /// Runs every case in the memory of `blocks`; of those who would come so many come as the
    /// sample in its area, `local`, says.
    pub fn run_all<'p>(
        &mut self,
        cases: &[Case<'_>],
        local: impl Fn(&Case<'_>) -> Cow<'p, Prepared<L>>,
        blocks: &mut [Block<L>],
    ) {
        // Areas of one scenario share its signals.
        let mut signals: Option<(usize, Signals<L>)> = None;
        for (case, block) in cases.iter().zip(blocks) {
            let own = signals.take().filter(|(of, _)| *of == case.scenario_index);
            let own = own.unwrap_or_else(|| (case.scenario_index, self.signals(case)));
            self.run_on(case, &own.1, &local(case), block);
            signals = Some(own);
        }
    }

    /// Runs a case in the memory of `block`, in the area that the sample is of.
    pub fn run(&mut self, case: &Case<'_>, block: &mut Block<L>) {
        let signals = self.signals(case);
        self.run_on(case, &signals, self.prepared, block);
    }

    /// The people at risk of a case of the pack's own size, by group, and the restrictions of the
    /// first wave and later ones. `sample` has the figures of its scenario; those of the pack are
    /// the block's own.
    pub fn at_risk(
        &mut self,
        case: &Case<'_>,
        sample: &Sample<L>,
    ) -> (Table<L>, [Vec<Lane<L>>; 2]) {
        let Self { solver: Solver { pack, system, .. }, prepared, delays, .. } = self;
        let signals = Signals::new(case.scenario, pack, sample);
        let mut tables = [0, 1].map(|_| Table::new(pack.groups.len(), case.months()));
        let [early, late] = &mut tables;
        match &case.scenario.curve {
            Some(choice) => prepared.enter_by_curves(pack, case, choice, late),
            None => prepared.enter_by_drivers(pack, case, &signals, delays, early, late),
        }
        for group in 0..pack.groups.len() {
            for (all, late) in early.row_mut(group).iter_mut().zip(late.row(group)) {
                *all += *late;
            }
        }
        let [inflow, mut at_risk] = tables;
        system.at_risk(&inflow, &mut at_risk);
        (at_risk, [signals.first_restrictions, signals.later_restrictions])
    }

    /// Referrals a month of a person at risk, by flow.
    pub fn referred_of_flows(&mut self) -> Vec<Lane<L>> {
        self.solver.system.referred_of_flows()
    }

    fn signals(&self, case: &Case<'_>) -> Signals<L> {
        Signals::new(case.scenario, self.solver.pack, &self.prepared.sample)
    }

    fn run_on(
        &mut self,
        case: &Case<'_>,
        signals: &Signals<L>,
        local: &Prepared<L>,
        block: &mut Block<L>,
    ) {
        let Self { solver: Solver { pack, layouts, system }, prepared, delays, ways } = self;
        block.renew(pack, case.months());
        let (early, late) = (&mut block.entering_immediate, &mut block.entering_longitudinal);
        match &case.scenario.curve {
            Some(choice) => prepared.enter_by_curves(pack, case, choice, late),
            None => prepared.enter_by_drivers(pack, case, signals, delays, early, late),
        }
        for (inflow, referrals) in [(early, &mut block.immediate), (late, &mut block.longitudinal)]
        {
            if inflow.is_zero() {
                referrals.clear();
            } else {
                system.refer(inflow, &mut block.at_risk, referrals);
            }
        }
        for table in [&mut block.immediate, &mut block.longitudinal] {
            size_services(table, &case.services);
        }
        block.first_restrictions.clone_from(&signals.first_restrictions);
        block.later_restrictions.clone_from(&signals.later_restrictions);
        block.severe = severe_share::severe_shares(ways, (pack, &prepared.sample), &block.at_risk);
        with_levers::apply(prepared, (pack, layouts), case, (system, ways), block);
        block.scale_surge(pack, &local.sample);
    }
}

/// A driver's track after its delay, per reference exposure.
struct Delayed<const L: usize> {
    immediate: Vec<Lane<L>>,
    longitudinal: Vec<Lane<L>>,
}

impl<const L: usize> Delayed<L> {
    fn new(track: &[Lane<L>], reference: f64, weights: &[Lane<L>]) -> Self {
        let mut immediate = vec![Lane::ZERO; track.len()];
        let mut longitudinal = vec![Lane::ZERO; track.len()];
        delay_track(track, weights, &mut immediate, &mut longitudinal);
        for month in immediate.iter_mut().chain(&mut longitudinal) {
            *month = *month / reference;
        }
        Self { immediate, longitudinal }
    }

    fn add(&self, people: &Lane<L>, early: &mut [Lane<L>], late: &mut [Lane<L>]) {
        for (out, signal) in
            early.iter_mut().zip(&self.immediate).chain(late.iter_mut().zip(&self.longitudinal))
        {
            *out += *people * *signal;
        }
    }
}

/// Delay weights by driver and lag.
fn delays<const L: usize>(pack: &Pack, sample: &Sample<L>, months: usize) -> Vec<Vec<Lane<L>>> {
    let mut lane_weights = vec![0.0; months];
    let mut driver_weights = |driver: &crate::study::pack::Driver| {
        let mut weights = vec![Lane::ZERO; months];
        for lane in 0..L {
            let delay = Delay {
                onset: sample[driver.onset][lane],
                peak: sample[driver.peak][lane],
                half_life: sample[driver.half_life][lane],
                persistent: sample[driver.persistent][lane],
            };
            delay.weights(&mut lane_weights);
            for (weight, value) in weights.iter_mut().zip(&lane_weights) {
                weight[lane] = *value;
            }
        }
        weights
    };
    pack.drivers.iter().map(&mut driver_weights).collect()
}
