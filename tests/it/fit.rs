//! `afterwave fit`, end to end.

use std::fmt::Write as _;
use std::path::Path;

use crate::shared::command::{afterwave, rows};
use afterwave::draw::Uncertain;
use afterwave::evaluate::fit;
use afterwave::input::study::{Inputs, read_study};
use assert_cmd::Command;
use predicates::prelude::*;

fn fit(out: &Path) -> Command {
    let mut command = afterwave();
    command.args(["fit", "two-waves", "--until", "2020-06"]);
    // What is set for a fit is part of the pack and the scenario it makes.
    command.args(["--set", "services.camhs.loss=0.4", "--set", "wave.2.height=1.5"]);
    command.args(["--set", "months=40"]);
    command.args(["--area", "00V", "--draws", "64", "--out"]).arg(out);
    command
}

#[test]
fn a_fit_is_a_pack_and_a_scenario_that_run_takes_and_the_same_bytes_again() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("bury"), folder.path().join("again/bury"));
    fit(&one)
        .assert()
        .success()
        .stdout(predicate::str::contains("Conditioned on counted months to Jun 2020"))
        .stdout(predicate::str::contains("4 months (discrepancy 11%"))
        // What is run with it is the area that was fitted.
        .stderr(predicate::str::is_match("afterwave run .* --pack .* --area 00V\n").unwrap())
        .stdout(predicate::function(|text: &str| text.lines().all(|l| l.chars().count() <= 80)));
    fit(&two).args(["--threads", "1"]).assert().success();
    let names = [
        "pack.toml",
        "figures.csv",
        "posterior.csv",
        "two-waves-fitted.toml",
        "fit.csv",
        "conditioned.csv",
    ];
    for name in names {
        let text = std::fs::read(one.join(name)).unwrap();
        assert_eq!(text, std::fs::read(two.join(name)).unwrap(), "{name}");
    }
    afterwave()
        .args(["run", "--area", "00V", "--draws", "64", "--charts", "none", "--pack"])
        .arg(&one)
        .arg(one.join("two-waves-fitted.toml"))
        .arg("--out")
        .arg(folder.path().join("run"))
        .assert()
        .success()
        .stdout(predicate::str::contains("Two waves, fitted to Jun 2020"));
    assert_eq!(same_as_conditioned(&one, &folder.path().join("run")), 40);
    // A pack that is another one than was fitted, or meant for another area, says so.
    let run_in = |area: &str| {
        let mut run = afterwave();
        run.args(["run", "--draws", "0", "--charts", "none", "--area", area, "--pack"]);
        run.arg(&two).arg("--out").arg(folder.path().join("run")).assert()
    };
    run_in("England").success().stderr(predicate::str::contains("not fitted to England"));
    let draws = std::fs::read_to_string(two.join("posterior.csv")).unwrap();
    std::fs::write(two.join("posterior.csv"), draws.replacen("services.", "service.", 1)).unwrap();
    run_in("00V").code(2).stderr(predicate::str::contains("not as the fit left it"));
    std::fs::remove_file(two.join("posterior.csv")).unwrap();
    run_in("00V").code(2).stderr(predicate::str::contains("read: no such file"));
    // What the fit has seen it can't see again.
    fit(&folder.path().join("twice"))
        .args(["--pack"])
        .arg(&one)
        .assert()
        .code(2)
        .stderr(predicate::str::contains("the months would count twice"));
    let figures = std::fs::read_to_string(one.join("figures.csv")).unwrap();
    assert!(figures.contains("services,*,return_half_life,"), "{figures}");
    let scenario = std::fs::read_to_string(one.join("two-waves-fitted.toml")).unwrap();
    assert!(scenario.contains("extends = \"two-waves\""), "{scenario}");
    assert!(scenario.contains("suppression_gain = { low ="), "{scenario}");
}

/// The run is the conditioned projection, the same draws to the last digit; how many months it has.
fn same_as_conditioned(fitted: &Path, run: &Path) -> usize {
    let conditioned = rows(&fitted.join("conditioned.csv"));
    let run = rows(&run.join("projection.csv"));
    for row in &conditioned {
        let same = run.iter().find(|other| {
            ["area", "service", "month", "measure"].iter().all(|name| other[*name] == row[*name])
        });
        let same = same.unwrap();
        for name in ["mean", "q05", "q25", "q50", "q75", "q95"] {
            assert_eq!(row[name], same[name], "{row:?}");
        }
    }
    conditioned.len()
}

