//! The comparison as charts: help against cost, and what choices do to waiting lists.

use super::super::charts::{Chart, Exchange, Format, Group, Offer, Range, Ranges, Words, render};
use super::super::pictures::file_name;
use super::list::lists;
use crate::evaluate::choices::{Comparison, Ranked, Trial};
use crate::projection::quantiles::Stats;
use crate::study::Study;

/// Choices of a chart.
const MOST: usize = 10;
/// Waiting lists of a chart.
const MOST_LISTS: usize = 6;

/// The charts of every area, by file name.
pub fn charts(
    study: &Study,
    compared: &[Comparison],
    format: Format,
) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for own in compared {
        let place = file_name(&study.areas[own.area].id);
        let help = [("help", Some(help(study, own))), ("waits", waits(study, own))];
        for (name, chart) in help {
            let Some(chart) = chart else { continue };
            let name = format!("{name}-{place}.{}", format.extension());
            files.push((name, render(&chart, format)?));
        }
    }
    Ok(files)
}

fn ends(stats: &Stats) -> [f64; 3] {
    [stats.q05(), stats.median(), stats.q95()]
}

fn source(study: &Study) -> String {
    format!(
        "Source: afterwave, pack {}, {}, {} draws; medians, 5th to 95th percentile. Pale: may help \
         nobody. If this scenario, then this: not a forecast.",
        study.pack.name,
        study.scenarios.iter().map(|s| s.id.as_str()).collect::<Vec<_>>().join(", "),
        study.draws.count
    )
}

/// Help against cost where any cost is known, else help alone.
fn help(study: &Study, own: &Comparison) -> Chart {
    let place = &study.areas[own.area].name;
    let helped = |ranked: &Ranked| ranked.pooled(|trial| Some(trial.helped.clone()));
    let shown = &own.ranked[..own.ranked.len().min(MOST)];
    let offer = |ranked: &Ranked| {
        Some(Offer {
            name: ranked.choice.name.clone(),
            cost: ends(&ranked.pooled(Trial::whole_cost)?),
            gain: ends(&helped(ranked)?),
            is_pale: !ranked.robust,
        })
    };
    let offers: Vec<Offer> = shown.iter().filter_map(offer).collect();
    let title = match own.ranked.iter().find(|ranked| ranked.robust) {
        Some(first) => {
            format!("{} helps most for sure of what was compared in {place}", first.choice.name)
        }
        None => format!("None of what was compared in {place} is sure to help anyone"),
    };
    let without: Vec<&str> = shown
        .iter()
        .filter(|ranked| offers.iter().all(|offer| offer.name != ranked.choice.name))
        .map(|ranked| ranked.choice.name.as_str())
        .collect();
    if !offers.is_empty() {
        let mut subtitle =
            "People helped against pounds for levers and treatment, over all months, \
                            against doing nothing"
                .to_owned();
        if !without.is_empty() {
            subtitle = format!("{subtitle}. Without a cost, and not drawn: {}", without.join(", "));
        }
        let words = Words::new(title, subtitle, source(study));
        return in_millions(words, offers).into();
    }
    let range = |ranked: &Ranked| {
        Some(Range {
            name: ranked.choice.name.clone(),
            values: ends(&helped(ranked)?),
            is_pale: !ranked.robust,
        })
    };
    let ranges = shown.iter().filter_map(range).collect();
    Ranges {
        words: Words::new(
            title,
            "People helped over all months, against doing nothing; nobody has said what it costs",
            source(study),
        ),
        unit: "people helped".to_owned(),
        groups: vec![Group { name: String::new(), ranges }],
    }
    .into()
}

/// Offers by cost in pounds, millions of them where they are many.
fn in_millions(words: Words, mut offers: Vec<Offer>) -> Exchange {
    const MILLION: f64 = 1e6;
    let costs = || offers.iter().flat_map(|offer| offer.cost);
    let is_large = costs().any(|cost| cost.abs() >= MILLION);
    let pounds = if is_large { "£ million" } else { "£" };
    if is_large {
        offers.iter_mut().flat_map(|offer| &mut offer.cost).for_each(|cost| *cost /= MILLION);
    }
    Exchange { words, axes: [pounds.to_owned(), "people helped".to_owned()], offers }
}

/// The change of lists at the end; none where no choice changes one that can be checked.
fn waits(study: &Study, own: &Comparison) -> Option<Chart> {
    let shown = &own.ranked[..own.ranked.len().min(MOST)];
    let mut groups: Vec<(usize, Vec<Range>)> = Vec::new();
    for ranked in shown {
        for list in lists(study, own, ranked, false) {
            let range = Range {
                name: ranked.choice.name.clone(),
                values: ends(&list.end_changed),
                is_pale: !ranked.robust,
            };
            match groups.iter_mut().find(|(service, _)| *service == list.service) {
                Some((_, ranges)) => ranges.push(range),
                None => groups.push((list.service, vec![range])),
            }
        }
    }
    let size = |ranges: &[Range]| ranges.iter().map(|r| r.values[1].abs()).fold(0.0, f64::max);
    groups.sort_by(|a, b| size(&b.1).total_cmp(&size(&a.1)));
    groups.truncate(MOST_LISTS);
    let (first, _) = groups.first()?;
    let title = format!(
        "Of the waiting lists in {}, {} changes most",
        study.areas[own.area].name, study.pack.services[*first].label
    );
    let group = |(service, ranges): (usize, Vec<Range>)| Group {
        name: study.pack.services[service].label.clone(),
        ranges,
    };
    let subtitle = "People more (or fewer) on the list at the end, against doing nothing; lists \
                    that a published figure can be held against";
    Some(
        Ranges {
            words: Words::new(title, subtitle, source(study)),
            unit: "people on the list".to_owned(),
            groups: groups.into_iter().map(group).collect(),
        }
        .into(),
    )
}
