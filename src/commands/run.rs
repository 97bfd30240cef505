//! `afterwave run`: read, project, write, say.

use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::line::CommandLine;
use crate::cli::run::{ChartFormat, Charts, Report, RunArgs, TableFormat};
use crate::diagnostics::{InputError, Problem, Problems, Source};
use crate::evaluate::fit::missed;
use crate::input::goals::{Goal, read_goals};
use crate::input::study::{Inputs, read_study};
use crate::input::text;
use crate::output::charts::Format;
use crate::output::document::{About, Document};
use crate::output::files::Files;
use crate::output::folder::Written;
use crate::output::goals as output_goals;
use crate::output::pictures::Drawn;
use crate::output::record::InputHash;
use crate::output::table::{self, csv::Csv, json::Json};
use crate::output::tables::{self, OfRun};
use crate::output::terminal::first::{self, Before};
use crate::output::terminal::full;
use crate::output::words::counted;
use crate::output::{equity, fitted, local, pictures, report, waits};
use crate::projection::measure::Measure;
use crate::projection::{Projection, project};
use crate::study::lever::{self, Lever};
use crate::study::{Study, Summaries};

/// Runs it.
pub(super) fn run(args: &RunArgs, line: &CommandLine) -> anyhow::Result<()> {
    let folder = super::hold(line, "--out", &args.out)?;
    let inputs = Inputs { with_parts: true, ..args.input.inputs() };
    let mut read = read_study(&inputs).map_err(InputError)?;
    super::warn(&read.warnings);
    super::warn(&counted_twice(&read.study));
    read.study.says_unchecked = args.full;
    let goals = goals(args, &mut read.study)?;
    let study = &read.study;
    let projections = projected(args, study)?;
    output_goals::without_measure(&projections, &goals, study).stop_on_errors()?;
    let run = OfRun { study, projections: &projections, goals: &goals };
    let read = super::inputs(line, &study.sources);
    let written = super::with_threads(args.threads, || {
        folder.replace(files(args, &run, &read)?, &read, &About::new(study))
    })??;
    if let Some(warning) = fitted::missed_warning(study, &missed(study, &projections)) {
        super::tell_words(&format!("warning: {warning}"));
    }
    if line.cli.json {
        return super::print_json(&Document::new(&run, &written.files));
    }
    if args.full {
        super::print(&everything(&run))?;
    } else {
        let before = before(args, study)?;
        super::print(&first::screen(study, &projections, before.as_ref()))?;
        super::print(&output_goals::terminal(study, &projections, &goals))?;
    }
    super::tell_words(&words(&written, args));
    Ok(())
}

/// Every scenario in every area, over all draws.
fn projected(args: &RunArgs, study: &Study) -> anyhow::Result<Vec<Projection>> {
    super::with_threads(args.threads, || {
        let bar = progress();
        let projections = project(study, &|share| bar.set_position((share * 100.0) as u64));
        bar.finish_and_clear();
        projections
    })
}

/// The run as it is without what `--set` changes, to be held beside it: on the same draws, for
/// each figure has its own stream. None where nothing is set, or where the inputs are no study
/// without it.
fn before(args: &RunArgs, study: &Study) -> anyhow::Result<Option<Before>> {
    if args.input.options.set.is_empty() {
        return Ok(None);
    }
    let inputs = Inputs { settings: Vec::new(), ..args.input.inputs() };
    let Ok(read) = read_study(&inputs) else { return Ok(None) };
    let study_before = Study { summaries: Summaries::Totals, ..read.study };
    let is_same_time = study
        .scenarios
        .iter()
        .zip(&study_before.scenarios)
        .all(|(own, was)| own.has_months_of(was));
    if !is_same_time {
        return Ok(None);
    }
    let projections = projected(args, &study_before)?;
    Ok(Some(Before { study: study_before, projections }))
}

/// All that is known of a run, in words and tables.
fn everything(run: &OfRun<'_>) -> String {
    let (study, projections) = (run.study, run.projections);
    let mut text = String::new();
    for projection in projections.iter().filter(|p| !study.areas[p.area].is_part) {
        text.push_str(&full::scenario(study, projection));
        text.push_str(&waits::terminal(study, projection));
    }
    text.push_str(&equity::words(study, projections));
    text.push_str(&output_goals::terminal(study, projections, run.goals));
    text.push('\n');
    text.push_str(&full::legend(study));
    text + &local::baselines(study)
}

