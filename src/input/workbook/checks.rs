//! What the sheets of a workbook must say of each other, and the workbook they make together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::lists::{At, Lists, series};
use super::sheet::Sheet;
use super::{Group, Need, Route, Service, Workbook};
use crate::diagnostics::{InputError, Problem, Problems, Source};
use crate::month::Month;

/// How far above 1 the shares of a group's conditions may sum: rounding, not a mistake.
const SHARE_TOLERANCE: f64 = 1e-9;

/// A pair of group and condition.
type Pair = (usize, usize);

/// Checks everything that takes more than one row. Pairs of group and condition that stand in
/// only one of `g2c` and `c2t` are named, counted and left out.
pub(super) fn across(lists: &mut Lists, demand: &Sheet, problems: &mut Problems) {
    check_sums(lists, problems);
    check_mapped(lists, problems);
    leave_out_unmatched(lists, problems);
    check_weights(lists, problems);
    check_demand(lists, demand, problems);
}

fn check_sums(lists: &Lists, problems: &mut Problems) {
    let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
    for need in &lists.needs {
        *sums.entry(need.value.group).or_default() += need.value.rate.central;
    }
    for (group, sum) in sums {
        let place = lists.needs.iter().find(|n| n.value.group == group).map(|n| &n.place);
        if let (true, Some(place)) = (sum > 1.0 + SHARE_TOLERANCE, place) {
            let name = &lists.group_names.names[group];
            problems.push(
                Problem::error(
                    place.clone(),
                    format!("the shares of the conditions of `{name}` sum to more than 1"),
                )
                .read(format!("sum {sum}"))
                .allowed("a sum of at most 1; what is left is people without needs"),
            );
        }
    }
}

/// Groups and conditions must go on to the next sheet.
fn check_mapped(lists: &Lists, problems: &mut Problems) {
    let in_g2c: BTreeSet<usize> = lists.needs.iter().map(|n| n.value.group).collect();
    let in_c2t: BTreeSet<usize> = lists.routes.iter().map(|r| r.value.group).collect();
    let conditions: BTreeSet<usize> = lists.routes.iter().map(|r| r.value.condition).collect();
    for (group, name) in lists.group_names.names.iter().enumerate() {
        let place = lists.groups.get(group).map(|at| at.place.clone());
        if let (false, Some(place)) = (in_g2c.contains(&group), place) {
            problems.push(
                Problem::error(place, format!("the group `{name}` has no condition in g2c"))
                    .allowed("at least one row of g2c for each group"),
            );
        }
    }
    let mut named = BTreeSet::new();
    for need in &lists.needs {
        let Need { group, condition, .. } = need.value;
        if !in_c2t.contains(&group) && named.insert((group, usize::MAX)) {
            let name = &lists.group_names.names[group];
            problems.push(
                Problem::error(
                    need.place.clone(),
                    format!("the group `{name}` has no treatment in c2t"),
                )
                .allowed("at least one row of c2t for each group of g2c"),
            );
        }
        if !conditions.contains(&condition) && named.insert((usize::MAX, condition)) {
            let name = &lists.condition_names.names[condition];
            problems.push(
                Problem::error(
                    need.place.clone(),
                    format!("the condition `{name}` has no treatment in c2t"),
                )
                .allowed("at least one row of c2t for each condition of g2c"),
            );
        }
    }
}

fn leave_out_unmatched(lists: &mut Lists, problems: &mut Problems) {
    let needs: BTreeSet<Pair> =
        lists.needs.iter().map(|n| pair(n.value.group, n.value.condition)).collect();
    let mut rows: BTreeMap<Pair, Vec<usize>> = BTreeMap::new();
    for (i, route) in lists.routes.iter().enumerate() {
        rows.entry(pair(route.value.group, route.value.condition)).or_default().push(i);
    }
    for (&(group, condition), found) in rows.iter().filter(|(pair, _)| !needs.contains(pair)) {
        let count = found.len();
        let rows = if count == 1 { "row" } else { "rows" };
        problems.push(
            Problem::warning(
                lists.routes[found[0]].place.clone(),
                format!(
                    "{} has no share in g2c: {count} {rows} of c2t left out",
                    lists.pair(group, condition)
                ),
            )
            .allowed("the same pairs of group and condition in g2c and c2t"),
        );
    }
    for need in &lists.needs {
        let Need { group, condition, rate } = &need.value;
        if !rows.contains_key(&(*group, *condition)) {
            problems.push(
                Problem::warning(
                    need.place.clone(),
                    format!(
                        "{} has no treatment in c2t: its share counts as people without needs",
                        lists.pair(*group, *condition)
                    ),
                )
                .read(rate.central.to_string())
                .allowed("the same pairs of group and condition in g2c and c2t"),
            );
        }
    }
    lists.routes.retain(|r| needs.contains(&pair(r.value.group, r.value.condition)));
    lists.needs.retain(|n| rows.contains_key(&pair(n.value.group, n.value.condition)));
    lists.routes.sort_by_key(|r| (r.value.group, r.value.condition, r.value.service));
    lists.needs.sort_by_key(|n| (n.value.group, n.value.condition));
}

