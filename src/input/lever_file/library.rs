//! The library of levers: `data/levers.csv`, a row a lever.

use std::path::Path;
use std::str::FromStr;

use super::{LeverFile, MOST_MONTHS, MOST_STAFF};
use crate::diagnostics::{Problem, Problems, Source};
use crate::draw::Uncertain;
use crate::input::builtin;
use crate::input::document::{Read, bounds_text, number_text, ordered};
use crate::input::table::{Row, Table};
use crate::input::text;
use crate::study::figures::Grade;
use crate::study::lever::{Kind, Level, MOST};

/// The lever `name` of the library.
pub(super) fn find(name: &str) -> Option<LeverFile> {
    library().into_iter().find(|lever| lever.name.as_ref().is_some_and(|n| n.value == name))
}

/// The names of the library's levers.
pub(super) fn names() -> Vec<String> {
    library().into_iter().filter_map(|lever| lever.name).map(|name| name.value).collect()
}

/// A lever of the library for people to choose from.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Its kind.
    pub kind: &'static str,
    /// Where it acts.
    pub level: Option<Level>,
    /// The central size of its effect; none where the user must give one.
    pub effect: Option<f64>,
    /// Its low and high size.
    pub effect_range: Option<[f64; 2]>,
    /// How good its source is.
    pub grade: Option<Grade>,
    /// Where its figures come from.
    pub source: String,
    /// What a reader should know: whom it was measured on, or which figure would be needed.
    pub note: String,
}

impl Listed {
    /// Whether its effect may be nothing, or the other way round.
    pub fn may_be_nothing(&self) -> bool {
        self.effect_range.is_some_and(|[low, high]| low <= 0.0 && high >= 0.0)
    }
}

/// A library in the order of its file.
pub fn listing(library: Vec<LeverFile>) -> Vec<Listed> {
    let listed = |lever: LeverFile| {
        let size = lever.effect.as_ref().or(lever.starts.as_ref()).map(|read| read.value);
        Listed {
            name: lever.name().to_owned(),
            kind: lever.kind.map_or("", Kind::name),
            level: lever.level,
            effect: size.map(|size| size.central),
            effect_range: size.map(|size| [size.low, size.high]),
            grade: lever.grade,
            label: lever.label.unwrap_or_default(),
            source: lever.source.unwrap_or_default(),
            note: lever.note.unwrap_or_default(),
        }
    };
    library.into_iter().map(listed).collect()
}

/// The levers of a file of the user's own, and that file; or those of the built-in library.
pub fn read_levers(
    path: Option<&Path>,
    problems: &mut Problems,
) -> (Vec<LeverFile>, Option<Source>) {
    let Some(path) = path else { return (library(), None) };
    let Some(source) = problems.take(text::read_table("--from", path)) else {
        return (Vec::new(), None);
    };
    let mut list: Vec<LeverFile> = Vec::new();
    for lever in read_library(&source, problems) {
        let place = lever.place.clone();
        problems.take(crate::input::names::check("lever", lever.name(), || place.clone()));
        if let Some(label) = &lever.label {
            problems.take(crate::input::names::length("lever", label, || place.clone()));
        }
        if lever.name.is_none() {
            problems.push(Problem::error(place, "a lever needs a name").suggest("vcse-hub"));
        } else if lever.kind.is_none() && problems.errors() == 0 {
            let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
            problems.push(
                Problem::error(place, format!("the lever `{}` has no kind", lever.name()))
                    .allowed(kinds.join(", ")),
            );
        } else if let Some(first) = list.iter().find(|known| known.name() == lever.name()) {
            problems.push(
                Problem::error(place, format!("the lever `{}` stands twice", lever.name()))
                    .read(format!("also at {}", first.place.text())),
            );
        }
        // A figure of the user's own is none of the program's.
        list.push(LeverFile { library: None, ..lever });
    }
    (list, Some(source))
}

/// The whole library; its file is compiled in and tested, so its problems are none of the user's.
fn library() -> Vec<LeverFile> {
    read_library(&builtin::levers(), &mut Problems::default())
}

/// Reads a library: a row a lever, several names in one cell apart by `;`, ranges as three columns
/// (`effect_low,effect,effect_high`).
pub(super) fn read_library(source: &Source, problems: &mut Problems) -> Vec<LeverFile> {
    const TEXTS: [&str; 17] = [
        "lever",
        "label",
        "kind",
        "level",
        "services",
        "conditions",
        "groups",
        "strata",
        "by_need",
        "to",
        "recruitment",
        "price_year",
        "source",
        "grade",
        "bundle",
        "note",
        "tags",
    ];
    const NUMBERS: [&str; 10] = [
        "lag",
        "ramp",
        "reach",
        "effect",
        "starts",
        "onward",
        "cost_a_year",
        "cost_a_person",
        "cost_a_reached",
        "staff",
    ];
    let Some(table) = Table::parse(source, problems) else { return Vec::new() };
    let ranges: Vec<String> = NUMBERS
        .iter()
        .flat_map(|name| [format!("{name}_low"), (*name).to_owned(), format!("{name}_high")])
        .collect();
    let mut columns: Vec<&str> = ranges.iter().map(String::as_str).collect();
    columns.extend(TEXTS);
    table.allow(&columns, problems);
    table.rows.iter().map(|row| Library { table: &table, row }.lever(problems)).collect()
}

