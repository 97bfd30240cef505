//! What the pathway model gives back.

use std::ops::{Index, IndexMut, Range};

use aligned_vec::avec;

use super::register::{Aligned, LINE, Slab};
use super::{Layout, System};
use crate::lane::Lane;

/// Values by row (a group, a need or a service) and month, `L` draws side by side.
#[derive(Clone, Debug)]
pub struct Table<const L: usize> {
    months: usize,
    values: Aligned<Lane<L>>,
    /// Whether any value was written, or may have been.
    is_written: bool,
}

impl<const L: usize> PartialEq for Table<L> {
    fn eq(&self, other: &Self) -> bool {
        (self.months, &self.values) == (other.months, &other.values)
    }
}

impl<const L: usize> Table<L> {
    /// A table of zeros.
    pub fn new(rows: usize, months: usize) -> Self {
        Self { months, values: avec![[LINE]| Lane::ZERO; rows * months], is_written: false }
    }

    /// Makes every value zero.
    pub fn clear(&mut self) {
        if self.is_written {
            self.values.fill(Lane::ZERO);
        }
        self.is_written = false;
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.values.len().checked_div(self.months).unwrap_or(0)
    }

    /// How many months a row has.
    pub fn months(&self) -> usize {
        self.months
    }

    /// Whether every value is zero.
    pub fn is_zero(&self) -> bool {
        !self.is_written || self.values.iter().flatten().all(|value| *value == 0.0)
    }

    /// The months of one row.
    pub fn row(&self, row: usize) -> &[Lane<L>] {
        &self.values[row * self.months..][..self.months]
    }

    /// The months of one row, to write.
    pub fn row_mut(&mut self, row: usize) -> &mut [Lane<L>] {
        self.is_written = true;
        &mut self.values[row * self.months..][..self.months]
    }
}

impl<const L: usize> Index<(usize, usize)> for Table<L> {
    type Output = Lane<L>;
    fn index(&self, (row, month): (usize, usize)) -> &Lane<L> {
        &self.row(row)[month]
    }
}

impl<const L: usize> IndexMut<(usize, usize)> for Table<L> {
    fn index_mut(&mut self, (row, month): (usize, usize)) -> &mut Lane<L> {
        &mut self.row_mut(row)[month]
    }
}

/// The result by group and by service. Stocks are those at the start of the month, flows those of
/// the month.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome<const L: usize> {
    /// By group: people at risk (stock).
    pub at_risk: Table<L>,
    /// By service: people referred (flow).
    pub referrals: Table<L>,
    /// By service: people who start treatment (flow).
    pub starts: Table<L>,
    /// By service: people in treatment (stock).
    pub caseload: Table<L>,
}

impl<const L: usize> Outcome<L> {
    /// Room for the result of `layout` over `months` months.
    pub fn new(layout: &Layout, months: usize) -> Self {
        Self {
            at_risk: Table::new(layout.groups(), months),
            referrals: Table::new(layout.services(), months),
            starts: Table::new(layout.services(), months),
            caseload: Table::new(layout.services(), months),
        }
    }

    /// How many months it covers.
    pub fn months(&self) -> usize {
        self.at_risk.months
    }
}

/// The result by pathway.
///
/// Held month by month, so that a month's pathways lie side by side.
#[derive(Clone, Debug)]
pub struct Detail<const L: usize> {
    pathways: usize,
    pub(super) referrals: Vec<Lane<L>>,
    pub(super) starts: Vec<Lane<L>>,
    pub(super) caseload: Vec<Lane<L>>,
    /// `accepted` and `1 - leave` of each pathway's service.
    pub(super) by_pathway: Slab,
}

impl<const L: usize> Detail<L> {
    /// Room for `months` months.
    pub fn new(layout: &Layout, months: usize) -> Self {
        let pathways = layout.pathways().len();
        let zeros = || vec![Lane::ZERO; pathways * months];
        Self {
            pathways,
            referrals: zeros(),
            starts: zeros(),
            caseload: zeros(),
            by_pathway: Slab::new(2 * pathways, L),
        }
    }

    /// Fills every month from an outcome of [`System::run`] or [`System::apply`].
    pub fn fill(&mut self, system: &System<L>, outcome: &Outcome<L>) {
        system.expand(outcome, self);
    }

    pub(super) fn at(&self, month: usize) -> Range<usize> {
        month * self.pathways..(month + 1) * self.pathways
    }

    /// People referred along a pathway in a month.
    pub fn referrals(&self, pathway: usize, month: usize) -> &Lane<L> {
        &self.referrals[self.at(month)][pathway]
    }

    /// People who start treatment along a pathway in a month.
    pub fn starts(&self, pathway: usize, month: usize) -> &Lane<L> {
        &self.starts[self.at(month)][pathway]
    }

    /// People in treatment who came along a pathway, at the start of a month.
    pub fn caseload(&self, pathway: usize, month: usize) -> &Lane<L> {
        &self.caseload[self.at(month)][pathway]
    }
}
