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

/// Takes the statistics of many series of draws with one set of buffers.
#[derive(Debug, Default)]
pub struct Summariser {
    values: Vec<f64>,
    bins: Vec<u16>,
    places: Vec<u32>,
    sorted: Vec<f64>,
}

/// How many bins a series is dealt into to find its order statistics: a power of two.
const BINS: usize = 512;

/// Marks a bin that holds no order statistic that is wanted.
const NOT_NEEDED: u32 = u32::MAX;

/// Sums and extremes kept side by side, for the vector units.
const ABREAST: usize = 8;

/// 2^52: a number below it, added to it, stands rounded in its lowest bits.
const WHOLE: f64 = 4_503_599_627_370_496.0;

impl Summariser {
    /// Statistics of `draws`; quantiles interpolate between order statistics (Hyndman and Fan
    /// 1996, definition 7).
    pub fn stats(&mut self, draws: impl Iterator<Item = f64>) -> Stats {
        self.values.clear();
        // Iteration inside the iterator is faster than asking it for one value after another.
        draws.for_each(|value| self.values.push(value));
        self.of_values()
    }

    /// The same of the first `count` draws in `blocks`.
    pub fn stats_of<'a>(&mut self, blocks: impl Iterator<Item = &'a [f64]>, count: usize) -> Stats {
        self.values.clear();
        blocks.for_each(|block| self.values.extend_from_slice(block));
        self.values.truncate(count);
        self.of_values()
    }

    /// The first `count` draws in `blocks`, in order as far as their quantiles ask.
    pub fn ordered<'a>(
        &mut self,
        blocks: impl Iterator<Item = &'a [f64]>,
        count: usize,
    ) -> Ordered {
        self.values.clear();
        blocks.for_each(|block| self.values.extend_from_slice(block));
        self.values.truncate(count);
        self.order()
    }

    fn of_values(&mut self) -> Stats {
        self.order().stats()
    }

    fn order(&mut self) -> Ordered {
        let count = self.values.len();
        let mut ordered = Ordered { count, mean: 0.0, wanted: [0; 18], found: [0.0; 18] };
        if count == 0 {
            return ordered;
        }
        let Moments { sum, least, most } = pulp::Arch::new().dispatch(|| moments(&self.values));
        for (pair, p) in ordered.wanted.chunks_exact_mut(2).zip(PROBABILITIES) {
            pair[0] = position(p, count) as usize;
            pair[1] = (pair[0] + 1).min(count - 1);
        }
        ordered.wanted.sort_unstable();
        if least == most {
            ordered.mean = least;
            ordered.found = [least; 18];
        } else {
            ordered.mean = sum / count as f64;
            ordered.found = self.order_statistics(&ordered.wanted, least, most);
        }
        ordered
    }

    /// The order statistics `wanted` (sorted). Values are dealt into equal bins between `least`
    /// and `most`, and only the bins that hold a wanted one are sorted.
    fn order_statistics(&mut self, wanted: &[usize; 18], least: f64, most: f64) -> [f64; 18] {
        let scale = (BINS - 1) as f64 / (most - least);
        self.bins.clear();
        self.bins.resize(self.values.len(), 0);
        pulp::Arch::new().dispatch(|| deal(&self.values, least, scale, &mut self.bins));
        self.places.clear();
        self.places.resize(BINS, 0);
        for bin in &self.bins {
            self.places[usize::from(*bin) % BINS] += 1;
        }
        // Where the values of each bin that is needed go, one bin after another.
        let (mut next, mut before, mut room) = (0, 0, 0);
        let mut needed = [(0, 0, 0); 18];
        let mut needs = 0;
        for place in &mut self.places {
            let size = std::mem::replace(place, NOT_NEEDED) as usize;
            let after = before + size;
            if next < wanted.len() && wanted[next] < after {
                *place = room as u32;
                needed[needs] = (room, room + size, before);
                needs += 1;
                room += size;
                while next < wanted.len() && wanted[next] < after {
                    next += 1;
                }
            }
            before = after;
        }
        self.sorted.clear();
        self.sorted.resize(room, 0.0);
        for (value, bin) in self.values.iter().zip(&self.bins) {
            let place = &mut self.places[usize::from(*bin) % BINS];
            if *place != NOT_NEEDED {
                self.sorted[*place as usize] = *value;
                *place += 1;
            }
        }
        let mut found = [0.0; 18];
        let mut next = 0;
        for &(start, end, before) in &needed[..needs] {
            let of_bin = &mut self.sorted[start..end];
            of_bin.sort_unstable_by(f64::total_cmp);
            while next < wanted.len() && wanted[next] < before + of_bin.len() {
                found[next] = of_bin[wanted[next] - before];
                next += 1;
            }
        }
        found
    }
}

