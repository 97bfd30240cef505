//! A draw from a finite distribution in constant time: the alias method of Walker (1977), with
//! the tables made as in Vose (1991), "A linear algorithm for generating random numbers with a
//! given distribution", IEEE Transactions on Software Engineering 17(9):972-975.
//!
//! Each value with a probability above zero owns a slot of equal size; what it lacks of a full
//! slot is filled by one other value.

use rand::Rng;

/// Values and their probabilities, ready to draw from.
#[derive(Clone, Debug)]
pub struct Choice {
    slots: Vec<Slot>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    /// Below this part of the slot it is `value`, from it on `other`.
    limit: u64,
    value: u32,
    other: u32,
}

impl Choice {
    /// Values with weights that need not sum to 1; weights that are not positive are left out.
    pub fn new(weights: impl IntoIterator<Item = (u32, f64)>) -> Self {
        let weights: Vec<(u32, f64)> = weights.into_iter().filter(|(_, w)| *w > 0.0).collect();
        let total: f64 = weights.iter().map(|(_, weight)| weight).sum();
        let scale = weights.len() as f64 / total;
        let mut share: Vec<f64> = weights.iter().map(|(_, weight)| weight * scale).collect();
        let mut slots: Vec<Slot> = weights
            .iter()
            .map(|&(value, _)| Slot { limit: u64::MAX, value, other: value })
            .collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) =
            (0..slots.len()).partition(|&index| share[index] < 1.0);
        while let (Some(less), Some(&more)) = (small.pop(), large.last()) {
            slots[less].limit = (share[less] * 2f64.powi(64)) as u64;
            slots[less].other = slots[more].value;
            share[more] -= 1.0 - share[less];
            if share[more] < 1.0 {
                large.pop();
                small.push(more);
            }
        }
        Self { slots }
    }

    /// The value, if there is only one.
    pub fn only(&self) -> Option<u32> {
        match self.slots.as_slice() {
            [slot] => Some(slot.value),
            _ => None,
        }
    }

    /// One value (0 if there is none).
    #[inline]
    pub fn sample(&self, generator: &mut impl Rng) -> u32 {
        let product = u128::from(generator.next_u64()) * self.slots.len() as u128;
        let Some(slot) = self.slots.get((product >> 64) as usize) else { return 0 };
        if (product as u64) < slot.limit { slot.value } else { slot.other }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Stream;

    #[test]
    fn draws_come_as_often_as_their_weights_say() {
        let weights = [(3, 0.2), (7, 5.0), (9, 0.0), (11, 1.3), (20, 3.5)];
        let choice = Choice::new(weights);
        let mut generator = Stream::new(1, "choice").generator(0);
        let mut counts = [0u32; 21];
        let draws = 1_000_000;
        for _ in 0..draws {
            counts[choice.sample(&mut generator) as usize] += 1;
        }
        for (value, weight) in weights {
            let p = weight / 10.0;
            let error = (p * (1.0 - p) / f64::from(draws)).sqrt();
            let seen = f64::from(counts[value as usize]) / f64::from(draws);
            assert!((seen - p).abs() <= 4.0 * error, "{value}: {seen} for {p}");
        }
    }

    #[test]
    fn one_value_needs_no_choice_and_none_gives_zero() {
        assert_eq!(Choice::new([(5, 0.3), (6, 0.0)]).only(), Some(5));
        let none = Choice::new([]);
        assert!(none.slots.is_empty());
        assert_eq!(none.sample(&mut Stream::new(1, "choice").generator(0)), 0);
    }
}
