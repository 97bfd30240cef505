//! Capacity that responds: how the usual starts and the usual wait of a service move by month.
//!
//! ```text
//! c(t) = c0 x demand(t) x (1 + growth)^(t/12) x (1 - lost x lockdown(t))
//! w(t) = w0 x exp[ peers (1 - exp(-pull t/12)) + standard (1 - exp(-pull_standard t/12)) + drift x sqrt(t/12) ]
//! ```
//!
//! `demand` is underlying demand over that of the year before the start, from year to year and
//! without its season: capacity that grows with it keeps the waits of the year before, and without
//! a pandemic no list runs away. `growth` is what staff grew beyond it. `lost` is the share of
//! starts that a full first lockdown took; later ones took none that can be seen.
//!
//! A service is pulled: `peers` is the logarithm of its nation's wait over its own (an area that
//! waits longer than its nation comes back towards it, one that waits less gives way), `standard`
//! that of the wait which would just meet the access standard over its own, where that is missed.
//! `drift` is what cannot be known: a normal number, growing as a random walk does.

use crate::lane::Lane;

/// The figures of it in a block of draws.
#[derive(Clone, Copy, Debug)]
pub struct Response<const L: usize> {
    /// Growth of capacity a year beyond underlying demand.
    pub growth: Lane<L>,
    /// Share of starts lost in a full first lockdown.
    pub lost: Lane<L>,
    /// Logarithm of the nation's wait over one's own.
    pub peers: f64,
    /// The rate a year at which it comes about.
    pub pull: Lane<L>,
    /// Logarithm of the wait that meets the standard over one's own; 0 where it is met.
    pub standard: f64,
    /// The rate a year at which it comes about.
    pub pull_standard: Lane<L>,
    /// Standard deviations of the logarithm of the wait after a year.
    pub drift: Lane<L>,
}

impl<const L: usize> Response<L> {
    /// Starts a month at the usual wait in the middle of each month, over those before the start,
    /// without a lockdown.
    pub fn starts(&self, demand: &[Lane<L>]) -> Vec<Lane<L>> {
        let growth = self.growth.map(f64::ln_1p);
        let month = |(t, demand): (usize, &Lane<L>)| {
            let years = (t as f64 + 0.5) / 12.0;
            *demand * growth.map(|growth| (years * growth).exp())
        };
        demand.iter().enumerate().map(month).collect()
    }

    /// The share of starts that a lockdown of a month leaves.
    pub fn left(&self, lockdown: &Lane<L>) -> Lane<L> {
        Lane::from_fn(|i| 1.0 - (self.lost[i] * lockdown[i]).clamp(0.0, 1.0))
    }

    /// The usual wait in the middle of month `t`, over that before the start.
    pub fn wait(&self, t: usize) -> Lane<L> {
        let years = (t as f64 + 0.5) / 12.0;
        // What does not pull needs no rate.
        let come = |towards: f64, rate: f64| {
            if towards == 0.0 { 0.0 } else { towards * (1.0 - (-rate * years).exp()) }
        };
        let drifted = years.sqrt();
        Lane::from_fn(|i| {
            let pulled =
                come(self.peers, self.pull[i]) + come(self.standard, self.pull_standard[i]);
            (pulled + self.drift[i] * drifted).exp()
        })
    }
}

/// Demand over that of the year before, year by year and without its season: the means of twelve
/// months each, in the middle of their year, and straight lines between them; the last slope goes
/// on. `before` is the mean month of the year before the start.
pub fn demand<const L: usize>(months: &[Lane<L>], before: Lane<L>) -> Vec<Lane<L>> {
    let mut means: Vec<Lane<L>> = vec![Lane::ONE];
    for year in months.chunks_exact(12) {
        let mean = |i: usize| {
            let mean = year.iter().map(|month| month[i]).sum::<f64>() / 12.0;
            if before[i] > 0.0 { (mean / before[i]).max(0.0) } else { 1.0 }
        };
        means.push(Lane::from_fn(mean));
    }
    let last = means.len() - 1;
    (0..months.len())
        .map(|t| {
            // Years since the middle of the year before.
            let at = (t as f64 + 6.5) / 12.0;
            if last == 0 {
                return Lane::ONE;
            }
            let from = (at as usize).min(last - 1);
            // Beyond the middle of the last whole year its slope goes on for half a year.
            let share = (at - from as f64).min(1.5);
            Lane::from_fn(|i| {
                (means[from][i] + share * (means[from + 1][i] - means[from][i])).max(0.0)
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demand_that_grows_evenly_is_followed_without_its_season() {
        let months: Vec<Lane<1>> = (0..36)
            .map(|t| {
                let season = 1.0 + 0.2 * (std::f64::consts::TAU * f64::from(t) / 12.0).sin();
                Lane([1_000.0 * (1.0 + 0.05 * (f64::from(t) + 6.5) / 12.0) * season])
            })
            .collect();
        let followed = demand(&months, Lane([1_000.0]));
        for (t, Lane([demand])) in followed.iter().enumerate() {
            let told = 1.0 + 0.05 * (t as f64 + 6.5) / 12.0;
            assert!((demand - told).abs() < 0.01, "{t}: {demand} {told}");
        }
        assert_eq!(self::demand(&months[..5], Lane([1_000.0]))[4], Lane::ONE);
    }

    #[test]
    fn an_area_comes_back_to_its_nation_and_a_missed_standard_is_approached() {
        let response = Response {
            growth: Lane([0.0]),
            lost: Lane([0.2]),
            peers: -0.5,
            pull: Lane([0.5]),
            standard: 0.0,
            pull_standard: Lane([0.2]),
            drift: Lane([0.0]),
        };
        let half_life = (12.0 * 2.0_f64.ln() / 0.5) as usize;
        let Lane([wait]) = response.wait(half_life);
        assert!((wait.ln() / -0.25 - 1.0).abs() < 0.05, "{wait}");
        assert_eq!(response.starts(&[Lane::ONE]), [Lane::ONE]);
        assert_eq!(response.left(&Lane([0.5])), Lane([0.9]));
        let missed = Response { peers: 0.0, standard: -1.0, ..response };
        assert!(missed.wait(0)[0] < 1.0 && missed.wait(120)[0] < 0.45);
    }
}
