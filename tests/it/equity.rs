//! Strata, checks and the burden of the surge, end to end.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use assert_cmd::cargo::cargo_bin_cmd;

type Rows = Vec<BTreeMap<String, String>>;

fn run(args: &[&str]) -> (tempfile::TempDir, String) {
    let out = tempfile::tempdir().unwrap();
    let ran = cargo_bin_cmd!("afterwave")
        .args(["run", "--charts", "none", "--full", "--out"])
        .arg(out.path())
        .args(args)
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    (out, String::from_utf8(ran.stdout).unwrap())
}

fn read(folder: &Path, name: &str) -> Rows {
    let mut reader = csv::Reader::from_path(folder.join(name)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}

fn sum(rows: &Rows, wanted: &[(&str, &str)]) -> f64 {
    let fits = |row: &&BTreeMap<String, String>| wanted.iter().all(|(k, v)| row[*k] == *v);
    rows.iter().filter(fits).map(|row| number(row, "mean")).sum()
}

fn close(a: f64, b: f64) -> bool {
    // Tables have six figures.
    (a - b).abs() <= 1e-5 * a.abs().max(b.abs())
}

#[test]
fn strata_add_up_to_the_whole_and_an_area_changes_only_the_split() {
    let (out, text) =
        run(&["two-waves", "--draws", "70", "--area", "England", "--area", "00V", "--detail"]);
    let (equity, families) = (read(out.path(), "equity.csv"), read(out.path(), "families.csv"));
    let need = read(out.path(), "need.csv");
    for area in ["England", "00V"] {
        for stratification in ["deprivation", "age", "ethnicity", "sex", "age-sex"] {
            let of = |family: &str, measure: &str, period: &str| {
                sum(
                    &equity,
                    &[
                        ("area", area),
                        ("stratification", stratification),
                        ("family", family),
                        ("measure", measure),
                        ("period", period),
                    ],
                )
            };
            // Means add up: what holds for them in sum holds draw by draw.
            let whole =
                sum(&families, &[("area", area), ("family", "iapt"), ("measure", "referrals")]);
            let split = of("iapt", "referrals", "total");
            assert!(close(split, whole), "{area} {stratification}: {split} of {whole}");
            let years: f64 = (1..=5).map(|y| of("iapt", "referrals", &format!("year_{y}"))).sum();
            assert!(close(years, whole), "{area} {stratification} by year");
            for measure in ["need", "unmet"] {
                let whole = sum(
                    &need,
                    &[("area", area), ("group", "all"), ("condition", "all"), ("measure", measure)],
                );
                let split = of("all", measure, "total");
                assert!(close(split, whole), "{area} {stratification} {measure}");
            }
            for share in ["population_share", "need_share", "access_share"] {
                assert!((of("iapt", share, "total") - 1.0).abs() < 1e-5);
            }
        }
    }
    let asian = |area| {
        sum(
            &equity,
            &[
                ("area", area),
                ("stratum", "asian"),
                ("family", "all"),
                ("measure", "population_share"),
            ],
        )
    };
    assert!((asian("England") - 0.0782).abs() < 1e-4, "{}", asian("England"));
    // Census 2021: 20609 of 193879.
    assert!((asian("00V") - 20_609.0 / 193_879.0).abs() < 1e-6, "{}", asian("00V"));
    assert!(text.contains("Widest gaps, Bury"), "{text}");
    assert!(text.contains("People newly in need"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn need_and_access_are_different_gradients() {
    let split = |settings: &[&str]| {
        let mut args = vec!["two-waves", "--draws", "0"];
        args.extend(settings.iter().flat_map(|setting| ["--set", setting]));
        let (out, _) = run(&args);
        let rows = read(out.path(), "equity.csv");
        move |measure: &str| {
            sum(
                &rows,
                &[
                    ("stratum", "most-deprived"),
                    ("family", "iapt"),
                    ("measure", measure),
                    ("period", "total"),
                ],
            )
        }
    };
    let strata = ["second", "third", "fourth", "least-deprived", "most-deprived"];
    let flat: Vec<String> = strata
        .iter()
        .flat_map(|k| {
            [
                format!("strata.deprivation/{k}.relative_need=1"),
                format!("strata.deprivation/{k}/iapt.relative_access=1"),
            ]
        })
        .collect();
    let mut settings: Vec<&str> = flat.iter().map(String::as_str).collect();
    let level = split(&settings);
    assert!((level("need_share") - 0.2).abs() < 1e-6);
    assert!((level("access_share") - 0.2).abs() < 0.005, "suppression alone moves it a little");
    // Twice the need, seen half as often: a third of the need, and the referrals of a fifth.
    settings.push("strata.deprivation/most-deprived.relative_need=2");
    settings.push("strata.deprivation/most-deprived/iapt.relative_access=0.5");
    let steep = split(&settings);
    assert!((steep("need_share") - 1.0 / 3.0).abs() < 1e-6);
    assert!(close(steep("referrals"), level("referrals")));
    assert!((steep("access_ratio") - 0.6).abs() < 0.02, "{}", steep("access_ratio"));
}

#[test]
fn published_figures_stand_beside_ours() {
    let (out, text) = run(&["multiple-waves", "--draws", "0"]);
    let checks = read(out.path(), "checks.csv");
    let of = |id: &str| checks.iter().find(|row| row["check"] == id).unwrap();
    assert_eq!(number(of("need"), "published"), 10_000_000.0);
    assert!(checks.iter().all(|row| !row["source"].is_empty() && !row["grade"].is_empty()));
    let care = number(of("care-children"), "value");
    assert_eq!(of("care-children")["verdict"] == "agrees", care < 0.333);
    assert!(text.contains("differs") || text.contains("agrees"));
}

#[test]
fn the_surge_costs_what_its_referrals_cost() {
    let settings = ["--set", "services.eip.unit_cost=100", "--set", "services.*.severity_shift=0"];
    let mut args = vec!["two-waves", "--draws", "0"];
    args.extend(settings);
    args.extend(["--set", "services.eip.accepted=0.3", "--set", "services.eip.loss=0"]);
    let (out, text) = run(&args);
    let summary = read(out.path(), "summary.csv");
    let eip = |summary: &Rows, period: &str, measure: &str| {
        let keys = [("id", "eip"), ("of", "service"), ("period", period), ("measure", measure)];
        let is_it =
            |row: &&BTreeMap<String, String>| keys.iter().all(|(key, value)| row[*key] == *value);
        number(summary.iter().find(is_it).unwrap(), "value")
    };
    // Those accepted are treated and cost money; nothing is held back of them here.
    let cost = eip(&summary, "total", "surge_cost");
    assert!(close(cost, 100.0 * 0.3 * eip(&summary, "total", "surge")));
    let years: f64 = (1..=5).map(|y| eip(&summary, &format!("year_{y}"), "surge_cost")).sum();
    assert!(close(years, cost));
    assert!(eip(&summary, "total", "extra_staff") > 0.0);
    let services = read(out.path(), "services.csv");
    assert!(services[0]["unit_cost_unit"].contains("prices"), "{:?}", services[0]);
    assert!(text.contains("Cost of the surge: £"), "{text}");
    // A mix that grows severer under pressure costs more and stays longer.
    args.truncate(5);
    args.extend(["--set", "services.eip.accepted=0.3", "--set", "services.eip.loss=0"]);
    args.extend(["--set", "services.*.severity_shift=0.8"]);
    let (severer, _) = run(&args);
    let rows = read(severer.path(), "summary.csv");
    assert!(eip(&rows, "total", "surge_cost") > cost);
    assert_eq!(eip(&rows, "total", "referrals"), eip(&summary, "total", "referrals"));
}

/// A pack that extends the built-in one with these tables.
fn wrong(strata: &str, figures: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pack.toml"), "name = \"mine\"\nextends = \"informed\"\n")
        .unwrap();
    if !strata.is_empty() {
        fs::write(folder.path().join("strata.csv"), strata).unwrap();
    }
    let header = "table,key,parameter,central\n";
    fs::write(folder.path().join("figures.csv"), format!("{header}{figures}")).unwrap();
    let out = folder.path().join("out");
    let ran = cargo_bin_cmd!("afterwave")
        .args(["run", "--draws", "0", "--charts", "none", "--pack"])
        .arg(folder.path())
        .arg("--out")
        .arg(&out)
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(2), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(!out.exists());
    String::from_utf8(ran.stderr).unwrap()
}

#[test]
fn wrong_strata_are_named_with_what_would_be_right() {
    let row = |key: &str, value: &str| wrong("", &format!("strata,{key},{value}\n"));
    let cases = [
        (row("depravation/second", "share,0.2"), "unknown stratification `depravation`"),
        (row("deprivation/secnd", "share,0.2"), "unknown stratum `secnd`"),
        (row("deprivation/second/campus", "relative_need,2"), "unknown family `campus`"),
        (row("deprivation/second@Burry", "share,0.2"), "unknown area `Burry`"),
        (row("deprivation/second/camhs", "share,0.2"), "can't depend on a family"),
        (row("deprivation/second", "share,0.5"), "do not sum to 1"),
        (row("ethnicity/asian@00V", "share,0.5"), "do not sum to 1"),
        (row("deprivation/second", "relative_need,-1"), "out of range"),
        (wrong("stratification,stratum\ntenure,renters\ntenure,owners\n", ""), "has no `share`"),
        (wrong("stratification,stratum\ntenure,a\ntenure,a\n", ""), "stands twice"),
        (wrong("stratum,label\na,A\n", ""), "`stratification` is missing"),
    ];
    for (stderr, said) in cases {
        assert!(stderr.contains(said), "{said}:\n{stderr}");
    }
}
