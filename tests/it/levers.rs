//! Levers from scenario files to results: conservation, identity, and what is said of wrong ones.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use crate::shared::levers::{run, scenario, study};
use afterwave::evaluate::choices::{Asked, Choice, SideEffect, compare, levers};
use afterwave::input::study::{Inputs, read_study};
use afterwave::output::table::csv::Csv;
use afterwave::output::table::{self, Written};
use afterwave::output::tables::{self, OfCase};
use afterwave::projection::Projection;
use afterwave::projection::line::LineResult;
use afterwave::projection::measure::Measure;
use afterwave::study::Study;
use afterwave::study::figures::Grade;
use assert_cmd::Command;
use proptest::prelude::*;

fn line<'a>(study: &Study, projection: &'a Projection, service: &str) -> &'a LineResult {
    let service = study.pack.service(service).unwrap();
    projection.lines.iter().find(|line| line.service == service).unwrap()
}

/// The total of a measure over the horizon, by draw.
fn draws(line: &LineResult, measure: Measure) -> &[f64] {
    line.course.draws.iter().find(|(m, _)| *m == measure).map(|(_, draws)| draws).unwrap()
}

const DIVERT: &str = r#"
[[lever]]
name = "hubs"
kind = "divert"
services = ["camhs", "cmht"]
to = "vcse"
start = "2020-06"
ramp = 6
reach = { low = 0.3, central = 0.5, high = 0.7 }
effect = { low = 0.1, central = 0.2, high = 0.4 }
"#;

const PEOPLE: &str = r#"
[[lever]]
name = "campaign"
kind = "help-seeking"
groups = ["children", "young-adults"]
effect = { low = 0.05, central = 0.1, high = 0.2 }
[[lever]]
name = "prevention"
kind = "prevent"
conditions = ["trauma"]
effect = 0.2
[[lever]]
name = "bereavement"
kind = "prevent"
groups = ["bereaved"]
effect = 0.3
[[lever]]
name = "thresholds"
kind = "threshold"
services = ["camhs"]
effect = 0.25
[[lever]]
name = "shorter"
kind = "shorten"
services = ["iapt"]
effect = 0.2
"#;

#[test]
fn what_is_diverted_arrives_draw_by_draw() {
    let (study, projection) = run(DIVERT, 70);
    let of = |service| draws(line(&study, &projection, service), Measure::Levers);
    let (camhs, cmht, vcse) = (of("camhs"), of("cmht"), of("vcse"));
    assert_eq!(vcse.len(), 70);
    for draw in 0..70 {
        assert!(camhs[draw] < 0.0 && cmht[draw] < 0.0 && vcse[draw] > 0.0);
        let sum = camhs[draw] + cmht[draw] + vcse[draw];
        assert!(sum.abs() < 1e-9 * vcse[draw], "draw {draw}: {sum}");
    }
}

#[test]
fn two_diversions_of_60_percent_leave_16_percent() {
    let lever = |name: &str, to: &str| {
        format!(
            "[[lever]]\nname = \"{name}\"\nkind = \"divert\"\nservices = [\"camhs\"]\nto = \"{to}\"\neffect = 0.6\n"
        )
    };
    let text = lever("a", "vcse") + &lever("b", "student-services");
    let (study, projection) = run(&text, 0);
    let camhs = line(&study, &projection, "camhs");
    let (levers, referrals) =
        (draws(camhs, Measure::Levers)[0], draws(camhs, Measure::Referrals)[0]);
    assert!((-levers / (referrals - levers) - 0.84).abs() < 1e-9);
    let (a, b) = (line(&study, &projection, "vcse"), line(&study, &projection, "student-services"));
    assert!((draws(a, Measure::Levers)[0] + levers / 2.0).abs() < 1e-6 * -levers);
    assert_eq!(draws(a, Measure::Levers)[0], draws(b, Measure::Levers)[0]);
}

#[test]
fn levers_are_the_whole_difference_and_leave_the_surge_alone() {
    let (study, without) = run("", 70);
    let (_, with) = run(&format!("{PEOPLE}{DIVERT}"), 70);
    for (a, b) in without.lines.iter().zip(&with.lines) {
        let id = &study.pack.services[a.service].id;
        for measure in [Measure::Surge, Measure::Suppressed, Measure::Returning] {
            assert_eq!(draws(a, measure), draws(b, measure), "{id} {}", measure.name());
        }
        assert!(draws(a, Measure::Levers).iter().all(|levers| *levers == 0.0));
        if a.course.total(Measure::Referrals).is_none() {
            continue;
        }
        for draw in 0..70 {
            let of = |line, measure| draws(line, measure)[draw];
            let difference = of(b, Measure::Referrals) - of(a, Measure::Referrals);
            let slack = 1e-9 * of(a, Measure::Referrals).abs().max(1.0);
            assert!((difference - of(b, Measure::Levers)).abs() <= slack, "{id} draw {draw}");
        }
    }
    let camhs = draws(line(&study, &with, "iapt"), Measure::Levers);
    assert!(camhs.iter().any(|levers| *levers != 0.0));
}

