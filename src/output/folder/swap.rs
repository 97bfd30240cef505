//! The new folder in the place of the former, with the user's own files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::beside::beside;
use super::lock::is_lock;
use crate::output::files::Files;

/// Links the user's own files into the new folder, with their folders; copies them where links
/// can't be made.
pub(super) fn carry_over(
    from: &Path,
    to: &Path,
    ours: &BTreeSet<PathBuf>,
    new: &Files,
) -> anyhow::Result<()> {
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let entries: Vec<fs::DirEntry> =
            fs::read_dir(from.join(&folder))?.collect::<Result<_, _>>()?;
        let (inside, above) = (from.join(&folder), to.join(&folder));
        // A folder that only held our files goes with them.
        if entries.is_empty() && folder != Path::new("") {
            keep_folder(&inside, &above)?;
        }
        for entry in entries {
            let name = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(name);
                continue;
            }
            let (source, target) = (from.join(&name), to.join(&name));
            let is_replaced = ours.contains(&name) || new.names().any(|new| new == name);
            if is_replaced || is_lock(&source) || target.symlink_metadata().is_ok() {
                continue;
            }
            keep_folder(&inside, &above)?;
            let lost = || format!("cannot keep {}", source.display());
            if fs::hard_link(&source, &target).is_err() {
                fs::copy(&source, &target).with_context(lost)?;
            }
        }
    }
    Ok(())
}

/// Makes a folder as the other one is, unless it is there.
fn keep_folder(former: &Path, new: &Path) -> anyhow::Result<()> {
    if !new.is_dir() {
        fs::create_dir_all(new)?;
        fs::set_permissions(new, fs::metadata(former)?.permissions())?;
    }
    Ok(())
}

/// Gives two folders each other's name: in one step where the system can.
pub(super) fn exchange(new: &Path, old: &Path) -> anyhow::Result<()> {
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
