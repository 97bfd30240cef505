//! Levers of the library and of packages, added to every scenario of a study.

use super::Inputs;
use crate::diagnostics::{Problem, Problems, Source};
use crate::input::lever_file;
use crate::input::scenario::ScenarioFile;
use crate::study::package::Package;

/// Adds levers of the library to every scenario that has none of the name; gives the library, if
/// it is the user's own.
pub(super) fn add(
    inputs: &Inputs,
    names: &[String],
    option: &str,
    files: &mut [Option<ScenarioFile>],
    problems: &mut Problems,
) -> Option<Source> {
    let (library, source) = lever_file::read_levers(inputs.library.as_deref(), problems);
    for name in names {
        let mut files = files.iter_mut().flatten().peekable();
        if let Some(preset) = library.iter().find(|lever| lever.name() == name) {
            files.for_each(|file| file.add_lever(preset));
        } else if files.peek().is_some()
            && !files.any(|file| file.lever_names().any(|own| own == name))
        {
            problems.push(
                Problem::error(
                    Source::new(option, "").whole(),
                    "neither in a scenario nor in the library",
                )
                .choose(name, library.iter().map(lever_file::LeverFile::name)),
            );
        }
    }
    source
}

/// Adds the levers of packages to every scenario, and the packages to `packages`; their texts.
pub(super) fn add_packages(
    inputs: &Inputs,
    packages: &mut Vec<Package>,
    files: &mut [Option<ScenarioFile>],
    problems: &mut Problems,
) -> Vec<Source> {
    let mut sources = Vec::new();
    for path in &inputs.packages {
        let Some(package) = lever_file::read_package(path, problems) else { continue };
        let named: Vec<String> = package.named.iter().map(|name| name.value.clone()).collect();
        add(inputs, &named, &package.source.name, files, problems);
        for lever in &package.levers {
            let is_own = |file: &ScenarioFile| file.lever_names().any(|own| own == lever.name());
            if files.iter().flatten().any(is_own) {
                problems.push(
                    Problem::error(lever.place().clone(), "two levers have the same name")
                        .read(lever.name())
                        .suggest(format!("name = \"{}-2\"", lever.name())),
                );
                continue;
            }
            files.iter_mut().flatten().for_each(|file| file.add_lever(lever));
        }
        packages.push(Package {
            name: package.name.clone(),
            levers: package.names(),
            limits: package.limits,
        });
        sources.push(package.source);
    }
    sources
}
