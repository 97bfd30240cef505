//! Particles moved from the prior to the posterior in tempered steps.
//!
//! A step raises the power of the likelihood just so far that half of the particles still carry
//! the weight (effective sample size, `(sum w)^2 / sum w^2`), resamples them systematically, and
//! moves each by preconditioned Crank-Nicolson proposals,
//! `z' = sqrt(1 - beta^2) z + beta x fresh normal`, which leave the prior as it is, so that only
//! the likelihood decides (Cotter, Roberts, Stuart and White 2013, *MCMC methods for functions*,
//! Statistical Science 28; Del Moral, Doucet and Jasra 2006, *Sequential Monte Carlo samplers*,
//! Journal of the Royal Statistical Society B 68). `beta` follows the share accepted.

use rand::RngExt as _;
use rand_distr::{Distribution as _, StandardNormal};
use rayon::prelude::*;

use super::model::{Model, Normals};
use crate::draw::{LANES, Stream};
use crate::model::lane::Lane;

/// Moves after every tempered step.
const MOVES: usize = 10;
/// Moves at the end go on until the variance moved adds up to this many times that of the prior…
const LAST_VARIANCE: f64 = 2.0;
/// … but no more than so many.
const MOST_MOVES: usize = 250;
/// The share of particles that must carry the weight of a step.
const CARRYING: f64 = 0.5;
/// The share of proposals to accept.
const ACCEPTED: f64 = 0.3;

/// Equally weighted particles of the posterior.
#[derive(Debug)]
pub struct Cloud {
    /// Their normals, in blocks.
    pub blocks: Vec<Normals<LANES>>,
    /// Log-likelihood of each.
    log_likelihood: Vec<Lane<LANES>>,
    /// The draw of the prior that each descends from.
    ancestor: Vec<usize>,
    /// How many draws of the prior carry the weight of the posterior.
    pub prior_sample: f64,
    /// Tempered steps taken.
    pub steps: usize,
    /// Share of proposals accepted in the last moves.
    pub accepted: f64,
    /// Correlation of the particles before and after the last moves.
    unmoved: f64,
}

impl Cloud {
    /// Draws `blocks` blocks of the prior and moves them to the posterior.
    pub fn new(model: &Model<'_>, blocks: usize, seed: u64) -> Self {
        let draw = Stream::new(seed, "fit/prior");
        let normals: Vec<Normals<LANES>> = (0..blocks as u64)
            .into_par_iter()
            .map(|block| fresh(&draw, block, model.dimensions))
            .collect();
        let log_likelihood = normals.par_iter().map(|z| model.log_likelihood(z)).collect();
        let mut cloud = Self {
            ancestor: (0..blocks * LANES).collect(),
            blocks: normals,
            log_likelihood,
            prior_sample: 0.0,
            steps: 0,
            accepted: 1.0,
            unmoved: 1.0,
        };
        cloud.prior_sample = effective(&cloud.weights(1.0));
        let (mut power, mut beta, mut moved) = (0.0, 0.4, 0);
        while power < 1.0 {
            let step = cloud.next_step(1.0 - power);
            power = if step >= 1.0 - power { 1.0 } else { power + step };
            let generator = &mut Stream::new(seed, "fit/resample").generator(cloud.steps as u64);
            cloud.resample(&cloud.weights(step), generator.random());
            cloud.steps += 1;
            let before = cloud.blocks.clone();
            let (mut variance, mut moves) = (0.0, 0);
            let is_last = power >= 1.0;
            while moves < MOVES || (is_last && variance < LAST_VARIANCE && moves < MOST_MOVES) {
                let stream = Stream::new(seed, &format!("fit/move/{moved}"));
                cloud.accepted = cloud.step_aside(model, &stream, beta, power);
                variance += cloud.accepted * beta * beta;
                beta = (beta * (cloud.accepted - ACCEPTED).exp()).clamp(0.01, 1.0);
                moves += 1;
                moved += 1;
            }
            cloud.unmoved = correlation(&before, &cloud.blocks);
        }
        cloud.shuffle(seed);
        cloud
    }

    /// Deals the particles out anew: resampling leaves those of one ancestor side by side, and a
    /// run of few draws takes the first.
    fn shuffle(&mut self, seed: u64) {
        let mut order: Vec<usize> = (0..self.particles()).collect();
        let mut generator = Stream::new(seed, "fit/shuffle").generator(0);
        for i in (1..order.len()).rev() {
            order.swap(i, generator.random_range(0..=i));
        }
        self.take(&order);
    }

    /// How many particles there are.
    pub fn particles(&self) -> usize {
        self.ancestor.len()
    }

    /// The effective sample size: particles of one ancestor count as one as far as they still
    /// correlate with where they were before the last moves.
    pub fn effective_sample(&self) -> f64 {
        let mut shares = vec![0.0; self.particles()];
        for ancestor in &self.ancestor {
            shares[*ancestor] += 1.0;
        }
        let shared = self.unmoved * self.unmoved;
        1.0 / (shared / effective(&shares) + (1.0 - shared) / self.particles() as f64)
    }

