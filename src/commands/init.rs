//! `afterwave init`: the built-in inputs, or a workbook, as files to edit.

use std::collections::BTreeMap;

use crate::cli::init::InitArgs;
use crate::cli::line::CommandLine;
use crate::diagnostics::{InputError, Problem, Problems, Source};
use crate::input::builtin;
use crate::input::pack::read_workbook;
use crate::output::files::Files;
use crate::output::pack::workbook_to_pack;
use crate::output::record::NoMore;

/// What a newcomer reads first in a workspace.
const READ_ME: &str = "\
# An afterwave workspace

| folder | what is in it |
| --- | --- |
| `scenarios/` | one course of the epidemic a file (TOML); copy one and change it |
| `data/packs/` | drivers, groups, conditions, services and every figure with its source (CSV) |
| `data/baselines/` | observed referrals by month (CSV) |
| `data/network/` | services, routes and arrivals for `afterwave network` (CSV) |
| `schema/` | what scenarios and pack.toml may hold, for editors that complete and check TOML |

From this folder:

    afterwave check scenarios/two-waves.toml data/packs/informed
    afterwave run scenarios/*-wave*.toml --pack data/packs/informed --baseline data/baselines/england.csv
    afterwave network data/network --from afterwave-out

To use your own referrals, write `month,service,referrals` (or a column per service) and give the
file to `--baseline`. A figure of your own is a row in `data/packs/informed/figures.csv`: low,
central and high are its 5th, 50th and 95th percentile.
";

/// Runs it.
pub(super) fn run(args: &InitArgs, line: &CommandLine) -> anyhow::Result<()> {
    let folder = super::hold(line, "DIR", &args.dir)?;
    let mut read = Vec::new();
    let files = match &args.from {
        Some(path) => {
            let mut problems = Problems::default();
            let workbook = read_workbook(path, &mut problems);
            let Some((workbook, source)) = workbook else {
                return Err(InputError(problems).into());
            };
            super::warn(&problems);
            read.push(source);
            workbook_to_pack(&workbook)
        }
        None => built_in(),
    };
    if !line.cli.force {
        refuse_to_overwrite(args, &files)?;
    }
    let written = folder.replace(files, &super::inputs(line, &read), &NoMore {})?;
    if line.cli.json {
        return super::print_json(&BTreeMap::from([("files", written.files)]));
    }
    let next = if args.from.is_some() {
        format!("afterwave run --pack {}", args.dir.display())
    } else {
        format!("read {}", args.dir.join("README.md").display())
    };
    super::print(&format!("wrote {} files; next: {next}\n", written.files.len()))
}

fn built_in() -> Files {
    let mut files = Files::default();
    files.add("README.md", READ_ME);
    for (path, text) in builtin::files() {
        files.add(path, schema_line(path) + text);
    }
    for (path, text) in builtin::SCHEMAS {
        files.add(path.trim_start_matches("docs/"), *text);
    }
    files
}

/// The line by which an editor finds the schema of a TOML file.
fn schema_line(path: &str) -> String {
    let name = match path.rsplit_once('.') {
        Some((rest, "toml")) if rest.ends_with("/pack") => "pack",
        Some((_, "toml")) => "scenario",
        _ => return String::new(),
    };
    let up = "../".repeat(path.matches('/').count());
    format!("#:schema {up}schema/{name}.json\n")
}

/// A workspace someone has edited is never overwritten by accident.
fn refuse_to_overwrite(args: &InitArgs, files: &Files) -> Result<(), InputError> {
    let there: Vec<String> = files
        .names()
        .filter(|name| args.dir.join(name).exists())
        .map(|name| name.display().to_string())
        .collect();
    let Some(first) = there.first() else { return Ok(()) };
    let place = Source::new(args.dir.display().to_string(), "").whole().cell("DIR");
    let message = match there.len() {
        1 => format!("{first} is there already"),
        count => format!("what is to be written is there already: {count} files"),
    };
    let problem = Problem::error(place, message).read(there.join(", "));
    Err(problem.suggest("another DIR, or --force").into())
}
