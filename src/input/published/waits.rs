//! Waits as published: how many were seen and how soon, who still waits, and who was referred.
//!
//! Each figure keeps its own period: a share over three rolling months stays one figure over three
//! months. Counts within a limit become shares of those seen in the same period. Those seen and
//! those still waiting are different people and stay apart.

use std::collections::BTreeMap;

use serde::Serialize;

use super::gather::Gatherer;
use super::period::Period;
use super::wait_measures::SOURCES;
use crate::month::Month;
use crate::study::waits::Told;

/// One published figure of waits.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Wait {
    /// The area's code.
    pub area: String,
    /// The service id.
    pub service: String,
    /// What is told.
    pub told: Told,
    /// The limit of a share, in weeks.
    pub weeks: Option<f64>,
    /// The first month of its period.
    pub first: Month,
    /// How many months it covers.
    pub months: u16,
    /// The figure.
    pub value: f64,
}

/// Every figure of waits among those kept, by area, service and what is told.
pub(super) fn build(gatherer: &mut Gatherer<'_>) -> Vec<Wait> {
    let kept = gatherer.take();
    let catalogue = &gatherer.catalogue;
    let measure = |id: &str| catalogue.measures.iter().position(|m| m.id.eq_ignore_ascii_case(id));
    let mut areas: Vec<usize> = kept.keys().map(|(area, _)| *area).collect();
    areas.dedup();
    let mut waits = Vec::new();
    for area in areas {
        let figures = |id: &str| -> Option<&BTreeMap<Period, Option<f64>>> {
            kept.get(&(area, measure(id)?))
        };
        for source in &SOURCES {
            let Some(own) = figures(source.id) else { continue };
            for (period, value) in own {
                let value = match source.of {
                    None => *value,
                    Some((_, all)) => share(*value, figures(all), *period),
                };
                let Some(value) = value else { continue };
                waits.push(Wait {
                    area: catalogue.areas[area].code.clone(),
                    service: source.service.to_owned(),
                    told: source.told,
                    weeks: source.of.map(|(weeks, _)| weeks),
                    first: period.first,
                    months: period.months,
                    value,
                });
            }
        }
    }
    waits
}

/// A count as a share of all in the same period; none where that is nobody or not known.
fn share(
    count: Option<f64>,
    all: Option<&BTreeMap<Period, Option<f64>>>,
    period: Period,
) -> Option<f64> {
    let all = all?.get(&period).copied().flatten().filter(|all| *all > 0.0)?;
    // Counts rounded to the nearest 5 can exceed their whole.
    Some((count? / all).min(1.0))
}
