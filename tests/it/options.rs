//! What can be bought, side by side: packages against their levers and against doing nothing.

use std::path::Path;

use crate::shared::levers::study;
use afterwave::evaluate::choices::aimed::aimed;
use afterwave::evaluate::choices::{Asked, Choice, Comparison, Kind, compare, levers};
use assert_cmd::Command;

/// Two diversions of one flow, and room in talking therapies.
const LEVERS: &str = r#"
[[lever]]
name = "more"
kind = "divert"
services = ["camhs"]
to = "vcse"
effect = 0.2
cost_a_year = 1000000
[[lever]]
name = "less"
kind = "divert"
services = ["camhs"]
to = "vcse"
effect = 0.1
cost_a_year = 1000000
[[lever]]
name = "room"
kind = "capacity"
services = ["iapt"]
starts = 2000
"#;

fn compared(sets: &[&[&str]], draws: usize) -> Comparison {
    let mut study = study(LEVERS, draws);
    let known = levers(&study);
    let lever = |name: &&str| known.iter().find(|lever| lever.name == **name).unwrap().clone();
    let choices: Vec<Choice> =
        sets.iter().map(|set| Choice::of(set.iter().map(lever).collect())).collect();
    compare(&mut study, &choices, Asked::default(), &|_| {}).remove(0)
}

#[test]
fn regret_is_what_the_best_would_have_helped_more() {
    let compared = compared(&[&["more"], &["less"], &["more", "less"]], 0);
    let find = |name: &str| compared.ranked.iter().find(|own| own.choice.name == name).unwrap();
    let (more, less) = (find("more"), find("less"));
    let helped = |name: &str| find(name).trials[0].helped[0];
    // Twice the share of one flow.
    assert!((helped("more") / helped("less") - 2.0).abs() < 1e-9);
    // 1 - 0.8 x 0.9 = 0.28 of it together, less what is never a sum.
    assert!((helped("more+less") / helped("less") - 2.8).abs() < 1e-9);
    assert_eq!((more.standing.best, less.standing.best), (1.0, 0.0));
    assert_eq!((more.standing.regret_mean, more.standing.regret_worst), (0.0, 0.0));
    assert!((less.standing.regret_mean - helped("less")).abs() < 1e-6);
    assert_eq!(less.standing.beats, [("more".to_owned(), 0.0)]);
    // Together is another question: it has no rival but doing nothing.
    let both = find("more+less");
    assert_eq!(
        (both.choice.kind(), both.standing.beats.len(), both.helps),
        (Kind::Together, 0, 1.0)
    );
    // The same money helps half as many: twice as much for each.
    let each = |name: &str| find(name).trials[0].cost.clone().unwrap()[0] / helped(name);
    assert!((each("less") / each("more") - 2.0).abs() < 1e-9);
    let cost = |name: &str| find(name).trials[0].cost.clone().unwrap()[0];
    assert!((cost("more") - 2e6).abs() < 1e-6 && (cost("more+less") - 4e6).abs() < 1e-6);
}

#[test]
fn what_is_part_of_another_is_no_rival_of_it() {
    let sets: [&[&str]; 4] =
        [&["more"], &["more", "less"], &["less", "room"], &["more", "less", "room"]];
    let compared = compared(&sets, 0);
    let find = |name: &str| compared.ranked.iter().find(|own| own.choice.name == name).unwrap();
    let rivals = |name: &str| {
        let beats = find(name).standing.beats.iter();
        beats.map(|(other, _)| other.clone()).collect::<Vec<_>>()
    };
    assert_eq!(rivals("more+less"), ["less+room"]);
    assert_eq!(rivals("less+room"), ["more+less"]);
    // It holds both others, and one lever alone is another question.
    assert!(rivals("more+less+room").is_empty() && rivals("more").is_empty());
    let all = &find("more+less+room").standing;
    assert_eq!((all.best, all.regret_mean, all.regret_worst), (1.0, 0.0, 0.0));
}

