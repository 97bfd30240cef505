//! A folder of results, which is at every instant the former whole or the new whole.
//!
//! New results are built in a folder beside it (`.NAME.new-PROCESS`) together with the user's own
//! files, then the two swap names in one step, then the former results are deleted. What an earlier
//! process left when it died is cleared by the next. A lock beside the folder (`.NAME.lock`) says who
//! writes there. The record [`RECORD`] lists every file with its hash; it tells our files from the
//! user's own, which are never lost.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Component, Path, PathBuf};

use anyhow::Context as _;
use rayon::prelude::*;

use super::files::{Files, write_whole};
use crate::checksum::sha256;
use crate::diagnostics::{InputError, Problem, Source};

/// What a folder of results was made of, and the files in it with their hashes.
pub const RECORD: &str = "run.json";

/// What becomes of files in the folder that no run wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnFiles {
    /// They stay, and a folder that holds nothing else is refused.
    StayBesideARun,
    /// They stay, and those with a name of ours are replaced: the user said so.
    MayBeReplaced,
}

/// A folder held from before the work until its results are written.
#[derive(Debug)]
pub struct ResultsFolder {
    /// Where it is, links followed.
    path: PathBuf,
    option: String,
    own_files: OwnFiles,
    /// None where no lock can be had: the folder above takes no files.
    lock: Option<Lock>,
}

/// What was written.
#[derive(Clone, Copy, Debug)]
pub struct Written {
    /// Files that only the run before it wrote, and are gone.
    pub removed: usize,
}

impl ResultsFolder {
    /// Holds the folder that `option` names, or says before the work why that can't be.
    pub fn hold(option: &str, path: &Path, own_files: OwnFiles) -> anyhow::Result<Self> {
        super::files::check_folder(option, path)?;
        let path = resolved(option, path)?;
        let lock = Lock::take(&path)?;
        if lock.is_some() {
            clear_earlier(&path)?;
        }
        let folder = Self { path, option: option.to_owned(), own_files, lock };
        folder.refuse_foreign()?;
        Ok(folder)
    }

    /// Replaces what an earlier run wrote by `files` and a record of them.
    pub fn replace(self, mut files: Files, command: &str) -> anyhow::Result<Written> {
        files.check_names(&self.path)?;
        self.refuse_replacing(&files)?;
        complete(&mut files, command)?;
        let removed =
            self.ours().keys().filter(|name| files.names().all(|new| new != *name)).count();
        if self.lock.is_none() || !self.swap(&files)? {
            self.write_in_place(&files)?;
        }
        Ok(Written { removed })
    }

    /// Builds beside and swaps; false, with nothing changed, where folders can't change their names.
    fn swap(&self, files: &Files) -> anyhow::Result<bool> {
        let new = beside(&self.path, &format!("new-{}", std::process::id()));
        let staged = Staged(new.clone());
        let failed = || format!("cannot write beside {}", self.path.display());
        fs::create_dir(&new).with_context(failed)?;
        let former = self.path.is_dir();
        files
            .0
            .par_iter()
            .try_for_each(|(name, content)| {
                let path = new.join(name);
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                let mut file = File::create(&path)?;
                file.write_all(content)?;
                if let Ok(before) = fs::metadata(self.path.join(name)) {
                    file.set_permissions(before.permissions())?;
                }
                Ok::<_, std::io::Error>(())
            })
            .with_context(failed)?;
        if former {
            carry_over(&self.path, &new, &self.ours(), files)?;
            fs::set_permissions(&new, fs::metadata(&self.path)?.permissions())?;
            if exchange(&new, &self.path).is_err() {
                return Ok(false);
            }
        } else {
            fs::rename(&new, &self.path).with_context(failed)?;
        }
        // The former results have its name now, or nothing has.
        drop(staged);
        Ok(true)
    }

    /// Where folders can't change their names (a mount, a root): file by file, each whole, the
    /// record last.
    fn write_in_place(&self, files: &Files) -> anyhow::Result<()> {
        let former = self.ours();
        let (record, others): (Vec<_>, Vec<_>) =
            files.0.iter().partition(|(name, _)| name == Path::new(RECORD));
        for (name, content) in others.into_iter().chain(record) {
            write_whole(&self.path.join(name), content)?;
        }
        for name in former.keys().filter(|name| files.names().all(|new| new != *name)) {
            let _ = fs::remove_file(self.path.join(name));
        }
        Ok(())
    }

