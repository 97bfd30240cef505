//! All draws of a line or family, block by block, so that blocks are written side by side.
//!
//! A run asks more of the memory than of the processor, so what follows from other measures by one
//! operation is not kept, but made when it is read.

use rayon::prelude::*;

use super::measure::Measure;
use super::spare::Spare;
use crate::lane::Lane;

/// How the draws of a measure come about, from rows of months that are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Source {
    /// Nobody may ask for them.
    Absent,
    /// Zero in every draw.
    Zero,
    /// A row.
    Row(usize),
    /// The sum of two rows.
    Sum(usize, usize),
    /// A row less another.
    Less(usize, usize),
    /// A row times a factor.
    Times(usize, Factor),
}

/// What a row is multiplied by, draw by draw, in every month alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Factor {
    /// Contacts a month of a person in treatment.
    Contacts,
    /// Bed-days a month of a person in treatment.
    BedDays,
    /// The 90th percentile of waits over their median.
    Percentile90,
    /// What those still waiting have waited so far, over the median of those who start.
    SoFar,
}

const FACTORS: usize = 4;

/// Which measures a [`Buffer`] has, and where they are.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    sources: [Source; Measure::ALL.len()],
    rows: usize,
}

impl Layout {
    /// A layout of `measures`; `has_levers` and `has_list` tell whether levers act and whether
    /// anybody waits.
    pub(super) fn new(measures: &[Measure], has_levers: bool, has_list: bool) -> Self {
        let mut layout = Self { sources: [Source::Absent; Measure::ALL.len()], rows: 0 };
        for &measure in measures {
            layout.add(measure, has_levers, has_list);
        }
        layout
    }

    /// A layout of `measures` that are all kept as they are.
    pub(super) fn of_rows(measures: &[Measure]) -> Self {
        let mut layout = Self { sources: [Source::Absent; Measure::ALL.len()], rows: 0 };
        for &measure in measures {
            layout.sources[measure.place()] = Source::Row(layout.rows);
            layout.rows += 1;
        }
        layout
    }

    /// Whether a measure is of it.
    pub(super) fn has(&self, measure: Measure) -> bool {
        self.source(measure) != Source::Absent
    }

    fn add(&mut self, measure: Measure, has_levers: bool, has_list: bool) {
        if self.source(measure) != Source::Absent {
            return;
        }
        let mut row = |of: Measure| {
            self.add(of, has_levers, has_list);
            match self.source(of) {
                Source::Row(row) => row,
                other => unreachable!("{of:?} is kept, not {other:?}"),
            }
        };
        let source = match measure {
            Measure::SurgeWithLevers if !has_levers => {
                Source::Sum(row(Measure::SurgeImmediate), row(Measure::SurgeLongitudinal))
            }
            Measure::Surge => {
                Source::Sum(row(Measure::SurgeImmediate), row(Measure::SurgeLongitudinal))
            }
            Measure::BelowThreshold => {
                Source::Less(row(Measure::Referrals), row(Measure::Accepted))
            }
            Measure::Contacts => Source::Times(row(Measure::Caseload), Factor::Contacts),
            Measure::SurgeContacts => Source::Times(row(Measure::SurgeCaseload), Factor::Contacts),
            Measure::BedDays => Source::Times(row(Measure::Caseload), Factor::BedDays),
            Measure::WaitP90 => Source::Times(row(Measure::WaitMedian), Factor::Percentile90),
            Measure::WaitSoFar => Source::Times(row(Measure::WaitMedian), Factor::SoFar),
            Measure::Levers if !has_levers => Source::Zero,
            // Without a list everyone accepted starts at once.
            Measure::Starts if !has_list => Source::Row(row(Measure::Accepted)),
            _ => {
                self.rows += 1;
                Source::Row(self.rows - 1)
            }
        };
        self.sources[measure.place()] = source;
    }

    fn source(&self, measure: Measure) -> Source {
        self.sources[measure.place()]
    }

    /// Numbers, of `L` draws each, in a block of so many months.
    fn size(&self, months: usize) -> usize {
        FACTORS + self.rows * months
    }

    /// The draws of a measure in a month of a block; `room` is for those that are not kept.
    fn read<'a, const L: usize>(
        &self,
        block: &'a [Lane<L>],
        months: usize,
        (measure, t): (Measure, usize),
        room: &'a mut Lane<L>,
    ) -> &'a Lane<L> {
        let row = |row: usize| &block[FACTORS + row * months + t];
        match self.source(measure) {
            Source::Row(own) => return row(own),
            Source::Sum(a, b) => *room = *row(a) + *row(b),
            Source::Less(a, b) => *room = *row(a) - *row(b),
            Source::Times(a, factor) => *room = *row(a) * block[factor as usize],
            Source::Zero => *room = Lane::ZERO,
            Source::Absent => unreachable!("{measure:?} is not of this line"),
        }
        room
    }
}

/// All draws of a line or family: `values[(block, measure, month)]`, for the measures kept.
pub(super) struct Buffer<const L: usize> {
    layout: Layout,
    pub(super) months: usize,
    count: usize,
    values: Vec<Lane<L>>,
}

/// One block of a [`Buffer`], to be written.
pub(super) struct BlockBuffer<'a, const L: usize> {
    layout: &'a Layout,
    months: usize,
    values: &'a mut [Lane<L>],
}

