//! Levers for slices of the population: who is changed, who is not, and that sums stay sums.

use crate::shared::levers::{run, scenario};
use afterwave::projection::Projection;
use afterwave::projection::course::Period;
use afterwave::projection::equity::{EquityMeasure, EquityResult};
use afterwave::projection::measure::{Measure, NeedMeasure};
use afterwave::study::Study;
use assert_cmd::Command;

const PREVENT: &str =
    "[[lever]]\nname = \"offer\"\nkind = \"prevent\"\nreach = 0.2\neffect = 0.5\n";
const DIVERT: &str = "[[lever]]\nname = \"hubs\"\nkind = \"divert\"\nservices = [\"camhs\"]\nto = \"vcse\"\nreach = 0.3\neffect = 0.5\n";
const MOST: &str = "strata = [\"deprivation/most-deprived\"]\n";

/// The mean of a measure over the horizon, stratum by stratum.
fn by_stratum(
    study: &Study,
    of: &[EquityResult],
    stratification: &str,
    measure: EquityMeasure,
) -> Vec<f64> {
    let index = study.pack.stratifications.iter().position(|s| s.id == stratification).unwrap();
    let result = of.iter().find(|result| result.stratification == index).unwrap();
    let strata = study.pack.stratifications[index].strata.len();
    (0..strata).map(|k| result.horizon(k, measure).unwrap().mean).collect()
}

fn family<'a>(study: &Study, projection: &'a Projection, id: &str) -> &'a [EquityResult] {
    let family = study.pack.families.iter().position(|family| family.id == id).unwrap();
    &projection.families.iter().find(|result| result.family == family).unwrap().equity
}

fn need_total(projection: &Projection, measure: NeedMeasure) -> f64 {
    let draws = &projection.needs.draws.iter().find(|(m, _)| *m == measure).unwrap().1;
    draws.iter().sum::<f64>() / draws.len() as f64
}

/// The change of a line's referrals by levers over the horizon, at central values.
fn moved(study: &Study, projection: &Projection, service: &str) -> f64 {
    let service = study.pack.service(service).unwrap();
    let line = projection.lines.iter().find(|line| line.service == service).unwrap();
    line.course.draws.iter().find(|(m, _)| *m == Measure::Levers).unwrap().1[0]
}

#[test]
fn prevention_for_a_fifth_shows_there_and_nowhere_else() {
    let (study, without) = run("", 70);
    let (_, with) = run(&format!("{PREVENT}{MOST}"), 70);
    let need = |projection: &Projection, measure| {
        by_stratum(&study, &projection.needs.equity, "deprivation", measure)
    };
    for measure in [EquityMeasure::Need, EquityMeasure::Unmet] {
        let (before, after) = (need(&without, measure), need(&with, measure));
        assert!(after[0] < before[0] * 0.95, "{} {before:?} {after:?}", measure.name());
        for k in 1..5 {
            let same = (after[k] - before[k]).abs() <= 1e-9 * before[k];
            assert!(same, "{} {k}: {before:?} {after:?}", measure.name());
        }
    }
    // A tenth of the most deprived fifth no longer comes into need.
    let (before, after) = (need(&without, EquityMeasure::Need), need(&with, EquityMeasure::Need));
    assert!((after[0] / before[0] - 0.9).abs() < 1e-9, "{before:?} {after:?}");
    for (projection, measure, of) in [
        (&without, EquityMeasure::Need, NeedMeasure::Need),
        (&with, EquityMeasure::Need, NeedMeasure::Need),
        (&with, EquityMeasure::Unmet, NeedMeasure::Unmet),
    ] {
        let total = need_total(projection, of);
        for stratification in ["deprivation", "ethnicity", "age", "sex"] {
            let equity = &projection.needs.equity;
            let sum: f64 = by_stratum(&study, equity, stratification, measure).iter().sum();
            assert!((sum / total - 1.0).abs() <= 1e-9, "{stratification} {sum} {total}");
        }
    }
    // Shares of need follow, and so does what access is held against.
    let shares = need(&with, EquityMeasure::NeedShare);
    assert!(shares[0] < need(&without, EquityMeasure::NeedShare)[0]);
}

#[test]
fn a_diversion_for_a_fifth_takes_its_share_of_referrals_and_no_others() {
    let (study, without) = run("", 70);
    let (_, with) = run(&format!("{DIVERT}{MOST}"), 70);
    let referrals = |projection| {
        let equity = family(&study, projection, "camhs");
        by_stratum(&study, equity, "deprivation", EquityMeasure::Referrals)
    };
    let (before, after) = (referrals(&without), referrals(&with));
    assert!(after[0] < before[0] * 0.95, "{before:?} {after:?}");
    for k in 1..5 {
        assert!((after[k] - before[k]).abs() <= 1e-9 * before[k], "{k}: {before:?} {after:?}");
    }
    let camhs = study.pack.families.iter().position(|family| family.id == "camhs").unwrap();
    let result = with.families.iter().find(|result| result.family == camhs).unwrap();
    let total = result.course.period(Period::Horizon).unwrap().referrals.unwrap().mean;
    assert!((after.iter().sum::<f64>() / total - 1.0).abs() <= 1e-9);
}

