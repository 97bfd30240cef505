//! `afterwave run`: read, project, write, say.

mod results;
mod switches;

use std::path::Path;

use crate::cli::line::CommandLine;
use crate::cli::run::RunArgs;
use crate::diagnostics::{InputError, Problem, Problems, Source};
use crate::evaluate::choices::knowing::Samples;
use crate::evaluate::choices::limits::staffing;
use crate::input::goals::{Goal, read_goals};
use crate::input::study::{Inputs, read_study};
use crate::input::text;
use crate::output::datapackage;
use crate::output::disclosure::{self, Control, Rules};
use crate::output::document::{About, Document};
use crate::output::fitted;
use crate::output::folder::Written;
use crate::output::goals as output_goals;
use crate::output::hub::Hub;
use crate::output::record::{NoMore, RECORD};
use crate::output::terminal::first::{self, Before};
use crate::output::words::counted;
use crate::projection::draws::every_line;
use crate::projection::measure::Measure;
use crate::projection::{project, project_each};
use crate::study::lever::{self, Lever};
use crate::study::package::Package;
use crate::study::{Study, Summaries};
use results::{Asked, Results, Text};
use switches::Switches;

/// The tables as one workbook.
const WORKBOOK: &str = "results.xlsx";

/// Runs it.
pub(super) fn run(args: &RunArgs, line: &CommandLine) -> anyhow::Result<()> {
    let folder = super::hold(line, "--out", &args.out)?;
    let inputs = Inputs { with_parts: true, ..args.inputs() };
    let mut read = read_study(&inputs).map_err(InputError)?;
    super::warn(&read.warnings);
    super::warn(&counted_twice(&read.study));
    super::warn(&unstaffed(&read.study, &read.packages));
    read.study.says_unchecked = args.full;
    let goals = goals(args, &mut read.study)?;
    let hub = super::hold_hub(line, &args.out, args.hub.as_ref())?;
    enough_draws(args, &read.study)?;
    let (told, control) = told(args, &read.study).unzip();
    let study = told.as_ref().unwrap_or(&read.study);
    let inputs = super::inputs(line, &read.study.sources);
    let before = before(args, &read.study)?;
    let asked = Asked {
        args,
        model: &read.study,
        study,
        inputs: &inputs,
        goals: &goals,
        before: before.as_ref(),
        is_json: line.cli.json,
    };
    let (written, said) = super::with_threads(args.threads, || {
        let bar = super::progress();
        let tick = |share: f64| bar.set_position((share * 100.0) as u64);
        let switches = Switches::of(args, (&read.study, study), control.as_ref(), &tick);
        let mut results = Results::new(asked, control.clone(), switches, folder.stage()?);
        project_each(&read.study, &tick, &mut |projection| results.add(projection))?;
        bar.finish_and_clear();
        let (files, withheld, said) = results.finish()?;
        let written = folder.replace(files, &inputs, &About::new(study, withheld.as_ref()))?;
        Ok::<_, anyhow::Error>((written, said))
    })??;
    if let Some(folder) = hub {
        let drawn = super::with_threads(args.threads, || every_line(&read.study))?;
        let files = Hub::of_run(study, &drawn, args.hub_samples, control.as_ref()).files(study)?;
        folder.replace(files, &inputs, &NoMore {})?;
    }
    if let Some(warning) = fitted::missed_warning(study, &said.missed) {
        super::tell_words(&format!("warning: {warning}"));
    }
    match said.text {
        Text::Json(digest) => {
            return super::print_json(&Document::new(study, *digest, &written.files));
        }
        Text::Words(text) => super::print(&text)?,
    }
    super::tell_words(&words(&written, args));
    Ok(())
}

/// The study as it may be told and what that is; none where everything is told, with a warning
/// where that may be too much.
fn told(args: &RunArgs, study: &Study) -> Option<(Study, Control)> {
    match args.disclosure.into() {
        Rules::NhsMh => Some(Control::new(study)),
        Rules::None => {
            if let Some(warning) = disclosure::warning(study) {
                super::tell_words(&format!("warning: {warning}"));
            }
            None
        }
    }
}