impl<const L: usize> Buffer<L> {
    /// Room for `count` draws of `months` months, every one of which is to be set.
    pub(super) fn new(spare: &Spare<L>, layout: Layout, months: usize, count: usize) -> Self {
        let values = spare.take(layout.size(months) * count.div_ceil(L));
        Self { layout, months, count, values }
    }

    /// Gives its memory to buffers to come.
    pub(super) fn give(self, spare: &Spare<L>) {
        spare.keep(self.values);
    }

    /// The blocks, in their order, to be written.
    pub(super) fn blocks(&mut self) -> impl IndexedParallelIterator<Item = BlockBuffer<'_, L>> {
        let (layout, months) = (&self.layout, self.months);
        self.values.par_chunks_mut(layout.size(months)).map(move |values| BlockBuffer {
            layout,
            months,
            values,
        })
    }

    /// The blocks, in their order, to be written one after another.
    pub(super) fn blocks_in_turn(&mut self) -> impl Iterator<Item = BlockBuffer<'_, L>> {
        let (layout, months) = (&self.layout, self.months);
        let chunks = self.values.chunks_mut(layout.size(months));
        chunks.map(move |values| BlockBuffer { layout, months, values })
    }

    /// Whether a measure is kept or made of what is.
    pub(super) fn has(&self, measure: Measure) -> bool {
        self.layout.has(measure)
    }

    fn chunks(&self) -> std::slice::Chunks<'_, Lane<L>> {
        self.values.chunks(self.layout.size(self.months))
    }

    /// Puts the draws of a measure in a month in place of `draws`.
    pub(super) fn fill(&self, measure: Measure, t: usize, draws: &mut Vec<f64>) {
        let mut room = Lane::<L>::ZERO;
        draws.clear();
        for block in self.chunks() {
            let own = self.layout.read(block, self.months, (measure, t), &mut room);
            draws.extend_from_slice(&own.0);
        }
        draws.truncate(self.count);
    }

    /// Puts the draws of a measure less those of another in place of `draws`.
    pub(super) fn fill_less(
        &self,
        (measure, less): (Measure, Measure),
        t: usize,
        draws: &mut Vec<f64>,
    ) {
        let mut room = Lane::<L>::ZERO;
        self.fill(measure, t, draws);
        for (draws, block) in draws.chunks_mut(L).zip(self.chunks()) {
            let less = self.layout.read(block, self.months, (less, t), &mut room);
            for (draw, less) in draws.iter_mut().zip(less) {
                *draw -= less;
            }
        }
    }

    /// The draws of a measure in a month.
    pub(super) fn draws(&self, measure: Measure, t: usize) -> Vec<f64> {
        let mut draws = Vec::with_capacity(self.count.next_multiple_of(L));
        self.fill(measure, t, &mut draws);
        draws
    }

    /// One draw of a measure in every month.
    pub(super) fn draw(&self, measure: Measure, draw: usize) -> Vec<f64> {
        let mut room = Lane::<L>::ZERO;
        let Some(block) = self.chunks().nth(draw / L) else { return Vec::new() };
        (0..self.months)
            .map(|t| self.layout.read(block, self.months, (measure, t), &mut room)[draw % L])
            .collect()
    }

    /// Adds the draws of a measure in a month to `sums`, draw by draw.
    pub(super) fn add_to_sums(&self, measure: Measure, t: usize, sums: &mut [f64]) {
        let mut room = Lane::<L>::ZERO;
        for (sums, block) in sums.chunks_mut(L).zip(self.chunks()) {
            let own = self.layout.read(block, self.months, (measure, t), &mut room);
            for (sum, value) in sums.iter_mut().zip(own) {
                *sum += value;
            }
        }
    }

    /// Adds the measures kept here of another line, or takes them over where it is the first.
    pub(super) fn add(&mut self, other: &Self, is_first: bool) {
        let months = self.months;
        let size = self.layout.size(months);
        let kept: Vec<(Measure, usize)> = Measure::ALL
            .into_iter()
            .filter_map(|measure| match self.layout.source(measure) {
                Source::Row(row) => Some((measure, row)),
                _ => None,
            })
            .collect();
        let theirs = other.values.par_chunks(other.layout.size(months));
        self.values.par_chunks_mut(size).zip(theirs).for_each(|(own, theirs)| {
            let mut room = Lane::<L>::ZERO;
            for &(measure, row) in &kept {
                let own = &mut own[FACTORS + row * months..][..months];
                for (t, sum) in own.iter_mut().enumerate() {
                    let part = other.layout.read(theirs, months, (measure, t), &mut room);
                    if is_first {
                        *sum = *part;
                        continue;
                    }
                    *sum += *part;
                }
            }
        });
    }
}

impl<const L: usize> BlockBuffer<'_, L> {
    /// The months of a measure that is kept, to be set.
    pub(super) fn row(&mut self, measure: Measure) -> Option<&mut [Lane<L>]> {
        let Source::Row(row) = self.layout.source(measure) else { return None };
        Some(&mut self.values[FACTORS + row * self.months..][..self.months])
    }

    /// Sets a measure, if it is kept.
    pub(super) fn set(&mut self, measure: Measure, t: usize, value: &Lane<L>) {
        if let Source::Row(row) = self.layout.source(measure) {
            self.values[FACTORS + row * self.months + t] = *value;
        }
    }

    /// Sets what rows are multiplied by.
    pub(super) fn set_factor(&mut self, factor: Factor, value: &Lane<L>) {
        self.values[factor as usize] = *value;
    }
}
