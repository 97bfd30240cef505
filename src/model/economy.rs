//! The economic shock that restrictions bring, where a scenario gives none.
//!
//! ```text
//! economy(t) = depth / reference x sum over months u of
//!                  (restrictions of wave 1(u) + later x later restrictions(u)) x pulse(t - u)
//! ```
//!
//! `pulse` rises for `peak` months and then halves every `half_life`. With restrictions as long and
//! strict as England's first (`reference`, in stringency times months) the shock is that of 2020.
//! Later restrictions cost the economy a fraction of the first: firms had learnt to work with them.

use super::pulse::Pulse;

/// The figures of the rule, for one draw.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rule {
    /// The shock of the reference restrictions; 1 is that of 2020.
    pub depth: f64,
    /// Months from a restriction to its greatest effect.
    pub peak: f64,
    /// Months in which the effect halves.
    pub half_life: f64,
    /// What a later restriction does, relative to the first.
    pub later: f64,
}

impl Rule {
    /// The shock by month, of restrictions of wave 1 and of later ones by month.
    pub fn shock(&self, restrictions: &[(f64, f64)], reference: f64) -> Vec<f64> {
        let pulse = Pulse { onset: 0.0, peak: self.peak, half_life: self.half_life };
        let mut effect = vec![0.0; restrictions.len()];
        pulse.months(0.0, &mut effect);
        let mut shock = vec![0.0; restrictions.len()];
        for (u, (first, later)) in restrictions.iter().enumerate() {
            let cause = self.depth * (first + self.later * later) / reference;
            for (shock, effect) in shock[u..].iter_mut().zip(&effect) {
                *shock += cause * effect;
            }
        }
        shock
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule { depth: 1.0, peak: 7.0, half_life: 12.0, later: 0.1 };

    #[test]
    fn the_first_restrictions_bring_the_shock_of_2020() {
        let mut restrictions = [(0.0, 0.0); 60];
        for (month, level) in restrictions.iter_mut().zip([0.29, 1.0, 0.88, 0.52, 0.22, 0.2, 0.09])
        {
            month.0 = level;
        }
        let ours = RULE.shock(&restrictions, 3.2);
        // The shock as dated: from April 2020, deepest in December, halving every 12 months.
        let pulse = Pulse { onset: 1.0, peak: 9.0, half_life: 12.0 };
        let mut dated = [0.0; 60];
        pulse.months(0.0, &mut dated);
        let apart = ours.iter().zip(&dated).map(|(a, b)| (a - b).abs()).sum::<f64>() / 60.0;
        assert!(apart < 0.02, "{apart}: {ours:.2?}");
    }

    #[test]
    fn no_restrictions_no_shock_and_twice_is_twice() {
        assert!(RULE.shock(&[(0.0, 0.0); 9], 3.2).iter().all(|shock| *shock == 0.0));
        let (once, twice) = (RULE.shock(&[(0.4, 0.0); 9], 3.2), RULE.shock(&[(0.4, 4.0); 9], 3.2));
        assert!(once.iter().zip(&twice).all(|(once, twice)| (2.0 * once - twice).abs() < 1e-12));
    }
}
