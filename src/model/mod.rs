//! The science: pure arithmetic on validated inputs, one rule a file, its equation at the top.
//!
//! Nothing here reads a file, a clock, a terminal or a source of randomness of its own.

pub mod underlying;
pub mod waiting;
