//! `afterwave fit`: read, condition, hold against later months, write a pack, say.

use std::path::Path;

use crate::cli::fit::FitArgs;
use crate::diagnostics::{InputError, Problem, Problems, Source};
use crate::evaluate::backtest::{hindcasts, tabulate};
use crate::evaluate::fit::{self, Fit};
use crate::input::builtin;
use crate::input::study::read_study;
use crate::month::Month;
use crate::output::files::Files;
use crate::output::scores::{self, Backtest};
use crate::output::{fitted, scores as score_tables};
use crate::projection::draws::{self, Drawn};
use crate::study::Study;

/// The scenario of a fit that names none.
const DEFAULT_SCENARIO: &str = "multiple-waves";

/// Runs it.
pub(super) fn run(args: &FitArgs, json: bool) -> anyhow::Result<()> {
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
    let name = args.out.file_name().map_or("fitted".into(), |name| name.to_string_lossy());
    let (fit, conditioned, held_out) = super::with_threads(args.threads, || {
        let fit = fit::fit(&study, args.until)?;
        let conditioned = fit::conditioned(&study, &fit);
        let held_out = held_out(&study, &fit, &name, &conditioned);
        Ok::<_, fit::FitError>((fit, conditioned, held_out))
    })?
    .map_err(|error| {
        refused("--until", &args.until.to_string(), &format!("months with counts: {error}"))
    })?;
    let mut files = Files::default();
    files.add("pack.toml", fitted::pack_toml(&study, &fit, &name, &whole(&pack)));
    files.add("figures.csv", fitted::figures_csv(&study, &fit));
    let scenario_file = format!("{}-fitted.toml", study.scenarios[0].id);
    files.add(&scenario_file, fitted::scenario_toml(&study, &fit, &whole(scenario)));
    files.add("fit.csv", fitted::csv(&study, &fit));
    files.add("conditioned.csv", fitted::conditioned_csv(&study, &conditioned));
    if !held_out[0].hindcasts.is_empty() {
        files.add("held-out.csv", score_tables::csv(&held_out));
    }
    files.write_to(&args.out)?;
    let names: Vec<String> =
        files.names().map(|name| args.out.join(name).display().to_string()).collect();
    if json {
        let scores = scores::json(&held_out, &[])["scores"].take();
        return super::print_json(&fitted::json(&study, &fit, &scores, &names));
    }
    let mut text = fitted::text(&study, &fit);
    if !held_out[0].hindcasts.is_empty() {
        text.push_str(
            "\nMonths the fit did not see: without it, with its ranges, and as its particles have\n\
             them, with what they learnt of the errors of the underlying forecast (conditioned):\n",
        );
        text.push_str(&scores::text(&held_out));
    }
    super::print(&text)?;
    let out = args.out.display();
    eprintln!("a pack in {out}: afterwave run {out}/{scenario_file} --pack {out}");
    Ok(())
}

/// Months after the last one used, scored without the fit, with its ranges, and as the particles
/// have them.
fn held_out(study: &Study, fit: &Fit, name: &str, conditioned: &[Drawn]) -> [Backtest; 3] {
    let named = |mut study: Study, name: &str| {
        name.clone_into(&mut study.pack.name);
        study
    };
    let fitted = named(fit::applied(study, fit), name);
    let particles = named(study.clone(), "conditioned");
    [
        score(study.clone(), &draws::referrals(study), fit.until),
        score(fitted.clone(), &draws::referrals(&fitted), fit.until),
        score(particles, conditioned, fit.until),
    ]
}

fn score(study: Study, drawn: &[Drawn], until: Month) -> Backtest {
    let hindcasts = hindcasts(&study, drawn, until);
    Backtest { rows: tabulate(&hindcasts), hindcasts, study }
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
