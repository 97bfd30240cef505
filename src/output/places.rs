//! Areas that are built in, as one screen of a terminal and as JSON.

use std::fmt::Write as _;

use comfy_table::CellAlignment;
use serde::Serialize;

use super::terminal::new_table;
use super::words::{paragraph, thousands};
use crate::input::registry::{Published, Registry};
use crate::month::Month;
use crate::study::place::{AGES, FIFTHS, Kind, Nation, Place, Residents, Succession};

/// As many lines as fit a screen.
const LINES: usize = 22;

/// Whether a text is the code of an area, and so of no other.
pub fn is_code(registry: &Registry, text: &str) -> bool {
    registry.place(text).is_some()
}

/// What there is, by nation and kind.
pub fn summary(registry: &Registry) -> String {
    let mut table = new_table();
    table.set_header(vec!["Nation", "Areas", "", "Such as", "Residents", "Baselines"]);
    for (_, nation) in Nation::NAMES {
        for (name, kind) in Kind::NAMES {
            let of = |place: &&Place| place.kind == kind && place.nation == nation;
            let all: Vec<&Place> = registry.places.iter().filter(of).collect();
            let Some(first) = all.first() else { continue };
            let sized = all.iter().filter(|p| registry.population(&p.id).is_some()).count();
            let with = all.iter().filter(|p| !lines(registry, &p.id).is_empty()).count();
            table.add_row(vec![
                nation.name().to_owned(),
                all.len().to_string(),
                name.to_owned(),
                first.id.clone(),
                sized.to_string(),
                with.to_string(),
            ]);
        }
    }
    for column in [1, 4, 5] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let words = "`--area` takes a code of any year, a name or part of one, all-icb, all-sub-icb, \
                 all-health-board or region:NAME; a board is projected with its places. Baselines \
                 counts areas with series as published; every other line of an area of England is \
                 England's, split by its residents' age and deprivation and marked `derived`.";
    format!("{}\n\n{}", table.trim_fmt(), paragraph(words))
}

/// Some areas: one of them whole, several a line each.
pub fn listing(registry: &Registry, places: &[&Place]) -> String {
    if let [only] = places {
        return one(registry, only);
    }
    // Long names take several lines.
    let fitting = |shown: usize| of_several(registry, &places[..shown]).lines().count() <= LINES;
    let shown = (1..=places.len().min(LINES)).rev().find(|shown| fitting(*shown)).unwrap_or(0);
    let mut text = of_several(registry, &places[..shown]);
    if places.len() > shown {
        let _ = writeln!(text, "and {} more: name them closer", places.len() - shown);
    }
    text
}

fn of_several(registry: &Registry, places: &[&Place]) -> String {
    let mut table = new_table();
    table.set_header(vec!["Area", "Name", "Kind", "Part of", "Residents", "What became of it"]);
    for place in places {
        table.add_row(vec![
            place.id.clone(),
            place.name.clone(),
            place.kind.name().to_owned(),
            place.part_of.clone().unwrap_or_default(),
            registry.population(&place.id).map_or_else(|| "-".to_owned(), thousands),
            fate(registry, place),
        ]);
    }
    if let Some(column) = table.column_mut(4) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("{}\n", table.trim_fmt())
}

/// What became of an area, or nothing.
fn fate(registry: &Registry, place: &Place) -> String {
    let own = registry.successors(&place.id).filter(|next| next.successor != place.id);
    let words = own.map(|next| {
        let share = match next.share {
            Some(share) if share < 1.0 => format!("{:.1}% ", share * 100.0),
            Some(_) => String::new(),
            None => "a part ".to_owned(),
        };
        format!("{} {share}to {}", next.date, next.successor)
    });
    words.collect::<Vec<_>>().join("; ")
}

/// A series that is built in.
#[derive(Serialize)]
struct Series<'a> {
    service: &'a str,
    /// Its first month.
    from: Month,
    /// Its last.
    to: Month,
    /// The last month to which a part is split by residents.
    derived_to: Option<Month>,
}

/// Series as published.
fn lines<'a>(registry: &'a Registry, id: &str) -> Vec<Series<'a>> {
    let leaves = registry.leaves(id);
    let mut list: Vec<Series<'_>> = Vec::new();
    for kind in &registry.series {
        let of = |id: &str| {
            registry.series.iter().find(|one| one.area == id && one.service == kind.service)
        };
        if list.iter().any(|own| own.service == kind.service) {
            continue;
        }
        let parts: Option<Vec<&Published>> = match of(id) {
            Some(own) => Some(vec![own]),
            None => leaves.iter().map(|leaf| of(&leaf.id)).collect(),
        };
        let Some(parts) = parts else { continue };
        let from = parts.iter().map(|part| part.start).max();
        let to = parts.iter().map(|part| part.start.plus(part.values.len() as i32 - 1)).min();
        let derived_to = parts.iter().filter_map(|part| part.derived_to).max();
        if let Some((from, to)) = from.zip(to) {
            list.push(Series { service: &kind.service, from, to, derived_to });
        }
    }
    list
}

