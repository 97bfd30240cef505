//! What stands under the answers, for each scenario: demand by service, month by month, waits, who
//! is hit, and what was published beside ours.

use super::answers::{weeks, whole_years, worst_missed};
use super::html::{Cell, Table, count, count_ends, escaped, percent, percent_ends, share};
use super::{Shown, is_headline};
use crate::evaluate::checks::findings;
use crate::output::waits::limit;
use crate::projection::Projection;
use crate::projection::course::Period;
use crate::projection::equity::EquityMeasure;
use crate::projection::line::LineResult;
use crate::projection::measure::Measure;
use crate::projection::quantiles::{Quantile, Stats};
use crate::study::Study;
use crate::study::checks::Quantity;

/// Years with a column of their own: more would not be read.
const YEARS: usize = 3;

/// The sections of a scenario.
pub(super) fn sections(study: &Study, shown: &Shown<'_>, projection: &Projection) -> String {
    let name = &study.scenarios[projection.scenario].name;
    let index = shown
        .projections
        .iter()
        .position(|own| own.scenario == projection.scenario)
        .unwrap_or_default();
    let section = |id: &str, title: &str, class: &str, body: String| {
        if body.is_empty() {
            return String::new();
        }
        format!(
            "<section aria-labelledby=\"{id}{index}\" class=\"{class}\">\n\
             <h2 id=\"{id}{index}\">{title}<span class=\"which\">: {}</span></h2>\n{body}</section>\n",
            escaped(name)
        )
    };
    [
        section("m", "Month by month", "board months", months(index)),
        section("d", "Demand by service", "details", demand(study, shown, projection)),
        section("w", "How long people wait", "waits", waits(study, projection, index)),
        section("h", "Who is hit", "who", who(study, projection)),
        section(
            "p",
            "What was published, and what came, beside ours",
            "",
            published(study, projection),
        ),
    ]
    .concat()
}

/// Referrals above usual by family.
fn demand(study: &Study, shown: &Shown<'_>, projection: &Projection) -> String {
    let scenario = &study.scenarios[projection.scenario];
    let years: Vec<_> = whole_years(scenario).into_iter().take(YEARS).collect();
    let span = match scenario.months % 12 {
        0 => format!("{} years", scenario.months / 12),
        _ => format!("{} months", scenario.months),
    };
    let mut head = vec!["Service".to_owned(), "Usual, a year".to_owned()];
    head.extend(years.iter().map(ToString::to_string));
    head.push(format!("All {span}"));
    head.push("Highest month".to_owned());
    let caption = format!(
        "Referrals above usual by financial year, median and 5th to 95th percentile of {} draws; \
         usual is what would have come without the pandemic",
        crate::output::words::thousands(study.draws.count.max(1) as f64)
    );
    let mut table = Table { caption, head, rows: Vec::new() };
    for (place, like) in shown.families().enumerate() {
        let Some(family) = Shown::family(projection, like) else { continue };
        let mut cells = vec![
            Cell::new(&study.pack.families[family.family].label),
            Cell::new(family.baseline_year.map_or_else(|| "not known".to_owned(), |y| count(y, 3))),
        ];
        for year in &years {
            let share = family.course.period(Period::Financial(*year)).and_then(|t| t.extra_share);
            let cell = share.map_or_else(
                || Cell::new("not known"),
                |share| Cell::new(percent(share.median())).with(percent_ends(&share)),
            );
            cells.push(cell.key(format!("fy{}", year.0)));
        }
        let whole = family.course.period(Period::Horizon).map(|total| total.extra);
        let extra = whole.unwrap_or_default();
        cells.push(Cell::new(count(extra.median(), 2)).with(count_ends(&extra)).key("extra"));
        let peak = &family.course.peak;
        let uplift = peak.uplift.map_or_else(String::new, |uplift| percent(uplift.median()));
        let month = scenario.month(peak.t).short();
        cells.push(Cell::new(month).with(uplift).key("peak"));
        let class = if is_headline(study, like) { "" } else { " class=\"more\"" };
        table.rows.push((format!("{class} data-family=\"{place}\""), cells));
    }
    let surge_only: Vec<String> = projection
        .families
        .iter()
        .filter(|family| family.baseline_year.is_none_or(|year| year <= 0.0))
        .filter_map(|family| {
            let total = family.course.total(Measure::Surge).filter(|t| t.median() >= 1.0)?;
            let label = &study.pack.families[family.family].label;
            Some(format!("{label} {}", count(total.median(), 2)))
        })
        .collect();
    let note = if surge_only.is_empty() {
        String::new()
    } else {
        format!(
            "<p class=\"note\">New need alone, where nobody counts what is usual: {}.</p>\n",
            escaped(&surge_only.join("; "))
        )
    };
    table.html() + &note
}

