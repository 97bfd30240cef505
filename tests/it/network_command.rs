//! `afterwave network` end to end: files, what-ifs, feeds, and every wrong input.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use afterwave::input::network as input;
use assert_cmd::Command;
use predicates::prelude::*;

use crate::shared::{command, published};

fn afterwave(args: &[&str]) -> Command {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("afterwave");
    command.arg("network").args(args).env_remove("RUST_BACKTRACE");
    command
}

/// What a run wrote but its record, which names the time.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = command::files(folder);
    files.remove(Path::new("run.json"));
    files
}

/// Writes the example with one piece of text replaced.
fn example_with(folder: &Path, file: &str, old: &str, new: &str) {
    for (name, text) in input::FILES.iter().zip(input::EXAMPLE) {
        let text = if *name == file {
            assert!(text.contains(old), "{old} is not in {file}");
            text.replacen(old, new, 1)
        } else {
            text.to_owned()
        };
        fs::write(folder.join(name), text).unwrap();
    }
}

#[test]
fn the_bytes_are_the_same_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let outputs: Vec<(BTreeMap<_, _>, _)> = ["1", "2", "3"]
        .into_iter()
        .map(|threads| {
            let out = folder.path().join(threads);
            let set = "inpatient.capacity@900=x1.5";
            let args = ["--replications", "9", "--threads", threads, "--set", set, "--json"];
            let run = afterwave(&args).arg("--out").arg(&out).assert().success();
            (files(&out), run.get_output().stdout.clone())
        })
        .collect();
    assert_eq!(outputs[0], outputs[1]);
    assert_eq!(outputs[0], outputs[2]);
    let names: Vec<_> = outputs[0].0.keys().map(|name| name.to_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "charts/network-change.png",
            "charts/network-change.svg",
            "charts/network.png",
            "charts/network.svg",
            "charts/waits.png",
            "charts/waits.svg",
            "comparison.csv",
            "flows.csv",
            "network.json",
            "network.mmd",
            "periods.csv",
            "weekly.csv"
        ]
    );
    let json: serde_json::Value = serde_json::from_slice(&outputs[0].1).unwrap();
    assert_eq!(json["services"].as_array().unwrap().len(), 5);
    assert_eq!(json["layout"], "built-in");
}

#[test]
fn the_heading_says_what_was_set_and_a_standard_fits_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let run = |set: &[&str]| {
        let args = ["--replications", "5", "--charts", "none", "--target-wait", "4"];
        let run = afterwave(&args).args(set).arg("--out").arg(folder.path()).assert().success();
        let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        text
    };
    let text = run(&[]);
    assert!(text.starts_with("If the network runs as described: days 731"), "{text}");
    assert!(text.contains("standard: 4 weeks"), "{text}");
    let text = run(&["--set", "inpatient.capacity@801=x1.1"]);
    let heading = "If the network runs as described but for inpatient.capacity@801=x1.1: days";
    assert!(text.starts_with(heading), "{text}");
}

#[test]
fn tables_have_the_columns_of_the_contract_and_replications_repeat() {
    let folder = tempfile::tempdir().unwrap();
    for clock in ["daily", "event"] {
        let out = folder.path().join(clock);
        let args = ["--replications", "5", "--clock", clock, "--period", "lockdown=731-800"];
        afterwave(&args).arg("--out").arg(&out).assert().success().stdout(predicate::function(
            |text: &str| text.lines().all(|line| line.chars().count() <= 80),
        ));
        let weekly = fs::read_to_string(out.join("weekly.csv")).unwrap();
        let columns =
            "first_day,last_day,service,metric,replications,mean,sd,se,q05,q25,q50,q75,q95";
        assert!(
            weekly.starts_with(&format!("week,{columns}\n1,731,737,iapt_assessment,arrivals,5,"))
        );
        assert_eq!(weekly.lines().count(), 1 + 105 * 5 * 7);
        let periods = fs::read_to_string(out.join("periods.csv")).unwrap();
        assert!(periods.starts_with(&format!("period,{columns}\nall,731,1460,")));
        assert!(periods.contains("\nlockdown,731,800,inpatient,wait_mean,"));
        let picture = fs::read_to_string(out.join("network.mmd")).unwrap();
        assert!(picture.contains("flowchart LR") && picture.contains("-.->"));
    }
    assert_ne!(
        fs::read(folder.path().join("daily/weekly.csv")).unwrap(),
        fs::read(folder.path().join("event/weekly.csv")).unwrap()
    );
}

