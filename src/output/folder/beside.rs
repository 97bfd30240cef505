//! Hidden names beside a folder, and what stays under them when a process dies.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// A hidden name beside a folder.
pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{end}"))
}

/// Clears what a process left that died while it wrote; the lock says that none is at work.
pub(super) fn clear_earlier(path: &Path) -> anyhow::Result<()> {
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
