//! The page of a run: its engine, run as a browser runs it, gives the numbers of the program.

use std::path::Path;

use afterwave::input::study::{Inputs, read_study};
use afterwave::output::report::{self, Setting};
use afterwave::projection::measure::Measure;
use afterwave::projection::{Projection, project};
use afterwave::study::Study;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::ZlibDecoder;
use rquickjs::{Context, Ctx, Runtime, TypedArray};

const DRAWS: usize = 200;

/// As near as what is packed in 14 bits can be: of the most of a series, for all referrals and for
/// their parts, whose bits reach up to the most of a kernel.
const NEAR: f64 = 2e-4;
const NEAR_PARTS: f64 = 1e-3;
/// Lists add up what rounding does to months of referrals and of capacity.
const NEAR_LISTS: f64 = 2e-3;

fn study(scenarios: &[&str]) -> Study {
    study_with(scenarios, Vec::new())
}

fn study_with(scenarios: &[&str], settings: Vec<String>) -> Study {
    let inputs = Inputs {
        settings,
        scenarios: scenarios.iter().map(|name| (*name).to_owned()).collect(),
        draws: DRAWS,
        seed: 2020,
        ..Inputs::default()
    };
    match read_study(&inputs) {
        Ok(read) => read.study,
        Err(problems) => panic!("{}", problems.render(false)),
    }
}

fn page(study: &Study, projections: &[Projection]) -> String {
    let setting = Setting {
        command: "afterwave run".to_owned(),
        scenarios: &[],
        inputs: &[],
        goals: &[],
        model: study,
        control: None,
    };
    report::page(study, projections, 0, &setting).unwrap()
}

/// What stands between two marks.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split_once(from).unwrap().1.split_once(to).unwrap().0
}

/// The page's engine, with what the page gives it as `data` and `engine`.
fn with_engine<R>(page: &str, run: impl FnOnce(&Ctx<'_>) -> R) -> R {
    let runtime = Runtime::new().unwrap();
    let context = Context::full(&runtime).unwrap();
    context.with(|ctx| {
        ctx.eval::<(), _>(format!("{}; globalThis.A = Afterwave;", report::ENGINE)).unwrap();
        let data = between(page, "id=\"data\">", "</script>");
        ctx.globals().set("json", data).unwrap();
        let blobs = rquickjs::Array::new(ctx.clone()).unwrap();
        for (index, blob) in page.split("class=\"blob\">").skip(1).enumerate() {
            let text = blob.split_once('<').unwrap().0;
            let packed = STANDARD.decode(text).unwrap();
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut ZlibDecoder::new(&packed[..]), &mut bytes).unwrap();
            blobs.set(index, TypedArray::<u8>::new(ctx.clone(), bytes).unwrap()).unwrap();
        }
        ctx.globals().set("blobs", blobs).unwrap();
        ctx.eval::<(), _>(
            "globalThis.data = JSON.parse(json); globalThis.engine = A.engine(data.engine, blobs);",
        )
        .unwrap();
        run(&ctx)
    })
}

/// Runs `code`, which gives a list of numbers.
fn numbers(ctx: &Ctx<'_>, code: &str) -> Vec<f64> {
    match ctx.eval::<Vec<f64>, _>(code) {
        Ok(list) => list,
        Err(error) => panic!("{error}: {:?}", ctx.catch()),
    }
}

