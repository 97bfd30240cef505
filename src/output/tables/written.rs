//! Tables as files, written as cases come: rows are made, written and dropped.

use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{CaseTable, OfCase};
use crate::output::table::part::{Hashed, Part};
use crate::output::table::{self, Cell, Format, Head, Rows, Written};

/// Tables that are being written.
pub struct Writer {
    folder: PathBuf,
    format: &'static dyn Format,
    tables: Vec<OfTable>,
    /// The measures to write; none is all.
    measures: Vec<String>,
    /// Whether rows are kept, for a format that takes tables together.
    keeps: bool,
}

/// One of them.
struct OfTable {
    head: Head,
    /// Where its rows come case by case.
    of_cases: Option<CaseTable>,
    name: String,
    part: Option<Part>,
    withheld: [usize; 2],
    kept: Vec<Rows>,
}

/// A table as a file.
#[derive(Debug)]
pub struct Made {
    /// What it is.
    pub head: Head,
    /// Its name in the folder.
    pub name: String,
    /// Its bytes.
    pub file: Hashed,
    /// How many cells are hidden, and how many say that they are small.
    pub withheld: [usize; 2],
    /// Its rows, where they were to be kept.
    pub rows: Vec<Rows>,
}

impl Writer {
    /// Tables of `heads` in `folder`, each by the name that `name` gives it.
    pub fn new(
        folder: &Path,
        heads: Vec<Head>,
        mut of_cases: Vec<CaseTable>,
        format: &'static dyn Format,
        name: impl Fn(&Head) -> String,
    ) -> Self {
        let tables = heads.into_iter().map(|head| {
            let own = of_cases.iter().position(|table| table.head().name == head.name);
            let of_cases = own.map(|at| of_cases.swap_remove(at));
            let name = name(&head);
            OfTable { head, of_cases, name, part: None, withheld: [0; 2], kept: Vec::new() }
        });
        let (tables, folder) = (tables.collect(), folder.to_owned());
        Self { folder, format, tables, measures: Vec::new(), keeps: false }
    }

    /// The same, of rows of some measures; of all, where none are named.
    #[must_use]
    pub fn of_measures(self, measures: Vec<String>) -> Self {
        Self { measures, ..self }
    }

    /// The same, keeping rows if they are wanted together.
    #[must_use]
    pub fn keeping(self, keeps: bool) -> Self {
        Self { keeps, ..self }
    }

    /// Writes the rows of a case.
    pub fn case(&mut self, of: &OfCase<'_>) -> io::Result<()> {
        let Self { folder, format, tables, measures, keeps } = self;
        tables.par_iter_mut().try_for_each(|own| {
            let Some(table) = &own.of_cases else { return Ok(()) };
            let rows = only(table::rows(&**table, of), measures);
            own.add(rows, (folder, *format), *keeps)
        })
    }

    /// Writes rows of the table of this name, if it is one of them.
    pub fn rows(&mut self, name: &str, rows: Rows) -> io::Result<()> {
        let Self { folder, format, tables, keeps, .. } = self;
        match tables.iter_mut().find(|own| own.head.name == name) {
            Some(own) => own.add(rows, (folder, *format), *keeps),
            None => Ok(()),
        }
    }

    /// Ends every table that has rows, or is written without.
    pub fn finish(self) -> io::Result<Vec<Made>> {
        let mut list = Vec::new();
        for own in self.tables {
            let path = self.folder.join(&own.name);
            let part = match own.part {
                Some(part) => part,
                None if own.head.written == Written::Always => {
                    begin(&path, &own.head, self.format)?
                }
                None => continue,
            };
            let file = part.finish(&path)?;
            let OfTable { head, name, withheld, kept: rows, .. } = own;
            list.push(Made { head, name, file, withheld, rows });
        }
        Ok(list)
    }
}

impl OfTable {
    fn add(
        &mut self,
        rows: Rows,
        (folder, format): (&Path, &dyn Format),
        keeps: bool,
    ) -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let part = match &mut self.part {
            Some(part) => part,
            none => none.insert(begin(&folder.join(&self.name), &self.head, format)?),
        };
        part.rows(&rows)?;
        let own = rows.withheld();
        self.withheld = [self.withheld[0] + own[0], self.withheld[1] + own[1]];
        if keeps {
            self.kept.push(rows);
        }
        Ok(())
    }
}

/// Begins a table beside its place.
fn begin(path: &Path, head: &Head, format: &dyn Format) -> io::Result<Part> {
    Part::new(path.parent().unwrap_or(Path::new(".")), head, format)
}

/// The rows of some measures; of all, where none are named or the table has no measures.
fn only(rows: Rows, measures: &[String]) -> Rows {
    let column = rows.columns().iter().position(|column| column.name == "measure");
    let Some(column) = column.filter(|_| !measures.is_empty()) else { return rows };
    let is_wanted = |row: usize| match rows.cell(row, column) {
        Cell::Text(name) => measures.iter().any(|own| own == name),
        _ => false,
    };
    rows.only(is_wanted)
}
