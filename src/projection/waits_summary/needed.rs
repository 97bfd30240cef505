//! How much more capacity would meet the standard, draw by draw.

use rayon::prelude::*;

use super::{AccessStandard, Needed, OfBlock, Summary};
use crate::lane::Lane;
use crate::model::waiting::{Capacity, Limit, List, Queue, capacity_needed};
use crate::projection::measure::Measure;
use crate::projection::waits::{Shares, Surroundings, Waiting, longer_stays};
use crate::study::capacity::Kind;
use crate::study::figures::Sample;

/// Months after which a service may be asked to meet its standard.
const LATER: usize = 12;

/// Blocks of draws in which the capacity needed is searched for: a search runs the list of a draw
/// again and again ([docs/waits.md] has how often, and what that costs).
pub(in crate::projection) const BLOCKS_SEARCHED: usize = 2;

/// Extra capacity and staff of one draw, by the month from which the standard is met.
type Found = [Option<(f64, Option<f64>)>; 2];

/// The extra capacity with which the standard is met, draw by draw.
pub(super) fn needed<const L: usize>(
    waiting: &Waiting<'_>,
    blocks: &[OfBlock<'_, L>],
    summary: &mut Summary<'_, L>,
    standard: Option<AccessStandard>,
) -> Vec<Needed> {
    let limit = standard.and_then(|s| Some(Limit { weeks: s.weeks, share: s.share? }));
    let Some(limit) = limit else { return Vec::new() };
    let mut kind = Kind::Starts;
    let mut found: Vec<Found> = Vec::new();
    let in_treatment = summary.values(Measure::Caseload, 0);
    for (block, of_block) in blocks.iter().enumerate() {
        let draw = |lane: usize| in_treatment.get(block * L + lane).copied().unwrap_or(0.0);
        let underlying: Vec<Lane<L>> = (0..summary.months)
            .map(|t| {
                let draws = summary.values(Measure::Underlying, t);
                Lane::from_fn(|lane| draws.get(block * L + lane).copied().unwrap_or(0.0))
            })
            .collect();
        let around = Surroundings { underlying: &underlying, lockdown: of_block.lockdown };
        let search = Search::new(waiting, of_block, limit, Lane::from_fn(draw), around);
        if matches!(search.capacity.last(), Some(Capacity::Places { .. })) {
            kind = Kind::Places;
        }
        let first = block * L;
        let draws: Vec<(usize, [Vec<f64>; 2])> = (0..summary.draws.saturating_sub(first).min(L))
            .map(|lane| {
                let by_month = |measure| summary.buffer.draw(measure, first + lane);
                (lane, [by_month(Measure::Accepted), by_month(Measure::Severe)])
            })
            .collect();
        found.par_extend(
            draws
                .par_iter()
                .map(|(lane, [accepted, severe])| search.of_draw(*lane, accepted, severe)),
        );
    }
    let from = [0, LATER].into_iter().enumerate().filter(|(_, from)| *from < summary.months);
    from.map(|(index, from)| {
        let some: Vec<(f64, Option<f64>)> = found.iter().filter_map(|draw| draw[index]).collect();
        let extras: Vec<f64> = some.iter().map(|(extra, _)| *extra).collect();
        let staff: Vec<f64> = some.iter().filter_map(|(_, staff)| *staff).collect();
        let share_of_draws = extras.len() as f64 / found.len().max(1) as f64;
        let mut stats = |values: Vec<f64>| {
            (!values.is_empty()).then(|| summary.summariser.stats(values.into_iter()))
        };
        let draws = found.len();
        Needed { from, draws, extra: stats(extras), share_of_draws, kind, staff: stats(staff) }
    })
    .collect()
}

/// A search in a block of draws.
struct Search<'a, const L: usize> {
    waiting: &'a Waiting<'a>,
    sample: &'a Sample<L>,
    shares: &'a Shares<L>,
    /// By draw, the longest that the first may have waited, in months.
    longest: [Option<f64>; L],
    capacity: Vec<Capacity<L>>,
    queue: Queue<L>,
    list: List<L>,
}

impl<'a, const L: usize> Search<'a, L> {
    /// `caseload` is that of the run's opening, by draw.
    fn new(
        waiting: &'a Waiting<'a>,
        OfBlock { sample, shares, .. }: &'a OfBlock<'a, L>,
        limit: Limit,
        caseload: Lane<L>,
        around: Surroundings<'_, L>,
    ) -> Self {
        let opening = waiting.opening_of(sample, shares);
        let capacity = waiting.capacity(sample, shares, &opening, around);
        let (queue, list) = waiting.queue(sample, &opening, caseload, &capacity);
        let spreads = waiting.spreads(sample);
        let longest = std::array::from_fn(|lane| {
            let weeks = match spreads.at(lane).wait_that_meets(limit) {
                Some(weeks) => weeks,
                // All within any time, or none whatever is done.
                None if limit.share <= 0.0 => return None,
                None => 0.0,
            };
            Some(weeks / opening.weeks_a_month[lane].max(1e-9))
        });
        Self { waiting, sample, shares, longest, capacity, queue, list }
    }

    /// What a draw needs, given what it accepts and how severe its mix is by month.
    fn of_draw(&self, lane: usize, accepted: &[f64], severe: &[f64]) -> Found {
        let severity = self.shares.severity.lane(lane);
        let stays: Vec<Lane<1>> =
            severe.iter().map(|severe| severity.load(Lane([*severe]))).collect();
        let capacity = self.capacity.iter().map(|capacity| capacity.lane(lane)).collect();
        // The mix of people of each month tells how long a place is held.
        let capacity = longer_stays(capacity, &stays);
        let arrivals: Vec<f64> = accepted.iter().map(|accepted| accepted.max(0.0)).collect();
        let ask = |by: usize, at_most: Option<f64>| {
            let Some(longest) = self.longest[lane] else { return Some(0.0) };
            let (queue, list) = (self.queue.lane(lane), self.list.lane(lane));
            capacity_needed(&queue, list, &arrivals, &capacity, longest, by, at_most)
        };
        let whole = ask(0, None);
        let later = ask(LATER, whole);
        let with_staff = |extra: f64, from: usize| {
            let per_wte = self.waiting.figures.caseload_per_wte?;
            let in_treatment = match capacity.last() {
                Some(Capacity::Places { .. }) => extra,
                _ => {
                    let stays = stays.get(from..).unwrap_or_default();
                    let stay = stays.iter().flatten().sum::<f64>() / stays.len() as f64;
                    extra * stay / self.shares.leave[lane].max(1e-12)
                }
            };
            Some(in_treatment / self.sample[per_wte][lane])
        };
        [(whole, 0), (later, LATER)]
            .map(|(extra, from)| extra.map(|extra| (extra, with_staff(extra, from))))
    }
}
