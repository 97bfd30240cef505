//! The first screen: how much more, when, which service, how sure, how long people wait, who is hit
//! and what can be done; and the scenarios of a run beside each other.

use super::html::{Cell, Table, count, count_ends, escaped, percent, percent_ends, share};
use super::{Setting, Shown, is_headline};
use crate::month::FinancialYear;
use crate::output::goals::{self, Answers};
use crate::projection::Projection;
use crate::projection::course::{Period, PeriodTotal};
use crate::projection::equity::EquityMeasure;
use crate::projection::line::FamilyResult;
use crate::projection::measure::Measure;
use crate::projection::quantiles::{Quantile, Stats};
use crate::projection::waits_summary::{AccessStandard, WaitsResult};
use crate::study::Study;
use crate::study::scenario::Scenario;

/// Strata with less of the need are too few people to lead with.
const LEAST_NEED: f64 = 0.05;

/// The financial years that a scenario covers whole.
pub(super) fn whole_years(scenario: &Scenario) -> Vec<FinancialYear> {
    let year = |t: usize| scenario.month(t).financial_year();
    let mut years: Vec<FinancialYear> = (0..scenario.months).map(year).collect();
    years.dedup();
    years.retain(|own| (0..scenario.months).filter(|t| year(*t) == *own).count() == 12);
    years
}

/// The whole year in which a family is most above usual, with what is added.
fn worst_year(
    scenario: &Scenario,
    family: &FamilyResult,
) -> Option<(FinancialYear, PeriodTotal, Stats)> {
    whole_years(scenario)
        .into_iter()
        .filter_map(|year| {
            let total = family.course.period(Period::Financial(year))?;
            Some((year, total.clone(), total.extra_share?))
        })
        .reduce(|a, b| if b.2.median() > a.2.median() { b } else { a })
}

/// The headline families that have a year, the one most above usual first.
fn ranked<'p>(
    study: &Study,
    shown: &Shown<'_>,
    projection: &'p Projection,
) -> Vec<(&'p FamilyResult, FinancialYear, PeriodTotal, Stats)> {
    let scenario = &study.scenarios[projection.scenario];
    let of = |headline: bool| {
        let own = shown.families().filter(move |family| is_headline(study, family) == headline);
        let year = |family: &FamilyResult| {
            let family = Shown::family(projection, family)?;
            let (year, total, share) = worst_year(scenario, family)?;
            Some((family, year, total, share))
        };
        own.filter_map(year).collect::<Vec<_>>()
    };
    let mut list = of(true);
    if list.is_empty() {
        list = of(false);
    }
    list.sort_by(|a, b| b.3.median().total_cmp(&a.3.median()));
    list
}

/// The finding, and the answers under it.
pub(super) fn answers(
    study: &Study,
    shown: &Shown<'_>,
    projection: &Projection,
    setting: &Setting<'_>,
) -> String {
    let scenario = &study.scenarios[projection.scenario];
    let ranked = ranked(study, shown, projection);
    let label = |family: &FamilyResult| study.pack.families[family.family].label.clone();
    let mut list: Vec<Answer> = Vec::new();
    let mut finding = format!("{}: what it means for demand", scenario.name);
    if let Some((family, year, total, above)) = ranked.first() {
        let name = label(family);
        let more = if above.median() >= 0.0 { "more" } else { "fewer" };
        let size = above.median().abs();
        finding = format!(
            "{}: {} {more} referrals for {name} in {year} than without the pandemic",
            scenario.name,
            percent(size).trim_start_matches('+'),
        );
        list.push(Answer::new(
            "much",
            "How much more",
            format!("{} referrals", signed(total.extra.median())),
            format!("{name} in {year}; 5th to 95th percentile {}", count_ends(&total.extra)),
        ));
        let month = scenario.month(family.course.peak.t).short();
        let others: Vec<String> =
            ranked.iter().skip(1).map(|(f, year, ..)| format!("{} {year}", label(f))).collect();
        list.push(Answer::new(
            "when",
            "When",
            year.to_string(),
            format!("the year most above usual; of single months {month}. {}", most(&others)),
        ));
        let others: Vec<String> = ranked
            .iter()
            .skip(1)
            .map(|(f, _, _, share)| format!("{} {}", label(f), percent(share.median())))
            .collect();
        let next = if others.is_empty() {
            String::new()
        } else {
            format!("; then {} in their own highest years", others.join(", "))
        };
        let own = percent(above.median());
        list.push(Answer::new("which", "Which service", name, format!("{own} in {year}{next}")));
        list.push(Answer::new(
            "sure",
            "How sure",
            if study.draws.count > 1 {
                format!("9 in 10 draws: {}", percent_ends(above))
            } else {
                "no ranges".to_owned()
            },
            format!("{}, if the scenario comes true", often(above, study.draws.count)),
        ));
    }
    list.extend(wait(study, projection));
    list.extend(who(study, projection));
    list.push(done(study, projection, setting));
    let mut text =
        format!("<h2 class=\"finding\">{}</h2>\n<dl class=\"answers\">\n", escaped(&finding));
    for answer in list {
        text.push_str(&answer.html());
    }
    text.push_str("</dl>\n");
    text
}

