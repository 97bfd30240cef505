//! A unit, one scenario variant over all areas: its tables written area by area, and the note that
//! it is whole.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{FAILED, done_name, part_name};
use crate::checksum::sha256;
use crate::input::sweep::Form;
use crate::output::files::write_whole;
use crate::output::table::columns::AREA;
use crate::output::table::csv::Csv;
use crate::output::table::csv_gz::CsvGz;
use crate::output::table::{self, Column, Format, Head, Rows, Table, Written};
use crate::output::tables::{OfCase, Writer, of_sweeps};

/// What of a sweep is written.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The tables, by name.
    pub tables: Vec<String>,
    /// The measures; none is all.
    pub measures: Vec<String>,
    /// How.
    pub form: Form,
}

impl Wanted {
    /// The memory of so many units that are being written, in bytes.
    pub fn memory_of(&self, units: usize) -> usize {
        /// A file's room.
        const OF_FILE: usize = 16 << 10;
        /// What packing it keeps: a window, what it saw there, and what is packed.
        const OF_PACKING: usize = 400 << 10;
        let packing = if self.form == Form::Csv { 0 } else { OF_PACKING };
        units * self.tables.len() * (OF_FILE + packing)
    }
}

/// `done/v0001.json`: a unit is whole.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Done {
    /// The unit.
    pub unit: String,
    /// The hash of all it was made of.
    pub made_of: String,
    /// How many areas could not be projected.
    pub failed: usize,
    /// Its files with their hashes.
    pub files: BTreeMap<String, String>,
}

/// An area that could not be projected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The area; empty for all of a variant.
    pub area: String,
    /// Why, in a sentence.
    pub reason: String,
}

/// A unit that is being written.
pub struct Unit {
    folder: PathBuf,
    id: String,
    made_of: String,
    tables: Writer,
}

impl Unit {
    /// Begins a unit; what an earlier process left of it is cleared.
    pub fn new(folder: &Path, id: &str, made_of: String, wanted: &Wanted) -> io::Result<Self> {
        clear(folder, id)?;
        let heads = of_sweeps().into_iter().map(|table| table.head());
        let is_wanted = |head: &Head| wanted.tables.iter().any(|name| name == head.name);
        // A unit has every table that was asked for.
        let heads = heads.filter(is_wanted).map(|head| Head { written: Written::Always, ..head });
        let tables =
            Writer::new(folder, heads.collect(), of_sweeps(), format(wanted.form), |head| {
                part_name(head.name, id, wanted.form)
            });
        Ok(Self {
            folder: folder.to_owned(),
            id: id.to_owned(),
            made_of,
            tables: tables.of_measures(wanted.measures.clone()),
        })
    }

    /// The rows of one more area.
    pub fn add(&mut self, of: &OfCase<'_>) -> io::Result<()> {
        self.tables.case(of)
    }

    /// Gives every table its name, then notes that the unit is whole.
    pub fn finish(self, failures: &[Failure]) -> anyhow::Result<()> {
        let made = self.tables.finish()?.into_iter();
        let mut files: BTreeMap<String, String> =
            made.map(|made| (made.name, made.file.sha256)).collect();
        if !failures.is_empty() {
            let name = part_name(FAILED, &self.id, Form::Csv);
            let (_, bytes) = table::file(&Failed, failures, &Csv)?;
            write_whole(&self.folder.join(&name), &bytes)?;
            files.insert(name, sha256(&bytes));
        }
        let done =
            Done { unit: self.id.clone(), made_of: self.made_of, failed: failures.len(), files };
        let text = serde_json::to_string_pretty(&done)? + "\n";
        // Under a name that is cleared with the unit, if the process dies before it is whole.
        let (note, new) = (self.folder.join(done_name(&self.id)), begun(&self.folder, &self.id));
        fs::create_dir_all(note.parent().unwrap_or(&self.folder))?;
        fs::write(&new, text)?;
        Ok(fs::rename(&new, &note)?)
    }
}

/// How the rows of a form are encoded.
fn format(form: Form) -> &'static dyn Format {
    match form {
        Form::CsvGz => &CsvGz,
        #[cfg(feature = "parquet")]
        Form::Parquet => &crate::output::table::parquet::Parquet,
        // Without the feature, a sweep file that asks for Parquet is refused.
        _ => &Csv,
    }
}

/// The note of a unit that is being written.
fn begun(folder: &Path, id: &str) -> PathBuf {
    folder.join(done_name(id)).with_extension("begun")
}

/// Removes what there is of a unit, the note that it is whole first.
fn clear(folder: &Path, id: &str) -> io::Result<()> {
    for note in [folder.join(done_name(id)), begun(folder, id)] {
        if note.symlink_metadata().is_ok() {
            fs::remove_file(note)?;
        }
    }
    let tables = of_sweeps().into_iter().map(|table| table.head().name).chain([FAILED]);
    for table in tables {
        let own = folder.join(table).join(format!("variant={id}"));
        if own.exists() {
            fs::remove_dir_all(own)?;
        }
    }
    Ok(())
}

/// The note of a unit, where it is whole: made of the same, and no file changed since.
pub fn done(folder: &Path, id: &str, made_of: &str) -> Option<Done> {
    let text = fs::read_to_string(folder.join(done_name(id))).ok()?;
    let done: Done = serde_json::from_str(&text).ok()?;
    let is_same = |(name, hash): (&String, &String)| {
        fs::read(folder.join(name)).is_ok_and(|bytes| sha256(&bytes) == *hash)
    };
    (done.made_of == made_of && done.files.iter().all(is_same)).then_some(done)
}

/// Areas that could not be projected.
struct Failed;

impl Table<[Failure]> for Failed {
    fn head(&self) -> Head {
        Head {
            name: FAILED,
            about: "Areas that could not be projected in a variant; all of it where no area is named.",
            written: Written::WithRows,
            columns: vec![AREA, Column::text("reason", "what was wrong")],
        }
    }

    fn rows(&self, of: &[Failure], rows: &mut Rows) {
        for failure in of {
            rows.text(&failure.area).text(&failure.reason).end();
        }
    }
}
