//! Waiting lists in words.

use std::fmt::Write as _;

use super::words::{count, wrapped};
use crate::month::FinancialYear;
use crate::projection::Projection;
use crate::projection::line::LineResult;
use crate::projection::measure::Measure;
use crate::projection::quantiles::Stats;
use crate::projection::waits_summary::{AccessStandard, CapacityBasis, Needed, WaitsResult};
use crate::study::Study;

/// Where capacity comes from, in words.
pub fn basis(waits: &WaitsResult) -> String {
    match &waits.capacity {
        CapacityBasis::Responds => {
            "responds: grows with underlying demand and follows the list".to_owned()
        }
        CapacityBasis::Held => {
            "held: mean accepted referrals of the year before the start over the load".to_owned()
        }
        CapacityBasis::Given { file, kind } => format!("{} as in {file}", kind.name()),
    }
}

/// The waits of headline services, a few lines each; nothing where there are none.
pub fn terminal(study: &Study, projection: &Projection) -> String {
    let pack = &study.pack;
    let is_headline =
        |line: &&LineResult| pack.families[pack.services[line.service].family].headline;
    let mut lines: Vec<&LineResult> = projection.lines.iter().filter(is_headline).collect();
    lines.sort_by_key(|line| pack.services[line.service].family);
    let told: Vec<(&LineResult, &WaitsResult)> = lines
        .into_iter()
        .filter_map(|line| Some((line, line.waits.as_ref()?)))
        .filter(|(_, waits)| !waits.standards.is_empty())
        .filter(|(_, waits)| waits.is_checked || study.says_unchecked)
        .collect();
    if told.is_empty() {
        return String::new();
    }
    let are = |basis: &CapacityBasis| told.iter().all(|(_, waits)| waits.capacity == *basis);
    let how = if are(&CapacityBasis::Held) {
        "capacity held at the year before's accepted referrals over load"
    } else if are(&CapacityBasis::Responds) {
        "capacity grows with underlying demand and follows the list"
    } else {
        "capacity from the file where it says something"
    };
    let mut text = format!("\nWaits, {how}:\n");
    for (line, waits) in told {
        let label = &pack.services[line.service].label;
        let checked = if waits.is_checked { "" } else { ", not checked" };
        let said = sentences(study, projection, line, waits);
        let _ = writeln!(text, "  {label}{checked}:\n    {said}");
    }
    text
}

/// In a line: the standard with a share that is missed most often, by scenario. What is known of the
/// same without the pandemic is said behind it.
pub fn line(study: &Study, projections: &[&Projection], families: &[usize]) -> String {
    let pack = &study.pack;
    let mut worst: Option<(f64, usize, FinancialYear)> = None;
    for line in projections.iter().flat_map(|projection| &projection.lines) {
        let Some(waits) = line.waits.as_ref().filter(|waits| waits.is_checked) else { continue };
        if !families.contains(&pack.services[line.service].family) {
            continue;
        }
        for year in waits.years.iter().filter(|year| year.months == 12) {
            let missed = year.missed.first().copied().flatten().unwrap_or(0.0);
            if missed > worst.map_or(0.0, |(most, ..)| most) {
                worst = Some((missed, line.service, year.year));
            }
        }
    }
    let Some((_, service, year)) = worst else { return String::new() };
    let mut standard = None;
    let mut missed: Vec<String> = Vec::new();
    for projection in projections {
        let line = projection.lines.iter().find(|line| line.service == service);
        let Some(waits) = line.and_then(|line| line.waits.as_ref()) else { continue };
        standard = standard.or(waits.standards.first().copied());
        let of_year = waits.years.iter().find(|own| own.year == year);
        let share = of_year.and_then(|own| own.missed.first().copied().flatten());
        missed.push(match (share, study.draws.count) {
            (None, _) => "-".to_owned(),
            (Some(share), 0) => if share > 0.5 { "missed" } else { "met" }.to_owned(),
            (Some(share), _) => of_ten(share),
        });
    }
    let Some(standard) = standard else { return String::new() };
    missed.dedup();
    let first = projections.iter().find_map(|projection| {
        projection.lines.iter().find(|line| line.service == service)?.waits.as_ref()
    });
    let published = first.and_then(|waits| waits.published.iter().find(|(own, _)| *own == year));
    let published = published
        .map_or_else(String::new, |(_, share)| format!(" (published: {:.0}%)", share * 100.0));
    let at_the_end = projections.iter().filter_map(|projection| {
        let line = projection.lines.iter().find(|line| line.service == service)?;
        let against = &line.waits.as_ref()?.against;
        let (_, months) = against.iter().find(|(own, _)| *own == Measure::Waiting)?;
        let all = line.course.measure(Measure::Waiting)?.last()?.median();
        Some((all, months.last()?.without.median()))
    });
    let most = at_the_end.max_by(|a, b| a.0.total_cmp(&b.0));
    let last = most.map_or_else(String::new, |(all, without)| {
        let up_to = if projections.len() > 1 { "up to " } else { "" };
        let (all, without) = (count(all), count(without));
        format!(" At the end {up_to}{all} wait, {without} without the pandemic.")
    });
    let text = format!(
        "Waits: {}'s {} standard{} is {} in {year}{published}.{last}",
        pack.families[pack.services[service].family].label,
        limit(standard.weeks),
        standard.share.map_or_else(String::new, |share| format!(" ({:.0}%)", share * 100.0)),
        if study.draws.count == 0 {
            missed.join(", ")
        } else {
            format!("missed in {} draws", missed.join(", "))
        },
    );
    wrapped(&text, "", "  ")
}

