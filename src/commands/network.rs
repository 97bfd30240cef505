//! `afterwave network`: read a network, run it, say what happens to whom waits for what.

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::network::{ClockChoice, NetworkArgs};
use crate::diagnostics::{InputError, Problem, Problems, Source};
use crate::input::network::{self as input, Draft, Feed, Layout};
use crate::model::network::{Clock, Experiment, Network, Results, Span, simulate};
use crate::output::files::Files;
use crate::output::network::{self as output, Report};

/// The default warm-up, in days, as the published runs have it.
const WARM_UP: u32 = input::WARM_UP;
/// The length of the built-in example, in days.
const EXAMPLE_DAYS: u32 = 1460;
/// The switch day of the built-in example.
const EXAMPLE_SWITCH_DAY: u32 = 801;

/// Runs the command.
pub(super) fn run(args: &NetworkArgs, json: bool) -> anyhow::Result<()> {
    let study = read(args)?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.threads.map_or(0, usize::from))
        .build()
        .context("cannot start the threads")?;
    let (results, base) = pool.install(|| {
        let bar = progress(args, study.base.is_some());
        let done = || bar.inc(1);
        let results = simulate(&study.network, &study.experiment, &done);
        let base = study.base.as_ref().map(|base| simulate(base, &study.experiment, &done));
        bar.finish_and_clear();
        (results, base)
    });
    let report = report(args, &study, &results, base.as_ref());
    let mut files = Files::default();
    files.add("weekly.csv", pool.install(|| report.weekly())?);
    files.add("periods.csv", report.periods()?);
    files.add("network.mmd", report.picture());
    files.add("network.json", report.json()?);
    if let Some(comparison) = report.comparison()? {
        files.add("comparison.csv", comparison);
    }
    files.write_to(&args.out)?;
    if json {
        anstream::println!("{}", report.json()?.trim_end());
    } else {
        anstream::println!("{}", report.table());
    }
    let names: Vec<String> = files.names().map(|name| name.display().to_string()).collect();
    anstream::eprintln!("wrote {} to {}", names.join(", "), args.out.display());
    Ok(())
}

/// Everything that is to be run.
struct Study {
    layout: Layout,
    files: Vec<(String, Vec<u8>)>,
    fed: Option<(Feed, Vec<String>)>,
    /// The network as read, where settings change it.
    base: Option<Network>,
    network: Network,
    experiment: Experiment,
    weeks: usize,
}

fn read(args: &NetworkArgs) -> anyhow::Result<Study> {
    let mut draft = match &args.dir {
        Some(folder) => input::read(folder, args.variant.as_deref())?,
        None => built_in(args)?,
    };
    let feed = match &args.from {
        Some(folder) => {
            Some(input::read_feed(folder, args.scenario.as_deref(), args.area.as_deref())?)
        }
        None => None,
    };
    check_options(args)?;
    let fed = match feed {
        Some(feed) => {
            let warm_up = args.warm_up.unwrap_or(WARM_UP).min(input::MOST_DAYS);
            let services = feed.apply(&mut draft, warm_up)?;
            Some((feed, services))
        }
        None => None,
    };
    let (days, warm_up) = length(args, &draft, fed.is_some())?;
    let switch_day = switch_day(args, &draft)?;
    let (layout, files) = (draft.layout, draft.files.clone());
    let mut network = draft.finish(days, switch_day)?;
    let base = (!args.set.is_empty()).then(|| network.clone());
    input::apply(&mut network, &args.set)?;
    let mut spans = Span::weeks(warm_up, days);
    let weeks = spans.len();
    spans.push(Span::after(warm_up, days));
    spans.extend(periods(&args.period, days)?);
    check_size(args, spans.len() * network.services.len())?;
    let experiment = Experiment {
        seed: args.seed,
        replications: args.replications,
        warm_up,
        clock: match args.clock {
            ClockChoice::Daily => Clock::Daily,
            ClockChoice::Event => Clock::Event,
        },
        spans,
    };
    Ok(Study { layout, files, fed, base, network, experiment, weeks })
}

