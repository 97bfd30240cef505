//! Every case of a study through the first stage, some at a time, so that memory stays within
//! bounds. Figures are sampled once for all of them.

use std::borrow::Cow;

use rayon::prelude::*;

use super::block::{Block, Prepared};
use super::case::Case;
use super::entries::Solver;
use super::parameters::Layouts;
use crate::study::Study;
use crate::study::figures::Streams;

/// Memory of the first stage for some cases together, in bytes: more would only be asked of the
/// system anew instead of used again.
const BATCH_BYTES: usize = 64 << 20;

/// Memory of the first stage, in bytes, beyond which a case is held in parts.
const SHORT_BYTES: usize = 128 << 20;

/// What is kept of the first stage.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// Everything.
    All,
    /// What need is made of.
    Groups,
    /// What service lines are made of.
    Services,
}

/// The cases of a study and what all of them share.
pub(super) struct Batches<'a, const L: usize> {
    study: &'a Study,
    pub(super) layouts: Layouts,
    cases: Vec<Case<'a>>,
    streams: Streams,
    prepared: Vec<Prepared<L>>,
    size: usize,
    is_short: bool,
}

impl<'a, const L: usize> Batches<'a, L> {
    /// Every scenario in every area, over `draws` draws.
    pub(super) fn new(study: &'a Study, draws: usize) -> Self {
        let cases = cases(study);
        let streams = study.figures.streams(study.draws.seed);
        let blocks = draws.div_ceil(L);
        let sample = |block: usize| Prepared::new(study, &streams, block as u64);
        let most_months = cases.iter().map(Case::months).max().unwrap_or(0);
        let most_levers = study.scenarios.iter().map(|s| s.levers.len()).max().unwrap_or(0);
        let bytes = Block::<L>::bytes(&study.pack, most_levers, most_months) * blocks;
        Self {
            study,
            layouts: Layouts::new(&study.pack),
            cases,
            prepared: (0..blocks).into_par_iter().map(sample).collect(),
            streams,
            size: (BATCH_BYTES / bytes.max(1)).max(1),
            is_short: bytes > SHORT_BYTES,
        }
    }

    /// How many cases there are.
    pub(super) fn cases(&self) -> usize {
        self.cases.len()
    }

    /// Whether one case alone fills the memory of the stage.
    pub(super) fn is_short_of_memory(&self) -> bool {
        self.is_short
    }

    /// The cases that fit into memory together.
    pub(super) fn batches(&self) -> impl Iterator<Item = &[Case<'a>]> {
        self.cases.chunks(self.size)
    }

    /// The samples of a case, block by block.
    pub(super) fn prepared(&self, case: &Case<'_>) -> Vec<Cow<'_, Prepared<L>>> {
        self.prepared.par_iter().map(|own| self.in_area(own, case)).collect()
    }

    /// The sample of a block as it is in the area of a case.
    fn in_area<'p>(&self, own: &'p Prepared<L>, case: &Case<'_>) -> Cow<'p, Prepared<L>> {
        own.in_area(self.study, &self.streams, &case.area.id)
    }

    /// The first stage of `cases`, block by block, in the memory of a batch before it.
    pub(super) fn run(&self, cases: &[Case<'_>], stage: &mut Vec<Vec<Block<L>>>, part: Part) {
        stage.resize_with(self.prepared.len(), Vec::new);
        let months = cases.iter().map(Case::months).max().unwrap_or(0);
        let solver = || Solver::new(&self.study.pack, &self.layouts, months);
        self.prepared.par_iter().zip(stage).for_each_init(solver, |solver, (own, blocks)| {
            blocks.resize_with(cases.len(), || Block::new(&self.study.pack, 0));
            let alike = !self.study.figures.pathways_differ_between_areas();
            if alike {
                solver.share(own).run_all(cases, |case| self.in_area(own, case), blocks);
            } else {
                for (case, block) in cases.iter().zip(&mut *blocks) {
                    solver.share(&self.in_area(own, case)).run(case, block);
                }
            }
            for block in blocks {
                match part {
                    Part::All => {}
                    Part::Groups => block.forget_services(),
                    Part::Services => block.forget_groups(),
                }
            }
        });
    }
}

/// Every area in every scenario, area by area; forecasts are made once for scenarios that see the
/// same months.
fn cases(study: &Study) -> Vec<Case<'_>> {
    let scenarios = &study.scenarios;
    let first = |scenario: usize| {
        let mut earlier = 0..scenario;
        earlier.find(|own| scenarios[*own].sees_as(&scenarios[scenario])).unwrap_or(scenario)
    };
    let count = scenarios.len();
    let pairs =
        (0..study.areas.len()).flat_map(|area| (0..count).map(move |scenario| (area, scenario)));
    let pairs: Vec<(usize, usize)> = pairs.collect();
    let make = |(area, scenario): &(usize, usize)| {
        (first(*scenario) == *scenario).then(|| Case::new(study, *scenario, *area))
    };
    let made: Vec<Option<Case<'_>>> = pairs.par_iter().map(make).collect();
    let of = |(area, scenario): &(usize, usize)| {
        let first = made[*area * count + first(*scenario)].as_ref();
        first.map(|case| case.in_scenario(study, *scenario))
    };
    pairs.iter().filter_map(of).collect()
}

/// The blocks of one case.
pub(super) fn of_case<const L: usize>(stage: &[Vec<Block<L>>], case: usize) -> Vec<&Block<L>> {
    stage.iter().map(|cases| &cases[case]).collect()
}
