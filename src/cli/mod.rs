//! Every command and option, one file per verb; the doc comments are the help texts.

pub mod areas;
pub mod backtest;
pub mod check;
pub mod explain;
pub mod fit;
pub mod import;
pub mod init;
pub mod learn;
pub mod levers;
pub mod line;
pub mod network;
pub mod rerun;
pub mod run;
pub mod shell;
pub mod sweep;
pub mod usage;
mod values;

use std::path::Path;

use clap::{Parser, Subcommand};

/// Mental health demand after a wave of Covid-19: baselines and scenarios in, projected demand
/// per service line out, with its range.
///
/// Every projection is conditional: if this scenario, then this demand. Population figures only:
/// nothing here says anything about a person's risk.
#[derive(Clone, Debug, Parser)]
#[command(name = "afterwave", version, max_term_width = 80, arg_required_else_help = true)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
    /// One JSON document on standard output, nothing else there
    #[arg(long, global = true)]
    pub json: bool,
    /// Print nothing but errors
    #[arg(long, global = true, conflicts_with = "json")]
    pub quiet: bool,
    /// Write into a folder whatever it holds: files of yours, results of another study
    #[arg(long, global = true)]
    pub force: bool,
}

/// The verbs.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Project demand per service line
    Run(run::RunArgs),
    /// Many scenarios, numbers and areas from one file, on one machine or many
    Sweep(sweep::SweepArgs),
    /// List every problem in the inputs at once
    Check(check::CheckArgs),
    /// Write the built-in example to edit
    Init(init::InitArgs),
    /// Where a figure comes from, and what its range hangs on
    Explain(explain::ExplainArgs),
    /// Areas that are built in: codes, residents, baselines, what became of them
    Areas(areas::AreasArgs),
    /// Published statistics to a baseline or a track
    ///
    /// Reads files as published, plain or packed as .gz or .zip, with no editing first. KIND is
    /// mhsds, talking-therapies, eip, phs-camhs, covid or table, recognised from the file if not
    /// given. Of several files, a later one overrides the figures of an earlier one. What was left
    /// out, and why, goes to standard error.
    Import(import::ImportArgs),
    /// Project from before, and score against what came
    Backtest(backtest::BacktestArgs),
    /// Carry the projection on from the months observed so far
    Fit(fit::FitArgs),
    /// Learn from many areas how referrals are held back, return and stray
    Learn(learn::LearnArgs),
    /// Compare what can be done, alone and together
    Levers(levers::LeversArgs),
    /// Follow patients through a network of services: waits, queues and who gives up
    Network(network::NetworkArgs),
    /// Repeat what wrote a folder of results, byte for byte
    Rerun(rerun::RerunArgs),
    /// Hold a folder of results against its record
    Verify(rerun::VerifyArgs),
    /// Print completions for a shell
    Completions(shell::CompletionsArgs),
    /// Print the manual page, or write one for each command
    Man(shell::ManArgs),
}

impl Command {
    /// The folder that its results go to.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Run(args) => Some(&args.out),
            Self::Init(args) => Some(&args.dir),
            Self::Explain(args) => args.out.as_deref(),
            Self::Backtest(args) => Some(&args.out),
            Self::Fit(args) => Some(&args.out),
            Self::Levers(args) => Some(&args.out),
            Self::Network(args) => Some(&args.out),
            Self::Check(_)
            | Self::Areas(_)
            | Self::Import(_)
            | Self::Learn(_)
            | Self::Rerun(_)
            | Self::Verify(_)
            | Self::Completions(_)
            | Self::Sweep(_) => None,
            Self::Man(args) => args.dir.as_deref(),
        }
    }
}
