//! `afterwave network`: read a network, run it, say what happens to whom waits for what.

mod options;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::checksum::sha256;
use crate::cli::line::CommandLine;
use crate::cli::network::{ClockChoice, NetworkArgs};
use crate::cli::run::ChartFormat;
use crate::diagnostics::{InputError, Problem, Problems, Source};
use crate::input::network::{self as input, Draft, Layout, Scenario};
use crate::model::network::{Clock, Experiment, Network, Results, Span, simulate, with_levers};
use crate::output::charts::Format;
use crate::output::files::Files;
use crate::output::network::{self as output, Document, Report};
use crate::output::record::NoMore;

/// Runs the command.
pub(super) fn run(args: &NetworkArgs, line: &CommandLine) -> anyhow::Result<()> {
    let folder = super::hold(line, "--out", &args.out)?;
    let cases = read(args)?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.threads.map_or(0, usize::from))
        .build()
        .context("cannot start the threads")?;
    let results = pool.install(|| simulated(args, &cases));
    let reports: Vec<Report<'_>> =
        cases.iter().zip(&results).map(|(case, ran)| report(args, case, ran)).collect();
    let files = pool.install(|| files(args, &cases, &reports))?;
    let names: Vec<String> = files.names().map(|name| name.display().to_string()).collect();
    let read = cases
        .iter()
        .flat_map(|case| &case.files)
        .map(|(name, bytes)| Source::new(&**name, "").of_file(sha256(bytes)));
    let read: Vec<Source> = read.collect();
    folder.replace(files, &super::inputs(line, &read), &NoMore {})?;
    if line.cli.json {
        /// One record, or those of several scenarios.
        #[derive(Serialize)]
        #[serde(untagged)]
        enum Documents<'a> {
            One(Document<'a>),
            Several { scenarios: Vec<Document<'a>> },
        }
        let documents: Vec<_> = reports.iter().map(Report::document).collect();
        super::print_json(&match <[Document<'_>; 1]>::try_from(documents) {
            Ok([only]) => Documents::One(only),
            Err(scenarios) => Documents::Several { scenarios },
        })?;
    } else {
        for report in &reports {
            super::print(&format!("{}\n", report.table()))?;
        }
    }
    super::tell_words(&format!("wrote {} to {}", names.join(", "), args.out.display()));
    Ok(())
}

/// One network to run, and what it is compared with.
struct Case {
    layout: Layout,
    files: Vec<(String, Vec<u8>)>,
    /// The scenario of a projection that feeds it, and the services fed.
    fed: Option<(Scenario, Vec<String>)>,
    /// The network as it is, where levers or settings change it.
    base: Option<Network>,
    network: Network,
    levers: Vec<with_levers::Lever>,
    experiment: Experiment,
    switch_day: Option<u32>,
    weeks: usize,
}

/// The results of a case, and of what it is compared with.
struct Ran {
    results: Results,
    base: Option<Results>,
}

/// A case for each scenario that feeds the network, or the only one.
fn read(args: &NetworkArgs) -> anyhow::Result<Vec<Case>> {
    options::check(args)?;
    let mut draft = match &args.dir {
        Some(path) => input::read(path, args.variant.as_deref())?,
        None => options::built_in(args)?,
    };
    let Some(folder) = &args.from else {
        return Ok(vec![case(args, draft, None)?]);
    };
    let mut problems = Problems::default();
    for text in &args.feed {
        match text.split_once('=') {
            Some((service, line)) => {
                problems.take(draft.feed(service.trim(), line.trim()));
            }
            None => problems.push(
                options::wrong("--feed", "there is no `=`").read(text).allowed("SERVICE=LINE"),
            ),
        }
    }
    problems.stop_on_errors()?;
    let feed = input::read_feed(folder, args.scenario.as_deref(), args.area.as_deref())?;
    draft.files.extend(feed.files);
    let cases = feed.scenarios.into_iter();
    cases.map(|scenario| case(args, draft.clone(), Some(scenario))).collect()
}

