//! `afterwave sweep run`: unit by unit, each written whole or not at all.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use rayon::prelude::*;

use super::checked::{Checked, checked, reason};
use crate::cli::sweep::{Shard, SweepRunArgs};
use crate::diagnostics::{InputError, PartFailed, Problem, Source};
use crate::input::study::read_study;
use crate::input::sweep::Variant;
use crate::output::files::{check_folder, write_whole};
use crate::output::sweep::unit::{Failure, Unit, done};
use crate::output::sweep::{SWEEP, VARIANTS, read};
use crate::output::tables::OfCase;
use crate::output::words::counted;
use crate::projection::project_each;

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
        let progress = Progress::new(todo.len());
        for some in todo.chunks(1) {
            failed += batch(&checked, some, args, &progress)?;
        }
        progress.finish();
        if json {
            crate::commands::print_json(&serde_json::json!({
                "folder": args.out, "units": units.len(), "run": todo.len(),
                "already_there": there, "failed": failed,
            }))?;
        }
        let text = format!(
            "{} in {}: {} run now, {there} there already",
            counted(units.len(), "unit"),
            args.out.display(),
            todo.len()
        );
        crate::commands::tell_words(&text);
        if failed > 0 {
            let text = format!("{} could not be projected: {}", counted(failed, "case"), args.out.join("failed").display());
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
        checked.made_of_all(),
    ))? + "\n";
    let path = folder.join(SWEEP);
    match std::fs::read_to_string(&path) {
        Ok(there) if there == record => return Ok(()),
        Ok(_) => {
            let place = Source::new(folder.display().to_string(), "").whole().cell("--out");
            let problem = Problem::error(place, "holds another sweep, or this one before it was changed");
            return Err(InputError::from(problem.suggest("another folder for the results")).into());
        }
        Err(_) => {}
    }
    write_whole(&folder.join(VARIANTS), read::variants(&checked.sweep).as_bytes())?;
    write_whole(&path, record.as_bytes())
}

/// Runs some units together; how many cases of them failed.
fn batch(
    checked: &Checked,
    variants: &[&Variant],
    args: &SweepRunArgs,
    progress: &Progress,
) -> anyhow::Result<usize> {
    let read: Vec<_> = variants.par_iter().map(|own| read_study(&checked.inputs(own))).collect();
    let mut failed = 0;
    let (mut units, mut studies) = (Vec::new(), Vec::new());
    for (variant, read) in variants.iter().zip(read) {
        let id = checked.sweep.id(variant.number);
        let unit = Unit::new(&args.out, &id, checked.made_of(variant), &checked.wanted)?;
        let mut failures = checked.failures(variant).to_vec();
        match read {
            Ok(read) => studies.push((read.study, unit, failures)),
            Err(wrong) if args.keep_going => {
                failures.push(Failure { area: String::new(), reason: reason(&wrong) });
                units.push((unit, failures));
            }
            Err(wrong) => return Err(InputError(wrong).into()),
        }
    }
    for (study, mut unit, failures) in studies {
        let mut written = Ok(());
        let tick = |share: f64| progress.tick(share);
        project_each(&study, &tick, &mut |projection| {
            if written.is_ok() {
                written = unit.add(&OfCase { study: &study, projection: &projection });
            }
        });
        written?;
        units.push((unit, failures));
    }
    for (unit, failures) in units {
        failed += failures.len();
        unit.finish(&failures)?;
        progress.done();
    }
    Ok(failed)
}

/// How far a run is: a bar on a terminal, a line a minute elsewhere.
struct Progress {
    bar: ProgressBar,
    units: usize,
    done: AtomicUsize,
    told: Mutex<Instant>,
}

/// How often a log is told.
const EVERY: Duration = Duration::from_secs(60);

impl Progress {
    fn new(units: usize) -> Self {
        let bar = crate::commands::run::progress();
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
