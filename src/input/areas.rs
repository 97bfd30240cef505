//! The areas of a study: their baseline series, how the pack's people are scaled to each, and the
//! reference area's mix of referrals.

use super::baseline::{Baseline, family, read_baseline};
use super::builtin;
use super::scored::keep_scored;
use super::served;
use super::study::Inputs;
use super::text;
use crate::diagnostics::{Problem, Problems, Source, nearest};
use crate::month::Month;
use crate::study;
use crate::study::area::{Area, AreaScale, Series};
use crate::study::pack::{Pack, same_name};
use crate::study::scenario::Scenario;

/// Whether an area is among those asked for, by its id or its name in the pack; asking for none is
/// asking for all.
pub fn wanted_area(asked: &[String], pack: &Pack, area: &str) -> bool {
    let is_named = |name: &String| {
        same_name(name, area)
            || pack
                .areas
                .iter()
                .any(|known| same_name(&known.id, area) && same_name(&known.name, name))
    };
    asked.is_empty() || asked.iter().any(is_named)
}

/// Areas as read.
pub(super) struct ReadAreas {
    /// Those to be projected.
    pub(super) list: Vec<Area>,
    /// Every area that any input knows, by id and name.
    pub(super) known: Vec<(String, String)>,
    /// The baseline of the reference area.
    pub(super) reference: Vec<Series>,
}

/// Reads the baseline, or takes the built-in one, and scales the pack to its areas.
pub(super) fn read_areas(
    inputs: &Inputs,
    pack: &Pack,
    scenarios: &[Scenario],
    sources: &mut Vec<Source>,
    problems: &mut Problems,
) -> Option<ReadAreas> {
    let built_in = built_in_baseline(pack);
    let mut own = match &inputs.baseline {
        None => {
            sources.extend(builtin::baselines());
            None
        }
        Some(path) => {
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
            let one = match inputs.areas.as_slice() {
                [area] => Some(area.clone()),
                _ => stem,
            };
            let source = problems.take(text::read_given("--baseline", path))?;
            sources.push(source.clone());
            let area = one.unwrap_or_else(|| "area".to_owned());
            let wanted = |area: &str| wanted_area(&inputs.areas, pack, area);
            let mut baseline = read_baseline(&source, pack, &area, &wanted, problems)?;
            let start = scenarios.iter().map(|scenario| scenario.start).min();
            if let Some(start) = start.filter(|_| inputs.only_scored && inputs.areas.is_empty()) {
                keep_scored(&source, &mut baseline, start, problems);
            }
            Some((baseline, source))
        }
    };
    let baseline = own.as_ref().map_or(&built_in, |(baseline, _)| baseline);
    // A baseline of the user's own goes before the built-in one, line by line: a file with one
    // line of the reference area does not take away the mix of the others.
    let of_reference = |baseline: &Baseline| {
        let area = baseline.area(&pack.reference_area);
        area.map(|(_, series)| series.clone()).unwrap_or_default()
    };
    let mut reference = of_reference(baseline);
    for series in of_reference(&built_in) {
        if !reference.iter().any(|own| own.service == series.service) {
            reference.push(series);
        }
    }
    if let Some((baseline, _)) = &mut own {
        family::share_out(baseline, pack, &reference);
    }
    let baseline = own.as_ref().map_or(&built_in, |(baseline, _)| baseline);
    let end = scenarios.iter().map(Scenario::learns_before).min();
    let year = |series: &Series| series.year_before(end?);
    let wanted: Vec<String> = if !inputs.areas.is_empty() {
        inputs.areas.clone()
    } else if own.is_some() {
        baseline.areas.iter().map(|(area, _)| area.clone()).collect()
    } else {
        vec![pack.reference_area.clone()]
    };
    let mut list: Vec<Area> = Vec::new();
    for name in &wanted {
        let known = pack.areas.iter().find(|a| same_name(&a.id, name) || same_name(&a.name, name));
        let id = known.map_or(name.as_str(), |known| known.id.as_str());
        let series = baseline.area(id).or_else(|| baseline.area(name));
        let is_reference = same_name(id, &pack.reference_area);
        if series.is_none() && known.is_none() && !is_reference {
            let names = baseline.areas.iter().map(|(area, _)| area.as_str());
            // Without residents only a baseline says how large an area is.
            let sized = pack.areas.iter().filter(|area| {
                area.population.is_some() && pack.population.is_some()
                    || same_name(&area.id, &pack.reference_area)
            });
            let names = names.chain(sized.map(|area| area.id.as_str()));
            let mut names: Vec<&str> = names.collect();
            names.sort_unstable();
            names.dedup();
            let place = Source::new("--area", "").whole();
            let mut problem =
                Problem::error(place, format!("unknown area `{name}`")).choose(name, names);
            if problem.suggestion.is_none() {
                let known = pack.areas.iter().map(|area| area.name.as_str());
                problem.suggestion = nearest(name, known).map(str::to_owned);
            }
            problems.push(problem);
            continue;
        }
        let series: Vec<Series> = series.map(|(_, series)| series.clone()).unwrap_or_default();
        let population = known.and_then(|known| known.population).zip(pack.population);
        let scale = match population {
            _ if is_reference => AreaScale::Reference,
            Some((own, whole)) => AreaScale::Population(own / whole),
            None => AreaScale::Shares,
        };
        if scale == AreaScale::Shares {
            for scenario in scenarios {
                if study::sizing(pack, &reference, scenario, (scale, &series)).is_none() {
                    let year = |series: &Series| series.year_before(scenario.learns_before());
                    problems.push_once(nothing_says_how_large(
                        id,
                        (&series, &reference),
                        year,
                        pack,
                    ));
                }
            }
        }
        if list.iter().any(|area| same_name(&area.id, id)) {
            continue;
        }
        list.push(Area {
            id: id.to_owned(),
            name: known.map_or(id, |known| known.name.as_str()).to_owned(),
            within: within(pack, id),
            scale,
            sizes: known.map(|known| known.sizes.clone()).unwrap_or_default(),
            series,
        });
    }
    if let Some((baseline, source)) = &own {
        served::complain_of_unserved(source, baseline, &list, problems);
        served::warn_of_another_size((source, pack), &list, &built_in, year, problems);
        if let Some(end) = end {
            served::warn_of_weak((source, pack), &list, end, problems);
            served::warn_of_more_than_all((source, pack), (&list, &reference), year, problems);
        }
    }
    if let Some(end) = end {
        let built_in = || Source::new("built-in baselines", "");
        let source = own.as_ref().map_or_else(built_in, |(_, source)| source.clone());
        served::warn_of_late((&source, pack), &list, end, problems);
    }
    let mut known: Vec<(String, String)> =
        list.iter().map(|area| (area.id.clone(), area.name.clone())).collect();
    known.extend(pack.areas.iter().map(|area| (area.id.clone(), area.name.clone())));
    let others = baseline.areas.iter().map(|(area, _)| area).chain([&pack.reference_area]);
    known.extend(others.map(|area| (area.clone(), area.clone())));
    // The first of an id has its name.
    known.sort_by(|a, b| a.0.cmp(&b.0));
    known.dedup_by(|next, first| next.0 == first.0);
    Some(ReadAreas { list, known, reference })
}

