//! Counts of a family of services, shared out among its services.
//!
//! A service with counts of its own keeps them; the others share what is left by the mix of the
//! reference area:
//!
//! ```text
//! part(s,t) = max(family(t) - sum of own(t), 0) x level(s) / sum of levels
//! ```
//!
//! so that the family is what was counted. The parts are derived, and err together: their
//! forecasts share one stream of errors, as those of one line would.

use super::Baseline;
use crate::study::area::{Part, Series};
use crate::study::pack::{Counted, Pack};

/// Shares out every family's counts; `reference` are the series of the reference area.
pub fn share_out(baseline: &mut Baseline, pack: &Pack, reference: &[Series]) {
    for (area, family, counts) in std::mem::take(&mut baseline.families) {
        let Some((_, list)) = baseline.areas.get_mut(area) else { continue };
        let members = pack.parts_of(Counted::Family(family));
        let is_own = |service: &usize| list.iter().any(|own| own.service == *service);
        let (own, others): (Vec<usize>, Vec<usize>) = members.iter().partition(|s| is_own(s));
        let left: Vec<Option<f64>> = counts
            .months()
            .map(|(month, value, _)| {
                let of = |s: &usize| list.iter().find(|own| own.service == *s)?.at(month);
                let known = own.iter().map(of).sum::<Option<f64>>()?;
                value.map(|value| (value - known).max(0.0))
            })
            .collect();
        for (service, share) in shares(pack, reference, &others) {
            list.push(Series {
                service,
                values: left.iter().map(|value| value.map(|value| value * share)).collect(),
                derived: vec![true; left.len()],
                part: Some(Part::Family(family)),
                ..counts.clone()
            });
        }
        list.sort_by_key(|series| series.service);
    }
}

/// How services share what is counted for all of them: by their levels in the reference area; where
/// none has one, those that people are routed to by equal parts.
pub fn shares(pack: &Pack, reference: &[Series], services: &[usize]) -> Vec<(usize, f64)> {
    let level = |service: &usize| {
        let series = reference.iter().find(|series| series.service == *service)?;
        let (sum, seen) = series
            .values
            .iter()
            .flatten()
            .fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
        (sum > 0.0).then(|| (*service, sum / seen))
    };
    let mut list: Vec<(usize, f64)> = services.iter().filter_map(level).collect();
    if list.is_empty() {
        let is_reached = |service: &usize| pack.routes.iter().any(|r| r.service == *service);
        let reached: Vec<usize> = services.iter().copied().filter(is_reached).collect();
        let some = if reached.is_empty() { services } else { &reached };
        list = some.iter().map(|service| (*service, 1.0)).collect();
    }
    let sum: f64 = list.iter().map(|(_, level)| level).sum();
    list.into_iter().map(|(service, level)| (service, level / sum)).collect()
}
