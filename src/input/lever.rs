//! `[[lever]]` tables of scenario files and the library of levers, to validated levers.
//!
//! `preset = "vcse-hub"` takes a lever of the library; keys beside it override the library's. A
//! lever with no effect size is refused until one is given, in the file or by
//! `--set lever.NAME.effect=…`.

use super::builtin;
use super::document::{Keys, Read, bounds_text, ordered};
use super::table::{Row, Table};
use crate::diagnostics::{Place, Problem, Problems, Source};
use crate::draw::Uncertain;
use crate::month::Month;
use crate::study::figures::{Basis, Figure, FigureId, Figures, Grade, Origin};
use crate::study::lever::{Action, Level, Lever, People};
use crate::study::pack::{Pack, same_name};
use crate::study::scenario::Scenario;

/// The kinds of lever.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Divert,
    Prevent,
    HelpSeeking,
    Threshold,
    Shorten,
    Capacity,
}

impl Kind {
    const NAMES: [(&'static str, Self); 6] = [
        ("divert", Self::Divert),
        ("prevent", Self::Prevent),
        ("help-seeking", Self::HelpSeeking),
        ("threshold", Self::Threshold),
        ("shorten", Self::Shorten),
        ("capacity", Self::Capacity),
    ];

    /// The key of its size, and the least and greatest value.
    const fn size(self) -> (&'static str, f64, f64) {
        match self {
            Self::Divert => ("effect", 0.0, 1.0),
            Self::Capacity => ("starts", -MOST, MOST),
            _ => ("effect", -1.0, 1.0),
        }
    }

    const fn is_of_people(self) -> bool {
        matches!(self, Self::Prevent | Self::HelpSeeking)
    }
}

/// More than any lever adds or costs.
const MOST: f64 = 1e12;
/// The longest lag or ramp, in months.
const MOST_MONTHS: f64 = 240.0;

/// One lever as written, in a scenario or in the library.
#[derive(Clone, Debug)]
pub struct LeverFile {
    name: Option<Read<String>>,
    label: Option<String>,
    kind: Option<Kind>,
    services: Option<Vec<Read<String>>>,
    conditions: Option<Vec<Read<String>>>,
    groups: Option<Vec<Read<String>>>,
    strata: Option<Vec<Read<String>>>,
    to: Option<Read<String>>,
    start: Option<Read<Month>>,
    lag: Option<Read<Uncertain>>,
    ramp: Option<Read<Uncertain>>,
    reach: Option<Read<Uncertain>>,
    effect: Option<Read<Uncertain>>,
    starts: Option<Read<Uncertain>>,
    cost_a_year: Option<Read<Uncertain>>,
    cost_a_person: Option<Read<Uncertain>>,
    price_year: Option<usize>,
    level: Option<Level>,
    source: Option<String>,
    grade: Option<Grade>,
    note: Option<String>,
    place: Place,
    /// Where the preset stands in the library.
    library: Option<Place>,
}

/// Reads one `[[lever]]`, the `index`-th of its file.
pub fn read_lever(index: usize, keys: &Keys<'_>) -> LeverFile {
    let preset = keys.text("preset");
    let kind = keys.choice("kind", &Kind::NAMES).map(|kind| kind.value);
    let text = |key| keys.text(key).map(|text| text.value);
    let own = LeverFile {
        name: keys.text("name"),
        label: text("label"),
        kind,
        services: keys.texts("services"),
        conditions: keys.texts("conditions"),
        groups: keys.texts("groups"),
        strata: keys.texts("strata"),
        to: keys.text("to"),
        start: keys.month("start"),
        lag: keys.uncertain("lag", 0.0, MOST_MONTHS),
        ramp: keys.uncertain("ramp", 0.0, MOST_MONTHS),
        reach: keys.uncertain("reach", 0.0, 1.0),
        effect: keys.uncertain("effect", -1.0, 1.0),
        starts: keys.uncertain("starts", -MOST, MOST),
        cost_a_year: keys.uncertain("cost_a_year", -MOST, MOST),
        cost_a_person: keys.uncertain("cost_a_person", -MOST, MOST),
        price_year: keys.whole("price_year", 1990..2101).map(|year| year.value),
        level: keys.choice("level", &Level::NAMES).map(|level| level.value),
        source: text("source"),
        grade: keys
            .choice("grade", &[("A", Grade::A), ("B", Grade::B), ("C", Grade::C), ("D", Grade::D)])
            .map(|grade| grade.value),
        note: text("note"),
        place: keys.place(),
        library: None,
    };
    if preset.is_none() && !keys.has("preset") && !keys.has("kind") {
        keys.missing("kind", "kind = \"divert\", or preset = \"vcse-hub\"");
    }
    let mut lever = match preset.and_then(|preset| from_library(&preset, keys)) {
        Some(preset) => own.over(preset),
        None => own,
    };
    if lever.name.is_none() {
        let value = format!("lever-{}", index + 1);
        lever.name = Some(Read { value, place: lever.place.clone() });
    }
    lever
}

fn from_library(preset: &Read<String>, keys: &Keys<'_>) -> Option<LeverFile> {
    let found = find(&preset.value);
    if found.is_none() {
        let names = names();
        keys.problem(
            Problem::error(preset.place.clone(), "unknown preset")
                .choose(&preset.value, names.iter().map(String::as_str)),
        );
    }
    found
}

/// The lever `name` of the library.
pub fn find(name: &str) -> Option<LeverFile> {
    library().into_iter().find(|lever| lever.name.as_ref().is_some_and(|n| n.value == name))
}

/// The names of the library's levers.
pub fn names() -> Vec<String> {
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
    /// How good its source is.
    pub grade: Option<Grade>,
    /// Where its figures come from.
    pub source: String,
    /// What a reader should know.
    pub note: String,
}

/// The library in the order of its file.
pub fn listing() -> Vec<Listed> {
    let listed = |lever: LeverFile| Listed {
        name: lever.name().to_owned(),
        kind: lever.kind.map_or("", kind_name),
        level: lever.level,
        effect: lever.effect.or(lever.starts).map(|effect| effect.value.central),
        grade: lever.grade,
        label: lever.label.unwrap_or_default(),
        source: lever.source.unwrap_or_default(),
        note: lever.note.unwrap_or_default(),
    };
    library().into_iter().map(listed).collect()
}

/// The whole library; its file is compiled in and tested, so its problems are none of the user's.
fn library() -> Vec<LeverFile> {
    read_library(&builtin::levers(), &mut Problems::default())
}

/// Reads a library: a row a lever, several names in one cell apart by `;`, ranges as three columns
/// (`effect_low,effect,effect_high`).
pub fn read_library(source: &Source, problems: &mut Problems) -> Vec<LeverFile> {
    const TEXTS: [&str; 13] = [
        "lever",
        "label",
        "kind",
        "level",
        "services",
        "conditions",
        "groups",
        "to",
        "price_year",
        "source",
        "grade",
        "note",
        "tags",
    ];
    const NUMBERS: [&str; 7] =
        ["lag", "ramp", "reach", "effect", "starts", "cost_a_year", "cost_a_person"];
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
            number("cost_a_year", -MOST, MOST),
            number("cost_a_person", -MOST, MOST),
        ];
        let [lag, ramp, reach, effect, starts, cost_a_year, cost_a_person] = numbers;
        let place = self.table.source.line(self.row.line);
        LeverFile {
            name: self.text("lever"),
            label: self.text("label").map(|label| label.value),
            kind: self.choice("kind", &Kind::NAMES, problems),
            services: self.list("services"),
            conditions: self.list("conditions"),
            groups: self.list("groups"),
            strata: None,
            to: self.text("to"),
            start: None,
            lag,
            ramp,
            reach,
            effect,
            starts,
            cost_a_year,
            cost_a_person,
            price_year: self.text("price_year").and_then(|year| year.value.parse().ok()),
            level: self.choice("level", &Level::NAMES, problems),
            source: self.text("source").map(|source| source.value),
            grade: self.text("grade").and_then(|grade| grade.value.parse().ok()),
            note: self.text("note").map(|note| note.value),
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
        if let Err((message, allowed)) = ordered(low, central, high) {
            problems.push(Problem::error(place.clone(), message).allowed(allowed));
        }
        if low < least || high > most {
            problems.push(
                Problem::error(place.clone(), "out of range").allowed(bounds_text(least, most)),
            );
        }
        Some(Read { value: Uncertain::range(low, central, high).within(least, most), place })
    }
}

