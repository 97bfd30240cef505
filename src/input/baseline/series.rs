//! Observations joined to series: a month once, none left out, and none far off unsaid.

use std::collections::{BTreeMap, HashMap};

use super::far_off_months::far_off;
use super::{Baseline, Observation, name_key};
use crate::diagnostics::{Problem, Problems, printable};
use crate::month::Month;
use crate::study::area::Series;
use crate::study::pack::{Counted, Pack};

/// The longest series, in months.
const MOST_MONTHS: i32 = 1200;

/// Joins observations to series; duplicate months and, where `all_placed`, gaps are problems. What
/// is odd but no error is told of the areas that are `wanted`.
pub(super) fn join(
    observations: &[Observation<'_>],
    (all_placed, wanted): (bool, &dyn Fn(&str) -> bool),
    pack: &Pack,
    problems: &mut Problems,
) -> Baseline {
    let mut far_off = Vec::new();
    let mut areas: Vec<(String, Vec<Series>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut families: Vec<(usize, usize, Series)> = Vec::new();
    let mut cells: BTreeMap<(usize, Counted, &str), BTreeMap<Month, &Observation<'_>>> =
        BTreeMap::new();
    for observation in observations {
        let area = *places.entry(name_key(observation.area)).or_insert_with(|| {
            areas.push((observation.area.to_owned(), Vec::new()));
            areas.len() - 1
        });
        let months = cells.entry((area, observation.service, observation.measure)).or_default();
        if let Some(first) = months.insert(observation.month, observation) {
            problems.push(
                Problem::error(
                    observation.place.clone(),
                    format!(
                        "{} of {} stands twice",
                        observation.month,
                        pack.id_of(observation.service)
                    ),
                )
                .read(format!("also at {}", first.place.text())),
            );
        }
    }
    for ((area, service, measure), months) in cells {
        let of_area = area;
        let (area, list) = &mut areas[area];
        let id = pack.id_of(service);
        let of_family = |(at, family, series): &(usize, usize, Series)| {
            (*at == of_area && Counted::Family(*family) == service).then(|| series.measure.clone())
        };
        let other = match service {
            Counted::Service(service) => {
                list.iter().find(|series| series.service == service).map(|s| s.measure.clone())
            }
            Counted::Family(_) => families.iter().find_map(of_family),
        };
        if let Some(other) = other {
            let place = months.values().next().map(|o| o.place.clone());
            problems.extend(place.map_or_else(Problems::default, |place| {
                Problem::error(place, format!("{id} of {area} has two measures"))
                    .read(format!("`{other}` and `{measure}`"))
                    .allowed("one measure per service line: two measures are never one series")
                    .suggest(format!(
                        "leave the rows of `{measure}` out, or give them a service line of their own"
                    ))
                    .into()
            }));
            continue;
        }
        let line = format!("{id} of {area}");
        let Some(series) = series(service, measure, &months, &line, problems) else { continue };
        if all_placed {
            find_gaps(&months, &line, problems);
        }
        if wanted(area) {
            far_off.extend(far_off_months(&series, &months, &line));
        }
        match service {
            Counted::Service(_) => list.push(series),
            Counted::Family(family) => families.push((of_area, family, series)),
        }
    }
    warn_of_far_off(far_off, problems);
    Baseline { areas, families, ..Baseline::default() }
}

/// Complains of every month between the first and the last that has no row.
fn find_gaps(months: &BTreeMap<Month, &Observation<'_>>, line: &str, problems: &mut Problems) {
    for ((before, _), (month, observation)) in months.iter().zip(months.iter().skip(1)) {
        if month.since(*before) > 1 {
            problems.push(
                Problem::error(
                    observation.place.clone(),
                    format!("{line} has a gap before {month}"),
                )
                .read(format!("{before}, then {month}"))
                .allowed("every month from the first to the last")
                .suggest(format!("add a row for {} (`*` if it is not known)", before.plus(1))),
            );
        }
    }
}

fn series(
    counted: Counted,
    measure: &str,
    months: &BTreeMap<Month, &Observation<'_>>,
    line: &str,
    problems: &mut Problems,
) -> Option<Series> {
    let (&start, _) = months.first_key_value()?;
    let (&end, last) = months.last_key_value()?;
    if end.since(start) > MOST_MONTHS {
        problems.push(
            Problem::error(last.place.clone(), format!("{line} is too long"))
                .read(format!("{start} to {end}"))
                .allowed(format!("up to {MOST_MONTHS} months")),
        );
        return None;
    }
    let mut values = vec![None; usize::try_from(end.since(start)).ok()? + 1];
    let mut derived = vec![false; values.len()];
    for (&month, observation) in months {
        let at = month.since(start) as usize;
        values[at] = observation.value.ok().flatten();
        derived[at] = observation.derived;
    }
    if months.values().all(|observation| observation.value == Ok(None)) {
        problems.push(
            Problem::warning(last.place.clone(), format!("{line} holds no value at all"))
                .read("every month is missing")
                .suggest("give counts, or leave the line out"),
        );
        return None;
    }
    // Counts of a family are shared out among its services.
    let service = match counted {
        Counted::Service(service) => service,
        Counted::Family(_) => usize::MAX,
    };
    Some(Series { service, measure: measure.to_owned(), start, values, derived, part: None })
}

/// Warns of months that lie far from what is around them: of a few lines whole, of the others
/// where they stand.
fn warn_of_far_off(mut found: Vec<(String, Problem)>, problems: &mut Problems) {
    /// More of them hide the rest.
    const WHOLE: usize = 5;
    let others = found.split_off(found.len().min(WHOLE));
    for (_, problem) in found {
        problems.push(problem);
    }
    let [(_, first), ..] = others.as_slice() else { return };
    let message = format!("{} more lines hold a month far from those around it", others.len());
    let list: Vec<&str> = others.iter().map(|(where_, _)| where_.as_str()).collect();
    problems.push(
        Problem::warning(first.place.whole(), message)
            .suggest(format!("look at {}", list.join(", "))),
    );
}

/// A month that lies far from what is around it: where it stands, and what is odd about it and
/// how many more of the series there are.
fn far_off_months(
    series: &Series,
    months: &BTreeMap<Month, &Observation<'_>>,
    line: &str,
) -> Option<(String, Problem)> {
    let found = far_off(&series.values);
    let first = found.first()?;
    let month = series.start.plus(first.at as i32);
    let observation = months.get(&month)?;
    let years = first.other_years.map_or_else(String::new, |usual| {
        format!("; the same month of other years has about {}", usual.round())
    });
    let more = match found.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more of its months)"),
    };
    let message = format!("{month} of {line} lies far from the months around it{more}");
    let missing = "`*` if it is not known; as it stands if it is right";
    let suggestion = first.moved().map_or_else(
        || missing.to_owned(),
        |meant| format!("{meant} if its digits slipped; {missing}"),
    );
    let at = observation.place.line.map_or_else(String::new, |at| format!(" (line {at})"));
    let problem = Problem::warning(observation.place.clone(), message)
        .read(first.value.to_string())
        .allowed(format!("any count; around it are about {}{years}", first.around.round()))
        .suggest(suggestion);
    Some((format!("{month} of {}{at}", printable(line)), problem))
}
