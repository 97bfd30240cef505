//! Sweeps: shards that make one whole, what was stopped going on, and numbers that are a run's.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::shared::command::files;

fn afterwave(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_afterwave"));
    let output = command.current_dir(folder).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), text + &String::from_utf8_lossy(&output.stdout))
}

fn done(folder: &Path, arguments: &[&str]) -> String {
    let (code, text) = afterwave(folder, arguments);
    assert_eq!(code, Some(0), "{arguments:?}: {text}");
    text
}

/// A grid of one number of the scenario and one of the pack, two keys together.
const SHARED: &str = r#"
scenarios = ["two-waves"]
areas = ["00V", "QOP"]
draws = 0
tables = ["projection"]
measures = ["referrals", "extra", "surge"]
format = "csv.gz"

[grid]
response.need_gain = [0.6, [0.3, 0.9, 1.1]]
"services.iapt.accepted" = [0.5, 0.7]

[[together]]
keys = ["wave.1.rise", "wave.1.fall"]
values = [[0.6, 1.2], [0.8, 1.6]]
"#;

fn with(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("s.toml"), text).unwrap();
    folder
}

#[test]
fn shards_of_any_number_make_the_same_folder() {
    let folder = with(SHARED);
    let run = |out: &str, shard: &str| {
        done(folder.path(), &["sweep", "run", "s.toml", "--out", out, "--shard", shard]);
    };
    run("one", "1/1");
    let whole = files(&folder.path().join("one"));
    assert_eq!(whole.keys().filter(|name| name.starts_with("done")).count(), 8);
    for shards in [3, 7] {
        let out = format!("by-{shards}");
        for shard in (1..=shards).rev() {
            run(&out, &format!("{shard}/{shards}"));
        }
        assert!(files(&folder.path().join(&out)) == whole, "{shards} shards differ from one");
    }
    // A repeat finds all of it there; a file that was changed is made again.
    let again = done(folder.path(), &["sweep", "run", "s.toml", "--out", "one"]);
    assert!(again.contains("0 run now, 8 there already"), "{again}");
    let part = folder.path().join("one/projection/variant=v0003/projection.csv.gz");
    fs::write(&part, "lost").unwrap();
    let again = done(folder.path(), &["sweep", "run", "s.toml", "--out", "one"]);
    assert!(again.contains("1 run now, 7 there already"), "{again}");
    assert!(files(&folder.path().join("one")) == whole);
    // Another sweep does not mix with it.
    fs::write(folder.path().join("s.toml"), SHARED.replace("0.8, 1.6", "0.8, 1.7")).unwrap();
    let (code, text) = afterwave(folder.path(), &["sweep", "run", "s.toml", "--out", "one"]);
    assert_eq!(code, Some(2));
    assert!(text.contains("holds another sweep"), "{text}");
    assert!(files(&folder.path().join("one")) == whole);
}