impl LeverFile {
    /// Its name.
    pub fn name(&self) -> &str {
        self.name.as_ref().map_or("", |name| &name.value)
    }

    /// These keys over those of a preset.
    fn over(self, preset: Self) -> Self {
        Self {
            name: self.name.or(preset.name),
            label: self.label.or(preset.label),
            kind: self.kind.or(preset.kind),
            services: self.services.or(preset.services),
            conditions: self.conditions.or(preset.conditions),
            groups: self.groups.or(preset.groups),
            strata: self.strata.or(preset.strata),
            to: self.to.or(preset.to),
            start: self.start.or(preset.start),
            lag: self.lag.or(preset.lag),
            ramp: self.ramp.or(preset.ramp),
            reach: self.reach.or(preset.reach),
            effect: self.effect.or(preset.effect),
            starts: self.starts.or(preset.starts),
            cost_a_year: self.cost_a_year.or(preset.cost_a_year),
            cost_a_person: self.cost_a_person.or(preset.cost_a_person),
            price_year: self.price_year.or(preset.price_year),
            level: self.level.or(preset.level),
            source: self.source.or(preset.source),
            grade: self.grade.or(preset.grade),
            note: self.note.or(preset.note),
            place: self.place,
            library: preset.library,
        }
    }
}

/// Joins levers with a pack and registers their numbers under `scenario`, which starts in `start`.
pub fn resolve(
    files: &[LeverFile],
    (scenario, start): (&str, Month),
    pack: &Pack,
    figures: &mut Figures,
    problems: &mut Problems,
) -> Vec<Lever> {
    let mut levers: Vec<Lever> = Vec::new();
    for (index, file) in files.iter().enumerate() {
        if files[..index].iter().any(|earlier| earlier.name() == file.name()) {
            problems.push(
                Problem::error(file.place.clone(), "two levers have the same name")
                    .read(file.name())
                    .suggest(format!("name = \"{}-2\"", file.name())),
            );
            continue;
        }
        if !is_sound(file.name()) {
            problems.push(
                Problem::error(file.place.clone(), "not a name for a lever")
                    .read(file.name())
                    .allowed("letters, digits, `-` and `_`; a label may hold anything")
                    .suggest("name = \"vcse-hub\""),
            );
            continue;
        }
        let mut resolver = Resolver { file, scenario, pack, figures, problems };
        levers.extend(resolver.lever(start));
    }
    levers
}

