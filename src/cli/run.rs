//! `afterwave run`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::values;
use crate::input::dates::DayOrder;
use crate::input::study::Inputs;
use crate::input::tidy::Wishes;
use crate::output::charts::Format;
use crate::output::disclosure::Rules;

/// Scenarios, and the other inputs.
#[derive(Clone, Debug, Args)]
pub struct InputArgs {
    /// Scenario files or built-in names [default: single-wave two-waves multiple-waves]
    #[arg(value_name = "SCENARIO")]
    pub scenarios: Vec<String>,
    /// Everything else
    #[command(flatten)]
    pub options: OptionArgs,
}

/// How the table of a baseline is to be read where it leaves that open.
#[derive(Clone, Copy, Debug, Args)]
pub struct TableArgs {
    /// Order of day and month in the dates of the baseline, where it is not certain
    #[arg(long, value_name = "ORDER")]
    pub dates: Option<DayOrder>,
    /// Spread its weeks, quarters and years evenly over their months, marked as derived
    #[arg(long)]
    pub spread_periods: bool,
}

impl TableArgs {
    /// The same as a reader of tables takes it.
    pub fn wishes(self) -> Wishes {
        Wishes { order: self.dates, spread: self.spread_periods, ..Wishes::default() }
    }
}

/// The inputs besides scenarios that `run`, `check`, `explain` and the others share.
#[derive(Clone, Debug, Args)]
pub struct OptionArgs {
    /// Observed referrals by month (CSV or .xlsx) [default: built-in England and Bury]
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// How it is to be read
    #[command(flatten)]
    pub table: TableArgs,
    /// Pack folder, workbook (.xlsx) or built-in name: informed, believed-2021
    #[arg(long, value_name = "DIR|XLSX|NAME")]
    pub pack: Option<String>,
    /// Treatment capacity by date (CSV: service,from,kind,value), or `held` at the baseline's
    /// [default: responds to demand and to the list]
    #[arg(long, value_name = "FILE")]
    pub capacity: Option<PathBuf>,
    /// Waits as published (of `import --waits`) to open lists from; may be repeated [default: those
    /// built in]
    #[arg(long, value_name = "FILE")]
    pub waits: Vec<PathBuf>,
    /// Area to project: a code of any year, a name or part of one, all-icb, all-sub-icb,
    /// region:NAME; may be repeated [default: England]
    #[arg(long, value_name = "AREA")]
    pub area: Vec<String>,
    /// Override a number, such as wave.2.height=1.5; may be repeated
    ///
    /// KEY is a path, such as `response.need_gain`, `wave.2.height` or `services.iapt.accepted`.
    /// VALUE is a number or LOW,CENTRAL,HIGH.
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Joint samples of every uncertain number; 0 for central values only
    #[arg(long, value_name = "N", default_value_t = 1000, allow_negative_numbers = true, value_parser = values::draws(0))]
    pub draws: u32,
    /// Seed of the draws
    #[arg(long, value_name = "N", default_value_t = 2020)]
    pub seed: u64,
    /// Put a range of this many percent on every number of the inputs that has none
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true, value_parser = values::percent)]
    pub spread: Option<f64>,
}

impl InputArgs {
    /// The inputs they name.
    pub fn inputs(&self) -> Inputs {
        self.options.inputs(self.scenarios.clone())
    }
}

impl InputArgs {
    /// The command that runs the same, with everything said that changes a number.
    pub fn command(&self) -> String {
        let options = &self.options;
        let mut words = vec!["afterwave".to_owned(), "run".to_owned()];
        words.extend(self.scenarios.iter().map(|name| quoted(name)));
        let mut option = |name: &str, value: &str| words.push(format!("{name} {}", quoted(value)));
        for (name, path) in [("--baseline", &options.baseline), ("--capacity", &options.capacity)] {
            if let Some(path) = path {
                option(name, &path.display().to_string());
            }
        }
        if let Some(pack) = &options.pack {
            option("--pack", pack);
        }
        options.area.iter().for_each(|area| option("--area", area));
        options.set.iter().for_each(|set| option("--set", set));
        option("--draws", &options.draws.to_string());
        option("--seed", &options.seed.to_string());
        if let Some(spread) = options.spread {
            option("--spread", &spread.to_string());
        }
        words.join(" ")
    }
}

