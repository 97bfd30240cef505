//! The waves drive: what follows from them, moves with them and changes with them.

use std::fs;

use afterwave::input::study::{Inputs, read_study};
use afterwave::projection::course::Period;
use afterwave::projection::measure::Measure;
use afterwave::projection::quantiles::Stats;
use afterwave::projection::{Projection, project};
use afterwave::study::Study;
use proptest::prelude::*;
use tempfile::TempDir;

use crate::shared::command::{afterwave, rows};

const HEADLINE: [&str; 4] = ["iapt", "camhs", "eip", "crisis"];

/// The study of a scenario's text (or a built-in one) at central values, and its projection.
fn projected(scenario: &str, settings: &[&str]) -> (Study, Projection) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("mine.toml");
    fs::write(&path, scenario).unwrap();
    let name = if scenario.contains('\n') { path.display().to_string() } else { scenario.into() };
    let inputs = Inputs {
        scenarios: vec![name],
        settings: settings.iter().map(|text| (*text).to_owned()).collect(),
        ..Inputs::default()
    };
    let study = read_study(&inputs).unwrap_or_else(|p| panic!("{}", p.render(false))).study;
    let projection = project(&study, &|_| ()).pop().unwrap();
    (study, projection)
}

/// By headline family over the whole horizon: new demand (the surge), and referrals above what would
/// have come anyway.
fn demand(scenario: &str, settings: &[&str]) -> [[f64; 4]; 2] {
    let (study, projection) = projected(scenario, settings);
    let family = |id: &str| {
        let mut families = projection.families.iter();
        families.find(|f| study.pack.families[f.family].id == id).unwrap()
    };
    let surge = |id| family(id).course.total(Measure::Surge).unwrap().median();
    let extra = |id| family(id).course.period(Period::Horizon).unwrap().extra.median();
    [HEADLINE.map(surge), HEADLINE.map(extra)]
}

/// The second of [`demand`].
fn extra(scenario: &str, settings: &[&str]) -> [f64; 4] {
    demand(scenario, settings)[1]
}

/// A scenario of waves alone: peaks as positions in months from January 2020, heights.
fn waves(list: &[(f64, f64)]) -> String {
    let mut text = "start = \"2020-03\"\nmonths = 60\n".to_owned();
    for (peak, height) in list {
        let (year, month) = (2020 + (peak / 12.0) as i32, (peak % 12.0) as i32 + 1);
        let day = (peak.fract() * 28.0) as i32 + 1;
        text += &format!("[[wave]]\npeak = \"{year}-{month:02}-{day:02}\"\nheight = {height}\n");
    }
    text
}

fn stringency(projection: &Projection) -> Vec<f64> {
    let tracks = &projection.tracks;
    tracks.first_restrictions.iter().zip(&tracks.later_restrictions).map(|(a, b)| a + b).collect()
}

