//! `afterwave sweep plan`: what a sweep takes, from a small part of it that is timed.
//!
//! ```text
//! CPU = reading x variants + base x groups' rounds + once x areas x groups' rounds
//!     + first x variants x parts of the areas + case x variants x areas
//! ```
//!
//! A round is the variants that share their work, and areas are held in parts as memory has it. The
//! five costs are solved from one or some variants in one or some areas.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Serialize;

use super::checked::{Checked, checked};
use super::run::{Progress, Round, TOGETHER, To};
use crate::cli::sweep::PlanArgs;
use crate::diagnostics::InputError;
use crate::input::study::{Inputs, read_study};
use crate::output::sweep::asked::at_door;
use crate::output::words::thousands;
use crate::projection::{Variants, areas_within, is_shared, memory_of, memory_of_areas};
use crate::study::Study;

/// Variants and areas of the larger part that is timed.
const SOME: usize = 4;

/// What a sweep takes, as one document.
#[derive(Serialize)]
struct Plan {
    variants: usize,
    areas: usize,
    cases: usize,
    draws: usize,
    tables: usize,
    cpu_seconds: f64,
    memory_mb: f64,
    disk_mb: f64,
    within_minutes: f64,
    threads: usize,
    shards: Option<usize>,
    shared: bool,
}

/// What a sweep costs.
struct Costs {
    /// To read a variant with all its areas, in CPU seconds.
    read: f64,
    base: f64,
    once: f64,
    first: f64,
    case: f64,
    /// Bytes of a case, and of a unit besides.
    bytes: f64,
    bytes_of_unit: f64,
    /// Areas held at once.
    at_once: usize,
    memory: usize,
}

/// Says what it takes.
pub(super) fn plan(args: &PlanArgs, json: bool) -> anyhow::Result<()> {
    let threads = args.threads.map_or_else(rayon::current_num_threads, usize::from);
    crate::commands::with_threads(args.threads, || {
        let checked = checked(&args.file, true)?;
        let costs = Costs::timed(&checked, args.memory)?;
        let (variants, areas) = (checked.sweep.variants(), checked.areas());
        let cpu = costs.cpu(&checked, 1);
        // More shards share less, so that they are counted up to what fits.
        let fits = |shards: &usize| {
            costs.cpu(&checked, *shards) / (*shards * threads) as f64 <= args.within * 60.0
        };
        let shards = (1..=variants.max(1)).find(fits);
        let megabytes =
            (variants as f64) * (costs.bytes * areas as f64 + costs.bytes_of_unit) / 1e6;
        let memory = costs.memory as f64 / f64::from(1 << 20);
        let tables = checked.wanted.tables.len();
        if json {
            return crate::commands::print_json(&Plan {
                variants,
                areas,
                cases: variants * areas,
                draws: checked.sweep.inputs.draws,
                tables,
                cpu_seconds: cpu,
                memory_mb: memory,
                disk_mb: megabytes,
                within_minutes: args.within,
                threads,
                shards,
                shared: costs.is_shared(),
            });
        }
        let whole = |value: f64| thousands(value.ceil());
        let shards = match shards {
            Some(shards) => format!("{} of {threads} processors each", thousands(shards as f64)),
            None => "more than there are units: one unit takes longer".to_owned(),
        };
        crate::commands::print(&format!(
            "cases       {} ({} variants x {} areas, {} draws)\n\
             CPU         {} s\n\
             memory      {} MB a process\n\
             disk        {} MB in {} files\n\
             shards      {shards}, for {} min each\n\
             work        {}\n",
            thousands((variants * areas) as f64),
            thousands(variants as f64),
            areas,
            checked.sweep.inputs.draws,
            whole(cpu),
            whole(memory),
            whole(megabytes),
            thousands((variants * (tables + 1) + 2) as f64),
            args.within,
            if costs.is_shared() {
                "shared among variants and areas"
            } else {
                "each variant alone: narrow it to measures of demand to share it, \
                 measures = [\"referrals\", \"extra\"]"
            }
        ))
    })?
}

impl Costs {
    fn is_shared(&self) -> bool {
        self.at_once > 0
    }

