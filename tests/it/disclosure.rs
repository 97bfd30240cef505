//! `--disclosure nhs-mh`, end to end: no number of few people leaves by any door.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Cursor;
use std::path::Path;

use assert_cmd::cargo::cargo_bin_cmd;
use calamine::{Data, Reader as _, Xlsx};
use tempfile::TempDir;

/// A town with a large service, one of few people, and one of which some months are of few; months
/// from March 2020 on are observations. `last` is the small count of the last of them.
fn baseline(folder: &Path, last: u32) -> String {
    let mut text = "month,service,referrals\n".to_owned();
    for t in 0..20_u32 {
        let month = format!("{}-{:02}", 2019 + t / 12, t % 12 + 1);
        let few = if t == 19 { last } else { t % 4 };
        let some = if t == 19 { last } else { 23 + t };
        let _ =
            write!(text, "{month},iapt,{}\n{month},eip,{few}\n{month},camhs,{some}\n", 701 + 3 * t);
    }
    let path = folder.join("mytown.csv");
    fs::write(&path, text).unwrap();
    // From where the program runs: no output hangs on where a test keeps its files.
    "mytown.csv".to_owned()
}

/// What it says: on standard output, and beside.
fn run(folder: &Path, last: u32, more: &[&str]) -> [String; 2] {
    let baseline = baseline(folder, last);
    let mut command = cargo_bin_cmd!("afterwave");
    command.args(["run", "two-waves", "--draws", "40", "--set", "months=24", "--baseline"]);
    command.arg(baseline).args(more).args(["--out", "out"]);
    let output = command.env("NO_COLOR", "1").current_dir(folder).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{error}");
    [String::from_utf8(output.stdout).unwrap(), error]
}

const CONTROLLED: [&str; 2] = ["--disclosure", "nhs-mh"];

/// Shares, waits and money: no counts.
fn is_count(measure: &str) -> bool {
    let others = [
        "share", "uplift", "wait_", "within", "missed", "load", "severe", "ratio", "_weeks",
        "cost", "staff", "months", "first_",
    ];
    !others.iter().any(|part| measure.contains(part))
}

fn is_told(cell: &str) -> bool {
    let value = cell.parse::<f64>();
    matches!(cell, "" | "*" | "under 5" | "[x]" | "[z]" | "[c]" | "[low]")
        || value.is_ok_and(|value| value % 5.0 == 0.0 && value != 0.0)
}

/// Counts among the cells of a table, by its header.
fn check(name: &str, head: &[String], rows: impl Iterator<Item = Vec<String>>) -> usize {
    let at = |column: &str| head.iter().position(|own| own == column);
    let counts =
        ["mean", "q05", "q25", "q50", "q75", "q95", "value", "referrals", "baseline_a_year"];
    let counts: Vec<usize> = counts.iter().filter_map(|column| at(column)).collect();
    let mut checked = 0;
    for row in rows {
        let measure = at("measure").map_or("", |column| row[column].as_str());
        // Means of draws of differences, and what is derived from the whole of England.
        if name == "checks" || !is_count(measure) && measure != "referrals" {
            continue;
        }
        for column in &counts {
            assert!(is_told(&row[*column]), "{name}: {} in {row:?}", row[*column]);
            checked += 1;
        }
    }
    checked
}

