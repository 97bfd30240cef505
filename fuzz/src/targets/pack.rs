//! A pack: a small part of the built-in one, with figures of somebody else's.

use std::collections::HashSet;
use std::path::Path;
use std::sync::OnceLock;

use super::super::choices::{Choices, wild};
use super::{CONDITIONS, Case, GROUPS, SCENARIOS, SERVICES, built_in, case};

/// A table of records.
pub(super) struct Table {
    header: csv::StringRecord,
    records: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn read(text: &str) -> Self {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().cloned().unwrap_or_default();
        let records =
            reader.records().flatten().map(|r| r.iter().map(str::to_owned).collect()).collect();
        Self { header, records }
    }

    pub(super) fn text(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let _ = writer.write_record(&self.header);
        for record in &self.records {
            let _ = writer.write_record(record);
        }
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }

    pub(super) fn place(&self, column: &str) -> Option<usize> {
        self.header.iter().position(|own| own == column)
    }

    /// The rows that name nothing but what is kept.
    pub(super) fn keep(&mut self, stays: impl Fn(&[String]) -> bool) {
        self.records.retain(|record| stays(record));
    }
}

/// Tables of the small pack, by file; made once.
fn small_tables() -> &'static [(String, String)] {
    static TABLES: OnceLock<Vec<(String, String)>> = OnceLock::new();
    TABLES.get_or_init(|| {
        let kept: HashSet<&str> =
            [&SERVICES[..], &CONDITIONS, &GROUPS].concat().into_iter().collect();
        let files: Vec<(&str, &str)> = built_in("data/packs/believed-2021/").collect();
        let name = |path: &str| {
            Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned()
        };
        let mut dropped: HashSet<String> = HashSet::new();
        for (path, text) in &files {
            if ["services.csv", "conditions.csv", "groups.csv"].contains(&&*name(path)) {
                let ids = Table::read(text).records.into_iter().map(|record| record[0].clone());
                dropped.extend(ids.filter(|id| !kept.contains(&**id)));
            }
        }
        // A driver that no group is exposed to, then, is of no use.
        let of_exposures = |ids: &HashSet<String>| -> HashSet<String> {
            let text = files
                .iter()
                .find(|(path, _)| name(path) == "exposures.csv")
                .map_or("", |(_, text)| text);
            let table = Table::read(text);
            let (of, lost): (Vec<_>, Vec<_>) =
                table.records.iter().partition(|record| !ids.contains(&record[1]));
            let of: HashSet<&String> = of.iter().map(|record| &record[0]).collect();
            lost.iter()
                .map(|record| record[0].clone())
                .filter(|driver| !of.contains(driver))
                .collect()
        };
        let more = of_exposures(&dropped);
        dropped.extend(more);
        let made = files.iter().map(|(path, text)| {
            let name = name(path);
            if !name.ends_with(".csv") {
                return (name, (*text).to_owned());
            }
            let mut table = Table::read(text);
            let ids: usize = match &*name {
                "figures.csv" | "exposures.csv" => 2,
                "routes.csv" => 3,
                "strata.csv" | "areas.csv" => 0,
                _ => 1,
            };
            let is_kept = |id: &str| id.split('/').all(|part| !dropped.contains(part));
            table.keep(|record| record.iter().take(ids).all(|id| is_kept(id)));
            if let Some(members) = table.place("members") {
                for record in &mut table.records {
                    let own: Vec<&str> =
                        record[members].split(';').filter(|id| is_kept(id)).collect();
                    record[members] = own.join(";");
                }
            }
            // One way of the several to look at who is reached.
            match &*name {
                "figures.csv" => {
                    table.keep(|r| r[0] != "strata" || r[1].starts_with("deprivation/"))
                }
                "strata.csv" => table.keep(|record| record[0] == "deprivation"),
                _ => {}
            }
            if name == "families.csv" {
                let text = files
                    .iter()
                    .find(|(path, _)| path.ends_with("services.csv"))
                    .map_or("", |(_, text)| text);
                let services = Table::read(text);
                let of: HashSet<String> = services
                    .records
                    .iter()
                    .filter(|r| kept.contains(&*r[0]))
                    .map(|r| r[2].clone())
                    .collect();
                table.keep(|record| of.contains(&record[0]));
            }
            (name, table.text())
        });
        made.filter(|(_, text)| text.lines().count() > 1).collect()
    })
}

/// The small pack, some of its figures `edited`.
pub(crate) fn small(c: &mut Choices<'_>, is_edited: bool) -> Vec<(String, String)> {
    let edit = |(name, text): &(String, String)| {
        let text = match &**name {
            "figures.csv" if is_edited => edited(c, text, &["low", "central", "high"]),
            "routes.csv" if is_edited => edited(c, text, &["weight"]),
            _ => text.clone(),
        };
        (name.clone(), text)
    };
    small_tables().iter().map(edit).collect()
}

/// Numbers of some rows of a table scaled together, as somebody else would have them.
pub(super) fn edited(c: &mut Choices<'_>, text: &str, columns: &[&str]) -> String {
    let mut table = Table::read(text);
    let places: Vec<usize> = columns.iter().filter_map(|column| table.place(column)).collect();
    for _ in 0..c.between(0, 6) {
        if table.records.is_empty() {
            break;
        }
        let row = c.below(table.records.len());
        let factor = c.pick(&[0.0, 0.5, 0.8, 0.9, 0.95, 1.1, 1.2]);
        let record = &mut table.records[row];
        // Shares of a whole sum to one.
        let is_of_whole = record[0] == "strata" && record[2] == "share";
        for place in places.iter().filter(|_| !is_of_whole) {
            let Some(value) = record[*place].parse::<f64>().ok() else { continue };
            let scaled = match value * factor {
                share if value <= 1.0 => share.min(1.0),
                // A count is whole, and some are never none.
                count if value.fract() == 0.0 => count.round().clamp(1.0, value.max(1.0)),
                number => number.max(0.1),
            };
            record[*place] = format!("{scaled}");
        }
        if c.chance(2) {
            let place = c.below(record.len());
            record[place] = wild(c).to_owned();
        }
        if c.chance(1) {
            table.records.remove(row);
        }
    }
    table.text()
}

pub(super) fn pack(c: &mut Choices<'_>) -> Case {
    let mut made = case(&["run", c.pick(&SCENARIOS), "--pack", "pack"]);
    if c.chance(1) {
        for (path, text) in built_in("data/packs/believed-2021/") {
            let name = Path::new(path).file_name().unwrap_or_default().to_string_lossy();
            let text = if name == "figures.csv" {
                edited(c, text, &["low", "central", "high"])
            } else {
                text.to_owned()
            };
            made = made.with(&format!("pack/{name}"), text);
        }
    } else {
        for (name, text) in small(c, true) {
            made = made.with(&format!("pack/{name}"), text);
        }
    }
    made.short(c).cheap(c)
}
