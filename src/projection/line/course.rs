//! A line or family over time, summarised: by month, by period, and at its peak.

use rayon::prelude::*;

use super::{Buffer, Stage};
use crate::month::{FinancialYear, Month};
use crate::projection::measure::Measure;
use crate::projection::quantiles::{Ordered, Stats, Summariser, mean_of};
use crate::projection::waits::{Image, Waiting};
use crate::study::Summaries;

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

    fn holds(self, start: Month, t: usize) -> bool {
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

/// Totals over periods, draw by draw.
pub(super) struct Totals<'a, const L: usize> {
    buffer: &'a Buffer<L>,
    start: Month,
    draws: usize,
}

impl<'a, const L: usize> Totals<'a, L> {
    pub(super) fn new(stage: &Stage<'_, L>, buffer: &'a Buffer<L>) -> Self {
        Self { buffer, start: stage.case.scenario.start, draws: stage.draws }
    }

    pub(super) fn over(&self, measure: Measure, period: Period) -> Vec<f64> {
        let mut sums = vec![0.0; self.draws];
        for t in (0..self.buffer.months).filter(|t| period.holds(self.start, *t)) {
            self.buffer.add_to_sums(measure, t, &mut sums);
        }
        sums
    }

    /// The most of a measure in any month.
    pub(super) fn most(&self, measure: Measure) -> Vec<f64> {
        let mut most = vec![0.0f64; self.draws];
        for t in 0..self.buffer.months {
            for (most, value) in most.iter_mut().zip(self.buffer.draws(measure, t, self.draws)) {
                *most = most.max(value);
            }
        }
        most
    }

    fn period(&self, period: Period, known: bool, summariser: &mut Summariser) -> PeriodTotal {
        let referrals = self.over(Measure::Referrals, period);
        let underlying = self.over(Measure::Underlying, period);
        let surge = self.over(Measure::Surge, period);
        let extra = || referrals.iter().zip(&underlying).map(|(r, u)| r - u);
        let mut share = |parts: &mut dyn Iterator<Item = f64>| {
            // A percentage of nothing is not a number: those draws have none.
            let shares: Vec<f64> =
                parts.zip(&underlying).filter(|(_, u)| **u > 0.0).map(|(p, u)| p / u).collect();
            (known && !shares.is_empty()).then(|| summariser.stats(shares.into_iter()))
        };
        let extra_share = share(&mut extra());
        let surge_share = share(&mut surge.iter().copied());
        PeriodTotal {
            period,
            extra: summariser.stats(extra()),
            referrals: known.then(|| summariser.stats(referrals.iter().copied())),
            extra_share,
            surge_share,
        }
    }

    fn peak(&self, known: bool, summariser: &mut Summariser) -> Peak {
        let extra = |t| {
            self.buffer.draws(Measure::Referrals, t, self.draws).zip(self.buffer.draws(
                Measure::Underlying,
                t,
                self.draws,
            ))
        };
        let medians: Vec<Stats> = (0..self.buffer.months)
            .into_par_iter()
            .map_init(Summariser::default, |summariser, t| {
                summariser.stats(extra(t).map(|(referrals, underlying)| referrals - underlying))
            })
            .collect();
        let t = (0..medians.len())
            .reduce(|a, b| if medians[b].median() > medians[a].median() { b } else { a })
            .unwrap_or(0);
        let uplifts: Vec<f64> =
            extra(t).filter(|(_, u)| *u > 0.0).map(|(r, u)| r / u - 1.0).collect();
        Peak {
            t,
            extra: medians.get(t).copied().unwrap_or_default(),
            uplift: (known && !uplifts.is_empty()).then(|| summariser.stats(uplifts.into_iter())),
        }
    }
}

impl<const L: usize> Stage<'_, L> {
    /// Sums up a line or family. What `waiting` says of a wait rises or falls with the wait.
    pub(super) fn course(
        &self,
        buffer: &Buffer<L>,
        measures: &[Measure],
        known: bool,
        waiting: Option<&Waiting<'_>>,
    ) -> Course {
        let mut summariser = Summariser::default();
        let months = self.case.months();
        let monthly = if self.study.summaries == Summaries::All { measures } else { &[] };
        let images = waiting.map(|waiting| waiting.images(self.study)).unwrap_or_default();
        let has_waits = !images.is_empty() && !monthly.is_empty();
        let waits: Vec<Ordered> = (0..if has_waits { months } else { 0 })
            .into_par_iter()
            .map_init(Summariser::default, |summariser, t| {
                summariser.ordered(buffer.blocks_of(Measure::WaitMedian, t), self.draws)
            })
            .collect();
        let by_month: Vec<(Measure, Vec<Stats>)> = monthly
            .par_iter()
            .map_init(Summariser::default, |summariser, &measure| {
                let of = |t| buffer.blocks_of(measure, t);
                let month = |t: usize| match images.iter().find(|(own, _)| *own == measure) {
                    Some((_, image)) => {
                        let mean = match image {
                            // A multiple of the wait.
                            Image::Percentile90(_) => image.of(waits[t].mean()),
                            Image::Within(..) => mean_of(of(t), self.draws),
                        };
                        waits[t].image(mean, image.rises(), |wait| image.of(wait))
                    }
                    None if measure == Measure::WaitMedian && !waits.is_empty() => waits[t].stats(),
                    None => summariser.stats_of(of(t), self.draws),
                };
                (measure, (0..months).map(month).collect())
            })
            .collect();
        let totals = Totals::new(self, buffer);
        let horizon: Vec<(Measure, Vec<f64>)> = measures
            .par_iter()
            .filter(|measure| !Measure::OF_WAITS.contains(measure))
            .map(|&measure| (measure, totals.over(measure, Period::Horizon)))
            .collect();
        Course {
            peak: totals.peak(known, &mut summariser),
            periods: Period::all(self.case.scenario.start, months)
                .into_par_iter()
                .map_init(Summariser::default, |summariser, period| {
                    totals.period(period, known, summariser)
                })
                .collect(),
            totals: horizon
                .iter()
                .map(|(measure, draws)| (*measure, summariser.stats(draws.iter().copied())))
                .collect(),
            measures: by_month,
            draws: horizon.into_iter().filter(|(m, _)| Measure::COMPARED.contains(m)).collect(),
        }
    }
}
