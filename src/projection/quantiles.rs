//! What the draws of one number say: their mean and quantiles.

// What runs inside the dispatch on the processor's features must be compiled into it.
#![allow(clippy::inline_always)]

use pulp::{Simd, WithSimd};
use serde::{Serialize, Serializer};

/// A quantile in every table; each has its mirror image on the other side of the median.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quantile {
    /// The 2.5th percentile.
    Q025,
    /// The 5th percentile.
    Q05,
    /// The 10th percentile.
    Q10,
    /// The 25th percentile.
    Q25,
    /// The median.
    Q50,
    /// The 75th percentile.
    Q75,
    /// The 90th percentile.
    Q90,
    /// The 95th percentile.
    Q95,
    /// The 97.5th percentile.
    Q975,
}

impl Quantile {
    /// Every quantile, in the order of the columns.
    pub const ALL: [Self; 9] = [
        Self::Q025,
        Self::Q05,
        Self::Q10,
        Self::Q25,
        Self::Q50,
        Self::Q75,
        Self::Q90,
        Self::Q95,
        Self::Q975,
    ];

    /// Its probability and its name as a column.
    const fn of(self) -> (f64, &'static str) {
        match self {
            Self::Q025 => (0.025, "q025"),
            Self::Q05 => (0.05, "q05"),
            Self::Q10 => (0.1, "q10"),
            Self::Q25 => (0.25, "q25"),
            Self::Q50 => (0.5, "q50"),
            Self::Q75 => (0.75, "q75"),
            Self::Q90 => (0.9, "q90"),
            Self::Q95 => (0.95, "q95"),
            Self::Q975 => (0.975, "q975"),
        }
    }

    /// Its probability.
    pub const fn probability(self) -> f64 {
        self.of().0
    }

    /// Its name as a column.
    pub const fn name(self) -> &'static str {
        self.of().1
    }
}

/// How many quantiles there are.
const COUNT: usize = Quantile::ALL.len();

/// The mean and the quantiles of the draws of one number.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Stats {
    /// The mean.
    pub mean: f64,
    quantiles: [f64; COUNT],
}

/// The mean and every quantile by its name.
impl Serialize for Stats {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let quantiles = self.quantiles().map(|(quantile, value)| (quantile.name(), value));
        serializer.collect_map(std::iter::once(("mean", self.mean)).chain(quantiles))
    }
}

impl Stats {
    /// A mean and the quantiles that `of` gives.
    pub fn new(mean: f64, of: impl FnMut(Quantile) -> f64) -> Self {
        Self { mean, quantiles: Quantile::ALL.map(of) }
    }

    /// A number known exactly.
    pub const fn point(value: f64) -> Self {
        Self { mean: value, quantiles: [value; COUNT] }
    }

    /// A quantile.
    pub const fn at(&self, quantile: Quantile) -> f64 {
        self.quantiles[quantile as usize]
    }

    /// Every quantile with its value.
    pub fn quantiles(&self) -> impl DoubleEndedIterator<Item = (Quantile, f64)> {
        Quantile::ALL.into_iter().zip(self.quantiles)
    }

    /// The same in units of `unit`.
    #[must_use]
    pub fn over(&self, unit: f64) -> Self {
        Self::new(self.mean / unit, |quantile| self.at(quantile) / unit)
    }

    /// The 5th percentile.
    pub const fn q05(&self) -> f64 {
        self.at(Quantile::Q05)
    }

    /// The median.
    pub const fn median(&self) -> f64 {
        self.at(Quantile::Q50)
    }

    /// The 95th percentile.
    pub const fn q95(&self) -> f64 {
        self.at(Quantile::Q95)
    }
}

/// Takes the statistics of many series of draws with one set of buffers.
#[derive(Debug)]
pub struct Summariser {
    values: Vec<f64>,
    /// The bin of each value.
    bins: Vec<u16>,
    /// How many values each bin holds.
    sizes: Box<[u32; BINS]>,
    /// Which of the bins that are needed each bin is, from 1; 0 for the others, and for all
    /// between two series.
    needed: Box<[u8; BINS]>,
    /// The values of the bins that are needed, bin by bin.
    sorted: Vec<f64>,
}

impl Default for Summariser {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            bins: Vec::new(),
            sizes: Box::new([0; BINS]),
            needed: Box::new([0; BINS]),
            sorted: Vec::new(),
        }
    }
}

/// The most bins that a series is dealt into to find its order statistics: a power of two.
const BINS: usize = 2048;

/// Bins counted together.
const GROUP: usize = 16;

/// Sums and extremes kept side by side, for the vector units.
const ABREAST: usize = 8;

/// 2^52: a number below it, added to it, stands rounded in its lowest bits.
const WHOLE: f64 = 4_503_599_627_370_496.0;