/// One of the answers.
struct Answer {
    key: &'static str,
    question: &'static str,
    words: String,
    note: String,
    /// The service that it is about, where a script puts a moved answer under it.
    service: Option<String>,
}

impl Answer {
    fn new(
        key: &'static str,
        question: &'static str,
        answer: impl Into<String>,
        note: impl Into<String>,
    ) -> Self {
        Self { key, question, words: answer.into(), note: note.into(), service: None }
    }

    fn html(&self) -> String {
        let service = self
            .service
            .as_ref()
            .map_or_else(String::new, |id| format!(" data-service=\"{}\"", escaped(id)));
        format!(
            "<div><dt>{}</dt><dd data-key=\"{}\"{service}><b>{}</b> <small>{}</small></dd></div>\n",
            escaped(self.question),
            self.key,
            escaped(&self.words),
            escaped(&self.note),
        )
    }
}

fn signed(value: f64) -> String {
    if value > 0.0 { format!("+{}", count(value, 2)) } else { count(value, 2) }
}

fn most(others: &[String]) -> String {
    if others.is_empty() { String::new() } else { format!("Others: {}", others.join(", ")) }
}

/// In how many draws a share is above nothing, as far as quantiles tell.
fn often(above: &Stats, draws: usize) -> String {
    if draws <= 1 {
        return "one course of every figure".to_owned();
    }
    let least = [
        (Quantile::Q05, "over 95"),
        (Quantile::Q10, "over 90"),
        (Quantile::Q25, "over 75"),
        (Quantile::Q50, "over 50"),
    ];
    match least.into_iter().find(|(quantile, _)| above.at(*quantile) > 0.0) {
        Some((_, words)) => format!("more than usual in {words} of 100 draws"),
        None if above.at(Quantile::Q75) > 0.0 => {
            "more than usual in fewer than half of the draws".to_owned()
        }
        None => "more than usual in fewer than a quarter of the draws".to_owned(),
    }
}

/// The headline list with a standard that is missed most often, or else whose wait is longest.
fn wait(study: &Study, projection: &Projection) -> Option<Answer> {
    let told = projection.lines.iter().filter_map(|line| {
        let family = &study.pack.families[study.pack.services[line.service].family];
        let waits = line.waits.as_ref()?;
        let standard = *waits.standards.first()?;
        family.headline.then_some((line, waits, standard))
    });
    let missed = |waits: &WaitsResult| worst_missed(waits).map_or(0.0, |(_, missed)| missed);
    let (line, waits, standard) =
        told.reduce(|a, b| if missed(b.1) > missed(a.1) { b } else { a })?;
    let name = &study.pack.services[line.service].label;
    let scenario = &study.scenarios[projection.scenario];
    let (t, longest) = &waits.longest;
    let note = format!(
        "median wait longest in {}: {} weeks ({} to {})",
        scenario.month(*t).short(),
        weeks(longest.median()),
        weeks(longest.q05()),
        weeks(longest.q95()),
    );
    let answer = format!("{name}: {}", compliance(standard, waits));
    let service = Some(study.pack.services[line.service].id.clone());
    Some(Answer { service, ..Answer::new("wait", "How long people wait", answer, note) })
}

/// The whole year in which a standard is missed most often, and in which share of draws.
pub(super) fn worst_missed(waits: &WaitsResult) -> Option<(FinancialYear, f64)> {
    let whole = waits.years.iter().filter(|year| year.months == 12);
    whole
        .filter_map(|year| Some((year.year, year.missed.first().copied().flatten()?)))
        .reduce(|a, b| if b.1 > a.1 { b } else { a })
}

fn compliance(standard: AccessStandard, waits: &WaitsResult) -> String {
    let limit = crate::output::waits::limit(standard.weeks);
    match worst_missed(waits) {
        Some((_, missed)) if missed < 0.005 => format!("{limit} standard met"),
        Some((year, missed)) => {
            format!("{limit} standard missed in {:.0} of 100 draws in {year}", missed * 100.0)
        }
        None => format!("{limit} standard"),
    }
}

pub(super) fn weeks(value: f64) -> String {
    if value >= 9.95 { format!("{value:.0}") } else { format!("{value:.1}") }
}