/// What was written, and what of the run before it was removed.
fn words(written: &Written, args: &RunArgs) -> String {
    let (names, removed) = (&written.files, written.removed);
    let charts = names.iter().filter(|name| name.contains("charts")).count();
    let is_page = |name: &&String| Path::new(name).extension().is_some_and(|end| end == "html");
    let pages = names.iter().filter(is_page).count();
    let mut text = format!(
        "{} and {} in {}",
        counted(names.len() - 1 - charts - pages, "table"),
        counted(charts, "chart"),
        args.out.display()
    );
    let mut found = names.iter().filter(is_page);
    match (pages, found.next()) {
        (1, Some(_)) => text = format!("{text}, report.html to read and to move"),
        (2.., _) => text = format!("{text}, and {} of areas", counted(pages, "page")),
        _ => {}
    }
    if removed > 0 {
        let files = counted(removed, "file");
        text = format!("{text}; removed {files} that only the run before it wrote");
    }
    if args.full { text } else { format!("{text}; more: --full") }
}

/// Warns of levers of one scenario whose effect was measured as one.
fn counted_twice(study: &Study) -> Problems {
    let mut problems = Problems::default();
    for scenario in &study.scenarios {
        let levers: Vec<&Lever> = scenario.levers.iter().collect();
        if let Some([a, b]) = lever::counted_twice(&levers, &study.figures) {
            let place = Source::new(scenario.id.clone(), "").whole();
            problems.push(
                Problem::warning(place, super::levers::words_twice(a, b))
                    .allowed("one of the two, or an effect of your own for one"),
            );
        }
    }
    problems
}

pub(super) fn progress() -> ProgressBar {
    if super::is_quiet() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(100);
    if let Ok(style) = ProgressStyle::with_template("projecting {bar:40} {percent}% {elapsed}") {
        bar.set_style(style);
    }
    bar
}

/// The goals to hold results against, if a file is named.
fn goals(args: &RunArgs, study: &mut Study) -> Result<Vec<Goal<Measure>>, InputError> {
    let Some(path) = &args.goals else { return Ok(Vec::new()) };
    let source = text::read_table("--goals", path)?;
    let mut problems = Problems::default();
    let goals = read_goals(&source, study, &output_goals::measures(), &mut problems);
    study.sources.push(source);
    problems.stop_on_errors()?;
    super::warn(&problems);
    Ok(goals)
}

fn files(args: &RunArgs, run: &OfRun<'_>, inputs: &[InputHash]) -> anyhow::Result<Files> {
    let format: &dyn table::Format = match args.format {
        TableFormat::Csv => &Csv,
        TableFormat::Json => &Json,
    };
    let (tables, charts) = rayon::join(
        || tables::files(run, format, args.detail),
        || pictures::charts(run.study, run.projections, &drawn(&args.charts)),
    );
    let mut files = Files::default();
    for (name, bytes) in tables? {
        files.add(name, bytes);
    }
    for (name, bytes) in charts? {
        files.add(format!("charts/{name}"), bytes);
    }
    for (name, page) in pages(args, run, inputs) {
        files.add(name, page);
    }
    Ok(files)
}

/// A page of every area, `report.html` where there is one.
fn pages(args: &RunArgs, run: &OfRun<'_>, inputs: &[InputHash]) -> Vec<(String, String)> {
    if args.report == Report::None {
        return Vec::new();
    }
    let study = run.study;
    let command = args.input.command();
    let scenarios = &args.input.scenarios;
    let setting = report::Setting { command, scenarios, inputs, goals: run.goals };
    // Parts of an area that has a page are in its tables.
    let shown = (0..study.areas.len()).filter(|area| !study.areas[*area].is_part);
    let name = |area: usize| match shown.clone().count() {
        1 => "report.html".to_owned(),
        _ => format!("report-{}.html", pictures::file_name(&study.areas[area].id)),
    };
    shown
        .clone()
        .filter_map(|area| {
            Some((name(area), report::page(study, run.projections, area, &setting)?))
        })
        .collect()
}

/// Which charts were asked for.
fn drawn(charts: &[Charts]) -> Drawn {
    let format = |own: &Charts| match own {
        Charts::Svg => Some(Format::Svg),
        Charts::Png => Some(Format::Png),
        Charts::All | Charts::None => None,
    };
    let mut formats: Vec<Format> = charts.iter().filter_map(format).collect();
    if formats.is_empty() {
        formats.push(Format::Svg);
    }
    if charts.contains(&Charts::None) {
        formats.clear();
    }
    Drawn { all: charts.contains(&Charts::All), formats }
}

pub(super) fn chart_format(format: ChartFormat) -> Option<Format> {
    match format {
        ChartFormat::Svg => Some(Format::Svg),
        ChartFormat::Png => Some(Format::Png),
        ChartFormat::None => None,
    }
}
