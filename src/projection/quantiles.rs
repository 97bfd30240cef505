//! What the draws of one number say: their mean and quantiles.

use serde::Serialize;

/// The probabilities of the quantiles in every table.
pub const PROBABILITIES: [f64; 9] = [0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975];

/// Their names as columns.
pub const QUANTILE_NAMES: [&str; 9] =
    ["q025", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "q975"];

/// The mean and the quantiles of the draws of one number.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub struct Stats {
    /// The mean.
    pub mean: f64,
    /// The quantiles at [`PROBABILITIES`].
    pub quantiles: [f64; 9],
}

impl Stats {
    /// A number known exactly.
    pub const fn point(value: f64) -> Self {
        Self { mean: value, quantiles: [value; 9] }
    }

    /// The 5th percentile.
    pub const fn q05(&self) -> f64 {
        self.quantiles[1]
    }

    /// The median.
    pub const fn median(&self) -> f64 {
        self.quantiles[4]
    }

    /// The 95th percentile.
    pub const fn q95(&self) -> f64 {
        self.quantiles[7]
    }
}

/// Takes the statistics of many series of draws with one buffer.
#[derive(Debug, Default)]
pub struct Summariser {
    keys: Vec<i64>,
}

impl Summariser {
    /// Statistics of `draws`; quantiles interpolate between order statistics (Hyndman and Fan
    /// 1996, definition 7).
    pub fn stats(&mut self, draws: impl Iterator<Item = f64>) -> Stats {
        self.keys.clear();
        let (mut sum, mut least, mut most) = (0.0, f64::INFINITY, f64::NEG_INFINITY);
        for value in draws {
            sum += value;
            least = least.min(value);
            most = most.max(value);
            self.keys.push(key(value));
        }
        let count = self.keys.len();
        if count == 0 {
            return Stats::default();
        }
        if least == most {
            return Stats::point(least);
        }
        let position = |p: f64| p * (count - 1) as f64;
        let mut wanted = [0; 18];
        for (pair, p) in wanted.chunks_exact_mut(2).zip(PROBABILITIES) {
            pair[0] = position(p) as usize;
            pair[1] = (pair[0] + 1).min(count - 1);
        }
        wanted.sort_unstable();
        select(&mut self.keys, 0, &wanted);
        let quantiles = PROBABILITIES.map(|p| {
            let below = position(p) as usize;
            let low = value(self.keys[below]);
            let high = value(self.keys[(below + 1).min(count - 1)]);
            low + (high - low) * (position(p) - below as f64)
        });
        Stats { mean: sum / count as f64, quantiles }
    }
}

/// Puts the order statistics `wanted` (sorted, counted from `first`) in their places: the middle
/// one first, so that each half is searched only for its own.
fn select(keys: &mut [i64], first: usize, wanted: &[usize]) {
    let Some(&middle) = wanted.get(wanted.len() / 2) else { return };
    let (left, _, right) = keys.select_nth_unstable(middle - first);
    let before = wanted.partition_point(|index| *index < middle);
    let after = wanted.partition_point(|index| *index <= middle);
    select(left, first, &wanted[..before]);
    select(right, middle + 1, &wanted[after..]);
}

/// An integer in the order of the number: integers compare faster than `total_cmp`.
fn key(value: f64) -> i64 {
    let bits = value.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

fn value(key: i64) -> f64 {
    f64::from_bits((key ^ (((key >> 63) as u64) >> 1) as i64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_of_one_to_a_hundred_and_one() {
        let stats = Summariser::default().stats((0..=100).rev().map(f64::from));
        assert_eq!(stats.quantiles, [2.5, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 97.5]);
        assert_eq!(stats.mean, 50.0);
    }

    proptest! {
        #[test]
        fn quantiles_agree_with_a_sorted_list(mut draws in prop::collection::vec(-1e6..1e6, 1..300)) {
            let stats = Summariser::default().stats(draws.iter().copied());
            draws.sort_by(f64::total_cmp);
            for (p, q) in PROBABILITIES.iter().zip(stats.quantiles) {
                let at = p * (draws.len() - 1) as f64;
                let low = draws[at as usize];
                let high = draws[(at as usize + 1).min(draws.len() - 1)];
                let expected = low + (high - low) * at.fract();
                prop_assert!((q - expected).abs() <= 1e-9 * (1.0 + expected.abs()));
            }
        }
    }
}
