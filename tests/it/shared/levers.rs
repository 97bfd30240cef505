//! Two waves over two years, with levers.

use std::path::{Path, PathBuf};

use afterwave::input::study::{Inputs, read_study};
use afterwave::projection::{Projection, project};
use afterwave::study::Study;

/// Writes the scenario with the levers of `text`.
pub(crate) fn scenario(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("mine.toml");
    let text = format!("extends = \"two-waves\"\nmonths = 24\n{text}");
    std::fs::write(&path, text).unwrap();
    path
}

/// The study of that scenario.
pub(crate) fn study(text: &str, draws: usize) -> Study {
    let folder = tempfile::tempdir().unwrap();
    let path = scenario(folder.path(), text);
    let inputs = Inputs {
        scenarios: vec![path.display().to_string()],
        draws,
        seed: 2020,
        ..Inputs::default()
    };
    match read_study(&inputs) {
        Ok(read) => read.study,
        Err(problems) => panic!("{}", problems.render(false)),
    }
}

/// The study and its projection.
pub(crate) fn run(text: &str, draws: usize) -> (Study, Projection) {
    let study = study(text, draws);
    let mut projections = project(&study, &|_| {});
    (study, projections.remove(0))
}
