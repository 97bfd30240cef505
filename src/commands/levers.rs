//! `afterwave levers`: read, run each choice over every scenario, rank, say.

use crate::cli::levers::LeversArgs;
use crate::cli::line::CommandLine;
use crate::diagnostics::{InputError, Problem, Problems, Source};
use crate::evaluate::choices::aimed::aimed;
use crate::evaluate::choices::{Choice, compare, levers};
use crate::input::lever_file;
use crate::input::study::read_study;
use crate::output::files::Files;
use crate::output::levers as output;
use crate::output::record::NoMore;
use crate::study::Study;
use crate::study::figures::Figures;
use crate::study::lever::{Lever, counted_twice};

/// More choices than anybody reads.
const MOST_CHOICES: usize = 500;

/// Runs it.
pub(super) fn run(args: &LeversArgs, line: &CommandLine) -> anyhow::Result<()> {
    if args.library {
        let mut problems = Problems::default();
        let (library, _) = lever_file::read_levers(args.from.as_deref(), &mut problems);
        if problems.errors() > 0 {
            return Err(InputError(problems).into());
        }
        let mut library = lever_file::listing(library);
        for name in &args.lever {
            if library.iter().all(|lever| lever.name != *name) {
                let names = library.iter().map(|lever| lever.name.as_str());
                let problem = wrong("--lever", "not in the library").choose(name, names);
                return Err(InputError::from(problem).into());
            }
        }
        library.retain(|lever| args.lever.is_empty() || args.lever.contains(&lever.name));
        return if line.cli.json {
            super::print_json(&serde_json::to_value(&library)?)
        } else if !args.lever.is_empty() {
            super::print(&output::evidence(&library))
        } else {
            super::print(&output::library(&library, args.full))
        };
    }
    let folder = super::hold(line, "--out", &args.out)?;
    let mut inputs = args.input.inputs();
    inputs.library.clone_from(&args.from);
    inputs.levers.clone_from(&args.lever);
    for name in args.together.iter().flat_map(|together| names(together)) {
        if !inputs.levers.iter().any(|lever| lever == name) {
            inputs.levers.push(name.to_owned());
        }
    }
    let read = read_study(&inputs).map_err(InputError)?;
    super::warn(&read.warnings);
    let mut study = read.study;
    let known = levers(&study);
    let by = args.by.as_deref().map(|name| stratification(&study, name)).transpose()?;
    let mut choices = choices(args, &known, &study.figures)?;
    if let Some(by) = by {
        let more = choices.iter().filter(|choice| choice.levers.len() == 1);
        let more = more.flat_map(|choice| aimed(&study, &choice.levers[0], by));
        let more: Vec<_> = more.map(|lever| Choice { levers: vec![lever] }).collect();
        if more.is_empty() {
            return Err(InputError::from(
                wrong("--by", "none of the levers can be aimed")
                    .allowed(
                        "levers for everyone that reach a part of them (reach below 1) and don't \
                     make room for all",
                    )
                    .suggest(format!("--set lever.{}.reach=0.1", choices[0].name())),
            )
            .into());
        }
        choices.extend(more);
    }
    let ranked = super::with_threads(args.threads, || {
        let bar = super::run::progress();
        let ranked =
            compare(&mut study, &choices, &|share| bar.set_position((share * 100.0) as u64));
        bar.finish_and_clear();
        ranked
    })?;
    let mut files = Files::default();
    files.add("levers.csv", output::table(&study, &ranked));
    folder.replace(files, &super::inputs(line, &study.sources), &NoMore {})?;
    if line.cli.json {
        return super::print_json(&output::document(&study, &ranked));
    }
    super::print(&output::terminal(&study, &ranked, by, args.full))?;
    super::tell_words(&format!("levers.csv in {}", args.out.display()));
    Ok(())
}

/// The stratification that levers are aimed by.
fn stratification(study: &Study, name: &str) -> Result<usize, InputError> {
    let known = &study.pack.stratifications;
    known.iter().position(|own| own.id == name).ok_or_else(|| {
        wrong("--by", "the pack has no such strata")
            .choose(name, known.iter().map(|own| own.id.as_str()))
            .into()
    })
}

fn names(together: &str) -> impl Iterator<Item = &str> {
    together.split('+').map(str::trim).filter(|name| !name.is_empty())
}

/// Each lever alone, then those together that were asked for.
fn choices(
    args: &LeversArgs,
    known: &[Lever],
    figures: &Figures,
) -> Result<Vec<Choice>, InputError> {
    let wanted = |lever: &&Lever| args.lever.is_empty() || args.lever.contains(&lever.name);
    let mut alone: Vec<Lever> = known.iter().filter(wanted).cloned().collect();
    let mut combined: Vec<Vec<&Lever>> = Vec::new();
    for together in &args.together {
        // Every name is known: the study was read with it.
        let set: Vec<&Lever> =
            names(together).filter_map(|name| known.iter().find(|l| l.name == name)).collect();
        for lever in &set {
            if !alone.iter().any(|other| other.name == lever.name) {
                alone.push((*lever).clone());
            }
        }
        if set.len() < 2 {
            return Err(wrong("--together", "names fewer than two levers")
                .read(together)
                .suggest("--together vcse-hub+social-prescribing")
                .into());
        }
        if let Some([a, b]) = counted_twice(&set, figures) {
            return Err(wrong("--together", words_twice(a, b))
                .read(together)
                .allowed("one of the two, or an effect of your own for one")
                .suggest(format!("--set lever.{}.effect=LOW,CENTRAL,HIGH", b.name))
                .into());
        }
        combined.push(set);
    }
    if alone.is_empty() {
        return Err(wrong("levers", "the scenarios have no levers")
            .allowed("[[lever]] in a scenario, or --lever NAME; `levers --library` lists them")
            .suggest("--lever vcse-hub --lever social-prescribing")
            .into());
    }
    let mut choices: Vec<Choice> =
        alone.iter().map(|lever| Choice { levers: vec![lever.clone()] }).collect();
    let set = |levers: Vec<&Lever>| Choice { levers: levers.into_iter().cloned().collect() };
    choices.extend(combined.into_iter().map(set));
    if args.pairs {
        for (i, a) in alone.iter().enumerate() {
            let others = alone[i + 1..].iter().filter(|b| !a.counts_twice_with(b, figures));
            choices.extend(others.map(|b| set(vec![a, b])));
        }
    }
    let mut seen = Vec::new();
    choices.retain(|choice| {
        let mut names: Vec<String> = choice.levers.iter().map(|l| l.name.clone()).collect();
        names.sort();
        names.dedup();
        let is_new = names.len() == choice.levers.len() && !seen.contains(&names);
        seen.push(names);
        is_new
    });
    if choices.len() > MOST_CHOICES {
        return Err(wrong("--pairs", "too many choices to run")
            .read(choices.len().to_string())
            .allowed(format!("up to {MOST_CHOICES}"))
            .suggest("name the levers that matter with --lever")
            .into());
    }
    Ok(choices)
}

/// Why two levers are no sum.
pub(super) fn words_twice(a: &Lever, b: &Lever) -> String {
    format!(
        "the effects of `{}` and `{}` were measured as one: together they count it twice",
        a.name, b.name
    )
}

fn wrong(option: &str, message: impl Into<String>) -> Problem {
    Problem::error(Source::new(option, "").whole(), message)
}
