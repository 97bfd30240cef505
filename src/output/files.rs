//! Files written whole or not at all.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use rayon::prelude::*;

use crate::diagnostics::{InputError, Problem, Source};

/// Files to be written together, held in memory until all of them are ready.
#[derive(Debug, Default)]
pub struct Files(Vec<(PathBuf, Vec<u8>)>);

impl Files {
    /// Adds a file, its name relative to the folder given to [`Files::write_to`].
    pub fn add(&mut self, name: impl Into<PathBuf>, content: impl Into<Vec<u8>>) {
        self.0.push((name.into(), content.into()));
    }

    /// The names, in the order added.
    pub fn names(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(|(name, _)| name.as_path())
    }

    /// Refuses a folder that holds a folder by the name of one of the files.
    pub fn check_names(&self, folder: &Path) -> Result<(), InputError> {
        let mut paths = self.names().map(|name| folder.join(name));
        let Some(path) = paths.find(|path| path.is_dir()) else { return Ok(()) };
        let place = Source::new(path.display().to_string(), "").whole();
        let problem = Problem::error(place, "a folder stands where a file is to be written");
        Err(problem.suggest("another folder for the results").into())
    }

    /// Writes every file into `folder`, each by a rename, so that a reader sees the old file or
    /// the new one and never a part. Files of other names are left alone.
    pub fn write_to(&self, folder: &Path) -> anyhow::Result<()> {
        self.check_names(folder)?;
        self.0.par_iter().try_for_each(|(name, content)| write_whole(&folder.join(name), content))
    }
}

/// Refuses a folder for results that is something else or can't be written to, before the work is
/// done; `option` named it.
pub fn check_folder(option: &str, folder: &Path) -> Result<(), InputError> {
    let place = || Source::new(folder.display().to_string(), "").whole().cell(option);
    if let Some(file) = folder.ancestors().find(|part| part.exists() && !part.is_dir()) {
        let message = format!("{} is a file, not a folder", file.display());
        let problem = Problem::error(place(), message);
        return Err(problem.allowed("a folder, which is made if it is not there").into());
    }
    // The folder, or the one it is to be made in: a file that is gone at once tells.
    let there = folder.ancestors().find(|part| part.is_dir()).unwrap_or(Path::new("."));
    tempfile::tempfile_in(there).map(drop).map_err(|error| {
        Problem::error(place(), "no file can be written there")
            .read(format!("{}: {}", there.display(), error.kind()))
            .allowed("a folder you may write to, which is made if it is not there")
            .suggest(format!("{option} FOLDER"))
            .into()
    })
}

/// Writes one file by a rename, making its folder if need be.
pub fn write_whole(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = || format!("cannot write {}", path.display());
    fs::create_dir_all(folder).with_context(failed)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(failed)?;
    file.write_all(content).with_context(failed)?;
    make_readable(&file).with_context(failed)?;
    file.persist(path).with_context(failed)?;
    Ok(())
}

/// Temporary files are private; what a user asked for is not.
#[cfg(unix)]
fn make_readable(file: &tempfile::NamedTempFile) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.as_file().set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &tempfile::NamedTempFile) -> std::io::Result<()> {
    Ok(())
}
