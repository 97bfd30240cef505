//! Results split by strata of the population: the rule of [`crate::model::strata`] on totals over
//! periods, draw by draw.
//!
//! Need and the people seen are split for all services together; referrals only for families of
//! which the pack knows gradients of their own, because one gradient does not fit every service.
//! What levers change falls on the strata they are for: the others stay as they are without them.

mod pull;

use super::block::Prepared;
use super::case::Case;
use super::course::Period;
use super::quantiles::{Stats, Summariser};
use crate::model::strata::{Flows, Split};
use crate::study::Study;
use crate::study::strata::StratumFigures;
use pull::Pull;

/// A quantity of a stratum.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EquityMeasure {
    /// Its share of the population.
    PopulationShare,
    /// Its share of all need.
    NeedShare,
    /// Its share of all referrals (of all who present, for all services together).
    AccessShare,
    /// Share of referrals over share of need: 1 where access follows need.
    AccessRatio,
    /// People who newly develop a condition.
    Need,
    /// People in need who never present.
    Unmet,
    /// Unmet need as a share of the stratum's own need.
    UnmetShare,
    /// All referrals.
    Referrals,
    /// Referrals caused by the pandemic.
    Surge,
    /// Referrals that restrictions held back.
    Suppressed,
}

impl EquityMeasure {
    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PopulationShare => "population_share",
            Self::NeedShare => "need_share",
            Self::AccessShare => "access_share",
            Self::AccessRatio => "access_ratio",
            Self::Need => "need",
            Self::Unmet => "unmet",
            Self::UnmetShare => "unmet_share",
            Self::Referrals => "referrals",
            Self::Surge => "surge",
            Self::Suppressed => "suppressed",
        }
    }
}

/// One stratification of one family (or of need), summarised.
#[derive(Clone, Debug)]
pub struct EquityResult {
    /// Index of the stratification in the pack.
    pub stratification: usize,
    /// Index of the family; none is need, all services together.
    pub family: Option<usize>,
    /// Statistics by stratum.
    pub rows: Vec<EquityRow>,
}

/// A quantity of one stratum over a period.
#[derive(Clone, Debug)]
pub struct EquityRow {
    /// Index of the stratum.
    pub stratum: usize,
    /// What it is.
    pub measure: EquityMeasure,
    /// Over which time.
    pub period: Period,
    /// Its value.
    pub stats: Stats,
}

impl EquityResult {
    /// A quantity of a stratum over the horizon.
    pub fn horizon(&self, stratum: usize, measure: EquityMeasure) -> Option<&Stats> {
        let same = |row: &&EquityRow| {
            row.stratum == stratum && row.measure == measure && row.period == Period::Horizon
        };
        self.rows.iter().find(same).map(|row| &row.stats)
    }
}

/// Totals of a period for every draw.
#[derive(Clone, Debug)]
pub struct FamilyTotals {
    /// Over which time.
    pub period: Period,
    /// Underlying demand and surge.
    pub presenting: Vec<f64>,
    /// The effect of levers on referrals.
    pub levers: Vec<f64>,
    /// Of it, the surge.
    pub surge: Vec<f64>,
    /// Held back.
    pub suppressed: Vec<f64>,
    /// Come back.
    pub returning: Vec<f64>,
}

/// Need over a period for every draw.
#[derive(Clone, Debug)]
pub struct NeedTotals {
    /// Over which time.
    pub period: Period,
    /// People who newly develop a condition.
    pub need: Vec<f64>,
    /// People in need who present.
    pub seen: Vec<f64>,
    /// People in need who never present.
    pub unmet: Vec<f64>,
    /// The same without levers, where some are for strata.
    pub without: Option<Box<NeedTotals>>,
}

/// The horizon and every year of it.
pub fn periods(months: usize) -> impl Iterator<Item = Period> {
    std::iter::once(Period::Horizon).chain((1..=months.div_ceil(12)).map(Period::Year))
}

