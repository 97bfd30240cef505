//! From the bytes of a workbook to its sheets, their lists, and what these make together.

use std::sync::Arc;

use super::lists::Lists;
use super::sheet::Sheet;
use super::{Workbook, checks};
use crate::diagnostics::{InputError, Problem, Problems, Source};
use crate::input::cells;

impl Workbook {
    /// Reads the bytes of the .xlsx `file`; all its problems at once, or the workbook with its
    /// warnings.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Self, InputError> {
        let file: Arc<str> = file.into();
        let mut problems = Problems::default();
        let mut book = cells::open(bytes.to_vec()).map_err(|error| {
            Problem::error(Source::new(file.clone(), "").whole(), "is not an .xlsx workbook")
                .read(error)
                .allowed("a workbook saved as .xlsx, without a password")
        })?;
        let mut sheet = |name| Sheet::read(&mut book, &file, name, &mut problems);
        let (curves, groups) = (sheet("curves"), sheet("groups"));
        let (g2c, c2t) = (sheet("g2c"), sheet("c2t"));
        let (treatments, demand) = (sheet("treatments"), sheet("demand"));

        // Names of a sheet or column that is not found are unknown; what refers to them is not
        // blamed, but every header is looked at.
        let mut lists = Lists::default();
        let found = &mut problems;
        let curves = curves.is_some_and(|sheet| lists.read_curves(&sheet, found));
        let services = treatments.is_some_and(|sheet| lists.read_services(&sheet, found));
        let groups = groups.is_some_and(|sheet| lists.read_groups(&sheet, curves, found));
        let needs = g2c.is_some_and(|sheet| lists.read_needs(&sheet, groups, found));
        let names = curves && services && groups && needs;
        let routes = c2t.is_some_and(|sheet| lists.read_routes(&sheet, names, found));
        if let Some(sheet) = &demand
            && lists.read_demand(sheet, names, found)
            && routes
        {
            checks::across(&mut lists, sheet, found);
        }
        problems.stop_on_errors()?;
        checks::assemble(file, lists, problems)
    }
}