/// A fitted scenario keeps its levers, the scale of its ranges and all that was set for the fit.
#[test]
fn what_was_set_for_a_fit_of_levers_and_scales_is_in_its_scenario() {
    let folder = tempfile::tempdir().unwrap();
    let (mine, out) = (folder.path().join("mine.toml"), folder.path().join("fitted"));
    std::fs::write(
        &mine,
        "extends = \"two-waves\"\nmonths = 12\nrestrictions = \"own\"\n\
         [[wave]]\npeak = \"2020-04-01\"\n\
         height = { low = 0.5, central = 1, high = 4, scale = \"log\" }\n\
         [[restriction]]\nfrom = \"2020-03-23\"\nto = \"2020-07-04\"\nstringency = 0.8\n\
         [[lever]]\nname = \"hub\"\nkind = \"divert\"\nservices = [\"iapt\"]\nto = \"vcse\"\n\
         start = \"2020-04\"\neffect = { low = 0.05, central = 0.1, high = 0.3 }\n",
    )
    .unwrap();
    let mut fit = afterwave();
    fit.arg("fit").arg(&mine).args(["--until", "2020-05", "--area", "00V", "--draws", "64"]);
    fit.args(["--set", "response.threshold=0.5", "--set", "lever.hub.reach=0.6", "--out"]);
    fit.arg(&out).assert().success();
    let fitted = out.join("mine-fitted.toml");
    let text = std::fs::read_to_string(&fitted).unwrap();
    for part in ["threshold = 0.5", "reach = 0.6", "to = \"vcse\"", "scale = \"log\""] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    let mut run = afterwave();
    run.args(["run", "--area", "00V", "--draws", "64", "--charts", "none", "--pack"]);
    run.arg(&out).arg(&fitted).arg("--out").arg(folder.path().join("run")).assert().success();
    assert_eq!(same_as_conditioned(&out, &folder.path().join("run")), 12);
}

#[test]
fn what_cannot_be_fitted_is_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    for (args, says) in [
        (vec!["two-waves", "--until", "2020-02"], "a month from 2020-03 on, in which"),
        (vec!["two-waves", "single-wave", "--until", "2020-12"], "one scenario"),
        (vec!["two-waves", "--until", "later"], "later"),
        (vec!["two-waves", "--until", "2030-01"], "a month up to 2025-02, the last one counted"),
        (vec!["two-waves", "--until", "2020-12", "--draws", "0"], "64 or more"),
        (vec!["two-waves", "--until", "2020-12", "--draws", "63"], "64 or more"),
        (vec!["two-waves", "--until", "2020-12", "--area", "00X"], "00X"),
    ] {
        afterwave()
            .arg("fit")
            .args(&args)
            .arg("--out")
            .arg(&out)
            .assert()
            .code(2)
            .stderr(predicate::str::contains(says));
    }
    assert!(!out.exists());
}