    /// The files that an earlier run wrote here, with their hashes where it recorded them.
    fn ours(&self) -> BTreeMap<PathBuf, Option<String>> {
        recorded(&self.path)
    }

    /// Refuses a folder that holds files and no run.
    fn refuse_foreign(&self) -> Result<(), InputError> {
        if self.own_files == OwnFiles::MayBeReplaced || self.path.join(RECORD).is_file() {
            return Ok(());
        }
        let Ok(there) = fs::read_dir(&self.path) else { return Ok(()) };
        let mut names: Vec<String> =
            there.flatten().map(|file| file.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        let Some(first) = names.first() else { return Ok(()) };
        let more =
            if names.len() > 1 { format!(" and {} more", names.len() - 1) } else { String::new() };
        Err(self
            .problem("holds files that no run wrote")
            .read(format!("{first}{more}"))
            .allowed("an empty folder, one of an earlier run, or one that is not there yet")
            .suggest("another folder, or --force to write beside them")
            .into())
    }

    /// Refuses to write over a file that is the user's own.
    fn refuse_replacing(&self, files: &Files) -> Result<(), InputError> {
        if self.own_files == OwnFiles::MayBeReplaced {
            return Ok(());
        }
        let ours = self.ours();
        let theirs = |name: &&Path| {
            *name != Path::new(RECORD) && !ours.contains_key(*name) && self.path.join(name).exists()
        };
        let Some(name) = files.names().find(theirs) else { return Ok(()) };
        Err(self
            .problem("a file that no run wrote would be lost")
            .read(name.display().to_string())
            .suggest("another folder, or --force to replace it")
            .into())
    }

    fn problem(&self, message: &str) -> Problem {
        let place = Source::new(self.path.display().to_string(), "").whole().cell(&self.option);
        Problem::error(place, message)
    }
}

/// The files that the record of a folder lists.
fn recorded(folder: &Path) -> BTreeMap<PathBuf, Option<String>> {
    let text = fs::read_to_string(folder.join(RECORD)).unwrap_or_default();
    let record: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let named: Vec<(String, Option<String>)> = match &record["files"] {
        serde_json::Value::Array(names) => {
            names.iter().filter_map(|name| Some((name.as_str()?.to_owned(), None))).collect()
        }
        serde_json::Value::Object(files) => files
            .iter()
            .map(|(name, hash)| (name.clone(), hash.as_str().map(str::to_owned)))
            .collect(),
        _ => Vec::new(),
    };
    let is_inside =
        |name: &Path| name.components().all(|part| matches!(part, Component::Normal(_)));
    let mut files: BTreeMap<PathBuf, Option<String>> = named
        .into_iter()
        .map(|(name, hash)| (PathBuf::from(name), hash))
        .filter(|(name, _)| is_inside(name))
        .collect();
    if !text.is_empty() {
        files.insert(RECORD.into(), None);
    }
    files
}

/// Adds the list of all files with their hashes to the record, or a record where there is none.
fn complete(files: &mut Files, command: &str) -> anyhow::Result<()> {
    let hashes: serde_json::Map<String, serde_json::Value> = files
        .0
        .iter()
        .filter(|(name, _)| name != Path::new(RECORD))
        .map(|(name, content)| {
            let name = name.to_string_lossy().replace('\\', "/");
            (name, serde_json::Value::String(sha256(content)))
        })
        .collect();
    let place = files.0.iter().position(|(name, _)| name == Path::new(RECORD));
    let record = place.map(|place| files.0.remove(place).1).unwrap_or_default();
    let mut record: serde_json::Value =
        if record.is_empty() { serde_json::json!({}) } else { serde_json::from_slice(&record)? };
    if let Some(fields) = record.as_object_mut() {
        fields.insert("command".to_owned(), command.into());
        fields.insert("version".to_owned(), env!("CARGO_PKG_VERSION").into());
        fields.insert("files".to_owned(), hashes.into());
    }
    files.add(RECORD, serde_json::to_string_pretty(&record)? + "\n");
    Ok(())
}

/// Links the user's own files into the new folder; copies them where links can't be made.
fn carry_over(
    from: &Path,
    to: &Path,
    ours: &BTreeMap<PathBuf, Option<String>>,
    new: &Files,
) -> anyhow::Result<()> {
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(from.join(&folder))? {
            let entry = entry?;
            let name = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(name);
                continue;
            }
            if ours.contains_key(&name) || new.names().any(|new| new == name) {
                continue;
            }
            let (source, target) = (from.join(&name), to.join(&name));
            if let Some(above) = target.parent() {
                fs::create_dir_all(above)?;
            }
            let lost = || format!("cannot keep {}", source.display());
            if fs::hard_link(&source, &target).is_err() {
                fs::copy(&source, &target).with_context(lost)?;
            }
        }
    }
    Ok(())
}

