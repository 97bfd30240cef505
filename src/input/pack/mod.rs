//! Packs: folders of CSV tables with drivers, groups, conditions, routes, services and figures.
//!
//! A pack may extend another: layers are read from the bottom up, and a later row overrides an
//! earlier one of the same name (local over regional over national).

mod area_rows;
mod assemble;
mod figure_rows;
mod given;
mod known_areas;
mod layer;
mod names;
mod observed;
mod people;
mod routes;
mod rows;
mod series;
mod services;
mod strata;
mod stratum_rows;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::setting::Setting;
use super::workbook::Workbook;
use super::{builtin, text};
use crate::checksum::sha256;
use crate::diagnostics::{Place, Problem, Problems, Source, nearest};
use crate::study::figures::Figures;
use crate::study::observed::Observed;
use crate::study::pack::Pack;

pub use figure_rows::is_of_pack;
use layer::Layer;

/// The tables a pack may hold.
pub const TABLES: [&str; 14] = [
    "drivers.csv",
    "groups.csv",
    "conditions.csv",
    "families.csv",
    "services.csv",
    "exposures.csv",
    "routes.csv",
    "figures.csv",
    "learnt.csv",
    "curves.csv",
    "demand.csv",
    "areas.csv",
    "strata.csv",
    "counted.csv",
];

/// The files of one pack, by name.
#[derive(Clone, Debug)]
pub struct PackFiles {
    /// Its id: the name of the folder.
    pub id: String,
    /// Its folder, or none if it is built in.
    pub folder: Option<PathBuf>,
    /// The texts, by file name.
    pub files: BTreeMap<String, Source>,
}

impl PackFiles {
    /// Finds the pack that `place` names: beside the one that extends it, a folder by its path, or
    /// a built-in by name.
    pub fn find(name: &str, place: Place, beside: Option<&Path>) -> Result<Self, Problem> {
        let sibling = beside.and_then(Path::parent).map(|folder| folder.join(name));
        for path in [sibling, Some(PathBuf::from(name))].into_iter().flatten() {
            if path.is_dir() {
                return Self::read_folder(&path);
            }
        }
        if Path::new(name).is_file() {
            return Err(Problem::error(place, "is a file, and a pack is a folder or a workbook")
                .allowed("a folder with pack.toml, or an .xlsx workbook"));
        }
        match builtin::pack(name) {
            Some(files) => Ok(Self { id: name.to_owned(), folder: None, files }),
            None => Err(Problem::error(place, "is neither a folder nor a built-in pack")
                .choose(name, builtin::pack_names())),
        }
    }

    fn read_folder(folder: &Path) -> Result<Self, Problem> {
        let mut files = BTreeMap::new();
        for name in TABLES.iter().copied().chain(["pack.toml"]) {
            let path = folder.join(name);
            if path.exists() {
                files.insert(name.to_owned(), text::read(&path)?);
            }
        }
        if !files.contains_key("pack.toml") {
            let place = Source::new(folder.display().to_string(), "").whole();
            let problem = Problem::error(place, "holds no pack.toml, so it is not a pack");
            let names = file_names(folder);
            return Err(match nearest("pack.toml", names.iter().map(String::as_str)) {
                Some(near) => problem.suggest(format!("rename {near} to pack.toml")),
                None => problem,
            });
        }
        if let Some(problem) = misnamed(folder, &files) {
            return Err(problem);
        }
        let id = folder.canonicalize().ok().and_then(|p| p.file_name().map(ToOwned::to_owned));
        let id = id.map_or_else(|| "pack".to_owned(), |id| id.to_string_lossy().into_owned());
        Ok(Self { id, folder: Some(folder.to_owned()), files })
    }
}

/// What `fit` leaves beside the tables of a pack.
const BESIDE: [&str; 3] = ["fit.csv", "conditioned.csv", "held-out.csv"];

/// A file whose name is nearly that of a table which is not there: it would be passed over unsaid.
fn misnamed(folder: &Path, files: &BTreeMap<String, Source>) -> Option<Problem> {
    let absent = || TABLES.into_iter().filter(|table| !files.contains_key(*table));
    let is_own = |name: &String| TABLES.contains(&&**name) || BESIDE.contains(&&**name);
    let names = file_names(folder);
    let mut tables = names.iter().filter(|name| !is_own(name) && is_table(name));
    let (name, near) = tables.find_map(|name| Some((name, nearest(name, absent())?)))?;
    let place = Source::new(folder.join(name).display().to_string(), "").whole();
    Some(
        Problem::error(place, "is no table of a pack, and would not be read")
            .read(name)
            .allowed(TABLES.join(", "))
            .suggest(format!("rename {name} to {near}")),
    )
}

