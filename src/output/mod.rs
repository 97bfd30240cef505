//! Results to bytes, and bytes to files: one file per format.

pub mod files;
pub mod pack;