/// Gives two folders each other's name: in one step where the system can.
fn exchange(new: &Path, old: &Path) -> anyhow::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    let aside = beside(old, &format!("old-{}", std::process::id()));
    fs::rename(old, &aside)?;
    if let Err(error) = fs::rename(new, old) {
        fs::rename(&aside, old)?;
        return Err(error.into());
    }
    fs::rename(&aside, new)?;
    Ok(())
}

/// The folder with links followed; a link to nothing is refused.
fn resolved(option: &str, path: &Path) -> Result<PathBuf, InputError> {
    if path.exists() {
        return Ok(path.canonicalize().unwrap_or_else(|_| path.to_owned()));
    }
    if path.symlink_metadata().is_ok() {
        let place = Source::new(path.display().to_string(), "").whole().cell(option);
        return Err(Problem::error(place, "is a link to something that is not there")
            .suggest("the folder itself, or another")
            .into());
    }
    Ok(std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
}

/// A hidden name beside a folder.
fn beside(path: &Path, end: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{end}"))
}

/// Clears what a process left that died while it wrote; the lock says that none is at work.
fn clear_earlier(path: &Path) -> anyhow::Result<()> {
    let (Some(above), Some(name)) = (path.parent(), path.file_name()) else { return Ok(()) };
    let name = name.to_string_lossy();
    let Ok(entries) = fs::read_dir(above) else { return Ok(()) };
    let is_ours = |entry: &str, kind: &str| {
        let process = entry.strip_prefix(&format!(".{name}.{kind}-"));
        process.is_some_and(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()))
    };
    for entry in entries.flatten() {
        let file_name = entry.file_name();
        let file_name = file_name.to_string_lossy();
        if is_ours(&file_name, "old") && !path.exists() {
            fs::rename(entry.path(), path)?;
        } else if is_ours(&file_name, "old") || is_ours(&file_name, "new") {
            fs::remove_dir_all(entry.path())
                .with_context(|| format!("cannot clear {}", entry.path().display()))?;
        }
    }
    Ok(())
}

/// A folder in the making, gone if it does not become the results.
struct Staged(PathBuf);