fn is_sound(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

struct Resolver<'a> {
    file: &'a LeverFile,
    scenario: &'a str,
    pack: &'a Pack,
    figures: &'a mut Figures,
    problems: &'a mut Problems,
}

impl Resolver<'_> {
    fn lever(&mut self, start: Month) -> Option<Lever> {
        let file = self.file;
        let errors = self.problems.errors();
        let kind = file.kind?;
        let action = self.action(kind);
        let (key, least, most) = kind.size();
        let wrong = if kind == Kind::Capacity {
            ("effect", &file.effect)
        } else {
            ("starts", &file.starts)
        };
        if let Some(read) = wrong.1 {
            self.problems.push(
                Problem::error(
                    read.place.clone(),
                    format!("a lever of kind {} has no `{}`", kind_name(kind), wrong.0),
                )
                .suggest(format!("{key} = {}", read.value.central)),
            );
        }
        let size = if kind == Kind::Capacity { &file.starts } else { &file.effect };
        if let Some(read) = size
            && [read.value.low, read.value.high].iter().any(|v| !(least..=most).contains(v))
        {
            self.problems.push(
                Problem::error(read.place.clone(), format!("`{key}` is out of range"))
                    .read(read.value.central.to_string())
                    .allowed(format!("{} for {}", bounds_text(least, most), kind_name(kind))),
            );
        }
        // The bounds of its kind hold in every draw: a diversion never turns round.
        let size = size.clone().map(|read| Read { value: read.value.within(least, most), ..read });
        let missing = Uncertain::point(f64::NAN).within(least, most);
        let effect = self.put(key, size.as_ref(), missing);
        let lever = Lever {
            name: file.name().to_owned(),
            label: file.label.clone().unwrap_or_else(|| file.name().to_owned()),
            action: action?,
            strata: file.strata.iter().flatten().map(|stratum| stratum.value.clone()).collect(),
            level: file.level,
            start: file.start.as_ref().map_or(start, |start| start.value),
            lag: self.put("lag", file.lag.as_ref(), months(0.0)),
            ramp: self.put("ramp", file.ramp.as_ref(), months(0.0)),
            reach: self.put("reach", file.reach.as_ref(), Uncertain::point(1.0).within(0.0, 1.0)),
            effect,
            cost_a_year: self.optional("cost_a_year", file.cost_a_year.as_ref()),
            cost_a_person: self.optional("cost_a_person", file.cost_a_person.as_ref()),
            price_year: file.price_year,
        };
        (self.problems.errors() == errors).then_some(lever)
    }

    fn action(&mut self, kind: Kind) -> Option<Action> {
        let file = self.file;
        let of_services = [("services", &file.services)];
        let of_people = [("groups", &file.groups), ("conditions", &file.conditions)];
        let unused: &[_] = if kind.is_of_people() { &of_services } else { &of_people };
        for (key, list) in unused {
            let Some(first) = list.iter().flatten().next() else { continue };
            let (wanted, advice) = if kind.is_of_people() {
                ("groups and conditions", "take it out, or use kind = \"divert\"")
            } else {
                ("services", "take it out, and put its share of the flow into `reach`")
            };
            let message = format!("{} acts on {wanted}, not on {key}", kind_name(kind));
            self.problems.push(
                Problem::error(first.place.clone(), message).read(&first.value).suggest(advice),
            );
        }
        if let Some(to) = &file.to
            && kind != Kind::Divert
        {
            let message = format!("`to` means nothing for {}", kind_name(kind));
            self.problems.push(Problem::error(to.place.clone(), message).read(&to.value));
        }
        Some(match kind {
            Kind::Prevent => Action::Prevent(self.people()),
            Kind::HelpSeeking => Action::HelpSeeking(self.people()),
            Kind::Threshold => Action::Threshold(self.services()?),
            Kind::Shorten => Action::Shorten(self.services()?),
            Kind::Capacity => Action::Capacity(self.services()?),
            Kind::Divert => {
                let (from, to) = (self.services(), self.to());
                let (from, to) = (from?, to?);
                if from.contains(&to) {
                    let place = file.to.as_ref().map_or(&file.place, |to| &to.place);
                    self.problems.push(
                        Problem::error(place.clone(), "a service can't be diverted to itself")
                            .read(&self.pack.services[to].id),
                    );
                }
                Action::Divert { from, to }
            }
        })
    }

    fn people(&mut self) -> People {
        let (file, pack) = (self.file, self.pack);
        let named = |list: &Option<Vec<Read<String>>>,
                     what: &str,
                     names: &[(&str, &str)],
                     problems: &mut Problems| {
            let mut found = Vec::new();
            for read in list.iter().flatten() {
                let at = names.iter().position(|(id, label)| {
                    same_name(id, &read.value) || same_name(label, &read.value)
                });
                if at.is_none() {
                    problems.push(
                        Problem::error(read.place.clone(), format!("unknown {what}"))
                            .choose(&read.value, names.iter().map(|(id, _)| *id)),
                    );
                }
                found.extend(at);
            }
            found
        };
        let groups: Vec<_> =
            pack.groups.iter().map(|g| (g.id.as_str(), g.label.as_str())).collect();
        let conditions: Vec<_> =
            pack.conditions.iter().map(|c| (c.id.as_str(), c.label.as_str())).collect();
        People {
            groups: named(&file.groups, "group", &groups, self.problems),
            conditions: named(&file.conditions, "condition", &conditions, self.problems),
        }
    }

    /// The services it names, totals as their members.
    fn services(&mut self) -> Option<Vec<usize>> {
        let Some(names) = &self.file.services else {
            self.missing("services", "services = [\"camhs\"]");
            return None;
        };
        if names.is_empty() {
            self.missing("services", "services = [\"camhs\"]");
        }
        let mut list = Vec::new();
        for name in names {
            let Some(service) = self.service(name) else { continue };
            let members = &self.pack.services[service].members;
            list.extend(if members.is_empty() { vec![service] } else { members.clone() });
        }
        list.sort_unstable();
        list.dedup();
        (!list.is_empty()).then_some(list)
    }

    fn to(&mut self) -> Option<usize> {
        let Some(to) = &self.file.to else {
            self.missing("to", "to = \"vcse\"");
            return None;
        };
        let service = self.service(to)?;
        if self.pack.services[service].is_total() {
            self.problems.push(
                Problem::error(to.place.clone(), "a total takes no referrals of its own")
                    .read(&to.value)
                    .allowed("one of the services it sums"),
            );
            return None;
        }
        Some(service)
    }

    fn service(&mut self, name: &Read<String>) -> Option<usize> {
        let found = self.pack.service(&name.value);
        if found.is_none() {
            self.problems.push(
                Problem::error(name.place.clone(), "unknown service")
                    .choose(&name.value, self.pack.service_names()),
            );
        }
        found
    }

    fn missing(&mut self, key: &str, example: &str) {
        let message = format!("the lever `{}` has no `{key}`", self.file.name());
        self.problems.push(Problem::error(self.file.place.clone(), message).suggest(example));
    }

    fn optional(&mut self, key: &str, read: Option<&Read<Uncertain>>) -> Option<FigureId> {
        read.map(|read| self.put(key, Some(read), read.value))
    }

    fn put(&mut self, key: &str, read: Option<&Read<Uncertain>>, default: Uncertain) -> FigureId {
        let file = self.file;
        let is_own = read.is_some_and(|read| {
            file.library.as_ref().is_none_or(|library| library.file != read.place.file)
        });
        let basis = if is_own { Basis::Scenario(self.scenario.to_owned()) } else { Basis::Default };
        let place = read.map_or(&file.place, |read| &read.place);
        self.figures.put(Figure {
            key: format!("lever.{}.{key}", file.name()),
            scenario: Some(self.scenario.to_owned()),
            number: read.map_or(default, |read| read.value),
            origin: Origin {
                basis,
                place: place.text(),
                unit: unit(key, file.price_year),
                source: file.source.clone().unwrap_or_else(|| "scenario".to_owned()),
                grade: file.grade.unwrap_or(Grade::D),
                as_of: String::new(),
                note: file.note.clone().unwrap_or_default(),
            },
        })
    }
}

