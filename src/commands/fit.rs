//! `afterwave fit`: read, carry on, hold against later months, write a pack, say.

use std::path::Path;

use crate::cli::fit::FitArgs;
use crate::cli::line::CommandLine;
use crate::cli::run::OptionArgs;
use crate::diagnostics::{InputError, Problem, Problems, Source};
use crate::evaluate::backtest::{hindcasts, tabulate};
use crate::evaluate::fit;
use crate::input::builtin;
use crate::input::study::read_study;
use crate::output::files::Files;
use crate::output::fitted;
use crate::output::record::NoMore;
use crate::output::scores::{self, Backtest};
use crate::output::table::{self, csv::Csv};

/// The scenario of a fit that names none.
const DEFAULT_SCENARIO: &str = "multiple-waves";

/// Runs it.
pub(super) fn run(args: &FitArgs, line: &CommandLine) -> anyhow::Result<()> {
    let folder = super::hold(line, "--out", &args.out)?;
    let mut inputs = args.input.inputs();
    inputs.only_scored = true;
    if inputs.scenarios.is_empty() {
        inputs.scenarios.push(DEFAULT_SCENARIO.to_owned());
    }
    let [scenario] = inputs.scenarios.as_slice() else {
        return Err(refused("SCENARIO", &inputs.scenarios.join(" "), "one scenario").into());
    };
    let pack = inputs.pack.clone().unwrap_or_else(|| builtin::DEFAULT_PACK.to_owned());
    if Path::new(&pack).is_file() {
        let allowed = "a pack folder or a built-in pack: a workbook has no waves to fit";
        return Err(refused("--pack", &pack, allowed).into());
    }
    if args
        .out
        .canonicalize()
        .is_ok_and(|out| Path::new(&pack).canonicalize().is_ok_and(|own| own == out))
    {
        let allowed = "a folder of its own for the fitted pack: it would extend itself";
        return Err(refused("--out", &pack, allowed).into());
    }
    let read = read_study(&inputs).map_err(InputError)?;
    super::warn(&read.warnings);
    let study = read.study;
    if study.observed.is_some() {
        let allowed = "a pack that is not fitted: fit the one it extends, up to the later month";
        return Err(refused("--pack", &study.pack.name, allowed).into());
    }
    let name = args.out.file_name().map_or("fitted".into(), |name| name.to_string_lossy());
    let (fit, held_out) = super::with_threads(args.threads, || {
        let fit = fit::fit(&study, args.until)?;
        let hindcasts = hindcasts(&fit.study, &fit.fitted, Some(&fit.unfitted), fit.until);
        let mut study = fit.study.clone();
        let own = std::mem::replace(&mut study.pack.name, name.clone().into_owned());
        study.pack.extends.push(own);
        Ok::<_, fit::FitError>((fit, [Backtest { rows: tabulate(&hindcasts), hindcasts, study }]))
    })?
    .map_err(|error| refused("--until", &args.until.to_string(), &error.to_string()))?;
    let mut files = Files::default();
    files.add("pack.toml", fitted::pack_toml(&fit, (&name, &whole(&pack))));
    files.add(
        "counted.csv",
        fit.study.observed.as_ref().map_or_else(String::new, fitted::counted_csv),
    );
    files.add("fit.csv", fitted::csv(&fit));
    let (file, bytes) = table::file(&fitted::Conditioned, &fit, &Csv)?;
    files.add(file, bytes);
    // Without a later month a header alone, so that no scores of another fit stand there.
    files.add("held-out.csv", scores::csv(&held_out));
    let written = folder.replace(files, &super::inputs(line, &study.sources), &NoMore {})?;
    if let Some(warning) = fitted::warning(&fit) {
        super::tell_words(&format!("warning: {warning}"));
    }
    if line.cli.json {
        return super::print_json(&fitted::document(&fit, &held_out, &written.files));
    }
    let mut text = fitted::text(&fit, args.full);
    if !held_out[0].hindcasts.is_empty() {
        text.push_str("Months the fit did not see:\n");
        text.push_str(&scores::text(&held_out, (!args.full).then_some(1)));
    }
    super::print(&text)?;
    let out = args.out.display();
    super::tell_words(&format!("a pack in {out}; to run with it:"));
    let given = same_inputs(&args.input.options);
    super::tell(&format!("  afterwave run {} --pack {}{given}", quoted(scenario), quoted(&out)));
    Ok(())
}

/// The options that name what was fitted: without them another baseline and area would be run.
fn same_inputs(options: &OptionArgs) -> String {
    let files = [("--baseline", &options.baseline), ("--capacity", &options.capacity)];
    let files = files.into_iter().filter_map(|(option, file)| {
        Some(format!(" {option} {}", quoted(&file.as_ref()?.display())))
    });
    let areas = options.area.iter().map(|area| format!(" --area {}", quoted(area)));
    let settings = options.set.iter().map(|setting| format!(" --set {}", quoted(setting)));
    files.chain(areas).chain(settings).collect()
}

/// An argument as a shell takes it in one piece.
fn quoted(argument: &dyn std::fmt::Display) -> String {
    let argument = argument.to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+:@%".contains(c);
    if argument.chars().all(is_plain) {
        argument
    } else {
        format!("'{}'", argument.replace('\'', "'\\''"))
    }
}

/// A file by its whole path, so that it is found from anywhere; a built-in name as it is.
fn whole(name: &str) -> String {
    let path = Path::new(name).canonicalize();
    path.map_or_else(|_| name.to_owned(), |path| path.display().to_string())
}

fn refused(option: &str, read: &str, allowed: &str) -> InputError {
    let mut problems = Problems::default();
    problems.push(
        Problem::error(Source::new(option, "").whole(), "can't be fitted")
            .read(read)
            .allowed(allowed),
    );
    InputError(problems)
}
