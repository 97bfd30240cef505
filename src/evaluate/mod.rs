//! How good a forecast or a projection was, and what the months observed say about its inputs.

pub mod backtest;
pub mod fit;
pub mod rolling;
pub mod scores;