fn months(value: f64) -> Uncertain {
    Uncertain::point(value).within(0.0, MOST_MONTHS)
}

fn unit(key: &str, price_year: Option<usize>) -> String {
    let prices = || price_year.map_or_else(String::new, |year| format!(", {year} prices"));
    match key {
        "lag" | "ramp" => "months".to_owned(),
        "starts" => "starts a month".to_owned(),
        "cost_a_year" => format!("pounds a year{}", prices()),
        "cost_a_person" => format!("pounds a person helped{}", prices()),
        _ => "share".to_owned(),
    }
}

fn kind_name(kind: Kind) -> &'static str {
    Kind::NAMES.iter().find(|(_, k)| *k == kind).map_or("", |(name, _)| name)
}

/// Refuses levers that nobody gave an effect size, with the line to add.
pub fn check_sizes(scenarios: &[Scenario], figures: &Figures, problems: &mut Problems) {
    let mut told: Vec<(&str, &str)> = Vec::new();
    for lever in scenarios.iter().flat_map(|scenario| &scenario.levers) {
        let figure = figures.get(lever.effect);
        let at = (lever.name.as_str(), figure.origin.place.as_str());
        if !figure.number.central.is_nan() || told.contains(&at) {
            continue;
        }
        told.push(at);
        let (line, value) = match lever.action {
            Action::Capacity(_) => {
                ("starts = { low = 50, central = 100, high = 150 }", "50,100,150")
            }
            _ => ("effect = { low = 0.05, central = 0.10, high = 0.15 }", "0.05,0.10,0.15"),
        };
        let place = Source::new(figure.origin.place.clone(), "").whole();
        problems.push(
            Problem::error(place, format!("the lever `{}` has no effect size", lever.name))
                .read(format!("{}, grade {}", figure.origin.source, figure.origin.grade))
                .allowed("your own figure; nobody has published one that would hold here")
                .suggest(format!(
                    "{line}   # in [[lever]], your own numbers; or --set {}={value}",
                    figure.key
                )),
        );
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
            assert!(is_sound(lever.name()), "{}", lever.name());
            assert!(lever.grade.is_some(), "{} has no grade", lever.name());
            assert!(lever.source.is_some(), "{} has no source", lever.name());
            assert!(lever.level.is_some(), "{} has no level", lever.name());
        }
        assert!(library.len() >= 20);
    }
}
