//! What a projection would still get wrong at its true figures.
//!
//! ```text
//! demand(t)  = underlying(t) x exp(d(t) + e(t))
//! d(t)       = level(t) + slow(t)
//! level(t)   = level(t-1) + drift x z(t)                       a level that is gained or lost stays
//! slow(t)    = 0.95 slow(t-1) + sqrt(1 - 0.95^2) x wander x z(t)        what forgets slowly
//! e(t)       = scatter x t6(t) / sqrt(6/4)                     single months, with heavy tails
//! z, t6      = 1/2 that of the nation + sqrt(3)/2 the area's own;  of a nation: 1/2 its own
//! ```
//!
//! The level begins at 0 with the scenario, the slow part at its full spread; after a fit, whose
//! level holds both, at 0. `z` is standard normal, `t6` has Student's distribution with 6 degrees of freedom. Areas share the
//! nation's part, so that an error of the form stays whole in their sum while their own average
//! out: the spread of a nation is half of that of an area, as yearly referrals have it. `drift`,
//! `wander` and `scatter` are figures of a service.

use rand::RngExt as _;
use rand_distr::{Distribution as _, StandardNormal};

use super::underlying::Extent;
use crate::draw::Stream;
use crate::lane::Lane;
use crate::month::Month;

/// Correlation of the slow part of a month with the next.
const MEMORY: f64 = 0.95;
/// The share of an area's spread that is its nation's.
const NATION: f64 = 0.5;

/// The figures of a service, for `L` draws: standard deviations of the logarithm of referrals.
#[derive(Clone, Copy, Debug)]
pub struct Discrepancy<const L: usize> {
    /// Of a month's step of the level.
    pub drift: Lane<L>,
    /// Of the part that forgets slowly.
    pub wander: Lane<L>,
    /// Of single months.
    pub scatter: Lane<L>,
}

/// The random streams of a line by month: its nation's, and an area's own.
#[derive(Clone, Debug)]
pub struct Noise {
    nation: Vec<Stream>,
    own: Option<Vec<Stream>>,
}

/// One month's errors before they are scaled: of the level, of the slow part, of the month alone.
pub type Shocks<const L: usize> = [Lane<L>; 3];

impl Noise {
    /// The streams under `seed` of a service of an area in `months`.
    pub fn new(
        seed: u64,
        service: &str,
        (extent, area): (Extent, &str),
        months: &(impl Iterator<Item = Month> + Clone),
    ) -> Self {
        let of = |place: &str| -> Vec<Stream> {
            let name = |month| format!("discrepancy/{place}/{service}/{month}");
            months.clone().map(|month| Stream::new(seed, &name(month))).collect()
        };
        // A slash stands in no name of an area.
        let own = (extent == Extent::Local).then(|| of(&format!("area/{area}")));
        Self { nation: of("nation"), own }
    }

    /// The shocks of every month for the draws of a block.
    pub fn all<const L: usize>(&self, block: u64) -> Vec<Shocks<L>> {
        (0..self.nation.len()).map(|t| self.shocks(t, block)).collect()
    }

    /// The shocks of a month for the draws of a block.
    fn shocks<const L: usize>(&self, t: usize, block: u64) -> Shocks<L> {
        let nation = self.nation.get(t).map_or([Lane::ZERO; 3], |stream| shocks(stream, block));
        let own = self.own.as_ref().and_then(|own| own.get(t));
        let own = own.map_or([Lane::ZERO; 3], |stream| shocks(stream, block));
        let rest = (1.0 - NATION * NATION).sqrt();
        std::array::from_fn(|k| NATION * nation[k] + rest * own[k])
    }
}

fn shocks<const L: usize>(stream: &Stream, block: u64) -> Shocks<L> {
    let mut generator = stream.generator(block);
    let mut shocks =
        [Lane::ZERO; 3].map(|zero: Lane<L>| zero.map(|_| StandardNormal.sample(&mut generator)));
    for e in &mut shocks[2].0 {
        // The product of three uniform numbers gives chi-squared with 6 degrees of freedom; over
        // the root of its mean square, 6/4, the quotient has unit variance.
        let product: f64 = (0..3).map(|_| 1.0 - generator.random::<f64>()).product();
        let chi_squared = -2.0 * product.ln();
        *e /= (chi_squared / 4.0).sqrt();
    }
    shocks
}

