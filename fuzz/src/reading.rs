//! Cases that are read and not run: a hundred times as many in the same time.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::OnceLock;

use afterwave::diagnostics::{Problems, Source};
use afterwave::input::baseline::read_baseline;
use afterwave::input::capacity::read_capacity;
use afterwave::input::goals::read_goals;
use afterwave::input::lever_file::read_levers;
use afterwave::input::pack::{PackFiles, read_pack_files};
use afterwave::input::scenario::read_scenario;
use afterwave::input::study::{Inputs, read_study};
use afterwave::input::tidy::Wishes;
use afterwave::input::workbook::Workbook;
use afterwave::output::goals::measures;
use afterwave::study::Study;
use afterwave::study::figures::Figures;

use super::choices::Choices;
use super::targets::{Case, baseline, pack};
use super::{Outcome, panic_words};

/// What a table is read beside: a small pack and its baseline.
fn study() -> &'static Study {
    static STUDY: OnceLock<Study> = OnceLock::new();
    STUDY.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder for the study");
        let c = &mut Choices::new(&[]);
        let own = folder.path().join("pack");
        fs::create_dir(&own).expect("a folder for the pack");
        for (name, text) in pack::small(c, false) {
            fs::write(own.join(name), text).expect("a table of the pack");
        }
        let counts = folder.path().join("baseline.csv");
        fs::write(&counts, baseline::plain(c)).expect("the baseline");
        let inputs = Inputs {
            scenarios: vec!["two-waves".to_owned()],
            baseline: Some(counts),
            pack: Some(own.display().to_string()),
            ..Inputs::default()
        };
        read_study(&inputs).expect("a study that is sound").study
    })
}

/// Reads the files of a case by the reader of its target; none where a target has no reader apart.
pub fn read(target: &str, case: &Case, folder: &Path) -> Option<Outcome> {
    let file =
        |name: &str| case.files.iter().find(|(own, _)| own == name).map(|(_, bytes)| &**bytes);
    let source = |name: &str| {
        let text = String::from_utf8_lossy(file(name).unwrap_or_default()).into_owned();
        Source::new(name, text)
    };
    let on_disk = |name: &str| {
        let path = folder.join(name);
        let _ = fs::write(&path, file(name).unwrap_or_default());
        path
    };
    let study = study();
    let mut problems = Problems::default();
    let done = catch_unwind(AssertUnwindSafe(|| {
        match target {
            "baseline" => {
                let wishes = Wishes::default();
                let of = &source("baseline.csv");
                let read =
                    read_baseline(of, &study.pack, "England", &|_| true, &wishes, &mut problems);
                let counts =
                    read.iter().flat_map(|read| &read.areas).flat_map(|(_, series)| series);
                let counts = counts.flat_map(|series| series.values.iter().flatten());
                if counts.clone().any(|count| !count.is_finite() || *count < 0.0) {
                    return Some(Err("a count that is none".to_owned()));
                }
            }
            "capacity" => {
                let beside = (&*study.areas, &[][..], &[][..]);
                read_capacity(&source("capacity.csv"), &study.pack, beside, None, &mut problems);
            }
            "goals" => {
                read_goals(&source("goals.csv"), study, &measures(), &mut problems);
            }
            "levers" => {
                read_levers(Some(&on_disk("levers.csv")), &mut problems);
            }
            "scenario" => {
                let path = on_disk("own.toml").display().to_string();
                read_scenario(&path, &mut problems);
            }
            "pack" => {
                let files = case.files.iter().filter_map(|(name, _)| {
                    name.strip_prefix("pack/").map(|own| (own.to_owned(), source(name)))
                });
                let files =
                    PackFiles { id: "pack".to_owned(), folder: None, files: files.collect() };
                read_pack_files(files, &[], &mut Figures::default(), &mut problems);
            }
            "workbook" => {
                if let Err(error) =
                    Workbook::read("params.xlsx", file("params.xlsx").unwrap_or_default())
                {
                    problems.extend(error.0);
                }
            }
            _ => return None,
        }
        Some(Ok(()))
    }));
    match done {
        Err(panic) => Some(Outcome::Finding(format!("panicked: {}", panic_words(&*panic)))),
        Ok(None) => None,
        Ok(Some(Err(words))) => Some(Outcome::Finding(words)),
        Ok(Some(Ok(()))) if problems.errors() > 0 => {
            let text = problems.render(false);
            if text.len() > 100_000 {
                return Some(Outcome::Finding(format!("{} bytes of messages", text.len())));
            }
            Some(Outcome::Refused(text))
        }
        Ok(Some(Ok(()))) => Some(Outcome::Accepted),
    }
}
