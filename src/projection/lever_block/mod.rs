//! How strong the levers of a case are in a block of draws, alone and together, and what they make
//! of a number they act on.

mod capacity;
pub mod targets;

use super::case::Case;
use super::parameters::leaving;
use crate::lane::Lane;
use crate::model::lever_strength::{Timing, combine, moved};
use crate::model::pathway::Table;
use crate::study::figures::Sample;
use crate::study::lever::{Acts, Lever, On};
use crate::study::pack::Pack;
use crate::study::scenario::Scenario;
pub use capacity::capacity;
use targets::{Flow, Targets};

/// The levers of a case in a block of draws.
#[derive(Debug)]
pub struct LeverBlock<const L: usize> {
    /// By lever and month: reach x effect x ramp.
    strengths: Vec<Vec<Lane<L>>>,
    /// By lever and month: reach x ramp.
    reach: Vec<Vec<Lane<L>>>,
    /// Those of them that are for slices of the population.
    targets: Option<Targets<L>>,
    /// By service: its family.
    families: Vec<usize>,
    /// By service and month: the change of surge referrals as they present.
    pub surge: Option<Table<L>>,
    /// The severe share of the surge by month, as [`super::block::Block::severe`], where levers
    /// change who comes.
    pub severe: Option<Vec<(usize, Vec<Lane<L>>)>>,
    /// People at risk by group and month, where levers change them.
    pub at_risk: Option<Table<L>>,
    /// People who enter by group and month, soon and late, where levers change them.
    pub entering: Option<[Table<L>; 2]>,
}

impl<const L: usize> LeverBlock<L> {
    /// The levers of a case.
    pub(super) fn new(pack: &Pack, case: &Case<'_>, sample: &Sample<L>) -> Self {
        let scenario = case.scenario;
        let strengths = scenario.levers.iter().map(|lever| strengths(scenario, lever, sample));
        Self {
            strengths: strengths.collect(),
            reach: scenario
                .levers
                .iter()
                .map(|lever| over_time(scenario, lever, sample, sample[lever.reach]))
                .collect(),
            targets: Targets::new(pack, &case.area.id, &scenario.levers, sample),
            families: pack.services.iter().map(|service| service.family).collect(),
            surge: None,
            severe: None,
            at_risk: None,
            entering: None,
        }
    }

    /// Its size in memory.
    pub fn bytes(pack: &Pack, levers: usize, months: usize) -> usize {
        let rows =
            if levers == 0 { 0 } else { 2 * levers + pack.services.len() + 3 * pack.groups.len() };
        rows * months * L * size_of::<f64>()
    }

    /// The share of a service's referrals that lever `lever` alone changes in month `t`.
    pub fn strength(&self, lever: usize, service: usize, t: usize) -> Lane<L> {
        let strength = &self.strengths[lever][t];
        let flow = Flow::Family(self.families[service]);
        self.targets.as_ref().map_or(*strength, |t| t.share(flow, &[(lever, strength)]))
    }

    /// The share that lever `lever` reaches of those whom a number is about in month `t`.
    pub fn reached(&self, lever: usize, on: On, t: usize) -> Lane<L> {
        let reach = &self.reach[lever][t];
        let targets = self.targets.as_ref();
        targets.map_or(*reach, |targets| targets.share(self.flow(on), &[(lever, reach)]))
    }

    /// The share of a number that levers change together in month `t`; none where no lever acts
    /// on it.
    pub fn share(&self, levers: &[Lever], t: usize, on: On) -> Option<Lane<L>> {
        let of = || (0..levers.len()).filter(|lever| levers[*lever].action.acts(on));
        of().next()?;
        if let Some(targets) = &self.targets {
            let strengths: Vec<_> = of().map(|lever| (lever, &self.strengths[lever][t])).collect();
            return Some(targets.share(self.flow(on), &strengths));
        }
        Some(Lane::from_fn(|i| combine(of().map(|lever| self.strengths[lever][t][i]))))
    }

    /// Whose flow a number is of.
    fn flow(&self, on: On) -> Flow {
        match on {
            On::Entering(_) | On::Developing(..) | On::HelpSeeking(..) => Flow::People,
            On::Referrals(service)
            | On::Acceptance(service)
            | On::Treatment(service)
            | On::Starts(service) => Flow::Family(self.families[service]),
        }
    }

    /// The acceptance of a service after `base`.
    pub fn accepted(&self, levers: &[Lever], service: usize, t: usize, base: &Lane<L>) -> Lane<L> {
        shifted(base, self.share(levers, t, On::Acceptance(service)))
    }

    /// The help-seeking of a group with a condition after `base`.
    pub fn help_seeking(
        &self,
        levers: &[Lever],
        (group, condition): (usize, usize),
        t: usize,
        base: &Lane<L>,
    ) -> Lane<L> {
        shifted(base, self.share(levers, t, On::HelpSeeking(group, condition)))
    }

    /// The rate of a condition in a group after `base`.
    pub fn rate(
        &self,
        levers: &[Lever],
        (group, condition): (usize, usize),
        t: usize,
        base: &Lane<L>,
    ) -> Lane<L> {
        let share = self.share(levers, t, On::Developing(group, condition));
        share.map_or(*base, |share| (*base * (1.0 - share)).as_share())
    }

    /// The share of a caseload that leaves in month `t`, by a treatment shortened as far.
    pub fn leave(
        &self,
        levers: &[Lever],
        service: usize,
        t: usize,
        (decay, months): (&Lane<L>, &Lane<L>),
    ) -> Option<Lane<L>> {
        let share = self.share(levers, t, On::Treatment(service))?;
        Some(leaving(decay, &(*months * (1.0 - share))))
    }
}

/// Reach x effect x ramp by month.
fn strengths<const L: usize>(
    scenario: &Scenario,
    lever: &Lever,
    sample: &Sample<L>,
) -> Vec<Lane<L>> {
    over_time(scenario, lever, sample, sample[lever.reach] * sample[lever.effect])
}

/// What a lever comes to in full, x ramp by month.
fn over_time<const L: usize>(
    scenario: &Scenario,
    lever: &Lever,
    sample: &Sample<L>,
    full: Lane<L>,
) -> Vec<Lane<L>> {
    let (lag, ramp) = (&sample[lever.lag], &sample[lever.ramp]);
    let start = scenario.relative(lever.start.start_position());
    (0..scenario.months)
        .map(|t| {
            Lane::from_fn(|i| {
                let timing = Timing { start, lag: lag[i], ramp: ramp[i] };
                full[i] * timing.mean(t as f64)
            })
        })
        .collect()
}

fn shifted<const L: usize>(base: &Lane<L>, change: Option<Lane<L>>) -> Lane<L> {
    change.map_or(*base, |change| base.with(change, moved))
}