#[test]
fn every_count_of_a_controlled_run_is_rounded_or_withheld() {
    let folder = TempDir::new().unwrap();
    run(
        folder.path(),
        2,
        &[&CONTROLLED[..], &["--detail", "--full", "--workbook", "--charts", "none"]].concat(),
    );
    let out = folder.path().join("out");
    let mut words = BTreeMap::new();
    let mut checked = 0;
    for table in [
        "summary",
        "services",
        "projection",
        "families",
        "waits",
        "equity",
        "observed",
        "projection-detail",
        "families-detail",
        "need",
        "pathways",
    ] {
        let mut reader = csv::Reader::from_path(out.join(format!("{table}.csv"))).unwrap();
        let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows: Vec<Vec<String>> =
            reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        for cell in rows.iter().flatten().filter(|cell| ["*", "under 5"].contains(&cell.as_str())) {
            *words.entry(cell.clone()).or_insert(0_usize) += 1;
        }
        checked += check(table, &head, rows.into_iter());
    }
    assert!(checked > 5000 && words["*"] > 20 && words["under 5"] > 100, "{checked} {words:?}");
    // The record counts what is withheld.
    let record: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(out.join("run.json")).unwrap()).unwrap();
    let own = &record["disclosure"];
    assert_eq!(own["counts_told_from"], 5.0);
    assert_eq!(own["areas"][0], "mytown");
    // EIP is under 5 in every month, CAMHS in the last.
    assert_eq!(own["observed_small"], 21);
    assert!(own["cells_hidden"].as_u64().unwrap() >= words["*"] as u64);
    // The workbook is of the same rows.
    let mut book = Xlsx::new(Cursor::new(fs::read(out.join("results.xlsx")).unwrap())).unwrap();
    for table in ["projection", "observed"] {
        let sheet = book.worksheet_range(table).unwrap();
        let rows: Vec<Vec<String>> = sheet
            .rows()
            .map(|row| {
                row.iter()
                    .map(|cell| match cell {
                        Data::Float(value) => value.to_string(),
                        other => other.to_string(),
                    })
                    .collect()
            })
            .collect();
        assert!(check(table, &rows[3], rows[4..].iter().cloned()) > 50);
    }
    // The page: rounded months, and nothing of the service of few people.
    let page = fs::read_to_string(out.join("report.html")).unwrap();
    let data = page.split_once("id=\"data\">").unwrap().1.split_once("</script>").unwrap().0;
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    let families: Vec<&str> =
        data["families"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap()).collect();
    assert!(families.contains(&"iapt") && !families.contains(&"eip"), "{families:?}");
    for months in data["scenarios"][0]["families"].as_array().unwrap() {
        for number in
            months["referrals"].as_array().unwrap().iter().flat_map(|m| m.as_array().unwrap())
        {
            assert_eq!(number.as_f64().unwrap() % 5.0, 0.0);
        }
    }
    let carried = data["engine"]["lines"].as_array().unwrap();
    assert!(!carried.is_empty() && carried.iter().all(|line| line["service"] != "eip"));
}

/// What nobody may know changes nothing that anybody sees: a hidden month that is another number
/// leaves every table, picture, page, workbook and word as it was.
#[test]
fn a_hidden_observation_leaves_by_no_door() {
    let told = |last: u32| {
        let folder = TempDir::new().unwrap();
        let more = ["--detail", "--full", "--workbook", "--charts", "all"];
        // What is said beside the results is of the file that was read, to whoever has it.
        let [said, _] = run(folder.path(), last, &[&CONTROLLED[..], &more].concat());
        let [json, _] = run(folder.path(), last, &[&CONTROLLED[..], &more, &["--json"]].concat());
        let out = folder.path().join("out");
        let mut files = BTreeMap::new();
        for path in [out.clone(), out.join("charts")] {
            for file in fs::read_dir(path).unwrap().map(|file| file.unwrap().path()) {
                let name = file.file_name().unwrap().to_str().unwrap().to_owned();
                if file.is_file() && name != "run.json" {
                    files.insert(name, fs::read(&file).unwrap());
                }
            }
        }
        // The hash of the baseline is its own.
        let hash =
            afterwave::checksum::sha256(&fs::read(folder.path().join("mytown.csv")).unwrap());
        let page = String::from_utf8(files.remove("report.html").unwrap()).unwrap();
        files.insert("page".to_owned(), page.replace(&hash, "").into_bytes());
        files.insert("said".to_owned(), said.into_bytes());
        files.insert("json".to_owned(), json.into_bytes());
        files
    };
    let (one, four) = (told(1), told(4));
    assert!(one.len() > 30 && one.contains_key("results.xlsx"), "{:?}", one.keys());
    for (name, bytes) in &one {
        assert!(*bytes == four[name], "{name} says what the hidden month is");
    }
}