fn case(args: &NetworkArgs, draft: Draft, scenario: Option<Scenario>) -> anyhow::Result<Case> {
    let of_levers = |set: &&String| set.starts_with("lever.");
    let (lever_sets, sets): (Vec<&String>, Vec<&String>) = args.set.iter().partition(of_levers);
    let sets: Vec<String> = sets.into_iter().cloned().collect();
    let (mut draft, mut base, mut scenario) = (draft.clone(), draft, scenario);
    let mut fed = input::Fed::default();
    let warm_up = args.warm_up.unwrap_or(input::WARM_UP).min(input::MOST_DAYS);
    options::set_levers(&lever_sets, scenario.as_mut())?;
    if let Some(scenario) = &scenario {
        let scale = options::scale(args, &draft)?;
        fed = scenario.apply(&mut draft, warm_up, scale, true)?;
        scenario.apply(&mut base, warm_up, scale, false)?;
        for note in &fed.notes {
            super::tell_words(&format!("{}: {note}", scenario.id));
        }
    }
    let (days, warm_up) = options::length(args, &draft, scenario.is_some())?;
    let switch_day = options::switch_day(args, &draft, days)?;
    let (layout, files) = (draft.layout, draft.files.clone());
    let mut network = draft.finish(days, switch_day)?;
    let levers = scenario.as_ref().map(|s| s.levers(warm_up, &fed)).unwrap_or_default();
    for name in with_levers::apply(&mut network, &levers, &fed.services) {
        super::tell_words(&format!(
            "lever {name}: no service of the network belongs to its service lines; it acts \
             through arrivals alone (service_line in services.csv says which do)"
        ));
    }
    input::apply(&mut network, &sets)?;
    input::check_arrivals(&network)?;
    let changed = !sets.is_empty() || scenario.as_ref().is_some_and(Scenario::has_levers);
    let base = changed.then(|| base.finish(days, switch_day)).transpose()?;
    let mut spans = Span::weeks(warm_up, days);
    let weeks = spans.len();
    spans.push(Span::after(warm_up, days));
    spans.extend(options::periods(&args.period, days)?);
    options::check_size(args, spans.len() * network.services.len())?;
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
    let fed = scenario.map(|scenario| (scenario, fed.services));
    Ok(Case { layout, files, fed, base, network, levers, experiment, switch_day, weeks })
}

fn simulated(args: &NetworkArgs, cases: &[Case]) -> Vec<Ran> {
    let networks = cases.len() + cases.iter().filter(|case| case.base.is_some()).count();
    let runs = u64::from(args.replications) * networks as u64;
    // Draws nothing where standard error is not a terminal.
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} replications");
    let bar =
        ProgressBar::new(runs).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let run = |network, experiment| simulate(network, experiment, &|| bar.inc(1));
    let ran = cases
        .iter()
        .map(|case| Ran {
            results: run(&case.network, &case.experiment),
            base: case.base.as_ref().map(|base| run(base, &case.experiment)),
        })
        .collect();
    bar.finish_and_clear();
    ran
}

/// The files of each case, in a folder of its scenario where there are several; and how the
/// scenarios differ.
fn files(args: &NetworkArgs, cases: &[Case], reports: &[Report<'_>]) -> anyhow::Result<Files> {
    let mut files = Files::default();
    let formats: Vec<Format> = match args.charts.as_slice() {
        [] => vec![Format::Svg, Format::Png],
        asked => ChartFormat::drawn(asked),
    };
    for (case, report) in cases.iter().zip(reports) {
        let folder = match &case.fed {
            Some((scenario, _)) if cases.len() > 1 => {
                crate::output::pictures::file_name(&scenario.id) + "/"
            }
            _ => String::new(),
        };
        let mut add = |name: &str, bytes: Vec<u8>| files.add(format!("{folder}{name}"), bytes);
        add("weekly.csv", report.weekly()?);
        add("periods.csv", report.periods()?);
        add("flows.csv", report.flow_table()?);
        add("network.mmd", report.mermaid().into_bytes());
        add("network.json", super::json_text(&report.document())?.into());
        if let Some(comparison) = report.comparison()? {
            add("comparison.csv", comparison);
        }
        for (name, bytes) in report.charts(&formats)? {
            add(&format!("charts/{name}"), bytes);
        }
    }
    if let [first, others @ ..] = reports
        && !others.is_empty()
    {
        files.add("comparison.csv", output::scenarios(first, others)?);
    }
    Ok(files)
}

fn report<'a>(args: &'a NetworkArgs, case: &'a Case, ran: &'a Ran) -> Report<'a> {
    Report {
        layout: case.layout,
        files: &case.files,
        fed: case.fed.as_ref().map(|(scenario, services)| output::Fed {
            scenario: &scenario.id,
            start: scenario.start(),
            services,
        }),
        set: &args.set,
        levers: &case.levers,
        network: &case.network,
        experiment: &case.experiment,
        switch_day: case.switch_day,
        weeks: case.weeks,
        target_wait: args.target_wait,
        results: &ran.results,
        base: ran.base.as_ref(),
    }
}
