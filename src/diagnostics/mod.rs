//! What is wrong with an input, where, and what would be right.
//!
//! Readers collect [`Problem`]s instead of stopping at the first; [`Problems::render`] is the one
//! place that turns them into text.

mod render;
mod words;

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use serde::Serialize;

use crate::checksum::sha256;

use words::{cut, list, with_short_names};
pub use words::{in_lines, nearest, printable};

/// How the names of texts begin that are compiled in.
pub const BUILT_IN: &str = "built-in: ";

/// The text of an input file, with the name users know it by.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The path, or `built-in: …` for what is compiled in.
    pub name: Arc<str>,
    /// The whole text (empty for workbooks and streamed files).
    pub text: Arc<str>,
    /// Where its lines begin, once a place in it has been asked for.
    starts: Arc<OnceLock<Vec<usize>>>,
    /// The hash of the bytes it was read from, of a file.
    sha256: Option<Arc<str>>,
}

impl Source {
    /// A source with its text.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into(), starts: Arc::default(), sha256: None }
    }

    /// What was read from a file whose bytes have the hash.
    #[must_use]
    pub fn of_file(self, sha256: String) -> Self {
        Self { sha256: Some(sha256.into()), ..self }
    }

    /// The hash of the file's bytes, or of a text that is compiled in; none of what is neither.
    pub fn sha256(&self) -> Option<String> {
        let of_text = || sha256(self.text.as_bytes());
        let built_in = || self.name.starts_with(BUILT_IN).then(of_text);
        self.sha256.as_deref().map(str::to_owned).or_else(built_in)
    }

    /// The bytes `span` of the text.
    pub fn at(&self, span: Range<usize>) -> Place {
        let start = span.start.min(self.text.len());
        let starts = self.starts.get_or_init(|| {
            let ends = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
        });
        let line = starts.partition_point(|line| *line <= start);
        let line_start = line.checked_sub(1).and_then(|at| starts.get(at)).copied().unwrap_or(0);
        let column = self.text.get(line_start..start).map_or(1, |s| s.chars().count() + 1);
        let excerpt = self.text.get(line_start..).and_then(|s| s.lines().next()).map(str::to_owned);
        let width = excerpt.as_ref().map_or(0, |l| l.len().saturating_sub(start - line_start));
        let end = (start - line_start) + span.len().min(width);
        Place {
            file: self.name.clone(),
            line: Some(line),
            column: Some(column),
            cell: None,
            excerpt: excerpt.map(|text| (text, start - line_start..end)),
        }
    }

    /// A line (from 1) and a column name of a table.
    pub fn line(&self, line: usize) -> Place {
        Place { line: Some(line), ..self.whole() }
    }

    /// The file as a whole.
    pub fn whole(&self) -> Place {
        Place { file: self.name.clone(), line: None, column: None, cell: None, excerpt: None }
    }
}

/// Where in an input a problem is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Place {
    /// The file.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
    /// The column of a table by its name, or a workbook's cell such as `g2c!C12`.
    pub cell: Option<String>,
    #[serde(skip)]
    excerpt: Option<(String, Range<usize>)>,
}

impl Place {
    /// Nowhere in particular.
    pub fn unknown() -> Self {
        Source::new("inputs", "").whole()
    }

    /// The file that it is in, as a whole.
    #[must_use]
    pub fn whole(&self) -> Self {
        Source::new(self.file.clone(), "").whole()
    }

    /// The same place, with the name of a table's column or a workbook's cell.
    #[must_use]
    pub fn cell(mut self, cell: impl Into<String>) -> Self {
        self.cell = Some(cell.into());
        self
    }

    /// `file:line:column (cell)`, as far as known.
    pub fn text(&self) -> String {
        let mut text = self.file.to_string();
        for number in [self.line, self.column].into_iter().flatten() {
            let _ = write!(text, ":{number}");
        }
        if let Some(cell) = &self.cell {
            let _ = write!(text, " ({cell})");
        }
        text
    }
}

/// Whether a problem stops the work.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The input can't be used.
    Error,
    /// It can be used, and the reader should know.
    Warning,
    /// How it was read.
    Note,
}

/// One thing that is wrong with an input.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Problem {
    /// Whether it stops the work.
    pub severity: Severity,
    /// Where it is.
    pub place: Place,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// What was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<String>,
    /// What is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<String>,
    /// The nearest right answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

