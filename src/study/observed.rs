//! Counted months from the scenario's start on that a projection carries the level of forward
//! ([`crate::model::level`]): those that a fit left in its pack, or those before a cut.

use std::collections::BTreeSet;

use super::Study;
use super::pack::same_name;
use crate::month::Month;

/// What was counted up to a month.
#[derive(Clone, PartialEq, Debug)]
pub struct Observed {
    /// The last month that counts.
    pub until: Month,
    /// The lines.
    pub lines: Vec<ObservedLine>,
}

/// The counted months of one line.
#[derive(Clone, PartialEq, Debug)]
pub struct ObservedLine {
    /// The area.
    pub area: String,
    /// The service.
    pub service: String,
    /// Months with what was counted in them, in order.
    pub months: Vec<(Month, f64)>,
}

impl Observed {
    /// The counted months of every line of `study` from its first scenario's start to `until`;
    /// months derived from longer periods are not.
    pub fn of(study: &Study, until: Month) -> Self {
        let start = study.scenarios.iter().map(|scenario| scenario.start).min().unwrap_or(until);
        let mut lines = Vec::new();
        for area in &study.areas {
            for series in &area.series {
                let counted = |(month, value, derived): (Month, Option<f64>, bool)| {
                    let is_seen = (start..=until).contains(&month) && !derived;
                    value.filter(|_| is_seen).map(|value| (month, value))
                };
                let months: Vec<(Month, f64)> = series.months().filter_map(counted).collect();
                if !months.is_empty() {
                    let service = study.pack.services[series.service].id.clone();
                    lines.push(ObservedLine { area: area.id.clone(), service, months });
                }
            }
        }
        Self { until, lines }
    }

    /// The counted months of a line.
    pub fn line(&self, area: &str, service: &str) -> Option<&ObservedLine> {
        let is_it = |line: &&ObservedLine| same_name(&line.area, area) && line.service == service;
        self.lines.iter().find(is_it)
    }

    /// The areas that it holds.
    pub fn areas(&self) -> BTreeSet<&str> {
        self.lines.iter().map(|line| line.area.as_str()).collect()
    }
}
