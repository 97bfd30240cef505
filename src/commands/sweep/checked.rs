//! A sweep checked before it is run: whatever is wrong with any variant is listed at once.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use crate::checksum::sha256;
use crate::diagnostics::{InputError, Problem, Problems, Severity};
use crate::input::study::{Inputs, ReadStudy, read_study};
use crate::input::sweep::{Sweep, Variant, read_sweep};
use crate::output::sweep::unit::{Failure, Wanted};
use crate::output::sweep::{TOTALS, measure_names, table_names};
use crate::study::Study;

/// A sweep all of whose variants can be run.
pub(super) struct Checked {
    pub(super) sweep: Sweep,
    pub(super) wanted: Wanted,
    /// By scenario.
    scenarios: Vec<OfScenario>,
}

/// What the variants of a scenario share.
struct OfScenario {
    /// The areas that can be projected, as they were asked for.
    areas: Vec<String>,
    /// Their ids.
    ids: Vec<String>,
    /// The others.
    failures: Vec<Failure>,
    /// The hash of every text it was read from.
    texts: String,
}

/// Reads a sweep and every value in it; with `keep_going`, areas that can't be read are left out.
pub(super) fn checked(file: &Path, keep_going: bool) -> anyhow::Result<Checked> {
    let mut problems = Problems::default();
    let names = (&table_names()[..], &measure_names()[..]);
    let sweep = read_sweep(file, names, &mut problems);
    problems.stop_on_errors()?;
    let Some(sweep) = sweep else { return Err(InputError(problems).into()) };
    let whole = |scenario: usize| {
        let variant = Variant { number: 0, scenario, levels: vec![0; sweep.factors.len()] };
        let inputs = sweep.inputs_of(&variant);
        (variant, inputs)
    };
    let mut scenarios = Vec::new();
    let read: Vec<_> = (0..sweep.scenarios.len())
        .into_par_iter()
        .map(|scenario| read_study(&whole(scenario).1))
        .collect();
    for (scenario, read) in read.into_iter().enumerate() {
        let (variant, inputs) = whole(scenario);
        let (read, failures) = match read {
            Err(wrong) if keep_going && inputs.areas.len() > 1 => some_areas(&inputs, wrong),
            other => (other, Vec::new()),
        };
        match read {
            Ok(ReadStudy { study, warnings }) => {
                add(&sweep, &variant, warnings, &mut problems);
                let is_bad = |area: &String| failures.iter().any(|failure| failure.area == *area);
                scenarios.push(OfScenario {
                    areas: inputs.areas.iter().filter(|area| !is_bad(area)).cloned().collect(),
                    ids: study.areas.iter().map(|area| area.id.clone()).collect(),
                    texts: texts(&study, &inputs),
                    failures,
                });
            }
            Err(wrong) => add(&sweep, &variant, wrong, &mut problems),
        }
    }
    problems.stop_on_errors()?;
    // Every other value with one area: what areas are asked for was read above.
    let samples: Vec<Variant> = sweep.samples();
    let others = samples.par_iter().filter(|variant| variant.levels.iter().any(|level| *level > 0));
    let found: Vec<(&Variant, Problems)> = others
        .map(|variant| {
            let mut inputs = sweep.inputs_of(variant);
            inputs.areas = scenarios[variant.scenario].areas.iter().take(1).cloned().collect();
            let found = match read_study(&inputs) {
                Ok(read) => read.warnings,
                Err(wrong) => wrong,
            };
            (variant, found)
        })
        .collect();
    for (variant, found) in found {
        add(&sweep, variant, found, &mut problems);
    }
    problems.stop_on_errors()?;
    crate::commands::warn(&problems);
    let mut tables = sweep.tables.clone();
    if !tables.iter().any(|table| table == TOTALS) {
        tables.insert(0, TOTALS.to_owned());
    }
    let wanted = Wanted { tables, measures: sweep.measures.clone(), form: sweep.form };
    Ok(Checked { sweep, wanted, scenarios })
}

