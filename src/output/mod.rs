//! Results to bytes, and bytes to files: one file per format.

pub mod baseline;
pub mod charts;
pub mod csv_rows;
pub mod document;
pub mod equity;
pub mod explain;
pub mod files;
pub mod fitted;
pub mod goals;
pub mod graph;
mod headline;
pub mod imported;
pub mod indicator;
pub mod learnt;
pub mod levers;
pub mod network;
pub mod pack;
pub mod pictures;
pub mod report;
pub mod rollup;
pub mod score_pictures;
pub mod scores;
pub mod tables;
pub mod terminal;
pub mod waits;
pub mod waits_pictures;
pub mod words;