impl<const L: usize> Discrepancy<L> {
    /// The factors on underlying demand by month that `shocks` make. Of the first `seen` months the
    /// level is known, which `level` holds as a logarithm; it is carried on from there.
    pub fn factors(
        &self,
        shocks: &[Shocks<L>],
        (seen, level): (usize, &Lane<L>),
        mut write: impl FnMut(usize, Lane<L>),
    ) {
        let fresh = (1.0 - MEMORY * MEMORY).sqrt();
        let (mut carried, mut slow) = (*level, Lane::ZERO);
        for (t, [step, own, month]) in shocks.iter().enumerate() {
            let (step, own, month) = (*step, *own, *month);
            if t >= seen {
                carried += self.drift * step;
                // In the first month of a scenario there is nothing to remember.
                let new = if t == 0 { 1.0 } else { fresh };
                slow = MEMORY * slow + new * self.wander * own;
            }
            write(t, (carried + slow + self.scatter * month).map(f64::exp));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::LANES;

    const BLOCKS: u64 = 60;
    const FIGURES: Discrepancy<LANES> =
        Discrepancy { drift: Lane::all(0.02), wander: Lane::all(0.08), scatter: Lane::all(0.04) };

    /// The logarithm of the factors by month, all draws.
    fn logs(figures: &Discrepancy<LANES>, noise: &Noise, seen: usize, level: f64) -> Vec<Vec<f64>> {
        let mut months = vec![Vec::new(); noise.nation.len()];
        for block in 0..BLOCKS {
            figures.factors(&noise.all(block), (seen, &Lane::all(level)), |t, factors| {
                months[t].extend(factors.map(f64::ln));
            });
        }
        months
    }

    fn noise(extent: Extent, area: &str) -> Noise {
        let start: Month = "2020-03".parse().unwrap();
        Noise::new(1, "iapt", (extent, area), &(0..30).map(|t| start.plus(t)))
    }

    fn sd(values: &[f64]) -> f64 {
        (values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64).sqrt()
    }

    #[test]
    fn spreads_are_those_of_the_equation_and_half_for_a_nation() {
        let (local, nation) = (noise(Extent::Local, "A"), noise(Extent::Nation, "E"));
        let (local, nation) = (logs(&FIGURES, &local, 0, 0.0), logs(&FIGURES, &nation, 0, 0.0));
        for t in [0, 11, 29] {
            let months = (t + 1) as f64;
            let told = (0.02_f64.powi(2) * months + 0.08_f64.powi(2) + 0.0016).sqrt();
            assert!((sd(&local[t]) / told - 1.0).abs() < 0.05, "{t}: {} {told}", sd(&local[t]));
            assert!((sd(&nation[t]) / told - 0.5).abs() < 0.03, "{t}: {}", sd(&nation[t]));
        }
    }

    #[test]
    fn areas_share_their_nations_part_and_their_mean_has_its_spread() {
        let of = |area: usize| logs(&FIGURES, &noise(Extent::Local, &area.to_string()), 0, 0.0);
        let nation = logs(&FIGURES, &noise(Extent::Nation, "E"), 0, 0.0);
        let areas: Vec<_> = (0..40).map(of).collect();
        let mean: Vec<f64> = (0..nation[20].len())
            .map(|i| areas.iter().map(|area| area[20][i]).sum::<f64>() / 40.0)
            .collect();
        // A fortieth of the areas' own variance is left.
        assert!((sd(&mean) / sd(&nation[20]) - 1.0).abs() < 0.08);
        let apart: Vec<f64> = mean.iter().zip(&nation[20]).map(|(a, b)| a - b).collect();
        assert!(sd(&apart) < 0.4 * sd(&nation[20]));
    }

    #[test]
    fn single_months_have_heavy_tails() {
        let only = Discrepancy { drift: Lane::ZERO, wander: Lane::ZERO, scatter: Lane::ONE };
        // Half of a Student's t, alone.
        let months = logs(&only, &noise(Extent::Nation, "E"), 0, 0.0);
        let all: Vec<f64> = months.concat().iter().map(|v| 2.0 * v).collect();
        assert!((sd(&all) - 1.0).abs() < 0.01, "{}", sd(&all));
        // Beyond four standard deviations: 2.7 in a thousand with 6 degrees of freedom, 0.06 of a normal.
        let far = all.iter().filter(|v| v.abs() > 4.0).count() as f64 / all.len() as f64;
        assert!((far / 0.0027 - 1.0).abs() < 0.3, "{far}");
    }

    #[test]
    fn a_level_seen_is_carried_on_and_uncertain_from_there() {
        let months = logs(&FIGURES, &noise(Extent::Local, "A"), 10, 0.3);
        let mean = |t: usize| months[t].iter().sum::<f64>() / months[t].len() as f64;
        for t in [0, 9, 10, 29] {
            assert!((mean(t) - 0.3).abs() < 0.01, "{t}: {}", mean(t));
        }
        let spread = |t: usize| sd(&months[t].iter().map(|v| v - 0.3).collect::<Vec<_>>());
        assert!((spread(9) - 0.04).abs() < 0.002 && spread(11) < 0.06 && spread(29) > 0.1);
    }
}
