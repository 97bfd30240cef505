//! Results to bytes, and bytes to files: one file per format.

pub mod baseline;
pub mod charts;
pub mod csv_rows;
pub mod document;
pub mod equity;
pub mod explain;
mod figure_words;
pub mod files;
pub mod fitted;
pub mod folder;
pub mod goals;
pub mod graph;
pub mod imported;
pub mod indicator;
pub mod levers;
pub mod local;
pub mod network;
pub mod pack;
pub mod pictures;
pub mod places;
pub mod report;
pub mod scores;
pub mod table;
pub mod tables;
pub mod terminal;
pub mod waits;
pub mod words;
