//! One number for each of `L` draws side by side, and the arithmetic of it: what is done to a lane
//! is done to every draw alike, in the same order on every machine.

use std::ops::{
    Add, AddAssign, Deref, DerefMut, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign,
};

/// One number for each of `L` draws.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Lane<const L: usize>(pub [f64; L]);

impl<const L: usize> Lane<L> {
    /// 0 in every draw.
    pub const ZERO: Self = Self::all(0.0);
    /// 1 in every draw.
    pub const ONE: Self = Self::all(1.0);

    /// The same number in every draw.
    #[inline]
    pub const fn all(value: f64) -> Self {
        Self([value; L])
    }

    /// What `of` gives for each draw's position.
    #[inline]
    pub fn from_fn(of: impl FnMut(usize) -> f64) -> Self {
        Self(std::array::from_fn(of))
    }

    /// What `of` makes of each number.
    #[inline]
    #[must_use]
    pub fn map(self, of: impl FnMut(f64) -> f64) -> Self {
        Self(self.0.map(of))
    }

    /// What `of` makes of each number and the same draw's of `other`.
    #[inline]
    #[must_use]
    pub fn with(self, other: Self, mut of: impl FnMut(f64, f64) -> f64) -> Self {
        Self::from_fn(|i| of(self.0[i], other.0[i]))
    }

    /// The greater of the two.
    #[inline]
    #[must_use]
    pub fn max(self, least: f64) -> Self {
        self.map(|value| value.max(least))
    }

    /// The lesser of the two.
    #[inline]
    #[must_use]
    pub fn min(self, most: f64) -> Self {
        self.map(|value| value.min(most))
    }

    /// Each number kept between 0 and 1.
    #[inline]
    #[must_use]
    pub fn as_share(self) -> Self {
        self.map(|value| value.clamp(0.0, 1.0))
    }

    /// `self / whole`, and 0 where the whole is not positive.
    #[inline]
    #[must_use]
    pub fn share_of(self, whole: Self) -> Self {
        self.with(whole, |part, whole| if whole > 0.0 { part / whole } else { 0.0 })
    }

    /// `self / whole`, and `otherwise` where the whole is not positive.
    #[inline]
    #[must_use]
    pub fn share_where(self, whole: Self, otherwise: &Self) -> Self {
        Self::from_fn(|i| if whole.0[i] > 0.0 { self.0[i] / whole.0[i] } else { otherwise.0[i] })
    }

    /// Whether every draw has the same number.
    pub fn is_constant(&self) -> bool {
        self.0.iter().all(|value| *value == self.0[0])
    }
}

impl<const L: usize> Default for Lane<L> {
    fn default() -> Self {
        Self::ZERO
    }
}

impl<const L: usize> From<[f64; L]> for Lane<L> {
    fn from(values: [f64; L]) -> Self {
        Self(values)
    }
}

impl<const L: usize> Deref for Lane<L> {
    type Target = [f64; L];
    #[inline]
    fn deref(&self) -> &[f64; L] {
        &self.0
    }
}

impl<const L: usize> DerefMut for Lane<L> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [f64; L] {
        &mut self.0
    }
}

impl<const L: usize> IntoIterator for Lane<L> {
    type Item = f64;
    type IntoIter = std::array::IntoIter<f64, L>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[allow(clippy::into_iter_without_iter, reason = "`iter` is that of the array")]
impl<'a, const L: usize> IntoIterator for &'a Lane<L> {
    type Item = &'a f64;
    type IntoIter = std::slice::Iter<'a, f64>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<const L: usize> Neg for Lane<L> {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        self.map(Neg::neg)
    }
}

/// An operation of two lanes, of a lane and a number, and of a number and a lane.
macro_rules! operation {
    ($name:ident, $function:ident, $assign:ident, $in_place:ident) => {
        impl<const L: usize> $name for Lane<L> {
            type Output = Self;
            #[inline]
            fn $function(self, other: Self) -> Self {
                self.with(other, $name::$function)
            }
        }

        impl<const L: usize> $name<f64> for Lane<L> {
            type Output = Self;
            #[inline]
            fn $function(self, other: f64) -> Self {
                self.map(|value| $name::$function(value, other))
            }
        }

        impl<const L: usize> $name<Lane<L>> for f64 {
            type Output = Lane<L>;
            #[inline]
            fn $function(self, other: Lane<L>) -> Lane<L> {
                other.map(|value| $name::$function(self, value))
            }
        }

        impl<const L: usize> $assign for Lane<L> {
            #[inline]
            fn $in_place(&mut self, other: Self) {
                for (value, other) in self.0.iter_mut().zip(other.0) {
                    value.$in_place(other);
                }
            }
        }
    };
}

operation!(Add, add, AddAssign, add_assign);
operation!(Sub, sub, SubAssign, sub_assign);
operation!(Mul, mul, MulAssign, mul_assign);
operation!(Div, div, DivAssign, div_assign);

impl<const L: usize> std::iter::Sum for Lane<L> {
    fn sum<I: Iterator<Item = Self>>(lanes: I) -> Self {
        lanes.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_draw_is_worked_out_by_itself() {
        let (a, b) = (Lane([6.0, -2.0]), Lane([3.0, 0.0]));
        assert_eq!(a + b, Lane([9.0, -2.0]));
        assert_eq!(1.0 - a, Lane([-5.0, 3.0]));
        assert_eq!(a * 2.0 / b.max(1.0), Lane([4.0, -4.0]));
        assert_eq!(a.share_of(b), Lane([2.0, 0.0]));
        assert_eq!((-a).as_share(), Lane([0.0, 1.0]));
        assert_eq!([a, b].into_iter().sum::<Lane<2>>(), a + b);
    }
}
