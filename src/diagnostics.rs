//! What is wrong with an input, where, and what would be right.
//!
//! Readers collect [`Problem`]s instead of stopping at the first; [`Problems::render`] is the one
//! place that turns them into text.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;

use crate::checksum::sha256;
use crate::escape;

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
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.term_width(COLUMNS);
        let mut causes: Vec<Vec<&Problem>> = Vec::new();
        let mut seen: HashMap<Cause<'_>, usize> = HashMap::new();
        for problem in &self.0 {
            *seen.entry(Cause::of(problem)).or_default() += 1;
        }
        let mut known: HashMap<Cause<'_>, usize> = HashMap::new();
        for problem in &self.0 {
            let mut cause = Cause::of(problem);
            // A few that only a name tells apart are told each by its name.
            if problem.place.line.is_none() && seen.get(&cause).is_none_or(|count| *count < FEW) {
                cause.message.clone_from(&problem.message);
            }
            let at = *known.entry(cause).or_insert_with(|| {
                causes.push(Vec::new());
                causes.len() - 1
            });
            causes[at].push(problem);
        }
        let mut texts: Vec<String> =
            causes.iter().take(MOST_CAUSES).map(|cause| render(cause, &renderer) + "\n").collect();
        if let Some(more @ 1..) = causes.len().checked_sub(MOST_CAUSES) {
            texts.push(format!("and {more} more of other causes\n"));
        }
        texts.join("\n")
    }
}

/// More causes than this are counted, not told.
const MOST_CAUSES: usize = 40;

/// So many without a line are one cause with many names.
const FEW: usize = 4;

/// More places of one cause than this are counted, not told.
const MOST_PLACES: usize = 20;

/// What problems have in common that have one cause: what is wrong, in which column of which file,
/// whatever the number or the name is that is wrong.
#[derive(PartialEq, Eq, Hash)]
struct Cause<'a> {
    severity: Severity,
    file: &'a str,
    cell: Option<&'a str>,
    message: String,
    allowed: Option<String>,
}

impl<'a> Cause<'a> {
    fn of(problem: &'a Problem) -> Self {
        let place = &problem.place;
        // What is odd but no error is told each by its name.
        let is_error = problem.severity == Severity::Error;
        Self {
            severity: problem.severity,
            file: &place.file,
            // The cell of a workbook is its place; what names a place by its text is told whole.
            cell: place.cell.as_deref().filter(|cell| place.line.is_some() || !cell.contains('!')),
            message: without_names(&problem.message, is_error),
            allowed: problem.allowed.as_deref().map(|allowed| without_names(allowed, is_error)),
        }
    }
}