/// The run as it is without what `--set` changes, to be held beside it: on the same draws, for
/// each figure has its own stream. None where nothing is set or there is no room for it, or where the
/// inputs are no study without it.
fn before(args: &RunArgs, study: &Study) -> anyhow::Result<Option<Before>> {
    if args.input.options.set.is_empty() || args.full || !first::has_room(study) {
        return Ok(None);
    }
    // What --lever says of its reach stays.
    let inputs = args.inputs();
    let kept = inputs.settings[args.input.options.set.len()..].to_vec();
    let inputs = Inputs { settings: kept, ..inputs };
    let Ok(read) = read_study(&inputs) else { return Ok(None) };
    let mut before = Study { summaries: Summaries::Totals, ..read.study };
    let is_same_time =
        study.scenarios.iter().zip(&before.scenarios).all(|(own, was)| own.has_months_of(was));
    if !is_same_time {
        return Ok(None);
    }
    let mut projections = super::with_threads(args.threads, || {
        let bar = super::progress();
        let projections = project(&before, &|share| bar.set_position((share * 100.0) as u64));
        bar.finish_and_clear();
        projections
    })?;
    if let Some((study, mut control)) = told(args, &before) {
        for projection in &mut projections {
            control.apply(projection);
        }
        before = study;
    }
    Ok(Some(Before { study: before, projections }))
}

/// What was written, and what of the run before it was removed.
fn words(written: &Written, args: &RunArgs) -> String {
    let (names, removed) = (&written.files, written.removed);
    let charts = names.iter().filter(|name| name.contains("charts")).count();
    let is_page = |name: &&String| Path::new(name).extension().is_some_and(|end| end == "html");
    let pages = names.iter().filter(is_page).count();
    let is_other = |name: &&String| {
        let others = [RECORD, datapackage::NAME, WORKBOOK];
        Path::new(name).file_name().is_some_and(|own| others.iter().any(|other| own == *other))
    };
    let others = names.iter().filter(is_other).count();
    let mut text = format!(
        "{} and {} in {}",
        counted(names.len() - charts - pages - others, "table"),
        counted(charts, "chart"),
        args.out.display()
    );
    let mut found = names.iter().filter(is_page);
    match (pages, found.next()) {
        (1, Some(_)) => text = format!("{text}, report.html to read and to move"),
        (2.., _) => text = format!("{text}, and {} of areas", counted(pages, "page")),
        _ => {}
    }
    if removed > 0 {
        let files = counted(removed, "file");
        text = format!("{text}; removed {files} that only the run before it wrote");
    }
    if args.full { text } else { format!("{text}; more: --full") }
}

/// Warns of levers of one scenario whose effect was measured as one.
fn counted_twice(study: &Study) -> Problems {
    let mut problems = Problems::default();
    for scenario in &study.scenarios {
        let levers: Vec<&Lever> = scenario.levers.iter().collect();
        if let Some([a, b]) = lever::counted_twice(&levers, &study.figures) {
            let place = Source::new(scenario.id.clone(), "").whole();
            problems.push(
                Problem::warning(place, super::words_twice(a, b))
                    .allowed("one of the two, or an effect of your own for one"),
            );
        }
    }
    problems
}

/// Warns of packages that the staff there is can't be enough for.
fn unstaffed(study: &Study, packages: &[Package]) -> Problems {
    let mut problems = Problems::default();
    let limited: Vec<&Package> =
        packages.iter().filter(|package| !package.limits.staff.is_empty()).collect();
    if limited.is_empty() {
        return problems;
    }
    let samples = Samples::new(study);
    for package in limited {
        let all = study.scenarios.first().map_or(&[][..], |scenario| &scenario.levers);
        let own = all.iter().filter(|lever| package.levers.contains(&lever.name));
        let own: Vec<Lever> = own.cloned().collect();
        for year in staffing(study, &own, &package.limits, &samples) {
            if !year.is_likely() {
                let place = Source::new(package.name.clone(), "").whole();
                problems.push(
                    Problem::warning(place, format!("can't be staffed in {}", year.year))
                        .read(format!("levers that take {:.1} posts", year.wanted.median()))
                        .allowed(format!("{:.1}, as [[staff]] has it", year.there)),
                );
            }
        }
    }
    problems
}

/// No more draws are told in a hub than there are.
fn enough_draws(args: &RunArgs, study: &Study) -> Result<(), InputError> {
    let (asked, count) = (args.hub_samples, study.draws.count);
    if asked <= count {
        return Ok(());
    }
    let problem =
        Problem::error(Source::new("--hub-samples", "").whole(), "more draws than the run has");
    Err(problem.read(asked.to_string()).allowed(format!("up to --draws, {count}")).into())
}

/// The goals to hold results against, if a file is named.
fn goals(args: &RunArgs, study: &mut Study) -> Result<Vec<Goal<Measure>>, InputError> {
    let Some(path) = &args.goals else { return Ok(Vec::new()) };
    let source = text::read_table("--goals", path)?;
    let mut problems = Problems::default();
    let goals = read_goals(&source, study, &output_goals::measures(), &mut problems);
    study.sources.push(source);
    problems.stop_on_errors()?;
    super::warn(&problems);
    Ok(goals)
}
