//! Files as published by statistics offices, one module per publisher and layout, read into
//! monthly series or a track.
//!
//! Every reader streams its rows into one gatherer; every rule about what may be taken stands in
//! one module: `cell` (missing figures), `period` (start and end), [`level`] (areas and their
//! parts, labels that drift), [`measure`] (what is counted), `gather` (revisions), `rolling`
//! (longer periods), `partial` (first months), `gaps`, and [`series`], which applies them.

pub mod areas;
pub mod catalogue;
mod cell;
mod choose;
pub mod covid;
mod eip;
mod gaps;
mod gather;
mod header;
mod layout;
pub mod level;
mod long;
mod lookup;
mod mhsds;
mod notes;
mod partial;
mod period;
mod phs_camhs;
mod rolling;
mod rows;
pub mod series;
pub mod succeed;
mod table;
mod talking_therapies;
mod wait_measures;
pub mod waits;

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use serde::Serialize;

pub use crate::input::file::Progress;
use catalogue::Catalogue;
use covid::Track;
use gather::Gatherer;
pub use layout::{Kind, Layout};
use rows::Rows;
pub use rows::SheetRead;
use series::Series;

use super::tidy::Wishes;
use crate::diagnostics::{InputError, Problem, Problems, Source};

/// What is wanted of the files.
#[derive(Clone, Debug, Default)]
#[allow(clippy::struct_excessive_bools)] // each is a switch of the command line
pub struct Request {
    /// Only say what the files hold.
    pub list: bool,
    /// Areas by code or level; the country's totals if empty.
    pub areas: Vec<String>,
    /// Measures by id; the kind's own if empty.
    pub measures: Vec<String>,
    /// The sheet of a workbook; the first in sight that holds anything if none.
    pub sheet: Option<String>,
    /// The service id to write, in place of the measure's own.
    pub service: Option<String>,
    /// How a table of no known layout is to be read, and whether longer periods are spread evenly
    /// over their months.
    pub wishes: Wishes,
    /// Take a stock for what it is.
    pub stock: bool,
    /// Keep first months that look partial.
    pub keep_partial: bool,
    /// The day whose areas the series are brought to; as they are if none.
    pub areas_of: Option<Date>,
    /// Take what the files tell of waits, not of referrals.
    pub waits: bool,
}

/// A file as it was read.
#[derive(Clone, Debug, Serialize)]
pub struct FileRead {
    /// Its path.
    pub name: String,
    /// Which of its sheets was read, of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<SheetRead>,
    /// Its layout.
    pub layout: Layout,
    /// Its rows.
    pub rows: usize,
    /// What of a table in no published layout was understood.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub understood: String,
}

/// Figures that were not taken, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LeftOut {
    /// How many rows or figures.
    pub count: usize,
    /// Which, and why.
    pub what: String,
}

/// What happened on the way in.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Report {
    /// What was left out.
    pub left_out: Vec<LeftOut>,
    /// What a reader of the figures should know.
    pub notes: Vec<Note>,
    /// What is odd about the file.
    #[serde(skip_serializing_if = "Problems::is_empty")]
    pub warnings: Problems,
}

/// Something to know, said once of all it is true of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Note {
    /// The series it is about; none where it is about all.
    pub about: Vec<String>,
    /// What to know, a sentence.
    pub text: String,
}

impl Report {
    fn leave_out(&mut self, count: usize, what: impl Into<String>) {
        if count > 0 {
            self.left_out.push(LeftOut { count, what: what.into() });
        }
    }

    fn note(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !self.notes.iter().any(|note| note.text == text) {
            self.notes.push(Note { about: Vec::new(), text });
        }
    }

    fn note_about(&mut self, about: impl Into<String>, text: impl Into<String>) {
        let (about, text) = (about.into(), text.into());
        match self.notes.iter_mut().find(|note| note.text == text && !note.about.is_empty()) {
            Some(note) => note.about.push(about),
            None => self.notes.push(Note { about: vec![about], text }),
        }
    }
}

/// What the files gave.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// Series for a baseline.
    Baseline(Vec<Series>),
    /// Waits as published.
    Waits(Vec<waits::Wait>),
    /// A driving signal.
    Track(Track),
    /// What the files hold, where only that was asked.
    Listing(Box<Catalogue>),
}

/// One import.
#[derive(Serialize)]
pub struct Imported {
    /// The kind of the files.
    pub kind: Kind,
    /// The files, in the order read.
    pub files: Vec<FileRead>,
    /// What they gave.
    pub content: Content,
    /// What was left out, and what to know.
    pub report: Report,
}

/// Reads published files of one kind, recognised from their headers where `kind` is not given.
/// Later files override earlier ones. Fails with every problem found.
pub fn import(
    kind: Option<Kind>,
    paths: &[PathBuf],
    request: &Request,
    progress: &Progress,
) -> Result<Imported, InputError> {
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    if !request.list {
        return read(kind, paths, &names, request, progress);
    }
    // A listing counts everything; the areas and measures named are what is shown of it.
    let everything = Request { areas: Vec::new(), measures: Vec::new(), ..request.clone() };
    let imported = read(kind, paths, &names, &everything, progress)?;
    if let Content::Listing(catalogue) = &imported.content {
        choose::listed(catalogue, request, &names.join(", "))?;
    }
    Ok(imported)
}