#[test]
fn reach_counts_by_the_strata_it_is_for() {
    let (study, flat) = run(DIVERT, 0);
    let (_, one) = run(&format!("{DIVERT}{MOST}"), 0);
    let all: Vec<String> = ["most-deprived", "second", "third", "fourth", "least-deprived"]
        .map(|stratum| format!("\"deprivation/{stratum}\""))
        .to_vec();
    let (_, every) = run(&format!("{DIVERT}strata = [{}]\n", all.join(", ")), 0);
    let of = |projection| -moved(&study, projection, "camhs");
    // All five are everyone; one of them is its share of all who are referred.
    assert!((of(&every) / of(&flat) - 1.0).abs() < 1e-9);
    assert!(of(&one) > 0.15 * of(&flat) && of(&one) < 0.5 * of(&flat));
    // Two levers for the same fifth leave 0.85 x 0.85 of it, whatever its share is.
    let second = DIVERT.replace("hubs", "more");
    let (_, two) = run(&format!("{DIVERT}{MOST}{second}{MOST}"), 0);
    let expected = (1.0 - 0.85 * 0.85) / 0.15;
    assert!((of(&two) / of(&one) - expected).abs() < 1e-9);
}

#[test]
fn an_offer_by_need_prevents_more_than_the_same_for_everyone() {
    let (_, without) = run("", 0);
    let prevented = |text: &str| {
        let (_, with) = run(text, 0);
        need_total(&without, NeedMeasure::Need) - need_total(&with, NeedMeasure::Need)
    };
    let flat = prevented(PREVENT);
    let by_need = prevented(&format!("{PREVENT}by_need = \"deprivation\"\n"));
    assert!(by_need > flat * 1.005 && by_need < flat * 1.5, "{flat} {by_need}");
}

#[test]
fn a_targeted_lever_with_no_reach_changes_no_bit() {
    let equity = |text: &str| {
        let (study, projection) = run(text, 70);
        let camhs = family(&study, &projection, "camhs").to_vec();
        (format!("{camhs:?}"), format!("{:?}", projection.needs.equity))
    };
    let none = PREVENT.replace("reach = 0.2", "reach = 0");
    let nowhere = DIVERT.replace("reach = 0.3", "reach = 0");
    let with = equity(&format!("{none}{MOST}{nowhere}by_need = \"deprivation\"\n"));
    assert!(with == equity(""));
}

fn command() -> Command {
    assert_cmd::cargo::cargo_bin_cmd!("afterwave")
}

#[test]
fn wrong_strata_are_explained_all_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let shorter = "[[lever]]\nname = \"short\"\nkind = \"shorten\"\nservices = [\"iapt\"]\neffect = 0.1\nby_need = \"deprivation\"\n";
    let text = format!(
        "{PREVENT}strata = [\"deprivation/most-deprivd\", \"age/65-plus\", \"deprivation/second\"]\n{DIVERT}by_need = \"depriviation\"\n{shorter}"
    );
    let scenario = scenario(folder.path(), &text);
    let output = command().arg("check").arg(&scenario).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    for part in [
        "unknown stratum",
        "try: deprivation/most-deprived",
        "the strata of a lever are of one kind",
        "unknown stratification",
        "try: deprivation",
        "shorten can't be aimed at strata",
        "mine.toml:8",
    ] {
        assert!(said.contains(part), "{part} is missing in\n{said}");
    }
    assert!(said.lines().filter(|l| l.starts_with(" = allowed")).all(|l| l.chars().count() <= 80));
}

#[test]
fn universal_targeted_and_proportionate_stand_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let output = command()
        .args(["levers", "two-waves", "--draws", "40", "--lever", "universal-prevention"])
        .args(["--set", "lever.universal-prevention.effect=0.1,0.2,0.3"])
        .args(["--set", "lever.universal-prevention.reach=0.1", "--by", "deprivation", "--out"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} in\n{text}"));
    // With as many people reached, need decides: targeted, by need, flat.
    assert!(place("@most-deprived") < place("@by-need"));
    assert!(text.contains("The same money by deprivation; there: most deprived fifth (its"));
    let table = std::fs::read_to_string(folder.path().join("levers.csv")).unwrap();
    for choice in ["universal-prevention", "universal-prevention@by-need"] {
        assert!(table.contains(&format!(",{choice},")), "{choice}");
    }
    let mut wrong = command();
    wrong.current_dir(&folder).args(["levers", "--lever", "vcse-hub", "--by", "deprivaton"]);
    let wrong = wrong.output();
    let wrong = wrong.unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8(wrong.stderr).unwrap().contains("try: deprivation"));
}