#[test]
fn what_is_killed_goes_on_from_there() {
    let text = "scenarios = [\"single-wave\", \"two-waves\", \"multiple-waves\"]\n\
                areas = [\"00V\"]\ndraws = 20\ntables = [\"waits\"]\n";
    let folder = with(text);
    let out = folder.path().join("S");
    let mut killed = Command::new(env!("CARGO_BIN_EXE_afterwave"))
        .current_dir(folder.path())
        .args(["sweep", "run", "s.toml", "--out", "S", "--threads", "1"])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while fs::read_dir(out.join("done")).map_or(0, Iterator::count) == 0 {
        assert!(killed.try_wait().unwrap().is_none_or(|status| status.success()));
        std::thread::sleep(Duration::from_millis(5));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    // What lies about of a unit that was in work is no result, and is gone after it.
    let stray = out.join("waits/variant=v0003");
    fs::create_dir_all(&stray).unwrap();
    fs::write(stray.join(".tmpstray"), "half").unwrap();
    fs::write(out.join("done/v0003.begun"), "half").unwrap();
    let _ = fs::remove_file(out.join("done/v0003.json"));
    let (code, text) = afterwave(folder.path(), &["sweep", "merge", "S"]);
    assert_eq!(code, Some(2));
    assert!(text.contains("v0003") && text.contains("not whole"), "{text}");
    done(folder.path(), &["sweep", "run", "s.toml", "--out", "S"]);
    done(folder.path(), &["sweep", "run", "s.toml", "--out", "whole"]);
    assert!(files(&out) == files(&folder.path().join("whole")));
}

/// The rows of a table that are of some measures, as they stand.
fn rows(path: &Path, measures: &[&str]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let at = reader.headers().unwrap().iter().position(|name| name == "measure").unwrap();
    let rows = reader.records().map(Result::unwrap).filter(|row| measures.contains(&&row[at]));
    rows.map(|row| row.iter().map(str::to_owned).collect()).collect()
}

#[test]
fn numbers_are_those_of_a_run() {
    let text = "scenarios = [\"two-waves\"]\nareas = [\"00V\", \"England\"]\ndraws = 70\n\
                tables = [\"projection\", \"families\", \"summary\"]\n\
                measures = [\"referrals\", \"extra\", \"surge\"]\n\
                [grid]\n\"wave.1.height\" = [1, 1.7]\n";
    let folder = with(text);
    done(folder.path(), &["sweep", "run", "s.toml", "--out", "S"]);
    let alone = ["run", "two-waves", "--area", "00V", "--area", "England", "--draws", "70"];
    let quick =
        ["--charts", "none", "--report", "none", "--out", "R", "--set", "wave.1.height=1.7"];
    done(folder.path(), &[&alone[..], &quick[..]].concat());
    for table in ["projection", "families", "summary"] {
        let measures = ["referrals", "extra", "surge"];
        let own = folder.path().join(format!("S/{table}/variant=v0002/{table}.csv"));
        let run = folder.path().join(format!("R/{table}.csv"));
        let (own, run) = (rows(&own, &measures), rows(&run, &measures));
        assert!(own.len() > 500, "{table}");
        assert!(own == run, "{table} differs from a run's");
    }
}

#[test]
fn a_merge_has_every_case_and_says_what_each_key_explains() {
    let folder = with(&SHARED.replace("[\"two-waves", "[\"single-wave\", \"two-waves"));
    done(folder.path(), &["sweep", "run", "s.toml", "--out", "S"]);
    done(folder.path(), &["sweep", "merge", "S", "--against", "v0002"]);
    let merged = |name: &str| {
        let path = folder.path().join("S/merged").join(name);
        let mut reader = csv::Reader::from_path(path).unwrap();
        let header = reader.headers().unwrap().clone();
        let rows = reader.records().map(|row| {
            let row = row.unwrap();
            header.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect()
        });
        rows.collect::<Vec<BTreeMap<String, String>>>()
    };
    let number = |row: &BTreeMap<String, String>, name: &str| row[name].parse::<f64>().unwrap();
    let cases = merged("cases.csv");
    assert_eq!(cases.len(), 32);
    assert_eq!(cases[0]["services.iapt.accepted"], "0.5");
    assert!(cases.iter().all(|row| number(row, "camhs_extra") > 0.0));
    // QOP holds 00V: the two are no sum of anything.
    let comparison = merged("comparison.csv");
    let reference = comparison.iter().filter(|row| row["variant"] == "v0002");
    assert!(reference.clone().count() > 20);
    assert!(reference.into_iter().all(|row| number(row, "difference") == 0.0));
    let shares = merged("shares.csv");
    let of = |row: &&BTreeMap<String, String>| {
        row["area"] == "QOP" && row["family"] == "camhs" && row["measure"] == "extra"
    };
    let shares: Vec<f64> = shares.iter().filter(of).map(|row| number(row, "share")).collect();
    // The scenario, the gain, the accepted share, and rise and fall together.
    assert_eq!(shares.len(), 4);
    let sum: f64 = shares.iter().sum();
    assert!(sum > 0.8 && sum <= 1.0 + 1e-6, "{shares:?}");
    // Whom IAPT takes in is not at risk any more: hardly anything to CAMHS.
    assert!(shares[2] < 1e-4, "{shares:?}");
    let effects = merged("effects.csv");
    let effects = effects.iter().filter(of).filter(|row| row["key"] == "scenario");
    let sum: f64 = effects.map(|row| number(row, "effect")).sum();
    assert!(sum.abs() < 0.01, "effects of a whole grid cancel: {sum}");
}

/// Three keys at 24 points: the height of the wave moves what comes, the others hardly.
const SAMPLED: &str = r#"
scenarios = ["single-wave"]
areas = ["00V"]
draws = 0
measures = ["extra"]
points = 24
[between]
"wave.1.height" = [0.5, 2]
"wave.1.fall" = [1.2, 1.3]
"services.eip.accepted" = [0.5, 0.6]
"#;

#[test]
fn a_sample_takes_every_part_of_a_range_once_and_tells_the_keys_apart() {
    let folder = with(SAMPLED);
    done(folder.path(), &["sweep", "run", "s.toml", "--out", "S"]);
    let table = |name: &str| -> Vec<Vec<String>> {
        let mut reader = csv::Reader::from_path(folder.path().join("S").join(name)).unwrap();
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    };
    let variants = table("variants.csv");
    assert_eq!(variants.len(), 24);
    let header = fs::read_to_string(folder.path().join("S/variants.csv")).unwrap();
    let keys = "services.eip.accepted,wave.1.fall,wave.1.height";
    assert!(header.starts_with(&format!("variant,scenario,{keys}\n")), "{header}");
    let column =
        |at: usize| -> Vec<f64> { variants.iter().map(|row| row[at].parse().unwrap()).collect() };
    for (at, low, high) in [(2, 0.5, 0.6), (3, 1.2, 1.3), (4, 0.5, 2.0)] {
        let own = column(at);
        let mut sorted = own.clone();
        sorted.sort_by(f64::total_cmp);
        assert_ne!(own, sorted, "in an order of its own");
        for (part, value) in sorted.iter().enumerate() {
            let middle = low + (part as f64 + 0.5) / 24.0 * (high - low);
            assert!((value - middle).abs() < 1e-5, "{value} for {middle}");
        }
    }
    let low = |at: usize| column(at).iter().map(|own| *own < 1.25).collect::<Vec<_>>();
    assert_ne!(low(3), low(4), "each key in its own order");
    done(folder.path(), &["sweep", "merge", "S"]);
    let shares = table("merged/shares.csv");
    let of = |key: &str| -> f64 {
        let own = |row: &&Vec<String>| row[1] == "camhs" && row[2] == "extra" && row[3] == key;
        shares.iter().find(own).unwrap()[4].parse().unwrap()
    };
    assert!(of("wave.1.height") > 0.8, "{shares:?}");
    // Three classes of 24 points: by chance alone 2 of 23.
    assert!(of("wave.1.fall") < 0.4 && of("services.eip.accepted") < 0.4, "{shares:?}");
    let classes = table("merged/effects.csv");
    let own =
        |row: &&Vec<String>| row[1] == "camhs" && row[2] == "extra" && row[3] == "wave.1.height";
    let names: Vec<&str> = classes.iter().filter(own).map(|row| row[4].as_str()).collect();
    assert_eq!(names, ["0.53125 to 0.96875", "1.03125 to 1.46875", "1.53125 to 1.96875"]);
    // Another seed is another sample.
    fs::write(folder.path().join("s.toml"), SAMPLED.replace("points", "seed = 7\npoints")).unwrap();
    done(folder.path(), &["sweep", "run", "s.toml", "--out", "T"]);
    let other = fs::read_to_string(folder.path().join("T/variants.csv")).unwrap();
    assert_ne!(other, fs::read_to_string(folder.path().join("S/variants.csv")).unwrap());
}

#[test]
fn what_is_wrong_with_a_sample_is_said() {
    for (from, to, said) in [
        ("points = 24\n", "", "the key `points` is missing"),
        ("[0.5, 2]", "[2, 0.5]", "the least is not below the largest"),
        ("[0.5, 2]", "[1]", "two numbers are wanted here"),
        ("[0.5, 2]", "[0.5, \"2020-03-01\", 2]", "two numbers are wanted here"),
        ("[0.5, 2]", "[0.5, \"high\"]", "two numbers are wanted here"),
        ("wave.1.height", "wave.7.height", "s.toml"),
    ] {
        let folder = with(&SAMPLED.replace(from, to));
        let (code, text) = afterwave(folder.path(), &["sweep", "plan", "s.toml"]);
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains(said) && !text.contains("panicked"), "{said} is missing in\n{text}");
    }
}

