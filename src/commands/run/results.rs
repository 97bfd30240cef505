//! What becomes of projections as they come: each is written into the tables, those of an area into
//! its pictures, its page and the words about it, and then they are dropped. Memory holds one area.

use super::WORKBOOK;
use super::switches::Switches;
use crate::cli::run::{Charts, Report, RunArgs, TableFormat};
use crate::diagnostics::{InputError, Problem, Source};
use crate::evaluate::comparison::{Difference, differences};
use crate::evaluate::fit::{Missed, missed};
use crate::input::goals::Goal;
use crate::output::charts::Format;
use crate::output::datapackage::{self, DataPackage};
use crate::output::disclosure::{self, Control, Rules};
use crate::output::files::{Files, Stage};
use crate::output::goals::{self, Answers};
use crate::output::pictures::{self, Drawn};
use crate::output::record::InputHash;
use crate::output::report;
use crate::output::table::workbook::{self, Cover, workbook};
use crate::output::table::{self, Head, Rows, Written, csv::Csv, csv_gz::CsvGz, json::Json};
use crate::output::tables::{self, Digest, Made, OfArea, OfCase, OfRun, Sums, Writer};
use crate::output::terminal::first::{Before, Screen};
use crate::output::terminal::full::Everything;
use crate::projection::Projection;
use crate::projection::measure::Measure;
use crate::study::Study;

/// What a run is to write and to say.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) args: &'a RunArgs,
    /// The study as it is projected, and as it may be told.
    pub(super) model: &'a Study,
    pub(super) study: &'a Study,
    pub(super) inputs: &'a [InputHash],
    pub(super) goals: &'a [Goal<Measure>],
    pub(super) before: Option<&'a Before>,
    pub(super) is_json: bool,
}

/// The results so far.
pub(super) struct Results<'a> {
    asked: Asked<'a>,
    control: Option<Control>,
    files: Files,
    tables: Writer,
    /// Of the area at hand, scenario by scenario.
    area: Vec<Projection>,
    /// What pages switch to beside.
    switches: Option<Switches>,
    differences: Vec<Difference>,
    sums: Sums,
    /// Goals as tables have them, and as words do.
    in_tables: Answers<'a>,
    in_words: Answers<'a>,
    missed: Vec<Missed>,
    saying: Saying,
}

/// What is said at the end, as it grows.
enum Saying {
    Screen(Screen),
    Everything(Everything),
    Json(Box<Digest>, Vec<Difference>),
}

/// What is said of a run.
pub(super) struct Said {
    pub(super) text: Text,
    /// Lines whose counts lie outside their ranges.
    pub(super) missed: Vec<Missed>,
}

/// How it is said.
pub(super) enum Text {
    Words(String),
    Json(Box<Digest>),
}