fn one(registry: &Registry, place: &Place) -> String {
    let mut text = paragraph(&format!(
        "{}: {}, {}{}",
        place.words(),
        place.kind.name(),
        place.nation.name(),
        if place.gss.is_empty() { String::new() } else { format!(", {}", place.gss.join(", ")) }
    ));
    let mut say = |words: String| text.push_str(&super::words::wrapped(&words, "  ", "    "));
    let dates = match (place.from, place.to) {
        (Some(from), Some(to)) => format!("From {from} to {to}."),
        (Some(from), None) => format!("Since {from}."),
        (None, Some(to)) => format!("To {to}."),
        (None, None) => String::new(),
    };
    if !dates.is_empty() {
        say(dates);
    }
    if let Some(whole) = place.part_of.as_deref().and_then(|id| registry.place(id)) {
        say(format!("Part of {}.", whole.words()));
    }
    let parts: Vec<String> = registry.children(&place.id).iter().map(|p| p.words()).collect();
    if !parts.is_empty() {
        say(format!("Made of {}.", parts.join("; ")));
    }
    let before: Vec<String> = registry
        .successions
        .iter()
        .filter(|next| next.successor == place.id && next.area != place.id)
        .map(|next| {
            let name = registry.place(&next.area).map_or_else(|| next.area.clone(), Place::words);
            match next.share {
                Some(share) if share < 1.0 => {
                    format!("{:.1}% of {name} ({})", share * 100.0, next.date)
                }
                Some(_) => format!("{name} ({})", next.date),
                None => format!("a part of {name} ({})", next.date),
            }
        })
        .collect();
    if !before.is_empty() {
        say(format!("Took in {}.", before.join("; ")));
    }
    let fate = fate(registry, place);
    if !fate.is_empty() {
        say(format!("Became: {fate}."));
    }
    match registry.population(&place.id) {
        Some(people) => say(format!("{} residents.", thousands(people))),
        None => say("Its residents are not known here.".to_owned()),
    }
    if let Some(residents) = registry.residents(&place.id) {
        say(of_residents(&residents));
    }
    let lines = lines(registry, &place.id);
    let words: Vec<String> = lines
        .iter()
        .map(|Series { service, from, to, derived_to }| {
            let split = derived_to
                .map_or_else(String::new, |last| format!(" (to {last} with a part by residents)"));
            format!("{service} {from} to {to}{split}")
        })
        .collect();
    let england = place.nation == Nation::England && place.kind != Kind::Ccg;
    match (words.is_empty(), england) {
        (false, true) => say(format!(
            "Baselines as published: {}. All others: England's, split by residents.",
            words.join("; ")
        )),
        (false, false) => say(format!("Baselines as published: {}.", words.join("; "))),
        (true, _) => say("No baseline of its own is built in.".to_owned()),
    }
    text
}

/// Shares by age, fifth and ethnic group.
fn of_residents(residents: &Residents) -> String {
    let total = residents.total();
    let share = |people: f64| format!("{:.0}%", 100.0 * people / total);
    let one = |wanted: bool| f64::from(u8::from(wanted));
    let ages = |from: u32, to: u32| {
        let within = |band: usize| AGES.get(band).is_some_and(|(a, b)| *a >= from && *b <= to);
        share(residents.weighted(|band| one(within(band)), |_| 1.0))
    };
    let fifths: Vec<String> =
        (0..FIFTHS).map(|q| share(residents.weighted(|_| 1.0, |at| one(at == q)))).collect();
    let [white, mixed, asian, black, other] = residents
        .ethnic
        .map(|people| format!("{:.0}%", 100.0 * people / residents.ethnic.iter().sum::<f64>()));
    format!(
        "Under 18 {}, 18 to 34 {}, 35 to 64 {}, 65 and over {}; fifths of deprivation, most \
         deprived first, {}; White {white}, mixed {mixed}, Asian {asian}, Black {black}, other \
         {other}.",
        ages(0, 17),
        ages(18, 34),
        ages(35, 64),
        ages(65, 99),
        fifths.join(", "),
    )
}

/// Areas as one document.
#[derive(Serialize)]
pub struct Document<'a> {
    areas: Vec<PlaceRead<'a>>,
}

#[derive(Serialize)]
struct PlaceRead<'a> {
    area: &'a str,
    name: &'a str,
    kind: &'static str,
    nation: Nation,
    part_of: Option<&'a str>,
    gss: &'a [String],
    from: Option<String>,
    to: Option<String>,
    residents: Option<f64>,
    baselines: Vec<Series<'a>>,
    successors: Vec<SuccessorRead<'a>>,
}

#[derive(Serialize)]
struct SuccessorRead<'a> {
    date: String,
    area: &'a str,
    share: Option<f64>,
    what: &'a str,
}

/// Areas with everything that is known of them.
pub fn document<'a>(registry: &'a Registry, places: &[&'a Place]) -> Document<'a> {
    let of = |place: &&'a Place| {
        let successor = |next: &'a Succession| SuccessorRead {
            date: next.date.to_string(),
            area: &next.successor,
            share: next.share,
            what: &next.what,
        };
        PlaceRead {
            area: &place.id,
            name: &place.name,
            kind: place.kind.name(),
            nation: place.nation,
            part_of: place.part_of.as_deref(),
            gss: &place.gss,
            from: place.from.map(|date| date.to_string()),
            to: place.to.map(|date| date.to_string()),
            residents: registry.population(&place.id),
            baselines: lines(registry, &place.id),
            successors: registry.successors(&place.id).map(successor).collect(),
        }
    };
    Document { areas: places.iter().map(of).collect() }
}
