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
use crate::output::datapackage;
use crate::output::disclosure::{self, Control, Rules};
use crate::output::document::{About, Document};
use crate::output::files::Files;
use crate::output::folder::Written;
use crate::output::goals as output_goals;
use crate::output::hub::Hub;
use crate::output::pictures::Drawn;
use crate::output::record::{InputHash, NoMore, RECORD};
use crate::output::table::workbook::{self, Cover, workbook};
use crate::output::table::{self, csv::Csv, csv_gz::CsvGz, json::Json};
use crate::output::tables::{self, Made, OfRun};
use crate::output::terminal::first::{self, Before};
use crate::output::terminal::full;
use crate::output::words::counted;
use crate::output::{equity, fitted, local, pictures, report, waits};
use crate::projection::draws::every_line;
use crate::projection::measure::Measure;
use crate::projection::{Projection, project};
use crate::study::lever::{self, Lever};
use crate::study::{Study, Summaries};

/// The tables as one workbook.
const WORKBOOK: &str = "results.xlsx";

/// Runs it.
pub(super) fn run(args: &RunArgs, line: &CommandLine) -> anyhow::Result<()> {
    let folder = super::hold(line, "--out", &args.out)?;
    let inputs = Inputs { with_parts: true, ..args.inputs() };
    let mut read = read_study(&inputs).map_err(InputError)?;
    super::warn(&read.warnings);
    super::warn(&counted_twice(&read.study));
    read.study.says_unchecked = args.full;
    let goals = goals(args, &mut read.study)?;
    let hub = super::hold_hub(line, &args.out, args.hub.as_ref())?;
    let mut projections = projected(args, &read.study)?;
    output_goals::without_measure(&projections, &goals, &read.study).stop_on_errors()?;
    let told = told(args, &read.study, &mut projections);
    let (study, control) = told.as_ref().map_or((&read.study, None), |(s, c)| (s, Some(c)));
    let tables = {
        let run = OfRun { study, projections: &projections, goals: &goals, control };
        super::with_threads(args.threads, || tables(args, &run))??
    };
    if let Some(control) = control {
        for projection in &mut projections {
            control.forget(projection);
        }
    }
    let run = OfRun { study, projections: &projections, goals: &goals, control };
    let inputs = super::inputs(line, &read.study.sources);
    let written = super::with_threads(args.threads, || {
        let (files, withheld) = files(args, &run, (&read.study, &inputs), tables)?;
        folder.replace(files, &inputs, &About::new(study, withheld.as_ref()))
    })??;
    if let Some(folder) = hub {
        let drawn = super::with_threads(args.threads, || every_line(&read.study))?;
        let files = Hub::of_run(study, &drawn, control).files(study)?;
        folder.replace(files, &inputs, &NoMore {})?;
    }
    if let Some(warning) = fitted::missed_warning(study, &missed(study, &projections)) {
        super::tell_words(&format!("warning: {warning}"));
    }
    if line.cli.json {
        return super::print_json(&Document::new(&run, &written.files));
    }
    if args.full {
        super::print(&everything(&run))?;
    } else {
        let mut before = before(args, &read.study)?;
        if let Some(before) = &mut before
            && let Some((study, mut control)) = control.map(|_| Control::new(&before.study))
        {
            for projection in &mut before.projections {
                control.apply(projection);
            }
            before.study = study;
        }
        super::print(&first::screen(study, &projections, before.as_ref()))?;
        super::print(&output_goals::terminal(study, &projections, &goals))?;
    }
    super::tell_words(&words(&written, args));
    Ok(())
}