impl<'a> Results<'a> {
    /// Nothing yet.
    pub(super) fn new(
        asked: Asked<'a>,
        control: Option<Control>,
        switches: Option<Switches>,
        stage: Stage,
    ) -> Self {
        let args = asked.args;
        let format: &'static dyn table::Format = match args.format {
            TableFormat::Csv => &Csv,
            TableFormat::CsvGz => &CsvGz,
            TableFormat::Json => &Json,
        };
        let is_wanted = |head: &Head| args.detail || head.written != Written::OnRequest;
        let heads = tables::heads().into_iter().filter(is_wanted).collect();
        let name = |head: &Head| format!("{}.{}", head.name, format.extension());
        let tables = Writer::new(stage.path(), heads, tables::of_cases(), format, name);
        Self {
            asked,
            control,
            tables: tables.keeping(args.workbook),
            files: Files::staged(stage),
            area: Vec::new(),
            switches,
            differences: Vec::new(),
            sums: Sums::new(asked.study),
            in_tables: Answers::new(asked.goals),
            in_words: Answers::new(asked.goals),
            missed: Vec::new(),
            saying: match () {
                () if asked.is_json => Saying::Json(Box::default(), Vec::new()),
                () if args.full => Saying::Everything(Everything::default()),
                () => Saying::Screen(Screen::default()),
            },
        }
    }

    /// Writes what there is of a projection into the tables.
    pub(super) fn add(&mut self, mut projection: Projection) -> anyhow::Result<()> {
        if self.area.first().is_some_and(|own| own.area != projection.area) {
            self.end_area()?;
        }
        if let Some(control) = &mut self.control {
            control.apply(&mut projection);
        }
        let (study, control) = (self.asked.study, self.control.as_ref());
        self.tables.case(&OfCase { study, projection: &projection, control })?;
        if let Some(first) = self.area.first() {
            self.differences.extend(differences(study, first, &projection));
        }
        self.sums.add(study, &projection);
        self.in_tables.add(study, &projection);
        // Scenarios are held against the first, the change is told of all, and the last is told with
        // what its range goes with.
        if let [_, .., last] = self.area.as_mut_slice()
            && self.asked.before.is_none()
        {
            last.forget_draws();
        }
        self.area.push(projection);
        Ok(())
    }

    /// Writes and says what there is of an area, and forgets it.
    fn end_area(&mut self) -> anyhow::Result<()> {
        let mut projections = std::mem::take(&mut self.area);
        let differences = std::mem::take(&mut self.differences);
        let Some(area) = projections.first().map(|own| own.area) else { return Ok(()) };
        let (asked, study, control) = (self.asked, self.asked.study, self.control.as_ref());
        let of_area = OfArea { study, differences: &differences, control };
        for table in tables::of_areas() {
            self.tables.rows(table.head().name, table::rows(&*table, &of_area))?;
        }
        if let Some(control) = control {
            for projection in &mut projections {
                control.forget(projection);
            }
        }
        let charts = pictures::charts(study, area, &projections, &drawn(&asked.args.charts))?;
        for (name, chart) in charts {
            self.files.write(format!("charts/{name}"), chart)?;
        }
        let count = projections.len();
        let mut of_page = study;
        if let Some(switches) = &mut self.switches {
            projections.extend(switches.take(area));
            of_page = &switches.study;
        }
        if let Some((name, page)) = page(asked, of_page, control, area, &projections)? {
            self.files.write(name, page.into_bytes())?;
        }
        projections.truncate(count);
        for projection in &projections {
            self.in_words.add(study, projection);
        }
        self.missed.extend(missed(study, &projections));
        match &mut self.saying {
            Saying::Screen(screen) => screen.add(study, &projections, asked.before),
            Saying::Everything(all) => all.add(study, &projections),
            Saying::Json(digest, all) => {
                let case = |projection| OfCase { study, projection, control };
                for projection in &projections {
                    digest.add(&case(projection));
                }
                all.extend(differences);
            }
        }
        Ok(())
    }

    /// The files of a run, what of it was withheld, and what is said of it.
    pub(super) fn finish(mut self) -> anyhow::Result<(Files, Option<disclosure::Record>, Said)> {
        self.end_area()?;
        let Asked { args, study, .. } = self.asked;
        self.in_tables.without_measure(study).stop_on_errors()?;
        let control = self.control.as_ref();
        let run = OfRun { study, sums: &self.sums, answers: &self.in_tables, control };
        for table in tables::of_runs() {
            self.tables.rows(table.head().name, table::rows(&*table, &run))?;
        }
        let made = self.tables.finish()?;
        let book = args.workbook.then(|| book(args, study, &made)).transpose()?;
        let mut record = control.map(|control| control.record.clone());
        let title = title(study);
        let package = DataPackage::new(&title, &study.pack.licence, &made);
        let package = crate::commands::json_text(&package)?;
        for Made { name, file, withheld: [hidden, under_5], .. } in made {
            if let Some(record) = &mut record {
                record.cells_hidden += hidden;
                record.cells_under_5 += under_5;
            }
            self.files.note(name, file.sha256);
        }
        if args.format != TableFormat::Json {
            self.files.write(datapackage::NAME, package.into_bytes())?;
        }
        if let Some(book) = book {
            self.files.write(WORKBOOK, book)?;
        }
        let text = match self.saying {
            Saying::Screen(screen) => {
                Text::Words(screen.end(study) + &goals::terminal(study, &self.in_words))
            }
            Saying::Everything(all) => Text::Words(all.end(study, &self.in_words)),
            Saying::Json(mut digest, differences) => {
                digest.end(&differences, &OfRun { answers: &self.in_words, ..run });
                Text::Json(digest)
            }
        };
        Ok((self.files, record, Said { text, missed: self.missed }))
    }
}

