//! What the surge takes (cost, staff, caseload, contacts, how ill its people are) follows every
//! kind of lever, and a lever costs money by whom it reaches: known answers.

use crate::shared::levers::{scenario, study};
use crate::shared::projected::{central, line};
use afterwave::evaluate::choices::{Asked, Choice, compare, levers};
use afterwave::projection::Projection;
use afterwave::projection::course::Period;
use afterwave::projection::line::LineResult;
use afterwave::projection::measure::Measure;
use afterwave::study::Study;

/// Two waves over two years with these levers, where nobody comes back from treatment and stays
/// are as long for everyone.
fn run(levers: &str, settings: &[&str]) -> (Study, Projection) {
    let plain = ["services.*.recovered=1", "services.*.severe_stay=1"];
    let folder = tempfile::tempdir().unwrap();
    let path = scenario(folder.path(), levers);
    central(&path.display().to_string(), &[&plain[..], settings].concat())
}

fn lever(kind: &str, rest: &str) -> String {
    format!("[[lever]]\nname = \"x\"\nkind = \"{kind}\"\n{rest}\n")
}

/// What the surge costs over the horizon.
fn cost(line: &LineResult) -> f64 {
    line.burden.costs.iter().find(|(p, _)| *p == Period::Horizon).unwrap().1.mean
}

fn total(line: &LineResult, measure: Measure) -> f64 {
    line.course.total(measure).unwrap().mean
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} {b}");
}

#[test]
fn where_all_need_is_prevented_the_surge_takes_nothing() {
    let without = run("", &[]);
    let with = run(&lever("prevent", "effect = 1.0"), &[]);
    let mut had_cost = 0;
    for (before, after) in without.1.lines.iter().zip(&with.1.lines) {
        let id = &with.0.pack.services[after.service].id;
        for (_, stats) in &after.burden.costs {
            assert_eq!(stats.mean, 0.0, "{id}");
        }
        had_cost += before.burden.costs.iter().filter(|(_, stats)| stats.mean > 0.0).count();
        assert!(after.burden.staff.is_none_or(|staff| staff.mean == 0.0), "{id}");
        for measure in [Measure::SurgeCaseload, Measure::SurgeContacts] {
            assert_eq!(after.course.total(measure).map_or(0.0, |sum| sum.mean), 0.0, "{id}");
        }
        // What would have come without a pandemic still costs.
        if cost_of_treatment(before) > 0.0 && total_or_none(after, Measure::Underlying) > 0.0 {
            assert!(cost_of_treatment(after) > 0.0, "{id}");
        }
    }
    assert!(had_cost > 10);
}

fn cost_of_treatment(line: &LineResult) -> f64 {
    line.burden.treatment_cost_draws.first().copied().unwrap_or(0.0)
}

fn total_or_none(line: &LineResult, measure: Measure) -> f64 {
    line.course.total(measure).map_or(0.0, |sum| sum.mean)
}

#[test]
fn the_surge_that_is_diverted_costs_where_it_arrives() {
    let settings = [
        "services.camhs.unit_cost=1000",
        "services.vcse.unit_cost=100",
        "services.camhs.accepted=0.5",
        "services.vcse.accepted=1",
    ];
    let without = run("", &settings);
    let [camhs, vcse] = ["camhs", "vcse"].map(|service| cost(line(&without, service)));
    for (share, moved) in [("0.25", 0.25), ("1.0", 1.0)] {
        let text = format!("services = [\"camhs\"]\nto = \"vcse\"\neffect = {share}");
        let with = run(&lever("divert", &text), &settings);
        close(cost(line(&with, "camhs")), (1.0 - moved) * camhs);
        // Half of them were accepted at 1,000; all of them are at 100.
        close(cost(line(&with, "vcse")), vcse + moved * camhs / 0.5 * 0.1);
        let staff = |run: &(Study, Projection)| line(run, "camhs").burden.staff.unwrap().mean;
        close(staff(&with), (1.0 - moved) * staff(&without));
    }
}

