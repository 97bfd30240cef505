//! Names that would steer a terminal, end an element or start a formula, through every command: what
//! comes out is text everywhere.

use std::fs;
use std::path::{Path, PathBuf};

use afterwave::escape::is_seen;
use predicates::prelude::*;
use quick_xml::events::Event;

use crate::shared::command::afterwave;

/// A formula, a title for the terminal, a bell, a turn of direction, a script, an entity, a quote.
const NAME: &str = "=cmd|'x'!A1\u{1b}]0;P\u{7}\u{202e}\u{200b}<script>alert(1)</script>&\"x";

/// A folder of inputs with the name wherever one may stand.
struct Inputs {
    folder: tempfile::TempDir,
}

impl Inputs {
    fn new() -> Self {
        let inputs = Self { folder: tempfile::tempdir().unwrap() };
        let own = inputs.at("own");
        afterwave().arg("init").arg(&own).assert().success();
        let pack = own.join("data/packs/believed-2021");
        for table in ["drivers", "groups", "conditions", "services", "families"] {
            relabel(&pack.join(format!("{table}.csv")), "label");
        }
        relabel(&pack.join("figures.csv"), "source");
        relabel(&pack.join("figures.csv"), "note");
        let mut levers = own.join("data/levers.csv");
        for column in ["label", "source", "note"] {
            relabel(&levers, column);
        }
        levers = inputs.at("levers.csv");
        fs::copy(own.join("data/levers.csv"), levers).unwrap();
        let manifest = fs::read_to_string(pack.join("pack.toml")).unwrap();
        let quoted = serde_json::to_string(NAME).unwrap();
        let manifest: Vec<String> = manifest
            .lines()
            .map(|line| match line.split_once(" = ") {
                Some((key @ ("label" | "licence"), _)) => format!("{key} = {quoted}"),
                _ => line.to_owned(),
            })
            .collect();
        fs::write(pack.join("pack.toml"), manifest.join("\n")).unwrap();
        let mut baseline = "month,area,service,referrals,measure\n".to_owned();
        for month in 0..48 {
            let (year, month) = (2018 + month / 12, month % 12 + 1);
            for area in [NAME.to_owned(), format!("{NAME}/b"), format!("{NAME}\\b")] {
                let area = area.replace('"', "\"\"");
                let count = 900 + 17 * month;
                baseline += &format!("{year}-{month:02},\"{area}\",iapt,{count},{}\n", "referrals");
            }
        }
        fs::write(inputs.at("baseline.csv"), baseline).unwrap();
        let scenario = format!(
            "name = {quoted}\nstart = \"2020-03\"\nmonths = 24\n\
             [[wave]]\nlabel = {quoted}\npeak = \"2020-04-01\"\nheight = 1.0\n\
             [[lever]]\nname = \"a-lever\"\nlabel = {quoted}\nkind = \"prevent\"\n\
             start = \"2020-09\"\nreach = 0.2\neffect = {{ low = 0.05, central = 0.1, high = 0.2 }}\nsource = {quoted}\n"
        );
        fs::write(inputs.at("scenario.toml"), scenario).unwrap();
        let network = inputs.at("network");
        fs::create_dir(&network).unwrap();
        let cell = format!("\"{}\"", NAME.replace('"', "\"\""));
        fs::write(
            network.join("services.csv"),
            format!("service,places,stay,stay_mean,stay_sd\n{cell},5,exponential,3,\nhome,,,,\n"),
        )
        .unwrap();
        fs::write(network.join("routes.csv"), format!("from,to,after_service\n{cell},home,1\n"))
            .unwrap();
        fs::write(
            network.join("arrivals.csv"),
            format!("service,distribution,rate\n{cell},poisson,1.5\n"),
        )
        .unwrap();
        inputs
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program among the inputs; whatever its end, what it says is text, and it is one of
    /// the ends that are documented.
    fn run(&self, words: &[&str]) -> std::process::Output {
        let output =
            afterwave().current_dir(self.folder.path()).args(words).output().expect("it runs");
        for (stream, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            let text = std::str::from_utf8(bytes).unwrap();
            assert_text(text, &format!("{stream} of {words:?}"));
        }
        assert!(matches!(output.status.code(), Some(0..=2)), "{words:?}: {output:?}");
        output
    }
}

fn relabel(path: &Path, column: &str) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let at = header.iter().position(|name| name == column).unwrap();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut writer = csv::Writer::from_path(path).unwrap();
    writer.write_record(&header).unwrap();
    for (row, record) in records.iter().enumerate() {
        let cells = record.iter().enumerate().map(|(index, cell)| match (index == at, row) {
            (true, 0..3) => NAME,
            _ => cell,
        });
        writer.write_record(cells).unwrap();
    }
    writer.flush().unwrap();
}

