//! Sweep files: one study many times over, with other scenarios and other numbers (TOML).
//!
//! ```toml
//! scenarios = ["two-waves", "mine/*.toml"]
//! areas = { level = "icb", as_of = "2022-07" }
//! draws = 1000
//! tables = ["totals", "projection"]
//!
//! [grid]
//! wave.2.height = [0.5, 1, 2]
//! response.need_gain = [0.6, 0.9]
//!
//! [[together]]
//! keys = ["wave.2.rise", "wave.2.fall"]
//! values = [[0.6, 1.2], [0.9, 1.8]]
//! ```
//!
//! Every scenario is joined with every value of each key of the grid, and with every row of keys that
//! move together: their product are the variants. Files are looked for beside the sweep file.
//!
//! Many keys are sampled: `points = 64` and `[between]`, with `[low, high]` for each key, are a Latin
//! hypercube (`McKay`, Beckman and Conover 1979, *Technometrics* 21): each key takes the middles of 64
//! equal parts of its range once, in an order of its own that hangs on the seed.

mod areas;
mod factors;

use std::path::Path;

use super::document::{Keys, Read, read_document};
use super::scenario::MOST_MONTHS;
use super::study::Inputs;
use super::tidy::Wishes;
use super::{builtin, text};
use crate::diagnostics::{Place, Problem, Problems};

/// More variants than any machine is given: a slip in a list more likely.
const MOST_VARIANTS: usize = 1_000_000;

/// The most draws.
const MOST_DRAWS: usize = 100_000;

/// One way in which variants differ: some keys with the rows of values they take.
#[derive(Clone, Debug)]
pub struct Factor {
    /// The keys that move together; the scenario is one too.
    pub keys: Vec<String>,
    /// Their values, each with the place it was read at.
    pub levels: Vec<Read<Vec<String>>>,
    /// Whether they are the points of a sample, in which each key stands for itself.
    pub is_sample: bool,
}

impl Factor {
    /// The settings of a level.
    fn settings(&self, level: usize) -> impl Iterator<Item = String> + '_ {
        let values = self.levels.get(level).into_iter().flat_map(|level| &level.value);
        self.keys.iter().zip(values).map(|(key, value)| format!("{key}={value}"))
    }
}

/// A sweep as read.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// What all variants share; it names no scenario.
    pub inputs: Inputs,
    /// The areas with their places in the file.
    pub areas: Vec<Read<String>>,
    /// The scenarios, by their files or built-in names.
    pub scenarios: Vec<Read<String>>,
    /// What else differs.
    pub factors: Vec<Factor>,
    /// The tables to write.
    pub tables: Vec<String>,
    /// The measures to write; none is all.
    pub measures: Vec<String>,
    /// How tables are written.
    pub form: Form,
}

/// How the tables of a sweep are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Comma-separated values.
    Csv,
    /// The same, compressed.
    CsvGz,
    /// Apache Parquet.
    Parquet,
}

impl Form {
    /// Every form by its name, which is also the ending of its files.
    pub const NAMES: [(&'static str, Self); 3] =
        [("csv", Self::Csv), ("csv.gz", Self::CsvGz), ("parquet", Self::Parquet)];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, form)| *form == self).map_or("", |(name, _)| name)
    }
}

/// One variant of a sweep: which of the scenarios, and which level of each factor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variant {
    /// Its place among all variants, from 0.
    pub number: usize,
    /// The scenario.
    pub scenario: usize,
    /// The level of each factor.
    pub levels: Vec<usize>,
}

impl Sweep {
    /// How many variants there are.
    pub fn variants(&self) -> usize {
        self.factors.iter().fold(self.scenarios.len(), |n, factor| n * factor.levels.len())
    }

    /// A variant by its place: scenarios change slowest, the last factor fastest.
    pub fn variant(&self, number: usize) -> Variant {
        let mut rest = number;
        let mut levels: Vec<usize> = self
            .factors
            .iter()
            .rev()
            .map(|factor| {
                let level = rest % factor.levels.len();
                rest /= factor.levels.len();
                level
            })
            .collect();
        levels.reverse();
        Variant { number, scenario: rest % self.scenarios.len().max(1), levels }
    }

