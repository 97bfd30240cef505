//! Folders of results: what is there is at every instant the former whole or the new whole, nothing
//! of the user's is lost, and the record says what it is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use afterwave::checksum::sha256;
use predicates::prelude::*;
use serde_json::Value;

use crate::shared::command::afterwave;

/// A run that takes little time.
const QUICK: [&str; 8] =
    ["run", "two-waves", "--draws", "0", "--charts", "none", "--report", "none"];

/// Every command that writes a folder, with what it needs, up to the folder.
const WRITERS: [&[&str]; 7] = [
    &["run", "--draws", "0", "--out"],
    &["fit", "two-waves", "--until", "2020-12", "--draws", "0", "--out"],
    &["backtest", "two-waves", "--draws", "2", "--out"],
    &["levers", "two-waves", "--lever", "vcse-hub", "--draws", "2", "--out"],
    &["explain", "iapt", "2021-01", "--draws", "0", "--out"],
    &["network", "--replications", "2", "--charts", "none", "--out"],
    &["init"],
];

fn workbook() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/workbook/params_Small.xlsx")
}

/// Every file in a folder, by its name in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                let name = entry.path().strip_prefix(folder).unwrap().to_owned();
                found.insert(name, fs::read(entry.path()).unwrap());
            }
        }
    }
    found
}

fn record(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("run.json")).unwrap()).unwrap()
}

/// Panics unless the folder holds what one record lists, to the byte, and nothing else.
fn assert_is_whole(folder: &Path, when: &str) {
    let mut found = files(folder);
    found.remove(Path::new("run.json")).unwrap_or_else(|| panic!("{when}: no record"));
    let found: BTreeMap<String, String> = found
        .into_iter()
        .map(|(name, bytes)| (name.to_str().unwrap().to_owned(), sha256(&bytes)))
        .collect();
    let listed: BTreeMap<String, String> =
        serde_json::from_value(record(folder)["files"].clone()).unwrap();
    assert_eq!(found, listed, "{when}");
}

/// Numbers that look random and are the same every time.
struct Instants(u64);

impl Instants {
    fn next_below(&mut self, most: Duration) -> Duration {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        most.mul_f64((self.0 >> 33) as f64 / f64::from(1_u32 << 31))
    }
}

/// One of two commands that write quite different files into `folder` and do little else.
fn writer(turn: usize, folder: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("afterwave"));
    command.arg("init").arg(folder).arg("--force");
    if turn % 2 == 1 {
        command.arg("--from").arg(workbook());
    }
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn kill_while_writing(times: usize) {
    let above = tempfile::tempdir().unwrap();
    let out = above.path().join("out");
    assert!(writer(0, &out).status().unwrap().success());
    let mut longest = Duration::ZERO;
    for turn in [1, 0] {
        let start = std::time::Instant::now();
        assert!(writer(turn, &out).status().unwrap().success());
        longest = longest.max(start.elapsed());
    }
    let mut instants = Instants(2020);
    let mut killed = 0;
    for turn in 0..times {
        let mut child = writer(turn, &out).spawn().unwrap();
        std::thread::sleep(instants.next_below(longest));
        child.kill().unwrap();
        killed += usize::from(!child.wait().unwrap().success());
        assert_is_whole(&out, &format!("after kill {turn}"));
    }
    assert!(killed * 4 > times, "only {killed} of {times} were killed at work");
    assert!(writer(0, &out).status().unwrap().success());
    let left: Vec<_> =
        fs::read_dir(above.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["out"], "what the dead left is cleared by the next");
}

#[test]
fn a_kill_at_any_instant_leaves_the_former_whole_or_the_new_whole() {
    kill_while_writing(30);
}

#[test]
#[ignore = "slow: kills 300 processes at work"]
fn three_hundred_kills_leave_the_former_whole_or_the_new_whole() {
    kill_while_writing(300);
}

fn write_in_pairs(pairs: usize) {
    let above = tempfile::tempdir().unwrap();
    let out = above.path().join("out");
    for pair in 0..pairs {
        let mut both = [0, 1].map(|turn| writer(turn, &out).spawn().unwrap());
        let codes = both.each_mut().map(|child| child.wait().unwrap().code());
        assert!(codes.contains(&Some(0)), "pair {pair}: {codes:?}");
        assert!(codes.iter().all(|code| matches!(code, Some(0 | 1))), "pair {pair}: {codes:?}");
        assert_is_whole(&out, &format!("pair {pair}"));
    }
}