impl Summariser {
    /// Statistics of `draws`; quantiles interpolate between order statistics (Hyndman and Fan
    /// 1996, definition 7).
    pub fn stats(&mut self, draws: impl Iterator<Item = f64>) -> Stats {
        self.values.clear();
        self.values.extend(draws);
        self.order().stats()
    }

    /// The same of what `fill` puts in place of the values it is given.
    pub fn stats_of(&mut self, fill: impl FnOnce(&mut Vec<f64>)) -> Stats {
        self.ordered(fill).stats()
    }

    /// What `fill` puts in place of the values it is given, in order as far as their quantiles ask.
    pub fn ordered(&mut self, fill: impl FnOnce(&mut Vec<f64>)) -> Ordered {
        fill(&mut self.values);
        self.order()
    }

    fn order(&mut self) -> Ordered {
        let count = self.values.len();
        let mut ordered =
            Ordered { count, mean: 0.0, wanted: [0; 2 * COUNT], found: [0.0; 2 * COUNT] };
        if count == 0 {
            return ordered;
        }
        let Moments { sum, least, most } = pulp::Arch::new().dispatch(OfMoments(&self.values));
        for (pair, quantile) in ordered.wanted.chunks_exact_mut(2).zip(Quantile::ALL) {
            pair[0] = position(quantile.probability(), count) as usize;
            pair[1] = (pair[0] + 1).min(count - 1);
        }
        ordered.wanted.sort_unstable();
        if least == most {
            ordered.mean = least;
            ordered.found = [least; 2 * COUNT];
        } else {
            ordered.mean = sum / count as f64;
            ordered.found = self.order_statistics(&ordered.wanted, least, most);
        }
        ordered
    }

    /// The order statistics `wanted` (sorted). Values are dealt into equal bins between `least`
    /// and `most`, and only the bins that hold a wanted one are sorted.
    fn order_statistics(
        &mut self,
        wanted: &[usize; 2 * COUNT],
        least: f64,
        most: f64,
    ) -> [f64; 2 * COUNT] {
        let Self { values, bins, sizes, needed, sorted } = self;
        // Two to a value, so that where values are thin few share a bin.
        let dealt = (2 * values.len()).next_power_of_two().clamp(GROUP, BINS);
        let scale = (dealt - 1) as f64 / (most - least);
        bins.resize(values.len(), 0);
        let list =
            pulp::Arch::new().dispatch(Deal { values, least, scale, bins, dealt, sizes, wanted });
        let list = &list.bins[..list.count];
        let (mut ends, mut room) = ([0; 1 + 2 * COUNT], 0);
        for (number, bin) in (1..).zip(list) {
            needed[bin.index % BINS] = number;
            ends[usize::from(number)] = room;
            room += bin.size;
        }
        sorted.resize(room, 0.0);
        for (value, bin) in values.iter().zip(bins) {
            let number = needed[usize::from(*bin) % BINS];
            if number != 0 {
                let end = &mut ends[usize::from(number)];
                sorted[*end] = *value;
                *end += 1;
            }
        }
        for bin in list {
            needed[bin.index % BINS] = 0;
        }
        let mut found = [0.0; 2 * COUNT];
        let (mut next, mut rest) = (0, sorted.as_mut_slice());
        for bin in list {
            let (of_bin, others) = rest.split_at_mut(bin.size);
            rest = others;
            of_bin.sort_unstable_by(f64::total_cmp);
            while next < wanted.len() && wanted[next] < bin.before + bin.size {
                found[next] = of_bin[wanted[next] - bin.before];
                next += 1;
            }
        }
        found
    }
}

/// The mean of `values`; the order of additions is the same on every machine.
pub fn mean(values: &[f64]) -> f64 {
    let (whole, rest) = values.as_chunks::<ABREAST>();
    let mut sums = [0.0; ABREAST];
    for values in whole.iter().map(<[f64; ABREAST]>::as_slice).chain([rest]) {
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += value;
        }
    }
    sums.iter().sum::<f64>() / values.len() as f64
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
    wanted: [usize; 2 * COUNT],
    found: [f64; 2 * COUNT],
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
        Stats::new(mean, |quantile| {
            let position = position(quantile.probability(), self.count);
            let below = position as usize;
            let part = position - below as f64;
            let low = at(below);
            let high = at((below + 1).min(self.count - 1));
            low + (high - low) * part
        })
    }

    /// An order statistic; of one that was not wanted (whose part in any quantile is nothing but
    /// rounding) the next that was.
    fn at(&self, index: usize) -> f64 {
        self.found[self.wanted.partition_point(|wanted| *wanted < index).min(17)]
    }
}

