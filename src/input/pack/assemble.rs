//! Layers of a pack joined into one validated [`Pack`].

use std::collections::{BTreeMap, HashSet};

use super::figure_rows::{FigureRow, Parameter, Setting};
use super::layer::{Layer, Named, RouteRow};
use crate::diagnostics::{Place, Problem, Problems};
use crate::draw::Uncertain;
use crate::study::figures::{Basis, Figure, FigureId, Figures, Grade, Origin};
use crate::study::pack::{
    Condition, Curve, Demand, Driver, Exposure, Family, Group, GroupCurve, KnownArea, Need,
    Overlap, OwnScenario, Pack, Refused, Route, Service, ServiceFigures, Standard, Track,
    WaitFigures,
};

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
    let families = families(&names);
    let services = services(&names, &families, &mut book);
    let exposures = exposures(layers, &names, &mut book);
    let needs = needs(&names, &mut book);
    let routes = routes(layers, &names, &needs, &mut book);
    let reference = reference(layers, &drivers, &manifest, book.problems);
    let (demand, own_scenario) = demand(layers, &names, &curves, book.problems);
    let areas = areas(layers, &names, book.problems);
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
    })
}

/// The joined tables of names.
struct Names {
    drivers: Vec<Named<String>>,
    groups: Vec<Named<super::layer::GroupRow>>,
    conditions: Vec<Named<()>>,
    families: Vec<Named<()>>,
    services: Vec<Named<super::layer::ServiceRow>>,
}

/// Rows of all layers in the order they first appear, a later row in the place of an earlier.
fn join<T: Clone>(layers: &[Layer], get: fn(&Layer) -> &Vec<Named<T>>) -> Vec<Named<T>> {
    let mut list: Vec<Named<T>> = Vec::new();
    for named in layers.iter().flat_map(get) {
        match list.iter_mut().find(|old| old.id == named.id) {
            Some(old) => *old = named.clone(),
            None => list.push(named.clone()),
        }
    }
    list
}

fn index<T>(list: &[Named<T>], id: &str) -> Option<usize> {
    list.iter().position(|named| named.id == id)
}

/// The index of `id`, or a problem that names the nearest.
fn find<T>(
    list: &[Named<T>],
    what: &str,
    id: &str,
    place: &Place,
    problems: &mut Problems,
) -> Option<usize> {
    let found = index(list, id);
    if found.is_none() {
        problems.push(
            Problem::error(place.clone(), format!("unknown {what} `{id}`"))
                .choose(id, list.iter().map(|named| named.id.as_str())),
        );
    }
    found
}

/// All figure rows, by where they apply, and which were ever asked for.
struct Book<'a> {
    rows: BTreeMap<(&'static str, String, &'static str), (FigureRow, Basis)>,
    used: HashSet<(&'static str, String, &'static str)>,
    figures: &'a mut Figures,
    problems: &'a mut Problems,
}

impl<'a> Book<'a> {
    fn new(
        layers: &[Layer],
        settings: &[Setting],
        figures: &'a mut Figures,
        problems: &'a mut Problems,
    ) -> Self {
        let mut rows = BTreeMap::new();
        let mut add = |row: FigureRow, basis: Basis| {
            let key = (row.parameter.table, row.key.clone(), row.parameter.name);
            rows.insert(key, (row, basis));
        };
        for layer in layers {
            for row in &layer.figures {
                add(row.clone(), Basis::Pack(layer.id.clone()));
            }
        }
        for setting in settings.iter().filter(|setting| setting.is_of_pack()) {
            if let Some(row) = problems.take(setting.row()) {
                add(row, Basis::Set);
            }
        }
        Self { rows, used: HashSet::new(), figures, problems }
    }

    /// The figure of the first of `keys` that has a row, the most specific first.
    fn row(&mut self, table: &'static str, keys: &[&str], name: &'static str) -> Option<FigureId> {
        for key in keys {
            let at = (table, (*key).to_owned(), name);
            if let Some((row, basis)) = self.rows.get(&at) {
                self.used.insert(at);
                return Some(self.figures.put(figure(row, basis.clone())));
            }
        }
        None
    }

