//! `afterwave run`: read, project, write, say.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

use crate::checksum::sha256;
use crate::cli::run::{ChartFormat, Report, RunArgs, TableFormat};
use crate::diagnostics::{InputError, Problems};
use crate::evaluate::fit::missed;
use crate::input::goals::{Goal, read_goals};
use crate::input::study::read_study;
use crate::input::text;
use crate::output::charts::Format;
use crate::output::document::{self, InputHash};
use crate::output::files::{self, Files};
use crate::output::goals as output_goals;
use crate::output::pictures::Drawn;
use crate::output::words::counted;
use crate::output::{equity, fitted, local, pictures, report, rollup, tables, terminal, waits};
use crate::projection::detail::detail;
use crate::projection::measure::Measure;
use crate::projection::{Projection, project};
use crate::study::Study;

/// What a run was made of, and the files it wrote.
const MANIFEST: &str = "run.json";

/// Runs it.
pub(super) fn run(args: &RunArgs, json: bool) -> anyhow::Result<()> {
    let mut read = read_study(&args.input.inputs()).map_err(InputError)?;
    super::warn(&read.warnings);
    let goals = goals(args, &mut read.study)?;
    let study = &read.study;
    files::check_folder("--out", &args.out)?;
    let projections = super::with_threads(args.threads, || {
        let bar = progress();
        let projections = project(study, &|share| bar.set_position((share * 100.0) as u64));
        bar.finish_and_clear();
        projections
    })?;
    output_goals::without_measure(&projections, &goals, study).stop_on_errors()?;
    let files = super::with_threads(args.threads, || files(args, study, &projections, &goals))??;
    files.check_names(&args.out)?;
    let removed = remove_earlier(&args.out, &files)?;
    files.write_to(&args.out)?;
    let names: Vec<String> =
        files.names().map(|name| args.out.join(name).display().to_string()).collect();
    if let Some(warning) = fitted::missed_warning(study, &missed(study, &projections)) {
        super::tell_words(&format!("warning: {warning}"));
    }
    if json {
        return super::print_json(&document::run(study, &projections, &names));
    }
    let mut text = String::new();
    for projection in projections.iter().filter(|p| !study.areas[p.area].is_part) {
        text.push_str(&terminal::scenario(study, projection));
        text.push_str(&waits::terminal(study, projection));
    }
    text.push_str(&equity::words(study, &projections));
    text.push_str(&output_goals::terminal(study, &projections, &goals));
    text.push('\n');
    text.push_str(&terminal::legend(study));
    text.push_str(&local::baselines(study));
    super::print(&text)?;
    let charts = names.iter().filter(|name| name.contains("charts")).count();
    let is_page = |name: &&String| Path::new(name).extension().is_some_and(|end| end == "html");
    let pages = names.iter().filter(is_page).count();
    let (tables, charts) =
        (counted(names.len() - charts - pages, "table"), counted(charts, "chart"));
    super::tell_words(&format!("{tables} and {charts} in {}", args.out.display()));
    let mut found = names.iter().filter(is_page);
    match (pages, found.next()) {
        (1, Some(page)) => super::tell_words(&format!("the page to read and to move: {page}")),
        (2.., _) => super::tell_words(&format!("{}, one for each area", counted(pages, "page"))),
        _ => {}
    }
    if removed > 0 {
        let files = counted(removed, "file");
        super::tell_words(&format!("removed {files} that only the run before it wrote"));
    }
    Ok(())
}

/// Removes what an earlier run wrote into the folder and this one does not, so that no chart of
/// another study stands among the new ones. Only names in the earlier `run.json` are touched.
fn remove_earlier(folder: &Path, files: &Files) -> anyhow::Result<usize> {
    let Ok(text) = std::fs::read_to_string(folder.join(MANIFEST)) else { return Ok(0) };
    let earlier: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let listed = earlier["files"].as_array().into_iter().flatten();
    let mut removed = 0;
    for name in listed.filter_map(|name| name.as_str()).map(Path::new) {
        let is_inside = name.components().all(|part| matches!(part, Component::Normal(_)));
        let path = folder.join(name);
        if is_inside && files.names().all(|new| new != name) && path.is_file() {
            std::fs::remove_file(&path)
                .with_context(|| format!("cannot remove {}", path.display()))?;
            removed += 1;
        }
    }
    Ok(removed)
}

