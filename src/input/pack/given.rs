//! The figures of all layers and of the command line, by where they apply: a later layer's row
//! counts before an earlier one's, a specific key before a general one, and a row that nothing of
//! the pack asks for is a mistake.

use std::collections::{BTreeMap, HashSet};

use super::figure_rows::{FigureRow, LOCAL, Parameter, is_of_pack, row_of};
use super::layer::Layer;
use super::names::{Names, index};
use crate::diagnostics::{Place, Problem, Problems};
use crate::draw::Uncertain;
use crate::input::setting::Setting;
use crate::study::figures::{Basis, Figure, FigureId, Figures, Grade, Origin};

/// All figure rows, by where they apply, and which were ever asked for.
pub(super) struct GivenFigures<'a> {
    pub(super) rows: BTreeMap<(&'static str, String, &'static str), (FigureRow, Basis)>,
    used: HashSet<(&'static str, String, &'static str)>,
    pub(super) figures: &'a mut Figures,
    pub(super) problems: &'a mut Problems,
}

impl<'a> GivenFigures<'a> {
    pub(super) fn new(
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
        for setting in settings.iter().filter(|setting| is_of_pack(setting)) {
            if let Some(row) = problems.take(row_of(setting)) {
                add(row, Basis::Set);
            }
        }
        Self { rows, used: HashSet::new(), figures, problems }
    }

    /// Key, parameter and place of every row of `table`.
    pub(super) fn keys(&self, table: &str) -> Vec<(String, &'static str, Place)> {
        let of_table = self.rows.iter().filter(|((of, ..), _)| *of == table);
        of_table.map(|((_, key, name), (row, _))| (key.clone(), *name, row.place.clone())).collect()
    }

    /// Where the rate of a need stands, with which the need does.
    pub(super) fn place_of_need(&self, group: &str, condition: &str) -> Place {
        let rate = self.rows.get(&("needs", format!("{group}/{condition}"), "rate"));
        rate.map_or_else(Place::unknown, |(row, _)| row.place.clone())
    }

    /// The figure of the first of `keys` that has a row, the most specific first.
    pub(super) fn row(
        &mut self,
        table: &'static str,
        keys: &[&str],
        name: &'static str,
    ) -> Option<FigureId> {
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
    pub(super) fn needed(
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
                agreed_with: String::new(),
                note: String::new(),
            },
        }))
    }

    pub(super) fn overlap(&mut self, layers: &[Layer], manifest: &Place) -> FigureId {
        if let Some(id) = self.row("pack", &["overlap"], "factor") {
            return id;
        }
        let rule = layers.iter().rev().find_map(|l| Some((l.overlap?, l.id.clone())));
        let basis = rule.as_ref().map_or(Basis::Default, |(_, id)| Basis::Pack(id.clone()));
        self.figures.put(Figure {
            key: "pack.overlap.factor".to_owned(),
            scenario: None,
            number: Uncertain::point(rule.map_or(1.0, |(factor, _)| factor)).within(0.0, 1.0),
            origin: Origin {
                basis,
                place: manifest.text(),
                unit: "share".to_owned(),
                source: "overlap rule of the pack".to_owned(),
                grade: Grade::D,
                as_of: String::new(),
                agreed_with: String::new(),
                note: String::new(),
            },
        })
    }

    /// A row nobody asked for names nothing of the pack.
    pub(super) fn complain_of_unused(&mut self, names: &Names) {
        let unused: Vec<_> = self.rows.iter().filter(|(at, _)| !self.used.contains(*at)).collect();
        for ((table, key, _), (row, _)) in unused {
            // A default for all that every line overrides is no mistake; one of something
            // unknown is.
            if key.contains('*') && names.know_parts(table, key) {
                continue;
            }
            if let ("services", Some((service, area))) = (*table, key.split_once('@')) {
                self.problems.push(wrongly_local(row, (service, area), names));
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
                Problem::error(
                    row.place.clone().cell("key"),
                    format!("no {table} row is called `{key}`"),
                )
                .choose(key, known.iter().map(String::as_str)),
            );
        }
    }
}

/// What is wrong with a figure of one area, `SERVICE@AREA`, that nothing asks for.
fn wrongly_local(row: &FigureRow, (service, area): (&str, &str), names: &Names) -> Problem {
    let (place, name) = (row.place.clone(), row.parameter.name);
    if service == "*" {
        return Problem::error(place, "a figure of one area is of one service")
            .read(&row.key)
            .suggest(format!("iapt@{area}"));
    }
    if index(&names.services, service).is_none() {
        return Problem::error(place, format!("unknown service `{service}` in `{}`", row.key))
            .choose(service, names.services.iter().map(|named| named.id.as_str()));
    }
    Problem::error(place, format!("`{name}` of {service} is the same in every area"))
        .read(&row.key)
        .allowed(format!("figures of one area: {}", LOCAL.join(", ")))
        .suggest(format!("services.{service}.{name}"))
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
            agreed_with: row.agreed_with.clone(),
            note: row.note.clone(),
        },
    }
}
