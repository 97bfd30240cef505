//! `afterwave explain`: a figure traced back to its parts, drivers and inputs.

use std::path::Path;

use crate::cli::explain::{ExplainArgs, GraphFormat};
use crate::cli::line::CommandLine;
use crate::diagnostics::{InputError, Problem, Problems, Source};
use crate::evaluate::attribution::attribute;
use crate::evaluate::indicator::{Lag, lags};
use crate::evaluate::sensitivity::{Target, correlation, influences, ranks};
use crate::input::indicator::{Indicator, read_indicators};
use crate::input::study::read_study;
use crate::input::text;
use crate::month::{MONTH_FORMS, Month};
use crate::output::charts::{Chart, Format, render};
use crate::output::explain::{Explained, Input, assumptions, assumptions_csv};
use crate::output::files::Files;
use crate::output::graph;
use crate::output::indicator as indicator_output;
use crate::output::record::NoMore;
use crate::projection::case::{Case, Line};
use crate::projection::line::is_known;
use crate::projection::measure::Measure;
use crate::projection::quantiles::Summariser;
use crate::study::Study;
use crate::study::pack::Counted;

/// Inputs rerun at their low and high, the most correlated first, and how many of them are shown.
const TRIED: usize = 40;
const SHOWN: usize = 10;

/// Runs it.
pub(super) fn run(args: &ExplainArgs, line: &CommandLine) -> anyhow::Result<()> {
    let inputs = args.options.inputs(vec![args.scenario.clone()]);
    let read = read_study(&inputs).map_err(InputError)?;
    let study = &read.study;
    super::warn(&read.warnings);
    if let Some(format) = args.graph {
        return super::print(&match format {
            GraphFormat::Mermaid => graph::mermaid(&study.pack),
            GraphFormat::Dot => graph::dot(&study.pack),
        });
    }
    if args.assumptions {
        let assumptions = assumptions(study, args.changed, &importance(study));
        if line.cli.json {
            return super::print_json(&assumptions);
        }
        return super::print(&assumptions_csv(&assumptions));
    }
    let (counted, months, when) = what(args, study)?;
    if let Some(path) = &args.indicator {
        let found = indicators(path, study, counted)?;
        return if line.cli.json {
            super::print_json(&indicator_output::document(&found))
        } else {
            super::print(&indicator_output::text(study.pack.label_of(counted), &found))
        };
    }
    let folder = args.out.as_ref().map(|folder| super::hold(line, "--out", folder)).transpose()?;
    let explained = explain(study, counted, months, when, args.sobol)?;
    if let Some(folder) = folder {
        let mut files = Files::default();
        files.add("sensitivity.csv", explained.csv(study));
        let tornado = Chart::from(explained.tornado(study));
        files.add("charts/tornado.svg", render(&tornado, Format::Svg)?);
        files.add("charts/tornado.png", render(&tornado, Format::Png)?);
        folder.replace(files, &super::inputs(line, &study.sources), &NoMore {})?;
    }
    if line.cli.json {
        return super::print_json(&explained.document(study));
    }
    super::print(&explained.text(study, args.full))
}

/// How much each figure matters, by its id: the greatest rank correlation, of either sign, with the
/// surge or the suppressed demand of a headline family's largest line.
fn importance(study: &Study) -> Vec<f64> {
    /// More draws would rank them hardly better.
    const DRAWS: usize = 256;
    let mut most = vec![0.0_f64; study.figures.iter().len()];
    if study.draws.count <= 2 || study.areas.is_empty() {
        return most;
    }
    let mut study = study.clone();
    study.draws.count = study.draws.count.min(DRAWS);
    let case = Case::new(&study, 0, 0);
    let largest = |family: usize| {
        let of_family =
            case.lines.iter().filter(|line| study.pack.services[line.service].family == family);
        let size = |line: &&Line<'_>| line.baseline_year.unwrap_or(0.0);
        of_family.max_by(|a, b| size(a).total_cmp(&size(b))).map(|line| line.service)
    };
    let months = case.months();
    let targets: Vec<Target> = (0..study.pack.families.len())
        .filter(|family| study.pack.families[*family].headline)
        .filter_map(largest)
        .flat_map(|service| [(service, Measure::Surge), (service, Measure::Suppressed)])
        .map(|(service, measure)| Target { services: vec![service], measure, months: 0..months })
        .collect();
    for drawn in Target::draw_each(&targets, &study) {
        for influence in influences(&drawn) {
            let own = &mut most[influence.figure.index()];
            *own = own.max(influence.correlation.abs());
        }
    }
    most
}

