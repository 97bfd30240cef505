//! Scenario files: TOML, one course of the epidemic each, `extends` inheriting another.
//!
//! A key given in a file overrides the inherited one; waves, restrictions and shocks are merged by
//! label ([`merge`]); a list of levers given in a file replaces the inherited one as a whole.

mod horizon;
mod keys;
mod merge;
mod numbers;
mod resolve;
mod track;

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::diagnostics::{Place, Problem, Problems, Source};
use crate::draw::Uncertain;
use crate::input::document::{Read, read_document};
use crate::input::lever_file::LeverFile;
use crate::input::{builtin, names, text};
use crate::month::Month;
use keys::read_keys;

/// The longest horizon, in months.
pub const MOST_MONTHS: usize = 240;

/// A scenario file with what it inherits, not yet joined with a pack.
#[derive(Clone, Debug, Default)]
pub struct ScenarioFile {
    /// The name of the file without its ending.
    pub id: String,
    /// Where it was read.
    pub source: Source,
    /// Its text and those it inherits from.
    pub sources: Vec<Source>,
    name: Option<String>,
    extends: Option<Read<String>>,
    start: Option<Read<Month>>,
    has_start: bool,
    months: Option<usize>,
    as_of: Option<Read<Month>>,
    waves: Vec<WaveFile>,
    wave_choice: Option<ListChoice>,
    restrictions: Vec<RestrictionFile>,
    restriction_choice: Option<ListChoice>,
    follow: Option<Read<bool>>,
    shocks: Vec<ShockFile>,
    shock_choice: Option<ListChoice>,
    levers: Option<Vec<LeverFile>>,
    need_gain: Option<Read<Uncertain>>,
    suppression_gain: Option<Read<Uncertain>>,
    severe_delay: Option<Read<Uncertain>>,
    threshold: Option<Read<Uncertain>>,
    willing: Option<Read<Uncertain>>,
    curve: Option<Read<String>>,
    tracks: Vec<TrackFile>,
}

/// What a file says of a whole list: `restrictions = "none"`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ListChoice {
    /// There are none, whatever is inherited and whatever waves there are.
    None,
    /// Those of this file alone.
    Own,
    /// They follow from the waves, whatever is inherited.
    Follow,
}

#[derive(Clone, Debug)]
struct WaveFile {
    label: Option<String>,
    /// Which wave it is: its label, or where it first stood.
    key: String,
    has_peak: bool,
    peak: Option<Read<Date>>,
    rise: Option<Read<Uncertain>>,
    fall: Option<Read<Uncertain>>,
    height: Option<Read<Uncertain>>,
    severity: Option<Read<Uncertain>>,
    restrictions: Option<ListChoice>,
    place: Place,
}

#[derive(Clone, Debug)]
struct RestrictionFile {
    label: Option<String>,
    /// Whether `from`, `to` and `stringency` are there, rightly or wrongly.
    has: [bool; 3],
    wave: Option<Read<usize>>,
    follow: Option<Read<bool>>,
    /// What the wave was for which it was given, where the file says so.
    given_for: Option<FormerFile>,
    /// The wave it answers, as it stands in the file that gives the restriction.
    tie: Option<WaveFile>,
    from: Option<Read<Date>>,
    to: Option<Read<Date>>,
    stringency: Option<Read<Uncertain>>,
    place: Place,
}

/// A wave as it was, key by key.
#[derive(Clone, Debug, Default)]
struct FormerFile {
    peak: Option<Read<Date>>,
    rise: Option<Read<Uncertain>>,
    fall: Option<Read<Uncertain>>,
    height: Option<Read<Uncertain>>,
    severity: Option<Read<Uncertain>>,
}

#[derive(Clone, Debug)]
struct ShockFile {
    label: Option<String>,
    /// Whether `from` and `peak` are there, rightly or wrongly.
    has: [bool; 2],
    from: Option<Read<Date>>,
    peak: Option<Read<Date>>,
    depth: Option<Read<Uncertain>>,
    half_life: Option<Read<Uncertain>>,
    place: Place,
}

#[derive(Clone, Debug)]
struct TrackFile {
    name: String,
    file: Read<String>,
    reference: f64,
    folder: PathBuf,
}

