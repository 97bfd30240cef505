//! A sweep checked before it is run: whatever is wrong with any variant is listed at once.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use crate::checksum::sha256;
use crate::diagnostics::{InputError, Problem, Problems, Severity};
use crate::input::study::{Inputs, ReadStudy, read_study};
use crate::input::sweep::{Sweep, Variant, read_sweep};
use crate::input::text;
use crate::output::sweep::read::OfStudy;
use crate::output::sweep::unit::{Failure, Wanted};
use crate::output::sweep::{TOTALS, measure_names, table_names};
use crate::projection::is_alike;
use crate::study::Study;

/// A sweep all of whose variants can be run.
pub(super) struct Checked {
    pub(super) sweep: Sweep,
    pub(super) wanted: Wanted,
    /// Of the first scenario, which has the areas and families of all.
    pub(super) study: OfStudy,
    groups: Groups,
    /// By scenario.
    scenarios: Vec<OfScenario>,
}

/// Which variants are alike: those that share their work.
struct Groups {
    /// By scenario, the first that is alike.
    scenarios: Vec<usize>,
    /// By factor, whether its values set the variants apart.
    is_apart: Vec<bool>,
}

impl Groups {
    /// Of one study for each value of each factor.
    fn new(sweep: &Sweep, studies: &[(&Variant, Study)]) -> Self {
        let is_first = |variant: &Variant| variant.levels.iter().all(|level| *level == 0);
        let first = |scenario: usize| {
            studies.iter().find(|(v, _)| v.scenario == scenario && is_first(v)).map(|(_, s)| s)
        };
        let are_alike = |one: Option<&Study>, other: Option<&Study>| {
            one.zip(other).is_some_and(|(one, other)| is_alike(one, other))
        };
        let of = |scenario: usize| {
            let mut earlier = 0..scenario;
            earlier.find(|own| are_alike(first(*own), first(scenario))).unwrap_or(scenario)
        };
        let is_apart = |factor: usize| {
            let mut own = studies.iter().filter(|(variant, _)| variant.levels[factor] > 0);
            own.any(|(variant, study)| !are_alike(first(variant.scenario), Some(study)))
        };
        Self {
            scenarios: (0..sweep.scenarios.len()).map(of).collect(),
            is_apart: (0..sweep.factors.len()).map(is_apart).collect(),
        }
    }
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
    let (mut scenarios, mut of_study) = (Vec::new(), OfStudy::default());
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
            Ok(ReadStudy { study, warnings, .. }) => {
                add(&sweep, &variant, &warnings, &mut problems);
                if scenario == 0 {
                    of_study = OfStudy::new(&study);
                }
                let is_bad = |area: &String| failures.iter().any(|failure| failure.area == *area);
                scenarios.push(OfScenario {
                    areas: inputs.areas.iter().filter(|area| !is_bad(area)).cloned().collect(),
                    ids: study.areas.iter().map(|area| area.id.clone()).collect(),
                    texts: texts(&study, &inputs),
                    failures,
                });
            }
            Err(wrong) => add(&sweep, &variant, &wrong, &mut problems),
        }
    }
    // Every other value with one area: what areas are asked for was read above.
    let samples = sweep.samples();
    let read: Vec<Result<ReadStudy, Problems>> = samples
        .par_iter()
        .map(|variant| {
            let mut inputs = sweep.inputs_of(variant);
            let known: Option<&OfScenario> = scenarios.get(variant.scenario);
            let areas = known.map_or(&inputs.areas, |own| &own.areas);
            inputs.areas = areas.iter().take(1).cloned().collect();
            read_study(&inputs)
        })
        .collect();
    let mut studies = Vec::new();
    for (variant, read) in samples.iter().zip(read) {
        match read {
            Ok(read) => {
                add(&sweep, variant, &read.warnings, &mut problems);
                studies.push((variant, read.study));
            }
            Err(wrong) => add(&sweep, variant, &wrong, &mut problems),
        }
    }
    problems.stop_on_errors()?;
    let groups = Groups::new(&sweep, &studies);
    crate::commands::warn(&problems);
    let mut tables = sweep.tables.clone();
    if !tables.iter().any(|table| table == TOTALS) {
        tables.insert(0, TOTALS.to_owned());
    }
    let wanted = Wanted { tables, measures: sweep.measures.clone(), form: sweep.form };
    Ok(Checked { sweep, wanted, study: of_study, groups, scenarios })
}

/// The study of the areas that can be read, and the others with what is wrong with each.
fn some_areas(inputs: &Inputs, wrong: Problems) -> (Result<ReadStudy, Problems>, Vec<Failure>) {
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
fn add(sweep: &Sweep, variant: &Variant, found: &Problems, problems: &mut Problems) {
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
    let pack = inputs.pack.as_ref().and_then(|pack| text::bytes(pack.as_ref()).ok());
    hashes.extend(pack.map(|bytes| sha256(&bytes)));
    sha256(hashes.concat().as_bytes())
}

impl Checked {
    /// Which variants are alike with one: those of the same key.
    pub(super) fn group(&self, variant: &Variant) -> Vec<usize> {
        let apart = variant.levels.iter().zip(&self.groups.is_apart).filter(|(_, apart)| **apart);
        let scenario = self.groups.scenarios[variant.scenario];
        std::iter::once(scenario).chain(apart.map(|(level, _)| *level)).collect()
    }

    /// How many areas there are.
    pub(super) fn areas(&self) -> usize {
        self.scenarios.first().map_or(0, |own| own.ids.len())
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
