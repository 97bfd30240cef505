//! Series of old codes brought to the areas of a later year.
//!
//! ```text
//! new(a,t) = sum over the codes c of month t of old(c,t) x share of c that lives in a
//! ```
//!
//! A share below 1 is that of residents where a boundary moved; what it makes is derived. Nothing is
//! counted twice and nothing is lost: a total over all areas is the same before and after. A month in
//! which a code that was there has no figure is not complete, and an area's series begins after the
//! last such month of a reorganisation: what came before is not spliced to it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::series::Series;
use crate::diagnostics::{Place as At, Problem, Problems};
use crate::input::registry::Registry;
use crate::month::Month;
use crate::study::place::Place;

/// What was done, for the report.
#[derive(Debug, Default)]
pub struct Brought {
    /// Series under the codes of the year.
    pub series: Vec<Series>,
    /// Areas that were added up: the area, and the codes.
    pub merged: Vec<(String, Vec<String>)>,
    /// Areas with a part of another: the code, the area, and the share.
    pub split: Vec<(String, String, f64)>,
    /// Series that begin late: the area, and the last month that was not complete.
    pub incomplete: Vec<(String, Month)>,
}

/// Where what was counted under a code belongs later: areas with shares that sum to 1.
type Shares = Vec<(String, f64)>;

/// A figure by month, and whether it is derived.
type Months = BTreeMap<Month, (Option<f64>, bool)>;

impl Registry {
    /// Where the people of `code` in `month` are on `day`.
    fn later(&self, code: &str, month: Month, day: Date) -> Result<Shares, String> {
        let first: Option<Date> = month.first_day().parse().ok();
        // A merger holds whenever the old code is used; a boundary that moved does once only.
        let dates: BTreeSet<Date> = self
            .successors(code)
            .filter(|next| next.date <= day)
            .filter(|next| first.is_some_and(|first| first < next.date) || next.share == Some(1.0))
            .map(|next| next.date)
            .collect();
        let Some(date) = dates.first() else { return Ok(vec![(code.to_owned(), 1.0)]) };
        let mut list: Shares = Vec::new();
        let month = Month::of(*date).max(month);
        for next in self.successors(code).filter(|next| next.date == *date) {
            let share = next.share.ok_or_else(|| code.to_owned())?;
            let after = if next.successor == code {
                vec![(code.to_owned(), 1.0)]
            } else {
                self.later(&next.successor, month, day)?
            };
            list.extend(after.into_iter().map(|(area, part)| (area, part * share)));
        }
        Ok(list)
    }

    /// The codes of any year of which an area of `day` holds people: itself and those before it.
    pub fn codes_before(&self, area: &str, day: Date) -> Vec<String> {
        let mut list = vec![area.to_owned()];
        let mut at = 0;
        while let Some(code) = list.get(at).cloned() {
            at += 1;
            for before in self.successions.iter().filter(|s| s.successor == code && s.date <= day) {
                if !list.contains(&before.area) {
                    list.push(before.area.clone());
                }
            }
        }
        list
    }

    /// Brings series to the areas of `day`.
    pub fn bring(&self, series: Vec<Series>, day: Date, at: &At) -> Result<Brought, Problems> {
        let mut brought = Brought::default();
        let mut problems = Problems::default();
        let mut groups: BTreeMap<(String, String), Vec<Series>> = BTreeMap::new();
        for one in series {
            groups.entry((one.service.clone(), one.measure.clone())).or_default().push(one);
        }
        for group in groups.into_values() {
            self.bring_group(&group, day, &mut brought).unwrap_or_else(|code| {
                let words = self.place(&code).map_or(code, Place::words);
                problems.push_once(
                    Problem::error(
                        at.clone(),
                        format!("{words} was divided, by no share that is known"),
                    )
                    .read(words)
                    .allowed("areas whose residents are known on either side of the boundary")
                    .suggest("an earlier year of `--areas`, or its parts by sub-ICB location"),
                );
            });
        }
        problems.stop_on_errors().map_err(|error| error.0)?;
        Ok(brought)
    }