/// Whether a file may be meant for a table: not one hidden by an editor that has another open.
fn is_table(name: &str) -> bool {
    let ending = Path::new(name).extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let is_known = |ending: &str| ["csv", "tsv", "txt", "xlsx"].contains(&ending);
    !name.starts_with(['.', '~']) && ending.as_deref().is_some_and(is_known)
}

fn file_names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// A pack, and the texts it was read from.
#[derive(Debug)]
pub struct ReadPack {
    /// The pack.
    pub pack: Pack,
    /// Counted months that a fit left, if any.
    pub observed: Option<Observed>,
    /// Every file of every layer.
    pub sources: Vec<Source>,
}

/// Reads a pack with everything it extends; `settings` are figures given on the command line.
/// A parameter workbook is a pack too.
pub fn read_pack(
    name: &str,
    settings: &[Setting],
    figures: &mut Figures,
    problems: &mut Problems,
) -> Option<ReadPack> {
    let is_workbook = Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx"));
    if is_workbook {
        let (workbook, source) = read_workbook(Path::new(name), problems)?;
        let files = PackFiles { id: workbook.name(), folder: None, files: workbook.pack_files() };
        let read = read_pack_files(files, settings, figures, problems)?;
        let sources = std::iter::once(source).chain(read.sources).collect();
        return Some(ReadPack { sources, ..read });
    }
    let files = problems.take(PackFiles::find(name, Source::new(name, "").whole(), None))?;
    read_pack_files(files, settings, figures, problems)
}

/// Reads a parameter workbook, and says which file it was.
pub fn read_workbook(path: &Path, problems: &mut Problems) -> Option<(Workbook, Source)> {
    let name = path.display().to_string();
    let bytes = problems.take(text::bytes(path))?;
    match Workbook::read(&name, &bytes) {
        Ok(workbook) => {
            problems.extend(workbook.warnings.clone());
            Some((workbook, Source::new(name, "").of_file(sha256(&bytes))))
        }
        Err(error) => {
            problems.extend(error.0);
            None
        }
    }
}

/// Reads a pack whose files are at hand.
pub fn read_pack_files(
    files: PackFiles,
    settings: &[Setting],
    figures: &mut Figures,
    problems: &mut Problems,
) -> Option<ReadPack> {
    let errors = problems.errors();
    let mut layers: Vec<Layer> = Vec::new();
    let mut sources: Vec<Source> = Vec::new();
    let mut folders: Vec<PathBuf> = Vec::new();
    let mut counted: Option<Source> = None;
    let mut next = Some(files);
    while let Some(files) = next.take() {
        let layer = Layer::read(&files, problems)?;
        sources.extend(files.files.values().cloned());
        counted = counted.or_else(|| files.files.get("counted.csv").cloned());
        if let Some(parent) = &layer.extends {
            let (place, folder) = (parent.place.clone(), files.folder.as_deref());
            let found = problems.take(PackFiles::find(&parent.value, place, folder))?;
            // One folder has many names.
            folders.extend(folder.and_then(|folder| folder.canonicalize().ok()));
            let again = found.folder.as_ref().and_then(|folder| folder.canonicalize().ok());
            let is_known = |id: &String| *id == parent.value;
            if layers.iter().map(|l| &l.id).chain([&layer.id]).any(is_known)
                || again.is_some_and(|folder| folders.contains(&folder))
            {
                let chain = layers.iter().map(|l| l.id.as_str());
                let chain: Vec<&str> = chain.chain([layer.id.as_str(), &parent.value]).collect();
                problems.push(
                    Problem::error(parent.place.clone(), "`extends` goes in a circle")
                        .read(chain.join(" -> "))
                        .suggest("take `extends` out of one of them"),
                );
                return None;
            }
            next = Some(found);
        }
        layers.push(layer);
    }
    if !layers.iter().all(|layer| layer.is_whole) {
        return None;
    }
    layers.reverse();
    let pack = assemble::assemble(&layers, settings, figures, problems);
    let observed = counted.and_then(|source| observed::read_observed(&source, problems));
    pack.filter(|_| problems.errors() == errors).map(|pack| ReadPack { pack, observed, sources })
}