/// Referrals of a family by stratum; nothing where the pack knows no gradient of it.
pub fn of_family<const L: usize>(
    study: &Study,
    case: &Case<'_>,
    prepared: &[&Prepared<L>],
    (family, services): (usize, &[usize]),
    totals: impl Fn(Period) -> FamilyTotals,
) -> Vec<EquityResult> {
    let known: Vec<usize> = (0..study.pack.stratifications.len())
        .filter(|index| study.pack.stratifications[*index].knows(family))
        .collect();
    if known.is_empty() {
        return Vec::new();
    }
    let totals: Vec<FamilyTotals> = periods(case.months()).map(totals).collect();
    let split = |index: usize| {
        let mut table = Draws::new(study, index, Some(family), &case.area.id, prepared)?;
        let pull = Pull::of_services(study, case, index, services, prepared);
        for total in &totals {
            family_rows(&mut table, total, pull.as_ref());
        }
        Some(EquityResult { stratification: index, family: Some(family), rows: table.rows })
    };
    known.into_iter().filter_map(split).collect()
}

fn family_rows(table: &mut Draws, total: &FamilyTotals, pull: Option<&Pull>) {
    let flows = |d: usize| Flows {
        // Levers for everyone change what presents; those for strata are added to these alone.
        presenting: total.presenting[d] + if pull.is_some() { 0.0 } else { total.levers[d] },
        suppressed: total.suppressed[d],
        returning: total.returning[d],
    };
    table.split(|split, d, out| {
        split.referrals(flows(d), out);
        if let Some(pull) = pull {
            pull.add(d, total.levers[d], &split.demand, |_| f64::INFINITY, out);
        }
    });
    table.emit(EquityMeasure::Referrals, total.period);
    if total.period != Period::Horizon {
        return;
    }
    table.ratios(None);
    table.split(|split, d, out| {
        for (out, share) in out.iter_mut().zip(&split.demand) {
            *out = total.surge[d] * share;
        }
    });
    table.emit(EquityMeasure::Surge, total.period);
    table.split(|split, d, out| split.suppressed(flows(d), out));
    table.emit(EquityMeasure::Suppressed, total.period);
}

/// Need by stratum, all services together.
pub fn of_need<const L: usize>(
    study: &Study,
    case: &Case<'_>,
    prepared: &[&Prepared<L>],
    totals: &[NeedTotals],
) -> Vec<EquityResult> {
    let split = |index: usize| {
        let mut table = Draws::new(study, index, None, &case.area.id, prepared)?;
        let pull = Pull::of_people(study, case, index, prepared);
        for total in totals {
            need_rows(&mut table, total, pull.as_ref());
        }
        Some(EquityResult { stratification: index, family: None, rows: table.rows })
    };
    (0..study.pack.stratifications.len()).filter_map(split).collect()
}

fn need_rows(table: &mut Draws, total: &NeedTotals, pull: Option<&Pull>) {
    // The strata's parts without levers, and what levers change about them.
    let of = total.without.as_deref().filter(|_| pull.is_some()).unwrap_or(total);
    let in_need_of = |total: &NeedTotals, d: usize| total.seen[d] + total.unmet[d];
    let change = |d: usize, split: &Split, [from, to]: [f64; 2], limit: &[f64], out: &mut [f64]| {
        if let Some(pull) = pull {
            pull.add(d, to - from, &split.need, |k| limit[k], out);
        }
    };
    let no_limit = vec![f64::INFINITY; table.values.len()];
    let need = |split: &Split, d: usize, out: &mut [f64]| {
        shares(of.need[d], &split.need, out);
        change(d, split, [of.need[d], total.need[d]], &no_limit, out);
    };
    let in_need = |split: &Split, d: usize, out: &mut [f64]| {
        let (from, to) = (in_need_of(of, d), in_need_of(total, d));
        shares(from, &split.need, out);
        change(d, split, [from, to], &no_limit, out);
    };
    let seen = |split: &Split, d: usize, out: &mut [f64]| {
        split.seen(in_need_of(of, d), of.seen[d], out);
        if pull.is_some() {
            let mut limit = vec![0.0; out.len()];
            in_need(split, d, &mut limit);
            change(d, split, [of.seen[d], total.seen[d]], &limit, out);
        }
    };
    let unmet = |split: &Split, d: usize, out: &mut [f64]| {
        let mut own = vec![0.0; out.len()];
        in_need(split, d, &mut own);
        seen(split, d, out);
        for (out, own) in out.iter_mut().zip(own) {
            *out = own - *out;
        }
    };
    table.split(need);
    table.emit(EquityMeasure::Need, total.period);
    let needs = pull.map(|_| table.values.clone());
    table.split(unmet);
    table.emit(EquityMeasure::Unmet, total.period);
    if total.period != Period::Horizon {
        return;
    }
    table.split(|split, d, out| {
        let mut own = vec![0.0; out.len()];
        in_need(split, d, &mut own);
        unmet(split, d, out);
        for (out, own) in out.iter_mut().zip(own) {
            *out = if own > 0.0 { *out / own } else { f64::NAN };
        }
    });
    table.emit(EquityMeasure::UnmetShare, total.period);
    table.split(seen);
    table.ratios(needs.as_deref());
}

