//! Where people go: the services of every group and condition.

use std::collections::HashSet;

use super::given::GivenFigures;
use super::layer::Layer;
use super::names::{Names, find, index};
use super::rows::RouteRow;
use crate::diagnostics::{Place, Problem, Problems};
use crate::draw::Uncertain;
use crate::study::figures::{Basis, Figure, Grade, Origin};
use crate::study::pack::{Need, Route};

/// Routes of every need: the set of the topmost layer that names its group and condition, else
/// the topmost set for every group (`*`).
pub(super) fn routes(
    layers: &[Layer],
    names: &Names,
    needs: &[Need],
    given: &mut GivenFigures<'_>,
) -> Vec<Route> {
    let mut list = Vec::new();
    let mut used: HashSet<(&str, &str)> = HashSet::new();
    for need in needs {
        let group = names.groups[need.group].id.as_str();
        let condition = names.conditions[need.condition].id.as_str();
        let set = [group, "*"].into_iter().find_map(|of| {
            layers.iter().rev().find_map(|layer| {
                let rows: Vec<&RouteRow> = layer
                    .routes
                    .iter()
                    .filter(|row| row.group == of && row.condition == condition)
                    .collect();
                (!rows.is_empty()).then(|| (of, layer.id.clone(), rows))
            })
        });
        let Some((of, layer, rows)) = set else {
            given.problems.push(
                Problem::error(
                    given.place_of_need(group, condition),
                    format!("`{group}` with `{condition}` goes to no service"),
                )
                .suggest(format!("add to routes.csv: {group},{condition},SERVICE,1")),
            );
            continue;
        };
        used.insert((of, condition));
        let mut total = 0.0;
        let first = rows.first().map_or_else(Place::unknown, |row| row.place.clone());
        for row in rows {
            total += row.weight;
            let Some(service) = find(
                &names.services,
                "service",
                &row.service,
                &row.place.clone().cell("service"),
                given.problems,
            ) else {
                continue;
            };
            if !names.services[service].rest.members.is_empty() {
                given.problems.push_once(
                    Problem::error(row.place.clone(), "people don't route to a total")
                        .read(&row.service)
                        .allowed(names.services[service].rest.members.join(", ")),
                );
            }
            let key = format!("{of}/{condition}/{}", row.service);
            let weight = given
                .row("routes", &[&key], "weight")
                .unwrap_or_else(|| given.figures.put(weight(&key, row, &layer)));
            list.push(Route { group: need.group, condition: need.condition, service, weight });
        }
        if total <= 0.0 {
            given.problems.push(
                Problem::error(
                    first,
                    format!("all weights of `{group}` with `{condition}` are zero"),
                )
                .allowed("a weight above 0 for one service at least")
                .suggest(format!("routes.csv: {group},{condition},SERVICE,1")),
            );
        }
    }
    complain_of_unused_routes(layers, names, &used, given.problems);
    list
}

pub(super) fn weight(key: &str, row: &RouteRow, layer: &str) -> Figure {
    Figure {
        key: format!("routes.{key}.weight"),
        scenario: None,
        number: Uncertain::point(row.weight).within(0.0, f64::INFINITY),
        origin: Origin {
            basis: Basis::Pack(layer.to_owned()),
            place: row.place.text(),
            unit: "weight".to_owned(),
            source: "routes of the pack".to_owned(),
            grade: Grade::D,
            as_of: String::new(),
            agreed_with: String::new(),
            note: String::new(),
        },
    }
}

pub(super) fn complain_of_unused_routes(
    layers: &[Layer],
    names: &Names,
    used: &HashSet<(&str, &str)>,
    problems: &mut Problems,
) {
    let mut said = HashSet::new();
    for row in layers.iter().flat_map(|layer| &layer.routes) {
        if row.group != "*" {
            find(&names.groups, "group", &row.group, &row.place.clone().cell("group"), problems);
        }
        find(
            &names.conditions,
            "condition",
            &row.condition,
            &row.place.clone().cell("condition"),
            problems,
        );
        let pair = (row.group.as_str(), row.condition.as_str());
        let known = index(&names.conditions, &row.condition).is_some()
            && (row.group == "*" || index(&names.groups, &row.group).is_some());
        if known && row.group != "*" && !used.contains(&pair) && said.insert(pair) {
            let (group, condition) = pair;
            let message = format!("nobody of `{group}` develops `{condition}`: no effect");
            problems.push(
                Problem::warning(row.place.clone(), message)
                    .allowed("routes of pairs that have a `rate` in figures.csv")
                    .suggest(format!("figures.csv: needs,{group}/{condition},rate,…")),
            );
        }
    }
}
