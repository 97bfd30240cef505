//! The areas of a study: their baseline series, how the pack's people are scaled to each, and the
//! reference area's own series.

use std::collections::HashSet;

use super::asked::{Asked, Chosen, choose};
use super::inputs::Inputs;
use super::scored::keep_scored;
use super::weak_baselines;
use crate::diagnostics::{Problem, Problems, Source};
use crate::input::baseline::{Baseline, family, name_key, read_baseline};
use crate::input::registry::area_figures;
use crate::input::tidy::Wishes;
use crate::input::{builtin, text};
use crate::month::Month;
use crate::study;
use crate::study::area::{Area, AreaScale, Series};
use crate::study::figures::Figures;
use crate::study::pack::{KnownArea, Pack, same_name};
use crate::study::scenario::Scenario;

/// Areas as read.
pub(super) struct ReadAreas {
    /// Those to be projected.
    pub(super) list: Vec<Area>,
    /// Every area that any input knows, by id and name.
    pub(super) known: Vec<(String, String)>,
    /// The baseline of the reference area.
    pub(super) reference: Vec<Series>,
}

/// Reads the baseline, or takes the built-in one, and scales the pack to its areas, whose own
/// shares of strata it is given.
pub(super) fn read_areas(
    inputs: &Inputs,
    (pack, figures): (&mut Pack, &mut Figures),
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
            let source = problems.take(text::read_table("--baseline", path))?;
            sources.push(source.clone());
            let area = one.unwrap_or_else(|| "area".to_owned());
            let asked = Asked::new(&inputs.areas, pack);
            let wanted = |area: &str| asked.holds(area, pack);
            let mut baseline =
                read_baseline(&source, pack, &area, &wanted, &inputs.wishes, problems)?;
            let start = scenarios.iter().map(|scenario| scenario.start).min();
            if let Some(start) = start.filter(|_| inputs.only_scored && inputs.areas.is_empty()) {
                keep_scored(&source, &mut baseline, start, problems);
            }
            Some((baseline, source))
        }
    };
    let reference = reference(pack, own.as_ref().map(|(baseline, _)| baseline), &built_in);
    if let Some((baseline, _)) = &mut own {
        family::share_out(baseline, pack, &reference);
    }
    let baseline = own.as_ref().map_or(&built_in, |(baseline, _)| baseline);
    let end = scenarios.iter().map(Scenario::learns_before).min();
    let year = |series: &Series| series.year_before(end?);
    let mut list: Vec<Area> = Vec::new();
    let mut listed: HashSet<String> = HashSet::new();
    for chosen in choose(inputs, pack, own.as_ref().map(|(baseline, _)| baseline), problems) {
        if !listed.insert(name_key(&chosen.id)) {
            continue;
        }
        let given = baseline.area(&chosen.id).or_else(|| baseline.area(&chosen.name));
        let mut series: Vec<Series> = given.map(|(_, series)| series.clone()).unwrap_or_default();
        if own.is_none() && chosen.known.as_ref().is_some_and(|known| known.kind.is_some()) {
            add_built_in(&mut series, (pack, figures), &chosen.id, &reference);
        }
        let scale = scale(pack, &chosen);
        for scenario in scenarios.iter().filter(|_| scale == AreaScale::Shares) {
            if study::sizing(pack, &reference, scenario, (scale, &series)).is_none() {
                let year = |series: &Series| series.year_before(scenario.learns_before());
                let of = (&series[..], &reference[..]);
                problems.push_once(nothing_says_how_large(&chosen.id, of, year, pack));
            }
        }
        list.push(Area {
            within: within(pack, &chosen.id),
            sizes: sizes((pack, figures), &chosen, scale),
            nation: chosen.known.as_ref().map(|known| known.nation).unwrap_or_default(),
            is_part: chosen.is_part,
            scale,
            series,
            id: chosen.id,
            name: chosen.name,
        });
    }
    for area in &list {
        if area.scale != AreaScale::Reference && pack.areas.iter().any(|known| known.kind.is_some())
        {
            area_figures::strata(pack, figures, &area.id);
        }
    }
    if let Some((baseline, source)) = &own {
        weak_baselines::complain_of_absent_areas(source, baseline, &list, problems);
        weak_baselines::warn_of_another_size((source, pack), &list, &built_in, year, problems);
        if let Some(end) = end {
            weak_baselines::warn_of_weak((source, pack), &list, end, problems);
            weak_baselines::warn_of_more_than_all(
                (source, pack),
                (&list, &reference),
                year,
                problems,
            );
        }
    }
    if let Some(end) = end {
        let built_in = || Source::new("built-in baselines", "");
        let source = own.as_ref().map_or_else(built_in, |(_, source)| source.clone());
        weak_baselines::warn_of_late((&source, pack), &list, end, problems);
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

/// The series of the reference area. A baseline of the user's own goes before the built-in one,
/// line by line: a file with one line of it does not take away the mix of the others.
fn reference(pack: &Pack, own: Option<&Baseline>, built_in: &Baseline) -> Vec<Series> {
    let of = |baseline: &Baseline| {
        let area = baseline.area(&pack.reference_area);
        area.map(|(_, series)| series.clone()).unwrap_or_default()
    };
    let mut list = own.map(of).unwrap_or_default();
    for series in of(built_in) {
        if !list.iter().any(|own| own.service == series.service) {
            list.push(series);
        }
    }
    list
}

/// What is built in for an area of the registry: as published, else England's split.
fn add_built_in(series: &mut Vec<Series>, of: (&Pack, &Figures), area: &str, reference: &[Series]) {
    for published in area_figures::published(of.0, area) {
        if !series.iter().any(|own| own.service == published.service) {
            series.push(published);
        }
    }
    let is_england = same_name(area, &of.0.reference_area);
    let has: Vec<usize> = series.iter().map(|own| own.service).collect();
    if !is_england {
        series.extend(area_figures::split(of, area, reference, |service| has.contains(&service)));
    }
    series.sort_by_key(|series| series.service);
}

/// How the pack's people are scaled to an area.
fn scale(pack: &Pack, chosen: &Chosen) -> AreaScale {
    let population = chosen.known.as_ref().and_then(|known| known.population).zip(pack.population);
    match population {
        _ if same_name(&chosen.id, &pack.reference_area) => AreaScale::Reference,
        Some((own, whole)) => AreaScale::Population(own / whole),
        None => AreaScale::Shares,
    }
}

/// Sizes of groups that are an area's own: those of the pack, else of its residents.
fn sizes(of: (&Pack, &Figures), chosen: &Chosen, scale: AreaScale) -> Vec<(usize, f64)> {
    let Some(known) = &chosen.known else { return Vec::new() };
    let is_by_residents = matches!(scale, AreaScale::Population(_)) && known.kind.is_some();
    let mut list = known.sizes.clone();
    if is_by_residents {
        for (group, size) in area_figures::sizes(of, &known.id, known.population) {
            if !list.iter().any(|(own, _)| *own == group) {
                list.push((group, size));
            }
        }
    }
    list
}

/// The last month that a baseline of the user's own holds, of the areas asked for. The built-in one
/// says nothing of when a scenario starts: its series end at different times.
pub(super) fn last_month(inputs: &Inputs, pack: &Pack) -> Option<Month> {
    let source = text::read_given("--baseline", inputs.baseline.as_ref()?).ok()?;
    // What is wrong with it is told where it is read for good.
    let mut told_later = Problems::default();
    let asked = Asked::new(&inputs.areas, pack);
    let wanted = |area: &str| asked.holds(area, pack);
    let baseline = read_baseline(&source, pack, "area", &wanted, &inputs.wishes, &mut told_later)?;
    let series = baseline.areas.iter().flat_map(|(_, series)| series);
    series.map(|series| series.start.plus(series.values.len() as i32 - 1)).max()
}

/// The areas that an area is a part of, nearest first.
fn within(pack: &Pack, id: &str) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    let named = |id: &str| pack.areas.iter().find(|area| same_name(&area.id, id));
    let mut at: Option<&KnownArea> = named(id);
    while let Some(whole) = at.and_then(|area| area.part_of.as_ref())
        && !list.contains(whole)
    {
        list.push(whole.clone());
        at = named(whole);
    }
    list
}

/// The built-in baselines, as far as the pack knows their services.
fn built_in_baseline(pack: &Pack) -> Baseline {
    let mut all = Baseline::default();
    for source in builtin::baselines() {
        // A pack of other services has no use for them: that is no problem of the user's.
        let mut unused = Problems::default();
        if let Some(baseline) =
            read_baseline(&source, pack, "England", &|_| true, &Wishes::default(), &mut unused)
        {
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
    if let Some(why) = weak_baselines::why_not_compared(series, reference, year, pack) {
        problem = problem.read(why);
    }
    problem
        .allowed(
            "a population in the pack's areas.csv, or a line that the reference area has too, with \
             months before the scenario; `--area` chooses areas",
        )
        .suggest(format!("areas.csv: area,name,population\n{area},NAME,190000"))
}
