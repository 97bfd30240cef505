//! Days made into months.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Days, Monthly};
use crate::input::published::Report;
use crate::month::{Month, parse_date};

/// Weeks, known by rows seven days apart, spread evenly over their days.
pub(super) fn spread_weeks(days: &mut Days, report: &mut Report) {
    /// Fewer rows seven days apart may be chance.
    const FEWEST: usize = 4;
    let dates: Vec<Date> = days.keys().copied().collect();
    let is_week = |pair: &[Date]| pair[0].until(pair[1]).is_ok_and(|gap| gap.get_days() == 7);
    let mut weeks: Vec<Date> = Vec::new();
    let mut run: Vec<Date> = Vec::new();
    for pair in dates.windows(2) {
        if is_week(pair) {
            if run.is_empty() {
                run.push(pair[0]);
            }
            run.push(pair[1]);
        } else if run.len() >= FEWEST {
            weeks.append(&mut run);
        } else {
            run.clear();
        }
    }
    if run.len() >= FEWEST {
        weeks.append(&mut run);
    }
    let (Some(first), Some(last)) = (weeks.first(), weeks.last()) else { return };
    report.note(format!(
        "from {first} to {last} the rows are seven days apart: taken for weeks ending on their day, \
         spread evenly over it and the six before."
    ));
    for week in weeks {
        let Some(value) = days.get(&week).copied() else { continue };
        let share = value.map(|value| value / 7.0);
        days.insert(week, share);
        for day in (1..7).filter_map(|back| week.checked_sub(jiff::Span::new().days(back)).ok()) {
            days.entry(day).or_insert(share);
        }
    }
}

/// Days without a row in a small area, of which no row is 0, are 0.
pub(super) fn fill_zeros(days: &mut Days, report: &mut Report) {
    /// Larger counts are seldom 0 the day after.
    const SMALL: f64 = 5.0;
    let mut values: Vec<f64> = days.values().flatten().copied().collect();
    values.sort_by(f64::total_cmp);
    let is_small = values.get(values.len() / 2).is_some_and(|middle| *middle < SMALL);
    let lists_zeros = values.first().is_none_or(|least| *least == 0.0);
    let (Some((&first, _)), Some((&last, _))) = (days.first_key_value(), days.last_key_value())
    else {
        return;
    };
    if !is_small || lists_zeros {
        return;
    }
    // The months of the first and the last event are whole: nothing happened before and after.
    let (first, last) = (first.first_of_month(), last.last_of_month());
    let mut absent = 0;
    for day in first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last) {
        days.entry(day).or_insert_with(|| {
            absent += 1;
            Some(0.0)
        });
    }
    if absent > 0 {
        report.note(format!(
            "{absent} days have no row and no row is 0: taken as days on which nothing happened, as \
             the dashboard leaves them out for small areas."
        ));
    }
}

pub(super) fn by_month(
    days: &Days,
    monthly: Monthly,
    report: &mut Report,
) -> BTreeMap<Month, Option<f64>> {
    let mut days = days.clone();
    if monthly == Monthly::Sum {
        spread_weeks(&mut days, report);
        fill_zeros(&mut days, report);
    }
    let given: BTreeMap<Date, f64> =
        days.iter().filter_map(|(day, value)| Some((*day, (*value)?))).collect();
    let (Some((&first, _)), Some((&last, _))) = (given.first_key_value(), given.last_key_value())
    else {
        return BTreeMap::new();
    };
    let mut months: BTreeMap<Month, Vec<f64>> = BTreeMap::new();
    for (day, value) in &given {
        months.entry(Month::of(*day)).or_default().push(*value);
    }
    let mut track = BTreeMap::new();
    for (month, values) in months {
        let (sum, count) = (values.iter().sum::<f64>(), values.len());
        let length = days_in(month);
        let is_cut_short = month == Month::of(last) && i32::from(last.day()) < length;
        let begins_late = month == Month::of(first) && first.day() > 1;
        let is_sum = monthly == Monthly::Sum;
        if is_cut_short && is_sum {
            report.leave_out(count, format!("days of {month}, which the file does not finish"));
            continue;
        }
        if is_cut_short {
            report.note(format!(
                "{month} ends on {last}: its mean is of {count} of its {length} days."
            ));
        }
        let there = length - if begins_late { i32::from(first.day()) - 1 } else { 0 };
        let absent = if is_cut_short { 0 } else { there - count as i32 };
        if begins_late {
            report.note(format!(
                "{month} begins on {first}: {} before it not in the file.",
                counted(first.day() - 1)
            ));
        }
        if absent * 5 > length && !begins_late {
            report.note(format!(
                "{month}: {} not available, and a month is never made out of a few: left blank.",
                counted(absent)
            ));
            track.insert(month, None);
            continue;
        }
        if absent > 0 {
            report.note(format!(
                "{month}: {} not available, taken as the mean of the others.",
                counted(absent)
            ));
        }
        let mean = sum / count as f64;
        let value = match monthly {
            Monthly::Mean => mean,
            Monthly::Sum if absent > 0 => mean * f64::from(there),
            Monthly::Sum => sum,
        };
        track.insert(month, Some(value));
    }
    track
}

pub(super) fn days_in(month: Month) -> i32 {
    parse_date(&month.first_day()).map_or(30, |day| i32::from(day.days_in_month()))
}

/// `1 day is`, `2 days are`.
pub(super) fn counted(days: impl Into<i32>) -> String {
    match days.into() {
        1 => "1 day is".to_owned(),
        days => format!("{days} days are"),
    }
}