/// Where the script draws the months.
fn months(index: usize) -> String {
    drawn("pick", index, "Service")
        + "<noscript><p>The months are drawn by a script; the table of demand has the years.</p></noscript>\n"
}

/// Where the script draws a chart of months with its table, of what is picked.
fn drawn(name: &str, index: usize, label: &str) -> String {
    format!(
        "<div class=\"scripted\" hidden><p class=\"noprint\"><label for=\"{name}{index}\">{label}</label> \
         <select id=\"{name}{index}\" class=\"{name}\"></select></p>\n\
         <figure><figcaption></figcaption><div class=\"fan\"></div></figure>\n\
         <details class=\"noprint\"><summary>Table of this chart</summary>\
         <div class=\"table\"></div></details></div>\n"
    )
}

/// Waits of the lists with a standard.
fn waits(study: &Study, projection: &Projection, index: usize) -> String {
    let scenario = &study.scenarios[projection.scenario];
    let mut table = Table::new(
        "Waiting lists with an access standard; weeks are the median wait of those who start",
        &[
            "Service",
            "Standard",
            "Missed most often",
            "Within it then",
            "Longest wait",
            "Waiting at the end",
            "Without the pandemic",
        ],
    );
    for line in &projection.lines {
        // What nothing published can be held against is not said here.
        let Some(waits) = line.waits.as_ref().filter(|waits| waits.is_checked) else { continue };
        let Some(standard) = waits.standards.first() else { continue };
        let share_of = standard.share.map_or_else(|| "proposed".to_owned(), share);
        let worst = worst_missed(waits);
        let within = worst.and_then(|(year, _)| {
            waits
                .years
                .iter()
                .find(|own| own.year == year)
                .and_then(|own| own.within.first().copied().flatten())
        });
        let ends = |stats: &Stats| {
            let [low, high] = [stats.q05(), stats.q95()].map(|x| format!("{:.0}", x * 100.0));
            format!("{low} to {high}%")
        };
        let (t, longest) = &waits.longest;
        let end = line.course.measure(Measure::Waiting).and_then(<[Stats]>::last);
        let against = waits.against.iter().find(|(measure, _)| *measure == Measure::Waiting);
        let anyway = against.and_then(|(_, months)| months.last());
        let family = &study.pack.families[study.pack.services[line.service].family];
        let is_headline = family.headline;
        let class = if is_headline { "" } else { " class=\"more\"" };
        let id = escaped(&study.pack.services[line.service].id);
        let cells = vec![
            Cell::new(&study.pack.services[line.service].label),
            Cell::new(limit(standard.weeks)).with(share_of),
            worst.map_or_else(Cell::default, |(year, missed)| {
                Cell::new(format!("{:.0} of 100 draws", missed * 100.0))
                    .with(year.to_string())
                    .key("missed")
            }),
            within.map_or_else(Cell::default, |own| {
                Cell::new(share(own.median())).with(ends(&own)).key("within")
            }),
            Cell::new(format!("{} weeks", weeks(longest.median())))
                .with(format!(
                    "{} to {}, {}",
                    weeks(longest.q05()),
                    weeks(longest.q95()),
                    scenario.month(*t).short()
                ))
                .key("longest"),
            end.map_or_else(Cell::default, |end| {
                Cell::new(count(end.median(), 2)).with(count_ends(end)).key("end")
            }),
            anyway.map_or_else(Cell::default, |own| {
                Cell::new(count(own.without.median(), 2)).with(count_ends(&own.without))
            }),
        ];
        table.rows.push((format!("{class} data-service=\"{id}\""), cells));
    }
    let table = table.html();
    if table.is_empty() {
        return table;
    }
    drawn("list", index, "List") + &table
}

