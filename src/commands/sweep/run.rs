//! `afterwave sweep run`: unit by unit, each written whole or not at all.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use rayon::prelude::*;
use serde::Serialize;

use super::checked::{Checked, checked, reason};
use crate::cli::sweep::{Shard, SweepRunArgs};
use crate::diagnostics::{InputError, PartFailed, Problem, Source};
use crate::input::study::read_study;
use crate::input::sweep::Variant;
use crate::input::text;
use crate::output::files::write_whole;
use crate::output::folder::check_folder;
use crate::output::sweep::asked::at_door;
use crate::output::sweep::unit::{Failure, Unit, done};
use crate::output::sweep::{SWEEP, VARIANTS, read};
use crate::output::tables::OfCase;
use crate::output::words::counted;
use crate::projection::{Variants, areas_within, is_shared, project_alike, project_each};
use crate::study::Study;

/// What was run, as one document.
#[derive(Serialize)]
struct Ran<'a> {
    folder: &'a Path,
    units: usize,
    run: usize,
    already_there: usize,
    failed: usize,
}

/// Runs it.
pub(super) fn run(args: &SweepRunArgs, json: bool) -> anyhow::Result<()> {
    check_folder("--out", &args.out)?;
    crate::commands::with_threads(args.threads, || {
        let checked = checked(&args.file, args.keep_going)?;
        begin(&checked, &args.out)?;
        let shard = args.shard.unwrap_or(Shard::ALL);
        let units: Vec<Variant> = (0..checked.sweep.variants())
            .filter(|unit| shard.holds(*unit))
            .map(|unit| checked.sweep.variant(unit))
            .collect();
        let is_done = |variant: &Variant| {
            let id = checked.sweep.id(variant.number);
            done(&args.out, &id, &checked.made_of(variant)).map(|done| done.failed)
        };
        let (mut todo, mut failed, mut there) = (Vec::new(), 0, 0);
        for (variant, done) in units.iter().zip(units.par_iter().map(is_done).collect::<Vec<_>>()) {
            match done {
                Some(count) => {
                    there += 1;
                    failed += count;
                }
                None => todo.push(variant),
            }
        }
        // Those that share their work side by side; no number depends on it.
        todo.sort_by_cached_key(|variant| checked.group(variant));
        let progress = Progress::new(todo.len());
        let to = To { folder: &args.out, memory: args.memory, progress: &progress };
        let mut rest = &todo[..];
        while !rest.is_empty() {
            let round = Round::read(&checked, &mut rest, args)?;
            failed += round.run(&checked, to)?;
        }
        progress.finish();
        if json {
            let (units, run) = (units.len(), todo.len());
            let already_there = there;
            crate::commands::print_json(&Ran {
                folder: &args.out,
                units,
                run,
                already_there,
                failed,
            })?;
        }
        let text = format!(
            "{} in {}: {} run now, {there} there already",
            counted(units.len(), "unit"),
            args.out.display(),
            todo.len()
        );
        crate::commands::tell_words(&text);
        if failed > 0 {
            let text = format!(
                "{} could not be projected: {}",
                counted(failed, "case"),
                args.out.join("failed").display()
            );
            return Err(PartFailed(text).into());
        }
        Ok(())
    })?
}

/// Notes what the sweep is; a folder of another one is refused.
fn begin(checked: &Checked, folder: &Path) -> anyhow::Result<()> {
    let record = serde_json::to_string_pretty(&read::Record::new(
        &checked.sweep,
        &checked.wanted,
        checked.study.clone(),
        checked.made_of_all(),
    ))? + "\n";
    let path = folder.join(SWEEP);
    match text::bytes(&path) {
        Ok(there) if there == record.as_bytes() => return Ok(()),
        Ok(_) => {
            let place = Source::new(folder.display().to_string(), "").whole().cell("--out");
            let problem =
                Problem::error(place, "holds another sweep, or this one before it was changed");
            return Err(InputError::from(problem.suggest("another folder for the results")).into());
        }
        Err(_) => {}
    }
    write_whole(&folder.join(VARIANTS), read::variants(&checked.sweep).as_bytes())?;
    write_whole(&path, record.as_bytes())
}

/// Units whose work is shared; what is killed in the middle loses no more than these.
pub(super) const TOGETHER: usize = 64;

/// Studies that are not alike and are held at once.
const APART: usize = 8;

/// Where units go, within how many MB, and who is told.
#[derive(Clone, Copy)]
pub(super) struct To<'a> {
    pub(super) folder: &'a Path,
    pub(super) memory: u64,
    pub(super) progress: &'a Progress,
}

/// Some units that are run together.
#[derive(Default)]
pub(super) struct Round {
    /// Variants that share their work, with their places among all.
    shared: Vec<(Variants, Vec<usize>)>,
    /// Those that can't.
    alone: Vec<(Study, usize)>,
    /// Those that can't be read, and why.
    failed: Vec<(Failure, usize)>,
}

