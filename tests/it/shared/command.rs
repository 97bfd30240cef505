//! The program as a command, and the tables it writes.

use std::collections::HashMap;
use std::path::Path;

use assert_cmd::Command;

/// The program, without colours.
pub(crate) fn afterwave() -> Command {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("afterwave");
    command.env("NO_COLOR", "1");
    command
}

/// The rows of a table, by the names of its columns.
pub(crate) fn rows(path: &Path) -> Vec<HashMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}
