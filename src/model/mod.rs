//! The science: pure arithmetic on validated inputs, one rule a file, its equation at the top.
//!
//! Nothing here reads a file, a clock, a terminal or a source of randomness of its own.

pub mod demand;
pub mod discrepancy;
pub mod economy;
pub mod erlang;
pub mod exposure;
pub mod kernel;
pub mod level;
pub mod lever_strength;
pub mod network;
pub mod pathway;
pub mod pulse;
pub mod severity;
pub mod simplex;
pub mod strata;
pub mod stringency;
pub mod suppression;
pub mod track;
pub mod treatment;
pub mod underlying;
pub mod waiting;
pub mod waiting_list;