#[test]
fn the_parts_add_up_in_every_month() {
    let (study, projection) = run(&format!("{PEOPLE}{DIVERT}"), 0);
    for line in &projection.lines {
        let Some(referrals) = line.course.measure(Measure::Referrals) else { continue };
        for (t, referrals) in referrals.iter().enumerate() {
            let of = |measure| line.course.measure(measure).unwrap()[t].mean;
            let parts = of(Measure::Underlying) - of(Measure::Suppressed)
                + of(Measure::Returning)
                + of(Measure::Surge)
                + of(Measure::Levers);
            let id = &study.pack.services[line.service].id;
            assert!((parts - referrals.mean).abs() <= 1e-9 * parts.abs().max(1.0), "{id} {t}");
        }
    }
}

#[test]
fn a_lever_with_no_reach_changes_no_bit() {
    let (study, without) = run("", 70);
    for text in [DIVERT.to_owned(), PEOPLE.to_owned()] {
        let none: String = text
            .lines()
            .filter(|line| !line.starts_with("reach"))
            .map(|line| {
                if line.starts_with("kind") {
                    format!("{line}\nreach = 0\n")
                } else {
                    format!("{line}\n")
                }
            })
            .collect();
        let (other, with) = run(&none, 70);
        let tables = |study: &Study, projection: &Projection| {
            // What levers change is no row where there are none.
            let rows = |bytes| -> Vec<String> {
                let text = String::from_utf8(bytes).unwrap();
                text.lines().filter(|row| !row.contains(",levers,")).map(str::to_owned).collect()
            };
            let case = OfCase { study, projection, control: None };
            let tables = tables::of_cases().into_iter();
            let tables = tables.filter(|table| table.head().written != Written::OnRequest);
            let files = tables.map(|table| table::file(&*table, &case, &Csv).unwrap());
            files.map(|(name, bytes)| (name, rows(bytes))).collect::<Vec<_>>()
        };
        let (own, other) = (tables(&study, &without), tables(&other, &with));
        assert!(own.len() > 5 && own == other);
    }
}

#[test]
fn each_kind_goes_its_own_way() {
    let (study, without) = run("", 0);
    let total = |projection: &Projection, service, measure| {
        line(&study, projection, service).course.total(measure).unwrap().mean
    };
    let change = |text: &str, service, measure| {
        let (_, with) = run(text, 0);
        total(&with, service, measure) - total(&without, service, measure)
    };
    let lever =
        |kind: &str, rest: &str| format!("[[lever]]\nname = \"x\"\nkind = \"{kind}\"\n{rest}\n");
    let children = "groups = [\"children\"]\neffect = 0.2";
    assert!(change(&lever("prevent", children), "camhs", Measure::Referrals) < 0.0);
    assert!(change(&lever("help-seeking", children), "camhs", Measure::Referrals) > 0.0);
    let cut = "groups = [\"children\"]\neffect = -0.2";
    assert!(change(&lever("help-seeking", cut), "camhs", Measure::Referrals) < 0.0);
    let camhs = "services = [\"camhs\"]\neffect = 0.2";
    assert!(change(&lever("threshold", camhs), "camhs", Measure::Starts) > 0.0);
    assert!(change(&lever("shorten", camhs), "camhs", Measure::Caseload) < 0.0);
    let room = lever("capacity", "services = [\"camhs\"]\nstarts = 2000");
    assert!(change(&room, "camhs", Measure::Starts) > 0.0);
    assert_eq!(change(&room, "cmht", Measure::Starts), 0.0);
    let (_, prevented) = run(&lever("prevent", "effect = 0.5"), 0);
    let (before, after) = (without.needs.total.mean, prevented.needs.total.mean);
    assert!((after / before - 0.5).abs() < 1e-9, "{before} {after}");
}

