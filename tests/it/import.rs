//! `afterwave import` from end to end: on the files as published, where they are at hand, and on
//! small files written here, one for each trap.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

use afterwave::input::published;
use afterwave::input::tidy::Wishes;
use assert_cmd::cargo::cargo_bin_cmd;

/// What one run said.
struct Run {
    code: i32,
    out: String,
    err: String,
}

impl Run {
    /// Figures by month, the month first; blank ones are missing.
    fn figures(&self) -> BTreeMap<String, Option<f64>> {
        let mut rows = csv::Reader::from_reader(self.out.as_bytes());
        let header = rows.headers().unwrap().clone();
        let value = header.iter().position(|name| ["referrals", "value"].contains(&name)).unwrap();
        rows.records()
            .map(|row| {
                let row = row.unwrap();
                (row[0].to_owned(), row[value].parse().ok())
            })
            .collect()
    }

    fn figure(&self, month: &str) -> Option<f64> {
        self.figures().get(month).copied().flatten()
    }

    #[track_caller]
    fn says(&self, words: &str) -> &Self {
        // Messages are wrapped to 80 columns.
        let said = self.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(words), "`{words}` is not said in\n{}", self.err);
        self
    }

    #[track_caller]
    fn done(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.err);
        self
    }

    #[track_caller]
    fn refused(self) -> Self {
        assert_eq!(self.code, 2, "{}{}", self.out, self.err);
        assert!(self.out.is_empty(), "something was written: {}", self.out);
        self
    }
}

fn import(arguments: &[&str]) -> Run {
    let output = cargo_bin_cmd!("afterwave").arg("import").args(arguments).output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A folder of files for one test.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path.display().to_string()
    }
}

/// The path of a published file.
fn at_hand(name: &str) -> String {
    crate::shared::published::path("data").join(name).display().to_string()
}

const TIME_SERIES: &str = "mhsds-time-series-2016-04-2022-11.csv.gz";

const LONG: &str = "REPORTING_PERIOD_START,REPORTING_PERIOD_END,STATUS,BREAKDOWN,PRIMARY_LEVEL,\
                    PRIMARY_LEVEL_DESCRIPTION,SECONDARY_LEVEL,SECONDARY_LEVEL_DESCRIPTION,\
                    MEASURE_ID,MEASURE_NAME,MEASURE_VALUE\r\n";

/// A row of the long layout: `start end breakdown code measure value`.
fn row(row: [&str; 6]) -> String {
    let [start, end, breakdown, code, measure, value] = row;
    format!(
        "{start},{end},Final,{breakdown},{code},{code},NONE,NONE,{measure},{measure},{value}\r\n"
    )
}

/// Twelve months of 2019 of one area.
fn year(breakdown: &str, code: &str, value: impl Fn(u32) -> String) -> String {
    const LAST: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    (1..=12)
        .map(|month| {
            let (start, end) = (
                format!("01/{month:02}/2019"),
                format!("{}/{month:02}/2019", LAST[month as usize - 1]),
            );
            row([&start, &end, breakdown, code, "MHS32", &value(month)])
        })
        .collect()
}

// The files as published.

