//! Results to bytes, and bytes to files: one file per format.

pub mod baseline;
pub mod files;
pub mod imported;
