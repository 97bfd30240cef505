//! Totals that are told beside all of their parts, from which one part could be worked out.

use std::collections::HashSet;

use super::{Part, Place, protect};
use crate::month::Month;
use crate::study::Study;
use crate::study::area::{Area, Series};
use crate::study::pack::{Pack, same_name};

/// A total and its parts, of one month or of the months before the start.
pub(super) struct Total {
    /// Where the total stands; none where it is always told.
    total: Option<Place>,
    parts: Vec<Place>,
}

impl Total {
    pub(super) fn protect(&self, study: &Study, hidden: &mut HashSet<Place>) -> bool {
        let at = |(a, s, t): Place| {
            let series = study.areas.get(a)?.series.get(s)?;
            series.values.get(t).copied().flatten()
        };
        let is_told = |place: Place| at(place).is_some() && !hidden.contains(&place);
        let is_total_told = self.total.is_none_or(is_told);
        // A blank that came so is as hidden as one made here.
        let part = |place: &Place| Part {
            value: at(*place).unwrap_or(f64::INFINITY),
            is_hidden: !is_told(*place),
        };
        let mut parts: Vec<Part> = self.parts.iter().map(part).collect();
        if !protect(&mut parts, is_total_told) {
            return false;
        }
        let now = self.parts.iter().zip(&parts).filter(|(_, part)| part.is_hidden);
        hidden.extend(now.map(|(place, _)| *place));
        true
    }
}

/// Every total that is told beside all of its parts: of services that one adds up, of areas that
/// make up another, and of the year before the start.
pub(super) fn totals(study: &Study, areas: &[bool], start: Option<Month>) -> Vec<Total> {
    let mut list = Vec::new();
    let place = |a: usize, series: &Series, s: usize, month: Month| {
        let t = usize::try_from(month.since(series.start)).ok()?;
        (t < series.values.len()).then_some((a, s, t))
    };
    let find = |a: usize, service: usize, month: Month| {
        let all = &study.areas[a].series;
        let s = all.iter().position(|own| own.service == service)?;
        place(a, &all[s], s, month)
    };
    for (a, area) in study.areas.iter().enumerate() {
        for (s, series) in area.series.iter().enumerate() {
            let months = (0..series.values.len()).map(|t| series.start.plus(t as i32));
            let members = &study.pack.services[series.service].members;
            let parts = parts_of(study, &study.pack, area);
            for month in months {
                let total = place(a, series, s, month);
                let own = members.iter().map(|member| find(a, *member, month));
                if let Some(parts) = own.collect::<Option<Vec<_>>>().filter(|_| areas[a]) {
                    list.push(Total { total, parts });
                }
                let own = parts.iter().map(|part| find(*part, series.service, month));
                if let Some(parts) = own.collect::<Option<Vec<_>>>() {
                    list.push(Total { total, parts });
                }
            }
            let before = start.map_or(0, |start| series.months_before(start));
            let year = before.saturating_sub(12)..before;
            let known = year.filter(|t| series.values[*t].is_some());
            if areas[a] {
                list.push(Total { total: None, parts: known.map(|t| (a, s, t)).collect() });
            }
        }
    }
    list.retain(|total| total.parts.len() > 1);
    list
}

/// The areas of the study that make up another; none where one of them is absent.
fn parts_of(study: &Study, pack: &Pack, area: &Area) -> Vec<usize> {
    let is_part = |id: &Option<String>| id.as_ref().is_some_and(|own| same_name(own, &area.id));
    let of_pack = pack.areas.iter().filter(|known| is_part(&known.part_of));
    let known: Option<Vec<usize>> = of_pack
        .map(|part| study.areas.iter().position(|own| same_name(&own.id, &part.id)))
        .collect();
    known.unwrap_or_default()
}
