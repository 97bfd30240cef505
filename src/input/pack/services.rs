//! Families and service lines with their figures.

use super::given::GivenFigures;
use super::names::{Names, find};
use crate::diagnostics::{Place, Problem, Problems, nearest};
use crate::study::figures::Basis;
use crate::study::pack::{
    Family, Service, ServiceFigures, SeverityFigures, Standard, WaitFigures, is_everyday,
};

/// The families named in `families.csv`, then those only services name.
pub(super) fn families(names: &Names, problems: &mut Problems) -> Vec<Family> {
    let mut list: Vec<Family> = names
        .families
        .iter()
        .map(|f| Family {
            id: f.id.clone(),
            label: f.label.clone(),
            aliases: f.rest.aliases.clone(),
            headline: f.rest.headline,
        })
        .collect();
    let is_used =
        |id: &str| names.services.iter().any(|service| service.rest.family.as_str() == id);
    // A pack without families.csv names no family that another could be a slip for.
    let are_named = !names.families.is_empty();
    let mut meant: Vec<String> = Vec::new();
    for service in &names.services {
        let near = nearest(&service.rest.family, list.iter().map(|family| family.id.as_str()));
        if let Some(near) = near.filter(|near| are_named && *near != service.rest.family) {
            // Beside a family that nobody uses it is a slip for that one.
            let message = "a family that families.csv has not";
            let problem = if is_used(near) {
                Problem::warning(service.place.clone(), message)
            } else {
                Problem::error(service.place.clone(), message)
            };
            problems.push(problem.read(&service.rest.family).suggest(near));
            meant.push(near.to_owned());
        }
        if !list.iter().any(|family| family.id == service.rest.family) {
            list.push(Family {
                id: service.rest.family.clone(),
                label: service.rest.family.clone(),
                headline: false,
                aliases: Vec::new(),
            });
        }
    }
    for family in names.families.iter().filter(|f| !is_used(&f.id) && !meant.contains(&f.id)) {
        let message = format!("no service is of the family `{}`", family.id);
        let used = names.services.iter().map(|service| service.rest.family.as_str());
        // One nobody uses is idle; one letter beside another is a slip.
        problems.push(match nearest(&family.id, used) {
            Some(near) => Problem::error(family.place.clone(), message).suggest(near),
            None => Problem::warning(family.place.clone(), message),
        });
    }
    list
}

/// An alias is of one service: of two, whichever stands first would be read for it.
fn check_aliases(names: &Names, problems: &mut Problems) {
    for (at, service) in names.services.iter().enumerate() {
        for alias in &service.rest.aliases {
            let has = |name: &String| is_everyday(name, alias);
            // Of two services with one alias the second is told.
            let other = names.services.iter().enumerate().find(|(index, other)| {
                let is_called = has(&other.id) || has(&other.label);
                *index != at && is_called || *index < at && other.rest.aliases.iter().any(has)
            });
            if let Some((index, other)) = other {
                // Those of a pack come after those of the pack it extends.
                let later = if index > at { other } else { service };
                problems.push(
                    Problem::error(later.place.clone(), format!("`{alias}` names two services"))
                        .read(format!("a name of {} and of {}", service.id, other.id))
                        .allowed("each alias for one service"),
                );
            }
        }
    }
}

pub(super) fn services(
    names: &Names,
    families: &[Family],
    given: &mut GivenFigures<'_>,
) -> Vec<Service> {
    check_aliases(names, given.problems);
    let mut list = Vec::new();
    for named in &names.services {
        let keys = [named.id.as_str(), "*"];
        let waits = waits(given, &keys, &named.place);
        let family = [named.rest.family.as_str(), "*"];
        let surge = given.needed("families", &family, "surge", &named.place);
        let mut part = |name| given.needed("services", &keys, name, &named.place);
        let figures = (|| {
            Some(ServiceFigures {
                surge: surge?,
                accepted: part("accepted")?,
                months: part("months")?,
                decay: part("decay")?,
                recovered: part("recovered")?,
                contacts: part("contacts")?,
                drift: part("drift")?,
                wander: part("wander")?,
                scatter: part("scatter")?,
                loss: part("loss")?,
                returns: part("returns")?,
                return_half_life: part("return_half_life")?,
                bed_days: None,
                waits: waits?,
                severity: SeverityFigures {
                    severe_share: part("severe_share")?,
                    severity_shift: part("severity_shift")?,
                    severe_stay: part("severe_stay")?,
                },
                unit_cost: None,
                contacts_per_wte: None,
            })
        })();
        let Some(mut figures) = figures else { continue };
        let own = [named.id.as_str()];
        figures.bed_days = given.row("services", &own, "bed_days");
        figures.unit_cost = given.row("services", &keys, "unit_cost");
        figures.contacts_per_wte = given.row("services", &own, "contacts_per_wte");
        let standards = (0..).zip(STANDARDS).filter_map(|(place, [weeks, share])| {
            let share = given.row("services", &own, share);
            let weeks = given.row("services", &own, weeks);
            weeks.map(|weeks| Standard::everywhere(place, weeks, share))
        });
        let standards = standards.collect();
        let local_waits = local_waits(given, &named.id, &named.place);
        let members = named
            .rest
            .members
            .iter()
            .filter_map(|id| find(&names.services, "service", id, &named.place, given.problems))
            .collect();
        let family = families.iter().position(|family| family.id == named.rest.family);
        list.push(Service {
            id: named.id.clone(),
            label: named.label.clone(),
            family: family.unwrap_or(0),
            unit: named.rest.unit,
            aliases: named.rest.aliases.clone(),
            members,
            figures,
            standards,
            local_waits,
            severe_by_condition: Vec::new(),
        });
    }
    severities(names, &mut list, given);
    for (service, named) in list.iter().zip(&names.services) {
        if service.members.iter().any(|&member| list.get(member).is_some_and(Service::is_total)) {
            given.problems.push(
                Problem::error(named.place.clone(), "a total can't be a member of a total")
                    .read(named.rest.members.join("; ")),
            );
        }
    }
    list
}