fn assert_text(text: &str, what: &str) {
    let unseen = text.char_indices().find(|(_, c)| !is_seen(*c) && !matches!(c, '\n' | '\t'));
    if let Some((at, c)) = unseen {
        let before: String = text[..at].chars().rev().take(60).collect();
        panic!("{what} holds {c:?} behind (backwards) {before:?}");
    }
}

/// Every file of a folder, in the rules of its form.
fn assert_sound(folder: &Path) -> usize {
    let mut count = 0;
    let mut names = std::collections::HashSet::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let name = entry.file_name().into_string().unwrap();
        assert!(names.insert(name.to_lowercase()), "{name} twice");
        assert!(name.len() < 200 && name.chars().all(is_seen), "{name:?}");
        if path.is_dir() {
            count += assert_sound(&path);
            continue;
        }
        count += 1;
        let what = path.display().to_string();
        let Ok(text) = fs::read_to_string(&path) else { continue };
        assert_text(&text, &what);
        match path.extension().and_then(|end| end.to_str()) {
            Some("svg") => {
                let mut reader = quick_xml::Reader::from_str(&text);
                while reader.read_event().unwrap_or_else(|e| panic!("{what}: {e}")) != Event::Eof {}
                assert!(!text.contains("<script"), "{what}");
            }
            Some("html") => assert!(!text.contains("<script>alert"), "{what}"),
            Some("json") => {
                serde_json::from_str::<serde_json::Value>(&text).unwrap();
            }
            Some("csv") => {
                let mut reader =
                    csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
                for record in reader.records().map(Result::unwrap) {
                    for cell in &record {
                        let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
                            && cell.parse::<f64>().is_err();
                        assert!(!is_formula, "{what}: {cell}");
                    }
                }
            }
            _ => {}
        }
    }
    count
}