    /// A figure from its row, or the parameter's default, or a problem.
    fn needed(
        &mut self,
        table: &'static str,
        keys: &[&str],
        name: &'static str,
        place: &Place,
    ) -> Option<FigureId> {
        if let Some(id) = self.row(table, keys, name) {
            return Some(id);
        }
        let parameter = Parameter::find(table, name)?;
        let key = keys.first().copied().unwrap_or_default();
        let Some(default) = parameter.default else {
            self.problems.push(
                Problem::error(place.clone(), format!("`{key}` has no `{name}`"))
                    .suggest(format!("add to figures.csv: {table},{key},{name},…")),
            );
            return None;
        };
        let number = Uncertain::point(default).within(parameter.least, parameter.most);
        Some(self.figures.put(Figure {
            key: format!("{table}.{key}.{name}"),
            scenario: None,
            number,
            origin: Origin {
                basis: Basis::Default,
                place: place.text(),
                unit: String::new(),
                source: "no row of the pack gives it".to_owned(),
                grade: Grade::D,
                as_of: String::new(),
                note: String::new(),
            },
        }))
    }

    fn overlap(&mut self, layers: &[Layer], manifest: &Place) -> FigureId {
        if let Some(id) = self.row("pack", &["overlap"], "factor") {
            return id;
        }
        let given = layers.iter().rev().find_map(|l| Some((l.overlap?, l.id.clone())));
        let basis = given.as_ref().map_or(Basis::Default, |(_, id)| Basis::Pack(id.clone()));
        self.figures.put(Figure {
            key: "pack.overlap.factor".to_owned(),
            scenario: None,
            number: Uncertain::point(given.map_or(1.0, |(factor, _)| factor)).within(0.0, 1.0),
            origin: Origin {
                basis,
                place: manifest.text(),
                unit: "share".to_owned(),
                source: "overlap rule of the pack".to_owned(),
                grade: Grade::D,
                as_of: String::new(),
                note: String::new(),
            },
        })
    }

    /// A row nobody asked for names nothing of the pack.
    fn complain_of_unused(&mut self, names: &Names) {
        let unused: Vec<_> = self.rows.iter().filter(|(at, _)| !self.used.contains(*at)).collect();
        for ((table, key, _), (row, _)) in unused {
            // A default for all that every line overrides is no mistake.
            if key.contains('*') {
                continue;
            }
            let known: Vec<String> = match *table {
                "drivers" => names.drivers.iter().map(|n| n.id.clone()).collect(),
                "groups" => names.groups.iter().map(|n| n.id.clone()).collect(),
                "conditions" => names.conditions.iter().map(|n| n.id.clone()).collect(),
                "services" => names.services.iter().map(|n| n.id.clone()).collect(),
                _ => self
                    .used
                    .iter()
                    .filter(|(t, ..)| t == table)
                    .map(|(_, k, _)| k.clone())
                    .collect(),
            };
            let mut known = known;
            known.sort();
            known.dedup();
            self.problems.push(
                Problem::error(row.place.clone(), format!("no {table} row is called `{key}`"))
                    .choose(key, known.iter().map(String::as_str)),
            );
        }
    }
}

fn figure(row: &FigureRow, basis: Basis) -> Figure {
    Figure {
        key: format!("{}.{}.{}", row.parameter.table, row.key, row.parameter.name),
        scenario: None,
        number: row.number,
        origin: Origin {
            basis,
            place: row.place.text(),
            unit: row.unit.clone(),
            source: row.source.clone(),
            grade: row.grade,
            as_of: row.as_of.clone(),
            note: row.note.clone(),
        },
    }
}