impl Problem {
    /// An error at `place`.
    pub fn error(place: Place, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            place,
            message: with_short_names(&message.into()),
            read: None,
            allowed: None,
            suggestion: None,
        }
    }

    /// A warning at `place`.
    pub fn warning(place: Place, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(place, message) }
    }

    /// A word on how an input was read, at `place`.
    pub fn note(place: Place, message: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::error(place, message) }
    }

    /// What was read, a cell or several with commas between them; control characters are made
    /// visible, and a cell is cut at 80 characters.
    #[must_use]
    pub fn read(mut self, read: impl AsRef<str>) -> Self {
        /// A cell longer than this says nothing more.
        const MOST: usize = 80;
        let cells: Vec<String> =
            printable(read.as_ref()).split(", ").map(|cell| cut(cell, MOST)).collect();
        self.read = Some(cells.join(", "));
        self
    }

    /// What is allowed.
    #[must_use]
    pub fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self
    }

    /// The nearest right answer.
    #[must_use]
    pub fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }

    /// Says which of `names` are allowed and which is nearest to `read`.
    #[must_use]
    pub fn choose<'a>(self, read: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        let names: Vec<&str> = names.into_iter().collect();
        let nearest = nearest(read, names.iter().copied()).map(str::to_owned);
        let allowed = (!names.is_empty()).then(|| list(&names)).or(self.allowed.clone());
        Self { suggestion: nearest, allowed, ..self.read(read) }
    }
}

/// Every problem found in the inputs.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Adds one that may have been found before: a row that is read for many others is told once.
    pub fn push_once(&mut self, problem: Problem) {
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    /// Adds all of `other`.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Keeps the value, or adds the problem.
    pub fn take<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.push(problem)).ok()
    }

    /// All of them, in the order found.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many stop the work.
    pub fn errors(&self) -> usize {
        self.0.iter().filter(|p| p.severity == Severity::Error).count()
    }

    /// How many a reader should know of.
    pub fn warnings(&self) -> usize {
        self.0.iter().filter(|p| p.severity == Severity::Warning).count()
    }

    /// `Ok` if nothing stops the work (warnings stay behind in `self`).
    pub fn stop_on_errors(&mut self) -> Result<(), InputError> {
        if self.errors() == 0 { Ok(()) } else { Err(InputError(std::mem::take(self))) }
    }

    /// All problems as text for a terminal or a log; colours only if `styled`. What has one cause is
    /// told once, with the places that share it.
    pub fn render(&self, styled: bool) -> String {
        render::all(&self.0, styled)
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

/// The inputs can't be used: exit code 2, nothing written.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", self.0.render(false).trim_end())]
pub struct InputError(pub Problems);

/// Some of many were done and the others not: exit code 3.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct PartFailed(pub String);

impl From<Problem> for InputError {
    fn from(problem: Problem) -> Self {
        Self(problem.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_shows_place_reading_rule_and_the_nearest_right_answer() {
        let source = Source::new("scenarios/x.toml", "name = \"x\"\npeek = 3\n");
        let problem = Problem::error(source.at(11..15), "unknown key `peek`")
            .choose("peek", ["peak", "rise", "fall"]);
        assert_eq!(problem.place.text(), "scenarios/x.toml:2:1");
        let text = Problems::from(problem).render(false);
        for part in ["scenarios/x.toml:2:1", "peek = 3", "^^^^", "peak, rise, fall", "try: peak"] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
    }

    #[test]
    fn one_cause_is_one_message_however_many_lines_show_it() {
        let mut problems = Problems::default();
        let source = Source::new("a.csv", "");
        for line in 2..16_002 {
            let name = format!("svc{}", "x".repeat(line % 200));
            let place = source.line(line).cell("service");
            problems.push(Problem::error(place, format!("unknown service `{name}`")).read(&name));
        }
        let text = problems.render(false);
        assert_eq!(text.matches("error: ").count(), 1, "{text}");
        for part in ["a.csv:2", "also: a.csv:3 (svcxxx), 4 (svcxxxx)", "and 15980 more"] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
        assert!(text.len() < 2_000, "{text}");
        let mut problems = Problems::default();
        for message in ["`a` is missing", "`b` is missing"] {
            problems.push(Problem::error(source.whole(), message));
        }
        assert_eq!(problems.render(false).matches("error: ").count(), 2);
        for name in ["c", "d", "e"] {
            problems.push(Problem::error(source.whole(), format!("`{name}` is missing")));
        }
        let text = problems.render(false);
        assert_eq!(text.matches("error: ").count(), 1, "{text}");
        assert!(text.contains("also: b, c, d, e"), "{text}");
    }

    #[test]
    fn long_words_are_folded_and_code_is_not() {
        let words = "so many words that no line of a terminal holds them all, ".repeat(3);
        let code = format!("--set lever.mhst.effect=0.05,0.10,0.15 {}", "x".repeat(80));
        let problem = Problem::warning(Place::unknown(), &words).allowed(&words).suggest(&code);
        let text = Problems::from(problem).render(false);
        let (long, rest): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.contains(&code));
        assert_eq!(long.len(), 1, "{text}");
        assert!(rest.iter().all(|line| line.chars().count() <= render::COLUMNS), "{text}");
    }

    #[test]
    fn nothing_near_is_suggested_for_something_far() {
        assert_eq!(nearest("helpline", ["iapt", "camhs"]), None);
        assert_eq!(nearest("IATP", ["iapt", "camhs"]), Some("iapt"));
        assert_eq!(nearest("itap", ["camhs", "iapt"]), Some("iapt"));
    }

    #[test]
    fn escapes_never_reach_the_terminal() {
        assert!(!printable("\u{1b}[2Jgone").contains('\u{1b}'));
    }
}