/// What a wave brings rises with its height. What comes of it in all need not: a higher wave also
/// holds more people back, and of those held back from talking therapies few come later.
#[test]
fn demand_above_usual_rises_with_the_height_of_every_wave() {
    type Of<'a> = &'a dyn Fn(f64) -> [[f64; 4]; 2];
    let alone = |first, second| {
        let text = waves(&[(3.0, first), (12.3, second)]);
        demand(&text, &[])
    };
    let given = |number, height: f64| {
        let set = format!("wave.{number}.height={height}");
        demand("two-waves", &[&set])
    };
    let cases: [(&str, Of<'_>); 4] = [
        ("waves alone, first", &|h| alone(h, 1.0)),
        ("waves alone, second", &|h| alone(1.0, h)),
        ("restrictions given, first", &|h| given(1, h)),
        ("restrictions given, second", &|h| given(2, h)),
    ];
    for (name, of) in cases {
        let steps = [0.0, 0.5, 1.3, 3.0].map(of);
        for (family, id) in HEADLINE.iter().enumerate() {
            for (which, what) in ["surge", "extra"].iter().enumerate() {
                let values = steps.map(|step| step[which][family]);
                let rises = values.windows(2).all(|w| w[1] > w[0]);
                let is_held_back = *what == "extra" && !["camhs", "eip"].contains(id);
                assert!(rises || is_held_back, "{name}, {what} of {id}: {values:.0?}");
            }
        }
    }
}

#[test]
fn restrictions_and_with_them_demand_saturate() {
    let months = |h: f64| stringency(&projected(&waves(&[(3.0, h)]), &[]).1).iter().sum::<f64>();
    let full: Vec<f64> = [1.0, 2.0, 4.0, 8.0].map(months).to_vec();
    // Each doubling adds less than one memory's half-time and a little; it never goes over the top.
    assert!(full.windows(2).all(|w| w[1] > w[0] && w[1] - w[0] < 1.6), "{full:.2?}");
    let of = |h: f64| stringency(&projected("two-waves", &[&format!("wave.1.height={h}")]).1);
    assert!(of(20.0).iter().all(|level| *level <= 1.0 + 1e-12));
    let gain = |a: f64, b: f64| {
        let (a, b) = (extra(&waves(&[(3.0, a)]), &[]), extra(&waves(&[(3.0, b)]), &[]));
        b[1] - a[1]
    };
    assert!(gain(8.0, 9.0) < 0.7 * gain(1.0, 2.0));
}

#[test]
fn two_waves_are_not_one_wave_twice() {
    let [none, first, both] = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]
        .map(|(first, second)| extra(&waves(&[(3.0, first), (12.3, second)]), &[]));
    for family in 0..4 {
        let (once, again) = (first[family] - none[family], both[family] - first[family]);
        assert!((again / once - 1.0).abs() > 0.003, "{}: {once} {again}", HEADLINE[family]);
    }
    // On one day they are: half a wave twice is one wave.
    let halves = extra(&waves(&[(3.0, 0.5), (3.0, 0.5)]), &[]);
    let whole = extra(&waves(&[(3.0, 1.0)]), &[]);
    for (halves, whole) in halves.iter().zip(whole) {
        assert!((halves / whole - 1.0).abs() < 1e-9, "{halves} {whole}");
    }
}

#[test]
fn an_unmoved_scenario_is_what_it_was() {
    for scenario in ["two-waves", "multiple-waves"] {
        let same = ["wave.1.height=1", "wave.2.peak=2021-01-12", "wave.2.severity=0.8"];
        let (study, as_it_was) = projected(scenario, &[]);
        let (_, told_again) = projected(scenario, &same);
        assert!(study.scenarios[0].followed().words().is_empty());
        assert_eq!(format!("{as_it_was:?}"), format!("{told_again:?}"));
    }
}

#[test]
fn given_restrictions_move_and_change_with_their_wave() {
    let of = |settings: &[&str]| stringency(&projected("two-waves", settings).1);
    let (given, later) = (of(&[]), of(&["wave.2.peak=2021-03-12"]));
    let total = |levels: &[f64]| levels.iter().sum::<f64>();
    assert!((total(&given) - total(&later)).abs() < 0.05, "they are as long as before");
    assert!(later[12] > 0.9 && given[11] > 0.9 && later[6] < 0.15 && given[6] > 0.3);
    let (milder, worse) = (of(&["wave.2.height=0.65"]), of(&["wave.2.height=2.6"]));
    for t in 7..17 {
        assert!(milder[t] < given[t] && given[t] <= worse[t] && worse[t] <= 1.0 + 1e-12);
    }
    assert!(total(&of(&["wave.2.height=0"])) < total(&given[..7]));
    // Pinned, they stay.
    let pinned = "extends = \"two-waves\"\nfollow = false\n";
    let (study, pinned) = projected(pinned, &["wave.2.height=2.6", "wave.2.peak=2021-03-12"]);
    assert_eq!(stringency(&pinned), given);
    assert!(study.scenarios[0].followed().changed.is_empty());
    let none = projected("extends = \"two-waves\"\nrestrictions = \"none\"\n", &[]).1;
    assert_eq!(total(&stringency(&none)), 0.0);
}

#[test]
fn waves_alone_come_near_the_restrictions_there_were() {
    let text = "extends = \"multiple-waves\"\nrestrictions = \"follow\"\nshocks = \"follow\"\n\
                [[wave]]\nlabel = \"delta\"\nrestrictions = \"follow\"\n\
                [[wave]]\nlabel = \"omicron spring\"\nrestrictions = \"follow\"\n";
    let (study, ours) = projected(text, &[]);
    let dated = stringency(&projected("multiple-waves", &[]).1);
    let apart: f64 =
        dated.iter().zip(stringency(&ours)).take(25).map(|(a, b)| (a - b).abs()).sum::<f64>()
            / 25.0;
    assert!(apart < 0.07, "{apart}");
    let followed = study.scenarios[0].followed();
    assert!(followed.shock && followed.restrictions_of.len() == 5);
}