/// The study as it may be told and what that is, with the projections made so; none where everything
/// is told, with a warning where that may be too much.
fn told(args: &RunArgs, study: &Study, projections: &mut [Projection]) -> Option<(Study, Control)> {
    match args.disclosure.into() {
        Rules::NhsMh => {
            let (study, mut control) = Control::new(study);
            for projection in projections {
                control.apply(projection);
            }
            Some((study, control))
        }
        Rules::None => {
            if let Some(warning) = disclosure::warning(study) {
                super::tell_words(&format!("warning: {warning}"));
            }
            None
        }
    }
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
    // What --lever says of its reach stays.
    let inputs = args.inputs();
    let kept = inputs.settings[args.input.options.set.len()..].to_vec();
    let inputs = Inputs { settings: kept, ..inputs };
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
    let is_other = |name: &&String| {
        let others = [RECORD, datapackage::NAME, WORKBOOK];
        Path::new(name).file_name().is_some_and(|own| others.iter().any(|other| own == *other))
    };
    let others = names.iter().filter(is_other).count();
    let mut text = format!(
        "{} and {} in {}",
        counted(names.len() - charts - pages - others, "table"),
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

/// The tables as files, and together as a workbook where one is asked for.
fn tables(args: &RunArgs, run: &OfRun<'_>) -> anyhow::Result<(Vec<Made>, Option<Vec<u8>>)> {
    let format: &dyn table::Format = match args.format {
        TableFormat::Csv => &Csv,
        TableFormat::CsvGz => &CsvGz,
        TableFormat::Json => &Json,
    };
    let made = tables::files(run, format, args.detail)?;
    if !args.workbook {
        return Ok((made, None));
    }
    let study = run.study;
    let cover = Cover {
        title: title(study),
        lines: vec![
            "If the waves come as said, then this demand: a conditional projection, not a \
             forecast, and nobody's own risk."
                .to_owned(),
            format!("Scenarios: {}.", names(study.scenarios.iter().map(|own| &*own.name))),
            format!("Made by afterwave {} with: {}", env!("CARGO_PKG_VERSION"), command(args)),
            format!("Figures: {}.", study.pack.licence),
            "Ranges are from the 5th to the 95th percentile of draws.".to_owned(),
            "Not a publication of the NHS.".to_owned(),
        ],
    };
    match workbook(&cover, &tables::all(run, args.detail)) {
        Ok(book) => Ok((made, Some(book))),
        Err(error @ workbook::Error::TooLong { .. }) => {
            let place = Source::new("--workbook", "").whole();
            let problem = Problem::error(place, error.to_string());
            let next = "fewer areas or scenarios, no --detail, or --format csv.gz";
            Err(InputError::from(problem.suggest(next)).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// What the results are of.
fn title(study: &Study) -> String {
    let shown = study.areas.iter().filter(|area| !area.is_part).map(|area| &*area.name);
    format!("Mental health demand after the waves: {}", names(shown))
}

/// Names in a row, the first few of many.
fn names<'a>(all: impl Iterator<Item = &'a str>) -> String {
    const SOME: usize = 5;
    let mut names: Vec<&str> = all.collect();
    let more = names.len().saturating_sub(SOME);
    names.truncate(SOME);
    let names = names.join(", ");
    if more > 0 { format!("{names} and {more} more") } else { names }
}

/// The command that repeats the run.
fn command(args: &RunArgs) -> String {
    let command = args.command();
    match args.disclosure.into() {
        Rules::None => command,
        Rules::NhsMh => format!("{command} --disclosure nhs-mh"),
    }
}

/// Every file of a run, and what of it was withheld; `model` is the study as it was projected.
fn files(
    args: &RunArgs,
    run: &OfRun<'_>,
    (model, inputs): (&Study, &[InputHash]),
    (tables, book): (Vec<Made>, Option<Vec<u8>>),
) -> anyhow::Result<(Files, Option<disclosure::Record>)> {
    let charts = pictures::charts(run.study, run.projections, &drawn(&args.charts))?;
    let mut files = Files::default();
    let package = datapackage::datapackage(&title(run.study), &run.study.pack.licence, &tables);
    let mut record = run.control.map(|control| control.record.clone());
    for Made { name, bytes, withheld: [hidden, under_5], .. } in tables {
        if let Some(record) = &mut record {
            record.cells_hidden += hidden;
            record.cells_under_5 += under_5;
        }
        files.add(name, bytes);
    }
    if args.format != TableFormat::Json {
        files.add(datapackage::NAME, super::json_text(&package)?);
    }
    if let Some(book) = book {
        files.add(WORKBOOK, book);
    }
    for (name, bytes) in charts {
        files.add(format!("charts/{name}"), bytes);
    }
    for (name, page) in pages(args, run, model, inputs) {
        files.add(name, page);
    }
    Ok((files, record))
}

/// A page of every area, `report.html` where there is one.
fn pages(
    args: &RunArgs,
    run: &OfRun<'_>,
    model: &Study,
    inputs: &[InputHash],
) -> Vec<(String, String)> {
    if args.report == Report::None {
        return Vec::new();
    }
    let study = run.study;
    let setting = report::Setting {
        command: command(args),
        scenarios: &args.input.scenarios,
        inputs,
        goals: run.goals,
        model,
        control: run.control,
    };
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
