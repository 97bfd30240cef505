//! A block of draws: its sample, and what the first stage makes of it for one case.

use std::borrow::Cow;

use super::lever_block::LeverBlock;
use crate::lane::Lane;
use crate::model::pathway::Table;
use crate::study::Study;
use crate::study::figures::{Sample, Streams};
use crate::study::pack::{Pack, same_name};

/// What a block of draws shares between all scenarios and areas: its sample.
#[derive(Clone, Debug)]
pub struct Prepared<const L: usize> {
    /// Which block of draws.
    pub block: u64,
    /// Every figure for each draw.
    pub sample: Sample<L>,
}

/// The first stage's result for one case and one block.
#[derive(Debug)]
pub struct Block<const L: usize> {
    /// Surge referrals by service and month, from entries within three months of exposure.
    pub immediate: Table<L>,
    /// The others.
    pub longitudinal: Table<L>,
    /// People at risk by group, at the start of each month.
    pub at_risk: Table<L>,
    /// People who enter by group and month, within three months of exposure.
    pub entering_immediate: Table<L>,
    /// The others.
    pub entering_longitudinal: Table<L>,
    /// Stringency of the restrictions of wave 1 by month.
    pub first_restrictions: Vec<Lane<L>>,
    /// Stringency of later ones.
    pub later_restrictions: Vec<Lane<L>>,
    /// The severe share of the surge by month, for services where some conditions are severer.
    pub severe: Vec<(usize, Vec<Lane<L>>)>,
    /// What levers change, where there are any.
    pub levers: Option<LeverBlock<L>>,
}

impl<const L: usize> Block<L> {
    /// Room for `months` months.
    pub fn new(pack: &Pack, months: usize) -> Self {
        let (groups, services) = (pack.groups.len(), pack.services.len());
        Self {
            immediate: Table::new(services, months),
            longitudinal: Table::new(services, months),
            at_risk: Table::new(groups, months),
            entering_immediate: Table::new(groups, months),
            entering_longitudinal: Table::new(groups, months),
            first_restrictions: Vec::new(),
            later_restrictions: Vec::new(),
            severe: Vec::new(),
            levers: None,
        }
    }

    /// Makes ready for `months` months, each table in the same memory if it is as much.
    pub(super) fn renew(&mut self, pack: &Pack, months: usize) {
        let is_as_large = |table: &Table<L>, rows| (table.rows(), table.months()) == (rows, months);
        for table in [&mut self.immediate, &mut self.longitudinal] {
            if !is_as_large(table, pack.services.len()) {
                *table = Table::new(pack.services.len(), months);
            }
        }
        for table in
            [&mut self.at_risk, &mut self.entering_immediate, &mut self.entering_longitudinal]
        {
            if is_as_large(table, pack.groups.len()) {
                table.clear();
            } else {
                *table = Table::new(pack.groups.len(), months);
            }
        }
        self.levers = None;
    }

    /// Scales the surge of every service by the factor of its family: so many come of those who
    /// would, by the pack's groups and pathways.
    pub(super) fn scale_surge(&mut self, pack: &Pack, sample: &Sample<L>) {
        let changed = self.levers.as_mut().and_then(|levers| levers.surge.as_mut());
        for table in [&mut self.immediate, &mut self.longitudinal].into_iter().chain(changed) {
            if table.is_zero() {
                continue;
            }
            for (service, own) in pack.services.iter().enumerate() {
                let factor = sample[own.figures.surge];
                for month in table.row_mut(service) {
                    *month *= factor;
                }
            }
        }
    }

    /// Lets go of what only service lines are made of.
    pub fn forget_services(&mut self) {
        (self.immediate, self.longitudinal) = (Table::new(0, 0), Table::new(0, 0));
        self.severe = Vec::new();
        if let Some(levers) = &mut self.levers {
            (levers.surge, levers.severe) = (None, None);
        }
    }

    /// Lets go of what only need is made of.
    pub fn forget_groups(&mut self) {
        for table in
            [&mut self.at_risk, &mut self.entering_immediate, &mut self.entering_longitudinal]
        {
            *table = Table::new(0, 0);
        }
        if let Some(levers) = &mut self.levers {
            (levers.at_risk, levers.entering) = (None, None);
        }
    }

    /// Its size in memory.
    pub fn bytes(pack: &Pack, levers: usize, months: usize) -> usize {
        let rows =
            2 * pack.services.len() + pack.services_by_condition().count() + 3 * pack.groups.len();
        (rows + 2) * months * L * size_of::<f64>() + LeverBlock::<L>::bytes(pack, levers, months)
    }
}

impl<const L: usize> Prepared<L> {
    /// Samples every figure for block `block`.
    pub fn new(study: &Study, streams: &Streams, block: u64) -> Self {
        let sample = if study.draws.count == 0 {
            study.figures.central()
        } else {
            study.figures.sample(streams, block)
        };
        Self { block, sample }
    }

    /// The same in an area: another sample where figures differ between areas and it is not the
    /// pack's own.
    pub fn in_area(&self, study: &Study, streams: &Streams, area: &str) -> Cow<'_, Self> {
        let is_own = same_name(area, &study.pack.reference_area);
        if is_own || study.draws.count == 0 || !study.figures.differ_between_areas() {
            return Cow::Borrowed(self);
        }
        let sample = study.figures.sample_in(area, &self.sample, streams, self.block);
        Cow::Owned(Self { block: self.block, sample })
    }
}

/// The rows of services, each times its factor.
pub(super) fn size_services<const L: usize>(table: &mut Table<L>, factors: &[f64]) {
    for (service, factor) in factors.iter().enumerate().filter(|(_, factor)| **factor != 1.0) {
        for month in table.row_mut(service) {
            *month = *month * *factor;
        }
    }
}
