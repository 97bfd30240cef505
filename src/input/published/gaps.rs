//! Months without a row inside a series: they stand in it as missing, so that a series is unbroken
//! and its gaps are seen.

use std::collections::BTreeMap;

use crate::month::Month;

/// Fills the gaps, and says which months they were.
pub(super) fn fill(months: &mut BTreeMap<Month, Option<f64>>) -> Vec<Month> {
    let (Some((&first, _)), Some((&last, _))) = (months.first_key_value(), months.last_key_value())
    else {
        return Vec::new();
    };
    let mut absent = Vec::new();
    for i in 0..=last.since(first) {
        let month = first.plus(i);
        months.entry(month).or_insert_with(|| {
            absent.push(month);
            None
        });
    }
    absent
}

/// Whether figures stand a quarter apart from first to last, as totals of quarters do.
pub(super) fn are_quarters(months: &BTreeMap<Month, Option<f64>>) -> bool {
    let steps =
        months.keys().zip(months.keys().skip(1)).map(|(before, month)| month.since(*before));
    months.len() > 2 && steps.into_iter().all(|step| step == 3)
}

/// `2018-07 to 2019-01, 2020-08`.
pub(super) fn runs(months: &[Month]) -> String {
    let mut runs: Vec<(Month, Month)> = Vec::new();
    for month in months {
        match runs.last_mut() {
            Some((_, last)) if month.since(*last) == 1 => *last = *month,
            _ => runs.push((*month, *month)),
        }
    }
    let named: Vec<String> = runs
        .iter()
        .map(
            |(first, last)| {
                if first == last { first.to_string() } else { format!("{first} to {last}") }
            },
        )
        .collect();
    named.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_months_are_named_in_runs() {
        let month = |m| Month::new(2020, m).unwrap();
        let mut series: BTreeMap<Month, Option<f64>> =
            [3, 4, 6].into_iter().map(|m| (month(m), Some(1.0))).collect();
        assert_eq!(fill(&mut series), [month(5)]);
        assert_eq!(series.len(), 4);
        assert_eq!(series[&month(5)], None);
        assert_eq!(runs(&[month(1), month(2), month(5)]), "2020-01 to 2020-02, 2020-05");
    }
}
