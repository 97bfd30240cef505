//! How much each swept key explains of an answer.
//!
//! ```text
//! effect(key, level) = mean over variants at that level - mean over all
//! share(key)         = variance of the level means, by variants, / variance over variants
//! ```
//!
//! In a whole grid `share` is the key's first-order share of the variance (Sobol 1993); what all of
//! them leave of 1 is what keys do together.

/// An answer over variants, added up one after another.
#[derive(Clone, Debug)]
pub struct Effects {
    count: usize,
    sum: f64,
    squares: f64,
    /// By factor and level: how many variants, and their sum.
    levels: Vec<Vec<(usize, f64)>>,
}

/// One level of a factor.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Effect {
    /// How many variants have it.
    pub count: usize,
    /// Their mean.
    pub mean: f64,
    /// That less the mean of all.
    pub effect: f64,
}

impl Effects {
    /// Of factors with so many levels.
    pub fn new(levels: &[usize]) -> Self {
        let levels = levels.iter().map(|count| vec![(0, 0.0); *count]).collect();
        Self { count: 0, sum: 0.0, squares: 0.0, levels }
    }

    /// Adds a variant by its level of each factor.
    pub fn add(&mut self, at: &[usize], value: f64) {
        self.count += 1;
        self.sum += value;
        self.squares += value * value;
        for (levels, at) in self.levels.iter_mut().zip(at) {
            if let Some((count, sum)) = levels.get_mut(*at) {
                *count += 1;
                *sum += value;
            }
        }
    }

    fn mean(&self) -> f64 {
        self.sum / self.count.max(1) as f64
    }

    /// The effects of a factor's levels; none of a level that no variant has.
    pub fn of(&self, factor: usize) -> Vec<Option<Effect>> {
        let of = |(count, sum): &(usize, f64)| {
            let mean = sum / (*count).max(1) as f64;
            (*count > 0).then(|| Effect { count: *count, mean, effect: mean - self.mean() })
        };
        self.levels[factor].iter().map(of).collect()
    }

    /// The share of the variance that a factor explains alone; none where all variants are alike.
    pub fn share(&self, factor: usize) -> Option<f64> {
        let mean = self.mean();
        let all = self.squares - self.count as f64 * mean * mean;
        let own = |(count, sum): &(usize, f64)| {
            *count as f64 * (sum / (*count).max(1) as f64 - mean).powi(2)
        };
        let least = 1e-12 * self.squares;
        (all > least).then(|| self.levels[factor].iter().map(own).sum::<f64>() / all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_add_up_explain_all_and_a_product_leaves_what_they_do_together() {
        let of = |value: fn(f64, f64) -> f64| {
            let mut effects = Effects::new(&[3, 2]);
            for a in 0..3 {
                for b in 0..2 {
                    effects.add(&[a, b], value(a as f64, b as f64));
                }
            }
            effects
        };
        let sum = of(|a, b| 10.0 + 2.0 * a + 3.0 * b);
        // Variances 4 x 2/3 and 9 x 1/4.
        let (first, second) = (8.0 / 3.0, 9.0 / 4.0);
        assert!((sum.share(0).unwrap() - first / (first + second)).abs() < 1e-12);
        assert!((sum.share(0).unwrap() + sum.share(1).unwrap() - 1.0).abs() < 1e-12);
        let effects: Vec<f64> = sum.of(0).into_iter().map(|own| own.unwrap().effect).collect();
        assert_eq!(effects, [-2.0, 0.0, 2.0]);
        let product = of(|a, b| a * b);
        assert!(product.share(0).unwrap() + product.share(1).unwrap() < 0.95);
        assert_eq!(of(|_, _| 7.0).share(0), None);
    }
}
