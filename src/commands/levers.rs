//! `afterwave levers`: read, run each choice over every scenario, rank, say.

use crate::cli::levers::LeversArgs;
use crate::cli::line::CommandLine;
use crate::cli::run::{ChartFormat, add_levers};
use crate::diagnostics::{InputError, Problem, Problems, Source};
use crate::evaluate::choices::aimed::aimed;
use crate::evaluate::choices::{Asked, Choice, Kind, compare, levers};
use crate::input::lever_file;
use crate::input::study::{Inputs, read_study};
use crate::output::files::Files;
use crate::output::levers as output;
use crate::output::record::NoMore;
use crate::study::Study;
use crate::study::figures::Figures;
use crate::study::lever::{Lever, counted_twice};
use crate::study::package::Package;

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
    let read = read_study(&inputs(args)).map_err(InputError)?;
    super::warn(&read.warnings);
    let mut study = read.study;
    let by = args.by.as_deref().map(|name| stratification(&study, name)).transpose()?;
    let mut choices = choices(args, &levers(&study), &read.packages, &study.figures)?;
    if let Some(by) = by {
        let more = choices.iter().filter(|choice| choice.kind() == Kind::Alone);
        let more = more.flat_map(|choice| aimed(&study, &choice.levers[0], by));
        let more: Vec<_> = more.map(|lever| Choice::of(vec![lever])).collect();
        if more.is_empty() {
            return Err(InputError::from(
                wrong("--by", "none of the levers can be aimed")
                    .allowed(
                        "levers for everyone that reach a part of them (reach below 1) and don't \
                     make room for all",
                    )
                    .suggest(format!("--set lever.{}.reach=0.1", choices[0].name)),
            )
            .into());
        }
        choices.extend(more);
    }
    if args.within.is_some() {
        check_budget(&study, &choices)?;
    }
    let asked = Asked { budget: args.within, by };
    let compared = super::with_threads(args.threads, || {
        let bar = super::progress();
        let compared = compare(&mut study, &choices, asked, &|share| {
            bar.set_position((share * 100.0) as u64);
        });
        bar.finish_and_clear();
        compared
    })?;
    let mut files = Files::default();
    files.add("levers.csv", output::table(&study, &compared));
    for format in ChartFormat::drawn(&[args.charts]) {
        for (name, bytes) in output::charts(&study, &compared, format)? {
            files.add(format!("charts/{name}"), bytes);
        }
    }
    folder.replace(files, &super::inputs(line, &study.sources), &NoMore {})?;
    if line.cli.json {
        return super::print_json(&output::document(&study, &compared));
    }
    super::print(&output::terminal(&study, &compared, by, args.full))?;
    super::tell_words(&format!("levers.csv and charts in {}", args.out.display()));
    Ok(())
}

