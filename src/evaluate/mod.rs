//! How good a forecast or a projection was, where its numbers come from and what they hang on, and
//! what the months observed say about them.

pub mod attribution;
pub mod backtest;
pub mod checks;
pub mod choices;
pub mod comparison;
pub mod fit;
pub mod indicator;
pub mod learn;
pub mod observed;
pub mod rolling;
pub mod scores;
pub mod sensitivity;
pub mod waits;
pub mod weight;
