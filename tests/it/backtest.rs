//! `afterwave backtest`, end to end.

use std::fmt::Write as _;
use std::path::Path;

use crate::shared::command::{afterwave, rows};
use predicates::prelude::*;

#[test]
fn both_packs_stand_beside_what_they_must_beat_and_hindsight_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let run = |out: &Path| {
        let mut command = afterwave();
        command.args(["backtest", "--draws", "64", "--charts", "svg", "--out"]);
        command.arg(out).arg("--hub").arg(out.with_extension("hub"));
        command
    };
    run(&out)
        .assert()
        .success()
        .stdout(
            predicate::str::contains("believed-2021").and(predicate::str::contains("informed*")),
        )
        .stdout(predicate::str::contains("not a fair test"))
        .stdout(predicate::function(|text: &str| {
            text.lines().all(|line| {
                line.chars().count() <= 80
                    || line.starts_with("A conditional")
                    || line.contains("counted")
            })
        }));
    let scores = rows(&out.join("scores.csv"));
    let all: Vec<_> = scores
        .iter()
        .filter(|row| row["service"] == "secondary" && row["horizon"] == "all")
        .collect();
    let names: Vec<&str> = all.iter().map(|row| row["forecast"].as_str()).collect();
    assert_eq!(
        names,
        [
            "projection",
            "no_surge",
            "underlying",
            "seasonal_naive",
            "trend",
            "same_month_of_2019",
            "projection",
            "no_surge"
        ]
    );
    // March 2020 to July 2022, and the published bar: same month of 2019, 14.1%.
    assert!(all.iter().all(|row| row["months"] == "29"));
    let mape: f64 = all[5]["mape"].parse().unwrap();
    assert!((mape - 14.1).abs() < 0.06, "{mape}");
    // The parts of the score add up.
    for row in &scores {
        let number = |name: &str| row[name].parse::<f64>().unwrap();
        let parts = number("dispersion") + number("overprediction") + number("underprediction");
        assert!((parts - number("wis")).abs() < 1e-6 * (1.0 + number("wis")));
    }
    // CAMHS of England is derived from quarters: never scored.
    assert!(scores.iter().all(|row| row["service"] != "camhs"));
    let hub = out.with_extension("hub");
    let model = "model-output/afterwave-believed_2021/2020-02-01-afterwave-believed_2021.csv";
    let quantiles = std::fs::read_to_string(hub.join(model)).unwrap();
    assert!(quantiles.starts_with(
        "origin_date,scenario_id,target,location,horizon,target_date,output_type,output_type_id,value\n\
         2020-02-01,multiple-waves,"
    ));
    assert_eq!(quantiles.lines().filter(|line| line.contains(",secondary,")).count(), 29 * 23);
    assert!(hub.join("model-output/afterwave-seasonal_naive").is_dir());
    let came = rows(&hub.join("target-data/time-series.csv"));
    assert_eq!(came.iter().filter(|row| row["target"] == "secondary").count(), 29);
    assert!(out.join("charts/score-believed-2021-multiple-waves-england-secondary.svg").exists());
    // The same bytes again, on one thread.
    let again = folder.path().join("again");
    run(&again).args(["--threads", "1"]).assert().success();
    let same = |own: &Path, other: &Path, name: &str| {
        let [own, other] = [own, other].map(|folder| std::fs::read(folder.join(name)).unwrap());
        assert_eq!(own, other, "{name}");
    };
    same(&out, &again, "scores.csv");
    same(&hub, &again.with_extension("hub"), model);
}

#[test]
fn a_pack_fitted_to_the_months_scored_is_no_fair_test() {
    let folder = tempfile::tempdir().unwrap();
    let fitted = folder.path().join("fitted");
    afterwave()
        .args(["fit", "two-waves", "--until", "2020-06", "--pack", "believed-2021"])
        .args(["--draws", "64", "--out"])
        .arg(&fitted)
        .assert()
        .success();
    for (as_of, is_fair) in [("2020-02", false), ("2020-06", true)] {
        let run = afterwave()
            .arg("backtest")
            .arg("two-waves")
            .args(["--as-of", as_of, "--charts", "none", "--draws", "64", "--pack"])
            .arg(&fitted)
            .arg("--out")
            .arg(folder.path().join(as_of))
            .assert()
            .success();
        let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
        assert_eq!(!text.contains("not a fair test"), is_fair, "{text}");
    }
}

#[test]
fn a_later_cut_scores_later_months_and_json_stands_alone() {
    let folder = tempfile::tempdir().unwrap();
    let output = afterwave()
        .args(["backtest", "two-waves", "--as-of", "2021-12", "--pack", "believed-2021"])
        .args(["--draws", "64", "--charts", "none", "--json", "--out"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success());
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["as_of"], "2021-12");
    let scores = document["scores"].as_array().unwrap();
    let row =
        scores.iter().find(|row| row["service"] == "secondary" && row["horizon"] == "all").unwrap();
    assert_eq!(row["months"], 7);
    assert_eq!(row["hindsight"], false);
}

#[test]
fn nothing_to_score_and_wrong_inputs_write_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    for (args, says) in [
        (vec!["--as-of", "2025-12"], "no counted month to score"),
        (vec!["--pack", "informd"], "informed"),
        (vec!["--as-of", "soon"], "soon"),
        (vec!["--rolling", "absent.csv"], "absent.csv"),
    ] {
        afterwave()
            .arg("backtest")
            .args(&args)
            .arg("--out")
            .arg(&out)
            .assert()
            .code(2)
            .stderr(predicate::str::contains(says));
    }
    assert!(!out.exists());
}