/// Reads a scenario by its path or built-in name, with everything it extends.
pub fn read_scenario(name: &str, problems: &mut Problems) -> Option<ScenarioFile> {
    let mut names: Vec<String> = Vec::new();
    let found = find(name, None).unwrap_or_else(|| Err(not_found(name)));
    let mut files = vec![read_found(name, &problems.take(found)?, problems)?];
    let mut next = files[0].extends.take();
    names.push(one_name(&files[0].source));
    while let Some(parent) = next {
        let folder = files.last().map(ScenarioFile::folder).unwrap_or_default();
        let found = find(&parent.value, Some(&folder)).unwrap_or_else(|| {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
            let names: Vec<&str> = builtin::scenario_names().collect();
            let allowed = format!("a file in {}, or {}", folder.display(), names.join(", "));
            Err(Problem { allowed: Some(allowed), ..not_found(&parent.value) })
        });
        // It is this file that names it wrongly.
        let found = found.map_err(|problem| Problem { place: parent.place.clone(), ..problem });
        let mut inherited = read_found(&parent.value, &problems.take(found)?, problems)?;
        let own = one_name(&inherited.source);
        if names.contains(&own) {
            problems.push(
                Problem::error(parent.place, "`extends` goes in a circle")
                    .read(names.iter().chain([&own]).cloned().collect::<Vec<_>>().join(" -> "))
                    .suggest("take `extends` out of one of them"),
            );
            return None;
        }
        names.push(own);
        next = inherited.extends.take();
        files.push(inherited);
    }
    // From the root up, so that each file speaks of the waves it inherits.
    files.into_iter().rev().fold(None, |parent, file| Some(file.over(parent, problems)))
}

/// A file by its whole path: it has many others. A built-in one by its name.
fn one_name(source: &Source) -> String {
    let path = Path::new(&*source.name).canonicalize();
    path.map_or_else(|_| source.name.to_string(), |path| path.display().to_string())
}

fn read_found(name: &str, source: &Source, problems: &mut Problems) -> Option<ScenarioFile> {
    let id = Path::new(name)
        .file_stem()
        .map_or_else(|| name.to_owned(), |stem| stem.to_string_lossy().into_owned());
    problems.take(names::check("scenario", &id, || source.whole()));
    read_document(source, problems, |keys| read_keys(id, source, keys))
}

/// A file beside the one that extends it, with or without its ending, a file by its path, or a
/// built-in by its name.
fn find(name: &str, folder: Option<&Path>) -> Option<Result<Source, Problem>> {
    let beside = folder.map(|folder| [folder.join(format!("{name}.toml")), folder.join(name)]);
    let beside = beside.into_iter().flatten().find(|path| path.is_file());
    let path = Path::new(name);
    match beside.or_else(|| path.exists().then(|| path.to_owned())) {
        Some(path) => Some(not_another_kind(&path).and_then(|()| text::read(&path))),
        None => builtin::scenario(name).map(Ok),
    }
}

/// Refuses at once what its name says is another input.
fn not_another_kind(path: &Path) -> Result<(), Problem> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let option = match ending.as_deref() {
        Some("csv") => "--baseline",
        Some("xlsx") => "--pack",
        _ => return Ok(()),
    };
    let name = path.display().to_string();
    Err(Problem::error(Source::new(&*name, "").whole(), "is a table, not a scenario")
        .allowed("a scenario: a TOML file, or a built-in name")
        .suggest(format!("{option} {name}")))
}

fn not_found(name: &str) -> Problem {
    let problem =
        Problem::error(Source::new(name, "").whole(), "is neither a file nor a built-in scenario")
            .choose(name, builtin::scenario_names());
    if problem.suggestion.is_some() || Path::new(name).extension().is_none() {
        return problem;
    }
    // A file of nearly that name may be meant.
    let near = text::read(Path::new(name)).err().and_then(|unreadable| unreadable.suggestion);
    Problem { suggestion: near, ..problem }
}

impl ScenarioFile {
    /// Takes so many months instead of its own.
    pub fn set_months(&mut self, months: usize) {
        self.months = Some(months);
    }

    /// How many waves it has.
    pub fn wave_count(&self) -> usize {
        self.waves.len()
    }

    /// Takes another day for the peak of a wave, counted from 1 by the dates of the file.
    pub fn set_peak(&mut self, number: usize, peak: Date) -> bool {
        let place = Source::new("--set", "").whole().cell(format!("wave.{number}.peak"));
        let wave = number.checked_sub(1).and_then(|index| self.waves.get_mut(index));
        let is_there = wave.is_some();
        if let Some(wave) = wave {
            wave.peak = Some(Read { value: peak, place });
        }
        is_there
    }

    /// Adds a lever of the library, unless the scenario has one of its name.
    pub fn add_lever(&mut self, lever: &LeverFile) {
        let levers = self.levers.get_or_insert_default();
        if !levers.iter().any(|own| own.name() == lever.name()) {
            levers.push(lever.clone());
        }
    }

    /// The names of its levers.
    pub fn lever_names(&self) -> impl Iterator<Item = &str> {
        self.levers.iter().flatten().map(LeverFile::name)
    }

    /// Its folder.
    fn folder(&self) -> PathBuf {
        Path::new(&*self.source.name).parent().map(Path::to_path_buf).unwrap_or_default()
    }
}
