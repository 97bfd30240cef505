//! All inputs of a command read, joined and validated together into a [`Study`].

use std::path::PathBuf;

mod areas;
mod asked;
mod inputs;
mod levers;
mod of_areas;
mod scored;
mod sense;
mod settings;
mod weak_baselines;

use super::builtin;
use super::capacity::read_capacity;
use super::checks::read_checks;
use super::lever_file;
use super::pack::{ReadPack, is_of_pack, read_pack};
use super::scenario::{ScenarioFile, read_scenario};
use super::setting::Setting;
use super::standards::read_standards;
use super::text;
use super::waits::read_waits;
use crate::diagnostics::{Problem, Problems, Source};
use crate::month::Month;
use crate::study::capacity::Plan;
use crate::study::figures::Figures;
use crate::study::pack::Pack;
use crate::study::package::Package;
use crate::study::scenario::Scenario;
use crate::study::waits::Published;
use crate::study::{Draws, Study, Summaries};
use areas::{ReadAreas, last_month, read_areas};

pub use asked::Asked;
pub use inputs::Inputs;

/// A study, and what was said of it beside.
#[derive(Debug)]
pub struct ReadStudy {
    /// The study.
    pub study: Study,
    /// The packages named.
    pub packages: Vec<Package>,
    /// What the user should know.
    pub warnings: Problems,
}

/// Reads every input and joins them; all problems of all inputs are listed at once.
pub fn read_study(inputs: &Inputs) -> Result<ReadStudy, Problems> {
    let mut problems = Problems::default();
    let mut packages = Vec::new();
    let study = try_read(inputs, &mut packages, &mut problems);
    match study {
        Some(study) if problems.errors() == 0 => {
            Ok(ReadStudy { study, packages, warnings: problems })
        }
        _ => Err(problems),
    }
}

fn try_read(
    inputs: &Inputs,
    packages: &mut Vec<Package>,
    problems: &mut Problems,
) -> Option<Study> {
    sense::warn_of_draws(inputs.draws, problems);
    let mut figures = Figures::default();
    let settings: Vec<Setting> =
        inputs.settings.iter().filter_map(|text| problems.take(Setting::parse(text))).collect();
    for (at, setting) in settings.iter().enumerate() {
        if settings[..at].iter().any(|earlier| earlier.path == setting.path) {
            let place = Source::new("--set", "").whole().cell(&*setting.path);
            problems.push(
                Problem::warning(place, "the key is set twice: the last value counts")
                    .read(&setting.path)
                    .allowed("each key once"),
            );
        }
    }
    let pack_name = inputs.pack.as_deref().unwrap_or(builtin::DEFAULT_PACK);
    let read = read_pack(pack_name, &settings, &mut figures, problems);
    // Scenarios and the baseline are read even where the pack is wrong, to list their problems.
    let names = scenario_names(inputs, read.as_ref().map(|read| &read.pack));
    let mut files: Vec<Option<ScenarioFile>> =
        names.iter().map(|name| read_scenario(name, problems)).collect();
    let library = levers::add(inputs, &inputs.levers, "--lever", &mut files, problems);
    let of_packages = levers::add_packages(inputs, packages, &mut files, problems);
    if let Some(months) = settings::months(&settings, problems) {
        files.iter_mut().flatten().for_each(|file| file.set_months(months));
    }
    settings::set_peaks(&settings, &mut files, problems);
    let ReadPack { mut pack, observed, mut sources } = read?;
    sources.extend(library);
    let standards = builtin::standards();
    read_standards(&standards, &mut pack, problems);
    sources.push(standards);
    sources.extend(of_packages);
    let mut scenarios: Vec<Scenario> = Vec::new();
    for file in files.into_iter().flatten() {
        sources.extend(file.sources.iter().cloned());
        if let Some(scenario) =
            file.resolve(&pack, &mut figures, || last_month(inputs, &pack), problems)
        {
            if scenarios.iter().any(|other| other.id == scenario.id) {
                // Its own file, not those it inherits from.
                let own = file.sources.first().unwrap_or(&file.source);
                problems.push(
                    Problem::error(own.whole(), "two scenarios have the same name")
                        .read(&scenario.id)
                        .suggest("name it once, or rename one of two files: the name tells results apart"),
                );
            }
            sources.extend(scenario.tracks.iter().map(|track| track.source.clone()));
            scenarios.push(scenario);
        }
    }
    let is_number =
        |s: &&Setting| !is_of_pack(s) && s.path != settings::MONTHS && s.peak().is_none();
    for setting in settings.iter().filter(is_number) {
        settings::set_in_scenarios(setting, &mut scenarios, &mut figures, problems);
    }
    for scenario in &mut scenarios {
        scenario.settle(&figures);
    }
    sense::warn_of_other_months(&scenarios, problems);
    lever_file::check_sizes(&scenarios, &figures, problems);
    if let Some(percent) = inputs.spread {
        settings::spread(&mut figures, percent, problems);
    }
    let figures_published = builtin::checks();
    let checks = read_checks(&figures_published, problems);
    sources.push(figures_published);
    let of_pack = (&mut pack, &mut figures);
    let areas = read_areas(inputs, of_pack, &scenarios, &mut sources, problems)?;
    sense::foreign_fit(observed.as_ref(), &pack.name, &areas.list, problems);
    sense::warn_of_unreached(&pack, &areas.list, problems);
    of_areas::check(&figures, &areas, problems);
    let last = scenarios.iter().map(Scenario::last).max();
    let capacity = capacity(inputs, &pack, &areas, last, &mut sources, problems);
    let published = published(inputs, &pack, &mut sources, problems);
    Some(Study {
        capacity: Some(capacity),
        is_held: is_held(inputs),
        published,
        says_unchecked: false,
        figures,
        observed,
        reference: areas.reference,
        checks,
        sources,
        areas: areas.list,
        pack,
        scenarios,
        summaries: Summaries::default(),
        draws: Draws { count: inputs.draws, seed: inputs.seed },
    })
}