#[test]
fn methods_are_compared_by_rolling_origin_on_a_baseline() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "month,area,service,referrals,derived\n".to_owned();
    for t in 0..40 {
        let season = [90, 95, 110, 100, 105, 98, 97, 80, 104, 112, 108, 85][t % 12];
        writeln!(text, "{}-{:02},X,secondary,{},", 2016 + t / 12, t % 12 + 1, season * 10 + t)
            .unwrap();
        writeln!(text, "{}-{:02},X,camhs,{},yes", 2016 + t / 12, t % 12 + 1, season).unwrap();
    }
    let file = folder.path().join("x.csv");
    std::fs::write(&file, text).unwrap();
    let out = folder.path().join("out");
    afterwave()
        .args(["backtest", "--months-ahead", "6", "--rolling"])
        .arg(&file)
        .arg("--out")
        .arg(&out)
        .assert()
        .success()
        // One series: the derived one is no evidence.
        .stdout(predicate::str::contains("1 series, 15 origins"))
        .stdout(predicate::function(|text: &str| text.lines().all(|l| l.chars().count() <= 80)));
    let table = std::fs::read_to_string(out.join("rolling.csv")).unwrap();
    assert!(table.contains("holt_winters,all,75,"), "{table}");
    assert!(table.contains("combination,all,75,"), "{table}");
}

/// Dates of which the order is not certain are asked for, and read as `--dates` says.
#[test]
fn a_baseline_is_read_as_its_options_say() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("days.csv");
    // The 1st to the 12th of January by one reading, the first of every month by the other.
    let mut text = "date,area,service,referrals\n".to_owned();
    for t in 0..40 {
        let season = [90, 95, 110, 100, 105, 98, 97, 80, 104, 112, 108, 85][t % 12];
        let (year, month) = (2016 + t / 12, t % 12 + 1);
        writeln!(text, "01/{month:02}/{year},X,secondary,{}", season * 10 + t).unwrap();
    }
    std::fs::write(&file, text).unwrap();
    let out = folder.path().join("out");
    let run = |dates: &str| {
        let mut command = afterwave();
        command.args(["backtest", "--months-ahead", "6", "--dates", dates, "--rolling"]);
        command.arg(&file).arg("--out").arg(&out);
        command.output().unwrap()
    };
    let read = run("dmy");
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    assert!(String::from_utf8_lossy(&read.stdout).contains("1 series, 15 origins"));
    assert_eq!(run("mdy").status.code(), Some(2));
}

/// A file of every code there was: those no score can be made of are told once, the others scored
/// alone, pooled and as a sum.
#[test]
fn many_areas_are_scored_by_area_pooled_and_as_a_sum() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "month,area,service,referrals\n".to_owned();
    let areas = [("A", 0, 80), ("B", 12, 80), ("BORN", 52, 80), ("SHORT", 40, 80), ("OLD", 0, 50)];
    for (scale, (area, from, to)) in (1..).zip(areas) {
        for t in from..to {
            let season = [90, 95, 110, 100, 105, 98, 97, 80, 104, 112, 108, 85][t % 12];
            let month = format!("{}-{:02}", 2016 + t / 12, t % 12 + 1);
            writeln!(text, "{month},{area},secondary,{}", scale * (season * 10 + t)).unwrap();
        }
    }
    let file = folder.path().join("many.csv");
    std::fs::write(&file, text).unwrap();
    let out = folder.path().join("out");
    let run = afterwave()
        .args(["backtest", "two-waves", "--draws", "64", "--charts", "none", "--baseline"])
        .arg(&file)
        .args(["--pack", "believed-2021", "--out"])
        .arg(&out)
        .assert()
        .success()
        .stdout(predicate::str::contains("2 areas").and(predicate::str::contains("sum of 2")));
    let told = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert!(told.contains("3 of 5 areas are not scored"), "{told}");
    let scores = rows(&out.join("scores.csv"));
    let months = |area: &str| {
        let is_it = |row: &&std::collections::HashMap<String, String>| {
            row["area"] == area && row["forecast"] == "no_surge" && row["horizon"] == "all"
        };
        scores.iter().find(is_it).map(|row| row["months"].clone())
    };
    let shown = ["A", "B", "all", "sum", "BORN"].map(months);
    let [own, both] = ["30", "60"].map(|months| Some(months.to_owned()));
    assert_eq!(shown, [own.clone(), own.clone(), both, own, None]);
}

/// A share of nothing is no number.
#[test]
fn months_in_which_nothing_came_have_no_score_and_it_is_said_why() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "month,area,service,referrals\n".to_owned();
    for t in 0..80 {
        writeln!(text, "{}-{:02},00V,secondary,0", 2016 + t / 12, t % 12 + 1).unwrap();
    }
    let file = folder.path().join("zero.csv");
    std::fs::write(&file, text).unwrap();
    let out = folder.path().join("out");
    afterwave()
        .args(["backtest", "two-waves", "--draws", "10", "--charts", "svg", "--baseline"])
        .arg(&file)
        .arg("--out")
        .arg(&out)
        .assert()
        .success()
        .stdout(predicate::str::contains("NaN").not())
        .stdout(predicate::str::contains("a share of nothing"))
        .stdout(predicate::function(|text: &str| {
            text.lines().all(|line| line.chars().count() <= 80 && !line.ends_with(' '))
        }));
    for chart in std::fs::read_dir(out.join("charts")).unwrap() {
        let chart = std::fs::read_to_string(chart.unwrap().path()).unwrap();
        assert!(!chart.contains("NaN"), "{chart}");
    }
}
