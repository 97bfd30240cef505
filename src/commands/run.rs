//! `afterwave run`: read, project, write, say.

use std::collections::BTreeSet;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::run::{ChartFormat, RunArgs, TableFormat};
use crate::diagnostics::InputError;
use crate::input::study::read_study;
use crate::output::charts::Format;
use crate::output::document::{self, InputHash};
use crate::output::files::Files;
use crate::output::{equity, pictures, rollup, tables, terminal, waits};
use crate::projection::detail::detail;
use crate::projection::{Projection, project};
use crate::study::Study;

/// Runs it.
pub(super) fn run(args: &RunArgs, json: bool) -> anyhow::Result<()> {
    let read = read_study(&args.input.inputs()).map_err(InputError)?;
    let study = &read.study;
    super::warn(&read.warnings);
    let projections = super::with_threads(args.threads, || {
        let bar = progress();
        let projections = project(study, &|share| bar.set_position((share * 100.0) as u64));
        bar.finish_and_clear();
        projections
    })?;
    let files = files(args, study, &projections)?;
    files.write_to(&args.out)?;
    let names: Vec<String> =
        files.names().map(|name| args.out.join(name).display().to_string()).collect();
    if json {
        return super::print_json(&document::run(study, &projections, &names));
    }
    let mut text = String::new();
    for projection in &projections {
        text.push_str(&terminal::scenario(study, projection));
        text.push_str(&waits::terminal(study, projection));
    }
    text.push_str(&equity::words(study, &projections));
    text.push('\n');
    text.push_str(&terminal::legend(study));
    super::print(&text)?;
    let charts = names.iter().filter(|name| name.contains("charts")).count();
    eprintln!("{} tables and {charts} charts in {}", names.len() - charts, args.out.display());
    Ok(())
}

pub(super) fn progress() -> ProgressBar {
    let bar = ProgressBar::new(100);
    if let Ok(style) = ProgressStyle::with_template("projecting {bar:40} {percent}% {elapsed}") {
        bar.set_style(style);
    }
    bar
}

fn files(args: &RunArgs, study: &Study, projections: &[Projection]) -> anyhow::Result<Files> {
    let mut files = Files::default();
    match args.format {
        TableFormat::Csv => {
            files.add("projection.csv", tables::projection(study, projections));
            files.add("families.csv", tables::families(study, projections));
            files.add("waits.csv", waits::waits(study, projections));
            files.add("need.csv", tables::need(study, projections));
            files.add("summary.csv", tables::summary(study, projections));
            files.add("comparison.csv", tables::comparison(study, projections));
            for (name, text) in [
                ("equity.csv", equity::table(study, projections)),
                ("checks.csv", equity::checks(study, projections)),
                ("rollup.csv", rollup::table(study, projections)),
            ] {
                // A pack without strata or of other people, or one area, has nothing to say here.
                if text.lines().nth(1).is_some() {
                    files.add(name, text);
                }
            }
            files.add("observed.csv", tables::observed(study));
        }
        TableFormat::Json => {
            let document = document::run(study, projections, &[]);
            files.add("results.json", serde_json::to_string_pretty(&document)?);
        }
    }
    if args.detail {
        files.add("pathways.csv", tables::pathways(study, &detail(study)));
    }
    let formats: Vec<Format> =
        args.charts.iter().filter_map(|format| chart_format(*format)).collect();
    if !args.charts.contains(&ChartFormat::None) {
        for (name, bytes) in pictures::charts(study, projections, &formats)? {
            files.add(format!("charts/{name}"), bytes);
        }
    }
    let time = jiff::Timestamp::now().to_string();
    let manifest = document::manifest(study, &inputs(study)?, &time);
    files.add("run.json", serde_json::to_string_pretty(&manifest)? + "\n");
    Ok(files)
}

fn chart_format(format: ChartFormat) -> Option<Format> {
    match format {
        ChartFormat::Svg => Some(Format::Svg),
        ChartFormat::Png => Some(Format::Png),
        ChartFormat::None => None,
    }
}

/// Every file the study's figures came from, with its hash.
fn inputs(study: &Study) -> anyhow::Result<Vec<InputHash>> {
    use sha2::{Digest as _, Sha256};
    let names: BTreeSet<&str> = study.sources.iter().map(|source| &*source.name).collect();
    let mut list = Vec::new();
    for name in names {
        let source = study.sources.iter().find(|source| &*source.name == name);
        let text = &source.context("a source has no text")?.text;
        let hash = Sha256::digest(text.as_bytes());
        let sha256 = hash.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        list.push(InputHash { name: name.to_owned(), sha256 });
    }
    Ok(list)
}