    fn bring_group(
        &self,
        group: &[Series],
        day: Date,
        brought: &mut Brought,
    ) -> Result<(), String> {
        let mut sums: BTreeMap<String, BTreeMap<Month, (Option<f64>, bool)>> = BTreeMap::new();
        let mut codes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for one in group {
            for (month, value) in &one.months {
                for (area, share) in self.later(&one.area, *month, day)? {
                    let is_part = share < 1.0;
                    if is_part
                        && !brought.split.iter().any(|(c, a, _)| *c == one.area && *a == area)
                    {
                        brought.split.push((one.area.clone(), area.clone(), share));
                    }
                    codes.entry(area.clone()).or_default().insert(one.area.clone());
                    let cell =
                        sums.entry(area).or_default().entry(*month).or_insert((Some(0.0), false));
                    cell.0 = cell.0.zip(*value).map(|(sum, value)| sum + value * share);
                    cell.1 |= is_part || one.is_derived(*month);
                }
            }
        }
        for (area, mut months) in sums {
            fill(&mut months);
            let own = &codes[&area];
            let last = self.incomplete(&area, own, (group, &months), day);
            for month in &last.blank {
                months.insert(*month, (None, false));
            }
            if let Some(last) = last.reorganised {
                months.retain(|month, _| *month > last);
                brought.incomplete.push((area.clone(), last));
            }
            while months.first_key_value().is_some_and(|(_, (value, _))| value.is_none()) {
                months.pop_first();
            }
            if own.len() > 1 || !own.contains(&area) {
                brought.merged.push((area.clone(), own.iter().cloned().collect()));
            }
            let Some(first) = group.first() else { continue };
            let is_derived =
                |(month, (_, derived)): (&Month, &(_, bool))| derived.then_some(*month);
            brought.series.push(Series {
                area,
                derived: false,
                derived_months: months.iter().filter_map(is_derived).collect(),
                months: months.into_iter().map(|(month, (value, _))| (month, value)).collect(),
                ..first.clone()
            });
        }
        Ok(())
    }

    /// The months of an area in which a code that was there has no figure.
    fn incomplete(
        &self,
        area: &str,
        own: &BTreeSet<String>,
        (group, months): (&[Series], &Months),
        day: Date,
    ) -> Incomplete {
        let mut found = Incomplete::default();
        for code in self.codes_before(area, day) {
            let Some(place) = self.place(&code).filter(|place| place.id == code) else { continue };
            let series = group.iter().find(|one| one.area == code);
            let of_month = |month: &&Month| {
                let Ok(first) = month.first_day().parse() else { return false };
                let leads = self
                    .later(&code, **month, day)
                    .is_ok_and(|to| to.iter().any(|(a, _)| a == area));
                leads
                    && place.is_there(first)
                    && !series.is_some_and(|one| one.months.contains_key(*month))
            };
            // A code that the file never has is of another kind of area, or was not asked for.
            if series.is_none() && !own.contains(&code) && code != area {
                let is_needed = months.keys().any(|month| of_month(&month));
                if !is_needed {
                    continue;
                }
            }
            let first = series.and_then(|one| one.months.keys().next());
            for month in months.keys().filter(of_month) {
                if first.is_some_and(|first| month < first) && place.from.is_some() {
                    found.reorganised = found.reorganised.max(Some(*month));
                } else {
                    found.blank.push(*month);
                }
            }
        }
        found
    }
}

/// Months without a row stand as missing, as what is not complete.
fn fill(months: &mut BTreeMap<Month, (Option<f64>, bool)>) {
    let ends = months.first_key_value().zip(months.last_key_value());
    let Some(((&first, _), (&last, _))) = ends else { return };
    for month in (0..last.since(first)).map(|t| first.plus(t)) {
        months.entry(month).or_insert((None, false));
    }
}

/// Months that are not complete.
#[derive(Default)]
struct Incomplete {
    /// The last one before a code's first figure: nothing before it is spliced.
    reorganised: Option<Month>,
    /// Others, which are left blank.
    blank: Vec<Month>,
}