/// Holds the page at `state` (of scenario `index`) against the program run on the scenario file that
/// the page writes for it: 5th percentile, median and 95th of four measures in every month.
fn agrees(ctx: &Ctx<'_>, index: usize, state: &str, folder: &Path) {
    let text: String = ctx
        .eval(format!(
            "globalThis.position = A.moved(data.scenarios[{index}].position, \
             Object.assign(A.still(data.scenarios[{index}].position), {state}), data.engine.rules);\
             globalThis.results = engine.project(position); A.scenarioFile(position, 'Moved')"
        ))
        .unwrap();
    let full: f64 = ctx.eval("engine.fullest(position)").unwrap();
    assert!(full <= 1.0, "{state} is beyond the limit of the page: {full}");
    let path = folder.join("moved.toml");
    std::fs::write(&path, &text).unwrap();
    let settings: Vec<String> = ctx.eval("A.ruleOptions(position)").unwrap();
    let moved = study_with(&[&path.display().to_string()], settings);
    let projection = project(&moved, &|_| ()).remove(0);
    let services: Vec<String> =
        ctx.eval::<Vec<String>, _>("data.engine.lines.map(line => line.service)").unwrap();
    assert!(services.len() > 8, "{services:?}");
    let (mut compared, mut lists) = (0, 0);
    for (at, service) in services.iter().enumerate() {
        let of = |line: &&afterwave::projection::LineResult| {
            moved.pack.services[line.service].id == *service
        };
        let line = projection.lines.iter().find(of).unwrap();
        for (name, measure, near) in [
            ("referrals", Measure::Referrals, NEAR),
            ("surge", Measure::Surge, NEAR_PARTS),
            ("suppressed", Measure::Suppressed, NEAR_PARTS),
            ("returning", Measure::Returning, NEAR_PARTS),
            ("list", Measure::Waiting, NEAR_LISTS),
            ("wait", Measure::WaitMedian, NEAR_LISTS),
        ] {
            let Some(months) = line.course.measure(measure) else { continue };
            if !ctx.eval::<bool, _>(format!("Boolean(results[{at}].{name})")).unwrap() {
                assert!(near == NEAR_LISTS, "{service} has no {name}");
                continue;
            }
            lists += usize::from(near == NEAR_LISTS);
            let code = format!(
                "[...Array(engine.T).keys()].flatMap(t => A.quantiles(\
                 Array.from({{ length: engine.N }}, (_, d) => results[{at}].{name}[d * engine.T + t]), \
                 [0.05, 0.5, 0.95]))"
            );
            let ours = numbers(ctx, &code);
            let most = months.iter().fold(1.0_f64, |most, stats| most.max(stats.q95()));
            assert_eq!(ours.len(), 3 * months.len());
            for (t, (stats, ours)) in months.iter().zip(ours.as_chunks::<3>().0).enumerate() {
                let theirs = [stats.q05(), stats.median(), stats.q95()];
                for (ours, theirs) in ours.iter().zip(theirs) {
                    assert!(
                        (ours - theirs).abs() <= near * most,
                        "{service} {name} in month {t} at {state}: {ours} of the page, {theirs} of the program"
                    );
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 5000 && lists >= 4, "{compared} numbers, {lists} lists");
}

#[test]
fn the_page_is_the_program_wherever_the_waves_are_moved() {
    let built_in = study(&["single-wave", "two-waves", "multiple-waves"]);
    let page = page(&built_in, &project(&built_in, &|_| ()));
    assert!(page.len() < 1_500_000, "{} bytes", page.len());
    let folder = tempfile::tempdir().unwrap();
    let wave = |height: f64, days: i32, strict: f64| {
        format!("{{ height: {height}, days: {days}, strict: {strict} }}")
    };
    let waves = |list: &[String]| format!("{{ waves: [{}] }}", list.join(", "));
    let still = || wave(1.0, 0, 1.0);
    with_engine(&page, |ctx| {
        // As it was run.
        agrees(ctx, 2, "{}", folder.path());
        agrees(ctx, 0, &waves(&[wave(1.4, 21, 0.7)]), folder.path());
        agrees(ctx, 1, &waves(&[still(), wave(1.5, 56, 0.9)]), folder.path());
        // One that restrictions follow, and one that they do not.
        let added = "{ added: [{ peak: '2021-10-01', height: 0.8 }, \
                     { peak: '2022-02-01', height: 0.5, answered: true }] }";
        agrees(ctx, 1, added, folder.path());
        let five = [still(), wave(0.6, -28, 1.0), still(), wave(2.0, 14, 1.3), wave(0.0, 0, 1.0)];
        agrees(ctx, 2, &waves(&five), folder.path());
    });
}

/// Writes a scenario and gives its path.
fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(format!("{name}.toml"));
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn restrictions_and_the_shock_that_follow_do_so_in_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let waves = "start = \"2020-03\"\nmonths = 36\n[[wave]]\npeak = \"2020-04-01\"\n[[wave]]\n\
                 peak = \"2021-01-01\"\nheight = { low = 0.8, central = 1.3, high = 1.5 }\n";
    let alone = written(folder.path(), "alone", waves);
    let none = written(folder.path(), "none", &format!("restrictions = \"none\"\n{waves}"));
    let pinned =
        written(folder.path(), "pinned", "extends = \"two-waves\"\nmonths = 36\nfollow = false\n");
    let own = study(&[&alone, &none, &pinned]);
    let page = page(&own, &project(&own, &|_| ()));
    with_engine(&page, |ctx| {
        agrees(ctx, 0, "{}", folder.path());
        let moved = "{ waves: [{ height: 1, days: 14, strict: 1 }, { height: 1.3, days: -60, strict: 1 }] }";
        for index in 0..3 {
            agrees(ctx, index, moved, folder.path());
        }
        // As strictly as restrictions follow: a figure of the pack, beside the file.
        agrees(ctx, 0, "{ rule: 0.5 }", folder.path());
    });
}

#[test]
fn options_of_the_page_give_what_its_file_gives() {
    let built_in = study(&["two-waves"]);
    let page = page(&built_in, &project(&built_in, &|_| ()));
    let settings: Vec<String> = with_engine(&page, |ctx| {
        ctx.eval(
            "const state = A.still(data.scenarios[0].position); state.waves[1].height = 1.5; \
             state.waves[1].days = 21; state.waves[0].strict = 0.5; A.settings(data.scenarios[0].position, state, data.engine.rules)",
        )
        .unwrap()
    });
    assert_eq!(settings[..2], ["wave.2.height=1.95", "wave.2.peak=2021-02-02"]);
    let inputs = Inputs {
        scenarios: vec!["two-waves".to_owned()],
        settings: settings.clone(),
        draws: 1,
        ..Inputs::default()
    };
    let set = read_study(&inputs).map(|read| read.study).unwrap();
    let height = set.figures.get(set.scenarios[0].waves[1].height).number;
    assert_eq!(height.central, 1.95);
    assert_eq!(set.scenarios[0].waves[1].peak.to_string(), "2021-02-02");
}

#[test]
fn nothing_of_a_name_becomes_part_of_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.toml");
    let name = "</script><script>alert(1)</script>@@DATA@@";
    std::fs::write(&path, format!("extends = \"single-wave\"\nmonths = 24\nname = \"{name}\"\n"))
        .unwrap();
    let study = study(&[&path.display().to_string()]);
    let page = page(&study, &project(&study, &|_| ()));
    assert!(!page.contains("<script>alert"), "a name became a script");
    assert!(page.contains("&lt;script&gt;alert(1)"));
}

#[test]
fn a_scenario_with_levers_says_why_it_does_not_move() {
    let text = "[[lever]]\nname = \"hubs\"\nkind = \"divert\"\nservices = [\"camhs\"]\n\
                to = \"vcse\"\nstart = \"2020-06\"\nreach = 0.5\neffect = 0.2\n";
    let (study, projection) = super::shared::levers::run(text, 64);
    let page = page(&study, &[projection]);
    assert!(!page.contains("class=\"blob\""));
    assert!(page.contains("levers"), "nothing is said of levers");
}

#[test]
fn the_page_of_levers_switches_to_runs_without_them_and_with_each_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = |name: &str, levers: &[&str]| -> serde_json::Value {
        let out = folder.path().join(name);
        let levers = levers.iter().flat_map(|lever| ["--lever", lever]);
        let ran = assert_cmd::cargo::cargo_bin_cmd!("afterwave")
            .args(["run", "two-waves", "--area", "Bury", "--draws", "40", "--set", "months=24"])
            .args(levers)
            .args(["--charts", "none", "--out"])
            .arg(&out)
            .output()
            .unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        let page = std::fs::read_to_string(out.join("report.html")).unwrap();
        // The run itself is written as if the page held nothing beside it.
        let cases = std::fs::read_to_string(out.join("summary.csv")).unwrap();
        assert!(!cases.contains("without-levers"), "{name}");
        serde_json::from_str(between(&page, "id=\"data\">", "</script>")).unwrap()
    };
    let (eip, plans) = ("eip-teams=0.5", "crisis-plans=0.5");
    let both = data("both", &[eip, plans]);
    let names: Vec<&str> =
        both["scenarios"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(names[1], "Two waves, without its levers");
    assert!(names.len() == 4 && names[2].ends_with(" alone"), "{names:?}");
    for (place, levers) in [(1, &[][..]), (2, &[eip]), (3, &[plans])] {
        let alone = data(&format!("alone{place}"), levers);
        assert_eq!(both["scenarios"][place]["families"], alone["scenarios"][0]["families"]);
        assert_eq!(both["scenarios"][place]["waits"], alone["scenarios"][0]["waits"]);
    }
    assert!(both["scenarios"][0]["families"] != both["scenarios"][1]["families"]);
}