/// The figures of the access standards of a service, the main one first.
const STANDARDS: [[&str; 2]; 9] = [
    ["standard_weeks", "standard_share"],
    ["standard_weeks2", "standard_share2"],
    ["standard_weeks3", "standard_share3"],
    ["standard_weeks4", "standard_share4"],
    ["standard_weeks5", "standard_share5"],
    ["standard_weeks6", "standard_share6"],
    ["standard_weeks7", "standard_share7"],
    ["standard_weeks8", "standard_share8"],
    ["standard_weeks9", "standard_share9"],
];

/// How people wait for a service, by the first of `keys` that has a row.
pub(super) fn waits(
    given: &mut GivenFigures<'_>,
    keys: &[&str],
    place: &Place,
) -> Option<WaitFigures> {
    Some(WaitFigures {
        spread: given.needed("services", keys, "wait_spread", place)?,
        urgent_share: given.needed("services", keys, "urgent_share", place)?,
        urgent_ratio: given.needed("services", keys, "urgent_ratio", place)?,
        urgent_spread: given.needed("services", keys, "urgent_spread", place)?,
        response: given.needed("services", keys, "response", place)?,
        capacity_growth: given.needed("services", keys, "capacity_growth", place)?,
        lockdown_starts: given.needed("services", keys, "lockdown_starts", place)?,
        pull: given.needed("services", keys, "pull", place)?,
        pull_standard: given.needed("services", keys, "pull_standard", place)?,
        wait_drift: given.needed("services", keys, "wait_drift", place)?,
        reneging: given.needed("services", keys, "reneging", place)?,
        load: given.needed("services", keys, "load", place)?,
        opening_wait: given.row("services", keys, "opening_wait"),
        caseload_per_wte: given.row("services", keys, "caseload_per_wte"),
    })
}

/// The same in areas with rows of their own, keyed `SERVICE@AREA`; what the command line sets for
/// the service goes before them.
pub(super) fn local_waits(
    given: &mut GivenFigures<'_>,
    id: &str,
    place: &Place,
) -> Vec<(String, WaitFigures)> {
    let prefix = format!("{id}@");
    let mut areas: Vec<String> = Vec::new();
    for (table, key, _) in given.rows.keys() {
        if *table == "services"
            && let Some(area) = key.strip_prefix(&prefix)
            && !areas.iter().any(|known| known == area)
        {
            areas.push(area.to_owned());
        }
    }
    let set: Vec<_> = given
        .rows
        .iter()
        .filter(|((table, key, _), (_, basis))| {
            *table == "services" && *basis == Basis::Set && (key == id || key == "*")
        })
        .map(|((_, _, name), _)| *name)
        .collect();
    for area in &areas {
        for name in &set {
            let local = ("services", format!("{id}@{area}"), *name);
            if given.rows.get(&local).is_some_and(|(_, basis)| *basis != Basis::Set) {
                given.rows.remove(&local);
            }
        }
    }
    let local = |area: String| {
        let own = format!("{id}@{area}");
        let waits = waits(given, &[&own, id, "*"], place)?;
        Some((area, waits))
    };
    areas.into_iter().filter_map(local).collect()
}

/// Severe shares by condition, keyed `CONDITION/SERVICE`.
fn severities(names: &Names, services: &mut [Service], given: &mut GivenFigures<'_>) {
    for (key, name, place) in given.keys("severity") {
        // Asked for here, whatever is wrong with it: it is complained of once.
        let figure = given.row("severity", &[&key], name);
        let Some((condition, service)) = key.split_once('/') else {
            given.problems.push(
                Problem::error(place, "the key of a severity is CONDITION/SERVICE")
                    .read(&key)
                    .suggest("psychosis-first/inpatient"),
            );
            continue;
        };
        let condition = find(&names.conditions, "condition", condition, &place, given.problems);
        let service = find(&names.services, "service", service, &place, given.problems);
        let (Some(condition), Some(service), Some(figure)) = (condition, service, figure) else {
            continue;
        };
        let Some(own) = services.get_mut(service) else { continue };
        if own.is_total() {
            given.problems.push(
                Problem::error(place, "a total has the severity of its members").read(&own.id),
            );
            continue;
        }
        own.severe_by_condition.push((condition, figure));
    }
}