/// 3 in one month of the year before the start, which is told as a total: with it 41, the next smallest.
#[test]
fn the_next_smallest_month_is_hidden_where_a_year_tells_the_one() {
    let folder = TempDir::new().unwrap();
    let counts = [60, 58, 64, 3, 62, 41, 70, 66, 59, 61, 63, 67, 65, 68];
    let mut text = "month,service,referrals\n".to_owned();
    for (t, count) in counts.iter().enumerate() {
        let _ = writeln!(text, "{}-{:02},camhs,{count}", 2019 + t / 12, t % 12 + 1);
    }
    fs::write(folder.path().join("mytown.csv"), text).unwrap();
    let mut command = cargo_bin_cmd!("afterwave");
    command.args(["run", "single-wave", "--draws", "0", "--baseline", "mytown.csv"]);
    command.args(["--report", "none", "--charts", "none", "--set", "months=12", "--out", "out"]);
    command.args(CONTROLLED).current_dir(folder.path()).assert().success();
    let mut reader = csv::Reader::from_path(folder.path().join("out/observed.csv")).unwrap();
    let told: Vec<String> = reader.records().map(|row| row.unwrap()[4].to_owned()).collect();
    let expected =
        ["60", "60", "65", "*", "60", "*", "70", "65", "60", "60", "65", "65", "65", "70"];
    assert_eq!(told, expected);
    let record = fs::read_to_string(folder.path().join("out/run.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["disclosure"]["observed_small"], 1);
    assert_eq!(record["disclosure"]["observed_next"], 1);
}

/// 60 + 41 + 3 = 104: of a board and its three parts, with 105, 60 and 40 told, 3 would be known.
#[test]
fn the_next_smallest_part_is_hidden_where_the_whole_is_told() {
    let folder = TempDir::new().unwrap();
    let mut text = "month,area,service,referrals\n".to_owned();
    for t in 0..16_u32 {
        let month = format!("{}-{:02}", 2019 + t / 12, t % 12 + 1);
        let last: u32 = if t == 14 { 3 } else { 52 };
        let all = [("QK1", 101 + last), ("03W", 60), ("04C", 41), ("04V", last)];
        for (area, count) in all {
            let _ = writeln!(text, "{month},{area},camhs,{count}");
        }
    }
    fs::write(folder.path().join("mine.csv"), text).unwrap();
    let mut command = cargo_bin_cmd!("afterwave");
    command.args(["run", "single-wave", "--draws", "0", "--baseline", "mine.csv"]);
    command.args(["--area", "QK1", "--area", "03W", "--area", "04C", "--area", "04V"]);
    command.args(["--report", "none", "--charts", "none", "--set", "months=6", "--out", "out"]);
    command.args(CONTROLLED).current_dir(folder.path()).assert().success();
    let mut reader = csv::Reader::from_path(folder.path().join("out/observed.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let told = |month: &str| -> Vec<(&str, &str)> {
        let own = rows.iter().filter(|row| &row[2] == month);
        own.map(|row| (&row[0], &row[4])).collect()
    };
    let expected = [("QK1", "105"), ("03W", "60"), ("04C", "*"), ("04V", "*")];
    assert_eq!(told("2020-03-01"), expected);
    let whole = [("QK1", "155"), ("03W", "60"), ("04C", "40"), ("04V", "50")];
    assert_eq!(told("2020-04-01"), whole);
}

#[test]
fn without_control_a_line_warns_and_a_nation_is_told_whole() {
    let folder = TempDir::new().unwrap();
    let short = ["--charts", "none", "--report", "none"];
    let [_, said] = run(folder.path(), 2, &short);
    assert!(said.contains("mytown has observed months under 5"), "{said}");
    assert!(said.contains("--disclosure nhs-mh"));
    let england = |more: &[&str]| {
        let out = folder.path().join("england");
        let mut command = cargo_bin_cmd!("afterwave");
        command.args(["run", "two-waves", "--draws", "4"]).args(short).args(more);
        command.arg("--out").arg(&out).assert().success();
        fs::read(out.join("projection.csv")).unwrap()
    };
    assert!(england(&[]) == england(&CONTROLLED), "England is no small area");
}
