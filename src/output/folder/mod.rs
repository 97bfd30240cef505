//! A folder of results, which is at every instant the former whole or the new whole.
//!
//! New results are built in a folder beside it (`.NAME.new-PROCESS`) together with the user's own
//! files, then the two swap names in one step, then the former results are deleted. What an earlier
//! process left when it died is cleared by the next. A lock beside the folder (`.NAME.lock`) says who
//! writes there. The record [`RECORD`] lists every file with its hash; it tells our files from the
//! user's own, which are never lost: those that no run wrote, and those changed since.
//!
//! A folder that can't change its name (a mount, the folder one works in) is written file by file,
//! each whole, the record last.

mod beside;
mod lock;
mod swap;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use rayon::prelude::*;
use serde::Serialize;

use super::files::{Content, Files, Stage, write_whole};
use super::record::{InputHash, Made, RECORD, Record, Recorded};
use crate::checksum::sha256_of_file;
use crate::diagnostics::{InputError, Problem, Source};
use beside::{beside, clear_earlier};
use lock::{Lock, is_lock, refuse_others};
use swap::{carry_over, exchange};

/// What may become of what is in the folder already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Former {
    /// Results of a run of the same study may be replaced; the user's own files and the results of
    /// another study may not.
    SameStudy,
    /// Results of the same command, whatever the study; the user's own files may not.
    SameCommand,
    /// The user's own files with a name of ours too, and the results of anything: the user said so.
    Anything,
}

/// A folder held from before the work until its results are written.
#[derive(Debug)]
pub struct ResultsFolder {
    /// Where it is, links followed.
    path: PathBuf,
    /// As the user has it.
    named: PathBuf,
    option: String,
    former: Former,
    made: Made,
    /// None where no lock can be had: the folder above takes no files.
    lock: Option<Lock>,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// The files, in their folder.
    pub files: Vec<String>,
    /// Files that only the run before it wrote, and are gone.
    pub removed: usize,
}

impl ResultsFolder {
    /// Holds the folder that `option` names for what is to be `made`, or says before the work why
    /// that can't be.
    pub fn hold(option: &str, path: &Path, former: Former, made: Made) -> anyhow::Result<Self> {
        check_folder(option, path)?;
        let named = path.to_owned();
        let path = resolved(option, path)?;
        let lock = Lock::take(&path)?;
        refuse_others(&path)?;
        if lock.is_some() {
            clear_earlier(&path)?;
        }
        let folder = Self { path, named, option: option.to_owned(), former, made, lock };
        folder.refuse_former()?;
        Ok(folder)
    }

    /// A folder for files that are written one by one before they replace what is here: beside it,
    /// so that the two can swap names, or anywhere if nothing can be written there.
    pub fn stage(&self) -> anyhow::Result<Stage> {
        match self.lock {
            Some(_) => Stage::new(beside(&self.path, &format!("new-{}", std::process::id()))),
            None => Stage::new(tempfile::tempdir()?.keep()),
        }
    }

    /// Replaces what an earlier run wrote by `files` and a record of them: what they were made from,
    /// and what is to be said `about` them.
    pub fn replace(
        self,
        mut files: Files,
        inputs: &[InputHash],
        about: &impl Serialize,
    ) -> anyhow::Result<Written> {
        self.check_names(&files)?;
        let ours = self.ours();
        self.refuse_replacing(&files, &ours)?;
        let record = Record::new(&self.made, inputs, about, &files);
        files.add(RECORD, record.text()?);
        let removed = ours.iter().filter(|name| files.names().all(|new| new != *name)).count();
        let stage = files.stage.take().map_or_else(|| self.stage(), Ok)?;
        files.list.par_iter().try_for_each(|(name, content)| match content {
            Content::Held(bytes) => stage.write(name, bytes),
            Content::Staged { .. } => Ok(()),
        })?;
        let is_fixed = self.lock.is_none() || is_worked_in(&self.path);
        if is_fixed || !self.swap(stage.path(), &files, &ours)? {
            self.write_in_place(stage.path(), &files, &ours)?;
        }
        let written = files.names().map(|name| self.named.join(name).display().to_string());
        Ok(Written { files: written.collect(), removed })
    }

