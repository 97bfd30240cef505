//! Who is hit and who is seen: results by strata, and results beside published figures, as
//! tables, words, JSON and charts.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::charts::{Chart, Equity, Stratum, Words};
use super::csv_rows::{Rows, stats_header};
use super::words::{count, count_range};
use crate::evaluate::checks::{Finding, findings};
use crate::projection::Projection;
use crate::projection::burden::{self, Burden};
use crate::projection::equity::{EquityMeasure, EquityResult};
use crate::projection::quantiles::Stats;
use crate::study::Study;
use crate::study::checks::{Quantity, Relation};
use crate::study::figures::Grade;

/// Strata with a smaller share of the need lead no list: their ratios are of few people.
const LEAST_NEED: f64 = 0.02;

/// All splits of a projection: of need first, then of each family.
fn results(projection: &Projection) -> impl Iterator<Item = &EquityResult> {
    projection.needs.equity.iter().chain(projection.families.iter().flat_map(|f| &f.equity))
}

/// What a split is of: `all`, or a family.
fn family_id<'a>(study: &'a Study, result: &EquityResult) -> &'a str {
    result.family.map_or("all", |family| &study.pack.families[family].id)
}

/// `equity.csv`; family `all` is need and those who present, all services together. `grade` is
/// the worst of the stratum's figures.
pub fn table(study: &Study, projections: &[Projection]) -> String {
    let mut rows = Rows::new(&format!(
        "scenario,area,stratification,stratum,label,family,period,measure,{},grade",
        stats_header()
    ));
    for projection in projections {
        let area = &study.areas[projection.area].id;
        for result in results(projection) {
            let stratification = &study.pack.stratifications[result.stratification];
            let figures = stratification.resolve(result.family, area).unwrap_or_default();
            for row in &result.rows {
                let stratum = &stratification.strata[row.stratum];
                let grade = figures.get(row.stratum).and_then(|of| {
                    [of.share, of.relative_need, of.relative_access, of.suppression]
                        .map(|id| study.figures.get(id).origin.grade)
                        .into_iter()
                        .max()
                });
                rows.text(&study.scenarios[projection.scenario].id).text(area);
                rows.text(&stratification.id).text(&stratum.id).text(&stratum.label);
                rows.text(family_id(study, result)).text(&row.period.name());
                rows.text(row.measure.name()).stats(&row.stats);
                rows.text(&grade.unwrap_or(Grade::D).to_string()).end();
            }
        }
    }
    rows.into_text()
}

/// `checks.csv`: results beside published figures.
pub fn checks(study: &Study, projections: &[Projection]) -> String {
    let mut rows = Rows::new(
        "scenario,area,check,label,published,relation,low,high,ours,ours_q05,ours_q95,verdict,\
         source,grade,as_of,note",
    );
    for projection in projections {
        for finding in findings(study, projection) {
            let check = finding.check;
            rows.text(&study.scenarios[projection.scenario].id);
            rows.text(&study.areas[projection.area].id).text(&check.id).text(&check.label);
            rows.number(check.value);
            match check.relation {
                Relation::About { low, high } => rows.text("about").number(low).number(high),
                Relation::Below => rows.text("below").maybe(None).maybe(None),
            };
            rows.range(Some(&finding.ours)).text(finding.verdict.name());
            rows.text(&check.source).text(&check.grade.to_string());
            rows.text(&check.as_of).text(&check.note).end();
        }
    }
    rows.into_text()
}

/// The projection of an area with the most need: what strata and checks are told of.
fn worst<'a>(study: &Study, projections: &'a [Projection]) -> impl Iterator<Item = &'a Projection> {
    (0..study.areas.len()).filter_map(|area| {
        let of_area = projections.iter().filter(move |p| p.area == area);
        of_area.max_by(|a, b| a.needs.total.median().total_cmp(&b.needs.total.median()))
    })
}

