//! Results to bytes, and bytes to files: one file per format.

pub mod charts;
pub mod files;
