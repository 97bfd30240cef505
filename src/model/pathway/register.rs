//! Draws in the vector registers of the processor at hand.
//!
//! A chunk is as many draws as a register holds. The same operations in the same order give every
//! draw the same bits on every machine, because multiplications and additions are never fused.

use std::ops::{Add, AddAssign, Mul, Sub};

use aligned_vec::{AVec, ConstAlign, avec};
use pulp::{Arch, Scalar, Simd, WithSimd};

use super::fate::Number;
use crate::lane::Lane;

/// Bytes of a cache line: a register read from within one is read at once.
pub(super) const LINE: usize = 64;

/// A vector that begins with a cache line.
pub(super) type Aligned<T> = AVec<T, ConstAlign<LINE>>;

/// One number for each draw of a chunk.
#[derive(Clone, Copy)]
pub(super) struct Register<S: Simd> {
    simd: S,
    value: S::f64s,
}

impl<S: Simd> Register<S> {
    /// The same number for every draw.
    #[inline(always)]
    pub(super) fn all(simd: S, value: f64) -> Self {
        Self { simd, value: simd.splat_f64s(value) }
    }

    /// The numbers of a register.
    #[inline(always)]
    pub(super) fn new(simd: S, value: S::f64s) -> Self {
        Self { simd, value }
    }

    /// Item `item` of a chunk.
    #[inline(always)]
    pub(super) fn of(simd: S, chunk: &[S::f64s], item: usize) -> Self {
        Self { simd, value: chunk[item] }
    }

    /// Chunk `chunk` of a value of any number of draws.
    #[inline(always)]
    pub(super) fn load<const L: usize>(simd: S, value: &Lane<L>, chunk: usize) -> Self {
        Self { simd, value: S::as_simd_f64s(&value.0).0[chunk] }
    }

    /// Writes chunk `chunk` of a value of any number of draws.
    #[inline(always)]
    pub(super) fn store<const L: usize>(self, value: &mut Lane<L>, chunk: usize) {
        S::as_mut_simd_f64s(&mut value.0).0[chunk] = self.value;
    }

    /// As the register it is.
    #[inline(always)]
    pub(super) fn get(self) -> S::f64s {
        self.value
    }
}

impl<S: Simd> Number for Register<S> {
    #[inline(always)]
    fn like(self, value: f64) -> Self {
        Self::all(self.simd, value)
    }

    #[inline(always)]
    fn at_least(self, least: Self) -> Self {
        Self { value: self.simd.max_f64s(self.value, least.value), ..self }
    }

    #[inline(always)]
    fn share_of(self, whole: Self) -> Self {
        let ratio = self.simd.div_f64s(self.value, whole.value);
        Self { value: ratio, ..self }.where_positive(whole)
    }

    #[inline(always)]
    fn where_positive(self, weight: Self) -> Self {
        let zero = self.simd.splat_f64s(0.0);
        let positive = self.simd.greater_than_f64s(weight.value, zero);
        Self { value: self.simd.select_f64s(positive, self.value, zero), ..self }
    }
}

impl<S: Simd> Add for Register<S> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self { value: self.simd.add_f64s(self.value, other.value), ..self }
    }
}

impl<S: Simd> AddAssign for Register<S> {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl<S: Simd> Sub for Register<S> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self { value: self.simd.sub_f64s(self.value, other.value), ..self }
    }
}

impl<S: Simd> Mul for Register<S> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self { value: self.simd.mul_f64s(self.value, other.value), ..self }
    }
}

/// Work done chunk by chunk.
pub(super) trait Chunked {
    fn chunk<S: Simd>(&mut self, simd: S, chunk: usize);
}

/// Does `work` for every chunk of `draws` draws, with the widest registers they fill.
#[inline(always)]
pub(super) fn for_chunks(arch: Arch, draws: usize, work: impl Chunked) {
    /// More lanes than any register has.
    const WIDEST: usize = 8;
    let all = All { draws, work };
    if draws.is_multiple_of(WIDEST) {
        arch.dispatch(all);
    } else {
        arch.dispatch(
            #[inline(always)]
            || all.with_simd(Scalar),
        );
    }
}

struct All<W> {
    draws: usize,
    work: W,
}

impl<W: Chunked> WithSimd for All<W> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        for chunk in 0..self.draws / S::F64_LANES {
            self.work.chunk(simd, chunk);
        }
    }
}

/// `items` values for each draw, chunk of draws by chunk of draws, so that the solver's working
/// set is contiguous and stays in the nearest cache.
#[derive(Clone, Debug)]
pub(super) struct Slab {
    items: usize,
    values: Aligned<f64>,
}

impl Slab {
    pub(super) fn new(items: usize, draws: usize) -> Self {
        Self { items, values: avec![[LINE]| 0.0; items * draws] }
    }

    /// The items of chunk `chunk`.
    #[inline(always)]
    pub(super) fn chunk<S: Simd>(&self, chunk: usize) -> &[S::f64s] {
        let size = self.items * S::F64_LANES;
        S::as_simd_f64s(&self.values[chunk * size..][..size]).0
    }

    /// The same, to write.
    #[inline(always)]
    pub(super) fn chunk_mut<S: Simd>(&mut self, chunk: usize) -> &mut [S::f64s] {
        let size = self.items * S::F64_LANES;
        S::as_mut_simd_f64s(&mut self.values[chunk * size..][..size]).0
    }
}
