//! `import`: published files in, a baseline or a track out; what was left out is told.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::import::ImportArgs;
use crate::diagnostics::{InputError, Problem, Problems, Source};
use crate::input::published::areas;
use crate::input::published::{self, Content, Imported, Kind, Progress, Request};
use crate::input::tidy::Wishes;
use crate::output::files::{check_file, is_stdout, write_whole};
use crate::output::{baseline, imported};

/// Runs the command.
pub(super) fn run(args: &ImportArgs, json: bool) -> anyhow::Result<()> {
    let (kind, files) = kind_and_files(&args.files)?;
    check(args, files)?;
    // The areas as they were at the end of the year.
    let areas_of = args.areas.map(|year| jiff::civil::date(year, 12, 31));
    let request = Request {
        list: args.list,
        areas: if args.list { args.area.clone() } else { areas::codes(&args.area, areas_of) },
        areas_of,
        measures: args.measure.clone(),
        sheet: args.sheet.clone(),
        service: args.service.clone(),
        wishes: Wishes {
            order: args.dates,
            spread: args.spread_periods,
            date: args.date.clone(),
            area: None,
            value: args.value.clone(),
            filters: filters(&args.filters)?,
        },
        stock: args.stock,
        keep_partial: args.keep_partial,
        waits: args.waits,
    };
    let bar = progress_bar(files);
    let counter = bar.clone();
    let progress: Progress = Arc::new(move |bytes| counter.inc(bytes));
    let import = published::import(kind, files, &request, &progress);
    bar.finish_and_clear();
    let import = import?;
    let bytes = match &import.content {
        Content::Baseline(series) => baseline::baseline_csv(series)?,
        Content::Waits(waits) => baseline::waits_csv(waits)?,
        Content::Track(track) => baseline::track_csv(track)?,
        Content::Listing(catalogue) => {
            imported::listing_text(catalogue, &args.area, &args.measure).into_bytes()
        }
    };
    super::warn(&import.report.warnings);
    super::tell(imported::report_text(&import).trim_end());
    write(args.out.as_deref(), &bytes, &import, json)
}

/// What is wrong with the options themselves, before a file of any size is read.
fn check(args: &ImportArgs, files: &[PathBuf]) -> Result<(), InputError> {
    let mut problems = Problems::default();
    if args.service.as_ref().is_some_and(|service| service.trim().is_empty()) {
        let place = Source::new("--service", "").whole();
        problems.push(
            Problem::error(place, "the service has no name").allowed("an id, such as secondary"),
        );
    }
    if let Some(out) = &args.out {
        let place = || Source::new(out.display().to_string(), "").whole().cell("--out");
        let read = files.iter().find(|file| is_same(file, out));
        if read.is_some() {
            problems.push(
                Problem::error(place(), "is one of the files to read, and would be lost")
                    .allowed("a file of its own for the baseline"),
            );
        } else {
            problems.take(check_file("--out", out));
        }
    }
    problems.stop_on_errors()
}

/// `COL=VALUE` apart.
fn filters(texts: &[String]) -> Result<Vec<(String, String)>, InputError> {
    let apart = |text: &String| {
        let (column, value) = text.split_once('=').ok_or_else(|| {
            Problem::error(Source::new("--where", "").whole(), "no column and value")
                .read(text)
                .allowed("COL=VALUE, such as age_group=All")
        })?;
        Ok((column.trim().to_owned(), value.trim().to_owned()))
    };
    texts.iter().map(apart).collect()
}

/// Whether two paths are one file, by whatever way they lead to it.
fn is_same(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// `import mhsds FILE` and `import FILE` both work: the first word is a kind if it names one and
/// no file is called so.
fn kind_and_files(words: &[PathBuf]) -> Result<(Option<Kind>, &[PathBuf]), InputError> {
    let Some((first, rest)) = words.split_first() else { return Ok((None, words)) };
    let word = first.to_string_lossy();
    let place = || Source::new(word.as_ref(), "").whole();
    let kinds: Vec<&str> = Kind::ALL.into_iter().map(|(name, _)| name).collect();
    match word.parse::<Kind>() {
        Ok(_) if rest.is_empty() && !first.exists() => {
            Err(Problem::error(place(), format!("`{word}` is a kind; name a file of it"))
                .suggest(format!("afterwave import {word} FILE"))
                .into())
        }
        Ok(kind) if !rest.is_empty() => Ok((Some(kind), rest)),
        _ if !first.exists() && first.extension().is_none() && !rest.is_empty() => {
            Err(Problem::error(place(), format!("`{word}` is neither a kind nor a file"))
                .choose(&word, kinds)
                .into())
        }
        _ => Ok((None, words)),
    }
}

/// Shown on a terminal only.
fn progress_bar(files: &[PathBuf]) -> ProgressBar {
    let size = files.iter().filter_map(|file| file.metadata().ok()).map(|data| data.len()).sum();
    let style = ProgressStyle::with_template("reading {bar:40} {percent:>3}%");
    ProgressBar::new(size).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn write(out: Option<&Path>, bytes: &[u8], import: &Imported, json: bool) -> anyhow::Result<()> {
    let out = out.filter(|path| !is_stdout(path));
    if let Some(path) = out {
        write_whole(path, bytes)?;
    }
    if json {
        return super::print_json(import);
    }
    if out.is_none() {
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(bytes)?;
        stdout.flush().context("cannot write to standard output")?;
    }
    Ok(())
}