#[test]
fn more_who_seek_help_and_fewer_who_need_it_change_the_cost_by_their_referrals() {
    let settings = ["services.camhs.unit_cost=1000", "services.camhs.accepted=0.5"];
    let without = run("", &settings);
    for text in [
        lever("help-seeking", "groups = [\"children\"]\neffect = 0.5"),
        lever("prevent", "groups = [\"children\"]\neffect = 0.3"),
        lever("prevent", "conditions = [\"trauma\"]\neffect = 0.4"),
    ] {
        let with = run(&text, &settings);
        let changed = total(line(&with, "camhs"), Measure::Levers);
        assert!(changed.abs() > 1.0, "{text}");
        let difference = cost(line(&with, "camhs")) - cost(line(&without, "camhs"));
        close(difference, changed * 0.5 * 1000.0);
    }
}

#[test]
fn a_threshold_that_takes_everyone_doubles_the_cost_of_half() {
    let settings = ["services.camhs.accepted=0.5", "services.camhs.recovered=1"];
    let text = lever("threshold", "services = [\"camhs\"]\neffect = 1.0");
    let (without, with) = (run("", &settings), run(&text, &settings));
    close(cost(line(&with, "camhs")), 2.0 * cost(line(&without, "camhs")));
    let caseload = |run| total(line(run, "camhs"), Measure::SurgeCaseload);
    assert!(caseload(&with) > caseload(&without));
}

#[test]
fn treatment_of_half_the_length_costs_by_the_time_it_takes() {
    // Three quarters leave in a month; where it takes half as long, fifteen sixteenths do.
    let settings =
        ["services.camhs.months=1", "services.camhs.decay=0.75", "services.camhs.recovered=1"];
    let text = lever("shorten", "services = [\"camhs\"]\neffect = 0.5");
    let (without, with) = (run("", &settings), run(&text, &settings));
    close(cost(line(&with, "camhs")), 0.8 * cost(line(&without, "camhs")));
    let staff = |run| line(run, "camhs").burden.staff.unwrap().mean;
    assert!(staff(&with) < staff(&without));
}

#[test]
fn room_costs_when_somebody_is_treated_in_it() {
    let settings = ["services.camhs.unit_cost=1000"];
    let text = lever("capacity", "services = [\"camhs\"]\nstarts = 2000");
    let (without, with) = (run("", &settings), run(&text, &settings));
    let starts = |run| total(line(run, "camhs"), Measure::Starts);
    let more = starts(&with) - starts(&without);
    assert!(more > 1000.0, "{more}");
    let cost = |run| cost_of_treatment(line(run, "camhs"));
    close((cost(&with) - cost(&without)) / 1000.0, more);
}

#[test]
fn without_its_severe_condition_the_surge_is_as_ill_as_everyone() {
    let mut settings = vec!["services.liaison.severe_share=0.2", "services.*.severity_shift=0"];
    settings.extend([
        "severity.addiction/liaison.severe_share=0.9",
        "severity.psychosis-first/liaison.severe_share=0.2",
        "severity.psychosis-existing/liaison.severe_share=0.2",
    ]);
    let severe =
        |levers: &str| line(&run(levers, &settings), "liaison").burden.severe_at_peak.unwrap().mean;
    assert!(severe("") > 0.2001, "{}", severe(""));
    let prevented = severe(&lever("prevent", "conditions = [\"addiction\"]\neffect = 1.0"));
    assert!((prevented - 0.2).abs() < 1e-9, "{prevented}");
}

