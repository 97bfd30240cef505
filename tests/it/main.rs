//! The program and the library from outside, in one binary: a module for each verb or subject.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::format_push_string,
    unreachable_pub,
    reason = "a test stops where something is wrong"
)]

mod areas;
mod areas_and_goals;
mod backtest;
mod charts;
mod disclosure;
mod equity;
mod explain;
mod first_screens;
mod fit;
mod folders;
mod forecast;
mod formats;
mod fuzz;
mod hostile;
mod import;
mod lever_burden;
mod levers;
mod network;
mod network_command;
mod options;
mod published_model;
mod questions;
mod report;
mod run;
mod severity;
mod sweep;
mod tables;
mod targets;
mod waits;
mod waves;
mod workbook;
mod wrong_inputs;
mod wrong_packs;
mod wrong_workbooks;

/// Helpers that several modules use.
mod shared {
    pub(crate) mod command;
    pub(crate) mod kernel;
    pub(crate) mod levers;
    pub(crate) mod projected;
    pub(crate) mod properties;
    pub(crate) mod published;
    pub(crate) mod tandem;
    pub(crate) mod workbook;
}