/// Words that stand for a capacity in place of a file.
const CAPACITY_WORDS: [&str; 2] = ["responds", "held"];

/// Whether `--capacity` is a word and no file.
fn is_word(inputs: &Inputs) -> bool {
    let is_one = |path: &PathBuf| {
        CAPACITY_WORDS.iter().any(|word| path.as_os_str() == *word) && !path.exists()
    };
    inputs.capacity.as_ref().is_some_and(is_one)
}

fn is_held(inputs: &Inputs) -> bool {
    is_word(inputs) && inputs.capacity.as_ref().is_some_and(|path| path.as_os_str() == "held")
}

/// Waits as published: the built-in ones, and before them those of a file that is named.
fn published(
    inputs: &Inputs,
    pack: &Pack,
    sources: &mut Vec<Source>,
    problems: &mut Problems,
) -> Vec<Published> {
    let mut all = Vec::new();
    for path in &inputs.waits {
        if let Some(source) = problems.take(text::read_given("--waits", path)) {
            all.extend(read_waits(&source, pack, false, problems));
            sources.push(source);
        }
    }
    let own = builtin::waits();
    all.extend(read_waits(&own, pack, true, problems));
    sources.push(own);
    all
}

/// The capacity file, if one is named.
fn capacity(
    inputs: &Inputs,
    pack: &Pack,
    areas: &ReadAreas,
    last: Option<Month>,
    sources: &mut Vec<Source>,
    problems: &mut Problems,
) -> Vec<Plan> {
    let Some(path) = inputs.capacity.as_ref().filter(|_| !is_word(inputs)) else {
        return Vec::new();
    };
    let Some(source) = problems.take(text::read_table("--capacity", path)) else {
        return Vec::new();
    };
    sources.push(source.clone());
    read_capacity(&source, pack, (&areas.list, &areas.known, &areas.reference), last, problems)
}

fn scenario_names(inputs: &Inputs, pack: Option<&Pack>) -> Vec<String> {
    if !inputs.scenarios.is_empty() {
        return inputs.scenarios.clone();
    }
    if pack.is_some_and(|pack| pack.drivers.is_empty() && !pack.curves.is_empty()) {
        return vec![builtin::OWN_CURVES.to_owned()];
    }
    builtin::DEFAULT_SCENARIOS.map(str::to_owned).to_vec()
}