#[test]
fn labels_add_and_change() {
    let new = "extends = \"two-waves\"\n[[wave]]\nlabel = \"third\"\npeak = \"2022-01-01\"\n";
    let (study, _) = projected(new, &[]);
    let scenario = &study.scenarios[0];
    assert_eq!(scenario.waves.len(), 3);
    assert_eq!(scenario.followed().restrictions_of, ["third"]);
    let old = "extends = \"two-waves\"\n[[wave]]\nlabel = \"Second\"\nheight = 2.6\n\
               [[restriction]]\nlabel = \"tiers\"\nstringency = 0.1\n";
    let (study, _) = projected(old, &[]);
    let scenario = &study.scenarios[0];
    assert_eq!((scenario.waves.len(), scenario.restrictions.len()), (2, 13));
    assert_eq!(scenario.waves[1].peak.to_string(), "2021-01-12");
    assert!(scenario.followed().changed[0].scaled);
    // A wave before the others gives them other numbers, and their restrictions stay theirs.
    let before = "extends = \"two-waves\"\nstart = \"2019-06\"\n\
                  [[wave]]\nlabel = \"early\"\npeak = \"2019-10-01\"\n";
    let scenario = &projected(before, &[]).0.scenarios[0];
    assert_eq!(scenario.restrictions[0].wave, 2);
    assert_eq!(scenario.followed().restrictions_of, ["early"]);
}

#[test]
fn a_scenario_without_waves_is_the_underlying_demand_and_says_so() {
    let (study, projection) = projected("start = \"2020-03\"\n", &[]);
    for family in &projection.families {
        let total = |measure| family.course.total(measure).map_or(0.0, Stats::median);
        assert_eq!(total(Measure::Surge) + total(Measure::Suppressed), 0.0);
    }
    assert!(study.scenarios[0].followed().nothing);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("calm.toml");
    fs::write(&path, "start = \"2020-03\"\n").unwrap();
    let mut command = afterwave();
    command.arg("run").arg(&path).args(["--draws", "0", "--charts", "none", "--out"]);
    let output = command.arg(folder.path().join("out")).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("underlying demand alone"));
}

#[test]
fn a_baseline_to_last_month_and_a_wave_next_winter_need_nothing_else() {
    let folder = TempDir::new().unwrap();
    let (path, table) = (folder.path().join("winter.toml"), folder.path().join("mine.csv"));
    fs::write(&path, "[[wave]]\npeak = \"2027-01-15\"\n").unwrap();
    let months =
        (0..36).map(|t| format!("{}-{:02},{}\n", 2023 + (t + 10) / 12, (t + 10) % 12 + 1, 900 + t));
    fs::write(&table, format!("month,iapt\n{}", months.collect::<String>())).unwrap();
    let mut command = afterwave();
    command.arg("run").arg(&path).arg("--baseline").arg(&table).args(["--area", "England"]);
    command.args(["--draws", "0", "--charts", "none", "--out"]).arg(folder.path().join("out"));
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("from Nov 2026") && text.contains("follow from the waves"), "{text}");
    let rows = rows(&folder.path().join("out/projection.csv"));
    assert_eq!(rows[0]["month"], "2026-11-01");
}

proptest! {
    #![proptest_config(crate::shared::properties::cases(6))]
    #[test]
    fn a_little_more_or_later_is_a_little_different(
        first in 0.2..2.5f64, second in 0.0..2.5f64, peak in 4.0..26.0f64,
    ) {
        let near = |a: [f64; 4], b: [f64; 4], what: &str| {
            for (a, b) in a.iter().zip(b) {
                assert!((a - b).abs() < 0.02 * a.abs().max(20_000.0), "{what}: {a} {b}");
            }
        };
        let of = |first, peak, second| extra(&waves(&[(3.0, first), (peak, second)]), &[]);
        let here = of(first, peak, second);
        near(here, of(first, peak + 1.0 / 28.0, second), "a day later");
        near(here, of(first, peak, second + 0.002), "a little higher");
        near(here, of(first + 0.002, peak, second), "the first a little higher");
    }
}
