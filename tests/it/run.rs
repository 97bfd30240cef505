//! `run`, `check` and `init`, end to end: what a user types and what comes out.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

fn afterwave() -> Command {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("afterwave");
    command.env_remove("RUST_BACKTRACE").env("NO_COLOR", "1");
    command
}

/// Runs with `args` into a fresh folder and gives it back.
fn run(args: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    afterwave()
        .arg("run")
        .args(args)
        .args(["--charts", "none", "--out"])
        .arg(folder.path())
        .assert()
        .success();
    folder
}

type Row = HashMap<String, String>;

fn rows(folder: &Path, file: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(folder.join(file)).unwrap();
    let header = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        header.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// Values of `column` by (scenario, service, month, measure).
fn cells(rows: &[Row], id: &str, column: &str) -> BTreeMap<(String, String, String, String), f64> {
    rows.iter()
        .map(|row| {
            let key = [id, "month", "measure"].map(|name| row[name].clone());
            let [id, month, measure] = key;
            ((row["scenario"].clone(), id, month, measure), row[column].parse().unwrap())
        })
        .collect()
}

#[test]
fn the_identity_of_demand_holds_for_every_service_and_month() {
    let folder = run(&["--draws", "0", "--area", "England", "--area", "00V", "--detail"]);
    for area in ["England", "00V"] {
        let mut all = rows(folder.path(), "projection.csv");
        all.extend(rows(folder.path(), "projection-detail.csv"));
        let of_area: Vec<Row> = all.into_iter().filter(|row| row["area"] == area).collect();
        let values = cells(&of_area, "service", "mean");
        let mut checked = 0;
        for ((scenario, service, month, measure), referrals) in &values {
            if measure != "referrals" {
                continue;
            }
            let part = |name: &str| {
                values[&(scenario.clone(), service.clone(), month.clone(), name.to_owned())]
            };
            let sum = part("underlying") - part("suppressed")
                + part("returning")
                + part("surge_immediate")
                + part("surge_longitudinal");
            // Six figures of each: half a unit of the last of every part.
            let names = ["referrals", "underlying", "suppressed", "returning", "surge"];
            let room: f64 = names.into_iter().map(|name| 5.1e-6 * part(name).abs()).sum();
            assert!((sum - referrals).abs() <= room, "{service} {month}");
            let parts = part("surge_immediate") + part("surge_longitudinal");
            assert!((part("surge") - parts).abs() <= 1.1e-5 * parts + 1e-12);
            checked += 1;
        }
        assert!(checked >= 3 * 60 * 3, "{area}: {checked}");
    }
}

/// The mean is linear, so the identity holds in the means of any number of draws; that it holds
/// draw by draw follows from one draw alone.
#[test]
fn the_identity_holds_in_a_single_draw() {
    let folder = run(&["two-waves", "--draws", "1", "--seed", "7"]);
    let values = cells(&rows(folder.path(), "projection.csv"), "service", "q50");
    let mut differs = false;
    for ((scenario, service, month, measure), referrals) in &values {
        if measure == "referrals" {
            let part = |name: &str| {
                values[&(scenario.clone(), service.clone(), month.clone(), name.to_owned())]
            };
            let sum = part("underlying") - part("suppressed") + part("returning") + part("surge");
            let parts = ["referrals", "underlying", "suppressed", "returning", "surge"];
            let room: f64 = parts.into_iter().map(|name| 5.1e-6 * part(name).abs()).sum();
            assert!((sum - referrals).abs() <= room, "{service} {month}: {sum} {referrals}");
            differs |= part("suppressed") > 0.0;
        }
    }
    assert!(differs);
}

#[test]
fn threads_scenarios_and_areas_change_no_draw() {
    let read = |folder: &TempDir| fs::read_to_string(folder.path().join("projection.csv")).unwrap();
    let one = run(&["two-waves", "--draws", "130", "--threads", "1"]);
    let two = run(&["two-waves", "--draws", "130", "--threads", "2"]);
    assert_eq!(read(&one), read(&two));
    let more = run(&[
        "multiple-waves",
        "two-waves",
        "--draws",
        "130",
        "--area",
        "00V",
        "--area",
        "England",
    ]);
    let own: Vec<String> = read(&more)
        .lines()
        .filter(|line| line.starts_with("two-waves,England,"))
        .map(str::to_owned)
        .collect();
    let alone: Vec<String> = read(&one).lines().skip(1).map(str::to_owned).collect();
    assert_eq!(own, alone);
}

#[test]
fn the_first_draws_do_not_depend_on_how_many_follow() {
    // One draw's value lies between the least and the greatest of any larger number of draws of
    // the same seed; with the same first draw the mean of two is exactly reproduced.
    let values = |draws: &str| {
        let folder = run(&["single-wave", "--draws", draws]);
        cells(&rows(folder.path(), "projection.csv"), "service", "mean")
    };
    let (one, two) = (values("1"), values("2"));
    let folder = run(&["single-wave", "--draws", "2"]);
    let spread = |column| cells(&rows(folder.path(), "projection.csv"), "service", column);
    let (low, high) = (spread("q05"), spread("q95"));
    for (key, first) in &one {
        // With two draws, q05 and q95 lie 5% in from the least and the greatest.
        let (a, b) = (low[key], high[key]);
        let (least, most) = (a - (b - a) * 0.05 / 0.9, b + (b - a) * 0.05 / 0.9);
        let near = |x: f64| (first - x).abs() <= 2e-5 * (1e-3 + first.abs() + b.abs());
        assert!(near(least) || near(most), "{key:?}: {first} is neither {least} nor {most}");
        assert!(two[key].is_finite());
    }
}

#[test]
fn two_waves_repeat_need_but_hardly_the_fall_in_referrals() {
    let folder = run(&["single-wave", "two-waves", "--draws", "200", "--detail"]);
    let need: Vec<Row> = rows(folder.path(), "need.csv")
        .into_iter()
        .filter(|row| row["group"] == "general-population" && row["condition"] == "all")
        .filter(|row| row["measure"] == "in_need")
        .collect();
    let at = |scenario: &str, month: &str| -> f64 {
        let row = need.iter().find(|r| r["scenario"] == scenario && r["month"] == month).unwrap();
        row["q50"].parse().unwrap()
    };
    let most = |scenario: &str, months: &[&str]| {
        months.iter().map(|m| at(scenario, &format!("{m}-01"))).fold(0.0, f64::max)
    };
    let first = most("two-waves", &["2020-04", "2020-05", "2020-06", "2020-07"]);
    let trough = ["2020-07", "2020-08", "2020-09", "2020-10"]
        .iter()
        .map(|m| at("two-waves", &format!("{m}-01")))
        .fold(f64::INFINITY, f64::min);
    let second = most("two-waves", &["2020-12", "2021-01", "2021-02", "2021-03"]);
    let autumn = most("two-waves", &["2021-09", "2021-10", "2021-11"]);
    assert!(trough <= 0.7 * first, "trough {trough} of {first}");
    assert!((0.7..=1.5).contains(&(second / first)), "second {second} of {first}");
    assert!(autumn <= 0.35 * first, "autumn {autumn} of {first}");
    let only = most("single-wave", &["2020-12", "2021-01", "2021-02", "2021-03"]);
    assert!(only < 0.5 * first, "one wave has one hump: {only} of {first}");

    let values = cells(&rows(folder.path(), "projection.csv"), "service", "q50");
    let iapt = |months: &[&str], measure: &str| -> f64 {
        let value = |m: &&str| {
            values[&("two-waves".into(), "iapt".into(), format!("{m}-01"), measure.into())]
        };
        months.iter().map(value).sum()
    };
    let spring = iapt(&["2020-04", "2020-05", "2020-06"], "suppressed");
    let winter = iapt(&["2020-12", "2021-01", "2021-02"], "suppressed");
    assert!(winter < 0.5 * spring, "suppressed in winter {winter}, in spring {spring}");
    let year = [
        "2020-04", "2020-05", "2020-06", "2020-07", "2020-08", "2020-09", "2020-10", "2020-11",
        "2020-12", "2021-01", "2021-02", "2021-03",
    ];
    // 1,694,790 referrals in 2019-20 (NHS England annual statistics).
    let ratio = iapt(&year, "referrals") / 1_694_790.0;
    assert!((0.80..=0.95).contains(&ratio), "IAPT 2020-21 at {ratio} of 2019-20");
}

/// What planners published in 2020 is the whole surge; how much of it comes is a figure of its own.
#[test]
fn believed_2021_holds_the_surge_that_was_published_then() {
    let share = |settings: &[&str]| {
        let args = ["two-waves", "--pack", "believed-2021", "--draws", "0", "--detail"];
        let folder = run(&[&args, settings].concat());
        let values = cells(&rows(folder.path(), "projection.csv"), "service", "mean");
        let totals = ["secondary", "eip-starts", "eip-suspicions"];
        let sum = |wanted: &str| {
            let is_counted = |(_, service, month, measure): &(String, String, String, String)| {
                let underlying = ("two-waves".into(), service.clone(), month.clone());
                let key = (underlying.0, underlying.1, underlying.2, "underlying".into());
                measure == wanted
                    && month.as_str() < "2023-03-01"
                    && values.contains_key(&key)
                    && !totals.contains(&service.as_str())
            };
            values.iter().filter(|(key, _)| is_counted(key)).map(|(_, value)| value).sum::<f64>()
        };
        sum("surge") / sum("underlying")
    };
    let whole = share(&["--set", "families.*.surge=1"]);
    assert!((0.10..=0.13).contains(&whole), "surge is {whole} of underlying");
    let half = share(&[]);
    assert!((half / whole - 0.5).abs() < 0.05, "{half} of {whole}");
}

#[test]
fn months_spread_from_longer_periods_are_marked() {
    let folder = run(&["single-wave", "--draws", "0", "--area", "00V"]);
    let observed = rows(folder.path(), "observed.csv");
    let derived = |service: &str| {
        observed.iter().filter(|r| r["service"] == service).all(|r| r["derived"] == "yes")
    };
    assert!(derived("iapt") && !derived("secondary"));
    let measures = |service: &str| -> Vec<&str> {
        observed.iter().filter(|r| r["service"] == service).map(|r| r["measure"].as_str()).collect()
    };
    assert!(measures("eip-starts").iter().all(|m| *m == "starts"));
}

/// Totals of 24 months are not held against those of 60.
#[test]
fn scenarios_of_other_months_are_not_compared() {
    let folder = TempDir::new().unwrap();
    let short = folder.path().join("short.toml");
    fs::write(&short, "extends = \"single-wave\"\nname = \"Short\"\nmonths = 24\n").unwrap();
    let out = folder.path().join("out");
    let mut command = afterwave();
    command.args(["run", "two-waves", "single-wave", short.to_str().unwrap(), "--draws", "0"]);
    command.args(["--charts", "none", "--out"]).arg(&out);
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{text}");
    assert!(text.contains("other months than two-waves") && text.contains("--set months=24"));
    let compared = rows(&out, "comparison.csv");
    assert!(!compared.is_empty() && compared.iter().all(|row| row["scenario"] == "single-wave"));
}

/// What restrictions hold back of the surge costs nothing and is nobody's caseload.
#[test]
fn surge_that_never_presents_has_no_caseload() {
    let surge_caseload = |loss: &str| {
        let set = format!("services.camhs.loss={loss}");
        let out = run(&["two-waves", "--draws", "0", "--detail", "--set", &set]);
        let mut projection = rows(out.path(), "projection.csv");
        projection.extend(rows(out.path(), "projection-detail.csv"));
        let of = |measure: &str| -> Vec<f64> {
            let own = projection.iter().filter(|r| r["service"] == "camhs");
            own.filter(|r| r["measure"] == measure).map(|r| r["mean"].parse().unwrap()).collect()
        };
        let (surge, all) = (of("surge_caseload"), of("caseload"));
        assert!(surge.len() == 60 && surge.iter().zip(&all).all(|(surge, all)| surge <= all));
        surge[3]
    };
    assert!(surge_caseload("0.9") < 0.5 * surge_caseload("0"));
}

/// Need of which every route has the weight 0 is as unseen as need of people who never ask.
#[test]
fn need_that_no_route_takes_is_unmet() {
    let services =
        ["cmht", "gp", "helpline", "iapt", "iapt-step3", "single-point-of-access", "vcse"];
    let weights = services.map(|id| format!("routes.*/complex-grief/{id}.weight=0"));
    let unrouted: Vec<&str> = weights.iter().flat_map(|set| ["--set", set]).collect();
    let need = |args: &[&str]| {
        let base = ["single-wave", "--draws", "0", "--pack", "believed-2021", "--set", "months=12"];
        let out = run(&[&base[..], &["--detail"], args].concat());
        let grief = |row: &Row| row["condition"] == "complex-grief" && row["measure"] != "need";
        let rows = self::rows(out.path(), "need.csv");
        rows.into_iter().filter(grief).map(|row| row["mean"].clone()).collect::<Vec<_>>()
    };
    let unasked = need(&["--set", "needs.*/complex-grief.help_seeking=0"]);
    assert!(unasked.len() > 24);
    assert_eq!(need(&unrouted), unasked);
}

#[test]
fn a_higher_second_wave_means_more_surge_and_no_other_change() {
    let low = run(&["two-waves", "--draws", "64"]);
    let high = run(&["two-waves", "--draws", "64", "--set", "wave.2.height=3"]);
    let total = |folder: &TempDir, measure: &str| -> f64 {
        let values = cells(&rows(folder.path(), "projection.csv"), "service", "mean");
        values.iter().filter(|((_, s, _, m), _)| s == "iapt" && m == measure).map(|(_, v)| v).sum()
    };
    assert!(total(&high, "surge") > 1.02 * total(&low, "surge"));
    assert_eq!(total(&high, "underlying"), total(&low, "underlying"));
    let manifest = fs::read_to_string(high.path().join("run.json")).unwrap();
    assert!(manifest.contains("wave.2.height"));
}

#[test]
fn json_is_one_document_and_nothing_else() {
    let folder = TempDir::new().unwrap();
    let output = afterwave()
        .args(["run", "two-waves", "--draws", "10", "--charts", "none", "--json", "--out"])
        .arg(folder.path())
        .output()
        .unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["tables"]["summary"][0][0]["scenario"], "two-waves");
}

