//! `afterwave sweep`: plan it, run it in shards, merge what they wrote.

mod checked;
mod merge;
mod plan;
mod run;

use crate::cli::sweep::{SweepArgs, SweepVerb};

/// Runs it.
pub(super) fn run(args: &SweepArgs, json: bool) -> anyhow::Result<()> {
    match &args.verb {
        SweepVerb::Plan(args) => plan::plan(args, json),
        SweepVerb::Run(args) => run::run(args, json),
        SweepVerb::Merge(args) => merge::merge(args, json),
    }
}
