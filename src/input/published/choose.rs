//! Whether what was asked for is in the files, and what of them was not asked for.

use super::catalogue::{Area, Catalogue, Measure};
use super::gather::{Gatherer, is_area, is_measure};
use super::level::Level;
use super::rows::plain;
use super::series::Series;
use super::{Report, Request};
use crate::diagnostics::{InputError, Place, Problem, Problems, Source, nearest};
use crate::input::measure::known;

/// Every area and measure named must be there.
pub(super) fn check(gatherer: &Gatherer<'_>) -> Result<(), InputError> {
    let mut problems = areas(gatherer);
    let catalogue = &gatherer.catalogue;
    let place = || Source::new(gatherer.files.as_str(), "").whole();
    let ids: Vec<&str> = catalogue.measures.iter().map(|measure| measure.id.as_str()).collect();
    for wanted in &gatherer.request.measures {
        if !catalogue.measures.iter().any(|measure| is_measure(wanted, measure)) {
            problems.push(no_measure(wanted, &catalogue.measures, place()));
        }
    }
    let is_chosen = !gatherer.request.measures.is_empty();
    if !is_chosen && !catalogue.measures.iter().any(|measure| measure.is_wanted) {
        let usual = gatherer.defaults.measures.join(", ");
        problems.push(
            Problem::error(place(), format!("the file does not hold {usual}: choose a measure"))
                .allowed(ids.iter().take(60).copied().collect::<Vec<_>>().join(", "))
                .suggest("`--measure ID`; `--list` shows what each counts"),
        );
    }
    if let Some(nation) = gatherer.defaults.nation
        && gatherer.request.areas.is_empty()
        && !catalogue.areas.iter().any(|area| area.is_wanted)
    {
        problems.push(
            Problem::error(place(), format!("the file has no rows for {nation}: choose an area"))
                .allowed(levels(&catalogue.areas))
                .suggest("`--area CODE`; `--list --area LEVEL` shows the codes"),
        );
    }
    problems.stop_on_errors()
}

/// Every text that a listing is narrowed to must be found.
pub(super) fn listed(
    catalogue: &Catalogue,
    request: &Request,
    files: &str,
) -> Result<(), InputError> {
    let mut problems = Problems::default();
    let place = || Source::new(files, "").whole();
    for wanted in &request.areas {
        if !catalogue.areas.iter().any(|area| area.matches(wanted)) {
            problems.push(no_area(wanted, &catalogue.areas, place()));
        }
    }
    for wanted in &request.measures {
        if !catalogue.measures.iter().any(|measure| measure.matches(wanted)) {
            problems.push(no_measure(wanted, &catalogue.measures, place()));
        }
    }
    problems.stop_on_errors()
}

fn no_measure(wanted: &str, measures: &[Measure], place: Place) -> Problem {
    Problem::error(place, format!("the file holds no measure `{wanted}`"))
        .choose(wanted, measures.iter().map(|measure| measure.id.as_str()))
}

/// Areas named that are not there.
pub(super) fn areas(gatherer: &Gatherer<'_>) -> Problems {
    let mut problems = Problems::default();
    let areas = &gatherer.catalogue.areas;
    for wanted in gatherer.areas_asked() {
        if !areas.iter().any(|area| is_area(wanted, area)) {
            let place = Source::new(gatherer.files.as_str(), "").whole();
            problems.push(no_area(wanted, areas, place));
        }
    }
    problems
}

fn no_area(wanted: &str, areas: &[Area], place: Place) -> Problem {
    let problem = Problem::error(place, format!("the file holds no area `{wanted}`"))
        .read(wanted)
        .allowed(format!("{}; `--list --area TEXT` searches", levels(areas)));
    let key = plain(wanted);
    let mut named: Vec<(bool, String)> = areas
        .iter()
        .flat_map(|area| area.names.iter().map(move |name| (area, name)))
        .filter(|(_, name)| key.len() >= 3 && plain(name).contains(&key))
        .map(|(area, name)| {
            let is_word = name.split_whitespace().any(|word| plain(word) == key);
            (!is_word, format!("{} ({name})", area.code))
        })
        .collect();
    named.sort();
    named.dedup();
    if !named.is_empty() {
        let names: Vec<String> = named.into_iter().take(4).map(|(_, name)| name).collect();
        return problem.suggest(names.join(" or "));
    }
    // A word near a level is that level: codes are short, and some code is near to anything.
    let levels = areas.iter().map(|area| area.level.id());
    let codes = areas.iter().map(|area| area.code.as_str());
    match nearest(wanted, levels).or_else(|| nearest(wanted, codes)) {
        Some(name) => problem.suggest(name),
        None => problem,
    }
}

/// `England; 43 icb (QE1, …)`.
fn levels(areas: &[Area]) -> String {
    Level::ALL
        .iter()
        .filter_map(|level| {
            let codes: Vec<&str> =
                areas.iter().filter(|a| a.level == *level).map(|a| a.code.as_str()).collect();
            let some = codes.iter().take(3).copied().collect::<Vec<_>>().join(", ");
            match codes.len() {
                0 => None,
                1..=3 => Some(format!("{some} ({})", level.id())),
                n => Some(format!("{n} {} ({some}, …)", level.id())),
            }
        })
        .collect::<Vec<_>>()
        .join("; ")
}

