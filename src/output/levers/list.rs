//! What a choice does to waiting lists, over the draws of all scenarios.

use crate::evaluate::choices::{Comparison, Ranked, Trial};
use crate::projection::quantiles::{Stats, Summariser};
use crate::projection::wait_totals::{ListTotals, WaitTotals};
use crate::study::Study;

/// The waiting lists that a choice changes, most first; those that nothing published can be held
/// against only where they are wanted.
pub(super) fn lists(
    study: &Study,
    own: &Comparison,
    ranked: &Ranked,
    with_unchecked: bool,
) -> Vec<List> {
    let mut lists: Vec<List> = own
        .touched()
        .into_iter()
        .filter(|service| !study.pack.services[*service].is_total())
        .filter_map(|service| List::of(service, ranked, &own.nothing))
        .filter(|list| (list.is_checked || with_unchecked) && list.weeks_changed != 0.0)
        .collect();
    lists.sort_by(|a, b| b.weeks_changed.abs().total_cmp(&a.weeks_changed.abs()));
    lists
}

/// A waiting list with a choice, over the draws of all scenarios.
pub(super) struct List {
    pub(super) service: usize,
    pub(super) is_checked: bool,
    pub(super) end: Stats,
    pub(super) end_changed: Stats,
    pub(super) end_by_pandemic: Stats,
    /// The median share in time, and its change.
    pub(super) within: Option<f64>,
    pub(super) within_changed: Option<f64>,
    pub(super) within_by_pandemic: Option<f64>,
    /// Mean change of all weeks waited.
    pub(super) weeks_changed: f64,
}

impl List {
    fn of(service: usize, ranked: &Ranked, nothing: &[Trial]) -> Option<Self> {
        let list = |trial: &Trial| -> Option<WaitTotals> {
            trial.waits.iter().find(|(own, _)| *own == service).map(|(_, list)| list.clone())
        };
        let before: Vec<WaitTotals> = nothing.iter().map(list).collect::<Option<_>>()?;
        let own: Vec<WaitTotals> = ranked.trials.iter().map(list).collect::<Option<_>>()?;
        let draws = |of: &dyn Fn(usize) -> Option<Vec<f64>>| -> Option<Stats> {
            let all: Vec<Vec<f64>> = (0..own.len()).map(of).collect::<Option<_>>()?;
            Some(Summariser::default().stats(all.into_iter().flatten()))
        };
        let less = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<_>>();
        let within_less = |i: usize, other: &ListTotals| {
            Some(less(own[i].with.within.as_ref()?, other.within.as_ref()?))
        };
        Some(Self {
            service,
            is_checked: own.iter().all(|list| list.is_checked),
            end: draws(&|i| Some(own[i].with.end.clone()))?,
            end_changed: draws(&|i| Some(less(&own[i].with.end, &before[i].with.end)))?,
            end_by_pandemic: draws(&|i| Some(less(&own[i].with.end, &own[i].without.end)))?,
            within: draws(&|i| own[i].with.within.clone()).map(|s| s.median()),
            within_changed: draws(&|i| within_less(i, &before[i].with)).map(|s| s.median()),
            within_by_pandemic: draws(&|i| within_less(i, &own[i].without)).map(|s| s.median()),
            weeks_changed: draws(&|i| Some(less(&own[i].with.weeks, &before[i].with.weeks)))?.mean,
        })
    }
}