#[test]
fn a_lever_that_does_nothing_costs_what_its_reach_costs() {
    let costs = |kind: &str, rest: &str| {
        let mut study = study(&lever(kind, &format!("{rest}\ncost_a_reached = 100")), 0);
        let choices = [Choice::of(levers(&study))];
        let ranked = compare(&mut study, &choices, Asked::default(), &|_| {}).remove(0).ranked;
        let trial = &ranked[0].trials[0];
        (trial.cost.as_ref().unwrap()[0], trial.helped[0])
    };
    let (study, projection) = crate::shared::levers::run("", 0);
    let referrals = total(line(&(study, projection), "camhs"), Measure::Referrals);
    let divert = "services = [\"camhs\"]\nto = \"vcse\"\neffect = 0.0\nreach = 0.2";
    let (cost, helped) = costs("divert", divert);
    assert_eq!(helped, 0.0);
    close(cost, 0.2 * referrals * 100.0);
    // As many come to be at risk, whatever conditions are meant and whatever is prevented.
    let children = |rest: &str| costs("prevent", &format!("groups = [\"children\"]\n{rest}")).0;
    let fifth = children("effect = 0.0\nreach = 0.2");
    assert!(fifth > 1000.0);
    close(children("effect = 0.5\nreach = 0.4"), 2.0 * fifth);
    close(children("conditions = [\"trauma\"]\neffect = 0.0\nreach = 0.2"), fifth);
    // Who reaches nobody spends nothing.
    assert_eq!(children("effect = 0.5\nreach = 0.0"), 0.0);
    // 30 starts a month over two years.
    close(costs("capacity", "services = [\"camhs\"]\nstarts = 30").0, 30.0 * 24.0 * 100.0);
}

/// Runs two waves over a year with more options into a folder; what it said.
fn run_with(folder: &std::path::Path, more: &[&str]) -> (i32, String) {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("afterwave");
    command.args(["run", "two-waves", "--draws", "0", "--set", "months=12"]);
    command.args(["--charts", "none", "--report", "none"]).args(more).arg("--out").arg(folder);
    let output = command.output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn levers_and_packages_go_into_any_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.toml");
    let plan = "name = \"first\"\nlevers = [\"eip-teams\"]\n\
                [[lever]]\npreset = \"street-triage\"\nname = \"triage\"\nreach = 0.25\n";
    std::fs::write(&path, plan).unwrap();
    let plan = path.display().to_string();
    let table = |name: &str, more: &[&str]| {
        let out = folder.path().join(name);
        let (code, said) = run_with(&out, more);
        assert_eq!(code, 0, "{said}");
        std::fs::read_to_string(out.join("projection.csv")).unwrap()
    };
    let without = table("without", &[]);
    let one = table("one", &["--lever", "eip-teams"]);
    let less = table("less", &["--lever", "eip-teams=0.1"]);
    let package = table("package", &["--package", &plan]);
    let both = table("both", &["--lever", "eip-teams", "--lever", "street-triage=0.25"]);
    assert!(!without.contains(",levers,") && one.contains(",levers,"));
    assert!(one != less && one != package);
    // A package is its levers.
    assert_eq!(package, both);
    let manifest = std::fs::read_to_string(folder.path().join("less/run.json")).unwrap();
    assert!(manifest.contains("lever.eip-teams.reach"), "{manifest}");
}

#[test]
fn wrong_packages_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.toml");
    for (plan, part) in [
        ("name = \"none\"\n", "the package has no levers"),
        ("levers = [\"eip-teams\"]\n[[staff]]\nyear = \"2020\"\nposts = 3\n", "such as 2021-22"),
        ("levers = [\"eip-teams\"]\n[[staff]]\nyear = \"2020-21\"\n", "posts = 12"),
        ("levers = [\"eip-teams\"]\nbudget = -1\n", "`budget` is out of range"),
        ("levers = [\"eip-teams\"]\nbudgte = 1\n", "budget"),
        ("levers = [\"eip-team\"]\n", "eip-teams"),
        ("levers = [\"eip-teams\"]\n[[lever]]\npreset = \"eip-teams\"\n", "the same name"),
        ("lever = [\"eip-teams\"]\n", "lever"),
    ] {
        std::fs::write(&path, plan).unwrap();
        let out = folder.path().join("out");
        let (code, said) = run_with(&out, &["--package", &path.display().to_string()]);
        assert!(code == 2 && said.contains(part) && !out.exists(), "{part}: {said}");
    }
}
