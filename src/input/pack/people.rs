//! Drivers, the groups exposed to them, and what those come to need.

use super::given::GivenFigures;
use super::layer::Layer;
use super::names::{Names, find, index};
use super::rows::{GroupRow, Named};
use crate::diagnostics::{Place, Problem};
use crate::study::figures::FigureId;
use crate::study::pack::{Curve, Driver, Exposure, Group, GroupCurve, Need, Track, same_name};

pub(super) fn driver(named: &Named<String>, given: &mut GivenFigures<'_>) -> Option<Driver> {
    let mut part = |name| given.needed("drivers", &[&named.id], name, &named.place);
    let (onset, peak) = (part("onset"), part("peak"));
    let (half_life, persistent) = (part("half_life"), part("persistent"));
    let driver = Driver {
        id: named.id.clone(),
        label: named.label.clone(),
        track: Track::from(named.rest.as_str()),
        place: named.place.clone(),
        onset: onset?,
        peak: peak?,
        half_life: half_life?,
        persistent: persistent?,
    };
    let central = |id: FigureId| given.figures.get(id).number.central;
    if central(driver.onset) > central(driver.peak) {
        given.problems.push(
            Problem::error(
                named.place.clone(),
                format!("driver `{}` peaks before its onset", named.id),
            )
            .read(format!("onset {}, peak {}", central(driver.onset), central(driver.peak)))
            .allowed("onset <= peak"),
        );
    }
    Some(driver)
}

pub(super) fn groups(names: &Names, curves: &[Curve], given: &mut GivenFigures<'_>) -> Vec<Group> {
    let group = |named: &Named<GroupRow>, given: &mut GivenFigures<'_>| {
        let size = given.needed("groups", &[&named.id], "size", &named.place);
        let curve = match &named.rest.curve {
            None => None,
            Some(name) => {
                let found = curves.iter().position(|c| same_name(&c.name, name));
                if found.is_none() {
                    given.problems.push(
                        Problem::error(named.place.clone(), format!("unknown curve `{name}`"))
                            .choose(name, curves.iter().map(|c| c.name.as_str())),
                    );
                }
                let susceptible =
                    given.needed("groups", &[&named.id], "susceptible", &named.place)?;
                Some(GroupCurve { curve: found?, susceptible })
            }
        };
        Some(Group {
            id: named.id.clone(),
            label: named.label.clone(),
            kind: named.rest.kind,
            size: size?,
            ages: named.rest.ages,
            curve,
        })
    };
    names.groups.iter().filter_map(|named| group(named, given)).collect()
}

pub(super) fn exposures(
    layers: &[Layer],
    names: &Names,
    given: &mut GivenFigures<'_>,
) -> Vec<Exposure> {
    let mut list: Vec<Exposure> = Vec::new();
    for (driver_id, group_id, place) in layers.iter().flat_map(|layer| &layer.exposures) {
        let driver = find(&names.drivers, "driver", driver_id, place, given.problems);
        let group = find(&names.groups, "group", group_id, place, given.problems);
        let (Some(driver), Some(group)) = (driver, group) else { continue };
        if list.iter().any(|e| e.driver == driver && e.group == group) {
            continue;
        }
        let key = format!("{driver_id}/{group_id}");
        let Some(susceptible) = given.needed("exposures", &[&key], "susceptible", place) else {
            continue;
        };
        list.push(Exposure { driver, group, susceptible });
    }
    list.sort_by_key(|exposure| (exposure.group, exposure.driver));
    list
}

/// A need is a (group, condition) with a rate of its own, not one by default.
pub(super) fn needs(names: &Names, given: &mut GivenFigures<'_>) -> Vec<Need> {
    let pairs: Vec<(String, Place)> = given
        .rows
        .iter()
        .filter(|((table, key, name), _)| {
            *table == "needs" && *name == "rate" && !key.contains('*')
        })
        .map(|((_, key, _), (row, _))| (key.clone(), row.place.clone()))
        .collect();
    let mut list = Vec::new();
    for (key, place) in pairs {
        // A name may hold a stroke of its own: the split that both names know is the one meant.
        let known = key.match_indices('/').map(|(at, _)| (&key[..at], &key[at + 1..])).find(
            |(group, condition)| {
                index(&names.groups, group).is_some()
                    && index(&names.conditions, condition).is_some()
            },
        );
        let Some((group_id, condition_id)) = known.or_else(|| key.split_once('/')) else {
            given
                .problems
                .push(Problem::error(place, "the key of a need is GROUP/CONDITION").read(&key));
            continue;
        };
        let group = find(&names.groups, "group", group_id, &place, given.problems);
        let condition = find(&names.conditions, "condition", condition_id, &place, given.problems);
        let by_group = format!("{group_id}/*");
        let by_condition = format!("*/{condition_id}");
        let keys = [key.as_str(), &by_group, &by_condition, "*/*"];
        let rate = given.needed("needs", &keys[..1], "rate", &place);
        let help_seeking = given.needed("needs", &keys, "help_seeking", &place);
        let (Some(group), Some(condition)) = (group, condition) else { continue };
        let (Some(rate), Some(help_seeking)) = (rate, help_seeking) else { continue };
        // Without one of its own it is the condition's.
        let duration = given.row("needs", &keys[..2], "duration");
        list.push(Need { group, condition, rate, help_seeking, duration });
    }
    list.sort_by_key(|need| (need.group, need.condition));
    list
}

/// The rates of a group can't add up to more than everyone.
pub(super) fn check_rates(needs: &[Need], names: &Names, given: &mut GivenFigures<'_>) {
    for (index, group) in names.groups.iter().enumerate() {
        let rate = |need: &&Need| given.figures.get(need.rate).number.central;
        let of_group: Vec<&Need> = needs.iter().filter(|need| need.group == index).collect();
        let sum: f64 = of_group.iter().map(rate).sum();
        let largest = of_group.iter().max_by(|a, b| rate(a).total_cmp(&rate(b)));
        if let Some(largest) = largest.filter(|_| sum > 1.0 + 1e-12) {
            let place = given.place_of_need(&group.id, &names.conditions[largest.condition].id);
            given.problems.push(
                Problem::error(place, format!("the rates of `{}` exceed 1", group.id))
                    .read(sum.to_string())
                    .allowed("rates of all conditions of a group that sum to at most 1"),
            );
        }
    }
}