fn sentences(
    study: &Study,
    projection: &Projection,
    line: &LineResult,
    waits: &WaitsResult,
) -> String {
    let start = study.scenarios[projection.scenario].start;
    let mut parts = Vec::new();
    if let Some(standard) = waits.standards.first() {
        parts.push(compliance(*standard, waits, study.draws.count));
    }
    let (t, longest) = &waits.longest;
    if longest.median() > 0.0 {
        let month = start.plus(*t as i32).short();
        parts.push(format!("median wait longest in {month}, {}", time(longest)));
    }
    if let Some(end) = line.course.measure(Measure::Waiting).and_then(<[Stats]>::last) {
        parts.push(format!("{} waiting at the end{}", range(end), anyway(waits)));
    }
    if !waits.published.is_empty() {
        let years: Vec<String> = waits
            .published
            .iter()
            .map(|(year, share)| format!("{:.0}% in {year}", share * 100.0))
            .collect();
        parts.push(format!("published: {}", years.join(", ")));
    }
    if let Some(t) = waits.closed.iter().position(|closed| *closed) {
        parts.push(format!("nobody starts in {}: no wait", start.plus(t as i32).short()));
    }
    parts.extend(waits.needed.last().and_then(|needed| more(needed, start)));
    parts.join(";\n    ")
}

/// "6-week standard missed in 8 of 10 draws in 2020-21": the year missed most often.
fn compliance(standard: AccessStandard, waits: &WaitsResult, draws: usize) -> String {
    let until = standard.until.map_or_else(String::new, |end| format!(" to {}", end.name()));
    let limit = limit(standard.weeks);
    let whole = || waits.years.iter().filter(|year| year.months == 12);
    if let Some(share) = standard.share {
        let worst = whole()
            .filter_map(|year| Some((year.year, (*year.missed.first()?)?)))
            .reduce(|a, b| if b.1 > a.1 { b } else { a });
        return match worst {
            Some((_, 0.0)) => {
                format!("{limit} standard ({:.0}%{until}) met in every year", share * 100.0)
            }
            Some((year, _)) if draws == 0 => {
                format!("{limit} standard ({:.0}%{until}) missed in {year}", share * 100.0)
            }
            Some((year, missed)) => format!(
                "{limit} standard ({:.0}%{until}) missed in {} draws in {year}",
                share * 100.0,
                of_ten(missed)
            ),
            None => format!("{limit} standard"),
        };
    }
    let worst = whole()
        .filter_map(|year| Some((year.year, year.within.first()?.as_ref()?.median())))
        .reduce(|a, b| if b.1 < a.1 { b } else { a });
    worst.map_or_else(
        || format!("{limit} standard proposed"),
        |(year, within)| {
            format!("{:.0}% start within the proposed {limit} limit in {year}", within * 100.0)
        },
    )
}

