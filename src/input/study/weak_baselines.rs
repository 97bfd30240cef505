//! What a baseline of the user's own is too weak for: areas it does not hold, and lines too short, too
//! old or too empty to be projected from. Nothing of it is left out unsaid.

use crate::diagnostics::{Problem, Problems, Source};
use crate::input::baseline::Baseline;
use crate::month::Month;
use crate::study::area::{Area, AreaScale, Series};
use crate::study::pack::Pack;

/// Fewer months tell no season, and a line that ends longer before the start is an old one.
const YEAR: usize = 12;

/// Names the areas asked for that the baseline holds nothing of: an error if it holds none of them.
pub(super) fn complain_of_absent_areas(
    source: &Source,
    baseline: &Baseline,
    areas: &[Area],
    problems: &mut Problems,
) {
    let held: Vec<&str> = baseline.areas.iter().map(|(area, _)| area.as_str()).collect();
    let holds = |area: &&Area| baseline.area(&area.id).or_else(|| baseline.area(&area.name));
    let (present, absent): (Vec<&Area>, Vec<&Area>) =
        areas.iter().partition(|area| holds(area).is_some());
    let (Some(first), false) = (held.first(), absent.is_empty()) else { return };
    let names: Vec<&str> = absent.iter().map(|area| area.id.as_str()).collect();
    let names = names.join(", ");
    let problem = if present.is_empty() {
        Problem::error(source.whole(), "the baseline holds no area that `--area` asks for")
    } else {
        let message = "an area asked for has no baseline: its underlying demand is not known";
        Problem::warning(source.whole(), message)
    };
    let allowed = held.iter().take(40).copied().collect::<Vec<_>>().join(", ");
    problems.push(problem.read(names).allowed(allowed).suggest(format!("--area {first}")));
}

/// Warns of lines that begin with the scenario or after it: their underlying demand is not known.
pub(super) fn warn_of_late(
    (source, pack): (&Source, &Pack),
    areas: &[Area],
    start: Month,
    problems: &mut Problems,
) {
    let mut late = Vec::new();
    for area in areas {
        for series in &area.series {
            let before = &series.values[..series.months_before(start)];
            let first = series.values.iter().position(Option::is_some);
            let is_given = pack.demand.iter().any(|demand| demand.service == series.service);
            if let Some(first) = first.filter(|_| before.iter().all(Option::is_none) && !is_given) {
                let line = format!("{} of {}", pack.services[series.service].id, area.id);
                let first = series.start.plus(first as i32);
                late.push((
                    line,
                    format!("{first} and later; the scenario learns from months before {start}"),
                ));
            }
        }
    }
    let words = (
        "has no month before the scenario: no underlying demand is known",
        "12 months or more before the scenario; what came later is compared with it",
    );
    tell_of_lines(source, &late, words, problems);
}

/// One warning of what is so of several lines: each line and what was read of it.
fn tell_of_lines(
    source: &Source,
    found: &[(String, String)],
    (message, allowed): (&str, &str),
    problems: &mut Problems,
) {
    let Some((line, read)) = found.first() else { return };
    let more = match found.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more of its lines)"),
    };
    let problem = Problem::warning(source.whole(), format!("{line} {message}{more}"));
    problems.push(problem.read(read).allowed(allowed));
}

/// Warns of lines that are another size than the built-in baseline of the same area: totals added to
/// their parts, or quarters taken for months.
pub(super) fn warn_of_another_size(
    (source, pack): (&Source, &Pack),
    areas: &[Area],
    built_in: &Baseline,
    year: impl Fn(&Series) -> Option<f64>,
    problems: &mut Problems,
) {
    /// Definitions and revisions differ by less.
    const TIMES: f64 = 2.0;
    for area in areas {
        let Some((_, known)) = built_in.area(&area.id) else { continue };
        for own in &area.series {
            // Two measures are never one series.
            let is_same = |other: &&Series| {
                let unnamed = own.measure.is_empty() || other.measure.is_empty();
                own.service == other.service && (unnamed || own.measure == other.measure)
            };
            let other = known.iter().find(is_same);
            let Some((a, b)) = year(own).zip(other.and_then(&year)) else { continue };
            // A line of zeros is told of as one.
            if a <= 0.0 || b <= 0.0 || (a <= TIMES * b && b <= TIMES * a) {
                continue;
            }
            let line = format!("{} of {}", pack.services[own.service].id, area.id);
            let message = format!("{line} is {:.2} times what is known of it", a / b);
            problems.push(
                Problem::warning(source.whole(), message)
                    .read(format!("{} in the year before the scenario", a.round()))
                    .allowed(format!("any counts; the built-in baseline has {}", b.round()))
                    .suggest("no totals beside their parts, and months, not quarters, in its rows"),
            );
        }
    }
}