/// The last month that a baseline of the user's own holds, of the areas asked for. The built-in one
/// says nothing of when a scenario starts: its series end at different times.
pub(super) fn last_month(inputs: &Inputs, pack: &Pack) -> Option<Month> {
    let source = text::read_given("--baseline", inputs.baseline.as_ref()?).ok()?;
    // What is wrong with it is told where it is read for good.
    let mut told_later = Problems::default();
    let wanted = |area: &str| wanted_area(&inputs.areas, pack, area);
    let baseline = read_baseline(&source, pack, "area", &wanted, &mut told_later)?;
    let series = baseline.areas.iter().flat_map(|(_, series)| series);
    series.map(|series| series.start.plus(series.values.len() as i32 - 1)).max()
}

/// The areas that an area is a part of, nearest first.
fn within(pack: &Pack, id: &str) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    let mut at = id;
    while let Some(whole) = pack.areas.iter().find(|area| same_name(&area.id, at))
        && let Some(whole) = &whole.part_of
        && !list.contains(whole)
    {
        list.push(whole.clone());
        at = whole;
    }
    list
}

/// The built-in baselines, as far as the pack knows their services.
fn built_in_baseline(pack: &Pack) -> Baseline {
    let mut all = Baseline::default();
    for source in builtin::baselines() {
        // A pack of other services has no use for them: that is no problem of the user's.
        let mut unused = Problems::default();
        if let Some(baseline) = read_baseline(&source, pack, "England", &|_| true, &mut unused) {
            all.areas.extend(baseline.areas);
        }
    }
    all
}

/// Neither residents nor a line that the reference area has too.
fn nothing_says_how_large(
    area: &str,
    (series, reference): (&[Series], &[Series]),
    year: impl Fn(&Series) -> Option<f64>,
    pack: &Pack,
) -> Problem {
    let place = Source::new("areas", "").whole();
    let mut problem = Problem::error(place, format!("nothing says how large `{area}` is"));
    if let Some(why) = served::why_not_compared(series, reference, year, pack) {
        problem = problem.read(why);
    }
    problem
        .allowed(
            "a population in the pack's areas.csv, or a line that the reference area has too, with \
             months before the scenario; `--area` chooses areas",
        )
        .suggest(format!("areas.csv: area,name,population\n{area},NAME,190000"))
}
