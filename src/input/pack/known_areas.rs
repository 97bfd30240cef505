//! The areas of all layers joined: what each is a part of, and the one that groups are sized for.

use super::given::GivenFigures;
use super::layer::Layer;
use super::names::{Names, find, index};
use crate::diagnostics::{Problem, Problems, nearest};
use crate::input::document::{Read, number_text};
use crate::input::registry::area_figures::known_areas;
use crate::study::pack::{Group, KnownArea, same_name};
use crate::study::place::Nation;

/// The reference area of a pack that names none.
const REFERENCE: &str = "England";

/// Residents as two sources count them differ by no more than this: years lie between them.
const YEARS: f64 = 0.05;

pub(super) fn areas(layers: &[Layer], names: &Names, problems: &mut Problems) -> Vec<KnownArea> {
    for (group, place) in layers.iter().flat_map(|layer| &layer.sized) {
        find(&names.groups, "group", group, place, problems);
    }
    let reference = topmost(layers, |layer| layer.reference_area.as_ref());
    // A pack that says whose people its groups are knows every area of the registry.
    let mut list: Vec<KnownArea> = reference.map_or_else(Vec::new, |_| known_areas());
    for row in layers.iter().flat_map(|layer| &layer.areas) {
        let sizes = row.sizes.iter();
        let old = list.iter().find(|old| old.id == row.id);
        let (kind, nation) = old.map_or((None, Nation::England), |old| (old.kind, old.nation));
        let of_registry = old.and_then(|old| old.part_of.clone());
        let area = KnownArea {
            kind,
            nation,
            id: row.id.clone(),
            name: row.name.clone(),
            population: row.population,
            part_of: row.part_of.clone().or(of_registry),
            sizes: sizes
                .filter_map(|(group, size)| Some((index(&names.groups, group)?, *size)))
                .collect(),
        };
        match list.iter_mut().find(|old| old.id == row.id) {
            Some(old) => *old = area,
            None => list.push(area),
        }
    }
    check_parts(layers, &list, problems);
    list
}

/// Every area is a part of one that is known, and none of itself.
fn check_parts(layers: &[Layer], areas: &[KnownArea], problems: &mut Problems) {
    let mut told: Vec<&str> = Vec::new();
    for row in layers.iter().flat_map(|layer| &layer.areas) {
        let Some(whole) = &row.part_of else { continue };
        if !areas.iter().any(|area| same_name(&area.id, whole)) || same_name(whole, &row.id) {
            problems.push(
                Problem::error(row.place.clone(), format!("`{}` is part of no known area", row.id))
                    .choose(whole, areas.iter().map(|area| area.id.as_str())),
            );
            continue;
        }
        let wholes = wholes(areas, &row.id);
        if wholes.last().is_some_and(|last| same_name(&last.id, &row.id)) {
            let ids: Vec<&str> = wholes.iter().map(|area| area.id.as_str()).collect();
            if !told.contains(&row.id.as_str()) {
                problems.push(
                    Problem::error(row.place.clone(), "`part_of` goes in a circle")
                        .read(format!("{} -> {}", row.id, ids.join(" -> ")))
                        .suggest("leave `part_of` of the largest of them blank"),
                );
            }
            told.extend(ids);
        }
    }
}

/// What an area is a part of, nearest first; the last is the area itself where they are a circle.
fn wholes<'a>(areas: &'a [KnownArea], id: &str) -> Vec<&'a KnownArea> {
    let mut list: Vec<&KnownArea> = Vec::new();
    let named = |id: &str| areas.iter().find(|area| same_name(&area.id, id));
    let mut at = named(id);
    while let Some(whole) = at.and_then(|area| named(area.part_of.as_deref()?))
        && !list.iter().any(|known| known.id == whole.id)
    {
        list.push(whole);
        at = Some(whole);
    }
    list
}

/// The topmost value that a layer gives, with the position of the layer.
fn topmost<T>(layers: &[Layer], get: fn(&Layer) -> Option<&Read<T>>) -> Option<(usize, &Read<T>)> {
    layers.iter().enumerate().rev().find_map(|(at, layer)| Some((at, get(layer)?)))
}

