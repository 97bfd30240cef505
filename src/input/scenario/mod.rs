//! Scenario files: TOML, one course of the epidemic each, `extends` inheriting another.
//!
//! A key given in a file overrides the inherited one; a list (`[[wave]]`, `[[restriction]]`,
//! `[[shock]]`, `[[lever]]`) given in a file replaces the inherited list as a whole.

mod horizon;
mod keys;
mod resolve;
mod track;

use std::path::Path;

use jiff::civil::Date;

use crate::diagnostics::{Place, Problem, Problems, Source, nearest};
use crate::draw::Uncertain;
use crate::input::document::{Read, read_document};
use crate::input::lever::LeverFile;
use crate::input::{builtin, text};
use crate::month::Month;
use keys::read_keys;

/// The longest horizon, in months.
pub const MOST_MONTHS: usize = 240;

/// A scenario file with what it inherits, not yet joined with a pack.
#[derive(Clone, Debug)]
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
    waves: Option<Vec<WaveFile>>,
    restrictions: Option<Vec<RestrictionFile>>,
    shocks: Option<Vec<ShockFile>>,
    levers: Option<Vec<LeverFile>>,
    need_gain: Option<Read<Uncertain>>,
    suppression_gain: Option<Read<Uncertain>>,
    severe_delay: Option<Read<Uncertain>>,
    threshold: Option<Read<Uncertain>>,
    curve: Option<Read<String>>,
    tracks: Vec<TrackFile>,
}

#[derive(Clone, Debug)]
struct WaveFile {
    label: Option<String>,
    peak: Option<Read<Date>>,
    rise: Option<Read<Uncertain>>,
    fall: Option<Read<Uncertain>>,
    height: Option<Read<Uncertain>>,
    severity: Option<Read<Uncertain>>,
    place: Place,
}

#[derive(Clone, Debug)]
struct RestrictionFile {
    wave: Option<Read<usize>>,
    from: Option<Read<Date>>,
    to: Option<Read<Date>>,
    stringency: Option<Read<Uncertain>>,
    place: Place,
}

#[derive(Clone, Debug)]
struct ShockFile {
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
    folder: std::path::PathBuf,
}

/// Reads a scenario by its path or built-in name, with everything it extends.
pub fn read_scenario(name: &str, problems: &mut Problems) -> Option<ScenarioFile> {
    let mut chain: Vec<String> = Vec::new();
    let mut file = read_found(name, &problems.take(find(name, None))?, problems)?;
    let id = file.id.clone();
    chain.push(file.source.name.to_string());
    while let Some(parent) = file.extends.take() {
        let folder = Path::new(&*file.source.name).parent().map(Path::to_path_buf);
        let found = find(&parent.value, folder.as_deref());
        // It is this file that names it wrongly.
        let found = found.map_err(|problem| Problem { place: parent.place.clone(), ..problem });
        let inherited = read_found(&parent.value, &problems.take(found)?, problems)?;
        let next = inherited.source.name.to_string();
        if chain.contains(&next) {
            problems.push(
                Problem::error(parent.place, "`extends` goes in a circle")
                    .read(chain.iter().chain([&next]).cloned().collect::<Vec<_>>().join(" -> "))
                    .suggest("take `extends` out of one of them"),
            );
            return None;
        }
        chain.push(next);
        file = file.over(inherited);
    }
    file.id = id;
    Some(file)
}

fn read_found(name: &str, source: &Source, problems: &mut Problems) -> Option<ScenarioFile> {
    let id = Path::new(name)
        .file_stem()
        .map_or_else(|| name.to_owned(), |stem| stem.to_string_lossy().into_owned());
    read_document(source, problems, |keys| read_keys(id, source, keys))
}

/// A file beside the one that extends it, a file by its path, or a built-in by its name.
fn find(name: &str, folder: Option<&Path>) -> Result<Source, Problem> {
    let beside = folder.map(|folder| folder.join(format!("{name}.toml")));
    for path in [beside.as_deref(), Some(Path::new(name))].into_iter().flatten() {
        if path.exists() {
            return text::read(path);
        }
    }
    if let Some(source) = builtin::scenario(name) {
        return Ok(source);
    }
    let problem =
        Problem::error(Source::new(name, "").whole(), "is neither a file nor a built-in scenario");
    let has_ending = Path::new(name).extension().is_some();
    let near = nearest(name, builtin::scenario_names());
    if has_ending && near.is_none() {
        return text::read(Path::new(name)).map_err(|unreadable| match unreadable.suggestion {
            Some(suggestion) => problem.suggest(suggestion),
            None => problem.allowed(builtin::scenario_names().collect::<Vec<_>>().join(", ")),
        });
    }
    Err(problem.choose(name, builtin::scenario_names()))
}

impl ScenarioFile {
    /// Takes so many months instead of its own.
    pub fn set_months(&mut self, months: usize) {
        self.months = Some(months);
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

    /// This file's keys over those of `parent`.
    fn over(self, parent: Self) -> Self {
        let mut tracks = self.tracks;
        for track in parent.tracks {
            if !tracks.iter().any(|own| own.name == track.name) {
                tracks.push(track);
            }
        }
        Self {
            id: self.id,
            source: parent.source,
            sources: self.sources.into_iter().chain(parent.sources).collect(),
            name: self.name.or(parent.name),
            extends: parent.extends,
            has_start: self.has_start || parent.has_start,
            start: self.start.or(parent.start),
            months: self.months.or(parent.months),
            as_of: self.as_of.or(parent.as_of),
            waves: self.waves.or(parent.waves),
            restrictions: self.restrictions.or(parent.restrictions),
            shocks: self.shocks.or(parent.shocks),
            levers: self.levers.or(parent.levers),
            need_gain: self.need_gain.or(parent.need_gain),
            suppression_gain: self.suppression_gain.or(parent.suppression_gain),
            severe_delay: self.severe_delay.or(parent.severe_delay),
            threshold: self.threshold.or(parent.threshold),
            curve: self.curve.or(parent.curve),
            tracks,
        }
    }
}
