//! Who needs, who asks and who is held back, by slice of the population.
//!
//! A slice `k` of the population has a share `p`, a relative need `n`, a relative access `a` (the
//! chance that someone in need presents) and a relative suppression `s` (the chance that someone
//! who would present is held back by restrictions). Only ratios between slices count:
//!
//! ```text
//! need(k)   = p(k) n(k) / sum of p n               share of all need
//! demand(k) = need(k) a(k) / sum of need a         share of all who present
//! held(k)   = demand(k) s(k) / sum of demand s     share of all who are held back
//!
//! referrals(k) = presenting x demand(k) - (suppressed - returning) x held(k)
//! unmet(k)     = in need x need(k) - presenting x demand(k)
//! observed over expected access (k) = share of referrals / share of need
//! ```
//!
//! A gradient of need and a gradient of access are different things: the first says who is ill,
//! the second who is seen. The split adds nothing and loses nothing: sums over slices are the
//! quantities that went in. No slice has more held back than presented, nor more seen than are in
//! need; what is over is shared among the others.

/// One slice of the population.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Stratum {
    /// Its share of the population; shares are scaled to sum to 1.
    pub share: f64,
    /// Its need per head, relative to the others.
    pub relative_need: f64,
    /// Its chance of presenting when in need, relative to the others.
    pub relative_access: f64,
    /// Its chance of being held back, relative to the others.
    pub suppression: f64,
}

/// The shares of the slices in need, demand and suppression.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Split {
    /// Shares of the population.
    pub population: Vec<f64>,
    /// Shares of all need.
    pub need: Vec<f64>,
    /// Shares of all who present.
    pub demand: Vec<f64>,
    /// Shares of all who are held back.
    pub held: Vec<f64>,
}

/// Demand of all slices together over some time.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Flows {
    /// Underlying demand, surge and the effect of levers.
    pub presenting: f64,
    /// What restrictions held back.
    pub suppressed: f64,
    /// What of it came back.
    pub returning: f64,
}

impl Split {
    /// The shares that follow from `strata`.
    pub fn of(strata: &[Stratum]) -> Self {
        let mut split = Self::default();
        split.set(strata);
        split
    }

    /// The same, in the place of what was there.
    pub fn set(&mut self, strata: &[Stratum]) {
        fill(&mut self.population, strata.iter().map(|k| k.share));
        fill(&mut self.need, strata.iter().map(|k| k.share * k.relative_need));
        fill(&mut self.demand, self.need.iter().zip(strata).map(|(w, k)| w * k.relative_access));
        fill(&mut self.held, self.demand.iter().zip(strata).map(|(v, k)| v * k.suppression));
    }

    /// What restrictions held back, by slice.
    pub fn suppressed(&self, flows: Flows, out: &mut [f64]) {
        let limits = |k: usize| flows.presenting * self.demand[k];
        shared_out(flows.suppressed, &self.held, limits, out);
    }

    /// Referrals by slice: their sum is `presenting - suppressed + returning`.
    pub fn referrals(&self, flows: Flows, out: &mut [f64]) {
        if flows.suppressed > 0.0 {
            self.suppressed(flows, out);
            let lost = 1.0 - flows.returning / flows.suppressed;
            for (out, share) in out.iter_mut().zip(&self.demand) {
                *out = flows.presenting * share - *out * lost;
            }
        } else {
            for (out, share) in out.iter_mut().zip(&self.demand) {
                *out = (flows.presenting + flows.returning) * share;
            }
        }
    }

    /// People who present, by slice, out of `in_need`.
    pub fn seen(&self, in_need: f64, presenting: f64, out: &mut [f64]) {
        shared_out(presenting, &self.demand, |k| in_need * self.need[k], out);
    }
}

/// Adds `change` to the slices of `out` by `weights`, which sum to 1: none falls below zero nor
/// rises beyond its limit while another has room.
pub fn add_change(change: f64, weights: &[f64], limit: impl Fn(usize) -> f64, out: &mut [f64]) {
    if change == 0.0 {
        return;
    }
    let mut parts = vec![0.0; out.len()];
    let sign = change.signum();
    let room = |k: usize| if change < 0.0 { out[k] } else { limit(k) - out[k] };
    shared_out(change.abs(), weights, room, &mut parts);
    for (out, part) in out.iter_mut().zip(parts) {
        *out += sign * part;
    }
}

