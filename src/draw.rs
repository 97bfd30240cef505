//! Uncertain numbers and joint samples from keyed random streams.
//!
//! A draw samples every uncertain number once. Number `key` of draw `i` under seed `s` comes from
//! a stream of its own, found by `(s, key, i / LANES)`, so it is the same whatever the number of
//! draws, threads, areas or scenarios, and adding an input changes no other.

use crate::lane::Lane;
use rand::SeedableRng as _;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// Draws that lie side by side in memory: one block of the model's arithmetic.
pub const LANES: usize = 64;

/// The 95th percentile of the standard normal distribution.
pub const Z95: f64 = 1.644_853_626_951_472_7;

/// A named random stream of a run.
#[derive(Clone, Debug)]
pub struct Stream([u8; 32]);

impl Stream {
    /// The stream `key` under `seed`.
    pub fn new(seed: u64, key: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        hash.update(key.as_bytes());
        Self(hash.finalize().into())
    }

    /// The generator of sub-stream `index` (a block of draws, a replication, …).
    pub fn generator(&self, index: u64) -> ChaCha8Rng {
        let mut generator = ChaCha8Rng::from_seed(self.0);
        generator.set_stream(index);
        generator
    }

    /// The standard normal of each draw of block `block`.
    pub fn normals<const L: usize>(&self, block: u64, out: &mut Lane<L>) {
        let mut generator = self.generator(block);
        for z in out.iter_mut() {
            *z = StandardNormal.sample(&mut generator);
        }
    }
}

/// On which scale an uncertain number spreads around its central value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// As it is.
    #[default]
    Linear,
    /// By its logarithm (positive numbers).
    Log,
    /// By its log-odds (shares strictly between 0 and 1).
    Logit,
}

impl Scale {
    fn to(self, x: f64) -> f64 {
        match self {
            Self::Linear => x,
            Self::Log => x.ln(),
            Self::Logit => (x / (1.0 - x)).ln(),
        }
    }

    fn back(self, y: f64) -> f64 {
        match self {
            Self::Linear => y,
            Self::Log => y.exp(),
            Self::Logit => 1.0 / (1.0 + (-y).exp()),
        }
    }
}

/// A number known only as a range: `low`, `central` and `high` are its 5th, 50th and 95th
/// percentile.
///
/// A standard normal `z` moves it linearly on each side of `central`, on its [`Scale`], clamped
/// to its bounds; so all quantiles of the number follow from those of `z`.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Uncertain {
    /// The 5th percentile.
    pub low: f64,
    /// The median, and the value of a run with no draws.
    pub central: f64,
    /// The 95th percentile.
    pub high: f64,
    /// The scale of the spread.
    pub scale: Scale,
    /// The least value a draw may take.
    pub least: f64,
    /// The greatest value a draw may take.
    pub most: f64,
    /// The standard deviation between areas around it, on its scale.
    pub between: f64,
}

impl Uncertain {
    /// A number known exactly.
    pub const fn point(value: f64) -> Self {
        Self {
            low: value,
            central: value,
            high: value,
            scale: Scale::Linear,
            least: f64::NEG_INFINITY,
            most: f64::INFINITY,
            between: 0.0,
        }
    }

    /// A range on the linear scale, with no bounds.
    pub const fn range(low: f64, central: f64, high: f64) -> Self {
        Self { low, high, ..Self::point(central) }
    }

    /// The same, clamped to `least..=most`.
    #[must_use]
    pub const fn within(self, least: f64, most: f64) -> Self {
        Self { least, most, ..self }
    }

    /// The same with a standard deviation between areas.
    #[must_use]
    pub const fn between(self, between: f64) -> Self {
        Self { between, ..self }
    }

    /// The same on another scale; a value on the edge of the scale's range keeps it linear.
    #[must_use]
    pub fn on(self, scale: Scale) -> Self {
        let fits = [self.low, self.central, self.high].iter().all(|&x| scale.to(x).is_finite());
        Self { scale: if fits { scale } else { Scale::Linear }, ..self }
    }

    /// Whether it has no spread.
    pub fn is_point(&self) -> bool {
        self.low == self.central && self.high == self.central
    }

    /// The value at standard normal `z`.
    pub fn at(&self, z: f64) -> f64 {
        self.at_each(&Lane([z]))[0]
    }