/// Need and access by strata.
fn who(study: &Study, projection: &Projection) -> String {
    let mut text = String::new();
    for result in &projection.needs.equity {
        let stratification = &study.pack.stratifications[result.stratification];
        let mut table = Table::new(
            format!("By {}: need caused by the pandemic, and who asks for help", stratification.id),
            &["Group", "Of the population", "Of the need", "Of those who ask", "Access over need"],
        );
        for (k, stratum) in stratification.strata.iter().enumerate() {
            let of = |measure| result.horizon(k, measure);
            let shares = |measure| {
                of(measure).map_or_else(Cell::default, |s: &Stats| Cell::new(share(s.median())))
            };
            table.row(vec![
                Cell::new(&stratum.label),
                shares(EquityMeasure::PopulationShare),
                shares(EquityMeasure::NeedShare),
                shares(EquityMeasure::AccessShare),
                of(EquityMeasure::AccessRatio).map_or_else(Cell::default, |ratio| {
                    Cell::new(format!("{:.2}", ratio.median())).with(format!(
                        "{:.2} to {:.2}",
                        ratio.q05(),
                        ratio.q95()
                    ))
                }),
            ]);
        }
        text.push_str(&table.html());
    }
    text
}

/// Published figures beside ours, and the months that were counted.
fn published(study: &Study, projection: &Projection) -> String {
    let mut table = Table::new(
        "Published figures beside this scenario's",
        &["Figure", "Published", "Ours", "Verdict", "Source"],
    );
    for finding in findings(study, projection) {
        let number = |value: f64| match finding.check.quantity {
            Quantity::Need(_) | Quantity::Referrals(_) => count(value, 3),
            Quantity::Care(_) | Quantity::Rise(_) | Quantity::Growth(_) => {
                format!("{:.1}%", value * 100.0)
            }
            Quantity::NeedRatio { .. } => format!("{value:.1}"),
        };
        let ours = &finding.ours;
        table.row(vec![
            Cell::new(&finding.check.label),
            Cell::new(number(finding.check.value)),
            Cell::new(number(ours.median())).with(format!(
                "{} to {}",
                number(ours.q05()),
                number(ours.q95())
            )),
            Cell::new(finding.verdict.name()),
            Cell::words(format!("{} (grade {})", finding.check.source, finding.check.grade)),
        ]);
    }
    table.html() + &came(study, projection)
}

/// How a line did in the months that were counted.
struct Came {
    months: usize,
    in_range: usize,
    below: usize,
    error: f64,
}

/// Holds the months counted from the start on against the run; nothing where none was.
fn came_of(study: &Study, projection: &Projection, line: &LineResult) -> Option<Came> {
    let scenario = &study.scenarios[projection.scenario];
    let series = study.areas[projection.area].series.iter().find(|s| s.service == line.service)?;
    let referrals = line.course.measure(Measure::Referrals)?;
    let mut came = Came { months: 0, in_range: 0, below: 0, error: 0.0 };
    for (month, value, derived) in series.months() {
        let stats =
            usize::try_from(month.since(scenario.start)).ok().and_then(|t| referrals.get(t));
        let (Some(value), Some(stats), false) = (value.filter(|v| *v > 0.0), stats, derived) else {
            continue;
        };
        came.months += 1;
        let (low, high) = (stats.at(Quantile::Q10), stats.at(Quantile::Q90));
        came.in_range += usize::from((low..=high).contains(&value));
        came.below += usize::from(value < low);
        came.error += (stats.median() - value).abs() / value;
    }
    (came.months > 0).then_some(came)
}

fn came(study: &Study, projection: &Projection) -> String {
    let mut table = Table::new(
        "How this run did in the months that were counted from its start on: an 80% range should \
         hold 8 of 10",
        &["Series", "Months counted", "In the 80% range", "Below it", "Mean error"],
    );
    for line in &projection.lines {
        let Some(came) = came_of(study, projection, line) else { continue };
        table.row(vec![
            Cell::new(&study.pack.services[line.service].label),
            Cell::new(came.months.to_string()),
            Cell::new(share(came.in_range as f64 / came.months as f64)),
            Cell::new(came.below.to_string()),
            Cell::new(format!("{:.1}%", 100.0 * came.error / came.months as f64)),
        ]);
    }
    let table = table.html();
    if table.is_empty() {
        return "<p>No month of these series was counted from the start of the scenario on.</p>\n"
            .to_owned();
    }
    table
}