/// The study of the areas that can be read, and the others with what is wrong with each.
fn some_areas(
    inputs: &Inputs,
    wrong: Problems,
) -> (Result<ReadStudy, Problems>, Vec<Failure>) {
    let with = |areas: Vec<String>| Inputs { areas, ..inputs.clone() };
    let alone = |area: &String| {
        let reason = read_study(&with(vec![area.clone()])).err().map(|wrong| reason(&wrong))?;
        Some(Failure { area: area.clone(), reason })
    };
    let failures: Vec<Failure> = inputs.areas.par_iter().filter_map(alone).collect();
    let is_good = |area: &&String| failures.iter().all(|failure| failure.area != **area);
    let good: Vec<String> = inputs.areas.iter().filter(is_good).cloned().collect();
    if good.is_empty() || failures.is_empty() {
        return (Err(wrong), Vec::new());
    }
    (read_study(&with(good)), failures)
}

/// The first error in a sentence.
pub(super) fn reason(wrong: &Problems) -> String {
    let first = wrong.iter().find(|problem| problem.severity == Severity::Error);
    first.map_or_else(String::new, |problem| {
        let read = problem.read.as_ref().map_or_else(String::new, |read| format!(": {read}"));
        format!("{} ({}){read}", problem.message, problem.place.text())
    })
}

/// Adds what is wrong with a variant, with its place in the sweep file, once for all variants.
fn add(sweep: &Sweep, variant: &Variant, found: Problems, problems: &mut Problems) {
    for problem in found.iter() {
        let place = sweep.place_of(variant, problem).unwrap_or_else(|| problem.place.clone());
        problems.push_once(Problem { place, ..problem.clone() });
    }
}

/// The hash of every text a study was read from.
fn texts(study: &Study, inputs: &Inputs) -> String {
    let named: BTreeMap<&str, &str> =
        study.sources.iter().map(|source| (&*source.name, &*source.text)).collect();
    let mut hashes: Vec<String> = named.values().map(|text| sha256(text.as_bytes())).collect();
    // A workbook has no text.
    let pack = inputs.pack.as_ref().and_then(|pack| std::fs::read(pack).ok());
    hashes.extend(pack.map(|bytes| sha256(&bytes)));
    sha256(hashes.concat().as_bytes())
}

impl Checked {
    /// The areas of a variant's scenario.
    pub(super) fn areas(&self, variant: &Variant) -> &[String] {
        &self.scenarios[variant.scenario].ids
    }

    /// The inputs of a variant: of areas those that can be read.
    pub(super) fn inputs(&self, variant: &Variant) -> Inputs {
        let areas = self.scenarios[variant.scenario].areas.clone();
        Inputs { areas, ..self.sweep.inputs_of(variant) }
    }

    /// The areas of a variant that can't be read.
    pub(super) fn failures(&self, variant: &Variant) -> &[Failure] {
        &self.scenarios[variant.scenario].failures
    }

    /// The hash of all that a variant is made of: one that is the same need not be run again.
    pub(super) fn made_of(&self, variant: &Variant) -> String {
        let own = &self.scenarios[variant.scenario];
        let inputs = self.sweep.inputs_of(variant);
        let settings = (&inputs.settings, inputs.spread, inputs.draws, inputs.seed);
        let wanted = (&self.wanted.tables, &self.wanted.measures, self.wanted.form.name());
        let areas = (&own.ids, own.failures.iter().map(|f| &f.area).collect::<Vec<_>>());
        let version = env!("CARGO_PKG_VERSION");
        sha256(format!("{version:?} {} {settings:?} {wanted:?} {areas:?}", own.texts).as_bytes())
    }

    /// The same of the whole sweep.
    pub(super) fn made_of_all(&self) -> String {
        let variants = (0..self.sweep.variants()).map(|number| self.sweep.variant(number));
        sha256(variants.map(|variant| self.made_of(&variant)).collect::<String>().as_bytes())
    }
}
