//! `afterwave check`: every problem of every input at once.

use serde::Serialize;

use crate::cli::check::CheckArgs;
use crate::diagnostics::{InputError, Problems};
use crate::input::study::{Inputs, read_study};

/// Runs it.
pub(super) fn run(args: &CheckArgs, json: bool) -> anyhow::Result<()> {
    let problems = match read_study(&inputs(args)) {
        Ok(read) => read.warnings,
        Err(problems) => problems,
    };
    if json {
        let (errors, warnings) = (problems.errors(), problems.warnings());
        super::print_json(&Found { errors, warnings, problems: &problems })?;
        return if problems.errors() == 0 {
            Ok(())
        } else {
            Err(InputError(Problems::default()).into())
        };
    }
    if problems.errors() > 0 {
        return Err(InputError(problems).into());
    }
    super::warn(&problems);
    super::print(if problems.is_empty() {
        "all inputs are sound\n"
    } else {
        "all inputs can be used; what they are warned of above is theirs to mend or to mean\n"
    })
}

/// What was found, as one document.
#[derive(Serialize)]
struct Found<'a> {
    errors: usize,
    warnings: usize,
    problems: &'a Problems,
}

/// Files are told apart by their kind: a folder or workbook is a pack, a CSV a baseline.
fn inputs(args: &CheckArgs) -> Inputs {
    let mut inputs = args.input.inputs();
    inputs.scenarios.clear();
    for file in &args.input.scenarios {
        let path = std::path::Path::new(file);
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("csv" | "gz" | "zip") => inputs.baseline = Some(path.to_owned()),
            Some("xlsx") => inputs.pack = Some(file.clone()),
            _ if path.join("pack.toml").exists() => inputs.pack = Some(file.clone()),
            _ => inputs.scenarios.push(file.clone()),
        }
    }
    inputs
}
