//! Who writes into a folder: a file beside it, locked as long as that lasts.

use std::fs::{self, File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use super::beside::beside;

/// Refuses a folder within one, or around one, that another process writes into.
pub(super) fn refuse_others(path: &Path) -> anyhow::Result<()> {
    let mut locks: Vec<PathBuf> =
        path.ancestors().skip(1).map(|above| beside(above, "lock")).collect();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let list = if is_folder { &mut folders } else { &mut locks };
            list.push(entry.path());
        }
    }
    for lock in locks.iter().filter(|lock| is_lock(lock)) {
        let Ok(mut file) = File::open(lock) else { continue };
        if let Err(TryLockError::WouldBlock) = file.try_lock_shared() {
            return Err(is_held(&mut file, &lock.with_file_name("")));
        }
    }
    Ok(())
}

/// That a folder is held by another process, and by which.
fn is_held(lock: &mut File, folder: &Path) -> anyhow::Error {
    let mut holder = String::new();
    let _ = lock.read_to_string(&mut holder);
    let holder = match holder.trim() {
        "" => "a process that is just starting",
        holder => holder,
    };
    let folder = folder.display();
    anyhow::anyhow!(
        "another run is writing into {folder}: {holder}; wait for it, or name another folder"
    )
}

/// Whether a file is the lock of a folder beside it.
pub(super) fn is_lock(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') && name.ends_with(".lock")
}

/// A file beside the folder, locked, that says who holds it.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// None where the folder above takes no files.
    pub(super) fn take(folder: &Path) -> anyhow::Result<Option<Self>> {
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
                    return Err(is_held(&mut file, folder));
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