#[test]
fn two_at_once_into_one_folder_are_never_mixed() {
    write_in_pairs(10);
}

#[test]
#[ignore = "slow: 100 pairs of processes"]
fn a_hundred_pairs_at_once_are_never_mixed() {
    write_in_pairs(100);
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_former_whole() {
    let above = tempfile::tempdir().unwrap();
    let out = above.path().join("out");
    afterwave().args(QUICK).arg("--out").arg(&out).assert().success();
    let former = files(&out);
    // No file may grow beyond so much, as on a disk that is nearly full; the signal that would end
    // the program there is ignored by whoever starts it, or not.
    for (kilobytes, before) in [(32, "trap '' XFSZ;"), (32, ""), (8, ""), (1, "")] {
        let mut full = Command::new("sh");
        full.arg("-c")
            .arg(format!("{before} ulimit -f {}; exec \"$0\" \"$@\"", kilobytes * 2))
            .arg(assert_cmd::cargo::cargo_bin!("afterwave"))
            .args(QUICK)
            .args(["--set", "wave.2.height=2", "--out"])
            .arg(&out);
        let output = full.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{kilobytes} kB: {said}");
        assert_eq!(said.matches("error: ").count(), 1, "{said}");
        assert_eq!(files(&out), former, "{kilobytes} kB");
        let left: Vec<_> =
            fs::read_dir(above.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, ["out"], "nothing is left beside it");
    }
}

#[test]
fn every_command_refuses_a_folder_with_files_of_no_run() {
    for writer in WRITERS {
        let mine = tempfile::tempdir().unwrap();
        fs::write(mine.path().join("summary.csv"), "mine\n").unwrap();
        afterwave().args(writer).arg(mine.path()).assert().code(2).stderr(
            predicate::str::contains("files that no run wrote")
                .and(predicate::str::contains("summary.csv"))
                .and(predicate::str::contains("--force")),
        );
        assert_eq!(files(mine.path()).len(), 1, "{writer:?}");
    }
}

#[test]
fn every_command_leaves_a_record_of_what_it_wrote_and_keeps_what_is_not_its_own() {
    for writer in WRITERS {
        let mine = tempfile::tempdir().unwrap();
        fs::write(mine.path().join("notes.txt"), "mine\n").unwrap();
        fs::create_dir(mine.path().join("empty")).unwrap();
        afterwave().args(writer).arg(mine.path()).arg("--force").assert().success();
        assert_eq!(fs::read_to_string(mine.path().join("notes.txt")).unwrap(), "mine\n");
        assert!(mine.path().join("empty").is_dir(), "{writer:?}");
        fs::remove_file(mine.path().join("notes.txt")).unwrap();
        assert_is_whole(mine.path(), &format!("{writer:?}"));
        assert_eq!(record(mine.path())["command"], writer[0]);
        assert_eq!(record(mine.path())["arguments"][0], writer[0]);
    }
}

#[test]
fn a_file_changed_since_and_the_results_of_another_study_are_not_replaced_unasked() {
    let out = tempfile::tempdir().unwrap();
    let run = |more: &[&str]| {
        let mut command = afterwave();
        command.args(QUICK).arg("--out").arg(out.path()).args(more);
        command.assert()
    };
    run(&[]).success();
    // The same study, in another way.
    run(&["--set", "wave.2.height=2"]).success();
    run(&["--area", "Bury"]).code(2).stderr(predicate::str::contains("another study"));
    run(&["--area", "Bury", "--force"]).success();
    fs::write(out.path().join("summary.csv"), "with a remark of mine\n").unwrap();
    run(&["--area", "Bury"]).code(2).stderr(
        predicate::str::contains("changed since").and(predicate::str::contains("summary.csv")),
    );
    // Nobody chose the folder that a run writes into unasked.
    let here = tempfile::tempdir().unwrap();
    for area in ["England", "Bury"] {
        let mut command = afterwave();
        command.current_dir(here.path()).args(QUICK).args(["--area", area]).assert().success();
    }
    // A network has its place in the results of a run, before and after them.
    let mut network = afterwave();
    network.current_dir(here.path()).args(["network", "--replications", "2", "--charts", "none"]);
    network.assert().success();
    afterwave().current_dir(here.path()).args(QUICK).assert().success();
    assert!(here.path().join("afterwave-out/network/weekly.csv").is_file());
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_found_before_the_work() {
    let above = tempfile::tempdir().unwrap();
    let link = above.path().join("link");
    std::os::unix::fs::symlink(above.path().join("nothing"), &link).unwrap();
    for writer in WRITERS {
        afterwave()
            .args(writer)
            .arg(&link)
            .assert()
            .code(2)
            .stderr(predicate::str::contains("link to something that is not there"));
    }
}

#[test]
fn a_record_repeats_its_results_byte_for_byte_and_verifies_them() {
    let here = tempfile::tempdir().unwrap();
    let at = |name: &str| here.path().join(name);
    fs::copy(workbook(), at("params.xlsx")).unwrap();
    let goals = "service,measure,month,at_most\niapt,referrals,2021-03,500000\n";
    fs::write(at("goals.csv"), goals).unwrap();
    let program = |words: &[&str]| {
        let mut command = afterwave();
        command.current_dir(here.path()).args(words);
        command.assert()
    };
    let runs: [&[&str]; 4] = [
        &[
            "run",
            "two-waves",
            "--draws=40",
            "--goals",
            "goals.csv",
            "--spread",
            "10",
            "--set",
            "wave.2.height=1.5,2,2.5",
            "--area",
            "England",
            "--out",
            "out",
        ],
        &["run", "--pack", "params.xlsx", "--draws", "0", "--out=out"],
        &["network", "--replications", "2", "--seed", "7", "--out", "out"],
        &["init", "out", "--from", "params.xlsx"],
    ];
    for words in runs {
        program(words).success();
        let made = record(&at("out"));
        assert_eq!(made["arguments"].as_array().unwrap().len(), words.len());
        program(&["verify", "out"]).success();
        program(&["rerun", "out/run.json", "--out", "again"])
            .success()
            .stderr(predicate::str::contains("the same bytes"));
        assert_eq!(record(&at("again"))["files"], made["files"]);
        assert_eq!(record(&at("again"))["inputs"], made["inputs"]);
        let same = |name: &PathBuf| name != Path::new("run.json");
        let (mut first, mut second) = (files(&at("out")), files(&at("again")));
        first.retain(|name, _| same(name));
        second.retain(|name, _| same(name));
        assert!(first == second, "{words:?}");
        program(&["verify", "again"]).success();
        for folder in ["out", "again"] {
            fs::remove_dir_all(at(folder)).unwrap();
        }
    }
    // What was read is named by what it stood for.
    program(runs[0]).success();
    let made = record(&at("out"));
    let goals = made["inputs"].as_array().unwrap().iter().find(|i| i["name"] == "goals.csv");
    assert_eq!(goals.unwrap()["role"], "--goals");
    assert_eq!(goals.unwrap()["sha256"], sha256(&fs::read(at("goals.csv")).unwrap()));
    // Missing, changed and extra are told apart.
    fs::remove_file(at("out/summary.csv")).unwrap();
    fs::write(at("out/waits.csv"), "x\n").unwrap();
    fs::write(at("out/mine.txt"), "mine\n").unwrap();
    program(&["verify", "out"]).code(1).stdout(
        predicate::str::contains("missing: summary.csv")
            .and(predicate::str::contains("changed: waits.csv"))
            .and(predicate::str::contains("not recorded: mine.txt")),
    );
    // An input that is another is found before the work.
    fs::write(at("goals.csv"), "service,measure,month,at_most\n").unwrap();
    program(&["rerun", "out", "--out", "again"])
        .code(2)
        .stderr(predicate::str::contains("goals.csv").and(predicate::str::contains("has changed")));
    assert!(!at("again").exists());
    fs::remove_file(at("goals.csv")).unwrap();
    program(&["rerun", "out"]).code(2).stderr(predicate::str::contains("no such file"));
    program(&["verify", "goals.csv"]).code(2);
    program(&["rerun", "goals.csv"]).code(2);
}
