//! What a pack says by month: named curves, demand of its own, and the whole of each track.

use super::layer::Layer;
use super::names::{Names, find};
use crate::diagnostics::{Problem, Problems};
use crate::study::pack::{Curve, Demand, OwnScenario, Track};

/// The whole of each track that a driver follows, in the order of [`Track::BUILT_IN`].
pub(super) fn reference(layers: &[Layer], problems: &mut Problems) -> [f64; 4] {
    let mut reference = [1.0; 4];
    for (index, (slot, name)) in reference.iter_mut().zip(Track::BUILT_IN).enumerate() {
        if let Some(value) = layers.iter().rev().find_map(|layer| layer.reference[index]) {
            *slot = value;
            continue;
        }
        let follows = |layer: &&Layer| layer.drivers.iter().any(|driver| driver.rest == name);
        if let Some(layer) = layers.iter().find(follows) {
            let message = format!("[reference] has no `{name}`");
            problems.push(Problem::error(layer.manifest.clone(), message).suggest(format!(
                "[reference]\n{name} = 2.0   # the track summed over the reference exposure"
            )));
        }
    }
    reference
}

pub(super) fn joined_curves(layers: &[Layer], problems: &mut Problems) -> Vec<Curve> {
    let mut list: Vec<Curve> = Vec::new();
    for (name, months, place) in layers.iter().flat_map(|layer| &layer.curves) {
        let curve = Curve { name: name.clone(), months: months.clone() };
        if let Some(first) = list.first()
            && first.months.len() != months.len()
        {
            problems.push(
                Problem::error(place.clone(), "curves must have the same number of months")
                    .read(format!("{} months", months.len()))
                    .allowed(format!("{} months, as `{}`", first.months.len(), first.name)),
            );
        }
        match list.iter_mut().find(|old| old.name == *name) {
            Some(old) => *old = curve,
            None => list.push(curve),
        }
    }
    list
}

pub(super) fn demand(
    layers: &[Layer],
    names: &Names,
    curves: &[Curve],
    problems: &mut Problems,
) -> (Vec<Demand>, Option<OwnScenario>) {
    let rows: Vec<_> = layers.iter().flat_map(|layer| &layer.demand).collect();
    let Some(start) = rows.iter().map(|row| row.month).min() else { return (Vec::new(), None) };
    let months = curves.first().map_or_else(
        || rows.iter().map(|row| row.month.since(start) + 1).max().unwrap_or(0) as usize,
        |curve| curve.months.len(),
    );
    let mut list: Vec<Demand> = Vec::new();
    for row in rows {
        let Some(service) = find(&names.services, "service", &row.service, &row.place, problems)
        else {
            continue;
        };
        let at = list.iter().position(|d| d.service == service).unwrap_or_else(|| {
            list.push(Demand { service, underlying: None, returning: vec![0.0; months] });
            list.len() - 1
        });
        let Some(t) = usize::try_from(row.month.since(start)).ok().filter(|t| *t < months) else {
            continue;
        };
        if let Some(value) =
            row.underlying.filter(|value| *value > 0.0 || list[at].underlying.is_some())
        {
            list[at].underlying.get_or_insert_with(|| vec![0.0; months])[t] = value;
        }
        list[at].returning[t] = row.returning.unwrap_or(0.0);
    }
    (list, Some(OwnScenario { start, months }))
}