/// Nothing came of a choice whose words all exist.
pub(super) fn nothing(gatherer: &Gatherer<'_>) -> Problem {
    let wanted = |is_wanted: &mut dyn Iterator<Item = &str>| {
        let mut few: Vec<&str> = is_wanted.take(6).collect();
        if let Some(more) = few.get_mut(5) {
            *more = "…";
        }
        few.join(", ")
    };
    let catalogue = &gatherer.catalogue;
    let areas =
        wanted(&mut catalogue.areas.iter().filter(|a| a.is_wanted).map(|a| a.code.as_str()));
    let measures =
        wanted(&mut catalogue.measures.iter().filter(|m| m.is_wanted).map(|m| m.id.as_str()));
    let areas = if areas.is_empty() { "any area" } else { &areas };
    let problem = Problem::error(
        Source::new(gatherer.files.as_str(), "").whole(),
        format!("the file has no figures of {measures} for {areas}"),
    )
    .suggest("`--list --area CODE` shows which measures an area has");
    match &gatherer.tally.first_irregular {
        Some(first) => problem.read(format!(
            "{} figures whose dates are not whole months, the first at {first}",
            gatherer.tally.irregular
        )),
        None => problem,
    }
}

/// An import that finds only withheld figures gives nothing to project from.
pub(super) fn any_figure(series: &[Series], gatherer: &Gatherer<'_>) -> Result<(), InputError> {
    if series.iter().any(|one| one.months.values().any(Option::is_some)) {
        return Ok(());
    }
    let months: usize = series.iter().map(|one| one.months.len()).sum();
    let names: Vec<&str> = series.iter().take(6).map(|one| one.service.as_str()).collect();
    let place = Source::new(gatherer.files.as_str(), "").whole();
    Err(Problem::error(place, "every figure asked for is withheld or not available")
        .read(format!("{months} months of {}", names.join(", ")))
        .allowed("an area or a measure with figures: `--list` shows how many are withheld")
        .into())
}

/// A baseline takes one measure for a service: with two of them no run would take it.
pub(super) fn one_measure_each(
    series: &[Series],
    gatherer: &Gatherer<'_>,
) -> Result<(), InputError> {
    let mut problems = Problems::default();
    let mut told: Vec<&str> = Vec::new();
    for (at, one) in series.iter().enumerate() {
        let same = |other: &&Series| other.area == one.area && other.service == one.service;
        let first = series.iter().take(at).find(same);
        let Some(first) = first.filter(|_| !told.contains(&&*one.service)) else { continue };
        told.push(&one.service);
        // With `--service` all that were asked for go under one name.
        let is_named = gatherer.request.service.is_some();
        let of_service = gatherer
            .catalogue
            .measures
            .iter()
            .filter(|m| m.is_wanted && (is_named || m.service == one.service));
        let ids: Vec<&str> = of_service.map(|measure| measure.id.as_str()).collect();
        let place = Source::new(gatherer.files.as_str(), "").whole();
        let message = format!("{} would have two measures, and a baseline takes one", one.service);
        let id = ids.first().copied().unwrap_or(&first.measure);
        problems.push(
            Problem::error(place, message)
                .read(format!("{} and {}", first.measure, one.measure))
                .allowed(format!("one of {}; the other in a file of its own", ids.join(", ")))
                .suggest(format!("--measure \"{id}\"")),
        );
    }
    problems.stop_on_errors()
}

/// Says what of the files was not taken.
pub(super) fn tell(gatherer: &Gatherer<'_>, report: &mut Report) {
    let (catalogue, tally) = (&gatherer.catalogue, &gatherer.tally);
    report.leave_out(tally.other_measures, "figures of measures not asked for");
    report.leave_out(tally.other_areas, "figures of areas not asked for");
    let parts: usize = catalogue.parts.values().sum();
    let labels: Vec<&str> = catalogue.parts.keys().map(String::as_str).collect();
    report
        .leave_out(parts, format!("parts of totals, never added to them ({})", labels.join(", ")));
    for (label, rows) in &catalogue.unknown {
        report.leave_out(*rows, format!("rows under the breakdown `{label}`, which is not known"));
    }
    if let Some(first) = &tally.first_irregular {
        let what = format!("figures whose dates are not whole months, the first at {first}");
        report.leave_out(tally.irregular, what);
    }
    report.leave_out(tally.repeated, "figures given twice");
    for note in &tally.uneven {
        report.note(note);
    }
    report.leave_out(
        tally.revised,
        format!("figures replaced by a later file, {} of them changed", tally.changed),
    );
    let is_published = gatherer.defaults.nation.is_some();
    for measure in catalogue.measures.iter().filter(|m| m.is_wanted && known(&m.id).is_none()) {
        if is_published && gatherer.request.service.is_none() && !gatherer.request.waits {
            report.note_about(
                measure.id.as_str(),
                format!(
                    "no service line is known for it, the column says `{}`: `--service ID` names \
                     one.",
                    measure.service
                ),
            );
        }
    }
    for measure in catalogue.measures.iter().filter(|m| m.is_wanted && m.names.len() > 1) {
        let names = measure.names.join(" / ");
        report.note_about(
            measure.id.as_str(),
            format!("its name changed under one id, taken as one measure: {names}."),
        );
    }
}
