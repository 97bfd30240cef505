//! Scenario files: TOML, one course of the epidemic each, `extends` inheriting another.
//!
//! A key given in a file overrides the inherited one; a list (`[[wave]]`, `[[restriction]]`,
//! `[[shock]]`, `[[lever]]`) given in a file replaces the inherited list as a whole.

use std::path::Path;

use jiff::civil::Date;

use super::document::{Keys, Read, read_document};
use super::lever::{self, LeverFile, read_lever};
use super::table::Table;
use super::{builtin, text};
use crate::diagnostics::{Place, Problem, Problems, Source, nearest};
use crate::draw::Uncertain;
use crate::month::{Month, position};
use crate::study::figures::{Basis, Figure, FigureId, Figures, Grade, Origin};
use crate::study::pack::Pack;
use crate::study::scenario::{CurveChoice, OwnTrack, Response, Restriction, Scenario, Shock, Wave};

/// The longest horizon, in months.
const MOST_MONTHS: usize = 240;

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
    peak: Option<Date>,
    rise: Option<Read<Uncertain>>,
    fall: Option<Read<Uncertain>>,
    height: Option<Read<Uncertain>>,
    severity: Option<Read<Uncertain>>,
    place: Place,
}

#[derive(Clone, Debug)]
struct RestrictionFile {
    wave: Option<usize>,
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
    let mut file = read_one(name, None, problems)?;
    let id = file.id.clone();
    chain.push(file.source.name.to_string());
    while let Some(parent) = file.extends.take() {
        let folder = Path::new(&*file.source.name).parent().map(Path::to_path_buf);
        let inherited = read_one(&parent.value, folder.as_deref(), problems).or_else(|| {
            problems.push(
                Problem::error(parent.place.clone(), "the scenario it extends can't be read")
                    .read(&parent.value),
            );
            None
        })?;
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

fn read_one(name: &str, folder: Option<&Path>, problems: &mut Problems) -> Option<ScenarioFile> {
    let source = find(name, folder).map_err(|problem| problems.push(problem)).ok()?;
    let id = Path::new(name)
        .file_stem()
        .map_or_else(|| name.to_owned(), |stem| stem.to_string_lossy().into_owned());
    read_document(&source, problems, |keys| read_keys(id, &source, keys))
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

fn read_keys(id: String, source: &Source, keys: &Keys<'_>) -> ScenarioFile {
    let mut response = [None, None, None, None];
    keys.table("response", |response_keys| {
        response = [
            response_keys.uncertain("need_gain", 0.0, 10.0),
            response_keys.uncertain("suppression_gain", 0.0, 10.0),
            response_keys.uncertain("severe_delay", 0.0, 12.0),
            response_keys.uncertain("threshold", 0.0, 10.0),
        ];
    });
    let [need_gain, suppression_gain, severe_delay, threshold] = response;
    let folder = Path::new(&*source.name).parent().map(Path::to_path_buf).unwrap_or_default();
    ScenarioFile {
        id,
        source: source.clone(),
        sources: vec![source.clone()],
        name: keys.text("name").map(|name| name.value),
        extends: keys.text("extends"),
        start: keys.month("start"),
        months: keys.whole("months", 1..MOST_MONTHS + 1).map(|months| months.value),
        as_of: keys.month("as_of"),
        waves: keys.list("wave", |_, wave| Some(read_wave(wave))),
        restrictions: keys.list("restriction", |_, restriction| {
            if !restriction.has("stringency") {
                restriction.missing("stringency", "stringency = 0.8");
            }
            Some(RestrictionFile {
                wave: restriction.whole("wave", 1..1000).map(|wave| wave.value),
                from: needed(restriction, restriction.day("from"), "from"),
                to: needed(restriction, restriction.day("to"), "to"),
                stringency: restriction.uncertain("stringency", 0.0, 1.0),
                place: restriction.place(),
            })
        }),
        shocks: keys.list("shock", |_, shock| {
            Some(ShockFile {
                from: needed(shock, shock.day("from"), "from"),
                peak: needed(shock, shock.day("peak"), "peak"),
                depth: shock.uncertain("depth", 0.0, 100.0),
                half_life: shock.uncertain("half_life", 0.01, 600.0),
                place: shock.place(),
            })
        }),
        levers: keys.list("lever", |index, keys| Some(read_lever(index, keys))),
        need_gain,
        suppression_gain,
        severe_delay,
        threshold,
        curve: keys.table("exposure", |exposure| exposure.text("curve")).flatten(),
        tracks: keys.named_tables("track", |name, track| {
            let file = track.text("file");
            let reference = track.number("reference", 1e-9, f64::INFINITY);
            if file.is_none() {
                track.missing("file", "file = \"admissions.csv\"");
            }
            if reference.is_none() {
                track.missing("reference", "reference = 40000   # the whole of the first wave");
            }
            Some(TrackFile {
                name: name.to_owned(),
                file: file?,
                reference: reference?.value,
                folder: folder.clone(),
            })
        }),
    }
}

fn read_wave(keys: &Keys<'_>) -> WaveFile {
    WaveFile {
        label: keys.text("label").map(|label| label.value),
        peak: needed(keys, keys.day("peak"), "peak").map(|peak| peak.value),
        rise: keys.uncertain("rise", 0.01, 60.0),
        fall: keys.uncertain("fall", 0.01, 60.0),
        height: keys.uncertain("height", 0.0, 100.0),
        severity: keys.uncertain("severity", 0.0, 100.0),
        place: keys.place(),
    }
}

fn needed<T>(keys: &Keys<'_>, value: Option<Read<T>>, key: &'static str) -> Option<Read<T>> {
    if value.is_none() && !keys.has(key) {
        keys.missing(key, &format!("{key} = \"2020-04-01\""));
    }
    value
}

impl ScenarioFile {
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

    /// Joins the scenario with a pack and registers its numbers.
    pub fn resolve(
        &self,
        pack: &Pack,
        figures: &mut Figures,
        problems: &mut Problems,
    ) -> Option<Scenario> {
        let errors = problems.errors();
        let own = pack.own_scenario.as_ref();
        let start = self.start.as_ref().map(|s| s.value).or(own.map(|own| own.start));
        let months = self.months.or(own.map(|own| own.months)).unwrap_or(60);
        let curve = self.curve.as_ref().and_then(|curve| choose_curve(curve, pack, problems));
        if start.is_none() {
            problems.push(
                Problem::error(self.source.whole(), "the key `start` is missing")
                    .suggest("start = \"2020-03\""),
            );
        }
        if pack.drivers.is_empty() && self.curve.is_none() {
            problems.push(
                Problem::error(
                    self.source.whole(),
                    format!(
                        "the pack `{}` has no drivers, so waves have no effect on it",
                        pack.name
                    ),
                )
                .allowed("a scenario with [exposure] curve = …")
                .suggest("[exposure]\ncurve = \"pack\""),
            );
        }
        let start = start?;
        let levers = self.levers.as_deref().unwrap_or_default();
        let levers = lever::resolve(levers, (&self.id, start), pack, figures, problems);
        let mut register = Register { scenario: &self.id, figures };
        let scenario = Scenario {
            id: self.id.clone(),
            name: self.name.clone().unwrap_or_else(|| self.id.clone()),
            start,
            months,
            as_of: self.as_of.as_ref().map(|month| month.value),
            waves: self.waves(&mut register),
            restrictions: self.restrictions(&mut register, problems),
            shocks: self.shocks(&mut register, problems),
            levers,
            response: self.response(&mut register),
            tracks: self
                .tracks
                .iter()
                .filter_map(|track| track.read(start, months, problems))
                .collect(),
            curve,
        };
        for driver in &pack.drivers {
            if let crate::study::pack::Track::Own(name) = &driver.track
                && !scenario.tracks.iter().any(|track| track.name == *name)
            {
                problems.push(
                    Problem::warning(
                        self.source.whole(),
                        format!(
                            "driver `{}` follows the track `{name}`, which is not given",
                            driver.id
                        ),
                    )
                    .suggest(format!("[track.{name}]\nfile = \"{name}.csv\"\nreference = 1.0")),
                );
            }
        }
        (problems.errors() == errors).then_some(scenario)
    }

    fn waves(&self, register: &mut Register<'_>) -> Vec<Wave> {
        let mut waves: Vec<&WaveFile> = self.waves.iter().flatten().collect();
        waves.sort_by_key(|wave| wave.peak);
        waves
            .into_iter()
            .zip(1..)
            .filter_map(|(wave, number)| {
                let mut part = |name: &str, read: &Option<Read<Uncertain>>, default: f64| {
                    register.put(
                        &format!("wave.{number}.{name}"),
                        read.as_ref(),
                        &wave.place,
                        default,
                    )
                };
                Some(Wave {
                    label: wave.label.clone().unwrap_or_else(|| format!("wave {number}")),
                    number,
                    rise: part("rise", &wave.rise, 0.6),
                    fall: part("fall", &wave.fall, 1.2),
                    height: part("height", &wave.height, 1.0),
                    severity: part("severity", &wave.severity, 1.0),
                    peak: wave.peak?,
                })
            })
            .collect()
    }

    fn restrictions(
        &self,
        register: &mut Register<'_>,
        problems: &mut Problems,
    ) -> Vec<Restriction> {
        let mut files: Vec<&RestrictionFile> = self.restrictions.iter().flatten().collect();
        files.sort_by_key(|file| file.from.as_ref().map(|from| from.value));
        let mut list: Vec<Restriction> = Vec::new();
        for (file, number) in files.into_iter().zip(1..) {
            let (Some(from), Some(to)) = (&file.from, &file.to) else { continue };
            if from.value >= to.value {
                problems.push(
                    Problem::error(to.place.clone(), "the restriction ends before it begins")
                        .read(format!("from {} to {}", from.value, to.value))
                        .allowed("`to` is the first day without it, after `from`"),
                );
            }
            if let Some(before) = list.last()
                && from.value < before.to
            {
                problems.push(
                    Problem::error(
                        from.place.clone(),
                        "the restriction overlaps the one before it",
                    )
                    .read(format!("from {}, while the one before ends {}", from.value, before.to))
                    .allowed("restrictions one after the other; `to` is the first day without it")
                    .suggest(format!("from = \"{}\"", before.to)),
                );
            }
            list.push(Restriction {
                wave: file.wave.unwrap_or(1),
                from: from.value,
                to: to.value,
                stringency: register.put(
                    &format!("restriction.{number}.stringency"),
                    file.stringency.as_ref(),
                    &file.place,
                    0.0,
                ),
            });
        }
        list
    }

    fn shocks(&self, register: &mut Register<'_>, problems: &mut Problems) -> Vec<Shock> {
        let files = self.shocks.iter().flatten().zip(1..);
        let shocks = files.filter_map(|(file, number): (&ShockFile, usize)| {
            let (from, peak) = (file.from.as_ref()?, file.peak.as_ref()?);
            if from.value > peak.value {
                problems.push(
                    Problem::error(peak.place.clone(), "the shock peaks before it begins")
                        .read(format!("from {}, peak {}", from.value, peak.value))
                        .allowed("from <= peak"),
                );
            }
            let mut part = |name: &str, read: &Option<Read<Uncertain>>, default| {
                register.put(&format!("shock.{number}.{name}"), read.as_ref(), &file.place, default)
            };
            Some(Shock {
                from: position(from.value),
                peak: position(peak.value),
                depth: part("depth", &file.depth, 1.0),
                half_life: part("half_life", &file.half_life, 12.0),
            })
        });
        shocks.collect()
    }

    fn response(&self, register: &mut Register<'_>) -> Response {
        let whole = self.source.whole();
        let mut part = |name: &str, read: &Option<Read<Uncertain>>, default| {
            register.put(&format!("response.{name}"), read.as_ref(), &whole, default)
        };
        Response {
            need_gain: part("need_gain", &self.need_gain, 0.9),
            suppression_gain: part("suppression_gain", &self.suppression_gain, 0.2),
            severe_delay: part("severe_delay", &self.severe_delay, 0.3),
            threshold: part("threshold", &self.threshold, 0.0),
        }
    }
}

/// Puts a scenario's numbers among the figures.
struct Register<'a> {
    scenario: &'a str,
    figures: &'a mut Figures,
}

impl Register<'_> {
    fn put(
        &mut self,
        key: &str,
        read: Option<&Read<Uncertain>>,
        whole: &Place,
        default: f64,
    ) -> FigureId {
        let (number, place, basis) = match read {
            Some(read) => {
                (read.value, read.place.text(), Basis::Scenario(self.scenario.to_owned()))
            }
            None => (Uncertain::point(default), whole.text(), Basis::Default),
        };
        self.figures.put(Figure {
            key: key.to_owned(),
            scenario: Some(self.scenario.to_owned()),
            number,
            origin: Origin {
                basis,
                place,
                unit: String::new(),
                source: "scenario".to_owned(),
                grade: Grade::D,
                as_of: String::new(),
                agreed_with: String::new(),
                note: String::new(),
            },
        })
    }
}

fn choose_curve(curve: &Read<String>, pack: &Pack, problems: &mut Problems) -> Option<CurveChoice> {
    if pack.curves.is_empty() {
        problems.push(
            Problem::error(curve.place.clone(), format!("the pack `{}` has no curves", pack.name))
                .read(&curve.value)
                .suggest("a scenario with [[wave]], or a pack with curves.csv"),
        );
        return None;
    }
    if curve.value == "pack" {
        return Some(CurveChoice::Pack);
    }
    let index =
        pack.curves.iter().position(|c| crate::study::pack::same_name(&c.name, &curve.value));
    if index.is_none() {
        let names = pack.curves.iter().map(|c| c.name.as_str()).chain(["pack"]);
        problems
            .push(Problem::error(curve.place.clone(), "unknown curve").choose(&curve.value, names));
    }
    index.map(CurveChoice::One)
}

impl TrackFile {
    /// Reads `month,value` for every month of the scenario.
    fn read(&self, start: Month, months: usize, problems: &mut Problems) -> Option<OwnTrack> {
        let path = self.folder.join(&self.file.value);
        let source = match text::read(&path) {
            Ok(source) => source,
            Err(problem) => {
                problems.push(
                    Problem { place: self.file.place.clone(), ..problem }.read(&self.file.value),
                );
                return None;
            }
        };
        let table = Table::parse(&source, problems)?;
        table.allow(&["month", "value"], problems);
        let (month, value) = (table.need("month", problems)?, table.need("value", problems)?);
        let mut values = vec![None; months];
        for row in &table.rows {
            let Some(at) = super::baseline::month_cell(&table, row, month, problems) else {
                continue;
            };
            let Some(number) = problems.take(table.number(row, value)).flatten() else { continue };
            let slot = usize::try_from(at.since(start)).ok().and_then(|t| values.get_mut(t));
            let Some(slot) = slot else { continue };
            if number < 0.0 {
                problems.push(
                    Problem::error(table.place(row, value), "a track can't be negative")
                        .read(row.cell(value)),
                );
            }
            if slot.replace(number).is_some() {
                problems.push(
                    Problem::error(table.place(row, month), "the month stands twice")
                        .read(row.cell(month)),
                );
            }
        }
        if values.iter().all(Option::is_none) {
            problems.push(
                Problem::error(source.whole(), "no month of the scenario is in the track")
                    .allowed(format!("{start} to {}", start.plus(months as i32 - 1))),
            );
        }
        Some(OwnTrack {
            name: self.name.clone(),
            // Months outside the file have no signal: the file says when the epidemic was.
            values: values.into_iter().map(|value| value.unwrap_or(0.0)).collect(),
            reference: self.reference,
        })
    }
}
