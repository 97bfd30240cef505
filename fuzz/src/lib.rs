//! Runs a case as a user would, and holds what comes of it against what must always be true.

mod choices;
mod invariants;
mod reading;
pub mod targets;
#[path = "../../tests/it/shared/workbook.rs"]
mod xlsx;

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

pub use self::reading::read;
use afterwave::cli::line::CommandLine;
use afterwave::diagnostics::InputError;

use self::choices::Choices;
use self::targets::{Case, TARGETS};

/// Choices enough for the largest case.
const BYTES: usize = 1 << 13;

/// The bytes of a case by its number: the same for the same seed, whatever came before (SplitMix64).
pub fn bytes(seed: u64, number: u64) -> Vec<u8> {
    let mut state = seed ^ (number << 20);
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    (0..BYTES / 8).flat_map(|_| next().to_le_bytes()).collect()
}

/// What became of a case.
#[derive(Debug)]
pub enum Outcome {
    /// It ran, and all that must be true is.
    Accepted,
    /// The input was refused, for this.
    Refused(String),
    /// What must not be.
    Finding(String),
}

/// The case that bytes make for a target.
pub fn case(target: &str, bytes: &[u8]) -> Option<Case> {
    let (_, make) = TARGETS.iter().find(|(name, _)| *name == target)?;
    Some(make(&mut Choices::new(bytes)))
}

/// For a fuzzer that learns: panics on a finding.
pub fn fuzz(target: &str, bytes: &[u8]) {
    let Some(case) = case(target, bytes) else { return };
    let folder = tempfile::tempdir().expect("a folder for the case");
    if let Outcome::Finding(words) = run(&case, folder.path(), true) {
        panic!("{words}\n{:?}", case.words);
    }
}

/// Runs a case among its files in `folder`; `twice` on another number of threads too.
pub fn run(case: &Case, folder: &Path, twice: bool) -> Outcome {
    for (name, content) in &case.files {
        let path = folder.join(name);
        let written = path
            .parent()
            .map(fs::create_dir_all)
            .transpose()
            .and_then(|_| fs::write(&path, content));
        if let Err(error) = written {
            return Outcome::Finding(format!("the harness can't write: {error}"));
        }
    }
    let first = folder.join("out");
    match command(case, folder, &first, "1") {
        Outcome::Accepted => {}
        other => return other,
    }
    if let Err(broken) = invariants::broken(&first) {
        return Outcome::Finding(broken);
    }
    if twice && first.is_dir() {
        let second = folder.join("again");
        match command(case, folder, &second, "2") {
            Outcome::Accepted => {}
            other => return Outcome::Finding(format!("accepted, then {other:?}")),
        }
        if contents(&first) != contents(&second) {
            return Outcome::Finding("other bytes on two threads than on one".to_owned());
        }
    }
    Outcome::Accepted
}

/// Files by name; the record alone names the time.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name != "run.json") {
                let name = path.strip_prefix(folder).unwrap_or(&path).to_owned();
                found.insert(name, fs::read(&path).unwrap_or_default());
            }
        }
    }
    found
}

fn command(case: &Case, folder: &Path, out: &Path, threads: &str) -> Outcome {
    let inside = |word: &String| {
        let named = case.files.iter().any(|(name, _)| Path::new(name).starts_with(word));
        if named { folder.join(word).display().to_string() } else { word.clone() }
    };
    let mut words: Vec<String> = case.words.iter().map(inside).collect();
    let out = out.display().to_string();
    let writes = match case.words.first().map(String::as_str) {
        Some("run" | "levers" | "network")
            if !case.words.iter().any(|word| word == "--library") =>
        {
            words.extend(["--threads", threads].map(str::to_owned));
            "--out"
        }
        Some("init") => "",
        Some("import") => {
            let _ = fs::create_dir_all(&out);
            words.extend(["--out".to_owned(), format!("{out}/imported.csv")]);
            "none"
        }
        _ => "none",
    };
    match writes {
        "none" => {}
        "" => words.push(out),
        option => words.extend([option.to_owned(), out]),
    }
    // One document or nothing: the terminal of the fuzzer is not for it.
    if !words.iter().any(|word| word == "--json") {
        words.push("--quiet".to_owned());
    }
    let done = catch_unwind(AssertUnwindSafe(|| {
        let line = CommandLine::parse(words.iter().map(Into::into)).map_err(|_| None)?;
        afterwave::commands::run(&line).map_err(Some)
    }));
    match done {
        Err(panic) => Outcome::Finding(format!("panicked: {}", panic_words(&*panic))),
        Ok(Ok(())) => Outcome::Accepted,
        Ok(Err(None)) => Outcome::Refused("the command line".to_owned()),
        Ok(Err(Some(error))) if error.is::<InputError>() => {
            let text = error.to_string();
            if text.len() > 100_000 {
                return Outcome::Finding(format!("{} bytes of messages", text.len()));
            }
            Outcome::Refused(text)
        }
        Ok(Err(Some(error))) => Outcome::Finding(format!("an error of no input: {error:#}")),
    }
}

fn panic_words(panic: &(dyn std::any::Any + Send)) -> String {
    let words = panic.downcast_ref::<String>().cloned();
    words
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_default()
}