#[test]
fn a_budget_fits_a_screen_and_its_answer_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.toml");
    let names = r#"["eip-teams", "crisis-plans", "social-prescribing", "ips-employment"]"#;
    std::fs::write(&path, format!("name = \"winter plan\"\nlevers = {names}\n")).unwrap();
    let package = path.display().to_string();
    let area = ["two-waves", "--area", "Greater Manchester", "--draws", "64"];
    let price = "lever.crisis-plans.cost_a_reached=300";
    let money = ["--set", "months=24", "--set", price, "--within", "9000000"];
    let args = [&area[..], &money, &["--package", &package]].concat();
    let (code, text, _) = said(folder.path(), &args);
    assert_eq!(code, 0, "{text}");
    assert!(text.lines().count() <= 23, "{text}");
    // More is refused by early intervention than it takes in of those moved there.
    assert!(
        text.starts_with("\nGreater Manchester: eip-teams helps in 100% of draws, but"),
        "{text}"
    );
    for part in
        ["Most for the budget (means): crisis-plans at 100%", "of 9.0m pounds (enough in 100%"]
    {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
}

#[test]
fn room_saves_weeks_of_waiting_and_nothing_saves_none() {
    let compared = compared(&[&["room"]], 70);
    let room = &compared.ranked[0].trials[0];
    let nothing = &compared.nothing[0];
    assert!(nothing.weeks_saved.iter().all(|weeks| *weeks == 0.0));
    assert!(nothing.staff.is_none() && nothing.service_cost.is_none());
    assert!(room.weeks_saved.iter().all(|weeks| *weeks >= 0.0));
    assert!(room.weeks_saved.iter().sum::<f64>() > 0.0);
    // What is saved is the difference of the lists themselves.
    let study = study(LEVERS, 0);
    let iapt = study.pack.service("iapt").unwrap();
    assert!(compared.touched().contains(&iapt));
    let weeks = |trial: &afterwave::evaluate::choices::Trial| {
        let found = trial.waits.iter().find(|(service, _)| *service == iapt).unwrap();
        found.1.with.weeks.clone()
    };
    for ((before, after), saved) in weeks(nothing).iter().zip(weeks(room)).zip(&room.weeks_saved) {
        assert!((before - after - saved).abs() <= 1e-6 * before, "{before} {after} {saved}");
    }
    // The pandemic is held against the same list without any lever.
    let without = |trial: &afterwave::evaluate::choices::Trial| {
        trial.waits.iter().find(|(service, _)| *service == iapt).unwrap().1.without.clone()
    };
    assert!(without(nothing) == without(room));
}

const PACKAGE: &str = r#"
name = "winter plan"
levers = ["crisis-plans", "social-prescribing"]
[[lever]]
preset = "eip-teams"
reach = { low = 0.3, central = 0.5, high = 0.7 }
cost_a_year = 900000
[[lever]]
name = "iapt-room"
kind = "capacity"
services = ["iapt"]
starts = { low = 100, central = 150, high = 180 }
cost_a_year = 1500000
"#;

/// What `levers` says, and its table.
fn said(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let out = folder.join("out");
    let mut command: Command = assert_cmd::cargo::cargo_bin_cmd!("afterwave");
    let output = command.arg("levers").args(args).arg("--out").arg(&out).output().unwrap();
    let table = std::fs::read_to_string(out.join("levers.csv")).unwrap_or_default();
    let text = if output.status.success() { output.stdout } else { output.stderr };
    (output.status.code().unwrap(), String::from_utf8(text).unwrap(), table)
}