/// The tables together as a workbook.
fn book(args: &RunArgs, study: &Study, made: &[Made]) -> anyhow::Result<Vec<u8>> {
    let cover = Cover {
        title: title(study),
        lines: vec![
            "If the waves come as said, then this demand: a conditional projection, not a \
             forecast, and nobody's own risk."
                .to_owned(),
            format!("Scenarios: {}.", names(study.scenarios.iter().map(|own| &*own.name))),
            format!("Made by afterwave {} with: {}", env!("CARGO_PKG_VERSION"), command(args)),
            format!("Figures: {}.", study.pack.licence),
            "Ranges are from the 5th to the 95th percentile of draws.".to_owned(),
            "Not a publication of the NHS.".to_owned(),
        ],
    };
    let tables: Vec<(&Head, &[Rows])> = made.iter().map(|own| (&own.head, &*own.rows)).collect();
    match workbook(&cover, &tables) {
        Ok(book) => Ok(book),
        Err(error @ workbook::Error::TooLong { .. }) => {
            let place = Source::new("--workbook", "").whole();
            let problem = Problem::error(place, error.to_string());
            let next = "fewer areas or scenarios, no --detail, or --format csv.gz";
            Err(InputError::from(problem.suggest(next)).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// What the results are of.
fn title(study: &Study) -> String {
    let shown = study.areas.iter().filter(|area| !area.is_part).map(|area| &*area.name);
    format!("Mental health demand after the waves: {}", names(shown))
}

/// Names in a row, the first few of many.
fn names<'a>(all: impl Iterator<Item = &'a str>) -> String {
    const SOME: usize = 5;
    let mut names: Vec<&str> = all.collect();
    let more = names.len().saturating_sub(SOME);
    names.truncate(SOME);
    let names = names.join(", ");
    if more > 0 { format!("{names} and {more} more") } else { names }
}

/// The command that repeats the run.
fn command(args: &RunArgs) -> String {
    let command = args.command();
    match args.disclosure.into() {
        Rules::None => command,
        Rules::NhsMh => format!("{command} --disclosure nhs-mh"),
    }
}

/// The page of an area, `report.html` where there is one; parts of one that has a page are in its
/// tables.
fn page(
    asked: Asked<'_>,
    study: &Study,
    control: Option<&Control>,
    area: usize,
    projections: &[Projection],
) -> anyhow::Result<Option<(String, String)>> {
    let Asked { args, model, inputs, goals, .. } = asked;
    if args.report == Report::None || study.areas[area].is_part {
        return Ok(None);
    }
    let scenarios = &args.input.scenarios;
    let setting =
        report::Setting { command: command(args), scenarios, inputs, goals, model, control };
    let name = match study.areas.iter().filter(|area| !area.is_part).count() {
        1 => "report.html".to_owned(),
        _ => format!("report-{}.html", pictures::file_name(&study.areas[area].id)),
    };
    Ok(Some((name, report::page(study, projections, area, &setting)?)))
}

/// Which charts were asked for.
fn drawn(charts: &[Charts]) -> Drawn {
    let format = |own: &Charts| match own {
        Charts::Svg => Some(Format::Svg),
        Charts::Png => Some(Format::Png),
        Charts::All | Charts::None => None,
    };
    let mut formats: Vec<Format> = charts.iter().filter_map(format).collect();
    if formats.is_empty() {
        formats.push(Format::Svg);
    }
    if charts.contains(&Charts::None) {
        formats.clear();
    }
    Drawn { all: charts.contains(&Charts::All), formats }
}
