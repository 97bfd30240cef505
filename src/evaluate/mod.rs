//! How good a forecast or a projection was: scores, and comparisons on real series.

pub mod checks;
pub mod rolling;
pub mod scores;