    /// Swaps the folder with the new one beside it; false, with nothing changed, where folders can't
    /// change their names.
    fn swap(&self, new: &Path, files: &Files, ours: &BTreeSet<PathBuf>) -> anyhow::Result<bool> {
        if !self.path.is_dir() {
            let failed = || format!("cannot write beside {}", self.path.display());
            fs::rename(new, &self.path).with_context(failed)?;
            return Ok(true);
        }
        for name in files.names() {
            if let Ok(before) = fs::metadata(self.path.join(name)) {
                fs::set_permissions(new.join(name), before.permissions())?;
            }
        }
        carry_over(&self.path, new, ours, files)?;
        fs::set_permissions(new, fs::metadata(&self.path)?.permissions())?;
        if exchange(new, &self.path).is_err() {
            return Ok(false);
        }
        // What the user put there in between.
        carry_over(new, &self.path, ours, files)?;
        Ok(true)
    }

    /// Where folders can't change their names: file by file, each whole, the record last.
    fn write_in_place(
        &self,
        new: &Path,
        files: &Files,
        ours: &BTreeSet<PathBuf>,
    ) -> anyhow::Result<()> {
        for name in files.names() {
            write_whole(&self.path.join(name), &fs::read(new.join(name))?)?;
        }
        for name in ours.iter().filter(|name| files.names().all(|new| new != *name)) {
            let _ = fs::remove_file(self.path.join(name));
        }
        Ok(())
    }

    /// The files that an earlier run wrote here and nobody changed since.
    fn ours(&self) -> BTreeSet<PathBuf> {
        let Some(record) = Recorded::of(&self.path) else { return BTreeSet::new() };
        let files: Vec<_> = record.files.into_iter().collect();
        let as_written = |(name, hash): &(PathBuf, String)| {
            sha256_of_file(&self.path.join(name)).is_ok_and(|own| own == *hash)
        };
        let ours = files.into_par_iter().filter(as_written).map(|(name, _)| name);
        ours.chain(rayon::iter::once(RECORD.into())).collect()
    }

    /// Refuses a folder whose files are the user's, or the results of another study.
    fn refuse_former(&self) -> Result<(), InputError> {
        if self.former == Former::Anything {
            return Ok(());
        }
        let Some(record) = Recorded::of(&self.path) else { return self.refuse_foreign() };
        let ours = self.ours();
        let is_changed = |name: &&PathBuf| !ours.contains(*name) && self.path.join(name).exists();
        let changed: Vec<String> =
            record.files.keys().filter(is_changed).map(|name| name.display().to_string()).collect();
        if !changed.is_empty() {
            return Err(self
                .problem("holds files that were changed since they were written")
                .read(some_of(&changed))
                .suggest("another folder, or --force to replace them")
                .into());
        }
        let is_other = record.made.command != self.made.command
            || self.former == Former::SameStudy && record.made.study != self.made.study;
        if is_other {
            let other = [&[record.made.command][..], &record.made.study[..]].concat().join(" ");
            return Err(self
                .problem("holds the results of another study")
                .read(format!("afterwave {other}"))
                .suggest("another folder, or --force to replace them")
                .into());
        }
        Ok(())
    }

    /// Refuses a folder that holds files and no run.
    fn refuse_foreign(&self) -> Result<(), InputError> {
        let Ok(there) = fs::read_dir(&self.path) else { return Ok(()) };
        // Results have a place in others: those of a network in those of the run that feeds it.
        let is_own = |path: &Path| path.join(RECORD).is_file() || is_lock(path);
        let mut names: Vec<String> = there
            .flatten()
            .filter(|file| !is_own(&file.path()))
            .map(|file| file.file_name().to_string_lossy().into_owned())
            .collect();
        if names.is_empty() {
            return Ok(());
        }
        names.sort();
        Err(self
            .problem("holds files that no run wrote")
            .read(some_of(&names))
            .allowed("an empty folder, one of an earlier run, or one that is not there yet")
            .suggest("another folder, or --force to write beside them")
            .into())
    }