fn driver(named: &Named<String>, book: &mut Book<'_>) -> Option<Driver> {
    let mut part = |name| book.needed("drivers", &[&named.id], name, &named.place);
    let (onset, peak) = (part("onset"), part("peak"));
    let (half_life, persistent) = (part("half_life"), part("persistent"));
    let driver = Driver {
        id: named.id.clone(),
        label: named.label.clone(),
        track: Track::from(named.rest.as_str()),
        onset: onset?,
        peak: peak?,
        half_life: half_life?,
        persistent: persistent?,
    };
    let central = |id: FigureId| book.figures.get(id).number.central;
    if central(driver.onset) > central(driver.peak) {
        book.problems.push(
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

fn groups(names: &Names, curves: &[Curve], book: &mut Book<'_>) -> Vec<Group> {
    let group = |named: &Named<super::layer::GroupRow>, book: &mut Book<'_>| {
        let size = book.needed("groups", &[&named.id], "size", &named.place);
        let curve = match &named.rest.curve {
            None => None,
            Some(name) => {
                let found =
                    curves.iter().position(|c| crate::study::pack::same_name(&c.name, name));
                if found.is_none() {
                    book.problems.push(
                        Problem::error(named.place.clone(), format!("unknown curve `{name}`"))
                            .choose(name, curves.iter().map(|c| c.name.as_str())),
                    );
                }
                let susceptible =
                    book.needed("groups", &[&named.id], "susceptible", &named.place)?;
                Some(GroupCurve { curve: found?, susceptible })
            }
        };
        Some(Group {
            id: named.id.clone(),
            label: named.label.clone(),
            kind: named.rest.kind,
            size: size?,
            curve,
        })
    };
    names.groups.iter().filter_map(|named| group(named, book)).collect()
}

/// The families named in `families.csv`, then those only services name.
fn families(names: &Names) -> Vec<Family> {
    let mut list: Vec<Family> = names
        .families
        .iter()
        .map(|f| Family { id: f.id.clone(), label: f.label.clone() })
        .collect();
    for service in &names.services {
        if !list.iter().any(|family| family.id == service.rest.family) {
            list.push(Family {
                id: service.rest.family.clone(),
                label: service.rest.family.clone(),
            });
        }
    }
    list
}

fn services(names: &Names, families: &[Family], book: &mut Book<'_>) -> Vec<Service> {
    let mut list = Vec::new();
    for named in &names.services {
        let keys = [named.id.as_str(), "*"];
        let waits = waits(book, &keys, &named.place);
        let mut part = |name| book.needed("services", &keys, name, &named.place);
        let figures = (|| {
            Some(ServiceFigures {
                accepted: part("accepted")?,
                months: part("months")?,
                decay: part("decay")?,
                recovered: part("recovered")?,
                contacts: part("contacts")?,
                loss: part("loss")?,
                returns: part("returns")?,
                return_half_life: part("return_half_life")?,
                bed_days: None,
                unit_cost: None,
                standard: None,
                second_standard: None,
                waits: waits?,
            })
        })();
        let Some(mut figures) = figures else { continue };
        let own = [named.id.as_str()];
        figures.bed_days = book.row("services", &own, "bed_days");
        figures.unit_cost = book.row("services", &own, "unit_cost");
        let mut standard = |weeks, share| {
            let (weeks, share) =
                (book.row("services", &own, weeks), book.row("services", &own, share));
            weeks.map(|weeks| Standard { weeks, share })
        };
        figures.standard = standard("standard_weeks", "standard_share");
        figures.second_standard = standard("standard_weeks2", "standard_share2");
        let local_waits = local_waits(book, &named.id, &named.place);
        let members = named
            .rest
            .members
            .iter()
            .filter_map(|id| find(&names.services, "service", id, &named.place, book.problems))
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
            local_waits,
        });
    }
    for (service, named) in list.iter().zip(&names.services) {
        if service.members.iter().any(|&member| list.get(member).is_some_and(Service::is_total)) {
            book.problems.push(
                Problem::error(named.place.clone(), "a total can't be a member of a total")
                    .read(named.rest.members.join("; ")),
            );
        }
    }
    list
}

/// How people wait for a service, by the first of `keys` that has a row.
fn waits(book: &mut Book<'_>, keys: &[&str], place: &Place) -> Option<WaitFigures> {
    Some(WaitFigures {
        spread: book.needed("services", keys, "wait_spread", place)?,
        reneging: book.needed("services", keys, "reneging", place)?,
        load: book.needed("services", keys, "load", place)?,
        opening_wait: book.row("services", keys, "opening_wait"),
        caseload_per_wte: book.row("services", keys, "caseload_per_wte"),
    })
}