#[test]
fn what_every_command_writes_and_says_is_text() {
    let inputs = Inputs::new();
    let pack = "own/data/packs/believed-2021";
    let common = ["--baseline", "baseline.csv", "--pack", pack, "--draws", "20"];
    let with = |words: &[&'static str]| [words, &common].concat();
    let all = |words: &[&'static str]| [words, &common, &["--area", NAME]].concat();
    let writers: Vec<Vec<&str>> = vec![
        [with(&["run", "scenario.toml", "--charts", "all", "--detail", "--full"])].concat(),
        all(&["run", "scenario.toml", "two-waves", "--format", "json", "--report", "none"]),
        with(&["levers", "scenario.toml"]),
        all(&["fit", "scenario.toml", "--until", "2020-12"]),
        all(&["backtest", "scenario.toml", "--charts", "svg"]),
        all(&["explain", "iapt", "--scenario", "scenario.toml", "--draws=0"])
            .into_iter()
            .filter(|word| !["--draws", "20"].contains(word))
            .collect(),
        vec!["network", "network", "--replications", "2", "--days", "200"],
    ];
    for words in &writers {
        let output = inputs.run(&[words, &["--out", "out"][..]].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{words:?}: {said}");
        assert!(assert_sound(&inputs.at("out")) > 1, "{words:?}");
        inputs.run(&[words, &["--out", "out", "--force", "--json"][..]].concat());
        fs::remove_dir_all(inputs.at("out")).unwrap();
    }
}

#[test]
fn what_every_command_lists_or_refuses_is_text() {
    let inputs = Inputs::new();
    let wrong = format!("month,area,service,referrals,\"{}\"\n", NAME.replace('"', "\"\""));
    fs::write(inputs.at("column.csv"), wrong + "2019-12,x,iapt,5,1\n").unwrap();
    let cell = NAME.replace('"', "\"\"");
    fs::write(inputs.at("service.csv"), format!("month,service,referrals\n2019-12,\"{cell}\",5\n"))
        .unwrap();
    fs::write(
        inputs.at("value.csv"),
        format!("month,service,referrals\n2019-12,iapt,\"{cell}\"\n"),
    )
    .unwrap();
    fs::write(inputs.at("key.toml"), format!("{} = 1\n", serde_json::to_string(NAME).unwrap()))
        .unwrap();
    fs::write(inputs.at("row.toml"), format!("name = {NAME}\n")).unwrap();
    let pack = "own/data/packs/believed-2021";
    let set = format!("{NAME}=1");
    let table: &[&[&str]] = &[
        &["check", "column.csv"],
        &["check", "service.csv", "--json"],
        &["check", "value.csv"],
        &["check", "key.toml"],
        &["check", "row.toml"],
        &["check", "scenario.toml", pack, "baseline.csv", "--json"],
        &["run", "--set", &set],
        &["run", "--area", NAME],
        &["run", "--pack", NAME],
        &["run", NAME],
        &["explain", NAME],
        &["explain", "iapt", NAME],
        &["explain", "--assumptions", "--pack", pack, "--draws", "0"],
        &["explain", "--assumptions", "--pack", pack, "--draws", "0", "--json"],
        &["explain", "--graph", "mermaid", "--pack", pack],
        &["explain", "--graph", "dot", "--pack", pack],
        &["levers", "--library", "--from", "levers.csv"],
        &["levers", "--library", "--from", "levers.csv", "--json"],
        &["levers", "--lever", NAME],
        &["areas", NAME],
        &["backtest", "--pack", NAME],
        &["fit", "--until", NAME],
        &["network", NAME],
        &["network", "network", "--set", &set],
        &["import", "table", "baseline.csv"],
        &["import", "table", "baseline.csv", "--json"],
        &["import", "table", "baseline.csv", "--area", NAME, "--service", NAME],
        &["import", "table", "baseline.csv", "--list"],
        &["import", "baseline.csv", "--out", "imported.csv", "--service", NAME],
        &["init", "again", "--from", NAME],
        &["rerun", NAME],
        &["verify", NAME],
    ];
    for words in table {
        inputs.run(words);
    }
    let imported = fs::read_to_string(inputs.at("imported.csv")).unwrap();
    assert_text(&imported, "imported.csv");
    assert!(imported.contains("\"'=cmd|"), "{imported}");
}

#[test]
fn names_that_fall_together_or_are_too_long_or_mean_everything() {
    let folder = tempfile::tempdir().unwrap();
    let baseline = |areas: &[&str]| {
        let mut text = "month,area,service,referrals\n".to_owned();
        for month in 0..26 {
            for area in areas {
                let (year, month) = (2018 + month / 12, month % 12 + 1);
                text += &format!("{year}-{month:02},{area},iapt,{}\n", 900 + month);
            }
        }
        fs::write(folder.path().join("areas.csv"), text).unwrap();
    };
    let run = || {
        let mut command = afterwave();
        command.current_dir(folder.path()).args(["run", "two-waves", "--draws", "0"]);
        command.args(["--baseline", "areas.csv", "--out", "out", "--force"]).assert()
    };
    baseline(&["a/b", "a\\b", "A?B", "a-b"]);
    run().success();
    let record = fs::read_to_string(folder.path().join("out/run.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    let listed = record["files"].as_object().unwrap().len();
    assert_eq!(assert_sound(&folder.path().join("out")), listed + 1, "all that is listed is there");
    let pages = record["files"].as_object().unwrap().keys().filter(|n| n.starts_with("report-"));
    assert_eq!(pages.count(), 4);
    baseline(&["all"]);
    run().code(2).stderr(predicate::str::contains("can't be the name of one area"));
    baseline(&[&"x".repeat(4000)]);
    run().code(2).stderr(predicate::str::contains("too long").and(predicate::str::contains("120")));
}

/// What people read of a wave, a restriction, a shock and a lever has a limit too.
#[test]
fn labels_have_a_limit_of_length() {
    let folder = tempfile::tempdir().unwrap();
    let long = "x".repeat(121);
    let scenario = |label: &str, name: &str| {
        format!(
            "start = \"2020-03\"\nmonths = 12\n[[wave]]\nlabel = \"{label}\"\npeak = \"2020-04\"\n\
             height = 1\n[[restriction]]\nlabel = \"{label}\"\nfrom = \"2020-03-20\"\n\
             to = \"2020-06-01\"\nstringency = 0.8\n[[lever]]\nname = \"{name}\"\n\
             label = \"{label}\"\npreset = \"vcse-hub\"\n"
        )
    };
    let check = |text: &str| {
        fs::write(folder.path().join("own.toml"), text).unwrap();
        afterwave().current_dir(folder.path()).args(["check", "own.toml"]).assert()
    };
    check(&scenario(&long[1..], &long[1..])).success();
    let labels = check(&scenario(&long, "hub")).code(2);
    let said = String::from_utf8_lossy(&labels.get_output().stderr).into_owned();
    for what in ["wave", "restriction", "lever"] {
        assert!(said.contains(&format!("the name of the {what} is too long")), "{what}: {said}");
    }
    let name = predicate::str::contains("the name of the lever is too long");
    check(&scenario("hub", &long)).code(2).stderr(name);
}

#[cfg(unix)]
#[test]
fn an_input_without_end_is_refused_with_a_limit_wherever_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let endless = |name: &str| std::os::unix::fs::symlink("/dev/zero", at(name)).unwrap();
    for (of, files) in [
        ("network", &["services.csv", "routes.csv", "arrivals.csv"][..]),
        ("pack", &["pack.toml", "figures.csv"]),
        ("out", &["run.json", "projection.csv"]),
        ("sweep", &["sweep.json"]),
    ] {
        fs::create_dir(at(of)).unwrap();
        for name in files {
            endless(&format!("{of}/{name}"));
        }
    }
    endless("zero");
    endless("zero.csv");
    endless("zero.xlsx");
    let out = ["--out", "results"];
    let inputs: [&[&str]; 24] = [
        &["import", "zero"],
        &["import", "table", "zero.csv"],
        &["import", "zero.xlsx"],
        &["check", "zero"],
        &["check", "zero.csv"],
        &["check", "zero.xlsx"],
        &["run", "zero"],
        &["run", "--baseline", "zero.csv"],
        &["run", "--pack", "pack"],
        &["run", "--pack", "zero.xlsx"],
        &["run", "--capacity", "zero"],
        &["run", "--waits", "zero"],
        &["run", "--goals", "zero"],
        &["run", "--package", "zero"],
        &["levers", "--from", "zero"],
        &["fit", "two-waves", "--until", "2020-12", "--baseline", "zero", "--out", "results"],
        &["backtest", "--baseline", "zero"],
        &["learn", "zero"],
        &["network", "network"],
        &["network", "--from", "out"],
        &["sweep", "plan", "zero"],
        &["sweep", "merge", "sweep"],
        &["rerun", "out"],
        &["verify", "out"],
    ];
    for words in inputs {
        let mut command = std::process::Command::new("sh");
        // Of address space, of which a process of several threads has much that it never uses.
        command.args(["-c", "ulimit -v 3000000; exec \"$0\" \"$@\""]);
        command.arg(assert_cmd::cargo::cargo_bin!("afterwave")).args(words);
        if words[0] == "run" {
            command.args(out);
        }
        let output = command.current_dir(folder.path()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {said}");
        assert_eq!(said.matches("error: ").count(), 1, "{words:?}: {said}");
        let tells = [
            "too large",
            "binary data",
            "holds no sweep",
            "not text",
            "no end",
            "can't be read",
            // No file, but a device.
            "there is no such file",
        ];
        assert!(tells.iter().any(|why| said.contains(why)), "{words:?}: {said}");
        assert!(!at("results").exists(), "{words:?}");
    }
}