#[test]
fn the_scenario_inherits_levers() {
    let folder = tempfile::tempdir().unwrap();
    scenario(folder.path(), DIVERT);
    let child = folder.path().join("child.toml");
    std::fs::write(&child, "extends = \"mine\"\nmonths = 12\n").unwrap();
    let inputs = Inputs { scenarios: vec![child.display().to_string()], ..Inputs::default() };
    let study = read_study(&inputs).unwrap().study;
    assert_eq!(study.scenarios[0].levers[0].name, "hubs");
}

#[test]
fn comparison_ranks_and_names_what_moves() {
    let mut study = study(&format!("{DIVERT}{PEOPLE}"), 70);
    let known = levers(&study);
    let named = |names: &[&str]| {
        let lever = |name: &&str| known.iter().find(|lever| lever.name == **name).unwrap().clone();
        Choice::of(names.iter().map(lever).collect())
    };
    let choices = [
        named(&["hubs"]),
        named(&["bereavement"]),
        named(&["campaign"]),
        named(&["hubs", "bereavement"]),
    ];
    let compared = compare(&mut study, &choices, Asked::default(), &|_| {}).remove(0);
    let ranked = &compared.ranked;
    let find = |name: &str| ranked.iter().find(|r| r.choice.name == name).unwrap();
    assert!(ranked.iter().all(|choice| choice.robust));
    assert_eq!(ranked[0].choice.name, "hubs+bereavement");
    assert!(compared.nothing.iter().all(|trial| trial.helped.iter().all(|helped| *helped == 0.0)));
    let alone: f64 =
        ["hubs", "bereavement", "campaign"].map(|name| find(name).standing.best).iter().sum();
    assert!((alone - 1.0).abs() < 1e-9, "the best alone is one of them: {alone}");
    let vcse = study.pack.service("vcse").unwrap();
    let moves = |name: &str| {
        find(name).side_effects.iter().any(
            |effect| matches!(effect, SideEffect::MoreLoad { service, .. } if *service == vcse),
        )
    };
    assert!(moves("hubs") && !moves("bereavement"));
    let raised = |e: &SideEffect| matches!(e, SideEffect::MoreReferrals(_));
    assert!(find("campaign").side_effects.iter().any(raised));
    assert!(!find("hubs").side_effects.iter().any(raised));
    // Prevention with another lever: nobody is counted twice, nothing is lost.
    let helped = |name: &str| find(name).trials[0].helped.clone();
    for ((both, hubs), prevented) in
        helped("hubs+bereavement").iter().zip(helped("hubs")).zip(helped("bereavement"))
    {
        assert!(*both <= hubs + prevented + 1e-6 && *both >= hubs.max(prevented) - 1e-6);
    }
}

proptest! {
    #![proptest_config(crate::shared::properties::cases(6))]
    #[test]
    fn diverted_referrals_are_conserved(reach in 0.0..=1.0f64, a in 0.0..=1.0f64, b in 0.0..=1.0f64) {
        let lever = |name: &str, from: &str, to: &str, effect: f64| {
            format!("[[lever]]\nname = \"{name}\"\nkind = \"divert\"\nservices = [\"{from}\"]\nto = \"{to}\"\nreach = {reach:.3}\neffect = {effect:.3}\n")
        };
        // A ring: what leaves each arrives at the next, and no more.
        let text = lever("a", "camhs", "cmht", a) + &lever("b", "cmht", "vcse", b) + &lever("c", "camhs", "vcse", b);
        let (study, projection) = run(&text, 0);
        let services = &study.pack.services;
        let lines = projection.lines.iter().filter(|line| !services[line.service].is_total());
        let levers: Vec<f64> = lines.map(|line| draws(line, Measure::Levers)[0]).collect();
        let size: f64 = levers.iter().map(|change| change.abs()).sum();
        prop_assert!(levers.iter().sum::<f64>().abs() <= 1e-9 * size.max(1.0));
        let camhs = line(&study, &projection, "camhs");
        prop_assert!(draws(camhs, Measure::Referrals)[0] >= -1e-6);
    }
}

fn command() -> Command {
    assert_cmd::cargo::cargo_bin_cmd!("afterwave")
}

/// What the program says of a scenario with these levers.
fn complaint(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = scenario(folder.path(), text);
    let out = folder.path().join("out");
    let result = command()
        .arg("levers")
        .arg(&path)
        .args(["--draws", "0", "--out"])
        .arg(&out)
        .assert()
        .code(2);
    assert!(!out.exists(), "nothing is written");
    String::from_utf8(result.get_output().stderr.clone()).unwrap()
}