/// How the indicators of a file move with the observed referrals of a service.
fn indicators(
    path: &Path,
    study: &Study,
    counted: Counted,
) -> Result<Vec<(Indicator, Vec<Lag>)>, InputError> {
    let mut problems = Problems::default();
    let list = problems.take(text::read_table("--indicator", path));
    let list = list.map(|source| read_indicators(&source, &mut problems)).unwrap_or_default();
    let area = &study.areas[0];
    let is_meant = |service: usize| counted == Counted::Service(service);
    let series = area.series.iter().find(|series| is_meant(series.service));
    let Some(series) = series.filter(|_| problems.errors() == 0) else {
        if problems.errors() == 0 {
            let with = area.series.iter().map(|s| study.pack.services[s.service].id.as_str());
            let name = study.pack.id_of(counted);
            problems.push(
                Problem::error(
                    Source::new("WHAT", "").whole(),
                    format!("{} has no observed referrals to `{name}`", area.name),
                )
                .choose(name, with),
            );
        }
        return Err(InputError(problems));
    };
    let counted = series.months().filter(|(_, _, derived)| !derived);
    let observed: Vec<_> = counted.filter_map(|(month, value, _)| Some((month, value?))).collect();
    let beside = |indicator: Indicator| {
        let lags = lags(&indicator.months, &observed);
        (indicator, lags)
    };
    Ok(list.into_iter().map(beside).collect())
}

/// The service and months asked for.
fn what(
    args: &ExplainArgs,
    study: &Study,
) -> Result<(Counted, std::ops::Range<usize>, String), InputError> {
    let place = || Source::new("WHAT", "").whole();
    let scenario = &study.scenarios[0];
    let Some(name) = args.what.first() else {
        return Err(Problem::error(place(), "nothing to explain is named")
            .allowed("a service and a month, --assumptions or --graph")
            .suggest("afterwave explain iapt 2021-01")
            .into());
    };
    let service =
        study.pack.counted(name).ok_or_else(|| study.pack.unknown_service(place(), name))?;
    let Some(text) = args.what.get(1) else {
        return Ok((service, 0..scenario.months, format!("{} months in all", scenario.months)));
    };
    let month: Month = text.parse().map_err(|error: crate::month::MonthError| {
        Problem::error(place(), error.to_string()).read(text).allowed(MONTH_FORMS)
    })?;
    let last = scenario.month(scenario.months.saturating_sub(1));
    match usize::try_from(month.since(scenario.start)) {
        Ok(t) if t < scenario.months => Ok((service, t..t + 1, month.short())),
        _ => Err(Problem::error(place(), format!("{month} is not in the scenario"))
            .read(text)
            .allowed(format!("{} to {last}", scenario.start))
            .into()),
    }
}

fn explain(
    study: &Study,
    counted: Counted,
    months: std::ops::Range<usize>,
    when: String,
    sobol: bool,
) -> anyhow::Result<Explained> {
    let case = Case::new(study, 0, 0);
    // Of a total its own line; of a family those that the area has.
    let services: Vec<usize> = match counted {
        Counted::Service(service) => vec![service],
        Counted::Family(_) => {
            let has = |service: &usize| case.lines.iter().any(|line| line.service == *service);
            study.pack.parts_of(counted).into_iter().filter(has).collect()
        }
    };
    let target = |measure| Target { services: services.clone(), measure, months: months.clone() };
    let no_line = || {
        let name = study.pack.id_of(counted);
        let lines = case.lines.iter().map(|line| study.pack.services[line.service].id.as_str());
        let place = Source::new("WHAT", "").whole();
        InputError::from(
            Problem::error(place, format!("{} has no line `{name}`", study.areas[0].id))
                .choose(name, lines),
        )
    };
    let mut summariser = Summariser::default();
    let mut parts = Vec::new();
    for measure in [
        Measure::Underlying,
        Measure::Suppressed,
        Measure::Returning,
        Measure::SurgeImmediate,
        Measure::SurgeLongitudinal,
        Measure::Levers,
        Measure::Referrals,
    ] {
        let drawn = target(measure).draws(study).ok_or_else(no_line)?;
        parts.push((measure, summariser.stats(drawn.into_iter())));
    }
    let referrals = target(Measure::Referrals);
    let drawn = referrals.draw(study).ok_or_else(no_line)?;
    let at = |figure| referrals.at(study, figure).ok_or_else(no_line);
    let influences = if study.draws.count > 2 { influences(&drawn) } else { Vec::new() };
    let central = at(None)?;
    let mut inputs = Vec::new();
    for influence in influences.iter().take(TRIED) {
        let number = study.figures.get(influence.figure).number;
        let input = Input {
            figure: influence.figure,
            correlation: influence.correlation,
            low: at(Some((influence.figure, number.low)))?,
            high: at(Some((influence.figure, number.high)))?,
        };
        // Among hundreds of inputs some correlate by chance: a rerun tells them apart.
        if input.swing() > 1e-6 * central.abs() {
            inputs.push(input);
        }
    }
    inputs.sort_by(|a, b| b.swing().total_cmp(&a.swing()));
    inputs.truncate(SHOWN);
    let strongest: Vec<_> = inputs.iter().map(|input| input.figure).collect();
    let sobol = if sobol { referrals.sobol(study, &strongest) } else { None };
    Ok(Explained {
        counted,
        when,
        is_known: case.lines.iter().any(|line| services.contains(&line.service) && is_known(line)),
        parts,
        sources: services
            .iter()
            .flat_map(|service| attribute(study, &case, *service, months.clone()))
            .collect(),
        inputs,
        central,
        underlying: correlation(&ranks(&drawn.values), &ranks(&drawn.underlying)),
        sobol: sobol.unwrap_or_default(),
        services,
    })
}
