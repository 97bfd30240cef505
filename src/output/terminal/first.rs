//! The first screen of a run: the answer in words, one table, and a line each on waits, who is hit,
//! how it did, what was changed, and where the rest is.

use std::collections::BTreeSet;

use comfy_table::Table;

use super::new_table;
use super::years::{self, families, of, that_matter, weight};
use crate::evaluate::observed::{self, seen};
use crate::output::words::{
    capital, count, counted, percent, percent_ends, range_ends, signed, thousands, wrapped,
};
use crate::output::{equity, provenance, waits};
use crate::projection::Projection;
use crate::projection::course::Period;
use crate::projection::line::FamilyResult;
use crate::projection::measure::Measure;
use crate::projection::quantiles::{Stats, Summariser};
use crate::study::Study;
use crate::study::area::AreaScale;
use crate::study::figures::{Basis, Figure};

/// Scenarios that have room for their ranges side by side.
const SIDE_BY_SIDE: usize = 3;

/// Scenarios that have room for their ranges below each other.
const RANGED: usize = 6;

/// Scenarios that have room for a line.
const MANY: usize = 12;

/// Areas of which more is said than a line a scenario.
const AREAS: usize = 8;

/// A run as it is without `--set`, on the same draws.
#[derive(Debug)]
pub struct Before {
    /// Its study.
    pub study: Study,
    /// What came of it.
    pub projections: Vec<Projection>,
}

/// The first screen, written area by area.
#[derive(Debug, Default)]
pub struct Screen {
    text: String,
    areas: usize,
}

impl Screen {
    /// Adds an area by its projections.
    pub fn add(&mut self, study: &Study, projections: &[Projection], before: Option<&Before>) {
        let own: Vec<&Projection> = projections.iter().collect();
        let Some(first) = own.first() else { return };
        // Parts of an area that is shown whole are in the tables.
        if self.areas == AREAS || study.areas[first.area].is_part {
            return;
        }
        self.areas += 1;
        let (families, text) = (families(study, first), &mut self.text);
        text.push_str(&title(study, first));
        if own.len() <= SIDE_BY_SIDE {
            for projection in &own {
                text.push_str(&sentence(study, projection, &families));
            }
        }
        if shown(study) > 1 && own.len() <= SIDE_BY_SIDE {
            return;
        }
        text.push_str(&table(study, &own, &families, before));
        text.push_str(&waits::line(study, &own, &families));
        text.push_str(&equity::line(study, &own));
        text.push_str(&how_it_did(study, &own, &families));
    }

    /// The whole of it.
    pub fn end(self, study: &Study) -> String {
        let mut text = self.text + &followed(study);
        if let Some(more @ 1..) = shown(study).checked_sub(AREAS) {
            text.push_str(&wrapped(&format!("And {more} more areas: summary.csv."), "", ""));
        }
        text.push_str(&changed(study));
        text + &provenance::baselines(study)
    }
}

/// How many areas are shown by themselves.
fn shown(study: &Study) -> usize {
    study.areas.iter().filter(|area| !area.is_part).count()
}

/// Whether there is room for what was before a change: beside the table of one area.
pub fn has_room(study: &Study) -> bool {
    shown(study) == 1 && study.scenarios.len() <= SIDE_BY_SIDE
}

fn title(study: &Study, projection: &Projection) -> String {
    let scenario = &study.scenarios[projection.scenario];
    let text = |draws: &str| {
        format!(
            "{}, {} from {}: extra demand{draws}",
            study.areas[projection.area].name,
            counted(scenario.months, "month"),
            scenario.start.short()
        )
    };
    if study.draws.count <= 1 {
        return wrapped(&text(""), "", "  ");
    }
    // A long name of an area leaves room for fewer words of the range.
    let whole = wrapped(&text(" (5th to 95th percentile)"), "", "  ");
    if whole.lines().count() == 1 { whole } else { wrapped(&text(" (5th to 95th)"), "", "  ") }
}