#[test]
fn wrong_levers_are_explained_all_at_once() {
    let text = complaint(
        r#"
[[lever]]
kind = "diverts"
[[lever]]
name = "no-target"
kind = "divert"
services = ["camhs"]
effect = 0.1
[[lever]]
name = "too-much"
kind = "divert"
services = ["camhs"]
to = "vcse"
effect = 1.5
[[lever]]
name = "where"
kind = "divert"
services = ["cahms"]
to = "vcse"
effect = 0.1
[[lever]]
name = "sizeless"
preset = "vcse-hubb"
"#,
    );
    for part in [
        "unknown `kind`",
        "try: divert",
        "`effect` is out of range",
        "unknown preset",
        "try: vcse-hub",
        "unknown service",
        "camhs",
        "the lever `no-target` has no `to`",
        "to = \"vcse\"",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
}

#[test]
fn wrong_targets_are_explained() {
    let text = complaint(
        r#"
[[lever]]
name = "a"
kind = "divert"
services = ["camhs"]
to = "camhs"
effect = 0.1
[[lever]]
name = "a"
kind = "prevent"
services = ["camhs"]
effect = 0.1
[[lever]]
name = "b"
kind = "prevent"
services = ["camhs"]
groups = ["childs"]
effect = 0.1
[[lever]]
name = "c"
kind = "divert"
services = ["camhs"]
to = "secondary"
effect = -0.1
"#,
    );
    for part in [
        "diverted to itself",
        "two levers have the same name",
        "prevent acts on groups and conditions, not on services",
        "unknown group",
        "a total takes no referrals",
        "0 to 1 for divert",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
}

#[test]
fn a_lever_without_an_effect_size_is_refused_with_the_line_to_add() {
    let text = complaint("[[lever]]\npreset = \"mhst\"\n");
    for part in ["`mhst` has no effect size", "effect = {", "--set lever.mhst.effect="] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    let folder = tempfile::tempdir().unwrap();
    command()
        .args(["levers", "two-waves", "--draws", "0", "--lever", "mhst"])
        .args(["--set", "lever.mhst.effect=0.05", "--set", "months=12", "--out"])
        .arg(folder.path())
        .assert()
        .success();
}

#[test]
fn scenarios_without_levers_are_told_how_to_name_one() {
    let folder = tempfile::tempdir().unwrap();
    let result = command()
        .args(["levers", "two-waves", "--draws", "0", "--out"])
        .arg(folder.path())
        .assert()
        .code(2);
    let text = String::from_utf8(result.get_output().stderr.clone()).unwrap();
    assert!(text.contains("--lever vcse-hub"), "{text}");
}

#[test]
fn more_primary_care_moves_load_to_community_teams() {
    let folder = tempfile::tempdir().unwrap();
    let output = command()
        .args(["levers", "two-waves", "--draws", "40", "--lever", "primary-care-capacity"])
        .args(["--set", "lever.primary-care-capacity.starts=300,500,800"])
        .args(["--set", "lever.primary-care-capacity.cost_a_year=1000000", "--out"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(plain.contains("load moves to cmht (+"), "{text}");
    for part in
        ["sure ones first", "Beside it", "though need unmet rises", "Weakest grade it rests on: D"]
    {
        assert!(plain.contains(part), "{part} is missing in\n{text}");
    }
    // One choice is no contest.
    assert!(!plain.contains(" Best "), "{text}");
    // What a lever costs can be given where the library has nothing.
    let table = std::fs::read_to_string(folder.path().join("levers.csv")).unwrap();
    assert!(table.contains("cost_per_person_helped"), "{table}");
}

#[test]
fn the_table_fits_and_the_files_are_the_same_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let path = scenario(folder.path(), &format!("{DIVERT}{PEOPLE}"));
    let files: Vec<(String, String)> = ["1", "2"]
        .into_iter()
        .map(|threads| {
            let out = folder.path().join(threads);
            let result = command()
                .arg("levers")
                .arg(&path)
                .args([
                    "--draws",
                    "65",
                    "--together",
                    "hubs+campaign",
                    "--threads",
                    threads,
                    "--out",
                ])
                .arg(&out)
                .assert()
                .success();
            let text = String::from_utf8(result.get_output().stdout.clone()).unwrap();
            (std::fs::read_to_string(out.join("levers.csv")).unwrap(), text)
        })
        .collect();
    assert!(files[0] == files[1]);
    let (table, text) = &files[0];
    assert!(table.starts_with("area,rank,choice,kind,robust,scenario,measure,of,mean,"));
    assert!(table.contains("hubs+campaign"));
    for row in text.lines() {
        assert!(row.chars().count() <= 80, "{row}");
    }
    let json = command()
        .arg("levers")
        .arg(&path)
        .args(["--draws", "0", "--json", "--out"])
        .arg(folder.path().join("json"))
        .assert()
        .success();
    let document: serde_json::Value = serde_json::from_slice(&json.get_output().stdout).unwrap();
    // Six levers, and all together.
    assert_eq!(document["choices"].as_array().unwrap().len(), 7);
}

/// The rows of the library by name.
fn library() -> BTreeMap<String, HashMap<String, String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/levers.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let rows = reader.deserialize::<HashMap<String, String>>();
    rows.map(|row| row.unwrap()).map(|row| (row["lever"].clone(), row)).collect()
}

/// Low, central and high of an effect of the library.
fn effect(row: &HashMap<String, String>) -> Option<[f64; 3]> {
    let number = |name: &str| row[name].parse::<f64>().ok();
    Some([number("effect_low")?, number("effect")?, number("effect_high")?])
}

#[test]
fn every_effect_of_the_library_has_a_source_a_grade_and_people_it_was_measured_on() {
    let library = library();
    let with_effect = library.values().filter(|row| effect(row).is_some()).count();
    assert!(2 * with_effect > library.len(), "{with_effect} of {}", library.len());
    for (name, row) in &library {
        let grade: Grade = row["grade"].parse().unwrap();
        assert!(!row["source"].is_empty() && !row["note"].is_empty(), "{name}");
        let Some([low, central, high]) = effect(row) else {
            // What has no effect says which figure it waits for.
            assert!(row["note"].contains("Needed"), "{name}");
            continue;
        };
        assert!(low <= central && central <= high, "{name}");
        // A published effect can be found again; what can't is an assumption.
        let can_be_found = ["doi:", "PMID", "NHS England", "NIHR", "Cochrane"];
        let is_found = can_be_found.iter().any(|place| row["source"].contains(place));
        assert!(is_found || grade == Grade::D, "{name}: {}", row["source"]);
        // A figure that was only quoted is no A.
        assert!(!row["note"].contains("as quoted") || grade > Grade::A, "{name}");
    }
}

#[test]
fn standardised_differences_and_ratios_become_falls_in_risk_as_the_notes_say() {
    let library = library();
    // From a risk, by a log odds ratio.
    let fall = |risk: f64, log_odds: f64| {
        let odds = risk / (1.0 - risk) * log_odds.exp();
        1.0 - odds / (1.0 + odds) / risk
    };
    let logistic = |d: f64| fall(0.3, -d * std::f64::consts::PI / 3.0_f64.sqrt());
    let expected: [(&str, [f64; 3]); 6] = [
        ("employment-support", [0.07, 0.11, 0.22].map(logistic)),
        ("task-relocation-workplaces", [0.07, 0.16, 0.24].map(logistic)),
        ("universal-prevention", [-0.06, -0.005, 0.05].map(logistic)),
        ("prevention-cut", [-0.067, -0.036, -0.005].map(logistic)),
        ("welfare-advice", [0.0, 0.0, fall(0.3, 0.37_f64.ln())]),
        ("crisis-peer-support", [0.0, fall(0.38, 0.66_f64.ln()), fall(0.38, 0.43_f64.ln())]),
    ];
    for (name, expected) in expected {
        let read = effect(&library[name]).unwrap();
        for (read, expected) in read.into_iter().zip(expected) {
            assert!((read - expected).abs() < 0.005, "{name}: {read}, {expected}");
        }
    }
}

#[test]
fn levers_act_on_what_was_measured() {
    let library = library();
    let is = |name: &str, column: &str, value: &str| {
        assert_eq!(library[name][column], value, "{name} {column}");
    };
    // Detentions under section 136, not attendances.
    is("street-triage", "services", "s136-suite");
    is("digital-therapy", "kind", "capacity");
    is("waiting-list-review", "kind", "capacity");
    is("crisis-peer-support", "kind", "prevent");
    for name in ["street-triage", "social-prescribing", "crisis-alternatives"] {
        assert_eq!(effect(&library[name]).unwrap()[0], 0.0, "{name} may do nothing");
    }
    for name in ["digital-therapy", "profiling-tool", "waiting-list-review"] {
        assert!(effect(&library[name]).is_none(), "{name}");
    }
    assert!(library["profiling-tool"]["note"].contains("the other way"));
    // It fades, and a lever does not: no more than what is there straight after.
    let [_, central, high] = effect(&library["employment-support"]).unwrap();
    assert!(central < 0.2 && high < 0.26);
}

#[test]
fn null_levers_run_and_move_next_to_nothing() {
    let library = library();
    let nulls: Vec<&String> = library
        .iter()
        .filter(|(_, row)| effect(row).is_some_and(|[_, central, _]| central.abs() < 0.01))
        .map(|(name, _)| name)
        .collect();
    assert!(nulls.len() >= 8, "{nulls:?}");
    let presets: Vec<String> =
        nulls.iter().map(|name| format!("[[lever]]\npreset = \"{name}\"\n")).collect();
    let text = presets.concat();
    let (study, without) = run("", 0);
    let (_, with) = run(&text, 0);
    for (before, after) in without.lines.iter().zip(&with.lines) {
        let total = |line: &LineResult| line.course.total(Measure::Referrals).map(|sum| sum.mean);
        let (Some(before_sum), Some(after_sum)) = (total(before), total(after)) else { continue };
        let id = &study.pack.services[before.service].id;
        let change = (after_sum - before_sum) / before_sum;
        assert!(change.abs() < 0.01, "{id} {change}");
    }
}

/// What the program prints, or complains of.
fn said(args: &[&str]) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().display().to_string();
    let output = command().args(args).args(["--out", &out]).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    (output.status.code().unwrap(), text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn an_effect_measured_as_a_bundle_is_not_counted_twice() {
    let both = "helpline-24-7+crisis-alternatives";
    let args = ["levers", "two-waves", "--draws", "0", "--set", "months=12", "--together", both];
    let (code, text) = said(&args);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("were measured as one: together they count it twice"), "{text}");
    // Beside each other they may stand, and with an effect of one's own they may be combined.
    let own = ["--set", "lever.crisis-alternatives.effect=0.1"];
    let (code, text) = said(&[&args[..], &own[..]].concat());
    assert_eq!(code, 0, "{text}");
    let folder = tempfile::tempdir().unwrap();
    let mine = "[[lever]]\npreset = \"stigma-campaign\"\n[[lever]]\npreset = \"targeted-communications\"\n";
    let path = scenario(folder.path(), mine).display().to_string();
    let (code, text) =
        said(&["run", &path, "--draws", "0", "--charts", "none", "--report", "none"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("together they count it twice"), "{text}");
}

#[test]
fn whom_a_lever_of_the_library_reaches_is_an_assumption() {
    let study = study("[[lever]]\npreset = \"eip-teams\"\n", 0);
    let lever = &study.scenarios[0].levers[0];
    let grade = |figure| study.figures.get(figure).origin.grade;
    assert_eq!([grade(lever.reach), grade(lever.effect)], [Grade::D, Grade::C]);
}

#[test]
fn a_lever_that_may_do_nothing_is_not_robust() {
    let lever = |low: f64| {
        format!(
            "[[lever]]\nname = \"x\"\nkind = \"divert\"\nservices = [\"camhs\"]\nto = \"vcse\"\n\
             effect = {{ low = {low}, central = 0.2, high = 0.4 }}\n"
        )
    };
    // The 5th percentile at nothing: it helps in 95% of the draws and yet may do nothing.
    for (low, robust) in [(0.0, false), (0.01, true)] {
        let mut study = study(&lever(low), 70);
        let choices = [Choice::of(levers(&study))];
        assert_eq!(
            compare(&mut study, &choices, Asked::default(), &|_| {})[0].ranked[0].robust,
            robust,
            "{low}"
        );
    }
}

#[test]
fn the_library_says_what_a_lever_rests_on() {
    let (code, text) = said(&["levers", "--library", "--lever", "decision-unit"]);
    assert_eq!(code, 0);
    for part in ["effect 0 (0 to 0.249), grade A", "doi:10.1371/journal.pmen.0000171", "NULL."] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    let (code, text) = said(&["levers", "--library", "--lever", "decision-units"]);
    assert!(code == 2 && text.contains("decision-unit"), "{text}");
    let (_, text) = said(&["levers", "--library"]);
    for part in ["street-triage?", "profiling-tool*", "eip-teams,"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
}

#[test]
fn what_is_refused_says_which_figure_would_be_needed() {
    let text = complaint("[[lever]]\npreset = \"profiling-tool\"\n");
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in ["`profiling-tool` has no effect size", "starts a month", "a negative number"] {
        assert!(plain.contains(part), "{part} is missing in\n{text}");
    }
}
