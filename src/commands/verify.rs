//! `afterwave verify`: every file of a folder of results held against its record.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::checksum::sha256_of_file;
use crate::cli::line::CommandLine;
use crate::cli::rerun::VerifyArgs;
use crate::diagnostics::InputError;
use crate::output::record::{RECORD, Recorded};
use crate::output::words::counted;

/// What differs, by the names of files in the folder.
#[derive(Debug, Default, Serialize)]
struct Differences {
    missing: Vec<String>,
    changed: Vec<String>,
    extra: Vec<String>,
}

/// Runs it.
pub(super) fn run(args: &VerifyArgs, line: &CommandLine) -> anyhow::Result<()> {
    let record = Recorded::read(&args.dir.join(RECORD)).map_err(InputError::from)?;
    let mut found = Differences::default();
    for (name, hash) in &record.files {
        let list = match sha256_of_file(&args.dir.join(name)) {
            Ok(own) if own == *hash => continue,
            Ok(_) => &mut found.changed,
            Err(_) => &mut found.missing,
        };
        list.push(name.display().to_string());
    }
    let is_listed = |name: &PathBuf| record.files.contains_key(name) || name == Path::new(RECORD);
    let extra = files(&args.dir)?.into_iter().filter(|name| !is_listed(name));
    found.extra = extra.map(|name| name.display().to_string()).collect();
    found.extra.sort();
    if line.cli.json {
        super::print_json(&found)?;
    }
    let lists =
        [("missing", &found.missing), ("changed", &found.changed), ("not recorded", &found.extra)];
    let count: usize = lists.iter().map(|(_, list)| list.len()).sum();
    let folder = args.dir.display();
    if count == 0 {
        let files = counted(record.files.len(), "file");
        super::tell_words(&format!("{folder}: {files} as recorded"));
        return Ok(());
    }
    if !line.cli.json {
        for (what, list) in lists {
            for name in list {
                super::print(&format!("{what}: {name}\n"))?;
            }
        }
    }
    anyhow::bail!("{folder}: {} not as recorded", counted(count, "file"))
}

/// Every file in a folder, by its name in it, without results in folders of their own.
fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(folder.join(&next))? {
            let entry = entry?;
            let name = next.join(entry.file_name());
            if !entry.file_type()?.is_dir() {
                found.push(name);
            } else if !entry.path().join(RECORD).is_file() {
                folders.push(name);
            }
        }
    }
    Ok(found)
}