/// The family and year furthest above the usual; if none is above it, furthest below.
fn sentence(study: &Study, projection: &Projection, families: &[usize]) -> String {
    let name = study.scenarios[projection.scenario].name.to_lowercase();
    let years = years::all(study, &[projection]);
    let of_family = |family: usize| {
        let result = of(projection, family)?;
        let totals = years.iter().filter_map(|year| result.course.period(*year));
        Some(totals.map(move |total| (result, total)))
    };
    let totals: Vec<_> =
        families.iter().filter_map(|family| of_family(*family)).flatten().collect();
    let above = totals.iter().filter(|(_, total)| total.extra.median() > 0.0);
    let furthest = |a: &&(_, _), b: &&(_, _)| -> std::cmp::Ordering {
        let (a, b): (&(&FamilyResult, &crate::projection::course::PeriodTotal), &(_, _)) = (a, b);
        weight(a.1).total_cmp(&weight(b.1))
    };
    // A fall that is larger than any rise comes first.
    let all = totals.iter().max_by(furthest);
    let is_fall = all.is_some_and(|(_, total)| total.extra.median() < 0.0);
    let found = if is_fall && families.len() == 1 { all } else { above.max_by(furthest).or(all) };
    let Some((family, total)) = found else { return String::new() };
    let label = &study.pack.families[family.family].label;
    let (median, word) = match total.extra.median() {
        extra if extra < 0.0 => (-extra, "fewer"),
        extra => (extra, "more"),
    };
    let share = total.extra_share.as_ref().map_or_else(String::new, |share| {
        let ends = if study.draws.count > 1 {
            format!(" ({})", percent_ends(share))
        } else {
            String::new()
        };
        format!(", {}{ends}", percent(share.median()))
    });
    let text = format!(
        "If {name}: {} {word} {label} {} in {}{share}.",
        count(median),
        family.unit.plural(),
        year_name(total.period)
    );
    wrapped(&text, "", "  ")
}

fn year_name(period: Period) -> String {
    match period {
        Period::Financial(year) => year.to_string(),
        other => other.name(),
    }
}

/// `+221k (130 to 350k)`.
fn cell(study: &Study, stats: &Stats) -> String {
    if study.draws.count > 1 {
        format!("{} ({})", signed(stats.median()), range_ends(stats))
    } else {
        signed(stats.median())
    }
}

/// A row for each family, its years below it, and a column for each scenario; of many scenarios a
/// row for each, and a column for each family.
fn table(
    study: &Study,
    projections: &[&Projection],
    families: &[usize],
    before: Option<&Before>,
) -> String {
    let mut table = new_table();
    if projections.len() > SIDE_BY_SIDE {
        many(&mut table, study, projections, families);
    } else {
        few(&mut table, study, projections, families, before);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 1));
    }
    table.trim_fmt() + "\n"
}

/// A row for each family and year. Beside one scenario there is room for the month furthest above the
/// usual; beside several it is in a row of its own, as is the change from what was.
fn few(
    table: &mut Table,
    study: &Study,
    projections: &[&Projection],
    families: &[usize],
    before: Option<&Before>,
) {
    let years = that_matter(study, projections, families);
    let earlier = |p: &Projection| before.and_then(|before| was(before, p));
    let name = |p: &Projection| study.scenarios[p.scenario].name.clone();
    let mut columns: Vec<(String, &Projection)> =
        projections.iter().map(|p| (name(p), *p)).collect();
    if let [only] = projections {
        columns.extend(earlier(only).map(|was| ("As it was".to_owned(), was)));
    }
    let most = |p: &Projection, family: usize| {
        let month = |t: usize| study.scenarios[p.scenario].start.plus(t as i32).short();
        of(p, family).map_or_else(String::new, |found| month(found.course.peak.t))
    };
    let value = |p: &Projection, family: usize, year: Period| {
        let total = of(p, family).and_then(|found| found.course.period(year));
        total.map_or_else(String::new, |total| cell(study, &total.extra))
    };
    let heads = columns.iter().map(|(head, _)| head.clone());
    if let [(head, only)] = columns.as_slice() {
        table.set_header(["", "", head, "Most above usual"]);
        for (&family, (index, year)) in
            families.iter().flat_map(|family| years.iter().enumerate().map(move |y| (family, y)))
        {
            let (label, month) = match index {
                0 => (study.pack.families[family].label.as_str(), most(only, family)),
                _ => ("", String::new()),
            };
            table.add_row([label, &year_name(*year), &value(only, family, *year), &month]);
        }
        return;
    }
    table.set_header(std::iter::once(String::new()).chain(heads));
    for &family in families {
        let first = |at: usize, p: &Projection| match (before, earlier(p)) {
            (None, _) => format!("most in {}", most(p, family)),
            (Some(_), Some(was)) if at < projections.len() => {
                changed_by(study, p, was, family, projections.len() == 1).unwrap_or_default()
            }
            _ => String::new(),
        };
        let label = study.pack.families[family].label.clone();
        let firsts = columns.iter().enumerate().map(|(at, (_, p))| first(at, p));
        table.add_row(std::iter::once(label).chain(firsts));
        for year in &years {
            let cells = columns.iter().map(|(_, p)| value(p, family, *year));
            table.add_row(std::iter::once(format!("  {}", year_name(*year))).chain(cells));
        }
    }
}