// What runs on the vector units is a `WithSimd` of its own and inlined into the call: a closure
// would be compiled for the units that every machine has.

/// The sum and the extremes of values; the order of additions is the same on every machine.
struct OfMoments<'a>(&'a [f64]);

struct Moments {
    sum: f64,
    least: f64,
    most: f64,
}

impl WithSimd for OfMoments<'_> {
    type Output = Moments;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Moments {
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
        let (whole, rest) = self.0.as_chunks::<ABREAST>();
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
}

/// Deals values into bins and finds those that hold an order statistic that is wanted.
struct Deal<'a> {
    values: &'a [f64],
    least: f64,
    scale: f64,
    bins: &'a mut [u16],
    /// How many bins there are, a power of two.
    dealt: usize,
    sizes: &'a mut [u32; BINS],
    wanted: &'a [usize; 2 * COUNT],
}

/// The bins that hold order statistics, from the least value to the greatest.
#[derive(Default)]
struct Needed {
    bins: [Bin; 2 * COUNT],
    count: usize,
}

#[derive(Clone, Copy, Default)]
struct Bin {
    index: usize,
    /// How many values lie in bins before it.
    before: usize,
    size: usize,
}

impl WithSimd for Deal<'_> {
    type Output = Needed;

    /// A range too wide for its scale, or a value that is no number, falls into some bin too.
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Needed {
        let Self { values, least, scale, bins, dealt, sizes, wanted } = self;
        for (bin, value) in bins.iter_mut().zip(values) {
            *bin = ((value - least) * scale + WHOLE).to_bits() as u16 % BINS as u16;
        }
        sizes[..dealt].fill(0);
        for bin in bins {
            sizes[usize::from(*bin) % BINS] += 1;
        }
        let mut needed = Needed::default();
        let (mut next, mut before) = (0, 0);
        for (group, sizes) in sizes[..dealt].as_chunks::<GROUP>().0.iter().enumerate() {
            let after = before + sizes.iter().sum::<u32>() as usize;
            if next == wanted.len() {
                break;
            }
            if wanted[next] >= after {
                before = after;
                continue;
            }
            for (bin, size) in sizes.iter().enumerate() {
                let size = *size as usize;
                if next < wanted.len() && wanted[next] < before + size {
                    needed.bins[needed.count] = Bin { index: group * GROUP + bin, before, size };
                    needed.count += 1;
                    while next < wanted.len() && wanted[next] < before + size {
                        next += 1;
                    }
                }
                before += size;
            }
        }
        needed
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

    #[test]
    fn quantiles_are_in_order_and_lie_on_both_sides_alike() {
        let mirrored = Quantile::ALL.iter().rev().map(|q| 1.0 - q.probability());
        for ((i, quantile), mirror) in Quantile::ALL.iter().enumerate().zip(mirrored) {
            assert_eq!(*quantile as usize, i);
            assert!((quantile.probability() - mirror).abs() < 1e-12);
        }
    }

    proptest! {
        /// The statistics of an image, from the order of the series alone.
        #[test]
        fn images_keep_or_turn_the_order(draws in prop::collection::vec(0.0..1e3_f64, 1..2000)) {
            let mut summariser = Summariser::default();
            let ordered = summariser.ordered(|values| values.extend_from_slice(&draws));
            prop_assert_eq!(ordered.stats(), Summariser::default().stats(draws.iter().copied()));
            for rises in [true, false] {
                let image = |x: f64| if rises { 3.0 * x } else { 1.0 / (1.0 + x) };
                let series: Vec<f64> = draws.iter().map(|x| image(*x)).collect();
                let whole = Summariser::default().stats(series.iter().copied());
                let of_order = ordered.image(mean(&series), rises, image);
                prop_assert!((of_order.mean - whole.mean).abs() <= 1e-12 * whole.mean.abs());
                for ((_, a), (_, b)) in of_order.quantiles().zip(whole.quantiles()) {
                    prop_assert!((a - b).abs() <= 1e-9 * (1.0 + b.abs()), "{} {}", a, b);
                }
            }
        }

        #[test]
        fn quantiles_agree_with_a_sorted_list(mut draws in prop::collection::vec(-1e6..1e6, 1..300)) {
            let stats = Summariser::default().stats(draws.iter().copied());
            draws.sort_by(f64::total_cmp);
            for (quantile, q) in stats.quantiles() {
                let at = quantile.probability() * (draws.len() - 1) as f64;
                let low = draws[at as usize];
                let high = draws[(at as usize + 1).min(draws.len() - 1)];
                let expected = low + (high - low) * at.fract();
                prop_assert!((q - expected).abs() <= 1e-9 * (1.0 + expected.abs()));
            }
        }
    }
}