#[test]
fn a_what_if_shows_where_the_pressure_went() {
    let out = tempfile::tempdir().unwrap();
    let set = "iapt_assessment.capacity=x1.3";
    afterwave(&["--replications", "20", "--set", set])
        .arg("--out")
        .arg(out.path())
        .assert()
        .success();
    let comparison = fs::read_to_string(out.path().join("comparison.csv")).unwrap();
    let difference = |service: &str, metric: &str| -> (f64, f64) {
        let row = comparison
            .lines()
            .find(|line| line.starts_with(&format!("{service},{metric},")))
            .unwrap();
        let cells: Vec<&str> = row.split(',').collect();
        (cells[5].parse().unwrap(), cells[6].parse().unwrap())
    };
    let (relief, _) = difference("iapt_assessment", "queue");
    let (pressure, error) = difference("iapt_treatment", "queue");
    assert!(relief < -50.0, "{relief}");
    assert!(pressure > 3.0 * error, "{pressure} ± {error}");
    assert_eq!(difference("iapt_assessment", "arrivals"), (0.0, 0.0));
    // Charts say what was changed, as the terminal does, and what a column is.
    let chart = |name: &str| fs::read_to_string(out.path().join("charts").join(name)).unwrap();
    for name in ["network.svg", "waits.svg", "network-change.svg"] {
        assert!(chart(name).contains("but for iapt_assessment.capacity=x1.3"), "{name}");
    }
    assert!(chart("waits.svg").contains("each column the mean of 5"));
}

