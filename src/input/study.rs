//! All inputs of a command read, joined and validated together into a [`Study`].

use std::path::PathBuf;

use super::areas::{ReadAreas, last_month, read_areas};
use super::builtin;
use super::capacity::read_capacity;
use super::checks::read_checks;
use super::lever_file;
use super::local;
use super::pack::{ReadPack, is_of_pack, read_pack};
use super::scenario::{MOST_MONTHS, ScenarioFile, read_scenario};
use super::setting::Setting;
use super::standards::read_standards;
use super::text;
use super::tidy::Wishes;
use super::waits::read_waits;
use crate::diagnostics::{Problem, Problems, Source, nearest};
use crate::draw::Uncertain;
use crate::month::Month;
use crate::study::area::Area;
use crate::study::capacity::Plan;
use crate::study::figures::{Basis, Figures};
use crate::study::observed::Observed;
use crate::study::pack::{Pack, same_name};
use crate::study::scenario::Scenario;
use crate::study::waits::Published;
use crate::study::{Draws, Study, Summaries};

/// What a command names as its inputs.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Scenario files or built-in names; none is the built-in set, or the pack's own.
    pub scenarios: Vec<String>,
    /// A baseline file; none is the built-in England and Bury.
    pub baseline: Option<PathBuf>,
    /// A pack folder, workbook or built-in name.
    pub pack: Option<String>,
    /// Areas of the baseline; none is the reference area, or all of a given file.
    pub areas: Vec<String>,
    /// Whether the parts of an area that is asked for by itself are projected beside it.
    pub with_parts: bool,
    /// Without `areas`, leaves out those of the baseline that no score can be made of.
    pub only_scored: bool,
    /// Treatment capacity by date, or `held`; none responds.
    pub capacity: Option<PathBuf>,
    /// Waits as published; those built in come after them.
    pub waits: Vec<PathBuf>,
    /// A library of levers; none is the built-in one.
    pub library: Option<PathBuf>,
    /// Levers of the library to add to every scenario.
    pub levers: Vec<String>,
    /// Files of packages, whose levers are added to every scenario.
    pub packages: Vec<PathBuf>,
    /// `KEY=VALUE` overrides.
    pub settings: Vec<String>,
    /// A range, in percent, to put on every figure that has none.
    pub spread: Option<f64>,
    /// How the baseline's table is to be read.
    pub wishes: Wishes,
    /// How many draws.
    pub draws: usize,
    /// The seed.
    pub seed: u64,
}

