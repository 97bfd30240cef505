//! Layers of a pack joined into one validated [`Pack`].

use super::book::Book;
use super::figure_rows::Setting;
use super::layer::Layer;
use super::names::{Names, join};
use super::people::{check_rates, driver, exposures, groups, needs};
use super::routes::routes;
use super::series::{areas, demand, joined_curves, reference};
use super::services::{families, services};
use super::strata::stratifications;
use crate::diagnostics::Problems;
use crate::study::figures::Figures;
use crate::study::pack::{Condition, Curve, Driver, Overlap, Pack, Refused};

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
    let mut book = Book::new(layers, settings, figures, problems);

    let names = Names {
        drivers: join(layers, |l| &l.drivers),
        groups: join(layers, |l| &l.groups),
        conditions: join(layers, |l| &l.conditions),
        families: join(layers, |l| &l.families),
        services: join(layers, |l| &l.services),
    };
    let pick = |get: fn(&Layer) -> Option<f64>| layers.iter().rev().find_map(get);
    let curves: Vec<Curve> = joined_curves(layers, book.problems);
    let groups = groups(&names, &curves, &mut book);
    let drivers: Vec<Driver> = names.drivers.iter().filter_map(|d| driver(d, &mut book)).collect();
    let conditions: Vec<Condition> = names
        .conditions
        .iter()
        .map(|c| Condition {
            id: c.id.clone(),
            label: c.label.clone(),
            duration: book.row("conditions", &[&c.id, "*"], "duration"),
        })
        .collect();
    let families = families(&names, book.problems);
    let services = services(&names, &families, &mut book);
    let exposures = exposures(layers, &names, &mut book);
    let needs = needs(&names, &mut book);
    let routes = routes(layers, &names, &needs, &mut book);
    let reference = reference(layers, &drivers, &manifest, book.problems);
    let (demand, own_scenario) = demand(layers, &names, &curves, book.problems);
    let areas = areas(layers, &names, book.problems);
    let stratifications = stratifications(layers, &families, &areas, &mut book);
    let overlap = Overlap {
        factor: book.overlap(layers, &manifest),
        note: layers.iter().rev().find_map(|l| l.overlap_note.clone()).unwrap_or_default(),
    };
    check_rates(&needs, &groups, book.figures, &manifest, book.problems);
    book.complain_of_unused(&names);
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
        reference_area: layers
            .iter()
            .rev()
            .find_map(|l| l.reference_area.clone())
            .unwrap_or_else(|| "England".to_owned()),
        population: pick(|l| l.population),
        reference,
        overlap,
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