#[test]
fn referrals_of_a_projection_feed_the_services_they_are_meant_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = vec!["scenario,area,service,month,measure,mean".to_owned()];
    for (month, mean) in [("2020-03-01", 620.0), ("2020-04-01", 240.0), ("2020-05-01", 310.0)] {
        for (service, factor) in [("iapt", 1.0), ("crisis-resolution", 0.2)] {
            let referrals = mean * factor;
            rows.push(format!("two-waves,X,{service},{month},referrals,{referrals}"));
            rows.push(format!("two-waves,X,{service},{month},surge,1"));
        }
    }
    let mut projection = rows.join("\n") + "\n";
    fs::write(folder.path().join("projection.csv"), &projection).unwrap();
    let out = folder.path().join("out");
    let from = folder.path().to_str().unwrap();
    let args =
        ["--from", from, "--warm-up", "200", "--replications", "50", "--json", "--scale", "1"];
    let run = afterwave(&args).arg("--out").arg(&out).assert().success();
    let json: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    assert_eq!(json["days"], 292);
    assert_eq!(json["from"]["services"], serde_json::json!(["iapt_assessment", "crisis_team"]));
    let periods = fs::read_to_string(out.join("periods.csv")).unwrap();
    let row = periods.lines().find(|l| l.contains("iapt_assessment,arrivals")).unwrap();
    let mean: f64 = row.split(',').nth(6).unwrap().parse().unwrap();
    assert!((mean - 1170.0).abs() < 4.0 * (1170.0_f64 / 50.0).sqrt(), "{mean}");

    // Every scenario of a run, each in a folder of its own, and against the first.
    let more = projection.replace("two-waves", "single-wave").replace("620", "310");
    projection += more.split_once('\n').unwrap().1;
    fs::write(folder.path().join("projection.csv"), projection).unwrap();
    let out = folder.path().join("both");
    let run = afterwave(&args).arg("--out").arg(&out).assert().success();
    let json: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    assert_eq!(json["scenarios"].as_array().unwrap().len(), 2);
    assert!(out.join("two-waves/weekly.csv").exists());
    assert!(out.join("single-wave/charts/network.svg").exists());
    let comparison = fs::read_to_string(out.join("comparison.csv")).unwrap();
    let row = comparison.lines().find(|l| l.starts_with("single-wave,iapt_assessment,arrivals,"));
    let fewer: f64 = row.unwrap().split(',').nth(6).unwrap().parse().unwrap();
    assert!((fewer + 310.0).abs() < 20.0, "{fewer}");
    let args = ["--from", from, "--scenario", "single-wav"];
    afterwave(&args)
        .current_dir(&folder)
        .assert()
        .code(2)
        .stderr(predicate::str::contains("try: single-wave"));
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn several_published_sets_are_listed_and_one_is_chosen() {
    let folder = published::path("parity/bnssg");
    let bristol = folder.to_str().unwrap();
    let out = tempfile::tempdir().unwrap();
    let missing = out.path().join("none");
    afterwave(&[bristol]).arg("--out").arg(&missing).assert().code(2).stderr(
        predicate::str::contains("baseline, what_if_one")
            .and(predicate::str::contains("--variant baseline")),
    );
    assert!(!missing.exists());
    afterwave(&[bristol, "--variant", "what_if_two"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("baseline, what_if_one"));
    let args = [bristol, "--variant", "what_if_one", "--replications", "2"];
    afterwave(&args).arg("--out").arg(out.path()).assert().success();
    let weekly = fs::read_to_string(out.path().join("weekly.csv")).unwrap();
    assert!(weekly.contains("\n115,1529,1531,inpatient,queue,2,"));
}

#[test]
fn every_wrong_input_is_named_with_its_place_and_nothing_is_written() {
    for (file, old, new, expected) in [
        (
            "services.csv",
            "lognormal,70",
            "lognormall,70",
            vec!["services.csv:3 (stay)", "try: lognormal"],
        ),
        ("services.csv", ",44,", ",4.5,", vec!["services.csv:2 (places)", "whole number"]),
        ("services.csv", ",44,", ",-4,", vec!["services.csv:2 (places)", "from 0"]),
        (
            "services.csv",
            "1:0.3; 2:0.4",
            "1=0.3; 2:0.4",
            vec!["services.csv:2 (stay_table)", "`1=0.3`"],
        ),
        (
            "services.csv",
            "logistic",
            "logistik",
            vec!["services.csv:2 (reneging)", "try: logistic"],
        ),
        ("services.csv", "0.004", "1.4", vec!["services.csv:4 (daily_risk)", "0 to 1"]),
        ("services.csv", "70,35", "70,", vec!["services.csv:3 (stay_sd)", "blank"]),
        (
            "services.csv",
            "stay_mean",
            "stay_maen",
            vec!["unknown column `stay_maen`", "try: stay_mean"],
        ),
        (
            "routes.csv",
            "0.45,0.45",
            "0.4,0.45",
            vec!["routes.csv:5 (after_service)", "sum to 1", "0.95"],
        ),
        ("routes.csv", "recovered", "recoverd", vec!["routes.csv:6 (to)", "try: recovered"]),
        (
            "routes.csv",
            "iapt_treatment,recovered",
            "iapt_treatmnt,recovered",
            vec!["routes.csv:6 (from)", "try: iapt_treatment"],
        ),
        ("routes.csv", "0.5,,", "half,,", vec!["routes.csv:6 (after_service)", "half"]),
        ("routes.csv", "dropped_out,,,0.8", "dropped_out,,,0.7", vec!["after reneging", "0.9"]),
        (
            "arrivals.csv",
            "731,800",
            "732,800",
            vec!["arrivals.csv:3 (first_day)", "not given for days 731 to 731"],
        ),
        (
            "arrivals.csv",
            "731,800",
            "730,800",
            vec!["arrivals.csv:3 (first_day)", "given twice for day 730"],
        ),
        (
            "arrivals.csv",
            "poisson,18",
            "poison,18",
            vec!["arrivals.csv:2 (distribution)", "try: poisson"],
        ),
        ("arrivals.csv", "poisson,18", "poisson,many", vec!["arrivals.csv:2 (rate)", "many"]),
        ("arrivals.csv", "1096,,", "1096,1200,", vec!["end on day 1200", "--days"]),
        (
            "arrivals.csv",
            "crisis_team,1,730",
            "crisis_taem,1,730",
            vec!["arrivals.csv:9 (service)", "try: crisis_team"],
        ),
        (
            "routes.csv",
            "after_switch",
            "after_swtich",
            vec!["unknown column `after_swtich`", "try: after_switch"],
        ),
        (
            "routes.csv",
            "0.05,0.08,,801",
            "0.05,0.08,,901",
            vec!["routes.csv:3 (switch_day)", "one day only"],
        ),
        (
            "arrivals.csv",
            "distribution",
            "distributon",
            vec!["unknown column `distributon`", "try: distribution"],
        ),
        (
            "services.csv",
            "constant,0.004",
            ",0.004",
            vec!["services.csv:4 (daily_risk)", "`reneging` is blank", "try: constant"],
        ),
        (
            "services.csv",
            "44,table,,,",
            "44,table,,3,",
            vec!["services.csv:2 (stay_sd)", "`stay` is table", "lognormal"],
        ),
        (
            "routes.csv",
            "dropped_out,,,1,",
            "dropped_out,,,,",
            vec!["routes.csv:5 (after_reneging)", "no route leaves `iapt_assessment`"],
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        example_with(folder.path(), file, old, new);
        let out = folder.path().join("out");
        let args = ["--days", "1460", "--switch-day", "801"];
        let run = afterwave(&args).arg(folder.path()).arg("--out").arg(&out).assert().code(2);
        let text = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        for part in expected {
            assert!(text.contains(part), "{part:?} is missing for {new:?} in\n{text}");
        }
        assert!(!text.contains("panicked") && !out.exists());
        assert!(run.get_output().stdout.is_empty());
    }
}

#[test]
fn a_slip_in_a_header_is_one_problem() {
    for (file, old, new, told) in [
        ("services.csv", "places", "plaecs", "try: places"),
        ("services.csv", "stay_sd", "stay_std", "try: stay_sd"),
        ("routes.csv", "from,to", "form,to", "try: from"),
        ("arrivals.csv", "rate", "rat", "try: rate"),
        ("services.csv", "community_team,", "\"community_team,", "services.csv:4:1"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        example_with(folder.path(), file, old, new);
        let run = afterwave(&[]).current_dir(&folder).arg(folder.path()).assert().code(2);
        let text = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        assert_eq!(text.matches("error: ").count(), 1, "{text}");
        assert!(text.contains(told) && text.contains(file), "{text}");
    }
}

#[test]
fn a_table_without_rows_or_one_wrong_row_is_one_problem() {
    let empty = |index: usize| input::EXAMPLE[index].lines().next().unwrap().to_owned();
    let stay_without_places = input::EXAMPLE[0].replace("iapt_assessment,44,", "iapt_assessment,,");
    for (file, text, told) in [
        ("services.csv", empty(0), "holds no row"),
        ("routes.csv", empty(1), "holds no row"),
        ("arrivals.csv", empty(2), "nobody arrives"),
        ("services.csv", stay_without_places, "has a stay but no places"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        example_with(folder.path(), "", "", "");
        fs::write(folder.path().join(file), text).unwrap();
        let out = folder.path().join("out");
        let run = afterwave(&[]).arg(folder.path()).arg("--out").arg(&out).assert().code(2);
        let text = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        assert_eq!(text.matches("error: ").count(), 1, "{text}");
        assert!(text.contains(told) && !out.exists(), "{text}");
    }
}

#[test]
fn what_has_no_effect_is_warned_of() {
    for (switch_day, args, told) in [
        ("801", vec!["--set", "inpatient.places=9"], "the key is set twice"),
        ("801", vec!["--switch-day", "9000"], "after the last one"),
        ("99999", vec![], "has no effect"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        example_with(folder.path(), "", "", "");
        let routes = input::EXAMPLE[1].replace(",801", &format!(",{switch_day}"));
        fs::write(folder.path().join("routes.csv"), routes).unwrap();
        let out = folder.path().join("out");
        let common = ["--replications", "2", "--charts", "none", "--set", "inpatient.capacity=9"];
        let mut command = afterwave(&common);
        let run = command.args(&args).arg(folder.path()).arg("--out").arg(&out).assert().success();
        let text = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        assert!(text.contains(told), "{args:?}: {text}");
        let text = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }
}

#[test]
fn files_under_other_names_are_told_what_to_be_called() {
    for slips in [
        vec![("services.csv", "service.csv")],
        vec![("routes.csv", "route.csv"), ("services.csv", "servces.csv")],
    ] {
        let folder = tempfile::tempdir().unwrap();
        example_with(folder.path(), "", "", "");
        for (name, slip) in &slips {
            fs::rename(folder.path().join(name), folder.path().join(slip)).unwrap();
        }
        let run = afterwave(&[]).current_dir(&folder).arg(folder.path()).assert().code(2);
        let text = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        assert_eq!(text.matches("error: ").count(), slips.len(), "{text}");
        for (name, slip) in slips {
            assert!(text.contains(&format!("rename {slip} to {name}")), "{text}");
        }
    }
}

#[test]
fn all_problems_are_listed_at_once() {
    let folder = tempfile::tempdir().unwrap();
    example_with(folder.path(), "services.csv", ",44,table", ",x,tabel");
    let routes = input::EXAMPLE[1].replace("recovered", "cured");
    fs::write(folder.path().join("routes.csv"), routes).unwrap();
    afterwave(&[]).current_dir(&folder).arg(folder.path()).assert().code(2).stderr(
        predicate::str::contains("(places)")
            .and(predicate::str::contains("(stay)"))
            .and(predicate::str::contains("cured")),
    );
}

#[test]
fn wrong_options_are_refused() {
    for (args, expected) in [
        (vec!["--set", "inpatient.capcity=3"], "try: capacity"),
        (vec!["--set", "inpatent.capacity=3"], "try: inpatient"),
        (vec!["--set", "inpatient.capacity"], "SERVICE.capacity=30"),
        (vec!["--set", "inpatient.capacity=-3"], "is not a value"),
        (vec!["--set", "inpatient.capacity@5000=3"], "is not a day"),
        (vec!["--set", "inpatient.to.discharge=0.5"], "try: discharged"),
        (vec!["--set", "inpatient.to.discharged=1.5"], "a share is from 0 to 1"),
        (vec!["--set", "lever.hub.reach=0.5"], "--from afterwave-out"),
        (vec!["--feed", "inpatient=iapt"], "--from"),
        (vec!["--scale", "own"], "--from"),
        (vec!["--set", "inpatient.to=0.3"], "try: inpatient.to.crisis_team=0.3"),
        (vec!["--set", "inpatient.capacity=3.5"], "places are whole"),
        (vec!["--set", "inpatient.capacity@800.5=5"], "`800.5` is not a day"),
        (vec!["--set", "inpatient.capacity=x1000000"], "too many places"),
        (vec!["--set", "inpatient.stay=inf"], "0 to 10000000"),
        (vec!["--set", "inpatient.stay=x100000"], "0.01 to 100000 days"),
        (
            vec![
                "--set",
                "iapt_assessment.to.recovered=0.9",
                "--set",
                "iapt_assessment.to.discharged=0.9",
            ],
            "more are sent on than leave",
        ),
        (vec!["--period", "a=1-9", "--period", "a=2-9"], "the period is named twice"),
        (vec!["--period", "all=1-9"], "the period is named twice"),
        (vec!["--set", "inpatient.reneging=0.1"], "there is no route"),
        (vec!["--period", "x=9-3"], "NAME=FIRST-LAST"),
        (vec!["--days", "100", "--warm-up", "100"], "no days are left"),
        (vec!["--variant", "b"], "no variants"),
        (vec!["--target-wait", "0"], "--target-wait"),
        (vec!["/nowhere/at/all"], "no such folder"),
        (vec!["--replications", "0"], "--replications"),
        (vec!["--from", "/nowhere"], "projection.csv"),
        (vec!["--seed", "x"], "--seed"),
    ] {
        let out = tempfile::tempdir().unwrap();
        let written = out.path().join("out");
        let run = afterwave(&args).arg("--out").arg(&written).assert().code(2);
        let text = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        assert!(text.contains(expected), "{args:?}: {expected:?} is missing in\n{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        assert!(!written.exists());
    }
}

/// A small network in the published layout.
const PUBLISHED: [(&str, &str); 3] = [
    (
        "network_x.csv",
        ",a,b,out,capacity,wt_fn,wt_params,wt_a,wt_b,wt_out\n\
         a,,0.5,0.5,5,p[4]+((p[1]-p[4])/(1+(x/p[3])^p[2])),0;5;30;1,,,1\n\
         b,,,1,5,,,,,\n\
         out,,,,,,,,,\n",
    ),
    (
        "arrivals_x.csv",
        "period,node,arr.dist,arr.par,arr.par,srv.dist,srv.par,capacity\n\
         1;50,a,pois,2,2,lnorm,0.5; 0.3,5\n\
         51;100,a,pois,2,2,lnorm,0.5; 0.3,6\n\
         1;100,b,const,0,0,epmf,1;0.2;2;0.8;,5\n",
    ),
    ("postcov_flow_x.csv", ",a,b,out\na,,0.6,0.4\nb,,,1\nout,,,\n"),
];

#[test]
fn the_published_layout_is_read_and_its_faults_are_named() {
    for (file, old, new, expected) in [
        ("network_x.csv", "p[4]+((", "p[3]+((", "not understood"),
        ("network_x.csv", "0;5;30;1", "0;5;30", "parameters of the logistic"),
        ("network_x.csv", "0.5,0.5", "0.5,0.4", "do not sum to 1"),
        ("arrivals_x.csv", "2,2,lnorm", "2,3,lnorm", "twice with different values"),
        ("arrivals_x.csv", "51;100", "52;100", "not given for days 51 to 51"),
        ("arrivals_x.csv", "51;100,a", "51-100,a", "not a period"),
        ("arrivals_x.csv", "lnorm", "lnrom", "try: lnorm"),
        ("arrivals_x.csv", "epmf,1;0.2;2;0.8;", "epmf,1;0.2;2", "parameters of `epmf`"),
        ("arrivals_x.csv", "const,0,0", "negbin,0,0", "pois, const"),
        ("arrivals_x.csv", "100,b", "100,bb", "not a service of the network"),
        ("postcov_flow_x.csv", "0.6,0.4", "0.6,0.3", "after the switch"),
        ("postcov_flow_x.csv", "\nb,,,1", "", "the row of `b` is missing"),
        ("", "", "", ""),
    ] {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in PUBLISHED {
            let text = if name == file { text.replacen(old, new, 1) } else { text.to_owned() };
            fs::write(folder.path().join(name), text).unwrap();
        }
        let out = folder.path().join("out");
        let mut command = afterwave(&["--replications", "2"]);
        let assert = command.arg(folder.path()).arg("--out").arg(&out).assert();
        if file.is_empty() {
            assert.success();
            continue;
        }
        let assert = assert.code(2);
        let text = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(text.contains(expected), "{new:?}: {expected:?} is missing in\n{text}");
        assert!(text.contains("_x.csv") && !out.exists(), "{text}");
    }
}

/// The folder of a run with a scenario that has levers, written by `afterwave run`.
fn run_with_levers(folder: &Path) -> PathBuf {
    let scenario = folder.join("hub.toml");
    let text = "extends = \"two-waves\"\nname = \"Hub\"\nmonths = 24\n\
        [[lever]]\nname = \"hub\"\nkind = \"divert\"\nservices = [\"crisis-resolution\"]\nto = \"iapt\"\n\
        start = \"2020-06\"\neffect = 0.3\n\
        [[lever]]\nname = \"short\"\nkind = \"shorten\"\nservices = [\"iapt\"]\n\
        start = \"2020-06\"\nramp = 3\neffect = 0.1\n\
        [[lever]]\nname = \"beds\"\nkind = \"capacity\"\nservices = [\"crisis-resolution\"]\n\
        start = \"2020-06\"\nstarts = 300\n";
    fs::write(&scenario, text).unwrap();
    let out = folder.join("run");
    assert_cmd::cargo::cargo_bin_cmd!("afterwave")
        .arg("run")
        .arg(&scenario)
        .args(["--draws", "8", "--charts", "none", "--out"])
        .arg(&out)
        .assert()
        .success();
    out
}

#[test]
fn levers_of_a_run_change_places_stays_and_routes_inside_the_network() {
    let folder = tempfile::tempdir().unwrap();
    let from = run_with_levers(folder.path());
    let effect = |sets: &[&str]| {
        let out = folder.path().join("out");
        let _ = fs::remove_dir_all(&out);
        let mut command = afterwave(&["--replications", "5", "--charts", "none"]);
        command.arg("--from").arg(&from).arg("--out").arg(&out);
        for set in sets {
            command.args(["--set", set]);
        }
        command.assert().success();
        let comparison = fs::read_to_string(out.join("comparison.csv")).unwrap();
        move |service: &str, metric: &str| -> f64 {
            let start = format!("{service},{metric},");
            let row = comparison.lines().find(|line| line.starts_with(&start)).unwrap();
            row.split(',').nth(5).unwrap().parse().unwrap()
        }
    };
    let all = effect(&[]);
    // The projection has diverted referrals, and the network sends fewer on to the crisis team.
    assert!(all("crisis_team", "arrivals") < 0.0);
    assert!(all("crisis_team", "joined") < all("crisis_team", "arrivals") * 1.01);
    assert!(all("iapt_assessment", "arrivals") > 0.0);
    // Shorter treatment alone: fewer in treatment at once, nobody more or less at the door.
    let off = ["lever.hub.reach=0", "lever.beds.starts=0"];
    let short = effect(&off);
    assert!(short("iapt_treatment", "occupancy") < 0.0);
    assert_eq!(short("inpatient", "arrivals"), 0.0);
    // More starts alone: more places in the crisis team, so that fewer wait there.
    let beds = effect(&["lever.hub.reach=0", "lever.short.reach=0"]);
    assert!(beds("crisis_team", "queue") <= 0.0);
    for (set, expected) in [
        ("lever.hbu.reach=1", "try: hub"),
        ("lever.hub.reech=1", "try: reach"),
        ("lever.hub.reach=2", "0 to 1"),
        ("lever.hub.reach=x", "lever.NAME.reach"),
    ] {
        let mut command = afterwave(&["--set", set]);
        command.current_dir(&folder);
        let assert = command.arg("--from").arg(&from).assert().code(2);
        let text = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(text.contains(expected), "{set}: {expected:?} is missing in\n{text}");
    }
    // Without the record of the run nothing says what they do inside.
    fs::remove_file(from.join("run.json")).unwrap();
    let mut command = afterwave(&["--replications", "1", "--charts", "none", "--from"]);
    let assert = command.arg(&from).arg("--out").arg(folder.path().join("bare")).assert().success();
    let text = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(text.contains("no run.json"), "{text}");
}

#[test]
fn what_ifs_of_stay_and_routes_are_felt_down_the_line() {
    let folder = tempfile::tempdir().unwrap();
    for (set, service, metric, rises) in [
        ("iapt_treatment.stay=x1.2", "iapt_treatment", "queue", true),
        ("iapt_treatment.stay@1000=x1.2", "iapt_treatment", "queue", true),
        ("crisis_team.to.inpatient=0.2", "inpatient", "joined", true),
        ("crisis_team.to.inpatient@900=x0.5", "inpatient", "occupancy", false),
        ("community_team.places=x0.8", "all services", "reneged", true),
        ("community_team.reneging=0.02", "community_team", "queue", false),
    ] {
        let out = folder.path().join("out");
        let args = ["--replications", "20", "--charts", "none", "--set", set];
        let run = afterwave(&args).arg("--out").arg(&out).assert().success();
        let table = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
        assert!(table.contains("give up/week"), "{table}");
        let comparison = fs::read_to_string(out.join("comparison.csv")).unwrap();
        let start = format!("{service},{metric},");
        let row = comparison.lines().find(|line| line.starts_with(&start)).unwrap();
        let cells: Vec<f64> = row.split(',').skip(3).map(|cell| cell.parse().unwrap()).collect();
        let (difference, error) = (cells[2], cells[3]);
        assert!(difference.abs() > 3.0 * error, "{set}: {row}");
        assert_eq!(difference > 0.0, rises, "{set}: {row}");
    }
}

#[test]
fn where_nothing_matches_both_sides_are_listed_and_a_feed_can_be_named() {
    let folder = tempfile::tempdir().unwrap();
    let projection = "scenario,area,service,month,measure,mean\n\
        a,X,camhs,2020-03-01,referrals,620\na,X,eip,2020-03-01,referrals,31\n";
    fs::write(folder.path().join("projection.csv"), projection).unwrap();
    example_with(folder.path(), "services.csv", ",crisis-resolution,", ",,");
    let services = fs::read_to_string(folder.path().join("services.csv")).unwrap();
    fs::write(folder.path().join("services.csv"), services.replace(",iapt,", ",,")).unwrap();
    let out = folder.path().join("out");
    let from = folder.path().to_str().unwrap();
    let run = |more: &[&str]| {
        let mut command = afterwave(&["--from", from, "--warm-up", "60", "--replications", "2"]);
        command.arg(folder.path()).args(more).arg("--out").arg(&out).assert()
    };
    run(&[]).code(2).stderr(
        predicate::str::contains("camhs, eip")
            .and(predicate::str::contains("iapt_assessment, iapt_treatment, community_team"))
            .and(predicate::str::contains("--feed iapt_assessment=")),
    );
    run(&["--feed", "community_taem=eip"])
        .code(2)
        .stderr(predicate::str::contains("try: community_team"));
    run(&["--scale", "owm"]).code(2).stderr(predicate::str::contains("--scale"));
    run(&["--feed", "community_team=epi"]).code(2).stderr(predicate::str::contains("try: eip"));
    assert!(!out.exists());
    run(&["--feed", "community_team=eip"]).success();
    let periods = fs::read_to_string(out.join("periods.csv")).unwrap();
    let row = periods.lines().find(|line| line.contains("community_team,arrivals")).unwrap();
    let mean: f64 = row.split(',').nth(6).unwrap().parse().unwrap();
    assert!((mean - 31.0).abs() < 20.0, "{mean}");
}

#[test]
fn the_network_that_init_writes_runs_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("mine");
    assert_cmd::cargo::cargo_bin_cmd!("afterwave").arg("init").arg(&workspace).assert().success();
    let run = |arg: Option<&Path>, out: &str| {
        let out = folder.path().join(out);
        let mut command = afterwave(&["--replications", "3", "--charts", "none"]);
        command.args(arg).arg("--out").arg(&out).assert().success();
        fs::read(out.join("weekly.csv")).unwrap()
    };
    let written = workspace.join("data/network");
    assert_eq!(run(Some(&written), "written"), run(None, "built-in"));
}

#[test]
fn flows_add_up_to_those_who_leave_a_service() {
    let out = tempfile::tempdir().unwrap();
    let args = ["--replications", "4", "--charts", "none", "--set", "inpatient.places=x1.5"];
    afterwave(&args).arg("--out").arg(out.path()).assert().success();
    let flows = fs::read_to_string(out.path().join("flows.csv")).unwrap();
    assert!(flows.starts_with("from,to,kind,patients_a_week,base,difference\n"));
    let periods = fs::read_to_string(out.path().join("periods.csv")).unwrap();
    for service in ["iapt_assessment", "community_team", "inpatient"] {
        for (kind, metric) in [("after_service", "discharged"), ("after_reneging", "reneged")] {
            let of_kind = |line: &&str| {
                let cells: Vec<&str> = line.split(',').collect();
                cells[0] == service && cells[2] == kind
            };
            let cell = |line: &str, at: usize| line.split(',').nth(at).unwrap().parse::<f64>();
            let moved: f64 = flows.lines().filter(of_kind).map(|line| cell(line, 3).unwrap()).sum();
            let start = format!("all,731,1460,{service},{metric},");
            let row = periods.lines().find(|line| line.starts_with(&start)).unwrap();
            let left = cell(row, 6).unwrap() * 7.0 / 730.0;
            assert!((moved - left).abs() < 1e-6, "{service} {kind}: {moved} for {left}");
        }
    }
}

#[test]
fn a_published_network_file_alone_is_the_small_version() {
    let folder = tempfile::tempdir().unwrap();
    let text = ",a,b,out,arr.dist,arr.par,srv.dist,srv.par,capacity,wt_fn,wt_params\n\
        a,,0.5,0.5,pois,2,exp,0.5,5,,\n\
        b,,,1,const,0,const,3,5,,\n\
        out,,,,,,,,,,\n";
    let path = folder.path().join("network_light.csv");
    fs::write(&path, text).unwrap();
    for place in [folder.path(), &path] {
        let out = folder.path().join("out");
        let mut command = afterwave(&["--replications", "2", "--charts", "none", "--json"]);
        let run = command.arg(place).arg("--force").arg("--out").arg(&out).assert().success();
        let json: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
        assert_eq!((&json["days"], &json["warm_up"]), (&415.into(), &50.into()));
    }
    afterwave(&["--variant", "light"])
        .current_dir(&folder)
        .arg(&path)
        .assert()
        .code(2)
        .stderr(predicate::str::contains("no variants"));
    let own = folder.path().join("routes.csv");
    fs::write(&own, input::EXAMPLE[1]).unwrap();
    let one = afterwave(&[]).current_dir(&folder).arg(&own).assert().code(2);
    one.stderr(predicate::str::contains("one file of three"));
    fs::remove_file(own).unwrap();
    // Beside other tables it might be that those of arrivals have another name.
    fs::write(folder.path().join("arivals_light.csv"), "").unwrap();
    afterwave(&[])
        .current_dir(&folder)
        .arg(folder.path())
        .assert()
        .code(2)
        .stderr(predicate::str::contains("`arrivals` is missing"));
    let without = text.replace("srv.par", "srv.pra");
    fs::write(&path, without).unwrap();
    let refused = afterwave(&[]).current_dir(&folder).arg(&path).assert().code(2);
    refused.stderr(
        predicate::str::contains("network_light.csv:1").and(predicate::str::contains("srv.par")),
    );
}