    /// Refuses to write over a file that is the user's own.
    fn refuse_replacing(&self, files: &Files, ours: &BTreeSet<PathBuf>) -> Result<(), InputError> {
        if self.former == Former::Anything {
            return Ok(());
        }
        let is_theirs = |name: &&Path| {
            *name != Path::new(RECORD) && !ours.contains(*name) && self.path.join(name).exists()
        };
        let names: Vec<String> =
            files.names().filter(is_theirs).map(|name| name.display().to_string()).collect();
        if names.is_empty() {
            return Ok(());
        }
        Err(self
            .problem("files that no run wrote would be lost")
            .read(some_of(&names))
            .suggest("another folder, or --force to replace them")
            .into())
    }

    /// Refuses a folder that holds a folder by the name of one of the files.
    fn check_names(&self, files: &Files) -> Result<(), InputError> {
        let mut paths = files.names().map(|name| self.path.join(name));
        let Some(path) = paths.find(|path| path.is_dir()) else { return Ok(()) };
        let place = Source::new(path.display().to_string(), "").whole();
        let problem = Problem::error(place, "a folder stands where a file is to be written");
        Err(problem.suggest("another folder for the results").into())
    }

    fn problem(&self, message: &str) -> Problem {
        let place = Source::new(self.path.display().to_string(), "").whole().cell(&self.option);
        Problem::error(place, message)
    }
}

/// A few names, and how many more there are.
pub fn some_of(names: &[String]) -> String {
    const MOST: usize = 5;
    let some = names.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(MOST) {
        Some(more @ 1..) => format!("{some} and {more} more"),
        _ => some,
    }
}

/// Refuses a folder for results that is something else or can't be written to.
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

/// Whether the program works in the folder: its place would be gone with the name.
fn is_worked_in(path: &Path) -> bool {
    std::env::current_dir().is_ok_and(|here| here.starts_with(path))
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

#[cfg(test)]
mod tests {
    use super::super::record::NoMore;
    use super::*;

    fn files(list: &[(&str, &str)]) -> Files {
        let mut files = Files::default();
        for (name, content) in list {
            files.add(*name, *content);
        }
        files
    }

    fn hold(path: &Path) -> anyhow::Result<ResultsFolder> {
        ResultsFolder::hold("--out", path, Former::SameStudy, made("run"))
    }

    fn made(command: &str) -> Made {
        Made { command: command.to_owned(), ..Made::default() }
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
            .replace(files(&[("a.csv", "1"), ("charts/b.svg", "2")]), &[], &NoMore {})
            .unwrap();
        fs::write(out.join("charts/mine.txt"), "mine").unwrap();
        let written =
            hold(&out).unwrap().replace(files(&[("c.csv", "3")]), &[], &NoMore {}).unwrap();
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
        let forced = ResultsFolder::hold("--out", &out, Former::Anything, made("run")).unwrap();
        forced.replace(files(&[("a.csv", "1")]), &[], &NoMore {}).unwrap();
        assert_eq!(fs::read_to_string(out.join("summary.csv")).unwrap(), "mine");
        let refused = hold(&out).unwrap().replace(files(&[("summary.csv", "2")]), &[], &NoMore {});
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
        hold(&above.path().join(".out.old-123"))
            .unwrap()
            .replace(files(&[]), &[], &NoMore {})
            .unwrap();
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
        hold(&link).unwrap().replace(files(&[("a.csv", "1")]), &[], &NoMore {}).unwrap();
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
        hold(&out).unwrap().replace(files(&[("a.csv", "1")]), &[], &NoMore {}).unwrap();
        fs::set_permissions(&out, fs::Permissions::from_mode(0o2750)).unwrap();
        fs::set_permissions(out.join("a.csv"), fs::Permissions::from_mode(0o600)).unwrap();
        hold(&out).unwrap().replace(files(&[("a.csv", "2")]), &[], &NoMore {}).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert_eq!((mode(&out), mode(&out.join("a.csv"))), (0o2750, 0o600));
    }
}
