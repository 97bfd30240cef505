//! What an import took, left out and holds, as text of 80 columns.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::words::{counted, width, wrapped};
use crate::diagnostics::printable;
use crate::input::published::catalogue::{Catalogue, Measure, Span};
use crate::input::published::level::Level;
use crate::input::published::{Content, Imported, Note};
use crate::study::waits::Told;

/// More notes than this are counted, not shown.
const MOST_NOTES: usize = 40;

/// What was read, taken and left out.
pub fn report_text(imported: &Imported) -> String {
    let mut text = String::new();
    for file in &imported.files {
        let sheet = file.sheet.as_ref();
        let of = sheet.map_or_else(String::new, |sheet| format!(", sheet `{}`", sheet.name));
        let rows = thousands(file.rows);
        let line = format!("Read {}{of}: {rows} rows, {}.", file.name, file.layout.words());
        push_wrapped(&mut text, &line, "", "  ");
        if !file.understood.is_empty() {
            push_wrapped(&mut text, &format!("Understood: {}.", file.understood), "  ", "  ");
        }
        if let Some(sheet) = sheet.filter(|sheet| !sheet.others.is_empty()) {
            let others = sheet.others.join(", ");
            let line = format!("Other sheets were not read (--sheet NAME chooses): {others}.");
            push_wrapped(&mut text, &line, "  ", "  ");
        }
    }
    match &imported.content {
        Content::Baseline(series) => {
            for one in series.iter().take(20) {
                let known: Vec<_> = one.months.iter().filter(|(_, v)| v.is_some()).collect();
                let span = match (known.first(), known.last()) {
                    (Some((first, _)), Some((last, _))) => format!("{first} to {last}"),
                    _ => "no figures".into(),
                };
                let area = if one.area.is_empty() { "no area" } else { &one.area };
                let line = format!(
                    "Took {} month{} of {} ({}), {area}: {span}.",
                    known.len(),
                    if known.len() == 1 { "" } else { "s" },
                    one.service,
                    one.measure
                );
                push_wrapped(&mut text, &line, "", "  ");
            }
            if series.len() > 20 {
                let _ = writeln!(text, "… and {} more series.", series.len() - 20);
            }
        }
        Content::Waits(waits) => {
            let mut told: BTreeMap<(&str, Told), usize> = BTreeMap::new();
            for wait in waits {
                *told.entry((&wait.service, wait.told)).or_default() += 1;
            }
            let mut areas: Vec<&str> = waits.iter().map(|wait| wait.area.as_str()).collect();
            areas.dedup();
            for ((service, told), figures) in told {
                let figures = counted(figures, "figure");
                let line = format!("Took {figures} of {service}, {}.", told.words());
                push_wrapped(&mut text, &line, "", "  ");
            }
            let _ = writeln!(text, "Of {}.", counted(areas.len(), "area"));
        }
        Content::Track(track) => {
            let _ = writeln!(
                text,
                "Took {} of {}.",
                counted(track.months.len(), "month"),
                track.measure
            );
        }
        Content::Listing(_) => {}
    }
    if !imported.report.left_out.is_empty() {
        text.push_str("Left out:\n");
    }
    for left in imported.report.left_out.iter().take(MOST_NOTES) {
        let line = format!("{:>9}  {}", thousands(left.count), left.what);
        push_wrapped(&mut text, &line, "", "           ");
    }
    if let Some(more @ 1..) = imported.report.left_out.len().checked_sub(MOST_NOTES) {
        let _ = writeln!(text, "           … and {more} more: `--json` has all of them.");
    }
    if !imported.report.notes.is_empty() {
        text.push_str("To know:\n");
    }
    for note in imported.report.notes.iter().take(MOST_NOTES) {
        push_wrapped(&mut text, &sentence(note), "  - ", "    ");
    }
    if let Some(more @ 1..) = imported.report.notes.len().checked_sub(MOST_NOTES) {
        let _ = writeln!(text, "  … and {more} more notes: `--json` has all of them.");
    }
    text
}