/// Shares in proportion to `weights`; all zeros where there is nothing to share by.
pub fn fill(shares: &mut Vec<f64>, weights: impl Iterator<Item = f64>) {
    shares.clear();
    shares.extend(weights);
    let sum: f64 = shares.iter().sum();
    if sum > 0.0 {
        for share in shares {
            *share /= sum;
        }
    }
}

/// `total` shared out by `weights`, no slice beyond its limit while another has room: what is over
/// where all with a weight are full goes to the others, by the room that they have.
fn shared_out(total: f64, weights: &[f64], limit: impl Fn(usize) -> f64, out: &mut [f64]) {
    out.fill(0.0);
    let mut left = total;
    // Every round but the last fills a slice, so there are no more rounds than slices.
    for _ in 0..weights.len() {
        let is_open = |k: usize, out: &[f64]| weights[k] > 0.0 && out[k] < limit(k);
        let open: f64 = (0..out.len()).filter(|k| is_open(*k, out)).map(|k| weights[k]).sum();
        if left <= 0.0 || open <= 0.0 {
            break;
        }
        let mut rest = 0.0;
        for k in 0..out.len() {
            if is_open(k, out) {
                let wanted = out[k] + left * weights[k] / open;
                out[k] = wanted.min(limit(k));
                rest += wanted - out[k];
            }
        }
        left = rest;
    }
    if left > 0.0 {
        let room = |k: usize, out: &[f64]| (limit(k) - out[k]).clamp(0.0, left);
        let rooms: f64 = (0..out.len()).map(|k| room(k, out)).sum();
        let filled = if rooms > 0.0 { (left / rooms).min(1.0) } else { 0.0 };
        for k in 0..out.len() {
            out[k] += filled * room(k, out);
        }
        left -= filled * rooms;
    }
    // Everyone is at the limit: the totals contradict the limits, and the totals count.
    if left > 0.0 {
        for (out, weight) in out.iter_mut().zip(weights) {
            *out += left * weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stratum(share: f64, need: f64, access: f64, suppression: f64) -> Stratum {
        Stratum { share, relative_need: need, relative_access: access, suppression }
    }

    fn two() -> Split {
        Split::of(&[stratum(0.2, 2.0, 0.5, 2.0), stratum(0.8, 1.0, 1.0, 1.0)])
    }

    #[test]
    fn a_fifth_with_twice_the_need_and_half_the_access() {
        let split = two();
        assert!(
            (split.need[0] - 1.0 / 3.0).abs() < 1e-15 && (split.need[1] - 2.0 / 3.0).abs() < 1e-15
        );
        // Twice the need at half the access asks as often as anyone.
        assert!((split.demand[0] - 0.2).abs() < 1e-15);
        assert!((split.held[0] - 0.4 / 1.2).abs() < 1e-15);
        let mut referrals = [0.0; 2];
        let flows = Flows { presenting: 1000.0, suppressed: 120.0, returning: 60.0 };
        split.referrals(flows, &mut referrals);
        assert!((referrals[0] - (200.0 - 20.0)).abs() < 1e-9, "{referrals:?}");
        assert!((referrals[1] - (800.0 - 40.0)).abs() < 1e-9, "{referrals:?}");
    }

    #[test]
    fn nobody_is_seen_who_is_not_in_need() {
        let split = Split::of(&[stratum(0.5, 1.0, 10.0, 1.0), stratum(0.5, 1.0, 1.0, 1.0)]);
        let mut seen = [0.0; 2];
        split.seen(100.0, 80.0, &mut seen);
        assert!((seen[0] - 50.0).abs() < 1e-12 && (seen[1] - 30.0).abs() < 1e-12, "{seen:?}");
    }

    #[test]
    fn a_change_falls_on_the_slices_it_is_for() {
        let mut out = [100.0, 300.0];
        add_change(-30.0, &[1.0, 0.0], |_| f64::INFINITY, &mut out);
        assert_eq!(out, [70.0, 300.0]);
        add_change(50.0, &[0.5, 0.5], |k| [80.0, 1000.0][k], &mut out);
        assert_eq!(out, [80.0, 340.0]);
    }

    #[test]
    fn what_a_slice_can_not_hold_falls_on_those_without_a_weight_too() {
        // Only the first fifth is said to be held back, and more is held back than it asks for.
        let split = Split::of(&[stratum(0.2, 1.0, 1.0, 1.0), stratum(0.8, 1.0, 1.0, 0.0)]);
        let mut out = [0.0; 2];
        let flows = Flows { presenting: 1000.0, suppressed: 600.0, returning: 0.0 };
        split.referrals(flows, &mut out);
        assert!(out[0].abs() < 1e-9 && (out[1] - 400.0).abs() < 1e-9, "{out:?}");
        let mut out = [100.0, 300.0];
        add_change(-150.0, &[1.0, 0.0], |_| f64::INFINITY, &mut out);
        assert_eq!(out, [0.0, 250.0]);
        add_change(50.0, &[1.0, 0.0], |k| [30.0, f64::INFINITY][k], &mut out);
        assert_eq!(out, [30.0, 270.0]);
    }

    #[test]
    fn equal_strata_get_their_share_of_the_population() {
        let split = Split::of(&[stratum(0.25, 1.0, 1.0, 1.0), stratum(0.75, 1.0, 1.0, 1.0)]);
        for shares in [&split.need, &split.demand, &split.held] {
            assert_eq!(shares, &split.population);
        }
    }

    prop_compose! {
        fn any_stratum()(p in 0.01..1.0, n in 0.0..9.0, a in 0.01..9.0, s in 0.0..9.0) -> Stratum {
            stratum(p, n, a, s)
        }
    }

    proptest! {
        #[test]
        fn sums_over_strata_are_what_went_in(
            mut strata in prop::collection::vec(any_stratum(), 1..9),
            presenting in 1.0..1e7f64,
            held in 0.0..1.0f64,
            back in 0.0..1.0f64,
        ) {
            strata[0].relative_need = 1.0;
            strata[0].suppression = 1.0;
            // Some have no weight at all.
            for stratum in strata.iter_mut().skip(1).step_by(2) {
                stratum.suppression = 0.0;
            }
            let split = Split::of(&strata);
            let suppressed = presenting * held;
            let flows = Flows { presenting, suppressed, returning: suppressed * back };
            let mut out = vec![0.0; strata.len()];
            split.referrals(flows, &mut out);
            let total: f64 = presenting - suppressed + suppressed * back;
            prop_assert!((out.iter().sum::<f64>() - total).abs() <= 1e-9 * presenting);
            prop_assert!(out.iter().all(|value| *value >= -1e-9 * presenting), "{out:?}");
            split.seen(presenting, presenting * held, &mut out);
            prop_assert!((out.iter().sum::<f64>() - presenting * held).abs() <= 1e-9 * presenting);
            for (seen, share) in out.iter().zip(&split.need) {
                prop_assert!(*seen <= presenting * share * (1.0 + 1e-12));
            }
        }

        #[test]
        fn only_ratios_between_strata_count(
            strata in prop::collection::vec(any_stratum(), 2..6), factor in 0.1..10.0f64,
        ) {
            let scaled: Vec<Stratum> = strata
                .iter()
                .map(|k| Stratum {
                    share: k.share * factor,
                    relative_need: k.relative_need * factor,
                    relative_access: k.relative_access * factor,
                    suppression: k.suppression * factor,
                })
                .collect();
            let (a, b) = (Split::of(&strata), Split::of(&scaled));
            let pairs = a.held.iter().zip(&b.held).chain(a.demand.iter().zip(&b.demand));
            for (x, y) in pairs {
                prop_assert!((x - y).abs() < 1e-12);
            }
        }
    }
}