/// A row of the library.
struct Library<'a> {
    table: &'a Table,
    row: &'a Row,
}

impl Library<'_> {
    fn lever(&self, problems: &mut Problems) -> LeverFile {
        let mut number =
            |name: &str, least: f64, most: f64| self.range(name, least, most, problems);
        let numbers = [
            number("lag", 0.0, MOST_MONTHS),
            number("ramp", 0.0, MOST_MONTHS),
            number("reach", 0.0, 1.0),
            number("effect", -1.0, 1.0),
            number("starts", -MOST, MOST),
            number("onward", 0.0, 1.0),
            number("cost_a_year", -MOST, MOST),
            number("cost_a_person", -MOST, MOST),
            number("cost_a_reached", -MOST, MOST),
            number("staff", 0.0, MOST_STAFF),
        ];
        let [
            lag,
            ramp,
            reach,
            effect,
            starts,
            onward,
            cost_a_year,
            cost_a_person,
            cost_a_reached,
            staff,
        ] = numbers;
        let place = self.table.source.line(self.row.line);
        LeverFile {
            name: self.text("lever"),
            label: self.text("label").map(|label| label.value),
            kind: self.choice("kind", &Kind::names(), problems),
            services: self.list("services"),
            conditions: self.list("conditions"),
            groups: self.list("groups"),
            strata: self.list("strata"),
            by_need: self.text("by_need"),
            to: self.text("to"),
            start: None,
            lag,
            ramp,
            reach,
            effect,
            starts,
            onward,
            cost_a_year,
            cost_a_person,
            cost_a_reached,
            staff,
            recruitment: self.parsed("recruitment", "whole months such as 6", problems),
            price_year: self.parsed("price_year", "a year such as 2021", problems),
            level: self.choice("level", &Level::NAMES, problems),
            source: self.text("source").map(|source| source.value),
            grade: self.parsed("grade", "A, B, C or D; of two, such as A/C, the lower", problems),
            note: self.text("note").map(|note| note.value),
            agreed_with: None,
            bundle: self.text("bundle"),
            library: Some(place.clone()),
            place,
        }
    }

    fn text(&self, name: &str) -> Option<Read<String>> {
        let column = self.table.column(name)?;
        let value = self.row.cell(column).to_owned();
        (!value.is_empty()).then(|| Read { value, place: self.table.place(self.row, column) })
    }

    fn list(&self, name: &str) -> Option<Vec<Read<String>>> {
        let Read { value, place } = self.text(name)?;
        let part = |part: &str| Read { value: part.trim().to_owned(), place: place.clone() };
        Some(value.split(';').map(part).collect())
    }

    fn parsed<T: FromStr>(&self, name: &str, allowed: &str, problems: &mut Problems) -> Option<T> {
        let Read { value, place } = self.text(name)?;
        let parsed = value.parse().ok();
        if parsed.is_none() {
            let problem = Problem::error(place, format!("not a `{name}`"));
            problems.push(problem.read(value).allowed(allowed));
        }
        parsed
    }

    fn choice<T: Copy>(
        &self,
        name: &str,
        names: &[(&str, T)],
        problems: &mut Problems,
    ) -> Option<T> {
        let text = self.text(name)?;
        let found = names.iter().find(|(n, _)| *n == text.value).map(|(_, value)| *value);
        if found.is_none() {
            problems.push(
                Problem::error(text.place, format!("unknown `{name}`"))
                    .choose(&text.value, names.iter().map(|(n, _)| *n)),
            );
        }
        found
    }

    fn range(
        &self,
        name: &str,
        least: f64,
        most: f64,
        problems: &mut Problems,
    ) -> Option<Read<Uncertain>> {
        let middle = self.table.column(name)?;
        let mut cell = |column: Option<usize>| {
            column.and_then(|c| problems.take(self.table.number(self.row, c)).flatten())
        };
        let central = cell(Some(middle))?;
        let low = cell(self.table.column(&format!("{name}_low"))).unwrap_or(central);
        let high = cell(self.table.column(&format!("{name}_high"))).unwrap_or(central);
        let place = self.table.place(self.row, middle);
        let read = || {
            let [low, central, high] = [low, central, high].map(number_text);
            format!("low {low}, central {central}, high {high}")
        };
        if let Err((message, allowed)) = ordered(low, central, high) {
            problems.push(Problem::error(place.clone(), message).read(read()).allowed(allowed));
        } else if low < least || high > most {
            let message = format!("`{name}` is out of range");
            let problem = Problem::error(place.clone(), message).read(read());
            problems.push(problem.allowed(bounds_text(least, most)));
        }
        Some(Read { value: Uncertain::range(low, central, high).within(least, most), place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_sound() {
        let mut problems = Problems::default();
        let library = read_library(&builtin::levers(), &mut problems);
        assert_eq!(problems.errors(), 0, "{}", problems.render(false));
        for lever in &library {
            assert!(lever.kind.is_some(), "{}", lever.name());
            assert!(super::super::resolve::is_sound(lever.name()), "{}", lever.name());
            assert!(lever.grade.is_some(), "{} has no grade", lever.name());
            assert!(lever.source.is_some(), "{} has no source", lever.name());
            assert!(lever.level.is_some(), "{} has no level", lever.name());
        }
        assert!(library.len() >= 20);
    }
}