    /// The name of a variant: the same however many machines share the work.
    pub fn id(&self, number: usize) -> String {
        variant_id(number, self.variants())
    }

    /// The inputs of a variant.
    pub fn inputs_of(&self, variant: &Variant) -> Inputs {
        let mut inputs = self.inputs.clone();
        inputs.scenarios = vec![self.scenarios[variant.scenario].value.clone()];
        for (factor, level) in self.factors.iter().zip(&variant.levels) {
            inputs.settings.extend(factor.settings(*level));
        }
        inputs
    }

    /// What of a variant its table of variants says: the scenario, then the value of every key.
    pub fn values(&self, variant: &Variant) -> Vec<&str> {
        let mut values = vec![self.scenarios[variant.scenario].value.as_str()];
        for (factor, level) in self.factors.iter().zip(&variant.levels) {
            values.extend(factor.levels[*level].value.iter().map(String::as_str));
        }
        values
    }

    /// The variants that show every level of every factor once: what is wrong with any of them is
    /// wrong with one of these.
    pub fn samples(&self) -> Vec<Variant> {
        let mut list = Vec::new();
        for scenario in 0..self.scenarios.len() {
            let first = vec![0; self.factors.len()];
            list.push(Variant { number: 0, scenario, levels: first.clone() });
            for (at, factor) in self.factors.iter().enumerate() {
                for level in 1..factor.levels.len() {
                    let mut levels = first.clone();
                    levels[at] = level;
                    list.push(Variant { number: 0, scenario, levels });
                }
            }
        }
        list
    }

    /// Where a problem with a variant's inputs stands in the sweep file, if it is one of a setting or
    /// an area.
    pub fn place_of(&self, variant: &Variant, problem: &Problem) -> Option<Place> {
        let key = problem.place.cell.as_deref();
        let read = problem.read.as_deref();
        if &*problem.place.file == "--area" {
            let area = self.areas.iter().find(|area| Some(area.value.as_str()) == read);
            return area.map(|area| area.place.clone());
        }
        let is = |own: &str| {
            key == Some(own)
                || read.is_some_and(|read| read == own || read.starts_with(&format!("{own}=")))
        };
        let mut factors = self.factors.iter().zip(&variant.levels);
        let (factor, level) = factors.find(|(factor, _)| factor.keys.iter().any(|key| is(key)))?;
        Some(factor.levels[*level].place.clone())
    }
}

/// The name of a variant of so many.
pub fn variant_id(number: usize, variants: usize) -> String {
    let width = variants.to_string().len().max(4);
    format!("v{:0width$}", number + 1)
}

/// Reads a sweep file; tables and measures are chosen among those of the outputs.
pub fn read_sweep(
    path: &Path,
    (tables, measures): (&[&str], &[&str]),
    problems: &mut Problems,
) -> Option<Sweep> {
    let source = problems.take(text::read(path))?;
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    read_document(&source, problems, |keys| {
        let areas = areas::read(keys);
        let inputs = Inputs {
            baseline: keys.text("baseline").map(|file| folder.join(file.value)),
            pack: keys.text("pack").map(|pack| beside_or_name(&folder, &pack.value)),
            capacity: keys.text("capacity").map(|own| beside_or_name(&folder, &own.value).into()),
            waits: keys
                .texts("waits")
                .into_iter()
                .flatten()
                .map(|f| folder.join(f.value))
                .collect(),
            areas: areas.iter().map(|area| area.value.clone()).collect(),
            settings: factors::fixed(keys),
            spread: keys.number("spread", 0.0, 100.0).map(|own| own.value),
            wishes: Wishes::default(),
            draws: keys.whole("draws", 0..MOST_DRAWS + 1).map_or(1000, |own| own.value),
            seed: keys.whole("seed", 0..usize::MAX).map_or(2020, |own| own.value as u64),
            ..Inputs::default()
        };
        let mut factors: Vec<Factor> = keys
            .whole("months", 1..MOST_MONTHS + 1)
            .map(|months| Factor {
                keys: vec!["months".to_owned()],
                levels: vec![Read { value: vec![months.value.to_string()], place: months.place }],
                is_sample: false,
            })
            .into_iter()
            .collect();
        factors.extend(factors::read(keys, &folder, inputs.seed));
        let sweep = Sweep {
            inputs,
            areas,
            scenarios: scenarios(keys, &folder),
            factors,
            tables: chosen(keys, "tables", tables),
            measures: chosen(keys, "measures", measures),
            form: form(keys),
        };
        if sweep.variants() > MOST_VARIANTS {
            keys.problem(
                Problem::error(source.whole(), "so many variants")
                    .read(sweep.variants().to_string())
                    .allowed(format!("up to {MOST_VARIANTS}"))
                    .suggest("fewer values of a key, or keys that move together: [[together]]"),
            );
        }
        sweep
    })
}

