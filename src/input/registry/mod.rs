//! The registry of areas that is built in: `data/areas/`, read once.
//!
//! | table | holds |
//! | --- | --- |
//! | `areas.csv` | every area that is or was, with its codes, dates and residents |
//! | `successions.csv` | what became of an area and when, with the share of its residents |
//! | `residents.csv` | residents of sub-ICB locations by age and fifth of deprivation, and by ethnic group |
//! | `referrals.csv` | series as published by area, brought to the boundaries of July 2022 |

pub mod area_figures;
pub mod find;

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use jiff::civil::Date;

use super::builtin;
use crate::diagnostics::Source;
use crate::month::Month;
use crate::study::place::{Kind, Nation, Place, Residents, Succession};

/// Every area with what is known of it.
#[derive(Debug, Default)]
pub struct Registry {
    /// In the order of the file: nations and regions, boards, sub-ICB locations, former areas.
    pub places: Vec<Place>,
    /// By date.
    pub successions: Vec<Succession>,
    residents: BTreeMap<String, Residents>,
    /// Those of areas that were asked for: adding up their parts takes a search for each.
    known: Mutex<BTreeMap<String, Option<Residents>>>,
    /// Series as published.
    pub series: Vec<Published>,
}

/// One series as published, not yet joined to a pack.
#[derive(Debug)]
pub struct Published {
    /// The area.
    pub area: String,
    /// The service id.
    pub service: String,
    /// What is counted.
    pub measure: String,
    /// The last month that was split by a share of residents; none where all are as published.
    pub derived_to: Option<Month>,
    /// The first month.
    pub start: Month,
    /// The values by month.
    pub values: Vec<Option<f64>>,
}

/// The registry.
pub fn registry() -> &'static Registry {
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    REGISTRY.get_or_init(|| {
        let [areas, successions, residents, referrals] = builtin::registry();
        Registry::read(&areas, &successions, &residents, &referrals)
    })
}

/// The rows of a table of ours, by the names of its columns.
fn rows(source: &Source) -> impl Iterator<Item = BTreeMap<String, String>> + '_ {
    csv::Reader::from_reader(source.text.as_bytes()).into_deserialize().filter_map(Result::ok)
}

fn list(cell: &str) -> Vec<String> {
    cell.split(';').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

impl Registry {
    fn read(areas: &Source, successions: &Source, residents: &Source, referrals: &Source) -> Self {
        Self {
            places: rows(areas).filter_map(|row| place(&row)).collect(),
            successions: rows(successions).filter_map(|row| succession(&row)).collect(),
            residents: rows_of_numbers(residents),
            known: Mutex::default(),
            series: rows(referrals).filter_map(|row| published(&row)).collect(),
        }
    }

    /// The area of a code of any year, in any case.
    pub fn place(&self, code: &str) -> Option<&Place> {
        let is_id = |place: &&Place| place.id.eq_ignore_ascii_case(code);
        let has_code = |place: &&Place| place.has_code(code);
        self.places.iter().find(is_id).or_else(|| self.places.iter().find(has_code))
    }

    /// The areas that are a part of `id` next below it, or that it was made of.
    pub fn children(&self, id: &str) -> Vec<&Place> {
        if let Some(place) = self.place(id).filter(|place| !place.made_of.is_empty()) {
            return place.made_of.iter().filter_map(|part| self.place(part)).collect();
        }
        // Boards that were made of others would count their parts twice.
        let is_part = |place: &&Place| {
            place.part_of.as_deref() == Some(id)
                && place.kind != Kind::Ccg
                && !(place.kind == Kind::Icb && place.residents.is_none())
        };
        self.places.iter().filter(is_part).collect()
    }

    /// The smallest areas that an area is made of today: itself, where it has no parts.
    pub fn leaves(&self, id: &str) -> Vec<&Place> {
        let children = self.children(id);
        if children.is_empty() {
            return self.place(id).into_iter().collect();
        }
        children.into_iter().flat_map(|child| self.leaves(&child.id)).collect()
    }

    /// Who lives in an area by age, fifth of deprivation and ethnic group; none where that is not
    /// known of all its parts.
    pub fn residents(&self, id: &str) -> Option<Residents> {
        let lock = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(id) {
            return known.clone();
        }
        let residents = self.sum_of_residents(id);
        lock().insert(id.to_owned(), residents.clone());
        residents
    }

    fn sum_of_residents(&self, id: &str) -> Option<Residents> {
        let mut sum = Residents::default();
        for leaf in self.leaves(id) {
            sum.add(self.residents.get(&leaf.id)?);
        }
        (sum.total() > 0.0).then_some(sum)
    }

    /// How many live in an area.
    pub fn population(&self, id: &str) -> Option<f64> {
        let own = self.place(id)?.residents;
        own.or_else(|| self.residents(id).map(|residents| residents.total()))
    }

    /// What became of an area.
    pub fn successors<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Succession> + 'a {
        self.successions.iter().filter(move |succession| succession.area == id)
    }
}

fn place(row: &BTreeMap<String, String>) -> Option<Place> {
    let text = |name: &str| row.get(name).map_or("", String::as_str);
    let some = |name: &str| Some(text(name).to_owned()).filter(|text| !text.is_empty());
    let date = |name: &str| text(name).parse::<Date>().ok();
    Some(Place {
        id: some("area")?,
        name: text("name").to_owned(),
        kind: Kind::NAMES.iter().find(|(name, _)| *name == text("kind"))?.1,
        nation: Nation::NAMES.iter().find(|(name, _)| *name == text("nation"))?.1,
        part_of: some("part_of"),
        gss: list(text("gss")),
        from: date("from"),
        to: date("to"),
        residents: text("residents").parse().ok(),
        made_of: list(text("parts")),
    })
}

fn succession(row: &BTreeMap<String, String>) -> Option<Succession> {
    Some(Succession {
        date: row.get("date")?.parse().ok()?,
        area: row.get("area")?.clone(),
        successor: row.get("successor")?.clone(),
        share: row.get("share")?.parse().ok(),
        what: row.get("what")?.clone(),
    })
}

fn published(row: &BTreeMap<String, String>) -> Option<Published> {
    Some(Published {
        area: row.get("area")?.clone(),
        service: row.get("service")?.clone(),
        measure: row.get("measure")?.clone(),
        derived_to: row.get("derived_to")?.parse().ok(),
        start: row.get("start")?.parse().ok()?,
        values: row.get("values")?.split(' ').map(|value| value.parse().ok()).collect(),
    })
}

/// `area`, then people by age and fifth, then by ethnic group.
fn rows_of_numbers(source: &Source) -> BTreeMap<String, Residents> {
    let mut reader = csv::Reader::from_reader(source.text.as_bytes());
    let records = reader.records().filter_map(Result::ok);
    let of = |record: csv::StringRecord| {
        let mut cells = record.iter();
        let area = cells.next()?.to_owned();
        let mut residents = Residents::default();
        for own in residents.people.iter_mut().flatten().chain(&mut residents.ethnic) {
            *own = cells.next()?.parse().ok()?;
        }
        Some((area, residents))
    };
    records.filter_map(of).collect()
}