/// The area that groups are sized for and its residents. A slip in it would put the whole need of
/// one area on another: it must be known, where areas are, and the residents be its own.
pub(super) fn reference_area(
    layers: &[Layer],
    areas: &[KnownArea],
    problems: &mut Problems,
) -> (String, Option<f64>) {
    let given = topmost(layers, |layer| layer.reference_area.as_ref());
    let residents = topmost(layers, |layer| layer.population.as_ref());
    let population = residents.map(|(_, read)| read.value);
    let id = given.map_or(REFERENCE, |(_, read)| &read.value);
    let place = given.map_or_else(
        || layers.last().map(|layer| layer.manifest.clone()),
        |(_, read)| Some(read.place.clone()),
    );
    // A pack without areas of its own, such as a workbook, may be of any.
    let has_areas = layers.iter().any(|layer| !layer.areas.is_empty());
    let (Some(place), true) = (place, has_areas) else {
        return (id.to_owned(), population);
    };
    let Some(known) = areas.iter().find(|area| same_name(&area.id, id)) else {
        let named = areas.iter().find(|area| same_name(&area.name, id));
        let near = named
            .map(|area| area.id.as_str())
            .or_else(|| nearest(id, areas.iter().map(|area| area.id.as_str())));
        problems.push(
            Problem::error(place, format!("the reference area `{id}` is not in areas.csv"))
                .read(id)
                .allowed("the area that the pack's groups are sized for, by its code")
                .suggest(
                    near.map_or_else(|| format!("areas.csv: {id},NAME,RESIDENTS"), Into::into),
                ),
        );
        return (id.to_owned(), population);
    };
    if let Some((at, residents)) = residents {
        let read = residents.value;
        let below = topmost(&layers[..=at], |layer| layer.reference_area.as_ref());
        let below = below.map_or(REFERENCE, |(_, read)| &read.value);
        let wholes = wholes(areas, &known.id);
        // A circle is told already.
        let is_circle = wholes.last().is_some_and(|last| last.id == known.id);
        let whole = wholes
            .into_iter()
            .filter(|_| !is_circle)
            .filter(|whole| whole.id != known.id)
            .rfind(|whole| whole.population.is_some_and(|people| people <= read));
        let differs = known.population.filter(|own| (read / own - 1.0).abs() > YEARS);
        let wrong = if !same_name(below, id) {
            Some((place, format!("{}, which is of {below}", number_text(read))))
        } else if let Some(whole) = whole {
            let of_whole = format!("{}, no fewer than {}", number_text(read), whole.id);
            Some((place, format!("{of_whole}, of which it is a part")))
        } else {
            let differs = differs.map(|own| format!("{read}, and {own} in areas.csv"));
            differs.map(|read| (residents.place.clone(), read))
        };
        if let Some((place, read)) = wrong {
            let message = format!("`population` is not of the reference area `{}`", known.id);
            problems.push(
                Problem::error(place, message)
                    .read(read)
                    .allowed("residents of the area that the sizes of groups are for"),
            );
        }
    }
    (known.id.clone(), population)
}

/// No group is larger than the reference area; where one is, so may others be, for one reason.
pub(super) fn check_sizes(groups: &[Group], population: Option<f64>, book: &mut GivenFigures<'_>) {
    let Some(population) = population else { return };
    let size = |group: &Group| book.figures.get(group.size).number.central;
    let sizes = groups.iter().map(|group| (size(group), group));
    let Some((size, group)) = sizes.max_by(|(a, _), (b, _)| a.total_cmp(b)) else { return };
    let row = book.rows.get(&("groups", group.id.clone(), "size"));
    let Some((row, _)) = row.filter(|_| size > population) else { return };
    let message = format!("`{}` has more people than the reference area", group.id);
    book.problems.push(
        Problem::error(row.place.clone(), message)
            .read(number_text(size))
            .allowed(format!("up to {population}, the `population` of pack.toml")),
    );
}