fn shares(total: f64, of: &[f64], out: &mut [f64]) {
    for (out, share) in out.iter_mut().zip(of) {
        *out = total * share;
    }
}

/// The splits of every draw, and the values being made of them, stratum by stratum.
struct Draws {
    /// The split of every draw: the same over every period.
    splits: Vec<Split>,
    values: Vec<Vec<f64>>,
    summariser: Summariser,
    rows: Vec<EquityRow>,
}

impl Draws {
    fn new<const L: usize>(
        study: &Study,
        index: usize,
        family: Option<usize>,
        area: &str,
        prepared: &[&Prepared<L>],
    ) -> Option<Self> {
        let figures = study.pack.stratifications.get(index)?.resolve(family, area)?;
        let of_draw = |d: usize| {
            let at = |own: &StratumFigures| own.at(&prepared[d / L].sample, d % L);
            Split::of(&figures.iter().map(at).collect::<Vec<_>>())
        };
        Some(Self {
            splits: (0..study.draws.count.max(1)).map(of_draw).collect(),
            values: vec![Vec::new(); figures.len()],
            summariser: Summariser::default(),
            rows: Vec::new(),
        })
    }

    /// Makes the values of every draw.
    fn split(&mut self, value: impl Fn(&Split, usize, &mut [f64])) {
        for values in &mut self.values {
            values.clear();
        }
        let mut out = vec![0.0; self.values.len()];
        for (d, split) in self.splits.iter().enumerate() {
            value(split, d, &mut out);
            for (values, out) in self.values.iter_mut().zip(&out) {
                values.push(*out);
            }
        }
    }

    /// Summarises the values; a stratum without any value has no row.
    fn emit(&mut self, measure: EquityMeasure, period: Period) {
        for (stratum, values) in self.values.iter().enumerate() {
            let known = || values.iter().copied().filter(|value| !value.is_nan());
            if known().next().is_some() {
                let stats = self.summariser.stats(known());
                self.rows.push(EquityRow { stratum, measure, period, stats });
            }
        }
    }

    /// The values at hand as shares of their sum, beside shares of the population and of need:
    /// that of the split, unless `needs` has other values.
    fn ratios(&mut self, needs: Option<&[Vec<f64>]>) {
        let observed = std::mem::take(&mut self.values);
        let draws = observed.first().map_or(0, Vec::len);
        self.values = vec![Vec::with_capacity(draws); observed.len()];
        let sum: Vec<f64> = (0..draws).map(|d| observed.iter().map(|k| k[d]).sum()).collect();
        let share = |k: usize, d: usize| {
            if sum[d] > 0.0 { observed[k][d] / sum[d] } else { f64::NAN }
        };
        let copy = |from: &[f64], out: &mut [f64]| out.copy_from_slice(from);
        let need = |split: &Split, d: usize, k: usize| {
            let Some(needs) = needs else { return split.need[k] };
            let all: f64 = needs.iter().map(|k| k[d]).sum();
            if all > 0.0 { needs[k][d] / all } else { split.need[k] }
        };
        self.split(|split, _, out| copy(&split.population, out));
        self.emit(EquityMeasure::PopulationShare, Period::Horizon);
        let fill = |out: &mut [f64], value: &dyn Fn(usize) -> f64| {
            for (k, out) in out.iter_mut().enumerate() {
                *out = value(k);
            }
        };
        self.split(|split, d, out| fill(out, &|k| need(split, d, k)));
        self.emit(EquityMeasure::NeedShare, Period::Horizon);
        self.split(|_, d, out| fill(out, &|k| share(k, d)));
        self.emit(EquityMeasure::AccessShare, Period::Horizon);
        self.split(|split, d, out| {
            fill(out, &|k| {
                // Where nobody needs a service, access to it says nothing.
                let need = need(split, d, k);
                if need > 0.0 { share(k, d) / need } else { f64::NAN }
            });
        });
        self.emit(EquityMeasure::AccessRatio, Period::Horizon);
    }
}
