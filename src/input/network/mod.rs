//! A network of services from a folder of CSVs, in our own layout or the published one, or the
//! example compiled in.

mod draft;
mod feed;
mod published;
mod recorded_levers;
mod rows;
mod settings;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context as _;

pub use draft::{Draft, Layout, MOST_DAYS};
pub use feed::{Fed, Feed, Scale, Scenario, read_feed};
pub use published::{SWITCH_DAY, WARM_UP};
pub use settings::{apply, check_arrivals};
pub use tables::FILES;

use crate::diagnostics::{BUILT_IN, InputError, Place, Problem, Problems, Source, nearest};
use crate::input::{builtin, text};
use published::Set;

/// The files of the example, in the order of [`FILES`].
pub const EXAMPLE: [&str; 3] =
    [builtin::NETWORK[0].1, builtin::NETWORK[1].1, builtin::NETWORK[2].1];

/// A folder, a file as a whole or an option, by its name.
fn place_named(name: &str) -> Place {
    Source::new(name, "").whole()
}

/// The files that only our own layout has.
const OWN: [&str; 2] = ["services.csv", "routes.csv"];

/// The beginnings of the published file names.
const PREFIXES: [&str; 3] = ["network", "arrivals", "postcov_flow"];

/// The example compiled in.
pub fn example() -> Result<Draft, InputError> {
    let files = FILES
        .iter()
        .zip(EXAMPLE)
        .map(|(name, text)| (format!("{BUILT_IN}data/network/{name}"), text.as_bytes().to_vec()));
    tables::read(files.collect(), Layout::BuiltIn)
}

/// Reads the network in `folder`, or in one file of the published layout; `variant` chooses among
/// several published sets.
pub fn read(folder: &Path, variant: Option<&str>) -> anyhow::Result<Draft> {
    let at = || place_named(&folder.display().to_string());
    if folder.is_file() {
        let own = folder.file_name().is_some_and(|name| FILES.iter().any(|own| name == *own));
        if own || variant.is_some() {
            let message = if own {
                "this is one file of three"
            } else {
                "a file has no variants: only a folder has"
            };
            let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
            let problem = Problem::error(at(), message);
            let parent = parent.unwrap_or(Path::new("."));
            return Err(InputError::from(
                problem.suggest(format!("the folder {}", parent.display())),
            )
            .into());
        }
        let name = folder.display().to_string();
        let bytes = text::bytes(folder).map_err(InputError::from)?;
        return Ok(published::read(Set { network: (name, bytes), arrivals: None, flow: None })?);
    }
    if !folder.is_dir() {
        let message = "there is no such folder";
        return Err(InputError::from(
            Problem::error(at(), message).suggest("a folder with services.csv, routes.csv and arrivals.csv; without one the built-in example runs"),
        )
        .into());
    }
    let mut names = BTreeSet::new();
    let cannot = || format!("cannot read {}", folder.display());
    for entry in std::fs::read_dir(folder).with_context(cannot)? {
        names.insert(entry.with_context(cannot)?.file_name().to_string_lossy().into_owned());
    }
    let begins = |prefix: &str| names.iter().any(|name| name.starts_with(prefix));
    let is_nearly_own = || names.iter().any(|name| nearest(name, OWN).is_some());
    if OWN.iter().any(|own| names.contains(*own)) || !begins(PREFIXES[0]) && is_nearly_own() {
        return read_own(folder, &names, variant);
    }
    let sets = published_sets(&names);
    let set = choose_set(folder, &names, &sets, variant)?;
    let load = |name: &String| load(folder, name);
    let draft = published::read(Set {
        network: load(&set.network)?,
        arrivals: set.arrivals.as_ref().map(load).transpose()?,
        flow: set.flow.as_ref().map(load).transpose()?,
    })?;
    Ok(draft)
}

