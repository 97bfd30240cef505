//! Months from weeks and from days. A month is never made out of a few days: it is the sum of all of
//! its days, or blank. Weeks are spread evenly over their days, only where that is asked for.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Figure, NotACount, Period, Span};
use crate::diagnostics::{Problem, Problems};
use crate::input::table::Table;
use crate::month::Month;

/// Which series a figure is of.
type Key<'a> = (&'a str, &'a str, &'a str);

/// A day's share, and the figure that it is of.
type Share = (Result<Option<f64>, NotACount>, usize);

/// Months of figures by week or by day.
pub(super) fn by_month<'a>(
    table: &Table,
    figures: Vec<(Span, Figure<'a>)>,
    may_spread: bool,
    problems: &mut Problems,
) -> Vec<Figure<'a>> {
    let Some((_, first)) = figures.first() else { return Vec::new() };
    let place = table.place(&table.rows[first.row], first.column);
    let is_weekly = figures.iter().any(|(span, _)| matches!(span, Span::Days { days: 7, .. }));
    if is_weekly && !may_spread {
        problems.push(
            Problem::error(place, "the figures are by week: weeks are no months")
                .allowed("months; or weeks spread evenly over their days, marked `derived`")
                .suggest("--spread-periods"),
        );
        return Vec::new();
    }
    let mut series: BTreeMap<Key<'a>, Vec<(Date, u16, Figure<'a>)>> = BTreeMap::new();
    for (span, figure) in figures {
        if let Span::Days { first, days } = span {
            let key = (figure.area, figure.service, figure.measure);
            series.entry(key).or_default().push((first, days, figure));
        }
    }
    let mut made = Vec::new();
    let (mut cut, mut gaps) = (0, Vec::new());
    for figures in series.into_values() {
        let mut days: BTreeMap<Date, Share> = BTreeMap::new();
        for (at, (first, length, figure)) in figures.iter().enumerate() {
            let share = figure.value.map(|value| value.map(|value| value / f64::from(*length)));
            for day in (0..i64::from(*length))
                .filter_map(|day| first.checked_add(jiff::Span::new().days(day)).ok())
            {
                if days.insert(day, (share, at)).is_some() {
                    let place = table.place(&table.rows[figure.row], figure.column);
                    problems.push(Problem::error(place, format!("{day} stands twice")));
                }
            }
        }
        let months: BTreeMap<Month, Vec<&Share>> =
            days.iter().fold(BTreeMap::new(), |mut months, (day, value)| {
                months.entry(Month::of(*day)).or_insert_with(Vec::new).push(value);
                months
            });
        let ends = [months.keys().next().copied(), months.keys().next_back().copied()];
        for (month, values) in &months {
            let is_whole = values.len() == month.days();
            if !is_whole && ends.contains(&Some(*month)) {
                cut += 1;
                continue;
            }
            if !is_whole {
                gaps.push(*month);
            }
            let Some((_, at)) = values.first() else { continue };
            let bad = values.iter().find_map(|(value, _)| value.err());
            let sum: Option<f64> = values.iter().map(|(value, _)| value.ok().flatten()).sum();
            let value = match bad {
                Some(bad) => Err(bad),
                None => Ok(sum.filter(|_| is_whole).map(|sum| (sum * 1e6).round() / 1e6)),
            };
            let figure = Figure {
                period: Period::month(*month),
                derived: is_weekly,
                value,
                ..figures[*at].2.clone()
            };
            made.push(figure);
        }
    }
    if !gaps.is_empty() {
        gaps.sort_unstable();
        gaps.dedup();
        let named: Vec<String> = gaps.iter().take(20).map(Month::to_string).collect();
        problems.push(
            Problem::warning(place.clone(), "months of which days have no row are left blank")
                .read(named.join(", "))
                .suggest("a row for every day, with 0 where nothing happened"),
        );
    }
    if cut > 0 && made.is_empty() {
        problems.push(
            Problem::error(place, "no month has all of its days")
                .allowed("every day of a month: a month is never made out of a few"),
        );
    }
    made
}