#[test]
fn a_package_answers_what_to_buy_in_one_screen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("winter.toml");
    std::fs::write(&path, PACKAGE).unwrap();
    let package = path.display().to_string();
    let area = ["two-waves", "--area", "Greater Manchester", "--draws", "64"];
    let args = [&area[..], &["--set", "months=24", "--package", &package]].concat();
    let (code, text, table) = said(folder.path(), &args);
    assert_eq!(code, 0, "{text}");
    assert!(text.lines().count() <= 24, "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "winter plan",
        "recommended: iapt-room",
        "crisis-plans, social-prescribing in it may do nothing",
        "-: a lever without a price",
        "Waits at the end with winter plan",
        "To know any one figure",
        "Weakest grade it rests on: D",
        "What matters most to",
    ] {
        assert!(plain.contains(part), "{part} is missing in\n{text}");
    }
    let rows: Vec<Vec<&str>> = table.lines().map(|row| row.split(',').collect()).collect();
    let has = |choice: &str, measure: &str, of: &str| {
        rows.iter().any(|row| row[2] == choice && row[6] == measure && row[7] == of)
    };
    for choice in ["winter plan", "eip-teams", "nothing"] {
        assert!(has(choice, "helped", "") && has(choice, "waiting_end", "iapt"), "{choice}");
    }
    for measure in ["within_standard_against_nothing", "waiting_end_against_no_pandemic"] {
        assert!(has("winter plan", measure, "iapt"), "{measure}");
    }
    assert!(has("eip-teams", "beats", "crisis-plans") && has("eip-teams", "beats", "nothing"));
    assert!(has("eip-teams", "share_of_helped", "deprivation/most-deprived"));
    // The same in JSON: the median is that of the table.
    let out = folder.path().join("json").display().to_string();
    let mut command: Command = assert_cmd::cargo::cargo_bin_cmd!("afterwave");
    let printed = command.args(["--json", "levers"]).args(&args).args(["--out", &out]).output();
    let document: serde_json::Value = serde_json::from_slice(&printed.unwrap().stdout).unwrap();
    let plan =
        document["choices"].as_array().unwrap().iter().find(|c| c["choice"] == "winter plan");
    let end = &plan.unwrap()["waits"]["iapt"]["waiting_end"]["q50"];
    let is_end = |row: &&Vec<&str>| row[2] == "winter plan" && row[6] == "waiting_end";
    let row = rows.iter().filter(is_end).find(|row| row[7] == "iapt").unwrap();
    assert_eq!(end.as_f64(), row[13].parse().ok(), "{row:?}");
    // All levers are the package: not twice.
    assert!(!has("all", "helped", ""));
    for chart in ["help", "waits"] {
        assert!(folder.path().join(format!("out/charts/{chart}-qop.svg")).exists(), "{chart}");
    }
}

#[test]
fn a_budget_is_spent_where_a_pound_helps_most() {
    let mut study = study(&LEVERS.replace("cost_a_year = 1000000", "cost_a_reached = 100"), 0);
    let known = levers(&study);
    let choices: Vec<Choice> =
        known.iter().take(2).map(|lever| Choice::of(vec![lever.clone()])).collect();
    let whole = compare(&mut study, &choices, Asked::default(), &|_| {}).remove(0);
    let cost = |compared: &Comparison, name: &str| {
        let own = compared.ranked.iter().find(|own| own.choice.name == name).unwrap();
        own.trials[0].cost.clone().unwrap()[0]
    };
    // Both reach the same people at the same price; `more` helps twice as many of them.
    let budget = cost(&whole, "more") / 2.0;
    let compared =
        compare(&mut study, &choices, Asked { budget: Some(budget), by: None }, &|_| {}).remove(0);
    let bought = compared.ranked.iter().find(|own| own.choice.is_scaled()).unwrap();
    let names: Vec<&str> = bought.choice.levers.iter().map(|lever| lever.name.as_str()).collect();
    assert_eq!(names, ["more"]);
    assert!((bought.choice.parts[0] - 0.5).abs() < 1e-9, "{:?}", bought.choice.parts);
    let helped = |name: &str| {
        let own = compared.ranked.iter().find(|own| own.choice.name == name).unwrap();
        own.trials[0].helped[0]
    };
    // What was worked out is what comes of it when it is run.
    assert!((helped(&bought.choice.name) / helped("more") - 0.5).abs() < 1e-9);
    assert!((cost(&compared, &bought.choice.name) / budget - 1.0).abs() < 1e-6);
}