/// Adds levers, `NAME` or `NAME=REACH`, to inputs.
pub fn add_levers(inputs: &mut Inputs, levers: &[String]) {
    for lever in levers {
        let (name, reach) = lever.split_once('=').map_or((&**lever, None), |(n, r)| (n, Some(r)));
        inputs.levers.push(name.trim().to_owned());
        inputs.settings.extend(reach.map(|r| format!("lever.{}.reach={r}", name.trim())));
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

impl OptionArgs {
    /// The inputs they name, with `scenarios`.
    pub fn inputs(&self, scenarios: Vec<String>) -> Inputs {
        Inputs {
            scenarios,
            baseline: self.baseline.clone(),
            pack: self.pack.clone(),
            capacity: self.capacity.clone(),
            waits: self.waits.clone(),
            areas: self.area.clone(),
            with_parts: false,
            only_scored: false,
            library: None,
            levers: Vec::new(),
            packages: Vec::new(),
            settings: self.set.clone(),
            spread: self.spread,
            wishes: self.table.wishes(),
            draws: self.draws as usize,
            seed: self.seed,
        }
    }
}

/// Projects demand per service line: tables, charts and a summary on the terminal.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  afterwave run                                 one, two and several waves, England
  afterwave run two-waves --area Bury           two waves, Bury
  afterwave run --area 'Greater Manchester'     a board, with its ten places
  afterwave run mine.toml --baseline mine.csv   your own scenario and referrals
  afterwave run two-waves --set wave.2.height=2 what if the second wave is higher?
  afterwave run --capacity capacity.csv         what if capacity changes?
  afterwave run two-waves --lever eip-teams=0.1 with a lever for a tenth
  afterwave run --pack workbook.xlsx            a workbook of the 2020 national model
  afterwave run --area Bury --disclosure nhs-mh small numbers rounded and withheld")]
pub struct RunArgs {
    /// What to project from
    #[command(flatten)]
    pub input: InputArgs,
    /// A lever of the library to put into every scenario, by itself or with its reach; may be
    /// repeated (`levers --library` lists them)
    #[arg(long, value_name = "NAME[=REACH]")]
    pub lever: Vec<String>,
    /// A package of levers to put into every scenario (TOML: levers, [[lever]]); may be repeated
    #[arg(long, value_name = "FILE")]
    pub package: Vec<PathBuf>,
    /// Threads to use [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Folder for the results; one that holds files of yours, or results of another study, is refused
    /// without --force
    #[arg(long, value_name = "DIR", default_value = "afterwave-out")]
    pub out: PathBuf,
    /// Format of the tables
    #[arg(long, value_enum, default_value_t = TableFormat::Csv)]
    pub format: TableFormat,
    /// Charts: svg or png, of the dozen that matter or of all; may be repeated [default: svg]
    #[arg(long, value_enum, value_name = "WHICH")]
    pub charts: Vec<Charts>,
    /// The page of each area that can be read, printed and moved: report.html
    #[arg(long, value_enum, default_value_t = Report::Html)]
    pub report: Report,
    /// Also write the tables as one workbook, results.xlsx
    #[arg(long)]
    pub workbook: bool,
    /// Folder for 23 quantiles of referrals by month, as a hub of forecasters takes them (hubverse)
    #[arg(long, value_name = "DIR")]
    pub hub: Option<PathBuf>,
    /// How many draws the hub has besides, as samples: none unless said
    #[arg(
        long,
        value_name = "N",
        requires = "hub",
        default_value_t = 0,
        hide_default_value = true
    )]
    pub hub_samples: usize,
    /// What is told of small numbers in areas below a nation
    #[arg(long, value_enum, value_name = "RULES", default_value_t = Disclosure::None)]
    pub disclosure: Disclosure,
    /// Goals to hold the results against (CSV of a service, a measure, a month and a bound)
    #[arg(long, value_name = "FILE")]
    pub goals: Option<PathBuf>,
    /// Also write need by group and condition, starts, caseloads and other measures by month, and
    /// every pathway
    #[arg(long)]
    pub detail: bool,
    /// Print every family, wait and check in place of one screen
    #[arg(long)]
    pub full: bool,
}

impl RunArgs {
    /// The inputs they name, with their levers; the settings of `--set` come first.
    pub fn inputs(&self) -> Inputs {
        let mut inputs = self.input.inputs();
        add_levers(&mut inputs, &self.lever);
        inputs.packages.clone_from(&self.package);
        inputs
    }

    /// The command that runs the same, with everything said that changes a number.
    pub fn command(&self) -> String {
        let mut command = self.input.command();
        for lever in &self.lever {
            let _ = write!(command, " --lever {}", quoted(lever));
        }
        for package in &self.package {
            let _ = write!(command, " --package {}", quoted(&package.display().to_string()));
        }
        command
    }
}

/// Whether a page is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Report {
    /// One file that needs no network.
    Html,
    /// No page.
    None,
}

/// What is told of small numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Disclosure {
    /// Everything.
    None,
    /// Rounded to 5 with small ones withheld, as NHS mental health statistics are.
    NhsMh,
}

impl From<Disclosure> for Rules {
    fn from(own: Disclosure) -> Self {
        match own {
            Disclosure::None => Self::None,
            Disclosure::NhsMh => Self::NhsMh,
        }
    }
}

/// How tables are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum TableFormat {
    /// Comma-separated values.
    Csv,
    /// The same, packed.
    #[value(name = "csv.gz")]
    CsvGz,
    /// JSON, one document.
    Json,
}

/// Which charts a run draws, and how.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Charts {
    /// Scalable, for the web and print.
    Svg,
    /// Bitmap at twice the density of a screen.
    Png,
    /// Those of every family, service and scenario.
    All,
    /// No charts.
    None,
}

impl ChartFormat {
    /// The formats to draw in; none where `none` is among those asked for.
    pub fn drawn(asked: &[Self]) -> Vec<Format> {
        let format = |own: &Self| match own {
            Self::Svg => Some(Format::Svg),
            Self::Png => Some(Format::Png),
            Self::None => None,
        };
        asked.iter().map(format).collect::<Option<_>>().unwrap_or_default()
    }
}

/// How charts are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ChartFormat {
    /// Scalable, for the web and print.
    Svg,
    /// Bitmap at twice the density of a screen.
    Png,
    /// No charts.
    None,
}