/// The length of the run and of its warm-up.
fn length(args: &NetworkArgs, draft: &Draft, fed: bool) -> Result<(u32, u32), InputError> {
    let reach = if fed { draft.first_end() } else { draft.last_day() };
    let default = (draft.layout == Layout::BuiltIn).then_some(EXAMPLE_DAYS);
    let Some(days) = args.days.or(reach).or(default) else {
        return Err(wrong("--days", "the inputs have no last day: say how long to run").into());
    };
    let warm_up = args.warm_up.unwrap_or(if fed { WARM_UP } else { WARM_UP.min(days / 2) });
    if days <= input::MOST_DAYS && warm_up < days {
        return Ok((days, warm_up));
    }
    Err(wrong("--days and --warm-up", "no days are left after the warm-up")
        .read(format!("{days} days, {warm_up} of them warm-up"))
        .allowed(format!("at most {} days, and fewer days of warm-up", input::MOST_DAYS))
        .into())
}

fn built_in(args: &NetworkArgs) -> Result<Draft, InputError> {
    match &args.variant {
        Some(variant) => {
            Err(wrong("--variant", "the built-in example has no variants").read(variant).into())
        }
        None => input::example(),
    }
}

fn check_options(args: &NetworkArgs) -> Result<(), InputError> {
    match args.target_wait {
        Some(weeks) if !(0.1..=1000.0).contains(&weeks) => {
            Err(wrong("--target-wait", "not a standard")
                .read(weeks.to_string())
                .allowed("weeks from 0.1 to 1000")
                .into())
        }
        _ => Ok(()),
    }
}

/// The results of all replications are kept for their quantiles.
fn check_size(args: &NetworkArgs, cells: usize) -> Result<(), InputError> {
    let numbers = cells as f64 * 9.0 * f64::from(args.replications);
    if numbers <= 5e8 {
        return Ok(());
    }
    Err(wrong("--replications", "the results would not fit in memory")
        .read(args.replications.to_string())
        .suggest("fewer replications, or fewer days")
        .into())
}

fn switch_day(args: &NetworkArgs, draft: &Draft) -> Result<Option<u32>, InputError> {
    match (args.switch_day, draft.switches(), draft.layout) {
        (Some(0), ..) => Err(wrong("--switch-day", "days are numbered from 1").read("0").into()),
        (Some(day), ..) => Ok(Some(day)),
        (None, false, _) => Ok(None),
        (None, true, Layout::Published) => {
            let day = input::SWITCH_DAY;
            anstream::eprintln!("routes change on day {day}, as in the published runs");
            Ok(Some(day))
        }
        (None, true, Layout::BuiltIn) => Ok(Some(EXAMPLE_SWITCH_DAY)),
        (None, true, Layout::Own) => {
            let message = "routes.csv has other routes after the switch, but no day is given";
            Err(wrong("--switch-day", message).suggest("--switch-day DAY").into())
        }
    }
}

/// Reads `NAME=FIRST-LAST`.
fn periods(texts: &[String], days: u32) -> Result<Vec<Span>, InputError> {
    let mut problems = Problems::default();
    let mut spans = Vec::new();
    for text in texts {
        let parsed = text.split_once('=').and_then(|(name, range)| {
            let (first, last) = range.split_once('-')?;
            let (first, last): (u32, u32) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
            let fine = first >= 1 && first <= last && last <= days && !name.trim().is_empty();
            fine.then(|| Span { name: name.trim().to_owned(), first_day: first, last_day: last })
        });
        match parsed {
            Some(span) => spans.push(span),
            None => problems.push(
                wrong("--period", "not a period")
                    .read(text)
                    .allowed(format!("NAME=FIRST-LAST with days from 1 to {days}")),
            ),
        }
    }
    problems.stop_on_errors()?;
    Ok(spans)
}

fn wrong(option: &str, message: &str) -> Problem {
    Problem::error(Source::new(option, "").whole(), message)
}

fn progress(args: &NetworkArgs, twice: bool) -> ProgressBar {
    let runs = u64::from(args.replications) * if twice { 2 } else { 1 };
    // Draws nothing where standard error is not a terminal.
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} replications");
    ProgressBar::new(runs).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn report<'a>(
    args: &'a NetworkArgs,
    study: &'a Study,
    results: &'a Results,
    base: Option<&'a Results>,
) -> Report<'a> {
    Report {
        layout: study.layout,
        files: &study.files,
        fed: study.fed.as_ref().map(|(feed, services)| output::Fed {
            file: &feed.file,
            scenario: &feed.scenario,
            services,
        }),
        set: &args.set,
        network: &study.network,
        experiment: &study.experiment,
        weeks: study.weeks,
        target_wait: args.target_wait,
        results,
        base,
    }
}