    /// Times some variants in some areas.
    fn timed(checked: &Checked, memory: u64) -> anyhow::Result<Self> {
        let variant = checked.sweep.variant(0);
        let inputs = checked.inputs(&variant);
        let start = cpu_seconds();
        let study = read(&inputs)?;
        let read = cpu_seconds() - start;
        let is_shared = at_door(&checked.wanted).is_some() && is_shared(&study);
        let some = |count: usize| {
            let areas = study.areas.iter().take(count).cloned().collect();
            Study { areas, ..study.clone() }
        };
        let areas = SOME.min(study.areas.len());
        let time = |variants: usize, areas: usize| timed(checked, memory, variants, &some(areas));
        let one = time(1, 1)?;
        let wide = time(1, areas)?;
        let more = (areas.max(2) - 1) as f64;
        let bytes = if areas > 1 { (wide.1 - one.1) / more } else { one.1 };
        let of_unit = if areas > 1 { (one.1 - bytes).max(0.0) } else { 0.0 };
        let mut costs = Self {
            read,
            base: 0.0,
            once: 0.0,
            first: 0.0,
            case: 0.0,
            bytes,
            bytes_of_unit: of_unit,
            at_once: 0,
            memory: memory_of(&study),
        };
        if !is_shared {
            costs.case = if areas > 1 { ((wide.0 - one.0) / more).max(0.0) } else { one.0 };
            costs.first = (one.0 - costs.case).max(0.0);
            return Ok(costs);
        }
        let many = 1 + SOME;
        let (deep, both) = (time(many, 1)?, time(many, areas)?);
        let steps = (many - 1) as f64;
        costs.case = if areas > 1 {
            ((both.0 - wide.0 - deep.0 + one.0) / (more * steps)).max(0.0)
        } else {
            (deep.0 - one.0).max(0.0) / steps
        };
        costs.first = ((deep.0 - one.0) / steps - costs.case).max(0.0);
        costs.once = if areas > 1 { ((wide.0 - one.0) / more - costs.case).max(0.0) } else { 0.0 };
        costs.base = (one.0 - costs.once - costs.first - costs.case).max(0.0);
        if let Some(asked) = at_door(&checked.wanted) {
            let variants = Variants::new(study);
            let written = checked.wanted.memory_of(TOGETHER.min(checked.sweep.variants()));
            let budget = ((memory as usize) << 20).saturating_sub(written);
            costs.at_once = areas_within(&variants, &asked, budget);
            costs.memory = memory_of_areas(&variants, &asked, costs.at_once) + written;
        }
        Ok(costs)
    }

    /// CPU seconds of all shards together, where there are so many.
    fn cpu(&self, checked: &Checked, shards: usize) -> f64 {
        let (variants, areas) = (checked.sweep.variants(), checked.areas());
        let units = variants as f64;
        let cases = units * areas as f64;
        let mut cpu = self.read * units + self.case * cases;
        if !self.is_shared() {
            return cpu + self.first * units;
        }
        let mut groups: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        for number in 0..variants {
            *groups.entry(checked.group(&checked.sweep.variant(number))).or_default() += 1;
        }
        let rounds: usize = groups
            .values()
            .map(|count| {
                let of_shard = count.div_ceil(shards);
                of_shard.div_ceil(TOGETHER) * shards.min(*count)
            })
            .sum();
        let parts = areas.div_ceil(self.at_once.max(1));
        cpu += (self.base + self.once * areas as f64) * rounds as f64;
        cpu + self.first * units * parts as f64
    }
}

fn read(inputs: &Inputs) -> anyhow::Result<Study> {
    Ok(read_study(inputs).map_err(InputError)?.study)
}

/// CPU seconds and bytes of a study so many times over.
fn timed(
    checked: &Checked,
    memory: u64,
    variants: usize,
    study: &Study,
) -> anyhow::Result<(f64, f64)> {
    let folder = tempfile::tempdir()?;
    let is_door = at_door(&checked.wanted).is_some();
    let mut round = Round::default();
    for number in 0..variants {
        round.add(study.clone(), number, is_door);
    }
    let progress = Progress::hidden();
    let start = cpu_seconds();
    round.run(checked, To { folder: folder.path(), memory, progress: &progress })?;
    Ok((cpu_seconds() - start, size(folder.path())? / variants as f64))
}

/// The bytes of all files in a folder.
fn size(folder: &Path) -> std::io::Result<f64> {
    let mut sum = 0.0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let meta = entry.metadata()?;
        sum += if meta.is_dir() { size(&entry.path())? } else { meta.len() as f64 };
    }
    Ok(sum)
}

/// What processors have done for this process, in seconds.
#[cfg(unix)]
fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The same where the system does not tell: all of them at work all the time.
#[cfg(not(unix))]
fn cpu_seconds() -> f64 {
    static FIRST: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    FIRST.elapsed().as_secs_f64() * rayon::current_num_threads() as f64
}
