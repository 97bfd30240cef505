//! What a person sees first, word for word, of every command that answers in one screen.

use std::path::Path;

use crate::shared::command::afterwave;

/// Most lines of a first screen.
const SCREEN: usize = 24;

/// What a command prints, without what depends on where it writes.
fn printed(args: &[&str], out: Option<&Path>) -> String {
    let mut command = afterwave();
    command.args(args);
    if let Some(out) = out {
        command.arg("--out").arg(out);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    text
}

fn run(args: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let all = [&["run", "--draws", "100", "--charts", "none"], args].concat();
    printed(&all, Some(folder.path()))
}

/// One line goes to standard error: where the files are.
fn fits(text: &str) {
    assert!(text.lines().count() < SCREEN, "{} lines\n{text}", text.lines().count());
}

#[test]
fn the_default_run_answers_in_one_screen() {
    let text = run(&[]);
    fits(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn one_scenario_of_one_place_answers_in_one_screen() {
    let text = run(&["two-waves", "--area", "00V"]);
    fits(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn any_number_of_scenarios_answers_in_one_screen() {
    let folder = tempfile::tempdir().unwrap();
    let mut args: Vec<String> =
        ["single-wave", "two-waves", "multiple-waves"].map(str::to_owned).to_vec();
    for height in 1..=5 {
        let path = folder.path().join(format!("height-{height}.toml"));
        let text = format!("extends = \"two-waves\"\nname = \"Second wave of {height}\"\n");
        std::fs::write(&path, text).unwrap();
        args.push(path.display().to_string());
    }
    for count in [1, 2, 8] {
        let args: Vec<&str> = args.iter().take(count).map(String::as_str).collect();
        fits(&run(&args));
    }
}

#[test]
fn what_is_set_is_held_beside_the_run_without_it() {
    insta::assert_snapshot!(run(&["two-waves", "--set", "wave.2.height=2"]));
}

#[test]
fn an_explanation_fits_a_screen() {
    let text = printed(&["explain", "camhs", "2021-06", "--draws", "100"], None);
    fits(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn the_library_of_levers_fits_a_screen() {
    let text = printed(&["levers", "--library"], None);
    fits(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn quiet_says_nothing_and_errors_are_still_heard() {
    let folder = tempfile::tempdir().unwrap();
    let run = |more: &[&str]| {
        let mut command = afterwave();
        command.args(["run", "two-waves", "--draws", "0", "--charts", "none", "--quiet"]);
        command.args(more).arg("--out").arg(folder.path()).output().unwrap()
    };
    let output = run(&[]);
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty());
    assert!(folder.path().join("summary.csv").exists());
    let output = run(&["--set", "wave.9.height=2"]);
    assert!(output.status.code() == Some(2) && !output.stderr.is_empty());
}

#[test]
fn a_backtest_answers_in_one_screen() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("scores");
    let text = printed(&["backtest", "--draws", "50", "--charts", "none"], Some(&out));
    fits(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn a_fit_answers_in_one_screen() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fitted");
    let text = printed(&["fit", "two-waves", "--until", "2020-12", "--draws", "50"], Some(&out));
    fits(&text);
    insta::assert_snapshot!(text);
}