/// Where those who ask for help fall furthest behind those in need.
fn who(study: &Study, projection: &Projection) -> Option<Answer> {
    let rows = projection.needs.equity.iter().flat_map(|result| {
        let strata = &study.pack.stratifications[result.stratification].strata;
        strata.iter().enumerate().filter_map(move |(k, stratum)| {
            let of = |measure| result.horizon(k, measure);
            let need = of(EquityMeasure::NeedShare)?;
            (need.median() >= LEAST_NEED).then_some((
                stratum,
                need,
                of(EquityMeasure::AccessShare)?,
                of(EquityMeasure::AccessRatio)?,
                of(EquityMeasure::PopulationShare)?,
            ))
        })
    });
    let (stratum, need, access, ratio, people) =
        rows.min_by(|a, b| a.3.median().total_cmp(&b.3.median()))?;
    Some(Answer::new(
        "who",
        "Who is hit",
        format!(
            "{}: {} of the need, {} of those who ask for help",
            stratum.label,
            share(need.median()),
            share(access.median()),
        ),
        format!(
            "{} of the population; access over need {:.2} ({:.2} to {:.2})",
            share(people.median()),
            ratio.median(),
            ratio.q05(),
            ratio.q95(),
        ),
    ))
}

/// What levers do, how far goals are met, or what more capacity would do.
fn done(study: &Study, projection: &Projection, setting: &Setting<'_>) -> Answer {
    let question = "What can be done";
    let scenario = &study.scenarios[projection.scenario];
    if !scenario.levers.is_empty() {
        let names: Vec<&str> = scenario.levers.iter().map(|lever| lever.name.as_str()).collect();
        let total: f64 = projection
            .families
            .iter()
            .filter_map(|family| family.course.total(Measure::Levers))
            .map(Stats::median)
            .sum();
        let answer = format!("{} referrals", signed(total));
        return Answer::new("done", question, answer, format!("by {}", names.join(", ")));
    }
    let mut own = Answers::new(setting.goals);
    own.add(study, projection);
    let goals = goals::terminal(study, &own);
    let goals = goals.trim().trim_start_matches("Goals:").trim();
    if !goals.is_empty() {
        return Answer::new("done", question, "Goals", goals);
    }
    let needed = projection.lines.iter().filter_map(|line| {
        let waits = line.waits.as_ref()?;
        waits.standards.first()?;
        let needed = waits.needed.last()?;
        let extra = needed.extra.filter(|extra| extra.median() > 0.0)?;
        Some((&study.pack.services[line.service].label, needed, extra))
    });
    match needed.max_by(|a, b| a.2.median().total_cmp(&b.2.median())) {
        Some((label, needed, extra)) => Answer::new(
            "done",
            question,
            format!("{} more starts a month", count(extra.median(), 2)),
            format!(
                "would meet the standard of {label} from {} on ({}). Levers are tried with \
                 afterwave levers",
                scenario.month(needed.from).short(),
                count_ends(&extra),
            ),
        ),
        None => Answer::new(
            "done",
            question,
            "No lever was given",
            "afterwave levers compares what can be done, with its cost",
        ),
    }
}

/// The scenarios beside each other; nothing for one alone.
pub(super) fn beside(study: &Study, shown: &Shown<'_>) -> String {
    let [first, _, ..] = shown.projections else { return String::new() };
    let years = whole_years(&study.scenarios[first.scenario]);
    let mut head = vec!["Service".to_owned()];
    let names = shown.projections.iter().map(|p| study.scenarios[p.scenario].name.clone());
    head.extend(names.clone());
    let caption = format!(
        "Referrals above usual in the year that is most above it, {} to {}, and the 5th to 95th \
         percentile of draws",
        years.first().map_or_else(String::new, ToString::to_string),
        years.last().map_or_else(String::new, ToString::to_string),
    );
    let mut table = Table { caption, head, rows: Vec::new() };
    for family in shown.families().filter(|family| is_headline(study, family)) {
        let mut cells = vec![Cell::new(&study.pack.families[family.family].label)];
        for projection in shown.projections {
            let scenario = &study.scenarios[projection.scenario];
            let own = Shown::family(projection, family);
            cells.push(match own.and_then(|own| worst_year(scenario, own)) {
                Some((year, total, share)) => Cell::new(format!(
                    "{} ({}) in {year}",
                    percent(share.median()),
                    signed(total.extra.median())
                ))
                .with(percent_ends(&share)),
                None => Cell::new("not known"),
            });
        }
        table.row(cells);
    }
    let table = table.html();
    if table.is_empty() {
        return table;
    }
    format!(
        "<section aria-labelledby=\"hb\"><h2 id=\"hb\">Scenarios side by side</h2>\n{table}</section>\n"
    )
}
