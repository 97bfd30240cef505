//! Levers compared, as `levers.csv`, JSON and tables of 80 columns.

use std::fmt::Write as _;

use comfy_table::CellAlignment;
use serde_json::{Value, json};

use super::csv_rows::{Rows, stats_header};
use super::document::stats;
use super::terminal::{keep_words_whole, new_table};
use super::words::{count, count_range, percent, wrapped};
use crate::evaluate::choices::aimed::falls_on;
use crate::evaluate::choices::{Ranked, SideEffect, Trial};
use crate::input::lever_file::Listed;
use crate::projection::quantiles::{Stats, Summariser};
use crate::study::Study;

/// A quantity of a trial by draw.
type Quantity = (&'static str, fn(&Trial) -> Option<Vec<f64>>);

/// The quantities of every output, in order.
const QUANTITIES: [Quantity; 10] = [
    ("helped", |trial| Some(trial.helped.clone())),
    ("prevented", |trial| Some(trial.prevented.clone())),
    ("diverted", |trial| Some(trial.diverted.clone())),
    ("taken_in", |trial| Some(trial.taken_in.clone())),
    ("seen", |trial| Some(trial.seen.clone())),
    ("started", |trial| Some(trial.started.clone())),
    ("unmet_change", |trial| Some(trial.unmet.clone())),
    ("lever_cost", |trial| trial.cost.clone()),
    ("service_cost_change", |trial| trial.service_cost.clone()),
    ("cost_per_person_helped", Trial::cost_per_person),
];

/// `levers.csv`: a row per choice, scenario (`all` for all together) and quantity; the change of
/// referrals by service.
pub fn table(study: &Study, ranked: &[Ranked]) -> String {
    let mut rows = Rows::new(&format!(
        "area,rank,choice,robust,best_share,scenario,measure,service,{}",
        stats_header()
    ));
    let mut summariser = Summariser::default();
    let mut row =
        |at: (&Ranked, usize), scenario: &str, measure: &str, service: &str, stats: &Stats| {
            let (choice, rank) = at;
            rows.text(&study.areas[choice.area].id).number(rank as f64).text(&choice.choice.name());
            rows.text(if choice.robust { "yes" } else { "no" }).number(choice.best);
            rows.text(scenario).text(measure).text(service).stats(stats).end();
        };
    for at @ (choice, _) in with_rank(ranked) {
        for (name, of) in QUANTITIES {
            if let Some(stats) = choice.pooled(of) {
                row(at, "all", name, "", &stats);
            }
        }
        for trial in &choice.trials {
            let scenario = &study.scenarios[trial.scenario].id;
            for (name, of) in QUANTITIES {
                if let Some(draws) = of(trial) {
                    row(at, scenario, name, "", &summariser.stats(draws.into_iter()));
                }
            }
            for (service, draws) in changed(trial) {
                let stats = summariser.stats(draws.iter().copied());
                row(at, scenario, "referrals_change", &study.pack.services[service].id, &stats);
            }
        }
    }
    rows.into_text()
}

/// The services whose referrals change at all.
fn changed(trial: &Trial) -> impl Iterator<Item = (usize, &Vec<f64>)> {
    let of = trial.referrals.iter();
    of.filter(|(_, draws)| draws.iter().any(|d| *d != 0.0))
        .map(|(service, draws)| (*service, draws))
}

/// Each choice with its rank within its area, from 1.
fn with_rank(ranked: &[Ranked]) -> impl Iterator<Item = (&Ranked, usize)> {
    let rank = |index: usize| {
        1 + ranked[..index].iter().filter(|other| other.area == ranked[index].area).count()
    };
    ranked.iter().enumerate().map(move |(index, choice)| (choice, rank(index)))
}

/// The comparison as one JSON document.
pub fn document(study: &Study, ranked: &[Ranked]) -> Value {
    let mut summariser = Summariser::default();
    let mut trial = |trial: &Trial| {
        let mut object = serde_json::Map::new();
        object.insert("scenario".to_owned(), json!(study.scenarios[trial.scenario].id));
        for (name, of) in QUANTITIES {
            let value = of(trial).map(|draws| stats(&summariser.stats(draws.into_iter())));
            object.insert(name.to_owned(), value.unwrap_or(Value::Null));
        }
        let referrals: serde_json::Map<_, _> = changed(trial)
            .map(|(service, draws)| {
                let value = stats(&summariser.stats(draws.iter().copied()));
                (study.pack.services[service].id.clone(), value)
            })
            .collect();
        object.insert("referrals_change".to_owned(), Value::Object(referrals));
        Value::Object(object)
    };
    let choices: Vec<Value> = with_rank(ranked)
        .map(|(choice, rank)| {
            json!({
                "area": study.areas[choice.area].id,
                "rank": rank,
                "choice": choice.choice.name(),
                "levers": choice.choice.levers.iter().map(|lever| json!({
                    "name": lever.name,
                    "label": lever.label,
                    "kind": lever.action.kind().name(),
                    "level": lever.level,
                    "grade": study.figures.get(lever.effect).origin.grade,
                    "source": study.figures.get(lever.effect).origin.source,
                    "price_year": lever.price_year,
                })).collect::<Vec<_>>(),
                "robust": choice.robust,
                "best_share": choice.best,
                "side_effects": choice.side_effects.iter()
                    .map(|effect| words(study, effect)).collect::<Vec<_>>(),
                "scenarios": choice.trials.iter().map(&mut trial).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "afterwave": env!("CARGO_PKG_VERSION"),
        "seed": study.draws.seed,
        "draws": study.draws.count,
        "pack": study.pack.name,
        "choices": choices,
    })
}

/// The comparison for a terminal; `by` is the stratification that levers were aimed by.
pub fn terminal(study: &Study, ranked: &[Ranked], by: Option<usize>, full: bool) -> String {
    let mut text = String::new();
    for (area, named) in study.areas.iter().enumerate() {
        let of_area: Vec<&Ranked> = ranked.iter().filter(|choice| choice.area == area).collect();
        let scenarios: Vec<&str> = study.scenarios.iter().map(|s| s.id.as_str()).collect();
        let head = format!(
            "If these levers were pulled in {}, over {} months of {}, robust choices first:",
            named.name,
            study.scenarios.iter().map(|s| s.months).max().unwrap_or(0),
            scenarios.join(", ")
        );
        let _ = writeln!(text, "\n{}", wrapped(&head, "", ""));
        let shown = if full { of_area.len() } else { of_area.len().min(SHOWN) };
        text.push_str(&ranking(&of_area[..shown]));
        if shown < of_area.len() {
            let _ = writeln!(text, "and {} more choices", of_area.len() - shown);
        }
        if let Some(by) = by {
            text.push_str(&where_it_falls(study, area, &of_area, by));
        }
        let _ = writeln!(text, "\nWhat else they do (means over scenarios and draws):");
        for choice in &of_area[..shown.min(if full { shown } else { SIDES })] {
            text.push_str(&wrapped(&side_line(study, choice), "  ", "    "));
        }
    }
    text.push_str(&if full { legend(study, ranked) } else { short_legend(study) });
    text
}

/// Choices on one screen.
const SHOWN: usize = 8;
/// Choices of which it is said there what else they do.
const SIDES: usize = 4;

fn short_legend(study: &Study) -> String {
    let draws = match study.draws.count {
        0 => "central values".to_owned(),
        count => format!("medians, 5th to 95th percentile, {count} draws, all scenarios"),
    };
    let text = format!(
        "{draws}. \"?\": does not help in 95% of the draws of every scenario; \"-\": nobody has \
         said what it costs. What the columns mean, and the evidence: --full."
    );
    wrapped(&super::words::capital(&text), "", "")
}

/// A name with room to be broken at its joints.
fn spaced(name: &str) -> String {
    name.replace('+', " + ").replace('@', " @")
}

fn ranking(ranked: &[&Ranked]) -> String {
    let mut table = new_table();
    table.set_header(vec!["", "Choice", "Helped", "Unmet need", "£ each", "Best in"]);
    for (index, choice) in ranked.iter().enumerate() {
        let whole = |of: fn(&Trial) -> Option<Vec<f64>>| choice.pooled(of);
        let [helped, unmet] = [QUANTITIES[0].1, QUANTITIES[6].1].map(whole);
        let cost = whole(Trial::cost_per_person);
        table.add_row(vec![
            format!("{}{}", index + 1, if choice.robust { "" } else { "?" }),
            spaced(&choice.choice.name()),
            helped.map_or_else(String::new, |stats| count_range(&stats)),
            unmet.map_or_else(String::new, |stats| count_range(&stats)),
            cost.map_or_else(|| "-".to_owned(), |stats| count(stats.median())),
            format!("{:.0}%", choice.best * 100.0),
        ]);
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 1));
        if [0, 4, 5].contains(&index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    keep_words_whole(&mut table);
    table.trim_fmt() + "\n"
}

/// The share of each lever's effect by stratum.
fn where_it_falls(study: &Study, area: usize, ranked: &[&Ranked], by: usize) -> String {
    let stratification = &study.pack.stratifications[by];
    let mut table = new_table();
    let strata = stratification.strata.iter().map(|stratum| stratum.label.clone());
    table.set_header(std::iter::once("Choice".to_owned()).chain(strata));
    for choice in ranked {
        let [lever] = choice.choice.levers.as_slice() else { continue };
        let Some(shares) = falls_on(study, area, lever, by) else { continue };
        let shares = shares.iter().map(|share| format!("{:.0}%", share * 100.0));
        table.add_row(std::iter::once(spaced(&lever.name)).chain(shares));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 1));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    keep_words_whole(&mut table);
    format!(
        "\nWhere the effect falls, by {} (central values):\n{}\n",
        stratification.id,
        table.trim_fmt()
    )
}

fn side_line(study: &Study, choice: &Ranked) -> String {
    /// More than these are in the files.
    const MOST: usize = 4;
    let all = &choice.side_effects;
    let mut parts: Vec<String> = all.iter().take(MOST).map(|effect| words(study, effect)).collect();
    if all.len() > MOST {
        parts.push(format!("and {} more services", all.len() - MOST));
    }
    if parts.is_empty() {
        parts.push("no service gets more referrals".to_owned());
    }
    format!("{}: {}", choice.choice.name(), parts.join("; "))
}

/// A side effect in words.
fn words(study: &Study, effect: &SideEffect) -> String {
    match effect {
        SideEffect::MoreLoad { service, referrals, share } => {
            let share = share.map_or_else(
                || ", on top of an unknown baseline".to_owned(),
                |share| format!(", {}", percent(share)),
            );
            let service = &study.pack.services[*service];
            format!(
                "load moves to {} (+{} {}{share})",
                service.id,
                count(*referrals),
                service.unit.plural()
            )
        }
        SideEffect::MoreReferrals(more) => {
            format!("more referrals than before (+{})", count(*more))
        }
        SideEffect::MoreUnmet(more) => format!("MORE UNMET NEED (+{})", count(*more)),
        SideEffect::HelpsNobody => "helps nobody in half of the draws or more".to_owned(),
    }
}

fn legend(study: &Study, ranked: &[Ranked]) -> String {
    let draws = match study.draws.count {
        0 => "central values, no ranges".to_owned(),
        count => format!("medians, 5th to 95th percentile, {count} draws, all scenarios"),
    };
    let mut text = "\n".to_owned()
        + &wrapped(
            &format!(
                "Helped: people who no longer develop a condition, are taken in where they are \
                 diverted, are accepted who were not, or start because there is room for them; \
                 {draws}. £ each: the levers and, where services have a unit cost, treatment, for \
                 each person helped; \"-\": nobody has said what the lever costs (--set \
                 lever.NAME.cost_a_year=POUNDS, or cost_a_person). Best in: share of draws and \
                 scenarios in which it helps most, of those alone, and of those together. \"?\": \
                 not robust: does not help in 95% of the draws of every scenario, or may do \
                 nothing. The order is by the scenario that favours a choice least."
            ),
            "",
            "",
        );
    let mut weak: Vec<String> = Vec::new();
    for lever in ranked.iter().flat_map(|choice| &choice.choice.levers) {
        let grade = study.figures.get(lever.effect).origin.grade;
        let entry = format!("{} {grade}", lever.name);
        if !weak.contains(&entry) {
            weak.push(entry);
        }
    }
    weak.sort();
    let evidence = format!("Evidence (A best, D an assumption): {}.", weak.join(", "));
    text.push_str(&wrapped(&evidence, "", "  "));
    text.push_str("A conditional comparison, not a forecast: population figures only.\n");
    text
}

/// The library for a terminal: names by kind, or every lever in full.
pub fn library(levers: &[Listed], full: bool) -> String {
    if !full {
        let mut kinds: Vec<&str> = Vec::new();
        for lever in levers {
            if !kinds.contains(&lever.kind) {
                kinds.push(lever.kind);
            }
        }
        let mut text = format!(
            "{} levers by what they do (?: it may do nothing; *: no effect is published):\n",
            levers.len()
        );
        for kind in kinds {
            let names = levers.iter().filter(|lever| lever.kind == kind);
            let name = |lever: &Listed| {
                let mark = match lever.effect {
                    None => "*",
                    Some(_) if lever.may_be_nothing() => "?",
                    Some(_) => "",
                };
                format!("{}{mark}", lever.name)
            };
            let names: Vec<String> = names.map(name).collect();
            text.push_str(&wrapped(&format!("{kind}: {}", names.join(", ")), "  ", "    "));
        }
        text.push_str(
            "Effects: --full; sources: --lever NAME; your own: --set lever.NAME.effect=0.1\n",
        );
        return text;
    }
    let mut table = new_table();
    table.set_header(vec!["Lever", "Kind", "Effect", "Grade", "What it is"]);
    for lever in levers {
        table.add_row(vec![
            lever.name.clone(),
            lever.kind.to_owned(),
            effect_words(lever),
            lever.grade.map_or_else(String::new, |grade| grade.to_string()),
            lever.label.clone(),
        ]);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 1));
    }
    keep_words_whole(&mut table);
    format!(
        "{}\n\n\"yours\": no effect size is published that would hold; give one, such as\n\
         --lever mhst --set lever.mhst.effect=0,0.02,0.05\n\
         Sources, and whom they were measured on: --library --lever NAME, or --json.\n",
        table.trim_fmt()
    )
}

/// Levers of the library one by one: effect, grade, source and what a reader should know.
pub fn evidence(levers: &[Listed]) -> String {
    let mut text = String::new();
    for lever in levers {
        let grade = lever.grade.map_or_else(String::new, |grade| format!(", grade {grade}"));
        text.push_str(&wrapped(&format!("{}: {}", lever.name, lever.label), "", "  "));
        for line in [
            format!("{}, effect {}{grade}", lever.kind, effect_words(lever)),
            format!("Source: {}", lever.source),
            format!("Note: {}", lever.note),
        ] {
            text.push_str(&wrapped(&line, "  ", "    "));
        }
    }
    text
}

/// The size of a lever's effect with its range.
fn effect_words(lever: &Listed) -> String {
    match (lever.effect, lever.effect_range) {
        (Some(effect), Some([low, high])) if low < high => format!("{effect} ({low} to {high})"),
        (Some(effect), _) => format!("{effect}"),
        (None, _) => "yours".to_owned(),
    }
}