impl Round {
    /// Takes as many units from `rest` as may run together.
    fn read(
        checked: &Checked,
        rest: &mut &[&Variant],
        args: &SweepRunArgs,
    ) -> anyhow::Result<Self> {
        let mut round = Self::default();
        let at_once = rayon::current_num_threads();
        let is_door = at_door(&checked.wanted).is_some();
        while !rest.is_empty() && round.units() < TOGETHER && round.studies() < APART {
            let (some, others) = rest.split_at(at_once.min(rest.len()));
            *rest = others;
            let read: Vec<_> =
                some.par_iter().map(|own| read_study(&checked.inputs(own))).collect();
            for (variant, read) in some.iter().zip(read) {
                match read {
                    Ok(read) => round.add(read.study, variant.number, is_door),
                    Err(wrong) if args.keep_going => {
                        let failure = Failure { area: String::new(), reason: reason(&wrong) };
                        round.failed.push((failure, variant.number));
                    }
                    Err(wrong) => return Err(InputError(wrong).into()),
                }
            }
        }
        Ok(round)
    }

    /// Adds a unit; whether only demand `is_door` asked for says whether it may be shared.
    pub(super) fn add(&mut self, study: Study, number: usize, is_door: bool) {
        if is_door && is_shared(&study) {
            self.share(study, number);
        } else {
            self.alone.push((study, number));
        }
    }

    fn share(&mut self, study: Study, number: usize) {
        let mut study = Box::new(study);
        for (variants, numbers) in &mut self.shared {
            match variants.add(study) {
                Ok(()) => return numbers.push(number),
                Err(other) => study = other,
            }
        }
        self.shared.push((Variants::new(*study), vec![number]));
    }

    fn studies(&self) -> usize {
        self.shared.len() + self.alone.len()
    }

    fn units(&self) -> usize {
        let shared = self.shared.iter().map(|(_, numbers)| numbers.len()).sum::<usize>();
        shared + self.alone.len() + self.failed.len()
    }

    /// Runs and writes them; how many cases failed.
    pub(super) fn run(self, checked: &Checked, to: To<'_>) -> anyhow::Result<usize> {
        let begin = |number: usize| {
            let variant = checked.sweep.variant(number);
            Unit::new(
                to.folder,
                &checked.sweep.id(number),
                checked.made_of(&variant),
                &checked.wanted,
            )
        };
        let mut failed = 0;
        let mut end = |unit: Unit, number: usize, own: Option<Failure>| {
            let mut failures = checked.failures(&checked.sweep.variant(number)).to_vec();
            failures.extend(own);
            failed += failures.len();
            unit.finish(&failures)?;
            to.progress.done();
            Ok::<_, anyhow::Error>(())
        };
        for (failure, number) in self.failed {
            end(begin(number)?, number, Some(failure))?;
        }
        for (study, number) in self.alone {
            let mut unit = begin(number)?;
            project_each(&study, &|share| to.progress.tick(share), &mut |projection| {
                unit.add(&OfCase { study: &study, projection: &projection, control: None })
            })?;
            end(unit, number, None)?;
        }
        for (variants, numbers) in self.shared {
            let Some(asked) = at_door(&checked.wanted) else { continue };
            let units: Vec<Mutex<(Unit, std::io::Result<()>)>> = numbers
                .iter()
                .map(|number| Ok(Mutex::new((begin(*number)?, Ok(())))))
                .collect::<std::io::Result<_>>()?;
            let memory = (to.memory as usize) << 20;
            let memory = memory.saturating_sub(checked.wanted.memory_of(numbers.len()));
            let areas = areas_within(&variants, &asked, memory);
            let tick = |share: f64| to.progress.tick(share * numbers.len() as f64);
            project_alike(&variants, &asked, areas, &tick, &|variant, projection| {
                let mut own = units[variant].lock().unwrap_or_else(PoisonError::into_inner);
                let (unit, written) = &mut *own;
                if written.is_ok() {
                    *written =
                        unit.add(&OfCase { study: &variants.study, projection, control: None });
                }
            });
            for (unit, number) in units.into_iter().zip(numbers) {
                let (unit, written) = unit.into_inner().unwrap_or_else(PoisonError::into_inner);
                written?;
                end(unit, number, None)?;
            }
        }
        Ok(failed)
    }
}

/// How far a run is: a bar on a terminal, a line a minute elsewhere.
pub(super) struct Progress {
    bar: ProgressBar,
    units: usize,
    done: AtomicUsize,
    told: Mutex<Instant>,
}

/// How often a log is told.
const EVERY: Duration = Duration::from_secs(60);

impl Progress {
    fn new(units: usize) -> Self {
        Self::on(crate::commands::progress(), units)
    }

    /// Of what nobody waits for.
    pub(super) fn hidden() -> Self {
        Self::on(ProgressBar::hidden(), 1)
    }

    fn on(bar: ProgressBar, units: usize) -> Self {
        Self { bar, units, done: AtomicUsize::new(0), told: Mutex::new(Instant::now()) }
    }

    /// A share of the units in work is done.
    fn tick(&self, share: f64) {
        let done = self.done.load(Ordering::Relaxed);
        let all = self.units.max(1) as f64;
        self.bar.set_position(((done as f64 + share) / all * 100.0) as u64);
        let Ok(mut told) = self.told.try_lock() else { return };
        if self.bar.is_hidden() && told.elapsed() >= EVERY {
            *told = Instant::now();
            crate::commands::tell(&format!("{done} of {} units", self.units));
        }
    }

    fn done(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
        self.tick(0.0);
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