/// The same in areas with rows of their own, keyed `SERVICE@AREA`; what the command line sets for
/// the service goes before them.
fn local_waits(book: &mut Book<'_>, id: &str, place: &Place) -> Vec<(String, WaitFigures)> {
    let prefix = format!("{id}@");
    let mut areas: Vec<String> = Vec::new();
    for (table, key, _) in book.rows.keys() {
        if *table == "services"
            && let Some(area) = key.strip_prefix(&prefix)
            && !areas.iter().any(|known| known == area)
        {
            areas.push(area.to_owned());
        }
    }
    let set: Vec<_> = book
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
            if book.rows.get(&local).is_some_and(|(_, basis)| *basis != Basis::Set) {
                book.rows.remove(&local);
            }
        }
    }
    let local = |area: String| {
        let own = format!("{id}@{area}");
        let waits = waits(book, &[&own, id, "*"], place)?;
        Some((area, waits))
    };
    areas.into_iter().filter_map(local).collect()
}

fn exposures(layers: &[Layer], names: &Names, book: &mut Book<'_>) -> Vec<Exposure> {
    let mut list: Vec<Exposure> = Vec::new();
    for (driver_id, group_id, place) in layers.iter().flat_map(|layer| &layer.exposures) {
        let driver = find(&names.drivers, "driver", driver_id, place, book.problems);
        let group = find(&names.groups, "group", group_id, place, book.problems);
        let (Some(driver), Some(group)) = (driver, group) else { continue };
        if list.iter().any(|e| e.driver == driver && e.group == group) {
            continue;
        }
        let key = format!("{driver_id}/{group_id}");
        let Some(susceptible) = book.needed("exposures", &[&key], "susceptible", place) else {
            continue;
        };
        list.push(Exposure { driver, group, susceptible });
    }
    list.sort_by_key(|exposure| (exposure.group, exposure.driver));
    list
}

/// A need is a (group, condition) with a rate of its own, not one by default.
fn needs(names: &Names, book: &mut Book<'_>) -> Vec<Need> {
    let pairs: Vec<(String, Place)> = book
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
            book.problems
                .push(Problem::error(place, "the key of a need is GROUP/CONDITION").read(&key));
            continue;
        };
        let group = find(&names.groups, "group", group_id, &place, book.problems);
        let condition = find(&names.conditions, "condition", condition_id, &place, book.problems);
        let by_group = format!("{group_id}/*");
        let by_condition = format!("*/{condition_id}");
        let keys = [key.as_str(), &by_group, &by_condition, "*/*"];
        let rate = book.needed("needs", &keys[..1], "rate", &place);
        let help_seeking = book.needed("needs", &keys, "help_seeking", &place);
        let (Some(group), Some(condition)) = (group, condition) else { continue };
        let (Some(rate), Some(help_seeking)) = (rate, help_seeking) else { continue };
        list.push(Need { group, condition, rate, help_seeking });
    }
    list.sort_by_key(|need| (need.group, need.condition));
    list
}

/// Routes of every need: the set of the topmost layer that names its group and condition, else
/// the topmost set for every group (`*`).
fn routes(layers: &[Layer], names: &Names, needs: &[Need], book: &mut Book<'_>) -> Vec<Route> {
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
            book.problems.push(
                Problem::error(
                    layers.last().map_or_else(Place::unknown, |l| l.manifest.clone()),
                    format!("`{group}` with `{condition}` goes to no service"),
                )
                .suggest(format!("add to routes.csv: {group},{condition},SERVICE,1")),
            );
            continue;
        };
        used.insert((of, condition));
        let mut total = 0.0;
        for row in rows {
            total += row.weight;
            let Some(service) =
                find(&names.services, "service", &row.service, &row.place, book.problems)
            else {
                continue;
            };
            if !names.services[service].rest.members.is_empty() {
                book.problems.push(
                    Problem::error(row.place.clone(), "people don't route to a total")
                        .read(&row.service)
                        .allowed(names.services[service].rest.members.join(", ")),
                );
            }
            let key = format!("{of}/{condition}/{}", row.service);
            let weight = book
                .row("routes", &[&key], "weight")
                .unwrap_or_else(|| book.figures.put(weight(&key, row, &layer)));
            list.push(Route { group: need.group, condition: need.condition, service, weight });
        }
        if total <= 0.0 {
            book.problems.push(Problem::error(
                layers.last().map_or_else(Place::unknown, |l| l.manifest.clone()),
                format!("all weights of `{group}` with `{condition}` are zero"),
            ));
        }
    }
    complain_of_unused_routes(layers, names, &used, book.problems);
    list
}