fn read(
    kind: Option<Kind>,
    paths: &[PathBuf],
    names: &[String],
    request: &Request,
    progress: &Progress,
) -> Result<Imported, InputError> {
    let whole = Source::new(names.join(", "), "").whole();
    let mut opened = Vec::new();
    let mut problems = Problems::default();
    for path in paths {
        if let Some((rows, layout)) =
            problems.take(open(kind, path, request.sheet.as_deref(), progress))
        {
            opened.push((rows, layout));
        }
    }
    problems.stop_on_errors()?;
    let Some(kind) = kind.or(opened.first().map(|(_, layout)| layout.kind())) else {
        return Err(Problem::error(whole, "no file is named")
            .suggest("afterwave import FILE …")
            .into());
    };
    if let Some((rows, layout)) = opened.iter().find(|(_, layout)| !layout.serves(kind)) {
        let message = format!("this is {}, the first file is {kind}", layout.words());
        return Err(Problem::error(rows.source.whole(), message)
            .suggest("import files of one kind at a time")
            .into());
    }
    if kind == Kind::Covid {
        return covid::import(opened, request);
    }
    // Files of nothing else are asked for nothing else.
    let tells_waits = |(_, layout): &(Rows, Layout)| *layout == Layout::PhsCamhsWaits;
    let waits = request.waits || opened.iter().any(tells_waits);
    let request = &Request { waits, ..request.clone() };
    let layouts: Vec<Layout> = opened.iter().map(|(_, layout)| *layout).collect();
    let mut gatherer = Gatherer::new(request, layout::defaults(&layouts));
    gatherer.leaves_out_partial &= layouts.iter().all(|layout| *layout != Layout::Table);
    gatherer.files = names.join(", ");
    let mut files = Vec::new();
    for (number, (mut rows, layout)) in opened.into_iter().enumerate() {
        gatherer.file = number;
        let before = gatherer.catalogue.rows;
        let read = match layout {
            Layout::MhsdsLong => mhsds::long(&mut rows, &mut gatherer),
            Layout::MhsdsWide => mhsds::wide(&mut rows, &mut gatherer),
            Layout::TalkingTherapiesMonthly => talking_therapies::monthly(&mut rows, &mut gatherer),
            Layout::TalkingTherapiesAnnual => talking_therapies::annual(&mut rows, &mut gatherer),
            Layout::TalkingTherapiesReport => talking_therapies::report(&mut rows, &mut gatherer),
            Layout::EipUnify => eip::read(&mut rows, &mut gatherer),
            Layout::PhsCamhs | Layout::PhsCamhsWaits => phs_camhs::read(&mut rows, &mut gatherer),
            Layout::Table | Layout::CovidDaily | Layout::CovidUkhsa => {
                table::read(&mut rows, &mut gatherer)
            }
        };
        if let Err(problem) = read {
            gatherer.problems.push(problem);
        }
        let rows_read = gatherer.catalogue.rows - before;
        if rows_read == 0 && gatherer.problems.is_empty() {
            gatherer.problems.push(
                Problem::error(rows.source.whole(), "the file has a header and no rows")
                    .suggest("is it cut short? fetch it again"),
            );
        }
        let name = rows.source.name.to_string();
        let (sheet, understood) = (rows.sheet.take(), std::mem::take(&mut rows.understood));
        files.push(FileRead { name, sheet, layout, rows: rows_read, understood });
    }
    gatherer.catalogue.close();
    finish(gatherer, kind, files)
}

fn open(
    kind: Option<Kind>,
    path: &Path,
    sheet: Option<&str>,
    progress: &Progress,
) -> Result<(Rows, Layout), Problem> {
    let rows = Rows::open(path, sheet, progress)?;
    let layout = rows.layout;
    match kind {
        Some(kind) if !layout.serves(kind) => Err(Problem::error(
            rows.source.line(rows.head),
            format!("this is {}, not {kind}", layout.words()),
        )
        .read(rows.header.0.join(", "))
        .suggest(format!("afterwave import {} {}", layout.kind(), path.display()))),
        _ => Ok((rows, layout)),
    }
}

fn finish(
    mut gatherer: Gatherer<'_>,
    kind: Kind,
    files: Vec<FileRead>,
) -> Result<Imported, InputError> {
    let mut report = Report::default();
    if gatherer.request.list {
        gatherer.problems.stop_on_errors()?;
        let content = Content::Listing(Box::new(gatherer.catalogue));
        return Ok(Imported { kind, files, content, report });
    }
    if let Some((figures, problem)) = gatherer.tally.undated.take() {
        let message = match figures {
            1 => "a figure has a date that can't be read".to_owned(),
            n => format!("{n} figures have a date that can't be read, the first of them here"),
        };
        gatherer.problems.push(Problem { message, ..problem });
    }
    gatherer.problems.stop_on_errors()?;
    report.warnings = std::mem::take(&mut gatherer.problems);
    choose::check(&gatherer)?;
    choose::tell(&gatherer, &mut report);
    let request = gatherer.request;
    if gatherer.request.waits {
        for figure in &gatherer.tally.contradicted {
            report.note(format!("{figure}: two figures stand there, neither is taken."));
        }
        let waits = waits::build(&mut gatherer);
        if waits.is_empty() {
            return Err(choose::nothing(&gatherer).into());
        }
        return Ok(Imported { kind, files, content: Content::Waits(waits), report });
    }
    let (series, mut problems) = series::build(&mut gatherer, &mut report);
    problems.stop_on_errors()?;
    if series.is_empty() {
        return Err(choose::nothing(&gatherer).into());
    }
    choose::any_figure(&series, &gatherer)?;
    choose::one_measure_each(&series, &gatherer)?;
    let series = match request.areas_of {
        Some(day) => areas::bring(series, day, &gatherer.files, &mut report)?,
        None => series,
    };
    notes::add(kind, &files, &series, &mut report);
    Ok(Imported { kind, files, content: Content::Baseline(series), report })
}