/// A pack may be fitted into a folder of its own only: written over, it would extend itself.
#[test]
fn a_pack_is_never_written_over_by_a_fit() {
    let folder = tempfile::tempdir().unwrap();
    let text = "name = \"mine\"\nextends = \"informed\"\n";
    std::fs::write(folder.path().join("pack.toml"), text).unwrap();
    afterwave()
        .args(["fit", "two-waves", "--until", "2020-12", "--draws", "64", "--pack"])
        .arg(folder.path())
        .arg("--out")
        .arg(folder.path())
        .assert()
        .code(2)
        .stderr(predicate::str::contains("a pack that no fit wrote"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// A fit ends with the months it sees, and so do series of the user's own.
#[test]
fn a_scenario_with_its_own_restrictions_is_fitted() {
    let folder = tempfile::tempdir().unwrap();
    let months = (0..60).map(|t| format!("{}-{:02},0.2\n", 2020 + (t + 2) / 12, (t + 2) % 12 + 1));
    let track = format!("month,value\n{}", months.collect::<String>());
    std::fs::write(folder.path().join("r.csv"), track).unwrap();
    let text = "extends = \"two-waves\"\nname = \"Own\"\n[track.restrictions]\n\
                file = \"r.csv\"\nreference = 3.2\n";
    std::fs::write(folder.path().join("own.toml"), text).unwrap();
    afterwave()
        .current_dir(folder.path())
        .args(["fit", "own.toml", "--until", "2020-06", "--draws", "64", "--area", "00V"])
        .args(["--out", "out"])
        .assert()
        .success();
}

/// Months spread from a longer period are no evidence of the months they were spread over.
#[test]
fn derived_months_are_never_fitted() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "month,area,service,referrals,derived\n".to_owned();
    for t in 0..60 {
        let (year, month) = (2016 + t / 12, t % 12 + 1);
        let derived = if t < 50 { "" } else { "yes" };
        writeln!(text, "{year}-{month:02},X,secondary,{},{derived}", 1000 + 7 * (t % 12)).unwrap();
    }
    let file = folder.path().join("x.csv");
    std::fs::write(&file, &text).unwrap();
    let fit = |until: &str, out: &str| {
        let mut command = afterwave();
        command.args(["fit", "two-waves", "--draws", "64", "--until", until, "--baseline"]);
        command.arg(&file).arg("--out").arg(folder.path().join(out));
        command
    };
    // Counted to February 2020, derived from March on.
    fit("2020-06", "none")
        .assert()
        .code(2)
        .stderr(predicate::str::contains("derived months are not used"));
    // One month counted among them is the one that is used, and there is nothing to score.
    std::fs::write(&file, text.replace("2020-05,X,secondary,1028,yes", "2020-05,X,secondary,900,"))
        .unwrap();
    fit("2020-05", "one")
        .assert()
        .success()
        .stdout(predicate::str::contains(": 1 month (discrepancy 11%)"));
    assert!(rows(&folder.path().join("one/held-out.csv")).is_empty());
}

/// The 10th and 90th percentile.
fn interval80(number: &Uncertain) -> (f64, f64) {
    (number.at(-1.281_551_565_544_6), number.at(1.281_551_565_544_6))
}

/// In how many of the 80% intervals the true value lies, and of how many, over simulated data
/// sets: of all figures with a spread on both sides, and of those the data spoke on.
fn recovered(data_sets: u64, draws: usize, until: &str) -> [(usize, usize); 2] {
    let inputs = Inputs {
        scenarios: vec!["two-waves".to_owned()],
        pack: Some("believed-2021".to_owned()),
        draws,
        seed: 2020,
        ..Inputs::default()
    };
    let study = read_study(&inputs).unwrap().study;
    let until = until.parse().unwrap();
    let mut counts = [(0, 0); 2];
    for seed in 0..data_sets {
        let simulated = fit::simulate(&study, until, seed).unwrap();
        let fit = fit::fit(&simulated.study, until).unwrap();
        for (fitted, (id, truth)) in fit.figures.iter().zip(&simulated.truth) {
            assert_eq!(fitted.id, *id);
            let prior = &fitted.prior;
            if prior.low == prior.central || prior.central == prior.high {
                continue;
            }
            let (low, high) = interval80(&fitted.posterior);
            let inside = usize::from((low..=high).contains(truth));
            let kinds = if fitted.is_informed() { 2 } else { 1 };
            for (held, all) in counts.iter_mut().take(kinds) {
                *held += inside;
                *all += 1;
            }
        }
        eprintln!(
            "data set {seed}: {} steps, {:.0} of {} particles; held {:?}",
            fit.steps, fit.effective_sample, fit.particles, counts
        );
    }
    counts
}

#[test]
fn a_simulated_truth_lies_in_most_intervals() {
    let [(held, all), _] = recovered(2, 128, "2020-05");
    let share = held as f64 / all as f64;
    assert!((0.65..=0.95).contains(&share), "{held} of {all}");
}

/// The whole of it takes minutes: `cargo test --release --test fit -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes"]
fn a_simulated_truth_is_recovered_in_a_hundred_data_sets() {
    for (held, all) in recovered(100, 256, "2020-12") {
        let share = held as f64 / all as f64;
        eprintln!("{held} of {all}: {share:.3}");
        assert!((0.7..=0.9).contains(&share), "{held} of {all}");
    }
}