    /// The values at standard normals `z`.
    pub fn at_each<const L: usize>(&self, z: &Lane<L>) -> Lane<L> {
        if self.is_point() {
            return Lane::all(self.central.clamp(self.least, self.most));
        }
        self.in_area(z, &Lane::ZERO)
    }

    /// The values at standard normals `z` in an area that lies `own` standard deviations between
    /// areas from the others.
    pub fn in_area<const L: usize>(&self, z: &Lane<L>, own: &Lane<L>) -> Lane<L> {
        let Self { central, low, high, least, most, scale, between } = *self;
        let centre = scale.to(central);
        let (down, up) = (scale.to(low) - centre, scale.to(high) - centre);
        let moved = z.with(*own, |z, own| {
            let side = if z < 0.0 { down } else { up };
            centre + side * (z.abs() / Z95) + between * own
        });
        match scale {
            Scale::Linear => moved.map(|value| value.clamp(least, most)),
            Scale::Log | Scale::Logit => moved.map(|value| scale.back(value).clamp(least, most)),
        }
    }

    /// The values of all draws of a block of `stream`.
    pub fn sample<const L: usize>(&self, stream: &Stream, block: u64, out: &mut Lane<L>) {
        if !self.is_point() {
            stream.normals(block, out);
        }
        *out = self.at_each(out);
    }
}

/// The quantile `p` of sorted values, between the two nearest in proportion (Hyndman and Fan 1996,
/// definition 7); of none, not a number.
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let at = p * last as f64;
    let (low, high) = (sorted[at as usize], sorted[(at as usize + 1).min(last)]);
    low + at.fract() * (high - low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn low_central_and_high_are_the_5th_50th_and_95th_percentile() {
        for scale in [Scale::Linear, Scale::Log, Scale::Logit] {
            let number = Uncertain::range(0.2, 0.3, 0.7).within(0.0, 1.0).on(scale);
            for (z, expected) in [(-Z95, 0.2), (0.0, 0.3), (Z95, 0.7)] {
                assert!((number.at(z) - expected).abs() < 1e-12, "{scale:?} {z}");
            }
        }
    }

    #[test]
    fn sampled_percentiles_agree_with_the_range() {
        let number = Uncertain::range(2.0, 3.0, 8.0).on(Scale::Log);
        let stream = Stream::new(2020, "test");
        let mut values = Vec::new();
        for block in 0..400 {
            let mut lanes = Lane::<LANES>::ZERO;
            number.sample(&stream, block, &mut lanes);
            values.extend(lanes);
        }
        values.sort_by(f64::total_cmp);
        let quantile = |p: f64| values[(p * values.len() as f64) as usize];
        assert!((quantile(0.05) - 2.0).abs() < 0.02, "{}", quantile(0.05));
        assert!((quantile(0.5) - 3.0).abs() < 0.02, "{}", quantile(0.5));
        assert!((quantile(0.95) - 8.0).abs() < 0.15, "{}", quantile(0.95));
    }

    #[test]
    fn quantiles_lie_between_the_values_beside_them() {
        let sorted = [1.0, 2.0, 3.0, 7.0];
        for (p, expected) in [(0.0, 1.0), (0.25, 1.75), (0.5, 2.5), (0.9, 5.8), (1.0, 7.0)] {
            assert!((quantile(&sorted, p) - expected).abs() < 1e-12, "{p}");
        }
        assert_eq!(quantile(&[4.0], 0.3), 4.0);
        assert!(quantile(&[], 0.5).is_nan());
    }

    #[test]
    fn a_share_at_the_edge_of_the_logit_scale_stays_a_number() {
        let share = Uncertain::range(0.0, 0.25, 0.6).within(0.0, 1.0).on(Scale::Logit);
        for z in [-9.0, -1.0, 0.0, 1.0, 9.0] {
            assert!((0.0..=1.0).contains(&share.at(z)));
        }
    }

    #[test]
    fn streams_differ_by_key_seed_and_block_and_repeat() {
        let draw = |seed, key: &str, block| {
            let mut z = Lane::<4>::ZERO;
            Stream::new(seed, key).normals(block, &mut z);
            z
        };
        assert_eq!(draw(1, "a", 0), draw(1, "a", 0));
        assert_ne!(draw(1, "a", 0), draw(1, "b", 0));
        assert_ne!(draw(1, "a", 0), draw(2, "a", 0));
        assert_ne!(draw(1, "a", 0), draw(1, "a", 1));
    }
}
