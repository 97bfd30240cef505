//! Large published files that are not part of the repository: statistics as published and reference
//! runs of published models. Tests that read them are ignored; `cargo test -- --ignored` runs them
//! where the files are, in `shared/` beside the repository or where `AFTERWAVE_PUBLISHED` says.

use std::path::PathBuf;

/// The path of one of them, or of a folder of them; a test that asks stops where it is not there.
pub(crate) fn path(name: &str) -> PathBuf {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared"));
    let folder = std::env::var_os("AFTERWAVE_PUBLISHED").map_or_else(beside, PathBuf::from);
    let path = folder.join(name);
    assert!(path.exists(), "{} is not here: AFTERWAVE_PUBLISHED names the folder", path.display());
    path
}