fn pair(group: usize, condition: usize) -> Pair {
    (group, condition)
}

/// At least one treatment of each pair must have a weight.
fn check_weights(lists: &Lists, problems: &mut Problems) {
    for routes in lists
        .routes
        .chunk_by(|a, b| (a.value.group, a.value.condition) == (b.value.group, b.value.condition))
    {
        if let (true, Some(first)) =
            (routes.iter().all(|r| r.value.weight.central == 0.0), routes.first())
        {
            let Route { group, condition, .. } = first.value;
            problems.push(
                Problem::error(
                    first.place.clone(),
                    format!("the splits of {} are all 0", lists.pair(group, condition)),
                )
                .read("0")
                .allowed("at least one split of more than 0"),
            );
        }
    }
}

/// Every service with demand has all months of the curves.
fn check_demand(lists: &Lists, sheet: &Sheet, problems: &mut Problems) {
    let Some(start) = start(lists) else { return };
    let Some(months) = lists.curves.first().map(|curve| curve.shares.len()) else { return };
    let last = start.plus(months as i32 - 1);
    let mut beyond = 0;
    let mut first_beyond = None;
    for (service, name) in lists.service_names.names.iter().enumerate() {
        let Some(rows) = lists.demand.get(&service) else {
            problems.push(Problem::warning(
                sheet.whole(),
                format!("`{name}` has no rows: what it would have had without Covid is unknown"),
            ));
            continue;
        };
        let missing: Vec<Month> =
            (0..months).map(|t| start.plus(t as i32)).filter(|m| !rows.contains_key(m)).collect();
        if let (Some(first), Some(any)) = (missing.first(), rows.values().next()) {
            problems.push(
                Problem::error(
                    any.place.clone(),
                    format!(
                        "`{name}` lacks {} of {months} months, the first {first}",
                        missing.len()
                    ),
                )
                .allowed(format!("every month from {start} to {last}: the curves have {months}")),
            );
        }
        for (_, at) in rows.range(last.plus(1)..) {
            beyond += 1;
            first_beyond.get_or_insert_with(|| at.place.clone());
        }
    }
    if let Some(place) = first_beyond {
        problems.push(Problem::warning(
            place,
            format!("rows after {last}, the last month of the curves, are not used: {beyond}"),
        ));
    }
}

/// The first month of the demand sheet.
fn start(lists: &Lists) -> Option<Month> {
    lists.demand.values().filter_map(|rows| rows.keys().next().copied()).min()
}

/// The workbook of lists in which no error was found.
pub(super) fn assemble(
    file: Arc<str>,
    lists: Lists,
    warnings: Problems,
) -> Result<Workbook, InputError> {
    // Nothing below fails once the checks have passed; if it did, no file would be at fault but
    // the reader still says so instead of going on.
    let unusable = || Problem::error(Source::new(file.clone(), "").whole(), "can't be used");
    let start = start(&lists).ok_or_else(unusable)?;
    let months = lists.curves.first().map_or(0, |curve| curve.shares.len());
    let groups: Option<Vec<Group>> = lists.groups.into_iter().map(|at| at.value).collect();
    let mut services: Vec<Service> = lists
        .services
        .into_iter()
        .map(|at| at.value)
        .collect::<Option<_>>()
        .ok_or_else(unusable)?;
    for (service, rows) in &lists.demand {
        services[*service].demand = series(rows, start, months);
    }
    let needs: Vec<Need> = lists.needs.into_iter().map(|At { value, .. }| value).collect();
    let routes: Vec<Route> = lists.routes.into_iter().map(|At { value, .. }| value).collect();
    let groups = groups.ok_or_else(unusable)?;
    let conditions = lists.condition_names.names;
    Ok(Workbook {
        curves: lists.curves,
        file,
        start,
        groups,
        conditions,
        services,
        needs,
        routes,
        warnings,
    })
}