/// By how much the referrals of a family over the horizon differ from what they were, draw by draw;
/// with its range where there is room.
fn changed_by(
    study: &Study,
    own: &Projection,
    was: &Projection,
    family: usize,
    has_range: bool,
) -> Option<String> {
    let draws = |p: &Projection| {
        let found = of(p, family)?.course.draws.iter();
        found.clone().find(|(measure, _)| *measure == Measure::Referrals).map(|(_, d)| d.clone())
    };
    let (own, was) = (draws(own)?, draws(was)?);
    let change = own.iter().zip(&was).map(|(own, was)| own - was);
    let change = Summariser::default().stats(change);
    Some(match change.median() {
        _ if change == Stats::point(0.0) => "unchanged".to_owned(),
        _ if has_range => format!("by {} in all", cell(study, &change)),
        median => format!("by {} in all", signed(median)),
    })
}

/// The same scenario and area before the change.
fn was<'a>(before: &'a Before, projection: &Projection) -> Option<&'a Projection> {
    let same = |p: &&Projection| p.scenario == projection.scenario && p.area == projection.area;
    before.projections.iter().find(same)
}

fn many(table: &mut Table, study: &Study, projections: &[&Projection], families: &[usize]) {
    let years: Vec<(usize, Period)> = families
        .iter()
        .filter_map(|&family| Some((family, furthest_year(study, projections, family)?)))
        .collect();
    let head = |(family, year): &(usize, Period)| {
        format!("{} {}", study.pack.families[*family].label, year_name(*year))
    };
    table.set_header(std::iter::once(String::new()).chain(years.iter().map(head)));
    // So many have a line each, without ranges; more are counted.
    let has_ranges = study.draws.count > 1 && projections.len() <= RANGED;
    for projection in projections.iter().take(MANY) {
        let scenario = &study.scenarios[projection.scenario];
        let cells = years.iter().map(|(family, year)| {
            let found = of(projection, *family)
                .and_then(|result| Some((result, result.course.period(*year)?)));
            let Some((result, total)) = found else { return String::new() };
            let month = scenario.start.plus(result.course.peak.t as i32).short();
            let median = signed(total.extra.median());
            if has_ranges {
                format!("{median} {month}\n{}", range_ends(&total.extra))
            } else {
                format!("{median} {month}")
            }
        });
        let cells: Vec<String> = cells.collect();
        table.add_row(std::iter::once(scenario.name.clone()).chain(cells));
    }
    if let Some(more @ 1..) = projections.len().checked_sub(MANY) {
        table.add_row([format!("{more} more: summary.csv")]);
    }
}

/// The financial year in which a family is furthest from the usual in any scenario.
fn furthest_year(study: &Study, projections: &[&Projection], family: usize) -> Option<Period> {
    let most = |year: &Period| {
        let of_year = |p: &&Projection| Some(weight(of(p, family)?.course.period(*year)?));
        projections.iter().filter_map(of_year).fold(0.0, f64::max)
    };
    years::all(study, projections).into_iter().max_by(|a, b| most(a).total_cmp(&most(b)))
}

/// Whether the baseline of a family was never counted by month.
fn is_spread(study: &Study, projection: &Projection, family: usize) -> bool {
    let start = study.scenarios[projection.scenario].start;
    let Some(result) = of(projection, family) else { return false };
    let months = observed::months(study, projection.area, result);
    let mut before = months.iter().filter(|(month, ..)| *month < start).peekable();
    before.peek().is_some() && before.all(|(_, _, derived)| *derived)
}

