//! One file per verb; each reads as the story of that verb. Only here are files written and the
//! terminal spoken to.

mod areas;
mod backtest;
mod check;
mod explain;
mod fit;
mod import;
mod init;
mod learn;
mod levers;
mod network;
mod rerun;
mod run;
mod shell;
mod sweep;
mod verify;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::Command;
use crate::cli::line::CommandLine;
use crate::diagnostics::{InputError, Problem, Problems, Source};
use crate::escape;
use crate::output::folder::{Former, ResultsFolder};
use crate::output::record::InputHash;
use crate::output::words::wrapped;
use crate::study::lever::Lever;

/// Whether only errors are to be heard; set once, before anything is said.
static QUIET: AtomicBool = AtomicBool::new(false);

fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Runs one command.
pub fn run(line: &CommandLine) -> anyhow::Result<()> {
    let cli = &line.cli;
    QUIET.store(cli.quiet, Ordering::Relaxed);
    match &cli.command {
        Command::Run(args) => run::run(args, line),
        Command::Sweep(args) => sweep::run(args, cli.json),
        Command::Check(args) => check::run(args, cli.json),
        Command::Explain(args) => explain::run(args, line),
        Command::Areas(args) => areas::run(args, cli.json),
        Command::Init(args) => init::run(args, line),
        Command::Import(args) => import::run(args, cli.json),
        Command::Backtest(args) => backtest::run(args, line),
        Command::Fit(args) => fit::run(args, line),
        Command::Learn(args) => learn::run(args, cli.json),
        Command::Levers(args) => levers::run(args, line),
        Command::Network(args) => network::run(args, line),
        Command::Rerun(args) => rerun::run(args, line),
        Command::Verify(args) => verify::run(args, line),
        Command::Completions(args) => shell::completions(args),
        Command::Man(args) => shell::man(args, line),
    }
}

/// Holds the folder that `option` names for results, before the work.
fn hold(line: &CommandLine, option: &str, path: &Path) -> anyhow::Result<ResultsFolder> {
    let former = match line.gives(option) {
        _ if line.cli.force => Former::Anything,
        true => Former::SameStudy,
        // Nobody chose the folder to keep a study in.
        false => Former::SameCommand,
    };
    ResultsFolder::hold(option, path, former, line.made())
}

/// Holds the folder of a hub, if one is named: apart from that of the results, which is replaced whole.
fn hold_hub(
    line: &CommandLine,
    out: &Path,
    hub: Option<&PathBuf>,
) -> anyhow::Result<Option<ResultsFolder>> {
    let Some(hub) = hub else { return Ok(None) };
    let [whole, own] = [out, hub.as_path()].map(std::path::absolute);
    let (whole, own) = (whole?, own?);
    if own.starts_with(&whole) || whole.starts_with(&own) {
        let place = Source::new("--hub", "").whole();
        let problem =
            Problem::error(place, "a hub lies apart from the results, which are replaced whole")
                .read(hub.display().to_string())
                .allowed("a folder neither within --out nor around it");
        return Err(InputError::from(problem).into());
    }
    hold(line, "--hub", hub).map(Some)
}

/// The files among what was read, each once, with what named it.
fn inputs<'a>(line: &CommandLine, read: impl IntoIterator<Item = &'a Source>) -> Vec<InputHash> {
    let hashes = read.into_iter().filter_map(|source| Some((&*source.name, source.sha256()?)));
    let by_name: BTreeMap<&str, String> = hashes.collect();
    let input = |(name, sha256): (&str, String)| InputHash {
        role: line.role(name),
        name: name.to_owned(),
        sha256,
    };
    by_name.into_iter().map(input).collect()
}

/// Text to standard output.
fn print(text: &str) -> anyhow::Result<()> {
    if is_quiet() {
        return Ok(());
    }
    std::io::stdout().lock().write_all(escape::terminal(text).as_bytes())?;
    Ok(())
}

/// A JSON document as text.
fn json_text(document: &impl serde::Serialize) -> anyhow::Result<String> {
    Ok(escape::json(&serde_json::to_string_pretty(document)?).into_owned() + "\n")
}

/// One JSON document to standard output.
fn print_json(document: &impl serde::Serialize) -> anyhow::Result<()> {
    print(&json_text(document)?)
}

/// What the user should know, to standard error.
fn warn(problems: &Problems) {
    if !problems.is_empty() {
        tell_styled(&problems.render(true));
    }
}

/// A word beside the results, to standard error; nobody need be listening any more.
fn tell(text: &str) {
    tell_styled(&escape::terminal(text));
}

/// The same of a text with styles of ours, which is safe already.
fn tell_styled(text: &str) {
    if is_quiet() {
        return;
    }
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// The same of words only: in lines that fit a terminal.
fn tell_words(text: &str) {
    tell(wrapped(text, "", "  ").trim_end());
}

/// The share done of a projection, on a terminal.
fn progress() -> ProgressBar {
    if is_quiet() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(100);
    if let Ok(style) = ProgressStyle::with_template("projecting {bar:40} {percent}% {elapsed}") {
        bar.set_style(style);
    }
    bar
}

/// Does `work` on a pool of `threads` threads, or on all of them.
fn with_threads<T: Send>(
    threads: Option<u16>,
    work: impl FnOnce() -> T + Send,
) -> anyhow::Result<T> {
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(threads.map_or(0, usize::from)).build()?;
    Ok(pool.install(work))
}

/// Why two levers are no sum.
fn words_twice(a: &Lever, b: &Lever) -> String {
    format!(
        "the effects of `{}` and `{}` were measured as one: together they count it twice",
        a.name, b.name
    )
}