#[test]
fn tables_on_the_terminal_fit_eighty_columns() {
    let folder = TempDir::new().unwrap();
    let output = afterwave()
        .args(["run", "--draws", "20", "--charts", "none", "--full", "--out"])
        .arg(folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("IAPT") && text.contains("CAMHS"));
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn charts_are_a_dozen_as_svg_and_all_or_png_on_request() {
    let folder = TempDir::new().unwrap();
    let run = |more: &[&str]| {
        afterwave()
            .args(["run", "single-wave", "two-waves", "--draws", "20", "--out"])
            .arg(folder.path())
            .args(more)
            .assert()
            .success();
    };
    let is_there = |name: &str| folder.path().join("charts").join(name).exists();
    run(&[]);
    for name in ["headline", "families", "waits", "waiting-eip-two-waves", "scenarios-crisis"] {
        assert!(is_there(&format!("{name}.svg")) && !is_there(&format!("{name}.png")), "{name}");
    }
    assert!(!is_there("fan-iapt-two-waves.svg") && !is_there("load-two-waves.svg"));
    let count = fs::read_dir(folder.path().join("charts")).unwrap().count();
    assert!((8..=14).contains(&count), "{count}");
    let svg = fs::read_to_string(folder.path().join("charts/headline.svg")).unwrap();
    assert!(svg.contains("weeks after the virus"));
    run(&["--charts", "png"]);
    assert!(is_there("families.png") && !is_there("headline.svg"));
    run(&["--charts", "all"]);
    for name in ["headline", "fan-inpatient-two-waves", "load-two-waves", "equity-age"] {
        assert!(is_there(&format!("{name}.svg")), "{name}");
    }
}

/// What a run leaves by default can be sent: its page has a limit of its own, and how many draws
/// there are changes the size of no table.
#[test]
fn the_tables_and_charts_of_a_default_run_are_small() {
    let folder = TempDir::new().unwrap();
    let mut command = afterwave();
    command.args(["run", "--draws", "20", "--report", "none", "--out"]).arg(folder.path());
    command.assert().success();
    let size = |path: &Path| -> u64 {
        let files = fs::read_dir(path).unwrap().map(|file| file.unwrap().metadata().unwrap());
        files.filter(fs::Metadata::is_file).map(|file| file.len()).sum()
    };
    let all = size(folder.path()) + size(&folder.path().join("charts"));
    assert!(all < 8_500_000, "{all} bytes");
    assert!(!folder.path().join("families-detail.csv").exists());
    let projection = fs::read_to_string(folder.path().join("projection.csv")).unwrap();
    assert!(!projection.contains(",caseload,"), "caseload is detail");
}

#[test]
fn files_that_are_not_ours_are_left_alone_and_those_of_an_earlier_run_are_not() {
    let folder = TempDir::new().unwrap();
    let there = |name: &str| folder.path().join(name);
    fs::create_dir(there("charts")).unwrap();
    fs::write(there("notes.txt"), "mine").unwrap();
    fs::write(there("charts/fan-iapt-mine.svg"), "mine").unwrap();
    let run = |scenario: &str| {
        afterwave()
            .args(["run", scenario, "--force", "--draws", "0", "--charts", "svg", "--out"])
            .arg(folder.path())
            .assert()
            .success();
    };
    run("single-wave");
    assert!(there("charts/fan-iapt-single-wave.svg").exists());
    run("two-waves");
    assert!(there("charts/fan-iapt-two-waves.svg").exists());
    assert!(!there("charts/fan-iapt-single-wave.svg").exists());
    for mine in ["notes.txt", "charts/fan-iapt-mine.svg"] {
        assert_eq!(fs::read_to_string(there(mine)).unwrap(), "mine");
    }
}

#[test]
fn results_are_not_put_into_a_file() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("notes.txt");
    fs::write(&file, "mine").unwrap();
    let run = |out: &std::path::Path| {
        afterwave()
            .args(["run", "single-wave", "--out"])
            .arg(out)
            .assert()
            .code(2)
            .stderr(predicates::str::contains("is a file, not a folder"));
    };
    run(&file);
    run(&file.join("inside"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn a_baseline_of_three_columns_is_enough() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("mytown.csv");
    let rows: Vec<String> = (1..=12).map(|m| format!("2019-{m:02},iapt,{}", 700 + m)).collect();
    fs::write(&file, format!("month,service,referrals\n{}\n", rows.join("\n"))).unwrap();
    let out = run(&["two-waves", "--draws", "0", "--baseline", file.to_str().unwrap()]);
    let services = self::rows(out.path(), "services.csv");
    let iapt = services.iter().find(|row| row["service"] == "iapt").unwrap();
    assert_eq!(iapt["area"], "mytown");
    assert!(iapt["basis"].contains("share of referrals"), "{}", iapt["basis"]);
}

#[test]
fn init_writes_a_workspace_that_run_takes_unchanged() {
    let folder = TempDir::new().unwrap();
    let place = folder.path().join("workspace");
    afterwave().arg("init").arg(&place).assert().success();
    afterwave()
        .current_dir(&place)
        .args(["run", "scenarios/single-wave.toml", "scenarios/two-waves.toml", "--draws", "64"])
        .args(["--pack", "data/packs/informed", "--baseline", "data/baselines/england.csv"])
        .args(["--charts", "none", "--out", "out"])
        .assert()
        .success();
    let built_in = run(&["single-wave", "two-waves", "--draws", "64"]);
    assert_eq!(
        fs::read_to_string(place.join("out/projection.csv")).unwrap(),
        fs::read_to_string(built_in.path().join("projection.csv")).unwrap(),
        "files written out say the same as those compiled in"
    );
    let again = afterwave().arg("init").arg(&place).assert().code(2);
    let text = String::from_utf8(again.get_output().stderr.clone()).unwrap();
    assert!(text.contains("is there already") && text.contains("--force"));
    assert_eq!(text.matches("error:").count(), 1, "{text}");
}

#[test]
fn a_series_of_restrictions_suppresses_as_the_same_restriction_does() {
    let folder = tempfile::tempdir().unwrap();
    let suppressed = |name: &str, restrictions: &str| {
        let scenario = folder.path().join(format!("{name}.toml"));
        let text = format!("start = \"2020-03\"\nmonths = 12\n{restrictions}");
        std::fs::write(&scenario, text).unwrap();
        let out = folder.path().join(name);
        let mut command = afterwave();
        command.args(["run", "--draws", "0", "--charts", "none"]).arg(scenario);
        command.arg("--out").arg(&out).assert().success();
        let rows = rows(&out, "projection.csv");
        let of_iapt = rows
            .into_iter()
            .filter(|row| row["service"] == "iapt" && row["measure"] == "suppressed");
        of_iapt.map(|row| row["mean"].clone()).collect::<Vec<_>>()
    };
    let series = "month,value\n2020-03,0\n2020-04,0.5\n2020-05,0.5\n2020-06,0\n";
    std::fs::write(folder.path().join("series.csv"), series).unwrap();
    let spell = "[[restriction]]\nwave = 1\nfrom = \"2020-04-01\"\nto = \"2020-06-01\"\n";
    let by_date = suppressed("dates", &format!("{spell}stringency = 0.5\n"));
    let by_month =
        suppressed("series", "[track.restrictions]\nfile = \"series.csv\"\nreference = 3.2\n");
    assert_eq!(by_date, by_month);
    assert!(by_month[1].parse::<f64>().unwrap() > 0.0, "{by_month:?}");
}
