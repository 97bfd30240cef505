//! How good a forecast or a projection was, where its numbers come from and what they hang on.

pub mod attribution;
pub mod checks;
pub mod levers;
pub mod rolling;
pub mod scores;
pub mod sensitivity;
