//! What a line or family comes to over time: by month, by period, and at its peak.

use super::measure::Measure;
use super::quantiles::Stats;
use crate::month::{FinancialYear, Month};

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

    /// Whether it holds month `t` of a horizon.
    pub(super) fn holds(self, start: Month, t: usize) -> bool {
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
