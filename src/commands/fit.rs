//! `afterwave fit`: read, condition, hold against later months, write a pack, say.

use std::path::Path;

use crate::cli::fit::FitArgs;
use crate::cli::run::OptionArgs;
use crate::diagnostics::{InputError, Problem, Problems, Source};
use crate::draw::LANES;
use crate::evaluate::backtest::{hindcasts, tabulate};
use crate::evaluate::fit;
use crate::input::builtin;
use crate::input::study::read_study;
use crate::month::Month;
use crate::output::files::{Files, check_folder};
use crate::output::scores::{self, Backtest};
use crate::output::table::{self, csv::Csv};
use crate::output::{fitted, scores as score_tables};
use crate::projection::draws::{self, Drawn};
use crate::study::Study;

/// The scenario of a fit that names none.
const DEFAULT_SCENARIO: &str = "multiple-waves";

/// A larger block than a fit takes and frees again, many thousand times.
const LARGE: usize = 24 << 20;

/// Runs it.
pub(super) fn run(args: &FitArgs, json: bool) -> anyhow::Result<()> {
    // The allocator of glibc gives what is freed back to the kernel and takes it again page by
    // page, unless it has seen a larger block come and go: that costs a fit half its time.
    drop(std::hint::black_box(Vec::<u8>::with_capacity(LARGE)));
    check_folder("--out", &args.out)?;
    keep_packs(&args.out)?;
    let mut inputs = args.input.inputs();
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
    let read = read_study(&inputs).map_err(InputError)?;
    super::warn(&read.warnings);
    let study = read.study;
    if let Some(posterior) = study.figures.posterior() {
        let allowed = "a pack that is not fitted: the months would count twice; fit the one it \
                       extends, up to the later month";
        return Err(refused("--pack", &posterior.pack, allowed).into());
    }
    let draws = study.draws.count;
    if draws < LANES {
        let allowed = format!("{LANES} or more: each is a particle");
        return Err(refused("--draws", &draws.to_string(), &allowed).into());
    }
    let name = args.out.file_name().map_or("fitted".into(), |name| name.to_string_lossy());
    let (fit, conditioned, held_out) = super::with_threads(args.threads, || {
        let fit = fit::fit(&study, args.until)?;
        let mut applied = fit::applied(&study, &fit);
        let own = std::mem::replace(&mut applied.pack.name, name.clone().into_owned());
        applied.pack.extends.push(own);
        let conditioned = draws::referrals(&applied);
        let unfitted = draws::referrals(&study);
        let held_out =
            [score(study.clone(), &unfitted, fit.until), score(applied, &conditioned, fit.until)];
        Ok::<_, fit::FitError>((fit, conditioned, held_out))
    })?
    .map_err(|error| refused("--until", &args.until.to_string(), &error.to_string()))?;
    let mut files = Files::default();
    let posterior = fitted::posterior_csv(&fit);
    let names = (&*name, &*whole(&pack));
    files.add("pack.toml", fitted::pack_toml(&study, &fit, names, &posterior));
    files.add("figures.csv", fitted::figures_csv(&study, &fit));
    let scenario_file = format!("{}-fitted.toml", study.scenarios[0].id);
    files.add(&scenario_file, fitted::scenario_toml(&study, &fit, &whole(scenario)));
    files.add("posterior.csv", posterior);
    files.add("fit.csv", fitted::csv(&study, &fit));
    let (file, bytes) = table::file(&fitted::Conditioned, &(&study, &conditioned[..]), &Csv)?;
    files.add(file, bytes);
    // Without a later month a header alone, so that no scores of another fit stand there.
    files.add("held-out.csv", score_tables::csv(&held_out));
    files.write_to(&args.out)?;
    let names: Vec<String> =
        files.names().map(|name| args.out.join(name).display().to_string()).collect();
    if json {
        let scores = scores::json(&held_out, &[])["scores"].take();
        return super::print_json(&fitted::json(&study, &fit, &scores, &names));
    }
    let mut text = fitted::text(&study, &fit, args.full);
    if !held_out[0].hindcasts.is_empty() {
        text.push_str("\nMonths the fit did not see, without it and with it:\n");
        text.push_str(&scores::text(&held_out, args.full));
    }
    super::print(&text)?;
    let out = args.out.display();
    super::tell_words(&format!("a pack in {out}; to run with it:"));
    let given = same_inputs(&args.input.options);
    let scenario = quoted(&args.out.join(scenario_file).display());
    super::tell(&format!("  afterwave run {scenario} --pack {}{given}", quoted(&out)));
    Ok(())
}

/// Refuses a folder that holds a pack, or a part of one, that no fit wrote.
fn keep_packs(folder: &Path) -> Result<(), InputError> {
    let is_there = |name: &str| folder.join(name).exists();
    let text = std::fs::read_to_string(folder.join("pack.toml")).unwrap_or_default();
    let is_fitted = text.parse::<toml::Table>().is_ok_and(|pack| pack.contains_key("posterior"));
    if is_fitted || !(is_there("pack.toml") || is_there("figures.csv")) {
        return Ok(());
    }
    let place = Source::new("--out", "").whole();
    let problem = Problem::error(place, "the folder holds a pack that no fit wrote")
        .read(folder.display().to_string())
        .allowed("a new or empty folder, or that of an earlier fit, which is written anew")
        .suggest(folder.join("fitted").display().to_string());
    Err(problem.into())
}

/// Months after the last one used, held against what came.
fn score(study: Study, drawn: &[Drawn], until: Month) -> Backtest {
    let hindcasts = hindcasts(&study, drawn, until);
    Backtest { rows: tabulate(&hindcasts), hindcasts, study }
}

/// The options that name what was fitted: without them another baseline and area would be run.
fn same_inputs(options: &OptionArgs) -> String {
    let files = [("--baseline", &options.baseline), ("--capacity", &options.capacity)];
    let files = files.into_iter().filter_map(|(option, file)| {
        Some(format!(" {option} {}", quoted(&file.as_ref()?.display())))
    });
    files.chain(options.area.iter().map(|area| format!(" --area {}", quoted(area)))).collect()
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
