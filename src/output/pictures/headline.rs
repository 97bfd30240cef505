//! What the headline picture of a run is made of: what drives need, and need, of its first two
//! scenarios. What drives it is the virus, or the people who come to be at risk where they do so
//! by the named curves of a pack.

use super::series::values;
use crate::month::{Month, position};
use crate::output::charts::{Band, Headline, Lag, Panel, Restriction, Words};
use crate::projection::Projection;
use crate::projection::measure::NeedMeasure;
use crate::projection::quantiles::Quantile;
use crate::study::Study;
use crate::study::pack::Track;
use crate::study::scenario::{CurveChoice, Scenario};

/// The picture of one area, from its projections.
pub(super) fn headline(
    study: &Study,
    projections: &[&Projection],
    source: String,
) -> Option<Headline> {
    let shown: Vec<&Projection> = projections.iter().take(2).copied().collect();
    let area = &study.areas[shown.first()?.area].name;
    let is_by_curves = shown.iter().all(|shown| study.scenarios[shown.scenario].curve.is_some());
    let panels: Vec<Panel> =
        shown.iter().filter_map(|shown| panel(study, shown, is_by_curves)).collect();
    let need_label = "people in need because of the pandemic, thousands".to_owned();
    let range_label = "90% of draws".to_owned();
    if panels.is_empty() {
        return None;
    }
    if is_by_curves {
        let highest = panels.iter().flat_map(|panel| panel.track.iter().map(|(_, value)| *value));
        return Some(Headline {
            words: Words::new(
                highest_in(&panels),
                format!(
                    "People in need because of the pandemic, {area}, below how many come to be at \
                     risk each month by the curves of the pack, which know no virus"
                ),
                source,
            ),
            track_name: "At risk".to_owned(),
            track_label: "people who come to be at risk, highest month = 100".to_owned(),
            hundred: highest.fold(0.0, f64::max),
            need_label,
            range_label,
            panels,
        });
    }
    Some(Headline {
        words: Words::new(
            weeks_after(&panels),
            format!(
                "People in need because of the pandemic beside the virus, {area}; need within \
                 three months of exposure and later"
            ),
            source,
        ),
        track_name: "The virus".to_owned(),
        track_label: "hospital admissions, first peak = 100".to_owned(),
        hundred: 1.0,
        need_label,
        range_label,
        panels,
    })
}

/// How long after the virus need peaks, as a title.
fn weeks_after(panels: &[Panel]) -> String {
    let weeks = || panels.iter().flat_map(|panel| &panel.lags).map(Lag::weeks);
    match (weeks().min(), weeks().max()) {
        (Some(least), Some(most)) if least != most => {
            format!(
                "Need peaks {least} to {most} weeks after the virus, and much of it comes later"
            )
        }
        (Some(weeks), _) => {
            format!("Need peaks {weeks} weeks after the virus, and much of it comes later")
        }
        _ => "Need outlasts the virus".to_owned(),
    }
}

/// When need is highest, as a title.
fn highest_in(panels: &[Panel]) -> String {
    let mut months: Vec<Month> = panels.iter().filter_map(Panel::highest).collect();
    months.sort_unstable();
    months.dedup();
    let months: Vec<String> = months.into_iter().map(Month::short).collect();
    format!("Need is highest in {}", months.join(" or "))
}

fn panel(study: &Study, projection: &Projection, is_by_curves: bool) -> Option<Panel> {
    let scenario = &study.scenarios[projection.scenario];
    let needs = &projection.needs;
    let thousands = |measure, quantile: Quantile| {
        let months = needs.months(None, None, measure)?;
        Some(values(months, |stats| stats.at(quantile) / 1000.0))
    };
    let total = thousands(NeedMeasure::InNeed, Quantile::Q50)?;
    let immediate = thousands(NeedMeasure::InNeedImmediate, Quantile::Q50)?;
    // Medians of parts don't add up to that of the whole; the picture's areas must.
    let longitudinal: Vec<f64> =
        total.iter().zip(&immediate).map(|(all, early)| (all - early).max(0.0)).collect();
    let peaks: Vec<f64> = scenario.waves.iter().map(|wave| position(wave.peak)).collect();
    let end = scenario.month(scenario.months).start_position();
    let lags = peaks.iter().enumerate().filter_map(|(i, peak)| {
        let until = peaks.get(i + 1).copied().unwrap_or(end);
        Lag::find(*peak, until, scenario.start, &total)
    });
    let track = match &scenario.curve {
        Some(choice) => {
            let mut entering = entering(study, scenario, choice);
            if !is_by_curves {
                // Beside a virus whose first peak is 1, the highest month is.
                let highest = entering.iter().fold(0.0, |most: f64, (_, value)| most.max(*value));
                for (_, value) in &mut entering {
                    *value /= highest;
                }
            }
            entering
        }
        None => projection.tracks.virus_points.clone(),
    };
    Some(Panel {
        name: scenario.name.clone(),
        start: scenario.start,
        track,
        immediate,
        longitudinal,
        range: Band::new(
            thousands(NeedMeasure::InNeed, Quantile::Q05)?,
            thousands(NeedMeasure::InNeed, Quantile::Q95)?,
        ),
        restrictions: restrictions(scenario),
        lags: if scenario.curve.is_none() { lags.collect() } else { Vec::new() },
        observed: Vec::new(),
    })
}

/// People of the reference area who come to be at risk in each month, at central values: positions
/// and counts.
fn entering(study: &Study, scenario: &Scenario, choice: &CurveChoice) -> Vec<(f64, f64)> {
    let central = |id| study.figures.get(id).number.central;
    let mut people = vec![0.0; scenario.months];
    for group in &study.pack.groups {
        let Some(own) = group.curve else { continue };
        let curve = match choice {
            CurveChoice::Pack => own.curve,
            CurveChoice::One(curve) => *curve,
        };
        let susceptible = central(group.size) * central(own.susceptible);
        for (entering, share) in people.iter_mut().zip(&study.pack.curves[curve].months) {
            *entering += susceptible * share;
        }
    }
    let middle = |t: usize| scenario.start.start_position() + t as f64 + 0.5;
    people.into_iter().enumerate().map(|(t, people)| (middle(t), people)).collect()
}

/// Neighbouring restrictions of one wave as one shaded time.
fn restrictions(scenario: &Scenario) -> Vec<Restriction> {
    let mut times: Vec<Restriction> = Vec::new();
    let start = scenario.start.start_position();
    let spells: Vec<(f64, f64, bool)> = match scenario.own_track(Track::RESTRICTIONS) {
        Some(own) => (0..own.values.len())
            .filter(|&t| own.values[t] > 0.0)
            .map(|t| (start + t as f64, start + t as f64 + 1.0, true))
            .collect(),
        None => scenario
            .restrictions
            .iter()
            .map(|r| (position(r.from), position(r.to), r.wave == 1))
            .collect(),
    };
    for (from, to, first) in spells {
        match times.last_mut().filter(|time| time.first == first && time.to >= from) {
            Some(time) => time.to = to,
            None => times.push(Restriction {
                from,
                to,
                first,
                label: if first { "first restrictions" } else { "later restrictions" }.to_owned(),
            }),
        }
    }
    times
}