/// A study, and what was said of it beside.
#[derive(Debug)]
pub struct ReadStudy {
    /// The study.
    pub study: Study,
    /// The packages named, with the names of their levers.
    pub packages: Vec<(String, Vec<String>)>,
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
    packages: &mut Vec<(String, Vec<String>)>,
    problems: &mut Problems,
) -> Option<Study> {
    warn_of_draws(inputs.draws, problems);
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
    let library = add_levers(inputs, &inputs.levers, "--lever", &mut files, problems);
    let of_packages = add_packages(inputs, packages, &mut files, problems);
    if let Some(months) = months_set(&settings, problems) {
        files.iter_mut().flatten().for_each(|file| file.set_months(months));
    }
    set_peaks(&settings, &mut files, problems);
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
    let is_number = |s: &&Setting| !is_of_pack(s) && s.path != MONTHS && s.peak().is_none();
    for setting in settings.iter().filter(is_number) {
        set_in_scenarios(setting, &mut scenarios, &mut figures, problems);
    }
    for scenario in &mut scenarios {
        scenario.settle(&figures);
    }
    warn_of_other_months(&scenarios, problems);
    lever_file::check_sizes(&scenarios, &figures, problems);
    if let Some(percent) = inputs.spread {
        spread(&mut figures, percent, problems);
    }
    let figures_published = builtin::checks();
    let checks = read_checks(&figures_published, problems);
    sources.push(figures_published);
    let of_pack = (&mut pack, &mut figures);
    let areas = read_areas(inputs, of_pack, &scenarios, &mut sources, problems)?;
    foreign_fit(observed.as_ref(), &pack.name, &areas.list, problems);
    warn_of_unreached(&pack, &areas.list, problems);
    local::check(&figures, &areas, problems);
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

/// Warns of scenarios that no comparison can hold against the first.
fn warn_of_other_months(scenarios: &[Scenario], problems: &mut Problems) {
    let Some(first) = scenarios.first() else { return };
    let months = |of: &Scenario| format!("{} to {}", of.start, of.last());
    let others: Vec<&Scenario> =
        scenarios.iter().filter(|other| !other.has_months_of(first)).collect();
    let Some(other) = others.first() else { return };
    let place = Source::new("scenarios", "").whole();
    let names: Vec<&str> = others.iter().map(|other| other.id.as_str()).collect();
    let message = format!("other months than {}: not in the comparison", first.id);
    let mut problem = Problem::warning(place, message)
        .read(format!("{}: {}, {}: {}", names.join(", "), months(other), first.id, months(first)))
        .allowed("one start and as many months for scenarios to be compared");
    if others.iter().all(|other| other.start == first.start) {
        let least = others.iter().map(|other| other.months).min().unwrap_or(first.months);
        problem = problem.suggest(format!("--set months={}", first.months.min(least)));
    }
    problems.push(problem);
}

/// Warns of draws too few for a range, and of as many as memory may not hold.
fn warn_of_draws(draws: usize, problems: &mut Problems) {
    /// Of fewer draws the 5th and the 95th percentile are the least and the greatest.
    const FEW: usize = 20;
    const MANY: usize = 20_000;
    /// As measured with the built-in inputs.
    const GIGABYTES_A_DRAW: f64 = 87e-6;
    let message = match draws {
        1..FEW => "so few draws make no range".to_owned(),
        MANY.. => {
            let gigabytes = draws as f64 * GIGABYTES_A_DRAW;
            format!("so many draws take some {gigabytes:.0} GB of memory with the built-in inputs")
        }
        _ => return,
    };
    problems.push(
        Problem::warning(Source::new("--draws", "").whole(), message)
            .read(draws.to_string())
            .suggest("0 for central values, 1000 for ranges"),
    );
}

/// Warns of services that no route leads to and no baseline counts: nothing can be said of them.
fn warn_of_unreached(pack: &Pack, areas: &[Area], problems: &mut Problems) {
    let is_reached = |index: usize| {
        pack.services[index].is_total()
            || pack.routes.iter().any(|route| route.service == index)
            || pack.demand.iter().any(|demand| demand.service == index)
            || areas.iter().flat_map(|area| &area.series).any(|series| series.service == index)
    };
    let unreached: Vec<&str> = (0..pack.services.len())
        .filter(|index| !is_reached(*index))
        .map(|index| pack.services[index].id.as_str())
        .collect();
    let Some(first) = unreached.first() else { return };
    let place = Source::new(format!("pack {}", pack.name), "").whole();
    let message = "services with no route and no baseline: nothing is projected for them";
    problems.push(
        Problem::warning(place, message)
            .read(unreached.join(", "))
            .suggest(format!("routes.csv: GROUP,CONDITION,{first},1, or referrals to it")),
    );
}

/// Warns of areas that a fitted pack was not fitted to.
fn foreign_fit(observed: Option<&Observed>, pack: &str, areas: &[Area], problems: &mut Problems) {
    let Some(observed) = observed else { return };
    let fitted = observed.areas();
    let is_fitted = |area: &&Area| fitted.iter().any(|known| same_name(known, &area.id));
    for area in areas.iter().filter(|area| !is_fitted(area)) {
        let place = Source::new(format!("pack {pack}"), "").whole();
        let names: Vec<&str> = fitted.iter().copied().collect();
        let shown = names.iter().take(8).copied().collect::<Vec<_>>().join(", ");
        problems.push(
            Problem::warning(place, format!("the pack was not fitted to {}", area.id))
                .read(format!("fitted to the months of {shown}"))
                .suggest(format!("--area {}, or a pack fitted to {}", names[0], area.id)),
        );
    }
}

/// Adds levers of the library to every scenario that has none of the name; gives the library, if
/// it is the user's own.
fn add_levers(
    inputs: &Inputs,
    names: &[String],
    option: &str,
    files: &mut [Option<ScenarioFile>],
    problems: &mut Problems,
) -> Option<Source> {
    let (library, source) = lever_file::read_levers(inputs.library.as_deref(), problems);
    for name in names {
        let mut files = files.iter_mut().flatten().peekable();
        if let Some(preset) = library.iter().find(|lever| lever.name() == name) {
            files.for_each(|file| file.add_lever(preset));
        } else if files.peek().is_some()
            && !files.any(|file| file.lever_names().any(|own| own == name))
        {
            problems.push(
                Problem::error(
                    Source::new(option, "").whole(),
                    "neither in a scenario nor in the library",
                )
                .choose(name, library.iter().map(lever_file::LeverFile::name)),
            );
        }
    }
    source
}

/// Adds the levers of packages to every scenario, with the name of each package and its levers to
/// `packages`; their texts.
fn add_packages(
    inputs: &Inputs,
    packages: &mut Vec<(String, Vec<String>)>,
    files: &mut [Option<ScenarioFile>],
    problems: &mut Problems,
) -> Vec<Source> {
    let mut sources = Vec::new();
    for path in &inputs.packages {
        let Some(package) = lever_file::read_package(path, problems) else { continue };
        let named: Vec<String> = package.named.iter().map(|name| name.value.clone()).collect();
        add_levers(inputs, &named, &package.source.name, files, problems);
        for lever in &package.levers {
            let is_own = |file: &ScenarioFile| file.lever_names().any(|own| own == lever.name());
            if files.iter().flatten().any(is_own) {
                problems.push(
                    Problem::error(lever.place().clone(), "two levers have the same name")
                        .read(lever.name())
                        .suggest(format!("name = \"{}-2\"", lever.name())),
                );
                continue;
            }
            files.iter_mut().flatten().for_each(|file| file.add_lever(lever));
        }
        packages.push((package.name.clone(), package.names()));
        sources.push(package.source);
    }
    sources
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

/// The setting that is no figure: how many months are projected.
const MONTHS: &str = "months";

/// The months that `--set` asks for, of all scenarios.
fn months_set(settings: &[Setting], problems: &mut Problems) -> Option<usize> {
    let setting = settings.iter().rev().find(|setting| setting.path == MONTHS)?;
    let months = setting.number.central;
    if (1.0..=MOST_MONTHS as f64).contains(&months) && months.fract() == 0.0 {
        return Some(months as usize);
    }
    problems.push(
        Problem::error(Source::new("--set", "").whole().cell(MONTHS), "`months` is out of range")
            .read(months.to_string())
            .allowed(format!("1 to {MOST_MONTHS}")),
    );
    None
}

/// Moves waves to the days that `--set wave.N.peak` gives.
fn set_peaks(settings: &[Setting], files: &mut [Option<ScenarioFile>], problems: &mut Problems) {
    for setting in settings {
        let Some((number, peak)) = setting.peak() else { continue };
        let mut is_there = false;
        for file in files.iter_mut().flatten() {
            is_there |= file.set_peak(number, peak);
        }
        if !is_there && files.iter().any(Option::is_some) {
            let most = files.iter().flatten().map(ScenarioFile::wave_count).max().unwrap_or(0);
            problems.push(
                Problem::error(Source::new("--set", "").whole(), "no scenario has this wave")
                    .read(&setting.path)
                    .allowed(format!("waves 1 to {most}, counted by their peaks in the files")),
            );
        }
    }
}

/// Sets a number of every scenario that has it.
fn set_in_scenarios(
    setting: &Setting,
    scenarios: &mut [Scenario],
    figures: &mut Figures,
    problems: &mut Problems,
) {
    let place = || Source::new("--set", "").whole().cell(&*setting.path);
    lever_file::add_cost(setting, scenarios, figures);
    let found: Vec<_> = figures.find_all(&setting.path).collect();
    if found.is_empty() {
        let mut keys: Vec<String> = figures.iter().map(|figure| figure.key.clone()).collect();
        keys.sort();
        keys.dedup();
        // `need_gain` is the end of `response.need_gain`.
        let end = format!(".{}", setting.path);
        let near = nearest(&setting.path, keys.iter().map(String::as_str))
            .or_else(|| keys.iter().map(String::as_str).find(|key| key.ends_with(&end)));
        let mut problem = Problem::error(place(), "no number has this key").read(&setting.path);
        let own: Vec<&str> = keys
            .iter()
            .map(String::as_str)
            .filter(|key| {
                ["wave", "response", "shock", "restriction", "lever"]
                    .iter()
                    .any(|t| key.starts_with(t))
            })
            .collect();
        problem = problem.allowed(format!(
            "{}, …; `explain --assumptions` lists them all",
            own.into_iter().take(12).collect::<Vec<_>>().join(", ")
        ));
        if let Some(near) = near {
            problem = problem.suggest(near);
        }
        problems.push(problem);
    }
    for id in found {
        let figure = figures.get_mut(id);
        let (least, most) = (figure.number.least, figure.number.most);
        let number = setting.number;
        let values = [number.central, number.low, number.high];
        if let Some(wrong) = values.into_iter().find(|value| !(least..=most).contains(value)) {
            problems.push(
                Problem::error(place(), format!("`{}` is out of range", setting.path))
                    .read(super::document::number_text(wrong))
                    .allowed(super::document::bounds_text(least, most)),
            );
            return;
        }
        figure.number = number.within(least, most);
        figure.origin.basis = Basis::Set;
        "--set".clone_into(&mut figure.origin.place);
    }
}

/// Puts a range of `percent` on every figure that an input gives and that has none; a default of
/// the program, such as everyone in need seeking help, is left as it is.
fn spread(figures: &mut Figures, percent: f64, problems: &mut Problems) {
    if !(0.0..=100.0).contains(&percent) {
        problems.push(
            Problem::error(Source::new("--spread", "").whole(), "`--spread` is out of range")
                .read(percent.to_string())
                .allowed("0 to 100 (percent)"),
        );
        return;
    }
    let ids: Vec<_> = figures.ids().collect();
    for id in ids {
        let figure = figures.get_mut(id);
        let number = &mut figure.number;
        if figure.origin.basis != Basis::Default && number.is_point() && number.central != 0.0 {
            let step = number.central.abs() * percent / 100.0;
            let clamp = |value: f64| value.clamp(number.least, number.most);
            *number = Uncertain {
                low: clamp(number.central - step),
                high: clamp(number.central + step),
                ..*number
            };
        }
    }
}
