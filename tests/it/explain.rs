//! `explain`: parts add up to the figure they explain, and every input is traced to its line.

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

fn afterwave(args: &[&str]) -> Command {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("afterwave");
    command.args(args);
    command
}

fn json(args: &[&str]) -> Value {
    let output = afterwave(args).arg("--json").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn sources_add_up_to_the_surge_they_explain() {
    for args in [
        &["explain", "iapt", "2021-01", "--draws", "0"][..],
        &["explain", "camhs", "--draws", "0"],
        &["explain", "secondary", "2021-03", "--area", "00V", "--draws", "0"],
        &["explain", "eip-starts", "--area", "00V", "--draws", "0"],
    ] {
        let explained = json(args);
        let parts = &explained["parts"];
        let part = |name: &str| parts[name]["mean"].as_f64().unwrap();
        let sources = explained["surge_by_source"].as_array().unwrap();
        let sum: f64 = sources.iter().map(|source| source["referrals"].as_f64().unwrap()).sum();
        let surge = part("surge_immediate") + part("surge_longitudinal");
        assert!((sum - surge).abs() <= 1e-9 * surge, "{args:?}: {sum} {surge}");
        let whole = part("underlying") - part("suppressed") + part("returning") + surge;
        assert!((whole + part("levers") - part("referrals")).abs() <= 1e-9 * whole);
        assert!((explained["central"].as_f64().unwrap() - part("referrals")).abs() < 1e-6);
    }
}

#[test]
fn bars_agree_with_reruns_at_an_inputs_low_and_high() {
    let explained = json(&["explain", "iapt", "2021-01", "--draws", "200"]);
    let input = &explained["inputs"][0];
    let figure = &input["figure"];
    let key = figure["key"].as_str().unwrap();
    for end in ["low", "high"] {
        let set = format!("{key}={}", figure["number"][end].as_f64().unwrap());
        let rerun = json(&["explain", "iapt", "2021-01", "--draws", "0", "--set", &set]);
        let bar = input[format!("result_at_{end}")].as_f64().unwrap();
        let rerun = rerun["central"].as_f64().unwrap();
        assert!((bar - rerun).abs() <= 1e-9 * rerun, "{key} {end}: {bar} {rerun}");
    }
    assert!(!figure["origin"]["place"].as_str().unwrap().is_empty());
}

#[test]
fn assumptions_lead_back_to_a_line_of_a_file() {
    let output = afterwave(&["explain", "--assumptions"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().find(|line| line.starts_with("services.iapt.accepted,")).unwrap();
    assert!(line.contains("figures.csv:"), "{line}");
    let changed = afterwave(&["explain", "--assumptions", "--changed", "--set", "wave.2.height=2"]);
    let output = { changed }.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains("wave.2.height"));
}

#[test]
fn explanations_fit_eighty_columns_and_name_a_file_and_line() {
    for args in [
        &["explain", "iapt", "2021-01", "--draws", "60"][..],
        &["explain", "vcse", "--draws", "60"],
        &["explain", "inpatient", "--draws", "60", "--sobol", "--full"],
        &["explain", "iaptt"],
        &["levers", "--library"],
        &["levers", "--library", "--full"],
        &["levers", "two-waves", "--lever", "no-such-lever"],
        &["run", "two-waves", "--area", "Nowhere"],
    ] {
        let output = afterwave(args).output().unwrap();
        for text in [&output.stdout, &output.stderr] {
            let text = String::from_utf8_lossy(text);
            let wide: Vec<&str> = text.lines().filter(|l| l.chars().count() > 80).collect();
            assert!(wide.is_empty(), "{args:?}: {wide:#?}");
        }
        let text = String::from_utf8_lossy(&output.stdout);
        if args.contains(&"inpatient") {
            for part in ["severity.psychosis-first/inpatient", "unit_cost", "grade C, pack"] {
                assert!(text.contains(part), "{part} is missing in\n{text}");
            }
            // One step from a figure to the line it stands on.
            let lines: Vec<&str> = text.lines().collect();
            let at = lines.iter().position(|l| l.starts_with("services.inpatient.unit_cost"));
            let place = lines[at.unwrap()..].iter().find(|l| l.contains("figures.csv:")).unwrap();
            let (file, line) = place.trim().rsplit_once(':').unwrap();
            let line: usize = line.split(' ').next().unwrap().parse().unwrap();
            let file = file.trim_start_matches("built-in: ");
            let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
            let pack = std::fs::read_to_string(root.join(file)).unwrap();
            let row = pack.lines().nth(line - 1).unwrap();
            assert!(row.starts_with("services,inpatient,unit_cost,"), "{row}");
        }
    }
}

#[test]
fn graphs_name_every_driver() {
    for (format, start) in [("mermaid", "flowchart LR"), ("dot", "digraph pack")] {
        let output = afterwave(&["explain", "--graph", format]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.starts_with(start));
        assert!(text.contains("Bereavement"), "{text}");
    }
}

#[test]
fn sobol_indices_are_shares_and_the_tornado_is_drawn() {
    let folder = TempDir::new().unwrap();
    let output =
        afterwave(&["explain", "camhs", "2021-06", "--draws", "256", "--sobol", "--json", "--out"])
            .arg(folder.path())
            .output()
            .unwrap();
    let explained: Value = serde_json::from_slice(&output.stdout).unwrap();
    for indices in explained["sobol"].as_array().unwrap() {
        let total = indices["total"].as_f64().unwrap();
        assert!((-0.05..=1.5).contains(&total), "{indices}");
    }
    assert!(folder.path().join("charts/tornado.svg").exists());
    assert!(folder.path().join("sensitivity.csv").exists());
}

#[test]
fn sobol_indices_agree_over_seeds_and_none_alone_exceeds_its_total() {
    let first_and_total = |seed: &str| -> Vec<(String, f64, f64)> {
        let args = ["explain", "camhs", "2021-01", "--draws", "512", "--sobol", "--json", "--seed"];
        let output = afterwave(&args).arg(seed).output().unwrap();
        let explained: Value = serde_json::from_slice(&output.stdout).unwrap();
        let own = |indices: &Value| {
            let share = |name: &str| indices[name].as_f64().unwrap();
            (indices["key"].as_str().unwrap().to_owned(), share("first_order"), share("total"))
        };
        explained["sobol"].as_array().unwrap().iter().map(own).collect()
    };
    let (one, two) = (first_and_total("1"), first_and_total("2"));
    for (key, first, total) in one.iter().chain(&two) {
        assert!((-0.1..total + 0.1).contains(first), "{key}: {first} of {total}");
    }
    for (key, first, _) in &one {
        for (_, other, _) in two.iter().filter(|(other, ..)| other == key) {
            assert!((first - other).abs() < 0.15, "{key}: {first} and {other}");
        }
    }
}

#[test]
fn wrong_questions_get_the_nearest_right_one() {
    for (args, part) in [
        (&["explain", "iatp"][..], "try: iapt"),
        (&["explain", "iapt", "2021-13"], "month 13 does not exist"),
        (&["explain", "iapt", "2031-01"], "is not in the scenario"),
        (&["explain"], "nothing to explain is named"),
    ] {
        let output = afterwave(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(part), "{text}");
    }
}
