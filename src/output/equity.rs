//! Who is hit and who is seen, in words; and results beside published figures.

use std::fmt::Write as _;

use super::words::{count, count_range};
use crate::evaluate::checks::{Finding, findings};
use crate::projection::Projection;
use crate::projection::equity::EquityMeasure;
use crate::projection::quantiles::Stats;
use crate::study::Study;
use crate::study::checks::Quantity;

/// Strata with a smaller share of the need lead no list: their ratios are of few people.
const LEAST_NEED: f64 = 0.02;

/// The widest gap between need and access of each stratification, and the checks.
pub fn words(study: &Study, projections: &[Projection]) -> String {
    let mut text = String::new();
    for projection in projections.iter().filter(|p| !study.areas[p.area].is_part) {
        let scenario = &study.scenarios[projection.scenario];
        let area = &study.areas[projection.area].name;
        let gaps = gaps(study, projection);
        if !gaps.is_empty() {
            let title = format!(
                "Widest gaps, {area}, if {}: seen as often as need says = 1",
                scenario.name.to_lowercase()
            );
            let _ = write!(text, "\n{}", super::words::wrapped(&title, "", ""));
        }
        for gap in gaps {
            let who = format!("{}, {}", gap.stratum, gap.of);
            let _ = writeln!(
                text,
                "  {:<12} {who:<42} {:.2} ({:.2} to {:.2})",
                gap.stratification,
                gap.ratio.median(),
                gap.ratio.q05(),
                gap.ratio.q95()
            );
        }
        let findings = findings(study, projection);
        if !findings.is_empty() {
            let title =
                format!("Published beside ours, {area}, if {}:", scenario.name.to_lowercase());
            let _ = write!(text, "\n{}", super::words::wrapped(&title, "", ""));
            let _ = writeln!(text, "{:<34} {:>20} {:>14}", "", "ours", "published");
        }
        for finding in findings {
            let (ours, published) = pair(&finding);
            let verdict = finding.verdict.name();
            let label = &finding.check.label;
            // A wide range takes its room from beside a short label.
            let (ours, room) = (format!(" {ours}"), 53_usize.saturating_sub(label.chars().count()));
            let _ = writeln!(text, "  {label}{ours:>room$} {published:>14}  {verdict}");
        }
    }
    text
}

/// In words: ours with its range, and the band in which it agrees with what was published.
fn pair(finding: &Finding<'_>) -> (String, String) {
    let ours = &finding.ours;
    let band = |number: fn(f64) -> String, unit: &str| match finding.band {
        (low, high) if low.is_finite() => format!("{} to {}{unit}", number(low), number(high)),
        (_, high) => format!("under {}{unit}", number(high)),
    };
    match finding.check.quantity {
        Quantity::Need(_) | Quantity::Referrals(_) => (count_range(ours), band(count, "")),
        Quantity::Care(_) | Quantity::Rise(_) | Quantity::Growth(_) => {
            let [median, low, high] = [ours.median(), ours.q05(), ours.q95()].map(in_percent);
            (format!("{median}% ({low} to {high})"), band(in_percent, "%"))
        }
        Quantity::NeedRatio { .. } => {
            let ratio = |ratio: f64| format!("{ratio:.1}");
            (ratio(ours.median()), band(ratio, ""))
        }
    }
}

/// `33`, `3.8`: a share in percent, fine enough to be told from the edges of a band.
fn in_percent(share: f64) -> String {
    let value = share * 100.0;
    if value.abs() >= 9.95 { format!("{value:.0}") } else { format!("{value:.1}") }
}

/// Where access falls furthest behind need.
struct Gap<'a> {
    stratification: &'a str,
    stratum: &'a str,
    of: &'a str,
    is_of_all: bool,
    ratio: Stats,
}

fn gaps<'a>(study: &'a Study, projection: &Projection) -> Vec<Gap<'a>> {
    let widest = |(index, stratification): (usize, &'a crate::study::strata::Stratification)| {
        let ratios = projection.splits().filter(|r| r.stratification == index).flat_map(|r| {
            let counts = move |k| {
                let need = r.horizon(k, EquityMeasure::NeedShare)?.median();
                (need >= LEAST_NEED).then_some(())
            };
            let of_split =
                move |k| counts(k).and(Some((r, k, *r.horizon(k, EquityMeasure::AccessRatio)?)));
            (0..stratification.strata.len()).filter_map(of_split)
        });
        let (result, k, ratio) = ratios.min_by(|a, b| a.2.median().total_cmp(&b.2.median()))?;
        Some(Gap {
            stratification: &stratification.id,
            stratum: &stratification.strata[k].label,
            is_of_all: result.family.is_none(),
            of: result.family.map_or("all services", |f| &study.pack.families[f].label),
            ratio,
        })
    };
    study.pack.stratifications.iter().enumerate().filter_map(widest).collect()
}

/// In a line: who is seen least for their need, in the scenario with most of it.
pub fn line(study: &Study, projections: &[&Projection]) -> String {
    let most =
        projections.iter().max_by(|a, b| a.needs.total.median().total_cmp(&b.needs.total.median()));
    let Some(projection) = most else { return String::new() };
    let mut gaps = gaps(study, projection);
    gaps.sort_by(|a, b| a.ratio.median().total_cmp(&b.ratio.median()));
    let said = gaps.iter().take(2).map(|gap| {
        let of = if gap.is_of_all { String::new() } else { format!(" ({})", gap.of) };
        format!("{}{of} {:.2}", gap.stratum, gap.ratio.median())
    });
    let said: Vec<String> = said.collect();
    if said.is_empty() {
        return String::new();
    }
    let text = format!("Least seen (1 = as need): {}.", said.join(", "));
    super::words::wrapped(&text, "", "  ")
}

/// What the surge takes, in a sentence; nothing where no unit cost is known.
pub fn burden(study: &Study, projection: &Projection) -> String {
    let total = projection.burden;
    let Some(cost) = total.cost else { return String::new() };
    let grade = |line: &crate::projection::LineResult| {
        let unit_cost = study.pack.services[line.service].figures.unit_cost?;
        Some(study.figures.get(unit_cost).origin.grade)
    };
    let weakest = projection.lines.iter().filter_map(grade).max();
    let grade = weakest.map_or_else(String::new, |grade| format!(", the weakest grade {grade}"));
    let mut text =
        format!("Cost of the surge: {} (unit costs of their years{grade})", pounds(&cost));
    if let Some(staff) = total.staff {
        let _ = write!(text, "; extra staff at its peak: {}", count_range(&staff));
    }
    super::words::wrapped(&format!("{text}."), "", "")
}

/// `£2.7bn (1.5 to 4.2)`.
fn pounds(stats: &Stats) -> String {
    let (scale, unit, digits) = match stats.q95().abs() {
        most if most >= 1e9 => (1e9, "bn", 1),
        most if most >= 1e7 => (1e6, "m", 0),
        most if most >= 1e6 => (1e6, "m", 1),
        _ => (1e3, "k", 0),
    };
    let [middle, low, high] = [stats.median(), stats.q05(), stats.q95()]
        .map(|value| format!("{:.digits$}", value / scale));
    format!("£{middle}{unit} ({low} to {high})")
}