/// The mean of the first `count` draws in `blocks`.
pub fn mean_of<'a>(blocks: impl Iterator<Item = &'a [f64]>, count: usize) -> f64 {
    let mut sums = [0.0; ABREAST];
    let mut left = count;
    for block in blocks {
        let block = &block[..left.min(block.len())];
        left -= block.len();
        for values in block.chunks(ABREAST) {
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += value;
            }
        }
    }
    sums.iter().sum::<f64>() / count as f64
}

/// The place of a quantile among `count` sorted draws.
fn position(p: f64, count: usize) -> f64 {
    p * (count - 1) as f64
}

/// The order statistics of a series that its quantiles need.
#[derive(Clone, Debug)]
pub struct Ordered {
    count: usize,
    mean: f64,
    wanted: [usize; 18],
    found: [f64; 18],
}

impl Ordered {
    /// The statistics of the series.
    pub fn stats(&self) -> Stats {
        self.between(self.mean, |index| self.at(index))
    }

    /// The mean of the series.
    pub const fn mean(&self) -> f64 {
        self.mean
    }

    /// The statistics of the series of `image` of each draw, which has this `mean` and rises, or
    /// falls, with the draw: its order is known.
    pub fn image(&self, mean: f64, rises: bool, image: impl Fn(f64) -> f64) -> Stats {
        let last = self.count.saturating_sub(1);
        self.between(mean, |index| image(self.at(if rises { index } else { last - index })))
    }

    fn between(&self, mean: f64, at: impl Fn(usize) -> f64) -> Stats {
        if self.count == 0 {
            return Stats::default();
        }
        let quantiles = PROBABILITIES.map(|p| {
            let position = position(p, self.count);
            let below = position as usize;
            let part = position - below as f64;
            let low = at(below);
            let high = at((below + 1).min(self.count - 1));
            low + (high - low) * part
        });
        Stats { mean, quantiles }
    }

    /// An order statistic; of one that was not wanted (whose part in any quantile is nothing but
    /// rounding) the next that was.
    fn at(&self, index: usize) -> f64 {
        self.found[self.wanted.partition_point(|wanted| *wanted < index).min(17)]
    }
}

struct Moments {
    sum: f64,
    least: f64,
    most: f64,
}

/// The sum and the extremes; the order of additions is the same on every machine.
#[inline(always)]
#[expect(clippy::inline_always, reason = "compiled for the vector units of its caller")]
fn moments(values: &[f64]) -> Moments {
    let mut sums = [0.0; ABREAST];
    let mut least = [f64::INFINITY; ABREAST];
    let mut most = [f64::NEG_INFINITY; ABREAST];
    let mut add = |values: &[f64]| {
        for (i, &value) in values.iter().enumerate() {
            sums[i] += value;
            least[i] = if value < least[i] { value } else { least[i] };
            most[i] = if value > most[i] { value } else { most[i] };
        }
    };
    let (whole, rest) = values.as_chunks::<ABREAST>();
    for values in whole {
        add(values);
    }
    add(rest);
    Moments {
        sum: sums.iter().sum(),
        least: least.iter().copied().fold(f64::INFINITY, f64::min),
        most: most.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    }
}

/// The bin of each value. A range too wide for its scale, or a value that is no number, falls into
/// some bin too.
#[inline(always)]
#[expect(clippy::inline_always, reason = "compiled for the vector units of its caller")]
fn deal(values: &[f64], least: f64, scale: f64, bins: &mut [u16]) {
    for (bin, value) in bins.iter_mut().zip(values) {
        *bin = ((value - least) * scale + WHOLE).to_bits() as u16 % BINS as u16;
    }
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
        /// The statistics of an image, from the order of the series alone.
        #[test]
        fn images_keep_or_turn_the_order(draws in prop::collection::vec(0.0..1e3_f64, 1..2000)) {
            let blocks = || draws.chunks(64);
            let mut summariser = Summariser::default();
            let ordered = summariser.ordered(blocks(), draws.len());
            prop_assert_eq!(ordered.stats(), Summariser::default().stats(draws.iter().copied()));
            for rises in [true, false] {
                let image = |x: f64| if rises { 3.0 * x } else { 1.0 / (1.0 + x) };
                let series: Vec<f64> = draws.iter().map(|x| image(*x)).collect();
                let whole = Summariser::default().stats(series.iter().copied());
                let mean = mean_of(series.chunks(64), series.len());
                let of_order = ordered.image(mean, rises, image);
                prop_assert!((of_order.mean - whole.mean).abs() <= 1e-12 * whole.mean.abs());
                for (a, b) in of_order.quantiles.iter().zip(whole.quantiles) {
                    prop_assert!((a - b).abs() <= 1e-9 * (1.0 + b.abs()), "{} {}", a, b);
                }
            }
        }

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