/// `LEVERS` in a package of its own, with what it takes.
const LIMITED: &str = r#"
name = "plan"
budget = 3000000
[[staff]]
year = "2020-21"
posts = 5
[[staff]]
year = "2021/22"
posts = 9.5
[[lever]]
name = "now"
kind = "divert"
services = ["camhs"]
to = "vcse"
effect = 0.2
start = "2020-04"
cost_a_year = 1000000
staff = { low = 3, central = 4, high = 5 }
[[lever]]
name = "later"
kind = "divert"
services = ["camhs"]
to = "vcse"
effect = 0.1
start = "2020-10"
recruitment = 6
cost_a_year = 2000000
staff = 6
"#;

#[test]
fn a_package_is_held_against_its_budget_and_its_posts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.toml");
    std::fs::write(&path, LIMITED).unwrap();
    let package = path.display().to_string();
    let scenario = folder.path().join("own.toml");
    std::fs::write(&scenario, "extends = \"two-waves\"\nstart = \"2020-04\"\nmonths = 24\n")
        .unwrap();
    let scenario = scenario.display().to_string();
    let args = [scenario.as_str(), "--draws", "200", "--package", &package];
    let (code, text, table) = said(folder.path(), &args);
    assert_eq!(code, 0, "{text}");
    let value = |measure: &str, of: &str| -> Vec<f64> {
        let is_it = |row: &&Vec<&str>| row[2] == "plan" && row[6] == measure && row[7] == of;
        let rows: Vec<Vec<&str>> = table.lines().map(|row| row.split(',').collect()).collect();
        let row = rows.iter().find(is_it).unwrap_or_else(|| panic!("{measure} {of}\n{table}"));
        row[8..].iter().filter_map(|cell| cell.parse().ok()).collect()
    };
    // The first runs 24 months, the second the last 12, for its posts are filled in April 2021.
    assert_eq!(value("lever_cost", "")[0], 4e6);
    assert_eq!(value("within_budget", ""), [0.0]);
    // 4 (3 to 5) of 5 in the first year; 6 more of 9.5 in the second.
    assert_eq!(value("posts_there", "2020-21"), [5.0]);
    let first = value("posts_wanted", "2020-21");
    assert!((first[0] - 4.0).abs() < 0.1 && value("staffed", "2020-21")[0] > 0.9);
    let second = value("posts_wanted", "2021-22");
    assert!(first.iter().zip(&second).all(|(a, b)| (a + 6.0 - b).abs() < 1e-9));
    assert!(value("staffed", "2021-22")[0] < 0.5);
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "can't be staffed in 2021-22: not recommended",
        "levers for 4.0m of 3.0m pounds (enough in 0% of draws)",
        "of 9.5 posts in 2021-22",
    ] {
        assert!(plain.contains(part), "{part} is missing in\n{text}");
    }
    // In any run it is a warning, beside the results.
    let mut command: Command = assert_cmd::cargo::cargo_bin_cmd!("afterwave");
    let out = folder.path().join("run").display().to_string();
    let rest = ["--charts", "none", "--report", "none", "--out", &out];
    let ran = command.arg("run").args(args).args(rest).output().unwrap();
    let warned = String::from_utf8(ran.stderr).unwrap();
    assert!(ran.status.success() && warned.contains("can't be staffed in 2021-22"), "{warned}");
    assert!(!warned.contains("can't be staffed in 2020-21"), "{warned}");
}

/// A library of the user's own: months that no calendar has are refused, not counted with.
#[test]
fn recruitment_without_end_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("own.csv");
    let row = "lever,kind,services,to,effect,recruitment\nhub,divert,camhs,vcse,0.1";
    std::fs::write(&library, format!("{row},99999999999\n")).unwrap();
    let from = library.display().to_string();
    let args = ["two-waves", "--draws", "0", "--lever", "hub", "--from", &from];
    let (code, text, _) = said(folder.path(), &args);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("own.csv:2 (recruitment)"), "{text}");
    std::fs::write(&library, format!("{row},6\n")).unwrap();
    let (code, text, _) = said(folder.path(), &args);
    assert_eq!(code, 0, "{text}");
}

