//! `afterwave learn`: read, search, write a table, say.

use crate::cli::learn::LearnArgs;
use crate::diagnostics::{InputError, Problem, Problems, Source};
use crate::evaluate::learn::learn;
use crate::input::study::read_study;
use crate::output::files::{check_file, write_whole};
use crate::output::learnt;
use crate::study::Study;

/// Runs it.
pub(super) fn run(args: &LearnArgs, json: bool) -> anyhow::Result<()> {
    check_file("--out", &args.out).map_err(InputError::from)?;
    let read = read_study(&args.inputs()).map_err(InputError)?;
    super::warn(&read.warnings);
    let study = read.study;
    let service = service(args, &study)?;
    let folds = usize::from(args.folds);
    let lesson = super::with_threads(args.threads, || learn(&study, service, args.until, folds))?;
    let Some(lesson) = lesson else {
        let name = &study.pack.services[service].id;
        let allowed = format!("a baseline with {name} of {folds} areas or more, or fewer --folds");
        let problem =
            Problem::error(Source::new("BASELINE", "").whole(), "too few areas to learn of")
                .read(args.baseline.display().to_string())
                .allowed(allowed);
        return Err(refused(problem).into());
    };
    let text = learnt::csv(&study, &lesson);
    write_whole(&args.out, text.as_bytes())?;
    if json {
        let file = args.out.display().to_string();
        return super::print_json(&learnt::document(&study, &lesson, &file));
    }
    super::print(&learnt::text(&study, &lesson))?;
    super::tell_words(&format!("{}: a pack takes it as its learnt.csv", args.out.display()));
    Ok(())
}

/// The service named, or the one that most areas count.
fn service(args: &LearnArgs, study: &Study) -> Result<usize, InputError> {
    if let Some(name) = &args.service {
        let ids = study.pack.services.iter().map(|service| service.id.as_str());
        return study.pack.service(name).ok_or_else(|| {
            let place = Source::new("--service", "").whole();
            refused(Problem::error(place, "unknown service").choose(name, ids))
        });
    }
    let areas = |service: &usize| {
        let has = |area: &&crate::study::area::Area| {
            area.series.iter().any(|series| series.service == *service)
        };
        study.areas.iter().filter(has).count()
    };
    Ok((0..study.pack.services.len()).rev().max_by_key(areas).unwrap_or(0))
}

fn refused(problem: Problem) -> InputError {
    let mut problems = Problems::default();
    problems.push(problem);
    InputError(problems)
}