fn read_own(
    folder: &Path,
    names: &BTreeSet<String>,
    variant: Option<&str>,
) -> anyhow::Result<Draft> {
    let mut problems = Problems::default();
    for name in FILES.iter().filter(|name| !names.contains(**name)) {
        let place = place_named(&folder.join(name).display().to_string());
        let others = names.iter().map(String::as_str).filter(|other| !FILES.contains(other));
        let problem = Problem::error(place, "the file is missing").allowed(FILES.join(", "));
        problems.push(match nearest(name, others) {
            Some(near) => problem.suggest(format!("rename {near} to {name}")),
            None => problem,
        });
    }
    if let Some(variant) = variant {
        let place = place_named("--variant");
        let message = "this folder has no variants: only the published layout has them";
        problems.push(Problem::error(place, message).read(variant));
    }
    problems.stop_on_errors()?;
    let files = FILES.iter().map(|name| load(folder, name)).collect::<anyhow::Result<_>>()?;
    Ok(tables::read(files, Layout::Own)?)
}

fn load(folder: &Path, name: &str) -> anyhow::Result<(String, Vec<u8>)> {
    let path = folder.join(name);
    let bytes = text::bytes(&path).map_err(InputError::from)?;
    Ok((path.display().to_string(), bytes))
}

fn is_only_table(names: &BTreeSet<String>) -> bool {
    names.iter().filter(|name| name.strip_suffix(".csv").is_some()).count() == 1
}

/// The names of the files of one published set.
struct SetNames {
    network: String,
    arrivals: Option<String>,
    flow: Option<String>,
}

/// The files of the published layout by variant, which is what follows the beginning of a name.
fn published_sets(names: &BTreeSet<String>) -> BTreeMap<String, [Option<String>; 3]> {
    let mut sets: BTreeMap<String, [Option<String>; 3]> = BTreeMap::new();
    for name in names {
        let Some(stem) = name.strip_suffix(".csv") else { continue };
        for (index, prefix) in PREFIXES.iter().enumerate() {
            if let Some(rest) = stem.strip_prefix(prefix) {
                let variant = rest.trim_start_matches(['_', '-', ' ']).to_owned();
                sets.entry(variant).or_default()[index] = Some(name.clone());
            }
        }
    }
    sets
}

fn choose_set(
    folder: &Path,
    names: &BTreeSet<String>,
    sets: &BTreeMap<String, [Option<String>; 3]>,
    variant: Option<&str>,
) -> Result<SetNames, InputError> {
    let place = place_named(&folder.display().to_string());
    let variants: Vec<&str> = sets.keys().map(String::as_str).collect();
    let files = match (variant, variants.as_slice()) {
        (_, []) => {
            let found = names.iter().cloned().collect::<Vec<_>>().join(", ");
            return Err(Problem::error(place, "the folder holds no network")
                .read(found)
                .allowed("services.csv, routes.csv and arrivals.csv; or files beginning with network, arrivals and postcov_flow")
                .into());
        }
        (Some(variant), _) => sets.get(variant).ok_or_else(|| {
            Problem::error(place_named("--variant"), "there is no such set of files")
                .choose(variant, variants.iter().copied())
        })?,
        (None, [only]) => &sets[*only],
        (None, _) => {
            return Err(Problem::error(place, "the folder holds more than one network")
                .read(variants.join(", "))
                .suggest(format!("--variant {}", variants[0]))
                .into());
        }
    };
    match files {
        [Some(network), Some(arrivals), flow] => Ok(SetNames {
            network: network.clone(),
            arrivals: Some(arrivals.clone()),
            flow: flow.clone(),
        }),
        // A file of another name might be meant for the arrivals: then it is no network alone.
        [Some(network), None, None] if is_only_table(names) => {
            Ok(SetNames { network: network.clone(), arrivals: None, flow: None })
        }
        [network, _, _] => {
            let missing = if network.is_none() { PREFIXES[0] } else { PREFIXES[1] };
            let found: Vec<&str> = files.iter().flatten().map(String::as_str).collect();
            let message = format!("the file beginning with `{missing}` is missing");
            let problem = Problem::error(place, message).read(found.join(", "));
            let alone = folder.join(files[0].as_deref().unwrap_or_default());
            Err(if network.is_some() {
                problem.suggest(format!(
                    "the network file alone, if its own figures are meant: {}",
                    alone.display()
                ))
            } else {
                problem
            }
            .into())
        }
    }
}