/// Totals that are less than half of the parts of them that the baseline holds.
fn small_totals(pack: &Pack, areas: &[Area], start: Month) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for area in areas {
        let year = |service: usize| {
            area.series.iter().find(|series| series.service == service)?.year_before(start)
        };
        for (service, line) in pack.services.iter().enumerate() {
            let parts: f64 = line.members.iter().filter_map(|member| year(*member)).sum();
            if let Some(total) = year(service).filter(|total| *total * 2.0 < parts) {
                let read =
                    format!("{} against {} of its parts in a year", total.round(), parts.round());
                found.push((format!("{} of {}", line.id, area.id), read));
            }
        }
    }
    found
}

/// Warns of lines that say too little of the months before the scenario.
pub(super) fn warn_of_weak(
    (source, pack): (&Source, &Pack),
    areas: &[Area],
    start: Month,
    problems: &mut Problems,
) {
    let lines = areas.iter().flat_map(|area| area.series.iter().map(move |s| (area, s)));
    let (mut short, mut old, mut empty) = (Vec::new(), Vec::new(), Vec::new());
    let mut flat = Vec::new();
    for (area, series) in lines {
        let line = format!("{} of {}", pack.services[series.service].id, area.id);
        let before = &series.values[..series.months_before(start)];
        let seen = before.iter().flatten().count();
        let mut counts = series.values.iter().flatten().peekable();
        if counts.peek().is_some() && counts.all(|value| *value == 0.0) {
            empty.push((line.clone(), "every month is 0".to_owned()));
        }
        let mut known = before.iter().flatten();
        let first = known.next().copied().filter(|first| *first > 0.0);
        if let (Some(first), true, true) =
            (first, seen >= YEAR, known.all(|value| Some(*value) == first))
        {
            flat.push((line.clone(), format!("{first} in each of {seen} months")));
        }
        if (1..YEAR).contains(&seen) {
            let months = if seen == 1 { "month" } else { "months" };
            short.push((line.clone(), format!("no season can be told from {seen} {months}")));
        }
        let last = before.iter().rposition(Option::is_some);
        if let Some(last) = last.map(|last| series.start.plus(last as i32))
            && start.since(last) > YEAR as i32
        {
            old.push((line, format!("{last}, {} months before {start}", start.since(last))));
        }
    }
    let kinds = [
        (short, "is short", "12 months or more before the scenario"),
        (old, "ends long before the scenario", "a last month up to 12 months before the start"),
        (empty, "holds only zeros", "counts, or `*` where a month is not known"),
        (
            flat,
            "is the same in every month: its range is that of other areas",
            "counts as they were; a year spread over its months is marked `derived`",
        ),
        (
            small_totals(pack, areas, start),
            "is far below the sum of its parts",
            "a total of all of its parts",
        ),
    ];
    for (found, message, allowed) in kinds {
        tell_of_lines(source, &found, (message, allowed), problems);
    }
}

/// Warns of areas without residents that would be larger than the reference area.
pub(super) fn warn_of_more_than_all(
    (source, pack): (&Source, &Pack),
    (areas, reference): (&[Area], &[Series]),
    year: impl Fn(&Series) -> Option<f64>,
    problems: &mut Problems,
) {
    for area in areas.iter().filter(|area| area.scale == AreaScale::Shares) {
        let share = |own: &Series| {
            let whole = year(reference.iter().find(|whole| whole.counts_as(own))?)?;
            Some((year(own)? / whole, own.service)).filter(|(share, _)| *share > 1.0)
        };
        let Some((share, service)) = area.series.iter().find_map(share) else { continue };
        let (id, whole) = (&pack.services[service].id, &pack.reference_area);
        let message = format!("`{id}` of `{}` has more referrals than all of {whole}", area.id);
        problems.push(
            Problem::warning(source.whole(), message)
                .read(format!("{share:.1} times"))
                .allowed("up to 100%")
                .suggest("counts by month and not by year, and the measure of the reference"),
        );
    }
}

/// Why a line of an area can't be held against the reference area's.
pub(super) fn why_not_compared(
    own: &[Series],
    reference: &[Series],
    year: impl Fn(&Series) -> Option<f64>,
    pack: &Pack,
) -> Option<String> {
    let reasons = own.iter().map(|series| {
        let id = &pack.services[series.service].id;
        let whole = &pack.reference_area;
        let Some(of_whole) = reference.iter().find(|r| r.service == series.service) else {
            return format!("`{id}` has no baseline of {whole} to be held against");
        };
        if year(series).is_none() {
            return format!("no month of `{id}` lies before the scenario");
        }
        let (measure, other) = (&series.measure, &of_whole.measure);
        if measure != other && !measure.is_empty() && !other.is_empty() {
            return format!("`{id}` counts `{measure}`, and {whole} counts `{other}`");
        }
        format!("`{id}` of {whole} has no month before the scenario")
    });
    let mut reasons: Vec<String> = reasons.collect();
    reasons.truncate(3);
    (!reasons.is_empty()).then(|| reasons.join("; "))
}