pub(super) fn progress() -> ProgressBar {
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

fn files(
    args: &RunArgs,
    study: &Study,
    projections: &[Projection],
    goals: &[Goal<Measure>],
) -> anyhow::Result<Files> {
    let (tables, charts) = rayon::join(
        || tables(args, study, projections, goals),
        || pictures::charts(study, projections, &drawn(&args.charts)),
    );
    let mut files = Files::default();
    for (name, text) in tables? {
        files.add(name, text);
    }
    for (name, bytes) in charts? {
        files.add(format!("charts/{name}"), bytes);
    }
    let inputs = inputs(study)?;
    for (name, page) in pages(args, study, projections, goals, &inputs) {
        files.add(name, page);
    }
    let time = jiff::Timestamp::now().to_string();
    let names: Vec<&str> = files.names().filter_map(Path::to_str).collect();
    let manifest = document::manifest(study, &inputs, &names, &time);
    files.add(MANIFEST, serde_json::to_string_pretty(&manifest)? + "\n");
    Ok(files)
}

/// A page of every area, `report.html` where there is one.
fn pages(
    args: &RunArgs,
    study: &Study,
    projections: &[Projection],
    goals: &[Goal<Measure>],
    inputs: &[InputHash],
) -> Vec<(String, String)> {
    if args.report == Report::None {
        return Vec::new();
    }
    let command = args.input.command();
    let scenarios = &args.input.scenarios;
    let setting = report::Setting { command, scenarios, inputs, goals };
    // Parts of an area that has a page are in its tables.
    let shown = (0..study.areas.len()).filter(|area| !study.areas[*area].is_part);
    let name = |area: usize| match shown.clone().count() {
        1 => "report.html".to_owned(),
        _ => format!("report-{}.html", pictures::file_name(&study.areas[area].id)),
    };
    shown
        .clone()
        .filter_map(|area| Some((name(area), report::page(study, projections, area, &setting)?)))
        .collect()
}

/// A table, once it is asked for.
type Table<'a> = (&'static str, Box<dyn Fn() -> anyhow::Result<String> + Send + Sync + 'a>);

fn tables(
    args: &RunArgs,
    study: &Study,
    projections: &[Projection],
    goals: &[Goal<Measure>],
) -> anyhow::Result<Vec<(&'static str, String)>> {
    let mut list: Vec<Table<'_>> = Vec::new();
    match args.format {
        TableFormat::Csv => {
            list.push(("projection.csv", Box::new(|| Ok(tables::projection(study, projections)))));
            list.push(("families.csv", Box::new(|| Ok(tables::families(study, projections)))));
            list.push(("waits.csv", Box::new(|| Ok(waits::waits(study, projections)))));
            list.push(("need.csv", Box::new(|| Ok(tables::need(study, projections)))));
            list.push(("summary.csv", Box::new(|| Ok(tables::summary(study, projections)))));
            list.push(("comparison.csv", Box::new(|| Ok(tables::comparison(study, projections)))));
            list.push(("equity.csv", Box::new(|| Ok(equity::table(study, projections)))));
            list.push(("checks.csv", Box::new(|| Ok(equity::checks(study, projections)))));
            list.push(("rollup.csv", Box::new(|| Ok(rollup::table(study, projections)))));
            list.push(("observed.csv", Box::new(|| Ok(tables::observed(study)))));
        }
        TableFormat::Json => {
            let document = || document::run(study, projections, &[]);
            let text = move || Ok(serde_json::to_string_pretty(&document())?);
            list.push(("results.json", Box::new(text)));
        }
    }
    if !goals.is_empty() {
        let table = || Ok(output_goals::table(study, projections, goals));
        list.push(("goals.csv", Box::new(table)));
    }
    if args.detail {
        list.push(("pathways.csv", Box::new(|| Ok(tables::pathways(study, &detail(study))))));
    }
    let written: Vec<(&str, String)> = list
        .into_par_iter()
        .map(|(name, table)| Ok((name, table()?)))
        .collect::<anyhow::Result<_>>()?;
    // A pack without strata or of other people, or one area, has nothing to say in some.
    let is_optional = |name| ["equity.csv", "checks.csv", "rollup.csv"].contains(&name);
    let says =
        |(name, text): &(&'static str, String)| !is_optional(name) || text.lines().nth(1).is_some();
    Ok(written.into_iter().filter(says).collect())
}

fn drawn(formats: &[ChartFormat]) -> Drawn {
    if formats.is_empty() {
        Drawn::ForPapers
    } else if formats.contains(&ChartFormat::None) {
        Drawn::In(Vec::new())
    } else {
        Drawn::In(formats.iter().filter_map(|format| chart_format(*format)).collect())
    }
}

pub(super) fn chart_format(format: ChartFormat) -> Option<Format> {
    match format {
        ChartFormat::Svg => Some(Format::Svg),
        ChartFormat::Png => Some(Format::Png),
        ChartFormat::None => None,
    }
}

/// Every file the study's figures came from, with its hash.
fn inputs(study: &Study) -> anyhow::Result<Vec<InputHash>> {
    let names: BTreeSet<&str> = study.sources.iter().map(|source| &*source.name).collect();
    let mut list = Vec::new();
    for name in names {
        let source = study.sources.iter().find(|source| &*source.name == name);
        let text = &source.context("a source has no text")?.text;
        list.push(InputHash { name: name.to_owned(), sha256: sha256(text.as_bytes()) });
    }
    Ok(list)
}