#[test]
fn a_budget_needs_a_price() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["--draws", "0", "--lever", "eip-teams", "--within", "1000000"];
    let (code, text, _) = said(folder.path(), &args);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("none of the levers has a price"), "{text}");
    assert!(text.contains("lever.eip-teams.cost_a_reached"), "{text}");
}

#[test]
fn none_is_recommended_whose_range_reaches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["two-waves", "--draws", "64", "--set", "months=24", "--lever", "crisis-plans=0.2"];
    let (code, text, _) = said(folder.path(), &args);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("nothing can be recommended"), "{text}");
    assert!(!text.contains("Best"), "one choice is no contest\n{text}");
}

#[test]
fn packages_that_count_an_effect_twice_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("twice.toml");
    std::fs::write(&path, "levers = [\"helpline-24-7\", \"crisis-alternatives\"]\n").unwrap();
    let package = path.display().to_string();
    let (code, text, _) = said(folder.path(), &["--draws", "0", "--package", &package]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("were measured"), "{text}");
}

#[test]
fn the_same_money_is_spent_flat_by_need_and_where_need_is_greatest() {
    // Paid by the person helped: the same reach of those in more need would cost more.
    let scenario = r#"
[[lever]]
name = "offer"
kind = "help-seeking"
reach = 0.2
effect = { low = 0.1, central = 0.2, high = 0.3 }
cost_a_person = 400
"#;
    let mut study = study(scenario, 64);
    let deprivation = study.pack.stratifications.iter().position(|own| own.id == "deprivation");
    let by = deprivation.unwrap();
    let flat = levers(&study).remove(0);
    let mut choices = vec![Choice::of(vec![flat.clone()])];
    choices.extend(aimed(&study, &flat, by).into_iter().map(|lever| Choice::of(vec![lever])));
    assert_eq!(choices.len(), 3);
    let asked = Asked { budget: None, by: Some(by) };
    let compared = compare(&mut study, &choices, asked, &|_| {}).remove(0);
    let find = |end: &str| {
        compared.ranked.iter().find(|own| own.choice.name == format!("offer{end}")).unwrap()
    };
    let money = |end: &str| {
        let cost = find(end).pooled(|trial| trial.cost.clone()).unwrap();
        cost.mean
    };
    for end in ["@most-deprived", "@by-need"] {
        assert!((money(end) / money("") - 1.0).abs() < 0.005, "{end}: {}", money(end));
    }
    // Those helped there present: access rises most where all the money goes there.
    let most = study.pack.stratifications[by].strata.iter().position(|k| k.id == "most-deprived");
    let access = |trials: &[afterwave::evaluate::choices::Trial]| {
        let (_, strata) = trials[0].access.iter().find(|(family, _)| family.is_none()).unwrap();
        strata[most.unwrap()].unwrap().median()
    };
    let change = |end: &str| access(&find(end).trials) - access(&compared.nothing);
    assert!(change("").abs() < 0.002, "{}", change(""));
    assert!(change("@by-need") > change("") && change("@most-deprived") > 2.0 * change("@by-need"));
}

#[test]
fn whose_gradient_it_is_stands_beside_what_is_said_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let set = ["--set", "lever.universal-prevention.effect=0.1,0.2,0.3", "--set", "months=24"];
    let reach = ["--set", "lever.universal-prevention.reach=0.1"];
    let by = ["--draws", "64", "--lever", "universal-prevention", "--by", "deprivation"];
    for (area, whose) in [("England", "its gradient"), ("Bury", "England's gradient")] {
        let mut args = vec!["two-waves", "--area", area];
        args.extend(by);
        args.extend(set);
        args.extend(reach);
        let (code, text, _) = said(&folder.path().join(area), &args);
        assert_eq!(code, 0, "{text}");
        assert!(text.lines().count() <= 23, "{text}");
        let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(plain.contains(&format!("most deprived fifth ({whose}, grade ")), "{text}");
    }
}