impl Drop for Staged {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A file beside the folder, locked, that says who holds it.
#[derive(Debug)]
struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// None where the folder above takes no files.
    fn take(folder: &Path) -> anyhow::Result<Option<Self>> {
        let path = beside(folder, "lock");
        if let Some(above) = path.parent()
            && fs::create_dir_all(above).is_err()
        {
            return Ok(None);
        }
        loop {
            let opened =
                File::options().read(true).write(true).create(true).truncate(false).open(&path);
            let Ok(mut file) = opened else { return Ok(None) };
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let mut holder = String::new();
                    let _ = file.read_to_string(&mut holder);
                    anyhow::bail!(
                        "another run is writing into {}: {}; wait for it, or name another folder",
                        folder.display(),
                        if holder.is_empty() {
                            "a process that is just starting"
                        } else {
                            holder.trim()
                        }
                    );
                }
                Err(TryLockError::Error(_)) => return Ok(None),
            }
            // Its former holder may have removed the file between our opening and our lock.
            if !is_same_file(&file, &path) {
                continue;
            }
            file.set_len(0)?;
            file.rewind()?;
            let since = jiff::Timestamp::now();
            write!(file, "process {} since {since:.0}", std::process::id())?;
            return Ok(Some(Self { file, path }));
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

#[cfg(unix)]
fn is_same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_same_file(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(list: &[(&str, &str)]) -> Files {
        let mut files = Files::default();
        for (name, content) in list {
            files.add(*name, *content);
        }
        files
    }

    fn hold(path: &Path) -> anyhow::Result<ResultsFolder> {
        ResultsFolder::hold("--out", path, OwnFiles::StayBesideARun)
    }

    fn names(path: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(path)
            .unwrap()
            .map(|f| f.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_new_whole_replaces_the_former_and_the_users_files_stay() {
        let above = tempfile::tempdir().unwrap();
        let out = above.path().join("out");
        hold(&out)
            .unwrap()
            .replace(files(&[("a.csv", "1"), ("charts/b.svg", "2")]), "run")
            .unwrap();
        fs::write(out.join("charts/mine.txt"), "mine").unwrap();
        let written = hold(&out).unwrap().replace(files(&[("c.csv", "3")]), "run").unwrap();
        assert_eq!(written.removed, 2);
        assert_eq!(names(&out), ["c.csv", "charts", "run.json"]);
        assert_eq!(fs::read_to_string(out.join("charts/mine.txt")).unwrap(), "mine");
        assert_eq!(names(above.path()), ["out"], "nothing is left beside it");
    }

    #[test]
    fn a_file_that_no_run_wrote_is_not_replaced_unless_told_so() {
        let above = tempfile::tempdir().unwrap();
        let out = above.path().join("out");
        fs::create_dir(&out).unwrap();
        fs::write(out.join("summary.csv"), "mine").unwrap();
        let refused = hold(&out).unwrap_err().to_string();
        assert!(refused.contains("holds files that no run wrote"), "{refused}");
        let forced = ResultsFolder::hold("--out", &out, OwnFiles::MayBeReplaced).unwrap();
        forced.replace(files(&[("a.csv", "1")]), "run").unwrap();
        assert_eq!(fs::read_to_string(out.join("summary.csv")).unwrap(), "mine");
        let refused = hold(&out).unwrap().replace(files(&[("summary.csv", "2")]), "run");
        assert!(refused.unwrap_err().to_string().contains("would be lost"));
        assert_eq!(fs::read_to_string(out.join("summary.csv")).unwrap(), "mine");
    }

    #[test]
    fn a_folder_that_is_held_says_by_whom() {
        let above = tempfile::tempdir().unwrap();
        let out = above.path().join("out");
        let held = hold(&out).unwrap();
        let refused = hold(&out).unwrap_err().to_string();
        assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
        drop(held);
        hold(&out).unwrap();
    }

    #[test]
    fn what_a_dead_process_left_is_cleared_and_the_former_whole_comes_back() {
        let above = tempfile::tempdir().unwrap();
        let out = above.path().join("out");
        fs::create_dir(above.path().join(".out.new-123")).unwrap();
        fs::create_dir(above.path().join(".out.old-123")).unwrap();
        fs::write(above.path().join(".out.old-123/run.json"), "{}").unwrap();
        fs::create_dir(above.path().join(".out.new-mine")).unwrap();
        drop(hold(&out).unwrap());
        assert_eq!(names(above.path()), [".out.new-mine", "out"]);
        assert_eq!(names(&out), ["run.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_and_a_link_to_nothing_is_refused() {
        let above = tempfile::tempdir().unwrap();
        let (there, link) = (above.path().join("there"), above.path().join("link"));
        fs::create_dir(&there).unwrap();
        std::os::unix::fs::symlink(&there, &link).unwrap();
        hold(&link).unwrap().replace(files(&[("a.csv", "1")]), "run").unwrap();
        assert_eq!(names(&there), ["a.csv", "run.json"]);
        assert!(link.symlink_metadata().unwrap().is_symlink());
        let dangling = above.path().join("dangling");
        std::os::unix::fs::symlink(above.path().join("none"), &dangling).unwrap();
        assert!(hold(&dangling).unwrap_err().to_string().contains("link to something"));
    }

    #[cfg(unix)]
    #[test]
    fn permissions_of_the_folder_and_of_its_files_are_kept() {
        use std::os::unix::fs::PermissionsExt as _;
        let above = tempfile::tempdir().unwrap();
        let out = above.path().join("out");
        hold(&out).unwrap().replace(files(&[("a.csv", "1")]), "run").unwrap();
        fs::set_permissions(&out, fs::Permissions::from_mode(0o2750)).unwrap();
        fs::set_permissions(out.join("a.csv"), fs::Permissions::from_mode(0o600)).unwrap();
        hold(&out).unwrap().replace(files(&[("a.csv", "2")]), "run").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert_eq!((mode(&out), mode(&out.join("a.csv"))), (0o2750, 0o600));
    }
}
