//! `afterwave rerun`: read the record, check the inputs, do the same again, compare.

use std::path::Path;

use crate::checksum::sha256_of_file;
use crate::cli::line::CommandLine;
use crate::cli::rerun::RerunArgs;
use crate::diagnostics::{InputError, Problem, Problems, Source};
use crate::input::builtin;
use crate::output::folder::some_of;
use crate::output::record::{InputHash, RECORD, Recorded};
use crate::output::words::counted;

/// Runs it.
pub(super) fn run(args: &RerunArgs, line: &CommandLine) -> anyhow::Result<()> {
    let path = if args.record.is_dir() { args.record.join(RECORD) } else { args.record.clone() };
    let record = Recorded::read(&path).map_err(InputError::from)?;
    let mut problems = Problems::default();
    for input in &record.inputs {
        if let Some(problem) = changed(input, &record) {
            problems.push(problem);
        }
    }
    problems.stop_on_errors()?;
    let wrong = |words: String| {
        let place = Source::new(path.display().to_string(), "").whole();
        InputError::from(Problem::error(place, "is no record that can be repeated").read(words))
    };
    let again =
        line.again(&record.made, args.out.as_deref()).map_err(|error| wrong(error.to_string()))?;
    let Some(out) = again.cli.command.folder().map(Path::to_owned) else {
        return Err(wrong(record.made.arguments.join(" ")).into());
    };
    super::run(&again)?;
    let Some(new) = Recorded::of(&out) else {
        anyhow::bail!("{} holds no record after the run", out.display());
    };
    let names = record.files.keys().chain(new.files.keys());
    let mut others: Vec<String> = names
        .filter(|name| record.files.get(*name) != new.files.get(*name))
        .map(|name| name.display().to_string())
        .collect();
    others.sort();
    others.dedup();
    if others.is_empty() {
        let files = counted(new.files.len(), "file");
        super::tell_words(&format!("{files} in {}, the same bytes as recorded", out.display()));
        return Ok(());
    }
    let version = env!("CARGO_PKG_VERSION");
    let by = if record.afterwave == version {
        String::new()
    } else {
        format!(" (recorded by afterwave {}, this is {version})", record.afterwave)
    };
    anyhow::bail!("not the same as recorded{by}: {}", some_of(&others))
}

/// What is wrong with an input that is not as it was.
fn changed(input: &InputHash, record: &Recorded) -> Option<Problem> {
    let mut place = Source::new(&*input.name, "").whole();
    if let Some(role) = &input.role {
        place = place.cell(role);
    }
    let now = match builtin::sha256(&input.name) {
        Some(hash) => Ok(hash),
        None => sha256_of_file(Path::new(&input.name)),
    };
    match now {
        Ok(hash) if hash == input.sha256 => None,
        Ok(hash) => Some(
            Problem::error(place, "has changed since the results were made")
                .read(hash)
                .allowed(format!("a file with the hash {}", input.sha256))
                .suggest(format!(
                    "the file as it was, or the command with the new one: afterwave {}",
                    record.made.arguments.join(" ")
                )),
        ),
        Err(error) => Some(
            crate::input::text::unreadable(Path::new(&input.name), &place, &error)
                .allowed("inputs where they were, seen from the folder the command was run in"),
        ),
    }
}
