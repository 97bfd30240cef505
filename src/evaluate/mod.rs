//! How good a forecast or a projection was: scores, and comparisons on real series.

pub mod levers;
pub mod rolling;
pub mod scores;