fn weight(key: &str, row: &RouteRow, layer: &str) -> Figure {
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
            note: String::new(),
        },
    }
}

fn complain_of_unused_routes(
    layers: &[Layer],
    names: &Names,
    used: &HashSet<(&str, &str)>,
    problems: &mut Problems,
) {
    let mut said = HashSet::new();
    for row in layers.iter().flat_map(|layer| &layer.routes) {
        if row.group != "*" {
            find(&names.groups, "group", &row.group, &row.place, problems);
        }
        find(&names.conditions, "condition", &row.condition, &row.place, problems);
        let pair = (row.group.as_str(), row.condition.as_str());
        let known = index(&names.conditions, &row.condition).is_some()
            && (row.group == "*" || index(&names.groups, &row.group).is_some());
        if known && row.group != "*" && !used.contains(&pair) && said.insert(pair) {
            problems.push(Problem::warning(
                row.place.clone(),
                format!(
                    "nobody of `{}` develops `{}`: the route is not used",
                    row.group, row.condition
                ),
            ));
        }
    }
}

fn reference(
    layers: &[Layer],
    drivers: &[Driver],
    manifest: &Place,
    problems: &mut Problems,
) -> [f64; 4] {
    let mut reference = [1.0; 4];
    for (index, (slot, name)) in reference.iter_mut().zip(Track::BUILT_IN).enumerate() {
        match layers.iter().rev().find_map(|layer| layer.reference[index]) {
            Some(value) => *slot = value,
            None if drivers.iter().any(|d| d.track.to_string() == name) => problems.push(
                Problem::error(manifest.clone(), format!("[reference] has no `{name}`")).suggest(
                    format!(
                        "[reference]\n{name} = 2.0   # the track summed over the reference exposure"
                    ),
                ),
            ),
            None => {}
        }
    }
    reference
}

fn joined_curves(layers: &[Layer], problems: &mut Problems) -> Vec<Curve> {
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

fn demand(
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

fn areas(layers: &[Layer], names: &Names, problems: &mut Problems) -> Vec<KnownArea> {
    let mut list: Vec<KnownArea> = Vec::new();
    for row in layers.iter().flat_map(|layer| &layer.areas) {
        let sizes = row
            .sizes
            .iter()
            .filter_map(|(group, size)| {
                Some((find(&names.groups, "group", group, &row.place, problems)?, *size))
            })
            .collect();
        let area = KnownArea {
            id: row.id.clone(),
            name: row.name.clone(),
            population: row.population,
            sizes,
        };
        match list.iter_mut().find(|old| old.id == row.id) {
            Some(old) => *old = area,
            None => list.push(area),
        }
    }
    list
}

/// The rates of a group can't add up to more than everyone.
fn check_rates(
    needs: &[Need],
    groups: &[Group],
    figures: &Figures,
    manifest: &Place,
    problems: &mut Problems,
) {
    for (index, group) in groups.iter().enumerate() {
        let of_group = needs.iter().filter(|need| need.group == index);
        let sum: f64 = of_group.map(|need| figures.get(need.rate).number.central).sum();
        if sum > 1.0 + 1e-12 {
            problems.push(
                Problem::error(manifest.clone(), format!("the rates of `{}` exceed 1", group.id))
                    .read(sum.to_string())
                    .allowed("rates of all conditions of a group that sum to at most 1"),
            );
        }
    }
}
