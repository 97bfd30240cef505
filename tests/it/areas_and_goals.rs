//! Several areas added up, goals held against results, and indicators beside referrals.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use assert_cmd::Command;

type Rows = Vec<BTreeMap<String, String>>;

fn command(args: &[&str]) -> Command {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("afterwave");
    command.args(args);
    command
}

fn read(folder: &Path, name: &str) -> Rows {
    let mut reader = csv::Reader::from_path(folder.join(name)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn mean(rows: &Rows, wanted: &[(&str, &str)]) -> f64 {
    let fits = |row: &&BTreeMap<String, String>| wanted.iter().all(|(k, v)| row[*k] == *v);
    rows.iter().find(fits).unwrap()["mean"].parse().unwrap()
}

/// Two years of referrals to two areas of Greater Manchester.
fn baseline(folder: &Path) -> String {
    let mut text = "month,area,service,referrals\n".to_owned();
    for (area, size) in [("00T", 900), ("01G", 1400)] {
        for t in 0..30 {
            let (year, month) = (2017 + (t + 8) / 12, (t + 8) % 12 + 1);
            writeln!(text, "{year}-{month:02},{area},iapt,{}", size + (t * 37) % 100).unwrap();
        }
    }
    let path = folder.join("two.csv");
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn areas_of_one_larger_area_add_up_draw_by_draw() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out").display().to_string();
    let baseline = baseline(folder.path());
    let ran = command(&["run", "two-waves", "--draws", "60", "--charts", "none", "--out", &out])
        .args(["--baseline", &baseline, "--detail"])
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let out = Path::new(&out);
    let (rollup, mut projection) = (read(out, "rollup.csv"), read(out, "projection.csv"));
    projection.extend(read(out, "projection-detail.csv"));
    assert!(rollup.iter().all(|row| row["area"] == "part of QOP" && row["areas"] == "00T;01G"));
    for measure in ["referrals", "surge", "suppressed", "starts"] {
        let whole = mean(&rollup, &[("of", "service"), ("id", "iapt"), ("measure", measure)]);
        let parts: f64 = projection
            .iter()
            .filter(|row| row["service"] == "iapt" && row["measure"] == measure)
            .map(|row| row["mean"].parse::<f64>().unwrap())
            .sum();
        assert!((whole / parts - 1.0).abs() < 1e-5, "{measure}: {whole} {parts}");
    }
    // A sum of draws is narrower than a sum of percentiles.
    let row = rollup.iter().find(|row| row["id"] == "iapt" && row["measure"] == "referrals");
    let high: f64 = row.unwrap()["q95"].parse().unwrap();
    let summary = read(out, "summary.csv");
    let parts: f64 = summary
        .iter()
        .filter(|row| row["of"] == "service" && row["id"] == "iapt")
        .filter(|row| row["measure"] == "referrals" && row["period"] == "total")
        .map(|row| row["q95"].parse::<f64>().unwrap())
        .sum();
    assert!(high < parts, "{high} {parts}");
}

#[test]
fn a_scenario_has_the_same_numbers_whatever_runs_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let early = folder.path().join("early.toml");
    fs::write(&early, "extends = \"two-waves\"\nname = \"Early\"\nas_of = \"2018-12\"\n").unwrap();
    // Residents of nobody: each service by its own share.
    let mut text = "month,area,service,referrals\n".to_owned();
    for t in 0..40 {
        let (year, month) = (2016 + (t + 8) / 12, (t + 8) % 12 + 1);
        writeln!(text, "{year}-{month:02},Elsewhere,secondary,{}", 900 + 10 * t).unwrap();
        writeln!(text, "{year}-{month:02},Elsewhere,iapt,{}", 700 + 3 * t).unwrap();
    }
    let file = folder.path().join("elsewhere.csv");
    fs::write(&file, text).unwrap();
    let run = |scenarios: &[&str], out: &str| {
        let out = folder.path().join(out);
        let ran = command(&["run"])
            .args(scenarios)
            .args(["--draws", "0", "--charts", "none", "--baseline", &file.display().to_string()])
            .args(["--out", &out.display().to_string()])
            .output()
            .unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        let mut rows = read(&out, "projection.csv");
        rows.retain(|row| row["scenario"] == "two-waves");
        rows
    };
    let early = early.display().to_string();
    let (alone, beside) = (run(&["two-waves"], "one"), run(&[&early, "two-waves"], "two"));
    assert!(!alone.is_empty());
    assert!(alone == beside);
}

#[test]
fn a_family_is_projected_as_it_was_counted_and_everyday_names_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "month,service,referrals\n".to_owned();
    for t in 0..30 {
        let (year, month) = (2017 + (t + 8) / 12, (t + 8) % 12 + 1);
        for (service, size) in [("crisis", 1200), ("talking-therapies", 900), ("CYPMHS", 400)] {
            writeln!(text, "{year}-{month:02},{service},{}", size + (t * 37) % 100).unwrap();
        }
    }
    let file = folder.path().join("Bury.csv");
    fs::write(&file, text).unwrap();
    let goals = folder.path().join("goals.csv");
    fs::write(&goals, "service,measure,month,at_most\nCrisis teams,referrals,2021-01,1\n").unwrap();
    let out = folder.path().join("out");
    let ran = command(&["run", "two-waves", "--draws", "40", "--charts", "none"])
        .args(["--baseline", &file.display().to_string(), "--area", "00v"])
        .args(["--goals", &goals.display().to_string(), "--out", &out.display().to_string()])
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let projection = read(&out, "projection.csv");
    let has = |service: &str| projection.iter().any(|row| row["service"] == service);
    assert!(has("crisis-resolution") && has("hbt") && has("iapt") && has("camhs"));
    let observed = read(&out, "observed.csv");
    let of_crisis = observed.iter().filter(|row| {
        row["month"].starts_with("2018-01")
            && ["crisis-line", "crisis-resolution", "hbt", "home-treatment"]
                .contains(&row["service"].as_str())
    });
    let sum: f64 = of_crisis.map(|row| row["referrals"].parse::<f64>().unwrap()).sum();
    // January 2018 is the fifth month of the file.
    assert!((sum - f64::from(1200 + (4 * 37) % 100)).abs() < 0.01, "{sum}");
    assert_eq!(read(&out, "goals.csv")[0]["service"], "crisis");
}

