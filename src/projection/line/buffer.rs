//! All draws of a line or family, block by block, so that blocks are written side by side.

use rayon::prelude::*;

use crate::projection::measure::Measure;
use crate::projection::spare::Spare;

/// Where each measure stands in a block; those not kept stand nowhere.
type Rows = [usize; Measure::ALL.len()];

/// All draws of a line or family: `values[(block, measure, month)]`, for the measures kept.
pub(in crate::projection) struct Buffer<const L: usize> {
    rows: Rows,
    kept: usize,
    pub(super) months: usize,
    values: Vec<[f64; L]>,
}

/// One block of a [`Buffer`], to be written.
pub(super) struct BlockBuffer<'a, const L: usize> {
    rows: &'a Rows,
    months: usize,
    values: &'a mut [[f64; L]],
}

impl<const L: usize> Buffer<L> {
    /// Gives its memory to buffers to come.
    pub(super) fn give(self, spare: &Spare<L>) {
        spare.keep(self.values);
    }

    /// Room for `measures`, every month and draw of which is to be set.
    pub(super) fn new(
        spare: &Spare<L>,
        measures: &[Measure],
        months: usize,
        blocks: usize,
    ) -> Self {
        let mut rows = [usize::MAX; Measure::ALL.len()];
        for (row, measure) in measures.iter().enumerate() {
            rows[*measure as usize] = row;
        }
        let kept = measures.len();
        Self { rows, kept, months, values: spare.take(kept * months * blocks) }
    }

    /// The blocks, in their order.
    pub(super) fn blocks(&mut self) -> impl IndexedParallelIterator<Item = BlockBuffer<'_, L>> {
        let (rows, months) = (&self.rows, self.months);
        let size = (self.kept * months).max(1);
        self.values.par_chunks_mut(size).map(move |values| BlockBuffer { rows, months, values })
    }

    /// The draws of a measure in a month, block by block.
    pub(super) fn blocks_of(&self, measure: Measure, t: usize) -> impl Iterator<Item = &[f64]> {
        let at = self.rows[measure as usize] * self.months + t;
        self.values.chunks((self.kept * self.months).max(1)).map(move |block| block[at].as_slice())
    }

    /// The draws of a measure in a month.
    pub(in crate::projection) fn draws(
        &self,
        measure: Measure,
        t: usize,
        count: usize,
    ) -> impl Iterator<Item = f64> + '_ {
        let at = self.rows[measure as usize] * self.months + t;
        let blocks = self.values.chunks((self.kept * self.months).max(1));
        blocks.flat_map(move |block| block[at].iter().copied()).take(count)
    }

    /// One draw of a measure in a month.
    pub(in crate::projection) fn draw(&self, measure: Measure, t: usize, draw: usize) -> f64 {
        let at = self.rows[measure as usize] * self.months + t;
        self.values[draw / L * self.kept * self.months + at][draw % L]
    }

    /// Adds the draws of a measure in a month to `sums`, draw by draw.
    pub(super) fn add_to_sums(&self, measure: Measure, t: usize, sums: &mut [f64]) {
        let at = self.rows[measure as usize] * self.months + t;
        let blocks = self.values.chunks((self.kept * self.months).max(1));
        for (sums, block) in sums.chunks_mut(L).zip(blocks) {
            for (sum, value) in sums.iter_mut().zip(&block[at]) {
                *sum += value;
            }
        }
    }

    /// Adds the `measures` of another line, or takes them over where it is the first.
    pub(super) fn add(&mut self, other: &Self, measures: &[Measure], is_first: bool) {
        let months = self.months;
        let theirs = other.values.par_chunks((other.kept * months).max(1));
        let rows = &self.rows;
        self.values.par_chunks_mut((self.kept * months).max(1)).zip(theirs).for_each(
            |(own, theirs)| {
                for &measure in measures {
                    let own = &mut own[rows[measure as usize] * months..][..months];
                    let theirs = &theirs[other.rows[measure as usize] * months..][..months];
                    if is_first {
                        own.copy_from_slice(theirs);
                        continue;
                    }
                    for (sum, part) in own.iter_mut().zip(theirs) {
                        for lane in 0..L {
                            sum[lane] += part[lane];
                        }
                    }
                }
            },
        );
    }
}

impl<const L: usize> BlockBuffer<'_, L> {
    /// The place of a measure that is kept.
    pub(super) fn at(&mut self, measure: Measure, t: usize) -> &mut [f64; L] {
        &mut self.values[self.rows[measure as usize] * self.months + t]
    }

    /// Sets a measure, if it is kept.
    pub(super) fn set(&mut self, measure: Measure, t: usize, value: [f64; L]) {
        if self.rows[measure as usize] != usize::MAX {
            *self.at(measure, t) = value;
        }
    }

    /// Adds to a measure, if it is kept.
    pub(super) fn add_to(&mut self, measure: Measure, t: usize, value: &[f64; L]) {
        if self.rows[measure as usize] != usize::MAX {
            let sum = self.at(measure, t);
            for lane in 0..L {
                sum[lane] += value[lane];
            }
        }
    }
}
