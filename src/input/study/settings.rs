//! What `--set` and `--spread` change in what was read.

use crate::diagnostics::{Problem, Problems, Source, nearest};
use crate::draw::Uncertain;
use crate::input::lever_file;
use crate::input::scenario::{MOST_MONTHS, ScenarioFile};
use crate::input::setting::Setting;
use crate::study::figures::{Basis, Figures};
use crate::study::scenario::Scenario;

/// The setting that is no figure: how many months are projected.
pub(super) const MONTHS: &str = "months";

/// The months that `--set` asks for, of all scenarios.
pub(super) fn months(settings: &[Setting], problems: &mut Problems) -> Option<usize> {
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
pub(super) fn set_peaks(
    settings: &[Setting],
    files: &mut [Option<ScenarioFile>],
    problems: &mut Problems,
) {
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
pub(super) fn set_in_scenarios(
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
                    .read(crate::input::document::number_text(wrong))
                    .allowed(crate::input::document::bounds_text(least, most)),
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
pub(super) fn spread(figures: &mut Figures, percent: f64, problems: &mut Problems) {
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