#[test]
fn an_area_is_never_added_to_one_it_is_part_of() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().display().to_string();
    let args = ["run", "two-waves", "--draws", "0", "--charts", "none", "--area", "England"];
    let ran = command(&args).args(["--area", "00V", "--out", &out]).output().unwrap();
    assert!(ran.status.success());
    assert!(!folder.path().join("rollup.csv").exists());
}

#[test]
fn goals_are_held_against_every_scenario() {
    let folder = tempfile::tempdir().unwrap();
    let goals = folder.path().join("goals.csv");
    fs::write(
        &goals,
        "goal,service,measure,month,at_least,at_most,agreed_with\n\
         Six weeks,iapt,within_standard,2024-03,0.75,,Health and Wellbeing Board\n\
         Few,camhs,referrals,2022-01,,1,\n\
         Many,camhs,referrals,2022-01,1,,\n",
    )
    .unwrap();
    let out = folder.path().join("out").display().to_string();
    let goals = goals.display().to_string();
    let ran = command(&["run", "single-wave", "two-waves", "--draws", "60", "--charts", "none"])
        .args(["--goals", &goals, "--out", &out])
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let rows = read(Path::new(&out), "goals.csv");
    assert_eq!(rows.len(), 6);
    assert_eq!(rows[0]["agreed_with"], "Health and Wellbeing Board");
    let chance = |goal: &str| -> f64 {
        rows.iter().find(|row| row["goal"] == goal).unwrap()["chance"].parse().unwrap()
    };
    assert!(chance("Few") < 0.03 && chance("Many") > 0.97);
    assert!((0.0..=1.0).contains(&chance("Six weeks")));
    let text = String::from_utf8(ran.stdout).unwrap();
    assert!(text.contains("Six weeks: within_standard of iapt at least 75%"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn wrong_goals_are_explained_all_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let goals = folder.path().join("goals.csv");
    fs::write(
        &goals,
        "service,measure,month,at_least,at_mst\niatp,referals,2022-13,1,\niapt,referrals,2022-01,,\n",
    )
    .unwrap();
    let out = folder.path().join("out");
    let goals = goals.display().to_string();
    let ran = command(&["run", "two-waves", "--goals", &goals, "--out"]).arg(&out).output();
    let ran = ran.unwrap();
    assert_eq!(ran.status.code(), Some(2));
    let said = String::from_utf8(ran.stderr).unwrap();
    for part in
        ["try: at_most", "try: iapt", "try: referrals", "month 13", "neither", "goals.csv:3"]
    {
        assert!(said.contains(part), "{part} is missing in\n{said}");
    }
    assert!(!out.exists());
}

#[test]
fn a_goal_for_what_a_service_has_not_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let goals = folder.path().join("goals.csv");
    let out = folder.path().join("out");
    let said = |text: &str| {
        fs::write(&goals, text).unwrap();
        let args = ["run", "two-waves", "--draws", "0", "--charts", "none", "--goals"];
        let ran = command(&args).arg(&goals).arg("--out").arg(&out).output().unwrap();
        assert_eq!(ran.status.code(), Some(2));
        assert!(!out.exists());
        String::from_utf8(ran.stderr).unwrap()
    };
    // No list is kept where no baseline is known, and IAPT has no beds.
    let text = said(
        "service,measure,month,at_most\nhelpline,waiting,2021-04,5\niapt,bed_days,2021-04,3\n\
         iapt,waiting,2021-04,5\n",
    );
    for part in ["goals.csv:2", "helpline has no `waiting`", "goals.csv:3", "surge_contacts"] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert!(!text.contains("goals.csv:4"), "{text}");
    // A slip in the header is one problem, whatever stands below it.
    let text =
        said("service,measure,month,at_mots\niapt,waiting,2021-04,5\neip,starts,2021-04,5\n");
    assert_eq!(text.matches("error").count(), 1, "{text}");
    let text = said("service,measure,month\niapt,waiting,2021-04\neip,starts,2021-04\n");
    assert_eq!(text.matches("error").count(), 1, "{text}");
    assert!(text.contains("neither `at_least` nor `at_most` is a column"), "{text}");
    for (value, told) in [("75", "try: 0.75, if 75 is a percentage"), ("75%", "try: 0.75")] {
        let row = format!("iapt,within_standard,2021-04,{value}");
        let text = said(&format!("service,measure,month,at_least\n{row}\n"));
        assert_eq!(text.matches("error").count(), 1, "{text}");
        assert!(text.contains(told) && text.contains("goals.csv:2 (at_least)"), "{text}");
    }
    assert!(said("service,measure,month,at_least\n").contains("holds no goal"));
}

#[test]
fn indicators_stand_beside_referrals_with_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("absence.csv");
    let mut text = "month,absence,crime\n".to_owned();
    for t in 0..60 {
        let (year, month) = (2016 + t / 12, t % 12 + 1);
        writeln!(text, "{year}-{month:02},{},*", 100 + (t * t * 31) % 57).unwrap();
    }
    fs::write(&file, text).unwrap();
    let file = file.display().to_string();
    let ran = command(&["explain", "camhs", "--indicator", &file]).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let said = String::from_utf8(ran.stdout).unwrap();
    let plain = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(plain.contains("A correlation is no cause"), "{said}");
    assert!(plain.contains("too few months in common"), "{said}");
    assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    let none = command(&["explain", "vcse", "--indicator", &file]).output().unwrap();
    assert_eq!(none.status.code(), Some(2));
    assert!(String::from_utf8(none.stderr).unwrap().contains("has no observed referrals"));
}

#[test]
fn slips_in_the_tables_of_a_pack_are_named_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("pack.toml", "name = \"mine\"\nextends = \"informed\"\n"),
        ("areas.csv", "area,nme,population,part_of\n00V,Bury,1,QOPP\n00V,Bury,2,QOP\n"),
        ("families.csv", "family,label\ncamsh,CAMHS\n"),
        ("strata.csv", "stratification,stratum,lable\nsex,women,Women\n"),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let ran = command(&["check", "--pack"]).arg(folder.path()).output().unwrap();
    assert_eq!(ran.status.code(), Some(2));
    let said = String::from_utf8(ran.stderr).unwrap() + &String::from_utf8(ran.stdout).unwrap();
    for part in [
        "unknown column `nme`",
        "try: name",
        "areas.csv:3",
        "part of no known area",
        "try: QOP",
        "no service is of the family `camsh`",
        "try: camhs",
        "unknown column `lable`",
        "try: label",
    ] {
        assert!(said.contains(part), "{part} is missing in\n{said}");
    }
}