/// A message without its numbers and quoted names; of what is no error with them.
fn without_names(message: &str, is_error: bool) -> String {
    if !is_error {
        return message.to_owned();
    }
    let mut is_quoted = false;
    message
        .chars()
        .filter(|c| {
            is_quoted ^= *c == '`';
            *c == '`' || !(is_quoted || c.is_ascii_digit())
        })
        .collect()
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

/// The problems of one cause: the first whole, the others by their places.
fn render(cause: &[&Problem], renderer: &Renderer) -> String {
    let Some((problem, others)) = cause.split_first() else { return String::new() };
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let message = folded(&escape::terminal(&problem.message), COLUMNS - "warning: ".len());
    let safe = |text: &String| escape::terminal(text).into_owned();
    let notes: Vec<(Level<'_>, String)> = [
        (
            Level::NOTE.with_name("read"),
            problem.read.as_ref().map(|read| folded_words(&safe(read))),
        ),
        (
            Level::NOTE.with_name("allowed"),
            problem.allowed.as_ref().map(|allowed| folded(&safe(allowed), NOTE)),
        ),
        (
            Level::HELP.with_name("try"),
            problem.suggestion.as_ref().map(|next| folded_words(&safe(next))),
        ),
        (Level::NOTE.with_name("also"), also(others).map(|also| folded(&safe(&also), NOTE))),
    ]
    .into_iter()
    .filter_map(|(level, text)| Some((level, text?)))
    .collect();
    let (place, file) = (safe(&problem.place.text()), safe(&problem.place.file.to_string()));
    let mut group = level
        .primary_title(message.as_str())
        .elements(std::iter::empty::<annotate_snippets::Message<'_>>());
    let cut;
    match &problem.place.excerpt {
        // A line of a megabyte is not worth a picture.
        Some((text, span)) if text.len() <= 400 => {
            let marked = safe_excerpt(text, span);
            cut = marked.0;
            group = group.element(
                Snippet::source(cut.as_str())
                    .path(file.as_str())
                    .line_start(problem.place.line.unwrap_or(1))
                    .annotation(AnnotationKind::Primary.span(marked.1)),
            );
        }
        _ => group = group.element(annotate_snippets::Origin::path(place.as_str())),
    }
    for (level, text) in &notes {
        group = group.element(level.clone().message(text.as_str()));
    }
    renderer.render(&[group])
}

/// A line of a file made safe, and where the marked part of it is then.
fn safe_excerpt(text: &str, span: &Range<usize>) -> (String, Range<usize>) {
    let part = |range: Range<usize>| text.get(range).unwrap_or_default();
    let parts = [part(0..span.start), part(span.clone()), part(span.end..text.len())];
    let [before, marked, after] = parts.map(escape::terminal);
    let span = before.len()..before.len() + marked.len();
    (format!("{before}{marked}{after}"), span)
}

/// `mine.csv:5 (-3), 7 (-4) and 12 more`: where else, and what was read there.
fn also(others: &[&Problem]) -> Option<String> {
    others.first()?;
    let named: Vec<String> = others
        .iter()
        .take(MOST_PLACES - 1)
        .enumerate()
        .map(|(at, other)| {
            let place = match (at, other.place.line) {
                (_, None) => {
                    let name = other.message.split('`').nth(1);
                    return name.map_or_else(|| other.place.text(), |name| cut(name, 24));
                }
                (0, _) => Place { cell: None, column: None, ..other.place.clone() }.text(),
                (_, Some(line)) => line.to_string(),
            };
            match &other.read {
                Some(read) => format!("{place} ({})", cut(read, 24)),
                None => place,
            }
        })
        .collect();
    let more = others.len() - named.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(named.join(", ") + &more)
}

/// A message whose quoted names are cut at 80 characters.
fn with_short_names(message: &str) -> String {
    if message.len() <= 80 {
        return message.to_owned();
    }
    let parts = message.split('`').enumerate();
    let parts = parts.map(|(at, part)| if at % 2 == 1 { cut(part, 80) } else { part.to_owned() });
    parts.collect::<Vec<_>>().join("`")
}

/// Text of at most `most` characters.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Columns of a terminal that every line fits, but for paths and what is to be copied.
const COLUMNS: usize = 80;

/// What is left of them behind `= allowed: ` under the number of a line.
const NOTE: usize = 66;

/// Words in lines; what holds code, which may be copied, stays in one piece.
fn folded_words(text: &str) -> String {
    let is_code = text.contains(['=', '#']) || text.contains("--");
    if is_code { text.to_owned() } else { folded(text, NOTE) }
}

/// Text in lines of at most `width`; what is written in lines stays as it is.
fn folded(text: &str, width: usize) -> String {
    if text.contains('\n') {
        return text.to_owned();
    }
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let fits = |line: &String| {
            line.is_empty() || line.chars().count() + 1 + word.chars().count() <= width
        };
        match lines.last_mut() {
            Some(line) if fits(line) => {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// The name of `names` nearest to `read`, if any is near enough to be meant.
pub fn nearest<'a>(read: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let read = read.to_lowercase();
    // The same letters in another order are meant however far they moved: `itap` for `iapt`.
    let letters = |name: &str| {
        let mut letters: Vec<char> = name.to_lowercase().chars().collect();
        letters.sort_unstable();
        letters
    };
    let of_read = letters(&read);
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&read, &name.to_lowercase()), name))
        .filter(|(distance, name)| {
            *distance <= 1.max(name.chars().count().max(read.chars().count()) / 3)
                || letters(name) == of_read
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

fn list(names: &[&str]) -> String {
    const MOST: usize = 40;
    let shown = names.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    if names.len() > MOST { format!("{shown}, … ({} in all)", names.len()) } else { shown }
}

/// Untrusted text made safe for a terminal: control characters escaped, at most 240 characters.
pub fn printable(text: &str) -> String {
    const MOST: usize = 240;
    escape::terminal(&cut(text, MOST)).into_owned()
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
        assert!(rest.iter().all(|line| line.chars().count() <= COLUMNS), "{text}");
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