    /// All particles' values of one dimension.
    pub fn values(&self, dimension: usize) -> impl Iterator<Item = f64> + '_ {
        self.blocks.iter().flat_map(move |block| block[dimension])
    }

    /// Weights by the likelihood to a power.
    fn weights(&self, power: f64) -> Vec<f64> {
        let most = self.log_likelihood.iter().flatten().copied().fold(f64::MIN, f64::max);
        let weight = |log: &f64| (power * (log - most)).exp();
        self.log_likelihood.iter().flatten().map(weight).collect()
    }

    /// The greatest power up to `most` at which enough particles carry the weight.
    fn next_step(&self, most: f64) -> f64 {
        let enough =
            |power: f64| effective(&self.weights(power)) >= CARRYING * self.particles() as f64;
        if enough(most) {
            return most;
        }
        let (mut low, mut high) = (0.0, most);
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if enough(middle) { low = middle } else { high = middle }
        }
        // A step of nothing would never end.
        low.max(1e-6 * most)
    }

    /// Systematic resampling: one uniform number chooses all.
    fn resample(&mut self, weights: &[f64], uniform: f64) {
        let total: f64 = weights.iter().sum();
        let count = weights.len();
        let (mut chosen, mut cumulated, mut index) = (Vec::with_capacity(count), weights[0], 0);
        for i in 0..count {
            let target = (i as f64 + uniform) / count as f64 * total;
            while cumulated < target && index + 1 < count {
                index += 1;
                cumulated += weights[index];
            }
            chosen.push(index);
        }
        self.take(&chosen);
    }

    /// Keeps the particles `chosen`, in that order.
    fn take(&mut self, chosen: &[usize]) {
        let old = &self.blocks;
        let dimensions = old.first().map_or(0, Vec::len);
        let blocks = chosen.chunks(LANES).map(|lanes| {
            let value = |d: usize, i: usize| old[lanes[i] / LANES][d][lanes[i] % LANES];
            (0..dimensions).map(|d| Lane::from_fn(|i| value(d, i))).collect()
        });
        let blocks = blocks.collect();
        let log = &self.log_likelihood;
        let log_likelihood = chosen
            .chunks(LANES)
            .map(|lanes| Lane::from_fn(|i| log[lanes[i] / LANES][lanes[i] % LANES]))
            .collect();
        self.ancestor = chosen.iter().map(|index| self.ancestor[*index]).collect();
        (self.blocks, self.log_likelihood) = (blocks, log_likelihood);
    }

    /// Proposes one move to every particle; returns the share accepted.
    fn step_aside(&mut self, model: &Model<'_>, stream: &Stream, beta: f64, power: f64) -> f64 {
        let keep = (1.0 - beta * beta).sqrt();
        let accepted: usize = self
            .blocks
            .par_iter_mut()
            .zip(&mut self.log_likelihood)
            .enumerate()
            .map(|(index, (block, log_likelihood))| {
                let index = index as u64;
                let mut proposed: Normals<LANES> = fresh(stream, 2 * index, model.dimensions);
                for (new, old) in proposed.iter_mut().zip(block.iter()) {
                    for i in 0..LANES {
                        new[i] = keep * old[i] + beta * new[i];
                    }
                }
                let likelihood = model.log_likelihood(&proposed);
                let mut generator = stream.generator(2 * index + 1);
                let mut accepted = 0;
                for i in 0..LANES {
                    let uniform: f64 = generator.random();
                    if uniform.ln() < power * (likelihood[i] - log_likelihood[i]) {
                        accepted += 1;
                        log_likelihood[i] = likelihood[i];
                        for (old, new) in block.iter_mut().zip(&proposed) {
                            old[i] = new[i];
                        }
                    }
                }
                accepted
            })
            .sum();
        accepted as f64 / self.particles() as f64
    }
}

/// Standard normals of one block.
pub fn fresh<const L: usize>(stream: &Stream, block: u64, dimensions: usize) -> Normals<L> {
    let mut generator = stream.generator(block);
    let mut normal = |_| StandardNormal.sample(&mut generator);
    (0..dimensions).map(|_| Lane::from_fn(&mut normal)).collect()
}

/// The correlation of two states of the same particles.
fn correlation(a: &[Normals<LANES>], b: &[Normals<LANES>]) -> f64 {
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().flatten().flatten().zip(b.iter().flatten().flatten()) {
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    ab / (aa * bb).sqrt().max(f64::MIN_POSITIVE)
}

/// The effective sample size of weights.
fn effective(weights: &[f64]) -> f64 {
    let (sum, squares) = weights.iter().fold((0.0, 0.0), |(s, q), w| (s + w, q + w * w));
    if squares > 0.0 { sum * sum / squares } else { 0.0 }
}