/// What the files hold: areas, measures and periods, those that match `areas` and `measures`.
pub fn listing_text(catalogue: &Catalogue, areas: &[String], measures: &[String]) -> String {
    let mut text = String::new();
    let shown: Vec<(usize, &Measure)> = catalogue
        .measures
        .iter()
        .enumerate()
        .filter(|(_, m)| measures.is_empty() || measures.iter().any(|text| m.matches(text)))
        .collect();
    let found: Vec<_> = catalogue
        .areas
        .iter()
        .filter(|area| areas.is_empty() || areas.iter().any(|text| area.matches(text)))
        .filter(|area| shown.iter().any(|(number, _)| area.span(*number).is_some()))
        .collect();
    if areas.is_empty() && found.len() > 30 {
        let _ = writeln!(text, "Areas (--area TEXT shows those that match)");
        let mut table = table(&["level", "areas", "for example"]);
        for level in Level::ALL {
            let of: Vec<_> = found.iter().filter(|area| area.level == level).collect();
            if let Some(first) = of.first() {
                let example =
                    format!("{} {}", first.code, first.names.first().map_or("", String::as_str));
                table.add_row([level.id().into(), of.len().to_string(), printable(&example)]);
            }
        }
        let _ = writeln!(text, "{}\n", table.trim_fmt());
    } else {
        let _ = writeln!(text, "Areas");
        let mut table = table(&["level", "code", "name", "from", "to", "figures"]);
        for area in &found {
            let spans: Vec<Span> = shown.iter().filter_map(|(n, _)| area.span(*n)).collect();
            let [from, to, figures] = span_cells(&spans);
            let mut names = area.names.clone();
            names.retain(|name| *name != area.code);
            let name = printable(&names.join(" / "));
            table.add_row([area.level.id().into(), printable(&area.code), name, from, to, figures]);
        }
        let _ = writeln!(text, "{}\n", table.trim_fmt());
    }
    let _ = writeln!(text, "Measures (months: the length of the period a figure covers)");
    let _ = writeln!(
        text,
        " {:<18}{:<10}{:>6}  {:<9}{:<9}{:>10}{:>11}",
        "id", "counts", "months", "from", "to", "figures", "withheld"
    );
    for (number, measure) in &shown {
        let here: Vec<Span> = found.iter().filter_map(|area| area.span(*number)).collect();
        let lengths =
            measure.lengths.iter().map(|(length, span)| (length.to_string(), vec![*span]));
        let lines: Vec<(String, Vec<Span>)> = if areas.is_empty() {
            lengths.collect()
        } else {
            let lengths: Vec<String> = lengths.map(|(length, _)| length).collect();
            vec![(lengths.join(", "), here)]
        };
        for (length, spans) in lines.iter().filter(|(_, spans)| !spans.is_empty()) {
            let [from, to, figures] = span_cells(spans);
            let withheld = thousands(spans.iter().map(|span| span.missing).sum());
            let counts = measure.nature.words();
            let id = printable(&measure.id);
            if id.chars().count() > 17 {
                push_wrapped(&mut text, &id, " ", "   ");
            }
            let id = if id.chars().count() > 17 { String::new() } else { id };
            let _ = writeln!(
                text,
                " {id:<17} {counts:<10}{length:>6}  {from:<9}{to:<9}{figures:>10}{withheld:>11}"
            );
        }
        let name = measure.names.first().filter(|name| **name != measure.id);
        if let (Some(name), true) = (name, lines.iter().any(|(_, spans)| !spans.is_empty())) {
            push_wrapped(&mut text, name, "    ", "    ");
        }
    }
    let parts: usize = catalogue.parts.values().sum();
    if parts > 0 {
        let labels: Vec<&str> = catalogue.parts.keys().map(String::as_str).collect();
        let line = format!(
            "{} rows are parts of these areas and can't be chosen: {}.",
            thousands(parts),
            labels.join(", ")
        );
        push_wrapped(&mut text, &line, "\n", "");
    }
    text
}

/// A note with the first few of what it is about.
fn sentence(note: &Note) -> String {
    const FEW: usize = 4;
    let about = note.about.iter().take(FEW).cloned().collect::<Vec<_>>().join(", ");
    match note.about.len() {
        0 => note.text.clone(),
        n if n > FEW => format!("{about} and {} more: {}", n - FEW, note.text),
        _ => format!("{about}: {}", note.text),
    }
}

fn span_cells(spans: &[Span]) -> [String; 3] {
    let first = spans.iter().map(|span| span.first).min();
    let last = spans.iter().map(|span| span.last).max();
    let figures: usize = spans.iter().map(|span| span.figures).sum();
    let month = |m: Option<crate::month::Month>| m.map_or_else(String::new, |m| m.to_string());
    [month(first), month(last), thousands(figures)]
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width() as u16)
        .set_header(header.iter().copied());
    for (i, name) in header.iter().enumerate() {
        if ["figures", "areas"].contains(name)
            && let Some(column) = table.column_mut(i)
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// `1,234`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A line after `first` and its own indentation, its continuations after `rest`.
fn push_wrapped(text: &mut String, line: &str, first: &str, rest: &str) {
    let lead = line.len() - line.trim_start().len();
    text.push_str(&wrapped(line, &format!("{first}{}", &line[..lead]), rest));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(
            [thousands(5), thousands(1234), thousands(1_234_567)],
            ["5", "1,234", "1,234,567"]
        );
    }
}