/// Refuses a budget that can't be spent: for more areas than one, or on nothing with a price.
fn check_budget(study: &Study, choices: &[Choice]) -> Result<(), InputError> {
    let mut levers = choices.iter().flat_map(|choice| &choice.levers);
    let problem = if study.areas.len() > 1 {
        wrong("--within", "a budget is of one area")
            .read(format!("{} areas", study.areas.len()))
            .suggest(format!("--area {}", study.areas[0].id))
    } else if levers.all(|lever| !lever.has_price()) {
        let name = choices.first().map_or("NAME", |choice| &choice.levers[0].name);
        wrong("--within", "none of the levers has a price")
            .allowed("cost_a_year, cost_a_person or cost_a_reached of a lever at least")
            .suggest(format!("--set lever.{name}.cost_a_reached=POUNDS"))
    } else {
        return Ok(());
    };
    Err(problem.into())
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

/// What the command line names as inputs.
fn inputs(args: &LeversArgs) -> Inputs {
    let mut inputs = args.input.inputs();
    inputs.library.clone_from(&args.from);
    add_levers(&mut inputs, &args.lever);
    for name in args.together.iter().flat_map(|together| names(together)) {
        if !inputs.levers.iter().any(|lever| lever == name) {
            inputs.levers.push(name.to_owned());
        }
    }
    inputs.packages.clone_from(&args.package);
    inputs
}

/// Each lever alone, the packages, those together that were asked for, and all.
fn choices(
    args: &LeversArgs,
    known: &[Lever],
    packages: &[Package],
    figures: &Figures,
) -> Result<Vec<Choice>, InputError> {
    // Every name is known: the study was read with it.
    let named = |name: &str| known.iter().find(|lever| lever.name == name);
    let asked = inputs(args).levers;
    let mut alone: Vec<&Lever> = asked.iter().filter_map(|name| named(name)).collect();
    alone.extend(packages.iter().flat_map(|own| &own.levers).filter_map(|name| named(name)));
    if asked.is_empty() && packages.is_empty() {
        alone = known.iter().collect();
    }
    let mut told: Vec<&str> = Vec::new();
    alone.retain(|lever| {
        let is_new = !told.contains(&lever.name.as_str());
        told.push(&lever.name);
        is_new
    });
    if alone.is_empty() {
        return Err(wrong("levers", "the scenarios have no levers")
            .allowed("[[lever]] in a scenario, --package FILE, or --lever NAME; `levers --library` lists them")
            .suggest("--lever vcse-hub --lever social-prescribing")
            .into());
    }
    let set = |levers: Vec<&Lever>| Choice::of(levers.into_iter().cloned().collect());
    let mut choices: Vec<Choice> = alone.iter().map(|lever| set(vec![lever])).collect();
    for Package { name, levers, limits } in packages {
        let levers: Vec<&Lever> = levers.iter().filter_map(|name| named(name)).collect();
        measured_apart(&levers, figures, ("--package", name))?;
        if choices.iter().any(|choice| choice.name == *name) {
            return Err(wrong("--package", "the name is another choice's, too")
                .read(name)
                .suggest("name = \"winter plan\" in the package")
                .into());
        }
        let (name, limits) = (name.clone(), limits.clone());
        choices.push(Choice { name, is_package: true, limits, ..set(levers) });
    }
    for together in &args.together {
        let levers: Vec<&Lever> = names(together).filter_map(named).collect();
        if levers.len() < 2 {
            return Err(wrong("--together", "names fewer than two levers")
                .read(together)
                .suggest("--together vcse-hub+social-prescribing")
                .into());
        }
        measured_apart(&levers, figures, ("--together", together))?;
        choices.push(set(levers));
    }
    if args.pairs {
        for (i, a) in alone.iter().enumerate() {
            let others = alone[i + 1..].iter().filter(|b| !a.counts_twice_with(b, figures));
            choices.extend(others.map(|b| set(vec![a, b])));
        }
    }
    if args.within.is_some() {
        measured_apart(&alone, figures, ("--within", "the levers named"))?;
    }
    // All together, unless that would count an effect twice.
    if counted_twice(&alone, figures).is_none() {
        let all = set(alone);
        let name = if all.levers.len() > 2 { "all".to_owned() } else { all.name.clone() };
        choices.push(Choice { name, ..all });
    }
    let mut seen = Vec::new();
    choices.retain(|choice| {
        let mut names: Vec<String> = choice.levers.iter().map(|l| l.name.clone()).collect();
        names.sort();
        names.dedup();
        let is_new = names.len() == choice.levers.len() && !seen.contains(&names);
        seen.push(names);
        is_new || choice.is_package
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

/// Refuses levers together whose effects were measured as one.
fn measured_apart(
    levers: &[&Lever],
    figures: &Figures,
    (option, read): (&str, &str),
) -> Result<(), InputError> {
    let Some([a, b]) = counted_twice(levers, figures) else { return Ok(()) };
    Err(wrong(option, super::words_twice(a, b))
        .read(read)
        .allowed("one of the two, or an effect of your own for one")
        .suggest(format!("--set lever.{}.effect=LOW,CENTRAL,HIGH", b.name))
        .into())
}

fn wrong(option: &str, message: impl Into<String>) -> Problem {
    Problem::error(Source::new(option, "").whole(), message)
}
