//! Problems as text: what has one cause is told once, with the places that share it.

use std::collections::HashMap;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::{
    Place, Problem, Severity,
    words::{cut, in_lines},
};
use crate::escape;

/// All of them; colours only if `styled`.
pub(super) fn all(problems: &[Problem], styled: bool) -> String {
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(COLUMNS);
    let mut causes: Vec<Vec<&Problem>> = Vec::new();
    let mut seen: HashMap<Cause<'_>, usize> = HashMap::new();
    for problem in problems {
        *seen.entry(Cause::of(problem)).or_default() += 1;
    }
    let mut known: HashMap<Cause<'_>, usize> = HashMap::new();
    for problem in problems {
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

/// Columns of a terminal that every line fits, but for paths and what is to be copied.
pub(super) const COLUMNS: usize = 80;

/// What is left of them behind `= allowed: ` under the number of a line.
const NOTE: usize = 66;

/// Words in lines; what holds code, which may be copied, stays in one piece.
fn folded_words(text: &str) -> String {
    let is_code = text.contains(['=', '#']) || text.contains("--");
    if is_code { text.to_owned() } else { folded(text, NOTE) }
}

/// Text in lines of at most `width`; what is written in lines stays as it is.
fn folded(text: &str, width: usize) -> String {
    if text.contains('\n') { text.to_owned() } else { textwrap::fill(text, in_lines(width)) }
}
