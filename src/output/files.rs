//! Files written whole or not at all.

use std::collections::HashSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::checksum::sha256;
use crate::diagnostics::{Problem, Source};

/// Files to be written together, held until all of them are ready: in memory, or in a folder of
/// their own that becomes the results.
#[derive(Debug, Default)]
pub struct Files {
    pub(super) list: Vec<(PathBuf, Content)>,
    /// Their names in small letters.
    taken: HashSet<String>,
    pub(super) stage: Option<Stage>,
}

/// Where the content of a file is.
#[derive(Debug)]
pub(super) enum Content {
    /// In memory.
    Held(Vec<u8>),
    /// In the folder of the files.
    Staged {
        /// SHA-256 of its bytes, in hexadecimal.
        sha256: String,
    },
}

/// A folder in the making, gone if it does not become the results.
#[derive(Debug)]
pub struct Stage(PathBuf);

impl Files {
    /// Files that are written into `stage` one by one.
    pub fn staged(stage: Stage) -> Self {
        Self { stage: Some(stage), ..Self::default() }
    }

    /// Adds a file, its name relative to the folder of the results. Of names that are one to some
    /// file system (`A.svg`, `a.svg`) a later one gets a number.
    pub fn add(&mut self, name: impl Into<PathBuf>, content: impl Into<Vec<u8>>) {
        let name = self.free(&name.into());
        self.list.push((name, Content::Held(content.into())));
    }

    /// The same, written at once where the files have a folder of their own.
    pub fn write(&mut self, name: impl Into<PathBuf>, content: Vec<u8>) -> anyhow::Result<()> {
        let name = self.free(&name.into());
        let content = match &self.stage {
            None => Content::Held(content),
            Some(stage) => {
                stage.write(&name, &content)?;
                Content::Staged { sha256: sha256(&content) }
            }
        };
        self.list.push((name, content));
        Ok(())
    }

    /// Adds a file that stands in the folder of the files already, by its hash.
    pub fn note(&mut self, name: impl Into<PathBuf>, sha256: String) {
        let name = name.into();
        self.taken.insert(name.to_string_lossy().to_lowercase());
        self.list.push((name, Content::Staged { sha256 }));
    }

    /// A name that no other file has.
    fn free(&mut self, first: &Path) -> PathBuf {
        let mut name = first.to_owned();
        for number in 2.. {
            if self.taken.insert(name.to_string_lossy().to_lowercase()) {
                break;
            }
            let stem = first.file_stem().unwrap_or_default().to_string_lossy();
            let end = first.extension().unwrap_or_default().to_string_lossy();
            name = first.with_file_name(format!("{stem}-{number}.{end}"));
        }
        name
    }

    /// The names, in the order added.
    pub fn names(&self) -> impl Iterator<Item = &Path> {
        self.list.iter().map(|(name, _)| name.as_path())
    }
}

impl Content {
    pub(super) fn sha256(&self) -> String {
        match self {
            Self::Held(bytes) => sha256(bytes),
            Self::Staged { sha256 } => sha256.clone(),
        }
    }
}

impl Stage {
    /// Makes the folder.
    pub(super) fn new(path: PathBuf) -> anyhow::Result<Self> {
        fs::create_dir_all(&path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn write(&self, name: &Path, content: &[u8]) -> anyhow::Result<()> {
        let path = self.0.join(name);
        let failed = || format!("cannot write {}", path.display());
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(failed)?;
        }
        fs::write(&path, content).with_context(failed)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Refuses what is there under the name of a file to write and is no file: a folder, a device, a
/// pipe, a link to nothing. `-` and standard output are no file and are written to as they are.
pub fn check_file(option: &str, path: &Path) -> Result<(), Problem> {
    if is_stdout(path) {
        return Ok(());
    }
    let place = || Source::new(path.display().to_string(), "").whole().cell(option);
    let (Ok(link), there) = (path.symlink_metadata(), path.metadata()) else { return Ok(()) };
    let (message, next) = match there {
        Ok(there) if there.is_file() => return Ok(()),
        Ok(there) if there.is_dir() => {
            ("is a folder, not a file", path.join("baseline.csv").display().to_string())
        }
        Ok(_) => ("is a device or a pipe, which would be lost", "`-` for standard output".into()),
        Err(_) if link.is_symlink() => {
            ("is a link to something that is not there", "the file itself".into())
        }
        Err(_) => ("cannot be looked at", "another file".into()),
    };
    Err(Problem::error(place(), message).allowed("a file, new or old").suggest(next))
}

/// Whether a path means standard output.
pub fn is_stdout(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1"].iter().any(|name| path == Path::new(name))
}

/// Writes one file by a rename, making its folder if need be. A link is followed; a file that was
/// there keeps its permissions, a new one has the usual ones.
pub fn write_whole(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let failed = || format!("cannot write {}", path.display());
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(failed)?;
    // Not private, as temporary files are: what a user asked for has the user's usual permissions.
    let mut file = tempfile::Builder::new()
        .make_in(folder, |path| fs::File::create_new(path))
        .with_context(failed)?;
    file.write_all(content).with_context(failed)?;
    if let Ok(before) = fs::metadata(&path) {
        file.as_file().set_permissions(before.permissions()).with_context(failed)?;
    }
    file.persist(&path).with_context(failed)?;
    Ok(())
}