/// The widest gap between need and access of each stratification, and the checks.
pub fn words(study: &Study, projections: &[Projection]) -> String {
    let mut text = String::new();
    let whole = |p: &&Projection| !study.areas[p.area].is_part;
    for projection in worst(study, projections).filter(whole) {
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
    ratio: Stats,
}

fn gaps<'a>(study: &'a Study, projection: &Projection) -> Vec<Gap<'a>> {
    let widest = |(index, stratification): (usize, &'a crate::study::strata::Stratification)| {
        let ratios = results(projection).filter(|r| r.stratification == index).flat_map(|r| {
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
            of: result.family.map_or("all services", |f| &study.pack.families[f].label),
            ratio,
        })
    };
    study.pack.stratifications.iter().enumerate().filter_map(widest).collect()
}

/// What the surge takes, in a sentence; nothing where no unit cost is known.
pub fn burden(study: &Study, projection: &Projection) -> String {
    let total = burden::total(&projection.lines.iter().map(|line| &line.burden));
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
    super::terminal::wrapped(&format!("{text}."))
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

/// Splits and checks as JSON.
pub fn json(study: &Study, projection: &Projection) -> (Value, Value) {
    let splits = results(projection).map(|result| {
        let stratification = &study.pack.stratifications[result.stratification];
        json!({
            "stratification": stratification.id,
            "family": family_id(study, result),
            "rows": result.rows.iter().map(|row| json!({
                "stratum": stratification.strata[row.stratum].id,
                "measure": row.measure.name(),
                "period": row.period.name(),
                "value": super::document::stats(&row.stats),
            })).collect::<Vec<_>>(),
        })
    });
    let checks = findings(study, projection).into_iter().map(|finding| {
        json!({
            "check": finding.check.id,
            "label": finding.check.label,
            "published": finding.check.value,
            "ours": super::document::stats(&finding.ours),
            "verdict": finding.verdict.name(),
            "source": finding.check.source,
            "grade": finding.check.grade,
            "note": finding.check.note,
        })
    });
    (splits.collect(), checks.collect())
}

/// The burden of a line as JSON.
pub fn burden_json(burden: &Burden) -> Value {
    let maybe = |stats: Option<&Stats>| stats.map_or(Value::Null, super::document::stats);
    json!({
        "surge_cost": burden.costs.iter().map(|(period, stats)| {
            (period.name(), super::document::stats(stats))
        }).collect::<serde_json::Map<_, _>>(),
        "extra_staff": maybe(burden.staff.as_ref()),
        "severe_at_peak": maybe(burden.severe_at_peak.as_ref()),
    })
}

/// A chart per stratification of the scenario with the most need in an area.
pub fn charts(study: &Study, projections: &[&Projection], source: &str) -> Vec<(String, Chart)> {
    let of_area = projections.iter().copied();
    let Some(projection) =
        of_area.max_by(|a, b| a.needs.total.median().total_cmp(&b.needs.total.median()))
    else {
        return Vec::new();
    };
    let chart = |result: &EquityResult| {
        let stratification = &study.pack.stratifications[result.stratification];
        let of = |k, measure| result.horizon(k, measure);
        let strata: Vec<Stratum> = (0..stratification.strata.len())
            .filter_map(|k| {
                let ratio = of(k, EquityMeasure::AccessRatio);
                Some(Stratum {
                    name: stratification.strata[k].label.clone(),
                    need: of(k, EquityMeasure::NeedShare)?.median() * 100.0,
                    referrals: of(k, EquityMeasure::AccessShare)?.median() * 100.0,
                    ratio: ratio.map(|stats| (stats.q05(), stats.median(), stats.q95())),
                })
            })
            .collect();
        let behind = |s: &Stratum| s.referrals - s.need;
        let widest = strata.iter().min_by(|a, b| behind(a).total_cmp(&behind(b)))?;
        let title = format!(
            "{}: {:.0}% of the need and {:.0}% of those who ask for help",
            widest.name, widest.need, widest.referrals
        );
        let subtitle = format!(
            "Need caused by the pandemic and people who ask any service for help, {}, if {}",
            study.areas[projection.area].name,
            study.scenarios[projection.scenario].name.to_lowercase()
        );
        let words = Words::new(title, subtitle, source.to_owned());
        let unit = "Share of the whole, %".to_owned();
        Some((stratification.id.clone(), Equity { words, unit, strata }.into()))
    };
    projection.needs.equity.iter().filter_map(chart).collect()
}