/// Of those who wait at the end, how many would wait without the pandemic.
fn anyway(waits: &WaitsResult) -> String {
    let of = waits.against.iter().find(|(measure, _)| *measure == Measure::Waiting);
    let end = of.and_then(|(_, months)| months.last());
    end.map_or_else(String::new, |end| {
        let (low, high) = (end.difference.q05(), end.difference.q95());
        format!(
            ",\n    {} without the pandemic: it adds {} ({} to {})",
            count(end.without.median()),
            count(end.difference.median()),
            count(low),
            count(high)
        )
    })
}

/// `8 of 10`; shares that round to none or all, of a hundred.
fn of_ten(share: f64) -> String {
    let tenths = (share * 10.0).round();
    if share <= 0.0 || share >= 1.0 || (tenths > 0.0 && tenths < 10.0) {
        return if share >= 1.0 { "all".to_owned() } else { format!("{tenths:.0} of 10") };
    }
    let hundredths = (share * 100.0).round();
    if hundredths > 99.0 { "nearly all".to_owned() } else { format!("{hundredths:.0} of 100") }
}

/// `6-week`, `24-hour`.
pub fn limit(weeks: f64) -> String {
    let hours = weeks * 168.0;
    if hours < 47.5 { format!("{hours:.0}-hour") } else { format!("{weeks:.0}-week") }
}

/// `4.1 weeks (2.2 to 9.8)`, in days or hours where it is short.
fn time(weeks: &Stats) -> String {
    let (factor, unit) = match weeks.median() {
        w if w >= 2.0 => (1.0, "weeks"),
        w if w * 7.0 >= 2.0 => (7.0, "days"),
        _ => (168.0, "hours"),
    };
    let [low, middle, high] =
        [weeks.q05(), weeks.median(), weeks.q95()].map(|value| number(value * factor));
    format!("{middle} {unit} ({low} to {high})")
}

fn range(stats: &Stats) -> String {
    let [low, middle, high] = [stats.q05(), stats.median(), stats.q95()].map(count);
    if low == high { middle } else { format!("{middle} ({low} to {high})") }
}

fn number(value: f64) -> String {
    if value >= 9.95 { format!("{value:.0}") } else { format!("{value:.1}") }
}

fn more(needed: &Needed, start: crate::month::Month) -> Option<String> {
    let from = start.plus(needed.from as i32).short();
    let kind = match needed.kind {
        crate::study::capacity::Kind::Starts => "starts a month",
        crate::study::capacity::Kind::Places => "places",
    };
    let staff = needed.staff.as_ref();
    let staff = staff
        .map_or_else(String::new, |staff| format!(";\n    {} staff to go with them", range(staff)));
    match &needed.extra {
        None => Some(format!("no capacity meets it from {from} on")),
        Some(extra) if extra.q95() > 0.0 => {
            Some(format!("{} more {kind} would meet it from {from} on{staff}", range(extra)))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_counted_in_words() {
        let shares = [0.0, 0.004, 0.04, 0.1, 0.79, 0.97, 0.999, 1.0];
        let words = [
            "0 of 10",
            "0 of 100",
            "4 of 100",
            "1 of 10",
            "8 of 10",
            "97 of 100",
            "nearly all",
            "all",
        ];
        for (share, word) in shares.into_iter().zip(words) {
            assert_eq!(of_ten(share), word);
        }
    }

    #[test]
    fn limits_are_named_as_people_name_them() {
        assert_eq!(limit(6.0), "6-week");
        assert_eq!(limit(0.142_857), "24-hour");
        assert_eq!(limit(0.005_952), "1-hour");
    }
}
