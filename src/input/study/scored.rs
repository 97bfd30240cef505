//! Which areas of a baseline a score can be made of, where nobody named any.
//!
//! A file of every code there ever was holds codes born after the start of the projection, codes
//! with little before it and codes that went out of use. They would be scored on what they are
//! not: they are left out, and one warning says how many and why.

use crate::diagnostics::{Problem, Problems, Source};
use crate::input::baseline::Baseline;
use crate::month::Month;
use crate::study::area::Series;

/// Fewer counted months before the start tell no trend beside a season.
const HISTORY: usize = crate::model::underlying::MODEL_FROM;
/// An area whose counts end so many months before those of others went out of use.
const YEAR: i32 = 12;

/// How many codes of each kind the warning names.
const NAMED: usize = 4;

/// Why an area is left out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    Born,
    Short,
    Ended,
}

/// Leaves out the areas whose every line is too young, too short or out of use for a projection
/// from `start`; none where that would leave none.
pub(super) fn keep_scored(
    source: &Source,
    baseline: &mut Baseline,
    start: Month,
    problems: &mut Problems,
) {
    let last = |series: &Series| counted(series).last();
    let end = baseline.areas.iter().flat_map(|(_, all)| all).filter_map(last).max();
    let Some(end) = end else { return };
    let why_not = |all: &[Series]| -> Option<Why> {
        let reasons = all.iter().map(|series| why(series, start, end));
        // One line that can be scored keeps the area; of several reasons the first is told.
        reasons.reduce(|first, next| first.and_then(|first| next.map(|_| first))).flatten()
    };
    let out: Vec<(String, Why)> = baseline
        .areas
        .iter()
        .filter_map(|(area, all)| Some((area.clone(), why_not(all)?)))
        .collect();
    if out.is_empty() || out.len() == baseline.areas.len() {
        return;
    }
    let of = |why: Why, words: &str| {
        let names: Vec<&str> =
            out.iter().filter(|(_, own)| *own == why).map(|(area, _)| area.as_str()).collect();
        let more = names.len().checked_sub(NAMED).filter(|more| *more > 0);
        let more = more.map_or_else(String::new, |more| format!(" and {more} more"));
        let shown = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        (!names.is_empty()).then(|| format!("{} {words} ({shown}{more})", names.len()))
    };
    let kinds = [
        of(Why::Born, &format!("with no month before {start}")),
        of(
            Why::Short,
            &format!("with fewer than {HISTORY} months before it, or none in the last year"),
        ),
        of(Why::Ended, &format!("that end a year or more before {end}")),
    ];
    let kinds: Vec<String> = kinds.into_iter().flatten().collect();
    let (left, all) = (out.len(), baseline.areas.len());
    let message = format!("{left} of {all} areas are not scored: {}", kinds.join("; "));
    problems.push(
        Problem::warning(source.whole(), message)
            .allowed(format!("{HISTORY} counted months before {start}, and counts to the end"))
            .suggest("--area CODE to score one all the same"),
    );
    baseline.keep(|area| out.iter().all(|(own, _)| own != area));
}

fn why(series: &Series, start: Month, end: Month) -> Option<Why> {
    let before = counted(series).filter(|month| *month < start).count();
    // A projection is sized by the year before it.
    let recent = counted(series).any(|month| (1..=YEAR).contains(&start.since(month)));
    match counted(series).last().filter(|_| before > 0) {
        None => Some(Why::Born),
        Some(last) if end.since(last) >= YEAR => Some(Why::Ended),
        Some(_) => (before < HISTORY || !recent).then_some(Why::Short),
    }
}

/// The months with a count of their own.
fn counted(series: &Series) -> impl Iterator<Item = Month> + '_ {
    let own = |(month, value, derived): (Month, Option<f64>, bool)| {
        value.filter(|_| !derived).map(|_| month)
    };
    series.months().filter_map(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    fn area(name: &str, start: &str, months: usize) -> (String, Vec<Series>) {
        let series = Series {
            service: 0,
            measure: String::new(),
            start: month(start),
            values: vec![Some(100.0); months],
            derived: vec![false; months],
            part: None,
        };
        (name.to_owned(), vec![series])
    }

    fn kept(areas: Vec<(String, Vec<Series>)>) -> (Vec<String>, String) {
        let mut baseline = Baseline::default();
        baseline.areas = areas;
        let mut problems = Problems::default();
        let source = Source::new("ccg.csv", "");
        keep_scored(&source, &mut baseline, month("2020-03"), &mut problems);
        (baseline.areas.into_iter().map(|(area, _)| area).collect(), problems.render(true))
    }

    #[test]
    fn codes_too_young_too_short_or_out_of_use_are_told_once() {
        // Counts withheld throughout.
        let (code, mut withheld) = area("NONE", "2016-04", 60);
        withheld[0].values.fill(None);
        let (kept, told) = kept(vec![
            (code, withheld),
            area("WHOLE", "2017-01", 60),
            area("BORN", "2020-04", 21),
            area("SHORT", "2019-04", 33),
            area("ENDED", "2016-04", 48),
        ]);
        assert_eq!(kept, ["WHOLE"]);
        assert_eq!(told.matches("warning").count(), 1, "{told}");
        for words in ["4 of 5 areas", "(NONE,", "(SHORT)", "(ENDED)", "--area"] {
            assert!(told.contains(words), "{words}: {told}");
        }
    }

    #[test]
    fn where_none_would_be_left_all_are_kept() {
        let (names, told) = kept(vec![area("A", "2019-04", 33), area("B", "2020-04", 21)]);
        assert_eq!((names.len(), told.as_str()), (2, ""));
    }
}