/// How the scenario that came closest did where months were counted, and which families have months
/// that never were.
fn how_it_did(study: &Study, projections: &[&Projection], families: &[usize]) -> String {
    // Central values have no range that months could lie in.
    let has_ranges = study.draws.count > 1;
    let of_scenario = |projection: &&Projection| {
        let of_family = |family: &usize| {
            let result = of(projection, *family)?;
            Some((*family, seen(study, projection, result)?))
        };
        let seen: Vec<_> = families.iter().filter(|_| has_ranges).filter_map(of_family).collect();
        let months: usize = seen.iter().map(|(_, seen)| seen.months).sum();
        let out: usize = seen.iter().map(|(_, seen)| seen.below + seen.above).sum();
        (months > 0).then_some((projection.scenario, seen, out, months))
    };
    let closest = projections.iter().filter_map(of_scenario).min_by_key(|(_, _, out, _)| *out);
    let spread = projections.first().map_or_else(Vec::new, |first| {
        let spread = families.iter().filter(|family| is_spread(study, first, **family));
        spread.map(|family| study.pack.families[*family].label.as_str()).collect()
    });
    // An area of the registry says so of its lines below.
    let is_of_registry =
        |p: &&Projection| matches!(study.areas[p.area].scale, AreaScale::Population(_));
    let spread = if spread.is_empty() || projections.first().is_some_and(is_of_registry) {
        String::new()
    } else {
        format!("{} from years", spread.join(", "))
    };
    let Some((scenario, seen, out, months)) = closest else {
        let text = format!("Counted by year only: {}.", spread.trim_end_matches(" from years"));
        return if spread.is_empty() { spread } else { wrapped(&text, "", "  ") };
    };
    let part = |(family, seen): &(usize, observed::Seen)| {
        let label = &study.pack.families[*family].label;
        let (number, side) = match (seen.below, seen.above) {
            (below, above) if below + above == 0 => (seen.months, "in"),
            (below, above) if below >= above => (below, "below"),
            (_, above) => (above, "above"),
        };
        format!("{label} {side} range {number} of {} months", seen.months)
    };
    let parts: Vec<String> = seen.iter().map(part).collect();
    let spread = if spread.is_empty() { spread } else { format!("; {spread}") };
    // One month in ten may lie outside a range of 90%.
    let advice = if out * 5 > months { ": fit first" } else { "" };
    let name = study.scenarios[scenario].name.to_lowercase();
    wrapped(&format!("What came ({name}): {}{advice}{spread}.", parts.join("; ")), "", "  ")
}

/// What followed from the waves, each once.
fn followed(study: &Study) -> String {
    let words = study.scenarios.iter().flat_map(|scenario| scenario.followed().words());
    let words: BTreeSet<String> = words.collect();
    match words.len() {
        0 => String::new(),
        1..=MOST_FOLLOWED => wrapped(&Vec::from_iter(words).join(" "), "", "  "),
        more => wrapped(&format!("{more} things follow from the waves: run.json."), "", "  "),
    }
}

/// More than so many sentences on what followed are counted.
const MOST_FOLLOWED: usize = 3;

/// What was changed from the defaults.
fn changed(study: &Study) -> String {
    let range = |figure: &Figure| {
        let number = &figure.number;
        if number.is_point() {
            return number.central.to_string();
        }
        format!("{} ({} to {})", number.central, number.low, number.high)
    };
    let mut list: Vec<String> = Vec::new();
    for figure in study.figures.iter().filter(|figure| figure.origin.basis == Basis::Set) {
        let text = format!("{} = {}", figure.key, range(figure));
        if !list.contains(&text) {
            list.push(text);
        }
    }
    let made = format!(
        "pack {}, {}, seed {}",
        study.pack.name,
        match study.draws.count {
            0 => "central values".to_owned(),
            count => format!("{} draws", thousands(count as f64)),
        },
        study.draws.seed
    );
    let levers = study.scenarios.iter().flat_map(|scenario| &scenario.levers);
    let levers: BTreeSet<&str> = levers.map(|lever| lever.name.as_str()).collect();
    let mut parts: Vec<String> = Vec::new();
    if !levers.is_empty() {
        let some: Vec<&str> = levers.iter().copied().take(MOST_LEVERS).collect();
        let more = levers.len() - some.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        parts.push(format!("with levers {}{more}", some.join(", ")));
    }
    if !list.is_empty() {
        parts.push(format!("set by hand: {}", list.join(", ")));
    }
    let text = if parts.is_empty() {
        format!("Nothing changed from the defaults: {made}.")
    } else {
        format!("{}; {made}.", parts.join("; "))
    };
    wrapped(&capital(&text), "", "  ")
}

/// More than so many levers are counted.
const MOST_LEVERS: usize = 4;