#[test]
#[ignore = "reads published files that are not in the repository"]
fn england_is_england_and_not_the_sum_of_all_rows() {
    let file = at_hand(TIME_SERIES);
    let run = import(&["mhsds", &file]).done();
    assert_eq!(run.figure("2018-01"), Some(283_233.0));
    let ratio = run.figure("2020-04").unwrap() / run.figure("2019-04").unwrap();
    assert_eq!((ratio * 100.0).round(), 71.0);
    assert_eq!(run.figure("2019-04"), Some(301_477.0));
    run.says("England MHS32: ends in 2022-07, other areas in 2022-11: its rows are missing")
        .says("7,393 parts of totals")
        .says("its name changed under one id");
    assert!(
        run.out.starts_with("month,area,service,referrals,measure\n2016-04,England,secondary,")
    );
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn august_2022_is_one_month_and_not_three() {
    let file = at_hand(TIME_SERIES);
    let run = import(&[&file, "--area", "RVN"]).done();
    assert_eq!(run.figure("2022-08"), Some(6425.0));
    run.says("1 RVN MHS32: figures over several months")
        .says("under the labels Provider and PROVIDER")
        .says("rounded to the nearest 5");
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn bury_begins_in_may_2016_and_goes_on_as_a_sub_icb() {
    let file = at_hand(TIME_SERIES);
    let run = import(&[&file, "--area", "00V"]).done();
    let figures = run.figures();
    assert_eq!(figures.keys().next().unwrap(), "2016-05");
    assert_eq!(run.figure("2016-05"), Some(1135.0));
    assert_eq!(figures.get("2022-07"), Some(&None));
    assert_eq!(run.figure("2022-11"), Some(2145.0));
    run.says("2016-04 = 75 against about 1130 a month after")
        .says("no rows for 2022-07")
        .says("Sub ICB - GP Practice or Residence and CCG - GP Practice or Residence");
    let kept = import(&[&file, "--area", "00V", "--keep-partial"]).done();
    assert_eq!(kept.figure("2016-04"), Some(75.0));
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn a_reorganised_code_begins_where_it_is_complete() {
    let file = at_hand(TIME_SERIES);
    let run = import(&[&file, "--area", "15C"]).done();
    assert_eq!(run.figures().keys().next().unwrap(), "2018-08");
    run.says("begins in 2018-04, other areas in 2016-04");
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn rolling_measures_are_no_months_unless_asked() {
    let file = at_hand(TIME_SERIES);
    import(&[&file, "--measure", "EIP23a"])
        .refused()
        .says("3 times too high")
        .says("--spread-periods");
    let run = import(&[&file, "--measure", "EIP23a", "--rolling"]).done();
    // England, May to July 2022: 3,259 pathways.
    assert!((run.figure("2022-07").unwrap() * 3.0 - 3259.0).abs() < 1e-6);
    assert!(run.out.lines().skip(1).all(|line| line.ends_with(",starts,true")));
    import(&[&file, "--measure", "MHS95", "--rolling"])
        .refused()
        .says("counts each person once over a long period");
    import(&[&file, "--measure", "ED86e", "--rolling"]).refused().says("not a count");
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn a_later_release_overrides_an_earlier_one() {
    let (wide, series) = (at_hand("mhsds-wide-2018-05.csv"), at_hand(TIME_SERIES));
    let run = import(&["mhsds", &wide, &series]).done();
    assert_eq!(run.figure("2018-05"), Some(308_921.0));
    run.says("1 figures replaced by a later file, 0 of them changed");
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn the_wide_layout_has_the_crisis_measures() {
    let file = at_hand("mhsds-wide-2018-05.csv");
    let run = import(&[&file, "--measure", "CCR71"]).done();
    assert_eq!(run.figure("2018-05"), Some(13_924.0));
    assert!(run.out.contains(",crisis-resolution,13924,urgent referrals"), "{}", run.out);
    run.says("2,246 parts of totals, never added to them (CASSR; Provider)");
    import(&[&file, "--measure", "CCR70", "--measure", "CCR71"])
        .refused()
        .says("crisis-resolution would have two measures, and a baseline takes one")
        .says("emergency referrals and urgent referrals")
        .says("--measure \"CCR70\"");
    import(&[&file, "--measure", "CCR70", "--area", "02N"])
        .refused()
        .says("every figure asked for is withheld");
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn four_week_waits_roll_and_say_so() {
    let file = at_hand("mhsds-four-week-waits-2024-09.csv");
    import(&[&file]).refused().says("does not hold MHS32").says("MRS11");
    import(&[&file, "--measure", "MRS11"]).refused().says("covers 3 months at a time");
    let run = import(&[&file, "--measure", "MRS11", "--rolling"]).done();
    assert_eq!(run.figures().len(), 3);
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn unify_returns_add_up_to_england_once() {
    let file = at_hand("eip-unify-2015-12-2019-09.csv");
    let run = import(&[&file]).done();
    assert_eq!(run.figure("2015-12"), Some(886.0));
    assert_eq!(run.figure("2019-09"), Some(1053.0));
    assert!(run.out.contains("2019-09,England,eip-starts,1053,starts"));
    run.says("12,438 figures of measures not asked for").says("each pair once");
    let waiting = import(&["eip", &file, "--measure", "incomplete"]).done();
    assert_eq!(waiting.figure("2019-09"), Some(1150.0));
    waiting.says("is a stock");
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn years_are_spread_only_when_asked() {
    let file = at_hand("talking-therapies-annual.csv");
    import(&[&file]).refused().says("its months are not known").says("--spread-periods");
    let run = import(&["talking-therapies", &file, "--area", "00V", "--spread-annual"]).done();
    let in_year = |month: &str| ("2020-04"..="2021-03").contains(&month);
    let total: f64 = run
        .figures()
        .iter()
        .filter(|(month, _)| in_year(month))
        .filter_map(|(_, value)| *value)
        .sum();
    assert!((total - 6365.0).abs() < 1e-6);
    assert!(run.out.starts_with("month,area,service,referrals,measure,derived\n2017-04,00V,iapt,"));
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn both_date_styles_of_talking_therapies_are_read() {
    for (name, month, value) in [
        ("talking-therapies-monthly-2023-05-snippet.csv", "2023-05", 146_659.0),
        ("talking-therapies-monthly-2025-06-snippet.csv", "2025-06", 145_215.0),
    ] {
        let file = at_hand(name);
        let run = import(&[&file]).done();
        assert_eq!(run.figure(month), Some(value));
        assert!(run.out.contains("England,iapt,"), "{}", run.out);
    }
    let file = at_hand("talking-therapies-monthly-2025-06-snippet.csv");
    import(&[&file, "--measure", "M004"]).refused().says("every figure asked for is withheld");
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn tables_are_read_as_they_are() {
    for (name, month, value) in [
        ("camhs-scotland-monthly-2015-2021.csv", "2020-04", 839.0),
        ("talking-therapies-england-monthly-2021-2026.csv", "2021-01", 132_008.0),
        ("mhs32-england-two-columns.xlsx", "2018-01", 283_233.0),
    ] {
        let file = at_hand(name);
        assert_eq!(import(&["table", &file]).done().figure(month), Some(value), "{name}");
    }
    let file = at_hand("camhs-scotland-monthly-2015-2021.csv");
    let run = import(&["phs-camhs", &file]).done();
    assert!(run.out.contains("2015-01,Scotland,camhs,2413"));
    run.says("not laid out as phs-camhs is published but by month: taken as it stands");
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn a_wrong_sum_is_recognised() {
    let file = at_hand("mhs32-england-wrongly-summed.csv");
    import(&[&file]).done().says("these figures are 3.00 times England's published MHS32");
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn a_mixture_of_points_is_refused_until_one_measure_is_chosen() {
    let file = at_hand("points.csv");
    import(&[&file]).refused().says("mixes").says("--measure NAME");
    let run = import(&[
        &file,
        "--measure",
        "IAPT / Talking Therapies: referrals received (month)",
        "--service",
        "iapt",
    ])
    .done();
    assert_eq!(run.figure("2018-06"), Some(120_584.0));
    assert_eq!(run.figures()["2018-07"], None);
    let ratio = "IAPT / Talking Therapies: entered treatment change Feb->Apr 2020 (ratio)";
    import(&[&file, "--measure", ratio, "--service", "iapt"]).refused().says("not a count");
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn quarters_are_no_months() {
    let file = at_hand("points.csv");
    let quarters = ["CAMHS: referrals (quarter)", "CYP (0-18): referrals (quarter Apr-Jun)"];
    for measure in quarters {
        let run = import(&[&file, "--measure", measure]).refused();
        run.says("covers 3 months at a time").says("try: --spread-periods");
        assert!(run.err.lines().all(|line| line.chars().count() <= 80), "{}", run.err);
    }
    let run = import(&[&file, "--measure", quarters[0], "--rolling", "--service", "camhs"]).done();
    assert_eq!(run.figure("2019-12").map(f64::round), Some(3065.0), "a third of 9,196");
    assert!(run.out.lines().nth(1).unwrap().ends_with(",true"), "{}", run.out);
}

#[test]
fn one_figure_a_quarter_may_be_its_total_and_it_is_said() {
    let folder = Folder::new();
    let rows = "2020-01,5\n2020-04,6\n2020-07,7\n";
    let file = folder.file("q.csv", format!("month,camhs\n{rows}"));
    import(&[&file]).refused().says("stand a quarter apart").says("--spread-periods");
    let file = folder.file("named.csv", format!("month,camhs (quarter)\n{rows}"));
    import(&[&file]).refused().says("covers 3 months at a time");
}

#[test]
fn the_sheet_that_is_read_is_named_and_can_be_chosen() {
    let folder = Folder::new();
    let rows = |text: &str| text.lines().map(str::to_owned).collect::<Vec<String>>();
    let sheets = vec![
        ("Cover", rows("A title|\n|and a word")),
        ("North", rows("month|camhs\n2020-01|5\n2020-02|6")),
        ("South", rows("month|camhs\n2020-01|7\n2020-02|=B2+1")),
    ];
    let book = folder.file("book.xlsx", crate::shared::workbook::xlsx(&sheets));
    import(&[&book]).done().says("sheet `North`").says("were not read");
    import(&[&book, "--sheet", "Nroth"]).refused().says("no such sheet").says("try: North");
    let run = import(&[&book, "--sheet", "north"]).done();
    assert_eq!(run.figure("2020-02"), Some(6.0));
    run.says("sheet `North`").says("were not read (--sheet NAME chooses): Cover, South.");
    // A formula without its value is no blank.
    let run = import(&[&book, "--sheet", "South"]).refused();
    run.says("book.xlsx:3").says("a formula without a saved value").says("read: =B2+1");
    let text = folder.file("a.csv", "month,camhs\n2020-01,5\n");
    import(&[&text, "--sheet", "South"]).refused().says("only a workbook has sheets");
    let missing = text.replace("a.csv", "a.cvs");
    import(&["table", &missing]).refused().says("there is no such file").says("a.csv");
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn daily_admissions_become_a_track() {
    let file = at_hand("covid-england-daily-2020-2022.csv");
    let run = import(&["covid", &file]).done();
    assert!(run.out.starts_with("month,value\n2020-03,20233\n"), "{}", run.out);
    assert!(run.figure("2021-01") > run.figure("2020-04"));
    assert!(!run.figures().contains_key("2022-12"));
    run.says("the sum of its days").says("19 days of 2022-12").says("begins on 2020-03-19");
    let held = import(&[&file, "--measure", "hospitalCases"]).done();
    held.says("the mean of its days");
    import(&[&file, "--measure", "admision"]).refused().says("try: admissions");
}

/// What every file says when it is imported with nothing but its name.
const ALL_FILES: [(&str, Result<&str, &str>); 20] = [
    ("README.md", Err("unknown column `series`")),
    ("phs-camhs-referrals.csv", Ok("months of camhs (referrals), Scotland")),
    ("phs-camhs-adjusted-patients-seen.csv", Ok("figures of camhs")),
    ("phs-camhs-adjusted-patients-waiting.csv", Ok("figures of camhs, people still waiting")),
    ("phs-health_board_labels.csv", Err("unknown column")),
    ("camhs-scotland-monthly-2015-2021.csv", Ok("Took 84 months of camhs (referrals), Scotland")),
    ("covid-england-daily-2020-2022.csv", Ok("Took 33 months of admissions")),
    ("covid-north-west-daily-2020-2022.csv", Ok("Took 33 months of admissions")),
    ("eip-unify-2015-12-2019-09.csv", Ok("Took 46 months of eip-starts (starts), England")),
    ("mhs32-england-two-columns.xlsx", Ok("Took 61 months of no_of_referrals")),
    ("mhs32-england-wrongly-summed.csv", Ok("3.00 times England's published MHS32")),
    ("mhsds-four-week-waits-2024-09.csv", Err("does not hold MHS32: choose a measure")),
    (TIME_SERIES, Ok("Took 76 months of secondary (referrals), England: 2016-04 to 2022-07")),
    ("mhsds-wide-2018-05.csv", Ok("Took 1 month of secondary (referrals), England")),
    ("mhsds-wide-2018-12.csv", Ok("Took 1 month of secondary (referrals), England")),
    ("points.csv", Err("measures, and a series is one measure throughout")),
    ("talking-therapies-annual.csv", Err("is by year: its months are not known")),
    (
        "talking-therapies-england-monthly-2021-2026.csv",
        Ok("England IAPT: no rows for 2018-07 to 2019-01"),
    ),
    ("talking-therapies-monthly-2023-05-snippet.csv", Ok("Took 1 month of iapt (referrals)")),
    ("talking-therapies-monthly-2025-06-snippet.csv", Ok("Took 1 month of iapt (referrals)")),
];

#[test]
#[ignore = "reads published files that are not in the repository"]
fn every_published_file_imports_or_is_refused_with_a_reason() {
    for file in fs::read_dir(crate::shared::published::path("data")).unwrap() {
        let path = file.unwrap().path();
        let file = path.display().to_string();
        let known = ALL_FILES.iter().find(|(name, _)| path.ends_with(name));
        let (_, expected) = known.unwrap_or_else(|| panic!("say here what comes of {file}"));
        let run = import(&[&file]);
        match expected {
            Ok(words) => {
                let run = run.done();
                assert!(run.figures().values().any(Option::is_some), "{file}");
                run.says(words);
            }
            Err(words) => {
                run.refused().says(words).says("error: ").says(path.to_str().unwrap());
            }
        }
        let list = import(&["--list", &file]);
        assert!(list.out.lines().all(|line| line.chars().count() <= 80), "{}", list.out);
        assert!(list.code == 2 || list.out.contains("Measures ("), "{file}: {}", list.err);
    }
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn a_file_of_another_kind_is_refused_by_name() {
    for (name, own) in [
        ("covid-england-daily-2020-2022.csv", "covid"),
        ("eip-unify-2015-12-2019-09.csv", "eip"),
        ("mhsds-four-week-waits-2024-09.csv", "mhsds"),
        ("mhsds-wide-2018-12.csv", "mhsds"),
        ("talking-therapies-annual.csv", "talking-therapies"),
        ("talking-therapies-monthly-2023-05-snippet.csv", "talking-therapies"),
    ] {
        let file = at_hand(name);
        for kind in ["mhsds", "talking-therapies", "eip", "phs-camhs", "covid"] {
            let run = import(&[kind, &file]);
            if kind != own {
                run.refused().says(&format!("this is {own}")).says(&format!("not {kind}"));
            } else if run.code != 0 {
                // Its own kind, but no months of referrals.
                assert!(run.err.contains("--measure") || run.err.contains("--spread-periods"));
            }
        }
    }
    // A table by month may be of any kind of figures; a page of words is of none.
    let file = at_hand("README.md");
    for kind in ["mhsds", "table", "covid"] {
        import(&[kind, &file]).refused().says("README.md");
    }
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn labels_drift_and_areas_stay() {
    let file = at_hand(TIME_SERIES);
    // STP in 2020, ICB from July 2022: one area under one code.
    let run = import(&[&file, "--area", "QE1", "--measure", "ED86", "--rolling"]).done();
    assert!(run.figure("2021-02").is_some() && run.figure("2022-08").is_some());
    run.says("under the labels ICB and STP");
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn names_for_a_missing_name_are_no_area() {
    // Some rows of the returns have `NULL` for a commissioner's name; their figures count.
    let file = at_hand("eip-unify-2015-12-2019-09.csv");
    let run = import(&[&file, "--area", "NONC"]).done();
    assert!(run.figure("2019-09").is_some());
    assert!(!run.out.contains("NULL"));
}

// One small file for each trap.

#[test]
fn totals_are_never_added_to_their_parts() {
    let folder = Folder::new();
    let parts = row(["01/01/2019", "31/01/2019", "England; Age", "16", "MHS32", "40"]);
    let second = "01/01/2019,31/01/2019,Final,Provider,RVN,A TRUST,White,White,MHS32,MHS32,30\r\n";
    let file = folder.file(
        "a.csv",
        format!(
            "{LONG}{}{}{parts}{second}",
            year("England", "England", |_| "100".into()),
            year("Provider", "RVN", |_| "60".into())
        ),
    );
    let run = import(&[&file]).done();
    assert_eq!(run.figure("2019-01"), Some(100.0));
    run.says("England; Age")
        .says("Provider by a second level")
        .says("12 figures of areas not asked for");
    let provider = import(&[&file, "--area", "rvn"]).done();
    assert_eq!(provider.figure("2019-01"), Some(60.0));
}

#[test]
fn start_and_end_make_the_key() {
    let folder = Folder::new();
    let three = row(["01/10/2019", "31/12/2019", "Provider", "RVN", "MHS32", "300"]);
    let half = row(["01/12/2019", "15/12/2019", "Provider", "RVN", "MHS32", "50"]);
    let months = year("Provider", "RVN", |_| "100".into());
    let file = folder.file("a.csv", format!("{LONG}{three}{months}{half}"));
    let run = import(&[&file, "--area", "RVN"]).done();
    assert_eq!(run.figure("2019-12"), Some(100.0));
    run.says("1 RVN MHS32: figures over several months")
        .says("1 figures whose dates are not whole months, the first at")
        .says("a.csv:15");
}

#[test]
fn marks_are_missing_and_never_zero() {
    let folder = Folder::new();
    let marks = ["*", "-", "c", "NULL", "", "0", "\"1,234\"", "7"];
    let rows = year("Provider", "RVN", |month| marks[month as usize % marks.len()].into());
    let file = folder.file("a.csv", format!("{LONG}{rows}"));
    let run = import(&[&file, "--area", "RVN"]).done();
    let figures = run.figures();
    assert_eq!(figures.values().filter(|value| value.is_none()).count(), 9);
    assert_eq!(figures["2019-05"], Some(0.0));
    assert_eq!(figures["2019-06"], Some(1234.0));
    run.says("9 of 12 figures are withheld");
}

#[test]
fn what_is_no_figure_is_named_with_its_line() {
    let folder = Folder::new();
    let rows = year("Provider", "RVN", |month| match month {
        3 => "12o".into(),
        5 => "-4".into(),
        _ => "10".into(),
    });
    let file = folder.file("a.csv", format!("{LONG}{rows}"));
    import(&[&file, "--area", "RVN"])
        .refused()
        .says("a.csv:4 (MHS32)")
        .says("read: 12o")
        .says("a.csv:6")
        .says("a count can't be negative");
}

#[test]
fn two_figures_for_one_month_are_an_error_and_a_final_one_wins() {
    let folder = Folder::new();
    let rows = year("Provider", "RVN", |_| "100".into());
    let again = row(["01/03/2019", "31/03/2019", "Provider", "RVN", "MHS32", "110"]);
    let file = folder.file("a.csv", format!("{LONG}{rows}{again}"));
    import(&[&file, "--area", "RVN"])
        .refused()
        .says("two figures for MHS32 of RVN in 2019-03: line 4 has another");
    let provisional = again.replace("Final", "Performance");
    let file = folder.file("b.csv", format!("{LONG}{rows}{provisional}"));
    let run = import(&[&file, "--area", "RVN"]).done();
    assert_eq!(run.figure("2019-03"), Some(100.0));
    run.says("1 figures given twice");
}

#[test]
fn revisions_are_counted() {
    let folder = Folder::new();
    let old =
        folder.file("old.csv", format!("{LONG}{}", year("England", "England", |_| "100".into())));
    let new = row(["01/12/2019", "31/12/2019", "England", "England", "MHS32", "90"])
        + &row(["01/11/2019", "30/11/2019", "England", "England", "MHS32", "100"]);
    let new = folder.file("new.csv", format!("{LONG}{new}"));
    let run = import(&[&old, &new]).done();
    assert_eq!(run.figure("2019-12"), Some(90.0));
    run.says("2 figures replaced by a later file, 1 of them changed");
    assert_eq!(import(&[&new, &old]).done().figure("2019-12"), Some(100.0));
}

#[test]
fn days_of_a_second_area_are_not_taken_for_the_first_in_silence() {
    let folder = Folder::new();
    let days = |count: u32| {
        let rows = (1..=30).map(|day| format!("2020-04-{day:02},{count}\n"));
        format!("date,newAdmissions\n{}", rows.collect::<String>())
    };
    let one = folder.file("one.csv", days(100));
    let two = folder.file("two.csv", days(10));
    import(&["covid", &one, &two]).done().says("30 figures of days for which");
    let again = folder.file("again.csv", days(100));
    assert!(!import(&["covid", &one, &again]).done().err.contains("has another"));
}

/// April 2019 was first published as 303,373 (England, MHS32).
#[test]
#[ignore = "reads published files that are not in the repository"]
fn the_published_revision_of_april_2019_takes_the_place_of_the_first_figure() {
    let later = at_hand(TIME_SERIES);
    let folder = Folder::new();
    let first = row(["01/04/2019", "30/04/2019", "England", "England", "MHS32", "303373"]);
    let first = folder.file("first.csv", format!("{LONG}{first}"));
    assert_eq!(import(&[&first]).done().figure("2019-04"), Some(303_373.0));
    let run = import(&[&first, &later]).done();
    assert_eq!(run.figure("2019-04"), Some(301_477.0));
    run.says("1 figures replaced by a later file, 1 of them changed");
}

#[test]
fn unknown_labels_are_left_out_by_name() {
    let folder = Folder::new();
    let rows = year("England", "England", |_| "100".into()) + &year("Ward", "W1", |_| "5".into());
    let file = folder.file("a.csv", format!("{LONG}{rows}"));
    import(&[&file]).done().says("12 rows under the breakdown `Ward`, which is not known");
}

#[test]
fn names_are_suggested() {
    let folder = Folder::new();
    let row = row(["01/12/2019", "31/12/2019", "Provider", "RVN", "MHS32", "90"])
        .replace("RVN,RVN", "RVN,AVON TRUST");
    let file = folder.file("a.csv", format!("{LONG}{row}"));
    import(&[&file]).refused().says("no rows for England").says("RVN (provider)");
    import(&[&file, "--area", "RVM"]).refused().says("try: RVN");
    import(&[&file, "--area", "avon"]).refused().says("try: RVN (AVON TRUST)");
    import(&[&file, "--area", "RVN", "--measure", "MHS23"]).refused().says("try: MHS32");
    import(&["mhsd", &file]).refused().says("try: mhsds");
    import(&["covid", &file]).refused().says("this is mhsds, long layout, not covid");
}

#[test]
fn files_come_packed_and_in_any_encoding() {
    let folder = Folder::new();
    let rows = year("Health", "X", |_| "1".into()).replace("Health", "Provider");
    let text = format!("{LONG}{rows}").replace("X,X", "X,Ynys Môn");
    let mut latin = encoding_rs::WINDOWS_1252.encode(&text).0.into_owned();
    let plain = folder.file("plain.csv", &text);
    let marked = folder.file("marked.csv", format!("\u{feff}{text}"));
    let latin_file = folder.file("latin.csv", &latin);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(text.as_bytes()).unwrap();
    let gz = folder.file("a.csv.gz", gz.finish().unwrap());
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("inside.csv", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(text.as_bytes()).unwrap();
    let zip = folder.file("a.zip", zip.finish().unwrap().into_inner());
    let expected = import(&[&plain, "--area", "X"]).done().out;
    assert_eq!(expected.lines().count(), 13);
    for file in [&marked, &latin_file, &gz, &zip] {
        assert_eq!(import(&["mhsds", file, "--area", "X"]).done().out, expected, "{file}");
    }
    assert!(import(&[&latin_file, "--list"]).done().out.contains("Ynys Môn"));
    latin.truncate(latin.len() - 5);
    let cut = folder.file("cut.csv", &latin);
    import(&[&cut, "--area", "X"]).refused().says("the row has 10 columns and the header has 11");
}

#[test]
fn what_is_no_table_is_refused_with_the_reason() {
    let folder = Folder::new();
    let whole = {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gz.write_all(&LONG.repeat(2000).into_bytes()).unwrap();
        gz.finish().unwrap()
    };
    for (name, content, reason) in [
        ("empty.csv", b"".as_slice(), "the file is empty"),
        ("binary.csv", b"\x7fELF\x01\0\0\0abc", "binary data"),
        ("wide.csv", b"\xff\xfem\0o\0n\0", "no column is a month"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .xls workbook"),
        ("words.csv", b"once upon a time\nthere was\n", "no column is a month"),
        ("broken.zip", b"PK\x03\x04 and no more", "the archive is damaged"),
        ("header.csv", LONG.as_bytes(), "a header and no rows"),
        ("cut.csv.gz", &whole[..whole.len() / 2], "damaged"),
    ] {
        let file = folder.file(name, content);
        import(&[&file]).refused().says(reason);
    }
    let path = folder.0.path().display().to_string();
    import(&[&path]).refused().says("this is a folder");
    import(&[&format!("{path}/none.csv")]).refused().says("there is no such file");
    import(&["mhsds"]).refused().says("name a file");
}

#[test]
fn talking_therapies_rows_of_two_organisations_are_parts() {
    let folder = Folder::new();
    let header = "REPORTING_PERIOD_START,REPORTING_PERIOD_END,GROUP_TYPE,ORG_CODE1,ORG_NAME1,\
                  ORG_CODE2,ORG_NAME2,MEASURE_ID,MEASURE_NAME,MEASURE_VALUE_SUPPRESSED\n";
    let rows = "2025-06-01,2025-06-30,England,all,all,all,all,M001,Referrals,1000\n\
                2025-06-01,2025-06-30,SubICB,00V,BURY,all,all,M001,Referrals,500\n\
                2025-06-01,2025-06-30,Provider,all,all,RVN,A TRUST,M001,Referrals,300\n\
                2025-06-01,2025-06-30,SubICB,00V,BURY,RVN,A TRUST,M001,Referrals,200\n";
    let file = folder.file("a.csv", format!("{header}{rows}"));
    assert_eq!(import(&[&file]).done().figure("2025-06"), Some(1000.0));
    let bury = import(&["talking-therapies", &file, "--area", "00V"]).done();
    assert_eq!(bury.figure("2025-06"), Some(500.0));
    bury.says("SubICB by a second level");
    assert_eq!(import(&[&file, "--area", "provider"]).done().figure("2025-06"), Some(300.0));
}

#[test]
fn scotland_stands_beside_its_health_boards() {
    let folder = Folder::new();
    let file = folder.file(
        "a.csv",
        "Month,HB,HBQF,ReferralsAccepted,ReferralsAcceptedQF,ReferralsReceived,ReferralsReceivedQF\n\
         202004,S92000003,d,700,,839,\n202004,S08000020,,50,,60,\n202005,S92000003,d,900,,1327,\n\
         202005,S08000020,,,:,,:\n",
    );
    let run = import(&[&file]).done();
    assert_eq!(run.figure("2020-04"), Some(839.0));
    assert!(run.out.contains("2020-05,Scotland,camhs,1327,referrals"));
    let board = import(&["phs-camhs", &file, "--area", "S08000020"]).done();
    assert_eq!(board.figure("2020-04"), Some(60.0));
    assert_eq!(board.figures()["2020-05"], None);
    let accepted = import(&[&file, "--measure", "CAMHS-accepted"]).done();
    assert_eq!(accepted.figure("2020-05"), Some(900.0));
}

#[test]
fn a_column_for_each_service_is_a_table_too() {
    let folder = Folder::new();
    let file = folder.file(
        "a.csv",
        "Month,IAPT,CAMHS,note\nApr-20,\"1,200\",*,first\nMay 2020,900,40,\nJun-20,1000,50,x\n",
    );
    let run = import(&[&file, "--area", "00V"]).done();
    assert!(run.out.contains("2020-04,00V,iapt,1200,referrals"), "{}", run.out);
    assert!(run.out.contains("2020-04,00V,camhs,,referrals"), "{}", run.out);
    let wrong = folder.file("b.csv", "month;referrals\n2020-13;4\n04/01/2020;5\n");
    import(&[&wrong])
        .refused()
        .says("b.csv:2 (month)")
        .says("month 13 does not exist")
        .says("b.csv:3");
}

#[test]
fn days_that_are_blank_are_not_zero() {
    let folder = Folder::new();
    let mut days = String::new();
    for day in 1..=30 {
        writeln!(days, "2020-04-{day:02},{}", if day == 9 { "" } else { "10" }).unwrap();
    }
    let file = folder.file("a.csv", format!("date,newAdmissions\n{days}2020-05-01,4\n"));
    let run = import(&[&file]).done();
    assert_eq!(run.figure("2020-04"), Some(300.0));
    run.says("1 day is not available").says("1 days of 2020-05");
}

#[test]
fn a_mean_of_a_month_without_its_end_says_so() {
    let folder = Folder::new();
    let mut days = String::new();
    for day in 1..=30 {
        writeln!(days, "2020-04-{day:02},10").unwrap();
    }
    let last = "2020-05-01,4\n2020-05-02,6\n";
    let file = folder.file("a.csv", format!("date,hospitalCases\n{days}{last}"));
    let run = import(&[&file, "--measure", "cases-in-hospital"]).done();
    assert_eq!(run.figure("2020-05"), Some(5.0));
    run.says("2020-05 ends on 2020-05-02: its mean is of 2 of its 31 days");
}

#[test]
fn json_is_one_document_and_a_file_is_written_whole() {
    let folder = Folder::new();
    let file =
        folder.file("a.csv", format!("{LONG}{}", year("England", "England", |_| "100".into())));
    let run = import(&[&file, "--json"]).done();
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(json["content"]["baseline"][0]["months"]["2019-01"], 100.0);
    assert_eq!(json["files"][0]["rows"], 12);
    let out = folder.0.path().join("deep/baseline.csv");
    let run = import(&[&file, "--out", &out.display().to_string()]).done();
    assert!(run.out.is_empty());
    assert!(
        fs::read_to_string(&out).unwrap().starts_with("month,area,service,referrals,measure\n")
    );
    let list = import(&[&file, "--list", "--json"]).done();
    let json: serde_json::Value = serde_json::from_str(&list.out).unwrap();
    assert_eq!(json["content"]["listing"]["measures"][0]["id"], "MHS32");
}

proptest::proptest! {
    #![proptest_config(crate::shared::properties::cases(200))]

    /// Whatever stands in a file, it is read or refused.
    #[test]
    fn no_content_can_make_it_fall_over(
        header in 0_usize..7,
        cells in proptest::collection::vec(
            proptest::prop_oneof!["[ -~é]{0,12}", "[0-9]{1,12}", "[0-9]{2}/[0-9]{2}/[0-9]{4}",
                "20[0-9]{2}-[0-9]{2,10}", "England|all|NONE|MHS32|M001|Provider"], 0..60),
        spread in proptest::bool::ANY,
    ) {
        let headers = [
            "REPORTING_PERIOD_START,REPORTING_PERIOD_END,BREAKDOWN,PRIMARY_LEVEL,SECONDARY_LEVEL,MEASURE_ID,MEASURE_VALUE",
            "REPORTING_PERIOD,BREAKDOWN,PRIMARY_LEVEL,SECONDARY_LEVEL,MHS32 - Referrals",
            "REPORTING_PERIOD_START,REPORTING_PERIOD_END,GROUP_TYPE,ORG_CODE1,ORG_CODE2,MEASURE_ID,MEASURE_VALUE",
            "financial_year,area,referrals",
            "Date,Provider_Org_code,Org_Code,Description,Total_Pathways",
            "date,newAdmissions",
            "month,area,service,measure,value",
        ];
        let columns = headers[header].split(',').count();
        let mut text = headers[header].to_owned() + "\n";
        for row in cells.chunks_exact(columns) {
            text += &(row.join(",") + "\n");
        }
        let folder = Folder::new();
        let files = [std::path::PathBuf::from(folder.file("a.csv", text))];
        let request = published::Request {
            wishes: Wishes { spread, ..Wishes::default() },
            ..published::Request::default()
        };
        let progress: published::Progress = std::sync::Arc::new(|_| {});
        let _ = published::import(None, &files, &request, &progress);
    }
}

#[test]
fn a_file_that_is_read_is_never_written_over() {
    let folder = Folder::new();
    let text = "month,iapt\n2019-01,10\n2019-02,12\n";
    let file = folder.file("mine.csv", text);
    let same = folder.0.path().join(".").join("mine.csv").display().to_string();
    for out in [&file, &same] {
        import(&[&file, "--out", out]).refused().says("is one of the files to read");
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
    let path = folder.0.path().display().to_string();
    import(&[&file, "--out", &path]).refused().says("is a folder, not a file");
    import(&[&file, "--service", " "]).refused().says("the service has no name");
}

#[test]
fn a_listing_of_nothing_says_what_is_not_there() {
    let folder = Folder::new();
    let file = folder.file("a.csv", LONG.to_owned() + &year("Provider", "RVN", |_| "5".into()));
    for (option, word, said) in [
        ("--area", "ZZZ", "the file holds no area `ZZZ`"),
        ("--area", "providers", "try: provider"),
        ("--measure", "MHS33", "try: MHS32"),
    ] {
        import(&[&file, "--list", option, word]).refused().says(said);
        import(&[&file, option, word]).refused().says(said);
    }
    let found = import(&[&file, "--list", "--area", "rv", "--measure", "mhs"]).done();
    assert!(found.out.contains("RVN"), "{}", found.out);
}

#[test]
fn a_series_without_one_figure_says_so() {
    let folder = Folder::new();
    let england = year("England", "England", |_| "*".into());
    let file = folder.file("a.csv", LONG.to_owned() + &england);
    import(&[&file]).refused().says("every figure asked for is withheld or not available");
    // Days in the middle of months, and nothing else.
    let row = |row: &str| row.replacen("01/", "02/", 1).replace(",*", ",5") + "\r\n";
    let text: String = england.lines().map(row).collect();
    let file = folder.file("b.csv", LONG.to_owned() + &text);
    let run = import(&[&file]).refused();
    run.says("no figures of MHS32 for England").says("12 figures whose dates are not whole months");
}

#[test]
fn dates_that_are_none_are_told_once_and_never_left_blank() {
    let folder = Folder::new();
    let england = year("England", "England", |_| "5".into());
    for (wrong, count) in [("31/02/2019", "a figure has"), ("99/99/2019", "a figure has")] {
        let text = england.replace("28/02/2019", wrong);
        let file = folder.file("a.csv", LONG.to_owned() + &text);
        let run = import(&[&file]).refused();
        run.says(count).says(wrong).says("a.csv:3");
    }
    // Month first throughout: one cause.
    let american = england.replace("31/", "12/31/").replace("30/", "11/30/");
    let file = folder.file("us.csv", LONG.to_owned() + &american);
    let run = import(&[&file]).refused();
    assert_eq!(run.err.matches("error").count(), 1, "{}", run.err);
    run.says("11 figures have a date that can't be read, the first of them here");
}

#[test]
fn footnotes_and_remarks_of_two_lines_are_neither_dates_nor_rows() {
    let folder = Folder::new();
    let england = year("England", "England", |_| "5".into());
    let columns = LONG.matches(',').count();
    let footnote = format!("Source: NHS England{}\n", ",".repeat(columns));
    let file = folder.file("note.csv", LONG.to_owned() + &england + &footnote);
    assert_eq!(import(&[&file]).code, 0);
    let row = |m| format!("2019-{m:02},{},\n", 100 + m);
    let rows: String = (1..=12).map(row).collect();
    let remark = "2020-01,90,\"Moved office, phones down,\nback next week, all well\"\n";
    let file = folder.file("rem.csv", format!("month,referrals,notes\n{rows}{remark}"));
    let run = import(&[&file, "--service", "iapt"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("2020-01") && run.out.contains(",90,"), "{}", run.out);
}

#[test]
fn a_unify_file_cut_short_says_so() {
    let folder = Folder::new();
    let header = "Date,Provider_Org_code,Provider_name,Org_Code,CCG_Name,Description,\
                  Total_Pathways\n";
    let row = |ccg: &str, state: &str| {
        format!("01/09/2019,RXY,A TRUST,{ccg},A CCG,EIP pathways {state},7\n")
    };
    let (a, b) = (row("00A", "completed"), row("00B", "completed"));
    let waiting = row("00A", "incomplete") + &row("00B", "incomplete");
    let whole = folder.file("whole.csv", format!("{header}{waiting}{a}{b}"));
    assert!(!import(&[&whole]).done().err.contains("cut short"));
    let cut = folder.file("cut.csv", format!("{header}{waiting}{a}"));
    import(&[&cut]).done().says(
        "2019-09: 1 rows of pathways completed and 2 incomplete, elsewhere as many of either. Is \
         the file cut short?",
    );
}

#[test]
fn a_column_renamed_is_found_and_every_line_fits_a_terminal() {
    let folder = Folder::new();
    let text = LONG.replace("MEASURE_VALUE", "VALUE") + &year("England", "England", |_| "5".into());
    let file = folder.file("a.csv", text);
    let run = import(&[&file]).refused();
    run.says("the column MEASURE_VALUE is missing").says("rename `VALUE` to `MEASURE_VALUE`");
    let is_narrow = |line: &str| line.chars().count() <= 80 || line.contains("-->");
    assert!(run.err.lines().all(is_narrow), "{}", run.err);
}

#[test]
fn rows_between_two_stray_quotes_are_not_lost() {
    let folder = Folder::new();
    let england = year("England", "England", |_| "5".into());
    // In the third and in the fifth row: what lies between would be one cell.
    let stray = |(at, row): (usize, &str)| {
        let row = if [2, 4].contains(&at) { row.replace(",5", ",\"5") } else { row.to_owned() };
        row + "\r\n"
    };
    let text: String = england.lines().enumerate().map(stray).collect();
    let file = folder.file("a.csv", LONG.to_owned() + &text);
    import(&[&file]).refused().says("a.csv:4").says("a cell holds whole rows");
    let sound = folder.file("b.csv", "month,camhs,note\n2020-01,5,\"one, and\ntwo\"\n2020-02,6,\n");
    assert_eq!(import(&[&sound]).done().figure("2020-01"), Some(5.0));
}

#[test]
#[ignore = "reads published files that are not in the repository"]
fn people_waiting_at_month_end_are_no_starts() {
    let file = at_hand("eip-unify-2015-12-2019-09.csv");
    let run = import(&[&file, "--measure", "incomplete"]).done();
    assert!(
        run.out.contains("eip-waiting") && !run.err.contains("pathways started"),
        "{}",
        run.err
    );
    run.says("a stock at the end of each month");
}

#[test]
fn the_sheet_in_sight_is_read_and_a_column_of_remarks_is_told() {
    let folder = Folder::new();
    let sheet = |value| vec!["month|camhs".to_owned(), format!("2020-01|{value}")];
    let book = crate::shared::workbook::xlsx(&vec![("Hidden", sheet(5)), ("Shown", sheet(7))]);
    let run = import(&[&folder.file("book.xlsx", book)]).done();
    run.says("sheet `Shown`").says("were not read (--sheet NAME chooses): Hidden.");
    assert_eq!(run.figure("2020-01"), Some(7.0));
    let text = folder.file("a.csv", "month,iapt,notes\n2019-01,10,strike\n2019-02,12,\n");
    import(&[&text]).done().says("left out: `notes` (remarks)");
}

#[test]
fn a_point_before_three_digits_is_not_guessed_where_semicolons_part_the_cells() {
    let folder = Folder::new();
    let text = "month;iapt\n2019-01;1.003\n2019-02;998\n";
    let german = folder.file("a.csv", text);
    import(&[&german]).refused().says("thousands, or not?").says("1.003").says("a.csv:2");
    let plain = folder.file("b.csv", text.replace("1.003", "1003.5"));
    assert_eq!(import(&[&plain]).done().figure("2019-01"), Some(1003.5));
    let commas = folder.file("c.csv", text.replace(';', ","));
    assert_eq!(import(&[&commas]).done().figure("2019-01"), Some(1.003));
}

#[test]
fn a_table_is_found_beside_a_readme_and_in_utf_16() {
    let folder = Folder::new();
    let text = "month,iapt\n2019-01,10\n2019-02,12\n";
    let zip = {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        for (name, content) in [("README.txt", "read me"), ("data.csv", text)] {
            zip.start_file(name, options).unwrap();
            zip.write_all(content.as_bytes()).unwrap();
        }
        folder.file("a.zip", zip.finish().unwrap().into_inner())
    };
    assert_eq!(import(&[&zip]).done().figure("2019-02"), Some(12.0));
    for (name, mark, bytes) in [
        ("le.csv", [0xff, 0xfe], text.bytes().flat_map(|b| [b, 0]).collect::<Vec<u8>>()),
        ("be.csv", [0xfe, 0xff], text.bytes().flat_map(|b| [0, b]).collect()),
    ] {
        let file = folder.file(name, [mark.as_slice(), &bytes].concat());
        assert_eq!(import(&[&file]).done().figure("2019-02"), Some(12.0), "{name}");
    }
}

#[test]
fn two_measures_for_one_named_service_are_both_offered() {
    let folder = Folder::new();
    let first = year("England", "England", |_| "5".into());
    let file = folder.file("a.csv", LONG.to_owned() + &first + &first.replace("MHS32", "MHS29"));
    import(&[&file, "--measure", "MHS29", "--measure", "MHS32", "--service", "secondary"])
        .refused()
        .says("one of MHS32, MHS29;");
}

const PHS_SEEN: &str = "HB,Month,TotalPatientsSeen,TotalPatientsSeenQF,\
NumberOfPatientsSeen0To18Weeks,NumberOfPatientsSeen0To18WeeksQF,MedianWeeksPatientsSeen,\
90thPercentileWeeksPatientsSeen\n\
S92000003,202001,1401,,947,,11,51\nS08000015,202001,40,,10,,9,20\n";

#[test]
fn waits_as_published_keep_their_periods_and_become_shares() {
    let folder = Folder::new();
    let seen = folder.file("seen.csv", PHS_SEEN);
    let waiting = folder.file(
        "waiting.csv",
        "HB,Month,TotalPatientsWaiting\nS92000003,202001,11036\nS08000015,202001,88\n\
         S08000015,202001,92\n",
    );
    let told = "area,service,told,weeks,first,last,value\n\
                Scotland,camhs,seen,,2020-01,2020-01,1401\n\
                Scotland,camhs,within,18,2020-01,2020-01,0.6759\n\
                Scotland,camhs,median,,2020-01,2020-01,11\n\
                Scotland,camhs,p90,,2020-01,2020-01,51\n\
                Scotland,camhs,waiting,,2020-01,2020-01,11036\n";
    let run = import(&[&seen, &waiting]).done();
    assert_eq!(run.out, told);
    let board = import(&[&seen, &waiting, "--area", "S08000015"]).done();
    assert!(!board.out.contains("waiting"), "{}", board.out);
    board.says("CAMHS-waiting of S08000015 in 2020-01: two figures stand there, neither is taken");
    let file = folder.file(
        "mhsds.csv",
        LONG.to_owned()
            + &row(["01/02/2020", "30/04/2020", "England", "England", "EIP23a", "3477"])
            + &row(["01/02/2020", "30/04/2020", "England", "England", "EIP23b", "2355"]),
    );
    let rolling = import(&[&file, "--waits"]).done();
    assert!(rolling.out.contains("England,eip,seen,,2020-02,2020-04,3477"), "{}", rolling.out);
    assert!(rolling.out.contains("England,eip,within,2,2020-02,2020-04,0.6773"), "{}", rolling.out);
    import(&[&file, "--waits", "--rolling"]).refused();
}
