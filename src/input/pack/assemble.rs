//! Layers of a pack joined into one validated [`Pack`].

use super::given::GivenFigures;
use super::known_areas::{areas, check_sizes, reference_area};
use super::layer::Layer;
use super::names::{Names, join};
use super::people::{check_rates, driver, exposures, groups, needs};
use super::routes::routes;
use super::series::{demand, joined_curves, reference};
use super::services::{families, services};
use super::strata::stratifications;
use crate::diagnostics::{Place, Problem, Problems};
use crate::input::setting::Setting;
use crate::study::figures::Figures;
use crate::study::pack::{Condition, Curve, Driver, Overlap, Pack, Refused, Rules};

/// Rows that speak of drivers, groups, conditions or services where no layer names one: without
/// its root each of them would be told to be unknown.
fn nothing_named(layers: &[Layer], names: &Names) -> Option<Problem> {
    let figures = |layer: &Layer, table: &str| {
        layer.figures.iter().find(|row| row.parameter.table == table).map(|row| row.place.clone())
    };
    let exposure = |layer: &Layer| layer.exposures.first().map(|(.., place)| place.clone());
    let route = |layer: &Layer| layer.routes.first().map(|row| row.place.clone());
    let spoken = |layer: &Layer, table: &str| match table {
        "drivers" => figures(layer, table).or_else(|| exposure(layer)),
        "services" => figures(layer, table).or_else(|| route(layer)),
        _ => figures(layer, table).or_else(|| figures(layer, "needs")).or_else(|| route(layer)),
    };
    let tables = [
        ("drivers", names.drivers.is_empty()),
        ("groups", names.groups.is_empty()),
        ("conditions", names.conditions.is_empty()),
        ("services", names.services.is_empty()),
    ];
    let empty = tables.into_iter().filter(|(_, is_empty)| *is_empty);
    let lacking: Vec<(&str, &Layer, Place)> = empty
        .filter_map(|(table, _)| layers.iter().find_map(|l| Some((table, l, spoken(l, table)?))))
        .collect();
    let (_, layer, place) = lacking.first()?;
    let tables: Vec<&str> = lacking.iter().map(|(table, ..)| *table).collect();
    let message = format!("the pack `{}` names no {}", layer.id, tables.join(", no "));
    let files = tables.join(".csv, ");
    let problem = Problem::error(layer.manifest.clone(), message)
        .read(format!("rows that speak of them, first at {}", place.text()))
        .allowed(format!("rows in {files}.csv of the pack, or of one it extends"));
    let is_alone = layers.len() == 1;
    Some(if is_alone { problem.suggest("extends = \"believed-2021\"") } else { problem })
}

/// Needs without any route: the table is not there, or holds a header alone.
fn no_routes(layers: &[Layer]) -> Option<Problem> {
    let speaks = |layer: &&Layer| layer.figures.iter().any(|row| row.parameter.table == "needs");
    let layer = layers.iter().find(speaks)?;
    let has_none = layers.iter().all(|layer| layer.routes.is_empty());
    let message = format!("the pack `{}` has needs and no routes", layer.id);
    has_none.then(|| {
        Problem::error(layer.manifest.clone(), message)
            .allowed("rows in routes.csv of the pack, or of one it extends")
            .suggest("routes.csv: group,condition,service,weight")
    })
}

/// The figures of the rules by which restrictions and the economy follow the waves.
fn rules(given: &mut GivenFigures<'_>, place: &Place) -> Option<Rules> {
    let mut figure = |key, name| given.needed("rules", &[key], name, place);
    Some(Rules {
        strength: figure("restrictions", "strength")?,
        rise: figure("restrictions", "rise")?,
        fall: figure("restrictions", "fall")?,
        depth: figure("economy", "depth")?,
        peak: figure("economy", "peak")?,
        half_life: figure("economy", "half_life")?,
        later: figure("economy", "later")?,
    })
}

/// Joins `layers`, the lowest first; `settings` lie on top of them all.
pub(super) fn assemble(
    layers: &[Layer],
    settings: &[Setting],
    figures: &mut Figures,
    problems: &mut Problems,
) -> Option<Pack> {
    let top = layers.last()?;
    let (id, manifest) = (top.id.clone(), top.manifest.clone());
    let label = top.label.clone().unwrap_or_else(|| id.clone());
    let extends = layers.iter().rev().skip(1).map(|layer| layer.id.clone()).collect();
    let mut given = GivenFigures::new(layers, settings, figures, problems);

    let names = Names {
        drivers: join(layers, |l| &l.drivers),
        groups: join(layers, |l| &l.groups),
        conditions: join(layers, |l| &l.conditions),
        families: join(layers, |l| &l.families),
        services: join(layers, |l| &l.services),
    };
    if let Some(problem) = nothing_named(layers, &names).or_else(|| no_routes(layers)) {
        given.problems.push(problem);
        return None;
    }
    let curves: Vec<Curve> = joined_curves(layers, given.problems);
    let groups = groups(&names, &curves, &mut given);
    let drivers: Vec<Driver> = names.drivers.iter().filter_map(|d| driver(d, &mut given)).collect();
    let conditions: Vec<Condition> = names
        .conditions
        .iter()
        .map(|c| Condition {
            id: c.id.clone(),
            label: c.label.clone(),
            duration: given.row("conditions", &[&c.id, "*"], "duration"),
        })
        .collect();
    let families = families(&names, given.problems);
    let services = services(&names, &families, &mut given);
    let exposures = exposures(layers, &names, &mut given);
    let needs = needs(&names, &mut given);
    let routes = routes(layers, &names, &needs, &mut given);
    let reference = reference(layers, given.problems);
    let (demand, own_scenario) = demand(layers, &names, &curves, given.problems);
    let areas = areas(layers, &names, given.problems);
    let (reference_area, population) = reference_area(layers, &areas, given.problems);
    check_sizes(&groups, population, &mut given);
    let stratifications = stratifications(layers, &families, &areas, &mut given);
    let overlap = Overlap {
        factor: given.overlap(layers, &manifest),
        note: layers.iter().rev().find_map(|l| l.overlap_note.clone()).unwrap_or_default(),
    };
    let rules = rules(&mut given, &manifest)?;
    check_rates(&needs, &names, &mut given);
    // What a scenario says of the response goes before it.
    given.row("pack", &["response"], "suppression_gain");
    given.complain_of_unused(&names);
    if drivers.len() != names.drivers.len()
        || groups.len() != names.groups.len()
        || services.len() != names.services.len()
    {
        return None;
    }
    Some(Pack {
        name: id,
        label,
        extends,
        licence: layers.iter().rev().find_map(|l| l.licence.clone()).unwrap_or_default(),
        refused: layers.iter().rev().find_map(|l| l.refused).unwrap_or(Refused::Leave),
        reference_area,
        population,
        reference,
        overlap,
        rules,
        drivers,
        groups,
        conditions,
        families,
        services,
        exposures,
        needs,
        routes,
        curves,
        demand,
        own_scenario,
        areas,
        stratifications,
    })
}
