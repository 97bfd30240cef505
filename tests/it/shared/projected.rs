//! One scenario with settings, projected by its central values.

use afterwave::input::study::{Inputs, read_study};
use afterwave::projection::line::LineResult;
use afterwave::projection::{Projection, project};
use afterwave::study::Study;

/// The study and its projection.
pub(crate) fn central(scenario: &str, settings: &[&str]) -> (Study, Projection) {
    let inputs = Inputs {
        scenarios: vec![scenario.to_owned()],
        settings: settings.iter().map(|&text| text.to_owned()).collect(),
        draws: 0,
        seed: 2020,
        ..Inputs::default()
    };
    let study = match read_study(&inputs) {
        Ok(read) => read.study,
        Err(problems) => panic!("{}", problems.render(false)),
    };
    let projection = project(&study, &|_| {}).remove(0);
    (study, projection)
}

/// The line of a service.
pub(crate) fn line<'a>(
    (study, projection): &'a (Study, Projection),
    service: &str,
) -> &'a LineResult {
    let service = study.pack.service(service).unwrap();
    projection.lines.iter().find(|line| line.service == service).unwrap()
}
