//! `afterwave levers`.

use std::path::PathBuf;

use clap::Args;

use super::run::{ChartFormat, InputArgs};
use super::values;

/// Compares what can be bought: each lever alone, all together, packages, and nothing, on the same
/// draws.
///
/// Levers stand in scenario files as [[lever]], come from the library by --lever, or in packages.
/// Those that help in nearly every draw of every scenario come first; what they do to waits and to
/// other services, what they cost, who gains and what it would be worth to know better is told.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  afterwave levers mine.toml                                 every lever of a scenario
  afterwave levers two-waves --lever eip-teams=0.5 --lever crisis-plans
  afterwave levers two-waves --area 'Greater Manchester' --package winter.toml
  afterwave levers --lever prevention-cut --set lever.prevention-cut.effect=-0.3,-0.2,-0.1
  afterwave levers --lever universal-prevention --by deprivation \\
    --set lever.universal-prevention.effect=0.1,0.2,0.3 \\
    --set lever.universal-prevention.reach=0.1
  afterwave levers --library                                 the levers that have a name
  afterwave levers --library --lever street-triage           its effect, source and for whom")]
pub struct LeversArgs {
    /// What to project from
    #[command(flatten)]
    pub input: InputArgs,
    /// A lever of the scenarios or of the library, by itself or with its reach; may be repeated
    /// [default: all of the scenarios]
    #[arg(long, value_name = "NAME[=REACH]")]
    pub lever: Vec<String>,
    /// A package of levers (TOML: name, levers, [[lever]]), each of which is also tried alone; may
    /// be repeated
    #[arg(long, value_name = "FILE")]
    pub package: Vec<PathBuf>,
    /// Levers to try together, joined by +; may be repeated
    #[arg(long, value_name = "A+B")]
    pub together: Vec<String>,
    /// Also try every pair
    #[arg(long)]
    pub pairs: bool,
    /// Pounds for levers over all months: also finds how far each lever with a price should reach
    /// for most to be helped within them
    #[arg(long, value_name = "POUNDS", value_parser = values::pounds)]
    pub within: Option<f64>,
    /// Also aim each lever by strata, reaching as many people: at those in most need alone, and at
    /// everyone by need
    #[arg(long, value_name = "STRATA")]
    pub by: Option<String>,
    /// A library of your own (CSV, as data/levers.csv of `init`) [default: the built-in one]
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// List the library of levers and stop; with --lever, what one rests on
    #[arg(long)]
    pub library: bool,
    /// Print every choice and what it does elsewhere in place of one screen
    #[arg(long)]
    pub full: bool,
    /// Format of the charts
    #[arg(long, value_enum, default_value_t = ChartFormat::Svg)]
    pub charts: ChartFormat,
    /// Threads to use [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Folder for levers.csv and the charts
    #[arg(long, value_name = "DIR", default_value = "afterwave-out/levers")]
    pub out: PathBuf,
}