#[test]
fn areas_that_fail_are_listed_and_the_rest_goes_on() {
    let text = SHARED.replace("[\"00V\", \"QOP\"]", "[\"00V\", \"Nowhere\"]");
    let folder = with(&text);
    let run = ["sweep", "run", "s.toml", "--out", "S"];
    let (code, text) = afterwave(folder.path(), &run);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("Nowhere") && !folder.path().join("S").exists(), "{text}");
    let (code, text) = afterwave(folder.path(), &[&run[..], &["--keep-going"]].concat());
    assert_eq!(code, Some(3), "{text}");
    let failed =
        fs::read_to_string(folder.path().join("S/failed/variant=v0001/failed.csv")).unwrap();
    assert!(failed.starts_with("area,reason\nNowhere,"), "{failed}");
    assert_eq!(files(&folder.path().join("S/done")).len(), 8);
    done(folder.path(), &["sweep", "merge", "S"]);
    let failed = fs::read_to_string(folder.path().join("S/merged/failed.csv")).unwrap();
    assert_eq!(failed.lines().count(), 9);
}

#[test]
fn what_is_wrong_with_a_sweep_is_listed_with_its_place() {
    let folder = with(
        "scenarios = [\"two-wavs\", \"none-*.toml\"]\nareas = { level = \"icbs\" }\n\
         tables = [\"projections\"]\nmeasures = [\"referals\"]\nformat = \"parket\"\nseeds = 3\n\
         [grid]\n\"wave.1.height\" = [1, \"high\"]\nresponse.need_gain = 0.9\n\
         [[together]]\nkeys = [\"wave.1.rise\", \"wave.1.fall\"]\nvalues = [[1]]\n",
    );
    let (code, text) = afterwave(folder.path(), &["sweep", "plan", "s.toml"]);
    assert_eq!(code, Some(2), "{text}");
    for part in [
        "two-waves",
        "no file has a name of this form",
        "icb",
        "projection",
        "referrals",
        "csv.gz",
        "`seeds`",
        "the value is not a number",
        "a list of values",
        "a row with a value for each key",
        "s.toml:8",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert!(!text.contains("panicked"));
    // What only the inputs can tell is told at the value in the file.
    fs::write(
        folder.path().join("s.toml"),
        "scenarios = [\"two-waves\"]\n[grid]\nwave.9.height = [1, 2]\nresponse.need_gain = [0.5, -1]\n",
    )
    .unwrap();
    let (code, text) = afterwave(folder.path(), &["sweep", "run", "s.toml", "--out", "S"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("s.toml:3") && text.contains("s.toml:4"), "{text}");
    assert!(!folder.path().join("S").exists());
}

#[test]
fn a_plan_says_what_it_takes() {
    let folder = with(SHARED);
    let text = done(folder.path(), &["sweep", "plan", "s.toml", "--json"]);
    let plan: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
    assert_eq!((plan["cases"].as_u64(), plan["shards"].as_u64()), (Some(16), Some(1)));
    assert!(plan["disk_mb"].as_f64().unwrap() > 0.01 && plan["shared"].as_bool().unwrap());
}