/// How tables are to be written; Parquet is a part of the program that a build may leave out.
fn form(keys: &Keys<'_>) -> Form {
    let Some(form) = keys.choice("format", &Form::NAMES) else { return Form::Csv };
    if form.value == Form::Parquet && !cfg!(feature = "parquet") {
        keys.problem(
            Problem::error(form.place, "this build of afterwave writes no Parquet")
                .read("parquet")
                .allowed("csv, csv.gz")
                .suggest("csv.gz, or cargo install --features parquet"),
        );
    }
    form.value
}

/// Names chosen among `allowed`; none is none.
fn chosen(keys: &Keys<'_>, key: &'static str, allowed: &[&str]) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for name in keys.texts(key).into_iter().flatten() {
        if !allowed.contains(&name.value.as_str()) {
            let what = key.trim_end_matches('s');
            keys.problem(
                Problem::error(name.place, format!("unknown {what} `{}`", name.value))
                    .choose(&name.value, allowed.iter().copied()),
            );
        } else if !list.contains(&name.value) {
            list.push(name.value);
        }
    }
    list
}

/// A file or folder beside the sweep file where there is one, or else a name.
fn beside_or_name(folder: &Path, name: &str) -> String {
    let path = folder.join(name);
    if path.exists() { path.display().to_string() } else { name.to_owned() }
}

/// The scenarios: built-in names, files and globs of files.
fn scenarios(keys: &Keys<'_>, folder: &Path) -> Vec<Read<String>> {
    let Some(given) = keys.texts("scenarios") else {
        keys.missing("scenarios", "scenarios = [\"single-wave\", \"two-waves\"]");
        return Vec::new();
    };
    let mut list: Vec<Read<String>> = Vec::new();
    for own in given {
        let mut found: Vec<String> = Vec::new();
        if own.value.contains(['*', '?', '[']) {
            let pattern = folder.join(&own.value).display().to_string();
            let paths = glob::glob(&pattern).into_iter().flatten().flatten();
            found.extend(paths.map(|path| path.display().to_string()));
            found.sort();
            if found.is_empty() {
                keys.problem(
                    Problem::error(own.place.clone(), "no file has a name of this form")
                        .read(&own.value)
                        .allowed("* for any letters of a name, such as scenarios/*.toml"),
                );
            }
        } else if builtin::scenario(&own.value).is_some() && !folder.join(&own.value).is_file() {
            found.push(own.value.clone());
        } else {
            let path = folder.join(&own.value);
            let path = if path.extension().is_none() { path.with_extension("toml") } else { path };
            if path.is_file() {
                found.push(path.display().to_string());
            } else {
                let problem = Problem::error(
                    own.place.clone(),
                    "is neither a file beside the sweep file nor a built-in scenario",
                );
                keys.problem(problem.choose(&own.value, builtin::scenario_names()));
            }
        }
        for value in found {
            if list.iter().any(|other| other.value == value) {
                let problem = Problem::error(own.place.clone(), "a scenario is named twice");
                keys.problem(problem.read(&value).suggest("name it once"));
            } else {
                list.push(Read { value, place: own.place.clone() });
            }
        }
    }
    list
}
