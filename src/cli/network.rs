//! Options of `afterwave network`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::run::ChartFormat;

/// Follow patients through a network of services: waits, queues and who gives up.
///
/// Patients arrive at services, wait for a place, stay, move on to another service or leave, and
/// may give up while they wait. A folder holds services.csv, routes.csv and arrivals.csv, or the
/// files of the published Bristol model (names beginning with network, arrivals and
/// `postcov_flow`). Without a folder the built-in example runs. Population figures only: nothing here says anything about a person.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  afterwave network                             the built-in example
  afterwave network services/ --replications 500
  afterwave network bristol/ --variant what_if_one
  afterwave network services/ --from afterwave-out --scale own
  afterwave network --set inpatient.capacity@801=x1.1
  afterwave network --set crisis_team.to.inpatient=0.1

Writes weekly.csv, periods.csv, flows.csv, network.json and charts. With --set, or
with levers in the scenario, also comparison.csv: where the pressure went.")]
pub struct NetworkArgs {
    /// Folder of the network, or a published network file; without it, the built-in example
    pub dir: Option<PathBuf>,
    /// Which set of files, where a folder in the published layout holds several
    #[arg(long, value_name = "NAME")]
    pub variant: Option<String>,
    /// Take arrivals from the referrals of a run (a folder with projection.csv)
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,
    /// Which scenario of that run [default: all]
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// Lets a line of that run arrive at a service, where their names differ; may be repeated
    #[arg(long, value_name = "SERVICE=LINE")]
    pub feed: Vec<String>,
    /// How its referrals become arrivals: so many times as many, or `own`: the network's own
    /// arrivals, rising and falling as the referrals do [default: 1; for the built-in example own]
    #[arg(long, value_name = "FACTOR|own")]
    pub scale: Option<String>,
    /// Which area of that run
    #[arg(long, value_name = "CODE")]
    pub area: Option<String>,
    /// Change a service and compare: SERVICE.capacity, .arrivals, .stay, .reneging or .to.TARGET;
    /// `x1.1` multiplies, `@DAY` after the key acts from that day. Or a lever of the scenario:
    /// lever.NAME.reach
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Length of the simulation [default: as far as the inputs reach]
    #[arg(long, value_name = "N")]
    pub days: Option<u32>,
    /// Days left out of the results while the network fills [default: 730, at most half]
    #[arg(long, value_name = "N")]
    pub warm_up: Option<u32>,
    /// First day of the changed routes [default for the published files: 1166]
    #[arg(long, value_name = "DAY")]
    pub switch_day: Option<u32>,
    /// A further period in periods.csv
    #[arg(long, value_name = "NAME=FIRST-LAST")]
    pub period: Vec<String>,
    /// Replications
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub replications: u32,
    /// Seed of the random streams
    #[arg(long, value_name = "N", default_value_t = 2020)]
    pub seed: u64,
    /// Threads [default: all]; the results are the same with any number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Steps of a day, as the published model has them, or continuous time
    #[arg(long, value_enum, default_value_t)]
    pub clock: ClockChoice,
    /// Format of the charts; may be repeated [default: svg and png]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub charts: Vec<ChartFormat>,
    /// A waiting-time standard: adds the queue that meets it and the relief capacity it takes
    #[arg(long, value_name = "WEEKS")]
    pub target_wait: Option<f64>,
    /// Folder for the results
    #[arg(long, value_name = "DIR", default_value = "afterwave-out/network")]
    pub out: PathBuf,
}

/// How time passes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub enum ClockChoice {
    /// In steps of a day: every visit waits at least one
    #[default]
    Daily,
    /// From event to event
    Event,
}
