//! One layer of a pack: its tables as written, before layers are joined.

use super::PackFiles;
use super::area_rows::{AreaRow, areas, size_columns};
use super::figure_rows::{FigureRow, read_figures};
use super::rows::{
    DemandRow, FamilyRow, GroupRow, Named, RouteRow, ServiceRow, curves, demand, drivers,
    exposures, families, groups, names_alone, routes, services,
};
use super::stratum_rows::{StratumRow, read_strata};
use crate::diagnostics::{Place, Problem, Problems, Source};
use crate::input::baseline::MOST_PEOPLE;
use crate::input::document::{Keys, Read, read_document};
use crate::input::table::Table;
use crate::study::pack::Refused;

/// Everything one folder says.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    pub(super) id: String,
    pub(super) manifest: Place,
    pub(super) label: Option<String>,
    pub(super) extends: Option<Read<String>>,
    pub(super) licence: Option<String>,
    pub(super) refused: Option<Refused>,
    pub(super) reference_area: Option<Read<String>>,
    pub(super) population: Option<Read<f64>>,
    pub(super) reference: [Option<f64>; 4],
    pub(super) overlap: Option<f64>,
    pub(super) overlap_note: Option<String>,
    pub(super) drivers: Vec<Named<String>>,
    pub(super) groups: Vec<Named<GroupRow>>,
    pub(super) conditions: Vec<Named<()>>,
    pub(super) families: Vec<Named<FamilyRow>>,
    pub(super) services: Vec<Named<ServiceRow>>,
    pub(super) exposures: Vec<(String, String, Place)>,
    pub(super) routes: Vec<RouteRow>,
    pub(super) figures: Vec<FigureRow>,
    pub(super) curves: Vec<(String, Vec<f64>, Place)>,
    pub(super) demand: Vec<DemandRow>,
    pub(super) areas: Vec<AreaRow>,
    /// The groups that `areas.csv` has a column of sizes for.
    pub(super) sized: Vec<(String, Place)>,
    pub(super) strata: Vec<StratumRow>,
    /// Whether every table could be read, and every name: else names that others refer to would
    /// be told to be unknown.
    pub(super) is_whole: bool,
}

/// The tables without whose rows names would be told to lack what they need.
const NEEDED: [&str; 3] = ["exposures.csv", "routes.csv", "figures.csv"];

/// The columns that hold the names of tables which figures refer to.
const KEYS: [(&str, &str); 3] =
    [("areas.csv", "area"), ("strata.csv", "stratification"), ("strata.csv", "stratum")];

/// The tables whose names others refer to.
const NAMES: [&str; 6] =
    ["drivers.csv", "groups.csv", "conditions.csv", "families.csv", "services.csv", "curves.csv"];

impl Layer {
    /// Reads every table of the folder; problems of all of them are listed.
    pub(super) fn read(files: &PackFiles, problems: &mut Problems) -> Option<Self> {
        let manifest = files.files.get("pack.toml")?;
        let before = problems.errors();
        let mut layer =
            read_document(manifest, problems, |keys| Self::manifest(&files.id, manifest, keys))?;
        // With a slip in `extends` every name of the pack below would be told to be unknown.
        let mut is_whole = layer.extends.is_some() || problems.errors() == before;
        let mut each = |name: &str, read: &mut dyn FnMut(&Table, &mut Problems)| {
            let Some(source) = files.files.get(name) else { return };
            let errors = problems.errors();
            let table = Table::parse_every_row(source, problems);
            if let Some(table) = &table {
                read(table, problems);
            }
            let is_header = |problem: &Problem| {
                problem.place.file == source.name && problem.place.line == Some(1)
            };
            let lost_names = NAMES.contains(&name) && problems.errors() > errors;
            let lost_all = NEEDED.contains(&name) && problems.iter().any(is_header);
            let has_keys = |table: &Table| {
                KEYS.iter().all(|(of, key)| *of != name || table.column(key).is_some())
            };
            let can_be_read = table.as_ref().is_some_and(has_keys);
            is_whole &= can_be_read && !lost_names && !lost_all;
        };
        each("drivers.csv", &mut |t, p| layer.drivers = drivers(t, p));
        each("groups.csv", &mut |t, p| layer.groups = groups(t, p));
        each("conditions.csv", &mut |t, p| layer.conditions = names_alone(t, "condition", p));
        each("families.csv", &mut |t, p| layer.families = families(t, p));
        each("services.csv", &mut |t, p| layer.services = services(t, p));
        each("exposures.csv", &mut |t, p| layer.exposures = exposures(t, p));
        each("routes.csv", &mut |t, p| layer.routes = routes(t, p));
        each("figures.csv", &mut |t, p| layer.figures = read_figures(t, p));
        // What was learnt goes before what was judged.
        each("learnt.csv", &mut |t, p| layer.figures.extend(read_figures(t, p)));
        each("curves.csv", &mut |t, p| layer.curves = curves(t, p));
        each("demand.csv", &mut |t, p| layer.demand = demand(t, p));
        each("areas.csv", &mut |t, p| {
            layer.areas = areas(t, p);
            let head = |column: usize| t.source.line(1).cell(&*t.header[column]);
            layer.sized = size_columns(t).map(|(column, group)| (group, head(column))).collect();
        });
        each("strata.csv", &mut |t, p| layer.strata = read_strata(t, p));
        layer.is_whole = is_whole;
        Some(layer)
    }

    fn manifest(id: &str, source: &Source, keys: &Keys<'_>) -> Self {
        let text = |key| keys.text(key).map(|text| text.value);
        let positive =
            |keys: &Keys<'_>, key| keys.number(key, 1e-9, f64::INFINITY).map(|n| n.value);
        let mut reference = [None; 4];
        keys.table("reference", |keys| {
            reference =
                ["virus", "severe", "restrictions", "economy"].map(|key| positive(keys, key));
        });
        let overlap = keys.table("overlap", |keys| {
            let rule = keys.text("rule").map(|rule| rule.value);
            let note = keys.text("note").map(|note| note.value);
            let words = [rule, note].into_iter().flatten().collect::<Vec<_>>().join(": ");
            (keys.number("factor", 0.0, 1.0).map(|n| n.value), words)
        });
        let refused = keys
            .choice("refused", &[("leave", Refused::Leave), ("re-present", Refused::RePresent)]);
        Self {
            id: text("name").unwrap_or_else(|| id.to_owned()),
            manifest: source.whole(),
            label: crate::input::names::label(keys, "pack"),
            extends: keys.text("extends"),
            licence: text("licence"),
            refused: refused.map(|refused| refused.value),
            reference_area: keys.text("reference_area"),
            population: keys.number("population", 1.0, MOST_PEOPLE),
            reference,
            overlap: overlap.as_ref().and_then(|(factor, _)| *factor),
            overlap_note: overlap.map(|(_, note)| note),
            drivers: Vec::new(),
            groups: Vec::new(),
            conditions: Vec::new(),
            families: Vec::new(),
            services: Vec::new(),
            exposures: Vec::new(),
            routes: Vec::new(),
            figures: Vec::new(),
            curves: Vec::new(),
            demand: Vec::new(),
            areas: Vec::new(),
            sized: Vec::new(),
            strata: Vec::new(),
            is_whole: true,
        }
    }
}
